/* What a person reads: labels, outputs, languages, hints, parameters, markdown. */
#include "helper_form.h"

#include <stdio.h>

static void outputs_stand_in_their_place(void **state)
{
    struct form *form =
        test_form("<first/><last/><row jr:template=''><n/></row>", "",
                  "<input ref='/data/first'/>"
                  "<input ref='/data/last'><label> Hello <output value='/data/first'/> "
                  "<output value='/data/last'/>!\n</label></input>"
                  "<group><repeat nodeset='/data/row'><input ref='/data/row/n'><label>Row "
                  "<output value='position(..)'/></label></input></repeat></group>");
    struct entry *entry = test_entry(form);
    test_answer(entry, "/data/first", "Lan", ANSWER_OK);
    test_answer(entry, "/data/last", "Anh", ANSWER_OK);
    assert_string_equal(test_label(entry, "/data/last"), "Hello Lan Anh!");
    assert_true(entry_repeat_add(entry, "/data/row", NULL, NULL));
    assert_true(entry_repeat_add(entry, "/data/row", NULL, NULL));
    assert_string_equal(test_label(entry, "/data/row[2]/n"), "Row 2");
    test_end(form, entry);
}

static void languages_fall_back(void **state)
{
    struct form *form = test_form(
        "<a/><b/>",
        "<itext><translation lang='English (en)' default='true()'>"
        "<text id='a'><value>Name</value><value form='guidance'>As on the card</value></text>"
        "<text id='b'><value>Only English <output value='/data/a'/></value></text></translation>"
        "<translation lang='Tiếng Việt (vi)'><text id='a'><value>Tên</value>"
        "<value form='audio'>jr://audio/a.mp3</value></text></translation></itext>",
        "<input ref='/data/a'><label ref=\"jr:itext('a')\"/><hint ref=\"jr:itext('a')\"/></input>"
        "<input ref='/data/b'><label ref=\"jr:itext('b')\"/></input>");
    struct entry *entry = test_entry(form);
    struct err err;
    assert_int_equal(form_language_count(form), 2);
    assert_string_equal(form_default_language(form), "English (en)");
    assert_string_equal(test_label(entry, "/data/a"), "Name");
    assert_true(entry_set_language(entry, "Tiếng Việt (vi)", &err));
    assert_string_equal(entry_language(entry), "Tiếng Việt (vi)");
    assert_string_equal(test_label(entry, "/data/a"), "Tên");
    test_answer(entry, "/data/a", "x", ANSWER_OK);
    assert_string_equal(test_label(entry, "/data/b"), "Only English x");
    struct question_view view;
    assert_true(question_view_ref(entry, "/data/a", &view, &err));
    assert_string_equal(view.label.audio, "jr://audio/a.mp3");
    assert_string_equal(view.guidance, "As on the card");
    assert_null(view.label.image);
    test_end(form, entry);
}

static void a_form_says_its_title_in_the_language_chosen(void **state)
{
    struct form *form =
        test_form("<a/>",
                  "<itext><translation lang='vi'><text id='form:title'><value>Phiếu</value></text>"
                  "</translation><translation lang='en'><text id='form:title'>"
                  "<value>Record</value></text></translation></itext>",
                  "<input ref='/data/a'/>");
    struct form *plain = test_form("<a/>", "", "<input ref='/data/a'/>");
    struct entry *entry = test_entry(form), *other = test_entry(plain);
    struct buf title = {0};
    struct err err;
    entry_add_title(entry, &title);
    assert_string_equal(buf_text(&title), "Phiếu");
    assert_true(entry_set_language(entry, "en", &err));
    buf_clear(&title);
    entry_add_title(entry, &title);
    assert_string_equal(buf_text(&title), "Record");
    buf_clear(&title);
    entry_add_title(other, &title);
    assert_string_equal(buf_text(&title), form_title(plain));
    buf_finish(&title);
    test_end(form, entry);
    test_end(plain, other);
}

