/* Conditions of tasks (量化完成条件): chosen from a closed list of kinds, each a FEEL expression over live figures of one service.
 * Whoever binds a task picks a kind, a service and a bound; nobody writes an expression. */
#include "areas/00_supervision/plan.h"

#include "areas/00_supervision/claims/claims.h"
#include "city/cases/measure.h"
#include "city/rights/rights.h"
#include "city/sql.h"
#include "engine/decision/feel.h"

struct kind {
    const char *name, *feel;
    const char *zh, *en; /* {service} {bound} {months} */
    const char *unit_zh, *unit_en;
    int64_t least, most; /* of the bound; both 0: none */
    bool cases;          /* counts cases of the last months: looked at less often */
    bool whole;          /* may be of the whole city: no service */
};
static const struct kind KINDS[] = {
    {"service_online", "service.online", "“{service}”已发布并可网上办理",
     "\"{service}\" is published and can be done online", "", "", 0, 0, false, false},
    {"service_limit", "service.online and service.promised_working_days <= bound",
     "“{service}”可网上办理，承诺时限不超过 {bound} 个工作日",
     "\"{service}\" can be done online and promises at most {bound} working days", "个工作日", "working days", 1, 365,
     false, false},
    {"on_time_share", "service.finished > 0 and 100 * service.on_time >= bound * service.finished",
     "“{service}”近 {months} 个月（含本月）的办结件中，{bound}% 以上按时办结",
     "at least {bound} % of the cases of \"{service}\" finished in the last {months} months (this one included) were on time",
     "%", "%", 1, 100, true, false},
    {"online_share", "service.finished > 0 and 100 * service.finished_online >= bound * service.finished",
     "“{service}”近 {months} 个月（含本月）的办结件中，{bound}% 以上为网上申报",
     "at least {bound} % of the cases of \"{service}\" finished in the last {months} months (this one included) were filed online",
     "%", "%", 1, 100, true, false},
    {"cases_finished", "service.finished >= bound", "“{service}”近 {months} 个月（含本月）办结 {bound} 件以上",
     "at least {bound} cases of \"{service}\" were finished in the last {months} months (this one included)", "件",
     "cases", 1, 1000000, true, false},
    {"claims_hold", "service.published and service.finished >= 5 and service.contradicted = 0",
     "“{service}”的网办、跑动、时限、材料承诺，没有一项与近 {months} 个月（含本月）的办件不符",
     "none of what \"{service}\" claims (online, visits, time, papers) is contradicted by the cases of the last {months} months"
     " (this one included)",
     "", "", 0, 0, true, false},
    {"platform_share", "platform.missing = 0 and platform.all > 0 and 100 * platform.cases >= bound * platform.all",
     "{service}近 {months} 个整月的办件中，{bound}% 以上经一体化平台办理，且各部门均已报送自建系统办件量",
     "at least {bound} % of the cases of {service} in the last {months} whole months were taken through the platform, and every"
     " department has told what it took in its own systems",
     "%", "%", 1, 100, true, true},
};
enum { NKINDS = sizeof KINDS / sizeof *KINDS, MONTHS = 3, MONTHS_MAX = 36 };
#define COSTLY_EVERY (10 * MS_MINUTE)

static const struct kind *kind_of(const struct json *v)
{
    for (size_t i = 0; i < NKINDS; i++)
        if (slice_is(json_string(v, "kind"), KINDS[i].name)) return &KINDS[i];
    return NULL;
}

static result bad(struct arena *a, const char *field, const char *zh, const char *en)
{
    return fail(a, CODE_PLAN_CONDITION, slice_cstr(field), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en),
                NULL);
}

