/* The action plan's own year: tasks get owners and sub-tasks, evidence is given, most are finished in time, some late, a few stay
 * open and climb the escalation. Every act goes through its endpoint, by an account that may. */
#include <stdlib.h>

#include "app/year/year.h"
#include "areas/00_supervision/plan.h"
#include "areas/00_supervision/supervise.h"
#include "city/identity/identity.h"
#include "city/sql.h"

enum act_kind { ACT_OWNER, ACT_SUBTASK, ACT_SUBTASK_DONE, ACT_COMMENT, ACT_EVIDENCE, ACT_DONE, ACT_SUPERVISE };
struct act {
    instant at;
    enum act_kind kind;
    int64_t no;
    const struct actor *by;
};
enum { ACTS_MAX = 2000, SUPERVISED_MONTHS = 12 };
struct acts {
    struct act list[ACTS_MAX];
    size_t n;
};
struct steering {
    struct year *y;
    struct plan p;
    struct actor *heads;
    size_t nheads;
    uint64_t rng;
    struct acts acts;
};

static void add(struct steering *s, day d, enum act_kind kind, int64_t no, const struct actor *by)
{
    const struct calendar *cal = s->y->c->calendar;
    if (!calendar_is_working(cal, d)) d = calendar_add(cal, d, 1, LIMIT_WORKING_DAY, false);
    instant at = instant_of_day(d) + random_between(&s->rng, 9 * 60, 17 * 60) * MS_MINUTE;
    if (kind == ACT_SUPERVISE) at = instant_of_day(d) + 8 * MS_HOUR;
    if (at < s->y->to && s->acts.n < ACTS_MAX) s->acts.list[s->acts.n++] = (struct act){at, kind, no, by};
}

static int by_time(const void *x, const void *y)
{
    const struct act *a = x, *b = y;
    if (a->at != b->at) return a->at < b->at ? -1 : 1;
    return a->no != b->no ? (a->no < b->no ? -1 : 1) : (int)a->kind - (int)b->kind;
}

/* ---- what is to happen ---- */

/* A head of its lead department; NULL: nobody, and the task stays as it is. */
static const struct actor *leads(const struct steering *s, const struct plan_task *t)
{
    for (size_t i = 0; i < s->nheads; i++)
        if (plan_parties(&s->p, t, &s->heads[i]) & PARTY_LEAD) return &s->heads[i];
    return NULL;
}

static day working(const struct steering *s, day d, int64_t n)
{
    return calendar_add(s->y->c->calendar, d, n, LIMIT_WORKING_DAY, false);
}

/* Begun some days after the plan was issued; finished around its day, or never. */
static void task_acts(struct steering *s, const struct plan_task *t)
{
    const struct actor *by = leads(s, t);
    double x = random_uniform(&s->rng), in_time = year_number(s->y->p, "/plan/in_time", 0.7),
           late = year_number(s->y->p, "/plan/late", 0.2);
    day issued = s->p.issued_on, begun = working(s, issued, random_between(&s->rng, 1, 5));
    day due = t->dated ? t->due : day_of_civil(2021, 12, 31), done;
    if (!by || t->condition || t->done) return;
    add(s, begun, ACT_OWNER, t->no, by);
    add(s, working(s, begun, 1), ACT_SUBTASK, t->no, by);
    if (x >= in_time + late) {
        add(s, working(s, due, 3), ACT_COMMENT, t->no, by);
        return;
    }
    done = x < in_time && due > working(s, begun, 4)
               ? working(s, due, -random_between(&s->rng, 1, 6))
               : working(s, due > begun ? due : begun, random_between(&s->rng, 4, 30));
    if (done <= working(s, begun, 2)) done = working(s, begun, 3);
    add(s, working(s, done, -1), ACT_SUBTASK_DONE, t->no, by);
    add(s, working(s, done, -1), ACT_EVIDENCE, t->no, by);
    add(s, done, ACT_DONE, t->no, by);
}

/* On days on which reports of the month before are not due yet: this year has none to chase. */
static void supervision(struct steering *s)
{
    int year, month, d;
    civil_of_day(s->p.issued_on, &year, &month, &d);
    for (int i = 0; i < SUPERVISED_MONTHS; i++) {
        month = month == 12 ? (year++, 1) : month + 1;
        day first = working(s, day_of_civil(year, month, 1) - 1, 1);
        add(s, first, ACT_SUPERVISE, 0, NULL);
        day due = plan_report_due(s->y->c->calendar, first);
        if (due > first) add(s, due, ACT_SUPERVISE, 0, NULL);
    }
}

/* ---- each act ---- */

