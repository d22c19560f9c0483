#include "helper_stand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "app/lang/lang.h"
#include "platform/base/mem.h"
#include "platform/window/input.h"

static bool answer(void *ctx, const char *ref, struct str value)
{
    struct stand *stand = ctx;
    struct answer_result result = {0};
    struct err err = {0};
    char kept[200];
    snprintf(kept, sizeof(kept), "%s", ref);
    stand->answers++;
    bool good = !stand->refuses && entry_answer(stand->entry, kept, value, &result, &err) &&
                result.state == ANSWER_OK;
    for (size_t i = 0; i < stand->seats.n; i++) {
        struct stand_seat *seat = stand->seats.v[i];
        if (strcmp(seat->ref, kept) == 0) {
            snprintf(seat->error, sizeof(seat->error), "%s",
                     good ? "" : tr("This does not fit here. Check it."));
        }
    }
    return good;
}

static bool attach(void *ctx, const char *ref, struct str bytes, const char *ending)
{
    struct stand *stand = ctx;
    char name[64];
    buf_clear(&stand->file);
    buf_add_str(&stand->file, bytes);
    snprintf(name, sizeof(name), "file.%s", ending);
    return answer(ctx, ref, str_of(name));
}

static bool detach(void *ctx, const char *ref)
{
    struct stand *stand = ctx;
    buf_clear(&stand->file);
    return answer(ctx, ref, STR(""));
}

static bool load(void *ctx, const char *name, struct buf *bytes)
{
    struct stand *stand = ctx;
    (void)name;
    buf_add_str(bytes, buf_str(&stand->file));
    return stand->file.n > 0;
}

/* A made-up picture: a coloured ground with a house or a card on it. */
static void draw_picture(struct image *image, const char *name)
{
    static const uint32_t grounds[] = {0xffcfe8ef, 0xfffff4b8, 0xffd6f0dc};
    uint32_t ground = grounds[(unsigned char)name[0] % 3];
    for (int y = 0; y < image->h; y++) {
        for (int x = 0; x < image->w; x++) {
            int roof = abs(x - image->w / 2) * image->h / image->w;
            bool inside = y > image->h / 4 + roof / 2 && y < image->h * 3 / 4 &&
                          abs(x - image->w / 2) < image->w / 3;
            image->pixels[y * image->stride + x] = inside ? 0xff00586e : ground;
        }
    }
}

/* A minute of silence, 8 bits at 8 kHz. */
static void add_wav(struct buf *to)
{
    static const unsigned char head[] = "RIFF\x24\x53\x07\0WAVEfmt \x10\0\0\0\1\0\1\0"
                                        "\x40\x1f\0\0\x40\x1f\0\0\1\0\x8\0data\0\x53\x07";
    buf_add(to, (const char *)head, sizeof(head));
    for (int i = 0; i < 60 * 8000; i++) {
        buf_add_char(to, (char)128);
    }
}

static bool media(void *ctx, const char *uri, struct buf *bytes)
{
    struct str name = form_media_name(str_of(uri));
    struct image *image = NULL;
    struct stand *stand = ctx;
    if (str_ends(name, STR(".wav"))) {
        stand->sounds ? add_wav(bytes) : buf_add_text(bytes, "no sound at all");
        return true;
    }
    if (!str_ends(name, STR(".png")) || !image_create(320, 200, false, &image, NULL)) {
        return false;
    }
    draw_picture(image, name.s);
    bool good = image_png(image, bytes, NULL);
    image_destroy(image);
    return good;
}

static bool read_code(void *ctx, const struct question_view *view, struct str code)
{
    struct stand *stand = ctx;
    (void)view;
    stand->read++;
    return str_starts(code, STR("0"));
}

static void next(void *ctx)
{
    struct stand *stand = ctx;
    stand->moves++;
}

static void fold(void *ctx, struct str in, struct buf *out)
{
    (void)ctx;
    fold_add(out, in);
}

static const struct question_host host = {.answer = answer,
                                          .attach = attach,
                                          .detach = detach,
                                          .load = load,
                                          .media = media,
                                          .read_code = read_code,
                                          .next = next,
                                          .fold = fold};

static struct stand_seat *seat_of(struct stand *stand, const char *ref)
{
    for (size_t i = 0; i < stand->seats.n; i++) {
        if (strcmp(stand->seats.v[i]->ref, ref) == 0) {
            return stand->seats.v[i];
        }
    }
    struct stand_seat *seat = mem_alloc(1, sizeof(*seat));
    snprintf(seat->ref, sizeof(seat->ref), "%s", ref);
    seat->seat = (struct question_seat){.host = &host,
                                        .ctx = stand,
                                        .ui = stand->desk.ui,
                                        .entry = stand->entry,
                                        .camera = "fake:nothing",
                                        .gps = "fake:10.5321,106.4123,4",
                                        .error = seat->error};
    vec_push(&stand->seats, seat);
    return seat;
}

static void draw_page(struct stand *stand, struct ui *ui, struct stop page)
{
    struct question_row row = {0};
    for (struct stop at = stop_next(stand->entry, page);
         stop_is_inside(stand->entry, at, page) && at.kind == STOP_QUESTION;
         at = stop_next(stand->entry, at)) {
        struct question_view view;
        assert_true(question_view(stand->entry, at, &view, NULL));
        struct stand_seat *seat = seat_of(stand, view.ref);
        int share = question_row_place(ui, &row, &view);
        ui_column_begin(ui, strrchr(view.ref, '/') + 1, UI_OPT(.grow = row.is_open ? share : 0));
        question_draw(&seat->seat, questions, &view);
        ui_end(ui);
    }
    question_row_end(ui, &row);
}

