/* What an officer sees before a correction: where the case stands, where it could go, and what would happen. */
#include "city/cases/step_correction.h"

#include "city/identity/identity.h"

static const struct json *title(struct arena *a, const struct process_node *n)
{
    return bitext_json(a, view_task_title(n, n->id));
}

/* ---- where it stands ---- */

static bool can_be_corrected(const struct process_waiting *w)
{
    return w->why == WAIT_TASK || w->why == WAIT_EVENT || w->why == WAIT_TIMER || w->why == WAIT_JOIN ||
           w->why == WAIT_INCIDENT || w->why == WAIT_CHILD;
}

static const char *why(enum process_waits w)
{
    return w == WAIT_TASK       ? "task"
           : w == WAIT_JOIN     ? "join"
           : w == WAIT_INCIDENT ? "incident"
           : w == WAIT_CHILD    ? "inside"
                                : "event";
}

static bool has_passed(const struct correction *x, struct slice id)
{
    for (size_t i = 0; i < x->npassed; i++)
        if (slice_eq(x->passed[i], id) || in_call(x->passed[i], id)) return true;
    return false;
}

static const struct json *places(const struct view *v, const struct correction *x, const struct process_state *s,
                                 const struct process_waiting *w)
{
    const struct process_node *const *list;
    struct json_builder out = json_builder(v->a);
    size_t n = process_places(v->a, s, w->token, &list);
    for (size_t i = 0; i < n; i++) {
        struct json_builder b = json_builder(v->a);
        if (slice_is(list[i]->task_kind, "acceptance")) continue;
        json_set_str(&b, "id", list[i]->id);
        json_set(&b, "title", title(v->a, list[i]));
        json_set_str(&b, "kind", list[i]->kind);
        json_set_bool(&b, "done", has_passed(x, list[i]->id));
        json_add(&out, json_object(&b));
    }
    return json_array(&out);
}

static const struct json *tokens(const struct view *v, const struct correction *x, const struct process_state *s)
{
    const struct process_waiting *w;
    struct json_builder list = json_builder(v->a);
    size_t n = process_waiting(v->a, s, &w);
    for (size_t i = 0; i < n; i++) {
        struct json_builder b = json_builder(v->a);
        if (!can_be_corrected(&w[i]) || slice_is(w[i].node->task_kind, "acceptance")) continue;
        json_set_int(&b, "token", w[i].token);
        json_set_str(&b, "node", w[i].node->id);
        json_set(&b, "title", title(v->a, w[i].node));
        json_set_cstr(&b, "why", why(w[i].why));
        json_set(&b, "places", places(v, x, s, &w[i]));
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

static const struct stmt TASK_BODIES = {
    "correction_bodies", "SELECT department, town FROM case_task WHERE case_id = ?1 AND status + 0 < 3", NULL, false};

/* As the command will ask: the deciding body's, or one of a body that has a task now. */
static result may(const struct view *v, const struct actor *x)
{
    struct rows r;
    struct sql_value id = sql_id(&v->c->id);
    if (corrects(x, v->c->department, v->c->town)) return ok();
    TRY(store_query(v->city->store, v->a, &TASK_BODIES, &id, 1, &r));
    for (size_t i = 0; i < r.n; i++)
        if (corrects(x, row(&r, i)[0].s, row(&r, i)[1].s)) return ok();
    return fail(v->a, CODE_FORBIDDEN, S("case"), "right", S("corrector"), NULL);
}

result step_corrections(struct city *c, struct arena *a, const struct actor *x, struct id case_id, instant now,
                        const struct json **out)
{
    static const struct step_correct none = {0};
    struct view v;
    struct correction k;
    const struct process_state *s;
    struct json_builder b = json_builder(a), empty = json_builder(a);
    TRY(correction_open(c, a, case_id, now, &none, &v, &k));
    TRY(may(&v, x));
    TRY(read_record(c, a, x, now, v.c->subject, case_id, "case.progress", S("task")));
    TRY(process_state_decode(a, service_model(v.service), v.c->engine, &s));
    json_set_int(&b, "version", v.c->version);
    json_set(&b, "tokens", v.c->state == CASE_HANDLING ? tokens(&v, &k, s) : json_array(&empty));
    *out = json_object(&b);
    return ok();
}

/* ---- what would happen ---- */

static bool task_effect(const struct effect *e, enum effect_type type)
{
    return e->type == type && e->node;
}

static const struct json *effects_of(struct arena *a, const struct process_outcome *o, enum effect_type type)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < o->n; i++)
        if (task_effect(&o->effects[i], type)) json_add(&list, title(a, o->effects[i].node));
    return json_array(&list);
}

/* Elements passed already that lie behind the one that is gone back to: they come again. */
static const struct json *again(struct run *r, const struct correction *x)
{
    const struct process_node *const *behind;
    struct json_builder list = json_builder(r->a);
    size_t n = x->s->what == STEP_CANCEL ? 0 : process_behind(r->a, r->state, (uint32_t)x->s->token, x->s->to, &behind);
    for (size_t i = 0; i < n; i++)
        if (slice_is(behind[i]->kind, "userTask") && has_passed(x, behind[i]->id))
            json_add(&list, title(r->a, behind[i]));
    return json_array(&list);
}

struct preview {
    struct correction x; /* first: correction_play reads it */
    struct arena *a;
    const struct json *told;
};

static result preview_body(struct run *r)
{
    struct preview *p = r->args;
    const struct process_node *from;
    struct process_outcome o;
    struct json_builder b = json_builder(p->a);
    TRY(correction_play(r, &p->x, &from, &o));
    instant promised, statutory;
    case_due(r->k->city->calendar, r->c, &promised, &statutory);
    json_set_int(&b, "version", r->c->version);
    json_set(&b, "from", title(p->a, from));
    json_set(&b, "closes", json_copy(p->a, effects_of(r->a, &o, EFF_TASK_CLOSED)));
    json_set(&b, "opens", json_copy(p->a, effects_of(r->a, &o, EFF_TASK)));
    json_set(&b, "again", json_copy(p->a, again(r, &p->x)));
    json_set_bool(&b, "ends", o.ended);
    json_set(&b, "due_at", promised ? json_of_string(p->a, instant_text(p->a, promised)) : json_null());
    json_set(&b, "statutory_due_at", statutory ? json_of_string(p->a, instant_text(p->a, statutory)) : json_null());
    p->told = json_copy(p->a, json_object(&b));
    r->silent = true; /* looked at, not done */
    return ok();
}

result step_correct_preview(struct city *c, struct arena *a, const struct actor *x, struct id case_id,
                            const struct step_correct *s, instant now, const struct json **out)
{
    struct view v;
    struct preview p = {.a = a, .told = NULL};
    struct case_done done;
    struct case_command k = {.city = c, .a = a, .actor = x, .now = now, .route = S("preview"), .case_id = case_id};
    if (s->what != STEP_CANCEL && !s->to.n) return fail(a, CODE_FIELD_REQUIRED, S("/to"), NULL);
    TRY(correction_open(c, a, case_id, now, s, &v, &p.x));
    struct run r = correction_run(&k, &p.x, &done);
    r.kind = "preview";
    r.body = preview_body;
    r.args = &p;
    TRY(run_command(&r));
    TRY(read_record(c, a, x, now, v.c->subject, case_id, "case.progress", S("task")));
    *out = p.told;
    return ok();
}
