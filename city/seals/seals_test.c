/* The life of seals: two people, policy, counts that hold when many ask at once, batches, the city's own papers. */
#include "city/seals/seals.h"

#include <pthread.h>
#include <stdatomic.h>

#include "city/sql.h"
#include "city/testkit.h"
#include "trust/ofd_sign.h"
#include "trust/signer.h"
#include "trust/verify.h"
#include "trust/zip.h"

struct scene {
    struct city_kit k;
    struct arena *a;
    struct city *c;
    const struct trust_anchors *anchors;
    struct actor company, clerk, police, police2;
};

static struct actor officer(struct city_kit *k, const char *login)
{
    size_t made;
    struct actor x;
    struct citydata one = *k->data;
    one.staff = test_json(
        k->a,
        arena_printf(
            k->a,
            "[{\"login\":\"%s\",\"name\":\"赵警官\",\"department\":\"gaj\",\"town\":\"*\",\"roles\":[\"handler\"],"
            "\"email\":\"%s@city.test\"}]",
            login, login));
    assert_good(k->a, identity_seed(&k->c, k->a, &one, KIT_PASSWORD, k->now, &made));
    assert_good(k->a, actor_of_login(&k->c, k->a, slice_cstr(login), &x));
    return x;
}

static void open_scene(struct scene *s, struct store_fixture *f)
{
    struct signer_certificates certificates;
    city_kit_open(&s->k, f);
    s->a = s->k.a;
    s->c = &s->k.c;
    assert_good(s->a, signer_open_test(s->a, s->c->time, NULL, &s->c->signer));
    assert_good(s->a, signer_certificates(s->c->signer, s->a, &certificates));
    assert_good(s->a, trust_anchors_parse(s->a, certificates.anchors, &s->anchors));
    s->c->test_keys = true;
    s->company = kit_enterprise(&s->k, "firm");
    s->clerk = kit_person(&s->k, "clerk", S(""));
    s->police = officer(&s->k, "police");
    s->police2 = officer(&s->k, "police2");
}

static struct slice document(struct arena *a)
{
#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define NS "xmlns:ofd=\"http://www.ofdspec.org/2016\""
    struct zip_entry e[] = {
        {S("OFD.xml"),
         S(HEAD "<ofd:OFD " NS
                " Version=\"1.0\" DocType=\"OFD\"><ofd:DocBody><ofd:DocInfo><ofd:DocID>00000000000000000000000000000009"
                "</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>")},
        {S("Doc_0/Document.xml"),
         S(HEAD
           "<ofd:Document " NS
           "><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
           "</ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"Pages/P0.xml\"/><ofd:Page ID=\"2\" BaseLoc=\"Pages/P1.xml\"/>"
           "</ofd:Pages></ofd:Document>")},
        {S("Doc_0/Pages/P0.xml"), S(HEAD "<ofd:Page " NS "/>")},
        {S("Doc_0/Pages/P1.xml"), S(HEAD "<ofd:Page " NS "><ofd:Content/></ofd:Page>")}};
    struct slice out;
    assert_good(a, zip_write(a, e, sizeof e / sizeof *e, &out));
    return out;
}

static struct seal_using contract(struct arena *a)
{
    return (struct seal_using){.ofd = document(a), .document = S("contract"), .title = S("采购合同"), .x = -1, .y = -1};
}

/* Applied for, approved, made: its code. */
static struct slice seal_of(struct scene *s, const struct actor *x, const char *kind)
{
    const struct json *v;
    size_t done;
    assert_good(s->a, seal_apply(s->c, s->a, x, slice_cstr(kind), s->k.now, &v));
    struct slice code = json_string(v, "code");
    assert_slice(json_string(v, "state"), "applied");
    assert_good(s->a, seal_act(s->c, s->a, &s->police, code, S("approve"), S(""), s->k.now, &v));
    assert_good(s->a, seals_run(s->c, s->a, s->k.now, 10, &done));
    assert_int_equal(done, 1);
    return code;
}

