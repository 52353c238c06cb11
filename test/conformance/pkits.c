/* NIST PKITS: 247 questions about certification paths. The pool is all CA certificates of the suite and the lists are all of its lists at once,
 * so that paths must be found, not only judged. A certificate's name says what is expected of it; those of the sections on policies, which are asked
 * under several settings, stand in a table with their section. Data: domains/13-identity.tar.xz (see archive.h). */
#include "test/conformance/archive.h"
#include "trust/x509.h"

#include <stdio.h>

enum { CERTS_MAX = 512 };

#define P(n) "2.16.840.1.101.3.2.1.48." #n
enum { EXPLICIT = 1, INHIBIT_MAP = 2, INHIBIT_ANY = 4, INVALID = 8 };

static const struct setting {
    const char *section, *name;
    int flags;
    const char *policies[2];
} SETTINGS[] = {
    {"4.8.1.1", "ValidCertificatePathTest1EE", EXPLICIT, {0}},
    {"4.8.1.2", "ValidCertificatePathTest1EE", EXPLICIT, {P(1)}},
    {"4.8.1.3", "ValidCertificatePathTest1EE", EXPLICIT | INVALID, {P(2)}},
    {"4.8.1.4", "ValidCertificatePathTest1EE", EXPLICIT, {P(1), P(2)}},
    {"4.8.2.1", "AllCertificatesNoPoliciesTest2EE", 0, {0}},
    {"4.8.2.2", "AllCertificatesNoPoliciesTest2EE", EXPLICIT | INVALID, {0}},
    {"4.8.3.1", "DifferentPoliciesTest3EE", 0, {0}},
    {"4.8.3.2", "DifferentPoliciesTest3EE", EXPLICIT | INVALID, {0}},
    {"4.8.3.3", "DifferentPoliciesTest3EE", EXPLICIT | INVALID, {P(1), P(2)}},
    {"4.8.4", "DifferentPoliciesTest4EE", INVALID, {0}},
    {"4.8.5", "DifferentPoliciesTest5EE", INVALID, {0}},
    {"4.8.6.1", "OverlappingPoliciesTest6EE", 0, {0}},
    {"4.8.6.2", "OverlappingPoliciesTest6EE", 0, {P(1)}},
    {"4.8.6.3", "OverlappingPoliciesTest6EE", INVALID, {P(2)}},
    {"4.8.7", "DifferentPoliciesTest7EE", INVALID, {0}},
    {"4.8.8", "DifferentPoliciesTest8EE", INVALID, {0}},
    {"4.8.9", "DifferentPoliciesTest9EE", INVALID, {0}},
    {"4.8.10.1", "AllCertificatesSamePoliciesTest10EE", 0, {0}},
    {"4.8.10.2", "AllCertificatesSamePoliciesTest10EE", 0, {P(1)}},
    {"4.8.10.3", "AllCertificatesSamePoliciesTest10EE", 0, {P(2)}},
    {"4.8.11.1", "AllCertificatesanyPolicyTest11EE", 0, {0}},
    {"4.8.11.2", "AllCertificatesanyPolicyTest11EE", 0, {P(1)}},
    {"4.8.12", "DifferentPoliciesTest12EE", INVALID, {0}},
    {"4.8.13.1", "AllCertificatesSamePoliciesTest13EE", 0, {P(1)}},
    {"4.8.13.2", "AllCertificatesSamePoliciesTest13EE", 0, {P(2)}},
    {"4.8.13.3", "AllCertificatesSamePoliciesTest13EE", 0, {P(3)}},
    {"4.8.14.1", "AnyPolicyTest14EE", 0, {P(1)}},
    {"4.8.14.2", "AnyPolicyTest14EE", INVALID, {P(2)}},
    {"4.8.15", "UserNoticeQualifierTest15EE", 0, {0}},
    {"4.8.16", "UserNoticeQualifierTest16EE", 0, {0}},
    {"4.8.17", "UserNoticeQualifierTest17EE", 0, {0}},
    {"4.8.18.1", "UserNoticeQualifierTest18EE", 0, {P(1)}},
    {"4.8.18.2", "UserNoticeQualifierTest18EE", 0, {P(2)}},
    {"4.8.19", "UserNoticeQualifierTest19EE", 0, {0}},
    {"4.8.20", "CPSPointerQualifierTest20EE", 0, {0}},
    {"4.10.1.1", "ValidPolicyMappingTest1EE", 0, {P(1)}},
    {"4.10.1.2", "ValidPolicyMappingTest1EE", INVALID, {P(2)}},
    {"4.10.1.3", "ValidPolicyMappingTest1EE", INHIBIT_MAP | INVALID, {0}},
    {"4.10.2.1", "InvalidPolicyMappingTest2EE", INVALID, {0}},
    {"4.10.2.2", "InvalidPolicyMappingTest2EE", INHIBIT_MAP | INVALID, {0}},
    {"4.10.3.1", "ValidPolicyMappingTest3EE", INVALID, {P(1)}},
    {"4.10.3.2", "ValidPolicyMappingTest3EE", 0, {P(2)}},
    {"4.10.5.1", "ValidPolicyMappingTest5EE", 0, {P(1)}},
    {"4.10.5.2", "ValidPolicyMappingTest5EE", INVALID, {P(6)}},
    {"4.10.6.1", "ValidPolicyMappingTest6EE", 0, {P(1)}},
    {"4.10.6.2", "ValidPolicyMappingTest6EE", INVALID, {P(6)}},
    {"4.10.12.1", "ValidPolicyMappingTest12EE", 0, {P(1)}},
    {"4.10.12.2", "ValidPolicyMappingTest12EE", 0, {P(2)}},
    {"4.12.3.1", "inhibitAnyPolicyTest3EE", 0, {0}},
    {"4.12.3.2", "inhibitAnyPolicyTest3EE", INHIBIT_ANY | INVALID, {0}},
};

