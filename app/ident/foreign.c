/* What others put into QR codes: settings of ODK Collect, web addresses, the short-lived codes of
 * the VNeID app (nobody outside the police can read these; their look is all we go by). */
#include "app/ident/readers.h"
#include "platform/base/hash.h"
#include "platform/base/utf8.h"

enum { TOKEN_LEAST = 32 };

static bool is_zlib(struct str bytes)
{
    unsigned a = bytes.n > 1 ? (unsigned char)bytes.s[0] : 0;
    unsigned b = bytes.n > 1 ? (unsigned char)bytes.s[1] : 0;
    return bytes.n > 16 && (a & 15) == 8 && a >> 4 <= 7 && (a * 256 + b) % 31 == 0;
}

/* Base64 of zlib of JSON, or of older versions the JSON itself. */
static bool read_odk(const struct reading *reading, struct ident *ident)
{
    struct buf bytes = {.limit = IDENT_BYTES};
    bool is_json = reading->is_text && str_starts(reading->text, STR("{")) &&
                   str_find(reading->text, STR("\"general\"")) >= 0;
    bool is_packed = reading->is_text && !is_json && reading->text.n > 24 &&
                     hash_from_base64(&bytes, reading->text) && is_zlib(buf_str(&bytes));
    buf_wipe(&bytes);
    return (is_json || is_packed) && ident_is_text(ident, IDENT_ODK, reading->text);
}

/* The host of an http or https address, in small letters; empty when it is none. */
static struct str host_of(struct str lower)
{
    static const char *const heads[] = {"https://", "http://"};
    for (int i = 0; i < 2; i++) {
        struct str head = str_of(heads[i]), host;
        if (str_starts(lower, head)) {
            struct str rest = {lower.s + head.n, lower.n - head.n};
            str_cut(&rest, '/', &host);
            return host;
        }
    }
    return STR("");
}

static bool read_url(const struct reading *reading, struct ident *ident)
{
    struct buf lower = {.limit = 2 * IDENT_BYTES};
    if (!reading->is_text) {
        return false;
    }
    utf8_add_lower(&lower, reading->text);
    struct str host = host_of(buf_str(&lower));
    bool is_url = host.n > 0 || str_starts(buf_str(&lower), STR("www."));
    bool is_vneid = str_find(host, STR("vneid.gov.vn")) >= 0;
    buf_finish(&lower);
    return is_url && ident_is_text(ident, is_vneid ? IDENT_VNEID : IDENT_URL, reading->text);
}

static bool is_token_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=' || c == '_' || c == '-' || c == '.' || c == ':';
}

/* One long word of letters and digits without meaning: a sealed token. */
static bool read_vneid(const struct reading *reading, struct ident *ident)
{
    size_t letters = 0, digits = 0;
    struct str text = reading->text;
    if (!reading->is_text || text.n < TOKEN_LEAST) {
        return false;
    }
    for (size_t i = 0; i < text.n; i++) {
        if (!is_token_char(text.s[i])) {
            return false;
        }
        digits += text.s[i] >= '0' && text.s[i] <= '9';
        letters += (text.s[i] | 32) >= 'a' && (text.s[i] | 32) <= 'z';
    }
    if (letters < 4 || digits < 4) {
        return false;
    }
    ident->kind = IDENT_VNEID;
    return true;
}

const struct reader reader_odk = {read_odk};
const struct reader reader_url = {read_url};
const struct reader reader_vneid = {read_vneid};
