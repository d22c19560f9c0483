/* A way between many clients and one server on which some connections break: refused, cut after
 * some bytes towards the server, or cut within its answers, so that what the server has kept is
 * asked about again. All drawn from one seed. */
#ifndef TESTS_HELPER_BREAKS_H
#define TESTS_HELPER_BREAKS_H

#include <stdint.h>

struct breaks;

struct breaks_count {
    long connections, refused, cut_up, cut_down;
};

/* Listens on a free port of loopback, passes on to the server's; so many percent of the connections
 * break. */
struct breaks *breaks_start(int server_port, int percent, uint64_t seed);

int breaks_port(const struct breaks *breaks);

/* Ends it, and all connections. */
struct breaks_count breaks_stop(struct breaks *breaks);

#endif
