/* The carriers there are. A new one is a file sync/carrier/NAME.c with
 * `const struct carrier carrier_NAME` and a line here. */
#ifndef CARRIER_CARRIERS_H
#define CARRIER_CARRIERS_H

#include "sync/run/carrier.h"

#define CARRIERS(X)                                                                                \
    X(openrosa) /* ODK Central, KoboToolbox, our hub: address is the server */                     \
    X(folder)   /* sealed bundles into a folder, such as a USB stick */                            \
    X(near)     /* sealed bundles to a device in the same Wi-Fi: address is the code it shows */

#define CARRIER_DECLARE(name) extern const struct carrier carrier_##name;
CARRIERS(CARRIER_DECLARE)

/* The carrier of that name, or NULL. */
const struct carrier *carrier_find(const char *name);

/* What it means for a hand-over that its folder answered with that errno. */
enum outbox_reason carrier_folder_reason(int code);

#endif
