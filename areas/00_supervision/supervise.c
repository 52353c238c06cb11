/* Reminders, escalation and chasing (督办): who has to know is told once a step, in one message a run. Steps come from the working
 * calendar and the clock that the city was given; what was told stands in plan_step.
 *   a task:   due soon -> heads of the lead department and its officer; late -> heads; five working days late -> the leader; ten ->
 *             special supervision (专项督导), told to the office too. A task due before the plan was issued counts from that day; one
 *             whose condition holds no longer from the day it was lost.
 *   reports:  of a month, by its fifth working day after; then the heads and contacts of who is missing are told, and after five
 *             more the office that supervises. */
#include "areas/00_supervision/plan.h"
#include "areas/00_supervision/supervise.h"

#include "city/messages/messages.h"
#include "city/sql.h"
#include "engine/calendar/calendar.h"

enum { LEADER_AFTER = 5, SPECIAL_AFTER = 10, OFFICE_AFTER = 5, RECEIVERS = 400 };

static const struct stmt STEPS = {"plan_steps", "SELECT what FROM plan_step ORDER BY what", NULL, false};
static const struct stmt STEP_ADD = {
    "plan_step_add",
    "INSERT INTO plan_step (what, task_no, level, at) VALUES (?1,?2,?3,?4) ON CONFLICT (what) DO NOTHING", NULL, false};
static const struct stmt HEADS = {
    "plan_heads",
    "SELECT g.account FROM role_grant g JOIN account a ON a.id = g.account AND a.disabled_at = 0"
    " WHERE g.role = 'head' AND (g.department = ?1 OR (g.department = '*' AND a.department = ?1)) ORDER BY g.account LIMIT 20",
    NULL, false};
static const struct stmt CONTACTS_OF = {
    "plan_contacts_of", "SELECT account FROM plan_contact WHERE unit = ?1 ORDER BY account LIMIT 20", NULL, false};

struct step {
    struct slice what; /* its key, unique */
    struct slice of;   /* what it is a step of; a run that makes several tells the last alone */
    bool fresh;
    int64_t no, level; /* no 0: a report */
    const struct plan_task *t;
    struct slice unit, period; /* of reports */
    struct bitext line;
};
struct running {
    struct city *c;
    instant now;
    day today;
    struct plan p;
    struct plan_task *tasks;
    size_t ntasks, nsteps, cap;
    struct rows known;
    struct step *steps;
    size_t told;
    struct {
        struct id to;
        struct buf zh, en;
    } * receivers;
    size_t nreceivers;
};

