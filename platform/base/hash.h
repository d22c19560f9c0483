/* Digests and text forms of bytes. MD5 and SHA-1 only where a foreign format asks for them. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include "platform/base/buf.h"

enum hash_kind { HASH_MD5, HASH_SHA1, HASH_SHA256, HASH_SHA384, HASH_SHA512, HASH_BLAKE2B };
enum { HASH_MAX = 64, HASH_MD5_TEXT = 33, HASH_BLAKE2B_SIZE = 32 };

/* Digest of n bytes into out (at least HASH_MAX bytes); returns its length in bytes. */
size_t hash_bytes(enum hash_kind kind, const void *bytes, size_t n, unsigned char *out);

/* MD5 as 32 small hex digits, NUL-terminated: what OpenRosa calls a hash. */
void hash_md5_text(const void *bytes, size_t n, char text[HASH_MD5_TEXT]);

/* A running digest: for files that are not held in memory. Destroy with hash_end or hash_abort. */
struct hash *hash_begin(enum hash_kind kind);

/* Adds n bytes. */
void hash_more(struct hash *hash, const void *bytes, size_t n);

/* Writes the digest into out (at least HASH_MAX bytes), frees, returns the length. */
size_t hash_end(struct hash *hash, unsigned char *out);

/* Frees without a result; takes NULL. */
void hash_abort(struct hash *hash);

/* Appends n bytes as small hex digits. */
void hash_add_hex(struct buf *to, const void *bytes, size_t n);

/* Appends the bytes of a hex text; false (nothing appended) when it is none. */
bool hash_from_hex(struct buf *to, struct str hex);

/* Appends n bytes as base64 with padding, no line breaks. */
void hash_add_base64(struct buf *to, const void *bytes, size_t n);

/* Appends the bytes of a base64 text (white space ignored, padding optional); false when it is
 * none. */
bool hash_from_base64(struct buf *to, struct str text);

/* Same bytes, compared in constant time. */
bool hash_equal(const void *a, const void *b, size_t n);

#endif
