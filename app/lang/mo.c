#include "app/lang/mo.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "platform/base/buf.h"
#include "platform/base/file.h"
#include "platform/base/mem.h"

enum { MO_LIMIT = 16 << 20, PLURAL_DEPTH = 40 };

static const uint32_t mo_magic = 0x950412de;

struct mo {
    char *bytes;
    size_t n;
    uint32_t count, texts, translations; /* of rows; where the two tables begin */
    const char *plural;                  /* expression over n, or NULL */
};

static uint32_t number_at(const struct mo *mo, size_t at)
{
    uint32_t value;
    memcpy(&value, mo->bytes + at, sizeof(value));
    return value;
}

/* Does each row of a table lead to a text that ends inside the file? */
static bool is_sound(const struct mo *mo, uint32_t table)
{
    if (table > mo->n || (mo->n - table) / 8 < mo->count) {
        return false;
    }
    for (uint32_t i = 0; i < mo->count; i++) {
        uint32_t n = number_at(mo, table + i * 8), at = number_at(mo, table + i * 8 + 4);
        if (at >= mo->n || n >= mo->n - at || mo->bytes[at + n] != 0) {
            return false;
        }
    }
    return true;
}

bool mo_open(const char *path, struct mo **out, struct err *err)
{
    struct buf bytes = {0};
    struct mo *mo = mem_alloc(1, sizeof(*mo));
    bool ok = file_read(path, MO_LIMIT, &bytes, err);
    mo->n = bytes.n;
    mo->bytes = buf_take(&bytes);
    if (ok && (mo->n < 28 || number_at(mo, 0) != mo_magic)) {
        ok = err_set(err, ERR_DAMAGED, 0, "this is no catalogue");
    }
    if (ok) {
        mo->count = number_at(mo, 8);
        mo->texts = number_at(mo, 12);
        mo->translations = number_at(mo, 16);
        ok = (is_sound(mo, mo->texts) && is_sound(mo, mo->translations)) ||
             err_set(err, ERR_DAMAGED, 0, "the catalogue is cut");
    }
    if (!ok) {
        mo_close(mo);
        return false;
    }
    const char *head = mo_find(mo, "");
    const char *plural = head ? strstr(head, "plural=") : NULL;
    mo->plural = plural ? plural + strlen("plural=") : NULL;
    *out = mo;
    return true;
}

void mo_close(struct mo *mo)
{
    if (mo) {
        free(mo->bytes);
        free(mo);
    }
}

/* The row of a text: the texts stand in the order of strcmp. */
static const char *find(const struct mo *mo, const char *text, uint32_t *length)
{
    uint32_t from = 0, to = mo->count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        int order = strcmp(text, mo->bytes + number_at(mo, mo->texts + middle * 8 + 4));
        if (order == 0) {
            *length = number_at(mo, mo->translations + middle * 8);
            return mo->bytes + number_at(mo, mo->translations + middle * 8 + 4);
        }
        if (order < 0) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    return NULL;
}

const char *mo_find(const struct mo *mo, const char *text)
{
    uint32_t length;
    const char *found = find(mo, text, &length);
    return found && (*found || !*text) ? found : NULL;
}

/* ---- Plural-Forms: C's conditional expression over n, without assignment -----------------------
 */

struct plural {
    const char *at;
    unsigned long n;
    int depth;
};

static unsigned long conditional(struct plural *p);

static bool take(struct plural *p, const char *sign)
{
    while (*p->at == ' ' || *p->at == '\t') {
        p->at++;
    }
    size_t n = strlen(sign);
    if (strncmp(p->at, sign, n) != 0) {
        return false;
    }
    p->at += n;
    return true;
}

static unsigned long primary(struct plural *p)
{
    unsigned long value = 0;
    if (take(p, "n")) {
        return p->n;
    }
    if (take(p, "!")) {
        return !primary(p);
    }
    if (take(p, "(")) {
        value = ++p->depth < PLURAL_DEPTH ? conditional(p) : 0;
        p->depth--;
        take(p, ")");
        return value;
    }
    while (isdigit((unsigned char)*p->at)) {
        value = value * 10 + (unsigned long)(*p->at++ - '0');
    }
    return value;
}

static unsigned long binary(struct plural *p, int level)
{
    static const char *const signs[][5] = {{"||", NULL},       {"&&", NULL},
                                           {"==", "!=", NULL}, {"<=", ">=", "<", ">", NULL},
                                           {"+", "-", NULL},   {"*", "/", "%", NULL}};
    if (level == 6) {
        return primary(p);
    }
    unsigned long left = binary(p, level + 1);
    for (size_t i = 0; signs[level][i]; i++) {
        if (!take(p, signs[level][i])) {
            continue;
        }
        unsigned long right = binary(p, level + 1);
        switch (signs[level][i][0] | signs[level][i][1] << 8) {
        case '|' | '|' << 8:
            left = left || right;
            break;
        case '&' | '&' << 8:
            left = left && right;
            break;
        case '=' | '=' << 8:
            left = left == right;
            break;
        case '!' | '=' << 8:
            left = left != right;
            break;
        case '<' | '=' << 8:
            left = left <= right;
            break;
        case '>' | '=' << 8:
            left = left >= right;
            break;
        case '<':
            left = left < right;
            break;
        case '>':
            left = left > right;
            break;
        case '+':
            left += right;
            break;
        case '-':
            left -= right;
            break;
        case '*':
            left *= right;
            break;
        case '/':
            left = right ? left / right : 0;
            break;
        case '%':
            left = right ? left % right : 0;
            break;
        default:
            break;
        }
        i = (size_t)-1; /* the same level once more: a - b - c */
    }
    return left;
}

static unsigned long conditional(struct plural *p)
{
    unsigned long condition = binary(p, 0);
    if (p->depth >= PLURAL_DEPTH || !take(p, "?")) {
        return condition;
    }
    p->depth++;
    unsigned long yes = conditional(p);
    take(p, ":");
    unsigned long no = conditional(p);
    p->depth--;
    return condition ? yes : no;
}

const char *mo_find_plural(const struct mo *mo, const char *one, unsigned long n)
{
    uint32_t length;
    const char *form = find(mo, one, &length), *end = form ? form + length : NULL;
    struct plural plural = {mo->plural, n, 0};
    unsigned long wanted = mo->plural ? conditional(&plural) : n != 1;
    for (unsigned long i = 0; form && i < wanted; i++) {
        const char *next = form + strlen(form) + 1;
        if (next > end) {
            break; /* fewer forms than the rule names: the last one */
        }
        form = next;
    }
    return form && *form ? form : NULL;
}
