/* Load on a hub: records of 2 KB posted over kept connections, each answered after the disk has it.
 * Prints requests a second, CPU a request (server and clients in one process), latencies; then
 * how long the questions of pages and devices take over all these records.
 * usage: hub [CONNECTIONS [SECONDS [PHOTO_BYTES]]] */
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "app/hub/export.h"
#include "app/hub/hub.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"

enum { CONNECTIONS_MAX = 512, LATENCIES = 1 << 20 };

struct load {
    int port;
    char token[TOKEN_TEXT];
    size_t photo;
    atomic_bool stop;
    atomic_long next, done, failed;
    atomic_long client_us;
    uint32_t *latencies;
};

static const char form[] =
    "<h:html xmlns=\"http://www.w3.org/2002/xforms\" xmlns:h=\"http://www.w3.org/1999/xhtml\">"
    "<h:head><h:title>Load</h:title><model><instance><data id=\"load\" "
    "version=\"1\"><note/><photo/>"
    "<meta><instanceID/></meta></data></instance><bind nodeset=\"/data/photo\" type=\"binary\"/>"
    "</model></h:head><h:body/></h:html>";

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void add_request(struct buf *to, const struct load *load, long number)
{
    static const char padding[1500] = {0};
    struct buf body = {0};
    buf_addf(&body, "--BB\r\nContent-Disposition: form-data; name=\"xml_submission_file\"; "
                    "filename=\"s.xml\"\r\n\r\n<data id=\"load\" version=\"1\"><note>");
    for (size_t i = 0; i < sizeof(padding); i++) {
        buf_add_char(&body, (char)('a' + i % 26));
    }
    buf_addf(&body, "</note>%s<meta><instanceID>uuid:%ld</instanceID></meta></data>\r\n",
             load->photo ? "<photo>p.png</photo>" : "", number);
    if (load->photo) {
        buf_add_text(&body, "--BB\r\nContent-Disposition: form-data; name=\"p.png\"; "
                            "filename=\"p.png\"\r\n\r\n");
        buf_addf(&body, "%ld", number);
        for (size_t i = 0; i < load->photo; i++) {
            buf_add_char(&body, (char)i);
        }
        buf_add_text(&body, "\r\n");
    }
    buf_add_text(&body, "--BB--\r\n");
    buf_clear(to);
    buf_addf(to,
             "POST /key/%s/submission HTTP/1.1\r\nHost: h\r\nX-OpenRosa-Version: 1.0\r\n"
             "Content-Type: multipart/form-data; boundary=BB\r\nContent-Length: %zu\r\n\r\n",
             load->token, body.n);
    buf_add_str(to, buf_str(&body));
    buf_finish(&body);
}

/* Sends and reads one whole answer; its status. */
static int exchange(int fd, const struct buf *request)
{
    char answer[4096];
    size_t n = 0;
    for (size_t at = 0; at < request->n;) {
        ssize_t k = send(fd, request->s + at, request->n - at, MSG_NOSIGNAL);
        if (k <= 0) {
            return 0;
        }
        at += (size_t)k;
    }
    for (;;) {
        ssize_t k = recv(fd, answer + n, sizeof(answer) - 1 - n, 0);
        if (k <= 0) {
            return 0;
        }
        n += (size_t)k;
        answer[n] = '\0';
        const char *end = strstr(answer, "\r\n\r\n"),
                   *length = strstr(answer, "\r\nContent-Length: ");
        if (end && length && (size_t)(end + 4 - answer) + strtoul(length + 18, NULL, 10) <= n) {
            return atoi(answer + 9);
        }
    }
}

