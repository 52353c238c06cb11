/* One event: load the state into a run, apply the event, let every token move until all wait, store. */
#include "engine/process/run.h"

void run_load(struct run *r, const struct process_state *s, const struct json *vars)
{
    r->next = s ? s->next : 1;
    if (s) {
        r->scopes = NEW_ARRAY(r->a, struct scope, s->nscopes);
        r->tokens = NEW_ARRAY(r->a, struct token, s->ntokens);
        if (s->nscopes) memcpy(r->scopes, s->scopes, s->nscopes * sizeof *s->scopes);
        if (s->ntokens) memcpy(r->tokens, s->tokens, s->ntokens * sizeof *s->tokens);
        r->nscopes = r->cap_scopes = s->nscopes;
        r->ntokens = r->cap_tokens = s->ntokens;
    }
    for (size_t i = 0; i < r->nscopes; i++) {
        r->scopes[i].live = 0;
        r->scopes[i].touched = false;
    }
    for (size_t i = 0; i < r->ntokens; i++)
        if (token_counts(&r->tokens[i])) scope_find(r, r->tokens[i].scope)->live++;
    if (!s) scope_open(r, 0, SCOPE_ROOT, r->m, NONE);
    vars_load(r, vars);
    steps_begin(r);
}

static void not_waiting(struct run *r, uint32_t token)
{
    r->problem = fail(r->a, CODE_PROCESS_TOKEN, (struct slice){0}, "value", arena_printf(r->a, "%u", token), NULL);
}

/* Passes over an activity whose step was withdrawn; a second time in one event is a circle without a way out. */
static void skip(struct run *r, uint32_t token)
{
    const struct token *t = token_find(r, token);
    struct slice id = token_pub(r, t)->id;
    for (size_t i = 0; i < r->nskipped; i++)
        if (r->skipped[i].scope == t->scope && r->skipped[i].node == t->node) {
            INCIDENT(r, token, CODE_PROCESS_WITHDRAWAL_LOOP, "value", id, NULL);
            return;
        }
    GROW(r, skipped);
    r->skipped[r->nskipped++] = (struct skipped){t->scope, t->node};
    token_leave(r, token);
}

/* startQuantity: waits until so many tokens are there; one of them goes on. 0: not yet. */
static uint32_t gathered(struct run *r, uint32_t token, uint32_t flow)
{
    struct token *t = token_find(r, token);
    const struct node *n = token_node(r, t);
    uint32_t count = 0, *list = NEW_ARRAY(r->a, uint32_t, n->start_quantity);
    t->state = T_JOIN;
    t->extra = scope_find(r, t->scope)->m->flows[flow].in_index;
    for (size_t i = 0; i < r->ntokens && count < n->start_quantity; i++) {
        const struct token *other = &r->tokens[i];
        if (!other->dead && other->state == T_JOIN && other->scope == t->scope && other->node == t->node)
            list[count++] = other->no;
    }
    return count < n->start_quantity ? 0 : join_unite(r, list, n->start_quantity);
}

static void enter(struct run *r, const struct arrival *at)
{
    struct scope *s = scope_find(r, at->scope);
    uint32_t no = token_new(r, at->scope, at->node);
    const struct node *n = &s->m->nodes[at->node];
    const struct behaviour *b = &behaviours[n->kind];
    struct slice step = s->m->pub[at->node].step;
    if (b->activity && step.n) {
        if (step_withdrawn(r, at->scope, step)) {
            skip(r, no);
            return;
        }
        steps_enter(r, no);
    }
    if (n->start_quantity > 1 && at->flow != NONE && !(no = gathered(r, no, at->flow))) return;
    if (n->loop.kind != LOOP_NONE && !in_instance(r, token_find(r, no))) {
        multi_enter(r, no);
        return;
    }
    result problem = b->enter(r, no, at->flow);
    if (failed(problem)) r->problem = problem;
}

