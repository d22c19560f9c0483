/* The code of a receiving device, and what two devices say to each other under its key: nothing
 * that was made without it, changed, cut or meant for another ask is taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "platform/base/rand.h"
#include "sync/handover/near.h"
#include "sync/handover/text.h"

static struct near_code code_at(const char *at)
{
    struct near_code code = {.port = 40123, .n = 1};
    memset(code.key, 7, sizeof(code.key));
    snprintf(code.at[0], sizeof(code.at[0]), "%s", at);
    return code;
}

static void a_code_says_where(void **state)
{
    struct near_code code = code_at("192.168.43.1"), read;
    struct buf text = {0};
    char number[NEAR_NUMBER], other[NEAR_NUMBER];
    code.n = 2;
    snprintf(code.at[1], sizeof(code.at[1]), "10.0.0.7");
    assert_true(near_add_code(&text, &code, NULL));
    assert_true(near_is_code(buf_str(&text)));
    buf_add_char(&text, '\n');
    assert_true(near_read_code(&read, buf_str(&text), NULL));
    assert_memory_equal(read.key, code.key, NEAR_KEY);
    assert_int_equal(read.port, 40123);
    assert_int_equal(read.n, 2);
    assert_string_equal(read.at[0], "192.168.43.1");
    assert_string_equal(read.at[1], "10.0.0.7");
    near_number(code.key, number);
    assert_int_equal(strlen(number), 9);
    code.key[15] ^= 1;
    near_number(code.key, other);
    assert_string_not_equal(number, other);
    buf_finish(&text);
}

/* Nobody's code sends anything out into the Internet, or to no address at all. */
static void only_addresses_nearby(void **state)
{
    static const char *const far[] = {"8.8.8.8", "172.15.0.1", "172.32.0.1", "192.169.0.1",
                                      "0.0.0.0", "224.0.0.1",  "100.128.0.1"};
    static const char *const near[] = {"10.1.2.3",    "172.16.0.1", "172.31.255.1", "192.168.0.1",
                                       "169.254.9.9", "100.64.0.1", "127.0.0.1"};
    struct buf text = {0};
    struct near_code read;
    for (size_t i = 0; i < sizeof(far) / sizeof(*far); i++) {
        struct near_code code = code_at(far[i]);
        assert_false(near_add_code(&text, &code, NULL));
    }
    for (size_t i = 0; i < sizeof(near) / sizeof(*near); i++) {
        struct near_code code = code_at(near[i]);
        buf_clear(&text);
        assert_true(near_add_code(&text, &code, NULL));
        assert_true(near_read_code(&read, buf_str(&text), NULL));
    }
    for (size_t n = 0; n < text.n; n++) { /* cut anywhere */
        assert_false(near_read_code(&read, (struct str){text.s, n}, NULL));
    }
    unsigned char bytes[NEAR_KEY + 2 + 4 * 6] = {1};
    for (size_t n = 0; n <= sizeof(bytes); n++) { /* far addresses, no port, too many */
        buf_clear(&text);
        buf_add_text(&text, "GCN1:");
        text_add_base64url(&text, (struct str){(const char *)bytes, n});
        assert_false(near_read_code(&read, buf_str(&text), NULL));
    }
    buf_finish(&text);
}

struct taken {
    struct buf bytes;
};

static bool take(void *ctx, const void *bytes, size_t n, struct err *err)
{
    struct taken *taken = ctx;
    buf_add(&taken->bytes, bytes, n);
    return true;
}

/* Seals content as a sender does. */
static struct stream *seal(struct buf *opening, struct buf *body, struct str content,
                           const unsigned char key[NEAR_KEY])
{
    struct near_ask ask = {.kind = NEAR_BUNDLE, .size = (int64_t)content.n};
    struct stream *stream = near_add_ask(opening, &ask, key);
    for (size_t at = 0; at < content.n; at += NEAR_PIECE) {
        size_t n = content.n - at < NEAR_PIECE ? content.n - at : NEAR_PIECE;
        stream_put(stream, body, (struct str){content.s + at, n}, at + n == content.n);
    }
    return stream;
}

/* In pieces of so many bytes. */
static bool feed(struct near_body *body, struct str bytes, size_t step)
{
    bool ok = true;
    for (size_t at = 0; ok && at < bytes.n; at += step) {
        size_t n = bytes.n - at < step ? bytes.n - at : step;
        ok = near_body_feed(body, (struct str){bytes.s + at, n}, NULL);
    }
    return ok;
}

