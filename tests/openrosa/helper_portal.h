/* A portal of the tests that answers as ODK Central or KoboToolbox were seen to answer, with a
 * ledger of its own: the truth about what arrived. */
#ifndef TESTS_HELPER_PORTAL_H
#define TESTS_HELPER_PORTAL_H

#include "../http/helper_faulty.h"
#include "platform/base/vec.h"

enum portal_mode { PORTAL_CENTRAL, PORTAL_KOBO, PORTAL_HUB };

struct kept_file {
    char name[256];
    struct buf bytes;
    int times; /* stored or overwritten */
};

struct kept_record {
    char instance_id[64];
    struct buf xml;
    VEC(struct kept_file) files;
    int posts; /* accepted */
    bool is_deleted, is_superseded;
};

struct portal_file_offer {
    const char *path, *type;
    struct str bytes;
    const char *etag;
};

struct fake_portal {
    enum portal_mode mode;
    int64_t limit;     /* told by HEAD; 0: 100,000,000 */
    int64_t body_most; /* 413 in HTML above it; 0: none */
    VEC(struct kept_record) records;
    bool is_form_closed, is_form_gone, is_version_gone, is_token_revoked, is_form_denied;
    const char *sick_form;   /* POSTs of this form get 500 */
    const char *forget_file; /* the hub loses this file once */
    /* One answer for everything, e.g. a captive portal; 0: none. */
    int everything;
    const char *everything_type, *everything_fields, *everything_body;
    /* One for the next POSTs, until `posts_so` has counted down. */
    int posts_so, post_status;
    const char *post_type, *post_fields, *post_body;
    struct str form_list; /* body of the list; empty: an empty list */
    VEC(struct portal_file_offer) offers;
    int heads, posts, lists;
    char address[128]; /* of the server, for bodies */
    struct buf last_head;
    int most_parts;
};

/* faulty_plan.answer with a struct fake_portal as ctx. */
void fake_portal_answer(void *ctx, const struct faulty_request *request, struct buf *reply);

/* The record with this id, or NULL. */
struct kept_record *fake_portal_record(struct fake_portal *portal, const char *instance_id);

/* Its file, or NULL. */
struct kept_file *fake_portal_file(struct kept_record *record, const char *name);

/* Frees the ledger. */
void fake_portal_finish(struct fake_portal *portal);

#endif
