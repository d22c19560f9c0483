/* Sounds into SDL's disk driver, which writes what would be heard. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "platform/base/buf.h"
#include "platform/base/clock.h"
#include "platform/window/sound.h"

enum { RATE = 8000 };

static void add_number(struct buf *to, uint32_t n, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        buf_add_char(to, (char)(n >> 8 * i));
    }
}

/* 16 bits, one channel, every sample the same. */
static void make_wav(struct buf *to, uint32_t samples, int16_t level)
{
    buf_add_text(to, "RIFF");
    add_number(to, 36 + samples * 2, 4);
    buf_add_text(to, "WAVEfmt ");
    add_number(to, 16, 4);
    add_number(to, 1, 2);
    add_number(to, 1, 2);
    add_number(to, RATE, 4);
    add_number(to, RATE * 2, 4);
    add_number(to, 2, 2);
    add_number(to, 16, 2);
    buf_add_text(to, "data");
    add_number(to, samples * 2, 4);
    for (uint32_t i = 0; i < samples; i++) {
        add_number(to, (uint16_t)level, 2);
    }
}

static bool ends(unsigned sound)
{
    int64_t limit = clock_mono_ms() + 20000;
    while (sound_is_playing(sound) && clock_mono_ms() < limit) {
        usleep(10000);
    }
    return !sound_is_playing(sound);
}

static long count_of(const char *path, int16_t level)
{
    int16_t sample;
    long n = 0;
    FILE *f = fopen(path, "rb");
    while (f && fread(&sample, sizeof(sample), 1, f) == 1) {
        n += sample == level;
    }
    if (f) {
        fclose(f);
    }
    return n;
}

static void every_sample_is_heard_once(void **state)
{
    char path[] = "/tmp/gocua-sound-XXXXXX";
    struct buf wav = {0};
    struct err err = {0};
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    setenv("SDL_AUDIODRIVER", "disk", 1);
    setenv("SDL_DISKAUDIOFILE", path, 1);
    make_wav(&wav, RATE, 1234);
    unsigned sound = sound_play(buf_str(&wav), &err);
    assert_int_not_equal(sound, 0);
    assert_true(sound_is_playing(sound));
    assert_true(ends(sound));
    assert_int_equal(count_of(path, 1234), RATE);
    unlink(path);
    buf_finish(&wav);
}

static void one_sounds_at_a_time_until_it_is_stopped(void **state)
{
    struct buf wav = {0};
    setenv("SDL_AUDIODRIVER", "dummy", 1);
    make_wav(&wav, 60 * RATE, 1);
    unsigned first = sound_play(buf_str(&wav), NULL);
    unsigned second = sound_play(buf_str(&wav), NULL);
    assert_int_not_equal(first, second);
    assert_false(sound_is_playing(first));
    assert_true(sound_is_playing(second));
    sound_stop(first); /* long gone: the second goes on */
    assert_true(sound_is_playing(second));
    sound_stop(second);
    assert_false(sound_is_playing(second));
    sound_stop(0);
    buf_finish(&wav);
}

static void what_cannot_sound_is_said(void **state)
{
    struct buf wav = {0};
    struct err err = {0};
    setenv("SDL_AUDIODRIVER", "dummy", 1);
    assert_int_equal(sound_play(STR("ID3 an mp3 file, for example"), &err), 0);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_int_equal(sound_play(STR(""), &err), 0);
    make_wav(&wav, RATE, 1);
    struct str cut = {buf_text(&wav), 30};
    assert_int_equal(sound_play(cut, &err), 0);
    setenv("SDL_AUDIODRIVER", "none-such", 1);
    err = (struct err){0};
    assert_int_equal(sound_play(buf_str(&wav), &err), 0);
    assert_int_equal(err.kind, ERR_DEVICE);
    buf_finish(&wav);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sample_is_heard_once),
        cmocka_unit_test(one_sounds_at_a_time_until_it_is_stopped),
        cmocka_unit_test(what_cannot_sound_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
