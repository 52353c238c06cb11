/* Events that may occur: armed when their host is entered, fired, and taken back when it is left. A timer, message or signal is
 * told to the caller, who brings it; conditions are looked at whenever nothing else moves. */
#include "engine/process/run.h"

const struct event_def *armed_def(struct run *r, const struct token *t)
{
    return &token_node(r, t)->defs[t->def];
}

static uint32_t arm(struct run *r, uint32_t scope, uint32_t host, uint32_t node, uint32_t def, uint32_t left)
{
    uint32_t no = token_new(r, scope, node);
    struct token *t = token_find(r, no);
    t->state = T_ARMED;
    t->extra = host;
    t->left = left;
    t->def = def;
    return no;
}

static void arm_timer(struct run *r, const struct token *like, uint32_t left, instant due)
{
    uint32_t scope = like->scope;
    uint32_t no = arm(r, scope, like->extra, like->node, like->def, left);
    effect_add(r, EFF_TIMER, no, token_pub(r, token_find(r, no)), scope)->due = due;
}

/* `owner` evaluates, and stands still when that cannot be done. */
static bool arm_await(struct run *r, uint32_t owner, const struct token *like, const struct event_def *d)
{
    const struct json *key = NULL;
    if (d->key && !vars_eval(r, owner, d->key, vars_view(r, like->scope), &key, NULL)) return false;
    uint32_t no = arm(r, like->scope, like->extra, like->node, like->def, 0);
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "kind", d->trigger == TRIGGER_MESSAGE ? "message" : "signal");
    json_set_str(&b, "name", d->name);
    if (key) json_set(&b, "key", key);
    effect_add(r, EFF_AWAIT, no, token_pub(r, token_find(r, no)), like->scope)->data = json_object(&b);
    return true;
}

static bool arm_def(struct run *r, uint32_t owner, const struct token *like)
{
    const struct event_def *d = armed_def(r, like);
    instant due;
    uint32_t times;
    switch (d->trigger) {
    case TRIGGER_TIMER:
        if (!timer_due(r, owner, &d->timer, &due, &times)) return false;
        arm_timer(r, like, times, due);
        return true;
    case TRIGGER_MESSAGE:
    case TRIGGER_SIGNAL: return arm_await(r, owner, like, d);
    case TRIGGER_CONDITIONAL: (void)arm(r, like->scope, like->extra, like->node, like->def, 0); return true;
    default: return true; /* raised from inside */
    }
}

static bool arm_node(struct run *r, uint32_t owner, uint32_t scope, uint32_t host, uint32_t node)
{
    uint32_t n = scope_find(r, scope)->m->nodes[node].ndefs;
    for (uint32_t i = 0; i < n; i++)
        if (!definition_arm(r, owner, scope, host, node, i)) return false;
    return true;
}

bool definition_arm(struct run *r, uint32_t owner, uint32_t scope, uint32_t host, uint32_t node, uint32_t def)
{
    struct token like = {.scope = scope, .node = node, .extra = host, .def = def};
    return arm_def(r, owner, &like);
}

static bool holds(struct run *r, const struct token *t)
{
    struct feel_env env = {r->at, r->env->limits};
    bool v = false;
    result problem = feel_true(r->a, armed_def(r, t)->condition, &env, vars_view(r, t->scope), &v);
    return !failed(problem) && v;
}

static bool is_condition(struct run *r, const struct token *t)
{
    return !t->dead && t->state == T_ARMED && armed_def(r, t)->trigger == TRIGGER_CONDITIONAL;
}

/* A condition that holds as soon as it is waited for. `host` 0: of the scope. */
static void conditions_now(struct run *r, uint32_t scope, uint32_t host)
{
    for (size_t i = 0; i < r->ntokens; i++) {
        struct token *t = &r->tokens[i];
        if (!is_condition(r, t) || t->scope != scope || t->extra != host || t->left || !holds(r, t)) continue;
        t->left = 1;
        armed_fire(r, t->no, NULL);
    }
}

bool conditions_fire(struct run *r)
{
    for (size_t i = 0; i < r->ntokens; i++) {
        struct token *t = &r->tokens[i];
        if (!is_condition(r, t)) continue;
        bool now = holds(r, t), before = t->left;
        t->left = now;
        if (!now || before) continue;
        armed_fire(r, t->no, NULL);
        return true;
    }
    return false;
}

bool boundaries_arm(struct run *r, uint32_t host)
{
    const struct token *t = token_find(r, host);
    const struct node *n = token_node(r, t);
    uint32_t scope = t->scope;
    if (n->nboundaries == 0 || in_instance(r, t)) return true;
    for (uint32_t i = 0; i < n->nboundaries; i++)
        if (!arm_node(r, host, scope, host, n->boundaries[i])) return false;
    conditions_now(r, scope, host);
    return token_find(r, host) != NULL;
}

bool events_arm(struct run *r, uint32_t host)
{
    const struct token *t = token_find(r, host);
    const struct node *n = token_node(r, t);
    const struct process_model *m = scope_find(r, t->scope)->m;
    uint32_t scope = t->scope;
    if (n->kind != NODE_EVENT_GATE) {
        if (!arm_node(r, host, scope, host, t->node)) return false;
    } else {
        for (uint32_t i = 0; i < n->nout; i++)
            if (!arm_node(r, host, scope, host, m->flows[n->out[i]].to)) return false;
    }
    token_find(r, host)->state = T_CATCH;
    conditions_now(r, scope, host);
    return true;
}

