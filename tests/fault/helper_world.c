#include "helper_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/hub/formdef.h"
#include "app/hub/serve.h"
#include "app/store/attachment.h"
#include "app/store/outbox.h"
#include "app/store/record.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/db/crypt.h"
#include "sync/carrier/carriers.h"

static const char form[] =
    "<?xml version=\"1.0\"?><h:html xmlns=\"http://www.w3.org/2002/xforms\" "
    "xmlns:h=\"http://www.w3.org/1999/xhtml\"><h:head><h:title>Visit</h:title><model><instance>"
    "<data id=\"visit\" version=\"1\"><name/><photo/><photo/><photo/><meta><instanceID/></meta>"
    "</data></instance><bind nodeset=\"/data/name\" type=\"string\"/>"
    "<bind nodeset=\"/data/photo\" type=\"binary\"/></model></h:head><h:body>"
    "<input ref=\"/data/name\"><label>Name</label></input></h:body></h:html>";

static void must(bool ok, const char *what, const struct err *err)
{
    if (!ok) {
        fprintf(stderr, "the lane itself failed: %s: %s\n", what, err->text);
        abort();
    }
}

static const char *temp_root(void)
{
    return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"; /* syncing costs nothing there */
}

static void start_hub(struct ends *ends)
{
    struct hub_options options = {.data = ends->hub_folder, .host = ends->host, .no_limits = true};
    struct err err = {0};
    must(hub_start(&ends->hub, &options, &err), "hub", &err);
}

static struct key *device_key(void)
{
    static const unsigned char raw[CRYPT_KEY] = "the key of a device in the lane";
    return key_of(raw);
}

static void start_device(struct ends *ends)
{
    struct key *key = device_key();
    struct store_health health;
    struct err err = {0};
    must(store_start(ends->device_folder, key, &ends->store, &health, &err), "store", &err);
    key_destroy(key);
}

void ends_open(struct ends *ends)
{
    ends_open_at(ends, NULL);
}

void ends_furnish(struct ends *ends)
{
    struct formdef *def = NULL;
    struct err err = {0};
    bool is_new;
    char code[CODE_TEXT];
    struct archive *archive = hub_take(ends->hub, &err);
    must(archive_device_add(archive, "lane", clock_now_ms() + 3600000, ends->token, code, &err),
         "device", &err);
    must(formdef_read(&def, str_of(form), &err) &&
             archive_publish(archive, str_of(form), def, &is_new, &err),
         "form", &err);
    formdef_destroy(def);
    hub_give(ends->hub, archive);
    snprintf(ends->address, sizeof(ends->address), "http://127.0.0.1:%d/key/%s",
             gate_port(ends->gate), ends->token);
}

void ends_open_at(struct ends *ends, const char *host)
{
    *ends = (struct ends){.stall_seconds = 1, .host = host};
    snprintf(ends->hub_folder, sizeof(ends->hub_folder), "%s/gocua-lane-hub-XXXXXX", temp_root());
    snprintf(ends->device_folder, sizeof(ends->device_folder), "%s/gocua-lane-dev-XXXXXX",
             temp_root());
    if (!mkdtemp(ends->hub_folder) || !mkdtemp(ends->device_folder)) {
        abort();
    }
    start_hub(ends);
    ends->gate = gate_start(hub_port(ends->hub));
    ends_furnish(ends);
    start_device(ends);
}

void ends_forget(struct ends *ends)
{
    for (size_t i = 0; i < ends->made.n; i++) {
        buf_finish(&ends->made.v[i].xml);
        for (int k = 0; k < LANE_FILES; k++) {
            buf_finish(&ends->made.v[i].files[k]);
        }
    }
    ends->made.n = 0;
}

void ends_close(struct ends *ends)
{
    ends_forget(ends);
    vec_finish(&ends->made);
    store_close(ends->store);
    gate_stop(ends->gate);
    hub_stop(ends->hub);
    file_remove_tree(ends->hub_folder, NULL);
    file_remove_tree(ends->device_folder, NULL);
}

void ends_stop_hub(struct ends *ends)
{
    hub_stop(ends->hub);
    ends->hub = NULL;
}

void ends_start_hub(struct ends *ends)
{
    start_hub(ends);
    gate_point(ends->gate, hub_port(ends->hub));
}

void ends_restart_hub(struct ends *ends)
{
    ends_stop_hub(ends);
    ends_start_hub(ends);
}

