/* What the briefing says of cases, ratings and indicators. */
#include "areas/00_supervision/briefing/briefing.h"

#include <math.h>
#include <stdlib.h>

static double number(const struct arena *a, const struct json *v, const char *key)
{
    const struct json *x = json_get(v, key);
    char text[64];
    (void)a;
    if (!x || x->type != JSON_NUMBER || x->text.n >= sizeof text) return NAN;
    memcpy(text, x->text.p, x->text.n);
    text[x->text.n] = '\0';
    return strtod(text, NULL);
}

/* One value a month: part / of, or part alone (of NULL). */
static double *series(struct brief_parts *p, const struct json *months, const char *part, const char *of, bool rest)
{
    double *v = NEW_ARRAY(p->a, double, months->n + 1);
    for (size_t i = 0; i < months->n; i++) {
        double a = number(p->a, months->items[i], part), b = of ? number(p->a, months->items[i], of) : 1;
        v[i] = isnan(a) || isnan(b) || b <= 0 ? NAN : rest ? (b - a) / b : a / b;
    }
    return v;
}

static bool any(const double *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isnan(v[i]) && v[i] > 0) return true;
    return false;
}

static void month_chart(struct brief_parts *p, const char *caption, const char *unit, const struct json *months,
                        const double *v, bool lines, bool percent, int decimals)
{
    struct official_chart k = {.kind = lines ? OFFICIAL_LINES : OFFICIAL_BARS,
                               .unit = slice_cstr(unit),
                               .labels = brief_months(p->a, months),
                               .nlabels = months->n,
                               .nseries = 1,
                               .percent = percent,
                               .decimals = decimals};
    if (!any(v, months->n)) return;
    if (slice_is(k.unit, "分")) k.most = 100;
    k.series[0].values = v;
    brief_chart(p, caption, k);
}

/* ---- cases ---- */

static struct slice mean_days(struct arena *a, const struct json *v)
{
    int64_t n = json_int(v, "decided", 0);
    return n ? arena_printf(a, "%.1f", (double)json_int(v, "workdays", 0) / (double)n) : S("无数据");
}

static void departments(struct brief_parts *p, const struct json *list)
{
    const struct official_column C[] = {{S("部门"), 40, OFFICIAL_LEFT},
                                        {S("办结件"), 14, OFFICIAL_MIDDLE},
                                        {S("超时件"), 14, OFFICIAL_MIDDLE},
                                        {S("按时办结率"), 16, OFFICIAL_MIDDLE},
                                        {S("平均用时（工作日）"), 16, OFFICIAL_MIDDLE}};
    struct slice *cells = NEW_ARRAY(p->a, struct slice, 5 * list->n + 1);
    for (size_t i = 0; i < list->n; i++) {
        const struct json *d = list->items[i];
        int64_t n = json_int(d, "decided", 0), late = json_int(d, "late", 0);
        cells[5 * i] = json_string(d, "name");
        cells[5 * i + 1] = brief_value(p->a, d, "decided");
        cells[5 * i + 2] = brief_value(p->a, d, "late");
        cells[5 * i + 3] = brief_share(p->a, n - late, n);
        cells[5 * i + 4] = mean_days(p->a, d);
    }
    brief_table(p, "各部门办件时效", C, 5, cells, list->n);
}

static void cases(struct brief_parts *p, const struct json *v)
{
    const struct json *now = json_get(v, "now"), *before = json_get(v, "before"), *months = json_get(v, "months");
    int64_t n = json_int(now, "decided", 0), late = json_int(now, "late", 0), n0 = json_int(before, "decided", 0),
            late0 = json_int(before, "late", 0);
    brief_heading(p, "办件时效");
    if (!n)
        brief_text(p, "本月没有办结的办件，无数据。");
    else {
        struct slice points = brief_points(p->a, n - late, n, n0 - late0, n0);
        brief_text(
            p,
            "本月办结%lld件，较上月%.*s；按时办结%lld件，按时办结率%.*s%s%.*s；超时%lld件；平均用时%.*s个工作日；网上申报%lld件，网办率%.*s。",
            (long long)n, SLICE_ARG(brief_change(p->a, n, n0, "件")), (long long)(n - late),
            SLICE_ARG(brief_share(p->a, n - late, n)), n0 ? "，较上月" : "，上月", SLICE_ARG(n0 ? points : S("无数据")),
            (long long)late, SLICE_ARG(mean_days(p->a, now)), (long long)json_int(now, "online", 0),
            SLICE_ARG(brief_share(p->a, json_int(now, "online", 0), n)));
    }
    month_chart(p, "近十二个月办结件（件）", "件", months, series(p, months, "decided", NULL, false), false, false, 0);
    month_chart(p, "近十二个月按时办结率", "", months, series(p, months, "late", "decided", true), true, true, 1);
    if (json_get(v, "departments")->n) departments(p, json_get(v, "departments"));
}

