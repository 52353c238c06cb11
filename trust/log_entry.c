#include "trust/log_entry.h"

enum { ENTRY_MAX = 65535 };

bool log_entry_read(struct arena *a, struct slice entry, struct log_leaf *out)
{
    const struct json *v;
    struct slice row;
    *out = (struct log_leaf){.at = 0};
    if (failed(json_parse(a, entry, ENTRY_MAX, S("entry"), &v)) || json_int(v, "v", 0) != 1 ||
        !id_scan(json_string(v, "id"), &out->id) || !base64_decode(a, json_string(v, "row"), &row) ||
        row.n != sizeof out->row)
        return false;
    memcpy(out->row.b, row.p, row.n);
    out->at = json_int(v, "at", 0);
    out->kind = json_string(v, "kind");
    out->facts = json_get(v, "facts");
    return true;
}

bool log_entry_has_document(const struct log_leaf *leaf, struct slice sha256_hex)
{
    if (!leaf->facts || leaf->facts->type != JSON_ARRAY || !sha256_hex.n) return false;
    for (size_t i = 0; i < leaf->facts->n; i++) {
        const struct json *f = leaf->facts->items[i];
        if (slice_eq(json_string(f, "document"), sha256_hex) || slice_eq(json_string(f, "original"), sha256_hex))
            return true;
    }
    return false;
}

result log_proof_open(struct arena *a, const struct tlog_policy *policy, struct slice proof_text,
                      struct log_proven *out)
{
    struct tlog_proof p;
    struct merkle_hash leaf;
    *out = (struct log_proven){.index = 0};
    TRY(tlog_proof_parse(a, proof_text, &p));
    if (!p.has_extra || !log_entry_read(a, p.extra, &out->leaf))
        return fail(a, CODE_TLOG_PROOF, S(""), "detail_zh", S("证明中没有日志条目"), "detail_en",
                    S("it carries no entry of a city's log"), NULL);
    out->entry = p.extra;
    out->index = p.index;
    merkle_leaf(p.extra, &leaf);
    return tlog_proof_verify(a, policy, &p, &leaf, &out->verdict);
}
