/* Why a decision came out as it did, in words (个人信息保护法 art. 24): which rule of which table, what it asks of each value, what
 * the value was, and what follows. */
#include "city/decisions/internal.h"

struct telling {
    struct arena *a;
    const struct json *model, *labels;
    const struct json *scope; /* values and the results of the decisions on the way */
};

/* What a coded value is called: {"first": {zh, en}} of decision.json, yes and no; else itself. */
static struct bitext value_words(const struct telling *t, const struct json *v)
{
    if (!v || v->type == JSON_NULL) return (struct bitext){S("未提供"), S("not given")};
    if (v->type == JSON_BOOL)
        return v->boolean ? (struct bitext){S("是"), S("yes")} : (struct bitext){S("否"), S("no")};
    if (v->type == JSON_STRING) {
        const struct json *w = json_get_slice(t->labels, v->text);
        return w ? bitext_of(w) : (struct bitext){v->text, v->text};
    }
    struct slice text = v->type == JSON_NUMBER ? v->text : json_write(t->a, v);
    return (struct bitext){text, text};
}

static struct slice unquoted(struct slice s)
{
    return s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"' ? slice_sub(s, 1, s.n - 2) : s;
}

static void put_both(struct buf *zh, struct buf *en, const char *x)
{
    buf_puts(zh, x);
    buf_puts(en, x);
}

/* A test as people write it: ≤ for <=, a date without its function, a code by its name. */
static struct bitext test_words(const struct telling *t, struct slice test)
{
    struct buf zh = buf_new(t->a, 16 * 1024), en = buf_new(t->a, 16 * 1024);
    for (size_t i = 0; i < test.n;) {
        struct slice rest = slice_sub(test, i, test.n);
        if (rest.p[0] == '"') {
            size_t end = slice_find(rest, '"', 1);
            struct slice text = end == SIZE_MAX ? rest : slice_sub(rest, 0, end + 1);
            const struct json *label = json_get_slice(t->labels, unquoted(text));
            struct bitext w = label ? bitext_of(label) : (struct bitext){unquoted(text), unquoted(text)};
            buf_put(&zh, w.zh);
            buf_put(&en, w.en);
            i += text.n;
        } else if (slice_starts(rest, S("date("))) {
            size_t end = slice_find(rest, ')', 0);
            struct slice inner = end == SIZE_MAX ? rest : slice_sub(rest, 5, end - 5);
            put_both(&zh, &en, arena_cstr(t->a, unquoted(slice_trim(inner))));
            i += end == SIZE_MAX ? rest.n : end + 1;
        } else if (slice_starts(rest, S("<="))) {
            put_both(&zh, &en, "≤");
            i += 2;
        } else if (slice_starts(rest, S(">="))) {
            put_both(&zh, &en, "≥");
            i += 2;
        } else {
            buf_putc(&zh, rest.p[0]);
            buf_putc(&en, rest.p[0]);
            i++;
        }
    }
    struct bitext w = {buf_slice(&zh), buf_slice(&en)};
    if (slice_is(test, "true")) w = (struct bitext){S("是"), S("yes")};
    if (slice_is(test, "false")) w = (struct bitext){S("否"), S("no")};
    if (slice_is(test, "null")) w = (struct bitext){S("未提供"), S("not given")};
    return w;
}

/* What the column saw. */
static const struct json *seen(const struct telling *t, struct slice expression)
{
    const struct feel *f;
    const struct json *v = NULL;
    struct feel_env env = {.now = 0};
    const struct slice *names = t->scope ? t->scope->keys : NULL;
    if (failed(feel_compile(t->a, expression, names, t->scope ? t->scope->n : 0, S("column"), &f))) return NULL;
    return failed(feel_eval(t->a, f, &env, t->scope, &v, NULL)) ? NULL : v;
}

static const struct json *output_cell(const struct telling *t, struct slice cell)
{
    const struct json *v = seen(t, cell);
    return v ? v : json_of_string(t->a, cell);
}

static bool compares(struct slice test)
{
    return test.n && (test.p[0] == '<' || test.p[0] == '>');
}

