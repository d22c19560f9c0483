#include "app/work/film.h"

#include <stdio.h>
#include <string.h>

#include "app/store/outbox.h"
#include "app/store/record.h"
#include "app/store/setting.h"
#include "app/work/app.h"
#include "app/work/carried.h"
#include "app/work/enrol.h"
#include "platform/base/clock.h"
#include "platform/base/hash.h"
#include "sync/handover/bundle.h"
#include "sync/handover/frames.h"
#include "sync/handover/matrix.h"

/* "I have it": HEAD and the digest of the bundle. Nobody signs it, since it promises nothing: the
 * records go on waiting, and only the organisation's list makes them sent. */
#define TAKEN_HEAD    "GCT1"
#define ARRIVALS_HEAD "GCA1:"
#define SHOWN         "film.shown" /* the last films: lines of HEX ID ID … */

enum {
    CLEAR_LIMIT = 512 << 10, /* of XML in a film: packed some 100 KB, half a minute */
    MOST = 500,              /* records in a film */
    FILMS = 8,               /* remembered */
};

/* ---- packing -------------------------------------------------------------------------------- */

struct packing {
    struct app *app;
    struct film_load *load;
    struct bundle_writer *writer;
    struct buf ids;
    size_t clear;
};

static bool keep(void *ctx, const void *bytes, size_t n, struct err *err)
{
    buf_add(ctx, bytes, n);
    return true;
}

static bool was_handed_over(const struct record *record)
{
    return outbox_reason_of(record->reason) == OUTBOX_HANDED_OVER;
}

static bool add_record(struct packing *p, const struct record *record, struct err *err)
{
    struct buf xml = {0};
    if (!record_xml(p->app->store, record->id, &xml, err)) {
        buf_wipe(&xml);
        if (err->kind != ERR_DAMAGED) {
            return false;
        }
        err_clear(err); /* the outbox says so; the others go */
        p->load->staying++;
        return true;
    }
    bool ok = true;
    if (xml.n > CLEAR_LIMIT) {
        p->load->staying++;
    } else if (p->clear + xml.n > CLEAR_LIMIT || p->load->going == MOST) {
        p->load->later++;
    } else {
        ok = bundle_add_record(p->writer, record->instance_id, buf_str(&xml), err);
        buf_addf(&p->ids, " %s", record->instance_id);
        p->clear += xml.n;
        p->load->going++;
    }
    buf_wipe(&xml);
    return ok;
}

/* One pass over what waits: those handed over before, or those not. */
static bool add_records(struct packing *p, const struct records *all, bool again, struct err *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < all->n; i++) {
        if (all->v[i].files == 0 && was_handed_over(&all->v[i]) == again) {
            ok = add_record(p, &all->v[i], err);
        }
    }
    return ok;
}

/* Remembers which records the film holds, before those of earlier ones. */
static bool note_film(struct packing *p, struct err *err)
{
    struct buf lines = {0}, before = {0};
    unsigned char digest[ARRIVAL_DIGEST];
    arrival_digest(buf_str(&p->load->bytes), digest);
    hash_add_hex(&lines, digest, ARRIVAL_DIGEST);
    buf_add_str(&lines, buf_str(&p->ids));
    bool ok = setting_get(p->app->store, SHOWN, &before, err);
    struct str rest = buf_str(&before), line;
    for (int i = 1; i < FILMS && rest.n > 0 && str_cut(&rest, '\n', &line); i++) {
        buf_addf(&lines, "\n" STR_FMT, STR_ARG(line));
    }
    ok = ok && setting_set(p->app->store, SHOWN, buf_text(&lines), err);
    buf_finish(&lines);
    buf_finish(&before);
    return ok;
}

static bool pack(struct packing *p, const struct records *all, struct err *err)
{
    bool ok = add_records(p, all, false, err);
    for (size_t i = 0; i < all->n; i++) {
        p->load->staying += all->v[i].files > 0;
    }
    if (ok && p->load->going == 0) {
        p->load->is_repeat = true;
        ok = add_records(p, all, true, err);
    }
    ok = ok && bundle_end(p->writer, err) && (p->load->going == 0 || note_film(p, err));
    if (!ok || p->load->going == 0) {
        buf_finish(&p->load->bytes);
    }
    return ok;
}

static bool load_organisation(struct app *app, struct enrolled **place, struct run_settings *set,
                              struct err *err)
{
    if (!enrolled_load(app->store, place, err)) {
        return false;
    }
    enrolled_fill(*place, app->store, false, set);
    return set->to.organisation_key ||
           err_set(err, ERR_MISSING, 0, "the device belongs to no organisation");
}

bool film_pack(struct app *app, struct film_load *load, struct err *err)
{
    *load = (struct film_load){0};
    struct packing p = {.app = app, .load = load};
    struct run_settings set = {0};
    struct enrolled *place = NULL;
    struct arena arena = {0};
    struct records all = {0};
    const struct record_filter filter = {.states = 1u << RECORD_READY};
    const struct bundle_sink sink = {keep, &load->bytes};
    bool ok = load_organisation(app, &place, &set, err) &&
              record_page(app->store, &filter, (struct page){0, 4 * MOST}, &arena, &all, err) &&
              bundle_begin_packed(&p.writer, set.to.organisation_key, &sink, err) &&
              pack(&p, &all, err);
    bundle_destroy(p.writer);
    buf_finish(&p.ids);
    arena_finish(&arena);
    outbox_end(&set.outbox);
    enrolled_destroy(place);
    return ok;
}

