#include "app/form/cases.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/form/xpath.h"
#include "app/form/xpath_regex.h"
#include "platform/base/clock.h"
#include "platform/base/utf8.h"

/* One case at work. */
struct bench {
    const struct json *request;
    struct xml_names names;
    struct arena arena;
    struct xml *xml;
    struct node_tree tree;
    struct node *root; /* of the primary instance, NULL = the document */
    struct xpath_env env;
    struct err err;
};

static const char *text_of(const struct json *object, const char *key)
{
    return json_text(json_get(object, key), NULL);
}

/* ---- the document as a form -------------------------------------------------------------------
 */

static bool is_element(const struct node *node, const char *local)
{
    return node->kind == NODE_ELEMENT && strcmp(node->name->local, local) == 0;
}

static struct node *next_node(struct node *node)
{
    if (node->first) {
        return node->first;
    }
    while (node && !node->next) {
        node = node->parent;
    }
    return node ? node->next : NULL;
}

static const char *attribute(const struct node *node, const char *local)
{
    for (const struct node *a = node->attributes; a; a = a->next) {
        if (strcmp(a->name->local, local) == 0) {
            return a->value.s;
        }
    }
    return NULL;
}

static bool has_value(const struct node *node, const char *local, struct str value)
{
    const char *text = attribute(node, local);
    return text && str_is(value, text);
}

static bool find_instance(void *ctx, struct str id, struct node **document)
{
    struct bench *b = ctx;
    for (struct node *node = b->tree.document; node; node = next_node(node)) {
        if (is_element(node, "instance") && has_value(node, "id", id)) {
            *document = node;
            return true;
        }
    }
    return false;
}

static struct node *find_translation(struct bench *b)
{
    const char *wanted = text_of(b->request, "lang");
    struct node *first = NULL, *usual = NULL;
    for (struct node *node = b->tree.document; node; node = next_node(node)) {
        if (!is_element(node, "translation")) {
            continue;
        }
        if (wanted && has_value(node, "lang", str_of(wanted))) {
            return node;
        }
        first = first ? first : node;
        usual = usual || !attribute(node, "default") ? usual : node;
    }
    return usual ? usual : first;
}

static bool find_itext(void *ctx, struct str id, struct node **value)
{
    struct node *translation = find_translation(ctx);
    for (struct node *text = translation ? translation->first : NULL; text; text = text->next) {
        if (!is_element(text, "text") || !has_value(text, "id", id)) {
            continue;
        }
        for (*value = text->first; *value; *value = (*value)->next) {
            if (is_element(*value, "value")) {
                return true;
            }
        }
    }
    return false;
}

static const struct xpath_host host = {.instance = find_instance, .itext_node = find_itext};

static const char *find_uri(void *ctx, struct str prefix)
{
    struct bench *b = ctx;
    const struct json *spaces = json_get(b->request, "ns");
    char key[64];
    snprintf(key, sizeof(key), STR_FMT, STR_ARG(prefix));
    const char *uri = prefix.n ? text_of(spaces, key) : NULL;
    return uri ? uri : prefix.n ? xml_uri(xml_root(b->xml), prefix) : NULL;
}

/* ---- paths of nodes ---------------------------------------------------------------------------
 */

/* "name[2]" → name and 2; without brackets 1. */
static void split_step(struct str step, struct str *name, size_t *k)
{
    long long number = 1;
    *name = step;
    for (size_t i = step.n; i > 0; i--) {
        if (step.s[i - 1] == '[') {
            name->n = i - 1;
            str_to_int64((struct str){step.s + i, step.n - i - 1}, &number);
            break;
        }
    }
    *k = (size_t)number;
}

static bool is_step(const struct node *node, struct str name)
{
    switch ((enum node_kind)node->kind) {
    case NODE_TEXT:
        return str_is(name, node->flags & NODE_CDATA ? "cdata()" : "text()");
    case NODE_COMMENT:
        return str_is(name, "comment()");
    case NODE_INSTRUCTION:
        return str_is(name, "processing-instruction()");
    case NODE_ELEMENT:
    case NODE_ATTRIBUTE: {
        size_t n = strlen(node->prefix);
        bool has_prefix =
            n && name.n > n && memcmp(name.s, node->prefix, n) == 0 && name.s[n] == ':';
        struct str local = {name.s + (has_prefix ? n + 1 : 0), name.n - (has_prefix ? n + 1 : 0)};
        return has_prefix == (n > 0) && str_is(local, node->name->local);
    }
    default:
        return false;
    }
}

