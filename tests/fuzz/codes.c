/* Enrolment codes, receipts, the packets of a QR film, bundles, and what devices nearby say: they
 * come from a camera, a stick or a Wi-Fi, so anybody may have made them. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "platform/base/stream.h"
#include "platform/base/zip.h"
#include "sync/handover/arrival.h"
#include "sync/handover/bundle.h"
#include "sync/handover/enrolment.h"
#include "sync/handover/frames.h"
#include "sync/handover/near.h"
#include "sync/handover/receipt.h"
#include "sync/handover/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same bytes as content of a code that is signed well. */
static void read_signed(struct str content)
{
    unsigned char seed[SIGN_SEED] = {1};
    unsigned char public_key[SIGN_PUBLIC];
    unsigned char secret[SIGN_SECRET];
    static const char *const heads[] = {"GOCUA1:", "GCR1:"};
    sign_keys_of_seed(seed, public_key, secret);
    for (int i = 0; i < 2; i++) {
        struct buf code = {0};
        struct enrolment enrolment;
        struct receipt receipt;
        text_add_signed(&code, heads[i], content, secret);
        if (enrolment_read(&enrolment, buf_str(&code), NULL, 0, NULL) &&
            strncmp(enrolment.server, "http", 4) != 0) {
            abort();
        }
        receipt_read(&receipt, buf_str(&code), NULL);
        buf_finish(&code);
    }
}

static bool on_record(void *ctx, struct str id, struct str xml, struct err *err)
{
    return true;
}

static bool on_file(void *ctx, struct str name, struct str type, int64_t size, struct err *err)
{
    if (memchr(name.s, '/', name.n)) {
        abort();
    }
    return true;
}

static bool on_bytes(void *ctx, const void *bytes, size_t n, struct err *err)
{
    return true;
}

static void on_arrival(void *ctx, const struct arrival *arrival)
{
}

/* The same bytes as content of a bundle that is sealed well, and of a list of arrivals. */
static void read_sealed(struct str content)
{
    unsigned char seed[SIGN_SEED] = {1};
    unsigned char public_key[SIGN_PUBLIC];
    unsigned char secret[SIGN_SECRET];
    unsigned char key[STREAM_KEY] = {5};
    unsigned char head[STREAM_HEAD];
    struct bundle_events events = {on_record, on_file, on_bytes, NULL};
    struct buf bundle = {0};
    struct buf list = {0};
    sign_keys_of_seed(seed, public_key, secret);
    struct stream *stream = stream_seal(key, head);
    size_t n = content.n + STREAM_EXTRA;
    buf_add_text(&bundle, content.n % 2 ? "GCB1" : "GCB2");
    sign_seal(&bundle, (struct str){(const char *)key, sizeof(key)}, public_key, NULL);
    buf_add(&bundle, head, sizeof(head));
    for (int i = 0; i < 4; i++) {
        buf_add_char(&bundle, (char)(n >> (8 * i)));
    }
    stream_put(stream, &bundle, content, true);
    bundle_read(buf_str(&bundle), secret, &events, NULL);
    text_add_signed(&list, "GCA1:", content, secret);
    arrival_read(buf_str(&list), public_key, on_arrival, NULL, NULL);
    stream_destroy(stream);
    buf_finish(&bundle);
    buf_finish(&list);
}

/* Numbers, little-endian. */
static void put(struct buf *to, uint32_t number, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        buf_add_char(to, (char)(number >> (8 * i)));
    }
}

/* The bytes as a packet of a film, and as the head and pieces of packets whose CRC is right: two
 * bytes of number, the piece behind them. Whoever films a stranger's screen takes such in. */
static void watch_film(struct str bytes)
{
    struct frames_watch *watch = frames_watch_create();
    struct str whole;
    size_t seen;
    size_t needed;
    frames_watch_add(watch, bytes);
    size_t room = bytes.n > 8 ? 16 + (unsigned char)bytes.s[0] % 32 : 0;
    for (struct str rest = bytes; room && rest.n > room + 3; rest.s += room + 3) {
        struct buf packet = {0};
        buf_add_text(&packet, "GF\x01");
        put(&packet, (unsigned char)rest.s[0] % 2, 4);
        put(&packet, (unsigned char)rest.s[1] | (unsigned)(unsigned char)rest.s[2] << 8, 4);
        put(&packet, 1 + (unsigned char)bytes.s[1] * 3u, 4);
        put(&packet, (uint32_t)room, 2);
        uint32_t crc = zip_crc(0, buf_str(&packet));
        put(&packet, zip_crc(crc, (struct str){rest.s + 3, room}), 4);
        buf_add(&packet, rest.s + 3, room);
        if (!frames_watch_add(watch, buf_str(&packet)) || !frames_is_packet(buf_str(&packet))) {
            abort();
        }
        frames_watch_progress(watch, &seen, &needed);
        if (seen > needed) {
            abort();
        }
        if (frames_watch_result(watch, &whole) && whole.n == 0) {
            abort();
        }
        buf_finish(&packet);
        rest.n -= room + 3;
    }
    frames_watch_destroy(watch);
}

/* The bytes as the code of a receiving device, as an ask of a stranger, as one that is sealed well
 * with the rest of them as its body, and as an answer. */
static void meet(struct str bytes)
{
    unsigned char key[NEAR_KEY] = {3};
    struct near_code code;
    struct near_ask ask = {.kind = NEAR_BUNDLE, .size = (int64_t)bytes.n / 2}, read;
    struct near_body body = {.left = (int64_t)bytes.n / 2};
    enum near_word word;
    struct buf opening = {0}, text = {0};
    if (near_read_code(&code, bytes, NULL) && (code.n < 1 || !near_is_local(code.at[0]))) {
        abort();
    }
    if (near_read_ask(&read, &body.stream, bytes, key, NULL)) {
        abort();
    }
    struct stream *sender = near_add_ask(&opening, &ask, key);
    if (!near_read_ask(&read, &body.stream, buf_str(&opening), key, NULL)) {
        abort();
    }
    near_body_feed(&body, bytes, NULL);
    if (near_read_answer(&word, &text, bytes, buf_str(&opening), key, NULL)) {
        abort();
    }
    stream_destroy(sender);
    stream_destroy(body.stream);
    buf_finish(&body.sealed);
    buf_finish(&body.clear);
    buf_finish(&opening);
    buf_finish(&text);
}

/* The same bytes behind the head of a code: they need not be guessed through its letters. */
static void meet_code(struct str bytes)
{
    struct buf text = {0};
    struct near_code code;
    buf_add_text(&text, "GCN1:");
    text_add_base64url(&text, bytes);
    near_read_code(&code, buf_str(&text), NULL);
    buf_finish(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct enrolment enrolment;
    struct receipt receipt;
    enrolment_read(&enrolment, text, NULL, 0, NULL);
    receipt_read(&receipt, text, NULL);
    watch_film(text);
    meet(text);
    meet_code(text);
    if (size < 4096) {
        read_signed(text);
        read_sealed(text);
    }
    return 0;
}
