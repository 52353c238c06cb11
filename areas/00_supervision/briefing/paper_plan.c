/* What the briefing says of the plan. */
#include "areas/00_supervision/briefing/briefing.h"

static const struct {
    const char *key, *zh;
} LIGHTS[] = {{"done", "已办结"}, {"on_time", "正常"},   {"due_soon", "快到期"},
              {"late", "逾期"},   {"regressed", "回退"}, {"undated", "未定期限"}};
enum { NLIGHTS = sizeof LIGHTS / sizeof *LIGHTS, NUMBERS_SAID = 12 };

/* "第1、2、3项" */
static struct slice numbers(struct arena *a, const struct json *list)
{
    struct buf b = buf_new(a, 8000);
    for (size_t i = 0; list && i < list->n; i++)
        buf_printf(&b, "%s%.*s", i ? "、" : "", SLICE_ARG(list->items[i]->text));
    return buf_slice(&b);
}

static void moved(struct brief_parts *p, struct buf *b, const struct json *plan, const char *key, const char *words)
{
    const struct json *list = json_get(plan, key);
    if (!list->n) return;
    buf_printf(b, "%s%s%zu项", b->n ? "，" : "", words, list->n);
    if (list->n <= NUMBERS_SAID) buf_printf(b, "（任务%.*s）", SLICE_ARG(numbers(p->a, list)));
}

static void overview(struct brief_parts *p, const struct json *figures, const struct json *plan)
{
    const struct json *all = json_get(plan, "all"), *before = json_get(plan, "before");
    struct slice as_of = brief_day(p->a, json_string(figures, "as_of"));
    struct buf b = buf_new(p->a, 20000);
    int64_t total = json_int(all, "total", 0), done = json_int(all, "done", 0);
    brief_text(
        p,
        "截至%.*s，《%.*s》%lld项硬任务已办结%lld项，占%.*s；正常推进%lld项，快到期%lld项，逾期%lld项，回退%lld项，未定期限%lld项。"
        "与上月末相比，已办结%.*s，逾期%.*s。",
        SLICE_ARG(as_of), SLICE_ARG(json_string(plan, "title")), (long long)total, (long long)done,
        SLICE_ARG(brief_share(p->a, done, total)), (long long)json_int(all, "on_time", 0),
        (long long)json_int(all, "due_soon", 0), (long long)json_int(all, "late", 0),
        (long long)json_int(all, "regressed", 0), (long long)json_int(all, "undated", 0),
        SLICE_ARG(brief_change(p->a, done, json_int(before, "done", 0), "项")),
        SLICE_ARG(brief_change(p->a, json_int(all, "late", 0), json_int(before, "late", 0), "项")));
    moved(p, &b, plan, "done", "新办结");
    moved(p, &b, plan, "became_late", "新逾期");
    moved(p, &b, plan, "regressed", "条件回退");
    moved(p, &b, plan, "reopened", "重新打开");
    if (b.n)
        brief_text(p, "本月%.*s。", SLICE_ARG(buf_slice(&b)));
    else
        brief_text(p, "本月没有任务办结、逾期或回退。");
}

/* Rows of tallies as a stacked chart. */
static void lights_chart(struct brief_parts *p, const char *caption, const struct json *rows, bool numbered)
{
    struct official_chart k = {.kind = OFFICIAL_STACKED, .unit = S("项"), .nseries = NLIGHTS, .nlabels = rows->n};
    struct slice *labels = NEW_ARRAY(p->a, struct slice, rows->n + 1);
    for (size_t i = 0; i < rows->n; i++) {
        struct slice name = json_string(rows->items[i], "name");
        labels[i] = numbered
                        ? arena_printf(p->a, "%lld.%.*s", (long long)json_int(rows->items[i], "no", 0), SLICE_ARG(name))
                        : name;
    }
    k.labels = labels;
    for (size_t s = 0; s < NLIGHTS; s++) {
        double *v = NEW_ARRAY(p->a, double, rows->n + 1);
        for (size_t i = 0; i < rows->n; i++) v[i] = (double)json_int(rows->items[i], LIGHTS[s].key, 0);
        k.series[s].name = slice_cstr(LIGHTS[s].zh);
        k.series[s].values = v;
    }
    brief_chart(p, caption, k);
}

