#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../openrosa/helper_portal.h"
#include "helper_outbox.h"
#include "helper_shelf.h"
#include "platform/base/hash.h"
#include "platform/base/mem.h"
#include "sync/carrier/carriers.h"
#include "sync/run/run.h"

struct fixture {
    struct fake_portal portal;
    struct faulty_fate fate;
    int fate_from, fate_to;
    struct faulty *server;
    struct shelf shelf;
    struct run_settings set;
    struct run_result result;
    struct buf list, manifest;
    int asked_before;
};

static void decide(void *ctx, const struct faulty_request *request, struct faulty_fate *fate)
{
    struct fixture *f = ctx;
    if (request->number >= f->fate_from && request->number < f->fate_to) {
        *fate = f->fate;
    }
}

static void reply(void *ctx, const struct faulty_request *request, struct buf *to)
{
    fake_portal_answer(&((struct fixture *)ctx)->portal, request, to);
}

#define FORM  "<h:html>form one</h:html>"
#define PLACE "name,label\nparis,Paris\n"
#define TREES "name,label,__version\nu1,oak,1\n"

static void add_form(struct fixture *f, const char *id, const char *xml, bool has_manifest)
{
    char md5[HASH_MD5_TEXT];
    hash_md5_text(xml, strlen(xml), md5);
    buf_addf(&f->list,
             "<xform><formID>%s</formID><name>Name</name><version>1</version><hash>md5:%s</hash>"
             "<downloadUrl>%s/%s.xml</downloadUrl>",
             id, md5, faulty_address(f->server), id);
    if (has_manifest) {
        buf_addf(&f->list, "<manifestUrl>%s/manifest</manifestUrl>", faulty_address(f->server));
    }
    buf_add_text(&f->list, "</xform>");
}

static void add_media(struct fixture *f, const char *name, const char *type, const char *hash)
{
    buf_addf(&f->manifest,
             "<mediaFile%s><filename>%s</filename><hash>%s</hash>"
             "<downloadUrl>%s/media/%s</downloadUrl>",
             type, name, hash, faulty_address(f->server), name);
    if (*type) {
        buf_addf(&f->manifest, "<integrityUrl>%s/integrity</integrityUrl>",
                 faulty_address(f->server));
    }
    buf_add_text(&f->manifest, "</mediaFile>");
}

static void close_lists(struct fixture *f)
{
    buf_add_text(&f->list, "</xforms>");
    buf_add_text(&f->manifest, "</manifest>");
    f->portal.form_list = buf_str(&f->list);
    for (size_t i = 0; i < f->portal.offers.n; i++) {
        if (!strcmp(f->portal.offers.v[i].path, "/manifest")) {
            f->portal.offers.v[i].bytes = buf_str(&f->manifest);
        }
    }
}

static void open_lists(struct fixture *f)
{
    buf_clear(&f->list);
    buf_clear(&f->manifest);
    buf_add_text(&f->list, "<xforms xmlns=\"http://openrosa.org/xforms/xformsList\">");
    buf_add_text(&f->manifest, "<manifest xmlns=\"http://openrosa.org/xforms/xformsManifest\">");
}

static struct fixture *start(void)
{
    struct fixture *f = mem_alloc(1, sizeof(*f));
    f->server = faulty_start(&(struct faulty_plan){decide, reply, f});
    f->set = (struct run_settings){.carrier = carrier_find("openrosa"),
                                   .to = {.address = faulty_address(f->server), .stall_seconds = 1},
                                   .inbox = shelf_inbox(&f->shelf)};
    vec_push(&f->portal.offers,
             (struct portal_file_offer){"/visit.xml", "application/xml", STR(FORM), NULL});
    vec_push(&f->portal.offers,
             (struct portal_file_offer){"/other.xml", "application/xml", STR("<other/>"), NULL});
    vec_push(&f->portal.offers, (struct portal_file_offer){"/manifest", "text/xml", STR(""), NULL});
    vec_push(&f->portal.offers,
             (struct portal_file_offer){"/media/places.csv", "text/csv", STR(PLACE), NULL});
    vec_push(&f->portal.offers,
             (struct portal_file_offer){"/media/trees.csv", "text/csv", STR(TREES), "\"token1\""});
    vec_push(&f->portal.offers,
             (struct portal_file_offer){
                 "/integrity", "text/xml",
                 STR("<data><entities><entity id=\"u9\"><deleted>true</deleted></entity>"
                     "<entity id=\"u8\"><deleted>false</deleted></entity></entities></data>"),
                 NULL});
    open_lists(f);
    return f;
}

