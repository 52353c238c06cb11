/* What people see of a case: the progress page, the shared status, lists. */
#include "city/cases/archive.h"
#include "city/cases/review.h"

#include "city/identity/identity.h"
#include "city/sql.h"

static const struct stmt DOCUMENTS = {
    "case_documents",
    "SELECT id, kind, step, number, title, at, sha256, token, original_sha256, sealed FROM case_document WHERE case_id=?1 ORDER BY id",
    NULL, false};
#define EVENTS_AT_ONCE 500
static const struct stmt EVENTS = {
    "case_events", "SELECT seq, at, payload_ct FROM case_event WHERE case_id=?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
    NULL, false};

result case_read(struct city *c, struct arena *a, struct id case_id, struct case_row *out, struct data_key *key)
{
    struct rows row_, k;
    struct data_key own;
    struct sql_value id = sql_id(&case_id);
    TRY(store_query(c->store, a, &CASE_SELECT_READ, &id, 1, &row_));
    TRY(store_query(c->store, a, &VAULT_SELECT_KEY, &id, 1, &k));
    if (row_.n == 0 || k.n == 0) return fail(a, CODE_NOT_FOUND, S("case"), "value", id_text(a, case_id), NULL);
    if (!key) key = &own;
    TRY(vault_unwrap(c, a, case_id, row(&k, 0)[0].s, key));
    TRY(case_row_read(a, row(&row_, 0), key, out));
    if (!out->folded) return ok();
    struct archived old;
    TRY(archive_read(c, a, case_id, key, &old));
    if (old.there) return archive_fill(a, key, &old, out);
    return case_read(c, a, case_id, out, key); /* its rows were put back meanwhile */
}

result case_variables(struct city *c, struct arena *a, struct id case_id, const struct json **out)
{
    struct case_row row_ = {.version = 0};
    TRY(case_read(c, a, case_id, &row_, NULL));
    *out = row_.vars;
    return ok();
}

/* ---- the journal ---- */

/* Of a folded case; *there: it is folded. */
static result archived_events(struct view *v, bool *there)
{
    struct archived old;
    TRY(archive_read(v->city, v->a, v->c->id, &v->key, &old));
    *there = old.there;
    struct view_event *list = NEW_ARRAY(v->a, struct view_event, old.events.n + 1);
    for (size_t i = 0; i < old.events.n; i++) {
        const struct json *event = NULL;
        const struct sql_value *e = row(&old.events, i);
        TRY(event_open(v->a, &v->key, e[ARCHIVED_SEQ].i, e[ARCHIVED_PAYLOAD].s, &event));
        list[i] = (struct view_event){e[ARCHIVED_AT].i, json_get(event, "f")};
    }
    v->events = list;
    v->nevents = old.events.n;
    return ok();
}

/* The whole of it: what was explained or told long ago must not be lost behind many later events. */
static result events_in_rows(struct view *v)
{
    struct view_event *list = NULL;
    size_t cap = 0;
    int64_t seq = 0;
    struct rows rows;
    v->nevents = 0;
    do {
        const struct sql_value b[] = {sql_id(&v->c->id), sql_int(seq), sql_int(EVENTS_AT_ONCE)};
        TRY(store_query(v->city->store, v->a, &EVENTS, b, 3, &rows));
        if (v->nevents + rows.n > cap) {
            struct view_event *more = NEW_ARRAY(v->a, struct view_event, cap = 2 * (v->nevents + rows.n));
            if (list) memcpy(more, list, v->nevents * sizeof *list);
            list = more;
        }
        for (size_t i = 0; i < rows.n; i++) {
            const struct json *event = NULL;
            seq = row(&rows, i)[0].i;
            TRY(event_open(v->a, &v->key, seq, row(&rows, i)[2].s, &event));
            list[v->nevents++] = (struct view_event){row(&rows, i)[1].i, json_get(event, "f")};
        }
    } while (rows.n == EVENTS_AT_ONCE);
    v->events = list;
    return ok();
}

result view_events(struct view *v)
{
    bool there = false;
    for (int i = 0; i < 2 && !there; i++) { /* between the two looks its rows may have been put back */
        TRY(events_in_rows(v));
        if (v->nevents) return ok();
        TRY(archived_events(v, &there));
    }
    return ok();
}

const struct json *view_last(const struct view *v, const char *t)
{
    for (size_t i = v->nevents; i-- > 0;) {
        const struct json *facts = v->events[i].facts;
        for (size_t k = facts ? facts->n : 0; k-- > 0;)
            if (slice_is(json_string(facts->items[k], "t"), t)) return facts->items[k];
    }
    return NULL;
}

