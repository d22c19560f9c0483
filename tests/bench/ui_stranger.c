#include "tests/bench/ui_stranger.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sync/http/listen.h"

enum { WAIT_MS = 20000 };

int stranger_open(char *address, size_t room)
{
    int fd = -1;
    address[0] = 0;
    if (http_listen("127.0.0.1", 0, &fd, NULL)) {
        snprintf(address, room, "http://127.0.0.1:%d", http_listen_port(fd));
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
