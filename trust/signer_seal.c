/* Seals in the signer: making one, with its key and certificate; and signing with it. */
#include "trust/signer_core_parts.h"

#include "trust/canonical.h"
#include "trust/ofd_sign.h"
#include "trust/seal.h"

enum { DOCUMENTS_MAX = 32, PER_MINUTE_MAX = 60000, YEARS_MAX = 20, NAME_MAX = 64 /* X.520: of a subject's parts */ };

/* ---- a seal is made ---- */

struct make {
    const struct json *v;
    instant from, to;
    struct slice name, holder, holder_code;
};

static bool ascii(struct slice s)
{
    if (s.n == 0 || s.n > 64) return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < 0x21 || s.p[i] > 0x7e) return false;
    return true;
}

static bool documents_good(const struct json *list)
{
    if (!list || list->type != JSON_ARRAY || list->n == 0 || list->n > DOCUMENTS_MAX) return false;
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i]->type != JSON_STRING || !ascii(list->items[i]->text)) return false;
    return true;
}

static bool within(int64_t v, int64_t least, int64_t most)
{
    return v >= least && v <= most;
}

static result read_make(struct signer_core *c, struct arena *a, const struct signer_message *q, struct make *m)
{
    if (failed(canonical_parse(a, q->field[TAG_RECORD], S("record"), &m->v)) || m->v->type != JSON_OBJECT ||
        !slice_is(json_string(m->v, "type"), "seal"))
        return signer_refuse(a, "not the canonical description of a seal");
    if (!slice_eq(json_string(m->v, "id"), q->field[TAG_SUBJECT]) || !ascii(q->field[TAG_SUBJECT]))
        return signer_refuse(a, "the seal's id is not the subject");
    m->name = json_string(m->v, "name");
    m->holder = json_string(m->v, "holder");
    m->holder_code = json_string(m->v, "holder_code");
    size_t longest = slice_codepoints(m->name);
    if (slice_codepoints(m->holder) > longest) longest = slice_codepoints(m->holder);
    if (m->name.n == 0 || m->holder.n == 0 || longest > NAME_MAX || (m->holder_code.n && !ascii(m->holder_code)))
        return signer_refuse(a, "the names of seal and holder do not fit a certificate");
    if (!instant_scan(json_string(m->v, "from"), &m->from) || !instant_scan(json_string(m->v, "to"), &m->to) ||
        m->from >= m->to || m->to - m->from > YEARS_MAX * 366 * MS_DAY || m->to <= time_now(c->time))
        return signer_refuse(a, "the period of validity is none a seal may have");
    if (!documents_good(json_get(m->v, "documents")) || !within(json_int(m->v, "kind", 0), 1, 2) ||
        !within(json_int(m->v, "per_minute", 0), 1, PER_MINUTE_MAX))
        return signer_refuse(a, "what the seal may be used for is not said in the form asked for");
    return ok();
}

/* What leaves the signer of the key: under its own wrapping key, bound to the seal, with what the key may be used for. */
static struct slice wrap(struct signer_core *c, struct arena *a, const struct make *m, const struct crypto_key *key,
                         struct slice seal)
{
    struct json_builder b = json_builder(a);
    uint8_t bound[CRYPTO_HASH_BYTES];
    json_set_str(&b, "key", base64_encode(a, crypto_key_pkcs8(a, key)));
    json_set(&b, "documents", json_get(m->v, "documents"));
    json_set_int(&b, "per_minute", json_int(m->v, "per_minute", 0));
    crypto_sha256(seal, bound);
    return crypto_seal(a, c->keys->seals.wrap, 1, slice_of((const char *)bound, sizeof bound),
                       json_write(a, json_object(&b)));
}

