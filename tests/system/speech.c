/* Reading aloud: silent synthesis makes sound, the next text replaces the last, stopping ends it,
 * and what is missing is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "platform/system/speech.h"

/* One for all: espeak-ng is never unloaded. */
static struct speech *speech;
static atomic_int told;

static void count(void *ctx)
{
    atomic_fetch_add((atomic_int *)ctx, 1);
}

static bool wait_quiet(void)
{
    struct timespec nap = {0, 5 * 1000000};
    for (int i = 0; i < 4000 && speech_is_speaking(speech); i++) {
        nanosleep(&nap, NULL);
    }
    return !speech_is_speaking(speech);
}

static int open_silent(void **state)
{
    struct err err = {0};
    struct speech_opt opt = {.sound = SPEECH_SILENT, .changed = count, .ctx = &told};
    if (!speech_open(&speech, &opt, &err)) {
        printf("%s: skipped\n", err.text);
        exit(77);
    }
    return 0;
}

static int close_it(void **state)
{
    speech_say(speech, "vi", "Xin chào"); /* closing ends it, too */
    speech_close(speech);
    return 0;
}

static void test_every_voice_makes_sound(void **state)
{
    static const struct {
        const char *voice, *text;
    } said[] = {{"vi", "Xin chào, chúng tôi đến giúp gia đình."},
                {"vi-vn-x-central", "Xin chào, chúng tôi đến giúp gia đình."},
                {"vi-vn-x-south", "Xin chào, chúng tôi đến giúp gia đình."},
                {"en", "Good morning, we came to help."},
                {"ar", "صباح الخير"}};
    struct err err;
    for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++) {
        size_t before = speech_made(speech);
        speech_say(speech, said[i].voice, said[i].text);
        assert_true(wait_quiet());
        assert_false(speech_failed(speech, &err));
        assert_true(speech_made(speech) > before + 8000);
    }
    assert_int_equal(atomic_load(&told), 10); /* began and ended, five times */
}

static void test_stopping_and_replacing(void **state)
{
    struct err err;
    char text[60000];
    for (size_t i = 0; i + 1 < sizeof(text); i++) {
        text[i] = "gia đình. "[i % 11 ? i % 11 - 1 : 0];
    }
    text[sizeof(text) - 1] = 0;
    speech_say(speech, "vi", text);
    speech_say(speech, "vi", "Xin chào");
    assert_true(wait_quiet());
    speech_say(speech, "vi", text);
    speech_stop(speech);
    assert_true(wait_quiet());
    assert_false(speech_failed(speech, &err));
}

static void test_no_such_voice(void **state)
{
    struct err err;
    speech_say(speech, "no-such-voice", "Xin chào");
    assert_true(wait_quiet());
    assert_true(speech_failed(speech, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    assert_false(speech_failed(speech, &err)); /* told once */
}

static void test_not_installed(void **state)
{
    struct speech *none;
    struct err err = {0};
    struct speech_opt opt = {.library = "libno-such-thing.so.1"};
    assert_false(speech_open(&none, &opt, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    assert_null(none);
    opt.library = "libc.so.6"; /* a library that cannot speak */
    assert_false(speech_open(&none, &opt, &err));
    assert_int_equal(err.kind, ERR_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_voice_makes_sound),
        cmocka_unit_test(test_stopping_and_replacing),
        cmocka_unit_test(test_no_such_voice),
        cmocka_unit_test(test_not_installed),
    };
    return cmocka_run_group_tests(tests, open_silent, close_it);
}
