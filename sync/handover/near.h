/* Hand-over between two devices in one Wi-Fi: the code that the receiver shows, and the sealed
 * messages between the two. Whoever has not seen the code can neither ask, nor answer, nor read;
 * the bundles inside are sealed to the organisation besides, and the words of arrival signed by it.
 *   GCN1:<base64url of: key (16 bytes), port (2), then 4 bytes for each IPv4 address>
 *
 * Little-endian. An ask is an opening (a random head and one sealed piece of fixed size: kind,
 * from, tag, size), which stands in a header so that a stranger is refused before his body comes;
 * then the pieces of a bundle, NEAR_PIECE bytes each but the last. The key of an answer is made of
 * the one in the code and the head of the ask, so an answer fits one ask only. One thread at a
 * time. */
#ifndef HANDOVER_NEAR_H
#define HANDOVER_NEAR_H

#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"
#include "platform/base/stream.h"

enum {
    NEAR_KEY = 16,
    NEAR_ADDRESSES = 4,
    NEAR_ADDRESS_TEXT = 16,
    NEAR_TAG = 16,
    NEAR_ASK = 41,
    NEAR_OPENING = STREAM_HEAD + NEAR_ASK + STREAM_EXTRA,
    NEAR_PIECE = 64 << 10,
    NEAR_NUMBER = 10,
};

/* Where the opening stands, as base64url. */
#define NEAR_HEADER "X-GoCua-Near"
#define NEAR_PATH   "/near"

struct near_code {
    unsigned char key[NEAR_KEY]; /* new each time */
    int port, n;
    char at[NEAR_ADDRESSES][NEAR_ADDRESS_TEXT]; /* "192.168.43.1", the likeliest first */
};

/* Is it an IPv4 address of networks that end nearby: nobody's code sends a bundle out into the
 * Internet? */
bool near_is_local(const char *at);

/* Does the text look like such a code? */
bool near_is_code(struct str text);

/* Appends the code; ERR_INPUT without an address, or with one that near_is_local refuses. */
bool near_add_code(struct buf *to, const struct near_code *code, struct err *err);

/* Reads one; ERR_INPUT when it is none. */
bool near_read_code(struct near_code *code, struct str text, struct err *err);

/* "4821 3907": stands for the key on both screens, to be compared by eye. It does not give it away.
 */
void near_number(const unsigned char key[NEAR_KEY], char text[NEAR_NUMBER]);

enum near_kind {
    NEAR_HELLO = 1, /* tag: near_tag of the organisation; size: records that wait */
    NEAR_OFFER,     /* a bundle of about that size might come: is it wanted? */
    NEAR_BUNDLE,    /* it comes: size bytes exactly */
};

struct near_ask {
    enum near_kind kind;
    unsigned char from[NEAR_TAG]; /* of the device, for this code only: to count them */
    unsigned char tag[NEAR_TAG];  /* what makes a bundle known: of the record in it */
    int64_t size;
};

enum near_word {
    NEAR_READY = 1, /* to a hello; the words of arrival follow, a line each */
    NEAR_STRANGER,  /* to a hello: of another organisation */
    NEAR_WANTED,
    NEAR_KEPT,  /* on disk now */
    NEAR_KNOWN, /* was on disk before */
    NEAR_FULL,  /* no room, or nothing more is taken */
    NEAR_BAD,   /* no bundle */
};

/* A digest of anything as a tag. */
void near_tag(struct str bytes, unsigned char tag[NEAR_TAG]);

/* How many bytes a body of n bytes is when it is sealed. */
int64_t near_sealed_size(int64_t n);

/* Appends the opening of an ask; the stream seals its body, the head stands for it in its answer.
 * stream_destroy ends the stream. */
struct stream *near_add_ask(struct buf *opening, const struct near_ask *ask,
                            const unsigned char key[NEAR_KEY]);

/* Opens an opening; ERR_INPUT or ERR_DENIED for what was not made with that key, cheaply. The
 * stream opens the body. */
bool near_read_ask(struct near_ask *ask, struct stream **stream, struct str opening,
                   const unsigned char key[NEAR_KEY], struct err *err);

/* Takes a body apart as it comes, in pieces of any length. */
struct near_body {
    struct stream *stream;
    int64_t left; /* of the bytes in clear */
    struct buf sealed, clear;
    /* NULL: the bytes are looked at and dropped. */
    bool (*write)(void *ctx, const void *bytes, size_t n, struct err *err);
    void *ctx;
};

/* The next bytes; ERR_DAMAGED when they are not what was sealed, or what write said. */
bool near_body_feed(struct near_body *body, struct str bytes, struct err *err);

/* Appends an answer to the ask with that opening; text may be empty. */
void near_add_answer(struct buf *to, enum near_word word, struct str text, struct str opening,
                     const unsigned char key[NEAR_KEY]);

/* Opens the answer to an ask, appends its text; ERR_DENIED when it is not one of the other device
 * to this very ask. */
bool near_read_answer(enum near_word *word, struct buf *text, struct str answer, struct str opening,
                      const unsigned char key[NEAR_KEY], struct err *err);

#endif
