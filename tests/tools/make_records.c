/* Finished records of the form "film" (version 1) in a device's folder, each with so many bytes
 * that cannot be packed, and a photo of PHOTO bytes if that is given:
 * make_records FOLDER PIN FIRST COUNT BYTES [PHOTO] */
#include <stdio.h>
#include <stdlib.h>

#include "app/store/attachment.h"
#include "app/store/record.h"
#include "app/work/app.h"
#include "platform/base/hash.h"
#include "platform/base/mem.h"
#include "platform/base/rand.h"

static bool put_photo(struct app *app, int64_t record, size_t size, struct err *err)
{
    char *chance = mem_alloc(size + 1, 1);
    rand_bytes(chance, size);
    bool ok = size == 0 || attachment_put(app->store, record, "photo.jpg", "image/jpeg",
                                          (struct str){chance, size}, err);
    free(chance);
    return ok;
}

static bool make(struct app *app, int number, size_t size, size_t photo, struct err *err)
{
    char id[64];
    int64_t record;
    struct buf xml = {0};
    unsigned char *chance = mem_alloc(size + 1, 1);
    rand_bytes(chance, size);
    snprintf(id, sizeof(id), "uuid:film-%d", number);
    buf_addf(&xml, "<data id=\"film\" version=\"1\"><x>");
    hash_add_base64(&xml, chance, size * 3 / 4);
    buf_addf(&xml, "</x><meta><instanceID>%s</instanceID></meta></data>", id);
    struct record_new new = {.form_id = "film", .version = "1", .instance_id = id, .title = "Phim"};
    const char *name = "photo.jpg";
    struct record_final final = {
        .xml = buf_str(&xml), .files = photo ? &name : NULL, .file_count = photo > 0};
    bool ok = record_create(app->store, &new, &record, err) && put_photo(app, record, photo, err) &&
              record_finish(app->store, record, &final, err);
    free(chance);
    buf_finish(&xml);
    return ok;
}

int main(int argc, char **argv)
{
    struct app *app = NULL;
    struct err err = {0};
    if (argc != 6 && argc != 7) {
        fprintf(stderr, "usage: make_records FOLDER PIN FIRST COUNT BYTES [PHOTO]\n");
        return 2;
    }
    struct app_options options = {.folder = argv[1], .no_sync = true};
    bool ok = app_open(&options, &app, &err) && app_unlock(app, str_of(argv[2]), &err);
    for (int i = 0; ok && i < atoi(argv[4]); i++) {
        ok = make(app, atoi(argv[3]) + i, (size_t)atoi(argv[5]),
                  argc == 7 ? (size_t)atoi(argv[6]) : 0, &err);
    }
    if (!ok) {
        fprintf(stderr, "make_records: %s\n", err.text);
    }
    app_close(app);
    return ok ? 0 : 1;
}
