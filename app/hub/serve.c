#define LOG_ROOM "hub"
#include "app/hub/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "app/hub/page.h"
#include "platform/base/file.h"
#include "platform/base/log.h"
#include "platform/base/mem.h"

enum { FORM_MAX = 64 << 10 };

/* What is kept for a page request: the posted form. */
struct posted {
    struct buf body;
};

struct archive *hub_take(struct hub *hub, struct err *err)
{
    struct archive *archive = NULL;
    pthread_mutex_lock(&hub->mutex);
    if (hub->idle.n > 0) {
        archive = hub->idle.v[--hub->idle.n];
    }
    pthread_mutex_unlock(&hub->mutex);
    if (!archive) {
        archive_open(&archive, hub->data, err);
    }
    return archive;
}

void hub_give(struct hub *hub, struct archive *archive)
{
    if (archive) {
        pthread_mutex_lock(&hub->mutex);
        vec_push(&hub->idle, archive);
        pthread_mutex_unlock(&hub->mutex);
    }
}

/* ---- requests: OpenRosa's, or pages ---- */

static void begin(void *ctx, struct http_request *request)
{
    struct hub *hub = ctx;
    if (openrosa_server_wants(request)) {
        openrosa_server_begin(hub->openrosa, request);
        return;
    }
    if (http_request_length(request) > FORM_MAX) {
        http_answer(request, 413, "text/plain", STR("too large"));
        return;
    }
    struct posted *posted = mem_alloc(1, sizeof(*posted));
    posted->body.limit = FORM_MAX;
    http_request_set_state(request, posted);
}

static void body(void *ctx, struct http_request *request, struct str bytes)
{
    struct hub *hub = ctx;
    if (openrosa_server_wants(request)) {
        openrosa_server_body(hub->openrosa, request, bytes);
        return;
    }
    struct posted *posted = http_request_state(request);
    buf_add_str(&posted->body, bytes);
}

static void end(void *ctx, struct http_request *request)
{
    struct hub *hub = ctx;
    if (openrosa_server_wants(request)) {
        openrosa_server_end(hub->openrosa, request);
        return;
    }
    struct posted *posted = http_request_state(request);
    if (posted->body.full) {
        http_answer(request, 413, "text/plain", STR("too large"));
        return;
    }
    page_serve(hub, request, buf_str(&posted->body));
}

static void gone(void *ctx, struct http_request *request)
{
    struct hub *hub = ctx;
    struct posted *posted = http_request_state(request);
    if (openrosa_server_wants(request)) {
        openrosa_server_gone(hub->openrosa, request);
    } else if (posted) {
        buf_wipe(&posted->body);
        free(posted);
    }
}

/* ---- start and stop ---- */

static bool lock_folder(struct hub *hub, struct err *err)
{
    char path[ARCHIVE_PATH + 16];
    snprintf(path, sizeof(path), "%s/lock", hub->data);
    if (!file_make_folder(hub->data, err)) {
        return false;
    }
    hub->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (hub->lock < 0) {
        return err_set(err, ERR_STORAGE, errno, "cannot make the lock file in the data folder");
    }
    if (flock(hub->lock, LOCK_EX | LOCK_NB) != 0) {
        return err_set(err, ERR_DENIED, errno, "another gocua-hub serves this data folder");
    }
    return true;
}

static bool start_http(struct hub *hub, struct err *err)
{
    const struct hub_options *options = &hub->options;
    struct openrosa_storage storage;
    struct openrosa_server_options openrosa = {
        .body_limit = options->body_limit,
        .announced = hub->announced.n ? buf_text(&hub->announced) : NULL};
    hub_storage(hub, &storage);
    hub->openrosa = openrosa_server_create(&storage, &openrosa);
    struct http_server_options http = {
        .host = options->host,
        .port = options->port,
        .tls_cert = options->tls_cert,
        .tls_key = options->tls_key,
        .threads = options->threads ? options->threads : 4,
        .idle_s = options->idle_s,
        .handler = {begin, body, end, gone},
        .ctx = hub,
    };
    return http_server_start(&hub->http, &http, err);
}

bool hub_start(struct hub **out, const struct hub_options *options, struct err *err)
{
    struct hub *hub = mem_alloc(1, sizeof(*hub));
    *out = NULL;
    hub->lock = -1;
    hub->options = *options;
    pthread_mutex_init(&hub->mutex, NULL);
    limit_init(&hub->strangers, 20, 1.0 / 6);
    limit_init(&hub->devices, 3000, 100);
    if (strlen(options->data) > ARCHIVE_PATH - 100) {
        hub_stop(hub);
        return err_set(err, ERR_INPUT, 0, "the path of the data folder is too long");
    }
    snprintf(hub->data, sizeof(hub->data), "%s", options->data);
    bool ok = lock_folder(hub, err);
    struct archive *archive = ok ? hub_take(hub, err) : NULL;
    ok = ok && archive && archive_sweep(archive, err) &&
         organisation_set_pins(archive, options->tls_cert, options->tls_next, err) &&
         organisation_add_pins(&hub->announced, archive, hub->data, err);
    hub_give(hub, archive);
    if (!ok || !writer_start(&hub->writer, hub->data, err) || !start_http(hub, err)) {
        hub_stop(hub);
        return false;
    }
    *out = hub;
    return true;
}

int hub_port(const struct hub *hub)
{
    return http_server_port(hub->http);
}

void hub_stop(struct hub *hub)
{
    if (!hub) {
        return;
    }
    if (hub->http) {
        http_server_quiesce(hub->http);
    }
    writer_close(hub->writer); /* answers what waits, so that no connection still sleeps */
    http_server_stop(hub->http);
    writer_stop(hub->writer);
    openrosa_server_destroy(hub->openrosa);
    for (size_t i = 0; i < hub->idle.n; i++) {
        archive_close(hub->idle.v[i]);
    }
    vec_finish(&hub->idle);
    buf_finish(&hub->announced);
    limit_finish(&hub->strangers);
    limit_finish(&hub->devices);
    pthread_mutex_destroy(&hub->mutex);
    if (hub->lock >= 0) {
        close(hub->lock);
    }
    free(hub);
}
