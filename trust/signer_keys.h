/* What the signer holds, and the file it is kept in. Used by tongban-signd and by the test signer only. */
#ifndef TRUST_SIGNER_KEYS_H
#define TRUST_SIGNER_KEYS_H

#include "trust/signer.h"

/* Where keys are kept: all of them in the file, under a passphrase (signer_store_passphrase); or the signing keys in a token and the file under a
 * key that never leaves it (app/signd/token.h). */
struct signer_store {
    const char *kind; /* stands in the file: "passphrase", "token" */
    void *of;
    /* A new key pair for this use ("document", "ed25519", "log"). */
    result (*make)(void *of, struct arena *a, const char *use, enum crypto_kind kind, struct crypto_key **out);
    /* The key pair that `make` handed out under this reference; NULL: this store hands out none. */
    result (*find)(void *of, struct arena *a, struct slice reference, struct slice spki, struct crypto_key **out);
    /* A new key for the file, and into `head` what it takes to have it again. */
    result (*lock)(void *of, struct arena *a, struct json_builder *head, uint8_t key[CRYPTO_KEY_BYTES]);
    result (*unlock)(void *of, struct arena *a, const struct json *head, uint8_t key[CRYPTO_KEY_BYTES]);
};
/* passphrase outlives the store. */
struct signer_store signer_store_passphrase(const struct slice *passphrase);

/* Names that go into the certificates' subjects. */
struct signer_names {
    struct slice organisation; /* "示例市政务服务数据管理局", <= 64 characters */
    struct slice city;         /* "示例市" */
};

/* How the keys are had again when the file or its passphrase is lost (trust/signer_recovery.h). The secret that opens recovery.json stands in keys.json
 * too, so that each change of the keys is in recovery.json without the officers. */
enum { SIGNER_OFFICERS_MAX = 20 };
struct signer_recovery {
    bool present;
    uint8_t secret[CRYPTO_KEY_BYTES];
    uint8_t set[4]; /* struct share */
    day made;
    unsigned need, count;
    struct slice officers[SIGNER_OFFICERS_MAX];
    uint8_t commitment[SIGNER_OFFICERS_MAX]
                      [CRYPTO_HASH_BYTES]; /* of each share: a wrong one is known before it is used */
};
enum { SIGNER_OLD_LOG_KEYS = 8, SIGNER_OLD_CAS = 4 /* their lists fit one message */ };

struct signer_keys {
    bool test;
    struct signer_names names; /* of the certificates; empty in files of before */
    struct city_key city;
    struct crypto_key *document, *sm2, *ed25519; /* private */
    struct crypto_key *log;                      /* Ed25519: checkpoints of the log, and nothing else */
    struct crypto_key *id;                       /* P-256: ID tokens, and nothing else */
    struct signer_certificates certificates;     /* PEM */
    struct seal_keys {
        bool present;                     /* key files of before there were seals have none of this */
        uint8_t wrap[CRYPTO_KEY_BYTES];   /* under which the keys of seals leave the signer */
        struct crypto_key *ca, *maker;    /* SM2: issues the certificates of seals; makes them (制章者) */
        struct slice ca_cert, maker_cert; /* DER */
        struct seal_ca {
            struct crypto_key *key;
            struct slice cert;
        } old[SIGNER_OLD_CAS]; /* CAs of before, newest first: they issue nothing, but still revoke what they issued */
        size_t nold;
    } seals;
    struct signer_recovery recovery;
    struct slice old_log
        [SIGNER_OLD_LOG_KEYS]; /* public keys of the log of before, newest first: what they signed binds the new one */
    size_t nold_log;
};

/* What a store makes keys of: the key of PDFs may be P-256, P-384 or RSA; the others are as they are. */
struct signer_making {
    struct signer_names names;
    enum crypto_kind document;
};
/* New TEST keys: root CA (P-256) -> issuing CA -> document and Ed25519 record certificates; SM2 root -> SM2 record
 * certificate; city key. Valid from the day before `now`: roots 20 years, issuing CA 10, end certificates 5. */
MUST result signer_keys_make(struct arena *a, const struct signer_store *store, const struct signer_making *m,
                             instant now, struct signer_keys *out);
