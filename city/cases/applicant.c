/* Commands of the applicant: file, withdraw, answer a correction, urge. */
#include "city/cases/flow.h"
#include "city/drafts/confirm.h"
#include "city/drafts/drafts.h"
#include "city/identity/identity.h"

/* ---- filing ---- */

static const struct stmt DRAFT_DELETE = {"case_draft_delete",
                                         "DELETE FROM draft WHERE id=?1 AND account=?2 AND subject=?3", NULL, false};

/* VAULT_INSERT_KEY, unless the applicant was erased since it was read (SQLite decides before it is the writer): then the filing
 * is run again, and refused. */
static const struct stmt KEY_INSERT = {
    "case_key_insert",
    "INSERT INTO data_key (id, wrapped, created_at, destroyed_at) SELECT ?1, ?2, ?3, 0"
    " WHERE NOT EXISTS (SELECT 1 FROM subject WHERE id = ?4 AND erased_at > 0)",
    NULL, false};

struct filing {
    const struct case_filing *f;
    struct data_key key;
    struct slice wrapped, number;
    const struct json *vars;
    const struct json *confirmed; /* confirmed: [{name, at}] or NULL */
    const struct id *papers;      /* attachments that the form names */
    size_t npapers;
};

static void set_limit(struct json_builder *b, const char *key, const struct limit *l)
{
    if (l->n == 0) return;
    struct json_builder x = json_builder(b->a);
    json_set_int(&x, "n", l->n);
    json_set_int(&x, "u", (int64_t)l->unit);
    json_set(b, key, json_object(&x));
}

static bool wanted(const struct json *parts, struct slice key)
{
    for (size_t i = 0; parts && i < parts->n; i++)
        if (slice_eq(parts->items[i]->text, key)) return true;
    return parts == NULL;
}

/* All that the service charges, in fen. */
static int64_t fees(const struct service *s)
{
    const struct json *list = json_get(service_json(s), "fees");
    int64_t fen = 0;
    for (size_t i = 0; list && i < list->n; i++) fen += json_int(list->items[i], "amount_fen", 0);
    return fen;
}

static const struct json *filed_fact(struct run *r, const struct filing *x)
{
    struct arena *a = r->a;
    const struct case_filing *f = x->f;
    struct json_builder b = json_builder(a), steps = json_builder(a);
    json_set_cstr(&b, "t", "filed");
    json_set_str(&b, "number", x->number);
    json_set_str(&b, "service", service_code(f->service));
    json_set_str(&b, "hash", service_hash(f->service));
    json_set_str(&b, "department", service_department(f->service));
    json_set_str(&b, "town", f->town);
    json_set_str(&b, "subject", id_text(a, f->subject));
    if (!id_is_none(f->agent)) json_set_str(&b, "agent", id_text(a, f->agent));
    /* what the city opens by itself was filed by no account */
    json_set_str(&b, "by", id_text(a, id_is_none(r->k->actor->account) ? f->subject : r->k->actor->account));
    json_set_str(&b, "channel", f->channel);
    struct limit promised = service_promised(f->service), statutory = service_statutory(f->service);
    if (x->npapers) json_set_int(&b, "papers", (int64_t)x->npapers);
    if (fees(f->service)) json_set_int(&b, "fee_fen", fees(f->service));
    set_limit(&b, "promised", &promised);
    set_limit(&b, "statutory", &statutory);
    const struct service_step *list;
    size_t n = service_steps(f->service, &list);
    for (size_t i = 0; i < n; i++) {
        if (list[i].optional && !wanted(f->parts, list[i].key)) continue;
        struct json_builder s = json_builder(a);
        json_set_str(&s, "key", list[i].key);
        set_limit(&s, "limit", &list[i].limit);
        json_add(&steps, json_object(&s));
    }
    json_set(&b, "steps", json_array(&steps));
    if (f->start) start_told(&b, NULL, f->start);
    return json_object(&b);
}

/* Everybody has confirmed, and it was for this filing. */
static result use_confirmations(struct run *r)
{
    if (id_is_none(r->confirmation)) return ok();
    const struct sql_value *v = row(run_rows(r, LOAD_CONFIRMED), 0);
    if (v[0].i == 0 || v[0].i != v[1].i) return fail(r->a, CODE_CONFIRM_MISSING, S("data"), "value", S(""), NULL);
    confirm_use(r->d, r->confirmation);
    return ok();
}

