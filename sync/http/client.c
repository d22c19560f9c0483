#include "sync/http/client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include <linux/sockios.h>

#include "platform/base/clock.h"
#include "platform/base/mem.h"
#include "sync/http/trust.h"
#include "sync/http/url.h"

enum {
    ERROR_BODY_KEPT = 64 << 10,
    REPLY_LIMIT = 4 << 20,
    REDIRECTS = 3,
    FIELDS_LIMIT = 100,
    SEND_BUFFER = 128 << 10,
    SLOWEST = 8, /* bytes a second; below it a transfer counts as stalled */
};

struct http_client {
    CURL *curl;
    char *agent, *user, *password, *pins, *ca_file;
    struct http_settings set;
};

/* One request under way. */
struct transfer {
    struct http_client *client;
    const struct http_ask *ask;
    struct http_reply *reply;
    struct err *err;
    int64_t limit;
    int64_t read;   /* of the request's body */
    bool is_enough; /* an error body went on and on: what we have will do */
    bool is_local, is_too_large, is_stalled, is_stopped;
    int64_t window_ms;    /* start of the present stall window, 0 before the connection */
    int64_t window_moved; /* bytes at its start */
    struct trust trust;
};

bool http_open(struct http_client **client, const struct http_settings *settings, struct err *err)
{
    trust_start();
    *client = NULL;
    CURL *curl = curl_easy_init();
    if (!curl) {
        return err_set(err, ERR_STORAGE, 0, "no memory for a connection");
    }
    struct http_client *made = mem_alloc(1, sizeof(*made));
    *made = (struct http_client){.curl = curl,
                                 .agent = mem_strdup(settings->agent ? settings->agent : "GoCua"),
                                 .user = mem_strdup(settings->user),
                                 .password = mem_strdup(settings->password),
                                 .pins = mem_strdup(settings->pins),
                                 .ca_file = mem_strdup(settings->ca_file),
                                 .set = *settings};
    made->set.connect_seconds = settings->connect_seconds ? settings->connect_seconds : 30;
    made->set.stall_seconds = settings->stall_seconds ? settings->stall_seconds : 30;
    *client = made;
    return true;
}

void http_close(struct http_client *client)
{
    if (client) {
        curl_easy_cleanup(client->curl);
        free(client->agent);
        free(client->user);
        free(client->password);
        free(client->pins);
        free(client->ca_file);
        free(client);
    }
}

void http_forget_connections(struct http_client *client)
{
    CURL *fresh = curl_easy_init();
    if (fresh) {
        curl_easy_cleanup(client->curl);
        client->curl = fresh;
    }
}

/* ---- callbacks of libcurl ------------------------------------------------------------------ */

static size_t on_read(char *bytes, size_t size, size_t n, void *ctx)
{
    struct transfer *t = ctx;
    size_t got = 0;
    if (t->read < t->ask->body->size &&
        !t->ask->body->read(t->ask->body->ctx, bytes, size * n, &got, t->err)) {
        t->is_local = true;
        return CURL_READFUNC_ABORT;
    }
    t->read += (int64_t)got;
    return got;
}

static int on_seek(void *ctx, curl_off_t offset, int origin)
{
    struct transfer *t = ctx;
    if (offset != 0 || origin != SEEK_SET || !t->ask->body->rewind(t->ask->body->ctx, t->err)) {
        t->is_local = offset == 0;
        return CURL_SEEKFUNC_FAIL;
    }
    t->read = 0;
    return CURL_SEEKFUNC_OK;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *ctx)
{
    struct transfer *t = ctx;
    struct http_reply *reply = t->reply;
    long status = 0;
    curl_easy_getinfo(t->client->curl, CURLINFO_RESPONSE_CODE, &status);
    bool is_good = status >= 200 && status < 300;
    n *= size;
    reply->received += (int64_t)n;
    if (!is_good) {
        size_t room = ERROR_BODY_KEPT - reply->body.n;
        buf_add(&reply->body, bytes, n < room ? n : room);
        t->is_enough = n > room;
        return t->is_enough ? 0 : n;
    }
    if (reply->received > t->limit) {
        t->is_too_large = true;
        return 0;
    }
    if (t->ask->sink) {
        t->is_local = !t->ask->sink(t->ask->sink_ctx, bytes, n, t->err);
        return t->is_local ? 0 : n;
    }
    buf_add(&reply->body, bytes, n);
    return n;
}

