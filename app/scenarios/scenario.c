#include "app/scenarios/scenario.h"

#include <stdarg.h>
#include <stdio.h>

#include "city/catalogue/prefill.h"
#include "city/drafts/confirm.h"

#define DEFAULT_TOWN S("441900004")

static struct slice told(struct arena *a, const char *format, va_list ap)
{
    char text[4096];
    (void)vsnprintf(text, sizeof text, format, ap);
    return arena_copy(a, slice_cstr(text));
}

static _Noreturn void broken(struct play *p, struct slice text_zh, struct slice text_en)
{
    struct arena *a = p->w->a;
    const struct json *steps = json_get(p->json, "steps");
    const struct json *label = steps && p->at < steps->n ? json_get(steps->items[p->at], "label") : NULL;
    struct slice where =
        p->at < (steps ? steps->n : 0) ? arena_printf(a, "%.*s#/steps/%zu", SLICE_ARG(p->where), p->at) : p->where;
    struct slice detail_zh = arena_printf(a, "“%.*s”：%.*s", SLICE_ARG(json_string(label, "zh")), SLICE_ARG(text_zh));
    struct slice detail_en = arena_printf(a, "\"%.*s\": %.*s", SLICE_ARG(json_string(label, "en")), SLICE_ARG(text_en));
    p->fault = fail(a, CODE_SERVICE_SCENARIO, where, "detail_zh", label ? detail_zh : text_zh, "detail_en",
                    label ? detail_en : text_en, NULL);
    longjmp(p->end, 1);
}

void scenario_broken(struct play *p, const char *zh, const char *en, ...)
{
    va_list ap, again;
    struct arena *a = p->w->a;
    va_start(ap, en);
    va_copy(again, ap);
    struct slice text_en = told(a, en, ap), text_zh = told(a, zh, again);
    va_end(again);
    va_end(ap);
    broken(p, text_zh, text_en);
}

void scenario_need(struct play *p, result r)
{
    if (!failed(r)) return;
    broken(p, problem_text(p->w->a, r.problem, LANG_ZH), problem_text(p->w->a, r.problem, LANG_EN));
}

static const struct stmt STARTED = {
    "scenario_started", "SELECT id FROM case_file WHERE service = ?1 ORDER BY id DESC LIMIT 1", NULL, false};

/* A case that an event started goes by its service's code: the newest of it when it is first named. */
static struct scenario_case *started(struct play *p, struct slice service)
{
    struct rows r;
    struct sql_value v = sql_text(service);
    struct scenario_case x = {service, ID_NONE, service};
    scenario_need(p, store_query(p->w->c.store, p->w->a, &STARTED, &v, 1, &r));
    if (!r.n || p->ncases == SCENARIO_CASES || !id_from_bytes(row(&r, 0)[0].s, &x.id)) return NULL;
    p->cases[p->ncases] = x;
    return &p->cases[p->ncases++];
}

struct scenario_case *scenario_case(struct play *p, struct slice name)
{
    for (size_t i = 0; i < p->ncases; i++)
        if (!name.n || slice_eq(p->cases[i].name, name)) return &p->cases[i];
    struct scenario_case *x = name.n ? started(p, name) : NULL;
    if (x) return x;
    scenario_broken(p, "没有名为 %.*s 的办件", "no case %.*s", SLICE_ARG(name));
}

/* ---- who ---- */

static struct actor login(struct play *p, struct slice name)
{
    struct actor x;
    result r = actor_of_login(&p->w->c, p->w->a, name, &x);
    if (failed(r)) scenario_broken(p, "没有账号 %.*s", "nobody signs in as %.*s", SLICE_ARG(name));
    return x;
}

static const struct stmt ENTERPRISE_OF_CASE = {
    "scenario_enterprise", "SELECT uscc FROM enterprise WHERE case_id = ?1 ORDER BY registered_at", NULL, false};
static const struct stmt DELEGATION_BETWEEN = {
    "scenario_delegation",
    "SELECT id FROM delegation WHERE principal = ?1 AND agent = ?2 AND revoked_at = 0 AND until_at > ?3", NULL, false};

