/* Subjects: a person or an enterprise, known by an identity number. The profile is one encrypted value; each field
 * carries where it comes from and of what date it is. */
#include "base/identifier.h"
#include "city/catalogue/catalogue.h"
#include "city/identity/internal.h"

static const struct stmt SUBJECT_INSERT = {
    "subject_insert",
    "INSERT INTO subject (id, kind, index_hash, profile_ct, created_at, updated_at, erased_at) VALUES (?1,?2,?3,?4,?5,?5,0)",
    NULL, false};
static const struct stmt SUBJECT_BY_INDEX = {"subject_by_index", "SELECT id FROM subject WHERE index_hash = ?1", NULL,
                                             false};
#define SUBJECT_JOINED                                                                                              \
    "SELECT subject.kind, subject.profile_ct, data_key.wrapped, subject.erased_at, subject.updated_at FROM subject" \
    " JOIN data_key ON data_key.id = subject.id WHERE subject.id = ?1"
static const struct stmt SUBJECT_LOAD = {"subject_load", SUBJECT_JOINED, NULL, false};
static const struct stmt SUBJECT_LOCK = {"subject_lock", "SELECT id FROM subject WHERE id = ?1", NULL, true};
static const struct stmt SUBJECT_PROFILE = {
    "subject_set_profile", "UPDATE subject SET profile_ct = ?2, updated_at = ?3 WHERE id = ?1", NULL, false};

static bool person_document(enum id_kind k)
{
    return k == ID_KIND_RESIDENT_ID || k == ID_KIND_RESIDENCE_PERMIT || k == ID_KIND_HKM_PERMIT ||
           k == ID_KIND_TW_PERMIT || k == ID_KIND_PASSPORT;
}

result identity_number_check(struct arena *a, struct slice id_kind, struct slice number, struct slice field,
                             struct slice *normal)
{
    enum id_kind k = id_kind_of(id_kind);
    if (k != ID_KIND_USCC && !person_document(k)) return fail(a, CODE_IDENTITY_NUMBER, S("/id_kind"), NULL);
    *normal = identifier_normal(a, k, number);
    return identifier_check(a, k, *normal, field);
}

static struct slice number_hash(const struct city *c, struct arena *a, struct slice id_kind, struct slice normal)
{
    return vault_index(c, a, arena_cstr(a, id_kind), normal);
}

result subject_hash(const struct city *c, struct arena *a, struct slice id_kind, struct slice number,
                    struct slice field, struct slice *hash)
{
    struct slice normal;
    TRY(identity_number_check(a, id_kind, number, field, &normal));
    *hash = number_hash(c, a, id_kind, normal);
    return ok();
}

const struct json *profile_field(struct arena *a, const struct json *value, struct bitext source, day as_of)
{
    struct json_builder b = json_builder(a);
    json_set(&b, "value", value);
    json_set(&b, "source", bitext_json(a, source));
    json_set_str(&b, "as_of", day_text(a, as_of));
    return json_object(&b);
}

result subject_insert(struct city *c, struct tx *tx, struct arena *a, enum subject_kind kind, struct slice id_kind,
                      struct slice number, const struct json *profile, instant now, struct id *id, struct data_key *key)
{
    *id = id_new(now);
    TRY(vault_insert(c, a, tx, *id, now, key));
    struct slice ct = vault_seal(a, key, "subject.profile", json_write(a, profile));
    result r = tx_exec(tx, a, &SUBJECT_INSERT,
                       BINDS(sql_id(id), sql_int((int64_t)kind), sql_blob(number_hash(c, a, id_kind, number)),
                             sql_blob(ct), sql_int(now)),
                       NULL);
    if (result_code(r) == CODE_STORE_CONSTRAINT) return fail(a, CODE_IDENTITY_TAKEN, S("/id_number"), NULL);
    return r;
}

result subject_find(struct city *c, struct arena *a, struct slice id_kind, struct slice number, struct id *subject,
                    bool *found)
{
    struct slice normal;
    struct rows r;
    *found = false;
    TRY(identity_number_check(a, id_kind, number, S("/id_number"), &normal));
    TRY(store_query(c->store, a, &SUBJECT_BY_INDEX, BINDS(sql_blob(number_hash(c, a, id_kind, normal))), &r));
    if (r.n) *found = id_from_bytes(row(&r, 0)[0].s, subject);
    return ok();
}

struct making {
    struct city *c;
    const struct actor *x;
    struct slice id_kind, number, name;
    instant now;
    struct id id;
};

static result making_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct making *m = ctx;
    struct bitext source = {S("窗口登记"), S("registered at the window")};
    day today = day_of_instant(m->now);
    struct json_builder f = json_builder(a);
    json_set(&f, "name", profile_field(a, json_of_string(a, m->name), source, today));
    json_set(&f, "id_kind", profile_field(a, json_of_string(a, m->id_kind), source, today));
    json_set(&f, "id_number", profile_field(a, json_of_string(a, m->number), source, today));
    struct json_builder p = json_builder(a);
    bool enterprise = slice_is(m->id_kind, "uscc");
    json_set_cstr(&p, "kind", enterprise ? "enterprise" : "person");
    json_set(&p, "fields", json_object(&f));
    struct data_key key;
    TRY(subject_insert(m->c, tx, a, enterprise ? SUBJECT_ENTERPRISE : SUBJECT_PERSON, m->id_kind, m->number,
                       json_object(&p), m->now, &m->id, &key));
    struct json_builder d = json_builder(a);
    json_set_id(&d, "subject", id_bytes(&m->id));
    return audit_add(tx, a, m->x, m->now, "subject.made", json_object(&d));
}

