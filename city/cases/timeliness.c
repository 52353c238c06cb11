#include "city/cases/timeliness.h"

#include "city/cases/view.h"
#include "city/sql.h"

enum { PAGE = 200, BLAMES_MAX = 200, SPENT_MAX = 16 };

/* By the primary key, from the newest on. An id holds the time it was made at or, when the clock was set back, a later one: so it
 * bounds from below only. */
static const struct stmt CASES = {"timeliness_cases",
                                  "SELECT " CASE_COLUMNS " FROM case_file WHERE id < ?1 AND id >= ?2 AND service = ?3"
                                  " AND filed_at >= ?4 AND filed_at < ?5 ORDER BY id DESC LIMIT ?6",
                                  NULL, false};

enum cause { CAUSE_OFFICER, CAUSE_APPLICANT, CAUSE_SYSTEM, CAUSE_STANDSTILL, CAUSE_UNKNOWN, CAUSES };
static const struct {
    const char *name, *zh, *en;
} WORDS[CAUSES] = {
    {"officer", "经办环节耗时过长", "an officer took too long"},
    {"applicant", "等待申请人填写", "it waited for the applicant"},
    {"system", "系统操作未能及时完成", "a system behind it was slow or out of order"},
    {"standstill", "流程停滞", "the process stood still"},
    {"unknown", "办件数据已删除，原因不明", "the case's data are erased; the cause is unknown"},
};

struct blame {
    struct slice step, department;
    struct bitext name, element;
    enum cause cause;
    int64_t n;
};
struct figures {
    struct city *city;
    struct arena *a; /* of the answer */
    instant from, to, now;
    int64_t filed, finished, within, late, open, overdue, withdrawn, not_accepted, more;
    struct blame by[BLAMES_MAX];
    size_t nby;
    struct json_builder misses;
    size_t nmisses;
};

/* ---- where a step's time went ---- */

struct spent {
    instant from, to; /* of the step */
    const struct clock *clock;
    int64_t ms[CAUSES], all; /* all: with overlaps counted twice */
    struct {
        struct slice department, node, step;
        int64_t ms;
    } tasks[SPENT_MAX];
    size_t ntasks;
};

/* Time of [from, to] that the law counts: without the stops of art. 45. */
static int64_t counted(const struct spent *s, instant from, instant to)
{
    if (from < s->from) from = s->from;
    if (to > s->to) to = s->to;
    int64_t ms = to > from ? to - from : 0;
    for (size_t i = 0; ms && i < s->clock->nstops; i++) {
        const struct clock_stop *k = &s->clock->stops[i];
        instant a = k->from > from ? k->from : from, b = k->to && k->to < to ? k->to : to;
        if (b > a) ms -= b - a;
    }
    return ms > 0 ? ms : 0;
}

static bool ends(const struct json *fact, const struct json *f)
{
    struct slice t = json_string(f, "t");
    if (slice_is(json_string(fact, "t"), "task"))
        return slice_is(t, "task_closed") && json_int(f, "token", -1) == json_int(fact, "token", -2);
    if (!slice_is(t, "job_done")) return false;
    if (json_get(f, "id")) return slice_eq(json_string(f, "id"), json_string(fact, "id"));
    return json_int(f, "token", -1) == json_int(fact, "token", -2);
}

/* When what this fact opened was over; the end of all time when it still is under way. */
static instant over(const struct view *v, size_t event, const struct json *fact)
{
    for (size_t i = event; i < v->nevents; i++)
        for (size_t k = 0; v->events[i].facts && k < v->events[i].facts->n; k++)
            if (ends(fact, v->events[i].facts->items[k])) return v->events[i].at;
    return INT64_MAX;
}

static void add_task(struct spent *s, const struct json *fact, int64_t ms)
{
    size_t i = 0;
    struct slice department = json_string(fact, "department"), node = json_string(fact, "node");
    while (i < s->ntasks && !(slice_eq(s->tasks[i].department, department) && slice_eq(s->tasks[i].node, node))) i++;
    if (i == SPENT_MAX) return;
    if (i == s->ntasks) {
        s->tasks[s->ntasks].ms = 0;
        s->tasks[s->ntasks].department = department;
        s->tasks[s->ntasks].step = json_string(fact, "step");
        s->tasks[s->ntasks++].node = node;
    }
    s->tasks[i].ms += ms;
}

static void add_fact(const struct view *v, struct spent *s, size_t event, const struct json *fact, struct slice step)
{
    struct slice t = json_string(fact, "t");
    bool task = slice_is(t, "task");
    if ((!task && !slice_is(t, "job")) || (step.n && !slice_eq(json_string(fact, "step"), step))) return;
    if (!task && !json_string(fact, "step").n) return; /* a letter holds nobody up */
    int64_t ms = counted(s, v->events[event].at, over(v, event, fact));
    bool fill = slice_is(json_string(fact, "kind"), "fill");
    s->ms[!task ? CAUSE_SYSTEM : fill ? CAUSE_APPLICANT : CAUSE_OFFICER] += ms;
    s->all += ms;
    if (task && !fill) add_task(s, fact, ms);
}

