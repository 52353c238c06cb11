/* What the endpoints of certificates share. */
#ifndef HTTP_ENDPOINTS_CERTIFICATES_COMMON_H
#define HTTP_ENDPOINTS_CERTIFICATES_COMMON_H

#include "city/certificates/certificates.h"

#define PROOF_BODY_BYTES (512u * 1024u)
#define PROOF_SCHEMA                                                                                                  \
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"challenge\",\"signature\",\"form\"],"        \
    "\"properties\":{\"challenge\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":1000},"                         \
    "\"signature\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":350000},\"form\":{\"enum\":[\"raw\",\"cms\"]}," \
    "\"certificate\":{\"type\":\"string\",\"maxLength\":20000},\"more\":{\"type\":\"array\",\"maxItems\":16,"         \
    "\"items\":{\"type\":\"string\",\"maxLength\":20000}},\"totp\":{\"type\":\"string\",\"maxLength\":16}}}"

/* Body as PROOF_SCHEMA describes it; bytes in base64. CODE_FIELD_TYPE. */
MUST result proof_body(const struct request *q, struct certificate_proof *out);

#endif
