#include "sync/http/server.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/vec.h"
#include "sync/http/listen.h"
#include "sync/http/microhttpd.h"

enum {
    SWALLOW_MAX = 256 << 20, /* bytes of a refused body read so that the answer is seen */
    CONNECTION_MEMORY = 64 << 10,
    BLOCK = 32 << 10,
    SLOW_AFTER_MS = 120000,   /* a body may take longer than this only … */
    SLOW_BYTES_A_SECOND = 64, /* … when it is faster than this */
};

struct http_server {
    struct MHD_Daemon *daemon;
    struct http_handler handler;
    void *ctx;
    struct buf cert, key;
    int port;
    bool is_tls;
    atomic_bool is_quiet; /* takes no new connection */
};

struct field {
    char *name, *value;
};

struct http_request {
    struct http_server *server;
    struct MHD_Connection *connection;
    char *uri;
    struct str path, query;
    enum http_method method;
    int64_t length, started_ms;
    uint64_t received;
    char peer[HTTP_PEER_TEXT];
    void *state;
    VEC(struct field) fields;
    bool begun, ended;
    pthread_mutex_t mutex; /* over the three below: an answer may come from another thread */
    bool suspended;
    struct MHD_Response *response;
    unsigned status;
};

/* ---- what was asked ---- */

enum http_method http_request_method(const struct http_request *request)
{
    return request->method;
}

struct str http_request_path(const struct http_request *request)
{
    return request->path;
}

struct str http_request_query(const struct http_request *request)
{
    return request->query;
}

