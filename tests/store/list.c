#include "app/store/list.h"
#include "app/store/formfile.h"
#include "tests/store/helper_store.h"

#include <time.h>

#include "platform/base/hash.h"
#include "platform/base/rand.h"
#include "platform/db/db.h"

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct form_list *open_list(struct fixture *f, const char *name)
{
    struct form_list *list = NULL;
    struct err err;
    check(list_open(f->store, name, &list, &err), &err);
    return list;
}

static size_t find(struct form_list *list, size_t column, const char *value, uint32_t *rows,
                   size_t cap)
{
    return list->ops->find(list, column, str_of(value), 0, rows, cap);
}

static const char *cell(struct form_list *list, uint32_t row, size_t column)
{
    static char texts[4][200];
    static int next;
    struct str text = list->ops->cell(list, row, column);
    char *copy = texts[next++ % 4];
    snprintf(copy, sizeof(texts[0]), STR_FMT, STR_ARG(text));
    return copy;
}

static void a_csv_is_asked_like_a_list(void **state)
{
    struct fixture *f = *state;
    struct err err;
    uint32_t rows[8];
    const struct str csv = STR("\xef\xbb\xbfname,label,province\r\n"
                               "001,\"Phường 1, cũ\",79\n002,Xã Đào,01\n003,short\n"
                               "004,Xã Hai,79,extra\n");
    check(list_import(f->store, "communes.csv", csv, "v1", "shipped", &err), &err);
    struct form_list *list = open_list(f, "communes.csv");
    assert_int_equal(list->ops->row_count(list), 4);
    assert_int_equal(list->ops->column_count(list), 3);
    assert_true(str_is(list->ops->column_name(list, 0), "name"));
    assert_true(str_is(list->ops->column_name(list, 9), ""));
    assert_string_equal(cell(list, 0, 1), "Phường 1, cũ");
    assert_string_equal(cell(list, 2, 2), "");
    assert_string_equal(cell(list, 3, 0), "004");
    assert_string_equal(cell(list, 4, 0), "");
    assert_int_equal(find(list, 2, "79", rows, 8), 2);
    assert_true(rows[0] == 0 && rows[1] == 3);
    assert_int_equal(find(list, 2, "", rows, 8), 1);
    assert_int_equal(rows[0], 2);
    assert_int_equal(find(list, 7, "79", rows, 8), 0);
    list->ops->destroy(list);
    struct list_info info;
    check(list_get(f->store, "communes.csv", &f->arena, &info, &err), &err);
    assert_string_equal(info.version, "v1");
    assert_int_equal(info.rows, 4);
    assert_false(list_open(f->store, "none.csv", &list, &err));
    assert_int_equal(err.kind, ERR_MISSING);
}

static void finding_goes_on_where_it_stopped(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct buf csv = {0};
    buf_add_text(&csv, "name,g\n");
    for (int i = 0; i < 1000; i++) {
        buf_addf(&csv, "n%d,%d\n", i, i % 3);
    }
    check(list_import(f->store, "l.csv", buf_str(&csv), "", "", &err), &err);
    struct form_list *list = open_list(f, "l.csv");
    uint32_t rows[10];
    size_t skip = 0, n;
    while ((n = list->ops->find(list, 1, STR("1"), skip, rows, 10)) > 0) {
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(rows[i], (skip + i) * 3 + 1);
        }
        skip += n;
    }
    assert_int_equal(skip, 333);
    assert_int_equal(list->ops->find(list, 1, STR("1"), 330, rows, 10), 3);
    assert_int_equal(rows[0], 991);
    for (uint32_t row = 0; row < 1000; row++) { /* in order, and against it */
        char want[8];
        snprintf(want, sizeof(want), "n%u", row);
        assert_string_equal(cell(list, row, 0), want);
        snprintf(want, sizeof(want), "n%u", 999 - row);
        assert_string_equal(cell(list, 999 - row, 0), want);
    }
    list->ops->destroy(list);
    buf_finish(&csv);
}

