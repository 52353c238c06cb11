#include "city/cases/diagram.h"

#include "city/cases/view.h"
#include "city/sql.h"

struct seen { /* of one element, while the journal is read */
    const char *state;
    int64_t times;
    instant entered, left, due;
    struct slice who, department, outcome;
    const struct json *text;
};
struct at_token { /* which element a token stands or stood at, and since when */
    int64_t token;
    size_t node; /* SIZE_MAX: not known from the journal */
    instant at, due;
};
struct drawing {
    const struct view *v;
    const struct process_node *nodes;
    size_t n;
    struct seen *seen;
    struct at_token *tokens;
    size_t ntokens, captokens;
};

static size_t find(const struct drawing *d, struct slice id)
{
    for (size_t i = 0; i < d->n; i++)
        if (slice_eq(d->nodes[i].id, id)) return i;
    return SIZE_MAX;
}

static struct at_token *token_find(struct drawing *d, int64_t token)
{
    for (size_t i = d->ntokens; i-- > 0;)
        if (d->tokens[i].token == token) return &d->tokens[i];
    return NULL;
}

static void token_note(struct drawing *d, int64_t token, size_t node, instant at, instant due)
{
    if (d->ntokens == d->captokens) {
        struct at_token *more = NEW_ARRAY(d->v->a, struct at_token, d->captokens = 2 * d->captokens + 16);
        if (d->ntokens) memcpy(more, d->tokens, d->ntokens * sizeof *more);
        d->tokens = more;
    }
    d->tokens[d->ntokens++] = (struct at_token){token, node, at, due};
}

static void on_task(struct drawing *d, instant at, const struct json *f)
{
    size_t i = find(d, json_string(f, "node"));
    token_note(d, json_int(f, "token", 0), i, at, json_int(f, "due", 0));
    if (i == SIZE_MAX) return;
    d->seen[i].entered = at;
    d->seen[i].department = json_string(f, "department");
    d->seen[i].who = S("");
}

static struct seen *seen_of_token(struct drawing *d, const struct json *f)
{
    const struct at_token *t = token_find(d, json_int(f, "token", 0));
    return t && t->node != SIZE_MAX ? &d->seen[t->node] : NULL;
}

static void on_closed(struct drawing *d, instant at, const struct json *f)
{
    struct seen *s = seen_of_token(d, f);
    if (!s) return;
    bool done = slice_is(json_string(f, "s"), "done");
    s->left = at;
    s->state = done ? "done" : "cancelled";
    if (done) s->who = json_string(f, "name");
    s->outcome = json_string(f, "outcome");
}

/* Elements of called processes stand in the path with a stroke in front (advance.c); they are not on this drawing. */
static void on_path(struct drawing *d, instant at, const struct json *f)
{
    const struct json *list = json_get(f, "n");
    for (size_t k = 0; list && k < list->n; k++) {
        size_t i = find(d, list->items[k]->text);
        if (i == SIZE_MAX) continue;
        struct seen *s = &d->seen[i];
        if (!s->entered) s->entered = at;
        s->left = at;
        s->state = "done";
        s->times++;
    }
}

static void on_step(struct drawing *d, instant at, const struct json *f)
{
    if (json_int(f, "s", 0) != STEP_RUNNING) return;
    for (size_t i = 0; i < d->n; i++)
        if (d->nodes[i].called && slice_eq(d->nodes[i].step, json_string(f, "key"))) d->seen[i].entered = at;
}

static void on_fact(struct drawing *d, instant at, const struct json *f)
{
    struct slice t = json_string(f, "t");
    if (slice_is(t, "task")) on_task(d, at, f);
    if (slice_is(t, "task_closed")) on_closed(d, at, f);
    if (slice_is(t, "path")) on_path(d, at, f);
    if (slice_is(t, "step")) on_step(d, at, f);
    if (slice_is(t, "job") || slice_is(t, "timer"))
        token_note(d, json_int(f, "token", 0), SIZE_MAX, at, json_int(f, "due", 0));
    if (slice_is(t, "task_assigned")) {
        struct seen *s = seen_of_token(d, f);
        if (s) s->who = json_string(f, "name");
    }
    if (slice_is(t, "task_due") || slice_is(t, "timer_due")) {
        struct at_token *k = token_find(d, json_int(f, "token", 0));
        if (k) k->due = json_int(f, "due", 0);
    }
    if (slice_is(t, "incident")) {
        size_t i = find(d, json_string(f, "node"));
        if (i != SIZE_MAX) d->seen[i].text = json_get(json_get(f, "d"), "message"), d->seen[i].entered = at;
    }
}

static const char *waiting_word(const struct view *v, const struct process_waiting *w)
{
    switch (w->why) {
    case WAIT_TASK:
        if (slice_is(w->node->task_kind, "fill")) return "waiting";
        return v->c->state == CASE_CORRECTION && slice_is(w->node->task_kind, "acceptance") ? "waiting" : "running";
    case WAIT_VERB:
    case WAIT_CHILD: return "running";
    case WAIT_INCIDENT: return "failed";
    case WAIT_BOUNDARY:
    case WAIT_CONDITION: return "armed";
    case WAIT_TIMER:
    case WAIT_JOIN:
    case WAIT_EVENT:
    case WAIT_OFFER: break;
    }
    return "waiting";
}

