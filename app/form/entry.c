#include "app/form/entry.h"

#include "app/form/choices.h"
#include "platform/base/log.h"
#include "platform/base/mem.h"
#include "platform/base/rand.h"

/* ---- making -------------------------------------------------------------------------- */

static const char *copied(struct entry *entry, const char *text)
{
    return arena_strdup(&entry->arena, text ? text : "");
}

struct entry *entry_alloc(struct form *form, const struct entry_device *device)
{
    struct entry *entry = mem_alloc(1, sizeof *entry);
    entry->form = form;
    if (device) {
        entry->device = (struct entry_device){
            copied(entry, device->device_id),
            copied(entry, device->username),
            copied(entry, device->email),
            copied(entry, device->phone_number),
            copied(entry, device->sim_serial),
            copied(entry, device->subscriber_id),
            device->position,
            device->ctx,
        };
    }
    node_tree_init(&entry->tree, &form->names);
    entry->env.host = &entry_host;
    entry->env.host_ctx = entry;
    entry->env.tree = &entry->tree;
    entry->env.flags = XPATH_JAVAROSA;
    entry->language = form->default_language;
    entry->seed = rand_below(UINT32_MAX);
    entry->queues = mem_alloc(form->rules.n + 1, sizeof *entry->queues);
    entry->is_waiting = mem_alloc(form->n_controls + 1, sizeof *entry->is_waiting);
    entry->waiting = mem_alloc(form->rules.n / 64 + 1, sizeof *entry->waiting);
    entry->is_loading = true;
    return entry;
}

void entry_destroy(struct entry *entry)
{
    if (!entry) {
        return;
    }
    choices_destroy(entry->choices);
    audit_finish(entry);
    for (size_t i = 0; i < entry->form->rules.n; i++) {
        vec_finish(&entry->queues[i]);
    }
    free(entry->queues);
    free(entry->waiting);
    free(entry->is_waiting);
    vec_finish(&entry->readers);
    vec_finish(&entry->growths);
    vec_finish(&entry->touched);
    vec_finish(&entry->undo);
    vec_finish(&entry->log);
    vec_finish(&entry->problems);
    arena_finish(&entry->undo_arena);
    arena_finish(&entry->problem_arena);
    arena_finish(&entry->shown);
    arena_finish(&entry->shown_before);
    xpath_env_finish(&entry->env);
    node_tree_finish(&entry->tree);
    arena_finish(&entry->arena);
    free(entry);
}

static void queue_counts(struct entry *entry)
{
    for (size_t i = 0; i < entry->form->defs.n; i++) {
        struct control *control = entry->form->defs.v[i]->repeat_control;
        if (control && control->count) {
            queue_control(entry, control);
        }
    }
}

/* Everything that happens when a record opens, in JavaRosa's order. */
static bool load(struct entry *entry, bool is_new, struct err *err)
{
    if (is_new) {
        preload(entry, entry->root);
        run_event(entry, EVENT_FIRST_LOAD, NULL);
    }
    run_event(entry, EVENT_LOAD, NULL);
    run_changed_actions(entry);
    queue_all(entry, entry->root);
    queue_counts(entry);
    recalculate(entry);
    for (size_t i = 0; i < entry->touched.n; i++) {
        entry->touched.v[i]->flags &= ~(uint32_t)NODE_TOUCHED;
    }
    entry->touched.n = 0;
    entry->is_loading = false;
    if (entry->failure.kind && err) {
        *err = entry->failure;
    }
    return !entry->failure.kind;
}

/* A record without an id cannot be told from another. */
void ensure_id(struct entry *entry)
{
    struct node_def *def = entry->form->instance_id;
    struct node *node = def ? instance_near(entry, NULL, def) : NULL;
    if (node && node->value.n == 0) {
        char uuid[RAND_UUID_TEXT];
        rand_uuid(uuid);
        node_set_value(&entry->tree, node, str_of(arena_printf(&entry->arena, "uuid:%s", uuid)));
    }
}

bool entry_load(struct entry *entry, bool is_new, struct entry **to, struct err *err)
{
    if (!load(entry, is_new, err)) {
        entry_destroy(entry);
        return false;
    }
    *to = entry;
    return true;
}

bool entry_create(struct form *form, const struct entry_device *device, struct entry **to,
                  struct err *err)
{
    *to = NULL;
    if (!form->is_usable) {
        return err_set(err, ERR_INPUT, 0, "the form cannot be used: %s",
                       form->problems.n ? form->problems.v[0].text : "");
    }
    secondaries_refresh(form);
    struct entry *entry = entry_alloc(form, device);
    entry->is_new = true;
    entry->root = node_copy(&entry->tree, form->primary.document->first);
    node_append(&entry->tree, entry->tree.document, entry->root);
    return entry_load(entry, true, to, err);
}

