/* The OpenRosa server's storage over the archive. */
#include "app/hub/sealed.h"
#include "app/hub/serve.h"

#include <inttypes.h>
#include <stdio.h>

#include "platform/base/clock.h"

enum { SEEN_EVERY_MS = 60000 };

static enum openrosa_access admit(void *ctx, const char *token, const char *peer, int64_t *device)
{
    struct hub *hub = ctx;
    struct err err = {0};
    int64_t seen_ms = 0;
    char name[24];
    struct archive *archive = hub_take(hub, &err);
    bool ok = archive && archive_device_find(archive, token, device, &seen_ms, &err);
    hub_give(hub, archive);
    if (!ok && err.kind == ERR_DENIED) {
        /* good tokens are never held up by bad ones from the same address */
        bool is_calm = hub->options.no_limits || limit_take(&hub->strangers, str_of(peer));
        return is_calm ? OPENROSA_FORBIDDEN : OPENROSA_TOO_OFTEN;
    }
    if (!ok) {
        return OPENROSA_BROKEN;
    }
    snprintf(name, sizeof(name), "%" PRId64, *device);
    if (!hub->options.no_limits && !limit_take(&hub->devices, str_of(name))) {
        return OPENROSA_TOO_OFTEN;
    }
    if (clock_now_ms() - seen_ms > SEEN_EVERY_MS) {
        writer_touch(hub->writer, *device);
    }
    return OPENROSA_ADMITTED;
}

struct forms_to {
    void (*each)(void *to, const struct openrosa_form *form);
    void *to;
};

static void pass_form(void *ctx, const struct archive_form *form)
{
    const struct forms_to *forms = ctx;
    struct openrosa_form row = {form->form, form->name, form->version, form->hash, form->has_media};
    forms->each(forms->to, &row);
}

static bool list_forms(void *ctx, int64_t device, const char *only,
                       void (*each)(void *to, const struct openrosa_form *form), void *to,
                       struct err *err)
{
    struct hub *hub = ctx;
    struct forms_to forms = {each, to};
    struct archive *archive = hub_take(hub, err);
    bool ok = archive && archive_form_list(archive, only, false, pass_form, &forms, err);
    hub_give(hub, archive);
    return ok;
}

static bool form_xml(void *ctx, const char *form, struct openrosa_download *download,
                     struct err *err)
{
    struct archive *archive = hub_take(ctx, err);
    bool ok = archive && archive_form_xml(archive, form, &download->text, download->hash, err);
    hub_give(ctx, archive);
    if (!ok) {
        buf_finish(&download->text);
    }
    return ok;
}

static bool manifest(void *ctx, const char *form,
                     void (*each)(void *to, const struct openrosa_media *media), void *to,
                     struct err *err)
{
    struct archive *archive = hub_take(ctx, err);
    bool ok = archive && archive_manifest(archive, form, each, to, err);
    hub_give(ctx, archive);
    return ok;
}

static bool media(void *ctx, const char *form, const char *name, struct openrosa_download *download,
                  struct err *err)
{
    struct archive *archive = hub_take(ctx, err);
    bool ok = archive && archive_media(archive, form, name, download, err);
    hub_give(ctx, archive);
    if (!ok) {
        buf_finish(&download->text);
    }
    return ok;
}

static bool integrity(void *ctx, const char *list, const char *ids,
                      void (*each)(void *to, const char *id, bool deleted), void *to,
                      struct err *err)
{
    struct archive *archive = hub_take(ctx, err);
    bool ok = archive && archive_entity_integrity(archive, list, ids, each, to, err);
    hub_give(ctx, archive);
    return ok;
}

static bool judged(void *ctx, int64_t device, struct wire_judgements *to, struct err *err)
{
    struct archive *archive = hub_take(ctx, err);
    bool ok = archive && archive_judged(archive, device, to, err);
    hub_give(ctx, archive);
    return ok;
}

static bool newest(void *ctx, int64_t device, const char *instance, struct buf *xml,
                   struct err *err)
{
    struct archive *archive = hub_take(ctx, err);
    bool ok = archive && archive_newest(archive, device, instance, xml, err);
    hub_give(ctx, archive);
    return ok;
}

static bool spool(void *ctx, uint64_t size, struct buf *path, struct err *err)
{
    const struct hub *hub = ctx;
    return archive_spool(hub->data, size, path, err);
}

/* From a device that carried it here: its records count as that device's. */
static bool bundle(void *ctx, int64_t device, struct str bytes, struct buf *answer, struct err *err)
{
    struct hub *hub = ctx;
    struct archive *archive = hub_take(hub, err);
    struct sealed sealed = {.archive = archive, .data = hub->data, .device = device, .fd = -1};
    unsigned char public_key[SIGN_PUBLIC];
    bool ok = archive && organisation_keys(hub->data, public_key, sealed.secret, err);
    if (ok) {
        sealed_take(&sealed, "bundle", bytes);
        ok = sealed.bad == 0 || err_set(err, ERR_INPUT, 0, "This bundle is not for this server.");
        ok = ok && sealed_answer(&sealed, answer, err);
    }
    sealed_finish(&sealed);
    hub_give(hub, archive);
    return ok;
}

static void submit(void *ctx, struct openrosa_parcel *parcel)
{
    struct hub *hub = ctx;
    writer_add(hub->writer, parcel);
}

void hub_storage(struct hub *hub, struct openrosa_storage *storage)
{
    *storage = (struct openrosa_storage){
        .ctx = hub,
        .admit = admit,
        .forms = list_forms,
        .form_xml = form_xml,
        .manifest = manifest,
        .media = media,
        .integrity = integrity,
        .judged = judged,
        .newest = newest,
        .spool = spool,
        .submit = submit,
        .bundle = bundle,
    };
}
