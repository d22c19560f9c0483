#include "app/hub/page.h"

#include <stdlib.h>
#include <string.h>

#include "app/hub/pages.h"
#include "app/lang/lang.h"
#include "platform/base/clock.h"
#include "platform/base/rand.h"
#include "sync/http/url.h"

#define HTML_TYPE "text/html; charset=utf-8"

enum { SESSION_MS = 8 * 3600 * 1000, COOKIE = 43 };

#define PAGE_ROW(name) &page_##name,
static const struct page *const pages[] = {PAGES(PAGE_ROW) NULL};
#undef PAGE_ROW

/* ---- what was asked ---- */

static const char *parameter(struct page_visit *visit, struct str rest, const char *name)
{
    struct str pair, key;
    while (rest.n > 0 && str_cut(&rest, '&', &pair)) {
        struct str value = pair;
        struct buf spaced = {0}, plain = {0};
        str_cut(&value, '=', &key);
        if (!str_is(key, name) || key.n == pair.n) {
            continue;
        }
        for (size_t i = 0; i < value.n; i++) {
            buf_add_char(&spaced, value.s[i] == '+' ? ' ' : value.s[i]);
        }
        bool ok = url_add_unescaped(&plain, buf_str(&spaced));
        const char *text = ok ? arena_str(&visit->arena, buf_str(&plain)) : "";
        buf_finish(&spaced);
        buf_finish(&plain);
        return text;
    }
    return "";
}

const char *visit_query(struct page_visit *visit, const char *name)
{
    return parameter(visit, http_request_query(visit->request), name);
}

const char *visit_field(struct page_visit *visit, const char *name)
{
    return parameter(visit, visit->fields, name);
}

/* ---- sessions ---- */

static struct str cookie_of(const struct http_request *request)
{
    const char *cookies = http_request_header(request, "Cookie");
    struct str rest = str_of(cookies), one;
    while (rest.n > 0 && str_cut(&rest, ';', &one)) {
        one = str_trim(one);
        if (str_starts(one, STR("hub="))) {
            return (struct str){one.s + 4, one.n - 4};
        }
    }
    return (struct str){"", 0};
}

static bool is_secure(const struct page_visit *visit)
{
    const char *forwarded = http_request_header(visit->request, "X-Forwarded-Proto");
    return http_request_is_tls(visit->request) || (forwarded && strcmp(forwarded, "https") == 0);
}

void visit_add_base(struct page_visit *visit, struct buf *to)
{
    const char *host = http_request_header(visit->request, "Host");
    buf_addf(to, "%s://%s", is_secure(visit) ? "https" : "http", host ? host : "localhost");
}

static void set_cookie(struct page_visit *visit, const char *value, int seconds)
{
    const char *cookie =
        arena_printf(&visit->arena, "hub=%s; HttpOnly; SameSite=Strict; Path=/; Max-Age=%d%s",
                     value, seconds, is_secure(visit) ? "; Secure" : "");
    http_answer_header(visit->request, "Set-Cookie", cookie);
}

void session_open(struct page_visit *visit)
{
    struct hub *hub = visit->hub;
    char token[TOKEN_TEXT];
    unsigned char chance[16];
    struct buf hex = {0};
    token_make(token);
    token[COOKIE] = '\0';
    rand_bytes(chance, sizeof(chance));
    hash_add_hex(&hex, chance, sizeof(chance));
    pthread_mutex_lock(&hub->mutex);
    struct session *oldest = &hub->sessions[0];
    for (int i = 1; i < SESSIONS; i++) {
        oldest = hub->sessions[i].until_ms < oldest->until_ms ? &hub->sessions[i] : oldest;
    }
    token_digest(str_of(token), false, oldest->digest);
    memcpy(oldest->csrf, buf_text(&hex), sizeof(oldest->csrf));
    oldest->until_ms = clock_mono_ms() + SESSION_MS;
    pthread_mutex_unlock(&hub->mutex);
    buf_finish(&hex);
    set_cookie(visit, token, SESSION_MS / 1000);
}

static struct session *find_session(struct page_visit *visit)
{
    unsigned char digest[TOKEN_DIGEST];
    struct str cookie = cookie_of(visit->request);
    token_digest(cookie, false, digest);
    for (int i = 0; cookie.n == COOKIE && i < SESSIONS; i++) {
        struct session *session = &visit->hub->sessions[i];
        if (session->until_ms > clock_mono_ms() &&
            hash_equal(session->digest, digest, TOKEN_DIGEST)) {
            return session;
        }
    }
    return NULL;
}

bool session_find(struct page_visit *visit)
{
    pthread_mutex_lock(&visit->hub->mutex);
    const struct session *session = find_session(visit);
    visit->csrf = session ? arena_strdup(&visit->arena, session->csrf) : "";
    pthread_mutex_unlock(&visit->hub->mutex);
    return session != NULL;
}

void session_close(struct page_visit *visit)
{
    pthread_mutex_lock(&visit->hub->mutex);
    struct session *session = find_session(visit);
    if (session) {
        session->until_ms = 0;
    }
    pthread_mutex_unlock(&visit->hub->mutex);
    set_cookie(visit, "", 0);
}

/* ---- answers ---- */

static void add_safety(struct http_request *request)
{
    http_answer_header(request, "Content-Security-Policy",
                       "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
                       "base-uri 'none'; frame-ancestors 'none'");
    http_answer_header(request, "X-Content-Type-Options", "nosniff");
    http_answer_header(request, "Referrer-Policy", "no-referrer");
    http_answer_header(request, "Cache-Control", "no-store");
}

