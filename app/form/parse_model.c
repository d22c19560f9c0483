#include "app/form/def.h"

#include <stdlib.h>

static const char jr_uri[] = "http://openrosa.org/javarosa";
static const char gocua_uri[] = "urn:gocua:forms:1";

/* ---- defs --------------------------------------------------------------------------------------
 */

struct node_def *def_child(const struct node_def *parent, const char *local, bool is_attribute)
{
    for (struct node_def *child = parent->first; child; child = child->next) {
        if (child->name->local == local && child->is_attribute == is_attribute) {
            return child;
        }
    }
    return NULL;
}

static struct node_def *def_create(struct parse *parse, struct node_def *parent,
                                   const struct node *node)
{
    struct form *form = parse->form;
    struct node_def *def = arena_new(&form->arena, struct node_def);
    def->name = node->name;
    def->prefix = node->prefix;
    def->parent = parent;
    def->is_attribute = node->kind == NODE_ATTRIBUTE;
    def->depth = parent ? parent->depth + 1 : 1;
    def->number = (uint32_t)form->defs.n;
    def->path = arena_printf(&form->arena, "%s/%s%s%s%s", parent ? parent->path : "",
                             def->is_attribute ? "@" : "", def->prefix, def->prefix[0] ? ":" : "",
                             def->name->local);
    def->steps = arena_array(&form->arena, struct xpath_name_step, def->depth);
    if (parent) {
        memcpy(def->steps, parent->steps, parent->depth * sizeof *def->steps);
        if (parent->last) {
            parent->last->next = def;
        } else {
            parent->first = def;
        }
        parent->last = def;
    }
    def->steps[def->depth - 1] =
        (struct xpath_name_step){def->name->local, def->name->uri, def->is_attribute, false};
    vec_push(&form->defs, def);
    return def;
}

static void drop_template_mark(struct node *node)
{
    struct node **at = &node->attributes;
    while (*at) {
        if (!strcmp((*at)->name->local, "template")) {
            *at = (*at)->next;
        } else {
            at = &(*at)->next;
        }
    }
}

/* Gives each node its def; the first element with jr:template becomes its def's template. */
static void define_nodes(struct parse *parse, struct node *node, struct node_def *parent, int depth)
{
    struct form *form = parse->form;
    struct node_def *def = parent ? def_child(parent, node->name->local, false) : NULL;
    if (!def || def->name != node->name) {
        def = def_create(parse, parent, node);
    }
    node->def = def;
    if (!parent) {
        form->root = def;
    }
    if (depth > DEF_DEPTH) {
        form_note(form, PROBLEM_ERROR, def->path, 0, "the record is nested deeper than %d",
                  DEF_DEPTH);
        return;
    }
    bool is_template =
        node_attribute(node, xml_intern(&form->names, STR("template")), NULL) != NULL;
    if (is_template && parent) {
        drop_template_mark(node);
    }
    for (struct node *a = node->attributes; a; a = a->next) {
        a->def = def_child(def, a->name->local, true);
        a->def = a->def ? a->def : def_create(parse, def, a);
    }
    for (struct node *child = node->first, *next; child; child = next) {
        next = child->next;
        if (child->kind == NODE_ELEMENT) {
            define_nodes(parse, child, def, depth + 1);
        }
    }
    if (is_template && parent) {
        if (!def->template) {
            def->template = node_copy(&form->primary, node);
        }
        node_remove(&form->primary, node);
    }
}

static void find_meta(struct form *form)
{
    for (struct node_def *meta = form->root->first; meta; meta = meta->next) {
        if (strcmp(meta->name->local, "meta") != 0 || meta->is_attribute) {
            continue;
        }
        for (struct node_def *def = meta->first; def; def = def->next) {
            if (!strcmp(def->name->local, "instanceID")) {
                form->instance_id = def;
            } else if (!strcmp(def->name->local, "instanceName")) {
                form->instance_name = def;
            } else if (!strcmp(def->name->local, "audit")) {
                form->audit = def;
            }
        }
    }
}

