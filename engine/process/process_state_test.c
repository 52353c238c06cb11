/* The state as bytes: small, exact, and no harm from bytes that somebody else wrote. */
#include "engine/process/change.h"
#include "engine/process/testkit.h"

#define TIMER(text) "<timerEventDefinition><timeDuration>" text "</timeDuration></timerEventDefinition>"

static const char rich[] =
    "startEvent s\nparallelGateway g\nuserTask a tb:kind=\"fill\"\nserviceTask v tb:verb=\"job.x\"\nintermediateCatchEvent w | " TIMER(
        "PT1H") "\n"
                "scriptTask bad scriptFormat=\"feel\" | <script>1</script>\nsubProcess q {\nstartEvent qs\nuserTask b tb:kind=\"fill\"\nendEvent qe\nqs -> b\nb -> qe\n}\n"
                "callActivity k calledElement=\"r\"\ninclusiveGateway j\nendEvent e\ns -> g\ng -> a\ng -> v\ng -> w\ng -> bad\ng -> q\ng -> k\na -> j\nv -> j\nw -> j\nbad -> j\nq -> j\nk -> j\nj -> e\n"
                "boundaryEvent t attachedToRef=\"a\" cancelActivity=\"false\" | <timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition>\nendEvent e2\nt -> e2\n"
                "boundaryEvent u attachedToRef=\"q\" | " TIMER(
                    "PT1H") "\nu -> j\n"
                            "process r {\nstartEvent rs\nparallelGateway rg\nuserTask x tb:kind=\"fill\"\nuserTask y tb:kind=\"fill\"\nparallelGateway rj\nendEvent re\nrs -> rg\nrg -> x\nrg -> y\nx -> rj\ny -> rj\nrj -> re\n}\n";

static struct play rich_case(struct arena *a)
{
    struct kit k;
    kit_init(&k, a);
    struct play p;
    play_begin(&p, a, kit_compile(&k, rich), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "x"), NULL); /* a token waits at the join */
    return p;
}

static bool same_tokens(const struct process_waiting *x, const struct process_waiting *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (x[i].token != y[i].token || x[i].node != y[i].node || x[i].why != y[i].why || x[i].scope != y[i].scope ||
            x[i].host != y[i].host)
            return false;
    return true;
}

static void bytes_hold_everything(void **state)
{
    struct arena *a = *state;
    struct play p = rich_case(a);
    struct slice bytes = process_state_encode(a, p.s);
    const struct process_state *back = NULL;
    assert_good(a, process_state_decode(a, p.m, bytes, &back));
    const struct process_waiting *x, *y;
    size_t n = process_waiting(a, p.s, &x);
    assert_int_equal(process_waiting(a, back, &y), n);
    assert_true(n >= 9 && same_tokens(x, y, n));
    bool seen[WAIT_BOUNDARY + 1] = {false};
    for (size_t i = 0; i < n; i++) seen[x[i].why] = true;
    for (int i = 0; i <= WAIT_BOUNDARY; i++) assert_true(seen[i]); /* the case has every kind of token */
    assert_int_equal(process_state_encode(a, NULL).n, 0);
    assert_good(a, process_state_decode(a, p.m, (struct slice){0}, &back));
    assert_null(back);
}

/* Sixty open tasks, each with a timer, stay below 500 bytes. */
static void states_are_small(void **state)
{
    struct arena *a = *state;
    struct kit k;
    kit_init(&k, a);
    struct buf b = buf_new(a, 1 << 20);
    buf_puts(&b, "startEvent s\nparallelGateway g\ninclusiveGateway j\nendEvent e\ns -> g\nj -> e\n");
    for (int i = 0; i < 45; i++)
        buf_printf(
            &b,
            "userTask a%d tb:kind=\"fill\"\ng -> a%d\na%d -> j\nboundaryEvent b%d attachedToRef=\"a%d\" tb:clock=\"5wd\" | <timerEventDefinition/>\nb%d -> j\n",
            i, i, i, i, i, i);
    buf_putc(&b, 0);
    struct play p;
    play_begin(&p, a, kit_compile(&k, b.p), NULL);
    assert_int_equal(play_effects(&p, EFF_TASK, NULL), 45);
    print_message("45 tasks with 45 timers: %zu bytes\n", p.longest);
    assert_true(p.longest <= 500);
}

