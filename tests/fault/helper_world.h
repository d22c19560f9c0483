/* The two ends of the fault lane: the hub in its folder and the device in its own. */
#ifndef TESTS_HELPER_WORLD_H
#define TESTS_HELPER_WORLD_H

#include <stdatomic.h>

#include "app/hub/archive.h"
#include "app/hub/hub.h"
#include "app/store/store.h"
#include "helper_gate.h"
#include "platform/base/vec.h"
#include "sync/run/run.h"

enum { LANE_FILES = 3 };

/* A record as the driver made it: the oracle. */
struct made {
    int64_t id;
    char instance_id[64];
    struct buf xml;
    int n_files;
    char names[LANE_FILES][48];
    struct buf files[LANE_FILES];
};

struct ends {
    char hub_folder[64], device_folder[64];
    struct hub *hub;
    struct gate *gate;
    struct store *store;
    char token[TOKEN_TEXT];
    char address[160];
    VEC(struct made) made; /* of this injection */
    int sessions;
    int stall_seconds;
    const char *host;        /* of the hub; NULL: loopback */
    const atomic_bool *stop; /* ends a session early; NULL: never */
};

/* Starts both. */
void ends_open(struct ends *ends);

/* The same with the hub at an address of its own (host, NULL: loopback), in the network namespace
 * of the calling thread; the caller writes ends->address then. */
void ends_open_at(struct ends *ends, const char *host);

/* Stops both and removes their folders. */
void ends_close(struct ends *ends);

/* The hub is stopped and started again, on another port. */
void ends_restart_hub(struct ends *ends);

/* The two halves of it: in between something may happen to its folder. */
void ends_stop_hub(struct ends *ends);
void ends_start_hub(struct ends *ends);

/* An empty hub gets the form and a device, whose token and address are noted. */
void ends_furnish(struct ends *ends);

/* The device's store is closed and started again, as after a kill. */
void ends_restart_device(struct ends *ends);

/* The form takes records, or not. */
void ends_open_form(struct ends *ends, bool is_open);

/* A finished record with so many files of so many bytes, remembered in ends->made. */
void ends_add(struct ends *ends, const char *instance_id, int n_files, size_t size);

/* Forgets ends->made. */
void ends_forget(struct ends *ends);

/* One session; everything that waits is due. cut >= 0: after so many calls of the store's it says
 * nothing but "stopped", as if the device had died. Returns false when the session failed here. */
bool ends_session(struct ends *ends, int cut, struct run_result *result);

/* Is the record SENT here; is it set aside? */
bool ends_is_sent(struct ends *ends, const struct made *made);
bool ends_is_aside(struct ends *ends, const struct made *made);

/* A person puts it back into the queue. */
void ends_release(struct ends *ends, const struct made *made);

/* Are the frozen bytes here still those that were made? */
bool ends_is_kept(struct ends *ends, const struct made *made);

/* How often the hub holds the record; *is_whole: with the right bytes and all files. */
int ends_count_on_hub(struct ends *ends, const struct made *made, bool *is_whole);

#endif
