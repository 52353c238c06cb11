/* Briefings over HTTP: for the office, heads and leaders; and those issued for everybody. */
#include "areas/00_supervision/briefing/briefing.h"

#include "city/sql.h"

static const struct stmt LIST = {"briefing_list", "SELECT id, id FROM briefing WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
                                 NULL, false};
static const struct stmt PUBLIC = {"briefing_public",
                                   "SELECT id, id FROM briefing WHERE state = 3 AND id < ?1 ORDER BY id DESC LIMIT ?2",
                                   NULL, false};

static const char *const STATES[] = {"making", "draft", "issuing", "issued"};

static const struct json *error_json(struct arena *a, struct slice kept)
{
    const struct json *v;
    return kept.n && !failed(json_parse(a, kept, 1 << 16, S("error"), &v)) ? v : json_null();
}

static const struct json *may(struct arena *a, const struct plan *p, const struct actor *x, const struct briefing *b)
{
    struct json_builder o = json_builder(a);
    bool own = id_eq(x->account, b->made_by) || (!id_is_none(b->edited_by) && id_eq(x->account, b->edited_by));
    bool make = brief_may_make(p, x), issue = brief_may_issue(p, x);
    json_set_bool(&o, "make", make && b->state <= BRIEF_DRAFT);
    json_set_bool(&o, "foreword", make && b->state == BRIEF_DRAFT);
    json_set_bool(&o, "issue", issue && !own && (b->state == BRIEF_DRAFT || (b->state == BRIEF_ISSUING && b->error.n)));
    json_set_bool(&o, "own", own);
    return json_object(&o);
}

static void set_public(struct city *c, struct json_builder *o, const struct briefing *b)
{
    json_set_str(o, "id", id_text(o->a, b->id));
    json_set_str(o, "month", month_text(o->a, b->month));
    json_set(o, "title", bitext_json(o->a, brief_title(o->a, b->month)));
    json_set_str(o, "number", brief_number(o->a, b));
    json_set_instant(o, "issued_at", b->issued_at);
    json_set_str(o, "sha256", b->state == BRIEF_ISSUED ? b->sha256 : S(""));
    json_set(o, "verify_url", b->state == BRIEF_ISSUED ? json_of_string(o->a, brief_url(o->a, c, b)) : json_null());
}

static const struct json *briefing_json(const struct request *q, const struct plan *p, const struct briefing *b)
{
    struct json_builder o = json_builder(q->a);
    const struct json *figures = NULL;
    set_public(q->city, &o, b);
    json_set_cstr(&o, "state", STATES[b->state]);
    json_set_str(&o, "step", b->step);
    json_set(&o, "error", error_json(q->a, b->error));
    json_set_str(&o, "foreword", b->foreword);
    json_set_bool(&o, "pdf", b->has_pdf);
    json_set(&o, "made_by", plan_who(q->city, q->a, b->made_by));
    json_set_instant(&o, "made_at", b->made_at);
    json_set(&o, "issued_by", plan_who(q->city, q->a, b->issued_by));
    if (b->figures.n && !failed(json_parse(q->a, b->figures, BRIEF_FIGURES_MAX, S("figures"), &figures)))
        json_set_bool(&o, "complete", json_bool(figures, "complete", false));
    json_set(&o, "may", may(q->a, p, q->actor, b));
    return json_object(&o);
}

/* None: nobody of it is there. */
static result plan_of(const struct request *q, struct plan *p)
{
    result r = plan_load(q->city, NULL, q->a, p);
    return result_code(r) == CODE_PLAN_NONE ? ok() : r;
}

static result find(const struct request *q, struct briefing *b)
{
    struct id id;
    if (!id_scan(q->params[0], &id))
        return fail(q->a, CODE_NOT_FOUND, S("briefing"), "value", slice_sub(q->params[0], 0, 60), NULL);
    return brief_load(q->city, NULL, q->a, &id, 0, b);
}

