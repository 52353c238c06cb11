/* Whether a certificate holds here and now: its path to a recognised root, that CA's standing, its policies, revocation; and whom it names. */
#include "city/certificates/internal.h"
#include "base/identifier.h"

/* ---- the path ---- */

/* The roots and intermediates of all lists in their time; only those recognised, or all. */
static void anchors_of(struct arena *a, const struct stored_lists *l, struct x509_list more, instant now, bool all,
                       struct x509_ask *ask)
{
    size_t nroots = 0, npool = more.n, r = 0, p = 0;
    for (size_t i = 0; i < l->n; i++)
        for (size_t k = 0; k < l->lists[i].list.n; k++) {
            nroots += l->lists[i].list.cas[k].roots.n;
            npool += l->lists[i].list.cas[k].intermediates.n;
        }
    const struct x509_cert **roots = NEW_ARRAY(a, const struct x509_cert *, nroots + 1),
                           **pool = NEW_ARRAY(a, const struct x509_cert *, npool + 1);
    for (size_t i = 0; i < more.n; i++) pool[p++] = more.certs[i];
    for (size_t i = 0; i < l->n; i++)
        for (size_t k = 0; k < l->lists[i].list.n; k++) {
            const struct recognised_ca *ca = &l->lists[i].list.cas[k];
            for (size_t m = 0; m < ca->intermediates.n; m++) pool[p++] = ca->intermediates.certs[m];
            for (size_t m = 0; m < ca->roots.n; m++) {
                const struct stored_list *in = NULL;
                const struct recognised_ca *e = trust_entry_of(l, ca->roots.certs[m], now, &in);
                if (e && (all || e->status == CA_GRANTED)) roots[r++] = ca->roots.certs[m];
            }
        }
    ask->anchors = (struct x509_list){roots, r};
    ask->pool = (struct x509_list){pool, p};
}

/* By recognised CAs; else by all that stand on a list, so that the refusal says what is wrong. */
static result find_path(struct arena *a, const struct stored_lists *l, const struct x509_cert *cert,
                        struct x509_list more, instant now, struct x509_ask *ask, struct x509_path *path)
{
    anchors_of(a, l, more, now, false, ask);
    result r = x509_validate(a, cert, ask, path);
    if (result_code(r) != CODE_CERT_UNTRUSTED) return r;
    anchors_of(a, l, more, now, true, ask);
    return x509_validate(a, cert, ask, path);
}

static result standing(struct arena *a, const struct x509_cert *cert, const struct recognised_ca *ca, instant now)
{
    day today = day_of_instant(now);
    struct bitext state = ca_status_words(ca->status);
    struct slice subject = x509_subject(a, cert);
    if (ca->status != CA_GRANTED)
        return fail(a, CODE_CERT_CA_STATUS, subject, "ca_zh", ca->name.zh, "ca_en", ca->name.en, "since",
                    day_text(a, ca->since), "state_zh", state.zh, "state_en", state.en, NULL);
    if (today < ca->from || today > ca->until)
        return fail(a, CODE_CERT_CA_PERIOD, subject, "ca_zh", ca->name.zh, "ca_en", ca->name.en, "from",
                    day_text(a, ca->from), "until", day_text(a, ca->until), NULL);
    return ok();
}

/* ---- revocation ---- */

static result with_words(struct city *c, struct arena *a, const struct recognised_ca *ca, const struct x509_path *path,
                         struct x509_ask ask, bool lists, int64_t age)
{
    struct status_words w;
    struct x509_path again;
    TRY(status_kept(c, a, ca, path, &w));
    ask.revocation = X509_REVOCATION_ALL;
    ask.status_age = age;
    ask.crls = w.crls;
    ask.ncrls = lists ? w.ncrls : 0;
    ask.ocsp = w.ocsp;
    ask.nocsp = w.nocsp;
    return x509_validate(a, path->certs[0], &ask, &again);
}

/* Where there are responders, their answer of now comes before a list of an hour ago. First what is kept and current; then what the worker brings, lists
 * too when no responder answers; then, where the trust list allows it, an older word. */
static result not_revoked(struct city *c, struct arena *a, const struct recognised_ca *ca, const struct x509_path *path,
                          struct x509_ask ask)
{
    result r = with_words(c, a, ca, path, ask, ca->nocsp == 0, 0);
    if (result_code(r) != CODE_CERT_STATUS) return r;
    TRY(status_want(c, a, ca, path, ask.at));
    ask.at = time_now(c->time); /* what came meanwhile may be younger than the question */
    r = with_words(c, a, ca, path, ask, true, 0);
    if (result_code(r) != CODE_CERT_STATUS || ca->status_age == 0) return r;
    return with_words(c, a, ca, path, ask, true, ca->status_age);
}

/* ---- whom it names ---- */

static void add_holder(struct arena *a, const struct identifier_place *p, struct slice text, struct judged *out)
{
    struct slice number;
    if (!slice_starts(text, p->prefix) || out->nholders == HOLDERS_MAX) return;
    text = slice_trim(slice_sub(text, p->prefix.n, text.n));
    if (failed(identity_number_check(a, p->kind, text, S("certificate"), &number))) return;
    out->holders[out->nholders++] = (struct holder){p->kind, number};
}

static void holders_of(struct arena *a, struct judged *out)
{
    for (size_t i = 0; i < out->ca->nplaces; i++) {
        const struct identifier_place *p = &out->ca->places[i];
        struct slice text;
        if (p->extension) {
            if (x509_extension_text(a, out->cert, p->oid, &text)) add_holder(a, p, text, out);
            continue;
        }
        for (size_t k = 0; k < HOLDERS_MAX && x509_attribute(a, out->cert, p->oid, k, &text); k++)
            add_holder(a, p, text, out);
    }
}

result certificate_judge(struct city *c, struct arena *a, const struct x509_cert *cert, struct x509_list more,
                         enum x509_use use, instant now, struct judged *out)
{
    struct stored_lists l;
    struct x509_path path;
    struct x509_ask ask = {.at = now, .use = use};
    const struct stored_list *in = NULL;
    TRY(trust_lists_load(c, a, NULL, &l));
    if (use == X509_USE_TLS_CLIENT && x509_kind(cert) == X509_KIND_ENCRYPTION)
        return fail(a, CODE_CERT_KEY_USAGE, x509_subject(a, cert), NULL);
    TRY(find_path(a, &l, cert, more, now, &ask, &path));
    const struct recognised_ca *ca = trust_entry_of(&l, path.certs[path.n - 1], now, &in);
    if (!ca || !in) return fail(a, CODE_CERT_UNTRUSTED, x509_subject(a, cert), NULL);
    *out = (struct judged){.cert = cert, .ca = ca, .city = in->list.city_name};
    TRY(standing(a, cert, ca, now));
    ask.anchors = ca->roots; /* now under the policies of this CA alone */
    ask.policies = ca->policies;
    ask.npolicies = ca->npolicies;
    ask.explicit_policy = ca->npolicies > 0;
    TRY(not_revoked(c, a, ca, &path, ask));
    holders_of(a, out);
    return out->nholders ? ok() : fail(a, CODE_CERT_IDENTIFIER, x509_subject(a, cert), NULL);
}
