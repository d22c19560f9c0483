#include "app/store/procedure.h"

#include <string.h>

#include "app/lang/lang.h"
#include "app/store/inner.h"
#include "app/store/where.h"
#include "platform/base/csv.h"

/* Columns of procedures.csv in the order in which insert binds them. */
enum {
    CODE,
    NAME,
    FIELD,
    PAPERS,
    TIME,
    FEE,
    AUDIENCE,
    CHANNELS,
    DECISION,
    URL,
    CAPTURED,
    ONLINE,
    CONFIDENCE,
    PRIORITY,
    COLUMNS,
};

static const char *const names[COLUMNS] = {"name",     "label",    "field",      "papers",   "time",
                                           "fee",      "audience", "channels",   "decision", "url",
                                           "captured", "online",   "confidence", "priority"};

static bool find_columns(struct csv *csv, size_t at[COLUMNS], struct err *err)
{
    if (!csv_row(csv, err)) {
        return err_set(err, ERR_INPUT, 0, "the catalogue is empty");
    }
    for (int i = 0; i < COLUMNS; i++) {
        at[i] = csv->cells.n;
        for (size_t c = 0; c < csv->cells.n; c++) {
            at[i] = str_is(csv->cells.v[c], names[i]) ? c : at[i];
        }
        if (at[i] == csv->cells.n) {
            return err_set(err, ERR_INPUT, 0, "the catalogue has no column %s", names[i]);
        }
    }
    return true;
}

static struct str cell(const struct csv *csv, size_t at)
{
    return at < csv->cells.n ? csv->cells.v[at] : STR("");
}

static struct db_value text_at(const struct csv *csv, size_t at)
{
    return DB_STR(cell(csv, at));
}

/* The note of the capture is not part of the name. */
static struct str clean_name(struct str name)
{
    const struct str note = STR(" (topic wording only)");
    return str_ends(name, note) ? (struct str){name.s, name.n - note.n} : name;
}

static bool insert(struct store *store, const struct csv *csv, const size_t at[COLUMNS],
                   struct err *err)
{
    return db_run(store->db,
                  "INSERT OR REPLACE INTO procedure (code, name, field, papers, time, fee,"
                  " audience, channels, decision, url, captured, is_online, is_doubtful, priority)"
                  " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  DB_WITH(text_at(csv, at[CODE]), DB_STR(clean_name(cell(csv, at[NAME]))),
                          text_at(csv, at[FIELD]), text_at(csv, at[PAPERS]), text_at(csv, at[TIME]),
                          text_at(csv, at[FEE]), text_at(csv, at[AUDIENCE]),
                          text_at(csv, at[CHANNELS]), text_at(csv, at[DECISION]),
                          text_at(csv, at[URL]), text_at(csv, at[CAPTURED]),
                          DB_INT(str_is(cell(csv, at[ONLINE]), "yes")),
                          DB_INT(str_is(cell(csv, at[CONFIDENCE]), "low")),
                          DB_INT(str_is(cell(csv, at[PRIORITY]), "1") ? 1 : 2)),
                  err);
}

bool procedure_import(struct store *store, struct str text, struct err *err)
{
    struct csv csv;
    size_t at[COLUMNS];
    struct err row_err = {0};
    csv_begin(&csv, text);
    bool ok = find_columns(&csv, at, err);
    if (ok && db_begin(store->db, err)) {
        ok = db_run(store->db, "DELETE FROM procedure", DB_NONE, err);
        while (ok && csv_row(&csv, &row_err)) {
            ok = cell(&csv, at[CODE]).n == 0 || insert(store, &csv, at, err);
        }
        if (ok && row_err.kind != ERR_NONE) {
            ok = err_set(err, row_err.kind, row_err.code, "%s", row_err.text);
        }
        ok = db_end(store->db, ok, err);
    } else {
        ok = false;
    }
    csv_end(&csv);
    return ok;
}

static const char columns[] =
    "SELECT code, name, field, papers, time, fee, audience, channels, decision, url, captured,"
    " is_online, is_doubtful, priority FROM procedure";

static void read_procedure(struct db_query *q, struct arena *arena, struct procedure *p)
{
    const char **texts[] = {&p->code,     &p->name, &p->field,    &p->papers,
                            &p->time,     &p->fee,  &p->audience, &p->channels,
                            &p->decision, &p->url,  &p->captured};
    const int count = sizeof(texts) / sizeof(*texts);
    for (int i = 0; i < count; i++) {
        *texts[i] = arena_strdup(arena, db_text(q, i));
    }
    p->online = db_int(q, count) != 0;
    p->is_doubtful = db_int(q, count + 1) != 0;
    p->priority = (int)db_int(q, count + 2);
}

struct hit {
    int64_t id;
    int rank;
};

/* Some hundred rows: each is ranked as people type, the better ones are few. */
static bool rank_all(struct store *store, const struct search *search, struct hit *hits, size_t cap,
                     size_t *count, struct err *err)
{
    size_t n = 0;
    struct buf text = {0};
    struct db_query *q = db_query(store->db,
                                  "SELECT id, name, field, code FROM procedure"
                                  " ORDER BY priority, is_doubtful, id",
                                  DB_NONE, err);
    while (n < cap && db_next(q, err)) {
        buf_clear(&text);
        buf_addf(&text, "%s %s %s", db_text(q, 1), db_text(q, 2), db_text(q, 3));
        int in_name = search_rank(search, str_of(db_text(q, 1)));
        int rank = search->count == 0 ? 1
                   : in_name          ? in_name * 2
                                      : search_rank(search, buf_str(&text));
        if (rank > 0) {
            size_t at = n++;
            for (; at > 0 && hits[at - 1].rank < rank; at--) {
                hits[at] = hits[at - 1];
            }
            hits[at] = (struct hit){db_int(q, 0), rank};
        }
    }
    buf_finish(&text);
    *count = n;
    return db_done(q);
}

bool procedure_search(struct store *store, struct str typed, struct page page, struct arena *arena,
                      struct procedures *out, struct err *err)
{
    struct search search = {0};
    size_t all = (size_t)procedure_count(store), limit = (size_t)page_limit(page);
    struct hit *hits = arena_array(arena, struct hit, all);
    search_begin(&search, typed, SEARCH_TEXT);
    size_t n = 0;
    bool ok = rank_all(store, &search, hits, all, &n, err);
    search_end(&search);
    *out = (struct procedures){arena_array(arena, struct procedure, limit), 0};
    for (size_t i = (size_t)page.offset; ok && i < n && out->n < limit; i++) {
        struct where where = {0};
        where_add(&where, "id = ?", DB_INT(hits[i].id));
        struct db_query *q = where_query(&where, store->db, columns, err);
        if (db_next(q, err)) {
            read_procedure(q, arena, &out->v[out->n++]);
        }
        ok = db_done(q);
        where_finish(&where);
    }
    return ok;
}

bool procedure_get(struct store *store, const char *code, struct arena *arena,
                   struct procedure *procedure, struct err *err)
{
    struct where where = {0};
    where_add(&where, "code = ?", DB_TEXT(code));
    struct db_query *q = where_query(&where, store->db, columns, err);
    bool found = db_next(q, err);
    if (found) {
        read_procedure(q, arena, procedure);
    }
    where_finish(&where);
    return db_done(q) && (found || err_set(err, ERR_MISSING, 0, "no such procedure"));
}

int64_t procedure_count(struct store *store)
{
    int64_t count;
    db_number(store->db, "SELECT count(*) FROM procedure", DB_NONE, &count, 0, NULL);
    return count;
}
