/* The indicators over HTTP, and their tables. */
#include "areas/00_supervision/indicators/board.h"

#include "city/cases/measure.h"

#define MONTHS_DEFAULT 12
#define MONTHS_MAX 60

/* from and to, both included; without them the twelve months up to and with the running one. */
static result period_of(const struct request *q, struct period *p)
{
    struct civil t = civil_of_instant(q->now);
    struct slice from = request_query(q, "from"), to = request_query(q, "to");
    p->to = t.year * 100 + t.month;
    if (to.n && !month_scan(to, &p->to))
        return fail(q->a, CODE_QUERY_BAD, S("to"), "value", slice_sub(to, 0, 60), NULL);
    p->from = month_add(p->to, 1 - MONTHS_DEFAULT);
    if (from.n && !month_scan(from, &p->from))
        return fail(q->a, CODE_QUERY_BAD, S("from"), "value", slice_sub(from, 0, 60), NULL);
    if (months_between(*p) < 1 || months_between(*p) > MONTHS_MAX)
        return fail(q->a, CODE_QUERY_BAD, S("from"), "value", slice_sub(from, 0, 60), NULL);
    return ok();
}

static result number_of(const struct request *q, int64_t *no)
{
    if (slice_int64(q->params[0], no)) return ok();
    return fail(q->a, CODE_NOT_FOUND, S("indicator"), "value", slice_sub(q->params[0], 0, 60), NULL);
}

static result board(const struct request *q, struct reply *r)
{
    struct period p;
    bool leads;
    struct board_filter f = {request_query(q, "benchmark"), request_query(q, "town"), request_query(q, "department")};
    TRY(period_of(q, &p));
    if (f.town.n && f.department.n) return fail(q->a, CODE_QUERY_BAD, S("department"), "value", f.department, NULL);
    TRY(indicators_leads(q->city, q->a, q->actor, &leads));
    if (!leads) return indicators_public(q->city, q->a, p, q->now, &r->body);
    return indicators_board_of(q->city, q->a, p, &f, q->now, &r->body);
}

static result everybody(const struct request *q, struct reply *r)
{
    struct period p;
    TRY(period_of(q, &p));
    return indicators_public(q->city, q->a, p, q->now, &r->body);
}

static result page(const struct request *q, struct reply *r)
{
    struct period p;
    int64_t no;
    TRY(indicators_right(q->city, q->a, q->actor));
    TRY(number_of(q, &no));
    TRY(period_of(q, &p));
    return indicator_page(q->city, q->a, no, p, q->now, &r->body);
}

static result cases(const struct request *q, struct reply *r)
{
    struct period p;
    int64_t no, limit;
    struct slice cursor;
    struct case_filter f = {request_query(q, "service"), request_query(q, "department"), request_query(q, "town"),
                            request_query(q, "late").n > 0};
    TRY(indicators_right(q->city, q->a, q->actor));
    TRY(number_of(q, &no));
    TRY(period_of(q, &p));
    TRY(request_page(q, &limit, &cursor));
    return indicator_cases(q->city, q->a, q->actor, no, p, &f, limit, cursor, &r->body);
}

#define FIRST                                                 \
    .help_zh = "起始月份，2021-01；默认为截止月份前 11 个月", \
    .help_en = "first month, 2021-01; else eleven before the last", .most = 7
#define LAST .help_zh = "截止月份；默认为本月", .help_en = "last month; else the running one", .most = 7
static const struct query_parameter BOARD_QUERY[] = {
    {.name = "from", FIRST},
    {.name = "to", LAST},
    {.name = "benchmark",
     .help_zh = "标杆城市代码；默认见指标定义",
     .help_en = "code of the benchmark city; else that of the definitions",
     .most = 20},
    {.name = "town", .help_zh = "只看这个镇街（代码）", .help_en = "only this town (code)", .most = 20},
    {.name = "department", .help_zh = "只看这个部门（代码）", .help_en = "only this department (code)", .most = 40},
    {.name = NULL},
};
static const struct query_parameter PERIOD_QUERY[] = {{.name = "from", FIRST}, {.name = "to", LAST}, {.name = NULL}};
static const struct query_parameter CASES_QUERY[] = {
    {.name = "from", FIRST},
    {.name = "to", LAST},
    {.name = "service", .help_zh = "只看这个事项（代码）", .help_en = "only this service (code)", .most = 80},
    {.name = "department", .help_zh = "只看这个部门（代码）", .help_en = "only this department (code)", .most = 40},
    {.name = "town", .help_zh = "只看这个镇街（代码）", .help_en = "only this town (code)", .most = 20},
    {.name = "late", .help_zh = "yes：只看超时件", .help_en = "yes: late cases only", .choices = "yes"},
    QUERY_LIMIT,
    QUERY_CURSOR,
    {.name = NULL}};

