/* 更正办理步骤: an officer with the right puts right where a case stands, with a reason and their signature. */
#include "city/cases/step_correction.h"

#include "city/identity/keys.h"
#include "trust/canonical.h"
#include "trust/signer.h"

/* ---- who may ---- */

bool corrects(const struct actor *x, struct slice department, struct slice town)
{
    return actor_has_role(x, ROLE_HEAD, department, town) || actor_has_role(x, ROLE_CORRECTOR, department, town);
}

/* Of the deciding body; or of the one whose task it is. And nobody in their own case. */
static result may_correct(struct run *r)
{
    const struct actor *x = r->k->actor;
    bool theirs = corrects(x, r->c->department, r->c->town) ||
                  (r->task && corrects(x, r->task[TK_DEPARTMENT].s, r->task[TK_TOWN].s));
    if (!theirs) return fail(r->a, CODE_FORBIDDEN, S("case"), "right", S("corrector"), NULL);
    if (run_rows(r, LOAD_OWN)->n) return fail(r->a, CODE_TASK_OWN_CASE, S("case"), "number", r->c->number, NULL);
    return ok();
}

static result no(struct run *r, struct slice zh, struct slice en)
{
    return fail(r->a, CODE_STEP_CORRECTION, S("/to"), "detail_zh", zh, "detail_en", en, NULL);
}

/* ---- what may not be undone by going back ---- */

bool in_call(struct slice passed, struct slice id)
{
    return passed.n && passed.p[0] == '/' && slice_eq(slice_sub(passed, 1, passed.n), id);
}

static bool passed(const struct correction *x, struct slice id)
{
    for (size_t i = 0; i < x->npassed; i++)
        if (slice_eq(x->passed[i], id) || in_call(x->passed[i], id)) return true;
    return false;
}

/* What has had an effect outside the case is not done a second time: a registration, a licence, a letter of a verb. It is taken
 * back by a procedure of its own. */
static result nothing_doubled(struct run *r, const struct correction *x)
{
    const struct process_node *const *behind;
    const struct rows *licences = run_rows(r, LOAD_LICENCES);
    size_t n = process_behind(r->a, r->state, (uint32_t)x->s->token, x->s->to, &behind);
    for (size_t i = 0; i < n; i++) {
        struct slice name = behind[i]->name.n ? behind[i]->name : behind[i]->id;
        if (behind[i]->step.n && case_licensed(licences, behind[i]->step))
            return no(r, arena_printf(r->a, "环节“%.*s”已颁发证照", SLICE_ARG(name)),
                      arena_printf(r->a, "the step of \"%.*s\" has issued a licence", SLICE_ARG(name)));
        bool outside = behind[i]->verb.n || behind[i]->called;
        if (outside && passed(x, behind[i]->id))
            return no(r, arena_printf(r->a, "“%.*s”已执行，其结果已在流程之外生效", SLICE_ARG(name)),
                      arena_printf(r->a, "\"%.*s\" has been carried out and has effect outside the process",
                                   SLICE_ARG(name)));
    }
    return ok();
}

/* Acceptance is the law's own step: it is neither left out nor done again (行政许可法 art. 32). */
static result acceptance_kept(struct run *r, const struct correction *x)
{
    const struct process_waiting *w = run_waiting(r, x->s->token);
    const struct process_node *to = x->s->to.n ? model_node(service_model(r->service), x->s->to, S("")) : NULL;
    if (r->c->state != CASE_HANDLING)
        return no(r, S("办件尚未受理；受理、补正由法律规定，不能更正"),
                  S("the case is not accepted yet; acceptance and correction are the law's"));
    if ((w && slice_is(w->node->task_kind, "acceptance")) || (to && slice_is(to->task_kind, "acceptance")))
        return no(r, S("已受理的办件不能再退回受理环节，也不能略过受理"),
                  S("an accepted case is not accepted again, and acceptance is not left out"));
    return ok();
}

static result was_done(struct run *r, const struct correction *x)
{
    if (x->s->what != STEP_REPEAT || passed(x, x->s->to)) return ok();
    return no(r, S("该环节尚未办理过，不能重办"), S("the element was not done yet, so it cannot be repeated"));
}

/* ---- the body ---- */

static const char *const WHAT[] = {[STEP_MOVE] = "move", [STEP_REPEAT] = "repeat", [STEP_CANCEL] = "cancel"};

static const struct json *steps_again(struct run *r, const struct process_outcome *o)
{
    struct json_builder list = json_builder(r->a);
    for (size_t i = 0; i < o->n; i++) {
        const struct effect *e = &o->effects[i];
        const struct case_step *s = e->type == EFF_STEP_STARTED ? case_step_find(r->c, e->step) : NULL;
        if (s && s->clock.ended) json_add(&list, json_of_string(r->a, s->key));
    }
    return json_array(&list);
}

static result corrected_fact(struct run *r, const struct correction *x, const struct process_node *from,
                             const struct process_outcome *o)
{
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", "step_corrected");
    json_set_cstr(&b, "what", WHAT[x->s->what]);
    json_set_str(&b, "node", from->id);
    json_set_str(&b, "step", from->step);
    if (x->s->to.n) json_set_str(&b, "to", x->s->to);
    json_set_str(&b, "reason", x->s->reason);
    json_set_str(&b, "name", r->k->actor->name);
    json_set_str(&b, "by", id_text(r->a, r->k->actor->account));
    json_set(&b, "again", steps_again(r, o));
    json_set_str(&b, "record", x->record);
    json_set(&b, "signature", x->signature);
    return run_fact(r, json_object(&b));
}

