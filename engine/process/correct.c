/* An officer's correction of where a case stands (change.h). */
#include "engine/process/change_parts.h"
#include "engine/process/join.h"

struct fix {
    struct arena *a;
    struct run *r;
    const struct process_state *s;
    const struct token *t; /* of s: the token that is corrected; of a repeated activity the whole */
    const struct scope *scope;
    const struct process_node *p;
};

static result refuse(const struct fix *f, struct slice zh, struct slice en)
{
    return fail(f->a, CODE_PROCESS_CORRECTION, f->p->id, "value", f->p->name.n ? f->p->name : f->p->id, "detail_zh", zh,
                "detail_en", en, NULL);
}
#define REFUSE(f, zh, en) refuse((f), S(zh), S(en))

static const struct token *state_token(const struct process_state *s, uint32_t no)
{
    for (uint32_t i = 0; i < s->ntokens; i++)
        if (s->tokens[i].no == no) return &s->tokens[i];
    return NULL;
}

static const struct scope *state_scope_of(const struct process_state *s, uint32_t no)
{
    for (uint32_t i = 0; i < s->nscopes; i++)
        if (s->scopes[i].no == no) return &s->scopes[i];
    return NULL;
}

static result find(struct fix *f, uint32_t no)
{
    f->t = f->s && !f->s->ended ? state_token(f->s, no) : NULL;
    while (f->t) {
        f->scope = state_scope_of(f->s, f->t->scope);
        if (f->scope->kind != SCOPE_INSTANCE && f->scope->kind != SCOPE_LOOP) break;
        f->t = state_token(f->s, f->scope->host);
    }
    if (!f->t || !token_counts(f->t))
        return fail(f->a, CODE_PROCESS_TOKEN, S(""), "value", arena_printf(f->a, "%u", no), NULL);
    f->p = &f->scope->m->pub[f->t->node];
    if (f->scope->kind == SCOPE_HANDLER)
        return REFUSE(f, "正在撤销（补偿）已完成的环节，不能更正", "what was done is being compensated");
    return ok();
}

/* A verb that is being done, in the token or inside it: what it does outside cannot be taken back. */
static bool works_inside(const struct fix *f, const struct token *t)
{
    if (t->state == T_VERB) return true;
    for (uint32_t i = 1; i < f->s->nscopes; i++) {
        if (f->s->scopes[i].host != t->no) continue;
        for (uint32_t k = 0; k < f->s->ntokens; k++)
            if (f->s->tokens[k].scope == f->s->scopes[i].no && works_inside(f, &f->s->tokens[k])) return true;
    }
    return false;
}

/* ---- cancelling ---- */

static result cancel(struct fix *f)
{
    struct run *r = f->r;
    const struct node *n = &f->scope->m->nodes[f->t->node];
    if (!behaviours[n->kind].activity && n->kind != NODE_CATCH)
        return REFUSE(f, "这里不是可取消的环节", "this is no step that could be cancelled");
    struct scope *s = scope_find(r, f->scope->no);
    s->live++; /* the successor; first, so that the scope is never seen empty */
    token_cancel(r, f->t->no);
    uint32_t no = token_new(r, f->scope->no, f->t->node);
    const struct json *outcome = json_of_cstr(f->a, "cancelled");
    struct json_builder b = json_builder(f->a);
    json_set(&b, "outcome", outcome);
    if (n->result.n && (n->kind == NODE_USER || n->kind == NODE_CALL || n->kind == NODE_SUB))
        vars_set(r, f->scope->no, n->result, json_object(&b));
    if (f->p->step.n) steps_outcome(r, f->scope->no, f->p->step, outcome);
    token_leave(r, no);
    return ok();
}

/* ---- moving ---- */

