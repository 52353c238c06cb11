/* System 1.1: a hundred companies opened over two weeks, each officer in their own time, some late, some names refused, some
 * steps withdrawn. How many are finished within the working day that is promised, and which step made the others late. */
#include <stdio.h>
#include <stdlib.h>

#include "city/drafts/confirm.h"
#include "app/scenarios/scenario.h"
#include "base/testing.h"
#include "city/cases/timeliness.h"
#include "store/store_test_support.h"

#define OPENINGS 100
#define PLANS_MAX 4000

enum fate { PUNCTUAL, LATE_BANK, LATE_TAX, BAD_NAME, FUND_WITHDRAWN, FATES };
static const char *const FATE_STEP[FATES] = {NULL, "bank_account_booking", "tax_registration", NULL, NULL};

struct opening {
    struct id id;
    instant at;
    enum fate fate;
    bool filed, withdrew;
};
struct plan { /* who decides which task when */
    struct id case_id;
    int64_t token;
    struct slice node, department;
    instant at;
    bool done;
};
struct simulation {
    struct world w;
    struct sources *sources;
    struct opening list[OPENINGS];
    struct plan plans[PLANS_MAX];
    size_t nplans;
    uint64_t seed;
    const struct json *form;
};

static uint64_t draw(struct simulation *s, uint64_t below)
{
    s->seed = s->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (s->seed >> 33) % below;
}

/* The given moment, or the next one when an office is open. */
static instant in_office(const struct simulation *s, instant t)
{
    for (;;) {
        day d = day_of_instant(t);
        instant nine = instant_of_day(d) + 9 * MS_HOUR, six = instant_of_day(d) + 18 * MS_HOUR;
        if (calendar_is_working(s->w.c.calendar, d) && t < six) return t < nine ? nine + (t % MS_HOUR) : t;
        t = instant_of_day(d + 1) + 9 * MS_HOUR + t % MS_HOUR;
    }
}

static enum fate fate_of(size_t i)
{
    return i % 10 == 3    ? LATE_BANK
           : i % 20 == 11 ? LATE_TAX
           : i % 25 == 7  ? BAD_NAME
           : i % 14 == 5  ? FUND_WITHDRAWN
                          : PUNCTUAL;
}

/* ---- filing ---- */

static struct actor login(struct simulation *s, struct slice name)
{
    struct actor x;
    assert_good(s->w.a, actor_of_login(&s->w.c, s->w.a, name, &x));
    return x;
}

/* Two characters of their own for each company. */
static struct slice shop_name(struct simulation *s, size_t i)
{
    static const char *const FIRST[] = {"鹏", "鲲", "瀚", "睿", "锦", "晟", "禾", "岚", "霖", "璟"};
    static const char *const SECOND[] = {"程", "宇", "源", "泽", "辰", "航", "远", "舟", "桥", "麓"};
    if (s->list[i].fate == BAD_NAME) return S("国家级最佳");
    return arena_printf(s->w.a, "%s%s", FIRST[i / 10], SECOND[i % 10]);
}

static struct case_command command(struct simulation *s, struct actor *x, struct id case_id)
{
    return (struct case_command){
        .city = &s->w.c, .a = s->w.a, .actor = x, .now = s->w.now, .route = S("simulation"), .case_id = case_id};
}

/* Li Si, whom the form names as a shareholder, is asked and confirms. */
static void confirmed(struct simulation *s, const struct actor *founder, const struct case_filing *f)
{
    struct application p = {f->service, f->data, f->subject, f->applicant};
    struct actor other = login(s, S("lisi"));
    const struct json *out;
    struct id id;
    assert_good(s->w.a, confirm_ask(&s->w.c, s->w.a, founder, &p, s->w.now, &out));
    assert_good(s->w.a, confirm_list(&s->w.c, s->w.a, &other, 1, S(""), s->w.now, &out));
    assert_true(id_scan(json_string(json_get(out, "items")->items[0], "id"), &id));
    assert_good(s->w.a, confirm_answer(&s->w.c, s->w.a, &other, id, true, S(""), s->w.now));
}

