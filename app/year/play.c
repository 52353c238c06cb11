#include "app/year/play.h"

#include "city/identity/identity.h"
#include "city/sql.h"

/* ---- the agenda ---- */

static bool before(const struct event *x, const struct event *y)
{
    return x->at != y->at ? x->at < y->at : x->seq < y->seq;
}

static void swap(struct event *x, struct event *y)
{
    struct event t = *x;
    *x = *y;
    *y = t;
}

void agenda_add(struct agenda *g, instant at, enum year_what what, struct year_case *k, int64_t token)
{
    if (g->n == g->cap) {
        g->cap = g->cap ? 2 * g->cap : 1024;
        struct event *more = NEW_ARRAY(g->a, struct event, g->cap);
        if (g->n) memcpy(more, g->list, g->n * sizeof *more);
        g->list = more;
    }
    size_t i = g->n++;
    g->list[i] = (struct event){at, g->seq++, what, k, token};
    for (; i > 0 && before(&g->list[i], &g->list[(i - 1) / 2]); i = (i - 1) / 2)
        swap(&g->list[i], &g->list[(i - 1) / 2]);
}

bool agenda_take(struct agenda *g, struct event *out)
{
    if (!g->n) return false;
    *out = g->list[0];
    g->list[0] = g->list[--g->n];
    for (size_t i = 0;;) {
        size_t least = i, l = 2 * i + 1;
        if (l < g->n && before(&g->list[l], &g->list[least])) least = l;
        if (l + 1 < g->n && before(&g->list[l + 1], &g->list[least])) least = l + 1;
        if (least == i) return true;
        swap(&g->list[i], &g->list[least]);
        i = least;
    }
}

static instant shown(void *ctx)
{
    return __atomic_load_n((const instant *)ctx, __ATOMIC_RELAXED);
}

struct time_source year_clock(struct year *y)
{
    return (struct time_source){shown, &y->now};
}

static void set_now(struct year *y, instant now)
{
    __atomic_store_n(&y->now, now, __ATOMIC_RELAXED);
}

/* ---- who comes, when, and what becomes of it ---- */

static instant arrival(const struct year *y, uint64_t *s, day first, int64_t days)
{
    day d = first + (day)random_between(s, 0, days - 1);
    /* people come on working days while offices are open, so that a day taken is a day */
    while (!calendar_is_working(y->c->calendar, d) && d < first + days) d++;
    while (!calendar_is_working(y->c->calendar, d)) d--;
    int64_t minute =
        random_uniform(s) < 0.5 ? random_between(s, 9 * 60, 11 * 60 + 30) : random_between(s, 14 * 60 + 30, 16 * 60);
    return instant_of_day(d) + minute * MS_MINUTE + random_between(s, 0, 59) * MS_SECOND;
}

static enum year_fate fate_of(uint64_t *s, const struct year_rates *r)
{
    double x = random_uniform(s);
    if (x < r->withdrawn) return WITHDRAWN;
    if (x < r->withdrawn + r->not_accepted) return NOT_ACCEPTED;
    return x < r->withdrawn + r->not_accepted + r->rejected ? REJECTED : GRANTED;
}

/* Towns by their weight; 1 where none is given. */
static struct slice town_of(const struct year *y, uint64_t *s)
{
    const struct citydata *d = catalogue_data(y->c->catalogue);
    double sum = 0, at;
    const char *const FORM = "/towns/%.*s";
    for (int round = 0; round < 2; round++) {
        at = round ? random_uniform(s) * sum : 0;
        for (size_t i = 0; i < d->ntowns; i++) {
            struct arena *a = arena_new("town");
            double w = year_number(y->p, arena_cstr(a, arena_printf(a, FORM, SLICE_ARG(d->towns[i].code))), 1);
            arena_free(a);
            if (!round) sum += w;
            if (round && (at -= w) < 0) return d->towns[i].code;
        }
    }
    return d->towns[d->ntowns - 1].code;
}

struct drawing {
    size_t nth; /* of this service */
    uint64_t rng;
};

static void draw_case(struct play *p, size_t service, struct drawing *w, day first, int64_t days)
{
    struct year *y = p->y;
    const struct year_service *s = &p->services[service];
    struct year_case *k = NEW(y->a, struct year_case);
    *k = (struct year_case){.service = service, .rng = random_stream(w->rng, w->nth)};
    k->filed_at = arrival(y, &k->rng, first, days);
    k->fate = fate_of(&k->rng, &s->rates);
    k->correct = random_uniform(&k->rng) < s->rates.corrected;
    k->online = random_uniform(&k->rng) < s->rates.online;
    if (s->rates.stopped > 0) k->stop = random_uniform(&k->rng) < s->rates.stopped;
    k->town = town_of(y, &k->rng);
    k->serial = (int64_t)(service * 100000 + w->nth);
    k->login = year_login(y->a, s->enterprise ? "enterprise" : s->rates.age_from ? "elder" : "person", w->nth++);
    if (k->filed_at >= y->from && k->filed_at < y->to) agenda_add(&p->agenda, k->filed_at, ARRIVE, k, 0);
}

