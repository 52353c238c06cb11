/* Who has to confirm an application, and whether they have. */
#include "city/drafts/confirm_internal.h"

#include "base/identifier.h"

#define NAMED_MAX 400

static const struct stmt CONFIRM_FIND = {
    "confirm_find",
    "SELECT id, asked_at FROM confirmation WHERE subject = ?1 AND service = ?2 AND content = ?3 AND asked_at > ?4",
    NULL, false};
static const struct stmt CONFIRM_PEOPLE = {
    "confirm_people",
    "SELECT id, person, state, named_ct, answered_at FROM confirmation_person WHERE confirmation = ?1 ORDER BY id",
    NULL, false};
const struct stmt CONFIRM_COUNT = {
    "confirm_count",
    "SELECT COUNT(*), SUM(CASE WHEN state = 1 THEN 1 ELSE 0 END) FROM confirmation_person WHERE confirmation = ?1",
    NULL, false};
static const struct stmt CONFIRM_USE = {"confirm_use", "DELETE FROM confirmation WHERE id = ?1", NULL, false};
static const struct stmt CONFIRM_USE_PEOPLE = {"confirm_use_people",
                                               "DELETE FROM confirmation_person WHERE confirmation = ?1", NULL, false};
static const struct stmt CONFIRM_ERASE_PEOPLE = {
    "confirm_erase_people",
    "DELETE FROM confirmation_person WHERE confirmation IN (SELECT id FROM confirmation WHERE subject = ?1)", NULL,
    false};
static const struct stmt CONFIRM_ERASE = {"confirm_erase", "DELETE FROM confirmation WHERE subject = ?1", NULL, false};
static const struct stmt CONFIRM_SWEEP_PEOPLE = {
    "confirm_sweep_people",
    "DELETE FROM confirmation_person WHERE confirmation IN (SELECT id FROM confirmation WHERE asked_at <= ?1)", NULL,
    false};
static const struct stmt CONFIRM_SWEEP = {"confirm_sweep", "DELETE FROM confirmation WHERE asked_at <= ?1", NULL,
                                          false};

const char *confirm_state_name(enum confirm_state s)
{
    return s == CONFIRM_AGREED ? "confirmed" : s == CONFIRM_DENIED ? "denied" : "asked";
}

/* ---- who is named ---- */

/* Of which kind a number in a form is: a resident's number comes first, for a number that could be read both ways must not
 * pass for an enterprise, of which nobody is asked. What is none of these is asked for by nobody's account, and so refused. */
static struct slice kind_of(struct arena *a, struct slice given, struct slice *number)
{
    static const enum id_kind KINDS[] = {ID_KIND_RESIDENT_ID, ID_KIND_RESIDENCE_PERMIT, ID_KIND_USCC};
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        *number = identifier_normal(a, KINDS[i], given);
        if (!failed(identifier_check(a, KINDS[i], *number, S("")))) return slice_cstr(id_kind_name(KINDS[i]));
    }
    *number = identifier_normal(a, ID_KIND_PASSPORT, given);
    return S("other"); /* a travel document: a form does not say which */
}

static struct slice person_key(const struct city *c, struct arena *a, struct slice kind, struct slice number)
{
    return vault_index(c, a, "confirmation.person", arena_printf(a, "%.*s %.*s", SLICE_ARG(kind), SLICE_ARG(number)));
}

struct slice confirm_key_of(const struct city *c, struct arena *a, const struct json *snapshot)
{
    struct slice kind = json_string(snapshot, "id_kind");
    if (!slice_is(json_string(snapshot, "kind"), "person")) return (struct slice){NULL, 0};
    struct slice number = identifier_normal(a, id_kind_of(kind), json_string(snapshot, "id_number"));
    if (!slice_is(kind, "resident_id") && !slice_is(kind, "residence_permit")) kind = S("other");
    return person_key(c, a, kind, number);
}

struct naming {
    const struct city *c;
    struct arena *a;
    struct named *list;
    size_t n;
    result faults;
};

static const struct json *also(struct arena *a, const struct json *list, const struct json *title)
{
    struct json_builder b = json_builder(a);
    for (size_t i = 0; list && i < list->n; i++) {
        if (json_equal(list->items[i], title)) return list;
        json_add(&b, list->items[i]);
    }
    json_add(&b, title);
    return json_array(&b);
}

