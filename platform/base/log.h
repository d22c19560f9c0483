/* The log is for us, the journal (app/store/journal.h) for the supervisor: only ids, sizes and
 * kinds, never a name, a number or an answer. Define LOG_ROOM before the include. Any thread. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include "platform/base/err.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

#ifndef LOG_ROOM
#define LOG_ROOM "?"
#endif

/* Writes one line; below the set level it costs a comparison. */
void log_write(enum log_level level, const char *room, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* From now on also into path, a ring of two files of 512 KiB (path and path.1). Standard error is
 * used while no file is open. */
bool log_open(const char *path, struct err *err);

/* Closes the file; lines go to standard error again. */
void log_close(void);

/* Lines above this level are dropped; LOG_WARN at start. */
void log_set_level(enum log_level level);

#define log_error(...) log_write(LOG_ERROR, LOG_ROOM, __VA_ARGS__)
#define log_warn(...)  log_write(LOG_WARN, LOG_ROOM, __VA_ARGS__)
#define log_info(...)  log_write(LOG_INFO, LOG_ROOM, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, LOG_ROOM, __VA_ARGS__)

#endif