static const struct json *view(struct scene *s, const struct actor *x, struct slice code)
{
    const struct json *v;
    assert_good(s->a, seal_view(s->c, s->a, x, code, s->k.now, &v));
    return v;
}

static enum code act(struct scene *s, const struct actor *x, struct slice code, const char *what)
{
    const struct json *v;
    return result_code(seal_act(s->c, s->a, x, code, slice_cstr(what), S("理由"), s->k.now, &v));
}

static enum code use(struct scene *s, const struct actor *x, struct slice code, struct slice *out)
{
    struct seal_using u = contract(s->a);
    return result_code(seal_use(s->c, s->a, x, code, &u, s->k.now, out));
}

static bool genuine(struct scene *s, struct slice ofd, size_t seals)
{
    struct verify_report r;
    verify_file(s->a, ofd, s->anchors, &(struct verify_ask){.at = s->k.now}, &r);
    return r.good && r.seals->n == seals;
}

/* ---- life ---- */

static void a_life(struct store_fixture *f)
{
    struct scene s;
    const struct json *v;
    struct slice out, png;
    open_scene(&s, f);
    struct slice code = seal_of(&s, &s.company, "official");
    v = view(&s, &s.company, code);
    assert_slice(json_string(v, "state"), "active");
    assert_true(json_bool(v, "own", false) && json_bool(v, "usable", false));
    assert_int_equal(json_get(v, "history")->n, 4); /* applied, approved, made, delivered */
    assert_good(s.a, seal_picture(s.c, s.a, &s.company, code, &png));
    assert_true(slice_starts(png, S("\x89PNG")));
    assert_code(seal_apply(s.c, s.a, &s.company, S("official"), s.k.now, &v), CODE_SEAL_STATE); /* one of a kind */
    assert_code(seal_apply(s.c, s.a, &s.company, S("crown"), s.k.now, &v), CODE_FIELD_ENUM);
    /* used, and in the record */
    assert_int_equal(use(&s, &s.company, code, &out), CODE_OK);
    assert_true(genuine(&s, out, 1));
    struct slice first = out, late = out;
    v = json_get(view(&s, &s.company, code), "recent_uses");
    assert_int_equal(v->n, 1);
    assert_slice(json_string(v->items[0], "title"), "采购合同");
    assert_slice(json_string(v->items[0], "state"), "sealed");
    /* suspended by the holder, resumed; by the authority, which alone resumes it */
    assert_int_equal(act(&s, &s.company, code, "suspend"), CODE_OK);
    assert_int_equal(use(&s, &s.company, code, &out), CODE_SEAL_USE);
    assert_int_equal(act(&s, &s.company, code, "suspend"), CODE_SEAL_STATE);
    assert_int_equal(act(&s, &s.company, code, "resume"), CODE_OK);
    assert_int_equal(act(&s, &s.police, code, "suspend"), CODE_OK);
    assert_int_equal(act(&s, &s.company, code, "resume"), CODE_FORBIDDEN);
    assert_int_equal(act(&s, &s.police, code, "resume"), CODE_OK);
    s.k.now += MS_HOUR;
    assert_int_equal(use(&s, &s.company, code, &late), CODE_OK); /* in the very second of its revocation */
    assert_int_equal(act(&s, &s.company, code, "revoke"), CODE_FORBIDDEN);
    assert_code(seal_act(s.c, s.a, &s.police, code, S("revoke"), S(" "), s.k.now, &v), CODE_FIELD_REQUIRED);
    assert_int_equal(act(&s, &s.police, code, "revoke"), CODE_OK);
    assert_int_equal(use(&s, &s.company, code, &out), CODE_SEAL_USE);
    assert_int_equal(act(&s, &s.police, code, "resume"), CODE_SEAL_STATE);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM seal WHERE key_ct IS NOT NULL"), 1);
    assert_int_equal(act(&s, &s.police, code, "destroy"), CODE_OK);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM seal WHERE key_ct IS NOT NULL"),
                     0); /* the key is gone */
    assert_int_equal(act(&s, &s.police, code, "destroy"), CODE_SEAL_STATE);
    /* offline: what it sealed before it was revoked stands, and what says it was sealed after does not */
    struct slice crl;
    struct signer_certificates certificates;
    assert_good(s.a, seal_revocations(s.c, s.a, s.k.now + 1000, &crl));
    assert_good(s.a, signer_certificates(s.c->signer, s.a, &certificates));
    assert_good(s.a,
                trust_anchors_parse(s.a, arena_printf(s.a, "%.*s%.*s", SLICE_ARG(certificates.anchors), SLICE_ARG(crl)),
                                    &s.anchors));
    s.k.now += MS_HOUR;
    assert_true(genuine(&s, first, 1));
    assert_false(genuine(&s, late, 1));
    /* every act is in the audit journal, without the holder's name */
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action LIKE 'seal.%'"), 10);
    assert_int_equal(
        store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action LIKE 'seal.%' AND details LIKE '%公司%'"), 0);
}

