/* The server's side of tongban-signd: the keys are in another process under another user. */
#ifndef TRUST_SIGNER_H
#define TRUST_SIGNER_H

#include "base/json.h"
#include "base/time.h"
#include "trust/crypto.h"

struct signer;

enum signer_purpose {
    SIGN_LICENCE_PDF,
    SIGN_DOCUMENT_PDF,
    SIGN_LICENCE_RECORD,
    SIGN_BRIEFING_PDF,
    SIGN_LOG_CHECKPOINT,
    SIGN_SEAL_MAKE,
    SIGN_SEAL_USE,
    SIGN_SEAL_REVOCATIONS,
    SIGN_ID_TOKEN,
    SIGN_TRUST_LIST,
    SIGN_PURPOSES
};
/* "licence.pdf" … */
const char *signer_purpose_name(enum signer_purpose p);
/* The purpose of a PDF whose record is of this type: "licence", "document", "briefing". False: another. */
bool signer_purpose_of_record(struct slice type, enum signer_purpose *out);
bool signer_purpose_scan(struct slice s, enum signer_purpose *out);

/* Connects to the socket and asks for the certificates. The handle may be used by several threads (calls queue); it
 * reconnects by itself. Times out after SIGNER_TIMEOUT_MS with CODE_UNAVAILABLE. */
#define SIGNER_TIMEOUT_MS 10000
MUST result signer_open(struct arena *a, const char *socket_path, struct signer **out);
/* Whether it answers its socket now; asks nothing of it, and waits for no call in progress. */
bool signer_answers(const struct signer *s);
/* For unit tests only: a signer in this process with new test keys, behind the same handle and the same encoding.
 * use_record: path of its use record, NULL for none. */
MUST result signer_open_test(struct arena *a, struct time_source time, const char *use_record, struct signer **out);

/* The city key, released once to a server process; earlier versions with it, until nothing is sealed under them any more. */
#define SIGNER_OLD_KEYS 8
struct city_key {
    uint32_t version;
    uint8_t key[CRYPTO_KEY_BYTES];
    uint8_t index_key[CRYPTO_KEY_BYTES];
    bool test; /* test keys: every page must say so */
    struct city_key_old {
        uint32_t version;
        uint8_t key[CRYPTO_KEY_BYTES];
    } old[SIGNER_OLD_KEYS]; /* newest first */
    size_t nold;
};
MUST result signer_city_key(struct signer *s, struct arena *a, struct city_key *out);

/* "unused.VERSION.CURRENT.TIME.MAC": the city's word, under the current version of the key, that it counted no value under an old
 * one. For whoever has counted (city/vault). */
#define CITY_KEY_PROOF_VALID MS_DAY
struct slice city_key_proof(struct arena *a, const uint8_t key[CRYPTO_KEY_BYTES], int64_t version, int64_t current,
                            instant now);
/* By the signer, before it forgets the version: of this city, this version, at most a day old. CODE_SIGNER_POLICY. */
MUST result city_key_proof_check(struct arena *a, const struct city_key *k, struct slice proof, int64_t version,
                                 instant now);

/* What outsiders need to verify. PEM texts. */
struct signer_certificates {
    struct slice anchors;                /* roots, P-256 and SM2 */
    struct slice issuing;                /* the city's issuing CA */
    struct slice document, sm2, ed25519; /* end certificates */
    bool test;
    struct slice id_key;  /* of ID tokens: P-256, 65 bytes uncompressed (SEC 1, 2.3.3); empty: a signer of before */
    struct slice log_key; /* the 32 bytes of the Ed25519 key that signs the log's checkpoints; no certificate */
};
MUST result signer_certificates(struct signer *s, struct arena *a, struct signer_certificates *out);

/* Detached CMS (RFC 5652, DER) over head followed by tail, the two byte ranges of a PDF. subject: certificate id or document
 * number, for the use record. CODE_SIGNER_POLICY, CODE_SIGNER_RATE, CODE_UNAVAILABLE. */
MUST result signer_sign_pdf(struct signer *s, struct arena *a, enum signer_purpose purpose, struct slice subject,
                            struct slice head, struct slice tail, struct slice *cms);
/* Signatures over the canonical JSON of a record. */
struct record_signatures {
    struct slice sm2;     /* DER {r, s}, id CRYPTO_SM2_ID */
    struct slice ed25519; /* 64 bytes */
};
MUST result signer_sign_record(struct signer *s, struct arena *a, struct slice subject, struct slice canonical,
                               struct record_signatures *out);
/* The same over a list of recognised CAs (city/certificates): canonical JSON with "type": "trust_list". */
MUST result signer_sign_trust_list(struct signer *s, struct arena *a, struct slice subject, struct slice canonical,
                                   struct record_signatures *out);
/* Ed25519 (64 bytes) over the text of a checkpoint (trust/note.h): origin, size, root of 32 bytes. The signer keeps what it
 * signed last in its record of use: CODE_SIGNER_POLICY for another origin, a smaller size, or another root at that size. */
MUST result signer_sign_checkpoint(struct signer *s, struct arena *a, struct slice origin, uint64_t size,
                                   struct slice root, struct slice *signature);

/* An ID token (OpenID Connect Core 1.0, 2) in JWS compact form, ES256: the signer reads the claims, writes the header, hashes and signs.
 * subject: the client. claims: canonical JSON with iss, sub, aud (the client), iat (the signer's own time, five minutes either way), exp
 * (at most ten minutes after it), auth_time, and perhaps nonce, at_hash, acr, amr; nothing else. CODE_SIGNER_POLICY. */
MUST result signer_sign_id_token(struct signer *s, struct arena *a, struct slice client, struct slice claims,
                                 struct slice *jwt);
/* The key id that stands in its header: the key's thumbprint (RFC 7638) in base64url. */
struct slice id_key_thumbprint(struct arena *a, struct slice id_key);

/* ---- electronic seals (trust/seal.h) ----
 * The key of a seal is made in the signer and leaves it only wrapped, bound to that seal: who keeps the wrapped key can use it by the signer's
 * policy but cannot read it, and who destroys it has destroyed the key. */
struct signer_seal {
    struct slice seal; /* SESeal, DER */
    struct slice key;  /* wrapped */
};
/* A new key with its certificate, and the seal, made (制章) by the authority's key. canonical: canonical JSON {"type": "seal", "id": esID, "name",
 * "holder", "holder_code", "kind": 1 unit | 2 person, "from", "to" (instants), "picture_type", "width", "height" (mm), "documents": [kinds of document
 * it may be put on, or "*"], "per_minute"}. CODE_SEAL_SUPPORT: the signer has no keys for seals. */
MUST result signer_make_seal(struct signer *s, struct arena *a, struct slice id, struct slice canonical,
                             struct slice picture, struct signer_seal *out);
/* SES_Signature over a Signature.xml (trust/ofd_sign.h), at the signer's own time. canonical: {"type": "seal_use", "id": subject, "seal": esID,
 * "document": kind, "path": of Signature.xml}. */
MUST result signer_use_seal(struct signer *s, struct arena *a, struct slice subject, struct slice canonical,
                            struct slice signature_xml, const struct signer_seal *seal, struct slice *signature);

/* The list of revoked seals, an X.509 CRL (DER) of the CA of seals, good for seven days. canonical: {"type": "seal_revocations", "id": "revocations",
 * "number": n, "revoked": [{"serial": hexadecimal, "at": instant}]}; at most SEAL_REVOKED_MAX, none in the future. */
#define SEAL_REVOKED_MAX 20000
MUST result signer_seal_revocations(struct signer *s, struct arena *a, struct slice canonical, struct slice *crl);

#endif
