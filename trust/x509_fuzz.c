/* Certificates, lists and answers as they come: parsing, then every check with the input as certificate, list, answer and anchor. First byte:
 * what the rest is. */
#include "trust/der.h"
#include "trust/x509.h"

#include <stdlib.h>

static void certificate(struct arena *a, struct slice der)
{
    const struct x509_cert *c;
    struct x509_path path;
    if (failed(x509_parse(a, der, &c))) return;
    if (!der_strict(der)) abort();
    (void)x509_subject(a, c);
    struct x509_ask q = {.anchors = {&c, 1},
                         .pool = {&c, 1},
                         .at = INT64_C(1619744400000),
                         .use = X509_USE_TLS_SERVER,
                         .name_kind = X509_NAME_DNS,
                         .name = S("city.example"),
                         .policies = (const char *const[]){"1.2.3"},
                         .npolicies = 1,
                         .strict = true,
                         .web = true};
    if (!failed(x509_validate(a, c, &q, &path)) && path.n != 1) abort();
    q = (struct x509_ask){.pool = {&c, 1}, .at = q.at};
    if (!failed(x509_validate(a, c, &q, &path))) abort(); /* nothing is trusted here */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) return 0;
    struct arena *a = arena_new("fuzz");
    struct slice rest = slice_of((const char *)data + 1, size - 1), der;
    const struct x509_crl *crl;
    const struct x509_ocsp *ocsp;
    size_t at = 0;
    switch (data[0] % 4) {
    case 0: certificate(a, rest); break;
    case 1: (void)!failed(x509_parse_crl(a, rest, &crl)); break;
    case 2: (void)!failed(x509_parse_ocsp(a, rest, &ocsp)); break;
    default:
        while (x509_pem_next(a, rest, &at, "CERTIFICATE", &der)) certificate(a, der);
    }
    arena_free(a);
    return 0;
}
