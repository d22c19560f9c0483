/* Small allocations that cannot fail: without memory the program says so and ends; the draft is on
 * disk and the restart goes on. Large ones (images, received files) use malloc and are checked. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* Zeroed memory for n things of size bytes; the caller frees it. Ends the program when there is
 * none. */
void *mem_alloc(size_t n, size_t size);

/* Resizes to n things of size bytes (new bytes are not zeroed); NULL starts afresh. */
void *mem_grow(void *old, size_t n, size_t size);

/* A copy of the text that the caller frees; NULL gives NULL. */
char *mem_strdup(const char *text);

/* A copy of n bytes with a NUL behind; the caller frees it. */
char *mem_strndup(const char *text, size_t n);

#endif