result plan_condition_check(struct city *c, struct arena *a, const struct json *v)
{
    const struct kind *k = kind_of(v);
    int64_t bound = json_int(v, "bound", 0);
    (void)c; /* the service may come later: that it is published is often what the task is about */
    if (!k) return bad(a, "/condition/kind", "没有这种条件", "there is no such kind");
    if (!k->whole && !json_string(v, "service").n)
        return bad(a, "/condition/service", "请选择事项", "choose a service");
    if (k->most && (bound < k->least || bound > k->most))
        return bad(a, "/condition/bound",
                   arena_cstr(a, arena_printf(a, "应在 %lld 至 %lld 之间", (long long)k->least, (long long)k->most)),
                   arena_cstr(a, arena_printf(a, "from %lld to %lld", (long long)k->least, (long long)k->most)));
    if (!k->most && json_get(v, "bound")) return bad(a, "/condition/bound", "该条件没有界限", "this kind has no bound");
    if (!k->cases && json_get(v, "months"))
        return bad(a, "/condition/months", "该条件没有期间", "this kind has no period");
    return ok();
}

const struct json *plan_condition_kinds(struct arena *a)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < NKINDS; i++) {
        const struct kind *k = &KINDS[i];
        struct json_builder b = json_builder(a), n = json_builder(a);
        json_set_cstr(&b, "kind", k->name);
        json_set(&b, "words", bitext_json(a, (struct bitext){slice_cstr(k->zh), slice_cstr(k->en)}));
        json_set_cstr(&b, "feel", k->feel);
        json_set_int(&n, "least", k->least);
        json_set_int(&n, "most", k->most);
        json_set(&n, "unit", bitext_json(a, (struct bitext){slice_cstr(k->unit_zh), slice_cstr(k->unit_en)}));
        json_set(&b, "bound", k->most ? json_object(&n) : json_null());
        json_set_bool(&b, "months", k->cases);
        json_set_bool(&b, "whole", k->whole);
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

/* Conditions bound before periods were whole months hold days. */
static int64_t months_of(const struct json *v)
{
    int64_t days = json_int(v, "days", 0);
    int64_t n = json_int(v, "months", days > 0 ? (days + 29) / 30 : MONTHS);
    return n < 1 ? 1 : n > MONTHS_MAX ? MONTHS_MAX : n;
}

static struct slice filled(struct arena *a, const char *form, struct slice service, int64_t bound, int64_t months)
{
    struct buf b = buf_new(a, 4000);
    struct slice rest = slice_cstr(form);
    while (rest.n) {
        if (slice_starts(rest, S("{service}"))) {
            buf_put(&b, service);
            rest = slice_sub(rest, 9, rest.n);
        } else if (slice_starts(rest, S("{bound}"))) {
            buf_printf(&b, "%lld", (long long)bound);
            rest = slice_sub(rest, 7, rest.n);
        } else if (slice_starts(rest, S("{months}"))) {
            buf_printf(&b, "%lld", (long long)months);
            rest = slice_sub(rest, 8, rest.n);
        } else {
            buf_put(&b, slice_sub(rest, 0, 1));
            rest = slice_sub(rest, 1, rest.n);
        }
    }
    return buf_slice(&b);
}

struct bitext plan_condition_words(struct city *c, struct arena *a, const struct json *v)
{
    const struct service *s;
    const struct kind *k = kind_of(v);
    struct slice code = json_string(v, "service");
    struct bitext name = {code, code};
    int64_t bound = json_int(v, "bound", 0), months = months_of(v);
    if (!k) return name;
    if (!code.n) name = (struct bitext){S("全市"), S("the city")};
    if (code.n && !failed(catalogue_current(c->catalogue, a, code, &s))) name = service_name(s);
    if (code.n && k->whole)
        name = (struct bitext){arena_printf(a, "“%.*s”", SLICE_ARG(name.zh)),
                               arena_printf(a, "\"%.*s\"", SLICE_ARG(name.en))};
    return (struct bitext){filled(a, k->zh, name.zh, bound, months), filled(a, k->en, name.en, bound, months)};
}

/* ---- live figures ---- */

/* Of the sums (city/cases/measure.h): as many rows as there are months, however many cases. */
static const struct stmt SUMS = {
    "plan_sums",
    "SELECT COALESCE(CAST(SUM(n) AS BIGINT), 0), COALESCE(CAST(SUM(online) AS BIGINT), 0),"
    " COALESCE(CAST(SUM(n - late) AS BIGINT), 0) FROM measure_sum_now WHERE level = " MEASURE_BY_SERVICE
    " AND month >= ?1 AND month <= ?2 AND service = ?3",
    NULL, false};

/* The last months up to `last`. */
static struct period period_of(int64_t last, int64_t months)
{
    return (struct period){month_add(last, 1 - months), last};
}

static int64_t running_month(instant now)
{
    struct civil t = civil_of_instant(now);
    return t.year * 100 + t.month;
}

static result counted(struct city *c, struct arena *a, struct slice code, struct period p, struct json_builder *b)
{
    static const char *const KEYS[] = {"finished", "finished_online", "on_time"};
    struct rows r;
    struct claims_of claims;
    int64_t contradicted = 0;
    TRY(store_query(c->store, a, &SUMS, BINDS(sql_int(p.from), sql_int(p.to), sql_text(code)), &r));
    for (size_t i = 0; i < 3; i++) json_set_int(b, KEYS[i], row(&r, 0)[i].i);
    if (failed(claims_one(c, a, code, p, &claims))) return ok(); /* not published: it claims nothing */
    for (size_t i = 0; i < CLAIMS; i++)
        contradicted += claims.list[i].made && claims.list[i].verdict == VERDICT_CONTRADICTED;
    json_set_int(b, "contradicted", contradicted);
    return ok();
}

static result platform(struct city *c, struct arena *a, struct slice code, struct period p, const struct json **out)
{
    struct platform_share x;
    struct json_builder b = json_builder(a);
    TRY(share_sum(c, a, p, S(""), code, &x));
    json_set_int(&b, "cases", x.counted);
    json_set_int(&b, "all", x.counted + x.own);
    json_set_int(&b, "missing", (int64_t)x.missing);
    *out = json_object(&b);
    return ok();
}

/* null where the promise is not in working days or hours: FEEL then does not find it within any bound. */
static const struct json *promised(struct arena *a, const struct service *s)
{
    struct limit l = service_promised(s);
    if (l.n && l.unit == LIMIT_WORKING_DAY) return json_of_int(a, l.n);
    if (l.n && (l.unit == LIMIT_HOUR || l.unit == LIMIT_WORKING_HOUR)) {
        int64_t hours = l.unit == LIMIT_HOUR ? 24 : 7;
        return json_of_int(a, (l.n + hours - 1) / hours);
    }
    return json_null();
}

static result service_figures(struct city *c, struct arena *a, const struct kind *k, const struct json *v, instant now,
                              const struct json **out)
{
    const struct service *s;
    struct slice code = json_string(v, "service");
    struct json_builder o = json_builder(a);
    bool there = !failed(catalogue_current(c->catalogue, a, code, &s));
    bool online = there && !slice_is(json_string(service_json(s), "online"), "none");
    json_set_str(&o, "code", code);
    json_set_bool(&o, "published", there);
    json_set_bool(&o, "online", online);
    json_set(&o, "promised_working_days", there ? promised(a, s) : json_null());
    if (k->cases) TRY(counted(c, a, code, period_of(running_month(now), months_of(v)), &o));
    *out = json_object(&o);
    return ok();
}

static result figures(struct city *c, struct arena *a, const struct kind *k, const struct json *v, instant now,
                      const struct json **out)
{
    const struct json *x;
    struct json_builder b = json_builder(a);
    if (k->whole)
        TRY(platform(c, a, json_string(v, "service"), period_of(month_add(running_month(now), -1), months_of(v)), &x));
    else
        TRY(service_figures(c, a, k, v, now, &x));
    json_set(&b, k->whole ? "platform" : "service", x);
    if (k->most) json_set_int(&b, "bound", json_int(v, "bound", 0));
    *out = json_object(&b);
    return ok();
}

result plan_condition_eval(struct city *c, struct arena *a, const struct json *v, instant now, bool *holds,
                           const struct json **out)
{
    const struct feel *f;
    struct feel_env env = {.now = now};
    const struct kind *k = kind_of(v);
    if (!k) return bad(a, "/condition/kind", "没有这种条件", "there is no such kind");
    TRY(figures(c, a, k, v, now, out));
    TRY(feel_compile(a, slice_cstr(k->feel), NULL, 0, slice_cstr(k->name), &f));
    return feel_true(a, f, &env, *out, holds);
}

/* ---- writing down what changed ---- */

static const struct stmt CHECKED = {
    "plan_checked", "UPDATE plan_task SET checked_at = ?2, figure = ?3 WHERE no = ?1 AND condition = ?4", NULL, false};
static const struct stmt HOLDS_SET = {
    "plan_holds_set",
    "UPDATE plan_task SET holds = ?2, holds_at = ?3, checked_at = ?3, figure = ?4 WHERE no = ?1 AND condition = ?5 AND holds = ?6",
    NULL, false};
static const struct stmt STEPS_CLEAR = {"plan_holds_steps_clear", "DELETE FROM plan_step WHERE task_no = ?1", NULL,
                                        false};

struct change {
    struct city *c;
    const struct plan_task *t;
    const struct json *figures;
    bool holds;
    instant now;
    bool changed;
};

static result change_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct change *m = ctx;
    int64_t n, to = m->holds ? HOLDS_NOW : HOLDS_NO_LONGER;
    const struct plan_task *t = m->t;
    struct json_builder b = json_builder(a);
    struct slice text = json_write(a, m->figures), condition = json_write(a, t->condition);
    TRY(tx_exec(
        tx, a, &HOLDS_SET,
        BINDS(sql_int(t->no), sql_int(to), sql_int(m->now), sql_text(text), sql_text(condition), sql_int(t->holds)),
        &n));
    m->changed = n > 0;
    if (!n) return ok(); /* another server was there first, or the condition was changed */
    if (m->holds) TRY(tx_exec(tx, a, &STEPS_CLEAR, BINDS(sql_int(t->no)), NULL));
    json_set_int(&b, "task", t->no);
    json_set(&b, "condition", t->condition);
    json_set(&b, "words", bitext_json(a, plan_condition_words(m->c, a, t->condition)));
    json_set(&b, "figures", m->figures);
    const char *kind = m->holds ? "condition_holds" : "condition_lost";
    TRY(plan_history_add(tx, a, t->no, NULL, m->now, kind, json_object(&b)));
    return audit_add(tx, a, NULL, m->now, m->holds ? "plan.condition_holds" : "plan.condition_lost", json_object(&b));
}

