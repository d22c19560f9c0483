/* Records as CSV or JSON, piece by piece, so that any number of them needs little memory; and as a
 * ZIP with the XML and files byte for byte. Numbers are masked unless full is set: who sets it
 * notes the reason in the audit. */
#ifndef HUB_EXPORT_H
#define HUB_EXPORT_H

#include <stdio.h>
#include "app/hub/archive.h"

enum export_format { EXPORT_CSV, EXPORT_JSON };

struct export_options {
    enum export_format format;
    const char *form;          /* NULL: all */
    int64_t from_ms, until_ms; /* received; 0: open */
    bool full;                 /* numbers unmasked */
};

struct exporter;

/* Starts; the texts of options are copied. The caller destroys it. */
bool exporter_create(struct exporter **out, struct archive *archive,
                     const struct export_options *options, struct err *err);

/* Appends the next piece; nothing is appended at the end. */
bool exporter_add(struct exporter *exporter, struct archive *archive, struct buf *to,
                  struct err *err);

/* How many records were given so far. */
int64_t exporter_count(const struct exporter *exporter);

/* Frees; takes NULL. */
void exporter_destroy(struct exporter *exporter);

/* Writes a ZIP: FORM/INSTANCE/submission.xml and the files beside it, unchanged. */
bool export_zip(struct archive *archive, const struct export_options *options, FILE *to,
                int64_t *count, struct err *err);

#endif
