#include "app/form/def.h"

#include <stdlib.h>
#include <strings.h>

const char *control_attribute(const struct control *control, const char *name)
{
    return attribute_get(control->attributes, control->n_attributes, name);
}

/* ---- kinds -------------------------------------------------------------------------------------
 */

static const struct {
    const char *tag;
    enum control_kind kind;
} tags[] = {
    {"input", CONTROL_INPUT},        {"secret", CONTROL_INPUT},       {"textarea", CONTROL_INPUT},
    {"select1", CONTROL_SELECT_ONE}, {"select", CONTROL_SELECT_MANY}, {"rank", CONTROL_RANK},
    {"range", CONTROL_RANGE},        {"trigger", CONTROL_TRIGGER},    {"upload", CONTROL_UPLOAD},
    {"group", CONTROL_GROUP},        {"repeat", CONTROL_REPEAT},
};

static bool kind_of(const struct xml *element, enum control_kind *kind)
{
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        if (!strcmp(element->name->local, tags[i].tag)) {
            *kind = tags[i].kind;
            return true;
        }
    }
    return false;
}

/* ---- choices -----------------------------------------------------------------------------------
 */

static void parse_items(struct parse *parse, const struct xml *element, struct control *control)
{
    struct form *form = parse->form;
    const char *node = control->def->path;
    size_t n = 0;
    for (const struct xml *i = xml_child(element, "item"); i; i = xml_next(i, "item")) {
        n++;
    }
    if (n > form->options.max_choices) {
        form_note(form, PROBLEM_ERROR, node, element->line, "more than %u choices",
                  form->options.max_choices);
        return;
    }
    control->items = arena_array(&form->arena, struct item, n + 1);
    for (const struct xml *i = xml_child(element, "item"); i; i = xml_next(i, "item")) {
        struct item *item = &control->items[control->n_items++];
        const struct xml *value = xml_child(i, "value");
        item->label = parse_label(parse, xml_child(i, "label"), node);
        item->value = value ? xml_text_of(value, &form->arena, true) : STR("");
        item->value.s = arena_str(&form->arena, item->value);
        if (item->value.n == 0) {
            form_note(form, value ? PROBLEM_WARNING : PROBLEM_ERROR, node, i->line,
                      "<item> without proper <value>");
        }
        if (item->label.kind == LABEL_NONE) {
            form_note(form, PROBLEM_ERROR, node, i->line, "<item> without proper <label>");
        }
        if (memchr(item->value.s, ' ', item->value.n) && control->kind != CONTROL_SELECT_ONE) {
            form_note(form, PROBLEM_WARNING, node, i->line,
                      "the choice value \"%s\" has a space and cannot be told from two values",
                      item->value.s);
        }
    }
}

/* The expression inside jr:itext(…), or NULL. */
static char *inside_itext(struct arena *arena, const char *ref)
{
    struct str text = str_trim(str_of(ref));
    if (!str_starts(text, STR("jr:itext(")) || !str_ends(text, STR(")"))) {
        return NULL;
    }
    return arena_str(arena, str_trim((struct str){text.s + 9, text.n - 10}));
}

/* The interned name when the expression is one plain child step. */
static const char *plain_column(struct form *form, const struct xpath *x)
{
    struct str text = x ? str_trim(xpath_text(x)) : STR("");
    if (str_starts(text, STR("./"))) {
        text = (struct str){text.s + 2, text.n - 2};
    }
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.s[i];
        if (!(c >= 0x80 || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              (i && (c == '-' || c == '.' || (c >= '0' && c <= '9'))))) {
            return NULL;
        }
    }
    return text.n ? xml_intern(&form->names, text) : NULL;
}

/* A list from a file that lacks a column would show nothing but empty choices. */
static void check_column(struct form *form, const struct control *control, const char *column,
                         long line)
{
    const struct itemset *set = control->itemset;
    const struct secondary *from =
        set->has_filter ? form_secondary(form, str_of(set->filter.instance)) : NULL;
    if (column && from && from->src && from->is_loaded && from->is_list &&
        from->list.ops->count(from->list.self) > 0 && list_column(&from->list, column) < 0) {
        form_note(form, PROBLEM_ERROR, control->def->path, line, "the list %s has no column %s",
                  from->src, column);
    }
}