static void file(struct simulation *s, size_t i)
{
    struct actor x = login(s, S("zhangsan"));
    struct case_filing f = {.subject = x.subject, .town = S("441900004"), .channel = S("online")};
    struct case_command k = command(s, &x, ID_NONE);
    struct json_builder own = json_builder(s->w.a);
    struct case_done done;
    json_set_str(&own, "shop_name", shop_name(s, i));
    f.data = json_merge(s->w.a, s->form, json_object(&own));
    assert_good(s->w.a, catalogue_current(s->w.c.catalogue, s->w.a, S("establish_company"), &f.service));
    assert_good(s->w.a, subject_snapshot(&s->w.c, s->w.a, f.subject, &f.applicant));
    confirmed(s, &x, &f);
    assert_good(s->w.a, case_file(&k, &f, &done));
    s->list[i].id = done.case_id;
    s->list[i].filed = true;
}

static struct opening *opening_of(struct simulation *s, struct id case_id)
{
    for (size_t i = 0; i < OPENINGS; i++)
        if (s->list[i].filed && id_eq(s->list[i].id, case_id)) return &s->list[i];
    fail_msg("a case that nobody filed");
    return NULL;
}

/* ---- the offices ---- */

static const struct stmt OPEN_TASKS = {
    "simulation_tasks",
    "SELECT case_id, token, node, department, step FROM case_task WHERE status < 3 ORDER BY case_id, token", NULL,
    false};

static bool planned(const struct simulation *s, struct id case_id, int64_t token)
{
    for (size_t i = 0; i < s->nplans; i++)
        if (s->plans[i].token == token && id_eq(s->plans[i].case_id, case_id)) return true;
    return false;
}

/* An officer takes between five minutes and an hour; one who is late takes three working days. */
static instant decided_at(struct simulation *s, const struct opening *o, struct slice step)
{
    const char *late = FATE_STEP[o->fate];
    instant now = s->w.now + (instant)(5 + draw(s, 55)) * MS_MINUTE;
    if (!late || !slice_is(step, late)) return in_office(s, now);
    day d = calendar_add(s->w.c.calendar, day_of_instant(now), 3, LIMIT_WORKING_DAY, false);
    return in_office(s, instant_of_day(d) + now - instant_of_day(day_of_instant(now)));
}

static void plan(struct simulation *s)
{
    struct rows r;
    assert_good(s->w.a, store_query(s->w.c.store, s->w.a, &OPEN_TASKS, NULL, 0, &r));
    for (size_t i = 0; i < r.n; i++) {
        const struct sql_value *v = row(&r, i);
        struct id case_id;
        assert_true(id_from_bytes(v[0].s, &case_id));
        if (planned(s, case_id, v[1].i)) continue;
        instant at = decided_at(s, opening_of(s, case_id), v[4].s);
        assert_true(s->nplans < PLANS_MAX);
        s->plans[s->nplans++] = (struct plan){case_id, v[1].i, v[2].s, v[3].s, at, false};
    }
}

static void withdraw_fund(struct simulation *s, struct opening *o)
{
    struct actor x = login(s, S("zhangsan"));
    struct case_command k = command(s, &x, o->id);
    struct case_done done;
    assert_good(s->w.a, case_withdraw(&k, S("housing_fund"), S("以后再办"), &done));
    o->withdrew = true;
}

static void decide(struct simulation *s, struct plan *p)
{
    struct opening *o = opening_of(s, p->case_id);
    p->done = true;
    if (o->fate == FUND_WITHDRAWN && slice_is(p->node, "check_fund")) {
        withdraw_fund(s, o);
        return;
    }
    struct actor x = login(s, arena_printf(s->w.a, "%.*s.handler", SLICE_ARG(p->department)));
    struct case_command k = command(s, &x, p->case_id);
    struct task_decision d = {.token = p->token, .outcome = S("approve"), .opinion = S("符合规定")};
    struct case_done done;
    assert_good(s->w.a, task_decide(&k, &d, &done));
}

/* ---- time ---- */

static instant next_event(struct simulation *s, struct plan **who, size_t *filing)
{
    instant first = INT64_MAX;
    *who = NULL;
    *filing = OPENINGS;
    for (size_t i = 0; i < OPENINGS; i++)
        if (!s->list[i].filed && s->list[i].at < first) {
            first = s->list[i].at;
            *filing = i;
        }
    for (size_t i = 0; i < s->nplans; i++)
        if (!s->plans[i].done && s->plans[i].at < first) {
            first = s->plans[i].at;
            *who = &s->plans[i];
        }
    return first;
}

