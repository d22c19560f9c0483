#include "platform/sensor/qr_view.h"

#include <string.h>
#include <time.h>

double deadline_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

bool deadline_is_over(const struct deadline *deadline)
{
    return deadline->end_ms > 0 && deadline_now_ms() > deadline->end_ms;
}

bool deadline_is_near(const struct deadline *deadline, double ms)
{
    return deadline->end_ms > 0 && deadline_now_ms() + ms > deadline->end_ms;
}

void view_sum(const struct view *view, uint32_t *sums)
{
    size_t row = (size_t)view->width + 1;
    memset(sums, 0, row * sizeof *sums);
    for (int y = 0; y < view->height; y++) {
        const uint8_t *from = view->pixels + (size_t)y * view->stride;
        uint32_t *above = sums + (size_t)y * row, *to = above + row;
        uint32_t sum = 0;
        to[0] = 0;
        for (int x = 0; x < view->width; x++) {
            sum += from[x];
            to[x + 1] = above[x + 1] + sum;
        }
    }
}