void ends_restart_device(struct ends *ends)
{
    store_close(ends->store);
    start_device(ends);
}

void ends_open_form(struct ends *ends, bool is_open)
{
    struct err err = {0};
    struct archive *archive = hub_take(ends->hub, &err);
    must(archive_form_set_state(archive, "visit",
                                is_open ? OPENROSA_FORM_OPEN : OPENROSA_FORM_CLOSED, &err),
         "form state", &err);
    hub_give(ends->hub, archive);
}

void ends_add(struct ends *ends, const char *instance_id, int n_files, size_t size)
{
    struct made *m = vec_add(&ends->made);
    struct err err = {0};
    const char *names[LANE_FILES];
    memset(m, 0, sizeof(*m));
    snprintf(m->instance_id, sizeof(m->instance_id), "%s", instance_id);
    m->n_files = n_files;
    buf_addf(&m->xml,
             "<?xml version=\"1.0\"?><data id=\"visit\" version=\"1\"><name>CANARY %s</name>",
             instance_id + 5);
    must(record_create(
             ends->store,
             &(struct record_new){.form_id = "visit", .version = "1", .instance_id = instance_id},
             &m->id, &err),
         "record", &err);
    for (int i = 0; i < n_files; i++) {
        snprintf(m->names[i], sizeof(m->names[i]), "ảnh %d %.8s.jpg", i, instance_id + 5);
        names[i] = m->names[i];
        buf_addf(&m->xml, "<photo>%s</photo>", m->names[i]);
        for (size_t k = 0; k < size; k++) {
            buf_add_char(&m->files[i], (char)(k * 13 + (size_t)i + (unsigned char)instance_id[7]));
        }
        must(attachment_put(ends->store, m->id, m->names[i], "image/jpeg", buf_str(&m->files[i]),
                            &err),
             "file", &err);
    }
    buf_addf(&m->xml, "<meta><instanceID>%s</instanceID></meta></data>", instance_id);
    must(record_finish(ends->store, m->id,
                       &(struct record_final){
                           .xml = buf_str(&m->xml), .files = names, .file_count = (size_t)n_files},
                       &err),
         "finish", &err);
}

/* ---- a session that may be cut off ---------------------------------------------------------- */

struct cut {
    struct outbox inner;
    int left; /* calls until the device dies; < 0: it does not */
};

static bool is_dead(struct cut *cut, struct err *err)
{
    if (cut->left == 0) {
        err_set(err, ERR_CANCELLED, 0, "the device is dead");
        return true;
    }
    cut->left -= cut->left > 0;
    return false;
}

static bool cut_next(void *ctx, int64_t now_ms, struct arena *arena, struct outbox_item *item,
                     struct err *err)
{
    struct cut *c = ctx;
    return !is_dead(c, err) && c->inner.ops->next(c->inner.ctx, now_ms, arena, item, err);
}

static bool cut_begin(void *ctx, int64_t record, struct err *err)
{
    struct cut *c = ctx;
    return !is_dead(c, err) && c->inner.ops->begin(c->inner.ctx, record, err);
}

static bool cut_open(void *ctx, int64_t record, size_t i, void **reader, struct err *err)
{
    struct cut *c = ctx;
    return !is_dead(c, err) && c->inner.ops->open_file(c->inner.ctx, record, i, reader, err);
}

static bool cut_read(void *ctx, void *reader, void *bytes, size_t room, size_t *got,
                     struct err *err)
{
    struct cut *c = ctx;
    return !is_dead(c, err) && c->inner.ops->read_file(c->inner.ctx, reader, bytes, room, got, err);
}

static void cut_close(void *ctx, void *reader)
{
    struct cut *c = ctx;
    c->inner.ops->close_file(c->inner.ctx, reader);
}

static bool cut_confirm(void *ctx, const struct outbox_item *item, struct err *err)
{
    struct cut *c = ctx;
    return !is_dead(c, err) && c->inner.ops->confirm(c->inner.ctx, item, err);
}

static bool cut_settle(void *ctx, const struct outbox_item *item,
                       const struct outbox_outcome *outcome, struct err *err)
{
    struct cut *c = ctx;
    return !is_dead(c, err) && c->inner.ops->settle(c->inner.ctx, item, outcome, err);
}

