#include "tests/bench/ui_stranger.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WAIT_MS = 20000 };

int stranger_open(char *address, size_t room)
{
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof(own);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address[0] = 0;
    if (bind(fd, (struct sockaddr *)&own, n) == 0 && listen(fd, 4) == 0 &&
        getsockname(fd, (struct sockaddr *)&own, &n) == 0) {
        snprintf(address, room, "http://127.0.0.1:%d", ntohs(own.sin_port));
    }
    return fd;
}

bool stranger_answer(int fd)
{
    static const char answer[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n"
                                 "Connection: close\r\n\r\n";
    char asked[4096] = "";
    size_t n = 0;
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    int peer = poll(&wait, 1, WAIT_MS) == 1 ? accept(fd, NULL, NULL) : -1;
    while (peer >= 0 && !strstr(asked, "\r\n\r\n") && n < sizeof(asked) - 1) {
        ssize_t got = read(peer, asked + n, sizeof(asked) - 1 - n);
        if (got <= 0) {
            break;
        }
        n += (size_t)got;
        asked[n] = 0;
    }
    bool ok = peer >= 0 && send(peer, answer, sizeof(answer) - 1, MSG_NOSIGNAL) > 0;
    if (peer >= 0) {
        close(peer);
    }
    return ok && strncmp(asked, "HEAD ", 5) == 0;
}
