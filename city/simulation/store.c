/* Simulations that people asked for: kept, worked on by a worker of any server, shown with their progress, stopped. */
#include "city/identity/identity.h"
#include "city/rights/rights.h"
#include "city/simulation/internal.h"
#include "city/catalogue/studio.h"

#define LEASE_MS 60000
#define REPORT_MAX ((size_t)16 << 20)
#define RUN_THREADS 2
#define TOLD_EVERY_MS 500
#define CASES_IN_ALL \
    5000000 /* cases times repetitions times variants that the page may ask for; more is for the command line */

const struct migration SIMULATION_MIGRATIONS[] = {
    {"city.simulation", 1, "simulations",
     "-- retention: 2 years from the day it was asked; made-up cases, no personal data\n"
     "CREATE TABLE simulation (id {BLOB} PRIMARY KEY, service {TEXT} NOT NULL, hash {TEXT} NOT NULL, asked_by {BLOB} NOT NULL,"
     " asked_at {INT} NOT NULL, note {TEXT} NOT NULL, request {TEXT} NOT NULL, state {TEXT} NOT NULL, progress {INT} NOT NULL,"
     " took_ms {INT} NOT NULL, report {TEXT} NOT NULL, due_at {INT}, lease_until {INT}, lease_owner {BLOB});\n"
     "CREATE INDEX simulation_of ON simulation (service, id);\n"
     "CREATE INDEX simulation_due ON simulation (due_at);\n"
     "CREATE INDEX simulation_asked ON simulation (asked_at);\n",
     NULL},
};
const size_t SIMULATION_NMIGRATIONS = sizeof SIMULATION_MIGRATIONS / sizeof *SIMULATION_MIGRATIONS;

static const struct stmt INSERT = {
    "simulation_insert",
    "INSERT INTO simulation (id, service, hash, asked_by, asked_at, note, request, state, progress, took_ms, report, due_at, lease_until,"
    " lease_owner) VALUES (?1,?2,?3,?4,?5,?6,?7,'waiting',0,0,'',?5,0,NULL)",
    NULL, false};
#define COLUMNS "id, service, hash, asked_by, asked_at, note, state, progress, took_ms"
enum { C_ID, C_SERVICE, C_HASH, C_BY, C_AT, C_NOTE, C_STATE, C_PROGRESS, C_TOOK, C_REPORT, C_REQUEST };
static const struct stmt LOOK = {"simulation_look", "SELECT " COLUMNS ", report, request FROM simulation WHERE id = ?1",
                                 NULL, false};
static const struct stmt LIST = {
    "simulation_list", "SELECT " COLUMNS " FROM simulation WHERE id < ?1 ORDER BY id DESC LIMIT ?2", NULL, false};
static const struct stmt LIST_OF = {
    "simulation_list_of", "SELECT " COLUMNS " FROM simulation WHERE service = ?3 AND id < ?1 ORDER BY id DESC LIMIT ?2",
    NULL, false};
static const struct stmt PROGRESS = {
    "simulation_progress",
    "UPDATE simulation SET state = 'running', progress = ?2, lease_until = ?3 WHERE id = ?1 AND lease_owner = ?4 AND"
    " state IN ('waiting','running')",
    NULL, false};
static const struct stmt FINISH = {
    "simulation_finish",
    "UPDATE simulation SET state = ?2, report = ?3, took_ms = ?4, progress = ?5, due_at = NULL WHERE id = ?1 AND state IN"
    " ('waiting','running')",
    NULL, false};
static const struct stmt CANCEL = {
    "simulation_cancel",
    "UPDATE simulation SET state = 'cancelled', due_at = NULL WHERE id = ?1 AND state IN ('waiting','running')", NULL,
    false};
static const struct stmt OLD = {"simulation_old", "DELETE FROM simulation WHERE asked_at < ?1", NULL, false};

struct noting {
    const struct stmt *stmt;
    const struct sql_value *binds;
    size_t n;
    int64_t changed;
    const struct actor *by; /* of an act for the audit journal; NULL: none */
    const char *action;
    const struct json *details;
    instant now;
};