static struct node *take_step(struct bench *b, struct node *node, struct str step)
{
    struct str name;
    size_t k;
    split_step(step, &name, &k);
    bool is_attribute = str_starts(name, STR("@"));
    if (is_attribute) {
        name = (struct str){name.s + 1, name.n - 1};
    }
    struct node *child = is_attribute ? node->attributes : node_text_child(&b->tree, node);
    for (; child; child = child->next) {
        if (is_step(child, name) && --k == 0) {
            return child;
        }
    }
    return NULL;
}

static struct node *find_node(struct bench *b, const char *path)
{
    struct node *node = b->tree.document;
    struct str rest = str_of(path), step;
    while (node && str_cut(&rest, '/', &step)) {
        node = step.n ? take_step(b, node, step) : node;
    }
    return node;
}

/* ---- comparing --------------------------------------------------------------------------------
 */

static void add_paths(struct buf *to, const struct xpath_nodes *nodes)
{
    struct buf path = {0};
    buf_add_char(to, '[');
    for (size_t i = 0; i < nodes->n; i++) {
        buf_clear(&path);
        node_add_path(&path, nodes->v[i], true);
        buf_add_text(to, i ? ", " : "");
        json_add_text(to, buf_str(&path));
    }
    buf_add_char(to, ']');
    buf_finish(&path);
}

static double wanted_number(const struct json *expected)
{
    const char *text = json_text(expected, NULL);
    return text ? strtod(text, NULL) : json_number(expected, NAN);
}

static bool same_number(double wanted, double got, double factor)
{
    if (isnan(wanted) || isnan(got)) {
        return isnan(wanted) && isnan(got);
    }
    if (wanted == 0 && got == 0) {
        return signbit(wanted) == signbit(got) || !signbit(wanted);
    }
    if (factor > 0 && isfinite(got)) {
        got = round(got * factor) / factor;
    }
    return wanted == got || fabs(wanted - got) <= 1e-9 * fmax(fabs(wanted), fabs(got));
}

static bool has_path(const struct json *expected, struct str path)
{
    for (size_t i = 0; i < json_count(expected); i++) {
        if (str_is(path, json_text(json_at(expected, i), ""))) {
            return true;
        }
    }
    return false;
}

static bool same_nodes(const struct json *expected, const struct xpath_nodes *nodes, bool in_order)
{
    struct buf path = {0};
    bool same = json_count(expected) == nodes->n;
    for (size_t i = 0; i < nodes->n && same; i++) {
        buf_clear(&path);
        node_add_path(&path, nodes->v[i], true);
        same = in_order ? str_is(buf_str(&path), json_text(json_at(expected, i), ""))
                        : has_path(expected, buf_str(&path));
    }
    buf_finish(&path);
    return same;
}

static void add_number(struct buf *to, double number)
{
    char text[XPATH_NUMBER_TEXT];
    size_t n = xpath_number_text(number, text);
    bool is_json = isfinite(number);
    is_json ? buf_add(to, text, n) : json_add_text(to, (struct str){text, n});
}

static bool check_text(struct bench *b, const char *kind, struct str got)
{
    const struct json *expected = json_get(b->request, "expected");
    if (strcmp(kind, "stringLength") == 0) {
        return (double)utf8_count(got) == json_number(expected, -1);
    }
    if (strcmp(kind, "match") == 0) {
        const char *problem;
        bool matches = false;
        return regex_matches(&b->env.regexes, str_of(json_text(expected, "")), got, false, &matches,
                             &problem) &&
               matches;
    }
    return str_is(got, json_text(expected, ""));
}

