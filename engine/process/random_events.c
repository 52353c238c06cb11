/* The part of the random models that is events, repetitions and undoing. */
#include "engine/process/random_gen.h"

#include <string.h>

#define TIMER "<timerEventDefinition><timeDuration>PT3H</timeDuration></timerEventDefinition>"
#define WHEN(text) "<conditionalEventDefinition><condition>" text "</condition></conditionalEventDefinition>"
#define LETTER "<messageEventDefinition messageRef=\"M1\" tb:key=\"case_number\"/>"
#define BELL "<signalEventDefinition signalRef=\"S1\"/>"
#define UP "<escalationEventDefinition escalationRef=\"X1\"/>"

/* What may be waited for; a condition may never come to hold, so it stands beside a timer here. */
static const char *awaited(struct gen *g)
{
    static const char *const own[] = {TIMER, TIMER, WHEN("count &gt; 2") TIMER};
    static const char *const all[] = {TIMER, LETTER, BELL, LETTER BELL, WHEN("count &gt; 2") TIMER};
    return g->kind == MODEL_EVENTS ? all[gen_pick(g, sizeof all / sizeof *all)]
                                   : own[gen_pick(g, sizeof own / sizeof *own)];
}

/* What may happen meanwhile, and need not. */
static const char *meanwhile(struct gen *g)
{
    return gen_pick(g, 3) ? awaited(g) : WHEN("count &gt; 1");
}

/* --- repetitions --- */

static const char *repetition(struct gen *g)
{
    static const char *const list[] = {
        "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>",
        "<multiInstanceLoopCharacteristics isSequential=\"true\"><loopCardinality>2</loopCardinality>"
        "</multiInstanceLoopCharacteristics>",
        "<multiInstanceLoopCharacteristics tb:collection=\"[1, 2, 3]\" tb:item=\"i\" tb:collect=\"all\" tb:value=\"i\">"
        "<completionCondition>numberOfCompletedInstances = 2</completionCondition></multiInstanceLoopCharacteristics>",
        "<standardLoopCharacteristics loopMaximum=\"3\"/>",
        "<standardLoopCharacteristics testBefore=\"true\" loopMaximum=\"2\"><loopCondition>count &gt; 1</loopCondition>"
        "</standardLoopCharacteristics>",
        "<multiInstanceLoopCharacteristics><loopCardinality>0</loopCardinality></multiInstanceLoopCharacteristics>",
    };
    return list[gen_pick(g, sizeof list / sizeof *list)];
}

static void repeated(struct gen *g, const char *from, char *to)
{
    char step[32];
    gen_step(g, step);
    gen_id(g, to, "t");
    if (gen_pick(g, 3))
        buf_printf(&g->b, "userTask %s %s%s | %s\n", to, gen_who(g), step, repetition(g));
    else
        buf_printf(&g->b, "serviceTask %s tb:verb=\"job.x\" tb:result=\"r\"%s | %s\n", to, step, repetition(g));
    gen_flow(g, from, to);
}

static void repeated_sub(struct gen *g, const char *from, char *to, int depth)
{
    random_id start, end, last;
    unsigned before = g->ndone;
    gen_id(g, to, "q");
    gen_id(g, start, "s");
    gen_id(g, end, "e");
    buf_printf(&g->b, "subProcess %s {\n%s\nstartEvent %s\n", to, repetition(g), start);
    gen_block(g, start, last, depth - 1);
    buf_printf(&g->b, "endEvent %s\n%s -> %s\n}\n", end, last, end);
    gen_flow(g, from, to);
    g->ndone = before;
}

static void ad_hoc(struct gen *g, const char *from, char *to)
{
    random_id a, b;
    gen_id(g, to, "q");
    gen_id(g, a, "t");
    gen_id(g, b, "t");
    buf_printf(&g->b, "adHocSubProcess %s%s {\n%s\nuserTask %s %s\nuserTask %s %s\n}\n", to,
               gen_pick(g, 2) ? " ordering=\"Sequential\"" : "",
               gen_pick(g, 2) ? "" : "<completionCondition>count &gt; 1</completionCondition>", a, gen_who(g), b,
               gen_who(g));
    gen_flow(g, from, to);
}

/* --- waiting and throwing --- */

