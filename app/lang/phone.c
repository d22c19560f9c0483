#include "app/lang/phone.h"

#include <string.h>

enum { DIGITS = 20 };

/* The digits of what was typed, a leading + or 00 as '+'; false when anything else stands there. */
static bool digits_of(struct str typed, char digits[DIGITS])
{
    size_t n = 0;
    typed = str_trim(typed);
    for (size_t i = 0; i < typed.n; i++) {
        char c = typed.s[i];
        bool skip = strchr(" .-()/", c) || (unsigned char)c == 0xc2 || (unsigned char)c == 0xa0;
        if ((c >= '0' && c <= '9') || (c == '+' && n == 0)) {
            if (n + 1 >= DIGITS) {
                return false;
            }
            digits[n++] = c;
        } else if (!skip) {
            return false;
        }
    }
    digits[n] = 0;
    if (!strncmp(digits, "00", 2)) {
        memmove(digits, digits + 1, n);
        digits[0] = '+';
    }
    return n > 0;
}

/* The national form (0…) of a Vietnamese number. */
static bool national(struct str typed, char number[DIGITS])
{
    char digits[DIGITS];
    if (!digits_of(typed, digits)) {
        return false;
    }
    const char *rest = digits;
    if (!strncmp(digits, "+84", 3)) {
        rest = digits + (digits[3] == '0' ? 4 : 3);
    } else if (!strncmp(digits, "84", 2) && strlen(digits) >= 11) {
        rest = digits + 2;
    } else if (digits[0] == '0') {
        rest = digits + 1;
    } else {
        return false;
    }
    size_t n = strlen(rest);
    bool mobile = n == 9 && strchr("35789", rest[0]);
    bool fixed = n == 10 && rest[0] == '2';
    if (!mobile && !fixed) {
        return false;
    }
    number[0] = '0';
    memcpy(number + 1, rest, n + 1);
    return true;
}

bool phone_add_e164(struct buf *to, struct str typed)
{
    char number[DIGITS];
    if (national(typed, number)) {
        buf_add_text(to, "+84");
        buf_add_text(to, number + 1);
        return true;
    }
    if (digits_of(typed, number) && number[0] == '+' && strncmp(number, "+84", 3) != 0) {
        size_t n = strlen(number + 1);
        if (n >= 8 && n <= 15 && number[1] != '0') {
            buf_add_text(to, number);
            return true;
        }
    }
    return false;
}

bool phone_is_mobile(struct str typed)
{
    char number[DIGITS];
    return national(typed, number) && number[1] != '2';
}

void phone_add_shown(struct buf *to, struct str number)
{
    char digits[DIGITS];
    if (!national(number, digits)) {
        buf_add_str(to, number);
        return;
    }
    buf_addf(to, "%.4s %.3s %s", digits, digits + 4, digits + 7);
}

void phone_add_masked(struct buf *to, struct str number)
{
    char digits[DIGITS];
    if (!digits_of(number, digits)) {
        buf_add_text(to, "•••");
        return;
    }
    size_t n = strlen(digits);
    buf_add_text(to, "••• ••• ");
    buf_add_text(to, n > 6 ? digits + n - 3 : "•••");
}
