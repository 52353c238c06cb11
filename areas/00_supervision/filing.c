/* What departments and towns hand in: plans per indicator, timetables of leads, monthly reports; and their contacts. */
#include "areas/00_supervision/supervise.h"

#include "city/rights/rights.h"
#include "city/identity/identity.h"
#include "city/sql.h"

static const struct stmt FILED = {
    "plan_filed",
    "SELECT COALESCE(MIN(filed_at), 0) FROM plan_filing WHERE kind = ?1 AND period = ?2 AND unit = ?3 AND area_no = ?4",
    NULL, false};
static const struct stmt FILINGS = {
    "plan_filings",
    "SELECT id, kind, unit, area_no, period, title, text, file, filed_by, filed_at FROM plan_filing"
    " WHERE id < ?1 AND (?3 = '' OR kind = ?3) AND (?4 = '' OR period = ?4) AND (?5 = 0 OR area_no = ?5) ORDER BY id DESC LIMIT ?2",
    NULL, false};
static const struct stmt FILING_ADD = {
    "plan_filing_add",
    "INSERT INTO plan_filing (id, kind, unit, area_no, period, title, text, file, filed_by, filed_at)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)",
    NULL, false};
static const struct stmt CONTACTS = {
    "plan_contacts", "SELECT unit, account, set_at FROM plan_contact ORDER BY unit, account", NULL, false};
static const struct stmt CONTACT_IS = {"plan_contact_is", "SELECT 1 FROM plan_contact WHERE unit = ?1 AND account = ?2",
                                       NULL, false};
static const struct stmt CONTACT_ADD = {
    "plan_contact_add",
    "INSERT INTO plan_contact (unit, account, set_at) VALUES (?1,?2,?3) ON CONFLICT (unit, account) DO NOTHING", NULL,
    false};
static const struct stmt CONTACT_DROP = {"plan_contact_drop",
                                         "DELETE FROM plan_contact WHERE unit = ?1 AND account = ?2", NULL, false};
static const struct stmt FILE_IS = {"plan_file_is", "SELECT 1 FROM plan_file WHERE hash = ?1", NULL, false};

bool plan_unit_known(const struct city *c, struct slice code)
{
    const struct citydata *d = catalogue_data(c->catalogue);
    return citydata_department(d, code) || citydata_town(d, code);
}

struct bitext plan_unit_name(const struct city *c, struct slice code)
{
    const struct citydata *d = catalogue_data(c->catalogue);
    const struct department *x = citydata_department(d, code);
    const struct town *t = citydata_town(d, code);
    return x ? x->name : t ? t->name : (struct bitext){code, code};
}

static const struct json *unit_json(struct arena *a, const struct city *c, struct slice code)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "code", code);
    json_set(&b, "name", bitext_json(a, plan_unit_name(c, code)));
    return json_object(&b);
}

/* ---- what is expected ---- */

struct looking {
    struct city *c;
    struct tx *tx;
    struct slice period;
    struct plan_report *list;
    size_t n, cap;
};

static result miss(struct looking *l, struct arena *a, const char *kind, struct slice unit, int64_t area)
{
    struct rows r;
    const struct sql_value v[] = {sql_text(slice_cstr(kind)), sql_text(l->period), sql_text(unit), sql_int(area)};
    if (l->n == l->cap) return ok();
    for (size_t i = 0; i < l->n; i++)
        if (l->list[i].area_no == area && slice_eq(l->list[i].unit, unit)) return ok();
    if (l->tx)
        TRY(tx_query(l->tx, a, &FILED, v, 4, &r));
    else
        TRY(store_query(l->c->store, a, &FILED, v, 4, &r));
    l->list[l->n++] = (struct plan_report){kind, unit, area, r.n ? row(&r, 0)[0].i : 0};
    return ok();
}

