/* Many files of a form over few connections, links that break in the middle of them, and servers
 * that go on there, do not, or get it wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "../http/helper_faulty.h"
#include "helper_shelf.h"
#include "platform/base/hash.h"
#include "platform/base/log.h"
#include "platform/base/mem.h"
#include "sync/carrier/carriers.h"
#include "sync/run/run.h"

enum { MOST = 1000 };

/* What the server makes of a Range. */
enum way { WAY_GOOD, WAY_IGNORES, WAY_WRONG_PART, WAY_WRONG_BYTES, WAY_ALWAYS_416, WAY_WEAK };

struct fixture {
    struct faulty *server;
    struct shelf shelf;
    struct run_settings set;
    struct run_result result;
    int files;
    size_t size; /* of each */
    enum way way;
    int version;                  /* of all files: other bytes, another tag */
    int cut_every;                /* > 0: every so many requests for a file its answer is cut */
    int cut_first;                /* the first so many are */
    int64_t cut_at, cut_then;     /* after so many bytes: the first answer, the others */
    int asked, cuts;              /* for files */
    int64_t sent;                 /* bytes of files in answers, as far as they were let through */
    int whole, parts, impossible; /* answers 200, 206, 416 for files */
    int64_t bytes_over;           /* in all sessions of run_through */
    struct buf bytes;             /* of the file that was asked for last */
};

/* Every file has bytes of its own. */
static void make_bytes(const struct fixture *f, int number, struct buf *to)
{
    uint32_t x = (uint32_t)(number * 7919 + f->version * 104729 + 1);
    buf_clear(to);
    for (size_t i = 0; i < f->size; i++) {
        x = x * 1664525u + 1013904223u;
        buf_add_char(to, (char)(x >> 24));
    }
}

static const char form_xml[] = "<h:html>form</h:html>";

static void add_list(struct fixture *f, struct buf *to)
{
    char md5[HASH_MD5_TEXT];
    hash_md5_text(form_xml, strlen(form_xml), md5);
    buf_addf(to,
             "<xforms xmlns=\"http://openrosa.org/xforms/xformsList\"><xform><formID>visit</formID>"
             "<name>Visit</name><version>1</version><hash>md5:%s</hash><downloadUrl>%s/visit.xml"
             "</downloadUrl><manifestUrl>%s/manifest</manifestUrl></xform></xforms>",
             md5, faulty_address(f->server), faulty_address(f->server));
}

static void add_manifest(struct fixture *f, struct buf *to)
{
    char md5[HASH_MD5_TEXT];
    buf_add_text(to, "<manifest xmlns=\"http://openrosa.org/xforms/xformsManifest\">");
    for (int i = 0; i < f->files; i++) {
        make_bytes(f, i, &f->bytes);
        hash_md5_text(f->bytes.s, f->bytes.n, md5);
        buf_addf(to,
                 "<mediaFile><filename>%d.png</filename><hash>md5:%s</hash><downloadUrl>%s/media/%d"
                 "</downloadUrl></mediaFile>",
                 i, md5, faulty_address(f->server), i);
    }
    buf_add_text(to, "</manifest>");
}

static void answer_file(struct fixture *f, const struct faulty_request *request, struct buf *reply)
{
    char text[1024], fields[256], etag[64], md5[HASH_MD5_TEXT];
    long long from = 0;
    make_bytes(f, atoi(request->path + strlen("/media/")), &f->bytes);
    hash_md5_text(f->bytes.s, f->bytes.n, md5);
    snprintf(etag, sizeof(etag), "%s\"%s\"", f->way == WAY_WEAK ? "W/" : "", md5);
    snprintf(fields, sizeof(fields), "ETag: %s\r\n", etag);
    struct str body = buf_str(&f->bytes);
    bool is_part = sscanf(faulty_header(request, "Range", text), "bytes=%lld-", &from) == 1 &&
                   f->way != WAY_IGNORES;
    assert_true(f->way != WAY_WEAK || !*text); /* such a tag proves nothing about bytes */
    assert_true(!*text || !*faulty_header(request, "Accept-Encoding", text));
    faulty_header(request, "If-Range", text);
    if (is_part && f->way == WAY_ALWAYS_416) {
        f->impossible++;
        faulty_reply(reply, 416, "image/png", "Content-Range: bytes */5\r\n", STR(""));
        return;
    }
    if (is_part && strcmp(text, etag) == 0) {
        size_t n = body.n - (size_t)from;
        f->parts++;
        body.s += from;
        body.n = n;
        snprintf(fields, sizeof(fields), "ETag: %s\r\nContent-Range: bytes %lld-%zu/%zu\r\n", etag,
                 from + (f->way == WAY_WRONG_PART), f->bytes.n - 1, f->bytes.n);
        if (f->way == WAY_WRONG_BYTES && n > 0) {
            f->bytes.s[from] ^= 1;
        }
        faulty_reply(reply, 206, "image/png", fields, body);
    } else {
        f->whole++;
        faulty_reply(reply, 200, "image/png", fields, body);
    }
    f->sent += (int64_t)body.n;
}

