#include "helper_crowd.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/hub/archive.h"
#include "app/hub/formdef.h"
#include "app/hub/hub.h"
#include "app/store/attachment.h"
#include "app/store/outbox.h"
#include "app/store/record.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/base/map.h"
#include "platform/db/crypt.h"
#include "sync/carrier/carriers.h"
#include "sync/run/run.h"

enum { PHOTOS = 4, PATH = 96, SESSIONS = 400, DIGEST = 32 };

static const char form[] =
    "<?xml version=\"1.0\"?><h:html xmlns=\"http://www.w3.org/2002/xforms\" "
    "xmlns:h=\"http://www.w3.org/1999/xhtml\"><h:head><h:title>Visit</h:title><model><instance>"
    "<data id=\"visit\" version=\"1\"><name/><photo/><photo/><photo/><photo/><meta><instanceID/>"
    "</meta></data></instance><bind nodeset=\"/data/name\" type=\"string\"/>"
    "<bind nodeset=\"/data/photo\" type=\"binary\"/></model></h:head><h:body>"
    "<input ref=\"/data/name\"><label>Name</label></input></h:body></h:html>";

/* A record as it was made: the oracle. */
struct kept {
    char instance[64];
    int64_t id;
    unsigned char xml[DIGEST];
    int photos, found, files;
    char names[PHOTOS][40];
    unsigned char digests[PHOTOS][DIGEST];
    bool is_right;
};

struct meeting;

struct handheld {
    struct meeting *meeting;
    int number;
    uint64_t state;
    char token[TOKEN_TEXT], address[160], folder[PATH];
    struct store *store;
    struct kept *kept;
    long sessions, tries, failed, sent;
    int64_t *ms;      /* of each sending that ended as sent */
    int64_t began_ms; /* the present one */
    pthread_t thread;
};

struct meeting {
    const struct crowd *crowd;
    char root[PATH / 2], hub_folder[PATH];
    struct handheld *handhelds;
    pthread_barrier_t together;
    struct breaks *breaks;
    pid_t hub;
    int hub_ear; /* closing it ends the hub */
};

static void must(bool ok, const char *what, const struct err *err)
{
    if (!ok) {
        fprintf(stderr, "the crowd itself failed: %s: %s\n", what, err->text);
        abort();
    }
}

static uint64_t draw(struct handheld *h)
{
    uint64_t z = h->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* ---- the hub -------------------------------------------------------------------------------- */

static void enrol_all(struct meeting *m)
{
    struct archive *archive = NULL;
    struct formdef *def = NULL;
    struct err err = {0};
    bool is_new;
    must(archive_open(&archive, m->hub_folder, &err) && formdef_read(&def, str_of(form), &err) &&
             archive_publish(archive, str_of(form), def, &is_new, &err),
         "form", &err);
    for (int i = 0; i < m->crowd->devices; i++) {
        char name[32], code[CODE_TEXT];
        snprintf(name, sizeof(name), "handheld %d", i);
        must(archive_device_add(archive, name, clock_now_ms() + 3600000, m->handhelds[i].token,
                                code, &err),
             "device", &err);
    }
    formdef_destroy(def);
    archive_close(archive);
}

/* A process of its own: serves until the other end of the pipe is closed. */
static int serve(struct meeting *m, int ear, int mouth)
{
    struct hub_options options = {.data = m->hub_folder};
    struct hub *hub = NULL;
    struct err err = {0};
    char end;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    must(hub_start(&hub, &options, &err), "hub", &err);
    int port = hub_port(hub);
    ssize_t n = write(mouth, &port, sizeof(port));
    while (n > 0 && (n = read(ear, &end, 1)) > 0) {
    }
    hub_stop(hub);
    return 0;
}

static int start_hub(struct meeting *m)
{
    int ear[2], mouth[2], port = 0;
    if (pipe(ear) != 0 || pipe(mouth) != 0) {
        abort();
    }
    fflush(NULL);
    m->hub = fork();
    if (m->hub == 0) {
        close(ear[1]);
        _exit(serve(m, ear[0], mouth[1]));
    }
    close(ear[0]);
    close(mouth[1]);
    m->hub_ear = ear[1];
    if (read(mouth[0], &port, sizeof(port)) != sizeof(port)) {
        abort();
    }
    close(mouth[0]);
    return port;
}

static long memory_of(pid_t pid)
{
    char path[64], line[256];
    long kib = 0;
    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof(line), f)) {
        kib = strncmp(line, "VmHWM:", 6) == 0 ? atol(line + 6) : kib;
    }
    if (f) {
        fclose(f);
    }
    return kib;
}

