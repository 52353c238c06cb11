/* Using a seal: the policy, the count, the signature, the record. Counted first, in one statement that cannot go past the limit however many ask at
 * once; given back when nothing was signed. */
#include "city/seals/internal.h"
#include "trust/ofd_sign.h"
#include "trust/seal.h"

static const struct stmt GRANTS_OF = {
    "seal_grants_of",
    "SELECT id, documents FROM seal_grant WHERE seal_id=?1 AND account=?2 AND ended_at = 0 AND until_at >= ?3 AND uses < uses_max"
    " ORDER BY until_at, id LIMIT 20",
    NULL, false};
static const struct stmt COUNT_SEAL = {
    "seal_count",
    "UPDATE seal SET uses = uses + 1 WHERE id=?1 AND state='active' AND valid_from <= ?2 AND valid_to >= ?2", NULL,
    false};
static const struct stmt COUNT_GRANT = {
    "seal_grant_count",
    "UPDATE seal_grant SET uses = uses + 1 WHERE id=?1 AND seal_id=?2 AND ended_at = 0 AND until_at >= ?3 AND uses < uses_max",
    NULL, false};
static const struct stmt USE_INSERT = {
    "seal_use_insert",
    "INSERT INTO seal_use (id, seal_id, grant_id, account, batch, document, title_ct, state, sha256, at)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,'begun','',?8)",
    NULL, false};
static const struct stmt USE_AGAIN = {"seal_use_again", "SELECT state FROM seal_use WHERE id=?1", NULL, false};
static const struct stmt USE_RESUME = {"seal_use_resume", "UPDATE seal_use SET state='begun', at=?2 WHERE id=?1", NULL,
                                       false};
static const struct stmt USE_END = {"seal_use_end", "UPDATE seal_use SET state=?2, sha256=?3 WHERE id=?1", NULL, false};
static const struct stmt GIVE_BACK_SEAL = {"seal_give_back", "UPDATE seal SET uses = uses - 1 WHERE id=?1", NULL,
                                           false};
static const struct stmt GIVE_BACK_GRANT = {"seal_grant_give_back", "UPDATE seal_grant SET uses = uses - 1 WHERE id=?1",
                                            NULL, false};

result seal_use_refused(struct arena *a, const char *zh, const char *en)
{
    return fail(a, CODE_SEAL_USE, S("seal"), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

/* ---- may they ---- */

static bool names_kind(struct arena *a, struct slice documents, struct slice kind)
{
    const struct json *list;
    if (failed(json_parse(a, documents, 4096, S("documents"), &list))) return false;
    for (size_t i = 0; i < list->n; i++)
        if (slice_eq(list->items[i]->text, kind) || slice_is(list->items[i]->text, "*")) return true;
    return false;
}

result seal_right_of(struct city *c, struct arena *a, const struct actor *x, const struct seal_row *s,
                     struct slice kind, instant now, struct seal_right *out)
{
    struct rows r;
    *out = (struct seal_right){.grant = ID_NONE, .account = x->account};
    if (!failed(seal_owner(c, a, x, s, now))) return ok();
    TRY(store_query(c->store, a, &GRANTS_OF, BINDS(sql_id(&s->id), sql_id(&x->account), sql_int(now)), &r));
    for (size_t i = 0; i < r.n; i++)
        if (kind.n == 0 || names_kind(a, row(&r, i)[1].s, kind)) {
            (void)id_from_bytes(row(&r, i)[0].s, &out->grant);
            return ok();
        }
    return seal_use_refused(a, r.n ? "授权不包括这类文件" : "没有有效的用印授权，或次数已用完",
                            r.n ? "the permission is not for documents of this kind"
                                : "no permission in force, or its uses are spent");
}

/* ---- counting ---- */

struct counting {
    struct city *c;
    const struct seal_row *s;
    const struct seal_right *right;
    const struct seal_using *u;
    struct id use, batch;
    struct slice sha256;
    bool sealed;
    instant now;
};

static result begin_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct counting *k = ctx;
    int64_t changed;
    struct rows before = {.n = 0};
    if (!id_is_none(k->u->use)) TRY(tx_query(tx, a, &USE_AGAIN, BINDS(sql_id(&k->use)), &before));
    if (before.n && !slice_is(row(&before, 0)[0].s, "failed")) return ok(); /* counted, then the process died */
    /* the city's own seals are used by all its workers at once: their uses are rows, without a count that all would wait for */
    if (k->s->department.n == 0) {
        TRY(tx_exec(tx, a, &COUNT_SEAL, BINDS(sql_id(&k->s->id), sql_int(k->now)), &changed));
        if (!changed)
            return seal_use_refused(a, "印章不在可用状态或有效期内",
                                    "the seal is not in use, or not in its period of validity");
    }
    if (!id_is_none(k->right->grant)) {
        TRY(tx_exec(tx, a, &COUNT_GRANT, BINDS(sql_id(&k->right->grant), sql_id(&k->s->id), sql_int(k->now)),
                    &changed));
        if (!changed)
            return seal_use_refused(a, "授权已失效或次数已用完", "the permission has ended, or its uses are spent");
    }
    if (before.n) return tx_exec(tx, a, &USE_RESUME, BINDS(sql_id(&k->use), sql_int(k->now)), NULL);
    struct slice title = vault_seal(a, &k->s->key, "seal.use", k->u->title.n ? k->u->title : S("-"));
    return tx_exec(tx, a, &USE_INSERT,
                   BINDS(sql_id(&k->use), sql_id(&k->s->id), sql_id(&k->right->grant), sql_id(&k->right->account),
                         sql_id(&k->batch), sql_text(k->u->document), sql_blob(title), sql_int(k->now)),
                   NULL);
}

static result end_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct counting *k = ctx;
    if (!k->sealed && k->s->department.n == 0) TRY(tx_exec(tx, a, &GIVE_BACK_SEAL, BINDS(sql_id(&k->s->id)), NULL));
    if (!k->sealed && !id_is_none(k->right->grant))
        TRY(tx_exec(tx, a, &GIVE_BACK_GRANT, BINDS(sql_id(&k->right->grant)), NULL));
    return tx_exec(tx, a, &USE_END,
                   BINDS(sql_id(&k->use), sql_text(k->sealed ? S("sealed") : S("failed")), sql_text(k->sha256)), NULL);
}

