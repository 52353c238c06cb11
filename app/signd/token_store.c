/* Keys in the token, and the key of keys.json under one of them. */
#include "app/signd/token_parts.h"

enum { GCM_IV = 12, GCM_TAG = 16, SIGNATURE_MAX = 1024 };
#define FILE_KEY_AAD "tongban-signd file key"

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, const void *value, size_t n)
{
    return (CK_ATTRIBUTE){type, (void *)(uintptr_t)value, (CK_ULONG)n};
}

#define YES(type) attribute((type), &yes, sizeof yes)
#define NOT(type) attribute((type), &no, sizeof no)

/* ---- finding ---- */

static result reference_id(struct arena *a, struct slice reference, struct slice *id)
{
    if (hex_decode(a, reference, id) && id->n == TOKEN_ID_BYTES) return ok();
    return fail(a, CODE_CRYPTO_KEY, S(""), "detail", S("damaged key file"), NULL);
}

result token_find(struct token *t, struct arena *a, CK_OBJECT_CLASS class, struct slice reference,
                  CK_OBJECT_HANDLE *out)
{
    struct slice id;
    CK_ULONG n = 0;
    CK_OBJECT_HANDLE found[2];
    TRY(reference_id(a, reference, &id));
    CK_ATTRIBUTE what[] = {attribute(CKA_CLASS, &class, sizeof class), attribute(CKA_ID, id.p, id.n)};
    CK_RV rv = t->f->C_FindObjectsInit(t->session, what, 2);
    if (rv == CKR_OK) {
        rv = t->f->C_FindObjects(t->session, found, 2, &n);
        t->f->C_FindObjectsFinal(t->session);
    }
    if (rv != CKR_OK) return token_failed(a, "C_FindObjects", rv);
    if (n == 0) {
        struct slice zh = arena_printf(a, "令牌中没有密钥 %.*s", SLICE_ARG(reference)),
                     en = arena_printf(a, "the key %.*s is not in the token", SLICE_ARG(reference));
        return token_problem(a, arena_cstr(a, zh), arena_cstr(a, en));
    }
    if (n > 1) return token_problem(a, "令牌中有两个同号密钥", "two keys in the token have one id");
    *out = found[0];
    return ok();
}

static bool is_set(struct token *t, CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE type, CK_BBOOL want)
{
    CK_BBOOL v = CK_FALSE;
    CK_ATTRIBUTE one = attribute(type, &v, sizeof v);
    return t->f->C_GetAttributeValue(t->session, key, &one, 1) == CKR_OK && one.ulValueLen == sizeof v && v == want;
}

/* A key that could be read out of the token, or once could, gives no more than a file would. */
static result never_leaves(struct token *t, struct arena *a, CK_OBJECT_HANDLE key, struct slice reference)
{
    if (is_set(t, key, CKA_TOKEN, CK_TRUE) && is_set(t, key, CKA_SENSITIVE, CK_TRUE) &&
        is_set(t, key, CKA_EXTRACTABLE, CK_FALSE) && is_set(t, key, CKA_ALWAYS_SENSITIVE, CK_TRUE) &&
        is_set(t, key, CKA_NEVER_EXTRACTABLE, CK_TRUE))
        return ok();
    struct slice zh = arena_printf(a, "密钥 %.*s 可以导出，或曾可导出", SLICE_ARG(reference)),
                 en = arena_printf(a, "the key %.*s can leave the token, or once could", SLICE_ARG(reference));
    return token_problem(a, arena_cstr(a, zh), arena_cstr(a, en));
}

/* ---- signing ---- */

static CK_MECHANISM_TYPE mechanism_of(enum crypto_kind kind)
{
    switch (kind) {
    case CRYPTO_ED25519: return CKM_EDDSA;
    case CRYPTO_RSA: return CKM_SHA256_RSA_PKCS;
    default: return CKM_ECDSA;
    }
}

