#include "app/work/handover.h"

#include "app/store/outbox.h"
#include "app/work/app.h"
#include "app/work/carried.h"
#include "app/work/enrol.h"
#include "sync/carrier/carriers.h"

bool handover_to_folder(struct app *app, const char *folder,
                        void (*tell)(void *ctx, const struct run_report *report), void *ctx,
                        struct run_result *result, struct err *err)
{
    struct run_settings settings = {0};
    struct enrolled *place = NULL;
    *result = (struct run_result){0};
    if (!enrolled_load(app->store, &place, err)) {
        return false;
    }
    enrolled_fill(place, app->store, false, &settings);
    bool ok = settings.to.organisation_key != NULL ||
              err_set(err, ERR_MISSING, 0, "the device belongs to no organisation");
    if (ok) {
        settings.carrier = carrier_find("folder");
        settings.to.address = folder;
        settings.is_asked = true;
        settings.tell = tell;
        settings.tell_ctx = ctx;
        ok = run_session(&settings, result, err) &&
             carried_exchange(app, folder, settings.to.organisation_key, err);
    }
    outbox_end(&settings.outbox);
    enrolled_destroy(place);
    return ok;
}
