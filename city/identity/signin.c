/* Signing in. One answer whatever was wrong, after the same work; mistakes lock the account with a growing pause.
 * The slow part (argon2id) runs outside any transaction; the row is read again inside, so that parallel guesses
 * cannot outrun the lock. */
#include "city/identity/internal.h"
#include "city/identity/keys.h"
#include "trust/password.h"

static const struct stmt FAILURE = {"signin_failure",
                                    "UPDATE account SET failures = ?2, locked_until = ?3 WHERE id = ?1", NULL, false};
static const struct stmt SUCCESS = {
    "signin_success", "UPDATE account SET failures = 0, locked_until = 0, totp_step = ?2 WHERE id = ?1", NULL, false};
static const struct stmt REHASH = {"signin_rehash", "UPDATE account SET password = ?2 WHERE id = ?1", NULL, false};
static const struct stmt SESSION_INSERT = {
    "session_insert", "INSERT INTO session (token_hash, account, created_at, seen_at) VALUES (?1, ?2, ?3, ?3)", NULL,
    false};
static const struct stmt SESSION_DELETE = {"session_delete", "DELETE FROM session WHERE token_hash = ?1", NULL, false};

enum verdict { GOOD, BAD, NEEDS };

struct signin {
    struct city *c;
    struct id account;
    bool password_good;
    struct slice password_checked;            /* the hash it was checked against */
    struct slice totp, old, hash, fresh_hash; /* hash: of the new session; empty: who is signed in proves it again */
    const struct json *assertion;             /* of a security key, or NULL */
    struct key_proof proof;
    struct slice challenge; /* hash of one that is asked for, once the password is right; empty: none is */
    instant now;
    enum verdict verdict;
    enum code need; /* NEEDS: what */
};

/* 5 mistakes: 1 minute; each further one doubles, up to 1 hour. */
static instant lock_until(int64_t failures, instant now)
{
    if (failures < LOCK_AFTER) return 0;
    int64_t over = failures - LOCK_AFTER, pause = LOCK_FIRST;
    while (over-- > 0 && pause < LOCK_MAX) pause *= 2;
    return now + (pause < LOCK_MAX ? pause : LOCK_MAX);
}

static result code_check(struct city *c, struct arena *a, const struct account *x, struct slice code, instant now,
                         int64_t *step, bool *good)
{
    struct slice secret;
    TRY(vault_open_city(c, a, "account.totp", x->totp_ct, &secret));
    *good = totp_check(secret, code, now, x->totp_step, step);
    return ok();
}

static result count_failure(struct tx *tx, struct arena *a, struct signin *s, const struct account *x)
{
    struct actor who = {.kind = x->kind, .account = x->id};
    int64_t n = x->failures + 1;
    instant until = lock_until(n, s->now);
    TRY(tx_exec(tx, a, &FAILURE, BINDS(sql_id(&x->id), sql_int(n), sql_int(until)), NULL));
    struct json_builder b = json_builder(a);
    json_set_int(&b, "failures", n);
    json_set_bool(&b, "locked", until > 0);
    return audit_add(tx, a, &who, s->now, "signin.failed", json_object(&b));
}

/* What counts nothing is written down all the same: for the auditor, and because a commit takes a time that could be
 * measured. No login stands in it: people type passwords there. */
static result note_refusal(struct tx *tx, struct arena *a, const struct signin *s, const struct account *x,
                           const char *why)
{
    struct actor who = {.kind = x->kind, .account = x->id};
    struct json_builder b = json_builder(a);
    json_set_cstr(&b, "why", why);
    return audit_add(tx, a, &who, s->now, "signin.refused", json_object(&b));
}

static result asks(struct signin *s, enum code what)
{
    s->verdict = NEEDS;
    s->need = what;
    return ok();
}

/* Beside the password: a code or a security key, where the account has them. Verdict NEEDS: nothing was given that could do. */
static result second_factor(struct signin *s, struct tx *tx, struct arena *a, const struct account *x, int64_t *step,
                            bool *good)
{
    int64_t keys;
    bool only;
    TRY(key_count(s->c, tx, a, x->id, &keys));
    TRY(key_role(s->c, tx, a, x->id, &only));
    if (!keys && !x->totp_ct.n) return ok();
    bool code = x->totp_ct.n && !(keys && only);
    if (s->assertion) {
        TRY(key_proof_use(s->c, tx, a, &s->proof, x->kind, x->subject, s->now));
        *good = !failed(s->proof.wrong) && s->proof.late == CODE_OK;
        return ok();
    }
    if (!s->totp.n || !code)
        return asks(s, !keys ? CODE_AUTH_TOTP_REQUIRED : code ? CODE_AUTH_SECOND_REQUIRED : CODE_AUTH_KEY_REQUIRED);
    return code_check(s->c, a, x, s->totp, s->now, step, good);
}

