/* The complex gateway (BPMN 2.0.2, 10.6.5, 13.4.5). It fires when its activation condition holds over activationCount, the number of
 * its incoming flows that have a token; then it waits for the flows that were empty, as an inclusive gateway would, and is reset.
 * On reset only flows are taken whose condition holds and asks for waitingForStart. */
#include "engine/process/join.h"
#include "engine/process/run.h"

static const struct json *with_state(struct run *r, uint32_t scope, uint32_t count, bool starting)
{
    struct json_builder b = json_builder(r->a);
    json_set(&b, "activationCount", json_of_int(r->a, count));
    json_set(&b, "waitingForStart", json_of_bool(starting));
    return json_merge(r->a, vars_view(r, scope), json_object(&b));
}

static bool asks_for_state(const struct flow *f)
{
    const struct slice *names = NULL;
    size_t n = 0;
    if (!f->condition) return false;
    feel_names(f->condition, &names, &n);
    for (size_t i = 0; i < n; i++)
        if (slice_is(names[i], "waitingForStart")) return true;
    return false;
}

/* False: an incident. */
static bool choose(struct run *r, uint32_t token, const struct json *view, bool starting, uint32_t *taken,
                   uint32_t *count)
{
    const struct token *t = token_find(r, token);
    const struct node *n = token_node(r, t);
    const struct process_model *m = scope_find(r, t->scope)->m;
    *count = 0;
    for (uint32_t i = 0; i < n->nout; i++) {
        const struct flow *f = &m->flows[n->out[i]];
        bool holds = n->out[i] != n->dflt;
        if (!starting && !asks_for_state(f)) continue;
        if (f->condition && !vars_true(r, token, f->condition, view, &holds)) return false;
        if (holds) taken[(*count)++] = n->out[i];
    }
    if (*count == 0 && starting && n->dflt != NONE) taken[(*count)++] = n->dflt;
    return true;
}

static void leave(struct run *r, uint32_t token, const struct json *view, bool starting)
{
    const struct node *n = token_node(r, token_find(r, token));
    uint32_t *taken = NEW_ARRAY(r->a, uint32_t, n->nout), count;
    if (!choose(r, token, view, starting, taken, &count)) return;
    if (count == 0 && starting && n->nout > 0)
        INCIDENT(r, token, CODE_PROCESS_NO_WAY, "value", token_pub(r, token_find(r, token))->id, NULL);
    else
        token_leave_by(r, token, taken, count);
}

static bool waits_for_reset(struct run *r, uint32_t scope, uint32_t node, bool *used)
{
    bool any = false;
    for (size_t i = 0; i < r->ntokens; i++) {
        const struct token *t = &r->tokens[i];
        if (t->dead || t->state != T_RESET || t->scope != scope || t->node != node) continue;
        if (used) used[t->extra] = true;
        any = true;
    }
    return any;
}

/* Remembers which flows the gateway has used; none where a single flow makes a reset needless. */
static void remember(struct run *r, uint32_t scope, uint32_t node, const uint32_t *first, uint32_t nin)
{
    for (uint32_t i = 0; i < nin; i++) {
        if (!first[i]) continue;
        struct token *t = token_find(r, token_new(r, scope, node));
        t->state = T_RESET;
        t->extra = i;
    }
}

static bool try_start(struct run *r, uint32_t token)
{
    const struct token *t = token_find(r, token);
    const struct node *n = token_node(r, t);
    uint32_t scope = t->scope, node = t->node, *first = NEW_ARRAY(r->a, uint32_t, n->nin);
    uint32_t count = join_arrived(r, scope, node, n->nin, first);
    const struct json *view = with_state(r, scope, count, true);
    bool holds = count == n->nin;
    if (n->activation && !vars_true(r, token, n->activation, view, &holds)) return true;
    if (!holds) return false;
    uint32_t kept = join_unite(r, first, n->nin);
    if (count < n->nin) remember(r, scope, node, first, n->nin);
    leave(r, kept, view, true);
    return true;
}

result enter_complex(struct run *r, uint32_t token, uint32_t flow)
{
    struct token *t = token_find(r, token);
    const struct node *n = token_node(r, t);
    if (n->nin < 2 || flow == NONE) { /* NONE: entered again after an incident */
        leave(r, token, with_state(r, t->scope, 1, true), true);
        return ok();
    }
    t->state = T_JOIN;
    t->extra = scope_find(r, t->scope)->m->flows[flow].in_index;
    if (!waits_for_reset(r, t->scope, t->node, NULL)) (void)try_start(r, token);
    return ok();
}

/* When nothing else moves: every flow that was empty has a token now, or none can come. */
static bool try_reset(struct run *r, uint32_t scope, uint32_t node)
{
    const struct process_model *m = scope_find(r, scope)->m;
    const struct node *n = &m->nodes[node];
    uint32_t *first = NEW_ARRAY(r->a, uint32_t, n->nin);
    bool *has = NEW_ARRAY(r->a, bool, n->nin), *occupied = NEW_ARRAY(r->a, bool, m->nnodes);
    (void)waits_for_reset(r, scope, node, has);
    (void)join_arrived(r, scope, node, n->nin, first);
    for (uint32_t i = 0; i < n->nin; i++) has[i] = has[i] || first[i];
    for (size_t i = 0; i < r->ntokens; i++) {
        const struct token *t = &r->tokens[i];
        if (!t->dead && t->scope == scope && token_counts(t)) occupied[t->node] = true;
    }
    if (!inclusive_ready(r->a, m, node, has, occupied)) return false;
    for (size_t i = 0; i < r->ntokens; i++) {
        struct token *t = &r->tokens[i];
        if (!t->dead && t->state == T_RESET && t->scope == scope && t->node == node) t->dead = true;
    }
    uint32_t kept = join_unite(r, first, n->nin);
    if (!kept) return true; /* reset without a token: nothing goes on */
    const struct json *view = with_state(r, scope, 0, false);
    leave(r, kept, view, false);
    return true;
}

bool complex_fire(struct run *r)
{
    for (size_t i = 0; i < r->ntokens; i++) {
        const struct token *t = &r->tokens[i];
        if (t->dead || t->state != T_RESET) continue;
        if (try_reset(r, t->scope, t->node)) return true;
    }
    return false;
}