static result picture_of(struct arena *a, const struct make *m, struct slice data, struct seal_picture *out)
{
    int64_t w = json_int(m->v, "width", 0), h = json_int(m->v, "height", 0);
    if (!within(w, 1, SEAL_SIDE_MM) || !within(h, 1, SEAL_SIDE_MM)) return signer_refuse(a, "sides of the picture");
    /* the one type that is drawn here: no package is opened in the process that has the keys */
    if (!slice_is(json_string(m->v, "picture_type"), "PNG")) return signer_refuse(a, "the picture is no PNG");
    *out = (struct seal_picture){json_string(m->v, "picture_type"), data, (int)w, (int)h};
    return ok();
}

static result make_info(struct signer_core *c, struct arena *a, const struct make *m, const struct signer_message *q,
                        struct slice cert, struct slice *info)
{
    struct seal_spec s = {.vendor = S("TONGBAN"),
                          .id = q->field[TAG_SUBJECT],
                          .type = (int)json_int(m->v, "kind", 0),
                          .name = m->name,
                          .certs = &cert,
                          .ncerts = 1,
                          .made = time_now(c->time),
                          .from = m->from,
                          .to = m->to};
    TRY(picture_of(a, m, q->field[TAG_HEAD], &s.picture));
    result r = seal_info_write(a, &s, info);
    return failed(r) ? signer_refuse(a, "the seal or its picture is not of the form asked for") : ok();
}

result signer_seal_make(struct signer_core *c, struct arena *a, const struct signer_peer *peer,
                        const struct signer_message *q, struct signer_message *reply)
{
    const struct seal_keys *k = &c->keys->seals;
    struct make m = {.v = NULL};
    struct crypto_key *key;
    struct slice cert, info, value;
    uint8_t hash[CRYPTO_HASH_BYTES];
    if (!k->present) return fail(a, CODE_SEAL_SUPPORT, S(""), "detail", S(""), NULL);
    if (q->field[TAG_HEAD].n > signer_policy(SIGN_SEAL_MAKE)->max_bytes)
        return signer_refuse(a, "larger than the key's policy allows");
    TRY(read_make(c, a, q, &m));
    TRY(signer_take_turn(c, a, SIGN_SEAL_MAKE));
    TRY(crypto_key_new(a, CRYPTO_SM2, &key));
    const struct seal_subject subject = {m.name, m.holder, m.holder_code, m.from, m.to};
    TRY(signer_seal_certificate(a, k, key, &subject, &cert));
    TRY(make_info(c, a, &m, q, cert, &info));
    crypto_sha256(info, hash);
    TRY(signer_record_use(c, a, peer, signer_purpose_name(SIGN_SEAL_MAKE), q->field[TAG_SUBJECT], hash, "signed",
                          NULL));
    TRY(crypto_sign(a, k->maker, info, &value));
    struct slice seal = seal_write(a, info, k->maker_cert, value);
    reply->type = SIGNER_SIGNED;
    signer_set(reply, TAG_SEAL, seal);
    signer_set(reply, TAG_KEY, wrap(c, a, &m, key, seal));
    return ok();
}

/* ---- a seal is used ---- */

static result unwrap(struct signer_core *c, struct seal_key_kept *k, struct slice wrapped, const uint8_t seal[32])
{
    struct slice plain, der;
    struct arena *a = k->a;
    TRY(crypto_open(a, c->keys->seals.wrap, slice_of((const char *)seal, CRYPTO_HASH_BYTES), wrapped, &plain));
    TRY(json_parse(a, plain, 16384, S("key"), &k->policy));
    if (!base64_decode(a, json_string(k->policy, "key"), &der)) return signer_refuse(a, "the wrapped key is damaged");
    return crypto_key_from_pkcs8(a, der, &k->key);
}

