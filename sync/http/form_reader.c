#include "sync/http/form_reader.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "platform/base/mem.h"
#include "platform/base/utf8.h"

enum { BOUNDARY_MAX = 200, TOO_MUCH = 413 };

enum reader_state { IN_PREAMBLE, AFTER_BOUNDARY, IN_HEAD, IN_PART, IN_EPILOGUE };

struct form_reader {
    struct form_sink sink;
    struct form_limits limits;
    enum reader_state state;
    struct buf delimiter; /* CR LF - - boundary */
    size_t matched;       /* bytes of the delimiter that the input just ended with */
    size_t lent;          /* of these, how many belong to the head before and are no content */
    char after[2];        /* what stood behind a boundary so far */
    size_t n_after;
    struct buf head;
    size_t parts;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Reads one value, quoted or not, at *rest and moves behind it. */
static void read_value(struct str *rest, struct buf *value)
{
    if (rest->n == 0 || rest->s[0] != '"') {
        while (rest->n > 0 && rest->s[0] != ';') {
            buf_add_char(value, rest->s[0]);
            *rest = (struct str){rest->s + 1, rest->n - 1};
        }
        while (value->n > 0 && is_blank(value->s[value->n - 1])) {
            value->s[--value->n] = '\0';
        }
        return;
    }
    size_t i = 1;
    while (i < rest->n && rest->s[i] != '"') {
        if (rest->s[i] == '\\' && i + 1 < rest->n &&
            (rest->s[i + 1] == '"' || rest->s[i + 1] == '\\')) {
            i++;
        }
        buf_add_char(value, rest->s[i++]);
    }
    i = i < rest->n ? i + 1 : i;
    *rest = (struct str){rest->s + i, rest->n - i};
}

static struct str skip(struct str text, const char *what)
{
    while (text.n > 0 && strchr(what, text.s[0])) {
        text = (struct str){text.s + 1, text.n - 1};
    }
    return text;
}

bool form_parameter(struct str header, const char *name, struct buf *value)
{
    struct str rest = header, first;
    if (!memchr(header.s, ';', header.n)) {
        return false;
    }
    str_cut(&rest, ';', &first);
    struct buf one = {0};
    bool found = false;
    while (!found) {
        rest = skip(rest, " \t;");
        size_t n = 0;
        while (n < rest.n && rest.s[n] != '=' && rest.s[n] != ';') {
            n++;
        }
        if (n == rest.n) {
            break;
        }
        struct str key = str_trim((struct str){rest.s, n});
        bool has_value = rest.s[n] == '=';
        rest = skip((struct str){rest.s + n + 1, rest.n - n - 1}, " \t");
        if (!has_value) {
            continue;
        }
        buf_clear(&one);
        read_value(&rest, &one);
        found = key.n == strlen(name) && strncasecmp(key.s, name, key.n) == 0;
    }
    if (found) {
        buf_reserve(value, 0);
        buf_add_str(value, buf_str(&one));
    }
    buf_finish(&one);
    return found;
}

static bool is_boundary(struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if ((unsigned char)text.s[i] < 0x20 || (unsigned char)text.s[i] > 0x7e) {
            return false;
        }
    }
    return text.n > 0 && text.n <= BOUNDARY_MAX;
}

bool form_reader_create(struct form_reader **out, const char *content_type,
                        const struct form_limits *limits, const struct form_sink *sink,
                        struct err *err)
{
    struct buf boundary = {0};
    *out = NULL;
    if (!content_type || strncasecmp(content_type, "multipart/form-data", 19) != 0 ||
        !form_parameter(str_of(content_type), "boundary", &boundary) ||
        !is_boundary(buf_str(&boundary))) {
        buf_finish(&boundary);
        return err_set(err, ERR_INPUT, 0, "no multipart/form-data with a boundary");
    }
    struct form_reader *r = mem_alloc(1, sizeof(*r));
    r->sink = *sink;
    r->limits = *limits;
    r->limits.parts = limits->parts ? limits->parts : 256;
    r->limits.head = limits->head ? limits->head : 8192;
    buf_add_text(&r->delimiter, "\r\n--");
    buf_add_str(&r->delimiter, buf_str(&boundary));
    r->matched = r->lent = 2; /* the first boundary needs no line break before it */
    buf_finish(&boundary);
    *out = r;
    return true;
}

/* Looks for the delimiter; what is none goes to the sink (or nowhere, before the first part).
 * Returns how many bytes were used. CR stands at the start of the delimiter only, so a failed match
 * can begin again nowhere but at the byte that failed. */
