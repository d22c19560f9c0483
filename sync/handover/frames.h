/* A film of QR codes: bytes cut into packets that fit one code each, with a fountain behind them so
 * that a lost picture need not be waited for. One plain pass over the k pieces, then random sums
 * (XOR) of pieces, chosen by a generator seeded with the packet's number.
 *
 * Packet: "GF", version 1, session (4 bytes), number (4), size of the whole (4), piece size (2),
 * CRC-32 of the packet so far and its piece (4), then the piece; little-endian. The whole is
 * followed by its BLAKE2b, checked at the end. One thread at a time. */
#ifndef HANDOVER_FRAMES_H
#define HANDOVER_FRAMES_H

#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"

enum { FRAMES_HEAD = 21, FRAMES_LIMIT = 1 << 20, FRAMES_PIECE_LEAST = 16 };

/* ---- showing ---- */
struct frames_film;

/* Cuts bytes (copied, 1 to FRAMES_LIMIT) for packets of at most room bytes: matrix_capacity of the
 * wished version. The caller destroys the film. */
bool frames_create(struct frames_film **film, struct str bytes, size_t room, struct err *err);

/* Appends packet number i of an endless film. */
void frames_add(const struct frames_film *film, uint32_t i, struct buf *packet);

/* How many packets a watcher needs at least. */
size_t frames_least(const struct frames_film *film);

/* Frees; takes NULL. */
void frames_destroy(struct frames_film *film);

/* ---- watching ---- */
struct frames_watch;

/* Is it a whole packet of some film, its CRC right? Any thread. */
bool frames_is_packet(struct str bytes);

/* A watcher that has seen nothing. */
struct frames_watch *frames_watch_create(void);

/* Takes what a code held. False: not a packet of ours, or damaged (nothing changed). A packet of
 * another session starts over once 3 of them came in a row. */
bool frames_watch_add(struct frames_watch *watch, struct str packet);

/* How far it is: independent packets seen, of how many needed (0 before the first). */
void frames_watch_progress(const struct frames_watch *watch, size_t *seen, size_t *needed);

/* The whole, when it is there and its digest is right; borrowed from the watcher. */
bool frames_watch_result(struct frames_watch *watch, struct str *bytes);

/* Frees; takes NULL. */
void frames_watch_destroy(struct frames_watch *watch);

#endif
