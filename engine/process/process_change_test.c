/* Migration to another version, and an officer's corrections. */
#include "engine/process/change.h"
#include "engine/process/random_play.h"

#include <stdio.h>
#include <stdlib.h>

#define TIMER(text) "<timerEventDefinition><timeDuration>" text "</timeDuration></timerEventDefinition>"
#define MI(n, sequential)                                                                   \
    "<multiInstanceLoopCharacteristics isSequential=\"" sequential "\"><loopCardinality>" n \
    "</loopCardinality></multiInstanceLoopCharacteristics>"

static struct play begin(struct kit *k, struct arena *a, const char *notation, const char *vars)
{
    struct play p;
    kit_init(k, a);
    k->env.events = true;
    play_begin(&p, a, random_model(k, notation), vars);
    return p;
}

static result migrate_by(struct play *p, struct kit *k, const char *notation, const struct process_migration *plan)
{
    const struct process_model *to = random_model(k, notation);
    struct process_outcome out;
    result r = process_migrate(p->a, p->s, p->vars, to, plan, p->at, &p->env, &out);
    if (failed(r)) return r;
    p->m = to;
    p->s = out.state;
    p->vars = out.vars;
    p->last = out;
    const struct process_waiting *w;
    size_t n = process_waiting(p->a, p->s, &w);
    for (size_t i = 0; i < n; i++)
        if (w[i].token > p->highest) p->highest = w[i].token;
    return ok();
}

static result migrate(struct play *p, struct kit *k, const char *notation)
{
    struct process_migration plan = {.n = 0};
    return migrate_by(p, k, notation, &plan);
}

static void assert_refused(struct arena *a, result r, const char *element, const char *words)
{
    assert_code(r, CODE_PROCESS_MIGRATION);
    for (const struct problem *q = r.problem; q; q = q->next)
        if (slice_is(q->field, element) && slice_search(problem_text(a, q, LANG_EN), slice_cstr(words)) != SIZE_MAX)
            return;
    fail_msg("not said: %s %s in %.*s", element, words, SLICE_ARG(result_text(a, r, LANG_EN)));
}

/* ---- examples ---- */

#define SPLIT3                                                                                    \
    "startEvent s\nparallelGateway g\nuserTask a tb:kind=\"fill\"\nuserTask b tb:kind=\"fill\"\n" \
    "userTask c tb:kind=\"fill\"\nparallelGateway j\nendEvent e\ns -> g\ng -> a\ng -> b\ng -> c\na -> j\nb -> j\nc -> j\nj -> e\n"
#define SPLIT2                                                                                    \
    "startEvent s\nparallelGateway g\nuserTask a tb:kind=\"fill\"\nuserTask b tb:kind=\"fill\"\n" \
    "parallelGateway j\nendEvent e\ns -> g\ng -> a\ng -> b\na -> j\nb -> j\nj -> e\n"

static void a_case_at_a_join(void **state)
{
    struct arena *a = *state;
    struct kit k;
    struct play p = begin(&k, a, SPLIT2, NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    struct play q = p;
    /* a branch more: nobody would ever bring its token */
    assert_refused(a, migrate(&q, &k, SPLIT3), "j", "wait for ever");
    /* a step behind the join: the case goes on there */
    assert_good(
        a,
        migrate(
            &p, &k,
            "startEvent s\nparallelGateway g\nuserTask a tb:kind=\"fill\"\nuserTask b tb:kind=\"fill\"\n"
            "parallelGateway j\nuserTask d tb:kind=\"fill\"\nendEvent e\ns -> g\ng -> a\ng -> b\na -> j\nb -> j\nj -> d\nd -> e\n"));
    PLAY(&p, EV_TASK_DONE, play_at(&p, "b"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "d"), NULL);
    assert_true(p.last.ended);
}

static void a_join_that_all_have_reached_fires(void **state)
{
    struct arena *a = *state;
    struct kit k;
    struct play p = begin(&k, a, SPLIT3, NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "b"), NULL);
    /* somebody still stands at c, which is gone */
    assert_refused(a, migrate(&p, &k, SPLIT2), "c", "no such element");
    struct process_mapping list[] = {{S("c"), S("d")}};
    struct process_migration plan = {.list = list, .n = 1};
    assert_good(
        a,
        migrate_by(
            &p, &k, /* c's work goes on behind the join as d … beside it: d is no branch of j */
            "startEvent s\nparallelGateway g\nuserTask a tb:kind=\"fill\"\nuserTask b tb:kind=\"fill\"\n"
            "parallelGateway j\nuserTask d tb:kind=\"fill\"\nendEvent e name=\"over\"\nendEvent e2 name=\"over\"\ns -> g\ng -> a\ng -> b\ng -> d\na -> j\nb -> j\nj -> e\nd -> e2\n",
            &plan));
    assert_non_null(play_effect(&p, EFF_PASSED, "j"));
    assert_int_equal(play_count(&p, "d"), 1);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "d"), NULL);
    assert_true(p.last.ended);
}

