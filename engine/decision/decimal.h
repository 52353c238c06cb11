/* FEEL numbers: IEEE 754-2008 decimal128, 34 digits, half-even (DMN 1.5, 10.3.2.3.1). Thin names over
 * Intel's library, which the build configures for arguments by value and flags as arguments. */
#ifndef ENGINE_DECISION_DECIMAL_H
#define ENGINE_DECISION_DECIMAL_H

#include "base/arena.h"
#include "base/buf.h"

#include <bid_conf.h>
#include <bid_functions.h>

typedef BID_UINT128 num;

enum num_round { ROUND_EVEN = 0, ROUND_DOWN_INF = 1, ROUND_UP_INF = 2, ROUND_ZERO = 3, ROUND_HALF_AWAY = 4 };

static inline num num_add(num a, num b)
{
    unsigned f = 0;
    return bid128_add(a, b, ROUND_EVEN, &f);
}
static inline num num_sub(num a, num b)
{
    unsigned f = 0;
    return bid128_sub(a, b, ROUND_EVEN, &f);
}
static inline num num_mul(num a, num b)
{
    unsigned f = 0;
    return bid128_mul(a, b, ROUND_EVEN, &f);
}
static inline num num_div(num a, num b)
{
    unsigned f = 0;
    return bid128_div(a, b, ROUND_EVEN, &f);
}
static inline num num_neg(num a) { return bid128_negate(a); }
static inline num num_abs(num a) { return bid128_abs(a); }
static inline num num_of_int(int64_t v) { return bid128_from_int64(v); }
static inline bool num_eq(num a, num b)
{
    unsigned f = 0;
    return bid128_quiet_equal(a, b, &f);
}
static inline bool num_lt(num a, num b)
{
    unsigned f = 0;
    return bid128_quiet_less(a, b, &f);
}
static inline bool num_le(num a, num b)
{
    unsigned f = 0;
    return bid128_quiet_less_equal(a, b, &f);
}
static inline int num_cmp(num a, num b) { return num_lt(a, b) ? -1 : num_lt(b, a) ? 1 : 0; }
/* Neither infinite nor NaN: what FEEL calls a number. */
static inline bool num_finite(num a) { return bid128_isFinite(a); }
static inline bool num_zero(num a) { return bid128_isZero(a); }
static inline bool num_negative(num a) { return bid128_isSigned(a) && !bid128_isZero(a); }
static inline num num_floor(num a)
{
    unsigned f = 0;
    return bid128_round_integral_negative(a, &f);
}
static inline num num_ceiling(num a)
{
    unsigned f = 0;
    return bid128_round_integral_positive(a, &f);
}
static inline bool num_whole(num a) { return num_finite(a) && num_eq(a, num_floor(a)); }
/* True and *out when a is a whole number within int64. */
bool num_int(num a, int64_t *out);
/* Digits with an optional fraction and exponent; false when it is no such text or out of range. */
bool num_scan(struct slice s, num *out);
/* Plain decimal text without superfluous zeros: "0.1", "-12", "1E+40" written out (up to 6145 digits). */
struct slice num_text(struct arena *a, num v);
/* v rounded to `scale` digits after the point. */
num num_round_to(num v, int scale, enum num_round mode);

#endif
