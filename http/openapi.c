/* OpenAPI 3.1, generated from the route table: what is served is what is described. */
#include "http/internal.h"
#include "http/routes.h"

static const struct json *text(struct arena *a, const char *z)
{
    return json_of_cstr(a, z ? z : "");
}

static const struct json *schema_of(struct arena *a, const char *z)
{
    const struct json *v = NULL;
    return z && !failed(json_parse(a, slice_cstr(z), 256 * 1024, S("schema"), &v))
               ? v
               : json_object(&(struct json_builder){.a = a});
}

static const struct json *content(struct arena *a, const char *type, const struct json *schema)
{
    struct json_builder c = json_builder(a), m = json_builder(a);
    json_set(&m, "schema", schema);
    json_set(&c, type, json_object(&m));
    return json_object(&c);
}

static const struct json *parameter(struct arena *a, struct slice name, const char *in, bool required)
{
    struct json_builder b = json_builder(a), s = json_builder(a);
    json_set_str(&b, "name", name);
    json_set_cstr(&b, "in", in);
    json_set_bool(&b, "required", required);
    json_set_cstr(&s, "type", "string");
    json_set(&b, "schema", json_object(&s));
    return json_object(&b);
}

/* "sent|received" */
static const struct json *choices(struct arena *a, const char *z)
{
    struct json_builder list = json_builder(a);
    struct slice rest = slice_cstr(z), part;
    bool more = true;
    while (more) {
        more = slice_cut(rest, '|', &part, &rest);
        json_add(&list, json_of_string(a, part));
    }
    return json_array(&list);
}

static const struct json *query_parameter(struct arena *a, const struct query_parameter *p)
{
    struct json_builder b = json_builder(a), s = json_builder(a);
    bool integer = p->type == QUERY_INTEGER;
    int64_t standard;
    json_set_cstr(&s, "type", integer ? "integer" : "string");
    if (p->choices) json_set(&s, "enum", choices(a, p->choices));
    if (integer && (p->least || p->most)) {
        json_set_int(&s, "minimum", p->least);
        json_set_int(&s, "maximum", p->most);
    }
    if (integer && p->standard && slice_int64(slice_cstr(p->standard), &standard))
        json_set_int(&s, "default", standard);
    if (!integer && p->standard) json_set_cstr(&s, "default", p->standard);
    json_set_cstr(&b, "name", p->name);
    json_set_cstr(&b, "in", "query");
    json_set_bool(&b, "required", p->required);
    json_set_cstr(&b, "description", p->help_en);
    json_set_cstr(&b, "x-description-zh", p->help_zh);
    json_set(&b, "schema", json_object(&s));
    return json_object(&b);
}

static const struct json *parameters(struct arena *a, const struct endpoint *e)
{
    struct json_builder list = json_builder(a);
    struct slice rest = slice_cstr(e->path), part;
    bool more = true;
    while (more) {
        more = slice_cut(rest, '/', &part, &rest);
        if (part.n > 2 && part.p[0] == '{') json_add(&list, parameter(a, slice_sub(part, 1, part.n - 2), "path", true));
    }
    for (const struct query_parameter *p = e->query; p && p->name; p++) json_add(&list, query_parameter(a, p));
    if (e->flags & EP_IDEMPOTENT) json_add(&list, parameter(a, S("Idempotency-Key"), "header", true));
    bool writes = strcmp(e->method, "GET") != 0;
    if (writes && !(e->flags & EP_NO_CSRF)) json_add(&list, parameter(a, S("X-CSRF-Token"), "header", true));
    return json_array(&list);
}

static struct slice right_text(struct arena *a, struct right r)
{
    static const char *const KINDS[] = {"public", "signed-in", "self", "staff", ""};
    struct buf b = buf_new(a, 1024);
    buf_puts(&b, KINDS[r.kind]);
    for (int i = 0; r.kind == RIGHT_ROLES && i < ROLE_COUNT; i++)
        if (r.roles & (1u << i)) buf_printf(&b, "%s%s", b.n ? "|" : "", role_name((enum role)i));
    if (r.also_self) buf_puts(&b, "|self");
    return buf_slice(&b);
}

static const struct json *responses(struct arena *a, const struct endpoint *e)
{
    struct json_builder b = json_builder(a), good = json_builder(a), bad = json_builder(a), ref = json_builder(a);
    json_set_cstr(&good, "description", (e->flags & EP_STREAM) ? "Server-sent events" : "Good");
    if (e->flags & EP_STREAM)
        json_set(&good, "content", content(a, "text/event-stream", schema_of(a, "{\"type\":\"string\"}")));
    else
        json_set(&good, "content", content(a, "application/json", schema_of(a, e->reply_schema)));
    json_set_cstr(&ref, "$ref", "#/components/schemas/Problem");
    json_set_cstr(&bad, "description", "RFC 9457 problem");
    json_set(&bad, "content", content(a, "application/problem+json", json_object(&ref)));
    json_set(&b, "2XX", json_object(&good));
    json_set(&b, "default", json_object(&bad));
    return json_object(&b);
}