static result note_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct noting *n = ctx;
    TRY(tx_exec(tx, a, n->stmt, n->binds, n->n, &n->changed));
    return n->by && n->changed ? audit_add(tx, a, n->by, n->now, n->action, n->details) : ok();
}

/* ---- asked ---- */

/* The version that is simulated: the draft, or the current one. */
static result version_of(struct city *c, struct arena *a, const struct simulation_asked *q, const struct service **s,
                         const struct service **against)
{
    *against = NULL;
    if (!q->files.n) return catalogue_current(c->catalogue, a, q->service, s);
    TRY(service_draft(c->catalogue, a, q->files, s));
    if (!slice_eq(service_code(*s), q->service))
        return fail(a, CODE_SIM_PARAMETERS, S("/files/service.json"), "detail_zh", S("事项编码与所选事项不同"),
                    "detail_en", S("is another service than the one chosen"), NULL);
    if (q->against && failed(catalogue_current(c->catalogue, a, q->service, against)))
        *against = NULL; /* a new service */
    return ok();
}

static double expected(const struct simulation *s)
{
    const struct sim_arrivals *x = &s->variants[0].plan.arrivals;
    double n = (double)x->n;
    for (int i = 0; !x->n && i < 12; i++) n += x->month[i];
    return n * (double)s->repetitions * (double)s->nvariants;
}

static result set_up(struct city *c, struct arena *a, const struct simulation_asked *q, struct simulation *out)
{
    const struct service *s, *against;
    const struct json *known;
    TRY(version_of(c, a, q, &s, &against));
    TRY(simulation_parameters(c, a, s, true, &known));
    TRY(simulation_setup(c, a, s, against, known, q->parameters, NULL, 0, out));
    if (expected(out) <= CASES_IN_ALL) return ok();
    return fail(a, CODE_SIM_PARAMETERS, S("/cases"), "detail_zh", S("各方案各次合计至多 500 万件；更多请用命令行"),
                "detail_en",
                S("at most 5 million cases in all variants and repetitions; for more use the command line"), NULL);
}

static const struct json *request_json(struct arena *a, const struct simulation_asked *q, const struct json *parameters)
{
    struct json_builder b = json_builder(a), files = json_builder(a);
    for (size_t i = 0; i < q->files.n; i++)
        json_set_slice(&files, q->files.list[i].path, json_of_string(a, q->files.list[i].bytes));
    if (q->files.n) json_set(&b, "files", json_object(&files));
    if (q->against) json_set_bool(&b, "against", true);
    json_set(&b, "parameters", parameters);
    return json_object(&b);
}

result simulation_begin(struct city *c, struct arena *a, const struct actor *x, const struct simulation_asked *q,
                        instant now, struct id *id)
{
    struct simulation *s = NEW(a, struct simulation);
    struct json_builder d = json_builder(a);
    TRY(set_up(c, a, q, s));
    *id = id_new(now);
    struct slice hash = service_hash(s->variants[0].service);
    struct slice request = json_write(a, request_json(a, q, s->parameters));
    struct sql_value binds[] = {sql_id(id),   sql_text(q->service), sql_text(hash),   sql_id(&x->account),
                                sql_int(now), sql_text(q->note),    sql_text(request)};
    json_set_id(&d, "simulation", id_bytes(id));
    json_set_str(&d, "code", q->service);
    json_set_str(&d, "hash", hash);
    struct noting n = {&INSERT, binds, 7, 0, x, "simulation.asked", json_object(&d), now};
    return store_run(c->store, a, "simulation_begin", note_body, &n);
}

/* ---- shown ---- */