static result file_body(struct run *r)
{
    struct filing *x = r->args;
    const struct rows *applicant = run_rows(r, LOAD_SUBJECT);
    if (applicant->n && row(applicant, 0)[0].i) return fail(r->a, CODE_VAULT_ERASED, S("applicant"), NULL);
    r->key = x->key;
    r->service = x->f->service;
    TRY(use_confirmations(r));
    TRY(run_fact(r, filed_fact(r, x)));
    decision_write(r->d, &KEY_INSERT, 1, 4, sql_id(&r->c->id), sql_blob(x->wrapped), sql_int(r->k->now),
                   sql_id(&x->f->subject));
    if (!id_is_none(x->f->draft))
        decision_write(r->d, &DRAFT_DELETE, -1, 3, sql_id(&x->f->draft), sql_id(&r->k->actor->account),
                       sql_id(&r->k->actor->subject));
    for (size_t i = 0; i < x->npapers; i++) attachment_link(r->d, x->papers[i], r->c->id);
    if (service_acceptance(r->service) == ACCEPT_AUTOMATIC) {
        struct json_builder b = json_builder(r->a);
        json_set_cstr(&b, "t", "accepted");
        json_set_cstr(&b, "how", "automatic");
        json_set_int(&b, "at", r->k->now);
        TRY(run_fact(r, json_object(&b)));
        TRY(run_paper(r, "acceptance", NULL));
    }
    r->c->vars = json_null();
    struct process_event e = {.type = EV_START, .token = 0, .data = x->vars, .at = r->k->now};
    const struct flow_start *s = x->f->start;
    if (s) {
        e.name = s->node;
        e.payload = s->payload;
        if (s->consume) decision_write_v(r->d, s->consume, 1, s->binds, s->nbinds);
    }
    return run_advance(r, &e);
}

/* 办件编号: 实施编码 + yyyyMMdd + serial (GB/T 39554.1); the serial has at least four digits. */
static result case_number(struct case_command *k, const struct service *s, struct slice *out)
{
    struct civil t = civil_of_instant(k->now);
    struct slice date = arena_printf(k->a, "%04d%02d%02d", t.year, t.month, t.day);
    struct slice stem = arena_printf(k->a, "%.*s%.*s", SLICE_ARG(service_implementation_code(s)), SLICE_ARG(date));
    int64_t n;
    TRY(store_numbers(k->city->store, k->a, arena_printf(k->a, "case:%.*s", SLICE_ARG(stem)), 1, &n));
    *out = arena_printf(k->a, "%.*s%04lld", SLICE_ARG(stem), (long long)n);
    return ok();
}

/* The town of the window that took the case in: its tasks at the window (收件、送达) are that window's, wherever it is decided. */
static struct slice window_town(const struct actor *x, const struct case_filing *f)
{
    for (size_t i = 0; x->kind == ACTOR_STAFF && i < x->ngrants; i++)
        if (x->grants[i].role == ROLE_WINDOW) return slice_is(x->grants[i].town, "*") ? f->town : x->grants[i].town;
    return (struct slice){NULL, 0};
}

static const struct json *filing_vars(struct case_command *k, const struct case_filing *f, struct slice number,
                                      const struct json *confirmed)
{
    struct json_builder b = json_builder(k->a);
    json_set(&b, "form", f->data);
    json_set(&b, "applicant", f->applicant);
    json_set_str(&b, "town", f->town);
    json_set_str(&b, "channel", f->channel);
    if (window_town(k->actor, f).n) json_set_str(&b, "window_town", window_town(k->actor, f));
    json_set_str(&b, "case_number", number);
    if (f->not_by) json_set(&b, "not_by", f->not_by);
    if (confirmed) json_set(&b, "confirmed", confirmed);
    if (f->start) start_told(NULL, &b, f->start);
    if (f->parts) {
        json_set(&b, "parts", f->parts);
    } else {
        struct json_builder all = json_builder(k->a);
        const struct service_step *list;
        size_t n = service_steps(f->service, &list);
        for (size_t i = 0; i < n; i++) json_add(&all, json_of_string(k->a, list[i].key));
        json_set(&b, "parts", json_array(&all));
    }
    return json_object(&b);
}

