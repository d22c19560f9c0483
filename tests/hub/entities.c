/* Entity lists: what submissions make of them, in any order of arrival. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "helper_hub.h"

#include <string.h>

#include "platform/base/clock.h"
#include "sync/openrosa/wire.h"

#define TREE "4858d199-cde7-4524-b90c-72c3ecb6a88f"
#define ASH  "eb85ce5f-fff6-4a2f-9586-c3c1dfdb939d"
#define LIME "65e2cd6c-6c52-4d57-876e-d69ef902de62"
#define A    "c697d228-013a-4fa0-94a1-bf9db119b127"
#define NS   "xmlns=\"http://www.opendatakit.org/xforms/entities\" dataset=\"trees\""

static void publish_tree_forms(struct world *w)
{
    world_publish(
        w, STR("<h:html xmlns=\"http://www.w3.org/2002/xforms\" "
               "xmlns:h=\"http://www.w3.org/1999/xhtml\" "
               "xmlns:e=\"http://www.opendatakit.org/xforms/entities\"><h:head><h:title>Trees"
               "</h:title><model e:entities-version=\"2024.1.0\"><instance><data id=\"trees\" "
               "version=\"1\"><species/><girth/><meta><instanceID/><entity "
               "xmlns=\"http://www.opendatakit.org/xforms/entities\" dataset=\"trees\" id=\"\" "
               "create=\"1\"><label/></entity></meta></data></instance><instance id=\"trees\" "
               "src=\"jr://file-csv/trees.csv\"/><bind nodeset=\"/data/species\" "
               "e:saveto=\"species\"/><bind nodeset=\"/data/girth\" e:saveto=\"girth\"/></model>"
               "</h:head><h:body/></h:html>"));
}

static int counter;

/* Posts one entity block; block holds its attributes. */
static void send_entity(struct world *w, const char *values, const char *block, const char *label)
{
    char xml[1500];
    snprintf(xml, sizeof(xml),
             "<data id=\"trees\" version=\"1\">%s<meta><instanceID>uuid:tree-%d</instanceID>"
             "<entity " NS " %s>%s</entity></meta></data>",
             values, counter++, block, label);
    assert_int_equal(post_status(w, xml, NULL), 201);
}

static void csv_is(struct world *w, const char *want)
{
    struct buf csv = {0};
    struct archive *archive = world_archive(w);
    assert_true(archive_entity_csv(archive, "trees", &csv, NULL));
    hub_give(w->hub, archive);
    assert_string_equal(buf_text(&csv), want);
    buf_finish(&csv);
}

static int64_t errors(struct world *w)
{
    struct archive_totals totals = {0};
    struct archive *archive = world_archive(w);
    assert_true(archive_totals(archive, &totals, NULL));
    hub_give(w->hub, archive);
    return totals.entity_errors;
}

static int open_trees(void **state)
{
    world_open(state);
    publish_tree_forms(*state);
    return 0;
}

#define HEADER "name,label,__version,species,girth\n"

static void a_new_list_is_served_with_its_header(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    struct wire_manifest manifest = {0};
    char path[200];
    snprintf(path, sizeof(path), "%s/forms/trees/manifest", w->base);
    wire_get(w->port, path, "", &got);
    assert_true(wire_read_manifest(buf_str(&got.body), &manifest, NULL));
    assert_int_equal(manifest.media.n, 1);
    assert_int_equal(manifest.media.v[0].kind, WIRE_MEDIA_LIST);
    assert_string_equal(manifest.media.v[0].filename, "trees.csv");
    assert_non_null(strstr(manifest.media.v[0].integrity_url, "/lists/trees/integrity"));
    wire_get(w->port, strstr(manifest.media.v[0].download_url, "/key/"), "", &got);
    assert_string_equal(buf_text(&got.body), HEADER);
    wire_manifest_finish(&manifest);
    got_finish(&got);
}

static void create_and_update(void **state)
{
    struct world *w = *state;
    send_entity(w, "<species>oak</species><girth>10</girth>", "id=\"" TREE "\" create=\"1\"",
                "<label>oak, 10</label>");
    csv_is(w, HEADER TREE ",\"oak, 10\",1,oak,10\n");
    send_entity(w, "<girth>11</girth>", "id=\"" TREE "\" update=\"1\" baseVersion=\"1\"", "");
    csv_is(w, HEADER TREE ",\"oak, 10\",2,oak,11\n");
    /* an identical resend changes nothing */
    counter--;
    send_entity(w, "<girth>11</girth>", "id=\"" TREE "\" update=\"1\" baseVersion=\"1\"", "");
    csv_is(w, HEADER TREE ",\"oak, 10\",2,oak,11\n");
}

