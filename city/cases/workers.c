/* What happens by itself: jobs are done, late tasks are escalated; timers: timers.c. Work is claimed by lease, done outside
 * any transaction, and comes back as a command; the first stored result wins. */
#include "city/cases/flow.h"
#include "city/cases/licence_parts.h"

#define JOB_TRIES 8

static const struct actor SYSTEM = {.kind = ACTOR_SYSTEM, .login = {"system", 6}, .name = {"系统", 6}};

struct case_command work_command(struct city *c, struct arena *a, instant now, const char *route, struct id case_id)
{
    return (struct case_command){
        .city = c, .a = a, .actor = &SYSTEM, .now = now, .route = slice_cstr(route), .case_id = case_id};
}

result work_leased(struct city *c, struct arena *a, instant now, const char *table, size_t n, size_t *done,
                   result (*one)(struct city *c, struct arena *a, instant now, struct id id))
{
    struct rows rows;
    result all = ok();
    *done = 0;
    TRY(store_lease(c->store, a, table, id_new(now), LEASE_MS, n, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct id id;
        if (!id_from_bytes(row(&rows, i)[0].s, &id)) continue;
        /* each in an arena of its own: one bad row does not keep the others */
        struct arena *own = arena_new(table);
        result res = one(c, own, now, id);
        if (failed(res))
            all = result_join(a, all, result_copy(a, res));
        else
            (*done)++;
        arena_free(own);
    }
    return all;
}

/* ---- jobs ---- */

static const struct stmt JOB_SELECT = {
    "job_select",
    "SELECT j.case_id, j.token, j.verb, j.step, j.input_ct, j.tries, k.wrapped FROM case_job j JOIN data_key k ON k.id = j.case_id"
    " WHERE j.id=?1",
    NULL, false};
static const struct stmt JOB_AGAIN = {
    "job_again", "UPDATE case_job SET tries = tries + 1, error=?2, due_at=?3, lease_until=0 WHERE id=?1", NULL, false};
static const struct stmt BLOB_INSERT = {
    "blob_insert", "INSERT INTO case_blob (id, case_id, content_ct) VALUES (?1,?2,?3)", NULL, false};

struct case_job {
    struct id id, case_id;
    int64_t token, tries;
    struct slice verb, step;
    const struct json *input, *output;
    struct verb_call call;
    result res; /* of the verb */
};

/* 1 s, doubled at each try, at most 17 minutes. */
static instant next_try(instant now, const struct case_job *j)
{
    return now + (MS_SECOND << (j->tries < 10 ? j->tries : 10));
}

/* Which failures may pass by waiting: an outage of something outside; never what the input itself caused. */
static bool may_pass(result res)
{
    enum code code = result_code(res);
    return code_status(code) >= 500;
}

static result job_done(struct run *r, const struct case_job *j, bool late)
{
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", "job_done");
    json_set_str(&b, "id", id_text(r->a, j->id));
    if (late) json_set_bool(&b, "late", true);
    return run_fact(r, json_object(&b));
}

result case_made(struct run *r, const struct verb_call *made)
{
    for (size_t i = 0; made->facts && i < made->facts->n; i++) TRY(run_fact(r, made->facts->items[i]));
    for (size_t i = 0; i < made->nblobs; i++)
        decision_write(r->d, &BLOB_INSERT, 1, 3, sql_id(&made->blobs[i].id), sql_id(&r->c->id),
                       sql_blob(vault_seal(r->a, &r->key, "case.blob", made->blobs[i].bytes)));
    return ok();
}

static result job_facts(struct run *r, const struct case_job *j)
{
    TRY(case_made(r, &j->call));
    struct json_builder v = json_builder(r->a);
    json_set_cstr(&v, "t", "verb");
    json_set_str(&v, "verb", j->verb);
    json_set_str(&v, "step", j->step);
    json_set(&v, "output", j->output ? j->output : json_null());
    return run_fact(r, json_object(&v));
}

/* Withdrawn meanwhile, or passed over: what was made is thrown away before anybody can see it, a licence above all. */
static bool too_late(struct run *r, const struct case_job *j)
{
    const struct process_waiting *w = run_waiting(r, j->token);
    return !case_state_open(r->c->state) || !w || w->why != WAIT_VERB;
}

static struct process_event came_back(struct run *r, const struct case_job *j)
{
    struct process_event e = {.type = EV_VERB_DONE, .token = (uint32_t)j->token, .data = j->output, .at = r->k->now};
    if (!failed(j->res)) return e;
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "code", code_name(result_code(j->res)));
    json_set_str(&b, "message", problem_text(r->a, j->res.problem, LANG_ZH));
    json_set_str(&b, "message_en", problem_text(r->a, j->res.problem, LANG_EN));
    e.type = EV_VERB_FAILED;
    e.data = json_object(&b);
    return e;
}