static struct id principal(struct play *p, struct slice who)
{
    struct world *w = p->w;
    struct rows r;
    struct id subject;
    bool found = false;
    if (!who.n || who.p[0] != '@') return login(p, who).subject;
    struct id case_id = scenario_case(p, slice_sub(who, 1, SIZE_MAX))->id;
    struct sql_value v = sql_id(&case_id);
    scenario_need(p, store_query(w->c.store, w->a, &ENTERPRISE_OF_CASE, &v, 1, &r));
    if (r.n) scenario_need(p, subject_find(&w->c, w->a, S("uscc"), row(&r, 0)[0].s, &subject, &found));
    if (!found)
        scenario_broken(p, "办件 %.*s 没有设立企业", "the case %.*s founded no enterprise that the city knows",
                        SLICE_ARG(who));
    return subject;
}

/* Acting for somebody needs a delegation in force, as session_act asks. */
static struct actor acting(struct play *p, const struct json *step)
{
    struct actor x = login(p, json_string(step, "as"));
    struct slice who = json_string(step, "for");
    if (!who.n || x.kind == ACTOR_STAFF) return x;
    struct id other = principal(p, who);
    const struct sql_value v[] = {sql_id(&other), sql_id(&x.account), sql_int(p->w->now)};
    struct rows r;
    scenario_need(p, store_query(p->w->c.store, p->w->a, &DELEGATION_BETWEEN, v, 3, &r));
    if (!r.n)
        scenario_broken(p, "%.*s 不能代 %.*s 办理", "%.*s may not act for %.*s", SLICE_ARG(x.login), SLICE_ARG(who));
    x.subject = other;
    (void)id_from_bytes(row(&r, 0)[0].s, &x.delegation);
    return x;
}

/* ---- commands ---- */

struct act { /* one step being carried out; the same again for its replay */
    struct play *p;
    const struct json *step;
    struct actor x;
    struct slice key;
    struct id case_id;
    int64_t token;
    bool replaying;
    const struct json *data; /* the step's, with what was uploaded; NULL: not yet */
    struct case_done out;
};

static struct case_command command(struct act *t, const char *route)
{
    return (struct case_command){.city = &t->p->w->c,
                                 .a = t->p->w->a,
                                 .actor = &t->x,
                                 .now = t->p->w->now,
                                 .route = slice_cstr(route),
                                 .key = t->key,
                                 .body = json_write(t->p->w->a, t->step),
                                 .case_id = t->case_id};
}

/* Uploaded once: a replay names the same papers. */
static result given(struct act *t)
{
    const struct json *data = json_get(t->step, "data");
    struct json_builder none = json_builder(t->p->w->a);
    if (t->data || (!data && !json_get(t->step, "files"))) return ok();
    if (!data) data = json_object(&none);
    TRY(scenario_papers(t->p, &t->x, json_get(t->step, "files"), &data));
    t->data = data;
    return ok();
}

/* The form as the applicant meets it: what the city knows is there already, and "data" is what they fill in. */
static result prefill(struct act *t, struct case_filing *f)
{
    const struct json *known;
    TRY(service_prefill(&t->p->w->c, t->p->w->a, f->service, f->subject, &known));
    f->data = json_merge(t->p->w->a, json_get(known, "data"), f->data);
    return ok();
}

/* Each answers the newest application they are asked to confirm. */
static result answers(struct act *t, const char *who, bool agree)
{
    struct world *w = t->p->w;
    const struct json *logins = json_get(t->step, who), *asked;
    for (size_t i = 0; logins && i < logins->n; i++) {
        struct id id;
        struct actor x = login(t->p, logins->items[i]->text);
        TRY(confirm_list(&w->c, w->a, &x, 1, (struct slice){NULL, 0}, w->now, &asked));
        const struct json *list = json_get(asked, "items");
        if (!list->n || !id_scan(json_string(list->items[0], "id"), &id))
            scenario_broken(t->p, "没有请 %.*s 确认什么", "%.*s is asked to confirm nothing", SLICE_ARG(x.login));
        TRY(confirm_answer(&w->c, w->a, &x, id, agree, S(""), w->now));
    }
    return ok();
}

