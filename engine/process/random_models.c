#include "engine/process/random_models.h"

#include <stdio.h>

struct gen {
    struct buf b, processes;
    uint64_t seed;
    unsigned n; /* ids used */
    unsigned steps;
    int depth;
    bool in_call;
    bool events; /* with messages, signals, repetitions, compensation: what the concurrency of flows does not show */
};

static unsigned pick(struct gen *g, unsigned n)
{
    return (unsigned)(test_random(&g->seed) % n);
}

static void block(struct gen *g, const char *from, char *to, int depth);

static void new_id(struct gen *g, char *id, const char *prefix)
{
    snprintf(id, 16, "%s%u", prefix, g->n++);
}

static void link_to(struct gen *g, const char *from, const char *to)
{
    buf_printf(&g->b, "%s -> %s\n", from, to);
}

/* A condition over some task's number; the task may not have run yet, then it does not hold. */
static void condition(struct gen *g, char *out)
{
    snprintf(out, 64, "t%u.n = %u", pick(g, g->n + 1), pick(g, 3));
}

static void step_attribute(struct gen *g, char *out)
{
    out[0] = 0;
    if (pick(g, 4) == 0) snprintf(out, 32, " tb:step=\"st%u\"", g->steps++);
}

static void task(struct gen *g, const char *from, char *to)
{
    char step[32];
    step_attribute(g, step);
    new_id(g, to, "t");
    buf_printf(&g->b, "userTask %s tb:kind=\"fill\"%s\n", to, step);
    link_to(g, from, to);
}

static void automatic(struct gen *g, const char *from, char *to)
{
    char step[32];
    step_attribute(g, step);
    switch (pick(g, 4)) {
    case 0:
        new_id(g, to, "v");
        buf_printf(&g->b, "serviceTask %s tb:verb=\"%s.x\" tb:result=\"r\"%s | <tb:input name=\"a\" value=\"1\"/>\n",
                   to, pick(g, 2) ? "job" : "local", step);
        break;
    case 1:
        new_id(g, to, "c");
        buf_printf(
            &g->b,
            "scriptTask %s scriptFormat=\"feel\"%s | <script>{count: if count = null then 1 else count + 1}</script>\n",
            to, step);
        break;
    case 2:
        new_id(g, to, "w");
        buf_printf(
            &g->b,
            "intermediateCatchEvent %s | <timerEventDefinition><timeDuration>PT%uH</timeDuration></timerEventDefinition>\n",
            to, 1 + pick(g, 50));
        break;
    default:
        new_id(g, to, "d");
        buf_printf(&g->b, "businessRuleTask %s tb:decision=\"grade\"%s | <tb:input name=\"score\" value=\"%u\"/>\n", to,
                   step, pick(g, 100));
    }
    link_to(g, from, to);
}

static void branches(struct gen *g, const char *from, char *to, int depth, const char *split_kind,
                     const char *join_kind)
{
    char split[16], end[16], cond[64];
    new_id(g, split, "g");
    new_id(g, to, "j");
    buf_printf(&g->b, "%s %s\n%s %s\n", split_kind, split, join_kind, to);
    link_to(g, from, split);
    unsigned n = 2 + pick(g, 2);
    bool choice = split_kind[0] != 'p';
    for (unsigned i = 0; i < n; i++) {
        char entry[16];
        new_id(g, entry, "t"); /* each branch begins with a task, so that its first flow can carry the condition */
        buf_printf(&g->b, "userTask %s tb:kind=\"fill\"\n", entry);
        condition(g, cond);
        if (choice && i == 0)
            buf_printf(&g->b, "%s => %s\n", split, entry);
        else if (choice)
            buf_printf(&g->b, "%s -> %s : %s\n", split, entry, cond);
        else
            link_to(g, split, entry);
        block(g, entry, end, depth - 1);
        link_to(g, end, to);
    }
}

static void loop(struct gen *g, const char *from, char *to, int depth)
{
    char head[16], body[16];
    new_id(g, head, "x");
    new_id(g, to, "y");
    buf_printf(&g->b, "exclusiveGateway %s\nexclusiveGateway %s\n", head, to);
    link_to(g, from, head);
    char inside[16];
    task(g, head, inside);
    block(g, inside, body, depth - 1);
    link_to(g, body, to);
    buf_printf(&g->b, "%s -> %s : %s.n = 0\n", to, head,
               inside); /* a number of this round, so that it ends some time */
    char on[16];
    new_id(g, on, "m");
    buf_printf(&g->b, "intermediateThrowEvent %s\n%s => %s\n", on, to, on);
    memcpy(to, on, sizeof on);
}

