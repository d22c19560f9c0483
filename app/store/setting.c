#include "app/store/setting.h"

#include <stdio.h>

#include "platform/db/db.h"

bool setting_get(struct store *store, const char *name, struct buf *value, struct err *err)
{
    struct db_query *q = db_query(store->db, "SELECT value FROM setting WHERE name = ?",
                                  DB_WITH(DB_TEXT(name)), err);
    if (db_next(q, err)) {
        buf_add_str(value, db_str(q, 0));
    }
    return db_done(q);
}

int64_t setting_number(struct store *store, const char *name, int64_t other)
{
    struct buf text = {0};
    long long value;
    bool ok = setting_get(store, name, &text, NULL) && str_to_int64(buf_str(&text), &value);
    buf_finish(&text);
    return ok ? value : other;
}

bool setting_set(struct store *store, const char *name, const char *value, struct err *err)
{
    if (!value) {
        return db_run(store->db, "DELETE FROM setting WHERE name = ?", DB_WITH(DB_TEXT(name)), err);
    }
    return db_run(store->db, "INSERT OR REPLACE INTO setting VALUES (?, ?)",
                  DB_WITH(DB_TEXT(name), DB_TEXT(value)), err);
}

bool setting_set_number(struct store *store, const char *name, int64_t value, struct err *err)
{
    char text[24];
    snprintf(text, sizeof(text), "%lld", (long long)value);
    return setting_set(store, name, text, err);
}