static void forget_fields(struct http_reply *reply)
{
    reply->n_fields = 0;
    reply->location[0] = reply->type[0] = 0;
}

static size_t on_field(char *bytes, size_t size, size_t n, void *ctx)
{
    struct transfer *t = ctx;
    struct http_reply *reply = t->reply;
    struct str line = {bytes, size * n};
    if (str_starts(line, STR("HTTP/"))) {
        forget_fields(reply); /* an interim answer may have come before */
        return size * n;
    }
    struct str name;
    if (str_cut(&line, ':', &name) && line.s && reply->n_fields < FIELDS_LIMIT) {
        if (reply->n_fields == reply->fields_cap) {
            struct http_field *more = arena_array(&reply->arena, struct http_field, FIELDS_LIMIT);
            reply->fields = more;
            reply->fields_cap = FIELDS_LIMIT;
        }
        reply->fields[reply->n_fields++] = (struct http_field){
            arena_str(&reply->arena, str_trim(name)), arena_str(&reply->arena, str_trim(line))};
    }
    return size * n;
}

/* Bytes that have really gone: what still lies in the socket's queue has not. */
static int64_t bytes_gone(CURL *curl, int64_t handed)
{
    curl_socket_t fd = CURL_SOCKET_BAD;
    int queued = 0;
    if (handed > 0 && curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK &&
        fd != CURL_SOCKET_BAD && ioctl(fd, SIOCOUTQ, &queued) == 0 && queued > 0) {
        return handed > queued ? handed - queued : 0;
    }
    return handed;
}

/* True when hardly anything has moved for the whole stall time. */
static bool is_stalled(struct transfer *t, int64_t moved)
{
    int64_t now = clock_mono_ms();
    int64_t span = t->client->set.stall_seconds * INT64_C(1000);
    if (t->window_ms == 0 || moved - t->window_moved >= SLOWEST * span / 1000) {
        t->window_ms = now;
        t->window_moved = moved;
    }
    return now - t->window_ms >= span;
}

static int on_progress(void *ctx, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                       curl_off_t up)
{
    struct transfer *t = ctx;
    const struct http_settings *set = &t->client->set;
    if (set->stop && atomic_load(set->stop)) {
        t->is_stopped = true;
        return 1;
    }
    int64_t gone = bytes_gone(t->client->curl, up);
    curl_off_t connected_us = 0;
    curl_easy_getinfo(t->client->curl, CURLINFO_PRETRANSFER_TIME_T, &connected_us);
    if (connected_us > 0 && is_stalled(t, gone + down)) {
        t->is_stalled = true;
        return 1;
    }
    if (set->progress && (gone > 0 || down > 0)) {
        set->progress(set->progress_ctx, gone, down);
    }
    return 0;
}

static int on_socket(void *ctx, curl_socket_t fd, curlsocktype purpose)
{
    int size = SEND_BUFFER; /* a large queue would hide for minutes that nothing moves */
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    return CURL_SOCKOPT_OK;
}

/* ---- one request ---------------------------------------------------------------------------- */

