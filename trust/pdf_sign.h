/* Signing a document: attachment with the signed record, then one signature over the whole file, in one incremental
 * update (ISO 32000-1, 7.5.6, 7.11.4, 12.8.1). */
#ifndef TRUST_PDF_SIGN_H
#define TRUST_PDF_SIGN_H

#include "base/json.h"
#include "base/time.h"
#include "trust/signer.h"

struct pdf_issue {
    struct slice pdf;            /* from pdf_render */
    enum signer_purpose purpose; /* that of the record's type */
    /* The record of what the document says: an object whose numbers are whole, with at least
     *   "type": "licence" | "document" | "briefing", "id": certificate id (GB/T 36904) or document number (ASCII, <= 128),
     *   and, for a licence, "valid_from" and "valid_to" (dates; valid_to null or absent: without end).
     * "rendition" is set here: "sha256:" + hex of the unsigned PDF, which ties the record to these pages. */
    const struct json *record;
    struct slice issuer; /* printed name of the issuing body */
    instant at;
};
struct pdf_issued {
    struct slice pdf;        /* the finished file */
    struct slice record;     /* canonical JSON (RFC 8785) that was signed */
    struct slice signatures; /* JSON: {"sm2", "ed25519", certificates …}, base64 */
    uint8_t sha256[32];      /* of the finished file */
};
MUST result pdf_issue(struct arena *a, struct signer *s, const struct pdf_issue *in, struct pdf_issued *out);

#endif
