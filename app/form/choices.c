#include "app/form/entry.h"

#include <stdlib.h>
#include "app/form/choices.h"
#include "app/form/list.h"

/* ---- a filter that a list can answer ------------------------------------------------- */

/* The list behind the itemset when rows and columns say all about it; NULL: go through nodes. */
static struct secondary *list_behind(struct entry *entry, const struct itemset *set)
{
    struct secondary *list =
        set->has_filter ? form_secondary(entry->form, str_of(set->filter.instance)) : NULL;
    if (!list || !list->is_list || !set->value_column ||
        set->filter.root != list->list.root->local || set->filter.item != list->list.item->local ||
        list_column(&list->list, set->value_column) < 0 ||
        (set->label && (!set->label_column || list_column(&list->list, set->label_column) < 0))) {
        return NULL;
    }
    return list;
}

/* The terms of the filter with their values as of now; false when one is no plain text. */
static bool fill_terms(struct entry *entry, const struct itemset *set, struct secondary *list,
                       struct node *node, struct list_term *terms)
{
    for (size_t i = 0; i < set->filter.n_terms; i++) {
        struct xpath_value value;
        struct xpath_at at = {.node = node};
        if (!xpath_eval(set->filter.terms[i].value, &entry->env, &at, &value, NULL) ||
            value.type == XPATH_NUMBER || value.type == XPATH_BOOLEAN ||
            (value.type == XPATH_NODES && value.nodes.n > 1)) {
            return false;
        }
        terms[i] =
            (struct list_term){.column = list_column(&list->list, set->filter.terms[i].column),
                               .value = xpath_to_text(&entry->env, &value)};
        if (terms[i].column < 0) {
            return false;
        }
    }
    return true;
}

static void set_columns(struct choices *to, struct secondary *list)
{
    const struct itemset *set = to->control->itemset;
    to->list = &list->list;
    to->value_column = list_column(&list->list, set->value_column);
    to->label_column = set->label ? list_column(&list->list, set->label_column) : -1;
}

static bool rows_by_filter(struct choices *to, struct secondary *list)
{
    struct entry *entry = to->entry;
    const struct itemset *set = to->control->itemset;
    size_t n = set->filter.n_terms;
    if (set->filter.n_rest) {
        return false;
    }
    set_columns(to, list);
    if (n == 0) {
        to->kind = CHOICES_ROWS;
        to->n = list->list.ops->count(list->list.self);
        return true;
    }
    struct list_term *terms = arena_array(&to->arena, struct list_term, n);
    struct list_rows rows;
    if (!fill_terms(entry, set, list, to->node, terms) ||
        !list->list.ops->find(list->list.self, terms, n, &to->arena, &rows)) {
        return false;
    }
    to->kind = CHOICES_ROWS;
    to->rows = rows.v;
    to->n = rows.n;
    return true;
}

/* ---- a nodeset ----------------------------------------------------------------------- */

static void texts_of_nodes(struct choices *to, const struct xpath_nodes *nodes)
{
    struct entry *entry = to->entry;
    const struct itemset *set = to->control->itemset;
    to->kind = CHOICES_TEXTS;
    to->n = nodes->n;
    to->texts = arena_array(&to->arena, struct choice_text, nodes->n + 1);
    for (size_t i = 0; i < nodes->n; i++) {
        struct str text;
        struct choice_text *one = &to->texts[i];
        if (xpath_eval_text(set->value, &entry->env, nodes->v[i], &text, NULL)) {
            one->value = (struct str){arena_str(&to->arena, text), text.n};
        }
        if (set->label && xpath_eval_text(set->label, &entry->env, nodes->v[i], &text, NULL)) {
            one->label = (struct str){arena_str(&to->arena, text), text.n};
        }
    }
}

