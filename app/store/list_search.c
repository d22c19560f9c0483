/* Search in a list: few rows are looked at one by one, many are asked for by their words. */
#include <stdio.h>
#include <stdlib.h>

#include "app/lang/lang.h"
#include "app/store/inner.h"
#include "app/store/list.h"
#include "app/store/shape.h"
#include "app/store/where.h"
#include "app/store/words.h"

/* Up to so many rows are ranked each time; beyond that a word search is made once. */
enum { FEW = 2000, MOST_HITS = 5000 };

struct ranked {
    uint32_t row;
    int rank;
};

struct finding {
    struct store *store;
    struct shape shape;
    ptrdiff_t column, where; /* where -1: all rows */
    struct where filter;
    struct buf words;
    VEC(struct ranked) hits;
};

static int by_rank(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->rank != y->rank) {
        return x->rank > y->rank ? -1 : 1;
    }
    return x->row < y->row ? -1 : x->row > y->row;
}

static bool prepare(struct finding *f, const struct list_search *what, struct err *err)
{
    char condition[128];
    if (!shape_load(f->store, what->name, NULL, &f->shape, err)) {
        return false;
    }
    f->column = shape_find(&f->shape, what->column);
    f->where = what->where ? shape_find(&f->shape, what->where) : -1;
    if (f->column < 0 || (what->where && f->where < 0)) {
        return err_set(err, ERR_INPUT, 0, "the list has no such column");
    }
    if (f->where >= 0) {
        snprintf(condition, sizeof(condition), "c%td = ?", f->where);
        where_add(&f->filter, condition, DB_STR(what->equals));
        return shape_index(f->store, &f->shape, (size_t)f->where, err);
    }
    if (f->shape.rows > FEW && words_query(&f->words, what->typed)) {
        snprintf(condition, sizeof(condition),
                 "id IN (SELECT rowid FROM list_%lld_w%td WHERE text MATCH ? LIMIT %d)",
                 (long long)f->shape.id, f->column, MOST_HITS);
        where_add(&f->filter, condition, DB_STR(buf_str(&f->words)));
        return shape_make_words(f->store, &f->shape, (size_t)f->column, err);
    }
    return true;
}

static struct db_query *query(struct finding *f, struct err *err)
{
    char head[96];
    snprintf(head, sizeof(head), "SELECT id, c%td FROM list_%lld", f->column,
             (long long)f->shape.id);
    return where_query(&f->filter, f->store->db, head, err);
}

/* Nothing typed: the rows as they stand, only those of the page are touched. */
static bool take_page(struct finding *f, struct page page, struct list_hits *out, struct err *err)
{
    where_add_page(&f->filter, " ORDER BY id", page);
    struct db_query *q = query(f, err);
    while (db_next(q, err)) {
        out->v[out->n++] = (uint32_t)(db_int(q, 0) - 1);
    }
    return db_done(q);
}

static bool take_ranked(struct finding *f, const struct search *search, struct page page,
                        struct list_hits *out, struct err *err)
{
    struct db_query *q = query(f, err);
    while (db_next(q, err)) {
        int rank = search_rank(search, db_str(q, 1));
        if (rank > 0) {
            vec_push(&f->hits, (struct ranked){(uint32_t)(db_int(q, 0) - 1), rank});
        }
    }
    if (f->hits.n) {
        qsort(f->hits.v, f->hits.n, sizeof(*f->hits.v), by_rank);
    }
    size_t limit = (size_t)page_limit(page);
    for (size_t i = (size_t)page.offset; i < f->hits.n && out->n < limit; i++) {
        out->v[out->n++] = f->hits.v[i].row;
    }
    return db_done(q);
}

bool list_search(struct store *store, const struct list_search *what, struct page page,
                 struct arena *arena, struct list_hits *out, struct err *err)
{
    struct finding f = {.store = store};
    struct search search = {0};
    search_begin(&search, what->typed, SEARCH_TEXT);
    *out = (struct list_hits){arena_array(arena, uint32_t, (size_t)page_limit(page)), 0};
    bool ok = prepare(&f, what, err) && (search.count ? take_ranked(&f, &search, page, out, err)
                                                      : take_page(&f, page, out, err));
    search_end(&search);
    shape_finish(&f.shape);
    where_finish(&f.filter);
    buf_finish(&f.words);
    vec_finish(&f.hits);
    return ok;
}
