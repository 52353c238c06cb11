/* DMN files as pages, differences and explanations see them: inputs with types, tables cell by cell. Read from the XML itself, so
 * that what a designer wrote is what is shown. */
#include "base/xml.h"
#include "city/decisions/internal.h"

#define TB_NS "urn:tongban:bpmn:1"

struct reading {
    struct arena *a;
    const struct xml_node *root;
    struct slice file;
};

static bool is(const struct xml_node *e, const char *name)
{
    return e->kind == XML_ELEMENT && slice_is(e->name, name);
}

static struct slice attr(const struct xml_node *e, const char *name)
{
    return slice_trim(xml_attr(e, "", name));
}

static struct slice text_of(struct arena *a, const struct xml_node *e, const char *child)
{
    const struct xml_node *c = xml_child(e, NULL, child);
    return c ? slice_trim(xml_text(a, c)) : (struct slice){NULL, 0};
}

/* label, else description, else annotations; and tb:en. Both empty: nothing was written for people. */
static struct bitext words_of(struct arena *a, const struct xml_node *e)
{
    struct bitext w = {attr(e, "label"), slice_trim(xml_attr(e, TB_NS, "en"))};
    if (!w.zh.n) w.zh = text_of(a, e, "description");
    for (const struct xml_node *x = xml_child(e, NULL, "annotationEntry"); x && !w.zh.n;
         x = xml_next(x, NULL, "annotationEntry"))
        w.zh = text_of(a, x, "text");
    if (!w.en.n) w.en = w.zh;
    return w;
}

static const struct json *words_json(struct arena *a, const struct xml_node *e, struct slice otherwise)
{
    struct bitext w = words_of(a, e);
    if (!w.zh.n) w = (struct bitext){otherwise, otherwise};
    return bitext_json(a, w);
}

/* "a","b" of a list of texts or numbers; nothing else is a choice. */
static const struct json *choices(struct arena *a, struct slice text)
{
    struct json_builder list = json_builder(a);
    struct slice rest = text;
    while (rest.n) {
        rest = slice_trim(rest);
        if (!rest.n || rest.p[0] != '"') return json_array(&list);
        size_t end = slice_find(rest, '"', 1);
        if (end == SIZE_MAX) return json_array(&list);
        json_add(&list, json_of_string(a, slice_sub(rest, 1, end - 1)));
        rest = slice_trim(slice_sub(rest, end + 1, rest.n));
        if (rest.n && rest.p[0] == ',') rest = slice_sub(rest, 1, rest.n);
    }
    return json_array(&list);
}

static const struct xml_node *item_definition(const struct reading *r, struct slice name)
{
    for (const struct xml_node *e = xml_child(r->root, NULL, "itemDefinition"); e;
         e = xml_next(e, NULL, "itemDefinition"))
        if (slice_eq(attr(e, "name"), name)) return e;
    return NULL;
}

/* The FEEL type at the end of a chain of item definitions, and the values allowed on the way. */
static void set_type(const struct reading *r, struct json_builder *b, struct slice type, struct slice allowed)
{
    for (int i = 0; i < 8; i++) {
        const struct xml_node *d = item_definition(r, type);
        if (!d) break;
        const struct xml_node *v = xml_child(d, NULL, "allowedValues");
        if (!v) v = xml_child(d, NULL, "typeConstraint");
        if (v && !allowed.n) allowed = text_of(r->a, v, "text");
        type = text_of(r->a, d, "typeRef");
    }
    json_set_str(b, "type", type);
    json_set(b, "choices", choices(r->a, allowed));
}

static const struct json *input_json(const struct reading *r, const struct xml_node *e)
{
    struct json_builder b = json_builder(r->a);
    const struct xml_node *v = xml_child(e, NULL, "variable");
    json_set_str(&b, "name", attr(e, "name"));
    json_set(&b, "label", words_json(r->a, e, attr(e, "name")));
    set_type(r, &b, v ? attr(v, "typeRef") : (struct slice){NULL, 0}, (struct slice){NULL, 0});
    return json_object(&b);
}

