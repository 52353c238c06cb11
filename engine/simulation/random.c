#include "engine/simulation/random.h"

#include <math.h>

/* xorshift64* (Vigna 2016) */
static uint64_t next(uint64_t *s)
{
    *s ^= *s >> 12;
    *s ^= *s << 25;
    *s ^= *s >> 27;
    return *s * UINT64_C(2685821657736338717);
}

double random_uniform(uint64_t *s)
{
    return (double)(next(s) >> 11) / 9007199254740992.0; /* 2^53 */
}

int64_t random_between(uint64_t *s, int64_t least, int64_t most)
{
    return least + (int64_t)(random_uniform(s) * (double)(most - least + 1));
}

/* Knuth's, in portions so that exp does not underflow. */
int64_t random_poisson(uint64_t *s, double mean)
{
    int64_t n = 0;
    while (mean > 0) {
        double limit = exp(-(mean < 200 ? mean : 200)), x = random_uniform(s);
        while (x > limit) {
            x *= random_uniform(s);
            n++;
        }
        mean -= 200;
    }
    return n;
}

const char *random_shape_name(enum random_shape s)
{
    static const char *const NAMES[] = {"constant", "exponential", "lognormal"};
    return NAMES[s];
}

double random_draw(const struct random_dist *d, double u, double v)
{
    if (d->mean <= 0) return 0;
    switch (d->shape) {
    case RANDOM_CONSTANT: return d->mean;
    case RANDOM_EXPONENTIAL: return -d->mean * log1p(-u);
    case RANDOM_LOGNORMAL: {
        /* Box and Muller (1958) */
        double s2 = log1p(d->cv * d->cv), z = sqrt(-2 * log1p(-u)) * cos(6.283185307179586 * v);
        return d->mean * exp(sqrt(s2) * z - s2 / 2);
    }
    }
    return d->mean;
}
