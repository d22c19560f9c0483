#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "helper_hub.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/mem.h"

void form_add(struct buf *to, const char *id, const char *version)
{
    buf_addf(to,
             "<?xml version=\"1.0\"?><h:html xmlns=\"http://www.w3.org/2002/xforms\" "
             "xmlns:h=\"http://www.w3.org/1999/xhtml\" "
             "xmlns:jr=\"http://openrosa.org/javarosa\"><h:head><h:title>Visit &amp; "
             "log</h:title><model><instance><data id=\"%s\" version=\"%s\"><name/><age/>"
             "<topic/><photo/><photo2/><member><who/></member><meta><instanceID/></meta></data>"
             "</instance><instance id=\"places\" src=\"jr://file-csv/places.csv\"/>"
             "<bind nodeset=\"/data/name\" type=\"string\"/>"
             "<bind nodeset=\"/data/photo\" type=\"binary\"/>"
             "<bind nodeset=\"/data/photo2\" type=\"binary\"/></model></h:head><h:body>"
             "<input ref=\"/data/name\"><label>Họ &lt;và&gt; tên</label></input>"
             "<select1 ref=\"/data/topic\"><label>Topic</label><item><value>vneid</value>"
             "<label>VNeID account</label></item></select1></h:body></h:html>",
             id, version);
}

void world_publish(struct world *world, struct str xml)
{
    struct formdef *def = NULL;
    struct err err = {0};
    bool is_new;
    struct archive *archive = world_archive(world);
    assert_true(formdef_read(&def, xml, &err));
    assert_true(archive_publish(archive, xml, def, &is_new, &err));
    formdef_destroy(def);
    hub_give(world->hub, archive);
}

struct archive *world_archive(struct world *world)
{
    struct err err = {0};
    struct archive *archive = hub_take(world->hub, &err);
    assert_non_null(archive);
    return archive;
}

int64_t world_records(struct world *world)
{
    struct archive_totals totals = {0};
    struct archive *archive = world_archive(world);
    assert_true(archive_totals(archive, &totals, NULL));
    hub_give(world->hub, archive);
    return totals.records;
}

static void start(struct world *world)
{
    struct hub_options options = {.data = world->data, .no_limits = true, .idle_s = 60};
    struct err err = {0};
    if (!hub_start(&world->hub, &options, &err)) {
        fail_msg("%s", err.text);
    }
    world->port = hub_port(world->hub);
}

void world_restart(struct world *world)
{
    hub_stop(world->hub);
    start(world);
}

int world_open(void **state)
{
    struct world *world = mem_alloc(1, sizeof(*world));
    char code[CODE_TEXT];
    struct buf form = {0};
    struct err err = {0};
    snprintf(world->data, sizeof(world->data), "/tmp/gocua-hub-XXXXXX");
    assert_non_null(mkdtemp(world->data));
    start(world);
    struct archive *archive = world_archive(world);
    assert_true(
        archive_device_add(archive, "tester", clock_now_ms() + 3600000, world->token, code, &err));
    hub_give(world->hub, archive);
    snprintf(world->base, sizeof(world->base), "/key/%s", world->token);
    form_add(&form, "visit", "1");
    world_publish(world, buf_str(&form));
    buf_finish(&form);
    *state = world;
    return 0;
}

int world_close(void **state)
{
    struct world *world = *state;
    hub_stop(world->hub);
    file_remove_tree(world->data, NULL);
    free(world);
    return 0;
}

/* ---- the wire ---- */

