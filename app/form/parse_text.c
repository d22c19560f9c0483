#include "app/form/def.h"

struct parts {
    struct parse *parse;
    const char *node;
    VEC(struct text_part) v;
};

static void add_literal(struct parts *to, struct str text)
{
    if (text.n) {
        struct arena *arena = &to->parse->form->arena;
        vec_push(&to->v, (struct text_part){{arena_str(arena, text), text.n}, NULL});
    }
}

static void add_content(struct parts *to, const struct xml *element)
{
    if (!element->first) {
        add_literal(to, element->text);
        return;
    }
    for (const struct xml *child = element->first; child; child = child->next) {
        if (child->kind == XML_TEXT) {
            add_literal(to, child->text);
        } else if (xml_is(child, "output")) {
            const char *value = xml_attr(child, "value");
            value = value ? value : xml_attr(child, "ref");
            if (value) {
                struct xpath *x = parse_expression(to->parse, child, value, to->node, "output");
                if (x) {
                    vec_push(&to->v, (struct text_part){{"", 0}, x});
                }
            }
        } else if (child->kind == XML_ELEMENT) {
            add_content(to, child);
        }
    }
}

/* Formatting white space around a text is not part of it. */
static void trim_parts(struct parts *parts)
{
    if (parts->v.n && !parts->v.v[0].output) {
        struct str *s = &parts->v.v[0].literal;
        while (s->n && strchr(" \t\r\n", s->s[0])) {
            s->s++;
            s->n--;
        }
    }
    if (parts->v.n && !parts->v.v[parts->v.n - 1].output) {
        struct str *s = &parts->v.v[parts->v.n - 1].literal;
        while (s->n && strchr(" \t\r\n", s->s[s->n - 1])) {
            s->n--;
        }
    }
}

struct text parse_text(struct parse *parse, const struct xml *element, const char *node)
{
    struct parts parts = {.parse = parse, .node = node};
    add_content(&parts, element);
    trim_parts(&parts);
    struct text text = {NULL, parts.v.n};
    if (parts.v.n) {
        struct text_part *kept = arena_array(&parse->form->arena, struct text_part, parts.v.n);
        memcpy(kept, parts.v.v, parts.v.n * sizeof *kept);
        text.parts = kept;
    }
    vec_finish(&parts.v);
    return text;
}

/* The id in jr:itext('id'), or an empty view when the text is something else. */
static struct str itext_id(struct str text)
{
    text = str_trim(text);
    if (str_starts(text, STR("jr:"))) {
        text = (struct str){text.s + 3, text.n - 3};
    }
    if (!str_starts(text, STR("itext(")) || !str_ends(text, STR(")"))) {
        return STR("");
    }
    text = str_trim((struct str){text.s + 6, text.n - 7});
    if (text.n < 2 || (text.s[0] != '\'' && text.s[0] != '"') || text.s[text.n - 1] != text.s[0]) {
        return STR("");
    }
    text = (struct str){text.s + 1, text.n - 2};
    return memchr(text.s, text.s[-1], text.n) ? STR("") : text;
}

static struct label itext_label(struct parse *parse, const struct xml *at, struct str id,
                                const char *node)
{
    struct label label = {.kind = LABEL_ITEXT, .id = arena_str(&parse->form->arena, id)};
    label.itext = map_get(&parse->form->itexts, id);
    if (!label.itext) {
        form_note(parse->form, PROBLEM_WARNING, node, at->line,
                  "the text jr:itext('" STR_FMT "') does not exist", STR_ARG(id));
    }
    return label;
}

struct label parse_label(struct parse *parse, const struct xml *element, const char *node)
{
    struct label label = {.kind = LABEL_NONE};
    if (!element) {
        return label;
    }
    const char *ref = xml_attr(element, "ref");
    if (ref && ref[0]) {
        struct str id = itext_id(str_of(ref));
        if (id.n) {
            return itext_label(parse, element, id, node);
        }
        label.value = parse_expression(parse, element, ref, node, "label");
        label.kind = label.value ? LABEL_VALUE : LABEL_NONE;
        return label;
    }
    label.kind = LABEL_TEXT;
    label.text = parse_text(parse, element, node);
    return label;
}

