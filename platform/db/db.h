/* One SQLite file, encrypted when a key is given: open, query, change, migrate, copy. The only room
 * that knows SQLite; SQL text stands in app/store and app/hub. A connection belongs to the thread
 * that opened it; several connections to one file do not block each other (WAL: many readers, one
 * writer, who waits busy_ms). */
#ifndef DB_DB_H
#define DB_DB_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/err.h"
#include "platform/base/str.h"

enum { DB_KEY_SIZE = 32 };

struct db;
struct db_query;

struct db_options {
    const unsigned char *key; /* DB_KEY_SIZE bytes, borrowed during the call; NULL: not encrypted */
    int cache_kib;            /* page cache; 0: 2048 */
    int busy_ms;              /* how long to wait for another writer; 0: 5000 */
    bool must_exist;          /* ERR_MISSING instead of making a new file */
};

/* Opens or makes the file (0600). ERR_DENIED: another key, or a file that is no database at all;
 * ERR_DAMAGED: its pages are not what was written; ERR_STORAGE: the disk. db_close ends it. */
bool db_open(const char *path, const struct db_options *options, struct db **db, struct err *err);

/* Ends the connection; open queries are ended too, an open transaction is undone. Takes NULL. */
void db_close(struct db *db);

/* ---- values given to SQL ------------------------------------------------------------------- */

enum db_type { DB_IS_NULL, DB_IS_INT, DB_IS_REAL, DB_IS_TEXT, DB_IS_BLOB };

struct db_value {
    enum db_type type;
    int64_t number;
    double real;
    struct str bytes;
};

struct db_values {
    const struct db_value *v;
    size_t n;
};

#define DB_NULL       ((struct db_value){DB_IS_NULL, 0, 0, {0, 0}})
#define DB_INT(x)     ((struct db_value){DB_IS_INT, (x), 0, {0, 0}})
#define DB_REAL(x)    ((struct db_value){DB_IS_REAL, 0, (x), {0, 0}})
#define DB_STR(x)     ((struct db_value){DB_IS_TEXT, 0, 0, (x)})
#define DB_TEXT(x)    ((struct db_value){DB_IS_TEXT, 0, 0, str_of(x)})
#define DB_BLOB(p, k) ((struct db_value){DB_IS_BLOB, 0, 0, {(const char *)(p), (k)}})

/* DB_NONE or DB_WITH(DB_INT(1), DB_TEXT("a")): what stands for the question marks, in order. Text
 * and blobs are borrowed until the statement has ended. */
#define DB_NONE ((struct db_values){0, 0})
#define DB_WITH(...)                                                                               \
    ((struct db_values){(const struct db_value[]){__VA_ARGS__},                                    \
                        sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)})

/* A text that may be NULL as value: NULL gives SQL's NULL. */
struct db_value db_text_or_null(const char *text);

/* ---- statements ----------------------------------------------------------------------------- */

/* Runs one statement to its end; rows are passed over. The statement is compiled once a connection
 * and kept. ERR_INPUT: a constraint of the schema refused it; ERR_STORAGE with ENOSPC: disk full.
 */
bool db_run(struct db *db, const char *sql, struct db_values values, struct err *err);

/* Runs a script of several statements without values: schema changes. */
bool db_script(struct db *db, const char *sql, struct err *err);

/* Begins a query; NULL with err when it cannot. db_next and db_done take NULL, so that a loop needs
 * no check: `q = db_query(…); while (db_next(q, err)) {…} return db_done(q);` */
struct db_query *db_query(struct db *db, const char *sql, struct db_values values, struct err *err);

/* Moves to the next row; false at the end or on an error, which db_done tells apart. */
bool db_next(struct db_query *q, struct err *err);

/* Ends the query; true when it ran without an error. */
bool db_done(struct db_query *q);

/* One row of one number: the first column as integer, or other when there is no row or it is
 * NULL. False on an error. */
bool db_number(struct db *db, const char *sql, struct db_values values, int64_t *number,
               int64_t other, struct err *err);

/* ---- columns of the row, from 0; borrowed until the next db_next or db_done ------------------ */

/* As integer; 0 for NULL. */
int64_t db_int(struct db_query *q, int column);

/* As floating number; 0 for NULL. */
double db_real(struct db_query *q, int column);

/* As text or blob bytes; empty for NULL. */
struct str db_str(struct db_query *q, int column);

/* As NUL-terminated text; "" for NULL. */
const char *db_text(struct db_query *q, int column);

/* Is it NULL? */
bool db_is_null(struct db_query *q, int column);

/* As a value of whatever type it has, ready to be given to another statement. */
struct db_value db_value(struct db_query *q, int column);

/* How many columns a row has. */
int db_columns(struct db_query *q);

/* ---- changes -------------------------------------------------------------------------------- */

/* Opens a bracket; brackets nest (an inner one undoes alone). The outermost takes the write lock at
 * once, so it can wait but never fail later for another writer. */
bool db_begin(struct db *db, struct err *err);

/* Closes the innermost bracket: keeps what it did when ok, else undoes it. Returns true only when
 * ok and, for the outermost, on disk; an err that is set already is left alone. */
bool db_end(struct db *db, bool ok, struct err *err);

/* Whether a change is on the disk when db_end returns (true, as after db_open) or may still be lost
 * with the power, whole and without harm to others: for what can be had again. Not inside a
 * bracket. */
void db_set_lasting(struct db *db, bool is_lasting);

/* Is a bracket open? */
bool db_in_change(const struct db *db);

/* Row id of the last insert. */
int64_t db_last_id(const struct db *db);

/* Rows changed by the last statement. */
int64_t db_changes(const struct db *db);

/* ---- the whole file ------------------------------------------------------------------------- */

struct db_migration {
    int number;       /* from 1, without gaps; 0 ends the table */
    const char *name; /* for the log */
    const char *sql;  /* a script */
};

/* Brings the file to the newest schema, each step with its number in one transaction; ERR_INPUT
 * when the file was made by a newer program (code: its number), and nothing is changed. */
bool db_migrate(struct db *db, const struct db_migration *steps, struct err *err);

/* Can every byte of the file and its log be read? Else ERR_STORAGE; true when there is none. Before
 * damage is believed: an error of the disk may look like it. */
bool db_can_read(const char *path, struct err *err);

/* Right after the first opening: was everything taken from the log of a program that was killed?
 * ERR_DAMAGED when bits of it have changed; the log then stays as it is when db is closed. */
bool db_check_log(struct db *db, struct err *err);

/* Reads every page and compares; ERR_DAMAGED with SQLite's first complaint. */
bool db_check(struct db *db, struct err *err);

/* Copies the whole database, under the same key, while others may go on; takes its place at path in
 * one step. */
bool db_copy(struct db *db, const char *path, struct err *err);

/* Writes the log into the file and empties it; gives free pages back to the disk. */
bool db_compact(struct db *db, struct err *err);

/* For tests of the full disk: no more than that many pages from now on; 0: no limit. */
void db_limit_pages(struct db *db, int64_t pages);

/* Pages that the file has now. */
int64_t db_pages(struct db *db);

#endif
