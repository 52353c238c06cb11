#include "city/cases/facts.h"

#include "city/cases/change_fold.h"
#include "city/cases/flow.h"

/* ---- helpers ---- */

static const struct json *str_or_null(const struct json *v, const char *k)
{
    return json_get(v, k);
}

static bool fact_id(const struct json *v, const char *key, struct id *out)
{
    *out = ID_NONE;
    return id_scan(json_string(v, key), out);
}

static void limit_of(const struct json *v, const char *key, struct limit *l)
{
    const struct json *x = json_get(v, key);
    l->n = json_int(x, "n", 0);
    l->unit = (enum limit_unit)json_int(x, "u", 0);
}

static struct id *keep_id(struct fold *f, struct id v)
{
    struct id *p = NEW(f->d->a, struct id);
    *p = v;
    return p;
}

/* ---- the case itself ---- */

static result fold_filed(struct fold *f, const struct json *v)
{
    struct case_row *c = f->c;
    c->number = json_string(v, "number");
    c->service = json_string(v, "service");
    c->service_hash = json_string(v, "hash");
    c->department = json_string(v, "department");
    c->town = json_string(v, "town");
    (void)fact_id(v, "subject", &c->subject);
    (void)fact_id(v, "agent", &c->agent);
    (void)fact_id(v, "by", &c->filed_by);
    c->channel = json_string(v, "channel");
    c->acts = 1;
    c->papers = json_int(v, "papers", 0);
    c->fee_fen = json_int(v, "fee_fen", 0);
    c->filed_at = f->at;
    c->state = CASE_FILED;
    limit_of(v, "promised", &c->clock.promised);
    limit_of(v, "statutory", &c->clock.statutory);
    const struct json *steps = json_get(v, "steps");
    c->nsteps = steps ? steps->n : 0;
    c->steps = NEW_ARRAY(f->d->a, struct case_step, c->nsteps + 1);
    for (size_t i = 0; i < c->nsteps; i++) {
        c->steps[i].key = json_string(steps->items[i], "key");
        limit_of(steps->items[i], "limit", &c->steps[i].clock.promised);
    }
    return ok();
}

static result fold_accepted(struct fold *f, const struct json *v)
{
    f->c->state = CASE_HANDLING;
    /* Silence counts as acceptance from the day of filing (行政许可法 art. 32 (4)); "at" says so. */
    f->c->accepted_at = json_int(v, "at", f->at);
    f->c->accepted_how = json_string(v, "how");
    f->c->clock.started = f->c->accepted_at;
    return ok();
}

static result fold_not_accepted(struct fold *f, const struct json *v)
{
    (void)v;
    f->c->state = CASE_REFUSED;
    f->c->decided_at = f->at;
    f->c->ended = true;
    return ok();
}

static const struct stmt TASK_WAIT = {
    "task_wait", "UPDATE case_task SET status=2, due_at=0 WHERE case_id=?1 AND token=?2 AND status + 0 < 2", NULL,
    false};
static const struct stmt TASK_AGAIN = {
    "task_again",
    "UPDATE case_task SET status = CASE WHEN assignee IS NULL THEN 0 ELSE 1 END, due_at=?3 WHERE case_id=?1 AND token=?2 AND status = 2",
    NULL, false};

/* What is to be corrected is free text: it stays in the journal, encrypted; the case keeps that it was asked. */
static result fold_correction(struct fold *f, const struct json *v)
{
    struct json_builder b = json_builder(f->d->a);
    json_set_int(&b, "at", f->at);
    json_set_int(&b, "token", json_int(v, "token", 0));
    json_set_int(&b, "due", json_int(v, "due", 0));
    json_set_bool(&b, "lapses", json_bool(v, "lapses", false));
    f->c->correction = json_object(&b);
    f->c->state = CASE_CORRECTION;
    decision_write(f->d, &TASK_WAIT, 1, 2, sql_id(&f->c->id), sql_int(json_int(v, "token", 0)));
    return ok();
}

