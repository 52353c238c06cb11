/* Systems: asked for by one officer, approved by another. */
#include "city/oidc/internal.h"
#include "trust/crypto.h"

enum { ADDRESSES_MAX = 10, ADDRESS_MAX = 500, NAME_MAX_BYTES = 300 };

#define CLIENT_COLUMNS                                                                                             \
    "id, name_zh, name_en, purpose_zh, purpose_en, redirects, logouts, scopes, sector, basis, secret_hash, state," \
    " requested_by, requested_at, decided_by, decided_at"
static const struct stmt CLIENT_INSERT = {
    "oidc_client_insert",
    "INSERT INTO oidc_client (id, name_zh, name_en, purpose_zh, purpose_en, redirects, logouts, scopes, sector, basis, state,"
    " requested_by, requested_at, decided_at, ended_at) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,'waiting',?11,?12,0,0)",
    NULL, false};
static const struct stmt CLIENT_BY_ID = {"oidc_client_by_id",
                                         "SELECT " CLIENT_COLUMNS " FROM oidc_client WHERE id = ?1", NULL, false};
static const struct stmt CLIENT_LOCK = {"oidc_client_lock", "SELECT state, requested_by FROM oidc_client WHERE id = ?1",
                                        NULL, true};
static const struct stmt CLIENT_DECIDE = {
    "oidc_client_decide",
    "UPDATE oidc_client SET state = ?2, decided_by = ?3, decided_at = ?4, secret_hash = ?5 WHERE id = ?1", NULL, false};
static const struct stmt CLIENT_END = {
    "oidc_client_end", "UPDATE oidc_client SET state = 'ended', ended_at = ?2, secret_hash = NULL WHERE id = ?1", NULL,
    false};
static const struct stmt CLIENT_TOKENS = {"oidc_client_tokens", "DELETE FROM oidc_token WHERE client = ?1", NULL,
                                          false};
static const struct stmt CLIENT_LIST = {
    "oidc_client_list", "SELECT " CLIENT_COLUMNS " FROM oidc_client WHERE id < ?1 ORDER BY id DESC LIMIT ?2", NULL,
    false};

/* ---- what may be registered ---- */

static result bad(struct arena *a, const char *field, const char *zh, const char *en)
{
    return fail(a, CODE_OIDC_CLIENT, slice_cstr(field), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

/* https, or this machine for trials; compared byte by byte, so it has neither fragment nor pattern (RFC 9700 2.1). */
static bool address_good(struct slice s)
{
    bool local = slice_starts(s, S("http://localhost:")) || slice_starts(s, S("http://127.0.0.1:"));
    if (s.n > ADDRESS_MAX || (!local && (!slice_starts(s, S("https://")) || s.n < 12))) return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= 0x20 || (unsigned char)s.p[i] >= 0x7f || strchr("#*\"<>\\^`{|}", s.p[i]))
            return false;
    return true;
}

static result addresses_check(struct arena *a, const struct json *list, const char *field, bool needed)
{
    size_t n = list && list->type == JSON_ARRAY ? list->n : 0;
    if ((needed && !n) || n > ADDRESSES_MAX) return bad(a, field, "须有 1 至 10 个地址", "1 to 10 addresses");
    for (size_t i = 0; i < n; i++)
        if (list->items[i]->type != JSON_STRING || !address_good(list->items[i]->text))
            return bad(a, field, "须是完整的 https 地址，不含 # 和通配符",
                       "a full https address, without # or patterns");
    return ok();
}

static result text_check(struct arena *a, struct bitext t, const char *field)
{
    if (slice_trim(t.zh).n && slice_trim(t.en).n && t.zh.n <= NAME_MAX_BYTES && t.en.n <= NAME_MAX_BYTES) return ok();
    return bad(a, field, "中英文都须填写", "needed in both languages");
}

static result scopes_check(struct arena *a, const struct json *list, uint32_t *out)
{
    *out = SCOPE_OPENID;
    for (size_t i = 0; list && list->type == JSON_ARRAY && i < list->n; i++) {
        bool known;
        *out |= scopes_scan(list->items[i]->text, &known);
        if (!known) return bad(a, "/scopes", "未知的信息范围", "a scope that is not known");
    }
    return ok();
}

/* ---- asking and deciding ---- */

struct registering {
    struct city *c;
    const struct actor *x;
    const struct oidc_client_new *n;
    struct id id;
    uint32_t scopes;
    struct slice secret_hash;
    bool approve;
    instant now;
};

static const struct json *details(struct arena *a, struct id id)
{
    struct json_builder b = json_builder(a);
    json_set_id(&b, "system", id_bytes(&id));
    return json_object(&b);
}

static result request_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct registering *k = ctx;
    const struct oidc_client_new *n = k->n;
    struct json_builder none = json_builder(a);
    TRY(tx_exec(tx, a, &CLIENT_INSERT,
                BINDS(sql_id(&k->id), sql_text(slice_trim(n->name.zh)), sql_text(slice_trim(n->name.en)),
                      sql_text(slice_trim(n->purpose.zh)), sql_text(slice_trim(n->purpose.en)),
                      sql_text(json_write(a, n->redirects)),
                      sql_text(json_write(a, n->logouts ? n->logouts : json_array(&none))), sql_int(k->scopes),
                      sql_text(n->sector.n ? n->sector : id_text(a, k->id)), sql_text(slice_trim(n->basis)),
                      sql_id(&k->x->account), sql_int(k->now)),
                NULL));
    return audit_add(tx, a, k->x, k->now, "oidc.requested", details(a, k->id));
}

