/* The people of a demonstration city. One known password for all, so one hash serves; never in a real city. */
#include "city/identity/internal.h"
#include "trust/password.h"

static const struct stmt DELEGATION_SEED = {
    "delegation_seed",
    "INSERT INTO delegation (id, principal, agent, services, created_at, created_by, until_at, revoked_at)"
    " VALUES (?1,?2,?3,'[\"*\"]',?4,NULL,?5,0)",
    NULL, false};

struct seeding {
    struct city *c;
    const struct json *item;
    struct slice hash;
    instant now;
};

static result seed_grants(struct tx *tx, struct arena *a, const struct seeding *s, struct id account)
{
    const struct json *roles = json_get(s->item, "roles");
    struct slice department = json_string(s->item, "department"), town = json_string(s->item, "town");
    for (size_t i = 0; roles && i < roles->n; i++) {
        const struct json *g = roles->items[i];
        struct slice name = g->type == JSON_STRING ? g->text : json_string(g, "role");
        struct slice d = json_string(g, "department"), t = json_string(g, "town");
        enum role role;
        if (!role_scan(name, &role)) return fail(a, CODE_NOT_FOUND, S("role"), "value", name, NULL);
        TRY(grant_exclusive(tx, a, account, role));
        TRY(grant_insert(tx, a, account, role, d.n ? d : department, t.n ? t : town, s->now));
    }
    return ok();
}

static result note(struct tx *tx, struct arena *a, const struct seeding *s, struct id account)
{
    struct json_builder b = json_builder(a);
    json_set_id(&b, "account", id_bytes(&account));
    if (json_get(s->item, "roles")) json_set(&b, "roles", json_get(s->item, "roles"));
    return audit_add(tx, a, NULL, s->now, "seeded", json_object(&b));
}

static result staff_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct seeding *s = ctx;
    struct account_new n = {.id = id_new(s->now),
                            .kind = ACTOR_STAFF,
                            .password = s->hash,
                            .name = json_string(s->item, "name"),
                            .email = json_string(s->item, "email"),
                            .phone = json_string(s->item, "phone"),
                            .department = json_string(s->item, "department"),
                            .town = json_string(s->item, "town")};
    TRY(login_normal(a, json_string(s->item, "login"), &n.login));
    TRY(account_insert(s->c, tx, a, &n, s->now));
    TRY(seed_grants(tx, a, s, n.id));
    return note(tx, a, s, n.id);
}

static const struct json *seed_profile(struct arena *a, const struct seeding *s, struct slice kind,
                                       struct slice id_kind, struct slice number)
{
    struct bitext source = bitext_of(json_get(s->item, "source"));
    if (!source.zh.n) source = (struct bitext){S("演示数据"), S("demonstration data")};
    day as_of;
    if (!day_scan(json_string(s->item, "as_of"), &as_of)) as_of = day_of_instant(s->now);
    const struct json *facts = json_get(s->item, "facts");
    struct json_builder f = json_builder(a);
    json_set(&f, "name", profile_field(a, json_get(s->item, "name"), source, as_of));
    json_set(&f, "id_kind", profile_field(a, json_of_string(a, id_kind), source, as_of));
    json_set(&f, "id_number", profile_field(a, json_of_string(a, number), source, as_of));
    static const char *const CONTACT[] = {"phone", "email"};
    for (size_t i = 0; i < 2; i++)
        if (json_get(s->item, CONTACT[i]))
            json_set(&f, CONTACT[i], profile_field(a, json_get(s->item, CONTACT[i]), source, as_of));
    for (size_t i = 0; facts && i < facts->n; i++)
        json_set_slice(&f, facts->keys[i], profile_field(a, facts->items[i], source, as_of));
    struct json_builder p = json_builder(a);
    json_set_str(&p, "kind", kind);
    json_set(&p, "fields", json_object(&f));
    return json_object(&p);
}

static result seed_representative(struct tx *tx, struct arena *a, const struct seeding *s, struct id enterprise)
{
    struct slice login = json_string(s->item, "legal_representative");
    struct account agent;
    bool found;
    if (!login.n) return ok();
    TRY(account_by_login(s->c, a, tx, login, &agent, &found));
    if (!found) return ok();
    struct id id = id_new(s->now);
    return tx_exec(
        tx, a, &DELEGATION_SEED,
        BINDS(sql_id(&id), sql_id(&enterprise), sql_id(&agent.id), sql_int(s->now), sql_int(s->now + 3 * 365 * MS_DAY)),
        NULL);
}

static result subject_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct seeding *s = ctx;
    bool enterprise = json_string(s->item, "uscc").n > 0;
    struct slice id_kind = enterprise ? S("uscc") : json_string(s->item, "id_kind");
    struct slice number = json_string(s->item, enterprise ? "uscc" : "id_number");
    struct slice normal;
    TRY(identity_number_check(a, id_kind, number, S("/id_number"), &normal));
    struct data_key key;
    struct account_new n = {.id = id_new(s->now),
                            .kind = enterprise ? ACTOR_ENTERPRISE : ACTOR_PERSON,
                            .password = s->hash,
                            .name = json_string(s->item, "name"),
                            .email = json_string(s->item, "email"),
                            .phone = json_string(s->item, "phone"),
                            .key = &key};
    TRY(login_normal(a, json_string(s->item, "login"), &n.login));
    const struct json *profile = seed_profile(a, s, enterprise ? S("enterprise") : S("person"), id_kind, normal);
    TRY(subject_insert(s->c, tx, a, enterprise ? SUBJECT_ENTERPRISE : SUBJECT_PERSON, id_kind, normal, profile, s->now,
                       &n.subject, &key));
    TRY(account_insert(s->c, tx, a, &n, s->now));
    TRY(note(tx, a, s, n.id));
    return enterprise ? seed_representative(tx, a, s, n.subject) : ok();
}

static result seed_list(struct seeding *s, struct arena *a, const struct json *list, const char *name, tx_body body,
                        size_t *made)
{
    for (size_t i = 0; list && i < list->n; i++) {
        s->item = list->items[i];
        result r = store_run(s->c->store, a, name, body, s);
        if (result_code(r) == CODE_IDENTITY_TAKEN) continue; /* seeded before */
        TRY(r);
        (*made)++;
    }
    return ok();
}

result identity_seed(struct city *c, struct arena *a, const struct citydata *d, struct slice password, instant now,
                     size_t *made)
{
    *made = 0;
    if (!c->demo) return fail(a, CODE_FORBIDDEN, S("seed"), "right", S("demo"), NULL);
    struct seeding s = {.c = c, .now = now};
    TRY(password_hash(a, password, &s.hash));
    TRY(seed_list(&s, a, d->staff, "seed_staff", staff_body, made));
    TRY(seed_list(&s, a, d->persons, "seed_person", subject_body, made));
    return seed_list(&s, a, d->enterprises, "seed_enterprise", subject_body, made);
}
