/* Numbers of JSON as exact decimals: no rounding, any length. Internal to engine/form. */
#ifndef ENGINE_FORM_NUMBER_H
#define ENGINE_FORM_NUMBER_H

#include "base/json.h"

/* 0.DIGITS * 10^exponent, digits without zeros at either end; zero has none. */
struct exact {
    bool negative;
    struct slice digits;
    int64_t exponent;
};

/* text: a JSON number. Exponents beyond ±10^15 count as that. */
struct exact exact_of(struct arena *a, struct slice text);
int exact_cmp(const struct exact *x, const struct exact *y);
bool exact_whole(const struct exact *x);
/* The decimal is 10^-k for a k >= 0. */
bool exact_is_place(const struct exact *x, int64_t *k);

#define EXACT_DIVISOR_DIGITS 18
/* Whether x is a whole multiple of m; m > 0 with at most EXACT_DIVISOR_DIGITS digits. */
bool exact_multiple(const struct exact *x, const struct exact *m);

/* JSON Schema's equality: numbers by value, objects without order. */
bool same_value(struct arena *a, const struct json *x, const struct json *y);
/* Equal values have equal hashes. */
uint64_t same_value_hash(struct arena *a, const struct json *v);

#endif
