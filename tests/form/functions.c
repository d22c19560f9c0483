/* Every family of functions by its table in tests/form/fn: expression, context, expected. A line
 * that begins with # is a remark; an expected text that begins with ! wants an error that says the
 * rest. Numbers are compared as texts. Run with the rules for forms of the field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/form/functions.h"
#include "app/form/xpath.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"

static const char document[] =
    "<data id='visit' xml:lang='vi-VN'><name>Nguyễn Văn An</name><age>37</age><empty/>"
    "<langs> vi  en km</langs><hh><member><n>An</n><age>37</age></member>"
    "<member><n>Bình</n><age>35</age></member><member><n>Chi</n><age/></member></hh>"
    "<born>1989-04-30</born><at>2026-11-05T09:30:15.123+07:00</at><kept>old</kept>"
    "<point>21.0278 105.8342 0 0</point>"
    "<shape>21 105 0 0; 21 106 0 0; 22 106 0 0; 22 105 0 0; 21 105 0 0</shape>"
    "<hidden>5</hidden></data>";

struct world {
    struct xml_names names;
    struct arena arena;
    struct node_tree tree;
    struct xpath_env env;
};

static bool get_itext(void *ctx, struct str id, struct arena *scratch, struct str *text)
{
    *text = STR("Xin chào");
    return str_is(id, "hello");
}

static bool get_choice_name(void *ctx, struct node *node, struct str value, struct str path,
                            struct arena *scratch, struct str *label)
{
    *label = str_of(arena_printf(scratch, STR_FMT " of " STR_FMT, STR_ARG(value), STR_ARG(path)));
    return true;
}

static bool get_pulldata(void *ctx, const struct str args[4], struct arena *scratch,
                         struct str *text)
{
    *text = STR("Hà Nội");
    return str_is(args[0], "provinces") && str_is(args[3], "01");
}

static bool get_property(void *ctx, struct str name, struct arena *scratch, struct str *text)
{
    *text = STR("handheld-7");
    return str_is(name, "deviceid");
}

static struct str get_version(void *ctx)
{
    return STR("2026.1");
}

static const struct xpath_host host = {
    .itext = get_itext,
    .choice_name = get_choice_name,
    .pulldata = get_pulldata,
    .property = get_property,
    .version = get_version,
};

static struct node *find(struct world *w, struct str path)
{
    struct node *node = w->tree.document;
    struct str step;
    while (node && str_cut(&path, '/', &step)) {
        if (step.n) {
            node = node_child(node, xml_name(&w->names, STR(""), step));
        }
    }
    return node;
}

static void open_world(struct world *w)
{
    struct err err = {0};
    struct xml *xml = xml_parse(str_of(document), &w->names, &w->arena, NULL, &err);
    assert_non_null(xml);
    node_tree_init(&w->tree, &w->names);
    node_from_xml(&w->tree, w->tree.document, xml_root(xml), false);
    node_set_relevant(find(w, STR("/data/hidden")), false, NULL, NULL);
    w->env.tree = &w->tree;
    w->env.flags = XPATH_JAVAROSA;
    w->env.host = &host;
    w->env.is_seeded = true;
    w->env.seed = 42;
}

static void close_world(struct world *w)
{
    xpath_env_finish(&w->env);
    node_tree_finish(&w->tree);
    arena_finish(&w->arena);
    xml_names_finish(&w->names);
}

static bool run_row(struct world *w, struct str expr, struct str context, struct str expected)
{
    struct err err = {0};
    struct str got = STR("");
    struct xpath_setup setup = {.names = &w->names};
    struct xpath *x = xpath_parse(&w->arena, &setup, expr, &err);
    struct node *node = find(w, context);
    bool ok = x && node && xpath_eval_text(x, &w->env, node, &got, &err);
    bool wants_error = str_starts(expected, STR("!"));
    bool right =
        wants_error ? !ok && strstr(err.text, expected.s + 1) : ok && str_eq(got, expected);
    if (!right) {
        print_error(STR_FMT ": wanted " STR_FMT ", got " STR_FMT "%s\n", STR_ARG(expr),
                    STR_ARG(expected), STR_ARG(got), err.text);
    }
    xpath_env_reset(&w->env);
    return right;
}

static size_t run_table(const char *family)
{
    struct world w = {0};
    struct buf text = {0};
    struct err err = {0};
    char path[512];
    size_t wrong = 0, rows = 0;
    const char *source = getenv("GOCUA_SOURCE");
    snprintf(path, sizeof(path), "%s/tests/form/fn/%s.tsv", source ? source : ".", family);
    if (!file_read(path, 1 << 20, &text, &err)) {
        fail_msg("%s: %s", path, err.text);
    }
    open_world(&w);
    struct str rest = buf_str(&text), line;
    while (str_cut(&rest, '\n', &line)) {
        struct str expr, context;
        if (line.n == 0 || line.s[0] == '#') {
            continue;
        }
        assert_true(str_cut(&line, '\t', &expr) && str_cut(&line, '\t', &context));
        char *expected = mem_strndup(line.s, line.n);
        wrong += !run_row(&w, expr, context, (struct str){expected, line.n});
        free(expected);
        rows++;
    }
    close_world(&w);
    buf_finish(&text);
    assert_true(rows > 0);
    return wrong;
}

static void test_families(void **state)
{
#define FAMILY_NAME(family) #family,
    static const char *const families[] = {FUNCTIONS(FAMILY_NAME)};
    size_t wrong = 0;
    clock_fix(1793845815123); /* 2026-11-05T09:30:15.123+07:00 */
    for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
        wrong += run_table(families[i]);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_families)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
