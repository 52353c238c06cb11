/* JSON values kept once: equal values are the same pointer. Members in another order are another value. */
#ifndef ENGINE_SIMULATION_INTERN_H
#define ENGINE_SIMULATION_INTERN_H

#include "base/json.h"

struct intern {
    struct arena *a;
    const struct json **slots; /* open addressing */
    uint64_t *hashes;
    size_t n, cap;
};
struct intern intern_new(struct arena *a);
const struct json *intern_json(struct intern *t, const struct json *v); /* NULL stays NULL */
uint64_t intern_hash(const void *p, size_t n, uint64_t seed);

#endif
