#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "platform/base/hash.h"
#include "platform/base/zip.h"
#include "sync/handover/enrolment.h"
#include "sync/handover/matrix.h"
#include "sync/handover/receipt.h"
#include "sync/handover/text.h"

#define NOW 1700000000000ll

static unsigned char public_key[SIGN_PUBLIC];
static unsigned char secret[SIGN_SECRET];
static unsigned char other_public[SIGN_PUBLIC];
static unsigned char other_secret[SIGN_SECRET];

static struct enrolment example(void)
{
    return (struct enrolment){.kind = ENROLMENT_OWN,
                              .server = "https://portal.example:8443/hub",
                              .token = "Abc123!$xyz",
                              .organisation = "Xã Ví Dụ",
                              .pins = "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;"
                                      "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                              .expires_ms = NOW + 3600 * 1000};
}

static void our_code_comes_back_whole(void **state)
{
    struct buf code = {0};
    struct enrolment e = example();
    struct enrolment got;
    struct err err = {0};
    assert_true(enrolment_add_own(&code, &e, secret, &err));
    assert_true(enrolment_is_own(buf_str(&code)));
    buf_add_text(&code, "\n"); /* as a scanner may end it */
    assert_true(enrolment_read(&got, buf_str(&code), NULL, NOW, &err));
    assert_int_equal(got.kind, ENROLMENT_OWN);
    assert_string_equal(got.server, e.server);
    assert_string_equal(got.token, e.token);
    assert_string_equal(got.organisation, e.organisation);
    assert_string_equal(got.pins, e.pins);
    assert_true(got.expires_ms == e.expires_ms);
    assert_memory_equal(got.key, public_key, SIGN_PUBLIC);
    struct buf address = {0};
    enrolment_add_address(&address, &got);
    assert_string_equal(buf_text(&address), "https://portal.example:8443/hub/key/Abc123!$xyz");
    struct matrix m; /* small enough to be scanned from paper */
    assert_true(matrix_make(&m, buf_str(&code), MATRIX_MEDIUM, &err));
    assert_true(m.size <= 97);
    matrix_finish(&m);
    buf_finish(&address);
    buf_finish(&code);
}

static void any_changed_byte_is_noticed(void **state)
{
    struct buf code = {0};
    struct enrolment e = example();
    struct enrolment got;
    assert_true(enrolment_add_own(&code, &e, secret, NULL));
    for (size_t i = 0; i < code.n; i++) {
        for (int bit = 0; bit < 7; bit++) {
            struct err err = {0};
            code.s[i] ^= (char)(1 << bit);
            if (enrolment_read(&got, buf_str(&code), public_key, NOW, &err)) {
                /* only the bits that base64 does not use may differ */
                assert_string_equal(got.server, e.server);
                assert_string_equal(got.token, e.token);
            } else {
                assert_true(err.kind == ERR_INPUT || err.kind == ERR_DENIED);
                assert_string_equal(got.server, "");
            }
            code.s[i] ^= (char)(1 << bit);
        }
    }
    for (size_t n = 0; n < code.n; n++) {
        assert_false(enrolment_read(&got, (struct str){code.s, n}, NULL, NOW, NULL));
    }
    buf_finish(&code);
}

static void foreign_and_expired_codes_are_denied(void **state)
{
    struct buf code = {0};
    struct enrolment e = example();
    struct enrolment got;
    struct err err = {0};
    assert_true(enrolment_add_own(&code, &e, secret, NULL));
    assert_true(enrolment_read(&got, buf_str(&code), public_key, NOW, &err));
    assert_false(enrolment_read(&got, buf_str(&code), other_public, NOW, &err));
    assert_int_equal(err.kind, ERR_DENIED);
    assert_int_equal(err.code, 1);
    assert_false(enrolment_read(&got, buf_str(&code), public_key, NOW + 3601 * 1000, &err));
    assert_int_equal(err.kind, ERR_DENIED);
    assert_int_equal(err.code, 2);
    buf_finish(&code);
}

static void code_of(struct buf *code, const char *json, const unsigned char key[SIGN_SECRET])
{
    buf_clear(code);
    text_add_signed(code, "GOCUA1:", str_of(json), key);
}

static void hostile_content_is_refused(void **state)
{
    static const char *const servers[] = {
        "ftp://x/",          "javascript:alert(1)", "https://",   "https://user@evil.example/",
        "https://good/?a=b", "https://a b/",        "http://x#y", "https:///path"};
    struct buf code = {0};
    struct buf key = {0};
    struct buf json = {0};
    struct enrolment got;
    text_add_base64url(&key, (struct str){(const char *)public_key, SIGN_PUBLIC});
    for (size_t i = 0; i < sizeof(servers) / sizeof(*servers); i++) {
        buf_clear(&json);
        buf_addf(&json, "{\"s\":\"%s\",\"t\":\"a\",\"x\":1800000000,\"k\":\"%s\"}", servers[i],
                 buf_text(&key));
        code_of(&code, buf_text(&json), secret);
        struct err err = {0};
        assert_false(enrolment_read(&got, buf_str(&code), NULL, NOW, &err));
        assert_int_equal(err.kind, ERR_INPUT);
    }
    static const char *const bodies[] = {"[]", "null", "{}", "{\"s\":7}", "\xff"};
    for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
        code_of(&code, bodies[i], secret);
        assert_false(enrolment_read(&got, buf_str(&code), NULL, NOW, NULL));
    }
    buf_clear(&json); /* a token that would leave its path */
    buf_addf(&json, "{\"s\":\"https://a\",\"t\":\"../x\",\"x\":1800000000,\"k\":\"%s\"}",
             buf_text(&key));
    code_of(&code, buf_text(&json), secret);
    assert_false(enrolment_read(&got, buf_str(&code), NULL, NOW, NULL));
    buf_finish(&json);
    buf_finish(&key);
    buf_finish(&code);
}

