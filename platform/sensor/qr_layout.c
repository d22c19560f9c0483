#include "platform/sensor/qr_layout.h"

#include <stdlib.h>
#include <string.h>

#include "platform/base/mem.h"

/* Check symbols a block and blocks, by level (L M Q H) and version: table 9 of the standard. */
static const uint8_t check_symbols[4][LAYOUT_VERSIONS] = {
    {7,  10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
     28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30},
    {10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
     26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28},
    {13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30,
     28, 30, 30, 30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30},
    {17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28,
     30, 24, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30}};
static const uint8_t block_counts[4][LAYOUT_VERSIONS] = {
    {1, 1, 1, 1,  1,  2,  2,  2,  2,  4,  4,  4,  4,  4,  6,  6,  6,  6,  7,  8,
     8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25},
    {1,  1,  1,  2,  2,  4,  4,  4,  5,  5,  5,  8,  9,  9,  10, 10, 11, 13, 14, 16,
     17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49},
    {1,  1,  2,  2,  4,  4,  6,  6,  8,  8,  8,  10, 12, 16, 12, 17, 16, 18, 21, 20,
     23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68},
    {1,  1,  2,  4,  4,  4,  5,  6,  8,  8,  11, 11, 16, 16, 18, 16, 19, 21, 25, 25,
     25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81}};

static void place_nodes(struct layout *layout)
{
    int version = layout->version, last = layout->side - 7;
    if (version < 2) {
        return;
    }
    int n = version / 7 + 2;
    int step = version == 32 ? 26 : (version * 4 + n * 2 + 1) / (n * 2 - 2) * 2;
    layout->node_count = n;
    layout->nodes[0] = 6;
    for (int i = n - 1; i > 0; i--, last -= step) {
        layout->nodes[i] = last;
    }
}

bool layout_is_corner(const struct layout *layout, int column, int row)
{
    int last = layout->node_count - 1;
    return (column == 0 && row == 0) || (column == 0 && row == last) ||
           (column == last && row == 0);
}

static void add_mark(struct layout *layout, int x, int y, bool is_dark)
{
    struct layout_mark *mark = &layout->marks[layout->mark_count++];
    *mark = (struct layout_mark){(float)x + 0.5F, (float)y + 0.5F, is_dark ? 1 : -1,
                                 (uint8_t)layout->group_count};
    layout->known[y * layout->side + x] = mark->dark;
}

/* Rings around a centre; `light` are the rings that are light. Cut off at the symbol's edges. */
static void add_rings(struct layout *layout, int x, int y, int reach, unsigned light)
{
    for (int dy = -reach; dy <= reach; dy++) {
        for (int dx = -reach; dx <= reach; dx++) {
            int ring = abs(dx) > abs(dy) ? abs(dx) : abs(dy);
            bool is_inside =
                x + dx >= 0 && y + dy >= 0 && x + dx < layout->side && y + dy < layout->side;
            if (is_inside) {
                add_mark(layout, x + dx, y + dy, !(light >> ring & 1));
            }
        }
    }
    layout->group_count++;
}

static void add_patterns(struct layout *layout)
{
    int far = layout->side - 4, n = layout->node_count;
    add_rings(layout, 3, 3, 4, 1U << 2 | 1U << 4);
    add_rings(layout, far, 3, 4, 1U << 2 | 1U << 4);
    add_rings(layout, 3, far, 4, 1U << 2 | 1U << 4);
    for (int row = 0; row < n; row++) {
        for (int column = 0; column < n; column++) {
            if (!layout_is_corner(layout, column, row)) {
                add_rings(layout, layout->nodes[column], layout->nodes[row], 2, 1U << 1);
            }
        }
    }
    for (int i = 8; i < layout->side - 8; i++) {
        add_mark(layout, i, 6, i % 2 == 0);
    }
    layout->group_count++;
    for (int i = 8; i < layout->side - 8; i++) {
        add_mark(layout, 6, i, i % 2 == 0);
    }
    layout->group_count++;
}

/* Version information of versions from 7 on (BCH 18, 6) and the module that is always dark. They
 * are known once the version is, but too unlike a pattern to be searched for. */