static bool known(const struct running *r, struct slice what)
{
    size_t lo = 0, hi = r->known.n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int k = slice_cmp(row(&r->known, mid)[0].s, what);
        if (k == 0) return true;
        if (k < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}

static void add(struct running *r, struct arena *a, struct step s)
{
    if (known(r, s.what)) return;
    if (r->nsteps == r->cap) {
        size_t cap = r->cap ? 2 * r->cap : 64;
        struct step *more = NEW_ARRAY(a, struct step, cap);
        if (r->nsteps) memcpy(more, r->steps, r->nsteps * sizeof *more);
        r->steps = more;
        r->cap = cap;
    }
    r->steps[r->nsteps++] = s;
}

/* ---- tasks ---- */

static void task_step(struct running *r, struct arena *a, const struct plan_task *t, day base, int64_t level)
{
    const struct bitext WORDS[] = {{S("即将到期"), S("due soon")},
                                   {S("已逾期"), S("late")},
                                   {S("已逾期，提请挂帅领导协调"), S("late, put before the leader")},
                                   {S("已列入专项督导"), S("under special supervision")}};
    struct slice problem = json_string(t->source, "problem");
    struct step s = {.no = t->no, .level = level, .t = t};
    bool lost = t->condition && t->holds == HOLDS_NO_LONGER;
    s.of = arena_printf(a, "task/%lld", (long long)t->no);
    s.what = arena_printf(a, "task/%lld/%s/%.*s/%lld", (long long)t->no, level ? "late" : "soon",
                          SLICE_ARG(day_text(a, base)), (long long)level);
    s.line.zh = arena_printf(a, "任务 %lld（%.*s）：%s%.*s", (long long)t->no, SLICE_ARG(problem),
                             lost ? "条件不再满足，" : "", SLICE_ARG(WORDS[level].zh));
    s.line.en = arena_printf(a, "Task %lld (%.*s): %s%.*s", (long long)t->no, SLICE_ARG(problem),
                             lost ? "its condition holds no longer; " : "", SLICE_ARG(WORDS[level].en));
    add(r, a, s);
}

static void task_steps(struct running *r, struct arena *a, const struct plan_task *t)
{
    const struct calendar *cal = r->c->calendar;
    struct plan_clock k = plan_task_clock(t);
    enum plan_light light = plan_light(cal, &k, r->today);
    day base = light == PLAN_REGRESSED   ? day_of_instant(t->holds_at)
               : t->due > r->p.issued_on ? t->due
                                         : r->p.issued_on;
    if (light == PLAN_DUE_SOON) task_step(r, a, t, t->due, 0);
    if (light != PLAN_LATE && light != PLAN_REGRESSED) return;
    if (light == PLAN_LATE && r->today <= base) return;
    int64_t late = calendar_between(cal, base, r->today);
    task_step(r, a, t, base, 1);
    if (late >= LEADER_AFTER) task_step(r, a, t, base, 2);
    if (late >= SPECIAL_AFTER) task_step(r, a, t, base, 3);
}

/* ---- reports ---- */

struct slice plan_period_before(struct arena *a, day today)
{
    int y, m, d;
    civil_of_day(today, &y, &m, &d);
    return arena_printf(a, "%04d-%02d", m == 1 ? y - 1 : y, m == 1 ? 12 : m - 1);
}

bool plan_period_next(struct slice s, day *next)
{
    int64_t y, m;
    if (s.n != 7 || s.p[4] != '-' || !slice_int64(slice_sub(s, 0, 4), &y) || !slice_int64(slice_sub(s, 5, 2), &m))
        return false;
    if (y < 1949 || m < 1 || m > 12) return false;
    *next = m == 12 ? day_of_civil((int)y + 1, 1, 1) : day_of_civil((int)y, (int)m + 1, 1);
    return true;
}

/* The fifth working day of the month after. */
day plan_report_due(const struct calendar *c, day today)
{
    int y, m, d;
    civil_of_day(today, &y, &m, &d);
    return calendar_add(c, day_of_civil(y, m, 1) - 1, REPORT_DAY, LIMIT_WORKING_DAY, false);
}

static result report_steps(struct running *r, struct arena *a)
{
    struct plan_report *list;
    size_t n;
    struct slice period = plan_period_before(a, r->today);
    day due = plan_report_due(r->c->calendar, r->today);
    if (r->today <= due) return ok();
    TRY(plan_reports(r->c, NULL, a, &r->p, r->tasks, r->ntasks, period, &list, &n));
    for (size_t i = 0; i < n; i++)
        for (int64_t level = 1;
             !list[i].filed_at && level <= (calendar_between(r->c->calendar, due, r->today) >= OFFICE_AFTER ? 2 : 1);
             level++) {
            struct step s = {.level = level, .unit = list[i].unit, .period = period};
            const struct plan_area *area = plan_area_find(&r->p, list[i].area_no);
            struct slice name = json_string(area->source, "name");
            struct bitext unit = plan_unit_name(r->c, list[i].unit);
            s.of = arena_printf(a, "%s/%.*s/%.*s/%lld", list[i].kind, SLICE_ARG(period), SLICE_ARG(list[i].unit),
                                (long long)list[i].area_no);
            s.what = arena_printf(a, "%.*s/%lld", SLICE_ARG(s.of), (long long)level);
            s.line.zh =
                arena_printf(a, "%.*s尚未报送 %.*s“%.*s”进展%s", SLICE_ARG(unit.zh), SLICE_ARG(period), SLICE_ARG(name),
                             slice_is(slice_cstr(list[i].kind), "lead_report") ? "（牵头汇总）" : "");
            s.line.en = arena_printf(a, "%.*s has not reported on \"%.*s\" for %.*s", SLICE_ARG(unit.en),
                                     SLICE_ARG(name), SLICE_ARG(period));
            add(r, a, s);
        }
    return ok();
}

/* ---- telling ---- */

static void tell(struct running *r, struct arena *a, struct id to, struct bitext line)
{
    size_t i = 0;
    if (id_is_none(to)) return;
    while (i < r->nreceivers && !id_eq(r->receivers[i].to, to)) i++;
    if (i == RECEIVERS) return;
    if (i == r->nreceivers) {
        r->receivers[i].to = to;
        r->receivers[i].zh = buf_new(a, 20000);
        r->receivers[i].en = buf_new(a, 20000);
        r->nreceivers++;
    }
    if (r->receivers[i].zh.n + line.zh.n > 16000 || r->receivers[i].en.n + line.en.n > 16000)
        return; /* the page has them all */
    buf_printf(&r->receivers[i].zh, "%s%.*s", r->receivers[i].zh.n ? "\n" : "", SLICE_ARG(line.zh));
    buf_printf(&r->receivers[i].en, "%s%.*s", r->receivers[i].en.n ? "\n" : "", SLICE_ARG(line.en));
}

static result tell_unit(struct running *r, struct tx *tx, struct arena *a, struct slice unit, bool contacts,
                        struct bitext line)
{
    struct rows rows;
    struct id to;
    for (int k = 0; k < (contacts ? 2 : 1); k++) {
        TRY(tx_query(tx, a, k ? &CONTACTS_OF : &HEADS, BINDS(sql_text(unit)), &rows));
        for (size_t i = 0; i < rows.n; i++)
            if (id_from_bytes(row(&rows, i)[0].s, &to)) tell(r, a, to, line);
    }
    return ok();
}

static result tell_names(struct running *r, struct tx *tx, struct arena *a, const struct json *names,
                         struct bitext line)
{
    for (size_t i = 0; names && i < names->n; i++) {
        const struct plan_body *b = plan_body_find(&r->p, names->items[i]->text);
        for (size_t k = 0; b && k < b->departments->n; k++)
            TRY(tell_unit(r, tx, a, b->departments->items[k]->text, false, line));
    }
    return ok();
}

static void tell_leaders(struct running *r, struct arena *a, const struct plan_task *t, struct bitext line)
{
    const struct plan_area *area = plan_area_find(&r->p, t->area_no);
    const struct json *names = area ? json_get(area->source, "leaders") : NULL;
    for (size_t i = 0; names && i < names->n; i++)
        for (size_t k = 0; k < r->p.nleaders; k++)
            if (slice_eq(r->p.leaders[k].name, names->items[i]->text)) tell(r, a, r->p.leaders[k].account, line);
}

static result note_step(struct running *r, struct tx *tx, struct arena *a, const struct step *s)
{
    struct json_builder b = json_builder(a);
    if (!s->no) return ok();
    json_set_int(&b, "level", s->level);
    return plan_history_add(tx, a, s->no, NULL, r->now, s->level ? "escalated" : "reminded", json_object(&b));
}

/* Whoever hears of a step hears of the later ones too. */
static bool last_of_its_kind(const struct running *r, size_t i)
{
    return i + 1 == r->nsteps || !r->steps[i + 1].fresh || !slice_eq(r->steps[i + 1].of, r->steps[i].of);
}

static result tell_step(struct running *r, struct tx *tx, struct arena *a, const struct step *s)
{
    if (!s->no) {
        TRY(tell_unit(r, tx, a, s->unit, true, s->line));
        return s->level >= 2 ? tell_names(r, tx, a, r->p.offices, s->line) : ok();
    }
    TRY(tell_names(r, tx, a, json_get(s->t->source, "lead"), s->line));
    TRY(tell_names(r, tx, a, json_get(s->t->source, "acting_lead"), s->line));
    tell(r, a, s->t->owner, s->line);
    if (s->level >= 2) tell_leaders(r, a, s->t, s->line);
    return s->level >= 3 ? tell_names(r, tx, a, r->p.offices, s->line) : ok();
}

static result body(struct tx *tx, struct arena *a, void *ctx)
{
    struct running *r = ctx;
    int64_t fresh;
    r->nreceivers = 0;
    r->receivers = arena_zalloc(a, RECEIVERS, sizeof *r->receivers);
    r->told = 0;
    for (size_t i = 0; i < r->nsteps; i++) {
        struct step *s = &r->steps[i];
        TRY(tx_exec(tx, a, &STEP_ADD, BINDS(sql_text(s->what), sql_int(s->no), sql_int(s->level), sql_int(r->now)),
                    &fresh));
        s->fresh = fresh > 0; /* else another server told it */
        r->told += s->fresh;
        if (s->fresh) TRY(note_step(r, tx, a, s));
    }
    for (size_t i = 0; i < r->nsteps; i++)
        if (r->steps[i].fresh && last_of_its_kind(r, i)) TRY(tell_step(r, tx, a, &r->steps[i]));
    for (size_t i = 0; i < r->nreceivers; i++) {
        struct message m = {.kind = MESSAGE_TO_ACCOUNT,
                            .to = r->receivers[i].to,
                            .title = {S("行动方案督办提醒"), S("Supervision of the action plan")},
                            .body = {buf_slice(&r->receivers[i].zh), buf_slice(&r->receivers[i].en)}};
        TRY(message_send(r->c, tx, a, &m, r->now));
    }
    return ok();
}

result plan_supervise_run(struct city *c, struct arena *a, instant now, size_t *done)
{
    struct running r = {.c = c, .now = now, .today = day_of_instant(now)};
    *done = 0;
    result p = plan_load(c, NULL, a, &r.p);
    if (result_code(p) == CODE_PLAN_NONE) return ok();
    TRY(p);
    TRY(plan_tasks(c, NULL, a, &r.tasks, &r.ntasks));
    TRY(store_query(c->store, a, &STEPS, NULL, 0, &r.known));
    for (size_t i = 0; i < r.ntasks; i++) task_steps(&r, a, &r.tasks[i]);
    TRY(report_steps(&r, a));
    if (!r.nsteps) return ok();
    TRY(store_run(c->store, a, "plan_supervise", body, &r));
    *done = r.told;
    return ok();
}

result area_00_work(struct city *c, struct arena *a, instant now, size_t *done)
{
    size_t told = 0;
    *done = 0;
    TRY(plan_conditions_run(c, a, 0, false, now, done));
    TRY(plan_supervise_run(c, a, now, &told));
    *done += told;
    return ok();
}
