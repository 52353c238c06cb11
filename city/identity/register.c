/* Self-registration: of somebody new, or (with a code from a window) of somebody the city knows already. */
#include "city/identity/internal.h"
#include "trust/password.h"

struct registering {
    struct city *c;
    const struct registration *r;
    struct slice login, number, hash;
    struct id known; /* the subject that the code stands for, or ID_NONE */
    instant now;
    struct id account;
};

static struct bitext source(void)
{
    return (struct bitext){S("本人注册时填写"), S("given at registration")};
}

result subject_proven(struct city *c, struct arena *a, struct id subject, bool *proven)
{
    const struct json *p;
    TRY(subject_profile(c, a, subject, &p));
    struct bitext from = bitext_of(json_get(json_get(json_get(p, "fields"), "id_number"), "source"));
    *proven = from.zh.n && !slice_eq(from.zh, source().zh);
    return ok();
}

static bool enterprise(const struct registration *r)
{
    return slice_is(r->id_kind, "uscc");
}

static result subject_new(struct registering *g, struct tx *tx, struct arena *a, struct id *subject,
                          struct data_key *key)
{
    const struct registration *r = g->r;
    day today = day_of_instant(g->now);
    const struct {
        const char *name;
        struct slice value;
    } given[] = {
        {"name", r->name}, {"id_kind", r->id_kind}, {"id_number", g->number}, {"phone", r->phone}, {"email", r->email}};
    struct json_builder f = json_builder(a);
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (given[i].value.n)
            json_set(&f, given[i].name, profile_field(a, json_of_string(a, given[i].value), source(), today));
    struct json_builder p = json_builder(a);
    json_set_cstr(&p, "kind", enterprise(r) ? "enterprise" : "person");
    json_set(&p, "fields", json_object(&f));
    result made = subject_insert(g->c, tx, a, enterprise(r) ? SUBJECT_ENTERPRISE : SUBJECT_PERSON, r->id_kind,
                                 g->number, json_object(&p), g->now, subject, key);
    /* the same answer whether there is an account or not */
    if (result_code(made) == CODE_IDENTITY_TAKEN) return fail(a, CODE_IDENTITY_KNOWN, S("/id_number"), NULL);
    return made;
}

/* What the window recorded of name and number stays; how to reach the person is theirs to say. */
static result subject_known(struct registering *g, struct tx *tx, struct arena *a, const struct actor *who,
                            struct data_key *key)
{
    struct json_builder f = json_builder(a);
    TRY(registration_code_use(tx, a, g->r->code, g->known, g->now));
    TRY(vault_load(g->c, a, tx, g->known, key));
    if (g->r->phone.n) json_set_str(&f, "phone", g->r->phone);
    if (g->r->email.n) json_set_str(&f, "email", g->r->email);
    if (!f.n) return ok();
    return subject_profile_merge(g->c, tx, a, who, g->known, json_object(&f), source(), g->now);
}

static result registering_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct registering *g = ctx;
    const struct registration *r = g->r;
    struct data_key key;
    struct account_new n = {.id = id_new(g->now),
                            .subject = g->known,
                            .kind = enterprise(r) ? ACTOR_ENTERPRISE : ACTOR_PERSON,
                            .login = g->login,
                            .password = g->hash,
                            .name = slice_trim(r->name),
                            .email = r->email,
                            .phone = r->phone,
                            .key = &key};
    struct actor who = {.kind = n.kind, .account = n.id};
    bool code = !id_is_none(g->known);
    TRY(code ? subject_known(g, tx, a, &who, &key) : subject_new(g, tx, a, &n.subject, &key));
    TRY(account_insert(g->c, tx, a, &n, g->now));
    g->account = n.id;
    struct json_builder b = json_builder(a);
    json_set_bool(&b, "code", code);
    return audit_add(tx, a, &who, g->now, "registered", json_object(&b));
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
    struct registering g = {.c = c, .r = r, .known = ID_NONE, .now = now};
    TRY(contact_check(a, r));
    TRY(login_normal(a, r->login, &g.login));
    TRY(identity_number_check(a, r->id_kind, r->id_number, S("/id_number"), &g.number));
    TRY(password_rules(a, r->password, g.login));
    if (slice_trim(r->code).n) { /* looked at before the costly hash, as set-up links are */
        TRY(registration_code_look(c, a, r->code, r->id_kind, g.number, now, &g.known));
        TRY(subject_name_fits(c, a, g.known, r->name));
    }
    TRY(password_hash(a, r->password, &g.hash));
    TRY(store_run(c->store, a, "register", registering_body, &g));
    *account = g.account;
    return ok();
}
