/* The shipped lists and catalogue: complete, in order, every text in every language, every
 * reference answered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "app/lang/lang.h"
#include "platform/base/arena.h"
#include "platform/base/csv.h"
#include "platform/base/file.h"
#include "platform/base/json.h"
#include "platform/base/map.h"
#include "platform/base/utf8.h"

enum { COLUMNS = 24 };

/* A list in memory: cells by row and column. */
struct table {
    struct buf file;
    struct arena arena;
    struct map names; /* of rows */
    struct str head[COLUMNS];
    size_t columns;
    VEC(struct str *) rows;
};

static void table_open(struct table *table, const char *name)
{
    char path[1024];
    struct csv csv;
    struct err err = {0};
    *table = (struct table){0};
    snprintf(path, sizeof(path), "%s/assets/lists/%s", getenv("GOCUA_SOURCE"), name);
    assert_true(file_read(path, 1 << 24, &table->file, &err));
    assert_true(utf8_valid(buf_str(&table->file)));
    csv_begin(&csv, buf_str(&table->file));
    assert_true(csv_row(&csv, &err));
    table->columns = csv.cells.n;
    assert_true(table->columns <= COLUMNS);
    memcpy(table->head, csv.cells.v, table->columns * sizeof(struct str));
    while (csv_row(&csv, &err)) {
        assert_int_equal(csv.cells.n, table->columns);
        struct str *row = arena_array(&table->arena, struct str, table->columns);
        for (size_t i = 0; i < table->columns; i++) {
            row[i] = str_of(arena_str(&table->arena, csv.cells.v[i]));
        }
        assert_null(map_put(&table->names, row[0], row)); /* names are unique */
        vec_push(&table->rows, row);
    }
    assert_int_equal(err.kind, ERR_NONE);
    csv_end(&csv);
    assert_true(str_is(table->head[0], "name"));
}

static void table_close(struct table *table)
{
    map_finish(&table->names);
    vec_finish(&table->rows);
    arena_finish(&table->arena);
    buf_finish(&table->file);
}

static struct str cell(const struct table *table, size_t row, const char *column)
{
    for (size_t i = 0; i < table->columns; i++) {
        if (str_is(table->head[i], column)) {
            return table->rows.v[row][i];
        }
    }
    fail_msg("no column %s", column);
    return STR("");
}

/* Every row has a label in NFC, and its fold is what the program folds it to. */
static void check_labels(const struct table *table)
{
    for (size_t i = 0; i < table->rows.n; i++) {
        struct buf tidy = {0}, folded = {0};
        struct str label = cell(table, i, "label");
        assert_true(label.n > 0);
        fold_add_tidy(&tidy, label);
        fold_add(&folded, label);
        if (!str_eq(buf_str(&tidy), label) || !str_eq(buf_str(&folded), cell(table, i, "fold"))) {
            fail_msg(STR_FMT " folds to %s", STR_ARG(label), buf_text(&folded));
        }
        buf_finish(&tidy);
        buf_finish(&folded);
    }
}

static void test_places(void **state)
{
    struct table provinces, communes;
    table_open(&provinces, "provinces.csv");
    table_open(&communes, "communes.csv");
    assert_int_equal(provinces.rows.n, 34);
    assert_int_equal(communes.rows.n, 3321);
    check_labels(&provinces);
    check_labels(&communes);
    size_t wards = 0, zones = 0;
    for (size_t i = 0; i < communes.rows.n; i++) {
        struct str province = cell(&communes, i, "province"), kind = cell(&communes, i, "kind");
        assert_true(map_has(&provinces.names, province));
        assert_int_equal(cell(&communes, i, "name").n, 5);
        wards += str_is(kind, "Phường");
        zones += str_is(kind, "Đặc khu");
        if (i && str_eq(province, cell(&communes, i - 1, "province"))) {
            assert_true(sort_compare(cell(&communes, i - 1, "bare"), cell(&communes, i, "bare")) <=
                        0);
        }
    }
    assert_int_equal(wards, 697);
    assert_int_equal(zones, 13);
    assert_true(
        map_has(&communes.names, STR("06970"))); /* Ba Chẽ, as the statistics office has it */
    assert_false(map_has(&communes.names, STR("06978")));
    table_close(&provinces);
    table_close(&communes);
}

