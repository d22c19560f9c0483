/* Catalogues answer without any locale of the system; broken ones are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "app/lang/lang.h"
#include "app/lang/mo.h"
#include "platform/base/file.h"

static void catalogue_path(const char *code, char path[1024])
{
    snprintf(path, 1024, "%s/lang/%s/LC_MESSAGES/gocua.mo", getenv("GOCUA_BUILD"), code);
}

static void each_language_answers_whatever_the_locale(void **state)
{
    char folder[1024];
    struct err err = {0};
    setenv("LC_ALL", "C", 1);
    snprintf(folder, sizeof(folder), "%s/lang", getenv("GOCUA_BUILD"));
    assert_true(lang_open(folder, &err));
    assert_string_equal(lang_get(), "vi");
    const char *vi = tr("Settings");
    assert_string_equal(vi, "Cài đặt");
    assert_true(lang_set("ar", &err));
    assert_true(lang_is_rtl());
    assert_string_not_equal(tr("Settings"), "Settings");
    assert_string_equal(vi, "Cài đặt"); /* a text outlives a change of language */
    assert_true(lang_set("en", &err));
    assert_string_equal(tr("Settings"), "Settings");
    assert_false(lang_set("xx", &err));
}

static void arabic_has_its_six_plurals(void **state)
{
    char path[1024];
    struct mo *mo;
    struct err err = {0};
    catalogue_path("ar", path);
    assert_true(mo_open(path, &mo, &err));
    const unsigned long n[] = {0, 1, 2, 3, 11, 100};
    for (size_t i = 0; i < 6; i++) {
        for (size_t k = i + 1; k < 6; k++) {
            const char *a = mo_find_plural(mo, "%lld visit", n[i]);
            const char *b = mo_find_plural(mo, "%lld visit", n[k]);
            assert_non_null(a);
            assert_ptr_not_equal(a, b); /* each its own form of the entry */
        }
    }
    assert_ptr_equal(mo_find_plural(mo, "%lld visit", 3), mo_find_plural(mo, "%lld visit", 110));
    mo_close(mo);
}

static void a_cut_catalogue_is_refused(void **state)
{
    char path[1024], cut[] = "/tmp/gocua-mo-XXXXXX";
    struct buf bytes = {0};
    struct mo *mo;
    struct err err = {0};
    catalogue_path("vi", path);
    assert_true(file_read(path, 16 << 20, &bytes, &err));
    int fd = mkstemp(cut);
    close(fd);
    for (size_t n = 0; n < bytes.n; n += bytes.n / 40 + 1) {
        assert_true(file_write(cut, bytes.s, n, &err));
        assert_false(mo_open(cut, &mo, &err));
    }
    unlink(cut);
    buf_finish(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_language_answers_whatever_the_locale),
        cmocka_unit_test(arabic_has_its_six_plurals),
        cmocka_unit_test(a_cut_catalogue_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
