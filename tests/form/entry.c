/* Answers and what follows from them: calculations, relevance, actions, errors, opening again. */
#include "helper_form.h"

#include <stdlib.h>

#include "platform/base/clock.h"

static void answers_set_off_what_depends_on_them(void **state)
{
    struct form *form =
        test_form("<qty/><price>2</price><sum/><half/>",
                  "<bind nodeset='/data/qty' type='int'/>"
                  "<bind nodeset='/data/half' type='decimal' calculate='../sum div 2'/>"
                  "<bind nodeset='/data/sum' type='int' calculate='../qty * ../price'/>",
                  "<input ref='/data/qty'/>");
    struct entry *entry = test_entry(form);
    test_value(entry, "/data/sum", "");
    test_answer(entry, "/data/qty", "7", ANSWER_OK);
    test_value(entry, "/data/sum", "14");
    test_value(entry, "/data/half", "7");
    test_answer(entry, "/data/qty", "", ANSWER_OK);
    test_value(entry, "/data/half", "");
    test_end(form, entry);
}

static void refuses_against_constraint_and_required(void **state)
{
    struct form *form =
        test_form("<age>20</age>",
                  "<bind nodeset='/data/age' type='int' required='true()' constraint='. &lt; 120' "
                  "jr:constraintMsg='Too old' jr:requiredMsg='Needed'/>",
                  "<input ref='/data/age'><label>Age</label></input>");
    struct entry *entry = test_entry(form);
    struct answer_result result;
    struct err err;
    assert_true(entry_answer(entry, "/data/age", STR("130"), &result, &err));
    assert_int_equal(result.state, ANSWER_CONSTRAINT);
    assert_string_equal(result.message, "Too old");
    test_value(entry, "/data/age", "20");
    assert_true(entry_answer(entry, "/data/age", STR(""), &result, &err));
    assert_int_equal(result.state, ANSWER_REQUIRED);
    assert_string_equal(result.message, "Needed");
    test_value(entry, "/data/age", "20");
    assert_false(entry_answer(entry, "/data/age", STR("old"), &result, &err));
    assert_false(entry_answer(entry, "/data/nothing", STR("1"), &result, &err));
    assert_int_equal(entry_validate(entry), 0);
    test_end(form, entry);
}

static void what_is_not_relevant_is_blank_and_kept(void **state)
{
    struct form *form = test_form("<show>1</show><g><x>5</x></g><copy/><n/>",
                                  "<bind nodeset='/data/g' relevant='/data/show = 1'/>"
                                  "<bind nodeset='/data/copy' calculate='/data/g/x'/>"
                                  "<bind nodeset='/data/n' calculate='count(/data/g/x)'/>",
                                  "<input ref='/data/show'/><group ref='/data/g'>"
                                  "<input ref='/data/g/x'/></group>");
    struct entry *entry = test_entry(form);
    test_value(entry, "/data/copy", "5");
    test_answer(entry, "/data/show", "0", ANSWER_OK);
    assert_false(test_relevant(entry, "/data/g/x"));
    test_value(entry, "/data/copy", "");
    test_value(entry, "/data/n", "0");
    char *sent = test_xml(entry, SERIAL_SUBMISSION), *draft = test_xml(entry, SERIAL_DRAFT);
    assert_null(strstr(sent, "<x>"));
    assert_non_null(strstr(draft, "<x>5</x>"));
    test_answer(entry, "/data/show", "1", ANSWER_OK);
    test_value(entry, "/data/g/x", "5");
    test_value(entry, "/data/copy", "5");
    free(sent);
    free(draft);
    test_end(form, entry);
}

