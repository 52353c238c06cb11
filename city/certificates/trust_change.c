/* Changes of the trust lists: taking away at once, all else by two people. */
#include "city/certificates/internal.h"

static const struct stmt INSERT = {
    "trust_change_insert",
    "INSERT INTO trust_change (id, kind, content, reason, requested_by, requested_at, state, decided_at)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,0)",
    NULL, false};
#define COLUMNS "id, kind, content, reason, requested_by, requested_at, state, decided_by, decided_at"
enum { ID, KIND, CONTENT, REASON, BY, AT, STATE, DECIDED_BY, DECIDED_AT };
static const struct stmt LOAD = {"trust_change_load", "SELECT " COLUMNS " FROM trust_change WHERE id = ?1", NULL, true};
static const struct stmt LIST = {
    "trust_change_list", "SELECT " COLUMNS " FROM trust_change WHERE id < ?1 ORDER BY id DESC LIMIT ?2", NULL, false};
static const struct stmt SETTLE = {"trust_change_settle",
                                   "UPDATE trust_change SET state = ?2, decided_by = ?3, decided_at = ?4 WHERE id = ?1",
                                   NULL, false};

struct changing {
    struct city *c;
    const struct actor *x;
    struct id id;
    struct slice kind, reason;
    const struct json *content;
    bool approve, waiting;
    instant now;
};

static result wrong_state(struct arena *a, const char *zh, const char *en)
{
    return fail(a, CODE_TRUST_LIST_STATE, S("/content"), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en),
                NULL);
}

/* ---- entries of this city's list ---- */

static const struct json *entry_of(const struct json *cas, struct slice id)
{
    for (size_t i = 0; cas && i < cas->n; i++)
        if (slice_eq(json_string(cas->items[i], "id"), id)) return cas->items[i];
    return NULL;
}

static const struct json *with_entry(struct arena *a, const struct json *cas, const struct json *entry)
{
    struct json_builder list = json_builder(a);
    bool placed = false;
    for (size_t i = 0; cas && i < cas->n; i++) {
        bool same = slice_eq(json_string(cas->items[i], "id"), json_string(entry, "id"));
        json_add(&list, same ? entry : cas->items[i]);
        placed = placed || same;
    }
    if (!placed) json_add(&list, entry);
    return json_array(&list);
}

/* This city's list with an entry put in: checked as a whole before it is kept. */
static result put_entry(struct changing *k, struct tx *tx, struct arena *a, const struct stored_lists *l,
                        const struct json *entry, bool keep)
{
    const struct json *cas = l->own ? json_get(l->own->json, "cas") : NULL,
                      *old = entry_of(cas, json_string(entry, "id"));
    struct trust_list checked;
    bool was = old && slice_is(json_string(old, "status"), "withdrawn");
    if (was && !slice_is(json_string(entry, "status"), "withdrawn"))
        return wrong_state(a, "该机构已被撤销认可，不能恢复；重新认可须用新编号",
                           "it was withdrawn, which is for good: recognise it anew under another id");
    const struct json *record = trust_list_next(k->c, a, l->own, with_entry(a, cas, entry), k->now);
    TRY(trust_list_parse(a, record, &checked));
    return keep ? trust_list_put(tx, a, k->c->code, record, S(""), S(""), k->now) : ok();
}

static const struct stored_list *list_of(const struct stored_lists *l, struct slice source)
{
    for (size_t i = 0; i < l->n; i++)
        if (slice_eq(l->lists[i].source, source)) return &l->lists[i];
    return NULL;
}

/* "status": of an own entry, or a copy of another city's entry into this city's list, whose word goes before. */
static result set_status(struct changing *k, struct tx *tx, struct arena *a, const struct stored_lists *l, bool keep)
{
    struct slice source = json_string(k->content, "source"), ca = json_string(k->content, "ca");
    const struct stored_list *s = list_of(l, source);
    const struct json *old = s ? entry_of(json_get(s->json, "cas"), ca) : NULL;
    if (!old) return fail(a, CODE_NOT_FOUND, S("/content/ca"), "value", ca, NULL);
    struct json_builder b = json_builder(a);
    for (size_t i = 0; i < old->n; i++) json_set_slice(&b, old->keys[i], old->items[i]);
    if (s != l->own)
        json_set_str(&b, "id", slice_sub(arena_printf(a, "%.*s-%.*s", SLICE_ARG(source), SLICE_ARG(ca)), 0, 60));
    if (slice_eq(json_string(old, "status"), json_string(k->content, "status")))
        return wrong_state(a, "状态已是如此", "it stands so already");
    json_set(&b, "status", json_get(k->content, "status"));
    json_set_str(&b, "since", day_text(a, day_of_instant(k->now)));
    return put_entry(k, tx, a, l, json_object(&b), keep);
}

