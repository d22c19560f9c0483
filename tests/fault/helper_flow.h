/* Reads the TCP connections in a stream of IPv4 packets: how much of what they carry is new, and
 * which of them a network has forgotten. */
#ifndef TESTS_HELPER_FLOW_H
#define TESTS_HELPER_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "helper_tun.h"

enum { FLOW_RESET = 40 }; /* bytes of a packet that resets */

/* What becomes of a packet. */
enum flow_fate { FLOW_GOES, FLOW_RESETS, FLOW_VANISHES };

struct flow {
    uint16_t from, to;
    uint32_t next; /* number of the first byte not seen yet */
    enum flow_fate fate;
};

struct flows {
    struct flow *v;
    size_t n, cap;
    enum flow_fate strangers; /* of a connection whose beginning was not seen */
};

/* Counts a packet and says what becomes of it. */
enum flow_fate flow_note(struct flows *flows, const unsigned char *ip, size_t n,
                         struct tun_count *count);

/* The connections of now have this fate; new ones go. */
void flows_end(struct flows *flows, enum flow_fate fate);

/* The packet that a network sends back for one of a connection that it does not know; false when
 * none is due (no TCP, or a reset itself). */
bool flow_make_reset(const unsigned char *ip, size_t n, unsigned char answer[FLOW_RESET]);

void flows_finish(struct flows *flows);

#endif
