/* One form being filled by requests: what xform-run does for each line and each step of a case.
 * Answers are JSON values on a buffer. One thread. */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "app/form/form.h"
#include "platform/base/json.h"

struct session {
    struct form *form;
    struct entry *entry;
    char *base;           /* folder that paths of requests are relative to; owned */
    char *form_path;      /* owned */
    struct json *request; /* of the load: its resources are still needed; owned when set */
    const struct json *resources;
    struct entry_device device;
    struct stop stop;   /* where navigation stands */
    char trouble[2048]; /* why the form could not be loaded */
};

/* Loads the form of a request {form, resources, mode?, instance?} and opens an entry; false with
 * the reason in trouble. */
bool session_load(struct session *session, const struct json *request);

/* Performs one operation and appends its JSON answer. */
void session_do(struct session *session, const struct json *request, struct buf *answer);

/* Appends what is asked about a node as JSON: value, relevant, required, readonly, constraint,
 * choices, label, hint, count, exists, attribute. */
void session_get(struct session *session, const char *what, const char *ref, struct buf *answer);

/* Steps of a case that change something; false with *why (borrowed) when it could not be done.
 * *result: the outcome of an answer ("ok", "required", "constraint"). */
bool session_answer(struct session *session, const struct json *step, const char **result,
                    struct err *err);
bool session_add(struct session *session, const char *ref, struct err *err);
bool session_reopen(struct session *session, enum entry_mode mode, struct err *err);
bool session_reload_form(struct session *session, struct err *err);
bool session_new(struct session *session, struct err *err);

/* Frees form and entry. */
void session_finish(struct session *session);

#endif