static result signin_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct signin *s = ctx;
    struct account x;
    bool found;
    s->verdict = BAD;
    TRY(account_by_id(s->c, a, tx, s->account, &x, &found));
    if (!found) return note_refusal(tx, a, s, &(struct account){.kind = ACTOR_NOBODY}, "unknown");
    if (x.disabled_at) return note_refusal(tx, a, s, &x, "disabled");
    /* while locked nothing counts, so that a stranger cannot prolong the lock without end */
    if (x.locked_until > s->now) return note_refusal(tx, a, s, &x, "locked");
    bool good = s->password_good && slice_eq(s->password_checked, x.password);
    int64_t step = x.totp_step;
    if (good && s->challenge.n) {
        s->verdict = GOOD;
        return key_challenge_put(tx, a, s->challenge, x.id, KEY_FOR_PROOF, s->now);
    }
    if (good) TRY(second_factor(s, tx, a, &x, &step, &good));
    if (s->verdict == NEEDS) return ok();
    if (!good) return count_failure(tx, a, s, &x);
    s->verdict = GOOD;
    TRY(tx_exec(tx, a, &SUCCESS, BINDS(sql_id(&x.id), sql_int(step)), NULL));
    if (s->fresh_hash.n) TRY(tx_exec(tx, a, &REHASH, BINDS(sql_id(&x.id), sql_text(s->fresh_hash)), NULL));
    struct actor who = {.kind = x.kind, .account = x.id};
    if (!s->hash.n) return audit_add(tx, a, &who, s->now, "signin.again", NULL);
    if (s->old.n) TRY(tx_exec(tx, a, &SESSION_DELETE, BINDS(sql_blob(s->old)), NULL));
    TRY(tx_exec(tx, a, &SESSION_INSERT, BINDS(sql_blob(s->hash), sql_id(&x.id), sql_int(s->now)), NULL));
    return audit_add(tx, a, &who, s->now, "signin", NULL);
}

/* The slow parts, password and signature, and then the transaction. */
static result attempt(struct signin *s, struct arena *a, const struct account *x, bool found, struct slice password,
                      struct second second, const char *name)
{
    s->account = found ? x->id : ID_NONE;
    s->totp = second.totp;
    if (password.n > PASSWORD_MAX_BYTES) password.n = 0; /* cannot be anybody's; still the same work */
    s->password_checked = found ? x->password : (struct slice){0};
    TRY(password_verify(a, s->password_checked, password, &s->password_good));
    if (s->password_good && s->hash.n && password_outdated(x->password))
        TRY(password_hash(a, password, &s->fresh_hash));
    if (s->password_good && second.assertion) {
        s->assertion = second.assertion;
        TRY(key_proof_check(s->c, a, s->account, s->assertion, &s->proof));
    }
    return store_run(s->c->store, a, name, signin_body, s);
}

/* field: of what is wrong when all that is said is that something is. */
static result answer(const struct signin *s, struct arena *a, struct slice field)
{
    if (s->verdict == GOOD) return ok();
    if (s->verdict == NEEDS)
        return fail(a, s->need, s->need == CODE_AUTH_TOTP_REQUIRED ? S("/totp") : S("/assertion"), NULL);
    if (s->assertion && failed(s->proof.wrong)) return s->proof.wrong;
    if (s->assertion && s->proof.late != CODE_OK) return fail(a, s->proof.late, S("/assertion"), NULL);
    return fail(a, CODE_AUTH_FAILED, field, NULL);
}

result identity_sign_in_second(struct city *c, struct arena *a, struct slice login, struct slice password,
                               struct second second, struct slice old, instant now, struct slice *token,
                               struct slice *hash)
{
    struct account x = {0};
    bool found;
    struct slice t = random_token(a, 32);
    struct signin s = {.c = c, .old = old, .hash = session_hash(a, t), .now = now};
    TRY(account_by_login(c, a, NULL, login, &x, &found));
    TRY(attempt(&s, a, &x, found, password, second, "sign_in"));
    TRY(answer(&s, a, (struct slice){0}));
    *token = t;
    *hash = s.hash;
    return ok();
}

