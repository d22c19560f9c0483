#include "helper_outbox.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "platform/base/rand.h"

static struct memory_record *record_of(struct memory_outbox *m, int64_t key)
{
    assert(key > 0 && (size_t)key <= m->records.n);
    return &m->records.v[key - 1];
}

static bool can_write(const struct memory_outbox *m, struct err *err)
{
    return !(m->fails || m->is_cut) || err_set(err, ERR_STORAGE, ENOSPC, "disk full");
}

static int64_t bytes_left(const struct memory_record *r)
{
    int64_t left = (int64_t)r->xml.n;
    for (size_t i = 0; i < r->files.n; i++) {
        left += r->files.v[i].is_confirmed ? 0 : (int64_t)r->files.v[i].bytes.n;
    }
    return left;
}

static bool is_before(const struct memory_record *a, const struct memory_record *b)
{
    if (a->attempts != b->attempts) {
        return a->attempts < b->attempts;
    }
    bool is_small = bytes_left(a) <= 256 << 10;
    bool is_other_small = bytes_left(b) <= 256 << 10;
    return is_small != is_other_small ? is_small : a < b; /* the array is the sequence */
}

static void fill(const struct memory_record *r, int64_t key, struct arena *arena,
                 struct outbox_item *item)
{
    *item = (struct outbox_item){.record = key,
                                 .sequence = key,
                                 .instance_id = arena_strdup(arena, r->instance_id),
                                 .form_id = arena_strdup(arena, r->form_id),
                                 .form_version = "1",
                                 .xml = {arena_str(arena, buf_str(&r->xml)), r->xml.n},
                                 .is_edit = r->is_edit,
                                 .is_xml_confirmed = r->is_xml_confirmed,
                                 .is_doubtful = r->is_doubtful,
                                 .attempts = r->attempts,
                                 .bytes_left = bytes_left(r),
                                 .n_files = r->files.n};
    item->files = arena_array(arena, struct outbox_file, r->files.n + 1);
    for (size_t i = 0; i < r->files.n; i++) {
        item->files[i] = (struct outbox_file){.name = arena_strdup(arena, r->files.v[i].name),
                                              .type = "image/jpeg",
                                              .size = (int64_t)r->files.v[i].bytes.n,
                                              .is_confirmed = r->files.v[i].is_confirmed,
                                              .is_aside = r->files.v[i].is_aside};
    }
}

static bool memory_next(void *ctx, int64_t now_ms, struct arena *arena, struct outbox_item *item,
                        struct err *err)
{
    struct memory_outbox *m = ctx;
    struct memory_record *best = NULL;
    for (size_t i = 0; i < m->records.n; i++) {
        struct memory_record *r = &m->records.v[i];
        if (r->state == MEMORY_READY && !r->is_given && r->next_ms <= now_ms &&
            (!best || is_before(r, best))) {
            best = r;
        }
    }
    if (best) {
        best->is_given = true;
        fill(best, best - m->records.v + 1, arena, item);
    }
    return best != NULL;
}

static bool memory_begin(void *ctx, int64_t key, struct err *err)
{
    struct memory_outbox *m = ctx;
    struct memory_record *r = record_of(m, key);
    assert(r->state == MEMORY_READY);
    if (!can_write(m, err)) {
        return false;
    }
    r->state = MEMORY_SENDING;
    r->begun++;
    return true;
}

static bool memory_open(void *ctx, int64_t key, size_t i, void **reader, struct err *err)
{
    struct memory_outbox *m = ctx;
    if (m->damaged_at == (int)key) {
        return err_set(err, ERR_DAMAGED, 0, "not what was written");
    }
    m->reading = record_of(m, key);
    assert(m->reading->state == MEMORY_SENDING || m->reading->is_asked);
    assert(i < m->reading->files.n);
    m->file = i;
    m->at = 0;
    m->open_files++;
    *reader = m;
    return true;
}

static bool memory_read(void *ctx, void *reader, void *bytes, size_t room, size_t *got,
                        struct err *err)
{
    struct memory_outbox *m = reader;
    const struct buf *from = &m->reading->files.v[m->file].bytes;
    size_t left = from->n - m->at;
    *got = left < room ? left : room;
    memcpy(bytes, buf_text(from) + m->at, *got);
    m->at += *got;
    return true;
}

static void memory_close(void *ctx, void *reader)
{
    ((struct memory_outbox *)ctx)->open_files--;
}

static bool memory_confirm(void *ctx, const struct outbox_item *item, struct err *err)
{
    struct memory_outbox *m = ctx;
    struct memory_record *r = record_of(m, item->record);
    if (!can_write(m, err)) {
        return false;
    }
    r->is_xml_confirmed = item->is_xml_confirmed;
    for (size_t i = 0; i < item->n_files; i++) {
        r->files.v[i].is_confirmed = item->files[i].is_confirmed;
    }
    m->confirms++;
    return true;
}

static void write_outcome(struct memory_record *r, const struct outbox_outcome *outcome)
{
    static const enum memory_state states[] = {MEMORY_SENT, MEMORY_READY, MEMORY_HELD,
                                               MEMORY_ASIDE};
    r->state = states[outcome->action];
    r->reason = outcome->reason;
    memcpy(r->message, outcome->message, sizeof(r->message));
}