/* The usual offer: one form with a CSV and an entity list. */
static struct fixture *start_usual(void)
{
    struct fixture *f = start();
    char md5[HASH_MD5_TEXT];
    char hash[64];
    hash_md5_text(PLACE, strlen(PLACE), md5);
    snprintf(hash, sizeof(hash), "md5:%s", md5);
    add_form(f, "visit", FORM, true);
    add_media(f, "places.csv", "", hash);
    add_media(f, "trees.csv", " type=\"entityList\"", "md5:0cad03f27dde0d737ea168244981b9e6");
    close_lists(f);
    return f;
}

static void run(struct fixture *f)
{
    struct err err = {0};
    f->asked_before = faulty_requests(f->server);
    assert_true(run_session(&f->set, &f->result, &err));
    assert_int_equal(f->shelf.begun,
                     f->shelf.committed + f->shelf.aborted + (f->shelf.refuses ? 1 : 0));
}

static int asked(const struct fixture *f)
{
    return faulty_requests(f->server) - f->asked_before;
}

static void finish(struct fixture *f)
{
    faulty_stop(f->server);
    shelf_finish(&f->shelf);
    fake_portal_finish(&f->portal);
    buf_finish(&f->list);
    buf_finish(&f->manifest);
    free(f);
}

static void a_form_arrives_with_its_files_and_only_once(void **state)
{
    struct fixture *f = start_usual();
    run(f);
    assert_int_equal(f->result.news.forms_new, 1);
    assert_int_equal(f->result.news.files, 3);
    assert_int_equal(f->result.news.forms_bad, 0);
    assert_int_equal(f->shelf.offered, 1);
    struct stock *s = stock_of(&f->shelf, "visit");
    assert_int_equal(s->files.n, 3);
    assert_string_equal(buf_text(&s->files.v[0].bytes), FORM);
    assert_string_equal(buf_text(&s->files.v[1].bytes), PLACE);
    assert_string_equal(buf_text(&s->files.v[2].bytes), TREES);
    assert_int_equal(s->files.v[2].kind, INBOX_LIST);
    assert_true(faulty_connections(f->server) <= 4); /* kept, and files side by side */
    run(f);
    assert_int_equal(f->result.news.forms_same, 1);
    assert_int_equal(f->result.news.files, 0);
    assert_int_equal(asked(f), 3); /* probe, list, manifest: no file again */
    finish(f);
}

static void a_changed_list_brings_only_itself(void **state)
{
    struct fixture *f = start_usual();
    run(f);
    char md5[HASH_MD5_TEXT];
    char hash[64];
    hash_md5_text(PLACE, strlen(PLACE), md5);
    snprintf(hash, sizeof(hash), "md5:%s", md5);
    open_lists(f);
    add_form(f, "visit", FORM, true); /* its hash does not change when a list does */
    add_media(f, "places.csv", "", hash);
    add_media(f, "trees.csv", " type=\"entityList\"", "md5:ffbdbe6848be81de41012f5b3c10b186");
    close_lists(f);
    run(f);
    assert_int_equal(f->result.news.forms_new, 1);
    assert_int_equal(f->result.news.files, 1);
    assert_int_equal(f->shelf.kept, 2);
    assert_int_equal(stock_of(&f->shelf, "visit")->files.n, 3);
    finish(f);
}

static void one_bad_form_does_not_stop_the_others(void **state)
{
    struct fixture *f = start();
    buf_add_text(&f->list, "<xform><formID>half</formID></xform>");
    add_form(f, "gone", "<gone/>", false);                /* 404 */
    add_form(f, "other", "<not what is served/>", false); /* another hash */
    buf_add_text(&f->list, "<xform><formID>far</formID><name>n</name>"
                           "<hash>md5:2f5ea80a82723e0a83b45c719453af0a</hash>"
                           "<downloadUrl>http://evil.example/far.xml</downloadUrl></xform>");
    add_form(f, "visit", FORM, false);
    close_lists(f);
    run(f);
    assert_int_equal(f->result.news.forms_new, 1);
    assert_int_equal(f->result.news.forms_bad, 4);
    assert_string_equal(f->result.news.first_bad, "half");
    assert_non_null(stock_of(&f->shelf, "visit"));
    assert_int_equal(f->shelf.forms.n, 1);
    assert_int_equal(f->result.reason, OUTBOX_NO_REASON);
    assert_int_equal(f->shelf.offered, 5); /* none counts as withdrawn */
    finish(f);
}

