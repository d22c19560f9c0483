/* A handheld on the simulated disk: the work of a day, told step by step to an oracle (what was
 * acknowledged, and at which change of the disk), and the questions asked after a crash. */
#ifndef TESTS_HELPER_DISKWORLD_H
#define TESTS_HELPER_DISKWORLD_H

#include "app/store/store.h"
#include "helper_simimage.h"

enum { WORLD_ANSWERS = 10, WORLD_PATH = 160 };

/* What the script does, and what must therefore be true, or may be once it was begun. */
enum world_fact {
    FACT_SETTING,
    FACT_CREATED,
    FACT_ANSWER, /* and WORLD_ANSWERS - 1 more */
    FACT_PHOTO = FACT_ANSWER + WORLD_ANSWERS,
    FACT_RETAKEN, /* the photo again: other bytes, same name */
    FACT_SCAN,    /* the second picture, of several pieces */
    FACT_FINISHED,
    FACT_SENDING,
    FACT_PARTLY,
    FACT_SENT,
    FACT_WAIT_SENT, /* the record that waited since yesterday */
    FACT_PURGED,    /* the one that was seen on the server twice, long ago */
    FACT_PIN,
    WORLD_FACTS,
};

struct world_told {
    size_t begun, done; /* changes of the disk before it was begun and when it was acknowledged */
};

struct world {
    char folder[WORLD_PATH], keyslot[WORLD_PATH], device[WORLD_PATH];
    struct world_told told[WORLD_FACTS];
    struct buf final_xml; /* as given to record_finish */
    bool has_photo, has_scan;
    bool is_new;        /* nothing was there before today */
    int failed;         /* tries that failed */
    int stuck;          /* steps that failed three times */
    int full;           /* of the tries, those whose error named a full disk */
    char stuck_at[200]; /* which, and why */
    char unclear[200];  /* an error that says nothing useful; "" when there was none */
    struct store_health health;
    int lost;         /* things that were not fine in the last look */
    char broken[300]; /* what a check found; "" when all is well */
};

/* What was asked about is there as it must be, is not (all) there, or is something else. */
enum world_verdict { WORLD_FINE, WORLD_LOST, WORLD_WRONG };

/* Paths of a handheld whose disk is at that folder. */
void world_begin(struct world *world, const char *disk);

/* The same paths and promises. */
void world_copy(struct world *to, const struct world *from);

/* Frees what it holds. */
void world_finish(struct world *world);

/* The disk as the script finds it: PIN chosen; a record that waits, a draft, one that was sent and
 * confirmed long ago. */
void world_make(struct world *world, struct sim_image *image);

/* Runs the script on the mounted disk; a step that fails is tried up to three times. */
void world_run(struct world *world);

/* The first start of all, on an empty disk. */
bool world_first_start(struct world *world, struct err *err);

/* The key by the PIN, as things stand at that change of the disk; NULL: nobody gets in. */
struct key *world_unlock(struct world *world, size_t at, struct err *err);

/* Looks at everything an open store must hold. kept_only: only at what was finished. Says the first
 * thing that is not fine in world->broken, and the error that came with it in err. */
enum world_verdict world_look(struct world *world, struct store *store, size_t at, bool kept_only,
                              struct err *err);

/* The next start after a crash at that change of the disk: is everything there? False:
 * world->broken says what is not. */
bool world_check(struct world *world, size_t at);

/* How many records wait to be sent. */
int world_waiting(struct store *store);

/* Sends every record that waits, as if the server took all; how many were settled. One with a
 * damaged file is set aside and counted there. */
int world_send_all(struct store *store, int *aside, struct err *err);

/* Does the work go on: a new record from its first answer into the queue, in a new start? */
bool world_goes_on(struct world *world, size_t at);

/* Texts of answers, names and pictures: must not be readable on any disk. */
const char *const *world_canaries(void);

#endif
