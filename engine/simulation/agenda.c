#include "engine/simulation/agenda.h"

#include <string.h>

static inline bool before(const struct agenda_entry *x, const struct agenda_entry *y)
{
    return x->at != y->at ? x->at < y->at : x->seq < y->seq;
}

void agenda_again(struct agenda *g, const struct agenda_entry *entry)
{
    if (g->n == g->cap) {
        size_t cap = g->cap ? 2 * g->cap : 1024;
        struct agenda_entry *more = NEW_ARRAY(g->a, struct agenda_entry, cap);
        if (g->n) memcpy(more, g->list, g->n * sizeof *more);
        g->list = more;
        g->cap = cap;
    }
    struct agenda_entry e = *entry;
    size_t i = g->n++;
    for (; i > 0 && before(&e, &g->list[(i - 1) / 2]); i = (i - 1) / 2) g->list[i] = g->list[(i - 1) / 2];
    g->list[i] = e;
}

void agenda_put(struct agenda *g, int64_t at, uint32_t what, uint32_t who, uint32_t generation)
{
    struct agenda_entry e = {at, g->seq++, who, generation, what};
    agenda_again(g, &e);
}

bool agenda_take(struct agenda *g, struct agenda_entry *out)
{
    if (!g->n) return false;
    *out = g->list[0];
    struct agenda_entry last = g->list[--g->n];
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
