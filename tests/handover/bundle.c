#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "platform/base/mem.h"
#include "platform/base/stream.h"
#include "platform/base/zip.h"
#include "sync/handover/bundle.h"

static unsigned char public_key[SIGN_PUBLIC];
static unsigned char secret[SIGN_SECRET];
static bool packs; /* all tests run for both kinds */

static bool keep(void *ctx, const void *bytes, size_t n, struct err *err)
{
    buf_add(ctx, bytes, n);
    return true;
}

/* What a reader told, as one text. */
static bool on_record(void *ctx, struct str id, struct str xml, struct err *err)
{
    buf_addf(ctx, "R " STR_FMT " " STR_FMT "\n", STR_ARG(id), STR_ARG(xml));
    return true;
}

static bool on_file(void *ctx, struct str name, struct str type, int64_t size, struct err *err)
{
    buf_addf(ctx, "F " STR_FMT " " STR_FMT " %lld\n", STR_ARG(name), STR_ARG(type),
             (long long)size);
    return true;
}

static bool on_bytes(void *ctx, const void *bytes, size_t n, struct err *err)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += ((const unsigned char *)bytes)[i];
    }
    buf_addf(ctx, "(%zu %u)", n, sum);
    return true;
}

static bool read_to(struct str bundle, struct buf *told, struct err *err)
{
    struct bundle_events events = {on_record, on_file, on_bytes, told};
    buf_clear(told);
    return bundle_read(bundle, secret, &events, err);
}

static void make(struct buf *to, size_t photo)
{
    struct bundle_sink sink = {keep, to};
    struct bundle_writer *w;
    char *bytes = mem_alloc(photo + 1, 1);
    assert_true((packs ? bundle_begin_packed : bundle_begin)(&w, public_key, &sink, NULL));
    assert_true(bundle_add_record(w, "uuid:1", STR("<data>một</data>"), NULL));
    assert_true(bundle_add_file(w, "ảnh.jpg", "image/jpeg", (int64_t)photo, NULL));
    assert_true(bundle_add_bytes(w, bytes, photo / 2, NULL));
    assert_true(bundle_add_bytes(w, bytes, photo - photo / 2, NULL));
    assert_true(bundle_add_record(w, "uuid:2", STR("<data>hai</data>"), NULL));
    assert_true(bundle_add_file(w, "none.txt", NULL, 0, NULL));
    assert_true(bundle_end(w, NULL));
    bundle_destroy(w);
    free(bytes);
}

static void a_bundle_comes_back_whole(void **state)
{
    struct buf bundle = {0};
    struct buf told = {0};
    struct err err = {0};
    make(&bundle, 10);
    assert_true(read_to(buf_str(&bundle), &told, &err));
    assert_string_equal(buf_text(&told), "R uuid:1 <data>một</data>\nF ảnh.jpg image/jpeg 10\n"
                                         "(10 0)R uuid:2 <data>hai</data>\nF none.txt  0\n");
    buf_clear(&bundle);
    make(&bundle, 300000); /* over several pieces */
    assert_true(read_to(buf_str(&bundle), &told, &err));
    assert_non_null(strstr(buf_text(&told), "R uuid:2"));
    buf_finish(&bundle);
    buf_finish(&told);
}

static void nothing_of_it_can_be_seen(void **state)
{
    struct buf bundle = {0};
    make(&bundle, 10);
    assert_true(str_find(buf_str(&bundle), STR("uuid:")) < 0);
    assert_true(str_find(buf_str(&bundle), STR("<data>")) < 0);
    assert_true(str_find(buf_str(&bundle), STR(".jpg")) < 0);
    buf_finish(&bundle);
}

static void every_cut_and_every_change_is_noticed(void **state)
{
    struct buf bundle = {0};
    struct buf told = {0};
    make(&bundle, 10);
    for (size_t n = 0; n < bundle.n; n++) {
        struct err err = {0};
        assert_false(read_to((struct str){bundle.s, n}, &told, &err));
        assert_true(err.kind == ERR_INPUT || err.kind == ERR_DAMAGED);
    }
    for (size_t i = 0; i < bundle.n; i++) {
        struct err err = {0};
        bundle.s[i] ^= 4;
        assert_false(read_to(buf_str(&bundle), &told, &err));
        assert_int_equal(told.n, 0); /* not one wrong byte was told */
        bundle.s[i] ^= 4;
    }
    buf_add_char(&bundle, 'x');
    assert_false(read_to(buf_str(&bundle), &told, NULL));
    buf_finish(&bundle);
    buf_finish(&told);
}

static void another_organisation_cannot_read_it(void **state)
{
    struct buf bundle = {0};
    struct buf told = {0};
    struct err err = {0};
    unsigned char other_public[SIGN_PUBLIC];
    unsigned char other_secret[SIGN_SECRET];
    struct bundle_events events = {on_record, on_file, on_bytes, &told};
    sign_make_keys(other_public, other_secret);
    make(&bundle, 10);
    assert_false(bundle_read(buf_str(&bundle), other_secret, &events, &err));
    assert_int_equal(err.kind, ERR_DENIED);
    buf_finish(&bundle);
    buf_finish(&told);
}