/* Before a filing: the persons named are asked, and answer from their own accounts. */
static result confirmations(struct act *t, const struct case_filing *f)
{
    struct application p = {f->service, f->data, f->subject, f->applicant};
    const struct json *state;
    if (t->replaying || (!json_get(t->step, "confirmed_by") && !json_get(t->step, "denied_by"))) return ok();
    TRY(confirm_ask(&t->p->w->c, t->p->w->a, &t->x, &p, t->p->w->now, &state));
    TRY(answers(t, "confirmed_by", true));
    return answers(t, "denied_by", false);
}

static result file(struct act *t)
{
    struct play *p = t->p;
    struct case_command k = command(t, "POST /cases");
    struct slice code = json_string(t->step, "service"), town = json_string(t->step, "town");
    TRY(given(t));
    struct case_filing f = {.data = t->data,
                            .parts = json_get(t->step, "parts"),
                            .town = town.n ? town : DEFAULT_TOWN,
                            .subject = t->x.subject,
                            .channel = S("online")};
    if (t->x.kind == ACTOR_STAFF) {
        f.subject = principal(p, json_string(t->step, "for"));
        f.channel = S("window");
    }
    if (!id_is_none(t->x.delegation)) f.agent = t->x.account;
    TRY(catalogue_current(p->w->c.catalogue, p->w->a, code.n ? code : p->service, &f.service));
    TRY(subject_snapshot(&p->w->c, p->w->a, f.subject, &f.applicant));
    if (json_bool(t->step, "prefill", false)) TRY(prefill(t, &f));
    TRY(confirmations(t, &f));
    k.case_id = ID_NONE;
    return case_file(&k, &f, &t->out);
}

static result withdraw(struct act *t)
{
    struct case_command k = command(t, "POST /cases/{id}/withdraw");
    return case_withdraw(&k, json_string(t->step, "step"), json_string(t->step, "reason"), &t->out);
}

static result correct(struct act *t)
{
    struct case_command k = command(t, "POST /cases/{id}/correct");
    TRY(given(t));
    return case_correct(&k, t->data, &t->out);
}

static result urge(struct act *t)
{
    struct case_command k = command(t, "POST /cases/{id}/urge");
    return case_urge(&k, json_string(t->step, "opinion"), &t->out);
}

static result claim(struct act *t)
{
    struct case_command k = command(t, "POST claim");
    return task_claim(&k, t->token, &t->out);
}

static result release(struct act *t)
{
    struct case_command k = command(t, "POST release");
    return task_release(&k, t->token, &t->out);
}

static result decide(struct act *t)
{
    struct case_command k = command(t, "POST decide");
    struct task_decision d = {t->token,
                              json_string(t->step, "outcome"),
                              json_string(t->step, "opinion"),
                              json_get(t->step, "data"),
                              json_get(t->step, "reasons"),
                              json_get(t->step, "corrections")};
    return task_decide(&k, &d, &t->out);
}

static result begin(struct act *t)
{
    struct case_command k = command(t, "POST begin");
    return task_begin(&k, t->token, json_string(t->step, "reason"), &t->out);
}

/* There is no case yet whom it could be for: it starts one. */
static bool starts(const struct play *p, const struct json *step)
{
    return !p->ncases && slice_is(json_string(step, "do"), "message") && !json_get(step, "case") &&
           !json_get(step, "key");
}

/* Another system's message; the key is the case's number, or what the step says. */
static result message(struct act *t)
{
    struct case_command k = command(t, "POST /flow/messages");
    struct arena *a = t->p->w->a;
    struct json_builder none = json_builder(a);
    const struct json *key = json_get(t->step, "key"), *data = json_get(t->step, "data"), *vars;
    struct id id;
    if (!key && !starts(t->p, t->step)) {
        TRY(case_variables(&t->p->w->c, a, t->case_id, &vars));
        key = json_get(vars, "case_number");
    }
    struct outside_message m = {json_string(t->step, "message"), key, data ? data : json_object(&none)};
    t->out = (struct case_done){.case_id = t->case_id};
    return message_from_outside(&k, &m, &id, &t->out.replayed);
}