/* The key of this seal, out of its wrapping; kept, for the same seal is mostly used several times in a row. */
static result key_of(struct signer_core *c, struct arena *a, struct slice wrapped, struct slice seal,
                     const struct seal_key_kept **out)
{
    uint8_t of_wrapped[CRYPTO_HASH_BYTES], of_seal[CRYPTO_HASH_BYTES];
    crypto_sha256(wrapped, of_wrapped);
    crypto_sha256(seal, of_seal);
    for (size_t i = 0; i < SIGNER_SEAL_KEYS; i++) {
        struct seal_key_kept *k = &c->kept[i];
        if (!k->a || memcmp(k->wrapped, of_wrapped, 32) != 0 || memcmp(k->seal, of_seal, 32) != 0) continue;
        *out = k;
        return ok();
    }
    struct seal_key_kept fresh = {.a = arena_new("seal key")};
    memcpy(fresh.wrapped, of_wrapped, 32);
    memcpy(fresh.seal, of_seal, 32);
    if (failed(unwrap(c, &fresh, wrapped, of_seal))) {
        arena_free(fresh.a);
        return signer_refuse(a, "the wrapped key is not this seal's");
    }
    struct seal_key_kept *k = &c->kept[c->next_kept++ % SIGNER_SEAL_KEYS];
    if (k->a) arena_free(k->a);
    *k = fresh;
    *out = k;
    return ok();
}

static result take_seal_turn(struct signer_core *c, struct arena *a, const struct seal_key_kept *k)
{
    int64_t minute = time_now(c->time) / MS_MINUTE, limit = json_int(k->policy, "per_minute", 0);
    uint64_t seal;
    memcpy(&seal, k->seal, sizeof seal);
    for (size_t i = 0; i < SIGNER_SEAL_TURNS; i++) {
        struct seal_turns *t = &c->turns[(seal + i) % SIGNER_SEAL_TURNS];
        if (t->minute != minute) *t = (struct seal_turns){seal, minute, 0};
        if (t->seal != seal) continue;
        if (t->used >= limit)
            return fail(a, CODE_SIGNER_RATE, S(""), "limit", arena_printf(a, "%lld", (long long)limit), NULL);
        t->used++;
        return ok();
    }
    return fail(a, CODE_SIGNER_RATE, S(""), "limit", S("4096 seals"), NULL);
}

static bool allowed(const struct json *documents, struct slice kind)
{
    for (size_t i = 0; documents && i < documents->n; i++)
        if (slice_eq(documents->items[i]->text, kind) || slice_is(documents->items[i]->text, "*")) return true;
    return false;
}

/* What the use says of itself, and that the things given are those. */
static result check_use(struct signer_core *c, struct arena *a, const struct signer_message *q, const struct seal *seal,
                        const struct json **out)
{
    const struct json *v;
    instant now = time_now(c->time);
    if (failed(canonical_parse(a, q->field[TAG_RECORD], S("record"), &v)) || v->type != JSON_OBJECT ||
        !slice_is(json_string(v, "type"), "seal_use") || !ascii(json_string(v, "document")))
        return signer_refuse(a, "not the canonical description of a use");
    if (!slice_eq(json_string(v, "id"), q->field[TAG_SUBJECT]))
        return signer_refuse(a, "the use's id is not the subject");
    if (!slice_eq(json_string(v, "seal"), seal->id)) return signer_refuse(a, "the use names another seal");
    if (now < seal->from || now > seal->to) return signer_refuse(a, "the seal is not valid now");
    const char *why = ofd_signature_shape(q->field[TAG_HEAD], json_string(v, "path"));
    if (why) return signer_refuse(a, why);
    *out = v;
    return ok();
}

