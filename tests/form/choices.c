/* Choices: from the form, from lists, filtered, searched, shuffled, and cleared when they go. */
#include "helper_form.h"

#include <ctype.h>
#include <stdio.h>

static const char places[] = "name,label,province\n"
                             "a1,\"Phường \"\"Trúc Bạch\"\", Ba Đình\",a\n"
                             "a2,Xã An Bình,a\n"
                             "b1,Xã Ba Vì,b\n"
                             "a3,Phường Đống Đa,a\n";
static const char *const media_pairs[] = {"jr://file-csv/places.csv", places, NULL};

static const char cascade_model[] =
    "<instance id='p'><root><item><name>a</name><label>A</label></item>"
    "<item><name>b</name><label>B</label></item></root></instance>"
    "<instance id='places' src='jr://file-csv/places.csv'/>"
    "<bind nodeset='/data/shown' calculate=\"jr:choice-name(/data/place, '/data/place')\"/>"
    "<bind nodeset='/data/pulled' calculate=\"pulldata('places', 'label', 'name', /data/place)\"/>";
static const char cascade_body[] =
    "<select1 ref='/data/province'><itemset nodeset=\"instance('p')/root/item\">"
    "<value ref='name'/><label ref='label'/></itemset></select1>"
    "<select1 ref='/data/place'><itemset nodeset=\"instance('places')/root/item["
    "province = /data/province]\"><value ref='name'/><label ref='label'/></itemset></select1>";

static struct form *cascade(struct test_media *media)
{
    return test_form_media("<province/><place/><shown/><pulled/>", cascade_model, cascade_body,
                           media);
}

static void a_filter_follows_its_driver(void **state)
{
    struct test_media media = {media_pairs, 0};
    struct form *form = cascade(&media);
    struct entry *entry = test_entry(form);
    char text[256];
    test_choices(entry, "/data/province", text);
    assert_string_equal(text, "a b");
    test_choices(entry, "/data/place", text);
    assert_string_equal(text, "");
    test_answer(entry, "/data/province", "a", ANSWER_OK);
    test_choices(entry, "/data/place", text);
    assert_string_equal(text, "a1 a2 a3");
    test_answer(entry, "/data/place", "a1", ANSWER_OK);
    test_value(entry, "/data/shown", "Phường \"Trúc Bạch\", Ba Đình");
    test_value(entry, "/data/pulled", "Phường \"Trúc Bạch\", Ba Đình");
    assert_int_equal(media.reads, 1);
    test_end(form, entry);
}

static void what_is_no_longer_offered_goes(void **state)
{
    struct test_media media = {media_pairs, 0};
    struct form *form = cascade(&media);
    struct entry *entry = test_entry(form);
    struct err err = {0};
    char text[256];
    test_answer(entry, "/data/province", "a", ANSWER_OK);
    test_answer(entry, "/data/place", "a2", ANSWER_OK);
    test_answer(entry, "/data/province", "b", ANSWER_OK);
    test_choices(entry, "/data/place", text);
    assert_string_equal(text, "b1");
    test_value(entry, "/data/place", ""); /* when it was asked for */
    test_answer(entry, "/data/place", "b1", ANSWER_OK);
    test_answer(entry, "/data/province", "a", ANSWER_OK);
    assert_true(entry_finalize(entry, &err));
    test_value(entry, "/data/place", ""); /* at the latest when the record is finished */
    test_end(form, entry);
}

static void many_choices_lose_only_what_is_gone(void **state)
{
    struct form *form = test_form(
        "<kind>x</kind><many>1 2 3</many>",
        "<instance id='i'><root><item><n>1</n><k>x</k></item><item><n>2</n><k>y</k></item>"
        "<item><n>3</n><k>y</k></item></root></instance>",
        "<select ref='/data/many'><itemset nodeset=\"instance('i')/root/item[k = /data/kind]\">"
        "<value ref='n'/><label ref='n'/></itemset></select><input ref='/data/kind'/>");
    struct entry *entry = test_entry(form);
    char text[256];
    test_answer(entry, "/data/kind", "y", ANSWER_OK);
    test_choices(entry, "/data/many", text);
    assert_string_equal(text, "2 3");
    test_value(entry, "/data/many", "2 3");
    test_end(form, entry);
}

