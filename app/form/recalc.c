#include "app/form/entry.h"

#include <stdarg.h>
#include <stdio.h>
#include "platform/base/mem.h"

enum {
    RECALC_MOST_ROUNDS = 1000, /* of counts and cleared choices that set off each other */
    RECALC_MOST_DEPTH = 32,    /* of actions that set off actions */
    RECALC_MOST_LOG = 4096,
};

/* ---- bookkeeping --------------------------------------------------------------------- */

static void list_add(struct node_list *list, struct node *node)
{
    vec_push(list, node);
}

void change_fail(struct entry *entry, const char *fmt, ...)
{
    if (entry->failure.kind) {
        return;
    }
    char text[sizeof entry->failure.text];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    err_set(&entry->failure, ERR_INPUT, 0, "%s", text);
}

static void log_node(struct entry *entry, struct node *node)
{
    if (entry->is_loading || node->flags & NODE_LOGGED) {
        return;
    }
    node->flags |= NODE_LOGGED;
    vec_push(&entry->log, (struct logged){node, entry->revision + 1});
}

void queue_rule(struct entry *entry, struct rule *rule, struct node *node)
{
    uint32_t bit = (uint32_t)NODE_QUEUED << rule->kind;
    if (!(node->flags & bit)) {
        node->flags |= bit;
        list_add(&entry->queues[rule->rank], node);
        entry->waiting[rule->rank / 64] |= UINT64_C(1) << rule->rank % 64;
    }
}

struct queueing {
    struct entry *entry;
    struct rule *rule;
};

static void queue_one(void *ctx, struct node *node)
{
    struct queueing *queueing = ctx;
    queue_rule(queueing->entry, queueing->rule, node);
}

static void queue_edge(struct entry *entry, const struct edge *edge, struct node *from,
                       struct node_def *shared)
{
    struct node *scope = shared ? node_above(from, shared) : entry->root;
    struct queueing queueing = {entry, edge->rule};
    if (scope) {
        each_instance(entry, scope, edge->rule->target, queue_one, &queueing);
    }
}

void queue_control(struct entry *entry, struct control *control)
{
    if (!entry->is_waiting[control->number]) {
        entry->is_waiting[control->number] = true;
        vec_push(&entry->readers, control);
    }
}

static void queue_reader_controls(struct entry *entry, struct node_def *def)
{
    for (size_t i = 0; i < def->readers.n; i++) {
        queue_control(entry, def->readers.v[i]);
    }
}

void queue_readers(struct entry *entry, struct node *node)
{
    struct node_def *def = node->def;
    if (!def) {
        return;
    }
    for (size_t i = 0; i < def->edges.n; i++) {
        queue_edge(entry, &def->edges.v[i], node, def->edges.v[i].shared);
    }
    queue_reader_controls(entry, def);
}

void queue_all(struct entry *entry, struct node *node)
{
    struct node_def *def = node->def;
    for (int kind = 0; def && kind < RULE_KINDS; kind++) {
        if (def->rules[kind]) {
            queue_rule(entry, def->rules[kind], node);
        }
    }
    for (struct node *a = node->attributes; a; a = a->next) {
        queue_all(entry, a);
    }
    for (struct node *child = node->first; child; child = child->next) {
        if (child->kind == NODE_ELEMENT) {
            queue_all(entry, child);
        }
    }
}

static bool is_at_or_below(const struct node_def *def, const struct node_def *above)
{
    while (def && def->depth > above->depth) {
        def = def->parent;
    }
    return def == above;
}

/* May a user have answered over the calculated value? JavaRosa calculates it anew when a row comes.
 */
static bool may_be_overwritten(const struct rule *rule)
{
    return rule->kind == RULE_CALCULATE && rule->target->control &&
           !rule->target->rules[RULE_READONLY];
}