/* What the applicant was told when the clock stopped: free text, so it is in the journal alone. */
static struct slice stop_notice(const struct view *v)
{
    return clock_is_stopped(&v->c->clock) ? json_string(view_last(v, "stop"), "notice") : S("");
}

/* ---- clocks ---- */

static const char *const UNIT_NAMES[] = {"working_day", "calendar_day", "hour", "working_hour"};

const struct json *limit_json(struct arena *a, struct limit l)
{
    if (l.n == 0) return json_null();
    struct json_builder b = json_builder(a);
    json_set_int(&b, "n", l.n);
    json_set_cstr(&b, "unit", UNIT_NAMES[l.unit]);
    json_set_str(&b, "source", l.source);
    return json_object(&b);
}

static void set_instant(struct json_builder *b, const char *key, instant t)
{
    json_set(b, key, t ? json_of_string(b->a, instant_text(b->a, t)) : json_null());
}

const struct json *clock_json(struct arena *a, const struct calendar *cal, const struct clock *k, struct slice notice,
                              instant now)
{
    if (k->promised.n == 0 && k->statutory.n == 0) return json_null();
    struct json_builder b = json_builder(a);
    const struct limit *l = k->promised.n ? &k->promised : &k->statutory;
    bool runs = k->started != 0;
    int64_t elapsed = 0, total = l->n;
    if (runs) clock_progress(cal, k, l, now, &elapsed, &total);
    json_set(&b, "promised", limit_json(a, k->promised));
    json_set(&b, "statutory", limit_json(a, k->statutory));
    set_instant(&b, "started_at", k->started);
    set_instant(&b, "ended_at", k->ended);
    set_instant(&b, "due_at", runs ? clock_due(cal, k, l) : 0);
    set_instant(&b, "statutory_due_at", runs && k->statutory.n ? clock_due(cal, k, &k->statutory) : 0);
    json_set_int(&b, "elapsed", elapsed);
    json_set_int(&b, "total", total);
    json_set_cstr(&b, "unit", UNIT_NAMES[l->unit]);
    json_set_cstr(&b, "light", light_name(runs ? clock_light(cal, k, now) : LIGHT_NONE));
    json_set_str(&b, "calendar", calendar_version(cal));
    const struct clock_stop *s = k->nstops ? &k->stops[k->nstops - 1] : NULL;
    if (s && s->to == 0) {
        struct json_builder x = json_builder(a);
        struct bitext cause = {stop_cause_zh(s->cause), stop_cause_en(s->cause)};
        json_set(&x, "cause", bitext_json(a, cause));
        set_instant(&x, "since", s->from);
        json_set_str(&x, "notice", notice);
        json_set(&b, "stopped", json_object(&x));
    } else {
        json_set(&b, "stopped", json_null());
    }
    return json_object(&b);
}

/* ---- steps ---- */

static const struct json *department_text(const struct view *v, struct slice code)
{
    const struct department *d = citydata_department(catalogue_data(v->city->catalogue), code);
    struct bitext t = d ? d->name : (struct bitext){code, code};
    return bitext_json(v->a, t);
}

static const char *step_word(const struct view *v, const struct case_step *s)
{
    const struct clock *k = &s->clock;
    bool held = s->state == STEP_RUNNING && k->nstops && k->stops[k->nstops - 1].to == 0;
    (void)v;
    return held ? "stopped" : step_state_name(s->state);
}

static const struct json *step_json(const struct view *v, size_t i)
{
    const struct case_step *s = &v->c->steps[i];
    const struct service_step *def = service_step_find(v->service, s->key);
    struct json_builder b = json_builder(v->a);
    struct clock k = s->clock;
    if (def) k.promised.source = def->limit.source;
    json_set_str(&b, "key", s->key);
    json_set(&b, "name", def ? bitext_json(v->a, def->name) : json_of_string(v->a, s->key));
    json_set(&b, "department", department_text(v, def && def->department.n ? def->department : v->c->department));
    json_set_cstr(&b, "state", step_word(v, s));
    json_set_int(&b, "parallel_group", step_group(v, s->key));
    json_set(&b, "clock", clock_json(v->a, v->city->calendar, &k, stop_notice(v), v->now));
    json_set(&b, "officer", view_person(v, s->officer));
    set_instant(&b, "started_at", s->clock.started);
    set_instant(&b, "ended_at", s->clock.ended);
    json_set(&b, "outcome", s->outcome.n ? json_of_string(v->a, s->outcome) : json_null());
    bool under_way = case_state_open(v->c->state) && (s->state == STEP_RUNNING || s->state == STEP_WAITING);
    json_set_bool(&b, "can_withdraw",
                  under_way && v->audience == VIEW_OWNER && def && def->optional &&
                      !case_licensed(&v->licensed, s->key));
    return json_object(&b);
}

