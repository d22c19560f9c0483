/* What a node is called, and in which language. */
#include <strings.h>

#include "app/form/functions.h"

/* The first node of the argument or the context node; NULL for an empty node-set. */
static bool node_of(struct fn_call *call, const struct node **node)
{
    struct xpath_nodes nodes;
    *node = call->at->node;
    if (call->n == 0) {
        return true;
    }
    if (!fn_nodes(call, 0, &nodes)) {
        return false;
    }
    *node = nodes.n ? nodes.v[0] : NULL;
    return true;
}

static bool is_named(const struct node *node)
{
    return node && (node->kind == NODE_ELEMENT || node->kind == NODE_ATTRIBUTE);
}

static bool has_prefix_name(const struct node *node)
{
    return node && (node->kind == NODE_INSTRUCTION || node->kind == NODE_NAMESPACE);
}

static bool call_local_name(struct fn_call *call, struct xpath_value *result)
{
    const struct node *node;
    if (!node_of(call, &node)) {
        return false;
    }
    return fn_give_text(result, is_named(node)          ? str_of(node->name->local)
                                : has_prefix_name(node) ? str_of(node->prefix)
                                                        : STR(""));
}

static bool call_namespace_uri(struct fn_call *call, struct xpath_value *result)
{
    const struct node *node;
    return node_of(call, &node) &&
           fn_give_text(result, is_named(node) ? str_of(node->name->uri) : STR(""));
}

static bool call_name(struct fn_call *call, struct xpath_value *result)
{
    const struct node *node;
    if (!node_of(call, &node)) {
        return false;
    }
    if (!is_named(node) || !*node->prefix) {
        return call_local_name(call, result);
    }
    const char *name = arena_printf(fn_scratch(call), "%s:%s", node->prefix, node->name->local);
    return fn_give_text(result, str_of(name));
}

static const struct node *language_of(const struct node *node)
{
    for (; node; node = node->parent) {
        for (const struct node *a = node->attributes; a; a = a->next) {
            if (str_is(str_of(a->name->local), "lang") &&
                str_is(str_of(a->name->uri), "http://www.w3.org/XML/1998/namespace")) {
                return a;
            }
        }
    }
    return NULL;
}

static bool call_lang(struct fn_call *call, struct xpath_value *result)
{
    struct str wanted;
    if (!fn_text(call, 0, &wanted)) {
        return false;
    }
    const struct node *lang = language_of(call->at->node);
    bool is = lang && lang->value.n >= wanted.n &&
              strncasecmp(lang->value.s, wanted.s, wanted.n) == 0 &&
              (lang->value.n == wanted.n || lang->value.s[wanted.n] == '-');
    return fn_give_boolean(result, is);
}

const struct fn fn_name_family[] = {
    {"local-name", 0, 1, FN_BARE, call_local_name},
    {"namespace-uri", 0, 1, FN_BARE, call_namespace_uri},
    {"name", 0, 1, FN_BARE, call_name},
    {"lang", 1, 1, FN_CONTEXT, call_lang},
    {0},
};
