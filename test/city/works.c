#include "test/city/works.h"

#include "areas/areas.h"
#include "city/catalogue/catalogue.h"

_Atomic(enum works_note) works_note;
atomic_int works_noted;
void (*works_during)(void *ctx);
void *works_during_ctx;

/* A body outside the city, for tests: it may be out of order, refuse, or be slow. */
static result note_run(struct verb_call *x, const struct json **output)
{
    struct json_builder b = json_builder(x->a);
    atomic_fetch_add(&works_noted, 1);
    if (works_during) works_during(works_during_ctx);
    if (atomic_load(&works_note) == WORKS_NOTE_OUT_OF_ORDER)
        return fail(x->a, CODE_UNAVAILABLE, S("/street"), "detail", json_string(x->input, "street"), NULL);
    if (atomic_load(&works_note) == WORKS_NOTE_REFUSES)
        return fail(x->a, CODE_FIELD_UNKNOWN, json_string(x->input, "street"), NULL);
    json_set_int(&b, "length", (int64_t)json_string(x->input, "street").n);
    *output = json_object(&b);
    return ok();
}

static const struct verb NOTE = {
    .name = "test.note",
    .kind = VERB_JOB,
    .is_double = true,
    .summary_zh = "备案（替身）",
    .summary_en = "Takes note (stand-in)",
    .input_schema = "{\"type\":\"object\",\"required\":[\"street\"],\"properties\":{\"street\":{\"type\":\"string\"}}}",
    .output_schema = "{\"type\":\"object\",\"properties\":{\"length\":{\"type\":\"integer\"}}}",
    .run = note_run};
static const struct verb *const VERBS[] = {&NOTE};
static const struct area AREA = {.number = 18, .name_zh = "测试", .name_en = "test", .verbs = VERBS, .nverbs = 1};

static const struct areas *with_area(struct arena *a)
{
    struct areas *all = NEW(a, struct areas);
    const struct area **list = NEW_ARRAY(a, const struct area *, AREAS.n + 1);
    for (size_t i = 0; i < AREAS.n; i++) list[i] = AREAS.list[i];
    list[AREAS.n] = &AREA;
    *all = (struct areas){list, AREAS.n + 1};
    return all;
}

static const struct actor *actor(struct works *w, const char *login)
{
    const struct actor *x = test_city_actor(w->t, slice_cstr(login));
    assert_non_null(x);
    return x;
}

static instant shown(void *ctx)
{
    return __atomic_load_n((const instant *)ctx, __ATOMIC_RELAXED);
}

void works_open(struct works *w, struct store_fixture *f)
{
    struct service_files folder;
    *w = (struct works){.f = f, .a = f->a};
    atomic_store(&works_note, WORKS_NOTE_GOOD);
    atomic_store(&works_noted, 0);
    works_during = NULL;
    works_at(w, "2021-09-22T09:00");
    f->options.time = (struct time_source){shown, &w->now};
    store_fixture_reopen(f);
    struct test_city_options o = {.clock = &w->now, .areas = with_area(f->a), .fresh = true, .no_services = true};
    assert_good(w->a, test_city_open(f->a, f->s, &o, &w->t));
    store_fixture_reusable(f);
    w->c = &w->t->city;
    assert_good(w->a, service_files_read(w->a, slice_cstr(test_city_source(w->a, "test/city/works")), &folder));
    assert_good(w->a, catalogue_install(w->c->catalogue, w->a, &folder, 1, w->now));
    assert_good(w->a, catalogue_current(w->c->catalogue, w->a, WORKS_SERVICE, &w->service));
    w->zhangsan = actor(w, "zhangsan");
    w->lisi = actor(w, "lisi");
    w->handler = actor(w, "scjg.handler");
    w->handler2 = actor(w, "scjg.handler2");
    w->reviewer = actor(w, "scjg.reviewer");
    w->head = actor(w, "scjg.head");
}

static struct slice replaced(struct arena *a, struct slice text, const char *from, const char *to)
{
    struct buf b = buf_new(a, 1 << 20);
    struct slice needle = slice_cstr(from);
    for (size_t at; (at = slice_search(text, needle)) != SIZE_MAX; text = slice_sub(text, at + needle.n, text.n)) {
        buf_put(&b, slice_sub(text, 0, at));
        buf_puts(&b, to);
    }
    buf_put(&b, text);
    return buf_slice(&b);
}

static void use(struct works *w, const char *code, struct service_files folder)
{
    assert_good(w->a, catalogue_install(w->c->catalogue, w->a, &folder, 1, w->now));
    assert_good(w->a, catalogue_current(w->c->catalogue, w->a, slice_cstr(code), &w->service));
}

