/* Talks OpenRosa to one enrolled server: probe, form list, manifest, files, records. It keeps no
 * state but connections, the size limit of the server and ETags handed in; what is confirmed is
 * remembered by the caller. One thread at a time. */
#ifndef OPENROSA_CLIENT_H
#define OPENROSA_CLIENT_H

#include <stdatomic.h>
#include "sync/openrosa/answer.h"
#include "sync/openrosa/wire.h"

struct portal;

/* Texts are copied by portal_open. */
struct portal_settings {
    const char *server;          /* address up to, not including, /formList */
    const char *device_id;       /* sent as ?deviceID=; NULL: none */
    const char *agent;           /* NULL: "GoCua/VERSION" */
    const char *user, *password; /* NULL with a token in the address */
    const char *pins, *ca_file;  /* as in http_settings */
    int64_t batch_bytes; /* files are put together up to this size, less on a slow link; 0: 1 MiB */
    int connect_seconds, stall_seconds; /* 0: 30 */
    const atomic_bool *stop;
    void (*progress)(void *ctx, int64_t sent, int64_t received);
    void *progress_ctx;
    /* The form list came with X-GoCua-Pins (sync/handover/pins.h). NULL: nobody asks. */
    void (*renewed)(void *ctx, const char *announcement);
    void *renewed_ctx;
};

/* Opens without asking the network; ERR_INPUT for an address that is none. */
bool portal_open(struct portal **client, const struct portal_settings *settings, struct err *err);

/* Frees; takes NULL. */
void portal_close(struct portal *client);

/* HEAD /submission: is a genuine server there? True with ANSWER_GENUINE; learns the size limit. */
bool portal_probe(struct portal *client, struct answer *answer, struct err *err);

/* Where form lists and manifests are remembered, so that unchanged ones are not sent again. */
struct portal_memory {
    /* Appends what came last from that address and its entity tag; false when nothing did. */
    bool (*recall)(void *ctx, const char *address, struct buf *etag, struct buf *bytes);
    /* It came now, and could be read. */
    void (*remember)(void *ctx, const char *address, const char *etag, struct str bytes);
    void *ctx;
};

/* Uses that memory from now on (copied); zeroed: none. */
void portal_set_memory(struct portal *client, const struct portal_memory *memory);

/* Asks for the form list. False with answer->meaning and err otherwise; wire_form_list_finish frees
 * *list in both cases. URLs of another server are moved to list->bad. */
bool portal_form_list(struct portal *client, struct wire_form_list *list, struct answer *answer,
                      struct err *err);

/* Asks for the manifest of a form, likewise. */
bool portal_manifest(struct portal *client, const char *url, struct wire_manifest *manifest,
                     struct answer *answer, struct err *err);

/* Asks which entities were deleted (ids: comma-separated or NULL for all). */
bool portal_integrity(struct portal *client, const char *url, const char *ids,
                      struct wire_integrity *integrity, struct answer *answer, struct err *err);

/* Did the last form list come from a server that tells what became of records (our hub)? */
bool portal_tells_records(const struct portal *client);

/* Asks what people said about records of this device; wire_judgements_finish frees. */
bool portal_judgements(struct portal *client, struct wire_judgements *judgements,
                       struct answer *answer, struct err *err);

/* Appends the newest version of a record that this device has sent. */
bool portal_newest(struct portal *client, const char *instance_id, struct buf *xml,
                   struct answer *answer, struct err *err);

/* A file to be fetched, whole or the rest of one that broke off. */
struct portal_download {
    const char *url;
    const char *md5;  /* small hex digits that the bytes must have; NULL or "": not checked */
    const char *etag; /* of the copy here, sent as If-None-Match; NULL: none */
    int64_t limit;    /* bytes; 0: 200 MiB */
    /* in, and out after a break: bytes that the sink has, and the entity tag they came under. Only
     * with an md5 and a strong tag are they gone on with. */
    int64_t have;
    char have_etag[128];
    /* Gives the bytes that the sink has to each, for the hash; NULL: have is not used. */
    bool (*replay)(void *ctx, void (*each)(void *to, const void *bytes, size_t n), void *to,
                   struct err *err);
    /* Bytes follow, under have_etag: behind those that are here (is_rest), or from the start, those
     * here being worth nothing. NULL: nobody asks. */
    bool (*begin)(void *ctx, bool is_rest, struct err *err);
    bool (*sink)(void *ctx, const void *bytes, size_t n, struct err *err);
    void *sink_ctx;
    char new_etag[128]; /* out */
    int64_t size;       /* out: bytes received */
};

