#include "engine/process/random_gen.h"

#include <string.h>

/* xorshift64* */
unsigned gen_pick(struct gen *g, unsigned n)
{
    g->seed ^= g->seed >> 12;
    g->seed ^= g->seed << 25;
    g->seed ^= g->seed >> 27;
    return (unsigned)(g->seed * UINT64_C(2685821657736338717) >> 33) % n;
}

void gen_id(struct gen *g, char *id, const char *prefix)
{
    snprintf(id, 16, "%s%u", prefix, g->n++);
}

void gen_flow(struct gen *g, const char *from, const char *to)
{
    buf_printf(&g->b, "%s -> %s\n", from, to);
}

void gen_condition(struct gen *g, char out[64])
{
    unsigned there = g->ndone - g->base;
    if (there)
        snprintf(out, 64, "%s.n = %u", g->done[g->base + gen_pick(g, there)], gen_pick(g, 3));
    else
        snprintf(out, 64, "form.n = %u", gen_pick(g, 3));
}

void gen_step(struct gen *g, char out[32])
{
    out[0] = 0;
    if (gen_pick(g, 4) == 0) snprintf(out, 32, " tb:step=\"st%u\"", g->steps++);
}

static void add_done(struct gen *g, const char *id)
{
    if (g->ndone < RANDOM_DONE) memcpy(g->done[g->ndone++], id, sizeof *g->done);
}

/* --- tasks --- */

const char *gen_who(struct gen *g)
{
    static const char *const list[] = {
        "tb:kind=\"fill\" tb:form=\"form1\"",
        "tb:kind=\"fill\" tb:form=\"form1\"",
        "tb:kind=\"handle\" tb:role=\"handler\" tb:form=\"form1\"",
        "tb:kind=\"handle\" tb:role=\"handler\" tb:form=\"form1\" tb:clock=\"2wd\"",
        "tb:kind=\"review\" tb:role=\"reviewer\" tb:form=\"form1\" tb:department=\"scjg\"",
        "tb:kind=\"sign\" tb:role=\"signer\" tb:form=\"form1\" tb:clock=\"30h\"",
        "tb:kind=\"cosign\" tb:role=\"handler\" tb:form=\"form1\"",
    };
    return list[gen_pick(g, sizeof list / sizeof *list)];
}

void gen_task(struct gen *g, const char *from, char *to)
{
    char step[32];
    gen_step(g, step);
    gen_id(g, to, "t");
    buf_printf(&g->b, "userTask %s %s%s\n", to, gen_who(g), step);
    gen_flow(g, from, to);
    add_done(g, to);
}

/* An officer says yes or no, another one looks at it again, and the process goes two ways. */
static void decided(struct gen *g, const char *from, char *to)
{
    random_id first, again, gate;
    gen_id(g, first, "t");
    gen_id(g, again, "t");
    gen_id(g, gate, "g");
    gen_id(g, to, "x");
    buf_printf(
        &g->b,
        "userTask %s tb:kind=\"handle\" tb:role=\"handler\" tb:form=\"form1\" tb:outcomes=\"approve,reject\"\n"
        "exclusiveGateway %s\nuserTask %s tb:kind=\"handle\" tb:role=\"handler\" tb:form=\"form1\" tb:separate=\"%s\"\n"
        "exclusiveGateway %s\n%s -> %s\n%s => %s\n%s -> %s : %s.outcome = \"reject\"\n%s -> %s\n",
        first, gate, again, first, to, first, gate, gate, to, gate, again, first, again, to);
    gen_flow(g, from, first);
    add_done(g, first);
}

static void automatic(struct gen *g, const char *from, char *to)
{
    char step[32];
    gen_step(g, step);
    switch (gen_pick(g, 5)) {
    case 0:
        gen_id(g, to, "v");
        buf_printf(&g->b, "serviceTask %s tb:verb=\"%s.x\" tb:result=\"r\"%s | <tb:input name=\"a\" value=\"1\"/>\n",
                   to, gen_pick(g, 2) ? "job" : "local", step);
        break;
    case 1:
        gen_id(g, to, "c");
        buf_printf(
            &g->b,
            "scriptTask %s scriptFormat=\"feel\"%s | <script>{count: if count = null then 1 else count + 1}</script>\n",
            to, step);
        break;
    case 2:
        gen_id(g, to, "w");
        buf_printf(
            &g->b,
            "intermediateCatchEvent %s | <timerEventDefinition><timeDuration>PT%uH</timeDuration></timerEventDefinition>\n",
            to, 1 + gen_pick(g, 50));
        break;
    case 3:
        gen_id(g, to, "m");
        buf_printf(&g->b, "%s %s%s\n", gen_pick(g, 2) ? "task" : "manualTask", to, step);
        break;
    default:
        gen_id(g, to, "d");
        buf_printf(&g->b, "businessRuleTask %s tb:decision=\"grade\"%s | <tb:input name=\"score\" value=\"%u\"/>\n", to,
                   step, gen_pick(g, 100));
    }
    gen_flow(g, from, to);
}