static void answer(void *ctx, const struct faulty_request *request, struct buf *reply)
{
    struct fixture *f = ctx;
    struct buf body = {0};
    const char *rosa = "X-OpenRosa-Version: 1.0\r\n";
    if (strcmp(request->method, "HEAD") == 0) {
        faulty_reply(reply, 204, "", rosa, STR(""));
    } else if (strncmp(request->path, "/media/", 7) == 0) {
        answer_file(f, request, reply);
    } else {
        if (strncmp(request->path, "/formList", 9) == 0) {
            add_list(f, &body);
        } else if (strncmp(request->path, "/manifest", 9) == 0) {
            add_manifest(f, &body);
        } else {
            buf_add_text(&body, form_xml);
        }
        faulty_reply(reply, 200, "text/xml; charset=utf-8", rosa, buf_str(&body));
    }
    buf_finish(&body);
}

static void fate(void *ctx, const struct faulty_request *request, struct faulty_fate *to)
{
    struct fixture *f = ctx;
    if (strncmp(request->path, "/media/", 7) == 0 && ++f->asked &&
        (f->asked <= f->cut_first || (f->cut_every > 0 && f->asked % f->cut_every == 0))) {
        f->cuts++;
        *to = (struct faulty_fate){.has_cut = true, .cut = f->cuts > 1 ? f->cut_then : f->cut_at};
    }
}

static struct fixture *start(int files, size_t size)
{
    struct fixture *f = mem_alloc(1, sizeof(*f));
    f->files = files;
    f->size = size;
    f->server = faulty_start(&(struct faulty_plan){fate, answer, f});
    f->set = (struct run_settings){.carrier = carrier_find("openrosa"),
                                   .to = {.address = faulty_address(f->server), .stall_seconds = 5},
                                   .inbox = shelf_inbox(&f->shelf)};
    return f;
}

static void run(struct fixture *f)
{
    struct err err = {0};
    assert_true(run_session(&f->set, &f->result, &err));
}

/* Sessions until the form is there; a link as bad as this one may end some. */
static int run_through(struct fixture *f)
{
    int sessions = 0;
    f->bytes_over = 0;
    for (; f->shelf.committed == 0 && sessions < 50; sessions++) {
        run(f);
        f->bytes_over += f->result.news.bytes;
    }
    assert_int_equal(f->shelf.committed, 1);
    return sessions;
}

/* Every byte is that of its file. */
static void check_whole(struct fixture *f)
{
    struct stock *s = stock_of(&f->shelf, "visit");
    int found = 0;
    assert_non_null(s);
    for (size_t i = 0; i < s->files.n; i++) {
        if (s->files.v[i].kind == INBOX_MEDIA && s->files.v[i].name[0] != '?') {
            make_bytes(f, atoi(s->files.v[i].name), &f->bytes);
            assert_true(str_eq(buf_str(&f->bytes), buf_str(&s->files.v[i].bytes)));
            found++;
        }
    }
    assert_int_equal(found, f->files);
}

static void finish(struct fixture *f)
{
    faulty_stop(f->server);
    shelf_finish(&f->shelf);
    buf_finish(&f->bytes);
    free(f);
}

static void a_thousand_files_come_over_few_connections(void **state)
{
    struct fixture *f = start(MOST, 2000);
    clock_t begin = clock();
    run(f);
    double cpu = (double)(clock() - begin) * 1000 / CLOCKS_PER_SEC;
    check_whole(f);
    assert_int_equal(f->result.news.files, MOST + 1);
    assert_int_equal(f->asked, MOST); /* each was asked for once */
    assert_true(faulty_connections(f->server) <= 4);
    assert_true(f->shelf.most_open <= 4);
    int requests = faulty_requests(f->server), connections = faulty_connections(f->server);
    run(f);
    assert_int_equal(faulty_requests(f->server) - requests, 3); /* probe, list, manifest */
    print_message("1,000 media files: %d connections, %lld bytes for %lld, CPU ms of both ends "
                  "under sanitizers %.0f\n",
                  connections, (long long)f->sent, (long long)MOST * 2000, cpu);
    finish(f);
}

