/* Expressions in the life of a form: repeats, lists, what they read, limits and errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/form/xpath.h"

struct world {
    struct xml_names names;
    struct arena arena;
    struct node_tree tree, lists;
    struct list_source list;
    struct xpath_env env;
    size_t finds, cells;
};

static const char document[] =
    "<data><where>hn</where><rep><n>a</n><v>1</v></rep><rep><n>b</n><v>2</v></rep>"
    "<rep><n>c</n><v>4</v></rep><total/></data>";

/* A list of 1,000 rows: code 0…999, group g0…g9, and a label. */
static size_t list_count(void *self)
{
    return 1000;
}

static struct str list_cell(void *self, size_t row, int column, struct arena *arena)
{
    struct world *w = self;
    w->cells++;
    const char *text = column == 0   ? arena_printf(arena, "%zu", row)
                       : column == 1 ? arena_printf(arena, "g%zu", row % 10)
                                     : arena_printf(arena, "Row %zu", row);
    return str_of(text);
}

static bool list_find(void *self, const struct list_term *terms, size_t n, struct arena *arena,
                      struct list_rows *rows)
{
    struct world *w = self;
    if (terms[0].column != 1) {
        return false;
    }
    w->finds++;
    rows->v = arena_array(arena, uint32_t, 1000);
    for (uint32_t row = 0; row < 1000; row++) {
        char group[8];
        snprintf(group, sizeof(group), "g%u", row % 10);
        if (str_is(terms[0].value, group)) {
            rows->v[rows->n++] = row;
        }
    }
    return true;
}

static const struct list_ops list_ops = {list_count, list_find, list_cell};

static bool get_instance(void *ctx, struct str id, struct node **root)
{
    struct world *w = ctx;
    *root = w->lists.document;
    return str_is(id, "rows");
}

static const struct xpath_host host = {.instance = get_instance};

static const struct xml_name *named(struct world *w, const char *local)
{
    return xml_name(&w->names, STR(""), str_of(local));
}

static void open_world(struct world *w)
{
    static const struct xml_name *columns[3];
    struct err err = {0};
    *w = (struct world){0};
    struct xml *xml = xml_parse(str_of(document), &w->names, &w->arena, NULL, &err);
    node_tree_init(&w->tree, &w->names);
    node_from_xml(&w->tree, w->tree.document, xml_root(xml), false);
    columns[0] = named(w, "code");
    columns[1] = named(w, "group");
    columns[2] = named(w, "label");
    w->list = (struct list_source){&list_ops, w, named(w, "root"), named(w, "item"), columns, 3};
    node_tree_from_list(&w->lists, &w->names, &w->list);
    w->env = (struct xpath_env){.host = &host, .host_ctx = w, .tree = &w->tree};
    w->env.flags = XPATH_JAVAROSA;
}

static void close_world(struct world *w)
{
    xpath_env_finish(&w->env);
    node_tree_finish(&w->tree);
    node_tree_finish(&w->lists);
    arena_finish(&w->arena);
    xml_names_finish(&w->names);
}

static struct xpath *parse(struct world *w, const char *expr)
{
    struct err err = {0};
    struct xpath_setup setup = {.names = &w->names};
    struct xpath *x = xpath_parse(&w->arena, &setup, str_of(expr), &err);
    if (!x) {
        fail_msg("%s", err.text);
    }
    return x;
}

static struct node *rep(struct world *w, size_t k)
{
    return node_kth(w->tree.document->first, named(w, "rep"), k);
}

static void check(struct world *w, struct node *node, const char *expr, const char *expected)
{
    struct err err = {0};
    struct str got = STR("");
    if (!xpath_eval_text(parse(w, expr), &w->env, node, &got, &err)) {
        fail_msg("%s", err.text);
    }
    if (!str_is(got, expected)) {
        fail_msg("%s: wanted %s, got " STR_FMT, expr, expected, STR_ARG(got));
    }
    xpath_env_reset(&w->env);
}