static void guarded_task(struct gen *g, const char *from, char *to)
{
    char t[16], bnd[16], other[16];
    task(g, from, t);
    new_id(g, bnd, "b");
    new_id(g, other, "t");
    new_id(g, to, "x");
    buf_printf(
        &g->b,
        "boundaryEvent %s attachedToRef=\"%s\" tb:clock=\"%uwd\" | <timerEventDefinition/>\nuserTask %s tb:kind=\"fill\"\n%s -> %s\nexclusiveGateway %s\n%s -> %s\n%s -> %s\n",
        bnd, t, 1 + pick(g, 9), other, bnd, other, to, t, to, other, to);
    if (pick(g, 2)) {
        char rem[16], end[16];
        new_id(g, rem, "b");
        new_id(g, end, "e");
        buf_printf(
            &g->b,
            "boundaryEvent %s attachedToRef=\"%s\" cancelActivity=\"false\" | <timerEventDefinition><timeCycle>R%u/PT8H</timeCycle></timerEventDefinition>\nendEvent %s\n%s -> %s\n",
            rem, t, 1 + pick(g, 3), end, rem, end);
    }
}

static void sub_process(struct gen *g, const char *from, char *to, int depth)
{
    char start[16], end[16], last[16], step[32];
    step_attribute(g, step);
    new_id(g, to, "q");
    new_id(g, start, "s");
    new_id(g, end, "e");
    buf_printf(&g->b, "subProcess %s%s {\nstartEvent %s\n", to, step, start);
    block(g, start, last, depth - 1);
    buf_printf(&g->b, "endEvent %s\n%s -> %s\n}\n", end, last, end);
    link_to(g, from, to);
    if (pick(g, 2)) { /* an error or a timer leads to the same place */
        char bnd[16], x[16];
        new_id(g, bnd, "b");
        new_id(g, x, "x");
        buf_printf(&g->b, "boundaryEvent %s attachedToRef=\"%s\" | %s\nexclusiveGateway %s\n%s -> %s\n%s -> %s\n", bnd,
                   to,
                   pick(g, 2) ? "<errorEventDefinition/>"
                              : "<timerEventDefinition><timeDuration>PT99H</timeDuration></timerEventDefinition>",
                   x, bnd, x, to, x);
        memcpy(to, x, sizeof x);
    }
}

static void call(struct gen *g, const char *from, char *to, int depth)
{
    char process[16], last[16], step[32];
    step_attribute(g, step);
    new_id(g, to, "k");
    new_id(g, process, "pr");
    buf_printf(&g->b, "callActivity %s calledElement=\"%s\"%s%s\n", to, process, step,
               pick(g, 2) ? " | <tb:input name=\"x\" value=\"1\"/><tb:output name=\"o\" value=\"x\"/>" : "");
    link_to(g, from, to);
    struct buf outer = g->b;
    g->b = buf_new(outer.a, 1 << 20);
    buf_printf(&g->b, "process %s {\nstartEvent s%s\n", process, process);
    char start[24];
    snprintf(start, sizeof start, "s%s", process);
    bool before = g->in_call;
    g->in_call = true;
    block(g, start, last, depth - 1);
    g->in_call = before;
    buf_printf(&g->b, "endEvent e%s\n%s -> e%s\n}\n", process, last, process);
    buf_put(&g->processes, buf_slice(&g->b));
    g->b = outer;
}

/* --- events and repetitions --- */

static const char *awaited(struct gen *g)
{
    static const char *const list[] = {
        "<timerEventDefinition><timeDuration>PT3H</timeDuration></timerEventDefinition>",
        "<messageEventDefinition messageRef=\"M1\"/>",
        "<signalEventDefinition signalRef=\"S1\"/>",
        "<messageEventDefinition messageRef=\"M1\"/><signalEventDefinition signalRef=\"S1\"/>",
        "<conditionalEventDefinition><condition>count &gt; 2</condition></conditionalEventDefinition>"
        "<timerEventDefinition><timeDuration>PT3H</timeDuration></timerEventDefinition>",
    };
    return list[pick(g, sizeof list / sizeof *list)];
}

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
    return list[pick(g, sizeof list / sizeof *list)];
}

