#include "sync/openrosa/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/base/hash.h"
#include "platform/base/mem.h"
#include "sync/http/url.h"
#include "sync/openrosa/intake.h"
#include "sync/openrosa/server_answer.h"
#include "sync/openrosa/wire.h"

enum { PARTS_MAX = 8 };

/* A request of ours: its path taken apart, and what it is about. */
struct visit {
    struct arena arena;
    const char *prefix; /* path up to the token (and project), as sent */
    const char *parts[PARTS_MAX];
    size_t n;
    const char *token;
    int64_t device;
    struct intake *intake;
    struct bundle_intake *bundle;
};

struct openrosa_server *openrosa_server_create(const struct openrosa_storage *storage,
                                               const struct openrosa_server_options *options)
{
    struct openrosa_server *server = mem_alloc(1, sizeof(*server));
    server->storage = *storage;
    server->options = *options;
    if (!server->options.body_limit) {
        server->options.body_limit = 100000000;
    }
    if (!server->options.xml_limit) {
        server->options.xml_limit = 10000000;
    }
    return server;
}

void openrosa_server_destroy(struct openrosa_server *server)
{
    free(server);
}

bool openrosa_server_wants(const struct http_request *request)
{
    struct str path = http_request_path(request);
    return str_starts(path, STR("/key/")) || str_starts(path, STR("/v1/key/"));
}

/* ---- addresses ---- */

static bool is_host(const char *host)
{
    return host && *host && strlen(host) < 256 &&
           strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]_") ==
               strlen(host);
}

/* The address by which the client reached us, up to the token: a field hub changes addresses, so
 * only the client knows the one that works for it. */
static void add_base(struct buf *to, const struct http_request *request, const struct visit *visit)
{
    const char *host = http_request_header(request, "Host");
    const char *forwarded = http_request_header(request, "X-Forwarded-Proto");
    bool is_tls = http_request_is_tls(request) || (forwarded && strcmp(forwarded, "https") == 0);
    buf_addf(to, "%s://%s%s", is_tls ? "https" : "http", is_host(host) ? host : "localhost",
             visit->prefix);
}

static const char *address(struct http_request *request, struct visit *visit, const char *folder,
                           const char *name, const char *rest)
{
    struct buf text = {0};
    add_base(&text, request, visit);
    buf_addf(&text, "/%s/", folder);
    url_add_escaped(&text, str_of(name));
    buf_add_text(&text, rest);
    const char *copy = arena_str(&visit->arena, buf_str(&text));
    buf_finish(&text);
    return copy;
}

/* Takes the path apart; false when it is none of ours after all. */
static bool read_path(struct visit *visit, struct str path)
{
    const char *start = path.s;
    struct str rest = path, part;
    struct buf plain = {0};
    const char *parts[PARTS_MAX + 6];
    const char *ends[PARTS_MAX + 6];
    size_t n = 0, skip = 0;
    bool ok = true;
    str_cut(&rest, '/', &part);
    while (ok && rest.n > 0 && str_cut(&rest, '/', &part)) {
        buf_clear(&plain);
        ok = n < PARTS_MAX + 6 && url_add_unescaped(&plain, part) &&
             !memchr(buf_text(&plain), 0, plain.n);
        if (ok) {
            parts[n] = arena_str(&visit->arena, buf_str(&plain));
            ends[n++] = part.s + part.n;
        }
    }
    buf_finish(&plain);
    skip = n > 0 && strcmp(parts[0], "v1") == 0 ? 1 : 0;
    if (!ok || n < skip + 2 || strcmp(parts[skip], "key") != 0) {
        return false;
    }
    visit->token = parts[skip + 1];
    size_t base = skip + 2;
    if (skip && n >= base + 2 && strcmp(parts[base], "projects") == 0) {
        base += 2;
    }
    visit->prefix = arena_str(&visit->arena, (struct str){start, (size_t)(ends[base - 1] - start)});
    for (size_t i = base; i < n && visit->n < PARTS_MAX; i++) {
        visit->parts[visit->n++] = parts[i];
    }
    return true;
}

