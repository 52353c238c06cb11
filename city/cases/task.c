/* Commands of the desk: claim, release, decide, transfer, stop and resume the clock. */
#include "city/cases/run.h"
#include "city/identity/desk.h"

static struct slice text(struct run *r, const char *z)
{
    (void)r;
    return slice_cstr(z);
}

static result task_open(struct run *r)
{
    if (!r->task)
        return fail(r->a, CODE_NOT_FOUND, S("task"), "value", arena_printf(r->a, "%lld", (long long)r->token), NULL);
    int64_t status = r->task[TK_STATUS].i;
    if (status == TASK_WAITING) return fail(r->a, CODE_CASE_WAITING, S("task"), "number", r->c->number, NULL);
    if (status >= TASK_DONE) return fail(r->a, CODE_TASK_CLOSED, S("task"), "number", r->c->number, NULL);
    return ok();
}

static bool is_applicants(const struct run *r)
{
    return slice_is(r->task[TK_KIND].s, "fill");
}

/* tb:separate: four eyes. The element named must not have been completed by the same account. */
static bool separate_from(struct run *r, struct id account)
{
    const struct process_waiting *w = run_waiting(r, r->token);
    if (!w || w->node->separate.n == 0) return false;
    char *element = arena_cstr(r->a, arena_printf(r->a, "%u/%.*s", w->scope, SLICE_ARG(w->node->separate)));
    struct slice before = json_string(r->c->officers, element);
    return before.n && slice_eq(before, id_text(r->a, account));
}

static result separate_fault(struct run *r, struct slice field)
{
    const struct process_waiting *w = run_waiting(r, r->token);
    return fail(r->a, CODE_TASK_SEPARATE, field, "element", w->node->separate, NULL);
}

/* The case is about what this account did. */
static bool barred(const struct run *r, struct id account)
{
    const struct json *list = json_get(r->c->vars, "not_by");
    for (size_t i = 0; list && list->type == JSON_ARRAY && i < list->n; i++)
        if (slice_eq(list->items[i]->text, id_text(r->a, account))) return true;
    return false;
}

/* Nobody decides their own case: as applicant, as who acts or acted for the applicant, as legal representative (公务员法 art. 76). */
static bool own_case(const struct run *r, const struct actor *x)
{
    if (id_eq(x->account, r->k->actor->account) && run_rows(r, LOAD_OWN)->n) return true;
    if (id_eq(x->account, r->to) && run_rows(r, LOAD_OWN_TO)->n) return true;
    return (!id_is_none(x->subject) && id_eq(x->subject, r->c->subject)) ||
           (!id_is_none(r->c->agent) && id_eq(x->account, r->c->agent)) || barred(r, x->account);
}

/* The actor holds the task's role there, is not deciding their own case, and tb:separate holds. */
result run_task_right(struct run *r, bool deciding)
{
    const struct actor *x = r->k->actor;
    TRY(task_open(r));
    if (is_applicants(r)) {
        if (x->kind == ACTOR_STAFF || id_is_none(x->subject) || !id_eq(x->subject, r->c->subject))
            return fail(r->a, CODE_FORBIDDEN, S("task"), "right", S("applicant"), NULL);
        return ok();
    }
    enum role role;
    if (!role_scan(r->task[TK_ROLE].s, &role) || !actor_has_role(x, role, r->task[TK_DEPARTMENT].s, r->task[TK_TOWN].s))
        return fail(r->a, CODE_FORBIDDEN, S("task"), "right",
                    arena_printf(r->a, "%.*s@%.*s", SLICE_ARG(r->task[TK_ROLE].s), SLICE_ARG(r->task[TK_DEPARTMENT].s)),
                    NULL);
    if (own_case(r, x)) return fail(r->a, CODE_TASK_OWN_CASE, S("task"), "number", r->c->number, NULL);
    return deciding && separate_from(r, x->account) ? separate_fault(r, S("task")) : ok();
}

