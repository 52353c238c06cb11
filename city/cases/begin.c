/* Activities that officers choose to begin (BPMN 2.0.2, 10.3.5: an ad hoc sub-process with tb:start="manual"). */
#include "city/cases/run.h"

static result begin_body(struct run *r)
{
    const struct slice *reason = r->args;
    TRY(run_refuse_if_closed(r));
    TRY(run_task_right(r, false));
    if (!slice_is(r->task[TK_KIND].s, TASK_KIND_OFFER))
        return fail(r->a, CODE_TASK_CLOSED, S("task"), "number", r->c->number, NULL);
    if (reason->n == 0) return fail(r->a, CODE_FIELD_REQUIRED, S("/reason"), NULL);
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", "chosen");
    json_set_int(&b, "token", r->token);
    json_set_str(&b, "node", r->task[TK_NODE].s);
    json_set_str(&b, "step", r->task[TK_STEP].s);
    json_set_str(&b, "reason", *reason);
    json_set_str(&b, "by", id_text(r->a, r->k->actor->account));
    json_set_str(&b, "name", r->k->actor->name);
    TRY(run_fact(r, json_object(&b)));
    struct process_event e = {.type = EV_CHOOSE, .token = (uint32_t)r->token, .at = r->k->now};
    return run_advance(r, &e);
}

result task_begin(struct case_command *k, int64_t token, struct slice reason, struct case_done *out)
{
    struct run r = {.k = k, .kind = "begin", .body = begin_body, .args = &reason, .token = token, .out = out};
    return run_command(&r);
}
