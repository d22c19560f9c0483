#include "app/form/entry.h"

#include <math.h>

enum { REPEAT_MOST = 100000 };

/* The last child that stands before instances of def in the model; NULL: none. */
static struct node *place_for(struct node *parent, const struct node_def *def)
{
    size_t n = node_count(parent, def->name);
    if (n) {
        return node_kth(parent, def->name, n);
    }
    struct node *after = NULL;
    for (struct node *child = parent->first; child; child = child->next) {
        if (!child->def || child->def->number > def->number) {
            break;
        }
        after = child;
    }
    return after;
}

static void log_added(struct entry *entry, struct node *node)
{
    if (!entry->is_loading) {
        vec_push(&entry->undo, (struct undo){.kind = UNDO_ADDED, .node = node});
    }
}

struct node *repeat_add(struct entry *entry, struct node_def *def, struct node *parent)
{
    if (entry->tree.n_nodes >= entry->form->options.max_nodes ||
        node_count(parent, def->name) >= REPEAT_MOST) {
        change_fail(entry, "%s: the record grows too large", def->path);
        return NULL;
    }
    struct node *node = node_copy(&entry->tree, def->template);
    node_insert(&entry->tree, parent, node, place_for(parent, def));
    log_added(entry, node);
    preload(entry, node);
    run_event(entry, EVENT_NEW_REPEAT, node);
    queue_all(entry, node);
    queue_readers_below(entry, def, parent, false);
    return node;
}

/* ---- asking where there may be no instance yet --------------------------------------- */

struct guest {
    struct node *node;
    bool is_guest;
};

static struct guest guest_in(struct entry *entry, struct node_def *def, struct node *parent)
{
    size_t n = node_count(parent, def->name);
    if (n) {
        return (struct guest){node_kth(parent, def->name, n), false};
    }
    struct node *node = node_copy(&entry->tree, def->template);
    node_insert(&entry->tree, parent, node, place_for(parent, def));
    return (struct guest){node, true};
}

static void guest_leaves(struct entry *entry, struct guest guest)
{
    if (guest.is_guest) {
        node_remove(&entry->tree, guest.node);
    }
}

bool repeat_is_relevant(struct entry *entry, struct node_def *def, struct node *parent)
{
    struct rule *rule = def->rules[RULE_RELEVANT];
    if (!node_is_relevant(parent)) {
        return false;
    }
    if (!rule || !def->template) {
        return true;
    }
    struct guest guest = guest_in(entry, def, parent);
    bool yes = false;
    xpath_env_reset(&entry->env);
    bool ok = xpath_eval_boolean(rule->x, &entry->env, guest.node, &yes, NULL);
    guest_leaves(entry, guest);
    return ok && yes;
}

/* ---- counted repeats ----------------------------------------------------------------- */

struct filling {
    struct entry *entry;
    struct control *control;
};

static bool wanted_number(struct entry *entry, struct control *control, struct node *parent,
                          double *wanted)
{
    struct err err;
    bool is_inside = control->count_context == control->def;
    struct guest guest = {0};
    if (is_inside) {
        guest = guest_in(entry, control->def, parent);
    } else {
        guest.node = instance_near(entry, parent, control->count_context);
    }
    xpath_env_reset(&entry->env);
    bool ok =
        guest.node && xpath_eval_number(control->count, &entry->env, guest.node, wanted, &err);
    guest_leaves(entry, guest);
    if (!ok) {
        change_fail(entry, "jr:count of %s: %s", control->def->path, err.text);
    }
    return ok && isfinite(*wanted);
}

/* A count may grow with the rows that it made ("one more?" asked in the last row), and some forms
 * grow theirs without end: then the next change makes the next row, as walking on does in JavaRosa.
 */
static bool may_grow(struct entry *entry, const struct control *control, const struct node *parent)
{
    for (size_t i = 0; i < entry->growths.n; i++) {
        struct growth *growth = &entry->growths.v[i];
        if (growth->control == control && growth->parent == parent) {
            return false;
        }
    }
    vec_push(&entry->growths, (struct growth){control, parent});
    return true;
}

static void fill_one(void *ctx, struct node *parent)
{
    struct filling *filling = ctx;
    struct entry *entry = filling->entry;
    struct node_def *def = filling->control->def;
    double wanted;
    if (!node_is_relevant(parent) || !repeat_is_relevant(entry, def, parent) ||
        !wanted_number(entry, filling->control, parent, &wanted)) {
        return;
    }
    if ((double)node_count(parent, def->name) >= trunc(wanted) ||
        !may_grow(entry, filling->control, parent)) {
        return;
    }
    while ((double)node_count(parent, def->name) < trunc(wanted) && !entry->failure.kind) {
        if (!repeat_add(entry, def, parent)) {
            return;
        }
    }
}

void repeat_fill(struct entry *entry, struct control *control)
{
    struct filling filling = {entry, control};
    if (control->def->template) {
        each_instance(entry, entry->root, control->def->parent, fill_one, &filling);
    }
}
