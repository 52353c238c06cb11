/* The second factor in the body of a request: "totp", or "assertion" of a security key. */
#ifndef HTTP_ENDPOINTS_WEBAUTHN_ASSERTION_H
#define HTTP_ENDPOINTS_WEBAUTHN_ASSERTION_H

#include "city/identity/keys.h"

#define ASSERTION_SCHEMA                                                                                           \
    "{\"type\":\"object\",\"additionalProperties\":false,"                                                         \
    "\"required\":[\"id\",\"clientDataJSON\",\"authenticatorData\",\"signature\"],\"properties\":{"                \
    "\"id\":{\"type\":\"string\",\"maxLength\":1400},\"clientDataJSON\":{\"type\":\"string\",\"maxLength\":6000}," \
    "\"authenticatorData\":{\"type\":\"string\",\"maxLength\":4000},"                                              \
    "\"signature\":{\"type\":\"string\",\"maxLength\":2000},\"userHandle\":{\"type\":\"string\",\"maxLength\":100}}}"
/* password, and a second factor where the account has one */
#define AGAIN_SCHEMA                                                                                         \
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"password\"],\"properties\":{"       \
    "\"password\":{\"type\":\"string\",\"maxLength\":1024},\"totp\":{\"type\":\"string\",\"maxLength\":16}," \
    "\"assertion\":" ASSERTION_SCHEMA "}}"

static inline struct second second_of(const struct request *q)
{
    return (struct second){json_string(q->body, "totp"), json_get(q->body, "assertion")};
}

#endif
