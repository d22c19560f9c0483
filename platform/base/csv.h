/* CSV after RFC 4180: a reader for foreign files and a writer for ours. */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stdbool.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"
#include "platform/base/vec.h"

/* A file being read row by row. A byte-order mark is skipped; the separator is ; or tab where the
 * header line has one outside quotes (in that order of number), else a comma. The text is borrowed
 * and must stay. */
struct csv {
    struct str rest;
    char separator;
    long line;             /* of the row just read, from 1 */
    VEC(struct str) cells; /* of that row; borrowed until the next call */
    struct buf unquoted;   /* holds cells that had doubled quotes */
    VEC(size_t) moved;     /* cells that point into it, as cell and offset in turn */
};

/* Starts reading; nothing is copied. */
void csv_begin(struct csv *csv, struct str text);

/* Reads the next row into csv->cells (empty lines are skipped). False at the end, then err->kind is
 * ERR_NONE, or ERR_INPUT with the line where a quote is never closed. */
bool csv_row(struct csv *csv, struct err *err);

/* Frees what reading needed. */
void csv_end(struct csv *csv);

/* Appends one cell and, before it, a comma unless it is the first of its row. Quotes where needed;
 * a cell that begins like a formula (= + - @ tab CR) and is no number gets an apostrophe in front,
 * so that a spreadsheet shows it and runs nothing. */
void csv_add(struct buf *to, bool first, struct str cell);

/* Ends a row (CR LF, as RFC 4180 has it). */
void csv_add_end(struct buf *to);

#endif