/* Steps that run side by side share a group: declared in service.json (steps[].group), else each its own. */
int64_t step_group(const struct view *v, struct slice key)
{
    const struct json *list = json_get(service_json(v->service), "steps");
    for (size_t i = 0; list && i < list->n; i++)
        if (slice_eq(json_string(list->items[i], "key"), key)) return json_int(list->items[i], "group", (int64_t)i + 1);
    return 0;
}

static const struct json *steps_json(const struct view *v)
{
    struct json_builder b = json_builder(v->a);
    for (size_t i = 0; i < v->c->nsteps; i++) /* one that a migration left behind is in the history alone */
        if (!v->c->limits_of.n || service_step_find(v->service, v->c->steps[i].key)) json_add(&b, step_json(v, i));
    return json_array(&b);
}

/* ---- documents ---- */

static result documents_json(const struct view *v, const struct json **out)
{
    struct rows rows;
    struct json_builder list = json_builder(v->a);
    struct sql_value id = sql_id(&v->c->id);
    TRY(store_query(v->city->store, v->a, &DOCUMENTS, &id, 1, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_value *x = row(&rows, i);
        struct json_builder b = json_builder(v->a);
        const struct json *title = json_null();
        struct id doc;
        (void)id_from_bytes(x[0].s, &doc);
        TRY(json_parse(v->a, x[4].s, 4096, S("case_document.title"), &title));
        json_set_str(&b, "id", id_text(v->a, doc));
        json_set_str(&b, "kind", x[1].s);
        json_set_str(&b, "step", x[2].s);
        json_set_str(&b, "number", x[3].s);
        json_set(&b, "title", title);
        set_instant(&b, "at", x[5].i);
        json_set_str(&b, "sha256", x[6].s);
        json_set(&b, "original_sha256", x[8].s.n ? json_of_string(v->a, x[8].s) : json_null());
        json_set_bool(&b, "sealed", x[9].i == 1);
        json_set_str(&b, "verify_url",
                     arena_printf(v->a, "%.*s/verify/%.*s", SLICE_ARG(v->city->base_url), SLICE_ARG(x[7].s)));
        json_add(&list, json_object(&b));
    }
    *out = json_array(&list);
    return ok();
}

/* ---- history ---- */

static const struct json *history_json(const struct view *v)
{
    struct json_builder list = json_builder(v->a);
    for (size_t i = 0; i < v->nevents; i++) history_lines(v, v->events[i].at, v->events[i].facts, &list);
    return json_array(&list);
}

/* ---- the view ---- */

static const struct json *correction_json(const struct view *v)
{
    const struct json *c = v->c->correction;
    if (!c || v->c->state != CASE_CORRECTION) return json_null();
    struct json_builder b = json_builder(v->a);
    json_set(&b, "items", json_get(view_last(v, "correction"), "items"));
    set_instant(&b, "at", json_int(c, "at", 0));
    set_instant(&b, "due_at", json_int(c, "due", 0));
    bool lapses = json_bool(c, "lapses", false);
    json_set_bool(&b, "lapses", lapses);
    json_set(&b, "unanswered", bitext_json(v->a, correction_unanswered(v->a, v->service, lapses)));
    return json_object(&b);
}

static const struct json *can_json(const struct view *v, size_t ntasks)
{
    struct json_builder b = json_builder(v->a);
    if (v->audience == VIEW_OWNER && case_state_open(v->c->state)) {
        if (!case_licensed(&v->licensed, S(""))) json_add(&b, json_of_cstr(v->a, "withdraw"));
        if (v->c->state == CASE_CORRECTION) json_add(&b, json_of_cstr(v->a, "correct"));
        if (!case_urged_today(v->city->calendar, v->c, v->now)) json_add(&b, json_of_cstr(v->a, "urge"));
    }
    if (view_review_open(v)) json_add(&b, json_of_cstr(v->a, "review"));
    if (v->audience == VIEW_OWNER && ntasks) json_add(&b, json_of_cstr(v->a, "fill"));
    if (v->audience == VIEW_OWNER) json_add(&b, json_of_cstr(v->a, "share"));
    return json_array(&b);
}

/* A link that shares a case shows its status only: no name, no data, no history, no documents. */
static const struct json *status_only(const struct view *v, struct json_builder *b)
{
    struct json_builder steps = json_builder(v->a);
    for (size_t i = 0; i < v->c->nsteps; i++) {
        struct json_builder s = json_builder(v->a);
        const struct json *full = step_json(v, i);
        json_set(&s, "name", json_get(full, "name"));
        json_set(&s, "department", json_get(full, "department"));
        json_set(&s, "state", json_get(full, "state"));
        json_set(&s, "clock", json_get(full, "clock"));
        json_add(&steps, json_object(&s));
    }
    json_set(b, "steps", json_array(&steps));
    return json_object(b);
}

result view_open(struct city *c, struct arena *a, struct id case_id, instant now, enum case_audience who,
                 struct view *v)
{
    *v = (struct view){.city = c, .a = a, .now = now, .audience = who, .c = NEW(a, struct case_row)};
    TRY(case_read(c, a, case_id, v->c, &v->key));
    TRY(catalogue_by_hash(c->catalogue, a, v->c->service_hash, &v->service));
    const struct service *limits = v->service;
    if (v->c->limits_of.n) TRY(catalogue_by_hash(c->catalogue, a, v->c->limits_of, &limits));
    v->c->clock.promised.source = service_promised(limits).source;
    v->c->clock.statutory.source = service_statutory(limits).source;
    return ok();
}

result view_json(struct view *v, const struct json **out)
{
    struct arena *a = v->a;
    struct json_builder b = json_builder(a), s = json_builder(a), p = json_builder(a);
    const struct json *documents, *awaiting, *own = json_null();
    struct bitext name = service_name(v->service);
    json_set_str(&b, "number", v->c->number);
    json_set_str(&s, "code", v->c->service);
    json_set(&s, "name", bitext_json(a, name));
    json_set_cstr(&b, "state", case_state_name(v->c->state));
    json_set(&b, "outcome", v->c->outcome.n ? json_of_string(a, v->c->outcome) : json_null());
    if (v->audience == VIEW_SHARED) {
        json_set(&b, "service", bitext_json(a, name));
        *out = status_only(v, &b);
        return ok();
    }
    TRY(view_events(v));
    if (v->audience == VIEW_OWNER && case_state_open(v->c->state))
        TRY(store_query(v->city->store, a, &CASE_LICENCES, BINDS(sql_id(&v->c->id)), &v->licensed));
    json_set(&b, "service", json_object(&s));
    json_set_str(&b, "id", id_text(a, v->c->id));
    json_set_int(&b, "version", v->c->version);
    json_set_str(&p, "name", json_string(json_get(v->c->vars, "applicant"), "name"));
    json_set(&b, "applicant", json_object(&p));
    json_set_str(&b, "town", v->c->town);
    set_instant(&b, "filed_at", v->c->filed_at);
    set_instant(&b, "accepted_at", v->c->accepted_at);
    json_set_str(&b, "accepted_how", v->c->accepted_how);
    set_instant(&b, "decided_at", v->c->decided_at);
    json_set(&b, "clock", clock_json(a, v->city->calendar, &v->c->clock, stop_notice(v), v->now));
    json_set(&b, "steps", steps_json(v));
    TRY(documents_json(v, &documents));
    json_set(&b, "documents", documents);
    TRY(view_awaiting(v, &awaiting));
    json_set(&b, "awaiting", awaiting);
    json_set(&b, "correction", correction_json(v));
    json_set(&b, "history", history_json(v));
    if (v->audience == VIEW_OWNER) {
        TRY(view_own_tasks(v, &own));
        json_set(&b, "tasks", own);
        /* what is corrected starts from what was given */
        if (v->c->state == CASE_CORRECTION) json_set(&b, "data", json_get(v->c->vars, "form"));
        json_set(&b, "explanations", view_explanations(v, false));
        json_set(&b, "review", view_review(v));
    }
    json_set(&b, "can", can_json(v, own->n));
    *out = json_object(&b);
    return ok();
}

result case_view(struct city *c, struct arena *a, struct id case_id, instant now, enum case_audience who,
                 const struct json **out)
{
    struct view v;
    TRY(view_open(c, a, case_id, now, who, &v));
    return view_json(&v, out);
}
