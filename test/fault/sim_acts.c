/* What people and workers do, and the ledger of what they were told. */
#include <stdio.h>

#include "city/cases/measure.h"
#include "test/fault/sim.h"
#include "trust/crypto.h"

enum { OPS = 24, ENTRIES = 4096, WORK = 8 };

const char *const SIM_ACT_NAMES[SIM_ACTS] = {
    [ACT_FILE] = "file",
    [ACT_DECIDE] = "decide",
    [ACT_CLAIM] = "claim",
    [ACT_RELEASE] = "release",
    [ACT_TRANSFER] = "transfer",
    [ACT_STOP] = "clock_stop",
    [ACT_RESUME] = "resume",
    [ACT_CORRECT] = "correct",
    [ACT_WITHDRAW] = "withdraw",
    [ACT_WITHDRAW_STEP] = "withdraw_step",
    [ACT_URGE] = "urge",
    [ACT_RETRY] = "retry",
    [ACT_TIMERS] = "timers",
    [ACT_JOBS] = "jobs",
    [ACT_ESCALATE] = "escalate",
    [ACT_BEGIN] = "begin",
    [ACT_MESSAGES] = "messages",
    [ACT_LOOK] = "look",
    [ACT_STARTS] = "starts",
    [ACT_LOSE] = "lose leases",
    [ACT_OUTSIDE] = "outside",
    [ACT_ARCHIVE] = "archive",
    [ACT_PUBLISH] = "publish",
    [ACT_PLAN] = "plan",
    [ACT_PLAN_DECIDE] = "plan_decide",
    [ACT_PLAN_UNDO] = "plan_undo",
    [ACT_PLAN_UNDO_CASE] = "plan_undo_case",
    [ACT_MIGRATE] = "migrate",
    [ACT_STEP] = "step",
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
    TRY(catalogue_current(sim.c->catalogue, o->a, o->e->text.n ? o->e->text : sim.code, &f.service));
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

/* Another system says something about a case. */
static result outside(struct op *o, struct case_command *k)
{
    struct outside_message m = {
        .name = S("sim.told"), .key = json_of_string(o->a, o->e->text), .payload = number(o->a, o->e->n)};
    struct id id;
    bool replayed;
    TRY(message_from_outside(k, &m, &id, &replayed));
    o->done = (struct case_done){.case_id = id, .replayed = replayed};
    return ok();
}

/* Whatever else goes on, a case can be read, and the whole of its journal. */
static result look_at(struct op *o)
{
    const struct json *view;
    TRY(case_view(sim.c, o->a, o->e->case_id, sim.now, VIEW_STAFF, &view));
    const struct json *history = json_get(view, "history");
    if (!history || history->n == 0) sim_wrong("a case is shown without its history");
    return ok();
}

static result archive(struct op *o)
{
    struct archive_at at = sim.folded;
    TRY(measures_roll(sim.c, o->a)); /* what is not in the sums is not folded */
    result r = case_archive_run(sim.c, o->a, sim.now, WORK, &at, &o->worked);
    sim.folded = at;
    return r;
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
    case ACT_STARTS: return case_starts_run(sim.c, o->a, sim.now, WORK, &o->worked);
    case ACT_LOSE: return sim_lose_leases(o->a);
    case ACT_OUTSIDE: return outside(o, k);
    case ACT_LOOK: return look_at(o);
    case ACT_ARCHIVE: return archive(o);
    default: return sim_change_do(o->a, e, k, &o->done);
    }
}

static bool never(enum code c)
{
    return c == CODE_INTERNAL || c == CODE_STORE_CONSTRAINT || c == CODE_CASE_ARCHIVE;
}

static void act(void *arg)
{
    struct op *o = arg;
    result r = carry_out(o);
    o->code = failed(r) ? result_code(r) : 0;
    if (never(o->code) || (o->e->act == ACT_LOOK && o->code && !passing(o->code))) { /* nobody should ever hear these */
        struct slice text = result_text(o->a, r, LANG_EN);
        sim_wrong("%s: %.*s", SIM_ACT_NAMES[o->e->act], SLICE_ARG(text));
    }
    o->finished = true;
}

bool sim_is_work(enum sim_act a)
{
    switch (a) {
    case ACT_TIMERS:
    case ACT_JOBS:
    case ACT_ESCALATE:
    case ACT_MESSAGES:
    case ACT_LOOK:
    case ACT_STARTS:
    case ACT_LOSE:
    case ACT_ARCHIVE:
    case ACT_PUBLISH:
    case ACT_PLAN:
    case ACT_PLAN_DECIDE:
    case ACT_PLAN_UNDO:
    case ACT_PLAN_UNDO_CASE:
    case ACT_MIGRATE: return true;
    default: return false;
    }
}

bool sim_start(struct entry *e)
{
    struct op *o = ops;
    while (o < ops + OPS && o->f) o++;
    if (o == ops + OPS) return false;
    *o = (struct op){.e = e, .a = arena_new("act")};
    o->f = fiber_start(SIM_ACT_NAMES[e->act], act, o);
    o->unheard = !sim.calm && !sim_is_work(e->act) && rng_chance(&sim.rng, 8);
    sim.stats.commands++;
    sim.stats.acts[e->act]++;
    return true;
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
    if (!sim_is_work(e->act)) {
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

struct entry *sim_enter(enum sim_act a, const struct actor *x, struct id case_id, int64_t token, struct slice text)
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

struct entry *sim_work(enum sim_act a)
{
    struct entry *e = NEW(sim.a, struct entry);
    *e = (struct entry){.act = a};
    return e;
}

bool sim_resend(void)
{
    bool any = false;
    for (size_t i = 0; i < nledger; i++) {
        struct entry *e = (struct entry *)(uintptr_t)ledger[i];
        if (e->state != ENTRY_DOUBT) continue;
        any = true;
        if ((sim.calm || rng_chance(&sim.rng, 40)) && !sim_start(e)) break;
    }
    return any;
}

size_t sim_unanswered(void)
{
    size_t n = 0;
    for (size_t i = 0; i < nledger; i++) n += ledger[i]->state == ENTRY_DOUBT;
    return n;
}
