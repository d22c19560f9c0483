#include "app/store/consent.h"
#include "app/store/household.h"
#include "app/store/journal.h"
#include "app/store/person.h"
#include "app/store/procedure.h"
#include "app/store/setting.h"
#include "app/store/visit.h"
#include "platform/db/db.h"
#include "tests/store/helper_store.h"

#include "platform/base/file.h"

static int64_t add_person(struct fixture *f, const char *name, const char *number,
                          const char *birth)
{
    struct err err;
    struct person p = {.name = name, .number = number, .birth = birth, .phone = "0912345678"};
    check(person_save(f->store, &p, &err), &err);
    return p.id;
}

static void a_number_is_kept_in_full_only_with_a_purpose(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct person p;
    int64_t id = add_person(f, "Nguyễn Văn Thử", "001099123456", "1999-05-01"), full;
    check(person_get(f->store, id, &f->arena, &p, &err), &err);
    assert_string_equal(p.number, "");
    assert_string_equal(p.number_tail, "3456");
    assert_int_equal(p.version, 1);
    assert_int_equal(strlen(p.uuid), 36);
    struct person with = {
        .name = "Trần Thị Mẫu", .number = "001199654321", .number_purpose = "dossier"};
    check(person_save(f->store, &with, &err), &err);
    check(person_get(f->store, with.id, &f->arena, &p, &err), &err);
    assert_string_equal(p.number, "001199654321");
    /* Without the number at hand it is still known. */
    p.address = "somewhere";
    p.number = "";
    check(person_save(f->store, &p, &err), &err);
    struct persons same;
    check(person_find_same(f->store, &(struct person){.number = "001199654321"}, &f->arena, &same,
                           &err),
          &err);
    assert_int_equal(same.n, 1);
    assert_true(db_number(f->store->db, "SELECT count(*) FROM person WHERE number = '001099123456'",
                          DB_NONE, &full, -1, &err));
    assert_int_equal(full, 0);
}

static void the_same_person_is_found_again(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct persons same;
    int64_t one = add_person(f, "Đào Thị Thử", "001099123456", "1960");
    int64_t two = add_person(f, "Đào Thị Thử", "001099000000", "1985-02-03");
    add_person(f, "Lê Văn Khác", "001099111111", "1960-01-01");
    check(person_find_same(f->store,
                           &(struct person){.name = "dao thi thu",
                                            .number = "001099000000",
                                            .birth = "1960-07-07"},
                           &f->arena, &same, &err),
          &err);
    assert_int_equal(same.n, 2);
    assert_int_equal(same.v[0].id, two); /* the same number comes first */
    assert_int_equal(same.v[1].id, one); /* then the same name and year */
    check(person_find_same(f->store, &(struct person){.id = one, .name = "Đào Thị Thử"}, &f->arena,
                           &same, &err),
          &err);
    assert_int_equal(same.n, 1); /* not itself */
}

static void persons_are_searched_and_sorted(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct persons found;
    add_person(f, "Nguyễn Văn Đức", "", "");
    add_person(f, "Nguyễn Văn An", "", "");
    add_person(f, "Trần Thị Dung", "", "");
    check(person_search(f->store, STR("nguyen"), (struct page){0}, &f->arena, &found, &err), &err);
    assert_int_equal(found.n, 2);
    assert_string_equal(found.v[0].name, "Nguyễn Văn An");
    check(person_search(f->store, STR("du"), (struct page){0}, &f->arena, &found, &err), &err);
    assert_int_equal(found.n, 2);                          /* Đức and Dung */
    assert_string_equal(found.v[0].name, "Trần Thị Dung"); /* d before đ */
    check(person_search(f->store, STR("0912"), (struct page){1, 10}, &f->arena, &found, &err),
          &err);
    assert_int_equal(found.n, 2);
    check(person_search(f->store, STR("\"* OR ("), (struct page){0}, &f->arena, &found, &err),
          &err);
    assert_int_equal(found.n, 0); /* the word "or" is looked for, nothing else is */
    check(person_search(f->store, STR(""), (struct page){0}, &f->arena, &found, &err), &err);
    assert_int_equal(found.n, 3);
}

