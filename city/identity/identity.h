/* Identity: subjects (whom the city knows: a person or an enterprise), accounts (who signs in), sessions, delegations,
 * roles, erasure. Personal data stands encrypted under the subject's data key; logins and identity numbers are found
 * by keyed hash. GB/T 22239-2019 8.1.4.1 (identity), 8.1.4.2 (least privilege, separated administration);
 * PIPL arts. 44-50 (rights of the person). */
#ifndef CITY_IDENTITY_IDENTITY_H
#define CITY_IDENTITY_IDENTITY_H

#include "city/catalogue/citydata.h"
#include "city/vault/vault.h"

extern const struct migration IDENTITY_MIGRATIONS[];
extern const size_t IDENTITY_NMIGRATIONS;

/* ---- sessions ---- */
#define SESSION_IDLE_STAFF (30 * MS_MINUTE)
#define SESSION_IDLE_PUBLIC (2 * MS_HOUR)
#define SESSION_ABSOLUTE (12 * MS_HOUR)
#define LOCK_AFTER 5 /* wrong sign-ins in a row; then 1 min, doubling up to 1 h */
#define LOCK_FIRST MS_MINUTE
#define LOCK_MAX MS_HOUR
#define PASSWORD_AGE_STAFF (365 * MS_DAY) /* then a change is asked (GB/T 22239 8.1.4.1 a) */

/* Signs in: a new session each time. CODE_AUTH_FAILED whatever was wrong (login, password, code, locked, disabled), after
 * the same work; CODE_AUTH_TOTP_REQUIRED when only the one-time code is missing (security keys: city/identity/keys.h). `old` (may be empty) is the hash of the
 * session the browser had: it ends. *token goes into the cookie, *hash is what is stored. */
MUST result identity_sign_in(struct city *c, struct arena *a, struct slice login, struct slice password,
                             struct slice totp, struct slice old, instant now, struct slice *token, struct slice *hash);
/* Signs in an account whose holder has proved by other means who they are (a certificate), inside the transaction that settles the proof. The
 * one-time code is asked for as ever. CODE_AUTH_FAILED: unknown or disabled; CODE_AUTH_TOTP_REQUIRED; CODE_TOTP_WRONG, which the caller counts
 * (identity_count_failure) after the transaction. */
struct proven_signin {
    struct id account, delegation; /* delegation: acts under it from the start, or ID_NONE */
    struct slice totp, old, hash;  /* as identity_sign_in; hash of the new session */
    const char *action;            /* in the audit journal */
    const struct json *details;
};
MUST result identity_sign_in_proven(struct city *c, struct tx *tx, struct arena *a, const struct proven_signin *p,
                                    instant now);
/* A wrong code given with a proof counts like one at sign-in. */
MUST result identity_count_failure(struct city *c, struct arena *a, struct id account, instant now);
/* Hash of a cookie's token, as stored (32 bytes). */
struct slice session_hash(struct arena *a, struct slice token);
/* The actor of a session. *found false: unknown, idle too long, or past its absolute end (the row is then removed). Marks
 * the session as used, at most once a minute. */
MUST result session_actor(struct city *c, struct arena *a, struct slice hash, instant now, struct actor *out,
                          bool *found);
MUST result session_end(struct city *c, struct arena *a, struct slice hash);
/* Derived from the session's hash under a key of the server: nothing to store. Empty for no session. */
struct slice session_csrf(const struct city *c, struct arena *a, struct slice hash);
bool session_csrf_good(const struct city *c, struct arena *a, struct slice hash, struct slice given);
/* Acts for a principal (a subject) under a delegation in force, or (ID_NONE) for oneself again. */
MUST result session_act(struct city *c, struct arena *a, const struct actor *x, struct slice hash, struct id principal,
                        instant now);
/* Removes sessions past their end, settled links and old requests; for the hourly worker. */
MUST result identity_sweep(struct city *c, struct arena *a, instant now);

/* ---- actors and accounts ---- */
/* An account as it would act with no session (command line, scenarios, jobs on behalf). CODE_NOT_FOUND. */
MUST result actor_of_login(struct city *c, struct arena *a, struct slice login, struct actor *out);
MUST result actor_of_account(struct city *c, struct arena *a, struct id account, struct actor *out);
struct actor actor_system(void);
/* Actor of docs/api.md, with principals. */
MUST result actor_json(struct city *c, struct arena *a, const struct actor *x, instant now, const struct json **out);
/* Who the account is whose 16 bytes stand in a journal: its name, the same in both languages; or the system, nobody, an
 * account that was erased, in words of each. */