static const char orx_uri[] = "http://openrosa.org/xforms";

static struct node *child_called(struct node *parent, const char *local)
{
    for (struct node *child = parent->first; child; child = child->next) {
        if (child->kind == NODE_ELEMENT && !strcmp(child->name->local, local)) {
            return child;
        }
    }
    return NULL;
}

/* A record that has no place for its identity gets one: without it nobody could send it twice
 * safely. */
static void ensure_meta(struct form *form, struct node *root)
{
    struct node *meta = child_called(root, "meta");
    if (!meta) {
        const struct xml_name *name = xml_name(&form->names, str_of(orx_uri), STR("meta"));
        meta = node_create(&form->primary, name, xml_intern(&form->names, STR("orx")));
        node_append(&form->primary, root, meta);
    }
    if (!child_called(meta, "instanceID")) {
        const struct xml_name *name =
            xml_name(&form->names, str_of(meta->name->uri), STR("instanceID"));
        node_append(&form->primary, meta, node_create(&form->primary, name, meta->prefix));
    }
}

/* The record stands alone later: prefixes that the form declares further out move to its root. */
static void bind_prefix(struct form *form, struct node *root, const char *prefix, const char *uri)
{
    for (struct xml_binding *b = root->bindings; b; b = b->next) {
        if (!strcmp(b->prefix, prefix)) {
            return;
        }
    }
    struct xml_binding *binding = arena_new(&form->arena, struct xml_binding);
    *binding = (struct xml_binding){prefix, uri, root->bindings};
    root->bindings = binding;
}

static void bind_prefixes(struct form *form, struct node *root)
{
    for (size_t i = 0; i < form->defs.n; i++) {
        const struct node_def *def = form->defs.v[i];
        if (def->prefix[0] && def->name->uri[0] && strcmp(def->prefix, "xml") != 0) {
            bind_prefix(form, root, def->prefix, def->name->uri);
        }
    }
}

void parse_primary(struct parse *parse)
{
    struct form *form = parse->form;
    const struct xml *instance = xml_child(parse->model, "instance");
    const struct xml *element = instance ? xml_child(instance, NULL) : NULL;
    if (!element) {
        form_note(form, PROBLEM_ERROR, "instance", instance ? (long)instance->line : 0,
                  "the form has no primary instance");
        return;
    }
    parse->primary = instance;
    const char *primary_id = xml_attr(instance, "id");
    form->primary_id = primary_id ? arena_strdup(&form->arena, primary_id) : NULL;
    node_tree_init(&form->primary, &form->names);
    struct node *root = node_from_xml(&form->primary, form->primary.document, element, false);
    const char *id = xml_attr_ns(element, "", "id");
    if (!id || !id[0]) {
        id = element->name->uri;
        id = strcmp(id, "http://www.w3.org/2002/xforms") ? id : "";
        if (!id[0]) {
            form_note(form, PROBLEM_WARNING, element->name->local, element->line,
                      "the primary instance has no id");
        }
    }
    const char *version = xml_attr(element, "version");
    form->id = arena_strdup(&form->arena, id);
    form->version = arena_strdup(&form->arena, version ? version : "");
    ensure_meta(form, root);
    define_nodes(parse, root, NULL, 1);
    bind_prefixes(form, root);
    find_meta(form);
}

/* ---- refs --------------------------------------------------------------------------------------
 */

static struct str without_prefix(struct str name)
{
    const char *colon = name.n ? memchr(name.s, ':', name.n) : NULL;
    return colon ? (struct str){colon + 1, (size_t)(name.s + name.n - colon) - 1} : name;
}

static struct node_def *ref_step(struct form *form, struct node_def *at, struct str step)
{
    if (str_is(step, ".") || step.n == 0) {
        return at;
    }
    if (str_is(step, "..")) {
        return at->parent;
    }
    bool is_attribute = step.s[0] == '@';
    if (is_attribute) {
        step = (struct str){step.s + 1, step.n - 1};
    }
    return def_child(at, xml_intern(&form->names, without_prefix(step)), is_attribute);
}

