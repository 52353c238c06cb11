/* Codes of the counter. Who first came to a window is known to the city by number and name and has no account; the number alone
 * must give nobody one. So the window, having seen the document, hands out a code that registers exactly this number, once. Who
 * has an account and forgot the password gets one too: reset.c. */
#include "city/identity/internal.h"

#define CODE_VALID (7 * MS_DAY)
enum { CODE_SYMBOLS = 12 }; /* of 31: 59 bits, good for one number only, behind the limit of costly requests */

static const struct stmt CODE_INSERT = {
    "registration_code_insert",
    "INSERT INTO registration_code (code_hash, subject, expires_at, purpose) VALUES (?1,?2,?3,?4)", NULL, false};
static const struct stmt CODE_LOOK = {
    "registration_code_look",
    "SELECT registration_code.subject, subject.index_hash FROM registration_code JOIN subject"
    " ON subject.id = registration_code.subject WHERE code_hash = ?1 AND expires_at > ?2 AND purpose = 0",
    NULL, false};
static const struct stmt CODE_USE = {
    "registration_code_use",
    "DELETE FROM registration_code WHERE code_hash = ?1 AND subject = ?2 AND expires_at > ?3 AND purpose = 0", NULL,
    false};
static const struct stmt CODES_END = {"registration_codes_end", "DELETE FROM registration_code WHERE subject = ?1",
                                      NULL, false};
static const struct stmt HAS_ACCOUNT = {"subject_has_account", "SELECT id FROM account WHERE subject = ?1 LIMIT 1",
                                        NULL, false};

/* As typed: in capitals or not, with hyphens and spaces or not. */
struct slice counter_code_hash(struct arena *a, struct slice code)
{
    struct buf b = buf_new(a, 256);
    for (size_t i = 0; i < code.n && i < 100; i++) {
        char ch = code.p[i];
        if (ch == '-' || ch == ' ') continue;
        buf_putc(&b, ch >= 'A' && ch <= 'Z' ? (char)(ch - 'A' + 'a') : ch);
    }
    return session_hash(a, buf_slice(&b));
}

struct slice counter_code(struct arena *a, struct slice *hash)
{
    struct slice t = random_readable(a, "abcdefghjkmnpqrstuvwxyz23456789", CODE_SYMBOLS);
    *hash = counter_code_hash(a, t);
    return arena_printf(a, "%.4s-%.4s-%.4s", t.p, t.p + 4, t.p + 8);
}

result counter_code_put(struct tx *tx, struct arena *a, struct id subject, struct slice hash, int64_t purpose,
                        instant until)
{
    TRY(tx_exec(tx, a, &CODES_END, BINDS(sql_id(&subject)), NULL));
    return tx_exec(tx, a, &CODE_INSERT, BINDS(sql_blob(hash), sql_id(&subject), sql_int(until), sql_int(purpose)),
                   NULL);
}

struct issuing {
    const struct actor *x;
    struct id subject;
    struct slice hash;
    instant now;
};

static result no_account(struct tx *tx, struct arena *a, struct id subject)
{
    struct rows r;
    TRY(subject_lock(tx, a, subject));
    TRY(tx_query(tx, a, &HAS_ACCOUNT, BINDS(sql_id(&subject)), &r));
    return r.n ? fail(a, CODE_IDENTITY_ACCOUNT, S("/id_number"), NULL) : ok();
}

static result issue_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct issuing *k = ctx;
    TRY(no_account(tx, a, k->subject));
    TRY(counter_code_put(tx, a, k->subject, k->hash, 0, k->now + CODE_VALID));
    struct json_builder b = json_builder(a);
    json_set_id(&b, "subject", id_bytes(&k->subject));
    return audit_add(tx, a, k->x, k->now, "registration_code.issued", json_object(&b));
}

result registration_code(struct city *c, struct arena *a, const struct actor *x, struct slice id_kind,
                         struct slice number, struct slice name, instant now, struct slice *code, instant *until)
{
    struct issuing k = {.x = x, .now = now};
    TRY(subject_find_or_make(c, a, x, id_kind, number, name, now, &k.subject));
    struct slice t = counter_code(a, &k.hash);
    TRY(store_run(c->store, a, "registration_code", issue_body, &k));
    *code = t;
    *until = now + CODE_VALID;
    return ok();
}

result registration_code_look(struct city *c, struct arena *a, struct slice code, struct slice id_kind,
                              struct slice number, instant now, struct id *subject)
{
    struct rows r;
    struct slice hash;
    TRY(subject_hash(c, a, id_kind, number, S("/id_number"), &hash));
    TRY(store_query(c->store, a, &CODE_LOOK, BINDS(sql_blob(counter_code_hash(a, code)), sql_int(now)), &r));
    if (!r.n || !slice_eq(row(&r, 0)[1].s, hash) || !id_from_bytes(row(&r, 0)[0].s, subject))
        return fail(a, CODE_REGISTRATION_CODE, S("/code"), NULL);
    return ok();
}

result registration_code_use(struct tx *tx, struct arena *a, struct slice code, struct id subject, instant now)
{
    int64_t used;
    TRY(no_account(tx, a, subject));
    TRY(tx_exec(tx, a, &CODE_USE, BINDS(sql_blob(counter_code_hash(a, code)), sql_id(&subject), sql_int(now)), &used));
    return used ? ok() : fail(a, CODE_REGISTRATION_CODE, S("/code"), NULL);
}

result registration_codes_end(struct tx *tx, struct arena *a, struct id subject)
{
    return tx_exec(tx, a, &CODES_END, BINDS(sql_id(&subject)), NULL);
}
