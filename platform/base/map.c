#include "platform/base/map.h"

#include <stdlib.h>

#include "platform/base/mem.h"
#include "platform/base/rand.h"

static uint64_t seed(void)
{
    static uint64_t value;
    uint64_t got = __atomic_load_n(&value, __ATOMIC_RELAXED);
    if (!got) {
        rand_bytes(&got, sizeof(got));
        got |= 1;
        __atomic_store_n(&value, got, __ATOMIC_RELAXED);
    }
    return got;
}

/* FNV-1a over 8 bytes at a time with a final mix: short keys, unpredictable by the seed. */
static uint64_t hash_of(struct str key)
{
    uint64_t h = seed() ^ (key.n * 0x9e3779b97f4a7c15u);
    size_t i = 0;
    for (; i + 8 <= key.n; i += 8) {
        uint64_t part;
        memcpy(&part, key.s + i, 8);
        h = (h ^ part) * 0x9fb21c651e98df25u;
        h ^= h >> 32;
    }
    for (; i < key.n; i++) {
        h = (h ^ (unsigned char)key.s[i]) * 0x100000001b3u;
    }
    h ^= h >> 29;
    h *= 0xbf58476d1ce4e5b9u;
    return h ^ (h >> 32);
}

static struct map_slot *slot_for(const struct map *map, struct str key, uint64_t hash)
{
    size_t i = hash & (map->cap - 1);
    while (map->slots[i].key.s && (map->slots[i].hash != hash || !str_eq(map->slots[i].key, key))) {
        i = (i + 1) & (map->cap - 1);
    }
    return &map->slots[i];
}

static void grow(struct map *map)
{
    struct map bigger = {.cap = map->cap ? map->cap * 2 : 16, .n = map->n};
    bigger.slots = mem_alloc(bigger.cap, sizeof(*bigger.slots));
    for (size_t i = 0; i < map->cap; i++) {
        if (map->slots[i].key.s) {
            *slot_for(&bigger, map->slots[i].key, map->slots[i].hash) = map->slots[i];
        }
    }
    free(map->slots);
    *map = bigger;
}

void *map_put(struct map *map, struct str key, void *value)
{
    if (map->n * 4 >= map->cap * 3) {
        grow(map);
    }
    uint64_t hash = hash_of(key);
    struct map_slot *slot = slot_for(map, key, hash);
    void *old = slot->key.s ? slot->value : NULL;
    if (!slot->key.s) {
        map->n++;
        slot->key = key;
        slot->hash = hash;
    }
    slot->value = value;
    return old;
}

void *map_get(const struct map *map, struct str key)
{
    return map->cap ? slot_for(map, key, hash_of(key))->value : NULL;
}

bool map_has(const struct map *map, struct str key)
{
    return map->cap && slot_for(map, key, hash_of(key))->key.s;
}

void *map_remove(struct map *map, struct str key)
{
    struct map_slot *slot = map->cap ? slot_for(map, key, hash_of(key)) : NULL;
    if (!slot || !slot->key.s) {
        return NULL;
    }
    void *value = slot->value;
    size_t hole = (size_t)(slot - map->slots), i = hole;
    map->n--;
    for (;;) { /* close the gap so that later probes do not stop at it */
        i = (i + 1) & (map->cap - 1);
        if (!map->slots[i].key.s) {
            break;
        }
        size_t home = map->slots[i].hash & (map->cap - 1);
        if (((i - home) & (map->cap - 1)) >= ((i - hole) & (map->cap - 1))) {
            map->slots[hole] = map->slots[i];
            hole = i;
        }
    }
    map->slots[hole] = (struct map_slot){0};
    return value;
}

bool map_next(const struct map *map, size_t *at, struct map_slot *slot)
{
    while (*at < map->cap) {
        const struct map_slot *here = &map->slots[(*at)++];
        if (here->key.s) {
            *slot = *here;
            return true;
        }
    }
    return false;
}

void map_finish(struct map *map)
{
    free(map->slots);
    *map = (struct map){0};
}