static result miss_names(struct looking *l, struct arena *a, const struct plan *p, const struct plan_area *area,
                         const char *kind, const char *member)
{
    const struct json *names = json_get(area->source, member), *leads = json_get(area->source, "lead");
    for (size_t i = 0; names && i < names->n; i++) {
        const struct plan_body *b = plan_body_find(p, names->items[i]->text);
        for (size_t k = 0; b && k < b->departments->n; k++) {
            struct slice unit = b->departments->items[k]->text;
            if (!strcmp(kind, "report") && plan_names(p, leads, unit)) continue; /* its report is the lead's */
            TRY(miss(l, a, kind, unit, area->no));
        }
    }
    return ok();
}

result plan_reports(struct city *c, struct tx *tx, struct arena *a, const struct plan *p, const struct plan_task *tasks,
                    size_t ntasks, struct slice period, struct plan_report **out, size_t *n)
{
    struct looking l = {.c = c, .tx = tx, .period = period, .cap = 2000};
    l.list = NEW_ARRAY(a, struct plan_report, l.cap);
    *out = l.list;
    *n = 0;
    if (slice_cmp(period, slice_sub(day_text(a, p->issued_on), 0, 7)) < 0) return ok();
    for (size_t i = 0; i < p->nareas; i++) {
        bool open = false;
        for (size_t k = 0; k < ntasks; k++) open = open || (tasks[k].area_no == p->areas[i].no && !tasks[k].done);
        if (!open) continue;
        TRY(miss_names(&l, a, p, &p->areas[i], "lead_report", "lead"));
        TRY(miss_names(&l, a, p, &p->areas[i], "report", "responsible"));
    }
    *n = l.n;
    return ok();
}

/* ---- GET /plan/filings ---- */

static const struct json *filing(struct city *c, struct arena *a, const struct sql_value *v)
{
    struct id by = ID_NONE;
    struct json_builder b = json_builder(a);
    (void)id_from_bytes(v[8].s, &by);
    json_set_id(&b, "id", v[0].s);
    json_set_str(&b, "kind", v[1].s);
    json_set(&b, "unit", v[2].s.n ? unit_json(a, c, v[2].s) : json_null());
    json_set_int(&b, "area_no", v[3].i);
    json_set(&b, "period", v[4].s.n ? json_of_string(a, v[4].s) : json_null());
    json_set_str(&b, "title", v[5].s);
    json_set_str(&b, "text", v[6].s);
    json_set(&b, "file", v[7].s.n ? json_of_string(a, v[7].s) : json_null());
    json_set(&b, "by", plan_who(c, a, by));
    json_set_instant(&b, "at", v[9].i);
    return json_object(&b);
}

static result missing(const struct request *q, struct slice period, const struct json **out)
{
    struct plan p;
    struct plan_task *tasks;
    struct plan_report *list;
    size_t nt, n;
    struct json_builder b = json_builder(q->a);
    TRY(plan_load(q->city, NULL, q->a, &p));
    TRY(plan_tasks(q->city, NULL, q->a, &tasks, &nt));
    TRY(plan_reports(q->city, NULL, q->a, &p, tasks, nt, period, &list, &n));
    for (size_t i = 0; i < n; i++) {
        struct json_builder o = json_builder(q->a);
        if (list[i].filed_at) continue;
        json_set_cstr(&o, "kind", list[i].kind);
        json_set(&o, "unit", unit_json(q->a, q->city, list[i].unit));
        json_set_int(&o, "area_no", list[i].area_no);
        json_add(&b, json_object(&o));
    }
    *out = json_array(&b);
    return ok();
}

static bool period_good(struct slice s)
{
    day next;
    return plan_period_next(s, &next);
}

