#include "sync/http/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "platform/base/mem.h"
#include "sync/http/transfer.h"
#include "sync/http/url.h"

enum { REDIRECTS = 3, LOOK_MS = 250 /* how soon a stop is seen */ };

static CURLM *make_multi(void)
{
    CURLM *multi = curl_multi_init();
    if (multi) {
        curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)HTTP_LANES);
        curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)HTTP_LANES);
    }
    return multi;
}

bool http_open(struct http_client **client, const struct http_settings *settings, struct err *err)
{
    *client = NULL;
    if (!curl_need(err)) {
        return false;
    }
    CURLM *multi = make_multi();
    if (!multi) {
        return err_set(err, ERR_STORAGE, 0, "no memory for a connection");
    }
    struct http_client *made = mem_alloc(1, sizeof(*made));
    *made = (struct http_client){.multi = multi,
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

/* Takes the request out of libcurl's hands, in the middle if need be. */
static void drop(struct transfer *t)
{
    if (t->is_under_way) {
        curl_multi_remove_handle(t->client->multi, t->curl);
        curl_slist_free_all(t->fields);
        t->fields = NULL;
        t->is_under_way = false;
    }
    t->is_busy = false;
}

void http_close(struct http_client *client)
{
    if (client) {
        http_forget_connections(client);
        curl_multi_cleanup(client->multi);
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
    CURLM *fresh = make_multi();
    for (int i = 0; i < HTTP_LANES; i++) {
        struct transfer *t = &client->lanes[i];
        drop(t);
        curl_easy_cleanup(t->curl);
        t->curl = NULL;
        buf_finish(&t->url);
    }
    if (fresh) {
        curl_multi_cleanup(client->multi);
        client->multi = fresh;
        client->is_tainted = false;
    }
}

/* ---- lanes ---------------------------------------------------------------------------------- */

static void reply_empty(struct http_reply *reply)
{
    buf_clear(&reply->body);
    arena_reset(&reply->arena);
    *reply = (struct http_reply){.body = reply->body, .arena = reply->arena};
}

/* Gives one hop to libcurl; when that fails the request is over. After a server was not believed no
 * kept connection is used any more: it must not be taken for a checked one. */
static void set_out(struct transfer *t)
{
    reply_empty(t->reply);
    if (t->client->is_tainted) {
        t->reply->fault = HTTP_FAULT_TLS;
        t->reply->tls = t->client->tainted_by;
        t->ok = err_set(t->err, ERR_OFFLINE, 0, "the server was not believed before");
        return;
    }
    t->ok = transfer_start(t);
    if (t->ok && curl_multi_add_handle(t->client->multi, t->curl) != CURLM_OK) {
        t->ok = transfer_end(t, CURLE_OUT_OF_MEMORY);
    }
    t->is_under_way = t->ok;
}

/* A redirect to the same server is followed. True: another hop is under way. */
static bool follow(struct transfer *t)
{
    struct http_reply *reply = t->reply;
    const char *to = t->ok ? http_reply_field(reply, "Location") : NULL;
    struct buf next = {0};
    if (!to || reply->status < 300 || reply->status > 399 || reply->status == 304) {
        return false;
    }
    bool is_whole = url_add_resolved(&next, buf_str(&t->url), str_of(to), NULL);
    bool goes_on = !t->ask.body && is_whole && t->hop < REDIRECTS &&
                   url_is_same_server(buf_str(&t->url), buf_str(&next), true);
    snprintf(reply->location, sizeof(reply->location), "%s", is_whole ? buf_text(&next) : to);
    if (goes_on) {
        t->hop++;
        buf_clear(&t->url);
        buf_add_str(&t->url, buf_str(&next));
        set_out(t);
    }
    buf_finish(&next);
    return goes_on;
}

static bool is_idle(const struct http_client *client)
{
    bool any = false;
    for (int i = 0; i < HTTP_LANES; i++) {
        any = any || client->lanes[i].is_busy;
    }
    return !any;
}

void http_begin(struct http_client *client, int lane, const struct http_ask *ask,
                struct http_reply *reply, struct err *err)
{
    struct transfer *t = &client->lanes[lane];
    drop(t);
    if (client->is_tainted && is_idle(client)) {
        http_forget_connections(client);
    }
    t->client = client;
    t->ask = *ask;
    t->reply = reply;
    t->err = err ? err : &t->own;
    t->hop = 0;
    t->is_busy = true;
    buf_clear(&t->url);
    buf_add_text(&t->url, ask->url);
    reply_empty(reply);
    if (!t->curl) {
        t->curl = curl_easy_init();
    }
    if (t->curl) {
        set_out(t);
    } else {
        reply->fault = HTTP_FAULT_LOCAL;
        t->ok = err_set(t->err, ERR_STORAGE, 0, "no memory for a connection");
    }
}

/* Takes up what libcurl has finished; true when a request is over. */
static bool collect(struct http_client *client)
{
    CURLMsg *message;
    int left;
    bool any = false;
    while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
        struct transfer *t = NULL;
        CURLcode code = message->data.result;
        if (message->msg == CURLMSG_DONE &&
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t) == CURLE_OK && t) {
            t->ok = transfer_end(t, code);
            if (t->reply->fault == HTTP_FAULT_TLS && !client->is_tainted) {
                client->is_tainted = true;
                client->tainted_by = t->reply->tls;
            }
            curl_multi_remove_handle(client->multi, t->curl);
            t->is_under_way = false;
            any = !follow(t) || any;
        }
    }
    return any;
}

/* A lane whose request is over, or -1; *any: is one begun at all? */
static int find_over(const struct http_client *client, bool *any)
{
    *any = false;
    for (int i = 0; i < HTTP_LANES; i++) {
        if (client->lanes[i].is_busy && !client->lanes[i].is_under_way) {
            return i;
        }
        *any = *any || client->lanes[i].is_busy;
    }
    return -1;
}

int http_wait(struct http_client *client, bool *ok)
{
    bool any = true;
    int lane;
    while ((lane = find_over(client, &any)) < 0 && any) {
        int running = 0;
        curl_multi_perform(client->multi, &running);
        if (!collect(client)) {
            curl_multi_poll(client->multi, NULL, 0, LOOK_MS, NULL);
        }
    }
    *ok = lane >= 0 && client->lanes[lane].ok;
    if (lane >= 0) {
        client->lanes[lane].is_busy = false;
    }
    return lane;
}

bool http_perform(struct http_client *client, const struct http_ask *ask, struct http_reply *reply,
                  struct err *err)
{
    bool ok = false;
    http_begin(client, 0, ask, reply, err);
    while (http_wait(client, &ok) > 0) {
    }
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
    time_t when = curl_need(NULL) ? curl_getdate(value, NULL) : (time_t)-1;
    if (when == (time_t)-1) {
        return -1;
    }
    int64_t wait = (int64_t)when * 1000 - now_ms;
    return wait > 0 ? wait : 0;
}
