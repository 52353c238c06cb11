/* The page where an enterprise asks and follows what becomes of it: signed in, or with a telephone number or an address. */
#include "areas/17_government_services/hotline/hotline.h"

#include "city/identity/identity.h"
#include "city/sql.h"

/* ---- asking ---- */

static result files_of(const struct request *q, struct hotline_request *h)
{
    const struct json *list = json_get(q->body, "files");
    struct hotline_file *out = NEW_ARRAY(q->a, struct hotline_file, list ? list->n + 1 : 1);
    size_t bytes = 0;
    for (size_t i = 0; list && i < list->n; i++) {
        struct slice at = arena_printf(q->a, "/files/%zu", i);
        out[i].name = json_string(list->items[i], "name");
        if (!base64_decode(q->a, json_string(list->items[i], "base64"), &out[i].bytes))
            return fail(q->a, CODE_FIELD_TYPE, at, "expected", S("base64"), NULL);
        bytes += out[i].bytes.n;
        if (out[i].bytes.n > HOTLINE_FILE_MAX || bytes > HOTLINE_FILES_BYTES)
            return fail(q->a, CODE_TOO_LARGE, at, "limit", arena_printf(q->a, "%d", HOTLINE_FILE_MAX), NULL);
    }
    h->files = out;
    h->nfiles = list ? list->n : 0;
    return ok();
}

/* Of the body, what belongs into the case. */
static const struct json *form_of(struct arena *a, const struct json *body)
{
    static const char *const FIELDS[] = {"text", "kind", "title", "enterprise", "place"};
    struct json_builder b = json_builder(a);
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++)
        if (json_get(body, FIELDS[i]) && json_string(body, FIELDS[i]).n)
            json_set(&b, FIELDS[i], json_get(body, FIELDS[i]));
    return json_object(&b);
}

/* Whoever is signed in need not say who they are, unless departments shall not know. */
static result contact_of(const struct request *q, struct hotline_request *h)
{
    const struct json *known = NULL;
    bool own = q->actor->kind == ACTOR_PERSON || q->actor->kind == ACTOR_ENTERPRISE;
    h->withheld = json_bool(q->body, "withheld", false);
    h->name = slice_trim(json_string(q->body, "name"));
    h->phone = slice_trim(json_string(q->body, "phone"));
    h->email = slice_trim(json_string(q->body, "email"));
    struct slice uscc = json_string(q->body, "uscc");
    if (uscc.n) TRY(identity_number_check(q->a, S("uscc"), uscc, S("/uscc"), &h->uscc));
    if (h->phone.n && !hotline_phone(q->a, h->phone).n)
        return fail(q->a, CODE_FIELD_TYPE, S("/phone"), "expected", S("0769-12345678"), NULL);
    if (own && !h->withheld) {
        h->subject = q->actor->subject;
        TRY(subject_snapshot(q->city, q->a, h->subject, &known));
        if (!h->name.n) h->name = json_string(known, "name");
        if (!h->phone.n) h->phone = json_string(known, "phone");
        if (!h->email.n) h->email = json_string(known, "email");
        if (slice_is(json_string(known, "id_kind"), "uscc")) h->uscc = json_string(known, "id_number");
    } else if (!h->phone.n && !h->email.n)
        return fail(q->a, CODE_FIELD_REQUIRED, S("/phone"), NULL);
    return ok();
}

static result ask(const struct request *q, struct reply *r)
{
    struct hotline_request h = {.channel = S("online"), .data = form_of(q->a, q->body)};
    struct hotline_taken t;
    struct json_builder b = json_builder(q->a);
    struct case_command k = {.city = q->city,
                             .a = q->a,
                             .actor = q->actor,
                             .now = q->now,
                             .route = q->route,
                             .key = q->idempotency_key,
                             .body = json_write(q->a, q->body)};
    TRY(contact_of(q, &h));
    TRY(files_of(q, &h));
    TRY(hotline_take(&k, &h, &t));
    bool own = !id_is_none(h.subject);
    json_set_str(&b, "number", t.number);
    json_set(&b, "case", own ? json_of_string(q->a, id_text(q->a, t.case_id)) : json_null());
    json_set(&b, "code", !own && t.code.n ? json_of_string(q->a, t.code) : json_null());
    json_set_int(&b, "refused_files", (int64_t)t.refused_files);
    r->status = 201;
    r->replayed = t.replayed;
    r->body = json_object(&b);
    return ok();
}

#define WHO                                                                                                        \
    "\"name\":{\"type\":\"string\",\"maxLength\":100},\"phone\":{\"type\":\"string\",\"maxLength\":40},\"email\":" \
    "{\"type\":\"string\",\"maxLength\":200,\"pattern\":\"^[^@\\\\s]+@[^@\\\\s]+$\"},\"uscc\":{\"type\":\"string\",\"maxLength\":40},\"withheld\":{\"type\":\"boolean\"}"

