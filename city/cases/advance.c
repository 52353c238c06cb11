/* The engine's step and the local verbs, and what their effects mean for the case. */
#include "city/cases/flow.h"
#include "city/decisions/decisions.h"

struct pending {
    uint32_t token;
    const struct process_node *node;
    struct slice step;
    const struct json *input;
};
struct queue {
    struct pending items[VERB_ROUNDS];
    size_t n, at;
};

static struct json_builder fact(struct run *r, const char *t)
{
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", t);
    return b;
}

static void set_id(struct json_builder *b, const char *key, struct id v)
{
    json_set_str(b, key, id_text(b->a, v));
}

static result on_task(struct run *r, const struct effect *e)
{
    struct json_builder b = fact(r, "task");
    json_set_int(&b, "token", e->token);
    json_set_str(&b, "node", e->node->id);
    json_set_str(&b, "step", e->step);
    json_set_str(&b, "kind", e->node->task_kind);
    json_set_str(&b, "department", e->department.n ? e->department : r->c->department);
    json_set_str(&b, "role", e->role);
    struct slice window = json_string(r->c->vars, "window_town");
    json_set_str(&b, "town", window.n && slice_is(e->role, "window") ? window : r->c->town);
    json_set_int(&b, "due", run_task_due(r, e->token, e->node, e->step, r->k->now));
    if (slice_is(e->node->task_kind, "fill")) run_notice(r, NOTICE_FILL, e->node->name);
    return run_fact(r, json_object(&b));
}

/* 行政许可法 art. 32 (4): not told within five working days -> accepted from the day the papers were received. */
static result accept_by_silence(struct run *r)
{
    struct json_builder b = fact(r, "accepted");
    json_set_cstr(&b, "how", "silence");
    json_set_int(&b, "at", acceptance_begin(r->c));
    TRY(run_fact(r, json_object(&b)));
    run_notice(r, NOTICE_ACCEPTED, (struct slice){NULL, 0});
    return run_paper(r, "acceptance", NULL);
}

static result on_task_closed(struct run *r, const struct effect *e)
{
    struct json_builder b = fact(r, "task_closed");
    json_set_int(&b, "token", e->token);
    json_set_cstr(&b, "s", "cancelled");
    TRY(run_fact(r, json_object(&b)));
    if (r->by_timer && slice_is(e->node->task_kind, "acceptance") && r->c->state == CASE_FILED)
        return accept_by_silence(r);
    return ok();
}

static result on_verb(struct run *r, const struct effect *e, struct queue *q)
{
    if (e->verb_kind == VERB_LOCAL) {
        if (q->n == VERB_ROUNDS) return fail(r->a, CODE_PROCESS_MOVES, e->node->id, "limit", S("100"), NULL);
        q->items[q->n++] = (struct pending){e->token, e->node, e->step, e->data};
        return ok();
    }
    struct json_builder b = fact(r, "job");
    set_id(&b, "id", id_new(r->k->now));
    json_set_int(&b, "token", e->token);
    json_set_str(&b, "verb", e->node->verb);
    json_set_str(&b, "step", e->step);
    json_set(&b, "input", e->data ? e->data : json_null());
    return run_fact(r, json_object(&b));
}

/* A step may end because the whole case did: withdrawn by the applicant, or not accepted. */
static enum step_state step_end(const struct run *r, struct slice outcome)
{
    if (r->c->state == CASE_WITHDRAWN || slice_is(outcome, "withdrawn")) return STEP_WITHDRAWN;
    bool refused = r->c->state == CASE_REFUSED || slice_is(outcome, "refused") || slice_is(outcome, "reject");
    return refused ? STEP_REFUSED : STEP_DONE;
}

static result on_step(struct run *r, const struct effect *e, bool started)
{
    enum step_state s = STEP_RUNNING;
    struct slice outcome = json_string(e->data, "outcome");
    if (!started) s = step_end(r, outcome);
    struct json_builder b = fact(r, "step");
    json_set_str(&b, "key", e->step);
    json_set_int(&b, "s", (int64_t)s);
    if (outcome.n) json_set_str(&b, "outcome", outcome);
    return run_fact(r, json_object(&b));
}

static result on_timer(struct run *r, const struct effect *e)
{
    struct json_builder b = fact(r, "timer");
    set_id(&b, "id", id_new(r->k->now));
    json_set_int(&b, "token", e->token);
    json_set_int(&b, "due", r->migrates ? run_timer_from_opening(r, e) : run_timer_due(r, e));
    return run_fact(r, json_object(&b));
}