static result filings(const struct request *q, struct reply *r)
{
    int64_t limit, area = 0;
    struct slice cursor, period = request_query(q, "period"), last;
    struct id before;
    struct rows rows;
    const struct json *absent;
    struct json_builder items = json_builder(q->a), b = json_builder(q->a);
    TRY(request_page(q, &limit, &cursor));
    TRY(page_cursor(q->a, cursor, &before));
    if (period.n && !period_good(period)) return fail(q->a, CODE_QUERY_BAD, S("period"), "value", period, NULL);
    (void)slice_int64(request_query(q, "area"), &area);
    last = period.n ? period : plan_period_before(q->a, day_of_instant(q->now));
    TRY(store_query(
        q->city->store, q->a, &FILINGS,
        BINDS(sql_id(&before), sql_int(limit + 1), sql_text(request_query(q, "kind")), sql_text(period), sql_int(area)),
        &rows));
    for (size_t i = 0; i < rows.n && (int64_t)i < limit; i++) json_add(&items, filing(q->city, q->a, row(&rows, i)));
    TRY(missing(q, last, &absent));
    json_set_str(&b, "period", last);
    json_set(&b, "missing", absent);
    r->body = json_merge(q->a, page_json(q->a, &items, &rows, limit), json_object(&b));
    return ok();
}

/* ---- POST /plan/filings ---- */

struct handing {
    const struct request *q;
    struct id id;
};

/* Whoever speaks for the unit: its head, its contact, the office for it. */
static result speaks(struct tx *tx, struct arena *a, const struct request *q, const struct plan *p, struct slice unit)
{
    struct rows r;
    const struct actor *x = q->actor;
    bool town = citydata_town(catalogue_data(q->city->catalogue), unit) != NULL;
    if (plan_supervisors(p, x)) return ok();
    if (!town && actor_has_role(x, ROLE_HEAD, unit, (struct slice){0})) return ok();
    if (town && slice_eq(x->town, unit) && actor_has_role(x, ROLE_HEAD, (struct slice){0}, unit)) return ok();
    TRY(tx_query(tx, a, &CONTACT_IS, BINDS(sql_text(unit), sql_id(&x->account)), &r));
    return r.n ? ok() : fail(a, CODE_FORBIDDEN, S("/unit"), "right", unit, NULL);
}

static result filing_check(struct arena *a, const struct plan *p, const struct json *v)
{
    struct slice kind = json_string(v, "kind"), unit = json_string(v, "unit");
    bool report = slice_is(kind, "report") || slice_is(kind, "lead_report");
    const struct plan_area *area = plan_area_find(p, json_int(v, "area_no", 0));
    if (!area)
        return fail(a, CODE_NOT_FOUND, S("/area_no"), "value",
                    arena_printf(a, "%lld", (long long)json_int(v, "area_no", 0)), NULL);
    if (report && !period_good(json_string(v, "period")))
        return fail(a, CODE_FIELD_TYPE, S("/period"), "expected", S("2021-09"), NULL);
    if (!report && json_get(v, "period")) return fail(a, CODE_FIELD_UNKNOWN, S("/period"), NULL);
    if ((slice_is(kind, "timetable") || slice_is(kind, "lead_report")) &&
        !plan_names(p, json_get(area->source, "lead"), unit))
        return fail(a, CODE_PLAN_STATE, S("/unit"), "detail_zh", S("该单位不是此领域的牵头部门"), "detail_en",
                    S("this unit does not lead the area"), NULL);
    return ok();
}

