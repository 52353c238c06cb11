/* POST /desk/hotline/requests: a clerk takes a call: the request, what it is about, and the answer when the knowledge base has one.
 * Three commands, each under a key of its own made of the request's, so that the whole can be sent again. */
#include "areas/17_government_services/hotline/hotline.h"

#include "city/identity/identity.h"
#include "city/sql.h"

static const struct stmt TASK = {
    "hotline_call_task", "SELECT token FROM case_task WHERE case_id = ?1 AND node = ?2 AND status < 3 ORDER BY token",
    NULL, false};

static struct case_command command(const struct request *q, const char *part, const struct json *body)
{
    return (struct case_command){.city = q->city,
                                 .a = q->a,
                                 .actor = q->actor,
                                 .now = q->now,
                                 .route = arena_printf(q->a, "%.*s %s", SLICE_ARG(q->route), part),
                                 .key = q->idempotency_key,
                                 .body = json_write(q->a, body)};
}

/* Decides the open task of that name; none is open: it was decided before, or by somebody else. */
static result decide(const struct request *q, struct id id, const char *node, const struct json *given)
{
    struct rows r;
    struct case_done done;
    struct json_builder b = json_builder(q->a);
    struct case_command k = command(q, node, given);
    struct task_decision t = {.outcome = json_string(given, "outcome"), .reasons = json_get(given, "reasons")};
    TRY(store_query(q->city->store, q->a, &TASK, BINDS(sql_id(&id), sql_text(slice_cstr(node))), &r));
    if (!r.n) return ok();
    for (size_t i = 0; i < given->n; i++)
        if (!slice_is(given->keys[i], "outcome") && !slice_is(given->keys[i], "reasons"))
            json_set_slice(&b, given->keys[i], given->items[i]);
    k.case_id = id;
    t.token = row(&r, 0)[0].i;
    t.data = json_object(&b);
    return task_decide(&k, &t, &done);
}

/* All that the second and third command will ask, before the first is carried out. */
static result check(const struct request *q, const struct service *s, const struct json *classified,
                    const struct json *reply)
{
    static const char *const FORM[] = {"kind", "topic", "department", "joint", "urgent", "note"};
    struct json_builder b = json_builder(q->a);
    if (!classified) return ok();
    for (size_t i = 0; i < sizeof FORM / sizeof *FORM; i++)
        if (json_get(classified, FORM[i])) json_set(&b, FORM[i], json_get(classified, FORM[i]));
    TRY(schema_validate(q->a, service_task_form(s, S("classification")), json_object(&b)));
    struct slice outcome = json_string(classified, "outcome");
    const struct json *reasons = json_get(classified, "reasons");
    if (slice_is(outcome, "refuse") && (!reasons || !reasons->n))
        return fail(q->a, CODE_FIELD_REQUIRED, S("/classification/reasons"), NULL);
    if (!slice_is(outcome, "answer")) return ok();
    if (!reply) return fail(q->a, CODE_FIELD_REQUIRED, S("/reply"), NULL);
    return schema_validate(q->a, service_task_form(s, S("reply")), reply);
}

static result request_of(const struct request *q, struct hotline_request *h)
{
    static const char *const FIELDS[] = {"text", "kind", "title", "enterprise", "place"};
    struct json_builder b = json_builder(q->a);
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++)
        if (json_string(q->body, FIELDS[i]).n) json_set(&b, FIELDS[i], json_get(q->body, FIELDS[i]));
    h->data = json_object(&b);
    h->channel = S("phone");
    h->name = slice_trim(json_string(q->body, "name"));
    h->phone = slice_trim(json_string(q->body, "phone"));
    h->email = slice_trim(json_string(q->body, "email"));
    h->withheld = json_bool(q->body, "withheld", false);
    if (json_string(q->body, "uscc").n)
        TRY(identity_number_check(q->a, S("uscc"), json_string(q->body, "uscc"), S("/uscc"), &h->uscc));
    if (h->phone.n && !hotline_phone(q->a, h->phone).n)
        return fail(q->a, CODE_FIELD_TYPE, S("/phone"), "expected", S("0769-12345678"), NULL);
    return ok();
}

static result call(const struct request *q, struct reply *r)
{
    const struct service *s;
    const struct json *classified = json_get(q->body, "classification"), *reply = json_get(q->body, "reply");
    struct hotline_request h = {.nfiles = 0};
    struct hotline_taken t;
    struct json_builder b = json_builder(q->a), answer = json_builder(q->a);
    struct case_command k = command(q, "take", q->body);
    if (!hotline_seat(q)) return fail(q->a, CODE_FORBIDDEN, S("hotline"), "right", S("handler"), NULL);
    TRY(catalogue_current(q->city->catalogue, q->a, HOTLINE_SERVICE, &s));
    TRY(request_of(q, &h));
    TRY(check(q, s, classified, reply));
    TRY(hotline_take(&k, &h, &t));
    if (classified) TRY(decide(q, t.case_id, "classify", classified));
    if (classified && slice_is(json_string(classified, "outcome"), "answer")) {
        json_set_cstr(&answer, "outcome", "replied");
        TRY(decide(q, t.case_id, "answer", json_merge(q->a, reply, json_object(&answer))));
    }
    json_set_str(&b, "id", id_text(q->a, t.case_id));
    json_set_str(&b, "number", t.number);
    json_set(&b, "code", t.code.n ? json_of_string(q->a, t.code) : json_null());
    r->status = 201;
    r->replayed = t.replayed;
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_HOTLINE_CALL = {
    .method = "POST",
    .path = "/desk/hotline/requests",
    .right = {.kind = RIGHT_ROLES, .roles = 1u << ROLE_HANDLER | 1u << ROLE_HEAD},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT,
    .summary_zh = "坐席登记来电诉求，分类派单，或按知识库当场答复",
    .summary_en = "A clerk takes a call: classified and passed on, or answered at once from the knowledge base",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"text\"],\"properties\":{\"text\":{\"type\":\"string\",\"minLength\":2,\"maxLength\":4000},"
        "\"kind\":{\"enum\":[\"consultation\",\"help\",\"complaint\",\"suggestion\",\"report\"]},\"title\":{\"type\":\"string\",\"maxLength\":200},"
        "\"enterprise\":{\"type\":\"string\",\"maxLength\":200},\"place\":{\"type\":\"string\",\"maxLength\":200},"
        "\"name\":{\"type\":\"string\",\"maxLength\":100},\"phone\":{\"type\":\"string\",\"maxLength\":40},\"email\":{\"type\":\"string\",\"maxLength\":200},"
        "\"uscc\":{\"type\":\"string\",\"maxLength\":40},\"withheld\":{\"type\":\"boolean\"},"
        "\"classification\":{\"type\":\"object\",\"required\":[\"outcome\"],\"properties\":{\"outcome\":{\"enum\":[\"route\",\"answer\",\"officer\",\"refuse\"]},"
        "\"reasons\":{\"type\":\"array\",\"maxItems\":20,\"items\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":1000}}}},"
        "\"reply\":{\"type\":\"object\"}}}",
    .reply_schema =
        "{\"type\":\"object\",\"required\":[\"id\",\"number\",\"code\"],\"properties\":{\"id\":{\"type\":\"string\"},\"number\":{\"type\":\"string\"},"
        "\"code\":{\"type\":[\"string\",\"null\"]}}}",
    .handle = call};
