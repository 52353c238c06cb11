/* The same decision on several tasks; each succeeds or fails by itself, under a key of its own. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/desk/endpoints.h"

static const struct json *problem_json(const struct request *q, result res)
{
    struct json_builder b = json_builder(q->a), t = json_builder(q->a);
    json_set_cstr(&b, "code", code_name(result_code(res)));
    json_set_str(&t, "zh", problem_text(q->a, res.problem, LANG_ZH));
    json_set_str(&t, "en", problem_text(q->a, res.problem, LANG_EN));
    json_set(&b, "text", json_object(&t));
    return json_object(&b);
}

static result one(const struct request *q, const struct json *item)
{
    struct case_command k = {.city = q->city, .a = q->a, .actor = q->actor, .now = q->now, .route = q->route};
    struct task_decision t = {.outcome = json_string(q->body, "outcome"),
                              .opinion = json_string(q->body, "opinion"),
                              .reasons = json_get(q->body, "reasons")};
    struct case_done done = {.version = 0};
    TRY(id_parse(q->a, json_string(item, "case"), S("case"), &k.case_id));
    if (!slice_int64(json_string(item, "task"), &t.token))
        return fail(q->a, CODE_NOT_FOUND, S("task"), "value", json_string(item, "task"), NULL);
    k.key = arena_printf(q->a, "%.*s/%.*s/%.*s", SLICE_ARG(q->idempotency_key), SLICE_ARG(json_string(item, "case")),
                         SLICE_ARG(json_string(item, "task")));
    k.body = json_write(q->a, q->body);
    return task_decide(&k, &t, &done);
}

static result handle(const struct request *q, struct reply *r)
{
    struct json_builder list = json_builder(q->a), b = json_builder(q->a);
    const struct json *items = json_get(q->body, "items");
    for (size_t i = 0; i < items->n; i++) {
        struct json_builder x = json_builder(q->a);
        result res = one(q, items->items[i]);
        json_set_str(&x, "case", json_string(items->items[i], "case"));
        json_set_str(&x, "task", json_string(items->items[i], "task"));
        json_set_bool(&x, "ok", !failed(res));
        if (failed(res)) json_set(&x, "problem", problem_json(q, res));
        json_add(&list, json_object(&x));
    }
    json_set(&b, "results", json_array(&list));
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_DESK_BATCH = {
    .method = "POST",
    .path = "/desk/batch",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT,
    .summary_zh = "批量办理",
    .summary_en = "Decide several tasks",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"items\",\"outcome\"],\"properties\":{"
        "\"outcome\":{\"type\":\"string\"},\"opinion\":{\"type\":\"string\",\"maxLength\":4000},"
        "\"reasons\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"minLength\":1}},"
        "\"items\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":100,\"items\":{\"type\":\"object\",\"required\":[\"case\",\"task\"],"
        "\"properties\":{\"case\":{\"type\":\"string\"},\"task\":{\"type\":\"string\"},\"version\":{\"type\":\"integer\"}}}}}}",
    .handle = handle,
};
