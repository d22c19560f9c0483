/* The numbered changes of the database, embedded by the build from app/store/migrations/. */
#ifndef STORE_MIGRATION_H
#define STORE_MIGRATION_H

#include "platform/db/db.h"

extern const struct db_migration migrations[];

#endif
