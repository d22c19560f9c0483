#include "platform/base/xml.h"

#include <string.h>

#include <expat.h>

enum { CACHED_NAMES = 64, CACHED_LENGTH = 104 };

/* A name as expat tells it, and what it was read as: a list tells the same few over and over. */
struct cached_name {
    size_t n;
    char told[CACHED_LENGTH];
    const struct xml_name *name;
    const char *prefix;
};

enum { MOST_SIZE = 64 << 20, MOST_NODES = 4000000, MOST_DEPTH = 256 };

/* Between uri, local name and prefix in what expat tells; no name can hold it. */
static const char separator = '\1';

struct reader {
    XML_Parser expat;
    struct arena *arena;
    struct xml_names *names;
    struct xml_limits limits;
    struct xml *document, *at;
    struct xml_binding *bindings; /* declared for the element that comes next */
    struct buf text;              /* since the last tag */
    uint32_t text_line;
    size_t n, depth;
    bool in_cdata;
    struct err *err;
    bool failed;
    struct cached_name cache[CACHED_NAMES];
};

const char *xml_intern(struct xml_names *names, struct str text)
{
    if (text.n == 0) {
        return "";
    }
    char *known = map_get(&names->texts, text);
    if (!known) {
        known = arena_str(&names->arena, text);
        map_put(&names->texts, (struct str){known, text.n}, known);
    }
    return known;
}

const struct xml_name *xml_name(struct xml_names *names, struct str uri, struct str local)
{
    struct xml_name *first = map_get(&names->names, local);
    for (struct xml_name *name = first; name; name = name->other) {
        if (str_is(uri, name->uri)) {
            return name;
        }
    }
    struct xml_name *name = arena_new(&names->arena, struct xml_name);
    name->local = xml_intern(names, local);
    name->uri = xml_intern(names, uri);
    if (first) {
        name->other = first->other;
        first->other = name;
    } else {
        map_put(&names->names, (struct str){name->local, local.n}, name);
    }
    return name;
}

void xml_names_finish(struct xml_names *names)
{
    map_finish(&names->texts);
    map_finish(&names->names);
    arena_finish(&names->arena);
}

static void fail(struct reader *r, const char *reason)
{
    if (!r->failed) {
        r->failed = true;
        err_set(r->err, ERR_INPUT, 0, "line %lu: %s",
                (unsigned long)XML_GetCurrentLineNumber(r->expat), reason);
        XML_StopParser(r->expat, XML_FALSE);
    }
}

static bool is_space(struct str text)
{
    return str_trim(text).n == 0;
}

static uint32_t line_of(const struct reader *r)
{
    return r->limits.no_lines ? 0 : (uint32_t)XML_GetCurrentLineNumber(r->expat);
}

static struct xml *add_node(struct reader *r, enum xml_kind kind)
{
    struct xml *node = arena_new(r->arena, struct xml);
    node->kind = kind;
    node->line = line_of(r);
    node->prefix = "";
    node->text = STR("");
    node->parent = r->at;
    if (r->at->last) {
        r->at->last->next = node;
    } else {
        r->at->first = node;
    }
    r->at->last = node;
    if (++r->n > r->limits.nodes) {
        fail(r, "too many elements");
    }
    return node;
}

static struct str keep(struct reader *r, struct str text)
{
    return text.n ? (struct str){arena_str(r->arena, text), text.n} : STR("");
}

/* A leaf holds its text itself; once a child comes beside it, the text becomes a child too. */
static void flush_text(struct reader *r, bool at_end_of_element)
{
    struct xml *at = r->at;
    struct str text = buf_str(&r->text);
    if (text.n && at->kind == XML_ELEMENT) {
        if (at_end_of_element && !at->first && !r->in_cdata) {
            at->text = keep(r, text);
        } else if (r->limits.keep_space || !is_space(text) ||
                   (r->limits.keeps_space && r->limits.keeps_space(at))) {
            struct xml *node = add_node(r, XML_TEXT);
            node->line = r->text_line ? r->text_line : at->line;
            node->text = keep(r, text);
            node->is_cdata = r->in_cdata;
        }
    }
    buf_clear(&r->text);
}

/* Splits what expat tells: local | uri SEP local | uri SEP local SEP prefix. */
static const struct xml_name *split_name(struct reader *r, const char *told, const char **prefix)
{
    const char *first = strchr(told, separator);
    *prefix = "";
    if (!first) {
        return xml_name(r->names, STR(""), str_of(told));
    }
    const char *second = strchr(first + 1, separator);
    struct str local = str_of(first + 1);
    if (second) {
        local.n = (size_t)(second - first - 1);
        *prefix = xml_intern(r->names, str_of(second + 1));
    }
    return xml_name(r->names, (struct str){told, (size_t)(first - told)}, local);
}

