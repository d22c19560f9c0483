/* The hand-over to a stick. The stick is held while it is written to, so nothing lands at its path
 * on this device's own disk when it is pulled out. UI thread. */
#ifndef WORK_STICK_H
#define WORK_STICK_H

#include "app/work/giving.h"
#include "platform/system/stick.h"

/* Begins to write, and to take what lies there. giving_leave ends it. */
struct giving *stick_give(struct app *app, const struct stick *stick);

#endif