#define HOSTED(boundary) \
    "startEvent s\nuserTask a tb:kind=\"handle\" tb:role=\"handler\" tb:department=\"scjg\"\nendEvent e\ns -> a\na -> e\n" boundary

static void timers_beside_an_open_task(void **state)
{
    struct arena *a = *state;
    struct kit k;
    struct play p =
        begin(&k, a, HOSTED("boundaryEvent t attachedToRef=\"a\" | " TIMER("PT1H") "\nendEvent e2\nt -> e2\n"), NULL);
    uint32_t timer = play_at(&p, "t"), task = play_at(&p, "a");
    struct play kept = p;
    assert_good(a, migrate(&kept, &k,
                           HOSTED("boundaryEvent t attachedToRef=\"a\" | " TIMER("PT2H") "\nendEvent e2\nt -> e2\n")));
    assert_int_equal(play_at(&kept, "t"), timer);
    assert_int_equal(play_effects(&kept, EFF_TIMER, NULL), 0);
    assert_int_equal(play_effects(&kept, EFF_TASK_CHANGED, "a"), 1);

    assert_good(
        a,
        migrate(
            &p, &k,
            "startEvent s\nuserTask a tb:kind=\"handle\" tb:role=\"handler\" tb:department=\"tax\" tb:clock=\"3wd\"\nendEvent e\ns -> a\na -> e\n"
            "boundaryEvent u attachedToRef=\"a\" cancelActivity=\"false\" | " TIMER(
                "PT9H") "\nendEvent e2\nu -> e2\n"));
    assert_int_equal(play_effect(&p, EFF_TIMER_CANCELLED, "t")->token, timer);
    assert_int_equal(play_effects(&p, EFF_TIMER, "u"), 1);
    const struct effect *changed = play_effect(&p, EFF_TASK_CHANGED, "a");
    assert_slice(changed->department, "tax");
    assert_int_equal(changed->token, task);
    assert_true(changed->due > p.at);
    /* back: what the migration took away is waited for again, and nothing else */
    struct slice again[] = {S("t")};
    struct process_migration undo = {.undo = true, .again = again, .nagain = 1};
    assert_good(a, migrate_by(&p, &k,
                              HOSTED("boundaryEvent t attachedToRef=\"a\" | " TIMER("PT1H") "\nendEvent e2\nt -> e2\n"),
                              &undo));
    assert_int_equal(play_effects(&p, EFF_TIMER_CANCELLED, "u"), 1);
    assert_int_equal(play_effects(&p, EFF_TIMER, "t"), 1);
    undo.nagain = 0;
    assert_good(a, migrate(&p, &k, HOSTED("")));
    assert_good(a, migrate_by(&p, &k,
                              HOSTED("boundaryEvent t attachedToRef=\"a\" | " TIMER("PT1H") "\nendEvent e2\nt -> e2\n"),
                              &undo));
    assert_int_equal(play_effects(&p, EFF_TIMER, "t"), 0); /* it had occurred */
}