static struct service_file *works_files(struct works *w, const char *code, size_t *n)
{
    struct service_files folder;
    assert_good(w->a, service_files_read(w->a, slice_cstr(test_city_source(w->a, "test/city/works")), &folder));
    struct service_file *list = NEW_ARRAY(w->a, struct service_file, folder.n);
    *n = folder.n;
    for (size_t i = 0; i < folder.n; i++) {
        list[i] = folder.list[i];
        list[i].bytes = replaced(w->a, list[i].bytes, "shop_front", code);
    }
    return list;
}

void works_change(struct works *w, const char *code, const char *const (*pairs)[2])
{
    size_t n;
    struct service_file *list = works_files(w, code, &n);
    for (; pairs && (*pairs)[0]; pairs++) {
        bool found = false;
        for (size_t i = 0; i < n; i++) {
            found = found || slice_search(list[i].bytes, slice_cstr((*pairs)[0])) != SIZE_MAX;
            list[i].bytes = replaced(w->a, list[i].bytes, (*pairs)[0], (*pairs)[1]);
        }
        if (!found) fail_msg("the folder does not hold %s", (*pairs)[0]);
    }
    use(w, code, (struct service_files){list, n});
}

static const char CALLER[] =
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" xmlns:tb=\"urn:tongban:bpmn:1\""
    " targetNamespace=\"urn:tongban:test\" id=\"defs\"><process id=\"shop_street\" isExecutable=\"true\">"
    "<startEvent id=\"start\"/><callActivity id=\"front\" calledElement=\"shop_front\" tb:step=\"front\"/>"
    "<endEvent id=\"end\" name=\"approved\"/><sequenceFlow id=\"f1\" sourceRef=\"start\" targetRef=\"front\"/>"
    "<sequenceFlow id=\"f2\" sourceRef=\"front\" targetRef=\"end\"/></process></definitions>";

void works_caller(struct works *w)
{
    size_t n, kept = 0;
    const struct json *entry = NULL;
    struct service_file *list = works_files(w, "shop_street", &n);
    const struct json *own = test_json(
        w->a,
        S("{\"acceptance\":\"automatic\",\"results\":[{\"kind\":\"document\",\"name\":{\"zh\":\"许可书\",\"en\":\"Permit\"}}],\"steps\":[{\"key\":\"front\",\"name\":"
          "{\"zh\":\"门面\",\"en\":\"Front\"},\"department\":\"scjg\"}]}"));
    for (size_t i = 0; i < n; i++) {
        struct service_file f = list[i];
        if (slice_starts(f.path, S("forms/")) || slice_starts(f.path, S("documents/"))) continue;
        if (slice_is(f.path, "process.bpmn")) f.bytes = slice_cstr(CALLER);
        if (slice_is(f.path, "service.json")) {
            assert_good(w->a, json_parse(w->a, f.bytes, 1 << 20, f.path, &entry));
            f.bytes = json_write(w->a, json_merge(w->a, entry, own));
        }
        list[kept++] = f;
    }
    use(w, "shop_street", (struct service_files){list, kept});
}

void works_set(struct works *w, instant now)
{
    __atomic_store_n(&w->now, now, __ATOMIC_RELAXED);
}

void works_at(struct works *w, const char *time)
{
    instant t;
    if (!instant_scan(arena_printf(w->a, "%s:00+08:00", time), &t)) fail_msg("no time: %s", time);
    works_set(w, t);
}

struct case_command works_command(struct works *w, const struct actor *x, const char *route, const char *key,
                                  struct slice body, struct id case_id)
{
    return (struct case_command){.city = w->c,
                                 .a = w->a,
                                 .actor = x,
                                 .now = w->now,
                                 .route = slice_cstr(route),
                                 .key = key ? slice_cstr(key) : S(""),
                                 .body = body,
                                 .case_id = case_id};
}

const struct json *works_form(struct works *w, const char *street, int64_t area)
{
    struct json_builder b = json_builder(w->a);
    json_set_cstr(&b, "street", street);
    json_set_int(&b, "area_m2", area);
    return json_object(&b);
}

result works_file(struct works *w, const struct actor *x, const char *key, const struct json *form,
                  struct case_done *done)
{
    struct case_filing f = {
        .service = w->service, .data = form, .town = WORKS_TOWN, .subject = x->subject, .channel = S("online")};
    struct case_command k = works_command(w, x, "file", key, json_write(w->a, form), ID_NONE);
    *done = (struct case_done){.version = 0};
    if (!id_is_none(x->delegation)) f.agent = x->account;
    TRY(subject_snapshot(w->c, w->a, x->subject, &f.applicant));
    return case_file(&k, &f, done);
}