static bool scan(struct form_reader *r, struct str text, size_t *used, struct err *err)
{
    const struct buf *d = &r->delimiter;
    bool gives = r->state == IN_PART;
    size_t i = 0;
    while (i < text.n) {
        if (r->matched == 0) {
            const char *cr = memchr(text.s + i, '\r', text.n - i);
            size_t plain = cr ? (size_t)(cr - text.s) - i : text.n - i;
            if (gives && plain > 0 &&
                !r->sink.bytes(r->sink.ctx, (struct str){text.s + i, plain}, err)) {
                return false;
            }
            i += plain;
            if (i == text.n) {
                break;
            }
        }
        if (text.s[i] != d->s[r->matched]) {
            struct str held = {d->s + r->lent, r->matched - r->lent};
            r->matched = r->lent = 0;
            if (gives && held.n > 0 && !r->sink.bytes(r->sink.ctx, held, err)) {
                return false;
            }
            continue;
        }
        i++;
        if (++r->matched == d->n) {
            r->matched = r->lent = 0;
            r->n_after = 0;
            r->state = AFTER_BOUNDARY;
            *used = i;
            return !gives || r->sink.end(r->sink.ctx, err);
        }
    }
    *used = i;
    return true;
}

/* The bytes behind a boundary: "--" ends it all, blanks and CR LF begin a part. */
static bool after_boundary(struct form_reader *r, char c, struct err *err)
{
    if (r->n_after == 0 && is_blank(c)) {
        return true;
    }
    r->after[r->n_after++] = c;
    bool is_end = r->after[0] == '-', is_line = r->after[0] == '\r';
    if (r->n_after == 1 && (is_end || is_line)) {
        return true;
    }
    if (is_end && r->after[1] == '-') {
        r->state = IN_EPILOGUE;
        return true;
    }
    if (is_line && r->after[1] == '\n') {
        buf_clear(&r->head);
        r->state = IN_HEAD;
        return true;
    }
    return err_set(err, ERR_INPUT, 0, "a multipart boundary is not followed by a line end");
}

static bool read_head_line(struct str line, struct buf *name, struct buf *filename,
                           struct buf *type)
{
    struct str rest = line, key;
    if (!memchr(line.s, ':', line.n)) {
        return line.n == 0;
    }
    str_cut(&rest, ':', &key);
    key = str_trim(key);
    rest = str_trim(rest);
    if (key.n == 19 && strncasecmp(key.s, "Content-Disposition", 19) == 0) {
        form_parameter(rest, "name", name);
        form_parameter(rest, "filename", filename);
    } else if (key.n == 12 && strncasecmp(key.s, "Content-Type", 12) == 0) {
        buf_add_str(type, rest);
    }
    return true;
}

static bool begin_part(struct form_reader *r, struct err *err)
{
    struct buf name = {0}, filename = {0}, type = {0};
    struct str rest = buf_str(&r->head), line;
    bool ok = true;
    while (ok && str_cut(&rest, '\n', &line)) {
        ok = read_head_line(str_trim(line), &name, &filename, &type);
    }
    struct form_part part = {buf_str(&name), buf_str(&filename), buf_str(&type)};
    if (!filename.s) {
        part.filename.s = NULL;
    }
    if (!ok || name.n == 0) {
        ok = err_set(err, ERR_INPUT, 0, "a part has no name");
    } else if (!utf8_valid(part.name) ||
               !utf8_valid((struct str){filename.s ? filename.s : "", filename.n})) {
        ok = err_set(err, ERR_INPUT, 0, "the name of a part is not UTF-8");
    } else if (++r->parts > r->limits.parts) {
        ok = err_set(err, ERR_INPUT, TOO_MUCH, "more than %zu parts", r->limits.parts);
    } else {
        ok = r->sink.begin(r->sink.ctx, &part, err);
    }
    buf_finish(&name);
    buf_finish(&filename);
    buf_finish(&type);
    r->state = IN_PART;
    r->matched = r->lent = 2; /* the line break of the head may be that of the boundary too */
    return ok;
}

static bool in_head(struct form_reader *r, char c, struct err *err)
{
    if (r->head.n >= r->limits.head) {
        return err_set(err, ERR_INPUT, TOO_MUCH, "the head of a part is too long");
    }
    buf_add_char(&r->head, c);
    struct str head = buf_str(&r->head);
    if (str_ends(head, STR("\r\n\r\n")) || str_is(head, "\r\n")) {
        return begin_part(r, err);
    }
    return true;
}

bool form_reader_feed(struct form_reader *r, struct str bytes, struct err *err)
{
    bool ok = true;
    while (ok && bytes.n > 0 && r->state != IN_EPILOGUE) {
        size_t used = 1;
        if (r->state == AFTER_BOUNDARY) {
            ok = after_boundary(r, bytes.s[0], err);
        } else if (r->state == IN_HEAD) {
            ok = in_head(r, bytes.s[0], err);
        } else {
            ok = scan(r, bytes, &used, err);
        }
        bytes = (struct str){bytes.s + used, bytes.n - used};
    }
    return ok;
}

bool form_reader_finish(struct form_reader *r, struct err *err)
{
    if (r->state != IN_EPILOGUE) {
        return err_set(err, ERR_INPUT, 0, "the multipart body ends before its last boundary");
    }
    return true;
}

void form_reader_destroy(struct form_reader *r)
{
    if (r) {
        buf_finish(&r->delimiter);
        buf_finish(&r->head);
        free(r);
    }
}
