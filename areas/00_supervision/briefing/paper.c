/* The briefing as an official paper: its words, in order, and the definition of every figure at its end. */
#include "areas/00_supervision/briefing/briefing.h"

static void foreword(struct brief_parts *p, struct slice text)
{
    struct slice line;
    while (text.n) {
        (void)slice_cut(text, '\n', &line, &text);
        line = slice_trim(line);
        if (line.n) brief_text(p, "%.*s", SLICE_ARG(line));
    }
}

/* The month in five lines, before everything else. */
static void summary(struct brief_parts *p, const struct json *f)
{
    const struct official_column C[] = {{S("主要数据"), 36, OFFICIAL_LEFT},
                                        {S("本月"), 18, OFFICIAL_MIDDLE},
                                        {S("上月"), 18, OFFICIAL_MIDDLE},
                                        {S("变化"), 28, OFFICIAL_MIDDLE}};
    const struct json *plan = json_get(f, "plan"), *all = json_get(plan, "all"), *was = json_get(plan, "before");
    const struct json *cases = json_get(json_get(f, "cases"), "now"),
                      *cases0 = json_get(json_get(f, "cases"), "before"),
                      *rated = json_get(json_get(f, "ratings"), "now"),
                      *rated0 = json_get(json_get(f, "ratings"), "before");
    int64_t n = json_int(cases, "decided", 0), n0 = json_int(cases0, "decided", 0), late = json_int(cases, "late", 0),
            late0 = json_int(cases0, "late", 0);
    struct slice *c = NEW_ARRAY(p->a, struct slice, 24);
    size_t k = 0;
    for (int i = 0; all && i < 2; i++) {
        const char *key = i ? "late" : "done";
        c[k++] = i ? S("逾期任务（项）") : S("已办结任务（项）");
        c[k++] = brief_value(p->a, all, key);
        c[k++] = brief_value(p->a, was, key);
        c[k++] = brief_change(p->a, json_int(all, key, 0), json_int(was, key, 0), "");
    }
    c[k++] = S("办结件（件）");
    c[k++] = brief_value(p->a, cases, "decided");
    c[k++] = brief_value(p->a, cases0, "decided");
    c[k++] = brief_change(p->a, n, n0, "");
    c[k++] = S("按时办结率");
    c[k++] = brief_share(p->a, n - late, n);
    c[k++] = brief_share(p->a, n0 - late0, n0);
    c[k++] = brief_points(p->a, n - late, n, n0 - late0, n0);
    c[k++] = S("满意率");
    c[k++] = brief_share(p->a, json_int(rated, "satisfied", 0), json_int(rated, "rated", 0));
    c[k++] = brief_share(p->a, json_int(rated0, "satisfied", 0), json_int(rated0, "rated", 0));
    c[k++] = brief_points(p->a, json_int(rated, "satisfied", 0), json_int(rated, "rated", 0),
                          json_int(rated0, "satisfied", 0), json_int(rated0, "rated", 0));
    brief_table(p, "本月主要数据", C, 4, c, k / 4);
}