static bool memory_settle(void *ctx, const struct outbox_item *item,
                          const struct outbox_outcome *outcome, struct err *err)
{
    struct memory_outbox *m = ctx;
    if (!can_write(m, err)) {
        return false;
    }
    m->settles++;
    struct memory_record *own = record_of(m, item->record);
    write_outcome(own, outcome);
    own->next_ms = outcome->next_ms;
    own->is_doubtful = outcome->is_doubtful;
    own->attempts = outcome->action == OUTBOX_RETRY ? item->attempts + 1 : item->attempts;
    for (size_t i = 0; i < item->n_files; i++) {
        own->files.v[i].is_aside = item->files[i].is_aside;
    }
    for (size_t i = 0; i < m->records.n && outcome->scope != OUTBOX_RECORD; i++) {
        struct memory_record *r = &m->records.v[i];
        bool is_reached = outcome->scope == OUTBOX_ALL || !strcmp(r->form_id, own->form_id);
        if (r != own && r->state == MEMORY_READY && is_reached) {
            write_outcome(r, outcome);
            r->next_ms = r->next_ms > outcome->next_ms ? r->next_ms : outcome->next_ms;
            r->attempts = r->attempts > item->attempts + 1 ? r->attempts : item->attempts + 1;
        }
    }
    return true;
}

static bool memory_release(void *ctx, enum outbox_reason reason, const char *form_id,
                           struct err *err)
{
    struct memory_outbox *m = ctx;
    for (size_t i = 0; i < m->records.n; i++) {
        struct memory_record *r = &m->records.v[i];
        if ((r->state == MEMORY_HELD || r->state == MEMORY_READY) && r->reason == reason &&
            (!form_id || !strcmp(form_id, r->form_id))) {
            r->state = MEMORY_READY;
            r->next_ms = 0;
            r->attempts = 0;
            r->is_given = false;
            r->reason = OUTBOX_NO_REASON;
        }
    }
    return can_write(m, err);
}

static bool memory_next_due(void *ctx, int64_t *due_ms, struct err *err)
{
    struct memory_outbox *m = ctx;
    *due_ms = 0;
    for (size_t i = 0; i < m->records.n; i++) {
        const struct memory_record *r = &m->records.v[i];
        if (r->state == MEMORY_READY && r->next_ms && (!*due_ms || r->next_ms < *due_ms)) {
            *due_ms = r->next_ms;
        }
    }
    return true;
}

static bool memory_next_sent(void *ctx, int64_t now_ms, struct arena *arena,
                             struct outbox_item *item, struct err *err)
{
    struct memory_outbox *m = ctx;
    for (size_t i = 0; m->is_old && i < m->records.n; i++) {
        struct memory_record *r = &m->records.v[i];
        if (r->state == MEMORY_SENT && !r->is_seen_again && !r->is_asked) {
            r->is_asked = true;
            fill(r, (int64_t)i + 1, arena, item);
            return true;
        }
    }
    return false;
}

static bool memory_seen_again(void *ctx, int64_t key, struct err *err)
{
    record_of(ctx, key)->is_seen_again = true;
    return true;
}

struct outbox memory_outbox_of(struct memory_outbox *memory)
{
    static const struct outbox_ops ops = {memory_next,      memory_begin,     memory_open,
                                          memory_read,      memory_close,     memory_confirm,
                                          memory_settle,    memory_release,   memory_next_due,
                                          memory_next_sent, memory_seen_again};
    return (struct outbox){&ops, memory};
}

struct memory_record *memory_add(struct memory_outbox *memory, const char *form_id, size_t n,
                                 size_t size)
{
    struct memory_record *r = vec_add(&memory->records);
    char uuid[RAND_UUID_TEXT];
    memset(r, 0, sizeof(*r));
    rand_uuid(uuid);
    snprintf(r->instance_id, sizeof(r->instance_id), "uuid:%s", uuid);
    snprintf(r->form_id, sizeof(r->form_id), "%s", form_id);
    buf_addf(&r->xml, "<?xml version=\"1.0\"?><data id=\"%s\" version=\"1\">", form_id);
    for (size_t i = 0; i < n; i++) {
        struct memory_file *file = vec_add(&r->files);
        memset(file, 0, sizeof(*file));
        snprintf(file->name, sizeof(file->name), "%zu-%s.jpg", i, uuid);
        buf_addf(&r->xml, "<photo>%s</photo>", file->name);
        for (size_t k = 0; k < size; k++) {
            buf_add_char(&file->bytes, (char)(k * 7 + i + memory->records.n));
        }
    }
    buf_addf(&r->xml, "<meta><instanceID>%s</instanceID></meta></data>", r->instance_id);
    return r;
}

void memory_restart(struct memory_outbox *memory)
{
    memory->is_cut = false;
    for (size_t i = 0; i < memory->records.n; i++) {
        struct memory_record *r = &memory->records.v[i];
        r->is_given = r->is_asked = false;
        if (r->state == MEMORY_SENDING) {
            r->state = MEMORY_READY;
            r->is_doubtful = true;
        }
    }
}

int memory_count(const struct memory_outbox *memory, enum memory_state state)
{
    int n = 0;
    for (size_t i = 0; i < memory->records.n; i++) {
        n += memory->records.v[i].state == state;
    }
    return n;
}

void memory_finish(struct memory_outbox *memory)
{
    for (size_t i = 0; i < memory->records.n; i++) {
        for (size_t k = 0; k < memory->records.v[i].files.n; k++) {
            buf_finish(&memory->records.v[i].files.v[k].bytes);
        }
        vec_finish(&memory->records.v[i].files);
        buf_finish(&memory->records.v[i].xml);
    }
    vec_finish(&memory->records);
}