static bool by_nodeset(struct choices *to, struct secondary *list, struct err *err)
{
    struct entry *entry = to->entry;
    struct xpath_nodes nodes;
    if (!xpath_eval_nodes(to->control->itemset->nodeset, &entry->env, to->node, &nodes, err)) {
        return false;
    }
    if (list && nodes.n && nodes.v[0]->flags & NODE_ROW) {
        set_columns(to, list);
        to->kind = CHOICES_ROWS;
        to->n = nodes.n;
        to->rows = arena_array(&to->arena, uint32_t, nodes.n);
        for (size_t i = 0; i < nodes.n; i++) {
            to->rows[i] = (uint32_t)node_position(nodes.v[i]) - 1;
        }
        return true;
    }
    texts_of_nodes(to, &nodes);
    return true;
}

/* ---- building ------------------------------------------------------------------------ */

/* The order by chance of this question stays while the entry is open. */
static uint64_t order_seed(const struct choices *to)
{
    return ((uint64_t)to->entry->seed << 20 ^ to->control->number * 2654435761u ^
            node_position(to->node)) |
           1;
}

static bool shuffle(struct choices *to, const struct xpath *seed, struct err *err)
{
    struct entry *entry = to->entry;
    struct xpath_value value, *given = NULL;
    if (seed) {
        struct xpath_at at = {.node = to->node};
        if (!xpath_eval(seed, &entry->env, &at, &value, err)) {
            return false;
        }
        given = &value;
    }
    void **items = arena_array(&to->arena, void *, to->n + 1);
    uint32_t *rows = arena_array(&to->arena, uint32_t, to->n + 1);
    for (size_t i = 0; i < to->n; i++) {
        items[i] = (void *)(uintptr_t)(to->rows ? to->rows[i] : i);
    }
    xpath_shuffle(&entry->env, items, to->n, given);
    for (size_t i = 0; i < to->n; i++) {
        rows[i] = (uint32_t)(uintptr_t)items[i];
    }
    to->rows = rows;
    return true;
}

static bool fill(struct choices *to, struct err *err)
{
    struct entry *entry = to->entry;
    const struct itemset *set = to->control->itemset;
    if (to->control->n_search) {
        return choices_by_search(to, err);
    }
    if (!set) {
        to->kind = CHOICES_ITEMS;
        to->n = to->control->n_items;
        return true;
    }
    bool was_seeded = entry->env.is_seeded, ok;
    uint64_t seed = entry->env.seed;
    if (!was_seeded) {
        entry->env.is_seeded = true;
        entry->env.seed = order_seed(to);
    }
    struct secondary *list = list_behind(entry, set);
    if (list && rows_by_filter(to, list)) {
        ok = !set->filter.is_randomized || shuffle(to, set->filter.seed, err);
    } else {
        ok = by_nodeset(to, list, err);
    }
    entry->env.is_seeded = was_seeded;
    if (!was_seeded) {
        entry->env.seed = seed;
    }
    if (ok && to->n > entry->form->options.max_choices) {
        return err_set(err, ERR_INPUT, 0, "%s offers %zu choices, more than allowed",
                       to->control->def->path, to->n);
    }
    return ok;
}

struct choices *choices_build(struct entry *entry, struct control *control, struct node *node,
                              struct err *err)
{
    struct choices *to = mem_alloc(1, sizeof *to);
    to->entry = entry;
    to->control = control;
    to->node = node;
    to->label_column = to->value_column = -1;
    if (!fill(to, err)) {
        choices_destroy(to);
        return NULL;
    }
    to->n_shown = to->n;
    return to;
}

void choices_destroy(struct choices *choices)
{
    if (choices) {
        arena_finish(&choices->arena);
        arena_finish(&choices->one);
        free(choices->shown);
        free(choices);
    }
}

/* ---- reading ------------------------------------------------------------------------- */

static struct str copied(struct choices *from, struct str text)
{
    return (struct str){arena_str(&from->one, text), text.n};
}

struct str choices_value(struct choices *from, size_t i)
{
    uint32_t row = from->rows ? from->rows[i] : (uint32_t)i;
    switch (from->kind) {
    case CHOICES_ITEMS:
        return from->control->items[i].value;
    case CHOICES_ROWS:
        return from->list->ops->cell(from->list->self, row, from->value_column, &from->one);
    case CHOICES_TEXTS:
        return from->texts[i].value;
    }
    return STR("");
}