const char *http_request_header(const struct http_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

int64_t http_request_length(const struct http_request *request)
{
    return request->length;
}

const char *http_request_peer(const struct http_request *request)
{
    return request->peer;
}

bool http_request_is_tls(const struct http_request *request)
{
    return request->server->is_tls;
}

void *http_request_state(const struct http_request *request)
{
    return request->state;
}

void http_request_set_state(struct http_request *request, void *state)
{
    request->state = state;
}

/* ---- answering ---- */

void http_answer_header(struct http_request *request, const char *name, const char *value)
{
    struct field field = {mem_strdup(name), mem_strdup(value)};
    for (char *c = field.value; *c; c++) {
        if (*c == '\r' || *c == '\n') {
            *c = ' ';
        }
    }
    vec_push(&request->fields, field);
}

/* The answer stands from here on; wakes the connection when it sleeps. */
static void give(struct http_request *request, int status, const char *type,
                 struct MHD_Response *response)
{
    if (type && status != MHD_HTTP_NO_CONTENT && status != MHD_HTTP_NOT_MODIFIED) {
        MHD_add_response_header(response, "Content-Type", type);
    }
    for (size_t i = 0; i < request->fields.n; i++) {
        MHD_add_response_header(response, request->fields.v[i].name, request->fields.v[i].value);
    }
    pthread_mutex_lock(&request->mutex);
    request->status = (unsigned)status;
    request->response = response;
    bool wake = request->suspended;
    request->suspended = false;
    struct MHD_Connection *connection = request->connection;
    if (wake) {
        MHD_resume_connection(connection);
    }
    pthread_mutex_unlock(&request->mutex);
}

void http_answer(struct http_request *request, int status, const char *type, struct str body)
{
    bool is_empty = status == MHD_HTTP_NO_CONTENT || status == MHD_HTTP_NOT_MODIFIED;
    void *bytes = (void *)(uintptr_t)body.s; /* copied, not changed */
    give(request, status, type,
         MHD_create_response_from_buffer(is_empty ? 0 : body.n, bytes, MHD_RESPMEM_MUST_COPY));
}

/* RFC 9110 §13.1.2: a list of tags or *, compared weakly. */
static bool holds_already(const struct http_request *request, const char *etag)
{
    const char *list = http_request_header(request, "If-None-Match");
    if (!list || !etag) {
        return false;
    }
    struct str rest = str_of(list), tag, mine = str_of(etag);
    if (str_starts(mine, STR("W/"))) {
        mine = (struct str){mine.s + 2, mine.n - 2};
    }
    while (str_cut(&rest, ',', &tag)) {
        tag = str_trim(tag);
        if (str_starts(tag, STR("W/"))) {
            tag = (struct str){tag.s + 2, tag.n - 2};
        }
        if (str_eq(tag, mine) || str_is(tag, "*")) {
            return true;
        }
    }
    return false;
}

void http_answer_tagged(struct http_request *request, const char *type, const char *etag,
                        struct str body)
{
    http_answer_header(request, "ETag", etag);
    if (holds_already(request, etag)) {
        http_answer(request, MHD_HTTP_NOT_MODIFIED, NULL, STR(""));
        return;
    }
    http_answer(request, MHD_HTTP_OK, type, body);
}

enum range { RANGE_ALL, RANGE_PART, RANGE_IMPOSSIBLE };

/* RFC 9110 §14: one range of bytes; several, or another unit, count as none. */
static enum range find_range(const struct http_request *request, const char *etag, uint64_t size,
                             uint64_t *from, uint64_t *n)
{
    const char *range = http_request_header(request, "Range");
    const char *only_if = http_request_header(request, "If-Range");
    if (!range || strncmp(range, "bytes=", 6) != 0 || strchr(range, ',') ||
        (only_if && (!etag || strcmp(only_if, etag) != 0))) {
        return RANGE_ALL;
    }
    struct str rest = str_trim(str_of(range + 6)), first;
    long long a = 0, b = 0;
    str_cut(&rest, '-', &first);
    bool has_first = first.n > 0, has_last = rest.n > 0;
    if ((has_first && (!str_to_int64(first, &a) || a < 0)) ||
        (has_last && (!str_to_int64(rest, &b) || b < 0)) || (!has_first && !has_last)) {
        return RANGE_ALL;
    }
    if (!has_first) {
        uint64_t tail = (uint64_t)b < size ? (uint64_t)b : size;
        *from = size - tail;
        *n = tail;
        return tail > 0 ? RANGE_PART : RANGE_IMPOSSIBLE;
    }
    if (has_last && b < a) {
        return RANGE_ALL;
    }
    if ((uint64_t)a >= size) {
        return RANGE_IMPOSSIBLE;
    }
    *from = (uint64_t)a;
    *n = has_last && (uint64_t)b < size ? (uint64_t)(b - a) + 1 : size - *from;
    return RANGE_PART;
}

void http_answer_file(struct http_request *request, const char *type, const char *etag, int fd,
                      uint64_t size)
{
    uint64_t from = 0, n = size;
    char text[96];
    http_answer_header(request, "Accept-Ranges", "bytes");
    if (etag) {
        http_answer_header(request, "ETag", etag);
    }
    if (holds_already(request, etag)) {
        close(fd);
        http_answer(request, MHD_HTTP_NOT_MODIFIED, NULL, STR(""));
        return;
    }
    enum range range = find_range(request, etag, size, &from, &n);
    if (range == RANGE_IMPOSSIBLE) {
        close(fd);
        snprintf(text, sizeof(text), "bytes */%llu", (unsigned long long)size);
        http_answer_header(request, "Content-Range", text);
        http_answer(request, MHD_HTTP_RANGE_NOT_SATISFIABLE, NULL, STR(""));
        return;
    }
    if (range == RANGE_PART) {
        snprintf(text, sizeof(text), "bytes %llu-%llu/%llu", (unsigned long long)from,
                 (unsigned long long)(from + n - 1), (unsigned long long)size);
        http_answer_header(request, "Content-Range", text);
    }
    give(request, range == RANGE_PART ? MHD_HTTP_PARTIAL_CONTENT : MHD_HTTP_OK, type,
         MHD_create_response_from_fd_at_offset64(n, fd, from));
}

struct stream {
    struct http_source source;
    struct buf pending;
    size_t sent;
};

static ssize_t read_stream(void *cls, uint64_t pos, char *to, size_t max)
{
    struct stream *stream = cls;
    if (stream->sent == stream->pending.n) {
        buf_clear(&stream->pending);
        stream->sent = 0;
        stream->source.add(stream->source.ctx, &stream->pending);
        if (stream->pending.n == 0) {
            return MHD_CONTENT_READER_END_OF_STREAM;
        }
    }
    size_t n = stream->pending.n - stream->sent;
    n = n < max ? n : max;
    memcpy(to, stream->pending.s + stream->sent, n);
    stream->sent += n;
    return (ssize_t)n;
}

static void end_stream(void *cls)
{
    struct stream *stream = cls;
    stream->source.finish(stream->source.ctx);
    buf_finish(&stream->pending);
    free(stream);
}

void http_answer_stream(struct http_request *request, const char *type,
                        const struct http_source *source)
{
    struct stream *stream = mem_alloc(1, sizeof(*stream));
    stream->source = *source;
    give(request, MHD_HTTP_OK, type,
         MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_stream, stream,
                                           end_stream));
}

/* ---- the life of a request ---- */

