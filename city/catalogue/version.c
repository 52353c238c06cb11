/* One version of a service: made from its folder, immutable afterwards. */
#include "city/catalogue/internal.h"
#include "city/decisions/decisions.h"

#define JSON_FILE_MAX (1024 * 1024)

/* ---- lifetime ---- */

void service_hold(const struct service *s)
{
    atomic_fetch_add(&((struct service *)(uintptr_t)s)->refs, 1);
}

void service_release(const struct service *s)
{
    struct service *x = (struct service *)(uintptr_t)s;
    if (atomic_fetch_sub(&x->refs, 1) != 1) return;
    for (size_t i = 0; i < x->ncalls; i++) service_release(x->calls[i]);
    arena_free(x->a);
}

static void release_cleanup(void *s)
{
    service_release(s);
}

void service_hold_for(struct arena *a, const struct service *s)
{
    service_hold(s);
    arena_cleanup(a, release_cleanup, (void *)(uintptr_t)s);
}

/* ---- making ---- */

struct making {
    const struct catalogue *c;
    struct service *s;
    const struct service_lookup *look;
    result faults; /* in s->a */
};

static void fault(struct making *m, result r)
{
    m->faults = result_join(m->s->a, m->faults, r);
}

result service_fault(struct arena *a, struct slice where, const char *zh, const char *en)
{
    return fail(a, CODE_SERVICE_FOLDER, where, "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

struct limit limit_read(struct arena *a, const struct json *v)
{
    static const char *const UNITS[] = {"working_day", "calendar_day", "hour", "working_hour"};
    struct limit l = {.n = json_int(v, "n", 0)};
    struct slice unit = json_string(v, "unit");
    for (int i = 0; i < 4; i++)
        if (slice_is(unit, UNITS[i])) l.unit = (enum limit_unit)i;
    l.source = arena_copy(a, bitext_of(json_get(v, "source")).zh);
    return l;
}

static const struct json *json_file(struct making *m, struct slice path, struct slice bytes)
{
    const struct json *v = NULL;
    result r = json_parse(m->s->a, bytes, JSON_FILE_MAX, path, &v);
    if (failed(r)) fault(m, r);
    return failed(r) ? NULL : v;
}

static void read_entry(struct making *m, bool thorough)
{
    struct service *s = m->s;
    const struct service_file *f = service_files_find(s->files, "service.json");
    if (!f) {
        fault(m, service_fault(s->a, S("service.json"), "缺少文件", "the file is missing"));
        return;
    }
    s->json = json_file(m, f->path, f->bytes);
    if (!s->json) return;
    if (thorough) fault(m, check_entry(m->c, s->a, s->json));
    const struct json *v = s->json;
    s->code = json_string(v, "code");
    s->name = bitext_of(json_get(v, "name"));
    s->department = json_string(v, "department");
    s->basic_code = json_string(v, "basic_code");
    s->implementation_code = json_string(v, "implementation_code");
    s->acceptance = slice_is(json_string(v, "acceptance"), "automatic") ? ACCEPT_AUTOMATIC : ACCEPT_OFFICER;
    s->promised = limit_read(s->a, json_get(v, "promised"));
    s->statutory = limit_read(s->a, json_get(v, "statutory"));
    const struct json *steps = json_get(v, "steps"), *materials = json_get(v, "materials");
    s->steps = NEW_ARRAY(s->a, struct service_step, (steps ? steps->n : 0) + 1);
    for (size_t i = 0; steps && i < steps->n; i++) {
        const struct json *x = steps->items[i];
        s->steps[s->nsteps++] =
            (struct service_step){json_string(x, "key"), json_string(x, "department"), bitext_of(json_get(x, "name")),
                                  limit_read(s->a, json_get(x, "limit")), json_bool(x, "optional", false)};
    }
    s->materials = NEW_ARRAY(s->a, struct service_material, (materials ? materials->n : 0) + 1);
    for (size_t i = 0; materials && i < materials->n; i++) {
        const struct json *x = materials->items[i];
        s->materials[s->nmaterials++] = (struct service_material){
            json_string(x, "code"), bitext_of(json_get(x, "name")), json_bool(x, "required", false), x};
    }
}

static const struct schema *compile_form(struct making *m, const struct json *v, struct slice where)
{
    const struct schema *out = NULL;
    struct schema_options o = {.assert_format = true, .forms = true};
    result r = schema_compile(m->s->a, v, &o, where, &out);
    if (failed(r)) fault(m, r);
    return failed(r) ? NULL : out;
}

static bool in_folder(struct slice path, const char *folder, const char *suffix, struct slice *stem)
{
    struct slice f = slice_cstr(folder), x = slice_cstr(suffix);
    if (!slice_starts(path, f) || !slice_ends(path, x) || path.n <= f.n + x.n) return false;
    *stem = slice_sub(path, f.n, path.n - f.n - x.n);
    return slice_find(*stem, '/', 0) == SIZE_MAX;
}

static void read_forms(struct making *m)
{
    struct service *s = m->s;
    s->forms = NEW_ARRAY(s->a, struct task_form, s->files.n + 1);
    for (size_t i = 0; i < s->files.n; i++) {
        struct service_file f = s->files.list[i];
        struct slice stem;
        bool main_form = slice_is(f.path, "form.json");
        if (!main_form && !in_folder(f.path, "forms/", ".json", &stem)) continue;
        const struct json *v = json_file(m, f.path, f.bytes);
        if (!v) continue;
        struct task_form t = {main_form ? S("form") : stem, v, compile_form(m, v, f.path)};
        s->forms[s->nforms++] = t;
        if (main_form) {
            s->form_json = v;
            s->form = t.schema;
        }
    }
    if (!service_files_find(s->files, "form.json"))
        fault(m, service_fault(s->a, S("form.json"), "缺少文件", "the file is missing"));
}

static void read_documents(struct making *m)
{
    struct service *s = m->s;
    s->documents = NEW_ARRAY(s->a, struct service_document, s->files.n + 1);
    s->templates = NEW_ARRAY(s->a, const struct document_template *, s->files.n + 1);
    for (size_t i = 0; i < s->files.n; i++) {
        struct service_file f = s->files.list[i];
        struct slice stem;
        if (!in_folder(f.path, "documents/", ".json", &stem)) continue;
        const struct json *v = json_file(m, f.path, f.bytes);
        if (!v) continue;
        const struct document_template *t = NULL;
        fault(m, template_parse(s->a, v, arena_printf(s->a, "%.*s#", SLICE_ARG(f.path)), &t));
        s->templates[s->ndocuments] = t;
        s->documents[s->ndocuments++] = (struct service_document){stem, v};
    }
}

static void read_decisions(struct making *m, bool thorough)
{
    struct service *s = m->s;
    s->dmn = NEW_ARRAY(s->a, struct dmn_file, s->files.n + 1);
    for (size_t i = 0; i < s->files.n; i++) {
        struct service_file f = s->files.list[i];
        if (!slice_ends(f.path, S(".dmn")) || slice_find(f.path, '/', 0) != SIZE_MAX) continue;
        const struct dmn *d = NULL;
        result r = dmn_compile(s->a, f.bytes, f.path, &d);
        if (!failed(r) && thorough) r = dmn_check(s->a, d, f.path);
        fault(m, r);
        if (d) s->dmn[s->ndmn++] = (struct dmn_file){f.path, d};
    }
}

/* ---- what the process may refer to ---- */

static bool env_verb(void *ctx, struct slice name, enum verb_kind *kind, const struct json **input)
{
    struct making *m = ctx;
    const struct verb *v = city_verb(m->c->city->areas, name);
    *input = NULL;
    if (!v) return false;
    *kind = v->kind;
    if (v->input_schema && failed(json_parse(m->s->a, slice_cstr(v->input_schema), JSON_FILE_MAX, name, input)))
        *input = NULL;
    return true;
}

/* The folder's own, else one that the city publishes for several services. */
static const struct dmn *env_decision(void *ctx, struct slice name, bool *shared)
{
    const struct making *m = ctx;
    const struct dmn *own = service_decision(m->s, name);
    const struct decision_version *v = own ? NULL : decision_latest(m->c->decisions, name);
    *shared = v != NULL;
    return v ? v->dmn : own;
}

static const struct process_model *env_called(void *ctx, struct slice name)
{
    struct making *m = ctx;
    struct service *s = m->s;
    for (size_t i = 0; i < s->ncalls; i++)
        if (slice_eq(s->pinned[i].code, name)) return s->calls[i]->model;
    const struct service *x = m->look && m->look->find ? m->look->find(m->look->ctx, name) : NULL;
    if (!x || s->ncalls == s->files.n + 64) return NULL;
    service_hold(x);
    s->calls[s->ncalls] = x;
    s->pinned[s->ncalls++] = (struct service_call){arena_copy(s->a, x->code), arena_copy(s->a, x->hash)};
    return x->model;
}

static bool env_department(void *ctx, struct slice code)
{
    struct making *m = ctx;
    /* without a city's list (a folder checked by itself) any code will do */
    return !m->c->data || !m->c->data->ndepartments || citydata_department(m->c->data, code) != NULL;
}

static bool env_form(void *ctx, struct slice name)
{
    return service_task_form(((struct making *)ctx)->s, name) != NULL;
}

static void read_process(struct making *m)
{
    struct service *s = m->s;
    const struct service_file *f = service_files_find(s->files, "process.bpmn");
    if (!f) {
        fault(m, service_fault(s->a, S("process.bpmn"), "缺少文件", "the file is missing"));
        return;
    }
    s->calls = NEW_ARRAY(s->a, const struct service *, s->files.n + 64);
    s->pinned = NEW_ARRAY(s->a, struct service_call, s->files.n + 64);
    struct process_env env = {.ctx = m,
                              .verb = env_verb,
                              .decision = env_decision,
                              .called = env_called,
                              .department = env_department,
                              .form = env_form,
                              .events = true};
    result r = process_compile(s->a, f->bytes, f->path, &env, &s->model);
    fault(m, r);
    if (failed(r)) s->model = NULL;
}

/* A task whose role nobody can hold would wait for ever. */
static void check_role(struct making *m, const struct process_node *x)
{
    enum role r;
    if (!x->role.n || (role_scan(x->role, &r) && r <= ROLE_HEAD)) return;
    fault(m, service_fault(m->s->a, arena_printf(m->s->a, "process.bpmn#%.*s", SLICE_ARG(x->id)),
                           "tb:role 不是办理岗位（window、handler、reviewer、signer、head）",
                           "its tb:role is no role that handles cases (window, handler, reviewer, signer, head)"));
}

/* The process and the entry must tell the same story. */
static void check_agreement(struct making *m)
{
    struct service *s = m->s;
    const struct process_node *nodes;
    size_t n = process_nodes(s->model, &nodes);
    bool officer = false;
    for (size_t i = 0; i < n; i++) {
        const struct process_node *x = &nodes[i];
        if (slice_is(x->task_kind, "acceptance")) officer = true;
        check_role(m, x);
        if (x->step.n && !service_step_find(s, x->step))
            fault(m, service_fault(s->a, arena_printf(s->a, "process.bpmn#%.*s", SLICE_ARG(x->id)),
                                   "tb:step 不在 service.json 的 steps 中",
                                   "its tb:step is not among the steps of service.json"));
    }
    for (size_t i = 0; i < s->nsteps; i++) {
        bool drawn = false;
        for (size_t k = 0; k < n; k++) drawn = drawn || slice_eq(nodes[k].step, s->steps[i].key);
        if (!drawn)
            fault(m, service_fault(s->a, arena_printf(s->a, "service.json#/steps/%zu", i), "流程中没有这个环节",
                                   "the process has no such step"));
    }
    if (officer != (s->acceptance == ACCEPT_OFFICER))
        fault(
            m,
            service_fault(
                s->a, S("service.json#/acceptance"),
                "受理方式与流程不符：有受理任务（tb:kind=\"acceptance\"）时填 officer，没有时填 automatic",
                "does not fit the process: officer with an acceptance task (tb:kind=\"acceptance\"), automatic without"));
}

static void check_rest(struct making *m)
{
    struct service *s = m->s;
    const struct service_file *f = service_files_find(s->files, "process.bpmn");
    check_agreement(m);
    fault(m, check_flow(s->a, s, f->bytes, catalogue_data(m->c)));
    fault(m, check_limits(s->a, s));
    fault(m, check_confirm(s->a, s));
    fault(m, check_events(s->a, s));
    fault(m, check_scenarios(m->c, s->a, s));
    const struct json *results = json_get(s->json, "results");
    for (size_t i = 0; results && i < results->n; i++) {
        struct slice t = json_string(results->items[i], "template");
        if (t.n && !service_document(s, t))
            fault(m, service_fault(s->a, arena_printf(s->a, "service.json#/results/%zu/template", i),
                                   "documents 中没有这个模板", "there is no such template in documents/"));
    }
}

result service_compile(const struct catalogue *c, struct arena *a, struct service_files files,
                       const struct service_lookup *look, bool thorough, struct service **out)
{
    struct arena *own = arena_new("service");
    struct service *s = NEW(own, struct service);
    struct making m = {c, s, look, ok()};
    s->a = own;
    atomic_init(&s->refs, 1);
    s->calendar = c->city->calendar;
    s->files = files_sorted(own, files);
    fault(&m, files_check(own, s->files, FOLDER_SERVICE));
    if (!failed(m.faults)) {
        read_entry(&m, thorough);
        read_forms(&m);
        read_documents(&m);
        read_decisions(&m, thorough);
        read_process(&m);
        if (s->json && s->model && thorough) check_rest(&m);
    }
    if (failed(m.faults)) {
        result r = result_copy(a, m.faults);
        service_release(s);
        return r;
    }
    s->hash = files_hash(own, s->files, s->pinned, s->ncalls);
    search_index(s);
    *out = s;
    return ok();
}