/* A start event's time that cannot be told leaves an incident at the event sub-process; whoever retries it arms it again. */
bool sub_arm(struct run *r, uint32_t scope, uint32_t sub)
{
    uint32_t owner = token_new(r, scope, sub);
    if (arm_node(r, owner, scope, 0, scope_find(r, scope)->m->nodes[sub].start)) {
        token_forget(r, owner);
        return true;
    }
    token_find(r, owner)->extra = 2;
    scope_find(r, scope)->live++;
    return false;
}

bool scope_arm(struct run *r, uint32_t scope)
{
    const struct scope *s = scope_find(r, scope);
    const struct process_model *m = s->m;
    uint32_t level = s->level;
    if (!m->event_subs) return true;
    for (uint32_t i = 0; i < m->nnodes; i++)
        if (is_sub(&m->nodes[i], SUB_EVENT) && m->nodes[i].level == level && m->nodes[i].start != NONE)
            (void)sub_arm(r, scope, i);
    size_t before = r->nqueue;
    conditions_now(r, scope, 0);
    for (size_t i = before; i < r->nqueue; i++)
        if (r->queue[i].scope == scope && m->nodes[m->nodes[r->queue[i].node].start].interrupting) return false;
    return true;
}

void boundaries_disarm(struct run *r, uint32_t host)
{
    const struct node *n = token_node(r, token_find(r, host));
    if (n->nboundaries == 0 && n->ndefs == 0 && n->kind != NODE_EVENT_GATE) return;
    for (size_t i = 0; i < r->ntokens; i++) {
        struct token *t = &r->tokens[i];
        if (!t->dead && t->state == T_ARMED && t->extra == host) token_cancel(r, t->no);
    }
}

/* One catch event or receive task has what it waited for. */
static void caught(struct run *r, uint32_t no, const struct json *data)
{
    struct token *t = token_find(r, no);
    const struct node *n = token_node(r, t);
    if (n->result.n && data) vars_set(r, t->scope, n->result, data);
    boundaries_disarm(r, no);
    token_find(r, no)->state = T_MOVING;
    if (n->kind == NODE_RECEIVE)
        token_complete(r, no, NULL);
    else
        token_leave(r, no);
}

/* The first event behind an event-based gateway decides; the others are no longer waited for. */
static void gate_decided(struct run *r, uint32_t gate, uint32_t node, const struct json *data)
{
    const struct token *t = token_find(r, gate);
    uint32_t scope = t->scope;
    effect_add(r, EFF_PASSED, gate, token_pub(r, t), scope);
    uint32_t no = token_new(r, scope, node);
    scope_find(r, scope)->live++;
    token_cancel(r, gate);
    caught(r, no, data);
}

void gate_begin(struct run *r, uint32_t gate, uint32_t node, const struct json *data)
{
    struct scope *process = scope_find(r, 0);
    const struct process_node *pub = &process->m->pub[gate];
    process->live++;
    uint32_t no = token_new(r, 0, node);
    effect_add(r, EFF_PASSED, no, pub, 0);
    caught(r, no, data);
}

static bool others_armed(struct run *r, uint32_t scope, uint32_t host, uint32_t node)
{
    for (size_t i = 0; i < r->ntokens; i++) {
        const struct token *t = &r->tokens[i];
        if (!t->dead && t->state == T_ARMED && t->scope == scope && t->extra == host && t->node == node) return true;
    }
    return false;
}

static void occurred(struct run *r, uint32_t scope, uint32_t host, uint32_t node, const struct json *data)
{
    const struct node *n = &scope_find(r, scope)->m->nodes[node];
    if (host == 0)
        event_sub_fire(r, scope, n->level, data);
    else if (n->kind == NODE_BOUNDARY)
        boundary_fire(r, host, node, data);
    else if (token_find(r, host)->node == node)
        caught(r, host, data);
    else
        gate_decided(r, host, node, data);
}

void armed_fire(struct run *r, uint32_t no, const struct json *data)
{
    struct token t = *token_find(r, no);
    const struct node *n = token_node(r, &t);
    const struct event_def *d = armed_def(r, &t);
    bool goes_on = (n->kind == NODE_BOUNDARY || n->kind == NODE_START) && !n->interrupting;
    instant due;
    if (d->trigger == TRIGGER_TIMER) {
        token_forget(r, no);
        if (t.left > 1 && duration_after(r->at, d->timer.every, &due)) arm_timer(r, &t, t.left - 1, due);
    } else if (!goes_on || n->all_events) {
        token_cancel(r, no);
    }
    if (n->all_events && others_armed(r, t.scope, t.extra, t.node)) return;
    occurred(r, t.scope, t.extra, t.node, data);
    bool again = n->all_events && goes_on && (t.extra == 0 || token_find(r, t.extra));
    if (again && t.extra) (void)arm_node(r, t.extra, t.scope, t.extra, t.node);
    if (again && !t.extra) (void)sub_arm(r, t.scope, n->level);
}