static void waiting_alone(struct gen *g, const char *from, char *to)
{
    const char *events = awaited(g);
    bool all = !strstr(events, "condition") && strstr(events, LETTER BELL) && gen_pick(g, 2);
    if (g->kind == MODEL_EVENTS && gen_pick(g, 3) == 0) {
        gen_id(g, to, "w");
        buf_printf(&g->b, "%s %s messageRef=\"M1\" tb:key=\"case_number\"\n",
                   gen_pick(g, 2) ? "receiveTask" : "sendTask", to);
    } else {
        gen_id(g, to, "w");
        buf_printf(&g->b, "intermediateCatchEvent %s%s | %s\n", to, all ? " parallelMultiple=\"true\"" : "", events);
    }
    gen_flow(g, from, to);
}

static void waiting(struct gen *g, const char *from, char *to, int depth)
{
    random_id gate, end, w;
    unsigned before = g->ndone;
    gen_id(g, gate, "g");
    gen_id(g, to, "x");
    buf_printf(&g->b, "eventBasedGateway %s\nexclusiveGateway %s\n", gate, to);
    gen_flow(g, from, gate);
    for (int i = 0; i < 2; i++) {
        gen_id(g, w, "w");
        if (i || g->kind != MODEL_EVENTS || gen_pick(g, 2))
            buf_printf(&g->b, "intermediateCatchEvent %s | %s\n", w, i ? awaited(g) : meanwhile(g));
        else
            buf_printf(&g->b, "receiveTask %s messageRef=\"M1\" tb:key=\"case_number\"\n", w);
        gen_flow(g, gate, w);
        gen_block(g, w, end, depth - 1);
        gen_flow(g, end, to);
        g->ndone = before;
    }
}

/* A condition that a script makes hold. */
static void condition_met(struct gen *g, const char *from, char *to)
{
    random_id c;
    gen_id(g, c, "c");
    gen_id(g, to, "w");
    buf_printf(&g->b,
               "scriptTask %s scriptFormat=\"feel\" | <script>{count: 9}</script>\nintermediateCatchEvent %s | "
               "%s\n%s -> %s\n",
               c, to, WHEN("count &gt; 2"), c, to);
    gen_flow(g, from, c);
}

static void thrown(struct gen *g, const char *from, char *to)
{
    static const char *const list[] = {UP, "<compensateEventDefinition/>", UP, BELL, LETTER, UP BELL};
    gen_id(g, to, "m");
    buf_printf(&g->b, "intermediateThrowEvent %s | %s\n", to, list[gen_pick(g, g->kind == MODEL_EVENTS ? 6 : 3)]);
    gen_flow(g, from, to);
}

static void linked(struct gen *g, const char *from, char *to)
{
    random_id out;
    gen_id(g, out, "m");
    gen_id(g, to, "w");
    buf_printf(&g->b,
               "intermediateThrowEvent %s | <linkEventDefinition name=\"L%s\"/>\n"
               "intermediateCatchEvent %s | <linkEventDefinition name=\"L%s\"/>\n",
               out, out, to, out);
    gen_flow(g, from, out);
}

/* One of the branches is enough, or two. Not in a loop: what comes late would meet the next round. */
static void some_of(struct gen *g, const char *from, char *to)
{
    random_id split, t;
    unsigned n = 2 + gen_pick(g, 2);
    gen_id(g, split, "g");
    gen_id(g, to, "j");
    buf_printf(&g->b,
               "parallelGateway %s\ncomplexGateway %s | <activationCondition>activationCount &gt;= "
               "%u</activationCondition>\n",
               split, to, 1 + gen_pick(g, 2));
    gen_flow(g, from, split);
    for (unsigned i = 0; i < n; i++) {
        gen_id(g, t, "t");
        buf_printf(&g->b, "userTask %s %s\n%s -> %s\n%s -> %s\n", t, gen_who(g), split, t, t, to);
    }
}

/* --- undoing --- */