static void erasing_leaves_a_count_and_no_person(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct persons found;
    struct visits visits;
    int64_t id = add_person(f, "Nguyễn Văn Thử", "001099123456", "1999-05-01");
    struct visit visit = {.person = id, .title = "Nguyễn Văn Thử"};
    check(visit_save(f->store, &visit, &err), &err);
    check(person_erase(f->store, id, "request", &err), &err);
    check(person_search(f->store, STR("thu"), (struct page){0}, &f->arena, &found, &err), &err);
    assert_int_equal(found.n, 0);
    check(person_find_same(f->store, &(struct person){.number = "001099123456"}, &f->arena, &found,
                           &err),
          &err);
    assert_int_equal(found.n, 0);
    check(visit_page(f->store, &(struct visit_filter){.person = id}, (struct page){0}, &f->arena,
                     &visits, &err),
          &err);
    assert_int_equal(visits.n, 1);
    assert_string_equal(visits.v[0].title, "");
    check(db_script(f->store->db,
                    "CREATE VIRTUAL TABLE temp.p USING fts5vocab(main, person_word, row);"
                    "CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, visit_word, row)",
                    &err),
          &err);
    int64_t words = -1;
    check(db_number(f->store->db,
                    "SELECT (SELECT count(*) FROM temp.p) + (SELECT count(*) FROM temp.v)", DB_NONE,
                    &words, -1, &err),
          &err);
    assert_int_equal(words, 0); /* nor any word of the name in the indexes */
    struct journal_rows rows;
    check(journal_page(f->store, "person.erase", (struct page){0}, &f->arena, &rows, &err), &err);
    assert_int_equal(rows.n, 1);
    assert_string_equal(rows.v[0].detail, "request");
}

static void households_due_come_first(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct households found;
    int64_t ids[3], found_id;
    const char *const hamlets[] = {"Thôn 10", "Thôn 2", "Thôn 3"};
    for (int i = 0; i < 3; i++) {
        struct household h = {.hamlet = hamlets[i], .head = "Bà Đào", .commune = "00001"};
        check(household_save(f->store, &h, &err), &err);
        ids[i] = h.id;
    }
    check(household_search(f->store, STR("dao"), (struct page){0}, &f->arena, &found, &err), &err);
    assert_int_equal(found.n, 3);
    assert_string_equal(found.v[0].hamlet, "Thôn 2"); /* numbers by their value */
    check(household_set_return(f->store, ids[0], 1800000000000, &err), &err);
    struct visit visit = {.household = ids[0], .started_ms = 1700000000000};
    check(visit_save(f->store, &visit, &err), &err);
    check(household_search(f->store, STR(""), (struct page){0}, &f->arena, &found, &err), &err);
    assert_int_equal(found.v[0].id, ids[0]);
    assert_int_equal(found.v[0].last_visit_ms, 1700000000000);
    check(household_find(f->store, found.v[0].uuid, &found_id, &err), &err);
    assert_int_equal(found_id, ids[0]);
    struct household h;
    assert_false(household_get(f->store, 99, &f->arena, &h, &err));
    assert_int_equal(err.kind, ERR_MISSING);
}

static void consent_stands_per_purpose_until_withdrawn(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct consent c = {.text_version = "1", .granted = "record rating", .refused = "location"};
    check(consent_add(f->store, &c, &err), &err);
    check(consent_bind(f->store, c.id, 7, 8, &err), &err);
    struct consent kept;
    check(consent_get(f->store, c.id, &f->arena, &kept, &err), &err);
    assert_int_equal(kept.person, 8);
    assert_true(consent_allows(&kept, "record"));
    assert_false(consent_allows(&kept, "location"));
    assert_false(consent_allows(&kept, "rat"));
    check(consent_withdraw(f->store, c.id, &err), &err);
    assert_false(consent_withdraw(f->store, c.id, &err));
    check(consent_get(f->store, c.id, &f->arena, &kept, &err), &err);
    assert_false(consent_allows(&kept, "record"));
    assert_true(kept.withdrawn_ms > 0 && kept.at_ms > 0);
}

