#include "sync/handover/frames.h"

#include <stdlib.h>
#include <string.h>

#include "platform/base/hash.h"
#include "platform/base/mem.h"
#include "platform/base/rand.h"
#include "platform/base/zip.h"

enum {
    PIECES_LIMIT = 4096,
    DIGEST = HASH_BLAKE2B_SIZE,
    BEFORE_CRC = FRAMES_HEAD - 4,
    STRANGERS = 3, /* packets of another film in a row before it is believed */
};

struct layout {
    uint32_t session;
    uint32_t size; /* of the content without its digest */
    uint16_t piece;
    uint32_t k; /* pieces */
};

static uint32_t piece_count(uint32_t size, uint16_t piece)
{
    return (size + DIGEST + piece - 1) / piece;
}

/* splitmix64. A shift register would be linear over GF(2) and its sums would never reach full
 * rank. */
static uint64_t mix(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Which pieces packet `number` is the sum of: one bit each, in words of 64. */
static void choose(const struct layout *l, uint32_t number, uint64_t *bits)
{
    size_t words = (l->k + 63) / 64;
    memset(bits, 0, words * sizeof(*bits));
    if (number < l->k) {
        bits[number / 64] = 1ull << (number % 64);
        return;
    }
    uint64_t state = (uint64_t)l->session << 32 | number;
    for (size_t i = 0; i < words; i++) {
        bits[i] = mix(&state);
    }
    if (l->k % 64) {
        bits[words - 1] &= (1ull << (l->k % 64)) - 1;
    }
    uint64_t any = 0;
    for (size_t i = 0; i < words; i++) {
        any |= bits[i];
    }
    if (!any) { /* with few pieces the sum of none comes up often: nobody would learn from it */
        uint32_t one = number % l->k;
        bits[one / 64] = 1ull << (one % 64);
    }
}

static void add_into(unsigned char *to, const unsigned char *from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        to[i] ^= from[i];
    }
}

static bool has_bit(const uint64_t *bits, uint32_t i)
{
    return bits[i / 64] >> (i % 64) & 1;
}

/* ---- showing -------------------------------------------------------------------------------- */

struct frames_film {
    struct layout layout;
    unsigned char *pieces; /* k * piece bytes */
};

bool frames_create(struct frames_film **film, struct str bytes, size_t room, struct err *err)
{
    *film = NULL;
    size_t piece = room > FRAMES_HEAD ? room - FRAMES_HEAD : 0;
    if (bytes.n == 0 || bytes.n > FRAMES_LIMIT || piece < FRAMES_PIECE_LEAST || piece > 4096 ||
        piece_count((uint32_t)bytes.n, (uint16_t)piece) > PIECES_LIMIT) {
        return err_set(err, ERR_INPUT, 0, "%zu bytes cannot be shown as a film", bytes.n);
    }
    struct frames_film *made = mem_alloc(1, sizeof(*made));
    made->layout = (struct layout){.size = (uint32_t)bytes.n, .piece = (uint16_t)piece};
    made->layout.k = piece_count(made->layout.size, made->layout.piece);
    rand_bytes(&made->layout.session, sizeof(made->layout.session));
    made->pieces = mem_alloc(made->layout.k, piece);
    memcpy(made->pieces, bytes.s, bytes.n);
    unsigned char digest[HASH_MAX];
    hash_bytes(HASH_BLAKE2B, bytes.s, bytes.n, digest);
    memcpy(made->pieces + bytes.n, digest, DIGEST);
    *film = made;
    return true;
}

static void put_number(struct buf *to, uint32_t number, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        buf_add_char(to, (char)(number >> (8 * i)));
    }
}

void frames_add(const struct frames_film *film, uint32_t i, struct buf *packet)
{
    const struct layout *l = &film->layout;
    uint64_t bits[PIECES_LIMIT / 64];
    unsigned char *sum = mem_alloc(l->piece, 1);
    size_t start = packet->n;
    choose(l, i, bits);
    for (uint32_t p = 0; p < l->k; p++) {
        if (has_bit(bits, p)) {
            add_into(sum, film->pieces + (size_t)p * l->piece, l->piece);
        }
    }
    buf_add_text(packet, "GF\x01");
    put_number(packet, l->session, 4);
    put_number(packet, i, 4);
    put_number(packet, l->size, 4);
    put_number(packet, l->piece, 2);
    uint32_t crc = zip_crc(0, (struct str){packet->s + start, packet->n - start});
    crc = zip_crc(crc, (struct str){(const char *)sum, l->piece});
    put_number(packet, crc, 4);
    buf_add(packet, sum, l->piece);
    free(sum);
}

size_t frames_least(const struct frames_film *film)
{
    return film->layout.k;
}

void frames_destroy(struct frames_film *film)
{
    if (film) {
        free(film->pieces);
        free(film);
    }
}

/* ---- watching ------------------------------------------------------------------------------- */

/* Row i, when it is there, has bit i as its lowest one: a matrix in echelon form that grows packet
 * by packet. */
struct frames_watch {
    struct layout layout;
    uint64_t *bits;        /* k rows of `words` */
    unsigned char *pieces; /* k rows of `piece` bytes */
    bool *has;
    uint32_t rank;
    size_t words;
    uint32_t stranger; /* session of the packets that do not belong here */
    int strangers;
    bool is_solved;
};