const struct endpoint EP_HOTLINE_ASK = {
    .method = "POST",
    .path = "/hotline/requests",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT | EP_COSTLY,
    .body_max = 15 * 1024 * 1024,
    .summary_zh = "提出企业诉求（登录后提出，或留下电话、邮箱）",
    .summary_en = "Make a request: signed in, or with a telephone number or an address",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"text\"],\"properties\":{\"text\":{\"type\":\"string\",\"minLength\":2,\"maxLength\":4000},"
        "\"kind\":{\"enum\":[\"consultation\",\"help\",\"complaint\",\"suggestion\",\"report\"]},\"title\":{\"type\":\"string\",\"maxLength\":200},"
        "\"enterprise\":{\"type\":\"string\",\"maxLength\":200},\"place\":{\"type\":\"string\",\"maxLength\":200}," WHO
        ",\"files\":{\"type\":\"array\",\"maxItems\":5,\"items\":{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"name\",\"base64\"],"
        "\"properties\":{\"name\":{\"type\":\"string\",\"maxLength\":200},\"base64\":{\"type\":\"string\"}}}}}}",
    .reply_schema =
        "{\"type\":\"object\",\"required\":[\"number\",\"code\",\"case\"],\"properties\":{\"number\":{\"type\":\"string\"},\"code\":{\"type\":[\"string\",\"null\"]},"
        "\"case\":{\"type\":[\"string\",\"null\"]},\"refused_files\":{\"type\":\"integer\"}}}",
    .handle = ask};

/* ---- following ---- */

static const struct stmt TICKET = {"hotline_follow", "SELECT " HOTLINE_COLUMNS HOTLINE_FROM " WHERE t.case_id = ?1",
                                   NULL, false};

/* The service names one body for a step; which one it really is stands in the ticket. steps are the service's, in its order. */
static result steps_of(const struct request *q, const struct json *steps, struct slice department,
                       const struct json **out)
{
    const struct service *s;
    const struct service_step *list;
    const struct department *d = citydata_department(catalogue_data(q->city->catalogue), department);
    struct json_builder all = json_builder(q->a);
    TRY(catalogue_current(q->city->catalogue, q->a, HOTLINE_SERVICE, &s));
    size_t n = service_steps(s, &list);
    for (size_t i = 0; steps && i < steps->n; i++) {
        struct json_builder b = json_builder(q->a);
        bool theirs = i < n && (slice_is(list[i].key, "handling") || slice_is(list[i].key, "second"));
        if (theirs && d) json_set(&b, "department", bitext_json(q->a, d->name));
        json_add(&all, json_merge(q->a, steps->items[i], json_object(&b)));
    }
    *out = json_array(&all);
    return ok();
}

/* What is said to whoever asked: the last reply, and why it was not taken. Who handled it is the body, never a person. */
static result follow_json(const struct request *q, struct id id, const struct json **out)
{
    struct rows r;
    const struct json *vars, *shared, *steps;
    struct json_builder b = json_builder(q->a);
    TRY(store_query(q->city->store, q->a, &TICKET, BINDS(sql_id(&id)), &r));
    if (!r.n) return fail(q->a, CODE_NOT_FOUND, S("request"), "value", id_text(q->a, id), NULL);
    const struct sql_value *v = row(&r, 0);
    TRY(case_variables(q->city, q->a, id, &vars));
    TRY(case_view(q->city, q->a, id, q->now, VIEW_SHARED, &shared));
    const struct json *line = hotline_line(q->city, q->a, v, q->now);
    static const char *const KEEP[] = {"number",       "kind",   "kind_name", "topic_name", "department",
                                       "filed_at",     "due_at", "late",      "replied_at", "second",
                                       "satisfaction", "state",  "outcome",   "article"};
    for (size_t i = 0; i < sizeof KEEP / sizeof *KEEP; i++) json_set(&b, KEEP[i], json_get(line, KEEP[i]));
    json_set_str(&b, "text", json_string(json_get(vars, "form"), "text"));
    json_set_str(&b, "reply", v[9].i ? json_string(json_get(vars, "replied"), "reply") : S(""));
    const struct json *reasons = json_get(json_get(vars, "classified"), "reasons");
    bool refused = slice_is(json_string(line, "outcome"), "refused");
    json_set(&b, "reasons", refused && reasons ? reasons : json_null());
    TRY(steps_of(q, json_get(shared, "steps"), v[5].s, &steps));
    json_set(&b, "steps", steps);
    json_set(&b, "clock", json_get(shared, "clock"));
    *out = json_object(&b);
    return ok();
}

static result follow(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(hotline_by_code(q->city, q->a, q->params[0], &id));
    return follow_json(q, id, &r->body);
}

static result own(const struct request *q, struct reply *r)
{
    struct id id, subject;
    enum case_audience who;
    TRY(id_parse(q->a, q->params[0], S("case"), &id));
    TRY(case_may_see(q->city, q->a, q->actor, id, &who, &subject));
    if (who != VIEW_OWNER) return fail(q->a, CODE_NOT_FOUND, S("case"), "value", q->params[0], NULL);
    return follow_json(q, id, &r->body);
}

#define FOLLOWED                                                                                                                     \
    "{\"type\":\"object\",\"required\":[\"number\",\"state\",\"reply\",\"steps\"],\"properties\":{\"number\":{\"type\":\"string\"}," \
    "\"state\":{\"type\":\"string\"},\"text\":{\"type\":\"string\"},\"reply\":{\"type\":\"string\"},\"steps\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}"

const struct endpoint EP_HOTLINE_FOLLOW = {.method = "GET",
                                           .path = "/hotline/requests/{code}",
                                           .right = {RIGHT_PUBLIC, 0, false},
                                           .flags = EP_COSTLY,
                                           .summary_zh = "凭查询码查看诉求的办理进度和答复",
                                           .summary_en = "How a request stands, and the reply, by the code handed out",
                                           .reply_schema = FOLLOWED,
                                           .handle = follow};
const struct endpoint EP_HOTLINE_OWN = {.method = "GET",
                                        .path = "/cases/{id}/request",
                                        .right = {RIGHT_SELF, 0, false},
                                        .summary_zh = "本人（本企业）诉求的办理进度和答复",
                                        .summary_en = "How one's own request stands, and the reply",
                                        .reply_schema = FOLLOWED,
                                        .handle = own};
