#include "platform/sensor/picture_formats.h"

#include <string.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* One number of the header, comments skipped; -1 when there is none. */
static int header_number(struct str *rest)
{
    while (rest->n > 0 && (is_space(*rest->s) || *rest->s == '#')) {
        bool is_comment = *rest->s == '#';
        while (is_comment && rest->n > 0 && *rest->s != '\n') {
            rest->s++, rest->n--;
        }
        if (rest->n > 0) {
            rest->s++, rest->n--;
        }
    }
    int number = -1;
    while (rest->n > 0 && *rest->s >= '0' && *rest->s <= '9') {
        number = (number < 0 ? 0 : number) * 10 + (*rest->s - '0');
        rest->s++, rest->n--;
        if (number > PICTURE_SIDE_LIMIT) {
            return -1;
        }
    }
    return number;
}

bool picture_decode_pnm(struct str bytes, enum picture_wish wish, int max_side,
                        struct picture *picture, struct err *err)
{
    bool has_colour = bytes.s[1] == '6';
    struct str rest = {bytes.s + 2, bytes.n - 2};
    int width = header_number(&rest), height = header_number(&rest), top = header_number(&rest);
    if (width < 1 || height < 1 || top != 255 || rest.n < 1) {
        return err_set(err, ERR_INPUT, 0, "PGM: a header that is not understood");
    }
    rest.s++, rest.n--;
    size_t n = (size_t)width * (size_t)height;
    if (rest.n < n * (has_colour ? 3 : 1)) {
        return err_set(err, ERR_INPUT, 0, "PGM: cut off");
    }
    if (!picture_init(picture, width, height, has_colour ? PICTURE_COLOUR : wish, err)) {
        return false;
    }
    if (has_colour) {
        memcpy(picture->rgb, rest.s, n * 3);
        picture_make_gray(picture);
        return true;
    }
    memcpy(picture->gray, rest.s, n);
    for (size_t i = 0; picture->rgb && i < n; i++) {
        memset(picture->rgb + 3 * i, picture->gray[i], 3);
    }
    return true;
}