#define NUMBER "{\"type\":[\"number\",\"null\"]}"
#define COUNT "{\"type\":\"integer\",\"minimum\":0}"
#define TEXT2 "{\"type\":\"object\",\"required\":[\"zh\",\"en\"]}"
#define COMPONENT                                                                            \
    "\"key\":{\"type\":\"string\"},\"name\":" TEXT2 ",\"unit\":" TEXT2 ",\"formula\":" TEXT2 \
    ",\"better\":{\"enum\":[\"more\",\"less\"]},\"value\":" NUMBER
#define RANK "\"score\":" NUMBER ",\"rank\":{\"type\":[\"integer\",\"null\"]},\"of\":" COUNT ",\"gap\":" NUMBER
#define PERIOD "\"from\":{\"type\":\"string\"},\"to\":{\"type\":\"string\"},\"at\":{\"type\":\"string\"}"
/* Narrowed by indicators_right: a leader has no role of the desk, so no role can say who may. */
#define STAFF               \
    {                       \
        .kind = RIGHT_STAFF \
    }

#define SHARES                                                                                             \
    "\"cases\":" COUNT ",\"late\":" COUNT ",\"on_time\":" NUMBER ",\"time\":" NUMBER ",\"online\":" NUMBER \
    ",\"rated\":" COUNT ",\"satisfaction\":" NUMBER
#define PLACES                                                                                                          \
    "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"code\":{\"type\":\"string\"},\"name\":" TEXT2 \
    "," SHARES "}}}"
static const struct endpoint EP_BOARD = {
    .method = "GET",
    .path = "/indicators",
    .right = STAFF,
    .summary_zh = "营商环境指标：数据、得分、排名和差距",
    .summary_en = "The indicators: figures, scores, ranks and gaps",
    .query = BOARD_QUERY,
    .reply_schema =
        "{\"type\":\"object\",\"required\":[\"from\",\"to\",\"full\",\"indicators\"],\"properties\":{" PERIOD
        ",\"full\":{\"type\":\"boolean\"},\"months\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"least\":{\"type\":"
        "\"object\",\"properties\":{\"cases\":" COUNT ",\"indicators\":" COUNT "}},\"rank_sought\":" COUNT
        ",\"group_sought\":" COUNT ",\"in_group\":" COUNT ",\"cities\":" COUNT
        ",\"benchmark\":{\"type\":\"object\"},\"total\":{\"type\":\"object\",\"properties\":{" RANK
        ",\"indicators\":" COUNT
        ",\"enough\":{\"type\":\"boolean\"}}},\"gains\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"city\":{\"type\":"
        "\"object\",\"properties\":{" SHARES
        ",\"series\":{\"type\":\"object\"},\"outlook\":{\"type\":\"array\",\"items\":{"
        "\"type\":\"object\"}}}},\"towns\":" PLACES ",\"departments\":" PLACES
        ",\"indicators\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"no\",\"name\",\"cases\",\"no_data\","
        "\"components\"],\"properties\":{\"no\":" COUNT ",\"name\":" TEXT2
        ",\"tier\":{\"enum\":[\"short_board\",\"raise\",\"brand\"]},\"cases\":{\"type\":[\"integer\",\"null\"]},\"late\":" COUNT
        ",\"not_accepted\":" COUNT ",\"withdrawn\":" COUNT
        ",\"no_data\":{\"type\":\"boolean\"},\"few\":{\"type\":\"boolean\"},\"enough\":{\"type\":\"boolean\"}," RANK
        ",\"benchmark\":" NUMBER
        ",\"series\":{\"type\":\"object\"},\"alarms\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"
        ",\"standing\":{\"enum\":[\"short_board\",\"raise\",\"brand\",null]},\"components\":{\"type\":\"array\",\"items\":"
        "{\"type\":\"object\",\"properties\":{" COMPONENT ",\"score\":" NUMBER
        ",\"frontier\":{\"type\":[\"object\",\"null\"]},\"benchmark\":" NUMBER ",\"gain\":" NUMBER
        ",\"rank_then\":{\"type\":[\"integer\",\"null\"]}}}}}}}}}",
    .handle = board};