static void add_visit(struct fixture *f, int day, const char *outcome, const char *topics,
                      const char *team)
{
    struct err err;
    struct visit v = {.started_ms = 1700000000000 + (int64_t)day * 86400000,
                      .outcome = outcome,
                      .topics = topics,
                      .team = team,
                      .title = "Nhà ông Thử",
                      .progress = "{\"card\":2}",
                      .state = *outcome ? VISIT_CLOSED : VISIT_OPEN};
    check(visit_save(f->store, &v, &err), &err);
}

static int64_t count(struct fixture *f, struct visit_filter filter)
{
    int64_t n;
    struct err err;
    check(visit_count(f->store, &filter, &n, &err), &err);
    struct visits page;
    check(visit_page(f->store, &filter, (struct page){0, 100}, &f->arena, &page, &err), &err);
    assert_int_equal(page.n, n);
    for (size_t i = 1; i < page.n; i++) {
        assert_true(page.v[i - 1].started_ms >= page.v[i].started_ms);
    }
    return n;
}

static void visits_are_filtered_and_counted(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct visit_tallies tallies;
    add_visit(f, 0, "centre", "vneid online", "Đội 1");
    add_visit(f, 1, "centre", "online", "Đội 2");
    add_visit(f, 1, "not_possible", "vneid", "Đội 1");
    add_visit(f, 2, "", "", "Đội 1");
    assert_int_equal(count(f, (struct visit_filter){0}), 4);
    assert_int_equal(count(f, (struct visit_filter){.outcome = "centre"}), 2);
    assert_int_equal(count(f, (struct visit_filter){.topic = "vneid"}), 2);
    assert_int_equal(count(f, (struct visit_filter){.topic = "vneid", .team = "Đội 1"}), 2);
    assert_int_equal(count(f, (struct visit_filter){.state = VISIT_OPEN}), 1);
    assert_int_equal(count(f, (struct visit_filter){.words = "ong thu"}), 4);
    assert_int_equal(count(f, (struct visit_filter){.words = "khong co"}), 0);
    assert_int_equal(count(f, (struct visit_filter){.from_ms = 1700000000000 + 86400000,
                                                    .to_ms = 1700000000000 + 2 * 86400000LL}),
                     2);
    check(visit_count_by(f->store, &(struct visit_filter){0}, "topic", &f->arena, &tallies, &err),
          &err);
    assert_int_equal(tallies.n, 2);
    assert_int_equal(tallies.v[0].count, 2);
    check(visit_count_by(f->store, &(struct visit_filter){0}, "day", &f->arena, &tallies, &err),
          &err);
    assert_int_equal(tallies.n, 3);
    assert_string_equal(tallies.v[0].name, "2023-11-15"); /* 05:13 in Vietnam, 22:13 UTC before */
    assert_int_equal(tallies.v[1].count, 2);
    assert_false(visit_count_by(f->store, &(struct visit_filter){0}, "title; DROP TABLE visit",
                                &f->arena, &tallies, &err));
    assert_int_equal(err.kind, ERR_INPUT);
}

static void a_visit_goes_on_where_it_was(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct visit v;
    add_visit(f, 0, "", "vneid", "Đội 1");
    check(visit_get(f->store, 1, &f->arena, &v, &err), &err);
    assert_string_equal(v.progress, "{\"card\":2}");
    int64_t entry = 0, id;
    check(
        record_create(f->store,
                      &(struct record_new){
                          .form_id = "t", .version = "1", .instance_id = "uuid:1", .visit = v.uuid},
                      &entry, &err),
        &err);
    v.progress = NULL; /* as it was */
    v.topics = "online";
    v.outcome = "centre";
    v.state = VISIT_CLOSED;
    check(visit_save(f->store, &v, &err), &err);
    check(visit_find(f->store, v.uuid, &id, &err), &err);
    check(visit_get(f->store, id, &f->arena, &v, &err), &err);
    assert_string_equal(v.progress, "{\"card\":2}");
    assert_int_equal(v.entries, 1);
    assert_int_equal(v.entries_sent, 0);
    assert_int_equal(count(f, (struct visit_filter){.topic = "vneid"}), 0);
    assert_int_equal(count(f, (struct visit_filter){.topic = "online"}), 1);
}

