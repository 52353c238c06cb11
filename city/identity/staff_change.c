/* Staff accounts disabled and enabled, passwords and one-time codes reset. GB/T 22239-2019 8.1.4.1 (identity), 8.1.4.2 b-d
 * (accounts not needed are stopped in time; separated powers of administration). */
#include "city/certificates/certificates.h"
#include "city/identity/internal.h"
#include "city/identity/keys.h"

static const struct stmt CHANGE_INSERT = {
    "staff_change_insert",
    "INSERT INTO staff_change (id, account, change, reason, requested_by, requested_at, state, decided_at)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,0)",
    NULL, false};
#define CHANGE_COLUMNS CHANGE_SHARED ", change"
static const struct stmt CHANGE_LOAD = {"staff_change_load",
                                        "SELECT " CHANGE_COLUMNS " FROM staff_change WHERE id = ?1", NULL, true};
static const struct stmt CHANGE_WAITING = {
    "staff_change_waiting",
    "SELECT id FROM staff_change WHERE account = ?1 AND change = ?2 AND state = 'waiting' LIMIT 1", NULL, false};
static const struct stmt CHANGE_SETTLE = {
    "staff_change_settle", "UPDATE staff_change SET state = ?2, decided_by = ?3, decided_at = ?4 WHERE id = ?1", NULL,
    false};
static const struct stmt CHANGE_LIST = {
    "staff_change_list", "SELECT " CHANGE_COLUMNS " FROM staff_change WHERE id < ?1 ORDER BY id DESC LIMIT ?2", NULL,
    false};
static const struct stmt OFFICER = {
    "staff_officer",
    "SELECT role FROM role_grant WHERE account = ?1 AND role IN ('administrator', 'security', 'auditor') LIMIT 1", NULL,
    false};
static const struct stmt DISABLED_SET = {"staff_disabled_set", "UPDATE account SET disabled_at = ?2 WHERE id = ?1",
                                         NULL, false};
static const struct stmt PASSWORD_RESET = {
    "staff_password_reset",
    "UPDATE account SET password = ?2, must_change = 1, password_at = ?3, failures = 0, locked_until = 0 WHERE id = ?1",
    NULL, false};
static const struct change_kind {
    const char *name;
    const char *asked, *done; /* in the audit journal */
    uint32_t roles;
    const char *right;
} KINDS[] = {
    [STAFF_DISABLE] = {"disable", "staff.disable_requested", "staff.disabled",
                       1u << ROLE_ADMINISTRATOR | 1u << ROLE_SECURITY, "administrator|security"},
    [STAFF_ENABLE] = {"enable", "staff.enable_requested", "staff.enabled", 1u << ROLE_ADMINISTRATOR, "administrator"},
    [STAFF_PASSWORD] = {"password", "staff.password_reset_requested", "staff.password_reset", 1u << ROLE_ADMINISTRATOR,
                        "administrator"},
    [STAFF_TOTP] = {"totp", "staff.totp_reset_requested", "staff.totp_reset", 1u << ROLE_SECURITY, "security"},
};
enum { NKINDS = sizeof KINDS / sizeof *KINDS, REASON_MAX = 500 };

struct changing {
    struct city *c;
    const struct actor *x;
    struct id id, account;
    enum staff_change change;
    struct slice reason;
    struct slice hash; /* of the new password */
    bool approve, waiting;
    instant now;
};

static const struct json *details(struct arena *a, const struct changing *k)
{
    struct json_builder b = json_builder(a);
    json_set_id(&b, "change", id_bytes(&k->id));
    json_set_id(&b, "account", id_bytes(&k->account));
    return json_object(&b);
}

static result wrong_state(struct arena *a, const char *zh, const char *en)
{
    return fail(a, CODE_STAFF_STATE, S("account"), "value_zh", slice_cstr(zh), "value_en", slice_cstr(en), NULL);
}

/* The account, held; the change is one that it can have now. */
static result target(struct changing *k, struct tx *tx, struct arena *a)
{
    struct account x;
    bool found;
    TRY(account_by_id(k->c, a, tx, k->account, &x, &found));
    if (!found || x.kind != ACTOR_STAFF || !x.password.n) /* one without a password has left for good */
        return fail(a, CODE_NOT_FOUND, S("account"), "value", id_text(a, k->account), NULL);
    if (k->change == STAFF_ENABLE) return x.disabled_at ? ok() : wrong_state(a, "未停用", "not disabled");
    if (x.disabled_at) return wrong_state(a, "已停用", "disabled");
    if (k->change != STAFF_TOTP) return ok();
    int64_t keys;
    TRY(key_count(k->c, tx, a, k->account, &keys));
    if (!x.totp_ct.n && !keys)
        return fail(a, CODE_TOTP_STATE, S("totp"), "value_zh", S("未启用"), "value_en", S("not in use"), NULL);
    return ok();
}

