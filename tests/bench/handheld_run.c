#include "tests/bench/handheld.h"

#include <dirent.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { START_LIMIT_MS = 120000 };

static void give_up(const char *what)
{
    fprintf(stderr, "handheld: %s\n", what);
    exit(1);
}

double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static bool try_connect(struct handheld *h)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", h->socket);
    h->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (h->fd >= 0 && connect(h->fd, (struct sockaddr *)&address, sizeof(address)) == 0) {
        return true;
    }
    close(h->fd);
    h->fd = -1;
    return false;
}

void handheld_inside(char *answer, size_t room, const char *format, ...)
{
    char path[HANDHELD_PATH] = "", command[4 * HANDHELD_PATH];
    ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
    char *slash = n > 0 ? strrchr(path, '/') : NULL;
    int folder = slash ? (int)(slash - path) : 0;
    int length = snprintf(command, sizeof(command), "'%.*s/inside' ", folder, path);
    va_list args;
    va_start(args, format);
    vsnprintf(command + length, sizeof(command) - (size_t)length, format, args);
    va_end(args);
    FILE *p = popen(command, "r");
    size_t got = p ? fread(answer, 1, room - 1, p) : 0;
    answer[got] = 0;
    answer[strcspn(answer, "\n")] = 0;
    if (!p || pclose(p) != 0) {
        give_up(command);
    }
}

void handheld_start(struct handheld *h, const char *const *argv)
{
    double start = now_ms();
    unlink(h->socket);
    h->pid = fork();
    if (h->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM); /* however the bench ends */
        execvp(argv[0], (char *const *)argv);
        perror(argv[0]);
        _exit(127);
    }
    while (!try_connect(h)) {
        int status;
        if (h->pid < 0 || waitpid(h->pid, &status, WNOHANG) != 0 ||
            now_ms() - start > START_LIMIT_MS) {
            give_up("the program did not open its inspection socket");
        }
        usleep(2000);
    }
}

void handheld_do(struct handheld *h, const char *format, ...)
{
    char line[512], answer[4096];
    size_t n = 0;
    va_list args;
    va_start(args, format);
    int length = vsnprintf(line, sizeof(line) - 1, format, args);
    va_end(args);
    line[length] = '\n';
    if (send(h->fd, line, (size_t)length + 1, MSG_NOSIGNAL) != length + 1) {
        give_up("the program is gone");
    }
    while (n < sizeof(answer) - 1) {
        ssize_t got = read(h->fd, answer + n, sizeof(answer) - 1 - n);
        if (got <= 0) {
            give_up("the program ended");
        }
        n += (size_t)got;
        answer[n] = 0;
        if (strchr(answer, '\n')) {
            break;
        }
    }
    if (!strstr(answer, "\"ok\":true")) {
        fprintf(stderr, "handheld: %s: %s", line, answer);
        exit(1);
    }
}

void handheld_stop(struct handheld *h)
{
    int status;
    close(h->fd);
    kill(h->pid, SIGTERM);
    waitpid(h->pid, &status, 0);
    h->pid = 0;
}

double handheld_cpu_ms(const struct handheld *h)
{
    clockid_t id;
    struct timespec t = {0};
    if (clock_getcpuclockid(h->pid, &id) == 0) {
        clock_gettime(id, &t);
    }
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static long read_number(const char *path, const char *what)
{
    char line[256];
    long n = 0;
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof(line), f)) {
        if (strncmp(line, what, strlen(what)) == 0) {
            n += atol(line + strlen(what));
        }
    }
    if (f) {
        fclose(f);
    }
    return n;
}

long handheld_memory(const struct handheld *h, const char *what)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)h->pid);
    return read_number(path, what);
}

long handheld_switches(const struct handheld *h)
{
    char path[400];
    long n = 0;
    snprintf(path, sizeof(path), "/proc/%d/task", (int)h->pid);
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] != '.') {
            snprintf(path, sizeof(path), "/proc/%d/task/%s/status", (int)h->pid, entry->d_name);
            n += read_number(path, "voluntary_ctxt_switches:");
        }
    }
    if (dir) {
        closedir(dir);
    }
    return n;
}
