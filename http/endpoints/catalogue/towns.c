/* All towns. */
#include "city/catalogue/catalogue.h"
#include "http/endpoints/catalogue/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    const struct citydata *d = catalogue_data(q->city->catalogue);
    struct json_builder items = json_builder(q->a), o = json_builder(q->a);
    for (size_t i = 0; i < d->ntowns; i++) {
        struct json_builder b = json_builder(q->a);
        json_set_str(&b, "code", d->towns[i].code);
        json_set(&b, "name", bitext_json(q->a, d->towns[i].name));
        json_add(&items, json_object(&b));
    }
    json_set(&o, "items", json_array(&items));
    json_set(&o, "next", json_null());
    r->body = json_object(&o);
    return ok();
}

const struct endpoint EP_TOWNS = {
    .method = "GET",
    .path = "/towns",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "镇街",
    .summary_en = "Towns",
    .handle = handle,
};
