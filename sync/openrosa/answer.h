/* What an answer of an OpenRosa server means: one pure function over status, header, body and what
 * we had asked, after the table of the protocol notes. What the queue does about it is decided in
 * sync/carrier. Any thread. */
#ifndef OPENROSA_ANSWER_H
#define OPENROSA_ANSWER_H

#include <stdint.h>
#include "platform/base/str.h"
#include "sync/http/client.h"

enum answer_meaning {
    ANSWER_ACCEPTED,      /* 201/202 with a genuine body */
    ANSWER_GENUINE,       /* HEAD 204, or a list that reads well */
    ANSWER_NOT_CHANGED,   /* 304 */
    ANSWER_CAPTIVE,       /* a log-in page, a foreign redirect, or not an OpenRosa server */
    ANSWER_SUSPICIOUS,    /* 201/202 without the body: may be kept, may be not */
    ANSWER_DIFFERENT,     /* 409: this id is there with other XML */
    ANSWER_EDIT_LATE,     /* 409/410: somebody edited it meanwhile */
    ANSWER_SUPERSEDED,    /* 409 on an original: it had arrived and was edited there */
    ANSWER_DELETED,       /* 409: removed on the server */
    ANSWER_FORM_CLOSED,   /* 409/405 */
    ANSWER_FILE_DIFFERS,  /* 409: another file of this name is there (Kobo) */
    ANSWER_CONFLICT,      /* 409 with a message we do not know */
    ANSWER_IN_PROCESS,    /* 423 */
    ANSWER_FORM_GONE,     /* 404: form not there */
    ANSWER_VERSION_GONE,  /* 404: version not there */
    ANSWER_ORIGINAL_GONE, /* 404: the record to be edited is not there */
    ANSWER_BAD_REQUEST,   /* 400 and other 4xx: our defect */
    ANSWER_NO_ACCESS,     /* 401/403 on POST: the form's access or the token */
    ANSWER_TOKEN,         /* 401/403 on the list or the probe: token revoked, credentials wrong */
    ANSWER_WRONG_ADDRESS, /* 404 on the list or the probe */
    ANSWER_QUOTA,         /* 402 */
    ANSWER_TOO_LARGE,     /* 413 */
    ANSWER_BUSY,          /* 429/503 */
    ANSWER_SERVER_ERROR,  /* other 5xx */
    ANSWER_NO_SERVER,     /* no name, refused, unreachable */
    ANSWER_TLS,           /* certificate, pin or clock */
    ANSWER_STALLED,       /* cut after a stall */
    ANSWER_BROKEN,        /* connection ended in the middle */
    ANSWER_UNREADABLE,    /* a 200 whose body is not what was asked for */
    ANSWER_STOPPED,       /* somebody stopped it here */
    ANSWER_LOCAL,         /* a file here could not be read or written */
};

/* What had been asked. */
enum answer_about { ANSWER_ABOUT_PROBE, ANSWER_ABOUT_LIST, ANSWER_ABOUT_FILE, ANSWER_ABOUT_RECORD };

struct answer {
    enum answer_meaning meaning;
    enum http_tls tls; /* with ANSWER_TLS: why */
    int status;        /* HTTP, 0 without one */
    int64_t wait_ms; /* asked by the server (Retry-After, 423: 30 s), capped at 1 h; 0: not asked */
    bool may_have_arrived; /* the whole request was sent and the outcome is not known */
    char message[400];     /* of the server for people, "" without one */
};

/* Judges. message: text of the OpenRosaResponse or "", is_openrosa: the body was one; is_edit: the
 * record names a deprecatedID; is_doubtful: an earlier try ended without an answer. */
struct answer_facts {
    enum answer_about about;
    enum http_fault fault;
    enum http_tls tls;
    int status;
    bool has_openrosa_header; /* X-OpenRosa-Version */
    bool is_openrosa;
    bool is_html;
    bool is_foreign_redirect;
    bool is_body_sent;
    bool is_edit;
    bool asked_part; /* with Range: 206 is genuine then */
    struct str message;
    int64_t retry_after_ms; /* -1: none */
};

/* The meaning of these facts; copies the message (cut at a whole letter). Pure. */
void answer_judge(const struct answer_facts *facts, struct answer *answer);

/* Short English name of a meaning for logs and tests: "captive", "form-closed", … (static). */
const char *answer_name(enum answer_meaning meaning);

#endif
