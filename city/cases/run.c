#include "city/cases/run.h"
#include "city/cases/archive.h"
#include "city/drafts/confirm.h"

#include "city/identity/identity.h"
#include "city/log/leaf.h"
#include "trust/crypto.h"

static const struct stmt TASK_SELECT = {
    "task_select",
    "SELECT token, node, step, kind, department, role, town, status, assignee, due_at, escalated_at FROM case_task"
    " WHERE case_id=?1 AND token=?2",
    NULL, false};
static const struct stmt IDEM_EVENT = {
    "idem_event", "SELECT seq, body_hash FROM case_event WHERE case_id=?1 AND idem=?2", NULL, false};
static const struct stmt IDEM_SELECT = {
    "idem_select", "SELECT body_hash, status, reply FROM idempotency WHERE actor=?1 AND route=?2 AND idem_key=?3", NULL,
    false};
static const struct stmt IDEM_INSERT = {
    "idem_insert",
    "INSERT INTO idempotency (actor, route, idem_key, body_hash, status, reply, at, sealed, key_owner)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)",
    NULL, false};
static const struct stmt JOB_EXISTS = {"job_exists", "SELECT id FROM case_job WHERE id=?1", NULL, false};
static const struct stmt TIMER_EXISTS = {"timer_exists", "SELECT id, due_at FROM case_timer WHERE id=?1", NULL, false};
static const struct stmt TASKS_OPEN = {
    "tasks_open",
    "SELECT token, step, status, opened_at, due_at, kind, node, department, role FROM case_task WHERE case_id=?1 AND status + 0 < 3 AND kind <> 'offer'"
    " ORDER BY token",
    NULL, false};
static const struct stmt TIMERS_PENDING = {
    "timers_pending", "SELECT token, due_at, set_at FROM case_timer WHERE case_id=?1 ORDER BY token", NULL, false};
static const struct stmt EVENT_INSERT = {
    "event_insert",
    "INSERT INTO case_event (case_id, seq, at, kind, actor, idem, body_hash, payload_ct) VALUES (?1,?2,?3,?4,?5,?6,?7,?8)",
    NULL, false};

const struct stmt CASE_LICENCES = {
    "case_licences",
    "SELECT d.step FROM licence l JOIN case_document d ON d.id = l.document_id WHERE l.case_id=?1 ORDER BY l.id", NULL,
    false};

bool case_licensed(const struct rows *steps, struct slice step)
{
    for (size_t i = 0; i < steps->n; i++)
        if (step.n == 0 || slice_eq(row(steps, i)[0].s, step)) return true;
    return false;
}

static struct slice bytes(const uint8_t *p, size_t n)
{
    return (struct slice){(const char *)p, n};
}

const struct rows *run_rows(const struct run *r, enum run_load l)
{
    static const struct rows none = {0};
    return r->at[l] < 0 ? &none : &r->rows[r->at[l]];
}

result run_fact(struct run *r, const struct json *fact)
{
    struct fold f = {r->k->city, r->d, r->c, &r->key, r->k->actor->account, r->k->now};
    json_add(&r->facts, fact);
    return fact_fold(&f, fact);
}

result run_fact1(struct run *r, const char *t, const char *key, const struct json *value)
{
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", t);
    if (key) json_set(&b, key, value);
    return run_fact(r, json_object(&b));
}

result run_refuse_if_closed(struct run *r)
{
    if (case_state_open(r->c->state)) return ok();
    return fail(r->a, CODE_CASE_CLOSED, S("case"), "number", r->c->number, "state",
                slice_cstr(case_state_name(r->c->state)), NULL);
}

const struct process_waiting *run_waiting(struct run *r, int64_t token)
{
    const struct process_waiting *list;
    size_t n = process_waiting(r->a, r->state, &list);
    for (size_t i = 0; i < n; i++)
        if (list[i].token == token) return &list[i];
    return NULL;
}

/* ---- idempotency ---- */

/* What a refusal repeats of the request may be personal: it is kept under the key of the case, or of the person who filed,
 * and goes with it; under the city's key when a window filed. */
static result refusal_key(struct run *r, struct data_key *key, bool *own)
{
    const struct rows *wrapped = run_rows(r, LOAD_KEY);
    *own = wrapped->n > 0;
    if (!*own) return ok();
    return vault_unwrap(r->k->city, r->k->a, r->is_new ? r->k->actor->subject : r->k->case_id, row(wrapped, 0)[0].s,
                        key);
}