static void two_people(struct store_fixture *f)
{
    struct scene s;
    const struct json *v;
    size_t done;
    open_scene(&s, f);
    /* the authority's own seal: who applied for it does not approve it */
    struct actor signer = s.police;
    const struct role_grant grants[] = {{ROLE_HANDLER, S("gaj"), S("*")}, {ROLE_SIGNER, S("gaj"), S("*")}};
    signer.grants = grants;
    signer.ngrants = 2;
    assert_good(s.a, seal_apply(s.c, s.a, &signer, S("official"), s.k.now, &v));
    struct slice code = json_string(v, "code");
    assert_int_equal(act(&s, &signer, code, "approve"), CODE_SEAL_OTHER_PERSON);
    assert_int_equal(act(&s, &s.company, code, "approve"), CODE_FORBIDDEN);
    assert_int_equal(act(&s, &s.police2, code, "approve"), CODE_OK);
    assert_good(s.a, seals_run(s.c, s.a, s.k.now, 10, &done));
    assert_int_equal(done, 1);
    /* refused */
    assert_good(s.a, seal_apply(s.c, s.a, &s.company, S("finance"), s.k.now, &v));
    code = json_string(v, "code");
    assert_int_equal(act(&s, &s.police, code, "refuse"), CODE_OK);
    assert_good(s.a, seals_run(s.c, s.a, s.k.now, 10, &done));
    assert_int_equal(done, 0);
    /* who has nothing to do with it does not learn that it is there */
    assert_code(seal_view(s.c, s.a, &s.clerk, code, s.k.now, &v), CODE_NOT_FOUND);
    assert_code(seal_desk(s.c, s.a, &s.clerk, S(""), 20, S(""), s.k.now, &v), CODE_FORBIDDEN);
    assert_good(s.a, seal_desk(s.c, s.a, &s.police, S("refused"), 20, S(""), s.k.now, &v));
    assert_int_equal(json_get(v, "items")->n, 1);
}

/* ---- policy ---- */

static result grant(struct scene *s, struct slice code, const char *documents, int64_t uses, day until)
{
    const struct json *v;
    struct seal_granting g = {S("clerk"), test_json(s->a, slice_cstr(documents)), uses, until};
    return seal_grant(s->c, s->a, &s->company, code, &g, s->k.now, &v);
}

