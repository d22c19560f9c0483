/* Memory that is freed all at once: one arena per form definition, one per entry, one per frame of
 * drawing. Zeroed memory is an empty arena. Not shared between threads. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>
#include "platform/base/str.h"

struct arena_block;

struct arena {
    struct arena_block *first; /* newest */
    char *at, *end;
    size_t used; /* bytes given out */
};

/* Zeroed memory of n bytes, aligned for any type; ends the program without memory. */
void *arena_alloc(struct arena *a, size_t n);

/* A zeroed array. */
#define arena_array(a, type, count) ((type *)arena_alloc(a, sizeof(type) * (count)))

/* One zeroed struct. */
#define arena_new(a, type) ((type *)arena_alloc(a, sizeof(type)))

/* A NUL-terminated copy. */
char *arena_strdup(struct arena *a, const char *text);

/* A NUL-terminated copy of a view. */
char *arena_str(struct arena *a, struct str text);

/* What printf would print. */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A moment in the life of an arena. */
struct arena_mark {
    struct arena_block *block;
    char *at;
    size_t used;
};

/* The moment now. */
struct arena_mark arena_mark(const struct arena *a);

/* Forgets what was given out since the mark, which is of this arena and not older than its last
 * reset or rewind. */
void arena_rewind(struct arena *a, struct arena_mark mark);

/* Forgets everything but keeps the newest block for reuse. */
void arena_reset(struct arena *a);

/* Frees everything. */
void arena_finish(struct arena *a);

#endif
