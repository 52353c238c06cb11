/* Random block-structured processes. Each is sound by construction, so the checks must let it pass, and it must
 * come to its end whatever happens: no token is lost, none is used twice, bytes and state agree after every event,
 * the same event twice gives the same effects (the driver checks these), and the end is reached exactly once. */
#include "engine/process/random_play.h"

#include <stdio.h>
#include <stdlib.h>

static const char *running; /* the process of this round, for what is told when it fails */

static size_t passed(const struct play *p, const char *element)
{
    size_t n = 0;
    for (size_t i = 0; i < p->last.n; i++)
        n += p->last.effects[i].type == EFF_PASSED && slice_is(p->last.effects[i].node->id, element);
    return n;
}

/* Elements that the check says are never entered. Anything else that it says fails the test. */
struct dead {
    struct slice ids[64];
    size_t n;
};

static void dead_of(struct arena *a, result r, uint64_t seed, struct dead *dead)
{
    for (const struct problem *p = r.problem; p; p = p->next) {
        struct slice place, id;
        if (p->code == CODE_PROCESS_DATA_UNWRITTEN)
            continue; /* conditions here ask for tasks that may not have run yet */
        if (p->code != CODE_PROCESS_DEAD || dead->n == sizeof dead->ids / sizeof *dead->ids)
            fail_msg("seed %llu:\n%.*s\n%s", (unsigned long long)seed, SLICE_ARG(result_text(a, r, LANG_EN)), running);
        (void)slice_cut(p->field, '#', &place, &id);
        dead->ids[dead->n++] = id;
    }
}

static void assert_none_entered(const struct play *p, const struct dead *dead)
{
    for (size_t i = 0; i < p->last.n; i++)
        for (size_t k = 0; k < dead->n; k++)
            if (p->last.effects[i].type == EFF_PASSED && slice_eq(p->last.effects[i].node->id, dead->ids[k]))
                fail_msg("entered, though dead: %.*s\n%s", SLICE_ARG(dead->ids[k]), running);
}

static void run_one(uint64_t seed, enum model_kind kind, size_t *events, size_t *longest)
{
    struct arena *a = arena_new("random process");
    uint64_t first = seed;
    const char *notation = running = random_process(a, seed, kind, seed % 2);
    struct kit k;
    kit_init(&k, a);
    k.env.events = kind == MODEL_EVENTS;
    const struct process_model *m = NULL;
    struct dead dead = {.n = 0};
    dead_of(a, process_compile(a, kit_bpmn(a, "", notation), S("process.bpmn"), &k.env, &m), seed, &dead);
    struct play p;
    play_begin(&p, a, m, NULL);
    size_t ends = passed(&p, "e"), count = 0;
    for (; !p.last.ended && count < 3000; count++) {
        p.last.n = 0; /* an event that is refused tells nothing */
        random_turn(&p, &seed, running);
        assert_none_entered(&p, &dead);
        ends += passed(&p, "e");
    }
    if (!p.last.ended) fail_msg("not over after %zu events:\n%s", count, notation);
    if (ends != 1) fail_msg("seed %llu: the end was passed %zu times:\n%s", (unsigned long long)first, ends, notation);
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
    for (int64_t i = 1; i <= count; i++) run_one((uint64_t)i, MODEL_FLOWS, &events, &longest);
    print_message("random processes: %lld run to their end, %zu events, longest state %zu bytes\n", (long long)count,
                  events, longest);
    assert_true(longest <= 500);
}

static void random_processes_with_events_come_to_their_end(void **state)
{
    (void)state;
    const char *n = getenv("RANDOM_PROCESSES");
    int64_t count = 400;
    if (n) assert_true(slice_int64(slice_cstr(n), &count));
    size_t events = 0, longest = 0;
    for (int64_t i = 1; i <= count; i++) run_one((uint64_t)i, i % 2 ? MODEL_EVENTS : MODEL_REPEATS, &events, &longest);
    print_message("with events and repetitions: %lld run to their end, %zu events, longest state %zu bytes\n",
                  (long long)count, events, longest);
}

/* --- the same, broken at random: whatever the checks still let pass must run like a sound process --- */

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

static bool refused_as_unsound(result r)
{
    for (const struct problem *p = r.problem; p; p = p->next)
        if (p->code != CODE_PROCESS_DATA_UNWRITTEN) return true;
    return false;
}

static void run_broken(uint64_t seed, size_t *passed_checks, size_t *refused)
{
    struct arena *a = arena_new("broken process");
    const char *notation = running = random_broken(a, random_process(a, seed, MODEL_FLOWS, false), &seed);
    struct kit k;
    kit_init(&k, a);
    const struct process_model *m = NULL;
    if (refused_as_unsound(process_compile(a, kit_bpmn(a, "", notation), S("process.bpmn"), &k.env, &m))) {
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
        random_turn(&p, &seed, running);
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
                                       TEST(random_processes_with_events_come_to_their_end),
                                       TEST(broken_processes_are_refused_or_sound)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
