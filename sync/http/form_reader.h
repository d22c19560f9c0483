/* Reads multipart/form-data (RFC 7578) as it comes in, in pieces of any size, and keeps nothing but
 * the head of one part: a part's bytes go straight to the sink. It does not know what the parts
 * mean. One reader a request, one thread. */
#ifndef HTTP_FORM_READER_H
#define HTTP_FORM_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"

/* The head of a part. Texts are raw UTF-8 as sent, without quotes; borrowed for the call. */
struct form_part {
    struct str name;
    struct str filename; /* s == NULL: the part had none */
    struct str type;     /* Content-Type, or empty */
};

/* Where the parts go. Each returns false with err to stop the reading. */
struct form_sink {
    bool (*begin)(void *ctx, const struct form_part *part, struct err *err);
    bool (*bytes)(void *ctx, struct str bytes, struct err *err);
    bool (*end)(void *ctx, struct err *err);
    void *ctx;
};

struct form_limits {
    size_t parts; /* most parts; 0: 256 */
    size_t head;  /* most bytes in a part's head; 0: 8192 */
};

struct form_reader;

/* Starts reading. content_type is the request's header; ERR_INPUT when it is not
 * multipart/form-data or names no boundary. The caller destroys it. */
bool form_reader_create(struct form_reader **out, const char *content_type,
                        const struct form_limits *limits, const struct form_sink *sink,
                        struct err *err);

/* Takes the next bytes. ERR_INPUT when they break the format or a limit (code 413 for a limit), or
 * what the sink said; nothing may be fed after that. */
bool form_reader_feed(struct form_reader *reader, struct str bytes, struct err *err);

/* The body is over: true when the closing boundary was seen; ERR_INPUT when it was cut short. */
bool form_reader_finish(struct form_reader *reader, struct err *err);

/* Frees; takes NULL. */
void form_reader_destroy(struct form_reader *reader);

/* The value of a parameter of a header like `form-data; name="a"; filename=b` appended to value;
 * false when it is not there. Understands quoted strings with \" and \\. */
bool form_parameter(struct str header, const char *name, struct buf *value);

#endif