struct bitext identity_who(struct city *c, struct arena *a, struct slice account, int64_t kind);
/* Its Chinese alone: for staff, whose accounts stay. */
struct slice identity_name_of(struct city *c, struct arena *a, struct slice account, int64_t kind);
/* As identity_who, a name with all but its first sign hidden. */
struct bitext identity_who_masked(struct city *c, struct arena *a, struct slice account, int64_t kind);
/* E-mail address and telephone number of an account; empty where unknown. CODE_NOT_FOUND, CODE_VAULT_ERASED. */
MUST result account_contact(struct city *c, struct arena *a, struct id account, struct slice *email,
                            struct slice *phone);
struct bitext identity_department(const struct city *c, struct slice code);

/* Password rules; login may be empty. */
MUST result password_rules(struct arena *a, struct slice password, struct slice login);
MUST result identity_password(struct city *c, struct arena *a, const struct actor *x, struct slice session,
                              struct slice old, struct slice fresh, instant now);

/* One-time codes: begin gives a secret that counts only after confirm. */
MUST result totp_begin(struct city *c, struct arena *a, const struct actor *x, instant now, struct slice *secret,
                       struct slice *uri);
MUST result totp_confirm(struct city *c, struct arena *a, const struct actor *x, struct slice code, instant now);
MUST result totp_remove(struct city *c, struct arena *a, const struct actor *x, struct slice code, instant now);

/* ---- subjects ---- */
enum subject_kind { SUBJECT_PERSON = 1, SUBJECT_ENTERPRISE = 2 };
/* id_kind: resident_id (GB 11643), uscc (GB 32100), passport, hk_mo_permit, tw_permit, foreign_id. CODE_IDENTITY_NUMBER. */
MUST result identity_number_check(struct arena *a, struct slice id_kind, struct slice number, struct slice field,
                                  struct slice *normal);

struct registration {
    struct slice name, id_kind, id_number, phone, email, login, password;
    struct slice code; /* of registration_code; empty: none */
};
/* Self-registration of a person (or of an enterprise, id_kind uscc). Whoever the city knows already (from a window, from a
 * register) proves by a code that they showed their document there: CODE_IDENTITY_KNOWN without, CODE_REGISTRATION_CODE when it
 * is not good, CODE_IDENTITY_NAME. CODE_IDENTITY_TAKEN for a login. */
MUST result identity_register(struct city *c, struct arena *a, const struct registration *r, instant now,
                              struct id *account);

/* The subject with this identity number; *found false when unknown. */
MUST result subject_find(struct city *c, struct arena *a, struct slice id_kind, struct slice number, struct id *subject,
                         bool *found);
/* The same, made when unknown (window intake): name and number only, without an account. Staff with the window role. */
MUST result subject_find_or_make(struct city *c, struct arena *a, const struct actor *x, struct slice id_kind,
                                 struct slice number, struct slice name, instant now, struct id *subject);
/* At the counter, after the document was seen: a code by which this person or enterprise (made when unknown) registers its
 * account, once, within 7 days; an older one ends. Window role; audited. CODE_IDENTITY_ACCOUNT when there is an account. */
MUST result registration_code(struct city *c, struct arena *a, const struct actor *x, struct slice id_kind,
                              struct slice number, struct slice name, instant now, struct slice *code, instant *until);
/* Such a code to read out, of 59 bits, and its hash; the hash of one as somebody typed it: in capitals or not, with hyphens and
 * spaces or not. */
struct slice counter_code(struct arena *a, struct slice *hash);
struct slice counter_code_hash(struct arena *a, struct slice code);
/* A forgotten password. At the counter, after the document was seen: a code for the account of this person or enterprise, once,
 * within 24 hours, that ends an older one; totp: the authenticator is lost as well. The person is told; from now on their document
 * counts as seen (subject_proven). Window role, never for oneself; audited. CODE_IDENTITY_NO_ACCOUNT, CODE_IDENTITY_NAME. */
MUST result reset_code(struct city *c, struct arena *a, const struct actor *x, struct slice id_kind,
                       struct slice number, struct slice name, bool totp, instant now, struct slice *code,
                       instant *until);
