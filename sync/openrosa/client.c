#include "sync/openrosa/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "platform/base/clock.h"
#include "platform/base/mem.h"
#include "sync/http/url.h"
#include "sync/openrosa/portal.h"

enum { LIMIT_UNTOLD = 10000000, BATCH_BYTES = 1 << 20 };

bool portal_open(struct portal **client, const struct portal_settings *settings, struct err *err)
{
    *client = NULL;
    struct url_origin origin;
    if (!settings->server) {
        return err_set(err, ERR_INPUT, 0, "the server's address is not usable");
    }
    if (!url_origin(str_of(settings->server), &origin, err)) {
        return err_prefix(err, "the server's address");
    }
    struct http_settings http = {
        .agent = settings->agent ? settings->agent : "GoCua/" GOCUA_VERSION,
        .user = settings->user,
        .password = settings->password,
        .pins = settings->pins,
        .ca_file = settings->ca_file,
        .connect_seconds = settings->connect_seconds,
        .stall_seconds = settings->stall_seconds,
        .stop = settings->stop,
        .progress = settings->progress,
        .progress_ctx = settings->progress_ctx,
    };
    struct http_client *opened = NULL;
    if (!http_open(&opened, &http, err)) {
        return false;
    }
    struct portal *made = mem_alloc(1, sizeof(*made));
    made->http = opened;
    made->server = mem_strdup(settings->server);
    made->limit = LIMIT_UNTOLD;
    made->renewed = settings->renewed;
    made->renewed_ctx = settings->renewed_ctx;
    made->batch_bytes = settings->batch_bytes ? settings->batch_bytes : BATCH_BYTES;
    buf_add_text(&made->device, settings->device_id ? "deviceID=" : "");
    url_add_escaped(&made->device, str_of(settings->device_id));
    portal_address(made, &made->submission, "/submission");
    *client = made;
    return true;
}

void portal_close(struct portal *client)
{
    if (client) {
        http_close(client->http);
        http_reply_finish(&client->reply);
        wire_answer_finish(&client->said);
        buf_finish(&client->device);
        buf_finish(&client->submission);
        free(client->server);
        free(client);
    }
}

bool portal_names_missing(const struct portal *client)
{
    return client->said.names_missing;
}

void portal_forget_connections(struct portal *client)
{
    http_forget_connections(client->http);
}

int64_t portal_limit(const struct portal *client)
{
    return client->limit;
}

void portal_address(const struct portal *client, struct buf *url, const char *path)
{
    struct str rest = str_of(client->server);
    struct str base = rest;
    str_cut(&rest, '?', &base); /* Central also takes its token as a query */
    url_add_joined(url, base, path);
    char mark = '?';
    if (rest.s && rest.n) {
        buf_addf(url, "?" STR_FMT, STR_ARG(rest));
        mark = '&';
    }
    if (client->device.n) {
        buf_addf(url, "%c%s", mark, buf_text(&client->device));
    }
}

/* ---- asking and judging --------------------------------------------------------------------- */

bool portal_is_html(const struct http_reply *reply)
{
    struct str body = str_trim(buf_str(&reply->body));
    if (body.n > 3 && !memcmp(body.s, "\xef\xbb\xbf", 3)) {
        body = (struct str){body.s + 3, body.n - 3};
    }
    return strncasecmp(reply->type, "text/html", 9) == 0 ||
           strncasecmp(reply->type, "application/xhtml", 17) == 0 ||
           (body.n >= 14 && strncasecmp(body.s, "<!doctype html", 14) == 0) ||
           (body.n >= 5 && strncasecmp(body.s, "<html", 5) == 0);
}

static void read_limit(struct portal *client)
{
    const char *text = http_reply_field(&client->reply, "X-OpenRosa-Accept-Content-Length");
    long long limit;
    if (text && str_to_int64(str_trim(str_of(text)), &limit) && limit > 0) {
        client->limit = limit;
    }
}

bool portal_judge(struct portal *client, const struct portal_question *question,
                  struct http_reply *reply, bool got, struct answer *answer, struct err *err)
{
    wire_answer_finish(&client->said);
    bool may_say = question->about == ANSWER_ABOUT_RECORD || reply->status >= 300; /* or a list */
    client->said.message = "";
    struct answer_facts facts = {
        .about = question->about,
        .fault = reply->fault,
        .tls = reply->tls,
        .status = reply->status,
        .has_openrosa_header = http_reply_field(reply, "X-OpenRosa-Version") != NULL,
        .is_openrosa = may_say && wire_read_answer(buf_str(&reply->body), &client->said, NULL),
        .is_html = portal_is_html(reply),
        .is_foreign_redirect =
            reply->location[0] &&
            !url_is_same_server(str_of(question->url), str_of(reply->location), true),
        .is_body_sent = reply->is_body_sent,
        .is_edit = question->is_edit,
        .asked_part = question->asked_part,
        .retry_after_ms = http_retry_after(http_reply_field(reply, "Retry-After"), clock_now_ms()),
    };
    facts.message = str_of(client->said.message);
    answer_judge(&facts, answer);
    bool is_good = answer->meaning == ANSWER_ACCEPTED || answer->meaning == ANSWER_GENUINE ||
                   answer->meaning == ANSWER_NOT_CHANGED;
    if (got && !is_good) {
        err_set(err, ERR_REMOTE, reply->status, "the server's answer: %s",
                answer_name(answer->meaning));
    }
    return got && is_good;
}

