/* Entities that a finished record creates or changes, and the audit log. */
#include "helper_form.h"

#include <stdlib.h>

#include "platform/base/clock.h"

static void a_record_creates_what_it_says(void **state)
{
    struct form *form = test_form(
        "<name/><age/><meta><instanceID/><entity dataset='people' id='' create='1'><label/>"
        "</entity></meta>",
        "<bind nodeset='/data/name' entities:saveto='full_name'/>"
        "<bind nodeset='/data/age' entities:saveto='age' relevant=\"/data/name != ''\"/>"
        "<bind nodeset='/data/meta/entity/label' calculate='/data/name'/>"
        "<bind nodeset='/data/meta/entity/@create' calculate=\"/data/name != 'nobody'\"/>"
        "<setvalue event='odk-instance-first-load' ref='/data/meta/entity/@id' value='uuid()'/>",
        "<input ref='/data/name'/><input ref='/data/age'/>");
    struct entry *entry = test_entry(form);
    struct entity_change change;
    assert_string_equal(form_entity_list_at(form, 0), "people");
    assert_null(form_entity_list_at(form, 1));
    test_answer(entry, "/data/name", "Hoa", ANSWER_OK);
    test_answer(entry, "/data/age", "70", ANSWER_OK);
    assert_true(entry_entity_at(entry, 0, &change));
    assert_string_equal(change.list, "people");
    assert_int_equal(strlen(change.id), 36);
    assert_true(change.creates && !change.updates);
    assert_string_equal(change.label, "Hoa");
    assert_int_equal(change.property_count, 2);
    assert_string_equal(change.names[0], "full_name");
    assert_string_equal(change.values[1], "70");
    assert_false(entry_entity_at(entry, 1, &change));
    test_answer(entry, "/data/name", "nobody", ANSWER_OK);
    assert_false(entry_entity_at(entry, 0, &change));
    test_end(form, entry);
}

static void each_row_is_an_entity_of_its_own(void **state)
{
    struct form *form = test_form(
        "<village/><person jr:template=''><name/><meta><entity dataset='people' id='' create='1' "
        "baseVersion='3'><label/></entity></meta></person><meta><instanceID/>"
        "<entity dataset='villages' id='v' update='true'><label/></entity></meta>",
        "<bind nodeset='/data/village' entities:saveto='title'/>"
        "<bind nodeset='/data/person/name' entities:saveto='name1'/>",
        "<input ref='/data/village'/><group><repeat nodeset='/data/person'>"
        "<input ref='/data/person/name'/></repeat></group>");
    struct entry *entry = test_entry(form);
    struct entity_change change;
    assert_true(entry_repeat_add(entry, "/data/person", NULL, NULL));
    assert_true(entry_repeat_add(entry, "/data/person", NULL, NULL));
    test_answer(entry, "/data/person[2]/name", "Bình", ANSWER_OK);
    assert_true(entry_entity_at(entry, 1, &change));
    assert_string_equal(change.list, "people");
    assert_int_equal(change.property_count, 1);
    assert_string_equal(change.values[0], "Bình");
    assert_string_equal(change.base_version, "3");
    assert_true(entry_entity_at(entry, 2, &change));
    assert_string_equal(change.list, "villages");
    assert_true(change.updates);
    assert_int_equal(change.property_count, 1);
    assert_string_equal(change.names[0], "title");
    assert_false(entry_entity_at(entry, 3, &change));
    test_end(form, entry);
}

static void names_that_entities_may_not_have_are_told(void **state)
{
    struct form *form = test_form("<a/><meta><entity dataset='a.b' id='' create='1'/></meta>",
                                  "<bind nodeset='/data/a' entities:saveto='__x'/>", "");
    assert_true(test_has_problem(form, PROBLEM_WARNING, "a.b"));
    assert_true(test_has_problem(form, PROBLEM_WARNING, "__x"));
    form_destroy(form);
}

static void the_log_tells_who_did_what_when(void **state)
{
    struct form *form = test_form("<a/><meta><audit/></meta>",
                                  "<bind nodeset='/data/meta/audit' type='binary' "
                                  "odk:track-changes='true' odk:identify-user='true'/>",
                                  "<input ref='/data/a'/>");
    struct form_audit wanted;
    form_audit(form, &wanted);
    assert_true(wanted.wanted && wanted.track_changes && wanted.identify_user);
    assert_false(wanted.location);
    clock_fix(1700000000000);
    struct entry *entry = test_entry(form);
    struct buf csv = {0};
    audit_context(entry, "hà", NULL, NULL, NULL, NULL);
    audit_event(entry, "form start", "");
    audit_event(entry, "question", "/data/a");
    test_answer(entry, "/data/a", "1, \"2\"", ANSWER_OK);
    clock_fix(1700000005000);
    audit_event(entry, "form exit", "");
    audit_take(entry, true, &csv);
    assert_string_equal(buf_text(&csv),
                        "event,node,start,end,old-value,new-value,user\n"
                        "form start,,1700000000000,,,,hà\n"
                        "question,/data/a,1700000000000,1700000005000,,\"1, \"\"2\"\"\",hà\n"
                        "form exit,,1700000005000,,,,hà\n");
    buf_clear(&csv);
    audit_take(entry, false, &csv);
    assert_int_equal(csv.n, 0);
    buf_finish(&csv);
    clock_fix(-1);
    test_end(form, entry);
}

static void forms_without_audit_log_nothing(void **state)
{
    struct form *form = test_form("<a/>", "", "<input ref='/data/a'/>");
    struct entry *entry = test_entry(form);
    struct buf csv = {0};
    audit_event(entry, "form start", "");
    audit_take(entry, true, &csv);
    assert_int_equal(csv.n, 0);
    buf_finish(&csv);
    test_end(form, entry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_creates_what_it_says),
        cmocka_unit_test(each_row_is_an_entity_of_its_own),
        cmocka_unit_test(names_that_entities_may_not_have_are_told),
        cmocka_unit_test(the_log_tells_who_did_what_when),
        cmocka_unit_test(forms_without_audit_log_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
