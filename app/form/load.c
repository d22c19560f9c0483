#include "app/form/def.h"

#include <stdarg.h>
#include <stdio.h>
#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/base/mem.h"

enum { FORM_MOST_BYTES = 64 << 20 };

void form_note(struct form *form, enum problem_kind kind, const char *node, long line,
               const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char text[2048];
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (kind == PROBLEM_ERROR) {
        form->is_usable = false;
    }
    vec_push(&form->problems,
             (struct form_problem){kind, arena_strdup(&form->arena, node ? node : ""), line,
                                   arena_strdup(&form->arena, text)});
}

static const char *uri_of_prefix(void *ctx, struct str prefix)
{
    return xml_uri(ctx, prefix);
}

/* Notes the file in pulldata('file', …) among the form's media. */
static void note_pulldata(struct form *form, const char *text)
{
    static const char name[] = "pulldata(";
    for (const char *at = strstr(text, name); at; at = strstr(at + 1, name)) {
        const char *from = at + sizeof name - 1;
        from += strspn(from, " \t\r\n");
        const char *end = *from == '\'' || *from == '"' ? strchr(from + 1, *from) : NULL;
        if (end) {
            form_add_media(form, str_of(arena_printf(&form->arena, "%.*s.csv",
                                                     (int)(end - from - 1), from + 1)));
        }
    }
}

struct xpath *parse_expression(struct parse *parse, const struct xml *at, const char *text,
                               const char *node, const char *what)
{
    struct form *form = parse->form;
    struct xpath_setup setup = {&form->names, uri_of_prefix, (void *)at, false};
    struct err err;
    struct xpath *x = xpath_parse(&form->arena, &setup, str_of(text), &err);
    if (!x) {
        form_note(form, PROBLEM_ERROR, node, at->line, "%s cannot be read: %s", what, err.text);
        return NULL;
    }
    note_pulldata(form, text);
    const char *problem = xpath_problem(x);
    if (problem) {
        form_note(form, PROBLEM_WARNING, node, at->line, "%s \"%.200s\": %s", what, text, problem);
    }
    return x;
}

static void order_problems(struct form *form)
{
    size_t n = form->problems.n;
    struct form_problem *sorted = mem_alloc(n + 1, sizeof *sorted);
    size_t at = 0;
    for (int kind = PROBLEM_ERROR; kind <= PROBLEM_UNSUPPORTED; kind++) {
        for (size_t i = 0; i < n; i++) {
            if (form->problems.v[i].kind == (enum problem_kind)kind) {
                sorted[at++] = form->problems.v[i];
            }
        }
    }
    if (n) {
        memcpy(form->problems.v, sorted, n * sizeof *sorted);
    }
    free(sorted);
}

static bool is_yes(const char *text)
{
    return text && (!strcmp(text, "true") || !strcmp(text, "true()") || !strcmp(text, "1"));
}

static void parse_submission(struct parse *parse)
{
    struct form *form = parse->form;
    const struct xml *element = xml_child(parse->model, "submission");
    if (!element) {
        return;
    }
    struct form_submission *to = &form->submission;
    const char *text;
    to->action = (text = xml_attr(element, "action")) ? arena_strdup(&form->arena, text) : NULL;
    to->method = (text = xml_attr(element, "method")) ? arena_strdup(&form->arena, text) : NULL;
    text = xml_attr(element, "base64RsaPublicKey");
    to->public_key = text ? arena_strdup(&form->arena, text) : NULL;
    text = xml_attr(element, "auto-send");
    to->has_auto_send = text != NULL;
    to->auto_send = is_yes(text);
    text = xml_attr(element, "auto-delete");
    to->has_auto_delete = text != NULL;
    to->auto_delete = is_yes(text);
    to->client_editable = is_yes(xml_attr(element, "client-editable"));
}

