/* Which elements of BPMN were met: of the service's process and of those it calls, by kind, trigger and place. What is counted is
 * that a case passed the element. */
#include <stdio.h>

#include "engine/process/model.h"
#include "test/fault/sim.h"

struct kind {
    const char *name;
    enum node_kind kind;
    int trigger; /* enum trigger, or -1: any */
    enum { ANY, INTERRUPTS, GOES_ON, IN_EVENT_SUB, AT_TOP } place;
};

#define EVENT(name, kind, trigger, place) \
    {                                     \
        name, kind, trigger, place        \
    }
static const struct kind KINDS[] = {
    {"start event", NODE_START, TRIGGER_NONE, ANY},
    {"message start event", NODE_START, TRIGGER_MESSAGE, AT_TOP},
    {"signal start event", NODE_START, TRIGGER_SIGNAL, AT_TOP},
    {"timer start event", NODE_START, TRIGGER_TIMER, AT_TOP},
    {"conditional start event", NODE_START, TRIGGER_CONDITIONAL, AT_TOP},
    {"end event", NODE_END, TRIGGER_NONE, ANY},
    {"terminate end event", NODE_END, TRIGGER_TERMINATE, ANY},
    {"error end event", NODE_END, TRIGGER_ERROR, ANY},
    {"escalation end event", NODE_END, TRIGGER_ESCALATION, ANY},
    {"compensation end event", NODE_END, TRIGGER_COMPENSATION, ANY},
    {"cancel end event", NODE_END, TRIGGER_CANCEL, ANY},
    {"message end event", NODE_END, TRIGGER_MESSAGE, ANY},
    {"signal end event", NODE_END, TRIGGER_SIGNAL, ANY},
    {"send task", NODE_SEND, -1, ANY},
    {"receive task", NODE_RECEIVE, -1, ANY},
    {"user task", NODE_USER, -1, ANY},
    {"service task", NODE_SERVICE, -1, ANY},
    {"business rule task", NODE_RULE, -1, ANY},
    {"script task", NODE_SCRIPT, -1, ANY},
    {"task, manual task", NODE_TASK, -1, ANY},
    {"exclusive gateway", NODE_EXCLUSIVE, -1, ANY},
    {"inclusive gateway", NODE_INCLUSIVE, -1, ANY},
    {"parallel gateway", NODE_PARALLEL, -1, ANY},
    {"complex gateway", NODE_COMPLEX, -1, ANY},
    {"event-based gateway", NODE_EVENT_GATE, -1, ANY},
    {"call activity", NODE_CALL, -1, ANY},
    {"timer catch event", NODE_CATCH, TRIGGER_TIMER, ANY},
    {"message catch event", NODE_CATCH, TRIGGER_MESSAGE, ANY},
    {"signal catch event", NODE_CATCH, TRIGGER_SIGNAL, ANY},
    {"conditional catch event", NODE_CATCH, TRIGGER_CONDITIONAL, ANY},
    {"multiple catch event", NODE_CATCH, TRIGGER_MULTIPLE, ANY},
    {"link catch event", NODE_CATCH, TRIGGER_LINK, ANY},
    {"plain throw event", NODE_THROW, TRIGGER_NONE, ANY},
    {"message throw event", NODE_THROW, TRIGGER_MESSAGE, ANY},
    {"signal throw event", NODE_THROW, TRIGGER_SIGNAL, ANY},
    {"multiple throw event", NODE_THROW, TRIGGER_MULTIPLE, ANY},
    {"escalation throw event", NODE_THROW, TRIGGER_ESCALATION, ANY},
    {"compensation throw event", NODE_THROW, TRIGGER_COMPENSATION, ANY},
    {"link throw event", NODE_THROW, TRIGGER_LINK, ANY},
    {"timer boundary event", NODE_BOUNDARY, TRIGGER_TIMER, INTERRUPTS},
    {"timer boundary event that goes on", NODE_BOUNDARY, TRIGGER_TIMER, GOES_ON},
    {"message boundary event", NODE_BOUNDARY, TRIGGER_MESSAGE, ANY},
    {"signal boundary event", NODE_BOUNDARY, TRIGGER_SIGNAL, ANY},
    {"conditional boundary event", NODE_BOUNDARY, TRIGGER_CONDITIONAL, INTERRUPTS},
    {"conditional boundary event that goes on", NODE_BOUNDARY, TRIGGER_CONDITIONAL, GOES_ON},
    {"error boundary event", NODE_BOUNDARY, TRIGGER_ERROR, ANY},
    {"escalation boundary event", NODE_BOUNDARY, TRIGGER_ESCALATION, ANY},
    {"cancel boundary event", NODE_BOUNDARY, TRIGGER_CANCEL, ANY},
    {"multiple boundary event", NODE_BOUNDARY, TRIGGER_MULTIPLE, ANY},
    {"timer start event of an event sub-process", NODE_START, TRIGGER_TIMER, IN_EVENT_SUB},
    {"message start event of an event sub-process", NODE_START, TRIGGER_MESSAGE, IN_EVENT_SUB},
    {"signal start event of an event sub-process", NODE_START, TRIGGER_SIGNAL, IN_EVENT_SUB},
    {"conditional start event of an event sub-process", NODE_START, TRIGGER_CONDITIONAL, IN_EVENT_SUB},
    {"error start event of an event sub-process", NODE_START, TRIGGER_ERROR, IN_EVENT_SUB},
    {"escalation start event of an event sub-process", NODE_START, TRIGGER_ESCALATION, IN_EVENT_SUB},
    {"compensation start event of an event sub-process", NODE_START, TRIGGER_COMPENSATION, IN_EVENT_SUB},
};
enum { NKINDS = sizeof KINDS / sizeof *KINDS };
/* Of activities beside their kind. */
static const char *const MORE[] = {"sub-process",
                                   "event sub-process",
                                   "transaction",
                                   "ad hoc sub-process",
                                   "standard loop",
                                   "multi-instance, parallel",
                                   "multi-instance, sequential",
                                   "activity that compensates",
                                   "activity with a compensation boundary event",
                                   "acceptance task"};