static void check(struct bench *b, const struct xpath_value *value, struct case_result *result)
{
    const char *kind = json_text(json_get(b->request, "kind"), "string");
    const struct json *expected = json_get(b->request, "expected");
    if (strcmp(kind, "number") == 0) {
        double number = xpath_to_number(&b->env, value);
        add_number(&result->got, number);
        result->passed = same_number(wanted_number(expected), number,
                                     json_number(json_get(b->request, "roundFactor"), 0));
    } else if (strcmp(kind, "boolean") == 0) {
        bool boolean = xpath_to_boolean(value);
        buf_add_text(&result->got, boolean ? "true" : "false");
        result->passed = boolean == json_bool(expected, !boolean);
    } else if (strcmp(kind, "nodeset") == 0 && value->type == XPATH_NODES) {
        add_paths(&result->got, &value->nodes);
        result->passed = same_nodes(expected, &value->nodes,
                                    !json_bool(json_get(b->request, "unordered"), false));
    } else {
        struct str text = xpath_to_text(&b->env, value);
        json_add_text(&result->got, text);
        result->passed =
            strcmp(kind, "error") != 0 && strcmp(kind, "nodeset") != 0 && check_text(b, kind, text);
    }
    result->passed = result->passed || !expected;
}

static void add_wanted(struct buf *to, const struct json *expected)
{
    switch (json_kind(expected)) {
    case JSON_IS_TEXT:
        json_add_text(to, str_of(json_text(expected, "")));
        break;
    case JSON_IS_NUMBER:
        json_add_number(to, json_number(expected, 0));
        break;
    case JSON_IS_BOOL:
        buf_add_text(to, json_bool(expected, false) ? "true" : "false");
        break;
    case JSON_IS_ARRAY:
        buf_add_char(to, '[');
        for (size_t i = 0; i < json_count(expected); i++) {
            buf_add_text(to, i ? ", " : "");
            json_add_text(to, str_of(json_text(json_at(expected, i), "")));
        }
        buf_add_char(to, ']');
        break;
    default:
        buf_add_text(to, "null");
        break;
    }
}

/* ---- running ----------------------------------------------------------------------------------
 */

static void set_world(const struct json *request)
{
    const struct json *world = json_get(request, "env");
    const char *zone = text_of(world, "tz"), *now = text_of(world, "now");
    int64_t ms;
    if (zone) {
        setenv("TZ", zone, 1);
        tzset();
    }
    if (now && clock_parse(str_of(now), &ms)) {
        clock_fix(ms);
    }
}

static bool load(struct bench *b)
{
    struct xml_limits limits = {.keep_space = true};
    const char *doc = text_of(b->request, "doc"), *root = text_of(b->request, "root");
    b->xml = xml_parse(str_of(doc), &b->names, &b->arena, &limits, &b->err);
    if (!b->xml) {
        return false;
    }
    node_tree_init(&b->tree, &b->names);
    for (const struct xml *top = b->xml->first; top; top = top->next) {
        node_from_xml(&b->tree, b->tree.document, top, true);
    }
    b->root = root ? find_node(b, root) : NULL;
    b->env.tree = &b->tree;
    b->env.root = b->root;
    b->env.host = &host;
    b->env.host_ctx = b;
    return !root || b->root || err_set(&b->err, ERR_INPUT, 0, "there is no node %s", root);
}

static bool evaluate(struct bench *b, struct xpath_value *value)
{
    struct xpath_setup setup = {&b->names, find_uri, b, !b->root};
    const char *expr = text_of(b->request, "expr"), *context = text_of(b->request, "context");
    struct node *node = find_node(b, context ? context : "/");
    if (!node) {
        return err_set(&b->err, ERR_INPUT, 0, "there is no node %s", context);
    }
    struct xpath *x = xpath_parse(&b->arena, &setup, str_of(expr), &b->err);
    return x && xpath_eval(x, &b->env, &(struct xpath_at){.node = node}, value, &b->err);
}

void case_run_xpath(const struct json *request, struct case_result *result)
{
    struct bench b = {.request = request};
    struct xpath_value value;
    *result = (struct case_result){.passed = false};
    set_world(request);
    add_wanted(&result->wanted, json_get(request, "expected"));
    bool is_loaded = load(&b);
    if (is_loaded && evaluate(&b, &value)) {
        check(&b, &value, result);
    } else {
        const char *kind = json_text(json_get(request, "kind"), "");
        result->passed = is_loaded && strcmp(kind, "error") == 0;
        buf_add_text(&result->got, "{\"error\":");
        json_add_text(&result->got, str_of(b.err.text));
        buf_add_char(&result->got, '}');
    }
    xpath_env_finish(&b.env);
    node_tree_finish(&b.tree);
    arena_finish(&b.arena);
    xml_names_finish(&b.names);
}

void case_result_finish(struct case_result *result)
{
    buf_finish(&result->wanted);
    buf_finish(&result->got);
}