static const struct endpoint EP_PUBLIC = {
    .method = "GET",
    .path = "/public/indicators",
    .right = {.kind = RIGHT_PUBLIC},
    .summary_zh = "营商环境指标：公开数据",
    .summary_en = "The indicators: the figures that are public",
    .query = PERIOD_QUERY,
    .reply_schema =
        "{\"type\":\"object\",\"required\":[\"from\",\"to\",\"indicators\"],\"properties\":{" PERIOD
        ",\"indicators\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"no\":" COUNT
        ",\"name\":" TEXT2 ",\"cases\":{\"type\":[\"integer\",\"null\"]},\"no_data\":{\"type\":\"boolean\"},"
        "\"few\":{\"type\":\"boolean\"},\"components\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
        "\"properties\":{" COMPONENT "}}}}}}}}",
    .handle = everybody};

#define GROUP(name)                                                                                       \
    "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"" name "\":{},\"cases\":" COUNT \
    ",\"late\":" COUNT ",\"values\":{\"type\":\"object\"}}}}"
static const struct endpoint EP_PAGE = {
    .method = "GET",
    .path = "/indicators/{no}",
    .right = STAFF,
    .summary_zh = "一个指标：逐月数据、预测、异常提示和构成",
    .summary_en = "One indicator: its months, forecast, alarm and parts",
    .query = PERIOD_QUERY,
    .reply_schema =
        "{\"type\":\"object\",\"required\":[\"no\",\"components\",\"months\"],\"properties\":{" PERIOD ",\"no\":" COUNT
        ",\"name\":" TEXT2 ",\"cases\":" COUNT ",\"late\":" COUNT ",\"no_data\":{\"type\":\"boolean\"},\"components\":"
        "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{" COMPONENT
        ",\"forecast\":{\"type\":\"object\",\"properties\":{\"method\":{\"enum\":[\"none\",\"last\",\"holt\",\"seasonal\"]},"
        "\"values\":{\"type\":\"array\"},\"error\":" NUMBER ",\"tested\":" COUNT
        "}},\"alarm\":{\"type\":\"object\",\"properties\":{\"tested\":{\"type\":\"boolean\"},\"broken\":{\"type\":\"boolean\"},"
        "\"month\":{\"type\":[\"string\",\"null\"]},\"median\":" NUMBER ",\"z\":" NUMBER
        "}}}}},\"months\":" GROUP("month") ",\"by_service\":" GROUP("service") ",\"by_department\":" GROUP(
            "department") ",\"by_town\":" GROUP("town") "}}",
    .handle = page};

static const struct endpoint EP_CASES = {
    .method = "GET",
    .path = "/indicators/{no}/cases",
    .right = STAFF,
    .summary_zh = "一个指标所依据的办件",
    .summary_en = "The cases behind an indicator",
    .query = CASES_QUERY,
    .reply_schema =
        "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":"
        "{\"number\":{\"type\":[\"string\",\"null\"]},\"service\":{\"type\":\"string\"},\"department\":{\"type\":\"object\"},"
        "\"town\":{\"type\":\"string\"},\"filed_at\":{\"type\":\"string\"},\"ended_at\":{\"type\":\"string\"},\"procedures\":" COUNT
        ",\"time\":{\"type\":\"integer\"},\"days\":" NUMBER ",\"cost\":" NUMBER ",\"materials\":" COUNT
        ",\"visits\":" COUNT
        ",\"online\":{\"type\":\"boolean\"},\"late\":{\"type\":\"boolean\"}}}},\"next\":{\"type\":[\"string\",\"null\"]}}}",
    .handle = cases};

static const struct migration MIGRATIONS[] = {
    {"indicators", 1, "figures of other cities",
     "-- retention: for ever; published figures\n"
     "CREATE TABLE city_figure (city {TEXT} NOT NULL, indicator {INT} NOT NULL, component {TEXT} NOT NULL, period {TEXT} NOT NULL,"
     " name {TEXT} NOT NULL, value {TEXT} NOT NULL, source {TEXT} NOT NULL, imported_at {INT} NOT NULL,"
     " PRIMARY KEY (city, indicator, component, period)) {WITHOUT_ROWID};\n",
     NULL},
};

static result work(struct city *c, struct arena *a, instant now, size_t *done)
{
    (void)now;
    *done = 0;
    return measures_roll(c, a);
}

static const struct endpoint *const ENDPOINTS[] = {&EP_BOARD, &EP_PUBLIC, &EP_PAGE, &EP_CASES, &EP_MAP, &EP_WAITING};

const struct area AREA_INDICATORS = {.number = 0,
                                     .name_zh = "营商环境评价",
                                     .name_en = "Evaluation of the business environment",
                                     .migrations = MIGRATIONS,
                                     .nmigrations = sizeof MIGRATIONS / sizeof *MIGRATIONS,
                                     .endpoints = {ENDPOINTS, sizeof ENDPOINTS / sizeof *ENDPOINTS},
                                     .work = work};
