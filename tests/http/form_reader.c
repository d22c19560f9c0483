#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sync/http/form_reader.h"

/* Writes what it is told as text: "name|filename|type:bytes;" a part. */
static bool note_begin(void *ctx, const struct form_part *part, struct err *err)
{
    struct buf *seen = ctx;
    buf_add_str(seen, part->name);
    buf_add_char(seen, '|');
    buf_add_str(seen, part->filename.s ? part->filename : STR("(none)"));
    buf_add_char(seen, '|');
    buf_add_str(seen, part->type);
    buf_add_char(seen, ':');
    return true;
}

static bool note_bytes(void *ctx, struct str bytes, struct err *err)
{
    buf_add_str(ctx, bytes);
    return true;
}

static bool note_end(void *ctx, struct err *err)
{
    buf_add_char(ctx, ';');
    return true;
}

/* Reads body in pieces of `step` bytes; what came goes to seen. */
static bool read_in(struct str body, size_t step, struct buf *seen, struct err *err)
{
    struct form_sink sink = {note_begin, note_bytes, note_end, seen};
    struct form_limits limits = {.parts = 4, .head = 200};
    struct form_reader *reader;
    buf_clear(seen);
    buf_reserve(seen, 0);
    assert_true(
        form_reader_create(&reader, "multipart/form-data; boundary=BB", &limits, &sink, err));
    bool ok = true;
    for (size_t i = 0; ok && i < body.n; i += step) {
        size_t n = body.n - i < step ? body.n - i : step;
        ok = form_reader_feed(reader, (struct str){body.s + i, n}, err);
    }
    ok = ok && form_reader_finish(reader, err);
    form_reader_destroy(reader);
    return ok;
}

static void expect(struct str body, const char *want)
{
    struct buf seen = {0};
    struct err err = {0};
    for (size_t step = 1; step <= body.n; step++) {
        assert_true(read_in(body, step, &seen, &err));
        assert_string_equal(buf_text(&seen), want);
    }
    buf_finish(&seen);
}

static void refuse(struct str body, int code)
{
    struct buf seen = {0};
    for (size_t step = 1; step <= body.n; step += 3) {
        struct err err = {0};
        assert_false(read_in(body, step, &seen, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_int_equal(err.code, code);
    }
    buf_finish(&seen);
}

#define HEAD(name, more) "--BB\r\nContent-Disposition: form-data; name=\"" name "\"" more "\r\n\r\n"

static void any_piece_size_gives_the_same_parts(void **state)
{
    expect(STR(HEAD("a", "") "1\r\n" HEAD("b", "; filename=\"b.png\"") "2\r\n--BB--\r\n"),
           "a|(none)|:1;b|b.png|:2;");
}

static void what_looks_like_a_boundary_stays_content(void **state)
{
    expect(STR(HEAD("a", "") "\r\r\n\r\n-\r\n--\r\n--B\r\n--BC\n--BB\r\n--BB--"),
           "a|(none)|:\r\r\n\r\n-\r\n--\r\n--B\r\n--BC\n--BB;");
}

static void empty_parts_and_text_around_are_fine(void **state)
{
    expect(STR("hello\r\n" HEAD("a", "") "\r\n--BB\t \r\nContent-Disposition: form-data; "
                                         "name=b\r\n\r\n--BB--bye --BB--"),
           "a|(none)|:;b|(none)|:;");
}

static void names_are_raw_utf8(void **state)
{
    expect(STR("--BB\r\ncontent-disposition: Form-Data; FILENAME=\"c \\\"d\\\".png\"; "
               "name=\"ảnh cây.png\"\r\ncontent-type:  image/png \r\n\r\nx\r\n--BB--"),
           "ảnh cây.png|c \"d\".png|image/png:x;");
}

static void broken_bodies_are_refused(void **state)
{
    refuse(STR(HEAD("a", "") "never closed"), 0);
    refuse(STR(HEAD("a", "") "1\r\n--BBx\r\n"), 0);
    refuse(STR("no boundary at all"), 0);
    refuse(STR("--BB\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--BB--"), 0);
    refuse(STR("--BB\r\nnot a header line\r\n\r\nx\r\n--BB--"), 0);
    refuse(STR(HEAD("\xff\xfe", "") "x\r\n--BB--"), 0);
}

static void limits_say_413(void **state)
{
    refuse(STR(HEAD("a", "") "\r\n" HEAD("a", "") "\r\n" HEAD("a", "") "\r\n" HEAD(
               "a", "") "\r\n" HEAD("a", "") "\r\n--BB--"),
           413);
    struct buf body = {0};
    buf_add_text(&body, "--BB\r\nX: ");
    for (int i = 0; i < 300; i++) {
        buf_add_char(&body, 'x');
    }
    refuse(buf_str(&body), 413);
    buf_finish(&body);
}

static void a_type_without_boundary_is_refused(void **state)
{
    const char *types[] = {NULL, "text/xml", "multipart/form-data",
                           "multipart/form-data; boundary=\"\"",
                           "multipart/form-data; boundary=\"a\nb\""};
    struct form_sink sink = {note_begin, note_bytes, note_end, NULL};
    struct form_limits limits = {0};
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        struct form_reader *reader;
        struct err err = {0};
        assert_false(form_reader_create(&reader, types[i], &limits, &sink, &err));
        assert_int_equal(err.kind, ERR_INPUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_piece_size_gives_the_same_parts),
        cmocka_unit_test(what_looks_like_a_boundary_stays_content),
        cmocka_unit_test(empty_parts_and_text_around_are_fine),
        cmocka_unit_test(names_are_raw_utf8),
        cmocka_unit_test(broken_bodies_are_refused),
        cmocka_unit_test(limits_say_413),
        cmocka_unit_test(a_type_without_boundary_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