static void *hear_uri(void *cls, const char *uri, struct MHD_Connection *connection)
{
    struct http_request *request = mem_alloc(1, sizeof(*request));
    request->server = cls;
    request->connection = connection;
    request->uri = mem_strdup(uri);
    request->started_ms = clock_mono_ms();
    struct str rest = str_of(request->uri);
    str_cut(&rest, '?', &request->path);
    const char *mark = strchr(request->uri, '?');
    request->query = mark ? str_of(mark + 1) : (struct str){"", 0};
    pthread_mutex_init(&request->mutex, NULL);
    return request;
}

/* A proxy on this very machine says whom it speaks for; from anybody else that is not believed. */
static void take_forwarded(struct http_request *request)
{
    const char *list = http_request_header(request, "X-Forwarded-For");
    struct str rest = str_of(list), one = {0};
    bool is_local = strcmp(request->peer, "127.0.0.1") == 0 || strcmp(request->peer, "::1") == 0;
    if (!list || !is_local) {
        return;
    }
    while (str_cut(&rest, ',', &one)) {
    }
    one = str_trim(one);
    if (one.n > 0 && one.n < sizeof(request->peer)) {
        snprintf(request->peer, sizeof(request->peer), STR_FMT, STR_ARG(one));
    }
}

static void describe(struct http_request *request, const char *method)
{
    static const struct {
        const char *name;
        enum http_method method;
    } methods[] = {{"GET", HTTP_GET}, {"HEAD", HTTP_HEAD}, {"POST", HTTP_POST}};
    request->method = HTTP_METHOD_OTHER;
    for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
        if (strcmp(methods[i].name, method) == 0) {
            request->method = methods[i].method;
        }
    }
    const char *length = http_request_header(request, "Content-Length");
    long long n = 0;
    if (http_request_header(request, "Transfer-Encoding")) {
        request->length = -1;
    } else if (length && str_to_int64(str_trim(str_of(length)), &n) && n >= 0) {
        request->length = n;
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info && info->client_addr) {
        const struct sockaddr *address = info->client_addr;
        socklen_t size = address->sa_family == AF_INET6 ? (socklen_t)sizeof(struct sockaddr_in6)
                                                        : (socklen_t)sizeof(struct sockaddr_in);
        getnameinfo(address, size, request->peer, sizeof(request->peer), NULL, 0, NI_NUMERICHOST);
    }
    take_forwarded(request);
}

static enum MHD_Result queue(struct http_request *request)
{
    return MHD_queue_response(request->connection, request->status, request->response);
}

static bool is_answered(struct http_request *request)
{
    pthread_mutex_lock(&request->mutex);
    bool yes = request->response != NULL;
    pthread_mutex_unlock(&request->mutex);
    return yes;
}

/* A refusal that comes before the body is sent at once when the peer waits for "100 Continue", or
 * when reading on would be too much, and the library closes the connection. Else the body is read
 * and dropped, so that a peer which only listens after sending gets to see the answer. */
static enum MHD_Result begin(struct http_request *request, const char *method)
{
    const struct http_server *server = request->server;
    request->begun = true;
    describe(request, method);
    server->handler.begin(server->ctx, request);
    const char *expect = http_request_header(request, "Expect");
    bool waits = expect && strcasecmp(expect, "100-continue") == 0;
    if (request->length != 0 && (waits || request->length > SWALLOW_MAX) && is_answered(request)) {
        request->ended = true;
        return queue(request);
    }
    return MHD_YES;
}

static enum MHD_Result take_body(struct http_request *request, const char *bytes, size_t *n)
{
    const struct http_server *server = request->server;
    struct str piece = {bytes, *n};
    request->received += piece.n;
    *n = 0;
    int64_t ms = clock_mono_ms() - request->started_ms;
    if (ms > SLOW_AFTER_MS &&
        request->received < (uint64_t)(ms / 1000) * (uint64_t)SLOW_BYTES_A_SECOND) {
        return MHD_NO;
    }
    if (is_answered(request)) {
        return request->received > SWALLOW_MAX ? MHD_NO : MHD_YES;
    }
    if (server->handler.body) {
        server->handler.body(server->ctx, request, piece);
    }
    return MHD_YES;
}

static enum MHD_Result hear(void *cls, struct MHD_Connection *connection, const char *url,
                            const char *method, const char *version, const char *bytes, size_t *n,
                            void **con_cls)
{
    struct http_request *request = *con_cls;
    const struct http_server *server = cls;
    if (!request) {
        return MHD_NO;
    }
    if (!request->begun) {
        return begin(request, method);
    }
    if (*n > 0) {
        return take_body(request, bytes, n);
    }
    bool ends = !request->ended;
    request->ended = true;
    if (ends && !is_answered(request)) {
        server->handler.end(server->ctx, request);
    }
    enum MHD_Result result = MHD_YES;
    pthread_mutex_lock(&request->mutex);
    if (request->response) {
        result = queue(request);
    } else {
        request->suspended = true;
        MHD_suspend_connection(connection);
    }
    pthread_mutex_unlock(&request->mutex);
    return result;
}

