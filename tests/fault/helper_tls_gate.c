#include "helper_tls_gate.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "helper_tls_faces.h"
#include "platform/base/mem.h"

struct tls_gate {
    int listener, port, hub_port;
    struct tls_faces faces;
    atomic_bool stop;
    pthread_t thread;
    pthread_mutex_t lock; /* over what follows */
    struct tls_fault fault;
    int requests, hits;
    int64_t stolen;
    struct buf raw; /* of connections that met the fault */
    int guests;
    pthread_cond_t gone;
};

/* One connection. */
struct guest {
    struct tls_gate *gate;
    int client, hub; /* hub -1: not connected */
    SSL *ssl;
    struct tls_fault fault; /* TLS_SERVE as TLS_OURS when it does not meet the fault */
    bool is_hit;
    struct buf ahead_client, ahead_hub;
};

/* Waits for bytes; false when the gate stops. */
static bool wait_for(struct guest *g, int fd)
{
    struct pollfd p = {fd, POLLIN, 0};
    while (!atomic_load(&g->gate->stop)) {
        if (poll(&p, 1, 20) > 0) {
            return true;
        }
    }
    return false;
}

static bool read_client(struct guest *g)
{
    char bytes[16384];
    if (SSL_pending(g->ssl) == 0 && !wait_for(g, g->client)) {
        return false;
    }
    int n = SSL_read(g->ssl, bytes, sizeof(bytes));
    if (n <= 0) {
        return false;
    }
    buf_add(&g->ahead_client, bytes, (size_t)n);
    if (g->is_hit) {
        pthread_mutex_lock(&g->gate->lock);
        g->gate->stolen += n;
        pthread_mutex_unlock(&g->gate->lock);
    }
    return true;
}

static bool read_hub(struct guest *g)
{
    char bytes[16384];
    ssize_t n = wait_for(g, g->hub) ? recv(g->hub, bytes, sizeof(bytes), 0) : -1;
    buf_add(&g->ahead_hub, bytes, n > 0 ? (size_t)n : 0);
    return n > 0;
}

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

/* One whole message out of what `more` brings; a bare one is a head alone, whatever it says. */
static bool read_message(struct guest *g, struct buf *ahead, bool (*more)(struct guest *),
                         bool is_bare, struct buf *message)
{
    ptrdiff_t end;
    while ((end = str_find(buf_str(ahead), STR("\r\n\r\n"))) < 0) {
        if (!more(g)) {
            return false;
        }
    }
    size_t whole = (size_t)end + 4;
    bool is_empty =
        !strncmp(ahead->s, "HTTP/1.1 204", 12) || !strncmp(ahead->s, "HTTP/1.1 304", 12);
    whole += is_bare || is_empty ? 0 : length_in((struct str){ahead->s, (size_t)end + 2});
    while (ahead->n < whole) {
        if (!more(g)) {
            return false;
        }
    }
    buf_clear(message);
    buf_add(message, ahead->s, whole);
    memmove(ahead->s, ahead->s + whole, ahead->n - whole);
    ahead->n -= whole;
    return true;
}

static bool call_hub(struct guest *g)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)g->gate->hub_port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int one = 1;
    if (g->hub < 0) {
        g->hub = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        setsockopt(g->hub, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        return connect(g->hub, (struct sockaddr *)&at, sizeof(at)) == 0;
    }
    return true;
}

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

/* Is it time to be somebody else? */
static bool is_due(struct tls_gate *gate)
{
    return gate->fault.from >= 0 && gate->requests >= gate->fault.from;
}

/* The hub must name its addresses as the client knows them: what reverse proxies say too. */
static bool pass_on(struct guest *g, const struct buf *request)
{
    static const char proto[] = "X-Forwarded-Proto: https\r\n";
    size_t line = (size_t)(strstr(request->s, "\r\n") - request->s) + 2;
    return call_hub(g) && send_all(g->hub, request->s, line) &&
           send_all(g->hub, proto, sizeof(proto) - 1) &&
           send_all(g->hub, request->s + line, request->n - line);
}

/* Passes requests on until somebody ends it, or until the fault is due. */
static void serve_requests(struct guest *g)
{
    struct buf request = {0};
    struct buf answer = {0};
    bool goes_on = true;
    while (goes_on && read_message(g, &g->ahead_client, read_client, false, &request)) {
        bool is_head = !strncmp(request.s, "HEAD", 4);
        goes_on = pass_on(g, &request) &&
                  read_message(g, &g->ahead_hub, read_hub, is_head, &answer) &&
                  SSL_write(g->ssl, answer.s, (int)answer.n) > 0;
        pthread_mutex_lock(&g->gate->lock);
        g->gate->requests++;
        goes_on = goes_on && (g->is_hit || !is_due(g->gate));
        pthread_mutex_unlock(&g->gate->lock);
    }
    buf_finish(&request);
    buf_finish(&answer);
}

static int choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_n,
                       const unsigned char *in, unsigned in_n, void *ctx)
{
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *chosen = NULL;
    int result = SSL_select_next_proto(&chosen, out_n, ours, sizeof(ours) - 1, in, in_n);
    *out = chosen;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

static SSL_CTX *make_context(struct guest *g)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    enum tls_face face = g->fault.face;
    SSL_CTX_use_certificate(ctx, g->gate->faces.certificates[face]);
    SSL_CTX_use_PrivateKey(ctx, g->gate->faces.keys[face]);
    if (g->fault.deed == TLS_OLD) {
        SSL_CTX_set_security_level(ctx, 0);
        SSL_CTX_set_max_proto_version(ctx, TLS1_1_VERSION);
    }
    if (g->fault.deed != TLS_NO_ALPN) {
        SSL_CTX_set_alpn_select_cb(ctx, choose_alpn, NULL);
    }
    return ctx;
}

