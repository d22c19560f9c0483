#include "platform/base/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "platform/base/mem.h"

enum { ARENA_FIRST = 4096, ARENA_MOST = 256 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t size;
    max_align_t bytes[];
};

static void add_block(struct arena *a, size_t n)
{
    size_t size = a->first ? a->first->size * 2 : ARENA_FIRST;
    size = size > ARENA_MOST ? ARENA_MOST : size;
    size = size < n ? n : size;
    struct arena_block *block = mem_grow(NULL, sizeof(*block) + size, 1);
    block->next = a->first;
    block->size = size;
    a->first = block;
    a->at = (char *)block->bytes;
    a->end = a->at + size;
}

void *arena_alloc(struct arena *a, size_t n)
{
    const size_t align = _Alignof(max_align_t);
    n = (n + align - 1) / align * align;
    if (!a->at || (size_t)(a->end - a->at) < n) {
        add_block(a, n);
    }
    void *p = a->at;
    a->at += n;
    a->used += n;
    return memset(p, 0, n);
}

char *arena_strdup(struct arena *a, const char *text)
{
    return text ? arena_str(a, str_of(text)) : NULL;
}

char *arena_str(struct arena *a, struct str text)
{
    char *copy = arena_alloc(a, text.n + 1);
    if (text.n) {
        memcpy(copy, text.s, text.n);
    }
    return copy;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    char *text = arena_alloc(a, (size_t)(n < 0 ? 0 : n) + 1);
    vsnprintf(text, (size_t)(n < 0 ? 0 : n) + 1, fmt, again);
    va_end(again);
    return text;
}

static void free_blocks(struct arena_block *block)
{
    while (block) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
}

void arena_reset(struct arena *a)
{
    if (a->first) {
        free_blocks(a->first->next);
        a->first->next = NULL;
        a->at = (char *)a->first->bytes;
        a->end = a->at + a->first->size;
    }
    a->used = 0;
}

struct arena_mark arena_mark(const struct arena *a)
{
    return (struct arena_mark){a->first, a->at, a->used};
}

void arena_rewind(struct arena *a, struct arena_mark mark)
{
    if (!mark.block) {
        arena_reset(a);
        return;
    }
    while (a->first != mark.block) {
        struct arena_block *newer = a->first;
        a->first = newer->next;
        free(newer);
    }
    a->at = mark.at;
    a->end = (char *)a->first->bytes + a->first->size;
    a->used = mark.used;
}

void arena_finish(struct arena *a)
{
    free_blocks(a->first);
    *a = (struct arena){0};
}