static CK_RV sign_once(struct token_key *k, struct slice data, unsigned char *out, CK_ULONG *n)
{
    CK_MECHANISM m = {mechanism_of(k->kind), NULL, 0};
    CK_RV rv = k->t->f->C_SignInit(k->t->session, &m, k->handle);
    return rv == CKR_OK ? k->t->f->C_Sign(k->t->session, (unsigned char *)(uintptr_t)data.p, data.n, out, n) : rv;
}

static result ready(struct token_key *k, struct arena *a)
{
    TRY(token_session(k->t, a));
    if (k->epoch == k->t->epoch) return ok();
    TRY(token_find(k->t, a, CKO_PRIVATE_KEY, k->reference, &k->handle));
    TRY(never_leaves(k->t, a, k->handle, k->reference));
    k->epoch = k->t->epoch;
    return ok();
}

static result unavailable(struct arena *a, result r)
{
    struct slice why = problem_text(a, r.problem, LANG_EN);
    return fail(a, CODE_UNAVAILABLE, S(""), "detail", why, NULL);
}

/* A session that is gone is opened once more; a token that is gone makes the caller try again later. */
static result sign(void *of, struct arena *a, struct slice message, struct slice *signature)
{
    struct token_key *k = of;
    unsigned char *out = arena_alloc(a, SIGNATURE_MAX);
    uint8_t digest[CRYPTO_HASH_BYTES];
    struct slice data = message;
    if (k->kind == CRYPTO_P256 || k->kind == CRYPTO_P384) {
        crypto_sha256(message, digest);
        data = slice_of((const char *)digest, sizeof digest);
    }
    CK_RV rv = CKR_OK;
    for (int turn = 0; turn < 2; turn++) {
        CK_ULONG n = SIGNATURE_MAX;
        result r = ready(k, a);
        if (failed(r)) {
            token_close(k->t);
            return unavailable(a, r);
        }
        rv = sign_once(k, data, out, &n);
        if (rv == CKR_OK) {
            struct slice raw = slice_of((const char *)out, n);
            *signature = k->kind == CRYPTO_P256 || k->kind == CRYPTO_P384 ? token_ecdsa_der(a, raw) : raw;
            return ok();
        }
        if (!token_lost(rv)) break;
        token_close(k->t);
    }
    return unavailable(a, token_failed(a, "C_Sign", rv));
}

static struct token_key *new_key(struct token *t, enum crypto_kind kind, struct slice reference)
{
    struct token_key *k = NEW(t->a, struct token_key);
    *k = (struct token_key){.t = t, .kind = kind, .reference = arena_copy(t->a, reference)};
    return k;
}

/* By a signature over random bytes: the key is that of this public half, and the token signs as it should. */
static result prove(struct arena *a, struct token_key *k, struct slice spki, struct crypto_key **out)
{
    uint8_t challenge[32];
    struct slice signature;
    const struct crypto_outside where = {sign, k, k->reference};
    TRY(crypto_key_outside(a, spki, &where, out));
    if (crypto_key_kind(*out) != k->kind) return fail(a, CODE_CRYPTO_KEY, S(""), "detail", S("kind of key"), NULL);
    random_bytes(challenge, sizeof challenge);
    struct slice c = slice_of((const char *)challenge, sizeof challenge);
    TRY(ready(k, a));
    TRY(crypto_sign(a, *out, c, &signature));
    if (crypto_verify(*out, c, signature)) return ok();
    return token_problem(a, "令牌中的密钥与公钥不符", "the key in the token is not that of the public half");
}

static result find_key(void *of, struct arena *a, struct slice reference, struct slice spki, struct crypto_key **out)
{
    struct crypto_key *public;
    TRY(crypto_key_from_spki(a, spki, &public));
    return prove(a, new_key(of, crypto_key_kind(public), reference), spki, out);
}

/* ---- making ---- */

static struct slice value_of(struct token *t, struct arena *a, CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE type)
{
    char *p = arena_alloc(a, 4096);
    CK_ATTRIBUTE one = attribute(type, p, 4096);
    CK_RV rv = t->f->C_GetAttributeValue(t->session, key, &one, 1);
    return rv == CKR_OK && one.ulValueLen <= 4096 ? slice_of(p, one.ulValueLen) : slice_of(NULL, 0);
}

