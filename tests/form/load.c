/* What a form is, and what is said of one that cannot be used. */
#include "helper_form.h"

static void reads_identity_and_submission(void **state)
{
    struct form *form = test_form(
        "<a/>",
        "<submission action='https://example.org/s' method='post' base64RsaPublicKey='AAA' "
        "orx:auto-send='true' odk:client-editable='true'/>",
        "<input ref='/data/a'/>");
    assert_true(form_is_usable(form));
    assert_string_equal(form_title(form), "Test");
    assert_string_equal(form_id(form), "test");
    assert_string_equal(form_version(form), "7");
    assert_int_equal(strlen(form_hash(form)), 32);
    struct form_submission submission;
    form_submission(form, &submission);
    assert_string_equal(submission.action, "https://example.org/s");
    assert_string_equal(submission.public_key, "AAA");
    assert_true(submission.has_auto_send && submission.auto_send);
    assert_false(submission.has_auto_delete);
    assert_true(submission.client_editable);
    form_destroy(form);
}

static void refuses_what_is_no_form(void **state)
{
    struct form *form = form_load(STR("no xml"), NULL);
    assert_false(form_is_usable(form));
    assert_true(test_has_problem(form, PROBLEM_ERROR, "no proper XML"));
    form_destroy(form);
    form = form_load(STR("<root/>"), NULL);
    assert_true(test_has_problem(form, PROBLEM_ERROR, "no XForm"));
    form_destroy(form);
    form = form_load_file("/nowhere/at/all.xml", NULL);
    assert_false(form_is_usable(form));
    struct entry *entry;
    struct err err;
    assert_false(entry_create(form, NULL, &entry, &err));
    form_destroy(form);
}

struct refusal {
    const char *record, *model, *body, *words;
};

static void refuses_for_javarosas_reasons(void **state)
{
    static const struct refusal refusals[] = {
        {"<a/>", "<bind type='int'/>", "", "without nodeset"},
        {"<a/>", "", "<input ref='/data/b'/>", "non-existent node"},
        {"<a/>", "", "<input/>", "without 'ref' or 'bind'"},
        {"<a/>", "<bind nodeset='/data/a' calculate='1 +'/>", "", "cannot be read"},
        {"<a/>", "<setvalue event='odk-new-repeat' ref='/data/a'/>", "", "nested in the repeat"},
        {"<a/>", "<setvalue event='no-such-event' ref='/data/a'/>", "", "unsupported events"},
        {"<a/>", "<setvalue event='xforms-ready' ref='/data/z'/>", "", "does not exist"},
        {"<a/>", "<setgeopoint event='xforms-ready' ref='/data/a'/>", "", "namespace"},
        {"<a/>", "<itext><translation/></itext>", "", "no language"},
        {"<a/>", "", "<range ref='/data/a' start='-2.0.1' end='2' step='1'/>",
         "can't be parsed as a decimal number"},
        {"<r><a/></r><b/>", "", "<repeat nodeset='/data/r'><input ref='/data/b'/></repeat>",
         "is not a descendant"},
        {"<r><a/></r>", "",
         "<repeat nodeset='/data/r'><input ref='/data/r/a'/></repeat><input ref='/data/r/a'/>",
         "not its closest containing"},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const struct refusal *one = &refusals[i];
        struct form *form = test_form(one->record, one->model, one->body);
        if (form_is_usable(form) || !test_has_problem(form, PROBLEM_ERROR, one->words)) {
            fail_msg("refusal %zu: %s", i, one->words);
        }
        form_destroy(form);
    }
}

static void refuses_circles_and_names_them(void **state)
{
    static const char *const models[] = {
        "<bind nodeset='/data/a' calculate='. + 1'/>",
        "<bind nodeset='/data/a' relevant='/data/a = 1'/>",
        "<bind nodeset='/data/a' calculate='/data/b'/><bind nodeset='/data/b' "
        "calculate='/data/a'/>",
        "<bind nodeset='/data/g' relevant='/data/g/x = 1'/>",
        "<bind nodeset='/data/r/y' calculate='sum(/data/r/y)'/>",
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        struct form *form =
            test_form("<a/><b/><g><x/></g><r><y/></r>", models[i], "<repeat nodeset='/data/r'/>");
        if (!test_has_problem(form, PROBLEM_ERROR, "Cycle detected") ||
            !test_has_problem(form, PROBLEM_ERROR, "\n/data/")) {
            fail_msg("no circle seen in %s", models[i]);
        }
        form_destroy(form);
    }
}

