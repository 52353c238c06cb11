#include "city/cases/steptime.h"

#include <stdlib.h>

#include "city/cases/view.h"
#include "city/sql.h"

enum { PAGE = 500, BUCKETS = 96, STEPS_MAX = 400, PART_WAIT = 0, PART_WORK = 1 };

/* ---- classes of length: below a minute, then four to a doubling ---- */

/* Lower edge of a class, in thousandths of a minute. */
static int64_t edge(int64_t bucket)
{
    static const int64_t QUARTER[] = {1000, 1189, 1414, 1682};
    return bucket < 1 ? 0 : QUARTER[(bucket - 1) % 4] << ((bucket - 1) / 4);
}

static int64_t bucket_of(int64_t ms)
{
    int64_t at = ms / (MS_MINUTE / 1000), b = 0;
    while (b + 1 < BUCKETS && at >= edge(b + 1)) b++;
    return b;
}

/* ---- counting ---- */

static const struct stmt TASKS = {
    "steptime_tasks",
    "SELECT t.case_id, t.token, m.service, m.month, t.step, t.node, t.opened_at, t.claimed_at, t.closed_at"
    " FROM case_measure m JOIN case_task t ON t.case_id = m.case_id WHERE m.rolled < 1 AND m.rolled = -1 AND t.status = 3"
    " AND m.case_id >= ?1 AND (t.case_id, t.token) > (?1, ?2) ORDER BY t.case_id, t.token LIMIT ?3",
    NULL, false};
#define COLUMNS "service, month, step, node, part, bucket, n"
#define ADD_TO(name, table)                                                                                       \
    {                                                                                                             \
        name,                                                                                                     \
            "INSERT INTO " table " (" COLUMNS ") VALUES (?1,?2,?3,?4,?5,?6,?7)"                                   \
            " ON CONFLICT (service, month, step, node, part, bucket) DO UPDATE SET n = " table ".n + excluded.n", \
            NULL, false                                                                                           \
    }
static const struct stmt ADD = ADD_TO("steptime_add", "step_sum");

struct count {
    struct slice service, step, node;
    int64_t month, part, bucket, n;
};

static int by_key(const void *x, const void *y)
{
    const struct count *a = x, *b = y;
    int d = slice_cmp(a->service, b->service);
    if (!d) d = a->month < b->month ? -1 : a->month > b->month;
    if (!d) d = slice_cmp(a->step, b->step);
    if (!d) d = slice_cmp(a->node, b->node);
    if (!d) d = (int)(a->part - b->part);
    return d ? d : (int)(a->bucket - b->bucket);
}

/* In one order, so that two who add at once wait for each other and never in a ring. */
static result add_all(struct tx *tx, struct arena *a, const struct stmt *add, struct count *list, size_t n)
{
    qsort(list, n, sizeof *list, by_key);
    for (size_t i = 0; i < n;) {
        struct count *c = &list[i];
        for (i++; i < n && by_key(c, &list[i]) == 0; i++) c->n++;
        TRY(tx_exec(tx, a, add,
                    BINDS(sql_text(c->service), sql_int(c->month), sql_text(c->step), sql_text(c->node),
                          sql_int(c->part), sql_int(c->bucket), sql_int(c->n)),
                    NULL));
    }
    return ok();
}

/* Of rows as TASKS gives them: two counts each, of waiting and of work. */
static struct count *counts_of(const struct city *city, struct arena *a, const struct rows *r)
{
    struct count *list = NEW_ARRAY(a, struct count, 2 * r->n + 1);
    for (size_t i = 0; i < r->n; i++) {
        const struct sql_value *v = row(r, i);
        instant opened = v[6].i, claimed = v[7].i, closed = v[8].i;
        instant begun = claimed > opened && claimed < closed ? claimed : closed;
        struct count c = {.service = v[2].s, .step = v[4].s, .node = v[5].s, .month = v[3].i, .n = 1};
        c.part = PART_WAIT;
        c.bucket = bucket_of(calendar_worked(city->calendar, opened, begun));
        list[2 * i] = c;
        c.part = PART_WORK;
        c.bucket = bucket_of(calendar_worked(city->calendar, begun, closed));
        list[2 * i + 1] = c;
    }
    return list;
}

static result page(const struct city *city, struct tx *tx, struct arena *a, struct id *after, int64_t *token,
                   bool *last)
{
    struct rows r;
    TRY(tx_query(tx, a, &TASKS, BINDS(sql_blob(id_bytes(after)), sql_int(*token), sql_int(PAGE)), &r));
    *last = r.n < PAGE;
    if (r.n) {
        (void)id_from_bytes(row(&r, r.n - 1)[0].s, after);
        *token = row(&r, r.n - 1)[1].i;
    }
    return add_all(tx, a, &ADD, counts_of(city, a, &r), 2 * r.n);
}