/* The tokens of the scope that are taken away: the one, with those behind the element on other branches when `behind`. */
static uint32_t *taken_of(const struct fix *f, const bool *behind, uint32_t *n)
{
    uint32_t *list = NEW_ARRAY(f->a, uint32_t, f->s->ntokens);
    *n = 0;
    for (uint32_t i = 0; i < f->s->ntokens; i++) {
        const struct token *t = &f->s->tokens[i];
        bool other = behind && t->scope == f->scope->no && token_counts(t) && behind[t->node];
        if (t->no == f->t->no || other) list[(*n)++] = t->no;
    }
    return list;
}

static bool is_in(const uint32_t *list, uint32_t n, uint32_t no)
{
    for (uint32_t i = 0; i < n; i++)
        if (list[i] == no) return true;
    return false;
}

/* Where the scope would stand; verdict of the token game from there. `free_`: nothing can be said of this scope. */
static struct sound_verdict judge(const struct fix *f, uint32_t to, const uint32_t *taken, uint32_t ntaken, bool *free_)
{
    struct process_state after = *f->s;
    struct token *list = NEW_ARRAY(f->a, struct token, f->s->ntokens + 1);
    const uint32_t *flows;
    uint32_t n;
    after.ntokens = 0;
    after.tokens = list;
    for (uint32_t i = 0; i < f->s->ntokens; i++)
        if (!is_in(taken, ntaken, f->s->tokens[i].no)) list[after.ntokens++] = f->s->tokens[i];
    if (ntaken)
        list[after.ntokens++] = (struct token){.no = f->s->next, .scope = f->scope->no, .node = to, .state = T_USER};
    *free_ = !marking_of(f->a, &after, f->scope, &flows, &n);
    if (*free_) return (struct sound_verdict){NONE, NONE, false};
    return sound_from(f->scope->m, flows, n, true);
}

static bool occupied(const struct fix *f, uint32_t to, const uint32_t *taken, uint32_t n)
{
    for (uint32_t i = 0; i < f->s->ntokens; i++) {
        const struct token *t = &f->s->tokens[i];
        if (t->scope == f->scope->no && t->node == to && token_counts(t) && !is_in(taken, n, t->no)) return true;
    }
    return false;
}

static bool good(const struct sound_verdict *x, const struct sound_verdict *before)
{
    return x->stuck == NONE && !x->unclear && (x->twice == NONE || before->twice != NONE);
}

static result say(const struct fix *f, const struct sound_verdict *x)
{
    uint32_t at = x->stuck != NONE ? x->stuck : x->twice;
    if (at == NONE)
        return REFUSE(f, "走法过多，无法证明更正后不会停滞",
                      "there are too many ways to prove that the case would not stand still");
    const struct process_node *p = &f->scope->m->pub[at];
    struct slice name = p->name.n ? p->name : p->id;
    if (x->stuck != NONE)
        return refuse(f, arena_printf(f->a, "更正后汇聚网关“%.*s”可能永远等不齐各分支", SLICE_ARG(name)),
                      arena_printf(f->a, "the join \"%.*s\" might then wait for ever", SLICE_ARG(name)));
    return refuse(f, arena_printf(f->a, "更正后“%.*s”会办理两次", SLICE_ARG(name)),
                  arena_printf(f->a, "\"%.*s\" would then be done twice", SLICE_ARG(name)));
}

static result choose(const struct fix *f, uint32_t to, const bool *behind, uint32_t **taken, uint32_t *n)
{
    bool unsaid;
    struct sound_verdict before = judge(f, to, NULL, 0, &unsaid), x = {NONE, NONE, false};
    bool busy = false;
    for (int all = 0; all < 2; all++) {
        *taken = taken_of(f, all ? behind : NULL, n);
        busy = occupied(f, to, *taken, *n);
        x = judge(f, to, *taken, *n, &unsaid);
        if (!busy && good(&x, &before)) return ok();
    }
    if (busy && good(&x, &before))
        return REFUSE(f, "要转到的环节正在办理", "the element it would go to is being done already");
    return say(f, &x);
}