static void add_navigation(struct buf *to, const struct page_visit *visit)
{
    if (!*visit->csrf) {
        return;
    }
    buf_add_text(to, "<nav>");
    html_add_link(to, "/", str_of(tr("Arrived")));
    html_add_link(to, "/counts", str_of(tr("Days and weeks")));
    html_add_link(to, "/forms", str_of(tr("Forms")));
    html_add_link(to, "/devices", str_of(tr("Devices")));
    html_add_link(to, "/audit", str_of(tr("Audit")));
    buf_addf(to,
             "<form method=\"post\" action=\"/logout\"><input type=\"hidden\" name=\"csrf\" "
             "value=\"%s\"><button>",
             visit->csrf);
    html_add(to, str_of(tr("Log out")));
    buf_add_text(to, "</button></form></nav>");
}

void visit_answer(struct page_visit *visit, int status, const char *title, struct buf *html)
{
    struct buf page = {0};
    buf_addf(&page,
             "<!DOCTYPE html>\n<html lang=\"%s\" dir=\"%s\"><head><meta charset=\"utf-8\">"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>",
             lang_get(), lang_is_rtl() ? "rtl" : "ltr");
    html_add(&page, str_of(title));
    buf_add_text(&page, " – Gõ Cửa</title><link rel=\"stylesheet\" href=\"/style.css\"></head>"
                        "<body><header><b>Gõ Cửa</b>");
    add_navigation(&page, visit);
    buf_add_text(&page, "</header><main>");
    html_add_in(&page, "h1", str_of(title));
    buf_add_str(&page, buf_str(html));
    buf_add_text(&page, "</main></body></html>\n");
    http_answer(visit->request, status, HTML_TYPE, buf_str(&page));
    buf_finish(&page);
}

void visit_redirect(struct page_visit *visit, const char *path)
{
    http_answer_header(visit->request, "Location", path);
    http_answer(visit->request, 303, HTML_TYPE, STR(""));
}

static void say_wrong(struct page_visit *visit, int status, const char *sentence)
{
    struct buf html = {0};
    html_add_in(&html, "p", str_of(sentence));
    visit_answer(visit, status, tr("Something is wrong"), &html);
    buf_finish(&html);
}

void visit_refuse(struct page_visit *visit, const char *sentence)
{
    say_wrong(visit, 400, sentence);
}

void visit_fail(struct page_visit *visit, const struct err *err)
{
    switch (err->kind) {
    case ERR_MISSING:
        say_wrong(visit, 404, tr("There is nothing here."));
        break;
    case ERR_DENIED:
        say_wrong(visit, 403, tr("This is not allowed."));
        break;
    case ERR_INPUT:
        visit_refuse(visit, tr("This could not be understood."));
        break;
    default:
        say_wrong(visit, 503, tr("The hub cannot read its data now."));
    }
}

/* ---- routing ---- */

static const struct page *find_page(struct page_visit *visit)
{
    struct str rest = http_request_path(visit->request), part;
    struct buf plain = {0};
    bool ok = str_starts(rest, STR("/")) && str_cut(&rest, '/', &part);
    while (ok && rest.n > 0 && str_cut(&rest, '/', &part)) {
        buf_clear(&plain);
        ok = visit->n_parts < VISIT_PARTS && url_add_unescaped(&plain, part);
        if (ok) {
            visit->parts[visit->n_parts++] = arena_str(&visit->arena, buf_str(&plain));
        }
    }
    buf_finish(&plain);
    const char *name = visit->n_parts ? visit->parts[0] : "";
    for (size_t i = 0; ok && pages[i]; i++) {
        if (strcmp(pages[i]->name, name) == 0) {
            return pages[i];
        }
    }
    return NULL;
}

static bool is_same(const char *a, const char *b)
{
    return *a && strlen(a) == strlen(b) && hash_equal(a, b, strlen(a));
}

static void serve(struct page_visit *visit)
{
    struct err nothing = {.kind = ERR_MISSING}, denied = {.kind = ERR_DENIED};
    const struct page *page = find_page(visit);
    bool has_session = session_find(visit);
    add_safety(visit->request);
    if (!page) {
        visit_fail(visit, &nothing);
    } else if (!has_session && !(page->flags & PAGE_OPEN)) {
        visit_redirect(visit, "/login");
    } else if (visit->is_post && !(page->flags & PAGE_POSTS)) {
        visit_fail(visit, &nothing);
    } else if (visit->is_post && !(page->flags & PAGE_OPEN) &&
               !is_same(visit->csrf, visit_field(visit, "csrf"))) {
        visit_fail(visit, &denied);
    } else {
        page->serve(visit);
    }
}

void page_serve(struct hub *hub, struct http_request *request, struct str body)
{
    struct err err = {0};
    struct page_visit visit = {.hub = hub, .request = request, .fields = body, .csrf = ""};
    visit.is_post = http_request_method(request) == HTTP_POST;
    visit.archive = hub_take(hub, &err);
    if (!visit.archive) {
        visit_fail(&visit, &err);
    } else if (http_request_method(request) == HTTP_METHOD_OTHER) {
        http_answer_header(request, "Allow", "GET, HEAD, POST");
        http_answer(request, 405, HTML_TYPE, STR(""));
    } else {
        serve(&visit);
    }
    hub_give(hub, visit.archive);
    arena_finish(&visit.arena);
}