/* ---- the handhelds -------------------------------------------------------------------------- */

static struct key *key_of_all(void)
{
    static const unsigned char raw[CRYPT_KEY] = "the key of every handheld here!";
    return key_of(raw);
}

static void open_store(const char *folder, struct store **store)
{
    struct key *key = key_of_all();
    struct store_health health;
    struct err err = {0};
    must(store_start(folder, key, store, &health, &err), "store", &err);
    key_destroy(key);
}

/* Making the tables is the slow part of a new store: once, then copies. */
static void make_folders(struct meeting *m)
{
    char command[4 * PATH], pattern[PATH];
    struct store *store = NULL;
    snprintf(pattern, sizeof(pattern), "%s/new", m->root);
    open_store(pattern, &store);
    store_close(store);
    snprintf(command, sizeof(command),
             "cd '%s' && for i in $(seq 0 %d); do cp -r new h$i || exit 1; done", m->root,
             m->crowd->devices - 1);
    if (system(command) != 0) {
        abort();
    }
}

static void add_photo(struct handheld *h, struct kept *kept, int i, struct buf *xml)
{
    struct buf bytes = {0};
    struct err err = {0};
    size_t size = 1 + (size_t)(draw(h) % h->meeting->crowd->photo);
    uint64_t light = draw(h);
    for (size_t k = 0; k < size; k++) {
        buf_add_char(&bytes, (char)(light >> (k % 8 * 8)) ^ (char)k);
    }
    snprintf(kept->names[i], sizeof(kept->names[i]), "ảnh %d.jpg", i);
    hash_bytes(HASH_BLAKE2B, bytes.s, bytes.n, kept->digests[i]);
    buf_addf(xml, "<photo>%s</photo>", kept->names[i]);
    must(attachment_put(h->store, kept->id, kept->names[i], "image/jpeg", buf_str(&bytes), &err),
         "photo", &err);
    buf_finish(&bytes);
}

static void add_record(struct handheld *h, int number)
{
    struct kept *kept = &h->kept[number];
    struct buf xml = {0};
    struct err err = {0};
    const char *names[PHOTOS];
    snprintf(kept->instance, sizeof(kept->instance), "uuid:%08x-%04x-4000-8000-%012llx", h->number,
             (unsigned)number, (unsigned long long)(draw(h) & 0xffffffffffffull));
    must(record_create(h->store,
                       &(struct record_new){
                           .form_id = "visit", .version = "1", .instance_id = kept->instance},
                       &kept->id, &err),
         "record", &err);
    buf_addf(&xml,
             "<?xml version=\"1.0\"?><data id=\"visit\" version=\"1\"><name>Máy %d, phiếu %d"
             "</name>",
             h->number, number);
    kept->photos = (int)(draw(h) % (uint64_t)(h->meeting->crowd->photos + 1));
    for (int i = 0; i < kept->photos; i++) {
        add_photo(h, kept, i, &xml);
        names[i] = kept->names[i];
    }
    buf_addf(&xml, "<meta><instanceID>%s</instanceID></meta></data>", kept->instance);
    hash_bytes(HASH_BLAKE2B, xml.s, xml.n, kept->xml);
    must(record_finish(h->store, kept->id,
                       &(struct record_final){.xml = buf_str(&xml),
                                              .files = names,
                                              .file_count = (size_t)kept->photos},
                       &err),
         "finish", &err);
    buf_finish(&xml);
}

static void tell(void *ctx, const struct run_report *report)
{
    struct handheld *h = ctx;
    if (report->step == RUN_SENDING && h->began_ms == 0) {
        h->began_ms = clock_mono_ms();
    } else if (report->step == RUN_SETTLED) {
        bool is_sent = report->outcome->action == OUTBOX_SENT;
        h->tries++;
        h->failed += !is_sent;
        if (is_sent && h->sent < h->meeting->crowd->records) {
            h->ms[h->sent++] = clock_mono_ms() - h->began_ms;
        }
        h->began_ms = 0;
    }
}

static bool is_all_sent(struct handheld *h)
{
    int64_t left = -1, bytes = 0;
    struct err err = {0};
    must(outbox_left(h->store, &left, &bytes, &err), "left", &err);
    return left == 0;
}