static void run(struct simulation *s)
{
    for (;;) {
        struct plan *who;
        size_t filing;
        plan(s);
        instant at = next_event(s, &who, &filing);
        if (at == INT64_MAX) return;
        assert_good(s->w.a, world_run_until(&s->w, at > s->w.now ? at : s->w.now));
        s->w.now += MS_SECOND;
        if (who)
            decide(s, who);
        else
            file(s, filing);
        assert_good(s->w.a, world_run_until(&s->w, s->w.now));
    }
}

/* ---- what came of it ---- */

struct count {
    size_t within, missed, refused, withdrawn, by_step[2];
};

/* The steps that ended after the whole was due: they made it late. */
static void attribute(struct simulation *s, const struct opening *o, const struct json *view, struct count *c)
{
    instant due, ended;
    const struct json *steps = json_get(view, "steps");
    const char *expected = FATE_STEP[o->fate];
    size_t blamed = 0;
    assert_true(instant_scan(json_string(json_get(view, "clock"), "due_at"), &due));
    for (size_t i = 0; i < steps->n; i++) {
        const struct json *x = steps->items[i];
        if (!instant_scan(json_string(x, "ended_at"), &ended) || ended <= due) continue;
        blamed++;
        if (!expected || !slice_is(json_string(x, "key"), expected))
            fail_msg("blames %.*s", SLICE_ARG(json_string(x, "key")));
        c->by_step[o->fate == LATE_TAX]++;
        printf("  late: %.*s  %.*s, %.*s\n", SLICE_ARG(json_string(view, "number")),
               SLICE_ARG(json_string(json_get(x, "name"), "zh")),
               SLICE_ARG(json_string(json_get(x, "department"), "zh")));
    }
    assert_int_equal(blamed, 1);
    (void)s;
}

/* Not by the city's clock: the first working day behind the filing, counted by hand; both times are the journal's. */
static bool late_by_hand(const struct simulation *s, const struct json *view)
{
    const struct json *list = json_get(view, "history");
    instant filed, ended = 0, t;
    assert_true(instant_scan(json_string(list->items[0], "at"), &filed));
    for (size_t i = 0; i < list->n; i++)
        if (slice_starts(json_string(json_get(list->items[i], "text"), "zh"), S("办结：")) &&
            slice_starts(json_string(json_get(list->items[i], "text"), "en"), S("Decided: "))) {
            assert_true(instant_scan(json_string(list->items[i], "at"), &t));
            ended = t;
        }
    day d = day_of_instant(filed) + 1;
    while (!calendar_is_working(s->w.c.calendar, d)) d++;
    assert_true(ended > 0);
    return ended >= instant_of_day(d + 1);
}

static void look(struct simulation *s, const struct opening *o, struct count *c)
{
    const struct json *view;
    assert_good(s->w.a, case_view(&s->w.c, s->w.a, o->id, s->w.now, VIEW_OWNER, &view));
    assert_slice(json_string(view, "state"), "delivered");
    struct slice light = json_string(json_get(view, "clock"), "light"), outcome = json_string(view, "outcome");
    bool late = slice_is(light, "done_late");
    assert_true(late || slice_is(light, "done"));
    assert_slice(outcome, o->fate == BAD_NAME ? "refused" : "approved");
    assert_true(late == (FATE_STEP[o->fate] != NULL));
    assert_true(late == late_by_hand(s, view));
    *(late ? &c->missed : &c->within) += 1;
    c->refused += o->fate == BAD_NAME;
    c->withdrawn += o->withdrew;
    if (late) attribute(s, o, view, c);
}

/* ---- as the city shows it ---- */

static const struct opening *opening_of_number(struct simulation *s, struct slice number)
{
    for (size_t i = 0; i < OPENINGS; i++) {
        const struct json *view;
        assert_good(s->w.a, case_view(&s->w.c, s->w.a, s->list[i].id, s->w.now, VIEW_OWNER, &view));
        if (slice_eq(json_string(view, "number"), number)) return &s->list[i];
    }
    fail_msg("no opening %.*s", SLICE_ARG(number));
    return NULL;
}