/* ---- what it is ---------------------------------------------------------------------- */

struct form *entry_form(const struct entry *entry)
{
    return entry->form;
}

void entry_set_hooks(struct entry *entry, const struct entry_hooks *hooks)
{
    entry->hooks = hooks ? *hooks : (struct entry_hooks){0};
}

static const char *meta_value(struct entry *entry, struct node_def *def)
{
    struct node *node = def ? instance_near(entry, NULL, def) : NULL;
    return node ? node->value.s : "";
}

const char *entry_instance_id(struct entry *entry)
{
    ensure_id(entry);
    return meta_value(entry, entry->form->instance_id);
}

const char *entry_instance_name(struct entry *entry)
{
    const char *name = meta_value(entry, entry->form->instance_name);
    return name[0] ? name : form_title(entry->form);
}

bool entry_set_language(struct entry *entry, const char *language, struct err *err)
{
    struct form *form = entry->form;
    for (size_t i = 0; i < form->n_languages; i++) {
        if (!strcmp(form->languages[i], language)) {
            change_begin(entry);
            entry->language = i;
            entry->forgotten = entry->revision + 1; /* every text may be another one */
            return change_end(entry, "", err);
        }
    }
    return err_set(err, ERR_INPUT, 0, "the form has no language \"%.60s\"", language);
}

const char *entry_language(const struct entry *entry)
{
    return entry->form->n_languages ? entry->form->languages[entry->language] : NULL;
}

/* ---- answers ------------------------------------------------------------------------- */

static struct node *wanted_node(struct entry *entry, const char *ref, struct err *err)
{
    struct node *node = node_at(entry, ref);
    if (!node || !node->def) {
        err_set(err, ERR_INPUT, 0, "there is no node %.100s", ref);
        return NULL;
    }
    return node;
}

bool constraint_holds(struct entry *entry, struct node *node, bool *holds, struct err *err)
{
    *holds = true;
    if (!node->def || !node->def->constraint || node->value.n == 0) {
        return true;
    }
    xpath_env_reset(&entry->env);
    if (!xpath_eval_boolean(node->def->constraint, &entry->env, node, holds, err)) {
        return err_prefix(err, "constraint of %s", node->def->path);
    }
    return true;
}

/* Tries the value in place; what the form refuses is taken back. */
static bool try_value(struct entry *entry, struct node *node, struct str value,
                      struct answer_result *result, struct err *err)
{
    struct arena *shown = &entry->shown;
    struct str old = {arena_str(shown, node->value), node->value.n};
    bool holds = true;
    if (value.n == 0 && node->flags & NODE_REQUIRED && node_is_relevant(node)) {
        *result = (struct answer_result){
            ANSWER_REQUIRED, label_text(entry, &node->def->required_message, node, shown)};
        return true;
    }
    if (!node->def->constraint || value.n == 0) {
        return true;
    }
    node_set_value(&entry->tree, node, value);
    bool ok = constraint_holds(entry, node, &holds, err);
    if (ok && !holds) {
        *result = (struct answer_result){
            ANSWER_CONSTRAINT, label_text(entry, &node->def->constraint_message, node, shown)};
    }
    node_set_value(&entry->tree, node, old);
    return ok;
}

bool entry_answer(struct entry *entry, const char *ref, struct str value,
                  struct answer_result *result, struct err *err)
{
    struct answer_result unwanted;
    result = result ? result : &unwanted;
    *result = (struct answer_result){ANSWER_OK, ""};
    struct node *node = wanted_node(entry, ref, err);
    struct str stored;
    if (!node) {
        return false;
    }
    change_begin(entry);
    xpath_env_reset(&entry->env);
    if (!value_of_answer(entry, node->def, value, &stored, err)) {
        return false;
    }
    stored = (struct str){arena_str(&entry->shown, stored), stored.n};
    if (!try_value(entry, node, stored, result, err)) {
        return false;
    }
    if (result->state != ANSWER_OK) {
        return true;
    }
    change_touched(entry, node, stored);
    queue_readers(entry, node); /* also for the same value: texts may be in another language now */
    return change_end(entry, ref, err);
}

struct str entry_value(struct entry *entry, const char *ref)
{
    struct node *node = node_at(entry, ref);
    return node ? node_value(node) : STR("");
}

bool entry_has(struct entry *entry, const char *ref)
{
    return node_at(entry, ref) != NULL;
}

/* ---- repeats ------------------------------------------------------------------------- */

