#include "test/city/opening.h"

/* ---- looking ---- */

static const struct stmt STATE = {"opening_state", "SELECT state FROM case_file WHERE id=?1", NULL, false};
static const struct stmt TASKS = {
    "opening_tasks",
    "SELECT token, node, kind, department, role, town FROM case_task WHERE case_id=?1 AND status < 2 ORDER BY token",
    NULL, false};
static const struct stmt JOBS = {
    "opening_jobs", "SELECT id, token, verb FROM case_job WHERE case_id=?1 AND token > 0 ORDER BY token", NULL, false};

result opening_look(struct test_city *t, struct arena *a, struct id case_id, struct opening_state *out)
{
    struct rows state, tasks, jobs;
    struct sql_value id = sql_id(&case_id);
    struct store *s = t->city.store;
    *out = (struct opening_state){.ntasks = 0};
    TRY(store_query(s, a, &STATE, &id, 1, &state));
    TRY(store_query(s, a, &TASKS, &id, 1, &tasks));
    TRY(store_query(s, a, &JOBS, &id, 1, &jobs));
    if (state.n == 0) return fail(a, CODE_NOT_FOUND, S("case"), "value", id_text(a, case_id), NULL);
    out->closed = !case_state_open((enum case_state)row(&state, 0)[0].i);
    out->state = slice_cstr(case_state_name((enum case_state)row(&state, 0)[0].i));
    for (size_t i = 0; i < tasks.n && i < 32; i++) {
        const struct sql_value *v = row(&tasks, i);
        out->tasks[i].token = v[0].i;
        out->tasks[i].node = v[1].s;
        out->tasks[i].kind = v[2].s;
        out->tasks[i].department = v[3].s;
        out->tasks[i].role = v[4].s;
        out->tasks[i].town = v[5].s;
        out->ntasks = i + 1;
    }
    for (size_t i = 0; i < jobs.n && i < 16; i++) {
        (void)id_from_bytes(row(&jobs, i)[0].s, &out->jobs[i]);
        out->job_tokens[i] = row(&jobs, i)[1].i;
        out->job_verbs[i] = row(&jobs, i)[2].s;
        out->njobs = i + 1;
    }
    return ok();
}

struct case_command opening_command(struct test_city *t, struct arena *a, const struct actor *x, const char *route,
                                    struct slice key, struct slice body)
{
    return (struct case_command){.city = &t->city,
                                 .a = a,
                                 .actor = x,
                                 .now = time_now(t->city.time),
                                 .route = slice_cstr(route),
                                 .key = key,
                                 .body = body};
}

/* ---- what the service's scenarios say ---- */

static bool bad_word(struct slice s)
{
    static const char *const BAD[] = {"correct", "refuse", "reject", "return", "refused", "rejected", "no"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (slice_is(s, BAD[i])) return true;
    return false;
}

/* The first step of the scenarios that is of this kind (and of this task), and that goes well. */
static const struct json *scenario_step(const struct json *scenarios, const char *what, struct slice task)
{
    for (size_t i = 0; i < scenarios->n; i++) {
        const struct json *steps = json_get(scenarios->items[i], "steps");
        for (size_t k = 0; steps && k < steps->n; k++) {
            const struct json *v = steps->items[k];
            bool fits = slice_is(json_string(v, "do"), what) && (task.n == 0 || slice_eq(json_string(v, "task"), task));
            bool good = !json_get(v, "refused") && !json_get(v, "parts") && !json_get(v, "service") &&
                        !json_get(v, "for") && !bad_word(json_string(v, "outcome"));
            if (fits && good) return v;
        }
    }
    return NULL;
}

static result scenarios(struct arena *a, const struct service *s, const struct json **out)
{
    struct service_files f = service_folder(s);
    struct json_builder list = json_builder(a);
    /* the one in which all goes well is called "whole" */
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < f.n; i++) {
            const struct json *v;
            if (!slice_starts(f.list[i].path, S("scenarios/")) || !slice_ends(f.list[i].path, S(".json"))) continue;
            if (slice_is(f.list[i].path, "scenarios/whole.json") != (round == 0)) continue;
            TRY(json_parse(a, f.list[i].bytes, 1 << 20, f.list[i].path, &v));
            json_add(&list, v);
        }
    *out = json_array(&list);
    return ok();
}

