/* The door to words: translated sentences, folding and search, sorting, tone placement, Telex and
 * VNI typing, numbers, money, dates, telephone numbers and old encodings. Everything but the
 * translation table is a pure function for any thread. The table is opened once at the start;
 * lang_set may be called later from the thread that drew the screen, tr() from any thread. It knows
 * no screen and no form: a form's own languages live in app/form. */
#ifndef LANG_LANG_H
#define LANG_LANG_H

#include <stdbool.h>
#include <stddef.h>
#include "app/lang/date.h"
#include "app/lang/fold.h"
#include "app/lang/legacy.h"
#include "app/lang/number.h"
#include "app/lang/phone.h"
#include "app/lang/search.h"
#include "app/lang/sort.h"
#include "app/lang/telex.h"
#include "app/lang/tone.h"
#include "platform/base/err.h"

enum { LANG_CODE = 16, LANG_NAME = 48, LANG_MAX = 16 };

/* One language that the program can speak. */
struct lang {
    char code[LANG_CODE]; /* "vi", "en", "ar" */
    char name[LANG_NAME]; /* in itself: "Tiếng Việt" */
    bool rtl;             /* written from right to left */
};

/* Opens the compiled catalogues below folder (FOLDER/xx/LC_MESSAGES/gocua.mo) and speaks Vietnamese
 * until lang_set. Call it once, before any other thread starts. Without catalogues the program
 * speaks English; ERR_MISSING then. */
bool lang_open(const char *folder, struct err *err);

/* Speaks the language of that code ("vi", "en", "ar"; "vi_VN" is cut to "vi") from now on: the next
 * tr() answers in it. ERR_MISSING, and no change, when there is no such catalogue. */
bool lang_set(const char *code, struct err *err);

/* The code of the language spoken now; borrowed until the next lang_set, never NULL. */
const char *lang_get(void);

/* Is the language spoken now written from right to left? */
bool lang_is_rtl(void);

/* The languages there are, Vietnamese first, then English, then the others by code; borrowed for
 * the life of the program. English needs no catalogue and is always there. */
const struct lang *lang_list(size_t *count);

/* The sentence in the language spoken now; the English one when it is not translated. Never free
 * it; it stays valid after a change of language. Thread-safe. */
const char *tr(const char *text) __attribute__((format_arg(1)));

/* The same for one of two meanings of an English word: tr_for("button", "Open"). The context is
 * never shown. Both arguments must be literals. */
const char *tr_for(const char *context, const char *text) __attribute__((format_arg(2)));

/* The form of a sentence that fits the number n in the language spoken now; both arguments are
 * English: trn("%d person", "%d people", n). Write the number into it yourself. */
const char *trn(const char *one, const char *many, unsigned long n)
    __attribute__((format_arg(1), format_arg(2)));

/* Marks a text in a static table for translation; say tr() when it is shown. */
#define tr_later(text) text

#endif
