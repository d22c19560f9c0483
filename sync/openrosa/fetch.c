/* Files come down: one, or several side by side; the rest of one that broke off by Range. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "platform/base/hash.h"
#include "sync/openrosa/client.h"
#include "sync/openrosa/portal.h"

#define FILE_LIMIT (200ll << 20)

/* One file under way. */
struct fetch {
    struct portal *client;
    struct portal_download *download;
    struct http_reply reply;
    struct http_ask ask;
    struct http_field fields[3];
    char range[48];
    int64_t from;  /* first byte that was asked for */
    bool is_rest;  /* the server goes on there */
    bool is_odd;   /* it sends another part than that */
    bool is_again; /* started over once: not a second time */
    struct hash *md5;
    struct answer answer;
    struct err err;
};

static void add_to_hash(void *to, const void *bytes, size_t n)
{
    hash_more(to, bytes, n);
}

/* RFC 9110 §8.8.1: only a strong tag says that the bytes are the same. */
static bool is_strong(const char *etag)
{
    return etag[0] == '"';
}

/* "bytes 100-199/200": does it begin where we asked? */
static bool fits_range(const struct fetch *f, const struct http_reply *reply)
{
    const char *text = http_reply_field(reply, "Content-Range");
    char want[40];
    snprintf(want, sizeof(want), "bytes %lld-", (long long)f->from);
    return text && strncasecmp(text, want, strlen(want)) == 0;
}

static bool on_head(void *ctx, const struct http_reply *reply, struct err *err)
{
    struct fetch *f = ctx;
    struct portal_download *d = f->download;
    const char *etag = http_reply_field(reply, "ETag");
    f->is_rest = reply->status == 206;
    if (f->is_rest && !fits_range(f, reply)) {
        f->is_odd = true;
        return err_set(err, ERR_REMOTE, 206, "another part than was asked for");
    }
    if (!f->is_rest) {
        hash_abort(f->md5);
        f->md5 = hash_begin(HASH_MD5);
        d->have = 0;
    }
    snprintf(d->have_etag, sizeof(d->have_etag), "%s", etag ? etag : "");
    return !d->begin || d->begin(d->sink_ctx, f->is_rest, err);
}

static bool on_bytes(void *ctx, const void *bytes, size_t n, struct err *err)
{
    struct fetch *f = ctx;
    struct portal_download *d = f->download;
    hash_more(f->md5, bytes, n);
    d->size += (int64_t)n;
    d->have += (int64_t)n;
    return d->sink(d->sink_ctx, bytes, n, err);
}

/* Writes down what to ask for: the rest, if some of it is here and can be gone on with. */
static bool prepare(struct fetch *f)
{
    struct portal_download *d = f->download;
    bool is_checked = d->md5 && *d->md5;
    bool can_go_on =
        !f->is_again && d->have > 0 && is_checked && d->replay && is_strong(d->have_etag);
    f->from = can_go_on ? d->have : 0;
    f->is_rest = f->is_odd = false;
    hash_abort(f->md5);
    f->md5 = hash_begin(HASH_MD5);
    f->fields[0] = (struct http_field){"X-OpenRosa-Version", "1.0"};
    f->ask = (struct http_ask){.method = "GET",
                               .url = d->url,
                               .fields = f->fields,
                               .n_fields = 1,
                               .sink = on_bytes,
                               .head = on_head,
                               .sink_ctx = f,
                               .is_plain = can_go_on,
                               .limit = (d->limit ? d->limit : FILE_LIMIT) - f->from};
    if (can_go_on) {
        snprintf(f->range, sizeof(f->range), "bytes=%lld-", (long long)f->from);
        f->fields[f->ask.n_fields++] = (struct http_field){"Range", f->range};
        f->fields[f->ask.n_fields++] = (struct http_field){"If-Range", d->have_etag};
        return d->replay(d->sink_ctx, add_to_hash, f->md5, &f->err);
    }
    if (d->etag && *d->etag) {
        f->fields[f->ask.n_fields++] = (struct http_field){"If-None-Match", d->etag};
    }
    return true;
}

static void fetch_begin(struct fetch *f, struct portal *client, struct portal_download *download)
{
    *f = (struct fetch){.client = client, .download = download, .reply = f->reply};
    download->size = 0;
    download->new_etag[0] = 0;
}

/* Asks in a lane; false when it is over before that. */
static bool ask(struct fetch *f, int lane)
{
    err_clear(&f->err);
    if (!prepare(f)) {
        f->answer = (struct answer){.meaning = ANSWER_LOCAL};
        return false;
    }
    http_begin(f->client->http, lane, &f->ask, &f->reply, &f->err);
    return true;
}

