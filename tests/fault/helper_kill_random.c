#include "helper_kill_random.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATH = 4096 };

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* BUILD/bench/fault stands two below the source, as every build of a preset does. */
static void find(const char *what, char path[PATH + 64])
{
    char self[PATH];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    self[n > 0 ? n : 0] = 0;
    char *slash = strrchr(self, '/');
    if (slash) {
        *slash = 0;
    }
    snprintf(path, PATH + 64, "%s/../%s", self, what);
}

static void run(struct random_kills *kills, const char *program)
{
    char source[PATH + 64], fonts[PATH + 128], text[32];
    find("..", source);
    snprintf(fonts, sizeof(fonts), "%s/assets/fonts/fonts.conf", source);
    setenv("GOCUA_SOURCE", source, 0);
    setenv("FONTCONFIG_FILE", fonts, 0);
    snprintf(text, sizeof(text), "%d", kills->count);
    setenv("GOCUA_KILLS", text, 1);
    snprintf(text, sizeof(text), "%llu", kills->seed);
    setenv("GOCUA_SEED", text, 1);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(fileno(kills->said), STDOUT_FILENO);
    dup2(fileno(kills->said), STDERR_FILENO);
    execl(program, program, (char *)NULL);
    _exit(127);
}

void random_kills_begin(struct random_kills *kills, int count, unsigned long long seed)
{
    char program[PATH + 64];
    *kills = (struct random_kills){.count = count, .seed = seed, .from = seconds()};
    if (count == 0) {
        return;
    }
    find("test_screen_kills", program);
    kills->said = tmpfile();
    if (access(program, X_OK) != 0 || !kills->said) {
        printf("F02 left out: there is no %s\n", program);
        return;
    }
    fflush(NULL);
    kills->pid = fork();
    if (kills->pid == 0) {
        run(kills, program);
    }
}

int random_kills_end(struct random_kills *kills)
{
    char line[1024];
    int status = 0, made = 0, inside = 0;
    if (kills->pid > 0) {
        waitpid(kills->pid, &status, 0);
        rewind(kills->said);
        while (fgets(line, sizeof(line), kills->said)) {
            if (status != 0) {
                fputs(line, stderr); /* its first line plays it again */
            }
            sscanf(line, "%d kills, %d of them", &made, &inside);
        }
        if (status != 0) {
            fprintf(stderr, "broken: kills on the screens, wait status %#x\n", (unsigned)status);
        } else {
            printf("F02 killed at random   %6d injections  %6d inside a visit  %6.1f s\n", made,
                   inside, seconds() - kills->from);
        }
    }
    if (kills->said) {
        fclose(kills->said);
    }
    return status != 0;
}
