/* What the guide, the consent screen and the rating show: read once from assets/catalogue (formats
 * in its README), never changed. Texts come in the language spoken now. UI thread. */
#ifndef WORK_CATALOGUE_H
#define WORK_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include "platform/base/err.h"

struct json;

/* One text in all languages. */
struct words {
    const struct json *in;
};

struct card {
    const char *id, *icon;
    struct words title, text, warn; /* warn may be empty */
    size_t reason_count;            /* names of failure reasons */
    const struct json *reasons;
};

struct topic {
    const char *id, *icon, *form; /* form "" when none belongs to it */
    struct words title, lead;
    size_t card_count;
    const struct json *cards;
};

struct purpose {
    const char *id;
    bool is_required;
    struct words text, detail;
};

/* An element of the consent text, a channel, a giver, a face or a reason: id, icon and words. */
struct notice {
    const char *id, *icon;
    struct words title, text;
    int value; /* of a face, 1–5 */
};

struct consent_text {
    const char *version;
    int retention_days, adult_age, child_age;
    struct words title, lead, refused, sensitive, unknown;
    struct words under_child, child, adult; /* who has to consent */
};

struct rating_text {
    struct words question, hand_over, thanks;
    int reason_from; /* a face of this value or less asks for reasons */
};

struct catalogue;

/* Reads guides.json, consent.json and faces.json from the folder; ERR_MISSING or ERR_INPUT with the
 * file's name. Destroy with catalogue_destroy. */
bool catalogue_open(const char *folder, struct catalogue **out, struct err *err);

/* Frees it; takes NULL. */
void catalogue_destroy(struct catalogue *catalogue);

/* The text in the language spoken now, else Vietnamese, else "". Borrowed. */
const char *words_text(struct words words);

/* The i-th topic; false behind the last. */
bool catalogue_topic(const struct catalogue *catalogue, size_t i, struct topic *topic);

/* The topic with that id. */
bool catalogue_topic_find(const struct catalogue *catalogue, const char *id, struct topic *topic);

/* The i-th card of a topic; false behind the last. */
bool topic_card(const struct topic *topic, size_t i, struct card *card);

/* The name of the i-th reason why the step could not be done; NULL behind the last. */
const char *card_reason(const struct card *card, size_t i);

/* The consent text as a whole. */
void catalogue_consent(const struct catalogue *catalogue, struct consent_text *text);

/* The i-th element of the law in the order it is read out; false behind the last. */
bool consent_element(const struct catalogue *catalogue, size_t i, struct notice *element);

/* The i-th purpose, ticked one by one; false behind the last. */
bool consent_purpose(const struct catalogue *catalogue, size_t i, struct purpose *purpose);

/* The i-th way consent can be given; false behind the last. */
bool consent_channel(const struct catalogue *catalogue, size_t i, struct notice *channel);

/* The i-th kind of person who can give it; false behind the last. */
bool consent_giver(const struct catalogue *catalogue, size_t i, struct notice *giver);

/* The rating's texts. */
void catalogue_rating(const struct catalogue *catalogue, struct rating_text *text);

/* The i-th face, best first; false behind the last. */
bool rating_face(const struct catalogue *catalogue, size_t i, struct notice *face);

/* The i-th reason for not being content; false behind the last. */
bool rating_reason(const struct catalogue *catalogue, size_t i, struct notice *reason);

/* The i-th way the answer came about (alone, read out); false behind the last. */
bool rating_answered_by(const struct catalogue *catalogue, size_t i, struct notice *way);

#endif