result subject_name_fits(struct city *c, struct arena *a, struct id subject, struct slice name)
{
    const struct json *p;
    TRY(subject_profile(c, a, subject, &p));
    struct slice known = json_string(json_get(json_get(p, "fields"), "name"), "value");
    return slice_eq(slice_trim(known), slice_trim(name)) ? ok() : fail(a, CODE_IDENTITY_NAME, S("/name"), NULL);
}

result subject_find_or_make(struct city *c, struct arena *a, const struct actor *x, struct slice id_kind,
                            struct slice number, struct slice name, instant now, struct id *subject)
{
    struct right window = {RIGHT_ROLES, 1u << ROLE_WINDOW, false};
    TRY(city_authorise(a, x, window, S("window")));
    if (!name.n || slice_codepoints(name) > 100) return fail(a, CODE_FIELD_REQUIRED, S("/name"), NULL);
    struct making m = {.c = c, .x = x, .id_kind = id_kind, .name = name, .now = now};
    TRY(identity_number_check(a, id_kind, number, S("/id_number"), &m.number));
    for (int tries = 0;; tries++) { /* another window may make the same person at this moment */
        bool found;
        TRY(subject_find(c, a, id_kind, number, subject, &found));
        if (found) return subject_name_fits(c, a, *subject, name);
        result r = store_run(c->store, a, "subject_make", making_body, &m);
        if (result_code(r) == CODE_IDENTITY_TAKEN && tries < 2) continue;
        *subject = m.id;
        return r;
    }
}

result subject_of_department(struct city *c, struct arena *a, struct slice code, instant now, struct id *subject)
{
    static const struct role_grant ANYWHERE[] = {{ROLE_WINDOW, {"*", 1}, {"*", 1}}};
    struct actor x = actor_system();
    const struct department *d = citydata_department(catalogue_data(c->catalogue), code);
    if (!d) return fail(a, CODE_NOT_FOUND, S("department"), "value", code, NULL);
    x.grants = ANYWHERE;
    x.ngrants = 1;
    return subject_find_or_make(c, a, &x, S("uscc"), d->uscc, d->official.n ? d->official : d->name.zh, now, subject);
}

static result profile_open(struct city *c, struct arena *a, struct id subject, const struct rows *r, struct data_key *k,
                           const struct json **out)
{
    if (!r->n) return fail(a, CODE_NOT_FOUND, S("subject"), "value", id_text(a, subject), NULL);
    struct slice text;
    TRY(vault_unwrap(c, a, subject, row(r, 0)[2].s, k));
    TRY(vault_open(a, k, "subject.profile", row(r, 0)[1].s, &text));
    return json_parse(a, text, 1024 * 1024, S("subject.profile"), out);
}

result subject_profile(struct city *c, struct arena *a, struct id subject, const struct json **out)
{
    struct rows r;
    struct data_key k;
    TRY(store_query(c->store, a, &SUBJECT_LOAD, BINDS(sql_id(&subject)), &r));
    return profile_open(c, a, subject, &r, &k, out);
}

struct setting {
    struct city *c;
    const struct actor *x; /* NULL: a job of the register */
    struct id subject;
    const struct json *values;
    struct bitext source;
    instant now;
};

/* Which fields, not what they say. */
static const struct json *set_details(struct arena *a, const struct setting *s)
{
    struct json_builder b = json_builder(a), names = json_builder(a);
    json_set_id(&b, "subject", id_bytes(&s->subject));
    for (size_t i = 0; i < s->values->n; i++) json_add(&names, json_of_string(a, s->values->keys[i]));
    json_set(&b, "fields", json_array(&names));
    return json_object(&b);
}

result subject_lock(struct tx *tx, struct arena *a, struct id subject)
{
    struct rows r;
    return tx_query(tx, a, &SUBJECT_LOCK, BINDS(sql_id(&subject)), &r);
}

static result setting_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct setting *s = ctx;
    struct rows r;
    struct data_key k;
    const struct json *p;
    TRY(subject_lock(tx, a, s->subject));
    TRY(tx_query(tx, a, &SUBJECT_LOAD, BINDS(sql_id(&s->subject)), &r));
    TRY(profile_open(s->c, a, s->subject, &r, &k, &p));
    struct json_builder f = json_builder(a);
    for (size_t i = 0; i < s->values->n; i++)
        json_set_slice(&f, s->values->keys[i],
                       profile_field(a, s->values->items[i], s->source, day_of_instant(s->now)));
    struct json_builder o = json_builder(a);
    json_set(&o, "kind", json_get(p, "kind"));
    json_set(&o, "fields", json_merge(a, json_get(p, "fields"), json_object(&f)));
    struct slice ct = vault_seal(a, &k, "subject.profile", json_write(a, json_object(&o)));
    TRY(tx_exec(tx, a, &SUBJECT_PROFILE, BINDS(sql_id(&s->subject), sql_blob(ct), sql_int(s->now)), NULL));
    return audit_add(tx, a, s->x, s->now, "profile.set", set_details(a, s));
}

result subject_profile_merge(struct city *c, struct tx *tx, struct arena *a, const struct actor *x, struct id subject,
                             const struct json *values, struct bitext source, instant now)
{
    struct setting s = {c, x, subject, values, source, now};
    return setting_body(tx, a, &s);
}

result subject_profile_set(struct city *c, struct arena *a, struct id subject, const struct json *values,
                           struct bitext source, instant now)
{
    struct setting s = {c, NULL, subject, values, source, now};
    return store_run(c->store, a, "subject_profile_set", setting_body, &s);
}
