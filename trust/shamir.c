#include "trust/shamir.h"

uint8_t shamir_multiply(uint8_t a, uint8_t b)
{
    unsigned x = a, product = 0;
    for (unsigned bit = 0; bit < 8; bit++) {
        product ^= x & (0u - ((unsigned)b >> bit & 1u));
        x = (x << 1) ^ (0x11bu & (0u - (x >> 7)));
    }
    return (uint8_t)product;
}

/* a^254: the group has 255 elements. */
uint8_t shamir_inverse(uint8_t a)
{
    uint8_t power = a, result = 1;
    for (int i = 0; i < 7; i++) {
        power = shamir_multiply(power, power);
        result = shamir_multiply(result, power);
    }
    return result;
}

void shamir_share(const uint8_t *secret, size_t n, unsigned need, const uint8_t *random, uint8_t number, uint8_t *out)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t y = 0; /* Horner, from the highest coefficient down to the secret */
        for (unsigned k = need - 1; k > 0; k--) y = shamir_multiply((uint8_t)(y ^ random[(k - 1) * n + i]), number);
        out[i] = y ^ secret[i];
    }
}

void shamir_combine(const uint8_t *numbers, const uint8_t *const *shares, unsigned need, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++) out[i] = 0;
    for (unsigned k = 0; k < need; k++) {
        uint8_t above = 1, below = 1; /* Lagrange's coefficient at 0: x_j / (x_j - x_k); minus is plus here */
        for (unsigned j = 0; j < need; j++) {
            if (j == k) continue;
            above = shamir_multiply(above, numbers[j]);
            below = shamir_multiply(below, numbers[j] ^ numbers[k]);
        }
        uint8_t c = shamir_multiply(above, shamir_inverse(below));
        for (size_t i = 0; i < n; i++) out[i] ^= shamir_multiply(c, shares[k][i]);
    }
}