static result fold_corrected(struct fold *f, const struct json *v)
{
    struct json_builder b = json_builder(f->d->a);
    json_set_int(&b, "answered", f->at);
    f->c->correction = json_merge(f->d->a, f->c->correction, json_object(&b));
    f->c->state = CASE_FILED;
    f->c->acts++;
    f->c->papers += json_int(v, "papers", 0);
    decision_write(f->d, &TASK_AGAIN, 1, 3, sql_id(&f->c->id), sql_int(json_int(f->c->correction, "token", 0)),
                   sql_int(json_int(v, "due", 0)));
    return ok();
}

/* A stop that is still open when its clock ends, ends with it. */
static result clock_end(struct fold *f, struct clock *k)
{
    if (!k->started || k->ended) return ok();
    if (clock_is_stopped(k)) TRY(clock_resume(f->d->a, k, f->at));
    k->ended = f->at;
    return ok();
}

static result fold_decided(struct fold *f, const struct json *v)
{
    struct case_row *c = f->c;
    c->outcome = json_string(v, "outcome");
    c->state = CASE_DELIVERED;
    c->decided_at = f->at;
    c->ended = true;
    return clock_end(f, &c->clock);
}

static result fold_withdrawn(struct fold *f, const struct json *v)
{
    (void)v;
    f->c->state = CASE_WITHDRAWN;
    f->c->decided_at = f->at;
    f->c->ended = true;
    return clock_end(f, &f->c->clock);
}

/* A step that begins once more goes on with the clock it had, for its limit is one; what was not counted of the case meanwhile is not
 * counted of the step either. */
static result step_again(struct fold *f, struct clock *k)
{
    const struct clock *c = &f->c->clock;
    instant ended = k->ended;
    if (!ended) return ok();
    k->ended = 0;
    for (size_t i = 0; i < c->nstops; i++) {
        struct clock_stop s = c->stops[i];
        if (s.to && s.to <= ended) continue;
        TRY(clock_stop(f->d->a, k, s.from > ended ? s.from : ended, s.cause));
        if (s.to) TRY(clock_resume(f->d->a, k, s.to));
    }
    return ok();
}

static result fold_step(struct fold *f, const struct json *v)
{
    struct case_step *s = case_step_find(f->c, json_string(v, "key"));
    if (!s) return ok(); /* a process may mark steps that the catalogue does not show */
    s->state = (enum step_state)json_int(v, "s", 0);
    if (json_get(v, "outcome")) s->outcome = json_string(v, "outcome");
    if (s->state != STEP_RUNNING) return clock_end(f, &s->clock);
    if (s->clock.started) return step_again(f, &s->clock);
    s->clock.started = f->at;
    /* begun while the case's time is not counted: nor is the step's */
    const struct clock *k = &f->c->clock;
    return clock_is_stopped(k) ? clock_stop(f->d->a, &s->clock, f->at, k->stops[k->nstops - 1].cause) : ok();
}

static result fold_stop(struct fold *f, const struct json *v)
{
    enum stop_cause cause;
    if (!stop_cause_scan(json_string(v, "cause"), &cause))
        return fail(f->d->a, CODE_INTERNAL, S("fact.stop"), "detail", S("unknown cause"), NULL);
    TRY(clock_stop(f->d->a, &f->c->clock, f->at, cause));
    for (size_t i = 0; i < f->c->nsteps; i++)
        if (f->c->steps[i].state == STEP_RUNNING) TRY(clock_stop(f->d->a, &f->c->steps[i].clock, f->at, cause));
    return ok();
}

static result fold_resume(struct fold *f, const struct json *v)
{
    struct case_row *c = f->c;
    (void)v;
    TRY(clock_resume(f->d->a, &c->clock, f->at));
    for (size_t i = 0; i < c->nsteps; i++)
        if (clock_is_stopped(&c->steps[i].clock)) TRY(clock_resume(f->d->a, &c->steps[i].clock, f->at));
    return ok();
}

static const struct stmt TIMER_DUE = {
    "timer_due", "UPDATE case_timer SET due_at=?3, lease_until=0 WHERE case_id=?1 AND token=?2", NULL, false};