static result import(struct changing *k, struct tx *tx, struct arena *a, const struct stored_lists *l, bool keep)
{
    const struct json *record;
    struct trust_list list;
    struct slice document = json_string(k->content, "document"), anchors = json_string(k->content, "anchors");
    TRY(trust_document_open(a, document, anchors, k->now, &record, &list));
    if (slice_eq(list.city, k->c->code)) return wrong_state(a, "这是本市自己的列表", "it is this city's own list");
    const struct stored_list *old = list_of(l, list.city);
    if (old && old->version >= list.version)
        return fail(a, CODE_TRUST_LIST_VERSION, S("/content/document"), "value",
                    arena_printf(a, "%lld", (long long)old->version), NULL);
    return keep ? trust_list_put(tx, a, list.city, record, document, anchors, k->now) : ok();
}

static result drop(struct changing *k, struct tx *tx, struct arena *a, const struct stored_lists *l, bool keep)
{
    struct slice source = json_string(k->content, "source");
    const struct stored_list *s = list_of(l, source);
    if (!s) return fail(a, CODE_NOT_FOUND, S("/content/source"), "value", source, NULL);
    if (s == l->own)
        return wrong_state(a, "本市自己的列表不能停用，可暂停其中的机构",
                           "this city's own list cannot be dropped: suspend its entries");
    return keep ? trust_list_drop(tx, a, source) : ok();
}

/* keep false: only whether it can be done. */
static result carry_out(struct changing *k, struct tx *tx, struct arena *a, bool keep)
{
    struct stored_lists l;
    TRY(trust_lists_load(k->c, a, tx, &l));
    if (slice_is(k->kind, "ca")) return put_entry(k, tx, a, &l, k->content, keep);
    if (slice_is(k->kind, "status")) return set_status(k, tx, a, &l, keep);
    if (slice_is(k->kind, "import")) return import(k, tx, a, &l, keep);
    return drop(k, tx, a, &l, keep);
}

static bool takes_away(const struct changing *k)
{
    return slice_is(k->kind, "drop") ||
           (slice_is(k->kind, "status") && slice_is(json_string(k->content, "status"), "suspended"));
}

/* ---- by whom ---- */

/* In the audit journal: which change, of what kind, of which CA or city. */
static const struct json *details(struct arena *a, const struct changing *k)
{
    struct json_builder b = json_builder(a);
    struct slice ca = json_string(k->content, slice_is(k->kind, "ca") ? "id" : "ca"),
                 source = json_string(k->content, "source"), status = json_string(k->content, "status");
    json_set_id(&b, "change", id_bytes(&k->id));
    json_set_str(&b, "kind", k->kind);
    if (ca.n) json_set_str(&b, "ca", ca);
    if (source.n) json_set_str(&b, "source", source);
    if (status.n) json_set_str(&b, "status", status);
    return json_object(&b);
}

static result ask_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct changing *k = ctx;
    k->waiting = !takes_away(k);
    TRY(carry_out(k, tx, a, !k->waiting));
    TRY(tx_exec(tx, a, &INSERT,
                BINDS(sql_id(&k->id), sql_text(k->kind), sql_text(json_write(a, k->content)), sql_text(k->reason),
                      sql_id(&k->x->account), sql_int(k->now), sql_text(k->waiting ? S("waiting") : S("done"))),
                NULL));
    return audit_add(tx, a, k->x, k->now, k->waiting ? "trust_list.asked" : "trust_list.suspended", details(a, k));
}

static const struct right MAY_ASK = {RIGHT_ROLES, 1u << ROLE_ADMINISTRATOR | 1u << ROLE_SECURITY, false};
static const struct right MAY_DECIDE = {RIGHT_ROLES, 1u << ROLE_SECURITY, false};

result trust_change_ask(struct city *c, struct arena *a, const struct actor *x, const struct trust_change_new *n,
                        instant now, struct id *id, bool *waiting)
{
    static const char *const KINDS[] = {"ca", "status", "import", "drop"};
    struct changing k = {
        .c = c, .x = x, .id = id_new(now), .reason = slice_trim(n->reason), .content = n->content, .now = now};
    TRY(city_authorise(a, x, MAY_ASK, S("administrator|security")));
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (slice_is(n->kind, KINDS[i])) k.kind = slice_cstr(KINDS[i]);
    if (!k.kind.n)
        return fail(a, CODE_FIELD_ENUM, S("/kind"), "title", S("kind"), "allowed", S("ca, status, import, drop"), NULL);
    if (!k.content || k.content->type != JSON_OBJECT)
        return fail(a, CODE_FIELD_TYPE, S("/content"), "expected", S("object"), NULL);
    if (!k.reason.n) return fail(a, CODE_FIELD_REQUIRED, S("/reason"), NULL);
    if (slice_codepoints(k.reason) > 500) return fail(a, CODE_TOO_LARGE, S("/reason"), "limit", S("500"), NULL);
    TRY(store_run(c->store, a, "trust_change_ask", ask_body, &k));
    *id = k.id;
    *waiting = k.waiting;
    return ok();
}

