/* x509-limbo: questions about certification paths, most of them about what must be refused. Those named rfc5280:: are asked by the rules of RFC 5280
 * for issuers, those named webpki:: and online:: by those of public web servers besides; the two contradict each other where the suite says so.
 * What still differs is listed here with its reason (and in docs/certificates.md); anything else that differs fails.
 * Data: domains/13-identity.tar.xz (see archive.h). */
#include "base/json.h"
#include "test/conformance/archive.h"
#include "trust/x509.h"

#include <arpa/inet.h>
#include <stdio.h>

enum { LIST_MAX = 512 };

static const struct {
    const char *id, *why;
} DIFFER[] = {
    {"rfc5280::aki::cross-signed-root-missing-aki",
     "an anchor is not asked who stands above it; cve::cve-2024-0567 expects such an anchor to be taken"},
    {"webpki::nc::nc-permits-dns-san-pattern",
     "its common name is none of its alternative names, which webpki::cn:: forbids"},
    {"webpki::san::exact-localhost-ip-san", "the same"},
    {"webpki::san::leftmost-wildcard-san", "the same"},
};

static const struct x509_cert *read_cert(struct arena *a, struct slice pem)
{
    struct slice der;
    size_t at = 0;
    const struct x509_cert *c = NULL;
    if (!x509_pem_next(a, pem, &at, "CERTIFICATE", &der) || failed(x509_parse(a, der, &c))) return NULL;
    return c;
}

static struct x509_list read_certs(struct arena *a, const struct json *list)
{
    const struct x509_cert **out = NEW_ARRAY(a, const struct x509_cert *, LIST_MAX);
    size_t n = 0;
    for (size_t i = 0; list && i < list->n && n < LIST_MAX; i++) {
        out[n] = read_cert(a, list->items[i]->text);
        if (out[n]) n++;
    }
    return (struct x509_list){out, n};
}

static void read_crls(struct arena *a, const struct json *list, struct x509_ask *q)
{
    const struct x509_crl **out = NEW_ARRAY(a, const struct x509_crl *, LIST_MAX);
    for (size_t i = 0; list && i < list->n && q->ncrls < LIST_MAX; i++) {
        struct slice der;
        size_t at = 0;
        if (x509_pem_next(a, list->items[i]->text, &at, "X509 CRL", &der) &&
            !failed(x509_parse_crl(a, der, &out[q->ncrls])))
            q->ncrls++;
    }
    q->crls = out;
    if (list && list->n) q->revocation = X509_REVOCATION_ALL;
}

static void read_name(struct arena *a, const struct json *peer, struct x509_ask *q)
{
    struct slice kind = json_string(peer, "kind"), value = json_string(peer, "value");
    char *ip = arena_zalloc(a, 16, 1);
    q->name = value;
    if (slice_is(kind, "DNS")) q->name_kind = X509_NAME_DNS;
    if (slice_is(kind, "RFC822")) q->name_kind = X509_NAME_EMAIL;
    if (!slice_is(kind, "IP")) return;
    q->name_kind = X509_NAME_IP;
    bool four = inet_pton(AF_INET, arena_cstr(a, value), ip) == 1;
    if (!four && inet_pton(AF_INET6, arena_cstr(a, value), ip) != 1) return;
    q->name = slice_of(ip, four ? 4 : 16);
}

static result judge(struct arena *a, const struct json *t)
{
    struct slice id = json_string(t, "id");
    const struct json *depth = json_get(t, "max_chain_depth");
    struct x509_ask q = {.anchors = read_certs(a, json_get(t, "trusted_certs")),
                         .pool = read_certs(a, json_get(t, "untrusted_intermediates")),
                         .strict = true,
                         .web = slice_starts(id, S("webpki::")) || slice_starts(id, S("online::")),
                         .at = INT64_C(1711929600000)}; /* 2024-04-01: where the question names no time */
    struct slice time = json_string(t, "validation_time");
    struct x509_path path;
    const struct x509_cert *leaf = read_cert(a, json_string(t, "peer_certificate"));
    q.use = slice_is(json_string(t, "validation_kind"), "CLIENT") ? X509_USE_TLS_CLIENT : X509_USE_TLS_SERVER;
    if (time.n) (void)instant_scan(time, &q.at);
    q.limit_intermediates = depth && depth->type == JSON_NUMBER;
    q.intermediates = (unsigned)json_int(t, "max_chain_depth", 0);
    read_name(a, json_get(t, "expected_peer_name"), &q);
    read_crls(a, json_get(t, "crls"), &q);
    if (!leaf) return fail(a, CODE_CERT_MALFORMED, S(""), "detail_en", S("unreadable"), NULL);
    return x509_validate(a, leaf, &q, &path);
}

/* The reason for which this question is known to be answered otherwise; NULL: none. */
static const char *known(struct slice id)
{
    for (size_t i = 0; i < sizeof DIFFER / sizeof *DIFFER; i++)
        if (slice_is(id, DIFFER[i].id)) return DIFFER[i].why;
    return NULL;
}

static bool ask_all(struct arena *all, const struct json *tests)
{
    unsigned passed = 0, differ = 0;
    bool good = true;
    struct arena *a = arena_new("question");
    (void)all;
    for (size_t i = 0; tests && i < tests->n; i++) {
        const struct json *t = tests->items[i];
        struct slice id = json_string(t, "id");
        result r = judge(a, t);
        if (failed(r) != slice_is(json_string(t, "expected_result"), "SUCCESS")) {
            passed++;
            if (known(id)) {
                printf("FAILED %.*s agrees now: take it off the list\n", SLICE_ARG(id));
                good = false;
            }
        } else {
            const char *why = known(id);
            differ++;
            good = good && why;
            printf("%s %.*s (%s): %.*s\n", why ? "differs" : "FAILED", SLICE_ARG(id), why ? why : "not explained",
                   SLICE_ARG(result_text(a, r, LANG_EN)));
        }
        arena_reset(a);
    }
    arena_free(a);
    printf("limbo: %u passed, %u failed\nlimbo explained differences: %u of %u\n", passed, good ? 0 : differ, differ,
           passed + differ);
    return good && passed + differ == 208;
}

int main(void)
{
    struct arena *a = arena_new("limbo");
    const char *archive = archive_path(a, "13-identity.tar.xz"), *dir = "";
    int absent = archive_absent("limbo", archive);
    bool good = false;
    struct slice text;
    const struct json *v;
    if (!absent && !failed(archive_unpack(a, archive, &dir)) &&
        !failed(archive_file(a, arena_cstr(a, arena_printf(a, "%s/13-identity/x509-limbo/limbo.json", dir)), &text)) &&
        !failed(json_parse(a, text, 8 << 20, S("limbo.json"), &v)))
        good = ask_all(a, json_get(v, "testcases"));
    arena_free(a);
    return absent ? absent : good ? 0 : 1;
}
