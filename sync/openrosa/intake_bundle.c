#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "platform/base/file.h"
#include "platform/base/mem.h"
#include "sync/openrosa/intake.h"

/* Photos are in it: it is spooled like an upload, and read from there without being held. */
struct bundle_intake {
    char *path;
    int fd;
    int64_t size;
};

static bool too_large(struct err *err)
{
    return err_set(err, ERR_INPUT, 413, "This bundle is too large.");
}

bool bundle_intake_begin(struct openrosa_server *server, int64_t length, struct bundle_intake **out,
                         struct err *err)
{
    struct openrosa_storage *storage = &server->storage;
    struct buf path = {0};
    if (length > OPENROSA_BUNDLE_LIMIT) {
        return too_large(err);
    }
    if (!storage->spool(storage->ctx, length > 0 ? (uint64_t)length : 0, &path, err)) {
        buf_finish(&path);
        return false;
    }
    struct bundle_intake *in = mem_alloc(1, sizeof(*in));
    in->path = buf_take(&path);
    in->fd = open(in->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (in->fd < 0) {
        err_set(err, ERR_STORAGE, errno, "cannot make a spool file");
        bundle_intake_destroy(in);
        return false;
    }
    *out = in;
    return true;
}

bool bundle_intake_feed(struct bundle_intake *in, struct str bytes, struct err *err)
{
    in->size += (int64_t)bytes.n;
    if (in->size > OPENROSA_BUNDLE_LIMIT) {
        return too_large(err);
    }
    return file_write_all(in->fd, bytes.s, bytes.n) ||
           err_set(err, ERR_STORAGE, errno, "cannot write to the spool");
}

bool bundle_intake_finish(struct bundle_intake *in, struct openrosa_server *server, int64_t device,
                          struct buf *body, struct err *err)
{
    const struct openrosa_storage *storage = &server->storage;
    struct str bytes = {"", 0};
    struct buf back = {0};
    bool ok = (in->size == 0 || file_map(in->path, OPENROSA_BUNDLE_LIMIT, &bytes, err)) &&
              storage->bundle(storage->ctx, device, bytes, &back, err);
    if (ok) {
        wire_add_answer(body, "", buf_text(&back), NULL, 0);
    }
    file_unmap(bytes);
    buf_finish(&back);
    return ok;
}

void bundle_intake_destroy(struct bundle_intake *in)
{
    if (in) {
        if (in->fd >= 0) {
            close(in->fd);
            unlink(in->path);
        }
        free(in->path);
        free(in);
    }
}
