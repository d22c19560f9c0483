/* What the hub must know of a form to serve it and to show what came of it: id, version, title,
 * files it names, fields with labels, which of them are files or go to entities. It fills nothing
 * in: that is the engine's work (app/form). Immutable once read; any thread. */
#ifndef HUB_FORMDEF_H
#define HUB_FORMDEF_H

#include <stdbool.h>
#include "platform/base/arena.h"
#include "platform/base/err.h"
#include "platform/base/map.h"
#include "platform/base/vec.h"
#include "platform/base/xml.h"

/* A node of the record that holds a value. */
struct formdef_field {
    const char *path;  /* "/data/group/age", no positions */
    const char *label; /* of the question, in the form's first language or Vietnamese; "" without */
    const char *saveto; /* property of an entity, or NULL */
    bool is_file;       /* bind type binary */
};

struct formdef {
    struct arena arena;
    const char *id, *version, *title; /* version may be "" */
    const char *entity_list;          /* list that the form writes, or NULL */
    VEC(struct formdef_field) fields; /* in the order of the instance */
    VEC(const char *) files;          /* names of files that the form asks for */
    struct map by_path;               /* path → struct formdef_field */
    struct map choices;               /* "path\nvalue" → label of an inline choice */
};

/* Reads a form; ERR_INPUT when it is none. formdef_destroy frees it. */
bool formdef_read(struct formdef **out, struct str xml, struct err *err);

/* Frees; takes NULL. */
void formdef_destroy(struct formdef *def);

/* The field with this path, or NULL; takes a NULL def. */
const struct formdef_field *formdef_field(const struct formdef *def, struct str path);

/* The label of a value of a field with inline choices, or NULL; takes a NULL def. */
const char *formdef_choice(const struct formdef *def, struct str path, struct str value);

/* Calls each for every value of a record: path without positions, the number of each repeat as part
 * of name ("attendee[2]/age", relative to the root). The tree's depth may be anything. */
void formdef_walk(const struct xml *root,
                  void (*each)(void *ctx, struct str path, struct str name, struct str value),
                  void *ctx);

#endif
