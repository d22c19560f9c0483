/* The walk through a form: forward, backward, field-lists, progress and the states of a jump list.
 */
#include "helper_form.h"

#include <stdio.h>

static const char *const kinds[] = {"begin", "question", "group", "repeat", "new", "end"};

/* The whole walk as one text: "question:/data/a group:/data/g …". */
static void walk(struct entry *entry, bool back, char text[2048])
{
    struct stop at = stop_begin(entry);
    size_t n = 0;
    if (back) {
        while (at.kind != STOP_END) {
            at = stop_next(entry, at);
        }
    }
    text[0] = '\0';
    for (int i = 0; i < 100; i++) {
        struct stop next = back ? stop_prev(entry, at) : stop_next(entry, at);
        if (stop_equal(next, at)) {
            break;
        }
        at = next;
        n += (size_t)snprintf(text + n, 2048 - n, "%s%s:%s", n ? " " : "", kinds[at.kind],
                              stop_ref(entry, at));
    }
}

static struct form *sample(void)
{
    return test_form("<a/><g><b/><c/></g><row><d/></row><e/>",
                     "<bind nodeset='/data/g' relevant=\"/data/a != 'skip'\"/>",
                     "<input ref='/data/a'/>"
                     "<group ref='/data/g'><input ref='/data/g/b'/><input ref='/data/g/c'/></group>"
                     "<group ref='/data/row'><label>Rows</label><repeat nodeset='/data/row'>"
                     "<input ref='/data/row/d'/></repeat></group>"
                     "<input ref='/data/e'/>");
}

static void goes_through_everything_both_ways(void **state)
{
    struct form *form = sample();
    struct entry *entry = test_entry(form);
    char text[2048];
    walk(entry, false, text);
    assert_string_equal(text,
                        "question:/data/a group:/data/g question:/data/g/b question:/data/g/c "
                        "repeat:/data/row question:/data/row/d new:/data/row[2] "
                        "question:/data/e end:");
    walk(entry, true, text);
    assert_string_equal(text,
                        "question:/data/e new:/data/row[2] question:/data/row/d "
                        "repeat:/data/row question:/data/g/c question:/data/g/b group:/data/g "
                        "question:/data/a begin:");
    test_end(form, entry);
}

static void passes_over_what_is_not_relevant(void **state)
{
    struct form *form = sample();
    struct entry *entry = test_entry(form);
    char text[2048];
    test_answer(entry, "/data/a", "skip", ANSWER_OK);
    assert_true(entry_repeat_add(entry, "/data/row", NULL, NULL));
    walk(entry, false, text);
    assert_string_equal(text, "question:/data/a repeat:/data/row[1] question:/data/row[1]/d "
                              "repeat:/data/row[2] question:/data/row[2]/d new:/data/row[3] "
                              "question:/data/e end:");
    walk(entry, true, text);
    assert_string_equal(text, "question:/data/e new:/data/row[3] question:/data/row[2]/d "
                              "repeat:/data/row[2] question:/data/row[1]/d repeat:/data/row[1] "
                              "question:/data/a begin:");
    test_end(form, entry);
}

static void counted_and_fixed_rows_ask_for_no_more(void **state)
{
    struct form *form = test_form("<n>2</n><r jr:template=''><x/></r><s><y/></s>", "",
                                  "<repeat nodeset='/data/r' jr:count='/data/n'>"
                                  "<input ref='/data/r/x'/></repeat>"
                                  "<repeat nodeset='/data/s' jr:noAddRemove='true()'>"
                                  "<input ref='/data/s/y'/></repeat>");
    struct entry *entry = test_entry(form);
    char text[2048];
    walk(entry, false, text);
    assert_string_equal(text, "repeat:/data/r[1] question:/data/r[1]/x repeat:/data/r[2] "
                              "question:/data/r[2]/x repeat:/data/s question:/data/s/y end:");
    struct stop stop;
    assert_true(stop_find(entry, "/data/s", &stop));
    assert_false(stop_can_remove(entry, stop));
    test_end(form, entry);
}