static bool cut_release(void *ctx, enum outbox_reason reason, const char *form_id, struct err *err)
{
    struct cut *c = ctx; /* not counted: there are too many of them before the first record */
    return c->inner.ops->release(c->inner.ctx, reason, form_id, err);
}

static bool cut_next_due(void *ctx, int64_t *due_ms, struct err *err)
{
    struct cut *c = ctx;
    return !is_dead(c, err) && c->inner.ops->next_due(c->inner.ctx, due_ms, err);
}

bool ends_session(struct ends *ends, int cut, struct run_result *result)
{
    static const struct outbox_ops ops = {.next = cut_next,
                                          .begin = cut_begin,
                                          .open_file = cut_open,
                                          .read_file = cut_read,
                                          .close_file = cut_close,
                                          .confirm = cut_confirm,
                                          .settle = cut_settle,
                                          .release = cut_release,
                                          .next_due = cut_next_due};
    struct cut c = {.left = cut};
    struct err err = {0};
    outbox_begin(ends->store, &c.inner);
    struct run_settings set = {
        .carrier = carrier_find("openrosa"),
        .to = {.address = ends->address, .stall_seconds = ends->stall_seconds, .stop = ends->stop},
        .stop = ends->stop,
        .outbox = {&ops, &c},
        .is_asked = true};
    bool ok = run_session(&set, result, &err);
    outbox_end(&c.inner);
    ends->sessions++;
    return ok;
}

/* ---- the truth ------------------------------------------------------------------------------ */

static enum record_state state_of(struct ends *ends, const struct made *made)
{
    struct arena arena = {0};
    struct record record = {0};
    struct err err = {0};
    must(record_get(ends->store, made->id, &arena, &record, &err), "record", &err);
    arena_finish(&arena);
    return record.state;
}

bool ends_is_sent(struct ends *ends, const struct made *made)
{
    return state_of(ends, made) == RECORD_SENT;
}

bool ends_is_aside(struct ends *ends, const struct made *made)
{
    return state_of(ends, made) == RECORD_ASIDE;
}

void ends_release(struct ends *ends, const struct made *made)
{
    struct err err = {0};
    must(record_release(ends->store, made->id, &err), "release", &err);
}

bool ends_is_kept(struct ends *ends, const struct made *made)
{
    struct buf xml = {0};
    bool ok =
        record_xml(ends->store, made->id, &xml, NULL) && str_eq(buf_str(&xml), buf_str(&made->xml));
    for (int i = 0; ok && i < made->n_files; i++) {
        buf_clear(&xml);
        ok = attachment_load(ends->store, made->id, made->names[i], &xml, NULL) &&
             str_eq(buf_str(&xml), buf_str(&made->files[i]));
    }
    buf_finish(&xml);
    return ok;
}

struct look {
    const struct made *made;
    int found, files;
    int64_t seq;
    bool has_xml;
};

static bool see_record(void *ctx, const struct archive_record *record)
{
    struct look *look = ctx;
    if (!strcmp(record->instance, look->made->instance_id)) {
        look->found++;
        look->seq = record->seq;
        look->has_xml = str_eq(record->xml, buf_str(&look->made->xml));
    }
    return true;
}

static void see_file(void *ctx, const struct archive_file *file)
{
    struct look *look = ctx;
    for (int i = 0; i < look->made->n_files; i++) {
        unsigned char digest[HASH_MAX];
        struct str bytes = buf_str(&look->made->files[i]);
        hash_bytes(HASH_BLAKE2B, bytes.s, bytes.n, digest);
        look->files += file->is_here && !strcmp(file->name, look->made->names[i]) &&
                       file->size == bytes.n && !memcmp(file->digest, digest, 32);
    }
}

int ends_count_on_hub(struct ends *ends, const struct made *made, bool *is_whole)
{
    struct look look = {.made = made};
    struct archive_filter filter = {
        .all_states = true, .wants_xml = true, .count = (int)ends->made.n * 2 + 8};
    struct err err = {0};
    struct archive *archive = hub_take(ends->hub, &err);
    must(archive && archive_record_list(archive, &filter, see_record, &look, &err), "list", &err);
    if (look.found > 0) {
        must(archive_record_files(archive, look.seq, see_file, &look, &err), "files", &err);
    }
    hub_give(ends->hub, archive);
    *is_whole = look.found == 1 && look.has_xml && look.files == made->n_files;
    return look.found;
}
