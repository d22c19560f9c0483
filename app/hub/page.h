/* What a page of the hub is. A page is one file page_NAME.c with `const struct page page_NAME` and
 * a line in pages.h. It runs on a server thread, with an archive session of its own. */
#ifndef HUB_PAGE_H
#define HUB_PAGE_H

#include "app/hub/html.h"
#include "app/hub/serve.h"

enum { VISIT_PARTS = 4 };

/* One request for a page. */
struct page_visit {
    struct hub *hub;
    struct http_request *request;
    struct archive *archive;
    struct arena arena;
    const char *parts[VISIT_PARTS]; /* of the path, decoded */
    size_t n_parts;
    bool is_post;
    struct str fields; /* of the posted form, still encoded */
    const char *csrf;  /* of the session, "" without one */
};

enum { PAGE_OPEN = 1, PAGE_POSTS = 2 }; /* flags: needs no login; takes POST too */

struct page {
    const char *name; /* first part of its path; "" is the front page */
    unsigned flags;
    void (*serve)(struct page_visit *visit);
};

/* Finds the page of a request and serves it, or says that there is none. */
void page_serve(struct hub *hub, struct http_request *request, struct str body);

/* A parameter of the query, or of the posted form, decoded; "" when it is not there. */
const char *visit_query(struct page_visit *visit, const char *name);

/* Likewise of the posted form. */
const char *visit_field(struct page_visit *visit, const char *name);

/* Appends the address by which the visitor reached this hub: "https://host:port". */
void visit_add_base(struct page_visit *visit, struct buf *to);

/* Sends a page with head and navigation around the body built in html. */
void visit_answer(struct page_visit *visit, int status, const char *title, struct buf *html);

/* Sends somebody elsewhere (303). */
void visit_redirect(struct page_visit *visit, const char *path);

/* Sends a page that says what went wrong. */
void visit_fail(struct page_visit *visit, const struct err *err);

/* Sends a page that says in a translated sentence why what was sent is not taken (400). */
void visit_refuse(struct page_visit *visit, const char *sentence);

/* Opens a session after the passphrase was right: sets the cookie. */
void session_open(struct page_visit *visit);

/* Closes it. */
void session_close(struct page_visit *visit);

/* Is there one? Fills visit->csrf. */
bool session_find(struct page_visit *visit);

#endif