static void queue_coming(struct entry *entry, struct node_def *def, struct node_def *repeat,
                         struct node *parent, bool moves_others)
{
    for (size_t i = 0; i < def->edges.n; i++) {
        const struct edge *edge = &def->edges.v[i];
        if (!edge->shared || !is_at_or_below(edge->shared, repeat)) {
            queue_edge(entry, edge, parent, edge->shared);
        } else if (edge->is_position && (moves_others || may_be_overwritten(edge->rule))) {
            queue_edge(entry, edge, parent, parent->def);
        }
    }
    queue_reader_controls(entry, def);
    for (struct node_def *child = def->first; child; child = child->next) {
        queue_coming(entry, child, repeat, parent, moves_others);
    }
}

void queue_readers_below(struct entry *entry, struct node_def *repeat, struct node *parent,
                         bool moves_others)
{
    queue_coming(entry, repeat, repeat, parent, moves_others);
}

/* ---- what a rule does ---------------------------------------------------------------- */

void change_value(struct entry *entry, struct node *node, struct str value)
{
    if (str_eq(node->value, value)) {
        return;
    }
    if (node->n_children && node->first->kind == NODE_ELEMENT) {
        return; /* a group has no value of its own */
    }
    if (!entry->is_loading) {
        struct undo undo = {.kind = UNDO_VALUE, .node = node};
        undo.value = (struct str){arena_str(&entry->undo_arena, node->value), node->value.n};
        vec_push(&entry->undo, undo);
    }
    node_set_value(&entry->tree, node, value);
    log_node(entry, node);
    queue_readers(entry, node);
}

void change_touched(struct entry *entry, struct node *node, struct str value)
{
    if (!str_eq(node->value, value) && !(node->flags & NODE_TOUCHED)) {
        node->flags |= NODE_TOUCHED;
        list_add(&entry->touched, node);
    }
    change_value(entry, node, value);
}

static void relevance_changed(void *ctx, struct node *node)
{
    struct entry *entry = ctx;
    struct node_def *def = node->def;
    log_node(entry, node);
    queue_readers(entry, node);
    if (!def || !node_is_relevant(node)) {
        return;
    }
    if (def->control && def->control->itemset) {
        queue_control(entry, def->control);
    }
    for (struct node_def *child = def->first; child; child = child->next) {
        if (child->repeat_control && child->repeat_control->count) {
            queue_control(entry, child->repeat_control);
        }
    }
}

static void set_relevant(struct entry *entry, struct node *node, bool relevant)
{
    bool was = !(node->flags & NODE_OFF);
    if (was == relevant) {
        return;
    }
    if (!entry->is_loading) {
        vec_push(
            &entry->undo,
            (struct undo){.kind = UNDO_RELEVANT, .node = node, .flags = node->flags & NODE_OFF});
    }
    node_set_relevant(node, relevant, relevance_changed, entry);
}

static void set_flag(struct entry *entry, struct node *node, uint32_t flag, bool on)
{
    if (!!(node->flags & flag) == on) {
        return;
    }
    if (!entry->is_loading) {
        vec_push(&entry->undo, (struct undo){.kind = UNDO_FLAGS,
                                             .node = node,
                                             .flags = node->flags & flag,
                                             .value = {NULL, flag}});
    }
    node->flags ^= flag;
    log_node(entry, node);
}

static void evaluate(struct entry *entry, const struct rule *rule, struct node *node)
{
    static const char *const names[] = {"calculate", "relevant", "readonly", "required"};
    struct err err;
    struct xpath_value value;
    struct xpath_at at = {.node = node};
    xpath_env_reset(&entry->env);
    bool ok = xpath_eval(rule->x, &entry->env, &at, &value, &err);
    bool yes = ok && xpath_truth(&entry->env, &value);
    if (!ok) {
        change_fail(entry, "%s of %s: %s", names[rule->kind], rule->target->path, err.text);
    } else if (rule->kind == RULE_CALCULATE) {
        if (value.type == XPATH_BOOLEAN) {
            node->flags |= NODE_TRUTH; /* it is stored as "1" or "0" and stays a truth */
        }
        change_value(entry, node, value_of_result(entry, rule->target, &value));
    } else if (rule->kind == RULE_RELEVANT) {
        set_relevant(entry, node, yes);
    } else if (rule->kind == RULE_READONLY) {
        set_flag(entry, node, NODE_READONLY, yes);
    } else if (rule->kind == RULE_REQUIRED) {
        set_flag(entry, node, NODE_REQUIRED, yes);
    }
}

