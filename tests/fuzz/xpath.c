/* Any bytes as expression: parsed, told what it reads, evaluated by both sets of rules over a small
 * instance with repeats, a list and namespaces. */
#include <stdint.h>

#include "app/form/xpath.h"
#include "platform/base/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char document[] =
    "<data id='1' xmlns:j='urn:j' xml:lang='vi'><a>1</a><b>đường "
    "làng</b><rep><n>x</n><v>1</v></rep>"
    "<rep><n>y</n><v>2</v></rep><rep><n/><v>2026-11-05</v></rep><g><j:c>21 105 0 0;22 106 0 0</j:c>"
    "</g><m>text<x/>tail<!-- c --></m></data>";

struct world {
    struct xml_names names;
    struct arena arena;
    struct node_tree tree, lists;
    struct list_source list;
};

static size_t list_count(void *self)
{
    return 20;
}

static struct str list_cell(void *self, size_t row, int column, struct arena *arena)
{
    return str_of(arena_printf(arena, "%zu", column ? row * 7 : row % 3));
}

static bool list_find(void *self, const struct list_term *terms, size_t n, struct arena *arena,
                      struct list_rows *rows)
{
    return false;
}

static bool get_instance(void *ctx, struct str id, struct node **root)
{
    *root = ((struct world *)ctx)->lists.document;
    return id.n == 1;
}

static bool get_itext(void *ctx, struct str id, struct arena *scratch, struct str *text)
{
    *text = id;
    return id.n > 1;
}

static const struct list_ops list_ops = {list_count, list_find, list_cell};
static const struct xpath_host host = {.instance = get_instance, .itext = get_itext};

static void ignore(void *ctx, const struct xpath_use *use)
{
}

static void look(const struct xpath *x, struct world *w)
{
    struct xpath_name_step base[2] = {{.local = xml_intern(&w->names, STR("data"))},
                                      {.local = xml_intern(&w->names, STR("a"))}};
    struct xpath_place place = {base, 2, NULL, 0};
    struct xpath_filter filter;
    struct xpath_use use;
    xpath_uses(x, &place, ignore, NULL);
    xpath_as_filter(x, &w->arena, &filter);
    xpath_as_path(x, base, 2, &w->arena, &use);
    xpath_is_constant(x);
    xpath_problem(x);
}

static void evaluate(const struct xpath *x, struct world *w, unsigned flags)
{
    struct xpath_env env = {.host = &host, .host_ctx = w, .tree = &w->tree, .flags = flags};
    struct xpath_value value;
    struct err err;
    env.step_limit = 20000;
    for (struct node *node = w->tree.document->first->first; node; node = node->next) {
        if (xpath_eval(x, &env, &(struct xpath_at){.node = node}, &value, &err)) {
            xpath_to_text(&env, &value);
            xpath_to_number(&env, &value);
            xpath_to_boolean(&value);
        }
        xpath_env_reset(&env);
    }
    xpath_env_finish(&env);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct world w = {0};
    struct xml *xml = xml_parse(str_of(document), &w.names, &w.arena, NULL, NULL);
    const struct xml_name *columns[2] = {xml_name(&w.names, STR(""), STR("a")),
                                         xml_name(&w.names, STR(""), STR("b"))};
    w.list = (struct list_source){&list_ops,
                                  &w,
                                  xml_name(&w.names, STR(""), STR("root")),
                                  xml_name(&w.names, STR(""), STR("item")),
                                  columns,
                                  2};
    clock_fix(1793845815123);
    node_tree_init(&w.tree, &w.names);
    node_from_xml(&w.tree, w.tree.document, xml_root(xml), true);
    node_tree_from_list(&w.lists, &w.names, &w.list);
    struct xpath_setup setup = {.names = &w.names, .is_strict = n % 2};
    struct xpath *x = xpath_parse(&w.arena, &setup, (struct str){(const char *)bytes, n}, NULL);
    if (x) {
        look(x, &w);
        evaluate(x, &w, XPATH_JAVAROSA);
        evaluate(x, &w, 0);
    }
    node_tree_finish(&w.tree);
    node_tree_finish(&w.lists);
    arena_finish(&w.arena);
    xml_names_finish(&w.names);
    return 0;
}