static void repeated(struct gen *g, const char *from, char *to)
{
    char step[32];
    step_attribute(g, step);
    new_id(g, to, "t");
    if (pick(g, 3))
        buf_printf(&g->b, "userTask %s tb:kind=\"fill\"%s | %s\n", to, step, repetition(g));
    else
        buf_printf(&g->b, "serviceTask %s tb:verb=\"job.x\" tb:result=\"r\"%s | %s\n", to, step, repetition(g));
    link_to(g, from, to);
}

static void repeated_sub(struct gen *g, const char *from, char *to, int depth)
{
    char start[16], end[16], last[16];
    new_id(g, to, "q");
    new_id(g, start, "s");
    new_id(g, end, "e");
    buf_printf(&g->b, "subProcess %s {\n%s\nstartEvent %s\n", to, repetition(g), start);
    block(g, start, last, depth - 1);
    buf_printf(&g->b, "endEvent %s\n%s -> %s\n}\n", end, last, end);
    link_to(g, from, to);
}

static void waiting(struct gen *g, const char *from, char *to, int depth)
{
    if (pick(g, 2)) {
        new_id(g, to, "w");
        const char *events = awaited(g); /* a condition may never come to hold, so not all of that are asked for */
        bool all = !strstr(events, "condition") && pick(g, 2);
        buf_printf(&g->b, "intermediateCatchEvent %s%s | %s\n", to, all ? " parallelMultiple=\"true\"" : "", events);
        link_to(g, from, to);
        return;
    }
    char gate[16], end[16];
    new_id(g, gate, "g");
    new_id(g, to, "x");
    buf_printf(&g->b, "eventBasedGateway %s\nexclusiveGateway %s\n", gate, to);
    link_to(g, from, gate);
    for (int i = 0; i < 2; i++) {
        char w[16];
        new_id(g, w, "w");
        if (i || pick(g, 2))
            buf_printf(&g->b, "intermediateCatchEvent %s | %s\n", w, awaited(g));
        else
            buf_printf(&g->b, "receiveTask %s messageRef=\"M1\"\n", w);
        link_to(g, gate, w);
        block(g, w, end, depth - 1);
        link_to(g, end, to);
    }
}

static void thrown(struct gen *g, const char *from, char *to)
{
    static const char *const list[] = {
        "<signalEventDefinition signalRef=\"S1\"/>", "<escalationEventDefinition escalationRef=\"X1\"/>",
        "<compensateEventDefinition/>", "<messageEventDefinition messageRef=\"M1\"/>",
        "<escalationEventDefinition escalationRef=\"X1\"/><signalEventDefinition signalRef=\"S1\"/>"};
    new_id(g, to, "m");
    buf_printf(&g->b, "intermediateThrowEvent %s | %s\n", to, list[pick(g, sizeof list / sizeof *list)]);
    link_to(g, from, to);
}

/* A task that another one, or a whole sub-process, can compensate. */
static void compensable(struct gen *g, const char *from, char *to)
{
    char undo[16], bnd[16];
    task(g, from, to);
    new_id(g, undo, "u");
    new_id(g, bnd, "b");
    buf_printf(&g->b, "boundaryEvent %s attachedToRef=\"%s\" | <compensateEventDefinition/>\n", bnd, to);
    if (pick(g, 2))
        buf_printf(&g->b, "userTask %s tb:kind=\"fill\" isForCompensation=\"true\"\n", undo);
    else
        buf_printf(
            &g->b,
            "subProcess %s isForCompensation=\"true\" {\nstartEvent %ss\nuserTask %st tb:kind=\"fill\"\nendEvent "
            "%se\n%ss -> %st\n%st -> %se\n}\n",
            undo, undo, undo, undo, undo, undo, undo, undo);
    buf_printf(&g->b, "<association id=\"a%s\" sourceRef=\"%s\" targetRef=\"%s\"/>\n", bnd, bnd, undo);
}

static void event_sub(struct gen *g)
{
    char q[16], start[16], end[16], t[16];
    new_id(g, q, "q");
    new_id(g, start, "s");
    new_id(g, end, "e");
    new_id(g, t, "t");
    unsigned kind = pick(g, 4);
    bool stops = kind < 2 && pick(g, 2);
    buf_printf(&g->b, "subProcess %s triggeredByEvent=\"true\" {\nstartEvent %s%s | %s\n", q, start,
               stops || kind == 2 ? "" : " isInterrupting=\"false\"",
               kind < 2    ? awaited(g)
               : kind == 2 ? "<errorEventDefinition/>"
                           : "<escalationEventDefinition/>");
    buf_printf(&g->b, "userTask %s tb:kind=\"fill\"\nendEvent %s\n%s -> %s\n%s -> %s\n}\n", t, end, start, t, t, end);
}

