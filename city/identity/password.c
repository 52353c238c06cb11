/* Password rules and the change of one's own password. NIST SP 800-63B 5.1.1.2 (length before composition, common
 * ones refused), GB/T 22239-2019 8.1.4.1 a (complexity). */
#include "city/identity/internal.h"
#include "trust/password.h"

static const struct stmt PASSWORD_SET = {
    "password_set", "UPDATE account SET password = ?2, must_change = 0, password_at = ?3 WHERE id = ?1", NULL, false};

/* Beginnings that guessers try first, in lower case. */
static const char *const COMMON[] = {"password", "passw0rd", "p@ssw0rd", "p@ssword", "123456",   "12345678", "qwerty",
                                     "1qaz2wsx", "admin",    "welcome",  "letmein",  "iloveyou", "woaini",   "abc123",
                                     "a123456",  "aa123456", "111111",   "000000",   "dongguan", "tongban"};

static bool contains_folded(struct slice hay, struct slice needle)
{
    for (size_t i = 0; needle.n && i + needle.n <= hay.n; i++) {
        size_t k = 0;
        while (k < needle.n) {
            char ch = hay.p[i + k];
            if (ch >= 'A' && ch <= 'Z') ch = (char)(ch - 'A' + 'a');
            if (ch != needle.p[k]) break;
            k++;
        }
        if (k == needle.n) return true;
    }
    return false;
}

static int classes(struct slice s)
{
    bool upper = false, lower = false, digit = false, other = false;
    for (size_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        if (ch >= 'A' && ch <= 'Z')
            upper = true;
        else if (ch >= 'a' && ch <= 'z')
            lower = true;
        else if (ch >= '0' && ch <= '9')
            digit = true;
        else
            other = true;
    }
    return upper + lower + digit + other;
}

static bool monotonous(struct slice s)
{
    bool seen[256] = {false};
    int n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (!seen[(uint8_t)s.p[i]]) {
            seen[(uint8_t)s.p[i]] = true;
            n++;
        }
    return n < 5;
}

static result weak(struct arena *a, const char *zh, const char *en)
{
    return fail(a, CODE_PASSWORD_WEAK, S("/password"), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

result password_rules(struct arena *a, struct slice password, struct slice login)
{
    if (!slice_utf8(password)) return weak(a, "不是有效文本", "not valid text");
    size_t n = slice_codepoints(password);
    if (n < 10) return weak(a, "少于 10 个字符", "shorter than 10 characters");
    if (password.n > PASSWORD_MAX_BYTES) return weak(a, "过长", "too long");
    if (n < 16 && classes(password) < 3) return weak(a, "字符种类不足三类", "fewer than three kinds of characters");
    if (monotonous(password)) return weak(a, "重复字符过多", "too few different characters");
    if (login.n >= 3 && contains_folded(password, login)) return weak(a, "含有登录名", "contains the login");
    for (size_t i = 0; i < sizeof COMMON / sizeof *COMMON; i++) {
        struct slice c = slice_cstr(COMMON[i]);
        /* a common word is tolerated only as a small part of something longer */
        if (password.n < c.n + 8 && contains_folded(password, c)) return weak(a, "过于常见", "too common");
    }
    return ok();
}

struct change {
    struct city *c;
    const struct actor *x;
    struct slice session, checked, hash;
    instant now;
};

static result change_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct change *k = ctx;
    struct account x;
    bool found;
    TRY(account_by_id(k->c, a, tx, k->x->account, &x, &found));
    if (!found || !slice_eq(x.password, k->checked)) return fail(a, CODE_AUTH_FAILED, S("/old"), NULL);
    TRY(tx_exec(tx, a, &PASSWORD_SET, BINDS(sql_id(&x.id), sql_text(k->hash), sql_int(k->now)), NULL));
    TRY(sessions_end(tx, a, x.id, k->session)); /* whoever else was signed in with the old one is out */
    return audit_add(tx, a, k->x, k->now, "password.changed", NULL);
}

result identity_password(struct city *c, struct arena *a, const struct actor *x, struct slice session, struct slice old,
                         struct slice fresh, instant now)
{
    struct account acc;
    bool found, good = false;
    TRY(account_by_id(c, a, NULL, x->account, &acc, &found));
    if (!found) return fail(a, CODE_NOT_FOUND, S("account"), "value", x->login, NULL);
    if (acc.locked_until > now) return fail(a, CODE_AUTH_FAILED, S("/old"), NULL);
    if (old.n <= PASSWORD_MAX_BYTES) TRY(password_verify(a, acc.password, old, &good));
    if (!good) {
        TRY(signin_count_failure(c, a, x->account, now));
        return fail(a, CODE_AUTH_FAILED, S("/old"), NULL);
    }
    if (slice_eq(old, fresh)) return fail(a, CODE_PASSWORD_SAME, S("/new"), NULL);
    TRY(password_rules(a, fresh, x->login));
    struct change k = {.c = c, .x = x, .session = session, .checked = acc.password, .now = now};
    TRY(password_hash(a, fresh, &k.hash));
    return store_run(c->store, a, "password_change", change_body, &k);
}
