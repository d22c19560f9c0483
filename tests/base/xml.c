/* XML is read with its names, prefixes and lines, written back as it was, and refused where it
 * would do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "platform/base/xml.h"

struct reading {
    struct xml_names names;
    struct arena arena;
    struct err err;
};

static struct xml *read(struct reading *r, const char *text, const struct xml_limits *limits)
{
    *r = (struct reading){0};
    return xml_parse(str_of(text), &r->names, &r->arena, limits, &r->err);
}

static void done(struct reading *r)
{
    arena_finish(&r->arena);
    xml_names_finish(&r->names);
}

static void test_reads(void **state)
{
    struct reading r;
    struct xml *root = xml_root(read(&r,
                                     "<h:html xmlns:h='urn:h' xmlns='urn:x'>\n"
                                     "  <model id='1' h:id='2'><a>đ</a><a>x<b/>y</a></model>\n"
                                     "</h:html>",
                                     NULL));
    assert_non_null(root);
    assert_string_equal(root->prefix, "h");
    assert_string_equal(root->name->uri, "urn:h");
    struct xml *model = xml_child(root, "model");
    assert_string_equal(model->name->uri, "urn:x");
    assert_int_equal(model->line, 2);
    assert_string_equal(xml_attr(model, "id"), "1");
    assert_string_equal(xml_attr_ns(model, "urn:h", "id"), "2");
    assert_null(xml_attr(model, "none"));
    struct xml *leaf = xml_child(model, "a"), *mixed = xml_next(leaf, "a");
    assert_true(leaf->name == mixed->name);
    assert_true(str_is(leaf->text, "đ"));
    assert_null(leaf->first);
    assert_int_equal(mixed->first->kind, XML_TEXT);
    assert_true(str_is(xml_text_of(mixed, &r.arena, false), "xy"));
    assert_null(model->first->next->next); /* the space between elements is gone */
    assert_string_equal(xml_uri(mixed, STR("h")), "urn:h");
    assert_null(xml_uri(mixed, STR("none")));
    done(&r);
}

static void test_writes_what_it_read(void **state)
{
    static const char text[] = "<?style x?><h:d xmlns:h=\"urn:h\" a=\"&quot;&lt;&#10;\"> "
                               "<!--c--><e xmlns=\"urn:e\">1 &lt; "
                               "2 &amp; 3</e>t<![CDATA[<raw>]]><f/></h:d>";
    struct xml_limits limits = {.keep_space = true};
    struct reading r;
    struct xml *document = read(&r, text, &limits);
    struct buf out = {0};
    assert_non_null(document);
    xml_write(&out, document);
    assert_string_equal(buf_text(&out), text);
    buf_finish(&out);
    done(&r);
}

static void test_escapes(void **state)
{
    struct buf out = {0};
    xml_add_escaped(&out, STR("a\x01<\"\n\r\xEF\xBF\xBE>đ"), false);
    assert_string_equal(buf_text(&out), "a&lt;\"\n&#13;&gt;đ");
    buf_clear(&out);
    xml_add_escaped(&out, STR("\"\t"), true);
    assert_string_equal(buf_text(&out), "&quot;&#9;");
    buf_finish(&out);
}

static void check_refused(const char *text, const struct xml_limits *limits, const char *reason)
{
    struct reading r;
    assert_null(read(&r, text, limits));
    assert_int_equal(r.err.kind, ERR_INPUT);
    if (!strstr(r.err.text, reason)) {
        fail_msg("%s does not say %s", r.err.text, reason);
    }
    done(&r);
}

static void test_refuses(void **state)
{
    struct xml_limits shallow = {.depth = 2}, few = {.nodes = 2}, small = {.size = 4};
    check_refused("<a><b></a>", NULL, "line 1");
    check_refused("", NULL, "no element");
    check_refused("<a><b><c/></b></a>", &shallow, "too deep");
    check_refused("<a><b/><c/></a>", &few, "too many");
    check_refused("<a>12345</a>", &small, "larger than 4");
    check_refused("<!DOCTYPE a [<!ENTITY x 'xxxx'>]><a>&x;</a>", NULL, "document type");
    check_refused("<a>&x;</a>", NULL, "undefined entity");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads),
        cmocka_unit_test(test_writes_what_it_read),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