static result filing_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct handing *h = ctx;
    struct plan p;
    struct rows r;
    const struct json *v = h->q->body;
    struct slice unit = json_string(v, "unit"), file = json_string(v, "file");
    struct json_builder b = json_builder(a);
    if (!plan_unit_known(h->q->city, unit)) return fail(a, CODE_NOT_FOUND, S("/unit"), "value", unit, NULL);
    TRY(plan_load(h->q->city, tx, a, &p));
    TRY(speaks(tx, a, h->q, &p, unit));
    TRY(filing_check(a, &p, v));
    if (file.n) {
        TRY(tx_query(tx, a, &FILE_IS, BINDS(sql_text(file)), &r));
        if (!r.n) return fail(a, CODE_NOT_FOUND, S("/file"), "value", file, NULL);
    }
    h->id = id_new(h->q->now);
    TRY(tx_exec(tx, a, &FILING_ADD,
                BINDS(sql_id(&h->id), sql_text(json_string(v, "kind")), sql_text(unit),
                      sql_int(json_int(v, "area_no", 0)), sql_text(json_string(v, "period")),
                      sql_text(json_string(v, "title")), sql_text(json_string(v, "text")), sql_text(file),
                      sql_id(&h->q->actor->account), sql_int(h->q->now)),
                NULL));
    json_set_id(&b, "id", id_bytes(&h->id));
    static const char *const KEEP[] = {"kind", "unit", "area_no", "period"};
    for (int i = 0; i < 4; i++)
        if (json_get(v, KEEP[i])) json_set(&b, KEEP[i], json_get(v, KEEP[i]));
    return audit_add(tx, a, h->q->actor, h->q->now, "plan.filing", json_object(&b));
}

static result filing_add(const struct request *q, struct reply *r)
{
    struct handing h = {.q = q};
    struct json_builder b = json_builder(q->a);
    TRY(store_run(q->city->store, q->a, "plan_filing", filing_body, &h));
    json_set_id(&b, "id", id_bytes(&h.id));
    r->status = 201;
    r->body = json_object(&b);
    return ok();
}

/* ---- contacts ---- */

static const struct json *contacts_of(const struct request *q, const struct rows *rows, struct slice unit,
                                      const char *kind)
{
    struct json_builder b = json_builder(q->a), list = json_builder(q->a);
    for (size_t i = 0; i < rows->n; i++) {
        struct id who;
        struct slice email, phone;
        if (!slice_eq(row(rows, i)[0].s, unit) || !id_from_bytes(row(rows, i)[1].s, &who)) continue;
        struct json_builder o = json_builder(q->a);
        if (!failed(account_contact(q->city, q->a, who, &email, &phone))) json_set_str(&o, "phone", phone);
        json_add(&list, json_merge(q->a, plan_who(q->city, q->a, who), json_object(&o)));
    }
    json_set_cstr(&b, "kind", kind);
    json_set(&b, "contacts", json_array(&list));
    return json_merge(q->a, unit_json(q->a, q->city, unit), json_object(&b));
}

/* All departments that the plan names, and all towns: who has none named is seen at once. */
static result contacts(const struct request *q, struct reply *r)
{
    struct rows rows;
    struct plan p;
    const struct citydata *d = catalogue_data(q->city->catalogue);
    struct json_builder items = json_builder(q->a), b = json_builder(q->a), all = json_builder(q->a);
    TRY(plan_load(q->city, NULL, q->a, &p));
    TRY(store_query(q->city->store, q->a, &CONTACTS, NULL, 0, &rows));
    for (size_t i = 0; i < p.nbodies; i++) json_add(&all, json_of_string(q->a, p.bodies[i].name));
    const struct json *names = json_array(&all);
    for (size_t i = 0; i < d->ndepartments; i++)
        if (plan_names(&p, names, d->departments[i].code))
            json_add(&items, contacts_of(q, &rows, d->departments[i].code, "department"));
    for (size_t i = 0; i < d->ntowns; i++) json_add(&items, contacts_of(q, &rows, d->towns[i].code, "town"));
    json_set(&b, "items", json_array(&items));
    r->body = json_object(&b);
    return ok();
}

static result contact_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct handing *h = ctx;
    struct plan p;
    const struct json *v = h->q->body;
    struct slice unit = json_string(v, "unit");
    bool drop = json_bool(v, "remove", false);
    struct json_builder b = json_builder(a);
    if (!plan_unit_known(h->q->city, unit)) return fail(a, CODE_NOT_FOUND, S("/unit"), "value", unit, NULL);
    TRY(plan_load(h->q->city, tx, a, &p));
    TRY(speaks(tx, a, h->q, &p, unit));
    if (drop)
        TRY(tx_exec(tx, a, &CONTACT_DROP, BINDS(sql_text(unit), sql_id(&h->id)), NULL));
    else
        TRY(tx_exec(tx, a, &CONTACT_ADD, BINDS(sql_text(unit), sql_id(&h->id), sql_int(h->q->now)), NULL));
    json_set_str(&b, "unit", unit);
    json_set_id(&b, "account", id_bytes(&h->id));
    json_set_bool(&b, "remove", drop);
    return audit_add(tx, a, h->q->actor, h->q->now, "plan.contact", json_object(&b));
}

