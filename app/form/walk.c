#include "app/form/entry.h"

/* ---- places -------------------------------------------------------------------------- */

static struct stop place(enum stop_kind kind, const struct control *control, struct node *node,
                         struct node *parent)
{
    /* where there is a node it says all; the parent stands for one that is not there yet */
    return (struct stop){kind, control, node, node ? NULL : parent,
                         node ? (uint32_t)node_position(node) : 0};
}

struct stop stop_begin(struct entry *entry)
{
    return place(STOP_BEGIN, NULL, NULL, entry->root);
}

static struct stop stop_end(struct entry *entry)
{
    return place(STOP_END, NULL, NULL, entry->root);
}

bool stop_equal(struct stop a, struct stop b)
{
    return a.kind == b.kind && a.control == b.control && a.node == b.node && a.parent == b.parent;
}

/* The node that a control shows, seen from a node around it. */
static struct node *node_for(struct entry *entry, const struct control *control,
                             struct node *around)
{
    return instance_near(entry, around, control->def ? control->def : control->context);
}

static bool can_add(const struct control *repeat)
{
    return !repeat->count && !repeat->is_fixed && repeat->def->template;
}

/* The node under which the instances of a repeat stand, seen from around. */
static struct node *repeat_parent(struct entry *entry, const struct control *repeat,
                                  struct node *around)
{
    return repeat->def->parent ? instance_near(entry, around, repeat->def->parent) : NULL;
}

/* ---- forward ------------------------------------------------------------------------- */

static struct stop after(struct entry *entry, const struct control *control, struct node *around);

/* The first relevant place of this repeat from its k-th instance on, or what comes behind it. */
static struct stop enter_repeat(struct entry *entry, const struct control *repeat,
                                struct node *parent, size_t k)
{
    size_t n = node_count(parent, repeat->def->name);
    for (; k <= n; k++) {
        struct node *node = node_kth(parent, repeat->def->name, k);
        if (node_is_relevant(node)) {
            return place(STOP_REPEAT, repeat, node, parent);
        }
    }
    if (can_add(repeat) && node_is_relevant(parent) &&
        repeat_is_relevant(entry, repeat->def, parent)) {
        struct stop stop = place(STOP_NEW_REPEAT, repeat, NULL, parent);
        stop.position = (uint32_t)n + 1;
        return stop;
    }
    return after(entry, repeat, parent);
}

/* The first relevant place at or behind this control. */
static struct stop enter(struct entry *entry, const struct control *control, struct node *around)
{
    if (control->kind == CONTROL_REPEAT) {
        struct node *parent = repeat_parent(entry, control, around);
        return parent ? enter_repeat(entry, control, parent, 1) : after(entry, control, around);
    }
    struct node *node = node_for(entry, control, around);
    if (!node || !node_is_relevant(node)) {
        return after(entry, control, around);
    }
    return place(control->kind == CONTROL_GROUP ? STOP_GROUP : STOP_QUESTION, control, node,
                 around);
}

/* The place behind all of this control; around is a node that the control was seen from. */
static struct stop after(struct entry *entry, const struct control *control, struct node *around)
{
    while (control && !control->next) {
        control = control->parent;
        if (control && control->kind == CONTROL_REPEAT) {
            struct node *instance = node_above(around, control->def);
            if (instance) {
                return enter_repeat(entry, control, instance->parent, node_position(instance) + 1);
            }
        }
    }
    return control ? enter(entry, control->next, around) : stop_end(entry);
}

static struct stop inside(struct entry *entry, struct stop at)
{
    if (at.control->first) {
        return enter(entry, at.control->first, at.node);
    }
    return stop_skip(entry, at);
}

struct stop stop_next(struct entry *entry, struct stop at)
{
    switch (at.kind) {
    case STOP_BEGIN:
        return entry->form->body->first ? enter(entry, entry->form->body->first, entry->root)
                                        : stop_end(entry);
    case STOP_GROUP:
    case STOP_REPEAT:
        return inside(entry, at);
    case STOP_QUESTION:
        return after(entry, at.control, at.node);
    case STOP_NEW_REPEAT:
        return after(entry, at.control, at.parent);
    case STOP_END:
        break;
    }
    return at;
}

