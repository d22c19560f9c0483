#include <string.h>
#include <strings.h>

#include "platform/base/utf8.h"
#include "sync/openrosa/intake.h"

#define ENTITY_NS "http://www.opendatakit.org/xforms/entities"

enum { ID_MAX = 255, NODES_MAX = 400000, DEPTH_MAX = 128 };

static const char *text_of_child(const struct xml *node, const char *name, struct arena *arena)
{
    const struct xml *child = xml_child(node, name);
    return child ? arena_str(arena, xml_text_of(child, arena, true)) : "";
}

/* An id as people and file names can bear it: some text, no control characters. */
static bool is_id(const char *id)
{
    size_t n = strlen(id);
    for (const char *c = id; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            return false;
        }
    }
    return n > 0 && n <= ID_MAX;
}

static bool is_true(const char *value)
{
    return value && (strcmp(value, "1") == 0 || strcasecmp(value, "true") == 0);
}

static int version_of(const char *text)
{
    long long n = 0;
    bool ok = text && str_to_int64(str_trim(str_of(text)), &n) && n > 0 && n < 1000000000;
    return ok ? (int)n : 0;
}

static const char *attribute(const struct xml *node, const char *name)
{
    const char *value = xml_attr(node, name);
    return value ? value : "";
}

static void take_entity(struct openrosa_parcel *parcel, const struct xml *node)
{
    struct openrosa_entity entity = {
        .list = attribute(node, "dataset"),
        .id = attribute(node, "id"),
        .branch = attribute(node, "branchId"),
        .label = text_of_child(node, "label", &parcel->arena),
        .is_create = is_true(xml_attr(node, "create")),
        .is_update = is_true(xml_attr(node, "update")),
        .base = version_of(xml_attr(node, "baseVersion")),
        .trunk = version_of(xml_attr(node, "trunkVersion")),
        .holder = node->parent->parent,
    };
    if (entity.is_create || entity.is_update) {
        vec_push(&parcel->entities, entity);
    }
}

/* Goes through the tree without recursion: its depth is the sender's choice. */
static void find_entities(struct openrosa_parcel *parcel, const struct xml *root)
{
    const struct xml *at = root;
    while (at) {
        bool is_block = at->kind == XML_ELEMENT && xml_is(at, "entity") &&
                        xml_is(at->parent, "meta") &&
                        (strcmp(at->name->uri, ENTITY_NS) == 0 || xml_attr(at, "dataset"));
        if (is_block) {
            take_entity(parcel, at);
        }
        const struct xml *next = at->first;
        while (!next && at != root) {
            next = at->next;
            at = next ? at : at->parent;
        }
        at = next;
    }
}

static bool read_meta(struct openrosa_parcel *parcel, struct err *err)
{
    const struct xml *meta = xml_child(parcel->root, "meta");
    struct arena *arena = &parcel->arena;
    parcel->instance = text_of_child(meta, "instanceID", arena);
    parcel->instance_name = text_of_child(meta, "instanceName", arena);
    parcel->deprecated = text_of_child(meta, "deprecatedID", arena);
    if (!*parcel->deprecated) {
        parcel->deprecated = NULL;
    }
    if (!*parcel->instance) {
        return err_set(err, ERR_INPUT, 0,
                       "This record has no instanceID, so it could not be told from others.");
    }
    if (!is_id(parcel->instance) || (parcel->deprecated && !is_id(parcel->deprecated))) {
        return err_set(err, ERR_INPUT, 0, "The instanceID of this record is not usable.");
    }
    return true;
}

bool parcel_read(struct openrosa_parcel *parcel, struct err *err)
{
    struct str xml = buf_str(&parcel->xml);
    struct xml_limits limits = {.size = xml.n + 1, .nodes = NODES_MAX, .depth = DEPTH_MAX};
    struct err why = {0};
    if (str_trim(xml).n == 0) {
        return err_set(err, ERR_INPUT, 0, "Required parameter form ID xml attribute missing.");
    }
    if (!utf8_valid(xml)) {
        return err_set(err, ERR_INPUT, 0, "The XML of this record is not in UTF-8.");
    }
    struct xml *document = xml_parse(xml, &parcel->names, &parcel->arena, &limits, &why);
    if (!document) {
        return err_set(err, ERR_INPUT, 0, "The XML of this record cannot be read: %s", why.text);
    }
    parcel->root = xml_root(document);
    parcel->form = attribute(parcel->root, "id");
    parcel->version = attribute(parcel->root, "version");
    if (!is_id(parcel->form)) {
        return err_set(err, ERR_INPUT, 0, "Required parameter form ID xml attribute missing.");
    }
    if (!read_meta(parcel, err)) {
        return false;
    }
    find_entities(parcel, parcel->root);
    return true;
}
