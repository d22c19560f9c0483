#include "../fault/helper_tls_gate.h"
#include "helper_portal_program.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "app/store/attachment.h"
#include "app/store/record.h"
#include "platform/base/hash.h"
#include "platform/base/log.h"
#include "platform/base/odk_seal.h"

/* The same device against ODK Central and against KoboToolbox: each test runs twice. */

#define A "uuid:2cdcd8e1-7cae-4822-b79e-ff7bb563ac18"
#define B "uuid:37a35a92-7e2c-4ac3-b3ce-24b6b2a40423"
#define C "uuid:df90fab5-7352-43a6-8167-38eb4e093041"

static const char *const photos[] = {"ảnh cây.jpg", "c d.jpg", NULL};

static const char form_xml[] =
    "<?xml version=\"1.0\"?><h:html xmlns=\"http://www.w3.org/2002/xforms\" "
    "xmlns:h=\"http://www.w3.org/1999/xhtml\" xmlns:jr=\"http://openrosa.org/javarosa\"><h:head>"
    "<h:title>T</h:title><model><instance><data id=\"%s\" version=\"1\"><name/><photo/><photo/>"
    "<meta><instanceID/></meta></data></instance>%s"
    "<bind nodeset=\"/data/name\" type=\"string\"/><bind nodeset=\"/data/photo\" type=\"binary\"/>"
    "</model></h:head><h:body><input ref=\"/data/name\"><label>Name</label></input></h:body>"
    "</h:html>";

/* Publishes a form; more: further members of its JSON, e.g. ,"media":{…}. */
static void publish(struct wire *wire, const char *id, const char *instances, const char *more)
{
    struct buf xml = {0}, json = {0};
    buf_addf(&xml, form_xml, id, instances);
    json_add_text(&json, buf_str(&xml));
    wire_wish(wire, "{\"form\":{\"id\":\"%s\",\"xml\":%s%s}}", id, buf_text(&json), more);
    buf_finish(&xml);
    buf_finish(&json);
}

static struct wire *start(void **state)
{
    struct wire *wire = wire_start(*state);
    publish(wire, "visit", "", "");
    return wire;
}

static bool is_kobo(const struct wire *wire)
{
    return !strcmp(wire->mode, "kobo");
}

static int64_t number_of(struct wire *wire, const char *id, const char *what)
{
    return json_int(json_get(wire_find(wire, id), what), -1);
}

static void a_record_arrives_whole_in_one_post(void **state)
{
    struct wire *wire = start(state);
    struct run_result result;
    int64_t id = wire_add(wire, "visit", A, 0, photos, 3000);
    wire_session(wire, false, &result);
    assert_int_equal(result.sent, 1);
    assert_string_equal(wire_reason(wire, id), "");
    assert_whole(wire, id);
    assert_int_equal(number_of(wire, A, "posts"), 1);
    wire_end(wire);
}

static void lost_answers_make_no_double(void **state)
{
    struct wire *wire = start(state);
    struct run_result result;
    int64_t id = wire_add(wire, "visit", A, 0, photos, 3000);
    wire_wish(wire, "{\"lose_answers\":2}");
    for (int i = 0; i < 5 && *wire_reason(wire, id); i++) {
        wire_session(wire, false, &result);
    }
    assert_string_equal(wire_reason(wire, id), "");
    assert_int_equal(wire_count(wire), 1);
    assert_whole(wire, id);
    wire_end(wire);
}

/* Resets at any byte of requests and answers. */
static void breaks_anywhere_end_in_one_record(void **state)
{
    struct wire *wire = start(state);
    struct run_result result;
    wire->through_gate = true;
    for (int i = 0; i < 24; i++) {
        char name[64];
        snprintf(name, sizeof(name), "uuid:2cdcd8e1-7cae-4822-b79e-ff7bb563a%03d", i);
        int64_t id = wire_add(wire, "visit", name, 0, photos, 2500);
        gate_arm(wire->gate, &(struct gate_fault){.kind = i % 2 ? GATE_CUT_UP : GATE_CUT_DOWN,
                                                  .from = i % 3,
                                                  .count = 2,
                                                  .k = i * i * 13 % 6000});
        wire_session(wire, false, &result);
        gate_arm(wire->gate, &(struct gate_fault){.kind = GATE_OPEN});
        for (int k = 0; k < 4 && *wire_reason(wire, id); k++) {
            wire_session(wire, false, &result);
        }
        assert_string_equal(wire_reason(wire, id), "");
        assert_whole(wire, id);
        assert_int_equal(wire_count(wire), (size_t)i + 1);
    }
    wire_end(wire);
}