/* Pairs that differ by their marks alone stand in one province: a search shows both. */
static void test_names_that_collide(void **state)
{
    struct table communes;
    struct search search;
    int exact = 0, other = 0, found = 0;
    table_open(&communes, "communes.csv");
    search_begin(&search, STR("Mỹ Tho"), SEARCH_TEXT);
    for (size_t i = 0; i < communes.rows.n; i++) {
        int rank = str_is(cell(&communes, i, "province"), "82")
                       ? search_rank(&search, cell(&communes, i, "label"))
                       : 0;
        found += rank > 0;
        exact = str_is(cell(&communes, i, "bare"), "Mỹ Tho") ? rank : exact;
        other = str_is(cell(&communes, i, "bare"), "Mỹ Thọ") ? rank : other;
    }
    assert_true(found >= 2 && exact > other && other > 0);
    search_end(&search);
    table_close(&communes);
}

static void test_procedures(void **state)
{
    struct table table;
    size_t low = 0;
    table_open(&table, "procedures.csv");
    assert_int_equal(table.rows.n, 442);
    check_labels(&table);
    for (size_t i = 0; i < table.rows.n; i++) {
        low += str_is(cell(&table, i, "confidence"), "low");
        assert_true(str_find(cell(&table, i, "label"), STR("topic wording")) < 0);
        assert_true(str_find(cell(&table, i, "time"), STR("unit lost")) < 0);
        bool has_page = cell(&table, i, "url").n > 0;
        assert_int_equal(has_page,
                         cell(&table, i, "captured").n > 0); /* a date with every source */
    }
    assert_int_equal(low, 32);
    table_close(&table);
}

static void check_languages(const struct table *table)
{
    for (size_t i = 0; i < table->rows.n; i++) {
        assert_true(cell(table, i, "label").n && cell(table, i, "label_en").n &&
                    cell(table, i, "label_ar").n);
    }
}

static void test_small_lists(void **state)
{
    struct table topics, reasons, hotlines;
    table_open(&topics, "topics.csv");
    table_open(&reasons, "failure_reasons.csv");
    table_open(&hotlines, "hotlines.csv");
    check_languages(&topics);
    check_languages(&reasons);
    check_languages(&hotlines);
    for (size_t i = 0; i < reasons.rows.n; i++) {
        struct str rest = cell(&reasons, i, "topics"), topic;
        while (str_word(&rest, &topic)) {
            assert_true(map_has(&topics.names, topic));
        }
    }
    for (size_t i = 0; i < hotlines.rows.n; i++) {
        struct date checked;
        assert_true(date_parse(cell(&hotlines, i, "checked"), &checked) && checked.day);
    }
    table_close(&topics);
    table_close(&reasons);
    table_close(&hotlines);
}

static struct json *read_json(const char *name)
{
    char path[1024];
    struct buf file = {0};
    struct err err = {0};
    snprintf(path, sizeof(path), "%s/assets/catalogue/%s", getenv("GOCUA_SOURCE"), name);
    assert_true(file_read(path, 1 << 22, &file, &err));
    struct json *root = json_parse(buf_str(&file), &err);
    assert_non_null(root);
    buf_finish(&file);
    return root;
}

static bool has_word(struct str texts, struct str wanted)
{
    struct str word;
    while (str_word(&texts, &word)) {
        if (str_eq(word, wanted)) {
            return true;
        }
    }
    return false;
}

