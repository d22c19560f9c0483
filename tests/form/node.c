/* The tree of an instance: places in series, relevance, copies, values and text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/form/node.h"

struct world {
    struct xml_names names;
    struct arena arena;
    struct node_tree tree;
    struct node *root;
};

static void open_world(struct world *w, const char *text)
{
    struct err err = {0};
    *w = (struct world){0};
    struct xml *xml = xml_parse(str_of(text), &w->names, &w->arena, NULL, &err);
    assert_non_null(xml);
    node_tree_init(&w->tree, &w->names);
    w->root = node_from_xml(&w->tree, w->tree.document, xml_root(xml), false);
}

static void close_world(struct world *w)
{
    node_tree_finish(&w->tree);
    arena_finish(&w->arena);
    xml_names_finish(&w->names);
}

static const struct xml_name *named(struct world *w, const char *local)
{
    return xml_name(&w->names, STR(""), str_of(local));
}

static void assert_written(struct world *w, const char *expected)
{
    struct buf out = {0};
    node_write(&out, w->root, NULL, NULL);
    assert_string_equal(buf_text(&out), expected);
    buf_finish(&out);
}

static void assert_path(const struct node *node, const char *expected)
{
    struct buf path = {0};
    node_add_path(&path, node, false);
    assert_string_equal(buf_text(&path), expected);
    buf_finish(&path);
}

static void test_keeps_values(void **state)
{
    struct world w;
    open_world(&w, "<d id='1'><a>x</a><b>  </b><c/></d>");
    struct node *a = node_child(w.root, named(&w, "a"));
    assert_true(node_set_value(&w.tree, a, STR("1 < 2")));
    assert_false(node_set_value(&w.tree, a, STR("1 < 2")));
    assert_true(
        node_set_value(&w.tree, node_attribute(w.root, named(&w, "id")->local, NULL), STR("\"")));
    node_set_attribute(&w.tree, a, named(&w, "k"), "", STR("v"));
    assert_written(&w, "<d id=\"&quot;\"><a k=\"v\">1 &lt; 2</a><b/><c/></d>");
    assert_true(node_set_value(&w.tree, a, STR("12.50")));
    assert_true(node_number(a, 0) == 12.5);
    assert_true(node_set_value(&w.tree, a, STR("7")));
    assert_true(node_number(a, 0) == 7);
    close_world(&w);
}

static void test_shows_text_as_a_node(void **state)
{
    struct world w;
    open_world(&w, "<d><a>x</a></d>");
    struct node *a = node_child(w.root, named(&w, "a"));
    struct node *text = node_text_child(&w.tree, a);
    node_set_value(&w.tree, a, STR("changed"));
    assert_true(str_is(node_value(text), "changed"));
    assert_written(&w, "<d><a>changed</a></d>");
    node_set_value(&w.tree, a, STR(""));
    assert_null(a->first);
    close_world(&w);
}

/* Adds, copies and removes so that narrow and wide elements give the same answers. */
static void test_counts_series(void **state)
{
    struct world w;
    open_world(&w, "<d><first/><r><v>0</v></r><last/></d>");
    const struct xml_name *r = named(&w, "r");
    struct node *one = node_child(w.root, r);
    char value[16];
    for (size_t i = 1; i < 100; i++) {
        struct node *copy = node_copy(&w.tree, one);
        snprintf(value, sizeof(value), "%zu", i);
        node_set_value(&w.tree, copy->first, str_of(value));
        node_insert(&w.tree, w.root, copy, node_kth(w.root, r, i));
        assert_int_equal(node_count(w.root, r), i + 1);
        assert_int_equal(node_position(copy), i + 1);
        assert_true(node_kth(w.root, r, i + 1) == copy);
    }
    node_remove(&w.tree, node_kth(w.root, r, 10));
    assert_int_equal(node_count(w.root, r), 99);
    assert_true(str_is(node_kth(w.root, r, 10)->first->value, "10"));
    assert_int_equal(node_position(node_kth(w.root, r, 99)), 99);
    assert_path(node_kth(w.root, r, 7)->first, "/d/r[7]/v");
    struct node *new = node_copy(&w.tree, one);
    node_insert(&w.tree, w.root, new, w.root->first);
    assert_int_equal(node_position(new), 1);
    assert_int_equal(node_position(one), 2);
    assert_string_equal(w.root->last->name->local, "last");
    assert_null(node_kth(w.root, r, 101));
    close_world(&w);
}

static void count_change(void *ctx, struct node *node)
{
    (*(size_t *)ctx)++;
}

static void test_hides_what_is_not_relevant(void **state)
{
    struct world w;
    size_t changes = 0;
    open_world(&w, "<d><g><a/><b x='1'/></g></d>");
    struct node *g = w.root->first, *a = g->first, *b = a->next;
    node_set_relevant(a, false, count_change, &changes);
    assert_int_equal(changes, 1);
    node_set_relevant(g, false, count_change, &changes);
    assert_int_equal(changes, 4); /* g, b and its attribute */
    assert_false(node_is_relevant(b->attributes));
    struct node *copy = node_copy(&w.tree, a);
    node_append(&w.tree, g, copy);
    assert_false(node_is_relevant(copy));
    node_set_relevant(g, true, count_change, &changes);
    assert_true(node_is_relevant(b));
    assert_false(node_is_relevant(a));
    assert_true(node_is_relevant(copy));
    close_world(&w);
}

static void test_uses_memory_again(void **state)
{
    struct world w;
    open_world(&w, "<d><r><v>some answer that is long enough</v></r></d>");
    struct node *one = w.root->first;
    size_t used = 0;
    for (size_t i = 0; i < 1000; i++) {
        struct node *copy = node_copy(&w.tree, one);
        node_append(&w.tree, w.root, copy);
        node_remove(&w.tree, copy);
        used = i == 10 ? w.tree.arena.used : used;
    }
    assert_int_equal(w.tree.arena.used, used);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keeps_values),      cmocka_unit_test(test_shows_text_as_a_node),
        cmocka_unit_test(test_counts_series),     cmocka_unit_test(test_hides_what_is_not_relevant),
        cmocka_unit_test(test_uses_memory_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
