/* Applications, orders out of cases, and the making of what was approved. */
#include "city/seals/internal.h"
#include "trust/canonical.h"
#include "trust/seal.h"
#include "trust/seal_draw.h"
#include "trust/x509.h"

static const struct stmt LIVING = {
    "seal_living",
    "SELECT code FROM seal WHERE subject = ?1 AND kind = ?2 AND state IN ('applied', 'making', 'active', 'suspended')",
    NULL, false};
static const struct stmt EXISTS = {"seal_exists", "SELECT code FROM seal WHERE code = ?1", NULL, false};
static const struct stmt MADE = {
    "seal_made",
    "UPDATE seal SET state='active', made_at=?2, valid_from=?3, valid_to=?4, seal_ct=?5, key_ct=?6, serial=?7, due_at=NULL, lease_until=0"
    " WHERE id=?1 AND state='making'",
    NULL, false};
static const struct stmt AGAIN = {
    "seal_again", "UPDATE seal SET tries = tries + 1, due_at=?2, lease_until=0 WHERE id=?1 AND state='making'", NULL,
    false};

/* What a kind of seal may be put on. */
static struct slice documents_of(struct slice kind, bool department)
{
    if (department) return S("[\"*\"]");
    if (slice_is(kind, "invoice")) return S("[\"invoice\"]");
    if (slice_is(kind, "contract")) return S("[\"contract\"]");
    if (slice_is(kind, "finance")) return S("[\"finance\",\"invoice\"]");
    return S("[\"*\"]");
}

static struct slice name_of(struct arena *a, struct slice holder, struct slice kind, struct slice person)
{
    if (slice_is(kind, "official")) return holder;
    if (slice_is(kind, "legal_representative") && person.n) return person;
    return arena_printf(a, "%.*s%.*s", SLICE_ARG(holder), SLICE_ARG(seal_kind_words(kind).zh));
}

/* Thirteen digits as seals of enterprises have (GA 241.1): region, serial, and "9" before the serial: not of a filing in a case. */
static result new_code(struct city *c, struct arena *a, struct slice *code)
{
    int64_t serial;
    TRY(store_numbers(c->store, a, S("eseal"), 1, &serial));
    *code = arena_printf(a, "%.*s9%06lld", SLICE_ARG(slice_sub(c->code, 0, 6)), (long long)(serial % 1000000));
    return ok();
}

/* ---- application ---- */

struct applying {
    struct city *c;
    const struct actor *x;
    struct seal_row s;
    instant now;
    const char *act;
};

static result there_already(struct arena *a)
{
    return fail(a, CODE_SEAL_STATE, S("/kind"), "state_zh", S("已有同类印章"), "state_en", S("already there"), "act_zh",
                S("再次申请"), "act_en", S("applied for again"), NULL);
}

static result apply_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct applying *p = ctx;
    struct rows r;
    TRY(tx_query(tx, a, &LIVING, BINDS(sql_id(&p->s.subject), sql_text(p->s.kind)), &r));
    if (r.n) return there_already(a);
    TRY(seal_insert(p->c, tx, a, &p->s, p->now));
    return seal_event(p->c, tx, a, p->x, &p->s, p->act, S(""), p->now);
}

static result applicant_of(struct city *c, struct arena *a, const struct actor *x, instant now, struct seal_row *s)
{
    const struct json *profile, *who;
    if (x->kind == ACTOR_STAFF) {
        if (!actor_has_role(x, ROLE_SIGNER, x->department, S("*")) &&
            !actor_has_role(x, ROLE_HEAD, x->department, S("*")))
            return fail(a, CODE_FORBIDDEN, S("seal"), "right", S("signer, head"), NULL);
        s->department = x->department;
        TRY(subject_of_department(c, a, x->department, now, &s->subject));
        s->holder = identity_department(c, x->department).zh;
        if (slice_is(s->kind, "legal_representative"))
            return fail(a, CODE_FIELD_ENUM, S("/kind"), "title", S("kind"), "allowed",
                        S("official, finance, invoice, contract"), NULL);
        return ok();
    }
    struct delegation_scope scope;
    TRY(delegation_scope(c, a, x, now, &scope));
    if (!scope.all) return fail(a, CODE_FORBIDDEN, S("seal"), "right", S("holder"), NULL);
    s->subject = x->subject;
    TRY(subject_snapshot(c, a, x->subject, &who));
    TRY(subject_profile(c, a, x->subject, &profile));
    s->holder = json_string(who, "name");
    s->person = json_string(json_get(json_get(profile, "fields"), "legal_representative"), "value");
    bool person = !slice_is(json_string(who, "id_kind"), "uscc");
    if (person)
        s->person = s->holder; /* whose number stands in no certificate */
    else
        s->holder_code = json_string(who, "id_number");
    if (person && !slice_is(s->kind, "legal_representative"))
        return fail(a, CODE_FIELD_ENUM, S("/kind"), "title", S("kind"), "allowed", S("legal_representative"), NULL);
    return ok();
}

