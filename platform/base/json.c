#include "platform/base/json.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

struct json *json_parse(struct str text, struct err *err)
{
    json_error_t why;
    json_t *root = json_loadb(text.s, text.n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &why);
    if (!root) {
        err_set(err, ERR_INPUT, why.line, "line %d: %s", why.line, why.text);
    }
    return (struct json *)root;
}

void json_destroy(struct json *root)
{
    json_decref((json_t *)root);
}

static const json_t *in(const struct json *value)
{
    return (const json_t *)value;
}

const struct json *json_get(const struct json *object, const char *key)
{
    return (const struct json *)json_object_get(in(object), key);
}

const struct json *json_at(const struct json *array, size_t i)
{
    return (const struct json *)json_array_get(in(array), i);
}

size_t json_count(const struct json *value)
{
    return json_is_array(in(value)) ? json_array_size(in(value)) : json_object_size(in(value));
}

bool json_member(const struct json *object, size_t i, const char **key, const struct json **value)
{
    void *at = json_object_iter((json_t *)(uintptr_t)object);
    while (at && i-- > 0) {
        at = json_object_iter_next((json_t *)(uintptr_t)object, at);
    }
    if (!at) {
        return false;
    }
    *key = json_object_iter_key(at);
    *value = (const struct json *)json_object_iter_value(at);
    return true;
}

const char *json_text(const struct json *value, const char *other)
{
    const char *text = json_string_value(in(value));
    return text ? text : other;
}

double json_number(const struct json *value, double other)
{
    return json_is_number(in(value)) ? json_number_value(in(value)) : other;
}

int64_t json_int(const struct json *value, int64_t other)
{
    return json_is_integer(in(value)) ? json_integer_value(in(value)) : other;
}

bool json_bool(const struct json *value, bool other)
{
    return json_is_boolean(in(value)) ? json_is_true(in(value)) : other;
}

enum json_kind json_kind(const struct json *value)
{
    const json_t *it = in(value);
    return json_is_object(it)    ? JSON_IS_OBJECT
           : json_is_array(it)   ? JSON_IS_ARRAY
           : json_is_string(it)  ? JSON_IS_TEXT
           : json_is_number(it)  ? JSON_IS_NUMBER
           : json_is_boolean(it) ? JSON_IS_BOOL
                                 : JSON_IS_NULL;
}

void json_add_text(struct buf *to, struct str text)
{
    buf_add_char(to, '"');
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.s[i];
        if (c == '"' || c == '\\') {
            buf_addf(to, "\\%c", c);
        } else if (c == '\n') {
            buf_add_text(to, "\\n");
        } else if (c < 0x20 || c == 0x7f) {
            buf_addf(to, "\\u%04x", c);
        } else {
            buf_add_char(to, (char)c);
        }
    }
    buf_add_char(to, '"');
}

void json_add_key(struct buf *to, const char *key)
{
    if (to->n && to->s[to->n - 1] != '{' && to->s[to->n - 1] != '[') {
        buf_add_char(to, ',');
    }
    json_add_text(to, str_of(key));
    buf_add_char(to, ':');
}

void json_add_number(struct buf *to, double value)
{
    if (!isfinite(value)) {
        buf_add_text(to, "null");
    } else if (value == floor(value) && fabs(value) < 1e15) {
        buf_addf(to, "%.0f", value);
    } else {
        buf_addf(to, "%.17g", value);
    }
}