static void parse_itemset(struct parse *parse, const struct xml *element, struct control *control)
{
    struct form *form = parse->form;
    const char *node = control->def->path, *text = xml_attr(element, "nodeset");
    if (!text) {
        form_note(form, PROBLEM_ERROR, node, element->line, "<itemset> without nodeset");
        return;
    }
    struct itemset *set = arena_new(&form->arena, struct itemset);
    set->nodeset = parse_expression(parse, element, text, node, "itemset nodeset");
    const struct xml *value = xml_child(element, "value"), *label = xml_child(element, "label");
    const char *value_ref = value ? xml_attr(value, "ref") : NULL;
    const char *label_ref = label ? xml_attr(label, "ref") : NULL;
    if (!value_ref) {
        form_note(form, PROBLEM_ERROR, node, element->line, "<itemset> without <value ref>");
        return;
    }
    set->value = parse_expression(parse, value, value_ref, node, "itemset value");
    char *id = label_ref ? inside_itext(&form->arena, label_ref) : NULL;
    set->label_is_itext = id != NULL;
    if (label_ref) {
        set->label = parse_expression(parse, label, id ? id : label_ref, node, "itemset label");
    }
    if (set->nodeset && set->value) {
        set->has_filter = xpath_as_filter(set->nodeset, &form->arena, &set->filter);
        set->value_column = plain_column(form, set->value);
        set->label_column = plain_column(form, set->label);
        control->itemset = set;
        check_column(form, control, set->value_column, element->line);
        check_column(form, control, set->label_column, element->line);
    }
}

static void parse_choices(struct parse *parse, const struct xml *element, struct control *control)
{
    parse_items(parse, element, control);
    const struct xml *itemset = xml_child(element, "itemset");
    if (itemset) {
        parse_itemset(parse, itemset, control);
    }
    if (!control->n_items && !itemset) {
        form_note(parse->form, PROBLEM_WARNING, control->def->path, element->line,
                  "the question has no choices");
    }
}

/* ---- ranges ------------------------------------------------------------------------------------
 */

static bool range_number(struct parse *parse, const struct xml *element, struct control *control,
                         const char *name, double *number)
{
    const char *text = xml_attr(element, name);
    if (!text) {
        form_note(parse->form, PROBLEM_ERROR, control->def->path, element->line,
                  "<range> without %s", name);
        return false;
    }
    char *end;
    *number = strtod(text, &end);
    if (end == text || *end || strpbrk(text, "xXnN")) {
        form_note(parse->form, PROBLEM_ERROR, control->def->path, element->line,
                  "Value %s of range attribute %s can't be parsed as a decimal number", text, name);
        return false;
    }
    return true;
}

static void parse_range(struct parse *parse, const struct xml *element, struct control *control)
{
    control->has_range = range_number(parse, element, control, "start", &control->start) &&
                         range_number(parse, element, control, "end", &control->end) &&
                         range_number(parse, element, control, "step", &control->step);
    if (control->has_range && (control->step == 0 || control->start == control->end)) {
        form_note(parse->form, PROBLEM_WARNING, control->def->path, element->line,
                  "the range has no steps");
        control->step = 0;
    }
}

/* ---- controls ----------------------------------------------------------------------------------
 */

static struct node_def *control_def(struct parse *parse, const struct xml *element,
                                    struct control *parent, enum control_kind kind)
{
    const char *ref = NULL, *bind = xml_attr_ns(element, "", "bind");
    if (kind == CONTROL_REPEAT) {
        ref = xml_attr(element, "nodeset");
    }
    ref = ref ? ref : xml_attr_ns(element, "", "ref");
    if (!ref && bind) {
        for (const struct xml *b = xml_child(parse->model, "bind"); b; b = xml_next(b, "bind")) {
            const char *id = xml_attr(b, "id");
            if (id && !strcmp(id, bind)) {
                ref = xml_attr(b, "nodeset");
            }
        }
    }
    if (!ref || !ref[0]) {
        if (kind != CONTROL_GROUP) {
            form_note(parse->form, PROBLEM_ERROR, element->name->local, element->line,
                      "<%s> without 'ref' or 'bind'", element->name->local);
        }
        return NULL;
    }
    struct node_def *def = form_ref(parse->form, parent->context, str_of(ref));
    if (!def) {
        form_note(parse->form, PROBLEM_ERROR, ref, element->line,
                  "%s bound to non-existent node: [%s]",
                  kind == CONTROL_GROUP    ? "Group"
                  : kind == CONTROL_REPEAT ? "Repeat"
                                           : "Question",
                  ref);
    }
    return def;
}

