#include "app/hub/archive_entity.h"

#include <ctype.h>

#include "platform/base/clock.h"
#include "platform/base/json.h"

/* What is known of the entity that a change is about. */
struct current {
    int64_t entity;
    int version; /* 0: there is none */
    struct buf label, data;
};

void entity_change_finish(struct entity_change *change)
{
    vec_finish(&change->values);
    arena_finish(&change->arena);
}

bool entity_is_id(const char *id)
{
    for (int i = 0; i < 36; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_dash ? id[i] != '-' : !isxdigit((unsigned char)id[i])) {
            return false;
        }
    }
    return id[36] == '\0';
}

bool entity_list_find(struct archive *archive, const char *name, int64_t *list, struct err *err)
{
    return db_number(archive->db, "select id from entity_list where name = ?",
                     DB_WITH(DB_TEXT(name)), list, 0, err);
}

bool entity_list_changed(struct archive *archive, int64_t list, struct err *err)
{
    return db_run(archive->db, "update entity_list set revision = revision + 1 where id = ?",
                  DB_WITH(DB_INT(list)), err);
}

static bool find_current(struct archive *archive, int64_t list, const char *id,
                         struct current *current, struct err *err)
{
    struct db_query *q = db_query(
        archive->db, "select id, version, label, data from entity where list = ? and uuid = ?",
        DB_WITH(DB_INT(list), DB_TEXT(id)), err);
    while (db_next(q, err)) {
        current->entity = db_int(q, 0);
        current->version = (int)db_int(q, 1);
        buf_add_str(&current->label, db_str(q, 2));
        buf_add_str(&current->data, db_str(q, 3));
    }
    return db_done(q);
}

static void current_finish(struct current *current)
{
    buf_finish(&current->label);
    buf_finish(&current->data);
}