static void a_boolean_node_is_typed(void **state)
{
    struct form *form = test_form("<yes/><a/>",
                                  "<bind nodeset='/data/yes' type='boolean'/>"
                                  "<bind nodeset='/data/a' relevant='/data/yes'/>",
                                  "<input ref='/data/yes'/><input ref='/data/a'/>");
    struct entry *entry = test_entry(form);
    test_answer(entry, "/data/yes", "0", ANSWER_OK);
    assert_false(test_relevant(entry, "/data/a"));
    test_answer(entry, "/data/yes", "1", ANSWER_OK);
    assert_true(test_relevant(entry, "/data/a"));
    test_end(form, entry);
}

static void results_take_the_form_of_their_type(void **state)
{
    clock_fix(1700000000000); /* 2023-11-14T22:13:20Z, the 15th in Hanoi */
    struct form *form = test_form("<born>2000-02-29</born><a/><b/><c/><d/><e/><f/><g/>",
                                  "<bind nodeset='/data/born' type='date'/>"
                                  "<bind nodeset='/data/a' type='date' calculate='today() - 30'/>"
                                  "<bind nodeset='/data/b' calculate=\"date('2020-01-01') + 1\"/>"
                                  "<bind nodeset='/data/c' type='int' calculate='7 div 2'/>"
                                  "<bind nodeset='/data/d' type='boolean' calculate='1 = 1'/>"
                                  "<bind nodeset='/data/e' type='int' calculate=\"'none'\"/>"
                                  "<bind nodeset='/data/f' type='decimal' calculate='1 div 4'/>"
                                  "<bind nodeset='/data/g' calculate='/data/born'/>",
                                  "");
    struct entry *entry = test_entry(form);
    char moment[CLOCK_TEXT], today[CLOCK_TEXT];
    int64_t born;
    clock_format_date(1700000000000 - INT64_C(30) * 86400000, today);
    test_value(entry, "/data/a", today);
    test_value(entry, "/data/b", "18263");
    test_value(entry, "/data/c", "3");
    test_value(entry, "/data/d", "1");
    test_value(entry, "/data/e", "");
    test_value(entry, "/data/f", "0.25");
    assert_true(clock_parse(STR("2000-02-29"), &born));
    clock_format_local(born, moment);
    assert_memory_equal(entry_value(entry, "/data/g").s, moment, 19); /* as JavaRosa: a moment */
    clock_fix(-1);
    test_end(form, entry);
}

static void a_failing_calculation_takes_the_answer_back(void **state)
{
    struct form *form =
        test_form("<kind>SHA-256</kind><copy/><digest/>",
                  "<bind nodeset='/data/copy' calculate='/data/kind'/>"
                  "<bind nodeset='/data/digest' calculate=\"digest('a', /data/kind, 'hex')\"/>",
                  "<input ref='/data/kind'/>");
    struct entry *entry = test_entry(form);
    struct err err = {0};
    uint64_t before = entry_revision(entry);
    assert_false(entry_answer(entry, "/data/kind", STR("none such"), NULL, &err));
    assert_non_null(strstr(err.text, "/data/digest"));
    test_value(entry, "/data/kind", "SHA-256");
    test_value(entry, "/data/copy", "SHA-256");
    assert_int_equal(entry_revision(entry), before);
    test_answer(entry, "/data/kind", "MD5", ANSWER_OK);
    test_value(entry, "/data/digest", "0cc175b9c0f1b6a831c399e269772661");
    test_end(form, entry);
}

static void actions_run_after_the_calculations(void **state)
{
    struct form *form = test_form(
        "<a/><b/><c/><first/><load/>",
        "<bind nodeset='/data/b' calculate='/data/a * 2'/>"
        "<setvalue event='odk-instance-first-load' ref='/data/first' value=\"concat('x', 1)\"/>"
        "<setvalue event='odk-instance-load' ref='/data/load'>1 + 1</setvalue>",
        "<input ref='/data/a'><setvalue event='xforms-value-changed' ref='/data/c' "
        "value='../b + 1'/></input>");
    struct entry *entry = test_entry(form);
    test_value(entry, "/data/first", "x1");
    test_value(entry, "/data/load", "1 + 1");
    test_value(entry, "/data/c", "");
    test_answer(entry, "/data/a", "3", ANSWER_OK);
    test_value(entry, "/data/c", "7");
    test_answer(entry, "/data/c", "", ANSWER_OK);
    test_answer(entry, "/data/a", "3", ANSWER_OK); /* the same value sets off nothing */
    test_value(entry, "/data/c", "");
    test_end(form, entry);
}

