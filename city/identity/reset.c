/* A forgotten password: there is no mail or telephone that a city may trust more than the person's document, so the way back
 * leads over a window. The clerk sees the document and hands out a code; who holds it sets a new password. */
#include "city/identity/internal.h"
#include "city/messages/messages.h"
#include "trust/password.h"

#define RESET_VALID MS_DAY
enum { FOR_PASSWORD = 1, FOR_BOTH = 2 }; /* registration_code.purpose: the password; one-time codes too */

static const struct stmt RESET_ACCOUNT = {
    "reset_account", "SELECT id FROM account WHERE subject = ?1 AND disabled_at = 0 ORDER BY id LIMIT 1", NULL, false};
static const struct stmt RESET_LOOK = {
    "reset_look",
    "SELECT r.subject, s.index_hash FROM registration_code r JOIN subject s ON s.id = r.subject"
    " WHERE r.code_hash = ?1 AND r.expires_at > ?2 AND r.purpose > 0",
    NULL, false};
static const struct stmt RESET_PURPOSE = {
    "reset_purpose",
    "SELECT purpose FROM registration_code WHERE code_hash = ?1 AND subject = ?2 AND expires_at > ?3 AND purpose > 0",
    NULL, true};
static const struct stmt RESET_SET = {
    "reset_set",
    "UPDATE account SET password = ?2, must_change = 0, password_at = ?3, failures = 0, locked_until = 0 WHERE id = ?1",
    NULL, false};
static const struct stmt OWN_PERSON = {
    "reset_own_person",
    "SELECT p.account FROM staff_person p JOIN subject s ON s.index_hash = p.index_hash WHERE p.account = ?1 AND s.id = ?2",
    NULL, false};

static result account_of(struct tx *tx, struct arena *a, struct id subject, struct id *account, bool *found)
{
    struct rows r;
    TRY(tx_query(tx, a, &RESET_ACCOUNT, BINDS(sql_id(&subject)), &r));
    *found = r.n && id_from_bytes(row(&r, 0)[0].s, account);
    return ok();
}

static struct message told(struct arena *a, struct id subject, const char *zh, const char *en, const char *body_zh,
                           const char *body_en)
{
    struct message m = {.kind = MESSAGE_TO_SUBJECT, .to = subject, .case_id = ID_NONE};
    m.title = (struct bitext){arena_printf(a, "【账户安全】%s", zh), arena_printf(a, "Your account: %s", en)};
    m.body = (struct bitext){slice_cstr(body_zh), slice_cstr(body_en)};
    return m;
}

/* ---- at the counter ---- */

struct issuing {
    struct city *c;
    const struct actor *x;
    struct slice id_kind, number, name, hash;
    struct id subject;
    bool totp, proven;
    instant now;
};

/* The document was seen: from now on the window answers for name and number, not the person alone. Where messages went until
 * then was said by whoever registered the number, perhaps somebody else: that goes, and the person gives it anew. */
static result seen(struct issuing *k, struct tx *tx, struct arena *a)
{
    struct json_builder b = json_builder(a);
    if (k->proven) return ok();
    json_set_str(&b, "name", slice_trim(k->name));
    json_set_str(&b, "id_kind", k->id_kind);
    json_set_str(&b, "id_number", k->number);
    static const char *const CONTACT[] = {"phone", "email", "wechat"};
    for (size_t i = 0; i < sizeof CONTACT / sizeof *CONTACT; i++) json_set_str(&b, CONTACT[i], S(""));
    return subject_profile_merge(k->c, tx, a, k->x, k->subject, json_object(&b),
                                 (struct bitext){S("窗口核验证件"), S("document seen at the window")}, k->now);
}

static result issue_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct issuing *k = ctx;
    struct id account;
    struct rows own;
    bool found;
    TRY(subject_lock(tx, a, k->subject));
    TRY(account_of(tx, a, k->subject, &account, &found));
    if (!found) return fail(a, CODE_IDENTITY_NO_ACCOUNT, S("/id_number"), NULL);
    TRY(tx_query(tx, a, &OWN_PERSON, BINDS(sql_id(&k->x->account), sql_id(&k->subject)), &own));
    if (own.n) return fail(a, CODE_TWO_PEOPLE, S("/id_number"), NULL);
    TRY(counter_code_put(tx, a, k->subject, k->hash, k->totp ? FOR_BOTH : FOR_PASSWORD, k->now + RESET_VALID));
    TRY(seen(k, tx, a));
    struct message m =
        told(a, k->subject, "窗口发放了密码重置码", "a reset code was handed out",
             "窗口核对您的身份证件后，发放了密码重置码。如非您本人到窗口办理，请立即致电 12345 或到任一窗口说明。",
             "A window saw your document and handed out a code to set a new password. If this was not you, call"
             " 12345 or go to any window at once.");
    TRY(message_send(k->c, tx, a, &m, k->now));
    struct json_builder b = json_builder(a);
    json_set_id(&b, "subject", id_bytes(&k->subject));
    json_set_bool(&b, "totp", k->totp);
    return audit_add(tx, a, k->x, k->now, "reset_code.issued", json_object(&b));
}

