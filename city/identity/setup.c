/* The first administrator and the first security officer of an empty city: one-time links made on the server's command
 * line. While nobody holds the role, and only then; two people's approval takes over afterwards. */
#include "city/identity/internal.h"
#include "trust/password.h"

#define SETUP_VALID (24 * MS_HOUR)

/* A disabled officer does not hold it: else a city whose only one has left could not be set right. */
static const struct stmt HOLDERS = {"role_holders",
                                    "SELECT COUNT(*) FROM role_grant JOIN account ON account.id = role_grant.account"
                                    " WHERE role = ?1 AND account.disabled_at = 0",
                                    NULL, false};
static const struct stmt LINK_INSERT = {
    "setup_insert", "INSERT INTO setup_link (token_hash, role, expires_at) VALUES (?1, ?2, ?3)", NULL, false};
static const struct stmt LINK_LOAD = {"setup_load", "SELECT role, expires_at FROM setup_link WHERE token_hash = ?1",
                                      NULL, true};
static const struct stmt LINK_LOOK = {"setup_look", "SELECT expires_at FROM setup_link WHERE token_hash = ?1", NULL,
                                      false};
static const struct stmt LINKS_END = {"setup_end", "DELETE FROM setup_link WHERE role = ?1", NULL, false};

struct setup {
    struct city *c;
    enum role role;
    struct slice hash;
    struct account_new n;
    instant now;
};

static result nobody_holds(struct tx *tx, struct arena *a, enum role role)
{
    struct rows r;
    TRY(tx_query(tx, a, &HOLDERS, BINDS(sql_text(slice_cstr(role_name(role)))), &r));
    return row(&r, 0)[0].i ? fail(a, CODE_SETUP_CLOSED, S("setup"), NULL) : ok();
}

static result link_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct setup *s = ctx;
    TRY(nobody_holds(tx, a, s->role));
    struct slice role = slice_cstr(role_name(s->role));
    TRY(tx_exec(tx, a, &LINKS_END, BINDS(sql_text(role)), NULL)); /* a newer link replaces an older one */
    TRY(tx_exec(tx, a, &LINK_INSERT, BINDS(sql_blob(s->hash), sql_text(role), sql_int(s->now + SETUP_VALID)), NULL));
    struct json_builder b = json_builder(a);
    json_set_str(&b, "role", role);
    return audit_add(tx, a, NULL, s->now, "setup.link", json_object(&b));
}

result setup_link(struct city *c, struct arena *a, enum role role, instant now, struct slice *token)
{
    if (role != ROLE_ADMINISTRATOR && role != ROLE_SECURITY) return fail(a, CODE_SETUP_CLOSED, S("setup"), NULL);
    struct slice t = random_token(a, 32);
    struct setup s = {.c = c, .role = role, .hash = session_hash(a, t), .now = now};
    TRY(store_run(c->store, a, "setup_link", link_body, &s));
    *token = t;
    return ok();
}

static result use_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct setup *s = ctx;
    struct rows r;
    TRY(tx_query(tx, a, &LINK_LOAD, BINDS(sql_blob(s->hash)), &r));
    if (!r.n || row(&r, 0)[1].i <= s->now || !role_scan(row(&r, 0)[0].s, &s->role))
        return fail(a, CODE_SETUP_CLOSED, S("setup"), NULL);
    TRY(nobody_holds(tx, a, s->role));
    TRY(tx_exec(tx, a, &LINKS_END, BINDS(sql_text(row(&r, 0)[0].s)), NULL));
    TRY(account_insert(s->c, tx, a, &s->n, s->now));
    TRY(grant_insert(tx, a, s->n.id, s->role, S("*"), S("*"), s->now));
    struct actor who = {.kind = ACTOR_STAFF, .account = s->n.id};
    struct json_builder b = json_builder(a);
    json_set_cstr(&b, "role", role_name(s->role));
    return audit_add(tx, a, &who, s->now, "setup.used", json_object(&b));
}

result setup_use(struct city *c, struct arena *a, struct slice token, struct slice login, struct slice name,
                 struct slice password, instant now)
{
    struct setup s = {.c = c, .hash = session_hash(a, token), .now = now};
    TRY(login_normal(a, login, &s.n.login));
    if (!slice_trim(name).n || slice_codepoints(name) > 100) return fail(a, CODE_FIELD_REQUIRED, S("/name"), NULL);
    TRY(password_rules(a, password, s.n.login));
    struct rows r; /* looked at before the costly hash, so that a stranger cannot make the server work */
    TRY(store_query(c->store, a, &LINK_LOOK, BINDS(sql_blob(s.hash)), &r));
    if (!r.n) return fail(a, CODE_SETUP_CLOSED, S("setup"), NULL);
    TRY(password_hash(a, password, &s.n.password));
    s.n.id = id_new(now);
    s.n.kind = ACTOR_STAFF;
    s.n.department = S("*");
    s.n.town = S("*");
    s.n.name = name;
    return store_run(c->store, a, "setup_use", use_body, &s);
}