/* One condition or output: {label, test?, value}, and its words at the end of both texts. */
static const struct json *part(const struct telling *t, const struct json *column, struct slice cell, struct buf *zh,
                               struct buf *en)
{
    struct json_builder b = json_builder(t->a);
    struct bitext label = bitext_of(json_get(column, "label"));
    bool output = json_bool(column, "output", false);
    const struct json *v = output ? output_cell(t, cell) : seen(t, json_string(column, "text"));
    struct bitext value = value_words(t, v), test = test_words(t, cell);
    json_set(&b, "label", bitext_json(t->a, label));
    if (!output) json_set(&b, "test", bitext_json(t->a, test));
    json_set(&b, "value", bitext_json(t->a, value));
    if (zh->n) buf_puts(zh, output ? "，" : "，且");
    if (en->n) buf_puts(en, output ? ", " : " and ");
    buf_put(zh, label.zh);
    buf_put(en, label.en);
    if (output) {
        buf_puts(zh, "：");
        buf_puts(en, ": ");
        buf_put(zh, value.zh);
        buf_put(en, value.en);
        return json_object(&b);
    }
    buf_puts(zh, compares(cell) ? " " : "为 ");
    buf_puts(en, compares(cell) ? " " : " is ");
    buf_put(zh, test.zh);
    buf_put(en, test.en);
    if (!slice_eq(value.zh, test.zh)) {
        buf_puts(zh, "（实际 ");
        buf_put(zh, value.zh);
        buf_puts(zh, "）");
        buf_puts(en, " (here ");
        buf_put(en, value.en);
        buf_puts(en, ")");
    }
    return json_object(&b);
}

/* "规则 3，因为面积 ≤ 140（实际 120），且家庭住房为第一套 → 契税税率：0.01" */
static const struct json *hit_json(const struct telling *t, const struct json *hit)
{
    const struct json *d = model_decision(t->model, json_string(hit, "decision"));
    const struct json *rule = model_rule(d, json_string(hit, "rule"), json_int(hit, "index", 0));
    const struct json *columns = json_get(d, "columns"), *cells = json_get(rule, "cells");
    struct json_builder b = json_builder(t->a), conditions = json_builder(t->a), outputs = json_builder(t->a);
    struct buf czh = buf_new(t->a, 64 * 1024), cen = buf_new(t->a, 64 * 1024), ozh = buf_new(t->a, 64 * 1024),
               oen = buf_new(t->a, 64 * 1024);
    for (size_t i = 0; columns && cells && i < columns->n && i < cells->n; i++) {
        bool output = json_bool(columns->items[i], "output", false);
        struct slice cell = cells->items[i]->text;
        if (!output && (!cell.n || slice_is(cell, "-"))) continue;
        json_add(output ? &outputs : &conditions,
                 part(t, columns->items[i], cell, output ? &ozh : &czh, output ? &oen : &cen));
    }
    struct bitext title = bitext_of(json_get(d, "title"));
    long long index = (long long)json_int(hit, "index", 0);
    struct bitext because = {
        arena_printf(t->a, "按“%.*s”第 %lld 条%s%.*s → %.*s", SLICE_ARG(title.zh), index, czh.n ? "，因为" : "",
                     SLICE_ARG(buf_slice(&czh)), SLICE_ARG(buf_slice(&ozh))),
        arena_printf(t->a, "by rule %lld of “%.*s”%s%.*s → %.*s", index, SLICE_ARG(title.en), cen.n ? ", because " : "",
                     SLICE_ARG(buf_slice(&cen)), SLICE_ARG(buf_slice(&oen)))};
    json_set(&b, "title", bitext_json(t->a, title));
    json_set(&b, "text", json_get(rule, "text") ? json_get(rule, "text") : json_null());
    json_set(&b, "because", bitext_json(t->a, because));
    json_set(&b, "conditions", json_array(&conditions));
    json_set(&b, "outputs", json_array(&outputs));
    return json_merge(t->a, hit, json_object(&b));
}

/* The results of the decisions on the way: columns read them by name. */
static const struct json *scope_of(struct arena *a, const struct json *model, const struct dmn *dmn,
                                   const struct json *values, instant at)
{
    struct json_builder b = json_builder(a);
    const struct json *list = json_get(model, "decisions");
    struct feel_env env = {.now = at};
    for (size_t i = 0; list && i < list->n; i++) {
        struct slice name = json_string(list->items[i], "name");
        const struct json *v;
        if (dmn_has(dmn, name) && !failed(dmn_eval(a, dmn, name, &env, values, &v, NULL))) json_set_slice(&b, name, v);
    }
    return json_merge(a, values, json_object(&b));
}

const struct json *decision_because(struct arena *a, const struct json *model, const struct json *labels,
                                    const struct dmn *dmn, const struct json *hits, const struct json *values,
                                    instant at)
{
    struct json_builder list = json_builder(a);
    struct telling t = {a, model, labels, scope_of(a, model, dmn, values, at)};
    for (size_t i = 0; hits && i < hits->n; i++) json_add(&list, hit_json(&t, hits->items[i]));
    return json_array(&list);
}
