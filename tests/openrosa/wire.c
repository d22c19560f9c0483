#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sync/openrosa/wire.h"

#define LIST_HEAD                                                                                  \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n  <xforms xmlns=\"" WIRE_LIST_NS "\">\n"

/* As ODK Central serves it (trace T02), shortened. */
static const char central_list[] =
    LIST_HEAD "    <xform>\n"
              "      <formID>trace-basic</formID>\n"
              "      <name>Trace basic</name>\n"
              "      <version>1</version>\n"
              "      <hash>md5:2f5ea80a82723e0a83b45c719453af0a</hash>\n"
              "      <downloadUrl>https://h/forms/trace-basic.xml</downloadUrl>\n"
              "      <manifestUrl>https://h/forms/trace-basic/manifest</manifestUrl>\n"
              "    </xform>\n"
              "    <xform>\n"
              "      <formID>trace-state</formID>\n"
              "      <name>Trace state &amp; &quot;quotes&quot;</name>\n"
              "      <version/>\n"
              "      <hash>md5:768DDF84defbad659592de34278d1844</hash>\n"
              "      <downloadUrl>https://h/forms/trace-state.xml</downloadUrl>\n"
              "      <majorMinorVersion>7</majorMinorVersion>\n"
              "    </xform>\n"
              "  </xforms>";

static void a_list_is_read_as_central_serves_it(void **state)
{
    struct wire_form_list list;
    struct err err = {0};
    assert_true(wire_read_form_list(str_of(central_list), &list, &err));
    assert_int_equal(list.forms.n, 2);
    assert_int_equal(list.bad.n, 0);
    assert_string_equal(list.forms.v[0].form_id, "trace-basic");
    assert_string_equal(list.forms.v[0].version, "1");
    assert_string_equal(list.forms.v[0].md5, "2f5ea80a82723e0a83b45c719453af0a");
    assert_string_equal(list.forms.v[0].manifest_url, "https://h/forms/trace-basic/manifest");
    assert_string_equal(list.forms.v[1].name, "Trace state & \"quotes\"");
    assert_string_equal(list.forms.v[1].version, "");
    assert_string_equal(list.forms.v[1].md5, "768ddf84defbad659592de34278d1844");
    assert_null(list.forms.v[1].manifest_url);
    struct buf again = {0};
    struct wire_form_list twice;
    wire_add_form_list(&again, list.forms.v, list.forms.n);
    assert_true(wire_read_form_list(buf_str(&again), &twice, &err));
    assert_int_equal(twice.forms.n, 2);
    assert_string_equal(twice.forms.v[1].name, "Trace state & \"quotes\"");
    buf_finish(&again);
    wire_form_list_finish(&twice);
    wire_form_list_finish(&list);
}

#define GOOD_FORM                                                                                  \
    "<xform><formID>ok</formID><name>n</name><hash>md5:2f5ea80a82723e0a83b45c719453af0a</hash>"    \
    "<downloadUrl>https://h/ok.xml</downloadUrl></xform>"

static void one_bad_entry_does_not_take_the_list(void **state)
{
    static const char text[] = LIST_HEAD
        "<xform><formID>no-url</formID><hash>md5:2f5ea80a82723e0a83b45c719453af0a</hash></xform>"
        "<xform><downloadUrl>https://h/x</downloadUrl></xform>"
        "<xform><formID>sha</formID><hash>sha1:aa</hash><downloadUrl>u</downloadUrl></xform>"
        "<xform><formID>hex</formID><hash>md5:zz5ea80a82723e0a83b45c719453af0a</hash>"
        "<downloadUrl>u</downloadUrl></xform>" GOOD_FORM GOOD_FORM "<other/></xforms>";
    struct wire_form_list list;
    assert_true(wire_read_form_list(str_of(text), &list, NULL));
    assert_int_equal(list.forms.n, 1);
    assert_int_equal(list.bad.n, 5);
    assert_string_equal(list.bad.v[0].which, "no-url");
    assert_string_equal(list.bad.v[1].which, "");
    assert_string_equal(list.bad.v[4].which, "ok");
    wire_form_list_finish(&list);
}