/* Splits "/a/rep[3]" into the parent's node, the def and the position (0 without one). */
static struct node_def *repeat_of(struct entry *entry, const char *ref, struct node **parent,
                                  size_t *position, struct err *err)
{
    const char *slash = strrchr(ref, '/');
    struct str above = {ref, slash ? (size_t)(slash - ref) : 0};
    *parent = above.n ? node_at(entry, arena_str(&entry->shown, above)) : NULL;
    if (!*parent || !(*parent)->def) {
        err_set(err, ERR_INPUT, 0, "there is no node %.100s", ref);
        return NULL;
    }
    const char *bracket = strchr(slash, '['), *colon = strchr(slash, ':');
    const char *from = colon ? colon + 1 : slash + 1;
    struct str name = {from, bracket ? (size_t)(bracket - from) : strlen(from)};
    *position = bracket ? strtoul(bracket + 1, NULL, 10) : 0;
    struct node_def *def = def_child((*parent)->def, xml_intern(&entry->form->names, name), false);
    if (!def || !def->is_repeat || !def->template) {
        err_set(err, ERR_INPUT, 0, "%.100s is no repeat", ref);
        return NULL;
    }
    return def;
}

bool entry_repeat_add(struct entry *entry, const char *ref, const char **made, struct err *err)
{
    struct node *parent;
    size_t position;
    change_begin(entry);
    struct node_def *def = repeat_of(entry, ref, &parent, &position, err);
    if (!def) {
        return false;
    }
    if (position && position != node_count(parent, def->name) + 1) {
        return err_set(err, ERR_INPUT, 0, "the next instance of %s is number %zu", def->path,
                       node_count(parent, def->name) + 1);
    }
    struct node *node = repeat_add(entry, def, parent);
    if (!change_end(entry, ref, err)) {
        return false;
    }
    if (made) {
        *made = node_ref(&entry->shown, node);
    }
    return true;
}

bool entry_repeat_remove(struct entry *entry, const char *ref, struct err *err)
{
    struct node *parent;
    size_t position;
    change_begin(entry);
    struct node_def *def = repeat_of(entry, ref, &parent, &position, err);
    if (!def) {
        return false;
    }
    struct node *node = node_kth(parent, def->name, position ? position : 1);
    if (!node) {
        return err_set(err, ERR_INPUT, 0, "there is no instance %.100s", ref);
    }
    change_remove(entry, node);
    return change_end(entry, ref, err);
}

size_t entry_repeat_count(struct entry *entry, const char *ref)
{
    struct node *parent;
    size_t position;
    struct node_def *def = repeat_of(entry, ref, &parent, &position, NULL);
    return def ? node_count(parent, def->name) : 0;
}

/* ---- filling from outside ------------------------------------------------------------ */

struct fill_refs {
    struct entry *entry;
    VEC(const char *) refs;
};

static void note_ref(void *ctx, struct node *node)
{
    struct fill_refs *to = ctx;
    if (node_is_relevant(node)) {
        vec_push(&to->refs, mem_strdup(node_ref(&to->entry->shown, node)));
    }
}

/* Gives value to the nodes with that key whose ref begins with head ("" : all). */
static size_t fill_below(struct entry *entry, struct str head, const char *key, struct str value,
                         struct err *err)
{
    struct fill_refs to = {.entry = entry};
    size_t taken = 0;
    for (size_t i = 0; i < entry->form->defs.n; i++) {
        struct node_def *def = entry->form->defs.v[i];
        if (def->fill && !strcmp(def->fill, key)) {
            each_instance(entry, entry->root, def, note_ref, &to);
        }
    }
    for (size_t i = 0; i < to.refs.n; i++) {
        struct answer_result result;
        taken += str_starts(str_of(to.refs.v[i]), head) &&
                 entry_answer(entry, to.refs.v[i], value, &result, err) &&
                 result.state == ANSWER_OK;
        free((char *)to.refs.v[i]);
    }
    vec_finish(&to.refs);
    return taken;
}

size_t entry_fill(struct entry *entry, const char *key, struct str value, struct err *err)
{
    return fill_below(entry, STR(""), key, value, err);
}

static void note_value(void *ctx, struct node *node)
{
    struct str *value = ctx;
    if (value->n == 0 && node_is_relevant(node)) {
        *value = node->value;
    }
}

struct str entry_filled(struct entry *entry, const char *key)
{
    struct str value = {"", 0};
    for (size_t i = 0; i < entry->form->defs.n; i++) {
        struct node_def *def = entry->form->defs.v[i];
        if (def->fill && !strcmp(def->fill, key)) {
            each_instance(entry, entry->root, def, note_value, &value);
        }
    }
    return value;
}

size_t entry_fill_beside(struct entry *entry, const char *ref, const char *key, struct str value,
                         struct err *err)
{
    const char *slash = strrchr(ref, '/');
    struct str group = {ref, slash ? (size_t)(slash - ref) + 1 : 0};
    return fill_below(entry, group, key, value, err);
}