/* By the pointer: a called process may use the same ids. */
static result stands(struct drawing *d)
{
    const struct view *v = d->v;
    const struct process_state *state;
    const struct process_waiting *list;
    if (!case_state_open(v->c->state)) return ok();
    TRY(process_state_decode(v->a, service_model(v->service), v->c->engine, &state));
    size_t n = process_waiting(v->a, state, &list);
    for (size_t k = 0; k < n; k++) {
        const struct process_node *node = list[k].node;
        if (node < d->nodes || node >= d->nodes + d->n) continue;
        struct seen *s = &d->seen[node - d->nodes];
        const char *word = waiting_word(v, &list[k]);
        const struct at_token *t = token_find(d, list[k].token);
        if (s->state && !strcmp(s->state, "failed")) continue; /* of several instances the one that stands still */
        s->state = word;
        s->left = 0;
        s->outcome = S("");
        if (t && t->at) s->entered = t->at;
        s->due = t ? t->due : 0;
    }
    return ok();
}

/* The element's name; without an English one a call is named like its step, an automatic one by what its verb does. */
static struct bitext title(const struct view *v, const struct process_node *n)
{
    struct bitext t = {n->name, n->name_en.n ? n->name_en : n->name};
    const struct service_step *step = n->called && !n->name_en.n ? service_step_find(v->service, n->step) : NULL;
    if (step && step->name.en.n) t.en = step->name.en;
    const struct verb *verb = n->verb.n && !n->name_en.n ? city_verb(v->city->areas, n->verb) : NULL;
    if (verb) t.en = slice_cstr(verb->summary_en);
    return t;
}

/* Whose it is or will be: of the task, else of the applicant's step. */
static const struct json *department_json(const struct view *v, const struct process_node *n, struct slice code)
{
    const struct service_step *step = service_step_find(v->service, n->step);
    if (!code.n && step) code = step->department;
    const struct department *p = citydata_department(catalogue_data(v->city->catalogue), code);
    return p ? bitext_json(v->a, p->name) : json_null();
}

static const struct json *element_json(const struct view *v, const struct process_node *n, const struct seen *s)
{
    struct json_builder b = json_builder(v->a);
    const char *word = s->state ? s->state : "none";
    bool failed_ = !strcmp(word, "failed");
    json_set_str(&b, "id", n->id);
    json_set_str(&b, "kind", n->kind);
    json_set(&b, "name", n->name.n ? bitext_json(v->a, title(v, n)) : json_null());
    json_set(&b, "step", n->step.n ? json_of_string(v->a, n->step) : json_null());
    json_set_cstr(&b, "state", word);
    json_set_int(&b, "times", s->times);
    json_set_instant(&b, "entered_at", s->entered);
    json_set_instant(&b, "left_at", s->left);
    json_set_instant(&b, "due_at", s->due);
    json_set(&b, "who", view_person(v, s->who));
    json_set(&b, "department", department_json(v, n, s->department));
    json_set(&b, "outcome", s->outcome.n ? bitext_json(v->a, view_outcome_words(s->outcome)) : json_null());
    json_set(&b, "text", failed_ && v->audience == VIEW_STAFF && s->text ? s->text : json_null());
    return json_object(&b);
}

result case_diagram(struct city *c, struct arena *a, struct id case_id, instant now, enum case_audience who,
                    const struct json **out)
{
    struct view v;
    struct json_builder b = json_builder(a), x = json_builder(a), list = json_builder(a);
    const struct service *latest;
    TRY(view_open(c, a, case_id, now, who, &v));
    TRY(view_events(&v));
    struct drawing d = {.v = &v};
    d.n = process_nodes(service_model(v.service), &d.nodes);
    d.seen = NEW_ARRAY(a, struct seen, d.n);
    for (size_t i = 0; i < v.nevents; i++)
        for (size_t k = 0; v.events[i].facts && k < v.events[i].facts->n; k++)
            on_fact(&d, v.events[i].at, v.events[i].facts->items[k]);
    TRY(stands(&d));
    for (size_t i = 0; i < d.n; i++) json_add(&list, element_json(&v, &d.nodes[i], &d.seen[i]));
    const struct service_file *xml = service_files_find(service_folder(v.service), "process.bpmn");
    bool known = !failed(catalogue_current(c->catalogue, a, v.c->service, &latest));
    json_set_str(&x, "code", v.c->service);
    json_set(&x, "name", bitext_json(a, service_name(v.service)));
    json_set_str(&b, "number", v.c->number);
    json_set(&b, "service", json_object(&x));
    json_set_str(&b, "hash", v.c->service_hash);
    json_set_bool(&b, "current", known && slice_eq(service_hash(latest), v.c->service_hash));
    json_set_cstr(&b, "state", case_state_name(v.c->state));
    json_set_int(&b, "version", v.c->version);
    json_set(&b, "xml", xml ? json_of_string(a, xml->bytes) : json_null());
    json_set(&b, "elements", json_array(&list));
    *out = json_object(&b);
    return ok();
}