static void a_repeat_that_is_not_relevant_asks_nothing(void **state)
{
    struct form *form = test_form("<a/><r jr:template=''><x/></r>",
                                  "<bind nodeset='/data/r' relevant='/data/a = 1'/>",
                                  "<input ref='/data/a'/><repeat nodeset='/data/r'>"
                                  "<input ref='/data/r/x'/></repeat>");
    struct entry *entry = test_entry(form);
    char text[2048];
    walk(entry, false, text);
    assert_string_equal(text, "question:/data/a end:");
    test_answer(entry, "/data/a", "1", ANSWER_OK);
    walk(entry, false, text);
    assert_string_equal(text, "question:/data/a new:/data/r[1] end:");
    test_end(form, entry);
}

static void a_field_list_is_one_screen(void **state)
{
    struct form *form = test_form("<a/><g><b/><c/></g><e/>", "",
                                  "<input ref='/data/a'/>"
                                  "<group ref='/data/g' appearance='w1 Field-List'>"
                                  "<input ref='/data/g/b'/><input ref='/data/g/c'/></group>"
                                  "<input ref='/data/e'/>");
    struct entry *entry = test_entry(form);
    struct stop group, inner, after;
    int n, of;
    assert_true(stop_find(entry, "/data/g", &group));
    assert_true(stop_is_field_list(entry, group));
    assert_true(stop_find(entry, "/data/g/c", &inner));
    assert_true(stop_is_inside(entry, inner, group));
    assert_false(stop_is_inside(entry, group, inner));
    after = stop_skip(entry, group);
    assert_string_equal(stop_ref(entry, after), "/data/e");
    assert_false(stop_is_inside(entry, after, group));
    stop_progress(entry, group, &n, &of);
    assert_int_equal(n, 2);
    assert_int_equal(of, 3);
    stop_progress(entry, inner, &n, &of);
    assert_int_equal(n, 2);
    assert_int_equal(stop_depth(entry, inner), 1);
    assert_int_equal(stop_depth(entry, after), 0);
    test_end(form, entry);
}

static void states_tell_what_is_left_to_do(void **state)
{
    struct form *form = test_form("<g><a/><b/><c>5</c></g>",
                                  "<bind nodeset='/data/g/b' required='true()'/>"
                                  "<bind nodeset='/data/g/c' constraint='. &lt; 3'/>",
                                  "<group ref='/data/g'><input ref='/data/g/a'/>"
                                  "<input ref='/data/g/b'/><input ref='/data/g/c'/></group>");
    struct entry *entry = test_entry(form);
    struct stop stop;
    assert_true(stop_find(entry, "/data/g/a", &stop));
    assert_int_equal(stop_state(entry, stop), JUMP_EMPTY);
    assert_true(stop_find(entry, "/data/g/b", &stop));
    assert_int_equal(stop_state(entry, stop), JUMP_MISSING);
    assert_true(stop_find(entry, "/data/g/c", &stop));
    assert_int_equal(stop_state(entry, stop), JUMP_WRONG);
    assert_true(stop_find(entry, "/data/g", &stop));
    assert_int_equal(stop_state(entry, stop), JUMP_WRONG);
    test_answer(entry, "/data/g/c", "2", ANSWER_OK);
    test_answer(entry, "/data/g/b", "x", ANSWER_OK);
    assert_int_equal(stop_state(entry, stop), JUMP_ANSWERED);
    test_end(form, entry);
}

static void a_form_without_questions_ends_at_once(void **state)
{
    struct form *form = test_form("<a/>", "", "");
    struct entry *entry = test_entry(form);
    struct stop end = stop_next(entry, stop_begin(entry));
    assert_int_equal(end.kind, STOP_END);
    assert_int_equal(stop_next(entry, end).kind, STOP_END);
    assert_int_equal(stop_prev(entry, end).kind, STOP_BEGIN);
    struct question_view view;
    struct err err;
    assert_false(question_view(entry, end, &view, &err));
    test_end(form, entry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_through_everything_both_ways),
        cmocka_unit_test(passes_over_what_is_not_relevant),
        cmocka_unit_test(counted_and_fixed_rows_ask_for_no_more),
        cmocka_unit_test(a_repeat_that_is_not_relevant_asks_nothing),
        cmocka_unit_test(a_field_list_is_one_screen),
        cmocka_unit_test(states_tell_what_is_left_to_do),
        cmocka_unit_test(a_form_without_questions_ends_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
