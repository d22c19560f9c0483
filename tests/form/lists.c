/* Lists and other instances: CSV of every kind, GeoJSON, XML files, the record saved last. */
#include "helper_form.h"

#include <stdio.h>
#include <stdlib.h>

static struct form_list *csv(const char *text)
{
    struct buf bytes = {0};
    struct form_list *list = NULL;
    struct err err = {0};
    buf_add_text(&bytes, text);
    if (!form_list_from_csv(&bytes, &list, &err)) {
        fail_msg("%s", err.text);
    }
    assert_null(bytes.s); /* taken over */
    return list;
}

static void assert_cell(struct form_list *list, uint32_t row, size_t column, const char *wanted)
{
    struct str got = list->ops->cell(list, row, column);
    if (!str_is(got, wanted)) {
        fail_msg("cell %u,%zu is %.*s, not %s", row, column, (int)got.n, got.s, wanted);
    }
}

static void csv_is_read_as_the_field_writes_it(void **state)
{
    struct form_list *list = csv("\xef\xbb\xbf\"name\" ; label\r\n"
                                 "1;\"a; \"\"b\"\"\nc\"\r\n"
                                 "\r\n"
                                 "2\r\n"
                                 "3;x;too much");
    assert_int_equal(list->ops->row_count(list), 3);
    assert_int_equal(list->ops->column_count(list), 2);
    assert_true(str_is(list->ops->column_name(list, 1), "label"));
    assert_cell(list, 0, 1, "a; \"b\"\nc");
    assert_cell(list, 1, 0, "2");
    assert_cell(list, 1, 1, "");
    assert_cell(list, 2, 1, "x");
    assert_cell(list, 9, 0, "");
    list->ops->destroy(list);
    list = csv("a,b\r1,2\r3,4");
    assert_int_equal(list->ops->row_count(list), 2);
    assert_cell(list, 1, 1, "4");
    list->ops->destroy(list);
    list = csv("a\tb\n1\t2\n");
    assert_cell(list, 0, 1, "2");
    list->ops->destroy(list);
    struct buf empty = {0};
    struct err err;
    struct form_list *none;
    assert_false(form_list_from_csv(&empty, &none, &err));
    buf_finish(&empty);
}

static void rows_are_found_by_value_in_order(void **state)
{
    struct buf text = {0};
    buf_add_text(&text, "id,group\n");
    for (int i = 0; i < 5000; i++) {
        buf_addf(&text, "%d,g%d\n", i, i % 7);
    }
    struct form_list *list = csv(buf_text(&text));
    uint32_t rows[1000];
    size_t n = list->ops->find(list, 1, STR("g3"), 0, rows, 1000);
    assert_int_equal(n, 714);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(rows[i], i * 7 + 3);
    }
    assert_int_equal(list->ops->find(list, 1, STR("g3"), 710, rows, 1000), 4);
    assert_int_equal(rows[0], 710 * 7 + 3);
    assert_int_equal(list->ops->find(list, 0, STR("4999"), 0, rows, 1), 1);
    assert_int_equal(list->ops->find(list, 0, STR("5000"), 0, rows, 1), 0);
    assert_int_equal(list->ops->find(list, 5, STR("1"), 0, rows, 1), 0);
    list->ops->destroy(list);
    buf_finish(&text);
}

