#include "sync/http/listen.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool http_listen(const char *host, int port, int *fd, struct err *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found = NULL;
    char service[16];
    snprintf(service, sizeof(service), "%d", port);
    *fd = -1;
    if (getaddrinfo(host, service, &hints, &found) != 0) {
        return err_set(err, ERR_INPUT, 0, "no such address to listen on: %s", host);
    }
    int reason = 0, yes = 1;
    for (struct addrinfo *a = found; a && *fd < 0; a = a->ai_next) {
        int s = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (s >= 0 && setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0 &&
            bind(s, a->ai_addr, a->ai_addrlen) == 0 && listen(s, 512) == 0) {
            *fd = s;
        } else {
            reason = errno;
            if (s >= 0) {
                close(s);
            }
        }
    }
    freeaddrinfo(found);
    if (*fd < 0) {
        return err_set(err, reason == EACCES ? ERR_DENIED : ERR_DEVICE, reason,
                       "cannot listen on %s port %d: %s", host, port, strerror(reason));
    }
    return true;
}

int http_listen_port(int fd)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof(address);
    char service[16] = "0";
    if (getsockname(fd, (struct sockaddr *)&address, &size) == 0) {
        getnameinfo((struct sockaddr *)&address, size, NULL, 0, service, sizeof(service),
                    NI_NUMERICSERV);
    }
    return atoi(service);
}