/* What is issued is read by all staff, a draft by few. */
static result find_readable(const struct request *q, struct plan *p, struct briefing *b)
{
    TRY(plan_of(q, p));
    TRY(find(q, b));
    if (b->state == BRIEF_ISSUED || brief_may_read(p, q->actor)) return ok();
    return fail(q->a, CODE_FORBIDDEN, S("briefing"), "right", S("head"), NULL);
}

static result list(const struct request *q, struct reply *r)
{
    struct plan p = {.nareas = 0};
    struct rows rows;
    struct id before;
    int64_t limit;
    struct slice cursor;
    struct json_builder items = json_builder(q->a), o = json_builder(q->a);
    TRY(plan_of(q, &p));
    TRY(request_page(q, &limit, &cursor));
    TRY(page_cursor(q->a, cursor, &before));
    TRY(store_query(q->city->store, q->a, brief_may_read(&p, q->actor) ? &LIST : &PUBLIC,
                    BINDS(sql_id(&before), sql_int(limit + 1)), &rows));
    for (size_t i = 0; i < rows.n && (int64_t)i < limit; i++) {
        struct id id;
        struct briefing b;
        (void)id_from_bytes(row(&rows, i)[0].s, &id);
        TRY(brief_load(q->city, NULL, q->a, &id, 0, &b));
        json_add(&items, briefing_json(q, &p, &b));
    }
    json_set_bool(&o, "make", brief_may_make(&p, q->actor));
    r->body = json_merge(q->a, page_json(q->a, &items, &rows, limit), json_object(&o));
    return ok();
}

static result answer(const struct request *q, struct id id, struct reply *r)
{
    struct plan p;
    struct briefing b;
    TRY(plan_load(q->city, NULL, q->a, &p));
    TRY(brief_load(q->city, NULL, q->a, &id, 0, &b));
    r->body = briefing_json(q, &p, &b);
    return ok();
}

static result make(const struct request *q, struct reply *r)
{
    int64_t month;
    struct id id;
    struct slice text = json_string(q->body, "month");
    if (!month_scan(text, &month)) return fail(q->a, CODE_BRIEFING_MONTH, S("/month"), "value", text, NULL);
    TRY(brief_make(q->city, q->a, q->actor, month, q->now, &id));
    r->status = 202;
    return answer(q, id, r);
}

static result one(const struct request *q, struct reply *r)
{
    struct plan p = {.nareas = 0};
    struct briefing b;
    TRY(find_readable(q, &p, &b));
    r->body = briefing_json(q, &p, &b);
    return ok();
}

static result send(const struct request *q, const struct briefing *b, struct reply *r)
{
    TRY(brief_pdf(q->city, q->a, b->id, &r->bytes));
    r->content_type = S("application/pdf");
    r->filename = arena_printf(q->a, "%.*s%s.pdf", SLICE_ARG(brief_title(q->a, b->month).zh),
                               b->state == BRIEF_ISSUED ? "" : "（草稿）");
    return ok();
}

static result pdf(const struct request *q, struct reply *r)
{
    struct plan p = {.nareas = 0};
    struct briefing b;
    TRY(find_readable(q, &p, &b));
    return send(q, &b, r);
}

static result foreword(const struct request *q, struct reply *r)
{
    struct briefing b;
    TRY(find(q, &b));
    TRY(brief_foreword(q->city, q->a, q->actor, b.id, json_string(q->body, "text"), q->now));
    return answer(q, b.id, r);
}

static result issue(const struct request *q, struct reply *r)
{
    struct briefing b;
    TRY(find(q, &b));
    TRY(brief_issue(q->city, q->a, q->actor, b.id, q->now));
    r->status = 202;
    return answer(q, b.id, r);
}

static result compare(const struct request *q, struct reply *r)
{
    struct plan p = {.nareas = 0};
    struct briefing b;
    TRY(find_readable(q, &p, &b));
    return brief_compare(q->city, q->a, &b, q->now, &r->body);
}