static void test_qualifies_paths_of_old_forms(void **state)
{
    struct world w;
    open_world(&w);
    struct node *v = node_child(rep(&w, 2), named(&w, "v"));
    check(&w, v, "/data/rep/v", "2");
    check(&w, v, "sum(/data/rep/v)", "2");
    check(&w, v, "count(/data/rep)", "3");
    check(&w, v, "/data/rep[3]/v", "4");
    check(&w, v, "sum(../../rep/v)", "7");
    check(&w, v, "position(..)", "2");
    rep(&w, 2)->flags |= NODE_REPEAT;
    check(&w, v, "position()", "2");
    w.env.flags &= ~(unsigned)XPATH_QUALIFY;
    check(&w, v, "/data/rep/v", "1");
    check(&w, v, "sum(/data/rep/v)", "7");
    close_world(&w);
}

static void test_leaves_out_what_is_not_relevant(void **state)
{
    struct world w;
    open_world(&w);
    struct node *root = w.tree.document->first;
    node_set_relevant(rep(&w, 2), false, NULL, NULL);
    check(&w, root, "count(/data/rep)", "2");
    check(&w, root, "sum(/data/rep/v)", "5");
    check(&w, root, "concat('[', /data/rep[2]/v, ']')", "[]");
    check(&w, root, "/data/rep[2]/v = ''", "true");
    check(&w, root, "/data/rep[2]/v != 'x'", "true");
    check(&w, root, "/data/rep[2]/v > 0", "false");
    close_world(&w);
}

static void test_asks_lists_by_index(void **state)
{
    struct world w;
    open_world(&w);
    struct node *root = w.tree.document->first;
    check(&w, root, "count(instance('rows')/root/item)", "1000");
    check(&w, root, "count(instance('rows')/root/item[group = 'g3'])", "100");
    assert_int_equal(w.finds, 1);
    check(&w, root, "instance('rows')/root/item[group = 'g3' and code > 500]/label", "Row 503");
    check(&w, root, "instance('rows')/root/item['g3' = group][2]/label", "Row 13");
    assert_int_equal(w.finds, 3);
    check(&w, root, "instance('rows')/root/item[code = 77]/label", "Row 77");
    check(&w, root, "instance('rows')/root/item[12]/label", "Row 11");
    check(&w, root, "instance('rows')/root/item[last()]/label", "Row 999");
    check(&w, root, "instance('rows')/root/item[code = 5]/following-sibling::item[1]/label",
          "Row 6");
    check(&w, root, "count(instance('rows')/root/item[code < 3]/*)", "9");
    check(&w, root, "instance('rows')//label[. = 'Row 9']/../code", "9");
    check(&w, root, "instance('rows')/root/item[8]/label/text()", "Row 7");
    check(&w, root, "count(instance('rows')/root/item[3] | instance('rows')/root/item[code = 2])",
          "1");
    check(&w, root, "count(instance('rows')/root/item[group = /data/where])", "0");
    close_world(&w);
}

static void test_takes_itemsets_apart(void **state)
{
    struct world w;
    struct xpath_filter filter;
    open_world(&w);
    struct xpath *x = parse(&w, "randomize(instance('rows')/root/item[group = /data/where and "
                                "label != '' and code = current()/../v], 7)");
    assert_true(xpath_as_filter(x, &w.arena, &filter));
    assert_string_equal(filter.instance, "rows");
    assert_int_equal(filter.n_terms, 2);
    assert_string_equal(filter.terms[0].column, "group");
    assert_int_equal(filter.n_rest, 1);
    assert_true(filter.is_randomized && filter.seed);
    struct str text;
    assert_true(xpath_eval_text(filter.terms[0].value, &w.env, rep(&w, 1), &text, NULL));
    assert_true(str_is(text, "hn"));
    assert_false(xpath_as_filter(parse(&w, "instance('rows')/root/item[2]"), &w.arena, &filter));
    assert_false(xpath_as_filter(parse(&w, "instance('rows')/root/item[code = ../x][last()]"),
                                 &w.arena, &filter));
    assert_true(
        xpath_as_filter(parse(&w, "instance('rows')/root/item[code = ../x]"), &w.arena, &filter));
    assert_int_equal(filter.n_terms, 0);
    close_world(&w);
}

struct uses {
    struct buf all;
};

