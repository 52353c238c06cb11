/* What is done next, drawn from the seed; and with all faults off, what brings every case to its end. */
#include <stdio.h>

#include "test/fault/sim.h"

enum { TASKS_MAX = 96, CASES_MAX = 5, ASKERS_MAX = 3 };

/* ---- who does what ---- */

struct task {
    struct id case_id;
    int64_t token, status;
    struct id assignee;
    struct slice node, step, kind, department, role, town;
};
static struct task tasks[TASKS_MAX];
static size_t ntasks;

static const struct stmt OPEN = {
    "sim_open",
    "SELECT case_id, token, status, node, step, kind, department, role, town, assignee FROM case_task WHERE status < 3"
    " ORDER BY case_id, token LIMIT ?1",
    NULL, false};

static void look(struct arena *a)
{
    struct rows r;
    struct sql_value max = sql_int(TASKS_MAX);
    disk_quiet(true);
    if (failed(store_query(sim.s, a, &OPEN, &max, 1, &r))) sim_wrong("the open tasks cannot be read");
    disk_quiet(false);
    ntasks = r.n;
    for (size_t i = 0; i < r.n; i++) {
        const struct sql_value *v = row(&r, i);
        tasks[i] = (struct task){.token = v[1].i,
                                 .status = v[2].i,
                                 .node = v[3].s,
                                 .step = v[4].s,
                                 .kind = v[5].s,
                                 .department = v[6].s,
                                 .role = v[7].s,
                                 .town = v[8].s};
        (void)id_from_bytes(v[0].s, &tasks[i].case_id);
        if (v[9].type != SQL_NULL) (void)id_from_bytes(v[9].s, &tasks[i].assignee);
    }
}

const struct actor *sim_applicant(struct id case_id)
{
    const struct sim_case *list;
    size_t n = sim_cases(&list);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; id_eq(list[i].id, case_id) && k < sim.t->npersons; k++)
            if (id_eq(sim.t->persons[k].subject, list[i].subject)) return &sim.t->persons[k];
    return &sim.t->persons[0];
}

static const struct actor *any_staff(void)
{
    return &sim.t->staff[rng_below(&sim.rng, sim.t->nstaff)];
}

/* The nth of those who may do it, round and round; NULL when nobody may. */
static const struct actor *officer(const struct task *t, uint64_t nth)
{
    const struct actor *able[64];
    size_t n = 0;
    enum role role;
    if (slice_is(t->kind, "fill")) return sim_applicant(t->case_id);
    if (!role_scan(t->role, &role)) return NULL;
    for (size_t i = 0; i < sim.t->nstaff && n < 64; i++)
        if (actor_has_role(&sim.t->staff[i], role, t->department, t->town)) able[n++] = &sim.t->staff[i];
    return n ? able[nth % n] : NULL;
}

static const struct actor *somebody(const struct task *t)
{
    const struct actor *x = officer(t, rng_next(&sim.rng));
    return !x || rng_chance(&sim.rng, 6) ? any_staff() : x;
}

static bool is_offer(const struct task *t)
{
    return slice_is(t->kind, TASK_KIND_OFFER);
}

static struct slice outcome_of(struct arena *a, const struct task *t)
{
    const struct sim_case *c = sim_case_of(t->case_id);
    const struct service *s;
    if (!c || failed(catalogue_by_hash(sim.c->catalogue, a, slice_cstr(c->hash), &s))) return S("done");
    const struct process_node *n = model_node(service_model(s), t->node, t->step);
    return n && n->noutcomes ? n->outcomes[rng_below(&sim.rng, n->noutcomes)] : S("done");
}

static struct entry *on_task(struct arena *a, const struct task *t)
{
    static const char *const CAUSES[] = {"hearing", "inspection", "expert_review"};
    struct id c = t->case_id;
    uint64_t what = rng_below(&sim.rng, 100);
    int64_t token = t->token;
    if (rng_chance(&sim.rng, 5)) {
        sim_fault(FAULT_STALE);
        token = (int64_t)rng_below(&sim.rng, 40);
    }
    if (is_offer(t) && what < 80) return sim_enter(ACT_BEGIN, somebody(t), c, token, S(""));
    if (what < 62) return sim_enter(ACT_DECIDE, somebody(t), c, token, outcome_of(a, t));
    if (what < 72) return sim_enter(ACT_CLAIM, somebody(t), c, token, S(""));
    if (what < 77) return sim_enter(ACT_RELEASE, somebody(t), c, token, S(""));
    if (what < 85) return sim_enter(ACT_STOP, somebody(t), c, token, slice_cstr(CAUSES[rng_below(&sim.rng, 3)]));
    if (what < 95) return sim_enter(ACT_RESUME, somebody(t), c, token, S(""));
    struct entry *e = sim_enter(ACT_TRANSFER, somebody(t), c, token, S(""));
    e->to = somebody(t);
    return e;
}