struct id works_filed_by(struct works *w, const struct actor *x)
{
    struct case_done done;
    assert_good(w->a, works_file(w, x, NULL, works_form(w, "示范路", 4), &done));
    return done.case_id;
}

struct id works_filed(struct works *w)
{
    return works_filed_by(w, w->zhangsan);
}

struct id works_accepted(struct works *w, int64_t area)
{
    struct case_done done;
    assert_good(w->a, works_file(w, w->zhangsan, NULL, works_form(w, "示范路", area), &done));
    assert_good(w->a, works_decide(w, w->handler, done.case_id, "accept", "accept", NULL));
    return done.case_id;
}

struct id works_until(struct works *w, const char *node)
{
    struct id id = works_accepted(w, 4);
    const struct json *visit = test_json(w->a, S("{\"visit_on\":\"2021-09-23\"}"));
    assert_good(w->a, works_decide(w, w->handler, id, "look", "done", visit));
    assert_good(w->a, works_decide(w, w->handler, id, "draw", "done", NULL));
    works_jobs(w);
    if (strcmp(node, "choose") == 0) return id;
    const struct json *choice = test_json(w->a, S("{\"colour\":\"grey\"}"));
    assert_good(w->a, works_decide(w, w->zhangsan, id, "choose", "submit", choice));
    if (strcmp(node, "review") == 0) return id;
    assert_good(w->a, works_decide(w, w->reviewer, id, "review", "approve", NULL));
    assert_string_equal(node, "sign");
    return id;
}

static const struct stmt TOKEN = {
    "works_token", "SELECT token FROM case_task WHERE case_id=?1 AND node=?2 AND status < 3", NULL, false};

static struct rows tokens(struct works *w, struct id case_id, const char *node)
{
    struct rows r;
    const struct sql_value v[] = {sql_id(&case_id), sql_text(slice_cstr(node))};
    assert_good(w->a, store_query(w->c->store, w->a, &TOKEN, v, 2, &r));
    return r;
}

bool works_has(struct works *w, struct id case_id, const char *node)
{
    return tokens(w, case_id, node).n > 0;
}

int64_t works_token(struct works *w, struct id case_id, const char *node)
{
    struct rows r = tokens(w, case_id, node);
    if (r.n != 1) fail_msg("%zu open tasks at %s", r.n, node);
    return row(&r, 0)[0].i;
}

result works_decide_more(struct works *w, const struct actor *x, struct id case_id, const struct task_decision *t)
{
    struct case_done done;
    struct case_command k = works_command(w, x, "decide", NULL, S(""), case_id);
    return task_decide(&k, t, &done);
}

result works_decide(struct works *w, const struct actor *x, struct id case_id, const char *node, const char *outcome,
                    const struct json *data)
{
    struct task_decision t = {
        .token = works_token(w, case_id, node), .outcome = slice_cstr(outcome), .opinion = S("符合条件"), .data = data};
    if (!strcmp(outcome, "refuse") || !strcmp(outcome, "reject")) t.reasons = works_list(w, "不符合条件");
    return works_decide_more(w, x, case_id, &t);
}

void works_jobs(struct works *w)
{
    size_t done;
    do assert_good(w->a, case_jobs_run(w->c, w->a, w->now, 64, &done));
    while (done);
}

const struct json *works_view(struct works *w, struct id case_id, enum case_audience who)
{
    const struct json *v;
    assert_good(w->a, case_view(w->c, w->a, case_id, w->now, who, &v));
    return v;
}

static struct sql_value one(struct works *w, const char *sql, struct id case_id)
{
    struct stmt *q = NEW(w->a, struct stmt);
    struct rows r;
    struct sql_value id = sql_id(&case_id);
    *q = (struct stmt){"works_one", sql, NULL, false};
    assert_good(w->a, store_query(w->c->store, w->a, q, &id, 1, &r));
    if (r.n != 1) fail_msg("%zu rows: %s", r.n, sql);
    return row(&r, 0)[0];
}

int64_t works_number(struct works *w, const char *sql, struct id case_id)
{
    return one(w, sql, case_id).i;
}

struct slice works_text(struct works *w, const char *sql, struct id case_id)
{
    return one(w, sql, case_id).s;
}

const struct json *works_list(struct works *w, const char *text)
{
    struct json_builder b = json_builder(w->a);
    json_add(&b, json_of_cstr(w->a, text));
    return json_array(&b);
}
