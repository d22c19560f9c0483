/* Any bytes as text: folding, order, search, conversion, parsing and typing must take them. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "app/lang/lang.h"
#include "platform/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void convert(struct str text)
{
    struct buf to = {0};
    fold_add(&to, text);
    fold_add_marked(&to, text);
    fold_add_tidy(&to, text);
    fold_add_code(&to, text);
    tone_add(&to, text, TONE_OLD);
    tone_add(&to, text, TONE_NEW);
    enum legacy from = legacy_detect(text);
    for (int i = 0; i <= LEGACY_BROKEN; i++) {
        legacy_add_utf8(&to, text, (enum legacy)i);
    }
    assert(utf8_valid(buf_str(&to)) || memchr(to.s, 0, to.n) || !to.n);
    (void)from;
    phone_add_e164(&to, text);
    phone_add_shown(&to, text);
    phone_add_masked(&to, text);
    buf_finish(&to);
    assert(sort_compare(text, text) == 0);
    assert(sort_compare_names(text, text) == 0);
}

static void parse(struct str text)
{
    double number;
    long long dong;
    struct date date;
    number_parse(text, &number);
    number_parse_money(text, &dong);
    date_parse(text, &date);
    struct search search;
    search_begin(&search, text, SEARCH_NAME);
    search_rank(&search, text);
    search_end(&search);
}

static void type(struct str text, uint8_t mode)
{
    struct telex telex = {.method = mode & 1 ? TELEX_VNI : TELEX_TELEX,
                          .style = mode & 2 ? TONE_NEW : TONE_OLD,
                          .brackets = mode & 4,
                          .plain_w = mode & 8};
    size_t length = 0;
    uint32_t key;
    while (utf8_next(&text, &key)) {
        struct telex_edit edit;
        if (key == '\b' && length) {
            telex_backspace(&telex, &edit);
        } else if (key == '\r') {
            telex_end(&telex, &edit);
        } else {
            telex_key(&telex, key, &edit);
        }
        assert(edit.erase <= length); /* never more than what stands there */
        length = length - edit.erase + utf8_count(str_of(edit.text));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n && n < 4096) {
        struct str text = {(const char *)bytes + 1, n - 1};
        convert(text);
        parse(text);
        type(text, bytes[0]);
    }
    return 0;
}
