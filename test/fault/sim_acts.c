/* What people and workers do, and the ledger of what they were told. */
#include <stdio.h>

#include "test/fault/sim.h"
#include "trust/crypto.h"

enum { OPS = 16, ENTRIES = 4096, TASKS_MAX = 64, WORK = 8 };

const char *const SIM_ACT_NAMES[SIM_ACTS] = {
    [ACT_FILE] = "file",         [ACT_DECIDE] = "decide",
    [ACT_CLAIM] = "claim",       [ACT_RELEASE] = "release",
    [ACT_TRANSFER] = "transfer", [ACT_STOP] = "clock_stop",
    [ACT_RESUME] = "resume",     [ACT_CORRECT] = "correct",
    [ACT_WITHDRAW] = "withdraw", [ACT_WITHDRAW_STEP] = "withdraw_step",
    [ACT_URGE] = "urge",         [ACT_RETRY] = "retry",
    [ACT_TIMERS] = "timers",     [ACT_JOBS] = "jobs",
    [ACT_ESCALATE] = "escalate", [ACT_BEGIN] = "begin",
    [ACT_MESSAGES] = "messages",
};

static const struct entry *ledger[ENTRIES];
static size_t nledger;

size_t sim_entries(const struct entry *const **out)
{
    *out = ledger;
    return nledger;
}

static bool passing(enum code c)
{
    return code_status(c) >= 500 || c == CODE_STORE_VERSION || c == CODE_STORE_CONSTRAINT;
}

/* ---- an act under way: a fiber ---- */

struct op {
    struct entry *e;
    struct fiber *f; /* NULL: this place is free */
    struct arena *a;
    bool finished, unheard;
    enum code code; /* 0: good */
    struct case_done done;
    size_t worked;
};
static struct op ops[OPS];

static struct case_command command(struct op *o)
{
    return (struct case_command){.city = sim.c,
                                 .a = o->a,
                                 .actor = o->e->x,
                                 .now = sim.now,
                                 .route = slice_cstr(SIM_ACT_NAMES[o->e->act]),
                                 .key = o->e->key,
                                 .body = o->e->body,
                                 .case_id = o->e->case_id};
}

static const struct json *number(struct arena *a, int64_t n)
{
    struct json_builder b = json_builder(a);
    json_set_int(&b, "n", n);
    return json_object(&b);
}

static const struct json *reasons(struct arena *a)
{
    struct json_builder b = json_builder(a);
    json_add(&b, json_of_string(a, S("不符合条件")));
    return json_array(&b);
}

static result file(struct op *o, struct case_command *k)
{
    struct case_filing f = {.data = number(o->a, o->e->n),
                            .town = sim.t->data->towns[0].code,
                            .subject = o->e->x->subject,
                            .channel = S("online")};
    TRY(catalogue_current(sim.c->catalogue, o->a, sim.code, &f.service));
    TRY(subject_snapshot(sim.c, o->a, o->e->x->subject, &f.applicant));
    k->case_id = ID_NONE;
    return case_file(k, &f, &o->done);
}

static result decide(struct op *o, struct case_command *k)
{
    const struct entry *e = o->e;
    bool no = slice_is(e->text, "refuse") || slice_is(e->text, "reject"), correct = slice_is(e->text, "correct");
    bool form = !slice_is(e->text, "accept") && !slice_is(e->text, "refuse") && !correct;
    struct task_decision *d = NEW(o->a, struct task_decision);
    *d = (struct task_decision){.token = e->token, .outcome = e->text, .opinion = S("符合条件")};
    if (form) d->data = number(o->a, e->n);
    if (no) d->reasons = reasons(o->a);
    if (correct) d->corrections = reasons(o->a);
    return task_decide(k, d, &o->done);
}