/* ---- placing and signing ---- */

static result place(struct arena *a, const struct ofd *opened, const struct seal_using *u, struct slice seal_der,
                    const struct ofd_place **out, size_t *n)
{
    struct ofd_pages p;
    struct seal *seal = NEW(a, struct seal);
    TRY(ofd_pages(a, opened, &p));
    TRY(seal_parse(a, seal_der, seal));
    int64_t w = seal->picture.width * INT64_C(1000), h = seal->picture.height * INT64_C(1000);
    if (u->riding) {
        *n = p.n;
        return ofd_riding(a, p.ids, p.n, p.width, (p.height - h) / 2, w, h, out);
    }
    int64_t page = u->page ? u->page : (int64_t)p.n;
    if (page < 1 || page > (int64_t)p.n)
        return fail(a, CODE_FIELD_MAXIMUM, S("page"), "title", S("page"), "limit", arena_printf(a, "%zu", p.n), NULL);
    struct ofd_place *one = NEW(a, struct ofd_place);
    bool given = u->x >= 0 && u->y >= 0;
    *one = (struct ofd_place){.page = p.ids[page - 1],
                              .x = given ? u->x * 1000 : p.width - w - 25000,
                              .y = given ? u->y * 1000 : p.height - h - 35000,
                              .width = w,
                              .height = h};
    if (one->x < 0 || one->y < 0 || one->x + w > p.width || one->y + h > p.height)
        return seal_use_refused(a, "印章超出页面", "the seal would lie outside the page");
    *out = one;
    *n = 1;
    return ok();
}

static result sign(struct counting *k, struct arena *a, struct slice *sealed)
{
    struct signer_seal keys;
    struct ofd *opened = NEW(a, struct ofd);
    struct ofd_sealing in = {.package = k->u->ofd, .kind = k->u->document, .closing = k->u->closing, .at = k->now};
    if (!k->c->signer) return fail(a, CODE_UNAVAILABLE, S(""), "detail", S("signer"), NULL);
    if (k->s->key_ct.n == 0) return seal_use_refused(a, "印章已销毁", "the seal was destroyed");
    TRY(vault_open(a, &k->s->key, "seal.seal", k->s->seal_ct, &keys.seal));
    TRY(vault_open(a, &k->s->key, "seal.key", k->s->key_ct, &keys.key));
    TRY(ofd_read(a, k->u->ofd, opened));
    in.opened = opened;
    TRY(place(a, opened, k->u, keys.seal, &in.places, &in.nplaces));
    in.seal = &keys;
    in.subject = id_text(a, k->use);
    return ofd_seal(a, k->c->signer, &in, sealed);
}

result seal_use_under(struct city *c, struct arena *a, const struct seal_row *s, const struct seal_right *r,
                      const struct seal_using *u, struct id batch, instant now, struct slice *sealed)
{
    struct counting k = {.c = c, .s = s, .right = r, .u = u, .use = u->use, .batch = batch, .now = now};
    if (id_is_none(k.use)) k.use = id_new(now);
    TRY(store_run(c->store, a, "seal_use_begin", begin_body, &k));
    result signed_ = sign(&k, a, sealed);
    k.sealed = !failed(signed_);
    k.sha256 = k.sealed ? crypto_sha256_hex(a, *sealed) : S("");
    /* a document leaves only when its use is in the record */
    TRY(result_join(a, signed_, store_run(c->store, a, "seal_use_end", end_body, &k)));
    return ok();
}

static bool document_known(struct slice kind)
{
    static const char *const KINDS[] = {"contract", "invoice", "finance", "letter", "licence", "other"};
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (slice_is(kind, KINDS[i])) return true;
    return false;
}

result seal_takes(struct arena *a, const struct seal_row *s, struct slice kind)
{
    if (!document_known(kind))
        return fail(a, CODE_FIELD_ENUM, S("document"), "title", S("document"), "allowed",
                    S("contract, invoice, finance, letter, licence, other"), NULL);
    return names_kind(a, s->documents, kind)
               ? ok()
               : seal_use_refused(a, "这枚印章不能用于这类文件", "this seal is not for documents of this kind");
}

result seal_use(struct city *c, struct arena *a, const struct actor *x, struct slice code, const struct seal_using *u,
                instant now, struct slice *sealed)
{
    struct seal_row s;
    struct seal_right right;
    if (u->title.n > 200 || !slice_utf8(u->title))
        return fail(a, CODE_FIELD_TOO_LONG, S("title"), "title", S("title"), "limit", S("200"), NULL);
    TRY(seal_load(c, a, NULL, code, &s));
    TRY(seal_right_of(c, a, x, &s, u->document, now, &right));
    TRY(seal_takes(a, &s, u->document));
    return seal_use_under(c, a, &s, &right, u, ID_NONE, now, sealed);
}