/* Small letters without marks, as far as this test needs it. */
static void fold(void *ctx, struct str in, struct buf *out)
{
    static const char *const pairs[][2] = {{"Đ", "d"}, {"đ", "d"}, {"ã", "a"}, {"ạ", "a"},
                                           {"ì", "i"}, {"ô", "o"}, {"ố", "o"}, {"ư", "u"},
                                           {"ờ", "o"}, {"ú", "u"}};
    for (size_t i = 0; i < in.n; i++) {
        bool done = false;
        for (size_t k = 0; k < sizeof pairs / sizeof *pairs && !done; k++) {
            size_t n = strlen(pairs[k][0]);
            if (i + n <= in.n && !memcmp(in.s + i, pairs[k][0], n)) {
                buf_add_text(out, pairs[k][1]);
                i += n - 1;
                done = true;
            }
        }
        if (!done) {
            buf_add_char(out, (char)tolower((unsigned char)in.s[i]));
        }
    }
}

static void found(struct choices *choices, const char *wanted, char text[256])
{
    struct choice choice;
    size_t n = 0;
    choices_search(choices, str_of(wanted), fold, NULL);
    text[0] = '\0';
    for (size_t i = 0; choices_at(choices, i, &choice); i++) {
        n += (size_t)snprintf(text + n, 256 - n, "%s%.*s", i ? " " : "", (int)choice.value.n,
                              choice.value.s);
    }
}

static void search_folds_marks_and_ranks_exact_ones_first(void **state)
{
    struct form *form = test_form("<a/>", "",
                                  "<select1 ref='/data/a'>"
                                  "<item><label>Ba Vi</label><value>1</value></item>"
                                  "<item><label>Xã Đại Ba Vì</label><value>2</value></item>"
                                  "<item><label>Ba Vì</label><value>3</value></item>"
                                  "<item><label>Đống Đa</label><value>4</value></item>"
                                  "</select1>");
    struct entry *entry = test_entry(form);
    struct choices *choices;
    struct err err;
    char text[256];
    assert_true(question_choices(entry, "/data/a", &choices, &err));
    found(choices, "ba vi", text);
    assert_string_equal(text, "1 3 2");
    found(choices, "Ba Vì", text);
    assert_string_equal(text, "3 1 2");
    found(choices, "dong da", text);
    assert_string_equal(text, "4");
    found(choices, "nowhere", text);
    assert_string_equal(text, "");
    found(choices, "  ", text);
    assert_string_equal(text, "1 2 3 4");
    assert_int_equal(choices_find(choices, STR("3")), 2);
    assert_int_equal(choices_find(choices, STR("9")), -1);
    test_end(form, entry);
}

static void a_seed_shuffles_the_same_way(void **state)
{
    struct form *form = test_form(
        "<seed>42</seed><a/><b/>",
        "<instance id='i'><root><item><n>1</n></item><item><n>2</n></item><item><n>3</n></item>"
        "<item><n>4</n></item><item><n>5</n></item><item><n>6</n></item></root></instance>",
        "<select1 ref='/data/a'><itemset nodeset=\"randomize(instance('i')/root/item, "
        "/data/seed)\"><value ref='n'/><label ref='n'/></itemset></select1>"
        "<select1 ref='/data/b'><itemset nodeset=\"randomize(instance('i')/root/item)\">"
        "<value ref='n'/><label ref='n'/></itemset></select1>");
    struct entry *entry = test_entry(form);
    char first[256], again[256];
    test_choices(entry, "/data/a", first);
    test_choices(entry, "/data/b", again);
    test_choices(entry, "/data/a", again);
    assert_string_equal(first, again);
    assert_int_equal(strlen(first), 11);
    test_choices(entry, "/data/b", first);
    test_answer(entry, "/data/a", "3", ANSWER_OK);
    test_choices(entry, "/data/b", again); /* without a seed it still stays while shown */
    assert_string_equal(first, again);
    test_end(form, entry);
}

