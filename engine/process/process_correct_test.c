/* An officer's corrections of where a case stands. */
#include "engine/process/change.h"
#include "engine/process/random_play.h"

#include <stdlib.h>

static struct play begin(struct kit *k, struct arena *a, const char *notation, const char *vars)
{
    struct play p;
    kit_init(k, a);
    k->env.events = true;
    play_begin(&p, a, random_model(k, notation), vars);
    return p;
}

static int64_t rounds(int64_t standard)
{
    const char *n = getenv("RANDOM_PROCESSES");
    int64_t count = standard;
    if (n) assert_true(slice_int64(slice_cstr(n), &count));
    return count;
}

static result correct(struct play *p, enum process_correction_kind kind, uint32_t token, const char *to)
{
    struct process_correction c = {.kind = kind, .token = token, .to = slice_cstr(to), .at = p->at};
    struct process_outcome out;
    result r = process_correct(p->a, p->s, p->vars, &c, &p->env, &out);
    if (failed(r)) return r;
    p->s = out.state;
    p->vars = out.vars;
    p->last = out;
    const struct process_waiting *w;
    size_t n = process_waiting(p->a, p->s, &w);
    for (size_t i = 0; i < n; i++)
        if (w[i].token > p->highest) p->highest = w[i].token;
    return ok();
}

#define LINE \
    "startEvent s\nuserTask a tb:kind=\"fill\" tb:step=\"one\"\nuserTask b tb:kind=\"fill\" tb:step=\"two\"\nuserTask c tb:kind=\"fill\"\nendEvent e\ns -> a\na -> b\nb -> c\nc -> e\n"

static void a_step_is_repeated_or_left_out(void **state)
{
    struct arena *a = *state;
    struct kit k;
    struct play p = begin(&k, a, LINE, NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "b"), NULL);
    assert_good(a, correct(&p, CORRECT_MOVE, play_at(&p, "c"), "a"));
    assert_int_equal(play_effects(&p, EFF_TASK_CLOSED, "c"), 1);
    assert_int_equal(play_effects(&p, EFF_TASK, "a"), 1);
    assert_int_equal(play_effects(&p, EFF_STEP_STARTED, NULL), 1);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    assert_good(a, correct(&p, CORRECT_CANCEL, play_at(&p, "b"), ""));
    assert_var(&p, "/b/outcome", "\"cancelled\"");
    assert_int_equal(play_count(&p, "c"), 1);
    assert_code(correct(&p, CORRECT_MOVE, play_at(&p, "c"), "e"), CODE_PROCESS_CORRECTION);
    assert_code(correct(&p, CORRECT_MOVE, 77, "a"), CODE_PROCESS_TOKEN);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "c"), NULL);
    assert_true(p.last.ended);
}

#define AROUND                                                                                                                                      \
    "startEvent s\nuserTask first tb:kind=\"fill\"\nparallelGateway g\nuserTask a tb:kind=\"fill\"\nuserTask a2 tb:kind=\"fill\"\n"                 \
    "userTask b tb:kind=\"fill\"\nparallelGateway j\nuserTask last tb:kind=\"fill\"\nendEvent e\ns -> first\nfirst -> g\ng -> a\na -> a2\ng -> b\n" \
    "a2 -> j\nb -> j\nj -> last\nlast -> e\n"

static void no_join_is_left_waiting(void **state)
{
    struct arena *a = *state;
    struct kit k;
    struct play p = begin(&k, a, AROUND, NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "first"), NULL);
    result r = correct(&p, CORRECT_MOVE, play_at(&p, "b"), "a2"); /* two in one branch, none in the other */
    assert_code(r, CODE_PROCESS_CORRECTION);
    assert_true(slice_search(problem_text(a, r.problem, LANG_EN), S("wait for ever")) != SIZE_MAX);
    assert_code(correct(&p, CORRECT_MOVE, play_at(&p, "b"), "last"), CODE_PROCESS_CORRECTION);
    assert_good(a, correct(&p, CORRECT_MOVE, play_at(&p, "a"), "a2")); /* ahead on its own branch */
    PLAY(&p, EV_TASK_DONE, play_at(&p, "b"), NULL);
    assert_good(a, correct(&p, CORRECT_MOVE, play_at(&p, "j"), "b")); /* from the join back */
    /* back before the split: the other branch comes along */
    assert_good(a, correct(&p, CORRECT_MOVE, play_at(&p, "b"), "first"));
    assert_int_equal(play_effects(&p, EFF_TASK_CLOSED, NULL), 2);
    const struct process_waiting *w;
    assert_int_equal(process_waiting(a, p.s, &w), 1);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "first"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "b"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a2"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "last"), NULL);
    assert_true(p.last.ended);
}