static struct json_builder row_json(struct city *c, struct arena *a, const struct sql_value *v)
{
    struct json_builder b = json_builder(a), by = json_builder(a);
    const struct service *s;
    json_set_id(&b, "id", v[C_ID].s);
    json_set_str(&b, "service", v[C_SERVICE].s);
    bool known = !failed(catalogue_current(c->catalogue, a, v[C_SERVICE].s, &s));
    json_set(&b, "name", bitext_json(a, known ? service_name(s) : (struct bitext){v[C_SERVICE].s, v[C_SERVICE].s}));
    json_set_str(&b, "hash", v[C_HASH].s);
    json_set_id(&by, "id", v[C_BY].s);
    json_set_str(&by, "name", identity_name_of(c, a, v[C_BY].s, ACTOR_STAFF));
    json_set(&b, "asked_by", json_object(&by));
    json_set_instant(&b, "at", v[C_AT].i);
    json_set_str(&b, "note", v[C_NOTE].s);
    json_set_str(&b, "state", v[C_STATE].s);
    json_set_double(&b, "progress", (double)v[C_PROGRESS].i / 1000, 3);
    json_set_double(&b, "seconds", (double)v[C_TOOK].i / 1000, 1);
    return b;
}

result simulation_show(struct city *c, struct arena *a, struct id id, const struct json **out)
{
    struct rows r;
    const struct json *report = NULL, *request = NULL;
    TRY(store_query(c->store, a, &LOOK, BINDS(sql_id(&id)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("simulation"), "value", id_text(a, id), NULL);
    const struct sql_value *v = row(&r, 0);
    struct json_builder b = row_json(c, a, v);
    TRY(json_parse(a, v[C_REQUEST].s, REPORT_MAX, S("simulation.request"), &request));
    if (v[C_REPORT].s.n) TRY(json_parse(a, v[C_REPORT].s, REPORT_MAX, S("simulation.report"), &report));
    json_set_bool(&b, "draft", json_get(request, "files") != NULL);
    json_set(&b, "parameters", json_get(request, "parameters"));
    bool failed_ = slice_is(v[C_STATE].s, "failed");
    json_set(&b, "report", report && !failed_ ? report : json_null());
    json_set(&b, "problem", report && failed_ ? report : json_null());
    *out = json_object(&b);
    return ok();
}

result simulation_list(struct city *c, struct arena *a, struct slice service, int64_t limit, struct slice cursor,
                       const struct json **out)
{
    struct rows r;
    struct id last;
    struct json_builder items = json_builder(a), o = json_builder(a);
    memset(&last, 0xff, sizeof last);
    if (cursor.n) TRY(id_parse(a, cursor, S("cursor"), &last));
    if (service.n)
        TRY(store_query(c->store, a, &LIST_OF, BINDS(sql_id(&last), sql_int(limit + 1), sql_text(service)), &r));
    else
        TRY(store_query(c->store, a, &LIST, BINDS(sql_id(&last), sql_int(limit + 1)), &r));
    for (size_t i = 0; i < r.n && (int64_t)i < limit; i++) {
        struct json_builder b = row_json(c, a, row(&r, i));
        json_add(&items, json_object(&b));
    }
    json_set(&o, "items", json_array(&items));
    if ((int64_t)r.n > limit)
        json_set_id(&o, "next", row(&r, (size_t)limit - 1)[C_ID].s);
    else
        json_set(&o, "next", json_null());
    *out = json_object(&o);
    return ok();
}

result simulation_cancel(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now)
{
    struct json_builder d = json_builder(a);
    struct rows r;
    TRY(store_query(c->store, a, &LOOK, BINDS(sql_id(&id)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("simulation"), "value", id_text(a, id), NULL);
    json_set_id(&d, "simulation", id_bytes(&id));
    json_set_str(&d, "code", row(&r, 0)[C_SERVICE].s);
    struct sql_value binds[] = {sql_id(&id)};
    struct noting n = {&CANCEL, binds, 1, 0, x, "simulation.cancelled", json_object(&d), now};
    TRY(store_run(c->store, a, "simulation_cancel", note_body, &n));
    return n.changed ? ok() : fail(a, CODE_REQUEST_SETTLED, S("simulation"), "value", row(&r, 0)[C_STATE].s, NULL);
}

/* ---- the work ---- */

struct watching {
    struct city *c;
    struct id id, owner;
    const struct sim_watch *up;
    instant told;
};

/* Progress is written now and then, and with it is seen whether somebody has cancelled it, or another worker has taken it up. */
static bool told(void *ctx, double part)
{
    struct watching *w = ctx;
    instant now = time_now(time_system());
    if (w->up && !w->up->go_on(w->up->ctx, part)) return false;
    if (now - w->told < TOLD_EVERY_MS) return true;
    w->told = now;
    struct arena *a = arena_new("simulation told");
    struct sql_value binds[] = {sql_id(&w->id), sql_int((int64_t)(part * 1000)),
                                sql_int(time_now(w->c->time) + LEASE_MS), sql_id(&w->owner)};
    struct noting n = {.stmt = &PROGRESS, .binds = binds, .n = 4};
    result r = store_run(w->c->store, a, "simulation_told", note_body, &n);
    bool more = !failed(r) && n.changed;
    arena_free(a);
    return more;
}

static const struct json *problems_json(struct arena *a, result r)
{
    struct json_builder list = json_builder(a);
    for (const struct problem *p = r.problem; p; p = p->next) {
        struct json_builder b = json_builder(a);
        json_set_str(&b, "zh", problem_text(a, p, LANG_ZH));
        json_set_str(&b, "en", problem_text(a, p, LANG_EN));
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

static result asked_again(struct arena *a, const struct sql_value *v, struct simulation_asked *q)
{
    const struct json *request;
    *q = (struct simulation_asked){.service = v[C_SERVICE].s};
    TRY(json_parse(a, v[C_REQUEST].s, REPORT_MAX, S("simulation.request"), &request));
    q->against = json_bool(request, "against", false);
    q->parameters = json_get(request, "parameters");
    return json_get(request, "files") ? studio_files_of(a, json_get(request, "files"), &q->files) : ok();
}

static result work_on(struct city *c, struct arena *a, struct id id, struct id owner, const struct sim_watch *up)
{
    struct rows r;
    struct simulation_asked q;
    struct simulation *s = NEW(a, struct simulation);
    struct watching w = {.c = c, .id = id, .owner = owner, .up = up};
    struct sim_watch watch = {told, &w};
    const struct json *report = NULL;
    bool stopped = false;
    instant from = time_now(time_system());
    TRY(store_query(c->store, a, &LOOK, BINDS(sql_id(&id)), &r));
    if (!r.n) return ok();
    result x = asked_again(a, row(&r, 0), &q);
    if (!failed(x)) x = set_up(c, a, &q, s);
    if (!failed(x)) x = simulation_run(a, s, catalogue_data(c->catalogue), RUN_THREADS, &watch, &report, &stopped);
    if (stopped) return ok(); /* cancelled, or another worker's */
    struct slice text = json_write(a, failed(x) ? problems_json(a, x) : report);
    struct sql_value binds[] = {sql_id(&id), sql_text(failed(x) ? S("failed") : S("done")), sql_text(text),
                                sql_int(time_now(time_system()) - from), sql_int(failed(x) ? 0 : 1000)};
    struct noting n = {.stmt = &FINISH, .binds = binds, .n = 5};
    return store_run(c->store, a, "simulation_finish", note_body, &n);
}

static result sweep(struct city *c, struct arena *a, instant now)
{
    struct sql_value binds[] = {sql_int(now - 730 * MS_DAY)};
    struct noting n = {.stmt = &OLD, .binds = binds, .n = 1};
    return store_run(c->store, a, "simulation_sweep", note_body, &n);
}

result simulations_run(struct city *c, struct arena *a, instant now, const struct sim_watch *up, size_t *done)
{
    struct rows r;
    struct id owner = id_new(now), id;
    *done = 0;
    TRY(store_lease(c->store, a, "simulation", owner, LEASE_MS, 1, &r));
    if (!r.n || !id_from_bytes(row(&r, 0)[0].s, &id)) return ok();
    *done = 1;
    TRY(sweep(c, a, now));
    return work_on(c, a, id, owner, up);
}
