#include "app/form/entry.h"

#include <strings.h>

/* ---- the form's side ----------------------------------------------------------------- */

static const char *const known_versions[] = {"2022.1", "2023.1", "2024.1", "2025.1"};

static bool is_known_version(const char *version)
{
    for (size_t i = 0; i < sizeof known_versions / sizeof *known_versions; i++) {
        if (str_starts(str_of(version), str_of(known_versions[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_entity(const struct node_def *def)
{
    return !def->is_attribute && !strcmp(def->name->local, "entity") && def->parent &&
           !strcmp(def->parent->name->local, "meta");
}

/* The first value of an attribute of that def in the blank record or a template. */
static struct str blank_value(const struct node *node, const struct node_def *def)
{
    if (node->def == def->parent) {
        const struct node *a = node_attribute(node, def->name->local, NULL);
        return a ? a->value : STR("");
    }
    for (const struct node *child = node->first; child; child = child->next) {
        struct str value = child->kind == NODE_ELEMENT ? blank_value(child, def) : STR("");
        if (value.n) {
            return value;
        }
    }
    return STR("");
}

static void check_list_name(struct form *form, const struct node_def *def, struct str name)
{
    if (name.n == 0) {
        form_note(form, PROBLEM_ERROR, def->path, def->line, "<entity> without dataset");
    } else if (memchr(name.s, '.', name.n) || str_starts(name, STR("__"))) {
        form_note(form, PROBLEM_WARNING, def->path, def->line,
                  "the name of the entity list \"" STR_FMT "\" is not allowed", STR_ARG(name));
    }
}

static void add_list(struct form *form, struct str name)
{
    for (size_t i = 0; i < form->entity_lists.n; i++) {
        if (str_is(name, form->entity_lists.v[i])) {
            return;
        }
    }
    vec_push(&form->entity_lists, arena_str(&form->arena, name));
}

static void parse_entity(struct form *form, struct node_def *def)
{
    struct node_def *dataset = def_child(def, xml_intern(&form->names, STR("dataset")), true);
    struct str name = dataset ? blank_value(form->primary.document, dataset) : STR("");
    for (size_t i = 0; dataset && !name.n && i < form->defs.n; i++) {
        if (form->defs.v[i]->template) {
            name = blank_value(form->defs.v[i]->template, dataset);
        }
    }
    check_list_name(form, def, name);
    if (name.n) {
        add_list(form, name);
    }
}

void parse_entities(struct parse *parse)
{
    struct form *form = parse->form;
    const char *version = xml_attr(parse->model, "entities-version");
    for (size_t i = 0; i < form->defs.n; i++) {
        struct node_def *def = form->defs.v[i];
        if (is_entity(def)) {
            parse_entity(form, def);
        }
        if (def->saveto &&
            (str_starts(str_of(def->saveto), STR("__")) || !strcasecmp(def->saveto, "name") ||
             !strcasecmp(def->saveto, "label"))) {
            form_note(form, PROBLEM_WARNING, def->path, def->line,
                      "entities:saveto=\"%s\" is not allowed", def->saveto);
        }
    }
    form->entities_version = arena_strdup(&form->arena, version ? version : "");
    if (version && form->entity_lists.n && !is_known_version(version)) {
        form_note(form, PROBLEM_UNSUPPORTED, "model", parse->model->line,
                  "the form's entities version %s is not known: lists are left as they are",
                  version);
        form->ignores_entities = true;
    }
}

/* ---- the record's side --------------------------------------------------------------- */

static const char *attribute_of(struct entry *entry, const struct node *node, const char *name)
{
    const struct node *a =
        node_attribute(node, xml_intern(&entry->form->names, str_of(name)), NULL);
    return a ? arena_str(&entry->shown, a->value) : "";
}

static bool is_truthy(const char *text)
{
    return !strcmp(text, "1") || !strcasecmp(text, "true");
}

struct collecting {
    struct entry *entry;
    const struct node *meta; /* whose entity takes the values */
    VEC(const char *) names, values;
};

/* The scope of an entity is the element that holds its meta; values inside a nested scope with an
 * entity of its own belong to that. */
static bool has_own_entity(const struct node *node, const struct node *meta)
{
    for (const struct node *child = node->first; child; child = child->next) {
        if (child->kind != NODE_ELEMENT || child == meta || strcmp(child->name->local, "meta")) {
            continue;
        }
        for (const struct node *inner = child->first; inner; inner = inner->next) {
            if (inner->def && is_entity(inner->def)) {
                return true;
            }
        }
    }
    return false;
}

static void collect(struct collecting *to, const struct node *node)
{
    if (!node_is_relevant(node)) {
        return;
    }
    if (node->def && node->def->saveto) {
        vec_push(&to->names, node->def->saveto);
        vec_push(&to->values, arena_str(&to->entry->shown, node->value));
    }
    for (const struct node *child = node->first; child; child = child->next) {
        if (child->kind == NODE_ELEMENT && !has_own_entity(child, to->meta)) {
            collect(to, child);
        }
    }
}

static const char **keep_all(struct entry *entry, const char **v, size_t n)
{
    const char **kept = arena_array(&entry->shown, const char *, n + 1);
    if (n) {
        memcpy(kept, v, n * sizeof *kept);
    }
    return kept;
}

static void describe(struct entry *entry, const struct node *node, struct entity_change *change)
{
    *change = (struct entity_change){
        .list = attribute_of(entry, node, "dataset"),
        .id = attribute_of(entry, node, "id"),
        .creates = is_truthy(attribute_of(entry, node, "create")),
        .updates = is_truthy(attribute_of(entry, node, "update")),
        .base_version = attribute_of(entry, node, "baseVersion"),
        .trunk_version = attribute_of(entry, node, "trunkVersion"),
        .branch_id = attribute_of(entry, node, "branchId"),
        .label = "",
    };
    for (const struct node *child = node->first; child; child = child->next) {
        if (child->kind == NODE_ELEMENT && !strcmp(child->name->local, "label")) {
            change->label = arena_str(&entry->shown, child->value);
        }
    }
    struct collecting to = {.entry = entry, .meta = node->parent};
    collect(&to, node->parent->parent);
    change->property_count = to.names.n;
    change->names = keep_all(entry, to.names.v, to.names.n);
    change->values = keep_all(entry, to.values.v, to.values.n);
    vec_finish(&to.names);
    vec_finish(&to.values);
}

static bool find_entity(struct entry *entry, const struct node *node, size_t *left,
                        struct entity_change *change)
{
    if (!node_is_relevant(node)) {
        return false;
    }
    if (node->def && is_entity(node->def)) {
        bool acts = is_truthy(attribute_of(entry, node, "create")) ||
                    is_truthy(attribute_of(entry, node, "update"));
        if (acts && (*left)-- == 0) {
            describe(entry, node, change);
            return true;
        }
        return false;
    }
    for (const struct node *child = node->first; child; child = child->next) {
        if (child->kind == NODE_ELEMENT && find_entity(entry, child, left, change)) {
            return true;
        }
    }
    return false;
}

bool entry_entity_at(struct entry *entry, size_t i, struct entity_change *change)
{
    return !entry->form->ignores_entities && find_entity(entry, entry->root, &i, change);
}
