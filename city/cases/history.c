/* The journal in words. */
#include "city/cases/view.h"

#include "city/identity/identity.h"

const struct json *view_person(const struct view *v, struct slice name)
{
    if (name.n == 0) return json_null();
    if (slice_eq(name, actor_system().name))
        return bitext_json(v->a, identity_who(v->city, v->a, (struct slice){NULL, 0}, ACTOR_SYSTEM));
    return json_of_string(v->a, v->audience == VIEW_STAFF ? name : mask_name(v->a, name));
}

static struct bitext step_title(const struct view *v, struct slice key)
{
    const struct service_step *s = service_step_find(v->service, key);
    return s ? s->name : (struct bitext){key, key};
}

static struct bitext words(const struct view *v, const char *zh, const char *en, struct bitext x)
{
    struct bitext out = {arena_printf(v->a, "%s%.*s", zh, SLICE_ARG(x.zh)),
                         arena_printf(v->a, "%s%.*s", en, SLICE_ARG(x.en))};
    return out;
}

static struct bitext same(struct slice s)
{
    return (struct bitext){s, s};
}

static struct slice joined(struct arena *a, const struct json *list)
{
    struct buf b = buf_new(a, 16 * 1024);
    for (size_t i = 0; list && i < list->n; i++) {
        if (i) buf_puts(&b, "；");
        buf_put(&b, list->items[i]->text);
    }
    return buf_slice(&b);
}

static struct bitext on_filed(const struct view *v, const struct json *f)
{
    bool window = slice_is(json_string(f, "channel"), "window");
    struct bitext t;
    if (json_get(f, "started_by") && history_flow(v, f, &t)) return t;
    return window ? (struct bitext){S("窗口收件，提交申请"), S("Filed at the window")}
                  : (struct bitext){S("提交申请"), S("Application filed")};
}

static struct bitext on_accepted(const struct view *v, const struct json *f)
{
    struct slice how = json_string(f, "how");
    (void)v;
    if (slice_is(how, "silence"))
        return (struct bitext){S("逾期未告知补正，自收到材料之日起视为受理"),
                               S("Accepted by silence from the day of filing")};
    if (slice_is(how, "automatic")) return (struct bitext){S("即时受理"), S("Accepted at once")};
    return (struct bitext){S("予以受理，开始计时"), S("Accepted; the clock starts")};
}

static struct bitext on_step(const struct view *v, const struct json *f)
{
    static const char *const ZH[STEP_STATES] = {"等待：", "开始：", "办结：", "未通过：", "撤回："};
    static const char *const EN[STEP_STATES] = {"Waiting: ", "Started: ", "Done: ", "Refused: ", "Withdrawn: "};
    int64_t s = json_int(f, "s", 0);
    if (s < 0 || s >= STEP_STATES) s = 0;
    return words(v, ZH[s], EN[s], step_title(v, json_string(f, "key")));
}

static struct bitext on_closed(const struct view *v, const struct json *f)
{
    if (!slice_is(json_string(f, "s"), "done")) return (struct bitext){{NULL, 0}, {NULL, 0}};
    const struct process_node *n =
        model_node(service_model(v->service), json_string(f, "node"), json_string(f, "step"));
    struct bitext name = view_task_title(n, json_string(f, "node")),
                  how = view_outcome_words(json_string(f, "outcome")), t;
    t.zh = arena_printf(v->a, "%.*s：%.*s", SLICE_ARG(name.zh), SLICE_ARG(how.zh));
    t.en = arena_printf(v->a, "%.*s: %.*s", SLICE_ARG(name.en), SLICE_ARG(how.en));
    return t;
}

static struct bitext on_assigned(const struct view *v, const struct json *f)
{
    struct slice why = json_string(f, "why");
    (void)v;
    if (slice_is(why, "claim")) return (struct bitext){S("领取任务"), S("Task claimed")};
    if (slice_is(why, "transfer")) return (struct bitext){S("转办"), S("Task transferred")};
    return (struct bitext){S("退回待领取"), S("Task released")};
}

static struct bitext on_document(const struct view *v, const struct json *f)
{
    struct bitext t = bitext_of(json_get(f, "title"));
    return words(v, "出具：", "Issued: ", t);
}

static struct bitext on_text(const struct view *v, const struct json *f, const char *zh, const char *en,
                             const char *key)
{
    const struct json *x = json_get(f, key);
    struct slice s = x && x->type == JSON_ARRAY ? joined(v->a, x) : json_string(f, key);
    return words(v, zh, en, same(s));
}

static struct bitext element_title(const struct view *v, struct slice id)
{
    return view_task_title(model_node(service_model(v->service), id, (struct slice){NULL, 0}), id);
}

/* Said to the applicant too: which step, to where, and why. */
static struct bitext on_step_corrected(const struct view *v, const struct json *f)
{
    struct bitext from = element_title(v, json_string(f, "node")), to = element_title(v, json_string(f, "to")), t;
    struct slice why = json_string(f, "reason"), what = json_string(f, "what");
    const char *zh = slice_is(what, "cancel") ? "更正办理步骤：取消" : "更正办理步骤：由", *en = "Step corrected: ";
    if (slice_is(what, "cancel")) {
        t.zh = arena_printf(v->a, "%s“%.*s”。理由：%.*s", zh, SLICE_ARG(from.zh), SLICE_ARG(why));
        t.en = arena_printf(v->a, "%s\"%.*s\" is left out. Reason: %.*s", en, SLICE_ARG(from.en), SLICE_ARG(why));
        return t;
    }
    const char *again_zh = slice_is(what, "repeat") ? "退回重办" : "转到",
               *again_en = slice_is(what, "repeat") ? "back to" : "on to";
    t.zh = arena_printf(v->a, "%s“%.*s”%s“%.*s”，时限不变。理由：%.*s", zh, SLICE_ARG(from.zh), again_zh,
                        SLICE_ARG(to.zh), SLICE_ARG(why));
    t.en = arena_printf(v->a, "%sfrom \"%.*s\" %s \"%.*s\"; the time limits stay. Reason: %.*s", en, SLICE_ARG(from.en),
                        again_en, SLICE_ARG(to.en), SLICE_ARG(why));
    return t;
}

