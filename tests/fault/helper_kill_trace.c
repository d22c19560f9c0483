#include "helper_kill_trace.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OPTIONS = PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE };
enum { CALL_STOP = SIGTRAP | PTRACE_EVENT_SECCOMP << 8 };

struct follower {
    pid_t child;
    int journal;
    long kill_at;
    struct traced *out;
    bool is_killed;
};

/* Every call stops for the tracer before it runs, and only there: half the stops of PTRACE_SYSCALL,
 * and it is these that cost. The threads of the child inherit it. */
static bool stop_at_calls(void)
{
    struct sock_filter stop = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
    struct sock_fprog program = {.len = 1, .filter = &stop};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* A process group of its own, so that the parent can wait for all its threads and nobody else. */
static pid_t begin(void (*what)(void *ctx), void *ctx, bool is_traced)
{
    fflush(NULL);
    pid_t child = fork();
    if (child != 0) {
        setpgid(child, child);
        return child;
    }
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (is_traced) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) {
            _exit(126);
        }
        raise(SIGSTOP);
        if (!stop_at_calls()) {
            _exit(126);
        }
    }
    what(ctx);
    _exit(0);
}

/* A thread stands before a call. */
static void at_call(struct follower *f, pid_t thread)
{
    struct __ptrace_syscall_info info = {0};
    if (f->is_killed || ptrace(PTRACE_GET_SYSCALL_INFO, thread, (void *)sizeof(info), &info) <= 0 ||
        info.op != PTRACE_SYSCALL_INFO_SECCOMP) {
        return;
    }
    f->out->calls++;
    if (f->out->opened == 0 && info.seccomp.nr == SYS_write &&
        info.seccomp.args[0] == (unsigned long long)f->journal) {
        f->out->opened = f->out->calls;
    }
    if (f->out->calls == f->kill_at) {
        f->out->call = (long)info.seccomp.nr;
        f->is_killed = true;
        kill(f->child, SIGKILL);
    }
}

/* Until the child is gone. A group is only reported gone when all its threads were waited for. */
static void follow(struct follower *f)
{
    int status;
    for (;;) {
        pid_t thread = waitpid(-f->child, &status, __WALL);
        if (thread < 0 && errno == EINTR) {
            continue;
        }
        if (thread < 0 || (thread == f->child && (WIFEXITED(status) || WIFSIGNALED(status)))) {
            f->out->status = status;
            return;
        }
        if (!WIFSTOPPED(status)) {
            continue; /* a thread ended */
        }
        int signal = WSTOPSIG(status);
        if (status >> 8 == CALL_STOP) {
            at_call(f, thread);
        }
        bool is_ours = signal == SIGTRAP || signal == SIGSTOP;
        ptrace(PTRACE_CONT, thread, NULL, (void *)(long)(is_ours ? 0 : signal));
    }
}

static void nothing(void *ctx)
{
    (void)ctx;
    getppid();
}

bool trace_is_allowed(void)
{
    struct traced traced;
    return trace_run(nothing, NULL, -1, KILL_NEVER, &traced) && traced.calls > 0;
}

bool trace_run(void (*what)(void *ctx), void *ctx, int journal, long kill_at, struct traced *out)
{
    int status = 0;
    *out = (struct traced){.call = -1};
    struct follower f = {.child = begin(what, ctx, kill_at >= 0),
                         .journal = journal,
                         .kill_at = kill_at,
                         .out = out};
    if (f.child < 0) {
        return false;
    }
    if (kill_at >= 0) {
        if (waitpid(f.child, &status, 0) != f.child || !WIFSTOPPED(status) ||
            ptrace(PTRACE_SETOPTIONS, f.child, NULL, (void *)OPTIONS) != 0) {
            kill(f.child, SIGKILL);
            follow(&f);
            return false;
        }
        ptrace(PTRACE_CONT, f.child, NULL, NULL);
    }
    follow(&f);
    return true;
}
