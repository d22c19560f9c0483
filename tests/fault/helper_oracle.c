#include "helper_oracle.h"

#include <stdio.h>

unsigned long long dice_draw(struct dice *dice)
{
    unsigned long long z = dice->state += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

int dice_below(struct dice *dice, int limit)
{
    return (int)(dice_draw(dice) % (unsigned long long)limit);
}

void dice_uuid(struct dice *dice, char id[64])
{
    unsigned long long a = dice_draw(dice), b = dice_draw(dice);
    snprintf(id, 64, "uuid:%08x-%04x-4%03x-8%03x-%012llx", (unsigned)(a >> 32),
             (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff), (unsigned)(b >> 48 & 0xfff),
             b & 0xffffffffffffull);
}

void dice_records(struct dice *dice, struct ends *ends)
{
    static const int sizes[] = {0, 1, 700, 3000, 90000}; /* a chunk of a bundle is 64 KiB */
    int n = 1 + dice_below(dice, 2);
    ends_forget(ends);
    for (int i = 0; i < n; i++) {
        char id[64];
        dice_uuid(dice, id);
        ends_add(ends, id, dice_below(dice, LANE_FILES + 1), (size_t)sizes[dice_below(dice, 5)]);
    }
}

const char *oracle_broken(struct ends *ends)
{
    for (size_t i = 0; i < ends->made.n; i++) {
        const struct made *made = &ends->made.v[i];
        bool is_whole;
        int found = ends_count_on_hub(ends, made, &is_whole);
        if (found > 1) {
            return "I2 (never doubled)";
        }
        if (ends_is_sent(ends, made) && !is_whole) {
            return "I3 (never a false sent)";
        }
        if (!ends_is_kept(ends, made)) {
            return "I1/I4 (kept here)";
        }
    }
    return NULL;
}

bool oracle_all_sent(struct ends *ends)
{
    for (size_t i = 0; i < ends->made.n; i++) {
        if (!ends_is_sent(ends, &ends->made.v[i])) {
            return false;
        }
    }
    return true;
}
