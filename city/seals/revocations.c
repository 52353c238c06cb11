/* The list of seals that are no longer to be trusted, for whoever verifies without asking the city. */
#include <pthread.h>

#include "city/seals/internal.h"
#include "trust/canonical.h"
#include "trust/der.h"
#include "trust/x509.h"

#define KEPT (5 * MS_MINUTE)

static const struct stmt REVOKED = {
    "seals_revoked",
    "SELECT serial, revoked_at FROM seal WHERE revoked_at > 0 AND serial <> '' ORDER BY revoked_at DESC LIMIT ?1", NULL,
    false};

/* The same for all who ask within some minutes: the signer signs but few lists a minute. */
static struct {
    pthread_mutex_t lock;
    uint8_t of[32]; /* index key of the city whose it is */
    struct arena *a;
    struct slice pem;
    instant made;
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

static result make(struct city *c, struct arena *a, instant now, struct slice *pem)
{
    struct json_builder b = json_builder(a), list = json_builder(a);
    struct slice text, crl;
    struct rows r;
    if (!c->signer) return fail(a, CODE_UNAVAILABLE, S(""), "detail", S("signer"), NULL);
    TRY(store_query(c->store, a, &REVOKED, BINDS(sql_int(SEAL_REVOKED_MAX)), &r));
    for (size_t i = 0; i < r.n; i++) {
        struct json_builder one = json_builder(a);
        json_set_str(&one, "serial", row(&r, i)[0].s);
        json_set_str(&one, "at", instant_text(a, row(&r, i)[1].i));
        json_add(&list, json_object(&one));
    }
    json_set_cstr(&b, "type", "seal_revocations");
    json_set_cstr(&b, "id", "revocations");
    json_set_int(&b, "number", now / MS_SECOND); /* grows, whichever server makes it */
    json_set(&b, "revoked", json_array(&list));
    TRY(canonical_json(a, json_object(&b), &text));
    TRY(signer_seal_revocations(c->signer, a, text, &crl));
    *pem = slice_of(NULL, 0);
    for (struct slice one, unused; der_take(&crl, 0x30, &unused, &one);) { /* one of each CA */
        struct slice text_of_one = x509_pem(a, "X509 CRL", one);
        *pem = arena_printf(a, "%.*s%.*s", SLICE_ARG(*pem), SLICE_ARG(text_of_one));
    }
    return ok();
}

result seal_revocations(struct city *c, struct arena *a, instant now, struct slice *pem)
{
    pthread_mutex_lock(&kept.lock);
    bool fresh =
        kept.a && memcmp(kept.of, c->index_key, sizeof kept.of) == 0 && now >= kept.made && now < kept.made + KEPT;
    result r = fresh ? ok() : make(c, a, now, pem);
    if (fresh) {
        *pem = arena_copy(a, kept.pem);
    } else if (!failed(r)) {
        if (!kept.a) kept.a = arena_new("revoked seals");
        arena_reset(kept.a);
        kept.pem = arena_copy(kept.a, *pem);
        memcpy(kept.of, c->index_key, sizeof kept.of);
        kept.made = now;
    }
    pthread_mutex_unlock(&kept.lock);
    return r;
}
