#include "app/work/shipped.h"

#include <stdio.h>
#include <string.h>

#include "app/store/list.h"
#include "app/store/procedure.h"
#include "app/work/app.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/system/path.h"

enum { SHIPPED_LIMIT = 16 << 20 };

static const char *const names[] = {"provinces.csv", "communes.csv",        "topics.csv",
                                    "hotlines.csv",  "failure_reasons.csv", NULL};

/* Is that version here already, or one of a server that must not be replaced? */
static bool is_kept(struct app *app, const char *name, const char *version)
{
    struct arena arena = {0};
    struct list_info info;
    bool kept = list_get(app->store, name, &arena, &info, NULL) &&
                (strcmp(info.version, version) == 0 || strcmp(info.source, "shipped") != 0);
    arena_finish(&arena);
    return kept;
}

static bool load_list(struct app *app, const char *name, struct err *err)
{
    char path[PATH_TEXT], what[96], version[HASH_MD5_TEXT];
    struct buf bytes = {0};
    snprintf(what, sizeof(what), "lists/%s", name);
    bool ok = path_asset(what, path, err) && file_read(path, SHIPPED_LIMIT, &bytes, err);
    if (ok) {
        hash_md5_text(bytes.s, bytes.n, version);
        ok = is_kept(app, name, version) ||
             list_import(app->store, name, buf_str(&bytes), version, "shipped", err);
    }
    buf_finish(&bytes);
    return ok || err_prefix(err, "%s", name);
}

static bool load_procedures(struct app *app, struct err *err)
{
    char path[PATH_TEXT];
    struct buf bytes = {0};
    if (procedure_count(app->store) > 0) {
        return true;
    }
    bool ok = path_asset("lists/procedures.csv", path, err) &&
              file_read(path, SHIPPED_LIMIT, &bytes, err) &&
              procedure_import(app->store, buf_str(&bytes), err);
    buf_finish(&bytes);
    return ok || err_prefix(err, "procedures.csv");
}

bool shipped_load(struct app *app, struct err *err)
{
    for (size_t i = 0; names[i]; i++) {
        if (!load_list(app, names[i], err)) {
            return false;
        }
    }
    return load_procedures(app, err);
}
