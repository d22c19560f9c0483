#include "app/hub/html.h"

#include "app/lang/lang.h"

enum { HIDE_FROM = 9, SHOW_LAST = 3 };

void html_add(struct buf *to, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.s[i];
        switch (c) {
        case '&':
            buf_add_text(to, "&amp;");
            break;
        case '<':
            buf_add_text(to, "&lt;");
            break;
        case '>':
            buf_add_text(to, "&gt;");
            break;
        case '"':
            buf_add_text(to, "&quot;");
            break;
        case '\'':
            buf_add_text(to, "&#39;");
            break;
        default:
            if (c >= 0x20 || c == '\n' || c == '\t') {
                buf_add_char(to, (char)c);
            }
        }
    }
}

void html_add_in(struct buf *to, const char *tag, struct str text)
{
    buf_addf(to, "<%s>", tag);
    html_add(to, text);
    buf_addf(to, "</%s>", tag);
}

void html_add_link(struct buf *to, const char *path, struct str text)
{
    buf_add_text(to, "<a href=\"");
    html_add(to, str_of(path));
    buf_add_text(to, "\">");
    html_add(to, text);
    buf_add_text(to, "</a>");
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The end of a run of digits that may have single separators inside; *digits counts them. A number
 * with a fraction (coordinates) is no run: a dot counts as separator only between whole groups of
 * three or more on both sides. */
static size_t run_end(struct str text, size_t from, size_t *digits)
{
    size_t i = from;
    *digits = 0;
    while (i < text.n) {
        if (is_digit(text.s[i])) {
            (*digits)++;
            i++;
        } else if (i > from && i + 1 < text.n && (text.s[i] == ' ' || text.s[i] == '-') &&
                   is_digit(text.s[i + 1])) {
            i++;
        } else if (i >= from + 3 && i + 3 < text.n && text.s[i] == '.' && is_digit(text.s[i + 1]) &&
                   is_digit(text.s[i + 2]) && is_digit(text.s[i + 3]) &&
                   (i + 4 >= text.n || !is_digit(text.s[i + 4]))) {
            i++;
        } else {
            break;
        }
    }
    return i;
}

static bool is_moment(struct str run)
{
    /* 2026-11-05 and what follows it in a dateTime */
    return run.n >= 10 && run.s[4] == '-' && run.s[7] == '-';
}

void mask_add(struct buf *to, struct str text)
{
    size_t i = 0;
    while (i < text.n) {
        size_t digits = 0, end = is_digit(text.s[i]) ? run_end(text, i, &digits) : i + 1;
        struct str run = {text.s + i, end - i};
        bool is_fraction = i > 0 && text.s[i - 1] == '.';
        if (digits < HIDE_FROM || is_moment(run) || is_fraction) {
            buf_add_str(to, run);
        } else {
            size_t left = digits;
            for (size_t k = 0; k < run.n; k++) {
                bool hide = is_digit(run.s[k]) && left > SHOW_LAST;
                left -= is_digit(run.s[k]) ? 1 : 0;
                if (hide) {
                    buf_add_text(to, "•");
                } else {
                    buf_add_char(to, run.s[k]);
                }
            }
        }
        i = end;
    }
}

void html_add_time(struct buf *to, int64_t ms)
{
    if (ms == 0) {
        buf_add_text(to, "–");
        return;
    }
    date_add_moment(to, ms);
}
