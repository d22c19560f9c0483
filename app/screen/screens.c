#include "app/screen/screens.h"

#define ROW(name) &screen_##name,
const struct screen *const screens[] = {SCREENS(ROW) NULL};