static void *live(void *ctx)
{
    struct handheld *h = ctx;
    struct meeting *m = h->meeting;
    char name[24];
    open_store(h->folder, &h->store);
    for (int i = 0; i < m->crowd->records; i++) {
        add_record(h, i);
    }
    snprintf(name, sizeof(name), "gocua:%08d", h->number);
    pthread_barrier_wait(&m->together);
    while (!is_all_sent(h) && h->sessions < SESSIONS) {
        struct run_result result;
        struct err err = {0};
        struct run_settings set = {.carrier = carrier_find("openrosa"),
                                   .to = {.address = h->address, .device_id = name},
                                   .is_asked = true,
                                   .tell = tell,
                                   .tell_ctx = h};
        outbox_begin(h->store, &set.outbox);
        must(run_session(&set, &result, &err), "session", &err);
        outbox_end(&set.outbox);
        h->sessions++;
        usleep((useconds_t)(draw(h) % 100000));
    }
    return NULL;
}

/* ---- the truth ------------------------------------------------------------------------------ */

struct look {
    struct archive *archive;
    struct map known; /* instanceID → struct kept */
    struct kept *at;
    struct crowd_result *result;
};

static void see_file(void *ctx, const struct archive_file *file)
{
    struct look *look = ctx;
    for (int i = 0; i < look->at->photos; i++) {
        look->at->files += file->is_here && !strcmp(file->name, look->at->names[i]) &&
                           !memcmp(file->digest, look->at->digests[i], DIGEST);
    }
}

static bool see_record(void *ctx, const struct archive_record *record)
{
    struct look *look = ctx;
    unsigned char digest[HASH_MAX];
    look->at = map_get(&look->known, str_of(record->instance));
    if (!look->at) {
        fprintf(stderr, "BROKEN: a record that nobody made: %s\n", record->instance);
        look->result->doubled++;
        return true;
    }
    hash_bytes(HASH_BLAKE2B, record->xml.s, record->xml.n, digest);
    look->at->found++;
    look->at->is_right = memcmp(digest, look->at->xml, DIGEST) == 0;
    archive_record_files(look->archive, record->seq, see_file, look, NULL);
    return true;
}

static void judge_record(const struct kept *kept, bool is_sent, struct crowd_result *result)
{
    bool is_whole = kept->is_right && kept->files == kept->photos;
    result->records += kept->found > 0;
    result->files += kept->files;
    result->lost += kept->found == 0;
    result->doubled += kept->found > 1;
    result->damaged += kept->found == 1 && !is_whole;
    result->unsent += !is_sent;
    if (kept->found != 1 || !is_whole || !is_sent) {
        fprintf(stderr, "BROKEN %s: %d times on the hub, %d of %d files, %s\n", kept->instance,
                kept->found, kept->files, kept->photos, is_sent ? "sent" : "not sent");
    }
}

static bool is_sent(struct handheld *h, const struct kept *kept)
{
    struct arena arena = {0};
    struct record record = {0};
    struct err err = {0};
    must(record_get(h->store, kept->id, &arena, &record, &err), "record", &err);
    arena_finish(&arena);
    return record.state == RECORD_SENT;
}

