/* Enrolment codes, receipts, the packets of a QR film and bundles: they come from a camera or a
 * stick, so anybody may have made them. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "platform/base/stream.h"
#include "sync/handover/arrival.h"
#include "sync/handover/bundle.h"
#include "sync/handover/enrolment.h"
#include "sync/handover/frames.h"
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
    buf_add_text(&bundle, "GCB1");
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct enrolment enrolment;
    struct receipt receipt;
    enrolment_read(&enrolment, text, NULL, 0, NULL);
    receipt_read(&receipt, text, NULL);
    struct frames_watch *watch = frames_watch_create();
    struct str whole;
    frames_watch_add(watch, text);
    frames_watch_result(watch, &whole);
    frames_watch_destroy(watch);
    if (size < 4096) {
        read_signed(text);
        read_sealed(text);
    }
    return 0;
}