static result everybody(const struct request *q, struct reply *r)
{
    struct rows rows;
    struct id before;
    int64_t limit;
    struct slice cursor;
    struct json_builder items = json_builder(q->a);
    TRY(request_page(q, &limit, &cursor));
    TRY(page_cursor(q->a, cursor, &before));
    TRY(store_query(q->city->store, q->a, &PUBLIC, BINDS(sql_id(&before), sql_int(limit + 1)), &rows));
    for (size_t i = 0; i < rows.n && (int64_t)i < limit; i++) {
        struct json_builder o = json_builder(q->a);
        struct id id;
        struct briefing b;
        (void)id_from_bytes(row(&rows, i)[0].s, &id);
        TRY(brief_load(q->city, NULL, q->a, &id, 0, &b));
        set_public(q->city, &o, &b);
        json_add(&items, json_object(&o));
    }
    r->body = page_json(q->a, &items, &rows, limit);
    return ok();
}

static result public_pdf(const struct request *q, struct reply *r)
{
    struct briefing b;
    TRY(find(q, &b));
    if (b.state != BRIEF_ISSUED) return fail(q->a, CODE_NOT_FOUND, S("briefing"), "value", q->params[0], NULL);
    return send(q, &b, r);
}

#define STAFF               \
    {                       \
        .kind = RIGHT_STAFF \
    }
#define EVERYBODY            \
    {                        \
        .kind = RIGHT_PUBLIC \
    }
#define TEXT2 "{\"type\":\"object\",\"required\":[\"zh\",\"en\"]}"
#define COMMON                                                                                                           \
    "\"id\":{\"type\":\"string\"},\"month\":{\"type\":\"string\"},\"title\":" TEXT2                                      \
    ",\"number\":{\"type\":\"string\"},\"issued_at\":{\"type\":[\"string\",\"null\"]},\"sha256\":{\"type\":\"string\"}," \
    "\"verify_url\":{\"type\":[\"string\",\"null\"]}"
#define BRIEFING                                                                                                                     \
    "{\"type\":\"object\",\"required\":[\"id\",\"month\",\"state\",\"may\"],\"properties\":{" COMMON                                 \
    ",\"state\":{\"enum\":[\"making\",\"draft\",\"issuing\",\"issued\"]},\"step\":{\"enum\":[\"\",\"figures\",\"layout\","           \
    "\"signing\"]},\"error\":{\"type\":[\"object\",\"null\"]},\"foreword\":{\"type\":\"string\"},\"pdf\":{\"type\":\"boolean\"},"    \
    "\"complete\":{\"type\":\"boolean\"},\"made_by\":{\"type\":[\"object\",\"null\"]},\"made_at\":{\"type\":[\"string\",\"null\"]}," \
    "\"issued_by\":{\"type\":[\"object\",\"null\"]},\"may\":{\"type\":\"object\"}}}"

const struct endpoint EP_BRIEFINGS = {
    .method = "GET",
    .path = "/briefings",
    .right = STAFF,
    .summary_zh = "每月简报：草稿和已签发的",
    .summary_en = "Monthly briefings, drafts and issues",
    .query = QUERY_PAGE,
    .reply_schema = "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":" BRIEFING
                    "},\"make\":{\"type\":\"boolean\"},\"next\":{\"type\":[\"string\",\"null\"]}}}",
    .handle = list};
const struct endpoint EP_BRIEFING_MAKE = {
    .method = "POST",
    .path = "/briefings",
    .right = STAFF,
    .flags = EP_JSON_BODY,
    .summary_zh = "生成某月简报的草稿（由后台完成）",
    .summary_en = "Make the draft of a month (done by the worker)",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"month\"],\"properties\":{\"month\":{"
        "\"type\":\"string\",\"minLength\":7,\"maxLength\":7}}}",
    .reply_schema = BRIEFING,
    .handle = make};