static void an_edit_takes_the_place_of_the_original(void **state)
{
    struct wire *wire = start(state);
    struct run_result result;
    int64_t first = wire_add(wire, "visit", A, 0, photos, 300);
    int64_t edit = wire_add(wire, "visit", B, first, NULL, 0);
    wire_session(wire, false, &result); /* in this order, though both wait */
    assert_int_equal(result.sent, 2);
    assert_whole(wire, edit);
    assert_true(json_bool(json_get(wire_find(wire, A), "superseded"), false));
    int64_t late = wire_add(wire, "visit", C, first, NULL, 0);
    wire_session(wire, false, &result);
    assert_string_equal(wire_reason(wire, late), "edit-late");
    assert_null(wire_find(wire, C));
    wire_end(wire);
}

static void an_original_that_was_edited_there_counts_as_sent(void **state)
{
    struct wire *wire = start(state);
    struct run_result result;
    int64_t id = wire_add(wire, "visit", A, 0, NULL, 0);
    wire_wish(wire, "{\"lose_answers\":9}");
    wire_session(wire, false, &result);
    assert_string_not_equal(wire_reason(wire, id), "");
    wire_wish(wire, "{\"lose_answers\":0,\"supersede\":[\"visit\",\"" A "\"]}");
    wire_session(wire, false, &result);
    assert_string_equal(wire_reason(wire, id), is_kobo(wire) ? "" : "superseded");
    assert_int_equal(wire_count(wire), 1);
    wire_end(wire);
}

static void conflicts_are_told_apart_and_hold_nobody(void **state)
{
    struct wire *wire = start(state);
    struct run_result result;
    wire_wish(wire, "{\"record\":[\"visit\",\"" A "\",\"<other/>\"]}");
    int64_t other = wire_add(wire, "visit", A, 0, NULL, 0);
    int64_t good = wire_add(wire, "visit", B, 0, photos, 100);
    wire_session(wire, false, &result);
    assert_string_equal(wire_reason(wire, other), is_kobo(wire) ? "conflict" : "different");
    assert_string_equal(wire_reason(wire, good), "");
    assert_whole(wire, good);
    if (!is_kobo(wire)) {
        int64_t gone = wire_add(wire, "visit", C, 0, NULL, 0);
        wire_wish(wire, "{\"record\":[\"visit\",\"" C "\",\"\"],"
                        "\"delete\":[\"visit\",\"" C "\"]}");
        wire_session(wire, false, &result);
        assert_string_equal(wire_reason(wire, gone), "deleted");
    }
    wire_end(wire);
}

static void another_file_of_that_name_is_told(void **state)
{
    struct wire *wire = start(state);
    struct run_result result;
    int64_t id = wire_add(wire, "visit", A, 0, photos, 400);
    wire_wish(wire, "{\"lose_answers\":9}");
    wire_session(wire, false, &result); /* it is there, nobody here knows */
    wire_wish(wire, "{\"lose_answers\":0,\"file\":[\"visit\",\"" A "\",\"c d.jpg\",\"others\"]}");
    wire_session(wire, false, &result);
    if (is_kobo(wire)) {
        assert_string_equal(wire_reason(wire, id), "file-differs");
    } else { /* Central takes the new one */
        assert_string_equal(wire_reason(wire, id), "");
        assert_whole(wire, id);
    }
    wire_end(wire);
}

static void a_closed_form_holds_its_records_until_it_opens(void **state)
{
    struct wire *wire = start(state);
    struct run_result result;
    int64_t id = wire_add(wire, "visit", A, 0, NULL, 0);
    wire_wish(wire, "{\"state\":{\"visit\":\"closed\"}}");
    wire_session(wire, true, &result);
    assert_string_equal(wire_reason(wire, id), "form-closed");
    wire_wish(wire, "{\"state\":{\"visit\":\"open\"}}");
    wire_session(wire, true, &result);
    assert_string_equal(wire_reason(wire, id), "");
    assert_whole(wire, id);
    wire_end(wire);
}

static void the_size_limit_is_kept(void **state)
{
    static const char *const many[] = {"1.jpg", "2.jpg", "3.jpg", "4.jpg", NULL};
    static const char *const large[] = {"small.jpg", NULL};
    struct wire *wire = start(state);
    struct run_result result;
    int64_t limit = is_kobo(wire) ? 10000000 : 100000000;
    int64_t id = wire_add(wire, "visit", A, 0, many, 3 << 20);
    int64_t one = wire_add(wire, "visit", B, 0, large, 11 << 20);
    wire_session(wire, false, &result);
    assert_whole(wire, id);
    assert_true(number_of(wire, A, "posts") > 1);
    assert_string_equal(wire_reason(wire, one), is_kobo(wire) ? "too-large" : "");
    assert_true(json_int(json_get(wire->ledger, "largest"), 0) <= limit);
    wire_end(wire);
}