/* Fetches into the sink and checks the hash at the end: only true means that what the sink got may
 * be used. ANSWER_NOT_CHANGED (true) when the ETag still holds. A server that does not go on where
 * it broke, or a whole that has not its hash, is started over by itself. */
bool portal_fetch(struct portal *client, struct portal_download *download, struct answer *answer,
                  struct err *err);

/* Files to be fetched side by side over a few kept connections. */
struct portal_fetches {
    /* The next one, NULL: none now (asked again after every done). It stays the owner's. */
    struct portal_download *(*next)(void *ctx);
    /* It is over: ok and the answer as portal_fetch says; the owner may offer it once more. */
    void (*done)(void *ctx, struct portal_download *download, bool ok, const struct answer *answer,
                 const struct err *err);
    void *ctx;
};

/* How many at most. */
enum { PORTAL_LANES = HTTP_LANES };

/* Fetches until next has none and all are over. */
void portal_fetch_all(struct portal *client, const struct portal_fetches *fetches);

/* A file of a record. */
struct portal_file {
    const char *name; /* as the XML has it */
    const char *type; /* MIME type; NULL: application/octet-stream */
    int64_t size;
    bool is_confirmed; /* in, and out: the server took it */
    bool is_refused;   /* out: the server has another file of this name, or it is too large */
};

struct portal_record {
    struct str xml; /* frozen bytes */
    bool is_edit;
    bool is_xml_confirmed; /* an earlier POST of these bytes was accepted */
    struct portal_file *files;
    size_t n_files;
    /* Reads a file from its start, one at a time. */
    bool (*open_file)(void *ctx, size_t i, struct err *err);
    bool (*read_file)(void *ctx, void *bytes, size_t room, size_t *got, struct err *err);
    void (*close_file)(void *ctx);
    /* Told after every accepted POST, before the next: is_xml_confirmed and the is_confirmed of the
     * files now say what the server has. False stops the sending. */
    bool (*confirmed)(void *ctx, struct err *err);
    void *ctx;
};

/* Sends a record in as many POSTs as the server's limit asks for, one after another, unconfirmed
 * files only. True with ANSWER_ACCEPTED when every POST was accepted and no file is refused. After
 * a break, call it again later: it goes on at the first file that is not confirmed. When the server
 * names attachments that it lacks, their is_confirmed is cleared and they are sent again once. */
bool portal_send(struct portal *client, struct portal_record *record, struct answer *answer,
                 struct err *err);

/* Hands on a sealed bundle that is carried for somebody else; true when the server took it, with
 * the text that shall travel back appended. A server that is none of ours says ANSWER_FORM_GONE or
 * the like. */
bool portal_pass(struct portal *client, struct str bundle, struct buf *back, struct answer *answer,
                 struct err *err);

/* How many files from the list of unconfirmed sizes (n of them) go into the next POST: at least one
 * if there is any, at most 100, together with the XML at most limit bytes. Pure. */
size_t portal_batch(const int64_t *sizes, size_t n, int64_t xml_size, int64_t limit);

/* How many bytes a POST should have on a link that moved `bytes` in `ms` lately: what it moves in
 * eight seconds, from 32 KiB to `most`, since a break costs half a POST and every POST repeats the
 * XML; a quarter of most while nothing is known (bytes 0). Pure. */
int64_t portal_batch_bytes(int64_t bytes, int64_t ms, int64_t most);

/* The size limit that the server told last (10,000,000 before that). */
int64_t portal_limit(const struct portal *client);

/* Did the last answer say which files of the record the server lacks (perhaps none)? */
bool portal_names_missing(const struct portal *client);

/* Forgets kept connections after a change of network. */
void portal_forget_connections(struct portal *client);

#endif