static const struct process_node *node_of(const struct process_model *m, struct slice id)
{
    const struct process_node *nodes;
    size_t n = process_nodes(m, &nodes);
    for (size_t i = 0; i < n; i++) {
        if (slice_eq(nodes[i].id, id)) return &nodes[i];
        const struct process_node *inside = nodes[i].called ? node_of(nodes[i].called, id) : NULL;
        if (inside) return inside;
    }
    return NULL;
}

static struct slice outcome_of(const struct opening_plan *p, struct slice node)
{
    const struct process_node *n = node_of(service_model(p->service), node);
    for (size_t i = 0; n && i < n->noutcomes; i++)
        if (!bad_word(n->outcomes[i])) return n->outcomes[i];
    return S("done");
}

struct task_decision opening_decision(const struct opening_plan *p, struct slice node, int64_t token)
{
    const struct json *said = scenario_step(p->scenarios, "decide", node);
    return (struct task_decision){
        .token = token, .outcome = outcome_of(p, node), .opinion = S("符合条件"), .data = json_get(said, "data")};
}

/* ---- rehearsal ---- */

struct rehearsal {
    struct test_city *t;
    struct arena *a;
    struct opening_plan *p;
    struct opening_step *steps;
    struct id case_id, done_by[64];
    size_t ndone;
};
enum { STEPS_MAX = 64 };

static result rehearse_task(struct rehearsal *r, const struct opening_state *s, size_t i)
{
    enum role role;
    struct slice node = s->tasks[i].node;
    const struct actor *x = NULL;
    struct opening_step *step = &r->steps[r->p->nsteps];
    struct case_done done;
    if (slice_is(s->tasks[i].kind, "fill"))
        x = r->p->applicant;
    else if (role_scan(s->tasks[i].role, &role))
        x = test_city_officer(r->t, role, s->tasks[i].department, s->tasks[i].town, r->done_by, r->ndone);
    if (!x) return fail(r->a, CODE_NOT_FOUND, S("officer"), "value", node, NULL);
    *step = (struct opening_step){.token = s->tasks[i].token,
                                  .node = arena_copy(r->a, node),
                                  .actor = x,
                                  .department = arena_copy(r->a, s->tasks[i].department)};
    step->decision = opening_decision(r->p, step->node, step->token);
    struct case_command k = opening_command(r->t, r->a, x, "decide", S(""), S(""));
    k.case_id = r->case_id;
    TRY(task_decide(&k, &step->decision, &done));
    if (r->ndone < 64) r->done_by[r->ndone++] = x->account;
    r->p->nsteps++;
    r->p->ntasks++;
    return ok();
}

/* One job, and which it was: the tokens of what comes after depend on the order. None that the flow waits for: a letter
 * was made. */
static result rehearse_job(struct rehearsal *r, const struct opening_state *s)
{
    struct opening_state after;
    size_t done = 0;
    TRY(case_jobs_run(&r->t->city, r->a, time_now(r->t->city.time), 1, &done));
    TRY(opening_look(r->t, r->a, r->case_id, &after));
    if (!done) return fail(r->a, CODE_INTERNAL, S("rehearsal"), "detail", S("no job is due"), NULL);
    for (size_t i = 0; i < s->njobs; i++) {
        bool still = false;
        for (size_t k = 0; k < after.njobs; k++) still = still || id_eq(after.jobs[k], s->jobs[i]);
        if (still) continue;
        r->steps[r->p->nsteps++] =
            (struct opening_step){.job = true, .token = s->job_tokens[i], .verb = arena_copy(r->a, s->job_verbs[i])};
        break;
    }
    return ok();
}

