#include "app/question/markup.h"

#include <ctype.h>

#include "app/form/form.h"
#include "platform/base/xml.h"

/* Only plain names and #rgb pass: the colour goes into an attribute. */
static bool is_colour(struct str colour)
{
    for (size_t i = 0; i < colour.n; i++) {
        if (!isalnum((unsigned char)colour.s[i]) && !(i == 0 && colour.s[i] == '#')) {
            return false;
        }
    }
    return colour.n > 0 && colour.n < 20;
}

static bool add_span(void *ctx, const struct span *span)
{
    struct buf *to = ctx;
    bool bold = span->flags & (SPAN_BOLD | SPAN_HEADING), colour = is_colour(span->color);
    if (span->flags & SPAN_BREAK) {
        buf_add_char(to, '\n');
        return true;
    }
    buf_add_text(to, bold ? "<b>" : "");
    buf_add_text(to, span->flags & SPAN_ITALIC ? "<i>" : "");
    buf_add_text(to, span->flags & SPAN_LINK ? "<u>" : "");
    if (colour) {
        buf_addf(to, "<span foreground=\"" STR_FMT "\">", STR_ARG(span->color));
    }
    xml_add_escaped(to, span->text, false);
    buf_add_text(to, colour ? "</span>" : "");
    buf_add_text(to, span->flags & SPAN_LINK ? "</u>" : "");
    buf_add_text(to, span->flags & SPAN_ITALIC ? "</i>" : "");
    buf_add_text(to, bold ? "</b>" : "");
    return true;
}

void markup_of(struct str label, struct buf *to)
{
    markdown_each(label, add_span, to);
}