static struct entry *on_case(const struct sim_case *c)
{
    const struct actor *x = sim_applicant(c->id);
    uint64_t what = rng_below(&sim.rng, 100);
    if (c->state == CASE_CORRECTION && what < 60) return sim_enter(ACT_CORRECT, x, c->id, 0, S(""));
    if (c->stuck && what < 70) {
        const struct actor *head = test_city_actor(sim.t, S("scjg.head"));
        return sim_enter(ACT_RETRY, what < 60 ? head : x, c->id, 0, S(""));
    }
    if (what < 5) return sim_enter(ACT_WITHDRAW, x, c->id, 0, S(""));
    if (what < 35) {
        char step[16];
        (void)snprintf(step, sizeof step, "st%u", (unsigned)rng_below(&sim.rng, 5));
        return sim_enter(ACT_WITHDRAW_STEP, x, c->id, 0, slice_cstr(step));
    }
    if (what < 45) return sim_enter(ACT_CORRECT, x, c->id, 0, S(""));
    return what < 75 ? sim_enter(ACT_URGE, x, c->id, 0, S("")) : sim_work(what < 90 ? ACT_JOBS : ACT_TIMERS);
}

/* ---- what goes on beside it ---- */

static size_t cases_of(const char *service)
{
    const struct sim_case *list;
    size_t n = sim_cases(&list), count = 0;
    for (size_t i = 0; i < n; i++) count += strcmp(list[i].service, service) == 0;
    return count;
}

/* The nth, of those that are open (or closed); NULL: there is none. */
static const struct sim_case *any_case(const char *service, bool open)
{
    const struct sim_case *list, *found = NULL;
    size_t n = sim_cases(&list);
    uint64_t from = n ? rng_below(&sim.rng, n) : 0;
    for (size_t i = 0; i < n && !found; i++) {
        const struct sim_case *c = &list[(from + i) % n];
        if (case_state_open(c->state) == open && (!service || strcmp(c->service, service) == 0)) found = c;
    }
    return found;
}

static struct entry *draw_flow(void)
{
    uint64_t what = rng_below(&sim.rng, 100);
    const struct actor *person = &sim.t->persons[rng_below(&sim.rng, sim.t->npersons)];
    if (what < 30 && cases_of(SIM_ASKER) < ASKERS_MAX) return sim_enter(ACT_FILE, person, ID_NONE, 0, S(SIM_ASKER));
    if (what < 50) return sim_work(ACT_STARTS);
    if (what < 75) return sim_work(ACT_MESSAGES);
    const struct sim_case *c = any_case(SIM_ASKER, true);
    return c ? sim_enter(ACT_OUTSIDE, test_city_actor(sim.t, S("scjg.handler")), ID_NONE, 0, slice_cstr(c->number))
             : NULL;
}

static struct entry *draw_archive(void)
{
    uint64_t what = rng_below(&sim.rng, 100);
    const struct sim_case *c = any_case(NULL, what >= 45 && what < 55);
    if (what < 45 || !c) return sim_work(ACT_ARCHIVE);
    struct entry *e = what < 80 ? sim_work(ACT_LOOK) : sim_enter(ACT_URGE, sim_applicant(c->id), c->id, 0, S(""));
    e->case_id = c->id;
    return e;
}

static struct entry *draw_beside(struct arena *a)
{
    uint64_t what = rng_below(&sim.rng, 100);
    if (what < 14 && sim.plays & PLAY_FLOW) return draw_flow();
    if (what >= 14 && what < 28 && sim.plays & PLAY_CHANGE) return sim_change(a);
    if (what >= 28 && what < 38 && sim.plays & PLAY_ARCHIVE) return draw_archive();
    return NULL;
}

static struct entry *draw(struct arena *a)
{
    const struct sim_case *list;
    size_t n = sim_cases(&list);
    const struct entry *const *ledger;
    size_t said = sim_entries(&ledger);
    struct entry *beside = draw_beside(a);
    uint64_t what = rng_below(&sim.rng, 100);
    if (beside) return beside;
    if (n == 0 || (what < (ntasks ? 4 : 25) && cases_of(arena_cstr(a, sim.code)) < CASES_MAX))
        return sim_enter(ACT_FILE, &sim.t->persons[rng_below(&sim.rng, sim.t->npersons)], ID_NONE, 0, S(""));
    if (what < 20) return sim_work(ACT_JOBS);
    if (what < 34) return sim_work(ACT_TIMERS);
    if (what < 37) return sim_work(ACT_ESCALATE);
    if (what < 40) return sim_work(ACT_MESSAGES);
    if (what < 44 && said) {
        struct entry *e = (struct entry *)(uintptr_t)ledger[rng_below(&sim.rng, said)];
        if (e->state != ENTRY_DOUBT) sim_fault(FAULT_DUPLICATE);
        return e;
    }
    if (what < 54 || ntasks == 0) {
        size_t i = rng_below(&sim.rng, n);
        if (!case_state_open(list[i].state)) i = rng_below(&sim.rng, n);
        return on_case(&list[i]);
    }
    return on_task(a, &tasks[rng_below(&sim.rng, ntasks)]);
}

