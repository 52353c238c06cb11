/* Random numbers that a seed gives again: streams, and single draws by name. Pure; for simulations and made-up data, never for
 * keys, tokens or anything that must not be guessed. */
#ifndef ENGINE_SIMULATION_RANDOM_H
#define ENGINE_SIMULATION_RANDOM_H

#include <stdint.h>

/* Mixes all bits (finaliser of SplitMix64: Steele, Lea, Flood 2014). */
static inline uint64_t random_mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}
/* Streams of their own, so that one case more does not change the others. */
static inline uint64_t random_stream(uint64_t seed, uint64_t n)
{
    return random_mix(seed + (n + 1) * UINT64_C(0x9E3779B97F4A7C15)) | 1;
}
double random_uniform(uint64_t *s); /* [0, 1) */
int64_t random_between(uint64_t *s, int64_t least, int64_t most);
int64_t random_poisson(uint64_t *s, double mean);

/* The draw of that name, whatever was drawn before it: so two variants of a simulation meet the same chance at the same place. */
static inline double random_at(uint64_t seed, uint64_t who, uint64_t what)
{
    uint64_t z = random_mix(seed ^ random_mix(who * UINT64_C(0x9E3779B97F4A7C15) + what));
    return (double)(z >> 11) / 9007199254740992.0; /* 2^53 */
}

/* How long something takes. cv: standard deviation divided by the mean, of the lognormal only. */
enum random_shape { RANDOM_CONSTANT, RANDOM_EXPONENTIAL, RANDOM_LOGNORMAL };
struct random_dist {
    enum random_shape shape;
    double mean, cv; /* mean >= 0, in whatever unit the caller counts */
};
const char *random_shape_name(enum random_shape s); /* "constant", "exponential", "lognormal" */
/* From two draws in [0, 1). */
double random_draw(const struct random_dist *d, double u, double v);

#endif