static void decode(struct arena *a, const struct play *p, struct slice bytes, size_t *accepted)
{
    const struct process_state *s = NULL;
    result r = process_state_decode(a, p->m, bytes, &s);
    if (failed(r)) {
        assert_code(r, CODE_PROCESS_STATE);
        return;
    }
    (*accepted)++;
    assert_true(slice_eq(bytes, process_state_encode(a, s)));
    const struct process_waiting *w;
    size_t n = process_waiting(a, s, &w);
    for (size_t i = 0; i < n; i++) /* whatever was accepted can be stepped */
        for (enum process_event_type t = EV_TASK_DONE; t <= EV_CHOOSE; t++) {
            struct process_event e = {.type = t, .token = w[i].token, .at = p->at};
            struct process_outcome out;
            result stepped = process_step(a, p->m, s, p->vars, &e, &p->env, &out);
            if (!failed(stepped)) assert_true(process_state_encode(a, out.state).n > 0);
        }
}

static void every_changed_byte_is_refused_or_harmless(void **state)
{
    struct arena *a = *state;
    struct play p = rich_case(a);
    struct slice bytes = process_state_encode(a, p.s);
    size_t accepted = 0, tried = 0;
    struct arena *scratch = arena_new("scratch");
    char *copy = arena_cstr(a, bytes);
    for (size_t i = 0; i < bytes.n; i++)
        for (int v = 0; v < 256; v++) {
            char before = copy[i];
            copy[i] = (char)(unsigned char)v;
            decode(scratch, &p, slice_of(copy, bytes.n), &accepted);
            copy[i] = before;
            tried++;
            arena_reset(scratch);
        }
    arena_free(scratch);
    assert_true(accepted < tried / 8);
    for (size_t n = 1; n < bytes.n; n++) {
        const struct process_state *s = NULL;
        assert_code(process_state_decode(a, p.m, slice_of(bytes.p, n), &s), CODE_PROCESS_STATE);
    }
    const struct process_state *s = NULL;
    assert_code(process_state_decode(a, p.m, arena_printf(a, "%.*s%c", SLICE_ARG(bytes), 'x'), &s), CODE_PROCESS_STATE);
}

static void another_definition_is_refused(void **state)
{
    struct arena *a = *state;
    struct play p = rich_case(a);
    struct kit k;
    kit_init(&k, a);
    const struct process_model *other =
        kit_compile(&k, "startEvent s\nuserTask a tb:kind=\"fill\"\nendEvent e\ns -> a\na -> e\n");
    const struct process_state *s = NULL;
    result r = process_state_decode(a, other, process_state_encode(a, p.s), &s);
    assert_code(r, CODE_PROCESS_STATE);
    assert_true(slice_search(problem_text(a, r.problem, LANG_EN), S("another definition")) != SIZE_MAX);
    assert_null(s);
}

static void an_ended_case_is_small_and_final(void **state)
{
    struct arena *a = *state;
    struct play p = rich_case(a);
    PLAY(&p, EV_CANCEL, 0, NULL);
    struct slice bytes = process_state_encode(a, p.s);
    assert_true(bytes.n <= 8);
    const struct process_state *s = NULL;
    assert_good(a, process_state_decode(a, p.m, bytes, &s));
    assert_true(slice_eq(bytes, process_state_encode(a, s)));
}

