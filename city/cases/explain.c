/* Why a rule decided as it did, in words (PIPL art. 24): the decision and the rules by what their designer called them. */
#include "city/cases/view.h"

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

/* The conclusion: a text, a reason in both languages; anything else as JSON. */
static struct bitext conclusion(const struct view *v, const struct json *value)
{
    if (!value || value->type == JSON_NULL) return (struct bitext){S("—"), S("—")};
    if (value->type == JSON_STRING) return (struct bitext){value->text, value->text};
    struct slice zh = json_string(value, "reason"), en = json_string(value, "reason_en");
    if (zh.n) return (struct bitext){zh, en.n ? en : zh};
    struct slice text = json_write(v->a, value);
    return (struct bitext){text, text};
}

/* "适用规则 A、B，结论：C"; "by rule A, B: C" */
static struct bitext why(const struct view *v, const struct json *hits, const struct json *value)
{
    struct buf zh = buf_new(v->a, 64 * 1024), en = buf_new(v->a, 64 * 1024);
    struct bitext end = conclusion(v, value);
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

static const struct json *explanation(const struct view *v, instant at, const struct json *fact, bool values)
{
    const struct json *d = json_get(fact, "d"), *hits = hits_json(v, json_get(d, "hits"));
    struct slice decision = json_string(d, "decision");
    const struct json *first = hits->n ? hits->items[0] : NULL;
    const struct dmn *dmn =
        service_decision_with(v->service, decision, json_string(first, "rule"), (uint32_t)json_int(first, "index", 0));
    struct json_builder b = json_builder(v->a);
    json_set_str(&b, "at", instant_text(v->a, at));
    json_set_str(&b, "step", json_string(fact, "step"));
    json_set(&b, "title",
             bitext_json(v->a, decision_title(dmn ? dmn : service_decision(v->service, decision), decision)));
    json_set(&b, "hits", hits);
    json_set(&b, "text", bitext_json(v->a, why(v, hits, json_get(d, "result"))));
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
