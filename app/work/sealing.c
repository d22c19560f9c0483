#include "app/work/sealing.h"

#include <stdio.h>
#include <string.h>

#include "app/store/attachment.h"
#include "platform/base/odk_seal.h"

enum { FILE_LIMIT = 64 << 20 };

bool sealing_is_wanted(const struct form *form)
{
    struct form_submission submission;
    form_submission(form, &submission);
    return submission.public_key && *submission.public_key;
}

/* One sealed file beside the plain one, under sealed_name. */
static bool seal_one(const struct sealing *what, struct odk_seal *seal, const char *sealed_name,
                     struct str plain, struct err *err)
{
    struct buf sealed = {0};
    char name[256];
    snprintf(name, sizeof(name), "%.*s", (int)(strlen(sealed_name) - strlen(".enc")), sealed_name);
    bool ok = odk_seal_file(seal, name, plain, &sealed, err) &&
              attachment_put(what->store, what->record, sealed_name, "application/octet-stream",
                             buf_str(&sealed), err);
    buf_finish(&sealed);
    return ok;
}

/* All media in their order, the XML last, as the format has it. */
static bool seal_all(const struct sealing *what, struct odk_seal *seal,
                     const struct record_final *plain, const char **names, struct err *err)
{
    for (size_t i = 0; i < plain->file_count; i++) {
        struct buf bytes = {.limit = FILE_LIMIT};
        bool ok = attachment_load(what->store, what->record, plain->files[i], &bytes, err) &&
                  seal_one(what, seal, names[i], buf_str(&bytes), err);
        buf_wipe(&bytes);
        if (!ok) {
            return false;
        }
    }
    return seal_one(what, seal, names[plain->file_count], plain->xml, err);
}

bool sealing_make(const struct sealing *what, const struct record_final *plain, struct arena *arena,
                  struct record_final *final, struct err *err)
{
    struct form_submission submission;
    struct odk_seal *seal = NULL;
    struct buf manifest = {0};
    const struct odk_seal_names names = {form_id(what->form), form_version(what->form),
                                         what->instance_id};
    const char **files = arena_array(arena, const char *, plain->file_count + 1);
    for (size_t i = 0; i < plain->file_count; i++) {
        files[i] = arena_printf(arena, "%s.enc", plain->files[i]);
    }
    files[plain->file_count] = "submission.xml.enc";
    form_submission(what->form, &submission);
    bool ok = odk_seal_begin(&seal, submission.public_key, &names, NULL, err) &&
              seal_all(what, seal, plain, files, err) && odk_seal_manifest(seal, &manifest, err);
    if (ok) {
        *final = *plain;
        final->xml = (struct str){arena_str(arena, buf_str(&manifest)), manifest.n};
        final->files = files;
        final->file_count = plain->file_count + 1;
    }
    odk_seal_destroy(seal);
    buf_finish(&manifest);
    return ok;
}
