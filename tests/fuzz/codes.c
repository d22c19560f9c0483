/* Enrolment codes, receipts and the packets of a QR film: all come from a camera, so anybody may
 * have made them. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sync/handover/enrolment.h"
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct enrolment enrolment;
    struct receipt receipt;
    enrolment_read(&enrolment, text, NULL, 0, NULL);
    receipt_read(&receipt, text, NULL);
    if (size < 4096) {
        read_signed(text);
    }
    return 0;
}
