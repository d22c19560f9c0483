/* Compiled catalogues (GNU gettext's .mo files, gettext manual "The Format of GNU MO Files"), read
 * whole and asked by binary search. Own code because the C library answers in English without a
 * locale package (since glibc 2.39 also under C.UTF-8), and a handheld has none. A catalogue never
 * changes after it was opened: any thread may ask it. */
#ifndef LANG_MO_H
#define LANG_MO_H

#include <stdbool.h>
#include <stddef.h>
#include "platform/base/err.h"

struct mo;

/* Reads a catalogue; ERR_MISSING, or ERR_DAMAGED when an offset leads outside of the file. It is
 * kept for the life of the program, since texts given out are borrowed from it. */
bool mo_open(const char *path, struct mo **out, struct err *err);

/* Frees it; no text of it may be in use. Takes NULL. */
void mo_close(struct mo *mo);

/* The translation of a text (with a context: "CONTEXT\004TEXT"), or NULL. Borrowed. */
const char *mo_find(const struct mo *mo, const char *text);

/* The form of a translation for the number n by the catalogue's Plural-Forms, or NULL. */
const char *mo_find_plural(const struct mo *mo, const char *one, unsigned long n);

#endif
