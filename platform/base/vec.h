/* Growable arrays as three macros: `VEC(struct thing) things;` in a struct, then vec_push. Zeroed
 * memory is an empty vector. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stdlib.h>
#include <string.h>
#include "platform/base/mem.h"

#define VEC(type)                                                                                  \
    struct {                                                                                       \
        type *v;                                                                                   \
        size_t n, cap;                                                                             \
    }

/* Makes room for one more and gives its address; the slot is not zeroed. */
#define vec_add(vec)                                                                               \
    ((vec)->n == (vec)->cap                                                                        \
         ? ((vec)->cap = (vec)->cap ? (vec)->cap * 2 : 8,                                          \
            (vec)->v = mem_grow((vec)->v, (vec)->cap, sizeof(*(vec)->v)), &(vec)->v[(vec)->n++])   \
         : &(vec)->v[(vec)->n++])

/* Appends a value. */
#define vec_push(vec, ...) ((void)(*vec_add(vec) = (__VA_ARGS__)))

/* Removes the i-th, keeping the order. */
#define vec_remove(vec, i)                                                                         \
    (memmove(&(vec)->v[i], &(vec)->v[(i) + 1], ((vec)->n - (i)-1) * sizeof(*(vec)->v)),            \
     (void)(vec)->n--)

/* Frees the array and leaves it empty. */
#define vec_finish(vec) (free((vec)->v), (vec)->v = NULL, (void)((vec)->n = (vec)->cap = 0))

#endif