static void a_busy_server_is_waited_for(void **state)
{
    struct wire *wire = start(state);
    struct run_result result;
    int64_t id = wire_add(wire, "visit", A, 0, NULL, 0);
    wire_wish(wire, "{\"busy\":1}");
    wire_session(wire, false, &result);
    assert_string_equal(wire_reason(wire, id), is_kobo(wire) ? "in-process" : "busy");
    wire_wish(wire, "{\"quota\":true}");
    wire_session(wire, false, &result);
    assert_string_equal(wire_reason(wire, id), "quota");
    wire_wish(wire, "{\"quota\":false,\"down\":\"database\"}");
    wire_session(wire, false, &result);
    assert_string_equal(wire_reason(wire, id), "server-error");
    wire_wish(wire, "{\"down\":\"backend\"}");
    wire_session(wire, false, &result);
    assert_string_equal(wire_reason(wire, id), "server-error");
    wire_wish(wire, "{\"down\":\"\"}");
    wire_session(wire, false, &result);
    assert_whole(wire, id);
    wire_end(wire);
}

/* How often the program was asked so, with this kind of credentials ("" for any). */
static int count_log(struct wire *wire, const char *method, const char *authorization)
{
    int n = 0;
    wire_find(wire, "");
    const struct json *log = json_get(wire->ledger, "log");
    for (size_t i = 0; i < json_count(log); i++) {
        const struct json *row = json_at(log, i);
        n += !strcmp(json_text(json_at(row, 0), ""), method) &&
             !strncmp(json_text(json_at(row, 2), ""), authorization, strlen(authorization));
    }
    return n;
}

static void who_is_not_admitted_keeps_everything(void **state)
{
    struct wire *wire = start(state);
    struct run_result result;
    int64_t id = wire_add(wire, "visit", A, 0, photos, 100);
    if (is_kobo(wire)) {
        wire->password = "wrong";
        wire_session(wire, true, &result);
        assert_string_equal(wire_reason(wire, id), "token");
        wire->password = "mật khẩu 1";
        wire_wish(wire, "{\"challenge\":\"Basic\"}"); /* in clear: never */
        wire_session(wire, true, &result);
        assert_string_equal(wire_reason(wire, id), "token");
        assert_int_equal(count_log(wire, "HEAD", "Basic"), 0);
        assert_int_equal(count_log(wire, "POST", ""), 0);
        wire_wish(wire, "{\"challenge\":\"Digest\"}");
    } else {
        wire_wish(wire, "{\"revoke\":true}");
        wire_session(wire, true, &result);
        assert_string_equal(wire_reason(wire, id), "token");
        wire_wish(wire, "{\"revoke\":false,\"access\":{\"visit\":false}}");
        wire_session(wire, false, &result);
        assert_string_equal(wire_reason(wire, id), "form-access");
        wire_wish(wire, "{\"access\":{\"visit\":true}}");
    }
    wire_session(wire, true, &result);
    assert_string_equal(wire_reason(wire, id), "");
    assert_whole(wire, id);
    wire_end(wire);
}

/* Over TLS a password may go in clear text inside; the token of Central goes as it always does. */
static void over_tls_a_password_may_go(void **state)
{
    struct wire *wire = start(state);
    struct run_result result;
    struct tls_gate *tls = tls_gate_start(wire->port, wire->folder);
    char address[sizeof(wire->gated)];
    const char *path = strchr(wire->address + 7, '/');
    snprintf(address, sizeof(address), "https://127.0.0.1:%d%s", tls_gate_port(tls),
             path ? path : "");
    memcpy(wire->gated, address, sizeof(address));
    wire->through_gate = true;
    wire->pins = tls_gate_pin(tls, TLS_OURS);
    wire_wish(wire, "{\"challenge\":\"Basic\"}");
    int64_t id = wire_add(wire, "visit", A, 0, photos, 2000);
    wire_session(wire, true, &result);
    assert_int_equal(result.reason, OUTBOX_NO_REASON);
    assert_int_equal(result.news.forms_new, 1); /* its addresses are https too */
    assert_string_equal(wire_reason(wire, id), "");
    assert_whole(wire, id);
    assert_int_equal(count_log(wire, "POST", "Basic") > 0, is_kobo(wire));
    tls_gate_stop(tls);
    wire_end(wire);
}