/* RFC 9110 §5.6.7; own names, since strftime would speak the user's language. */
static void format_date(int64_t ms, char text[64])
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    snprintf(text, 64, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days + tm.tm_wday * 3, tm.tm_mday,
             months + tm.tm_mon * 3, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static struct curl_slist *make_fields(const struct http_ask *ask)
{
    char date[64];
    char line[2048];
    format_date(clock_now_ms(), date);
    snprintf(line, sizeof(line), "Date: %s", date);
    struct curl_slist *list = curl_slist_append(NULL, line);
    for (size_t i = 0; i < ask->n_fields; i++) {
        snprintf(line, sizeof(line), "%s: %s", ask->fields[i].name, ask->fields[i].value);
        list = curl_slist_append(list, line);
    }
    return list;
}

static bool is_loopback(const char *host)
{
    return !strcmp(host, "localhost") || !strcmp(host, "::1") || !strncmp(host, "127.", 4);
}

static void set_access(struct http_client *client, const struct url_origin *origin)
{
    CURL *curl = client->curl;
    if (client->user && *client->user) {
        unsigned long ways = CURLAUTH_DIGEST | (origin->is_tls ? CURLAUTH_BASIC : 0);
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, ways);
        curl_easy_setopt(curl, CURLOPT_USERNAME, client->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, client->password ? client->password : "");
    }
    if (is_loopback(origin->host)) {
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
    }
}

static void set_callbacks(struct transfer *t)
{
    CURL *curl = t->client->curl;
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_field);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, t);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_SOCKOPTFUNCTION, on_socket);
    if (t->ask->body) {
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
        curl_easy_setopt(curl, CURLOPT_READDATA, t);
        curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, on_seek);
        curl_easy_setopt(curl, CURLOPT_SEEKDATA, t);
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->ask->body->size);
    } else if (!strcmp(t->ask->method, "HEAD")) {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else {
        curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    }
}

static enum http_fault fault_of(const struct transfer *t, CURLcode code)
{
    if (t->is_stopped || t->is_stalled) {
        return t->is_stopped ? HTTP_FAULT_STOPPED : HTTP_FAULT_STALLED;
    }
    if (t->is_local || t->is_too_large) {
        return t->is_local ? HTTP_FAULT_LOCAL : HTTP_FAULT_TOO_LARGE;
    }
    switch (code) {
    case CURLE_OK:
        return HTTP_FAULT_NONE;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return HTTP_FAULT_RESOLVE;
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_INTERFACE_FAILED:
        return HTTP_FAULT_CONNECT;
    default:
        return trust_failed(t->client->curl, code, &t->trust, &t->reply->tls) ? HTTP_FAULT_TLS
                                                                              : HTTP_FAULT_BROKEN;
    }
}

static bool tell_fault(const struct transfer *t, CURLcode code, struct err *err)
{
    switch (t->reply->fault) {
    case HTTP_FAULT_LOCAL:
        return false; /* the callback has said it */
    case HTTP_FAULT_STOPPED:
        return err_set(err, ERR_CANCELLED, 0, "stopped");
    case HTTP_FAULT_STALLED:
        return err_set(err, ERR_OFFLINE, ETIMEDOUT, "nothing moved for %d s",
                       t->client->set.stall_seconds);
    case HTTP_FAULT_TOO_LARGE:
        return err_set(err, ERR_REMOTE, t->reply->status, "answer larger than %lld bytes",
                       (long long)t->limit);
    case HTTP_FAULT_TLS:
        return err_set(err, ERR_OFFLINE, (int)code, "the server is not believed: %s",
                       t->trust.said[0] ? t->trust.said : curl_easy_strerror(code));
    default:
        return err_set(err, ERR_OFFLINE, (int)code, "%s", curl_easy_strerror(code));
    }
}

static void note_outcome(struct transfer *t, CURLcode code)
{
    CURL *curl = t->client->curl;
    struct http_reply *reply = t->reply;
    long status = 0;
    curl_off_t up = 0;
    const char *type = NULL;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_SIZE_UPLOAD_T, &up);
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    reply->status = (int)status;
    reply->sent += up;
    reply->is_body_sent = t->ask->body && up >= t->ask->body->size;
    snprintf(reply->type, sizeof(reply->type), "%s", type ? type : "");
    reply->fault = t->is_enough ? HTTP_FAULT_NONE : fault_of(t, code);
}

