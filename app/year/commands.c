/* What happens to one case at one instant, each through the command that people use. */
#include "app/year/play.h"

#include "areas/00_supervision/ratings/ratings.h"
#include "city/identity/identity.h"
#include "city/sql.h"

static struct case_command command(struct play *p, struct arena *a, const struct actor *x, const char *route,
                                   const struct year_case *k)
{
    p->y->report.commands++;
    return (struct case_command){
        .city = p->y->c, .a = a, .actor = x, .now = p->y->now, .route = slice_cstr(route), .case_id = k->id};
}

/* Says where it stood, for the one who wrote the parameters. */
static result told(struct play *p, struct arena *a, const struct year_case *k, const char *what, result r)
{
    if (!failed(r)) return ok();
    struct slice en = problem_text(a, r.problem, LANG_EN), zh = problem_text(a, r.problem, LANG_ZH);
    struct slice place = arena_printf(a, "%.*s %s %.*s %.*s", SLICE_ARG(p->services[k->service].code), what,
                                      SLICE_ARG(instant_text(a, p->y->now)), SLICE_ARG(r.problem->field));
    return fail(a, CODE_YEAR_REFUSED, place, "detail_zh", zh, "detail_en", en, NULL);
}

/* ---- when an officer acts ---- */

static const struct office {
    int64_t from, to;
} OFFICE = {9 * 60 + 5, 17 * 60 + 50}; /* minutes of the day; lunch is not watched */

/* In the k-th working day from now; the same day while the office is open, else the next one. */
static instant act_time(const struct play *p, uint64_t *s, const double days[YEAR_DAYS])
{
    const struct calendar *cal = p->y->c->calendar;
    day today = day_of_instant(p->y->now);
    int64_t k = 0, minute = (p->y->now - instant_of_day(today)) / MS_MINUTE;
    double x = random_uniform(s);
    while (k < YEAR_DAYS - 1 && x >= days[k]) k++;
    bool open = calendar_is_working(cal, today) && minute < OFFICE.to;
    if (k == 0 && open) {
        int64_t from = minute < OFFICE.from ? OFFICE.from : minute, room = (OFFICE.to - from) * 2 / 5;
        return instant_of_day(today) + (from + 1 + random_between(s, 0, room)) * MS_MINUTE;
    }
    day then = calendar_add(cal, today, k ? k : 1, LIMIT_WORKING_DAY, false);
    return instant_of_day(then) + random_between(s, OFFICE.from, OFFICE.to - 60) * MS_MINUTE;
}

/* ---- filing ---- */

static const struct actor *holder(const struct play *p, enum role role, struct slice department, struct slice town,
                                  const struct year_case *k, uint64_t *s)
{
    size_t n = 0;
    const struct actor *found = NULL;
    for (size_t i = 0; i < p->nstaff; i++) {
        const struct actor *x = &p->staff[i];
        bool out = !actor_has_role(x, role, department, town);
        for (size_t i2 = 0; k && i2 < k->ndone; i2++) out = out || id_eq(x->account, k->done[i2]);
        /* each with the same chance */
        if (!out && random_between(s, 0, (int64_t)n++) == 0) found = x;
    }
    return found;
}

static result file_it(struct play *p, struct arena *a, struct year_case *k, const struct actor *applicant)
{
    const struct year_service *s = &p->services[k->service];
    struct case_done done = {.version = 0};
    struct case_filing f = {
        .service = s->version, .town = k->town, .subject = applicant->subject, .channel = S("online")};
    const struct actor *x = applicant;
    if (!k->online) {
        x = holder(p, ROLE_WINDOW, service_department(s->version), k->town, NULL, &k->rng);
        f.channel = S("window");
        if (!x) return fail(a, CODE_NOT_FOUND, S("window"), "value", k->town, NULL);
    }
    TRY(subject_snapshot(p->y->c, a, f.subject, &f.applicant));
    TRY(year_form(p->y, s, f.subject, f.applicant, k->serial, &f.data));
    struct case_command c = command(p, a, x, "year file", k);
    c.case_id = ID_NONE;
    TRY(case_file(&c, &f, &done));
    k->id = done.case_id;
    p->y->report.filed++;
    return ok();
}

