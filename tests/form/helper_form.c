#include "helper_form.h"

#include <stdio.h>
#include <stdlib.h>

static bool read_media(void *ctx, const char *uri, struct buf *bytes, struct err *err)
{
    struct test_media *media = ctx;
    media->reads++;
    for (size_t i = 0; media->pairs && media->pairs[i]; i += 2) {
        if (!strcmp(media->pairs[i], uri)) {
            buf_add_text(bytes, media->pairs[i + 1]);
            return true;
        }
    }
    return err_set(err, ERR_MISSING, 0, "no file %s", uri);
}

struct form *test_form_media(const char *record, const char *model, const char *body,
                             struct test_media *media)
{
    struct buf xml = {0};
    buf_addf(&xml,
             "<h:html xmlns='http://www.w3.org/2002/xforms' xmlns:h='http://www.w3.org/1999/xhtml' "
             "xmlns:jr='http://openrosa.org/javarosa' xmlns:orx='http://openrosa.org/xforms' "
             "xmlns:odk='http://www.opendatakit.org/xforms' "
             "xmlns:entities='http://www.opendatakit.org/xforms/entities' "
             "xmlns:gocua='urn:gocua:forms:1'>\n<h:head><h:title>Test</h:title>\n<model>"
             "<instance><data id='test' version='7'>%s</data></instance>\n%s</model></h:head>\n"
             "<h:body>%s</h:body></h:html>",
             record, model, body);
    struct form_options options = {0};
    if (media) {
        options.media.ctx = media;
        options.media.read = read_media;
    }
    struct form *form = form_load(buf_str(&xml), &options);
    buf_finish(&xml);
    return form;
}

struct form *test_form(const char *record, const char *model, const char *body)
{
    return test_form_media(record, model, body, NULL);
}

struct entry *test_entry(struct form *form)
{
    struct entry *entry = NULL;
    struct err err = {0};
    if (!form_is_usable(form)) {
        fail_msg("the form is not usable: %s", form_problem_at(form, 0)->text);
    }
    if (!entry_create(form, NULL, &entry, &err)) {
        fail_msg("no entry: %s", err.text);
    }
    return entry;
}

void test_answer(struct entry *entry, const char *ref, const char *value, enum answer_state state)
{
    struct answer_result result;
    struct err err = {0};
    if (!entry_answer(entry, ref, str_of(value), &result, &err)) {
        fail_msg("%s = %s: %s", ref, value, err.text);
    }
    assert_int_equal(result.state, state);
}

void test_value(struct entry *entry, const char *ref, const char *value)
{
    struct str got = entry_value(entry, ref);
    if (!entry_has(entry, ref)) {
        fail_msg("there is no %s", ref);
    }
    if (!str_is(got, value)) {
        fail_msg("%s is \"%.*s\", not \"%s\"", ref, (int)got.n, got.s, value);
    }
}

static struct question_view view_of(struct entry *entry, const char *ref)
{
    struct question_view view;
    struct err err = {0};
    if (!question_view_ref(entry, ref, &view, &err)) {
        fail_msg("%s: %s", ref, err.text);
    }
    return view;
}

bool test_relevant(struct entry *entry, const char *ref)
{
    return view_of(entry, ref).relevant;
}

const char *test_label(struct entry *entry, const char *ref)
{
    return view_of(entry, ref).label.text;
}

void test_choices(struct entry *entry, const char *ref, char text[256])
{
    struct choices *choices;
    struct choice choice;
    struct err err = {0};
    size_t n = 0;
    if (!question_choices(entry, ref, &choices, &err)) {
        fail_msg("%s: %s", ref, err.text);
    }
    text[0] = '\0';
    for (size_t i = 0; choices_at(choices, i, &choice); i++) {
        n += (size_t)snprintf(text + n, 256 - n, "%s%.*s", i ? " " : "", (int)choice.value.n,
                              choice.value.s);
    }
}

char *test_xml(struct entry *entry, enum serial_kind kind)
{
    struct buf xml = {0};
    struct err err;
    assert_true(entry_serialize(entry, kind, &xml, &err));
    const char *from = strchr(buf_text(&xml), '\n');
    char *text = strdup(from ? from + 1 : "");
    buf_finish(&xml);
    return text;
}

bool test_has_problem(const struct form *form, enum problem_kind kind, const char *words)
{
    for (size_t i = 0; i < form_problem_count(form); i++) {
        const struct form_problem *problem = form_problem_at(form, i);
        if (problem->kind == kind && strstr(problem->text, words)) {
            return true;
        }
    }
    return false;
}

void test_end(struct form *form, struct entry *entry)
{
    entry_destroy(entry);
    form_destroy(form);
}
