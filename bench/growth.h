#ifndef BENCH_GROWTH_H
#define BENCH_GROWTH_H

#include "bench/city.h"

struct growth {
    enum store_kind kind;
    const char *folder; /* bench.folder */
    size_t cases;       /* at once, in each round */
    size_t rounds;
    int64_t least, most; /* stored cases of the one city, and of the other in the end */
    bool keep;           /* the grown database is left, and its place printed */
};
/* Two cities in this process, one with `least` stored cases and one that grows to `most` by tens, measured in turns. */
bool growth_measure(const struct growth *g);

#endif
