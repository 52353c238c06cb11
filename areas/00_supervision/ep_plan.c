/* GET /plan, /plan/tasks/{no}, /plan/conditions: read by all staff. */
#include "areas/00_supervision/plan.h"

#define TASK_REPLY                                                                                                     \
    "{\"type\":\"object\",\"required\":[\"no\",\"area_no\",\"measure\",\"lead\",\"responsible\",\"deadline\",\"due\"," \
    "\"status\",\"light\"],\"properties\":{\"no\":{\"type\":\"integer\"},\"area_no\":{\"type\":\"integer\"},"          \
    "\"deadline\":{\"type\":[\"string\",\"null\"]},\"due\":{\"type\":[\"string\",\"null\"],\"format\":\"date\"},"      \
    "\"status\":{\"enum\":[\"open\",\"done\",\"withdrawn\"]},"                                                         \
    "\"light\":{\"enum\":[\"undated\",\"on_time\",\"due_soon\",\"late\",\"regressed\",\"done\"]},"                     \
    "\"working_days_left\":{\"type\":[\"integer\",\"null\"]}}}"

static result plan(const struct request *q, struct reply *r)
{
    return plan_list(q->city, q->a, q->now, &r->body);
}

static result task(const struct request *q, struct reply *r)
{
    int64_t no;
    TRY(plan_number(q->a, q->params[0], &no));
    return plan_task_full(q->city, q->a, q->actor, no, q->now, &r->body);
}

static result conditions(const struct request *q, struct reply *r)
{
    struct json_builder b = json_builder(q->a);
    json_set(&b, "items", plan_condition_kinds(q->a));
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_PLAN = {
    .method = "GET",
    .path = "/plan",
    .right = {RIGHT_STAFF, 0, false},
    .summary_zh = "行动方案：领域、任务、进度灯",
    .summary_en = "The action plan: areas, tasks, lights",
    .reply_schema =
        "{\"type\":\"object\",\"required\":[\"title\",\"areas\",\"tasks\",\"unmatched\"],\"properties\":{\"title\":{\"type\":"
        "\"string\"},\"number\":{\"type\":\"string\"},\"issued_on\":{\"type\":\"string\",\"format\":\"date\"},\"areas\":{"
        "\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"tasks\":{\"type\":\"array\",\"items\":" TASK_REPLY
        "},\"unmatched\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}",
    .handle = plan};
const struct endpoint EP_PLAN_TASK = {.method = "GET",
                                      .path = "/plan/tasks/{no}",
                                      .right = {RIGHT_STAFF, 0, false},
                                      .summary_zh = "一项任务的全部内容",
                                      .summary_en = "One task, whole",
                                      .reply_schema = TASK_REPLY,
                                      .handle = task};
const struct endpoint EP_PLAN_CONDITIONS = {
    .method = "GET",
    .path = "/plan/conditions",
    .right = {RIGHT_STAFF, 0, false},
    .summary_zh = "可选的完成条件",
    .summary_en = "Conditions that a task can be bound to",
    .reply_schema =
        "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}",
    .handle = conditions};
