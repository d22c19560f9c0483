#include "helper_app.h"

#include "app/store/inbox.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/base/mem.h"

static const char *source_path(const char *what, char path[1024])
{
    const char *root = getenv("GOCUA_SOURCE");
    snprintf(path, 1024, "%s/assets/%s", root ? root : ".", what);
    return path;
}

char *test_folder(void)
{
    char name[] = "/tmp/gocua-test-XXXXXX";
    assert_non_null(mkdtemp(name));
    return mem_strdup(name);
}

void test_folder_remove(char *folder)
{
    assert_true(file_remove_tree(folder, NULL));
    free(folder);
}

struct app *test_app_open(const char *folder)
{
    struct app_options options = {.folder = folder};
    struct app *app = NULL;
    struct err err = {0};
    char path[1024];
    setenv("GOCUA_ASSETS", source_path("", path), 1);
    if (!app_open(&options, &app, &err) ||
        !(app_has_pin(app) ? app_unlock(app, TEST_PIN, &err) : app_set_up(app, TEST_PIN, &err))) {
        fail_msg("the app does not open: %s", err.text);
    }
    return app;
}

static void read_asset(const char *what, struct buf *bytes)
{
    char path[1024];
    struct err err = {0};
    if (!file_read(source_path(what, path), 32 << 20, bytes, &err)) {
        fail_msg("%s: %s", path, err.text);
    }
}

static void give(struct inbox *inbox, void *update, const struct inbox_file *file, struct str bytes)
{
    struct err err = {0};
    void *to = NULL;
    if (!inbox->ops->open_file(inbox->ctx, update, file, &to, &err) ||
        !inbox->ops->write_file(inbox->ctx, to, bytes.s, bytes.n, &err) ||
        !inbox->ops->close_file(inbox->ctx, to, &err)) {
        fail_msg("%s: %s", file->name, err.text);
    }
}

static void give_list(struct inbox *inbox, void *update, const char *name, struct str xml)
{
    struct buf bytes = {0};
    char what[128], hash[HASH_MD5_TEXT];
    if (str_find(xml, str_of(name)) < 0) {
        return;
    }
    snprintf(what, sizeof(what), "lists/%s", name);
    read_asset(what, &bytes);
    hash_md5_text(bytes.s, bytes.n, hash);
    give(inbox, update, &(struct inbox_file){.kind = INBOX_MEDIA, .name = name, .hash = hash},
         buf_str(&bytes));
    buf_finish(&bytes);
}

void test_app_take(struct app *app, const struct inbox_form *form, struct str xml)
{
    static const char *const lists[] = {"communes.csv",        "provinces.csv", "topics.csv",
                                        "failure_reasons.csv", "hotlines.csv",  "procedures.csv"};
    struct inbox_place place = {app->store, "http://test"};
    struct inbox inbox = inbox_of(&place);
    struct err err = {0};
    void *update;
    assert_true(inbox.ops->begin(inbox.ctx, form, &update, &err));
    give(&inbox, update, &(struct inbox_file){.kind = INBOX_FORM, .name = "", .hash = form->hash},
         xml);
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        give_list(&inbox, update, lists[i], xml);
    }
    if (!inbox.ops->commit(inbox.ctx, update, &err)) {
        fail_msg("%s: %s", form->form_id, err.text);
    }
}

void test_app_form(struct app *app, const char *name)
{
    struct buf xml = {0};
    char what[128], hash[HASH_MD5_TEXT], version[32] = "";
    snprintf(what, sizeof(what), "forms/%s.xml", name);
    read_asset(what, &xml);
    hash_md5_text(xml.s, xml.n, hash);
    const char *at = strstr(xml.s, " version=\"2");
    sscanf(at ? at : "", " version=\"%30[0-9]", version);
    const struct inbox_form form = {
        .form_id = name, .version = version, .name = name, .hash = hash};
    test_app_take(app, &form, buf_str(&xml));
    buf_finish(&xml);
}
