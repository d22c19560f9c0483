#include "helper_portal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sync/http/form_reader.h"

#define OPENROSA_FIELDS "X-OpenRosa-Version: 1.0\r\n"

/* What came in one POST. */
struct posted {
    struct buf xml;
    VEC(struct kept_file) files;
    struct buf *into;
    bool has_xml;
    int parts;
};

static bool part_begin(void *ctx, const struct form_part *part, struct err *err)
{
    struct posted *p = ctx;
    p->into = NULL;
    p->parts++;
    if (str_is(part->name, "xml_submission_file")) {
        p->has_xml = part->filename.s != NULL;
        p->into = &p->xml;
    } else if (part->filename.s) {
        struct kept_file *file = vec_add(&p->files);
        memset(file, 0, sizeof(*file));
        snprintf(file->name, sizeof(file->name), STR_FMT, STR_ARG(part->name));
        p->into = &file->bytes;
    }
    return true;
}

static bool part_bytes(void *ctx, struct str bytes, struct err *err)
{
    struct posted *p = ctx;
    if (p->into) {
        buf_add_str(p->into, bytes);
    }
    return true;
}

static bool part_end(void *ctx, struct err *err)
{
    return true;
}

static void posted_finish(struct posted *p)
{
    for (size_t i = 0; i < p->files.n; i++) {
        buf_finish(&p->files.v[i].bytes);
    }
    vec_finish(&p->files);
    buf_finish(&p->xml);
}

static bool read_post(const struct faulty_request *request, struct posted *p)
{
    char type[1024];
    struct form_sink sink = {part_begin, part_bytes, part_end, p};
    struct form_limits limits = {0};
    struct form_reader *reader = NULL;
    bool ok = form_reader_create(&reader, faulty_header(request, "Content-Type", type), &limits,
                                 &sink, NULL) &&
              form_reader_feed(reader, buf_str(&request->body), NULL) &&
              form_reader_finish(reader, NULL);
    form_reader_destroy(reader);
    return ok && p->has_xml;
}

static void between(const struct buf *xml, const char *open, const char *close, char *to,
                    size_t room)
{
    const char *at = strstr(buf_text(xml), open);
    const char *end = at ? strstr(at, close) : NULL;
    to[0] = 0;
    if (end) {
        at += strlen(open);
        snprintf(to, room, "%.*s", (int)(end - at), at);
    }
}

struct kept_record *fake_portal_record(struct fake_portal *portal, const char *instance_id)
{
    for (size_t i = 0; i < portal->records.n; i++) {
        if (!strcmp(portal->records.v[i].instance_id, instance_id)) {
            return &portal->records.v[i];
        }
    }
    return NULL;
}

struct kept_file *fake_portal_file(struct kept_record *record, const char *name)
{
    for (size_t i = 0; record && i < record->files.n; i++) {
        if (!strcmp(record->files.v[i].name, name)) {
            return &record->files.v[i];
        }
    }
    return NULL;
}

static void say(struct buf *reply, int status, const char *message, const char *more)
{
    struct buf body = {0};
    buf_addf(&body,
             "\n  <OpenRosaResponse xmlns=\"http://openrosa.org/http/response\" items=\"0\">\n"
             "    <message nature=\"%s\">%s</message>%s\n  </OpenRosaResponse>",
             status < 300 ? "" : "error", message, more);
    faulty_reply(reply, status, "text/xml; charset=utf-8", OPENROSA_FIELDS, buf_str(&body));
    buf_finish(&body);
}

/* Keeps the files; true when any was new. */
static bool keep_files(struct fake_portal *portal, struct kept_record *record, struct posted *p)
{
    bool any = false;
    for (size_t i = 0; i < p->files.n; i++) {
        struct kept_file *from = &p->files.v[i];
        struct kept_file *file = fake_portal_file(record, from->name);
        if (portal->forget_file && !strcmp(portal->forget_file, from->name)) {
            portal->forget_file = NULL;
            continue;
        }
        any = any || !file;
        if (!file) {
            file = vec_add(&record->files);
            memset(file, 0, sizeof(*file));
            memcpy(file->name, from->name, sizeof(file->name));
        }
        buf_clear(&file->bytes);
        buf_add_str(&file->bytes, buf_str(&from->bytes));
        file->times++;
    }
    return any;
}

