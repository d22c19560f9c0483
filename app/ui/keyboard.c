#include "app/ui/node.h"

static void key_measure(struct ui *ui, struct node *node, int width)
{
    (void)ui;
    node->want_w = width;
    node->want_h = node->min_h;
}

const struct widget widget_key = {.role = "keyboard", .measure = key_measure};

void keyboard_build(struct ui *ui)
{
    (void)ui;
}
