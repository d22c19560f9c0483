#include "app/form/form.h"

#include <ctype.h>
#include <strings.h>

struct writer {
    bool (*each)(void *ctx, const struct span *span);
    void *ctx;
    bool stopped;
};

/* A mark looks this far for its other half: a label without any cannot cost the square of its
 * length, and nesting stays shallow. */
enum { MARK_REACH = 2000 };

struct look {
    unsigned flags;
    int heading;
    struct str link, color;
};

static void give(struct writer *to, struct str text, const struct look *look)
{
    if (text.n && !to->stopped) {
        struct span span = {text, look->flags, look->heading, look->link, look->color};
        to->stopped = !to->each(to->ctx, &span);
    }
}

static void give_break(struct writer *to)
{
    if (!to->stopped) {
        struct span span = {STR(""), SPAN_BREAK, 0, STR(""), STR("")};
        to->stopped = !to->each(to->ctx, &span);
    }
}

static bool is_mark(char c)
{
    return strchr("*_#[]<>\\", c) && c;
}

/* Where the emphasis that opens with mark at the start of text ends: index of the closing mark, or
 * 0. A space behind the opening or before the closing mark is no emphasis. */
static size_t closing(struct str text, struct str mark)
{
    if (text.n <= mark.n * 2 || isspace((unsigned char)text.s[mark.n])) {
        return 0;
    }
    for (size_t i = mark.n + 1; i + mark.n <= text.n; i++) {
        if (text.s[i - 1] == '\\' || isspace((unsigned char)text.s[i - 1]) ||
            memcmp(text.s + i, mark.s, mark.n) != 0) {
            continue;
        }
        bool more = i + mark.n < text.n && text.s[i + mark.n] == mark.s[0];
        bool in_word =
            mark.s[0] == '_' && i + mark.n < text.n && isalnum((unsigned char)text.s[i + mark.n]);
        if (!more && !in_word) {
            return i;
        }
    }
    return 0;
}

static void inline_text(struct writer *to, struct str text, const struct look *look);

/* Emphasis, link or colour at the start of text; returns the bytes taken, 0 when it is none. */
static size_t emphasis(struct writer *to, struct str text, const struct look *look)
{
    static const struct {
        struct str mark;
        unsigned flag;
    } marks[] = {{{"**", 2}, SPAN_BOLD},
                 {{"__", 2}, SPAN_BOLD},
                 {{"*", 1}, SPAN_ITALIC},
                 {{"_", 1}, SPAN_ITALIC}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        struct str mark = marks[i].mark;
        size_t end = str_starts(text, mark) ? closing(text, mark) : 0;
        if (end) {
            struct look inner = *look;
            inner.flags |= marks[i].flag;
            inline_text(to, (struct str){text.s + mark.n, end - mark.n}, &inner);
            return end + mark.n;
        }
    }
    return 0;
}

static size_t link_text(struct writer *to, struct str text, const struct look *look)
{
    const char *close = text.s[0] == '[' ? memchr(text.s, ']', text.n) : NULL;
    size_t at = close ? (size_t)(close - text.s) : 0;
    if (!close || at + 1 >= text.n || text.s[at + 1] != '(') {
        return 0;
    }
    const char *end = memchr(text.s + at, ')', text.n - at);
    if (!end) {
        return 0;
    }
    struct look inner = *look;
    inner.flags |= SPAN_LINK;
    inner.link = (struct str){close + 2, (size_t)(end - close) - 2};
    inline_text(to, (struct str){text.s + 1, at - 1}, &inner);
    return (size_t)(end - text.s) + 1;
}

/* The value of a property in style="…", or an empty view. */
static struct str style_of(struct str tag, struct str property)
{
    ptrdiff_t at = str_find(tag, property);
    if (at < 0) {
        return STR("");
    }
    struct str rest = {tag.s + at + property.n, tag.n - (size_t)at - property.n};
    rest = str_trim(rest);
    if (!rest.n || rest.s[0] != ':') {
        return STR("");
    }
    rest = str_trim((struct str){rest.s + 1, rest.n - 1});
    size_t n = 0;
    while (n < rest.n && !strchr(";\"'>", rest.s[n])) {
        n++;
    }
    return str_trim((struct str){rest.s, n});
}

