/* Any bytes as a CSV list: every row must be found again by each of its cells. */
#include <stdint.h>
#include <stdlib.h>

#include "app/form/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Is the row among those that have this cell? */
static bool is_found(struct form_list *list, uint32_t row, size_t column)
{
    struct str cell = list->ops->cell(list, row, column);
    struct buf value = {0};
    uint32_t rows[256];
    buf_add_str(&value, cell);
    size_t found = list->ops->find(list, column, buf_str(&value), 0, rows, 256);
    bool is_there = found == 256;
    for (size_t i = 0; i < found; i++) {
        is_there |= rows[i] == row;
    }
    buf_finish(&value);
    return is_there;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct buf text = {0};
    struct form_list *list = NULL;
    buf_add(&text, bytes, n);
    if (!form_list_from_csv(&text, &list, NULL)) {
        buf_finish(&text);
        return 0;
    }
    for (uint32_t row = 0; row < list->ops->row_count(list) && row < 100; row++) {
        for (size_t column = 0; column < list->ops->column_count(list) && column < 8; column++) {
            if (!is_found(list, row, column)) {
                abort();
            }
        }
    }
    list->ops->destroy(list);
    return 0;
}
