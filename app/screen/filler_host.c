#include <stdio.h>
#include <string.h>

#include "app/ident/ident.h"
#include "app/screen/filler.h"
#include "app/screen/voice.h"
#include "app/store/attachment.h"
#include "app/store/formfile.h"
#include "platform/base/clock.h"

struct filler_seat *filler_seat_of(struct filler *filler, const char *ref)
{
    for (size_t i = 0; i < filler->seats.n; i++) {
        if (strcmp(filler->seats.v[i]->ref, ref) == 0) {
            return filler->seats.v[i];
        }
    }
    return NULL;
}

void filler_set_error(struct filler *filler, const char *ref, const char *error)
{
    struct filler_seat *seat = filler_seat_of(filler, ref);
    if (seat) {
        snprintf(seat->error, sizeof(seat->error), "%s", error);
        seat->seat.error = seat->error;
    }
}

static struct filling *filling_of(struct filler *filler)
{
    return filler->desk->filling;
}

static bool answer(void *ctx, const char *ref, struct str value)
{
    struct filler *filler = ctx;
    struct answer_result result = {0};
    struct err err = {0};
    char kept[512];
    snprintf(kept, sizeof(kept), "%s", ref);
    if (!filling_answer(filling_of(filler), kept, value, &result, &err)) {
        if (err.kind == ERR_INPUT) {
            filler_set_error(filler, kept, tr("This does not fit here. Check it."));
        } else {
            desk_fail(filler->desk, &err);
        }
        return false;
    }
    if (result.state == ANSWER_OK) {
        filler_set_error(filler, kept, "");
        return true;
    }
    const char *message = result.message && result.message[0] ? result.message
                          : result.state == ANSWER_REQUIRED
                              ? tr("An answer is needed here.")
                              : tr("This answer is not allowed here. Check it.");
    filler_set_error(filler, kept, message);
    return false;
}

static bool attach(void *ctx, const char *ref, struct str bytes, const char *ending)
{
    struct filler *filler = ctx;
    struct err err = {0};
    return filling_attach(filling_of(filler), ref, bytes, ending, &err) ||
           (desk_fail(filler->desk, &err), false);
}

static bool detach(void *ctx, const char *ref)
{
    struct filler *filler = ctx;
    struct err err = {0};
    return filling_detach(filling_of(filler), ref, &err) || (desk_fail(filler->desk, &err), false);
}

static bool load(void *ctx, const char *name, struct buf *bytes)
{
    struct filler *filler = ctx;
    struct filling *filling = filling_of(filler);
    return attachment_load(filling->app->store, filling->record, name, bytes, NULL);
}

static bool media(void *ctx, const char *uri, struct buf *bytes)
{
    struct filler *filler = ctx;
    struct filling *filling = filling_of(filler);
    char name[256];
    struct str last = form_media_name(str_of(uri));
    snprintf(name, sizeof(name), STR_FMT, STR_ARG(last));
    return formfile_media(filling->app->store, filling->formfile, name, bytes, NULL);
}

static void fill(struct filler *filler, const char *ref, const char *key, const char *text)
{
    if (text[0]) {
        entry_fill_beside(filling_of(filler)->entry, ref, key, str_of(text), NULL);
    }
}

/* What a card says goes into the fields beside the question; its raw text is kept nowhere. */
static bool read_card(struct filler *filler, const char *ref, const struct ident *ident)
{
    const struct claim_value *values = ident->person.values;
    const char *birth = values[CLAIM_BIRTH].text, *number = values[CLAIM_NUMBER].text;
    char year[5];
    struct err err = {0};
    snprintf(year, sizeof(year), "%.4s", birth);
    fill(filler, ref, "person.name", values[CLAIM_NAME].text);
    fill(filler, ref, "person.sex", values[CLAIM_SEX].text);
    fill(filler, ref, "person.address", values[CLAIM_ADDRESS].text);
    fill(filler, ref, "person.birth_date", strlen(birth) == 10 ? birth : "");
    fill(filler, ref, "person.birth_year", year);
    fill(filler, ref, "person.id", number);
    fill(filler, ref, "person.id_last4", strlen(number) == 12 ? number + 8 : "");
    filling_of(filler)->is_whole_due = true;
    return filling_save(filling_of(filler), &err) || (desk_fail(filler->desk, &err), false);
}

static bool read_code(void *ctx, const struct question_view *view, struct str code)
{
    struct filler *filler = ctx;
    struct ident ident;
    char ref[512];
    bool ok;
    snprintf(ref, sizeof(ref), "%s", view->ref);
    ident_read(code, CLAIM_CAMERA, clock_today(), &ident);
    if (strcmp(view->reader, "dossier") == 0) {
        ok = ident.kind == IDENT_DOSSIER && answer(ctx, ref, str_of(ident.text));
    } else {
        ok = ident_is_person(ident.kind) && read_card(filler, ref, &ident);
    }
    if (!ok && ident_sentence(&ident)[0]) {
        filler_set_error(filler, ref, tr(ident_sentence(&ident)));
    }
    explicit_bzero(&ident, sizeof(ident));
    return ok;
}

static void next(void *ctx)
{
    struct filler *filler = ctx;
    filler->moves_on = true; /* done when the page is drawn: its seats are in use */
}

static void say(void *ctx, const char *text)
{
    struct filler *filler = ctx;
    voice_say(filler->desk, text);
}

static void fold(void *ctx, struct str in, struct buf *out)
{
    fold_add(out, in);
}

const struct question_host filler_host = {
    .answer = answer,
    .attach = attach,
    .detach = detach,
    .load = load,
    .media = media,
    .read_code = read_code,
    .next = next,
    .say = say,
    .fold = fold,
};