static result transfer(struct act *t)
{
    struct case_command k = command(t, "POST transfer");
    struct actor to = login(t->p, json_string(t->step, "to"));
    return task_transfer(&k, t->token, &to, json_string(t->step, "reason"), &t->out);
}

static result stop(struct act *t)
{
    struct case_command k = command(t, "POST stop");
    return case_clock_stop(&k, t->token, json_string(t->step, "cause"), json_string(t->step, "notice"), &t->out);
}

static result resume(struct act *t)
{
    struct case_command k = command(t, "POST resume");
    return case_clock_resume(&k, t->token, json_string(t->step, "notice"), &t->out);
}

static const struct {
    const char *name;
    result (*run)(struct act *t);
    bool on_task;
} ACTS[] = {{"file", file, false},          {"withdraw", withdraw, false}, {"correct", correct, false},
            {"urge", urge, false},          {"claim", claim, true},        {"release", release, true},
            {"decide", decide, true},       {"transfer", transfer, true},  {"clock_stop", stop, true},
            {"clock_resume", resume, true}, {"begin", begin, true},        {"message", message, false}};

/* The open task of that element; a closed one when there is no other, so that a scenario can try it. */
static const struct stmt TOKEN_OF = {
    "scenario_token",
    "SELECT token FROM case_task WHERE case_id = ?1 AND node = ?2 AND CASE WHEN kind = 'offer' THEN 1 ELSE 0 END = ?3"
    " ORDER BY CASE WHEN status < 3 THEN 0 ELSE 1 END, token DESC",
    NULL, false};

static int64_t token_of(struct play *p, struct id case_id, struct slice node, bool offered)
{
    struct rows r;
    const struct sql_value v[] = {sql_id(&case_id), sql_text(node), sql_int(offered)};
    scenario_need(p, store_query(p->w->c.store, p->w->a, &TOKEN_OF, v, 3, &r));
    if (!r.n) scenario_broken(p, "没有出现过任务 %.*s", "there has been no task %.*s", SLICE_ARG(node));
    return row(&r, 0)[0].i;
}

static void check_refusal(struct play *p, result r, struct slice expected)
{
    struct slice got = failed(r) ? slice_cstr(code_name(result_code(r))) : S("");
    if (slice_eq(got, expected)) return;
    struct slice why = failed(r) ? problem_text(p->w->a, r.problem, LANG_EN) : S("it was carried out");
    if (expected.n)
        scenario_broken(p, "应被拒绝（%.*s），实际：%.*s %.*s", "should be refused with %.*s, but: %.*s %.*s",
                        SLICE_ARG(expected), SLICE_ARG(got), SLICE_ARG(why));
    struct buf zh = buf_new(p->w->a, 64 * 1024), en = buf_new(p->w->a, 64 * 1024);
    buf_puts(&zh, "被拒绝：");
    buf_puts(&en, "refused:");
    for (const struct problem *q = r.problem; q; q = q->next) {
        buf_printf(&zh, " %.*s：%.*s", SLICE_ARG(q->field), SLICE_ARG(problem_text(p->w->a, q, LANG_ZH)));
        buf_printf(&en, " %.*s: %.*s", SLICE_ARG(q->field), SLICE_ARG(problem_text(p->w->a, q, LANG_EN)));
    }
    broken(p, buf_slice(&zh), buf_slice(&en));
}

/* A lost reply is harmless: the same key again gives the same answer and does nothing. */
static void replay(struct act *t, result (*run)(struct act *t), const result first)
{
    struct case_done before = t->out;
    t->out = (struct case_done){.version = -1};
    t->replaying = true;
    result r = run(t);
    if (failed(r) != failed(first) || result_code(r) != result_code(first))
        scenario_broken(t->p, "同一请求重发，答复不同", "the replay is answered otherwise");
    if (!failed(r) && (!t->out.replayed || !id_eq(t->out.case_id, before.case_id) || t->out.version != before.version))
        scenario_broken(t->p, "同一请求重发，又办了一次", "the replay was carried out again");
}

