#include "sync/openrosa/client.h"

#include <string.h>

#include "platform/base/clock.h"
#include "sync/http/multipart.h"
#include "sync/openrosa/portal.h"

enum {
    FILES_IN_POST = 100,
    HEAD_BYTES = 512, /* a part's head is shorter */
    BATCH_MS = 8000,
    BATCH_LEAST = 32 << 10,
    TELLING = 8 << 10, /* fewer bytes say nothing about the speed: they fit into a buffer */
};

size_t portal_batch(const int64_t *sizes, size_t n, int64_t xml_size, int64_t limit)
{
    int64_t total = xml_size + 2 * HEAD_BYTES;
    size_t count = 0;
    while (count < n && count < FILES_IN_POST) {
        int64_t with = total + sizes[count] + HEAD_BYTES;
        if (count > 0 && with > limit) {
            break;
        }
        total = with;
        count++;
    }
    return count;
}

int64_t portal_batch_bytes(int64_t bytes, int64_t ms, int64_t most)
{
    if (bytes <= 0) {
        return most / 4;
    }
    int64_t wanted = bytes * BATCH_MS / (ms > 0 ? ms : 1);
    wanted = wanted > BATCH_LEAST ? wanted : BATCH_LEAST;
    return wanted < most ? wanted : most;
}

/* The sending of one record. */
struct sending {
    struct portal *client;
    struct portal_record *record;
    struct answer *answer;
    VEC(size_t) left;      /* files to be sent, in order */
    size_t batch;          /* how many of them are in this POST */
    bool is_one_by_one;    /* the server refused several at once */
    bool is_repaired;      /* files that the server lacked were offered once more */
    struct answer refused; /* why single files stay behind; ANSWER_ACCEPTED: none do */
};

struct file_source {
    struct portal_record *record;
    size_t i;
};

static bool source_open(void *ctx, struct err *err)
{
    struct file_source *source = ctx;
    return source->record->open_file(source->record->ctx, source->i, err);
}

static bool source_read(void *ctx, void *bytes, size_t room, size_t *got, struct err *err)
{
    struct file_source *source = ctx;
    return source->record->read_file(source->record->ctx, bytes, room, got, err);
}

static void source_close(void *ctx)
{
    struct file_source *source = ctx;
    source->record->close_file(source->record->ctx);
}

static void find_left(struct sending *s)
{
    s->left.n = 0;
    for (size_t i = 0; i < s->record->n_files; i++) {
        if (!s->record->files[i].is_confirmed && !s->record->files[i].is_refused) {
            vec_push(&s->left, i);
        }
    }
}

static size_t next_batch(const struct sending *s)
{
    const struct portal *client = s->client;
    int64_t wanted = portal_batch_bytes(client->moved, client->moved_ms, client->batch_bytes);
    int64_t limit = client->limit < wanted ? client->limit : wanted;
    VEC(int64_t) sizes = {0};
    for (size_t i = 0; i < s->left.n; i++) {
        vec_push(&sizes, s->record->files[s->left.v[i]].size);
    }
    size_t n = portal_batch(sizes.v, sizes.n, (int64_t)s->record->xml.n, limit);
    vec_finish(&sizes);
    return s->is_one_by_one && n > 1 ? 1 : n;
}

static bool fill_body(const struct sending *s, struct multipart *m, struct file_source *sources,
                      struct err *err)
{
    multipart_begin(m);
    if (!multipart_add(m, "xml_submission_file", "submission.xml", "text/xml", s->record->xml,
                       err)) {
        return false;
    }
    if (s->batch < s->left.n && !multipart_add(m, "*isIncomplete*", NULL, NULL, STR("yes"), err)) {
        return false;
    }
    for (size_t i = 0; i < s->batch; i++) {
        const struct portal_file *file = &s->record->files[s->left.v[i]];
        sources[i] = (struct file_source){s->record, s->left.v[i]};
        struct multipart_source source = {source_open, source_read, source_close, &sources[i]};
        const char *type = file->type && *file->type ? file->type : "application/octet-stream";
        if (!multipart_add_source(m, file->name, type, file->size, &source, err)) {
            return false;
        }
    }
    return true;
}

