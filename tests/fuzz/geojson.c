/* Any bytes as GeoJSON: a list that can be read, or a reason. */
#include <stdint.h>

#include "app/form/geojson.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct form_list *list = NULL;
    if (!list_from_geojson((struct str){(const char *)bytes, n}, &list, NULL)) {
        return 0;
    }
    uint32_t rows[4];
    for (uint32_t row = 0; row < list->ops->row_count(list) && row < 100; row++) {
        for (size_t column = 0; column < list->ops->column_count(list) && column < 20; column++) {
            list->ops->find(list, column, list->ops->cell(list, row, column), 0, rows, 4);
        }
    }
    list->ops->destroy(list);
    return 0;
}