result correction_play(struct run *r, const struct correction *x, const struct process_node **from,
                       struct process_outcome *o)
{
    const struct process_waiting *w = run_waiting(r, x->s->token);
    TRY(run_refuse_if_closed(r));
    TRY(may_correct(r));
    if (r->c->version != x->s->version) return fail(r->a, CODE_CASE_CHANGED, S("case"), "number", r->c->number, NULL);
    if (!w)
        return fail(r->a, CODE_PROCESS_TOKEN, S("/token"), "value", arena_printf(r->a, "%lld", (long long)x->s->token),
                    NULL);
    TRY(acceptance_kept(r, x));
    TRY(was_done(r, x));
    if (x->s->what != STEP_CANCEL) TRY(nothing_doubled(r, x));
    struct process_step_env env = run_step_env(r);
    struct process_correction c = {.kind = x->s->what == STEP_CANCEL ? CORRECT_CANCEL : CORRECT_MOVE,
                                   .token = w->token,
                                   .to = x->s->to,
                                   .at = r->k->now};
    *from = w->node;
    return process_correct(r->a, r->state, r->c->vars, &c, &env, o);
}

static result correct_body(struct run *r)
{
    const struct correction *x = r->args;
    const struct process_node *from;
    struct process_outcome o;
    TRY(correction_play(r, x, &from, &o));
    TRY(corrected_fact(r, x, from, &o));
    run_notice(r, NOTICE_STEP_CORRECTED, x->s->reason);
    return run_follow(r, &o);
}

/* ---- before it: the path so far, and the signature ---- */

result correction_open(struct city *c, struct arena *a, struct id case_id, instant now, const struct step_correct *s,
                       struct view *v, struct correction *out)
{
    TRY(view_open(c, a, case_id, now, VIEW_STAFF, v));
    TRY(view_events(v));
    size_t n = 0, cap = 0;
    for (size_t i = 0; i < v->nevents; i++) cap += 64;
    *out = (struct correction){.s = s, .passed = NULL};
    struct slice *list = NEW_ARRAY(a, struct slice, cap);
    for (size_t i = 0; i < v->nevents; i++)
        for (size_t k = 0; v->events[i].facts && k < v->events[i].facts->n; k++) {
            const struct json *f = v->events[i].facts->items[k], *path = json_get(f, "n");
            if (!slice_is(json_string(f, "t"), "path") || !path) continue;
            for (size_t p = 0; p < path->n && n < cap; p++) list[n++] = path->items[p]->text;
        }
    out->passed = list;
    out->npassed = n;
    return ok();
}

/* What the officer signs, canonical; it is kept beside the signature, so that both can be checked later. */
static result sign(struct case_command *k, struct slice number, struct correction *x)
{
    struct json_builder b = json_builder(k->a), s = json_builder(k->a);
    struct record_signatures sig;
    json_set_cstr(&b, "type", "step_correction");
    json_set_str(&b, "id", number);
    json_set_cstr(&b, "what", WHAT[x->s->what]);
    json_set_int(&b, "version", x->s->version);
    json_set_int(&b, "token", x->s->token);
    json_set_str(&b, "to", x->s->to);
    json_set_str(&b, "reason", x->s->reason);
    json_set_str(&b, "officer", id_text(k->a, k->actor->account));
    json_set_str(&b, "at", instant_text(k->a, k->now));
    TRY(canonical_json(k->a, json_object(&b), &x->record));
    if (!k->city->signer) return fail(k->a, CODE_UNAVAILABLE, S(""), "detail", S("signer: none"), NULL);
    TRY(signer_sign_record(k->city->signer, k->a, number, x->record, &sig));
    json_set_str(&s, "sm2", base64_encode(k->a, sig.sm2));
    json_set_str(&s, "ed25519", base64_encode(k->a, sig.ed25519));
    x->signature = json_object(&s);
    return ok();
}

struct run correction_run(struct case_command *k, struct correction *x, struct case_done *out)
{
    return (struct run){.k = k,
                        .kind = "correct_step",
                        .with_open = true,
                        .with_licences = true,
                        .body = correct_body,
                        .args = x,
                        .token = x->s->token,
                        .out = out};
}

result step_correct(struct case_command *k, const struct step_correct *s, struct case_done *out)
{
    struct view v;
    struct correction x;
    struct step_correct *clean = NEW(k->a, struct step_correct);
    *clean = *s;
    clean->reason = slice_trim(s->reason);
    if (!clean->reason.n) return fail(k->a, CODE_FIELD_REQUIRED, S("/reason"), NULL);
    if (s->what != STEP_CANCEL && !s->to.n) return fail(k->a, CODE_FIELD_REQUIRED, S("/to"), NULL);
    if (s->what == STEP_CANCEL) clean->to = (struct slice){NULL, 0};
    TRY(identity_again(k->city, k->a, k->actor, s->password, (struct second){s->totp, s->assertion}, k->now));
    TRY(correction_open(k->city, k->a, k->case_id, k->now, clean, &v, &x));
    TRY(sign(k, v.c->number, &x));
    struct run r = correction_run(k, &x, out);
    return run_command(&r);
}
