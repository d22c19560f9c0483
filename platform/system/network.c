#include "platform/system/network.h"

#include <errno.h>
#include <ifaddrs.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "platform/base/file.h"
#include "platform/base/mem.h"

enum { QUIET_MS = 300, READ_BYTES = 16 << 10 };

struct network {
    int events; /* netlink socket that is told about changes */
    int stop;   /* eventfd */
    pthread_t thread;
    pthread_mutex_t lock;
    struct network_state state; /* under lock */
    void (*changed)(void *ctx);
    void *ctx;
};

static int open_netlink(unsigned groups)
{
    struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Ethernet and Wi-Fi are taken for free, mobile broadband for metered; a telephone that shares its
 * network looks like either, so that this is a guess and is called one in the settings. */
static enum network_cost cost_of(const char *link)
{
    char path[128];
    struct buf text = {0};
    enum network_cost cost = NETWORK_COST_UNKNOWN;
    snprintf(path, sizeof(path), "/sys/class/net/%s/uevent", link);
    if (file_read(path, 4096, &text, NULL)) {
        bool is_mobile = str_find(buf_str(&text), STR("DEVTYPE=wwan")) >= 0;
        bool is_wifi = str_find(buf_str(&text), STR("DEVTYPE=wlan")) >= 0;
        snprintf(path, sizeof(path), "/sys/class/net/%s/device", link);
        bool is_wired = !strncmp(link, "en", 2) || !strncmp(link, "eth", 3);
        cost = is_mobile                                    ? NETWORK_METERED
               : is_wifi || (is_wired && file_exists(path)) ? NETWORK_FREE
                                                            : NETWORK_COST_UNKNOWN;
    }
    if (!strncmp(link, "ppp", 3) || !strncmp(link, "wwan", 4)) {
        cost = NETWORK_METERED;
    }
    buf_finish(&text);
    return cost;
}

/* The link of a default route in one message, or 0. */
static unsigned default_link(const struct nlmsghdr *head)
{
    const struct rtmsg *route = NLMSG_DATA(head);
    if (head->nlmsg_type != RTM_NEWROUTE || route->rtm_dst_len != 0 ||
        route->rtm_type != RTN_UNICAST || (route->rtm_flags & RTM_F_CLONED)) {
        return 0;
    }
    int left = (int)RTM_PAYLOAD(head);
    for (struct rtattr *at = RTM_RTA(route); RTA_OK(at, left); at = RTA_NEXT(at, left)) {
        if (at->rta_type == RTA_OIF) {
            unsigned link;
            memcpy(&link, RTA_DATA(at), sizeof(link));
            return link;
        }
    }
    return 0;
}

/* Asks the kernel for all routes and returns the link of a default one, or 0. */
static unsigned find_default_link(void)
{
    struct {
        struct nlmsghdr head;
        struct rtmsg route;
    } ask = {.head = {.nlmsg_len = sizeof(ask),
                      .nlmsg_type = RTM_GETROUTE,
                      .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
             .route = {.rtm_family = AF_UNSPEC}};
    unsigned found = 0;
    int fd = open_netlink(0);
    char *bytes = mem_alloc(READ_BYTES, 1);
    bool more = fd >= 0 && send(fd, &ask, sizeof(ask), 0) == sizeof(ask);
    while (more) {
        ssize_t n = recv(fd, bytes, READ_BYTES, 0);
        more = n > 0;
        for (struct nlmsghdr *head = (void *)bytes; n > 0 && NLMSG_OK(head, (size_t)n);
             head = NLMSG_NEXT(head, n)) {
            if (head->nlmsg_type == NLMSG_DONE || head->nlmsg_type == NLMSG_ERROR) {
                more = false;
                break;
            }
            unsigned link = default_link(head);
            found = found ? found : link;
        }
    }
    free(bytes);
    if (fd >= 0) {
        close(fd);
    }
    return found;
}

/* Is there an address that others can see? */
static bool find_address(void)
{
    struct ifaddrs *all = NULL;
    bool any = false;
    if (getifaddrs(&all) != 0) {
        return true; /* nobody knows: trying will tell */
    }
    for (struct ifaddrs *a = all; a; a = a->ifa_next) {
        bool is_address = a->ifa_addr &&
                          (a->ifa_addr->sa_family == AF_INET || a->ifa_addr->sa_family == AF_INET6);
        any = any || (is_address && (a->ifa_flags & IFF_UP) && (a->ifa_flags & IFF_RUNNING) &&
                      !(a->ifa_flags & IFF_LOOPBACK));
    }
    freeifaddrs(all);
    return any;
}

static void look_afresh(struct network *network)
{
    struct network_state state = {.has_address = find_address()};
    char name[IF_NAMESIZE] = "";
    unsigned link = find_default_link();
    if (link && if_indextoname(link, name)) {
        state.has_route = true;
        state.cost = cost_of(name);
        snprintf(state.link, sizeof(state.link), "%s", name);
    }
    pthread_mutex_lock(&network->lock);
    network->state = state;
    pthread_mutex_unlock(&network->lock);
}

/* Reads away what has come; a lost message (ENOBUFS) only means that there were many. */
static void drain(int fd)
{
    char bytes[4096];
    while (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0 || errno == ENOBUFS) {
        errno = 0;
    }
}

static void *watch(void *ctx)
{
    struct network *network = ctx;
    struct pollfd fds[] = {{network->events, POLLIN, 0}, {network->stop, POLLIN, 0}};
    bool has_news = true;
    while (true) {
        int n = poll(fds, 2, has_news ? QUIET_MS : -1);
        if (n < 0 && errno != EINTR) {
            break;
        }
        if (n > 0 && fds[1].revents) {
            break;
        }
        if (n > 0 && fds[0].revents) {
            drain(network->events);
            has_news = true;
        } else if (n == 0 && has_news) {
            has_news = false;
            look_afresh(network);
            if (network->changed) {
                network->changed(network->ctx);
            }
        }
    }
    return NULL;
}

bool network_open(struct network **network, void (*changed)(void *ctx), void *ctx, struct err *err)
{
    unsigned groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_IFADDR |
                      RTMGRP_IPV6_ROUTE;
    struct network *made = mem_alloc(1, sizeof(*made));
    *network = NULL;
    *made = (struct network){.events = open_netlink(groups),
                             .stop = eventfd(0, EFD_CLOEXEC),
                             .changed = changed,
                             .ctx = ctx};
    pthread_mutex_init(&made->lock, NULL);
    if (made->events >= 0 && made->stop >= 0) {
        look_afresh(made);
        if (pthread_create(&made->thread, NULL, watch, made) == 0) {
            *network = made;
            return true;
        }
    }
    int why = errno;
    if (made->events >= 0) {
        close(made->events);
    }
    if (made->stop >= 0) {
        close(made->stop);
    }
    pthread_mutex_destroy(&made->lock);
    free(made);
    return err_set(err, ERR_DEVICE, why, "the network cannot be watched");
}

void network_look(struct network *network, struct network_state *state)
{
    pthread_mutex_lock(&network->lock);
    *state = network->state;
    pthread_mutex_unlock(&network->lock);
}

void network_close(struct network *network)
{
    if (network) {
        uint64_t one = 1;
        while (write(network->stop, &one, sizeof(one)) < 0 && errno == EINTR) {
        }
        pthread_join(network->thread, NULL);
        close(network->events);
        close(network->stop);
        pthread_mutex_destroy(&network->lock);
        free(network);
    }
}
