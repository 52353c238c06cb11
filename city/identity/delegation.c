/* Delegations (授权委托, 民法典 arts. 161-165): recorded, for named services, until a date, revocable at any time, seen by
 * both sides. */
#include "city/identity/internal.h"

#define DELEGATION_DAYS_MAX 1096 /* three years; longer ones are to be renewed */

static const struct stmt DELEGATION_INSERT = {
    "delegation_insert",
    "INSERT INTO delegation (id, principal, agent, services, created_at, created_by, until_at, revoked_at)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,0)",
    NULL, false};
static const struct stmt DELEGATION_REVOKE = {
    "delegation_revoke", "UPDATE delegation SET revoked_at = ?3 WHERE id = ?1 AND principal = ?2 AND revoked_at = 0",
    NULL, false};
#define DELEGATION_COLUMNS "id, principal, agent, services, created_at, until_at, revoked_at"
static const struct stmt DELEGATIONS_OF = {
    "delegations_of",
    "SELECT " DELEGATION_COLUMNS " FROM delegation WHERE principal = ?1 OR agent = ?2 ORDER BY id DESC LIMIT 200", NULL,
    false};
static const struct stmt DELEGATIONS_BETWEEN = {
    "delegations_between",
    "SELECT services FROM delegation WHERE principal = ?1 AND agent = ?2 AND revoked_at = 0 AND until_at > ?3 ORDER BY id LIMIT 100",
    NULL, false};

static result bad(struct arena *a, const char *field, const char *zh, const char *en)
{
    return fail(a, CODE_DELEGATION_BAD, slice_cstr(field), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en),
                NULL);
}

/* ["*"], or codes of services that are in the catalogue. */
static result services_check(struct city *c, struct arena *a, const struct json *services)
{
    if (!services || services->type != JSON_ARRAY || !services->n || services->n > 100)
        return bad(a, "/services", "须列出 1 至 100 个事项，或 *", "name 1 to 100 services, or *");
    for (size_t i = 0; i < services->n; i++) {
        const struct json *s = services->items[i];
        if (s->type != JSON_STRING) return bad(a, "/services", "事项代码须为文本", "service codes are texts");
        if (slice_is(s->text, "*")) continue;
        const struct service *found;
        if (!c->catalogue || failed(catalogue_current(c->catalogue, a, s->text, &found)))
            return bad(a, "/services", "没有这个事项", "there is no such service");
    }
    return ok();
}

struct adding {
    const struct actor *x;
    struct id id, agent;
    struct slice services;
    instant until, now;
};

static result adding_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct adding *g = ctx;
    TRY(tx_exec(tx, a, &DELEGATION_INSERT,
                BINDS(sql_id(&g->id), sql_id(&g->x->subject), sql_id(&g->agent), sql_text(g->services), sql_int(g->now),
                      sql_id(&g->x->account), sql_int(g->until)),
                NULL));
    struct json_builder b = json_builder(a);
    json_set_id(&b, "delegation", id_bytes(&g->id));
    return audit_add(tx, a, g->x, g->now, "delegation.added", json_object(&b));
}

result delegation_add(struct city *c, struct arena *a, const struct actor *x, struct slice agent_login,
                      const struct json *services, day until, instant now, struct id *id)
{
    struct account agent;
    bool found;
    if (x->kind != ACTOR_PERSON && x->kind != ACTOR_ENTERPRISE)
        return fail(a, CODE_FORBIDDEN, S("delegation"), "right", S("self"), NULL);
    /* an agent does not hand on what was delegated to it (民法典 art. 169 needs the principal's consent) */
    if (!id_is_none(x->delegation))
        return bad(a, "/agent_login", "受托期间不得转委托", "an agent may not delegate further");
    TRY(services_check(c, a, services));
    day today = day_of_instant(now);
    if (until < today || until > today + DELEGATION_DAYS_MAX)
        return bad(a, "/until", "截止日期须在今天至三年之内", "the end date lies between today and three years");
    TRY(account_by_login(c, a, NULL, agent_login, &agent, &found));
    if (!found || agent.disabled_at || (agent.kind != ACTOR_PERSON && agent.kind != ACTOR_ENTERPRISE))
        return bad(a, "/agent_login", "没有这个受托账户", "there is no such account to act for you");
    if (id_eq(agent.id, x->account) || id_eq(agent.subject, x->subject))
        return bad(a, "/agent_login", "不能委托自己", "you cannot delegate to yourself");
    struct adding g = {.x = x, .id = id_new(now), .agent = agent.id, .now = now};
    g.services = json_write(a, services);
    g.until = instant_of_day(until + 1) - 1; /* the whole of the last day */
    TRY(store_run(c->store, a, "delegation_add", adding_body, &g));
    *id = g.id;
    return ok();
}

struct revoking {
    const struct actor *x;
    struct id id;
    instant now;
};

