/* A saved record is opened: as a draft that goes on, or as a sent one that is changed. */
#include "app/form/entry.h"

#include "platform/base/rand.h"

static void take_attributes(struct entry *entry, struct node *node, const struct xml *from)
{
    for (const struct xml_attribute *a = from->attributes; a; a = a->next) {
        bool is_identity = node == entry->root &&
                           (!strcmp(a->name->local, "id") || !strcmp(a->name->local, "version"));
        if (!is_identity && strcmp(a->name->local, "template") != 0) {
            struct node *attribute =
                node_set_attribute(&entry->tree, node, a->name,
                                   xml_intern(&entry->form->names, str_of(a->prefix)), a->value);
            attribute->def = node->def ? def_child(node->def, a->name->local, true) : NULL;
        }
    }
}

static const struct xml *child_named(const struct xml *from, const char *local)
{
    for (const struct xml *child = from->first; child; child = child->next) {
        if (child->kind == XML_ELEMENT && child->name->local == local) {
            return child;
        }
    }
    return NULL;
}

static void take(struct entry *entry, struct node *node, const struct xml *from);

static void take_instances(struct entry *entry, struct node *parent, struct node_def *def,
                           const struct xml *from)
{
    struct node *after = NULL;
    for (struct node *child = parent->first, *next; child; child = next) {
        next = child->next;
        if (child->def == def) {
            after = after ? after : child->prev;
            node_remove(&entry->tree, child);
        }
    }
    for (struct node *child = parent->first; child && !after; child = child->next) {
        if (!child->def || child->def->number > def->number) {
            break;
        }
        if (!child->next || !child->next->def || child->next->def->number > def->number) {
            after = child;
        }
    }
    for (const struct xml *xml = child_named(from, def->name->local); xml; xml = xml->next) {
        if (xml->kind == XML_ELEMENT && xml->name->local == def->name->local &&
            !xml_attr(xml, "template")) {
            struct node *node = node_copy(&entry->tree, def->template);
            node_insert(&entry->tree, parent, node, after);
            take(entry, node, xml);
            after = node;
        }
    }
}

static void take(struct entry *entry, struct node *node, const struct xml *from)
{
    take_attributes(entry, node, from);
    struct node_def *def = node->def;
    bool has_children = false;
    for (struct node_def *child = def->first; child; child = child->next) {
        has_children |= !child->is_attribute;
    }
    if (!has_children) {
        struct arena arena = {0};
        node_set_value(&entry->tree, node,
                       from->first ? xml_text_of(from, &arena, false) : from->text);
        arena_finish(&arena);
        return;
    }
    for (struct node_def *child = def->first; child; child = child->next) {
        if (child->is_attribute) {
            continue;
        }
        if (child->is_repeat && child->template) {
            take_instances(entry, node, child, from);
            continue;
        }
        const struct xml *xml = child_named(from, child->name->local);
        struct node *at = node_child(node, child->name);
        if (xml && at) {
            take(entry, at, xml);
        }
    }
}

/* The identity that this record replaces stands beside its own; the form need not have a place. */
static void set_deprecated(struct entry *entry, struct node *id, struct str value)
{
    const struct xml_name *name =
        xml_name(&entry->form->names, str_of(id->name->uri), STR("deprecatedID"));
    struct node_def *def = def_child(id->def->parent, name->local, false);
    struct node *old = node_child(id->parent, def ? def->name : name);
    if (!old) {
        old = node_create(&entry->tree, name, id->prefix);
        node_insert(&entry->tree, id->parent, old, id);
    }
    node_set_value(&entry->tree, old, value);
}

static void note_edit(struct entry *entry, struct node *id)
{
    char uuid[RAND_UUID_TEXT];
    if (id->value.n) {
        set_deprecated(entry, id, id->value);
    }
    rand_uuid(uuid);
    node_set_value(&entry->tree, id, str_of(arena_printf(&entry->arena, "uuid:%s", uuid)));
}

/* The draft of an edit still replaces what it replaced. */
static void keep_deprecated(struct entry *entry, struct node *id, const struct xml *root)
{
    for (const struct xml *meta = xml_child(root, "meta"); meta; meta = xml_next(meta, "meta")) {
        const struct xml *old = xml_child(meta, "deprecatedID");
        if (old && str_trim(old->text).n) {
            set_deprecated(entry, id, str_trim(old->text));
        }
    }
}

/* Does the record belong to this form? */
static bool fits(const struct form *form, const struct xml *root, struct err *err)
{
    const char *id = xml_attr_ns(root, "", "id");
    if (strcmp(root->name->local, form->root->name->local) != 0) {
        return err_set(err, ERR_INPUT, 0, "the record is a <%s>, the form's is <%s>",
                       root->name->local, form->root->name->local);
    }
    if (id && id[0] && form->id[0] && strcmp(id, form->id) != 0) {
        return err_set(err, ERR_INPUT, 0, "the record belongs to the form \"%.60s\", not \"%.60s\"",
                       id, form->id);
    }
    return true;
}

bool entry_open(struct form *form, struct str xml, enum entry_mode mode,
                const struct entry_device *device, struct entry **to, struct err *err)
{
    *to = NULL;
    if (!form->is_usable) {
        return err_set(err, ERR_INPUT, 0, "the form cannot be used: %s",
                       form->problems.n ? form->problems.v[0].text : "");
    }
    struct arena arena = {0};
    struct xml_limits limits = {.nodes = form->options.max_nodes};
    struct xml *document = xml_parse(xml, &form->names, &arena, &limits, err);
    if (!document || !fits(form, xml_root(document), err)) {
        arena_finish(&arena);
        return false;
    }
    struct entry *entry = entry_alloc(form, device);
    entry->root = node_copy(&entry->tree, form->primary.document->first);
    node_append(&entry->tree, entry->tree.document, entry->root);
    take(entry, entry->root, xml_root(document));
    struct node *id = form->instance_id ? instance_near(entry, NULL, form->instance_id) : NULL;
    if (id) {
        keep_deprecated(entry, id, xml_root(document));
    }
    arena_finish(&arena);
    if (id && mode == ENTRY_EDIT) {
        note_edit(entry, id);
    }
    return entry_load(entry, false, to, err);
}