/* The same with a P-256 key, all of them in memory. */
MUST result signer_keys_make_test(struct arena *a, const struct signer_names *names, instant now,
                                  struct signer_keys *out);

/* The log's key and its public half in the certificates, for keys that have none yet: derived from the Ed25519 key of records, so that a
 * key file of before the log gives the same key at each start. */
MUST result signer_keys_log(struct arena *a, struct signer_keys *k);

/* The key of ID tokens, likewise. */
MUST result signer_keys_id(struct arena *a, struct signer_keys *k);

/* New TEST keys for PDFs and records, under new CAs, and for ID tokens; the roots of before stay among the anchors, so that what was signed verifies. */
MUST result signer_keys_rotate_document(struct arena *a, const struct signer_store *store,
                                        const struct signer_making *m, instant now, struct signer_keys *k);
/* A new TEST CA of seals and a new maker; the CA of before stays among the anchors and for its revocations. CODE_TOO_LARGE: SIGNER_OLD_CAS are there. */
MUST result signer_keys_rotate_seals(struct arena *a, const struct signer_names *names, instant now,
                                     struct signer_keys *k);
/* A new key of the log; the public half of the one before is remembered. CODE_TOO_LARGE: SIGNER_OLD_LOG_KEYS are. */
MUST result signer_keys_rotate_log(struct arena *a, const struct signer_store *store, struct signer_keys *k);

/* Adds TEST keys for seals, and their CA to the anchors. CODE_CONFLICT: they are there. */
MUST result signer_keys_add_seals(struct arena *a, const struct signer_names *names, instant now,
                                  struct signer_keys *k);
/* The certificate of a seal's key: SM2, for signing only, from and to as given. name: of the seal; holder: its owner, with the owner's code. */
struct seal_subject {
    struct slice name, holder, holder_code;
    instant from, to;
};
struct seal_revoked {
    struct slice serial; /* hexadecimal */
    instant at;
};
/* A CRL of each CA of seals, the current first, one after another: from now, for seven days, with the whole list (serials are random). CODE_CRYPTO_KEY: a serial that is none. */
MUST result signer_seal_crl(struct arena *a, const struct seal_keys *k, const struct seal_revoked *list, size_t n,
                            int64_t number, instant now, struct slice *der);
MUST result signer_seal_certificate(struct arena *a, const struct seal_keys *k, const struct crypto_key *key,
                                    const struct seal_subject *subject, struct slice *der);

/* A new random version of the city key becomes the current one; the one before stays among the old ones, so that what it sealed
 * can be read. The index key stays. CODE_TOO_LARGE: SIGNER_OLD_KEYS old ones are there, or version 255 is reached. */
MUST result signer_keys_rotate(struct arena *a, struct signer_keys *k);
/* Forgets an old version for good. CODE_NOT_FOUND: no old one (the current one never is). */
MUST result signer_keys_retire(struct arena *a, struct signer_keys *k, int64_t version);

/* The key file: JSON {"format", "test", "box", and what the store needs}; the box is AES-256-GCM under the store's key: argon2id(passphrase), or
 * one that the token alone can open. Private keys that are in a token stand in it by reference and public half. */
MUST result signer_keys_seal(struct arena *a, const struct signer_keys *k, const struct signer_store *store,
                             struct slice *file);
/* The private part of a key file as JSON, and back. For the recovery file: with a renewal, keys of a token that the store does
 * not have are made anew, with their certificates, instead of refused. */
const struct json *signer_keys_inner(struct arena *a, const struct signer_keys *k);
struct signer_renewal {
    const struct signer_making *making;
    instant now;
    bool document, log; /* these were made anew */
};
MUST result signer_keys_of_inner(struct arena *a, const struct json *v, const struct signer_store *store,
                                 struct signer_renewal *renewal, struct signer_keys *out);
/* CODE_CRYPTO_BOX: another passphrase, or a changed file. CODE_CRYPTO_KEY: not a key file, or one of another store. Errors of the store. */
MUST result signer_keys_open(struct arena *a, struct slice file, const struct signer_store *store,
                             struct signer_keys *out);

#endif