static result carry_out(struct op *o)
{
    const struct entry *e = o->e;
    struct case_command *k = NEW(o->a, struct case_command);
    *k = command(o);
    switch (e->act) {
    case ACT_FILE: return file(o, k);
    case ACT_DECIDE: return decide(o, k);
    case ACT_BEGIN: return task_begin(k, e->token, S("需要"), &o->done);
    case ACT_CLAIM: return task_claim(k, e->token, &o->done);
    case ACT_RELEASE: return task_release(k, e->token, &o->done);
    case ACT_TRANSFER: return task_transfer(k, e->token, e->to, S("请假"), &o->done);
    case ACT_STOP: return case_clock_stop(k, e->token, e->text, S("需要鉴定"), &o->done);
    case ACT_RESUME: return case_clock_resume(k, e->token, S("已完成"), &o->done);
    case ACT_CORRECT: return case_correct(k, number(o->a, e->n), &o->done);
    case ACT_WITHDRAW: return case_withdraw(k, S(""), S("不办了"), &o->done);
    case ACT_WITHDRAW_STEP: return case_withdraw(k, e->text, S("不办了"), &o->done);
    case ACT_URGE: return case_urge(k, S("请尽快"), &o->done);
    case ACT_RETRY: return case_retry(k, &o->done);
    case ACT_TIMERS: return case_timers_run(sim.c, o->a, sim.now, WORK, &o->worked);
    case ACT_MESSAGES: return case_messages_run(sim.c, o->a, sim.now, WORK, &o->worked);
    case ACT_JOBS: return case_jobs_run(sim.c, o->a, sim.now, WORK, &o->worked);
    case ACT_ESCALATE: return case_escalate_run(sim.c, o->a, sim.now, WORK, &o->worked);
    default: return ok();
    }
}

static void act(void *arg)
{
    struct op *o = arg;
    result r = carry_out(o);
    o->code = failed(r) ? result_code(r) : 0;
    if (o->code == CODE_INTERNAL || o->code == CODE_STORE_CONSTRAINT) { /* nobody should ever hear these */
        struct slice text = result_text(o->a, r, LANG_EN);
        sim_wrong("%s: %.*s", SIM_ACT_NAMES[o->e->act], SLICE_ARG(text));
    }
    o->finished = true;
}

static bool is_work(enum sim_act a)
{
    return a == ACT_TIMERS || a == ACT_JOBS || a == ACT_ESCALATE || a == ACT_MESSAGES;
}

static struct op *start(struct entry *e)
{
    struct op *o = ops;
    while (o < ops + OPS && o->f) o++;
    if (o == ops + OPS) return NULL;
    *o = (struct op){.e = e, .a = arena_new("act")};
    o->f = fiber_start(SIM_ACT_NAMES[e->act], act, o);
    o->unheard = !sim.calm && !is_work(e->act) && rng_chance(&sim.rng, 8);
    sim.stats.commands++;
    sim.stats.acts[e->act]++;
    return o;
}

/* ---- what was answered ---- */

static const struct stmt STORED = {
    "sim_refusal", "SELECT status FROM idempotency WHERE actor = ?1 AND route = ?2 AND idem_key = ?3", NULL, false};

static bool refusal_stored(const struct entry *e)
{
    struct rows r;
    struct arena *a = arena_new("stored");
    const struct sql_value v[] = {sql_id(&e->x->account), sql_text(slice_cstr(SIM_ACT_NAMES[e->act])),
                                  sql_text(e->key)};
    disk_quiet(true);
    bool there = !failed(store_query(sim.s, a, &STORED, v, 3, &r)) && r.n == 1 && row(&r, 0)[0].i != 0;
    disk_quiet(false);
    arena_free(a);
    return there;
}

static void answered(struct entry *e, const struct op *o)
{
    if (e->state == ENTRY_DONE) {
        if (o->code)
            sim_wrong("%s was done, and sent again it is refused: %s", SIM_ACT_NAMES[e->act], code_name(o->code));
        if (o->done.version != e->version || !id_eq(o->done.case_id, e->case_id))
            sim_wrong("%s was answered with version %lld, sent again with %lld", SIM_ACT_NAMES[e->act],
                      (long long)e->version, (long long)o->done.version);
        return;
    }
    if (e->state == ENTRY_REFUSED && !sim_crashed && refusal_stored(e) && o->code != e->code)
        sim_wrong("%s was refused (%s), sent again it is %s", SIM_ACT_NAMES[e->act], code_name(e->code),
                  o->code ? code_name(o->code) : "done");
    if (o->code && e->state == ENTRY_DOUBT && e->answered_by_rows)
        sim_wrong("%s was carried out, and sent again it is refused: %s", SIM_ACT_NAMES[e->act], code_name(o->code));
    e->state = o->code ? ENTRY_REFUSED : ENTRY_DONE;
    e->code = o->code;
    e->version = o->done.version;
    if (!o->code) e->case_id = o->done.case_id;
    sim.stats.acknowledged += !o->code;
    sim.stats.refused += o->code != 0;
}

