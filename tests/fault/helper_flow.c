#include "helper_flow.h"

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

struct segment {
    struct iphdr ip;
    struct tcphdr tcp;
    size_t size; /* of what it carries */
};

static bool read_segment(const unsigned char *bytes, size_t n, struct segment *s)
{
    if (n < sizeof(s->ip)) {
        return false;
    }
    memcpy(&s->ip, bytes, sizeof(s->ip));
    size_t head = (size_t)s->ip.ihl * 4, total = ntohs(s->ip.tot_len);
    if (s->ip.version != 4 || s->ip.protocol != IPPROTO_TCP || total > n ||
        total < head + sizeof(s->tcp)) {
        return false;
    }
    memcpy(&s->tcp, bytes + head, sizeof(s->tcp));
    size_t skip = head + (size_t)s->tcp.doff * 4;
    s->size = skip < total ? total - skip : 0;
    return true;
}

static struct flow *find(struct flows *flows, const struct segment *s)
{
    for (size_t i = flows->n; i-- > 0;) {
        if (flows->v[i].from == s->tcp.source && flows->v[i].to == s->tcp.dest) {
            return &flows->v[i];
        }
    }
    return NULL;
}

static struct flow *add(struct flows *flows, const struct segment *s)
{
    if (flows->n == flows->cap) {
        flows->cap = flows->cap ? 2 * flows->cap : 16;
        flows->v = realloc(flows->v, flows->cap * sizeof(*flows->v));
        if (!flows->v) {
            abort();
        }
    }
    flows->v[flows->n] = (struct flow){s->tcp.source, s->tcp.dest, ntohl(s->tcp.seq), FLOW_GOES};
    return &flows->v[flows->n++];
}

enum flow_fate flow_note(struct flows *flows, const unsigned char *ip, size_t n,
                         struct tun_count *count)
{
    struct segment s;
    if (!read_segment(ip, n, &s)) {
        return FLOW_GOES;
    }
    uint32_t seq = ntohl(s.tcp.seq), data = seq + (s.tcp.syn ? 1u : 0u);
    struct flow *flow = find(flows, &s);
    if (s.tcp.syn && (!flow || flow->next != seq + 1)) { /* not the same one asked again */
        flow = add(flows, &s);
        flow->next = seq + 1;
        count->connections++;
    } else if (!flow) {
        flow = add(flows, &s);
        flow->fate = flows->strangers;
    }
    uint32_t end = data + (uint32_t)s.size;
    count->payload += (int64_t)s.size;
    if ((int32_t)(end - flow->next) > 0) {
        uint32_t begin = (int32_t)(data - flow->next) > 0 ? data : flow->next;
        count->stream += (int64_t)(end - begin);
        flow->next = end;
    }
    return flow->fate;
}

void flows_end(struct flows *flows, enum flow_fate fate)
{
    flows->strangers = fate;
    for (size_t i = 0; i < flows->n; i++) {
        flows->v[i].fate = fate;
    }
}

static uint32_t add_words(uint32_t sum, const void *bytes, size_t n)
{
    const unsigned char *b = bytes;
    for (size_t i = 0; i + 1 < n; i += 2) {
        sum += (uint32_t)b[i] << 8 | b[i + 1];
    }
    return sum;
}

static uint16_t fold(uint32_t sum)
{
    while (sum >> 16) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return htons((uint16_t)~sum);
}

bool flow_make_reset(const unsigned char *ip, size_t n, unsigned char answer[FLOW_RESET])
{
    struct segment s;
    if (!read_segment(ip, n, &s) || s.tcp.rst) {
        return false;
    }
    struct iphdr back = {.version = 4,
                         .ihl = 5,
                         .tot_len = htons(FLOW_RESET),
                         .ttl = 64,
                         .protocol = IPPROTO_TCP,
                         .saddr = s.ip.daddr,
                         .daddr = s.ip.saddr};
    struct tcphdr tcp = {.source = s.tcp.dest, .dest = s.tcp.source, .doff = 5, .rst = 1};
    if (s.tcp.ack) { /* RFC 9293 §3.10.7.1 */
        tcp.seq = s.tcp.ack_seq;
    } else {
        tcp.ack = 1;
        tcp.ack_seq = htonl(ntohl(s.tcp.seq) + (uint32_t)s.size + s.tcp.syn + s.tcp.fin);
    }
    uint32_t sum = add_words(IPPROTO_TCP + sizeof(tcp), &back.saddr, 8);
    tcp.check = fold(add_words(sum, &tcp, sizeof(tcp)));
    back.check = fold(add_words(0, &back, sizeof(back)));
    memcpy(answer, &back, sizeof(back));
    memcpy(answer + sizeof(back), &tcp, sizeof(tcp));
    return true;
}

void flows_finish(struct flows *flows)
{
    free(flows->v);
    *flows = (struct flows){0};
}
