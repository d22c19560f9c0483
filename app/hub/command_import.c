#include "app/hub/command.h"

#include <string.h>

#include "app/hub/sealed.h"
#include "app/hub/serve.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"

#define DEVICE "usb"

enum { BUNDLE_LIMIT = 210 << 20 };

struct import {
    struct command_line *line;
    const char *folder;
    struct sealed sealed;
    unsigned char public_key[SIGN_PUBLIC];
};

static void complain(void *ctx, const char *name, const char *why)
{
    struct import *im = ctx;
    fprintf(im->line->shell->errors, "gocua-hub: %s: %s\n", name, why);
}

static bool take_file(void *ctx, const char *name)
{
    struct import *im = ctx;
    struct buf path = {0};
    struct buf bytes = {0};
    struct err err = {0};
    if (str_ends(str_of(name), STR(".gcb"))) {
        buf_addf(&path, "%s/%s", im->folder, name);
        if (file_read(buf_text(&path), BUNDLE_LIMIT, &bytes, &err)) {
            sealed_take(&im->sealed, name, buf_str(&bytes));
        } else {
            im->sealed.bad++;
            complain(im, name, err.text);
        }
    }
    buf_finish(&path);
    buf_finish(&bytes);
    return true;
}

static void see_device(void *ctx, const struct archive_device *device)
{
    struct import *im = ctx;
    if (!strcmp(device->name, DEVICE) && !device->revoked_ms) {
        im->sealed.device = device->id;
    }
}

/* Records of sticks belong to a device of their own, whose code is too old from the start. */
static bool find_device(struct import *im, struct err *err)
{
    char token[TOKEN_TEXT];
    char code[CODE_TEXT];
    return archive_device_list(im->sealed.archive, see_device, im, err) &&
           (im->sealed.device ||
            (archive_device_add(im->sealed.archive, DEVICE, 1, token, code, err) &&
             archive_device_list(im->sealed.archive, see_device, im, err)));
}

static bool acknowledge(struct import *im, struct err *err)
{
    struct buf text = {0};
    struct buf path = {0};
    buf_addf(&path, "%s/arrived-%lld.gca", im->folder, (long long)clock_now_ms());
    bool ok = im->sealed.arrivals.n == 0 || (sealed_answer(&im->sealed, &text, err) &&
                                             file_write(buf_text(&path), text.s, text.n, err));
    buf_finish(&text);
    buf_finish(&path);
    return ok;
}

static int import_folder(struct command_line *line)
{
    struct import im = {.line = line, .folder = line->arguments[0]};
    struct err err = {0};
    im.sealed = (struct sealed){.archive = command_archive(line),
                                .data = line->data,
                                .complain = complain,
                                .ctx = &im,
                                .fd = -1};
    if (!im.sealed.archive) {
        return 1;
    }
    bool ok = organisation_keys(line->data, im.public_key, im.sealed.secret, &err) &&
              find_device(&im, &err) && file_list(im.folder, take_file, &im, &err) &&
              acknowledge(&im, &err);
    fprintf(line->shell->out, "%d taken, %d refused, %d bundles that cannot be read\n",
            im.sealed.taken, im.sealed.refused, im.sealed.bad);
    archive_close(im.sealed.archive);
    bool all = im.sealed.refused == 0 && im.sealed.bad == 0;
    sealed_finish(&im.sealed);
    return ok ? !all : command_failed(line, &err);
}

const struct command commands_import[] = {
    {"import",
     "FOLDER",
     "Takes the sealed records of a stick in, and puts the list of what arrived on it.",
     {NULL},
     1,
     1,
     import_folder},
    {NULL, NULL, NULL, {NULL}, 0, 0, NULL},
};