/* --- gateways --- */

static void branch(struct gen *g, const char *split, const char *to, int depth, bool choice, bool otherwise)
{
    random_id entry, end;
    char cond[64];
    unsigned before = g->ndone;
    gen_condition(g, cond);
    gen_id(g, entry, "t"); /* each branch begins with a task, so that its first flow can carry the condition */
    buf_printf(&g->b, "userTask %s %s\n", entry, gen_who(g));
    add_done(g, entry);
    if (choice && otherwise)
        buf_printf(&g->b, "%s => %s\n", split, entry);
    else if (choice)
        buf_printf(&g->b, "%s -> %s : %s\n", split, entry, cond);
    else
        gen_flow(g, split, entry);
    gen_block(g, entry, end, depth - 1);
    gen_flow(g, end, to);
    g->ndone = before;
}

static void branches(struct gen *g, const char *from, char *to, int depth, const char *split_kind,
                     const char *join_kind)
{
    random_id split;
    gen_id(g, split, "g");
    gen_id(g, to, "j");
    buf_printf(&g->b, "%s %s\n%s %s\n", split_kind, split, join_kind, to);
    gen_flow(g, from, split);
    unsigned n = 2 + gen_pick(g, 2);
    for (unsigned i = 0; i < n; i++) branch(g, split, to, depth, split_kind[0] != 'p', i == 0);
}

static void loop(struct gen *g, const char *from, char *to, int depth)
{
    random_id head, body, inside, on;
    bool before = g->in_loop;
    gen_id(g, head, "x");
    gen_id(g, to, "y");
    buf_printf(&g->b, "exclusiveGateway %s\nexclusiveGateway %s\n", head, to);
    gen_flow(g, from, head);
    g->in_loop = true;
    gen_task(g, head, inside);
    gen_block(g, inside, body, depth - 1);
    g->in_loop = before;
    gen_flow(g, body, to);
    buf_printf(&g->b, "%s -> %s : %s.n = 0\n", to, head,
               inside); /* a number of this round, so that it ends some time */
    gen_id(g, on, "m");
    buf_printf(&g->b, "intermediateThrowEvent %s\n%s => %s\n", on, to, on);
    memcpy(to, on, sizeof on);
}

static void guarded_task(struct gen *g, const char *from, char *to)
{
    random_id t, bnd, other, rem, end;
    unsigned before = g->ndone;
    gen_task(g, from, t);
    g->ndone = before;
    gen_id(g, bnd, "b");
    gen_id(g, other, "t");
    gen_id(g, to, "x");
    buf_printf(
        &g->b,
        "boundaryEvent %s attachedToRef=\"%s\" tb:clock=\"%uwd\" | <timerEventDefinition/>\nuserTask %s tb:kind=\"fill\" tb:form=\"form1\"\n%s -> %s\nexclusiveGateway %s\n%s -> %s\n%s -> %s\n",
        bnd, t, 1 + gen_pick(g, 9), other, bnd, other, to, t, to, other, to);
    if (gen_pick(g, 2)) return;
    gen_id(g, rem, "b");
    gen_id(g, end, "e");
    buf_printf(
        &g->b,
        "boundaryEvent %s attachedToRef=\"%s\" cancelActivity=\"false\" | <timerEventDefinition><timeCycle>R%u/PT8H</timeCycle></timerEventDefinition>\nendEvent %s\n%s -> %s\n",
        rem, t, 1 + gen_pick(g, 3), end, rem, end);
}

/* --- sub-processes and calls --- */

/* Ends it plainly, or by an error as well, which somebody outside takes. */
static void end_sub(struct gen *g, const char *last, bool error)
{
    random_id end, choice, bad;
    char cond[64];
    gen_id(g, end, "e");
    if (!error) {
        buf_printf(&g->b, "endEvent %s\n%s -> %s\n}\n", end, last, end);
        return;
    }
    gen_id(g, choice, "x");
    gen_id(g, bad, "e");
    gen_condition(g, cond);
    buf_printf(&g->b,
               "endEvent %s\nexclusiveGateway %s\nendEvent %s | <errorEventDefinition errorRef=\"E1\"/>\n%s -> %s\n"
               "%s => %s\n%s -> %s : %s\n}\n",
               end, choice, bad, last, choice, choice, end, choice, bad, cond);
}