/* Type of the input data or decision that a column names. */
static struct slice declared_type(const struct reading *r, struct slice name)
{
    for (const struct xml_node *e = r->root->first; e; e = e->next) {
        if (!is(e, "inputData") && !is(e, "decision")) continue;
        const struct xml_node *v = xml_child(e, NULL, "variable");
        if (v && slice_eq(attr(e, "name"), name)) return attr(v, "typeRef");
    }
    return (struct slice){NULL, 0};
}

static const struct json *column_json(const struct reading *r, const struct xml_node *e, bool output)
{
    struct json_builder b = json_builder(r->a);
    const struct xml_node *x = xml_child(e, NULL, "inputExpression"), *v = xml_child(e, NULL, "inputValues");
    if (output) v = xml_child(e, NULL, "outputValues");
    struct slice text = output ? attr(e, "name") : x ? text_of(r->a, x, "text") : (struct slice){NULL, 0};
    struct slice type = output ? attr(e, "typeRef") : x ? attr(x, "typeRef") : (struct slice){NULL, 0};
    struct slice declared = output ? (struct slice){NULL, 0} : declared_type(r, text);
    json_set_str(&b, "id", attr(e, "id"));
    json_set(&b, "label", words_json(r->a, e, text));
    json_set_str(&b, "text", text);
    json_set_bool(&b, "output", output);
    set_type(r, &b, declared.n ? declared : type, v ? text_of(r->a, v, "text") : (struct slice){NULL, 0});
    return json_object(&b);
}

static const struct json *rule_json(const struct reading *r, const struct xml_node *e, int64_t index)
{
    struct json_builder b = json_builder(r->a), cells = json_builder(r->a);
    struct bitext w = words_of(r->a, e);
    for (const struct xml_node *c = e->first; c; c = c->next)
        if (is(c, "inputEntry") || is(c, "outputEntry"))
            json_add(&cells, json_of_string(r->a, text_of(r->a, c, "text")));
    json_set_str(&b, "id", attr(e, "id"));
    json_set_int(&b, "index", index);
    json_set(&b, "text", w.zh.n ? bitext_json(r->a, w) : json_null());
    json_set(&b, "cells", json_array(&cells));
    return json_object(&b);
}

static void set_table(const struct reading *r, struct json_builder *b, const struct xml_node *t)
{
    struct json_builder columns = json_builder(r->a), rules = json_builder(r->a);
    struct slice policy = attr(t, "hitPolicy");
    int64_t n = 0;
    json_set_str(b, "policy", policy.n ? policy : S("UNIQUE"));
    json_set_str(b, "aggregation", attr(t, "aggregation"));
    for (const struct xml_node *e = t->first; e; e = e->next) {
        if (is(e, "input") || is(e, "output")) json_add(&columns, column_json(r, e, is(e, "output")));
        if (is(e, "rule")) json_add(&rules, rule_json(r, e, ++n));
    }
    json_set(b, "columns", json_array(&columns));
    json_set(b, "rules", json_array(&rules));
}

static struct slice name_of_id(const struct reading *r, struct slice href)
{
    size_t hash = slice_find(href, '#', 0);
    struct slice id = hash == SIZE_MAX ? href : slice_sub(href, hash + 1, href.n);
    for (const struct xml_node *e = r->root->first; e; e = e->next)
        if (e->kind == XML_ELEMENT && slice_eq(attr(e, "id"), id)) return attr(e, "name");
    return id;
}

static void set_requires(const struct reading *r, struct json_builder *b, const struct xml_node *e)
{
    static const char *const KINDS[] = {"requiredInput", "requiredDecision", "requiredKnowledge"};
    struct json_builder list = json_builder(r->a);
    for (const struct xml_node *q = e->first; q; q = q->next) {
        if (!is(q, "informationRequirement") && !is(q, "knowledgeRequirement")) continue;
        for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
            const struct xml_node *x = xml_child(q, NULL, KINDS[i]);
            if (x) json_add(&list, json_of_string(r->a, name_of_id(r, attr(x, "href"))));
        }
    }
    json_set(b, "requires", json_array(&list));
}