static void draw_service(struct play *p, size_t service, struct year_people *need)
{
    struct year *y = p->y;
    const struct year_service *s = &p->services[service];
    struct drawing w = {.rng = random_stream(y->p->seed, 1000 + service)};
    struct civil t = civil_of_instant(y->from);
    for (int year = t.year, month = t.month; instant_of_day(day_of_civil(year, month, 1)) < y->to;) {
        day first = day_of_civil(year, month, 1);
        int season = month - 1;
        month = month == 12 ? (year++, 1) : month + 1;
        int64_t days = day_of_civil(year, month, 1) - first;
        uint64_t own = random_stream(w.rng, (uint64_t)(year * 12 + month) << 20);
        int64_t n = random_poisson(&own, s->rates.a_month * y->p->season[season]);
        for (int64_t i = 0; i < n; i++) draw_case(p, service, &w, first, days);
    }
    size_t *most = s->enterprise ? &need->enterprises : s->rates.age_from ? &need->elders : &need->persons;
    if (w.nth > *most) *most = w.nth;
    if (s->rates.age_from) {
        need->age_from = s->rates.age_from;
        need->age_to = s->rates.age_to;
    }
}

/* ---- the city it is played in ---- */

static const struct stmt STAFF = {"year_staff", "SELECT DISTINCT account FROM role_grant ORDER BY account", NULL,
                                  false};

static result staff(struct play *p)
{
    struct rows rows;
    struct year *y = p->y;
    TRY(store_query(y->c->store, y->a, &STAFF, NULL, 0, &rows));
    p->staff = NEW_ARRAY(y->a, struct actor, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        struct id id;
        if (!id_from_bytes(row(&rows, i)[0].s, &id)) continue;
        TRY(actor_of_account(y->c, y->a, id, &p->staff[p->nstaff++]));
    }
    return ok();
}

static result services(struct play *p)
{
    const struct service *const *list;
    struct year *y = p->y;
    size_t n;
    catalogue_all(y->c->catalogue, y->a, &list, &n);
    p->services = NEW_ARRAY(y->a, struct year_service, n + 1);
    p->ticket = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        struct year_service *s = &p->services[p->nservices];
        TRY(year_service_read(y, service_code(list[i]), s));
        if (service_internal(list[i])) s->rates.a_month = 0;
        if (slice_is(s->code, "bad_rating")) p->ticket = p->nservices;
        p->nservices++;
    }
    return ok();
}

static const struct stmt CASES = {"year_cases", "SELECT 1 FROM case_file LIMIT 1", NULL, false};

static result empty_demo(struct year *y)
{
    struct rows rows;
    if (!y->c->demo)
        return fail(y->a, CODE_YEAR_CITY, S("city"), "detail_zh", S("只能在演示城市中生成"), "detail_en",
                    S("it is made in a demonstration city only"), NULL);
    TRY(store_query(y->c->store, y->a, &CASES, NULL, 0, &rows));
    if (!rows.n) return ok();
    return fail(y->a, CODE_YEAR_CITY, S("city"), "detail_zh", S("该城市已有办件"), "detail_en",
                S("the city has cases already"), NULL);
}

static result happen(struct play *p, struct arena *a, const struct event *e)
{
    switch (e->what) {
    case ARRIVE: return play_file(p, a, e->k);
    case LOOK: return play_look(p, a, e->k);
    case DECIDE: return play_decide(p, a, e->k, e->token);
    case WITHDRAW: return play_withdraw(p, a, e->k);
    case ANSWER: return play_answer(p, a, e->k);
    case RESUME: return play_resume(p, a, e->k, e->token);
    case RATE: return play_rate(p, a, e->k);
    case TICK: return play_tick(p, a);
    }
    return ok();
}

static result go_through(struct play *p)
{
    struct event e;
    struct year *y = p->y;
    struct arena *a = arena_new("year");
    result r = ok();
    while (!failed(r) && agenda_take(&p->agenda, &e) && e.at < y->to) {
        set_now(y, e.at);
        y->a = a; /* what an event makes goes with it; cases are of the year */
        r = happen(p, a, &e);
        y->a = p->a;
        r = result_copy(p->a, r);
        arena_reset(a);
    }
    arena_free(a);
    return r;
}

result year_play(struct year *y)
{
    struct play p = {.y = y, .a = y->a, .agenda = {.a = y->a}};
    struct year_people need = {0};
    const struct areas *areas = y->c->areas;
    TRY(empty_demo(y));
    TRY(services(&p));
    for (size_t i = 0; i < p.nservices; i++) draw_service(&p, i, &need);
    TRY(year_people_make(y, &need));
    TRY(staff(&p));
    for (day d = day_of_instant(y->from); instant_of_day(d) < y->to; d++)
        agenda_add(&p.agenda, instant_of_day(d) + MS_MINUTE, TICK, NULL, 0);
    if (y->plan) TRY(year_plan_play(y));
    y->c->areas = year_areas(y->a, areas);
    result r = go_through(&p);
    y->c->areas = areas;
    set_now(y, y->to);
    return r;
}

const struct json *year_report_json(struct arena *a, const struct year *y)
{
    struct json_builder b = json_builder(a);
    const struct year_report *r = &y->report;
    json_set_str(&b, "from", instant_text(a, y->from));
    json_set_str(&b, "to", instant_text(a, y->to));
    json_set_int(&b, "people", r->people);
    json_set_int(&b, "filed", r->filed);
    json_set_int(&b, "ended", r->ended);
    json_set_int(&b, "withdrawn", r->withdrawn);
    json_set_int(&b, "rejected", r->rejected);
    json_set_int(&b, "not_accepted", r->not_accepted);
    json_set_int(&b, "corrected", r->corrected);
    json_set_int(&b, "stopped", r->stopped);
    json_set_int(&b, "ratings", r->ratings);
    json_set_int(&b, "tickets", r->tickets);
    json_set_int(&b, "plan_acts", r->acts);
    json_set_int(&b, "commands", r->commands);
    return json_object(&b);
}