static void lights_table(struct brief_parts *p, const char *caption, const char *head, const struct json *rows)
{
    enum { COLUMNS = NLIGHTS + 3 };
    struct official_column *c = NEW_ARRAY(p->a, struct official_column, COLUMNS);
    struct slice *cells = NEW_ARRAY(p->a, struct slice, COLUMNS * rows->n + 1);
    c[0] = (struct official_column){slice_cstr(head), 31, OFFICIAL_LEFT};
    c[1] = (struct official_column){S("任务"), 8, OFFICIAL_MIDDLE};
    for (size_t s = 0; s < NLIGHTS; s++)
        c[s + 2] = (struct official_column){slice_cstr(LIGHTS[s].zh), s + 1 == NLIGHTS ? 11.6 : 9.2, OFFICIAL_MIDDLE};
    c[COLUMNS - 1] = (struct official_column){S("办结率"), 11, OFFICIAL_MIDDLE};
    for (size_t i = 0; i < rows->n; i++) {
        const struct json *r = rows->items[i];
        struct slice *out = cells + i * COLUMNS;
        int64_t total = json_int(r, "total", 0);
        out[0] = json_string(r, "name");
        out[1] = brief_value(p->a, r, "total");
        for (size_t s = 0; s < NLIGHTS; s++) out[s + 2] = brief_value(p->a, r, LIGHTS[s].key);
        out[COLUMNS - 1] = brief_share(p->a, json_int(r, "done", 0), total);
    }
    brief_table(p, caption, c, COLUMNS, cells, rows->n);
}

/* A step a line: "9月1日通知牵头". */
static struct slice steps(struct arena *a, const struct json *list)
{
    static const char *const WORDS[] = {"提醒", "通知牵头", "提请领导", "专项督导"};
    struct buf b = buf_new(a, 4000);
    for (size_t i = 0; i < list->n; i++) {
        int64_t level = json_int(list->items[i], "level", 0);
        day d;
        int y, m, dd;
        if (level < 0 || level > 3 || !day_scan(json_string(list->items[i], "on"), &d)) continue;
        civil_of_day(d, &y, &m, &dd);
        buf_printf(&b, "%s%d月%d日%s", b.n ? "\n" : "", m, dd, WORDS[level]);
    }
    return b.n ? buf_slice(&b) : S("尚未督办");
}

/* A day in a narrow column: month and day on a line of their own. */
static struct slice short_day(struct arena *a, struct slice date)
{
    day d;
    int y, m, dd;
    if (!day_scan(date, &d)) return S("—");
    civil_of_day(d, &y, &m, &dd);
    return arena_printf(a, "%d年\n%d月%d日", y, m, dd);
}

static void late(struct brief_parts *p, const struct json *plan)
{
    const struct official_column C[] = {{S("任务"), 7, OFFICIAL_MIDDLE},     {S("攻坚措施"), 40, OFFICIAL_LEFT},
                                        {S("牵头单位"), 14, OFFICIAL_LEFT},  {S("时限"), 11, OFFICIAL_MIDDLE},
                                        {S("逾期天数"), 7, OFFICIAL_MIDDLE}, {S("督办情况"), 21, OFFICIAL_LEFT}};
    enum { COLUMNS = sizeof C / sizeof *C };
    const struct json *list = json_get(plan, "late");
    struct slice *cells = NEW_ARRAY(p->a, struct slice, COLUMNS * list->n + 1);
    brief_heading(p, "逾期任务");
    if (!list->n) {
        brief_text(p, "没有逾期或回退的任务。");
        return;
    }
    brief_text(p, "逾期和回退的任务共%zu项，明细和督办情况见表%d，请牵头单位逐项说明原因、明确办结时间。", list->n,
               p->tables + 1);
    for (size_t i = 0; i < list->n; i++) {
        const struct json *t = list->items[i];
        struct slice *out = cells + i * COLUMNS;
        bool lost = slice_is(json_string(t, "light"), "regressed");
        out[0] = brief_value(p->a, t, "no");
        out[1] = json_string(t, "task");
        out[2] = brief_names(p->a, json_get(t, "lead"));
        out[3] = lost ? S("条件回退") : short_day(p->a, json_string(t, "due"));
        out[4] = brief_value(p->a, t, "days");
        out[5] = steps(p->a, json_get(t, "steps"));
    }
    brief_table(p, "逾期任务及督办情况", C, COLUMNS, cells, list->n);
}

static void short_table(struct brief_parts *p, const char *caption, const char *last, const char *key,
                        const struct json *list)
{
    struct official_column *c = NEW_ARRAY(p->a, struct official_column, 5);
    struct slice *cells = NEW_ARRAY(p->a, struct slice, 5 * list->n + 1);
    c[0] = (struct official_column){S("任务"), 8, OFFICIAL_MIDDLE};
    c[1] = (struct official_column){S("领域"), 15, OFFICIAL_LEFT};
    c[2] = (struct official_column){S("攻坚措施"), 45, OFFICIAL_LEFT};
    c[3] = (struct official_column){S("牵头单位"), 18, OFFICIAL_LEFT};
    c[4] = (struct official_column){slice_cstr(last), 14, OFFICIAL_MIDDLE};
    for (size_t i = 0; i < list->n; i++) {
        const struct json *t = list->items[i];
        struct slice *out = cells + i * 5;
        out[0] = brief_value(p->a, t, "no");
        out[1] = json_string(t, "area");
        out[2] = json_string(t, "task");
        out[3] = brief_names(p->a, json_get(t, "lead"));
        out[4] = short_day(p->a, json_string(t, key));
    }
    brief_table(p, caption, c, 5, cells, list->n);
}