struct label parse_message(struct parse *parse, const struct xml *at, const char *text,
                           const char *node)
{
    struct label label = {.kind = LABEL_NONE};
    if (!text || !text[0]) {
        return label;
    }
    struct str id = itext_id(str_of(text));
    if (id.n) {
        return itext_label(parse, at, id, node);
    }
    struct text_part *part = arena_new(&parse->form->arena, struct text_part);
    part->literal = (struct str){arena_strdup(&parse->form->arena, text), strlen(text)};
    label.kind = LABEL_TEXT;
    label.text = (struct text){part, 1};
    return label;
}

/* ---- itext -------------------------------------------------------------------------------------
 */

/* The form of a value element; -1 for one that nobody shows. */
static int form_of(const char *form)
{
    static const char *const names[FORM_COUNT] = {
        [FORM_PLAIN] = "long",  [FORM_SHORT] = "short",         [FORM_GUIDANCE] = "guidance",
        [FORM_IMAGE] = "image", [FORM_BIG_IMAGE] = "big-image", [FORM_AUDIO] = "audio",
        [FORM_VIDEO] = "video",
    };
    if (!form || !form[0]) {
        return FORM_PLAIN;
    }
    for (int i = 0; i < FORM_COUNT; i++) {
        if (!strcmp(form, names[i])) {
            return i;
        }
    }
    return -1;
}

void form_add_media(struct form *form, struct str uri)
{
    for (size_t i = 0; i < form->media.n; i++) {
        if (str_is(uri, form->media.v[i])) {
            return;
        }
    }
    vec_push(&form->media, arena_str(&form->arena, uri));
}

static void parse_value(struct parse *parse, struct itext *itext, size_t language,
                        const struct xml *value, struct map *media)
{
    struct form *form = parse->form;
    int kind = form_of(xml_attr(value, "form"));
    if (kind < 0) {
        return;
    }
    const struct text **cell = &itext->cells[language * FORM_COUNT + (size_t)kind];
    if (*cell && kind == FORM_PLAIN && !xml_attr(value, "form")) {
        return; /* the long form stands already */
    }
    struct text *text = arena_new(&form->arena, struct text);
    *text = parse_text(parse, value, itext->id);
    *cell = text;
    if (kind >= FORM_IMAGE && text->n == 1 && !text->parts->output) {
        if (!map_has(media, text->parts->literal)) {
            map_put(media, text->parts->literal, itext);
            vec_push(&form->media, arena_str(&form->arena, text->parts->literal));
        }
    }
}

static void parse_translation(struct parse *parse, const struct xml *translation, size_t language,
                              struct map *media)
{
    struct form *form = parse->form;
    for (const struct xml *text = xml_child(translation, "text"); text;
         text = xml_next(text, "text")) {
        const char *id = xml_attr(text, "id");
        if (!id || !id[0]) {
            form_note(form, PROBLEM_ERROR, "itext", text->line, "no id defined for <text>");
            continue;
        }
        struct itext *itext = map_get(&form->itexts, str_of(id));
        if (!itext) {
            itext = arena_new(&form->arena, struct itext);
            itext->id = arena_strdup(&form->arena, id);
            itext->cells =
                arena_array(&form->arena, const struct text *, form->n_languages *FORM_COUNT);
            map_put(&form->itexts, str_of(itext->id), itext);
        }
        for (const struct xml *value = xml_child(text, "value"); value;
             value = xml_next(value, "value")) {
            parse_value(parse, itext, language, value, media);
        }
    }
}

void parse_itext(struct parse *parse)
{
    struct form *form = parse->form;
    const struct xml *itext = xml_child(parse->model, "itext");
    size_t n = 0;
    for (const struct xml *t = xml_child(itext, "translation"); t; t = xml_next(t, "translation")) {
        n++;
    }
    form->languages = arena_array(&form->arena, const char *, n + 1);
    form->n_languages = n;
    size_t i = 0;
    bool has_default = false;
    struct map media = {0};
    for (const struct xml *t = xml_child(itext, "translation"); t;
         t = xml_next(t, "translation"), i++) {
        const char *lang = xml_attr(t, "lang");
        if (!lang || !lang[0]) {
            form_note(form, PROBLEM_ERROR, "itext", t->line,
                      "no language specified for <translation>");
            lang = "";
        }
        form->languages[i] = arena_strdup(&form->arena, lang);
        const char *is_default = xml_attr(t, "default");
        if (is_default && strcmp(is_default, "false()") != 0 && !has_default) {
            has_default = true;
            form->default_language = i;
        }
        parse_translation(parse, t, i, &media);
    }
    map_finish(&media);
}