static void settle(struct run *r)
{
    do {
        while (r->head < r->nqueue && !failed(r->problem)) {
            struct arrival at = r->queue[r->head++];
            if (at.node == NONE) continue; /* its scope was cleared meanwhile */
            if (++r->moves > PROCESS_MAX_MOVES) {
                const struct process_node *p = &scope_find(r, at.scope)->m->pub[at.node];
                r->problem = fail(r->a, CODE_PROCESS_MOVES, p->id, "limit", arena_printf(r->a, "%d", PROCESS_MAX_MOVES),
                                  "value", p->id, NULL);
                return;
            }
            enter(r, &at);
        }
    } while (!failed(r->problem) && !r->ended &&
             (inclusive_fire(r) || complex_fire(r) || throw_next(r) || conditions_fire(r)));
}

/* A scope in which every token waits at a join that nobody can reach any more. */
static void report_stuck(struct run *r)
{
    for (size_t i = 0; i < r->nscopes && !r->ended; i++) {
        const struct scope *s = &r->scopes[i];
        if (s->dead || !s->touched) continue;
        uint32_t join = 0, others = 0;
        for (size_t k = 0; k < r->ntokens; k++) {
            const struct token *t = &r->tokens[k];
            if (t->dead || t->scope != s->no || !token_counts(t)) continue;
            if (t->state == T_JOIN)
                join = join ? join : t->no;
            else
                others++;
        }
        if (!join || others) continue;
        const struct token *t = token_find(r, join);
        struct effect *e = effect_add(r, EFF_INCIDENT, join, token_pub(r, t), t->scope);
        e->data =
            incident_data(r, fail(r->a, CODE_PROCESS_STUCK, token_place(r, join), "value", token_pub(r, t)->id, NULL));
    }
}

static void retry(struct run *r, uint32_t token, const struct json *data)
{
    struct token *t = token_find(r, token);
    struct arrival again = {t->scope, t->node, NONE};
    if (data) vars_merge(r, t->scope, data);
    if (t->extra == 2) { /* an event sub-process that could not be armed */
        if (sub_arm(r, again.scope, again.node)) token_end(r, token);
        return;
    }
    if (t->extra == 1) { /* the element was done; only its way out was not clear */
        t->state = T_MOVING;
        token_leave(r, token);
        return;
    }
    token_arrive(r, again.scope, again.node, NONE);
    token_cancel(r, token);
}

static void cancel_all(struct run *r)
{
    scope_clear(r, r->scopes[0].no);
    process_end(r, NULL, json_of_cstr(r->a, "withdrawn"), (struct slice){0});
}

static bool fits(struct run *r, enum process_event_type type, const struct token *t)
{
    switch (type) {
    case EV_TASK_DONE: return t->state == T_USER;
    case EV_TIMER: return t->state == T_TIMER || (t->state == T_ARMED && armed_def(r, t)->trigger == TRIGGER_TIMER);
    case EV_MESSAGE: return t->state == T_ARMED && armed_def(r, t)->trigger == TRIGGER_MESSAGE;
    case EV_VERB_DONE:
    case EV_VERB_FAILED: return t->state == T_VERB;
    case EV_RETRY: return t->state == T_INCIDENT;
    case EV_CHOOSE: return t->state == T_OFFERED;
    default: return false;
    }
}

static void apply_to_token(struct run *r, const struct process_event *e)
{
    struct token *t = token_find(r, e->token);
    if (!t || !fits(r, e->type, t)) {
        not_waiting(r, e->token);
        return;
    }
    switch (e->type) {
    case EV_TASK_DONE: task_done(r, e->token, e->data); break;
    case EV_VERB_DONE: verb_done(r, e->token, e->data); break;
    case EV_VERB_FAILED: verb_failed(r, e->token, e->data); break;
    case EV_RETRY: retry(r, e->token, e->data); break;
    case EV_MESSAGE: armed_fire(r, e->token, e->data); break;
    case EV_CHOOSE: adhoc_take(r, e->token); break;
    default:
        if (t->state == T_ARMED)
            armed_fire(r, e->token, NULL);
        else
            token_leave(r, e->token);
    }
}

static result refuse(struct run *r, const char *detail)
{
    return fail(r->a, CODE_PROCESS_EVENT, S("/data"), "detail", slice_cstr(detail), NULL);
}

