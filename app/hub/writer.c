#define LOG_ROOM "hub"
#include "app/hub/writer.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "app/hub/archive.h"
#include "platform/base/clock.h"
#include "platform/base/log.h"
#include "platform/base/mem.h"
#include "platform/base/vec.h"

enum { BATCH = 256, RETRY_S = 300, HOUR_MS = 3600000 };

static const int64_t overdue_ms = 5LL * 24 * HOUR_MS;

struct entry {
    struct openrosa_parcel *parcel;
    struct archive_verdict verdict;
};

struct writer {
    pthread_t thread;
    pthread_mutex_t mutex; /* over all below but archive */
    pthread_cond_t wake;
    bool stop, is_started;
    bool fill_asked, fill;
    VEC(struct openrosa_parcel *) waiting;
    VEC(int64_t) seen;
    struct archive *archive;
    int64_t overdue_checked_ms;
};

static void reply(struct entry *entry)
{
    const struct archive_verdict *verdict = &entry->verdict;
    const struct openrosa_parcel *parcel = entry->parcel;
    struct openrosa_result result = {.status = openrosa_status(verdict->verdict)};
    struct buf message = {0};
    const char *about = verdict->verdict == OPENROSA_NO_VERSION ? parcel->version
                        : parcel->deprecated                    ? parcel->deprecated
                                                                : "";
    openrosa_add_reason(&message, verdict->verdict, str_of(about));
    result.message = buf_text(&message);
    for (size_t i = 0; i < verdict->missing.n; i++) {
        vec_push(&result.missing, verdict->missing.v[i]);
    }
    openrosa_server_reply(entry->parcel, &result);
    vec_finish(&result.missing);
    buf_finish(&message);
}

static void reply_failed(struct entry *entry, const struct err *err)
{
    struct openrosa_result result = {
        .status = 503,
        .retry_s = RETRY_S,
        .message = "The disk of this server is full or failing. Nothing was stored; your record "
                   "stays on the device and can be sent later.",
    };
    if (err->kind != ERR_STORAGE) {
        result.retry_s = 30;
        result.message = "This server cannot store records now. Please try again later.";
    }
    openrosa_server_reply(entry->parcel, &result);
}

/* Keeps them all in one transaction. False when nothing of it was kept. */
static bool keep(struct writer *writer, struct entry *entries, size_t n, struct err *err)
{
    if (!archive_begin(writer->archive, err)) {
        return false;
    }
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        ok = archive_accept(writer->archive, entries[i].parcel, &entries[i].verdict, err);
    }
    return archive_end(writer->archive, ok, err);
}

/* When a batch fails, each of its records gets a transaction of its own, so that one bad record
 * does not hold the others. */
static void handle(struct writer *writer, struct entry *entries, size_t n)
{
    struct err err = {0};
    bool ok = keep(writer, entries, n, &err);
    for (size_t i = 0; i < n; i++) {
        if (!ok && n > 1) {
            archive_verdict_finish(&entries[i].verdict);
            handle(writer, &entries[i], 1);
            continue;
        }
        if (ok) {
            reply(&entries[i]);
        } else {
            log_error("a record was not kept: %s", err.text);
            reply_failed(&entries[i], &err);
        }
        archive_verdict_finish(&entries[i].verdict);
    }
}

static void note_seen(struct writer *writer, const int64_t *devices, size_t n)
{
    struct err err = {0};
    bool has_begun = archive_begin(writer->archive, &err), ok = has_begun;
    for (size_t i = 0; ok && i < n; i++) {
        ok = archive_device_touch(writer->archive, devices[i], "", &err);
    }
    if (!has_begun || !archive_end(writer->archive, ok, &err)) {
        log_warn("when devices were seen was not noted: %s", err.text);
    }
}

static void check_overdue(struct writer *writer)
{
    struct err err = {0};
    int64_t now = clock_mono_ms();
    if (writer->overdue_checked_ms && now - writer->overdue_checked_ms < HOUR_MS) {
        return;
    }
    writer->overdue_checked_ms = now;
    if (!archive_entity_overdue(writer->archive, clock_now_ms() - overdue_ms, &err)) {
        log_warn("held entity updates were not looked at: %s", err.text);
    }
}