static void a_question_tells_what_its_widget_needs(void **state)
{
    struct form *form =
        test_form("<r>3</r><p/><c/><t/>",
                  "<bind nodeset='/data/r' type='int' required='1 = 1' readonly='true()'/>"
                  "<bind nodeset='/data/p' type='binary' orx:max-pixels='640'/>"
                  "<bind nodeset='/data/c' type='barcode' gocua:fill='person.number'/>",
                  "<range ref='/data/r' start='1' end='9' step='2' appearance='Picker'/>"
                  "<upload ref='/data/p' mediatype='image/*' appearance='signature new-front'/>"
                  "<input ref='/data/c' gocua:reader='id-card'/>"
                  "<input ref='/data/t' appearance=\"ex:org.app.Read(unit='cm', at=/data/r + 1)\" "
                  "rows='4'/>");
    struct entry *entry = test_entry(form);
    struct question_view view;
    struct err err;
    const char *name, *value;
    assert_true(question_view_ref(entry, "/data/r", &view, &err));
    assert_int_equal(view.kind, CONTROL_RANGE);
    assert_int_equal(view.type, TYPE_INT);
    assert_true(view.required && view.readonly && view.relevant);
    assert_float_equal(view.start, 1, 0);
    assert_float_equal(view.end, 9, 0);
    assert_float_equal(view.step, 2, 0);
    assert_true(question_has_appearance(&view, "picker"));
    assert_true(question_view_ref(entry, "/data/p", &view, &err));
    assert_int_equal(view.max_pixels, 640);
    assert_string_equal(view.media_type, "image/*");
    assert_true(question_has_appearance(&view, "new"));
    assert_false(question_has_appearance(&view, "sign"));
    assert_true(question_view_ref(entry, "/data/c", &view, &err));
    assert_string_equal(view.reader, "id-card");
    assert_string_equal(view.fill, "person.number");
    assert_true(question_view_ref(entry, "/data/t", &view, &err));
    assert_string_equal(view.app, "org.app.Read");
    assert_int_equal(view.rows, 4);
    assert_true(question_app_argument(entry, &view, 0, &name, &value));
    assert_string_equal(name, "unit");
    assert_string_equal(value, "cm");
    assert_true(question_app_argument(entry, &view, 1, &name, &value));
    assert_string_equal(value, "4");
    assert_false(question_app_argument(entry, &view, 2, &name, &value));
    assert_false(question_view_ref(entry, "/data/zzz", &view, &err));
    test_end(form, entry);
}

static void messages_are_translated_with_outputs(void **state)
{
    struct form *form = test_form(
        "<a/><max>5</max>",
        "<itext><translation lang='en'><text id='m'><value>At most <output value='/data/max'/>"
        "</value></text></translation></itext>"
        "<bind nodeset='/data/a' type='int' constraint='. &lt;= /data/max' "
        "jr:constraintMsg=\"jr:itext('m')\"/>",
        "<input ref='/data/a'/>");
    struct entry *entry = test_entry(form);
    struct answer_result result;
    assert_true(entry_answer(entry, "/data/a", STR("9"), &result, NULL));
    assert_int_equal(result.state, ANSWER_CONSTRAINT);
    assert_string_equal(result.message, "At most 5");
    test_end(form, entry);
}

/* Spans as "flags:text|…"; a break is "/". */
static bool note_span(void *ctx, const struct span *span)
{
    struct buf *to = ctx;
    if (span->flags & SPAN_BREAK) {
        buf_add_text(to, "/");
        return true;
    }
    buf_addf(to, "%s%s%s%s" STR_FMT, span->flags & SPAN_BOLD ? "b" : "",
             span->flags & SPAN_ITALIC ? "i" : "", span->flags & SPAN_LINK ? "l" : "",
             span->flags & SPAN_HEADING ? "h" : "", STR_ARG(span->text));
    if (span->color.n) {
        buf_addf(to, "{" STR_FMT "}", STR_ARG(span->color));
    }
    buf_add_char(to, '|');
    return true;
}

static void markdown_is_cut_into_spans(void **state)
{
    static const char *const pairs[][2] = {
        {"plain", "plain|"},
        {"**bold** and *soft*", "bbold| and |isoft|"},
        {"__a__ _b_ snake_case_name", "ba| |ib| snake|_case|_name|"},
        {"2 * 3 * 4", "2 |* 3 |* 4|"},
        {"# Title\nbody", "hTitle|/body|"},
        {"[site](https://a.b/c)", "lsite|"},
        {"<span style=\"color:red\">hot</span> cold", "hot{red}| cold|"},
        {"a\\*b", "a|*|b|"},
        {"- one\n- two", "• |one|/• |two|"},
        {"5 < 6 <b>x</b>", "5 |< 6 |x|"},
        {"**not closed", "*|*not closed|"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct buf got = {0};
        markdown_each(str_of(pairs[i][0]), note_span, &got);
        if (strcmp(buf_text(&got), pairs[i][1]) != 0) {
            fail_msg("%s gives %s", pairs[i][0], buf_text(&got));
        }
        buf_finish(&got);
    }
    struct buf plain = {0};
    markdown_plain(STR("**Ông/Bà** có [thẻ](x) không?\n*Hỏi*"), &plain);
    assert_string_equal(buf_text(&plain), "Ông/Bà có thẻ không?\nHỏi");
    buf_finish(&plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outputs_stand_in_their_place),
        cmocka_unit_test(languages_fall_back),
        cmocka_unit_test(a_form_says_its_title_in_the_language_chosen),
        cmocka_unit_test(a_question_tells_what_its_widget_needs),
        cmocka_unit_test(messages_are_translated_with_outputs),
        cmocka_unit_test(markdown_is_cut_into_spans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