struct suite {
    struct arena *a;
    const char *dir;
    const struct x509_cert *pool[CERTS_MAX];
    const struct x509_cert *root;
    const struct x509_crl *crls[CERTS_MAX];
    size_t npool, ncrls;
    unsigned passed, failed;
};

static const struct x509_cert *cert(struct suite *s, struct slice name)
{
    struct slice der;
    const struct x509_cert *c = NULL;
    const char *path = arena_cstr(s->a, arena_printf(s->a, "%s/certs/%.*s", s->dir, SLICE_ARG(name)));
    if (failed(archive_file(s->a, path, &der)) || failed(x509_parse(s->a, der, &c))) return NULL;
    return c;
}

static void load(struct suite *s)
{
    static struct slice names[CERTS_MAX];
    size_t n = archive_list(s->a, arena_cstr(s->a, arena_printf(s->a, "%s/certs", s->dir)), names, CERTS_MAX);
    for (size_t i = 0; i < n; i++) {
        const struct x509_cert *c = slice_ends(names[i], S("EE.crt")) ? NULL : cert(s, names[i]);
        if (slice_is(names[i], "TrustAnchorRootCertificate.crt"))
            s->root = c;
        else if (c)
            s->pool[s->npool++] = c;
    }
    n = archive_list(s->a, arena_cstr(s->a, arena_printf(s->a, "%s/crls", s->dir)), names, CERTS_MAX);
    for (size_t i = 0; i < n; i++) {
        struct slice der;
        const char *path = arena_cstr(s->a, arena_printf(s->a, "%s/crls/%.*s", s->dir, SLICE_ARG(names[i])));
        if (!failed(archive_file(s->a, path, &der)) && !failed(x509_parse_crl(s->a, der, &s->crls[s->ncrls])))
            s->ncrls++;
    }
}

static void ask(struct suite *s, const char *section, struct slice file, bool good, int flags,
                const char *const *policies, size_t npolicies)
{
    struct x509_ask q = {.anchors = {&s->root, 1},
                         .pool = {s->pool, s->npool},
                         .crls = s->crls,
                         .ncrls = s->ncrls,
                         .policies = policies,
                         .npolicies = npolicies,
                         .explicit_policy = flags & EXPLICIT,
                         .inhibit_mapping = flags & INHIBIT_MAP,
                         .inhibit_any = flags & INHIBIT_ANY,
                         .revocation = X509_REVOCATION_ALL,
                         .legacy_keys = true};
    struct x509_path path;
    struct arena *a = arena_new("question");
    const struct x509_cert *leaf = cert(s, file);
    (void)instant_scan(S("2011-04-15T00:00:00Z"), &q.at);
    bool missing = !s->root;
    result r = leaf ? x509_validate(a, leaf, &q, &path)
                    : fail(a, CODE_CERT_MALFORMED, S(""), "detail_en", S("unreadable"), NULL);
    if (!missing && failed(r) != good)
        s->passed++;
    else {
        s->failed++;
        printf("FAILED %s %.*s: %.*s\n", section, SLICE_ARG(file), SLICE_ARG(result_text(a, r, LANG_EN)));
    }
    arena_free(a);
}

static bool in_table(struct slice file)
{
    bool plain = slice_is(file, "ValidCertificatePathTest1EE.crt"); /* asked plainly too */
    for (size_t i = 0; i < sizeof SETTINGS / sizeof *SETTINGS && !plain; i++)
        if (slice_starts(file, slice_cstr(SETTINGS[i].name))) return true;
    return false;
}

int main(void)
{
    struct suite *s = NULL;
    struct arena *a = arena_new("pkits");
    const char *archive = archive_path(a, "13-identity.tar.xz"), *dir = "";
    int absent = archive_absent("pkits", archive);
    s = NEW(a, struct suite);
    s->a = a;
    if (!absent && !failed(archive_unpack(a, archive, &dir))) {
        static struct slice names[CERTS_MAX];
        s->dir = arena_cstr(a, arena_printf(a, "%s/13-identity/boringssl/pki/testdata/nist-pkits", dir));
        load(s);
        size_t n = archive_list(a, arena_cstr(a, arena_printf(a, "%s/certs", s->dir)), names, CERTS_MAX);
        for (size_t i = 0; i < n; i++)
            if (slice_ends(names[i], S("EE.crt")) && !in_table(names[i]))
                ask(s, "", names[i], slice_starts(names[i], S("Valid")), 0, NULL, 0);
        for (size_t i = 0; i < sizeof SETTINGS / sizeof *SETTINGS; i++) {
            const struct setting *t = &SETTINGS[i];
            ask(s, t->section, arena_printf(a, "%s.crt", t->name), !(t->flags & INVALID), t->flags, t->policies,
                (size_t)(t->policies[0] != NULL) + (t->policies[1] != NULL));
        }
        printf("pkits: %u passed, %u failed\n", s->passed, s->failed);
    }
    bool good = s->failed == 0 && s->passed == 247;
    arena_free(a);
    return absent ? absent : good ? 0 : 1;
}