static void begin(struct run *r, const struct process_event *e)
{
    uint32_t start = e->name.n ? node_by_id(r->m, e->name) : r->m->start;
    uint32_t gate = start == NONE ? NONE : gate_that_starts(r->m, start);
    if (gate != NONE) {
        vars_merge(r, 0, e->data);
        if (scope_arm(r, 0)) gate_begin(r, gate, start, e->payload ? e->payload : e->data);
        return;
    }
    bool good = start != NONE && r->m->nodes[start].level == NONE &&
                (r->m->nodes[start].kind == NODE_START || r->m->nodes[start].instantiates);
    if (!good) {
        r->problem = refuse(r, "no such start event");
        return;
    }
    vars_merge(r, 0, e->data);
    const struct node *n = &r->m->nodes[start];
    const struct json *brought = e->payload ? e->payload : e->data;
    if (n->result.n && brought) vars_set(r, 0, n->result, brought);
    if (scope_arm(r, 0)) token_arrive(r, 0, start, NONE);
}

static void apply(struct run *r, const struct process_state *s, const struct process_event *e)
{
    bool object = !e->data || e->data->type == JSON_OBJECT;
    if (e->type == EV_START) {
        if (s)
            r->problem = refuse(r, "begun already");
        else if (!object)
            r->problem = refuse(r, "object expected");
        else
            begin(r, e);
        return;
    }
    if (!s) {
        r->problem = refuse(r, "not begun");
        return;
    }
    if (s->ended) {
        not_waiting(r, e->token);
        return;
    }
    bool any_data = e->type == EV_VERB_DONE || e->type == EV_TIMER || e->type == EV_CANCEL || e->type == EV_MESSAGE;
    if (e->type == EV_SIGNAL) {
        signal_deliver(r, e->name, e->data);
        return;
    }
    if (!any_data && !object)
        r->problem = refuse(r, "object expected");
    else if (e->type == EV_CANCEL)
        cancel_all(r);
    else if (e->type == EV_CANCEL_STEP)
        step_cancel(r, json_string(e->data, "step"));
    else
        apply_to_token(r, e);
}

/* What lives, in order; the end of the process is told last. */
static result store(struct run *r, struct process_outcome *out)
{
    struct process_state *s = NEW(r->a, struct process_state);
    struct scope *scopes = NEW_ARRAY(r->a, struct scope, r->nscopes);
    struct token *tokens = NEW_ARRAY(r->a, struct token, r->ntokens);
    *s = (struct process_state){.m = r->m, .next = r->next, .ended = r->ended, .scopes = scopes, .tokens = tokens};
    for (size_t i = 0; i < r->nscopes && !r->ended; i++)
        if (!r->scopes[i].dead) scopes[s->nscopes++] = r->scopes[i];
    for (size_t i = 0; i < r->ntokens && !r->ended; i++)
        if (!r->tokens[i].dead) tokens[s->ntokens++] = r->tokens[i];
    if (s->ntokens > PROCESS_MAX_TOKENS)
        return fail(r->a, CODE_PROCESS_MOVES, r->m->id, "limit", arena_printf(r->a, "%d", PROCESS_MAX_TOKENS), "value",
                    r->m->id, NULL);
    for (size_t i = 0; i + 1 < r->neffects; i++)
        if (r->effects[i].type == EFF_ENDED) {
            struct effect end = r->effects[i];
            memmove(&r->effects[i], &r->effects[i + 1], (r->neffects - i - 1) * sizeof end);
            r->effects[r->neffects - 1] = end;
            break;
        }
    *out = (struct process_outcome){
        .state = s, .vars = vars_store(r), .effects = r->effects, .n = r->neffects, .ended = r->ended};
    return ok();
}

result run_finish(struct run *r, struct process_outcome *out)
{
    if (!failed(r->problem)) settle(r);
    if (failed(r->problem)) return r->problem;
    report_stuck(r);
    steps_settle(r);
    return store(r, out);
}

result process_step(struct arena *a, const struct process_model *m, const struct process_state *s,
                    const struct json *vars, const struct process_event *e, const struct process_step_env *env,
                    struct process_outcome *out)
{
    static const struct process_step_env nothing = {0};
    struct run r = {.a = a, .m = m, .env = env ? env : &nothing, .at = e->at};
    run_load(&r, s, vars);
    apply(&r, s, e);
    return run_finish(&r, out);
}
