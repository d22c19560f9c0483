/* Inner header of the OpenRosa server: a POST on its way in. The multipart body streams into the
 * storage's spool; the record's XML stays in memory and is read at the end. */
#ifndef OPENROSA_INTAKE_H
#define OPENROSA_INTAKE_H

#include "sync/openrosa/server.h"

struct intake;

/* Clients count the XML and the files against the limit, not the multipart lines around them. */
enum { INTAKE_ENVELOPE = 1 << 20 };

struct openrosa_server {
    struct openrosa_storage storage;
    struct openrosa_server_options options;
};

/* Begins to read a submission for the request; NULL with ERR_INPUT when the request is no form
 * upload. The caller ends it with intake_submit or intake_destroy. */
struct intake *intake_create(struct openrosa_server *server, struct http_request *request,
                             struct err *err);

/* Takes a piece of the body. False with err (ERR_INPUT; code 413 for a limit; ERR_STORAGE). */
bool intake_feed(struct intake *intake, struct str bytes, struct err *err);

/* The body is over: reads the record; *parcel is then the caller's. ERR_INPUT with a text for
 * people when it is none. */
bool intake_finish(struct intake *intake, struct openrosa_parcel **parcel, struct err *err);

/* Frees, and removes what was spooled and not handed on. Takes NULL. */
void intake_destroy(struct intake *intake);

/* Frees a parcel and removes spool files that nobody took. Takes NULL. */
void parcel_destroy(struct openrosa_parcel *parcel);

/* Reads what a server must know from the record's XML (parcel->xml) into the parcel; ERR_INPUT with
 * a text for people. */
bool parcel_read(struct openrosa_parcel *parcel, struct err *err);

/* A sealed bundle on its way in, at most OPENROSA_BUNDLE_LIMIT bytes. */
struct bundle_intake;

/* Begins one; length as announced, or -1. Ended by bundle_intake_destroy. ERR_INPUT with code 413
 * for the limit, ERR_STORAGE. */
bool bundle_intake_begin(struct openrosa_server *server, int64_t length, struct bundle_intake **out,
                         struct err *err);

/* Takes a piece of it; fails likewise. */
bool bundle_intake_feed(struct bundle_intake *in, struct str bytes, struct err *err);

/* It is whole: gives it to the storage and appends the answer's XML with what shall travel back. */
bool bundle_intake_finish(struct bundle_intake *in, struct openrosa_server *server, int64_t device,
                          struct buf *body, struct err *err);

/* Frees, and removes what was spooled. Takes NULL. */
void bundle_intake_destroy(struct bundle_intake *in);

#endif