static enum cause most(const struct spent *s)
{
    enum cause best = CAUSE_OFFICER;
    for (int i = 0; i < CAUSES; i++)
        if (s->ms[i] > s->ms[best]) best = (enum cause)i;
    return best;
}

/* step empty: the whole case. */
static struct blame blame_of(struct figures *g, const struct view *v, struct slice step, instant from, instant to)
{
    struct spent s = {.from = from, .to = to ? to : g->now, .clock = &v->c->clock};
    const struct service_step *def = service_step_find(v->service, step);
    struct blame b = {.step = step, .department = def && def->department.n ? def->department : v->c->department};
    if (def) b.name = def->name;
    for (size_t i = 0; i < v->nevents; i++)
        for (size_t k = 0; v->events[i].facts && k < v->events[i].facts->n; k++)
            add_fact(v, &s, i, v->events[i].facts->items[k], step);
    int64_t span = counted(&s, s.from, s.to);
    s.ms[CAUSE_STANDSTILL] = span > s.all ? span - s.all : 0;
    b.cause = most(&s);
    size_t best = 0;
    for (size_t i = 1; i < s.ntasks; i++)
        if (s.tasks[i].ms > s.tasks[best].ms) best = i;
    if (b.cause != CAUSE_OFFICER || !s.ntasks) return b;
    b.department = s.tasks[best].department;
    b.element = view_task_title(model_node(service_model(v->service), s.tasks[best].node, s.tasks[best].step),
                                s.tasks[best].node);
    return b;
}

/* ---- a miss ---- */

static const struct json *department_json(const struct figures *g, struct slice code)
{
    struct json_builder b = json_builder(g->a);
    const struct department *d = citydata_department(catalogue_data(g->city->catalogue), code);
    json_set_str(&b, "code", code);
    json_set(&b, "name", bitext_json(g->a, d ? d->name : (struct bitext){code, code}));
    return json_object(&b);
}

static const struct json *blame_json(const struct figures *g, const struct blame *x, bool sum)
{
    struct json_builder b = json_builder(g->a);
    struct bitext text = {slice_cstr(WORDS[x->cause].zh), slice_cstr(WORDS[x->cause].en)};
    json_set(&b, "step", x->step.n ? json_of_string(g->a, x->step) : json_null());
    json_set(&b, "name", x->name.zh.n ? bitext_json(g->a, x->name) : json_null());
    json_set(&b, "department", department_json(g, x->department));
    json_set_cstr(&b, "cause", WORDS[x->cause].name);
    json_set(&b, "text", bitext_json(g->a, text));
    if (sum)
        json_set_int(&b, "n", x->n);
    else
        json_set(&b, "element", x->element.zh.n ? bitext_json(g->a, x->element) : json_null());
    return json_object(&b);
}

static void count(struct figures *g, const struct blame *x)
{
    size_t i = 0;
    while (i < g->nby && !(slice_eq(g->by[i].step, x->step) && slice_eq(g->by[i].department, x->department) &&
                           g->by[i].cause == x->cause))
        i++;
    if (i == BLAMES_MAX) return;
    if (i == g->nby)
        g->by[g->nby++] = (struct blame){.step = arena_copy(g->a, x->step),
                                         .department = arena_copy(g->a, x->department),
                                         .name = {arena_copy(g->a, x->name.zh), arena_copy(g->a, x->name.en)},
                                         .cause = x->cause};
    g->by[i].n++;
}

/* Under way when the whole fell due: what began afterwards made nothing late. */
static bool under_way(const struct figures *g, const struct case_step *s, instant due)
{
    instant end = s->clock.ended ? s->clock.ended : s->state == STEP_RUNNING ? g->now : 0;
    return s->clock.started && s->clock.started <= due && end > due;
}

static bool overran(const struct figures *g, const struct case_step *s)
{
    enum light l = clock_light(g->city->calendar, &s->clock, g->now);
    return l == LIGHT_DONE_LATE || l == LIGHT_RED;
}

static void blames(struct figures *g, const struct view *v, instant due, struct json_builder *list)
{
    const struct case_row *c = v->c;
    bool own = false, any = false;
    for (size_t i = 0; i < c->nsteps; i++) {
        bool on = under_way(g, &c->steps[i], due);
        any = any || on;
        own = own || (on && overran(g, &c->steps[i]));
    }
    for (size_t i = 0; i < c->nsteps; i++) {
        const struct case_step *s = &c->steps[i];
        if (!under_way(g, s, due) || (own && !overran(g, s))) continue;
        struct blame b = blame_of(g, v, s->key, s->clock.started, s->clock.ended);
        count(g, &b);
        json_add(list, blame_json(g, &b, false));
    }
    if (any) return;
    struct blame b = blame_of(g, v, S(""), c->clock.started, c->clock.ended);
    count(g, &b);
    json_add(list, blame_json(g, &b, false));
}