/* A refusal states its reasons (行政许可法 art. 38): the variable the process made, else what the officer who refused gave. */
static const struct json *reasons_given(struct run *r)
{
    const struct json *vars = r->c->vars, *own = json_get(vars, "reasons");
    for (size_t i = 0; vars && vars->type == JSON_OBJECT && i < vars->n && !(own && own->type == JSON_ARRAY && own->n);
         i++) {
        struct slice outcome = json_string(vars->items[i], "outcome");
        if (slice_is(outcome, "refuse") || slice_is(outcome, "reject")) own = json_get(vars->items[i], "reasons");
    }
    if (!own || own->type != JSON_ARRAY || !own->n) return NULL;
    struct json_builder b = json_builder(r->a);
    json_set(&b, "reasons", own);
    return json_object(&b);
}

static result on_ended(struct run *r, const struct effect *e)
{
    struct slice outcome = json_string(e->data, "outcome");
    TRY(run_fact1(r, "timer_off", NULL, NULL));
    if (r->c->state == CASE_REFUSED || r->c->state == CASE_WITHDRAWN) return ok();
    if (slice_is(outcome, "withdrawn")) { /* the step that everything rested on, or every step, was withdrawn */
        TRY(run_fact1(r, "withdrawn", NULL, NULL));
        run_notice(r, NOTICE_WITHDRAWN, (struct slice){NULL, 0});
        return run_paper(r, "withdrawn", NULL);
    }
    if (outcome.n == 0) outcome = S("approved");
    TRY(run_fact1(r, "decided", "outcome", json_of_string(r->a, outcome)));
    run_notice(r, NOTICE_DECIDED, (struct slice){NULL, 0});
    bool granted = !(slice_is(outcome, "refused") || slice_is(outcome, "rejected") || slice_is(outcome, "reject"));
    return granted ? run_paper(r, "granted", NULL) : run_paper(r, "refused", reasons_given(r));
}

/* Where the case stands still, the head of the deciding body hears of it, once: when it is tried again in vain, once more. */
static result on_incident(struct run *r, const struct effect *e)
{
    const struct rows *heads;
    size_t n;
    TRY(run_asked(r, ASKED_HEADS, &heads, &n));
    if (!heads) {
        decision_load(r->d, &HEADS_OF, 2, sql_text(r->c->department), sql_text(r->c->town));
        run_remember_asked(r, ASKED_HEADS);
        return fail(r->a, CODE_VERB_MORE, S("heads"), NULL);
    }
    struct json_builder b = fact(r, "incident");
    json_set(&b, "d", e->data);
    json_set_str(&b, "node", e->node->id);
    struct slice place = e->node->name.n ? e->node->name : e->node->id;
    run_notice_heads(r, heads, "办理停滞，请处理", "the case stands still",
                     arena_printf(r->a, "（%.*s）", SLICE_ARG(place)));
    return run_fact(r, json_object(&b));
}

/* A called process may use the ids of its caller: its elements get a stroke in front. */
static struct slice place_in_path(struct run *r, const struct process_node *node)
{
    const struct process_node *own;
    size_t n = process_nodes(service_model(r->service), &own);
    return node >= own && node < own + n ? node->id : arena_printf(r->a, "/%.*s", SLICE_ARG(node->id));
}

static result on_effect(struct run *r, const struct effect *e, struct queue *q)
{
    struct json_builder b;
    switch (e->type) {
    case EFF_TASK: return on_task(r, e);
    case EFF_TASK_CLOSED: return on_task_closed(r, e);
    case EFF_VERB: return on_verb(r, e, q);
    case EFF_TIMER: return on_timer(r, e);
    case EFF_VERB_CANCELLED:
        if (e->verb_kind == VERB_LOCAL) return ok();
        return run_fact1(r, "job_done", "token", json_of_int(r->a, e->token));
    case EFF_TIMER_CANCELLED: return run_fact1(r, "timer_off", "token", json_of_int(r->a, e->token));
    case EFF_STEP_STARTED: return on_step(r, e, true);
    case EFF_STEP_ENDED: return on_step(r, e, false);
    case EFF_DECIDED:
        b = fact(r, "rule");
        json_set(&b, "d", e->data);
        json_set_str(&b, "step", e->step);
        return run_fact(r, json_object(&b));
    case EFF_PASSED: json_add(&r->path, json_of_string(r->a, place_in_path(r, e->node))); return ok();
    case EFF_ENDED: return on_ended(r, e);
    case EFF_INCIDENT: return on_incident(r, e);
    case EFF_OFFERED: return run_offered(r, e);
    case EFF_OFFER_OVER: return on_task_closed(r, e);
    case EFF_TASK_CHANGED: return run_task_changed(r, e);
    case EFF_THROWN: /* an escalation that nobody took (BPMN 2.0.2, 10.5.6): the path has where it was thrown */
        if (slice_is(json_string(e->data, "kind"), "escalation")) return ok();
        return run_thrown(r, e);
    case EFF_AWAIT: return run_await(r, e);
    case EFF_AWAIT_OVER: return run_fact1(r, "await_over", "token", json_of_int(r->a, e->token));
    }
    return fail(r->a, CODE_INTERNAL, S("effect"), "detail", S("unknown effect"), NULL);
}

