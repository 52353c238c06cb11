/* Who may do what: grants, changed by two people, and the first ones of an empty city. GB/T 22239-2019 8.1.4.2 d:
 * least privilege, and the powers of administration separated (three officers exclude each other). */
#include "city/identity/internal.h"
#include "trust/crypto.h"
#include "trust/password.h"

static const struct stmt GRANT_INSERT = {
    "grant_insert",
    "INSERT INTO role_grant (account, role, department, town, granted_at) VALUES (?1,?2,?3,?4,?5)"
    " ON CONFLICT (account, role, department, town) DO NOTHING",
    NULL, false};
static const struct stmt GRANT_DELETE = {
    "grant_delete", "DELETE FROM role_grant WHERE account = ?1 AND role = ?2 AND department = ?3 AND town = ?4", NULL,
    false};
static const struct stmt GRANTS_HELD = {"grants_held", "SELECT role FROM role_grant WHERE account = ?1", NULL, false};
static const struct stmt CHANGE_INSERT = {
    "role_change_insert",
    "INSERT INTO role_change (id, account, role, department, town, grant_it, reason, requested_by, requested_at, state, decided_at)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,'waiting',0)",
    NULL, false};
#define CHANGE_COLUMNS CHANGE_SHARED ", role, department, town, grant_it"
enum { OWN_ROLE, OWN_DEPARTMENT, OWN_TOWN, OWN_GRANT };
static const struct stmt CHANGE_LOAD = {"role_change_load", "SELECT " CHANGE_COLUMNS " FROM role_change WHERE id = ?1",
                                        NULL, true};
static const struct stmt CHANGE_DECIDE = {
    "role_change_decide", "UPDATE role_change SET state = ?2, decided_by = ?3, decided_at = ?4 WHERE id = ?1", NULL,
    false};
static const struct stmt CHANGE_LIST = {
    "role_change_list", "SELECT " CHANGE_COLUMNS " FROM role_change WHERE id < ?1 ORDER BY id DESC LIMIT ?2", NULL,
    false};

result grant_insert(struct tx *tx, struct arena *a, struct id account, enum role role, struct slice department,
                    struct slice town, instant now)
{
    return tx_exec(tx, a, &GRANT_INSERT,
                   BINDS(sql_id(&account), sql_text(slice_cstr(role_name(role))), sql_text(department), sql_text(town),
                         sql_int(now)),
                   NULL);
}

static bool officer(enum role r)
{
    return r == ROLE_ADMINISTRATOR || r == ROLE_SECURITY || r == ROLE_AUDITOR;
}

result grant_exclusive(struct tx *tx, struct arena *a, struct id account, enum role role)
{
    if (!officer(role)) return ok();
    struct rows r;
    TRY(tx_query(tx, a, &GRANTS_HELD, BINDS(sql_id(&account)), &r));
    for (size_t i = 0; i < r.n; i++) {
        enum role held;
        if (role_scan(row(&r, i)[0].s, &held) && officer(held) && held != role)
            return fail(a, CODE_ROLE_EXCLUSIVE, S("/role"), "value", slice_cstr(role_name(held)), NULL);
    }
    return ok();
}

struct change {
    struct city *c;
    const struct actor *x;
    struct id id, account;
    enum role role;
    struct slice department, town, reason;
    bool grant, approve;
    instant now;
};

static const struct json *change_details(struct arena *a, const struct change *k)
{
    struct json_builder b = json_builder(a);
    json_set_id(&b, "change", id_bytes(&k->id));
    json_set_id(&b, "account", id_bytes(&k->account));
    json_set_cstr(&b, "role", role_name(k->role));
    json_set_str(&b, "department", k->department);
    json_set_str(&b, "town", k->town);
    json_set_bool(&b, "grant", k->grant);
    return json_object(&b);
}

