#include "tests/store/helper_store.h"

#include <unistd.h>

#include "platform/base/file.h"
#include "platform/db/crypt.h"

void check(bool ok, const struct err *err)
{
    if (!ok) {
        fail_msg("%s: %s", err_kind_name(err->kind), err->text);
    }
}

int store_setup(void **state)
{
    static const unsigned char raw[CRYPT_KEY] = "the key of a test store";
    struct fixture *f = calloc(1, sizeof(*f));
    struct err err = {0};
    snprintf(f->folder, sizeof(f->folder), "/tmp/gocua-store-XXXXXX");
    if (!mkdtemp(f->folder)) {
        return -1;
    }
    f->key = key_of(raw);
    if (!store_start(f->folder, f->key, &f->store, &f->health, &err)) {
        print_error("%s\n", err.text);
        return -1;
    }
    store_set_actor(f->store, "volunteer-1");
    *state = f;
    return 0;
}

int store_teardown(void **state)
{
    struct fixture *f = *state;
    store_close(f->store);
    key_destroy(f->key);
    arena_finish(&f->arena);
    bool ok = file_remove_tree(f->folder, NULL);
    free(f);
    return ok ? 0 : -1;
}

void store_restart(struct fixture *f)
{
    struct err err;
    store_close(f->store);
    f->store = NULL;
    check(store_start(f->folder, f->key, &f->store, &f->health, &err), &err);
    store_set_actor(f->store, "volunteer-1");
}

int64_t add_draft(struct fixture *f, const char *instance_id)
{
    int64_t id = 0;
    struct err err;
    check(record_create(f->store,
                        &(struct record_new){.form_id = "test",
                                             .version = "1",
                                             .instance_id = instance_id,
                                             .title = "A title"},
                        &id, &err),
          &err);
    return id;
}

int64_t add_ready(struct fixture *f, const char *instance_id, const char *xml)
{
    int64_t id = add_draft(f, instance_id);
    struct err err;
    check(record_finish(f->store, id, &(struct record_final){.xml = str_of(xml)}, &err), &err);
    return id;
}

const char *in_folder(const struct fixture *f, const char *name)
{
    static char paths[4][512];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof(paths[0]), "%s/%s", f->folder, name);
    return path;
}
