/* XML as a tree in an arena, read by expat. Names are interned, so that two of them from one table
 * are compared by pointer. Prefixes and declarations are kept: writing gives back what was read but
 * for the declaration line, quotes, and CDATA. A document type with a declaration inside is
 * refused: no entity is ever expanded. One table and its trees belong to one thread at a time. */
#ifndef BASE_XML_H
#define BASE_XML_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/arena.h"
#include "platform/base/buf.h"
#include "platform/base/err.h"
#include "platform/base/map.h"

/* A name of an element or attribute; there is one for each pair in a table. */
struct xml_name {
    const char *local;      /* interned: equal texts of one table have equal pointers */
    const char *uri;        /* interned; "" for none */
    struct xml_name *other; /* same local name, other uri */
};

/* The table of names. Zeroed memory is an empty one. */
struct xml_names {
    struct arena arena;
    struct map texts; /* text → itself, interned */
    struct map names; /* local → struct xml_name chain */
};

/* The one pointer for this text in the table; lives as long as the table. */
const char *xml_intern(struct xml_names *names, struct str text);

/* The one name for the pair (uri "" = none); lives as long as the table. */
const struct xml_name *xml_name(struct xml_names *names, struct str uri, struct str local);

/* Frees the table; every tree that was read with it is then unusable. */
void xml_names_finish(struct xml_names *names);

enum xml_kind { XML_DOCUMENT, XML_ELEMENT, XML_TEXT, XML_COMMENT, XML_INSTRUCTION };

struct xml_attribute {
    const struct xml_name *name;
    const char *prefix; /* "" for none */
    struct str value;
    struct xml_attribute *next;
};

/* One declaration xmlns:prefix="uri" (prefix "" for xmlns="…"). */
struct xml_binding {
    const char *prefix;
    const char *uri;
    struct xml_binding *next;
};

/* A node. An element that holds text alone has it in `text` and no children; with mixed content the
 * texts are children. An instruction has its target in `prefix` and the rest in `text`. */
struct xml {
    enum xml_kind kind;
    uint32_t line; /* from 1 */
    bool is_cdata; /* a text node that stood in a CDATA section (told apart with keep_space) */
    const struct xml_name *name; /* elements only */
    const char *prefix;
    struct str text;
    struct xml_attribute *attributes; /* in the order of the file */
    struct xml_binding *bindings;
    struct xml *parent, *first, *last, *next;
};

/* What a reader takes. 0 = the default: 64 MiB, 4 million nodes, depth 256. */
struct xml_limits {
    size_t size, nodes, depth;
    bool keep_space; /* keep white space between elements (else dropped: it is formatting), and
                        CDATA sections as text nodes of their own */
    bool no_lines;   /* nodes need not know their line: for long lists */
    bool (*keeps_space)(const struct xml *element); /* elements in which white space beside
                                                       children counts although keep_space is not
                                                       set; NULL: none */
};

/* Reads a document into the arena; returns its XML_DOCUMENT node, or NULL with ERR_INPUT (text:
 * line and reason). The text is not needed afterwards. limits may be NULL. */
struct xml *xml_parse(struct str text, struct xml_names *names, struct arena *arena,
                      const struct xml_limits *limits, struct err *err);

/* The document's element. */
struct xml *xml_root(const struct xml *document);

/* Is it an element with this local name (in any namespace)? NULL is none. */
bool xml_is(const struct xml *node, const char *local);

/* The first child element with this local name (NULL: any), or NULL; takes NULL. */
struct xml *xml_child(const struct xml *node, const char *local);

/* The next sibling element with this local name (NULL: any), or NULL. */
struct xml *xml_next(const struct xml *node, const char *local);

/* The value of the attribute with this local name in any namespace, or NULL (borrowed,
 * NUL-terminated); takes NULL. One without a namespace is preferred. */
const char *xml_attr(const struct xml *node, const char *local);

/* As xml_attr, in this namespace only ("" = none). */
const char *xml_attr_ns(const struct xml *node, const char *uri, const char *local);

/* The uri that a prefix stands for at this node, or NULL when it is not declared. */
const char *xml_uri(const struct xml *node, struct str prefix);

/* Appends all text below the node. */
void xml_add_text_of(struct buf *to, const struct xml *node);

/* The text of a leaf, or of all text below copied into the arena; without white space at the ends
 * when trim is set. */
struct str xml_text_of(const struct xml *node, struct arena *arena, bool trim);

/* Appends text with & < > escaped, and " as well, tab and line ends when it goes into an
 * attribute; characters that XML cannot hold are left out. */
void xml_add_escaped(struct buf *to, struct str text, bool attribute);

/* Appends a node with all below, as XML. */
void xml_write(struct buf *to, const struct xml *node);

#endif