static void hear_end(void *cls, struct MHD_Connection *connection, void **con_cls,
                     enum MHD_RequestTerminationCode code)
{
    const struct http_server *server = cls;
    struct http_request *request = *con_cls;
    if (!request) {
        return;
    }
    if (request->begun && server->handler.gone) {
        server->handler.gone(server->ctx, request);
    }
    if (request->response) {
        MHD_destroy_response(request->response);
    }
    for (size_t i = 0; i < request->fields.n; i++) {
        free(request->fields.v[i].name);
        free(request->fields.v[i].value);
    }
    vec_finish(&request->fields);
    pthread_mutex_destroy(&request->mutex);
    free(request->uri);
    free(request);
    *con_cls = NULL;
}

/* ---- start and stop ---- */

static bool read_tls(struct http_server *server, const struct http_server_options *o,
                     struct err *err)
{
    if (!o->tls_cert && !o->tls_key) {
        return true;
    }
    if (!o->tls_cert || !o->tls_key) {
        return err_set(err, ERR_INPUT, 0, "TLS needs both a certificate and its key");
    }
    if (MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES) {
        return err_set(err, ERR_INPUT, 0, "libmicrohttpd was built without TLS");
    }
    server->is_tls = true;
    return file_read(o->tls_cert, 1 << 20, &server->cert, err) &&
           file_read(o->tls_key, 1 << 20, &server->key, err);
}

static enum MHD_Result welcome(void *ctx, const struct sockaddr *address, socklen_t size)
{
    struct http_server *server = ctx;
    return atomic_load(&server->is_quiet) ? MHD_NO : MHD_YES;
}

static bool start_daemon(struct http_server *server, const struct http_server_options *o, int fd,
                         struct err *err)
{
    /* Not epoll: libmicrohttpd 0.9.75 asks it for edges, and a close that comes together with the
     * last bytes is then heard only at the idle timeout. With poll it is heard at once, and the
     * load bench shows no difference up to 500 busy connections. */
    unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
    unsigned threads = o->threads ? o->threads : 2;
    unsigned connections = o->connections ? o->connections : 2000;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, server->cert.s},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, server->key.s},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t) "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    server->daemon = MHD_start_daemon(
        server->is_tls ? flags | MHD_USE_TLS : flags, 0, welcome, server, hear, server,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_URI_LOG_CALLBACK, hear_uri, server,
        MHD_OPTION_NOTIFY_COMPLETED, hear_end, server, MHD_OPTION_THREAD_POOL_SIZE, threads,
        MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        o->per_address, MHD_OPTION_CONNECTION_TIMEOUT, o->idle_s ? o->idle_s : 75,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_ARRAY,
        server->is_tls ? tls : none, MHD_OPTION_END);
    if (!server->daemon) {
        return err_set(err, server->is_tls ? ERR_INPUT : ERR_DEVICE, errno,
                       server->is_tls ? "the server did not start: is the certificate good?"
                                      : "the server did not start");
    }
    return true;
}

bool http_server_start(struct http_server **out, const struct http_server_options *options,
                       struct err *err)
{
    struct http_server *server = NULL;
    int fd = -1;
    *out = NULL;
    if (!library_need(&microhttpd_library, err)) {
        return false;
    }
    server = mem_alloc(1, sizeof(*server));
    server->handler = options->handler;
    server->ctx = options->ctx;
    signal(SIGPIPE, SIG_IGN); /* a peer that goes is an error of its connection alone */
    const char *host = options->host ? options->host : "127.0.0.1";
    bool ok = read_tls(server, options, err) && http_listen(host, options->port, &fd, err);
    if (ok) {
        server->port = http_listen_port(fd);
        ok = start_daemon(server, options, fd, err) || (close(fd), false);
    }
    if (!ok) {
        http_server_stop(server);
    }
    *out = ok ? server : NULL;
    return ok;
}

int http_server_port(const struct http_server *server)
{
    return server->port;
}

/* Not MHD_quiesce_daemon: in 0.9.75 it touches what the running threads wait on (over an epoll set
 * it even ends the process). Saying no at the door needs nothing of them. */
void http_server_quiesce(struct http_server *server)
{
    atomic_store(&server->is_quiet, true);
}

void http_server_stop(struct http_server *server)
{
    if (!server) {
        return;
    }
    if (server->daemon) {
        MHD_stop_daemon(server->daemon);
    }
    buf_finish(&server->cert);
    buf_wipe(&server->key);
    free(server);
}
