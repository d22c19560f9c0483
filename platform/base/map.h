/* Text → pointer, a hash table. Keys are borrowed: they must outlive the map (put them into an
 * arena first). The hash is seeded at random, so no file can choose its collisions. Zeroed memory
 * is an empty map. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "platform/base/str.h"

struct map_slot {
    struct str key; /* key.s == NULL: free */
    uint64_t hash;
    void *value;
};

struct map {
    struct map_slot *slots;
    size_t n, cap;
};

/* Stores value under key, replacing what was there; returns the old value or NULL. */
void *map_put(struct map *map, struct str key, void *value);

/* The value under key, or NULL. */
void *map_get(const struct map *map, struct str key);

/* Is the key there (its value may be NULL)? */
bool map_has(const struct map *map, struct str key);

/* Takes the key out and returns its value, or NULL. */
void *map_remove(struct map *map, struct str key);

/* Goes through all slots in no order: start with *at = 0; false at the end. Nothing may be put in
 * meanwhile. */
bool map_next(const struct map *map, size_t *at, struct map_slot *slot);

/* Frees the table (keys and values are not the map's). */
void map_finish(struct map *map);

#endif