static result contact(const struct request *q, struct reply *r)
{
    struct handing h = {.q = q};
    struct actor who;
    struct slice login = json_string(q->body, "login");
    TRY(actor_of_login(q->city, q->a, login, &who));
    if (who.kind != ACTOR_STAFF) return fail(q->a, CODE_NOT_FOUND, S("/login"), "value", login, NULL);
    h.id = who.account;
    r->status = 204;
    return store_run(q->city->store, q->a, "plan_contact", contact_body, &h);
}

static const struct query_parameter QUERY[] = {
    {.name = "kind",
     .help_zh = "种类",
     .help_en = "only this kind",
     .choices = "plan|timetable|report|lead_report|circular"},
    {.name = "period",
     .help_zh = "月份，如 2021-09（缺报名单默认为上月）",
     .help_en = "month, e.g. 2021-09 (what is missing: of last month when left out)",
     .most = 7},
    {.name = "area",
     .help_zh = "领域编号",
     .help_en = "number of the area",
     .type = QUERY_INTEGER,
     .least = 1,
     .most = 999},
    QUERY_LIMIT,
    QUERY_CURSOR,
    {.name = NULL},
};

const struct endpoint EP_PLAN_FILINGS = {
    .method = "GET",
    .path = "/plan/filings",
    .right = {RIGHT_STAFF, 0, false},
    .summary_zh = "报送的方案、时间表、进展及缺报名单",
    .summary_en = "Plans, timetables and reports filed, and which are missing",
    .query = QUERY,
    .reply_schema =
        "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"next\":{"
        "\"type\":[\"string\",\"null\"]},\"period\":{\"type\":\"string\"},\"missing\":{\"type\":\"array\",\"items\":{"
        "\"type\":\"object\"}}}}",
    .handle = filings};
const struct endpoint EP_PLAN_FILING_ADD = {
    .method = "POST",
    .path = "/plan/filings",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "报送细化方案、时间表或进展",
    .summary_en = "File a plan, a timetable or a report",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"kind\",\"unit\",\"area_no\",\"title\"],"
        "\"properties\":{\"kind\":{\"enum\":[\"plan\",\"timetable\",\"report\",\"lead_report\"]},\"unit\":{\"type\":"
        "\"string\",\"maxLength\":40},\"area_no\":{\"type\":\"integer\"},\"period\":{\"type\":\"string\",\"maxLength\":7},"
        "\"title\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":200},\"text\":{\"type\":\"string\",\"maxLength\":"
        "20000},\"file\":{\"type\":\"string\",\"maxLength\":64}}}",
    .reply_schema = "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"}}}",
    .handle = filing_add};
const struct endpoint EP_PLAN_CONTACTS = {
    .method = "GET",
    .path = "/plan/contacts",
    .right = {RIGHT_STAFF, 0, false},
    .summary_zh = "各部门、镇街的联络员",
    .summary_en = "Contacts of departments and towns",
    .reply_schema =
        "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}",
    .handle = contacts};
const struct endpoint EP_PLAN_CONTACT = {
    .method = "POST",
    .path = "/plan/contacts",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "指定或撤销联络员",
    .summary_en = "Name a contact, or take the name back",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"unit\",\"login\"],\"properties\":{\"unit\":{"
        "\"type\":\"string\",\"maxLength\":40},\"login\":{\"type\":\"string\",\"maxLength\":64},\"remove\":{\"type\":"
        "\"boolean\"}}}",
    .handle = contact};