static void what_has_no_place_is_said(void **state)
{
    struct arena *a = *state;
    struct kit k;
    struct play p = begin(&k, a, "startEvent s\nserviceTask v tb:verb=\"job.x\"\nendEvent e\ns -> v\nv -> e\n", NULL);
    assert_refused(a, migrate(&p, &k, "startEvent s\nserviceTask v tb:verb=\"job.y\"\nendEvent e\ns -> v\nv -> e\n"),
                   "v", "another verb");
    assert_refused(a, migrate(&p, &k, "startEvent s\nuserTask v tb:kind=\"fill\"\nendEvent e\ns -> v\nv -> e\n"), "v",
                   "another kind");
    p = begin(&k, a, "startEvent s\nuserTask a tb:kind=\"fill\"\nendEvent e\ns -> a\na -> e\n", NULL);
    assert_refused(
        a,
        migrate(
            &p, &k,
            "startEvent s\nsubProcess q {\nstartEvent qs\nuserTask a tb:kind=\"fill\"\nendEvent qe\nqs -> a\na -> qe\n}\nendEvent e\ns -> q\nq -> e\n"),
        "a", "another process or sub-process");
    assert_refused(
        a,
        migrate(&p, &k,
                "startEvent s\nuserTask a tb:kind=\"fill\" tb:department=\"{x}\"\nendEvent e\ns -> a\na -> e\n"),
        "a", "stand still");
    /* with the value that the new version needs it can be done */
    const struct json *values = test_json(a, S("{\"x\":\"scjg\"}"));
    struct process_migration plan = {.values = values};
    assert_good(
        a,
        migrate_by(
            &p, &k,
            "startEvent s\nuserTask a tb:kind=\"handle\" tb:role=\"handler\" tb:department=\"{x}\"\nendEvent e\ns -> a\na -> e\n",
            &plan));
    assert_slice(play_effect(&p, EFF_TASK_CHANGED, "a")->department, "scjg");
    assert_var(&p, "/x", "\"scjg\"");
}

/* The first open task: the repeated activity as a whole is no task. */
static void do_first(struct play *p)
{
    const struct process_waiting *w;
    size_t n = process_waiting(p->a, p->s, &w), i = 0;
    while (i < n && w[i].why != WAIT_TASK) i++;
    assert_true(i < n);
    PLAY(p, EV_TASK_DONE, w[i].token, NULL);
}

#define REPEATED(n, sequential, more) \
    "startEvent s\nuserTask a tb:kind=\"fill\" | " MI(n, sequential) "\nendEvent e\ns -> a\n" more

static void repeated_activities(void **state)
{
    struct arena *a = *state;
    struct kit k;
    struct play p = begin(&k, a, REPEATED("3", "false", "a -> e\n"), NULL);
    do_first(&p);
    assert_good(a, migrate(&p, &k, REPEATED("3", "false", "userTask z tb:kind=\"fill\"\na -> z\nz -> e\n")));
    do_first(&p);
    do_first(&p);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "z"), NULL);
    assert_true(p.last.ended);

    p = begin(&k, a, REPEATED("3", "true", "a -> e\n"), NULL);
    assert_refused(a, migrate(&p, &k, REPEATED("3", "false", "a -> e\n")), "a", "repeats it otherwise");
    assert_refused(a, migrate(&p, &k, "startEvent s\nuserTask a tb:kind=\"fill\"\nendEvent e\ns -> a\na -> e\n"), "a",
                   "repeats it otherwise");
    assert_good(a, migrate(&p, &k, REPEATED("7", "true", "a -> e\n"))); /* as many as were begun with */
}

#define WATCHED(start, after)                                                                                   \
    "startEvent s\nsubProcess q {\nstartEvent qs\nuserTask a tb:kind=\"fill\"\nendEvent qe\nqs -> a\na -> qe\n" \
    "subProcess w triggeredByEvent=\"true\" {\nstartEvent ws isInterrupting=\"false\" | " start                 \
    "\nuserTask b tb:kind=\"fill\"\nendEvent we\nws -> b\nb -> we\n}\n}\nendEvent e\ns -> q\n" after

