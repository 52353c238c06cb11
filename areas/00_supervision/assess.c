/* Assessment (考核) of lead departments by published rules, what changed since a day (for the next meeting), and circulars (通报). */
#include "areas/00_supervision/supervise.h"

#include "city/identity/identity.h"
#include "city/messages/messages.h"
#include "city/rights/rights.h"
#include "city/sql.h"
#include "engine/calendar/calendar.h"

/* ---- assessment ---- */

/* The rules are part of the reply, so that nobody is scored by what they cannot read. */
static const char RULES_ZH[] =
    "任务分：截至月末应完成的牵头任务，按期完成 100，逾期完成 60，未完成或条件回退 0，取平均；报送分：当月应报的进展，于次月第五个工作日前报送的比例"
    "× 100；总分 = 任务分 × 80% + 报送分 × 20%。没有到期任务或应报进展的，以另一项为总分；两项均无的不评分。";
static const char RULES_EN[] =
    "Tasks: of those led and due by the end of the month, done in time 100, done late 60, open or regressed 0, averaged. Reports: 100 x the "
    "share of the month's expected reports filed by the fifth working day after it. Score = 80 % tasks + 20 % reports; without due tasks, or "
    "without expected reports, the other part alone; without both, none.";
enum { IN_TIME = 100, DONE_LATE = 60, TASKS_WEIGHT = 80 };

struct mark {
    struct slice unit;
    int64_t due, in_time, late_done, open, expected, filed;
};
struct marks {
    struct mark *list;
    size_t n, cap;
};

static struct mark *mark_of(struct marks *m, struct slice unit)
{
    for (size_t i = 0; i < m->n; i++)
        if (slice_eq(m->list[i].unit, unit)) return &m->list[i];
    if (m->n == m->cap) return NULL;
    m->list[m->n] = (struct mark){.unit = unit};
    return &m->list[m->n++];
}

static void mark_task(const struct plan *p, const struct plan_task *t, day end, struct marks *m)
{
    const struct json *acting = json_get(t->source, "acting_lead"),
                      *names = acting ? acting : json_get(t->source, "lead");
    if (!t->dated || t->due > end) return;
    bool done = t->done && t->done_on <= end;
    for (size_t i = 0; names && i < names->n; i++) {
        const struct plan_body *b = plan_body_find(p, names->items[i]->text);
        for (size_t k = 0; b && k < b->departments->n; k++) {
            struct mark *x = mark_of(m, b->departments->items[k]->text);
            if (!x) continue;
            x->due++;
            x->in_time += done && t->done_on <= t->due;
            x->late_done += done && t->done_on > t->due;
            x->open += !done;
        }
    }
}

/* Tenths of a point, rounded down; -1: nothing to score. */
int64_t plan_score(int64_t due, int64_t in_time, int64_t late_done, int64_t expected, int64_t filed)
{
    int64_t points = IN_TIME * in_time + DONE_LATE * late_done;
    if (!due && !expected) return -1;
    if (!due) return 1000 * filed / expected;
    if (!expected) return 10 * points / due;
    return (TASKS_WEIGHT * points * expected + (100 - TASKS_WEIGHT) * 100 * filed * due) / (10 * due * expected);
}

static const struct json *mark_json(const struct request *q, const struct mark *x)
{
    struct json_builder b = json_builder(q->a);
    int64_t score = plan_score(x->due, x->in_time, x->late_done, x->expected, x->filed);
    json_set(&b, "department", citydata_department_json(q->a, catalogue_data(q->city->catalogue), x->unit));
    json_set(&b, "score",
             score < 0 ? json_null()
                       : json_of_number(
                             q->a, arena_printf(q->a, "%lld.%lld", (long long)(score / 10), (long long)(score % 10))));
    json_set_int(&b, "due", x->due);
    json_set_int(&b, "in_time", x->in_time);
    json_set_int(&b, "done_late", x->late_done);
    json_set_int(&b, "open", x->open);
    json_set_int(&b, "reports_expected", x->expected);
    json_set_int(&b, "reports_in_time", x->filed);
    return json_object(&b);
}