/* Every {placeholder} of the Vietnamese text stands in the other one too. */
static void check_placeholders(const char *vi, const char *other)
{
    for (const char *open = strchr(vi, '{'); open; open = strchr(open + 1, '{')) {
        const char *end = strchr(open, '}');
        assert_non_null(end);
        struct str name = {open, (size_t)(end - open) + 1};
        assert_true(str_find(str_of(other), name) >= 0);
    }
}

/* Every object with "vi" has "en" and "ar"; every icon has a code point. */
static void walk(const struct json *value, const struct json *icons)
{
    const char *vi = json_text(json_get(value, "vi"), NULL), *key;
    const struct json *member;
    if (vi) {
        const char *en = json_text(json_get(value, "en"), ""),
                   *ar = json_text(json_get(value, "ar"), "");
        assert_true(*vi && *en && *ar);
        check_placeholders(vi, en);
        check_placeholders(vi, ar);
    }
    const char *icon = json_text(json_get(value, "icon"), NULL);
    if (icon && json_int(json_get(icons, icon), 0) < 0xe000) {
        fail_msg("no code point for the icon %s", icon);
    }
    for (size_t i = 0; json_kind(value) == JSON_IS_OBJECT && json_member(value, i, &key, &member);
         i++) {
        walk(member, icons);
    }
    for (size_t i = 0; json_kind(value) == JSON_IS_ARRAY && i < json_count(value); i++) {
        walk(json_at(value, i), icons);
    }
}

static void test_catalogue_texts(void **state)
{
    static const char *const names[] = {"guides.json", "consent.json", "faces.json"};
    struct json *icons = read_json("icons.json");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct json *root = read_json(names[i]);
        walk(root, icons);
        json_destroy(root);
    }
    json_destroy(icons);
}

static void test_guides(void **state)
{
    struct table topics, reasons;
    struct json *root = read_json("guides.json");
    const struct json *list = json_get(root, "topics");
    table_open(&topics, "topics.csv");
    table_open(&reasons, "failure_reasons.csv");
    assert_int_equal(json_count(list), topics.rows.n);
    for (size_t i = 0; i < json_count(list); i++) {
        struct str topic = str_of(json_text(json_get(json_at(list, i), "id"), ""));
        const struct json *cards = json_get(json_at(list, i), "cards");
        assert_true(str_eq(topic, cell(&topics, i, "name")));
        assert_true(
            str_is(cell(&topics, i, "form"), json_text(json_get(json_at(list, i), "form"), "")) ||
            json_get(json_at(list, i), "form") == NULL);
        assert_true(json_count(cards) > 0);
        for (size_t k = 0; k < json_count(cards); k++) {
            const struct json *names = json_get(json_at(cards, k), "reasons");
            for (size_t r = 0; r < json_count(names); r++) {
                const char *name = json_text(json_at(names, r), "");
                struct str *row = map_get(&reasons.names, str_of(name));
                assert_non_null(row);
                assert_true(has_word(row[reasons.columns - 1], topic));
            }
        }
    }
    json_destroy(root);
    table_close(&topics);
    table_close(&reasons);
}

static void test_consent(void **state)
{
    struct json *root = read_json("consent.json");
    const struct json *purposes = json_get(root, "purposes");
    size_t required = 0;
    for (size_t i = 0; i < json_count(purposes); i++) {
        const struct json *purpose = json_at(purposes, i);
        required += json_bool(json_get(purpose, "required"), false);
        assert_null(json_get(purpose, "ticked")); /* never pre-ticked */
    }
    assert_int_equal(required, 1);
    assert_true(json_count(json_get(root, "elements")) >= 6);
    assert_true(json_int(json_get(root, "retention_days"), 0) <= 90);
    assert_string_not_equal(json_text(json_get(root, "version"), ""), "");
    json_destroy(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),          cmocka_unit_test(test_names_that_collide),
        cmocka_unit_test(test_procedures),      cmocka_unit_test(test_small_lists),
        cmocka_unit_test(test_catalogue_texts), cmocka_unit_test(test_guides),
        cmocka_unit_test(test_consent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
