/* Offline verification of a PDF issued by this platform: needs the file and the trust anchors, nothing else. */
#ifndef TRUST_VERIFY_H
#define TRUST_VERIFY_H

#include "base/json.h"
#include "base/time.h"

#define VERIFY_MAX_BYTES (8u << 20)

struct trust_anchors; /* root certificates */
/* PEM text with one or more root certificates (P-256 and SM2). CODE_CRYPTO_KEY when one is malformed or none is there. */
MUST result trust_anchors_parse(struct arena *a, struct slice pem, const struct trust_anchors **out);

enum check_state { CHECK_OK, CHECK_FAILED, CHECK_WARNING };
struct check {
    const char *name; /* "coverage", "signature", "chain", … ; stable */
    enum check_state state;
    struct slice zh, en;
};
struct verify_report {
    bool good; /* every check ok or warning */
    const struct check *checks;
    size_t nchecks;
    const struct json *record; /* the record, only when its own signatures are good; else NULL */
    struct slice record_text;  /* its canonical JSON; empty likewise */
    struct slice signer;       /* subject of the signing certificate, RFC 2253 text */
    struct slice purpose;      /* "licence.pdf", "document.pdf" */
    instant signed_at;         /* the signer's time; 0 when unknown */
};
/* `at`: the moment for which the validity of the licence is judged (certificates are judged at the time of signing).
 * Never fails: what cannot be read is a failed check. */
void verify_pdf(struct arena *a, struct slice pdf, const struct trust_anchors *anchors, instant at,
                struct verify_report *out);
/* {"good", "checks": [{"name", "ok": "ok"|"failed"|"warning", "text": {"zh","en"}}], "record", "signer", "signed_at"} */
const struct json *verify_report_json(struct arena *a, const struct verify_report *r);

#endif