/* ---- local verbs ---- */

static int64_t verb_number(void *ctx, struct slice series)
{
    struct run *r = ctx;
    for (size_t i = r->numbers_used; i < r->nnumbers; i++)
        if (slice_eq(r->numbers[i].series, series)) {
            r->numbers_used = i + 1;
            return r->numbers[i].value;
        }
    r->need_series = arena_copy(r->k->a, series);
    return 0;
}

result run_asked(struct run *r, uint32_t token, const struct rows **rows, size_t *n)
{
    *rows = NULL;
    *n = 0;
    for (size_t i = 0; i < r->nasked; i++)
        if (r->asked[i].token == token) {
            if (r->asked[i].offset + r->asked[i].count > r->nrows)
                return fail(r->a, CODE_INTERNAL, S("verb"), "detail", S("rows asked for are missing"), NULL);
            *rows = r->rows + r->asked[i].offset;
            *n = r->asked[i].count;
        }
    return ok();
}

/* Verbs run one behind the other, so what one verb asks for in several rounds stands together. */
void run_remember_asked(struct run *r, uint32_t token)
{
    if (r->nasked && r->asked[r->nasked - 1].token == token) {
        r->asked[r->nasked - 1].count += r->d->nloads;
        return;
    }
    if (r->nasked == RUN_ASKED) return;
    r->asked[r->nasked].token = token;
    r->asked[r->nasked].offset = r->nrows;
    r->asked[r->nasked++].count = r->d->nloads;
}

static const struct json *verb_failure(struct run *r, result res)
{
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "code", code_name(result_code(res)));
    json_set_str(&b, "message", problem_text(r->a, res.problem, LANG_ZH));
    json_set_str(&b, "message_en", problem_text(r->a, res.problem, LANG_EN));
    return json_object(&b);
}

static result run_verb(struct run *r, const struct pending *p, struct process_event *out)
{
    const struct verb *v = city_verb(r->k->city->areas, p->node->verb);
    if (!v) return fail(r->a, CODE_INTERNAL, p->node->id, "detail", S("verb is gone"), NULL);
    struct verb_call call = {.a = r->a,
                             .case_id = r->c->id,
                             .case_number = r->c->number,
                             .service = r->c->service,
                             .step = p->step,
                             .applicant = r->c->subject,
                             .department = r->c->department,
                             .town = r->c->town,
                             .now = r->k->now,
                             .input = p->input,
                             .vars = r->c->vars,
                             .decision = r->d,
                             .number = verb_number,
                             .number_ctx = r};
    TRY(run_asked(r, p->token, &call.rows, &call.nrows));
    const struct json *output = NULL;
    result res = v->run(&call, &output);
    if (r->need_series.n) return fail(r->a, CODE_CASE_FETCH, S("number"), NULL);
    if (result_code(res) == CODE_VERB_MORE) run_remember_asked(r, p->token);
    if (result_code(res) == CODE_VERB_MORE || result_code(res) == CODE_INTERNAL) return res;
    *out = (struct process_event){.type = failed(res) ? EV_VERB_FAILED : EV_VERB_DONE,
                                  .token = p->token,
                                  .data = failed(res) ? verb_failure(r, res) : output,
                                  .at = r->k->now};
    if (failed(res)) return ok();
    struct json_builder b = fact(r, "verb");
    json_set_str(&b, "verb", p->node->verb);
    json_set_str(&b, "step", p->step);
    json_set(&b, "output", output ? output : json_null());
    return run_fact(r, json_object(&b));
}

/* By the law of the day: a decision of several services in the version in force on it; the one that decided in this case before
 * decides again, while it covers the day. */
static bool version_in_force(void *ctx, struct slice name, const day *on, struct process_decision *out)
{
    const struct run *r = ctx;
    struct decisions *d = catalogue_decisions(r->k->city->catalogue);
    day when = on ? *on : day_of_instant(r->c->filed_at ? r->c->filed_at : r->k->now);
    const struct json *pinned = json_get_slice(r->c->decisions, name);
    const struct decision_version *v = pinned ? decision_by_hash(d, pinned->text) : NULL;
    if (!v || when < v->valid_from || when > v->valid_to) v = decision_on(d, name, when);
    if (v) *out = (struct process_decision){v->dmn, v->decision, v->hash};
    return v != NULL;
}

