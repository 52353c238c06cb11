/* Names: their form, name constraints (RFC 5280, 4.2.1.10), and the name that was expected (RFC 6125). */
#include "trust/x509_parts.h"

#include <strings.h>

static bool same_text(struct slice a, struct slice b)
{
    return a.n == b.n && (a.n == 0 || strncasecmp(a.p, b.p, a.n) == 0);
}

static bool ends_with(struct slice s, struct slice end)
{
    return s.n >= end.n && same_text(slice_sub(s, s.n - end.n, end.n), end);
}

/* Labels of letters, digits and hyphens (RFC 1034, 3.5), not all of them numbers. */
bool x509_dns_valid(struct slice s, bool wildcard)
{
    if (wildcard && slice_starts(s, S("*."))) s = slice_sub(s, 2, SIZE_MAX);
    if (s.n == 0 || s.n > 253) return false;
    struct slice label, rest = s;
    bool more = true, number = true;
    while (more) {
        more = slice_cut(rest, '.', &label, &rest);
        if (label.n == 0 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-') return false;
        number = true;
        for (size_t i = 0; i < label.n; i++) {
            char c = label.p[i];
            bool digit = c >= '0' && c <= '9';
            if (!digit && !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-')) return false;
            number = number && digit;
        }
    }
    return !number; /* a last label of digits is an address */
}

bool x509_email_valid(struct slice s)
{
    struct slice local, host;
    if (!slice_cut(s, '@', &local, &host) || local.n == 0 || slice_find(host, '@', 0) != SIZE_MAX) return false;
    for (size_t i = 0; i < local.n; i++)
        if (local.p[i] <= ' ' || local.p[i] > '~') return false;
    return x509_dns_valid(host, false);
}

/* ---- one name, one constraint ---- */

enum match { NO, YES, BAD };

static enum match match_dns(struct slice name, struct slice base, bool excluded)
{
    if (base.n == 0) return YES;
    if (!x509_dns_valid(base, false)) return BAD;
    bool wild = slice_starts(name, S("*."));
    struct slice rest = wild ? slice_sub(name, 2, SIZE_MAX) : name;
    if (same_text(rest, base)) return YES;
    if (rest.n > base.n && rest.p[rest.n - base.n - 1] == '.' && ends_with(rest, base)) return YES;
    /* what a wildcard may stand for is excluded with it */
    return wild && excluded && base.n > rest.n && base.p[base.n - rest.n - 1] == '.' && ends_with(base, rest) ? YES
                                                                                                              : NO;
}

static enum match match_host(struct slice host, struct slice base)
{
    if (base.n && base.p[0] == '.') return host.n > base.n && ends_with(host, base) ? YES : NO;
    return same_text(host, base) ? YES : NO;
}

static enum match match_email(struct slice name, struct slice base)
{
    struct slice local, host, base_local, base_host;
    if (base.n == 0) return YES;
    if (!slice_cut(name, '@', &local, &host)) return BAD;
    if (slice_find(base, '@', 0) == SIZE_MAX) {
        struct slice bare = base.p[0] == '.' ? slice_sub(base, 1, SIZE_MAX) : base;
        return x509_dns_valid(bare, false) ? match_host(host, base) : BAD;
    }
    if (!x509_email_valid(base)) return BAD;
    (void)slice_cut(base, '@', &base_local, &base_host);
    return slice_eq(local, base_local) && same_text(host, base_host) ? YES : NO;
}

static enum match match_uri(struct slice uri, struct slice base)
{
    size_t at = slice_search(uri, S("://"));
    if (at == SIZE_MAX) return BAD;
    struct slice host = slice_sub(uri, at + 3, SIZE_MAX);
    for (size_t i = 0; i < host.n; i++)
        if (host.p[i] == '/' || host.p[i] == '?' || host.p[i] == '#') host.n = i;
    size_t user = slice_find(host, '@', 0), port = slice_find(host, ':', 0);
    if (user != SIZE_MAX) {
        host = slice_sub(host, user + 1, SIZE_MAX);
        port = slice_find(host, ':', 0);
    }
    if (port != SIZE_MAX) host = slice_sub(host, 0, port);
    return x509_dns_valid(host, false) ? match_host(host, base) : BAD;
}

static enum match match_ip(struct slice name, struct slice base)
{
    if ((base.n != 8 && base.n != 32) || (name.n != 4 && name.n != 16)) return BAD;
    size_t half = base.n / 2;
    bool ended = false;
    for (size_t i = 0; i < base.n * 4; i++) { /* the mask: ones, then zeros */
        bool bit = (unsigned char)base.p[half + i / 8] >> (7 - i % 8) & 1;
        if (bit && ended) return BAD;
        ended = ended || !bit;
    }
    if (name.n != half) return NO;
    for (size_t i = 0; i < half; i++)
        if ((name.p[i] ^ base.p[i]) & base.p[half + i]) return NO;
    return YES;
}

/* Whether the name begins with the constraint's RDNs. */
static enum match match_directory(const X509_NAME *name, const X509_NAME *base)
{
    int n = X509_NAME_entry_count(base);
    if (X509_NAME_entry_count(name) < n) return NO;
    if (n == 0) return YES;
    X509_NAME *head = X509_NAME_dup(name);
    while (head && X509_NAME_entry_count(head) > n) X509_NAME_ENTRY_free(X509_NAME_delete_entry(head, n));
    bool same = head && X509_NAME_cmp(head, base) == 0;
    X509_NAME_free(head);
    return same ? YES : NO;
}

static enum match match(const GENERAL_NAME *name, const GENERAL_NAME *base, bool excluded)
{
    switch (name->type) {
    case GEN_DIRNAME: return match_directory(name->d.directoryName, base->d.directoryName);
    case GEN_DNS: return match_dns(x509_string(name->d.dNSName), x509_string(base->d.dNSName), excluded);
    case GEN_EMAIL: return match_email(x509_string(name->d.rfc822Name), x509_string(base->d.rfc822Name));
    case GEN_URI:
        return match_uri(x509_string(name->d.uniformResourceIdentifier),
                         x509_string(base->d.uniformResourceIdentifier));
    case GEN_IPADD: return match_ip(x509_string(name->d.iPAddress), x509_string(base->d.iPAddress));
    default: return BAD; /* a constraint that cannot be judged */
    }
}

/* ---- all constraints above a certificate ---- */

/* 1: one of them matches; 0: there are some of this kind and none does; -1: there are none of this kind; -2: cannot be judged. */
static int subtrees(struct x509_work *w, const GENERAL_NAME *name, STACK_OF(GENERAL_SUBTREE) * list, bool excluded)
{
    int found = -1;
    for (int i = 0; i < sk_GENERAL_SUBTREE_num(list); i++) {
        const GENERAL_SUBTREE *t = sk_GENERAL_SUBTREE_value(list, i);
        if (!x509_spend(w, &w->budget->names)) return -2;
        if (t->base->type != name->type) continue;
        if (t->maximum || (t->minimum && ASN1_INTEGER_get(t->minimum) != 0)) return -2;
        enum match m = match(name, t->base, excluded);
        if (m == BAD) return -2;
        if (m == YES) found = 1;
        if (found < 0) found = 0;
    }
    return found;
}

static bool allowed(struct x509_work *w, const NAME_CONSTRAINTS *nc, const GENERAL_NAME *name)
{
    int in = subtrees(w, name, nc->permittedSubtrees, false), out = subtrees(w, name, nc->excludedSubtrees, true);
    return (in == 1 || in == -1) && (out == 0 || out == -1);
}

/* Subject, alternative names, and mailboxes in the subject. */
static bool all_allowed(struct x509_work *w, const NAME_CONSTRAINTS *nc, const struct x509_cert *c)
{
    GENERAL_NAME dir = {.type = GEN_DIRNAME};
    dir.d.directoryName = (X509_NAME *)(uintptr_t)c->subject;
    if (X509_NAME_entry_count(c->subject) > 0 && !allowed(w, nc, &dir)) return false;
    for (int at = -1; (at = X509_NAME_get_index_by_NID(c->subject, NID_pkcs9_emailAddress, at)) >= 0;) {
        GENERAL_NAME mail = {.type = GEN_EMAIL};
        mail.d.rfc822Name = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(c->subject, at));
        if (!allowed(w, nc, &mail)) return false;
    }
    const GENERAL_NAMES *names = c->ext[EXT_NAMES];
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++)
        if (!allowed(w, nc, sk_GENERAL_NAME_value(names, i))) return false;
    return true;
}

