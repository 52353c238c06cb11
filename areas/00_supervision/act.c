/* Acts on tasks: one transaction each, with the rights, the row of history and the row of the audit journal in one place. */
#include "areas/00_supervision/plan.h"

#include "city/rights/rights.h"
#include "city/sql.h"

static const struct stmt HISTORY_ADD = {
    "plan_history_add",
    "INSERT INTO plan_history (id, task_no, at, actor, actor_kind, kind, details) VALUES (?1,?2,?3,?4,?5,?6,?7)", NULL,
    false};

result plan_history_add(struct tx *tx, struct arena *a, int64_t no, const struct actor *x, instant now,
                        const char *kind, const struct json *details)
{
    struct id id = id_new(now), who = x ? x->account : ID_NONE;
    return tx_exec(tx, a, &HISTORY_ADD,
                   BINDS(sql_id(&id), sql_int(no), sql_int(now), sql_id(&who),
                         sql_int(x ? (int64_t)x->kind : (int64_t)ACTOR_SYSTEM), sql_text(slice_cstr(kind)),
                         sql_text(details ? json_write(a, details) : S("{}"))),
                   NULL);
}

static result body(struct tx *tx, struct arena *a, void *ctx)
{
    struct plan_act *act = ctx;
    struct plan_task t;
    struct plan p;
    TRY(plan_load(act->c, tx, a, &p));
    TRY(plan_task_load(act->c, tx, a, act->no, &t));
    if (!act->own && !(plan_parties(&p, &t, act->x) & act->parties))
        return fail(a, CODE_FORBIDDEN, S("no"), "right", S("plan task"), NULL);
    if (t.withdrawn)
        return fail(a, CODE_PLAN_STATE, S("no"), "detail_zh", S("该任务已从方案中撤下"), "detail_en",
                    S("the plan no longer has this task"), NULL);
    act->plan = &p;
    TRY(act->write(tx, a, act, &t));
    TRY(plan_history_add(tx, a, act->no, act->x, act->now, act->kind, act->details));
    struct json_builder b = json_builder(a);
    json_set_int(&b, "task", act->no);
    const struct json *all = act->details ? json_merge(a, json_object(&b), act->details) : json_object(&b);
    return audit_add(tx, a, act->x, act->now, arena_cstr(a, arena_printf(a, "plan.%s", act->kind)), all);
}

result plan_do(struct arena *a, struct plan_act *act)
{
    return store_run(act->c->store, a, "plan_act", body, act);
}
