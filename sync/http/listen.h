/* The socket a server listens on. */
#ifndef HTTP_LISTEN_H
#define HTTP_LISTEN_H

#include <stdbool.h>

#include "platform/base/err.h"

/* Opens a non-blocking socket that listens on host (a name or an address) and port (0: any free
 * one); the caller closes fd. ERR_INPUT for a bad address, ERR_DENIED or ERR_DEVICE when the port
 * cannot be had. */
bool http_listen(const char *host, int port, int *fd, struct err *err);

/* The port a listening socket got, or 0. */
int http_listen_port(int fd);

#endif
