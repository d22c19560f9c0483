/* What may take long (the disk, a key derived on purpose slowly) on a thread that somebody is
 * looking at: it is done aside, on a second thread, and the first one, which waits for it, can say
 * so meanwhile. A thread that nobody looks at does everything itself. */
#ifndef BASE_ASIDE_H
#define BASE_ASIDE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct aside;

enum { ASIDE_STEP_MS = 20 };

/* From now on the calling thread waits with open eyes: still is called by it every ASIDE_STEP_MS,
 * with the milliseconds since the work began. still may look and paint; it must not touch what any
 * work may use (no store, no file). One a thread; the same thread ends it by aside_destroy. NULL
 * when there is no second thread to be had: all goes on as without. */
struct aside *aside_create(void (*still)(void *ctx, int64_t ms), void *ctx);

/* Ends it; takes NULL. */
void aside_destroy(struct aside *aside);

/* Does the work and returns when it is done: aside, or at once where nobody looks. It is never done
 * beside the caller, so it may use what belongs to the calling thread. */
void aside_do(void (*work)(void *ctx), void *ctx);

/* fsync, fdatasync and read by aside_do: what they return, and errno. */
int aside_fsync(int fd);
int aside_fdatasync(int fd);
ssize_t aside_read(int fd, void *bytes, size_t n);

#endif