/* A task that another one, or a whole sub-process, can compensate. */
static void compensable(struct gen *g, const char *from, char *to)
{
    random_id undo, bnd;
    gen_task(g, from, to);
    gen_id(g, undo, "u");
    gen_id(g, bnd, "b");
    buf_printf(&g->b, "boundaryEvent %s attachedToRef=\"%s\" | <compensateEventDefinition/>\n", bnd, to);
    if (gen_pick(g, 2))
        buf_printf(&g->b, "userTask %s %s isForCompensation=\"true\"\n", undo, gen_who(g));
    else
        buf_printf(
            &g->b,
            "subProcess %s isForCompensation=\"true\" {\nstartEvent %ss\nuserTask %st tb:kind=\"fill\" tb:form=\"form1\"\nendEvent "
            "%se\n%ss -> %st\n%st -> %se\n}\n",
            undo, undo, undo, undo, undo, undo, undo, undo);
    buf_printf(&g->b, "<association id=\"a%s\" sourceRef=\"%s\" targetRef=\"%s\"/>\n", bnd, bnd, undo);
}

/* --- sub-processes with events around and in them --- */

static void event_sub(struct gen *g, const char *event, bool interrupts)
{
    random_id q, start, end, t;
    gen_id(g, q, "q");
    gen_id(g, start, "s");
    gen_id(g, end, "e");
    gen_id(g, t, "t");
    buf_printf(&g->b, "subProcess %s triggeredByEvent=\"true\" {\nstartEvent %s%s | %s\n", q, start,
               interrupts ? "" : " isInterrupting=\"false\"", event);
    buf_printf(&g->b, "userTask %s %s\nendEvent %s\n%s -> %s\n%s -> %s\n}\n", t, gen_who(g), end, start, t, t, end);
}

/* A sub-process that says itself how it is undone, and what undoes it. */
static void undone(struct gen *g, const char *from, char *to)
{
    random_id q, start, end, t;
    gen_id(g, q, "q");
    gen_id(g, start, "s");
    gen_id(g, end, "e");
    gen_id(g, to, "m");
    buf_printf(&g->b, "subProcess %s {\nstartEvent %s\n", q, start);
    gen_task(g, start, t);
    event_sub(g, "<compensateEventDefinition/>", true);
    buf_printf(&g->b, "endEvent %s\n%s -> %s\n}\nintermediateThrowEvent %s | <compensateEventDefinition/>\n%s -> %s\n",
               end, t, end, to, q, to);
    gen_flow(g, from, q);
}

/* Another way to end a sub-process, now and then. */
static const char *other_end(struct gen *g, bool transaction)
{
    static const char *const list[] = {UP,
                                       "<errorEventDefinition errorRef=\"E1\"/>",
                                       "<terminateEventDefinition/>",
                                       "<errorEventDefinition errorRef=\"E1\"/>",
                                       "<compensateEventDefinition/>",
                                       BELL,
                                       LETTER,
                                       BELL,
                                       LETTER};
    if (transaction) return "<cancelEventDefinition/>";
    return list[gen_pick(g, g->kind == MODEL_EVENTS ? 9 : 5)];
}

/* Sometimes what happens in it is taken inside, by an event sub-process, before its boundary event could. */
static bool watch_inside(struct gen *g, const char *how)
{
    if (gen_pick(g, 2)) return false;
    if (strstr(how, "E1"))
        event_sub(g, "<errorEventDefinition/>", true);
    else if (strstr(how, "escala"))
        event_sub(g, "<escalationEventDefinition/>", gen_pick(g, 2));
    else
        event_sub(g, meanwhile(g), gen_pick(g, 2));
    return strstr(how, "E1") || strstr(how, "escala");
}

static void watched_sub(struct gen *g, const char *from, char *to, int depth)
{
    random_id start, end, first, last, choice, other, bnd, x;
    char cond[64];
    unsigned before = g->ndone;
    bool transaction = gen_pick(g, 3) == 0;
    gen_id(g, to, "q");
    gen_id(g, start, "s");
    gen_id(g, first, "c");
    gen_id(g, end, "e");
    gen_id(g, other, "e");
    gen_id(g, choice, "x");
    /* what is counted makes conditions hold */
    buf_printf(&g->b,
               "%s %s {\nstartEvent %s\nscriptTask %s scriptFormat=\"feel\" | <script>{count: %u}</script>\n%s -> %s\n",
               transaction ? "transaction" : "subProcess", to, start, first, gen_pick(g, 4), start, first);
    gen_block(g, first, last, depth - 1);
    gen_condition(g, cond);
    const char *how = other_end(g, transaction);
    bool taken = watch_inside(g, how);
    buf_printf(&g->b, "exclusiveGateway %s\nendEvent %s\nendEvent %s | %s\n%s -> %s\n%s => %s\n%s -> %s : %s\n}\n",
               choice, end, other, how, last, choice, choice, end, choice, other, cond);
    gen_flow(g, from, to);
    gen_id(g, bnd, "b");
    gen_id(g, x, "x");
    const char *catches = transaction             ? "<cancelEventDefinition/>"
                          : taken                 ? meanwhile(g)
                          : strstr(how, "E1")     ? "<errorEventDefinition errorRef=\"E1\"/>"
                          : strstr(how, "escala") ? "<escalationEventDefinition/>"
                                                  : meanwhile(g);
    buf_printf(&g->b, "boundaryEvent %s attachedToRef=\"%s\" | %s\nexclusiveGateway %s\n%s -> %s\n%s -> %s\n", bnd, to,
               catches, x, bnd, x, to, x);
    memcpy(to, x, sizeof x);
    g->ndone = before;
}

