#include "platform/base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#include "platform/base/mem.h"

char *buf_reserve(struct buf *b, size_t n)
{
    if (b->full || (b->limit && (n > b->limit || b->n > b->limit - n))) {
        b->full = true;
        return NULL;
    }
    if (b->n + n + 1 > b->cap) {
        size_t cap = b->cap ? b->cap * 2 : 64;
        while (cap < b->n + n + 1) {
            cap *= 2;
        }
        b->s = mem_grow(b->s, cap, 1);
        b->cap = cap;
    }
    return b->s + b->n;
}

void buf_add(struct buf *b, const void *bytes, size_t n)
{
    char *to = buf_reserve(b, n);
    if (to) {
        if (n) {
            memcpy(to, bytes, n);
        }
        b->n += n;
        b->s[b->n] = 0;
    }
}

void buf_add_text(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

void buf_add_str(struct buf *b, struct str text)
{
    buf_add(b, text.s, text.n);
}

void buf_add_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    char *to = n >= 0 ? buf_reserve(b, (size_t)n) : NULL;
    if (to) {
        vsnprintf(to, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    b->full = false;
    if (b->s) {
        b->s[0] = 0;
    }
}

char *buf_take(struct buf *b)
{
    char *s = b->s ? b->s : mem_alloc(1, 1);
    *b = (struct buf){.limit = b->limit};
    return s;
}

void buf_finish(struct buf *b)
{
    free(b->s);
    *b = (struct buf){.limit = b->limit};
}

void buf_wipe(struct buf *b)
{
    if (b->s) {
        explicit_bzero(b->s, b->cap);
    }
    buf_finish(b);
}
