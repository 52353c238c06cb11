/* Words on revocation: lists and OCSP answers, kept in the database for all servers, fetched by the worker, never by a request. A request that lacks
 * one marks what it wants and waits a little. */
#include "city/certificates/internal.h"
#include "trust/crypto.h"

#include <time.h>

static const struct stmt KEPT = {"certificate_status_kept",
                                 "SELECT answer, failed_at, wanted, due_at FROM certificate_status WHERE id = ?1", NULL,
                                 false};
static const struct stmt WANT = {
    "certificate_status_want",
    "INSERT INTO certificate_status (id, url, request, answer, fetched_at, due_at, failed_at, wanted) VALUES (?1,?2,?3,?4,0,0,0,1)"
    " ON CONFLICT (id) DO UPDATE SET wanted = 1",
    NULL, false};
static const struct stmt WANTED = {
    "certificate_status_wanted",
    "SELECT id, url, request FROM certificate_status WHERE wanted = 1 ORDER BY length(request) DESC, id LIMIT 4", NULL,
    false};
static const struct stmt DUE = {"certificate_status_due",
                                "SELECT due_at, failed_at FROM certificate_status WHERE id = ?1", NULL, false};
static const struct stmt ANSWERED = {
    "certificate_status_answered",
    "UPDATE certificate_status SET answer = ?2, fetched_at = ?3, due_at = ?4, failed_at = 0, wanted = 0 WHERE id = ?1",
    NULL, false};
static const struct stmt FAILED = {
    "certificate_status_failed", "UPDATE certificate_status SET failed_at = ?2, due_at = ?3, wanted = 0 WHERE id = ?1",
    NULL, false};
static const struct stmt SWEEP = {
    "certificate_status_sweep",
    "DELETE FROM certificate_status WHERE wanted = 0 AND fetched_at < ?1 AND failed_at < ?1", NULL, false};
static const struct stmt SWEEP_CHALLENGES = {"certificate_challenge_sweep",
                                             "DELETE FROM certificate_challenge WHERE at < ?1", NULL, false};

enum { SOURCES_MAX = 8 + 4 * X509_CHAIN_MAX };
#define KEEP (7 * MS_DAY)
#define AGAIN MS_HOUR /* a list is looked at anew even when its next update is far */

/* One source: an address, and what is asked there (empty: a list is fetched). */
struct source {
    struct slice id, url, request;
};

static void source_of(struct arena *a, struct slice url, struct slice request, struct source *out)
{
    const struct slice parts[] = {url, S("\n"), request};
    uint8_t *h = arena_alloc(a, CRYPTO_HASH_BYTES);
    crypto_sha256_parts(parts, 3, h);
    *out = (struct source){slice_of((const char *)h, CRYPTO_HASH_BYTES), url, request};
}

/* All that may say something about the certificates of a path. */
static size_t sources(struct arena *a, const struct recognised_ca *ca, const struct x509_path *p,
                      struct source out[SOURCES_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i + 1 < p->n; i++)
        for (size_t k = 0; k < ca->nocsp && n < SOURCES_MAX - 8; k++)
            source_of(a, ca->ocsp[k], x509_ocsp_request(a, p->certs[i], p->certs[i + 1]), &out[n++]);
    for (size_t k = 0; k < ca->ncrl && n < SOURCES_MAX; k++) source_of(a, ca->crl[k], S(""), &out[n++]);
    return n;
}

result status_kept(struct city *c, struct arena *a, const struct recognised_ca *ca, const struct x509_path *p,
                   struct status_words *out)
{
    struct source list[SOURCES_MAX];
    size_t n = sources(a, ca, p, list);
    *out = (struct status_words){.crls = NEW_ARRAY(a, const struct x509_crl *, n + 1),
                                 .ocsp = NEW_ARRAY(a, const struct x509_ocsp *, n + 1)};
    for (size_t i = 0; i < n; i++) {
        struct rows r;
        TRY(store_query(c->store, a, &KEPT, BINDS(sql_blob(list[i].id)), &r));
        struct slice answer = r.n ? row(&r, 0)[0].s : S("");
        if (!answer.n) continue;
        if (list[i].request.n)
            out->nocsp += !failed(x509_parse_ocsp(a, answer, &out->ocsp[out->nocsp]));
        else
            out->ncrls += !failed(x509_parse_crl(a, answer, &out->crls[out->ncrls]));
    }
    return ok();
}

/* ---- wanted ---- */

struct wanting {
    const struct source *list;
    size_t n;
};

static result want_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct wanting *k = ctx;
    for (size_t i = 0; i < k->n; i++)
        TRY(tx_exec(
            tx, a, &WANT,
            BINDS(sql_blob(k->list[i].id), sql_text(k->list[i].url), sql_blob(k->list[i].request), sql_blob(S(""))),
            NULL));
    return ok();
}

static result still_wanted(struct city *c, struct arena *a, const struct wanting *k, bool *any)
{
    *any = false;
    for (size_t i = 0; i < k->n && !*any; i++) {
        struct rows r;
        TRY(store_query(c->store, a, &KEPT, BINDS(sql_blob(k->list[i].id)), &r));
        *any = r.n && row(&r, 0)[2].i == 1;
    }
    return ok();
}