static void add_use(void *ctx, const struct xpath_use *use)
{
    struct buf *all = &((struct uses *)ctx)->all;
    if (use->instance) {
        buf_addf(all, "%s:", use->instance);
    }
    for (size_t i = 0; i < use->n; i++) {
        const struct xpath_name_step *step = &use->steps[i];
        buf_addf(all, "%s%s%s", step->is_deep ? "//" : "/", step->is_attribute ? "@" : "",
                 step->local ? step->local : "*");
    }
    buf_addf(all, "%s%s%s ", use->is_position ? "#" : "", use->is_set ? "+" : "",
             use->has_predicate ? "?" : "");
}

static void check_uses(struct world *w, const char *expr, const char *expected)
{
    struct xpath_name_step base[3] = {{.local = xml_intern(&w->names, STR("data"))},
                                      {.local = xml_intern(&w->names, STR("rep"))},
                                      {.local = xml_intern(&w->names, STR("v"))}};
    struct xpath_place place = {base, 3, NULL, 0};
    struct uses uses = {{0}};
    xpath_uses(parse(w, expr), &place, add_use, &uses);
    if (strcmp(buf_text(&uses.all), expected) != 0) {
        fail_msg("%s reads %s, wanted %s", expr, buf_text(&uses.all), expected);
    }
    buf_finish(&uses.all);
}

static void test_tells_what_is_read(void **state)
{
    struct world w;
    open_world(&w);
    check_uses(&w, ". + ../n * /data/where", "/data/rep/v /data/rep/n /data/where ");
    check_uses(&w, "sum(../../rep/v)", "/data/rep/v+ ");
    check_uses(&w, "position(..)", "/data/rep# ");
    check_uses(&w, "/data/rep[n = current()/../n]/v", "/data/rep/n /data/rep/n /data/rep/v? ");
    check_uses(&w, "instance('rows')/root/item[code = /data/where]/label",
               "rows:/root/item/code /data/where rows:/root/item/label? ");
    check_uses(&w, "//v | ../@id", "//v /data/rep/@id ");
    check_uses(&w, "once(now())", ""); /* it keeps what it has: no circle */
    check_uses(&w, "count(preceding::*)", "//*+ ");
    check_uses(&w, "(../n | /data)/where", "/data/rep/n+ /data+ /data/rep/n/where /data/where ");
    check_uses(&w, "ancestor::data/where", "/data/where ");
    check_uses(&w, "..//v", "/data/rep//v ");
    check_uses(&w, "count(../descendant-or-self::rep)", "/data//rep+ ");
    check_uses(&w, "'a'", "");
    assert_true(xpath_is_constant(parse(&w, "1 + string-length('abc')")));
    assert_false(xpath_is_constant(parse(&w, "random()")));
    assert_false(xpath_is_constant(parse(&w, "../n")));
    assert_true(xpath_calls(parse(&w, "if(../n = '', now(), today())"), "now"));
    close_world(&w);
}

static void check_bad(struct world *w, const char *expr, const char *reason)
{
    struct err err = {0};
    struct xpath_setup setup = {.names = &w->names};
    struct xpath *x = xpath_parse(&w->arena, &setup, str_of(expr), &err);
    struct str text;
    bool ok = x && xpath_eval_text(x, &w->env, w->tree.document->first, &text, &err);
    if (ok || !strstr(err.text, reason)) {
        fail_msg("%s: wanted an error of '%s', got '%s'", expr, reason, err.text);
    }
}

static void test_names_errors(void **state)
{
    struct world w;
    open_world(&w);
    check_bad(&w, "1 +", "ends too early");
    check_bad(&w, "a[", "ends too early at position 3");
    check_bad(&w, "a b", "something is left over at position 3");
    check_bad(&w, "'open", "not closed");
    check_bad(&w, "$x", "variables");
    check_bad(&w, "x:y", "unknown prefix");
    check_bad(&w, "sideways::a", "unknown axis");
    check_bad(&w, "a ~ b", "does not belong");
    check_bad(&w, "nothing()", "there is no function nothing()");
    check_bad(&w, "'a' | 'b'", "joins node-sets");
    check_bad(&w, "(1)/a", "before a step");
    assert_non_null(xpath_problem(parse(&w, "if(true(), 1, nothing())")));
    assert_null(xpath_problem(parse(&w, "if(true(), 1, 2)")));
    close_world(&w);
}