static bool assigned_to_other(const struct run *r)
{
    struct id who;
    if (r->task[TK_ASSIGNEE].type == SQL_NULL || !id_from_bytes(r->task[TK_ASSIGNEE].s, &who)) return false;
    if (id_eq(who, r->k->actor->account)) return false;
    for (size_t i = 0; i < r->ncovers; i++)
        if (id_eq(who, r->covers[i])) return false; /* whoever covers an absent colleague takes over */
    return true;
}

static result assigned_fact(struct run *r, const char *why, struct id to, struct slice name, struct slice reason)
{
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", "task_assigned");
    json_set_int(&b, "token", r->token);
    json_set_cstr(&b, "why", why);
    if (!id_is_none(to)) json_set_str(&b, "to", id_text(r->a, to));
    json_set_str(&b, "name", name);
    if (reason.n) json_set_str(&b, "reason", reason);
    return run_fact(r, json_object(&b));
}

/* Who may not decide a task does not keep it from those who may. */
static result claim_body(struct run *r)
{
    TRY(run_task_right(r, true));
    if (assigned_to_other(r)) return fail(r->a, CODE_TASK_TAKEN, S("task"), "number", r->c->number, NULL);
    return assigned_fact(r, "claim", r->k->actor->account, r->k->actor->name, text(r, ""));
}

static result release_body(struct run *r)
{
    TRY(run_task_right(r, false));
    if (assigned_to_other(r)) return fail(r->a, CODE_TASK_TAKEN, S("task"), "number", r->c->number, NULL);
    return assigned_fact(r, "release", ID_NONE, text(r, ""), text(r, ""));
}

struct transfer {
    const struct actor *to;
    struct slice reason;
};

static result transfer_body(struct run *r)
{
    const struct transfer *t = r->args;
    TRY(run_task_right(r, false));
    if (t->reason.n == 0) return fail(r->a, CODE_FIELD_REQUIRED, S("/reason"), NULL);
    bool head = actor_has_role(r->k->actor, ROLE_HEAD, r->task[TK_DEPARTMENT].s, r->task[TK_TOWN].s);
    if (assigned_to_other(r) && !head) return fail(r->a, CODE_TASK_TAKEN, S("task"), "number", r->c->number, NULL);
    /* only to somebody who may do it */
    enum role role;
    bool able = t->to->kind == ACTOR_STAFF && role_scan(r->task[TK_ROLE].s, &role) &&
                actor_has_role(t->to, role, r->task[TK_DEPARTMENT].s, r->task[TK_TOWN].s);
    if (!able) return fail(r->a, CODE_FORBIDDEN, S("/to"), "right", r->task[TK_ROLE].s, NULL);
    if (own_case(r, t->to)) return fail(r->a, CODE_TASK_OWN_CASE, S("/to"), "number", r->c->number, NULL);
    if (separate_from(r, t->to->account)) return separate_fault(r, S("/to"));
    run_notice_staff(r, t->to->account, "有任务转办给您", "a task was transferred to you", t->reason);
    return assigned_fact(r, "transfer", t->to->account, t->to->name, t->reason);
}

/* ---- deciding ---- */

/* Whose answer the case turns on: who only accepts, is heard, or fills in decides nothing. */
static bool decides(struct slice kind)
{
    return slice_is(kind, "handle") || slice_is(kind, "review") || slice_is(kind, "sign") || slice_is(kind, "window");
}

static result closed_fact(struct run *r, const struct task_decision *t)
{
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", "task_closed");
    json_set_int(&b, "token", t->token);
    json_set_cstr(&b, "s", "done");
    json_set_str(&b, "node", r->task[TK_NODE].s);
    json_set_str(&b, "step", r->task[TK_STEP].s);
    json_set_str(&b, "outcome", t->outcome);
    const struct process_waiting *w = run_waiting(r, t->token);
    if (w) json_set_int(&b, "scope", w->scope);
    json_set_str(&b, "by", id_text(r->a, r->k->actor->account));
    if (decides(r->task[TK_KIND].s)) json_set_str(&b, "decides", r->task[TK_DEPARTMENT].s);
    /* an applicant's name is personal: it stays in the case's own variables */
    if (!is_applicants(r)) json_set_str(&b, "name", r->k->actor->name);
    if (t->opinion.n) json_set_str(&b, "opinion", t->opinion);
    if (t->reasons) json_set(&b, "reasons", t->reasons);
    return run_fact(r, json_object(&b));
}

