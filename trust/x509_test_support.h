/* A small CA for tests: certificates, revocation lists and OCSP answers of every suite, good ones and spoilt ones. */
#ifndef TRUST_X509_TEST_SUPPORT_H
#define TRUST_X509_TEST_SUPPORT_H

#include "base/testing.h"
#include "trust/crypto.h"
#include "trust/x509.h"

#include <openssl/x509v3.h>

#define TEST_NOW INT64_C(1619744400000) /* 2021-04-30T09:00+08:00 */

struct test_ext {
    int nid; /* 0: ends the list */
    const char *value;
};
struct test_cert {
    struct crypto_key *key;
    X509 *x;
    struct slice der;
    const struct x509_cert *cert;
};
/* issuer NULL: signs itself. from and to: days from TEST_NOW. Key identifiers are added. */
struct test_cert *test_cert_make(struct arena *a, const char *name, enum crypto_kind kind, struct test_cert *issuer,
                                 int from, int to, const struct test_ext *ext);
/* The usual root, intermediate (of root) and person (of ca). */
struct test_cert *test_root(struct arena *a, const char *name, enum crypto_kind kind);
struct test_cert *test_ca(struct arena *a, const char *name, enum crypto_kind kind, struct test_cert *issuer);
struct test_cert *test_person(struct arena *a, const char *name, enum crypto_kind kind, struct test_cert *issuer);

/* reason < 0: on the list is nobody. */
const struct x509_crl *test_crl(struct arena *a, struct test_cert *issuer, const struct test_cert *who, int reason,
                                int from, int to);
/* status: V_OCSP_CERTSTATUS_…; signer answers, with its certificate when it is not the issuer. */
const struct x509_ocsp *test_ocsp(struct arena *a, const struct test_cert *who, const struct test_cert *issuer,
                                  struct test_cert *signer, int status, int from, int to);

#endif
