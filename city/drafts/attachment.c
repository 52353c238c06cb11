/* Attachments: papers that people upload, each sealed under a key of its own. */
#include "city/cases/cases.h"
#include "city/drafts/internal.h"
#include "trust/crypto.h"

static const struct stmt ATTACHMENT_INSERT = {
    "attachment_insert",
    "INSERT INTO attachment (id, account, subject, material, meta_ct, content_ct, created_at, bytes) VALUES (?1,?2,?3,?4,?5,?6,?7,?8)",
    NULL, false};
#define META_COLUMNS "attachment.id, account, subject, material, meta_ct, attachment.created_at, data_key.wrapped"
#define ATTACHMENT_FROM " FROM attachment JOIN data_key ON data_key.id = attachment.id"
static const struct stmt ATTACHMENT_META = {
    "attachment_meta", "SELECT " META_COLUMNS ATTACHMENT_FROM " WHERE attachment.id = ?1", NULL, false};
static const struct stmt ATTACHMENT_CONTENT = {
    "attachment_content", "SELECT " META_COLUMNS ", content_ct" ATTACHMENT_FROM " WHERE attachment.id = ?1", NULL,
    false};
static const struct stmt ATTACHMENT_LIST = {
    "attachment_list",
    "SELECT " META_COLUMNS ATTACHMENT_FROM
    " WHERE (subject = ?3 OR (subject IS NULL AND account = ?4)) AND (?5 = 0 OR account = ?4) AND attachment.id < ?1"
    " AND data_key.destroyed_at = 0 ORDER BY attachment.id DESC LIMIT ?2",
    NULL, false};
static const struct stmt ATTACHMENT_COUNT = {
    "attachment_count", "SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM attachment WHERE account = ?1",
    "SELECT COUNT(*), COALESCE(SUM(bytes), 0)::bigint FROM attachment WHERE account = ?1", false};
static const struct stmt ATTACHMENT_LOCK = {"attachment_lock", "SELECT account, subject FROM attachment WHERE id = ?1",
                                            NULL, true};
static const struct stmt ATTACHMENT_DELETE = {"attachment_delete", "DELETE FROM attachment WHERE id = ?1", NULL, false};
static const struct stmt ATTACHMENT_CASES = {
    "attachment_cases", "SELECT case_id FROM attachment_case WHERE attachment = ?1 ORDER BY case_id DESC", NULL, false};
static const struct stmt ATTACHMENT_LINK = {
    "attachment_link",
    "INSERT INTO attachment_case (attachment, case_id) VALUES (?1, ?2) ON CONFLICT (attachment, case_id) DO NOTHING",
    NULL, false};
static const struct stmt ATTACHMENT_ERASE = {
    "attachment_erase",
    "UPDATE data_key SET wrapped = x'', destroyed_at = ?2 WHERE destroyed_at = 0 AND id IN (SELECT id FROM attachment WHERE subject = ?1"
    " AND id NOT IN (SELECT attachment FROM attachment_case))",
    "UPDATE data_key SET wrapped = ''::bytea, destroyed_at = ?2 WHERE destroyed_at = 0 AND id IN (SELECT id FROM attachment WHERE"
    " subject = ?1 AND id NOT IN (SELECT attachment FROM attachment_case))",
    false};

static result not_found(struct arena *a, struct id id)
{
    return fail(a, CODE_NOT_FOUND, S("attachment"), "value", id_text(a, id), NULL);
}

struct adding {
    struct city *c;
    const struct actor *x;
    struct attachment *t;
    struct slice bytes;
};

