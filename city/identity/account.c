/* Accounts: rows, who they are, and the actors made of them. */
#include "city/identity/internal.h"
#include "city/identity/keys.h"

#define ACCOUNT_FROM " FROM account LEFT JOIN data_key ON data_key.id = account.subject"
static const struct stmt ACCOUNT_BY_ID = {
    "account_by_id", "SELECT " ACCOUNT_COLUMNS ", data_key.wrapped" ACCOUNT_FROM " WHERE account.id = ?1", NULL, false};
static const struct stmt ACCOUNT_BY_LOGIN = {
    "account_by_login", "SELECT " ACCOUNT_COLUMNS ", data_key.wrapped" ACCOUNT_FROM " WHERE account.login_hash = ?1",
    NULL, false};
/* Inside transactions that go on to change the row. */
static const struct stmt ACCOUNT_LOCK_ID = {"account_lock_id", "SELECT id FROM account WHERE id = ?1", NULL, true};
static const struct stmt ACCOUNT_LOCK_LOGIN = {"account_lock_login", "SELECT id FROM account WHERE login_hash = ?1",
                                               NULL, true};
static const struct stmt ACCOUNT_INSERT = {
    "account_insert",
    "INSERT INTO account (id, kind, login_hash, identity_ct, subject, password, must_change, password_at, failures,"
    " locked_until, totp_step, department, town, disabled_at, created_at) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,0,0,0,?9,?10,0,?8)",
    NULL, false};
static const struct stmt GRANTS_OF = {
    "grants_of", "SELECT role, department, town FROM role_grant WHERE account = ?1 ORDER BY role, department, town",
    NULL, false};

void account_read(const struct sql_value *v, struct account *out)
{
    *out = (struct account){0};
    (void)id_from_bytes(v[0].s, &out->id);
    out->kind = (enum actor_kind)v[1].i;
    out->identity_ct = v[2].s;
    (void)id_from_bytes(v[3].s, &out->subject);
    out->password = v[4].s;
    out->must_change = v[5].i != 0;
    out->password_at = v[6].i;
    out->failures = v[7].i;
    out->locked_until = v[8].i;
    out->totp_ct = v[9].s;
    out->totp_pending_ct = v[10].s;
    out->totp_step = v[11].i;
    out->department = v[12].s;
    out->town = v[13].s;
    out->disabled_at = v[14].i;
    out->wrapped = v[15].s;
}

static result account_load(struct city *c, struct arena *a, struct tx *tx, const struct stmt *lock,
                           const struct stmt *q, struct sql_value by, struct account *out, bool *found)
{
    struct rows r;
    *found = false;
    if (tx) {
        TRY(tx_query(tx, a, lock, &by, 1, &r));
        if (r.n) TRY(tx_query(tx, a, q, &by, 1, &r));
    } else {
        TRY(store_query(c->store, a, q, &by, 1, &r));
    }
    if (!r.n) return ok();
    account_read(row(&r, 0), out);
    *found = true;
    return ok();
}

result account_by_id(struct city *c, struct arena *a, struct tx *tx, struct id id, struct account *out, bool *found)
{
    return account_load(c, a, tx, &ACCOUNT_LOCK_ID, &ACCOUNT_BY_ID, sql_id(&id), out, found);
}

result account_by_login(struct city *c, struct arena *a, struct tx *tx, struct slice login, struct account *out,
                        bool *found)
{
    struct slice normal;
    *found = false;
    if (failed(login_normal(a, login, &normal))) return ok(); /* not a login, so nobody's */
    return account_load(c, a, tx, &ACCOUNT_LOCK_LOGIN, &ACCOUNT_BY_LOGIN, sql_blob(login_hash(c, a, normal)), out,
                        found);
}

result login_normal(struct arena *a, struct slice login, struct slice *out)
{
    struct slice t = slice_trim(login);
    if (t.n < 3 || t.n > 64) return fail(a, CODE_LOGIN_FORM, S("/login"), NULL);
    char *p = arena_alloc(a, t.n);
    for (size_t i = 0; i < t.n; i++) {
        char ch = t.p[i];
        bool upper = ch >= 'A' && ch <= 'Z', alnum = upper || (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9');
        if (!alnum && !strchr("._-@+", ch)) return fail(a, CODE_LOGIN_FORM, S("/login"), NULL);
        if (!ch) return fail(a, CODE_LOGIN_FORM, S("/login"), NULL);
        p[i] = upper ? (char)(ch - 'A' + 'a') : ch;
    }
    *out = slice_of(p, t.n);
    return ok();
}

struct slice login_hash(const struct city *c, struct arena *a, struct slice normal)
{
    return vault_index(c, a, "login", normal);
}

struct slice account_identity_seal(const struct city *c, struct arena *a, const struct data_key *k,
                                   const struct account_identity *i)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "login", i->login);
    json_set_str(&b, "name", i->name);
    if (i->email.n) json_set_str(&b, "email", i->email);
    if (i->phone.n) json_set_str(&b, "phone", i->phone);
    struct slice text = json_write(a, json_object(&b));
    return k ? vault_seal(a, k, "account.identity", text) : vault_seal_city(c, a, "account.identity", text);
}

result account_identity_open(struct city *c, struct arena *a, const struct account *x, struct account_identity *out)
{
    struct slice text;
    if (id_is_none(x->subject)) {
        TRY(vault_open_city(c, a, "account.identity", x->identity_ct, &text));
    } else {
        struct data_key k;
        TRY(vault_unwrap(c, a, x->subject, x->wrapped, &k));
        TRY(vault_open(a, &k, "account.identity", x->identity_ct, &text));
    }
    const struct json *v;
    TRY(json_parse(a, text, 64 * 1024, S("account.identity"), &v));
    *out = (struct account_identity){json_string(v, "login"), json_string(v, "name"), json_string(v, "email"),
                                     json_string(v, "phone")};
    return ok();
}