/* Boxed expressions other than tables as lines "name = text", as deep as they go. */
static void outline(const struct reading *r, struct buf *out, const struct xml_node *e, int depth)
{
    if (depth > 20) return;
    if (is(e, "text")) {
        buf_put(out, slice_trim(xml_text(r->a, e)));
        buf_puts(out, "\n");
        return;
    }
    if (is(e, "variable") || is(e, "parameter") || is(e, "formalParameter")) {
        for (int i = 0; i < depth; i++) buf_puts(out, " ");
        buf_put(out, attr(e, "name"));
        buf_puts(out, " = ");
    }
    for (const struct xml_node *c = e->first; c; c = c->next)
        if (c->kind == XML_ELEMENT) outline(r, out, c, depth + 1);
}

static const struct json *decision_json(const struct reading *r, const struct xml_node *e)
{
    static const char *const KINDS[][2] = {{"decisionTable", "table"},
                                           {"literalExpression", "literal"},
                                           {"context", "context"},
                                           {"invocation", "invocation"},
                                           {"list", "list"},
                                           {"relation", "relation"},
                                           {"encapsulatedLogic", "function"},
                                           {"functionDefinition", "function"},
                                           {"conditional", "conditional"},
                                           {"filter", "filter"},
                                           {"for", "iterator"},
                                           {"some", "iterator"},
                                           {"every", "iterator"}};
    struct json_builder b = json_builder(r->a);
    json_set_str(&b, "id", attr(e, "id"));
    json_set_str(&b, "name", attr(e, "name"));
    json_set(&b, "title", words_json(r->a, e, attr(e, "name")));
    json_set_str(&b, "file", r->file);
    set_requires(r, &b, e);
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        const struct xml_node *x = xml_child(e, NULL, KINDS[i][0]);
        if (!x) continue;
        json_set_cstr(&b, "kind", KINDS[i][1]);
        if (i == 0) {
            set_table(r, &b, x);
        } else {
            struct buf text = buf_new(r->a, 256 * 1024);
            outline(r, &text, x, 0);
            json_set_str(&b, "text", slice_trim(buf_slice(&text)));
        }
        return json_object(&b);
    }
    json_set_cstr(&b, "kind", "none");
    return json_object(&b);
}

const struct json *decision_model(struct arena *a, struct service_files files)
{
    struct json_builder b = json_builder(a), inputs = json_builder(a), decisions = json_builder(a);
    for (size_t i = 0; i < files.n; i++) {
        struct xml_node *root;
        struct reading r = {.a = a, .file = files.list[i].path};
        if (!slice_ends(r.file, S(".dmn")) || failed(xml_parse(a, files.list[i].bytes, 4 * 1024 * 1024, r.file, &root)))
            continue;
        r.root = root;
        for (const struct xml_node *e = root->first; e; e = e->next) {
            if (is(e, "inputData")) json_add(&inputs, input_json(&r, e));
            if (is(e, "decision") || is(e, "businessKnowledgeModel")) json_add(&decisions, decision_json(&r, e));
        }
    }
    json_set(&b, "inputs", json_array(&inputs));
    json_set(&b, "decisions", json_array(&decisions));
    return json_object(&b);
}

const struct json *model_decision(const struct json *model, struct slice id_or_name)
{
    const struct json *list = json_get(model, "decisions");
    for (size_t i = 0; list && i < list->n; i++)
        if (slice_eq(json_string(list->items[i], "id"), id_or_name) ||
            slice_eq(json_string(list->items[i], "name"), id_or_name))
            return list->items[i];
    return NULL;
}

const struct json *model_rule(const struct json *decision, struct slice rule, int64_t index)
{
    const struct json *list = json_get(decision, "rules");
    for (size_t i = 0; list && i < list->n; i++)
        if (rule.n ? slice_eq(json_string(list->items[i], "id"), rule) : json_int(list->items[i], "index", 0) == index)
            return list->items[i];
    return NULL;
}
