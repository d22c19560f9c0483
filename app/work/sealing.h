/* Finishing a record of an encrypted form: what leaves the device can only be opened with the
 * form's private key. The plain files stay drafts and are dropped when the record is frozen, so
 * that only files of the manifest can ever be sent. */
#ifndef WORK_SEALING_H
#define WORK_SEALING_H

#include <stdbool.h>
#include "app/form/form.h"
#include "app/store/record.h"
#include "platform/base/arena.h"

/* Does the form ask for it? */
bool sealing_is_wanted(const struct form *form);

/* What is to be sealed. */
struct sealing {
    struct store *store;
    int64_t record; /* a draft */
    const struct form *form;
    const char *instance_id;
};

/* Seals the XML and the files that plain names, keeps the sealed files beside them, and fills final
 * with the manifest and its files (texts in the arena; the title is plain's). */
bool sealing_make(const struct sealing *what, const struct record_final *plain, struct arena *arena,
                  struct record_final *final, struct err *err);

#endif