static void preloads_tell_who_and_when(void **state)
{
    clock_fix(1700000000000);
    struct form *form = test_form("<start/><end/><today/><who/><meta><instanceID/></meta>",
                                  "<bind nodeset='/data/start' type='dateTime' "
                                  "jr:preload='timestamp' jr:preloadParams='start'/>"
                                  "<bind nodeset='/data/end' type='dateTime' "
                                  "jr:preload='timestamp' jr:preloadParams='end'/>"
                                  "<bind nodeset='/data/today' type='date' jr:preload='date' "
                                  "jr:preloadParams='today'/>"
                                  "<bind nodeset='/data/who' jr:preload='property' "
                                  "jr:preloadParams='username'/>"
                                  "<bind nodeset='/data/meta/instanceID' jr:preload='uid'/>",
                                  "");
    struct entry_device device = {.username = "trang"};
    struct entry *entry;
    struct err err;
    assert_true(entry_create(form, &device, &entry, &err));
    char now[CLOCK_TEXT], today[CLOCK_TEXT];
    clock_format_local(1700000000000, now);
    clock_format_date(1700000000000, today);
    test_value(entry, "/data/start", now);
    test_value(entry, "/data/end", "");
    test_value(entry, "/data/today", today);
    test_value(entry, "/data/who", "trang");
    assert_memory_equal(entry_instance_id(entry), "uuid:", 5);
    clock_fix(1700000060000);
    assert_true(entry_finalize(entry, &err));
    clock_format_local(1700000060000, now);
    test_value(entry, "/data/end", now);
    clock_fix(-1);
    test_end(form, entry);
}

static bool here(void *ctx, struct buf *geopoint)
{
    buf_add_text(geopoint, "21.0 105.8 12.0 4.0");
    return ctx != NULL;
}

static void the_device_says_where_it_is(void **state)
{
    struct form *form =
        test_form("<at/>", "<odk:setgeopoint event='odk-instance-first-load' ref='/data/at'/>", "");
    struct entry *entry = test_entry(form);
    struct err err;
    test_value(entry, "/data/at", "");
    entry_destroy(entry);
    struct entry_device device = {.position = here, .ctx = &device};
    assert_true(entry_create(form, &device, &entry, &err));
    test_value(entry, "/data/at", "21.0 105.8 12.0 4.0");
    test_end(form, entry);
}

