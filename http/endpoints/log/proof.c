/* The proof that an entry, or the issue of a paper, is in the log; verified without this server by whoever has the policy. */
#include "city/cases/cases.h"
#include "city/log/log.h"
#include "http/endpoints/log/endpoints.h"

static result which(const struct request *q, struct log_found *f)
{
    struct slice id_text_ = request_query(q, "id"), token = request_query(q, "document");
    struct id id;
    if ((id_text_.n > 0) == (token.n > 0))
        return fail(q->a, CODE_FIELD_REQUIRED, id_text_.n ? S("document") : S("id"), NULL);
    if (id_text_.n) {
        TRY(id_parse(q->a, id_text_, S("id"), &id));
        return log_find(q->city, q->a, id, f);
    }
    TRY(document_of_token(q->city, q->a, token, &id));
    return log_find_document(q->city, q->a, id, f);
}

static result handle(const struct request *q, struct reply *r)
{
    struct log_found f;
    struct tlog_proof p;
    struct log_leaf leaf;
    struct merkle_hash h;
    struct json_builder b = json_builder(q->a), hashes = json_builder(q->a);
    TRY(which(q, &f));
    TRY(log_prove(q->city, q->a, &f, &p));
    merkle_leaf(f.entry, &h);
    json_set_int(&b, "index", (int64_t)f.index);
    json_set_str(&b, "entry", base64_encode(q->a, f.entry));
    json_set_str(&b, "leaf", base64_encode(q->a, merkle_slice(&h)));
    for (size_t i = 0; i < p.proof.n; i++)
        json_add(&hashes, json_of_string(q->a, base64_encode(q->a, p.proof.hash[i])));
    json_set(&b, "hashes", json_array(&hashes));
    json_set_str(&b, "checkpoint", p.checkpoint);
    json_set_str(&b, "proof", tlog_proof_write(q->a, &p));
    if (log_entry_read(q->a, f.entry, &leaf)) json_set_str(&b, "id", id_text(q->a, leaf.id));
    r->body = json_object(&b);
    return ok();
}

static const struct query_parameter QUERY[] = {
    {.name = "id", .help_zh = "条目编号", .help_en = "id of the entry", .most = 36},
    {.name = "document", .help_zh = "证照、文书二维码中的编号", .help_en = "token of a paper's QR code", .most = 100},
    {0}};

const struct endpoint EP_LOG_PROOF = {
    .method = "GET",
    .path = "/log/proof",
    .right = {RIGHT_PUBLIC, 0, false},
    .query = QUERY,
    .summary_zh = "某条目、某份证照或文书在日志中的证明（C2SP tlog-proof）",
    .summary_en = "The proof that an entry, or the issue of a paper, is in the log (C2SP tlog-proof)",
    .handle = handle,
};