/* Two workers have the same rows. */
static void share_work(void)
{
    enum sim_act act = sim.plays & PLAY_FLOW && rng_chance(&sim.rng, 60) ? ACT_MESSAGES : ACT_TIMERS;
    if (!sim_start(sim_work(act)) || !sim_start(sim_work(ACT_LOSE))) return;
    (void)sim_start(sim_work(act));
}

void sim_act(void)
{
    struct arena *a = arena_new("drawing acts");
    uint64_t n = 1 + rng_below(&sim.rng, 4);
    look(a);
    if (rng_chance(&sim.rng, sim.plays & PLAY_FLOW ? 12 : 4)) share_work();
    for (uint64_t i = 0; i < n; i++) {
        struct entry *e = draw(a);
        if (!sim_start(e)) break;
        if (sim_is_work(e->act) || !rng_chance(&sim.rng, 6)) continue;
        sim_fault(FAULT_TWICE_AT_ONCE);
        (void)sim_start(e);
    }
    arena_free(a);
}

/* ---- with all faults off ---- */

static const struct actor *holder(const struct task *t)
{
    for (size_t i = 0; i < sim.t->nstaff; i++)
        if (id_eq(sim.t->staff[i].account, t->assignee)) return &sim.t->staff[i];
    return NULL;
}

/* Decided by one who may, in turn; who has taken it and may not decide it gives it back. */
static struct entry *push_task(struct arena *a, const struct task *t, uint64_t round)
{
    const struct actor *x = officer(t, round / 3), *has = holder(t);
    if (is_offer(t)) return x && round % 2 ? sim_enter(ACT_BEGIN, x, t->case_id, t->token, S("")) : NULL;
    if (has && round % 3 == 0) return sim_enter(ACT_RELEASE, has, t->case_id, t->token, S(""));
    if (has && round % 3 == 1) x = has;
    return x ? sim_enter(ACT_DECIDE, x, t->case_id, t->token, outcome_of(a, t)) : NULL;
}

size_t sim_push(void)
{
    static uint64_t round;
    struct arena *a = arena_new("push");
    const struct sim_case *list;
    size_t n = sim_cases(&list), acts = 0;
    round++;
    look(a);
    struct id before = ID_NONE;
    for (size_t i = 0; i < ntasks && acts < 8; i++) { /* one by one, in each case */
        bool later = id_eq(tasks[i].case_id, before) || tasks[i].status == TASK_WAITING;
        struct entry *e = later ? NULL : push_task(a, &tasks[i], round);
        if (e) before = tasks[i].case_id;
        acts += e && sim_start(e);
    }
    for (size_t i = 0; i < n && acts < 12; i++) {
        if (!case_state_open(list[i].state)) continue;
        const struct actor *head = test_city_actor(sim.t, S("scjg.head"));
        if (list[i].state == CASE_CORRECTION)
            acts += sim_start(sim_enter(ACT_CORRECT, sim_applicant(list[i].id), list[i].id, 0, S("")));
        if (list[i].stopped)
            acts += sim_start(
                sim_enter(ACT_RESUME, test_city_actor(sim.t, S("scjg.handler")), list[i].id, list[i].token, S("")));
        if (list[i].stuck) acts += sim_start(sim_enter(ACT_RETRY, head, list[i].id, 0, S("")));
    }
    struct entry *change = sim_change_push(a);
    if (change) acts += sim_start(change);
    if (sim.plays & PLAY_ARCHIVE) (void)sim_start(sim_work(ACT_ARCHIVE));
    (void)sim_start(sim_work(ACT_TIMERS));
    (void)sim_start(sim_work(ACT_JOBS));
    (void)sim_start(sim_work(ACT_MESSAGES));
    (void)sim_start(sim_work(ACT_ESCALATE));
    arena_free(a);
    return acts;
}

void sim_withdraw_all(void)
{
    const struct sim_case *list;
    size_t n = sim_cases(&list);
    for (size_t i = 0; i < n; i++)
        if (case_state_open(list[i].state)) {
            sim_trace("withdrawn at the end");
            (void)sim_start(sim_enter(ACT_WITHDRAW, sim_applicant(list[i].id), list[i].id, 0, S("")));
        }
}