static void build(struct ui *ui, void *ctx)
{
    struct stand *stand = ctx;
    struct question_view view;
    struct stop page;
    char ref[100];
    snprintf(ref, sizeof(ref), "/data/%s", stand->page);
    stand->desk.ui = ui; /* the first build runs while the window opens */
    ui_screen(ui, stand->page);
    if (!stand->page[0]) {
        return;
    }
    assert_true(stop_find(stand->entry, ref, &page));
    assert_true(question_view(stand->entry, page, &view, NULL));
    ui_bar(ui, form_title(stand->form), view.label.text);
    ui_body_begin(ui);
    draw_page(stand, ui, page);
    ui_end(ui);
}

static bool read_list(void *ctx, const char *uri, struct buf *bytes, struct err *err)
{
    (void)ctx;
    if (!strstr(uri, "communes.csv")) {
        return err_set(err, ERR_MISSING, 0, "no %s", uri);
    }
    buf_add_text(bytes, "name,label\nx00,Xã Tân Thạnh\nx01,Phường Đông Thạnh\n");
    for (int i = 2; i < 400; i++) {
        buf_addf(bytes, "x%02d,Xã Thử Nghiệm %d\n", i, i);
    }
    return true;
}

void stand_open(struct stand *stand, const struct stand_look *look)
{
    static const struct stand_look usual = {480, 800, THEME_LIGHT, 1, "vi"};
    char path[600], folder[600];
    struct err err = {0};
    const char *source = getenv("GOCUA_SOURCE"), *made = getenv("GOCUA_BUILD");
    look = look ? look : &usual;
    *stand = (struct stand){0};
    snprintf(folder, sizeof(folder), "%s/lang", made ? made : ".");
    assert_true(lang_open(folder, &err));
    assert_true(lang_set(look->lang, &err));
    snprintf(path, sizeof(path), "%s/tests/question/all_appearances.xml", source ? source : ".");
    struct form_options options = {.media = {.read = read_list}};
    stand->form = form_load_file(path, &options);
    assert_true(form_is_usable(stand->form));
    assert_true(entry_create(stand->form, &(struct entry_device){0}, &stand->entry, &err));
    if (strcmp(look->lang, "en") != 0) {
        assert_true(entry_set_language(stand->entry, look->lang, &err));
    }
    desk_open(&stand->desk, look->w, look->h, build, stand);
    struct ui_settings set = *ui_get(stand->desk.ui);
    set.theme = look->theme;
    set.text_size = look->text_size;
    set.rtl = lang_is_rtl();
    snprintf(set.lang, sizeof(set.lang), "%s", look->lang);
    ui_set(stand->desk.ui, &set);
}

static void clear(struct stand *stand)
{
    for (size_t i = 0; i < stand->seats.n; i++) {
        question_leave(&stand->seats.v[i]->seat);
        free(stand->seats.v[i]);
    }
    stand->seats.n = 0;
}

void stand_close(struct stand *stand)
{
    clear(stand);
    vec_finish(&stand->seats);
    desk_close(&stand->desk);
    entry_destroy(stand->entry);
    form_destroy(stand->form);
    buf_finish(&stand->file);
}

void stand_show(struct stand *stand, const char *page)
{
    clear(stand);
    snprintf(stand->page, sizeof(stand->page), "%s", page);
    ui_change(stand->desk.ui);
    desk_settle(&stand->desk);
}

const char *stand_value(struct stand *stand, const char *name)
{
    static char text[1000];
    char ref[200];
    snprintf(ref, sizeof(ref), "/data/%s/%s", stand->page, name);
    struct str value = entry_value(stand->entry, ref);
    snprintf(text, sizeof(text), STR_FMT, STR_ARG(value));
    return text;
}

void stand_set(struct stand *stand, const char *name, const char *value)
{
    char ref[200];
    struct answer_result result = {0};
    struct err err = {0};
    snprintf(ref, sizeof(ref), "/data/%s/%s", stand->page, name);
    if (!entry_answer(stand->entry, ref, str_of(value), &result, &err)) {
        fail_msg("%s = %s: %s", ref, value, err.text);
    }
    ui_change(stand->desk.ui);
    desk_settle(&stand->desk);
}

const char *stand_id(struct stand *stand, const char *name, const char *widget)
{
    static char id[200];
    snprintf(id, sizeof(id), "%s/%s", name, widget);
    (void)stand;
    return id;
}

void stand_tap(struct stand *stand, const char *name, const char *widget)
{
    desk_tap(&stand->desk, stand_id(stand, name, widget));
}

void stand_type(struct stand *stand, const char *name, const char *widget, const char *text)
{
    stand_tap(stand, name, widget);
    desk_type(&stand->desk, text);
    desk_key(&stand->desk, KEY_ENTER);
}

bool stand_scan(struct stand *stand, const char *code)
{
    for (size_t i = 0; i < stand->seats.n; i++) {
        struct question_view view;
        if (question_view_ref(stand->entry, stand->seats.v[i]->ref, &view, NULL) &&
            question_scan(&stand->seats.v[i]->seat, &view, str_of(code))) {
            ui_change(stand->desk.ui);
            desk_settle(&stand->desk);
            return true;
        }
    }
    return false;
}
