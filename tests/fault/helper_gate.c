#include "helper_gate.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/base/buf.h"
#include "platform/base/mem.h"
#include "platform/base/vec.h"

struct gate {
    int listener, port;
    atomic_int hub_port;
    atomic_bool stop;
    pthread_t thread;
    pthread_mutex_t lock; /* over what follows */
    struct gate_fault fault;
    int requests, hits;
    struct buf seen;
    int guests; /* threads that serve */
    pthread_cond_t gone;
};

struct guest {
    struct gate *gate;
    int client, hub; /* hub -1: not connected */
    struct buf ahead_client, ahead_hub;
};

static bool send_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes += sent;
        n -= (size_t)sent;
    }
    return true;
}

static bool more(struct gate *gate, int fd, struct buf *to)
{
    char bytes[16384];
    while (!atomic_load(&gate->stop)) {
        struct pollfd p = {fd, POLLIN, 0};
        if (poll(&p, 1, 20) > 0) {
            ssize_t n = recv(fd, bytes, sizeof(bytes), 0);
            if (n <= 0) {
                return false;
            }
            buf_add(to, bytes, (size_t)n);
            return true;
        }
    }
    return false;
}

/* Content-Length of a head, 0 without one. */
static size_t length_in(struct str head)
{
    struct str line;
    while (str_cut(&head, '\n', &line)) {
        if (line.n > 15 && strncasecmp(line.s, "Content-Length:", 15) == 0) {
            return (size_t)atoll(line.s + 15);
        }
    }
    return 0;
}

/* One whole message from fd; has_body false: only its head (answers to HEAD, 204, 304). */
static bool read_message(struct gate *gate, int fd, struct buf *ahead, bool is_answer_to_head,
                         struct buf *message)
{
    ptrdiff_t end;
    buf_clear(message);
    while ((end = str_find(buf_str(ahead), STR("\r\n\r\n"))) < 0) {
        if (!more(gate, fd, ahead)) {
            return false;
        }
    }
    size_t whole = (size_t)end + 4;
    if (!is_answer_to_head) {
        whole += length_in((struct str){ahead->s, (size_t)end + 2});
    }
    while (ahead->n < whole) {
        if (!more(gate, fd, ahead)) {
            return false;
        }
    }
    buf_add(message, ahead->s, whole);
    memmove(ahead->s, ahead->s + whole, ahead->n - whole);
    ahead->n -= whole;
    return true;
}

static int call_hub(struct gate *gate)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)atomic_load(&gate->hub_port)),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0) {
        close(fd);
        return -1;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    return fd;
}