static void event_sub_processes(void **state)
{
    struct arena *a = *state;
    struct kit k;
    struct play p = begin(&k, a, WATCHED(TIMER("PT1H"), "q -> e\n"), NULL);
    PLAY(&p, EV_TIMER, play_at(&p, "ws"), NULL);
    assert_int_equal(play_count(&p, "b"), 1); /* stands inside the event sub-process */
    assert_good(a, migrate(&p, &k, WATCHED(TIMER("PT3H"), "userTask z tb:kind=\"fill\"\nq -> z\nz -> e\n")));
    assert_int_equal(play_effects(&p, EFF_TIMER, NULL), 0); /* it has occurred */
    PLAY(&p, EV_TASK_DONE, play_at(&p, "b"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "z"), NULL);
    assert_true(p.last.ended);

    p = begin(
        &k, a,
        "startEvent s\nsubProcess q {\nstartEvent qs\nuserTask a tb:kind=\"fill\"\nendEvent qe\nqs -> a\na -> qe\n}\nendEvent e\ns -> q\nq -> e\n",
        NULL);
    assert_good(a, migrate(&p, &k, WATCHED(TIMER("PT1H"), "q -> e\n"))); /* new there: from now on */
    assert_int_equal(play_effects(&p, EFF_TIMER, "ws"), 1);
    PLAY(&p, EV_TIMER, play_at(&p, "ws"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "b"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    assert_true(p.last.ended);
}

#define GATED(second)                                                        \
    "startEvent s\neventBasedGateway g\nintermediateCatchEvent w1 | " TIMER( \
        "PT1H") "\n" second "exclusiveGateway x\nendEvent e\ns -> g\ng -> w1\nw1 -> x\nx -> e\n"

static void event_based_gateways(void **state)
{
    struct arena *a = *state;
    struct kit k;
    struct play p = begin(
        &k, a, GATED("intermediateCatchEvent w2 | <messageEventDefinition messageRef=\"M1\"/>\ng -> w2\nw2 -> x\n"),
        NULL);
    assert_good(
        a, migrate(&p, &k,
                   GATED("intermediateCatchEvent w3 | <signalEventDefinition signalRef=\"S1\"/>\ng -> w3\nw3 -> x\n")));
    assert_int_equal(play_effects(&p, EFF_AWAIT_OVER, "w2"), 1);
    assert_int_equal(play_effects(&p, EFF_AWAIT, "w3"), 1);
    assert_int_equal(play_effects(&p, EFF_TIMER, NULL), 0);
    assert_good(a, play_named(&p, EV_SIGNAL, 0, "bell", NULL));
    assert_true(p.last.ended);
}

static void what_might_be_compensated(void **state)
{
    struct arena *a = *state;
    struct kit k;
    static const char with[] =
        "startEvent s\nuserTask a tb:kind=\"fill\"\nboundaryEvent b attachedToRef=\"a\" | <compensateEventDefinition/>\n"
        "userTask u tb:kind=\"fill\" isForCompensation=\"true\"\n<association id=\"as\" sourceRef=\"b\" targetRef=\"u\"/>\n"
        "userTask c tb:kind=\"fill\"\nintermediateThrowEvent t | <compensateEventDefinition/>\nendEvent e\ns -> a\na -> c\nc -> t\nt -> e\n";
    struct play p = begin(&k, a, with, NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    assert_refused(
        a,
        migrate(
            &p, &k,
            "startEvent s\nuserTask a tb:kind=\"fill\"\nuserTask c tb:kind=\"fill\"\nendEvent e\ns -> a\na -> c\nc -> e\n"),
        "a", "compensated");
    assert_good(a, migrate(&p, &k, with));
    PLAY(&p, EV_TASK_DONE, play_at(&p, "c"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "u"), NULL);
    assert_true(p.last.ended);
}

static void what_a_case_lacks(void **state)
{
    struct arena *a = *state;
    struct kit k;
    struct play p =
        begin(&k, a, "startEvent s\nuserTask c tb:kind=\"fill\"\nendEvent e\ns -> c\nc -> e\n", "{\"known\":1}");
    assert_good(
        a,
        migrate(
            &p, &k,
            "startEvent s\nuserTask a tb:kind=\"fill\" tb:outcomes=\"yes,no\"\nuserTask c tb:kind=\"fill\" tb:outcomes=\"yes,no\"\nexclusiveGateway x\nendEvent e\nendEvent f\n"
            "s -> a\na -> c\nc -> x\nx -> e : a.outcome = \"yes\" and c.outcome = \"yes\" and known = 1\nx => f\n"));
    const struct slice *lacks;
    assert_int_equal(process_lacks(a, p.s, p.vars, &lacks), 1);
    assert_slice(lacks[0], "a"); /* passed before there was such a step; c is still to come, known is there */
}

/* ---- properties on random models ---- */

/* What an attribute names is called otherwise too. */
static struct slice pointed(struct arena *a, struct slice text, struct slice attribute)
{
    size_t at = slice_search(text, attribute);
    if (at == SIZE_MAX) return text;
    at += attribute.n;
    return arena_printf(a, "%.*sz%.*s", SLICE_ARG(slice_sub(text, 0, at)), SLICE_ARG(slice_sub(text, at, text.n)));
}

static const char *renamed_line(struct arena *a, struct slice line)
{
    struct slice first, rest, second, tail;
    if (line.n == 0) return "";
    if (line.p[0] == '<') {
        struct buf b = buf_new(a, 1 << 16);
        for (size_t i = 0; i < line.n; i++) {
            buf_putc(&b, line.p[i]);
            bool reference = slice_ends(slice_sub(line, 0, i + 1), S("sourceRef=\"")) ||
                             slice_ends(slice_sub(line, 0, i + 1), S("targetRef=\""));
            if (reference) buf_putc(&b, 'z');
        }
        buf_putc(&b, 0);
        return b.p;
    }
    (void)slice_cut(line, ' ', &first, &rest);
    bool more = slice_cut(rest, ' ', &second, &tail);
    if (slice_is(second, "->") || slice_is(second, "=>")) {
        struct slice to, condition;
        bool has = slice_cut(tail, ' ', &to, &condition);
        return arena_printf(a, "z%.*s %.*s z%.*s%s%.*s", SLICE_ARG(first), SLICE_ARG(second), SLICE_ARG(to),
                            has ? " " : "", SLICE_ARG(condition))
            .p;
    }
    if (second.n == 0 || slice_is(first, "process")) return arena_cstr(a, line);
    tail = pointed(a, tail, S("attachedToRef=\""));
    tail = pointed(a, tail, S("tb:separate=\""));
    const char *kept = slice_is(first, "userTask") || slice_is(first, "endEvent")
                           ? arena_printf(a, " tb:result=\"%.*s\"", SLICE_ARG(second)).p
                           : "";
    return arena_printf(a, "%.*s z%.*s%s%s%.*s", SLICE_ARG(first), SLICE_ARG(second), kept, more ? " " : "",
                        SLICE_ARG(tail))
        .p;
}

/* The same model with every element called otherwise; variables keep their names. */
static const char *renamed(struct arena *a, const char *notation, struct process_mapping *list, size_t *n)
{
    struct buf b = buf_new(a, 1 << 20);
    struct slice line, text = slice_cstr(notation);
    *n = 0;
    for (bool more = true; more;) {
        more = slice_cut(text, '\n', &line, &text);
        buf_printf(&b, "%s\n", renamed_line(a, line));
        struct slice first, rest, second, tail;
        (void)slice_cut(line, ' ', &first, &rest);
        (void)slice_cut(rest, ' ', &second, &tail);
        if (second.n && line.p[0] != '<' && !slice_is(second, "->") && !slice_is(second, "=>") &&
            !slice_is(first, "process"))
            list[(*n)++] = (struct process_mapping){second, arena_printf(a, "z%.*s", SLICE_ARG(second))};
    }
    buf_putc(&b, 0);
    return b.p;
}

static struct slice plain(struct slice id)
{
    return id.n && id.p[0] == 'z' ? slice_sub(id, 1, id.n) : id;
}

static void assert_same_effects(const struct play *x, const struct play *y, const char *notation)
{
    if (x->last.n != y->last.n) fail_msg("%zu effects against %zu:\n%s", x->last.n, y->last.n, notation);
    for (size_t i = 0; i < x->last.n; i++) {
        const struct effect *e = &x->last.effects[i], *f = &y->last.effects[i];
        bool same = e->type == f->type && e->token == f->token && e->due == f->due && slice_eq(e->step, f->step) &&
                    (!e->node || slice_eq(e->node->id, plain(f->node->id)));
        if (!same) fail_msg("effect %zu differs:\n%s", i, notation);
    }
    if (!json_equal(x->vars, y->vars))
        fail_msg("variables %.*s\n%.*s\n%s", SLICE_ARG(json_write(x->a, x->vars)), SLICE_ARG(json_write(y->a, y->vars)),
                 notation);
}

enum { MAPPED_MAX = 4000 };
struct renaming {
    struct process_mapping there[MAPPED_MAX], back[MAPPED_MAX];
    size_t n;
};

static int64_t rounds(int64_t standard)
{
    const char *n = getenv("RANDOM_PROCESSES");
    int64_t count = standard;
    if (n) assert_true(slice_int64(slice_cstr(n), &count));
    return count;
}

static void rename_one(uint64_t seed, bool events, size_t *moved)
{
    struct arena *a = arena_new("renamed");
    const char *notation = random_process(a, seed, events ? MODEL_EVENTS : MODEL_FLOWS, false);
    struct renaming *m = NEW(a, struct renaming);
    const char *other = renamed(a, notation, m->there, &m->n);
    for (size_t i = 0; i < m->n; i++) m->back[i] = (struct process_mapping){m->there[i].to, m->there[i].from};
    struct kit k;
    struct play p = begin(&k, a, notation, NULL), q;
    uint64_t when = test_random(&seed) % 12, same = seed;
    for (uint64_t i = 0; i < when && !p.last.ended; i++) random_turn(&p, &seed, notation);
    if (p.last.ended) {
        arena_free(a);
        return;
    }
    q = p;
    struct slice before = process_state_encode(a, p.s);
    struct process_migration there = {.list = m->there, .n = m->n}, back = {.list = m->back, .n = m->n, .undo = true};
    result r = migrate_by(&q, &k, other, &there);
    if (failed(r)) fail_msg("%.*s\n%s", SLICE_ARG(result_text(a, r, LANG_EN)), notation);
    for (size_t i = 0; i < q.last.n; i++) assert_int_equal(q.last.effects[i].type, EFF_TASK_CHANGED);
    struct play undone = q;
    assert_good(a, migrate_by(&undone, &k, notation, &back));
    assert_true(slice_eq(before, process_state_encode(a, undone.s)));
    (*moved)++;
    same = seed;
    for (size_t i = 0; i < 400 && !p.last.ended; i++) {
        uint64_t one = same, two = same;
        p.at = q.at;
        p.last.n = q.last.n = 0; /* of an event that is refused nothing is told */
        random_turn(&p, &one, notation);
        random_turn(&q, &two, other);
        same = one;
        assert_same_effects(&p, &q, notation);
    }
    assert_int_equal(p.last.ended, q.last.ended);
    arena_free(a);
}

static void renamed_models_run_alike(void **state)
{
    (void)state;
    size_t moved = 0;
    for (int64_t i = 1; i <= rounds(300); i++) rename_one((uint64_t)i, i % 2, &moved);
    print_message("renamed: %zu cases migrated, run alike, and brought back byte for byte\n", moved);
    assert_true(moved > 0);
}

/* A task more before the end. */
static const char *with_task_after(struct arena *a, const char *notation)
{
    struct slice text = slice_cstr(notation), line;
    struct buf b = buf_new(a, 1 << 20);
    buf_puts(&b, "userTask added tb:kind=\"fill\"\nadded -> e\n");
    for (bool more = true; more;) {
        more = slice_cut(text, '\n', &line, &text);
        if (slice_ends(line, S(" -> e")))
            buf_printf(&b, "%.*s -> added\n", SLICE_ARG(slice_sub(line, 0, line.n - 5)));
        else
            buf_printf(&b, "%.*s\n", SLICE_ARG(line));
    }
    buf_putc(&b, 0);
    return b.p;
}

static void add_one(uint64_t seed, bool events, size_t *moved, size_t *through)
{
    struct arena *a = arena_new("added");
    const char *notation = random_process(a, seed, events ? MODEL_EVENTS : MODEL_FLOWS, false),
               *more = with_task_after(a, notation);
    struct kit k;
    struct play p = begin(&k, a, notation, NULL);
    for (uint64_t i = 0, n = test_random(&seed) % 12; i < n && !p.last.ended; i++) random_turn(&p, &seed, notation);
    if (!p.last.ended) {
        struct play undone = p;
        struct slice before = process_state_encode(a, p.s);
        struct process_migration undo = {.undo = true};
        result r = migrate(&p, &k, more);
        if (failed(r)) fail_msg("%.*s\n%s", SLICE_ARG(result_text(a, r, LANG_EN)), notation);
        undone = p;
        assert_good(a, migrate_by(&undone, &k, notation, &undo));
        assert_true(slice_eq(before, process_state_encode(a, undone.s)));
        size_t added = 0, ends = 0; /* a process may also be over by an event that ends it */
        for (size_t i = 0; i < 3000 && !p.last.ended; i++) {
            random_turn(&p, &seed, more);
            added += play_effects(&p, EFF_PASSED, "added");
            ends += play_effects(&p, EFF_PASSED, "e");
        }
        assert_true(p.last.ended);
        assert_int_equal(added, ends);
        *through += added;
        (*moved)++;
    }
    arena_free(a);
}

static void models_with_a_task_more(void **state)
{
    (void)state;
    size_t moved = 0, through = 0;
    for (int64_t i = 1; i <= rounds(300); i++) add_one((uint64_t)i, i % 2, &moved, &through);
    print_message("with a task more: %zu cases migrated and undone exactly, %zu run through the new task\n", moved,
                  through);
    assert_true(moved > 0 && through > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_case_at_a_join),           TEST(a_join_that_all_have_reached_fires),
        TEST(timers_beside_an_open_task), TEST(what_has_no_place_is_said),
        TEST(repeated_activities),        TEST(event_sub_processes),
        TEST(event_based_gateways),       TEST(what_might_be_compensated),
        TEST(what_a_case_lacks),          TEST(renamed_models_run_alike),
        TEST(models_with_a_task_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
