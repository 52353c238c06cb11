/* Where a process came to a standstill (a rule without a value, a verb that refused): when the cause is mended, the head of the
 * deciding body has it tried again. */
#include "city/cases/run.h"

static result head_of(struct run *r)
{
    const struct actor *x = r->k->actor;
    if (x->kind == ACTOR_SYSTEM || actor_has_role(x, ROLE_HEAD, r->c->department, r->c->town)) return ok();
    return fail(r->a, CODE_FORBIDDEN, S("case"), "right", S("head"), NULL);
}

static result retry_body(struct run *r)
{
    const struct process_waiting *list;
    size_t tried = 0;
    TRY(head_of(r));
    TRY(run_refuse_if_closed(r));
    size_t n = process_waiting(r->a, r->state, &list);
    for (size_t i = 0; i < n; i++) {
        const struct process_waiting *now = run_waiting(r, list[i].token); /* an earlier one may have taken it along */
        if (!now || now->why != WAIT_INCIDENT) continue;
        struct json_builder b = json_builder(r->a);
        json_set_cstr(&b, "t", "retried");
        json_set_str(&b, "node", now->node->id);
        json_set_str(&b, "name", r->k->actor->name);
        TRY(run_fact(r, json_object(&b)));
        struct process_event e = {.type = EV_RETRY, .token = now->token, .data = NULL, .at = r->k->now};
        TRY(run_advance(r, &e));
        tried++;
    }
    return tried ? ok() : fail(r->a, CODE_CASE_NO_INCIDENT, S("case"), "number", r->c->number, NULL);
}

result case_retry(struct case_command *k, struct case_done *out)
{
    struct run r = {.k = k, .kind = "retry", .body = retry_body, .out = out};
    return run_command(&r);
}
