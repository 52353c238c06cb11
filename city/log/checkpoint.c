/* Checkpoints: signed by the signer, kept, published when the policy is met. */
#include "city/log/internal.h"
#include "city/sql.h"
#include "trust/signer.h"

static const struct stmt SIGNED_LAST = {
    "log_signed_last", "SELECT size, note, cosigned FROM log_checkpoint ORDER BY size DESC LIMIT 1", NULL, false};
static const struct stmt PUBLISHED = {
    "log_published", "SELECT size, cosigned, at FROM log_checkpoint WHERE cosigned <> '' ORDER BY size DESC LIMIT 1",
    NULL, false};
static const struct stmt CHECKPOINT_KEEP = {
    "log_checkpoint_keep",
    "INSERT INTO log_checkpoint (size, note, cosigned, at) VALUES (?1,?2,'',?3) ON CONFLICT (size) DO NOTHING", NULL,
    false};
static const struct stmt CHECKPOINT_PUBLISH = {
    "log_checkpoint_publish", "UPDATE log_checkpoint SET cosigned=?2, at=?3 WHERE size=?1", NULL, false};
static const struct stmt CHECKPOINT_OLD = {"log_checkpoint_old", "DELETE FROM log_checkpoint WHERE size < ?1", NULL,
                                           false};

result log_key(struct city *c, struct arena *a, struct note_key *out)
{
    struct log_state s;
    const struct log_key_row *keys;
    size_t n;
    TRY(log_open(c, a, &s));
    TRY(log_keys(c, a, &keys, &n));
    return note_key_of_bytes(a, s.origin, NOTE_PLAIN, n ? keys[0].public_key : c->log_key, out);
}

/* Keys of before that the one after was vouched for by: what they signed is still good. A key that was lost is not among them. */
static result old_keys(struct city *c, struct arena *a, struct slice origin, struct slice *lines)
{
    const struct log_key_row *keys;
    size_t n;
    TRY(log_keys(c, a, &keys, &n));
    *lines = S("");
    for (size_t i = 0; i + 1 < n && keys[i].by_old; i++) {
        struct note_key k;
        TRY(note_key_of_bytes(a, origin, NOTE_PLAIN, keys[i + 1].public_key, &k));
        struct slice vkey = note_key_text(a, &k);
        *lines = arena_printf(a, "%.*slog %.*s\n", SLICE_ARG(*lines), SLICE_ARG(vkey));
    }
    return ok();
}

result log_policy(struct city *c, struct arena *a, struct slice *text, const struct tlog_policy **out)
{
    struct note_key key;
    TRY(log_key(c, a, &key));
    struct slice vkey = note_key_text(a, &key), url = c->base_url, before;
    TRY(old_keys(c, a, key.name, &before));
    *text = arena_printf(a, "log %.*s %.*s/log\n%.*s%.*s", SLICE_ARG(vkey), SLICE_ARG(url), SLICE_ARG(before),
                         SLICE_ARG(c->log_policy.n ? c->log_policy : S("quorum none\n")));
    return tlog_policy_parse(a, *text, out);
}

result log_published(struct city *c, struct arena *a, struct log_published *out)
{
    struct rows r;
    *out = (struct log_published){.at = 0};
    TRY(store_query(c->store, a, &PUBLISHED, NULL, 0, &r));
    if (r.n) *out = (struct log_published){row(&r, 0)[1].s, (uint64_t)row(&r, 0)[0].i, row(&r, 0)[2].i};
    return ok();
}

result log_signed_last(struct city *c, struct arena *a, struct log_signed *out)
{
    struct rows r;
    struct note n;
    struct checkpoint p;
    *out = (struct log_signed){.head.size = 0};
    TRY(store_query(c->store, a, &SIGNED_LAST, NULL, 0, &r));
    if (r.n == 0) return ok();
    out->note = row(&r, 0)[1].s;
    out->cosigned = row(&r, 0)[2].s;
    TRY(note_parse(a, out->note, &n));
    TRY(checkpoint_parse(a, n.text, &p));
    out->head.size = p.size;
    memcpy(out->head.root.b, p.root.p, MERKLE_HASH_BYTES);
    return ok();
}

struct keeping {
    const struct log_signed *s;
    struct slice cosigned;
    instant now;
};

static result keep_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct keeping *k = ctx;
    return tx_exec(tx, a, &CHECKPOINT_KEEP,
                   BINDS(sql_int((int64_t)k->s->head.size), sql_text(k->s->note), sql_int(k->now)), NULL);
}

static result publish_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct keeping *k = ctx;
    struct sql_value size = sql_int((int64_t)k->s->head.size);
    TRY(tx_exec(tx, a, &CHECKPOINT_PUBLISH, BINDS(size, sql_text(k->cosigned), sql_int(k->now)), NULL));
    return tx_exec(tx, a, &CHECKPOINT_OLD, BINDS(size), NULL);
}

result log_sign(struct city *c, struct arena *a, const struct log_state *s, instant now, struct log_signed *out)
{
    struct note_key key;
    struct slice signature;
    *out = (struct log_signed){.head = s->head};
    struct slice root = merkle_slice(&out->head.root);
    TRY(note_key_of_bytes(a, s->origin, NOTE_PLAIN, c->log_key, &key));
    result r = signer_sign_checkpoint(c->signer, a, s->origin, s->head.size, root, &signature);
    if (result_code(r) == CODE_SIGNER_POLICY)
        return fail(a, CODE_LOG_ROLLED_BACK, S(""), "detail_zh", S("签名服务曾为更大的或内容不同的日志签名"),
                    "detail_en", S("the signer has signed a larger or another tree before"), NULL);
    TRY(r);
    struct checkpoint p = {s->origin, s->head.size, root, {NULL, 0}};
    out->note = note_write(a, checkpoint_write(a, &p), note_line(a, &key, 0, signature));
    struct keeping k = {.s = out, .now = now};
    return store_run(c->store, a, "log_checkpoint", keep_body, &k);
}

result log_publish(struct city *c, struct arena *a, const struct log_signed *s, struct slice cosigned, instant now)
{
    struct keeping k = {s, cosigned, now};
    return store_run(c->store, a, "log_publish", publish_body, &k);
}
