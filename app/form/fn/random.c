/* Chance: numbers, shuffled node-sets, identifiers. A seed gives the same order in all clients:
 * generator and shuffle are those of JavaRosa (Park and Miller's minimal standard; Fisher and Yates
 * "inside out"). */
#include <math.h>
#include <string.h>

#include "app/form/functions.h"
#include "platform/base/hash.h"
#include "platform/base/rand.h"

enum { MODULUS = 2147483647, MULTIPLIER = 16807 };

/* The row of numbers from a seed. */
struct row {
    int64_t state;
};

static struct row row_from(int64_t seed)
{
    struct row row = {seed % MODULUS};
    if (row.state <= 0) {
        row.state += MODULUS - 1;
    }
    return row;
}

static double row_next(struct row *row)
{
    row->state = row->state * MULTIPLIER % MODULUS;
    return (double)(row->state - 1) / (MODULUS - 1);
}

/* A number to a 64-bit whole one as Java casts. */
static int64_t whole_of(double number)
{
    if (isnan(number)) {
        return 0;
    }
    if (number >= 9223372036854775807.0) {
        return INT64_MAX;
    }
    return number <= -9223372036854775808.0 ? INT64_MIN : (int64_t)number;
}

static int64_t seed_of_text(struct str text)
{
    unsigned char digest[HASH_MAX];
    hash_bytes(HASH_SHA256, text.s, text.n, digest);
    uint64_t seed = 0;
    for (size_t i = 0; i < 8; i++) {
        seed = seed << 8 | digest[i];
    }
    return whole_of((double)(int64_t)seed); /* JavaRosa's passes through a double */
}

static int64_t seed_of(struct xpath_env *env, const struct xpath_value *value)
{
    double number = xpath_to_number(env, value);
    bool is_text = value->type == XPATH_TEXT || value->type == XPATH_NODES;
    if (isnan(number) && is_text) {
        struct str text = xpath_to_text(env, value);
        /* by way of a double, as JavaRosa does, so the lowest bits are lost */
        return text.n ? whole_of((double)seed_of_text(text)) : 0;
    }
    return whole_of(number);
}

/* True chance, or the row of numbers that the environment was given. */
static double chance(struct xpath_env *env)
{
    if (env->is_seeded) {
        struct row row = row_from((int64_t)(env->seed & INT64_MAX));
        double number = row_next(&row);
        env->seed = (uint64_t)row.state;
        return number;
    }
    uint64_t bits;
    rand_bytes(&bits, sizeof(bits));
    return (double)(bits >> 11) / 9007199254740992.0;
}

void xpath_shuffle(struct xpath_env *env, void **items, size_t n, const struct xpath_value *seed)
{
    struct row row = row_from(seed ? seed_of(env, seed) : 0);
    void **from = arena_array(&env->scratch, void *, n + 1);
    if (n) {
        memcpy(from, items, n * sizeof(*items));
    }
    for (size_t i = 0; i < n; i++) {
        double number = seed ? row_next(&row) : chance(env);
        size_t j = (size_t)floor(number * (double)(i + 1));
        items[i] = items[j];
        items[j] = from[i];
    }
}

static bool call_randomize(struct fn_call *call, struct xpath_value *result)
{
    struct xpath_nodes nodes;
    struct xpath_value seed;
    if (!fn_nodes(call, 0, &nodes) || (call->n > 1 && !fn_value(call, 1, &seed))) {
        return false;
    }
    xpath_shuffle(call->run->env, (void **)nodes.v, nodes.n, call->n > 1 ? &seed : NULL);
    nodes.is_loose = true;
    return fn_give_nodes(result, nodes);
}

static bool call_random(struct fn_call *call, struct xpath_value *result)
{
    return fn_give_number(result, chance(call->run->env));
}

static bool give_letters(struct fn_call *call, double wanted, struct xpath_value *result)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    enum { MOST = 10000 };
    if (!(wanted >= 0) || wanted > MOST) {
        return fn_fail(call, "uuid() takes a length from 0 to %d", MOST);
    }
    size_t n = (size_t)wanted;
    char *text = arena_alloc(fn_scratch(call), n + 1);
    for (size_t i = 0; i < n; i++) {
        text[i] = letters[rand_below(sizeof(letters) - 1)];
    }
    return fn_give_text(result, (struct str){text, n});
}

static bool call_uuid(struct fn_call *call, struct xpath_value *result)
{
    double wanted;
    if (call->n) {
        return fn_number(call, 0, &wanted) && give_letters(call, wanted, result);
    }
    char text[RAND_UUID_TEXT];
    rand_uuid(text);
    return fn_give_text(result, str_of(arena_strdup(fn_scratch(call), text)));
}

const struct fn fn_random_family[] = {
    {"random", 0, 0, FN_CLOCK | FN_NUMBER, call_random},
    {"randomize", 1, 2, FN_CLOCK | FN_NODES | FN_SET, call_randomize},
    {"uuid", 0, 1, FN_CLOCK, call_uuid},
    {0},
};
