/* Why a rule decided as it did, in words (PIPL art. 24): the decision and the rules by what their designer called them. */
#include "city/cases/view.h"
#include "city/decisions/decisions.h"

/* The decision's label in the service's own version, or its name. */
static struct bitext decision_title(const struct dmn *d, struct slice decision)
{
    struct dmn_words w;
    struct slice name = decision;
    if (!d || !dmn_decision_words(d, decision, &name, &w)) return (struct bitext){decision, decision};
    struct slice zh = w.zh.n ? w.zh : name;
    return (struct bitext){zh, w.en.n ? w.en : w.zh.n ? w.zh : name};
}

/* What the rule says; one without words is counted: rule 3 of "conditions". */
static struct bitext rule_text(const struct view *v, const struct json *hit)
{
    struct slice decision = json_string(hit, "decision"), rule = json_string(hit, "rule");
    int64_t index = json_int(hit, "index", 0);
    uint32_t at = index > 0 && index < 1000000 ? (uint32_t)index : 0;
    const struct dmn *d = service_decision_with(v->service, decision, rule, at);
    struct dmn_words w = {{NULL, 0}, {NULL, 0}};
    struct bitext title = decision_title(d, decision);
    if (d) (void)dmn_rule_words(d, decision, rule, at, &w);
    struct bitext counted = {
        arena_printf(v->a, "“%.*s”第 %u 条", SLICE_ARG(title.zh), at),
        arena_printf(v->a, "rule %u of “%.*s”", at, SLICE_ARG(title.en)),
    };
    return (struct bitext){w.zh.n ? w.zh : counted.zh, w.en.n ? w.en : w.zh.n ? w.zh : counted.en};
}

/* hits as stored, each with its text. */
static const struct json *hits_json(const struct view *v, const struct json *hits)
{
    struct json_builder list = json_builder(v->a);
    for (size_t i = 0; hits && i < hits->n; i++) {
        struct json_builder b = json_builder(v->a);
        json_set(&b, "text", bitext_json(v->a, rule_text(v, hits->items[i])));
        json_add(&list, json_merge(v->a, hits->items[i], json_object(&b)));
    }
    return json_array(&list);
}

static struct bitext member_words(const struct view *v, const struct json *x, const struct json *labels)
{
    struct slice text = x->type == JSON_STRING || x->type == JSON_NUMBER ? x->text : json_write(v->a, x);
    const struct json *coded = x->type == JSON_STRING ? json_get_slice(labels, text) : NULL;
    if (x->type == JSON_BOOL)
        return x->boolean ? (struct bitext){S("是"), S("yes")} : (struct bitext){S("否"), S("no")};
    return coded ? bitext_of(coded) : (struct bitext){text, text};
}

/* "契税（元）10000，增值税 0": members by what decision.json calls them. */
static struct bitext members(const struct view *v, const struct json *value, const struct json *labels)
{
    struct buf zh = buf_new(v->a, 16 * 1024), en = buf_new(v->a, 16 * 1024);
    for (size_t i = 0; i < value->n; i++) {
        const struct json *label = json_get_slice(labels, value->keys[i]);
        struct bitext w = label ? bitext_of(label) : (struct bitext){value->keys[i], value->keys[i]};
        struct bitext t = member_words(v, value->items[i], labels);
        buf_puts(&zh, i ? "，" : "");
        buf_puts(&en, i ? ", " : "");
        buf_put(&zh, w.zh);
        buf_puts(&zh, " ");
        buf_put(&zh, t.zh);
        buf_put(&en, w.en);
        buf_puts(&en, " ");
        buf_put(&en, t.en);
    }
    return (struct bitext){buf_slice(&zh), buf_slice(&en)};
}

/* "缺场地证明；开办资金不足": what the rules of a collecting table gave (DMN 1.5, 8.2.11), one after the other. */
static struct bitext listed(const struct view *v, const struct json *value)
{
    struct buf zh = buf_new(v->a, 16 * 1024), en = buf_new(v->a, 16 * 1024);
    for (size_t i = 0; i < value->n; i++) {
        struct bitext t = member_words(v, value->items[i], NULL);
        buf_puts(&zh, i ? "；" : "");
        buf_puts(&en, i ? "; " : "");
        buf_put(&zh, t.zh);
        buf_put(&en, t.en);
    }
    return (struct bitext){buf_slice(&zh), buf_slice(&en)};
}

/* The conclusion: a text, a reason in both languages; a list; of a decision of several services its members; anything else as JSON. */
static struct bitext conclusion(const struct view *v, const struct json *value, const struct decision_version *shared)
{
    if (!value || value->type == JSON_NULL) return (struct bitext){S("—"), S("—")};
    if (value->type == JSON_STRING) return (struct bitext){value->text, value->text};
    if (value->type == JSON_ARRAY && value->n) return listed(v, value);
    struct slice zh = json_string(value, "reason"), en = json_string(value, "reason_en");
    if (zh.n) return (struct bitext){zh, en.n ? en : zh};
    if (shared && value->type == JSON_OBJECT) return members(v, value, json_get(shared->json, "labels"));
    struct slice text = json_write(v->a, value);
    return (struct bitext){text, text};
}