static result refusal_read(struct run *r, struct slice text)
{
    const struct json *list = NULL;
    struct problem *head = NULL, **tail = &head;
    struct slice sealed, plain;
    struct data_key key;
    bool own;
    if (!base64_decode(r->k->a, text, &sealed))
        return fail(r->k->a, CODE_INTERNAL, S("idempotency.reply"), "detail", S("not base64"), NULL);
    TRY(refusal_key(r, &key, &own));
    if (own)
        TRY(vault_open(r->k->a, &key, "idempotency.reply", sealed, &plain));
    else
        TRY(vault_open_city(r->k->city, r->k->a, "idempotency.reply", sealed, &plain));
    TRY(json_parse(r->k->a, plain, 256 * 1024, S("idempotency.reply"), &list));
    for (size_t i = 0; i < list->n; i++) {
        struct problem *p = NEW(r->k->a, struct problem);
        const struct json *v = list->items[i], *args = json_get(v, "args");
        p->code = CODE_INTERNAL;
        for (int c = 1; c < CODE_COUNT; c++)
            if (slice_is(json_string(v, "code"), code_name((enum code)c))) p->code = (enum code)c;
        p->field = json_string(v, "field");
        p->nargs = args ? args->n : 0;
        struct problem_arg *pa = NEW_ARRAY(r->k->a, struct problem_arg, p->nargs + 1);
        for (size_t j = 0; j < p->nargs; j++)
            pa[j] = (struct problem_arg){arena_cstr(r->k->a, args->keys[j]), args->items[j]->text};
        p->args = pa;
        *tail = p;
        tail = (struct problem **)(void *)&p->next;
    }
    return (result){head};
}

static result refusal_write(struct run *r, result res, struct slice *out)
{
    struct arena *a = r->d->a;
    struct json_builder list = json_builder(a);
    struct data_key key;
    bool own;
    for (const struct problem *p = res.problem; p; p = p->next) {
        struct json_builder b = json_builder(a), args = json_builder(a);
        json_set_cstr(&b, "code", code_name(p->code));
        json_set_str(&b, "field", p->field);
        for (size_t i = 0; i < p->nargs; i++) json_set_str(&args, p->args[i].key, p->args[i].value);
        json_set(&b, "args", json_object(&args));
        json_add(&list, json_object(&b));
    }
    struct slice text = json_write(a, json_array(&list));
    TRY(refusal_key(r, &key, &own));
    *out = base64_encode(a, own ? vault_seal(a, &key, "idempotency.reply", text)
                                : vault_seal_city(r->k->city, a, "idempotency.reply", text));
    return ok();
}

static result check_body(struct run *r, struct slice stored)
{
    if (slice_eq(stored, bytes(r->body_hash, 32))) return ok();
    return fail(r->k->a, CODE_IDEMPOTENCY_BODY, S("Idempotency-Key"), "value", r->k->key, NULL);
}

/* *settled: the command was answered before. */
static result replay(struct run *r, bool *settled)
{
    *settled = false;
    if (r->k->key.n == 0) return ok();
    const struct rows *stored = run_rows(r, LOAD_IDEM), *event = run_rows(r, LOAD_EVENT);
    if (stored->n) {
        const struct sql_value *v = row(stored, 0);
        *settled = true;
        TRY(check_body(r, v[0].s));
        r->out->replayed = true;
        if (v[1].i != 0) {
            r->refusal = refusal_read(r, v[2].s);
            return ok();
        }
        const struct json *reply = NULL;
        TRY(json_parse(r->k->a, v[2].s, 4096, S("idempotency.reply"), &reply));
        (void)id_scan(json_string(reply, "case"), &r->out->case_id);
        r->out->version = json_int(reply, "version", 1);
        return ok();
    }
    if (event->n == 0) return ok();
    const struct sql_value *v = row(event, 0);
    *settled = true;
    TRY(check_body(r, v[1].s));
    r->out->replayed = true;
    r->out->case_id = r->k->case_id;
    r->out->version = v[0].i;
    return ok();
}