static result add_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct adding *g = ctx;
    struct attachment *t = g->t;
    struct data_key k;
    struct rows r;
    TRY(tx_query(tx, a, &ATTACHMENT_COUNT, BINDS(sql_id(&g->x->account)), &r));
    bool window = g->x->kind == ACTOR_STAFF; /* takes in papers all day long */
    if (row(&r, 0)[0].i >= ATTACHMENTS_PER_ACCOUNT && !window)
        return fail(a, CODE_ATTACHMENT_LIMIT, S("attachments"), "limit", S("2000"), NULL);
    if (row(&r, 0)[1].i + t->size > ATTACHMENT_BYTES_PER_ACCOUNT && !window)
        return fail(a, CODE_ATTACHMENT_SPACE, S("attachments"), "limit", S("500"), NULL);
    TRY(vault_insert(g->c, a, tx, t->id, t->at, &k));
    struct json_builder b = json_builder(a);
    json_set_str(&b, "name", t->name);
    json_set_str(&b, "type", t->type);
    json_set_int(&b, "size", t->size);
    json_set_str(&b, "sha256", t->sha256);
    struct slice meta = vault_seal(a, &k, "attachment.meta", json_write(a, json_object(&b)));
    struct slice content = vault_seal(a, &k, "attachment.content", g->bytes);
    return tx_exec(tx, a, &ATTACHMENT_INSERT,
                   BINDS(sql_id(&t->id), sql_id(&t->account), sql_id(&t->subject), sql_text(t->material),
                         sql_blob(meta), sql_blob(content), sql_int(t->at), sql_int(t->size)),
                   NULL);
}

static bool may_upload(const struct actor *x)
{
    return x->kind == ACTOR_PERSON || x->kind == ACTOR_ENTERPRISE || x->kind == ACTOR_STAFF;
}

/* A code of a service's materials; nothing personal can be written into it, for it stands in the clear. */
static bool material_good(struct slice m)
{
    for (size_t i = 0; i < m.n; i++)
        if (!(m.p[i] >= 'a' && m.p[i] <= 'z') && !(m.p[i] >= '0' && m.p[i] <= '9') && m.p[i] != '_') return false;
    return m.n <= 60;
}

result attachment_add(struct city *c, struct arena *a, const struct actor *x, struct slice name, struct slice material,
                      struct slice bytes, instant now, struct attachment *out)
{
    if (!may_upload(x)) return fail(a, CODE_UNAUTHENTICATED, S("attachment"), NULL);
    if (bytes.n > ATTACHMENT_MAX) return fail(a, CODE_TOO_LARGE, S("attachment"), "limit", S("20971520"), NULL);
    struct slice type = attachment_sniff(bytes);
    if (!type.n) return fail(a, CODE_ATTACHMENT_TYPE, S("attachment"), NULL);
    if (!material_good(material))
        return fail(a, CODE_QUERY_BAD, S("material"), "value", slice_sub(material, 0, 60), NULL);
    *out = (struct attachment){
        .id = id_new(now), .account = x->account, .type = type, .size = (int64_t)bytes.n, .at = now};
    out->subject = x->kind == ACTOR_STAFF ? ID_NONE : x->subject;
    out->name = attachment_name(a, name, type);
    out->material = material;
    out->sha256 = crypto_sha256_hex(a, bytes);
    struct adding g = {c, x, out, bytes};
    return store_run(c->store, a, "attachment_add", add_body, &g);
}

static result meta_read(struct city *c, struct arena *a, const struct sql_value *v, struct attachment *out,
                        struct data_key *k)
{
    struct slice text;
    const struct json *m;
    *out = (struct attachment){0};
    (void)id_from_bytes(v[0].s, &out->id);
    (void)id_from_bytes(v[1].s, &out->account);
    (void)id_from_bytes(v[2].s, &out->subject);
    out->material = v[3].s;
    out->at = v[5].i;
    TRY(vault_unwrap(c, a, out->id, v[6].s, k));
    TRY(vault_open(a, k, "attachment.meta", v[4].s, &text));
    TRY(json_parse(a, text, 64 * 1024, S("attachment.meta"), &m));
    out->name = json_string(m, "name");
    out->type = json_string(m, "type");
    out->sha256 = json_string(m, "sha256");
    out->size = json_int(m, "size", 0);
    return ok();
}

result attachment_info(struct city *c, struct arena *a, struct id id, struct attachment *out)
{
    struct rows r;
    struct data_key k;
    TRY(store_query(c->store, a, &ATTACHMENT_META, BINDS(sql_id(&id)), &r));
    if (!r.n) return not_found(a, id);
    return meta_read(c, a, row(&r, 0), out, &k);
}