result seal_apply(struct city *c, struct arena *a, const struct actor *x, struct slice kind, instant now,
                  const struct json **out)
{
    struct applying p = {.c = c, .x = x, .now = now, .act = "applied"};
    if (!seal_kind_known(kind))
        return fail(a, CODE_FIELD_ENUM, S("/kind"), "title", S("kind"), "allowed",
                    S("official, finance, invoice, contract, legal_representative"), NULL);
    p.s = (struct seal_row){.id = id_new(now), .kind = kind, .state = S("applied"), .applied_by = x->account};
    TRY(applicant_of(c, a, x, now, &p.s));
    p.s.documents = documents_of(kind, p.s.department.n > 0);
    p.s.name = name_of(a, p.s.holder, kind, p.s.person);
    TRY(new_code(c, a, &p.s.code));
    result r = store_run(c->store, a, "seal_apply", apply_body, &p);
    /* asked for twice at once: the index let one in */
    TRY(result_code(r) == CODE_STORE_CONSTRAINT ? there_already(a) : r);
    struct json_builder b = seal_json(c, a, &p.s, now);
    *out = json_object(&b);
    return ok();
}

/* ---- orders out of cases ---- */

static result order_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct applying *p = ctx;
    struct rows r;
    TRY(tx_query(tx, a, &EXISTS, BINDS(sql_text(p->s.code)), &r));
    if (r.n) return ok();
    /* one of the kind that it applied for itself serves as well */
    TRY(tx_query(tx, a, &LIVING, BINDS(sql_id(&p->s.subject), sql_text(p->s.kind)), &r));
    if (r.n) return ok();
    TRY(seal_insert(p->c, tx, a, &p->s, p->now));
    return seal_event(p->c, tx, a, p->x, &p->s, p->act, S(""), p->now);
}

result seal_ordered(struct city *c, struct arena *a, const struct seal_order *o, instant now)
{
    const struct actor system = actor_system();
    struct applying p = {.c = c, .x = &system, .now = now, .act = "ordered"};
    if (!seal_kind_known(o->kind))
        return fail(a, CODE_FIELD_ENUM, S("/kind"), "title", S("kind"), "allowed", o->kind, NULL);
    p.s = (struct seal_row){.id = id_new(now),
                            .code = o->code,
                            .subject = o->subject,
                            .case_id = o->case_id,
                            .kind = o->kind,
                            .state = S("making"),
                            .documents = documents_of(o->kind, false),
                            .holder = o->holder,
                            .holder_code = o->holder_code,
                            .person = o->person,
                            .name = name_of(a, o->holder, o->kind, o->person)};
    return store_run(c->store, a, "seal_ordered", order_body, &p);
}

/* ---- making ---- */

static struct seal_drawing drawing(struct arena *a, const struct seal_row *s)
{
    struct seal_drawing d = {.shape = SEAL_ROUND, .width = 42, .height = 42, .ring = s->holder, .code = s->code};
    if (slice_is(s->kind, "finance")) d.width = d.height = 38;
    if (slice_is(s->kind, "invoice")) {
        d.shape = SEAL_OVAL;
        d.width = 40;
        d.height = 30;
        d.code = S("");
    }
    if (!slice_is(s->kind, "official")) d.below = seal_kind_words(s->kind).zh;
    size_t signs = slice_codepoints(s->person);
    if (slice_is(s->kind, "legal_representative") && signs > 0 && signs <= 6) {
        /* four signs fill a square: 张三之印, 欧阳明印 */
        const char *more = signs == 2 ? "之印" : signs == 3 ? "印" : "";
        struct slice name = arena_printf(a, "%.*s%s", SLICE_ARG(s->person), more);
        d = (struct seal_drawing){.shape = SEAL_SQUARE, .width = 20, .height = 20, .ring = name};
    }
    return d;
}