enum { NMORE = sizeof MORE / sizeof *MORE };

const char *cover_name(size_t kind)
{
    if (kind < NKINDS) return KINDS[kind].name;
    return kind < NKINDS + NMORE ? MORE[kind - NKINDS] : NULL;
}

static bool in_place(const struct process_model *m, const struct node *n, const struct kind *k)
{
    bool event_sub = n->kind == NODE_START && n->level != NONE && is_sub(&m->nodes[n->level], SUB_EVENT);
    switch (k->place) {
    case INTERRUPTS: return n->interrupting;
    case GOES_ON: return !n->interrupting;
    case IN_EVENT_SUB: return event_sub;
    case AT_TOP: return !event_sub;
    default: return true;
    }
}

static void count_more(const struct process_model *m, uint32_t i)
{
    const struct node *n = &m->nodes[i];
    uint64_t *more = sim.stats.cover + NKINDS;
    if (n->kind == NODE_SUB) more[n->variety]++;
    more[4] += n->loop.kind == LOOP_STANDARD;
    more[5] += n->loop.kind == LOOP_MULTI && !n->loop.sequential;
    more[6] += n->loop.kind == LOOP_MULTI && n->loop.sequential;
    more[7] += n->for_compensation;
    more[8] += n->handler != NONE;
    more[9] += slice_is(m->pub[i].task_kind, "acceptance");
}

static void count(const struct process_model *m, uint32_t i)
{
    const struct node *n = &m->nodes[i];
    for (size_t k = 0; k < NKINDS; k++) {
        const struct kind *x = &KINDS[k];
        bool fits = x->kind == n->kind && (x->trigger < 0 || (enum trigger)x->trigger == n->trigger);
        if (fits && in_place(m, n, x)) sim.stats.cover[k]++;
    }
    count_more(m, i);
}

static bool search(const struct process_model *m, struct slice element, int depth)
{
    for (uint32_t i = 0; i < m->nnodes; i++) {
        if (slice_eq(m->pub[i].id, element)) {
            count(m, i);
            return true;
        }
        if (m->nodes[i].called && depth < 8 && search(m->nodes[i].called, element, depth + 1)) return true;
    }
    return false;
}

void cover_passed(const struct process_model *m, struct slice element)
{
    (void)search(m, element, 0);
}
