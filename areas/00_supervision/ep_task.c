/* Acts on a task. Each answers with the whole task as it is then. */
#include "areas/00_supervision/plan.h"

#include "city/identity/identity.h"
#include "city/sql.h"

static result act_on(const struct request *q, struct reply *r, struct plan_act *act)
{
    act->c = q->city;
    act->x = q->actor;
    act->now = q->now;
    act->args = q->body;
    TRY(plan_number(q->a, q->params[0], &act->no));
    TRY(plan_do(q->a, act));
    return plan_task_full(q->city, q->a, q->actor, act->no, q->now, &r->body);
}

static result refuse(struct arena *a, const char *field, const char *zh, const char *en)
{
    return fail(a, CODE_PLAN_STATE, slice_cstr(field), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

/* ---- status ---- */

static const struct stmt STATUS_SET = {"plan_status_set",
                                       "UPDATE plan_task SET status = ?2, done_on = ?3 WHERE no = ?1", NULL, false};
static const struct stmt HAS_EVIDENCE = {"plan_has_evidence", "SELECT 1 FROM plan_evidence WHERE task_no = ?1 LIMIT 1",
                                         NULL, false};
static const struct stmt STEPS_CLEAR = {"plan_steps_clear", "DELETE FROM plan_step WHERE task_no = ?1", NULL, false};

static result done_on(struct arena *a, const struct plan_act *act, struct sql_value *out)
{
    day d = day_of_instant(act->now);
    struct slice given = json_string(act->args, "done_on");
    if (given.n) TRY(day_parse(a, given, S("/done_on"), &d));
    if (d > day_of_instant(act->now))
        return refuse(a, "/done_on", "完成日期不能晚于今天", "the day of completion lies ahead");
    *out = sql_int(d);
    return ok();
}

static result status_write(struct tx *tx, struct arena *a, struct plan_act *act, const struct plan_task *t)
{
    struct rows r;
    bool done = slice_is(json_string(act->args, "status"), "done");
    struct sql_value day_ = sql_null();
    if (t->condition)
        return refuse(a, "/status", "该任务已绑定完成条件，状态由数据得出",
                      "the task is bound to a condition: the figures decide");
    if (t->done == done) return refuse(a, "/status", "任务已是该状态", "the task is in that state already");
    if (done) {
        TRY(tx_query(tx, a, &HAS_EVIDENCE, BINDS(sql_int(t->no)), &r));
        if (!r.n) return refuse(a, "/status", "请先提供佐证材料", "give evidence first");
        TRY(done_on(a, act, &day_));
        TRY(tx_exec(tx, a, &STEPS_CLEAR, BINDS(sql_int(t->no)), NULL));
    } else if (!json_string(act->args, "text").n)
        return fail(a, CODE_FIELD_REQUIRED, S("/text"), NULL);
    return tx_exec(tx, a, &STATUS_SET, BINDS(sql_int(t->no), sql_text(done ? S("done") : S("open")), day_), NULL);
}

static result status(const struct request *q, struct reply *r)
{
    bool done = slice_is(json_string(q->body, "status"), "done");
    struct plan_act act = {.kind = done ? "done" : "reopened",
                           .parties = done ? PLAN_STEER : PLAN_STEER | PARTY_LEADER,
                           .details = q->body,
                           .write = status_write};
    return act_on(q, r, &act);
}

/* ---- owner ---- */

static const struct stmt OWNER_SET = {"plan_owner_set", "UPDATE plan_task SET owner = ?2 WHERE no = ?1", NULL, false};

/* The account is one of staff; ID_NONE for null. */
static result staff_id(const struct request *q, const char *key, struct id *out)
{
    struct actor who;
    struct slice text = json_string(q->body, key), field = arena_printf(q->a, "/%s", key);
    *out = ID_NONE;
    if (!text.n) return ok();
    TRY(id_parse(q->a, text, field, out));
    result r = actor_of_account(q->city, q->a, *out, &who);
    if (!failed(r) && who.kind != ACTOR_STAFF) r = fail(q->a, CODE_NOT_FOUND, field, "value", text, NULL);
    return r;
}

static result owner_write(struct tx *tx, struct arena *a, struct plan_act *act, const struct plan_task *t)
{
    return tx_exec(tx, a, &OWNER_SET, BINDS(sql_int(t->no), sql_id(&act->id)), NULL);
}

static result owner(const struct request *q, struct reply *r)
{
    struct plan_act act = {.kind = "owner", .parties = PLAN_STEER, .details = q->body, .write = owner_write};
    TRY(staff_id(q, "account", &act.id));
    return act_on(q, r, &act);
}

/* ---- sub-tasks ---- */

static const struct stmt SUBTASK_ADD = {
    "plan_subtask_add",
    "INSERT INTO plan_subtask (id, task_no, title, department, owner, due) VALUES (?1,?2,?3,?4,?5,?6)", NULL, false};
static const struct stmt SUBTASK_DONE = {
    "plan_subtask_done", "UPDATE plan_subtask SET done_on = ?3 WHERE id = ?1 AND task_no = ?2 AND done_on IS NULL",
    NULL, false};

static result subtask_write(struct tx *tx, struct arena *a, struct plan_act *act, const struct plan_task *t)
{
    day d = 0;
    struct id id = id_new(act->now);
    struct slice due = json_string(act->args, "due"), department = json_string(act->args, "department");
    if (due.n) TRY(day_parse(a, due, S("/due"), &d));
    if (department.n && !citydata_department(catalogue_data(act->c->catalogue), department))
        return fail(a, CODE_NOT_FOUND, S("/department"), "value", department, NULL);
    return tx_exec(tx, a, &SUBTASK_ADD,
                   BINDS(sql_id(&id), sql_int(t->no), sql_text(json_string(act->args, "title")), sql_text(department),
                         sql_id(&act->id), due.n ? sql_int(d) : sql_null()),
                   NULL);
}

static result subtask_add(const struct request *q, struct reply *r)
{
    struct plan_act act = {.kind = "subtask", .parties = PLAN_TAKE_PART, .details = q->body, .write = subtask_write};
    TRY(staff_id(q, "owner", &act.id));
    return act_on(q, r, &act);
}

static result subtask_done_write(struct tx *tx, struct arena *a, struct plan_act *act, const struct plan_task *t)
{
    int64_t changed;
    TRY(tx_exec(tx, a, &SUBTASK_DONE, BINDS(sql_id(&act->id), sql_int(t->no), sql_int(day_of_instant(act->now))),
                &changed));
    if (changed) return ok();
    return fail(a, CODE_NOT_FOUND, S("id"), "value", id_text(a, act->id), NULL);
}

static const struct stmt SUBTASK_OWN = {"plan_subtask_own", "SELECT 1 FROM plan_subtask WHERE id = ?1 AND owner = ?2",
                                        NULL, false};

static result subtask_done(const struct request *q, struct reply *r)
{
    struct json_builder b = json_builder(q->a);
    struct plan_act act = {.kind = "subtask_done", .parties = PLAN_TAKE_PART, .write = subtask_done_write};
    struct rows mine;
    TRY(id_parse(q->a, q->params[1], S("id"), &act.id));
    if (!id_is_none(q->actor->account)) {
        TRY(store_query(q->city->store, q->a, &SUBTASK_OWN, BINDS(sql_id(&act.id), sql_id(&q->actor->account)), &mine));
        act.own = mine.n > 0;
    }
    json_set_id(&b, "subtask", id_bytes(&act.id));
    act.details = json_object(&b);
    return act_on(q, r, &act);
}

/* ---- comments ---- */

static const struct stmt COMMENT_ADD = {
    "plan_comment_add", "INSERT INTO plan_comment (id, task_no, text, added_by, added_at) VALUES (?1,?2,?3,?4,?5)",
    NULL, false};

static result comment_write(struct tx *tx, struct arena *a, struct plan_act *act, const struct plan_task *t)
{
    struct id id = id_new(act->now);
    return tx_exec(tx, a, &COMMENT_ADD,
                   BINDS(sql_id(&id), sql_int(t->no), sql_text(json_string(act->args, "text")),
                         sql_id(&act->x->account), sql_int(act->now)),
                   NULL);
}

/* The text stands in its own table; the journals say only that there is one. */
static result comment_add(const struct request *q, struct reply *r)
{
    struct plan_act act = {.kind = "comment", .parties = PLAN_TAKE_PART, .write = comment_write};
    return act_on(q, r, &act);
}

/* ---- the condition ---- */

static const struct stmt CONDITION_SET = {
    "plan_condition_set",
    "UPDATE plan_task SET condition = ?2, holds = 0, holds_at = 0, figure = '', checked_at = 0 WHERE no = ?1", NULL,
    false};

static result condition_write(struct tx *tx, struct arena *a, struct plan_act *act, const struct plan_task *t)
{
    const struct json *v = json_get(act->args, "condition");
    bool none = !v || v->type == JSON_NULL;
    return tx_exec(tx, a, &CONDITION_SET, BINDS(sql_int(t->no), sql_text(none ? S("") : json_write(a, v))), NULL);
}

/* What it says now is looked up at once. */
static result condition(const struct request *q, struct reply *r)
{
    size_t changed;
    const struct json *v = json_get(q->body, "condition");
    struct plan_act act = {.kind = "condition", .parties = PLAN_STEER, .details = q->body, .write = condition_write};
    if (v && v->type == JSON_OBJECT) TRY(plan_condition_check(q->city, q->a, v));
    TRY(act_on(q, r, &act));
    TRY(plan_conditions_run(q->city, q->a, act.no, true, q->now, &changed));
    return plan_task_full(q->city, q->a, q->actor, act.no, q->now, &r->body);
}

static result condition_run(const struct request *q, struct reply *r)
{
    int64_t no;
    size_t changed;
    TRY(plan_number(q->a, q->params[0], &no));
    TRY(plan_conditions_run(q->city, q->a, no, true, q->now, &changed));
    return plan_task_full(q->city, q->a, q->actor, no, q->now, &r->body);
}

#define OBJECT "{\"type\":\"object\",\"additionalProperties\":false,"
#define REPLY "{\"type\":\"object\",\"description\":\"PlanTask, whole: as GET /plan/tasks/{no}\"}"
#define ACT(method_, path_, zh, en, schema, fn)                                                                   \
    {                                                                                                             \
        .method = (method_), .path = (path_), .right = {RIGHT_STAFF, 0, false}, .flags = EP_JSON_BODY,            \
        .summary_zh = (zh), .summary_en = (en), .request_schema = (schema), .reply_schema = REPLY, .handle = (fn) \
    }

const struct endpoint EP_PLAN_STATUS = ACT(
    "POST", "/plan/tasks/{no}/status", "任务办结或退回", "Finish a task, or open it again",
    OBJECT "\"required\":[\"status\"],\"properties\":{\"status\":{\"enum\":[\"done\",\"open\"]},\"done_on\":{\"type\":"
           "\"string\",\"format\":\"date\"},\"text\":{\"type\":\"string\",\"maxLength\":1000}}}",
    status);
const struct endpoint EP_PLAN_OWNER = ACT(
    "POST", "/plan/tasks/{no}/owner", "指定任务责任人", "Name a task's officer",
    OBJECT "\"required\":[\"account\"],\"properties\":{\"account\":{\"type\":[\"string\",\"null\"],\"maxLength\":36}}}",
    owner);
const struct endpoint EP_PLAN_SUBTASK_ADD = ACT(
    "POST", "/plan/tasks/{no}/subtasks", "分解子任务", "Add a sub-task",
    OBJECT
    "\"required\":[\"title\"],\"properties\":{\"title\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":400},"
    "\"department\":{\"type\":\"string\",\"maxLength\":40},\"owner\":{\"type\":[\"string\",\"null\"],\"maxLength\":36},"
    "\"due\":{\"type\":\"string\",\"format\":\"date\"}}}",
    subtask_add);
const struct endpoint EP_PLAN_SUBTASK_DONE = ACT("POST", "/plan/tasks/{no}/subtasks/{id}/done", "子任务办结",
                                                 "Finish a sub-task", OBJECT "\"properties\":{}}", subtask_done);
const struct endpoint EP_PLAN_COMMENT_ADD =
    ACT("POST", "/plan/tasks/{no}/comments", "批注任务", "Comment on a task",
        OBJECT
        "\"required\":[\"text\"],\"properties\":{\"text\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":2000}}}",
        comment_add);
const struct endpoint EP_PLAN_CONDITION =
    ACT("POST", "/plan/tasks/{no}/condition", "绑定或解除完成条件", "Bind a task to a condition, or free it",
        OBJECT "\"required\":[\"condition\"],\"properties\":{\"condition\":{\"type\":[\"object\",\"null\"],"
               "\"additionalProperties\":false,\"required\":[\"kind\"],\"properties\":{\"kind\":{\"type\":\"string\","
               "\"maxLength\":40},\"service\":{\"type\":\"string\",\"maxLength\":100},\"bound\":{\"type\":\"integer\"},"
               "\"months\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":36}}}}}",
        condition);
const struct endpoint EP_PLAN_CONDITION_RUN =
    ACT("POST", "/plan/tasks/{no}/condition/check", "立即核对完成条件", "Look at a task's condition now",
        OBJECT "\"properties\":{}}", condition_run);
