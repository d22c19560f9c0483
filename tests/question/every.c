/* Each question of the form with all appearances, in every language, text size and kind of window:
 * nothing is cut, overlaps, is too small, too faint, or out of reach. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../ui/helper_looks.h"
#include "app/ui/node.h"
#include "app/ui/script.h"
#include "helper_stand.h"

/* The pages of the form are its groups; a new one is found by itself. */
static size_t find_pages(struct form *form, char pages[][64], size_t most)
{
    struct entry *entry = NULL;
    size_t n = 0;
    assert_true(entry_create(form, &(struct entry_device){0}, &entry, NULL));
    for (struct stop at = stop_next(entry, stop_begin(entry)); at.kind != STOP_END;
         at = at.kind == STOP_GROUP ? stop_skip(entry, at) : stop_next(entry, at)) {
        if (at.kind == STOP_GROUP && n < most) {
            snprintf(pages[n++], 64, "%s", strrchr(stop_ref(entry, at), '/') + 1);
        }
    }
    entry_destroy(entry);
    return n;
}

static int count_nodes(const struct ui *ui)
{
    int n = 0;
    for (const struct node *node = ui->root; node; node = node_next(ui->root, node)) {
        n++;
    }
    return n;
}

/* Presses each thing that may open something, looks at it, and goes back. */
static void open_each(struct stand *stand, const char *page, struct buf *found, int *looks)
{
    struct ui *ui = stand->desk.ui;
    for (size_t i = 0; i < 60; i++) {
        struct node *node = focus_layer(ui);
        size_t k = 0;
        while (node && !(focus_fits(ui, node) && node->flags & NODE_PRESS && k++ == i)) {
            node = node_next(focus_layer(ui), node);
        }
        if (!node) {
            return;
        }
        char where[200];
        uint64_t layer = focus_layer(ui)->id;
        int before = count_nodes(ui);
        snprintf(where, sizeof(where), "%s, %s pressed", page, node->key ? node->key : "?");
        bool field = node->flags & NODE_FIELD;
        ui->by_touch = true;
        ui_press(ui, node);
        desk_settle(&stand->desk);
        looks_repaint(ui, stand->desk.window, where, found);
        bool opens = focus_layer(ui)->id != layer || count_nodes(ui) != before;
        if (opens && (!field || i < 2)) {
            *looks += looks_check(ui, stand->desk.window, where, found);
        }
        stand_show(stand, "");
        stand_show(stand, page);
    }
}

static void in_language(const char *lang, struct buf *found, int *looks)
{
    static const struct stand_look look = {480, 800, THEME_LIGHT, 1, NULL};
    struct stand_look spoken = look;
    struct stand stand;
    char pages[60][64];
    spoken.lang = lang;
    stand_open(&stand, &spoken);
    size_t n = find_pages(stand.form, pages, 60);
    assert_true(n > 25);
    for (size_t i = 0; i < n; i++) {
        stand_show(&stand, pages[i]);
        *looks += looks_check(stand.desk.ui, stand.desk.window, pages[i], found);
        if (strcmp(lang, "en") == 0) {
            looks_mirror(stand.desk.ui, pages[i], found);
            looks_pixels(stand.desk.ui, stand.desk.window, pages[i], found);
        }
        open_each(&stand, pages[i], found, looks);
    }
    stand_close(&stand);
}

static void every_question_can_be_read_and_touched(void **state)
{
    static const char *const langs[] = {"vi", "en", "ar"};
    const char *only = getenv("GOCUA_EVERY_LANG");
    struct buf found = {0};
    int looks = 0;
    for (size_t i = 0; i < sizeof(langs) / sizeof(*langs); i++) {
        if (!only || strcmp(only, langs[i]) == 0) {
            in_language(langs[i], &found, &looks);
        }
    }
    print_message("%d looks\n", looks);
    looks_end(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_question_can_be_read_and_touched)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
