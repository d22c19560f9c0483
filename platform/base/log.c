#include "platform/base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "platform/base/clock.h"

enum { LOG_FILE_MAX = 512 * 1024, LOG_PATH_MAX = 1024 };

static struct {
    pthread_mutex_t lock;
    FILE *file;
    long size;
    enum log_level level;
    char path[LOG_PATH_MAX];
} sink = {.lock = PTHREAD_MUTEX_INITIALIZER, .level = LOG_WARN};

static void turn_over(void)
{
    char old[LOG_PATH_MAX + 2];
    snprintf(old, sizeof(old), "%s.1", sink.path);
    fclose(sink.file);
    rename(sink.path, old);
    sink.file = fopen(sink.path, "we");
    sink.size = 0;
}

void log_write(enum log_level level, const char *room, const char *fmt, ...)
{
    static const char letters[] = "EWID";
    char line[512], when[CLOCK_TEXT];
    if (level > sink.level) {
        return;
    }
    va_list args;
    va_start(args, fmt);
    vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);
    clock_format_utc(clock_now_ms(), when);
    pthread_mutex_lock(&sink.lock);
    FILE *out = sink.file ? sink.file : stderr;
    int n = fprintf(out, "%s %c %s: %s\n", when, letters[level], room, line);
    fflush(out);
    if (sink.file && n > 0 && (sink.size += n) > LOG_FILE_MAX) {
        turn_over();
    }
    pthread_mutex_unlock(&sink.lock);
}

bool log_open(const char *path, struct err *err)
{
    if (strlen(path) >= LOG_PATH_MAX) {
        return err_set(err, ERR_INPUT, 0, "the path of the log is too long");
    }
    FILE *file = fopen(path, "ae");
    if (!file) {
        return err_set(err, ERR_STORAGE, errno, "cannot open the log: %s", strerror(errno));
    }
    pthread_mutex_lock(&sink.lock);
    if (sink.file) {
        fclose(sink.file);
    }
    sink.file = file;
    fseek(file, 0, SEEK_END);
    sink.size = ftell(file);
    snprintf(sink.path, sizeof(sink.path), "%s", path);
    pthread_mutex_unlock(&sink.lock);
    return true;
}

void log_close(void)
{
    pthread_mutex_lock(&sink.lock);
    if (sink.file) {
        fclose(sink.file);
        sink.file = NULL;
    }
    pthread_mutex_unlock(&sink.lock);
}

void log_set_level(enum log_level level)
{
    sink.level = level;
}
