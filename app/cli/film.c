#include "app/cli/film.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/cli/command.h"
#include "app/cli/door.h"
#include "app/cli/film_picture.h"
#include "app/lang/lang.h"
#include "app/work/carried.h"
#include "app/work/film.h"
#include "platform/base/file.h"
#include "platform/base/vec.h"
#include "platform/sensor/barcode.h"
#include "platform/sensor/picture.h"
#include "sync/handover/frames.h"

enum {
    PATH_ROOM = 1024,
    SPARE = 16, /* more pictures than half as many again as are needed */
};

/* ---- showing -------------------------------------------------------------------------------- */

static bool write_film(struct str bytes, const char *folder, unsigned *count, struct err *err)
{
    struct frames_film *film;
    if (!film_cut(bytes, FILM_MODULES, &film, err)) {
        return false;
    }
    bool ok = file_make_folder(folder, err);
    size_t least = frames_least(film);
    *count = (unsigned)(least == 1 ? 1 : least + least / 2 + SPARE);
    for (unsigned i = 0; ok && i < *count; i++) {
        struct buf packet = {0};
        char path[PATH_ROOM];
        frames_add(film, i, &packet);
        ok = snprintf(path, sizeof(path), "%s/%05u.png", folder, i) < PATH_ROOM
                 ? film_picture_write(path, buf_str(&packet), err)
                 : err_set(err, ERR_INPUT, 0, "the folder's name is too long");
        buf_finish(&packet);
    }
    frames_destroy(film);
    return ok;
}

int film_to_pictures(struct app *app, bool answers, const char *folder)
{
    struct film_load load = {0};
    struct err err = {0};
    unsigned count = 0;
    bool ok = answers ? carried_answers(app, &load.bytes, &err) : film_pack(app, &load, &err);
    if (ok && load.bytes.n > 0) {
        ok = write_film(buf_str(&load.bytes), folder, &count, &err);
    }
    if (ok) {
        printf(tr("%d records in %u pictures; %d stay, %d in the next film"), load.going, count,
               load.staying, load.later);
        printf("\n");
    }
    buf_finish(&load.bytes);
    return ok ? COMMAND_OK : door_fail(&err);
}

/* ---- watching ------------------------------------------------------------------------------- */

struct watching {
    const char *folder;
    VEC(char *) names;
};

static bool add_name(void *ctx, const char *name)
{
    struct watching *w = ctx;
    if (name[0] != '.') {
        vec_push(&w->names, mem_strdup(name));
    }
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool accepts(void *ctx, struct str bytes)
{
    return frames_is_packet(bytes);
}

/* Shows one picture to the watcher; one that cannot be read is a lost one. */
static void watch_picture(struct barcode_scanner *scanner, const char *path,
                          struct frames_watch *film)
{
    const struct barcode_options options = {.accept = accepts};
    struct picture picture = {0};
    static struct barcode code;
    if (file_size(path) > 0 && picture_read(path, PICTURE_GRAY, 0, &picture, NULL)) {
        struct gray gray = picture_gray(&picture);
        if (barcode_scan(scanner, &gray, &options, &code, 1)) {
            frames_watch_add(film, (struct str){(const char *)code.bytes, code.n});
        }
    }
    picture_finish(&picture);
}

static bool watch(struct watching *w, struct frames_watch *film, struct str *whole, struct err *err)
{
    struct barcode_scanner *scanner = barcode_create();
    size_t seen = 0, needed = 0;
    bool ok = false;
    for (size_t i = 0; !ok && i < w->names.n; i++) {
        char path[PATH_ROOM];
        snprintf(path, sizeof(path), "%s/%s", w->folder, w->names.v[i]);
        barcode_reset(scanner);
        watch_picture(scanner, path, film);
        ok = frames_watch_result(film, whole);
    }
    barcode_destroy(scanner);
    frames_watch_progress(film, &seen, &needed);
    return ok || err_set(err, ERR_DAMAGED, 0, "%zu of %zu parts of a film", seen, needed);
}

static void tell(const struct film_word *word)
{
    switch (word->kind) {
    case FILM_RECORDS:
        puts(word->is_known ? tr("You have this film already. Nothing is kept twice.")
                            : tr("Everything arrived and is kept here, sealed."));
        break;
    case FILM_TAKEN:
        if (!word->is_known) {
            puts(tr("This answer belongs to a film that is not from here."));
            break;
        }
        printf(trn("%d record is with your colleague.", "%d records are with your colleague.",
                   (unsigned long)word->records),
               word->records);
        printf("\n");
        break;
    case FILM_ARRIVALS:
        printf(trn("%d record has arrived and counts as sent.",
                   "%d records have arrived and count as sent.", (unsigned long)word->records),
               word->records);
        printf("\n");
        break;
    }
}

static bool write_answer(struct str bytes, const char *path, struct err *err)
{
    struct frames_film *film;
    struct buf packet = {0};
    if (!film_cut(bytes, FILM_MODULES, &film, err)) {
        return false;
    }
    frames_add(film, 0, &packet);
    bool ok = film_picture_write(path, buf_str(&packet), err);
    frames_destroy(film);
    buf_finish(&packet);
    return ok;
}

int film_from_pictures(struct app *app, const char *folder, const char *answer)
{
    struct watching w = {.folder = folder};
    struct frames_watch *film = frames_watch_create();
    struct film_word word = {0};
    struct str whole;
    struct err err = {0};
    bool ok = file_list(folder, add_name, &w, &err);
    if (w.names.n > 0) {
        qsort(w.names.v, w.names.n, sizeof(*w.names.v), by_name);
    }
    ok = ok && watch(&w, film, &whole, &err) && film_take(app, whole, &word, &err);
    if (ok && answer && word.kind == FILM_RECORDS) {
        ok = write_answer(buf_str(&word.answer), answer, &err);
    }
    if (ok) {
        tell(&word);
    }
    buf_finish(&word.answer);
    frames_watch_destroy(film);
    for (size_t i = 0; i < w.names.n; i++) {
        free(w.names.v[i]);
    }
    vec_finish(&w.names);
    return ok ? COMMAND_OK : door_fail(&err);
}
