#include "app/ui/inspect.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/ui/node.h"
#include "app/ui/script.h"
#include "platform/base/json.h"
#include "platform/thread/mail.h"

enum { LINE_MOST = 64 * 1024 };

struct inspect {
    char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
    int listener, stop, client;
    pthread_t thread;
    struct mailbox *box;
    bool is_serving;
};

static void wake(void *window)
{
    window_wake(window);
}

/* Hands over each whole line; what is left stays in the buffer. */
static void post_lines(struct inspect *inspect, struct buf *in)
{
    char *end;
    while (in->n > 0 && (end = memchr(in->s, '\n', in->n)) != NULL) {
        size_t n = (size_t)(end - in->s);
        struct mail mail = {.about = (uint64_t)inspect->client, .parcel = mem_strndup(in->s, n)};
        mailbox_post(inspect->box, &mail);
        memmove(in->s, end + 1, in->n - n - 1);
        in->n -= n + 1;
    }
}

static void talk(struct inspect *inspect)
{
    struct buf in = {.limit = LINE_MOST};
    struct pollfd fds[2] = {{.fd = inspect->client, .events = POLLIN},
                            {.fd = inspect->stop, .events = POLLIN}};
    char bytes[4096];
    while (poll(fds, 2, -1) >= 0 || errno == EINTR) {
        if (fds[1].revents) {
            break;
        }
        if (!fds[0].revents) {
            continue;
        }
        ssize_t n = read(inspect->client, bytes, sizeof(bytes));
        if (n <= 0) {
            break;
        }
        buf_add(&in, bytes, (size_t)n);
        if (in.full) {
            break;
        }
        post_lines(inspect, &in);
    }
    buf_finish(&in);
}

static void *listen_for(void *ctx)
{
    struct inspect *inspect = ctx;
    struct pollfd fds[2] = {{.fd = inspect->listener, .events = POLLIN},
                            {.fd = inspect->stop, .events = POLLIN}};
    while (poll(fds, 2, -1) >= 0 || errno == EINTR) {
        if (fds[1].revents) {
            break;
        }
        if (!fds[0].revents) {
            continue;
        }
        int client = accept4(inspect->listener, NULL, NULL, SOCK_CLOEXEC);
        if (client >= 0) {
            int before = inspect->client; /* kept until now: an answer may have been under way */
            inspect->client = client;
            if (before >= 0) {
                close(before);
            }
            talk(inspect);
        }
    }
    return NULL;
}

static void send_all(int fd, struct str text)
{
    while (text.n > 0) {
        ssize_t n = send(fd, text.s, text.n, MSG_NOSIGNAL);
        if (n <= 0 && errno != EINTR) {
            return; /* who asked is gone */
        }
        n = n < 0 ? 0 : n;
        text = (struct str){text.s + n, text.n - (size_t)n};
    }
}

static void answer(struct ui *ui, int fd, const char *line)
{
    struct buf out = {0}, shown = {0};
    struct err err = {0};
    double begin = wait_clock();
    ui->signed_ms = 0;
    bool good = script_do(ui, str_of(line), &shown, &err);
    double end = wait_clock(), seen = ui->signed_ms > 0 ? ui->signed_ms : end;
    if (good && shown.n > 0 && shown.s[0] == '{') {
        for (size_t i = 0; i < shown.n; i++) { /* one answer is one line */
            buf_add_char(&out, shown.s[i] == '\n' ? ' ' : shown.s[i]);
        }
    } else {
        buf_add_text(&out, "{\"ok\":");
        buf_add_text(&out, good ? "true" : "false");
        if (!good) {
            json_add_key(&out, "error");
            json_add_text(&out, str_of(err.text));
        }
        buf_addf(&out, ",\"ms\":%.2f,\"seen_ms\":%.2f}", end - begin, seen - begin);
    }
    buf_add_char(&out, '\n');
    send_all(fd, buf_str(&out));
    buf_finish(&out);
    buf_finish(&shown);
}

void inspect_serve(struct ui *ui)
{
    struct inspect *inspect = ui->inspect;
    struct mail mail;
    if (!inspect || inspect->is_serving) {
        return;
    }
    inspect->is_serving = true;
    while (mailbox_take(inspect->box, &mail)) {
        answer(ui, (int)mail.about, mail.parcel);
        mail_discard(&mail);
    }
    inspect->is_serving = false;
}

static bool socket_open(struct inspect *inspect, const char *path, struct err *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(address.sun_path)) {
        return err_set(err, ERR_INPUT, 0, "the path of the socket is too long");
    }
    strcpy(address.sun_path, path);
    strcpy(inspect->path, path);
    inspect->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unlink(path);
    mode_t mask = umask(0177);
    bool good = inspect->listener >= 0 &&
                bind(inspect->listener, (struct sockaddr *)&address, sizeof(address)) == 0 &&
                listen(inspect->listener, 1) == 0;
    umask(mask);
    return good || err_set(err, ERR_DEVICE, errno, "no socket at %s", path);
}

bool ui_inspect(struct ui *ui, const char *path, struct err *err)
{
    struct inspect *inspect = mem_alloc(1, sizeof(*inspect));
    inspect->listener = inspect->stop = inspect->client = -1;
    inspect->box = mailbox_create(wake, ui->window);
    inspect->stop = eventfd(0, EFD_CLOEXEC);
    if (!socket_open(inspect, path, err)) {
        inspect_close(inspect);
        return false;
    }
    if (pthread_create(&inspect->thread, NULL, listen_for, inspect) != 0) {
        close(inspect->listener);
        inspect->listener = -1;
        inspect_close(inspect);
        return err_set(err, ERR_DEVICE, 0, "no thread for the inspection socket");
    }
    ui->inspect = inspect;
    return true;
}

void inspect_close(struct inspect *inspect)
{
    if (!inspect) {
        return;
    }
    if (inspect->thread) {
        uint64_t one = 1;
        ssize_t n = write(inspect->stop, &one, sizeof(one));
        (void)n; /* an eventfd takes 1 always */
        pthread_join(inspect->thread, NULL);
        unlink(inspect->path);
    }
    mailbox_destroy(inspect->box);
    int fds[] = {inspect->listener, inspect->stop, inspect->client};
    for (int i = 0; i < 3; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
    free(inspect);
}
