/* The record of a trust list: by its schema, then what a schema cannot say. */
#include "city/certificates/internal.h"
#include "engine/form/form.h"

#include <pthread.h>

static const char *const STATUS[] = {"granted", "suspended", "withdrawn"};

const char *ca_status_name(enum ca_status s)
{
    return STATUS[s];
}

struct bitext ca_status_words(enum ca_status s)
{
    static const char *const ZH[] = {"被认可", "暂停认可", "撤销认可"}, *const EN[] = {"recognised", "suspended",
                                                                                       "withdrawn"};
    return (struct bitext){slice_cstr(ZH[s]), slice_cstr(EN[s])};
}

result trust_form_wrong(struct arena *a, struct slice field, const char *zh, const char *en)
{
    return fail(a, CODE_TRUST_LIST_FORM, field, "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

/* Compiled once for the life of the program. */
static struct {
    pthread_once_t once;
    const struct schema *schema;
} compiled = {.once = PTHREAD_ONCE_INIT};

static void compile(void)
{
    struct arena *a = arena_new("trust list schema");
    const struct json *j;
    struct schema_options o = {.assert_format = true};
    if (failed(json_parse(a, slice_cstr(TRUST_LIST_SCHEMA), 1 << 20, S("trust-list.schema.json"), &j)) ||
        failed(schema_compile(a, j, &o, S("trust-list.schema.json"), &compiled.schema)))
        compiled.schema = NULL;
}

static result by_schema(struct arena *a, const struct json *record)
{
    (void)pthread_once(&compiled.once, compile);
    if (!compiled.schema) return fail(a, CODE_INTERNAL, S("trust list"), "detail", S("schema"), NULL);
    return schema_validate(a, compiled.schema, record);
}

/* ---- one entry ---- */

static result certificates(struct arena *a, const struct json *list, struct slice where, bool roots,
                           struct x509_list *out)
{
    const struct x509_cert **certs = NEW_ARRAY(a, const struct x509_cert *, list->n + 1);
    for (size_t i = 0; i < list->n; i++) {
        struct slice der, pem = list->items[i]->text;
        size_t at = 0;
        if (!x509_pem_next(a, pem, &at, "CERTIFICATE", &der))
            return trust_form_wrong(a, where, "不是 PEM 格式的证书", "not a certificate in PEM");
        TRY(x509_parse(a, der, &certs[i]));
        if (x509_pem_next(a, pem, &at, "CERTIFICATE", &der))
            return trust_form_wrong(a, where, "一项中有多张证书", "more than one certificate in an item");
        struct x509_path path;
        struct x509_ask self = {.anchors = {&certs[i], 1}, .at = x509_not_before(certs[i])};
        if (roots)
            TRY(x509_validate(a, certs[i], &self, &path)); /* a key that would never be accepted is said at once */
    }
    *out = (struct x509_list){certs, list->n};
    return ok();
}

static const struct slice *texts(struct arena *a, const struct json *list)
{
    struct slice *out = NEW_ARRAY(a, struct slice, list->n + 1);
    for (size_t i = 0; i < list->n; i++) out[i] = list->items[i]->text;
    return out;
}

static void places(struct arena *a, const struct json *list, struct recognised_ca *out)
{
    struct identifier_place *p = NEW_ARRAY(a, struct identifier_place, list->n + 1);
    for (size_t i = 0; i < list->n; i++) {
        const struct json *v = list->items[i];
        p[i] =
            (struct identifier_place){slice_is(json_string(v, "in"), "extension"), arena_cstr(a, json_string(v, "oid")),
                                      json_string(v, "kind"), json_string(v, "prefix")};
    }
    out->places = p;
    out->nplaces = list->n;
}

static result entry(struct arena *a, const struct json *v, struct slice where, struct recognised_ca *out)
{
    const struct json *policies = json_get(v, "policies"), *crl = json_get(v, "crl"), *ocsp = json_get(v, "ocsp");
    *out = (struct recognised_ca){.id = json_string(v, "id"), .name = bitext_of(json_get(v, "name"))};
    for (size_t i = 0; i < sizeof STATUS / sizeof *STATUS; i++)
        if (slice_is(json_string(v, "status"), STATUS[i])) out->status = (enum ca_status)i;
    TRY(day_parse(a, json_string(v, "since"), where, &out->since));
    TRY(day_parse(a, json_string(v, "from"), where, &out->from));
    TRY(day_parse(a, json_string(v, "until"), where, &out->until));
    if (out->until < out->from)
        return trust_form_wrong(a, where, "认可期止于其始之前", "its period ends before it begins");
    if (crl->n + ocsp->n == 0)
        return trust_form_wrong(a, where, "没有吊销列表或 OCSP 的地址，无法得知吊销",
                                "no address of revocation lists or of OCSP: a revocation could not be known");
    bool cached = slice_is(json_string(v, "unavailable"), "cached");
    int64_t hours = json_int(v, "max_age_hours", 0);
    if (cached != (hours > 0))
        return trust_form_wrong(a, where, "max_age_hours 只在 unavailable 为 cached 时填写，且须大于 0",
                                "max_age_hours goes with unavailable: cached, and is then more than 0");
    out->status_age = hours * MS_HOUR;
    TRY(certificates(a, json_get(v, "roots"), where, true, &out->roots));
    TRY(certificates(a, json_get(v, "intermediates"), where, false, &out->intermediates));
    const char **oids = NEW_ARRAY(a, const char *, policies->n + 1);
    for (size_t i = 0; i < policies->n; i++) oids[i] = arena_cstr(a, policies->items[i]->text);
    out->policies = oids;
    out->npolicies = policies->n;
    out->crl = texts(a, crl);
    out->ncrl = crl->n;
    out->ocsp = texts(a, ocsp);
    out->nocsp = ocsp->n;
    places(a, json_get(v, "identifiers"), out);
    return ok();
}

/* An id and a root stand once: what decides on a certificate must be one entry. */
static result apart(struct arena *a, const struct recognised_ca *list, size_t n, struct slice where)
{
    const struct recognised_ca *x = &list[n];
    for (size_t i = 0; i < n; i++) {
        if (slice_eq(list[i].id, x->id)) return trust_form_wrong(a, where, "编号重复", "its id stands twice");
        for (size_t k = 0; k < list[i].roots.n; k++)
            for (size_t m = 0; m < x->roots.n; m++)
                if (slice_eq(x509_der(list[i].roots.certs[k]), x509_der(x->roots.certs[m])))
                    return trust_form_wrong(a, where, "根证书已在另一项中", "one of its roots is in another entry");
    }
    return ok();
}

result trust_list_parse(struct arena *a, const struct json *record, struct trust_list *out)
{
    TRY(by_schema(a, record));
    const struct json *cas = json_get(record, "cas"), *city = json_get(record, "city");
    struct recognised_ca *list = NEW_ARRAY(a, struct recognised_ca, cas->n + 1);
    *out = (struct trust_list){.id = json_string(record, "id"),
                               .city = json_string(city, "code"),
                               .city_name = bitext_of(json_get(city, "name")),
                               .version = json_int(record, "version", 0),
                               .cas = list,
                               .n = cas->n};
    TRY(instant_parse(a, json_string(record, "issued_at"), S("/issued_at"), &out->issued_at));
    TRY(instant_parse(a, json_string(record, "valid_until"), S("/valid_until"), &out->valid_until));
    struct slice id = arena_printf(a, "%.*s/%lld", SLICE_ARG(out->city), (long long)out->version);
    if (!slice_eq(id, out->id))
        return trust_form_wrong(a, S("/id"), "与城市代码和版本不符", "it is not of this city and version");
    if (out->valid_until <= out->issued_at)
        return trust_form_wrong(a, S("/valid_until"), "早于签发时间", "it lies before the time of issue");
    for (size_t i = 0; i < cas->n; i++) {
        struct slice where = arena_printf(a, "/cas/%zu", i);
        TRY(entry(a, cas->items[i], where, &list[i]));
        TRY(apart(a, list, i, where));
    }
    return ok();
}
