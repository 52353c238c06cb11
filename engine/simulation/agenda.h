/* What happens when: a heap, earliest first; of the same instant in the order in which it was put. Private to the room. */
#ifndef ENGINE_SIMULATION_AGENDA_H
#define ENGINE_SIMULATION_AGENDA_H

#include "base/arena.h"

#include <stdint.h>

struct agenda_entry {
    int64_t at;
    uint64_t seq;
    uint32_t who, generation; /* an entry whose subject has another generation by then is void */
    uint32_t what;
};
struct agenda {
    struct arena *a;
    struct agenda_entry *list;
    size_t n, cap;
    uint64_t seq;
};
void agenda_put(struct agenda *g, int64_t at, uint32_t what, uint32_t who, uint32_t generation);
/* Back in its old place. */
void agenda_again(struct agenda *g, const struct agenda_entry *e);
bool agenda_take(struct agenda *g, struct agenda_entry *out);

#endif
