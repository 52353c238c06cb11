/* The running city: what every part of city/ may reach. Made once by app/, immutable afterwards but for the
 * parts that guard themselves (store, catalogue, signer). */
#ifndef CITY_CITY_H
#define CITY_CITY_H

#include "city/api.h"
#include "city/events.h"
#include "trust/crypto.h"
#include "trust/official.h"

struct signer;    /* trust/signer.h */
struct catalogue; /* city/catalogue/catalogue.h: published service versions, swapped as a whole */
struct events;    /* city/events.h: wakes server-sent event streams */

struct city;
struct service_files; /* city/catalogue/catalogue.h */
/* A scenario of a draft, played where it can do nothing to the city: *report as scenario_play tells it (docs/api.md). One at a time
 * (CODE_TRIAL_BUSY), ended after a while (CODE_TRIAL_TIME). */
struct trials {
    result (*play)(struct arena *a, const struct city *c, struct service_files files, struct slice scenario,
                   const struct json **report);
};
struct city_papers {
    struct official_fonts fonts;
    struct slice briefing;           /* name of the monthly briefing (简报名称) */
    struct slice issuer;             /* body that issues it; empty: the first office of the plan */
    struct slice report_to, send_to; /* 报, 送 */
};
struct city {
    struct arena *a; /* process lifetime */
    struct store *store;
    struct time_source time;
    const struct calendar *calendar;
    struct signer *signer;
    struct catalogue *catalogue;
    struct events *events;
    const struct areas *areas;
    const struct trials *trials; /* NULL: there are none here */
    uint8_t key[32];             /* city key, released by the signer at start */
    struct city_old_key {        /* earlier versions: what they sealed is read, nothing new is sealed under them */
        int64_t version;
        uint8_t key[32];
    } old_keys[8];
    size_t nold_keys;
    uint8_t index_key[32]; /* keyed hashes for exact search */
    int64_t key_version;
    int64_t key_grace;       /* seconds that no command takes; 0: KEY_GRACE (city/vault/rotate.h) */
    enum crypto_suite suite; /* what is sealed from now on; 0 is CRYPTO_AES. What is there says its own suite */
    struct slice data_dir;
    struct slice code; /* GB/T 2260, "441900" */
    struct slice name_zh, name_en;
    struct slice base_url;            /* public address for QR codes and links, no trailing slash */
    struct slice mail_url, mail_from; /* SMTP for libcurl; empty: mail is kept in the outbox */
    struct slice mail_ca;             /* PEM file of the roots for the mail server; empty: the system's */
    const struct json *letters;       /* data/letters: {"acceptance": template, …}, the papers every service issues */
    struct city_papers papers;        /* how official papers look; empty: the standard ones */
    int64_t
        archive_after; /* days from the end of a case until its journal is folded (city/cases/archive.h); 0: ARCHIVE_AFTER */
    struct slice indicators, frontiers; /* the operator's own files of DIR/indicators; empty: the built-in ones */
    int64_t evidence_task,
        evidence_city;       /* bytes of files of evidence a task of the plan, and the city, may hold; 0: any */
    struct slice log_origin; /* of a log that is made now; an existing one keeps its own */
    struct slice log_policy; /* the operator's witnesses and quorum (C2SP tlog-policy, without the log); empty: none */
    struct slice log_key;    /* public key of the log's checkpoints, 32 bytes */
    struct slice anchors;    /* PEM: the roots that documents verify against */
    uint32_t key_roles;      /* roles of staff that need a security key, bits 1u << ROLE_x */
    struct slice key_verification; /* "required", "preferred" (also when empty) or "discouraged" (WebAuthn 5.8.6) */
    const struct outside_idp *idp; /* city/oidc/relying.h: the outside identity provider, or NULL */
    struct slice id_key; /* public key of ID tokens: P-256, 65 bytes uncompressed; empty: the signer has none */
    bool test_keys;      /* the signer's keys are for tests: every page says so */
    bool demo;           /* demonstration city */
};

