#include "tests/bench/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "app/store/attachment.h"
#include "app/store/record.h"
#include "app/work/app.h"
#include "app/work/filling.h"
#include "app/work/visiting.h"
#include "platform/base/hash.h"
#include "platform/base/mem.h"

enum { PHOTO_W = 320, PHOTO_H = 240 };

static void must(bool ok, const char *what, const struct err *err)
{
    if (!ok) {
        fprintf(stderr, "link: %s: %s\n", what, err->text);
        exit(1);
    }
}

static struct app *open_app(const char *folder)
{
    struct app_options options = {.folder = folder, .no_sync = true};
    struct app *app = NULL;
    struct err err = {0};
    must(app_open(&options, &app, &err) && app_unlock(app, STR(LINK_PIN), &err), "app", &err);
    return app;
}

static unsigned next(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* ---- photos --------------------------------------------------------------------------------- */

/* A made-up scene: rectangles of different light, and the grain of a small sensor. */
static void paint(unsigned char *pixels, int grain, unsigned *seed)
{
    for (int i = 0; i < PHOTO_W * PHOTO_H; i++) {
        pixels[i] = (unsigned char)(60 + i / PHOTO_W / 2);
    }
    for (int i = 0; i < 12; i++) {
        int x = (int)(next(seed) % PHOTO_W), y = (int)(next(seed) % PHOTO_H);
        int w = (int)(next(seed) % 90), h = (int)(next(seed) % 90);
        unsigned char light = (unsigned char)(next(seed) % 200);
        for (int row = y; row < y + h && row < PHOTO_H; row++) {
            for (int column = x; column < x + w && column < PHOTO_W; column++) {
                pixels[row * PHOTO_W + column] = light;
            }
        }
    }
    for (int i = 0; i < PHOTO_W * PHOTO_H; i++) {
        pixels[i] = (unsigned char)(pixels[i] + next(seed) % (unsigned)grain);
    }
}

static void compress(const unsigned char *pixels, int quality, struct buf *to)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    unsigned char *out = NULL;
    unsigned long n = 0;
    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &out, &n);
    c.image_width = PHOTO_W;
    c.image_height = PHOTO_H;
    c.input_components = 1;
    c.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&c);
    jpeg_set_quality(&c, quality, TRUE);
    jpeg_start_compress(&c, TRUE);
    while (c.next_scanline < c.image_height) {
        JSAMPROW row = (JSAMPROW)(uintptr_t)(pixels + (size_t)c.next_scanline * PHOTO_W);
        jpeg_write_scanlines(&c, &row, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    buf_clear(to);
    buf_add(to, (const char *)out, n);
    free(out);
}

/* The quality that comes nearest to the wanted size from below. */
static void take_photo(size_t size, unsigned *seed, struct buf *to)
{
    static unsigned char pixels[PHOTO_W * PHOTO_H];
    int low = 5, high = 95;
    paint(pixels, 24, seed);
    while (low < high) {
        int middle = (low + high + 1) / 2;
        compress(pixels, middle, to);
        if (to->n <= size) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    compress(pixels, low, to);
}

/* ---- visits --------------------------------------------------------------------------------- */

static void say(struct visiting *v, int i)
{
    char address[60], note[200];
    struct err err = {0};
    snprintf(address, sizeof(address), "Số %d Ngõ %d", i % 90 + 1, i % 17 + 1);
    snprintf(note, sizeof(note), "Đã hướng dẫn cài ứng dụng, lần gặp thứ %d.", i + 1);
    const char *const pairs[] = {"household.commune",
                                 "00004",
                                 "household.province",
                                 "01",
                                 "household.hamlet",
                                 "Tổ 3",
                                 "household.address",
                                 address,
                                 "consent.record",
                                 "yes",
                                 "consent.full_number",
                                 "no",
                                 "consent.keep_contact",
                                 "no",
                                 "consent.giver",
                                 "self",
                                 "consent.channel",
                                 "signature",
                                 "person.name",
                                 "Nguyễn Thị Thử Nghiệm",
                                 "person.sex",
                                 "female",
                                 "person.birth_date",
                                 "1990-05-08",
                                 "visit.topics",
                                 "vneid",
                                 "card.vneid/install",
                                 "done",
                                 "visit.outcome",
                                 "guided",
                                 "visit.note",
                                 note,
                                 NULL};
    must(visiting_set_all(v, pairs, &err) && visiting_note_consent(v, &err), "visit", &err);
}

static void attach(struct visiting *v, size_t size, unsigned *seed)
{
    static const char *const refs[LINK_PHOTOS] = {"/data/work/picture",
                                                  "/data/close/consent_signature"};
    struct filling *filling = NULL;
    struct buf photo = {0};
    struct err err = {0};
    must(visiting_form(v, "home_visit", &filling, &err), "form", &err);
    for (int i = 0; i < LINK_PHOTOS; i++) {
        take_photo(size, seed, &photo);
        must(filling_attach(filling, refs[i], buf_str(&photo), "jpg", &err), refs[i], &err);
    }
    filling_close(filling);
    buf_finish(&photo);
}

static void close_visit(struct visiting *v)
{
    struct err err = {0};
    if (!visiting_finish(v, &err)) {
        for (size_t i = 0; i < v->problems.n; i++) {
            fprintf(stderr, "link: %s: %s\n", v->problems.v[i].ref, v->problems.v[i].message);
        }
        must(false, "closing", &err);
    }
}

/* ---- the oracle ----------------------------------------------------------------------------- */

static void note_photo(struct app *app, const struct attachment *file, int64_t record, int i,
                       struct link_record *to, struct link_truth *truth)
{
    struct buf bytes = {0};
    struct err err = {0};
    must(attachment_load(app->store, record, file->name, &bytes, &err), "photo", &err);
    hash_bytes(HASH_BLAKE2B, bytes.s, bytes.n, to->photos[i]);
    snprintf(to->names[i], sizeof(to->names[i]), "%s", file->name);
    truth->photo_bytes += (int64_t)bytes.n;
    buf_finish(&bytes);
}

static void note_record(struct app *app, const struct record *record, struct link_truth *truth)
{
    struct link_record *to = &truth->v[truth->n++];
    struct arena arena = {0};
    struct attachments files;
    struct buf xml = {0};
    struct err err = {0};
    must(record_xml(app->store, record->id, &xml, &err) &&
             attachment_list(app->store, record->id, &arena, &files, &err),
         "record", &err);
    snprintf(to->instance, sizeof(to->instance), "%s", record->instance_id);
    hash_bytes(HASH_BLAKE2B, xml.s, xml.n, to->xml);
    truth->xml_bytes += (int64_t)xml.n;
    if (files.n != LINK_PHOTOS) {
        fprintf(stderr, "link: a record has %zu files\n", files.n);
        exit(1);
    }
    for (int i = 0; i < LINK_PHOTOS; i++) {
        note_photo(app, &files.v[i], record->id, i, to, truth);
    }
    buf_finish(&xml);
    arena_finish(&arena);
}

void link_fill(const char *folder, int visits, size_t photo, struct link_truth *truth)
{
    struct app *app = open_app(folder);
    struct arena arena = {0};
    struct records rows;
    struct err err = {0};
    unsigned seed = 2026;
    for (int i = 0; i < visits; i++) {
        struct visiting *v = NULL;
        must(visiting_begin(app, &v, &err), "door", &err);
        say(v, i);
        attach(v, photo, &seed);
        close_visit(v);
        visiting_close(v);
    }
    const struct record_filter filter = {.states = 1u << RECORD_READY};
    must(record_page(app->store, &filter, (struct page){0, visits * 2 + 8}, &arena, &rows, &err),
         "records", &err);
    if (rows.n != (size_t)visits) {
        fprintf(stderr, "link: %zu records of %d visits\n", rows.n, visits);
        exit(1);
    }
    truth->v = mem_alloc(rows.n + 1, sizeof(*truth->v));
    for (size_t i = 0; i < rows.n; i++) {
        note_record(app, &rows.v[i], truth);
    }
    arena_finish(&arena);
    app_close(app);
}

size_t link_count_sent(const char *folder, const struct link_truth *truth)
{
    struct app *app = open_app(folder);
    size_t sent = 0;
    for (size_t i = 0; i < truth->n; i++) {
        struct arena arena = {0};
        struct record record;
        struct err err = {0};
        int64_t id;
        must(record_find(app->store, truth->v[i].instance, &id, &err) &&
                 record_get(app->store, id, &arena, &record, &err),
             "record", &err);
        sent += record.state == RECORD_SENT && record.files_confirmed == LINK_PHOTOS;
        arena_finish(&arena);
    }
    app_close(app);
    return sent;
}
