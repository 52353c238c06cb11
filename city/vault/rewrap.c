/* A change of the city key or of the suite: old versions are read, the current one seals; what is old is sealed anew, piece by piece, while
 * the city works. A value is replaced only when it still is what was read: an erased key stays erased. */
#include "city/sql.h"
#include "city/vault/vault.h"
#include "trust/crypto.h"
#include "trust/signer.h"

enum { PREFIX = VAULT_HEAD };

/* Everything sealed under the city key. Boxes under a data key (vault.c) name no version of it and are left alone: ?1 is three zeros, ?2 one. */
#define PLACE(table, key, column)                                                                                      \
    {"rewrap_" table "_" column "_find",                                                                               \
     "SELECT " key ", " column " FROM " table " WHERE " column " IS NOT NULL AND length(" column ") > 0"               \
     " AND substr(" column ", 2, 3) = ?1 AND substr(" column ", 5, 1) <> ?2 AND substr(" column ", 1, 5) <> ?3"        \
     " AND " key " > ?4 ORDER BY " key " LIMIT ?5",                                                                    \
     NULL, false},                                                                                                     \
        {"rewrap_" table "_" column "_set",                                                                            \
         "UPDATE " table " SET " column " = ?2 WHERE " key " = ?1 AND " column " = ?3", NULL, false},                  \
    {                                                                                                                  \
        "rewrap_" table "_" column "_count",                                                                           \
            "SELECT substr(" column ", 1, 5), COUNT(*) FROM " table " WHERE " column " IS NOT NULL AND length(" column \
            ") > 0 GROUP BY substr(" column ", 1, 5)",                                                                 \
            NULL, false                                                                                                \
    }
static const struct place {
    const char *aad; /* NULL: a data key */
    struct stmt find, set, count;
} PLACES[] = {
    {NULL, PLACE("data_key", "id", "wrapped")},
    {"account.identity", PLACE("account", "id", "identity_ct")},
    {"account.totp", PLACE("account", "id", "totp_ct")},
    {"account.totp", PLACE("account", "id", "totp_pending_ct")},
    {"webauthn.name", PLACE("webauthn_key", "id", "name_ct")},
    {"certificate.data", PLACE("account_certificate", "id", "data_ct")},
    {"inbox.content", PLACE("inbox", "id", "content_ct")},
    {"outbox.payload", PLACE("outbox", "id", "payload_ct")},
    {"licence.to", PLACE("licence_presentation", "id", "to_ct")},
    {"licence.why", PLACE("licence_consent", "id", "why_ct")},
    {"case.message", PLACE("case_message", "id", "payload_ct")},
    {"double.letter", PLACE("double_delivery", "message", "letter_ct")},
};
enum { NPLACES = sizeof PLACES / sizeof *PLACES };
/* Base64 of a box: eight characters tell the first six bytes. What was filed is plain JSON and begins with a brace. */
static const struct stmt ANSWERS = {
    "rewrap_answers_count",
    "SELECT substr(reply, 1, 8), COUNT(*) FROM idempotency WHERE substr(reply, 1, 1) <> '{' GROUP BY substr(reply, 1, 8)",
    NULL, false};

static struct slice current_prefix(struct arena *a, const struct city *c)
{
    return slice_sub(vault_seal_city(c, a, "", S("")), 0, PREFIX);
}

static result sealed_anew(struct city *c, struct arena *a, const struct place *p, struct slice key, struct slice box,
                          struct slice *out)
{
    struct slice plain;
    struct id owner;
    struct data_key k;
    if (p->aad) {
        TRY(vault_open_city(c, a, p->aad, box, &plain));
        *out = vault_seal_city(c, a, p->aad, plain);
        return ok();
    }
    if (!id_from_bytes(key, &owner)) return fail(a, CODE_INTERNAL, S("data_key"), "detail", S("id"), NULL);
    TRY(vault_unwrap(c, a, owner, box, &k));
    *out = vault_wrap(c, a, &k);
    crypto_wipe(&k, sizeof k);
    return ok();
}

struct rewrapping {
    const struct city *c;
    const struct place *p;
    const struct rows *old;    /* key, value */
    const struct slice *fresh; /* value, of each */
    instant now;
    size_t n;
};

