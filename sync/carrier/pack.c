#include "sync/carrier/pack.h"

#include <stdlib.h>

#include "platform/base/mem.h"
#include "sync/handover/arrival.h"

enum { PIECE = 64 << 10 };

static bool add_file(const struct carrier_settings *settings, struct bundle_writer *writer,
                     const struct outbox *outbox, const struct outbox_item *item, size_t i,
                     struct err *err)
{
    void *reader = NULL;
    const struct outbox_file *file = &item->files[i];
    if (!bundle_add_file(writer, file->name, file->type, file->size, err) ||
        !outbox->ops->open_file(outbox->ctx, item->record, i, &reader, err)) {
        return false;
    }
    char *bytes = mem_alloc(PIECE, 1);
    size_t got = 1;
    bool ok = true;
    while (ok && got > 0) {
        ok = outbox->ops->read_file(outbox->ctx, reader, bytes, PIECE, &got, err) &&
             (got == 0 || bundle_add_bytes(writer, bytes, got, err));
        if (settings->stop && atomic_load(settings->stop)) {
            ok = err_set(err, ERR_CANCELLED, 0, "stopped");
        }
    }
    outbox->ops->close_file(outbox->ctx, reader);
    free(bytes);
    return ok;
}

bool pack_record(const struct carrier_settings *settings, const struct outbox *outbox,
                 const struct outbox_item *item, const struct bundle_sink *sink, struct err *err)
{
    struct bundle_writer *writer = NULL;
    bool ok = bundle_begin(&writer, settings->organisation_key, sink, err) &&
              bundle_add_record(writer, item->instance_id, item->xml, err);
    for (size_t i = 0; ok && i < item->n_files; i++) {
        ok = add_file(settings, writer, outbox, item, i, err);
    }
    ok = ok && bundle_end(writer, err);
    bundle_destroy(writer);
    return ok;
}

/* Lists may say several things about one record: an old one of fewer files, one of other bytes. Any
 * that fits counts, whatever the others say. */
struct word {
    struct arrival arrival;
    const struct word *before;
};

static void note_arrival(void *ctx, const struct arrival *arrival)
{
    struct pack_words *words = ctx;
    struct word *kept = arena_new(&words->arena, struct word);
    *kept = (struct word){*arrival, map_get(&words->arrived, str_of(arrival->instance_id))};
    map_put(&words->arrived, str_of(kept->arrival.instance_id), kept);
}

bool pack_hear(struct pack_words *words, struct str list,
               const unsigned char organisation[SIGN_PUBLIC], struct err *err)
{
    return arrival_read(list, organisation, note_arrival, words, err);
}

static bool confirm_all(const struct outbox *outbox, struct outbox_item *item, struct err *err)
{
    item->is_xml_confirmed = true;
    for (size_t i = 0; i < item->n_files; i++) {
        item->files[i].is_confirmed = true;
    }
    return outbox->ops->confirm(outbox->ctx, item, err);
}

bool pack_has_arrived(const struct pack_words *words, const struct outbox *outbox,
                      struct outbox_item *item, struct outbox_outcome *outcome)
{
    struct err err = {0};
    const struct word *word = map_get(&words->arrived, str_of(item->instance_id));
    while (word && !arrival_is_of(&word->arrival, item->xml, item->n_files)) {
        word = word->before;
    }
    if (word) {
        bool ok = confirm_all(outbox, item, &err);
        *outcome = (struct outbox_outcome){.action = ok ? OUTBOX_SENT : OUTBOX_RETRY,
                                           .reason = ok ? OUTBOX_NO_REASON : OUTBOX_STORAGE};
    }
    return word != NULL;
}

void pack_forget(struct pack_words *words)
{
    map_finish(&words->arrived);
    arena_finish(&words->arena);
}
