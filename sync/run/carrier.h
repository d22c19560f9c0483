/* A way for records to leave and forms to arrive: what every carrier (OpenRosa server, folder on a
 * stick) must do. The list of them is sync/carrier/carriers.h. One thread at a time. */
#ifndef RUN_CARRIER_H
#define RUN_CARRIER_H

#include <stdatomic.h>
#include <stddef.h>
#include "platform/base/buf.h"
#include "sync/run/inbox.h"
#include "sync/run/outbox.h"

enum carrier_step { CARRIER_CONNECT, CARRIER_SEND, CARRIER_FETCH };

/* How far it is; both counts are of bodies, total 0 when not known. */
struct carrier_progress {
    enum carrier_step step;
    int64_t record;      /* being sent, or 0 */
    const char *form_id; /* being fetched, or NULL */
    int64_t done, total; /* bytes */
};

struct carrier_settings {
    const char *address; /* server, or path of a folder */
    const char *device_id;
    const char *user, *password;
    const char *pins, *ca_file;
    int connect_seconds, stall_seconds;    /* 0: 30 */
    const unsigned char *organisation_key; /* SIGN_PUBLIC bytes, seals bundles; or NULL */
    const unsigned char *device_secret;    /* SIGN_SECRET bytes, for carriers that sign; or NULL */
    bool holds_media; /* forms that lack a picture, film or sound here wait for another network */
    const atomic_bool *stop;
    void (*progress)(void *ctx, const struct carrier_progress *progress);
    void *progress_ctx;
    /* fetch tells every form on the server's list, before it fetches any. NULL: nobody asks. */
    void (*offers)(void *ctx, const char *form_id);
    void *offers_ctx;
    /* The server announces the keys that it uses and will use: text signed by the organisation, to
     * be checked by the receiver (sync/handover/pins.h). NULL: nobody asks. */
    void (*renewed)(void *ctx, const char *announcement);
    void *renewed_ctx;
    /* A carrier that meets another device, not a server, hands on the words of arrival that it
     * brings: one list, not yet checked. NULL: nobody asks. */
    void (*heard)(void *ctx, struct str list);
    void *heard_ctx;
    const char *folder; /* on the own disk, for what must be whole before it goes; or NULL */
};

/* What a fetch has brought. */
struct carrier_news {
    int forms_new, forms_same, forms_bad; /* new includes changed files only */
    int forms_waiting;                    /* held back (holds_media) */
    int files;                            /* fetched */
    int64_t bytes;
    char first_bad[96]; /* form id of the first bad one */
    char why_bad[160];
};

struct carrier {
    const char *name;
    size_t state_size; /* zeroed memory of so many bytes is handed to open */
    /* Opens and makes sure that the other side is genuine. False: *outcome says why (action RETRY
     * or HOLD, scope ALL) and close is called all the same. */
    bool (*open)(void *state, const struct carrier_settings *settings,
                 struct outbox_outcome *outcome);
    /* Sends one record, files that are not confirmed only; calls outbox->ops open_file, read_file,
     * close_file and confirm. *outcome is always complete but for next_ms. */
    void (*send)(void *state, const struct outbox *outbox, struct outbox_item *item,
                 struct outbox_outcome *outcome);
    /* Fetches what is new. A bad form never stops the others; false with *outcome only when the
     * other side cannot be used at all. NULL: this carrier brings nothing. */
    bool (*fetch)(void *state, const struct inbox *inbox, struct carrier_news *news,
                  struct outbox_outcome *outcome);
    /* Hands on a sealed bundle of somebody else's, and appends what shall travel back: nothing when
     * the other side cannot use it. False: not now, or not here; nothing is lost. NULL: this
     * carrier hands on none. */
    bool (*pass)(void *state, struct str bundle, struct buf *back, struct err *err);
    /* Frees what open made. */
    void (*close)(void *state);
};

#endif
