#include "platform/sensor/qr_mend.h"

#include <stdbool.h>
#include <string.h>

enum { POLY = MEND_CHECKS + 2, LAST = 255 };

/* Powers of 2 modulo x^8 + x^4 + x^3 + x^2 + 1 and their logarithms, made once per decoding: 500
 * steps are nothing beside the decoding itself, and no table has to be shared by threads. */
struct field {
    uint8_t power[2 * LAST], log[256];
};

/* A block while it is mended. Polynomials have their lowest term first. */
struct work {
    struct field field;
    const uint8_t *block;
    int n, checks;
    uint8_t syndromes[POLY], locator[POLY], evaluator[POLY];
    int degree;
    int places[POLY];
};

static void make_field(struct field *field)
{
    int x = 1;
    for (int i = 0; i < LAST; i++) {
        field->power[i] = field->power[i + LAST] = (uint8_t)x;
        field->log[x] = (uint8_t)i;
        x <<= 1;
        x ^= x & 256 ? 0x11D : 0;
    }
}

static uint8_t times(const struct field *field, uint8_t a, uint8_t b)
{
    return a && b ? field->power[field->log[a] + field->log[b]] : 0;
}

static uint8_t inverse(const struct field *field, uint8_t a)
{
    return field->power[LAST - field->log[a]];
}

/* Are all syndromes zero? */
static bool is_clean(struct work *work, const uint8_t *block)
{
    uint8_t any = 0;
    for (int i = 0; i < work->checks; i++) {
        uint8_t sum = 0;
        for (int k = 0; k < work->n; k++) {
            sum = (uint8_t)(times(&work->field, sum, work->field.power[i]) ^ block[k]);
        }
        work->syndromes[i] = sum;
        any |= sum;
    }
    return any == 0;
}

static int exponent_of(const struct work *work, int index)
{
    return work->n - 1 - index;
}

/* Berlekamp and Massey, beginning with the locator of the erasures. */
static void find_locator(struct work *work, const int *erased, int erased_count)
{
    const struct field *field = &work->field;
    uint8_t shifted[POLY], kept[POLY];
    int length = erased_count;
    memset(work->locator, 0, sizeof work->locator);
    work->locator[0] = 1;
    for (int r = 0; r < erased_count; r++) {
        uint8_t x = field->power[exponent_of(work, erased[r])];
        for (int i = r + 1; i > 0; i--) {
            work->locator[i] ^= times(field, work->locator[i - 1], x);
        }
    }
    memcpy(shifted, work->locator, sizeof shifted);
    for (int k = erased_count + 1; k <= work->checks; k++) {
        uint8_t gap = 0;
        for (int i = 0; i < k; i++) {
            gap ^= times(field, work->locator[i], work->syndromes[k - 1 - i]);
        }
        memmove(shifted + 1, shifted, POLY - 1);
        shifted[0] = 0;
        if (!gap) {
            continue;
        }
        memcpy(kept, work->locator, sizeof kept);
        for (int i = 0; i < POLY; i++) {
            work->locator[i] ^= times(field, gap, shifted[i]);
        }
        if (2 * length <= k + erased_count - 1) {
            for (int i = 0; i < POLY; i++) {
                shifted[i] = times(field, inverse(field, gap), kept[i]);
            }
            length = k + erased_count - length;
        }
    }
    work->degree = 0;
    for (int i = 0; i < POLY; i++) {
        work->degree = work->locator[i] ? i : work->degree;
    }
}

/* Chien's search: which symbols does the locator name? True when as many as its degree. */
static bool find_places(struct work *work)
{
    int found = 0;
    for (int k = 0; k < work->n && found <= work->degree; k++) {
        int step = (LAST - exponent_of(work, k) % LAST) % LAST, at = 0;
        uint8_t sum = 0;
        for (int i = 0; i <= work->degree; i++, at = (at + step) % LAST) {
            sum ^= times(&work->field, work->locator[i], work->field.power[at]);
        }
        if (!sum) {
            if (found == work->degree) {
                return false;
            }
            work->places[found++] = k;
        }
    }
    return found == work->degree;
}

/* Forney's formula. False: a denominator vanished, which no real block does. */
static bool correct(struct work *work, uint8_t *block)
{
    const struct field *field = &work->field;
    for (int i = 0; i < work->checks; i++) {
        work->evaluator[i] = 0;
        for (int j = 0; j <= i && j <= work->degree; j++) {
            work->evaluator[i] ^= times(field, work->locator[j], work->syndromes[i - j]);
        }
    }
    for (int p = 0; p < work->degree; p++) {
        int exponent = exponent_of(work, work->places[p]) % LAST;
        uint8_t x = field->power[(LAST - exponent) % LAST], power = 1, above = 0, below = 0;
        for (int i = 0; i < work->checks; i++) {
            above ^= times(field, work->evaluator[i], power);
            power = times(field, power, x);
        }
        power = 1;
        for (int i = 1; i <= work->degree; i += 2) {
            below ^= times(field, work->locator[i], power);
            power = times(field, power, times(field, x, x));
        }
        if (!below) {
            return false;
        }
        uint8_t share = times(field, above, inverse(field, below));
        block[work->places[p]] ^= times(field, field->power[exponent], share);
    }
    return true;
}

int mend_block(uint8_t *block, int n, int checks, const int *erased, int erased_count)
{
    struct work work = {.n = n, .checks = checks};
    uint8_t mended[MEND_BLOCK];
    if (n < 1 || n > MEND_BLOCK || checks < 1 || checks > MEND_CHECKS || erased_count > checks) {
        return -1;
    }
    make_field(&work.field);
    if (is_clean(&work, block)) {
        return 0;
    }
    find_locator(&work, erased, erased_count);
    int errors = work.degree - erased_count, spare = erased_count > 0 ? MEND_SPARE : 0;
    if (work.degree == 0 || errors < 0 || 2 * errors + erased_count + spare > checks ||
        !find_places(&work)) {
        return -1;
    }
    memcpy(mended, block, (size_t)n);
    if (!correct(&work, mended) || !is_clean(&work, mended)) {
        return -1;
    }
    memcpy(block, mended, (size_t)n);
    return work.degree;
}
