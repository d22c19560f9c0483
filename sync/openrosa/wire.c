#include "sync/openrosa/wire.h"

#include <string.h>

#include "platform/base/file.h"
#include "platform/base/map.h"
#include "platform/base/xml.h"

static const struct xml_limits limits = {.size = WIRE_LIMIT, .nodes = 400000, .depth = 32};

/* A document that is open for reading: the tree is thrown away afterwards, texts are copied. */
struct paper {
    struct xml_names names;
    struct arena arena;
    const struct xml *root;
};

static bool paper_open(struct paper *paper, struct str text, const char *root, const char *uri,
                       struct err *err)
{
    *paper = (struct paper){0};
    struct xml *document = xml_parse(text, &paper->names, &paper->arena, &limits, err);
    if (!document) {
        return false;
    }
    paper->root = xml_root(document);
    bool is_right = paper->root && !strcmp(paper->root->name->local, root) &&
                    (!uri || !strcmp(paper->root->name->uri, uri));
    return is_right || err_set(err, ERR_INPUT, 0, "not an OpenRosa document <%s>", root);
}

static void paper_close(struct paper *paper)
{
    arena_finish(&paper->arena);
    xml_names_finish(&paper->names);
}

/* The trimmed text of a child, copied; NULL when there is no such child or it is empty. */
static const char *text_in(const struct xml *node, const char *child, struct arena *arena)
{
    const struct xml *found = xml_child(node, child);
    struct str text = found ? xml_text_of(found, arena, true) : (struct str){0};
    return text.n ? arena_str(arena, text) : NULL;
}

static bool read_md5(const char *hash, char md5[WIRE_MD5])
{
    md5[0] = 0;
    if (!hash || strncmp(hash, "md5:", 4) != 0 || strlen(hash + 4) != WIRE_MD5 - 1) {
        return false;
    }
    for (int i = 0; i < WIRE_MD5 - 1; i++) {
        char c = hash[4 + i];
        c = c >= 'A' && c <= 'F' ? (char)(c + 32) : c;
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            md5[0] = 0;
            return false;
        }
        md5[i] = c;
        md5[i + 1] = 0;
    }
    return true;
}

/* ---- form list ------------------------------------------------------------------------------ */

static const char *read_form(const struct xml *node, struct arena *arena, struct wire_form *form)
{
    const char *version = text_in(node, "version", arena);
    *form = (struct wire_form){.form_id = text_in(node, "formID", arena),
                               .name = text_in(node, "name", arena),
                               .version = version ? version : "",
                               .download_url = text_in(node, "downloadUrl", arena),
                               .manifest_url = text_in(node, "manifestUrl", arena)};
    if (!form->form_id || !form->download_url) {
        return "the entry has no formID or no downloadUrl";
    }
    if (!form->name) {
        form->name = form->form_id;
    }
    return read_md5(text_in(node, "hash", arena), form->md5) ? NULL : "the entry has no md5 hash";
}

bool wire_read_form_list(struct str xml, struct wire_form_list *list, struct err *err)
{
    *list = (struct wire_form_list){0};
    struct paper paper;
    struct map seen = {0};
    bool ok = paper_open(&paper, xml, "xforms", WIRE_LIST_NS, err);
    const struct xml *node = ok ? xml_child(paper.root, "xform") : NULL;
    for (; ok && node; node = xml_next(node, "xform")) {
        struct wire_form form;
        const char *why = read_form(node, &list->arena, &form);
        if (!why && map_has(&seen, str_of(form.form_id))) {
            why = "the form stands in the list twice";
        }
        if (list->forms.n + list->bad.n == WIRE_FORMS_LIMIT) {
            ok = err_set(err, ERR_INPUT, 0, "more than %d forms in the list", WIRE_FORMS_LIMIT);
        } else if (why) {
            vec_push(&list->bad, (struct wire_bad){form.form_id ? form.form_id : "", why});
        } else {
            vec_push(&list->forms, form);
            map_put(&seen, str_of(form.form_id), NULL);
        }
    }
    map_finish(&seen);
    paper_close(&paper);
    return ok;
}

void wire_form_list_finish(struct wire_form_list *list)
{
    vec_finish(&list->forms);
    vec_finish(&list->bad);
    arena_finish(&list->arena);
}

static void add_element(struct buf *to, const char *name, const char *text)
{
    buf_addf(to, "<%s>", name);
    xml_add_escaped(to, str_of(text), false);
    buf_addf(to, "</%s>", name);
}