static result call(struct steering *s, struct arena *a, const struct endpoint *e, const struct act *x,
                   struct slice second, const struct json *body, const struct json **out)
{
    struct reply r = {0};
    struct request q = {.a = a,
                        .city = s->y->c,
                        .actor = x->by,
                        .now = x->at,
                        .body = body,
                        .params = {arena_printf(a, "%lld", (long long)x->no), second},
                        .nparams = second.n ? 2 : 1};
    TRY(door_call(e, &q, &r));
    if (out) *out = r.body;
    s->y->report.acts++;
    return ok();
}

static const struct stmt SUBTASK = {
    "year_subtask", "SELECT id FROM plan_subtask WHERE task_no = ?1 AND done_on IS NULL ORDER BY id LIMIT 1", NULL,
    false};

static result subtask_done(struct steering *s, struct arena *a, const struct act *x, const struct json *empty)
{
    struct rows rows;
    struct id id;
    TRY(store_query(s->y->c->store, a, &SUBTASK, BINDS(sql_int(x->no)), &rows));
    if (!rows.n || !id_from_bytes(row(&rows, 0)[0].s, &id)) return ok();
    return call(s, a, &EP_PLAN_SUBTASK_DONE, x, id_text(a, id), empty, NULL);
}

static result do_act(struct steering *s, struct arena *a, const struct act *x)
{
    struct json_builder b = json_builder(a);
    struct slice none = {NULL, 0};
    size_t told;
    switch (x->kind) {
    case ACT_OWNER:
        json_set_str(&b, "account", id_text(a, x->by->account));
        return call(s, a, &EP_PLAN_OWNER, x, none, json_object(&b), NULL);
    case ACT_SUBTASK:
        json_set_cstr(&b, "title", "明确分工、时间表和责任人（演示数据）");
        json_set_str(&b, "department", x->by->department);
        json_set_str(&b, "due", day_text(a, working(s, day_of_instant(x->at), 20)));
        return call(s, a, &EP_PLAN_SUBTASK_ADD, x, none, json_object(&b), NULL);
    case ACT_SUBTASK_DONE: return subtask_done(s, a, x, json_object(&b));
    case ACT_COMMENT:
        json_set_cstr(&b, "text", "进度滞后：跨部门数据接口尚未打通，已提请协调（演示数据）");
        return call(s, a, &EP_PLAN_COMMENT_ADD, x, none, json_object(&b), NULL);
    case ACT_EVIDENCE:
        json_set_cstr(&b, "kind", "figure");
        json_set_cstr(&b, "title", "对应指标的实时数据（演示数据）");
        json_set_cstr(&b, "ref", "/indicators");
        return call(s, a, &EP_PLAN_EVIDENCE_ADD, x, none, json_object(&b), NULL);
    case ACT_DONE:
        json_set_cstr(&b, "status", "done");
        json_set_str(&b, "done_on", day_text(a, day_of_instant(x->at)));
        return call(s, a, &EP_PLAN_STATUS, x, none, json_object(&b), NULL);
    case ACT_SUPERVISE: return plan_supervise_run(s->y->c, a, x->at, &told);
    }
    return ok();
}

static const struct stmt HEADS = {
    "year_heads", "SELECT DISTINCT account FROM role_grant WHERE role = 'head' ORDER BY account", NULL, false};

static result heads(struct steering *s)
{
    struct rows rows;
    struct year *y = s->y;
    TRY(store_query(y->c->store, y->a, &HEADS, NULL, 0, &rows));
    s->heads = NEW_ARRAY(y->a, struct actor, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        struct id id;
        if (!id_from_bytes(row(&rows, i)[0].s, &id)) continue;
        TRY(actor_of_account(y->c, y->a, id, &s->heads[s->nheads]));
        s->heads[s->nheads++].must_change_password = false;
    }
    return ok();
}

result year_plan_play(struct year *y)
{
    struct steering *s = NEW(y->a, struct steering);
    struct plan_task *tasks;
    size_t n;
    s->y = y;
    s->rng = random_stream(y->p->seed, 5000);
    result r = plan_load(y->c, NULL, y->a, &s->p);
    if (result_code(r) == CODE_PLAN_NONE) return ok();
    TRY(r);
    TRY(plan_tasks(y->c, NULL, y->a, &tasks, &n));
    TRY(heads(s));
    for (size_t i = 0; i < n; i++) task_acts(s, &tasks[i]);
    supervision(s);
    qsort(s->acts.list, s->acts.n, sizeof s->acts.list[0], by_time);
    struct arena *a = arena_new("plan year");
    for (size_t i = 0; i < s->acts.n && !failed(r); i++) {
        r = result_copy(y->a, do_act(s, a, &s->acts.list[i]));
        arena_reset(a);
    }
    arena_free(a);
    return r;
}