/* ---- the loop ------------------------------------------------------------------------ */

static void run_queue(struct entry *entry, uint32_t rank)
{
    struct node_list *queue = &entry->queues[rank];
    const struct rule *rule = entry->form->rules.v[rank];
    for (size_t i = 0; i < queue->n; i++) {
        struct node *node = queue->v[i];
        node->flags &= ~((uint32_t)NODE_QUEUED << rule->kind);
        if (!entry->failure.kind) {
            evaluate(entry, rule, node);
        }
    }
    queue->n = 0;
    entry->waiting[rank / 64] &= ~(UINT64_C(1) << rank % 64);
}

static void run_rules(struct entry *entry)
{
    size_t words = (entry->form->rules.n + 63) / 64;
    for (size_t w = 0; w < words; w++) {
        while (entry->waiting[w]) {
            /* rules only set off later ones, but those may stand in the same word */
            run_queue(entry, (uint32_t)(w * 64 + (size_t)__builtin_ctzll(entry->waiting[w])));
        }
    }
}

static void run_reader(struct entry *entry, struct control *control)
{
    if (entry->failure.kind) {
        return;
    }
    if (control->count) {
        repeat_fill(entry, control);
    } else if (entry->is_finalizing) {
        choices_clear_gone(entry, control);
    }
}

static void run_readers(struct entry *entry)
{
    size_t n = entry->readers.n;
    for (size_t i = 0; i < n; i++) {
        struct control *control = entry->readers.v[i];
        entry->is_waiting[control->number] = false;
        run_reader(entry, control);
    }
    entry->readers.n -= n;
    if (entry->readers.n) { /* those that came meanwhile */
        memmove(entry->readers.v, entry->readers.v + n,
                entry->readers.n * sizeof *entry->readers.v);
    }
}

void recalculate(struct entry *entry)
{
    for (int round = 0;; round++) {
        run_rules(entry);
        if (!entry->readers.n || entry->failure.kind) {
            break;
        }
        run_readers(entry);
        if (round == RECALC_MOST_ROUNDS) {
            change_fail(entry, "counted repeats and choices set off each other without end");
        }
    }
    if (entry->failure.kind) {
        run_rules(entry); /* empties the queues; nothing is evaluated any more */
        run_readers(entry);
    }
}

void run_changed_actions(struct entry *entry)
{
    if (entry->depth >= RECALC_MOST_DEPTH) {
        change_fail(entry, "actions set off each other without end");
        return;
    }
    entry->depth++;
    while (entry->touched.n && !entry->failure.kind) {
        struct node_list touched = entry->touched;
        entry->touched = (struct node_list){0};
        for (size_t i = 0; i < touched.n; i++) {
            touched.v[i]->flags &= ~(uint32_t)NODE_TOUCHED;
        }
        for (size_t i = 0; i < touched.n && !entry->failure.kind; i++) {
            struct node_def *def = touched.v[i]->def;
            for (size_t k = 0; def && k < def->actions.n; k++) {
                run_action(entry, def->actions.v[k], touched.v[i]);
                recalculate(entry);
            }
        }
        free(touched.v);
    }
    entry->depth--;
}

/* The nodes that may be gone must not be looked at any more. */
static void forget_log(struct entry *entry)
{
    for (size_t i = 0; i < entry->log.n; i++) {
        entry->log.v[i].node->flags &= ~(uint32_t)NODE_LOGGED;
    }
    entry->log.n = 0;
    entry->forgotten = entry->revision + 1;
}

/* ---- a change as a whole ------------------------------------------------------------- */

/* Texts given out live through one more change, so that a ref or value that was borrowed may itself
 * say what to change. */
