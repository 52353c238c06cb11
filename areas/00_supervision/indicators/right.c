/* Who sees the figures that are not published (得分、排名、未公开数据): heads of departments, the leaders of the plan (挂帅领导) and
 * the plan's office (督办单位). Other staff see what everybody sees. */
#include "areas/00_supervision/indicators/indicators.h"
#include "areas/00_supervision/plan.h"

static bool leads(const struct plan *p, const struct actor *x)
{
    for (size_t i = 0; i < p->nleaders; i++)
        if (id_eq(p->leaders[i].account, x->account)) return true;
    return x->department.n && plan_names(p, p->offices, x->department);
}

result indicators_leads(struct city *c, struct arena *a, const struct actor *x, bool *out)
{
    struct plan p;
    *out = x->kind == ACTOR_SYSTEM;
    for (size_t i = 0; i < x->ngrants; i++) *out = *out || x->grants[i].role == ROLE_HEAD;
    if (*out || x->kind != ACTOR_STAFF) return ok();
    result r = plan_load(c, NULL, a, &p);
    if (result_code(r) == CODE_PLAN_NONE) return ok();
    TRY(r);
    *out = leads(&p, x);
    return ok();
}

result indicators_right(struct city *c, struct arena *a, const struct actor *x)
{
    bool leads_it;
    TRY(indicators_leads(c, a, x, &leads_it));
    return leads_it ? ok()
                    : fail(a, CODE_FORBIDDEN, S("indicators"), "right", S("head, plan leader, plan office"), NULL);
}
