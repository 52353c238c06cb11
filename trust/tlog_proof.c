/* Proofs that stand alone (C2SP tlog-proof). */
#include "trust/tlog_policy.h"

#define FIRST_LINE "c2sp.org/tlog-proof@v1"

struct slice tlog_proof_write(struct arena *a, const struct tlog_proof *p)
{
    struct buf b = buf_new(a, 2 * NOTE_MAX_BYTES);
    buf_puts(&b, FIRST_LINE "\n");
    if (p->has_extra) {
        buf_puts(&b, "extra ");
        buf_put(&b, base64_encode(a, p->extra));
        buf_putc(&b, '\n');
    }
    buf_printf(&b, "index %llu\n", (unsigned long long)p->index);
    for (size_t i = 0; i < p->proof.n; i++) {
        buf_put(&b, base64_encode(a, p->proof.hash[i]));
        buf_putc(&b, '\n');
    }
    buf_putc(&b, '\n');
    buf_put(&b, p->checkpoint);
    return buf_slice(&b);
}

static result bad(struct arena *a, const char *zh, const char *en)
{
    return fail(a, CODE_TLOG_PROOF, S(""), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

/* The rest of a line behind `name` and a space. */
static bool field(struct slice line, struct slice name, struct slice *value)
{
    if (!slice_starts(line, name) || line.n <= name.n || line.p[name.n] != ' ') return false;
    *value = slice_sub(line, name.n + 1, SIZE_MAX);
    return true;
}

result tlog_proof_parse(struct arena *a, struct slice text, struct tlog_proof *out)
{
    struct slice line, value, rest, *hash = NEW_ARRAY(a, struct slice, MERKLE_PROOF_MAX);
    *out = (struct tlog_proof){.proof = {hash, 0}};
    if (text.n > NOTE_MAX_BYTES) return bad(a, "超过 1 MiB", "more than 1 MiB");
    if (!slice_cut(text, '\n', &line, &rest) || !slice_is(line, FIRST_LINE))
        return bad(a, "首行应为 " FIRST_LINE, "the first line must be " FIRST_LINE);
    (void)slice_cut(rest, '\n', &line, &rest);
    if (field(line, S("extra"), &value)) {
        if (!base64_decode(a, value, &out->extra)) return bad(a, "附加内容有误", "malformed extra data");
        out->has_extra = true;
        (void)slice_cut(rest, '\n', &line, &rest);
    }
    if (!field(line, S("index"), &value) || !note_number(value, &out->index))
        return bad(a, "缺少序号", "the index is missing");
    while (slice_cut(rest, '\n', &line, &rest) && line.n) {
        if (out->proof.n == MERKLE_PROOF_MAX) return bad(a, "证明过长", "too many hashes");
        if (!base64_decode(a, line, &value) || value.n != MERKLE_HASH_BYTES)
            return bad(a, "散列不是 32 字节", "a hash is not 32 bytes");
        hash[out->proof.n++] = value;
    }
    if (line.n || !rest.n) return bad(a, "缺少检查点", "the checkpoint is missing");
    out->checkpoint = rest;
    return ok();
}

result tlog_proof_verify(struct arena *a, const struct tlog_policy *policy, const struct tlog_proof *p,
                         const struct merkle_hash *leaf, struct tlog_verdict *out)
{
    TRY(tlog_policy_check(a, policy, p->checkpoint, out));
    if (merkle_verify_inclusion(p->index, out->checkpoint.size, merkle_slice(leaf), p->proof, out->checkpoint.root))
        return ok();
    return bad(a, "内容不在检查点所述的日志中", "the checkpoint's tree does not hold this leaf");
}