static void settle(struct op *o)
{
    struct entry *e = o->e;
    if (!is_work(e->act)) {
        bool heard = !o->unheard && !(o->code && passing(o->code));
        sim_trace("%s %.*s token %lld: %s%s, version %lld", SIM_ACT_NAMES[e->act], SLICE_ARG(e->key),
                  (long long)e->token, o->code ? code_name(o->code) : "done", heard ? "" : ", unheard",
                  (long long)o->done.version);
        if (o->unheard) sim_fault(FAULT_LOST_REPLY);
        if (heard)
            answered(e, o);
        else
            sim.stats.unanswered++;
    } else {
        sim_trace("%s: %zu, %s", SIM_ACT_NAMES[e->act], o->worked, o->code ? code_name(o->code) : "good");
    }
    arena_free(o->a);
    o->f = NULL;
}

void sim_settle(void)
{
    for (struct op *o = ops; o < ops + OPS; o++)
        if (o->f && o->finished) settle(o);
    if (!sim_crashed) return;
    for (struct op *o = ops; o < ops + OPS; o++) o->f = NULL;
}

/* ---- the ledger ---- */

static struct entry *enter(enum sim_act a, const struct actor *x, struct id case_id, int64_t token, struct slice text)
{
    struct entry *e = NEW(sim.a, struct entry);
    uint8_t h[32];
    if (nledger == ENTRIES) sim_wrong("the ledger is full");
    *e = (struct entry){.act = a, .x = x, .case_id = case_id, .token = token, .text = arena_copy(sim.a, text)};
    e->n = (int64_t)rng_below(&sim.rng, 3);
    e->key = arena_printf(sim.a, "k%zu", nledger);
    e->body =
        arena_printf(sim.a, "%s %lld %.*s %lld", SIM_ACT_NAMES[a], (long long)token, SLICE_ARG(text), (long long)e->n);
    const struct slice parts[] = {id_bytes(&x->account), S("\n"), slice_cstr(SIM_ACT_NAMES[a]), S("\n"), e->key};
    crypto_sha256_parts(parts, 5, h);
    memcpy(e->idem, h, 16);
    ledger[nledger++] = e;
    return e;
}

static struct entry *worker(enum sim_act a)
{
    static struct entry list[SIM_ACTS];
    list[a] = (struct entry){.act = a};
    return &list[a];
}

bool sim_resend(void)
{
    bool any = false;
    for (size_t i = 0; i < nledger; i++) {
        struct entry *e = (struct entry *)(uintptr_t)ledger[i];
        if (e->state != ENTRY_DOUBT) continue;
        any = true;
        if ((sim.calm || rng_chance(&sim.rng, 40)) && !start(e)) break;
    }
    return any;
}

size_t sim_unanswered(void)
{
    size_t n = 0;
    for (size_t i = 0; i < nledger; i++) n += ledger[i]->state == ENTRY_DOUBT;
    return n;
}

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

static const struct actor *applicant_of(struct id case_id)
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
    if (slice_is(t->kind, "fill")) return applicant_of(t->case_id);
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
    const struct service *s;
    if (failed(catalogue_current(sim.c->catalogue, a, sim.code, &s))) return S("done");
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
    if (is_offer(t) && what < 80) return enter(ACT_BEGIN, somebody(t), c, token, S(""));
    if (what < 62) return enter(ACT_DECIDE, somebody(t), c, token, outcome_of(a, t));
    if (what < 72) return enter(ACT_CLAIM, somebody(t), c, token, S(""));
    if (what < 77) return enter(ACT_RELEASE, somebody(t), c, token, S(""));
    if (what < 85) return enter(ACT_STOP, somebody(t), c, token, slice_cstr(CAUSES[rng_below(&sim.rng, 3)]));
    if (what < 95) return enter(ACT_RESUME, somebody(t), c, token, S(""));
    struct entry *e = enter(ACT_TRANSFER, somebody(t), c, token, S(""));
    e->to = somebody(t);
    return e;
}