static void accepts_what_only_looks_like_a_circle(void **state)
{
    struct form *form = test_form("<a/><b/>",
                                  "<bind nodeset='/data/a' constraint='. &gt; 1 and /data/a != 3'/>"
                                  "<bind nodeset='/data/b' calculate='once(random())'/>",
                                  "<input ref='/data/a'/>");
    assert_true(form_is_usable(form));
    form_destroy(form);
}

static void tells_what_is_wrong_with_node_and_line(void **state)
{
    struct form *form = test_form("<a/>",
                                  "<bind nodeset='/data/nowhere' type='int'/>\n"
                                  "<bind nodeset='/data/a' calculate='nope(1)'/>",
                                  "");
    assert_true(form_is_usable(form));
    assert_true(test_has_problem(form, PROBLEM_WARNING, "does not exist"));
    assert_true(test_has_problem(form, PROBLEM_WARNING, "nope"));
    for (size_t i = 0; i < form_problem_count(form); i++) {
        assert_true(form_problem_at(form, i)->line > 1);
    }
    struct entry *entry;
    struct err err = {0};
    assert_false(entry_create(form, NULL, &entry, &err));
    assert_non_null(strstr(err.text, "/data/a"));
    form_destroy(form);
}

static void mends_a_bare_less_than_sign(void **state)
{
    struct form *form =
        test_form("<a>1</a><b/>", "<bind nodeset='/data/b' calculate='/data/a < 2'/>", "");
    assert_true(test_has_problem(form, PROBLEM_WARNING, "should be &lt;"));
    struct entry *entry = test_entry(form);
    test_value(entry, "/data/b", "1");
    test_end(form, entry);
}

static void names_media_and_keys(void **state)
{
    struct test_media media = {NULL, 0};
    struct form *form =
        test_form_media("<a/><b/>",
                        "<itext><translation lang='en'><text id='x'><value>X</value>"
                        "<value form='image'>jr://images/x.png</value></text></translation></itext>"
                        "<instance id='l' src='jr://file-csv/l.csv'/>"
                        "<bind nodeset='/data/a' gocua:fill='person.name'/>"
                        "<bind nodeset='/data/b' gocua:fill='person.name'/>",
                        "<input ref='/data/a'><label ref=\"jr:itext('x')\"/></input>", &media);
    assert_true(form_is_usable(form));
    assert_string_equal(form_media_at(form, 0), "jr://images/x.png");
    assert_string_equal(form_media_at(form, 1), "jr://file-csv/l.csv");
    assert_null(form_media_at(form, 2));
    assert_string_equal(form_fill_key_at(form, 0), "person.name");
    assert_null(form_fill_key_at(form, 1));
    assert_true(test_has_problem(form, PROBLEM_WARNING, "l.csv"));
    form_destroy(form);
}

static void limits_depth_and_choices(void **state)
{
    struct buf deep = {0};
    for (int i = 0; i < 80; i++) {
        buf_add_text(&deep, "<a>");
    }
    for (int i = 0; i < 80; i++) {
        buf_add_text(&deep, "</a>");
    }
    struct form *form = test_form(buf_text(&deep), "", "");
    assert_true(test_has_problem(form, PROBLEM_ERROR, "nested deeper"));
    form_destroy(form);
    buf_finish(&deep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_identity_and_submission),
        cmocka_unit_test(refuses_what_is_no_form),
        cmocka_unit_test(refuses_for_javarosas_reasons),
        cmocka_unit_test(refuses_circles_and_names_them),
        cmocka_unit_test(accepts_what_only_looks_like_a_circle),
        cmocka_unit_test(tells_what_is_wrong_with_node_and_line),
        cmocka_unit_test(mends_a_bare_less_than_sign),
        cmocka_unit_test(names_media_and_keys),
        cmocka_unit_test(limits_depth_and_choices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
