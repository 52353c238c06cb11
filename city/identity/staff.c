/* Staff accounts: created by an administrator with an initial password that is shown once and must be changed. */
#include "city/identity/internal.h"
#include "city/identity/keys.h"
#include "trust/password.h"

static const struct stmt STAFF_LIST = {
    "staff_list", STAFF_ACCOUNTS " AND (?3 = '' OR department = ?3) AND id < ?1 ORDER BY id DESC LIMIT ?2", NULL,
    false};

/* ---- the officer as a person ---- */

static const struct stmt PERSON_CLEAR = {"staff_person_clear", "DELETE FROM staff_person WHERE account = ?1", NULL,
                                         false};
static const struct stmt PERSON_INSERT = {"staff_person_insert",
                                          "INSERT INTO staff_person (account, index_hash) VALUES (?1,?2)", NULL, false};
const struct stmt STAFF_OWN_CASE = {
    "staff_own_case",
    "SELECT 1 FROM staff_person p JOIN subject s ON s.index_hash = p.index_hash JOIN case_file f ON f.id = ?2"
    " WHERE p.account = ?1 AND (f.subject = s.id OR EXISTS (SELECT 1 FROM account a WHERE a.subject = s.id"
    " AND (a.id = f.agent OR EXISTS (SELECT 1 FROM delegation d WHERE d.agent = a.id AND d.principal = f.subject"
    " AND d.revoked_at = 0 AND d.until_at > ?3))))",
    NULL, false};

static result person_write(struct tx *tx, struct arena *a, struct id account, struct slice hash)
{
    if (!hash.n) return ok();
    TRY(tx_exec(tx, a, &PERSON_CLEAR, BINDS(sql_id(&account)), NULL));
    return tx_exec(tx, a, &PERSON_INSERT, BINDS(sql_id(&account), sql_blob(hash)), NULL);
}

struct person {
    const struct actor *x;
    struct id account;
    struct slice hash;
    instant now;
};

static result person_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct person *p = ctx;
    struct json_builder b = json_builder(a);
    TRY(person_write(tx, a, p->account, p->hash));
    json_set_id(&b, "account", id_bytes(&p->account));
    return audit_add(tx, a, p->x, p->now, "staff.person", json_object(&b));
}

result staff_person_set(struct city *c, struct arena *a, const struct actor *x, struct id account, struct slice id_kind,
                        struct slice number, instant now)
{
    struct person p = {.x = x, .account = account, .now = now};
    struct actor who;
    TRY(city_authorise(a, x, (struct right){RIGHT_ROLES, 1u << ROLE_ADMINISTRATOR, false}, S("administrator")));
    TRY(actor_of_account(c, a, account, &who));
    if (who.kind != ACTOR_STAFF) return fail(a, CODE_NOT_FOUND, S("/id"), "value", id_text(a, account), NULL);
    TRY(subject_hash(c, a, id_kind, number, S("/id_number"), &p.hash));
    return store_run(c->store, a, "staff_person", person_body, &p);
}

struct slice random_readable(struct arena *a, const char *alphabet, size_t n)
{
    size_t size = strlen(alphabet), even = 256 - 256 % size; /* bytes above would favour the first symbols */
    char *p = arena_alloc(a, n);
    for (size_t i = 0; i < n;) {
        uint8_t byte;
        random_bytes(&byte, 1);
        if (byte < even) p[i++] = alphabet[byte % size];
    }
    return slice_of(p, n);
}

result initial_password(struct arena *a, struct slice *password, struct slice *hash)
{
    struct slice random = random_readable(a, "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789", 12);
    *password = arena_printf(a, "%.*s-x7", SLICE_ARG(random)); /* so that every one meets the rule of three classes */
    return password_hash(a, *password, hash);
}

struct creating {
    struct city *c;
    const struct actor *x;
    struct account_new n;
    struct slice person; /* hash; empty: not known */
    instant now;
};

static result creating_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct creating *k = ctx;
    TRY(account_insert(k->c, tx, a, &k->n, k->now));
    TRY(person_write(tx, a, k->n.id, k->person));
    struct json_builder b = json_builder(a);
    json_set_id(&b, "account", id_bytes(&k->n.id));
    json_set_str(&b, "department", k->n.department);
    return audit_add(tx, a, k->x, k->now, "staff.created", json_object(&b));
}

result staff_create(struct city *c, struct arena *a, const struct actor *x, const struct staff_new *s, instant now,
                    struct id *id, struct slice *password)
{
    TRY(city_authorise(a, x, (struct right){RIGHT_ROLES, 1u << ROLE_ADMINISTRATOR, false}, S("administrator")));
    const struct citydata *d = c->catalogue ? catalogue_data(c->catalogue) : NULL;
    struct creating k = {.c = c, .x = x, .now = now};
    TRY(login_normal(a, s->login, &k.n.login));
    if (!slice_trim(s->name).n || slice_codepoints(s->name) > 100)
        return fail(a, CODE_FIELD_REQUIRED, S("/name"), NULL);
    if (d && !citydata_department(d, s->department))
        return fail(a, CODE_NOT_FOUND, S("/department"), "value", s->department, NULL);
    if (d && !slice_is(s->town, "*") && !citydata_town(d, s->town))
        return fail(a, CODE_NOT_FOUND, S("/town"), "value", s->town, NULL);
    if (s->id_number.n) TRY(subject_hash(c, a, s->id_kind, s->id_number, S("/id_number"), &k.person));
    struct slice initial;
    TRY(initial_password(a, &initial, &k.n.password));
    k.n.id = id_new(now);
    k.n.kind = ACTOR_STAFF;
    k.n.department = s->department;
    k.n.town = s->town;
    k.n.name = s->name;
    k.n.email = s->email;
    k.n.phone = s->phone;
    k.n.must_change = true;
    TRY(store_run(c->store, a, "staff_create", creating_body, &k));
    *id = k.n.id;
    *password = initial;
    return ok();
}