static result assessment(const struct request *q, struct reply *r)
{
    struct plan p;
    struct plan_task *tasks;
    struct plan_report *reports;
    size_t nt, nr;
    struct marks m = {.list = NEW_ARRAY(q->a, struct mark, 500), .cap = 500};
    struct json_builder items = json_builder(q->a), b = json_builder(q->a);
    struct slice period = request_query(q, "period");
    if (!period.n) period = plan_period_before(q->a, day_of_instant(q->now));
    day next;
    if (!plan_period_next(period, &next)) return fail(q->a, CODE_QUERY_BAD, S("period"), "value", period, NULL);
    day by = plan_report_due(q->city->calendar, next);
    TRY(plan_load(q->city, NULL, q->a, &p));
    TRY(plan_tasks(q->city, NULL, q->a, &tasks, &nt));
    TRY(plan_reports(q->city, NULL, q->a, &p, tasks, nt, period, &reports, &nr));
    for (size_t i = 0; i < nt; i++) mark_task(&p, &tasks[i], next - 1, &m);
    for (size_t i = 0; i < nr; i++) {
        struct mark *x = mark_of(&m, reports[i].unit);
        if (!x) continue;
        x->expected++;
        x->filed += reports[i].filed_at && day_of_instant(reports[i].filed_at) <= by;
    }
    for (size_t i = 0; i < m.n; i++) json_add(&items, mark_json(q, &m.list[i]));
    json_set_str(&b, "period", period);
    json_set_str(&b, "reports_by", day_text(q->a, by));
    json_set(&b, "rules", bitext_json(q->a, (struct bitext){slice_cstr(RULES_ZH), slice_cstr(RULES_EN)}));
    json_set(&b, "items", json_array(&items));
    r->body = json_object(&b);
    return ok();
}

/* ---- what changed ---- */

static const struct stmt CHANGES = {
    "plan_changes",
    "SELECT task_no, at, actor, actor_kind, kind, details FROM plan_history WHERE id >= ?1 AND at >= ?2 ORDER BY id DESC LIMIT 1000",
    NULL, false};

static result became_late(const struct request *q, day since, const struct json **out)
{
    struct plan_task *tasks;
    size_t n;
    struct json_builder b = json_builder(q->a);
    TRY(plan_tasks(q->city, NULL, q->a, &tasks, &n));
    for (size_t i = 0; i < n; i++)
        if (tasks[i].dated && !tasks[i].done && tasks[i].due + 1 >= since && tasks[i].due < day_of_instant(q->now))
            json_add(&b, json_of_int(q->a, tasks[i].no));
    *out = json_array(&b);
    return ok();
}

