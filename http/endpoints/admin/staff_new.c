/* A staff account; the initial password is shown this once. */
#include "city/identity/identity.h"
#include "http/endpoints/admin/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct staff_new s = {.login = json_string(q->body, "login"),
                          .name = json_string(q->body, "name"),
                          .department = json_string(q->body, "department"),
                          .town = json_string(q->body, "town"),
                          .email = json_string(q->body, "email"),
                          .phone = json_string(q->body, "phone"),
                          .id_kind = S("resident_id"),
                          .id_number = json_string(q->body, "id_number")};
    if (json_get(q->body, "id_kind")) s.id_kind = json_string(q->body, "id_kind");
    struct slice password;
    struct id id;
    struct json_builder b = json_builder(q->a);
    TRY(staff_create(q->city, q->a, q->actor, &s, q->now, &id, &password));
    json_set_str(&b, "id", id_text(q->a, id));
    json_set_str(&b, "login", s.login);
    json_set_str(&b, "password", password);
    r->status = 201;
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_STAFF_NEW = {
    .method = "POST",
    .path = "/admin/staff",
    .right = {RIGHT_ROLES, 1u << ROLE_ADMINISTRATOR, false},
    .flags = EP_JSON_BODY | EP_COSTLY,
    .summary_zh = "新建工作人员账户",
    .summary_en = "New staff account",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"login\":{\"type\":\"string\",\"minL"
        "ength\":1,\"maxLength\":64},\"name\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":300},\"departmen"
        "t\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":60},\"town\":{\"type\":\"string\",\"minLength\":1,\"m"
        "axLength\":60},\"email\":{\"type\":\"string\",\"minLength\":0,\"maxLength\":254},\"phone\":{\"type\":\"str"
        "ing\",\"minLength\":0,\"maxLength\":40},\"id_kind\":{\"type\":\"string\",\"maxLength\":20},"
        "\"id_number\":{\"type\":\"string\",\"maxLength\":40}},\"required\":[\"login\",\"name\",\"department\",\"town\"]}",
    .handle = handle,
};