/* A refusal under a data key says under whose, so that it goes with that key to its next generation (city/cases/reseal.c). */
static void write_idempotency(struct run *r, int64_t status, struct slice reply)
{
    struct id *sealed = NEW(r->d->a, struct id), *owner = NEW(r->d->a, struct id);
    *sealed = *owner = ID_NONE;
    if (status && run_rows(r, LOAD_KEY)->n) {
        *sealed = id_new(r->k->now);
        *owner = r->is_new ? r->k->actor->subject : r->k->case_id;
    }
    decision_write(r->d, &IDEM_INSERT, 1, 9, sql_id(&r->k->actor->account), sql_text(r->idem_route),
                   sql_text(r->k->key), sql_blob(bytes(r->body_hash, 32)), sql_int(status), sql_text(reply),
                   sql_int(r->k->now), sql_id(sealed), sql_id(owner));
}

/* ---- loading ---- */

static result load_case(struct run *r)
{
    r->c = NEW(r->a, struct case_row);
    if (r->is_new) {
        r->c->id = r->k->case_id;
        r->c->vars = json_null();
        r->vars_before = NULL;
        return ok();
    }
    const struct rows *row_ = run_rows(r, LOAD_CASE), *key = run_rows(r, LOAD_KEY), *task = run_rows(r, LOAD_TASK);
    if (row_->n == 0 || key->n == 0)
        return fail(r->a, CODE_NOT_FOUND, S("case"), "value", id_text(r->a, r->k->case_id), NULL);
    TRY(vault_unwrap(r->k->city, r->a, r->k->case_id, row(key, 0)[0].s, &r->key));
    TRY(case_row_read(r->a, row(row_, 0), &r->key, r->c));
    if (r->c->folded) {
        r->unfold = true;
        return fail(r->a, CODE_CASE_FETCH, S("case"), NULL);
    }
    /* the clock was set back since: for this case it stands still until it has caught up */
    if (r->k->now < r->c->at) r->k->now = r->c->at;
    r->vars_before = r->c->vars;
    TRY(catalogue_by_hash(r->k->city->catalogue, r->a, r->c->service_hash, &r->service));
    if (task->n) r->task = row(task, 0);
    return process_state_decode(r->a, service_model(r->service), r->c->engine, &r->state);
}

/* ---- the end of a command: journal row, case row, reply ---- */

static result settle(struct run *r)
{
    struct arena *a = r->a;
    struct case_row *c = r->c;
    if (r->path.n) {
        struct json_builder b = json_builder(a);
        json_set_cstr(&b, "t", "path");
        json_set(&b, "n", json_array(&r->path));
        json_add(&r->facts, json_object(&b));
    }
    c->version++;
    c->at = r->k->now;
    c->engine = process_state_encode(a, r->state);
    const struct json *facts = json_array(&r->facts); /* once: what is built leaves the builder empty */
    struct slice payload = event_seal(a, &r->key, c->version, c->engine, r->vars_before, c->vars, facts);
    bool keyed = r->k->key.n && !r->is_new;
    const struct sql_value event[] = {sql_id(&c->id),
                                      sql_int(c->version),
                                      sql_int(r->k->now),
                                      sql_text(slice_cstr(r->kind)),
                                      sql_id(&r->k->actor->account),
                                      keyed ? sql_blob(bytes(r->idem, 16)) : sql_null(),
                                      keyed ? sql_blob(bytes(r->body_hash, 32)) : sql_null(),
                                      sql_blob(payload)};
    decision_write_v(r->d, &EVENT_INSERT, 1, event, 8);
    log_write(r->d, &(struct log_source){LOG_CASE, c->id, c->version, r->k->now, event, 8}, log_public_facts(a, facts));
    case_row_write(r->k->city, r->d, &r->key, c);
    if (r->is_new && r->k->key.n) {
        struct json_builder b = json_builder(a);
        json_set_str(&b, "case", id_text(a, c->id));
        json_set_int(&b, "version", c->version);
        write_idempotency(r, 0, json_write(a, json_object(&b)));
    }
    r->out->case_id = c->id;
    r->out->version = c->version;
    return ok();
}

static result attempt(struct run *r)
{
    bool settled;
    TRY(replay(r, &settled));
    if (settled) {
        r->silent = true;
        return ok();
    }
    TRY(load_case(r));
    if ((r->job_table || r->there) && run_rows(r, LOAD_WORK)->n == 0) {
        r->silent = true; /* somebody else's result was stored first */
        return ok();
    }
    r->in_body = true;
    TRY(r->body(r));
    return r->silent ? ok() : settle(r);
}

/* Problems that say "not now" rather than "no": never stored as the answer. */
static bool passing(enum code c)
{
    return c == CODE_CASE_FETCH || c == CODE_VERB_MORE || c == CODE_STORE_VERSION || code_status(c) >= 500;
}