static void an_open_list_keeps_its_version(void **state)
{
    struct fixture *f = *state;
    struct err err;
    uint32_t rows[4];
    check(list_import(f->store, "l.csv", STR("name,g\na,1\n"), "v1", "", &err), &err);
    struct form_list *old = open_list(f, "l.csv");
    assert_int_equal(find(old, 1, "1", rows, 4), 1); /* makes the index */
    check(list_import(f->store, "l.csv", STR("name,g\nb,1\nc,1\n"), "v2", "", &err), &err);
    assert_int_equal(find(old, 1, "1", rows, 4), 1);
    assert_string_equal(cell(old, 0, 0), "a");
    struct form_list *new = open_list(f, "l.csv");
    assert_int_equal(find(new, 1, "1", rows, 4), 2);
    new->ops->destroy(new);
    old->ops->destroy(old);
    /* A bad file changes nothing. */
    assert_false(list_import(f->store, "l.csv", STR("name,g\n\"open"), "v3", "", &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_false(list_import(f->store, "l.csv", STR("name\n\xff\n"), "v3", "", &err));
    assert_false(list_import(f->store, "l.csv", STR(""), "v3", "", &err));
    new = open_list(f, "l.csv");
    assert_string_equal(cell(new, 0, 0), "b");
    new->ops->destroy(new);
    struct list_hits hits;
    const struct list_search what = {.name = "l.csv", .column = "name", .typed = STR("b")};
    check(list_search(f->store, &what, (struct page){0}, &f->arena, &hits, &err), &err);
    store_restart(f); /* v1 is named by nobody and goes */
    assert_false(list_has(f->store, "l.csv", "v1"));
    assert_true(list_has(f->store, "l.csv", "v2"));
    new = open_list(f, "l.csv");
    assert_int_equal(find(new, 1, "1", rows, 4), 2);
    new->ops->destroy(new);
}

static void hundred_thousand_rows_answer_at_once(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct buf csv = {0};
    uint32_t rows[64];
    buf_add_text(&csv, "name,label,ward,district\n");
    for (int i = 0; i < 100000; i++) {
        buf_addf(&csv, "%06d,Nguyễn Thị Thử Nghiệm %d,w%d,d%d\n", i, i, i / 20, i / 1000);
    }
    double begin = cpu_ms();
    check(list_import(f->store, "big.csv", buf_str(&csv), "v1", "", &err), &err);
    double import = cpu_ms() - begin;
    struct form_list *list = open_list(f, "big.csv");
    begin = cpu_ms();
    assert_int_equal(find(list, 2, "w2500", rows, 64), 20);
    double index = cpu_ms() - begin;
    begin = cpu_ms();
    for (int i = 0; i < 100; i++) {
        char ward[16];
        snprintf(ward, sizeof(ward), "w%d", i * 49);
        assert_int_equal(find(list, 2, ward, rows, 64), 20);
        for (int r = 0; r < 20; r++) {
            assert_int_equal(rows[r], i * 49 * 20 + r);
            cell(list, rows[r], 1);
        }
    }
    double filter = (cpu_ms() - begin) / 100;
    list->ops->destroy(list);
    struct list_hits hits;
    const struct list_search what = {
        .name = "big.csv", .column = "label", .typed = STR("nghiem 99999")};
    begin = cpu_ms();
    check(list_search(f->store, &what, (struct page){0}, &f->arena, &hits, &err), &err);
    double words = cpu_ms() - begin;
    assert_int_equal(hits.n, 1);
    assert_int_equal(hits.v[0], 99999);
    begin = cpu_ms();
    for (int i = 0; i < 20; i++) {
        check(list_search(f->store, &what, (struct page){0}, &f->arena, &hits, &err), &err);
    }
    print_message("100,000 rows, CPU ms under sanitizers: import %.0f, first filter (makes the "
                  "index) %.1f, filter with 20 labels %.2f, first search %.0f, search %.2f\n",
                  import, index, filter, words, (cpu_ms() - begin) / 20);
    buf_finish(&csv);
    check(list_import(f->store, "big.csv", STR("name,label,ward\nx,Nghiêm,w1\n"), "v2", "", &err),
          &err);
    check(list_search(
              f->store,
              &(struct list_search){.name = "big.csv", .column = "label", .typed = STR("nghiem")},
              (struct page){0}, &f->arena, &hits, &err),
          &err);
    assert_int_equal(hits.n, 1);
    store_restart(f); /* the large version goes with its index and its words */
    assert_false(list_has(f->store, "big.csv", "v1"));
}

static void search_folds_and_ranks(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct list_hits hits;
    const struct str csv = STR("name,label,p\n1,Xã Đào Viên,01\n2,Xã Dao,01\n3,Xã Đạo Lý,02\n"
                               "4,Phường Bến Thành,79\n");
    check(list_import(f->store, "c.csv", csv, "", "", &err), &err);
    struct list_search what = {.name = "c.csv", .column = "label", .typed = STR("dao")};
    check(list_search(f->store, &what, (struct page){0}, &f->arena, &hits, &err), &err);
    assert_int_equal(hits.n, 3);
    what.typed = STR("đào");
    check(list_search(f->store, &what, (struct page){0}, &f->arena, &hits, &err), &err);
    assert_int_equal(hits.v[0], 0);
    what.where = "p";
    what.equals = STR("02");
    what.typed = STR("dao");
    check(list_search(f->store, &what, (struct page){0}, &f->arena, &hits, &err), &err);
    assert_int_equal(hits.n, 1);
    assert_int_equal(hits.v[0], 2);
    what.typed = STR("");
    what.where = NULL;
    check(list_search(f->store, &what, (struct page){1, 2}, &f->arena, &hits, &err), &err);
    assert_int_equal(hits.n, 2);
    assert_int_equal(hits.v[0], 1);
    what.column = "none";
    assert_false(list_search(f->store, &what, (struct page){0}, &f->arena, &hits, &err));
    assert_int_equal(err.kind, ERR_INPUT);
}

/* ---- entities ------------------------------------------------------------------------------- */

static const char ids[3][37] = {"11111111-1111-4111-8111-111111111111",
                                "22222222-2222-4222-8222-222222222222",
                                "33333333-3333-4333-8333-333333333333"};

static void refresh(struct fixture *f, const char *rows)
{
    struct err err;
    struct buf csv = {0};
    char version[8];
    buf_addf(&csv, "name,label,__version,height\n%s", rows);
    snprintf(version, sizeof(version), "%u", rand_below(1000000));
    check(list_import_entities(f->store, "trees.csv", buf_str(&csv), version, false, &err), &err);
    buf_finish(&csv);
}

/* Row of an entity as "label version trunk height", or NULL. */
static const char *entity(struct fixture *f, const char *id)
{
    static char text[200];
    struct form_list *list = open_list(f, "trees.csv");
    uint32_t row;
    char part[5][60] = {"", "", "", "", ""};
    const char *const names[] = {"label", "__version", "__trunkVersion", "height", "__branchId"};
    bool found = find(list, 0, id, &row, 1) == 1;
    for (size_t n = 0; found && n < 5; n++) {
        for (size_t c = 0; c < list->ops->column_count(list); c++) {
            if (str_is(list->ops->column_name(list, c), names[n])) {
                snprintf(part[n], sizeof(part[n]), "%s", cell(list, row, c));
            }
        }
    }
    assert_true(!found || strlen(part[4]) == 36); /* each has a branch */
    list->ops->destroy(list);
    snprintf(text, sizeof(text), "%s %s %s %s", part[0], part[1], part[2], part[3]);
    return found ? text : NULL;
}

static bool apply(struct fixture *f, const char *id, bool creates, const char *label,
                  const char *height, struct err *err)
{
    const char *const names[] = {"height"}, *const values[] = {height};
    const struct entity_change change = {.list = "trees",
                                         .id = id,
                                         .label = label,
                                         .creates = creates,
                                         .updates = !creates,
                                         .property_count = 1,
                                         .names = names,
                                         .values = values};
    return list_apply(f->store, &change, err);
}

/* Finishing a record and what that does to lists is one step: both stand or none. */
static void entities_come_with_their_record(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    struct record record;
    static char large[400000];
    memset(large, 'x', sizeof(large) - 1);
    const char *const names[] = {"height"};
    const char *values[] = {large};
    const struct entity_change changes[] = {
        {.list = "shrubs", .id = ids[1], .label = "no such list here", .creates = true},
        {.list = "trees", .id = "no uuid", .label = "oak", .creates = true},
        {.list = "trees",
         .id = ids[0],
         .label = "oak",
         .creates = true,
         .property_count = 1,
         .names = names,
         .values = values},
    };
    const struct record_final final = {
        .xml = STR("<data/>"), .changes = changes, .change_count = 3};
    refresh(f, "");
    int64_t id = add_draft(f, "uuid:1");
    db_limit_pages(f->store->db, db_pages(f->store->db) + 20);
    assert_false(record_finish(f->store, id, &final, &err));
    assert_int_equal(err.kind, ERR_STORAGE);
    db_limit_pages(f->store->db, 0);
    check(record_get(f->store, id, &f->arena, &record, &err), &err);
    assert_int_equal(record.state, RECORD_DRAFT);
    assert_null(entity(f, ids[0]));
    values[0] = "10";
    check(record_finish(f->store, id, &final, &err), &err);
    check(record_get(f->store, id, &f->arena, &record, &err), &err);
    assert_int_equal(record.state, RECORD_READY);
    assert_string_equal(entity(f, ids[0]), "oak 1  10");
}

static void entities_made_here_stay_until_the_server_has_them(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct buf offline = {0};
    char rows[200];
    assert_false(apply(f, ids[0], true, "oak", "10", &err));
    assert_int_equal(err.kind, ERR_MISSING); /* no such list here */
    refresh(f, "");
    check(apply(f, ids[0], true, "oak", "10", &err), &err);
    assert_string_equal(entity(f, ids[0]), "oak 1  10");
    assert_false(apply(f, "no uuid", true, "oak", "10", &err));
    assert_false(apply(f, ids[1], true, "", "10", &err));
    assert_false(apply(f, ids[1], false, "pine", "10", &err));
    refresh(f, ""); /* the server does not know it yet */
    assert_string_equal(entity(f, ids[0]), "oak 1  10");
    check(list_offline_ids(f->store, "trees.csv", &offline, &err), &err);
    assert_string_equal(buf_text(&offline), ids[0]);
    snprintf(rows, sizeof(rows), "%s,oak,1,10\n", ids[0]);
    refresh(f, rows);
    assert_string_equal(entity(f, ids[0]), "oak 1 1 10");
    buf_clear(&offline);
    check(list_offline_ids(f->store, "trees.csv", &offline, &err), &err);
    assert_int_equal(offline.n, 0);
    refresh(f, ""); /* deleted on the server */
    assert_null(entity(f, ids[0]));
    buf_finish(&offline);
}

static void the_newer_version_of_an_entity_stays(void **state)
{
    struct fixture *f = *state;
    struct err err;
    char rows[200];
    snprintf(rows, sizeof(rows), "%s,oak,3,10\n", ids[0]);
    refresh(f, rows);
    assert_string_equal(entity(f, ids[0]), "oak 3 3 10");
    check(apply(f, ids[0], false, "", "11", &err), &err);
    check(apply(f, ids[0], false, "old oak", "12", &err), &err);
    assert_string_equal(entity(f, ids[0]), "old oak 5 3 12");
    refresh(f, rows); /* our changes have not arrived */
    assert_string_equal(entity(f, ids[0]), "old oak 5 3 12");
    snprintf(rows, sizeof(rows), "%s,old oak,5,12\n", ids[0]);
    refresh(f, rows);
    assert_string_equal(entity(f, ids[0]), "old oak 5 5 12");
    snprintf(rows, sizeof(rows), "%s,felled,6,0\n", ids[0]);
    refresh(f, rows);
    assert_string_equal(entity(f, ids[0]), "felled 6 6 0");
}

static void a_deleted_offline_entity_leaves_no_gap(void **state)
{
    struct fixture *f = *state;
    struct err err;
    char rows[200];
    snprintf(rows, sizeof(rows), "%s,oak,1,10\n", ids[0]);
    refresh(f, rows);
    check(apply(f, ids[1], true, "pine", "5", &err), &err);
    check(apply(f, ids[2], true, "ash", "6", &err), &err);
    check(list_delete_entity(f->store, "trees.csv", ids[1], &err), &err);
    check(list_delete_entity(f->store, "trees.csv", ids[0], &err), &err); /* online: stays */
    assert_null(entity(f, ids[1]));
    assert_non_null(entity(f, ids[0]));
    struct form_list *list = open_list(f, "trees.csv");
    assert_int_equal(list->ops->row_count(list), 2);
    assert_string_equal(cell(list, 1, 1), "ash");
    list->ops->destroy(list);
}

/* ---- forms ---------------------------------------------------------------------------------- */

static bool put_form(struct fixture *f, const char *xml, const char *csv_hash, int64_t *id,
                     struct err *err)
{
    const struct formfile_media media[] = {{"l.csv", csv_hash, FORMFILE_LIST}};
    const struct formfile_new what = {.form_id = "visit",
                                      .version = "1",
                                      .title = "Visit",
                                      .source = "shipped",
                                      .xml = str_of(xml),
                                      .media = media,
                                      .media_count = csv_hash ? 1 : 0};
    return formfile_put(f->store, &what, id, err);
}

static void a_form_swaps_when_all_of_it_is_there(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct form_list *list;
    int64_t first, second, again, current;
    check(list_import(f->store, "l.csv", STR("name\na\n"), "h1", "", &err), &err);
    check(put_form(f, "<form one/>", "h1", &first, &err), &err);
    assert_false(put_form(f, "<form two/>", "h2", &second, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    check(formfile_current(f->store, "visit", &current, &err), &err);
    assert_int_equal(current, first);
    check(list_import(f->store, "l.csv", STR("name\nb\n"), "h2", "", &err), &err);
    check(put_form(f, "<form two/>", "h2", &second, &err), &err);
    check(put_form(f, "<form two/>", "h2", &again, &err), &err);
    assert_int_equal(second, again);
    check(formfile_current(f->store, "visit", &current, &err), &err);
    assert_int_equal(current, second);
    store_restart(f); /* the old form still has its own list */
    check(formfile_open_list(f->store, first, "l.csv", &list, &err), &err);
    assert_string_equal(cell(list, 0, 0), "a");
    list->ops->destroy(list);
    check(formfile_open_list(f->store, second, "l.csv", &list, &err), &err);
    assert_string_equal(cell(list, 0, 0), "b");
    list->ops->destroy(list);
}

static void old_forms_stay_while_records_need_them(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct buf xml = {0};
    struct formfiles forms;
    int64_t first, second, third, record;
    check(put_form(f, "<form one/>", NULL, &first, &err), &err);
    check(record_create(
              f->store,
              &(struct record_new){
                  .formfile = first, .form_id = "visit", .version = "1", .instance_id = "uuid:1"},
              &record, &err),
          &err);
    check(put_form(f, "<form two/>", NULL, &second, &err), &err);
    check(put_form(f, "<form three/>", NULL, &third, &err), &err);
    check(formfile_prune(f->store, &err), &err);
    check(formfile_xml(f->store, first, &xml, &err), &err);
    assert_string_equal(buf_text(&xml), "<form one/>");
    assert_false(formfile_xml(f->store, second, &xml, &err));
    check(formfile_list(f->store, false, &f->arena, &forms, &err), &err);
    assert_int_equal(forms.n, 1);
    assert_int_equal(forms.v[0].id, third);
    check(formfile_list(f->store, true, &f->arena, &forms, &err), &err);
    assert_int_equal(forms.n, 2);
    check(formfile_retire(f->store, "visit", &err), &err);
    assert_false(formfile_current(f->store, "visit", &third, &err));
    buf_finish(&xml);
}

static void media_are_kept_once(void **state)
{
    struct fixture *f = *state;
    struct err err;
    char hash[33], again[33];
    int64_t id;
    struct buf bytes = {0};
    check(formfile_keep(f->store, STR("\x89PNG"), hash, &err), &err);
    check(formfile_keep(f->store, STR("\x89PNG"), again, &err), &err);
    assert_string_equal(hash, again);
    const struct formfile_media media[] = {{"a.png", hash, FORMFILE_BYTES},
                                           {"b.png", hash, FORMFILE_BYTES}};
    const struct formfile_new what = {.form_id = "f",
                                      .version = "",
                                      .title = "F",
                                      .source = "shipped",
                                      .xml = STR("<f/>"),
                                      .media = media,
                                      .media_count = 2};
    check(formfile_put(f->store, &what, &id, &err), &err);
    check(formfile_media(f->store, id, "b.png", &bytes, &err), &err);
    assert_int_equal(bytes.n, 4);
    assert_false(formfile_media(f->store, id, "c.png", &bytes, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    check(formfile_prune(f->store, &err), &err);
    assert_true(formfile_has(f->store, hash));
    buf_finish(&bytes);
}

int main(void)
{
#define IN_STORE(test) cmocka_unit_test_setup_teardown(test, store_setup, store_teardown)
    const struct CMUnitTest tests[] = {
        IN_STORE(a_csv_is_asked_like_a_list),
        IN_STORE(finding_goes_on_where_it_stopped),
        IN_STORE(an_open_list_keeps_its_version),
        IN_STORE(hundred_thousand_rows_answer_at_once),
        IN_STORE(search_folds_and_ranks),
        IN_STORE(entities_come_with_their_record),
        IN_STORE(entities_made_here_stay_until_the_server_has_them),
        IN_STORE(the_newer_version_of_an_entity_stays),
        IN_STORE(a_deleted_offline_entity_leaves_no_gap),
        IN_STORE(a_form_swaps_when_all_of_it_is_there),
        IN_STORE(old_forms_stay_while_records_need_them),
        IN_STORE(media_are_kept_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