static void add_declaration(struct buf *to)
{
    buf_add_text(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
}

void wire_add_form_list(struct buf *to, const struct wire_form *forms, size_t n)
{
    add_declaration(to);
    buf_add_text(to, "<xforms xmlns=\"" WIRE_LIST_NS "\">");
    for (size_t i = 0; i < n; i++) {
        buf_add_text(to, "\n<xform>");
        add_element(to, "formID", forms[i].form_id);
        add_element(to, "name", forms[i].name);
        add_element(to, "version", forms[i].version);
        buf_addf(to, "<hash>md5:%s</hash>", forms[i].md5);
        add_element(to, "downloadUrl", forms[i].download_url);
        if (forms[i].manifest_url) {
            add_element(to, "manifestUrl", forms[i].manifest_url);
        }
        buf_add_text(to, "</xform>");
    }
    buf_add_text(to, "\n</xforms>\n");
}

/* ---- manifest ------------------------------------------------------------------------------- */

/* The last path part, as other clients take it; NULL when the path climbs or no plain name is
 * left. */
static const char *safe_name(const char *filename)
{
    struct str rest = str_of(filename);
    struct str piece;
    struct str last = {0};
    while (str_cut(&rest, '/', &piece)) {
        if (str_is(piece, "..")) {
            return NULL;
        }
        last = piece;
    }
    return memchr(last.s, '\\', last.n) || !file_is_plain_name(last) ? NULL : last.s;
}

static enum wire_media_kind kind_of(const struct xml *node)
{
    const char *type = xml_attr(node, "type");
    if (type && !strcmp(type, "entityList")) {
        return WIRE_MEDIA_LIST;
    }
    return type && !strcmp(type, "approvalEntityList") ? WIRE_MEDIA_LIST_APPROVAL : WIRE_MEDIA_FILE;
}

static const char *read_media(const struct xml *node, struct arena *arena, struct wire_media *media)
{
    *media = (struct wire_media){.kind = kind_of(node),
                                 .filename = text_in(node, "filename", arena),
                                 .hash = text_in(node, "hash", arena),
                                 .download_url = text_in(node, "downloadUrl", arena)};
    if (!media->filename || !media->hash || !media->download_url) {
        return "the entry has no filename, hash or downloadUrl";
    }
    const char *name = safe_name(media->filename);
    if (!name) {
        return "the file name is not safe";
    }
    media->filename = name;
    read_md5(media->hash, media->md5);
    if (media->kind != WIRE_MEDIA_FILE) {
        media->integrity_url = text_in(node, "integrityUrl", arena);
    }
    return NULL;
}

bool wire_read_manifest(struct str xml, struct wire_manifest *manifest, struct err *err)
{
    *manifest = (struct wire_manifest){0};
    struct paper paper;
    struct map seen = {0};
    bool ok = paper_open(&paper, xml, "manifest", WIRE_MANIFEST_NS, err);
    const struct xml *node = ok ? xml_child(paper.root, "mediaFile") : NULL;
    for (; ok && node; node = xml_next(node, "mediaFile")) {
        struct wire_media media;
        const char *why = read_media(node, &manifest->arena, &media);
        if (!why && map_has(&seen, str_of(media.filename))) {
            why = "two files have the same name";
        }
        if (manifest->media.n + manifest->bad.n == WIRE_MEDIA_LIMIT) {
            ok = err_set(err, ERR_INPUT, 0, "more than %d files in a manifest", WIRE_MEDIA_LIMIT);
        } else if (why) {
            vec_push(&manifest->bad, (struct wire_bad){media.filename ? media.filename : "", why});
        } else {
            vec_push(&manifest->media, media);
            map_put(&seen, str_of(media.filename), NULL);
        }
    }
    map_finish(&seen);
    paper_close(&paper);
    return ok;
}

void wire_manifest_finish(struct wire_manifest *manifest)
{
    vec_finish(&manifest->media);
    vec_finish(&manifest->bad);
    arena_finish(&manifest->arena);
}

void wire_add_manifest(struct buf *to, const struct wire_media *media, size_t n)
{
    static const char *const types[] = {"", " type=\"entityList\"", " type=\"approvalEntityList\""};
    add_declaration(to);
    buf_add_text(to, "<manifest xmlns=\"" WIRE_MANIFEST_NS "\">");
    for (size_t i = 0; i < n; i++) {
        buf_addf(to, "\n<mediaFile%s>", types[media[i].kind]);
        add_element(to, "filename", media[i].filename);
        add_element(to, "hash", media[i].hash);
        add_element(to, "downloadUrl", media[i].download_url);
        if (media[i].integrity_url) {
            add_element(to, "integrityUrl", media[i].integrity_url);
        }
        buf_add_text(to, "</mediaFile>");
    }
    buf_add_text(to, "\n</manifest>\n");
}

/* ---- judgements ----------------------------------------------------------------------------- */

bool wire_read_judgements(struct str xml, struct wire_judgements *judgements, struct err *err)
{
    *judgements = (struct wire_judgements){0};
    struct paper paper;
    bool ok = paper_open(&paper, xml, "records", WIRE_GOCUA_NS, err);
    const struct xml *node = ok ? xml_child(paper.root, "record") : NULL;
    for (; ok && node; node = xml_next(node, "record")) {
        const char *id = xml_attr(node, "instanceID"), *state = xml_attr(node, "state");
        const char *message = text_in(node, "message", &judgements->arena);
        bool is_accepted = state && strcmp(state, "accepted") == 0;
        ok = (id && *id && (is_accepted || (state && strcmp(state, "returned") == 0))) ||
             err_set(err, ERR_INPUT, 0, "a record that is neither accepted nor returned");
        if (ok) {
            vec_push(&judgements->v, (struct wire_judgement){arena_strdup(&judgements->arena, id),
                                                             is_accepted, message ? message : ""});
        }
    }
    paper_close(&paper);
    return ok;
}

void wire_judgements_finish(struct wire_judgements *judgements)
{
    vec_finish(&judgements->v);
    arena_finish(&judgements->arena);
    *judgements = (struct wire_judgements){0};
}

void wire_add_judgements(struct buf *to, const struct wire_judgement *v, size_t n)
{
    add_declaration(to);
    buf_add_text(to, "<records xmlns=\"" WIRE_GOCUA_NS "\">");
    for (size_t i = 0; i < n; i++) {
        buf_add_text(to, "\n<record instanceID=\"");
        xml_add_escaped(to, str_of(v[i].instance_id), true);
        buf_addf(to, "\" state=\"%s\">", v[i].is_accepted ? "accepted" : "returned");
        add_element(to, "message", v[i].message);
        buf_add_text(to, "</record>");
    }
    buf_add_text(to, "\n</records>\n");
}

/* ---- integrity ------------------------------------------------------------------------------ */

bool wire_read_integrity(struct str xml, struct wire_integrity *integrity, struct err *err)
{
    *integrity = (struct wire_integrity){0};
    struct paper paper;
    bool ok = paper_open(&paper, xml, "data", NULL, err);
    const struct xml *node = ok ? xml_child(xml_child(paper.root, "entities"), "entity") : NULL;
    for (; ok && node; node = xml_next(node, "entity")) {
        const char *id = xml_attr(node, "id");
        const char *deleted = text_in(node, "deleted", &integrity->arena);
        bool is_deleted = deleted && !strcmp(deleted, "true");
        if (!id || !*id || !deleted || (!is_deleted && strcmp(deleted, "false") != 0)) {
            ok = err_set(err, ERR_INPUT, 0, "an entity without id or with a doubtful state");
        } else {
            vec_push(&integrity->entities,
                     (struct wire_entity){arena_strdup(&integrity->arena, id), is_deleted});
        }
    }
    paper_close(&paper);
    return ok;
}

void wire_integrity_finish(struct wire_integrity *integrity)
{
    vec_finish(&integrity->entities);
    arena_finish(&integrity->arena);
}

void wire_add_integrity(struct buf *to, const struct wire_entity *entities, size_t n)
{
    add_declaration(to);
    buf_add_text(to, "<data><entities>");
    for (size_t i = 0; i < n; i++) {
        buf_add_text(to, "\n<entity id=\"");
        xml_add_escaped(to, str_of(entities[i].id), true);
        buf_addf(to, "\"><deleted>%s</deleted></entity>",
                 entities[i].is_deleted ? "true" : "false");
    }
    buf_add_text(to, "\n</entities></data>\n");
}

/* ---- answer --------------------------------------------------------------------------------- */

bool wire_read_answer(struct str xml, struct wire_answer *answer, struct err *err)
{
    *answer = (struct wire_answer){.message = "", .nature = ""};
    struct paper paper;
    bool ok = paper_open(&paper, xml, "OpenRosaResponse", WIRE_ANSWER_NS, err);
    const struct xml *message = ok ? xml_child(paper.root, "message") : NULL;
    if (message) {
        struct str text = xml_text_of(message, &answer->arena, true);
        const char *nature = xml_attr(message, "nature");
        answer->message = arena_str(&answer->arena, text);
        answer->nature = arena_strdup(&answer->arena, nature ? nature : "");
    }
    const struct xml *missing = ok ? xml_child(paper.root, "missing") : NULL;
    if (missing && !strcmp(missing->name->uri, WIRE_GOCUA_NS)) {
        answer->names_missing = true;
        const struct xml *file = xml_child(missing, "file");
        for (; file; file = xml_next(file, "file")) {
            struct str name = xml_text_of(file, &answer->arena, true);
            vec_push(&answer->missing, arena_str(&answer->arena, name));
        }
    }
    paper_close(&paper);
    return ok;
}

void wire_answer_finish(struct wire_answer *answer)
{
    vec_finish(&answer->missing);
    arena_finish(&answer->arena);
}

void wire_add_answer(struct buf *to, const char *nature, const char *message,
                     const char *const *missing, size_t n_missing)
{
    add_declaration(to);
    buf_add_text(to,
                 "<OpenRosaResponse xmlns=\"" WIRE_ANSWER_NS "\" items=\"0\"><message nature=\"");
    xml_add_escaped(to, str_of(nature), true);
    buf_add_text(to, "\">");
    xml_add_escaped(to, str_of(message), false);
    buf_add_text(to, "</message>");
    if (missing) {
        buf_add_text(to, "<missing xmlns=\"" WIRE_GOCUA_NS "\">");
        for (size_t i = 0; i < n_missing; i++) {
            add_element(to, "file", missing[i]);
        }
        buf_add_text(to, "</missing>");
    }
    buf_add_text(to, "</OpenRosaResponse>\n");
}
