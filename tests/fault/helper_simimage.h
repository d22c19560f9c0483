/* What a disk holds, and what is left of it when the power goes: a tree of files in memory, the row
 * of changes that a program made to it, and the image that a crash at any point leaves behind. A
 * change is certain once its file (or, for names, its folder) was synced after it; of the others
 * any part may be missing, in any order: nothing more is promised by POSIX. */
#ifndef TESTS_HELPER_SIMIMAGE_H
#define TESTS_HELPER_SIMIMAGE_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/vec.h"

enum { SIM_NAME = 96, SIM_ROOT = 0 };

struct sim_entry {
    char name[SIM_NAME];
    int node;
};

/* What files hold is shared between images until one of them changes it. */
struct sim_bytes {
    struct buf buf;
    int users;
};

struct sim_node {
    bool is_folder;
    struct sim_bytes *bytes; /* NULL: none */
    VEC(struct sim_entry) entries;
};

struct sim_image {
    VEC(struct sim_node) nodes; /* the first is the root folder; a node's number never changes */
};

enum sim_kind { SIM_WRITE, SIM_CUT, SIM_LINK, SIM_UNLINK, SIM_MOVE, SIM_SYNC };

struct sim_op {
    enum sim_kind kind;
    int node;       /* file written, cut or synced; folder whose names change */
    bool is_folder; /* LINK: of a new folder */
    bool is_lost;   /* a failed sync threw it away: it never reaches the disk */
    int64_t at;     /* WRITE: where; CUT: the new size */
    size_t n;
    char *bytes;
    int other; /* LINK: the node; MOVE: the new folder */
    char name[SIM_NAME], to[SIM_NAME];
};

/* What a program did to a disk, from its beginning. */
struct sim_run {
    struct sim_image base;
    VEC(struct sim_op) ops;
};

enum sim_loss_kind {
    LOSS_NOTHING, /* the program was killed; the system goes on */
    LOSS_ALL,     /* the power went, nothing un-synced was written */
    LOSS_SOME,    /* any subset of the un-synced changes, each whole */
    LOSS_TORN,    /* each un-synced write may be there in part, by sectors or as a beginning */
};

struct sim_loss {
    enum sim_loss_kind kind;
    uint64_t seed;
};

/* An empty disk: a root folder. */
void image_begin(struct sim_image *image);

/* Frees all of it. */
void image_finish(struct sim_image *image);

/* A copy of its own. */
void image_copy(struct sim_image *to, const struct sim_image *from);

/* The node of that name in a folder, or -1. */
int image_find(const struct sim_image *image, int folder, const char *name);

/* The node at a path below the root, or -1; "" is the root. */
int image_at(const struct sim_image *image, const char *path);

/* What a file holds, borrowed; and the same to be changed. */
struct str image_bytes(const struct sim_image *image, int node);
struct buf *image_change(struct sim_image *image, int node);

/* Does the change, whole. */
void image_apply(struct sim_image *image, const struct sim_op *op);

/* What a crash leaves after `at` whole changes, while the next one is under way. */
void run_crash(const struct sim_run *run, size_t at, struct sim_loss loss, struct sim_image *out);

/* Frees it. */
void run_finish(struct sim_run *run);

/* The next number of a row that follows from its seed. */
uint64_t sim_random(uint64_t *state);

/* One of 0 … limit - 1. */
uint64_t sim_below(uint64_t *state, uint64_t limit);

#endif