/* The next step without its predicates; false behind the last. */
static bool next_step(struct str *rest, struct str *step)
{
    if (rest->n == 0) {
        return false;
    }
    size_t end = 0, name = SIZE_MAX;
    for (int depth = 0; end < rest->n && (depth || rest->s[end] != '/'); end++) {
        if (rest->s[end] == '[' && depth++ == 0 && name == SIZE_MAX) {
            name = end;
        }
        depth -= rest->s[end] == ']' && depth > 0;
    }
    *step = str_trim((struct str){rest->s, name < end ? name : end});
    end += end < rest->n;
    *rest = (struct str){rest->s + end, rest->n - end};
    return true;
}

struct node_def *form_ref(struct form *form, struct node_def *context, struct str ref)
{
    struct str rest = str_trim(ref), step;
    struct node_def *at = context ? context : form->root;
    if (rest.n == 0) {
        return NULL;
    }
    if (str_starts(rest, STR("current()/"))) {
        rest = (struct str){rest.s + 10, rest.n - 10};
    }
    if (rest.n && rest.s[0] == '/') {
        rest = (struct str){rest.s + 1, rest.n - 1};
        at = next_step(&rest, &step) && str_is(without_prefix(step), form->root->name->local)
                 ? form->root
                 : NULL;
    }
    while (at && next_step(&rest, &step)) {
        at = ref_step(form, at, step);
    }
    return at;
}

/* ---- attributes --------------------------------------------------------------------------------
 */

struct attribute *parse_attributes(struct parse *parse, const struct xml *element, size_t *n)
{
    struct arena *arena = &parse->form->arena;
    *n = 0;
    for (const struct xml_attribute *a = element->attributes; a; a = a->next) {
        (*n)++;
    }
    struct attribute *list = arena_array(arena, struct attribute, *n + 1);
    size_t i = 0;
    for (const struct xml_attribute *a = element->attributes; a; a = a->next, i++) {
        list[i] = (struct attribute){a->name->local, arena_str(arena, a->value)};
    }
    return list;
}

const char *attribute_get(const struct attribute *attributes, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (!strcmp(attributes[i].name, name)) {
            return attributes[i].value;
        }
    }
    return NULL;
}

/* ---- binds -------------------------------------------------------------------------------------
 */

enum value_type type_of_text(const char *text)
{
    static const struct {
        const char *name;
        enum value_type type;
    } types[] = {
        {"int", TYPE_INT},           {"integer", TYPE_INT},
        {"long", TYPE_INT},          {"decimal", TYPE_DECIMAL},
        {"double", TYPE_DECIMAL},    {"float", TYPE_DECIMAL},
        {"boolean", TYPE_BOOLEAN},   {"date", TYPE_DATE},
        {"time", TYPE_TIME},         {"dateTime", TYPE_DATETIME},
        {"geopoint", TYPE_GEOPOINT}, {"geotrace", TYPE_GEOTRACE},
        {"geoshape", TYPE_GEOSHAPE}, {"barcode", TYPE_BARCODE},
        {"binary", TYPE_BINARY},     {"base64Binary", TYPE_BINARY},
    };
    if (!text) {
        return TYPE_STRING;
    }
    const char *colon = strchr(text, ':');
    text = colon ? colon + 1 : text;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (!strcmp(text, types[i].name)) {
            return types[i].type;
        }
    }
    return TYPE_STRING;
}

static void add_rule(struct parse *parse, struct node_def *def, const struct xml *bind,
                     enum rule_kind kind, const char *text)
{
    static const char *const names[RULE_KINDS] = {"calculate", "relevant", "readonly", "required"};
    if (!text || !str_trim(str_of(text)).n) {
        return;
    }
    struct xpath *x = parse_expression(parse, bind, text, def->path, names[kind]);
    if (!x) {
        return;
    }
    struct rule *rule = def->rules[kind];
    if (rule) {
        form_note(parse->form, PROBLEM_WARNING, def->path, bind->line,
                  "%s is given twice; the last counts", names[kind]);
    } else {
        rule = arena_new(&parse->form->arena, struct rule);
        vec_push(&parse->form->rules, rule);
    }
    *rule = (struct rule){.kind = kind, .target = def, .x = x, .line = bind->line};
    rule->is_constant = xpath_is_constant(x);
    def->rules[kind] = rule;
}