static void name_one(struct naming *x, const struct json *v, const struct json *title, struct slice pointer)
{
    struct named p = {.name = slice_trim(json_string(v, "name")), .pointer = pointer};
    p.kind = kind_of(x->a, json_string(v, "id_number"), &p.number);
    if (slice_is(p.kind, "uscc")) return;
    p.key = person_key(x->c, x->a, p.kind, p.number);
    for (size_t i = 0; i < x->n; i++) {
        struct named *q = &x->list[i];
        if (!slice_eq(q->key, p.key)) continue;
        q->as = also(x->a, q->as, title);
        if (!slice_eq(q->name, p.name))
            x->faults = result_join(x->a, x->faults, fail(x->a, CODE_CONFIRM_NAME, pointer, "value", p.name, NULL));
        return;
    }
    p.as = also(x->a, NULL, title);
    if (x->n < NAMED_MAX) x->list[x->n++] = p;
}

/* What a person there is called: the title of the items of a list, else of the property. */
static const struct json *title_of(struct arena *a, const struct json *property)
{
    const struct json *t = json_get(json_get(property, "items"), "title");
    return bitext_json(a, bitext_of(t ? t : json_get(property, "title")));
}

result confirm_named(const struct city *c, struct arena *a, const struct service *s, const struct json *data,
                     const struct named **out, size_t *n)
{
    const struct json *where = json_get(service_json(s), "confirm");
    const struct json *properties = json_get(service_form_json(s), "properties");
    struct naming x = {c, a, where ? NEW_ARRAY(a, struct named, NAMED_MAX) : NULL, 0, ok()};
    for (size_t i = 0; where && i < where->n; i++) {
        struct slice key = where->items[i]->text;
        const struct json *v = json_get_slice(data, key), *title = title_of(a, json_get_slice(properties, key));
        if (v && v->type == JSON_OBJECT) name_one(&x, v, title, arena_printf(a, "/%.*s/name", SLICE_ARG(key)));
        for (size_t k = 0; v && v->type == JSON_ARRAY && k < v->n; k++)
            name_one(&x, v->items[k], title, arena_printf(a, "/%.*s/%zu/name", SLICE_ARG(key), k));
    }
    *out = x.list;
    *n = x.n;
    if (x.n == NAMED_MAX) return fail(a, CODE_TOO_LARGE, S("confirm"), "limit", S("399"), NULL);
    return x.faults;
}

result confirm_others(struct city *c, struct arena *a, const struct application *p, const struct named **out, size_t *n)
{
    const struct named *all;
    size_t count;
    struct slice own = confirm_key_of(c, a, p->applicant);
    TRY(confirm_named(c, a, p->service, p->data, &all, &count));
    struct named *others = NEW_ARRAY(a, struct named, count + 1);
    *n = 0;
    for (size_t i = 0; i < count; i++) {
        if (!slice_eq(all[i].key, own)) {
            others[(*n)++] = all[i];
            continue;
        }
        bool proven;
        TRY(subject_proven(c, a, p->subject, &proven));
        if (!proven) return fail(a, CODE_CONFIRM_UNPROVEN, S("applicant"), NULL);
    }
    *out = others;
    return ok();
}

/* ---- the content ---- */

/* The same content whatever the order of its members. */
static const struct json *in_order(struct arena *a, const struct json *v)
{
    struct json_builder b = json_builder(a);
    if (v->type == JSON_ARRAY) {
        for (size_t i = 0; i < v->n; i++) json_add(&b, in_order(a, v->items[i]));
        return json_array(&b);
    }
    if (v->type != JSON_OBJECT) return v;
    size_t *at = NEW_ARRAY(a, size_t, v->n + 1);
    for (size_t i = 0; i < v->n; i++) {
        size_t k = i;
        for (; k > 0 && slice_cmp(v->keys[at[k - 1]], v->keys[i]) > 0; k--) at[k] = at[k - 1];
        at[k] = i;
    }
    for (size_t i = 0; i < v->n; i++) json_set_slice(&b, v->keys[at[i]], in_order(a, v->items[at[i]]));
    return json_object(&b);
}

struct slice confirm_content(const struct city *c, struct arena *a, const struct json *data)
{
    return vault_index(c, a, "confirmation.content", json_write(a, in_order(a, data)));
}

/* ---- how it stands ---- */

static result person_read(struct arena *a, const struct data_key *k, const struct sql_value *v,
                          struct confirm_person *out)
{
    struct slice text;
    (void)id_from_bytes(v[0].s, &out->id);
    out->key = v[1].s;
    out->state = (enum confirm_state)v[2].i;
    out->at = v[4].i;
    TRY(vault_open(a, k, "confirmation.named", v[3].s, &text));
    return json_parse(a, text, 64 * 1024, S("confirmation"), &out->named);
}

static result rows_of(struct city *c, struct arena *a, struct tx *tx, const struct stmt *s,
                      const struct sql_value *binds, size_t n, struct rows *r)
{
    return tx ? tx_query(tx, a, s, binds, n, r) : store_query(c->store, a, s, binds, n, r);
}