static void a_broken_link_costs_only_what_was_on_it(void **state)
{
    struct fixture *f = start(40, 60000);
    f->cut_every = 7;
    f->cut_at = f->cut_then = 30000;
    int sessions = run_through(f);
    check_whole(f);
    assert_true(f->cuts > 0);
    assert_true(f->parts > 0 && f->shelf.stood_behind > 0);
    /* no byte came twice */
    assert_int_equal(f->bytes_over, f->files * (int64_t)f->size + (int64_t)strlen(form_xml));
    print_message("40 files of 60,000 bytes, every 7th cut in the middle: %d breaks, %d sessions, "
                  "%d parts\n",
                  f->cuts, sessions, f->parts);
    finish(f);
}

/* A single large file over a link that lets through little at a time: each try goes on. */
static void a_large_file_comes_in_the_end(void **state)
{
    struct fixture *f = start(1, 2000000);
    f->cut_every = 1;
    f->cut_at = f->cut_then = 150000;
    int sessions = run_through(f);
    check_whole(f);
    assert_true(f->cuts >= 13 && f->cuts <= 15);
    assert_int_equal(f->whole, 1); /* never from the start again */
    assert_int_equal(sessions, 1);
    print_message("2 MB in pieces of 150,000 bytes: %d breaks, %d sessions\n", f->cuts, sessions);
    finish(f);
}

static void odd_servers_get_another_try_from_the_start(void **state)
{
    static const enum way ways[] = {WAY_IGNORES, WAY_WRONG_PART, WAY_WRONG_BYTES, WAY_ALWAYS_416,
                                    WAY_WEAK};
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        struct fixture *f = start(1, 50000);
        f->way = ways[i];
        f->cut_first = 1;
        f->cut_at = 20000;
        run(f);
        assert_int_equal(f->shelf.committed, 1); /* in the same session */
        check_whole(f);
        assert_true(f->whole == 2 && f->asked <= 3);
        finish(f);
    }
}

/* Half of it is here, and before the next session the server has other bytes and says so in the
 * manifest: nothing of the old ones gets in. When only the manifest is behind, the hash tells. */
static void a_file_that_changed_meanwhile_starts_over(void **state)
{
    struct fixture *f = start(1, 50000);
    f->cut_first = 8; /* then nothing comes through any more */
    f->cut_at = 20000;
    run(f);
    assert_int_equal(f->shelf.committed, 0);
    assert_true(f->shelf.left.files.n == 1 && f->shelf.left.files.v[0].bytes.n > 0);
    f->version = 1;
    f->cut_first = 0;
    run(f);
    assert_int_equal(f->shelf.committed, 1);
    check_whole(f);
    finish(f);
}

/* What a session leaves is gone on with by the next, not fetched again. */
static void the_next_session_goes_on(void **state)
{
    struct fixture *f = start(3, 400000);
    int64_t left = 0;
    f->cut_first = 1000;
    f->cut_at = 300000; /* of the first, and then nothing comes through any more */
    run(f);
    assert_int_equal(f->shelf.committed, 0);
    for (size_t i = 0; i < f->shelf.left.files.n; i++) {
        left += (int64_t)f->shelf.left.files.v[i].bytes.n;
    }
    assert_true(left > 0);
    f->cut_first = 0;
    run(f);
    assert_int_equal(f->shelf.committed, 1);
    check_whole(f);
    assert_true(f->parts > 0);
    assert_int_equal(f->result.news.bytes, 1200000 + (int64_t)strlen(form_xml) - left);
    finish(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thousand_files_come_over_few_connections),
        cmocka_unit_test(a_broken_link_costs_only_what_was_on_it),
        cmocka_unit_test(a_large_file_comes_in_the_end),
        cmocka_unit_test(the_next_session_goes_on),
        cmocka_unit_test(odd_servers_get_another_try_from_the_start),
        cmocka_unit_test(a_file_that_changed_meanwhile_starts_over),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
