/* Folding, tone placement, order, search and old encodings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "app/lang/lang.h"

static void assert_made(void (*add)(struct buf *to, struct str text), const char *text,
                        const char *wanted)
{
    struct buf got = {0};
    add(&got, str_of(text));
    assert_string_equal(buf_text(&got), wanted);
    buf_finish(&got);
}

static void test_fold(void **state)
{
    assert_made(fold_add, "Nguyễn Thị Thử Nghiệm", "nguyen thi thu nghiem");
    assert_made(fold_add, "Nguye\xcc\x82\xcc\x83n", "nguyen");
    assert_made(fold_add, "Đắk Lắk", "dak lak");
    assert_made(fold_add, "Ðồng Nai", "dong nai"); /* with Eth, U+00D0 */
    assert_made(fold_add, "M’Drắk", "mdrak");
    assert_made(fold_add, "M'Drắk", "mdrak");
    assert_made(fold_add, "Cư M`gar", "cu mgar");
    assert_made(fold_add, "  Chân Mây - Lăng Cô ", "chan may lang co");
    assert_made(fold_add, "ƯU ĐÃI, Ơ kìa!", "uu dai o kia");
    assert_made(fold_add, "Čư Ŏ Ĭ ñ", "cu o i n");
    assert_made(fold_add,
                "\xe2\x80\x8bTổ\xc2\xa0"
                "5",
                "to 5");
    assert_made(fold_add, "الإِجَابَات", "الاجابات");
    assert_made(fold_add, "…!?", "");
    assert_made(fold_add, "", "");
    assert_made(fold_add_marked, "THUỶ", "thủy");
    assert_made(fold_add_marked, "Hoà  Bình", "hòa bình");
    assert_made(fold_add_marked, "Ðồng-Nai", "đồng nai");
    assert_made(fold_add_tidy, " Ða\xcc\x81k \t Lắk\n", "Đák Lắk");
    assert_made(fold_add_code, " h56.14 –240823 - 0001", "H56.14-240823-0001");
    assert_made(fold_add_code, "ｈ５６", "H56");
    assert_true(fold_equal(STR("TÂN THẠNH"), STR("Tân Thành")));
    assert_false(fold_equal(STR("Tân Thạnh"), STR("Tân An")));
    assert_true(fold_has_marks(STR("Đ")));
    assert_true(fold_has_marks(STR("e\xcc\x82")));
    assert_false(fold_has_marks(STR("Nguyen Van A")));
}

static void test_broken_bytes_do_no_harm(void **state)
{
    struct buf got = {0};
    fold_add(&got, STR("a\xff\xc3"
                       "b\xe1\xbb"));
    fold_add_tidy(&got, STR("\xf0\x9f"));
    tone_add(&got, STR("ho\xc3"), TONE_OLD);
    sort_add_key(&got, STR("\xed\xa0\x80z"));
    sort_add_name_key(&got, STR(" \xff "));
    assert_true(got.n > 0);
    buf_finish(&got);
}

static void assert_placed(const char *text, const char *old, const char *new)
{
    struct buf got = {0};
    tone_add(&got, str_of(text), TONE_OLD);
    assert_string_equal(buf_text(&got), old);
    buf_clear(&got);
    tone_add(&got, str_of(text), TONE_NEW);
    assert_string_equal(buf_text(&got), new);
    buf_finish(&got);
}

static void test_tone(void **state)
{
    assert_placed("Hoà Bình", "Hòa Bình", "Hoà Bình");
    assert_placed("Hòa Bình", "Hòa Bình", "Hoà Bình");
    assert_placed("THUỶ, khoẻ; Luỹ", "THỦY, khỏe; Lũy", "THUỶ, khoẻ; Luỹ");
    assert_placed("quý quỹ Quỳnh", "quý quỹ Quỳnh", "quý quỹ Quỳnh");
    assert_placed("hoàn toán thuyền", "hoàn toán thuyền", "hoàn toán thuyền");
    assert_placed("mùa mía giữa cửa", "mùa mía giữa cửa", "mùa mía giữa cửa");
    assert_placed("Voilà Málaga", "Voilà Málaga", "Voilà Málaga");
    assert_true(tone_equal(STR("Hoa\xcc\x80 Bình"), STR("Hòa Bình")));
    assert_true(tone_equal(STR("THUỶ"), STR("THỦY")));
    assert_false(tone_equal(STR("Tân Thành"), STR("Tấn Thành")));
}