static void a_break_at_any_request_leaves_the_old_state(void **state)
{
    for (int at = 0; at < 6; at++) {
        for (int64_t cut = 0; cut < 200; cut += 66) {
            struct fixture *f = start_usual();
            f->fate = (struct faulty_fate){.has_cut = true, .cut = cut};
            f->fate_from = at;
            f->fate_to = at + 2; /* the repeat on a fresh connection too */
            run(f);
            struct stock *s = stock_of(&f->shelf, "visit");
            if (s) { /* whole or not at all */
                assert_int_equal(s->files.n, 3);
                assert_string_equal(buf_text(&s->files.v[2].bytes), TREES);
            }
            f->fate_to = 0;
            run(f);
            assert_non_null(stock_of(&f->shelf, "visit"));
            finish(f);
        }
    }
}

static void a_captive_portal_brings_nothing(void **state)
{
    struct fixture *f = start_usual();
    f->portal.everything = 200;
    f->portal.everything_type = "text/html";
    f->portal.everything_fields = "";
    f->portal.everything_body = "<html>log in</html>";
    run(f);
    assert_int_equal(f->shelf.begun, 0);
    assert_int_equal(f->result.reason, OUTBOX_CAPTIVE);
    finish(f);
}

static void a_page_instead_of_an_entity_list_is_noticed(void **state)
{
    struct fixture *f = start_usual();
    for (size_t i = 0; i < f->portal.offers.n; i++) {
        if (!strcmp(f->portal.offers.v[i].path, "/media/trees.csv")) {
            f->portal.offers.v[i].type = "text/html";
            f->portal.offers.v[i].bytes = STR("<html>log in</html>");
        }
    }
    run(f);
    assert_int_equal(f->shelf.committed, 0);
    assert_int_equal(f->result.reason, OUTBOX_CAPTIVE);
    finish(f);
}

static void a_full_disk_or_a_broken_form_keeps_the_old(void **state)
{
    struct fixture *f = start_usual();
    f->shelf.fails = true;
    run(f);
    assert_int_equal(f->shelf.committed, 0);
    assert_int_equal(f->result.news.forms_bad, 1);
    f->shelf.fails = false;
    f->shelf.refuses = true;
    run(f);
    assert_string_equal(f->result.news.why_bad, "the form does not parse");
    finish(f);
}

static void deleted_entities_of_ours_are_told(void **state)
{
    struct fixture *f = start_usual();
    f->shelf.offline = "u9,u8,u7";
    run(f);
    assert_string_equal(f->shelf.deleted, "u9");
    finish(f);
}

static void a_form_that_is_back_lets_its_records_go(void **state)
{
    struct fixture *f = start_usual();
    struct memory_outbox memory = {0};
    memory_add(&memory, "visit", 0, 0);
    memory_add(&memory, "elsewhere", 0, 0);
    for (int i = 0; i < 2; i++) {
        memory.records.v[i].state = MEMORY_HELD;
        memory.records.v[i].reason = OUTBOX_FORM_CLOSED;
    }
    f->set.outbox = memory_outbox_of(&memory);
    run(f);
    assert_int_equal(memory.records.v[0].state, MEMORY_SENT);
    assert_int_equal(memory.records.v[1].state, MEMORY_HELD);
    memory_finish(&memory);
    finish(f);
}

/* F24: what the server had and lost goes again; what it still has is confirmed a second time. */
static void sent_records_are_asked_about_and_lost_ones_go_again(void **state)
{
    struct fixture *f = start_usual();
    struct memory_outbox memory = {.is_old = true};
    struct outbox outbox = memory_outbox_of(&memory);
    f->portal.mode = PORTAL_HUB;
    for (int i = 0; i < 3; i++) {
        memory_add(&memory, "visit", 2, 500);
    }
    f->set.outbox = outbox;
    f->set.inbox.ops = NULL; /* sent only */
    run(f);
    assert_int_equal(memory_count(&memory, MEMORY_SENT), 3);
    memory_restart(&memory);
    f->set.inbox = shelf_inbox(&f->shelf);
    /* a restored backup: one record is gone, another lacks a file, the third is deleted */
    struct kept_record *kept = f->portal.records.v;
    snprintf(kept[0].instance_id, sizeof(kept[0].instance_id), "other");
    snprintf(kept[1].files.v[0].name, sizeof(kept[1].files.v[0].name), "other");
    kept[2].is_deleted = true;
    run(f);
    for (int i = 0; i < 2; i++) {
        const struct memory_record *r = &memory.records.v[i];
        struct kept_record *now = fake_portal_record(&f->portal, r->instance_id);
        assert_true(r->is_seen_again);
        assert_int_equal(r->state, MEMORY_SENT);
        for (size_t k = 0; k < 2; k++) {
            assert_non_null(fake_portal_file(now, r->files.v[k].name));
        }
    }
    assert_false(memory.records.v[2].is_seen_again);
    assert_int_equal(memory.records.v[2].state, MEMORY_SENT); /* nothing here is touched */
    int posts = f->portal.posts;
    f->set.holds_files = true;
    memory_restart(&memory);
    run(f); /* never over a network that costs */
    assert_int_equal(f->portal.posts, posts);
    memory_finish(&memory);
    finish(f);
}

