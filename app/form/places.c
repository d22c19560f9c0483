#include "app/form/entry.h"

#include <stdlib.h>

/* ---- nodes of a def ------------------------------------------------------------------ */

struct visit {
    struct node_def *path[DEF_DEPTH + 2]; /* from below scope down to the def */
    size_t n;
    void (*each)(void *ctx, struct node *node);
    void *ctx;
};

static void visit_below(struct visit *visit, struct node *node, size_t at)
{
    if (at == visit->n) {
        visit->each(visit->ctx, node);
        return;
    }
    struct node_def *def = visit->path[at];
    if (def->is_attribute) {
        struct node *attribute = node_attribute(node, def->name->local, NULL);
        if (attribute) {
            visit_below(visit, attribute, at + 1);
        }
        return;
    }
    size_t n;
    struct node *const *series = node_series(node, def->name, &n);
    if (series) {
        for (size_t i = 0; i < n; i++) {
            visit_below(visit, series[i], at + 1);
        }
        return;
    }
    for (struct node *child = node->first; child; child = child->next) {
        if (child->def == def) {
            visit_below(visit, child, at + 1);
        }
    }
}

void each_instance(struct entry *entry, struct node *scope, struct node_def *def,
                   void (*each)(void *ctx, struct node *node), void *ctx)
{
    struct visit visit = {.each = each, .ctx = ctx};
    struct node_def *up = def;
    for (; up && up != scope->def && visit.n < DEF_DEPTH + 1; up = up->parent) {
        visit.path[visit.n++] = up;
    }
    if (!up) { /* not below scope */
        return;
    }
    for (size_t i = 0; i < visit.n / 2; i++) {
        struct node_def *swap = visit.path[i];
        visit.path[i] = visit.path[visit.n - 1 - i];
        visit.path[visit.n - 1 - i] = swap;
    }
    visit_below(&visit, scope, 0);
}

struct node *node_above(struct node *node, const struct node_def *def)
{
    while (node && node->def != def) {
        node = node->parent;
    }
    return node;
}

struct node *instance_near(struct entry *entry, struct node *near, struct node_def *def)
{
    struct node_def *path[DEF_DEPTH + 2];
    struct node_def *common = near && near->def ? def_common(near->def, def) : entry->form->root;
    struct node *at = near ? node_above(near, common) : entry->root;
    size_t n = 0;
    for (struct node_def *up = def; up && up != common && n < DEF_DEPTH + 1; up = up->parent) {
        path[n++] = up;
    }
    while (at && n) {
        struct node_def *next = path[--n];
        at = next->is_attribute ? node_attribute(at, next->name->local, NULL)
                                : node_child(at, next->name);
    }
    return at;
}

/* ---- refs ---------------------------------------------------------------------------- */

/* Splits "x:name[3]" into the interned local name and the position (1 without one). */
static const char *step_name(struct entry *entry, struct str step, size_t *position)
{
    *position = 1;
    const char *bracket = memchr(step.s, '[', step.n);
    if (bracket) {
        *position = strtoul(bracket + 1, NULL, 10);
        step.n = (size_t)(bracket - step.s);
    }
    const char *colon = step.n ? memchr(step.s, ':', step.n) : NULL;
    if (colon) {
        step = (struct str){colon + 1, (size_t)(step.s + step.n - colon) - 1};
    }
    return xml_intern(&entry->form->names, step);
}

struct node *node_at(struct entry *entry, const char *ref)
{
    struct str rest = str_of(ref), step;
    struct node *at = entry->root;
    size_t position;
    if (rest.n < 2 || rest.s[0] != '/') {
        return NULL;
    }
    rest = (struct str){rest.s + 1, rest.n - 1};
    str_cut(&rest, '/', &step);
    if (step_name(entry, step, &position) != at->name->local || position != 1) {
        return NULL;
    }
    while (at && str_cut(&rest, '/', &step)) {
        if (step.n && step.s[0] == '@') {
            step = (struct str){step.s + 1, step.n - 1};
            at = node_attribute(at, step_name(entry, step, &position), NULL);
            continue;
        }
        const char *local = step_name(entry, step, &position);
        struct node_def *def = at->def ? def_child(at->def, local, false) : NULL;
        at = def ? node_kth(at, def->name, position) : NULL;
    }
    return at;
}

const char *node_ref(struct arena *arena, const struct node *node)
{
    struct buf path = {0};
    node_add_path(&path, node, false);
    const char *ref = arena_str(arena, buf_str(&path));
    buf_finish(&path);
    return ref;
}

bool node_is_readonly(const struct node *node)
{
    for (; node; node = node->parent) {
        if (node->flags & NODE_READONLY) {
            return true;
        }
    }
    return false;
}
