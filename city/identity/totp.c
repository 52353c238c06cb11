/* One-time codes (RFC 6238) of an account: begun, confirmed by a first code, removed by a code. A code's step is stored,
 * so none is good twice. */
#include "city/identity/internal.h"
#include "city/identity/keys.h"
#include "trust/password.h"

static const struct stmt TOTP_PENDING = {"totp_pending", "UPDATE account SET totp_pending_ct = ?2 WHERE id = ?1", NULL,
                                         false};
static const struct stmt TOTP_SET = {
    "totp_set", "UPDATE account SET totp_ct = ?2, totp_pending_ct = ?3, totp_step = ?4 WHERE id = ?1", NULL, false};

static const struct stmt TOTP_END = {
    "totp_end", "UPDATE account SET totp_ct = NULL, totp_pending_ct = NULL, totp_step = 0 WHERE id = ?1", NULL, false};

result second_factors_end(struct tx *tx, struct arena *a, struct id account)
{
    TRY(keys_end(tx, a, account));
    return tx_exec(tx, a, &TOTP_END, BINDS(sql_id(&account)), NULL);
}

struct totp_change {
    struct city *c;
    const struct actor *x;
    instant now;
    struct slice code, secret;
    bool wrong;
};

static result account_of(struct totp_change *k, struct tx *tx, struct arena *a, struct account *x)
{
    bool found;
    TRY(account_by_id(k->c, a, tx, k->x->account, x, &found));
    return found ? ok() : fail(a, CODE_NOT_FOUND, S("account"), "value", k->x->login, NULL);
}

static result begin_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct totp_change *k = ctx;
    struct account x;
    TRY(account_of(k, tx, a, &x));
    if (x.totp_ct.n) return fail(a, CODE_TOTP_STATE, S("totp"), "value_zh", S("已启用"), "value_en", S("in use"), NULL);
    struct slice ct = vault_seal_city(k->c, a, "account.totp", k->secret);
    return tx_exec(tx, a, &TOTP_PENDING, BINDS(sql_id(&x.id), sql_blob(ct)), NULL);
}

result totp_begin(struct city *c, struct arena *a, const struct actor *x, instant now, struct slice *secret,
                  struct slice *uri)
{
    uint8_t *bytes = arena_alloc(a, TOTP_SECRET_BYTES);
    random_bytes(bytes, TOTP_SECRET_BYTES);
    struct totp_change k = {.c = c, .x = x, .now = now, .secret = slice_of((const char *)bytes, TOTP_SECRET_BYTES)};
    TRY(store_run(c->store, a, "totp_begin", begin_body, &k));
    *secret = totp_secret_text(a, k.secret);
    *uri = totp_uri(a, c->name_en.n ? c->name_en : S("tongban"), x->login, k.secret);
    return ok();
}

/* Confirms the pending secret, or (remove) takes the confirmed one away; both need a code of it. */
static result settle(struct totp_change *k, struct tx *tx, struct arena *a, bool remove)
{
    struct account x;
    struct slice secret;
    int64_t step;
    TRY(account_of(k, tx, a, &x));
    k->wrong = false;
    struct slice ct = remove ? x.totp_ct : x.totp_pending_ct;
    if (!ct.n || x.locked_until > k->now)
        return fail(a, CODE_TOTP_STATE, S("totp"), "value_zh", S("未启用"), "value_en", S("not in use"), NULL);
    TRY(vault_open_city(k->c, a, "account.totp", ct, &secret));
    if (!totp_check(secret, k->code, k->now, remove ? x.totp_step : 0, &step)) {
        k->wrong = true;
        return ok();
    }
    TRY(tx_exec(tx, a, &TOTP_SET,
                BINDS(sql_id(&x.id), remove ? sql_null() : sql_blob(ct), sql_null(), sql_int(remove ? 0 : step)),
                NULL));
    return audit_add(tx, a, k->x, k->now, remove ? "totp.removed" : "totp.confirmed", NULL);
}

static result confirm_body(struct tx *tx, struct arena *a, void *ctx)
{
    return settle(ctx, tx, a, false);
}
static result remove_body(struct tx *tx, struct arena *a, void *ctx)
{
    return settle(ctx, tx, a, true);
}

static result settle_run(struct totp_change *k, struct arena *a, const char *name, tx_body body)
{
    TRY(store_run(k->c->store, a, name, body, k));
    if (!k->wrong) return ok();
    TRY(signin_count_failure(k->c, a, k->x->account, k->now));
    return fail(a, CODE_TOTP_WRONG, S("/code"), NULL);
}

result totp_confirm(struct city *c, struct arena *a, const struct actor *x, struct slice code, instant now)
{
    struct totp_change k = {.c = c, .x = x, .now = now, .code = code};
    return settle_run(&k, a, "totp_confirm", confirm_body);
}

result totp_remove(struct city *c, struct arena *a, const struct actor *x, struct slice code, instant now)
{
    struct totp_change k = {.c = c, .x = x, .now = now, .code = code};
    return settle_run(&k, a, "totp_remove", remove_body);
}
