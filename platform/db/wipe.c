#include "platform/db/wipe.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <pthread.h>
#include <sqlite3.h>

static void *take(int n)
{
    return malloc((size_t)n);
}

static void give_back(void *p)
{
    if (p) {
        explicit_bzero(p, malloc_usable_size(p));
        free(p);
    }
}

static int size_of(void *p)
{
    return p ? (int)malloc_usable_size(p) : 0;
}

static void *resize(void *old, int n)
{
    size_t had = malloc_usable_size(old);
    if ((size_t)n <= had && (size_t)n >= had / 2) {
        return old;
    }
    void *p = malloc((size_t)n);
    if (p) {
        memcpy(p, old, had < (size_t)n ? had : (size_t)n);
        give_back(old);
    }
    return p;
}

static int round_up(int n)
{
    return (n + 7) & ~7;
}

static int begin(void *ctx)
{
    return SQLITE_OK;
}

static void end(void *ctx)
{
}

static void install(void)
{
    static const struct sqlite3_mem_methods methods = {take,     give_back, resize, size_of,
                                                       round_up, begin,     end,    NULL};
    sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

void wipe_install(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install);
}
