/* A folder of a decision: compiled, checked, its examples run. */
#include "city/decisions/internal.h"

#define JSON_FILE_MAX (1024 * 1024)

struct making {
    const struct catalogue *c;
    struct arena *a;
    struct decision_version *v;
    bool thorough;
    result faults;
};

static void fault(struct making *m, result r)
{
    m->faults = result_join(m->a, m->faults, r);
}

static void say(struct making *m, const char *pointer, const char *zh, const char *en)
{
    fault(m, service_fault(m->a, arena_printf(m->a, "decision.json#%s", pointer), zh, en));
}

bool decision_folder(struct service_files f)
{
    return service_files_find(f, "decision.json") != NULL;
}

/* ---- decision.json ---- */

static day day_member(struct making *m, const char *key, day dflt)
{
    struct slice text = json_string(m->v->json, key);
    day d = dflt;
    if (text.n && !day_scan(text, &d))
        say(m, arena_cstr(m->a, arena_printf(m->a, "/%s", key)), "应为日期，如 2024-12-01",
            "is no date, like 2024-12-01");
    return d;
}

static void schema_faults(struct making *m, const char *schema_text, const struct json *value, struct slice file)
{
    const struct json *text;
    const struct schema *schema;
    struct schema_options o = {.assert_format = true};
    result r = json_parse(m->a, slice_cstr(schema_text), JSON_FILE_MAX, file, &text);
    if (!failed(r)) r = schema_compile(m->a, text, &o, file, &schema);
    if (!failed(r)) r = schema_validate(m->a, schema, value);
    for (const struct problem *p = r.problem; p; p = p->next) {
        struct problem one = *p;
        one.field = arena_printf(m->a, "%.*s#%.*s", SLICE_ARG(file), SLICE_ARG(p->field));
        one.next = NULL;
        fault(m, result_copy(m->a, (result){&one}));
    }
}

static void read_entry(struct making *m)
{
    struct decision_version *v = m->v;
    const struct service_file *f = service_files_find(v->files, "decision.json");
    if (!f) {
        fault(m, service_fault(m->a, S("decision.json"), "缺少文件", "the file is missing"));
        return;
    }
    result r = json_parse(m->a, f->bytes, JSON_FILE_MAX, f->path, &v->json);
    if (failed(r)) {
        fault(m, r);
        v->json = NULL;
        return;
    }
    if (m->thorough) schema_faults(m, DECISION_SCHEMA, v->json, S("decision.json"));
    v->key = json_string(v->json, "key");
    v->decision = json_string(v->json, "decision");
    v->name = bitext_of(json_get(v->json, "name"));
    v->decides = bitext_of(json_get(v->json, "decides"));
    v->department = json_string(v->json, "department");
    v->valid_from = day_member(m, "valid_from", 0);
    v->valid_to = day_member(m, "valid_to", DAY_OPEN);
    if (v->valid_to < v->valid_from)
        say(m, "/valid_to", "失效日期早于生效日期", "the end of its validity is before the beginning");
    if (m->c->data && m->c->data->ndepartments && !citydata_department(m->c->data, v->department))
        say(m, "/department", "机构表中没有这个部门", "is no department of the city's list");
}

/* ---- the DMN files: one that imports another is compiled after it ---- */

static void read_models(struct making *m)
{
    struct service_files f = m->v->files;
    const struct dmn **done = NEW_ARRAY(m->a, const struct dmn *, f.n + 1);
    bool *made = NEW_ARRAY(m->a, bool, f.n + 1);
    size_t n = 0, left = 0;
    for (bool progress = true; progress;) {
        progress = false;
        left = 0;
        for (size_t i = 0; i < f.n; i++) {
            const struct dmn *d = NULL;
            if (made[i] || !slice_ends(f.list[i].path, S(".dmn"))) continue;
            result r = dmn_compile_with(m->a, f.list[i].bytes, f.list[i].path, done, n, &d);
            left += failed(r);
            if (failed(r)) continue;
            done[n++] = d;
            made[i] = progress = true;
            if (m->thorough) fault(m, dmn_check(m->a, d, f.list[i].path));
            if (m->v->decision.n && dmn_has(d, m->v->decision)) m->v->dmn = d;
        }
    }
    for (size_t i = 0; left && i < f.n; i++) {
        const struct dmn *d;
        if (!made[i] && slice_ends(f.list[i].path, S(".dmn")))
            fault(m, dmn_compile_with(m->a, f.list[i].bytes, f.list[i].path, done, n, &d));
    }
    if (!m->v->dmn && !left) say(m, "/decision", "DMN 文件中没有这个决策", "no DMN file has this decision");
}