/* Whether the process itself says what to do when this is out of order (boundary event, fallback). */
static result has_a_way(struct run *r, const struct process_event *e, bool *way)
{
    struct process_step_env env = run_step_env(r);
    struct process_outcome o;
    TRY(process_step(r->a, service_model(r->service), r->state, r->c->vars, e, &env, &o));
    *way = true;
    for (size_t i = 0; i < o.n; i++)
        if (o.effects[i].type == EFF_INCIDENT && o.effects[i].token == e->token) *way = false;
    return ok();
}

static result job_body(struct run *r)
{
    const struct case_job *j = r->args;
    bool late = j->token && too_late(r, j), way = true;
    struct process_event e = came_back(r, j);
    /* an outage delays a decision, it never breaks it: without another way it is tried until it passes */
    if (!late && failed(j->res) && may_pass(j->res)) TRY(has_a_way(r, &e, &way));
    if (!way) {
        r->silent = true;
        decision_write(r->d, &JOB_AGAIN, 1, 3, sql_id(&r->job), sql_text(slice_cstr(code_name(result_code(j->res)))),
                       sql_int(next_try(r->k->now, j)));
        return ok();
    }
    TRY(job_done(r, j, late));
    if (late) return ok();
    if (!failed(j->res)) TRY(job_facts(r, j));
    return j->token ? run_advance(r, &e) : ok(); /* papers belong to no token */
}

struct again {
    struct id id;
    struct slice error;
    instant due;
};

static result again_body(struct tx *tx, struct arena *attempt, void *ctx)
{
    struct again *x = ctx;
    const struct sql_value v[] = {sql_id(&x->id), sql_text(x->error), sql_int(x->due)};
    return tx_exec(tx, attempt, &JOB_AGAIN, v, 3, NULL);
}

static result again(struct city *c, struct arena *a, instant now, const struct case_job *j, struct slice error)
{
    struct again x = {j->id, error, next_try(now, j)};
    return store_run(c->store, a, "job_again", again_body, &x);
}

static const struct stmt JOB_FORGET = {"job_forget", "DELETE FROM case_job WHERE id=?1", NULL, false};

static result forget_body(struct tx *tx, struct arena *attempt, void *ctx)
{
    struct sql_value v = sql_id(ctx);
    return tx_exec(tx, attempt, &JOB_FORGET, &v, 1, NULL);
}

static result job_load(struct city *c, struct arena *a, struct id id, struct case_job *j, bool *there)
{
    struct rows rows;
    struct sql_value v = sql_id(&id);
    struct data_key key;
    struct slice plain;
    TRY(store_query(c->store, a, &JOB_SELECT, &v, 1, &rows));
    *there = rows.n == 1;
    if (!*there) return ok();
    const struct sql_value *x = row(&rows, 0);
    *there = x[6].s.n > 0; /* the case's key was destroyed: nobody can do this any more */
    if (!*there) return store_run(c->store, a, "job_forget", forget_body, &id);
    j->id = id;
    (void)id_from_bytes(x[0].s, &j->case_id);
    j->token = x[1].i;
    j->verb = x[2].s;
    j->step = x[3].s;
    j->tries = x[5].i;
    TRY(vault_unwrap(c, a, j->case_id, x[6].s, &key));
    TRY(vault_open(a, &key, "case.job", x[4].s, &plain));
    return json_parse(a, plain, 1024 * 1024, S("case_job.input"), &j->input);
}

static result job_call(struct city *c, struct arena *a, instant now, struct case_job *j)
{
    struct case_row *row_ = NEW(a, struct case_row);
    TRY(case_read(c, a, j->case_id, row_, NULL));
    const struct verb *v = city_verb(c->areas, j->verb);
    if (!v || v->kind != VERB_JOB) return fail(a, CODE_INTERNAL, j->verb, "detail", S("no such job verb"), NULL);
    j->call = (struct verb_call){.a = a,
                                 .city = c,
                                 .case_id = j->case_id,
                                 .case_number = row_->number,
                                 .service = row_->service,
                                 .step = j->step,
                                 .applicant = row_->subject,
                                 .department = row_->department,
                                 .town = row_->town,
                                 .now = now,
                                 .input = j->input,
                                 .vars = row_->vars,
                                 .job = j->id};
    TRY(catalogue_by_hash(c->catalogue, a, row_->service_hash, &j->call.version));
    return v->run(&j->call, &j->output);
}

