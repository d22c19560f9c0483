/* What counts as plugged in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "platform/base/buf.h"
#include "platform/system/stick.h"

static void only_disks_below_the_places_count(void **state)
{
    static const char mounts[] = "24 29 0:22 / /proc rw,nosuid - proc proc rw\n"
                                 "29 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
                                 "36 29 8:17 / /media/an/USB\\040c\xc5\xa9 rw,noatime shared:7 "
                                 "master:2 - vfat /dev/sdb1 rw\n"
                                 "37 29 8:18 / /run/media/an/A rw - ext4 /dev/sdb2 rw\n"
                                 "38 29 0:44 / /media/share rw - nfs4 10.0.0.1:/x rw\n"
                                 "39 29 0:45 / /run/media rw - tmpfs tmpfs rw\n"
                                 "40 29 8:33 / /mnt ro - vfat /dev/sdc1 ro\n"
                                 "41 29 8:34 / /home/media/x rw - vfat /dev/sdc2 rw\n"
                                 "42 29 8:35 / /media/cut\n"
                                 "43\n"
                                 "44 29 8:49 / /mnt/b\\ rw - vfat /dev/sdd1 rw";
    static const char want[] = "/media/an/USB c\xc5\xa9\0/run/media/an/A\0/mnt\0/mnt/b\\";
    struct buf paths = {0};
    stick_add_mounts(str_of(mounts), &paths);
    assert_int_equal(paths.n, sizeof(want));
    assert_memory_equal(paths.s, want, sizeof(want));
    buf_finish(&paths);
}

static void named_folders_stand_for_them(void **state)
{
    char folder[] = "/tmp/sticks-XXXXXX", places[200], other[64];
    struct stick sticks[STICKS];
    struct stat st;
    assert_non_null(mkdtemp(folder));
    snprintf(other, sizeof(other), "%s/b", folder);
    assert_int_equal(mkdir(other, 0700), 0);
    snprintf(places, sizeof(places), "%s:/nowhere:%s::%s", other, folder, other);
    setenv("GOCUA_STICKS", places, 1);
    assert_int_equal(stick_list(sticks), 2);
    assert_string_equal(sticks[0].path, folder);
    assert_string_equal(sticks[1].path, other);
    assert_string_equal(sticks[1].name, "b");
    assert_int_equal(stat(other, &st), 0);
    assert_true(sticks[1].device == st.st_dev);
    assert_true(sticks[1].room > 0);
    assert_false(sticks[1].is_locked);
    setenv("GOCUA_STICKS", "/sys", 1); /* mounted for reading only, or nobody may write there */
    if (stick_list(sticks) == 1 && access("/sys", W_OK) != 0) {
        assert_true(sticks[0].is_locked);
    }
    setenv("GOCUA_STICKS", "", 1);
    assert_int_equal(stick_list(sticks), 0);
    rmdir(other);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_disks_below_the_places_count),
        cmocka_unit_test(named_folders_stand_for_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
