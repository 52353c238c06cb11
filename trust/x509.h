/* Certificates and their paths (RFC 5280; GM/T 0015 for SM2): building from a trust list with several CAs, policies, name constraints,
 * revocation by CRL (also partitioned, indirect and delta) and OCSP (RFC 6960), each refusal with its reason. OpenSSL decodes and checks
 * signatures; which path there is and whether it holds is decided here. Works on bytes only: nothing is fetched.
 *
 * Bounds: X509_CHAIN_MAX certificates in a path, X509_PATHS_MAX paths tried, X509_SIGNATURES_MAX signatures checked, X509_NAMES_MAX
 * comparisons of names with constraints; beyond: CODE_CERT_LIMIT. */
#ifndef TRUST_X509_H
#define TRUST_X509_H

#include "base/time.h"

enum {
    X509_MAX_BYTES = 128 << 10,
    X509_CRL_MAX_BYTES = 16 << 20,
    X509_OCSP_MAX_BYTES = 64 << 10,
    X509_CHAIN_MAX = 16,
    X509_PATHS_MAX = 64,
    X509_SIGNATURES_MAX = 512,
    X509_NAMES_MAX = 1 << 18,
    X509_POLICIES_MAX = 256, /* nodes of the policy graph at one certificate */
};

struct x509_cert; /* parsed, immutable; in the arena it was parsed into */
struct x509_crl;
struct x509_ocsp;

/* Strict DER. CODE_CERT_MALFORMED names what is wrong: truncated, indefinite lengths, dates that do not exist, an extension twice, …
 * The bytes are copied. */
MUST result x509_parse(struct arena *a, struct slice der, const struct x509_cert **out);
MUST result x509_parse_crl(struct arena *a, struct slice der, const struct x509_crl **out);
MUST result x509_parse_ocsp(struct arena *a, struct slice der, const struct x509_ocsp **out);
/* The next block "-----BEGIN label-----" of PEM text; *at moves behind it. False: none, or malformed. */
bool x509_pem_next(struct arena *a, struct slice pem, size_t *at, const char *label, struct slice *der);

/* Subject, RFC 2253 text. */
struct slice x509_subject(struct arena *a, const struct x509_cert *c);
/* Serial number, lower-case hexadecimal, whole bytes. */
struct slice x509_serial(struct arena *a, const struct x509_cert *c);
struct slice x509_issuer(struct arena *a, const struct x509_cert *c);
struct slice x509_der(const struct x509_cert *c);
struct slice x509_crl_der(const struct x509_crl *c);
instant x509_not_before(const struct x509_cert *c);
instant x509_not_after(const struct x509_cert *c);
/* 32 bytes, SHA-256 of issuer, serial number and public key: which certificate it is, also when the issuer signs it anew. */
struct slice x509_identity(struct arena *a, const struct x509_cert *c);
/* Lower-case hexadecimal SHA-256 of the certificate. */
struct slice x509_fingerprint(struct arena *a, const struct x509_cert *c);
/* Text of an attribute of the subject (OID in dotted decimal, the i-th of its kind), or of an extension that holds one string, perhaps in a
 * context tag (GB/T 20518: identity code, registration number). False: there is none. */
bool x509_attribute(struct arena *a, const struct x509_cert *c, const char *oid, size_t i, struct slice *out);
bool x509_extension_text(struct arena *a, const struct x509_cert *c, const char *oid, struct slice *out);
/* An OCSP request (RFC 6960, 4.1; DER) about a certificate; no nonce, so that answers can be kept. */
struct slice x509_ocsp_request(struct arena *a, const struct x509_cert *c, const struct x509_cert *issuer);
/* When the next one is due; 0: an answer that does not say. */
instant x509_crl_next(const struct x509_crl *c);
instant x509_ocsp_next(const struct x509_ocsp *o);
/* PEM text (RFC 7468) of DER under a label: "CERTIFICATE", "X509 CRL". */
struct slice x509_pem(struct arena *a, const char *label, struct slice der);
/* What the key may be used for by the certificate's key usage. GM/T 0015 gives a person two certificates, told apart by it. */
enum x509_kind { X509_KIND_OTHER, X509_KIND_SIGNING, X509_KIND_ENCRYPTION, X509_KIND_BOTH };
enum x509_kind x509_kind(const struct x509_cert *c);
/* Whether these are the signing and the encryption certificate of one subject from one issuer. */
bool x509_is_pair(const struct x509_cert *signing, const struct x509_cert *encryption);

enum x509_use { X509_USE_ANY, X509_USE_SIGN, X509_USE_ENCRYPT, X509_USE_TLS_CLIENT, X509_USE_TLS_SERVER };
enum x509_name_kind { X509_NAME_NONE, X509_NAME_DNS, X509_NAME_IP, X509_NAME_EMAIL };
enum x509_revocation { X509_REVOCATION_NONE, X509_REVOCATION_ALL };

struct x509_list {
    const struct x509_cert *const *certs;
    size_t n;
};
/* What is asked. Zeroed: any use, no name, any policy, no revocation, modern keys only. */
struct x509_ask {
    struct x509_list anchors; /* the trust list; its certificates are judged too (period, constraints, keys) */
    struct x509_list pool;    /* intermediates and issuers of CRLs, trusted for nothing by themselves */
    const struct x509_crl *const *crls;
    size_t ncrls;
    const struct x509_ocsp *const *ocsp;
    size_t nocsp;
    instant at;
    enum x509_use use;
    enum x509_name_kind name_kind;
    struct slice name;           /* host, 4 or 16 bytes of an address, or mailbox */
    const char *const *policies; /* OIDs in dotted decimal of which one must hold; none given: any */
    size_t npolicies;
    bool explicit_policy, inhibit_mapping, inhibit_any;
    enum x509_revocation revocation;
    /* A list or an answer counts past its next update while it is no older than this (ms); 0: not a moment. */
    int64_t status_age;
    bool limit_intermediates; /* counting those not self-issued */
    unsigned intermediates;
    bool
        strict; /* what RFC 5280 asks of those who issue (serial numbers, key identifiers, critical marks, …) is asked too */
    bool web;         /* the rules of public web servers besides (CA/Browser Forum): purposes, names */
    bool legacy_keys; /* DSA, SHA-1, short RSA keys, other curves */
};

struct x509_path {
    const struct x509_cert *certs[X509_CHAIN_MAX]; /* from the certificate asked about to the anchor */
    size_t n;
};
/* Whether a path holds. Refusals: CODE_CERT_UNTRUSTED (no path at all), and for the path that came furthest CODE_CERT_SIGNATURE, _EXPIRED,
 * _NOT_YET, _REVOKED, _STATUS (revocation cannot be told), _NOT_CA, _PATH_LENGTH, _KEY_USAGE, _PURPOSE, _NAME, _CONSTRAINT, _POLICY,
 * _CRITICAL, _KEY, _FORM; _MALFORMED; _LIMIT. The field is the subject of the certificate meant. */
MUST result x509_validate(struct arena *a, const struct x509_cert *leaf, const struct x509_ask *ask,
                          struct x509_path *out);

#endif
