#include "tests/bench/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/hub/archive.h"
#include "platform/base/hash.h"
#include "platform/base/map.h"

struct look {
    struct archive *archive;
    struct link_truth *truth;
    struct map known; /* instanceID → its record of the truth */
    struct link_record *at;
    long strangers;
};

static void see_file(void *ctx, const struct archive_file *file)
{
    struct look *look = ctx;
    for (int i = 0; i < LINK_PHOTOS; i++) {
        look->at->files += file->is_here && !strcmp(file->name, look->at->names[i]) &&
                           !memcmp(file->digest, look->at->photos[i], LINK_HASH);
    }
}

static bool see_record(void *ctx, const struct archive_record *record)
{
    struct look *look = ctx;
    unsigned char digest[HASH_MAX];
    look->at = map_get(&look->known, str_of(record->instance));
    if (!look->at) {
        look->strangers++;
        return true;
    }
    hash_bytes(HASH_BLAKE2B, record->xml.s, record->xml.n, digest);
    look->at->found++;
    archive_record_files(look->archive, record->seq, see_file, look, NULL);
    look->at->is_whole =
        !memcmp(digest, look->at->xml, LINK_HASH) && look->at->files == LINK_PHOTOS;
    return true;
}

size_t link_judge(const char *hub_folder, struct link_truth *truth)
{
    struct look look = {.truth = truth};
    struct archive_filter filter = {.all_states = true, .wants_xml = true};
    struct err err = {0};
    size_t whole = 0;
    for (size_t i = 0; i < truth->n; i++) {
        map_put(&look.known, str_of(truth->v[i].instance), &truth->v[i]);
    }
    if (!archive_open(&look.archive, hub_folder, &err) ||
        !archive_record_list(look.archive, &filter, see_record, &look, &err)) {
        fprintf(stderr, "link: %s\n", err.text);
        exit(1);
    }
    archive_close(look.archive);
    for (size_t i = 0; i < truth->n; i++) {
        const struct link_record *r = &truth->v[i];
        whole += r->found == 1 && r->is_whole;
        if (r->found != 1 || !r->is_whole) {
            fprintf(stderr, "BROKEN %s: %d times on the hub, %d of %d files\n", r->instance,
                    r->found, r->files, LINK_PHOTOS);
        }
    }
    if (look.strangers) {
        fprintf(stderr, "BROKEN: %ld records that nobody made\n", look.strangers);
        whole = 0;
    }
    map_finish(&look.known);
    return whole;
}