static struct slice params_of(enum crypto_kind kind)
{
    switch (kind) {
    case CRYPTO_P256: return S("\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07");
    case CRYPTO_P384: return S("\x06\x05\x2b\x81\x04\x00\x22");
    default: return S("\x06\x03\x2b\x65\x70");
    }
}

struct pair {
    CK_OBJECT_HANDLE public, private;
};

static CK_RV generate(struct token *t, enum crypto_kind kind, struct slice label, struct slice id, struct pair *out)
{
    const CK_ULONG bits = 3072;
    const struct slice params = params_of(kind), exponent = S("\x01\x00\x01");
    const bool rsa = kind == CRYPTO_RSA;
    CK_MECHANISM m = {rsa                      ? CKM_RSA_PKCS_KEY_PAIR_GEN
                      : kind == CRYPTO_ED25519 ? CKM_EC_EDWARDS_KEY_PAIR_GEN
                                               : CKM_EC_KEY_PAIR_GEN,
                      NULL, 0};
    CK_ATTRIBUTE public[] = {YES(CKA_TOKEN),
                             YES(CKA_VERIFY),
                             attribute(CKA_LABEL, label.p, label.n),
                             attribute(CKA_ID, id.p, id.n),
                             rsa ? attribute(CKA_MODULUS_BITS, &bits, sizeof bits)
                                 : attribute(CKA_EC_PARAMS, params.p, params.n),
                             attribute(CKA_PUBLIC_EXPONENT, exponent.p, exponent.n)};
    CK_ATTRIBUTE private[] = {YES(CKA_TOKEN),
                              YES(CKA_PRIVATE),
                              YES(CKA_SENSITIVE),
                              NOT(CKA_EXTRACTABLE),
                              YES(CKA_SIGN),
                              attribute(CKA_LABEL, label.p, label.n),
                              attribute(CKA_ID, id.p, id.n)};
    return t->f->C_GenerateKeyPair(t->session, &m, public, rsa ? 6 : 5, private, sizeof private / sizeof *private,
                                   &out->public, &out->private);
}

static result make_key(void *of, struct arena *a, const char *use, enum crypto_kind kind, struct crypto_key **out)
{
    struct token *t = of;
    uint8_t raw[TOKEN_ID_BYTES];
    struct pair pair = {0, 0};
    random_bytes(raw, sizeof raw);
    struct slice id = slice_of((const char *)raw, sizeof raw), label = arena_printf(a, "tongban %s", use);
    TRY(token_session(t, a));
    CK_RV rv = generate(t, kind, label, id, &pair);
    if (rv != CKR_OK) return token_failed(a, "C_GenerateKeyPair", rv);
    struct slice spki = kind == CRYPTO_RSA ? token_spki_rsa(a, value_of(t, a, pair.public, CKA_MODULUS),
                                                            value_of(t, a, pair.public, CKA_PUBLIC_EXPONENT))
                                           : token_spki_ec(a, kind, value_of(t, a, pair.public, CKA_EC_POINT));
    return prove(a, new_key(t, kind, hex_encode(a, id)), spki, out);
}

/* ---- the key of keys.json ---- */

static result make_wrap(struct token *t, struct arena *a)
{
    uint8_t raw[TOKEN_ID_BYTES];
    const CK_ULONG length = CRYPTO_KEY_BYTES;
    const struct slice label = S("tongban key file");
    CK_OBJECT_HANDLE handle;
    CK_MECHANISM m = {CKM_AES_KEY_GEN, NULL, 0};
    random_bytes(raw, sizeof raw);
    CK_ATTRIBUTE what[] = {YES(CKA_TOKEN),
                           YES(CKA_PRIVATE),
                           YES(CKA_SENSITIVE),
                           NOT(CKA_EXTRACTABLE),
                           YES(CKA_ENCRYPT),
                           YES(CKA_DECRYPT),
                           attribute(CKA_VALUE_LEN, &length, sizeof length),
                           attribute(CKA_LABEL, label.p, label.n),
                           attribute(CKA_ID, raw, sizeof raw)};
    CK_RV rv = t->f->C_GenerateKey(t->session, &m, what, sizeof what / sizeof *what, &handle);
    if (rv != CKR_OK) return token_failed(a, "C_GenerateKey", rv);
    t->wrap = arena_copy(t->a, hex_encode(a, slice_of((const char *)raw, sizeof raw)));
    return ok();
}