static void judge(struct meeting *m, struct crowd_result *result)
{
    struct look look = {.result = result};
    struct archive_filter filter = {.all_states = true, .wants_xml = true};
    struct err err = {0};
    for (int i = 0; i < m->crowd->devices; i++) {
        for (int k = 0; k < m->crowd->records; k++) {
            struct kept *kept = &m->handhelds[i].kept[k];
            map_put(&look.known, str_of(kept->instance), kept);
        }
    }
    must(archive_open(&look.archive, m->hub_folder, &err) &&
             archive_record_list(look.archive, &filter, see_record, &look, &err),
         "list", &err);
    archive_close(look.archive);
    for (int i = 0; i < m->crowd->devices; i++) {
        struct handheld *h = &m->handhelds[i];
        for (int k = 0; k < m->crowd->records; k++) {
            judge_record(&h->kept[k], is_sent(h, &h->kept[k]), result);
        }
    }
    map_finish(&look.known);
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void measure(const struct meeting *m, struct crowd_result *result)
{
    size_t n = 0;
    int64_t *all = mem_alloc((size_t)m->crowd->devices * (size_t)m->crowd->records, sizeof(*all));
    for (int i = 0; i < m->crowd->devices; i++) {
        const struct handheld *h = &m->handhelds[i];
        memcpy(all + n, h->ms, (size_t)h->sent * sizeof(*all));
        n += (size_t)h->sent;
        result->sessions += h->sessions;
        result->tries += h->tries;
        result->failed += h->failed;
    }
    qsort(all, n, sizeof(*all), compare);
    if (n > 0) {
        result->p50_ms = (double)all[n / 2];
        result->p99_ms = (double)all[n * 99 / 100];
        result->most_ms = (double)all[n - 1];
    }
    free(all);
}

/* ---- the play ------------------------------------------------------------------------------- */

static void gather(struct meeting *m)
{
    const struct crowd *crowd = m->crowd;
    size_t records = (size_t)crowd->records;
    snprintf(m->root, sizeof(m->root), "%s/gocua-crowd-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(m->root)) {
        abort();
    }
    snprintf(m->hub_folder, sizeof(m->hub_folder), "%s/hub", m->root);
    m->handhelds = mem_alloc((size_t)crowd->devices, sizeof(*m->handhelds));
    for (int i = 0; i < crowd->devices; i++) {
        struct handheld *h = &m->handhelds[i];
        h->meeting = m;
        h->number = i;
        h->state = crowd->seed * 1000003u + (uint64_t)i;
        h->kept = mem_alloc(records, sizeof(*h->kept));
        h->ms = mem_alloc(records, sizeof(*h->ms));
        snprintf(h->folder, sizeof(h->folder), "%s/h%d", m->root, i);
    }
    make_folders(m);
    enrol_all(m);
}

static void scatter(struct meeting *m)
{
    for (int i = 0; i < m->crowd->devices; i++) {
        store_close(m->handhelds[i].store);
        free(m->handhelds[i].kept);
        free(m->handhelds[i].ms);
    }
    free(m->handhelds);
    pthread_barrier_destroy(&m->together);
    file_remove_tree(m->root, NULL);
}

int crowd_play(const struct crowd *crowd, struct crowd_result *result)
{
    struct meeting m = {.crowd = crowd};
    struct rusage usage;
    int status;
    *result = (struct crowd_result){0};
    gather(&m);
    m.breaks = breaks_start(start_hub(&m), crowd->broken_percent, crowd->seed);
    pthread_barrier_init(&m.together, NULL, (unsigned)crowd->devices + 1);
    for (int i = 0; i < crowd->devices; i++) {
        struct handheld *h = &m.handhelds[i];
        snprintf(h->address, sizeof(h->address), "http://127.0.0.1:%d/key/%s",
                 breaks_port(m.breaks), h->token);
        if (pthread_create(&h->thread, NULL, live, h) != 0) {
            abort();
        }
    }
    pthread_barrier_wait(&m.together);
    int64_t begin = clock_mono_ms();
    for (int i = 0; i < crowd->devices; i++) {
        pthread_join(m.handhelds[i].thread, NULL);
    }
    result->seconds = (double)(clock_mono_ms() - begin) / 1000;
    result->hub_kib = memory_of(m.hub);
    result->breaks = breaks_stop(m.breaks);
    close(m.hub_ear);
    wait4(m.hub, &status, 0, &usage);
    result->hub_cpu_s = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                        (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    measure(&m, result);
    judge(&m, result);
    scatter(&m);
    return result->lost + result->doubled + result->damaged + result->unsent + (status != 0);
}

void crowd_print(const struct crowd *crowd, const struct crowd_result *r)
{
    printf(
        "| %d handhelds at once | %d records each, %d %% of the connections break |\n|---|---|\n",
        crowd->devices, crowd->records, crowd->broken_percent);
    printf("| on the hub | %ld records, %ld files |\n", r->records, r->files);
    printf("| lost, double, damaged, never sent | %d, %d, %d, %d |\n", r->lost, r->doubled,
           r->damaged, r->unsent);
    printf("| sessions, sendings, those that failed | %ld, %ld, %ld |\n", r->sessions, r->tries,
           r->failed);
    printf("| connections: all, refused, cut upwards, cut in the answer | %ld, %ld, %ld, %ld |\n",
           r->breaks.connections, r->breaks.refused, r->breaks.cut_up, r->breaks.cut_down);
    printf("| a record with its files: p50, p99, most | %.0f, %.0f, %.0f ms |\n", r->p50_ms,
           r->p99_ms, r->most_ms);
    printf("| until the last was sent | %.1f s |\n", r->seconds);
    printf("| the hub | %.1f MiB at most, %.1f s CPU |\n", (double)r->hub_kib / 1024, r->hub_cpu_s);
}