static void the_city_shows_the_same(struct simulation *s, instant from, const struct count *c)
{
    const struct json *v;
    static const char *const DEPARTMENT[FATES] = {NULL, "bank", "sw", NULL, NULL};
    assert_good(s->w.a, case_timeliness(&s->w.c, s->w.a, S("establish_company"), from, s->w.now, s->w.now, &v));
    assert_int_equal(json_int(v, "filed", 0), OPENINGS);
    assert_int_equal(json_int(v, "finished", 0), OPENINGS);
    assert_int_equal(json_int(v, "within", 0), c->within);
    assert_int_equal(json_int(v, "late", 0), c->missed);
    assert_slice(json_get(v, "share")->text,
                 arena_cstr(s->w.a, arena_printf(s->w.a, "%.4f", (double)c->within / OPENINGS)));
    const struct json *misses = json_get(v, "misses"), *by = json_get(v, "by");
    assert_int_equal(misses->n, c->missed);
    for (size_t i = 0; i < misses->n; i++) {
        const struct opening *o = opening_of_number(s, json_string(misses->items[i], "number"));
        const struct json *steps = json_get(misses->items[i], "steps");
        assert_non_null(FATE_STEP[o->fate]);
        assert_int_equal(steps->n, 1);
        assert_slice(json_string(steps->items[0], "step"), FATE_STEP[o->fate]);
        assert_slice(json_string(json_get(steps->items[0], "department"), "code"), DEPARTMENT[o->fate]);
        assert_slice(json_string(steps->items[0], "cause"), "officer");
    }
    size_t sum = 0;
    for (size_t i = 0; i < by->n; i++) {
        bool tax = slice_is(json_string(by->items[i], "step"), "tax_registration");
        assert_int_equal(json_int(by->items[i], "n", 0), c->by_step[tax]);
        sum += c->by_step[tax];
    }
    assert_int_equal(sum, c->missed);
}

static const struct json *form_of(struct arena *a, const struct sources *sources)
{
    const struct folder *f = sources_find(sources, S("establish_company"));
    assert_non_null(f);
    const struct json *whole = test_json(a, service_files_find(f->files, "scenarios/whole.json")->bytes);
    return json_get(json_get(whole, "steps")->items[0], "data");
}

static void a_hundred_openings(void **state)
{
    static struct simulation s;
    static struct sources sources;
    struct count c = {0};
    struct store_fixture f;
    struct arena *a = arena_new("openings");
    const char *root = getenv("TONGBAN_SOURCE_ROOT");
    (void)state;
    assert_good(a, sources_read(&sources, a, slice_cstr(root ? root : ".")));
    assert_true(instant_scan(S("2024-03-04T09:00:00+08:00"), &s.w.now));
    struct store_options options = {.time = world_clock(&s.w), .readers = 2, .unsafe_no_sync = true};
    assert_true(store_fixture_open(&f, a, STORE_SQLITE, &options));
    instant start = s.w.now;
    assert_good(a, world_open(&s.w, a, &sources, f.s));
    s.seed = 20240304;
    s.form = form_of(a, &sources);
    for (size_t i = 0; i < OPENINGS; i++) {
        day d = calendar_add(s.w.c.calendar, day_of_instant(start), (int64_t)(i / 10), LIMIT_WORKING_DAY, false);
        s.list[i].at = instant_of_day(d) + 9 * MS_HOUR + (instant)(i % 10) * 50 * MS_MINUTE;
        s.list[i].fate = fate_of(i);
    }
    run(&s);
    for (size_t i = 0; i < OPENINGS; i++) look(&s, &s.list[i], &c);
    assert_int_equal(c.within + c.missed, OPENINGS);
    assert_int_equal(c.by_step[0] + c.by_step[1], c.missed);
    the_city_shows_the_same(&s, start, &c);
    assert_true(c.missed > 0 && c.refused > 0 && c.withdrawn > 0);
    printf("%d openings: %zu within the working day (%zu of them refused names, %zu with a step withdrawn), %zu late:"
           " %zu by the bank, %zu by the tax service\n",
           OPENINGS, c.within, c.refused, c.withdrawn, c.missed, c.by_step[0], c.by_step[1]);
    store_fixture_close(&f);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_hundred_openings)};
    return cmocka_run_group_tests_name("openings", tests, NULL, NULL);
}
