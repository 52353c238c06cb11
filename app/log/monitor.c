#include "app/log/client.h"

result log_witness_seen(struct arena *a, struct slice url, struct slice origin, const struct tlog_policy *policy,
                        struct slice *note, struct checkpoint *out)
{
    struct note n;
    long status;
    struct slice path = arena_printf(a, "%.*s/checkpoint", SLICE_ARG(crypto_sha256_hex(a, origin)));
    log_get_any(a, url, path, NOTE_MAX_BYTES, note, &status);
    *out = (struct checkpoint){.size = 0};
    if (status == 404) {
        note->n = 0;
        return ok();
    }
    if (status != 200)
        return fail(a, CODE_LOG_HTTP, S(""), "value", url, "detail", arena_printf(a, "HTTP %ld", status), NULL);
    TRY(note_parse(a, *note, &n));
    TRY(checkpoint_parse(a, n.text, out));
    if (!slice_eq(out->origin, origin)) return fail(a, CODE_NOTE_SIGNATURE, S(""), "value", origin, NULL);
    return tlog_policy_signed(a, policy, &n, origin);
}

result log_compare_witness(struct arena *a, const char *dir, const struct log_mirrored *m, struct slice witness,
                           const struct checkpoint *seen, bool *ahead)
{
    struct tlog_reader reader = log_mirror_reader(dir, m->size);
    struct merkle_source source = tlog_source(&reader);
    struct merkle_proof p = {NULL, 0};
    *ahead = seen->size > m->size;
    if (*ahead || seen->size == 0) return ok();
    if (seen->size < m->size) TRY(merkle_prove_consistency(a, &source, seen->size, m->size, &p));
    bool same = seen->size == m->size ? slice_eq(seen->root, m->root)
                                      : merkle_verify_consistency(seen->size, m->size, p, seen->root, m->root);
    if (same) return ok();
    return fail(a, CODE_LOG_FORK, witness, "detail_zh",
                arena_printf(a, "见证“%.*s”在第 %llu 条处见过内容不同的日志，且有日志的签名", SLICE_ARG(witness),
                             (unsigned long long)seen->size),
                "detail_en",
                arena_printf(a, "the witness %.*s holds a signed checkpoint of another history at %llu entries",
                             SLICE_ARG(witness), (unsigned long long)seen->size),
                NULL);
}
