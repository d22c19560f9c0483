#include "app/form/entry.h"

struct setting {
    struct entry *entry;
    const struct action *action;
    struct str position; /* setgeopoint: where the device is */
};

static void set_target(void *ctx, struct node *node)
{
    struct setting *setting = ctx;
    struct entry *entry = setting->entry;
    const struct action *action = setting->action;
    if (action->kind == ACTION_SET_GEOPOINT) {
        change_touched(entry, node, setting->position);
        return;
    }
    if (!action->value) {
        change_touched(entry, node, action->literal);
        return;
    }
    struct xpath_at at = {.node = node};
    struct xpath_value value;
    struct err err;
    xpath_env_reset(&entry->env);
    if (!xpath_eval(action->value, &entry->env, &at, &value, &err)) {
        change_fail(entry, "setvalue of %s: %s", action->target->path, err.text);
        return;
    }
    change_touched(entry, node,
                   value_of_result(entry, node->def ? node->def : action->target, &value));
}

static void set_chosen(struct setting *setting, struct node *near)
{
    struct entry *entry = setting->entry;
    const struct action *action = setting->action;
    struct xpath_nodes nodes;
    struct err err;
    xpath_env_reset(&entry->env);
    struct node *from = near ? near : entry->root;
    if (!xpath_eval_nodes(action->ref, &entry->env, from, &nodes, &err)) {
        change_fail(entry, "target of setvalue %s: %s", action->target->path, err.text);
        return;
    }
    struct arena keep = {0};
    struct node **v = arena_array(&keep, struct node *, nodes.n + 1);
    memcpy(v, nodes.v, nodes.n * sizeof(*v));
    for (size_t i = 0; i < nodes.n; i++) {
        set_target(setting, v[i]);
    }
    arena_finish(&keep);
}

void run_action(struct entry *entry, const struct action *action, struct node *near)
{
    struct setting setting = {.entry = entry, .action = action};
    struct buf position = {0};
    if (action->kind == ACTION_RECORD_AUDIO) {
        return; /* nothing records: see form problems */
    }
    if (action->kind == ACTION_SET_GEOPOINT) {
        if (!entry->device.position || !entry->device.position(entry->device.ctx, &position)) {
            buf_finish(&position);
            return;
        }
        setting.position = buf_str(&position);
    }
    if (action->ref) {
        set_chosen(&setting, near);
        buf_finish(&position);
        return;
    }
    struct node_def *common = near ? def_common(near->def, action->target) : entry->form->root;
    struct node *scope = near ? node_above(near, common) : entry->root;
    if (scope) {
        each_instance(entry, scope, action->target, set_target, &setting);
    }
    buf_finish(&position);
}

/* Does the action belong to that repeat: its control is the repeat's, or it stands in the model and
 * aims into it? */
static bool hangs_on(const struct action *action, const struct node_def *repeat)
{
    if (action->control) {
        return action->control->def == repeat;
    }
    const struct node_def *def = action->target;
    while (def && def != repeat) {
        def = def->parent;
    }
    return def != NULL;
}

void run_event(struct entry *entry, enum event event, struct node *near)
{
    for (size_t i = 0; i < entry->form->actions.n && !entry->failure.kind; i++) {
        const struct action *action = entry->form->actions.v[i];
        if (!(action->events & event) || (near && !hangs_on(action, near->def))) {
            continue;
        }
        run_action(entry, action, near);
        if (!near) {
            recalculate(entry);
        }
    }
}
