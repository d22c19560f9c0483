#include "helper_portal_program.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/store/attachment.h"
#include "app/store/inbox.h"
#include "app/store/outbox.h"
#include "app/store/record.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/base/mem.h"
#include "platform/db/crypt.h"
#include "sync/carrier/carriers.h"
#include "sync/http/client.h"

enum { FILES_MOST = 40 };

static void start_program(struct wire *wire)
{
    char path[600], line[32] = "";
    const char *source = getenv("GOCUA_SOURCE");
    int out[2];
    snprintf(path, sizeof(path), "%s/tests/wire/portal.py", source ? source : ".");
    assert_int_equal(pipe(out), 0);
    wire->child = fork();
    if (wire->child == 0) {
        dup2(out[1], STDOUT_FILENO);
        close(out[0]);
        close(out[1]);
        execlp("python3", "python3", "-u", path, wire->mode, (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    FILE *from = fdopen(out[0], "re");
    assert_non_null(fgets(line, sizeof(line), from));
    fclose(from);
    wire->port = atoi(line);
    assert_true(wire->port > 0);
}

static void address_of(const struct wire *wire, int port, char to[200])
{
    static const char token[] = "TTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTT$!";
    bool is_central = !strcmp(wire->mode, "central");
    snprintf(to, 200,
             is_central ? "http://127.0.0.1:%d/v1/key/%s/projects/1" : "http://127.0.0.1:%d", port,
             token);
}

struct wire *wire_start(const char *mode)
{
    static const unsigned char raw[CRYPT_KEY] = "the key of a device on the wire";
    struct wire *wire = mem_alloc(1, sizeof(*wire));
    struct store_health health;
    wire->mode = mode;
    start_program(wire);
    wire->gate = gate_start(wire->port);
    address_of(wire, wire->port, wire->address);
    address_of(wire, gate_port(wire->gate), wire->gated);
    if (!strcmp(mode, "kobo")) {
        wire->user = "field@example.org";
        wire->password = "mật khẩu 1";
    }
    snprintf(wire->folder, sizeof(wire->folder), "/tmp/gocua-wire-XXXXXX");
    assert_non_null(mkdtemp(wire->folder));
    wire->key = key_of(raw);
    assert_true(store_start(wire->folder, wire->key, &wire->store, &health, NULL));
    assert_true(http_open(&wire->control, &(struct http_settings){.agent = "test"}, NULL));
    return wire;
}

void wire_end(struct wire *wire)
{
    store_close(wire->store);
    key_destroy(wire->key);
    gate_stop(wire->gate);
    http_close(wire->control);
    kill(wire->child, SIGTERM);
    waitpid(wire->child, NULL, 0);
    json_destroy(wire->ledger);
    file_remove_tree(wire->folder, NULL);
    free(wire);
}

/* ---- the program ---------------------------------------------------------------------------- */

struct text_body {
    struct str text, left;
};

static bool read_text(void *ctx, void *bytes, size_t room, size_t *got, struct err *err)
{
    struct text_body *body = ctx;
    *got = body->left.n < room ? body->left.n : room;
    memcpy(bytes, body->left.s, *got);
    body->left.s += *got;
    body->left.n -= *got;
    return true;
}

static bool rewind_text(void *ctx, struct err *err)
{
    struct text_body *body = ctx;
    body->left = body->text;
    return true;
}

static void control(struct wire *wire, const char *what, struct str text, struct buf *answer)
{
    char url[120];
    struct text_body from = {text, text};
    struct http_body body = {(int64_t)text.n, read_text, rewind_text, &from};
    struct http_reply reply = {0};
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/_/%s", wire->port, what);
    struct http_ask ask = {
        .method = text.n ? "POST" : "GET", .url = url, .body = text.n ? &body : NULL};
    assert_true(http_perform(wire->control, &ask, &reply, NULL));
    assert_int_equal(reply.status, 200);
    if (answer) {
        buf_add_str(answer, buf_str(&reply.body));
    }
    http_reply_finish(&reply);
}

void wire_wish(struct wire *wire, const char *json, ...)
{
    char text[4000];
    va_list args;
    va_start(args, json);
    vsnprintf(text, sizeof(text), json, args);
    va_end(args);
    control(wire, "set", str_of(text), NULL);
}

static const struct json *records(struct wire *wire)
{
    struct buf text = {0};
    control(wire, "ledger", STR(""), &text);
    json_destroy(wire->ledger);
    wire->ledger = json_parse(buf_str(&text), NULL);
    buf_finish(&text);
    assert_non_null(wire->ledger);
    return json_get(wire->ledger, "records");
}

const struct json *wire_find(struct wire *wire, const char *instance_id)
{
    const struct json *list = records(wire);
    for (size_t i = 0; i < json_count(list); i++) {
        if (!strcmp(json_text(json_get(json_at(list, i), "instance"), ""), instance_id)) {
            return json_at(list, i);
        }
    }
    return NULL;
}

size_t wire_count(struct wire *wire)
{
    return json_count(records(wire));
}

/* ---- the device ----------------------------------------------------------------------------- */

int64_t wire_add(struct wire *wire, const char *form_id, const char *instance_id, int64_t replaces,
                 const char *const *files, size_t size)
{
    struct buf xml = {0}, bytes = {0};
    struct arena arena = {0};
    struct record before = {0};
    struct err err = {0};
    int64_t id = 0;
    size_t n = 0;
    struct record_new what = {
        .form_id = form_id, .version = "1", .instance_id = instance_id, .replaces = replaces};
    assert_true(record_create(wire->store, &what, &id, &err));
    buf_addf(&xml, "<?xml version=\"1.0\"?><data id=\"%s\" version=\"1\"><name>Cô Hoà</name>",
             form_id);
    for (; files && files[n]; n++) {
        buf_clear(&bytes);
        for (size_t i = 0; i < size; i++) {
            buf_add_char(&bytes, (char)(i * 31 + n + (unsigned char)instance_id[6]));
        }
        assert_true(attachment_put(wire->store, id, files[n], "image/jpeg", buf_str(&bytes), &err));
        buf_addf(&xml, "<photo>%s</photo>", files[n]);
    }
    buf_addf(&xml, "<meta><instanceID>%s</instanceID>", instance_id);
    if (replaces) {
        assert_true(record_get(wire->store, replaces, &arena, &before, NULL));
        buf_addf(&xml, "<deprecatedID>%s</deprecatedID>", before.instance_id);
    }
    buf_add_text(&xml, "</meta></data>");
    assert_true(record_finish(
        wire->store, id,
        &(struct record_final){.xml = buf_str(&xml), .files = files, .file_count = n}, &err));
    buf_finish(&xml);
    buf_finish(&bytes);
    arena_finish(&arena);
    return id;
}

void wire_session(struct wire *wire, bool fetch, struct run_result *result)
{
    struct inbox_place place = {wire->store, wire->address};
    struct run_settings set = {.carrier = carrier_find("openrosa"),
                               .to = {.address = wire->through_gate ? wire->gated : wire->address,
                                      .user = wire->user,
                                      .password = wire->password,
                                      .pins = wire->pins,
                                      .stall_seconds = 10},
                               .is_asked = true};
    if (fetch) {
        set.inbox = inbox_of(&place);
    }
    outbox_begin(wire->store, &set.outbox);
    assert_true(run_session(&set, result, NULL));
    outbox_end(&set.outbox);
}

const char *wire_reason(struct wire *wire, int64_t record)
{
    static char reason[40];
    struct arena arena = {0};
    struct record r = {0};
    assert_true(record_get(wire->store, record, &arena, &r, NULL));
    bool is_sent = r.state == RECORD_SENT && !*r.reason;
    snprintf(reason, sizeof(reason), "%s", is_sent ? "" : *r.reason ? r.reason : "waits");
    arena_finish(&arena);
    return reason;
}

void assert_whole(struct wire *wire, int64_t record)
{
    struct arena arena = {0};
    struct record r = {0};
    struct buf bytes = {0};
    struct attachments files = {0};
    char md5[HASH_MD5_TEXT];
    assert_true(record_get(wire->store, record, &arena, &r, NULL));
    const struct json *kept = wire_find(wire, r.instance_id);
    assert_non_null(kept);
    assert_true(record_xml(wire->store, record, &bytes, NULL));
    hash_md5_text(bytes.s, bytes.n, md5);
    assert_string_equal(json_text(json_get(kept, "md5"), ""), md5);
    assert_int_equal(json_count(json_get(kept, "missing")), 0);
    assert_true(attachment_list(wire->store, record, &arena, &files, NULL));
    for (size_t i = 0; i < files.n; i++) {
        buf_clear(&bytes);
        assert_true(attachment_load(wire->store, record, files.v[i].name, &bytes, NULL));
        hash_md5_text(buf_text(&bytes), bytes.n, md5);
        assert_string_equal(json_text(json_get(json_get(kept, "files"), files.v[i].name), ""), md5);
    }
    buf_finish(&bytes);
    arena_finish(&arena);
}