static const struct xml_name *read_name(struct reader *r, const char *told, const char **prefix)
{
    size_t n = strlen(told);
    if (n == 0 || n >= CACHED_LENGTH) {
        return split_name(r, told, prefix);
    }
    size_t slot = ((unsigned char)told[n - 1] * 31u + (unsigned char)told[n / 2] * 7u + n);
    struct cached_name *cached = &r->cache[slot % CACHED_NAMES];
    if (cached->n != n || memcmp(cached->told, told, n) != 0) {
        cached->name = split_name(r, told, &cached->prefix);
        cached->n = n;
        memcpy(cached->told, told, n);
    }
    *prefix = cached->prefix;
    return cached->name;
}

static void on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
    struct reader *r = ctx;
    flush_text(r, false);
    if (++r->depth > r->limits.depth) {
        fail(r, "elements are nested too deep");
    }
    struct xml *node = add_node(r, XML_ELEMENT);
    node->name = read_name(r, name, &node->prefix);
    node->bindings = r->bindings;
    r->bindings = NULL;
    struct xml_attribute **end = &node->attributes;
    for (; *attributes; attributes += 2) {
        struct xml_attribute *attribute = arena_new(r->arena, struct xml_attribute);
        attribute->name = read_name(r, attributes[0], &attribute->prefix);
        attribute->value = keep(r, str_of(attributes[1]));
        *end = attribute;
        end = &attribute->next;
    }
    r->at = node;
}

static void on_end(void *ctx, const XML_Char *name)
{
    struct reader *r = ctx;
    flush_text(r, true);
    r->at = r->at->parent;
    r->depth--;
}

static void on_text(void *ctx, const XML_Char *text, int n)
{
    struct reader *r = ctx;
    if (r->text.n == 0 && r->at->first) { /* else it is most likely the text of a leaf */
        r->text_line = line_of(r);
    }
    buf_add(&r->text, text, (size_t)n);
}

static void on_cdata_start(void *ctx)
{
    struct reader *r = ctx;
    if (r->limits.keep_space) {
        flush_text(r, false);
        r->in_cdata = true;
    }
}

static void on_cdata_end(void *ctx)
{
    struct reader *r = ctx;
    if (r->in_cdata) {
        flush_text(r, false);
        r->in_cdata = false;
    }
}

static void on_comment(void *ctx, const XML_Char *text)
{
    struct reader *r = ctx;
    flush_text(r, false);
    add_node(r, XML_COMMENT)->text = keep(r, str_of(text));
}

static void on_instruction(void *ctx, const XML_Char *target, const XML_Char *data)
{
    struct reader *r = ctx;
    flush_text(r, false);
    struct xml *node = add_node(r, XML_INSTRUCTION);
    node->prefix = xml_intern(r->names, str_of(target));
    node->text = keep(r, str_of(data));
}

static void on_binding(void *ctx, const XML_Char *prefix, const XML_Char *uri)
{
    struct reader *r = ctx;
    struct xml_binding *binding = arena_new(r->arena, struct xml_binding);
    binding->prefix = xml_intern(r->names, str_of(prefix));
    binding->uri = xml_intern(r->names, str_of(uri));
    struct xml_binding **end = &r->bindings;
    while (*end) {
        end = &(*end)->next;
    }
    *end = binding;
}

/* Without declarations there is no entity to expand; those of a foreign file are never read. */
static void on_doctype(void *ctx, const XML_Char *name, const XML_Char *system,
                       const XML_Char *public_id, int has_subset)
{
    if (has_subset) {
        fail(ctx, "a document type with declarations is not taken");
    }
}

static void set_handlers(struct reader *r)
{
    XML_SetUserData(r->expat, r);
    XML_SetReturnNSTriplet(r->expat, 1);
    XML_SetElementHandler(r->expat, on_start, on_end);
    XML_SetCharacterDataHandler(r->expat, on_text);
    XML_SetCdataSectionHandler(r->expat, on_cdata_start, on_cdata_end);
    XML_SetCommentHandler(r->expat, on_comment);
    XML_SetProcessingInstructionHandler(r->expat, on_instruction);
    XML_SetStartNamespaceDeclHandler(r->expat, on_binding);
    XML_SetStartDoctypeDeclHandler(r->expat, on_doctype);
    XML_SetParamEntityParsing(r->expat, XML_PARAM_ENTITY_PARSING_NEVER);
}

