/* Random block-structured processes. Each is sound by construction, so the checks must let it pass, and it must
 * come to its end whatever happens: no token is lost, none is used twice, bytes and state agree after every event,
 * the same event twice gives the same effects (the driver checks these), and the end is reached exactly once. */
#include "engine/process/testkit.h"

#include <stdio.h>
#include <stdlib.h>

struct gen {
    struct buf b, processes;
    uint64_t seed;
    unsigned n; /* ids used */
    unsigned steps;
    int depth;
    bool in_call;
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

/* Puts a piece of flow behind `from` (which has no way out yet); `to` gets its last element. */
static void block(struct gen *g, const char *from, char *to, int depth)
{
    char at[16], next[16];
    snprintf(at, sizeof at, "%s", from);
    unsigned length = 1 + pick(g, 2);
    for (unsigned i = 0; i < length; i++) {
        unsigned kind = pick(g, depth > 0 ? 10 : 3);
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

static const char *random_process(struct arena *a, uint64_t seed)
{
    struct gen g = {.b = buf_new(a, 1 << 20), .processes = buf_new(a, 1 << 20), .seed = seed * 2654435761u + 1};
    char last[16];
    buf_puts(&g.b, "startEvent s\n");
    block(&g, "s", last, 2 + (int)(seed % 3));
    buf_printf(&g.b, "endEvent e\n%s -> e\n", last);
    buf_put(&g.b, buf_slice(&g.processes));
    buf_putc(&g.b, 0);
    return g.b.p;
}

static const char *data_for(struct arena *a, uint64_t *seed)
{
    return arena_printf(a, "{\"n\":%u}", (unsigned)(test_random(seed) % 3)).p;
}

/* One random event at one random waiting token. */
static void random_event(struct play *p, uint64_t *seed)
{
    const struct process_waiting *w;
    size_t n = process_waiting(p->a, p->s, &w), from = (size_t)(test_random(seed) % n);
    if (test_random(seed) % 40 == 0) {
        const char *data = arena_printf(p->a, "{\"step\":\"st%u\"}", (unsigned)(test_random(seed) % 6)).p;
        result r = play_event(p, EV_CANCEL_STEP, 0, data);
        if (failed(r)) assert_code(r, CODE_PROCESS_STEP);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const struct process_waiting *k = &w[(from + i) % n];
        p->at += MS_MINUTE;
        switch (k->why) {
        case WAIT_TASK: PLAY(p, EV_TASK_DONE, k->token, data_for(p->a, seed)); return;
        case WAIT_TIMER:
        case WAIT_BOUNDARY: PLAY(p, EV_TIMER, k->token, NULL); return;
        case WAIT_INCIDENT: PLAY(p, EV_RETRY, k->token, NULL); return;
        case WAIT_VERB:
            if (test_random(seed) % 5 == 0)
                PLAY(p, EV_VERB_FAILED, k->token, "{\"code\":\"down\",\"message\":\"m\"}");
            else
                PLAY(p, EV_VERB_DONE, k->token, "{\"ok\":true}");
            return;
        case WAIT_CHILD:
        case WAIT_JOIN: break;
        }
    }
    fail_msg("tokens are lost: nothing can happen any more");
}

static size_t passed(const struct play *p, const char *element)
{
    size_t n = 0;
    for (size_t i = 0; i < p->last.n; i++)
        n += p->last.effects[i].type == EFF_PASSED && slice_is(p->last.effects[i].node->id, element);
    return n;
}

static void run_one(uint64_t seed, size_t *events, size_t *longest)
{
    struct arena *a = arena_new("random process");
    const char *notation = random_process(a, seed);
    struct kit k;
    kit_init(&k, a);
    const struct process_model *m = NULL;
    result r = process_compile(a, kit_bpmn(a, "", notation), S("process.bpmn"), &k.env, &m);
    if (failed(r))
        fail_msg("seed %llu:\n%.*s\n%s", (unsigned long long)seed, SLICE_ARG(result_text(a, r, LANG_EN)), notation);
    struct play p;
    play_begin(&p, a, m, NULL);
    size_t ends = passed(&p, "e"), count = 0;
    for (; !p.last.ended && count < 3000; count++) {
        random_event(&p, &seed);
        ends += passed(&p, "e");
    }
    if (!p.last.ended) fail_msg("not over after %zu events:\n%s", count, notation);
    assert_int_equal(ends, 1);
    *events += count;
    if (p.longest > *longest) *longest = p.longest;
    arena_free(a);
}

static void random_processes_come_to_their_end(void **state)
{
    (void)state;
    const char *n = getenv("RANDOM_PROCESSES");
    int64_t count = 400;
    if (n) assert_true(slice_int64(slice_cstr(n), &count));
    size_t events = 0, longest = 0;
    for (int64_t i = 1; i <= count; i++) run_one((uint64_t)i, &events, &longest);
    print_message("random processes: %lld run to their end, %zu events, longest state %zu bytes\n", (long long)count,
                  events, longest);
    assert_true(longest <= 500);
}

/* --- the same, broken at random: whatever the checks still let pass must run like a sound process --- */

struct line {
    struct slice text;
    bool flow; /* "a -> b …" or "a => b" */
};

static size_t lines_of(struct slice text, struct line *list, size_t max)
{
    size_t n = 0;
    for (bool more = true; more && n < max;) {
        struct slice line;
        more = slice_cut(text, '\n', &line, &text);
        list[n++] =
            (struct line){line, slice_search(line, S(" -> ")) != SIZE_MAX || slice_search(line, S(" => ")) != SIZE_MAX};
    }
    return n;
}

/* Another gateway kind, or another target for one flow. */
static struct slice broken_line(struct arena *a, const struct line *list, size_t n, size_t at, uint64_t *seed)
{
    static const char *const kinds[] = {"exclusiveGateway", "parallelGateway", "inclusiveGateway"};
    struct slice line = list[at].text, head, rest;
    if (!list[at].flow) {
        slice_cut(line, ' ', &head, &rest);
        if (!slice_ends(head, S("Gateway"))) return line;
        return arena_printf(a, "%s %.*s", kinds[test_random(seed) % 3], SLICE_ARG(rest));
    }
    size_t arrow = slice_search(line, S("> ")) + 2, other = (size_t)(test_random(seed) % n);
    if (!list[other].flow) return line;
    size_t other_arrow = slice_search(list[other].text, S("> ")) + 2;
    slice_cut(slice_sub(list[other].text, other_arrow, line.n + list[other].text.n), ' ', &head, &rest);
    struct slice target, condition;
    slice_cut(slice_sub(line, arrow, line.n), ' ', &target, &condition);
    return arena_printf(a, "%.*s%.*s %.*s", SLICE_ARG(slice_sub(line, 0, arrow)), SLICE_ARG(head),
                        SLICE_ARG(condition));
}

static const char *broken(struct arena *a, const char *notation, uint64_t *seed)
{
    enum { MAX_LINES = 4000 };
    struct line *list = NEW_ARRAY(a, struct line, MAX_LINES);
    size_t n = lines_of(slice_cstr(notation), list, MAX_LINES), times = 1 + (size_t)(test_random(seed) % 2);
    for (size_t i = 0; i < times; i++) {
        size_t at = (size_t)(test_random(seed) % n);
        list[at].text = broken_line(a, list, n, at, seed);
    }
    struct buf b = buf_new(a, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        buf_put(&b, list[i].text);
        buf_putc(&b, '\n');
    }
    buf_putc(&b, 0);
    return b.p;
}

/* Nothing waits twice at the same place, and no join waits in vain. */
static void assert_sound(struct play *p, const char *notation)
{
    const struct process_waiting *w;
    size_t n = process_waiting(p->a, p->s, &w);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (w[i].node == w[k].node && w[i].scope == w[k].scope && w[i].why == WAIT_TASK)
                fail_msg("twice at %.*s:\n%s", SLICE_ARG(w[i].node->id), notation);
    for (size_t i = 0; i < p->last.n; i++)
        if (p->last.effects[i].type == EFF_INCIDENT &&
            slice_is(json_string(p->last.effects[i].data, "code"), "process.stuck"))
            fail_msg("stuck at %.*s:\n%s", SLICE_ARG(p->last.effects[i].node->id), notation);
}

static void run_broken(uint64_t seed, size_t *passed_checks, size_t *refused)
{
    struct arena *a = arena_new("broken process");
    const char *notation = broken(a, random_process(a, seed), &seed);
    struct kit k;
    kit_init(&k, a);
    const struct process_model *m = NULL;
    if (failed(process_compile(a, kit_bpmn(a, "", notation), S("process.bpmn"), &k.env, &m))) {
        (*refused)++;
        arena_free(a);
        return;
    }
    (*passed_checks)++;
    bool repeats = slice_search(slice_cstr(notation), S("timeCycle")) != SIZE_MAX; /* fires several times by design */
    struct play p;
    play_begin(&p, a, m, NULL);
    for (size_t i = 0; !p.last.ended && i < 300; i++) {
        if (!repeats) assert_sound(&p, notation);
        random_event(&p, &seed);
    }
    if (!p.last.ended) PLAY(&p, EV_CANCEL, 0, NULL); /* a loop that its conditions never leave */
    arena_free(a);
}

static void broken_processes_are_refused_or_sound(void **state)
{
    (void)state;
    const char *n = getenv("RANDOM_PROCESSES");
    int64_t count = 600;
    if (n) assert_true(slice_int64(slice_cstr(n), &count));
    size_t passed_checks = 0, refused = 0;
    for (int64_t i = 1; i <= count; i++) run_broken((uint64_t)i, &passed_checks, &refused);
    print_message("broken at random: %zu refused, %zu let pass and sound when run\n", refused, passed_checks);
    assert_true(refused > 0 && passed_checks > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(random_processes_come_to_their_end),
                                       TEST(broken_processes_are_refused_or_sound)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