static void test_stops_in_time(void **state)
{
    struct world w;
    struct buf deep = {0};
    open_world(&w);
    w.env.step_limit = 10000;
    check_bad(&w,
              "count(//*[count(../*[count(../*[count(../*[count(../*[count(../*[count(../*) > 0]) "
              "> 0]) > 0]) > 0]) > 0]) > 0])",
              "takes too long");
    check_bad(&w,
              "count(instance('rows')/root/item[count(instance('rows')/root/item[code < 9]) "
              "> 0])",
              "takes too long");
    for (size_t i = 0; i < 1000; i++) {
        buf_add_char(&deep, '(');
    }
    check_bad(&w, buf_text(&deep), "nested too deep");
    buf_clear(&deep);
    for (size_t i = 0; i < 5000; i++) { /* a long chain is not a deep one */
        buf_add_text(&deep, "1 + ");
    }
    buf_add_text(&deep, "1");
    check(&w, w.tree.document->first, buf_text(&deep), "5001");
    buf_finish(&deep);
    close_world(&w);
}

static void test_compares_numbers_by_bind(void **state)
{
    struct world w;
    open_world(&w);
    struct node *v = node_child(rep(&w, 2), named(&w, "v")), *n = v->prev;
    node_set_value(&w.tree, v, STR("7.0"));
    node_set_value(&w.tree, n, STR("7"));
    check(&w, v, ". = ../n", "false");
    v->flags |= NODE_DECIMAL;
    check(&w, v, ". = ../n", "true");
    check(&w, v, "../n != .", "false");
    check(&w, v, ". = '7.00'", "true");
    node_set_value(&w.tree, v, STR(""));
    check(&w, v, ". = ''", "true");
    check(&w, v, ". = ../n", "false");
    close_world(&w);
}

static void test_takes_conditions_by_value(void **state)
{
    struct world w;
    open_world(&w);
    struct node *root = w.tree.document->first, *total = root->last, *v = rep(&w, 1)->first->next;
    check(&w, root, "if(total, 'yes', 'no')", "no");
    check(&w, root, "not(total) and where", "true");
    check(&w, root, "boolean(rep[1])", "true");
    check(&w, root, "count(*[self::total])", "1");
    node_set_value(&w.tree, total, STR("false"));
    check(&w, root, "if(total, 'yes', 'no')", "yes");
    total->flags |= NODE_TRUTH;
    check(&w, root, "if(total, 'yes', 'no')", "no");
    node_set_value(&w.tree, v, STR("0.0"));
    check(&w, v, "boolean(.)", "true");
    v->flags |= NODE_DECIMAL;
    check(&w, v, "boolean(.)", "false");
    w.env.flags = 0;
    check(&w, v, "boolean(.)", "true");
    check(&w, root, "boolean(total)", "true");
    close_world(&w);
}

static void test_sees_changes(void **state)
{
    struct world w;
    open_world(&w);
    struct node *root = w.tree.document->first, *total = root->last;
    for (size_t i = 0; i < 40; i++) {
        struct node *copy = node_copy(&w.tree, rep(&w, 1));
        node_insert(&w.tree, root, copy, total->prev);
    }
    check(&w, total, "sum(/data/rep/v)", "47");
    check(&w, total, "count(preceding-sibling::rep)", "43");
    check(&w, total, "../rep[43]/n", "a");
    check(&w, total, "count(../rep[2] | ../rep[position() < 4])", "3");
    node_remove(&w.tree, rep(&w, 2));
    check(&w, total, "sum(/data/rep/v)", "45");
    check(&w, total, "../rep[2]/n", "c");
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_qualifies_paths_of_old_forms),
        cmocka_unit_test(test_leaves_out_what_is_not_relevant),
        cmocka_unit_test(test_asks_lists_by_index),
        cmocka_unit_test(test_takes_itemsets_apart),
        cmocka_unit_test(test_tells_what_is_read),
        cmocka_unit_test(test_names_errors),
        cmocka_unit_test(test_stops_in_time),
        cmocka_unit_test(test_compares_numbers_by_bind),
        cmocka_unit_test(test_takes_conditions_by_value),
        cmocka_unit_test(test_sees_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