static bool has_hash(struct fetch *f)
{
    const char *wanted = f->download->md5;
    unsigned char digest[HASH_MAX];
    struct buf hex = {0};
    hash_add_hex(&hex, digest, hash_end(f->md5, digest));
    f->md5 = NULL;
    bool same = !wanted || !*wanted || !strcasecmp(buf_text(&hex), wanted);
    buf_finish(&hex);
    return same;
}

/* An answer without a body never came to on_head. */
static bool settle_empty(struct fetch *f)
{
    bool is_whole = f->reply.status == 200 && f->reply.received == 0;
    return !is_whole || on_head(f, &f->reply, &f->err);
}

static bool check_bytes(struct fetch *f)
{
    struct portal_download *d = f->download;
    bool is_checked = d->md5 && *d->md5;
    if (!is_checked && portal_is_html(&f->reply)) {
        f->answer.meaning = ANSWER_CAPTIVE;
        return err_set(&f->err, ERR_REMOTE, f->reply.status, "a web page instead of a file");
    }
    if (!has_hash(f)) {
        f->answer.meaning = ANSWER_UNREADABLE;
        d->have = 0; /* nobody knows which of its bytes are wrong */
        return err_set(&f->err, ERR_DAMAGED, 0, "the file does not have the hash of the list");
    }
    snprintf(d->new_etag, sizeof(d->new_etag), "%s", d->have_etag);
    return true;
}

/* Judges what came; *again: it is to be asked once more, from the start. */
static bool fetch_end(struct fetch *f, bool got, bool *again)
{
    struct portal_download *d = f->download;
    const struct portal_question question = {ANSWER_ABOUT_FILE, d->url, false, f->from > 0};
    bool was_rest = f->from > 0 && (f->is_rest || f->reply.status == 416);
    bool ok = portal_judge(f->client, &question, &f->reply, got, &f->answer, &f->err);
    if (ok && f->answer.meaning == ANSWER_GENUINE) {
        ok = (settle_empty(f) || (f->answer.meaning = ANSWER_LOCAL, false)) && check_bytes(f);
    }
    bool is_useless =
        f->is_odd || f->reply.status == 416 || (!ok && f->answer.meaning == ANSWER_UNREADABLE);
    *again = was_rest && is_useless && !f->is_again;
    f->is_again = *again;
    d->have = *again ? 0 : d->have;
    return ok;
}

static void fetch_finish(struct fetch *f)
{
    hash_abort(f->md5);
    f->md5 = NULL;
}

bool portal_fetch(struct portal *client, struct portal_download *download, struct answer *answer,
                  struct err *err)
{
    struct fetch f = {0};
    bool again = true, ok = false;
    fetch_begin(&f, client, download);
    while (again && ask(&f, 0)) {
        bool got = false;
        http_wait(client->http, &got);
        ok = fetch_end(&f, got, &again);
    }
    *answer = f.answer;
    if (!ok && err) {
        *err = f.err;
    }
    fetch_finish(&f);
    http_reply_finish(&f.reply);
    return ok;
}

/* ---- side by side --------------------------------------------------------------------------- */

struct fetching {
    struct portal *client;
    const struct portal_fetches *fetches;
    struct fetch lanes[PORTAL_LANES];
    bool is_busy[PORTAL_LANES];
};

static void finish_lane(struct fetching *all, int lane, bool ok)
{
    struct fetch *f = &all->lanes[lane];
    all->is_busy[lane] = false;
    fetch_finish(f);
    all->fetches->done(all->fetches->ctx, f->download, ok, &f->answer, &f->err);
}

static void fill_lanes(struct fetching *all)
{
    for (int i = 0; i < PORTAL_LANES; i++) {
        struct portal_download *next = NULL;
        while (!all->is_busy[i] && (next = all->fetches->next(all->fetches->ctx)) != NULL) {
            fetch_begin(&all->lanes[i], all->client, next);
            all->is_busy[i] = true;
            if (!ask(&all->lanes[i], i)) {
                finish_lane(all, i, false);
            }
        }
    }
}

void portal_fetch_all(struct portal *client, const struct portal_fetches *fetches)
{
    struct fetching all = {.client = client, .fetches = fetches};
    bool got, again;
    int lane;
    fill_lanes(&all);
    while ((lane = http_wait(client->http, &got)) >= 0) {
        bool ok = fetch_end(&all.lanes[lane], got, &again);
        if (!again || !ask(&all.lanes[lane], lane)) {
            finish_lane(&all, lane, ok && !again);
        }
        fill_lanes(&all);
    }
    for (int i = 0; i < PORTAL_LANES; i++) {
        http_reply_finish(&all.lanes[i].reply);
    }
}
