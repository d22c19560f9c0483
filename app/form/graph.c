#include "app/form/def.h"

#include "platform/base/mem.h"

/* ---- who reads what ----------------------------------------------------------------------------
 */

static bool step_fits(const struct node_def *def, const struct xpath_name_step *step)
{
    return def->is_attribute == step->is_attribute &&
           (!step->local || def->name->local == step->local);
}

struct matching {
    void (*each)(void *ctx, struct node_def *def);
    void *ctx;
};

static void match_below(struct node_def *parent, const struct xpath_name_step *steps, size_t n,
                        const struct matching *to)
{
    for (struct node_def *def = parent->first; def; def = def->next) {
        if (step_fits(def, steps)) {
            if (n == 1) {
                to->each(to->ctx, def);
            } else {
                match_below(def, steps + 1, n - 1, to);
            }
        }
        if (steps->is_deep) {
            match_below(def, steps, n, to);
        }
    }
}

void def_match(struct form *form, const struct xpath_name_step *steps, size_t n,
               void (*each)(void *ctx, struct node_def *def), void *ctx)
{
    struct matching to = {each, ctx};
    struct node_def above = {.first = form->root};
    if (n) {
        match_below(&above, steps, n, &to);
    }
}

struct node_def *def_common(struct node_def *a, struct node_def *b)
{
    while (a != b) {
        if (a->depth >= b->depth) {
            a = a->parent;
        } else {
            b = b->parent;
        }
        if (!a || !b) {
            return NULL;
        }
    }
    return a;
}

struct reading {
    struct form *form;
    struct rule *rule;       /* or */
    struct control *control; /* who reads */
    bool is_wide;            /* reads other instances than its own too */
    bool is_position;        /* reads where a node stands */
    bool is_indexed;         /* calls indexed-repeat(): any instance by number */
    size_t kept;             /* steps of its own path within which it reads */
};

static void add_reader(void *ctx, struct node_def *def)
{
    struct reading *reading = ctx;
    if (reading->control) {
        if (!def->readers.n || def->readers.v[def->readers.n - 1] != reading->control) {
            vec_push(&def->readers, reading->control);
        }
        return;
    }
    struct rule *rule = reading->rule;
    struct node_def *shared = reading->is_wide ? NULL : def_common(def, rule->target);
    while (shared && shared->depth > reading->kept) {
        shared = shared->parent;
    }
    size_t n = def->edges.n;
    if (n && def->edges.v[n - 1].rule == rule) {
        struct node_def *before = def->edges.v[n - 1].shared;
        def->edges.v[n - 1].shared = before && shared ? def_common(before, shared) : NULL;
        def->edges.v[n - 1].is_position |= reading->is_position;
    } else {
        vec_push(&def->edges, (struct edge){rule, shared, reading->is_position});
    }
}

static void each_use(void *ctx, const struct xpath_use *use)
{
    struct reading *reading = ctx;
    if (!use->instance) {
        bool is_anywhere = !use->is_relative && (use->is_set || use->has_predicate);
        reading->is_wide = is_anywhere || reading->is_indexed;
        reading->kept = use->is_relative ? use->kept : SIZE_MAX;
        reading->is_position = use->is_position;
        def_match(reading->form, use->steps, use->n, add_reader, reading);
    }
}

static void read_rules(struct form *form)
{
    for (size_t i = 0; i < form->rules.n; i++) {
        struct rule *rule = form->rules.v[i];
        struct reading reading = {.form = form, .rule = rule};
        reading.is_indexed = xpath_calls(rule->x, "indexed-repeat");
        struct xpath_place place = {rule->target->steps, rule->target->depth, NULL, 0};
        xpath_uses(rule->x, &place, each_use, &reading);
    }
}

static void read_controls(struct form *form, struct control *parent)
{
    for (struct control *control = parent->first; control; control = control->next) {
        struct reading reading = {.form = form, .control = control};
        struct node_def *def = control->def;
        struct xpath_place place = {def ? def->steps : NULL, def ? def->depth : 0, NULL, 0};
        if (control->count) {
            struct rule *relevant = control->def->rules[RULE_RELEVANT];
            struct node_def *base = control->count_context;
            struct xpath_place count_place = {base->steps, base->depth, NULL, 0};
            xpath_uses(control->count, &count_place, each_use, &reading);
            if (relevant) {
                xpath_uses(relevant->x, &place, each_use, &reading);
            }
        } else if (control->itemset) {
            xpath_uses(control->itemset->nodeset, &place, each_use, &reading);
        }
        read_controls(form, control);
    }
}

