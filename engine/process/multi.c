/* Repeated activities (BPMN 2.0.2, 10.3.7, 10.3.8, 13.3.6, 13.3.7). One token stands for the whole; each run of the activity is a
 * token in a scope of its own that hangs on it. An instance of a multi-instance has variables of its own (loopCounter, the item);
 * what a loop writes is its surroundings'. */
#include "engine/process/run.h"

static const struct loop *loop_of(struct run *r, uint32_t token)
{
    return &token_node(r, token_find(r, token))->loop;
}

static void instance_start(struct run *r, uint32_t multi)
{
    struct token *t = token_find(r, multi);
    const struct loop *l = &token_node(r, t)->loop;
    const struct scope *around = scope_find(r, t->scope);
    uint32_t node = t->node, index = t->left++;
    uint32_t scope =
        scope_open(r, multi, l->kind == LOOP_MULTI ? SCOPE_INSTANCE : SCOPE_LOOP, around->m, around->level);
    if (l->kind == LOOP_MULTI) {
        struct json_builder b = json_builder(r->a);
        json_set(&b, "loopCounter", json_of_int(r->a, index + 1));
        const struct json *items = json_get(vars_frame(r, multi)->vars, "items");
        if (l->item.n && items && index < items->n) json_set_slice(&b, l->item, items->items[index]);
        frame_open(r, scope, json_object(&b));
    }
    token_arrive(r, scope, node, NONE);
}

static void finish(struct run *r, uint32_t multi)
{
    struct token *t = token_find(r, multi);
    const struct loop *l = loop_of(r, multi);
    struct frame *own = vars_frame(r, multi);
    for (size_t i = 0; i < r->nscopes; i++)
        if (!r->scopes[i].dead && r->scopes[i].host == multi) scope_kill(r, r->scopes[i].no);
    if (l->output.n && own) {
        const struct json *results = json_get(own->vars, "results");
        struct json_builder list = json_builder(r->a);
        for (size_t i = 0; results && i < results->n; i++) json_add(&list, results->items[i]);
        vars_set(r, t->scope, l->output, json_array(&list));
    }
    if (l->kind == LOOP_MULTI && own) own->dead = true;
    t->state = T_MOVING;
    token_complete(r, multi, NULL);
}

/* How many instances: the cardinality, or the length of the collection, which is kept. */
static bool instances_of(struct run *r, uint32_t multi, const struct loop *l, uint32_t *out)
{
    const struct json *v = NULL, *items = NULL;
    uint32_t scope = token_find(r, multi)->scope;
    int64_t n = -1;
    if (!vars_eval(r, multi, l->collection ? l->collection : l->cardinality, vars_view(r, scope), &v, NULL))
        return false;
    if (l->collection && v->type == JSON_ARRAY) {
        items = v;
        n = (int64_t)v->n;
    } else if (!l->collection && (v->type != JSON_NUMBER || !slice_int64(v->text, &n))) {
        n = -1;
    }
    if (n < 0 || n > PROCESS_MAX_INSTANCES) {
        INCIDENT(r, multi, CODE_PROCESS_VALUE, "value", token_pub(r, token_find(r, multi))->id, "detail",
                 l->collection ? S("tb:collection") : S("loopCardinality"), NULL);
        return false;
    }
    struct json_builder b = json_builder(r->a);
    if (items && l->item.n) json_set(&b, "items", items);
    frame_open(r, multi, json_object(&b));
    *out = (uint32_t)n;
    return true;
}

/* Whether the loop goes round (again). False with an incident: *bad. */
static bool again(struct run *r, uint32_t multi, bool first, bool *bad)
{
    const struct loop *l = loop_of(r, multi);
    const struct token *t = token_find(r, multi);
    bool holds = true;
    *bad = false;
    if (l->maximum && t->left >= l->maximum) return false;
    if (first && !l->test_before) return true;
    if (t->left >= PROCESS_MAX_INSTANCES) {
        INCIDENT(r, multi, CODE_PROCESS_MOVES, "limit", arena_printf(r->a, "%d", PROCESS_MAX_INSTANCES), "value",
                 token_pub(r, t)->id, NULL);
        *bad = true;
        return false;
    }
    if (l->condition && !vars_true(r, multi, l->condition, vars_view(r, t->scope), &holds)) *bad = true;
    return holds && !*bad;
}

void multi_enter(struct run *r, uint32_t token)
{
    if (!boundaries_arm(r, token)) return;
    const struct loop *l = loop_of(r, token);
    bool bad = false;
    uint32_t n = 0;
    if (l->kind == LOOP_MULTI && !instances_of(r, token, l, &n)) return;
    struct token *t = token_find(r, token);
    t->left = 0;
    t->extra = n;
    bool go = l->kind == LOOP_MULTI ? n > 0 : again(r, token, true, &bad);
    if (bad) return;
    token_find(r, token)->state = T_MULTI;
    if (!go) {
        finish(r, token);
        return;
    }
    instance_start(r, token);
    for (uint32_t i = 1; i < n && !l->sequential; i++) instance_start(r, token);
}

