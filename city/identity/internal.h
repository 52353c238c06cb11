/* Shared by the files of city/identity only. */
#ifndef CITY_IDENTITY_INTERNAL_H
#define CITY_IDENTITY_INTERNAL_H

#include "city/catalogue/catalogue.h"
#include "city/identity/identity.h"
#include "city/rights/rights.h"
#include "city/sql.h"

/* A row of `account`, as read. */
struct account {
    struct id id, subject;
    enum actor_kind kind;
    struct slice identity_ct, password, totp_ct, totp_pending_ct, department, town, wrapped;
    bool must_change;
    int64_t failures, totp_step;
    instant password_at, locked_until, disabled_at;
};
#define ACCOUNT_COLUMNS                                                                                       \
    "account.id, account.kind, account.identity_ct, account.subject, account.password, account.must_change,"  \
    " account.password_at, account.failures, account.locked_until, account.totp_ct, account.totp_pending_ct," \
    " account.totp_step, account.department, account.town, account.disabled_at"
enum { ACCOUNT_NCOLUMNS = 15 };
/* Staff have no data key: account_read finds NULL in its place. */
#define STAFF_ACCOUNTS \
    "SELECT " ACCOUNT_COLUMNS ", CAST(NULL AS bytea) FROM account WHERE kind = 3 AND login_hash IS NOT NULL"
_Static_assert(ACTOR_STAFF == 3, "STAFF_ACCOUNTS names the kind by its number");
void account_read(const struct sql_value *v, struct account *out);

/* By id or by login (tx: locks the row on PostgreSQL; NULL: a read connection). *found says whether. */
MUST result account_by_id(struct city *c, struct arena *a, struct tx *tx, struct id id, struct account *out,
                          bool *found);
MUST result account_by_login(struct city *c, struct arena *a, struct tx *tx, struct slice login, struct account *out,
                             bool *found);

/* {"login", "name", "email"?, "phone"?}: sealed under the subject's key, staff under the city key. */
struct account_identity {
    struct slice login, name, email, phone;
};
struct slice account_identity_seal(const struct city *c, struct arena *a, const struct data_key *k,
                                   const struct account_identity *i);
MUST result account_identity_open(struct city *c, struct arena *a, const struct account *x,
                                  struct account_identity *out);

/* Trimmed, ASCII lower case; CODE_LOGIN_FORM. */
MUST result login_normal(struct arena *a, struct slice login, struct slice *out);
struct slice login_hash(const struct city *c, struct arena *a, struct slice normal);

struct account_new {
    struct id id, subject;
    enum actor_kind kind;
    struct slice login;    /* normal */
    struct slice password; /* hash */
    struct slice department, town, name, email, phone;
    bool must_change;
    const struct data_key *key; /* of the subject; NULL for staff */
};
/* CODE_IDENTITY_TAKEN when the login exists. */
MUST result account_insert(struct city *c, struct tx *tx, struct arena *a, const struct account_new *n, instant now);

/* Fills an actor from an account (name, grants). */
MUST result actor_of_row(struct city *c, struct arena *a, const struct account *x, instant now, struct actor *out);

/* A subject with its data key, inserted. profile: see subject_profile. */
MUST result subject_insert(struct city *c, struct tx *tx, struct arena *a, enum subject_kind kind, struct slice id_kind,
                           struct slice number, const struct json *profile, instant now, struct id *id,
                           struct data_key *key);
/* Holds the subject's row until the transaction ends (PostgreSQL). */
MUST result subject_lock(struct tx *tx, struct arena *a, struct id subject);
/* A number alone opens nothing: the name must be the one that the city knows for it. CODE_IDENTITY_NAME. */
MUST result subject_name_fits(struct city *c, struct arena *a, struct id subject, struct slice name);
/* subject_profile_set inside a transaction; x: who is entered in the audit journal. */
MUST result subject_profile_merge(struct city *c, struct tx *tx, struct arena *a, const struct actor *x,
                                  struct id subject, const struct json *values, struct bitext source, instant now);
/* Codes of the counter (counter.c). Looked at: the subject a valid code of this number stands for, CODE_REGISTRATION_CODE.
 * Used: the same inside a transaction, where it ends. */
MUST result registration_code_look(struct city *c, struct arena *a, struct slice code, struct slice id_kind,
                                   struct slice number, instant now, struct id *subject);
MUST result registration_code_use(struct tx *tx, struct arena *a, struct slice code, struct id subject, instant now);
MUST result registration_codes_end(struct tx *tx, struct arena *a, struct id subject);
/* A code to hand out, readable, and its hash; purpose 0: registration (counter.c), others: reset.c. An older one ends. */
MUST result counter_code_put(struct tx *tx, struct arena *a, struct id subject, struct slice hash, int64_t purpose,
                             instant until);
/* n characters of an alphabet without look-alikes, every one equally likely. */
struct slice random_readable(struct arena *a, const char *alphabet, size_t n);
/* A fresh initial password that meets the rules, to be read off a screen and typed; and its hash. */
MUST result initial_password(struct arena *a, struct slice *password, struct slice *hash);

/* {"value", "source", "as_of"} */
const struct json *profile_field(struct arena *a, const struct json *value, struct bitext source, day as_of);

MUST result grant_insert(struct tx *tx, struct arena *a, struct id account, enum role role, struct slice department,
                         struct slice town, instant now);
/* administrator, security and auditor exclude each other: CODE_ROLE_EXCLUSIVE when the account has another one. */
MUST result grant_exclusive(struct tx *tx, struct arena *a, struct id account, enum role role);

/* Changes that two officers make (change.c): the columns that both tables have, and then their own. */
#define CHANGE_SHARED "id, account, reason, requested_by, requested_at, state, decided_by, decided_at"
enum {
    CHANGE_ID,
    CHANGE_ACCOUNT,
    CHANGE_REASON,
    CHANGE_BY,
    CHANGE_AT,
    CHANGE_STATE,
    CHANGE_DECIDED_BY,
    CHANGE_DECIDED_AT,
    CHANGE_OWN
};
/* The row that x may decide: CODE_NOT_FOUND, CODE_REQUEST_SETTLED, CODE_TWO_PEOPLE, at field `what`. */
MUST result change_waiting(struct tx *tx, struct arena *a, const struct stmt *load, const struct actor *x, struct id id,
                           const char *what, const struct sql_value **out, struct id *account);
/* Adds members for the columns of its own. */
typedef void (*change_own)(struct json_builder *b, const struct sql_value *own);
/* A page, newest first; list: (before, limit). */
MUST result change_list(struct city *c, struct arena *a, const struct stmt *list, change_own own, int64_t limit,
                        struct slice cursor, const struct json **out);
/* One-time codes of an account end, also one that was only begun, and its security keys. */
MUST result second_factors_end(struct tx *tx, struct arena *a, struct id account);

/* How many of the subject's cases are open, in a transaction or (tx NULL) by a read connection. */
MUST result open_cases(struct city *c, struct arena *a, struct tx *tx, struct id subject, int64_t *n);
/* A wrong password or code given by somebody signed in counts like one at sign-in. */
MUST result signin_count_failure(struct city *c, struct arena *a, struct id account, instant now);
/* The sessions of an account, but for the one of this hash (may be empty). */
MUST result sessions_end(struct tx *tx, struct arena *a, struct id account, struct slice but);
/* The keyed hash by which a subject with this number is found. */
MUST result subject_hash(const struct city *c, struct arena *a, struct slice id_kind, struct slice number,
                         struct slice field, struct slice *hash);

#endif
