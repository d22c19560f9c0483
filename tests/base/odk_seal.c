#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "platform/base/hash.h"
#include "platform/base/odk_seal.h"
#include "platform/base/xml.h"

static EVP_PKEY *private_key;
static struct buf public_key; /* base64 */

static int make_key(void **state)
{
    unsigned char *der = NULL;
    private_key = EVP_RSA_gen(2048);
    int n = i2d_PUBKEY(private_key, &der);
    hash_add_base64(&public_key, der, (size_t)n);
    OPENSSL_free(der);
    return n == 294 ? 0 : -1; /* 392 characters of base64 */
}

static int free_key(void **state)
{
    EVP_PKEY_free(private_key);
    buf_finish(&public_key);
    return 0;
}

static const struct odk_seal_names names = {"f1", "7", "uuid:00000000-0000-4000-8000-000000000001"};

/* Files 0, 1 and 16 of the check vector that two implementations agree on. */
static void the_check_vector_comes_out(void **state)
{
    unsigned char key[ODK_SEAL_KEY];
    struct odk_seal *seal;
    struct buf sealed = {0};
    struct buf hex = {0};
    for (int i = 0; i < ODK_SEAL_KEY; i++) {
        key[i] = (unsigned char)i;
    }
    assert_true(odk_seal_begin(&seal, buf_text(&public_key), &names, key, NULL));
    assert_true(odk_seal_file(seal, "a", STR("abc"), &sealed, NULL));
    hash_add_hex(&hex, sealed.s, sealed.n);
    assert_string_equal(buf_text(&hex), "33d2f610b5975f40ead9f4dc14b978f6");
    buf_clear(&sealed);
    buf_clear(&hex);
    assert_true(odk_seal_file(seal, "b", STR("0123456789abcdef"), &sealed, NULL));
    hash_add_hex(&hex, sealed.s, sealed.n);
    assert_string_equal(buf_text(&hex),
                        "dd83b0a73be02ec5266cb6cfd74700966aef8a81b17f8fd061d4a252629facf7");
    odk_seal_destroy(seal);
    buf_finish(&sealed);
    buf_finish(&hex);
}

static void unwrap(struct str base64, unsigned char *out, size_t *n)
{
    struct buf bytes = {0};
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(private_key, NULL);
    assert_true(hash_from_base64(&bytes, base64));
    assert_true(EVP_PKEY_decrypt_init(ctx) == 1 &&
                EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
                EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) == 1 &&
                EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) == 1 &&
                EVP_PKEY_decrypt(ctx, out, n, (unsigned char *)bytes.s, bytes.n) == 1);
    EVP_PKEY_CTX_free(ctx);
    buf_finish(&bytes);
}

static void a_manifest_opens_with_the_private_key(void **state)
{
    struct odk_seal *seal;
    struct buf photo = {0};
    struct buf record = {0};
    struct buf manifest = {0};
    struct xml_names table = {0};
    struct arena arena = {0};
    unsigned char key[512];
    size_t n = sizeof(key);
    assert_true(odk_seal_begin(&seal, buf_text(&public_key), &names, NULL, NULL));
    assert_false(odk_seal_manifest(seal, &manifest, NULL));
    buf_clear(&manifest);
    assert_true(odk_seal_file(seal, "ảnh & cây.jpg", STR("bytes"), &photo, NULL));
    assert_true(odk_seal_file(seal, "submission.xml", STR("<data>bí mật</data>"), &record, NULL));
    assert_true(odk_seal_manifest(seal, &manifest, NULL));
    odk_seal_destroy(seal);
    const struct xml *root = xml_root(xml_parse(buf_str(&manifest), &table, &arena, NULL, NULL));
    assert_string_equal(xml_attr(root, "id"), "f1");
    assert_string_equal(xml_attr(root, "version"), "7");
    assert_string_equal(xml_attr(root, "encrypted"), "yes");
    assert_true(str_is(xml_text_of(xml_child(xml_child(root, "media"), "file"), &arena, true),
                       "ảnh & cây.jpg.enc"));
    assert_true(str_is(xml_text_of(xml_child(root, "encryptedXmlFile"), &arena, true),
                       "submission.xml.enc"));
    assert_true(str_is(xml_text_of(xml_child(xml_child(root, "meta"), "instanceID"), &arena, true),
                       names.instance_id));
    unwrap(xml_text_of(xml_child(root, "base64EncryptedKey"), &arena, true), key, &n);
    assert_int_equal(n, ODK_SEAL_KEY);
    n = sizeof(key);
    unwrap(xml_text_of(xml_child(root, "base64EncryptedElementSignature"), &arena, true), key, &n);
    assert_int_equal(n, 16);
    assert_true(str_find(buf_str(&record), STR("bí mật")) < 0);
    xml_names_finish(&table);
    arena_finish(&arena);
    buf_finish(&photo);
    buf_finish(&record);
    buf_finish(&manifest);
}

static void bad_keys_are_refused_at_once(void **state)
{
    static const char *const bad[] = {"", "AAAA", "not base64!",
                                      "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJB"};
    struct odk_seal *seal;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct err err = {0};
        assert_false(odk_seal_check(bad[i], &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_false(odk_seal_begin(&seal, bad[i], &names, NULL, NULL));
    }
    EVP_PKEY *small = EVP_RSA_gen(1024);
    unsigned char *der = NULL;
    struct buf text = {0};
    int n = i2d_PUBKEY(small, &der);
    hash_add_base64(&text, der, (size_t)n);
    assert_false(odk_seal_check(buf_text(&text), NULL));
    assert_false(odk_seal_check(NULL, NULL));
    assert_true(odk_seal_check(buf_text(&public_key), NULL));
    OPENSSL_free(der);
    EVP_PKEY_free(small);
    buf_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_check_vector_comes_out),
        cmocka_unit_test(a_manifest_opens_with_the_private_key),
        cmocka_unit_test(bad_keys_are_refused_at_once),
    };
    return cmocka_run_group_tests(tests, make_key, free_key);
}
