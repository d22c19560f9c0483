#include "helper_kill_world.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/hub/serve.h"
#include "app/work/app.h"
#include "app/work/enrol.h"
#include "app/work/sync.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/base/log.h"

static void must(bool ok, const char *what, const struct err *err)
{
    if (!ok) {
        fprintf(stderr, "the lane itself failed: %s: %s\n", what, err->text);
        abort();
    }
}

/* ---- the hub -------------------------------------------------------------------------------- */

/* Serves until the driver closes its end or is gone. */
static void serve(const struct kill_world *world, int port_to, int life)
{
    struct hub_options options = {.data = world->hub, .no_limits = true};
    struct hub *hub = NULL;
    struct err err = {0};
    char end;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int port = hub_start(&hub, &options, &err) ? hub_port(hub) : 0;
    if (write(port_to, &port, sizeof(port)) == sizeof(port) && port) {
        while (read(life, &end, 1) > 0) {
        }
    }
    hub_stop(hub);
    _exit(0);
}

static int start_hub(struct kill_world *world)
{
    int port_ends[2], life_ends[2], port = 0;
    struct err err = {.text = "no pipe"};
    must(pipe2(port_ends, O_CLOEXEC) == 0 && pipe2(life_ends, O_CLOEXEC) == 0, "hub", &err);
    fflush(NULL);
    world->hub_pid = fork();
    if (world->hub_pid == 0) {
        close(life_ends[1]);
        serve(world, port_ends[1], life_ends[0]);
    }
    close(port_ends[1]);
    close(life_ends[0]);
    world->hub_life = life_ends[1];
    must(read(port_ends[0], &port, sizeof(port)) == sizeof(port) && port, "hub", &err);
    close(port_ends[0]);
    return port;
}

/* Publishes the form and writes an enrolment code for one device. */
static void prepare_hub(struct kill_world *world, int port, struct buf *code)
{
    struct err err = {0};
    struct formdef *def = NULL;
    struct buf xml = {0};
    bool is_new;
    char token[TOKEN_TEXT], typed[CODE_TEXT], url[64];
    int64_t until = clock_now_ms() + 3600000;
    snprintf(url, sizeof(url), "http://127.0.0.1:%d", port);
    const struct invitation invitation = {url, token, until};
    visit_form(&xml);
    must(formdef_read(&def, buf_str(&xml), &err) &&
             archive_publish(world->archive, buf_str(&xml), def, &is_new, &err),
         "form", &err);
    must(archive_device_add(world->archive, "lane", until, token, typed, &err) &&
             organisation_add_code(code, world->archive, world->hub, &invitation, &err),
         "device", &err);
    formdef_destroy(def);
    buf_finish(&xml);
}

/* ---- the device ----------------------------------------------------------------------------- */

/* The slowness of the PIN is what a store asks for, and here it asks for the least there is: what a
 * try costs is no part of the promises that are tested. */
static void set_pin(const struct kill_world *world)
{
    static const struct keyslot_cost cheap = {8192, 1};
    char keyslot[128], device[128];
    struct key *key = NULL;
    struct err err = {0};
    snprintf(keyslot, sizeof(keyslot), "%s/keyslot", world->fresh);
    snprintf(device, sizeof(device), "%s/device", world->fresh);
    must(keyslot_create(&(struct keyslot_place){keyslot, device}, KILL_PIN, &cheap, &key, &err),
         "keyslot", &err);
    keyslot_forget(key);
}

static void prepare_device(struct kill_world *world, struct str code)
{
    struct app *app = NULL;
    struct err err = {0};
    const struct app_options options = {.folder = world->fresh, .no_sync = true};
    const struct sync_options fetch = {.fetch = true};
    struct run_result result = {0};
    must(file_make_folder(world->fresh, &err), "folder", &err);
    set_pin(world);
    must(app_open(&options, &app, &err) && app_unlock(app, KILL_PIN, &err), "app", &err);
    must(enrol_accept(app, code, &err), "enrolment", &err);
    must(sync_now(app, &fetch, &result, &err), "fetch", &err);
    must(store_compact(app->store, &err), "compact", &err);
    app_close(app);
}

bool kill_world_open(struct kill_world *world)
{
    struct buf code = {0};
    struct err err = {0};
    *world = (struct kill_world){.hub_life = -1};
    /* syncing costs nothing in /dev/shm, and a kill needs no disk: what was written is written */
    snprintf(world->folder, sizeof(world->folder), "%s/gocua-kill-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(world->folder)) {
        perror(world->folder);
        return false;
    }
    snprintf(world->hub, sizeof(world->hub), "%s/hub", world->folder);
    snprintf(world->fresh, sizeof(world->fresh), "%s/fresh", world->folder);
    snprintf(world->device, sizeof(world->device), "%s/device", world->folder);
    int port = start_hub(world);
    must(archive_open(&world->archive, world->hub, &err), "archive", &err);
    prepare_hub(world, port, &code);
    prepare_device(world, buf_str(&code));
    buf_finish(&code);
    return true;
}

