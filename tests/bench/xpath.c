/* What expressions cost beside 5,000 instances of a repeat: CPU nanoseconds to parse and to
 * evaluate, one JSON line each. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app/form/xpath.h"

enum { ROWS = 5000, PARSES = 1000 };

static const char document[] =
    "<data><g><x>5</x><y>abc</y></g><rep><item>i</item><kind>k</kind><qty>3</qty><price>2.5</price>"
    "<line/></rep><total/></data>";

struct world {
    struct xml_names names;
    struct arena arena;
    struct node_tree tree;
    struct xpath_env env;
    struct node *x, *line;
};

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void add_rows(struct world *w, struct node *root)
{
    const struct xml_name *name = xml_name(&w->names, STR(""), STR("rep"));
    struct node *first = node_child(root, name);
    double from = now_ns();
    for (size_t i = 1; i < ROWS; i++) {
        node_insert(&w->tree, root, node_copy(&w->tree, first), root->last->prev);
    }
    printf("{\"what\":\"copy and insert a repeat\",\"ns\":%.0f,\"arena_kb\":%zu}\n",
           (now_ns() - from) / (ROWS - 1), w->tree.arena.used / 1024);
    w->line = node_kth(root, name, 4000)->last;
}

static void measure(struct world *w, const char *text, size_t times)
{
    struct xpath_setup setup = {.names = &w->names};
    struct xpath *x = NULL;
    struct arena arena = {0};
    struct err err = {0};
    struct xpath_value value;
    double from = now_ns();
    for (size_t i = 0; i < PARSES; i++) {
        arena_reset(&arena);
        x = xpath_parse(&arena, &setup, str_of(text), &err);
    }
    double parse = (now_ns() - from) / PARSES;
    struct xpath_at at = {.node = strncmp(text, "..", 2) ? w->x : w->line};
    from = now_ns();
    for (size_t i = 0; i < times; i++) {
        if (!x || !xpath_eval(x, &w->env, &at, &value, &err)) {
            printf("{\"what\":\"%s\",\"error\":\"%s\"}\n", text, err.text);
            break;
        }
        xpath_env_reset(&w->env);
    }
    printf("{\"what\":\"%s\",\"parse_ns\":%.0f,\"ns\":%.0f}\n", text, parse,
           (now_ns() - from) / (double)times);
    arena_finish(&arena);
}

int main(void)
{
    static const char *const quick[] = {"/data/g/x",
                                        "/data/g/x = 'abc'",
                                        "/data/g/x > 3 and /data/g/y = 'abc'",
                                        "if(/data/g/x > 3, 'a', 'b')",
                                        "selected(/data/g/y, 'abc')",
                                        "../qty * ../price",
                                        "../../rep[2500]/qty",
                                        "indexed-repeat(/data/rep/qty, /data/rep, 2500)"};
    static const char *const wide[] = {"sum(/data/rep/qty)", "count(/data/rep)",
                                       "sum(/data/rep[kind = 'k']/qty)"};
    struct world w = {.env = {.flags = XPATH_JAVAROSA}};
    struct xml *xml = xml_parse(str_of(document), &w.names, &w.arena, NULL, NULL);
    node_tree_init(&w.tree, &w.names);
    w.env.tree = &w.tree;
    struct node *root = node_from_xml(&w.tree, w.tree.document, xml_root(xml), false);
    w.x = root->first->first;
    add_rows(&w, root);
    for (size_t i = 0; i < sizeof(quick) / sizeof(*quick); i++) {
        measure(&w, quick[i], 200000);
    }
    for (size_t i = 0; i < sizeof(wide) / sizeof(*wide); i++) {
        measure(&w, wide[i], 200);
    }
    xpath_env_finish(&w.env);
    node_tree_finish(&w.tree);
    arena_finish(&w.arena);
    xml_names_finish(&w.names);
    return 0;
}