static void what_is_no_list_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "<html><body>Log in</body></html>",
        "<xforms/>",
        "<xforms xmlns=\"urn:other\"/>",
        "<manifest xmlns=\"" WIRE_LIST_NS "\"/>",
        "<!DOCTYPE x [<!ENTITY a \"b\">]><xforms xmlns=\"" WIRE_LIST_NS "\">&a;</xforms>",
        "{\"message\":\"x\"}",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct wire_form_list list;
        struct err err = {0};
        assert_false(wire_read_form_list(str_of(texts[i]), &list, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        wire_form_list_finish(&list);
    }
    for (size_t n = 0; n + 1 < sizeof(central_list); n++) { /* cut at every byte */
        struct wire_form_list list;
        assert_false(wire_read_form_list((struct str){central_list, n}, &list, NULL));
        wire_form_list_finish(&list);
    }
}

static void lists_have_limits(void **state)
{
    struct buf text = {0};
    struct wire_form_list list;
    buf_add_text(&text, LIST_HEAD);
    for (int i = 0; i <= WIRE_FORMS_LIMIT; i++) {
        buf_add_text(&text, "<xform/>");
    }
    buf_add_text(&text, "</xforms>");
    assert_false(wire_read_form_list(buf_str(&text), &list, NULL));
    wire_form_list_finish(&list);
    buf_clear(&text);
    buf_add_text(&text, LIST_HEAD);
    for (int i = 0; i < 1000; i++) {
        buf_add_text(&text, "<a>");
    }
    assert_false(wire_read_form_list(buf_str(&text), &list, NULL));
    wire_form_list_finish(&list);
    buf_finish(&text);
}

#define MANIFEST "<manifest xmlns=\"" WIRE_MANIFEST_NS "\">"
#define MEDIA(name)                                                                                \
    "<mediaFile><filename>" name "</filename><hash>md5:94defe74e8755170b9483166d3281f50</hash>"    \
    "<downloadUrl>https://h/m</downloadUrl></mediaFile>"

static void manifests_and_entity_lists_are_read(void **state)
{
    static const char text[] = MANIFEST MEDIA(
        "ảnh cây.png") "<mediaFile type=\"entityList\"><filename>trees.csv</filename>"
                       "<hash>md5:47a55d9ff596760b307bbc0462547ca0</hash><downloadUrl>https://h/t</"
                       "downloadUrl>"
                       "<integrityUrl>https://h/i</integrityUrl></mediaFile>"
                       "<mediaFile "
                       "type=\"approvalEntityList\"><filename>a.csv</filename><hash>x:1</hash>"
                       "<downloadUrl>https://h/a</downloadUrl></mediaFile></manifest>";
    struct wire_manifest m;
    assert_true(wire_read_manifest(str_of(text), &m, NULL));
    assert_int_equal(m.media.n, 3);
    assert_string_equal(m.media.v[0].filename, "ảnh cây.png");
    assert_string_equal(m.media.v[0].md5, "94defe74e8755170b9483166d3281f50");
    assert_int_equal(m.media.v[1].kind, WIRE_MEDIA_LIST);
    assert_string_equal(m.media.v[1].integrity_url, "https://h/i");
    assert_int_equal(m.media.v[2].kind, WIRE_MEDIA_LIST_APPROVAL);
    assert_string_equal(m.media.v[2].md5, "");
    assert_string_equal(m.media.v[2].hash, "x:1");
    struct buf again = {0};
    struct wire_manifest twice;
    wire_add_manifest(&again, m.media.v, m.media.n);
    assert_true(wire_read_manifest(buf_str(&again), &twice, NULL));
    assert_int_equal(twice.media.n, 3);
    assert_string_equal(twice.media.v[1].integrity_url, "https://h/i");
    buf_finish(&again);
    wire_manifest_finish(&twice);
    wire_manifest_finish(&m);
    assert_true(wire_read_manifest(STR(MANIFEST "</manifest>"), &m, NULL));
    assert_int_equal(m.media.n, 0);
    wire_manifest_finish(&m);
}

static void no_file_leaves_its_folder(void **state)
{
    static const char text[] = MANIFEST MEDIA("../../etc/passwd") MEDIA("..") MEDIA("/a/../b.png")
        MEDIA("a\\b.png") MEDIA("x&#9;y") MEDIA("") MEDIA("folder/c.png") MEDIA("c.png")
            MEDIA("d.png") "</manifest>";
    struct wire_manifest m;
    assert_true(wire_read_manifest(str_of(text), &m, NULL));
    assert_int_equal(m.media.n, 2);
    assert_string_equal(m.media.v[0].filename, "c.png"); /* its last path part */
    assert_string_equal(m.media.v[1].filename, "d.png");
    assert_int_equal(m.bad.n, 7);
    wire_manifest_finish(&m);
}

