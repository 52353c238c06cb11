/* All halls. */
#include "city/catalogue/catalogue.h"
#include "http/endpoints/catalogue/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    const struct citydata *d = catalogue_data(q->city->catalogue);
    struct json_builder items = json_builder(q->a), o = json_builder(q->a);
    for (size_t i = 0; i < d->nhalls; i++) {
        const struct hall *h = &d->halls[i];
        struct json_builder b = json_builder(q->a);
        json_set_str(&b, "id", h->id);
        json_set_str(&b, "town", h->town);
        json_set(&b, "name", bitext_json(q->a, h->name));
        json_set(&b, "address", bitext_json(q->a, h->address));
        json_set(&b, "hours", bitext_json(q->a, h->hours));
        json_set_int(&b, "windows", h->windows);
        if (h->phone.n) json_set_str(&b, "phone", h->phone);
        json_add(&items, json_object(&b));
    }
    json_set(&o, "items", json_array(&items));
    json_set(&o, "next", json_null());
    r->body = json_object(&o);
    return ok();
}

const struct endpoint EP_HALLS = {
    .method = "GET",
    .path = "/halls",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "办事大厅",
    .summary_en = "Service halls",
    .handle = handle,
};
