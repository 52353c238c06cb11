/* Faults of a definition are collected: a designer sees them all at once. */
#include "engine/process/model.h"

struct slice fault_field(struct compile *c, uint32_t line, struct slice id)
{
    return arena_printf(c->a, "%.*s:%u#%.*s", SLICE_ARG(c->where), line, SLICE_ARG(id));
}

static void append(struct compile *c, const struct problem *p)
{
    struct problem *copy = NEW(c->a, struct problem);
    *copy = *p;
    copy->next = NULL;
    *c->last = copy;
    c->last = &copy->next;
}

void fault_add(struct compile *c, result r)
{
    for (const struct problem *p = r.problem; p; p = p->next) {
        if (c->nfaults > PROCESS_MAX_FAULTS) return;
        if (++c->nfaults <= PROCESS_MAX_FAULTS) {
            append(c, p);
            continue;
        }
        struct slice limit = arena_printf(c->a, "%d", PROCESS_MAX_FAULTS);
        append(c, fail(c->a, CODE_PROCESS_FAULTS, c->where, "limit", limit, NULL).problem);
    }
}

const struct feel *fault_feel(struct compile *c, uint32_t line, struct slice id, struct slice text)
{
    const struct feel *f = NULL;
    result r = feel_compile(c->a, text, NULL, 0, fault_field(c, line, id), &f);
    fault_add(c, r);
    return failed(r) ? NULL : f;
}