/* The account's own (at a window), or its subject's, be it by delegation. */
static bool is_owner(const struct actor *x, const struct attachment *t)
{
    if (!id_is_none(t->subject)) return x->kind != ACTOR_STAFF && id_eq(x->subject, t->subject);
    return id_eq(x->account, t->account);
}

/* Whether the actor sees no more of its subject's papers than it uploaded itself: an agent of few services. */
static result narrow(struct city *c, struct arena *a, const struct actor *x, bool *out)
{
    struct delegation_scope scope;
    TRY(delegation_scope(c, a, x, time_now(c->time), &scope));
    *out = !scope.all;
    return ok();
}

/* Not the owner's own: by way of a case that the reader may see; the read is recorded with that case. */
static result by_case(struct city *c, struct arena *a, const struct actor *x, const struct attachment *t, instant now)
{
    struct rows r;
    TRY(store_query(c->store, a, &ATTACHMENT_CASES, BINDS(sql_id(&t->id)), &r));
    for (size_t i = 0; i < r.n; i++) {
        struct id case_id, subject = ID_NONE;
        enum case_audience who;
        if (!id_from_bytes(row(&r, i)[0].s, &case_id) || failed(case_may_see(c, a, x, case_id, &who, &subject)))
            continue;
        return read_record(c, a, x, now, id_is_none(t->subject) ? subject : t->subject, case_id, "attachment",
                           S("task"));
    }
    return not_found(a, t->id); /* whether it exists is nobody else's business */
}

/* The owner reads; so does an agent, of which the principal is told; others by way of a case. */
static result may_read(struct city *c, struct arena *a, const struct actor *x, const struct attachment *t, instant now)
{
    bool few, uploaded = id_eq(x->account, t->account);
    TRY(narrow(c, a, x, &few));
    if (!is_owner(x, t) || (few && !uploaded)) return by_case(c, a, x, t, now);
    if (id_is_none(x->delegation) || uploaded) return ok();
    return read_record(c, a, x, now, t->subject, ID_NONE, "attachment", S("agent"));
}

result attachment_content(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now,
                          struct attachment *info, struct slice *bytes)
{
    struct rows r;
    struct data_key k;
    TRY(store_query(c->store, a, &ATTACHMENT_CONTENT, BINDS(sql_id(&id)), &r));
    if (!r.n) return not_found(a, id);
    TRY(meta_read(c, a, row(&r, 0), info, &k));
    TRY(may_read(c, a, x, info, now));
    return vault_open(a, &k, "attachment.content", row(&r, 0)[7].s, bytes);
}

const struct json *attachment_json(struct arena *a, const struct attachment *x)
{
    struct json_builder b = json_builder(a);
    json_set_id(&b, "id", id_bytes(&x->id));
    json_set_str(&b, "name", x->name);
    json_set_str(&b, "type", x->type);
    json_set_int(&b, "size", x->size);
    json_set_str(&b, "sha256", x->sha256);
    json_set_str(&b, "material", x->material);
    json_set_instant(&b, "at", x->at);
    return json_object(&b);
}

result attachment_list(struct city *c, struct arena *a, const struct actor *x, int64_t limit, struct slice cursor,
                       const struct json **out)
{
    struct id before;
    struct rows r;
    bool few;
    struct json_builder items = json_builder(a);
    TRY(page_cursor(a, cursor, &before));
    TRY(narrow(c, a, x, &few));
    TRY(store_query(c->store, a, &ATTACHMENT_LIST,
                    BINDS(sql_id(&before), sql_int(limit + 1), sql_id(&x->subject), sql_id(&x->account), sql_int(few)),
                    &r));
    for (size_t i = 0; i < r.n && (int64_t)i < limit; i++) {
        struct attachment t;
        struct data_key k;
        TRY(meta_read(c, a, row(&r, i), &t, &k));
        json_add(&items, attachment_json(a, &t));
    }
    *out = page_json(a, &items, &r, limit);
    return ok();
}

struct deleting {
    const struct actor *x;
    struct id id;
    instant now;
};