/* <span …>, <p …>, <div …> with what they hold, <br>, and other tags, which vanish. */
static size_t tag_text(struct writer *to, struct str text, const struct look *look)
{
    const char *close = memchr(text.s, '>', text.n);
    if (text.s[0] != '<' || !close || text.n < 3 ||
        !(isalpha((unsigned char)text.s[1]) || text.s[1] == '/')) {
        return 0;
    }
    struct str tag = {text.s, (size_t)(close - text.s) + 1};
    if (!strncasecmp(tag.s, "<br", 3)) {
        give_break(to);
        return tag.n;
    }
    if (strncasecmp(tag.s, "<span", 5) != 0) {
        return tag.n;
    }
    struct str rest = {close + 1, text.n - tag.n};
    ptrdiff_t end = str_find(rest, STR("</span>"));
    struct look inner = *look;
    struct str color = style_of(tag, STR("color"));
    inner.color = color.n ? color : look->color;
    inline_text(to, (struct str){rest.s, end < 0 ? rest.n : (size_t)end}, &inner);
    return tag.n + (end < 0 ? rest.n : (size_t)end + 7);
}

static void inline_text(struct writer *to, struct str text, const struct look *look)
{
    size_t from = 0, i = 0;
    while (i < text.n && !to->stopped) {
        struct str rest = {text.s + i, text.n - i > MARK_REACH ? MARK_REACH : text.n - i};
        if (rest.s[0] == '\\' && rest.n > 1 && is_mark(rest.s[1])) {
            give(to, (struct str){text.s + from, i - from}, look);
            give(to, (struct str){rest.s + 1, 1}, look);
            i += 2;
            from = i;
            continue;
        }
        if (!is_mark(rest.s[0])) {
            i++;
            continue;
        }
        give(to, (struct str){text.s + from, i - from}, look);
        from = i;
        size_t taken = emphasis(to, rest, look);
        taken = taken ? taken : link_text(to, rest, look);
        taken = taken ? taken : tag_text(to, rest, look);
        i += taken ? taken : 1;
        from = taken ? i : from;
    }
    give(to, (struct str){text.s + from, text.n - from}, look);
}

static void line_text(struct writer *to, struct str line)
{
    struct look look = {0, 0, STR(""), STR("")};
    size_t level = 0;
    while (level < line.n && level < 6 && line.s[level] == '#') {
        level++;
    }
    if (level && level < line.n && line.s[level] == ' ') {
        look.flags = SPAN_HEADING;
        look.heading = (int)level;
        line = str_trim((struct str){line.s + level, line.n - level});
    } else if (line.n > 2 && strchr("-*+", line.s[0]) && line.s[1] == ' ') {
        give(to, STR("• "), &look);
        line = (struct str){line.s + 2, line.n - 2};
    }
    inline_text(to, line, &look);
}

void markdown_each(struct str text, bool (*each)(void *ctx, const struct span *span), void *ctx)
{
    struct writer to = {each, ctx, false};
    struct str line;
    bool first = true;
    while (!to.stopped && str_cut(&text, '\n', &line)) {
        if (!first) {
            give_break(&to);
        }
        first = false;
        if (line.n && line.s[line.n - 1] == '\r') {
            line.n--;
        }
        line_text(&to, line);
    }
}

static bool add_plain(void *ctx, const struct span *span)
{
    if (span->flags & SPAN_BREAK) {
        buf_add_char(ctx, '\n');
    } else {
        buf_add_str(ctx, span->text);
    }
    return true;
}

void markdown_plain(struct str text, struct buf *plain)
{
    markdown_each(text, add_plain, plain);
}