static void a_draft_goes_on_and_an_edit_gets_a_new_identity(void **state)
{
    struct form *form = test_form("<a>old</a><b/><meta><instanceID/></meta>",
                                  "<bind nodeset='/data/b' calculate=\"concat(/data/a, '!')\"/>"
                                  "<bind nodeset='/data/meta/instanceID' jr:preload='uid'/>"
                                  "<setvalue event='odk-instance-first-load' ref='/data/a'>new"
                                  "</setvalue>",
                                  "<input ref='/data/a'/>");
    struct entry *entry = test_entry(form), *again;
    struct err err = {0};
    test_answer(entry, "/data/a", "x & <y>", ANSWER_OK);
    char *id = strdup(entry_instance_id(entry)), *draft = test_xml(entry, SERIAL_DRAFT);
    assert_true(entry_open(form, str_of(draft), ENTRY_RESUME, NULL, &again, &err));
    test_value(again, "/data/a", "x & <y>");
    test_value(again, "/data/b", "x & <y>!");
    assert_string_equal(entry_instance_id(again), id);
    entry_destroy(again);
    assert_true(entry_open(form, str_of(draft), ENTRY_EDIT, NULL, &again, &err));
    assert_string_not_equal(entry_instance_id(again), id);
    char *edited = test_xml(again, SERIAL_SUBMISSION);
    assert_non_null(strstr(edited, "<deprecatedID>"));
    assert_non_null(strstr(edited, id));
    struct entry *later;
    assert_true(entry_open(form, str_of(edited), ENTRY_RESUME, NULL, &later, &err));
    char *resumed = test_xml(later, SERIAL_SUBMISSION);
    assert_string_equal(resumed, edited); /* still replaces what it replaced */
    free(resumed);
    entry_destroy(later);
    entry_destroy(again);
    assert_false(entry_open(form, STR("<other/>"), ENTRY_RESUME, NULL, &again, &err));
    assert_false(entry_open(form, STR("<data id='else'/>"), ENTRY_RESUME, NULL, &again, &err));
    assert_false(entry_open(form, STR("broken"), ENTRY_RESUME, NULL, &again, &err));
    free(id);
    free(draft);
    free(edited);
    test_end(form, entry);
}

struct heard {
    int n;
    char ref[64];
    uint64_t revision;
};

static void hear(void *ctx, const struct entry_change *change)
{
    struct heard *heard = ctx;
    heard->n++;
    heard->revision = change->revision;
    strncpy(heard->ref, change->ref, sizeof heard->ref - 1);
}

static void a_change_is_told_and_listed(void **state)
{
    struct form *form = test_form("<a/><b/><c/>",
                                  "<bind nodeset='/data/b' calculate='/data/a'/>"
                                  "<bind nodeset='/data/c' relevant=\"/data/a = '1'\"/>",
                                  "<input ref='/data/a'/><input ref='/data/c'/>");
    struct entry *entry = test_entry(form);
    struct heard heard = {0};
    struct entry_hooks hooks = {&heard, hear};
    bool all;
    entry_set_hooks(entry, &hooks);
    uint64_t before = entry_revision(entry);
    test_answer(entry, "/data/a", "1", ANSWER_OK);
    assert_int_equal(heard.n, 1);
    assert_string_equal(heard.ref, "/data/a");
    assert_int_equal(heard.revision, entry_revision(entry));
    assert_string_equal(entry_changed_at(entry, before, 0, &all), "/data/a");
    assert_false(all);
    assert_string_equal(entry_changed_at(entry, before, 1, &all), "/data/b");
    assert_string_equal(entry_changed_at(entry, before, 2, &all), "/data/c");
    assert_null(entry_changed_at(entry, before, 3, &all));
    assert_null(entry_changed_at(entry, entry_revision(entry), 0, &all));
    test_end(form, entry);
}

static void validation_lists_everything_in_order(void **state)
{
    struct form *form = test_form("<a/><b>3</b><c/>",
                                  "<bind nodeset='/data/a' required='true()'/>"
                                  "<bind nodeset='/data/b' constraint='. &lt; 2' "
                                  "jr:constraintMsg='small!'/>"
                                  "<bind nodeset='/data/c' required='true()' relevant='false()'/>",
                                  "<input ref='/data/a'><label>First</label></input>"
                                  "<input ref='/data/b'/><input ref='/data/c'/>");
    struct entry *entry = test_entry(form);
    struct err err = {0};
    assert_int_equal(entry_validate(entry), 2);
    assert_string_equal(entry_problem_at(entry, 0)->ref, "/data/a");
    assert_int_equal(entry_problem_at(entry, 0)->state, ANSWER_REQUIRED);
    assert_string_equal(entry_problem_at(entry, 0)->label, "First");
    assert_string_equal(entry_problem_at(entry, 1)->message, "small!");
    assert_null(entry_problem_at(entry, 2));
    assert_false(entry_finalize(entry, &err));
    test_end(form, entry);
}

