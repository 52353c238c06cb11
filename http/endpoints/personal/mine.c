/* My requests about my data, with what can be asked for, who answers, and what the city holds of people. */
#include "city/catalogue/catalogue.h"
#include "city/personal/personal.h"
#include "http/endpoints/personal/endpoints.h"

static const struct json *departments(const struct request *q)
{
    const struct citydata *d = catalogue_data(q->city->catalogue);
    struct json_builder list = json_builder(q->a);
    for (size_t i = 0; i < d->ndepartments; i++) {
        struct json_builder b = json_builder(q->a);
        json_set_str(&b, "code", d->departments[i].code);
        json_set(&b, "name", bitext_json(q->a, d->departments[i].name));
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

static result handle(const struct request *q, struct reply *r)
{
    const struct json *items;
    struct json_builder b = json_builder(q->a);
    TRY(personal_mine(q->city, q->a, q->actor, q->now, &items));
    json_set(&b, "items", items);
    json_set(&b, "kinds", personal_kinds_json(q->a));
    json_set(&b, "departments", departments(q));
    json_set(&b, "information", personal_information(q->a));
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_RIGHTS = {
    .method = "GET",
    .path = "/me/rights",
    .right = {RIGHT_SELF, 0, false},
    .summary_zh = "我的个人信息权利申请，以及处理了哪些信息",
    .summary_en = "My requests about my data, and which data is handled",
    .handle = handle,
};