static void add_control(struct control *parent, struct control *control)
{
    control->parent = parent;
    control->prev = parent->last;
    if (parent->last) {
        parent->last->next = control;
    } else {
        parent->first = control;
    }
    parent->last = control;
}

static void parse_children(struct parse *parse, const struct xml *element, struct control *parent);

static void parse_repeat(struct parse *parse, const struct xml *element, struct control *control)
{
    struct form *form = parse->form;
    control->def->is_repeat = true;
    if (control->def->repeat_control) {
        form_note(form, PROBLEM_WARNING, control->def->path, element->line,
                  "a second <repeat> shows the same nodes");
    }
    control->def->repeat_control = control;
    const char *fixed = xml_attr(element, "noAddRemove"), *count = xml_attr(element, "count");
    control->is_fixed = fixed && (strstr(fixed, "true") || !strcmp(fixed, "1"));
    if (count && count[0]) {
        control->count = parse_expression(parse, element, count, control->def->path, "jr:count");
        control->count_context = control->parent->context;
    }
}

static void parse_question(struct parse *parse, const struct xml *element, struct control *control)
{
    struct node_def *def = control->def;
    if (!def->control) {
        def->control = control;
    }
    switch (control->kind) {
    case CONTROL_SELECT_ONE:
    case CONTROL_SELECT_MANY:
    case CONTROL_RANK:
        parse_choices(parse, element, control);
        break;
    case CONTROL_RANGE:
        parse_range(parse, element, control);
        break;
    default:
        break;
    }
    parse_search(parse, element, control);
    if (xml_attr(element, "query")) {
        form_note(
            parse->form, PROBLEM_UNSUPPORTED, def->path, element->line,
            "choices by \"query\" (select_one_external) are not shown; the question takes text");
    }
}

static void parse_control(struct parse *parse, const struct xml *element, struct control *parent,
                          enum control_kind kind)
{
    struct form *form = parse->form;
    struct control *control = arena_new(&form->arena, struct control);
    control->kind = kind;
    control->line = element->line;
    control->def = control_def(parse, element, parent, kind);
    if (!control->def && kind != CONTROL_GROUP) {
        return;
    }
    control->context = control->def ? control->def : parent->context;
    const char *node = control->context->path;
    const struct xml *label = xml_child(element, "label");
    control->label = parse_label(parse, label, node);
    control->hint = parse_label(parse, xml_child(element, "hint"), node);
    control->attributes = parse_attributes(parse, element, &control->n_attributes);
    const char *appearance = control_attribute(control, "appearance");
    control->appearance = appearance ? appearance : "";
    add_control(parent, control);
    if (kind == CONTROL_REPEAT) {
        parse_repeat(parse, element, control);
    }
    if (kind == CONTROL_GROUP || kind == CONTROL_REPEAT) {
        parse_children(parse, element, control);
    } else {
        parse_question(parse, element, control);
    }
    parse_control_actions(parse, element, control);
    parse_app(parse, element, control);
}

static void parse_children(struct parse *parse, const struct xml *element, struct control *parent)
{
    for (const struct xml *child = xml_child(element, NULL); child; child = xml_next(child, NULL)) {
        enum control_kind kind;
        if (kind_of(child, &kind)) {
            parse_control(parse, child, parent, kind);
        }
    }
}

/* A group that only wraps a repeat lends it its label and goes. */
static void collapse(struct control *parent)
{
    for (struct control *child = parent->first; child; child = child->next) {
        struct control *repeat = child->first;
        if (child->kind == CONTROL_GROUP && repeat && !repeat->next &&
            repeat->kind == CONTROL_REPEAT) {
            repeat->label = child->label.kind ? child->label : repeat->label;
            if (!repeat->appearance[0]) {
                repeat->appearance = child->appearance;
            }
            repeat->prev = child->prev;
            repeat->next = child->next;
            repeat->parent = parent;
            *(repeat->prev ? &repeat->prev->next : &parent->first) = repeat;
            *(repeat->next ? &repeat->next->prev : &parent->last) = repeat;
            child = repeat;
        }
        collapse(child);
    }
}

static uint32_t number_controls(struct control *control, uint32_t number)
{
    control->number = number++;
    for (struct control *child = control->first; child; child = child->next) {
        number = number_controls(child, number);
    }
    control->n_inside = number - control->number - 1;
    return number;
}