static result check_parts(struct arena *a, const struct case_filing *f)
{
    const struct service_step *list;
    size_t n = service_steps(f->service, &list);
    if (f->parts && f->parts->n == 0) return fail(a, CODE_FIELD_REQUIRED, S("/parts"), NULL);
    for (size_t i = 0; f->parts && i < f->parts->n; i++) {
        bool known = false;
        for (size_t j = 0; j < n; j++) known = known || slice_eq(list[j].key, f->parts->items[i]->text);
        if (!known) return fail(a, CODE_CASE_STEP_UNKNOWN, S("/parts"), "value", f->parts->items[i]->text, NULL);
    }
    for (size_t i = 0; i < n; i++)
        if (!list[i].optional && !wanted(f->parts, list[i].key))
            return fail(a, CODE_CASE_STEP_NEEDED, S("/parts"), "value", list[i].key, NULL);
    return ok();
}

result case_file_prepare(struct case_command *k, const struct case_filing *given, struct case_done *out,
                         struct run **run)
{
    struct case_filing *f = NEW(k->a, struct case_filing);
    *f = *given;
    f->data =
        form_clean(k->a, service_form(f->service), given->data); /* what is hidden is neither asked for nor kept */
    TRY(check_parts(k->a, f));
    TRY(schema_validate(k->a, service_form(f->service), f->data));
    TRY(case_standing(k->a, f->service, f->applicant, f->data));
    struct filing *x = NEW(k->a, struct filing);
    struct application named = {f->service, f->data, f->subject, f->applicant};
    struct id confirmation;
    TRY(confirm_found(k->city, k->a, &named, k->now, &confirmation, &x->confirmed));
    TRY(attachments_check(k->city, k->a, k->actor, service_form(f->service), f->data, &x->papers, &x->npapers));
    if (id_is_none(k->case_id)) k->case_id = id_new(k->now);
    x->f = f;
    TRY(case_number(k, f->service, &x->number));
    x->vars = filing_vars(k, f, x->number, x->confirmed);
    vault_new(k->city, k->a, k->case_id, &x->key, &x->wrapped);
    struct run *r = NEW(k->a, struct run);
    *r = (struct run){.k = k, .kind = "file", .body = file_body, .args = x, .is_new = true, .out = out};
    r->applicant = f->subject;
    r->confirmation = confirmation;
    r->there = f->start ? f->start->there : NULL;
    if (r->there) r->there_bind = f->start->binds[0];
    *run = r;
    return ok();
}

/* 全市通办: any town's window takes it in. */
static bool citywide(const struct service *s)
{
    const struct json *list = json_get(service_json(s), "properties");
    for (size_t i = 0; list && i < list->n; i++)
        if (slice_is(list->items[i]->text, "citywide")) return true;
    return false;
}

/* For oneself, for a principal whose delegation covers the service, or at a window that takes in this service there. */
static result may_file(struct case_command *k, const struct case_filing *f)
{
    const struct actor *x = k->actor;
    bool own = x->kind != ACTOR_STAFF && !id_is_none(x->subject) && id_eq(f->subject, x->subject);
    if (x->kind == ACTOR_SYSTEM) return ok();
    if (own) return delegation_covers(k->city, k->a, x, service_code(f->service), k->now);
    struct slice where = citywide(f->service) ? (struct slice){NULL, 0} : f->town;
    if (actor_has_role(x, ROLE_WINDOW, service_department(f->service), where)) return ok();
    return fail(k->a, CODE_FORBIDDEN, S("applicant"), "right", S("window"), NULL);
}

result case_file(struct case_command *k, const struct case_filing *f, struct case_done *out)
{
    struct run *r;
    bool settled;
    TRY(run_settled(k, out, &settled));
    if (settled) return ok();
    result res = may_file(k, f);
    if (!failed(res)) res = case_file_prepare(k, f, out, &r);
    return failed(res) ? run_refused(k, res, out) : run_command(r);
}

/* ---- whose case it is ---- */

result run_own_case(struct run *r)
{
    const struct actor *x = r->k->actor;
    bool own = !id_is_none(x->subject) && id_eq(x->subject, r->c->subject) && x->kind != ACTOR_STAFF;
    if (!own) return fail(r->a, CODE_NOT_FOUND, S("case"), "value", id_text(r->a, r->k->case_id), NULL);
    return ok();
}