static result fold_timer_due(struct fold *f, const struct json *v)
{
    decision_write(f->d, &TIMER_DUE, -1, 3, sql_id(&f->c->id), sql_int(json_int(v, "token", 0)),
                   sql_int(json_int(v, "due", 0)));
    return ok();
}

static const struct stmt TASK_DUE = {"task_due", "UPDATE case_task SET due_at=?3 WHERE case_id=?1 AND token=?2", NULL,
                                     false};
static result fold_task_due(struct fold *f, const struct json *v)
{
    decision_write(f->d, &TASK_DUE, -1, 3, sql_id(&f->c->id), sql_int(json_int(v, "token", 0)),
                   sql_int(json_int(v, "due", 0)));
    return ok();
}

static const struct stmt TASK_URGE = {
    "task_urge", "UPDATE case_task SET urged = urged + 1 WHERE case_id = ?1 AND status + 0 < 3", NULL, false};
static result fold_urged(struct fold *f, const struct json *v)
{
    (void)v;
    f->c->urged_at = f->at;
    decision_write(f->d, &TASK_URGE, -1, 1, sql_id(&f->c->id));
    return ok();
}

/* ---- tasks ---- */

static const struct stmt TASK_INSERT = {
    "task_insert",
    "INSERT INTO case_task (case_id, token, node, step, kind, service, department, role, town, status, assignee, assignee_name,"
    " opened_at, due_at, closed_at, outcome, urged, escalated_at)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,0,NULL,'',?10,?11,0,'',0,0)",
    NULL, false};

static result fold_task(struct fold *f, const struct json *v)
{
    decision_write(f->d, &TASK_INSERT, 1, 11, sql_id(&f->c->id), sql_int(json_int(v, "token", 0)),
                   sql_text(json_string(v, "node")), sql_text(json_string(v, "step")), sql_text(json_string(v, "kind")),
                   sql_text(f->c->service), sql_text(json_string(v, "department")), sql_text(json_string(v, "role")),
                   sql_text(json_string(v, "town")), sql_int(f->at), sql_int(json_int(v, "due", 0)));
    return ok();
}

static const struct stmt TASK_CLOSE = {
    "task_close",
    "UPDATE case_task SET status=?3, outcome=?4, closed_at=?5, assignee=COALESCE(?6, assignee), assignee_name=?7"
    " WHERE case_id=?1 AND token=?2 AND status + 0 < 3",
    NULL, false};

static void decided_by(struct case_row *c, struct slice department)
{
    if (!department.n) return;
    c->deciders = c->deciders || (c->decider.n && !slice_eq(c->decider, department));
    c->decider = department;
}

static result fold_task_closed(struct fold *f, const struct json *v)
{
    struct id by;
    bool known = fact_id(v, "by", &by);
    int64_t status = slice_is(json_string(v, "s"), "done") ? TASK_DONE : TASK_CANCELLED;
    decision_write(f->d, &TASK_CLOSE, 1, 7, sql_id(&f->c->id), sql_int(json_int(v, "token", 0)), sql_int(status),
                   sql_text(json_string(v, "outcome")), sql_int(f->at), sql_id(keep_id(f, by)),
                   sql_text(json_string(v, "name")));
    if (!known) return ok();
    if (!json_get(v, "name")) f->c->acts++; /* only the applicant's own tasks are closed without a name */
    decided_by(f->c, json_string(v, "decides"));
    struct json_builder b = json_builder(f->d->a);
    /* by scope too: called processes may use the same ids */
    struct slice element = json_get(v, "scope") ? arena_printf(f->d->a, "%lld/%.*s", (long long)json_int(v, "scope", 0),
                                                               SLICE_ARG(json_string(v, "node")))
                                                : json_string(v, "node");
    json_set_slice(&b, element, json_of_string(f->d->a, json_string(v, "by")));
    f->c->officers = json_merge(f->d->a, f->c->officers, json_object(&b));
    struct case_step *s = case_step_find(f->c, json_string(v, "step"));
    if (s) s->officer = json_string(v, "name");
    return ok();
}

