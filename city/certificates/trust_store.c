/* Trust lists as they stand in the database: one in force for each city. */
#include "city/certificates/internal.h"

#define COLUMNS "id, source, version, record, document, anchors"
static const struct stmt LISTS = {
    "trust_lists", "SELECT " COLUMNS " FROM trust_list WHERE current = 1 ORDER BY source LIMIT 50", NULL, false};
static const struct stmt LISTS_LOCK = {
    "trust_lists_lock", "SELECT " COLUMNS " FROM trust_list WHERE current = 1 ORDER BY source LIMIT 50", NULL, true};
static const struct stmt DROP = {"trust_list_drop",
                                 "UPDATE trust_list SET current = 0 WHERE source = ?1 AND current = 1", NULL, false};
static const struct stmt INSERT = {
    "trust_list_insert",
    "INSERT INTO trust_list (id, source, version, current, record, document, anchors, adopted_at) VALUES (?1,?2,?3,1,?4,?5,?6,?7)",
    NULL, false};
static const struct stmt SIGNED = {
    "trust_list_signed", "UPDATE trust_list SET document = ?2 WHERE id = ?1 AND document IS NULL", NULL, false};

static result stored_read(struct arena *a, const struct sql_value *v, struct stored_list *out)
{
    (void)id_from_bytes(v[0].s, &out->id);
    out->source = v[1].s;
    out->version = v[2].i;
    out->record = v[3].s;
    out->document = v[4].s;
    out->anchors = v[5].s;
    TRY(json_parse(a, out->record, TRUST_LIST_MAX_BYTES, S("trust_list"), &out->json));
    return trust_list_parse(a, out->json, &out->list);
}

result trust_lists_load(struct city *c, struct arena *a, struct tx *tx, struct stored_lists *out)
{
    struct rows r;
    if (tx)
        TRY(tx_query(tx, a, &LISTS_LOCK, NULL, 0, &r));
    else
        TRY(store_query(c->store, a, &LISTS, NULL, 0, &r));
    struct stored_list *list = NEW_ARRAY(a, struct stored_list, r.n + 1);
    size_t n = 0;
    *out = (struct stored_lists){.lists = list, .n = r.n};
    for (size_t i = 0; i < r.n; i++) /* own first */
        if (slice_eq(row(&r, i)[1].s, c->code)) {
            TRY(stored_read(a, row(&r, i), &list[n]));
            out->own = &list[n++];
        }
    for (size_t i = 0; i < r.n; i++)
        if (!slice_eq(row(&r, i)[1].s, c->code)) TRY(stored_read(a, row(&r, i), &list[n++]));
    return ok();
}

result trust_list_drop(struct tx *tx, struct arena *a, struct slice source)
{
    return tx_exec(tx, a, &DROP, BINDS(sql_text(source)), NULL);
}

result trust_list_put(struct tx *tx, struct arena *a, struct slice source, const struct json *record,
                      struct slice document, struct slice anchors, instant now)
{
    struct id id = id_new(now);
    TRY(trust_list_drop(tx, a, source));
    result r = tx_exec(tx, a, &INSERT,
                       BINDS(sql_id(&id), sql_text(source), sql_int(json_int(record, "version", 0)),
                             sql_text(json_write(a, record)), document.n ? sql_text(document) : sql_null(),
                             sql_text(anchors), sql_int(now)),
                       NULL);
    if (result_code(r) == CODE_STORE_CONSTRAINT) /* such a version was in force once */
        return fail(a, CODE_TRUST_LIST_VERSION, S("version"), "value",
                    arena_printf(a, "%lld", (long long)json_int(record, "version", 0)), NULL);
    return r;
}

