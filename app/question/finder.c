#include "app/question/finder.h"

void finder_draw(struct ui *ui, const struct camera_view *view, const char *advice,
                 const struct ui_opt *opt)
{
    const struct picture *preview = &view->preview;
    struct ui_frame frame = {.pixels = preview->rgb,
                             .format = UI_RGB24,
                             .w = preview->width,
                             .h = preview->height,
                             .stride = preview->width * 3,
                             .number = view->number};
    ui_viewfinder(ui, "finder", preview->rgb ? &frame : NULL, advice, opt);
}
