#include "app/form/entry.h"

#include "platform/base/utf8.h"

static bool is_kept(void *ctx, const struct node *node)
{
    return node->kind != NODE_ELEMENT || node_is_relevant(node);
}

/* Letters with loose marks (U+0300 to U+036F) leave composed, so that servers compare them well. */
static void compose(struct buf *xml, size_t from)
{
    bool loose = false;
    for (size_t i = from; i < xml->n && !loose; i++) {
        unsigned char c = (unsigned char)xml->s[i];
        loose = c == 0xcc || c == 0xcd;
    }
    if (loose && !xml->full) {
        struct buf composed = {0};
        utf8_add_nfc(&composed, (struct str){xml->s + from, xml->n - from});
        xml->n = from;
        buf_add_str(xml, buf_str(&composed));
        buf_finish(&composed);
    }
}

bool entry_serialize(struct entry *entry, enum serial_kind kind, struct buf *xml, struct err *err)
{
    ensure_id(entry);
    buf_add_text(xml, "<?xml version='1.0' encoding='UTF-8'?>\n");
    size_t from = xml->n;
    node_write(xml, entry->root, kind == SERIAL_SUBMISSION ? is_kept : NULL, NULL);
    compose(xml, from);
    if (xml->full) {
        return err_set(err, ERR_STORAGE, 0, "the record is larger than allowed");
    }
    return true;
}

/* ---- checking ------------------------------------------------------------------------ */

static void add_problem(struct entry *entry, struct node *node, enum answer_state state,
                        const struct label *message)
{
    struct arena *arena = &entry->problem_arena;
    const struct control *control = node->def->control;
    struct entry_problem problem = {node_ref(arena, node), state,
                                    label_text(entry, message, node, arena), ""};
    if (control) {
        problem.label = label_text(entry, &control->label, node, arena);
    }
    vec_push(&entry->problems, problem);
}

static void check_node(struct entry *entry, struct node *node)
{
    bool holds;
    if (!node->def || !node_is_relevant(node)) {
        return;
    }
    if (node->value.n == 0 && node->flags & NODE_REQUIRED && !node->first) {
        add_problem(entry, node, ANSWER_REQUIRED, &node->def->required_message);
    } else if (!constraint_holds(entry, node, &holds, NULL) || !holds) {
        add_problem(entry, node, ANSWER_CONSTRAINT, &node->def->constraint_message);
    }
    for (struct node *child = node->first; child; child = child->next) {
        if (child->kind == NODE_ELEMENT) {
            check_node(entry, child);
        }
    }
}

size_t entry_validate(struct entry *entry)
{
    entry->problems.n = 0;
    arena_reset(&entry->problem_arena);
    check_node(entry, entry->root);
    return entry->problems.n;
}

const struct entry_problem *entry_problem_at(const struct entry *entry, size_t i)
{
    return i < entry->problems.n ? &entry->problems.v[i] : NULL;
}

static void queue_choices(struct entry *entry, struct control *parent)
{
    for (struct control *control = parent->first; control; control = control->next) {
        if (control->itemset) {
            queue_control(entry, control);
        }
        queue_choices(entry, control);
    }
}

bool entry_finalize(struct entry *entry, struct err *err)
{
    change_begin(entry);
    preload_end(entry);
    audit_name_file(entry);
    run_event(entry, EVENT_REVALIDATE, NULL);
    queue_choices(entry, entry->form->body);
    entry->is_finalizing = true;
    bool ok = change_end(entry, "", err);
    entry->is_finalizing = false;
    if (!ok) {
        return false;
    }
    size_t n = entry_validate(entry);
    if (n) {
        return err_set(err, ERR_INPUT, 0, "%zu answers are missing or wrong", n);
    }
    return true;
}

/* ---- what goes along ----------------------------------------------------------------- */

static void find_uploads(struct entry *entry, struct node *node, const char **names, size_t *n)
{
    if (!node_is_relevant(node)) {
        return;
    }
    const struct node_def *def = node->def;
    bool is_file =
        def && (def->type == TYPE_BINARY || (def->control && def->control->kind == CONTROL_UPLOAD));
    if (is_file && node->value.n && !node->first) {
        if (names) {
            names[*n] = arena_str(&entry->shown, node->value);
        }
        (*n)++;
    }
    for (struct node *child = node->first; child; child = child->next) {
        if (child->kind == NODE_ELEMENT) {
            find_uploads(entry, child, names, n);
        }
    }
}

const char *entry_attachment_at(struct entry *entry, size_t i)
{
    if (i == 0 || !entry->attachments || entry->attachments_at != entry->revision) {
        size_t n = 0, filled = 0;
        find_uploads(entry, entry->root, NULL, &n);
        entry->attachments = arena_array(&entry->shown, const char *, n + 1);
        find_uploads(entry, entry->root, entry->attachments, &filled);
        entry->n_attachments = n;
        entry->attachments_at = entry->revision;
    }
    return i < entry->n_attachments ? entry->attachments[i] : NULL;
}

/* ---- what changed -------------------------------------------------------------------- */

uint64_t entry_revision(const struct entry *entry)
{
    return entry->revision;
}

/* Each node once, in the order of its first change. */
static void list_changed(struct entry *entry, uint64_t since)
{
    size_t n = 0;
    entry->changed = arena_array(&entry->shown, const char *, entry->log.n + 1);
    for (size_t i = 0; i < entry->log.n; i++) {
        struct node *node = entry->log.v[i].node;
        if (entry->log.v[i].revision > since && !(node->flags & NODE_LOGGED)) {
            node->flags |= NODE_LOGGED;
            entry->changed[n++] = node_ref(&entry->shown, node);
        }
    }
    for (size_t i = 0; i < entry->log.n; i++) {
        entry->log.v[i].node->flags &= ~(uint32_t)NODE_LOGGED;
    }
    entry->n_changed = n;
    entry->changed_since = since;
    entry->changed_at = entry->revision;
}

const char *entry_changed_at(struct entry *entry, uint64_t since, size_t i, bool *all)
{
    *all = since < entry->forgotten;
    if (*all) {
        return NULL;
    }
    if (i == 0 || !entry->changed || entry->changed_since != since ||
        entry->changed_at != entry->revision) {
        list_changed(entry, since);
    }
    return i < entry->n_changed ? entry->changed[i] : NULL;
}