static const struct stmt TASK_ASSIGN = {
    "task_assign",
    "UPDATE case_task SET status=?3, assignee=?4, assignee_name=?5, claimed_at=?6 WHERE case_id=?1 AND token=?2"
    " AND status + 0 < 2",
    NULL, false};

static result fold_task_assigned(struct fold *f, const struct json *v)
{
    struct id to;
    bool claimed = fact_id(v, "to", &to);
    decision_write(f->d, &TASK_ASSIGN, 1, 6, sql_id(&f->c->id), sql_int(json_int(v, "token", 0)),
                   sql_int(claimed ? TASK_CLAIMED : TASK_OPEN), sql_id(keep_id(f, to)),
                   sql_text(json_string(v, "name")), sql_int(claimed ? f->at : 0));
    return ok();
}

static const struct stmt TASK_ESCALATE = {
    "task_escalate", "UPDATE case_task SET escalated_at=?3 WHERE case_id=?1 AND token=?2", NULL, false};

static result fold_escalated(struct fold *f, const struct json *v)
{
    decision_write(f->d, &TASK_ESCALATE, -1, 3, sql_id(&f->c->id), sql_int(json_int(v, "token", 0)), sql_int(f->at));
    return ok();
}

/* ---- timers and jobs ---- */

static const struct stmt TIMER_INSERT = {
    "timer_insert",
    "INSERT INTO case_timer (id, case_id, token, due_at, set_at, lease_until, lease_owner) VALUES (?1,?2,?3,?4,?5,0,NULL)",
    NULL, false};
static const struct stmt TIMER_DELETE = {"timer_delete", "DELETE FROM case_timer WHERE case_id=?1 AND token=?2", NULL,
                                         false};
static const struct stmt TIMER_DELETE_ALL = {"timer_delete_all", "DELETE FROM case_timer WHERE case_id=?1", NULL,
                                             false};

static result fold_timer(struct fold *f, const struct json *v)
{
    struct id id;
    (void)fact_id(v, "id", &id);
    decision_write(f->d, &TIMER_INSERT, 1, 5, sql_id(keep_id(f, id)), sql_id(&f->c->id),
                   sql_int(json_int(v, "token", 0)), sql_int(json_int(v, "due", 0)), sql_int(f->at));
    return ok();
}

static result fold_timer_off(struct fold *f, const struct json *v)
{
    if (json_get(v, "token"))
        decision_write(f->d, &TIMER_DELETE, -1, 2, sql_id(&f->c->id), sql_int(json_int(v, "token", 0)));
    else
        decision_write(f->d, &TIMER_DELETE_ALL, -1, 1, sql_id(&f->c->id));
    return ok();
}

static const struct stmt JOB_INSERT = {
    "job_insert",
    "INSERT INTO case_job (id, case_id, token, verb, step, input_ct, tries, error, due_at, lease_until, lease_owner)"
    " VALUES (?1,?2,?3,?4,?5,?6,0,'',?7,0,NULL)",
    NULL, false};
static const struct stmt JOB_DELETE = {"job_delete", "DELETE FROM case_job WHERE id=?1", NULL, false};
static const struct stmt JOB_DELETE_TOKEN = {"job_delete_token", "DELETE FROM case_job WHERE case_id=?1 AND token=?2",
                                             NULL, false};

static result fold_job(struct fold *f, const struct json *v)
{
    struct id id;
    (void)fact_id(v, "id", &id);
    struct slice input = vault_seal(f->d->a, f->key, "case.job", json_write(f->d->a, json_get(v, "input")));
    decision_write(f->d, &JOB_INSERT, 1, 7, sql_id(keep_id(f, id)), sql_id(&f->c->id), sql_int(json_int(v, "token", 0)),
                   sql_text(json_string(v, "verb")), sql_text(json_string(v, "step")), sql_blob(input), sql_int(f->at));
    return ok();
}