static void policy(struct store_fixture *f)
{
    struct scene s;
    struct slice out;
    const struct json *v;
    open_scene(&s, f);
    struct slice code = seal_of(&s, &s.company, "official");
    day today = day_of_instant(s.k.now);
    assert_int_equal(use(&s, &s.clerk, code, &out), CODE_SEAL_USE);
    assert_good(s.a, grant(&s, code, "[\"letter\"]", 5, today + 1));
    assert_int_equal(use(&s, &s.clerk, code, &out), CODE_SEAL_USE); /* not for contracts */
    assert_good(s.a, grant(&s, code, "[\"contract\"]", 2, today + 1));
    assert_int_equal(use(&s, &s.clerk, code, &out), CODE_OK);
    assert_true(genuine(&s, out, 1));
    /* what could not be sealed is not counted */
    struct seal_using bad = contract(s.a);
    bad.ofd = S("PK nothing");
    assert_true(failed(seal_use(s.c, s.a, &s.clerk, code, &bad, s.k.now, &out)));
    bad = contract(s.a);
    bad.page = 3;
    assert_code(seal_use(s.c, s.a, &s.clerk, code, &bad, s.k.now, &out), CODE_FIELD_MAXIMUM);
    bad = contract(s.a);
    bad.x = 200;
    bad.y = 10;
    assert_code(seal_use(s.c, s.a, &s.clerk, code, &bad, s.k.now, &out), CODE_SEAL_USE);
    assert_int_equal(use(&s, &s.clerk, code, &out), CODE_OK);
    assert_int_equal(use(&s, &s.clerk, code, &out), CODE_SEAL_USE); /* two, and no more */
    assert_good(s.a, seal_list(s.c, s.a, &s.clerk, s.k.now, &v));
    assert_int_equal(json_get(v, "items")->n, 1); /* for letters, still */
    assert_code(grant(&s, code, "[\"*\"]", 0, today), CODE_FIELD_MINIMUM);
    assert_code(grant(&s, code, "[\"*\"]", 1, today - 1), CODE_FIELD_MINIMUM);
    /* until when; and taken back */
    assert_good(s.a, grant(&s, code, "[\"*\"]", 9, today));
    s.k.now += MS_DAY;
    assert_int_equal(use(&s, &s.clerk, code, &out), CODE_SEAL_USE);
    assert_good(s.a, grant(&s, code, "[\"*\"]", 9, today + 9));
    v = view(&s, &s.company, code);
    struct id id;
    assert_true(id_scan(json_string(json_get(v, "grants")->items[0], "id"), &id));
    assert_int_equal(use(&s, &s.clerk, code, &out), CODE_OK);
    assert_good(s.a, seal_grant_end(s.c, s.a, &s.company, code, id, s.k.now));
    assert_int_equal(use(&s, &s.clerk, code, &out), CODE_SEAL_USE);
    /* kinds of seal */
    struct slice invoices = seal_of(&s, &s.company, "invoice");
    assert_int_equal(use(&s, &s.company, invoices, &out), CODE_SEAL_USE);
    /* riding, and closing */
    struct seal_using u = contract(s.a);
    u.riding = true;
    assert_good(s.a, seal_use(s.c, s.a, &s.company, code, &u, s.k.now, &out));
    assert_true(genuine(&s, out, 1));
    u.ofd = out;
    u.riding = false;
    u.closing = true;
    assert_good(s.a, seal_use(s.c, s.a, &s.company, code, &u, s.k.now, &out));
    assert_true(genuine(&s, out, 2));
    u.ofd = out;
    assert_code(seal_use(s.c, s.a, &s.company, code, &u, s.k.now, &out), CODE_OFD_SIGNED);
    s.k.now += SEAL_YEARS * 365 * MS_DAY;
    assert_int_equal(use(&s, &s.company, code, &out), CODE_SEAL_USE); /* expired */
}

enum { THREADS = 8, TRIES = 6, ALLOWED = 13 };
struct rush {
    struct scene *s;
    struct slice code, ofd;
    atomic_int sealed, refused, other;
};

static void *rushing(void *p)
{
    struct rush *r = p;
    for (int i = 0; i < TRIES; i++) {
        struct arena *a = arena_new("rush");
        struct seal_using u = {.ofd = r->ofd, .document = S("contract"), .x = -1, .y = -1};
        struct slice out;
        enum code code = result_code(seal_use(r->s->c, a, &r->s->clerk, r->code, &u, r->s->k.now, &out));
        atomic_fetch_add(code == CODE_OK ? &r->sealed : code == CODE_SEAL_USE ? &r->refused : &r->other, 1);
        arena_free(a);
    }
    return NULL;
}