static bool refuses(struct slice outcome)
{
    return slice_is(outcome, "refuse") || slice_is(outcome, "reject");
}

static bool offers(struct run *r, const char *outcome)
{
    const struct process_waiting *w = run_waiting(r, r->token);
    for (size_t i = 0; w && i < w->node->noutcomes; i++)
        if (slice_is(w->node->outcomes[i], outcome)) return true;
    return false;
}

/* In the first five working days the officer accepts or refuses. Afterwards the law has accepted, from the day the papers came
 * in (art. 32 (4)): accepting says so, and there is nothing left to refuse. */
static result accept_or_refuse(struct run *r, const struct task_decision *t)
{
    struct json_builder b = json_builder(r->a), x = json_builder(r->a);
    instant last = acceptance_end(r->k->city->calendar, acceptance_begin(r->c));
    bool late = r->k->now > last;
    if (!refuses(t->outcome)) {
        json_set_cstr(&b, "t", "accepted");
        json_set_cstr(&b, "how", late ? "silence" : "officer");
        json_set_int(&b, "at", late ? acceptance_begin(r->c) : r->k->now);
        TRY(run_fact(r, json_object(&b)));
        run_notice(r, NOTICE_ACCEPTED, (struct slice){NULL, 0});
        return run_paper(r, "acceptance", NULL);
    }
    if (late) return run_asked_too_late(r, last);
    json_set_cstr(&b, "t", "not_accepted");
    json_set(&b, "reasons", t->reasons);
    TRY(run_fact(r, json_object(&b)));
    json_set(&x, "reasons", t->reasons);
    run_notice(r, NOTICE_NOT_ACCEPTED, (struct slice){NULL, 0});
    return run_paper(r, "not_accepted", json_object(&x));
}

/* What is filled in fits the task's form, which is in the folder of the service that the task's process belongs to; without a
 * form there is nothing to fill in. */
static result check_data(struct run *r, const struct task_decision *t, const struct json **kept)
{
    const struct process_waiting *w = run_waiting(r, r->token);
    struct slice name = w ? w->node->form : (struct slice){NULL, 0};
    const struct schema *form = w ? service_node_form(r->service, w->node) : NULL;
    const struct json *data = t->data;
    *kept = data;
    if (name.n == 0 && data && data->n)
        return fail(r->a, CODE_FIELD_UNKNOWN, arena_printf(r->a, "/data/%.*s", SLICE_ARG(data->keys[0])), NULL);
    /* who refuses or sends back need not fill in what the other way out asks for */
    if (!form || (!data && (refuses(t->outcome) || slice_is(t->outcome, "return")))) return ok();
    struct json_builder none = json_builder(r->a);
    *kept = form_clean(r->a, form, data ? data : json_object(&none));
    return schema_validate(r->a, form, *kept);
}

bool task_needs_reasons(struct slice outcome)
{
    return refuses(outcome) || slice_is(outcome, "transfer_back");
}

bool task_needs_opinion(struct slice kind)
{
    return slice_is(kind, "review") || slice_is(kind, "sign");
}

static const struct json *event_data(struct run *r, const struct task_decision *t, const struct json *data)
{
    struct json_builder b = json_builder(r->a);
    json_set_str(&b, "outcome", t->outcome);
    if (t->opinion.n) json_set_str(&b, "opinion", t->opinion);
    if (t->reasons) json_set(&b, "reasons", t->reasons);
    return data ? json_merge(r->a, data, json_object(&b)) : json_object(&b);
}