static bool is_token(const char *token)
{
    return strlen(token) == OPENROSA_TOKEN &&
           strspn(token, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!$") ==
               OPENROSA_TOKEN;
}

/* Lets the request in, or answers why not. */
static bool admit(struct openrosa_server *server, struct http_request *request, struct visit *visit)
{
    if (!is_token(visit->token)) {
        answer_error(request, 401, "Could not authenticate with the provided credentials.");
        return false;
    }
    switch (server->storage.admit(server->storage.ctx, visit->token, http_request_peer(request),
                                  &visit->device)) {
    case OPENROSA_ADMITTED:
        return true;
    case OPENROSA_FORBIDDEN:
        answer_error(
            request, 403,
            "The authentication you provided does not have rights to perform that action.");
        break;
    case OPENROSA_TOO_OFTEN:
        answer_later(request, 429, RETRY_BUSY_S, "Too many requests. Please try again later.");
        break;
    case OPENROSA_BROKEN:
        answer_later(request, 503, RETRY_BUSY_S,
                     "This server cannot answer now. Please try again later.");
        break;
    }
    return false;
}

static bool has_version(struct http_request *request)
{
    const char *version = http_request_header(request, "X-OpenRosa-Version");
    if (version && str_is(str_trim(str_of(version)), "1.0")) {
        return true;
    }
    answer_error(request, 400,
                 "An expected header field (X-OpenRosa-Version) did not match the "
                 "expected format.");
    return false;
}

/* ---- lists ---- */

struct form_rows {
    struct http_request *request;
    struct visit *visit;
    VEC(struct wire_form) forms;
};

static void add_form(void *to, const struct openrosa_form *form)
{
    struct form_rows *rows = to;
    struct arena *arena = &rows->visit->arena;
    struct wire_form row = {
        .form_id = arena_strdup(arena, form->id),
        .name = arena_strdup(arena, form->name),
        .version = arena_strdup(arena, form->version),
        .download_url = address(rows->request, rows->visit, "forms", form->id, ".xml"),
    };
    snprintf(row.md5, sizeof(row.md5), "%s", form->hash);
    if (form->has_media) {
        row.manifest_url = address(rows->request, rows->visit, "forms", form->id, "/manifest");
    }
    vec_push(&rows->forms, row);
}

/* The value of a query parameter in the visit's arena, or NULL. */
static const char *query(struct http_request *request, const char *name, struct arena *arena)
{
    struct str rest = http_request_query(request), pair, key;
    while (rest.n > 0 && str_cut(&rest, '&', &pair)) {
        struct str value = pair;
        struct buf plain = {0};
        str_cut(&value, '=', &key);
        if (str_is(key, name) && key.n < pair.n && url_add_unescaped(&plain, value)) {
            const char *text = arena_str(arena, buf_str(&plain));
            buf_finish(&plain);
            return text;
        }
        buf_finish(&plain);
    }
    return NULL;
}

static void serve_forms(struct openrosa_server *server, struct http_request *request,
                        struct visit *visit)
{
    struct form_rows rows = {.request = request, .visit = visit};
    struct err err = {0};
    struct buf body = {0};
    const char *only = query(request, "formID", &visit->arena);
    if (!server->storage.forms(server->storage.ctx, visit->device, only, add_form, &rows, &err)) {
        answer_failure(request, &err);
    } else {
        wire_add_form_list(&body, rows.forms.v, rows.forms.n);
        http_answer_header(request, "X-GoCua-Records", "1");
        if (server->options.announced) {
            http_answer_header(request, "X-GoCua-Pins", server->options.announced);
        }
        answer_list(server, request, &body);
    }
    vec_finish(&rows.forms);
    buf_finish(&body);
}

struct media_rows {
    struct http_request *request;
    struct visit *visit;
    const char *form;
    VEC(struct wire_media) media;
};

static void add_media(void *to, const struct openrosa_media *media)
{
    struct media_rows *rows = to;
    struct arena *arena = &rows->visit->arena;
    struct buf rest = {0};
    buf_add_text(&rest, "/media/");
    url_add_escaped(&rest, str_of(media->name));
    struct wire_media row = {
        .kind = media->list ? WIRE_MEDIA_LIST : WIRE_MEDIA_FILE,
        .filename = arena_strdup(arena, media->name),
        .hash = arena_printf(arena, "md5:%s", media->hash),
        .download_url = address(rows->request, rows->visit, "forms", rows->form, buf_text(&rest)),
    };
    buf_finish(&rest);
    snprintf(row.md5, sizeof(row.md5), "%s", media->hash);
    if (media->list) {
        row.integrity_url = address(rows->request, rows->visit, "lists", media->list, "/integrity");
    }
    vec_push(&rows->media, row);
}

static void serve_manifest(struct openrosa_server *server, struct http_request *request,
                           struct visit *visit)
{
    struct media_rows rows = {.request = request, .visit = visit, .form = visit->parts[1]};
    struct err err = {0};
    struct buf body = {0};
    if (!server->storage.manifest(server->storage.ctx, rows.form, add_media, &rows, &err)) {
        answer_failure(request, &err);
    } else {
        wire_add_manifest(&body, rows.media.v, rows.media.n);
        answer_list(server, request, &body);
    }
    vec_finish(&rows.media);
    buf_finish(&body);
}

struct entity_rows {
    struct arena *arena;
    VEC(struct wire_entity) entities;
};

static void add_entity(void *to, const char *id, bool deleted)
{
    struct entity_rows *rows = to;
    vec_push(&rows->entities, (struct wire_entity){arena_strdup(rows->arena, id), deleted});
}

static void serve_integrity(struct openrosa_server *server, struct http_request *request,
                            struct visit *visit)
{
    struct entity_rows rows = {.arena = &visit->arena};
    struct err err = {0};
    struct buf body = {0};
    const char *ids = query(request, "id", &visit->arena);
    if (!server->storage.integrity(server->storage.ctx, visit->parts[1], ids, add_entity, &rows,
                                   &err)) {
        answer_failure(request, &err);
    } else {
        wire_add_integrity(&body, rows.entities.v, rows.entities.n);
        answer_list(server, request, &body);
    }
    vec_finish(&rows.entities);
    buf_finish(&body);
}

/* ---- downloads ---- */

static void send_download(struct http_request *request, struct openrosa_download *download)
{
    char etag[HTTP_ETAG_TEXT];
    snprintf(etag, sizeof(etag), "\"%s\"", download->hash);
    http_answer_header(request, "Cache-Control", "private, no-cache");
    http_answer_header(request, "X-Content-Type-Options", "nosniff");
    if (download->fd >= 0) {
        http_answer_file(request, download->type, etag, download->fd, download->size);
    } else {
        http_answer_tagged(request, download->type, etag, buf_str(&download->text));
    }
    buf_finish(&download->text);
}

static void serve_form(struct openrosa_server *server, struct http_request *request,
                       struct visit *visit)
{
    struct openrosa_download download = {.fd = -1};
    struct err err = {0};
    struct str name = str_of(visit->parts[1]);
    const char *id = arena_str(&visit->arena, (struct str){name.s, name.n - 4});
    if (server->storage.form_xml(server->storage.ctx, id, &download, &err)) {
        snprintf(download.type, sizeof(download.type), "%s", XML_TYPE);
        send_download(request, &download);
    } else {
        answer_failure(request, &err);
    }
}

static void serve_media(struct openrosa_server *server, struct http_request *request,
                        struct visit *visit)
{
    struct openrosa_download download = {.fd = -1};
    struct err err = {0};
    struct buf where = {0};
    if (!server->storage.media(server->storage.ctx, visit->parts[1], visit->parts[3], &download,
                               &err)) {
        answer_failure(request, &err);
        return;
    }
    buf_add_text(&where, "attachment; filename*=UTF-8''");
    url_add_escaped(&where, str_of(visit->parts[3]));
    http_answer_header(request, "Content-Disposition", buf_text(&where));
    buf_finish(&where);
    send_download(request, &download);
}

/* ---- what became of records: our own ---- */

static void serve_judged(struct openrosa_server *server, struct http_request *request,
                         struct visit *visit)
{
    struct wire_judgements said = {0};
    struct err err = {0};
    struct buf body = {0};
    if (!server->storage.judged(server->storage.ctx, visit->device, &said, &err)) {
        answer_failure(request, &err);
    } else {
        wire_add_judgements(&body, said.v.v, said.v.n);
        answer_list(server, request, &body);
    }
    wire_judgements_finish(&said);
    buf_finish(&body);
}

static void serve_newest(struct openrosa_server *server, struct http_request *request,
                         struct visit *visit)
{
    struct err err = {0};
    struct buf body = {0};
    if (!server->storage.newest(server->storage.ctx, visit->device, visit->parts[1], &body, &err)) {
        answer_failure(request, &err);
    } else {
        answer_list(server, request, &body);
    }
    buf_finish(&body);
}

/* ---- submissions ---- */

static void begin_submission(struct openrosa_server *server, struct http_request *request,
                             struct visit *visit)
{
    struct err err = {0};
    int64_t length = http_request_length(request);
    if (http_request_method(request) != HTTP_POST) {
        add_headers(server, request);
        http_answer(request, 204, NULL, STR(""));
        return;
    }
    if (length > 0 && (uint64_t)length > server->options.body_limit + INTAKE_ENVELOPE) {
        add_headers(server, request);
        answer_error(request, 413, "This upload is larger than this server takes.");
        return;
    }
    visit->intake = intake_create(server, request, &err);
    if (!visit->intake) {
        add_headers(server, request);
        answer_error(request, 400, "Required multipart POST field xml_submission_file missing.");
    }
}

static void begin_bundle(struct openrosa_server *server, struct http_request *request,
                         struct visit *visit)
{
    struct err err = {0};
    if (http_request_method(request) != HTTP_POST || !server->storage.bundle) {
        answer_error(request, 404, "Could not find the resource you were looking for.");
    } else if (!bundle_intake_begin(server, http_request_length(request), &visit->bundle, &err)) {
        answer_failure(request, &err);
    }
}

static void end_bundle(struct openrosa_server *server, struct http_request *request,
                       struct visit *visit)
{
    struct buf body = {0};
    struct err err = {0};
    if (bundle_intake_finish(visit->bundle, server, visit->device, &body, &err)) {
        http_answer(request, 201, XML_TYPE, buf_str(&body));
    } else {
        answer_failure(request, &err);
    }
    buf_finish(&body);
}

void openrosa_server_body(struct openrosa_server *server, struct http_request *request,
                          struct str bytes)
{
    struct visit *visit = http_request_state(request);
    struct err err = {0};
    if (visit && visit->bundle && !bundle_intake_feed(visit->bundle, bytes, &err)) {
        bundle_intake_destroy(visit->bundle);
        visit->bundle = NULL;
        answer_failure(request, &err);
        return;
    }
    if (visit && visit->intake && !intake_feed(visit->intake, bytes, &err)) {
        intake_destroy(visit->intake);
        visit->intake = NULL;
        add_headers(server, request);
        answer_failure(request, &err);
    }
}

void openrosa_server_end(struct openrosa_server *server, struct http_request *request)
{
    struct visit *visit = http_request_state(request);
    struct openrosa_parcel *parcel = NULL;
    struct err err = {0};
    add_headers(server, request);
    if (visit && visit->bundle) {
        end_bundle(server, request, visit);
        return;
    }
    if (!visit || !visit->intake) {
        answer_error(request, 400, "Required multipart POST field xml_submission_file missing.");
        return;
    }
    bool ok = intake_finish(visit->intake, &parcel, &err);
    intake_destroy(visit->intake);
    visit->intake = NULL;
    if (!ok) {
        answer_failure(request, &err);
        return;
    }
    parcel->device = visit->device;
    server->storage.submit(server->storage.ctx, parcel);
}

void openrosa_server_reply(struct openrosa_parcel *parcel, struct openrosa_result *result)
{
    struct buf body = {0};
    struct http_request *request = parcel->request;
    static const char *const nothing[] = {NULL};
    bool is_accepted = result->status == 201 || result->status == 202;
    if (result->retry_s > 0) {
        answer_later(request, result->status, result->retry_s, result->message);
    } else {
        const char *const *missing = result->missing.n ? result->missing.v : nothing;
        wire_add_answer(&body, is_accepted ? "" : "error", result->message,
                        is_accepted ? missing : NULL, result->missing.n);
        http_answer(request, result->status, XML_TYPE, buf_str(&body));
    }
    parcel_destroy(parcel);
    buf_finish(&body);
}

/* ---- routes ---- */

struct route {
    const char *parts[4]; /* "*" stands for any text, "*.xml" for any with that end */
    bool needs_version, is_submission;
    void (*serve)(struct openrosa_server *, struct http_request *, struct visit *);
};

static const struct route routes[] = {
    {{"formList"}, true, false, serve_forms},
    {{"submission"}, true, true, begin_submission},
    {{"bundle"}, true, true, begin_bundle},
    {{"forms", "*.xml"}, false, false, serve_form},
    {{"forms", "*", "manifest"}, true, false, serve_manifest},
    {{"forms", "*", "media", "*"}, false, false, serve_media},
    {{"forms", "*", "attachments", "*"}, false, false, serve_media},
    {{"lists", "*", "integrity"}, true, false, serve_integrity},
    {{"datasets", "*", "integrity"}, true, false, serve_integrity},
    {{"records"}, true, false, serve_judged},
    {{"records", "*"}, true, false, serve_newest},
};

static bool fits(const struct route *route, const struct visit *visit)
{
    size_t n = 0;
    for (; n < 4 && route->parts[n]; n++) {
        if (n >= visit->n) {
            return false;
        }
        struct str part = str_of(visit->parts[n]);
        bool same =
            strcmp(route->parts[n], "*") == 0 ||
            (strcmp(route->parts[n], "*.xml") == 0 && part.n > 4 && str_ends(part, STR(".xml"))) ||
            str_is(part, route->parts[n]);
        if (!same) {
            return false;
        }
    }
    return n == visit->n;
}

void openrosa_server_begin(struct openrosa_server *server, struct http_request *request)
{
    struct visit *visit = mem_alloc(1, sizeof(*visit));
    enum http_method method = http_request_method(request);
    http_request_set_state(request, visit);
    if (!read_path(visit, http_request_path(request))) {
        answer_error(request, 404, "Could not find the resource you were looking for.");
        return;
    }
    const struct route *route = NULL;
    for (size_t i = 0; i < sizeof(routes) / sizeof(*routes) && !route; i++) {
        route = fits(&routes[i], visit) ? &routes[i] : NULL;
    }
    if (!route) {
        answer_error(request, 404, "Could not find the resource you were looking for.");
    } else if (method == HTTP_METHOD_OTHER || (method == HTTP_POST && !route->is_submission)) {
        http_answer_header(request, "Allow",
                           route->is_submission ? "GET, HEAD, POST" : "GET, HEAD");
        answer_error(request, 405, "This address does not take that kind of request.");
    } else if ((!route->needs_version || has_version(request)) && admit(server, request, visit)) {
        route->serve(server, request, visit);
    }
}

void openrosa_server_gone(struct openrosa_server *server, struct http_request *request)
{
    struct visit *visit = http_request_state(request);
    if (visit) {
        intake_destroy(visit->intake);
        bundle_intake_destroy(visit->bundle);
        arena_finish(&visit->arena);
        free(visit);
    }
}
