/* The grid theme: questions of a group beside each other. */
#include <string.h>

#include "app/question/question.h"

enum { WHOLE = 12, CELL_LEAST = 140 }; /* twelfths of a row; dp that a field needs */

/* How many twelfths the question asks for; all of them when it says nothing. */
static int width_of(const struct question_view *view)
{
    for (int w = 1; w < WHOLE; w++) {
        char word[4] = {'w', (char)('0' + w), 0};
        if (w >= 10) {
            memcpy(word, "w1", 2);
            word[2] = (char)('0' + w - 10);
            word[3] = 0;
        }
        if (question_is_marked(view, word)) {
            return w;
        }
    }
    return WHOLE;
}

int question_row_place(struct ui *ui, struct question_row *row, const struct question_view *view)
{
    int wanted = width_of(view), body = ui_body_width(ui);
    while (wanted < WHOLE && body * wanted / WHOLE < CELL_LEAST) {
        wanted++; /* no narrower than a field can be used */
    }
    if (row->is_open && row->used + wanted > WHOLE) {
        question_row_end(ui, row);
    }
    if (wanted == WHOLE) {
        return wanted;
    }
    if (!row->is_open) {
        ui_row_begin(ui, NULL, UI_OPT(.gap = 12, .align = ALIGN_CENTER));
        row->is_open = true;
    }
    row->used += wanted;
    return wanted;
}

void question_row_end(struct ui *ui, struct question_row *row)
{
    if (row->is_open) {
        if (row->used < WHOLE) { /* what the row leaves free stays free */
            ui_column_begin(ui, NULL, UI_OPT(.grow = WHOLE - row->used));
            ui_end(ui);
        }
        ui_end(ui);
    }
    *row = (struct question_row){0};
}