result oidc_client_request(struct city *c, struct arena *a, const struct actor *x, const struct oidc_client_new *n,
                           instant now, struct id *id)
{
    struct registering k = {.c = c, .x = x, .n = n, .id = id_new(now), .now = now};
    TRY(city_authorise(a, x, (struct right){RIGHT_ROLES, 1u << ROLE_ADMINISTRATOR, false}, S("administrator")));
    TRY(text_check(a, n->name, "/name"));
    TRY(text_check(a, n->purpose, "/purpose"));
    TRY(addresses_check(a, n->redirects, "/redirects", true));
    TRY(addresses_check(a, n->logouts, "/logouts", false));
    TRY(scopes_check(a, n->scopes, &k.scopes));
    if (n->sector.n > 100 || n->basis.n > NAME_MAX_BYTES) return bad(a, "/sector", "过长", "too long");
    TRY(store_run(c->store, a, "oidc_client_request", request_body, &k));
    *id = k.id;
    return ok();
}

static result locked(struct tx *tx, struct arena *a, struct id id, struct slice *state, struct id *by)
{
    struct rows r;
    TRY(tx_query(tx, a, &CLIENT_LOCK, BINDS(sql_id(&id)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("system"), "value", id_text(a, id), NULL);
    *state = row(&r, 0)[0].s;
    (void)id_from_bytes(row(&r, 0)[1].s, by);
    return ok();
}

static result decide_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct registering *k = ctx;
    struct slice state;
    struct id by;
    TRY(locked(tx, a, k->id, &state, &by));
    if (!slice_is(state, "waiting")) return fail(a, CODE_REQUEST_SETTLED, S("system"), "value", state, NULL);
    if (id_eq(by, k->x->account)) return fail(a, CODE_TWO_PEOPLE, S("system"), NULL);
    TRY(tx_exec(tx, a, &CLIENT_DECIDE,
                BINDS(sql_id(&k->id), sql_text(k->approve ? S("active") : S("rejected")), sql_id(&k->x->account),
                      sql_int(k->now), sql_blob_or_null(k->secret_hash)),
                NULL));
    return audit_add(tx, a, k->x, k->now, k->approve ? "oidc.approved" : "oidc.rejected", details(a, k->id));
}

result oidc_client_decide(struct city *c, struct arena *a, const struct actor *x, struct id id, bool approve,
                          instant now, struct slice *secret)
{
    struct registering k = {.c = c, .x = x, .id = id, .approve = approve, .now = now};
    *secret = (struct slice){NULL, 0};
    TRY(city_authorise(a, x, (struct right){RIGHT_ROLES, 1u << ROLE_SECURITY, false}, S("security")));
    struct slice made = random_token(a, 32);
    if (approve) k.secret_hash = session_hash(a, made);
    TRY(store_run(c->store, a, "oidc_client_decide", decide_body, &k));
    if (approve) *secret = made;
    return ok();
}

static result end_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct registering *k = ctx;
    struct slice state;
    struct id by;
    TRY(locked(tx, a, k->id, &state, &by));
    if (!slice_is(state, "active")) return fail(a, CODE_REQUEST_SETTLED, S("system"), "value", state, NULL);
    TRY(tx_exec(tx, a, &CLIENT_END, BINDS(sql_id(&k->id), sql_int(k->now)), NULL));
    TRY(tx_exec(tx, a, &CLIENT_TOKENS, BINDS(sql_id(&k->id)), NULL));
    return audit_add(tx, a, k->x, k->now, "oidc.ended", details(a, k->id));
}