static void next(struct brief_parts *p, const struct json *plan)
{
    const struct json *list = json_get(plan, "next");
    brief_heading(p, "下月到期任务");
    if (!list->n) {
        brief_text(p, "下月没有到期的任务。");
        return;
    }
    brief_text(p, "下月到期的任务共%zu项（表%d），请牵头单位提前准备佐证材料。", list->n, p->tables + 1);
    short_table(p, "下月到期任务", "时限", "due", list);
}

/* The late list has the measures: here numbers are enough. */
static void special(struct brief_parts *p, const struct json *plan)
{
    const struct official_column C[] = {
        {S("列入日期"), 20, OFFICIAL_LEFT}, {S("牵头单位"), 40, OFFICIAL_LEFT}, {S("任务"), 40, OFFICIAL_LEFT}};
    const struct json *list = json_get(plan, "special");
    struct slice *cells = NEW_ARRAY(p->a, struct slice, 3 * list->n + 1);
    struct buf *tasks = NEW_ARRAY(p->a, struct buf, list->n + 1);
    size_t n = 0;
    brief_heading(p, "专项督导");
    if (!list->n) {
        brief_text(p, "没有列入专项督导的任务。");
        return;
    }
    for (size_t i = 0; i < list->n; i++) {
        struct slice on = brief_day(p->a, json_string(list->items[i], "special_since")),
                     lead = brief_names(p->a, json_get(list->items[i], "lead"));
        size_t k = 0;
        while (k < n && !(slice_eq(cells[3 * k], on) && slice_eq(cells[3 * k + 1], lead))) k++;
        if (k == n) {
            tasks[n] = buf_new(p->a, 4000);
            cells[3 * n] = on;
            cells[3 * n + 1] = lead;
            n++;
        }
        buf_printf(&tasks[k], "%s%lld", tasks[k].n ? "、" : "", (long long)json_int(list->items[i], "no", 0));
    }
    for (size_t k = 0; k < n; k++) cells[3 * k + 2] = buf_slice(&tasks[k]);
    brief_text(p, "逾期十个工作日以上、列入专项督导的任务共%zu项，按牵头单位列于表%d，由%.*s逐项跟进。", list->n,
               p->tables + 1, SLICE_ARG(brief_names(p->a, json_get(plan, "offices"))));
    brief_table(p, "专项督导清单", C, 3, cells, n);
}

static void claims(struct brief_parts *p, const struct json *plan)
{
    const struct official_column C[] = {{S("任务"), 8, OFFICIAL_MIDDLE},
                                        {S("完成条件"), 50, OFFICIAL_LEFT},
                                        {S("牵头单位"), 24, OFFICIAL_LEFT},
                                        {S("数据核验"), 18, OFFICIAL_MIDDLE}};
    const struct json *list = json_get(plan, "claims");
    struct slice *cells = NEW_ARRAY(p->a, struct slice, 4 * list->n + 1);
    brief_heading(p, "以数据核验的任务");
    if (!list->n) {
        brief_text(p, "尚没有任务绑定可由数据核验的完成条件。");
        return;
    }
    for (size_t i = 0; i < list->n; i++) {
        struct slice state = json_string(list->items[i], "state");
        cells[4 * i] = brief_value(p->a, list->items[i], "no");
        cells[4 * i + 1] = json_string(list->items[i], "claim");
        cells[4 * i + 2] = brief_names(p->a, json_get(list->items[i], "lead"));
        cells[4 * i + 3] = slice_is(state, "holds")       ? S("达到")
                           : slice_is(state, "no_longer") ? S("曾达到，已回退")
                                                          : S("未达到");
    }
    brief_text(p, "绑定完成条件的任务共%zu项，是否完成由办件数据得出，不由填报得出（表%d）。", list->n, p->tables + 1);
    brief_table(p, "以数据核验的任务", C, 4, cells, list->n);
}

void brief_plan_parts(struct brief_parts *p, const struct json *figures)
{
    const struct json *plan = json_get(figures, "plan");
    brief_heading(p, "攻坚行动方案进展");
    if (!plan || plan->type != JSON_OBJECT) {
        brief_text(p, "尚未导入行动方案，无数据。");
        return;
    }
    overview(p, figures, plan);
    brief_subheading(p, "分领域进度");
    lights_chart(p, "各领域任务进度（项）", json_get(plan, "areas"), true);
    brief_subheading(p, "挂帅领导和牵头单位进度");
    lights_table(p, "挂帅领导进度（项）", "挂帅领导", json_get(plan, "leaders"));
    lights_table(p, "牵头单位进度（项）", "牵头单位", json_get(plan, "departments"));
    late(p, plan);
    next(p, plan);
    special(p, plan);
    claims(p, plan);
}
