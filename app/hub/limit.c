#include "app/hub/limit.h"

#include <string.h>

#include "platform/base/clock.h"
#include "platform/base/hash.h"
#include "platform/base/rand.h"

void limit_init(struct limit *limit, double burst, double per_second)
{
    memset(limit, 0, sizeof(*limit));
    pthread_mutex_init(&limit->mutex, NULL);
    limit->burst = burst;
    limit->per_second = per_second;
    rand_bytes(limit->seed, sizeof(limit->seed));
}

static size_t bucket_of(const struct limit *limit, struct str name)
{
    unsigned char digest[HASH_MAX];
    struct hash *hash = hash_begin(HASH_BLAKE2B);
    hash_more(hash, limit->seed, sizeof(limit->seed));
    hash_more(hash, name.s, name.n);
    hash_end(hash, digest);
    return (size_t)(digest[0] | digest[1] << 8) % LIMIT_BUCKETS;
}

static bool ask(struct limit *limit, struct str name, bool take)
{
    size_t i = bucket_of(limit, name);
    int64_t now = clock_mono_ms();
    pthread_mutex_lock(&limit->mutex);
    double rest =
        limit->buckets[i].spent - (double)(now - limit->buckets[i].ms) / 1000 * limit->per_second;
    rest = rest > 0 ? rest : 0;
    bool yes = rest + 1 <= limit->burst;
    if (yes && take) {
        limit->buckets[i].spent = rest + 1;
        limit->buckets[i].ms = now;
    }
    pthread_mutex_unlock(&limit->mutex);
    return yes;
}

bool limit_take(struct limit *limit, struct str name)
{
    return ask(limit, name, true);
}

bool limit_allows(struct limit *limit, struct str name)
{
    return ask(limit, name, false);
}

void limit_finish(struct limit *limit)
{
    pthread_mutex_destroy(&limit->mutex);
}
