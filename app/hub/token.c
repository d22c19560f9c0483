#include "app/hub/token.h"

#include <ctype.h>
#include <string.h>

#include "platform/base/rand.h"

static const char token_letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
static const char code_letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford's base 32 */

void token_make(char text[TOKEN_TEXT])
{
    for (int i = 0; i < TOKEN_TEXT - 1; i++) {
        text[i] = token_letters[rand_below(sizeof(token_letters) - 1)];
    }
    text[TOKEN_TEXT - 1] = '\0';
}

static void make_groups(char *text, size_t size)
{
    for (size_t i = 0; i < size - 1; i++) {
        text[i] = i % 5 == 4 ? '-' : code_letters[rand_below(sizeof(code_letters) - 1)];
    }
    text[size - 1] = '\0';
}

void token_make_code(char text[CODE_TEXT])
{
    make_groups(text, CODE_TEXT);
}

void token_make_passphrase(char text[PASSPHRASE_TEXT])
{
    make_groups(text, PASSPHRASE_TEXT);
}

static char canonical(char c)
{
    c = (char)toupper((unsigned char)c);
    if (c == 'O') {
        return '0';
    }
    return c == 'I' || c == 'L' ? '1' : c;
}

void token_digest(struct str secret, bool is_typed, unsigned char digest[TOKEN_DIGEST])
{
    struct buf plain = {0};
    unsigned char full[HASH_MAX];
    for (size_t i = 0; i < secret.n; i++) {
        char c = is_typed ? canonical(secret.s[i]) : secret.s[i];
        if (!is_typed || isalnum((unsigned char)c)) {
            buf_add_char(&plain, c);
        }
    }
    hash_bytes(HASH_BLAKE2B, buf_text(&plain), plain.n, full);
    memcpy(digest, full, TOKEN_DIGEST);
    buf_wipe(&plain);
}