static void codes_of_odk_go_both_ways(void **state)
{
    struct buf code = {0};
    struct enrolment e = example();
    struct enrolment got;
    struct err err = {0};
    assert_true(enrolment_add_odk(&code, &e, &err));
    assert_true(enrolment_read(&got, buf_str(&code), NULL, NOW, &err));
    assert_int_equal(got.kind, ENROLMENT_ODK);
    assert_string_equal(got.server, "https://portal.example:8443/hub/key/Abc123!$xyz");
    assert_string_equal(got.project, "Xã Ví Dụ");
    assert_true(got.expires_ms == 0);
    struct enrolment kobo = {.server = "https://kc.example.org", .user = "lan", .password = "x y"};
    buf_clear(&code);
    assert_true(enrolment_add_odk(&code, &kobo, &err));
    assert_true(enrolment_read(&got, buf_str(&code), NULL, NOW, &err));
    assert_string_equal(got.user, "lan");
    assert_string_equal(got.password, "x y");
    buf_finish(&code);
}

static void a_packed_bomb_stays_small(void **state)
{
    struct buf bomb = {0};
    struct buf packed = {0};
    struct buf code = {0};
    struct enrolment got;
    struct err err = {0};
    for (int i = 0; i < 200000; i++) {
        buf_add_text(&bomb, "          ");
    }
    zip_pack(&packed, buf_str(&bomb));
    hash_add_base64(&code, packed.s, packed.n);
    assert_true(code.n < 16 << 10);
    assert_false(enrolment_read(&got, buf_str(&code), NULL, NOW, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    buf_finish(&bomb);
    buf_finish(&packed);
    buf_finish(&code);
}

static void fingerprints_differ_and_read_well(void **state)
{
    struct buf a = {0};
    struct buf b = {0};
    enrolment_add_fingerprint(&a, public_key);
    enrolment_add_fingerprint(&b, other_public);
    assert_int_equal(a.n, 39);
    assert_string_not_equal(buf_text(&a), buf_text(&b));
    buf_finish(&a);
    buf_finish(&b);
}

static void receipts_are_checked_without_a_network(void **state)
{
    struct receipt r = {.visit = "8c9a6b0e-4a7e-4c43-9d5c-2f6f3f3f9d10",
                        .form_id = "home_visit",
                        .when_ms = NOW + 12345,
                        .code = "H29.7-261105-0001",
                        .office = "Phường Ví Dụ"};
    memset(r.digest, 7, sizeof(r.digest));
    struct receipt got;
    struct buf text = {0};
    struct err err = {0};
    assert_true(receipt_add(&text, &r, secret, &err));
    assert_true(receipt_is_one(buf_str(&text)));
    assert_true(text.n < 400);
    assert_true(receipt_read(&got, buf_str(&text), &err));
    assert_string_equal(got.visit, r.visit);
    assert_string_equal(got.form_id, r.form_id);
    assert_string_equal(got.code, r.code);
    assert_string_equal(got.office, r.office);
    assert_true(got.when_ms == NOW + 12345 - (NOW + 12345) % 60000);
    assert_memory_equal(got.digest, r.digest, sizeof(r.digest));
    assert_memory_equal(got.device, public_key, SIGN_PUBLIC);
    for (size_t n = 0; n < text.n; n++) {
        assert_false(receipt_read(&got, (struct str){text.s, n}, NULL));
    }
    text.s[20] = text.s[20] == 'A' ? 'B' : 'A';
    assert_false(receipt_read(&got, buf_str(&text), &err));
    assert_string_equal(got.visit, "");
    buf_finish(&text);
}

static void sealing_is_for_the_owner_alone(void **state)
{
    struct buf sealed = {0};
    struct buf open = {0};
    struct err err = {0};
    assert_true(sign_seal(&sealed, STR("nội dung"), public_key, &err));
    assert_int_equal(sealed.n, strlen("nội dung") + SIGN_SEAL);
    assert_false(sign_unseal(&open, buf_str(&sealed), other_secret, &err));
    assert_int_equal(err.kind, ERR_DENIED);
    assert_int_equal(open.n, 0);
    assert_true(sign_unseal(&open, buf_str(&sealed), secret, &err));
    assert_string_equal(buf_text(&open), "nội dung");
    unsigned char nothing[SIGN_PUBLIC] = {0};
    assert_false(sign_seal(&sealed, STR("x"), nothing, &err));
    buf_finish(&sealed);
    buf_finish(&open);
}

int main(void)
{
    unsigned char seed[SIGN_SEED] = {1};
    unsigned char other_seed[SIGN_SEED] = {2};
    sign_keys_of_seed(seed, public_key, secret);
    sign_keys_of_seed(other_seed, other_public, other_secret);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_code_comes_back_whole),
        cmocka_unit_test(any_changed_byte_is_noticed),
        cmocka_unit_test(foreign_and_expired_codes_are_denied),
        cmocka_unit_test(hostile_content_is_refused),
        cmocka_unit_test(codes_of_odk_go_both_ways),
        cmocka_unit_test(a_packed_bomb_stays_small),
        cmocka_unit_test(fingerprints_differ_and_read_well),
        cmocka_unit_test(receipts_are_checked_without_a_network),
        cmocka_unit_test(sealing_is_for_the_owner_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
