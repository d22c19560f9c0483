/* Inner header of the hub: the running server and what its pages share. */
#ifndef HUB_SERVE_H
#define HUB_SERVE_H

#include <pthread.h>
#include "app/hub/archive.h"
#include "app/hub/hub.h"
#include "app/hub/limit.h"
#include "app/hub/writer.h"
#include "platform/base/sign.h"

enum { SESSIONS = 64, SESSION_TEXT = 44 };

struct session {
    unsigned char digest[TOKEN_DIGEST]; /* of the cookie */
    char csrf[33];
    int64_t until_ms; /* monotonic; 0: free */
};

struct hub {
    char data[ARCHIVE_PATH];
    int lock; /* file that one server a folder holds */
    struct hub_options options;
    struct http_server *http;
    struct openrosa_server *openrosa;
    struct writer *writer;
    struct buf announced;   /* the pins of our keys, signed; empty without TLS of our own */
    struct limit strangers; /* wrong tokens, codes and passphrases, by peer */
    struct limit devices;   /* requests, by device */
    pthread_mutex_t mutex;  /* over the two below */
    VEC(struct archive *) idle;
    struct session sessions[SESSIONS];
};

/* A session on the archive for the time of a request; give it back. NULL with err. */
struct archive *hub_take(struct hub *hub, struct err *err);

/* Gives it back; takes NULL. */
void hub_give(struct hub *hub, struct archive *archive);

/* The storage that the OpenRosa server asks, over this hub. */
void hub_storage(struct hub *hub, struct openrosa_storage *storage);

/* ---- organisation ---- */

/* The organisation's key pair, made at the first call. */
bool organisation_keys(const char *data, unsigned char public_key[SIGN_PUBLIC],
                       unsigned char secret[SIGN_SECRET], struct err *err);

struct invitation {
    const char *url; /* how devices reach this hub */
    const char *token;
    int64_t expires_ms;
};

/* Appends the signed enrolment code for a token: one line. data: the hub's folder. */
bool organisation_add_code(struct buf *to, struct archive *archive, const char *data,
                           const struct invitation *invitation, struct err *err);

/* Keeps the pins of a certificate and of the key that follows it (PEM files; next may be NULL) for
 * enrolment codes, and numbers them anew when they are others than before. cert NULL: none. */
bool organisation_set_pins(struct archive *archive, const char *cert, const char *next,
                           struct err *err);

/* Appends the signed announcement of these pins; nothing when there are none. */
bool organisation_add_pins(struct buf *to, struct archive *archive, const char *data,
                           struct err *err);

/* Makes a new passphrase for the pages; the one before no longer opens them. */
bool organisation_new_passphrase(struct archive *archive, char text[PASSPHRASE_TEXT],
                                 struct err *err);

/* Is it the passphrase? */
bool organisation_is_passphrase(struct archive *archive, struct str text);

#endif
