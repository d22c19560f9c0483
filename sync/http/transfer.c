#include "sync/http/transfer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include <linux/sockios.h>

#include "platform/base/clock.h"
#include "sync/http/url.h"

enum {
    ERROR_BODY_KEPT = 64 << 10,
    REPLY_LIMIT = 4 << 20,
    FIELDS_LIMIT = 100,
    SEND_BUFFER = 128 << 10,
    SLOWEST = 8, /* bytes a second; below it a transfer counts as stalled */
};

/* ---- callbacks of libcurl ------------------------------------------------------------------ */

static size_t on_read(char *bytes, size_t size, size_t n, void *ctx)
{
    struct transfer *t = ctx;
    size_t got = 0;
    if (t->read < t->ask.body->size &&
        !t->ask.body->read(t->ask.body->ctx, bytes, size * n, &got, t->err)) {
        t->is_local = true;
        return CURL_READFUNC_ABORT;
    }
    t->read += (int64_t)got;
    return got;
}

static int on_seek(void *ctx, curl_off_t offset, int origin)
{
    struct transfer *t = ctx;
    if (offset != 0 || origin != SEEK_SET || !t->ask.body->rewind(t->ask.body->ctx, t->err)) {
        t->is_local = offset == 0;
        return CURL_SEEKFUNC_FAIL;
    }
    t->read = 0;
    return CURL_SEEKFUNC_OK;
}

/* Before the first byte of a body: is it that of a good answer, and does the asker want it? */
static bool take_head(struct transfer *t)
{
    long status = 0;
    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
    bool is_good = status >= 200 && status < 300;
    if (is_good && !t->has_head && t->ask.head) {
        t->reply->status = (int)status;
        t->is_local = !t->ask.head(t->ask.sink_ctx, t->reply, t->err);
    }
    t->has_head = true;
    return is_good;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *ctx)
{
    struct transfer *t = ctx;
    struct http_reply *reply = t->reply;
    bool is_good = take_head(t);
    n *= size;
    reply->received += (int64_t)n;
    if (t->is_local) {
        return 0;
    }
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
    if (t->ask.sink) {
        t->is_local = !t->ask.sink(t->ask.sink_ctx, bytes, n, t->err);
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
    int64_t gone = bytes_gone(t->curl, up);
    curl_off_t connected_us = 0;
    curl_easy_getinfo(t->curl, CURLINFO_PRETRANSFER_TIME_T, &connected_us);
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

static void set_access(CURL *curl, const struct http_client *client,
                       const struct url_origin *origin)
{
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
    CURL *curl = t->curl;
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_field);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, t);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_SOCKOPTFUNCTION, on_socket);
    if (t->ask.body) {
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
        curl_easy_setopt(curl, CURLOPT_READDATA, t);
        curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, on_seek);
        curl_easy_setopt(curl, CURLOPT_SEEKDATA, t);
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->ask.body->size);
    } else if (!strcmp(t->ask.method, "HEAD")) {
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
        return trust_failed(t->curl, code, &t->trust, &t->reply->tls) ? HTTP_FAULT_TLS
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
                       curl_easy_strerror(code));
    default:
        return err_set(err, ERR_OFFLINE, (int)code, "%s", curl_easy_strerror(code));
    }
}

static void note_outcome(struct transfer *t, CURLcode code)
{
    CURL *curl = t->curl;
    struct http_reply *reply = t->reply;
    long status = 0;
    curl_off_t up = 0;
    const char *type = NULL;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_SIZE_UPLOAD_T, &up);
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    reply->status = (int)status;
    reply->sent += up;
    reply->is_body_sent = t->ask.body && up >= t->ask.body->size;
    snprintf(reply->type, sizeof(reply->type), "%s", type ? type : "");
    reply->fault = t->is_enough ? HTTP_FAULT_NONE : fault_of(t, code);
}

static void set_options(struct transfer *t, const struct url_origin *origin)
{
    struct http_client *client = t->client;
    CURL *curl = t->curl;
    curl_easy_setopt(curl, CURLOPT_URL, buf_text(&t->url));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, t->fields);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, client->agent);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, t->ask.is_plain ? NULL : "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl, CURLOPT_PIPEWAIT, 1L); /* HTTP/2: all lanes on one connection */
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)client->set.connect_seconds);
    curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, 64L << 10);
    curl_easy_setopt(curl, CURLOPT_PRIVATE, t);
    trust_set(curl, client->pins, client->ca_file, origin->is_tls, &t->trust);
    set_access(curl, client, origin);
    set_callbacks(t);
}

bool transfer_start(struct transfer *t)
{
    struct url_origin origin;
    if (!url_origin(buf_str(&t->url), &origin, t->err) ||
        (t->ask.body && !t->ask.body->rewind(t->ask.body->ctx, t->err))) {
        t->reply->fault = HTTP_FAULT_LOCAL;
        return false;
    }
    t->limit = t->ask.limit ? t->ask.limit : REPLY_LIMIT;
    t->read = t->window_ms = t->window_moved = 0;
    t->has_head = t->is_enough = false;
    t->is_local = t->is_too_large = t->is_stalled = t->is_stopped = false;
    curl_easy_reset(t->curl); /* keeps connections and sessions */
    t->fields = make_fields(&t->ask);
    set_options(t, &origin);
    return true;
}

bool transfer_end(struct transfer *t, CURLcode code)
{
    note_outcome(t, code);
    curl_slist_free_all(t->fields);
    t->fields = NULL;
    curl_easy_setopt(t->curl, CURLOPT_VERBOSE, 0L); /* what follows has nobody to listen */
    return t->reply->fault == HTTP_FAULT_NONE || tell_fault(t, code, t->err);
}