static bool post(struct sending *s, struct err *err)
{
    struct multipart m = {0};
    struct http_body body;
    struct file_source *sources = mem_alloc(s->batch + 1, sizeof(*sources));
    bool ok = fill_body(s, &m, sources, err);
    if (ok) {
        multipart_body(&m, &body);
        struct http_field fields[] = {{"X-OpenRosa-Version", "1.0"}, {"Content-Type", m.type}};
        struct http_ask ask = {.method = "POST",
                               .url = buf_text(&s->client->submission),
                               .fields = fields,
                               .n_fields = 2,
                               .body = &body};
        int64_t begin = clock_mono_ms();
        ok = portal_ask(s->client, ANSWER_ABOUT_RECORD, &ask, s->record->is_edit, s->answer, err);
        if (s->client->reply.sent >= TELLING) {
            s->client->moved = s->client->reply.sent;
            s->client->moved_ms = clock_mono_ms() - begin;
        }
    } else {
        *s->answer = (struct answer){.meaning = ANSWER_LOCAL};
    }
    multipart_finish(&m);
    free(sources);
    return ok;
}

static struct portal_file *file_named(struct portal_record *record, const char *name)
{
    for (size_t i = 0; i < record->n_files; i++) {
        if (!strcmp(record->files[i].name, name)) {
            return &record->files[i];
        }
    }
    return NULL;
}

/* Our hub says which files it lacks: what the ledger took for confirmed and is not there goes
 * again, once. False when it is still not there after that. */
static bool repair_ledger(struct sending *s)
{
    const struct wire_answer *said = &s->client->said;
    bool is_lacking = false;
    for (size_t i = 0; said->names_missing && i < said->missing.n; i++) {
        struct portal_file *file = file_named(s->record, said->missing.v[i]);
        if (file && file->is_confirmed) {
            file->is_confirmed = false;
            is_lacking = true;
        }
    }
    bool is_fine = !is_lacking || !s->is_repaired;
    s->is_repaired = s->is_repaired || is_lacking;
    return is_fine;
}

static bool note_accepted(struct sending *s, struct err *err)
{
    s->record->is_xml_confirmed = true;
    for (size_t i = 0; i < s->batch; i++) {
        s->record->files[s->left.v[i]].is_confirmed = true;
    }
    bool is_fine = repair_ledger(s);
    if (!s->record->confirmed(s->record->ctx, err)) {
        s->answer->meaning = ANSWER_LOCAL;
        return false;
    }
    if (!is_fine) {
        s->answer->meaning = ANSWER_SUSPICIOUS;
        return err_set(err, ERR_REMOTE, s->answer->status, "the server does not keep a file");
    }
    return true;
}

/* A refusal that may be about one file of several: smaller steps show which. True: go on. */
static bool can_go_on(struct sending *s)
{
    bool is_about_files =
        s->answer->meaning == ANSWER_TOO_LARGE || s->answer->meaning == ANSWER_FILE_DIFFERS;
    if (!is_about_files || s->batch == 0) {
        return false;
    }
    if (s->batch == 1) {
        s->record->files[s->left.v[0]].is_refused = true;
        s->refused = *s->answer; /* later POSTs of the record may well be accepted */
    }
    s->is_one_by_one = true;
    return true;
}

bool portal_send(struct portal *client, struct portal_record *record, struct answer *answer,
                 struct err *err)
{
    *answer = (struct answer){.meaning = ANSWER_ACCEPTED};
    struct sending s = {
        .client = client, .record = record, .answer = answer, .refused = {ANSWER_ACCEPTED}};
    bool ok = true;
    find_left(&s);
    while (ok && (s.left.n > 0 || !record->is_xml_confirmed)) {
        s.batch = next_batch(&s);
        ok = post(&s, err) ? note_accepted(&s, err) : can_go_on(&s);
        find_left(&s);
    }
    vec_finish(&s.left);
    if (ok && s.refused.meaning != ANSWER_ACCEPTED) {
        *answer = s.refused;
        return err_set(err, ERR_REMOTE, answer->status, "the server refuses a file");
    }
    return ok;
}
