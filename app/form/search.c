/* The older way to take choices from a CSV: appearance="search('file', 'matches', 'column',
 * value)". The question's own choices name the columns: value and label (several, separated by
 * commas); choices whose value is a number are shown as they are. */
#include "app/form/choices.h"

#include <strings.h>

enum { SEARCH_ARGUMENTS = 6 };

struct wanted {
    struct form_list *list;
    struct str
        arguments[SEARCH_ARGUMENTS]; /* file, mode, column, value, filter column, its value */
    size_t n;
    int column, filter;
};

static int column_of(struct form_list *list, struct str name)
{
    for (size_t i = 0; i < list->ops->column_count(list); i++) {
        if (str_eq(list->ops->column_name(list, i), str_trim(name))) {
            return (int)i;
        }
    }
    return -1;
}

static bool read_wanted(struct choices *to, struct wanted *wanted, struct err *err)
{
    struct entry *entry = to->entry;
    const struct control *control = to->control;
    for (size_t i = 0; i < control->n_search && i < SEARCH_ARGUMENTS; i++) {
        struct str text;
        if (!xpath_eval_text(control->search[i], &entry->env, to->node, &text, err)) {
            return false;
        }
        wanted->arguments[wanted->n++] = (struct str){arena_str(&to->arena, text), text.n};
    }
    wanted->list = wanted->n ? form_pulldata(entry->form, wanted->arguments[0], err) : NULL;
    if (!wanted->list) {
        return false;
    }
    wanted->column = wanted->n > 3 ? column_of(wanted->list, wanted->arguments[2]) : -1;
    wanted->filter = wanted->n > 5 ? column_of(wanted->list, wanted->arguments[4]) : -1;
    return true;
}

static bool text_fits(struct str mode, struct str cell, struct str value)
{
    if (!strncasecmp(mode.s, "contains", 8)) {
        return str_find(cell, value) >= 0;
    }
    if (!strncasecmp(mode.s, "startswith", 10)) {
        return str_starts(cell, value);
    }
    if (!strncasecmp(mode.s, "endswith", 8)) {
        return str_ends(cell, value);
    }
    return str_eq(cell, value);
}

static bool row_fits(const struct wanted *wanted, uint32_t row)
{
    struct form_list *list = wanted->list;
    if (wanted->n > 3 &&
        (wanted->column < 0 ||
         !text_fits(wanted->arguments[1], list->ops->cell(list, row, (size_t)wanted->column),
                    wanted->arguments[3]))) {
        return false;
    }
    return wanted->n <= 5 ||
           (wanted->filter >= 0 &&
            str_eq(list->ops->cell(list, row, (size_t)wanted->filter), wanted->arguments[5]));
}

static bool is_number(struct str text)
{
    long long number;
    return str_to_int64(text, &number);
}

/* The columns named in the label, joined by commas and blanks as they stand there. */
static struct str label_of(struct choices *to, struct form_list *list, uint32_t row,
                           struct str names)
{
    struct buf label = {0};
    struct str name;
    while (str_cut(&names, ',', &name)) {
        int column = column_of(list, name);
        if (column >= 0) {
            struct str cell = list->ops->cell(list, row, (size_t)column);
            buf_addf(&label, "%s" STR_FMT, label.n ? ", " : "", STR_ARG(cell));
        }
    }
    struct str text = {arena_str(&to->arena, buf_str(&label)), label.n};
    buf_finish(&label);
    return text;
}

struct found {
    struct choice_text *v;
    size_t n, cap;
};

static void add_rows(struct choices *to, const struct wanted *wanted, const struct item *item,
                     struct found *found)
{
    struct form_list *list = wanted->list;
    const char *label = label_text(to->entry, &item->label, to->node, &to->arena);
    int value = column_of(list, item->value);
    uint32_t n = value < 0 ? 0 : list->ops->row_count(list);
    for (uint32_t row = 0; row < n && found->n <= to->entry->form->options.max_choices; row++) {
        if (!row_fits(wanted, row)) {
            continue;
        }
        struct choice_text one = {.label = label_of(to, list, row, str_of(label))};
        struct str cell = list->ops->cell(list, row, (size_t)value);
        one.value = (struct str){arena_str(&to->arena, cell), cell.n};
        vec_push(found, one);
    }
}

bool choices_by_search(struct choices *to, struct err *err)
{
    struct wanted wanted = {0};
    struct found found = {0};
    if (!read_wanted(to, &wanted, err)) {
        return false;
    }
    for (size_t i = 0; i < to->control->n_items; i++) {
        const struct item *item = &to->control->items[i];
        if (is_number(item->value)) {
            const char *label = label_text(to->entry, &item->label, to->node, &to->arena);
            vec_push(&found, (struct choice_text){item->value, str_of(label)});
        } else {
            add_rows(to, &wanted, item, &found);
        }
    }
    to->kind = CHOICES_TEXTS;
    to->n = found.n;
    to->texts = arena_array(&to->arena, struct choice_text, found.n + 1);
    if (found.n) {
        memcpy(to->texts, found.v, found.n * sizeof *to->texts);
    }
    vec_finish(&found);
    return true;
}