bool portal_ask(struct portal *client, enum answer_about about, struct http_ask *ask, bool is_edit,
                struct answer *answer, struct err *err)
{
    static const struct http_field version = {"X-OpenRosa-Version", "1.0"};
    if (ask->n_fields == 0) {
        ask->fields = &version;
        ask->n_fields = 1;
    }
    const struct portal_question question = {about, ask->url, is_edit, false};
    bool got = http_perform(client->http, ask, &client->reply, err);
    return portal_judge(client, &question, &client->reply, got, answer, err);
}

bool portal_probe(struct portal *client, struct answer *answer, struct err *err)
{
    struct buf url = {0};
    portal_address(client, &url, "/submission");
    struct http_ask ask = {.method = "HEAD", .url = buf_text(&url)};
    bool ok = portal_ask(client, ANSWER_ABOUT_PROBE, &ask, false, answer, err);
    const char *to = ok ? http_reply_field(&client->reply, "Location") : NULL;
    if (ok) {
        read_limit(client);
        buf_clear(&client->submission);
        buf_add_str(&client->submission, buf_str(&url));
    }
    if (to) { /* Kobo names its own address on the 204 */
        struct buf other = {0};
        if (!url_add_resolved(&other, buf_str(&url), str_of(to), NULL) ||
            !url_is_same_server(buf_str(&url), buf_str(&other), true)) {
            answer->meaning = ANSWER_CAPTIVE;
            ok = err_set(err, ERR_REMOTE, 204, "the server points to another one");
        } else {
            buf_clear(&client->submission);
            buf_add_str(&client->submission, buf_str(&other));
            if (client->device.n && str_find(buf_str(&other), STR("deviceID=")) < 0) {
                bool has_query = memchr(other.s, '?', other.n) != NULL;
                buf_addf(&client->submission, "%c%s", has_query ? '&' : '?',
                         buf_text(&client->device));
            }
        }
        buf_finish(&other);
    }
    buf_finish(&url);
    return ok;
}

static bool unreadable(struct answer *answer, struct err *err)
{
    answer->meaning = ANSWER_UNREADABLE;
    return err_prefix(err, "list of the server");
}

/* Addresses of other servers are never asked: the list could send the token anywhere. */
static bool is_own(const struct portal *client, const char *url)
{
    return !url || url_is_same_server(str_of(client->server), str_of(url), true);
}

void portal_set_memory(struct portal *client, const struct portal_memory *memory)
{
    client->memory = *memory;
}

/* Asks for a list; one that has not changed since it was remembered comes from there. The body
 * stands in client->reply afterwards either way. */
static bool ask_list(struct portal *client, const char *url, struct answer *answer, struct err *err)
{
    const struct portal_memory *memory = &client->memory;
    struct buf etag = {0}, bytes = {0};
    bool knows = memory->recall && memory->recall(memory->ctx, url, &etag, &bytes) && etag.n > 0;
    struct http_field fields[] = {{"X-OpenRosa-Version", "1.0"},
                                  {"If-None-Match", buf_text(&etag)}};
    struct http_ask ask = {.method = "GET",
                           .url = url,
                           .fields = fields,
                           .n_fields = knows ? 2 : 1,
                           .limit = WIRE_LIMIT};
    bool ok = portal_ask(client, ANSWER_ABOUT_LIST, &ask, false, answer, err);
    if (ok && answer->meaning == ANSWER_NOT_CHANGED) {
        answer->meaning = knows ? ANSWER_GENUINE : ANSWER_UNREADABLE;
        buf_clear(&client->reply.body);
        buf_add_str(&client->reply.body, buf_str(&bytes));
        ok = knows || err_set(err, ERR_REMOTE, 304, "nothing is known that could be unchanged");
    }
    buf_finish(&etag);
    buf_finish(&bytes);
    return ok;
}