static void itext_shown(struct choices *from, const struct itext *itext, struct shown_text *to)
{
    struct entry *entry = from->entry;
    to->text = itext_form(entry, itext, FORM_PLAIN, from->node, &from->one);
    if (!to->text) {
        to->text = itext_form(entry, itext, FORM_SHORT, from->node, &from->one);
    }
    to->image = itext_form(entry, itext, FORM_IMAGE, from->node, &from->one);
    to->big_image = itext_form(entry, itext, FORM_BIG_IMAGE, from->node, &from->one);
    to->audio = itext_form(entry, itext, FORM_AUDIO, from->node, &from->one);
    to->video = itext_form(entry, itext, FORM_VIDEO, from->node, &from->one);
}

void choices_shown(struct choices *from, size_t i, struct shown_text *to)
{
    *to = (struct shown_text){0};
    struct str label = STR("");
    if (from->kind == CHOICES_ITEMS) {
        const struct label *static_label = &from->control->items[i].label;
        to->text = label_text(from->entry, static_label, from->node, &from->one);
        if (static_label->kind == LABEL_ITEXT && static_label->itext) {
            itext_shown(from, static_label->itext, to);
        }
        return;
    }
    if (from->kind == CHOICES_ROWS && from->label_column >= 0) {
        uint32_t row = from->rows ? from->rows[i] : (uint32_t)i;
        label = from->list->ops->cell(from->list->self, row, from->label_column, &from->one);
    } else if (from->kind == CHOICES_TEXTS) {
        label = copied(from, from->texts[i].label);
    }
    to->text = label.s;
    if (from->control->itemset && from->control->itemset->label_is_itext) {
        const struct itext *itext = map_get(&from->entry->form->itexts, label);
        if (itext) {
            itext_shown(from, itext, to);
        }
    }
}

/* Where a row stands among those that are offered, or -1. */
static ptrdiff_t place_of_row(const struct choices *from, uint32_t row)
{
    if (!from->rows) {
        return (ptrdiff_t)row;
    }
    for (size_t i = 0; i < from->n; i++) {
        if (from->rows[i] == row) {
            return (ptrdiff_t)i;
        }
    }
    return -1;
}

/* Asks the list which rows have the value and takes the first that is offered. */
static ptrdiff_t index_by_list(struct choices *from, struct str value)
{
    struct list_term term = {.column = from->value_column, .value = value};
    struct list_rows rows;
    arena_reset(&from->one);
    if (!from->list->ops->find(from->list->self, &term, 1, &from->one, &rows)) {
        return -1;
    }
    for (size_t i = 0; i < rows.n; i++) {
        ptrdiff_t place = place_of_row(from, rows.v[i]);
        if (place >= 0) {
            return place;
        }
    }
    return -1;
}

ptrdiff_t choices_index(struct choices *from, struct str value)
{
    if (from->kind == CHOICES_ROWS) {
        return index_by_list(from, value);
    }
    for (size_t i = 0; i < from->n; i++) {
        arena_reset(&from->one);
        if (str_eq(choices_value(from, i), value)) {
            return (ptrdiff_t)i;
        }
    }
    return -1;
}

/* ---- one value ----------------------------------------------------------------------- */

enum holding { HOLDS_NOT, HOLDS, HOLDS_UNKNOWN };

/* Asks the list for one value by index, without listing what else it offers. */
static enum holding ask_list(struct entry *entry, struct control *control, struct node *node,
                             struct str value, struct arena *arena, struct str *label)
{
    const struct itemset *set = control->itemset;
    struct secondary *list = set ? list_behind(entry, set) : NULL;
    if (!list || set->filter.n_rest) {
        return HOLDS_UNKNOWN;
    }
    size_t n = set->filter.n_terms;
    struct list_term *terms = arena_array(arena, struct list_term, n + 1);
    struct list_rows rows;
    if (!fill_terms(entry, set, list, node, terms)) {
        return HOLDS_UNKNOWN;
    }
    terms[n] =
        (struct list_term){.column = list_column(&list->list, set->value_column), .value = value};
    if (!list->list.ops->find(list->list.self, terms, n + 1, arena, &rows)) {
        return HOLDS_UNKNOWN;
    }
    if (rows.n && label) {
        int column = set->label ? list_column(&list->list, set->label_column) : -1;
        *label =
            column < 0 ? value : list->list.ops->cell(list->list.self, rows.v[0], column, arena);
        const struct itext *itext =
            set->label_is_itext ? map_get(&entry->form->itexts, *label) : NULL;
        if (itext) {
            const char *text = itext_form(entry, itext, FORM_PLAIN, node, arena);
            *label = str_of(text ? text : "");
        }
    }
    return rows.n ? HOLDS : HOLDS_NOT;
}