static void parse_bind(struct parse *parse, const struct xml *bind, struct node_def *def)
{
    struct arena *arena = &parse->form->arena;
    const char *text;
    def->is_bound = true;
    def->line = bind->line;
    def->attributes = parse_attributes(parse, bind, &def->n_attributes);
    if ((text = xml_attr(bind, "type"))) {
        def->type = type_of_text(text);
    }
    add_rule(parse, def, bind, RULE_CALCULATE, xml_attr(bind, "calculate"));
    add_rule(parse, def, bind, RULE_RELEVANT, xml_attr(bind, "relevant"));
    add_rule(parse, def, bind, RULE_READONLY, xml_attr(bind, "readonly"));
    add_rule(parse, def, bind, RULE_REQUIRED, xml_attr(bind, "required"));
    if ((text = xml_attr(bind, "constraint")) && str_trim(str_of(text)).n) {
        def->constraint = parse_expression(parse, bind, text, def->path, "constraint");
    }
    if ((text = xml_attr(bind, "constraintMsg"))) {
        def->constraint_message = parse_message(parse, bind, text, def->path);
    }
    if ((text = xml_attr(bind, "requiredMsg"))) {
        def->required_message = parse_message(parse, bind, text, def->path);
    }
    if ((text = xml_attr_ns(bind, jr_uri, "preload"))) {
        def->preload = arena_strdup(arena, text);
        text = xml_attr(bind, "preloadParams");
        def->preload_params = arena_strdup(arena, text ? text : "");
    }
    if ((text = xml_attr(bind, "saveto"))) {
        def->saveto = arena_strdup(arena, text);
    }
    if ((text = xml_attr(bind, "max-pixels"))) {
        def->max_pixels = strtol(text, NULL, 10);
    }
    if ((text = xml_attr_ns(bind, gocua_uri, "reader"))) {
        def->reader = arena_strdup(arena, text);
    }
    if ((text = xml_attr_ns(bind, gocua_uri, "fill")) && text[0]) {
        def->fill = arena_strdup(arena, text);
        bool known = false;
        for (size_t i = 0; i < parse->form->fill_keys.n; i++) {
            known |= !strcmp(parse->form->fill_keys.v[i], def->fill);
        }
        if (!known) {
            vec_push(&parse->form->fill_keys, def->fill);
        }
    }
}

/* JavaRosa does not look at the name of the root in a bind, and forms lean on it. */
static struct node_def *bind_target(struct form *form, const struct xml *bind, const char *nodeset)
{
    struct str ref = str_trim(str_of(nodeset));
    struct node_def *def = form_ref(form, NULL, ref);
    const char *below = !def && ref.n > 1 && ref.s[0] == '/' ? strchr(ref.s + 1, '/') : NULL;
    if (below) {
        def = form_ref(form, NULL, str_of(below + 1));
        if (def) {
            form_note(form, PROBLEM_WARNING, nodeset, bind->line,
                      "the path of the <bind> does not begin with the root of the record");
        }
    }
    return def;
}

void parse_binds(struct parse *parse)
{
    struct form *form = parse->form;
    for (const struct xml *bind = xml_child(parse->model, "bind"); bind;
         bind = xml_next(bind, "bind")) {
        const char *nodeset = xml_attr(bind, "nodeset");
        nodeset = nodeset ? nodeset : xml_attr(bind, "ref");
        if (!nodeset || !nodeset[0]) {
            form_note(form, PROBLEM_ERROR, "bind", bind->line, "<bind> without nodeset");
            continue;
        }
        struct node_def *def = bind_target(form, bind, nodeset);
        if (def) {
            parse_bind(parse, bind, def);
        } else {
            form_note(form, PROBLEM_WARNING, nodeset, bind->line,
                      "<bind> for a node that does not exist");
        }
    }
}
