/* Sharing a secret (A. Shamir, "How to share a secret", CACM 22 (1979)) over GF(2^8) with the polynomial of AES, x^8 + x^4 + x^3 + x + 1: each byte of
 * the secret is the value at 0 of a random polynomial of degree need - 1, each share its value at the share's number. `need` shares give the secret;
 * of fewer, every secret is as likely as every other. No tables and no branches on secrets. */
#ifndef TRUST_SHAMIR_H
#define TRUST_SHAMIR_H

#include <stddef.h>
#include <stdint.h>

enum { SHAMIR_SHARES_MAX = 255 };

uint8_t shamir_multiply(uint8_t a, uint8_t b);
/* 1 / a; 0 for 0. */
uint8_t shamir_inverse(uint8_t a);
/* The share with this number (1 to 255) of n bytes. random: (need - 1) * n bytes, the same for all shares of one secret, and never used again. */
void shamir_share(const uint8_t *secret, size_t n, unsigned need, const uint8_t *random, uint8_t number, uint8_t *out);
/* The secret from `need` shares with different numbers. */
void shamir_combine(const uint8_t *numbers, const uint8_t *const *shares, unsigned need, size_t n, uint8_t *out);

#endif