static result decide_body(struct run *r)
{
    const struct task_decision *t = r->args;
    TRY(run_refuse_if_closed(r));
    TRY(run_task_right(r, true));
    if (assigned_to_other(r)) return fail(r->a, CODE_TASK_TAKEN, S("task"), "number", r->c->number, NULL);
    bool acceptance = slice_is(r->task[TK_KIND].s, "acceptance");
    if (acceptance && slice_is(t->outcome, "correct") && offers(r, "correct")) return run_ask_correction(r, t);
    /* 行政许可法 arts. 32, 38: a refusal states its reasons; so does who sends work back to who sent it */
    if (task_needs_reasons(t->outcome) && (!t->reasons || t->reasons->n == 0))
        return fail(r->a, CODE_FIELD_REQUIRED, S("/reasons"), NULL);
    if (task_needs_opinion(r->task[TK_KIND].s) && slice_trim(t->opinion).n == 0)
        return fail(r->a, CODE_FIELD_REQUIRED, S("/opinion"), NULL);
    const struct json *data;
    TRY(check_data(r, t, &data));
    /* a called service may examine once more; the case was accepted once, and its clock runs since */
    if (acceptance && r->c->state == CASE_FILED) TRY(accept_or_refuse(r, t));
    TRY(closed_fact(r, t));
    struct process_event e = {.type = EV_TASK_DONE, .token = (uint32_t)t->token, .data = NULL, .at = r->k->now};
    e.data = event_data(r, t, data);
    return run_advance(r, &e);
}

struct run *task_decide_prepare(struct case_command *k, const struct task_decision *t, struct case_done *out)
{
    struct run *r = NEW(k->a, struct run);
    *r = (struct run){
        .k = k, .kind = "decide", .body = decide_body, .args = (void *)(uintptr_t)t, .token = t->token, .out = out};
    return r;
}

/* Asked before the command, for it reads. */
static result covers(struct run *r)
{
    if (r->k->actor->kind != ACTOR_STAFF) return ok();
    return absence_covered(r->k->city, r->k->a, r->k->actor->account, day_of_instant(r->k->now), &r->covers,
                           &r->ncovers);
}

result task_decide(struct case_command *k, const struct task_decision *t, struct case_done *out)
{
    struct run *r = task_decide_prepare(k, t, out);
    TRY(run_covered(k));
    TRY(covers(r));
    return run_command(r);
}

result task_claim(struct case_command *k, int64_t token, struct case_done *out)
{
    struct run r = {.k = k, .kind = "claim", .body = claim_body, .token = token, .out = out};
    TRY(covers(&r));
    return run_command(&r);
}

result task_release(struct case_command *k, int64_t token, struct case_done *out)
{
    struct run r = {.k = k, .kind = "release", .body = release_body, .token = token, .out = out};
    return run_command(&r);
}

/* ---- of an officer who has left ---- */

static const struct stmt TASKS_HELD = {
    "tasks_held",
    "SELECT case_id, token FROM case_task WHERE assignee = ?1 AND status < 3 ORDER BY due_at, case_id, token", NULL,
    false};

static result give_back_body(struct run *r)
{
    struct id who;
    const struct id *from = r->args;
    TRY(task_open(r));
    if (r->task[TK_ASSIGNEE].type == SQL_NULL || !id_from_bytes(r->task[TK_ASSIGNEE].s, &who) || !id_eq(who, *from))
        return fail(r->a, CODE_TASK_TAKEN, S("task"), "number", r->c->number, NULL);
    return assigned_fact(r, "release", ID_NONE, text(r, ""), text(r, ""));
}