static void never_more_than_granted(struct store_fixture *f)
{
    struct scene s;
    pthread_t t[THREADS];
    open_scene(&s, f);
    struct rush r = {.s = &s, .code = seal_of(&s, &s.company, "official"), .ofd = document(s.a)};
    assert_good(s.a, grant(&s, r.code, "[\"contract\"]", ALLOWED, day_of_instant(s.k.now)));
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&t[i], NULL, rushing, &r), 0);
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_join(t[i], NULL), 0);
    assert_int_equal(r.sealed, ALLOWED);
    assert_int_equal(r.refused, THREADS * TRIES - ALLOWED);
    assert_int_equal(r.other, 0);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM seal_use WHERE state = 'sealed'"), ALLOWED);
    assert_int_equal(store_test_number(f, "SELECT uses FROM seal_grant"), ALLOWED);
}

static void *applying(void *p)
{
    struct rush *r = p;
    for (int i = 0; i < TRIES; i++) {
        struct arena *a = arena_new("apply");
        const struct json *v;
        enum code code = result_code(seal_apply(r->s->c, a, &r->s->company, S("finance"), r->s->k.now, &v));
        atomic_fetch_add(code == CODE_OK ? &r->sealed : code == CODE_SEAL_STATE ? &r->refused : &r->other, 1);
        arena_free(a);
    }
    return NULL;
}

static void one_of_a_kind(struct store_fixture *f)
{
    struct scene s;
    pthread_t t[THREADS];
    open_scene(&s, f);
    struct rush r = {.s = &s};
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&t[i], NULL, applying, &r), 0);
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_join(t[i], NULL), 0);
    assert_int_equal(r.sealed, 1);
    assert_int_equal(r.other, 0);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM seal"), 1);
}

/* ---- many ---- */

static void a_batch(struct store_fixture *f)
{
    enum { FILES = 150 };
    struct scene s;
    const struct json *v;
    struct slice zip, out;
    struct id id;
    size_t done = 1, rounds = 0;
    open_scene(&s, f);
    struct slice code = seal_of(&s, &s.company, "contract");
    struct zip_entry *e = NEW_ARRAY(s.a, struct zip_entry, FILES);
    for (size_t i = 0; i < FILES; i++)
        e[i] = (struct zip_entry){arena_printf(s.a, "合同%zu.ofd", i), i == 7 ? S("not an OFD") : document(s.a)};
    assert_good(s.a, zip_write(s.a, e, FILES, &zip));
    assert_code(seal_batch_add(s.c, s.a, &s.company, code, zip, S("invoice"), s.k.now, &v), CODE_SEAL_USE);
    assert_code(seal_batch_add(s.c, s.a, &s.clerk, code, zip, S("contract"), s.k.now, &v), CODE_SEAL_USE);
    assert_good(s.a, seal_batch_add(s.c, s.a, &s.company, code, zip, S("contract"), s.k.now, &v));
    assert_true(id_scan(json_string(v, "id"), &id));
    assert_code(seal_batch_file(s.c, s.a, &s.company, code, id, 1, &out), CODE_NOT_FOUND);
    while (done && rounds++ < 10) assert_good(s.a, seal_batches_run(s.c, s.a, s.k.now, &done));
    assert_good(s.a, seal_batch_view(s.c, s.a, &s.company, code, id, &v));
    assert_int_equal(json_int(v, "sealed", 0), FILES - 1);
    assert_int_equal(json_int(v, "failed", 0), 1);
    assert_slice(json_string(json_get(v, "errors")->items[0], "file"), "合同7.ofd");
    assert_good(s.a, seal_batch_file(s.c, s.a, &s.company, code, id, 1, &out));
    assert_int_equal(json_int(v, "parts", 0), 1);
    struct slice none;
    assert_code(seal_batch_file(s.c, s.a, &s.company, code, id, 2, &none), CODE_NOT_FOUND);
    struct zip z;
    const struct zip_limits most = {1000, 64 << 20, 1000};
    assert_good(s.a, zip_read(s.a, out, &most, &z));
    assert_int_equal(z.n, FILES - 1);
    assert_true(genuine(&s, z.entries[0].bytes, 1) && genuine(&s, z.entries[FILES - 2].bytes, 1));
    assert_code(seal_batch_view(s.c, s.a, &s.clerk, code, id, &v), CODE_NOT_FOUND);
    s.k.now += 31 * MS_DAY;
    assert_good(s.a, seal_batches_run(s.c, s.a, s.k.now, &done));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM seal_batch_file"), 0);
}

