#include "app/work/handover.h"

#include "app/store/outbox.h"
#include "app/work/app.h"
#include "app/work/carried.h"
#include "app/work/enrol.h"
#include "sync/carrier/carriers.h"

static bool is_stopped(const struct handover_options *options)
{
    return options->stop && atomic_load(options->stop);
}

/* After our own. A folder that fails at it ends the hand-over as it would at a record. */
static bool exchange(struct app *app, const struct handover_options *options,
                     const unsigned char *organisation, struct run_result *result, struct err *err)
{
    struct err why = {0};
    if (is_stopped(options) || carried_exchange(app, options->folder, organisation, &why)) {
        return true;
    }
    if (why.kind != ERR_REMOTE) {
        return err_set(err, why.kind, why.code, "%s", why.text);
    }
    if (result->reason == OUTBOX_NO_REASON) {
        result->reason = carrier_folder_reason(why.code);
    }
    return true;
}

bool handover_to_folder(struct app *app, const struct handover_options *options,
                        struct run_result *result, struct err *err)
{
    struct run_settings settings = {0};
    struct enrolled *place = NULL;
    struct store *store = options->store ? options->store : app->store;
    *result = (struct run_result){0};
    if (!enrolled_load(store, &place, err)) {
        return false;
    }
    enrolled_fill(place, store, false, &settings);
    bool ok = settings.to.organisation_key != NULL ||
              err_set(err, ERR_MISSING, 0, "the device belongs to no organisation");
    if (ok) {
        settings.carrier = carrier_find("folder");
        settings.to.address = options->folder;
        settings.is_asked = true;
        settings.stop = options->stop;
        settings.tell = options->tell;
        settings.tell_ctx = options->tell_ctx;
        ok = run_session(&settings, result, err) &&
             exchange(app, options, settings.to.organisation_key, result, err);
    }
    outbox_end(&settings.outbox);
    enrolled_destroy(place);
    return ok;
}
