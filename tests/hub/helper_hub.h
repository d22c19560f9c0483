/* For the hub's tests: a hub on a folder of its own with one form and one device, and a client on
 * bare sockets that can also send what no proper client would. */
#ifndef TEST_HELPER_HUB_H
#define TEST_HELPER_HUB_H

#include "app/hub/archive.h"
#include "app/hub/hub.h"
#include "app/hub/serve.h"

struct world {
    char data[64];
    struct hub *hub;
    int port;
    char token[TOKEN_TEXT];
    char base[128]; /* "/key/TOKEN" */
};

/* Group setup and teardown for cmocka: a fresh world in *state. */
int world_open(void **state);
int world_close(void **state);

/* Stops the hub and starts it again on the same folder. */
void world_restart(struct world *world);

/* A form with a text, a number, two pictures; id and version as given; returns it in buf. */
void form_add(struct buf *to, const char *id, const char *version);

/* Publishes a form's XML. */
void world_publish(struct world *world, struct str xml);

/* The archive of the world's hub; give it back with hub_give. */
struct archive *world_archive(struct world *world);

/* Number of current records. */
int64_t world_records(struct world *world);

struct answer_got {
    int status; /* 0: the connection broke */
    struct buf head, body;
};

/* Opens a connection. */
int wire_open(int port);

/* Sends all bytes; false when the peer is gone. */
bool wire_send(int fd, struct str bytes);

/* Reads one answer (HEAD: without a body). */
void wire_read(int fd, bool is_head, struct answer_got *got);

/* One request on a connection of its own. */
void wire_ask(int port, struct str request, struct answer_got *got);

/* GET, with the OpenRosa header and more header lines ("A: b\r\n" or ""). */
void wire_get(int port, const char *path, const char *more, struct answer_got *got);

/* The value of a header field, or "". */
const char *got_field(const struct answer_got *got, const char *name, char *value, size_t size);

/* Does the body hold the text? */
bool got_has(const struct answer_got *got, const char *text);

/* Frees; takes a zeroed one. */
void got_finish(struct answer_got *got);

/* One file of a submission. */
struct sent_file {
    const char *name, *filename;
    struct str bytes;
};

/* Appends a multipart body with boundary BB: the XML and the files. */
void body_add(struct buf *to, const char *xml, const struct sent_file *files, size_t n);

/* Posts such a body to base/submission. */
void post(struct world *world, const char *xml, const struct sent_file *files, size_t n,
          struct answer_got *got);

/* Posts and gives only the status; words, when not NULL, must stand in the body. */
int post_status(struct world *world, const char *xml, const char *words);

/* A record of form "visit" version "1"; extra stands before meta, meta after the instanceID. Static
 * buffers, good until the fourth next call. */
const char *record(const char *instance, const char *extra, const char *meta);

#endif
