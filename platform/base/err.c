#include "platform/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool err_set(struct err *err, enum err_kind kind, int code, const char *fmt, ...)
{
    if (err) {
        va_list args;
        va_start(args, fmt);
        vsnprintf(err->text, sizeof(err->text), fmt, args);
        va_end(args);
        err->kind = kind;
        err->code = code;
    }
    return false;
}

bool err_prefix(struct err *err, const char *fmt, ...)
{
    if (err) {
        char head[160], whole[320];
        va_list args;
        va_start(args, fmt);
        vsnprintf(head, sizeof(head), fmt, args);
        va_end(args);
        snprintf(whole, sizeof(whole), "%s: %s", head, err->text);
        whole[sizeof(err->text) - 1] = 0;
        memcpy(err->text, whole, sizeof(err->text));
    }
    return false;
}

void err_clear(struct err *err)
{
    if (err) {
        memset(err, 0, sizeof(*err));
    }
}

const char *err_kind_name(enum err_kind kind)
{
    static const char *const names[] = {"none",    "input",     "missing", "denied",
                                        "offline", "remote",    "storage", "damaged",
                                        "device",  "cancelled", "library"};
    return (unsigned)kind < sizeof(names) / sizeof(*names) ? names[kind] : "unknown";
}