static void forget(struct run *r, struct decision *d, const struct rows *rows, size_t nrows)
{
    r->d = d;
    r->a = d->a;
    r->rows = rows;
    r->nrows = nrows;
    r->numbers_used = 0;
    r->nthrown = 0;
    r->in_body = r->silent = r->by_timer = r->migrates = false;
    r->task = NULL;
    r->service = NULL;
    r->state = NULL;
    r->refusal = ok();
    r->facts = json_builder(d->a);
    r->path = json_builder(d->a);
    if (nrows == r->nbase) r->nasked = 0;
}

static result decide(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    struct run *r = u->ctx;
    forget(r, d, rows, nrows);
    result res = attempt(r);
    if (result_code(res) == CODE_VERB_MORE) return ok(); /* rows were asked for: decide is called again */
    d->nloads = 0;
    if (!failed(res) || passing(result_code(res)) || r->k->key.n == 0 || !r->in_body) return res;
    d->nwrites = 0;
    r->refusal = result_copy(r->k->a, res);
    struct slice kept;
    TRY(refusal_write(r, res, &kept));
    write_idempotency(r, code_status(result_code(res)), kept);
    return ok();
}

static void add_load(struct run *r, enum run_load l, const struct stmt *s, size_t n, const struct sql_value *binds)
{
    size_t at = 0;
    for (size_t i = 0; i < r->nbase; i++) at += r->loads[i].nbinds;
    memcpy(r->binds + at, binds, n * sizeof *binds);
    r->at[l] = (int)r->nbase;
    r->loads[r->nbase++] = (struct load){s, r->binds + at, n};
}

/* One account acts for itself and under delegations: the same key for another principal is another command. */
static struct slice idem_route(const struct case_command *k)
{
    if (id_is_none(k->actor->delegation)) return k->route;
    return arena_printf(k->a, "%.*s for %.*s", SLICE_ARG(k->route), SLICE_ARG(id_text(k->a, k->actor->subject)));
}

static void prepare_idempotency(struct run *r)
{
    struct case_command *k = r->k;
    r->idem_route = idem_route(k);
    const struct slice parts[] = {id_bytes(&k->actor->account), S("\n"), r->idem_route, S("\n"), k->key};
    uint8_t h[32];
    crypto_sha256_parts(parts, 5, h);
    memcpy(r->idem, h, 16);
    crypto_sha256(k->body, r->body_hash);
}

/* Filings of one person do not wait for each other, but for an erasure of that person, and it for them: an erasure changes
 * index_hash, a key, which FOR KEY SHARE holds off. On SQLite the first write looks again. */
static const struct stmt APPLICANT_HOLD = {"case_applicant_hold", "SELECT erased_at FROM subject WHERE id = ?1",
                                           "SELECT erased_at FROM subject WHERE id = ?1 FOR KEY SHARE", false};

