#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "platform/base/pin.h"
#include "sync/handover/pins.h"

#define ONE "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define TWO "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static unsigned char key[SIGN_PUBLIC], secret[SIGN_SECRET];

static struct buf make(const char *pins, int64_t number)
{
    struct buf text = {0};
    assert_true(pins_add(&text, pins, number, secret, NULL));
    return text;
}

static void an_announcement_comes_back_whole(void **state)
{
    struct buf text = make(ONE ";" TWO, 1700000000);
    char pins[PINS_TEXT];
    int64_t number;
    buf_add_text(&text, "\n"); /* as printed and scanned */
    assert_true(pins_are_announced(buf_str(&text)));
    assert_true(pins_read(buf_str(&text), key, pins, &number, NULL));
    assert_string_equal(pins, ONE ";" TWO);
    assert_true(number == 1700000000);
    buf_finish(&text);
}

static void only_the_organisation_can_announce(void **state)
{
    unsigned char other[SIGN_PUBLIC], other_secret[SIGN_SECRET];
    struct buf text = make(ONE, 7);
    struct err err = {0};
    char pins[PINS_TEXT];
    int64_t number;
    sign_make_keys(other, other_secret);
    assert_false(pins_read(buf_str(&text), other, pins, &number, &err));
    assert_int_equal(err.kind, ERR_DENIED);
    assert_string_equal(pins, "");
    for (size_t i = 0; i < text.n; i++) { /* no changed letter passes */
        char was = text.s[i];
        text.s[i] = was == 'A' ? 'B' : 'A';
        bool is_same_bits = i + 1 == text.n; /* the last letter of base64 has spare bits */
        bool ok = pins_read(buf_str(&text), key, pins, &number, NULL);
        assert_true(!ok || is_same_bits);
        text.s[i] = was;
    }
    buf_finish(&text);
}

static void what_is_no_pin_is_refused(void **state)
{
    static const char *const bad[] = {"",
                                      "sha256//",
                                      "sha256//short=",
                                      "/etc/passwd",
                                      ONE ";",
                                      ONE ";x",
                                      ONE " ",
                                      "SHA256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
                                      ONE ";" ONE ";" ONE ";" ONE ";" ONE ";" ONE ";" ONE};
    struct buf text = {0};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_false(pins_add(&text, bad[i], 1, secret, NULL));
        assert_int_equal(text.n, 0);
    }
    assert_true(pin_is_good(STR(ONE)));
    assert_false(pin_is_good(STR(ONE ONE)));
    assert_false(pins_are_announced(STR("GOCUA1:abc")));
}

/* made by: openssl genpkey -algorithm ed25519; the pin by openssl pkey -pubout -outform DER |
 * openssl dgst -sha256 -binary | base64 */
static const char private_pem[] =
    "-----BEGIN PRIVATE "
    "KEY-----\nMC4CAQAwBQYDK2VwBCIEILSTPvdg5SMsrCZMNDFQou+muWXNbzxo1qlauj/Ok/oT\n"
    "-----END PRIVATE KEY-----\n";
static const char public_pem[] =
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAb+/SoA1+uKiIMXAn8i79v+SHo82y9JofZ1cPy/xhuds=\n"
    "-----END PUBLIC KEY-----\n";

static void a_pin_is_the_digest_of_the_public_key(void **state)
{
    struct buf pin = {0};
    struct err err = {0};
    assert_true(pin_add(&pin, str_of(private_pem), NULL));
    assert_string_equal(buf_text(&pin), "sha256//xonjlAcYJsP/12c1LpxwPtR1ab0te/sziSG4a0EGIcs=");
    buf_clear(&pin);
    assert_true(pin_add(&pin, str_of(public_pem), NULL));
    assert_string_equal(buf_text(&pin), "sha256//xonjlAcYJsP/12c1LpxwPtR1ab0te/sziSG4a0EGIcs=");
    assert_false(pin_add(&pin, STR("rubbish"), &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_false(pin_add(&pin, STR(""), NULL));
    buf_finish(&pin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_announcement_comes_back_whole),
        cmocka_unit_test(only_the_organisation_can_announce),
        cmocka_unit_test(what_is_no_pin_is_refused),
        cmocka_unit_test(a_pin_is_the_digest_of_the_public_key),
    };
    sign_make_keys(key, secret);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