/* ---- ratings ---- */

static void ratings(struct brief_parts *p, const struct json *v)
{
    const struct json *now = json_get(v, "now"), *before = json_get(v, "before"), *months = json_get(v, "months"),
                      *t = json_get(v, "tickets");
    int64_t n = json_int(now, "rated", 0), good = json_int(now, "satisfied", 0), n0 = json_int(before, "rated", 0),
            closed = json_int(t, "closed", 0), late = json_int(t, "closed_late", 0);
    brief_heading(p, "好差评");
    if (!n)
        brief_text(p, "本月没有评价，无数据。");
    else
        brief_text(p, "本月收到评价%lld条，其中非常满意、满意%lld条，满意率%.*s，较上月%.*s；差评%lld条。",
                   (long long)n, (long long)good, SLICE_ARG(brief_share(p->a, good, n)),
                   SLICE_ARG(n0 ? brief_points(p->a, good, n, json_int(before, "satisfied", 0), n0) : S("无数据可比")),
                   (long long)json_int(now, "bad", 0));
    brief_text(p, "差评工单本月办结%lld件，其中按时%lld件、超时%lld件%s；月末在办%lld件，其中已超时%lld件。",
               (long long)closed, (long long)(closed - late), (long long)late, closed ? "" : "（无数据）",
               (long long)json_int(t, "open", 0), (long long)json_int(t, "overdue", 0));
    month_chart(p, "近十二个月满意率", "", months, series(p, months, "satisfied", "rated", false), true, true, 1);
}

/* ---- hotline ---- */

static void hotline(struct brief_parts *p, const struct json *v)
{
    const struct json *now = json_get(v, "now"), *before = json_get(v, "before");
    int64_t received = json_int(now, "received", 0), closed = json_int(now, "closed", 0),
            late = json_int(now, "closed_late", 0), visited = json_int(now, "visited", 0);
    brief_heading(p, "12345热线企业专席");
    if (!received && !closed && !json_int(v, "open", 0)) {
        brief_text(p, "本月没有企业诉求，无数据。");
        return;
    }
    brief_text(
        p,
        "本月收到企业诉求%lld件，较上月%.*s；办结%lld件，其中按时%lld件、超时%lld件；月末在办%lld件；提级督办%lld件。",
        (long long)received, SLICE_ARG(brief_change(p->a, received, json_int(before, "received", 0), "件")),
        (long long)closed, (long long)(closed - late), (long long)late, (long long)json_int(v, "open", 0),
        (long long)json_int(now, "escalated", 0));
    if (visited)
        brief_text(p, "回访%lld件，满意率%.*s。", (long long)visited,
                   SLICE_ARG(brief_share(p->a, json_int(now, "satisfied", 0), visited)));
}

void brief_service_parts(struct brief_parts *p, const struct json *figures)
{
    cases(p, json_get(figures, "cases"));
    ratings(p, json_get(figures, "ratings"));
    hotline(p, json_get(figures, "hotline"));
}

/* ---- indicators ---- */

/* Of scores as they are printed, in hundredths. */
static struct slice score_change(struct arena *a, const struct json *now)
{
    double x = number(a, now, "score"), y = number(a, now, "before");
    if (isnan(x) || isnan(y)) return S("—");
    long long d = llround(x * 100) - llround(y * 100), size = d < 0 ? -d : d;
    if (!d) return S("持平");
    return arena_printf(a, "%s%lld.%02lld", d > 0 ? "+" : "－", size / 100, size % 100);
}