static void add_missing(struct fake_portal *portal, struct kept_record *record, struct buf *more)
{
    if (portal->mode != PORTAL_HUB) {
        return;
    }
    buf_add_text(more, "<missing xmlns=\"urn:gocua:openrosa:1\">");
    const char *at = buf_text(&record->xml);
    while ((at = strstr(at, "<photo>")) != NULL) {
        char name[256];
        at += 7;
        snprintf(name, sizeof(name), "%.*s", (int)strcspn(at, "<"), at);
        if (!fake_portal_file(record, name)) {
            buf_addf(more, "<file>%s</file>", name);
        }
    }
    buf_add_text(more, "</missing>");
}

static bool has_other_file(struct kept_record *record, const struct posted *p)
{
    for (size_t i = 0; i < p->files.n; i++) {
        struct kept_file *kept = fake_portal_file(record, p->files.v[i].name);
        if (kept && !str_eq(buf_str(&kept->bytes), buf_str(&p->files.v[i].bytes))) {
            return true;
        }
    }
    return false;
}

static void accept_post(struct fake_portal *portal, struct kept_record *record, struct posted *p,
                        bool is_new, struct buf *reply)
{
    struct buf more = {0};
    bool any = keep_files(portal, record, p);
    record->posts++;
    add_missing(portal, record, &more);
    bool is_duplicate = portal->mode == PORTAL_KOBO && !is_new && !any;
    say(reply, is_duplicate ? 202 : 201,
        is_duplicate ? "Duplicate Instance" : "full submission upload was successful!",
        buf_text(&more));
    buf_finish(&more);
}

/* The refusals that a state of the form brings. */
static bool refuse_by_state(struct fake_portal *portal, struct buf *reply)
{
    if (portal->is_token_revoked) {
        say(reply, 403,
            "The authentication you provided does not have rights to perform that "
            "action.",
            "");
    } else if (portal->is_form_denied) {
        say(reply, 401, "Could not authenticate with the provided credentials.", "");
    } else if (portal->is_form_closed) {
        say(reply, portal->mode == PORTAL_KOBO ? 405 : 409,
            "This form is not currently accepting submissions. Please talk to your program staff "
            "if this is unexpected.",
            "");
    } else if (portal->is_form_gone) {
        say(reply, 404, "Could not find the resource you were looking for.", "");
    } else if (portal->is_version_gone) {
        say(reply, 404,
            "The form version specified in this submission &#39;77&#39; does not "
            "exist.",
            "");
    } else {
        return false;
    }
    return true;
}

static struct kept_record *new_record(struct fake_portal *portal, const char *id,
                                      const struct posted *p)
{
    struct kept_record *record = vec_add(&portal->records);
    memset(record, 0, sizeof(*record));
    snprintf(record->instance_id, sizeof(record->instance_id), "%s", id);
    buf_add_str(&record->xml, buf_str(&p->xml));
    return record;
}

static void decide(struct fake_portal *portal, struct posted *p, struct buf *reply)
{
    char id[64];
    char old[64];
    char form[64];
    between(&p->xml, " id=\"", "\" version", form, sizeof(form));
    if (portal->sick_form && !strcmp(form, portal->sick_form)) {
        faulty_reply(reply, 500, "application/json", "", STR("{\"code\":500.1}"));
        return;
    }
    between(&p->xml, "<instanceID>", "</instanceID>", id, sizeof(id));
    between(&p->xml, "<deprecatedID>", "</deprecatedID>", old, sizeof(old));
    struct kept_record *record = fake_portal_record(portal, id);
    struct kept_record *original = *old ? fake_portal_record(portal, old) : NULL;
    if (record && record->is_deleted) {
        say(reply, 409, "This submission has been deleted. You may not resubmit it.", "");
    } else if (record && record->is_superseded) {
        say(reply, 409,
            "You tried to update a submission, but the copy you were editing "
            "(undefined) is now out of date. Please get the new version.",
            "");
    } else if (record && !str_eq(buf_str(&record->xml), buf_str(&p->xml))) {
        say(reply, 409,
            "A submission already exists with this ID, but with different XML. "
            "Resubmissions to attach additional multimedia must resubmit an identical "
            "xml_submission_file.",
            "");
    } else if (*old && !record && !original) {
        say(reply, 404,
            "You tried to update an existing submission, but we can&#39;t find that "
            "submission to update (uuid:x)",
            "");
    } else if (*old && !record && original->is_superseded) {
        say(reply, 409,
            "You tried to update a submission, but the copy you were editing (uuid:x) "
            "is now out of date.",
            "");
    } else if (record && portal->mode == PORTAL_KOBO && has_other_file(record, p)) {
        say(reply, 409, "Attachment with same name already exists", "");
    } else {
        if (original) {
            original->is_superseded = true;
        }
        bool is_new = record == NULL;
        accept_post(portal, record ? record : new_record(portal, id, p), p, is_new, reply);
    }
}