static result changes(const struct request *q, struct reply *r)
{
    day since;
    struct rows rows;
    struct id least = ID_NONE;
    const struct json *late;
    struct json_builder items = json_builder(q->a), b = json_builder(q->a);
    if (!day_scan(request_query(q, "since"), &since))
        return fail(q->a, CODE_QUERY_BAD, S("since"), "value", request_query(q, "since"), NULL);
    instant from = instant_of_day(since);
    if (from < 0) return fail(q->a, CODE_QUERY_BAD, S("since"), "value", request_query(q, "since"), NULL);
    for (int i = 0; i < 6; i++) least.b[i] = (uint8_t)((uint64_t)from >> (40 - 8 * i));
    TRY(store_query(q->city->store, q->a, &CHANGES, BINDS(sql_id(&least), sql_int(from)), &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_value *v = row(&rows, i);
        struct json_builder o = json_builder(q->a);
        const struct json *details;
        TRY(json_parse(q->a, v[5].s, PLAN_FILE_MAX, S("details"), &details));
        json_set_int(&o, "task", v[0].i);
        json_set_instant(&o, "at", v[1].i);
        json_set(&o, "by", bitext_json(q->a, identity_who(q->city, q->a, v[2].s, v[3].i)));
        json_set_str(&o, "kind", v[4].s);
        json_set(&o, "details", details);
        json_add(&items, json_object(&o));
    }
    TRY(became_late(q, since, &late));
    json_set_str(&b, "since", day_text(q->a, since));
    json_set(&b, "became_late", late);
    json_set(&b, "items", json_array(&items));
    r->body = json_object(&b);
    return ok();
}

/* ---- circulars ---- */

static const struct stmt CIRCULAR_ADD = {
    "plan_circular_add",
    "INSERT INTO plan_filing (id, kind, unit, area_no, period, title, text, file, filed_by, filed_at)"
    " VALUES (?1,'circular','',0,'',?2,?3,'',?4,?5)",
    NULL, false};
static const struct stmt RECEIVERS = {
    "plan_circular_to",
    "SELECT DISTINCT g.account FROM role_grant g JOIN account a ON a.id = g.account AND a.disabled_at = 0 WHERE g.role = 'head'"
    " UNION SELECT account FROM plan_contact",
    NULL, false};

struct circular {
    const struct request *q;
    struct id id;
    int64_t sent;
};

static result circular_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct circular *c = ctx;
    const struct request *q = c->q;
    struct plan p;
    struct rows rows;
    struct slice title = json_string(q->body, "title"), text = json_string(q->body, "text");
    struct json_builder b = json_builder(a);
    TRY(plan_load(q->city, tx, a, &p));
    if (!(plan_supervisors(&p, q->actor) & PARTY_OFFICE))
        return fail(a, CODE_FORBIDDEN, S("plan"), "right", S("plan office"), NULL);
    c->id = id_new(q->now);
    c->sent = 0;
    TRY(tx_exec(tx, a, &CIRCULAR_ADD,
                BINDS(sql_id(&c->id), sql_text(title), sql_text(text), sql_id(&q->actor->account), sql_int(q->now)),
                NULL));
    TRY(tx_query(tx, a, &RECEIVERS, NULL, 0, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct message m = {.kind = MESSAGE_TO_ACCOUNT,
                            .title = {arena_printf(a, "通报：%.*s", SLICE_ARG(title)),
                                      arena_printf(a, "Circular: %.*s", SLICE_ARG(title))},
                            .body = {text, text}};
        if (!id_from_bytes(row(&rows, i)[0].s, &m.to)) continue;
        TRY(message_send(q->city, tx, a, &m, q->now));
        c->sent++;
    }
    json_set_id(&b, "id", id_bytes(&c->id));
    json_set_int(&b, "sent", c->sent);
    return audit_add(tx, a, q->actor, q->now, "plan.circular", json_object(&b));
}

static result circular(const struct request *q, struct reply *r)
{
    struct circular c = {.q = q};
    struct json_builder b = json_builder(q->a);
    TRY(store_run(q->city->store, q->a, "plan_circular", circular_body, &c));
    json_set_id(&b, "id", id_bytes(&c.id));
    json_set_int(&b, "sent", c.sent);
    r->status = 201;
    r->body = json_object(&b);
    return ok();
}

static const struct query_parameter QUERY[] = {
    {.name = "period",
     .help_zh = "月份，如 2021-09，默认为上月",
     .help_en = "month, e.g. 2021-09; last month when left out",
     .most = 7},
    {.name = NULL},
};
static const struct query_parameter SINCE[] = {
    {.name = "since",
     .help_zh = "自哪一天起，如上次会议之日",
     .help_en = "from this day on, e.g. of the last meeting",
     .required = true,
     .most = 10},
    {.name = NULL},
};

const struct endpoint EP_PLAN_ASSESSMENT = {
    .method = "GET",
    .path = "/plan/assessment",
    .right = {RIGHT_STAFF, 0, false},
    .summary_zh = "牵头部门月度考核及规则",
    .summary_en = "Monthly assessment of lead departments, with its rules",
    .query = QUERY,
    .reply_schema =
        "{\"type\":\"object\",\"properties\":{\"period\":{\"type\":\"string\"},\"rules\":{\"type\":\"object\"},\"items\":{"
        "\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}",
    .handle = assessment};
const struct endpoint EP_PLAN_CHANGES = {
    .method = "GET",
    .path = "/plan/changes",
    .right = {RIGHT_STAFF, 0, false},
    .summary_zh = "自某日以来的变化",
    .summary_en = "What changed since a day",
    .query = SINCE,
    .reply_schema =
        "{\"type\":\"object\",\"properties\":{\"since\":{\"type\":\"string\"},\"became_late\":{\"type\":\"array\",\"items\":{"
        "\"type\":\"integer\"}},\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}",
    .handle = changes};
const struct endpoint EP_PLAN_CIRCULAR = {
    .method = "POST",
    .path = "/plan/circulars",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "向各部门负责人和联络员发通报",
    .summary_en = "Send a circular to heads and contacts",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"title\",\"text\"],\"properties\":{\"title\":{"
        "\"type\":\"string\",\"minLength\":1,\"maxLength\":200},\"text\":{\"type\":\"string\",\"minLength\":1,"
        "\"maxLength\":8000}}}",
    .reply_schema =
        "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"},\"sent\":{\"type\":\"integer\"}}}",
    .handle = circular};