static result describe(struct arena *a, const struct seal_row *s, const struct seal_drawing *d, instant from,
                       instant to, struct slice *canonical)
{
    struct json_builder b = json_builder(a);
    const struct json *documents;
    TRY(json_parse(a, s->documents, 4096, S("seal.documents"), &documents));
    json_set_cstr(&b, "type", "seal");
    json_set_str(&b, "id", s->code);
    json_set_str(&b, "name", s->name);
    json_set_str(&b, "holder", s->holder);
    json_set_str(&b, "holder_code", s->holder_code);
    json_set_int(&b, "kind", d->shape == SEAL_SQUARE ? 2 : 1);
    json_set_str(&b, "from", instant_text(a, from));
    json_set_str(&b, "to", instant_text(a, to));
    json_set_cstr(&b, "picture_type", "PNG");
    json_set_int(&b, "width", d->width);
    json_set_int(&b, "height", d->height);
    json_set(&b, "documents", documents);
    json_set_int(&b, "per_minute", SEAL_PER_MINUTE);
    return canonical_json(a, json_object(&b), canonical);
}

static result seal_serial(struct arena *a, struct slice der, struct slice *out)
{
    struct seal *seal = NEW(a, struct seal);
    const struct x509_cert *cert;
    TRY(seal_parse(a, der, seal));
    TRY(x509_parse(a, seal->certs[0], &cert));
    *out = x509_serial(a, cert);
    return ok();
}

struct making {
    struct city *c;
    struct seal_row s;
    struct signer_seal made;
    struct slice serial; /* of its certificate */
    instant from, to, now;
};

static result made_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct making *m = ctx;
    const struct actor system = actor_system();
    int64_t changed;
    struct slice seal = vault_seal(a, &m->s.key, "seal.seal", m->made.seal),
                 key = vault_seal(a, &m->s.key, "seal.key", m->made.key);
    TRY(tx_exec(tx, a, &MADE,
                BINDS(sql_id(&m->s.id), sql_int(m->now), sql_int(m->from), sql_int(m->to), sql_blob(seal),
                      sql_blob(key), sql_text(m->serial)),
                &changed));
    if (!changed) return ok(); /* made meanwhile: this one is thrown away */
    TRY(seal_event(m->c, tx, a, &system, &m->s, "made", S(""), m->now));
    TRY(seal_event(m->c, tx, a, &system, &m->s, "delivered", S(""), m->now));
    return seal_tell(m->c, tx, a, &m->s, "已制作并交付，可以使用", "made and delivered, ready for use", m->now);
}

static result make(struct making *m, struct arena *a)
{
    const struct seal_drawing d = drawing(a, &m->s);
    struct slice png, text;
    m->from = m->now / MS_SECOND * MS_SECOND;
    m->to = m->from + SEAL_YEARS * 365 * MS_DAY;
    TRY(seal_draw(a, &d, &png));
    TRY(describe(a, &m->s, &d, m->from, m->to, &text));
    TRY(signer_make_seal(m->c->signer, a, m->s.code, text, png, &m->made));
    TRY(seal_serial(a, m->made.seal, &m->serial));
    return store_run(m->c->store, a, "seal_made", made_body, m);
}

static result again_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct making *m = ctx;
    int64_t minutes = INT64_C(1) << (m->s.tries < 8 ? m->s.tries : 8);
    return tx_exec(tx, a, &AGAIN, BINDS(sql_id(&m->s.id), sql_int(m->now + minutes * MS_MINUTE)), NULL);
}

result seals_run(struct city *c, struct arena *a, instant now, size_t n, size_t *done)
{
    struct rows due;
    result all = ok();
    *done = 0;
    if (!c->signer) return ok();
    TRY(store_lease(c->store, a, "seal", id_new(now), 5 * MS_MINUTE, n, &due));
    for (size_t i = 0; i < due.n; i++) {
        struct arena *own = arena_new("seal");
        struct making m = {.c = c, .now = now};
        struct id id = ID_NONE;
        (void)id_from_bytes(row(&due, i)[0].s, &id);
        result r = seal_load_id(c, own, NULL, id, &m.s);
        if (!failed(r)) r = make(&m, own);
        if (failed(r)) {
            all = result_join(a, all, result_copy(a, r));
            m.s.id = id;
            result later = store_run(c->store, own, "seal_again", again_body, &m);
            (void)later; /* the lease ends by itself */
        } else {
            (*done)++;
        }
        arena_free(own);
    }
    return all;
}