static struct slice score_words(struct arena *a, const struct json *now)
{
    struct slice change = score_change(a, now);
    if (slice_is(change, "—")) return S("无数据可比");
    if (slice_is(change, "持平")) return change;
    bool up = slice_starts(change, S("+"));
    return arena_printf(a, "%s%.*s", up ? "上升" : "下降", SLICE_ARG(slice_sub(change, up ? 1 : 3, change.n)));
}

static struct slice month_words(struct arena *a, struct slice text)
{
    int64_t m = 0;
    if (!month_scan(text, &m)) return S("—");
    return arena_printf(a, "%lld年%lld月", (long long)(m / 100), (long long)(m % 100));
}

static struct slice rank(struct arena *a, const struct json *v)
{
    int64_t r = json_int(v, "rank", 0), of = json_int(v, "of", 0);
    return r && of > 1 ? arena_printf(a, "%lld/%lld", (long long)r, (long long)of) : S("—");
}

static void indicator_table(struct brief_parts *p, const struct json *list)
{
    const struct official_column C[] = {{S("序号"), 8, OFFICIAL_MIDDLE},    {S("指标"), 36, OFFICIAL_LEFT},
                                        {S("办结件"), 14, OFFICIAL_MIDDLE}, {S("得分"), 14, OFFICIAL_MIDDLE},
                                        {S("较上月"), 14, OFFICIAL_MIDDLE}, {S("排名"), 14, OFFICIAL_MIDDLE}};
    struct slice *cells = NEW_ARRAY(p->a, struct slice, 6 * list->n + 1);
    for (size_t i = 0; i < list->n; i++) {
        const struct json *x = list->items[i];
        bool none = json_bool(x, "no_data", true);
        cells[6 * i] = brief_value(p->a, x, "no");
        cells[6 * i + 1] = json_string(x, "name");
        cells[6 * i + 2] = none ? S("无数据") : brief_value(p->a, x, "cases");
        cells[6 * i + 3] = brief_value(p->a, x, "score");
        cells[6 * i + 4] = score_change(p->a, x);
        cells[6 * i + 5] = rank(p->a, x);
    }
    brief_table(p, "十八项指标", C, 6, cells, list->n);
}

void brief_indicator_parts(struct brief_parts *p, const struct json *figures)
{
    const struct json *v = json_get(figures, "indicators"), *total = json_get(v, "total"), *list = json_get(v, "items"),
                      *months = json_get(v, "months");
    size_t bare = 0;
    brief_heading(p, "营商环境指标");
    for (size_t i = 0; i < list->n; i++) bare += json_bool(list->items[i], "no_data", true);
    if (isnan(number(p->a, total, "score")))
        brief_text(p, "十八项指标均没有可以计分的办件，无数据。");
    else {
        struct slice standing = S("尚未导入其他城市的数据，不能排名");
        if (json_int(total, "rank", 0) && json_int(total, "of", 0) > 1)
            standing = arena_printf(p->a, "在有数据的%lld个城市中排第%lld名", (long long)json_int(total, "of", 0),
                                    (long long)json_int(total, "rank", 0));
        brief_text(p, "%.*s至%.*s，%lld项指标有得分，总得分%.*s，较上月%.*s；%.*s。没有办件、无数据的指标%zu项。",
                   SLICE_ARG(month_words(p->a, json_string(v, "from"))),
                   SLICE_ARG(month_words(p->a, json_string(v, "to"))), (long long)json_int(total, "indicators", 0),
                   SLICE_ARG(brief_value(p->a, total, "score")), SLICE_ARG(score_words(p->a, total)),
                   SLICE_ARG(standing), bare);
    }
    if (json_bool(v, "benchmark_figures", false))
        brief_text(p, "达到标杆城市（%.*s）水平的指标%lld项，目标为%lld项以上。",
                   SLICE_ARG(json_string(v, "benchmark")), (long long)json_int(v, "in_group", 0),
                   (long long)json_int(v, "group_sought", 0));
    month_chart(p, "近十二个月总得分", "分", months, series(p, months, "score", NULL, false), true, false, 2);
    indicator_table(p, list);
}