static result request_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct change *k = ctx;
    struct account x;
    bool found;
    TRY(account_by_id(k->c, a, tx, k->account, &x, &found));
    if (!found || x.kind != ACTOR_STAFF)
        return fail(a, CODE_NOT_FOUND, S("/account"), "value", id_text(a, k->account), NULL);
    if (k->grant) TRY(grant_exclusive(tx, a, k->account, k->role));
    TRY(tx_exec(tx, a, &CHANGE_INSERT,
                BINDS(sql_id(&k->id), sql_id(&k->account), sql_text(slice_cstr(role_name(k->role))),
                      sql_text(k->department), sql_text(k->town), sql_int(k->grant), sql_text(k->reason),
                      sql_id(&k->x->account), sql_int(k->now)),
                NULL));
    return audit_add(tx, a, k->x, k->now, "role.requested", change_details(a, k));
}

result role_change_request(struct city *c, struct arena *a, const struct actor *x, struct id account, enum role role,
                           struct slice department, struct slice town, bool grant, struct slice reason, instant now,
                           struct id *id)
{
    TRY(city_authorise(a, x, (struct right){RIGHT_ROLES, 1u << ROLE_ADMINISTRATOR, false}, S("administrator")));
    if (id_eq(account, x->account)) return fail(a, CODE_TWO_PEOPLE, S("/account"), NULL);
    const struct citydata *d = c->catalogue ? catalogue_data(c->catalogue) : NULL;
    if (d && !slice_is(department, "*") && !citydata_department(d, department))
        return fail(a, CODE_NOT_FOUND, S("/department"), "value", department, NULL);
    if (d && !slice_is(town, "*") && !citydata_town(d, town))
        return fail(a, CODE_NOT_FOUND, S("/town"), "value", town, NULL);
    struct change k = {.c = c,
                       .x = x,
                       .id = id_new(now),
                       .account = account,
                       .role = role,
                       .department = department,
                       .town = town,
                       .reason = reason,
                       .grant = grant,
                       .now = now};
    TRY(store_run(c->store, a, "role_change_request", request_body, &k));
    *id = k.id;
    return ok();
}

static result decide_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct change *k = ctx;
    const struct sql_value *v;
    TRY(change_waiting(tx, a, &CHANGE_LOAD, k->x, k->id, "role_change", &v, &k->account));
    v += CHANGE_OWN;
    if (!role_scan(v[OWN_ROLE].s, &k->role))
        return fail(a, CODE_INTERNAL, S("role_change"), "detail", v[OWN_ROLE].s, NULL);
    k->department = v[OWN_DEPARTMENT].s;
    k->town = v[OWN_TOWN].s;
    k->grant = v[OWN_GRANT].i != 0;
    if (k->approve && k->grant) {
        TRY(grant_exclusive(tx, a, k->account, k->role)); /* may have changed since the request */
        TRY(grant_insert(tx, a, k->account, k->role, k->department, k->town, k->now));
    } else if (k->approve) {
        TRY(tx_exec(tx, a, &GRANT_DELETE,
                    BINDS(sql_id(&k->account), sql_text(v[OWN_ROLE].s), sql_text(k->department), sql_text(k->town)),
                    NULL));
    }
    struct slice state = k->approve ? S("approved") : S("rejected");
    TRY(tx_exec(tx, a, &CHANGE_DECIDE, BINDS(sql_id(&k->id), sql_text(state), sql_id(&k->x->account), sql_int(k->now)),
                NULL));
    return audit_add(tx, a, k->x, k->now, k->approve ? "role.approved" : "role.rejected", change_details(a, k));
}

result role_change_decide(struct city *c, struct arena *a, const struct actor *x, struct id id, bool approve,
                          instant now)
{
    TRY(city_authorise(a, x, (struct right){RIGHT_ROLES, 1u << ROLE_SECURITY, false}, S("security")));
    struct change k = {.c = c, .x = x, .id = id, .approve = approve, .now = now};
    return store_run(c->store, a, "role_change_decide", decide_body, &k);
}

static void own_members(struct json_builder *b, const struct sql_value *own)
{
    json_set_str(b, "role", own[OWN_ROLE].s);
    json_set_str(b, "department", own[OWN_DEPARTMENT].s);
    json_set_str(b, "town", own[OWN_TOWN].s);
    json_set_bool(b, "grant", own[OWN_GRANT].i != 0);
}

result role_change_list(struct city *c, struct arena *a, int64_t limit, struct slice cursor, const struct json **out)
{
    return change_list(c, a, &CHANGE_LIST, own_members, limit, cursor, out);
}