static void *send_records(void *ctx)
{
    struct load *load = ctx;
    struct buf request = {0};
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)load->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        return NULL;
    }
    while (!atomic_load(&load->stop)) {
        add_request(&request, load, atomic_fetch_add(&load->next, 1));
        int64_t start = now_us();
        if (exchange(fd, &request) != 201) {
            atomic_fetch_add(&load->failed, 1);
            break;
        }
        long i = atomic_fetch_add(&load->done, 1);
        if (i < LATENCIES) {
            load->latencies[i] = (uint32_t)(now_us() - start);
        }
    }
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    atomic_fetch_add(&load->client_us, (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
                                           usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    close(fd);
    buf_finish(&request);
    return NULL;
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static bool prepare(const char *data, struct load *load)
{
    struct archive *archive = NULL;
    struct formdef *def = NULL;
    char code[CODE_TEXT];
    bool is_new;
    struct err err = {0};
    bool ok =
        archive_open(&archive, data, &err) && formdef_read(&def, str_of(form), &err) &&
        archive_publish(archive, str_of(form), def, &is_new, &err) &&
        archive_device_add(archive, "load", clock_now_ms() + 3600000, load->token, code, &err);
    formdef_destroy(def);
    archive_close(archive);
    if (!ok) {
        fprintf(stderr, "%s\n", err.text);
    }
    return ok;
}

static void report(const struct load *load, int connections, double seconds)
{
    struct rusage usage;
    long n = atomic_load(&load->done), k = n < LATENCIES ? n : LATENCIES;
    if (n == 0) {
        printf("nothing was taken\n");
        return;
    }
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
                 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    qsort(load->latencies, (size_t)k, sizeof(*load->latencies), compare);
    printf("connections %d  photo %zu B  posts %ld  failed %ld\n", connections, load->photo, n,
           atomic_load(&load->failed));
    printf("posts/s %.0f  CPU a post: server %.0f us, client %.0f us\n", (double)n / seconds,
           (cpu - (double)atomic_load(&load->client_us)) / (double)n,
           (double)atomic_load(&load->client_us) / (double)n);
    printf("latency ms: p50 %.1f  p90 %.1f  p99 %.1f  max %.1f  RSS max %ld MiB\n",
           load->latencies[k / 2] / 1e3, load->latencies[k * 9 / 10] / 1e3,
           load->latencies[k * 99 / 100] / 1e3, load->latencies[k - 1] / 1e3,
           usage.ru_maxrss / 1024);
}

static bool pass_record(void *ctx, const struct archive_record *record)
{
    return true;
}

static void pass_form(void *ctx, const struct archive_form *row)
{
}

static void pass_count(void *ctx, const struct archive_count *count)
{
}

static void export_all(struct archive *archive)
{
    struct export_options options = {.format = EXPORT_CSV};
    struct exporter *exporter = NULL;
    struct buf piece = {0};
    size_t size = 0;
    int64_t start = now_us();
    bool ok = exporter_create(&exporter, archive, &options, NULL);
    do {
        buf_clear(&piece);
        ok = ok && exporter_add(exporter, archive, &piece, NULL);
        size += piece.n;
    } while (ok && piece.n > 0);
    printf("CSV of all: %.0f ms, %zu KiB\n", (double)(now_us() - start) / 1e3, size / 1024);
    exporter_destroy(exporter);
    buf_finish(&piece);
}

/* Over what the load left behind. */
static void ask(const char *data)
{
    struct archive *archive = NULL;
    struct archive_totals totals = {0};
    struct archive_filter page = {.count = 50}, of_form = {.count = 50, .form = "load"};
    if (!archive_open(&archive, data, NULL)) {
        return;
    }
    int64_t t[6] = {now_us()};
    archive_record_list(archive, &page, pass_record, NULL, NULL);
    t[1] = now_us();
    archive_record_list(archive, &of_form, pass_record, NULL, NULL);
    t[2] = now_us();
    archive_totals(archive, &totals, NULL);
    t[3] = now_us();
    archive_form_list(archive, NULL, false, pass_form, NULL, NULL);
    t[4] = now_us();
    archive_counts(archive, 56, pass_count, NULL, NULL);
    t[5] = now_us();
    printf("over %lld records, ms: newest 50 %.1f  of a form %.1f  totals %.1f  form list %.1f  "
           "days %.1f\n",
           (long long)totals.records, (double)(t[1] - t[0]) / 1e3, (double)(t[2] - t[1]) / 1e3,
           (double)(t[3] - t[2]) / 1e3, (double)(t[4] - t[3]) / 1e3, (double)(t[5] - t[4]) / 1e3);
    export_all(archive);
    archive_close(archive);
}

int main(int argc, char **argv)
{
    int connections = argc > 1 ? atoi(argv[1]) : 32, seconds = argc > 2 ? atoi(argv[2]) : 5;
    static struct load load;
    static pthread_t threads[CONNECTIONS_MAX];
    char data[] = "/tmp/gocua-bench-XXXXXX";
    struct hub *hub = NULL;
    struct err err = {0};
    load.photo = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
    load.latencies = calloc(LATENCIES, sizeof(*load.latencies));
    if (connections < 1 || connections > CONNECTIONS_MAX || !mkdtemp(data) || !load.latencies ||
        !prepare(data, &load)) {
        return 1;
    }
    struct hub_options options = {.data = data, .no_limits = true};
    if (!hub_start(&hub, &options, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    load.port = hub_port(hub);
    int64_t start = now_us();
    for (int i = 0; i < connections; i++) {
        pthread_create(&threads[i], NULL, send_records, &load);
    }
    sleep((unsigned)seconds);
    atomic_store(&load.stop, true);
    for (int i = 0; i < connections; i++) {
        pthread_join(threads[i], NULL);
    }
    double took = (double)(now_us() - start) / 1e6;
    hub_stop(hub);
    report(&load, connections, took);
    ask(data);
    file_remove_tree(data, NULL);
    free(load.latencies);
    return atomic_load(&load.failed) > 0;
}
