/* Addresses: taken apart, compared, put together. Never logged whole: a path may hold a token. Any
 * thread. */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include <stdbool.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"

/* Scheme, host and port of an address: who is asked. */
struct url_origin {
    bool is_tls;
    char host[256]; /* small letters, without brackets */
    int port;
};

/* Reads the origin of an absolute http or https address; ERR_INPUT when it is none, has a user or a
 * password in it, or has control characters or spaces. */
bool url_origin(struct str url, struct url_origin *origin, struct err *err);

/* Do both addresses ask the same server (scheme, host, port)? False when one of them is none. An
 * https address also counts as the same as the http one of that host when may_upgrade is set. */
bool url_is_same_server(struct str asked, struct str other, bool may_upgrade);

/* Appends text with all but letters, digits and -._~ percent-encoded (RFC 3986). */
void url_add_escaped(struct buf *to, struct str text);

/* Appends the address that `reference` (absolute, or an absolute path, or relative) means seen from
 * base; ERR_INPUT when that gives no http or https address. */
bool url_add_resolved(struct buf *to, struct str base, struct str reference, struct err *err);

/* Appends base without the slashes at its end, then path (which begins with one). */
void url_add_joined(struct buf *to, struct str base, const char *path);

/* Appends the bytes with %xx undone; false when a % is not followed by two hex digits. */
bool url_add_unescaped(struct buf *to, struct str text);

#endif