/* What could be read is worth remembering; an answer from the memory brings its tag along too. */
static void remember_list(struct portal *client, const char *url)
{
    const char *etag = http_reply_field(&client->reply, "ETag");
    if (client->memory.remember && etag && *etag && client->reply.status == 200) {
        client->memory.remember(client->memory.ctx, url, etag, buf_str(&client->reply.body));
    }
}

bool portal_form_list(struct portal *client, struct wire_form_list *list, struct answer *answer,
                      struct err *err)
{
    *list = (struct wire_form_list){0};
    struct buf url = {0};
    portal_address(client, &url, "/formList");
    bool ok = ask_list(client, buf_text(&url), answer, err);
    bool is_readable = ok && wire_read_form_list(buf_str(&client->reply.body), list, err);
    if (is_readable) {
        remember_list(client, buf_text(&url));
    }
    buf_finish(&url);
    if (ok && !is_readable) {
        return unreadable(answer, err);
    }
    client->tells_records = ok && http_reply_field(&client->reply, "X-GoCua-Records") != NULL;
    const char *pins = ok ? http_reply_field(&client->reply, "X-GoCua-Pins") : NULL;
    if (pins && client->renewed) {
        client->renewed(client->renewed_ctx, pins);
    }
    for (size_t i = list->forms.n; i-- > 0;) {
        struct wire_form *form = &list->forms.v[i];
        if (!is_own(client, form->download_url) || !is_own(client, form->manifest_url)) {
            vec_push(&list->bad,
                     (struct wire_bad){form->form_id, "its address is on another server"});
            vec_remove(&list->forms, i);
        }
    }
    return ok;
}

bool portal_manifest(struct portal *client, const char *url, struct wire_manifest *manifest,
                     struct answer *answer, struct err *err)
{
    *manifest = (struct wire_manifest){0};
    if (!ask_list(client, url, answer, err)) {
        return false;
    }
    if (!wire_read_manifest(buf_str(&client->reply.body), manifest, err)) {
        return unreadable(answer, err);
    }
    remember_list(client, url);
    for (size_t i = manifest->media.n; i-- > 0;) {
        struct wire_media *media = &manifest->media.v[i];
        if (!is_own(client, media->download_url) || !is_own(client, media->integrity_url)) {
            vec_push(&manifest->bad,
                     (struct wire_bad){media->filename, "its address is on another server"});
            vec_remove(&manifest->media, i);
        }
    }
    return true;
}

bool portal_integrity(struct portal *client, const char *url, const char *ids,
                      struct wire_integrity *integrity, struct answer *answer, struct err *err)
{
    *integrity = (struct wire_integrity){0};
    struct buf address = {0};
    buf_add_text(&address, url);
    if (ids && *ids) {
        buf_addf(&address, "%cid=", strchr(url, '?') ? '&' : '?');
        struct str rest = str_of(ids);
        struct str id;
        for (bool first = true; str_cut(&rest, ',', &id); first = false) {
            buf_add_text(&address, first ? "" : ",");
            url_add_escaped(&address, id);
        }
    }
    struct http_ask ask = {.method = "GET", .url = buf_text(&address), .limit = WIRE_LIMIT};
    bool ok = portal_ask(client, ANSWER_ABOUT_LIST, &ask, false, answer, err);
    buf_finish(&address);
    if (ok && !wire_read_integrity(buf_str(&client->reply.body), integrity, err)) {
        return unreadable(answer, err);
    }
    return ok;
}

bool portal_tells_records(const struct portal *client)
{
    return client->tells_records;
}

bool portal_judgements(struct portal *client, struct wire_judgements *judgements,
                       struct answer *answer, struct err *err)
{
    *judgements = (struct wire_judgements){0};
    struct buf url = {0};
    portal_address(client, &url, "/records");
    struct http_ask ask = {.method = "GET", .url = buf_text(&url), .limit = WIRE_LIMIT};
    bool ok = portal_ask(client, ANSWER_ABOUT_LIST, &ask, false, answer, err);
    buf_finish(&url);
    return ok && (wire_read_judgements(buf_str(&client->reply.body), judgements, err) ||
                  unreadable(answer, err));
}

bool portal_newest(struct portal *client, const char *instance_id, struct buf *xml,
                   struct answer *answer, struct err *err)
{
    struct buf url = {0}, path = {0};
    buf_add_text(&path, "/records/");
    url_add_escaped(&path, str_of(instance_id));
    portal_address(client, &url, buf_text(&path));
    struct http_ask ask = {.method = "GET", .url = buf_text(&url), .limit = WIRE_LIMIT};
    bool ok = portal_ask(client, ANSWER_ABOUT_LIST, &ask, false, answer, err);
    if (ok) {
        buf_add_str(xml, buf_str(&client->reply.body));
    }
    buf_finish(&url);
    buf_finish(&path);
    return ok;
}
