/* A home visit without a window: what was said survives a kill, and closing it gives the records.
 */
#include "helper_app.h"

#include "app/ident/ident.h"
#include "app/store/record.h"
#include "app/work/filling.h"
#include "app/work/visiting.h"
#include "platform/base/clock.h"
#include "sync/handover/receipt.h"

static const char card[] = "001190000001|012345678|Nguyễn Thị Thử Nghiệm|08051990|Nữ|"
                           "Số 5 Ngõ 12, Tổ 3, Phường Mẫu, Quận Thử, Hà Nội|25122021";

static struct app *prepare(char **folder)
{
    *folder = test_folder();
    struct app *app = test_app_open(*folder);
    assert_true(settings_set(app, "volunteer_name", "Trần Văn Ví Dụ", NULL));
    test_app_form(app, "home_visit");
    test_app_form(app, "satisfaction");
    return app;
}

static void set(struct visiting *v, const char *key, const char *text)
{
    struct err err = {0};
    if (!visiting_set(v, key, text, &err)) {
        fail_msg("%s: %s", key, err.text);
    }
}

static void fill_all(struct visiting *v)
{
    struct ident ident;
    struct err err = {0};
    set(v, "household.commune", "00004");
    set(v, "household.province", "01");
    set(v, "household.hamlet", "Tổ 3");
    set(v, "household.address", "Số 5 Ngõ 12");
    set(v, "consent.record", "yes");
    set(v, "consent.full_number", "no");
    set(v, "consent.keep_contact", "no");
    set(v, "consent.giver", "self");
    set(v, "consent.channel", "voice");
    assert_true(visiting_note_consent(v, &err));
    ident_read(str_of(card), CLAIM_CAMERA, clock_days(2026, 11, 5), &ident);
    assert_true(ident_is_person(ident.kind));
    assert_true(visiting_take_claim(v, &ident.person, &err));
    set(v, "visit.topics", "vneid");
    set(v, "card.vneid/install", "done");
    set(v, "visit.outcome", "submitted");
    set(v, "visit.dossier", "H56.14-261105-0007");
    set(v, "rating.value", "5");
    set(v, "rating.answered_by", "self");
}

static void a_visit_goes_on_where_it_was(void **state)
{
    char *folder;
    struct app *app = prepare(&folder);
    struct visiting *v;
    struct err err = {0};
    assert_true(visiting_begin(app, &v, &err));
    int64_t id = v->id;
    fill_all(v);
    assert_true(visiting_go(v, VISIT_RATING, &err));
    visiting_close(v);
    app_close(app);
    app = test_app_open(folder);
    assert_true(visiting_resume(app, id, &v, &err));
    assert_int_equal(visiting_step(v), VISIT_RATING);
    assert_string_equal(visiting_get(v, "person.name"), "Nguyễn Thị Thử Nghiệm");
    assert_string_equal(visiting_get(v, "person.birth_date"), "1990-05-08");
    assert_string_equal(visiting_get(v, "person.id_last4"), "0001");
    assert_string_equal(visiting_get(v, "origin.person.name"), "camera");
    visiting_close(v);
    app_close(app);
    test_folder_remove(folder);
}

static int64_t count(struct app *app, unsigned states)
{
    const struct record_filter filter = {.states = states};
    int64_t n = -1;
    assert_true(record_count(app->store, &filter, &n, NULL));
    return n;
}

static void closing_gives_the_records_once(void **state)
{
    char *folder;
    struct app *app = prepare(&folder);
    struct visiting *v;
    struct err err = {0};
    struct buf xml = {0}, receipt = {0};
    struct receipt said;
    struct arena arena = {0};
    struct records rows;
    assert_true(visiting_begin(app, &v, &err));
    fill_all(v);
    if (!visiting_finish(v, &err)) {
        for (size_t i = 0; i < v->problems.n; i++) {
            print_error("%s: %s %s\n", v->problems.v[i].ref, v->problems.v[i].label,
                        v->problems.v[i].message);
        }
        fail_msg("%s", err.text);
    }
    assert_int_equal(count(app, 1u << RECORD_READY), 2);
    assert_true(visiting_finish(v, &err)); /* after a kill in between it is called again */
    assert_int_equal(count(app, 0), 2);
    const struct record_filter filter = {.form_id = "home_visit"};
    assert_true(record_page(app->store, &filter, (struct page){0, 2}, &arena, &rows, &err));
    assert_int_equal(rows.n, 1);
    assert_true(record_xml(app->store, rows.v[0].id, &xml, &err));
    assert_non_null(strstr(xml.s, "Nguyễn Thị Thử Nghiệm"));
    assert_non_null(strstr(xml.s, "H56.14-261105-0007"));
    assert_non_null(strstr(xml.s, v->uuid));
    assert_null(strstr(xml.s, "001190000001")); /* the full number was not agreed to */
    assert_true(visiting_receipt(v, &receipt, &err));
    assert_true(receipt_read(&said, buf_str(&receipt), &err));
    assert_string_equal(said.visit, v->uuid);
    buf_finish(&xml);
    buf_finish(&receipt);
    arena_finish(&arena);
    visiting_close(v);
    app_close(app);
    test_folder_remove(folder);
}