static bool read_all(struct reader *r, struct str text)
{
    enum { PIECE = 1 << 20 };
    do {
        size_t n = text.n > PIECE ? PIECE : text.n;
        bool last = n == text.n;
        if (XML_Parse(r->expat, text.s, (int)n, last) != XML_STATUS_OK) {
            const char *reason = XML_ErrorString(XML_GetErrorCode(r->expat));
            fail(r, reason ? reason : "no XML");
            return false;
        }
        text.s += n;
        text.n -= n;
    } while (text.n && !r->failed);
    return !r->failed;
}

static struct xml *parse(struct str text, struct xml_names *names, struct arena *arena,
                         const struct xml_limits *limits, struct err *err)
{
    struct reader r = {.arena = arena, .names = names, .limits = *limits, .err = err};
    const char parts[2] = {separator, 0};
    r.expat = XML_ParserCreateNS(NULL, parts[0]);
    if (!r.expat) {
        err_set(err, ERR_STORAGE, 0, "no memory for XML");
        return NULL;
    }
    set_handlers(&r);
    r.document = r.at = arena_new(arena, struct xml);
    r.document->kind = XML_DOCUMENT;
    r.document->prefix = "";
    r.document->text = STR("");
    bool ok = read_all(&r, text);
    XML_ParserFree(r.expat);
    buf_finish(&r.text);
    return ok ? r.document : NULL;
}

struct xml *xml_parse(struct str text, struct xml_names *names, struct arena *arena,
                      const struct xml_limits *limits, struct err *err)
{
    struct xml_limits known = limits ? *limits : (struct xml_limits){0};
    known.size = known.size ? known.size : MOST_SIZE;
    known.nodes = known.nodes ? known.nodes : MOST_NODES;
    known.depth = known.depth ? known.depth : MOST_DEPTH;
    if (text.n > known.size) {
        err_set(err, ERR_INPUT, 0, "the XML is larger than %zu bytes", known.size);
        return NULL;
    }
    return parse(text, names, arena, &known, err);
}

struct xml *xml_root(const struct xml *document)
{
    return xml_child(document, NULL);
}

bool xml_is(const struct xml *node, const char *local)
{
    return node && node->kind == XML_ELEMENT && (!local || strcmp(node->name->local, local) == 0);
}

struct xml *xml_child(const struct xml *node, const char *local)
{
    struct xml *child = node ? node->first : NULL;
    while (child && !xml_is(child, local)) {
        child = child->next;
    }
    return child;
}

struct xml *xml_next(const struct xml *node, const char *local)
{
    struct xml *next = node->next;
    while (next && !xml_is(next, local)) {
        next = next->next;
    }
    return next;
}

const char *xml_attr(const struct xml *node, const char *local)
{
    const char *other = NULL;
    for (struct xml_attribute *a = node ? node->attributes : NULL; a; a = a->next) {
        if (strcmp(a->name->local, local) == 0) {
            if (!*a->name->uri) {
                return a->value.s;
            }
            other = other ? other : a->value.s;
        }
    }
    return other;
}

const char *xml_attr_ns(const struct xml *node, const char *uri, const char *local)
{
    for (struct xml_attribute *a = node ? node->attributes : NULL; a; a = a->next) {
        if (strcmp(a->name->local, local) == 0 && strcmp(a->name->uri, uri) == 0) {
            return a->value.s;
        }
    }
    return NULL;
}

const char *xml_uri(const struct xml *node, struct str prefix)
{
    for (; node; node = node->parent) {
        for (struct xml_binding *b = node->bindings; b; b = b->next) {
            if (str_is(prefix, b->prefix)) {
                return b->uri;
            }
        }
    }
    return str_is(prefix, "xml") ? "http://www.w3.org/XML/1998/namespace" : NULL;
}

/* The node after `node` in document order below top; NULL at the end. */
static const struct xml *step(const struct xml *node, const struct xml *top)
{
    if (node->first) {
        return node->first;
    }
    while (node != top && !node->next) {
        node = node->parent;
    }
    return node == top ? NULL : node->next;
}

void xml_add_text_of(struct buf *to, const struct xml *node)
{
    for (const struct xml *at = node; at; at = step(at, node)) {
        if (at->kind == XML_ELEMENT || at->kind == XML_TEXT || at == node) {
            buf_add_str(to, at->text);
        }
    }
}