static void watched_sub(struct gen *g, const char *from, char *to, int depth)
{
    char start[16], end[16], last[16];
    new_id(g, to, "q");
    new_id(g, start, "s");
    new_id(g, end, "e");
    bool transaction = pick(g, 3) == 0;
    buf_printf(&g->b, "%s %s {\nstartEvent %s\n", transaction ? "transaction" : "subProcess", to, start);
    block(g, start, last, depth - 1);
    event_sub(g);
    if (transaction)
        buf_printf(&g->b, "endEvent %s | <cancelEventDefinition/>\n", end);
    else
        buf_printf(&g->b, "endEvent %s%s\n", end,
                   pick(g, 3) ? "" : " | <escalationEventDefinition escalationRef=\"X1\"/>");
    buf_printf(&g->b, "%s -> %s\n}\n", last, end);
    link_to(g, from, to);
    char bnd[16], x[16];
    new_id(g, bnd, "b");
    new_id(g, x, "x");
    buf_printf(&g->b, "boundaryEvent %s attachedToRef=\"%s\" | %s\nexclusiveGateway %s\n%s -> %s\n%s -> %s\n", bnd, to,
               transaction ? "<cancelEventDefinition/>" : awaited(g), x, bnd, x, to, x);
    memcpy(to, x, sizeof x);
}

static void ad_hoc(struct gen *g, const char *from, char *to)
{
    char a[16], b[16];
    new_id(g, to, "q");
    new_id(g, a, "t");
    new_id(g, b, "t");
    buf_printf(&g->b, "adHocSubProcess %s%s {\n%s\nuserTask %s tb:kind=\"fill\"\nuserTask %s tb:kind=\"fill\"\n}\n", to,
               pick(g, 2) ? " ordering=\"Sequential\"" : "",
               pick(g, 2) ? "" : "<completionCondition>count &gt; 1</completionCondition>", a, b);
    link_to(g, from, to);
}

static void event_block(struct gen *g, const char *at, char *next, int depth)
{
    switch (pick(g, depth > 0 ? 8 : 5)) {
    case 0: repeated(g, at, next); break;
    case 1: thrown(g, at, next); break;
    case 2: compensable(g, at, next); break;
    case 3: ad_hoc(g, at, next); break;
    case 4:
    case 5: waiting(g, at, next, depth); break;
    case 6: repeated_sub(g, at, next, depth); break;
    default: watched_sub(g, at, next, depth); break;
    }
}

/* Puts a piece of flow behind `from` (which has no way out yet); `to` gets its last element. */
static void block(struct gen *g, const char *from, char *to, int depth)
{
    char at[16], next[16];
    snprintf(at, sizeof at, "%s", from);
    unsigned length = 1 + pick(g, 2);
    for (unsigned i = 0; i < length; i++) {
        unsigned kind = pick(g, depth > 0 ? 10 : 3);
        if (g->events && pick(g, 2)) {
            event_block(g, at, next, depth);
            memcpy(at, next, sizeof at);
            continue;
        }
        switch (kind) {
        case 0: task(g, at, next); break;
        case 1: automatic(g, at, next); break;
        case 2: guarded_task(g, at, next); break;
        case 3: branches(g, at, next, depth, "exclusiveGateway", "exclusiveGateway"); break;
        case 4: branches(g, at, next, depth, "parallelGateway", "parallelGateway"); break;
        case 5: branches(g, at, next, depth, "inclusiveGateway", "inclusiveGateway"); break;
        case 6: loop(g, at, next, depth); break;
        case 7: sub_process(g, at, next, depth); break;
        case 8: call(g, at, next, depth); break;
        default: branches(g, at, next, depth, "parallelGateway", "inclusiveGateway"); break;
        }
        memcpy(at, next, sizeof at);
    }
    memcpy(to, at, sizeof at);
}

const char *random_process(struct arena *a, uint64_t seed, bool events)
{
    struct gen g = {
        .b = buf_new(a, 1 << 20), .processes = buf_new(a, 1 << 20), .seed = seed * 2654435761u + 1, .events = events};
    char last[16];
    buf_puts(&g.b, "startEvent s\n");
    block(&g, "s", last, 2 + (int)(seed % 3));
    buf_printf(&g.b, "endEvent e\n%s -> e\n", last);
    buf_put(&g.b, buf_slice(&g.processes));
    buf_putc(&g.b, 0);
    return g.b.p;
}