/* "适用规则 A、B，结论：C"; "by rule A, B: C" */
static struct bitext why(const struct view *v, const struct json *hits, const struct json *value,
                         const struct decision_version *shared)
{
    struct buf zh = buf_new(v->a, 64 * 1024), en = buf_new(v->a, 64 * 1024);
    struct bitext end = conclusion(v, value, shared);
    if (hits->n == 0 && (!value || value->type == JSON_NULL || (value->type == JSON_ARRAY && value->n == 0)))
        return (struct bitext){S("没有规则适用于这些数据"), S("No rule applies to these data")};
    for (size_t i = 0; i < hits->n; i++) {
        struct bitext t = bitext_of(json_get(hits->items[i], "text"));
        buf_puts(&zh, zh.n ? "、" : "适用规则：");
        buf_puts(&en, en.n ? ", " : "by rule: ");
        buf_put(&zh, t.zh);
        buf_put(&en, t.en);
    }
    return (struct bitext){
        arena_printf(v->a, "%.*s%s%.*s", SLICE_ARG(buf_slice(&zh)), zh.n ? "，结论：" : "结论：", SLICE_ARG(end.zh)),
        arena_printf(v->a, "%.*s%s%.*s", SLICE_ARG(buf_slice(&en)), en.n ? ". Result: " : "", SLICE_ARG(end.en))};
}

/* Rules by what they ask and what they saw. Of a decision of several services by the version that decided; of a service's own by
 * the folder that has it. */
static const struct json *told(const struct view *v, instant at, const struct json *d,
                               const struct decision_version *shared)
{
    struct slice decision = json_string(d, "decision");
    const struct json *hits = json_get(d, "hits"), *values = json_get(d, "values");
    const struct json *first = hits && hits->n ? hits->items[0] : NULL;
    if (shared)
        return decision_because(v->a, shared->model, json_get(shared->json, "labels"), shared->dmn, hits, values, at);
    const struct service *own =
        service_with_decision(v->service, decision, json_string(first, "rule"), (uint32_t)json_int(first, "index", 0));
    const struct dmn *dmn = own ? service_decision(own, decision) : NULL;
    return dmn ? decision_because(v->a, decision_model(v->a, service_folder(own)), NULL, dmn, hits, values, at) : NULL;
}

/* Each hit with why it held; one whose table cannot be read any more keeps its text. */
static const struct json *with_because(const struct view *v, const struct json *hits, const struct json *reasons)
{
    static const char *const KEEP[] = {"because", "conditions", "outputs"};
    struct json_builder list = json_builder(v->a);
    for (size_t i = 0; hits && i < hits->n; i++) {
        const struct json *w = reasons && i < reasons->n ? reasons->items[i] : NULL;
        struct json_builder b = json_builder(v->a);
        for (size_t k = 0; w && k < 3; k++) json_set(&b, KEEP[k], json_get(w, KEEP[k]));
        if (json_get(json_get(w, "text"), "zh")) json_set(&b, "text", json_get(w, "text"));
        json_add(&list, json_merge(v->a, hits->items[i], json_object(&b)));
    }
    return json_array(&list);
}

/* Whose rules, which law, in which version: what one needs to object. */
static void set_origin(const struct view *v, struct json_builder *b, const struct decision_version *shared)
{
    const struct citydata *data = catalogue_data(v->city->catalogue);
    json_set(b, "source",
             json_get(shared ? shared->json : service_json(v->service), shared ? "source" : "legal_basis"));
    json_set(b, "owner",
             citydata_department_json(v->a, data, shared ? shared->department : service_department(v->service)));
    json_set_str(b, "version", shared ? shared->hash : service_hash(v->service));
    json_set(b, "decides", shared ? bitext_json(v->a, shared->decides) : json_null());
}

static const struct json *explanation(const struct view *v, instant at, const struct json *fact, bool values)
{
    const struct json *d = json_get(fact, "d"), *hits = hits_json(v, json_get(d, "hits"));
    struct slice decision = json_string(d, "decision"), hash = json_string(d, "definition");
    const struct json *first = hits->n ? hits->items[0] : NULL;
    const struct dmn *dmn =
        service_decision_with(v->service, decision, json_string(first, "rule"), (uint32_t)json_int(first, "index", 0));
    const struct decision_version *shared =
        hash.n ? decision_by_hash(catalogue_decisions(v->city->catalogue), hash) : NULL;
    struct json_builder b = json_builder(v->a);
    hits = with_because(v, hits, told(v, at, d, shared));
    json_set_str(&b, "at", instant_text(v->a, at));
    json_set_str(&b, "step", json_string(fact, "step"));
    json_set(&b, "title",
             bitext_json(v->a, shared ? shared->name
                                      : decision_title(dmn ? dmn : service_decision(v->service, decision), decision)));
    json_set(&b, "hits", hits);
    json_set(&b, "text", bitext_json(v->a, why(v, hits, json_get(d, "result"), shared)));
    set_origin(v, &b, shared);
    if (values) return json_merge(v->a, d, json_object(&b));
    json_set_str(&b, "decision", decision);
    return json_object(&b);
}

const struct json *view_explanations(const struct view *v, bool values)
{
    struct json_builder list = json_builder(v->a);
    for (size_t i = 0; i < v->nevents; i++) {
        const struct json *facts = v->events[i].facts;
        for (size_t k = 0; facts && k < facts->n; k++)
            if (slice_is(json_string(facts->items[k], "t"), "rule"))
                json_add(&list, explanation(v, v->events[i].at, facts->items[k], values));
    }
    return json_array(&list);
}
