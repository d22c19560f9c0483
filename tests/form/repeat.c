/* Repeats: adding, removing, counting, nesting, and that size does not slow them. */
#include "helper_form.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char rows_record[] =
    "<row jr:template=''><n/><v>1</v><at/><line/></row><sum/><count/>";
static const char rows_model[] =
    "<bind nodeset='/data/row/n' type='int'/>"
    "<bind nodeset='/data/row/at' calculate='position(..)'/>"
    "<bind nodeset='/data/row/line' type='int' calculate='../n * ../v'/>"
    "<bind nodeset='/data/sum' calculate='sum(/data/row/line)'/>"
    "<bind nodeset='/data/count' calculate='count(/data/row)'/>";
static const char rows_body[] = "<group ref='/data/row'><label>Rows</label>"
                                "<repeat nodeset='/data/row'><input ref='/data/row/n'/></repeat>"
                                "</group>";

static void rows_come_and_go(void **state)
{
    struct form *form = test_form(rows_record, rows_model, rows_body);
    struct entry *entry = test_entry(form);
    const char *made;
    struct err err = {0};
    test_value(entry, "/data/count", "0");
    assert_true(entry_repeat_add(entry, "/data/row", &made, &err));
    assert_true(entry_repeat_add(entry, "/data/row[2]", &made, &err));
    assert_string_equal(made, "/data/row[2]");
    assert_false(entry_repeat_add(entry, "/data/row[9]", NULL, &err));
    assert_false(entry_repeat_add(entry, "/data/sum", NULL, &err));
    assert_true(entry_repeat_add(entry, "/data/row", NULL, &err));
    assert_int_equal(entry_repeat_count(entry, "/data/row"), 3);
    test_answer(entry, "/data/row[1]/n", "5", ANSWER_OK);
    test_answer(entry, "/data/row[3]/n", "7", ANSWER_OK);
    test_value(entry, "/data/sum", "12");
    test_value(entry, "/data/row[3]/at", "3");
    assert_true(entry_repeat_remove(entry, "/data/row[2]", &err));
    test_value(entry, "/data/row[2]/n", "7");
    test_value(entry, "/data/row[2]/at", "2");
    test_value(entry, "/data/count", "2");
    assert_false(entry_repeat_remove(entry, "/data/row[3]", &err));
    assert_true(entry_repeat_remove(entry, "/data/row[1]", &err));
    test_value(entry, "/data/sum", "7");
    test_end(form, entry);
}

static void counted_rows_are_there_and_stay(void **state)
{
    struct form *form =
        test_form("<many>2</many><row><n/></row>", "<bind nodeset='/data/many' type='int'/>",
                  "<input ref='/data/many'/>"
                  "<group ref='/data/row'><repeat nodeset='/data/row' "
                  "jr:count='/data/many'><input ref='/data/row/n'/></repeat></group>");
    struct entry *entry = test_entry(form);
    assert_int_equal(entry_repeat_count(entry, "/data/row"), 2);
    test_answer(entry, "/data/many", "4", ANSWER_OK);
    assert_int_equal(entry_repeat_count(entry, "/data/row"), 4);
    test_answer(entry, "/data/row[4]/n", "x", ANSWER_OK);
    test_answer(entry, "/data/many", "1", ANSWER_OK);
    assert_int_equal(entry_repeat_count(entry, "/data/row"), 4);
    test_answer(entry, "/data/many", "", ANSWER_OK);
    assert_int_equal(entry_repeat_count(entry, "/data/row"), 4);
    test_end(form, entry);
}

static void counts_may_grow_with_what_is_filled(void **state)
{
    struct form *form =
        test_form("<more/><row jr:template=''><again/></row>",
                  "<bind nodeset='/data/more' type='int' calculate=\"if(count(/data/row) = 0 or "
                  "/data/row[position() = count(/data/row)]/again = 'yes', count(/data/row) + 1, "
                  "count(/data/row))\"/>",
                  "<group ref='/data/row'><repeat nodeset='/data/row' jr:count='/data/more'>"
                  "<input ref='/data/row/again'/></repeat></group>");
    struct entry *entry = test_entry(form);
    assert_int_equal(entry_repeat_count(entry, "/data/row"), 1);
    test_answer(entry, "/data/row[1]/again", "yes", ANSWER_OK);
    assert_int_equal(entry_repeat_count(entry, "/data/row"), 2);
    test_answer(entry, "/data/row[2]/again", "no", ANSWER_OK);
    assert_int_equal(entry_repeat_count(entry, "/data/row"), 2);
    test_end(form, entry);
}