static void notes(struct brief_parts *p, const struct json *f)
{
    struct slice as_of = brief_day(p->a, json_string(f, "as_of"));
    brief_heading(p, "数据说明");
    brief_note(p, "本期数据由系统按%.*s的实时数据计算，不是填报的；除编者所写的导语外，没有人工填写的内容。",
               SLICE_ARG(as_of));
    static const char *const LINES[] = {
        "1.进度灯：月末时，已办结为任务已完成或其完成条件已达到；逾期为时限已过而未办结；快到期为距时限不超过10个工作日；回退为完成条件曾达到而不再达到；"
        "未定期限为方案未写明日期；其余为正常。期限当日不算逾期。上月末按同样规则计算。",
        "2.逾期天数：从时限次日起到月末的工作日数；时限早于方案印发日的，从印发日次日起算；回退的，从回退次日起算。",
        "3.督办：距时限10个工作日内提醒；逾期即通知牵头单位；逾期满5个工作日提请挂帅领导；满10个工作日列入专项督导。",
        "4.牵头单位：有代牵头单位的，计入代牵头单位；多个单位或领导共同负责的任务，分别计入各自名下，因此各行之和可大于任务总数。",
        "5.指标得分：按前沿距离法，以截至当月的十二个月内办结的办件计算；“较上月”是与截至上月的十二个月相比。没有办件的指标为“无数据”，不计分。"
        "排名为在已导入数据的城市（含本市）中的名次，未导入的为“—”。",
        "6.办结件：当月作出决定的办件，不含撤回和不予受理，不含差评工单和热线诉求。按时办结率：办结件中在承诺期限内办结的比例，依法扣除的时间不计。平均用时：从申报次日"
        "到决定的工作日数的平均。网办率：办结件中不经窗口和自助机申报的比例。",
        "7.满意率：当月评价中“非常满意”和“满意”的比例，经核实属误评的不计。差评：“不满意”和“非常不满意”。差评工单是否按时，以其办理期限为准。",
        "8.企业诉求：当月由电话、网页、邮件收到的件数；办结、超时按诉求的办理期限；满意率为当月回访并作出评价的诉求中表示满意的比例。",
    };
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) brief_note(p, "%s", LINES[i]);
}

static struct slice word(struct slice own, struct slice standard)
{
    return own.n ? own : standard;
}

static struct slice issuer_of(const struct city *c, const struct json *f)
{
    const struct json *offices = json_get(json_get(f, "plan"), "offices");
    struct slice office = offices && offices->n ? offices->items[0]->text : c->name_zh;
    return word(c->papers.issuer, office);
}

struct bitext brief_title(struct arena *a, int64_t month)
{
    long long y = month / 100, m = month % 100;
    return (struct bitext){arena_printf(a, "%lld年%lld月全市优化营商环境工作情况", y, m),
                           arena_printf(a, "Business environment briefing, %lld-%02lld", y, m)};
}

result brief_render(const struct city *c, struct arena *a, const struct brief_paper *b, struct official_fonts *used,
                    struct slice *pdf)
{
    const struct json *f = b->figures;
    struct brief_parts p = {.a = a};
    int64_t month = 0;
    (void)month_scan(json_string(f, "month"), &month);
    foreword(&p, b->foreword);
    if (!json_bool(f, "complete", true))
        brief_text(&p, "本月尚未结束，以下为截至%.*s的数据。", SLICE_ARG(brief_day(a, json_string(f, "as_of"))));
    brief_text(&p, "现将%lld年%lld月全市优化营商环境工作情况通报如下，主要数据见表1。", (long long)(month / 100),
               (long long)(month % 100));
    summary(&p, f);
    brief_plan_parts(&p, f);
    brief_indicator_parts(&p, f);
    brief_service_parts(&p, f);
    notes(&p, f);
    struct slice dated = brief_day(a, day_text(a, day_of_instant(b->dated))), issuer = issuer_of(c, f);
    struct official_paper paper = {
        .name = word(c->papers.briefing, S("优化营商环境简报")),
        .issue = b->number.n ? b->number : S("（草稿，未印发）"),
        .issuer = issuer,
        .date = dated,
        .title = brief_title(a, month).zh,
        .parts = p.list,
        .nparts = p.n,
        .report_to = word(c->papers.report_to, S("市委、市政府领导。")),
        .send_to = word(c->papers.send_to, S("各镇人民政府（街道办事处）、园区管委会，市各有关单位。")),
        .imprint = arena_printf(a, "%.*s　%.*s%s", SLICE_ARG(issuer), SLICE_ARG(dated), b->number.n ? "印发" : ""),
        .qr = b->number.n ? b->url : (struct slice){NULL, 0}};
    return official_render(a, &paper, &c->papers.fonts, b->dated, c->test_keys, used, pdf);
}
