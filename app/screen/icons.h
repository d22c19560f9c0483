/* Names of icons in data files (Material Icons' own names) and what the kit calls them. */
#ifndef SCREEN_ICONS_H
#define SCREEN_ICONS_H

#include "app/ui/ui.h"

/* The icon of that name; ICON_HELP when the kit does not have it. */
enum ui_icon icon_of(const char *name);

#endif