static void reset(int fd)
{
    struct linger now = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

/* Asks the hub on the guest's own connection. */
static bool ask_hub(struct guest *g, const struct buf *request, size_t n, struct buf *answer)
{
    if (g->hub < 0) {
        g->hub = call_hub(g->gate);
    }
    if (g->hub < 0 || !send_all(g->hub, request->s, n)) {
        return false;
    }
    bool is_head = !strncmp(request->s, "HEAD", 4);
    return n < request->n || read_message(g->gate, g->hub, &g->ahead_hub, is_head, answer);
}

struct twin {
    struct gate *gate;
    const struct buf *request;
};

/* The same request once more, on a connection of its own; its answer goes nowhere. */
static void *ask_twin(void *ctx)
{
    struct twin *twin = ctx;
    struct guest g = {.gate = twin->gate, .hub = -1};
    struct buf answer = {0};
    ask_hub(&g, twin->request, twin->request->n, &answer);
    if (g.hub >= 0) {
        close(g.hub);
    }
    buf_finish(&g.ahead_hub);
    buf_finish(&answer);
    return NULL;
}

static void wait_for_end(struct guest *g)
{
    struct pollfd p = {g->client, POLLRDHUP, 0};
    while (!atomic_load(&g->gate->stop) && poll(&p, 1, 20) == 0) {
    }
}

static void strip(struct buf *answer)
{
    char *at;
    while ((at = strcasestr(answer->s, "\r\nX-OpenRosa-")) != NULL) {
        memcpy(at + 2, "X-Nothing--", 11);
    }
}

static const char too_large[] = "HTTP/1.1 413 Too Large\r\nContent-Type: text/html\r\n"
                                "Content-Length: 27\r\n\r\n<html><h1>413</h1>x</html>\n";

/* What the fault does to this request; false ends the connection. */
static bool harm(struct guest *g, const struct gate_fault *fault, const struct buf *request,
                 struct buf *answer)
{
    size_t k = fault->k < (int64_t)request->n ? (size_t)fault->k : request->n;
    struct twin twin = {g->gate, request};
    pthread_t thread;
    switch (fault->kind) {
    case GATE_REFUSE:
        reset(g->client);
        return false;
    case GATE_CUT_UP:
        ask_hub(g, request, k < request->n ? k : request->n - 1, answer);
        reset(g->client);
        reset(g->hub);
        return false;
    case GATE_CUT_DOWN:
    case GATE_SHORT:
        if (ask_hub(g, request, request->n, answer)) {
            k = fault->k < (int64_t)answer->n ? (size_t)fault->k : answer->n - 1;
            send_all(g->client, answer->s, k);
        }
        if (fault->kind == GATE_CUT_DOWN) {
            usleep(500);
            reset(g->client);
        }
        return false;
    case GATE_TWICE:
        ask_twin(&twin);
        return ask_hub(g, request, request->n, answer) && send_all(g->client, answer->s, answer->n);
    case GATE_TWICE_AT_ONCE:
        pthread_create(&thread, NULL, ask_twin, &twin);
        bool ok = ask_hub(g, request, request->n, answer);
        pthread_join(thread, NULL);
        return ok && send_all(g->client, answer->s, answer->n);
    case GATE_SILENT:
        ask_hub(g, request, request->n, answer);
        wait_for_end(g);
        return false;
    case GATE_PAGE_LATE:
        ask_hub(g, request, request->n, answer);
        return send_all(g->client, fault->page, strlen(fault->page));
    case GATE_PAGE:
        return send_all(g->client, fault->page, strlen(fault->page));
    case GATE_LIMIT:
        if ((int64_t)request->n > fault->k) {
            return send_all(g->client, too_large, sizeof(too_large) - 1) && false;
        }
        break;
    case GATE_STRIP:
        if (ask_hub(g, request, request->n, answer)) {
            strip(answer);
            return send_all(g->client, answer->s, answer->n);
        }
        return false;
    case GATE_OPEN:
        break;
    }
    return ask_hub(g, request, request->n, answer) && send_all(g->client, answer->s, answer->n);
}

static bool serve_one(struct guest *g)
{
    struct buf request = {0};
    struct buf answer = {0};
    struct gate_fault fault = {0};
    bool goes_on = read_message(g->gate, g->client, &g->ahead_client, false, &request);
    if (goes_on) {
        struct gate *gate = g->gate;
        pthread_mutex_lock(&gate->lock);
        int number = gate->requests++;
        buf_add_str(&gate->seen, buf_str(&request));
        if (gate->fault.kind != GATE_OPEN && number >= gate->fault.from &&
            number < gate->fault.from + gate->fault.count) {
            fault = gate->fault;
            gate->hits++;
        }
        pthread_mutex_unlock(&gate->lock);
        goes_on = harm(g, &fault, &request, &answer);
    }
    buf_finish(&request);
    buf_finish(&answer);
    return goes_on;
}

static void *serve(void *ctx)
{
    struct guest *g = ctx;
    while (serve_one(g)) {
    }
    close(g->client);
    if (g->hub >= 0) {
        close(g->hub);
    }
    buf_finish(&g->ahead_client);
    buf_finish(&g->ahead_hub);
    pthread_mutex_lock(&g->gate->lock);
    g->gate->guests--;
    pthread_cond_signal(&g->gate->gone);
    pthread_mutex_unlock(&g->gate->lock);
    free(g);
    return NULL;
}

static void *accept_all(void *ctx)
{
    struct gate *gate = ctx;
    while (!atomic_load(&gate->stop)) {
        struct pollfd p = {gate->listener, POLLIN, 0};
        int fd = poll(&p, 1, 20) > 0 ? accept(gate->listener, NULL, NULL) : -1;
        if (fd >= 0) {
            struct guest *g = mem_alloc(1, sizeof(*g));
            pthread_t thread;
            int one = 1;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
            *g = (struct guest){.gate = gate, .client = fd, .hub = -1};
            pthread_mutex_lock(&gate->lock);
            gate->guests++;
            pthread_mutex_unlock(&gate->lock);
            pthread_create(&thread, NULL, serve, g);
            pthread_detach(thread);
        }
    }
    return NULL;
}

struct gate *gate_start(int hub_port)
{
    struct gate *gate = mem_alloc(1, sizeof(*gate));
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(at);
    atomic_store(&gate->hub_port, hub_port);
    gate->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(gate->listener, (struct sockaddr *)&at, sizeof(at)) != 0 ||
        listen(gate->listener, 64) != 0 ||
        getsockname(gate->listener, (struct sockaddr *)&at, &size) != 0) {
        abort();
    }
    gate->port = ntohs(at.sin_port);
    pthread_mutex_init(&gate->lock, NULL);
    pthread_cond_init(&gate->gone, NULL);
    pthread_create(&gate->thread, NULL, accept_all, gate);
    return gate;
}

void gate_stop(struct gate *gate)
{
    atomic_store(&gate->stop, true);
    pthread_join(gate->thread, NULL);
    pthread_mutex_lock(&gate->lock);
    while (gate->guests > 0) {
        pthread_cond_wait(&gate->gone, &gate->lock);
    }
    pthread_mutex_unlock(&gate->lock);
    pthread_mutex_destroy(&gate->lock);
    pthread_cond_destroy(&gate->gone);
    close(gate->listener);
    buf_finish(&gate->seen);
    free(gate);
}

int gate_port(const struct gate *gate)
{
    return gate->port;
}

void gate_point(struct gate *gate, int hub_port)
{
    atomic_store(&gate->hub_port, hub_port);
}

void gate_arm(struct gate *gate, const struct gate_fault *fault)
{
    pthread_mutex_lock(&gate->lock);
    gate->fault = *fault;
    gate->requests = gate->hits = 0;
    buf_clear(&gate->seen);
    pthread_mutex_unlock(&gate->lock);
}

int gate_requests(struct gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    int n = gate->requests;
    pthread_mutex_unlock(&gate->lock);
    return n;
}

int gate_hits(struct gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    int n = gate->hits;
    pthread_mutex_unlock(&gate->lock);
    return n;
}

bool gate_saw(struct gate *gate, const char *text)
{
    pthread_mutex_lock(&gate->lock);
    bool saw = str_find(buf_str(&gate->seen), str_of(text)) >= 0;
    pthread_mutex_unlock(&gate->lock);
    return saw;
}