static void forget_shown(struct entry *entry)
{
    struct arena older = entry->shown_before;
    arena_reset(&older);
    entry->shown_before = entry->shown;
    entry->shown = older;
}

void change_begin(struct entry *entry)
{
    entry->failure = (struct err){0};
    entry->undo.n = 0;
    entry->growths.n = 0;
    arena_reset(&entry->undo_arena);
    forget_shown(entry);
    entry->touched.n = 0;
    choices_destroy(entry->choices);
    entry->choices = NULL;
}

static void undo_one(struct entry *entry, const struct undo *undo)
{
    switch (undo->kind) {
    case UNDO_VALUE:
        node_set_value(&entry->tree, undo->node, undo->value);
        break;
    case UNDO_RELEVANT:
        node_set_relevant(undo->node, !undo->flags, NULL, NULL);
        break;
    case UNDO_FLAGS:
        undo->node->flags = (undo->node->flags & ~(uint32_t)undo->value.n) | undo->flags;
        break;
    case UNDO_ADDED:
        node_remove(&entry->tree, undo->node);
        break;
    case UNDO_REMOVED:
        node_insert(&entry->tree, undo->parent, undo->node, undo->after);
        break;
    }
}

static void untouch(struct entry *entry)
{
    for (size_t i = 0; i < entry->touched.n; i++) {
        entry->touched.v[i]->flags &= ~(uint32_t)NODE_TOUCHED;
    }
    entry->touched.n = 0;
}

void change_remove(struct entry *entry, struct node *node)
{
    struct undo undo = {.kind = UNDO_REMOVED, .parent = node->parent, .after = node->prev};
    struct node_def *def = node->def;
    forget_log(entry);
    undo.node = node_copy(&entry->tree, node);
    vec_push(&entry->undo, undo);
    node_remove(&entry->tree, node);
    queue_readers_below(entry, def, undo.parent, true);
}

/* A row that is put back is a copy: what it is (relevant, required …) is worked out anew. All was
 * well with it before, so nothing can fail that did not then. */
static void settle_again(struct entry *entry, struct node *node)
{
    bool was_loading = entry->is_loading;
    entry->failure = (struct err){0};
    entry->is_loading = true; /* there is nothing to undo or to tell */
    queue_all(entry, node);
    recalculate(entry);
    entry->is_loading = was_loading;
    entry->failure = (struct err){0};
}

static void roll_back(struct entry *entry)
{
    untouch(entry);
    forget_log(entry);
    while (entry->undo.n) {
        const struct undo *undo = &entry->undo.v[--entry->undo.n];
        undo_one(entry, undo);
        if (undo->kind == UNDO_REMOVED) {
            settle_again(entry, undo->node);
        }
    }
    entry->forgotten = entry->revision;
}

bool change_end(struct entry *entry, const char *ref, struct err *err)
{
    recalculate(entry);
    run_changed_actions(entry);
    if (entry->failure.kind) {
        if (err) {
            *err = entry->failure;
        }
        roll_back(entry);
        return false;
    }
    untouch(entry);
    bool structure = false;
    for (size_t i = 0; i < entry->undo.n; i++) {
        if (entry->undo.v[i].kind == UNDO_REMOVED) {
            structure = true;
        }
    }
    if (structure || entry->log.n > RECALC_MOST_LOG) {
        forget_log(entry);
    }
    for (size_t i = 0; i < entry->undo.n; i++) {
        if (entry->undo.v[i].kind == UNDO_REMOVED) {
            node_remove(&entry->tree, entry->undo.v[i].node);
        }
    }
    entry->undo.n = 0;
    entry->revision++;
    for (size_t i = 0; i < entry->log.n; i++) {
        entry->log.v[i].node->flags &= ~(uint32_t)NODE_LOGGED;
    }
    if (entry->hooks.on_change) {
        struct entry_change change = {entry, entry->revision, ref};
        entry->hooks.on_change(entry->hooks.ctx, &change);
    }
    return true;
}