result play_file(struct play *p, struct arena *a, struct year_case *k)
{
    struct actor applicant;
    k->id = ID_NONE;
    TRY(actor_of_login(p->y->c, a, k->login, &applicant));
    TRY(told(p, a, k, "file", file_it(p, a, k, &applicant)));
    return play_look(p, a, k);
}

/* ---- what is to do ---- */

static const struct stmt STATE = {"year_state", "SELECT state, outcome FROM case_file WHERE id = ?1", NULL, false};
static const struct stmt TASKS = {
    "year_tasks",
    "SELECT token, node, kind, department, role, town FROM case_task WHERE case_id = ?1 AND status < 2 ORDER BY token",
    NULL, false};
enum { T_TOKEN, T_NODE, T_KIND, T_DEPARTMENT, T_ROLE, T_TOWN };

static bool planned(struct year_case *k, int64_t token)
{
    for (size_t i = 0; i < k->nplanned; i++)
        if (k->planned[i] == token) return true;
    if (k->nplanned < PLANNED_MAX) k->planned[k->nplanned++] = token;
    return false;
}

static void forget(struct year_case *k, int64_t token)
{
    for (size_t i = 0; i < k->nplanned; i++)
        if (k->planned[i] == token) k->planned[i--] = k->planned[--k->nplanned];
}

static void ended(struct play *p, struct year_case *k, const struct sql_value *v)
{
    struct year *y = p->y;
    enum case_state state = (enum case_state)v[0].i;
    k->ended = true;
    y->report.ended++;
    y->report.withdrawn += state == CASE_WITHDRAWN;
    y->report.not_accepted += state == CASE_REFUSED;
    y->report.rejected += state == CASE_DELIVERED && k->fate == REJECTED;
    if (k->ticket || state == CASE_WITHDRAWN || random_uniform(&k->rng) >= year_number(y->p, "/ratings/share", 0))
        return;
    agenda_add(&p->agenda, y->now + random_between(&k->rng, 20, 3 * 24 * 60) * MS_MINUTE, RATE, k, 0);
}

/* Papers and accounts at once, as workers do. */
static result jobs(struct play *p, struct arena *a)
{
    size_t n;
    do {
        TRY(case_jobs_run(p->y->c, a, p->y->now, 16, &n));
        p->y->report.commands += (int64_t)n;
    } while (n);
    return ok();
}

static void plan_task(struct play *p, struct year_case *k, const struct sql_value *t)
{
    double days[YEAR_DAYS];
    bool fill = slice_is(t[T_KIND].s, "fill");
    if (planned(k, t[T_TOKEN].i)) return;
    year_days(p->y->p, k->ticket ? S("heads") : fill ? S("applicants") : t[T_DEPARTMENT].s, days);
    agenda_add(&p->agenda, act_time(p, &k->rng, days), DECIDE, k, t[T_TOKEN].i);
}

result play_look(struct play *p, struct arena *a, struct year_case *k)
{
    struct rows state, tasks;
    struct sql_value id = sql_id(&k->id);
    TRY(told(p, a, k, "jobs", jobs(p, a)));
    TRY(store_query(p->y->c->store, a, &STATE, &id, 1, &state));
    if (!state.n || k->ended) return ok();
    if (!case_state_open((enum case_state)row(&state, 0)[0].i)) {
        ended(p, k, row(&state, 0));
        return ok();
    }
    TRY(store_query(p->y->c->store, a, &TASKS, &id, 1, &tasks));
    if (tasks.n && k->fate == WITHDRAWN) {
        if (!planned(k, -1))
            agenda_add(&p->agenda, p->y->now + random_between(&k->rng, 10, 45) * MS_MINUTE, WITHDRAW, k, 0);
        return ok();
    }
    for (size_t i = 0; i < tasks.n; i++) plan_task(p, k, row(&tasks, i));
    return ok();
}

/* ---- acts ---- */

static struct slice wanted_at(struct year_case *k, const struct year_service *s, const struct sql_value *t)
{
    bool acceptance = slice_is(t[T_KIND].s, "acceptance");
    if (acceptance && k->correct && !k->corrected && year_task_has(s, t[T_NODE].s, "correct")) return S("correct");
    if (acceptance && k->fate == NOT_ACCEPTED) return S("refuse");
    if (!acceptance && k->fate == REJECTED) return S("reject");
    return (struct slice){NULL, 0};
}

