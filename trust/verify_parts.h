/* Inside of the verification: anchors, report, and the checks by subject. */
#ifndef TRUST_VERIFY_PARTS_H
#define TRUST_VERIFY_PARTS_H

#include "trust/crypto.h"
#include "trust/pdf_read.h"
#include "trust/verify.h"
#include "trust/x509.h"

#include <openssl/x509.h>

enum { CHECKS_MAX = 24, ANCHORS_MAX = 32, CRLS_MAX = 16 };

struct trust_anchors {
    X509 *certs[ANCHORS_MAX];
    bool ca[ANCHORS_MAX];
    size_t n;
    const struct x509_cert *list[ANCHORS_MAX]; /* the same, those that are DER all through */
    size_t nlist;
    const struct x509_crl *crls[CRLS_MAX];
    size_t ncrls;
};

struct verification {
    struct arena *a;
    const struct trust_anchors *anchors;
    struct slice pdf;
    instant at;
    struct verify_report *out;
    struct check checks[CHECKS_MAX];
    bool good;
    /* found on the way */
    struct pdf_file file;
    const struct pdf_value *root, *signature; /* catalogue; signature dictionary */
    struct slice head, tail;                  /* the signed ranges; empty until coverage is established */
    struct slice cms;
};

/* Adds a line to the report. A failed one makes the report bad. Texts are literals or in the arena. */
void report_add(struct verification *v, const char *name, enum check_state state, struct slice zh, struct slice en);
/* ok or failed, by `good`. */
bool report_if(struct verification *v, const char *name, bool good, const char *ok_zh, const char *ok_en,
               const char *bad_zh, const char *bad_en);

/* anchors.c: chain of `leaf` through `extra` (may be NULL) to an anchor, all valid at `when`, fit for signing; an anchor that is
 * no CA pins: then the leaf must be one of those of its kind of key. *why is set when false. */
bool anchors_accept(const struct trust_anchors *t, X509 *leaf, STACK_OF(X509) * extra, instant when,
                    const char **why_zh, const char **why_en);
X509 *anchors_read_pem(struct slice pem); /* the first certificate; NULL */
struct slice certificate_subject(struct arena *a, X509 *cert);

/* verify_cms.c: signature, chain, signing time */
void verify_signature(struct verification *v);
/* verify_record.c: attachment, its signatures, rendition, validity */
void verify_record(struct verification *v);

#endif
