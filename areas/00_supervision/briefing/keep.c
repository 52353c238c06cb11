/* The table of briefings: who may make and issue them, and the states that they go through. */
#include "areas/00_supervision/briefing/briefing.h"

#include "city/identity/identity.h"
#include "city/rights/rights.h"
#include "city/sql.h"
#include "trust/crypto.h"

const struct migration BRIEFING_MIGRATIONS[BRIEFING_NMIGRATIONS] = {
    {"briefing", 1, "briefings",
     "-- retention: for ever; papers that the city issued (archives law). No personal data: who acted stands as the id of a staff account\n"
     "CREATE TABLE briefing (id {BLOB} PRIMARY KEY, month {INT} NOT NULL, state {INT} NOT NULL, step {TEXT} NOT NULL, error {TEXT} NOT NULL,"
     " year {INT} NOT NULL, number {INT} NOT NULL, total {INT} NOT NULL, token {TEXT} NOT NULL, foreword {TEXT} NOT NULL, figures {TEXT} NOT NULL,"
     " pdf {BLOB}, sha256 {TEXT} NOT NULL, record {TEXT} NOT NULL, signatures {TEXT} NOT NULL, made_by {BLOB}, made_at {INT} NOT NULL,"
     " edited_by {BLOB}, issued_by {BLOB}, issued_at {INT} NOT NULL, due_at {INT}, lease_until {INT}, lease_owner {BLOB});\n"
     "CREATE UNIQUE INDEX briefing_month ON briefing (month);\n"
     "CREATE UNIQUE INDEX briefing_token ON briefing (token);\n"
     "CREATE UNIQUE INDEX briefing_number ON briefing (year, number) WHERE number > 0;\n"
     "CREATE INDEX briefing_due ON briefing (due_at);\n",
     NULL},
};

#define COLUMNS                                                                                                        \
    "id, month, state, step, error, year, number, total, token, foreword, figures, sha256, record, made_by, made_at, " \
    "edited_by, issued_by, issued_at, CASE WHEN pdf IS NULL THEN 0 ELSE 1 END"
static const struct stmt BY_ID = {"briefing_by_id", "SELECT " COLUMNS " FROM briefing WHERE id = ?1", NULL, false};
static const struct stmt OF_MONTH = {"briefing_by_month", "SELECT " COLUMNS " FROM briefing WHERE month = ?1", NULL,
                                     false};
static const struct stmt PDF = {"briefing_pdf", "SELECT pdf FROM briefing WHERE id = ?1 AND pdf IS NOT NULL", NULL,
                                false};
static const struct stmt BY_TOKEN = {"briefing_by_token", "SELECT id FROM briefing WHERE token = ?1 AND state = 3",
                                     NULL, false};
static const struct stmt ADD = {
    "briefing_add",
    "INSERT INTO briefing (id, month, state, step, error, year, number, total, token, foreword, figures, sha256, record, signatures, made_by,"
    " made_at, issued_at, due_at) VALUES (?1,?2,0,'figures','',0,0,0,?3,'','','','','',?4,?5,0,?5)",
    NULL, false};
static const struct stmt AGAIN = {
    "briefing_again",
    "UPDATE briefing SET state = 0, step = 'figures', error = '', figures = '', made_by = ?2, made_at = ?3, due_at = ?3, lease_until = NULL, lease_owner = NULL"
    " WHERE id = ?1 AND state IN (0, 1)",
    NULL, false};
static const struct stmt FOREWORD = {
    "briefing_foreword",
    "UPDATE briefing SET state = 0, step = 'layout', error = '', foreword = ?2, edited_by = ?3, due_at = ?4, lease_until = NULL, lease_owner = NULL"
    " WHERE id = ?1 AND state = 1",
    NULL, false};
static const struct stmt LAST = {
    "briefing_last",
    "SELECT CAST(COALESCE(MAX(CASE WHEN year = ?1 THEN number ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(MAX(total), 0) AS BIGINT)"
    " FROM briefing",
    NULL, false};
static const struct stmt ISSUE = {
    "briefing_issue",
    "UPDATE briefing SET state = 2, step = 'layout', error = '', year = ?2, number = ?3, total = ?4, issued_by = ?5, issued_at = ?6,"
    " due_at = ?6, lease_until = NULL, lease_owner = NULL WHERE id = ?1 AND state = 1",
    NULL, false};
static const struct stmt ISSUE_AGAIN = {
    "briefing_issue_again",
    "UPDATE briefing SET error = '', due_at = ?2, lease_until = NULL, lease_owner = NULL WHERE id = ?1 AND state = 2 AND error <> ''",
    NULL, false};

