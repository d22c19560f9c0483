#include "helper_tun.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/route.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "helper_flow.h"

enum { PACKET = 2048, QUEUE = 64 << 10, ENDS = 2 };

/* A packet on its way. */
struct packet {
    struct packet *next;
    int64_t air_us; /* its time on the air is over */
    int64_t due_us; /* it arrives */
    size_t n;
    unsigned char bytes[PACKET];
};

/* One direction. */
struct way {
    struct tun_way set;
    struct packet *first; /* by due_us */
    int64_t air_us;       /* the air is taken until then */
    struct flows flows;
    struct tun_count count;
};

struct tun {
    int home, spaces[ENDS], fds[ENDS], wake;
    pthread_t thread;
    pthread_mutex_t lock; /* over all below */
    struct way ways[ENDS];
    struct tun_settings set;
    int64_t break_us, break_end_us;
    bool in_break, ends;
    int breaks;
    uint64_t state;
};

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* splitmix64, as in the other lanes. */
static uint64_t draw(struct tun *tun)
{
    uint64_t z = tun->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* ---- the two namespaces --------------------------------------------------------------------- */

static void set_address(struct ifreq *r, const char *text)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    inet_pton(AF_INET, text, &at.sin_addr);
    memcpy(&r->ifr_addr, &at, sizeof(at));
}

static bool raise_link(int s, const char *name)
{
    struct ifreq r = {0};
    snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
    r.ifr_flags = IFF_UP | IFF_RUNNING;
    return ioctl(s, SIOCSIFFLAGS, &r) == 0;
}

/* A TUN device in the namespace of this thread, with its address and a default route. */
static int make_device(const char *own, const char *peer)
{
    char name[] = "gocua0";
    struct ifreq r = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    struct sockaddr_in any = {.sin_family = AF_INET};
    struct rtentry route = {.rt_flags = RTF_UP, .rt_dev = name};
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    memcpy(&route.rt_dst, &any, sizeof(any));
    memcpy(&route.rt_genmask, &any, sizeof(any));
    snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
    bool ok = fd >= 0 && s >= 0 && ioctl(fd, TUNSETIFF, &r) == 0;
    set_address(&r, own);
    ok = ok && ioctl(s, SIOCSIFADDR, &r) == 0;
    set_address(&r, peer);
    ok = ok && ioctl(s, SIOCSIFDSTADDR, &r) == 0 && raise_link(s, "lo") && raise_link(s, name) &&
         ioctl(s, SIOCADDRT, &route) == 0;
    if (s >= 0) {
        close(s);
    }
    if (!ok && fd >= 0) {
        close(fd);
    }
    return ok ? fd : -1;
}