result confirm_read(struct city *c, struct arena *a, struct tx *tx, const struct application *p, instant now,
                    struct id *id, instant *asked_at, const struct confirm_person **out, size_t *n)
{
    struct rows r;
    struct data_key k;
    *id = ID_NONE;
    *n = 0;
    TRY(rows_of(c, a, tx, &CONFIRM_FIND,
                BINDS(sql_id(&p->subject), sql_text(service_code(p->service)), sql_blob(confirm_content(c, a, p->data)),
                      sql_int(now - CONFIRM_KEPT)),
                &r));
    if (!r.n || !id_from_bytes(row(&r, 0)[0].s, id)) return ok();
    *asked_at = row(&r, 0)[1].i;
    TRY(rows_of(c, a, tx, &CONFIRM_PEOPLE, BINDS(sql_id(id)), &r));
    TRY(vault_load(c, a, tx, p->subject, &k));
    struct confirm_person *list = NEW_ARRAY(a, struct confirm_person, r.n + 1);
    for (size_t i = 0; i < r.n; i++) TRY(person_read(a, &k, row(&r, i), &list[i]));
    *out = list;
    *n = r.n;
    return ok();
}

static const struct confirm_person *find(const struct confirm_person *list, size_t n, struct slice key)
{
    for (size_t i = 0; i < n; i++)
        if (slice_eq(list[i].key, key)) return &list[i];
    return NULL;
}

/* ---- for filing ---- */

result confirm_found(struct city *c, struct arena *a, const struct application *p, instant now, struct id *id,
                     const struct json **record)
{
    const struct named *others;
    const struct confirm_person *people = NULL;
    struct json_builder list = json_builder(a);
    struct buf missing = buf_new(a, 64 * 1024), denied = buf_new(a, 64 * 1024);
    size_t n, nothers;
    instant asked_at = 0;
    *id = ID_NONE;
    *record = NULL;
    TRY(confirm_others(c, a, p, &others, &nothers));
    if (!nothers) return ok();
    TRY(confirm_read(c, a, NULL, p, now, id, &asked_at, &people, &n));
    for (size_t i = 0; i < nothers; i++) {
        const struct confirm_person *q = find(people, n, others[i].key);
        if (!q || q->state != CONFIRM_AGREED) {
            struct buf *b = q && q->state == CONFIRM_DENIED ? &denied : &missing;
            buf_printf(b, "%s%.*s", buf_slice(b).n ? "、" : "", SLICE_ARG(others[i].name));
            continue;
        }
        struct json_builder one = json_builder(a);
        json_set_str(&one, "name", others[i].name);
        json_set_instant(&one, "at", q->at);
        json_add(&list, json_object(&one));
    }
    if (buf_slice(&denied).n) return fail(a, CODE_CONFIRM_DENIED, S("data"), "value", buf_slice(&denied), NULL);
    if (buf_slice(&missing).n) return fail(a, CODE_CONFIRM_MISSING, S("data"), "value", buf_slice(&missing), NULL);
    *record = json_array(&list);
    return ok();
}

void confirm_use(struct decision *d, struct id id)
{
    struct id *kept = NEW(d->a, struct id); /* the writes are carried out later */
    *kept = id;
    decision_write(d, &CONFIRM_USE_PEOPLE, -1, 1, sql_id(kept));
    decision_write(d, &CONFIRM_USE, 1, 1, sql_id(kept));
}

result confirm_same(const struct city *c, struct arena *a, const struct service *s, const struct json *before,
                    const struct json *after)
{
    const struct named *old, *fresh;
    size_t nold, nfresh;
    TRY(confirm_named(c, a, s, before, &old, &nold));
    TRY(confirm_named(c, a, s, after, &fresh, &nfresh));
    for (size_t i = 0; i < nfresh; i++) {
        bool known = false;
        for (size_t k = 0; k < nold; k++)
            known = known || (slice_eq(old[k].key, fresh[i].key) && slice_eq(old[k].name, fresh[i].name));
        if (!known) return fail(a, CODE_CONFIRM_CHANGED, fresh[i].pointer, "value", fresh[i].name, NULL);
    }
    return ok();
}

result confirm_erase(struct tx *tx, struct arena *a, struct id subject)
{
    TRY(tx_exec(tx, a, &CONFIRM_ERASE_PEOPLE, BINDS(sql_id(&subject)), NULL));
    return tx_exec(tx, a, &CONFIRM_ERASE, BINDS(sql_id(&subject)), NULL);
}

result confirm_sweep(struct tx *tx, struct arena *a, instant now)
{
    TRY(tx_exec(tx, a, &CONFIRM_SWEEP_PEOPLE, BINDS(sql_int(now - CONFIRM_KEPT)), NULL));
    return tx_exec(tx, a, &CONFIRM_SWEEP, BINDS(sql_int(now - CONFIRM_KEPT)), NULL);
}
