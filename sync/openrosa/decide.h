/* What a server says to a submission, as a pure function of what its storage knows. The storage
 * fills in the facts inside the transaction that will keep the record, asks, and does what the
 * verdict says. Source: the observed answers of ODK Central, and where the law of our protocol is
 * stricter, that. Any thread. */
#ifndef OPENROSA_DECIDE_H
#define OPENROSA_DECIDE_H

#include <stdbool.h>
#include "platform/base/buf.h"
#include "platform/base/str.h"

enum openrosa_form_state {
    OPENROSA_FORM_UNKNOWN, /* no such form id */
    OPENROSA_FORM_OPEN,
    OPENROSA_FORM_CLOSING, /* off the list, still takes records */
    OPENROSA_FORM_CLOSED,
};

/* What is known of one instanceID of one form. */
enum openrosa_instance_state {
    OPENROSA_INSTANCE_NONE,
    OPENROSA_INSTANCE_CURRENT,
    OPENROSA_INSTANCE_SUPERSEDED, /* an edit took its place */
    OPENROSA_INSTANCE_DELETED,
};

struct openrosa_facts {
    enum openrosa_form_state form;
    bool has_version; /* that version was published once */
    enum openrosa_instance_state instance;
    bool same_bytes; /* the stored XML is byte for byte the one sent */
    bool is_edit;    /* the XML names a deprecatedID */
    enum openrosa_instance_state deprecated;
};

enum openrosa_verdict {
    OPENROSA_NEW,     /* store it: 201 */
    OPENROSA_AGAIN,   /* known; store only files that are new: 201 */
    OPENROSA_EDIT,    /* store it and let it take the place of the deprecated one: 201 */
    OPENROSA_NO_FORM, /* 404 */
    OPENROSA_NO_VERSION,
    OPENROSA_FORM_IS_CLOSED,  /* 409 */
    OPENROSA_OTHER_BYTES,     /* 409 */
    OPENROSA_WAS_DELETED,     /* 409 */
    OPENROSA_OUT_OF_DATE,     /* 409 */
    OPENROSA_WAS_EDITED,      /* 409: an original sent again after its edit */
    OPENROSA_EDIT_OF_NOTHING, /* 404 */
};

/* The verdict over a submission. */
enum openrosa_verdict openrosa_decide(const struct openrosa_facts *facts);

/* Does the verdict accept (201)? */
bool openrosa_is_accepted(enum openrosa_verdict verdict);

/* The HTTP status of a verdict. */
int openrosa_status(enum openrosa_verdict verdict);

/* Appends the message for people. about is the version for OPENROSA_NO_VERSION and the deprecatedID
 * for the verdicts about edits; else it is not used. The words are those of ODK Central, since
 * clients tell the kinds of 409 apart by them. */
void openrosa_add_reason(struct buf *to, enum openrosa_verdict verdict, struct str about);

#endif