static const struct stmt SESSION_PROVEN = {
    "session_proven",
    "INSERT INTO session (token_hash, account, delegation, created_at, seen_at) VALUES (?1, ?2, ?3, ?4, ?4)", NULL,
    false};

/* Mistakes with passwords lock only passwords and codes: who has the key of a certificate is no guesser. A security key is not asked for
 * besides, but where a role signs in with such a key only, that holds here too. */
static result proven_code(struct city *c, struct tx *tx, struct arena *a, const struct account *x, struct slice code,
                          instant now, int64_t *step)
{
    bool good = x->locked_until <= now, only;
    TRY(key_role(c, tx, a, x->id, &only));
    if (only) return fail(a, CODE_AUTH_KEY_REQUIRED, S("/certificate"), NULL);
    if (!x->totp_ct.n) return ok();
    if (!code.n) return fail(a, CODE_AUTH_TOTP_REQUIRED, S("/totp"), NULL);
    if (good) TRY(code_check(c, a, x, code, now, step, &good));
    return good ? ok() : fail(a, CODE_TOTP_WRONG, S("/totp"), NULL);
}

result identity_sign_in_proven(struct city *c, struct tx *tx, struct arena *a, const struct proven_signin *p,
                               instant now)
{
    struct account x;
    bool found;
    TRY(account_by_id(c, a, tx, p->account, &x, &found));
    if (!found || x.disabled_at) return fail(a, CODE_AUTH_FAILED, (struct slice){0}, NULL);
    int64_t step = x.totp_step;
    TRY(proven_code(c, tx, a, &x, p->totp, now, &step));
    if (x.totp_ct.n) TRY(tx_exec(tx, a, &SUCCESS, BINDS(sql_id(&x.id), sql_int(step)), NULL));
    if (p->old.n) TRY(tx_exec(tx, a, &SESSION_DELETE, BINDS(sql_blob(p->old)), NULL));
    TRY(tx_exec(tx, a, &SESSION_PROVEN, BINDS(sql_blob(p->hash), sql_id(&x.id), sql_id(&p->delegation), sql_int(now)),
                NULL));
    struct actor who = {.kind = x.kind, .account = x.id};
    return audit_add(tx, a, &who, now, p->action, p->details);
}

result identity_count_failure(struct city *c, struct arena *a, struct id account, instant now)
{
    return signin_count_failure(c, a, account, now);
}

result identity_sign_in(struct city *c, struct arena *a, struct slice login, struct slice password, struct slice totp,
                        struct slice old, instant now, struct slice *token, struct slice *hash)
{
    return identity_sign_in_second(c, a, login, password, (struct second){totp, NULL}, old, now, token, hash);
}

result key_sign_in_begin(struct city *c, struct arena *a, struct slice login, struct slice password, instant now,
                         const struct json **options)
{
    struct account x = {0};
    bool found;
    uint8_t *bytes = arena_alloc(a, 32);
    random_bytes(bytes, 32);
    struct slice challenge = slice_of((const char *)bytes, 32);
    struct signin s = {.c = c, .challenge = session_hash(a, challenge), .now = now};
    TRY(account_by_login(c, a, NULL, login, &x, &found));
    TRY(attempt(&s, a, &x, found, password, (struct second){.assertion = NULL}, "sign_in_key"));
    TRY(answer(&s, a, (struct slice){0}));
    return key_request_options(c, a, s.account, challenge, options);
}

result identity_again(struct city *c, struct arena *a, const struct actor *x, struct slice password,
                      struct second second, instant now)
{
    struct account have = {0};
    bool found;
    struct signin s = {.c = c, .now = now};
    TRY(account_by_id(c, a, NULL, x->account, &have, &found));
    TRY(attempt(&s, a, &have, found, password, second, "sign_in_again"));
    return answer(&s, a, S("/password"));
}

static result counting_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct signin *s = ctx;
    struct account x;
    bool found;
    TRY(account_by_id(s->c, a, tx, s->account, &x, &found));
    return found && x.locked_until <= s->now ? count_failure(tx, a, s, &x) : ok();
}

result signin_count_failure(struct city *c, struct arena *a, struct id account, instant now)
{
    struct signin s = {.c = c, .account = account, .now = now};
    return store_run(c->store, a, "signin_failure", counting_body, &s);
}