static const struct json *roles_json(struct arena *a, const struct actor *x)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < x->ngrants; i++) {
        struct json_builder b = json_builder(a);
        json_set_cstr(&b, "role", role_name(x->grants[i].role));
        json_set_str(&b, "department", x->grants[i].department);
        json_set_str(&b, "town", x->grants[i].town);
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

static void set_department(struct json_builder *b, const struct city *c, struct slice code)
{
    struct json_builder d = json_builder(b->a);
    json_set_str(&d, "code", code);
    json_set(&d, "name", bitext_json(b->a, identity_department(c, code)));
    json_set(b, "department", json_object(&d));
}

result staff_list(struct city *c, struct arena *a, struct slice department, int64_t limit, struct slice cursor,
                  const struct json **out)
{
    struct id before;
    struct rows r;
    TRY(page_cursor(a, cursor, &before));
    TRY(store_query(c->store, a, &STAFF_LIST, BINDS(sql_id(&before), sql_int(limit + 1), sql_text(department)), &r));
    struct json_builder items = json_builder(a);
    for (size_t i = 0; i < r.n && (int64_t)i < limit; i++) {
        struct account x;
        struct actor who;
        int64_t keys;
        account_read(row(&r, i), &x);
        TRY(actor_of_row(c, a, &x, time_now(c->time), &who));
        struct json_builder b = json_builder(a);
        json_set_id(&b, "id", id_bytes(&x.id));
        json_set_str(&b, "login", who.login);
        json_set_str(&b, "name", who.name);
        set_department(&b, c, x.department);
        json_set_str(&b, "town", x.town);
        json_set(&b, "roles", roles_json(a, &who));
        json_set_bool(&b, "totp", x.totp_ct.n > 0);
        TRY(key_count(c, NULL, a, x.id, &keys));
        json_set_int(&b, "keys", keys);
        json_set_bool(&b, "must_change_password", who.must_change_password);
        json_set_bool(&b, "disabled", x.disabled_at > 0);
        json_add(&items, json_object(&b));
    }
    *out = page_json(a, &items, &r, limit);
    return ok();
}

/* ---- the actor as the interface shows it ---- */

static const struct stmt PRINCIPALS = {
    "principals",
    "SELECT DISTINCT principal FROM delegation WHERE agent = ?1 AND revoked_at = 0 AND until_at > ?2 ORDER BY principal LIMIT 100",
    NULL, false};

static const char *kind_name(enum actor_kind k)
{
    return k == ACTOR_STAFF ? "staff" : k == ACTOR_ENTERPRISE ? "enterprise" : k == ACTOR_SYSTEM ? "system" : "person";
}

static const struct json *principal_json(struct city *c, struct arena *a, struct slice id16)
{
    struct id id;
    const struct json *p;
    struct json_builder b = json_builder(a);
    if (!id_from_bytes(id16, &id) || failed(subject_profile(c, a, id, &p))) return NULL;
    json_set_id(&b, "id", id16);
    json_set_str(&b, "name", json_string(json_get(json_get(p, "fields"), "name"), "value"));
    json_set(&b, "kind", json_get(p, "kind"));
    return json_object(&b);
}

result actor_json(struct city *c, struct arena *a, const struct actor *x, instant now, const struct json **out)
{
    struct account acc;
    struct rows r;
    bool found;
    TRY(account_by_id(c, a, NULL, x->account, &acc, &found));
    if (!found) return fail(a, CODE_NOT_FOUND, S("account"), "value", x->login, NULL);
    int64_t keys;
    TRY(key_count(c, NULL, a, x->account, &keys));
    TRY(store_query(c->store, a, &PRINCIPALS, BINDS(sql_id(&x->account), sql_int(now)), &r));
    struct json_builder b = json_builder(a), list = json_builder(a);
    json_set_id(&b, "id", id_bytes(&x->account));
    json_set_cstr(&b, "kind", kind_name(x->kind));
    json_set_str(&b, "login", x->login);
    json_set_str(&b, "name", x->name);
    json_set_bool(&b, "must_change_password", x->must_change_password);
    json_set_bool(&b, "totp", acc.totp_ct.n > 0);
    json_set_int(&b, "keys", keys);
    json_set_bool(&b, "must_add_key", x->must_add_key);
    const struct json *acting = id_is_none(x->delegation) ? NULL : principal_json(c, a, id_bytes(&x->subject));
    json_set(&b, "acting_for", acting ? acting : json_null());
    for (size_t i = 0; i < r.n; i++) {
        const struct json *p = principal_json(c, a, row(&r, i)[0].s);
        if (p) json_add(&list, p);
    }
    json_set(&b, "principals", json_array(&list));
    if (x->kind == ACTOR_STAFF) {
        struct json_builder s = json_builder(a);
        set_department(&s, c, x->department);
        json_set_str(&s, "town", x->town);
        json_set(&s, "roles", roles_json(a, x));
        json_set(&b, "staff", json_object(&s));
    } else {
        json_set(&b, "staff", json_null());
    }
    *out = json_object(&b);
    return ok();
}
