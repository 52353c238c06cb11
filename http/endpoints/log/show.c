/* The log for people: its checkpoint, who witnessed it, and the policy that a verifier needs. */
#include "city/log/log.h"
#include "http/endpoints/log/endpoints.h"

static const struct json *witnesses(struct arena *a, const struct tlog_policy *policy, const struct tlog_verdict *v)
{
    struct json_builder list = json_builder(a);
    size_t n;
    const struct tlog_witness *w = tlog_policy_witnesses(a, policy, &n);
    for (size_t i = 0; i < n; i++) {
        struct json_builder b = json_builder(a);
        json_set_str(&b, "name", w[i].name);
        json_set_str(&b, "key", note_key_text(a, w[i].key));
        json_set(&b, "cosigned_at", json_null());
        for (size_t k = 0; k < v->nwitnesses; k++)
            if (slice_eq(v->witnesses[k].witness, w[i].name))
                json_set_str(&b, "cosigned_at", instant_text(a, (instant)v->witnesses[k].seconds * MS_SECOND));
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

static result checkpoint(struct arena *a, const struct log_published *p, const struct tlog_policy *policy,
                         struct json_builder *b, struct tlog_verdict *v)
{
    *v = (struct tlog_verdict){.nwitnesses = 0};
    json_set(b, "checkpoint", json_null());
    if (!p->note.n) return ok();
    struct json_builder c = json_builder(a);
    result met = tlog_policy_check(a, policy, p->note, v);
    enum code code = result_code(met);
    if (failed(met) && code != CODE_TLOG_QUORUM && code != CODE_TLOG_UNKNOWN)
        return met; /* those two: published under an earlier policy, or key */
    json_set_int(&c, "size", (int64_t)p->size);
    json_set_str(&c, "root", base64_encode(a, v->checkpoint.root));
    json_set_str(&c, "published_at", instant_text(a, p->at));
    json_set_str(&c, "note", p->note);
    json_set(b, "checkpoint", json_object(&c));
    return ok();
}

static const struct json *trouble(struct arena *a, struct slice text)
{
    const struct json *v;
    return text.n && !failed(json_parse(a, text, 8192, S("log_state.trouble"), &v)) ? v : json_null();
}

/* Which keys the log has had, the newest first: from which entry on, why, and whether the one before vouched for it. */
static result keys(const struct request *q, struct slice origin, struct json_builder *b)
{
    const struct log_key_row *rows;
    struct json_builder list = json_builder(q->a);
    size_t n;
    TRY(log_keys(q->city, q->a, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        struct json_builder one = json_builder(q->a);
        struct note_key k;
        TRY(note_key_of_bytes(q->a, origin, NOTE_PLAIN, rows[i].public_key, &k));
        json_set_str(&one, "key", note_key_text(q->a, &k));
        json_set_int(&one, "size", (int64_t)rows[i].size);
        json_set_str(&one, "at", instant_text(q->a, rows[i].at));
        json_set_bool(&one, "by_old", rows[i].by_old);
        json_set_str(&one, "reason", rows[i].reason);
        json_set_str(&one, "statement", rows[i].statement);
        json_add(&list, json_object(&one));
    }
    json_set(b, "keys", json_array(&list));
    return ok();
}

static result handle(const struct request *q, struct reply *r)
{
    struct log_state s;
    struct log_published p;
    struct slice text;
    const struct tlog_policy *policy;
    struct note_key key;
    struct tlog_verdict v;
    struct json_builder b = json_builder(q->a);
    TRY(log_open(q->city, q->a, &s));
    TRY(log_published(q->city, q->a, &p));
    TRY(log_policy(q->city, q->a, &text, &policy));
    TRY(log_key(q->city, q->a, &key));
    json_set_str(&b, "origin", s.origin);
    json_set_str(&b, "key", note_key_text(q->a, &key));
    TRY(keys(q, s.origin, &b));
    json_set_str(&b, "began_at", instant_text(q->a, s.began));
    TRY(checkpoint(q->a, &p, policy, &b, &v));
    json_set(&b, "witnesses", witnesses(q->a, policy, &v));
    json_set_int(&b, "witnesses_needed", (int64_t)tlog_policy_least(policy));
    json_set_str(&b, "policy", text);
    json_set(&b, "trouble", trouble(q->a, s.trouble));
    json_set_bool(&b, "test_keys", q->city->test_keys);
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_LOG = {
    .method = "GET",
    .path = "/log",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "透明日志：检查点、见证机构、验证用的信任策略",
    .summary_en = "The transparency log: checkpoint, witnesses, and the policy to verify by",
    .handle = handle,
};
