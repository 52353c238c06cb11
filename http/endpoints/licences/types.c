/* The catalogue of electronic licences, and what they may be used for: for everybody. */
#include "http/endpoints/licences/endpoints.h"

#include "city/cases/licence_use.h"
#include "city/catalogue/catalogue.h"

static result handle(const struct request *q, struct reply *r)
{
    const struct citydata *d = catalogue_data(q->city->catalogue);
    struct json_builder list = json_builder(q->a), o = json_builder(q->a);
    for (size_t i = 0; i < d->nlicence_types; i++) {
        const struct licence_type *t = &d->licence_types[i];
        struct json_builder b = json_builder(q->a);
        json_set_str(&b, "code", t->code);
        json_set_str(&b, "type_code", t->type_code);
        json_set(&b, "name", bitext_json(q->a, t->name));
        json_set(&b, "department", citydata_department_json(q->a, d, t->department));
        json_set_str(&b, "holder", t->holder);
        json_set_int(&b, "valid_years", t->valid_years);
        json_set_str(&b, "template", t->template_);
        json_set(&b, "law", bitext_json(q->a, t->law));
        json_add(&list, json_object(&b));
    }
    json_set(&o, "types", json_array(&list));
    json_set(&o, "purposes", licence_purposes(q->city, q->a, NULL));
    r->body = json_object(&o);
    return ok();
}

const struct endpoint EP_LICENCE_TYPES = {
    .method = "GET",
    .path = "/licence-types",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "证照目录与使用用途",
    .summary_en = "The catalogue of licences, and what they may be used for",
    .handle = handle,
};
