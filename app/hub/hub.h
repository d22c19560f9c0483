/* The door of the hub: the server of a commune or province that speaks OpenRosa, keeps what arrives
 * and shows it to the supervisor. hub_start serves until hub_stop on threads of its own; hub_run is
 * the whole command line. No screen, no SDL. */
#ifndef HUB_HUB_H
#define HUB_HUB_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "platform/base/err.h"

struct hub;

struct hub_options {
    const char *data;     /* folder of the hub's data, made when it is not there */
    const char *host;     /* NULL: 127.0.0.1 */
    int port;             /* 0: any free one */
    const char *tls_cert; /* PEM files, both or none */
    const char *tls_key;
    const char *tls_next; /* PEM of the key or certificate that comes next: announced; or NULL */
    unsigned threads;     /* 0: two */
    uint64_t body_limit;  /* most bytes of one POST; 0: 100,000,000 */
    unsigned idle_s;      /* a silent connection is closed after so many seconds; 0: 75 */
    bool no_limits;       /* no rate limits: for load tests only */
};

/* Opens the data folder and serves it; the caller stops it. At most one server a folder:
 * ERR_DENIED when another one holds it. */
bool hub_start(struct hub **out, const struct hub_options *options, struct err *err);

/* The port it serves. */
int hub_port(const struct hub *hub);

/* Stops taking requests, finishes those whose whole body is here, closes. Takes NULL. */
void hub_stop(struct hub *hub);

/* What a command line runs in. */
struct hub_shell {
    FILE *out, *errors;
    const char *data; /* data folder where --data is not given; NULL: it must be */
};

/* Runs one command ("serve", "publish", "device" …) as from a shell: argv[0] is the program.
 * Returns its exit status: 0 done, 1 could not, 2 wrong use. */
int hub_run(int argc, char **argv, const struct hub_shell *shell);

#endif
