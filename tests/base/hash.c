#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <openssl/evp.h>

#include "platform/base/hash.h"

static const struct {
    enum hash_kind kind;
    const char *name;
} kinds[] = {{HASH_MD5, "MD5"},
             {HASH_SHA1, "SHA1"},
             {HASH_SHA256, "SHA256"},
             {HASH_SHA384, "SHA384"},
             {HASH_SHA512, "SHA512"}};

/* Over every border of a block, in one piece and in two. */
static void is_what_a_stranger_says(void **state)
{
    unsigned char text[300], ours[HASH_MAX], theirs[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = (unsigned char)(i * 7 + 200);
    }
    for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
        for (size_t n = 0; n <= sizeof(text); n++) {
            assert_int_equal(
                EVP_Digest(text, n, theirs, &size, EVP_get_digestbyname(kinds[k].name), NULL), 1);
            assert_int_equal(hash_bytes(kinds[k].kind, text, n, ours), size);
            assert_memory_equal(ours, theirs, size);
            struct hash *hash = hash_begin(kinds[k].kind);
            hash_more(hash, text, n * 2 / 5);
            hash_more(hash, text + n * 2 / 5, n - n * 2 / 5);
            assert_int_equal(hash_end(hash, ours), size);
            assert_memory_equal(ours, theirs, size);
        }
    }
}

/* So many bytes that their count in bits fills four of its places. */
static void counts_far(void **state)
{
    static unsigned char zeros[1 << 20];
    const enum hash_kind old[] = {HASH_MD5, HASH_SHA1};
    const char *names[] = {"MD5", "SHA1"};
    for (int k = 0; k < 2; k++) {
        unsigned char ours[HASH_MAX], theirs[EVP_MAX_MD_SIZE];
        unsigned size = 0;
        EVP_MD_CTX *stranger = EVP_MD_CTX_new();
        EVP_DigestInit_ex(stranger, EVP_get_digestbyname(names[k]), NULL);
        struct hash *hash = hash_begin(old[k]);
        for (int i = 0; i < 3; i++) {
            hash_more(hash, zeros, sizeof(zeros));
            EVP_DigestUpdate(stranger, zeros, sizeof(zeros));
        }
        EVP_DigestFinal_ex(stranger, theirs, &size);
        EVP_MD_CTX_free(stranger);
        assert_int_equal(hash_end(hash, ours), size);
        assert_memory_equal(ours, theirs, size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_what_a_stranger_says),
        cmocka_unit_test(counts_far),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
