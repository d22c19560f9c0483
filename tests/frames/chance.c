#include "tests/frames/chance.h"

void chance_init(struct chance *chance, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        uint64_t z = seed += 0x9E3779B97F4A7C15U;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
        chance->state[i] = z ^ (z >> 31);
    }
}

static uint64_t rotated(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

uint64_t chance_bits(struct chance *chance)
{
    uint64_t *s = chance->state, out = rotated(s[1] * 5, 7) * 9, kept = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= kept;
    s[3] = rotated(s[3], 45);
    return out;
}

double chance_share(struct chance *chance)
{
    return (double)(chance_bits(chance) >> 11) * (1.0 / 9007199254740992.0);
}

double chance_between(struct chance *chance, double low, double high)
{
    return low + (high - low) * chance_share(chance);
}

int chance_below(struct chance *chance, int n)
{
    return (int)(chance_bits(chance) % (uint64_t)n);
}

double chance_normal(struct chance *chance)
{
    uint64_t bits = chance_bits(chance);
    double sum = (double)(bits & 65535) + (double)(bits >> 16 & 65535) +
                 (double)(bits >> 32 & 65535) + (double)(bits >> 48);
    return (sum - 131070.0) * (1.7320508075688772 / 65536.0);
}