static void keys_fill_nodes_from_outside(void **state)
{
    struct form *form = test_form("<name/><again/><n/>",
                                  "<bind nodeset='/data/name' gocua:fill='person.name'/>"
                                  "<bind nodeset='/data/again' gocua:fill='person.name' "
                                  "relevant='false()'/>"
                                  "<bind nodeset='/data/n' calculate='string-length(/data/name)'/>",
                                  "<input ref='/data/name'/>");
    struct entry *entry = test_entry(form);
    struct err err = {0};
    assert_int_equal(entry_fill(entry, "person.name", STR("Hoa"), &err), 1);
    test_value(entry, "/data/name", "Hoa");
    test_value(entry, "/data/n", "3");
    assert_int_equal(entry_fill(entry, "person.number", STR("1"), &err), 0);
    test_end(form, entry);
}

static void records_without_a_place_for_identity_get_one(void **state)
{
    struct form *form = test_form("<a/>", "", "<input ref='/data/a'/>");
    struct entry *entry = test_entry(form);
    char *xml = test_xml(entry, SERIAL_SUBMISSION);
    assert_non_null(strstr(xml, "xmlns:orx=\"http://openrosa.org/xforms\""));
    assert_non_null(strstr(xml, "<orx:instanceID>uuid:"));
    free(xml);
    test_end(form, entry);
}

static void letters_leave_composed(void **state)
{
    struct form *form = test_form("<a/>", "", "<input ref='/data/a'/>");
    struct entry *entry = test_entry(form);
    test_answer(entry, "/data/a", "Nguye\xcc\x82\xcc\x83n", ANSWER_OK);
    char *xml = test_xml(entry, SERIAL_SUBMISSION);
    assert_non_null(strstr(xml, "<a>Nguyễn</a>"));
    free(xml);
    test_end(form, entry);
}

static void uploads_are_named(void **state)
{
    struct form *form = test_form("<p/><q/><r/>",
                                  "<bind nodeset='/data/p' type='binary'/>"
                                  "<bind nodeset='/data/r' type='binary' relevant='false()'/>",
                                  "<upload ref='/data/p' mediatype='image/*'/>"
                                  "<upload ref='/data/q' mediatype='audio/*'/>"
                                  "<upload ref='/data/r' mediatype='audio/*'/>");
    struct entry *entry = test_entry(form);
    test_answer(entry, "/data/p", "one.jpg", ANSWER_OK);
    test_answer(entry, "/data/q", "two.m4a", ANSWER_OK);
    test_answer(entry, "/data/r", "three.m4a", ANSWER_OK);
    assert_string_equal(entry_attachment_at(entry, 0), "one.jpg");
    assert_string_equal(entry_attachment_at(entry, 1), "two.m4a");
    assert_null(entry_attachment_at(entry, 2));
    test_end(form, entry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_set_off_what_depends_on_them),
        cmocka_unit_test(refuses_against_constraint_and_required),
        cmocka_unit_test(what_is_not_relevant_is_blank_and_kept),
        cmocka_unit_test(a_boolean_node_is_typed),
        cmocka_unit_test(results_take_the_form_of_their_type),
        cmocka_unit_test(a_failing_calculation_takes_the_answer_back),
        cmocka_unit_test(actions_run_after_the_calculations),
        cmocka_unit_test(preloads_tell_who_and_when),
        cmocka_unit_test(the_device_says_where_it_is),
        cmocka_unit_test(a_draft_goes_on_and_an_edit_gets_a_new_identity),
        cmocka_unit_test(a_change_is_told_and_listed),
        cmocka_unit_test(validation_lists_everything_in_order),
        cmocka_unit_test(keys_fill_nodes_from_outside),
        cmocka_unit_test(records_without_a_place_for_identity_get_one),
        cmocka_unit_test(letters_leave_composed),
        cmocka_unit_test(uploads_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