result steptimes_add(const struct city *city, struct tx *tx, struct arena *a)
{
    struct id after = ID_NONE;
    int64_t token = 0;
    bool last = false;
    while (!last) {
        struct arena *own = arena_new("steptime");
        result r = result_copy(a, page(city, tx, own, &after, &token, &last));
        arena_free(own);
        TRY(r);
    }
    return ok();
}

/* ---- counted again, from the journal ---- */

static const struct stmt ASIDE[] = {
    {"steptime_again", "CREATE TABLE again_step AS SELECT * FROM step_sum WHERE 1 = 0", NULL, false},
    {"steptime_again_key",
     "CREATE UNIQUE INDEX again_step_key ON again_step (service, month, step, node, part, bucket)", NULL, false},
    {"steptime_gone", "CREATE TABLE gone_step AS SELECT service, month FROM step_sum WHERE 1 = 0", NULL, false}};
static const struct stmt OF_CASE = {
    "steptime_of_case",
    "SELECT t.case_id, t.token, m.service, m.month, t.step, t.node, t.opened_at, t.claimed_at, t.closed_at"
    " FROM case_measure m JOIN case_task t ON t.case_id = m.case_id WHERE m.case_id = ?1 AND t.status = 3 ORDER BY t.token",
    NULL, false};
static const struct stmt ADD_AGAIN = ADD_TO("steptime_add_again", "again_step");
static const struct stmt GONE = {
    "steptime_gone_add",
    "INSERT INTO gone_step (service, month) SELECT service, month FROM case_measure WHERE case_id = ?1"
    " AND EXISTS (SELECT 1 FROM case_archive WHERE case_id = ?1)",
    NULL, false};
/* Of months whose every case can be read. */
#define KNOWN(table)                                                                                                 \
    table " WHERE NOT EXISTS (SELECT 1 FROM gone_step AS g WHERE g.service = " table ".service AND g.month = " table \
          ".month)"
#define LESS(x, y) \
    "(SELECT COUNT(*) FROM (SELECT " COLUMNS " FROM " KNOWN(x) " EXCEPT SELECT " COLUMNS " FROM " y ") AS d)"
static const struct stmt COMPARE = {
    "steptime_compare", "SELECT " LESS("step_sum", "again_step") " + " LESS("again_step", "step_sum"), NULL, false};
static const struct stmt PUT[] = {
    {"steptime_put_clear", "DELETE FROM " KNOWN("step_sum"), NULL, false},
    {"steptime_put", "INSERT INTO step_sum (" COLUMNS ") SELECT " COLUMNS " FROM " KNOWN("again_step"), NULL, false},
    {"steptime_put_end", "DROP TABLE again_step", NULL, false},
    {"steptime_put_gone", "DROP TABLE gone_step", NULL, false}};

result steptimes_aside(struct tx *tx, struct arena *a)
{
    for (size_t i = 0; i < sizeof ASIDE / sizeof *ASIDE; i++) TRY(tx_exec(tx, a, &ASIDE[i], NULL, 0, NULL));
    return ok();
}

result steptimes_again(const struct city *city, struct tx *tx, struct arena *a, struct id case_id)
{
    struct rows r;
    TRY(tx_query(tx, a, &OF_CASE, BINDS(sql_id(&case_id)), &r));
    return add_all(tx, a, &ADD_AGAIN, counts_of(city, a, &r), 2 * r.n);
}

result steptimes_unknown(struct tx *tx, struct arena *a, struct id case_id)
{
    return tx_exec(tx, a, &GONE, BINDS(sql_id(&case_id)), NULL);
}

result steptimes_compare(struct tx *tx, struct arena *a, int64_t *differences)
{
    struct rows r;
    TRY(tx_query(tx, a, &COMPARE, NULL, 0, &r));
    *differences = row(&r, 0)[0].i;
    return ok();
}

result steptimes_put(struct tx *tx, struct arena *a)
{
    for (size_t i = 0; i < sizeof PUT / sizeof *PUT; i++) TRY(tx_exec(tx, a, &PUT[i], NULL, 0, NULL));
    return ok();
}

/* ---- reading ---- */

static const struct stmt SUMS = {
    "steptime_sums",
    "SELECT step, node, part, bucket, CAST(SUM(n) AS BIGINT) FROM step_sum WHERE service = ?1 AND month >= ?2 AND month <= ?3"
    " GROUP BY step, node, part, bucket ORDER BY step, node, part, bucket LIMIT 100000",
    NULL, false};

struct spread {
    int64_t n[2], counts[2][BUCKETS];
};

/* Hours at the given hundredth, by straight lines within a class. */
static double hours_at(const struct spread *s, int part, int64_t hundredth)
{
    double want = (double)s->n[part] * (double)hundredth / 100, seen = 0;
    for (int64_t b = 0; b < BUCKETS; b++) {
        double here = (double)s->counts[part][b];
        if (here > 0 && seen + here >= want) {
            double low = (double)edge(b), high = (double)edge(b + 1);
            return (low + (high - low) * (want - seen) / here) / 60000;
        }
        seen += here;
    }
    return 0;
}

