/* Another version of the service, plans that bring its cases under it and back, and officers who put right where a case stands. */
#include "city/cases/change.h"
#include "test/fault/sim.h"

struct plan {
    struct id id;
    struct slice state;
    bool there;
};

static const struct stmt NEWEST = {"sim_newest_plan", "SELECT id, state FROM case_plan ORDER BY id DESC LIMIT 1", NULL,
                                   false};
static const struct stmt MOVED = {
    "sim_moved", "SELECT case_id FROM case_plan_case WHERE plan = ?1 AND state = 'moved' ORDER BY case_id", NULL,
    false};

static struct slice first_hash, second_hash; /* of the versions; empty: not published yet */

/* ---- carried out ---- */

static struct slice current_hash(struct arena *a)
{
    const struct service *s = NULL;
    sim_must(a, "the current version", catalogue_current(sim.c->catalogue, a, sim.code, &s));
    return service_hash(s);
}

static result publish(struct arena *a)
{
    struct slice code, renamed[2];
    struct service_files f = sim_service(a, sim.seed, true, &code, renamed);
    TRY(catalogue_install(sim.c->catalogue, a, &f, 1, sim.now));
    return ok();
}

static result plan(struct arena *a, const struct entry *e)
{
    struct slice code, renamed[2];
    struct id id;
    struct json_builder list = json_builder(a), one = json_builder(a);
    (void)sim_service(a, sim.seed, true, &code, renamed);
    struct plan_new p = {.service = sim.code, .from = first_hash, .to = second_hash, .reason = S("新版本")};
    if (renamed[0].n) {
        json_set_str(&one, "from", renamed[0]);
        json_set_str(&one, "to", renamed[1]);
        json_add(&list, json_object(&one));
        p.mapping = json_array(&list);
    }
    return migration_plan(sim.c, a, e->x, &p, sim.now, &id);
}

static result step(const struct entry *e, struct case_command *k, struct case_done *done)
{
    struct step_correct s = {.what = (enum step_correction)e->n,
                             .token = e->token,
                             .version = e->seen,
                             .to = e->text,
                             .reason = S("办理有误"),
                             .password = S(TEST_CITY_PASSWORD)};
    return step_correct(k, &s, done);
}

result sim_change_do(struct arena *a, const struct entry *e, struct case_command *k, struct case_done *done)
{
    size_t n;
    struct slice reason = S("有误");
    switch (e->act) {
    case ACT_PUBLISH: return publish(a);
    case ACT_PLAN: return plan(a, e);
    case ACT_PLAN_DECIDE: return migration_decide(sim.c, a, e->x, e->plan, e->n > 0, reason, sim.now);
    case ACT_PLAN_UNDO: return migration_undo(sim.c, a, e->x, e->plan, reason, sim.now);
    case ACT_PLAN_UNDO_CASE: return migration_undo_case(sim.c, a, e->x, e->plan, e->case_id, reason, sim.now);
    case ACT_MIGRATE: return migrations_run(sim.c, a, sim.now, 8, &n);
    case ACT_STEP: return step(e, k, done);
    default: return ok();
    }
}

/* ---- drawn ---- */

static struct plan newest(struct arena *a)
{
    struct plan p = {.there = false};
    struct rows r = sim_query(a, &NEWEST, NULL, 0);
    p.there = r.n && id_from_bytes(row(&r, 0)[0].s, &p.id);
    if (p.there) p.state = row(&r, 0)[1].s;
    return p;
}

static struct entry *on_plan(enum sim_act act, const struct plan *p, const char *login)
{
    struct entry *e = sim_work(act);
    e->x = test_city_actor(sim.t, slice_cstr(login));
    e->plan = p->id;
    e->n = (int64_t)rng_below(&sim.rng, 8); /* one in eight plans is turned down */
    return e;
}

static struct entry *undo_case(struct arena *a, const struct plan *p)
{
    struct sql_value v = sql_id(&p->id);
    struct rows r = sim_query(a, &MOVED, &v, 1);
    if (!r.n) return NULL;
    struct entry *e = on_plan(ACT_PLAN_UNDO_CASE, p, "publisher1");
    (void)id_from_bytes(row(&r, rng_below(&sim.rng, r.n))[0].s, &e->case_id);
    return e;
}

static struct entry *on_plans(struct arena *a)
{
    struct plan p = newest(a);
    uint64_t what = rng_below(&sim.rng, 100);
    bool over = !p.there || slice_is(p.state, "undone") || slice_is(p.state, "rejected");
    if (over) return on_plan(ACT_PLAN, &p, "designer");
    if (slice_is(p.state, "waiting")) return on_plan(ACT_PLAN_DECIDE, &p, "publisher2");
    if (slice_is(p.state, "done") && what < 50) return undo_case(a, &p);
    if (slice_is(p.state, "done") || (slice_is(p.state, "applying") && what < 10))
        return on_plan(ACT_PLAN_UNDO, &p, "publisher1");
    return sim_work(ACT_MIGRATE);
}

/* To where the flow could be, or anywhere. */
static struct slice target(struct arena *a, const struct process_state *s, uint32_t token)
{
    const struct process_node *const *places;
    size_t n = process_places(a, s, token, &places);
    return n ? places[rng_below(&sim.rng, n)]->id : S("nowhere");
}

static struct entry *correction(struct arena *a)
{
    const struct sim_case *list;
    size_t n = sim_cases(&list), nwaits;
    struct case_row c;
    struct data_key key;
    const struct process_state *state = NULL;
    const struct process_waiting *w;
    const struct sim_case *k = n ? &list[rng_below(&sim.rng, n)] : NULL;
    if (!k || k->state != CASE_HANDLING || !sim_read_case(a, k->id, &c, &key, &state)) return NULL;
    nwaits = process_waiting(a, state, &w);
    if (!nwaits) return NULL;
    uint32_t token = w[rng_below(&sim.rng, nwaits)].token;
    const struct actor *head = test_city_actor(sim.t, rng_chance(&sim.rng, 95) ? S("scjg.head") : S("scjg.handler"));
    struct entry *e = sim_enter(ACT_STEP, head, k->id, token, target(a, state, token));
    e->seen = k->version - (rng_chance(&sim.rng, 5) ? 1 : 0);
    return e;
}

struct entry *sim_change(struct arena *a)
{
    if (!first_hash.n) first_hash = arena_copy(sim.a, current_hash(a));
    if (!second_hash.n && !slice_eq(current_hash(a), first_hash)) second_hash = arena_copy(sim.a, current_hash(a));
    if (rng_chance(&sim.rng, 45)) return correction(a);
    return second_hash.n ? on_plans(a) : sim_work(ACT_PUBLISH);
}

/* With all faults off: what was begun is done. */
struct entry *sim_change_push(struct arena *a)
{
    return sim_plans_settled(a) ? NULL : sim_work(ACT_MIGRATE);
}
