/* The hand-over to a device nearby, in the same Wi-Fi. UI thread. */
#ifndef WORK_NEAR_H
#define WORK_NEAR_H

#include "app/work/giving.h"
#include "platform/base/str.h"

/* Begins to give to the device that shows the code. giving_leave ends it. */
struct giving *near_give(struct app *app, struct str code);

#endif