static int own_space(void)
{
    return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

static bool make_end(struct tun *tun, int end, const char **why)
{
    static const char *const addresses[] = {TUN_DEVICE_ADDRESS, TUN_HUB_ADDRESS};
    if (unshare(CLONE_NEWNET) != 0) {
        *why = "network namespaces need root";
        return false;
    }
    tun->spaces[end] = own_space();
    tun->fds[end] = make_device(addresses[end], addresses[!end]);
    if (tun->spaces[end] < 0 || tun->fds[end] < 0 || setns(tun->home, CLONE_NEWNET) != 0) {
        *why = "no TUN device here (/dev/net/tun)";
        return false;
    }
    return true;
}

void tun_enter(struct tun *tun, enum tun_place place)
{
    if (setns(place == TUN_HOME ? tun->home : tun->spaces[place - TUN_DEVICE], CLONE_NEWNET)) {
        abort();
    }
}

/* ---- packets -------------------------------------------------------------------------------- */

static void drop_all(struct way *way)
{
    while (way->first) {
        struct packet *gone = way->first;
        way->first = gone->next;
        way->count.broken++;
        free(gone);
    }
    way->air_us = 0;
}

static void put(struct way *way, struct packet *packet)
{
    struct packet **at = &way->first;
    while (*at && (*at)->due_us <= packet->due_us) {
        at = &(*at)->next;
    }
    packet->next = *at;
    *at = packet;
}

/* Bytes that wait for the air or are on it. */
static int64_t waiting(const struct way *way, int64_t now)
{
    int64_t n = 0;
    for (const struct packet *p = way->first; p; p = p->next) {
        n += p->air_us > now ? (int64_t)p->n : 0;
    }
    return n;
}

static void carry(struct tun *tun, struct way *way, struct packet *packet, int64_t now)
{
    const struct tun_way *set = &way->set;
    int64_t room = set->queue ? set->queue : QUEUE;
    if (tun->in_break || (set->rate && waiting(way, now) + (int64_t)packet->n > room)) {
        way->count.broken += tun->in_break;
        way->count.full += !tun->in_break;
        free(packet);
        return;
    }
    int64_t begin = way->air_us > now ? way->air_us : now;
    way->air_us = begin + (set->rate ? (int64_t)packet->n * 1000000 / set->rate : 0);
    packet->air_us = packet->due_us = way->air_us;
    packet->due_us += (int64_t)set->delay_ms * 1000;
    if (set->jitter_ms) {
        int64_t span = (int64_t)set->jitter_ms * 1000;
        packet->due_us += (int64_t)(draw(tun) % (uint64_t)(2 * span)) - span;
        packet->due_us = packet->due_us < packet->air_us ? packet->air_us : packet->due_us;
    }
    if (set->loss && draw(tun) % 1000 < (uint64_t)set->loss) {
        way->count.lost++;
        free(packet);
        return;
    }
    put(way, packet);
}

static void hand_over(int fd, const unsigned char *bytes, size_t n)
{
    ssize_t done = write(fd, bytes, n);
    (void)done; /* a device that is gone takes nothing, as any wire */
}

/* Everything that stands at one end. */
static void take_in(struct tun *tun, int end, int64_t now)
{
    struct way *way = &tun->ways[end];
    for (;;) {
        struct packet *packet = malloc(sizeof(*packet));
        ssize_t n = packet ? read(tun->fds[end], packet->bytes, sizeof(packet->bytes)) : -1;
        if (n <= 0) {
            free(packet);
            return;
        }
        packet->n = (size_t)n;
        way->count.packets++;
        way->count.bytes += n;
        enum flow_fate fate = flow_note(&way->flows, packet->bytes, packet->n, &way->count);
        unsigned char answer[FLOW_RESET];
        if (fate == FLOW_RESETS && !tun->in_break &&
            flow_make_reset(packet->bytes, packet->n, answer)) {
            hand_over(tun->fds[end], answer, sizeof(answer));
        }
        if (fate == FLOW_GOES) {
            carry(tun, way, packet, now);
        } else {
            way->count.broken++;
            free(packet);
        }
    }
}

static void deliver(struct tun *tun, int end, int64_t now)
{
    struct way *way = &tun->ways[end];
    while (way->first && way->first->due_us <= now) {
        struct packet *packet = way->first;
        way->first = packet->next;
        hand_over(tun->fds[!end], packet->bytes, packet->n);
        free(packet);
    }
}

/* ---- breaks --------------------------------------------------------------------------------- */

static void begin_break(struct tun *tun, int64_t now)
{
    enum tun_break kind = tun->set.breaks;
    kind = kind != TUN_BREAK_MIXED ? kind : draw(tun) % 2 ? TUN_BREAK_RESET : TUN_BREAK_SILENT;
    tun->in_break = true;
    tun->break_end_us = now + (int64_t)tun->set.break_ms * 1000;
    tun->breaks++;
    for (int i = 0; i < ENDS; i++) {
        drop_all(&tun->ways[i]);
        if (kind != TUN_BREAK_SILENT) {
            flows_end(&tun->ways[i].flows, kind == TUN_BREAK_RESET ? FLOW_RESETS : FLOW_VANISHES);
        }
    }
}

static void turn_breaks(struct tun *tun, int64_t now)
{
    if (tun->in_break && now >= tun->break_end_us) {
        tun->in_break = false;
        tun->break_us = now + (int64_t)tun->set.break_every_ms * 1000;
    } else if (!tun->in_break && tun->set.break_every_ms && now >= tun->break_us) {
        begin_break(tun, now);
    }
}

/* Milliseconds until something is due; rounded up, at most a second. */
static int until_due(const struct tun *tun, int64_t now)
{
    int64_t due = now + 1000000;
    for (int i = 0; i < ENDS; i++) {
        const struct packet *first = tun->ways[i].first;
        due = first && first->due_us < due ? first->due_us : due;
    }
    int64_t turn = tun->in_break ? tun->break_end_us : tun->break_us;
    due = tun->set.break_every_ms && turn < due ? turn : due;
    return due <= now ? 0 : (int)((due - now + 999) / 1000);
}

static void *run(void *ctx)
{
    struct tun *tun = ctx;
    pthread_mutex_lock(&tun->lock);
    while (!tun->ends) {
        int wait = until_due(tun, now_us());
        struct pollfd fds[] = {
            {tun->fds[0], POLLIN, 0}, {tun->fds[1], POLLIN, 0}, {tun->wake, POLLIN, 0}};
        pthread_mutex_unlock(&tun->lock);
        poll(fds, 3, wait);
        pthread_mutex_lock(&tun->lock);
        uint64_t n;
        ssize_t got = fds[2].revents ? read(tun->wake, &n, sizeof(n)) : 0;
        (void)got;
        int64_t now = now_us();
        turn_breaks(tun, now);
        for (int i = 0; i < ENDS; i++) {
            take_in(tun, i, now);
            deliver(tun, i, now);
        }
    }
    pthread_mutex_unlock(&tun->lock);
    return NULL;
}

static void wake(struct tun *tun)
{
    uint64_t one = 1;
    ssize_t n = write(tun->wake, &one, sizeof(one));
    (void)n; /* an eventfd takes 1 always */
}

/* ---- open, arm, count, close ---------------------------------------------------------------- */

static void close_all(struct tun *tun)
{
    int fds[] = {tun->home, tun->spaces[0], tun->spaces[1], tun->fds[0], tun->fds[1], tun->wake};
    for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
    pthread_mutex_destroy(&tun->lock);
    free(tun);
}

struct tun *tun_open(const char **why)
{
    struct tun *tun = calloc(1, sizeof(*tun));
    if (!tun) {
        abort();
    }
    tun->spaces[0] = tun->spaces[1] = tun->fds[0] = tun->fds[1] = -1;
    tun->home = own_space();
    tun->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&tun->lock, NULL);
    *why = "network namespaces need root";
    if (tun->home < 0 || geteuid() != 0) {
        close_all(tun);
        return NULL;
    }
    bool ok = make_end(tun, 0, why) && make_end(tun, 1, why);
    if (setns(tun->home, CLONE_NEWNET) != 0 || !ok ||
        pthread_create(&tun->thread, NULL, run, tun) != 0) {
        close_all(tun);
        return NULL;
    }
    return tun;
}