static result decide_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct changing *k = ctx;
    struct rows r;
    TRY(tx_query(tx, a, &LOAD, BINDS(sql_id(&k->id)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("trust_change"), "value", id_text(a, k->id), NULL);
    const struct sql_value *v = row(&r, 0);
    if (!slice_is(v[STATE].s, "waiting"))
        return fail(a, CODE_REQUEST_SETTLED, S("trust_change"), "value_zh", S("已处理"), "value_en", v[STATE].s, NULL);
    if (slice_eq(v[BY].s, id_bytes(&k->x->account))) return fail(a, CODE_TWO_PEOPLE, S("trust_change"), NULL);
    k->kind = v[KIND].s;
    TRY(json_parse(a, v[CONTENT].s, 4 * TRUST_LIST_MAX_BYTES, S("trust_change"), &k->content));
    if (k->approve) TRY(carry_out(k, tx, a, true)); /* what it rests on may have changed since */
    TRY(tx_exec(tx, a, &SETTLE,
                BINDS(sql_id(&k->id), sql_text(k->approve ? S("approved") : S("rejected")), sql_id(&k->x->account),
                      sql_int(k->now)),
                NULL));
    return audit_add(tx, a, k->x, k->now, k->approve ? "trust_list.changed" : "trust_list.rejected", details(a, k));
}

result trust_change_decide(struct city *c, struct arena *a, const struct actor *x, struct id id, bool approve,
                           instant now)
{
    struct changing k = {.c = c, .x = x, .id = id, .approve = approve, .now = now};
    TRY(city_authorise(a, x, MAY_DECIDE, S("security")));
    return store_run(c->store, a, "trust_change_decide", decide_body, &k);
}

/* ---- shown ---- */

/* What it is about, in a line: of an import the city, version and the roots to compare. */
static result summary(struct arena *a, const struct sql_value *v, struct json_builder *b)
{
    const struct json *content, *document;
    TRY(json_parse(a, v[CONTENT].s, 4 * TRUST_LIST_MAX_BYTES, S("trust_change"), &content));
    if (!slice_is(v[KIND].s, "import")) {
        json_set(b, "content", content);
        return ok();
    }
    struct json_builder s = json_builder(a), prints = json_builder(a);
    TRY(json_parse(a, json_string(content, "document"), TRUST_LIST_MAX_BYTES, S("document"), &document));
    const struct json *record = json_get(document, "record");
    json_set(&s, "city", json_get(record, "city"));
    json_set(&s, "version", json_get(record, "version"));
    json_set(&s, "cas", json_get(record, "cas"));
    struct slice der, anchors = json_string(content, "anchors");
    for (size_t at = 0; x509_pem_next(a, anchors, &at, "CERTIFICATE", &der);) {
        const struct x509_cert *c;
        TRY(x509_parse(a, der, &c));
        json_add(&prints, json_of_string(a, x509_fingerprint(a, c)));
    }
    json_set(&s, "anchors", json_array(&prints));
    json_set(b, "content", json_object(&s));
    return ok();
}

result trust_change_list(struct city *c, struct arena *a, int64_t limit, struct slice cursor, const struct json **out)
{
    struct id before;
    struct rows r;
    struct json_builder items = json_builder(a);
    TRY(page_cursor(a, cursor, &before));
    TRY(store_query(c->store, a, &LIST, BINDS(sql_id(&before), sql_int(limit + 1)), &r));
    for (size_t i = 0; i < r.n && (int64_t)i < limit; i++) {
        const struct sql_value *v = row(&r, i);
        struct json_builder b = json_builder(a);
        json_set_id(&b, "id", v[ID].s);
        json_set_str(&b, "kind", v[KIND].s);
        TRY(summary(a, v, &b));
        json_set_str(&b, "reason", v[REASON].s);
        json_set_str(&b, "requested_by", identity_name_of(c, a, v[BY].s, ACTOR_STAFF));
        json_set_instant(&b, "requested_at", v[AT].i);
        json_set_str(&b, "state", v[STATE].s);
        if (v[DECIDED_BY].s.n) json_set_str(&b, "decided_by", identity_name_of(c, a, v[DECIDED_BY].s, ACTOR_STAFF));
        json_set_instant(&b, "decided_at", v[DECIDED_AT].i);
        json_add(&items, json_object(&b));
    }
    *out = page_json(a, &items, &r, limit);
    return ok();
}
