/* An entry being filled, bound to its record: each answer is on disk before the call that gave it
 * returns, files are sealed at once, and finishing freezes the bytes and queues them. Forms and
 * their lists come from the store. UI thread. */
#ifndef WORK_FILLING_H
#define WORK_FILLING_H

#include <stdbool.h>
#include <stdint.h>
#include "app/form/form.h"
#include "platform/base/buf.h"
#include "platform/base/err.h"

struct app;

struct filling {
    struct app *app;
    struct form *form;
    struct entry *entry;
    int64_t record, formfile;
    char visit[48];    /* id of the visit it belongs to, "" : none */
    struct err saving; /* the last save that failed; kind ERR_NONE: all is on disk */
    int answers;       /* saved one by one since the last whole draft */
    bool is_whole_due; /* a repeat came or went: save the whole draft */
    char language[64]; /* of the form that is shown */
    struct buf log;    /* rows of audit.csv that are not on disk yet */
    bool is_finished;
};

/* Opens the form that is current under form_id and begins a draft; visit may be "". ERR_MISSING
 * when there is no such form here, ERR_INPUT when it cannot be used. */
bool filling_begin(struct app *app, const char *form_id, const char *visit, struct filling **out,
                   struct err *err);

/* Goes on with a draft. */
bool filling_resume(struct app *app, int64_t record, struct filling **out, struct err *err);

/* Begins a correction of a record that was sent: a draft with its answers and files that replaces
 * it (new instanceID, the old one into deprecatedID). over: the instance id of a newer version on
 * the portal that it replaces instead; NULL: none. ERR_MISSING when record or form are no longer
 * here, ERR_DENIED when the record is encrypted. */
bool filling_correct(struct app *app, int64_t record, const char *over, struct filling **out,
                     struct err *err);

/* Opens a record only to be looked at: nothing of it is saved; filling_look_away ends it. */
bool filling_look(struct app *app, int64_t formfile, struct str xml, struct filling **out,
                  struct err *err);

/* Frees; takes NULL. */
void filling_look_away(struct filling *filling);

/* Stores an answer; false with err when it could not be stored or not be saved to disk. result as
 * entry_answer. */
bool filling_answer(struct filling *filling, const char *ref, struct str value,
                    struct answer_result *result, struct err *err);

/* Adds or removes a repeat instance and saves. */
bool filling_add(struct filling *filling, const char *ref, const char **made, struct err *err);
bool filling_remove(struct filling *filling, const char *ref, struct err *err);

/* Seals bytes as file of the question and answers it with the file's name. ending: "jpg", "png" …
 * An older file of the question goes. */
bool filling_attach(struct filling *filling, const char *ref, struct str bytes, const char *ending,
                    struct err *err);

/* Takes the file from the question. */
bool filling_detach(struct filling *filling, const char *ref, struct err *err);

/* Notes what the person does ("question", "jump" …, form.h) in the log of a form that asks for one;
 * on disk with the next save, sent as audit.csv. Begin, resume, rows, finish and close note
 * themselves. */
void filling_note(struct filling *filling, const char *event, const char *ref);

/* Saves the whole draft now. */
bool filling_save(struct filling *filling, struct err *err);

/* Shows the form in the language of the interface, where it has it. */
void filling_follow_language(struct filling *filling);

/* Completes, freezes and queues the record. ERR_INPUT: entry_problem_at says what is missing. */
bool filling_finish(struct filling *filling, struct err *err);

/* Deletes the draft with its files; the filling is closed then. */
bool filling_discard(struct filling *filling, struct err *err);

/* Saves what is open and frees; takes NULL. */
void filling_close(struct filling *filling);

#endif