static result delete_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct deleting *k = ctx;
    struct rows r;
    struct attachment t = {.id = k->id};
    TRY(tx_query(tx, a, &ATTACHMENT_LOCK, BINDS(sql_id(&k->id)), &r));
    if (!r.n) return not_found(a, k->id);
    (void)id_from_bytes(row(&r, 0)[0].s, &t.account);
    (void)id_from_bytes(row(&r, 0)[1].s, &t.subject);
    /* an agent takes back what it uploaded itself, and no more */
    if (!is_owner(k->x, &t) || (!id_is_none(k->x->delegation) && !id_eq(k->x->account, t.account)))
        return not_found(a, k->id);
    TRY(tx_query(tx, a, &ATTACHMENT_CASES, BINDS(sql_id(&k->id)), &r));
    if (r.n) return fail(a, CODE_ATTACHMENT_FILED, S("attachment"), NULL);
    TRY(tx_exec(tx, a, &VAULT_DESTROY_KEY, BINDS(sql_id(&k->id), sql_int(k->now)), NULL));
    return tx_exec(tx, a, &ATTACHMENT_DELETE, BINDS(sql_id(&k->id)), NULL);
}

result attachment_delete(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now)
{
    struct deleting k = {x, id, now};
    return store_run(c->store, a, "attachment_delete", delete_body, &k);
}

void attachment_link(struct decision *d, struct id attachment, struct id case_id)
{
    struct id *ids = NEW_ARRAY(d->a, struct id, 2); /* written after this function is over */
    ids[0] = attachment;
    ids[1] = case_id;
    decision_write(d, &ATTACHMENT_LINK, -1, 2, sql_id(&ids[0]), sql_id(&ids[1]));
}

result attachments_erase(struct tx *tx, struct arena *a, struct id subject, instant now)
{
    return tx_exec(tx, a, &ATTACHMENT_ERASE, BINDS(sql_id(&subject), sql_int(now)), NULL);
}

/* ---- before filing ---- */

static result refuse(struct arena *a, struct slice pointer, const char *zh, const char *en)
{
    return fail(a, CODE_ATTACHMENT_NOT_ALLOWED, pointer, "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en),
                NULL);
}

static bool type_allowed(const struct json *rule, struct slice type)
{
    const struct json *types = json_get(rule, "types");
    for (size_t i = 0; types && i < types->n; i++)
        if (slice_eq(types->items[i]->text, type)) return true;
    return !types;
}

static result check_one(struct city *c, struct arena *a, const struct actor *x, const struct form_attachment *f,
                        const struct json *v, struct id *id)
{
    struct attachment t;
    if (v->type != JSON_STRING || !id_scan(v->text, id))
        return refuse(a, f->pointer, "不是已上传的材料", "is no uploaded paper");
    if (failed(attachment_info(c, a, *id, &t)) || !is_owner(x, &t))
        return refuse(a, f->pointer, "不是已上传的材料", "is no uploaded paper");
    if (!type_allowed(f->rule, t.type))
        return refuse(a, f->pointer, "文件类型不符合该项材料的要求", "is of a type this paper may not have");
    if (t.size > json_int(f->rule, "max_bytes", ATTACHMENT_MAX))
        return refuse(a, f->pointer, "文件过大", "is too large");
    return ok();
}

result attachments_check(struct city *c, struct arena *a, const struct actor *x, const struct schema *form,
                         const struct json *data, const struct id **ids, size_t *n)
{
    const struct form_attachment *list;
    size_t count, found = 0, room = 0;
    form_attachments(form, &list, &count);
    for (size_t i = 0; i < count; i++) {
        const struct json *v = json_pointer(data, list[i].pointer);
        room += v && v->type == JSON_ARRAY ? v->n : 1;
    }
    struct id *out = NEW_ARRAY(a, struct id, room + 1);
    result faults = ok();
    for (size_t i = 0; i < count; i++) {
        const struct json *v = json_pointer(data, list[i].pointer);
        if (!v || v->type == JSON_NULL) continue; /* whether it must be there is the schema's business */
        size_t m = v->type == JSON_ARRAY ? v->n : 1;
        for (size_t k = 0; k < m; k++) {
            result r = check_one(c, a, x, &list[i], v->type == JSON_ARRAY ? v->items[k] : v, &out[found]);
            if (failed(r))
                faults = result_join(a, faults, r);
            else
                found++;
        }
    }
    *ids = out;
    *n = found;
    return faults;
}
