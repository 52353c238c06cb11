/* Offline verification of what this platform issues (PDF) and of sealed OFD packages, its own and others': needs the file and the trust anchors,
 * nothing else. */
#ifndef TRUST_VERIFY_H
#define TRUST_VERIFY_H

#include "base/json.h"
#include "base/time.h"

#define VERIFY_MAX_BYTES (8u << 20)

struct trust_anchors; /* root certificates */
/* PEM text with one or more root certificates (P-256 and SM2), and perhaps revocation lists (X509 CRL), which are used for seals. CODE_CRYPTO_KEY
 * when one is malformed or there is no certificate. */
MUST result trust_anchors_parse(struct arena *a, struct slice pem, const struct trust_anchors **out);

enum check_state { CHECK_OK, CHECK_FAILED, CHECK_WARNING };
struct check {
    const char *name; /* "coverage", "signature", "chain", … ; stable */
    enum check_state state;
    struct slice zh, en;
};
struct verify_report {
    bool good;     /* every check ok or warning */
    bool readable; /* the file is one that can be verified at all */
    const struct check *checks;
    size_t nchecks;
    const struct json *record; /* the record, only when its own signatures are good; else NULL */
    struct slice record_text;  /* its canonical JSON; empty likewise */
    struct slice signer;       /* subject of the signing certificate, RFC 2253 text */
    struct slice purpose;      /* "licence.pdf", "document.pdf" */
    instant signed_at;         /* the signer's time; 0 when unknown */
    const struct json
        *seals; /* OFD: [{id, name, version, type, signer, maker, at, from, to, pages, signature}]; else NULL */
    const struct json *metadata; /* OFD: {name: value} of CustomDatas (GB/T 36903); else NULL */
    struct slice identifier;     /* OFD: 证照标识 (GB/T 36904) of it; empty: none */
    const struct json *log; /* verify_in_log: {origin, index, size, at, witnesses: [{name, at}], needed}; else NULL */
};
/* `at`: the moment for which the validity of the licence is judged (certificates are judged at the time of signing).
 * Never fails: what cannot be read is a failed check. */
void verify_pdf(struct arena *a, struct slice pdf, const struct trust_anchors *anchors, instant at,
                struct verify_report *out);
/* What is asked. */
struct verify_ask {
    instant at; /* now: no signature may be younger; and licences are judged for it */
    /* When the certificates of seals are judged; 0: at the time of signing that the file states. Who knows better when a file was there (a court, an
     * archive) says so; a stated time outside the certificates is a warning then. */
    instant certificates_at;
};
/* Every signature of every document of the package, in the order of GM/T 0031, 6.2.3: form, signature, signer's certificate, time, document, seal. */
void verify_ofd(struct arena *a, struct slice ofd, const struct trust_anchors *anchors, const struct verify_ask *ask,
                struct verify_report *out);
/* One or the other, by how the file begins. */
void verify_file(struct arena *a, struct slice file, const struct trust_anchors *anchors, const struct verify_ask *ask,
                 struct verify_report *out);
/* Adds the check "log": that the issue of this very file is an entry of a city's log (docs/log.md), by a proof that stands alone (C2SP
 * tlog-proof) under a checkpoint that the policy is content with, k of its n witnesses included. Texts of the two files. */
void verify_in_log(struct arena *a, struct slice file, struct slice policy, struct slice proof,
                   struct verify_report *r);
/* {"good", "checks": [{"name", "ok": "ok"|"failed"|"warning", "text": {"zh","en"}}], "record", "signer", "signed_at",
 * "seals", "metadata", "log"} */
const struct json *verify_report_json(struct arena *a, const struct verify_report *r);

#endif