static result miss(struct figures *g, struct arena *a, const struct case_row *c)
{
    struct view v;
    struct json_builder b = json_builder(g->a), list = json_builder(g->a);
    instant due = clock_due(g->city->calendar, &c->clock, &c->clock.promised);
    result res = view_open(g->city, a, c->id, g->now, VIEW_STAFF, &v);
    if (!failed(res)) res = view_events(&v);
    if (failed(res) && result_code(res) != CODE_VAULT_ERASED) return res;
    if (failed(res)) {
        struct blame lost = {.department = c->department, .cause = CAUSE_UNKNOWN};
        count(g, &lost);
        json_add(&list, blame_json(g, &lost, false));
    } else {
        blames(g, &v, due, &list);
    }
    if (g->nmisses == TIMELINESS_MISSES) {
        g->more++;
        return ok();
    }
    g->nmisses++;
    json_set_str(&b, "number", c->number);
    json_set_instant(&b, "filed_at", c->filed_at);
    json_set_instant(&b, "due_at", due);
    json_set_instant(&b, "finished_at", c->decided_at);
    json_set(&b, "steps", json_array(&list));
    json_add(&g->misses, json_object(&b));
    return ok();
}

/* ---- the cases ---- */

static result one(struct figures *g, struct arena *a, const struct sql_value *row_)
{
    struct case_row c = {.version = 0};
    TRY(case_row_read(a, row_, NULL, &c));
    enum light l = clock_light(g->city->calendar, &c.clock, g->now);
    g->filed++;
    switch (c.state) {
    case CASE_WITHDRAWN: g->withdrawn++; return ok();
    case CASE_REFUSED: g->not_accepted++; return ok();
    case CASE_DELIVERED:
        g->finished++;
        if (l != LIGHT_DONE_LATE) {
            g->within++;
            return ok();
        }
        g->late++;
        return miss(g, a, &c);
    default:
        g->open++;
        if (l != LIGHT_RED) return ok();
        g->overdue++;
        return miss(g, a, &c);
    }
}

/* The lowest id of a time (RFC 9562, 5.7: 48 bits of milliseconds first). */
static struct id bound(instant t)
{
    struct id v = ID_NONE;
    for (int i = 0; i < 6; i++) v.b[i] = (uint8_t)((uint64_t)(t > 0 ? t : 0) >> (40 - 8 * i));
    if (id_is_none(v)) v.b[15] = 1; /* ID_NONE would bind NULL */
    return v;
}

static result page(struct figures *g, struct arena *a, struct slice service, struct id *before, bool *last)
{
    struct rows rows;
    struct id floor = bound(g->from);
    TRY(store_query(
        g->city->store, a, &CASES,
        BINDS(sql_id(before), sql_id(&floor), sql_text(service), sql_int(g->from), sql_int(g->to), sql_int(PAGE)),
        &rows));
    for (size_t i = 0; i < rows.n; i++) {
        (void)id_from_bytes(row(&rows, i)[0].s, before);
        TRY(one(g, a, row(&rows, i)));
    }
    *last = rows.n < PAGE;
    return ok();
}

static const struct json *figures_json(const struct figures *g, const struct service *s, struct json_builder *misses)
{
    struct json_builder b = json_builder(g->a), x = json_builder(g->a), by = json_builder(g->a);
    json_set_str(&x, "code", service_code(s));
    json_set(&x, "name", bitext_json(g->a, service_name(s)));
    json_set(&b, "service", json_object(&x));
    json_set_instant(&b, "from", g->from);
    json_set_instant(&b, "to", g->to);
    json_set(&b, "limit", limit_json(g->a, service_promised(s)));
    json_set_int(&b, "filed", g->filed);
    json_set_int(&b, "finished", g->finished);
    json_set_int(&b, "within", g->within);
    json_set_int(&b, "late", g->late);
    json_set(&b, "share",
             g->finished ? json_of_number(g->a, arena_printf(g->a, "%.4f", (double)g->within / (double)g->finished))
                         : json_null());
    json_set_int(&b, "open", g->open);
    json_set_int(&b, "overdue", g->overdue);
    json_set_int(&b, "withdrawn", g->withdrawn);
    json_set_int(&b, "not_accepted", g->not_accepted);
    for (size_t i = 0; i < g->nby; i++) json_add(&by, blame_json(g, &g->by[i], true));
    json_set(&b, "by", json_array(&by));
    json_set_int(&b, "more", g->more);
    json_set(&b, "misses", json_array(misses));
    return json_object(&b);
}

result case_timeliness(struct city *c, struct arena *a, struct slice service, instant from, instant to, instant now,
                       const struct json **out)
{
    const struct service *s;
    struct figures *g = NEW(a, struct figures);
    struct id before;
    bool last = false;
    *g = (struct figures){.city = c, .a = a, .from = from, .to = to, .now = now, .misses = json_builder(a)};
    TRY(catalogue_current(c->catalogue, a, service, &s));
    memset(before.b, 0xff, sizeof before.b);
    while (!last) {
        struct arena *own = arena_new("timeliness");
        result res = result_copy(a, page(g, own, service, &before, &last));
        arena_free(own);
        TRY(res);
    }
    *out = figures_json(g, s, &g->misses);
    return ok();
}