static void geojson_becomes_rows(void **state)
{
    static const char *const pairs[] = {
        "jr://file/g.geojson",
        "{\"type\":\"FeatureCollection\",\"features\":["
        "{\"type\":\"Feature\",\"id\":\"f1\",\"geometry\":{\"type\":\"Point\",\"coordinates\":"
        "[102.5,0.25]},\"properties\":{\"title\":\"Well\",\"depth\":12}},"
        "{\"type\":\"Feature\",\"geometry\":{\"type\":\"LineString\",\"coordinates\":"
        "[[1,2],[3,4]]},\"properties\":{\"id\":\"f2\",\"title\":\"Path\",\"safe\":true}},"
        "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
        "[[[1,2],[3,4],[5,6],[1,2]]]},\"properties\":{\"id\":\"f3\",\"title\":null}}]}",
        NULL};
    struct test_media media = {pairs, 0};
    struct form *form = test_form_media(
        "<at/><where/><safe/>",
        "<instance id='g' src='jr://file/g.geojson'/>"
        "<bind nodeset='/data/where' calculate=\"instance('g')/root/item[id = "
        "/data/at]/geometry\"/>"
        "<bind nodeset='/data/safe' calculate=\"instance('g')/root/item[id = /data/at]/safe\"/>",
        "<select1 ref='/data/at'><itemset nodeset=\"instance('g')/root/item\"><value ref='id'/>"
        "<label ref='title'/></itemset></select1>",
        &media);
    struct entry *entry = test_entry(form);
    char text[256];
    test_choices(entry, "/data/at", text);
    assert_string_equal(text, "f1 f2 f3");
    test_answer(entry, "/data/at", "f1", ANSWER_OK);
    test_value(entry, "/data/where", "0.25 102.5 0 0");
    test_answer(entry, "/data/at", "f2", ANSWER_OK);
    test_value(entry, "/data/where", "2 1 0 0; 4 3 0 0");
    test_value(entry, "/data/safe", "true");
    test_answer(entry, "/data/at", "f3", ANSWER_OK);
    test_value(entry, "/data/where", "2 1 0 0; 4 3 0 0; 6 5 0 0; 2 1 0 0");
    test_end(form, entry);
}

static void bad_files_are_told_and_the_form_goes_on(void **state)
{
    static const char *const texts[] = {"{}", "[", "{\"type\":\"FeatureCollection\"}",
                                        "{\"type\":\"FeatureCollection\",\"features\":[{}]}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *const pairs[] = {"jr://file/g.geojson", texts[i], NULL};
        struct test_media media = {pairs, 0};
        struct form *form =
            test_form_media("<a/>", "<instance id='g' src='jr://file/g.geojson'/>", "", &media);
        assert_false(form_is_usable(form));
        assert_true(test_has_problem(form, PROBLEM_ERROR, "g.geojson"));
        form_destroy(form);
    }
    struct test_media none = {NULL, 0};
    struct form *form =
        test_form_media("<a/><b/>",
                        "<instance id='x' src='jr://file/x.xml'/>"
                        "<bind nodeset='/data/b' calculate=\"count(instance('x')/root/item)\"/>",
                        "<input ref='/data/a'/>", &none);
    assert_true(test_has_problem(form, PROBLEM_WARNING, "x.xml"));
    struct entry *entry = test_entry(form);
    test_value(entry, "/data/b", "0");
    test_end(form, entry);
}

static void xml_lists_regular_or_not(void **state)
{
    static const char *const pairs[] = {
        "jr://file/x.xml",
        "<towns><town><name>a</name><n>1</n></town><town><name>b</name><n>2</n></town></towns>",
        "jr://file/y.xml", "<r><i k='1'><name>a</name></i><i k='2'><name>b</name><more/></i></r>",
        NULL};
    struct test_media media = {pairs, 0};
    struct form *form = test_form_media(
        "<x/><y/><z/>",
        "<instance id='x' src='jr://file/x.xml'/><instance id='y' src='jr://file/y.xml'/>"
        "<bind nodeset='/data/x' calculate=\"instance('x')/towns/town[name='b']/n\"/>"
        "<bind nodeset='/data/y' calculate=\"instance('y')/r/i[@k='2']/name\"/>"
        "<bind nodeset='/data/z' calculate=\"sum(instance('x')/towns/town/n)\"/>",
        "", &media);
    struct entry *entry = test_entry(form);
    test_value(entry, "/data/x", "2");
    test_value(entry, "/data/y", "b");
    test_value(entry, "/data/z", "3");
    test_end(form, entry);
}

static void the_record_saved_last_gives_defaults(void **state)
{
    static const char *const pairs[] = {"jr://instance/last-saved",
                                        "<data id='test'><street>Hàng Gai</street></data>", NULL};
    static const char model[] = "<instance id='last' src='jr://instance/last-saved'/>"
                                "<setvalue event='odk-instance-first-load' ref='/data/street' "
                                "value=\"instance('last')/data/street\"/>";
    struct test_media media = {pairs, 0}, none = {NULL, 0};
    struct form *form = test_form_media("<street/>", model, "<input ref='/data/street'/>", &media);
    struct entry *entry = test_entry(form);
    test_value(entry, "/data/street", "Hàng Gai");
    entry_destroy(entry);
    static const char *const later[] = {"jr://instance/last-saved",
                                        "<data id='test'><street>Hàng Bạc</street></data>", NULL};
    media.pairs = later; /* another record was saved meanwhile */
    entry = test_entry(form);
    test_value(entry, "/data/street", "Hàng Bạc");
    test_end(form, entry);
    form = test_form_media("<street/>", model, "<input ref='/data/street'/>", &none);
    assert_int_equal(form_problem_count(form), 0); /* nothing saved yet is no problem */
    entry = test_entry(form);
    test_value(entry, "/data/street", "");
    test_end(form, entry);
}