void tun_arm(struct tun *tun, const struct tun_settings *settings)
{
    static const struct tun_settings open = {.seed = 1};
    pthread_mutex_lock(&tun->lock);
    tun->set = settings ? *settings : open;
    tun->state = tun->set.seed;
    for (int i = 0; i < ENDS; i++) {
        struct way *way = &tun->ways[i];
        drop_all(way);
        way->count = (struct tun_count){0};
        way->set = i == 0 ? tun->set.up : tun->set.down;
    }
    tun->in_break = false;
    tun->breaks = 0;
    tun->break_us = now_us() + (int64_t)tun->set.break_every_ms * 1000;
    pthread_mutex_unlock(&tun->lock);
    wake(tun);
}

void tun_counts(struct tun *tun, struct tun_count *up, struct tun_count *down, int *breaks)
{
    pthread_mutex_lock(&tun->lock);
    *up = tun->ways[0].count;
    *down = tun->ways[1].count;
    *breaks = tun->breaks;
    pthread_mutex_unlock(&tun->lock);
}

void tun_close(struct tun *tun)
{
    if (!tun) {
        return;
    }
    pthread_mutex_lock(&tun->lock);
    tun->ends = true;
    pthread_mutex_unlock(&tun->lock);
    wake(tun);
    pthread_join(tun->thread, NULL);
    for (int i = 0; i < ENDS; i++) {
        drop_all(&tun->ways[i]);
        flows_finish(&tun->ways[i].flows);
    }
    close_all(tun);
}