static void assert_order(int (*compare)(struct str a, struct str b), const char *const *texts)
{
    for (size_t i = 0; texts[i]; i++) {
        assert_int_equal(compare(str_of(texts[i]), str_of(texts[i])), 0);
        for (size_t k = i + 1; texts[k]; k++) {
            if (compare(str_of(texts[i]), str_of(texts[k])) >= 0 ||
                compare(str_of(texts[k]), str_of(texts[i])) <= 0) {
                fail_msg("%s must come before %s", texts[i], texts[k]);
            }
        }
    }
}

static void test_order(void **state)
{
    static const char *const letters[] = {"a", "ă", "â", "b", "c", "d", "đ", "e", "ê",
                                          "g", "o", "ô", "ơ", "u", "ư", "v", "y", NULL};
    static const char *const tones[] = {"ma", "mà", "mả", "mã", "má", "mạ", "man", "mă", NULL};
    static const char *const words[] = {"an", "An", "án", "an bình", "ăn",
                                        "ân", "ba", "đa", "e",       NULL};
    static const char *const places[] = {"Tổ 2", "Tổ 10", "Tổ 10A", "Tổ 010B", NULL};
    static const char *const levels[] = {"Hòa An", "Hoa Lư", "Hóa Lư", "Hoài An", NULL};
    static const char *const alphabets[] = {"", "9", "a", "č", "z", "ع", NULL};
    assert_order(sort_compare, letters);
    assert_order(sort_compare, tones);
    assert_order(sort_compare, words);
    assert_order(sort_compare, places);
    assert_order(sort_compare, levels);
    assert_order(sort_compare, alphabets);
    assert_true(sort_compare(STR("Hoà"), STR("Hỏa")) < 0); /* both styles stand in one place */
    assert_true(sort_compare(STR("Hỏa"), STR("Hoá")) < 0);
}

static void test_order_of_names(void **state)
{
    static const char *const names[] = {
        "An",     "Nguyễn Thị An", "Nguyễn Văn An", "Trần An",    "Lê Văn Ân",
        "Y Bhăm", "Lê Thị Hoa",    "Phạm Văn Hòa",  "Đinh Hoàng", "Nguyễn Thị Thử Nghiệm",
        NULL,
    };
    assert_order(sort_compare_names, names);
}

static void test_keys_have_no_zero(void **state)
{
    struct buf key = {0};
    sort_add_key(&key, STR("Tổ dân phố 0 số 00, Đắk Lắk – عربي"));
    sort_add_name_key(&key, STR("Nguyễn Thị Thử Nghiệm"));
    assert_null(memchr(key.s, 0, key.n));
    buf_finish(&key);
}

static int rank(const char *typed, const char *text, enum search_kind kind)
{
    struct search search;
    search_begin(&search, str_of(typed), kind);
    int got = search_rank(&search, str_of(text));
    search_end(&search);
    return got;
}

static void test_search(void **state)
{
    assert_true(rank("tan thanh", "Xã Tân Thành", SEARCH_TEXT) > 0);
    assert_true(rank("tan thanh", "Xã Tân Thạnh", SEARCH_TEXT) > 0);
    assert_true(rank("tan thanh", "Phường Tấn Thành", SEARCH_TEXT) > 0);
    assert_int_equal(rank("tan thanh", "Xã Tân An", SEARCH_TEXT), 0);
    assert_true(rank("Tân Thạnh", "Xã Tân Thạnh", SEARCH_TEXT) >
                rank("Tân Thạnh", "Xã Tân Thành", SEARCH_TEXT));
    assert_true(rank("Tân Thạnh", "Xã Tân Thành", SEARCH_TEXT) > 0);
    assert_true(rank("thanh tan", "Tân Thành", SEARCH_TEXT) > 0); /* order is free */
    assert_true(rank("tan thanh", "Tân Thành", SEARCH_TEXT) >
                rank("thanh tan", "Tân Thành", SEARCH_TEXT));
    assert_true(rank("thuỷ", "Thủy Nguyên", SEARCH_TEXT) > rank("thuỷ", "Thụy Anh", SEARCH_TEXT));
    assert_true(rank("mdrak", "M’Drắk", SEARCH_TEXT) > 0);
    assert_true(rank("khai s", "Đăng ký khai sinh", SEARCH_TEXT) > 0);
    assert_true(rank("sinh", "Đăng ký khai sinh", SEARCH_TEXT) >
                rank("inh", "Đăng ký khai sinh", SEARCH_TEXT));
    assert_true(rank("inh", "Đăng ký khai sinh", SEARCH_TEXT) > 0);
    assert_int_equal(rank("inh khai", "Đăng ký khai sinh", SEARCH_TEXT), 0);
    assert_true(rank("P. Ba Đình", "Phường Ba Đình", SEARCH_TEXT) > 0);
    assert_true(rank("TP.HCM", "Hồ Chí Minh", SEARCH_TEXT) > 0);
    assert_true(rank("Sài Gòn", "Thành phố Hồ Chí Minh", SEARCH_TEXT) > 0);
    assert_true(rank("", "bất kỳ", SEARCH_TEXT) > 0);
    assert_true(rank("...", "bất kỳ", SEARCH_TEXT) > 0);
    assert_int_equal(rank("x", "", SEARCH_TEXT), 0);
}

