#define LOG_ROOM "hub"
#include "app/hub/command.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "app/hub/serve.h"
#include "platform/base/log.h"

enum {
    SERVE_LISTEN,
    SERVE_CERT,
    SERVE_KEY,
    SERVE_NEXT,
    SERVE_THREADS,
    SERVE_LIMIT,
    SERVE_NO_LIMITS
};

/* "host:port", "[::1]:port" or "port". */
static bool read_listen(const char *text, char *host, size_t size, int *port)
{
    const char *colon = strrchr(text, ':');
    long long number = 0;
    struct str name = {text, colon ? (size_t)(colon - text) : 0};
    if (name.n > 1 && name.s[0] == '[' && name.s[name.n - 1] == ']') {
        name = (struct str){name.s + 1, name.n - 2};
    }
    if (!str_to_int64(str_of(colon ? colon + 1 : text), &number) || number < 0 || number > 65535 ||
        name.n >= size) {
        return false;
    }
    if (name.n > 0) {
        snprintf(host, size, STR_FMT, STR_ARG(name));
    }
    *port = (int)number;
    return true;
}

static void allow_many_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* Keeps the address for "device add", and says how to get into the pages. */
static void tell(const struct command_line *line, struct hub *hub, const char *host, bool is_tls)
{
    struct err err = {0};
    struct buf url = {0}, passphrase = {0};
    bool is_v6 = strchr(host, ':') != NULL;
    buf_addf(&url, "%s://%s%s%s:%d", is_tls ? "https" : "http", is_v6 ? "[" : "", host,
             is_v6 ? "]" : "", hub_port(hub));
    struct archive *archive = hub_take(hub, &err);
    bool ok = archive && archive_set(archive, "url", buf_str(&url), &err) &&
              archive_setting(archive, "passphrase", &passphrase, &err);
    if (!ok) {
        log_warn("the place of the hub was not kept: %s", err.text);
    } else if (passphrase.n == 0) {
        char text[PASSPHRASE_TEXT];
        if (organisation_new_passphrase(archive, text, &err)) {
            fprintf(line->shell->out, "passphrase for the pages (shown once): %s\n", text);
        }
    }
    hub_give(hub, archive);
    fprintf(line->shell->out, "listening on %s/\n", buf_text(&url));
    fflush(line->shell->out);
    buf_finish(&url);
    buf_finish(&passphrase);
}

static int serve(struct command_line *line)
{
    char host[256] = "127.0.0.1";
    struct hub_options options = {.data = line->data,
                                  .host = host,
                                  .port = 8085,
                                  .tls_cert = line->options[SERVE_CERT],
                                  .tls_key = line->options[SERVE_KEY],
                                  .tls_next = line->options[SERVE_NEXT],
                                  .no_limits = line->options[SERVE_NO_LIMITS] != NULL};
    const char *listen = line->options[SERVE_LISTEN];
    const char *threads = line->options[SERVE_THREADS], *limit = line->options[SERVE_LIMIT];
    struct hub *hub = NULL;
    struct err err = {0};
    sigset_t ends;
    int got = 0;
    if (listen && !read_listen(listen, host, sizeof(host), &options.port)) {
        fprintf(line->shell->errors, "gocua-hub: --listen wants HOST:PORT\n");
        return 2;
    }
    options.threads = threads ? (unsigned)strtoul(threads, NULL, 10) : 0;
    options.body_limit = limit ? strtoull(limit, NULL, 10) : 0;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &ends, NULL); /* in all threads: one is waiting for them below */
    allow_many_files();
    if (!hub_start(&hub, &options, &err)) {
        return command_failed(line, &err);
    }
    tell(line, hub, host, options.tls_cert != NULL);
    sigwait(&ends, &got);
    hub_stop(hub);
    return 0;
}

const struct command commands_serve[] = {
    {"serve",
     "[--listen 127.0.0.1:8085] [--tls-cert FILE --tls-key FILE [--tls-next FILE]] [--threads N] "
     "[--limit-bytes N] [--no-rate-limits]",
     "Serves until it is ended by a signal. Devices believe the key of the certificate, and that\n"
     "of --tls-next (key or certificate) from their next visit on: announce it before you change.",
     {"listen=", "tls-cert=", "tls-key=", "tls-next=", "threads=", "limit-bytes=",
      "no-rate-limits"},
     0,
     0,
     serve},
    {NULL, NULL, NULL, {NULL}, 0, 0, NULL},
};