static void without_consent_no_person_leaves(void **state)
{
    char *folder;
    struct app *app = prepare(&folder);
    struct visiting *v;
    struct err err = {0};
    struct buf xml = {0};
    struct arena arena = {0};
    struct records rows;
    assert_true(visiting_begin(app, &v, &err));
    fill_all(v);
    set(v, "consent.record", "no");
    if (!visiting_finish(v, &err)) {
        fail_msg("%s: %s", v->problems.n ? v->problems.v[0].ref : "", err.text);
    }
    const struct record_filter filter = {.form_id = "home_visit"};
    assert_true(record_page(app->store, &filter, (struct page){0, 2}, &arena, &rows, &err));
    assert_true(record_xml(app->store, rows.v[0].id, &xml, &err));
    assert_null(strstr(xml.s, "Thử Nghiệm"));
    assert_null(strstr(xml.s, "1990"));
    assert_string_equal(visiting_get(v, "person.name"), "");
    buf_finish(&xml);
    arena_finish(&arena);
    visiting_close(v);
    app_close(app);
    test_folder_remove(folder);
}

static void nobody_home_ends_with_a_date(void **state)
{
    char *folder;
    struct app *app = prepare(&folder);
    struct visiting *v;
    struct err err = {0};
    assert_true(visiting_begin(app, &v, &err));
    set(v, "household.commune", "00004");
    set(v, "household.province", "01");
    set(v, "household.address", "Số 9");
    assert_true(visiting_keep_person(v, &err));
    if (!visiting_end_early(v, "nobody_home", "nobody_home", "2099-01-01", &err)) {
        fail_msg("%s: %s", v->problems.n ? v->problems.v[0].ref : "", err.text);
    }
    assert_int_equal(count(app, 1u << RECORD_READY), 1);
    visiting_close(v);
    app_close(app);
    test_folder_remove(folder);
}

static void scan(struct visiting *v, const char *code)
{
    struct ident ident;
    struct err err = {0};
    ident_read(str_of(code), CLAIM_CAMERA, clock_days(2026, 11, 5), &ident);
    assert_true(ident_is_person(ident.kind));
    assert_true(visiting_take_claim(v, &ident.person, &err));
}

static void two_cards_never_mix(void **state)
{
    char *folder;
    struct app *app = prepare(&folder);
    struct visiting *v = NULL;
    struct err err = {0};
    struct person_claim claim;
    assert_true(visiting_begin(app, &v, &err));
    scan(v, card);
    assert_string_equal(visiting_get(v, "person.birth"), "1990-05-08");
    scan(v, "001085000002||Trần Văn Ví Dụ|31021985|Nam|Số 9, Phường Mẫu, Hà Nội|25122021");
    assert_string_equal(visiting_get(v, "person.name"), "Trần Văn Ví Dụ");
    assert_string_equal(visiting_get(v, "person.birth"), ""); /* not that of the first card */
    assert_string_equal(visiting_get(v, "person.old_number"), "");
    visiting_close(v);
    assert_true(visiting_resume(app, 1, &v, &err));
    visiting_claim(v, &claim);
    assert_true(claim.warnings & CLAIM_WARN_BIRTH); /* 31 February is told, also after a kill */
    struct person_claim typed = {0};
    claim_set(&typed, CLAIM_BIRTH, STR("1985-02-28"), CLAIM_TYPED);
    assert_true(visiting_take_claim(v, &typed, &err));
    visiting_claim(v, &claim);
    assert_false(claim.warnings & CLAIM_WARN_BIRTH);
    assert_string_equal(visiting_get(v, "person.name"), "Trần Văn Ví Dụ");
    visiting_close(v);
    app_close(app);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_visit_goes_on_where_it_was),
        cmocka_unit_test(closing_gives_the_records_once),
        cmocka_unit_test(without_consent_no_person_leaves),
        cmocka_unit_test(nobody_home_ends_with_a_date),
        cmocka_unit_test(two_cards_never_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
