/* Self-registration. */
#include "city/identity/internal.h"
#include "trust/password.h"

struct registering {
    struct city *c;
    const struct registration *r;
    struct slice login, number, hash;
    instant now;
    struct id account;
};

static result registering_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct registering *g = ctx;
    const struct registration *r = g->r;
    struct bitext source = {S("本人注册时填写"), S("given at registration")};
    day today = day_of_instant(g->now);
    const struct {
        const char *name;
        struct slice value;
    } given[] = {
        {"name", r->name}, {"id_kind", r->id_kind}, {"id_number", g->number}, {"phone", r->phone}, {"email", r->email}};
    struct json_builder f = json_builder(a);
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (given[i].value.n)
            json_set(&f, given[i].name, profile_field(a, json_of_string(a, given[i].value), source, today));
    bool enterprise = slice_is(r->id_kind, "uscc");
    struct json_builder p = json_builder(a);
    json_set_cstr(&p, "kind", enterprise ? "enterprise" : "person");
    json_set(&p, "fields", json_object(&f));
    struct data_key key;
    struct account_new n = {.id = id_new(g->now),
                            .kind = enterprise ? ACTOR_ENTERPRISE : ACTOR_PERSON,
                            .login = g->login,
                            .password = g->hash,
                            .name = r->name,
                            .email = r->email,
                            .phone = r->phone,
                            .key = &key};
    TRY(subject_insert(g->c, tx, a, enterprise ? SUBJECT_ENTERPRISE : SUBJECT_PERSON, r->id_kind, g->number,
                       json_object(&p), g->now, &n.subject, &key));
    TRY(account_insert(g->c, tx, a, &n, g->now));
    g->account = n.id;
    struct actor who = {.kind = n.kind, .account = n.id};
    return audit_add(tx, a, &who, g->now, "registered", NULL);
}

static result contact_check(struct arena *a, const struct registration *r)
{
    if (!slice_trim(r->name).n || slice_codepoints(r->name) > 100)
        return fail(a, CODE_FIELD_REQUIRED, S("/name"), NULL);
    for (size_t i = 0; i < r->phone.n; i++)
        if (!strchr("0123456789+- ", r->phone.p[i]) || r->phone.n > 24)
            return fail(a, CODE_FIELD_TYPE, S("/phone"), "expected", S("phone"), NULL);
    if (r->email.n &&
        (slice_find(r->email, '@', 1) == SIZE_MAX || r->email.n > 254 || slice_find(r->email, '\n', 0) != SIZE_MAX ||
         slice_find(r->email, '\r', 0) != SIZE_MAX || slice_find(r->email, ' ', 0) != SIZE_MAX))
        return fail(a, CODE_FIELD_TYPE, S("/email"), "expected", S("email"), NULL);
    return ok();
}

result identity_register(struct city *c, struct arena *a, const struct registration *r, instant now, struct id *account)
{
    struct registering g = {.c = c, .r = r, .now = now};
    TRY(contact_check(a, r));
    TRY(login_normal(a, r->login, &g.login));
    TRY(identity_number_check(a, r->id_kind, r->id_number, S("/id_number"), &g.number));
    TRY(password_rules(a, r->password, g.login));
    TRY(password_hash(a, r->password, &g.hash));
    TRY(store_run(c->store, a, "register", registering_body, &g));
    *account = g.account;
    return ok();
}
