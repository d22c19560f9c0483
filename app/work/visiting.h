/* A home visit under way: what was said and chosen at each step, as texts under keys that are at
 * the same time the fill keys of the forms (assets/forms/README.md). Every visiting_set is on disk
 * when it returns, so that a kill goes on at the same place. Closing a visit turns it into records:
 * home_visit, satisfaction when somebody rated, and the forms that were filled on the way. Beside
 * the fill keys there are "origin.KEY" (where a value came from: a claim source), "card.TOPIC/CARD"
 * ("done" or the name of a reason) and "step". UI thread. */
#ifndef WORK_VISITING_H
#define WORK_VISITING_H

#include <stdbool.h>
#include <stdint.h>
#include "app/form/form.h"
#include "app/ident/ident.h"
#include "app/store/person.h"
#include "app/store/visit.h"
#include "platform/base/buf.h"
#include "platform/base/err.h"
#include "platform/base/vec.h"

struct app;

enum visiting_step {
    VISIT_DOOR,
    VISIT_CONSENT,
    VISIT_WHO,
    VISIT_TOPICS,
    VISIT_GUIDE,
    VISIT_OUTCOME,
    VISIT_RATING,
    VISIT_REVIEW,
    VISIT_DONE,
    VISIT_STEPS,
};

struct visiting_value {
    char *key, *text;
};

/* What still keeps the visit from being closed. */
struct visiting_problem {
    int64_t record; /* draft it stands in; 0: the visit itself */
    char form_id[64], ref[256], label[256], message[256];
};

struct visiting {
    struct app *app;
    int64_t id;
    char uuid[48];
    int64_t household, person, consent, started_ms;
    VEC(struct visiting_value) values;
    VEC(struct visiting_problem) problems; /* of the last visiting_check */
    bool is_unsaved;                       /* the last save failed: the next call saves anyway */
};

/* For visiting_close.c: saves the row as closed. */
bool visiting_save_closed(struct visiting *visiting, struct err *err);

/* Opens the door: a new visit, saved. The caller ends it with visiting_close. */
bool visiting_begin(struct app *app, struct visiting **out, struct err *err);

/* Goes on with an open visit. */
bool visiting_resume(struct app *app, int64_t id, struct visiting **out, struct err *err);

/* Wipes and frees (everything is on disk already); takes NULL. */
void visiting_close(struct visiting *visiting);

/* The text under a key; "" when there is none. Borrowed until the next visiting_set. */
const char *visiting_get(const struct visiting *visiting, const char *key);

/* Is the text under key exactly that? */
bool visiting_is(const struct visiting *visiting, const char *key, const char *text);

/* Keeps a text ("" forgets it), on disk when it returns. */
bool visiting_set(struct visiting *visiting, const char *key, const char *text, struct err *err);

/* Keeps several at once: key and text in turn, ended by NULL. */
bool visiting_set_all(struct visiting *visiting, const char *const *pairs, struct err *err);

/* Where the volunteer stands, and going there. */
enum visiting_step visiting_step(const struct visiting *visiting);
bool visiting_go(struct visiting *visiting, enum visiting_step step, struct err *err);

/* Binds the visit to a household of the store and takes its address. */
bool visiting_take_household(struct visiting *visiting, int64_t household, struct err *err);

/* Takes what a card says; each value keeps its origin. Values that a person typed before are
 * replaced. */
bool visiting_take_claim(struct visiting *visiting, const struct person_claim *claim,
                         struct err *err);

/* The claim as it stands now, checked anew; for warnings on the screen. */
void visiting_claim(const struct visiting *visiting, struct person_claim *claim);

/* Persons on this device that may be the same; texts in the arena. */
bool visiting_find_same(struct visiting *visiting, struct arena *arena, struct persons *out,
                        struct err *err);

/* Takes a person who is known here. */
bool visiting_take_person(struct visiting *visiting, int64_t person, struct err *err);

/* Notes the consent as ticked (keys consent.*): version, language, time, channel, giver, witness.
 */
bool visiting_note_consent(struct visiting *visiting, struct err *err);

/* Keeps person and household in the store where consent allows it. */
bool visiting_keep_person(struct visiting *visiting, struct err *err);

/* Gives every key to the form's binds. */
void visiting_fill(struct visiting *visiting, struct entry *entry);

/* Takes over what a form of the visit answered for the visit too (outcome, dossier code), where
 * nothing was said yet: nothing is asked twice. */
bool visiting_learn(struct visiting *visiting, struct entry *entry, struct err *err);

/* The draft of that form which belongs to the visit, begun and filled when there is none. */
struct filling;
bool visiting_form(struct visiting *visiting, const char *form_id, struct filling **out,
                   struct err *err);

/* Looks through all that would be sent; problems in visiting->problems. False with err only when
 * looking itself failed. */
bool visiting_check(struct visiting *visiting, struct err *err);

/* Finishes every record of the visit and closes it. ERR_INPUT with problems filled when something
 * is missing: then nothing was finished. A kill in between is made good by calling it again. */
bool visiting_finish(struct visiting *visiting, struct err *err);

/* Ends the visit because nobody was there or nobody wished it: reason, and when to return (0:
 * never). The record of it is finished and queued. */
bool visiting_end_early(struct visiting *visiting, const char *outcome, const char *reason,
                        const char *return_date, struct err *err);

/* Appends the text of the citizen's receipt, signed by this device (sync/handover/receipt.h). */
bool visiting_receipt(struct visiting *visiting, struct buf *text, struct err *err);

#endif
