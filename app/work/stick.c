#include "app/work/stick.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/base/mem.h"
#include "sync/carrier/carriers.h"

/* The stick's own folder, or -1 when another one or none is mounted there by now. */
static int hold(const struct stick *stick)
{
    struct stat st;
    int fd = open(stick->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0 && (fstat(fd, &st) != 0 || st.st_dev != stick->device)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* The last word is the stick's: all of it is on the stick, or an errno. */
static bool give(struct app *app, void *ctx, struct handover_options *options,
                 struct run_result *result, struct err *err)
{
    char folder[64];
    int fd = hold(ctx);
    if (fd < 0) {
        result->reason = OUTBOX_STICK_GONE;
        return true;
    }
    snprintf(folder, sizeof(folder), "/proc/self/fd/%d", fd);
    options->folder = folder;
    bool ok = handover_to_folder(app, options, result, err);
    if (syncfs(fd) != 0 && ok && result->reason == OUTBOX_NO_REASON) {
        result->reason = carrier_folder_reason(errno);
    }
    close(fd);
    return ok;
}

struct giving *stick_give(struct app *app, const struct stick *stick)
{
    struct stick *copy = mem_alloc(1, sizeof(*copy));
    *copy = *stick;
    return giving_begin(app, &(struct giving_way){give, free, copy});
}
