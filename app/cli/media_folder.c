#include "app/cli/media_folder.h"

#include <string.h>

#include "platform/base/file.h"
#include "platform/base/mem.h"

enum { MOST_MEDIA = 256 << 20 };

bool media_folder_read(void *ctx, const char *uri, struct buf *bytes, struct err *err)
{
    struct str name = form_media_name(str_of(uri));
    if (!strcmp(uri, "jr://instance/last-saved") || !file_is_plain_name(name)) {
        return err_set(err, ERR_MISSING, 0, "there is no file %.100s", uri);
    }
    struct buf path = {0};
    buf_addf(&path, "%s/" STR_FMT, (const char *)ctx, STR_ARG(name));
    bool ok = file_read(buf_text(&path), MOST_MEDIA, bytes, err);
    buf_finish(&path);
    return ok;
}

char *media_folder_of(const char *form_path)
{
    const char *slash = strrchr(form_path, '/');
    return slash ? mem_strndup(form_path, (size_t)(slash - form_path)) : mem_strdup(".");
}
