#include "city/identity/outside.h"
#include "city/identity/internal.h"
#include "city/identity/keys.h"
#include "city/oidc/relying.h"

static const struct stmt BOUND = {"outside_bound", "SELECT account FROM outside_identity WHERE identity_hash = ?1",
                                  NULL, false};
static const struct stmt BOUND_TO = {"outside_bound_to",
                                     "SELECT identity_hash FROM outside_identity WHERE account = ?1", NULL, false};
static const struct stmt BIND = {
    "outside_bind", "INSERT INTO outside_identity (identity_hash, account, bound_at) VALUES (?1,?2,?3)", NULL, false};
static const struct stmt UNBIND = {"outside_unbind", "DELETE FROM outside_identity WHERE account = ?1", NULL, false};
static const struct stmt PENDING_INSERT = {
    "outside_pending_insert", "INSERT INTO outside_pending (ticket_hash, identity_hash, made_at) VALUES (?1,?2,?3)",
    NULL, false};
static const struct stmt PENDING_LOAD = {
    "outside_pending_load", "SELECT identity_hash FROM outside_pending WHERE ticket_hash = ?1 AND made_at > ?2", NULL,
    true};
static const struct stmt PENDING_DELETE = {"outside_pending_delete",
                                           "DELETE FROM outside_pending WHERE ticket_hash = ?1", NULL, false};
static const struct stmt SWEEP_PENDING = {"outside_sweep_pending", "DELETE FROM outside_pending WHERE made_at <= ?1",
                                          NULL, false};
static const struct stmt SWEEP_BEGUN = {"outside_sweep_begun", "DELETE FROM outside_begun WHERE made_at <= ?1", NULL,
                                        false};
static const struct stmt ACCOUNT_OF = {
    "outside_account_of", "SELECT id FROM account WHERE subject = ?1 AND disabled_at = 0 ORDER BY id LIMIT 1", NULL,
    false};
static const struct stmt SESSION = {
    "outside_session", "INSERT INTO session (token_hash, account, created_at, seen_at) VALUES (?1, ?2, ?3, ?3)", NULL,
    false};
static const struct stmt SESSION_DELETE = {"outside_session_delete", "DELETE FROM session WHERE token_hash = ?1", NULL,
                                           false};

struct entering {
    struct city *c;
    struct slice identity, old, hash, ticket_hash;
    struct id subject; /* found by a verified number, else ID_NONE */
    instant now;
    bool entered, second;
};

static result account_of(struct entering *k, struct tx *tx, struct arena *a, struct id *account, bool *bound,
                         bool *found)
{
    struct rows r;
    TRY(tx_query(tx, a, &BOUND, BINDS(sql_blob(k->identity)), &r));
    *bound = *found = r.n && id_from_bytes(row(&r, 0)[0].s, account);
    if (*found || id_is_none(k->subject)) return ok();
    TRY(tx_query(tx, a, &ACCOUNT_OF, BINDS(sql_id(&k->subject)), &r));
    *found = r.n && id_from_bytes(row(&r, 0)[0].s, account);
    return ok();
}

/* Officers sign in here; and who set up a second factor meant it for every sign-in. */
static result second_factor(struct city *c, struct tx *tx, struct arena *a, const struct account *x, bool *out)
{
    int64_t keys;
    TRY(key_count(c, tx, a, x->id, &keys));
    *out = x->kind == ACTOR_STAFF || x->totp_ct.n || keys;
    return ok();
}

static result enter_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct entering *k = ctx;
    struct id id;
    struct account x;
    bool bound, found;
    k->entered = k->second = false;
    TRY(account_of(k, tx, a, &id, &bound, &found));
    if (found) TRY(account_by_id(k->c, a, tx, id, &x, &found));
    if (!found || x.disabled_at)
        return tx_exec(tx, a, &PENDING_INSERT, BINDS(sql_blob(k->ticket_hash), sql_blob(k->identity), sql_int(k->now)),
                       NULL);
    TRY(second_factor(k->c, tx, a, &x, &k->second));
    if (k->second) return ok();
    struct actor who = {.kind = x.kind, .account = x.id};
    if (!bound) {
        TRY(tx_exec(tx, a, &UNBIND, BINDS(sql_id(&x.id)), NULL));
        TRY(tx_exec(tx, a, &BIND, BINDS(sql_blob(k->identity), sql_id(&x.id), sql_int(k->now)), NULL));
        TRY(audit_add(tx, a, &who, k->now, "outside.bound", NULL));
    }
    if (k->old.n) TRY(tx_exec(tx, a, &SESSION_DELETE, BINDS(sql_blob(k->old)), NULL));
    TRY(tx_exec(tx, a, &SESSION, BINDS(sql_blob(k->hash), sql_id(&x.id), sql_int(k->now)), NULL));
    k->entered = true;
    return audit_add(tx, a, &who, k->now, "signin.outside", NULL);
}