struct process_step_env run_step_env(struct run *r)
{
    return (struct process_step_env){.calendar = r->k->city->calendar, .decision = version_in_force, .ctx = r};
}

static result take_effects(struct run *r, const struct process_outcome *o, struct queue *q)
{
    r->state = o->state;
    r->c->vars = o->vars;
    for (size_t i = 0; i < o->n; i++) TRY(on_effect(r, &o->effects[i], q));
    return ok();
}

result run_follow(struct run *r, const struct process_outcome *first)
{
    struct queue q = {.n = 0};
    struct process_step_env env = run_step_env(r);
    TRY(take_effects(r, first, &q));
    while (q.at < q.n) {
        struct process_event e;
        struct process_outcome o;
        TRY(run_verb(r, &q.items[q.at++], &e));
        result res = process_step(r->a, service_model(r->service), r->state, r->c->vars, &e, &env, &o);
        /* an earlier verb's failure may have cancelled the token of this one: nobody waits for its result */
        if (result_code(res) == CODE_PROCESS_TOKEN) continue;
        TRY(res);
        TRY(take_effects(r, &o, &q));
    }
    return ok();
}

result run_advance(struct run *r, const struct process_event *first)
{
    struct process_step_env env = run_step_env(r);
    struct process_outcome o;
    TRY(process_step(r->a, service_model(r->service), r->state, r->c->vars, first, &env, &o));
    return run_follow(r, &o);
}

/* ---- papers: numbered letters that the law asks for, written by a job ---- */

bool service_paper(const struct service *s, struct slice kind)
{
    const struct json *list = json_get(service_json(s), "papers");
    if (!list) return !slice_is(kind, "withdrawn");
    for (size_t i = 0; i < list->n; i++)
        if (slice_eq(list->items[i]->text, kind)) return true;
    return false;
}

static bool node_search(const struct process_model *m, struct slice id, struct slice wanted, struct slice step,
                        const struct process_node **best)
{
    const struct process_node *nodes;
    size_t n = process_nodes(m, &nodes);
    for (size_t i = 0; i < n; i++) {
        struct slice here = nodes[i].step.n ? nodes[i].step : step;
        bool same = slice_eq(nodes[i].id, id), exact = same && slice_eq(here, wanted);
        if (exact || (same && !*best)) *best = &nodes[i];
        if (exact || (nodes[i].called && node_search(nodes[i].called, id, wanted, here, best))) return true;
    }
    return false;
}

const struct process_node *model_node(const struct process_model *m, struct slice id, struct slice step)
{
    const struct process_node *best = NULL;
    (void)node_search(m, id, step, (struct slice){NULL, 0}, &best);
    return best;
}

/* The body that the service's steps belong to, where that is one: a bank's booking is listed under its regulator, and is the
 * bank's. */
static struct slice handling_body(const struct run *r)
{
    const struct service_step *list;
    size_t n = service_steps(r->service, &list);
    for (size_t i = 0; i < n; i++)
        if (!slice_eq(list[i].department, list[0].department)) return r->c->department;
    return n ? list[0].department : r->c->department;
}

/* A paper goes out under the body that did what it says: the task's own, or the one that decided last; where several decided and
 * all granted, the service's. */
static struct slice paper_body(const struct run *r, struct slice kind)
{
    bool of_task = slice_is(kind, "acceptance") || slice_is(kind, "not_accepted") || slice_is(kind, "correction") ||
                   slice_is(kind, "clock_stop");
    if (of_task) return r->task ? r->task[TK_DEPARTMENT].s : handling_body(r);
    bool decided = slice_is(kind, "refused") || (slice_is(kind, "granted") && !r->c->deciders);
    if (decided && r->c->decider.n) return r->c->decider;
    return slice_is(kind, "granted") ? r->c->department : handling_body(r);
}

result run_paper(struct run *r, const char *kind, const struct json *extra)
{
    if (!service_paper(r->service, slice_cstr(kind))) return ok();
    struct json_builder in = json_builder(r->a), b = fact(r, "job");
    json_set_cstr(&in, "paper", kind);
    json_set_str(&in, "department", paper_body(r, slice_cstr(kind)));
    if (extra) json_set(&in, "extra", extra);
    set_id(&b, "id", id_new(r->k->now));
    json_set_int(&b, "token", 0);
    json_set_cstr(&b, "verb", "paper.issue");
    json_set_cstr(&b, "step", "");
    json_set(&b, "input", json_object(&in));
    return run_fact(r, json_object(&b));
}