static struct bitext on_migrated(const struct json *f)
{
    if (json_bool(f, "undo", false))
        return (struct bitext){S("恢复按原流程版本办理，时限不变"),
                               S("Goes on under the earlier version of the process; the time limits stay")};
    return (struct bitext){S("转按修订后的流程办理，时限不变"),
                           S("Goes on under the revised process; the time limits stay")};
}

/* The public sees what was done, not why. */
static struct bitext on_licence(const struct view *v, const struct json *f)
{
    static const char *const ACTS[][3] = {
        {"suspend", "证照暂扣：", "Licence suspended: "},      {"resume", "证照恢复：", "Licence in force again: "},
        {"revoke", "证照撤销（吊销）：", "Licence revoked: "}, {"replace", "证照换发：", "Licence issued anew: "},
        {"expire", "证照过期：", "Licence expired: "},         {"annotate", "证照加注：", "Licence annotated: "}};
    struct slice act = json_string(f, "act");
    for (size_t i = 0; i < sizeof ACTS / sizeof *ACTS; i++)
        if (slice_is(act, ACTS[i][0])) return on_text(v, f, ACTS[i][1], ACTS[i][2], "reason");
    return (struct bitext){act, act};
}

static bool line_of(const struct view *v, const struct json *f, struct bitext *out)
{
    struct slice t = json_string(f, "t");
    if (slice_is(t, "filed"))
        *out = on_filed(v, f);
    else if (slice_is(t, "accepted"))
        *out = on_accepted(v, f);
    else if (slice_is(t, "step"))
        *out = on_step(v, f);
    else if (slice_is(t, "task_closed"))
        *out = on_closed(v, f);
    else if (slice_is(t, "task_assigned") && v->audience == VIEW_STAFF)
        *out = on_assigned(v, f);
    else if (slice_is(t, "document"))
        *out = on_document(v, f);
    else if (slice_is(t, "correction"))
        *out = on_text(v, f, "一次性告知补正：", "Correction asked: ", "items");
    else if (slice_is(t, "corrected"))
        *out = (struct bitext){S("申请人已补正"), S("Correction received")};
    else if (slice_is(t, "not_accepted"))
        *out = on_text(v, f, "不予受理：", "Not accepted: ", "reasons");
    else if (slice_is(t, "decided"))
        *out = words(v, "办结：", "Decided: ", view_outcome_words(json_string(f, "outcome")));
    else if (slice_is(t, "unanswered"))
        *out = (struct bitext){S("补正期限已过，申请予以保留"), S("Not corrected in time; the application is kept")};
    else if (slice_is(t, "withdrawn") && slice_is(json_string(f, "how"), "lapsed"))
        *out = (struct bitext){S("逾期未补正，视为放弃申请"), S("Not corrected in time: counts as given up")};
    else if (slice_is(t, "withdrawn"))
        *out = on_text(v, f, "申请人撤回申请 ", "Withdrawn by the applicant ", "reason");
    else if (slice_is(t, "stop"))
        *out = on_text(v, f, "停止计时：", "Clock stopped: ", "notice");
    else if (slice_is(t, "resume"))
        *out = on_text(v, f, "恢复计时 ", "Clock resumed ", "notice");
    else if (slice_is(t, "urged"))
        *out = on_text(v, f, "申请人催办 ", "Urged by the applicant ", "text");
    else if (slice_is(t, "review"))
        *out = (struct bitext){S("申请人要求人工复核"), S("The applicant asked for a person's review")};
    else if (slice_is(t, "licence_change"))
        *out = on_licence(v, f);
    else if (slice_is(t, "escalated"))
        *out = (struct bitext){S("超时，已报部门负责人"), S("Late: escalated to the head of the department")};
    else if (slice_is(t, "migrated"))
        *out = on_migrated(f);
    else if (slice_is(t, "step_corrected"))
        *out = on_step_corrected(v, f);
    else if (slice_is(t, "retried"))
        *out = (struct bitext){S("异常环节重新办理"), S("Tried again where it stood still")};
    else if (history_flow(v, f, out))
        return true;
    else if (slice_is(t, "incident"))
        *out = (struct bitext){S("流程遇到异常，等待处理"), S("The process needs attention")};
    else
        return false;
    return out->zh.n > 0;
}

void history_lines(const struct view *v, instant at, const struct json *facts, struct json_builder *list)
{
    for (size_t i = 0; facts && i < facts->n; i++) {
        struct bitext t;
        if (!line_of(v, facts->items[i], &t)) continue;
        struct json_builder b = json_builder(v->a);
        json_set_str(&b, "at", instant_text(v->a, at));
        json_set(&b, "text", bitext_json(v->a, t));
        json_set(&b, "who", view_person(v, json_string(facts->items[i], "name")));
        if (v->audience == VIEW_STAFF && json_get(facts->items[i], "opinion"))
            json_set(&b, "opinion", json_get(facts->items[i], "opinion"));
        json_add(list, json_object(&b));
    }
}