result signer_seal_use(struct signer_core *c, struct arena *a, const struct signer_peer *peer,
                       const struct signer_message *q, struct signer_message *reply)
{
    struct seal *seal = NEW(a, struct seal);
    const struct seal_key_kept *k = NULL;
    const struct json *use = NULL;
    struct slice xml = q->field[TAG_HEAD], value;
    uint8_t hash[CRYPTO_HASH_BYTES], record[CRYPTO_HASH_BYTES];
    if (!c->keys->seals.present) return fail(a, CODE_SEAL_SUPPORT, S(""), "detail", S(""), NULL);
    if (xml.n > signer_policy(SIGN_SEAL_USE)->max_bytes) return signer_refuse(a, "larger than the key's policy allows");
    if (failed(seal_parse(a, q->field[TAG_TAIL], seal))) return signer_refuse(a, "not a seal");
    TRY(check_use(c, a, q, seal, &use));
    TRY(key_of(c, a, q->field[TAG_KEY], q->field[TAG_TAIL], &k));
    if (!allowed(json_get(k->policy, "documents"), json_string(use, "document")))
        return signer_refuse(a, "the seal may not be put on this kind of document");
    TRY(signer_take_turn(c, a, SIGN_SEAL_USE));
    TRY(take_seal_turn(c, a, k));
    crypto_sha256(xml, record);
    crypto_sm3(xml, hash);
    TRY(signer_record_use(c, a, peer, signer_purpose_name(SIGN_SEAL_USE),
                          arena_printf(a, "%.*s/%.*s", SLICE_ARG(seal->id), SLICE_ARG(q->field[TAG_SUBJECT])), record,
                          "signed", NULL));
    struct slice tbs = seal_tbs_write(a, seal->der, time_now(c->time), slice_of((const char *)hash, sizeof hash),
                                      json_string(use, "path"));
    TRY(crypto_sign(a, k->key, tbs, &value));
    reply->type = SIGNER_SIGNED;
    signer_set(reply, TAG_SEAL, seal_signature_write(a, tbs, seal->certs[0], value));
    return ok();
}

/* ---- seals that are revoked ---- */

static result read_revoked(struct signer_core *c, struct arena *a, struct slice record, const struct json **out,
                           struct seal_revoked **list)
{
    const struct json *v, *revoked;
    if (failed(canonical_parse(a, record, S("record"), &v)) || v->type != JSON_OBJECT ||
        !slice_is(json_string(v, "type"), "seal_revocations") || !slice_is(json_string(v, "id"), "revocations"))
        return signer_refuse(a, "not the canonical list of revoked seals");
    revoked = json_get(v, "revoked");
    if (!revoked || revoked->type != JSON_ARRAY || revoked->n > SEAL_REVOKED_MAX || json_int(v, "number", 0) < 1)
        return signer_refuse(a, "no list of revoked seals, or one too long");
    *list = NEW_ARRAY(a, struct seal_revoked, revoked->n + 1);
    for (size_t i = 0; i < revoked->n; i++) {
        struct seal_revoked *r = &(*list)[i];
        r->serial = json_string(revoked->items[i], "serial");
        if (!instant_scan(json_string(revoked->items[i], "at"), &r->at) || r->at > time_now(c->time))
            return signer_refuse(a, "a seal revoked in the future, or at no time");
    }
    *out = v;
    return ok();
}

result signer_seal_revoke(struct signer_core *c, struct arena *a, const struct signer_peer *peer,
                          const struct signer_message *q, struct signer_message *reply)
{
    const struct json *v = NULL;
    struct seal_revoked *list = NULL;
    struct slice crl;
    uint8_t hash[CRYPTO_HASH_BYTES];
    if (!c->keys->seals.present) return fail(a, CODE_SEAL_SUPPORT, S(""), "detail", S(""), NULL);
    if (q->field[TAG_RECORD].n > signer_policy(SIGN_SEAL_REVOCATIONS)->max_bytes)
        return signer_refuse(a, "larger than the key's policy allows");
    TRY(read_revoked(c, a, q->field[TAG_RECORD], &v, &list));
    TRY(signer_take_turn(c, a, SIGN_SEAL_REVOCATIONS));
    crypto_sha256(q->field[TAG_RECORD], hash);
    TRY(signer_record_use(c, a, peer, signer_purpose_name(SIGN_SEAL_REVOCATIONS), q->field[TAG_SUBJECT], hash, "signed",
                          NULL));
    TRY(signer_seal_crl(a, &c->keys->seals, list, json_get(v, "revoked")->n, json_int(v, "number", 0),
                        time_now(c->time), &crl));
    reply->type = SIGNER_SIGNED;
    signer_set(reply, TAG_SEAL, crl);
    return ok();
}
