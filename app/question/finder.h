/* The viewfinder of a camera as the kit paints it. */
#ifndef QUESTION_FINDER_H
#define QUESTION_FINDER_H

#include "app/ui/ui.h"
#include "platform/sensor/camera.h"

/* Draws what camera_look filled the view with; advice and opt as in ui_viewfinder. */
void finder_draw(struct ui *ui, const struct camera_view *view, const char *advice,
                 const struct ui_opt *opt);

#endif