static void reset(int fd)
{
    struct linger now = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

static void wait_for_end(struct guest *g)
{
    struct pollfd p = {g->client, POLLRDHUP, 0};
    while (!atomic_load(&g->gate->stop) && poll(&p, 1, 20) == 0) {
    }
}

/* What the client sends first, as it is on the wire. */
static void take_hello(struct guest *g, struct buf *hello)
{
    char bytes[4096];
    ssize_t n = wait_for(g, g->client) ? recv(g->client, bytes, sizeof(bytes), 0) : -1;
    buf_add(hello, bytes, n > 0 ? (size_t)n : 0);
    pthread_mutex_lock(&g->gate->lock);
    buf_add_str(&g->gate->raw, buf_str(hello));
    pthread_mutex_unlock(&g->gate->lock);
}

/* The first k bytes of what we would have said, and then an end or silence. */
static void break_handshake(struct guest *g, SSL_CTX *ctx)
{
    struct buf hello = {0};
    BIO *in = BIO_new(BIO_s_mem());
    BIO *out = BIO_new(BIO_s_mem());
    char *flight = NULL;
    take_hello(g, &hello);
    g->ssl = SSL_new(ctx);
    SSL_set_bio(g->ssl, in, out);
    BIO_write(in, buf_text(&hello), (int)hello.n);
    SSL_accept(g->ssl);
    long n = BIO_get_mem_data(out, &flight);
    send_all(g->client, flight, (size_t)(g->fault.k < n ? g->fault.k : n));
    if (g->fault.deed == TLS_STALL) {
        wait_for_end(g);
    } else {
        usleep(1000); /* what was sent may arrive before the reset */
        reset(g->client);
    }
    buf_finish(&hello);
}

static void answer_in_clear(struct guest *g)
{
    static const char page[] = "HTTP/1.1 201 Created\r\nContent-Type: text/xml\r\n"
                               "X-OpenRosa-Version: 1.0\r\nContent-Length: 0\r\n\r\n";
    struct buf hello = {0};
    take_hello(g, &hello);
    send_all(g->client, page, sizeof(page) - 1);
    wait_for_end(g);
    buf_finish(&hello);
}

static void be_guided(struct guest *g)
{
    SSL_CTX *ctx = make_context(g);
    switch (g->fault.deed) {
    case TLS_STALL:
    case TLS_CUT:
        break_handshake(g, ctx);
        break;
    case TLS_CLEAR:
        answer_in_clear(g);
        break;
    default:
        g->ssl = SSL_new(ctx);
        SSL_set_fd(g->ssl, g->client);
        if (wait_for(g, g->client) && SSL_accept(g->ssl) == 1) {
            serve_requests(g);
        } else {
            shutdown(g->client, SHUT_WR); /* the alert arrives before the end */
            wait_for_end(g);
        }
        break;
    }
    SSL_free(g->ssl);
    SSL_CTX_free(ctx);
}

static void *serve(void *ctx)
{
    struct guest *g = ctx;
    pthread_mutex_lock(&g->gate->lock);
    if (is_due(g->gate)) {
        g->fault = g->gate->fault;
        g->is_hit = true;
        g->gate->hits++;
    }
    pthread_mutex_unlock(&g->gate->lock);
    be_guided(g);
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
    struct tls_gate *gate = ctx;
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

struct tls_gate *tls_gate_start(int hub_port, const char *folder)
{
    struct tls_gate *gate = mem_alloc(1, sizeof(*gate));
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(at);
    char roots[512];
    signal(SIGPIPE, SIG_IGN);
    snprintf(roots, sizeof(roots), "%s/roots.pem", folder);
    tls_faces_make(&gate->faces, roots);
    gate->hub_port = hub_port;
    gate->fault.from = -1;
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

void tls_gate_stop(struct tls_gate *gate)
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
    tls_faces_finish(&gate->faces);
    buf_finish(&gate->raw);
    free(gate);
}

int tls_gate_port(const struct tls_gate *gate)
{
    return gate->port;
}

const char *tls_gate_pin(const struct tls_gate *gate, enum tls_face face)
{
    return gate->faces.pins[face];
}

void tls_gate_arm(struct tls_gate *gate, const struct tls_fault *fault)
{
    pthread_mutex_lock(&gate->lock);
    gate->fault = *fault;
    gate->requests = gate->hits = 0;
    gate->stolen = 0;
    buf_clear(&gate->raw);
    pthread_mutex_unlock(&gate->lock);
}

int tls_gate_hits(struct tls_gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    int n = gate->hits;
    pthread_mutex_unlock(&gate->lock);
    return n;
}

int tls_gate_requests(struct tls_gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    int n = gate->requests;
    pthread_mutex_unlock(&gate->lock);
    return n;
}

int64_t tls_gate_stolen(struct tls_gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    int64_t n = gate->stolen;
    pthread_mutex_unlock(&gate->lock);
    return n;
}

bool tls_gate_leaked(struct tls_gate *gate, const char *text)
{
    pthread_mutex_lock(&gate->lock);
    bool has = str_find(buf_str(&gate->raw), str_of(text)) >= 0;
    pthread_mutex_unlock(&gate->lock);
    return has;
}
