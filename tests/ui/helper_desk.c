#include "helper_desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/json.h"
#include "platform/window/input.h"

void desk_open(struct desk *desk, int w, int h, void (*build)(struct ui *ui, void *ctx), void *ctx)
{
    struct err err = {0};
    clock_fix(1793846400000); /* 2026-11-05 */
    struct window_opt opt = {.w = w, .h = h, .headless = true};
    if (!window_open(&opt, &desk->window, &err)) {
        fail_msg("%s", err.text);
    }
    struct ui_app app = {.build = build, .ctx = ctx};
    desk->ui = ui_create(desk->window, &app);
    struct ui_settings set = *ui_get(desk->ui);
    set.still = true;
    ui_set(desk->ui, &set);
    desk_settle(desk);
}

void desk_close(struct desk *desk)
{
    ui_destroy(desk->ui);
    window_close(desk->window);
    clock_fix(-1);
}

void desk_settle(struct desk *desk)
{
    struct err err = {0};
    if (!ui_settle(desk->ui, &err)) {
        fail_msg("%s", err.text);
    }
}

static void send(struct desk *desk, struct input input)
{
    window_inject(desk->window, &input);
    desk_settle(desk);
}

void desk_key(struct desk *desk, int code)
{
    send(desk, (struct input){.kind = INPUT_KEY, .code = code});
}

void desk_type(struct desk *desk, const char *text)
{
    struct input input = {.kind = INPUT_TEXT};
    snprintf(input.text, sizeof(input.text), "%s", text);
    send(desk, input);
}

static const struct json *find(const struct json *root, const char *id)
{
    const struct json *nodes = json_get(root, "nodes");
    for (size_t i = 0; i < json_count(nodes); i++) {
        const struct json *node = json_at(nodes, i);
        if (strcmp(json_text(json_get(node, "id"), ""), id) == 0) {
            return node;
        }
    }
    return NULL;
}

static struct json *dump(struct desk *desk)
{
    struct buf text = {0};
    struct err err = {0};
    ui_dump(desk->ui, &text);
    struct json *root = json_parse(buf_str(&text), &err);
    if (!root) {
        fail_msg("dump is no JSON: %s\n%s", err.text, buf_text(&text));
    }
    buf_finish(&text);
    return root;
}

struct rect desk_rect(struct desk *desk, const char *id)
{
    struct json *root = dump(desk);
    const struct json *r = json_get(find(root, id), "rect");
    struct rect rect = {(int)json_int(json_at(r, 0), 0), (int)json_int(json_at(r, 1), 0),
                        (int)json_int(json_at(r, 2), 0), (int)json_int(json_at(r, 3), 0)};
    json_destroy(root);
    return rect;
}

bool desk_has(struct desk *desk, const char *id)
{
    return !rect_is_empty(desk_rect(desk, id));
}

void desk_tap(struct desk *desk, const char *id)
{
    struct rect r = desk_rect(desk, id);
    if (rect_is_empty(r)) {
        fail_msg("nothing to tap: %s", id);
    }
    int x = r.x + r.w / 2, y = r.y + r.h / 2;
    send(desk, (struct input){.kind = INPUT_DOWN, .x = x, .y = y});
    send(desk, (struct input){.kind = INPUT_UP, .x = x, .y = y});
}

const char *desk_get(struct desk *desk, const char *id, const char *what)
{
    static char text[1024];
    struct json *root = dump(desk);
    snprintf(text, sizeof(text), "%s", json_text(json_get(find(root, id), what), ""));
    json_destroy(root);
    return text;
}

#ifndef PICTURES
#define PICTURES "tests/ui/pictures"
#endif

enum { TILE = 16, TILE_MOST = 10 }; /* mean difference of a channel in a tile, of 255 */

static long tile_difference(const struct image *a, const struct image *b, int x0, int y0)
{
    long sum = 0, n = 0;
    for (int y = y0; y < y0 + TILE && y < a->h; y++) {
        for (int x = x0; x < x0 + TILE && x < a->w; x++) {
            uint32_t p = a->pixels[y * a->stride + x], q = b->pixels[y * b->stride + x];
            for (int shift = 0; shift < 24; shift += 8) {
                sum += labs((long)(p >> shift & 255) - (long)(q >> shift & 255));
                n++;
            }
        }
    }
    return n ? sum / n : 0;
}

static bool same_picture(const struct image *a, const struct image *b)
{
    if (a->w != b->w || a->h != b->h) {
        return false;
    }
    for (int y = 0; y < a->h; y += TILE) {
        for (int x = 0; x < a->w; x += TILE) {
            if (tile_difference(a, b, x, y) > TILE_MOST) {
                return false;
            }
        }
    }
    return true;
}

static bool matches(struct str got, const char *path)
{
    struct buf want = {0};
    struct image *a = NULL, *b = NULL;
    bool same = file_read(path, 32 << 20, &want, NULL) && image_decode(got, 0, &a, NULL) &&
                image_decode(buf_str(&want), 0, &b, NULL) && same_picture(a, b);
    image_destroy(a);
    image_destroy(b);
    buf_finish(&want);
    return same;
}

/* Other versions of the text renderer set letters a little differently. */
static bool is_other_renderer(void)
{
    char version[32] = "";
    FILE *p = popen("pkg-config --modversion pango 2>/dev/null", "r");
    bool read = p && fgets(version, sizeof(version), p);
    if (p) {
        pclose(p);
    }
    return read && strncmp(version, "1.50.", 5) != 0;
}

void desk_picture(struct desk *desk, const char *name)
{
    const char *source = getenv("GOCUA_SOURCE"), *keep = getenv("GOCUA_KEEP_PICTURES");
    char path[600], got_path[600];
    struct buf got = {0};
    struct err err = {0};
    snprintf(path, sizeof(path), "%s/" PICTURES "/%s.png", source ? source : ".", name);
    snprintf(got_path, sizeof(got_path), "%s/" PICTURES "/%s.got.png", source ? source : ".", name);
    desk_settle(desk);
    assert_true(ui_shot(desk->ui, &got, &err));
    if (keep) {
        assert_true(file_write(path, got.s, got.n, &err));
    }
    bool same = matches(buf_str(&got), path) || is_other_renderer();
    if (same) {
        file_remove(got_path, NULL);
    } else {
        file_write(got_path, got.s, got.n, &err);
    }
    buf_finish(&got);
    if (!same) {
        fail_msg("%s differs from its reference; see %s", name, got_path);
    }
}