static void what_cannot_be_done_is_noted_not_refused(void **state)
{
    struct world *w = *state;
    int64_t before = errors(w);
    send_entity(w, "<species>dup</species>", "id=\"" TREE "\" create=\"1\"", "<label>d</label>");
    send_entity(w, "<species>bad</species>", "id=\"not-a-uuid\" create=\"1\"", "<label>b</label>");
    send_entity(w, "<species>x</species>", "id=\"" LIME "\" create=\"1\"", "");
    send_entity(w, "<species>x</species>", "id=\"" LIME "\" update=\"1\" baseVersion=\"4\"", "");
    assert_int_equal(errors(w), before + 4);
    csv_is(w, HEADER TREE ",\"oak, 10\",2,oak,11\n");
}

static void a_branch_is_put_in_order(void **state)
{
    struct world *w = *state;
    /* update 2 of the branch comes before update 1, both before the create */
    send_entity(
        w, "<girth>32</girth>",
        "id=\"" ASH "\" update=\"1\" baseVersion=\"2\" trunkVersion=\"\" branchId=\"" A "\"", "");
    send_entity(
        w, "<girth>31</girth>",
        "id=\"" ASH "\" update=\"1\" baseVersion=\"1\" trunkVersion=\"\" branchId=\"" A "\"", "");
    csv_is(w, HEADER TREE ",\"oak, 10\",2,oak,11\n");
    send_entity(w, "<species>ash</species><girth>30</girth>", "id=\"" ASH "\" create=\"1\"",
                "<label>ash</label>");
    csv_is(w, HEADER TREE ",\"oak, 10\",2,oak,11\n" ASH ",ash,3,ash,32\n");
}

static void a_gap_that_stays_is_closed_after_days(void **state)
{
    struct world *w = *state;
    send_entity(
        w, "<girth>50</girth>",
        "id=\"" ASH "\" update=\"1\" baseVersion=\"9\" trunkVersion=\"3\" branchId=\"" A "\"", "");
    csv_is(w, HEADER TREE ",\"oak, 10\",2,oak,11\n" ASH ",ash,3,ash,32\n");
    struct archive *archive = world_archive(w);
    assert_true(archive_entity_overdue(archive, clock_now_ms() - 3600000, NULL));
    hub_give(w->hub, archive);
    csv_is(w, HEADER TREE ",\"oak, 10\",2,oak,11\n" ASH ",ash,3,ash,32\n");
    archive = world_archive(w);
    assert_true(archive_entity_overdue(archive, clock_now_ms() + 1000, NULL));
    hub_give(w->hub, archive);
    csv_is(w, HEADER TREE ",\"oak, 10\",2,oak,11\n" ASH ",ash,4,ash,50\n");
}

static void integrity_tells_what_was_deleted(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    struct wire_integrity integrity = {0};
    char path[300], before[OPENROSA_HASH], after[OPENROSA_HASH];
    bool exists;
    struct archive *archive = world_archive(w);
    assert_true(archive_entity_hash(archive, "trees", &exists, before, NULL));
    assert_true(archive_entity_delete(archive, "trees", ASH, NULL));
    assert_false(archive_entity_delete(archive, "trees", ASH, NULL));
    assert_true(archive_entity_hash(archive, "trees", &exists, after, NULL));
    assert_string_not_equal(before, after);
    hub_give(w->hub, archive);
    snprintf(path, sizeof(path), "%s/lists/trees/integrity?id=%s,%s,%s", w->base, TREE, ASH, LIME);
    wire_get(w->port, path, "", &got);
    assert_true(wire_read_integrity(buf_str(&got.body), &integrity, NULL));
    assert_int_equal(integrity.entities.n, 2); /* the unknown one is left out */
    assert_string_equal(integrity.entities.v[0].id, TREE);
    assert_false(integrity.entities.v[0].is_deleted);
    assert_true(integrity.entities.v[1].is_deleted);
    csv_is(w, HEADER TREE ",\"oak, 10\",2,oak,11\n");
    wire_integrity_finish(&integrity);
    got_finish(&got);
}

static void a_csv_can_fill_a_list(void **state)
{
    struct world *w = *state;
    struct archive *archive = world_archive(w);
    struct err err = {0};
    int count = 0;
    assert_true(archive_entity_import(archive, "trees",
                                      STR("name,label,girth\n" LIME ",=lime,7\n" TREE ",oak,12\n"),
                                      &count, &err));
    assert_int_equal(count, 2);
    assert_false(archive_entity_import(archive, "trees", STR("name,label\nx,y\n"), &count, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_false(archive_entity_import(archive, "trees", STR("a,b\n1,2\n"), &count, &err));
    hub_give(w->hub, archive);
    csv_is(w, HEADER TREE ",oak,3,oak,12\n" LIME ",=lime,1,,7\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_list_is_served_with_its_header),
        cmocka_unit_test(create_and_update),
        cmocka_unit_test(what_cannot_be_done_is_noted_not_refused),
        cmocka_unit_test(a_branch_is_put_in_order),
        cmocka_unit_test(a_gap_that_stays_is_closed_after_days),
        cmocka_unit_test(integrity_tells_what_was_deleted),
        cmocka_unit_test(a_csv_can_fill_a_list),
    };
    return cmocka_run_group_tests(tests, open_trees, world_close);
}