static result revoking_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct revoking *k = ctx;
    int64_t changed;
    TRY(tx_exec(tx, a, &DELEGATION_REVOKE, BINDS(sql_id(&k->id), sql_id(&k->x->subject), sql_int(k->now)), &changed));
    if (!changed) return fail(a, CODE_NOT_FOUND, S("delegation"), "value", id_text(a, k->id), NULL);
    struct json_builder b = json_builder(a);
    json_set_id(&b, "delegation", id_bytes(&k->id));
    return audit_add(tx, a, k->x, k->now, "delegation.revoked", json_object(&b));
}

result delegation_revoke(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now)
{
    if (!id_is_none(x->delegation)) return fail(a, CODE_FORBIDDEN, S("delegation"), "right", S("principal"), NULL);
    struct revoking k = {x, id, now};
    return store_run(c->store, a, "delegation_revoke", revoking_body, &k);
}

/* Name of a subject for the other side of a delegation; a person erased has none left. */
static struct slice subject_name(struct city *c, struct arena *a, struct slice id16)
{
    struct id id;
    const struct json *p;
    if (!id_from_bytes(id16, &id) || failed(subject_profile(c, a, id, &p))) return S("已注销");
    return json_string(json_get(json_get(p, "fields"), "name"), "value");
}

result delegation_list(struct city *c, struct arena *a, const struct actor *x, instant now, const struct json **out)
{
    struct rows r;
    TRY(store_query(c->store, a, &DELEGATIONS_OF, BINDS(sql_id(&x->subject), sql_id(&x->account)), &r));
    struct json_builder items = json_builder(a);
    for (size_t i = 0; i < r.n; i++) {
        const struct sql_value *v = row(&r, i);
        const struct json *services;
        TRY(json_parse(a, v[3].s, 64 * 1024, S("delegation.services"), &services));
        struct json_builder p = json_builder(a), g = json_builder(a), b = json_builder(a);
        json_set_id(&p, "id", v[1].s);
        json_set_str(&p, "name", subject_name(c, a, v[1].s));
        bool given = slice_eq(v[1].s, id_bytes(&x->subject));
        json_set_id(&g, "id", v[2].s);
        /* a login alone must not tell a stranger's name: the giver sees enough of it to notice a mistake */
        json_set(&g, "name",
                 bitext_json(a, given ? identity_who_masked(c, a, v[2].s, ACTOR_PERSON)
                                      : identity_who(c, a, v[2].s, ACTOR_PERSON)));
        json_set_id(&b, "id", v[0].s);
        json_set_cstr(&b, "direction", given ? "given" : "received");
        json_set(&b, "principal", json_object(&p));
        json_set(&b, "agent", json_object(&g));
        json_set(&b, "services", services);
        json_set_instant(&b, "created_at", v[4].i);
        json_set_str(&b, "until", day_text(a, day_of_instant(v[5].i)));
        json_set_instant(&b, "revoked_at", v[6].i);
        json_set_bool(&b, "in_force", !v[6].i && v[5].i > now);
        json_add(&items, json_object(&b));
    }
    struct json_builder o = json_builder(a);
    json_set(&o, "items", json_array(&items));
    json_set(&o, "next", json_null());
    *out = json_object(&o);
    return ok();
}

/* All that the principal delegated to the agent and that is in force, taken together: two narrow delegations are both good,
 * whichever of them the session was begun under. */
result delegation_scope(struct city *c, struct arena *a, const struct actor *x, instant now,
                        struct delegation_scope *out)
{
    *out = (struct delegation_scope){.all = id_is_none(x->delegation)};
    if (out->all) return ok();
    struct rows r;
    struct json_builder list = json_builder(a);
    TRY(store_query(c->store, a, &DELEGATIONS_BETWEEN, BINDS(sql_id(&x->subject), sql_id(&x->account), sql_int(now)),
                    &r));
    for (size_t i = 0; i < r.n; i++) {
        const struct json *services;
        TRY(json_parse(a, row(&r, i)[0].s, 64 * 1024, S("delegation.services"), &services));
        for (size_t k = 0; k < services->n; k++) {
            out->all = out->all || slice_is(services->items[k]->text, "*");
            json_add(&list, services->items[k]);
        }
    }
    out->services = json_array(&list);
    return ok();
}

bool delegation_names(const struct delegation_scope *s, struct slice service)
{
    if (s->all) return true;
    for (size_t i = 0; s->services && service.n && i < s->services->n; i++)
        if (slice_eq(s->services->items[i]->text, service)) return true;
    return false;
}

result delegation_covers(struct city *c, struct arena *a, const struct actor *x, struct slice service, instant now)
{
    struct delegation_scope scope;
    TRY(delegation_scope(c, a, x, now, &scope));
    return delegation_names(&scope, service) ? ok() : fail(a, CODE_DELEGATION_NONE, service, NULL);
}