static result fold_job_done(struct fold *f, const struct json *v)
{
    struct id id;
    if (fact_id(v, "id", &id))
        decision_write(f->d, &JOB_DELETE, -1, 1, sql_id(keep_id(f, id)));
    else
        decision_write(f->d, &JOB_DELETE_TOKEN, -1, 2, sql_id(&f->c->id), sql_int(json_int(v, "token", 0)));
    return ok();
}

/* ---- what was issued ---- */

static const struct stmt DOCUMENT_INSERT = {
    "document_insert",
    "INSERT INTO case_document (id, case_id, kind, step, number, title, at, sha256, token, original, original_sha256, sealed)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
    NULL, false};

static result fold_document(struct fold *f, const struct json *v)
{
    struct id id, file = ID_NONE;
    const struct json *original = json_get(v, "original");
    (void)fact_id(v, "id", &id);
    if (original) (void)fact_id(original, "id", &file);
    decision_write(f->d, &DOCUMENT_INSERT, 1, 12, sql_id(keep_id(f, id)), sql_id(&f->c->id),
                   sql_text(json_string(v, "kind")), sql_text(json_string(v, "step")),
                   sql_text(json_string(v, "number")), sql_text(json_write(f->d->a, json_get(v, "title"))),
                   sql_int(f->at), sql_text(json_string(v, "sha256")), sql_text(json_string(v, "token")),
                   sql_id(keep_id(f, file)), sql_text(json_string(original, "sha256")),
                   sql_int(json_bool(original, "sealed", false)));
    return ok();
}

static const struct stmt LICENCE_INSERT = {
    "licence_insert",
    "INSERT INTO licence (id, case_id, document_id, subject, type, title, certificate_id, number, status, issued_at, valid_to, token,"
    " version, department, replaces) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,'valid',?9,?10,?11,?12,?13,?14)",
    NULL, false};

static result fold_licence(struct fold *f, const struct json *v)
{
    struct id id, document, holder, before = ID_NONE;
    (void)fact_id(v, "id", &id);
    (void)fact_id(v, "document", &document);
    (void)fact_id(v, "replaces", &before);
    if (!fact_id(v, "holder", &holder)) holder = f->c->subject;
    decision_write(f->d, &LICENCE_INSERT, 1, 14, sql_id(keep_id(f, id)), sql_id(&f->c->id),
                   sql_id(keep_id(f, document)), sql_id(keep_id(f, holder)), sql_text(json_string(v, "type")),
                   sql_text(json_write(f->d->a, json_get(v, "title"))), sql_text(json_string(v, "certificate_id")),
                   sql_text(json_string(v, "number")), sql_int(f->at), sql_int(json_int(v, "valid_to", 0)),
                   sql_text(json_string(v, "token")), sql_int(json_int(v, "version", 1)),
                   sql_text(json_string(v, "department")), sql_id(keep_id(f, before)));
    return ok();
}

static const struct stmt LICENCE_CHANGE = {
    "licence_change", "UPDATE licence SET status=?3, changed_at=?4 WHERE case_id=?1 AND id=?2", NULL, false};

/* A note (加注) changes nothing in the register: it stands in the journal. */
static result fold_licence_change(struct fold *f, const struct json *v)
{
    struct id id;
    struct slice to = json_string(v, "to");
    (void)fact_id(v, "id", &id);
    if (to.n)
        decision_write(f->d, &LICENCE_CHANGE, 1, 4, sql_id(&f->c->id), sql_id(keep_id(f, id)), sql_text(to),
                       sql_int(f->at));
    return ok();
}

static result fold_licence_ended(struct fold *f, const struct json *v)
{
    struct id id, document;
    (void)fact_id(v, "id", &id);
    (void)fact_id(v, "document", &document);
    decision_write(f->d, &LICENCE_END, 1, 2, sql_id(&f->c->id), sql_id(keep_id(f, id)));
    decision_write(f->d, &LICENCE_PAPER_END, 1, 3, sql_id(&f->c->id), sql_id(keep_id(f, document)), sql_int(f->at));
    return ok();
}