result x509_check_constraints(struct x509_work *w, size_t i)
{
    const struct x509_cert *c = w->chain[i];
    if (c->self_issued && i > 0) return ok();
    for (size_t k = i + 1; k < w->n; k++) {
        const NAME_CONSTRAINTS *nc = w->chain[k]->ext[EXT_CONSTRAINTS];
        if (nc && !all_allowed(w, nc, c)) return x509_refuse(w->a, CODE_CERT_CONSTRAINT, c);
    }
    return ok();
}

/* ---- the expected name ---- */

/* One label for a star that stands alone at the left; not above a top-level name. */
static bool host_matches(struct slice pattern, struct slice host)
{
    if (!x509_dns_valid(pattern, true)) return false;
    if (!slice_starts(pattern, S("*."))) return same_text(pattern, host);
    struct slice rest = slice_sub(pattern, 1, SIZE_MAX);
    size_t dot = slice_find(host, '.', 0);
    return dot != SIZE_MAX && slice_find(rest, '.', 1) != SIZE_MAX && same_text(slice_sub(host, dot, SIZE_MAX), rest);
}

static bool name_matches(const struct x509_ask *ask, const GENERAL_NAME *g)
{
    switch (ask->name_kind) {
    case X509_NAME_DNS: return g->type == GEN_DNS && host_matches(x509_string(g->d.dNSName), ask->name);
    case X509_NAME_IP: return g->type == GEN_IPADD && slice_eq(x509_string(g->d.iPAddress), ask->name);
    case X509_NAME_EMAIL: return g->type == GEN_EMAIL && slice_eq(x509_string(g->d.rfc822Name), ask->name);
    default: return false;
    }
}

result x509_check_name(struct x509_work *w, const struct x509_cert *c)
{
    const GENERAL_NAMES *names = c->ext[EXT_NAMES];
    if (w->ask->name_kind == X509_NAME_NONE) return ok();
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++)
        if (name_matches(w->ask, sk_GENERAL_NAME_value(names, i))) return ok();
    return x509_refuse(w->a, CODE_CERT_NAME, c);
}