static bool perform_once(struct http_client *client, const struct http_ask *ask, const char *url,
                         struct http_reply *reply, struct err *err)
{
    struct url_origin origin;
    if (!url_origin(str_of(url), &origin, err)) {
        reply->fault = HTTP_FAULT_LOCAL;
        return false;
    }
    struct transfer t = {.client = client,
                         .ask = ask,
                         .reply = reply,
                         .err = err,
                         .limit = ask->limit ? ask->limit : REPLY_LIMIT};
    if (ask->body && !ask->body->rewind(ask->body->ctx, err)) {
        reply->fault = HTTP_FAULT_LOCAL;
        return false;
    }
    CURL *curl = client->curl;
    curl_easy_reset(curl); /* keeps connections and sessions */
    struct curl_slist *fields = make_fields(ask);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, client->agent);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)client->set.connect_seconds);
    curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, 64L << 10);
    trust_set(curl, client->pins, client->ca_file, origin.is_tls, &t.trust);
    set_access(client, &origin);
    set_callbacks(&t);
    CURLcode code = curl_easy_perform(curl);
    note_outcome(&t, code);
    curl_slist_free_all(fields);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
    if (reply->fault == HTTP_FAULT_TLS) {
        http_forget_connections(client); /* one of a bad day must not be taken for a checked one */
    }
    return reply->fault == HTTP_FAULT_NONE || tell_fault(&t, code, err);
}

static void reply_empty(struct http_reply *reply)
{
    buf_clear(&reply->body);
    arena_reset(&reply->arena);
    *reply = (struct http_reply){.body = reply->body, .arena = reply->arena};
}

bool http_perform(struct http_client *client, const struct http_ask *ask, struct http_reply *reply,
                  struct err *err)
{
    struct err own = {0};
    struct err *told = err ? err : &own;
    struct buf url = {0};
    struct buf next = {0};
    bool ok = false;
    buf_add_text(&url, ask->url);
    for (int hop = 0; hop <= REDIRECTS; hop++) {
        reply_empty(reply);
        ok = perform_once(client, ask, buf_text(&url), reply, told);
        const char *to = ok ? http_reply_field(reply, "Location") : NULL;
        if (!to || reply->status < 300 || reply->status > 399 || reply->status == 304) {
            break;
        }
        buf_clear(&next);
        bool is_whole = url_add_resolved(&next, buf_str(&url), str_of(to), NULL);
        snprintf(reply->location, sizeof(reply->location), "%s", is_whole ? buf_text(&next) : to);
        if (ask->body || !is_whole || !url_is_same_server(buf_str(&url), buf_str(&next), true)) {
            break;
        }
        buf_clear(&url);
        buf_add_str(&url, buf_str(&next));
    }
    buf_finish(&url);
    buf_finish(&next);
    return ok;
}

const char *http_reply_field(const struct http_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->n_fields; i++) {
        if (!strcasecmp(reply->fields[i].name, name)) {
            return reply->fields[i].value;
        }
    }
    return NULL;
}

void http_reply_finish(struct http_reply *reply)
{
    buf_finish(&reply->body);
    arena_finish(&reply->arena);
    *reply = (struct http_reply){0};
}

int64_t http_retry_after(const char *value, int64_t now_ms)
{
    long long seconds;
    if (!value) {
        return -1;
    }
    if (str_to_int64(str_trim(str_of(value)), &seconds)) {
        return seconds < 0 || seconds > INT32_MAX ? -1 : seconds * 1000;
    }
    time_t when = curl_getdate(value, NULL);
    if (when == (time_t)-1) {
        return -1;
    }
    int64_t wait = (int64_t)when * 1000 - now_ms;
    return wait > 0 ? wait : 0;
}