void kill_world_close(struct kill_world *world)
{
    int status;
    archive_close(world->archive);
    close(world->hub_life);
    waitpid(world->hub_pid, &status, 0);
    file_remove_tree(world->folder, NULL);
}

const char *kill_world_device(struct kill_world *world)
{
    static const char *const files[] = {"keyslot", "device", "check", "data/store.db"};
    char from[160], to[160];
    struct err err = {0};
    snprintf(to, sizeof(to), "%s/data/media", world->device);
    must(file_remove_tree(world->device, &err) && file_make_folder(to, &err), "device", &err);
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        snprintf(from, sizeof(from), "%s/%s", world->fresh, files[i]);
        snprintf(to, sizeof(to), "%s/%s", world->device, files[i]);
        must(file_copy(from, to, &err), "device", &err);
    }
    return world->device;
}

struct search {
    const char *folder;
    bool has_clear;
};

static bool search_file(void *ctx, const char *name)
{
    struct search *search = ctx;
    char path[512];
    struct buf bytes = {0};
    snprintf(path, sizeof(path), "%s/%s", search->folder, name);
    if (file_read(path, 64 << 20, &bytes, NULL)) {
        search->has_clear =
            bytes.n && memmem(bytes.s, bytes.n, KILL_CANARY, strlen(KILL_CANARY)) != NULL;
    }
    buf_finish(&bytes);
    return !search->has_clear;
}

bool kill_world_is_sealed(struct kill_world *world)
{
    static const char *const parts[] = {"", "/data", "/data/media", "/aside"};
    char folder[128];
    struct search search = {folder, false};
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts) && !search.has_clear; i++) {
        snprintf(folder, sizeof(folder), "%s%s", world->device, parts[i]);
        file_list(folder, search_file, &search, NULL);
    }
    return !search.has_clear;
}

/* ---- the look ------------------------------------------------------------------------------- */

struct look {
    const struct oracle *oracle;
    struct on_hub hub;
    int64_t seq;
    bool has_xml;
};

static bool see_record(void *ctx, const struct archive_record *record)
{
    struct look *look = ctx;
    if (strcmp(record->instance, look->oracle->instance) == 0) {
        unsigned char digest[HASH_MAX];
        hash_bytes(HASH_BLAKE2B, record->xml.s, record->xml.n, digest);
        look->hub.records++;
        look->seq = record->seq;
        look->has_xml = memcmp(digest, look->oracle->digest, KILL_DIGEST) == 0;
    }
    return true;
}

static void see_file(void *ctx, const struct archive_file *file)
{
    struct look *look = ctx;
    for (int i = 0; i < KILL_PHOTOS; i++) {
        if (file->is_here && strcmp(file->name, look->oracle->photos[i]) == 0) {
            struct buf bytes = {0};
            unsigned char digest[HASH_MAX];
            visit_photo(look->oracle->seed, i, &bytes);
            hash_bytes(HASH_BLAKE2B, bytes.s, bytes.n, digest);
            look->hub.files +=
                file->size == bytes.n && memcmp(file->digest, digest, KILL_DIGEST) == 0;
            buf_finish(&bytes);
        }
    }
}

static int count_of(struct str text, struct str what)
{
    int n = 0;
    for (ptrdiff_t at; (at = str_find(text, what)) >= 0; n++) {
        text.s += at + (ptrdiff_t)what.n;
        text.n -= (size_t)at + what.n;
    }
    return n;
}

struct on_hub kill_world_look(struct kill_world *world, const struct oracle *oracle)
{
    struct look look = {.oracle = oracle};
    const struct archive_filter filter = {.all_states = true, .wants_xml = true, .count = 8};
    struct err err = {0};
    struct buf csv = {0}, owner = {0};
    must(archive_record_list(world->archive, &filter, see_record, &look, &err), "list", &err);
    if (look.hub.records) {
        must(archive_record_files(world->archive, look.seq, see_file, &look, &err), "files", &err);
    }
    must(archive_entity_csv(world->archive, "homes", &csv, &err), "entities", &err);
    buf_addf(&owner, ",\"" KILL_CANARY " %llx ", (unsigned long long)oracle->seed);
    look.hub.entities = count_of(buf_str(&csv), buf_str(&owner));
    look.hub.is_whole = look.hub.records == 1 && look.has_xml && look.hub.files == KILL_PHOTOS;
    buf_finish(&csv);
    buf_finish(&owner);
    return look.hub;
}
