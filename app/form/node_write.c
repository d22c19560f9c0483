#include "app/form/node.h"

static void add_text_below(struct buf *to, const struct node *node)
{
    if (!node->first) {
        buf_add_str(to, node_value(node));
        return;
    }
    for (const struct node *child = node->first; child; child = child->next) {
        if (child->kind == NODE_ELEMENT || child->kind == NODE_TEXT) {
            add_text_below(to, child);
        }
    }
}

struct str node_text(const struct node *node, struct arena *scratch)
{
    bool is_inner = node->kind == NODE_ELEMENT || node->kind == NODE_DOCUMENT;
    if (!is_inner || !node->first) {
        return node_value(node);
    }
    if (!node->first->next && (node->first->kind == NODE_TEXT || !node->first->first)) {
        return node->first->kind == NODE_TEXT || node->first->kind == NODE_ELEMENT
                   ? node_value(node->first)
                   : STR("");
    }
    struct buf all = {0};
    add_text_below(&all, node);
    struct str text = {arena_str(scratch, buf_str(&all)), all.n};
    buf_finish(&all);
    return text;
}

static void add_name(struct buf *to, const struct node *node)
{
    if (*node->prefix) {
        buf_add_text(to, node->prefix);
        buf_add_char(to, ':');
    }
    buf_add_text(to, node->name->local);
}

static size_t count_before(const struct node *node)
{
    size_t n = 1;
    unsigned cdata = node->flags & NODE_CDATA;
    for (const struct node *before = node->prev; before; before = before->prev) {
        n += before->kind == node->kind && (before->flags & NODE_CDATA) == cdata;
    }
    return n;
}

static void add_step(struct buf *to, const struct node *node, bool always)
{
    switch ((enum node_kind)node->kind) {
    case NODE_ELEMENT:
        add_name(to, node);
        if (always || node_position(node) > 1 || node_twin(node)) {
            buf_addf(to, "[%zu]", node_position(node));
        }
        break;
    case NODE_ATTRIBUTE:
        buf_add_char(to, '@');
        add_name(to, node);
        break;
    case NODE_TEXT:
        buf_addf(to, node->flags & NODE_CDATA ? "cdata()[%zu]" : "text()[%zu]", count_before(node));
        break;
    case NODE_COMMENT:
        buf_addf(to, "comment()[%zu]", count_before(node));
        break;
    case NODE_INSTRUCTION:
        buf_addf(to, "processing-instruction()[%zu]", count_before(node));
        break;
    case NODE_NAMESPACE:
        buf_addf(to, *node->prefix ? "@xmlns:%s" : "@xmlns%s", node->prefix);
        break;
    case NODE_DOCUMENT:
        break;
    }
}

void node_add_path(struct buf *to, const struct node *node, bool always)
{
    if (node->kind == NODE_DOCUMENT) {
        buf_add_char(to, '/');
        return;
    }
    if (node->parent && node->parent->kind != NODE_DOCUMENT) {
        node_add_path(to, node->parent, always);
    }
    buf_add_char(to, '/');
    add_step(to, node, always);
}

static void write_attributes(struct buf *to, const struct node *node)
{
    for (const struct xml_binding *b = node->bindings; b; b = b->next) {
        buf_add_text(to, *b->prefix ? " xmlns:" : " xmlns");
        buf_add_text(to, b->prefix);
        buf_add_text(to, "=\"");
        xml_add_escaped(to, str_of(b->uri), true);
        buf_add_char(to, '"');
    }
    for (const struct node *a = node->attributes; a; a = a->next) {
        buf_add_char(to, ' ');
        add_name(to, a);
        buf_add_text(to, "=\"");
        xml_add_escaped(to, a->value, true);
        buf_add_char(to, '"');
    }
}

static void write_element(struct buf *to, const struct node *node,
                          bool (*keep)(void *ctx, const struct node *node), void *ctx)
{
    buf_add_char(to, '<');
    add_name(to, node);
    write_attributes(to, node);
    if (!node->first && !node->value.n) {
        buf_add_text(to, "/>");
        return;
    }
    buf_add_char(to, '>');
    if (!node->first) {
        xml_add_escaped(to, node->value, false);
    }
    for (const struct node *child = node->first; child; child = child->next) {
        node_write(to, child, keep, ctx);
    }
    buf_add_text(to, "</");
    add_name(to, node);
    buf_add_char(to, '>');
}

void node_write(struct buf *to, const struct node *node,
                bool (*keep)(void *ctx, const struct node *node), void *ctx)
{
    if (keep && !keep(ctx, node)) {
        return;
    }
    switch ((enum node_kind)node->kind) {
    case NODE_ELEMENT:
        write_element(to, node, keep, ctx);
        break;
    case NODE_TEXT:
        xml_add_escaped(to, node_value(node), false);
        break;
    case NODE_DOCUMENT:
        for (const struct node *child = node->first; child; child = child->next) {
            node_write(to, child, keep, ctx);
        }
        break;
    case NODE_COMMENT:
        buf_add_text(to, "<!--");
        buf_add_str(to, node->value);
        buf_add_text(to, "-->");
        break;
    case NODE_INSTRUCTION:
        buf_addf(to, "<?%s %s?>", node->prefix, node->value.s);
        break;
    case NODE_ATTRIBUTE:
    case NODE_NAMESPACE:
        break;
    }
}