static void wait_for_work(struct writer *writer)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 600;
    while (!writer->stop && writer->waiting.n == 0 && writer->seen.n == 0 && !writer->fill_asked) {
        if (pthread_cond_timedwait(&writer->wake, &writer->mutex, &until) != 0) {
            return;
        }
    }
}

static void *run(void *ctx)
{
    struct writer *writer = ctx;
    struct entry entries[BATCH];
    bool done = false;
    while (!done) {
        VEC(int64_t) seen = {0};
        size_t n = 0;
        pthread_mutex_lock(&writer->mutex);
        wait_for_work(writer);
        for (; n < writer->waiting.n && n < BATCH; n++) {
            entries[n] = (struct entry){.parcel = writer->waiting.v[n]};
        }
        if (n > 0) {
            memmove(writer->waiting.v, writer->waiting.v + n,
                    (writer->waiting.n - n) * sizeof(*writer->waiting.v));
        }
        writer->waiting.n -= n;
        for (size_t i = 0; i < writer->seen.n; i++) {
            vec_push(&seen, writer->seen.v[i]);
        }
        writer->seen.n = 0;
        done = writer->stop && writer->waiting.n == 0 && n == 0;
        bool fill_asked = writer->fill_asked, fill = writer->fill;
        writer->fill_asked = false;
        pthread_mutex_unlock(&writer->mutex);
        if (fill_asked) {
            archive_fill_disk(writer->archive, fill);
        }
        if (n > 0) {
            handle(writer, entries, n);
        }
        if (seen.n > 0) {
            note_seen(writer, seen.v, seen.n);
        }
        check_overdue(writer);
        vec_finish(&seen);
    }
    return NULL;
}

bool writer_start(struct writer **out, const char *data, struct err *err)
{
    struct writer *writer = mem_alloc(1, sizeof(*writer));
    *out = NULL;
    pthread_mutex_init(&writer->mutex, NULL);
    pthread_cond_init(&writer->wake, NULL);
    if (!archive_open(&writer->archive, data, err)) {
        writer_stop(writer);
        return false;
    }
    writer->is_started = pthread_create(&writer->thread, NULL, run, writer) == 0;
    if (!writer->is_started) {
        writer_stop(writer);
        return err_set(err, ERR_DEVICE, 0, "cannot start the writer's thread");
    }
    *out = writer;
    return true;
}

void writer_close(struct writer *writer)
{
    if (writer && writer->is_started) {
        pthread_mutex_lock(&writer->mutex);
        writer->stop = true;
        pthread_cond_signal(&writer->wake);
        pthread_mutex_unlock(&writer->mutex);
        pthread_join(writer->thread, NULL);
        writer->is_started = false;
    }
}

void writer_stop(struct writer *writer)
{
    if (!writer) {
        return;
    }
    writer_close(writer);
    archive_close(writer->archive);
    vec_finish(&writer->waiting);
    vec_finish(&writer->seen);
    pthread_cond_destroy(&writer->wake);
    pthread_mutex_destroy(&writer->mutex);
    free(writer);
}

void writer_add(struct writer *writer, struct openrosa_parcel *parcel)
{
    pthread_mutex_lock(&writer->mutex);
    bool is_closed = writer->stop;
    if (!is_closed) {
        vec_push(&writer->waiting, parcel);
        pthread_cond_signal(&writer->wake);
    }
    pthread_mutex_unlock(&writer->mutex);
    if (is_closed) {
        struct entry entry = {.parcel = parcel};
        struct err err = {.kind = ERR_CANCELLED};
        reply_failed(&entry, &err);
    }
}

void writer_touch(struct writer *writer, int64_t device)
{
    pthread_mutex_lock(&writer->mutex);
    vec_push(&writer->seen, device);
    pthread_cond_signal(&writer->wake);
    pthread_mutex_unlock(&writer->mutex);
}

void writer_fill_disk(struct writer *writer, bool full)
{
    pthread_mutex_lock(&writer->mutex);
    writer->fill = full;
    writer->fill_asked = true;
    pthread_cond_signal(&writer->wake);
    pthread_mutex_unlock(&writer->mutex);
}