static void read(const struct sql_value *v, struct briefing *b)
{
    *b = (struct briefing){.month = v[1].i,
                           .state = (enum brief_state)v[2].i,
                           .step = v[3].s,
                           .error = v[4].s,
                           .year = v[5].i,
                           .number = v[6].i,
                           .total = v[7].i,
                           .token = v[8].s,
                           .foreword = v[9].s,
                           .figures = v[10].s,
                           .sha256 = v[11].s,
                           .record = v[12].s,
                           .made_at = v[14].i,
                           .issued_at = v[17].i,
                           .has_pdf = v[18].i != 0};
    (void)id_from_bytes(v[0].s, &b->id);
    (void)id_from_bytes(v[13].s, &b->made_by);
    (void)id_from_bytes(v[15].s, &b->edited_by);
    (void)id_from_bytes(v[16].s, &b->issued_by);
}

result brief_load(struct city *c, struct tx *tx, struct arena *a, const struct id *id, int64_t month,
                  struct briefing *out)
{
    struct rows r;
    struct sql_value v = id ? sql_id(id) : sql_int(month);
    const struct stmt *s = id ? &BY_ID : &OF_MONTH;
    TRY(tx ? tx_query(tx, a, s, &v, 1, &r) : store_query(c->store, a, s, &v, 1, &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("briefing"), "value", id ? id_text(a, *id) : month_text(a, month), NULL);
    read(row(&r, 0), out);
    return ok();
}

result brief_pdf(struct city *c, struct arena *a, struct id id, struct slice *pdf)
{
    struct rows r;
    TRY(store_query(c->store, a, &PDF, BINDS(sql_id(&id)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("pdf"), "value", id_text(a, id), NULL);
    *pdf = row(&r, 0)[0].s;
    return ok();
}

struct slice brief_number(struct arena *a, const struct briefing *b)
{
    if (!b->number) return S("");
    return arena_printf(a, "%lld年第%lld期（总第%lld期）", (long long)b->year, (long long)b->number,
                        (long long)b->total);
}

struct slice brief_url(struct arena *a, const struct city *c, const struct briefing *b)
{
    return arena_printf(a, "%.*s/verify/%.*s", SLICE_ARG(c->base_url), SLICE_ARG(b->token));
}

/* ---- who may ---- */

static bool is_leader(const struct plan *p, const struct actor *x)
{
    for (size_t i = 0; i < p->nleaders; i++)
        if (id_eq(p->leaders[i].account, x->account)) return true;
    return false;
}

bool brief_may_make(const struct plan *p, const struct actor *x)
{
    return (plan_supervisors(p, x) & PARTY_OFFICE) != 0;
}

bool brief_may_issue(const struct plan *p, const struct actor *x)
{
    return brief_may_make(p, x) || is_leader(p, x);
}

bool brief_may_read(const struct plan *p, const struct actor *x)
{
    for (size_t i = 0; i < x->ngrants; i++)
        if (x->grants[i].role == ROLE_HEAD || x->grants[i].role == ROLE_AUDITOR) return true;
    return brief_may_issue(p, x);
}

static result office_only(struct city *c, struct tx *tx, struct arena *a, const struct actor *x)
{
    struct plan p;
    TRY(plan_load(c, tx, a, &p));
    return brief_may_make(&p, x) ? ok() : fail(a, CODE_FORBIDDEN, S("briefing"), "right", S("plan office"), NULL);
}

static result wrong_state(struct arena *a, const char *zh, const char *en)
{
    return fail(a, CODE_BRIEFING_STATE, S("briefing"), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

/* ---- acts ---- */

struct act {
    struct city *c;
    const struct actor *x;
    struct id id;
    int64_t month;
    struct slice text;
    instant now;
};

static result noted(struct tx *tx, struct arena *a, const struct act *m, const char *action, int64_t month)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "month", month_text(a, month));
    return audit_add(tx, a, m->x, m->now, action, json_object(&b));
}

static result make_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct act *m = ctx;
    struct briefing b;
    int64_t n = 1;
    TRY(office_only(m->c, tx, a, m->x));
    result r = brief_load(m->c, tx, a, NULL, m->month, &b);
    if (result_code(r) == CODE_NOT_FOUND) {
        m->id = id_new(m->now);
        TRY(tx_exec(tx, a, &ADD,
                    BINDS(sql_id(&m->id), sql_int(m->month), sql_text(random_token(a, 18)), sql_id(&m->x->account),
                          sql_int(m->now)),
                    NULL));
        return noted(tx, a, m, "briefing.make", m->month);
    }
    TRY(r);
    m->id = b.id;
    TRY(tx_exec(tx, a, &AGAIN, BINDS(sql_id(&b.id), sql_id(&m->x->account), sql_int(m->now)), &n));
    if (!n) return wrong_state(a, "本月简报已签发，不能重新生成", "the briefing of this month has been issued");
    return noted(tx, a, m, "briefing.make", m->month);
}

result brief_make(struct city *c, struct arena *a, const struct actor *x, int64_t month, instant now, struct id *id)
{
    struct act m = {.c = c, .x = x, .month = month, .now = now};
    struct brief_month when;
    TRY(brief_month_of(a, month, now, &when));
    TRY(store_run(c->store, a, "briefing_make", make_body, &m));
    *id = m.id;
    return ok();
}

static result foreword_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct act *m = ctx;
    struct briefing b;
    int64_t n;
    TRY(office_only(m->c, tx, a, m->x));
    TRY(brief_load(m->c, tx, a, &m->id, 0, &b));
    TRY(tx_exec(tx, a, &FOREWORD, BINDS(sql_id(&m->id), sql_text(m->text), sql_id(&m->x->account), sql_int(m->now)),
                &n));
    if (!n)
        return wrong_state(a, "只有排好版的草稿可以改导语", "the foreword is written into a draft that is laid out");
    return noted(tx, a, m, "briefing.foreword", b.month);
}

result brief_foreword(struct city *c, struct arena *a, const struct actor *x, struct id id, struct slice text,
                      instant now)
{
    struct act m = {.c = c, .x = x, .id = id, .text = text, .now = now};
    return store_run(c->store, a, "briefing_foreword", foreword_body, &m);
}

static result issue_check(struct tx *tx, struct arena *a, const struct act *m, struct briefing *b)
{
    struct plan p;
    struct brief_month when;
    TRY(plan_load(m->c, tx, a, &p));
    if (!brief_may_issue(&p, m->x))
        return fail(a, CODE_FORBIDDEN, S("briefing"), "right", S("plan office or leader"), NULL);
    TRY(brief_load(m->c, tx, a, &m->id, 0, b));
    if (id_eq(m->x->account, b->made_by) || (!id_is_none(b->edited_by) && id_eq(m->x->account, b->edited_by)))
        return fail(a, CODE_TWO_PEOPLE, S("briefing"), NULL);
    TRY(brief_month_of(a, b->month, m->now, &when));
    if (when.as_of < when.to) return wrong_state(a, "本月尚未结束，不能签发", "the month is not over");
    const struct json *figures;
    if (b->state != BRIEF_DRAFT) return ok();
    TRY(json_parse(a, b->figures, BRIEF_FIGURES_MAX, S("figures"), &figures));
    if (!json_bool(figures, "complete", false))
        return wrong_state(a, "草稿是在月末之前生成的，请重新生成后再签发",
                           "the draft was made before the month was over: make it again");
    return ok();
}

static result issue_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct act *m = ctx;
    struct briefing b;
    struct rows r;
    int64_t n, year = civil_of_instant(m->now).year;
    TRY(issue_check(tx, a, m, &b));
    TRY(tx_query(tx, a, &LAST, BINDS(sql_int(year)), &r));
    TRY(tx_exec(tx, a, &ISSUE,
                BINDS(sql_id(&m->id), sql_int(year), sql_int(row(&r, 0)[0].i + 1), sql_int(row(&r, 0)[1].i + 1),
                      sql_id(&m->x->account), sql_int(m->now)),
                &n));
    if (!n) TRY(tx_exec(tx, a, &ISSUE_AGAIN, BINDS(sql_id(&m->id), sql_int(m->now)), &n));
    if (!n) return wrong_state(a, "只有排好版的草稿可以签发", "only a draft that is laid out can be issued");
    return noted(tx, a, m, "briefing.issue", b.month);
}

result brief_issue(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now)
{
    struct act m = {.c = c, .x = x, .id = id, .now = now};
    return store_run(c->store, a, "briefing_issue", issue_body, &m);
}

/* ---- for the public verification ---- */

result brief_area_paper(struct city *c, struct arena *a, struct slice token, struct slice id, struct area_paper *out)
{
    struct rows r = {.n = 0};
    struct briefing b;
    struct id of = ID_NONE;
    if (token.n) TRY(store_query(c->store, a, &BY_TOKEN, BINDS(sql_text(token)), &r));
    if (r.n)
        (void)id_from_bytes(row(&r, 0)[0].s, &of);
    else if (token.n || !id_scan(id, &of))
        return ok();
    result found = brief_load(c, NULL, a, &of, 0, &b);
    if (result_code(found) == CODE_NOT_FOUND || (!failed(found) && b.state != BRIEF_ISSUED)) return ok();
    TRY(found);
    TRY(brief_pdf(c, a, of, &out->bytes));
    out->number = brief_number(a, &b);
    out->sha256 = b.sha256;
    out->title_zh = brief_title(a, b.month).zh;
    out->title_en = brief_title(a, b.month).en;
    out->at = b.issued_at;
    return ok();
}