/* ---- sources: what they name exists ---- */

static bool has_rule(const struct json *model, struct slice id)
{
    const struct json *decisions = json_get(model, "decisions");
    for (size_t i = 0; decisions && i < decisions->n; i++) {
        const struct json *rules = json_get(decisions->items[i], "rules");
        for (size_t k = 0; rules && k < rules->n; k++)
            if (slice_eq(json_string(rules->items[k], "id"), id)) return true;
    }
    return false;
}

static void check_sources(struct making *m)
{
    const struct json *source = json_get(m->v->json, "source");
    for (size_t i = 0; source && i < source->n; i++) {
        const struct json *rules = json_get(source->items[i], "rules");
        for (size_t k = 0; rules && k < rules->n; k++)
            if (!has_rule(m->v->model, rules->items[k]->text))
                say(m, arena_cstr(m->a, arena_printf(m->a, "/source/%zu/rules/%zu", i, k)), "DMN 文件中没有这条规则",
                    "no DMN file has this rule");
    }
}

/* ---- examples ---- */

/* A decimal without what does not count: "0.10" and "0.1", "-0" and "0". */
static struct slice plain_number(struct slice s)
{
    if (slice_find(s, '.', 0) != SIZE_MAX && slice_find(s, 'E', 0) == SIZE_MAX && slice_find(s, 'e', 0) == SIZE_MAX) {
        while (s.n && s.p[s.n - 1] == '0') s.n--;
        if (s.n && s.p[s.n - 1] == '.') s.n--;
    }
    return slice_is(s, "-0") ? slice_sub(s, 1, 1) : s;
}

/* Members that are not expected are not compared: an example may be of some outputs only. */
static bool value_fits(const struct json *expected, const struct json *found, bool whole)
{
    if (!expected || !found || expected->type != found->type) return expected == found;
    if (expected->type == JSON_NUMBER) return slice_eq(plain_number(expected->text), plain_number(found->text));
    if (expected->type != JSON_OBJECT && expected->type != JSON_ARRAY) return json_equal(expected, found);
    if ((whole || expected->type == JSON_ARRAY) && expected->n != found->n) return false;
    for (size_t i = 0; i < expected->n; i++) {
        const struct json *x =
            expected->type == JSON_ARRAY ? found->items[i] : json_get_slice(found, expected->keys[i]);
        if (!x || !value_fits(expected->items[i], x, whole)) return false;
    }
    return true;
}

bool value_same(const struct json *x, const struct json *y)
{
    return value_fits(x, y, true);
}

static const struct json *hits_json(struct arena *a, const struct dmn_trace *t)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < t->n; i++) {
        struct json_builder b = json_builder(a);
        json_set_str(&b, "decision", t->hits[i].decision);
        json_set_str(&b, "rule", t->hits[i].rule);
        json_set_int(&b, "index", t->hits[i].index);
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

result decision_run(struct arena *a, const struct decision_version *v, const struct json *values, instant at,
                    const struct json **out, const struct json **hits)
{
    struct feel_env env = {.now = at};
    struct dmn_trace trace = {NULL, 0};
    TRY(dmn_eval(a, v->dmn, v->decision, &env, values, out, &trace));
    *hits = hits_json(a, &trace);
    return ok();
}

/* Rules that the example names and that did not decide. */
static const struct json *missing_rules(struct arena *a, const struct json *rules, const struct json *hits)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; rules && i < rules->n; i++) {
        bool hit = false;
        for (size_t k = 0; k < hits->n; k++)
            hit = hit || slice_eq(json_string(hits->items[k], "rule"), rules->items[i]->text);
        if (!hit) json_add(&list, rules->items[i]);
    }
    return json_array(&list);
}

