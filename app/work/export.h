/* The visit log as a file: CSV (UTF-8 with BOM, safe against formulas) or JSON, on the screen and
 * on the command line alike. Names and numbers are shortened unless a reason is given, which is
 * journalled. */
#ifndef WORK_EXPORT_H
#define WORK_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"

struct app;

struct export_options {
    bool json;
    bool full;             /* names and numbers in full; needs a reason */
    const char *reason;    /* "" or NULL: none */
    const char *from, *to; /* "YYYY-MM-DD", both inclusive; "" or NULL: open */
};

/* Appends the file. ERR_INPUT: a date that is none, or full without a reason. */
bool export_visits(struct app *app, const struct export_options *options, struct buf *out,
                   struct err *err);

/* A file name for it: "visits-2026-11-05.csv". */
void export_name(const struct export_options *options, char *name, size_t size);

#endif