struct frames_watch *frames_watch_create(void)
{
    return mem_alloc(1, sizeof(struct frames_watch));
}

static void forget(struct frames_watch *w)
{
    free(w->bits);
    free(w->pieces);
    free(w->has);
    *w = (struct frames_watch){.rank = 0};
}

static uint32_t get_number(const char *at, int bytes)
{
    uint32_t number = 0;
    for (int i = bytes; i-- > 0;) {
        number = number << 8 | (unsigned char)at[i];
    }
    return number;
}

static bool read_packet(struct str packet, struct layout *l, uint32_t *number)
{
    if (packet.n <= FRAMES_HEAD || memcmp(packet.s, "GF\x01", 3) != 0) {
        return false;
    }
    *l = (struct layout){.session = get_number(packet.s + 3, 4),
                         .size = get_number(packet.s + 11, 4),
                         .piece = (uint16_t)get_number(packet.s + 15, 2)};
    *number = get_number(packet.s + 7, 4);
    if (l->piece != packet.n - FRAMES_HEAD || l->piece < FRAMES_PIECE_LEAST || l->size == 0 ||
        l->size > FRAMES_LIMIT) {
        return false;
    }
    l->k = piece_count(l->size, l->piece);
    uint32_t crc = zip_crc(0, (struct str){packet.s, BEFORE_CRC});
    crc = zip_crc(crc, (struct str){packet.s + FRAMES_HEAD, l->piece});
    return l->k <= PIECES_LIMIT && crc == get_number(packet.s + BEFORE_CRC, 4);
}

bool frames_is_packet(struct str bytes)
{
    struct layout layout;
    uint32_t number;
    return read_packet(bytes, &layout, &number);
}

static void start_over(struct frames_watch *w, const struct layout *l)
{
    forget(w);
    w->layout = *l;
    w->words = (l->k + 63) / 64;
    w->bits = mem_alloc(l->k, w->words * sizeof(*w->bits));
    w->pieces = mem_alloc(l->k, l->piece);
    w->has = mem_alloc(l->k, sizeof(*w->has));
}

/* Takes known rows off the packet until a new lowest bit is left, then keeps it as a row. */
static void reduce(struct frames_watch *w, uint64_t *bits, unsigned char *piece)
{
    for (uint32_t i = 0; i < w->layout.k; i++) {
        if (!has_bit(bits, i)) {
            continue;
        }
        uint64_t *row = w->bits + i * w->words;
        if (!w->has[i]) {
            memcpy(row, bits, w->words * sizeof(*row));
            memcpy(w->pieces + (size_t)i * w->layout.piece, piece, w->layout.piece);
            w->has[i] = true;
            w->rank++;
            return;
        }
        for (size_t k = 0; k < w->words; k++) {
            bits[k] ^= row[k];
        }
        add_into(piece, w->pieces + (size_t)i * w->layout.piece, w->layout.piece);
    }
}

static bool is_same_film(const struct layout *a, const struct layout *b)
{
    return a->session == b->session && a->size == b->size && a->piece == b->piece;
}

bool frames_watch_add(struct frames_watch *watch, struct str packet)
{
    struct layout l;
    uint32_t number;
    uint64_t bits[PIECES_LIMIT / 64];
    if (!read_packet(packet, &l, &number)) {
        return false;
    }
    bool is_same = watch->has && is_same_film(&l, &watch->layout);
    if (!is_same && watch->has) {
        watch->strangers = watch->stranger == l.session ? watch->strangers + 1 : 1;
        watch->stranger = l.session;
        if (watch->strangers < STRANGERS) {
            return true;
        }
    }
    if (!is_same) {
        start_over(watch, &l);
    }
    watch->strangers = 0;
    if (watch->rank < l.k) {
        unsigned char *piece = mem_alloc(l.piece, 1);
        memcpy(piece, packet.s + FRAMES_HEAD, l.piece);
        choose(&l, number, bits);
        reduce(watch, bits, piece);
        free(piece);
    }
    return true;
}

void frames_watch_progress(const struct frames_watch *watch, size_t *seen, size_t *needed)
{
    *seen = watch->rank;
    *needed = watch->layout.k;
}

/* From the last row up: every row sheds the pieces behind its own. */
static void solve(struct frames_watch *w)
{
    size_t n = w->layout.piece;
    for (uint32_t i = w->layout.k; i-- > 0;) {
        for (uint32_t j = i + 1; j < w->layout.k; j++) {
            if (has_bit(w->bits + i * w->words, j)) {
                add_into(w->pieces + i * n, w->pieces + j * n, n);
            }
        }
    }
    w->is_solved = true;
}

bool frames_watch_result(struct frames_watch *watch, struct str *bytes)
{
    unsigned char digest[HASH_MAX];
    if (!watch->has || watch->rank < watch->layout.k) {
        return false;
    }
    if (!watch->is_solved) {
        solve(watch);
    }
    size_t n = watch->layout.size;
    hash_bytes(HASH_BLAKE2B, watch->pieces, n, digest);
    if (memcmp(digest, watch->pieces + n, DIGEST) != 0) {
        forget(watch); /* somebody mixed packets of his own in: watch again */
        return false;
    }
    *bytes = (struct str){(const char *)watch->pieces, n};
    return true;
}

void frames_watch_destroy(struct frames_watch *watch)
{
    if (watch) {
        forget(watch);
        free(watch);
    }
}
