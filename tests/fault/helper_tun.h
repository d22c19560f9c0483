/* A bad radio link at packet level, for machines whose kernel has no netem: two TUN devices in two
 * network namespaces, and a thread that carries the IP packets between them with a rate, a queue,
 * losses, delay, jitter and breaks, all drawn from one seed. Real TCP runs over it. Needs root. */
#ifndef TESTS_HELPER_TUN_H
#define TESTS_HELPER_TUN_H

#include <stdbool.h>
#include <stdint.h>

#define TUN_DEVICE_ADDRESS "172.20.77.1"
#define TUN_HUB_ADDRESS    "172.20.77.2"

/* One direction. A packet that is lost has used its time on the air. */
struct tun_way {
    int64_t rate;            /* bytes a second, 0: no limit */
    int64_t queue;           /* bytes that may wait for their time on the air, 0: 64 KiB */
    int delay_ms, jitter_ms; /* delay ± jitter; jitter may let packets overtake */
    int loss;                /* of a thousand packets */
};

/* What becomes of the connections that saw a break. */
enum tun_break {
    TUN_BREAK_SILENT, /* they may go on: the radio was out of reach */
    TUN_BREAK_RESET,  /* the network has forgotten them and says so */
    TUN_BREAK_FORGOT, /* … and says nothing: their packets vanish */
    TUN_BREAK_MIXED,  /* silent or reset, drawn */
};

struct tun_settings {
    struct tun_way up, down;      /* up: from the device to the hub */
    int break_every_ms, break_ms; /* 0: never */
    enum tun_break breaks;
    uint64_t seed;
};

/* What the device or the hub has handed to the link since tun_arm. */
struct tun_count {
    int64_t packets, bytes;     /* all of it: IP, TCP, what is sent again */
    int64_t lost, full, broken; /* packets: lost on the air, no room in the queue, in a break */
    int64_t payload;            /* bytes that TCP carried, with those sent again */
    int64_t stream;             /* of them, each byte of a connection counted once: what the program
                                   wrote to its sockets, HTTP heads included */
    int64_t connections;
};

enum tun_place { TUN_HOME, TUN_DEVICE, TUN_HUB };

struct tun;

/* Makes both namespaces and an open link. NULL, with the reason in why, where that is not allowed
 * here. */
struct tun *tun_open(const char **why);

/* Ends the link; sockets over it lead nowhere then. */
void tun_close(struct tun *tun);

/* The calling thread, and what it starts, stands there from now on. */
void tun_enter(struct tun *tun, enum tun_place place);

/* From now on the link is so; counters and breaks begin anew. NULL: an open link. */
void tun_arm(struct tun *tun, const struct tun_settings *settings);

/* What went over it. */
void tun_counts(struct tun *tun, struct tun_count *up, struct tun_count *down, int *breaks);

#endif
