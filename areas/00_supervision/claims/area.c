/* Share of the platform, and claims against cases: endpoints and table. */
#include "areas/00_supervision/claims/claims.h"
#include "trust/crypto.h"

enum { MONTHS_DEFAULT = 12, MONTHS_MAX = 36 };

/* `ended`: months that are over, for departments tell of a month when it is. */
static result period_of(const struct request *q, bool ended, struct period *p)
{
    struct civil t = civil_of_instant(q->now);
    struct slice from = request_query(q, "from"), to = request_query(q, "to");
    p->to = month_add(t.year * 100 + t.month, ended ? -1 : 0);
    if (to.n && !month_scan(to, &p->to))
        return fail(q->a, CODE_QUERY_BAD, S("to"), "value", slice_sub(to, 0, 60), NULL);
    p->from = month_add(p->to, 1 - MONTHS_DEFAULT);
    bool good = !from.n || month_scan(from, &p->from);
    if (good && months_between(*p) >= 1 && months_between(*p) <= MONTHS_MAX) return ok();
    return fail(q->a, CODE_QUERY_BAD, S("from"), "value", slice_sub(from, 0, 60), NULL);
}

static result share(const struct request *q, struct reply *r)
{
    struct period p;
    TRY(period_of(q, true, &p));
    return share_reply(q->city, q->a, p, request_query(q, "department"), request_query(q, "service"), &r->body);
}

static result tell(const struct request *q, struct reply *r)
{
    struct own_figures f;
    struct slice name = request_query(q, "name");
    TRY(own_read(q->a, name.n ? name : S("file"), q->body_bytes, &f));
    r->status = 201;
    return own_import(q->city, q->a, q->actor, &f, crypto_sha256_hex(q->a, q->body_bytes), q->now, &r->body);
}

static result list(const struct request *q, struct reply *r)
{
    struct period p;
    TRY(period_of(q, false, &p));
    return claims_reply(q->city, q->a, p, request_query(q, "verdict"), request_query(q, "department"), &r->body);
}

static result cases(const struct request *q, struct reply *r)
{
    struct period p;
    int64_t limit;
    struct slice cursor;
    enum claim claim = CLAIM_ONLINE;
    bool named = claim_scan(request_query(q, "claim"), &claim);
    TRY(period_of(q, false, &p));
    TRY(request_page(q, &limit, &cursor));
    bool against = named && !slice_is(request_query(q, "which"), "all");
    return claims_cases(q->city, q->a, q->actor, q->params[0], claim, against, p, limit, cursor, &r->body);
}

static result measured(const struct request *q, struct reply *r)
{
    struct period p;
    TRY(period_of(q, false, &p));
    return claims_measured(q->city, q->a, q->params[0], p, &r->body);
}

#define FIRST                                                 \
    .help_zh = "起始月份，2021-01；默认为截止月份前 11 个月", \
    .help_en = "first month, 2021-01; else eleven before the last", .most = 7
#define DEPARTMENT .help_zh = "部门代码", .help_en = "code of a department", .most = 40
static const struct query_parameter SHARE_QUERY[] = {
    {.name = "from", FIRST},
    {.name = "to",
     .help_zh = "截止月份；默认为上月（部门在月后报送）",
     .help_en = "last month; else the one before this (departments tell when it is over)",
     .most = 7},
    {.name = "department", DEPARTMENT},
    {.name = "service", .help_zh = "事项代码", .help_en = "code of a service", .most = 60},
    {.name = NULL}};
static const struct query_parameter TELL_QUERY[] = {
    {.name = "name", .help_zh = "文件名", .help_en = "the file's name", .most = 120}, {.name = NULL}};
#define LAST .help_zh = "截止月份；默认为本月", .help_en = "last month; else the running one", .most = 7
static const struct query_parameter CLAIMS_QUERY[] = {{.name = "from", FIRST},
                                                      {.name = "to", LAST},
                                                      {.name = "verdict",
                                                       .help_zh = "只列与办件不符的、办件太少的、相符的",
                                                       .help_en = "those contradicted, with too few cases, that hold",
                                                       .choices = "contradicted|too_few|holds"},
                                                      {.name = "department", DEPARTMENT},
                                                      {.name = NULL}};
static const struct query_parameter CASES_QUERY[] = {{.name = "from", FIRST},
                                                     {.name = "to", LAST},
                                                     {.name = "claim",
                                                      .help_zh = "哪一项承诺：网办、跑动次数、时限、材料数",
                                                      .help_en = "which claim: online, visits, limit, materials",
                                                      .choices = "online|visits|limit|materials"},
                                                     {.name = "which",
                                                      .help_zh = "只列不符的（默认）或全部",
                                                      .help_en = "those that go against it (else) or all",
                                                      .choices = "against|all",
                                                      .standard = "against"},
                                                     QUERY_LIMIT,
                                                     QUERY_CURSOR,
                                                     {.name = NULL}};
static const struct query_parameter PERIOD_QUERY[] = {{.name = "from", FIRST}, {.name = "to", LAST}, {.name = NULL}};

#define NUMBER "{\"type\":[\"number\",\"null\"]}"
#define COUNT "{\"type\":\"integer\",\"minimum\":0}"
#define SHARE                                                                          \
    "\"share\":" NUMBER ",\"platform\":" COUNT ",\"counted\":" COUNT ",\"own\":" COUNT \
    ",\"complete\":{\"type\":\"boolean\"}"
#define PERIOD "\"from\":{\"type\":\"string\"},\"to\":{\"type\":\"string\"}"
#define LIST_OF(properties) "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{" properties "}}}"
#define HEADS                                         \
    {                                                 \
        .kind = RIGHT_ROLES, .roles = 1u << ROLE_HEAD \
    }