static result checked_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct change *m = ctx;
    return tx_exec(tx, a, &CHECKED,
                   BINDS(sql_int(m->t->no), sql_int(m->now), sql_text(json_write(a, m->figures)),
                         sql_text(json_write(a, m->t->condition))),
                   NULL);
}

static result run_one(struct city *c, struct arena *a, const struct plan_task *t, instant now, size_t *changed)
{
    struct change m = {.c = c, .t = t, .now = now};
    TRY(plan_condition_eval(c, a, t->condition, now, &m.holds, &m.figures));
    if (m.holds != (t->holds == HOLDS_NOW)) {
        TRY(store_run(c->store, a, "plan_condition", change_body, &m));
        *changed += m.changed;
        return ok();
    }
    bool same = t->figure && json_equal(t->figure, m.figures);
    if (same && now - t->checked_at < COSTLY_EVERY) return ok();
    return store_run(c->store, a, "plan_checked", checked_body, &m);
}

result plan_conditions_run(struct city *c, struct arena *a, int64_t no, bool costly, instant now, size_t *changed)
{
    struct plan_task *list;
    size_t n;
    result all = ok();
    *changed = 0;
    TRY(plan_tasks(c, NULL, a, &list, &n));
    for (size_t i = 0; i < n; i++) {
        const struct plan_task *t = &list[i];
        if (!t->condition || (no && t->no != no)) continue;
        const struct kind *k = kind_of(t->condition);
        if (k && k->cases && !costly && now - t->checked_at < COSTLY_EVERY) continue;
        all = result_join(a, all, run_one(c, a, t, now, changed));
    }
    return all;
}