result run_covered(struct case_command *k)
{
    enum case_audience who;
    struct id subject;
    if (id_is_none(k->actor->delegation)) return ok();
    return case_may_see(k->city, k->a, k->actor, k->case_id, &who, &subject);
}

/* ---- withdrawal ---- */

struct withdrawal {
    struct slice step, reason;
};

/* What was granted is ended by its cancellation (注销, 行政许可法 art. 70), not by taking the application back. */
static result refuse_if_licensed(struct run *r, struct slice step)
{
    if (!case_licensed(run_rows(r, LOAD_LICENCES), step)) return ok();
    return fail(r->a, CODE_CASE_LICENSED, step.n ? S("/step") : S("case"), "number", r->c->number, NULL);
}

static result withdraw_step(struct run *r, const struct withdrawal *w)
{
    struct case_step *s = case_step_find(r->c, w->step);
    if (!s) return fail(r->a, CODE_CASE_STEP_UNKNOWN, S("/step"), "value", w->step, NULL);
    /* a step that has not begun can be left out as well: it is passed over when it comes */
    if (s->state != STEP_RUNNING && s->state != STEP_WAITING)
        return fail(r->a, CODE_CASE_STEP_NOT_RUNNING, S("/step"), "value", w->step, "state",
                    slice_cstr(step_state_name(s->state)), NULL);
    const struct service_step *def = service_step_find(r->service, w->step);
    if (!def || !def->optional) return fail(r->a, CODE_CASE_STEP_NEEDED, S("/step"), "value", w->step, NULL);
    TRY(refuse_if_licensed(r, w->step));
    struct json_builder b = json_builder(r->a);
    json_set_str(&b, "step", w->step);
    json_set_str(&b, "reason", w->reason);
    struct process_event e = {.type = EV_CANCEL_STEP, .token = 0, .data = json_object(&b), .at = r->k->now};
    return run_advance(r, &e);
}

result run_end_withdrawn(struct run *r, const struct json *fact)
{
    TRY(run_fact(r, fact));
    for (size_t i = 0; i < r->c->nsteps; i++)
        if (r->c->steps[i].state == STEP_RUNNING || r->c->steps[i].state == STEP_WAITING) {
            struct json_builder b = json_builder(r->a);
            json_set_cstr(&b, "t", "step");
            json_set_str(&b, "key", r->c->steps[i].key);
            json_set_int(&b, "s", STEP_WITHDRAWN);
            TRY(run_fact(r, json_object(&b)));
        }
    struct process_event e = {.type = EV_CANCEL, .token = 0, .data = NULL, .at = r->k->now};
    TRY(run_advance(r, &e));
    return run_fact1(r, "timer_off", NULL, NULL);
}

static result withdraw_body(struct run *r)
{
    const struct withdrawal *w = r->args;
    TRY(run_own_case(r));
    TRY(run_refuse_if_closed(r));
    if (w->step.n) return withdraw_step(r, w);
    TRY(refuse_if_licensed(r, w->step));
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", "withdrawn");
    json_set_str(&b, "reason", w->reason);
    TRY(run_end_withdrawn(r, json_object(&b)));
    run_notice(r, NOTICE_WITHDRAWN, (struct slice){NULL, 0});
    return run_paper(r, "withdrawn", NULL);
}

result case_withdraw(struct case_command *k, struct slice step, struct slice reason, struct case_done *out)
{
    struct withdrawal w = {step, reason};
    struct run r = {.k = k, .kind = "withdraw", .with_licences = true, .body = withdraw_body, .args = &w, .out = out};
    TRY(run_covered(k));
    return run_command(&r);
}

/* ---- urging (催办), once a working day ---- */

static result urge_body(struct run *r)
{
    const struct slice *text = r->args;
    TRY(run_own_case(r));
    TRY(run_refuse_if_closed(r));
    if (case_urged_today(r->k->city->calendar, r->c, r->k->now))
        return fail(r->a, CODE_CASE_URGED, S("case"), "number", r->c->number, NULL);
    return run_fact1(r, "urged", "text", json_of_string(r->a, *text));
}

result case_urge(struct case_command *k, struct slice text, struct case_done *out)
{
    struct run r = {.k = k, .kind = "urge", .body = urge_body, .args = &text, .out = out};
    TRY(run_covered(k));
    return run_command(&r);
}