/* AES-256-GCM in the token, of 32 bytes. */
static result in_token(struct token *t, struct arena *a, bool encrypt, unsigned char iv[GCM_IV], struct slice in,
                       struct slice *out)
{
    static unsigned char aad[] = FILE_KEY_AAD;
    CK_GCM_PARAMS params = {iv, GCM_IV, GCM_IV * 8, aad, sizeof aad - 1, GCM_TAG * 8};
    CK_MECHANISM m = {CKM_AES_GCM, &params, sizeof params};
    CK_OBJECT_HANDLE key = 0;
    unsigned char *p = arena_alloc(a, CRYPTO_KEY_BYTES + GCM_TAG);
    CK_ULONG n = CRYPTO_KEY_BYTES + GCM_TAG;
    TRY(token_find(t, a, CKO_SECRET_KEY, t->wrap, &key));
    TRY(never_leaves(t, a, key, t->wrap));
    unsigned char *from = (unsigned char *)(uintptr_t)in.p;
    CK_RV rv = encrypt ? t->f->C_EncryptInit(t->session, &m, key) : t->f->C_DecryptInit(t->session, &m, key);
    if (rv == CKR_OK)
        rv = encrypt ? t->f->C_Encrypt(t->session, from, in.n, p, &n) : t->f->C_Decrypt(t->session, from, in.n, p, &n);
    if (rv != CKR_OK) return token_failed(a, encrypt ? "C_Encrypt" : "C_Decrypt", rv);
    *out = slice_of((const char *)p, n);
    return ok();
}

static result lock(void *of, struct arena *a, struct json_builder *head, uint8_t key[CRYPTO_KEY_BYTES])
{
    struct token *t = of;
    unsigned char iv[GCM_IV];
    struct slice sealed;
    TRY(token_session(t, a));
    if (t->wrap.n == 0) TRY(make_wrap(t, a));
    random_bytes(key, CRYPTO_KEY_BYTES);
    random_bytes(iv, sizeof iv);
    TRY(in_token(t, a, true, iv, slice_of((const char *)key, CRYPTO_KEY_BYTES), &sealed));
    json_set_str(head, "token", t->conf->label);
    json_set_str(head, "serial", t->serial);
    json_set_str(head, "wrap", t->wrap);
    json_set_str(head, "iv", base64_encode(a, slice_of((const char *)iv, sizeof iv)));
    json_set_str(head, "key", base64_encode(a, sealed));
    return ok();
}

static result unlock(void *of, struct arena *a, const struct json *head, uint8_t key[CRYPTO_KEY_BYTES])
{
    struct token *t = of;
    struct slice iv, sealed, plain;
    if (!base64_decode(a, json_string(head, "iv"), &iv) || iv.n != GCM_IV ||
        !base64_decode(a, json_string(head, "key"), &sealed) || sealed.n != CRYPTO_KEY_BYTES + GCM_TAG)
        return fail(a, CODE_CRYPTO_KEY, S(""), "detail", S("damaged key file"), NULL);
    TRY(token_session(t, a));
    t->wrap = arena_copy(t->a, json_string(head, "wrap"));
    TRY(in_token(t, a, false, (unsigned char *)(uintptr_t)iv.p, sealed, &plain));
    if (plain.n != CRYPTO_KEY_BYTES) return token_failed(a, "C_Decrypt", CKR_DATA_LEN_RANGE);
    memcpy(key, plain.p, CRYPTO_KEY_BYTES);
    crypto_wipe((void *)(uintptr_t)plain.p, plain.n);
    return ok();
}

struct signer_store token_store(struct token *t)
{
    return (struct signer_store){"token", t, make_key, find_key, lock, unlock};
}