static void test_search_names(void **state)
{
    assert_true(rank("an", "Nguyễn Văn An", SEARCH_NAME) > rank("an", "An Thị Mẫu", SEARCH_NAME));
    assert_true(rank("nguyen an", "Nguyễn Văn An", SEARCH_NAME) > 0);
    assert_true(rank("h", "Lê Thị Hoa", SEARCH_NAME) > rank("h", "Hoàng Thị Mẫu", SEARCH_NAME));
    assert_true(rank("hoà", "Lê Văn Hòa", SEARCH_NAME) > rank("hoà", "Lê Thị Hoa", SEARCH_NAME));
    assert_true(rank("le thi hoa", "Lê Thị Hoa", SEARCH_NAME) >
                rank("le thi hoa", "Hoa Thị Lê", SEARCH_NAME));
}

static void assert_legacy(const char *text, enum legacy wanted, const char *meant)
{
    struct buf got = {0};
    assert_int_equal(legacy_detect(str_of(text)), wanted);
    legacy_add_utf8(&got, str_of(text), wanted);
    assert_string_equal(buf_text(&got), meant);
    buf_finish(&got);
}

static void test_legacy(void **state)
{
    assert_legacy("Nguyễn Văn A", LEGACY_NONE, "Nguyễn Văn A");
    assert_legacy("Hòa Bình", LEGACY_NONE, "Hòa Bình"); /* Latin-1 letters only */
    assert_legacy("Nguye\xcc\x82\xcc\x83n", LEGACY_NONE, "Nguyễn");
    assert_legacy("Nguyen Van A", LEGACY_NONE, "Nguyen Van A");
    assert_legacy("Café Müller", LEGACY_NONE, "Café Müller");
    assert_legacy("NguyÔn V¨n A", LEGACY_TCVN3, "Nguyễn Văn A");
    assert_legacy("TrÇn ThÞ Hång, x· §«ng Anh", LEGACY_TCVN3, "Trần Thị Hồng, xã Đông Anh");
    assert_legacy("Nguyeãn Vaên A", LEGACY_VNI, "Nguyễn Văn A");
    assert_legacy("Traàn Thò Hoàng, phöôøng Ñoâng Hoøa", LEGACY_VNI,
                  "Trần Thị Hồng, phường Đông Hòa");
    assert_legacy("Nguyá»…n VÄƒn A", LEGACY_MOJIBAKE, "Nguyễn Văn A");
    assert_legacy("ÄÃ  Náºµng", LEGACY_NONE, "ÄÃ  Náºµng"); /* a byte was lost: nothing to save */
    assert_int_equal(legacy_detect(STR("Nguy\xd4n")), LEGACY_BROKEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fold),           cmocka_unit_test(test_broken_bytes_do_no_harm),
        cmocka_unit_test(test_tone),           cmocka_unit_test(test_order),
        cmocka_unit_test(test_order_of_names), cmocka_unit_test(test_keys_have_no_zero),
        cmocka_unit_test(test_search),         cmocka_unit_test(test_search_names),
        cmocka_unit_test(test_legacy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
