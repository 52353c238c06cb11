/* Moving a waiting case to another version of its definition (change.h). First where each token goes, then what the new version
 * waits for beside what is open, then whatever follows from it. */
#include "engine/process/change_parts.h"
#include "engine/process/join.h"

struct left { /* no longer waited for */
    uint32_t token, scope;
    const struct process_node *node;
    enum trigger trigger; /* TRIGGER_NONE: an offer */
};
struct move {
    struct arena *a;
    const struct process_state *from;
    const struct process_migration *plan;
    struct scope *scopes; /* as those of `from`, moved; m NULL: its host has no place */
    struct token *tokens; /* likewise; node NONE: without a place, or no longer waited for */
    struct left *left;
    uint32_t nleft;
    result problem;
};

static void cannot(struct move *v, const struct process_node *p, const char *zh, const char *en)
{
    v->problem = result_join(v->a, v->problem,
                             fail(v->a, CODE_PROCESS_MIGRATION, p->id, "value", p->name.n ? p->name : p->id,
                                  "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL));
}

static struct slice said(const struct move *v, struct slice id)
{
    for (size_t i = 0; i < v->plan->n; i++)
        if (slice_eq(v->plan->list[i].from, id)) return v->plan->list[i].to;
    return (struct slice){0};
}

static uint32_t place_of(const struct move *v, const struct process_model *old, uint32_t node,
                         const struct process_model *new)
{
    if (node == NONE) return NONE;
    struct slice id = old->pub[node].id, to = said(v, id);
    return node_by_id(new, to.n ? to : id);
}

static uint32_t scope_index(const struct process_state *s, uint32_t no)
{
    uint32_t i = 0;
    while (s->scopes[i].no != no) i++;
    return i;
}

static const struct token *moved_token(const struct move *v, uint32_t no)
{
    for (uint32_t i = 0; i < v->from->ntokens; i++)
        if (v->tokens[i].no == no) return &v->tokens[i];
    return NULL;
}

/* The definition of the same trigger and name; NONE when the new element has none. */
static uint32_t same_definition(const struct node *old, uint32_t def, const struct node *new)
{
    for (uint32_t i = 0; i < new->ndefs; i++)
        if (new->defs[i].trigger == old->defs[def].trigger && slice_eq(new->defs[i].name, old->defs[def].name))
            return i;
    return NONE;
}

/* ---- an event that may occur ---- */

static uint32_t event_place(const struct move *v, const struct token *t, uint32_t scope)
{
    const struct process_model *old = v->from->scopes[scope].m, *new = v->scopes[scope].m;
    uint32_t found = place_of(v, old, t->node, new);
    if (found != NONE || t->extra) return found;
    uint32_t sub = place_of(v, old, old->nodes[t->node].level, new); /* the one start event of its sub-process */
    return sub != NONE && is_sub(&new->nodes[sub], SUB_EVENT) ? new->nodes[sub].start : NONE;
}

static bool event_fits(const struct move *v, const struct token *t, uint32_t found, uint32_t scope)
{
    const struct process_model *new = v->scopes[scope].m;
    const struct node *n = &new->nodes[found];
    if (t->extra == 0) {
        if (n->kind != NODE_START || n->level == NONE) return false;
        const struct node *sub = &new->nodes[n->level];
        return is_sub(sub, SUB_EVENT) && sub->level == v->scopes[scope].level;
    }
    const struct token *host = moved_token(v, t->extra);
    if (n->level != v->scopes[scope].level) return false;
    if (n->kind == NODE_BOUNDARY) return n->host == host->node;
    if (host->node == found) return true;
    const struct node *gate = &new->nodes[host->node];
    for (uint32_t i = 0; gate->kind == NODE_EVENT_GATE && i < gate->nout; i++)
        if (new->flows[gate->out[i]].to == found) return true;
    return false;
}

static void move_armed(struct move *v, struct token *t, uint32_t scope)
{
    const struct process_model *old = v->from->scopes[scope].m;
    uint32_t before = t->node, def = NONE, found = event_place(v, t, scope);
    const struct token *host = t->extra ? moved_token(v, t->extra) : NULL;
    if (host && host->node == NONE) found = NONE; /* told of the host */
    if (found != NONE && event_fits(v, t, found, scope))
        def = same_definition(&old->nodes[before], t->def, &v->scopes[scope].m->nodes[found]);
    if (def == NONE) {
        t->node = NONE;
        v->left[v->nleft++] =
            (struct left){t->no, t->scope, &old->pub[before], old->nodes[before].defs[t->def].trigger};
        return;
    }
    t->node = found;
    t->def = def;
    const struct timer *timer = &v->scopes[scope].m->nodes[found].defs[def].timer;
    bool cycle = timer->form == TIMER_CYCLE;
    if (cycle && (t->left > timer->times || t->left == 0)) t->left = timer->times;
    if (!cycle && old->nodes[before].defs[t->def < old->nodes[before].ndefs ? t->def : 0].trigger == TRIGGER_TIMER)
        t->left = 0;
}

/* ---- a token ---- */

static bool below(const struct process_model *m, uint32_t node, uint32_t level)
{
    for (uint32_t up = m->nodes[node].level; up != level; up = m->nodes[up].level)
        if (up == NONE) return false;
    return true;
}

static bool level_fits(const struct move *v, const struct token *t, uint32_t scope, uint32_t found)
{
    const struct process_model *new = v->scopes[scope].m;
    if (t->state == T_DONE) return below(new, found, v->scopes[scope].level);
    return new->nodes[found].level == v->scopes[scope].level;
}

/* The flow that it came by: named, of the same id, or from where the element before has gone. */
static uint32_t flow_place(const struct move *v, const struct process_model *old, uint32_t flow,
                           const struct process_model *new, const struct node *n)
{
    struct slice id = old->flows[flow].id, to = said(v, id);
    if (to.n) id = to;
    for (uint32_t i = 0; i < n->nin; i++)
        if (slice_eq(new->flows[n->in[i]].id, id)) return i;
    uint32_t from = place_of(v, old, old->flows[flow].from, new), found = NONE;
    for (uint32_t i = 0; i < n->nin && from != NONE; i++)
        if (new->flows[n->in[i]].from == from) found = found == NONE ? i : found;
    return found;
}

static bool move_definition(struct token *t, const struct node *old, const struct node *n)
{
    if (t->state != T_CHILD || n->kind == NODE_SUB || n->kind == NODE_CALL) return true;
    t->def = same_definition(old, t->def, n);
    return t->def != NONE;
}

/* What must be the same for the token to go on as it was; false: told. */
static bool same_nature(struct move *v, struct token *t, uint32_t scope, uint32_t found)
{
    const struct process_model *old = v->from->scopes[scope].m, *new = v->scopes[scope].m;
    const struct node *o = &old->nodes[t->node], *n = &new->nodes[found];
    const struct process_node *p = &old->pub[t->node];
    enum scope_kind in = v->from->scopes[scope].kind;
    bool instance = in == SCOPE_INSTANCE || in == SCOPE_LOOP;
    bool joins = t->state == T_JOIN && is_join(n) && is_join(o);
    if (t->state != T_INCIDENT && !joins && (n->kind != o->kind || n->variety != o->variety)) {
        cannot(v, p, "新版本中对应的环节类型不同", "in the new version it is an element of another kind");
        return false;
    }
    bool begun = t->state == T_MULTI && t->left == t->extra && o->loop.kind == LOOP_MULTI;
    bool repeats = n->loop.kind == o->loop.kind && (n->loop.sequential == o->loop.sequential || begun);
    bool whole = t->state == T_INCIDENT || t->state == T_JOIN || t->state == T_OFFERED || t->state == T_DONE;
    if (!whole && !repeats && (t->state == T_MULTI || instance || n->loop.kind != LOOP_NONE)) {
        cannot(v, p, "新版本改变了它的重复方式（逐个、同时或不重复）",
               "the new version repeats it otherwise (one by one, all at once, not at all)");
        return false;
    }
    if (t->state == T_VERB && !slice_eq(old->pub[t->node].verb, new->pub[found].verb)) {
        cannot(v, p, "正在执行的自动环节在新版本中是另一个操作",
               "what is being done there now is another verb in the new version");
        return false;
    }
    if (t->state == T_DONE && !n->compensable) {
        cannot(v, p, "它已完成，可能须撤销（补偿），新版本不再能补偿它",
               "it is done and might have to be compensated, which the new version no longer can");
        return false;
    }
    if (!move_definition(t, o, n)) {
        cannot(v, p, "正在进行的补偿在新版本中没有对应的事件",
               "the compensation under way has no event in the new version");
        return false;
    }
    return true;
}

static void move_token(struct move *v, struct token *t, uint32_t scope)
{
    const struct process_model *old = v->from->scopes[scope].m, *new = v->scopes[scope].m;
    const struct process_node *p = &old->pub[t->node];
    uint32_t before = t->node, found = new ? place_of(v, old, before, new) : NONE;
    t->node = NONE;
    if (!new) return; /* told of the host */
    if (found == NONE && t->state == T_OFFERED) {
        v->left[v->nleft++] = (struct left){t->no, t->scope, p, TRIGGER_NONE};
        return;
    }
    if (found == NONE) {
        cannot(v, p, "新版本没有与它对应的环节", "the new version has no such element");
        return;
    }
    t->node = before;
    if (!same_nature(v, t, scope, found)) {
        t->node = NONE;
        return;
    }
    if (!level_fits(v, t, scope, found)) {
        t->node = NONE;
        cannot(v, p, "新版本把它放在另一个（子）流程里", "the new version has it in another process or sub-process");
        return;
    }
    t->node = found;
    if (t->state != T_JOIN && t->state != T_RESET) return;
    t->extra = flow_place(v, old, old->nodes[before].in[t->extra], new, &new->nodes[found]);
    if (t->extra != NONE) return;
    t->node = NONE;
    cannot(v, p, "新版本的汇聚网关没有这条已到达的分支",
           "the join of the new version lacks the branch that has arrived");
}

/* ---- scopes: hosts come before what is inside them, so one pass in the order of numbers is enough ---- */

static void place_scope(struct move *v, uint32_t i, const struct process_model *root)
{
    struct scope *s = &v->scopes[i];
    const struct scope *was = &v->from->scopes[i];
    s->m = i == 0 ? root : NULL;
    s->level = NONE;
    if (i == 0) return;
    const struct token *host = moved_token(v, s->host);
    if (host->node == NONE) return;
    const struct scope *parent = &v->scopes[scope_index(v->from, host->scope)];
    const struct node *n = &parent->m->nodes[host->node];
    s->m = s->kind == SCOPE_CALL ? n->called : parent->m;
    s->level = s->kind == SCOPE_CALL ? NONE : s->kind == SCOPE_SUB ? host->node : parent->level;
    if (s->kind == SCOPE_HANDLER) s->level = was->level == NONE ? NONE : place_of(v, was->m, was->level, s->m);
}

static void move_scope(struct move *v, uint32_t i, const struct process_model *root)
{
    place_scope(v, i, root);
    struct scope *s = &v->scopes[i];
    const struct scope *was = &v->from->scopes[i];
    if (s->ended != NONE && s->m) {
        s->ended = place_of(v, was->m, was->ended, s->m); /* forgotten when it is gone */
        if (s->ended != NONE && (s->m->nodes[s->ended].kind != NODE_END || s->m->nodes[s->ended].level != s->level))
            s->ended = NONE;
    }
    for (uint32_t pass = 0; pass < 2; pass++) /* an armed event is judged by where its host has gone */
        for (uint32_t k = 0; k < v->from->ntokens; k++) {
            struct token *t = &v->tokens[k];
            if (t->scope != s->no || (t->state == T_ARMED) != (pass == 1)) continue;
            if (pass == 0)
                move_token(v, t, i);
            else if (s->m)
                move_armed(v, t, i);
            else
                t->node = NONE;
        }
}

/* ---- what the new version waits for beside what is open ---- */

/* Whether the old version waited for this too, so that it is armed still or has occurred. */
static bool known_before(const struct move *v, uint32_t scope, uint32_t node, uint32_t def)
{
    const struct process_model *old = v->from->scopes[scope].m, *new = v->scopes[scope].m;
    const struct node *n = &new->nodes[node];
    for (uint32_t i = 0; i < old->nnodes; i++) {
        const struct node *o = &old->nodes[i];
        uint32_t place = place_of(v, old, i, new);
        if (place == NONE && o->kind == NODE_START && o->level != NONE && is_sub(&old->nodes[o->level], SUB_EVENT)) {
            uint32_t sub = place_of(v, old, o->level, new);
            place = sub == NONE ? NONE : new->nodes[sub].start;
        }
        if (place != node || o->kind != n->kind) continue;
        if (o->kind == NODE_BOUNDARY && place_of(v, old, o->host, new) != n->host) continue;
        for (uint32_t k = 0; k < o->ndefs; k++)
            if (same_definition(o, k, n) == def) return true;
    }
    return false;
}

static bool wanted(const struct move *v, struct slice id)
{
    if (!v->plan->undo) return true;
    for (size_t i = 0; i < v->plan->nagain; i++)
        if (slice_eq(v->plan->again[i], id)) return true;
    return false;
}

static bool is_new(const struct move *v, uint32_t scope, uint32_t node, uint32_t def)
{
    return wanted(v, v->scopes[scope].m->pub[node].id) && !known_before(v, scope, node, def);
}

static void arm_element(struct run *r, const struct move *v, uint32_t index, uint32_t owner, uint32_t host,
                        uint32_t node)
{
    const struct scope *s = &v->scopes[index];
    for (uint32_t d = 0; d < s->m->nodes[node].ndefs; d++) {
        const struct token *t = token_find(r, owner);
        if (!t || t->state == T_INCIDENT) return;
        if (is_new(v, index, node, d)) (void)definition_arm(r, owner, s->no, host, node, d);
    }
}

static void arm_host(struct run *r, const struct move *v, uint32_t no)
{
    struct token t = *token_find(r, no);
    uint32_t index = scope_index(v->from, t.scope);
    const struct process_model *m = v->scopes[index].m;
    const struct node *n = &m->nodes[t.node];
    bool open =
        t.state == T_USER || t.state == T_VERB || t.state == T_CHILD || t.state == T_CATCH || t.state == T_MULTI;
    if (!open || in_instance(r, &t)) return;
    for (uint32_t i = 0; i < n->nboundaries; i++) arm_element(r, v, index, no, no, n->boundaries[i]);
    if (t.state != T_CATCH) return;
    if (n->kind != NODE_EVENT_GATE) arm_element(r, v, index, no, no, t.node);
    for (uint32_t i = 0; n->kind == NODE_EVENT_GATE && i < n->nout; i++)
        arm_element(r, v, index, no, no, m->flows[n->out[i]].to);
}

/* Event sub-processes of a scope. */
static void arm_scope(struct run *r, const struct move *v, uint32_t index)
{
    const struct scope *s = &v->scopes[index];
    if (s->kind != SCOPE_ROOT && s->kind != SCOPE_SUB && s->kind != SCOPE_CALL) return;
    for (uint32_t i = 0; i < s->m->nnodes; i++) {
        const struct node *n = &s->m->nodes[i];
        if (!is_sub(n, SUB_EVENT) || n->level != s->level || n->start == NONE) continue;
        bool any = false; /* no number is used up for nothing */
        for (uint32_t d = 0; d < s->m->nodes[n->start].ndefs; d++) any = any || is_new(v, index, n->start, d);
        if (!any) continue;
        uint32_t owner = token_new(r, s->no, i);
        arm_element(r, v, index, owner, 0, n->start);
        if (token_find(r, owner)->state != T_INCIDENT) token_forget(r, owner);
    }
}

static void tell_left(struct run *r, const struct move *v)
{
    for (uint32_t i = 0; i < v->nleft; i++) {
        const struct left *x = &v->left[i];
        if (x->trigger == TRIGGER_TIMER) effect_add(r, EFF_TIMER_CANCELLED, x->token, x->node, x->scope);
        if (x->trigger == TRIGGER_MESSAGE || x->trigger == TRIGGER_SIGNAL)
            effect_add(r, EFF_AWAIT_OVER, x->token, x->node, x->scope);
        if (x->trigger == TRIGGER_NONE) effect_add(r, EFF_OFFER_OVER, x->token, x->node, x->scope);
    }
}

/* The applicant's steps that its tokens are in. */
static void tell_steps(struct run *r, struct run *before)
{
    for (size_t i = 0; i < before->nsteps; i++) {
        bool still = false;
        for (size_t k = 0; k < r->nsteps; k++) still |= slice_eq(r->steps[k].name, before->steps[i].name);
        if (still) continue;
        struct effect *e = effect_add(r, EFF_STEP_ENDED, 0, NULL, 0);
        e->step = before->steps[i].name;
        struct json_builder b = json_builder(r->a);
        json_set(&b, "outcome", json_null());
        e->data = json_object(&b);
    }
    for (size_t k = 0; k < r->nsteps; k++) {
        bool already = false;
        for (size_t i = 0; i < before->nsteps; i++) already |= slice_eq(before->steps[i].name, r->steps[k].name);
        const struct token *t = token_find(r, r->steps[k].token);
        if (!already && t) effect_add(r, EFF_STEP_STARTED, t->no, r->steps[k].node, t->scope);
    }
}

static const struct process_state *moved_state(struct move *v, const struct process_model *to)
{
    struct process_state *s = NEW(v->a, struct process_state);
    *s = *v->from;
    s->m = to;
    s->scopes = v->scopes;
    struct token *list = NEW_ARRAY(v->a, struct token, v->from->ntokens);
    s->tokens = list;
    s->ntokens = 0;
    for (uint32_t i = 0; i < v->from->ntokens; i++)
        if (v->tokens[i].node != NONE) list[s->ntokens++] = v->tokens[i];
    return s;
}

static result check_waits(struct move *v, const struct process_state *s)
{
    for (uint32_t i = 0; i < s->nscopes && !s->ended; i++) {
        const struct scope *scope = &s->scopes[i];
        const uint32_t *flows;
        uint32_t n;
        if (!marking_of(v->a, s, scope, &flows, &n)) continue;
        struct sound_verdict x = sound_from(scope->m, flows, n, true);
        if (x.unclear && x.stuck == NONE) x = sound_from(scope->m, flows, n, false);
        if (x.stuck != NONE)
            cannot(v, &scope->m->pub[x.stuck], "按新版本，这个汇聚网关可能永远等不齐各分支",
                   "under the new version this join may wait for ever");
        else if (x.unclear)
            cannot(v, &scope->m->pub[0], "走法过多，无法证明迁移后不会停滞",
                   "there are too many ways to prove that the case would not stand still");
    }
    return v->problem;
}

static result stands_still(struct arena *a, const struct effect *e)
{
    const struct json *text = json_get(e->data, "message");
    struct slice name = e->node->name.n ? e->node->name : e->node->id;
    return fail(a, CODE_PROCESS_MIGRATION, e->node->id, "value", name, "detail_zh",
                arena_printf(a, "迁移后会停在这里：%.*s", SLICE_ARG(json_string(text, "zh"))), "detail_en",
                arena_printf(a, "it would stand still there: %.*s", SLICE_ARG(json_string(text, "en"))), NULL);
}

static result go_on(struct move *v, const struct process_state *moved, const struct json *vars, instant at,
                    const struct process_step_env *env, struct process_outcome *out)
{
    static const struct process_step_env nothing = {0};
    struct run before = {.a = v->a, .m = v->from->m, .env = env ? env : &nothing, .at = at};
    struct run r = {.a = v->a, .m = moved->m, .env = env ? env : &nothing, .at = at};
    run_load(&before, v->from, vars);
    run_load(&r, moved, vars);
    tell_left(&r, v);
    tell_steps(&r, &before);
    size_t n = r.ntokens;
    uint32_t *nos = NEW_ARRAY(v->a, uint32_t, n);
    for (size_t i = 0; i < n; i++) nos[i] = r.tokens[i].no;
    for (uint32_t i = 0; i < v->from->nscopes; i++) arm_scope(&r, v, i);
    for (size_t i = 0; i < n; i++) {
        const struct token *t = token_find(&r, nos[i]);
        if (t && t->state == T_USER) task_again(&r, nos[i]);
        if (token_find(&r, nos[i])) arm_host(&r, v, nos[i]);
    }
    while (parallel_fire(&r)) {
    }
    return run_finish(&r, out);
}

static const struct json *with_values(struct arena *a, const struct json *vars, const struct json *values)
{
    struct json_builder b = json_builder(a);
    for (size_t i = 0; values && values->type == JSON_OBJECT && i < values->n; i++)
        if (!json_get_slice(vars, values->keys[i])) json_set_slice(&b, values->keys[i], values->items[i]);
    return b.n ? json_merge(a, vars, json_object(&b)) : vars;
}

result process_migrate(struct arena *a, const struct process_state *s, const struct json *vars,
                       const struct process_model *to, const struct process_migration *plan, instant at,
                       const struct process_step_env *env, struct process_outcome *out)
{
    if (!s || s->ended) return fail(a, CODE_PROCESS_TOKEN, S(""), "value", S("-"), NULL);
    struct move v = {.a = a,
                     .from = s,
                     .plan = plan,
                     .scopes = NEW_ARRAY(a, struct scope, s->nscopes),
                     .tokens = NEW_ARRAY(a, struct token, s->ntokens),
                     .left = NEW_ARRAY(a, struct left, s->ntokens)};
    memcpy(v.scopes, s->scopes, s->nscopes * sizeof *v.scopes);
    memcpy(v.tokens, s->tokens, s->ntokens * sizeof *v.tokens);
    for (uint32_t i = 0; i < s->nscopes; i++) move_scope(&v, i, to);
    if (failed(v.problem)) return v.problem;
    /* the decoder knows what fits together (boundary and host, join and flow) */
    const struct process_state *moved;
    result r = process_state_decode(a, to, process_state_encode(a, moved_state(&v, to)), &moved);
    if (failed(r)) {
        cannot(&v, &to->pub[0], "办件的状态与新版本不相容", "the state of the case does not fit the new version");
        return v.problem;
    }
    TRY(go_on(&v, moved, with_values(a, vars, plan->values), at, env, out));
    const struct effect *bad = standstill(out);
    if (bad) return stands_still(a, bad);
    return check_waits(&v, out->state);
}
