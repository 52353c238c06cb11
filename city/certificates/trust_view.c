/* The lists in force, as those who answer for them see them. */
#include "city/certificates/internal.h"

static const struct json *certificates_json(struct arena *a, struct x509_list l)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < l.n; i++) {
        struct json_builder b = json_builder(a);
        json_set_str(&b, "subject", x509_subject(a, l.certs[i]));
        json_set_str(&b, "fingerprint", x509_fingerprint(a, l.certs[i]));
        json_set_instant(&b, "not_after", x509_not_after(l.certs[i]));
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

/* The entry as it was written, its certificates in words; and whether another entry goes before it. */
static const struct json *entry_json(struct arena *a, const struct stored_lists *l, const struct stored_list *s,
                                     size_t i, instant now)
{
    const struct recognised_ca *ca = &s->list.cas[i];
    const struct json *v = json_get(s->json, "cas")->items[i];
    const struct stored_list *in = NULL;
    struct json_builder b = json_builder(a);
    for (size_t k = 0; k < v->n; k++)
        if (!slice_is(v->keys[k], "roots") && !slice_is(v->keys[k], "intermediates"))
            json_set_slice(&b, v->keys[k], v->items[k]);
    json_set(&b, "roots", certificates_json(a, ca->roots));
    json_set(&b, "intermediates", certificates_json(a, ca->intermediates));
    bool counts = true;
    for (size_t k = 0; k < ca->roots.n; k++) counts = counts && trust_entry_of(l, ca->roots.certs[k], now, &in) == ca;
    json_set_bool(&b, "counts", counts);
    return json_object(&b);
}

static const struct json *prints(struct arena *a, struct slice pem)
{
    struct json_builder list = json_builder(a);
    struct slice der;
    for (size_t at = 0; x509_pem_next(a, pem, &at, "CERTIFICATE", &der);) {
        const struct x509_cert *c;
        if (!failed(x509_parse(a, der, &c))) json_add(&list, json_of_string(a, x509_fingerprint(a, c)));
    }
    return json_array(&list);
}

result trust_lists_view(struct city *c, struct arena *a, instant now, const struct json **out)
{
    struct stored_lists l;
    struct json_builder b = json_builder(a), lists = json_builder(a);
    TRY(trust_lists_load(c, a, NULL, &l));
    for (size_t i = 0; i < l.n; i++) {
        const struct stored_list *s = &l.lists[i];
        struct json_builder one = json_builder(a), cas = json_builder(a);
        bool own = s == l.own;
        json_set_str(&one, "source", s->source);
        json_set_bool(&one, "own", own);
        json_set(&one, "city", bitext_json(a, s->list.city_name));
        json_set_int(&one, "version", s->version);
        json_set_instant(&one, "issued_at", s->list.issued_at);
        json_set_instant(&one, "valid_until", s->list.valid_until);
        json_set_bool(&one, "expired", !own && s->list.valid_until < now);
        json_set(&one, "anchors", prints(a, s->anchors));
        for (size_t k = 0; k < s->list.n; k++) json_add(&cas, entry_json(a, &l, s, k, now));
        json_set(&one, "cas", json_array(&cas));
        json_add(&lists, json_object(&one));
    }
    json_set(&b, "lists", json_array(&lists));
    *out = json_object(&b);
    return ok();
}
