/* The legal representative of an enterprise acts for it by law (民法典 art. 61), without being asked to delegate: the register
 * says who it is. Kept as a delegation, so that sessions, rights and lists know one mechanism only. */
#include "city/identity/internal.h"

#define REPRESENTATIVE_DAYS 1095 /* renewed with each entry in the register; a person who left does not act for ever */

static const struct stmt ACCOUNTS_OF = {"representative_accounts",
                                        "SELECT id FROM account WHERE subject = ?1 AND disabled_at = 0 ORDER BY id",
                                        NULL, false};
static const struct stmt IN_FORCE = {
    "representative_in_force",
    "SELECT id FROM delegation WHERE principal = ?1 AND agent = ?2 AND revoked_at = 0 AND until_at > ?3 AND services = '[\"*\"]'",
    NULL, false};
static const struct stmt INSERT = {
    "representative_insert",
    "INSERT INTO delegation (id, principal, agent, services, created_at, created_by, until_at, revoked_at)"
    " VALUES (?1,?2,?3,'[\"*\"]',?4,NULL,?5,0)",
    NULL, false};

struct linking {
    struct id enterprise, person;
    instant now;
    bool linked;
};

static result link_one(struct tx *tx, struct arena *a, const struct linking *k, struct id account)
{
    struct rows r;
    TRY(tx_query(tx, a, &IN_FORCE, BINDS(sql_id(&k->enterprise), sql_id(&account), sql_int(k->now)), &r));
    if (r.n) return ok();
    struct id id = id_new(k->now);
    const struct actor system = actor_system();
    struct json_builder b = json_builder(a);
    TRY(tx_exec(tx, a, &INSERT,
                BINDS(sql_id(&id), sql_id(&k->enterprise), sql_id(&account), sql_int(k->now),
                      sql_int(k->now + REPRESENTATIVE_DAYS * MS_DAY)),
                NULL));
    json_set_id(&b, "delegation", id_bytes(&id));
    return audit_add(tx, a, &system, k->now, "representative.linked", json_object(&b));
}

static result linking_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct linking *k = ctx;
    struct rows r;
    k->linked = false;
    TRY(tx_query(tx, a, &ACCOUNTS_OF, BINDS(sql_id(&k->person)), &r));
    for (size_t i = 0; i < r.n; i++) {
        struct id account;
        if (!id_from_bytes(row(&r, i)[0].s, &account)) continue;
        TRY(link_one(tx, a, k, account));
        k->linked = true;
    }
    return ok();
}

result representative_set(struct city *c, struct arena *a, struct id enterprise, struct id person, instant now,
                          bool *linked)
{
    struct linking k = {.enterprise = enterprise, .person = person, .now = now};
    TRY(store_run(c->store, a, "representative_set", linking_body, &k));
    *linked = k.linked;
    return ok();
}