static void forms_media_and_lists_come_down_and_only_what_changed(void **state)
{
    struct wire *wire = start(state);
    struct run_result result;
    const char *list = "<instance id=\"trees\" src=\"jr://file-csv/trees.csv\"/>";
    const char *media = ",\"media\":{\"logo.png\":\"a picture\"}";
    if (!is_kobo(wire)) {
        wire_wish(wire, "{\"dataset\":{\"name\":\"trees\",\"properties\":[\"species\"]}}");
        publish(wire, "trees", list,
                ",\"media\":{\"logo.png\":\"a picture\"},\"lists\":[\"trees\"]");
    } else {
        publish(wire, "trees", "", media);
    }
    wire_session(wire, true, &result);
    assert_int_equal(result.reason, OUTBOX_NO_REASON);
    assert_int_equal(result.news.forms_bad, 0);
    assert_int_equal(result.news.forms_new, 2);
    wire_session(wire, true, &result);
    assert_int_equal(result.news.forms_new, 0);
    assert_int_equal(result.news.forms_same, 2);
    assert_int_equal(result.news.files, 0);
    wire_wish(wire, "{\"media\":{\"id\":\"trees\",\"name\":\"logo.png\",\"bytes\":\"another\"}}");
    wire_session(wire, true, &result); /* the hash of the form is as before */
    assert_int_equal(result.news.forms_new, 1);
    assert_int_equal(result.news.files, 1);
    wire_end(wire);
}

static int64_t add_sealed(struct wire *wire, const char *public_key)
{
    static const char *const files[] = {"a.jpg.enc", "submission.xml.enc"};
    struct odk_seal_names names = {"visit", "1", A};
    struct odk_seal *seal = NULL;
    struct buf one = {0}, two = {0}, manifest = {0};
    int64_t id = 0;
    assert_true(odk_seal_begin(&seal, public_key, &names, NULL, NULL));
    assert_true(odk_seal_file(seal, "a.jpg", STR("CANARY picture"), &one, NULL));
    assert_true(odk_seal_file(seal, "submission.xml", STR("<data>CANARY</data>"), &two, NULL));
    assert_true(odk_seal_manifest(seal, &manifest, NULL));
    odk_seal_destroy(seal);
    struct record_new what = {.form_id = "visit", .version = "1", .instance_id = A};
    assert_true(record_create(wire->store, &what, &id, NULL));
    assert_true(attachment_put(wire->store, id, "a.jpg", "image/jpeg", STR("CANARY"), NULL));
    assert_true(attachment_put(wire->store, id, files[0], "", buf_str(&one), NULL));
    assert_true(attachment_put(wire->store, id, files[1], "", buf_str(&two), NULL));
    struct record_final final = {.xml = buf_str(&manifest), .files = files, .file_count = 2};
    assert_true(record_finish(wire->store, id, &final, NULL));
    buf_finish(&one);
    buf_finish(&two);
    buf_finish(&manifest);
    return id;
}

/* An encrypted record: only what its manifest names leaves, and that arrives. */
static void a_sealed_record_arrives_sealed(void **state)
{
    struct wire *wire = start(state);
    struct run_result result;
    struct buf key = {0};
    unsigned char *der = NULL;
    EVP_PKEY *pair = EVP_RSA_gen(2048);
    int n = i2d_PUBKEY(pair, &der);
    hash_add_base64(&key, der, (size_t)n);
    int64_t id = add_sealed(wire, buf_text(&key));
    wire->through_gate = true; /* it sees the bytes on the wire */
    gate_arm(wire->gate, &(struct gate_fault){.kind = GATE_OPEN});
    wire_session(wire, false, &result);
    assert_string_equal(wire_reason(wire, id), "");
    assert_whole(wire, id);
    assert_null(json_get(json_get(wire_find(wire, A), "files"), "a.jpg"));
    assert_false(gate_saw(wire->gate, "CANARY"));
    assert_true(gate_saw(wire->gate, "encryptedXmlFile"));
    OPENSSL_free(der);
    EVP_PKEY_free(pair);
    buf_finish(&key);
    wire_end(wire);
}

/* clang-format off */
#define TWICE(test) {#test " (central)", test, NULL, NULL, central}, {#test " (kobo)", test, NULL, NULL, kobo}
/* clang-format on */

int main(void)
{
    static char central[] = "central", kobo[] = "kobo";
    const struct CMUnitTest tests[] = {
        TWICE(a_record_arrives_whole_in_one_post),
        TWICE(lost_answers_make_no_double),
        TWICE(breaks_anywhere_end_in_one_record),
        TWICE(an_edit_takes_the_place_of_the_original),
        TWICE(an_original_that_was_edited_there_counts_as_sent),
        TWICE(conflicts_are_told_apart_and_hold_nobody),
        TWICE(another_file_of_that_name_is_told),
        TWICE(a_closed_form_holds_its_records_until_it_opens),
        TWICE(the_size_limit_is_kept),
        TWICE(a_busy_server_is_waited_for),
        TWICE(who_is_not_admitted_keeps_everything),
        TWICE(over_tls_a_password_may_go),
        TWICE(forms_media_and_lists_come_down_and_only_what_changed),
        TWICE(a_sealed_record_arrives_sealed),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
