#include "app/question/markup.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/form/form.h"
#include "platform/base/xml.h"

struct marking {
    struct buf *to;
    enum ui_theme theme;
};

/* The names of HTML, and those that forms use besides. */
static const struct {
    const char *name;
    uint32_t colour;
} names[] = {
    {"red", 0xff0000},     {"green", 0x008000},   {"blue", 0x0000ff},      {"orange", 0xffa500},
    {"purple", 0x800080},  {"brown", 0xa52a2a},   {"gray", 0x808080},      {"grey", 0x808080},
    {"black", 0x000000},   {"white", 0xffffff},   {"yellow", 0xffff00},    {"navy", 0x000080},
    {"maroon", 0x800000},  {"olive", 0x808000},   {"teal", 0x008080},      {"lime", 0x00ff00},
    {"aqua", 0x00ffff},    {"fuchsia", 0xff00ff}, {"silver", 0xc0c0c0},    {"pink", 0xffc0cb},
    {"gold", 0xffd700},    {"crimson", 0xdc143c}, {"tomato", 0xff6347},    {"cyan", 0x00ffff},
    {"magenta", 0xff00ff}, {"darkred", 0x8b0000}, {"darkgreen", 0x006400}, {"darkblue", 0x00008b}};

static bool is_hex(struct str text)
{
    bool good = text.n > 0;
    for (size_t i = 0; i < text.n; i++) {
        good = good && isxdigit((unsigned char)text.s[i]);
    }
    return good;
}

/* "#f00", "#ff0000" or a name; anything else has no colour. */
static bool read_colour(struct str text, uint32_t *colour)
{
    char hex[8] = "";
    if (text.n > 0 && text.s[0] == '#' && is_hex((struct str){text.s + 1, text.n - 1}) &&
        (text.n == 4 || text.n == 7)) {
        size_t step = text.n == 4 ? 1 : 2;
        for (size_t i = 0; i < 6; i++) {
            hex[i] = text.s[1 + i / 2 * step + (step == 2 ? i % 2 : 0)];
        }
        *colour = (uint32_t)strtoul(hex, NULL, 16);
        return true;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (text.n == strlen(names[i].name) && strncasecmp(text.s, names[i].name, text.n) == 0) {
            *colour = names[i].colour;
            return true;
        }
    }
    return false;
}

static bool add_span(void *ctx, const struct span *span)
{
    const struct marking *marking = ctx;
    struct buf *to = marking->to;
    uint32_t shade = 0;
    bool bold = span->flags & (SPAN_BOLD | SPAN_HEADING), colour = read_colour(span->color, &shade);
    if (span->flags & SPAN_BREAK) {
        buf_add_char(to, '\n');
        return true;
    }
    buf_add_text(to, bold ? "<b>" : "");
    buf_add_text(to, span->flags & SPAN_ITALIC ? "<i>" : "");
    buf_add_text(to, span->flags & SPAN_LINK ? "<u>" : "");
    if (colour) {
        shade = theme_readable(marking->theme, shade) & 0xffffff;
        buf_addf(to, "<span foreground=\"#%06x\">", (unsigned)shade);
    }
    xml_add_escaped(to, span->text, false);
    buf_add_text(to, colour ? "</span>" : "");
    buf_add_text(to, span->flags & SPAN_LINK ? "</u>" : "");
    buf_add_text(to, span->flags & SPAN_ITALIC ? "</i>" : "");
    buf_add_text(to, bold ? "</b>" : "");
    return true;
}

void markup_of(struct str label, enum ui_theme theme, struct buf *to)
{
    struct marking marking = {to, theme};
    markdown_each(label, add_span, &marking);
}
