/* The door for supervisors: a passphrase that the command line printed. */
#include "app/hub/page.h"

#include "app/lang/lang.h"

static void show(struct page_visit *visit, int status, const char *problem)
{
    struct buf html = {0};
    if (problem) {
        buf_add_text(&html, "<p class=\"warn\" role=\"alert\">");
        html_add(&html, str_of(problem));
        buf_add_text(&html, "</p>");
    }
    buf_add_text(&html, "<form method=\"post\" action=\"/login\"><label>");
    html_add(&html, str_of(tr("Passphrase")));
    buf_add_text(&html, "<input type=\"password\" name=\"passphrase\" autofocus required "
                        "autocomplete=\"current-password\"></label><button>");
    html_add(&html, str_of(tr("Log in")));
    buf_add_text(&html, "</button></form><p>");
    html_add(&html, str_of(tr("The passphrase is made with: gocua-hub admin passphrase")));
    buf_add_text(&html, "</p>");
    visit_answer(visit, status, tr("Log in"), &html);
    buf_finish(&html);
}

static void serve_login(struct page_visit *visit)
{
    struct hub *hub = visit->hub;
    struct str peer = str_of(http_request_peer(visit->request));
    if (!visit->is_post) {
        show(visit, 200, NULL);
        return;
    }
    if (!limit_allows(&hub->strangers, peer)) {
        http_answer_header(visit->request, "Retry-After", "60");
        show(visit, 429, tr("Too many tries. Wait a minute."));
        return;
    }
    if (!organisation_is_passphrase(visit->archive, str_of(visit_field(visit, "passphrase")))) {
        limit_take(&hub->strangers, peer);
        show(visit, 403, tr("This is not the passphrase."));
        return;
    }
    session_open(visit);
    visit_redirect(visit, "/");
}

static void serve_logout(struct page_visit *visit)
{
    if (visit->is_post) {
        session_close(visit);
    }
    visit_redirect(visit, "/login");
}

const struct page page_login = {
    .name = "login", .flags = PAGE_OPEN | PAGE_POSTS, .serve = serve_login};
const struct page page_logout = {.name = "logout", .flags = PAGE_POSTS, .serve = serve_logout};