result reset_code(struct city *c, struct arena *a, const struct actor *x, struct slice id_kind, struct slice number,
                  struct slice name, bool totp, instant now, struct slice *code, instant *until)
{
    struct right window = {RIGHT_ROLES, 1u << ROLE_WINDOW, false};
    struct issuing k = {.c = c, .x = x, .id_kind = id_kind, .name = name, .totp = totp, .now = now};
    bool found;
    TRY(city_authorise(a, x, window, S("window")));
    TRY(identity_number_check(a, id_kind, number, S("/id_number"), &k.number));
    TRY(subject_find(c, a, id_kind, k.number, &k.subject, &found));
    if (!found) return fail(a, CODE_IDENTITY_NO_ACCOUNT, S("/id_number"), NULL);
    TRY(subject_name_fits(c, a, k.subject, name));
    TRY(subject_proven(c, a, k.subject, &k.proven));
    *code = counter_code(a, &k.hash);
    *until = now + RESET_VALID;
    return store_run(c->store, a, "reset_code", issue_body, &k);
}

/* ---- with the code ---- */

struct resetting {
    struct city *c;
    struct id subject;
    struct slice code_hash, password_hash;
    instant now;
};

static result wrong(struct arena *a)
{
    return fail(a, CODE_RESET_CODE, S("/code"), NULL);
}

static result reset_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct resetting *k = ctx;
    struct id id;
    struct account x;
    struct rows r;
    bool found;
    TRY(subject_lock(tx, a, k->subject));
    TRY(tx_query(tx, a, &RESET_PURPOSE, BINDS(sql_blob(k->code_hash), sql_id(&k->subject), sql_int(k->now)), &r));
    if (!r.n) return wrong(a);
    bool both = row(&r, 0)[0].i == FOR_BOTH;
    TRY(account_of(tx, a, k->subject, &id, &found));
    if (found) TRY(account_by_id(k->c, a, tx, id, &x, &found));
    if (!found) return wrong(a);
    TRY(registration_codes_end(tx, a, k->subject));
    TRY(tx_exec(tx, a, &RESET_SET, BINDS(sql_id(&id), sql_text(k->password_hash), sql_int(k->now)), NULL));
    if (both) TRY(second_factors_end(tx, a, id));
    TRY(sessions_end(tx, a, id, (struct slice){NULL, 0}));
    struct message m = told(
        a, k->subject, "密码已重置", "the password was set anew",
        "您的密码已凭窗口发放的重置码重新设置，原有登录均已退出。如非您本人操作，请立即致电 12345 或到任一窗口说明。",
        "Your password was set anew with a code from a window, and every session has ended. If this was not"
        " you, call 12345 or go to any window at once.");
    TRY(message_send(k->c, tx, a, &m, k->now));
    struct actor who = {.kind = x.kind, .account = id};
    struct json_builder b = json_builder(a);
    json_set_bool(&b, "totp", both);
    return audit_add(tx, a, &who, k->now, "password.reset", json_object(&b));
}

/* The subject that a valid code of this number stands for, and the login of its account. Found by the code: who has none learns
 * nothing about a number. */
static result look(struct city *c, struct arena *a, struct resetting *k, struct slice number_hash, struct slice *login)
{
    struct rows r;
    struct account x;
    struct account_identity i;
    bool found;
    TRY(store_query(c->store, a, &RESET_LOOK, BINDS(sql_blob(k->code_hash), sql_int(k->now)), &r));
    if (!r.n || !slice_eq(row(&r, 0)[1].s, number_hash) || !id_from_bytes(row(&r, 0)[0].s, &k->subject))
        return wrong(a);
    TRY(store_query(c->store, a, &RESET_ACCOUNT, BINDS(sql_id(&k->subject)), &r));
    struct id id;
    if (!r.n || !id_from_bytes(row(&r, 0)[0].s, &id)) return wrong(a);
    TRY(account_by_id(c, a, NULL, id, &x, &found));
    if (!found) return wrong(a);
    TRY(account_identity_open(c, a, &x, &i));
    *login = i.login;
    return ok();
}

result reset_password(struct city *c, struct arena *a, struct slice id_kind, struct slice number, struct slice code,
                      struct slice password, instant now, struct slice *login)
{
    struct slice hash;
    struct resetting k = {.c = c, .code_hash = counter_code_hash(a, code), .now = now};
    TRY(subject_hash(c, a, id_kind, number, S("/id_number"), &hash));
    TRY(password_rules(a, password, (struct slice){NULL, 0}));
    TRY(look(c, a, &k, hash, login)); /* before the costly hash, as at registration */
    TRY(password_rules(a, password, *login));
    TRY(password_hash(a, password, &k.password_hash));
    return store_run(c->store, a, "reset_password", reset_body, &k);
}