/* 行政许可法 art. 45: something outside the office has to be waited for. */
static result stop_it(struct play *p, struct arena *a, struct year_case *k, const struct sql_value *t)
{
    const struct year_rates *rates = &p->services[k->service].rates;
    struct case_done done = {.version = 0};
    int64_t days = random_between(&k->rng, 1, rates->stop_days);
    const struct actor *x = holder(p, ROLE_HANDLER, t[T_DEPARTMENT].s, t[T_TOWN].s, NULL, &k->rng);
    if (!x) return fail(a, CODE_NOT_FOUND, t[T_NODE].s, "value", t[T_DEPARTMENT].s, NULL);
    struct case_command c = command(p, a, x, "year stop", k);
    k->stop = false;
    p->y->report.stopped++;
    (void)planned(k, t[T_TOKEN].i);
    agenda_add(&p->agenda, p->y->now + days * MS_DAY, RESUME, k, t[T_TOKEN].i);
    return case_clock_stop(&c, t[T_TOKEN].i, slice_cstr(stop_cause_name(rates->cause)),
                           S("依法需要的时间不计入办理期限（演示）"), &done);
}

result play_resume(struct play *p, struct arena *a, struct year_case *k, int64_t token)
{
    struct rows tasks;
    struct case_done done = {.version = 0};
    TRY(store_query(p->y->c->store, a, &TASKS, BINDS(sql_id(&k->id)), &tasks));
    forget(k, token);
    for (size_t i = 0; i < tasks.n; i++) {
        const struct sql_value *t = row(&tasks, i);
        if (t[T_TOKEN].i != token) continue;
        const struct actor *x = holder(p, ROLE_HANDLER, t[T_DEPARTMENT].s, t[T_TOWN].s, NULL, &k->rng);
        if (!x) return fail(a, CODE_NOT_FOUND, t[T_NODE].s, "value", t[T_DEPARTMENT].s, NULL);
        struct case_command c = command(p, a, x, "year resume", k);
        TRY(told(p, a, k, "resume", case_clock_resume(&c, token, S("恢复计时（演示）"), &done)));
    }
    return play_look(p, a, k);
}

static result decide_it(struct play *p, struct arena *a, struct year_case *k, const struct sql_value *t)
{
    const struct year_service *s = &p->services[k->service];
    enum role role = ROLE_HANDLER;
    struct actor own;
    struct case_done done = {.version = 0};
    const struct actor *x = &own;
    if (slice_is(t[T_KIND].s, "fill")) {
        TRY(actor_of_login(p->y->c, a, k->login, &own));
    } else {
        (void)role_scan(t[T_ROLE].s, &role);
        x = holder(p, role, t[T_DEPARTMENT].s, t[T_TOWN].s, k, &k->rng);
        if (!x) x = holder(p, role, t[T_DEPARTMENT].s, t[T_TOWN].s, NULL, &k->rng);
        if (!x) return fail(a, CODE_NOT_FOUND, t[T_NODE].s, "value", t[T_DEPARTMENT].s, NULL);
    }
    struct task_decision d = year_decision(p->y, a, s, t[T_NODE].s, t[T_TOKEN].i, wanted_at(k, s, t), &k->id);
    struct case_command c = command(p, a, x, "year decide", k);
    TRY(task_decide(&c, &d, &done));
    if (k->ndone < DONE_MAX && x != &own) k->done[k->ndone++] = x->account;
    if (!slice_is(d.outcome, "correct")) return ok();
    k->corrected = true;
    p->y->report.corrected++;
    agenda_add(&p->agenda, p->y->now + random_between(&k->rng, 60, 2 * 24 * 60) * MS_MINUTE, ANSWER, k, 0);
    return ok();
}