result status_want(struct city *c, struct arena *a, const struct recognised_ca *ca, const struct x509_path *p,
                   instant now)
{
    struct source all[SOURCES_MAX], list[SOURCES_MAX];
    size_t nall = sources(a, ca, p, all);
    struct wanting k = {.list = list};
    bool any = true;
    for (size_t i = 0; i < nall; i++) {
        struct rows r;
        TRY(store_query(c->store, a, &KEPT, BINDS(sql_blob(all[i].id)), &r));
        bool down = r.n && row(&r, 0)[1].i > 0 && now - row(&r, 0)[1].i < STATUS_PAUSE;
        bool fresh = r.n && !all[i].request.n && row(&r, 0)[3].i > now; /* a list that is not due: it may be long */
        if (!down && !fresh) list[k.n++] = all[i];
    }
    if (!k.n) return ok();
    TRY(store_run(c->store, a, "certificate_status_want", want_body, &k));
    for (int waited = 0; any && waited < STATUS_WAIT_MS; waited += 50) {
        struct timespec t = {0, 50 * 1000000};
        (void)nanosleep(&t, NULL);
        TRY(still_wanted(c, a, &k, &any));
    }
    return ok();
}

/* ---- fetched, by the worker ---- */

struct fetched {
    struct slice id, answer;
    instant now, due;
};

static result fetched_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct fetched *f = ctx;
    if (f->answer.n)
        return tx_exec(tx, a, &ANSWERED, BINDS(sql_blob(f->id), sql_blob(f->answer), sql_int(f->now), sql_int(f->due)),
                       NULL);
    return tx_exec(tx, a, &FAILED, BINDS(sql_blob(f->id), sql_int(f->now), sql_int(f->due)), NULL);
}

/* Whether the bytes are what was asked for; *next: when they are to be replaced. */
static bool is_word(struct arena *a, const struct source *s, struct slice answer, instant *next)
{
    const struct x509_crl *crl;
    const struct x509_ocsp *ocsp;
    if (s->request.n) {
        if (failed(x509_parse_ocsp(a, answer, &ocsp))) return false;
        *next = x509_ocsp_next(ocsp);
        return true;
    }
    if (failed(x509_parse_crl(a, answer, &crl))) return false;
    *next = x509_crl_next(crl);
    return true;
}

static result fetch_one(struct city *c, struct arena *a, const struct source *s, instant now)
{
    struct fetched f = {.id = s->id, .now = now, .due = now + MS_MINUTE};
    instant next = 0;
    struct slice answer;
    /* unreachable, or no such thing: noted, not failed, as the next sign-in asks again */
    if (!failed(status_fetch(a, s->url, s->request, &answer)) && is_word(a, s, answer, &next)) {
        f.answer = answer;
        f.due = next > now + MS_MINUTE && next < now + AGAIN ? next - MS_MINUTE / 2 : now + AGAIN;
    }
    return store_run(c->store, a, "certificate_status", fetched_body, &f);
}

static result fetch_wanted(struct city *c, struct arena *a, instant now, size_t *done)
{
    struct rows r;
    TRY(store_query(c->store, a, &WANTED, NULL, 0, &r));
    for (size_t i = 0; i < r.n; i++) {
        struct source s = {row(&r, i)[0].s, row(&r, i)[1].s, row(&r, i)[2].s};
        TRY(fetch_one(c, a, &s, now));
        ++*done;
    }
    return ok();
}

/* The revocation lists of every recognised CA. */
static result keep_current(struct city *c, struct arena *a, instant now, size_t *done)
{
    struct stored_lists l;
    TRY(trust_lists_load(c, a, NULL, &l));
    for (size_t i = 0; i < l.n; i++)
        for (size_t k = 0; k < l.lists[i].list.n; k++) {
            const struct recognised_ca *ca = &l.lists[i].list.cas[k];
            for (size_t u = 0; u < ca->ncrl && ca->status == CA_GRANTED; u++) {
                struct source s;
                struct rows r;
                source_of(a, ca->crl[u], S(""), &s);
                TRY(store_query(c->store, a, &DUE, BINDS(sql_blob(s.id)), &r));
                if (r.n && row(&r, 0)[0].i > now) continue;
                struct wanting one = {&s, 1};
                if (!r.n) TRY(store_run(c->store, a, "certificate_status_want", want_body, &one));
                TRY(fetch_one(c, a, &s, now));
                ++*done;
            }
        }
    return ok();
}

result certificates_work(struct city *c, struct arena *a, struct certificates_worker *w, instant now, size_t *done)
{
    bool renewed;
    *done = 0;
    TRY(fetch_wanted(c, a, now, done));
    if (now - w->looked < 10 * MS_SECOND) return ok();
    w->looked = now;
    TRY(trust_list_renew(c, a, now, &renewed));
    return keep_current(c, a, now, done);
}

static result sweep_body(struct tx *tx, struct arena *a, void *ctx)
{
    instant now = *(instant *)ctx;
    TRY(tx_exec(tx, a, &SWEEP, BINDS(sql_int(now - KEEP)), NULL));
    return tx_exec(tx, a, &SWEEP_CHALLENGES, BINDS(sql_int(now - CHALLENGE_VALID)), NULL);
}

result certificates_sweep(struct city *c, struct arena *a, instant now)
{
    return store_run(c->store, a, "certificates_sweep", sweep_body, &now);
}