static const struct json *waiting_at(const struct play *p)
{
    const struct process_waiting *w;
    size_t n = process_waiting(p->a, p->s, &w);
    struct json_builder b = json_builder(p->a);
    for (size_t i = 0; i < n; i++)
        json_add(&b, json_of_string(p->a, arena_printf(p->a, "%u %.*s", w[i].token, SLICE_ARG(w[i].node->id))));
    return json_array(&b);
}

static void correct_one(uint64_t seed, bool events, size_t *done, size_t *refused)
{
    struct arena *a = arena_new("corrected");
    const char *notation = random_process(a, seed, events ? MODEL_EVENTS : MODEL_FLOWS, false);
    struct kit k;
    struct play p = begin(&k, a, notation, NULL);
    const char *told = "";
    size_t ends = play_effects(&p, EFF_PASSED, "e");
    for (size_t i = 0; i < 3000 && !p.last.ended; i++) {
        const struct process_waiting *w;
        size_t n = process_waiting(a, p.s, &w);
        uint32_t token = w[test_random(&seed) % n].token;
        const struct process_node *const *places;
        size_t nplaces = process_places(a, p.s, token, &places);
        /* an event that is moved to may never occur by itself: a condition without a timer beside it */
        bool task = nplaces && !slice_is(places[i % nplaces]->kind, "intermediateCatchEvent");
        if (i < 40 && task && test_random(&seed) % 4 == 0) {
            bool cancel = test_random(&seed) % 4 == 0;
            const char *to = arena_cstr(a, places[i % nplaces]->id);
            struct slice where = json_write(a, waiting_at(&p));
            result r = correct(&p, cancel ? CORRECT_CANCEL : CORRECT_MOVE, token, to);
            if (failed(r)) {
                assert_true(result_code(r) == CODE_PROCESS_CORRECTION || result_code(r) == CODE_PROCESS_TOKEN);
                (*refused)++;
                continue;
            }
            told = arena_printf(a, "%s%s of %u to %s, of %.*s\n", told, cancel ? "cancelling" : "moving", token, to,
                                SLICE_ARG(where))
                       .p;
            (*done)++;
        } else {
            random_turn(&p, &seed, notation);
        }
        ends += play_effects(&p, EFF_PASSED, "e");
        for (size_t e = 0; e < p.last.n; e++)
            if (p.last.effects[e].type == EFF_INCIDENT &&
                slice_is(json_string(p.last.effects[e].data, "code"), "process.stuck"))
                fail_msg("stuck at %.*s after a correction:\n%s%s", SLICE_ARG(p.last.effects[e].node->id), told,
                         notation);
    }
    if (!p.last.ended) fail_msg("not over after corrections:\n%s", notation);
    if (ends != 1) fail_msg("%zu ends after corrections:\n%s%s", ends, told, notation);
    arena_free(a);
}

static void corrected_cases_come_to_their_end(void **state)
{
    (void)state;
    size_t done = 0, refused = 0;
    for (int64_t i = 1; i <= rounds(300); i++) correct_one((uint64_t)i, i % 2, &done, &refused);
    print_message("corrections at random: %zu done, %zu refused, every case came to its end once\n", done, refused);
    assert_true(done > 0 && refused > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_step_is_repeated_or_left_out),
        TEST(no_join_is_left_waiting),
        TEST(corrected_cases_come_to_their_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