static void prepare(struct run *r)
{
    struct case_command *k = r->k;
    const struct id *subject = &k->actor->subject;
    prepare_idempotency(r);
    r->nbase = 0;
    for (size_t i = 0; i < LOAD_COUNT; i++) r->at[i] = -1;
    struct sql_value idem[] = {sql_id(&k->actor->account), sql_text(r->idem_route), sql_text(k->key)};
    struct sql_value id = sql_id(&k->case_id), job = sql_id(&r->job), person = sql_id(subject);
    struct sql_value ev[] = {id, sql_blob(bytes(r->idem, 16))}, task[] = {id, sql_int(r->token)};
    struct sql_value own[] = {sql_id(&k->actor->account), id, sql_int(k->now)};
    struct sql_value own_to[] = {sql_id(&r->to), id, sql_int(k->now)};
    if (r->is_new) {
        struct sql_value applicant = sql_id(&r->applicant);
        if (!id_is_none(r->applicant)) add_load(r, LOAD_SUBJECT, &APPLICANT_HOLD, 1, &applicant);
        struct sql_value confirmed = sql_id(&r->confirmation);
        if (!id_is_none(r->confirmation)) add_load(r, LOAD_CONFIRMED, &CONFIRM_COUNT, 1, &confirmed);
        if (k->key.n) add_load(r, LOAD_IDEM, &IDEM_SELECT, 3, idem);
        if (k->key.n && !id_is_none(*subject)) add_load(r, LOAD_KEY, &VAULT_SELECT_KEY, 1, &person);
    } else {
        add_load(r, LOAD_CASE, &CASE_SELECT, 1, &id);
        add_load(r, LOAD_KEY, &VAULT_SELECT_KEY, 1, &id);
        if (k->key.n) add_load(r, LOAD_EVENT, &IDEM_EVENT, 2, ev);
        if (k->key.n) add_load(r, LOAD_IDEM, &IDEM_SELECT, 3, idem);
        if (r->token) add_load(r, LOAD_TASK, &TASK_SELECT, 2, task);
        if (r->with_open) add_load(r, LOAD_OPEN, &TASKS_OPEN, 1, &id);
        if (r->with_open) add_load(r, LOAD_PENDING, &TIMERS_PENDING, 1, &id);
        if (r->token && k->actor->kind == ACTOR_STAFF) add_load(r, LOAD_OWN, &STAFF_OWN_CASE, 3, own);
        if (r->with_licences) add_load(r, LOAD_LICENCES, &CASE_LICENCES, 1, &id);
        if (!id_is_none(r->to)) add_load(r, LOAD_OWN_TO, &STAFF_OWN_CASE, 3, own_to);
        if (r->job_table && !r->there)
            add_load(r, LOAD_WORK, slice_is(slice_cstr(r->job_table), "case_job") ? &JOB_EXISTS : &TIMER_EXISTS, 1,
                     &job);
    }
    struct sql_value there[] = {r->there_bind, id};
    if (r->there) add_load(r, LOAD_WORK, r->there, r->there_case ? 2 : 1, there);
    r->unit = (struct unit){
        .name = r->kind, .lock = k->case_id, .loads = r->loads, .nloads = r->nbase, .decide = decide, .ctx = r};
}

/* A filing that was answered before: found without drawing a number or checking the form against today's version. */
result run_settled(struct case_command *k, struct case_done *out, bool *settled)
{
    struct rows rows[LOAD_COUNT];
    struct run r = {.k = k, .is_new = true, .out = out, .rows = rows};
    *settled = false;
    if (k->key.n == 0) return ok();
    prepare(&r);
    for (size_t i = 0; i < r.nbase; i++)
        TRY(store_query(k->city->store, k->a, r.loads[i].stmt, r.loads[i].binds, r.loads[i].nbinds, &rows[i]));
    TRY(replay(&r, settled));
    return r.refusal;
}

static result refused_body(struct run *r)
{
    return *(const result *)r->args;
}

result run_refused(struct case_command *k, result refusal, struct case_done *out)
{
    struct run r = {.k = k, .kind = "file", .body = refused_body, .args = &refusal, .is_new = true, .out = out};
    if (k->key.n == 0 || passing(result_code(refusal))) return refusal;
    return run_command(&r);
}

result run_fetch(struct run *r)
{
    struct case_command *k = r->k;
    if (r->unfold) TRY(case_unfold(k->city, k->a, k->case_id));
    r->unfold = false;
    if (r->need_series.n && r->nnumbers < RUN_NUMBERS) {
        r->numbers[r->nnumbers].series = r->need_series;
        TRY(store_numbers(k->city->store, k->a, r->need_series, 1, &r->numbers[r->nnumbers].value));
        r->nnumbers++;
        r->need_series = (struct slice){NULL, 0};
    }
    return ok();
}

result run_command(struct run *r)
{
    prepare(r);
    for (int i = 0; i < RUN_NUMBERS + 4; i++) {
        result res = store_submit_wait(r->k->city->store, r->k->a, &r->unit);
        if (result_code(res) == CODE_CASE_FETCH) {
            TRY(run_fetch(r));
            continue;
        }
        /* the same key filed twice at once: the second try finds the first one's row */
        if (result_code(res) == CODE_STORE_CONSTRAINT && i < 3) continue;
        if (failed(res)) return res;
        if (failed(r->refusal)) return r->refusal;
        if (!r->silent) events_publish(r->k->city->events, r->out->case_id, r->out->version);
        return ok();
    }
    return fail(r->k->a, CODE_INTERNAL, S("case"), "detail", S("a command asked for more and more"), NULL);
}

static void async_done(struct unit *u, result res)
{
    struct run *r = u->ctx;
    r->finished(r, failed(res) ? res : r->refusal);
}

void run_command_async(struct run *r, void (*finished)(struct run *r, result res))
{
    r->finished = finished;
    prepare(r);
    r->unit.done = async_done;
    store_submit(r->k->city->store, &r->unit);
}