static void carry_out(struct play *p, const struct json *step, size_t which)
{
    struct act t = {.p = p, .step = step, .x = acting(p, step)};
    bool is_file = slice_is(json_string(step, "do"), "file");
    t.key = arena_printf(p->w->a, "scenario-%04zu", p->at);
    if (!is_file && !starts(p, step)) t.case_id = scenario_case(p, json_string(step, "case"))->id;
    if (ACTS[which].on_task) t.token = token_of(p, t.case_id, json_string(step, "task"), ACTS[which].run == begin);
    result r = ACTS[which].run(&t);
    check_refusal(p, r, json_string(step, "refused"));
    p->commands++;
    if (is_file && !failed(r)) {
        if (p->ncases == SCENARIO_CASES) scenario_broken(p, "办件过多", "too many cases");
        struct slice code = json_string(step, "service");
        p->cases[p->ncases++] =
            (struct scenario_case){json_string(step, "case"), t.out.case_id, code.n ? code : p->service};
    }
    replay(&t, ACTS[which].run, r);
}

/* ---- time and outages ---- */

static instant later(struct play *p, struct slice by)
{
    int64_t n = 0;
    size_t i = 0;
    while (i < by.n && by.p[i] >= '0' && by.p[i] <= '9') n = n * 10 + (by.p[i++] - '0');
    struct slice unit = slice_sub(by, i, SIZE_MAX);
    instant now = p->w->now;
    if (slice_is(unit, "m")) return now + n * MS_MINUTE;
    if (slice_is(unit, "h")) return now + n * MS_HOUR;
    if (slice_is(unit, "d")) return now + n * MS_DAY;
    day today = day_of_instant(now), then = calendar_add(p->w->c.calendar, today, n, LIMIT_WORKING_DAY, false);
    return instant_of_day(then) + (now - instant_of_day(today));
}

static void advance(struct play *p, const struct json *step)
{
    instant to;
    if (json_string(step, "by").n)
        to = later(p, json_string(step, "by"));
    else if (!instant_scan(json_string(step, "to"), &to))
        scenario_broken(p, "不是有效时刻", "not an instant");
    if (to < p->w->now) scenario_broken(p, "时间不能倒流", "time does not run backwards");
    scenario_need(p, world_run_until(p->w, to));
}

static void outage(struct play *p, const struct json *step, bool broken)
{
    if (failed(world_outage(p->w, json_string(step, "verb"), broken)))
        scenario_broken(p, "没有操作 %.*s", "no verb %.*s", SLICE_ARG(json_string(step, "verb")));
}

static void one_step(struct play *p, const struct json *step)
{
    struct slice what = json_string(step, "do");
    if (slice_is(what, "advance"))
        advance(p, step);
    else if (slice_is(what, "outage"))
        outage(p, step, true);
    else if (slice_is(what, "repair"))
        outage(p, step, false);
    else
        for (size_t i = 0; i < sizeof ACTS / sizeof *ACTS; i++)
            if (slice_is(what, ACTS[i].name)) carry_out(p, step, i);
    scenario_need(p, world_run_until(p->w, p->w->now));
    if (json_get(step, "expect")) scenario_expect(p, json_get(step, "expect"), json_string(step, "case"));
}

static void play(struct play *p)
{
    const struct json *steps = json_get(p->json, "steps"), *out = json_get(p->json, "outages");
    for (size_t i = 0; out && i < out->n; i++)
        if (failed(world_outage(p->w, out->items[i]->text, true)))
            scenario_broken(p, "没有操作 %.*s", "no verb %.*s", SLICE_ARG(out->items[i]->text));
    for (p->at = 0; p->at < steps->n; p->at++) {
        /* a second between steps: no two things happen at once */
        p->w->now += MS_SECOND;
        one_step(p, steps->items[p->at]);
    }
    scenario_invariants(p);
}

result scenario_run(struct play *p)
{
    p->fault = ok();
    if (setjmp(p->end) == 0) play(p);
    return p->fault;
}

result scenario_start(struct arena *a, struct slice where, const struct json *json, instant *start)
{
    if (instant_scan(json_string(json, "start"), start)) return ok();
    return fail(a, CODE_SERVICE_SCENARIO, arena_printf(a, "%.*s#/start", SLICE_ARG(where)), "detail_zh",
                S("不是有效时刻"), "detail_en", S("is no instant"), NULL);
}