result tasks_give_back(struct city *c, struct arena *a, const struct actor *x, struct id account, instant now,
                       size_t *n)
{
    struct rows rows;
    struct sql_value of = sql_id(&account);
    *n = 0;
    TRY(store_query(c->store, a, &TASKS_HELD, &of, 1, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct case_done done;
        struct case_command k = {.city = c, .a = a, .actor = x, .now = now};
        struct run r = {.k = &k,
                        .kind = "release",
                        .body = give_back_body,
                        .args = &account,
                        .token = row(&rows, i)[1].i,
                        .out = &done};
        if (!id_from_bytes(row(&rows, i)[0].s, &k.case_id)) continue;
        result res = run_command(&r);
        /* settled or moved by somebody at this moment: then there is nothing left to give back */
        if (failed(res) && code_status(result_code(res)) >= 500) return res;
        *n += !failed(res);
    }
    return ok();
}

result task_transfer(struct case_command *k, int64_t token, const struct actor *to, struct slice reason,
                     struct case_done *out)
{
    struct transfer t = {to, reason};
    struct run r = {
        .k = k, .kind = "transfer", .body = transfer_body, .args = &t, .token = token, .to = to->account, .out = out};
    TRY(covers(&r));
    return run_command(&r);
}

/* ---- the clock: only what the law names stops it, and the applicant is told in writing (art. 45) ---- */

struct stop {
    struct slice cause, notice;
};

static result deciding_body(struct run *r)
{
    const struct actor *x = r->k->actor;
    struct slice department = r->task[TK_DEPARTMENT].s, town = r->task[TK_TOWN].s;
    bool able = actor_has_role(x, ROLE_HANDLER, department, town) || actor_has_role(x, ROLE_HEAD, department, town);
    if (!able) return fail(r->a, CODE_FORBIDDEN, S("task"), "right", S("handler"), NULL);
    return own_case(r, x) ? fail(r->a, CODE_TASK_OWN_CASE, S("task"), "number", r->c->number, NULL) : ok();
}

/* The officer of the task; and the deciding body while the case waits for the applicant alone. It ends a stop also by a task that is
 * done: when the process waits only for a date, which a stopped clock holds, no task is open, and nobody else could. */
static result handles_case(struct run *r, bool ends_stop)
{
    if (r->c->state != CASE_HANDLING) return fail(r->a, CODE_CASE_CLOCK_STATE, S("case"), "number", r->c->number, NULL);
    if (ends_stop && r->task && r->task[TK_STATUS].i >= TASK_DONE) return deciding_body(r);
    if (!r->task || !is_applicants(r)) return run_task_right(r, false);
    TRY(task_open(r));
    return deciding_body(r);
}

static result stop_body(struct run *r)
{
    const struct stop *s = r->args;
    enum stop_cause cause;
    TRY(handles_case(r, false));
    if (!stop_cause_scan(s->cause, &cause))
        return fail(r->a, CODE_CASE_CLOCK_CAUSE, S("/cause"), "value", s->cause, NULL);
    if (s->notice.n == 0) return fail(r->a, CODE_FIELD_REQUIRED, S("/notice"), NULL);
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", "stop");
    json_set_str(&b, "cause", s->cause);
    json_set_str(&b, "notice", s->notice);
    TRY(run_fact(r, json_object(&b)));
    struct json_builder x = json_builder(r->a);
    json_set_str(&x, "cause", stop_cause_zh(cause));
    json_set_str(&x, "cause_en", stop_cause_en(cause));
    json_set_str(&x, "notice", s->notice);
    TRY(run_reclock(r, r->k->now));
    run_notice_both(r, NOTICE_STOPPED, (struct bitext){stop_cause_zh(cause), stop_cause_en(cause)});
    return run_paper(r, "clock_stop", json_object(&x));
}

static result resume_body(struct run *r)
{
    const struct stop *s = r->args;
    TRY(handles_case(r, true));
    const struct clock *k = &r->c->clock;
    if (!clock_is_stopped(k)) return fail(r->a, CODE_CASE_CLOCK_STATE, S("case"), "number", r->c->number, NULL);
    instant since = k->stops[k->nstops - 1].from;
    TRY(run_fact1(r, "resume", "notice", json_of_string(r->a, s->notice)));
    run_notice(r, NOTICE_RESUMED, s->notice);
    return run_reclock(r, since);
}

result case_clock_stop(struct case_command *k, int64_t token, struct slice cause, struct slice notice,
                       struct case_done *out)
{
    struct stop s = {cause, notice};
    struct run r = {
        .k = k, .kind = "clock_stop", .with_open = true, .body = stop_body, .args = &s, .token = token, .out = out};
    return run_command(&r);
}

result case_clock_resume(struct case_command *k, int64_t token, struct slice notice, struct case_done *out)
{
    struct stop s = {(struct slice){NULL, 0}, notice};
    struct run r = {
        .k = k, .kind = "clock_resume", .with_open = true, .body = resume_body, .args = &s, .token = token, .out = out};
    return run_command(&r);
}
