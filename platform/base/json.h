/* JSON: a tree of what was read (strict UTF-8, by jansson) and a writer onto a buffer. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"

struct json; /* one value; members and elements belong to the root */

/* Reads one value (any kind); NULL with ERR_INPUT when the text is no JSON. json_destroy frees it.
 */
struct json *json_parse(struct str text, struct err *err);

/* Frees a root; takes NULL. */
void json_destroy(struct json *root);

/* Member of an object, or NULL; takes NULL. Borrowed from the root. */
const struct json *json_get(const struct json *object, const char *key);

/* i-th element of an array, or NULL; takes NULL. */
const struct json *json_at(const struct json *array, size_t i);

/* Elements of an array or members of an object; 0 for anything else. */
size_t json_count(const struct json *value);

/* The i-th member of an object in the order of the file: its key and value; false behind the last.
 */
bool json_member(const struct json *object, size_t i, const char **key, const struct json **value);

/* The text of a string, else other (may be NULL). */
const char *json_text(const struct json *value, const char *other);

/* The value of a number, else other. */
double json_number(const struct json *value, double other);

/* The value of an integer, else other. */
int64_t json_int(const struct json *value, int64_t other);

/* The value of true or false, else other. */
bool json_bool(const struct json *value, bool other);

/* What it is. NULL counts as JSON_IS_NULL. */
enum json_kind {
    JSON_IS_NULL,
    JSON_IS_BOOL,
    JSON_IS_NUMBER,
    JSON_IS_TEXT,
    JSON_IS_ARRAY,
    JSON_IS_OBJECT
};
enum json_kind json_kind(const struct json *value);

/* Appends a text as JSON string with its quotes. */
void json_add_text(struct buf *to, struct str text);

/* Appends a member name with quotes and colon, with a comma before it unless the buffer ends in
 * an opening bracket. */
void json_add_key(struct buf *to, const char *key);

/* Appends a number: whole ones without a point, NaN and infinite as null. */
void json_add_number(struct buf *to, double value);

#endif
