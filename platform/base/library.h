/* A foreign library that is loaded when it is first needed instead of at every start: the libraries
 * of the network and of encrypted forms, with all that they pull in, are most of what a handheld
 * would load, and on a day without a network it needs none. A file beside its users lists the
 * functions that are called, once:
 *
 *     #define CURL_CALLS(X) X(curl_easy_init) X(curl_easy_cleanup)
 *     struct curl_calls {                     // the types are those of the library's own header
 *         CURL_CALLS(LIBRARY_FIELD)
 *     };
 *     extern struct curl_calls curl_calls;    // one .c: LIBRARY(curl, "libcurl.so.4", …)
 *     #define curl_easy_init curl_calls.curl_easy_init
 *
 * and every door of the room asks library_need before the first of them is called. A library is
 * never unloaded: what it has registered (threads, handlers at the end) would then lead nowhere.
 * Any thread. */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include "platform/base/err.h"

struct library {
    const char *file;         /* its soname */
    const char *const *names; /* of the functions, in the order of the table */
    void *table;              /* pointers to functions, nothing else */
    size_t n;
    pthread_mutex_t lock;
    atomic_bool is_there; /* the table is whole */
};

/* For a list X(name) X(name) …: the field of the table, and the name. */
#define LIBRARY_FIELD(name) __typeof__(name) *name;
#define LIBRARY_NAME(name)  #name,

/* Defines `struct library variable` over the list and its table. */
#define LIBRARY(variable, soname, CALLS, functions)                                                \
    static const char *const variable##_names[] = {CALLS(LIBRARY_NAME)};                           \
    _Static_assert(sizeof(functions) == sizeof(variable##_names), "a table of its functions");     \
    struct library variable = {                                                                    \
        .file = (soname),                                                                          \
        .names = variable##_names,                                                                 \
        .table = &(functions),                                                                     \
        .n = sizeof(variable##_names) / sizeof(*variable##_names),                                 \
        .lock = PTHREAD_MUTEX_INITIALIZER,                                                         \
    }

/* Loads it when that has not happened yet. ERR_LIBRARY when it, or one of its functions, is not on
 * this device; the next call looks again. */
bool library_need(struct library *library, struct err *err);

/* After work with what was loaded late: lets go of its code (code.h), 7 MiB for the libraries of
 * the network, until it is needed again. What was there from the start, the screen's libraries
 * among them, is left alone. */
void library_settle(void);

#endif