static bool has_value(const struct entity_change *change, const char *name)
{
    for (size_t i = 0; i < change->values.n; i++) {
        if (strcmp(change->values.v[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void add_member(struct buf *to, const char *name, struct str value)
{
    json_add_key(to, name);
    json_add_text(to, value);
}

/* The old data with the new values over them. */
static void merge(struct buf *to, struct str old, const struct entity_change *change)
{
    struct json *tree = json_parse(old, NULL);
    const char *name;
    const struct json *value;
    buf_add_char(to, '{');
    for (size_t i = 0; json_member(tree, i, &name, &value); i++) {
        if (!has_value(change, name)) {
            add_member(to, name, str_of(json_text(value, "")));
        }
    }
    for (size_t i = 0; i < change->values.n; i++) {
        add_member(to, change->values.v[i].name, change->values.v[i].value);
    }
    buf_add_char(to, '}');
    json_destroy(tree);
}

/* What this change sets, as JSON, to be compared with other changes later. */
static void describe(struct buf *to, const struct entity_change *change)
{
    merge(to, STR("{}"), change);
    if (*change->label) {
        to->n--;
        add_member(to, "label", str_of(change->label));
        buf_add_char(to, '}');
    }
}

struct version_row {
    int64_t entity;
    int version, base;
    struct str label, data;
};

static bool add_version(struct archive *archive, const struct version_row *row,
                        const struct entity_change *change, struct err *err)
{
    struct buf changed = {0};
    describe(&changed, change);
    bool ok = db_run(
        archive->db,
        "insert into entity_version(entity, version, base, trunk, branch, branch_base, label,"
        " data, changed, record, ms) values(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        DB_WITH(DB_INT(row->entity), DB_INT(row->version), DB_INT(row->base), DB_INT(change->trunk),
                DB_TEXT(change->branch), DB_INT(change->base), DB_STR(row->label),
                DB_STR(row->data), DB_STR(buf_str(&changed)), DB_INT(change->record),
                DB_INT(clock_now_ms())),
        err);
    buf_finish(&changed);
    return ok;
}

static bool add_properties(struct archive *archive, const struct entity_change *change,
                           struct err *err)
{
    for (size_t i = 0; i < change->values.n; i++) {
        if (!db_run(archive->db,
                    "insert into entity_property(list, name, place) values(?1, ?2,"
                    " (select count(*) from entity_property where list = ?1))"
                    " on conflict do nothing",
                    DB_WITH(DB_INT(change->list), DB_TEXT(change->values.v[i].name)), err)) {
            return false;
        }
    }
    return true;
}

bool entity_create(struct archive *archive, const struct entity_change *change,
                   enum entity_outcome *outcome, struct err *err)
{
    struct current current = {0};
    struct buf data = {0};
    bool ok = find_current(archive, change->list, change->id, &current, err);
    *outcome = ENTITY_EXISTS;
    if (ok && !current.version) {
        *outcome = ENTITY_DONE;
        merge(&data, STR("{}"), change);
        ok = add_properties(archive, change, err) &&
             db_run(archive->db,
                    "insert into entity(list, uuid, version, label, data) values(?, ?, 1, ?, ?)",
                    DB_WITH(DB_INT(change->list), DB_TEXT(change->id), DB_TEXT(change->label),
                            DB_STR(buf_str(&data))),
                    err);
        struct version_row row = {ok ? db_last_id(archive->db) : 0, 1, 0, str_of(change->label),
                                  buf_str(&data)};
        ok = ok && add_version(archive, &row, change, err) &&
             entity_list_changed(archive, change->list, err);
    }
    buf_finish(&data);
    current_finish(&current);
    return ok;
}

/* Which stored version the change was made on; 0 when it is not there (yet). */
static bool find_base(struct archive *archive, const struct entity_change *change, int64_t entity,
                      int64_t *base, struct err *err)
{
    *base = 0;
    if (!*change->branch || change->base == 1 || change->base == change->trunk) {
        return db_number(archive->db,
                         "select version from entity_version where entity = ? and version = ?",
                         DB_WITH(DB_INT(entity), DB_INT(change->base)), base, 0, err);
    }
    return db_number(archive->db,
                     "select version from entity_version where entity = ? and branch = ?"
                     " and branch_base = ?",
                     DB_WITH(DB_INT(entity), DB_TEXT(change->branch), DB_INT(change->base - 1)),
                     base, 0, err);
}

/* "" when nobody changed it since its base, "soft", or "hard" when the same property differs. */
static bool find_conflict(struct archive *archive, const struct entity_change *change,
                          int64_t entity, int64_t base, const char **conflict, struct err *err)
{
    *conflict = "";
    struct db_query *q =
        db_query(archive->db, "select changed from entity_version where entity = ? and version > ?",
                 DB_WITH(DB_INT(entity), DB_INT(base)), err);
    while (db_next(q, err)) {
        struct json *theirs = json_parse(db_str(q, 0), NULL);
        if (!**conflict) {
            *conflict = "soft";
        }
        for (size_t i = 0; i < change->values.n; i++) {
            const char *other = json_text(json_get(theirs, change->values.v[i].name), NULL);
            if (other && !str_is(change->values.v[i].value, other)) {
                *conflict = "hard";
            }
        }
        const char *label = json_text(json_get(theirs, "label"), NULL);
        if (label && *change->label && strcmp(label, change->label) != 0) {
            *conflict = "hard";
        }
        json_destroy(theirs);
    }
    return db_done(q);
}

static bool write_update(struct archive *archive, const struct entity_change *change,
                         const struct current *current, int64_t base, struct err *err)
{
    struct buf data = {0};
    const char *conflict = "";
    struct str label = *change->label ? str_of(change->label) : buf_str(&current->label);
    merge(&data, buf_str(&current->data), change);
    struct version_row row = {current->entity, current->version + 1, (int)base, label,
                              buf_str(&data)};
    bool ok = find_conflict(archive, change, current->entity, base, &conflict, err) &&
              add_properties(archive, change, err) && add_version(archive, &row, change, err) &&
              db_run(archive->db,
                     "update entity set version = ?1, label = ?2, data = ?3, conflict ="
                     " case when conflict = 'hard' or ?4 = '' then conflict else ?4 end"
                     " where id = ?5",
                     DB_WITH(DB_INT(row.version), DB_STR(label), DB_STR(buf_str(&data)),
                             DB_TEXT(conflict), DB_INT(current->entity)),
                     err) &&
              entity_list_changed(archive, change->list, err);
    buf_finish(&data);
    return ok;
}

bool entity_update(struct archive *archive, const struct entity_change *change, bool force,
                   enum entity_outcome *outcome, struct err *err)
{
    struct current current = {0};
    int64_t base = 0;
    bool ok = find_current(archive, change->list, change->id, &current, err) &&
              (!current.version || find_base(archive, change, current.entity, &base, err));
    *outcome = base ? ENTITY_DONE : *change->branch ? ENTITY_HELD : ENTITY_UNKNOWN;
    if (ok && !base && force && current.version) {
        base = current.version;
        *outcome = ENTITY_DONE;
    }
    if (ok && base) {
        ok = write_update(archive, change, &current, base, err);
    }
    current_finish(&current);
    return ok;
}

/* ---- what is held back ---- */

static void read_held(struct db_query *q, struct entity_change *change)
{
    const char *name;
    const struct json *value;
    struct json *tree = json_parse(db_str(q, 8), NULL);
    change->list = db_int(q, 1);
    change->id = arena_strdup(&change->arena, db_text(q, 2));
    change->branch = arena_strdup(&change->arena, db_text(q, 3));
    change->base = (int)db_int(q, 4);
    change->trunk = (int)db_int(q, 5);
    change->label = arena_strdup(&change->arena, db_text(q, 6));
    change->record = db_int(q, 7);
    for (size_t i = 0; json_member(tree, i, &name, &value); i++) {
        struct entity_value one = {arena_strdup(&change->arena, name),
                                   str_of(arena_strdup(&change->arena, json_text(value, "")))};
        vec_push(&change->values, one);
    }
    json_destroy(tree);
}

#define HELD_SQL "select id, list, uuid, branch, base, trunk, label, record, data from entity_held"

/* Tries one held update; *done when it was worked in. */
static bool try_held(struct archive *archive, int64_t held, struct entity_change *change,
                     bool force, bool *done, struct err *err)
{
    enum entity_outcome outcome = ENTITY_HELD;
    bool ok = entity_update(archive, change, force, &outcome, err);
    *done = ok && outcome == ENTITY_DONE;
    return ok && (!*done || db_run(archive->db, "delete from entity_held where id = ?",
                                   DB_WITH(DB_INT(held)), err));
}

struct held_row {
    int64_t id;
    struct entity_change change;
};

struct held_rows {
    VEC(struct held_row) rows;
};

static bool read_all(struct db_query *q, struct held_rows *held, struct err *err)
{
    while (db_next(q, err)) {
        struct held_row row = {.id = db_int(q, 0)};
        read_held(q, &row.change);
        vec_push(&held->rows, row);
    }
    return db_done(q);
}

static void held_finish(struct held_rows *held)
{
    for (size_t i = 0; i < held->rows.n; i++) {
        entity_change_finish(&held->rows.v[i].change);
    }
    vec_finish(&held->rows);
}

bool entity_release(struct archive *archive, int64_t list, const char *id, struct err *err)
{
    struct held_rows held = {0};
    bool ok = read_all(db_query(archive->db, HELD_SQL " where list = ? and uuid = ? order by id",
                                DB_WITH(DB_INT(list), DB_TEXT(id)), err),
                       &held, err);
    bool moved = held.rows.n > 0;
    while (ok && moved) {
        moved = false;
        for (size_t i = 0; ok && i < held.rows.n; i++) {
            bool done = false;
            struct held_row *row = &held.rows.v[i];
            ok = !row->id || try_held(archive, row->id, &row->change, false, &done, err);
            row->id = done ? 0 : row->id;
            moved = moved || done;
        }
    }
    held_finish(&held);
    return ok;
}

bool archive_entity_overdue(struct archive *archive, int64_t before_ms, struct err *err)
{
    struct held_rows held = {0};
    if (!archive_begin(archive, err)) {
        return false;
    }
    bool ok = read_all(db_query(archive->db, HELD_SQL " where ms < ? order by uuid, base, id",
                                DB_WITH(DB_INT(before_ms)), err),
                       &held, err);
    for (size_t i = 0; ok && i < held.rows.n; i++) {
        bool done = false;
        ok = try_held(archive, held.rows.v[i].id, &held.rows.v[i].change, true, &done, err);
    }
    held_finish(&held);
    return archive_end(archive, ok, err);
}