/* ---- what areas fold, and what only the history shows ---- */

static result fold_verb(struct fold *f, const struct json *v)
{
    const struct areas *areas = f->city->areas;
    struct slice name = json_string(v, "verb");
    for (size_t i = 0; areas && i < areas->n; i++)
        for (size_t k = 0; k < areas->list[i]->nverbs; k++)
            if (slice_is(name, areas->list[i]->verbs[k]->name))
                return areas->list[i]->project ? areas->list[i]->project(f->d->a, v, f->c->id, f->d) : ok();
    return ok();
}

static const struct stmt DECISION_TAKEN = {
    "case_decision_taken",
    "INSERT INTO case_decision (case_id, decision, hash, at) VALUES (?1,?2,?3,?4)"
    " ON CONFLICT (case_id, decision) DO UPDATE SET hash = excluded.hash, at = excluded.at",
    NULL, false};

/* Of a decision that several services use the version stays with the case, and the case is found by it. */
static result fold_rule(struct fold *f, const struct json *v)
{
    const struct json *d = json_get(v, "d");
    struct slice hash = json_string(d, "definition"), key = json_string(d, "decision");
    if (!hash.n) return ok();
    struct json_builder b = json_builder(f->d->a);
    json_set_slice(&b, key, json_of_string(f->d->a, hash));
    f->c->decisions = json_merge(f->d->a, f->c->decisions, json_object(&b));
    decision_write(f->d, &DECISION_TAKEN, 1, 4, sql_id(&f->c->id), sql_text(key), sql_text(hash), sql_int(f->at));
    return ok();
}

static result fold_review(struct fold *f, const struct json *v)
{
    (void)v;
    f->c->reviewed = true;
    return ok();
}

static result fold_nothing(struct fold *f, const struct json *v)
{
    (void)f;
    (void)str_or_null(v, "t");
    return ok();
}

static const struct {
    const char *name;
    result (*fold)(struct fold *f, const struct json *v);
} FACTS[] = {
    {"filed", fold_filed},
    {"accepted", fold_accepted},
    {"not_accepted", fold_not_accepted},
    {"correction", fold_correction},
    {"corrected", fold_corrected},
    {"decided", fold_decided},
    {"withdrawn", fold_withdrawn},
    {"step", fold_step},
    {"stop", fold_stop},
    {"resume", fold_resume},
    {"task", fold_task},
    {"task_closed", fold_task_closed},
    {"task_assigned", fold_task_assigned},
    {"task_due", fold_task_due},
    {"escalated", fold_escalated},
    {"urged", fold_urged},
    {"timer", fold_timer},
    {"timer_due", fold_timer_due},
    {"timer_off", fold_timer_off},
    {"job", fold_job},
    {"job_done", fold_job_done},
    {"document", fold_document},
    {"licence", fold_licence},
    {"licence_change", fold_licence_change},
    {"licence_anew", fold_nothing},
    {"licence_ended", fold_licence_ended},
    {"verb", fold_verb},
    {"rule", fold_rule},
    {"review", fold_review},
    {"await", fold_await},
    {"await_over", fold_await_over},
    {"thrown", fold_nothing},
    {"heard", fold_nothing},
    {"unheard", fold_nothing},
    {"chosen", fold_nothing},
    {"migrated", fold_migrated},
    {"task_changed", fold_task_changed},
    {"step_corrected", fold_step_corrected},
    {"unanswered", fold_nothing},
    {"incident", fold_nothing},
    {"retried", fold_nothing},
    {"path", fold_nothing},
    {"read_promise", fold_nothing},
};

result fact_fold(struct fold *f, const struct json *fact)
{
    struct slice t = json_string(fact, "t");
    for (size_t i = 0; i < sizeof FACTS / sizeof *FACTS; i++)
        if (slice_is(t, FACTS[i].name)) return FACTS[i].fold(f, fact);
    return fail(f->d->a, CODE_INTERNAL, S("case_event"), "detail",
                arena_printf(f->d->a, "unknown fact %.*s", SLICE_ARG(t)), NULL);
}