/* "post_cases_id_withdraw": stable as long as the route is */
static struct slice operation_id(struct arena *a, const struct endpoint *e)
{
    struct buf b = buf_new(a, 256);
    for (const char *p = e->method; *p; p++) buf_putc(&b, (char)(*p + 32));
    for (const char *p = e->path; *p; p++) {
        bool word = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9');
        if (word)
            buf_putc(&b, *p);
        else if (b.p[b.n - 1] != '_' && *p != '}')
            buf_putc(&b, '_');
    }
    return buf_slice(&b);
}

static const struct json *operation(struct arena *a, const struct endpoint *e)
{
    struct json_builder b = json_builder(a), body = json_builder(a);
    json_set_str(&b, "operationId", operation_id(a, e));
    json_set_cstr(&b, "summary", e->summary_en);
    json_set_cstr(&b, "x-summary-zh", e->summary_zh);
    json_set_str(&b, "x-right", right_text(a, e->right));
    json_set(&b, "parameters", parameters(a, e));
    if (e->flags & (EP_JSON_BODY | EP_RAW_BODY)) {
        bool json = (e->flags & EP_JSON_BODY) != 0;
        json_set_bool(&body, "required", true);
        json_set(&body, "content",
                 content(a, json ? "application/json" : "application/octet-stream", schema_of(a, e->request_schema)));
        json_set(&b, "requestBody", json_object(&body));
    }
    json_set(&b, "responses", responses(a, e));
    return json_object(&b);
}

static void lower(char *z)
{
    for (; *z; z++)
        if (*z >= 'A' && *z <= 'Z') *z = (char)(*z + 32);
}

static void add_all(struct json_builder *paths, struct endpoints list)
{
    struct arena *a = paths->a;
    for (size_t i = 0; i < list.n; i++) {
        const struct endpoint *e = list.list[i];
        struct json_builder p = json_builder(a), none = json_builder(a);
        struct slice path = arena_printf(a, "/api/v1%s", e->path);
        const struct json *before = json_object(&none);
        for (size_t k = 0; k < paths->n; k++)
            if (slice_eq(paths->keys[k], path)) before = paths->items[k];
        char *method = arena_cstr(a, slice_cstr(e->method));
        lower(method);
        json_set(&p, method, operation(a, e));
        json_set_slice(paths, path, json_merge(a, before, json_object(&p)));
    }
}

static const char PROBLEM[] =
    "{\"type\":\"object\",\"required\":[\"type\",\"title\",\"status\",\"problems\"],\"properties\":{\"type\":{\"type\":\"string\"},"
    "\"title\":{\"$ref\":\"#/components/schemas/Text\"},\"status\":{\"type\":\"integer\"},\"detail\":{\"$ref\":\"#/components/schemas/Text\"},"
    "\"request\":{\"type\":\"string\"},\"problems\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"code\":{\"type\":\"string\"},"
    "\"field\":{\"type\":\"string\"},\"text\":{\"$ref\":\"#/components/schemas/Text\"},\"remedy\":{\"$ref\":\"#/components/schemas/Text\"},"
    "\"path\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}}}}";
static const char TEXT[] =
    "{\"type\":\"object\",\"properties\":{\"zh\":{\"type\":\"string\"},\"en\":{\"type\":\"string\"}}}";

const struct json *openapi_json(struct arena *a, const struct city *c)
{
    struct json_builder b = json_builder(a), info = json_builder(a), paths = json_builder(a), parts = json_builder(a),
                        schemas = json_builder(a);
    json_set_cstr(&b, "openapi", "3.1.0");
    json_set(&info, "title", text(a, "tongban 通办"));
    json_set_cstr(&info, "version", "1");
    json_set_str(&info, "description", c->name_en);
    json_set(&b, "info", json_object(&info));
    for (size_t i = 0; i < ROUTE_NGROUPS; i++) add_all(&paths, *ROUTE_GROUPS[i]);
    for (size_t i = 0; c->areas && i < c->areas->n; i++) add_all(&paths, c->areas->list[i]->endpoints);
    json_set(&b, "paths", json_object(&paths));
    json_set(&schemas, "Problem", schema_of(a, PROBLEM));
    json_set(&schemas, "Text", schema_of(a, TEXT));
    json_set(&parts, "schemas", json_object(&schemas));
    json_set(&b, "components", json_object(&parts));
    return json_object(&b);
}