void parse_body(struct parse *parse)
{
    struct form *form = parse->form;
    form->body = arena_new(&form->arena, struct control);
    form->body->kind = CONTROL_GROUP;
    form->body->context = form->root;
    form->body->appearance = "";
    if (!parse->body) {
        form_note(form, PROBLEM_WARNING, "body", 0, "the form has no body");
        return;
    }
    form->body->attributes = parse_attributes(parse, parse->body, &form->body->n_attributes);
    parse_children(parse, parse->body, form->body);
    collapse(form->body);
    form->n_controls = number_controls(form->body, 0);
}

/* ---- checks ------------------------------------------------------------------------------------
 */

static bool is_at_or_below(const struct node_def *def, const struct node_def *above)
{
    while (def && def != above) {
        def = def->parent;
    }
    return def != NULL;
}

static void check_members(struct form *form, struct control *control, struct control *repeat)
{
    for (struct control *child = control->first; child; child = child->next) {
        struct node_def *def = child->def;
        if (def && repeat && !is_at_or_below(def, repeat->def)) {
            form_note(
                form, PROBLEM_ERROR, def->path, child->line,
                "<repeat> member's binding [%s] is not a descendant of <repeat> binding [%s]!",
                def->path, repeat->def->path);
        } else if (def && repeat && def == repeat->def && child->kind == CONTROL_REPEAT) {
            form_note(form, PROBLEM_ERROR, def->path, child->line,
                      "child <repeat>s [%s] cannot have the same binding as their parent <repeat>",
                      def->path);
        } else if (def) {
            struct node_def *above = child->kind == CONTROL_REPEAT ? def->parent : def;
            while (above && !above->is_repeat) {
                above = above->parent;
            }
            if (above && above != (repeat ? repeat->def : NULL)) {
                form_note(form, PROBLEM_ERROR, def->path, child->line,
                          "<repeat> member's binding [%s] is within the scope of a <repeat> that "
                          "is not its closest containing <repeat>!",
                          def->path);
            }
        }
        check_members(form, child, child->kind == CONTROL_REPEAT ? child : repeat);
    }
}

/* What a new instance is copied from, when the form has no jr:template: the first instance, less
 * the instances of repeats inside it. */
static void trim_repeats(struct node_tree *tree, struct node *node)
{
    for (struct node *child = node->first, *next; child; child = next) {
        next = child->next;
        if (child->kind == NODE_ELEMENT && child->def && child->def->is_repeat) {
            node_remove(tree, child);
            continue;
        }
        trim_repeats(tree, child);
    }
}

static void blank_values(struct node_tree *tree, struct node *node)
{
    node_set_value(tree, node, STR(""));
    for (struct node *child = node->first; child; child = child->next) {
        if (child->kind == NODE_ELEMENT) {
            blank_values(tree, child);
        }
    }
}

static struct node *find_first(struct node *node, const struct node_def *def)
{
    for (struct node *child = node->first; child; child = child->next) {
        if (child->def == def) {
            return child;
        }
        struct node *found = child->kind == NODE_ELEMENT ? find_first(child, def) : NULL;
        if (found) {
            return found;
        }
    }
    return NULL;
}

static void mark_repeats(struct node *node)
{
    if (node->def && node->def->is_repeat) {
        node->flags |= NODE_REPEAT;
    }
    if (node->def && node->def->type == TYPE_STRING && !node->def->rules[RULE_CALCULATE]) {
        node->flags |= NODE_PLAIN; /* JavaRosa takes no text that a user typed for a date */
    }
    for (struct node *child = node->first; child; child = child->next) {
        mark_repeats(child);
    }
}

static void make_templates(struct form *form)
{
    for (size_t i = 0; i < form->defs.n; i++) {
        struct node_def *def = form->defs.v[i];
        def->repeat = def->is_repeat ? def : def->parent ? def->parent->repeat : NULL;
        if (!def->is_repeat || def->template) {
            continue;
        }
        struct node *first = find_first(form->primary.document, def);
        for (struct node_def *up = def->parent; !first && up; up = up->parent) {
            first = up->template ? find_first(up->template, def) : NULL;
        }
        if (first) {
            def->template = node_copy(&form->primary, first);
            trim_repeats(&form->primary, def->template);
            blank_values(&form->primary, def->template);
        }
    }
    mark_repeats(form->primary.document);
    for (size_t i = 0; i < form->defs.n; i++) {
        if (form->defs.v[i]->template) {
            mark_repeats(form->defs.v[i]->template);
        }
    }
}

void check_body(struct parse *parse)
{
    make_templates(parse->form);
    check_members(parse->form, parse->form->body, NULL);
}
