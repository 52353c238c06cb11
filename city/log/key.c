/* Under which keys the log was and is signed. A signer with another key than before signs nothing here until two officers have decided it (docs/log.md): a
 * key must not change because a folder was exchanged. */
#include "city/log/internal.h"
#include "city/sql.h"
#include "trust/log_key.h"

static const struct stmt KEYS = {
    "log_keys", "SELECT public, size, at, by_old, reason, statement FROM log_key ORDER BY number DESC", NULL, false};
static const struct stmt KEY_ADD = {
    "log_key_add",
    "INSERT INTO log_key (number, public, size, at, by_old, reason, statement) VALUES (?1,?2,?3,?4,?5,?6,?7)"
    " ON CONFLICT (number) DO NOTHING",
    NULL, false};
static const struct stmt TROUBLE_OVER = {
    "log_key_trouble_over", "UPDATE log_state SET trouble='' WHERE id=1 AND trouble LIKE '%\"code\":\"log.key\"%'",
    NULL, false};

result log_keys(struct city *c, struct arena *a, const struct log_key_row **out, size_t *n)
{
    struct rows r;
    TRY(store_query(c->store, a, &KEYS, NULL, 0, &r));
    struct log_key_row *list = NEW_ARRAY(a, struct log_key_row, r.n + 1);
    for (size_t i = 0; i < r.n; i++) {
        const struct sql_value *v = row(&r, i);
        list[i] = (struct log_key_row){v[0].s, (uint64_t)v[1].i, v[2].i, v[3].i != 0, v[4].s, v[5].s};
    }
    *out = list;
    *n = r.n;
    return ok();
}

struct adding {
    int64_t number;
    struct log_key_row row;
    const struct actor *by; /* NULL: the first key, which needs no decision */
    const struct json *details;
};

static result add_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct adding *x = ctx;
    const struct log_key_row *k = &x->row;
    int64_t changed = 0;
    TRY(tx_exec(tx, a, &KEY_ADD,
                BINDS(sql_int(x->number), sql_blob(k->public_key), sql_int((int64_t)k->size), sql_int(k->at),
                      sql_int(k->by_old), sql_text(k->reason), sql_text(k->statement)),
                &changed));
    if (!x->by) return ok();
    if (changed == 0) return fail(a, CODE_CONFLICT, S("log"), "value", S("log_key"), NULL);
    TRY(tx_exec(tx, a, &TROUBLE_OVER, NULL, 0, NULL));
    return audit_add(tx, a, x->by, k->at, "log_key_accepted", x->details);
}

static result undecided(struct arena *a, const char *zh, const char *en)
{
    return fail(a, CODE_LOG_KEY, S(""), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

/* A log of before keys were kept: its last checkpoint tells whose it is. */
static result first_key(struct city *c, struct arena *a, instant now)
{
    struct log_signed last;
    struct log_state s;
    struct note_key key;
    struct note n;
    TRY(log_open(c, a, &s));
    TRY(log_signed_last(c, a, &last));
    if (last.note.n) {
        TRY(note_key_of_bytes(a, s.origin, NOTE_PLAIN, c->log_key, &key));
        TRY(note_parse(a, last.note, &n));
        if (note_check(a, &n, &key, NULL) != NOTE_GOOD)
            return undecided(a, "签名服务的密钥没有签过已有的检查点",
                             "the signer's key did not sign the checkpoint that is there");
    }
    struct adding x = {.number = 1, .row = {.public_key = c->log_key, .at = now, .reason = S(""), .statement = S("")}};
    return store_run(c->store, a, "log_key", add_body, &x);
}

result log_key_decided(struct city *c, struct arena *a, instant now)
{
    const struct log_key_row *keys;
    size_t n;
    TRY(log_keys(c, a, &keys, &n));
    if (n == 0) return first_key(c, a, now);
    if (slice_eq(keys[0].public_key, c->log_key)) return ok();
    return undecided(a, "签名服务换了日志密钥，尚未经管理人员确认",
                     "the signer has a new key, which officers have not decided on yet");
}

/* ---- the decision ---- */

static bool may_decide(const struct actor *x)
{
    for (size_t i = 0; i < x->ngrants; i++) {
        enum role r = x->grants[i].role;
        if (r == ROLE_ADMINISTRATOR || r == ROLE_SECURITY || r == ROLE_AUDITOR) return true;
    }
    return false;
}

static result check_officers(struct arena *a, const struct actor *const officers[2])
{
    for (int i = 0; i < 2; i++)
        if (!may_decide(officers[i]))
            return fail(a, CODE_FORBIDDEN, officers[i]->login, "right", S("administrator, security or auditor"), NULL);
    if (id_eq(officers[0]->account, officers[1]->account))
        return fail(a, CODE_FORBIDDEN, S("--with"), "right", S("another person than --as"), NULL);
    return ok();
}

static result check_statement(struct city *c, struct arena *a, const struct log_state *s,
                              const struct log_key_row *before, struct slice text, bool *by_old)
{
    struct log_key_statement t;
    TRY(log_key_statement_read(a, text, &t));
    if (!slice_eq(t.origin, s->origin) || !slice_eq(note_public_key(a, t.new_key.key), c->log_key) ||
        !slice_eq(note_public_key(a, t.old_key.key), before->public_key))
        return undecided(a, "声明中的日志、旧密钥或新密钥不是这里的",
                         "the statement is of another log, old key or new key");
    if (t.size > s->head.size)
        return fail(a, CODE_LOG_ROLLED_BACK, S(""), "detail_zh", S("声明中旧密钥签过更大的日志"), "detail_en",
                    S("by the statement the old key signed a larger log"), NULL);
    *by_old = t.by_old;
    return ok();
}

result log_key_accept(struct city *c, struct arena *a, const struct log_key_decision *d, instant now)
{
    const struct log_key_row *keys;
    struct log_state s;
    struct adding x = {.by = d->officers[0]};
    struct note_key old_key, new_key;
    struct json_builder b = json_builder(a), who = json_builder(a);
    size_t n;
    TRY(log_open(c, a, &s));
    TRY(log_keys(c, a, &keys, &n));
    if (n == 0 || slice_eq(keys[0].public_key, c->log_key))
        return fail(a, CODE_CONFLICT, S("log"), "value", S("the signer's key is the log's"), NULL);
    TRY(check_officers(a, d->officers));
    x.number = (int64_t)n + 1;
    x.row = (struct log_key_row){c->log_key, s.head.size, now, false, d->reason, d->statement};
    if (d->statement.n) TRY(check_statement(c, a, &s, &keys[0], d->statement, &x.row.by_old));
    TRY(note_key_of_bytes(a, s.origin, NOTE_PLAIN, keys[0].public_key, &old_key));
    TRY(note_key_of_bytes(a, s.origin, NOTE_PLAIN, c->log_key, &new_key));
    for (int i = 0; i < 2; i++) json_add(&who, json_of_string(a, d->officers[i]->login));
    json_set_str(&b, "old", note_key_text(a, &old_key));
    json_set_str(&b, "new", note_key_text(a, &new_key));
    json_set_int(&b, "size", (int64_t)s.head.size);
    json_set_bool(&b, "by_old", x.row.by_old);
    json_set_str(&b, "reason", d->reason);
    json_set(&b, "officers", json_array(&who));
    x.details = json_object(&b);
    return store_run(c->store, a, "log_key_accept", add_body, &x);
}