const struct endpoint EP_BRIEFING = {.method = "GET",
                                     .path = "/briefings/{id}",
                                     .right = STAFF,
                                     .summary_zh = "一期简报",
                                     .summary_en = "One briefing",
                                     .reply_schema = BRIEFING,
                                     .handle = one};
const struct endpoint EP_BRIEFING_PDF = {.method = "GET",
                                         .path = "/briefings/{id}/pdf",
                                         .right = STAFF,
                                         .summary_zh = "简报的 PDF",
                                         .summary_en = "The briefing as PDF",
                                         .handle = pdf};
const struct endpoint EP_BRIEFING_FOREWORD = {
    .method = "PUT",
    .path = "/briefings/{id}/foreword",
    .right = STAFF,
    .flags = EP_JSON_BODY,
    .summary_zh = "写草稿的导语",
    .summary_en = "Write the foreword of a draft",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"text\"],\"properties\":{\"text\":{"
        "\"type\":\"string\",\"maxLength\":2000}}}",
    .reply_schema = BRIEFING,
    .handle = foreword};
const struct endpoint EP_BRIEFING_ISSUE = {.method = "POST",
                                           .path = "/briefings/{id}/issue",
                                           .right = STAFF,
                                           .flags = EP_JSON_BODY,
                                           .summary_zh = "签发（须由另一人）",
                                           .summary_en = "Issue it (by a second person)",
                                           .request_schema = "{\"type\":\"object\",\"additionalProperties\":false}",
                                           .reply_schema = BRIEFING,
                                           .handle = issue};
const struct endpoint EP_BRIEFING_COMPARE = {
    .method = "GET",
    .path = "/briefings/{id}/comparison",
    .right = STAFF,
    .summary_zh = "重新计算，与简报中的数据比较",
    .summary_en = "The figures anew, beside those of the briefing",
    .reply_schema =
        "{\"type\":\"object\",\"required\":[\"same\",\"differences\"],\"properties\":{\"same\":{\"type\":\"boolean\"},\"layout\":{"
        "\"enum\":[\"same\",\"different\",null]},\"differences\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}",
    .handle = compare};
const struct endpoint EP_BRIEFINGS_PUBLIC = {
    .method = "GET",
    .path = "/public/briefings",
    .right = EVERYBODY,
    .summary_zh = "已签发的简报",
    .summary_en = "Briefings that were issued",
    .query = QUERY_PAGE,
    .reply_schema = "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
                    "\"properties\":{" COMMON "}}},\"next\":{\"type\":[\"string\",\"null\"]}}}",
    .handle = everybody};
const struct endpoint EP_BRIEFING_PUBLIC_PDF = {.method = "GET",
                                                .path = "/public/briefings/{id}/pdf",
                                                .right = EVERYBODY,
                                                .summary_zh = "已签发简报的 PDF",
                                                .summary_en = "An issued briefing as PDF",
                                                .handle = public_pdf};

static const struct endpoint *const ENDPOINTS[] = {
    &EP_BRIEFINGS,      &EP_BRIEFING_MAKE,    &EP_BRIEFING,         &EP_BRIEFING_PDF,       &EP_BRIEFING_FOREWORD,
    &EP_BRIEFING_ISSUE, &EP_BRIEFING_COMPARE, &EP_BRIEFINGS_PUBLIC, &EP_BRIEFING_PUBLIC_PDF};

const struct area AREA_BRIEFING = {.number = 0,
                                   .name_zh = "简报",
                                   .name_en = "Briefings",
                                   .migrations = BRIEFING_MIGRATIONS,
                                   .nmigrations = BRIEFING_NMIGRATIONS,
                                   .endpoints = {ENDPOINTS, sizeof ENDPOINTS / sizeof *ENDPOINTS},
                                   .work = brief_work,
                                   .paper = brief_area_paper};
