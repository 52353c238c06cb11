#include "engine/simulation/schedule.h"

#include <string.h>

static inline bool before(const struct schedule_entry *x, const struct schedule_entry *y)
{
    return x->at != y->at ? x->at < y->at : x->seq < y->seq;
}

void schedule_again(struct schedule *g, const struct schedule_entry *entry)
{
    if (g->n == g->cap) {
        size_t cap = g->cap ? 2 * g->cap : 1024;
        struct schedule_entry *more = NEW_ARRAY(g->a, struct schedule_entry, cap);
        if (g->n) memcpy(more, g->list, g->n * sizeof *more);
        g->list = more;
        g->cap = cap;
    }
    struct schedule_entry e = *entry;
    size_t i = g->n++;
    for (; i > 0 && before(&e, &g->list[(i - 1) / 2]); i = (i - 1) / 2) g->list[i] = g->list[(i - 1) / 2];
    g->list[i] = e;
}

void schedule_put(struct schedule *g, int64_t at, uint32_t what, uint32_t who, uint32_t generation)
{
    struct schedule_entry e = {at, g->seq++, who, generation, what};
    schedule_again(g, &e);
}

bool schedule_take(struct schedule *g, struct schedule_entry *out)
{
    if (!g->n) return false;
    *out = g->list[0];
    struct schedule_entry last = g->list[--g->n];
    size_t i = 0;
    for (size_t l = 1; l < g->n; l = 2 * i + 1) {
        if (l + 1 < g->n && before(&g->list[l + 1], &g->list[l])) l++;
        if (!before(&g->list[l], &last)) break;
        g->list[i] = g->list[l];
        i = l;
    }
    g->list[i] = last;
    return true;
}