/* ---- vault: personal data is authenticated ciphertext; one data key per person and per case, wrapped by the city
 * key; erasure destroys the data key (table data_key: id, wrapped, destroyed_at). ---- */
/* The keys of an owner: one, or two while it is changed (city/vault/rotate.c): what is sealed goes under `key`, what stands under the
 * other is read. A box names the generation it is under. */
struct data_key {
    struct id owner;
    enum crypto_suite suite; /* of what is sealed */
    bool two;
    uint32_t generation, other_generation; /* 0, 1, … */
    uint8_t key[32], other[32];
};
/* A new random key; the caller inserts (owner, wrapped) into data_key in its own transaction (vault_insert_key). */
void vault_new(const struct city *c, struct arena *a, struct id owner, struct data_key *out, struct slice *wrapped);
/* wrapped = the row's value; CODE_VAULT_ERASED when empty. */
MUST result vault_unwrap(const struct city *c, struct arena *a, struct id owner, struct slice wrapped,
                         struct data_key *out);
/* aad binds the ciphertext to its place: "case.vars", "draft.data" … */
struct slice vault_seal(struct arena *a, const struct data_key *k, const char *aad, struct slice plain);
MUST result vault_open(struct arena *a, const struct data_key *k, const char *aad, struct slice cipher,
                       struct slice *plain);
/* A ciphertext that vault_seal made, again and byte for byte, from what it held and its nonce (crypto_box_nonce). */
struct slice vault_seal_again(struct arena *a, const struct data_key *k, const char *aad, struct slice plain,
                              struct slice nonce);
/* Under the city key itself, for what belongs to no single person (TOTP secrets, mail queue …). */
struct slice vault_seal_city(const struct city *c, struct arena *a, const char *aad, struct slice plain);
MUST result vault_open_city(const struct city *c, struct arena *a, const char *aad, struct slice cipher,
                            struct slice *plain);
/* Keyed hash for exact search: HMAC over kind and value, with the index key's version in front (always 1: that key does not
 * change with the city key, or nothing would be found). 33 bytes. */
struct slice vault_index(const struct city *c, struct arena *a, const char *kind, struct slice value);

/* For cities of tests and scenarios: CRYPTO_SM4 when TONGBAN_TEST_SUITE is "sm4", so that the same runs show both. */
enum crypto_suite city_test_suite(void);

extern const struct stmt VAULT_SELECT_KEY;  /* (id) -> wrapped */
extern const struct stmt VAULT_INSERT_KEY;  /* (id, wrapped, created_at) */
extern const struct stmt VAULT_DESTROY_KEY; /* (id, at): wrapped becomes empty */

/* ---- the one place where rights are enforced, for HTTP, command line and jobs alike ---- */
bool actor_has_role(const struct actor *x, enum role r, struct slice department, struct slice town);
MUST result city_authorise(struct arena *a, const struct actor *x, struct right right, struct slice what);
/* Right, forced password change, idempotency key present, body against request_schema; then the handler. */
MUST result door_call(const struct endpoint *e, struct request *q, struct reply *r);

/* Whether the signer answers now; a city without one (tests) has nothing to miss. */
bool city_signer_up(const struct city *c);

/* ---- journals ---- */
/* Audit journal (identity, rights, definitions): adds one row inside a transaction. details without personal data. */
MUST result audit_add(struct tx *tx, struct arena *a, const struct actor *x, instant now, const char *action,
                      const struct json *details);
/* A read of personal data, durable before the data is returned. subject: whom; case_id may be ID_NONE; what and purpose are
 * codes that city/rights/words.c puts into words. */
MUST result read_record(struct city *c, struct arena *a, const struct actor *x, instant now, struct id subject,
                        struct id case_id, const char *what, struct slice purpose);
/* Several in one transaction, for an answer that shows several; n may be 0. */
struct read_of {
    struct id subject, case_id;
};
MUST result read_record_all(struct city *c, struct arena *a, const struct actor *x, instant now,
                            const struct read_of *of, size_t n, const char *what, struct slice purpose);

#endif
