/* Encrypted forms from the question to the queue: nothing plain is left to be sent. */
#include "helper_app.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "app/store/attachment.h"
#include "app/store/formfile.h"
#include "app/store/inbox.h"
#include "app/store/outbox.h"
#include "app/work/filling.h"
#include "platform/base/hash.h"

static void form_with(struct buf *xml, const char *key)
{
    buf_addf(xml,
             "<h:html xmlns=\"http://www.w3.org/2002/xforms\" "
             "xmlns:h=\"http://www.w3.org/1999/xhtml\"><h:head><h:title>Secret</h:title><model>"
             "<instance><data id=\"secret\" version=\"3\"><name/><photo/><meta><instanceID/></meta>"
             "</data></instance><bind nodeset=\"/data/name\" type=\"string\"/>"
             "<bind nodeset=\"/data/photo\" type=\"binary\"/>"
             "<submission method=\"form-data-post\" base64RsaPublicKey=\"%s\"/></model></h:head>"
             "<h:body><input ref=\"/data/name\"><label>Name</label></input>"
             "<upload ref=\"/data/photo\" mediatype=\"image/*\"><label>Photo</label></upload>"
             "</h:body></h:html>",
             key);
}

static void make_key(struct buf *base64)
{
    EVP_PKEY *key = EVP_RSA_gen(2048);
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(key, &der);
    hash_add_base64(base64, der, (size_t)n);
    OPENSSL_free(der);
    EVP_PKEY_free(key);
}

/* Takes the form in as a session would. */
static bool take_in(struct app *app, const char *key, struct err *err)
{
    struct inbox_place place = {app->store, "http://test"};
    struct inbox inbox = inbox_of(&place);
    struct buf xml = {0};
    char md5[HASH_MD5_TEXT];
    char hash[40];
    void *update = NULL, *to = NULL;
    form_with(&xml, key);
    hash_md5_text(xml.s, xml.n, md5);
    snprintf(hash, sizeof(hash), "md5:%s", md5);
    struct inbox_form form = {.form_id = "secret", .version = "3", .name = "Secret", .hash = hash};
    struct inbox_file file = {.kind = INBOX_FORM, .name = "", .hash = hash};
    bool ok = inbox.ops->begin(inbox.ctx, &form, &update, err) &&
              inbox.ops->open_file(inbox.ctx, update, &file, &to, err) &&
              inbox.ops->write_file(inbox.ctx, to, xml.s, xml.n, err) &&
              inbox.ops->close_file(inbox.ctx, to, err) &&
              inbox.ops->commit(inbox.ctx, update, err);
    buf_finish(&xml);
    return ok;
}

static void what_waits_to_be_sent_is_sealed(void **state)
{
    char *folder = test_folder();
    struct app *app = test_app_open(folder);
    struct buf key = {0};
    struct filling *f;
    struct err err = {0};
    struct outbox outbox;
    struct outbox_item item;
    struct arena arena = {0};
    make_key(&key);
    if (!take_in(app, buf_text(&key), &err)) {
        fail_msg("%s", err.text);
    }
    assert_true(filling_begin(app, "secret", "", &f, &err));
    assert_true(filling_answer(f, "/data/name", STR("Lê Thị Bí Mật"), NULL, &err));
    assert_true(filling_attach(f, "/data/photo", STR("\xff\xd8 a picture"), "jpg", &err));
    if (!filling_finish(f, &err)) {
        fail_msg("%s", err.text);
    }
    filling_close(f);
    outbox_begin(app->store, &outbox);
    assert_true(outbox.ops->next(outbox.ctx, INT64_MAX, &arena, &item, &err));
    assert_true(str_find(item.xml, STR("http://www.opendatakit.org/xforms/encrypted")) > 0);
    assert_true(str_find(item.xml, STR("Mật")) < 0);
    assert_true(str_find(item.xml, str_of(item.instance_id)) > 0);
    assert_int_equal(item.n_files, 2);
    for (size_t i = 0; i < item.n_files; i++) { /* exactly the files of the manifest */
        struct buf bytes = {0};
        assert_true(str_ends(str_of(item.files[i].name), STR(".enc")));
        assert_true(str_find(item.xml, str_of(item.files[i].name)) > 0);
        assert_true(attachment_load(app->store, item.record, item.files[i].name, &bytes, &err));
        assert_int_equal(bytes.n % 16, 0);
        assert_true(str_find(buf_str(&bytes), STR("picture")) < 0);
        assert_true(str_find(buf_str(&bytes), STR("<data")) < 0);
        buf_finish(&bytes);
    }
    outbox_end(&outbox);
    arena_finish(&arena);
    buf_finish(&key);
    app_close(app);
    test_folder_remove(folder);
}

static void a_form_with_a_bad_key_is_not_taken_in(void **state)
{
    char *folder = test_folder();
    struct app *app = test_app_open(folder);
    struct err err = {0};
    int64_t id;
    assert_false(take_in(app, "bm90IGEga2V5", &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_false(formfile_current(app->store, "secret", &id, NULL));
    app_close(app);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_waits_to_be_sent_is_sealed),
        cmocka_unit_test(a_form_with_a_bad_key_is_not_taken_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
