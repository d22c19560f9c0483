#include "platform/system/address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct found {
    char at[ADDRESS_TEXT];
    int rank;
};

int address_rank(bool is_wireless, bool is_bridge, unsigned char last)
{
    if (is_bridge) {
        return 4;
    }
    /* who opens a hot-spot takes the first address of the network it makes */
    return (is_wireless ? 0 : 2) + (last == 1 ? 0 : 1);
}

static bool has(const char *link, const char *what)
{
    char path[128];
    snprintf(path, sizeof(path), "/sys/class/net/%s/%s", link, what);
    return access(path, F_OK) == 0;
}

static int given(const char *list, char at[ADDRESSES][ADDRESS_TEXT])
{
    int n = 0;
    while (*list && n < ADDRESSES) {
        size_t length = strcspn(list, ",");
        if (length > 0 && length < ADDRESS_TEXT) {
            snprintf(at[n++], ADDRESS_TEXT, "%.*s", (int)length, list);
        }
        list += length + (list[length] == ',');
    }
    return n;
}

static bool is_way(const struct ifaddrs *a)
{
    const unsigned wanted = IFF_UP | IFF_RUNNING;
    return a->ifa_addr && a->ifa_addr->sa_family == AF_INET &&
           (a->ifa_flags & (wanted | IFF_LOOPBACK | IFF_POINTOPOINT)) == wanted;
}

/* Those of one rank stay in the system's order. */
static int insert(struct found *all, int n, const struct found *one)
{
    int i = n < ADDRESSES ? n : ADDRESSES - 1;
    if (n == ADDRESSES && all[i].rank <= one->rank) {
        return n;
    }
    for (; i > 0 && all[i - 1].rank > one->rank; i--) {
        all[i] = all[i - 1];
    }
    all[i] = *one;
    return n < ADDRESSES ? n + 1 : n;
}

int address_list(char at[ADDRESSES][ADDRESS_TEXT])
{
    struct ifaddrs *list = NULL;
    struct found all[ADDRESSES];
    int n = 0;
    const char *set = getenv("GOCUA_NEAR");
    if (set) {
        return given(set, at);
    }
    if (getifaddrs(&list) != 0) {
        return 0;
    }
    for (const struct ifaddrs *a = list; a; a = a->ifa_next) {
        struct found one;
        if (is_way(a)) {
            const struct in_addr in =
                ((const struct sockaddr_in *)(const void *)a->ifa_addr)->sin_addr;
            bool is_wireless = has(a->ifa_name, "wireless") || has(a->ifa_name, "phy80211");
            one.rank = address_rank(is_wireless, has(a->ifa_name, "bridge"),
                                    (unsigned char)(ntohl(in.s_addr) & 255));
            inet_ntop(AF_INET, &in, one.at, sizeof(one.at));
            n = insert(all, n, &one);
        }
    }
    freeifaddrs(list);
    for (int i = 0; i < n; i++) {
        memcpy(at[i], all[i].at, ADDRESS_TEXT);
    }
    return n;
}