static const char changed[] = /* as rich, in another order, with an element more */
    "endEvent e\nstartEvent s\nuserTask extra tb:kind=\"fill\"\ncallActivity k calledElement=\"r\"\nsubProcess q {\nendEvent qe\nuserTask b tb:kind=\"fill\"\nstartEvent qs\nqs -> b\nb -> qe\n}\n"
    "parallelGateway g\nuserTask a tb:kind=\"fill\"\nserviceTask v tb:verb=\"job.x\"\nintermediateCatchEvent w | " TIMER(
        "PT1H") "\n"
                "scriptTask bad scriptFormat=\"feel\" | <script>{fine: 1}</script>\ninclusiveGateway j\ns -> g\ng -> a\ng -> v\ng -> w\ng -> bad\ng -> q\ng -> k\na -> j\nv -> j\nw -> j\nbad -> j\nq -> j\nk -> j\nj -> extra\nextra -> e\n"
                "boundaryEvent t attachedToRef=\"a\" cancelActivity=\"false\" | <timerEventDefinition><timeCycle>R2/PT1H</timeCycle></timerEventDefinition>\nendEvent e2\nt -> e2\n"
                "boundaryEvent u attachedToRef=\"q\" | " TIMER(
                    "PT1H") "\nu -> j\n"
                            "process r {\nstartEvent rs\nparallelGateway rj\nendEvent re\nuserTask y tb:kind=\"fill\"\nuserTask x tb:kind=\"fill\"\nparallelGateway rg\nrs -> rg\nrg -> x\nrg -> y\ny -> rj\nx -> rj\nrj -> re\n}\n";

/* A case moves to a version with other numbers and goes on there; one whose element is gone stays where it is. */
static void a_case_moves_to_a_new_version(void **state)
{
    struct arena *a = *state;
    struct play p = rich_case(a);
    struct kit k;
    kit_init(&k, a);
    const struct process_model *next = kit_compile(&k, changed);
    const struct process_waiting *x, *y;
    size_t n = process_waiting(a, p.s, &x);
    struct process_migration plan = {.n = 0};
    struct process_outcome out;
    assert_good(a, process_migrate(a, p.s, p.vars, next, &plan, p.at, &p.env, &out));
    assert_int_equal(process_waiting(a, out.state, &y), n);
    for (size_t i = 0; i < n; i++) {
        assert_true(x[i].token == y[i].token && x[i].why == y[i].why && slice_eq(x[i].node->id, y[i].node->id));
        assert_ptr_not_equal(x[i].node, y[i].node);
    }
    p.m = next;
    p.s = out.state;
    PLAY(&p, EV_TASK_DONE, play_at(&p, "y"), NULL); /* the join of the call knows which branch has come */
    PLAY(&p, EV_RETRY, play_at(&p, "bad"), NULL);   /* mended by the new version */
    assert_var(&p, "/fine", "1");
    PLAY(&p, EV_TIMER, play_at(&p, "w"), NULL);
    PLAY(&p, EV_VERB_DONE, play_at(&p, "v"), NULL);
    PLAY(&p, EV_TIMER, play_at(&p, "u"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "extra"), NULL);
    assert_true(p.last.ended);

    p = rich_case(a);
    const struct process_model *poorer =
        kit_compile(&k, "startEvent s\nserviceTask a tb:verb=\"job.x\"\nendEvent e\ns -> a\na -> e\n");
    result r = process_migrate(a, p.s, p.vars, poorer, &plan, p.at, &p.env, &out);
    assert_code(r, CODE_PROCESS_MIGRATION);
    size_t told = 0;
    for (const struct problem *q = r.problem; q; q = q->next) told++;
    assert_true(told >= 6); /* all of them at once; a is there, but of another kind */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bytes_hold_everything),
        TEST(states_are_small),
        TEST(every_changed_byte_is_refused_or_harmless),
        TEST(another_definition_is_refused),
        TEST(an_ended_case_is_small_and_final),
        TEST(a_case_moves_to_a_new_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
