#include "sync/handover/pins.h"

#include <stdio.h>
#include <string.h>

#include "platform/base/json.h"
#include "platform/base/pin.h"
#include "sync/handover/text.h"

#define HEAD "GOCUAP1:"

enum { CODE_LIMIT = 4 << 10 };

bool pins_are_announced(struct str text)
{
    return str_starts(str_trim(text), STR(HEAD));
}

bool pins_join(const struct json *list, char pins[PINS_TEXT])
{
    size_t used = 0;
    pins[0] = 0;
    for (size_t i = 0; i < json_count(list); i++) {
        const char *pin = json_text(json_at(list, i), "");
        if (i == PINS_LIMIT || !pin_is_good(str_of(pin))) {
            return false;
        }
        used += (size_t)snprintf(pins + used, PINS_TEXT - used, "%s%s", used ? ";" : "", pin);
    }
    return true;
}

void pins_add_list(struct buf *json, const char *pins)
{
    struct str rest = str_of(pins);
    struct str pin;
    for (char mark = '['; str_cut(&rest, ';', &pin); mark = ',') {
        buf_add_char(json, mark);
        json_add_text(json, pin);
    }
    buf_add_char(json, ']');
}

static bool are_good(const char *pins)
{
    struct str rest = str_of(pins);
    struct str pin;
    size_t n = 0;
    while (str_cut(&rest, ';', &pin)) {
        if (++n > PINS_LIMIT || !pin_is_good(pin)) {
            return false;
        }
    }
    return n > 0;
}

bool pins_add(struct buf *to, const char *pins, int64_t number,
              const unsigned char secret[SIGN_SECRET], struct err *err)
{
    struct buf json = {0};
    if (!are_good(pins)) {
        return err_set(err, ERR_INPUT, 0, "these are no pins");
    }
    buf_add_char(&json, '{');
    json_add_key(&json, "i");
    buf_addf(&json, "%lld", (long long)number);
    json_add_key(&json, "p");
    pins_add_list(&json, pins);
    buf_add_char(&json, '}');
    text_add_signed(to, HEAD, buf_str(&json), secret);
    buf_finish(&json);
    return true;
}

bool pins_read(struct str text, const unsigned char organisation[SIGN_PUBLIC], char pins[PINS_TEXT],
               int64_t *number, struct err *err)
{
    struct buf content = {0};
    struct str covered;
    unsigned char signature[SIGN_SIZE];
    pins[0] = 0;
    *number = 0;
    if (text.n > CODE_LIMIT) {
        return err_set(err, ERR_INPUT, 0, "not an announcement of keys");
    }
    bool ok = text_read_signed(text, HEAD, &content, &covered, signature, err);
    if (ok && !sign_is_good(covered, signature, organisation)) {
        ok = err_set(err, ERR_DENIED, 1, "the key code is not of your organisation");
    }
    struct json *root = ok ? json_parse(buf_str(&content), NULL) : NULL;
    if (ok) {
        *number = json_int(json_get(root, "i"), 0);
        ok = (*number > 0 && pins_join(json_get(root, "p"), pins) && pins[0]) ||
             err_set(err, ERR_INPUT, 0, "the key code is not complete");
    }
    json_destroy(root);
    buf_finish(&content);
    return ok;
}
