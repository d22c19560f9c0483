#include "sync/handover/text.h"

#include <string.h>

#include "platform/base/hash.h"

void text_add_base64url(struct buf *to, struct str bytes)
{
    size_t start = to->n;
    hash_add_base64(to, bytes.s, bytes.n);
    for (size_t i = start; i < to->n; i++) {
        to->s[i] = to->s[i] == '+' ? '-' : to->s[i] == '/' ? '_' : to->s[i];
    }
    while (to->n > start && to->s[to->n - 1] == '=') {
        to->s[--to->n] = 0;
    }
}

bool text_from_base64url(struct buf *to, struct str text)
{
    struct buf plain = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < text.n; i++) {
        char c = text.s[i];
        ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '-' || c == '_';
        buf_add_char(&plain, c == '-' ? '+' : c == '_' ? '/' : c);
    }
    ok = ok && hash_from_base64(to, buf_str(&plain));
    buf_finish(&plain);
    return ok;
}

void text_add_signed(struct buf *to, const char *head, struct str content,
                     const unsigned char secret[SIGN_SECRET])
{
    unsigned char signature[SIGN_SIZE];
    size_t start = to->n;
    buf_add_text(to, head);
    text_add_base64url(to, content);
    sign_text((struct str){to->s + start, to->n - start}, secret, signature);
    buf_add_char(to, '.');
    text_add_base64url(to, (struct str){(const char *)signature, sizeof(signature)});
}

bool text_read_signed(struct str text, const char *head, struct buf *content, struct str *covered,
                      unsigned char signature[SIGN_SIZE], struct err *err)
{
    struct str whole = str_trim(text);
    struct str rest = whole;
    struct str body;
    struct buf signed_by = {0};
    bool ok = str_starts(whole, str_of(head)) && str_cut(&rest, '.', &body) && rest.s &&
              text_from_base64url(&signed_by, rest) && signed_by.n == SIGN_SIZE;
    if (ok) {
        size_t skip = strlen(head);
        memcpy(signature, signed_by.s, SIGN_SIZE);
        *covered = body;
        ok = text_from_base64url(content, (struct str){body.s + skip, body.n - skip});
    }
    buf_finish(&signed_by);
    return ok || err_set(err, ERR_INPUT, 0, "not a complete code of this kind");
}