static void integrity_lists_are_exact(void **state)
{
    static const char text[] =
        "<data><entities><entity id=\"a\"><deleted>false</deleted></entity>"
        "<entity id=\"b\"><deleted> true </deleted></entity></entities></data>";
    struct wire_integrity i;
    assert_true(wire_read_integrity(str_of(text), &i, NULL));
    assert_int_equal(i.entities.n, 2);
    assert_false(i.entities.v[0].is_deleted);
    assert_true(i.entities.v[1].is_deleted);
    struct buf again = {0};
    struct wire_integrity twice;
    wire_add_integrity(&again, i.entities.v, 2);
    assert_true(wire_read_integrity(buf_str(&again), &twice, NULL));
    assert_int_equal(twice.entities.n, 2);
    buf_finish(&again);
    wire_integrity_finish(&twice);
    wire_integrity_finish(&i);
    static const char *const bad[] = {
        "<data><entities><entity id=\"a\"><deleted>yes</deleted></entity></entities></data>",
        "<data><entities><entity><deleted>true</deleted></entity></entities></data>",
        "<data><entities><entity id=\"a\"/></entities></data>",
    };
    for (size_t k = 0; k < 3; k++) {
        assert_false(wire_read_integrity(str_of(bad[k]), &i, NULL));
        wire_integrity_finish(&i);
    }
}

static void answers_are_known_by_their_namespace(void **state)
{
    /* first byte is a newline and the text indented, as Central writes it */
    static const char ok[] = "\n  <OpenRosaResponse xmlns=\"http://openrosa.org/http/response\" "
                             "items=\"0\">\n    <message nature=\"\">full submission upload was "
                             "successful!</message>\n  </OpenRosaResponse>";
    struct wire_answer a;
    assert_true(wire_read_answer(str_of(ok), &a, NULL));
    assert_string_equal(a.message, "full submission upload was successful!");
    assert_string_equal(a.nature, "");
    assert_false(a.names_missing);
    wire_answer_finish(&a);
    static const char *const foreign[] = {
        "<OpenRosaResponse><message>x</message></OpenRosaResponse>",
        "<OpenRosaResponse xmlns=\"http://evil/response\"><message>x</message></OpenRosaResponse>",
        "<html><OpenRosaResponse xmlns=\"http://openrosa.org/http/response\"/></html>",
        "<html><body>http://openrosa.org/http/response</body></html>",
    };
    for (size_t i = 0; i < 4; i++) {
        assert_false(wire_read_answer(str_of(foreign[i]), &a, NULL));
        wire_answer_finish(&a);
    }
}

static void our_hub_names_what_is_missing(void **state)
{
    const char *missing[] = {"a & b.png", "c.png"};
    struct buf text = {0};
    struct wire_answer a;
    wire_add_answer(&text, "", "done", missing, 2);
    assert_true(wire_read_answer(buf_str(&text), &a, NULL));
    assert_true(a.names_missing);
    assert_int_equal(a.missing.n, 2);
    assert_string_equal(a.missing.v[0], "a & b.png");
    wire_answer_finish(&a);
    buf_clear(&text);
    wire_add_answer(&text, "error", "<no> \"good\"", missing, 0);
    assert_true(wire_read_answer(buf_str(&text), &a, NULL));
    assert_true(a.names_missing);
    assert_int_equal(a.missing.n, 0);
    assert_string_equal(a.nature, "error");
    assert_string_equal(a.message, "<no> \"good\"");
    wire_answer_finish(&a);
    buf_clear(&text);
    wire_add_answer(&text, "", "done", NULL, 0);
    assert_true(wire_read_answer(buf_str(&text), &a, NULL));
    assert_false(a.names_missing);
    wire_answer_finish(&a);
    buf_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_read_as_central_serves_it),
        cmocka_unit_test(one_bad_entry_does_not_take_the_list),
        cmocka_unit_test(what_is_no_list_is_refused),
        cmocka_unit_test(lists_have_limits),
        cmocka_unit_test(manifests_and_entity_lists_are_read),
        cmocka_unit_test(no_file_leaves_its_folder),
        cmocka_unit_test(integrity_lists_are_exact),
        cmocka_unit_test(answers_are_known_by_their_namespace),
        cmocka_unit_test(our_hub_names_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