bool film_cut(struct str bytes, int modules, struct frames_film **film, struct err *err)
{
    enum { LEAST = 5 };
    int most = modules > FILM_MODULES ? FILM_MODULES : modules;
    int version = (most - 17) / 4 > LEAST ? (most - 17) / 4 : LEAST;
    size_t room = (size_t)matrix_capacity(version, MATRIX_LOW) - FRAMES_HEAD;
    size_t whole = bytes.n + HASH_BLAKE2B_SIZE;
    size_t pieces = (whole + room - 1) / room;
    size_t piece = (whole + pieces - 1) / pieces; /* the last one is as full as the others */
    return frames_create(film, bytes, piece + FRAMES_HEAD, err);
}

/* ---- what came ------------------------------------------------------------------------------ */

static bool take_records(struct app *app, struct str bytes, struct film_word *word, struct err *err)
{
    unsigned char digest[ARRIVAL_DIGEST];
    if (!carried_keep(app, bytes, &word->is_known, err)) {
        return false;
    }
    arrival_digest(bytes, digest);
    buf_add_text(&word->answer, TAKEN_HEAD);
    buf_add(&word->answer, digest, sizeof(digest));
    return true;
}

struct marking {
    struct app *app;
    struct outbox outbox;
    struct film_word *word;
    bool ok;
    struct err *err;
};

/* As when it was copied to a stick: it waits with this reason, and goes by a network too. */
static bool mark_handed_over(struct marking *m, const char *instance_id)
{
    struct arena arena = {0};
    struct outbox_item item;
    struct record record = {0};
    bool ok = outbox_find(m->app->store, instance_id, &arena, &item, m->err) &&
              (!item.record || record_get(m->app->store, item.record, &arena, &record, m->err));
    if (ok && item.record && was_handed_over(&record)) {
        m->word->records++;
    } else if (ok && item.record) {
        struct outbox_outcome outcome = {.action = OUTBOX_RETRY,
                                         .reason = OUTBOX_HANDED_OVER,
                                         .is_doubtful = item.is_doubtful,
                                         .next_ms = clock_now_ms()};
        struct err begun = {0};
        if (m->outbox.ops->begin(m->outbox.ctx, item.record, &begun)) {
            ok = m->outbox.ops->settle(m->outbox.ctx, &item, &outcome, m->err);
            m->word->records++;
        } else if (begun.kind != ERR_DENIED) { /* being sent just now: better still */
            ok = err_set(m->err, begun.kind, begun.code, "%s", begun.text);
        }
    }
    arena_finish(&arena);
    return ok;
}

static bool take_taken(struct marking *m, struct str digest)
{
    struct buf films = {0}, hex = {0};
    struct str line, word;
    bool ok = setting_get(m->app->store, SHOWN, &films, m->err);
    struct str rest = buf_str(&films);
    hash_add_hex(&hex, digest.s, digest.n);
    m->word->is_known = false;
    while (ok && rest.n > 0 && str_cut(&rest, '\n', &line)) {
        if (!str_word(&line, &word) || !str_eq(word, buf_str(&hex))) {
            continue;
        }
        m->word->is_known = true;
        while (ok && str_word(&line, &word)) {
            char id[ARRIVAL_ID];
            snprintf(id, sizeof(id), STR_FMT, STR_ARG(word));
            ok = mark_handed_over(m, id);
        }
        break;
    }
    buf_finish(&films);
    buf_finish(&hex);
    return ok;
}

/* The existing rule: exactly these bytes with all their files, in the organisation's own words. */
static void note_arrival(void *ctx, const struct arrival *arrival)
{
    struct marking *m = ctx;
    struct arena arena = {0};
    struct outbox_item item = {0};
    struct err begun = {0};
    m->ok = m->ok && outbox_find(m->app->store, arrival->instance_id, &arena, &item, m->err);
    if (m->ok && item.record && arrival_is_of(arrival, item.xml, item.n_files) &&
        m->outbox.ops->begin(m->outbox.ctx, item.record, &begun)) {
        const struct outbox_outcome sent = {.action = OUTBOX_SENT};
        item.is_xml_confirmed = true;
        for (size_t i = 0; i < item.n_files; i++) {
            item.files[i].is_confirmed = true;
        }
        m->ok = m->outbox.ops->confirm(m->outbox.ctx, &item, m->err) &&
                m->outbox.ops->settle(m->outbox.ctx, &item, &sent, m->err);
        m->word->records += m->ok;
    }
    arena_finish(&arena);
}

static bool take_arrivals(struct marking *m, struct str lists)
{
    struct run_settings set = {0};
    struct enrolled *place = NULL;
    struct str line;
    bool ok = load_organisation(m->app, &place, &set, m->err);
    while (ok && lists.n > 0 && str_cut(&lists, '\n', &line)) {
        ok = line.n == 0 ||
             (arrival_read(line, set.to.organisation_key, note_arrival, m, m->err) && m->ok);
    }
    outbox_end(&set.outbox);
    enrolled_destroy(place);
    return ok;
}

bool film_take(struct app *app, struct str bytes, struct film_word *word, struct err *err)
{
    *word = (struct film_word){.kind = FILM_RECORDS};
    if (bundle_is_one(bytes)) {
        return take_records(app, bytes, word, err);
    }
    struct marking m = {.app = app, .word = word, .ok = true, .err = err};
    outbox_begin(app->store, &m.outbox);
    bool ok;
    if (str_starts(bytes, STR(ARRIVALS_HEAD))) {
        word->kind = FILM_ARRIVALS;
        ok = take_arrivals(&m, bytes);
    } else if (str_starts(bytes, STR(TAKEN_HEAD)) && bytes.n == 4 + ARRIVAL_DIGEST) {
        word->kind = FILM_TAKEN;
        ok = take_taken(&m, (struct str){bytes.s + 4, ARRIVAL_DIGEST});
    } else {
        ok = err_set(err, ERR_INPUT, 0, "the film holds nothing for this program");
    }
    outbox_end(&m.outbox);
    return ok;
}