static bool read_all(struct str opening, struct str sealed, size_t step, struct str want,
                     const unsigned char key[NEAR_KEY])
{
    struct taken taken = {.bytes = {0}};
    struct near_ask ask;
    struct near_body body = {.write = take, .ctx = &taken};
    bool ok = near_read_ask(&ask, &body.stream, opening, key, NULL);
    if (ok) {
        assert_int_equal(ask.kind, NEAR_BUNDLE);
        body.left = ask.size;
        ok = feed(&body, sealed, step) && body.left == 0 && str_eq(buf_str(&taken.bytes), want);
    }
    stream_destroy(body.stream);
    buf_finish(&body.sealed);
    buf_finish(&body.clear);
    buf_finish(&taken.bytes);
    return ok;
}

static void what_was_sealed_comes_out(void **state)
{
    static const size_t sizes[] = {1, NEAR_PIECE - 1, NEAR_PIECE, NEAR_PIECE + 1, 3 * NEAR_PIECE};
    static char content[3 * NEAR_PIECE];
    unsigned char key[NEAR_KEY], other[NEAR_KEY];
    rand_bytes(key, sizeof(key));
    rand_bytes(other, sizeof(other));
    rand_bytes(content, sizeof(content));
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        struct buf opening = {0}, body = {0};
        struct str all = {content, sizes[i]};
        stream_destroy(seal(&opening, &body, all, key));
        assert_int_equal(opening.n, NEAR_OPENING);
        assert_int_equal(body.n, near_sealed_size((int64_t)sizes[i]));
        assert_true(read_all(buf_str(&opening), buf_str(&body), 10007, all, key));
        assert_true(read_all(buf_str(&opening), buf_str(&body), body.n, all, key));
        assert_false(read_all(buf_str(&opening), buf_str(&body), 10007, all, other));
        assert_false(read_all(buf_str(&opening), (struct str){body.s, body.n - 1}, 997, all, key));
        buf_add_char(&body, 'x');
        assert_false(read_all(buf_str(&opening), buf_str(&body), 10007, all, key));
        body.n--;
        body.s[body.n / 2] ^= 1;
        assert_false(read_all(buf_str(&opening), buf_str(&body), 10007, all, key));
        buf_finish(&opening);
        buf_finish(&body);
    }
}

static void an_opening_cannot_be_forged(void **state)
{
    unsigned char key[NEAR_KEY] = {1};
    struct near_ask ask = {.kind = NEAR_HELLO, .size = 5}, read;
    struct buf opening = {0};
    struct stream *stream;
    stream_destroy(near_add_ask(&opening, &ask, key));
    assert_true(near_read_ask(&read, &stream, buf_str(&opening), key, NULL));
    assert_int_equal(read.size, 5);
    stream_destroy(stream);
    for (size_t i = 0; i < opening.n; i++) {
        opening.s[i] ^= 4;
        assert_false(near_read_ask(&read, &stream, buf_str(&opening), key, NULL));
        assert_null(stream);
        opening.s[i] ^= 4;
    }
    ask.kind = (enum near_kind)9;
    buf_clear(&opening);
    stream_destroy(near_add_ask(&opening, &ask, key));
    assert_false(near_read_ask(&read, &stream, buf_str(&opening), key, NULL));
    buf_finish(&opening);
}

/* Nobody can say "I have it" in the other device's place, not even with its answer to another ask.
 */
static void an_answer_belongs_to_its_ask(void **state)
{
    unsigned char key[NEAR_KEY] = {1}, other[NEAR_KEY] = {2};
    struct near_ask ask = {.kind = NEAR_OFFER};
    struct buf first = {0}, second = {0}, answer = {0}, text = {0};
    enum near_word word;
    stream_destroy(near_add_ask(&first, &ask, key));
    stream_destroy(near_add_ask(&second, &ask, key));
    near_add_answer(&answer, NEAR_KEPT, STR("words"), buf_str(&first), key);
    assert_true(near_read_answer(&word, &text, buf_str(&answer), buf_str(&first), key, NULL));
    assert_int_equal(word, NEAR_KEPT);
    assert_string_equal(buf_text(&text), "words");
    assert_false(near_read_answer(&word, &text, buf_str(&answer), buf_str(&second), key, NULL));
    assert_false(near_read_answer(&word, &text, buf_str(&answer), buf_str(&first), other, NULL));
    assert_false(near_read_answer(&word, &text, buf_str(&first), buf_str(&first), key, NULL));
    for (size_t n = 0; n < answer.n; n++) {
        assert_false(
            near_read_answer(&word, &text, (struct str){answer.s, n}, buf_str(&first), key, NULL));
    }
    buf_finish(&first);
    buf_finish(&second);
    buf_finish(&answer);
    buf_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_says_where),
        cmocka_unit_test(only_addresses_nearby),
        cmocka_unit_test(what_was_sealed_comes_out),
        cmocka_unit_test(an_opening_cannot_be_forged),
        cmocka_unit_test(an_answer_belongs_to_its_ask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