result account_insert(struct city *c, struct tx *tx, struct arena *a, const struct account_new *n, instant now)
{
    struct account_identity i = {n->login, n->name, n->email, n->phone};
    struct slice ct = account_identity_seal(c, a, n->key, &i);
    result r = tx_exec(tx, a, &ACCOUNT_INSERT,
                       BINDS(sql_id(&n->id), sql_int((int64_t)n->kind), sql_blob(login_hash(c, a, n->login)),
                             sql_blob(ct), sql_id(&n->subject), sql_text(n->password), sql_int(n->must_change),
                             sql_int(now), sql_text(n->department), sql_text(n->town)),
                       NULL);
    if (result_code(r) == CODE_STORE_CONSTRAINT) return fail(a, CODE_IDENTITY_TAKEN, S("/login"), NULL);
    return r;
}

static result grants_load(struct city *c, struct arena *a, struct id account, struct actor *out)
{
    struct rows r;
    TRY(store_query(c->store, a, &GRANTS_OF, BINDS(sql_id(&account)), &r));
    struct role_grant *g = NEW_ARRAY(a, struct role_grant, r.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < r.n; i++)
        if (role_scan(row(&r, i)[0].s, &g[n].role)) {
            g[n].department = row(&r, i)[1].s;
            g[n].town = row(&r, i)[2].s;
            n++;
        }
    out->grants = g;
    out->ngrants = n;
    return ok();
}

result actor_of_row(struct city *c, struct arena *a, const struct account *x, instant now, struct actor *out)
{
    struct account_identity i;
    TRY(account_identity_open(c, a, x, &i));
    *out = (struct actor){.kind = x->kind,
                          .account = x->id,
                          .subject = x->subject,
                          .login = i.login,
                          .name = i.name,
                          .department = x->department,
                          .town = x->town};
    out->must_change_password = x->must_change || (x->kind == ACTOR_STAFF && now - x->password_at > PASSWORD_AGE_STAFF);
    if (x->kind != ACTOR_STAFF) return ok();
    TRY(grants_load(c, a, x->id, out));
    for (size_t g = 0; g < out->ngrants; g++)
        if (c->key_roles & 1u << out->grants[g].role) out->must_add_key = true;
    if (!out->must_add_key) return ok();
    int64_t keys;
    TRY(key_count(c, NULL, a, x->id, &keys));
    out->must_add_key = !keys;
    return ok();
}

result actor_of_account(struct city *c, struct arena *a, struct id account, struct actor *out)
{
    struct account x;
    bool found;
    TRY(account_by_id(c, a, NULL, account, &x, &found));
    if (!found || x.disabled_at) return fail(a, CODE_NOT_FOUND, S("account"), "value", id_text(a, account), NULL);
    return actor_of_row(c, a, &x, time_now(c->time), out);
}

result actor_of_login(struct city *c, struct arena *a, struct slice login, struct actor *out)
{
    struct account x;
    bool found;
    TRY(account_by_login(c, a, NULL, login, &x, &found));
    if (!found || x.disabled_at) return fail(a, CODE_NOT_FOUND, S("account"), "value", login, NULL);
    return actor_of_row(c, a, &x, time_now(c->time), out);
}

struct actor actor_system(void)
{
    return (struct actor){.kind = ACTOR_SYSTEM, .login = S("system"), .name = S("系统")};
}

struct bitext identity_who(struct city *c, struct arena *a, struct slice account, int64_t kind)
{
    struct id id;
    if (kind == ACTOR_NOBODY) return (struct bitext){S("未登录"), S("not signed in")};
    if (kind == ACTOR_SYSTEM || !id_from_bytes(account, &id)) return (struct bitext){S("系统"), S("the system")};
    struct account x;
    struct account_identity i;
    bool found;
    if (failed(account_by_id(c, a, NULL, id, &x, &found)) || !found || failed(account_identity_open(c, a, &x, &i)))
        return (struct bitext){S("已注销"), S("closed account")};
    return (struct bitext){i.name, i.name};
}

struct slice identity_name_of(struct city *c, struct arena *a, struct slice account, int64_t kind)
{
    return identity_who(c, a, account, kind).zh;
}

struct bitext identity_who_masked(struct city *c, struct arena *a, struct slice account, int64_t kind)
{
    struct bitext t = identity_who(c, a, account, kind);
    if (!slice_eq(t.zh, t.en)) return t; /* nobody's name */
    struct slice masked = mask_name(a, t.zh);
    return (struct bitext){masked, masked};
}

result account_contact(struct city *c, struct arena *a, struct id account, struct slice *email, struct slice *phone)
{
    struct account x;
    struct account_identity i;
    bool found;
    TRY(account_by_id(c, a, NULL, account, &x, &found));
    if (!found || x.disabled_at) return fail(a, CODE_NOT_FOUND, S("account"), "value", id_text(a, account), NULL);
    TRY(account_identity_open(c, a, &x, &i));
    *email = i.email;
    *phone = i.phone;
    return ok();
}

struct bitext identity_department(const struct city *c, struct slice code)
{
    const struct department *d = c->catalogue ? citydata_department(catalogue_data(c->catalogue), code) : NULL;
    return d ? d->name : (struct bitext){code, code};
}