static void add_fixed(struct layout *layout)
{
    int side = layout->side, rest = layout->version;
    layout->known[(side - 8) * side + 8] = 1;
    if (layout->version < 7) {
        return;
    }
    for (int i = 0; i < 12; i++) {
        rest = (rest << 1) ^ ((rest >> 11) * 0x1F25);
    }
    long bits = (long)layout->version << 12 | rest;
    for (int i = 0; i < 18; i++) {
        int8_t dark = bits >> i & 1 ? 1 : -1;
        int a = side - 11 + i % 3, b = i / 3;
        layout->known[b * side + a] = layout->known[a * side + b] = dark;
    }
}

static void mark_format(struct layout *layout, uint8_t *reserved)
{
    for (int k = 0; k < 15; k++) {
        int places[2];
        layout_format_places(layout->side, k, places);
        reserved[places[0]] = reserved[places[1]] = 1;
    }
}

/* Two columns at a time from the right, up and down in turn; the timing column is stepped over. */
static void lay_order(struct layout *layout)
{
    int side = layout->side;
    uint8_t *reserved = mem_alloc((size_t)side * (size_t)side, 1);
    mark_format(layout, reserved);
    for (int right = side - 1; right >= 1; right -= 2) {
        right = right == 6 ? 5 : right;
        bool goes_up = ((right + 1) & 2) == 0;
        for (int i = 0; i < side; i++) {
            int y = goes_up ? side - 1 - i : i;
            for (int j = 0; j < 2; j++) {
                int at = y * side + right - j;
                if (!layout->known[at] && !reserved[at]) {
                    layout->order[layout->bit_count++] = at;
                }
            }
        }
    }
    free(reserved);
}

struct layout *layout_create(int version)
{
    struct layout *layout = mem_alloc(1, sizeof *layout);
    layout->version = version;
    layout->side = 17 + 4 * version;
    size_t modules = (size_t)layout->side * (size_t)layout->side;
    size_t marks = 3 * 81 + LAYOUT_NODES * LAYOUT_NODES * 25 + 2 * LAYOUT_SIDE;
    layout->marks = mem_alloc(marks, sizeof *layout->marks);
    layout->known = mem_alloc(modules, sizeof *layout->known);
    layout->order = mem_alloc(modules, sizeof *layout->order);
    place_nodes(layout);
    add_patterns(layout);
    add_fixed(layout);
    lay_order(layout);
    return layout;
}

void layout_destroy(struct layout *layout)
{
    if (layout) {
        free(layout->marks);
        free(layout->known);
        free(layout->order);
        free(layout);
    }
}

bool layout_is_masked(int mask, int x, int y)
{
    switch (mask) {
    case 0:
        return (x + y) % 2 == 0;
    case 1:
        return y % 2 == 0;
    case 2:
        return x % 3 == 0;
    case 3:
        return (x + y) % 3 == 0;
    case 4:
        return (x / 3 + y / 2) % 2 == 0;
    case 5:
        return x * y % 2 + x * y % 3 == 0;
    case 6:
        return (x * y % 2 + x * y % 3) % 2 == 0;
    default:
        return ((x + y) % 2 + x * y % 3) % 2 == 0;
    }
}

int layout_format_bits(int format)
{
    int rest = format;
    for (int i = 0; i < 10; i++) {
        rest = (rest << 1) ^ ((rest >> 9) * 0x537);
    }
    return (format << 10 | rest) ^ 0x5412;
}

void layout_format_places(int side, int k, int places[2])
{
    int x = k < 8 ? 8 : k == 8 ? 7 : 14 - k;
    int y = k < 6 ? k : k == 6 ? 7 : 8;
    places[0] = y * side + x;
    places[1] = k < 8 ? 8 * side + side - 1 - k : (side - 15 + k) * side + 8;
}

struct layout_blocks layout_blocks_of(const struct layout *layout, int format)
{
    static const int levels[] = {1, 0, 3, 2}; /* as encoded: M L H Q */
    int level = levels[format >> 3], words = (int)(layout->bit_count / 8);
    struct layout_blocks blocks = {block_counts[level][layout->version - 1],
                                   check_symbols[level][layout->version - 1], 0, 0};
    blocks.shorter = blocks.count - words % blocks.count;
    blocks.data = words / blocks.count - blocks.checks;
    return blocks;
}
