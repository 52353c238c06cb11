#ifndef BENCH_GROWTH_H
#define BENCH_GROWTH_H

#include "bench/city.h"

/* Openings a second, and the time of what is read, with a tenth of `most` cases in the database and with `most`; `cases` openings at once. folder: bench.folder. */
bool growth_measure(enum store_kind kind, const char *folder, size_t cases, int64_t most);

#endif