struct str xml_text_of(const struct xml *node, struct arena *arena, bool trim)
{
    struct str text = node ? node->text : STR("");
    if (node && node->first) {
        struct buf all = {0};
        xml_add_text_of(&all, node);
        text = (struct str){arena_str(arena, buf_str(&all)), all.n};
        buf_finish(&all);
    }
    if (!trim) {
        return text;
    }
    struct str inner = str_trim(text);
    /* what is given out ends in NUL */
    return inner.n == text.n || inner.s + inner.n == text.s + text.n
               ? inner
               : (struct str){arena_str(arena, inner), inner.n};
}

static const char *escape_of(char c, bool attribute)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '\r':
        return "&#13;";
    case '"':
        return attribute ? "&quot;" : NULL;
    case '\n':
        return attribute ? "&#10;" : NULL;
    case '\t':
        return attribute ? "&#9;" : NULL;
    default:
        return (unsigned char)c < 0x20 ? "" : NULL;
    }
}

void xml_add_escaped(struct buf *to, struct str text, bool attribute)
{
    size_t from = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.s[i];
        if (c >= 0x40 && c != 0xEF) {
            continue;
        }
        /* U+FFFE and U+FFFF are no characters of XML */
        bool is_none = c == 0xEF && i + 2 < text.n && (unsigned char)text.s[i + 1] == 0xBF &&
                       (unsigned char)text.s[i + 2] >= 0xBE;
        bool plain = c == '\n' || c == '\t';
        const char *escape = is_none               ? ""
                             : plain && !attribute ? NULL
                                                   : escape_of((char)c, attribute);
        if (escape) {
            buf_add(to, text.s + from, i - from);
            buf_add_text(to, escape);
            i += is_none ? 2 : 0;
            from = i + 1;
        }
    }
    buf_add(to, text.s + from, text.n - from);
}

static void add_qname(struct buf *to, const char *prefix, const char *local)
{
    if (*prefix) {
        buf_add_text(to, prefix);
        buf_add_char(to, ':');
    }
    buf_add_text(to, local);
}

static void write_start(struct buf *to, const struct xml *node)
{
    buf_add_char(to, '<');
    add_qname(to, node->prefix, node->name->local);
    for (struct xml_binding *b = node->bindings; b; b = b->next) {
        buf_add_text(to, *b->prefix ? " xmlns:" : " xmlns");
        buf_add_text(to, b->prefix);
        buf_add_text(to, "=\"");
        xml_add_escaped(to, str_of(b->uri), true);
        buf_add_char(to, '"');
    }
    for (struct xml_attribute *a = node->attributes; a; a = a->next) {
        buf_add_char(to, ' ');
        add_qname(to, a->prefix, a->name->local);
        buf_add_text(to, "=\"");
        xml_add_escaped(to, a->value, true);
        buf_add_char(to, '"');
    }
    buf_add_text(to, node->first || node->text.n ? ">" : "/>");
    xml_add_escaped(to, node->text, false);
}

static void write_open(struct buf *to, const struct xml *node)
{
    switch (node->kind) {
    case XML_ELEMENT:
        write_start(to, node);
        break;
    case XML_TEXT:
        buf_add_text(to, node->is_cdata ? "<![CDATA[" : "");
        node->is_cdata ? buf_add_str(to, node->text) : xml_add_escaped(to, node->text, false);
        buf_add_text(to, node->is_cdata ? "]]>" : "");
        break;
    case XML_COMMENT:
        buf_add_text(to, "<!--");
        buf_add_str(to, node->text);
        buf_add_text(to, "-->");
        break;
    case XML_INSTRUCTION:
        buf_add_text(to, "<?");
        buf_add_text(to, node->prefix);
        buf_add_text(to, node->text.n ? " " : "");
        buf_add_str(to, node->text);
        buf_add_text(to, "?>");
        break;
    case XML_DOCUMENT:
        break;
    }
}

static void write_close(struct buf *to, const struct xml *node)
{
    if (node->kind == XML_ELEMENT && (node->first || node->text.n)) {
        buf_add_text(to, "</");
        add_qname(to, node->prefix, node->name->local);
        buf_add_char(to, '>');
    }
}

void xml_write(struct buf *to, const struct xml *node)
{
    const struct xml *at = node;
    for (;;) {
        write_open(to, at);
        if (at->first) {
            at = at->first;
            continue;
        }
        write_close(to, at);
        while (at != node && !at->next) {
            at = at->parent;
            write_close(to, at);
        }
        if (at == node) {
            return;
        }
        at = at->next;
    }
}