static uint32_t active(struct run *r, uint32_t multi)
{
    uint32_t n = 0;
    for (size_t i = 0; i < r->nscopes; i++) n += !r->scopes[i].dead && r->scopes[i].host == multi;
    return n;
}

/* What the completed instance gives goes to its place in the list of results. */
static bool collect(struct run *r, uint32_t multi, const struct loop *l, const struct json *view, uint32_t index)
{
    if (!l->output_item) return true;
    const struct json *v = NULL, *own = vars_frame(r, multi)->vars, *before = json_get(own, "results");
    if (!vars_eval(r, multi, l->output_item, view, &v, NULL)) return false;
    struct json_builder list = json_builder(r->a), b = json_builder(r->a);
    size_t n = before ? before->n : 0;
    for (size_t i = 0; i < n || i <= index; i++)
        json_add(&list, i == index ? v : i < n ? before->items[i] : json_null());
    json_set(&b, "results", json_array(&list));
    vars_frame(r, multi)->vars = json_merge(r->a, own, json_object(&b));
    return true;
}

/* The variables an instance ends with, and the standard's counters (table 10.30). */
static const struct json *counters(struct run *r, uint32_t multi, const struct json *view)
{
    const struct token *t = token_find(r, multi);
    uint32_t running = active(r, multi), ended = t->left - running;
    struct json_builder b = json_builder(r->a);
    json_set(&b, "numberOfInstances", json_of_int(r->a, t->extra));
    json_set(&b, "numberOfActiveInstances", json_of_int(r->a, running));
    json_set(&b, "numberOfCompletedInstances", json_of_int(r->a, ended));
    json_set(&b, "numberOfTerminatedInstances", json_of_int(r->a, 0));
    return json_merge(r->a, view, json_object(&b));
}

/* An event thrown on completion goes to the activity's own boundary event and lets the other instances run. */
static void throw_to_boundary(struct run *r, uint32_t multi, const struct loop_event *e)
{
    const struct token *t = token_find(r, multi);
    uint32_t boundary = e->name.n ? boundary_for(r, t, e->trigger, e->name) : NONE;
    if (boundary != NONE) token_arrive(r, t->scope, boundary, NONE);
}

/* True: the rest is ended (complex behaviour). False with *bad: an incident. */
static bool behave(struct run *r, uint32_t multi, const struct loop *l, const struct json *view, bool *bad)
{
    uint32_t ended = token_find(r, multi)->left - active(r, multi);
    bool over = false;
    *bad = false;
    if (l->behavior == BEHAVIOR_NONE && l->nevents) throw_to_boundary(r, multi, &l->events[0]);
    if (l->behavior == BEHAVIOR_ONE && l->nevents && ended == 1) throw_to_boundary(r, multi, &l->events[0]);
    for (uint32_t i = 0; l->behavior == BEHAVIOR_COMPLEX && i < l->nevents && !*bad; i++) {
        bool holds = false;
        *bad = !vars_true(r, multi, l->events[i].condition, view, &holds);
        if (holds) throw_to_boundary(r, multi, &l->events[i]);
        over |= holds;
    }
    return over;
}

static void loop_done(struct run *r, uint32_t multi)
{
    bool bad = false;
    if (again(r, multi, false, &bad))
        instance_start(r, multi);
    else if (!bad)
        finish(r, multi);
}

void multi_done(struct run *r, uint32_t scope)
{
    const struct scope *s = scope_find(r, scope);
    uint32_t multi = s->host;
    const struct loop *l = loop_of(r, multi);
    if (s->kind == SCOPE_LOOP) {
        scope_kill(r, scope);
        loop_done(r, multi);
        return;
    }
    const struct json *view = vars_view(r, scope), *counter = json_get(vars_frame(r, scope)->vars, "loopCounter");
    int64_t index = 1;
    (void)(counter && slice_int64(counter->text, &index));
    scope_kill(r, scope);
    bool over = false, bad = false;
    if (!collect(r, multi, l, view, (uint32_t)(index - 1))) return;
    view = counters(r, multi, view);
    if (l->condition && !vars_true(r, multi, l->condition, view, &over)) return;
    if (behave(r, multi, l, view, &bad)) over = true;
    if (bad) return;
    const struct token *t = token_find(r, multi);
    if (over || (active(r, multi) == 0 && t->left == t->extra))
        finish(r, multi);
    else if (l->sequential)
        instance_start(r, multi);
}
