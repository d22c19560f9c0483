/* Exchanges a code for a token: POST /enrol with code=… (typed, or the token of an enrolment code)
 * and device=… (any text of the device's own: with it a lost answer may be asked for again). GET
 * does the same for a client that says X-OpenRosa-Version; a browser gets a page, and the code
 * stays good. The answer is JSON: server, token, address, organisation, key (hex), name, code. */
#include "app/hub/page.h"

#include "app/lang/lang.h"
#include "platform/base/clock.h"
#include "platform/base/json.h"

#define JSON_TYPE "application/json"

static const int64_t valid_ms = 3600 * 1000;

static void add_member(struct buf *to, const char *name, struct str value)
{
    json_add_key(to, name);
    json_add_text(to, value);
}

static void refuse(struct page_visit *visit, int status, const char *text)
{
    struct buf body = {0};
    buf_add_char(&body, '{');
    add_member(&body, "message", str_of(text));
    buf_add_text(&body, "}\n");
    http_answer(visit->request, status, JSON_TYPE, buf_str(&body));
    buf_finish(&body);
}

static const char *given(struct page_visit *visit, const char *name)
{
    const char *field = visit_field(visit, name);
    return *field ? field : visit_query(visit, name);
}

static bool answer(struct page_visit *visit, const char *token, const char *name, struct err *err)
{
    unsigned char public_key[SIGN_PUBLIC], secret[SIGN_SECRET];
    struct buf body = {0}, url = {0}, code = {0}, organisation = {0}, key = {0};
    visit_add_base(visit, &url);
    bool ok = organisation_keys(visit->hub->data, public_key, secret, err) &&
              organisation_add_code(
                  &code, visit->archive, visit->hub->data,
                  &(struct invitation){buf_text(&url), token, clock_now_ms() + valid_ms}, err) &&
              archive_setting(visit->archive, "organisation", &organisation, err);
    memset(secret, 0, sizeof(secret));
    if (ok) {
        hash_add_hex(&key, public_key, sizeof(public_key));
        buf_add_char(&body, '{');
        add_member(&body, "server", buf_str(&url));
        add_member(&body, "token", str_of(token));
        buf_addf(&url, "/key/%s", token);
        add_member(&body, "address", buf_str(&url));
        add_member(&body, "organisation", buf_str(&organisation));
        add_member(&body, "key", buf_str(&key));
        add_member(&body, "name", str_of(name));
        add_member(&body, "code", buf_str(&code));
        buf_add_text(&body, "}\n");
        http_answer(visit->request, 200, JSON_TYPE, buf_str(&body));
    }
    buf_wipe(&body);
    buf_wipe(&url);
    buf_wipe(&code);
    buf_finish(&organisation);
    buf_finish(&key);
    return ok;
}

static void show_page(struct page_visit *visit)
{
    struct buf html = {0};
    html_add_in(&html, "p",
                str_of(tr("Open Gõ Cửa on the device, choose enrol, and scan or type the code.")));
    visit_answer(visit, 200, tr("Enrol a device"), &html);
    buf_finish(&html);
}

static void serve(struct page_visit *visit)
{
    struct hub *hub = visit->hub;
    struct str peer = str_of(http_request_peer(visit->request));
    char token[TOKEN_TEXT];
    struct buf name = {0};
    struct err err = {0};
    if (!visit->is_post && !http_request_header(visit->request, "X-OpenRosa-Version")) {
        show_page(visit);
        return;
    }
    if (!limit_allows(&hub->strangers, peer)) {
        http_answer_header(visit->request, "Retry-After", "60");
        refuse(visit, 429, "Too many tries. Wait a minute.");
        return;
    }
    bool ok = archive_device_enrol(visit->archive, given(visit, "code"), given(visit, "device"),
                                   token, &name, &err) &&
              archive_audit(visit->archive, peer.s, "enrol device", buf_text(&name), "", &err) &&
              answer(visit, token, buf_text(&name), &err);
    if (!ok && err.kind == ERR_DENIED) {
        limit_take(&hub->strangers, peer);
        refuse(visit, 403, "This code is not known, was used already, or is too old.");
    } else if (!ok) {
        refuse(visit, 503, "The hub cannot enrol devices now.");
    }
    buf_finish(&name);
    memset(token, 0, sizeof(token));
}

const struct page page_enrol = {.name = "enrol", .flags = PAGE_OPEN | PAGE_POSTS, .serve = serve};