result play_decide(struct play *p, struct arena *a, struct year_case *k, int64_t token)
{
    struct rows tasks;
    TRY(store_query(p->y->c->store, a, &TASKS, BINDS(sql_id(&k->id)), &tasks));
    forget(k, token);
    for (size_t i = 0; i < tasks.n; i++) {
        const struct sql_value *t = row(&tasks, i);
        if (t[T_TOKEN].i != token) continue;
        bool office = !slice_is(t[T_KIND].s, "fill") && !slice_is(t[T_KIND].s, "acceptance");
        result r = k->stop && office ? stop_it(p, a, k, t) : decide_it(p, a, k, t);
        TRY(told(p, a, k, arena_cstr(a, t[T_NODE].s), r));
        break;
    }
    return play_look(p, a, k);
}

result play_withdraw(struct play *p, struct arena *a, struct year_case *k)
{
    struct actor x;
    struct case_done done = {.version = 0};
    TRY(actor_of_login(p->y->c, a, k->login, &x));
    struct case_command c = command(p, a, &x, "year withdraw", k);
    TRY(told(p, a, k, "withdraw", case_withdraw(&c, (struct slice){NULL, 0}, S("不再办理（演示）"), &done)));
    return play_look(p, a, k);
}

result play_answer(struct play *p, struct arena *a, struct year_case *k)
{
    struct actor x;
    const struct json *snapshot, *form;
    struct case_done done = {.version = 0};
    const struct year_service *s = &p->services[k->service];
    TRY(actor_of_login(p->y->c, a, k->login, &x));
    TRY(subject_snapshot(p->y->c, a, x.subject, &snapshot));
    TRY(year_form(p->y, s, x.subject, snapshot, k->serial, &form));
    struct case_command c = command(p, a, &x, "year correct", k);
    TRY(told(p, a, k, "correct", case_correct(&c, form, &done)));
    return play_look(p, a, k);
}

/* ---- ratings and their tickets ---- */

static const struct stmt TICKET = {"year_ticket", "SELECT ticket FROM rating WHERE id = ?1 AND ticket IS NOT NULL",
                                   NULL, false};

static int64_t grade_of(const struct play *p, uint64_t *s)
{
    static const char *const SHARES[] = {"/ratings/grades/5", "/ratings/grades/4", "/ratings/grades/3",
                                         "/ratings/grades/2"};
    double x = random_uniform(s);
    for (int64_t g = GRADE_BEST; g > GRADE_WORST; g--)
        if ((x -= year_number(p->y->p, SHARES[GRADE_BEST - g], 0)) < 0) return g;
    return GRADE_WORST;
}

static result ticket(struct play *p, struct arena *a, const struct year_case *of, struct id rating)
{
    struct rows rows;
    struct id id;
    TRY(store_query(p->y->c->store, a, &TICKET, BINDS(sql_id(&rating)), &rows));
    if (!rows.n || p->ticket == SIZE_MAX || !id_from_bytes(row(&rows, 0)[0].s, &id)) return ok();
    struct year_case *k = NEW(p->a, struct year_case);
    *k = (struct year_case){
        .service = p->ticket, .ticket = true, .id = id, .rng = random_stream(of->rng, 77), .fate = GRANTED};
    p->y->report.tickets++;
    return play_look(p, a, k);
}

result play_rate(struct play *p, struct arena *a, struct year_case *k)
{
    struct rated of;
    struct id rating;
    bool over, replayed;
    struct rating_given g = {.grade = grade_of(p, &k->rng), .key = S("year")};
    if (g.grade <= GRADE_BAD) g.text = S("等了较久，没有人说明办到哪一步（演示）");
    TRY(rated_case(p->y->c, a, k->id, &of, &over));
    if (!over) return ok();
    of.channel = k->online ? S("online") : S("window");
    TRY(told(p, a, k, "rating", rating_give(p->y->c, a, &of, &g, p->y->now, &rating, &replayed)));
    p->y->report.ratings++;
    return g.grade <= GRADE_BAD ? ticket(p, a, k, rating) : ok();
}

/* ---- what happens by itself ---- */

result play_tick(struct play *p, struct arena *a)
{
    size_t n, all = 0;
    do {
        TRY(case_timers_run(p->y->c, a, p->y->now, 64, &n));
        all += n;
    } while (n);
    do {
        TRY(case_escalate_run(p->y->c, a, p->y->now, 64, &n));
        all += n;
    } while (n);
    p->y->report.commands += (int64_t)all;
    return ok();
}
