/* What a QR symbol of each version looks like before any data: which modules are known, where the
 * codewords run, how they are split into blocks. Source: ISO/IEC 18004:2015. */
#ifndef SENSOR_QR_LAYOUT_H
#define SENSOR_QR_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LAYOUT_VERSIONS = 40,
    LAYOUT_SIDE = 177,
    LAYOUT_MODULES = LAYOUT_SIDE * LAYOUT_SIDE,
    LAYOUT_CODEWORDS = 3706,
    LAYOUT_GROUPS = 64,
    LAYOUT_NODES = 7,
};

/* A module of a function pattern. */
struct layout_mark {
    float u, v;    /* its centre, in modules from the top left corner of the symbol */
    int8_t dark;   /* 1 dark, -1 light */
    uint8_t group; /* which pattern it belongs to: each is judged by itself */
};

struct layout {
    int version, side; /* modules a side */
    struct layout_mark *marks;
    size_t mark_count, group_count;
    int8_t *known; /* side x side: 1 dark, -1 light, 0 data or format */
    int *order;    /* module indexes in the order of the bits of the codewords */
    size_t bit_count;
    int nodes[LAYOUT_NODES]; /* rows and columns of alignment patterns */
    int node_count;
};

/* Makes the layout of version 1 to 40; layout_destroy frees it. */
struct layout *layout_create(int version);

/* Frees; takes NULL. */
void layout_destroy(struct layout *layout);

/* Is there no alignment pattern at these nodes, because a finder pattern stands there? */
bool layout_is_corner(const struct layout *layout, int column, int row);

/* Does the data mask invert this module? */
bool layout_is_masked(int mask, int x, int y);

/* The 15 bits of a format: 2 bits of level as encoded, 3 of mask, checked and masked. */
int layout_format_bits(int format);

/* Where bit k (0 lowest) of the format stands, twice, as module indexes. */
void layout_format_places(int side, int k, int places[2]);

/* The blocks of a symbol: how many, check symbols in each, and of the codewords in all. */
struct layout_blocks {
    int count, checks;
    int shorter; /* blocks that have one data codeword less than the others */
    int data;    /* data codewords of a shorter block */
};
struct layout_blocks layout_blocks_of(const struct layout *layout, int format);

#endif