static void answer_post(struct fake_portal *portal, const struct faulty_request *request,
                        struct buf *reply)
{
    struct posted p = {0};
    portal->posts++;
    if (portal->body_most && request->length > portal->body_most) {
        faulty_reply(
            reply, 413, "text/html", "",
            STR("<html>\r\n<head><title>413 Request Entity Too Large</title></head></html>"));
    } else if (!read_post(request, &p)) {
        faulty_reply(
            reply, 400, "application/json", "",
            STR("{\"message\":\"Multipart form content failed to parse.\",\"code\":400.39}"));
    } else if (!refuse_by_state(portal, reply)) {
        portal->most_parts = p.parts > portal->most_parts ? p.parts : portal->most_parts;
        decide(portal, &p, reply);
    }
    posted_finish(&p);
}

static void answer_get(struct fake_portal *portal, const struct faulty_request *request,
                       struct buf *reply)
{
    char etag[1024];
    if (strstr(request->path, "/formList")) {
        portal->lists++;
        if (portal->is_token_revoked) {
            say(reply, 403, "The authentication you provided does not have rights.", "");
            return;
        }
        struct str list = portal->form_list.n
                              ? portal->form_list
                              : STR("<?xml version=\"1.0\"?><xforms "
                                    "xmlns=\"http://openrosa.org/xforms/xformsList\"></xforms>");
        faulty_reply(reply, 200, "text/xml; charset=utf-8", OPENROSA_FIELDS, list);
        return;
    }
    for (size_t i = 0; i < portal->offers.n; i++) {
        const struct portal_file_offer *offer = &portal->offers.v[i];
        if (strncmp(request->path, offer->path, strlen(offer->path)) != 0) {
            continue;
        }
        faulty_header(request, "If-None-Match", etag);
        bool is_same = offer->etag && *etag && !strcmp(etag, offer->etag);
        char fields[256];
        snprintf(fields, sizeof(fields), "%s%s%s%s", OPENROSA_FIELDS, offer->etag ? "ETag: " : "",
                 offer->etag ? offer->etag : "", offer->etag ? "\r\n" : "");
        faulty_reply(reply, is_same ? 304 : 200, offer->type, fields,
                     is_same ? STR("") : offer->bytes);
        return;
    }
    faulty_reply(reply, 404, "application/json", "",
                 STR("{\"message\":\"Could not find the resource you were looking for.\","
                     "\"code\":404.1}"));
}

void fake_portal_answer(void *ctx, const struct faulty_request *request, struct buf *reply)
{
    struct fake_portal *portal = ctx;
    bool is_head = !strcmp(request->method, "HEAD");
    char version[1024];
    buf_clear(&portal->last_head);
    buf_add_str(&portal->last_head, buf_str(&request->head));
    portal->heads += is_head;
    if (portal->everything) {
        faulty_reply(reply, portal->everything, portal->everything_type, portal->everything_fields,
                     is_head ? STR("") : str_of(portal->everything_body));
    } else if (strcmp(faulty_header(request, "X-OpenRosa-Version", version), "1.0") != 0) {
        say(reply, 400,
            "An expected header field (X-OpenRosa-Version) did not match the expected "
            "format.",
            "");
    } else if (is_head) {
        char fields[256];
        snprintf(fields, sizeof(fields),
                 OPENROSA_FIELDS "X-OpenRosa-Accept-Content-Length: %lld\r\n",
                 (long long)(portal->limit ? portal->limit : 100000000));
        faulty_reply(reply, 204, "", fields, STR(""));
    } else if (!strcmp(request->method, "POST")) {
        if (portal->posts_so > 0) {
            portal->posts_so--;
            portal->posts++;
            faulty_reply(reply, portal->post_status, portal->post_type, portal->post_fields,
                         str_of(portal->post_body));
        } else {
            answer_post(portal, request, reply);
        }
    } else {
        answer_get(portal, request, reply);
    }
}

void fake_portal_finish(struct fake_portal *portal)
{
    for (size_t i = 0; i < portal->records.n; i++) {
        for (size_t k = 0; k < portal->records.v[i].files.n; k++) {
            buf_finish(&portal->records.v[i].files.v[k].bytes);
        }
        vec_finish(&portal->records.v[i].files);
        buf_finish(&portal->records.v[i].xml);
    }
    vec_finish(&portal->records);
    vec_finish(&portal->offers);
    buf_finish(&portal->last_head);
}