/* What is done again is not compensated twice. */
static void forget_records(const struct fix *f, const bool *behind)
{
    for (size_t i = 0; i < f->r->ntokens; i++) {
        const struct token *t = &f->r->tokens[i];
        if (!t->dead && t->state == T_DONE && t->scope == f->scope->no && t->extra == 0 && behind[t->node])
            f->r->tokens[i].dead = true;
    }
}

static bool is_place(const struct fix *f, uint32_t to)
{
    const struct process_node *const *list;
    size_t n = process_places(f->a, f->s, f->t->no, &list);
    for (size_t i = 0; to != NONE && i < n; i++)
        if (list[i] == &f->scope->m->pub[to]) return true;
    return false;
}

/* A complex gateway counts who comes: of moving to or away from before it nothing can be proven. */
static bool counted(const struct fix *f, const bool *from_here, const bool *from_there)
{
    const struct process_model *m = f->scope->m;
    for (uint32_t i = 0; i < f->s->ntokens; i++) /* one has fired, and the rest is still to come */
        if (f->s->tokens[i].scope == f->scope->no && f->s->tokens[i].state == T_RESET) return true;
    for (uint32_t i = 0; i < m->nnodes; i++)
        if (m->nodes[i].kind == NODE_COMPLEX && is_join(&m->nodes[i]) && (from_here[i] || from_there[i])) return true;
    return false;
}

static result move(struct fix *f, struct slice id)
{
    uint32_t to = node_by_id(f->scope->m, id), n = 0, *taken;
    if (!is_place(f, to))
        return REFUSE(f, "只能转到同一（子）流程中的环节",
                      "it can only go to an activity or event of the same process or sub-process");
    if (f->p->step.n == 0 || !slice_eq(f->p->step, f->scope->m->pub[to].step)) {
        struct slice step = f->scope->m->pub[to].step;
        if (step.n && step_withdrawn(f->r, f->scope->no, step))
            return REFUSE(f, "申请人已撤回要转到的环节", "the applicant has withdrawn the step that it would go to");
    }
    const bool *behind = level_reached(f->a, f->scope->m, to);
    if (counted(f, level_reached(f->a, f->scope->m, f->t->node), behind))
        return REFUSE(
            f, "之后有按到达数计的复杂网关，无法证明更正后不会停滞",
            "a complex gateway behind it counts what comes, so it cannot be proven that nothing would stand still");
    TRY(choose(f, to, behind, &taken, &n));
    for (uint32_t i = 0; i < n; i++)
        if (works_inside(f, state_token(f->s, taken[i])))
            return REFUSE(f, "自动环节正在执行，请待其完成", "a verb is being done there: wait until it is over");
    token_arrive(f->r, f->scope->no, to, NONE); /* first, so that the scope is never seen empty */
    for (uint32_t i = 0; i < n; i++) token_cancel(f->r, taken[i]);
    forget_records(f, behind);
    return ok();
}

result process_correct(struct arena *a, const struct process_state *s, const struct json *vars,
                       const struct process_correction *c, const struct process_step_env *env,
                       struct process_outcome *out)
{
    static const struct process_step_env nothing = {0};
    struct run r = {.a = a, .m = s ? s->m : NULL, .env = env ? env : &nothing, .at = c->at};
    struct fix f = {.a = a, .r = &r, .s = s};
    TRY(find(&f, c->token));
    run_load(&r, s, vars);
    if (works_inside(&f, f.t))
        return REFUSE(&f, "自动环节正在执行，请待其完成", "a verb is being done there: wait until it is over");
    TRY(c->kind == CORRECT_CANCEL ? cancel(&f) : move(&f, c->to));
    TRY(run_finish(&r, out));
    const struct effect *bad = standstill(out);
    if (!bad) return ok();
    const struct json *text = json_get(bad->data, "message");
    return refuse(&f, arena_printf(a, "更正后会停滞：%.*s", SLICE_ARG(json_string(text, "zh"))),
                  arena_printf(a, "the case would stand still: %.*s", SLICE_ARG(json_string(text, "en"))));
}
