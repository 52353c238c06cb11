/* The door: what is asked of every request before its handler runs, for HTTP, command line and jobs alike. */
#include "city/rights/rights.h"

#include <pthread.h>

#include "engine/form/form.h"

/* Compiled request schemas, by endpoint. Endpoints are static tables, so an entry lives as long as the process. */
#define SCHEMAS_MAX 1024
static struct {
    pthread_mutex_t lock;
    struct arena *a;
    size_t n;
    struct {
        const struct endpoint *e;
        const struct schema *s;
    } list[SCHEMAS_MAX];
} schemas = {.lock = PTHREAD_MUTEX_INITIALIZER};

static result schema_make(struct arena *a, const struct endpoint *e, const struct schema **out)
{
    const struct json *j;
    struct slice where = slice_cstr(e->path);
    TRY(json_parse(a, slice_cstr(e->request_schema), 1024 * 1024, where, &j));
    struct schema_options o = {.assert_format = true, .forms = false};
    return schema_compile(a, j, &o, where, out);
}

static result schema_of(struct arena *a, const struct endpoint *e, const struct schema **out)
{
    pthread_mutex_lock(&schemas.lock);
    for (size_t i = 0; i < schemas.n; i++)
        if (schemas.list[i].e == e) {
            *out = schemas.list[i].s;
            pthread_mutex_unlock(&schemas.lock);
            return ok();
        }
    if (!schemas.a) schemas.a = arena_new("request schemas");
    bool room = schemas.n < SCHEMAS_MAX;
    result r = schema_make(room ? schemas.a : a, e, out);
    if (failed(r))
        r = result_copy(a, r);
    else if (room) {
        schemas.list[schemas.n].e = e;
        schemas.list[schemas.n++].s = *out;
    }
    pthread_mutex_unlock(&schemas.lock);
    return r;
}

/* With a forced change of password pending, only these remain open; with a security key missing, those of keys too. */
static bool open_before_change(const struct endpoint *e)
{
    return e->right.kind == RIGHT_PUBLIC || !strcmp(e->path, "/me/password") ||
           (!strcmp(e->path, "/session") && !strcmp(e->method, "DELETE"));
}

static bool open_before_key(const struct endpoint *e)
{
    return open_before_change(e) || !strncmp(e->path, "/me/keys", 8);
}

static bool key_good(struct slice k)
{
    if (k.n < 8 || k.n > 64) return false;
    for (size_t i = 0; i < k.n; i++)
        if (k.p[i] < 0x21 || k.p[i] > 0x7e) return false;
    return true;
}

result door_call(const struct endpoint *e, struct request *q, struct reply *r)
{
    TRY(city_authorise(q->a, q->actor, e->right, slice_cstr(e->path)));
    if (q->actor && q->actor->must_change_password && !open_before_change(e))
        return fail(q->a, CODE_AUTH_MUST_CHANGE, (struct slice){0}, NULL);
    if (q->actor && q->actor->must_add_key && !open_before_key(e))
        return fail(q->a, CODE_AUTH_ADD_KEY, (struct slice){0}, NULL);
    TRY(query_check(q, e->query));
    if ((e->flags & EP_IDEMPOTENT) && !key_good(q->idempotency_key))
        return fail(q->a, CODE_IDEMPOTENCY_KEY, S("Idempotency-Key"), NULL);
    if (e->flags & EP_JSON_BODY) {
        if (!q->body || q->body->type != JSON_OBJECT)
            return fail(q->a, CODE_FIELD_TYPE, S("/"), "expected", S("object"), NULL);
        if (e->request_schema) {
            const struct schema *s;
            TRY(schema_of(q->a, e, &s));
            TRY(schema_validate(q->a, s, q->body));
        }
    }
    return e->handle(q, r);
}
