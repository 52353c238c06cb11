/* The licences of whoever has this identity number; recorded for the holder. By POST: numbers stand in no address. */
#include "http/endpoints/licences/endpoints.h"

#include "city/cases/licence_use.h"

static result handle(const struct request *q, struct reply *r)
{
    return licence_search(q->city, q->a, q->actor, json_string(q->body, "id_kind"), json_string(q->body, "id_number"),
                          json_string(q->body, "purpose"), q->now, &r->body);
}

const struct endpoint EP_LICENCE_SEARCH = {
    .method = "POST",
    .path = "/desk/licences/search",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "按持证人查证照",
    .summary_en = "Licences by their holder",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"id_kind\",\"id_number\",\"purpose\"],\"properties\":{\"id_kind\":{\"enum\":[\"resident_id\",\"uscc\"]},\"id_number\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":40},\"purpose\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":40}}}",
    .handle = handle,
};
