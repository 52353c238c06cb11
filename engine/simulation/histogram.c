#include "engine/simulation/histogram.h"

#include <math.h>

static unsigned slot_of(int64_t v)
{
    if (v < 2 * HISTOGRAM_STEPS) return (unsigned)v;
    unsigned high = 63 - (unsigned)__builtin_clzll((unsigned long long)v), shift = high - 6;
    unsigned slot = (shift + 1) * HISTOGRAM_STEPS + (unsigned)((v >> shift) - HISTOGRAM_STEPS);
    return slot < HISTOGRAM_SLOTS ? slot : HISTOGRAM_SLOTS - 1;
}

static int64_t upper_edge(unsigned slot)
{
    if (slot < 2 * HISTOGRAM_STEPS) return slot;
    unsigned shift = slot / HISTOGRAM_STEPS - 1;
    return ((int64_t)(slot % HISTOGRAM_STEPS + HISTOGRAM_STEPS + 1) << shift) - 1;
}

void histogram_add(struct histogram *h, int64_t value)
{
    if (value < 0) value = 0;
    h->n++;
    h->sum += value;
    if (value > h->most) h->most = value;
    h->slots[slot_of(value)]++;
}

void histogram_merge(struct histogram *to, const struct histogram *from)
{
    to->n += from->n;
    to->sum += from->sum;
    if (from->most > to->most) to->most = from->most;
    for (unsigned i = 0; i < HISTOGRAM_SLOTS; i++) to->slots[i] += from->slots[i];
}

int64_t histogram_at(const struct histogram *h, double share)
{
    int64_t wanted = (int64_t)ceil(share * (double)h->n), seen = 0;
    if (!h->n) return 0;
    for (unsigned i = 0; i < HISTOGRAM_SLOTS; i++) {
        seen += h->slots[i];
        if (seen < wanted) continue;
        int64_t v = upper_edge(i);
        return v < h->most ? v : h->most;
    }
    return h->most;
}
