/* Files of the plan and of publications, by their hash. */
#include "areas/00_supervision/plan.h"

#include "city/drafts/drafts.h"
#include "city/sql.h"
#include "trust/crypto.h"

static const struct stmt ADD = {
    "plan_file_add",
    "INSERT INTO plan_file (hash, name, type, size, added_by, added_at, content) VALUES (?1,?2,?3,?4,?5,?6,?7)"
    " ON CONFLICT (hash) DO NOTHING",
    NULL, false};
static const struct stmt HEAD = {"plan_file_head", "SELECT name, type, size FROM plan_file WHERE hash = ?1", NULL,
                                 false};
static const struct stmt GET = {"plan_file_get", "SELECT name, type, size, content FROM plan_file WHERE hash = ?1",
                                NULL, false};

static const struct stmt BYTES = {
    "plan_file_bytes", "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM plan_file WHERE hash <> ?1", NULL, false};

result plan_file_room(struct arena *a, struct slice field, int64_t used, int64_t come, int64_t limit)
{
    const int64_t mib = 1024 * 1024;
    if (!limit || used + come <= limit) return ok();
    return fail(a, CODE_PLAN_EVIDENCE_FULL, field, "used",
                arena_printf(a, "%lld MiB", (long long)((used + mib - 1) / mib)), "limit",
                arena_printf(a, "%lld MiB", (long long)(limit / mib)), NULL);
}

struct keeping {
    const struct city *c;
    const struct actor *x;
    const struct plan_file *f;
    instant now;
};

static result keep_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct keeping *k = ctx;
    struct json_builder b = json_builder(a);
    struct rows r;
    TRY(tx_query(tx, a, &BYTES, BINDS(sql_text(k->f->hash)), &r));
    TRY(plan_file_room(a, S("file"), row(&r, 0)[0].i, k->f->size, k->c->evidence_city));
    TRY(tx_exec(tx, a, &ADD,
                BINDS(sql_text(k->f->hash), sql_text(k->f->name), sql_text(k->f->type), sql_int(k->f->size),
                      sql_id(&k->x->account), sql_int(k->now), sql_blob(k->f->bytes)),
                NULL));
    json_set_str(&b, "sha256", k->f->hash);
    return audit_add(tx, a, k->x, k->now, "plan.file", json_object(&b));
}

result plan_file_keep(struct city *c, struct arena *a, const struct actor *x, struct slice name, struct slice bytes,
                      instant now, struct plan_file *out)
{
    struct keeping k = {c, x, out, now};
    *out = (struct plan_file){.type = attachment_sniff(bytes), .size = (int64_t)bytes.n, .bytes = bytes};
    if (bytes.n > PLAN_UPLOAD_MAX)
        return fail(a, CODE_TOO_LARGE, S("file"), "limit", arena_printf(a, "%zu", PLAN_UPLOAD_MAX), NULL);
    if (!out->type.n) return fail(a, CODE_ATTACHMENT_TYPE, S("file"), NULL);
    out->hash = crypto_sha256_hex(a, bytes);
    out->name = attachment_name(a, name, out->type);
    return store_run(c->store, a, "plan_file", keep_body, &k);
}

result plan_file_head(struct city *c, struct arena *a, struct slice hash, struct plan_file *out)
{
    struct rows r;
    TRY(store_query(c->store, a, &HEAD, BINDS(sql_text(hash)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("/ref"), "value", hash, NULL);
    const struct sql_value *v = row(&r, 0);
    *out = (struct plan_file){.hash = hash, .name = v[0].s, .type = v[1].s, .size = v[2].i};
    return ok();
}

result plan_file_load(struct city *c, struct arena *a, struct slice hash, struct plan_file *out)
{
    struct rows r;
    TRY(store_query(c->store, a, &GET, BINDS(sql_text(hash)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("sha256"), "value", hash, NULL);
    const struct sql_value *v = row(&r, 0);
    *out = (struct plan_file){.hash = hash, .name = v[0].s, .type = v[1].s, .size = v[2].i, .bytes = v[3].s};
    return ok();
}