/* Something beside a task that lets it go on. */
static void reminded(struct gen *g, const char *from, char *to)
{
    random_id bnd, end;
    gen_task(g, from, to);
    gen_id(g, bnd, "b");
    gen_id(g, end, "e");
    buf_printf(&g->b, "boundaryEvent %s attachedToRef=\"%s\" cancelActivity=\"false\" | %s\nendEvent %s\n%s -> %s\n",
               bnd, to, gen_pick(g, 2) ? WHEN("count &gt; 1") : awaited(g), end, bnd, end);
}

/* What one branch throws, the other waits for: as an event, on a task, or inside a sub-process. */
static void told(struct gen *g, const char *from, char *to)
{
    random_id split, t, m, w, x, inner;
    const char *what = gen_pick(g, 2) ? LETTER : BELL;
    gen_id(g, split, "g");
    gen_id(g, to, "j");
    gen_id(g, t, "t");
    gen_id(g, m, "m");
    gen_id(g, w, "w");
    gen_id(g, x, "x");
    gen_id(g, inner, "t");
    buf_printf(
        &g->b,
        "parallelGateway %s\nparallelGateway %s\nuserTask %s %s\nintermediateThrowEvent %s | %s\n%s -> %s\n%s -> %s\n"
        "%s -> %s\n%s -> %s\n",
        split, to, t, gen_who(g), m, what, split, t, t, m, m, to, split, w);
    gen_flow(g, from, split);
    switch (gen_pick(g, 3)) {
    case 0: buf_printf(&g->b, "intermediateCatchEvent %s | %s\n%s -> %s\n", w, what, w, to); break;
    case 1:
        buf_printf(&g->b,
                   "userTask %s %s\nboundaryEvent %sb attachedToRef=\"%s\" | %s\nexclusiveGateway %s\n%s -> %s\n"
                   "%sb -> %s\n%s -> %s\n",
                   w, gen_who(g), w, w, what, x, w, x, w, x, x, to);
        break;
    default:
        buf_printf(&g->b, "subProcess %s {\nstartEvent %ss\nuserTask %s %s\nendEvent %se\n%ss -> %s\n%s -> %se\n", w, w,
                   inner, gen_who(g), w, w, inner, inner, w);
        event_sub(g, what, gen_pick(g, 2));
        buf_printf(&g->b, "}\n%s -> %s\n", w, to);
    }
}

void gen_event_block(struct gen *g, const char *at, char *next, int depth)
{
    if (g->kind == MODEL_EVENTS && gen_pick(g, 3) == 0) {
        told(g, at, next);
        return;
    }
    switch (gen_pick(g, depth > 0 ? 17 : 10)) {
    case 0: repeated(g, at, next); break;
    case 1: thrown(g, at, next); break;
    case 2: compensable(g, at, next); break;
    case 3: ad_hoc(g, at, next); break;
    case 4: linked(g, at, next); break;
    case 5: condition_met(g, at, next); break;
    case 6: reminded(g, at, next); break;
    case 7: waiting_alone(g, at, next); break;
    case 8: g->in_loop ? thrown(g, at, next) : some_of(g, at, next); break;
    case 9: undone(g, at, next); break;
    case 10:
    case 11: waiting(g, at, next, depth); break;
    case 12: repeated_sub(g, at, next, depth); break;
    default: watched_sub(g, at, next, depth); break;
    }
}