/* With it, a new password: all sessions end, a lock ends, one-time codes when the code says so; told in the inbox; audited. *login:
 * what the account is called. CODE_RESET_CODE whatever was wrong with number and code; CODE_PASSWORD_WEAK. */
MUST result reset_password(struct city *c, struct arena *a, struct slice id_kind, struct slice number,
                           struct slice code, struct slice password, instant now, struct slice *login);
/* A department as a subject, by its USCC, made when unknown: for whom a case is opened that the city begins of its own motion (依职权).
 * CODE_NOT_FOUND: no such department. */
MUST result subject_of_department(struct city *c, struct arena *a, struct slice code, instant now, struct id *subject);
/* Profile: {"kind", "fields": {"name": {"value", "source": text, "as_of": date}, …}}. CODE_VAULT_ERASED. The caller records
 * the read when it is not the person's own. */
MUST result subject_profile(struct city *c, struct arena *a, struct id subject, const struct json **out);
/* Sets fields of the profile (object: name -> value) with their source and date. */
MUST result subject_profile_set(struct city *c, struct arena *a, struct id subject, const struct json *values,
                                struct bitext source, instant now);
/* Whether anybody has seen a document for the number: a register or a window gave it, not the person alone at registration. */
MUST result subject_proven(struct city *c, struct arena *a, struct id subject, bool *proven);
/* Snapshot of an applicant for a case: {kind, name, id_kind, id_number, phone?, email?, …}. */
MUST result subject_snapshot(struct city *c, struct arena *a, struct id subject, const struct json **out);
/* Value of an x-prefill source "applicant.FIELD" or "enterprise.FIELD"; NULL when unknown. *origin: {"source", "as_of"}. */
const struct json *profile_prefill(struct arena *a, const struct json *profile, struct slice name,
                                   const struct json **origin);
/* "张*" / "*三丰": what others see of a name; "441***********1234" of a number. */
struct slice mask_name(struct arena *a, struct slice name);
struct slice mask_number(struct arena *a, struct slice number);
/* [{pointer, title, value, source, as_of}] */
MUST result profile_fields_json(struct city *c, struct arena *a, struct id subject, const struct json **out);
/* Everything about the actor's own subject, one JSON object. cases: what city/cases adds, or NULL. */
MUST result identity_export(struct city *c, struct arena *a, const struct actor *x, instant now,
                            const struct json *cases, const struct json **out);

/* ---- delegations: recorded, by service, until a date, revocable, seen by both sides ---- */
MUST result delegation_add(struct city *c, struct arena *a, const struct actor *x, struct slice agent_login,
                           const struct json *services, day until, instant now, struct id *id);
MUST result delegation_revoke(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now);
MUST result delegation_list(struct city *c, struct arena *a, const struct actor *x, instant now,
                            const struct json **out);
/* What an actor may see and do of its subject's: everything when it is its own or "*" was delegated, else these services. */
struct delegation_scope {
    bool all;
    const struct json *services; /* codes; NULL: none */
};
MUST result delegation_scope(struct city *c, struct arena *a, const struct actor *x, instant now,
                             struct delegation_scope *out);
bool delegation_names(const struct delegation_scope *s, struct slice service);
/* Whether the actor may act for its subject in this service (always true for one's own). CODE_DELEGATION_NONE. */
MUST result delegation_covers(struct city *c, struct arena *a, const struct actor *x, struct slice service,
                              instant now);
/* The legal representative of an enterprise, as the register has it (民法典 art. 61): every account of the person may act for it
 * in all services for three years. Again: nothing changes. *linked: the person has an account. By jobs of the register only. */
MUST result representative_set(struct city *c, struct arena *a, struct id enterprise, struct id person, instant now,
                               bool *linked);

/* ---- staff and roles ---- */
struct staff_new {
    struct slice login, name, department, town, email, phone;
    struct slice id_kind, id_number; /* empty: not known (yet); else as staff_person_set */
};
/* Creates; *password is shown once and must be changed at first sign-in. Roles come by two people (or by seed). */
MUST result staff_create(struct city *c, struct arena *a, const struct actor *x, const struct staff_new *s, instant now,
                         struct id *id, struct slice *password);
/* Which person the officer is, by identity number (of which only the keyed hash is kept): nobody decides their own case, as
 * applicant, agent or legal representative (公务员法 art. 76). Again: replaced. By an administrator; audited. */