bool choices_label(struct entry *entry, struct control *control, struct node *node,
                   struct str value, struct arena *arena, struct str *label)
{
    enum holding held = ask_list(entry, control, node, value, arena, label);
    if (held != HOLDS_UNKNOWN) {
        return held == HOLDS;
    }
    struct choices *choices = choices_build(entry, control, node, NULL);
    ptrdiff_t i = choices ? choices_index(choices, value) : -1;
    if (i >= 0) {
        struct shown_text shown;
        choices_shown(choices, (size_t)i, &shown);
        *label = str_of(arena_strdup(arena, shown.text ? shown.text : ""));
    }
    choices_destroy(choices);
    return i >= 0;
}

/* ---- what is gone is cleared --------------------------------------------------------- */

struct clearing {
    struct entry *entry;
    struct control *control;
};

static bool is_held(struct entry *entry, struct control *control, struct node *node,
                    struct str value, struct choices **choices)
{
    struct arena arena = {0};
    enum holding held =
        *choices ? HOLDS_UNKNOWN : ask_list(entry, control, node, value, &arena, NULL);
    arena_finish(&arena);
    if (held != HOLDS_UNKNOWN) {
        return held == HOLDS;
    }
    struct err err;
    if (!*choices && !(*choices = choices_build(entry, control, node, &err))) {
        change_fail(entry, "choices of %s: %s", control->def->path, err.text);
        return true;
    }
    return choices_index(*choices, value) >= 0;
}

/* What of the node's value its choices still have. */
static void add_kept(struct entry *entry, struct control *control, struct node *node,
                     struct buf *to)
{
    struct choices *choices = NULL;
    xpath_env_reset(&entry->env);
    if (control->kind == CONTROL_SELECT_ONE) {
        if (is_held(entry, control, node, node->value, &choices)) {
            buf_add_str(to, node->value);
        }
    } else {
        struct str rest = node->value, word;
        while (str_word(&rest, &word)) {
            if (is_held(entry, control, node, word, &choices)) {
                buf_addf(to, "%s" STR_FMT, to->n ? " " : "", STR_ARG(word));
            }
        }
    }
    choices_destroy(choices);
}

static void clear_one(void *ctx, struct node *node)
{
    struct clearing *clearing = ctx;
    if (node_is_relevant(node) && node->value.n) {
        struct buf kept = {0};
        add_kept(clearing->entry, clearing->control, node, &kept);
        change_value(clearing->entry, node, buf_str(&kept));
        buf_finish(&kept);
    }
}

void choices_clear_gone(struct entry *entry, struct control *control)
{
    struct clearing clearing = {entry, control};
    each_instance(entry, entry->root, control->def, clear_one, &clearing);
}

bool choices_settle(struct entry *entry, struct control *control, struct node *node,
                    struct err *err)
{
    if (!control->itemset || !node_is_relevant(node) || node->value.n == 0) {
        return true;
    }
    struct buf kept = {0};
    bool ok = true;
    entry->failure = (struct err){0};
    add_kept(entry, control, node, &kept);
    if (entry->failure.kind) {
        ok = err_set(err, entry->failure.kind, 0, "%s", entry->failure.text);
    } else if (!str_eq(buf_str(&kept), node->value)) {
        change_begin(entry);
        change_touched(entry, node, buf_str(&kept));
        const char *ref = node_ref(&entry->shown, node);
        ok = change_end(entry, ref, err);
    }
    buf_finish(&kept);
    return ok;
}