const struct json *trust_list_next(const struct city *c, struct arena *a, const struct stored_list *own,
                                   const struct json *cas, instant now)
{
    struct json_builder b = json_builder(a), city = json_builder(a);
    int64_t version = own ? own->version + 1 : 1;
    instant from = now / MS_SECOND * MS_SECOND;
    json_set_cstr(&b, "type", "trust_list");
    json_set_str(&b, "id", arena_printf(a, "%.*s/%lld", SLICE_ARG(c->code), (long long)version));
    json_set_str(&city, "code", c->code);
    json_set(&city, "name", bitext_json(a, (struct bitext){c->name_zh, c->name_en}));
    json_set(&b, "city", json_object(&city));
    json_set_int(&b, "version", version);
    json_set_str(&b, "issued_at", instant_text(a, from));
    json_set_str(&b, "valid_until", instant_text(a, from + TRUST_LIST_VALID));
    json_set(&b, "cas", cas);
    return json_object(&b);
}

static bool has_root(const struct recognised_ca *ca, const struct x509_cert *root)
{
    for (size_t i = 0; i < ca->roots.n; i++)
        if (slice_eq(x509_der(ca->roots.certs[i]), x509_der(root))) return true;
    return false;
}

const struct recognised_ca *trust_entry_of(const struct stored_lists *l, const struct x509_cert *root, instant now,
                                           const struct stored_list **in)
{
    const struct recognised_ca *best = NULL;
    for (size_t i = 0; i < l->n; i++) {
        const struct stored_list *s = &l->lists[i];
        bool own = s == l->own, past = !own && s->list.valid_until < now;
        for (size_t k = 0; k < s->list.n && !past; k++) {
            const struct recognised_ca *ca = &s->list.cas[k];
            if (!has_root(ca, root)) continue;
            /* of two other cities one may have suspended it: then it counts by the other's word, as the operator adopted both */
            if (!best || (best->status != CA_GRANTED && ca->status == CA_GRANTED)) {
                best = ca;
                *in = s;
            }
            if (own) return best;
        }
    }
    return best;
}

/* ---- the signed document ---- */

struct signing {
    struct id id;
    struct slice text;
};

static result signed_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct signing *k = ctx;
    return tx_exec(tx, a, &SIGNED, BINDS(sql_id(&k->id), sql_text(k->text)), NULL);
}

result trust_list_document(struct city *c, struct arena *a, struct slice *text, int64_t *version)
{
    struct stored_lists l;
    TRY(trust_lists_load(c, a, NULL, &l));
    if (!l.own) return fail(a, CODE_NOT_FOUND, S("trust_list"), "value", c->code, NULL);
    *text = l.own->document;
    *version = l.own->version;
    if (text->n) return ok();
    struct signing k = {.id = l.own->id};
    TRY(trust_document_make(c, a, l.own->json, &k.text));
    TRY(store_run(c->store, a, "trust_list_signed", signed_body, &k));
    *text = k.text;
    return ok();
}

/* ---- made anew in time ---- */

struct renewing {
    struct city *c;
    instant now;
    bool done;
};

static result renew_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct renewing *k = ctx;
    struct stored_lists l;
    k->done = false;
    TRY(trust_lists_load(k->c, a, tx, &l));
    if (!l.own || l.own->list.valid_until - k->now > TRUST_LIST_VALID / 3) return ok();
    const struct json *record = trust_list_next(k->c, a, l.own, json_get(l.own->json, "cas"), k->now);
    TRY(trust_list_put(tx, a, k->c->code, record, S(""), S(""), k->now));
    struct json_builder b = json_builder(a);
    const struct actor system = actor_system();
    json_set_int(&b, "version", json_int(record, "version", 0));
    k->done = true;
    return audit_add(tx, a, &system, k->now, "trust_list.renewed", json_object(&b));
}

result trust_list_renew(struct city *c, struct arena *a, instant now, bool *done)
{
    struct stored_lists l;
    *done = false;
    TRY(trust_lists_load(c, a, NULL, &l));
    if (!l.own || l.own->list.valid_until - now > TRUST_LIST_VALID / 3) return ok();
    struct renewing k = {.c = c, .now = now};
    TRY(store_run(c->store, a, "trust_list_renew", renew_body, &k));
    *done = k.done;
    return ok();
}