MUST result staff_person_set(struct city *c, struct arena *a, const struct actor *x, struct id account,
                             struct slice id_kind, struct slice number, instant now);
/* (account, case, now): a row when the case is the officer's own. */
extern const struct stmt STAFF_OWN_CASE;
/* Changes of a staff account. Taking away is done at once: to disable (administrator or security officer; sessions end),
 * the one-time code (security officer), the password (administrator; a new initial one is handed back, once). What gives rights
 * back or could be used to play another officer needs two people: to enable again, and the password of one of the three
 * officers; the administrator asks, the security officer approves, and to them the new password is shown. All need a reason;
 * nobody changes their own account. CODE_STAFF_STATE, CODE_TWO_PEOPLE, CODE_TOTP_STATE, CODE_REQUEST_SETTLED. */
enum staff_change { STAFF_DISABLE, STAFF_ENABLE, STAFF_PASSWORD, STAFF_TOTP };
struct staff_changed {
    struct id id;          /* of the change */
    bool waiting;          /* for the security officer */
    struct slice password; /* the new initial one, else empty */
};
MUST result staff_change(struct city *c, struct arena *a, const struct actor *x, struct id account,
                         enum staff_change change, struct slice reason, instant now, struct staff_changed *out);
MUST result staff_change_decide(struct city *c, struct arena *a, const struct actor *x, struct id id, bool approve,
                                instant now, struct staff_changed *out);
MUST result staff_change_list(struct city *c, struct arena *a, int64_t limit, struct slice cursor,
                              const struct json **out);
/* Takes login, password, contact and rights from staff accounts disabled before `before`; the name stays, because journals of
 * cases refer to it. At most 100; *n: how many. */
MUST result staff_retire(struct city *c, struct arena *a, instant before, instant now, int64_t *n);
/* [{id, login, name, department, town, roles, disabled}] ; department empty: all. */
MUST result staff_list(struct city *c, struct arena *a, struct slice department, int64_t limit, struct slice cursor,
                       const struct json **out);
MUST result role_change_request(struct city *c, struct arena *a, const struct actor *x, struct id account,
                                enum role role, struct slice department, struct slice town, bool grant,
                                struct slice reason, instant now, struct id *id);
MUST result role_change_decide(struct city *c, struct arena *a, const struct actor *x, struct id id, bool approve,
                               instant now);
MUST result role_change_list(struct city *c, struct arena *a, int64_t limit, struct slice cursor,
                             const struct json **out);

/* One-time links for a city without an administrator (or without a security officer); command line only. Valid 24 h. */
MUST result setup_link(struct city *c, struct arena *a, enum role role, instant now, struct slice *token);
MUST result setup_use(struct city *c, struct arena *a, struct slice token, struct slice login, struct slice name,
                      struct slice password, instant now);

/* ---- erasure: asked by the person, approved by security, destroys the data key ---- */
/* open_cases: how many of the subject's cases are open (from city/cases); > 0 is CODE_ERASURE_OPEN_CASES. */
MUST result erasure_request(struct city *c, struct arena *a, const struct actor *x, int64_t open_cases, instant now,
                            struct id *id);
/* The same from the desk that granted it (city/personal), `by` the officer who proposed it; none when one is waiting. */
MUST result erasure_put(struct tx *tx, struct arena *a, struct id subject, struct id by, const struct actor *x,
                        instant now);
MUST result erasure_approve(struct city *c, struct arena *a, const struct actor *x, struct id id, int64_t open_cases,
                            instant now);
MUST result erasure_subject(struct city *c, struct arena *a, struct id id, struct id *subject);
/* When the subject asked for erasure, as long as nobody has decided; 0: it did not. */
MUST result erasure_waiting(struct city *c, struct arena *a, struct id subject, instant *at);
MUST result erasure_list(struct city *c, struct arena *a, int64_t limit, struct slice cursor, const struct json **out);

MUST result subject_open_cases(struct city *c, struct arena *a, struct id subject, int64_t *n);
/* The views of all the subject's cases, newest first, at most 500. */
MUST result subject_cases(struct city *c, struct arena *a, struct id subject, instant now, const struct json **out);

/* ---- demonstration city ---- */
/* Loads staff, persons and enterprises of the city data with this password for all; skips logins that exist. */
MUST result identity_seed(struct city *c, struct arena *a, const struct citydata *d, struct slice password, instant now,
                          size_t *made);

#endif