result outside_enter(struct city *c, struct arena *a, struct slice identity, struct slice number, struct slice old,
                     instant now, struct slice *token, struct slice *hash, struct slice *ticket)
{
    struct slice t = random_token(a, 32), pending = random_token(a, 32), normal;
    bool known = false;
    struct entering k = {.c = c,
                         .identity = identity,
                         .old = old,
                         .hash = session_hash(a, t),
                         .ticket_hash = session_hash(a, pending),
                         .now = now};
    if (number.n) {
        TRY(identity_number_check(a, S("resident_id"), number, S("id_number"), &normal));
        TRY(subject_find(c, a, S("resident_id"), normal, &k.subject, &known));
        if (!known) k.subject = ID_NONE;
    }
    TRY(store_run(c->store, a, "outside_enter", enter_body, &k));
    if (k.second) return fail(a, CODE_IDP_SECOND, S("account"), NULL);
    *token = k.entered ? t : (struct slice){NULL, 0};
    *hash = k.entered ? k.hash : (struct slice){NULL, 0};
    *ticket = k.entered ? (struct slice){NULL, 0} : pending;
    return ok();
}

struct binding {
    struct city *c;
    const struct actor *x;
    struct slice ticket;
    instant now;
};

static result bind_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct binding *k = ctx;
    struct rows r, other;
    struct account x;
    bool found, second;
    struct id id;
    TRY(tx_query(tx, a, &PENDING_LOAD, BINDS(sql_blob(k->ticket), sql_int(k->now - OUTSIDE_PENDING)), &r));
    if (!r.n) return fail(a, CODE_IDP_STATE, S("/ticket"), NULL);
    struct slice identity = row(&r, 0)[0].s;
    TRY(tx_exec(tx, a, &PENDING_DELETE, BINDS(sql_blob(k->ticket)), NULL));
    TRY(account_by_id(k->c, a, tx, k->x->account, &x, &found));
    if (!found) return fail(a, CODE_NOT_FOUND, S("account"), "value", k->x->login, NULL);
    TRY(second_factor(k->c, tx, a, &x, &second));
    if (second) return fail(a, CODE_IDP_SECOND, S("account"), NULL);
    TRY(tx_query(tx, a, &BOUND, BINDS(sql_blob(identity)), &other));
    if (other.n && (!id_from_bytes(row(&other, 0)[0].s, &id) || !id_eq(id, x.id)))
        return fail(a, CODE_IDP_TAKEN, S("/ticket"), NULL);
    if (other.n) return ok();
    TRY(tx_exec(tx, a, &UNBIND, BINDS(sql_id(&x.id)), NULL)); /* one identity to an account */
    TRY(tx_exec(tx, a, &BIND, BINDS(sql_blob(identity), sql_id(&x.id), sql_int(k->now)), NULL));
    return audit_add(tx, a, k->x, k->now, "outside.bound", NULL);
}

result outside_bind(struct city *c, struct arena *a, const struct actor *x, struct slice ticket, instant now)
{
    struct binding k = {c, x, session_hash(a, ticket), now};
    return store_run(c->store, a, "outside_bind", bind_body, &k);
}

static result unbind_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct binding *k = ctx;
    int64_t n;
    TRY(tx_exec(tx, a, &UNBIND, BINDS(sql_id(&k->x->account)), &n));
    return n ? audit_add(tx, a, k->x, k->now, "outside.unbound", NULL) : ok();
}

result outside_unbind(struct city *c, struct arena *a, const struct actor *x, instant now)
{
    struct binding k = {c, x, {NULL, 0}, now};
    return store_run(c->store, a, "outside_unbind", unbind_body, &k);
}

result outside_is_bound(struct city *c, struct arena *a, struct id account, bool *out)
{
    struct rows r;
    TRY(store_query(c->store, a, &BOUND_TO, BINDS(sql_id(&account)), &r));
    *out = r.n > 0;
    return ok();
}

result outside_erase(struct tx *tx, struct arena *a, struct id account)
{
    return tx_exec(tx, a, &UNBIND, BINDS(sql_id(&account)), NULL);
}

result outside_sweep(struct tx *tx, struct arena *a, instant now)
{
    TRY(tx_exec(tx, a, &SWEEP_BEGUN, BINDS(sql_int(now - OUTSIDE_VALID)), NULL));
    return tx_exec(tx, a, &SWEEP_PENDING, BINDS(sql_int(now - OUTSIDE_PENDING)), NULL);
}