struct stop stop_skip(struct entry *entry, struct stop at)
{
    switch (at.kind) {
    case STOP_REPEAT:
        return enter_repeat(entry, at.control, at.node->parent, node_position(at.node) + 1);
    case STOP_GROUP:
    case STOP_QUESTION:
        return after(entry, at.control, at.node);
    default:
        return stop_next(entry, at);
    }
}

/* ---- backward ------------------------------------------------------------------------ */

static struct stop before(struct entry *entry, const struct control *control, struct node *around);

/* The last relevant place inside this group or instance, itself when nothing inside is. */
static struct stop last_inside(struct entry *entry, struct stop at);

static struct stop last_instance(struct entry *entry, const struct control *repeat,
                                 struct node *parent, size_t k)
{
    for (; k > 0; k--) {
        struct node *node = node_kth(parent, repeat->def->name, k);
        if (node && node_is_relevant(node)) {
            return last_inside(entry, place(STOP_REPEAT, repeat, node, parent));
        }
    }
    return before(entry, repeat, parent);
}

/* The last place of this control or, when it shows none, what stands before it. */
static struct stop enter_back(struct entry *entry, const struct control *control,
                              struct node *around)
{
    if (control->kind == CONTROL_REPEAT) {
        struct node *parent = repeat_parent(entry, control, around);
        if (!parent || !node_is_relevant(parent)) {
            return before(entry, control, around);
        }
        size_t n = node_count(parent, control->def->name);
        if (can_add(control) && repeat_is_relevant(entry, control->def, parent)) {
            struct stop stop = place(STOP_NEW_REPEAT, control, NULL, parent);
            stop.position = (uint32_t)n + 1;
            return stop;
        }
        return last_instance(entry, control, parent, n);
    }
    struct node *node = node_for(entry, control, around);
    if (!node || !node_is_relevant(node)) {
        return before(entry, control, around);
    }
    if (control->kind == CONTROL_GROUP) {
        return last_inside(entry, place(STOP_GROUP, control, node, around));
    }
    return place(STOP_QUESTION, control, node, around);
}

/* The heading of what the control stands in. */
static struct stop heading(struct entry *entry, const struct control *parent, struct node *around)
{
    if (!parent->parent) {
        return stop_begin(entry);
    }
    if (parent->kind == CONTROL_REPEAT) {
        struct node *instance = node_above(around, parent->def);
        return place(STOP_REPEAT, parent, instance, instance ? instance->parent : NULL);
    }
    struct node *node = node_for(entry, parent, around);
    return place(STOP_GROUP, parent, node, around);
}

static struct stop before(struct entry *entry, const struct control *control, struct node *around)
{
    return control->prev ? enter_back(entry, control->prev, around)
                         : heading(entry, control->parent, around);
}

static struct stop last_inside(struct entry *entry, struct stop at)
{
    return at.control->last ? enter_back(entry, at.control->last, at.node) : at;
}

struct stop stop_prev(struct entry *entry, struct stop at)
{
    switch (at.kind) {
    case STOP_BEGIN:
        return at;
    case STOP_END:
        return entry->form->body->last ? enter_back(entry, entry->form->body->last, entry->root)
                                       : stop_begin(entry);
    case STOP_NEW_REPEAT:
        return last_instance(entry, at.control, at.parent,
                             node_count(at.parent, at.control->def->name));
    case STOP_REPEAT:
        if (node_position(at.node) > 1) {
            return last_instance(entry, at.control, at.node->parent, node_position(at.node) - 1);
        }
        return before(entry, at.control, at.node->parent);
    default:
        return before(entry, at.control, at.node);
    }
}

/* ---- finding ------------------------------------------------------------------------- */

static const struct control *control_of(const struct control *parent, const struct node_def *def)
{
    for (const struct control *control = parent->first; control; control = control->next) {
        if (control->def == def) {
            return control;
        }
        const struct control *inner = control_of(control, def);
        if (inner) {
            return inner;
        }
    }
    return NULL;
}

bool stop_find(struct entry *entry, const char *ref, struct stop *stop)
{
    struct node *node = node_at(entry, ref);
    if (!node || !node->def) {
        return false;
    }
    const struct control *control = node->def->repeat_control;
    control = control ? control : node->def->control;
    control = control ? control : control_of(entry->form->body, node->def);
    if (!control) {
        return false;
    }
    enum stop_kind kind = control->kind == CONTROL_REPEAT  ? STOP_REPEAT
                          : control->kind == CONTROL_GROUP ? STOP_GROUP
                                                           : STOP_QUESTION;
    *stop = place(kind, control, node, node->parent);
    return true;
}