result case_job_do(struct city *c, struct arena *a, instant now, struct id id, struct case_job **out, bool *there)
{
    struct case_job *j = NEW(a, struct case_job);
    *out = j;
    TRY(job_load(c, a, id, j, there));
    if (*there) j->res = job_call(c, a, now, j);
    return ok();
}

result case_job_result(const struct case_job *j)
{
    return j->res;
}

struct run *case_job_prepare(struct city *c, struct arena *a, instant now, struct case_job *j, struct case_done *out)
{
    struct case_command *k = NEW(a, struct case_command);
    struct run *r = NEW(a, struct run);
    *k = work_command(c, a, now, "job", j->case_id);
    *r = (struct run){
        .k = k, .kind = "job", .body = job_body, .args = j, .job = j->id, .job_table = "case_job", .out = out};
    return r;
}

static result work(struct city *c, struct arena *a, instant now, struct id id)
{
    struct case_job *j;
    bool there;
    struct case_done out;
    TRY(case_job_do(c, a, now, id, &j, &there));
    if (!there) return ok();
    if (failed(j->res) && ((may_pass(j->res) && j->tries + 1 < JOB_TRIES) || j->token == 0)) {
        /* the code alone: the text may repeat what somebody wrote, and this column is in clear */
        TRY(again(c, a, now, j, slice_cstr(code_name(result_code(j->res)))));
        return j->res;
    }
    return run_command(case_job_prepare(c, a, now, j, &out));
}

result case_jobs_run(struct city *c, struct arena *a, instant now, size_t n, size_t *done)
{
    return work_leased(c, a, now, "case_job", n, done, work);
}

/* ---- escalation: late tasks go to the head of the department, once. An applicant who is late is no matter for the head. ---- */

static const struct stmt LATE = {
    "late_tasks",
    "SELECT case_id, token, department, town FROM case_task"
    " WHERE status < 3 AND escalated_at = 0 AND due_at > 0 AND due_at < ?1 AND kind <> 'fill' ORDER BY due_at LIMIT ?2",
    NULL, false};

static result escalate_body(struct run *r)
{
    const struct rows *heads = r->args;
    const struct sql_value *t = r->task;
    /* done, told already, or its clock was stopped since it was looked up */
    if (!t || t[TK_STATUS].i >= TASK_DONE || t[TK_ESCALATED].i || t[TK_DUE].i == 0 || t[TK_DUE].i >= r->k->now) {
        r->silent = true;
        return ok();
    }
    run_notice_heads(r, heads, "有任务超时，请督办", "a task is late", (struct slice){NULL, 0});
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", "escalated");
    json_set_int(&b, "token", r->token);
    json_set_str(&b, "department", t[TK_DEPARTMENT].s);
    return run_fact(r, json_object(&b));
}

static result escalate(struct city *c, struct arena *a, instant now, const struct sql_value *v)
{
    struct id case_id;
    struct case_done out;
    struct rows heads;
    if (!id_from_bytes(v[0].s, &case_id)) return ok();
    TRY(store_query(c->store, a, &HEADS_OF, v + 2, 2, &heads));
    struct case_command k = work_command(c, a, now, "escalate", case_id);
    struct run r = {.k = &k, .kind = "escalate", .body = escalate_body, .args = &heads, .token = v[1].i, .out = &out};
    return run_command(&r);
}

result case_escalate_run(struct city *c, struct arena *a, instant now, size_t n, size_t *done)
{
    struct rows rows;
    result all = ok();
    const struct sql_value v[] = {sql_int(now), sql_int((int64_t)n)};
    *done = 0;
    TRY(store_query(c->store, a, &LATE, v, 2, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct arena *own = arena_new("escalate");
        result res = escalate(c, own, now, row(&rows, i));
        if (failed(res))
            all = result_join(a, all, result_copy(a, res));
        else
            (*done)++;
        arena_free(own);
    }
    return all;
}