static result carry_out(struct changing *k, struct tx *tx, struct arena *a)
{
    struct sql_value id = sql_id(&k->account);
    switch (k->change) {
    case STAFF_DISABLE: TRY(tx_exec(tx, a, &DISABLED_SET, BINDS(id, sql_int(k->now)), NULL)); break;
    case STAFF_ENABLE: return tx_exec(tx, a, &DISABLED_SET, BINDS(id, sql_int(0)), NULL);
    case STAFF_PASSWORD:
        TRY(tx_exec(tx, a, &PASSWORD_RESET, BINDS(id, sql_text(k->hash), sql_int(k->now)), NULL));
        break;
    case STAFF_TOTP: TRY(second_factors_end(tx, a, k->account)); break;
    }
    return sessions_end(tx, a, k->account, (struct slice){0});
}

/* Whoever can set the password of an officer can play that officer: then the two of them were one. */
static result needs_two(struct changing *k, struct tx *tx, struct arena *a)
{
    struct rows r;
    k->waiting = k->change == STAFF_ENABLE;
    if (k->change != STAFF_PASSWORD) return ok();
    TRY(tx_query(tx, a, &OFFICER, BINDS(sql_id(&k->account)), &r));
    k->waiting = r.n > 0;
    return ok();
}

static result change_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct changing *k = ctx;
    const struct change_kind *kind = &KINDS[k->change];
    struct rows r;
    TRY(target(k, tx, a));
    TRY(needs_two(k, tx, a));
    TRY(tx_query(tx, a, &CHANGE_WAITING, BINDS(sql_id(&k->account), sql_text(slice_cstr(kind->name))), &r));
    if (r.n)
        return fail(a, CODE_REQUEST_SETTLED, S("account"), "value_zh", S("已提交，待批准"), "value_en",
                    S("asked already"), NULL);
    if (!k->waiting) TRY(carry_out(k, tx, a));
    TRY(tx_exec(tx, a, &CHANGE_INSERT,
                BINDS(sql_id(&k->id), sql_id(&k->account), sql_text(slice_cstr(kind->name)), sql_text(k->reason),
                      sql_id(&k->x->account), sql_int(k->now), sql_text(k->waiting ? S("waiting") : S("done"))),
                NULL));
    return audit_add(tx, a, k->x, k->now, k->waiting ? kind->asked : kind->done, details(a, k));
}

result staff_change(struct city *c, struct arena *a, const struct actor *x, struct id account, enum staff_change change,
                    struct slice reason, instant now, struct staff_changed *out)
{
    const struct change_kind *kind = &KINDS[change];
    TRY(city_authorise(a, x, (struct right){RIGHT_ROLES, kind->roles, false}, slice_cstr(kind->right)));
    struct changing k = {.c = c, .x = x, .account = account, .change = change, .reason = slice_trim(reason)};
    k.now = now;
    k.id = id_new(now);
    if (!k.reason.n) return fail(a, CODE_FIELD_REQUIRED, S("/reason"), NULL);
    if (slice_codepoints(k.reason) > REASON_MAX)
        return fail(a, CODE_TOO_LARGE, S("/reason"), "limit", arena_printf(a, "%d", REASON_MAX), NULL);
    if (id_eq(account, x->account)) return fail(a, CODE_TWO_PEOPLE, S("account"), NULL);
    struct slice password = {0};
    if (change == STAFF_PASSWORD) TRY(initial_password(a, &password, &k.hash));
    TRY(store_run(c->store, a, "staff_change", change_body, &k));
    *out = (struct staff_changed){k.id, k.waiting, k.waiting ? (struct slice){0} : password};
    return ok();
}

/* ---- by the second person ---- */

static bool kind_scan(struct slice s, enum staff_change *out)
{
    for (size_t i = 0; i < NKINDS; i++)
        if (slice_is(s, KINDS[i].name)) {
            *out = (enum staff_change)i;
            return true;
        }
    return false;
}

