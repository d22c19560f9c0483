/* Tells when the network changes, by rtnetlink: nothing is polled, and idle costs nothing. A route
 * out says only that trying is worthwhile; whether the server is there is found out by asking it.
 */
#ifndef SYSTEM_NETWORK_H
#define SYSTEM_NETWORK_H

#include <stdbool.h>
#include "platform/base/err.h"

enum network_cost { NETWORK_COST_UNKNOWN, NETWORK_FREE, NETWORK_METERED };

struct network_state {
    bool has_route; /* a default route over a link that is up */
    /* An address on a link that is up, beside loopback's: somebody may be near (a hub in the room)
     * though no route leads out. Without one nobody but this device can be reached. */
    bool has_address;
    enum network_cost
        cost;      /* by the kind of link: Ethernet and Wi-Fi free, WWAN metered; else unknown */
    char link[16]; /* name of the link with the default route, "" without one */
};

struct network;

/* Starts watching. changed is called on the watcher's own thread after links, addresses or routes
 * changed and were quiet for 300 ms (and once soon after the start); it may only post. NULL: none.
 * network_close ends it. ERR_DEVICE without rtnetlink. */
bool network_open(struct network **network, void (*changed)(void *ctx), void *ctx, struct err *err);

/* The state as last seen. Any thread. */
void network_look(struct network *network, struct network_state *state);

/* Joins the thread and frees; takes NULL. No call of changed follows. */
void network_close(struct network *network);

#endif