/* A bundle with content that our writer would never make; sealed well. */
static void forge(struct buf *to, struct str content)
{
    unsigned char key[STREAM_KEY] = {5};
    unsigned char head[STREAM_HEAD];
    struct stream *stream = stream_seal(key, head);
    struct buf packed = {0};
    if (packs) {
        zip_pack(&packed, content);
        content = buf_str(&packed);
    }
    buf_clear(to);
    buf_add_text(to, packs ? "GCB2" : "GCB1");
    assert_true(sign_seal(to, (struct str){(const char *)key, sizeof(key)}, public_key, NULL));
    buf_add(to, head, sizeof(head));
    uint32_t n = (uint32_t)content.n + STREAM_EXTRA;
    unsigned char length[4] = {n & 255, n >> 8 & 255, n >> 16 & 255, n >> 24};
    buf_add(to, length, 4);
    stream_put(stream, to, content, true);
    stream_destroy(stream);
    buf_finish(&packed);
}

static void hostile_content_is_refused(void **state)
{
    static const struct {
        const char *what;
        struct str content;
    } rows[] = {
        {"climbs", STR("R\1\0a\3\0\0\0<x>F\4\0../b\0\0\1\0\0\0\0\0\0\0zE\1\0\0\0")},
        {"absolute", STR("R\1\0a\3\0\0\0<x>F\4\0/etc\0\0\1\0\0\0\0\0\0\0zE\1\0\0\0")},
        {"NUL in a name", STR("R\1\0a\3\0\0\0<x>F\3\0a\0b\0\0\1\0\0\0\0\0\0\0zE\1\0\0\0")},
        {"file first", STR("F\1\0a\0\0\1\0\0\0\0\0\0\0zE\0\0\0\0")},
        {"endless file", STR("R\1\0a\3\0\0\0<x>F\1\0a\0\0\377\377\377\377\377\377\377\377")},
        {"endless name", STR("R\377\377a")},
        {"huge XML", STR("R\1\0a\377\377\377\377<x>")},
        {"no id", STR("R\0\0\3\0\0\0<x>E\1\0\0\0")},
        {"wrong count", STR("R\1\0a\3\0\0\0<x>E\2\0\0\0")},
        {"unknown", STR("Z")},
        {"more behind the end", STR("E\0\0\0\0x")},
        {"empty", STR("")},
    };
    struct buf bundle = {0};
    struct buf told = {0};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct err err = {0};
        forge(&bundle, rows[i].content);
        if (read_to(buf_str(&bundle), &told, &err)) {
            fail_msg("accepted: %s", rows[i].what);
        }
        assert_true(err.kind == ERR_INPUT || err.kind == ERR_DAMAGED);
    }
    forge(&bundle, STR("R\1\0a\3\0\0\0<x>E\1\0\0\0"));
    assert_true(read_to(buf_str(&bundle), &told, NULL));
    buf_finish(&bundle);
    buf_finish(&told);
}

/* A small piece that would be a gigabyte. */
static void a_bomb_is_refused(void **state)
{
    struct buf bundle = {0};
    struct buf told = {0};
    struct err err = {0};
    size_t n = 40 << 20;
    char *zeros = mem_alloc(n, 1);
    forge(&bundle, (struct str){zeros, n});
    assert_true(!packs || bundle.n < 64 << 10);
    assert_false(read_to(buf_str(&bundle), &told, &err));
    assert_true(err.kind == ERR_INPUT || err.kind == ERR_DAMAGED);
    free(zeros);
    buf_finish(&bundle);
    buf_finish(&told);
}

static void packing_pays(void **state)
{
    struct buf bundle = {0};
    make(&bundle, 300000);
    assert_true(packs ? bundle.n < 3000 : bundle.n > 300000);
    buf_finish(&bundle);
}

static void a_writer_takes_no_nonsense(void **state)
{
    struct buf to = {0};
    struct bundle_sink sink = {keep, &to};
    struct bundle_writer *w;
    unsigned char no_key[SIGN_PUBLIC] = {0};
    assert_false(bundle_begin(&w, no_key, &sink, NULL));
    assert_null(w);
    assert_true(bundle_begin(&w, public_key, &sink, NULL));
    assert_false(bundle_add_file(w, "a.jpg", NULL, 1, NULL)); /* before any record */
    assert_false(bundle_add_record(w, "", STR("<x/>"), NULL));
    assert_true(bundle_add_record(w, "a", STR("<x/>"), NULL));
    assert_false(bundle_add_file(w, "../a.jpg", NULL, 1, NULL));
    assert_true(bundle_add_file(w, "a.jpg", NULL, 1, NULL));
    assert_false(bundle_add_bytes(w, "ab", 2, NULL));
    assert_false(bundle_end(w, NULL)); /* a byte is missing */
    bundle_destroy(w);
    bundle_destroy(NULL);
    buf_finish(&to);
}

int main(void)
{
    sign_make_keys(public_key, secret);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bundle_comes_back_whole),
        cmocka_unit_test(nothing_of_it_can_be_seen),
        cmocka_unit_test(every_cut_and_every_change_is_noticed),
        cmocka_unit_test(another_organisation_cannot_read_it),
        cmocka_unit_test(hostile_content_is_refused),
        cmocka_unit_test(a_bomb_is_refused),
        cmocka_unit_test(packing_pays),
        cmocka_unit_test(a_writer_takes_no_nonsense),
    };
    int failed = cmocka_run_group_tests_name("plain", tests, NULL, NULL);
    packs = true;
    return failed + cmocka_run_group_tests_name("packed", tests, NULL, NULL);
}