static void rows_of_the_record_are_choices_too(void **state)
{
    struct form *form = test_form(
        "<person jr:template=''><name/></person><head/>", "",
        "<group><repeat nodeset='/data/person'><input ref='/data/person/name'/></repeat></group>"
        "<select1 ref='/data/head'><itemset nodeset=\"/data/person[./name != '']\">"
        "<value ref='name'/><label ref='name'/></itemset></select1>");
    struct entry *entry = test_entry(form);
    char text[256];
    for (int i = 0; i < 3; i++) {
        assert_true(entry_repeat_add(entry, "/data/person", NULL, NULL));
    }
    test_answer(entry, "/data/person[1]/name", "An", ANSWER_OK);
    test_answer(entry, "/data/person[3]/name", "Chi", ANSWER_OK);
    test_choices(entry, "/data/head", text);
    assert_string_equal(text, "An Chi");
    test_answer(entry, "/data/person[3]/name", "Châu", ANSWER_OK);
    test_choices(entry, "/data/head", text);
    assert_string_equal(text, "An Châu");
    test_end(form, entry);
}

static void labels_of_a_list_are_translated(void **state)
{
    struct form *form = test_form(
        "<a/><n/>",
        "<itext><translation lang='vi'><text id='i-1'><value>Một</value></text></translation>"
        "<translation lang='en'><text id='i-1'><value>One</value>"
        "<value form='image'>jr://images/1.png</value></text></translation></itext>"
        "<instance id='i'><root><item><n>1</n><itextId>i-1</itextId></item></root></instance>"
        "<bind nodeset='/data/n' calculate=\"jr:choice-name('1', '/data/a')\"/>",
        "<select1 ref='/data/a'><itemset nodeset=\"instance('i')/root/item\"><value ref='n'/>"
        "<label ref='jr:itext(itextId)'/></itemset></select1>");
    struct entry *entry = test_entry(form);
    struct choices *choices;
    struct choice choice;
    struct err err;
    test_value(entry, "/data/n", "Một");
    assert_true(question_choices(entry, "/data/a", &choices, &err));
    assert_true(choices_at(choices, 0, &choice));
    assert_string_equal(choice.label.text, "Một");
    assert_true(entry_set_language(entry, "en", &err));
    assert_true(question_choices(entry, "/data/a", &choices, &err));
    assert_true(choices_at(choices, 0, &choice));
    assert_string_equal(choice.label.text, "One");
    assert_string_equal(choice.label.image, "jr://images/1.png");
    assert_false(choices_at(choices, 1, &choice));
    assert_false(entry_set_language(entry, "fr", &err));
    test_end(form, entry);
}

static void the_older_search_takes_a_file_too(void **state)
{
    struct test_media media = {(const char *const[]){"places.csv", places, NULL}, 0};
    struct form *form = test_form_media(
        "<province/><place/><all/>", "",
        "<input ref='/data/province'/>"
        "<select1 ref='/data/place' appearance=\"minimal search('places', 'matches', 'province', "
        "/data/province)\"><item><label>label, province</label><value>name</value></item>"
        "<item><label>None of them</label><value>-1</value></item></select1>"
        "<select1 ref='/data/all' appearance=\"search('places')\"><item><label>label</label>"
        "<value>name</value></item></select1>",
        &media);
    struct entry *entry = test_entry(form);
    struct choices *choices;
    struct choice choice;
    struct err err;
    char text[256];
    test_choices(entry, "/data/all", text);
    assert_string_equal(text, "a1 a2 b1 a3");
    test_answer(entry, "/data/province", "b", ANSWER_OK);
    test_choices(entry, "/data/place", text);
    assert_string_equal(text, "b1 -1");
    assert_true(question_choices(entry, "/data/place", &choices, &err));
    assert_true(choices_at(choices, 0, &choice));
    assert_string_equal(choice.label.text, "Xã Ba Vì, b");
    assert_string_equal(form_media_at(form, 0), "places.csv");
    test_end(form, entry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_filter_follows_its_driver),
        cmocka_unit_test(what_is_no_longer_offered_goes),
        cmocka_unit_test(many_choices_lose_only_what_is_gone),
        cmocka_unit_test(search_folds_marks_and_ranks_exact_ones_first),
        cmocka_unit_test(a_seed_shuffles_the_same_way),
        cmocka_unit_test(rows_of_the_record_are_choices_too),
        cmocka_unit_test(labels_of_a_list_are_translated),
        cmocka_unit_test(the_older_search_takes_a_file_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
