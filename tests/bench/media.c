/* Files of a form on their way down: media [FILES [BYTES [BYTES_A_SECOND [BREAK_SECONDS]]]]. A real
 * hub publishes a form with so many pictures, a real device fetches them through a relay that
 * passes so many bytes a second (0: as fast as it can) and breaks every connection every so often;
 * prints one JSON line: connections and breaks, sessions, seconds, CPU of the device, bytes over
 * for the payload, memory. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "app/hub/archive.h"
#include "app/hub/serve.h"
#include "app/store/inbox.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/log.h"
#include "platform/db/crypt.h"
#include "sync/carrier/carriers.h"
#include "sync/run/run.h"

enum { PAIRS = 16 };

struct relay {
    int listener, port, hub_port;
    int64_t rate, break_ms, next_break;
    struct pollfd fds[2 * PAIRS + 1]; /* 2i: device, 2i + 1: hub; the last: the listener */
    atomic_bool stop;
    atomic_llong down;
    atomic_int connections, breaks;
    pthread_t thread;
};

static void must(bool ok, const char *what, const struct err *err)
{
    if (!ok) {
        fprintf(stderr, "media: %s: %s\n", what, err ? err->text : "");
        exit(1);
    }
}

static struct sockaddr_in at_port(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

static void open_listener(struct relay *r)
{
    struct sockaddr_in at = at_port(0);
    socklen_t size = sizeof(at);
    r->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(bind(r->listener, (struct sockaddr *)&at, size) == 0 && listen(r->listener, 8) == 0 &&
             getsockname(r->listener, (struct sockaddr *)&at, &size) == 0,
         "the relay cannot listen", NULL);
    r->port = ntohs(at.sin_port);
}

static void end_pair(struct relay *r, int pair, bool by_reset)
{
    struct linger now = {1, 0};
    for (int i = 2 * pair; i < 2 * pair + 2; i++) {
        if (by_reset) {
            setsockopt(r->fds[i].fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
        }
        close(r->fds[i].fd);
        r->fds[i].fd = -1;
    }
}

static void welcome(struct relay *r)
{
    struct sockaddr_in at = at_port(r->hub_port);
    int small = 4096, device = accept(r->listener, NULL, NULL);
    for (int i = 0; i < PAIRS; i++) {
        if (r->fds[2 * i].fd < 0) {
            int hub = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            setsockopt(hub, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)); /* no hidden queue */
            int yes = 1; /* the relay shall not add waits of its own */
            setsockopt(hub, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
            setsockopt(device, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
            must(connect(hub, (struct sockaddr *)&at, sizeof(at)) == 0, "no way to the hub", NULL);
            r->fds[2 * i] = (struct pollfd){device, POLLIN, 0};
            r->fds[2 * i + 1] = (struct pollfd){hub, POLLIN, 0};
            atomic_fetch_add(&r->connections, 1);
            return;
        }
    }
    close(device);
}

static void pass(struct relay *r, int i)
{
    char bytes[16384];
    bool is_down = i % 2 == 1;
    size_t most = is_down && r->rate > 0 ? 1024 : sizeof(bytes);
    ssize_t n = recv(r->fds[i].fd, bytes, most, MSG_DONTWAIT);
    if (n <= 0 || send(r->fds[i ^ 1].fd, bytes, (size_t)n, MSG_NOSIGNAL) != n) {
        end_pair(r, i / 2, false);
    } else if (is_down) {
        atomic_fetch_add(&r->down, n);
        usleep(r->rate > 0 ? (useconds_t)(n * 1000000 / r->rate) : 0);
    }
}

static void break_all(struct relay *r)
{
    for (int i = 0; i < PAIRS; i++) {
        if (r->fds[2 * i].fd >= 0) {
            end_pair(r, i, true);
        }
    }
    r->next_break = clock_mono_ms() + r->break_ms;
    atomic_fetch_add(&r->breaks, 1);
}

static void *run(void *ctx)
{
    struct relay *r = ctx;
    r->next_break = clock_mono_ms() + r->break_ms;
    while (!atomic_load(&r->stop)) {
        poll(r->fds, 2 * PAIRS + 1, 50);
        for (int i = 0; i < 2 * PAIRS; i++) {
            if (r->fds[i].fd >= 0 && r->fds[i].revents) {
                pass(r, i);
            }
        }
        if (r->fds[2 * PAIRS].revents) {
            welcome(r);
        }
        if (r->break_ms > 0 && clock_mono_ms() >= r->next_break) {
            break_all(r);
        }
    }
    break_all(r);
    return NULL;
}

static void start(struct relay *r)
{
    for (int i = 0; i < 2 * PAIRS; i++) {
        r->fds[i] = (struct pollfd){-1, POLLIN, 0};
    }
    open_listener(r);
    r->fds[2 * PAIRS] = (struct pollfd){r->listener, POLLIN, 0};
    must(pthread_create(&r->thread, NULL, run, r) == 0, "no thread", NULL);
}

/* ---- both ends ------------------------------------------------------------------------------ */

static void add_form(struct buf *to, int files)
{
    buf_add_text(to, "<?xml version=\"1.0\"?><h:html xmlns=\"http://www.w3.org/2002/xforms\" "
                     "xmlns:h=\"http://www.w3.org/1999/xhtml\"><h:head><h:title>Pictures</h:title>"
                     "<model><itext><translation lang=\"en\">");
    for (int i = 0; i < files; i++) {
        buf_addf(to, "<text id=\"t%d\"><value form=\"image\">jr://images/%d.png</value></text>", i,
                 i);
    }
    buf_add_text(to, "</translation></itext><instance><data id=\"pictures\" version=\"1\"><name/>"
                     "<meta><instanceID/></meta></data></instance><bind nodeset=\"/data/name\" "
                     "type=\"string\"/></model></h:head><h:body><input ref=\"/data/name\">"
                     "<label>Name</label></input></h:body></h:html>");
}

static void publish(struct hub *hub, int files, size_t size, char token[TOKEN_TEXT])
{
    struct err err = {0};
    struct formdef *def = NULL;
    struct buf xml = {0}, bytes = {0};
    char code[CODE_TEXT], name[24];
    bool is_new;
    uint32_t x = 1;
    struct archive *archive = hub_take(hub, &err);
    add_form(&xml, files);
    must(archive_device_add(archive, "bench", clock_now_ms() + 3600000, token, code, &err) &&
             formdef_read(&def, buf_str(&xml), &err) &&
             archive_publish(archive, buf_str(&xml), def, &is_new, &err),
         "publish", &err);
    for (int i = 0; i < files; i++) {
        buf_clear(&bytes);
        for (size_t k = 0; k < size; k++) {
            x = x * 1664525u + 1013904223u;
            buf_add_char(&bytes, (char)(x >> 24));
        }
        snprintf(name, sizeof(name), "%d.png", i);
        must(archive_publish_media(archive, "pictures", name, buf_str(&bytes), &err), name, &err);
    }
    formdef_destroy(def);
    hub_give(hub, archive);
    buf_finish(&xml);
    buf_finish(&bytes);
}

static struct store *open_store(const char *folder)
{
    static const unsigned char raw[CRYPT_KEY] = "the key of a device in the bench";
    struct key *key = key_of(raw);
    struct store *store = NULL;
    struct store_health health;
    struct err err = {0};
    must(store_start(folder, key, &store, &health, &err), "store", &err);
    key_destroy(key);
    return store;
}

static double thread_cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1000000;
}

struct total {
    int sessions, files;
    int64_t bytes;
    bool is_there;
};

static void fetch(const char *address, struct store *store, struct total *total)
{
    struct inbox_place place = {store, "bench"};
    const struct run_settings set = {.carrier = carrier_find("openrosa"),
                                     .to = {.address = address, .stall_seconds = 20},
                                     .inbox = inbox_of(&place)};
    for (; !total->is_there && total->sessions < 1000; total->sessions++) {
        struct run_result result;
        struct err err = {0};
        must(run_session(&set, &result, &err), "session", &err);
        total->files += result.news.files;
        total->bytes += result.news.bytes;
        total->is_there = result.news.forms_new + result.news.forms_same == 1;
    }
}

int main(int argc, char **argv)
{
    int files = argc > 1 ? atoi(argv[1]) : 1000;
    size_t size = argc > 2 ? (size_t)atoll(argv[2]) : 10000;
    struct relay relay = {.rate = argc > 3 ? atoll(argv[3]) : 0,
                          .break_ms = argc > 4 ? atoll(argv[4]) * 1000 : 0};
    char hub_folder[] = "/tmp/gocua-media-hub-XXXXXX", device_folder[] = "/tmp/gocua-media-XXXXXX";
    char token[TOKEN_TEXT], address[200];
    struct hub *hub = NULL;
    struct total total = {0};
    struct rusage usage;
    struct err err = {0};
    log_set_level(LOG_ERROR);
    must(mkdtemp(hub_folder) && mkdtemp(device_folder), "no folder", NULL);
    struct hub_options options = {.data = hub_folder, .no_limits = true};
    must(hub_start(&hub, &options, &err), "hub", &err);
    publish(hub, files, size, token);
    relay.hub_port = hub_port(hub);
    start(&relay);
    snprintf(address, sizeof(address), "http://127.0.0.1:%d/key/%s", relay.port, token);
    struct store *store = open_store(device_folder);
    double cpu = thread_cpu_ms();
    int64_t begin = clock_mono_ms();
    fetch(address, store, &total);
    double seconds = (double)(clock_mono_ms() - begin) / 1000;
    cpu = thread_cpu_ms() - cpu;
    getrusage(RUSAGE_SELF, &usage);
    int64_t payload = (int64_t)files * (int64_t)size;
    printf("{\"files\":%d,\"there\":%s,\"connections\":%d,\"breaks\":%d,\"sessions\":%d,"
           "\"seconds\":%.1f,\"device_cpu_ms\":%.0f,\"payload\":%lld,\"bodies\":%lld,"
           "\"over\":%lld,\"ratio\":%.3f,\"peak_mb_both_ends\":%ld}\n",
           total.files, total.is_there ? "true" : "false", atomic_load(&relay.connections),
           atomic_load(&relay.breaks), total.sessions, seconds, cpu, (long long)payload,
           (long long)total.bytes, (long long)atomic_load(&relay.down),
           (double)atomic_load(&relay.down) / (double)payload, usage.ru_maxrss / 1024);
    atomic_store(&relay.stop, true);
    pthread_join(relay.thread, NULL);
    store_close(store);
    hub_stop(hub);
    file_remove_tree(hub_folder, NULL);
    file_remove_tree(device_folder, NULL);
    return total.is_there ? 0 : 1;
}