static struct entry *on_case(const struct sim_case *c)
{
    const struct actor *x = applicant_of(c->id);
    uint64_t what = rng_below(&sim.rng, 100);
    if (c->state == CASE_CORRECTION && what < 60) return enter(ACT_CORRECT, x, c->id, 0, S(""));
    if (c->stuck && what < 70) {
        const struct actor *head = test_city_actor(sim.t, S("scjg.head"));
        return enter(ACT_RETRY, what < 60 ? head : x, c->id, 0, S(""));
    }
    if (what < 5) return enter(ACT_WITHDRAW, x, c->id, 0, S(""));
    if (what < 35) {
        char step[16];
        (void)snprintf(step, sizeof step, "st%u", (unsigned)rng_below(&sim.rng, 5));
        return enter(ACT_WITHDRAW_STEP, x, c->id, 0, slice_cstr(step));
    }
    if (what < 45) return enter(ACT_CORRECT, x, c->id, 0, S(""));
    return what < 75 ? enter(ACT_URGE, x, c->id, 0, S("")) : worker(what < 90 ? ACT_JOBS : ACT_TIMERS);
}

static struct entry *draw(struct arena *a)
{
    const struct sim_case *list;
    size_t n = sim_cases(&list);
    uint64_t what = rng_below(&sim.rng, 100);
    if (n == 0 || (what < (ntasks ? 4 : 25) && n < 5))
        return enter(ACT_FILE, &sim.t->persons[rng_below(&sim.rng, sim.t->npersons)], ID_NONE, 0, S(""));
    if (what < 20) return worker(ACT_JOBS);
    if (what < 34) return worker(ACT_TIMERS);
    if (what < 37) return worker(ACT_ESCALATE);
    if (what < 40) return worker(ACT_MESSAGES);
    if (what < 44 && nledger) {
        struct entry *e = (struct entry *)(uintptr_t)ledger[rng_below(&sim.rng, nledger)];
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

void sim_act(void)
{
    struct arena *a = arena_new("drawing acts");
    uint64_t n = 1 + rng_below(&sim.rng, 4);
    look(a);
    for (uint64_t i = 0; i < n; i++) {
        struct entry *e = draw(a);
        if (!start(e)) break;
        if (is_work(e->act) || !rng_chance(&sim.rng, 6)) continue;
        sim_fault(FAULT_TWICE_AT_ONCE);
        (void)start(e);
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
    if (is_offer(t)) return x && round % 2 ? enter(ACT_BEGIN, x, t->case_id, t->token, S("")) : NULL;
    if (has && round % 3 == 0) return enter(ACT_RELEASE, has, t->case_id, t->token, S(""));
    if (has && round % 3 == 1) x = has;
    return x ? enter(ACT_DECIDE, x, t->case_id, t->token, outcome_of(a, t)) : NULL;
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
        acts += e && start(e);
    }
    for (size_t i = 0; i < n && acts < 12; i++) {
        if (!case_state_open(list[i].state)) continue;
        const struct actor *head = test_city_actor(sim.t, S("scjg.head"));
        if (list[i].state == CASE_CORRECTION)
            acts += start(enter(ACT_CORRECT, applicant_of(list[i].id), list[i].id, 0, S(""))) != NULL;
        if (list[i].stopped)
            acts += start(enter(ACT_RESUME, test_city_actor(sim.t, S("scjg.handler")), list[i].id, list[i].token,
                                S(""))) != NULL;
        if (list[i].stuck) acts += start(enter(ACT_RETRY, head, list[i].id, 0, S(""))) != NULL;
    }
    (void)start(worker(ACT_TIMERS));
    (void)start(worker(ACT_JOBS));
    (void)start(worker(ACT_MESSAGES));
    (void)start(worker(ACT_ESCALATE));
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
            (void)start(enter(ACT_WITHDRAW, applicant_of(list[i].id), list[i].id, 0, S("")));
        }
}
