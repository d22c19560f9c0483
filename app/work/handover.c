#include "app/work/handover.h"

#define LOG_ROOM "work"
#include "app/store/outbox.h"
#include "app/work/app.h"
#include "app/work/carried.h"
#include "app/work/enrol.h"
#include "platform/base/log.h"
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

static bool begin(struct app *app, const struct handover_options *options, struct enrolled **place,
                  struct run_settings *settings, struct err *err)
{
    struct store *store = options->store ? options->store : app->store;
    if (!enrolled_load(store, place, err)) {
        return false;
    }
    enrolled_fill(*place, store, false, settings);
    settings->is_asked = true;
    settings->stop = options->stop;
    settings->tell = options->tell;
    settings->tell_ctx = options->tell_ctx;
    return settings->to.organisation_key != NULL ||
           err_set(err, ERR_MISSING, 0, "the device belongs to no organisation");
}

bool handover_to_folder(struct app *app, const struct handover_options *options,
                        struct run_result *result, struct err *err)
{
    struct run_settings settings = {0};
    struct enrolled *place = NULL;
    *result = (struct run_result){0};
    bool ok = begin(app, options, &place, &settings, err);
    if (ok) {
        settings.carrier = carrier_find("folder");
        settings.to.address = options->folder;
        ok = run_session(&settings, result, err) &&
             exchange(app, options, settings.to.organisation_key, result, err);
    }
    outbox_end(&settings.outbox);
    enrolled_destroy(place);
    return ok;
}

struct hearing {
    struct app *app;
    const unsigned char *organisation;
};

/* Also of what was carried for others: it goes here, and the list is brought on. */
static void hear(void *ctx, struct str list)
{
    const struct hearing *h = ctx;
    struct err err = {0};
    if (!carried_hear(h->app, list, h->organisation, &err)) {
        log_warn("a list of arrivals is not used: %s", err.text);
    }
}

bool handover_nearby(struct app *app, const struct handover_options *options,
                     struct run_result *result, struct err *err)
{
    struct run_settings settings = {0};
    struct enrolled *place = NULL;
    *result = (struct run_result){0};
    bool ok = begin(app, options, &place, &settings, err);
    if (ok) {
        struct hearing hearing = {app, settings.to.organisation_key};
        settings.carrier = carrier_find("near");
        settings.to.address = options->code;
        settings.to.folder = app->folder;
        settings.to.heard = hear;
        settings.to.heard_ctx = &hearing;
        ok = carried_session_near(app, &settings, result, err);
    }
    outbox_end(&settings.outbox);
    enrolled_destroy(place);
    return ok;
}