static result rewrap_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct rewrapping *w = ctx;
    w->n = 0;
    for (size_t i = 0; i < w->old->n; i++) {
        const struct sql_value *v = row(w->old, i);
        int64_t changed;
        TRY(tx_exec(tx, a, &w->p->set, BINDS(sql_blob(v[0].s), sql_blob(w->fresh[i]), sql_blob(v[1].s)), &changed));
        w->n += changed > 0;
    }
    struct json_builder b = json_builder(a);
    json_set_int(&b, "version", w->c->key_version);
    json_set_int(&b, "values", (int64_t)w->n);
    return audit_add(tx, a, NULL, w->now, "city_key.rewrapped", json_object(&b));
}

/* Read and opened outside the transaction: a long table does not hold up the writer. */
static result rewrap_place(struct city *c, struct arena *a, int64_t limit, struct vault_at *at, size_t *n)
{
    struct rows r;
    const struct place *p = &PLACES[at->place];
    struct slice zeros = slice_of("\0\0\0", 3), zero = slice_sub(zeros, 0, 1), current = current_prefix(a, c);
    TRY(store_query(
        c->store, a, &p->find,
        BINDS(sql_blob(zeros), sql_blob(zero), sql_blob(current), sql_blob(id_bytes(&at->after)), sql_int(limit)), &r));
    if (!r.n) {
        at->place++;
        at->after = ID_NONE;
        return ok();
    }
    struct slice *fresh = NEW_ARRAY(a, struct slice, r.n);
    for (size_t i = 0; i < r.n; i++) TRY(sealed_anew(c, a, p, row(&r, i)[0].s, row(&r, i)[1].s, &fresh[i]));
    struct rewrapping w = {c, p, &r, fresh, time_now(c->time), 0};
    TRY(store_run(c->store, a, "rewrap", rewrap_body, &w));
    if (!id_from_bytes(row(&r, r.n - 1)[0].s, &at->after))
        return fail(a, CODE_INTERNAL, S("rewrap"), "detail", S("id"), NULL);
    at->found = true;
    *n = w.n;
    return ok();
}

result vault_rewrap(struct city *c, struct arena *a, int64_t limit, struct vault_at *at, size_t *n)
{
    *n = 0;
    while (!at->done && !*n && at->place < NPLACES) TRY(rewrap_place(c, a, limit, at, n));
    if (at->done || at->place < NPLACES) return ok();
    *at = (struct vault_at){.done = !at->found}; /* one more pass, until there is nothing */
    return ok();
}

/* ---- how much is under which version ---- */

static result count_into(struct arena *a, int64_t uses[256], struct slice head, int64_t n)
{
    const uint8_t *p = (const uint8_t *)head.p;
    uint32_t generation;
    if (vault_box_generation(head, &generation)) return ok();
    if (head.n < PREFIX || p[1] || p[2] || p[3])
        return fail(a, CODE_INTERNAL, S("city_key"), "detail", S("a value names no version"), NULL);
    uses[p[4]] += n;
    return ok();
}

static result count_all(struct city *c, struct arena *a, int64_t uses[256])
{
    struct rows r;
    for (size_t i = 0; i < NPLACES; i++) {
        TRY(store_query(c->store, a, &PLACES[i].count, NULL, 0, &r));
        for (size_t k = 0; k < r.n; k++) TRY(count_into(a, uses, row(&r, k)[0].s, row(&r, k)[1].i));
    }
    TRY(store_query(c->store, a, &ANSWERS, NULL, 0, &r));
    for (size_t k = 0; k < r.n; k++) {
        struct slice head;
        if (!base64_decode(a, row(&r, k)[0].s, &head)) continue; /* no box */
        TRY(count_into(a, uses, head, row(&r, k)[1].i));
    }
    return ok();
}

static const char *state_of(const struct city *c, int64_t version)
{
    if (version == c->key_version) return "current";
    for (size_t i = 0; i < c->nold_keys; i++)
        if (version == c->old_keys[i].version) return "old";
    return NULL;
}

result vault_versions(struct city *c, struct arena *a, const struct json **out)
{
    int64_t uses[256] = {0};
    struct json_builder list = json_builder(a);
    TRY(count_all(c, a, uses));
    for (int v = 255; v > 0; v--) {
        const char *state = state_of(c, v);
        if (!state && !uses[v]) continue;
        struct json_builder b = json_builder(a);
        json_set_int(&b, "version", v);
        json_set_cstr(&b, "state", state ? state : "missing");
        json_set_int(&b, "uses", uses[v]);
        if (state && !uses[v] && v != c->key_version)
            json_set_str(&b, "proof", city_key_proof(a, c->key, v, c->key_version, time_now(c->time)));
        json_add(&list, json_object(&b));
    }
    *out = json_array(&list);
    return ok();
}