static const struct json *spread_json(struct arena *a, const struct spread *s, int part)
{
    struct json_builder b = json_builder(a);
    if (s->n[part] < STEPTIME_LEAST) return json_null();
    json_set(&b, "median", json_of_number(a, arena_printf(a, "%.1f", hours_at(s, part, 50))));
    json_set(&b, "p90", json_of_number(a, arena_printf(a, "%.1f", hours_at(s, part, 90))));
    return json_object(&b);
}

/* The element of the service's own drawing: the task itself, else the call in whose step it is done. */
static const struct process_node *drawn_at(const struct service *s, struct slice node, struct slice step)
{
    const struct process_node *list;
    size_t n = process_nodes(service_model(s), &list);
    for (size_t i = 0; i < n; i++)
        if (slice_eq(list[i].id, node) && slice_is(list[i].kind, "userTask")) return &list[i];
    for (size_t i = 0; i < n; i++)
        if (list[i].called && step.n && slice_eq(list[i].step, step)) return &list[i];
    return NULL;
}

static const struct json *step_json(struct city *c, struct arena *a, const struct service *s, struct slice step,
                                    struct slice node, const struct spread *x)
{
    struct json_builder b = json_builder(a);
    const struct process_node *at = drawn_at(s, node, step), *own = model_node(service_model(s), node, step);
    const struct service_step *entry = service_step_find(s, step);
    struct slice code = own && own->department.n && own->department.p[0] != '{' ? own->department
                        : entry && entry->department.n                          ? entry->department
                                                                                : service_department(s);
    json_set(&b, "element", at ? json_of_string(a, at->id) : json_null());
    json_set_str(&b, "node", node);
    json_set(&b, "name", bitext_json(a, view_task_title(own, node)));
    json_set_bool(&b, "called", at && at->called);
    json_set_bool(&b, "applicant", own && slice_is(own->task_kind, "fill"));
    json_set(&b, "department", citydata_department_json(a, catalogue_data(c->catalogue), code));
    json_set_int(&b, "n", x->n[PART_WAIT]);
    json_set(&b, "wait", spread_json(a, x, PART_WAIT));
    json_set(&b, "work", spread_json(a, x, PART_WORK));
    return json_object(&b);
}

static const struct json *steps_json(struct city *c, struct arena *a, const struct service *s, const struct rows *r)
{
    struct json_builder list = json_builder(a);
    size_t steps = 0;
    for (size_t i = 0; i < r->n && steps < STEPS_MAX; steps++) {
        struct slice step = row(r, i)[0].s, node = row(r, i)[1].s;
        struct spread *x = NEW(a, struct spread);
        for (; i < r->n && slice_eq(row(r, i)[0].s, step) && slice_eq(row(r, i)[1].s, node); i++) {
            const struct sql_value *v = row(r, i);
            if (v[2].i < 0 || v[2].i > 1 || v[3].i < 0 || v[3].i >= BUCKETS) continue;
            x->counts[v[2].i][v[3].i] += v[4].i;
            x->n[v[2].i] += v[4].i;
        }
        json_add(&list, step_json(c, a, s, step, node, x));
    }
    return json_array(&list);
}

result steptimes_json(struct city *c, struct arena *a, struct slice service, int64_t from, int64_t to,
                      const struct json **out)
{
    const struct service *s;
    struct rows r;
    struct json_builder b = json_builder(a), x = json_builder(a);
    if (to < from || (to / 100 - from / 100) * 12 + to % 100 - from % 100 >= 24)
        return fail(a, CODE_QUERY_BAD, S("from"), "value", arena_printf(a, "%lld", (long long)from), NULL);
    TRY(catalogue_current(c->catalogue, a, service, &s));
    TRY(store_query(c->store, a, &SUMS, BINDS(sql_text(service), sql_int(from), sql_int(to)), &r));
    const struct service_file *xml = service_files_find(service_folder(s), "process.bpmn");
    json_set_str(&x, "code", service_code(s));
    json_set(&x, "name", bitext_json(a, service_name(s)));
    json_set(&b, "service", json_object(&x));
    json_set_str(&b, "hash", service_hash(s));
    json_set(&b, "xml", xml ? json_of_string(a, xml->bytes) : json_null());
    json_set_str(&b, "from", arena_printf(a, "%lld-%02lld", (long long)(from / 100), (long long)(from % 100)));
    json_set_str(&b, "to", arena_printf(a, "%lld-%02lld", (long long)(to / 100), (long long)(to % 100)));
    json_set_int(&b, "least", STEPTIME_LEAST);
    json_set(&b, "steps", steps_json(c, a, s, &r));
    *out = json_object(&b);
    return ok();
}
