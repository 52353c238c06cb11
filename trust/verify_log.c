/* Whether a file's issue is in the log: the proof, the policy and the file are all that is looked at. */
#include "trust/log_entry.h"
#include "trust/verify_parts.h"

static void add(struct arena *a, struct verify_report *r, bool good, struct slice zh, struct slice en)
{
    struct check *all = NEW_ARRAY(a, struct check, r->nchecks + 1);
    if (r->nchecks) memcpy(all, r->checks, r->nchecks * sizeof *all);
    all[r->nchecks++] = (struct check){"log", good ? CHECK_OK : CHECK_FAILED, zh, en};
    r->checks = all;
    r->good = r->good && good;
}

static const struct json *found(struct arena *a, const struct log_proven *p, const struct tlog_policy *policy)
{
    struct json_builder b = json_builder(a), list = json_builder(a);
    for (size_t i = 0; i < p->verdict.nwitnesses; i++) {
        struct json_builder one = json_builder(a);
        json_set_str(&one, "name", p->verdict.witnesses[i].witness);
        json_set_str(&one, "at", instant_text(a, (instant)p->verdict.witnesses[i].seconds * MS_SECOND));
        json_add(&list, json_object(&one));
    }
    json_set_str(&b, "origin", p->verdict.checkpoint.origin);
    json_set_str(&b, "id", id_text(a, p->leaf.id));
    json_set_int(&b, "index", (int64_t)p->index);
    json_set_int(&b, "size", (int64_t)p->verdict.checkpoint.size);
    json_set_str(&b, "at", instant_text(a, p->leaf.at));
    json_set(&b, "witnesses", json_array(&list));
    json_set_int(&b, "needed", (int64_t)tlog_policy_least(policy));
    return json_object(&b);
}

static void not_proven(struct arena *a, struct verify_report *r, result why)
{
    struct slice zh = result_text(a, why, LANG_ZH), en = result_text(a, why, LANG_EN);
    add(a, r, false, arena_printf(a, "日志证明不成立：%.*s", SLICE_ARG(zh)),
        arena_printf(a, "the log's proof does not hold: %.*s", SLICE_ARG(en)));
}

void verify_in_log(struct arena *a, struct slice file, struct slice policy_text, struct slice proof,
                   struct verify_report *r)
{
    const struct tlog_policy *policy;
    struct log_proven p;
    result res = tlog_policy_parse(a, policy_text, &policy);
    if (!failed(res)) res = log_proof_open(a, policy, proof, &p);
    if (failed(res)) {
        not_proven(a, r, res);
        return;
    }
    if (!log_entry_has_document(&p.leaf, crypto_sha256_hex(a, file))) {
        add(a, r, false, S("日志证明是另一份文件的，不是本文件的"),
            S("the log's proof is of another file, not of this one"));
        return;
    }
    size_t n;
    (void)tlog_policy_witnesses(a, policy, &n);
    struct slice at = instant_text(a, p.leaf.at), origin = p.verdict.checkpoint.origin;
    unsigned long long index = p.index + 1, size = p.verdict.checkpoint.size;
    size_t have = p.verdict.nwitnesses, least = tlog_policy_least(policy);
    r->log = found(a, &p, policy);
    add(a, r, true,
        arena_printf(
            a,
            "签发已载入公开日志 %.*s：第 %llu 条（共 %llu 条），%.*s，%zu 家见证机构共同签名（共 %zu 家，须 %zu 家）",
            SLICE_ARG(origin), index, size, SLICE_ARG(at), have, n, least),
        arena_printf(
            a, "its issue is in the log %.*s: entry %llu of %llu, %.*s, cosigned by %zu of %zu witnesses (%zu needed)",
            SLICE_ARG(origin), index, size, SLICE_ARG(at), have, n, least));
}
