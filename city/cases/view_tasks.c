/* What waits for the applicant, and the ways out of a task. */
#include "city/cases/view.h"

static const struct {
    const char *key, *zh, *en;
} OUTCOMES[] = {
    {"accept", "受理", "Accept"},
    {"refuse", "不予受理", "Refuse"},
    {"correct", "一次性告知补正", "Ask for correction"},
    {"approve", "同意", "Approve"},
    {"agree", "同意", "Agree"},
    {"received", "收到原件", "Originals received"},
    {"missing", "未收到原件", "Originals missing"},
    {"reject", "不同意", "Reject"},
    {"return", "退回", "Return"},
    {"submit", "提交", "Submit"},
    {"done", "办结", "Done"},
    {"confirm", "确认", "Confirm"},
    {"again", "再办一次", "Try again"},
    {"approved", "准予", "Granted"},
    {"rejected", "不予", "Not granted"},
    {"refused", "不予", "Refused"},
    {"withdrawn", "撤回", "Withdrawn"},
    {"founded", "差评属实", "The rating is founded"},
    {"appeal", "属误评，申请复核", "A mistake: ask for review"},
    {"remedied", "已整改", "Remedied"},
    {"satisfied", "满意", "Satisfied"},
    {"not_satisfied", "不满意", "Not satisfied"},
    {"unreached", "未能联系上", "Not reached"},
    {"route", "派单给部门", "Pass it on to a department"},
    {"answer", "直接答复", "Answer it at once"},
    {"officer", "反映工作人员，转监督部门", "About an officer: to the supervising body"},
    {"take", "签收", "Take it over"},
    {"transfer_back", "退回：非本部门职责", "Send it back: not ours"},
    {"replied", "答复", "Reply"},
    {"answered", "当场答复", "Answered at once"},
    {"uphold", "维持", "Uphold"},
    {"change", "更正", "Change"},
    {"upheld", "维持原决定", "The decision is upheld"},
    {"changed", "更正原决定", "The decision is changed"},
    {"not_counted", "误评，不计入", "A mistake, not counted"},
};

struct bitext view_outcome_words(struct slice key)
{
    for (size_t i = 0; i < sizeof OUTCOMES / sizeof *OUTCOMES; i++)
        if (slice_is(key, OUTCOMES[i].key))
            return (struct bitext){slice_cstr(OUTCOMES[i].zh), slice_cstr(OUTCOMES[i].en)};
    return (struct bitext){key, key};
}

struct bitext view_task_title(const struct process_node *n, struct slice node)
{
    struct slice zh = n && n->name.n ? n->name : node;
    return (struct bitext){zh, n && n->name_en.n ? n->name_en : zh};
}

const struct json *view_outcome(struct arena *a, struct slice key)
{
    struct json_builder b = json_builder(a);
    struct bitext t = view_outcome_words(key);
    json_set_str(&b, "key", key);
    json_set(&b, "text", bitext_json(a, t));
    json_set_bool(&b, "reasons_required", task_needs_reasons(key));
    json_set_bool(&b, "corrections_required", slice_is(key, "correct"));
    return json_object(&b);
}

/* ---- the applicant's own tasks ---- */

static const struct stmt FILLS = {
    "case_fill_tasks",
    "SELECT token, node, step, due_at FROM case_task WHERE case_id=?1 AND kind='fill' AND status + 0 < 2 ORDER BY token",
    NULL, false};

/* By the token: called processes may use the same ids. The name alone serves a task that the process no longer waits for. */
const struct process_node *view_node(const struct view *v, const struct process_state *state, int64_t token,
                                     struct slice node, struct slice step)
{
    const struct process_waiting *list;
    size_t n = process_waiting(v->a, state, &list);
    for (size_t i = 0; i < n; i++)
        if (list[i].token == token) return list[i].node;
    return model_node(service_model(v->service), node, step);
}

static const struct json *fill_json(const struct view *v, const struct process_state *state, const struct sql_value *r)
{
    struct json_builder b = json_builder(v->a), list = json_builder(v->a);
    const struct process_node *n = view_node(v, state, r[0].i, r[1].s, r[2].s);
    const struct json *form = service_node_form_json(v->service, n);
    for (size_t i = 0; n && i < n->noutcomes; i++) json_add(&list, view_outcome(v->a, n->outcomes[i]));
    if (n && n->noutcomes == 0) json_add(&list, view_outcome(v->a, S("done")));
    json_set_str(&b, "id", arena_printf(v->a, "%lld", (long long)r[0].i));
    json_set_cstr(&b, "kind", "fill");
    json_set_str(&b, "step", r[2].s);
    json_set(&b, "title", bitext_json(v->a, view_task_title(n, r[1].s)));
    json_set(&b, "due_at", r[3].i ? json_of_string(v->a, instant_text(v->a, r[3].i)) : json_null());
    json_set(&b, "form", form ? form : json_null());
    json_set(&b, "outcomes", json_array(&list));
    return json_object(&b);
}

result view_own_tasks(const struct view *v, const struct json **out)
{
    struct rows rows = {0};
    struct json_builder list = json_builder(v->a);
    struct sql_value id = sql_id(&v->c->id);
    const struct process_state *state;
    TRY(process_state_decode(v->a, service_model(v->service), v->c->engine, &state));
    if (case_state_open(v->c->state)) TRY(store_query(v->city->store, v->a, &FILLS, &id, 1, &rows));
    for (size_t i = 0; i < rows.n; i++) json_add(&list, fill_json(v, state, row(&rows, i)));
    *out = json_array(&list);
    return ok();
}