result oidc_client_end(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now)
{
    struct registering k = {.c = c, .x = x, .id = id, .now = now};
    TRY(city_authorise(a, x, (struct right){RIGHT_ROLES, 1u << ROLE_SECURITY | 1u << ROLE_ADMINISTRATOR, false},
                       S("security")));
    return store_run(c->store, a, "oidc_client_end", end_body, &k);
}

/* ---- reading ---- */

static result client_read(struct arena *a, const struct sql_value *v, struct oidc_client *out)
{
    *out = (struct oidc_client){.scopes = (uint32_t)v[7].i};
    (void)id_from_bytes(v[0].s, &out->id);
    out->client_id = id_text(a, out->id);
    out->name = (struct bitext){v[1].s, v[2].s};
    out->purpose = (struct bitext){v[3].s, v[4].s};
    out->sector = v[8].s;
    out->basis = v[9].s;
    out->secret_hash = v[10].s;
    TRY(json_parse(a, v[5].s, 65536, S("redirects"), &out->redirects));
    return json_parse(a, v[6].s, 65536, S("logouts"), &out->logouts);
}

result client_load(struct city *c, struct arena *a, struct slice client_id, struct oidc_client *out, bool *found)
{
    struct id id;
    struct rows r;
    *found = false;
    if (failed(id_parse(a, client_id, S("client_id"), &id))) return ok();
    TRY(store_query(c->store, a, &CLIENT_BY_ID, BINDS(sql_id(&id)), &r));
    if (!r.n || !slice_is(row(&r, 0)[11].s, "active")) return ok();
    *found = true;
    return client_read(a, row(&r, 0), out);
}

bool listed(const struct json *list, struct slice address)
{
    for (size_t i = 0; list && i < list->n; i++)
        if (slice_eq(list->items[i]->text, address)) return true;
    return false;
}

struct bitext oidc_client_name(struct city *c, struct arena *a, struct slice client_id)
{
    struct id id;
    struct rows r;
    if (failed(id_parse(a, client_id, S("client_id"), &id)) ||
        failed(store_query(c->store, a, &CLIENT_BY_ID, BINDS(sql_id(&id)), &r)) || !r.n)
        return (struct bitext){{NULL, 0}, {NULL, 0}};
    return (struct bitext){row(&r, 0)[1].s, row(&r, 0)[2].s};
}

static const struct json *scopes_list(struct arena *a, uint32_t scopes)
{
    struct json_builder b = json_builder(a);
    struct slice rest = scopes_text(a, scopes), one;
    while (rest.n) {
        (void)slice_cut(rest, ' ', &one, &rest);
        json_add(&b, json_of_string(a, one));
    }
    return json_array(&b);
}

result oidc_client_list(struct city *c, struct arena *a, int64_t limit, struct slice cursor, const struct json **out)
{
    struct id before;
    struct rows r;
    struct json_builder items = json_builder(a);
    TRY(page_cursor(a, cursor, &before));
    TRY(store_query(c->store, a, &CLIENT_LIST, BINDS(sql_id(&before), sql_int(limit + 1)), &r));
    for (size_t i = 0; i < r.n && (int64_t)i < limit; i++) {
        const struct sql_value *v = row(&r, i);
        struct oidc_client k;
        struct json_builder b = json_builder(a);
        TRY(client_read(a, v, &k));
        json_set_str(&b, "id", k.client_id);
        json_set(&b, "name", bitext_json(a, k.name));
        json_set(&b, "purpose", bitext_json(a, k.purpose));
        json_set(&b, "redirects", k.redirects);
        json_set(&b, "logouts", k.logouts);
        json_set(&b, "scopes", scopes_list(a, k.scopes));
        json_set_str(&b, "sector", k.sector);
        json_set_str(&b, "basis", k.basis);
        json_set_str(&b, "state", v[11].s);
        json_set_str(&b, "requested_by", identity_name_of(c, a, v[12].s, ACTOR_STAFF));
        json_set_instant(&b, "requested_at", v[13].i);
        json_set(&b, "decided_by",
                 v[14].s.n ? json_of_string(a, identity_name_of(c, a, v[14].s, ACTOR_STAFF)) : json_null());
        json_set_instant(&b, "decided_at", v[15].i);
        json_add(&items, json_object(&b));
    }
    *out = page_json(a, &items, &r, limit);
    return ok();
}