int wire_open(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval wait = {30, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

bool wire_send(int fd, struct str bytes)
{
    while (bytes.n > 0) {
        ssize_t n = send(fd, bytes.s, bytes.n, MSG_NOSIGNAL);
        if (n <= 0) {
            return false;
        }
        bytes = (struct str){bytes.s + n, bytes.n - (size_t)n};
    }
    return true;
}

const char *got_field(const struct answer_got *got, const char *name, char *value, size_t size)
{
    struct str rest = buf_str(&got->head), line, key;
    value[0] = '\0';
    while (str_cut(&rest, '\n', &line)) {
        struct str after = str_trim(line);
        if (str_cut(&after, ':', &key) && key.n == strlen(name) &&
            strncasecmp(key.s, name, key.n) == 0) {
            snprintf(value, size, STR_FMT, STR_ARG(str_trim(after)));
        }
    }
    return value;
}

bool got_has(const struct answer_got *got, const char *text)
{
    return str_find(buf_str(&got->body), str_of(text)) >= 0;
}

void got_finish(struct answer_got *got)
{
    buf_finish(&got->head);
    buf_finish(&got->body);
    got->status = 0;
}

static bool read_to(int fd, struct buf *to, const char *end)
{
    char c;
    while (!str_ends(buf_str(to), str_of(end))) {
        if (recv(fd, &c, 1, 0) != 1) {
            return false;
        }
        buf_add_char(to, c);
    }
    return true;
}

static bool read_n(int fd, struct buf *to, size_t n)
{
    char block[4096];
    while (n > 0) {
        ssize_t k = recv(fd, block, n < sizeof(block) ? n : sizeof(block), 0);
        if (k <= 0) {
            return false;
        }
        buf_add(to, block, (size_t)k);
        n -= (size_t)k;
    }
    return true;
}

static void read_chunks(int fd, struct buf *to)
{
    for (;;) {
        struct buf line = {0}, end = {0};
        bool ok = read_to(fd, &line, "\r\n");
        size_t n = ok ? strtoul(buf_text(&line), NULL, 16) : 0;
        ok = ok && read_n(fd, to, n) && read_n(fd, &end, 2);
        buf_finish(&line);
        buf_finish(&end);
        if (!ok || n == 0) {
            return;
        }
    }
}

void wire_read(int fd, bool is_head, struct answer_got *got)
{
    char value[64];
    got_finish(got);
    do {
        buf_clear(&got->head);
        if (!read_to(fd, &got->head, "\r\n\r\n")) {
            return;
        }
        got->status = atoi(buf_text(&got->head) + 9);
    } while (got->status == 100);
    buf_reserve(&got->body, 0);
    if (is_head || got->status == 204 || got->status == 304) {
        return;
    }
    if (*got_field(got, "Content-Length", value, sizeof(value))) {
        if (!read_n(fd, &got->body, strtoul(value, NULL, 10))) {
            got->status = 0;
        }
    } else {
        read_chunks(fd, &got->body);
    }
}

void wire_ask(int port, struct str request, struct answer_got *got)
{
    int fd = wire_open(port);
    wire_send(fd, request);
    wire_read(fd, str_starts(request, STR("HEAD ")), got);
    close(fd);
}

void wire_get(int port, const char *path, const char *more, struct answer_got *got)
{
    struct buf request = {0};
    buf_addf(&request, "GET %s HTTP/1.1\r\nHost: hub.test\r\nX-OpenRosa-Version: 1.0\r\n%s\r\n",
             path, more);
    wire_ask(port, buf_str(&request), got);
    buf_finish(&request);
}

/* ---- submissions ---- */

void body_add(struct buf *to, const char *xml, const struct sent_file *files, size_t n)
{
    if (xml) {
        buf_addf(to,
                 "--BB\r\nContent-Disposition: form-data; name=\"xml_submission_file\"; "
                 "filename=\"submission.xml\"\r\nContent-Type: text/xml\r\n\r\n%s\r\n",
                 xml);
    }
    for (size_t i = 0; i < n; i++) {
        buf_addf(to, "--BB\r\nContent-Disposition: form-data; name=\"%s\"", files[i].name);
        if (files[i].filename) {
            buf_addf(to, "; filename=\"%s\"\r\nContent-Type: image/png", files[i].filename);
        }
        buf_add_text(to, "\r\n\r\n");
        buf_add_str(to, files[i].bytes);
        buf_add_text(to, "\r\n");
    }
    buf_add_text(to, "--BB--\r\n");
}

void post(struct world *world, const char *xml, const struct sent_file *files, size_t n,
          struct answer_got *got)
{
    struct buf body = {0}, request = {0};
    body_add(&body, xml, files, n);
    buf_addf(&request,
             "POST %s/submission?deviceID=dev%%3A1 HTTP/1.1\r\nHost: hub.test\r\n"
             "X-OpenRosa-Version: 1.0\r\nUser-Agent: test/1\r\n"
             "Content-Type: multipart/form-data; boundary=BB\r\nContent-Length: %zu\r\n\r\n",
             world->base, body.n);
    buf_add_str(&request, buf_str(&body));
    wire_ask(world->port, buf_str(&request), got);
    buf_finish(&body);
    buf_finish(&request);
}

int post_status(struct world *world, const char *xml, const char *words)
{
    struct answer_got got = {0};
    post(world, xml, NULL, 0, &got);
    int status = got.status;
    if (words && !got_has(&got, words)) {
        fail_msg("status %d, but not \"%s\" in: %s", status, words, buf_text(&got.body));
    }
    got_finish(&got);
    return status;
}

const char *record(const char *instance, const char *extra, const char *meta)
{
    static char texts[4][2048];
    static int at;
    char *text = texts[at++ % 4];
    snprintf(text, sizeof(texts[0]),
             "<?xml version=\"1.0\"?><data xmlns:orx=\"http://openrosa.org/xforms\" id=\"visit\" "
             "version=\"1\"><name>Ada</name>%s<meta><instanceID>%s</instanceID>%s</meta></data>",
             extra, instance, meta);
    return text;
}
