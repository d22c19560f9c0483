/* The write-ahead log of a database, looked at from outside. SQLite reads it up to the first frame
 * that is not right and takes that for the end of what a crash left: right for a write that the
 * crash cut off, a silent loss where a bit of something older has changed. */
#ifndef DB_LOG_H
#define DB_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/err.h"

/* Was all of the log taken that was ever safe on disk? Ask right after opening, before anything is
 * written, and by the first to open it. page: bytes of a page. Two finished transactions behind the
 * end that SQLite sees prove a loss, since each is synced before the next begins; a change in the
 * last one alone cannot be told from a write that was cut off. */
bool log_is_whole(const char *path, uint32_t page);

/* The log of the database at the path has its name for good before the first change is in it;
 * SQLite tries that, and goes on when it cannot. */
bool log_sync_name(const char *path, struct err *err);

#endif