static void sub_process(struct gen *g, const char *from, char *to, int depth)
{
    random_id start, last, bnd, x;
    char step[32];
    unsigned before = g->ndone, how = gen_pick(g, 4);
    gen_step(g, step);
    gen_id(g, to, "q");
    gen_id(g, start, "s");
    buf_printf(&g->b, "subProcess %s%s {\nstartEvent %s\n", to, step, start);
    gen_block(g, start, last, depth - 1);
    end_sub(g, last, how == 0);
    gen_flow(g, from, to);
    if (how > 1) return;
    g->ndone = before; /* an error or a timer leads to the same place */
    gen_id(g, bnd, "b");
    gen_id(g, x, "x");
    buf_printf(&g->b, "boundaryEvent %s attachedToRef=\"%s\" | %s\nexclusiveGateway %s\n%s -> %s\n%s -> %s\n", bnd, to,
               how == 0 ? "<errorEventDefinition/>"
                        : "<timerEventDefinition><timeDuration>PT99H</timeDuration></timerEventDefinition>",
               x, bnd, x, to, x);
    memcpy(to, x, sizeof x);
}

static void call(struct gen *g, const char *from, char *to, int depth)
{
    random_id process, last;
    char step[32], start[24];
    gen_step(g, step);
    gen_id(g, to, "k");
    gen_id(g, process, "pr");
    buf_printf(&g->b, "callActivity %s calledElement=\"%s\"%s%s\n", to, process, step,
               gen_pick(g, 2) ? " | <tb:input name=\"x\" value=\"1\"/><tb:output name=\"o\" value=\"x\"/>" : "");
    gen_flow(g, from, to);
    struct buf outer = g->b;
    unsigned before = g->ndone, base = g->base;
    bool was_called = g->in_call, was_loop = g->in_loop;
    g->b = buf_new(outer.a, 1 << 20);
    g->base = g->ndone; /* what the caller did is not to be seen here */
    g->in_call = true;
    g->in_loop = false;
    buf_printf(&g->b, "process %s {\nstartEvent s%s\n", process, process);
    snprintf(start, sizeof start, "s%s", process);
    gen_block(g, start, last, depth - 1);
    buf_printf(&g->b, "endEvent e%s\n%s -> e%s\n}\n", process, last, process);
    buf_put(&g->processes, buf_slice(&g->b));
    g->b = outer;
    g->ndone = before;
    g->base = base;
    g->in_call = was_called;
    g->in_loop = was_loop;
}

/* --- the whole --- */

static void flow_block(struct gen *g, const char *at, char *next, int depth)
{
    switch (gen_pick(g, depth > 0 ? 11 : 4)) {
    case 0: gen_task(g, at, next); break;
    case 1: automatic(g, at, next); break;
    case 2: guarded_task(g, at, next); break;
    case 3: decided(g, at, next); break;
    case 4: branches(g, at, next, depth, "exclusiveGateway", "exclusiveGateway"); break;
    case 5: branches(g, at, next, depth, "parallelGateway", "parallelGateway"); break;
    case 6: branches(g, at, next, depth, "inclusiveGateway", "inclusiveGateway"); break;
    case 7: loop(g, at, next, depth); break;
    case 8: sub_process(g, at, next, depth); break;
    case 9: call(g, at, next, depth); break;
    default: branches(g, at, next, depth, "parallelGateway", "inclusiveGateway"); break;
    }
}

void gen_block(struct gen *g, const char *from, char *to, int depth)
{
    random_id at, next;
    snprintf(at, sizeof at, "%s", from);
    unsigned length = 1 + gen_pick(g, 2);
    for (unsigned i = 0; i < length; i++) {
        if (g->kind != MODEL_FLOWS && gen_pick(g, 2))
            gen_event_block(g, at, next, depth);
        else
            flow_block(g, at, next, depth);
        memcpy(at, next, sizeof at);
    }
    memcpy(to, at, sizeof at);
}

static const char ACCEPTANCE[] =
    "userTask acc tb:kind=\"acceptance\" tb:role=\"handler\" tb:outcomes=\"accept,correct,refuse\"\n"
    "boundaryEvent silence attachedToRef=\"acc\" tb:clock=\"5wd\" | <timerEventDefinition/>\n"
    "exclusiveGateway taken\nexclusiveGateway accepted\nendEvent refused tb:result=\"refused\"\n"
    "s -> acc\nacc -> taken\ntaken -> refused : acc.outcome = \"refuse\"\ntaken => accepted\nsilence -> accepted\n";

const char *random_process(struct arena *a, uint64_t seed, enum model_kind kind, bool acceptance)
{
    struct gen *g = NEW(a, struct gen);
    *g = (struct gen){
        .b = buf_new(a, 1 << 20), .processes = buf_new(a, 1 << 20), .seed = seed * 2654435761u + 1, .kind = kind};
    random_id last;
    for (int i = 0; i < 4; i++) (void)gen_pick(g, 2);
    buf_puts(&g->b, "startEvent s\n");
    if (acceptance) buf_puts(&g->b, ACCEPTANCE);
    gen_block(g, acceptance ? "accepted" : "s", last, 2 + (int)(seed % 3));
    /* every service has a step that its applicant sees */
    buf_printf(&g->b, "task last tb:step=\"st%u\"\nendEvent e\n%s -> last\nlast -> e\n", g->steps++, last);
    buf_put(&g->b, buf_slice(&g->processes));
    buf_putc(&g->b, 0);
    return g->b.p;
}