static void a_count_without_end_grows_step_by_step(void **state)
{
    struct form *form = test_form("<row jr:template=''><a/></row>", "",
                                  "<group ref='/data/row'><repeat nodeset='/data/row' "
                                  "jr:count='count(/data/row) + 1'>"
                                  "<input ref='/data/row/a'/></repeat></group>");
    struct entry *entry = test_entry(form);
    size_t before = entry_repeat_count(entry, "/data/row");
    assert_in_range(before, 1, 3);
    test_answer(entry, "/data/row[1]/a", "x", ANSWER_OK);
    assert_in_range(entry_repeat_count(entry, "/data/row"), before, before + 3);
    test_end(form, entry);
}

static void rows_inside_rows_keep_to_their_own(void **state)
{
    struct form *form = test_form(
        "<house><street/><person><name/><where/></person><people/></house><all/>",
        "<bind nodeset='/data/house/person/where' calculate='../../street'/>"
        "<bind nodeset='/data/house/people' calculate='count(../person)'/>"
        "<bind nodeset='/data/all' calculate='count(/data/house/person)'/>",
        "<repeat nodeset='/data/house'><input ref='/data/house/street'/>"
        "<repeat nodeset='/data/house/person'><input ref='/data/house/person/name'/></repeat>"
        "</repeat>");
    struct entry *entry = test_entry(form);
    struct err err = {0};
    assert_true(entry_repeat_add(entry, "/data/house", NULL, &err));
    assert_int_equal(entry_repeat_count(entry, "/data/house[2]/person"), 0);
    assert_true(entry_repeat_add(entry, "/data/house[2]/person", NULL, &err));
    assert_true(entry_repeat_add(entry, "/data/house[2]/person", NULL, &err));
    test_answer(entry, "/data/house[2]/street", "Hàng Bông", ANSWER_OK);
    test_value(entry, "/data/house[2]/person[2]/where", "Hàng Bông");
    test_value(entry, "/data/house[1]/person[1]/where", "");
    test_value(entry, "/data/house[1]/people", "1");
    test_value(entry, "/data/house[2]/people", "2");
    test_value(entry, "/data/all", "3");
    test_end(form, entry);
}

static void new_rows_run_their_events(void **state)
{
    struct form *form = test_form("<row><n/><was/></row>", "",
                                  "<repeat nodeset='/data/row'><input ref='/data/row/n'/>"
                                  "<setvalue event='odk-new-repeat' ref='/data/row/was' "
                                  "value=\"concat('row ', position(..))\"/></repeat>");
    struct entry *entry = test_entry(form);
    struct err err = {0};
    test_value(entry, "/data/row[1]/was", ""); /* it stood in the form */
    assert_true(entry_repeat_add(entry, "/data/row", NULL, &err));
    test_value(entry, "/data/row[2]/was", "row 2");
    test_value(entry, "/data/row[1]/was", "");
    test_end(form, entry);
}

static void a_row_that_cannot_be_calculated_does_not_come(void **state)
{
    struct form *form =
        test_form("<kind>MD5</kind><row jr:template=''><k>bad</k><d/></row><n/>",
                  "<bind nodeset='/data/row/d' calculate=\"digest('a', ../k, 'hex')\"/>"
                  "<bind nodeset='/data/n' calculate='count(/data/row)'/>",
                  "<repeat nodeset='/data/row'><input ref='/data/row/k'/></repeat>");
    struct entry *entry = test_entry(form);
    struct err err = {0};
    assert_false(entry_repeat_add(entry, "/data/row", NULL, &err));
    assert_int_equal(entry_repeat_count(entry, "/data/row"), 0);
    test_value(entry, "/data/n", "0");
    test_answer(entry, "/data/kind", "x", ANSWER_OK);
    test_end(form, entry);
}

static void a_removal_that_fails_is_taken_back(void **state)
{
    struct form *form =
        test_form("<row><k>MD5</k><off/></row><row><k>MD5</k><off/></row><d/>",
                  "<bind nodeset='/data/row/off' relevant='false()'/>"
                  "<bind nodeset='/data/d' calculate=\"if(count(/data/row) = 2, 'fine', "
                  "digest('a', 'none', 'hex'))\"/>",
                  "<repeat nodeset='/data/row'><input ref='/data/row/k'/></repeat>");
    struct entry *entry = test_entry(form);
    struct err err = {0};
    test_answer(entry, "/data/row[1]/k", "first", ANSWER_OK);
    assert_false(entry_repeat_remove(entry, "/data/row[1]", &err));
    assert_int_equal(entry_repeat_count(entry, "/data/row"), 2);
    test_value(entry, "/data/row[1]/k", "first");
    assert_false(test_relevant(entry, "/data/row[1]/off"));
    test_value(entry, "/data/d", "fine");
    test_end(form, entry);
}