/* A list that counts how it is asked: whole reading would show. */
struct asked {
    struct form_list base;
    size_t finds, cells;
    char cell[32];
};

static uint32_t asked_rows(struct form_list *list)
{
    return 1000000;
}

static size_t asked_columns(struct form_list *list)
{
    return 3;
}

static struct str asked_name(struct form_list *list, size_t column)
{
    static const char *const names[] = {"name", "label", "parent"};
    return str_of(names[column]);
}

static struct str asked_cell(struct form_list *list, uint32_t row, size_t column)
{
    struct asked *self = (struct asked *)list;
    self->cells++;
    snprintf(self->cell, sizeof self->cell,
             column == 2 ? "p%u"
             : column    ? "Label %u"
                         : "n%u",
             column == 2 ? row / 10 : row);
    return str_of(self->cell);
}

static size_t asked_find(struct form_list *list, size_t column, struct str value, size_t skip,
                         uint32_t *rows, size_t cap)
{
    struct asked *self = (struct asked *)list;
    self->finds++;
    size_t n = 0;
    uint32_t number = (uint32_t)strtoul(value.n ? value.s + 1 : "0", NULL, 10);
    uint32_t from = column == 2 ? number * 10 : number, to = column == 2 ? from + 10 : from + 1;
    for (; value.n && from < to && n < cap; from++) {
        if (skip) {
            skip--;
        } else {
            rows[n++] = from;
        }
    }
    return n;
}

static const struct form_list_ops asked_ops = {asked_rows, asked_columns, asked_name,
                                               asked_find, asked_cell,    NULL};

static bool give_asked(void *ctx, const char *uri, struct form_list **list)
{
    *list = ctx;
    return true;
}

static void a_list_of_a_million_is_asked_and_never_read(void **state)
{
    struct asked asked = {.base = {&asked_ops}};
    struct form_options options = {.media = {&asked, NULL, give_asked}};
    struct form *form = form_load(
        STR("<h:html xmlns='http://www.w3.org/2002/xforms' xmlns:h='http://www.w3.org/1999/xhtml'>"
            "<h:head><model><instance><data id='t'><p/><c/><l/></data></instance>"
            "<instance id='big' src='jr://file-csv/big.csv'/>"
            "<bind nodeset='/data/l' calculate=\"instance('big')/root/item[name = "
            "/data/c]/label\"/>"
            "</model></h:head><h:body><input ref='/data/p'/><select1 ref='/data/c'>"
            "<itemset nodeset=\"instance('big')/root/item[parent = /data/p]\"><value ref='name'/>"
            "<label ref='label'/></itemset></select1></h:body></h:html>"),
        &options);
    struct entry *entry = test_entry(form);
    char text[256];
    test_answer(entry, "/data/p", "p77777", ANSWER_OK);
    test_choices(entry, "/data/c", text);
    assert_non_null(strstr(text, "n777779"));
    test_answer(entry, "/data/c", "n777775", ANSWER_OK);
    test_value(entry, "/data/l", "Label 777775");
    assert_in_range(asked.finds, 1, 20);
    assert_in_range(asked.cells, 1, 200);
    test_end(form, entry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_is_read_as_the_field_writes_it),
        cmocka_unit_test(rows_are_found_by_value_in_order),
        cmocka_unit_test(geojson_becomes_rows),
        cmocka_unit_test(bad_files_are_told_and_the_form_goes_on),
        cmocka_unit_test(xml_lists_regular_or_not),
        cmocka_unit_test(the_record_saved_last_gives_defaults),
        cmocka_unit_test(a_list_of_a_million_is_asked_and_never_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