const char *stop_ref(struct entry *entry, struct stop stop)
{
    if (stop.kind == STOP_NEW_REPEAT) {
        const char *above = node_ref(&entry->shown, stop.parent);
        return arena_printf(&entry->shown, "%s/%s%s%s[%u]", above, stop.control->def->prefix,
                            stop.control->def->prefix[0] ? ":" : "", stop.control->def->name->local,
                            stop.position);
    }
    return stop.node && stop.kind != STOP_BEGIN && stop.kind != STOP_END
               ? node_ref(&entry->shown, stop.node)
               : "";
}

/* ---- what a screen asks -------------------------------------------------------------- */

bool stop_is_field_list(struct entry *entry, struct stop stop)
{
    (void)entry;
    if (!stop.control || (stop.kind != STOP_GROUP && stop.kind != STOP_REPEAT)) {
        return false;
    }
    struct question_view view = {.appearance = stop.control->appearance};
    return question_has_appearance(&view, "field-list") ||
           question_has_appearance(&view, "table-list") ||
           (stop.control->app && stop.control->app[0]);
}

bool stop_is_inside(struct entry *entry, struct stop inner, struct stop outer)
{
    (void)entry;
    const struct control *control = inner.control;
    while (control && control != outer.control) {
        control = control->parent;
    }
    if (!control || (inner.control == outer.control && inner.node == outer.node)) {
        return false;
    }
    if (outer.kind == STOP_REPEAT) {
        struct node *node = inner.node ? inner.node : inner.parent;
        return inner.control != outer.control && node_above(node, outer.control->def) == outer.node;
    }
    return true;
}

int stop_depth(struct entry *entry, struct stop stop)
{
    (void)entry;
    int depth = 0;
    for (const struct control *c = stop.control ? stop.control->parent : NULL; c && c->parent;
         c = c->parent) {
        depth++;
    }
    return depth;
}

bool stop_can_remove(struct entry *entry, struct stop stop)
{
    (void)entry;
    return stop.kind == STOP_REPEAT && can_add(stop.control);
}

/* Steps over what is shown on the same screen. */
static struct stop next_screen(struct entry *entry, struct stop at)
{
    return stop_is_field_list(entry, at) ? stop_skip(entry, at) : stop_next(entry, at);
}

static bool is_screen(struct entry *entry, struct stop at)
{
    return at.kind == STOP_QUESTION || at.kind == STOP_NEW_REPEAT || stop_is_field_list(entry, at);
}

void stop_progress(struct entry *entry, struct stop stop, int *n, int *of)
{
    *n = *of = 0;
    bool passed = stop.kind == STOP_BEGIN;
    for (struct stop at = stop_next(entry, stop_begin(entry)); at.kind != STOP_END;
         at = next_screen(entry, at)) {
        *of += is_screen(entry, at);
        *n += is_screen(entry, at) && !passed;
        passed = passed || stop_equal(at, stop) ||
                 (stop_is_field_list(entry, at) && stop_is_inside(entry, stop, at));
    }
}

static enum jump_state question_state(struct entry *entry, struct node *node)
{
    bool holds;
    if (node->value.n == 0) {
        return node->flags & NODE_REQUIRED ? JUMP_MISSING : JUMP_EMPTY;
    }
    return constraint_holds(entry, node, &holds, NULL) && holds ? JUMP_ANSWERED : JUMP_WRONG;
}

enum jump_state stop_state(struct entry *entry, struct stop stop)
{
    if (stop.kind == STOP_QUESTION) {
        return question_state(entry, stop.node);
    }
    enum jump_state worst = JUMP_EMPTY;
    if (stop.kind == STOP_GROUP || stop.kind == STOP_REPEAT) {
        for (struct stop at = stop_next(entry, stop); at.kind != STOP_END;
             at = stop_next(entry, at)) {
            if (!stop_is_inside(entry, at, stop)) {
                break;
            }
            if (at.kind == STOP_QUESTION) {
                enum jump_state state = question_state(entry, at.node);
                worst = state > worst ? state : worst;
            }
        }
    }
    return worst;
}
