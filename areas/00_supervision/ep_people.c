/* Whom the plan's names stand for: leaders' accounts, members of groups (各行业监督部门 …). Set by the office that supervises, or by an
 * administrator. */
#include "areas/00_supervision/plan.h"

#include "city/identity/identity.h"
#include "city/sql.h"

static const struct stmt LEADER_SET = {
    "plan_leader_set",
    "INSERT INTO plan_leader (name, account) VALUES (?1,?2) ON CONFLICT (name) DO UPDATE"
    " SET account = excluded.account",
    NULL, false};
static const struct stmt BODY_SET = {"plan_body_set",
                                     "UPDATE plan_body SET departments = ?2, by_hand = 1 WHERE name = ?1", NULL, false};

struct naming {
    const struct request *q;
    struct id account;
};

static result may(struct naming *n, struct tx *tx, struct arena *a, struct plan *p)
{
    TRY(plan_load(n->q->city, tx, a, p));
    if (plan_supervisors(p, n->q->actor)) return ok();
    return fail(a, CODE_FORBIDDEN, S("plan"), "right", S("plan office"), NULL);
}

static result leader_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct naming *n = ctx;
    struct plan p;
    bool known = false;
    struct slice name = json_string(n->q->body, "name");
    struct json_builder b = json_builder(a);
    TRY(may(n, tx, a, &p));
    for (size_t i = 0; i < p.nareas; i++) {
        const struct json *list = json_get(p.areas[i].source, "leaders");
        for (size_t k = 0; list && k < list->n; k++) known = known || slice_eq(list->items[k]->text, name);
    }
    if (!known) return fail(a, CODE_NOT_FOUND, S("/name"), "value", name, NULL);
    TRY(tx_exec(tx, a, &LEADER_SET, BINDS(sql_text(name), sql_id(&n->account)), NULL));
    json_set_str(&b, "name", name);
    json_set_id(&b, "account", id_bytes(&n->account));
    return audit_add(tx, a, n->q->actor, n->q->now, "plan.leader", json_object(&b));
}

static result leader(const struct request *q, struct reply *r)
{
    struct naming n = {.q = q};
    struct actor who;
    struct slice login = json_string(q->body, "login");
    TRY(actor_of_login(q->city, q->a, login, &who));
    if (who.kind != ACTOR_STAFF) return fail(q->a, CODE_NOT_FOUND, S("/login"), "value", login, NULL);
    n.account = who.account;
    r->status = 204;
    return store_run(q->city->store, q->a, "plan_leader", leader_body, &n);
}

static result body_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct naming *n = ctx;
    struct plan p;
    int64_t changed;
    const struct json *list = json_get(n->q->body, "departments");
    struct slice name = json_string(n->q->body, "name");
    TRY(may(n, tx, a, &p));
    for (size_t i = 0; i < list->n; i++)
        if (!citydata_department(catalogue_data(n->q->city->catalogue), list->items[i]->text))
            return fail(a, CODE_NOT_FOUND, arena_printf(a, "/departments/%zu", i), "value", list->items[i]->text, NULL);
    TRY(tx_exec(tx, a, &BODY_SET, BINDS(sql_text(name), sql_text(json_write(a, list))), &changed));
    if (!changed) return fail(a, CODE_NOT_FOUND, S("/name"), "value", name, NULL);
    return audit_add(tx, a, n->q->actor, n->q->now, "plan.body", n->q->body);
}

static result body(const struct request *q, struct reply *r)
{
    struct naming n = {.q = q};
    r->status = 204;
    return store_run(q->city->store, q->a, "plan_body", body_body, &n);
}

const struct endpoint EP_PLAN_LEADER = {
    .method = "POST",
    .path = "/plan/leaders",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "关联挂帅领导与账号",
    .summary_en = "Which account a leader of the plan has",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"name\",\"login\"],\"properties\":{\"name\":{"
        "\"type\":\"string\",\"maxLength\":200},\"login\":{\"type\":\"string\",\"maxLength\":64}}}",
    .handle = leader};
const struct endpoint EP_PLAN_BODY = {
    .method = "POST",
    .path = "/plan/bodies",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "指定方案中的单位或集合所指部门",
    .summary_en = "Which departments a name of the plan stands for",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"name\",\"departments\"],\"properties\":{"
        "\"name\":{\"type\":\"string\",\"maxLength\":200},\"departments\":{\"type\":\"array\",\"maxItems\":200,"
        "\"uniqueItems\":true,\"items\":{\"type\":\"string\",\"maxLength\":40}}}}",
    .handle = body};
