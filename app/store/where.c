#include "app/store/where.h"

#include <assert.h>

static void add_value(struct where *where, struct db_value value)
{
    assert(where->n < WHERE_VALUES);
    where->values[where->n++] = value;
}

void where_add_plain(struct where *where, const char *condition)
{
    buf_add_text(&where->sql, where->sql.n ? " AND " : " WHERE ");
    buf_add_text(&where->sql, condition);
}

void where_add(struct where *where, const char *condition, struct db_value value)
{
    where_add_plain(where, condition);
    add_value(where, value);
}

void where_add_text(struct where *where, const char *condition, const char *text)
{
    if (text) {
        where_add(where, condition, DB_TEXT(text));
    }
}

int64_t page_limit(struct page page)
{
    int64_t limit = page.limit > 0 ? page.limit : 50;
    return limit < PAGE_MOST ? limit : PAGE_MOST;
}

void where_add_page(struct where *where, const char *order, struct page page)
{
    buf_add_text(&where->sql, order);
    buf_add_text(&where->sql, " LIMIT ? OFFSET ?");
    add_value(where, DB_INT(page_limit(page)));
    add_value(where, DB_INT(page.offset));
}

struct db_query *where_query(struct where *where, struct db *db, const char *head, struct err *err)
{
    struct buf sql = {0};
    buf_add_text(&sql, head);
    buf_add_str(&sql, buf_str(&where->sql));
    struct db_query *q =
        db_query(db, buf_text(&sql), (struct db_values){where->values, where->n}, err);
    buf_finish(&sql);
    return q;
}

void where_finish(struct where *where)
{
    buf_finish(&where->sql);
}
