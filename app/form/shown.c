#include "app/form/entry.h"

#include "app/form/rows.h"

/* ---- texts --------------------------------------------------------------------------- */

static const char *render(struct entry *entry, const struct text *text, struct node *node,
                          struct arena *arena)
{
    if (text->n == 0) {
        return "";
    }
    if (text->n == 1 && !text->parts->output) {
        return arena_str(arena, text->parts->literal);
    }
    struct buf all = {0};
    for (size_t i = 0; i < text->n; i++) {
        const struct text_part *part = &text->parts[i];
        struct str value = part->literal;
        if (part->output && !xpath_eval_text(part->output, &entry->env, node, &value, NULL)) {
            value = STR("");
        }
        buf_add_str(&all, value);
    }
    const char *shown = arena_str(arena, buf_str(&all));
    buf_finish(&all);
    return shown;
}

/* The cell of the language of the moment, else of the default one, else the first there is. */
static const struct text *itext_cell(struct entry *entry, const struct itext *itext,
                                     enum text_form form)
{
    const struct form *f = entry->form;
    const struct text *text = itext->cells[entry->language * FORM_COUNT + form];
    if (!text) {
        text = itext->cells[f->default_language * FORM_COUNT + form];
    }
    for (size_t i = 0; !text && i < f->n_languages; i++) {
        text = itext->cells[i * FORM_COUNT + form];
    }
    return text;
}

const char *itext_form(struct entry *entry, const struct itext *itext, enum text_form form,
                       struct node *node, struct arena *arena)
{
    const struct text *text =
        itext && entry->form->n_languages ? itext_cell(entry, itext, form) : NULL;
    return text ? render(entry, text, node, arena) : NULL;
}

void entry_add_title(struct entry *entry, struct buf *to)
{
    struct arena arena = {0};
    const struct itext *itext = map_get(&entry->form->itexts, STR("form:title"));
    const char *title = itext_form(entry, itext, FORM_PLAIN, entry->root, &arena);
    buf_add_text(to, title && title[0] ? title : form_title(entry->form));
    arena_finish(&arena);
}

const char *label_form(struct entry *entry, const struct label *label, enum text_form form,
                       struct node *node, struct arena *arena)
{
    return label->kind == LABEL_ITEXT ? itext_form(entry, label->itext, form, node, arena) : NULL;
}

const char *label_text(struct entry *entry, const struct label *label, struct node *node,
                       struct arena *arena)
{
    const char *text = NULL;
    struct str value;
    switch (label->kind) {
    case LABEL_NONE:
        return "";
    case LABEL_TEXT:
        return render(entry, &label->text, node, arena);
    case LABEL_ITEXT:
        if (!label->itext) {
            return label->id;
        }
        text = itext_form(entry, label->itext, FORM_PLAIN, node, arena);
        text = text ? text : itext_form(entry, label->itext, FORM_SHORT, node, arena);
        return text ? text : "";
    case LABEL_VALUE:
        if (xpath_eval_text(label->value, &entry->env, node, &value, NULL)) {
            return arena_str(arena, value);
        }
        break;
    }
    return "";
}

/* ---- what XPath asks ----------------------------------------------------------------- */

static bool host_instance(void *ctx, struct str id, struct node **document)
{
    struct entry *entry = ctx;
    struct secondary *secondary = form_secondary(entry->form, id);
    if (secondary) {
        *document = secondary->tree.document;
        return true;
    }
    if (entry->form->primary_id && str_is(id, entry->form->primary_id)) {
        *document = entry->tree.document;
        return true;
    }
    return false;
}

static bool host_itext(void *ctx, struct str id, struct arena *scratch, struct str *text)
{
    struct entry *entry = ctx;
    const struct itext *itext = map_get(&entry->form->itexts, id);
    if (!itext) {
        return false;
    }
    const char *shown = itext_form(entry, itext, FORM_PLAIN, entry->root, scratch);
    shown = shown ? shown : itext_form(entry, itext, FORM_SHORT, entry->root, scratch);
    *text = str_of(shown ? shown : "");
    return true;
}

static bool host_choice_name(void *ctx, struct node *node, struct str value, struct str path,
                             struct arena *scratch, struct str *label)
{
    struct entry *entry = ctx;
    struct node_def *def = form_ref(entry->form, node->def, path);
    if (!def || !def->control) {
        return false;
    }
    struct node *at = instance_near(entry, node, def);
    return at && choices_label(entry, def->control, at, value, scratch, label);
}

static int column_of(struct form_list *list, struct str name)
{
    for (size_t i = 0; i < list->ops->column_count(list); i++) {
        if (str_eq(list->ops->column_name(list, i), name)) {
            return (int)i;
        }
    }
    return -1;
}

static bool host_pulldata(void *ctx, const struct str args[4], struct arena *scratch,
                          struct str *text)
{
    struct entry *entry = ctx;
    struct form_list *list = form_pulldata(entry->form, args[0], NULL);
    if (!list) {
        return false;
    }
    int wanted = column_of(list, args[1]), key = column_of(list, args[2]);
    uint32_t row;
    if (wanted < 0 || key < 0 || list->ops->find(list, (size_t)key, args[3], 0, &row, 1) != 1) {
        return false;
    }
    struct str cell = list->ops->cell(list, row, (size_t)wanted);
    *text = (struct str){arena_str(scratch, cell), cell.n};
    return true;
}

static struct str host_version(void *ctx)
{
    struct entry *entry = ctx;
    return str_of(entry->form->version);
}

const struct xpath_host entry_host = {
    .instance = host_instance,
    .itext = host_itext,
    .choice_name = host_choice_name,
    .pulldata = host_pulldata,
    .property = device_property,
    .version = host_version,
};
