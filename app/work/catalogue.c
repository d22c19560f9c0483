#include "app/work/catalogue.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/lang/lang.h"
#include "platform/base/file.h"
#include "platform/base/json.h"
#include "platform/base/mem.h"

enum { CATALOGUE_LIMIT = 4 << 20 };

struct catalogue {
    struct json *guides, *consent, *faces;
};

static bool read_one(const char *folder, const char *name, struct json **out, struct err *err)
{
    char path[1024];
    struct buf bytes = {0};
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    bool ok = file_read(path, CATALOGUE_LIMIT, &bytes, err) &&
              (*out = json_parse(buf_str(&bytes), err)) != NULL;
    buf_finish(&bytes);
    return ok || err_prefix(err, "%s", name);
}

bool catalogue_open(const char *folder, struct catalogue **out, struct err *err)
{
    struct catalogue *c = mem_alloc(1, sizeof(*c));
    if (!read_one(folder, "guides.json", &c->guides, err) ||
        !read_one(folder, "consent.json", &c->consent, err) ||
        !read_one(folder, "faces.json", &c->faces, err)) {
        catalogue_destroy(c);
        return false;
    }
    *out = c;
    return true;
}

void catalogue_destroy(struct catalogue *c)
{
    if (c) {
        json_destroy(c->guides);
        json_destroy(c->consent);
        json_destroy(c->faces);
        free(c);
    }
}

const char *words_text(struct words words)
{
    const char *text = json_text(json_get(words.in, lang_get()), NULL);
    return text ? text : json_text(json_get(words.in, "vi"), "");
}

static struct words words_of(const struct json *object, const char *key)
{
    return (struct words){json_get(object, key)};
}

static const char *text_of(const struct json *object, const char *key)
{
    return json_text(json_get(object, key), "");
}

static void read_topic(const struct json *it, struct topic *topic)
{
    topic->id = text_of(it, "id");
    topic->icon = text_of(it, "icon");
    topic->form = text_of(it, "form");
    topic->title = words_of(it, "title");
    topic->lead = words_of(it, "lead");
    topic->cards = json_get(it, "cards");
    topic->card_count = json_count(topic->cards);
}

bool catalogue_topic(const struct catalogue *c, size_t i, struct topic *topic)
{
    const struct json *it = json_at(json_get(c->guides, "topics"), i);
    if (it) {
        read_topic(it, topic);
    }
    return it != NULL;
}

bool catalogue_topic_find(const struct catalogue *c, const char *id, struct topic *topic)
{
    for (size_t i = 0; catalogue_topic(c, i, topic); i++) {
        if (str_is(str_of(topic->id), id)) {
            return true;
        }
    }
    return false;
}

bool topic_card(const struct topic *topic, size_t i, struct card *card)
{
    const struct json *it = json_at(topic->cards, i);
    if (it) {
        card->id = text_of(it, "id");
        card->icon = text_of(it, "icon");
        card->title = words_of(it, "title");
        card->text = words_of(it, "text");
        card->warn = words_of(it, "warn");
        card->reasons = json_get(it, "reasons");
        card->reason_count = json_count(card->reasons);
    }
    return it != NULL;
}

const char *card_reason(const struct card *card, size_t i)
{
    return json_text(json_at(card->reasons, i), NULL);
}

void catalogue_consent(const struct catalogue *c, struct consent_text *text)
{
    const struct json *age = json_get(c->consent, "age");
    *text = (struct consent_text){
        .version = text_of(c->consent, "version"),
        .retention_days = (int)json_int(json_get(c->consent, "retention_days"), 90),
        .adult_age = (int)json_int(json_get(c->consent, "adult_age"), 16),
        .child_age = (int)json_int(json_get(c->consent, "child_age"), 7),
        .title = words_of(c->consent, "title"),
        .lead = words_of(c->consent, "lead"),
        .refused = words_of(c->consent, "refused"),
        .sensitive = words_of(c->consent, "sensitive"),
        .unknown = words_of(c->consent, "unknown"),
        .under_child = words_of(age, "under_child"),
        .child = words_of(age, "child"),
        .adult = words_of(age, "adult"),
    };
}

static bool read_notice(const struct json *root, const char *list, size_t i, struct notice *notice)
{
    const struct json *it = json_at(json_get(root, list), i);
    if (it) {
        notice->id = text_of(it, "id");
        notice->icon = text_of(it, "icon");
        notice->title = words_of(it, "title");
        notice->text = words_of(it, "text");
        notice->value = (int)json_int(json_get(it, "value"), 0);
    }
    return it != NULL;
}

bool consent_element(const struct catalogue *c, size_t i, struct notice *element)
{
    return read_notice(c->consent, "elements", i, element);
}

bool consent_purpose(const struct catalogue *c, size_t i, struct purpose *purpose)
{
    const struct json *it = json_at(json_get(c->consent, "purposes"), i);
    if (it) {
        purpose->id = text_of(it, "id");
        purpose->is_required = json_bool(json_get(it, "required"), false);
        purpose->text = words_of(it, "text");
        purpose->detail = words_of(it, "detail");
    }
    return it != NULL;
}

bool consent_channel(const struct catalogue *c, size_t i, struct notice *channel)
{
    return read_notice(c->consent, "channels", i, channel);
}

bool consent_giver(const struct catalogue *c, size_t i, struct notice *giver)
{
    return read_notice(c->consent, "givers", i, giver);
}

void catalogue_rating(const struct catalogue *c, struct rating_text *text)
{
    *text = (struct rating_text){
        .question = words_of(c->faces, "question"),
        .hand_over = words_of(c->faces, "hand_over"),
        .thanks = words_of(c->faces, "thanks"),
        .reason_from = (int)json_int(json_get(c->faces, "reason_from"), 2),
    };
}

bool rating_face(const struct catalogue *c, size_t i, struct notice *face)
{
    return read_notice(c->faces, "steps", i, face);
}

bool rating_reason(const struct catalogue *c, size_t i, struct notice *reason)
{
    return read_notice(c->faces, "reasons", i, reason);
}

bool rating_answered_by(const struct catalogue *c, size_t i, struct notice *way)
{
    return read_notice(c->faces, "answered_by", i, way);
}