enum { MOST_NAMED = 100 }; /* rules that a circle is followed through to name it */

/* ---- the order ---------------------------------------------------------------------------------
 */

/* Calls each for every rule that must come after this one; relevance and readonly reach all that is
 * below their node. */
static void each_follower(struct node_def *def, bool deep,
                          void (*each)(void *ctx, struct rule *rule), void *ctx)
{
    for (size_t i = 0; i < def->edges.n; i++) {
        each(ctx, def->edges.v[i].rule);
    }
    for (struct node_def *child = deep ? def->first : NULL; child; child = child->next) {
        each_follower(child, true, each, ctx);
    }
}

static bool is_cascading(const struct rule *rule)
{
    return rule->kind == RULE_RELEVANT || rule->kind == RULE_READONLY;
}

static void count_wait(void *ctx, struct rule *rule)
{
    (void)ctx;
    rule->waits++;
}

struct queue {
    struct rule **v;
    size_t n;
};

static void release(void *ctx, struct rule *rule)
{
    struct queue *queue = ctx;
    if (--rule->waits == 0) {
        queue->v[queue->n++] = rule;
    }
}

struct search {
    const struct rule *wanted;
    bool found;
};

static void look_for(void *ctx, struct rule *rule)
{
    struct search *search = ctx;
    search->found |= rule == search->wanted;
}

/* Goes back from a rule that waits to one that it waits for until a rule comes twice: that is a
 * circle, and its nodes are named. */
static void note_cycle(struct form *form)
{
    struct rule *at = NULL;
    for (size_t i = 0; i < form->rules.n && !at; i++) {
        at = form->rules.v[i]->waits ? form->rules.v[i] : NULL;
    }
    for (int round = 0; round < 2; round++) {
        /* the first round leads into the circle, the second goes around it */
        struct rule *start = at;
        struct buf names = {.limit = 1500};
        size_t steps = 0;
        do {
            buf_addf(&names, "\n%s", at->target->path);
            at->rank = (uint32_t)round + 1;
            struct rule *before = NULL;
            for (size_t i = 0; i < form->rules.n && !before; i++) {
                struct search search = {at, false};
                struct rule *rule = form->rules.v[i];
                if (rule->waits) {
                    each_follower(rule->target, is_cascading(rule), look_for, &search);
                }
                before = search.found ? rule : NULL;
            }
            at = before;
        } while (at && ++steps < MOST_NAMED && (round ? at != start : at->rank == 0));
        if (round || !at) {
            form_note(
                form, PROBLEM_ERROR, start->target->path, start->line,
                "Cycle detected in form's relevant and calculation logic! The following nodes "
                "are likely involved in the loop:%s",
                buf_text(&names));
        }
        buf_finish(&names);
        if (!at) {
            return;
        }
    }
}

static void sort_rules(struct form *form)
{
    size_t n = form->rules.n;
    struct queue queue = {mem_alloc(n + 1, sizeof *queue.v), 0};
    for (size_t i = 0; i < n; i++) {
        struct rule *rule = form->rules.v[i];
        each_follower(rule->target, is_cascading(rule), count_wait, NULL);
    }
    for (size_t i = 0; i < n; i++) {
        if (form->rules.v[i]->waits == 0) {
            queue.v[queue.n++] = form->rules.v[i];
        }
    }
    for (size_t i = 0; i < queue.n; i++) {
        each_follower(queue.v[i]->target, is_cascading(queue.v[i]), release, &queue);
    }
    if (queue.n < n) {
        note_cycle(form);
    } else {
        for (size_t i = 0; i < n; i++) {
            queue.v[i]->rank = (uint32_t)i;
            form->rules.v[i] = queue.v[i];
        }
    }
    free(queue.v);
}

void graph_build(struct form *form)
{
    read_rules(form);
    read_controls(form, form->body);
    sort_rules(form);
}
