/* Lists that come with the app (communes, provinces, procedures, topics, reasons, hotlines) are
 * taken into the store once a version, so that they are searched by index. UI thread. */
#ifndef WORK_SHIPPED_H
#define WORK_SHIPPED_H

#include <stdbool.h>
#include "platform/base/err.h"

struct app;

/* Takes over what is new. A shipped list never replaces one that a server sent. */
bool shipped_load(struct app *app, struct err *err);

#endif
