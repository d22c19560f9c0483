#include "platform/base/csv.h"

static char guess_separator(struct str text)
{
    size_t comma = 0, semicolon = 0, tab = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.s[i];
        if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && (c == '\n' || c == '\r')) {
            break;
        } else if (!quoted) {
            comma += c == ',';
            semicolon += c == ';';
            tab += c == '\t';
        }
    }
    if (semicolon) {
        return ';';
    }
    return tab > comma ? '\t' : ',';
}

void csv_begin(struct csv *csv, struct str text)
{
    *csv = (struct csv){.rest = text, .line = 0};
    if (str_starts(text, STR("\xef\xbb\xbf"))) {
        csv->rest.s += 3;
        csv->rest.n -= 3;
    }
    csv->separator = guess_separator(csv->rest);
}

/* Moves past one line end (CR, LF or CR LF) if there is one. */
static bool line_end(struct csv *csv, size_t *at)
{
    struct str t = csv->rest;
    if (*at < t.n && t.s[*at] == '\r') {
        *at += *at + 1 < t.n && t.s[*at + 1] == '\n' ? 2 : 1;
        return true;
    }
    if (*at < t.n && t.s[*at] == '\n') {
        *at += 1;
        return true;
    }
    return false;
}

/* Reads a quoted cell whose opening quote is at *at; false when it is never closed. */
static bool quoted_cell(struct csv *csv, size_t *at)
{
    struct str t = csv->rest;
    size_t from = *at + 1, i = from, start = csv->unquoted.n;
    bool doubled = false;
    for (;; i++) {
        if (i >= t.n) {
            return false;
        }
        if (t.s[i] == '"') {
            if (i + 1 < t.n && t.s[i + 1] == '"') {
                doubled = true;
                buf_add(&csv->unquoted, t.s + from, i + 1 - from);
                from = ++i + 1;
            } else {
                break;
            }
        }
    }
    if (doubled) {
        buf_add(&csv->unquoted, t.s + from, i - from);
        vec_push(&csv->moved, csv->cells.n);
        vec_push(&csv->moved, start);
        vec_push(&csv->cells, (struct str){NULL, csv->unquoted.n - start});
    } else {
        vec_push(&csv->cells, (struct str){t.s + from, i - from});
    }
    *at = i + 1;
    return true;
}

static void plain_cell(struct csv *csv, size_t *at)
{
    struct str t = csv->rest;
    size_t from = *at;
    while (*at < t.n && t.s[*at] != csv->separator && t.s[*at] != '\n' && t.s[*at] != '\r') {
        (*at)++;
    }
    vec_push(&csv->cells, (struct str){t.s + from, *at - from});
}

static bool read_cells(struct csv *csv, size_t *at)
{
    for (;;) {
        if (*at < csv->rest.n && csv->rest.s[*at] == '"') {
            if (!quoted_cell(csv, at)) {
                return false;
            }
            while (*at < csv->rest.n && csv->rest.s[*at] != csv->separator &&
                   csv->rest.s[*at] != '\n' && csv->rest.s[*at] != '\r') {
                (*at)++; /* what stands behind a closing quote belongs to nobody */
            }
        } else {
            plain_cell(csv, at);
        }
        if (*at < csv->rest.n && csv->rest.s[*at] == csv->separator) {
            (*at)++;
            continue;
        }
        line_end(csv, at);
        return true;
    }
}

bool csv_row(struct csv *csv, struct err *err)
{
    size_t at = 0;
    err_clear(err);
    while (line_end(csv, &at)) {
        csv->line++;
    }
    csv->rest.s += at;
    csv->rest.n -= at;
    at = 0;
    csv->line++;
    csv->cells.n = csv->moved.n = 0;
    buf_clear(&csv->unquoted);
    if (csv->rest.n == 0) {
        return false;
    }
    if (!read_cells(csv, &at)) {
        csv->rest.n = 0;
        return err_set(err, ERR_INPUT, (int)csv->line, "line %ld: a quote is never closed",
                       csv->line);
    }
    for (size_t i = 0; i < csv->moved.n; i += 2) {
        csv->cells.v[csv->moved.v[i]].s = csv->unquoted.s + csv->moved.v[i + 1];
    }
    csv->rest.s += at;
    csv->rest.n -= at;
    return true;
}

void csv_end(struct csv *csv)
{
    vec_finish(&csv->cells);
    vec_finish(&csv->moved);
    buf_finish(&csv->unquoted);
}

static bool is_number(struct str cell)
{
    size_t i = cell.n && (cell.s[0] == '-' || cell.s[0] == '+'), digits = 0, points = 0;
    for (; i < cell.n; i++) {
        digits += cell.s[i] >= '0' && cell.s[i] <= '9';
        points += cell.s[i] == '.' || cell.s[i] == ',';
        if (!strchr("0123456789.,", cell.s[i])) {
            return false;
        }
    }
    return digits > 0 && points <= 1;
}

void csv_add(struct buf *to, bool first, struct str cell)
{
    if (!first) {
        buf_add_char(to, ',');
    }
    bool formula = cell.n && strchr("=+-@\t\r", cell.s[0]) && !is_number(cell);
    bool quote = formula;
    for (size_t i = 0; i < cell.n && !quote; i++) {
        quote = cell.s[i] == ',' || cell.s[i] == '"' || cell.s[i] == '\n' || cell.s[i] == '\r' ||
                cell.s[i] == ';';
    }
    if (!quote) {
        buf_add_str(to, cell);
        return;
    }
    buf_add_text(to, formula ? "\"'" : "\"");
    for (size_t i = 0; i < cell.n; i++) {
        if (cell.s[i] == '"') {
            buf_add_char(to, '"');
        }
        buf_add_char(to, cell.s[i]);
    }
    buf_add_char(to, '"');
}

void csv_add_end(struct buf *to)
{
    buf_add_text(to, "\r\n");
}
