/* Conditions of tasks (量化完成条件): chosen from a closed list of kinds, each a FEEL expression over live figures of one service.
 * Whoever binds a task picks a kind, a service and a bound; nobody writes an expression. */
#include "areas/00_supervision/plan.h"

#include "city/cases/row.h"
#include "city/rights/rights.h"
#include "city/sql.h"
#include "engine/decision/feel.h"

struct kind {
    const char *name, *feel;
    const char *zh, *en; /* {service} {bound} {days} */
    const char *unit_zh, *unit_en;
    int64_t least, most; /* of the bound; both 0: none */
    bool cases;          /* counts cases of the last days: looked at less often */
};
static const struct kind KINDS[] = {
    {"service_online", "service.online", "“{service}”已发布并可网上办理",
     "\"{service}\" is published and can be done online", "", "", 0, 0, false},
    {"service_limit", "service.online and service.promised_working_days <= bound",
     "“{service}”可网上办理，承诺时限不超过 {bound} 个工作日",
     "\"{service}\" can be done online and promises at most {bound} working days", "个工作日", "working days", 1, 365,
     false},
    {"on_time_share", "service.finished > 0 and 100 * service.on_time >= bound * service.finished",
     "“{service}”近 {days} 天申报的办结件中，{bound}% 以上按时办结",
     "at least {bound} % of the finished cases of \"{service}\" filed in the last {days} days were on time", "%", "%",
     1, 100, true},
    {"online_share", "service.filed > 0 and 100 * service.filed_online >= bound * service.filed",
     "“{service}”近 {days} 天的申报中，{bound}% 以上为网上申报",
     "at least {bound} % of the cases of \"{service}\" filed in the last {days} days were filed online", "%", "%", 1,
     100, true},
    {"cases_finished", "service.finished >= bound", "“{service}”近 {days} 天申报的办件已办结 {bound} 件以上",
     "at least {bound} cases of \"{service}\" filed in the last {days} days are finished", "件", "cases", 1, 1000000,
     true},
};
enum { NKINDS = sizeof KINDS / sizeof *KINDS, DAYS = 90 };
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
    if (!json_string(v, "service").n) return bad(a, "/condition/service", "请选择事项", "choose a service");
    if (k->most && (bound < k->least || bound > k->most))
        return bad(a, "/condition/bound",
                   arena_cstr(a, arena_printf(a, "应在 %lld 至 %lld 之间", (long long)k->least, (long long)k->most)),
                   arena_cstr(a, arena_printf(a, "from %lld to %lld", (long long)k->least, (long long)k->most)));
    if (!k->most && json_get(v, "bound")) return bad(a, "/condition/bound", "该条件没有界限", "this kind has no bound");
    if (!k->cases && json_get(v, "days")) return bad(a, "/condition/days", "该条件没有期间", "this kind has no period");
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
        json_set_bool(&b, "days", k->cases);
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

static struct slice filled(struct arena *a, const char *form, struct slice service, int64_t bound, int64_t days)
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
        } else if (slice_starts(rest, S("{days}"))) {
            buf_printf(&b, "%lld", (long long)days);
            rest = slice_sub(rest, 6, rest.n);
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
    int64_t bound = json_int(v, "bound", 0), days = json_int(v, "days", DAYS);
    if (!k) return name;
    if (!failed(catalogue_current(c->catalogue, a, code, &s))) name = service_name(s);
    return (struct bitext){filled(a, k->zh, name.zh, bound, days), filled(a, k->en, name.en, bound, days)};
}

/* ---- live figures ---- */

/* By the primary key: an id holds the time it was made at. ACTOR_STAFF files at the window. */
static const struct stmt CASES = {
    "plan_cases",
    "SELECT COUNT(*), COALESCE(SUM(CASE WHEN w.id IS NULL THEN 1 ELSE 0 END), 0),"
    " COALESCE(SUM(CASE WHEN f.state = 3 THEN 1 ELSE 0 END), 0),"
    " COALESCE(SUM(CASE WHEN f.state = 3 AND (f.due_at = 0 OR f.decided_at <= f.due_at) THEN 1 ELSE 0 END), 0)"
    " FROM case_file f LEFT JOIN account w ON w.id = f.filed_by AND w.kind = 3"
    " WHERE f.id >= ?1 AND f.service = ?2 AND f.filed_at >= ?3",
    NULL, false};
_Static_assert(CASE_DELIVERED == 3,
               "plan_cases: finished is decided and handed over; not what was withdrawn or never accepted");
_Static_assert(ACTOR_STAFF == 3, "plan_cases");

static result counted(struct city *c, struct arena *a, struct slice code, instant from, struct json_builder *b)
{
    static const char *const KEYS[] = {"filed", "filed_online", "finished", "on_time"};
    struct id least = ID_NONE;
    struct rows r;
    for (int i = 0; i < 6; i++) least.b[i] = (uint8_t)((uint64_t)from >> (40 - 8 * i));
    TRY(store_query(c->store, a, &CASES, BINDS(sql_id(&least), sql_text(code), sql_int(from)), &r));
    for (size_t i = 0; i < 4; i++) json_set_int(b, KEYS[i], row(&r, 0)[i].i);
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

static result figures(struct city *c, struct arena *a, const struct kind *k, const struct json *v, instant now,
                      const struct json **out)
{
    const struct service *s;
    struct slice code = json_string(v, "service");
    struct json_builder b = json_builder(a), o = json_builder(a);
    bool there = !failed(catalogue_current(c->catalogue, a, code, &s));
    bool online = there && !slice_is(json_string(service_json(s), "online"), "none");
    json_set_str(&o, "code", code);
    json_set_bool(&o, "published", there);
    json_set_bool(&o, "online", online);
    json_set(&o, "promised_working_days", there ? promised(a, s) : json_null());
    if (k->cases) TRY(counted(c, a, code, now - json_int(v, "days", DAYS) * MS_DAY, &o));
    json_set(&b, "service", json_object(&o));
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