/* ---- the city's own, and orders out of cases ---- */

static void papers_of_the_city(struct store_fixture *f)
{
    struct scene s;
    struct slice out, state;
    bool found;
    const struct json *v;
    size_t done;
    open_scene(&s, f);
    for (int i = 0; i < 3; i++) {
        assert_good(s.a, department_seal_ofd(s.c, s.a, S("scjg"), S("licence"), S("441900-1"), document(s.a), 140, 220,
                                             s.k.now, &out, &found));
        assert_true(found && genuine(&s, out, 1));
    }
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM seal"), 1);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM seal_use WHERE state = 'sealed'"), 3);
    s.c->test_keys = false; /* with real keys nobody gets a seal without having applied for it */
    assert_good(s.a, department_seal_ofd(s.c, s.a, S("gaj"), S("licence"), S("441900-2"), document(s.a), 140, 220,
                                         s.k.now, &out, &found));
    assert_false(found);
    /* an order out of a case, twice the same */
    struct seal_order o = {.code = S("4419000000101"),
                           .kind = S("legal_representative"),
                           .holder = S("东莞市示范有限公司"),
                           .holder_code = S("91441900MA5TB0053J"),
                           .person = S("张三"),
                           .subject = s.company.subject};
    for (int i = 0; i < 2; i++) assert_good(s.a, seal_ordered(s.c, s.a, &o, s.k.now));
    assert_good(s.a, seals_run(s.c, s.a, s.k.now, 10, &done));
    assert_int_equal(done, 1);
    assert_good(s.a, seal_list(s.c, s.a, &s.company, s.k.now, &v));
    assert_int_equal(json_get(v, "items")->n, 1);
    assert_slice(json_string(json_get(v, "items")->items[0], "name"), "张三");
    assert_good(s.a, seal_public_state(s.c, s.a, o.code, s.k.now, &state, &found));
    assert_true(found);
    assert_slice(state, "active");
    assert_good(s.a, seal_public_state(s.c, s.a, S("nothing"), s.k.now, &state, &found));
    assert_false(found);
    assert_good(s.a, seal_export(s.c, s.a, s.company.subject, &v));
    assert_int_equal(v->n, 1);
}

/* Without a signer nothing is lost: it is made when there is one again. */
static void the_signer_is_away(struct store_fixture *f)
{
    struct scene s;
    const struct json *v;
    size_t done;
    open_scene(&s, f);
    struct signer *signer = s.c->signer;
    s.c->signer = NULL;
    assert_good(s.a, seal_apply(s.c, s.a, &s.company, S("official"), s.k.now, &v));
    struct slice code = json_string(v, "code"), out;
    assert_int_equal(act(&s, &s.police, code, "approve"), CODE_OK);
    assert_good(s.a, seals_run(s.c, s.a, s.k.now, 10, &done));
    assert_slice(json_string(view(&s, &s.company, code), "state"), "making");
    s.c->signer = signer;
    assert_good(s.a, seals_run(s.c, s.a, s.k.now, 10, &done));
    assert_int_equal(done, 1);
    s.c->signer = NULL;
    assert_int_equal(use(&s, &s.company, code, &out), CODE_UNAVAILABLE);
    assert_int_equal(store_test_number(f, "SELECT uses FROM seal"), 0); /* given back */
}

int main(void)
{
    const struct CMUnitTest tests[] = {ON_BOTH(a_life),
                                       ON_BOTH(two_people),
                                       ON_BOTH(policy),
                                       ON_BOTH(never_more_than_granted),
                                       ON_BOTH(one_of_a_kind),
                                       ON_BOTH(a_batch),
                                       ON_BOTH(papers_of_the_city),
                                       ON_BOTH(the_signer_is_away)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