static void settings_are_kept(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct buf value = {0};
    check(setting_set(f->store, "language", "vi", &err), &err);
    check(setting_set(f->store, "language", "ar", &err), &err);
    check(setting_set_number(f->store, "days", 30, &err), &err);
    store_restart(f);
    check(setting_get(f->store, "language", &value, &err), &err);
    assert_string_equal(buf_text(&value), "ar");
    assert_int_equal(setting_number(f->store, "days", 1), 30);
    assert_int_equal(setting_number(f->store, "language", 7), 7);
    check(setting_set(f->store, "days", NULL, &err), &err);
    assert_int_equal(setting_number(f->store, "days", 1), 1);
    buf_finish(&value);
}

static void procedures_are_found_without_accents(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct procedures found;
    struct procedure p;
    const struct str csv =
        STR("name,label,field,papers,time,fee,audience,channels,decision,url,captured,online,"
            "confidence,priority\n"
            "1.001,Đăng ký khai sinh,Hộ tịch,Tờ khai,1 Ngày,Miễn phí,Công dân,Trực tuyến,QĐ 1,"
            "https://x,2026-06,yes,high,1\n"
            "1.002,Cấp bản sao (topic wording only),Hộ tịch,,,,,,,,,,low,2\n");
    check(procedure_import(f->store, csv, &err), &err);
    check(procedure_import(f->store, csv, &err), &err); /* again: in place of the old one */
    assert_int_equal(procedure_count(f->store), 2);
    check(procedure_search(f->store, STR("khai sinh"), (struct page){0}, &f->arena, &found, &err),
          &err);
    assert_int_equal(found.n, 1);
    assert_string_equal(found.v[0].code, "1.001");
    assert_true(found.v[0].online && !found.v[0].is_doubtful);
    check(procedure_search(f->store, STR("ho tich"), (struct page){0}, &f->arena, &found, &err),
          &err);
    assert_int_equal(found.n, 2);
    check(procedure_search(f->store, STR(""), (struct page){1, 5}, &f->arena, &found, &err), &err);
    assert_int_equal(found.n, 1);
    check(procedure_get(f->store, "1.002", &f->arena, &p, &err), &err);
    assert_string_equal(p.name, "Cấp bản sao");
    assert_true(p.is_doubtful);
    assert_false(procedure_import(f->store, STR("name,label\n1,x\n"), &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_int_equal(procedure_count(f->store), 2);
}

static void the_shipped_catalogue_is_read(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct buf csv = {0};
    struct procedures found;
    char path[1024];
    const char *source = getenv("GOCUA_SOURCE");
    snprintf(path, sizeof(path), "%s/assets/lists/procedures.csv", source ? source : ".");
    check(file_read(path, 16 << 20, &csv, &err), &err);
    check(procedure_import(f->store, buf_str(&csv), &err), &err);
    assert_int_equal(procedure_count(f->store), 442);
    check(
        procedure_search(f->store, STR("khai sinh"), (struct page){0, 10}, &f->arena, &found, &err),
        &err);
    assert_true(found.n > 3);
    assert_non_null(strstr(found.v[0].name, "khai sinh"));
    buf_finish(&csv);
}

int main(void)
{
#define IN_STORE(test) cmocka_unit_test_setup_teardown(test, store_setup, store_teardown)
    const struct CMUnitTest tests[] = {
        IN_STORE(a_number_is_kept_in_full_only_with_a_purpose),
        IN_STORE(the_same_person_is_found_again),
        IN_STORE(persons_are_searched_and_sorted),
        IN_STORE(erasing_leaves_a_count_and_no_person),
        IN_STORE(households_due_come_first),
        IN_STORE(consent_stands_per_purpose_until_withdrawn),
        IN_STORE(visits_are_filtered_and_counted),
        IN_STORE(a_visit_goes_on_where_it_was),
        IN_STORE(settings_are_kept),
        IN_STORE(procedures_are_found_without_accents),
        IN_STORE(the_shipped_catalogue_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
