/* What happens when: a heap, earliest first; of the same instant in the order in which it was put. Private to the room. */
#ifndef ENGINE_SIMULATION_SCHEDULE_H
#define ENGINE_SIMULATION_SCHEDULE_H

#include "base/arena.h"

#include <stdint.h>

struct schedule_entry {
    int64_t at;
    uint64_t seq;
    uint32_t who, generation; /* an entry whose subject has another generation by then is void */
    uint32_t what;
};
struct schedule {
    struct arena *a;
    struct schedule_entry *list;
    size_t n, cap;
    uint64_t seq;
};
void schedule_put(struct schedule *g, int64_t at, uint32_t what, uint32_t who, uint32_t generation);
/* Back in its old place. */
void schedule_again(struct schedule *g, const struct schedule_entry *e);
bool schedule_take(struct schedule *g, struct schedule_entry *out);

#endif