static const struct json *example_json(struct arena *a, const struct decision_version *v, struct slice file, size_t i,
                                       const struct json *x)
{
    struct json_builder b = json_builder(a), none = json_builder(a);
    const struct json *found = json_null(), *hits = json_array(&none), *missing = hits;
    const struct json *expected = json_get(x, "output");
    day on = v->valid_from;
    if (json_get(x, "on")) (void)day_scan(json_string(x, "on"), &on);
    result r = decision_run(a, v, json_get(x, "input"), instant_of_day(on), &found, &hits);
    if (!failed(r)) missing = missing_rules(a, json_get(x, "rules"), hits);
    json_set_str(&b, "file", file);
    json_set_int(&b, "index", (int64_t)i);
    json_set(&b, "title", json_get(x, "title") ? json_get(x, "title") : json_null());
    json_set_bool(&b, "good", !failed(r) && value_fits(expected, found, false) && missing->n == 0);
    json_set(&b, "input", json_get(x, "input"));
    json_set(&b, "expected", expected);
    json_set(&b, "found", found);
    json_set(&b, "hits", hits);
    json_set(&b, "missing", missing);
    return json_object(&b);
}

const struct json *decision_examples(struct arena *a, const struct decision_version *v)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; v->dmn && i < v->files.n; i++) {
        struct service_file f = v->files.list[i];
        const struct json *file, *examples;
        if (!slice_starts(f.path, S("examples/")) || failed(json_parse(a, f.bytes, JSON_FILE_MAX, f.path, &file)))
            continue;
        examples = json_get(file, "examples");
        for (size_t k = 0; examples && k < examples->n; k++)
            json_add(&list, example_json(a, v, f.path, k, examples->items[k]));
    }
    return json_array(&list);
}

static void check_examples(struct making *m)
{
    struct decision_version *v = m->v;
    size_t files = 0;
    for (size_t i = 0; i < v->files.n; i++) {
        struct service_file f = v->files.list[i];
        const struct json *file;
        if (!slice_starts(f.path, S("examples/"))) continue;
        files++;
        result r = json_parse(m->a, f.bytes, JSON_FILE_MAX, f.path, &file);
        if (failed(r))
            fault(m, r);
        else
            schema_faults(m, EXAMPLES_SCHEMA, file, f.path);
    }
    if (!files) fault(m, service_fault(m->a, S("examples/"), "至少要有一个算例", "there must be at least one example"));
    const struct json *list = decision_examples(m->a, v);
    for (size_t i = 0; i < list->n; i++) {
        const struct json *x = list->items[i], *missing = json_get(x, "missing");
        if (json_bool(x, "good", false)) continue;
        struct slice where = arena_printf(m->a, "%.*s#/examples/%lld", SLICE_ARG(json_string(x, "file")),
                                          (long long)json_int(x, "index", 0));
        struct slice found =
            missing->n ? arena_printf(m->a, "%.*s (rule %.*s)", SLICE_ARG(json_write(m->a, json_get(x, "found"))),
                                      SLICE_ARG(missing->items[0]->text))
                       : json_write(m->a, json_get(x, "found"));
        fault(m, fail(m->a, CODE_DECISION_EXAMPLE, where, "expected", json_write(m->a, json_get(x, "expected")),
                      "found", found, NULL));
    }
}

const struct json *decision_labels(const struct decision_version *v)
{
    return json_get(v->json, "labels");
}

result decision_compile(const struct catalogue *c, struct arena *a, struct service_files files, bool thorough,
                        struct decision_version **out)
{
    struct decision_version *v = NEW(a, struct decision_version);
    struct making m = {c, a, v, thorough, ok()};
    *out = NULL;
    v->files = files_sorted(a, files);
    fault(&m, files_check(a, v->files, FOLDER_DECISION));
    if (failed(m.faults)) return m.faults;
    read_entry(&m);
    if (v->json) read_models(&m);
    v->model = decision_model(a, v->files);
    v->hash = files_hash(a, v->files, NULL, 0);
    if (v->dmn) *out = v;
    if (v->dmn && thorough) {
        check_sources(&m);
        check_examples(&m);
    }
    return m.faults;
}