static bool find_parts(struct parse *parse)
{
    struct form *form = parse->form;
    const struct xml *html = xml_root(parse->document);
    const struct xml *head = xml_child(html, "head");
    parse->body = xml_child(html, "body");
    parse->model = xml_child(head ? head : html, "model");
    if (!xml_is(html, "html") || !parse->model) {
        form_note(form, PROBLEM_ERROR, "", html ? (long)html->line : 0,
                  "this XML is no XForm: it has no html/head/model");
        return false;
    }
    const struct xml *title = xml_child(head, "title");
    struct str text = title ? xml_text_of(title, &form->arena, true) : STR("");
    form->title = arena_str(&form->arena, text);
    const char *version = xml_attr(parse->model, "xforms-version");
    form->xforms_version = arena_strdup(&form->arena, version ? version : "");
    if (xml_next(parse->model, "model")) {
        form_note(form, PROBLEM_WARNING, "model", xml_next(parse->model, "model")->line,
                  "only the first model is used");
    }
    return true;
}

/* Tells XPath which nodes are instances of repeats and which are numbers. */
static void mark_below(struct node *node)
{
    const struct node_def *def = node->def;
    if (def && def->is_repeat) {
        node->flags |= NODE_REPEAT;
    }
    if (def && (def->type == TYPE_INT || def->type == TYPE_DECIMAL)) {
        node->flags |= NODE_DECIMAL;
    }
    if (def && def->type == TYPE_BOOLEAN) {
        node->flags |= NODE_TRUTH;
    }
    for (struct node *attribute = node->attributes; attribute; attribute = attribute->next) {
        mark_below(attribute);
    }
    for (struct node *child = node->first; child; child = child->next) {
        mark_below(child);
    }
}

static void mark_all(struct form *form)
{
    mark_below(form->primary.document);
    for (size_t i = 0; i < form->defs.n; i++) {
        if (form->defs.v[i]->template) {
            mark_below(form->defs.v[i]->template);
        }
    }
}

static void parse_all(struct parse *parse)
{
    struct form *form = parse->form;
    if (!find_parts(parse)) {
        return;
    }
    parse_submission(parse);
    parse_primary(parse);
    if (!form->root) {
        return;
    }
    parse_itext(parse);
    parse_secondaries(parse);
    parse_binds(parse);
    parse_body(parse);
    parse_actions(parse);
    parse_entities(parse);
    check_body(parse);
    settle_defaults(form);
    mark_all(form);
    if (form->is_usable) {
        graph_build(form);
    }
}

static struct form *form_begin(const struct form_options *options)
{
    struct form *form = mem_alloc(1, sizeof *form);
    if (options) {
        form->options = *options;
    }
    if (!form->options.max_nodes) {
        form->options.max_nodes = 2000000;
    }
    if (!form->options.max_choices) {
        form->options.max_choices = 1000000;
    }
    form->is_usable = true;
    form->title = form->id = form->version = form->xforms_version = "";
    return form;
}

/* Writes &lt; for "<" inside attribute values, which JavaRosa's reader takes; false without any. */
static bool mend_attributes(struct str xml, struct buf *to)
{
    char quote = 0;
    bool in_tag = false, mended = false;
    for (size_t i = 0; i < xml.n; i++) {
        char c = xml.s[i];
        if (quote) {
            quote = c == quote ? 0 : quote;
        } else if (in_tag && (c == '"' || c == '\'')) {
            quote = c;
        } else if (c == '<' && i + 3 < xml.n && !memcmp(xml.s + i, "<!--", 4)) {
            ptrdiff_t end = str_find((struct str){xml.s + i, xml.n - i}, STR("-->"));
            size_t n = end < 0 ? xml.n - i : (size_t)end;
            buf_add(to, xml.s + i, n);
            i += n - 1;
            continue;
        } else if (c == '<' || c == '>') {
            in_tag = c == '<';
        }
        if (quote && c == '<') {
            buf_add_text(to, "&lt;");
            mended = true;
        } else {
            buf_add_char(to, c);
        }
    }
    return mended;
}

