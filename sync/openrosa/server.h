/* The OpenRosa server: paths, headers, status codes and XML bodies over sync/http/server, with the
 * storage behind a table of functions. It owns no data and no thread. Paths are
 * /key/TOKEN/{formList, forms/ID.xml, forms/ID/manifest, forms/ID/media/NAME, submission,
 * bundle, lists/NAME/integrity, and (told by X-GoCua-Records) records, records/INSTANCE}; the same
 * below /v1/key/TOKEN/projects/N for clients set up for Central. */
#ifndef OPENROSA_SERVER_H
#define OPENROSA_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/arena.h"
#include "platform/base/err.h"
#include "platform/base/vec.h"
#include "platform/base/xml.h"
#include "sync/http/server.h"
#include "sync/openrosa/wire.h"

enum { OPENROSA_HASH = 33, OPENROSA_TOKEN = 64 }; /* texts: md5 with its NUL; letters of a token */
enum { OPENROSA_BUNDLE_LIMIT = 210 << 20 };

struct openrosa_server;

/* May this token come in? */
enum openrosa_access {
    OPENROSA_ADMITTED,
    OPENROSA_FORBIDDEN, /* unknown or revoked: 403 */
    OPENROSA_TOO_OFTEN, /* 429 with Retry-After */
    OPENROSA_BROKEN,    /* the storage could not tell: 503 */
};

/* A form as the list shows it. Texts are borrowed for the call. */
struct openrosa_form {
    const char *id, *name, *version; /* version may be "" */
    const char *hash;                /* md5 of the XML, 32 hex digits */
    bool has_media;
};

/* A file of a manifest. */
struct openrosa_media {
    const char *name;
    const char *hash; /* md5 of the bytes; for an entity list a token that changes with it */
    const char *list; /* name of the entity list, or NULL for a plain file */
};

/* An opened download; fd becomes the server's. */
struct openrosa_download {
    int fd; /* -1: the bytes stand in text */
    uint64_t size;
    struct buf text;
    char hash[OPENROSA_HASH]; /* becomes the ETag */
    char type[64];
};

/* One file that came with a submission, lying whole and synced in the storage's spool. */
struct openrosa_file {
    const char *name;     /* part name: what ODK goes by; a plain name, or "" */
    const char *filename; /* last path part of the file name: what Kobo goes by; likewise */
    const char *type;     /* as sent, may be "" */
    const char *spool;    /* path; who takes the file renames it, what is left there is removed */
    unsigned char digest[32]; /* BLAKE2b */
    uint64_t size;
};

/* One entity block of a submission (meta/entity at any depth). */
struct openrosa_entity {
    const char *list, *id, *label, *branch; /* "" when blank */
    bool is_create, is_update;
    int base, trunk;          /* versions; 0 when blank */
    const struct xml *holder; /* the element whose meta holds the block: its values are below */
};

/* A POST: whole and checked, not decided. All texts live in its arena. */
struct openrosa_parcel {
    struct arena arena;
    struct buf xml; /* the bytes as sent */
    struct xml_names names;
    const struct xml *root;                             /* the same as a tree */
    const char *form, *version, *instance, *deprecated; /* version "" and deprecated NULL: none */
    const char *instance_name;                          /* meta/instanceName, or "" */
    VEC(struct openrosa_file) files;
    VEC(struct openrosa_entity) entities;
    int64_t device;        /* as admit said */
    const char *device_id; /* ?deviceID=, or "" */
    const char *agent;     /* User-Agent, or "" */
    bool is_incomplete;    /* more files follow in further POSTs */
    struct http_request *request;
};

/* What the storage answers to a parcel. */
struct openrosa_result {
    int status;
    const char *message;       /* for people; borrowed */
    VEC(const char *) missing; /* named files that are not here yet; borrowed */
    int retry_s;               /* Retry-After, 0: none */
};

/* The storage. Called on the server's threads, several at a time. Functions that fail return false
 * with err: ERR_MISSING becomes 404, ERR_DENIED 403, anything else 503. */
struct openrosa_storage {
    void *ctx;
    enum openrosa_access (*admit)(void *ctx, const char *token, const char *peer, int64_t *device);
    /* Calls each for every form on the list (all, or the one with that id). */
    bool (*forms)(void *ctx, int64_t device, const char *only,
                  void (*each)(void *to, const struct openrosa_form *form), void *to,
                  struct err *err);
    bool (*form_xml)(void *ctx, const char *form, struct openrosa_download *download,
                     struct err *err);
    bool (*manifest)(void *ctx, const char *form,
                     void (*each)(void *to, const struct openrosa_media *media), void *to,
                     struct err *err);
    bool (*media)(void *ctx, const char *form, const char *name, struct openrosa_download *download,
                  struct err *err);
    /* Calls each for the entities with these ids (comma-separated; NULL: all). */
    bool (*integrity)(void *ctx, const char *list, const char *ids,
                      void (*each)(void *to, const char *id, bool deleted), void *to,
                      struct err *err);
    /* Appends the current records of the device that people have judged. */
    bool (*judged)(void *ctx, int64_t device, struct wire_judgements *to, struct err *err);
    /* The newest version of a record that this device has sent, or that replaced one it sent. */
    bool (*newest)(void *ctx, int64_t device, const char *instance, struct buf *xml,
                   struct err *err);
    /* A path for a new spool file; ERR_STORAGE when the disk has no room for size more bytes. */
    bool (*spool)(void *ctx, uint64_t size, struct buf *path, struct err *err);
    /* Takes the parcel, decides and keeps it, and calls openrosa_server_reply, now or later. */
    void (*submit)(void *ctx, struct openrosa_parcel *parcel);
    /* Takes a sealed bundle that a device carried here, and appends the text that travels back.
     * NULL: this server takes none. */
    bool (*bundle)(void *ctx, int64_t device, struct str bytes, struct buf *answer,
                   struct err *err);
};

struct openrosa_server_options {
    uint64_t body_limit;   /* of one POST, told to clients; 0: 100,000,000 */
    uint64_t xml_limit;    /* of the XML part; 0: 10,000,000 */
    size_t parts;          /* 0: 256 */
    const char *announced; /* signed pins, told with the form list; borrowed; NULL: none */
};

/* Makes a server over the storage; the caller destroys it after the HTTP server has stopped. */
struct openrosa_server *openrosa_server_create(const struct openrosa_storage *storage,
                                               const struct openrosa_server_options *options);

/* Frees; takes NULL. */
void openrosa_server_destroy(struct openrosa_server *server);

/* Is this request one of ours (its path starts with /key/ or /v1/key/)? Then the four functions
 * below take it through its life, as http_handler says. */
bool openrosa_server_wants(const struct http_request *request);

/* http_handler.begin for a request of ours. */
void openrosa_server_begin(struct openrosa_server *server, struct http_request *request);

/* http_handler.body for a request of ours. */
void openrosa_server_body(struct openrosa_server *server, struct http_request *request,
                          struct str bytes);

/* http_handler.end for a request of ours. */
void openrosa_server_end(struct openrosa_server *server, struct http_request *request);

/* http_handler.gone for a request of ours. */
void openrosa_server_gone(struct openrosa_server *server, struct http_request *request);

/* Answers a submitted parcel and frees it; what is left of its spool files is removed. Any
 * thread. */
void openrosa_server_reply(struct openrosa_parcel *parcel, struct openrosa_result *result);

#endif