/* Whatever way a row reads its neighbours, it follows them: where JavaRosa keeps an old value. */
static void rows_follow_their_neighbours(void **state)
{
    static const char *const readers[] = {
        "indexed-repeat(/data/row/n, /data/row, position(..) - 1)",
        "/data/row[position() = position(current()/..) - 1]/n",
        "../preceding-sibling::row[1]/n",
        "../../row[position() = position(current()/..) - 1]/n",
    };
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        struct buf model = {0};
        buf_addf(&model, "<bind nodeset='/data/row/before' calculate='%s'/>", readers[i]);
        struct form *form = test_form(
            "<row><n/><before/></row><row><n/><before/></row><row><n/><before/></row>",
            buf_text(&model), "<repeat nodeset='/data/row'><input ref='/data/row/n'/></repeat>");
        struct entry *entry = test_entry(form);
        test_answer(entry, "/data/row[1]/n", "5", ANSWER_OK);
        test_answer(entry, "/data/row[2]/n", "7", ANSWER_OK);
        test_value(entry, "/data/row[2]/before", "5");
        test_answer(entry, "/data/row[1]/n", "6", ANSWER_OK);
        test_value(entry, "/data/row[2]/before", "6");
        assert_true(entry_repeat_remove(entry, "/data/row[2]", NULL));
        test_value(entry, "/data/row[2]/before", "6");
        test_end(form, entry);
        buf_finish(&model);
    }
}

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The 2,000th row may cost a few times the 20th (one sum runs over all of them), never a hundred
 * times. */
static void many_rows_stay_quick(void **state)
{
    struct form *form = test_form(rows_record, rows_model, rows_body);
    struct entry *entry = test_entry(form);
    double early = 0, late = 0;
    char ref[48];
    for (int i = 1; i <= 2000; i++) {
        double from = cpu_ms();
        assert_true(entry_repeat_add(entry, "/data/row", NULL, NULL));
        snprintf(ref, sizeof ref, "/data/row[%d]/n", i);
        test_answer(entry, ref, "2", ANSWER_OK);
        double spent = cpu_ms() - from;
        early += i <= 200 ? spent : 0;
        late += i > 1800 ? spent : 0;
    }
    test_value(entry, "/data/sum", "4000");
    test_value(entry, "/data/row[2000]/at", "2000");
    assert_true(late < early * 60 + 50);
    test_end(form, entry);
}

static void a_saved_record_brings_its_rows(void **state)
{
    struct form *form = test_form(rows_record, rows_model, rows_body);
    struct entry *entry = test_entry(form), *again;
    struct err err = {0};
    for (int i = 0; i < 3; i++) {
        assert_true(entry_repeat_add(entry, "/data/row", NULL, &err));
    }
    test_answer(entry, "/data/row[2]/n", "9", ANSWER_OK);
    char *draft = test_xml(entry, SERIAL_DRAFT);
    assert_null(strstr(draft, "template"));
    assert_true(entry_open(form, str_of(draft), ENTRY_RESUME, NULL, &again, &err));
    assert_int_equal(entry_repeat_count(again, "/data/row"), 3);
    test_value(again, "/data/row[2]/line", "9");
    test_value(again, "/data/sum", "9");
    char *same = test_xml(again, SERIAL_DRAFT);
    assert_string_equal(draft, same);
    free(draft);
    free(same);
    entry_destroy(again);
    test_end(form, entry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_and_go),
        cmocka_unit_test(counted_rows_are_there_and_stay),
        cmocka_unit_test(counts_may_grow_with_what_is_filled),
        cmocka_unit_test(a_count_without_end_grows_step_by_step),
        cmocka_unit_test(rows_inside_rows_keep_to_their_own),
        cmocka_unit_test(new_rows_run_their_events),
        cmocka_unit_test(a_row_that_cannot_be_calculated_does_not_come),
        cmocka_unit_test(a_removal_that_fails_is_taken_back),
        cmocka_unit_test(rows_follow_their_neighbours),
        cmocka_unit_test(many_rows_stay_quick),
        cmocka_unit_test(a_saved_record_brings_its_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
