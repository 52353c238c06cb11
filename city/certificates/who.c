/* Whose account a certificate opens: by the numbers it names. */
#include "city/certificates/internal.h"

static const struct stmt ACCOUNTS = {
    "certificate_accounts", "SELECT id FROM account WHERE subject = ?1 AND disabled_at = 0 ORDER BY id LIMIT 2", NULL,
    false};
static const struct stmt DELEGATION = {
    "certificate_delegation",
    "SELECT id FROM delegation WHERE principal = ?1 AND agent = ?2 AND revoked_at = 0 AND until_at > ?3 ORDER BY until_at DESC LIMIT 1",
    NULL, false};
static const struct stmt STAFF_PERSON = {"certificate_staff_person",
                                         "SELECT index_hash FROM staff_person WHERE account = ?1", NULL, false};
static const struct stmt ACCOUNT_SUBJECT = {"certificate_account_subject", "SELECT subject FROM account WHERE id = ?1",
                                            NULL, false};

result owner_delegation(struct city *c, struct arena *a, struct id principal, struct id account, instant now,
                        struct id *delegation, bool *found)
{
    struct rows r;
    TRY(store_query(c->store, a, &DELEGATION, BINDS(sql_id(&principal), sql_id(&account), sql_int(now)), &r));
    *found = r.n && id_from_bytes(row(&r, 0)[0].s, delegation);
    return ok();
}

/* The one account of a person or enterprise whose number somebody has verified: an account opened with a number alone may be a stranger's. */
static result only_account(struct city *c, struct arena *a, struct id subject, struct id *account, bool *found)
{
    struct rows r;
    bool proven;
    *found = false;
    result p = subject_proven(c, a, subject, &proven);
    if (result_code(p) == CODE_VAULT_ERASED) return ok();
    TRY(p);
    if (!proven) return ok();
    TRY(store_query(c->store, a, &ACCOUNTS, BINDS(sql_id(&subject)), &r));
    *found = r.n == 1 && id_from_bytes(row(&r, 0)[0].s, account);
    return ok();
}

static bool is_enterprise(const struct holder *h)
{
    return slice_is(h->kind, "uscc");
}

/* The subject of the first number of the kind. */
static result subject_named(struct city *c, struct arena *a, const struct judged *j, bool enterprise, struct id *out,
                            bool *found)
{
    *found = false;
    for (size_t i = 0; i < j->nholders && !*found; i++)
        if (is_enterprise(&j->holders[i]) == enterprise)
            TRY(subject_find(c, a, j->holders[i].kind, j->holders[i].number, out, found));
    return ok();
}

static bool names_enterprise(const struct judged *j)
{
    for (size_t i = 0; i < j->nholders; i++)
        if (is_enterprise(&j->holders[i])) return true;
    return false;
}

/* An enterprise's certificate that also names a person (经办人, 法定代表人) signs that person in, acting for it, when the city knows them as its agent;
 * else the enterprise's own account. Never a representative's own account by the enterprise's certificate alone: an employee may hold it. */
static result owner_enterprise(struct city *c, struct arena *a, const struct judged *j, instant now, struct owner *out,
                               bool *found)
{
    struct id enterprise, person;
    bool known, account = false;
    TRY(subject_named(c, a, j, true, &enterprise, found));
    if (!*found) return ok();
    TRY(subject_named(c, a, j, false, &person, &known));
    if (known) TRY(only_account(c, a, person, &out->account, &account));
    if (account) TRY(owner_delegation(c, a, enterprise, out->account, now, &out->delegation, &account));
    if (account) {
        out->subject = person;
        out->enterprise = enterprise;
        return ok();
    }
    out->subject = enterprise;
    return only_account(c, a, enterprise, &out->account, found);
}

result owner_of(struct city *c, struct arena *a, const struct judged *j, instant now, struct owner *out, bool *found)
{
    *out = (struct owner){.account = ID_NONE, .subject = ID_NONE, .enterprise = ID_NONE, .delegation = ID_NONE};
    if (names_enterprise(j)) return owner_enterprise(c, a, j, now, out, found);
    TRY(subject_named(c, a, j, false, &out->subject, found));
    return *found ? only_account(c, a, out->subject, &out->account, found) : ok();
}

/* ---- the actor as owner ---- */

static result holder_wrong(struct arena *a, const struct judged *j)
{
    return fail(a, CODE_CERT_HOLDER, x509_subject(a, j->cert), NULL);
}

static result staff_is(struct city *c, struct arena *a, const struct actor *x, const struct judged *j)
{
    struct rows r;
    TRY(store_query(c->store, a, &STAFF_PERSON, BINDS(sql_id(&x->account)), &r));
    for (size_t i = 0; r.n && i < j->nholders; i++)
        if (slice_eq(row(&r, 0)[0].s, vault_index(c, a, arena_cstr(a, j->holders[i].kind), j->holders[i].number)))
            return ok();
    return holder_wrong(a, j);
}

result owner_is(struct city *c, struct arena *a, const struct actor *x, const struct judged *j, instant now,
                struct owner *out)
{
    struct rows r;
    struct id named;
    bool found;
    *out = (struct owner){.account = x->account, .subject = ID_NONE, .enterprise = ID_NONE, .delegation = ID_NONE};
    if (x->kind == ACTOR_STAFF) return staff_is(c, a, x, j);
    TRY(store_query(c->store, a, &ACCOUNT_SUBJECT, BINDS(sql_id(&x->account)), &r));
    if (!r.n || !id_from_bytes(row(&r, 0)[0].s, &out->subject)) return holder_wrong(a, j);
    bool enterprise = names_enterprise(j);
    TRY(subject_named(c, a, j, enterprise, &named, &found));
    if (!found) return holder_wrong(a, j);
    if (id_eq(named, out->subject)) return ok();
    if (enterprise) TRY(owner_delegation(c, a, named, x->account, now, &out->delegation, &found));
    if (!enterprise || !found) return holder_wrong(a, j);
    out->enterprise = named;
    return ok();
}