static result rehearse(struct rehearsal *r)
{
    for (;;) {
        struct opening_state s;
        TRY(opening_look(r->t, r->a, r->case_id, &s));
        if (s.closed) return ok();
        if (r->p->nsteps == STEPS_MAX || (s.ntasks == 0 && s.njobs == 0))
            return fail(r->a, CODE_INTERNAL, S("rehearsal"), "detail",
                        S("the case is open and nobody has anything to do"), NULL);
        if (s.ntasks)
            TRY(rehearse_task(r, &s, 0));
        else
            TRY(rehearse_job(r, &s));
    }
}

/* One founder, who applies: nobody else has to confirm (city/drafts/confirm.h), so that a load is filings alone. */
static const struct json *one_founder(struct arena *a, const struct json *data, const struct json *snapshot)
{
    struct json_builder founder = json_builder(a), list = json_builder(a), b = json_builder(a);
    if (!json_get(data, "shareholders")) return data;
    json_set(&founder, "name", json_get(snapshot, "name"));
    json_set(&founder, "id_number", json_get(snapshot, "id_number"));
    json_set_int(&founder, "share", 100);
    json_add(&list, json_object(&founder));
    json_set(&b, "shareholders", json_array(&list));
    return json_merge(a, data, json_object(&b));
}

result opening_plan_read(struct test_city *t, struct arena *a, struct slice service, struct opening_plan **out)
{
    struct opening_plan *p = NEW(a, struct opening_plan);
    *out = p;
    TRY(catalogue_current(t->city.catalogue, a, service, &p->service));
    TRY(scenarios(a, p->service, &p->scenarios));
    const struct json *file = scenario_step(p->scenarios, "file", (struct slice){NULL, 0});
    if (!file) return fail(a, CODE_NOT_FOUND, S("scenarios"), "value", S("file"), NULL);
    p->data = json_get(file, "data");
    p->applicant = test_city_actor(t, json_string(file, "as"));
    if (!p->applicant) return fail(a, CODE_NOT_FOUND, S("login"), "value", json_string(file, "as"), NULL);
    p->town = json_string(file, "town");
    if (p->town.n == 0) p->town = t->data->towns[0].code;
    TRY(subject_snapshot(&t->city, a, p->applicant->subject, &p->snapshot));
    p->data = one_founder(a, p->data, p->snapshot);
    return ok();
}

result opening_plan_rehearse(struct test_city *t, struct arena *a, struct opening_plan *p)
{
    struct rehearsal r = {.t = t, .a = a, .p = p, .steps = NEW_ARRAY(a, struct opening_step, STEPS_MAX)};
    struct case_filing f;
    struct case_done done;
    p->steps = r.steps;
    opening_filing(p, a, 0, &f);
    struct case_command k = opening_command(t, a, p->applicant, "file", S(""), S(""));
    TRY(case_file(&k, &f, &done));
    r.case_id = done.case_id;
    return rehearse(&r);
}

/* ---- many of them ---- */

/* A trade name is its own: two to eight characters that spell the serial. */
static const struct json *unique_name(struct arena *a, const struct json *data, int64_t serial)
{
    static const char *const SIGNS[] = {"星", "辰", "云", "海", "松", "竹", "梅", "兰",
                                        "金", "玉", "明", "辉", "瑞", "祥", "泰", "安"};
    struct buf b = buf_new(a, 256);
    struct json_builder o = json_builder(a);
    if (json_string(data, "shop_name").n == 0 || serial == 0) return data;
    buf_puts(&b, "启");
    for (uint64_t n = (uint64_t)serial; n > 0; n /= 16) buf_puts(&b, SIGNS[n % 16]);
    json_set_str(&o, "shop_name", buf_slice(&b));
    return json_merge(a, data, json_object(&o));
}

void opening_filing(const struct opening_plan *p, struct arena *a, int64_t serial, struct case_filing *out)
{
    *out = (struct case_filing){.service = p->service,
                                .data = unique_name(a, p->data, serial),
                                .town = p->town,
                                .subject = p->applicant->subject,
                                .applicant = p->snapshot,
                                .channel = S("online")};
}