/* Central says 201 to what it had lost and never speaks of files: it gets them all again. */
static void a_server_that_names_no_files_gets_them_all_again(void **state)
{
    for (int mode = PORTAL_CENTRAL; mode <= PORTAL_KOBO; mode++) {
        struct fixture *f = start_usual();
        struct memory_outbox memory = {.is_old = true};
        f->portal.mode = (enum portal_mode)mode;
        memory_add(&memory, "visit", 2, 500);
        f->set.outbox = memory_outbox_of(&memory);
        f->set.inbox.ops = NULL;
        run(f);
        memory_restart(&memory);
        f->set.inbox = shelf_inbox(&f->shelf);
        struct kept_record *kept = f->portal.records.v;
        snprintf(kept[0].instance_id, sizeof(kept[0].instance_id), "other"); /* it is lost */
        f->portal.body_most = 900; /* and the link of the proxy is too small just now */
        run(f);
        const struct memory_record *r = &memory.records.v[0];
        assert_int_equal(r->state, MEMORY_SENT);
        assert_false(r->is_seen_again); /* nothing counts before the last file is there */
        f->portal.body_most = 0;
        memory_restart(&memory);
        run(f);
        assert_true(r->is_seen_again);
        struct kept_record *now = fake_portal_record(&f->portal, r->instance_id);
        for (size_t k = 0; k < 2; k++) {
            assert_non_null(fake_portal_file(now, r->files.v[k].name));
        }
        memory_finish(&memory);
        finish(f);
    }
}

/* Where data costs, a form with pictures waits; lists and the form itself do not. */
static void pictures_wait_for_a_network_that_is_free(void **state)
{
    struct fixture *f = start();
    struct memory_outbox memory = {0};
    char md5[HASH_MD5_TEXT], hash[64];
    hash_md5_text(PLACE, strlen(PLACE), md5);
    snprintf(hash, sizeof(hash), "md5:%s", md5);
    vec_push(&f->portal.offers,
             (struct portal_file_offer){"/media/logo.png", "image/png", STR(PLACE), NULL});
    add_form(f, "other", "<other/>", false);
    add_form(f, "visit", FORM, true);
    add_media(f, "logo.png", "", hash);
    close_lists(f);
    f->set.outbox = memory_outbox_of(&memory);
    f->set.holds_files = true;
    run(f);
    assert_int_equal(f->result.news.forms_waiting, 1);
    assert_int_equal(f->result.news.forms_new, 1);
    assert_null(stock_of(&f->shelf, "visit"));
    f->set.holds_files = false;
    f->set.has_budget = true; /* used up */
    run(f);
    assert_int_equal(f->result.news.forms_waiting, 1);
    f->set.budget = 1000000;
    run(f);
    assert_int_equal(f->result.news.forms_waiting, 0);
    assert_non_null(stock_of(&f->shelf, "visit"));
    memory_finish(&memory);
    finish(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_arrives_with_its_files_and_only_once),
        cmocka_unit_test(a_changed_list_brings_only_itself),
        cmocka_unit_test(one_bad_form_does_not_stop_the_others),
        cmocka_unit_test(a_break_at_any_request_leaves_the_old_state),
        cmocka_unit_test(a_captive_portal_brings_nothing),
        cmocka_unit_test(a_page_instead_of_an_entity_list_is_noticed),
        cmocka_unit_test(a_full_disk_or_a_broken_form_keeps_the_old),
        cmocka_unit_test(deleted_entities_of_ours_are_told),
        cmocka_unit_test(a_form_that_is_back_lets_its_records_go),
        cmocka_unit_test(sent_records_are_asked_about_and_lost_ones_go_again),
        cmocka_unit_test(a_server_that_names_no_files_gets_them_all_again),
        cmocka_unit_test(pictures_wait_for_a_network_that_is_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
