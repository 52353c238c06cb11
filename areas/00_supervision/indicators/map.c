/* GET /public/map: where the towns lie, for the map of the board. */
#include "areas/00_supervision/indicators/board.h"

static const struct json *town_json(struct arena *a, const struct town *t)
{
    struct json_builder o = json_builder(a), at = json_builder(a);
    json_set_str(&o, "code", t->code);
    json_set(&o, "name", bitext_json(a, t->name));
    if (t->placed) {
        json_add(&at, json_of_int(a, t->column));
        json_add(&at, json_of_int(a, t->row));
    }
    json_set(&o, "at", t->placed ? json_array(&at) : json_null());
    return json_object(&o);
}

static result map(const struct request *q, struct reply *r)
{
    const struct citydata *d = catalogue_data(q->city->catalogue);
    struct json_builder o = json_builder(q->a), list = json_builder(q->a);
    for (size_t i = 0; i < d->ntowns; i++) json_add(&list, town_json(q->a, &d->towns[i]));
    json_set(&o, "towns", json_array(&list));
    json_set(&o, "boundaries", d->boundaries ? d->boundaries : json_null());
    r->body = json_object(&o);
    return ok();
}

const struct endpoint EP_MAP = {
    .method = "GET",
    .path = "/public/map",
    .right = {.kind = RIGHT_PUBLIC},
    .summary_zh = "镇街在示意图上的位置，及运行者提供的边界",
    .summary_en = "Where the towns lie on the grid, and boundaries where the operator gives them",
    .reply_schema =
        "{\"type\":\"object\",\"required\":[\"towns\",\"boundaries\"],\"properties\":{\"towns\":{\"type\":\"array\",\"items\":{"
        "\"type\":\"object\",\"required\":[\"code\",\"name\",\"at\"],\"properties\":{\"code\":{\"type\":\"string\"},\"name\":{\"type\":"
        "\"object\",\"required\":[\"zh\",\"en\"]},\"at\":{\"type\":[\"array\",\"null\"],\"items\":{\"type\":\"integer\",\"minimum\":0}}}}},"
        "\"boundaries\":{\"type\":[\"object\",\"null\"]}}}",
    .handle = map};