static result decide_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct changing *k = ctx;
    const struct sql_value *v;
    TRY(change_waiting(tx, a, &CHANGE_LOAD, k->x, k->id, "staff_change", &v, &k->account));
    if (!kind_scan(v[CHANGE_OWN].s, &k->change))
        return fail(a, CODE_INTERNAL, S("staff_change"), "detail", v[CHANGE_OWN].s, NULL);
    if (k->approve) {
        TRY(target(k, tx, a)); /* may have changed since the request */
        TRY(carry_out(k, tx, a));
    }
    struct slice state = k->approve ? S("approved") : S("rejected");
    TRY(tx_exec(tx, a, &CHANGE_SETTLE, BINDS(sql_id(&k->id), sql_text(state), sql_id(&k->x->account), sql_int(k->now)),
                NULL));
    return audit_add(tx, a, k->x, k->now, k->approve ? KINDS[k->change].done : "staff.change_rejected", details(a, k));
}

result staff_change_decide(struct city *c, struct arena *a, const struct actor *x, struct id id, bool approve,
                           instant now, struct staff_changed *out)
{
    TRY(city_authorise(a, x, (struct right){RIGHT_ROLES, 1u << ROLE_SECURITY, false}, S("security")));
    struct changing k = {.c = c, .x = x, .id = id, .approve = approve, .now = now};
    struct slice password = {0};
    if (approve) TRY(initial_password(a, &password, &k.hash)); /* costly, so outside the transaction */
    TRY(store_run(c->store, a, "staff_change_decide", decide_body, &k));
    *out = (struct staff_changed){id, false, approve && k.change == STAFF_PASSWORD ? password : (struct slice){0}};
    return ok();
}

static void own_member(struct json_builder *b, const struct sql_value *own)
{
    json_set_str(b, "change", own[0].s);
}

result staff_change_list(struct city *c, struct arena *a, int64_t limit, struct slice cursor, const struct json **out)
{
    return change_list(c, a, &CHANGE_LIST, own_member, limit, cursor, out);
}

/* ---- five years after ---- */

static const struct stmt RETIRING = {
    "staff_retiring", STAFF_ACCOUNTS " AND disabled_at > 0 AND disabled_at < ?1 ORDER BY disabled_at LIMIT 100", NULL,
    false};
static const struct stmt RETIRE = {
    "staff_retire",
    "UPDATE account SET login_hash = NULL, identity_ct = ?2, password = '', totp_ct = NULL, totp_pending_ct = NULL"
    " WHERE id = ?1",
    NULL, false};
static const struct stmt RETIRE_GRANTS = {"staff_retire_grants", "DELETE FROM role_grant WHERE account = ?1", NULL,
                                          false};
static const struct stmt RETIRE_PERSON = {"staff_retire_person", "DELETE FROM staff_person WHERE account = ?1", NULL,
                                          false};

struct retiring {
    struct city *c;
    instant before, now;
    int64_t n;
};

static result retire_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct retiring *k = ctx;
    struct rows r;
    TRY(tx_query(tx, a, &RETIRING, BINDS(sql_int(k->before)), &r));
    k->n = (int64_t)r.n;
    for (size_t i = 0; i < r.n; i++) {
        struct account x;
        struct account_identity who;
        struct json_builder b = json_builder(a);
        account_read(row(&r, i), &x);
        TRY(account_identity_open(k->c, a, &x, &who));
        struct account_identity name = {.name = who.name};
        struct slice ct = account_identity_seal(k->c, a, NULL, &name);
        TRY(tx_exec(tx, a, &RETIRE, BINDS(sql_id(&x.id), sql_blob(ct)), NULL));
        TRY(keys_end(tx, a, x.id));
        TRY(tx_exec(tx, a, &RETIRE_GRANTS, BINDS(sql_id(&x.id)), NULL));
        TRY(certificates_erase(tx, a, x.id, ID_NONE));
        TRY(tx_exec(tx, a, &RETIRE_PERSON, BINDS(sql_id(&x.id)), NULL));
        json_set_id(&b, "account", id_bytes(&x.id));
        TRY(audit_add(tx, a, NULL, k->now, "staff.retired", json_object(&b)));
    }
    return ok();
}

result staff_retire(struct city *c, struct arena *a, instant before, instant now, int64_t *n)
{
    struct retiring k = {c, before, now, 0};
    TRY(store_run(c->store, a, "staff_retire", retire_body, &k));
    *n = k.n;
    return ok();
}