/* A blank between two outputs is part of the text. */
static bool shows_text(const struct xml *element)
{
    return xml_is(element, "label") || xml_is(element, "hint") || xml_is(element, "value");
}

struct form *form_load(struct str xml, const struct form_options *options)
{
    struct form *form = form_begin(options);
    hash_md5_text(xml.s, xml.n, form->hash);
    struct arena arena = {0};
    struct err err;
    struct xml_limits limits = {.nodes = form->options.max_nodes * 2u, .keeps_space = shows_text};
    struct parse parse = {.form = form};
    parse.document = xml_parse(xml, &form->names, &arena, &limits, &err);
    struct buf mended = {0};
    if (!parse.document && mend_attributes(xml, &mended) &&
        (parse.document = xml_parse(buf_str(&mended), &form->names, &arena, &limits, NULL))) {
        form_note(form, PROBLEM_WARNING, "", 0, "\"<\" stands in an attribute; it should be &lt;");
    }
    buf_finish(&mended);
    if (!parse.document) {
        form_note(form, PROBLEM_ERROR, "", 0, "the form is no proper XML: %s", err.text);
    } else {
        parse_all(&parse);
    }
    arena_finish(&arena);
    order_problems(form);
    return form;
}

struct form *form_load_file(const char *path, const struct form_options *options)
{
    struct buf bytes = {0};
    struct err err;
    if (!file_read(path, FORM_MOST_BYTES, &bytes, &err)) {
        struct form *form = form_begin(options);
        form_note(form, PROBLEM_ERROR, "", 0, "the form cannot be read: %s", err.text);
        buf_finish(&bytes);
        return form;
    }
    struct form *form = form_load(buf_str(&bytes), options);
    buf_finish(&bytes);
    return form;
}

void form_destroy(struct form *form)
{
    if (!form) {
        return;
    }
    secondaries_finish(form);
    for (size_t i = 0; i < form->defs.n; i++) {
        vec_finish(&form->defs.v[i]->edges);
        vec_finish(&form->defs.v[i]->readers);
        vec_finish(&form->defs.v[i]->actions);
    }
    if (form->primary.document) {
        node_tree_finish(&form->primary);
    }
    vec_finish(&form->problems);
    vec_finish(&form->defs);
    vec_finish(&form->rules);
    vec_finish(&form->actions);
    vec_finish(&form->media);
    vec_finish(&form->fill_keys);
    vec_finish(&form->entity_lists);
    map_finish(&form->itexts);
    xml_names_finish(&form->names);
    arena_finish(&form->arena);
    free(form);
}

bool form_is_usable(const struct form *form)
{
    return form->is_usable;
}

size_t form_problem_count(const struct form *form)
{
    return form->problems.n;
}

const struct form_problem *form_problem_at(const struct form *form, size_t i)
{
    return i < form->problems.n ? &form->problems.v[i] : NULL;
}

const char *form_title(const struct form *form)
{
    return form->title[0] ? form->title : form->id;
}

const char *form_id(const struct form *form)
{
    return form->id;
}

const char *form_version(const struct form *form)
{
    return form->version;
}

const char *form_hash(const struct form *form)
{
    return form->hash;
}

size_t form_language_count(const struct form *form)
{
    return form->n_languages;
}

const char *form_language_at(const struct form *form, size_t i)
{
    return i < form->n_languages ? form->languages[i] : NULL;
}

const char *form_default_language(const struct form *form)
{
    return form->n_languages ? form->languages[form->default_language] : NULL;
}

void form_submission(const struct form *form, struct form_submission *submission)
{
    *submission = form->submission;
}

const char *form_media_at(const struct form *form, size_t i)
{
    return i < form->media.n ? form->media.v[i] : NULL;
}

const char *form_fill_key_at(const struct form *form, size_t i)
{
    return i < form->fill_keys.n ? form->fill_keys.v[i] : NULL;
}

const char *form_entity_list_at(const struct form *form, size_t i)
{
    return i < form->entity_lists.n ? form->entity_lists.v[i] : NULL;
}