static const struct endpoint EP_SHARE = {
    .method = "GET",
    .path = "/platform-share",
    .right = HEADS,
    .summary_zh = "经一体化平台办理的办件占比，按月、部门、事项；没有报送自建系统办件量的部门列名",
    .summary_en =
        "Share of cases taken through the platform, by month, department and service; who has not told is named",
    .query = SHARE_QUERY,
    .reply_schema =
        "{\"type\":\"object\",\"required\":[\"from\",\"to\",\"share\",\"complete\"],\"properties\":{" PERIOD "," SHARE
        ",\"missing\":" COUNT
        ",\"months\":" LIST_OF("\"month\":{\"type\":\"string\"}," SHARE) ",\"departments\":" LIST_OF(
            "\"department\":{\"type\":\"object\"}," SHARE
            ",\"missing\":{\"type\":\"array\"}") ",\"services\":" LIST_OF("\"service\":{\"type\":\"object\"},\"department\":{\"type\":\"object\"},\"share\":" NUMBER) "}}",
    .handle = share};
static const struct endpoint EP_TELL = {
    .method = "POST",
    .path = "/platform-share/figures",
    .right = {.kind = RIGHT_ROLES, .roles = 1u << ROLE_HEAD | 1u << ROLE_ADMINISTRATOR},
    .flags = EP_RAW_BODY,
    .body_max = (size_t)4 * 1024 * 1024,
    .summary_zh = "报送部门自建系统的办件量（CSV 或 JSON）；同一部门同一月份以最后一次为准",
    .summary_en =
        "Cases that departments took in systems of their own (CSV or JSON); a department's month replaces the one before",
    .query = TELL_QUERY,
    .reply_schema =
        "{\"type\":\"object\",\"properties\":{\"file\":{\"type\":\"string\"},\"sha256\":{\"type\":\"string\"},"
        "\"figures\":" COUNT ",\"months\":{\"type\":\"array\"},\"departments\":{\"type\":\"array\"}}}",
    .handle = tell};
static const struct endpoint EP_CLAIMS = {
    .method = "GET",
    .path = "/claims",
    .right = {.kind = RIGHT_STAFF},
    .summary_zh = "各事项的承诺与办件实际对照",
    .summary_en = "What services claim, against their cases",
    .query = CLAIMS_QUERY,
    .reply_schema =
        "{\"type\":\"object\",\"required\":[\"from\",\"to\",\"rules\",\"items\"],\"properties\":{" PERIOD
        ",\"rules\":{\"type\":\"object\"},\"contradicted\":" COUNT ",\"too_few\":" COUNT ",\"holds\":" COUNT
        ",\"items\":" LIST_OF(
            "\"service\":{\"type\":\"object\"},\"department\":{\"type\":\"object\"},\"cases\":" COUNT
            ",\"verdict\":{\"enum\":[\"contradicted\",\"too_few\",\"holds\"]},\"claims\":" LIST_OF(
                "\"claim\":{\"enum\":[\"online\",\"visits\",\"limit\",\"materials\"]},\"claimed\":{},"
                "\"measured\":" NUMBER ",\"verdict\":{\"enum\":[\"contradicted\",\"too_few\",\"holds\"]}")) "}}",
    .handle = list};
static const struct endpoint EP_CLAIM_CASES = {
    .method = "GET",
    .path = "/claims/{code}/cases",
    .right = HEADS,
    .summary_zh = "一项承诺所对照的办件",
    .summary_en = "The cases behind a claim",
    .query = CASES_QUERY,
    .reply_schema =
        "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},"
        "\"next\":{\"type\":[\"string\",\"null\"]}}}",
    .handle = cases};
static const struct endpoint EP_MEASURED = {
    .method = "GET",
    .path = "/services/{code}/measured",
    .right = {.kind = RIGHT_PUBLIC},
    .summary_zh = "一个事项实际办理的情况：网办率、跑动次数、按时率、材料数",
    .summary_en = "How a service was really done: online, visits, in time, papers",
    .query = PERIOD_QUERY,
    .reply_schema = "{\"type\":\"object\",\"required\":[\"few\",\"cases\"],\"properties\":{" PERIOD
                    ",\"few\":{\"type\":\"boolean\"},\"cases\":{\"type\":[\"integer\",\"null\"]},\"online\":" NUMBER
                    ",\"visits\":" NUMBER ",\"on_time\":" NUMBER ",\"materials\":" NUMBER "}}",
    .handle = measured};

static const struct migration MIGRATIONS[] = {
    {"claims", 1, "cases in other systems",
     "-- retention: for ever; counts that name nobody\n"
     "CREATE TABLE own_system_month (month {INT} NOT NULL, department {TEXT} NOT NULL, service {TEXT} NOT NULL, name {TEXT} NOT NULL,"
     " n {INT} NOT NULL, source {TEXT} NOT NULL, imported_by {BLOB}, imported_at {INT} NOT NULL,"
     " PRIMARY KEY (month, department, service)) {WITHOUT_ROWID};\n",
     NULL},
};
static const struct endpoint *const ENDPOINTS[] = {&EP_SHARE, &EP_TELL, &EP_CLAIMS, &EP_CLAIM_CASES, &EP_MEASURED};

const struct area AREA_CLAIMS = {.number = 0,
                                 .name_zh = "承诺与实际",
                                 .name_en = "Claims against cases",
                                 .migrations = MIGRATIONS,
                                 .nmigrations = sizeof MIGRATIONS / sizeof *MIGRATIONS,
                                 .endpoints = {ENDPOINTS, sizeof ENDPOINTS / sizeof *ENDPOINTS}};
