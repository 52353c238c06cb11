/* Who somebody is to a system: an identifier that no other sector has, and the claims of the scopes granted. */
#include "city/oidc/internal.h"
#include "trust/crypto.h"

static const struct {
    const char *name;
    uint32_t bit;
} SCOPES[] = {{"openid", SCOPE_OPENID},
              {"profile", SCOPE_PROFILE},
              {"phone", SCOPE_PHONE},
              {"email", SCOPE_EMAIL},
              {"identity", SCOPE_IDENTITY}};
enum { NSCOPES = sizeof SCOPES / sizeof *SCOPES };

uint32_t scopes_scan(struct slice s, bool *all)
{
    uint32_t out = 0;
    *all = true;
    while (s.n) {
        struct slice one;
        bool known = false;
        (void)slice_cut(s, ' ', &one, &s);
        for (size_t i = 0; i < NSCOPES; i++)
            if (slice_is(one, SCOPES[i].name)) {
                out |= SCOPES[i].bit;
                known = true;
            }
        *all = *all && known;
    }
    return out;
}

struct slice scopes_text(struct arena *a, uint32_t scopes)
{
    struct buf b = buf_new(a, 256);
    for (size_t i = 0; i < NSCOPES; i++)
        if (scopes & SCOPES[i].bit) buf_printf(&b, "%s%s", b.n ? " " : "", SCOPES[i].name);
    return buf_slice(&b);
}

struct slice pairwise(const struct city *c, struct arena *a, const struct oidc_client *k, const struct actor *x)
{
    struct id who = x->kind == ACTOR_STAFF ? x->account : x->subject;
    struct buf b = buf_new(a, 512);
    buf_put(&b, k->sector);
    buf_putc(&b, '\n'); /* a sector has none */
    buf_put(&b, id_bytes(&who));
    return base64url_encode(a, vault_index(c, a, "oidc.sub", buf_slice(&b)));
}

struct bitext claim_title(struct slice name)
{
    static const struct {
        const char *name, *zh, *en;
    } TITLES[] = {{"name", "姓名（名称）", "name"},
                  {"phone_number", "联系电话", "telephone"},
                  {"email", "电子邮箱", "e-mail"},
                  {"id_kind", "证件类型", "kind of identity document"},
                  {"id_number", "证件号码", "identity number"}};
    for (size_t i = 0; i < sizeof TITLES / sizeof *TITLES; i++)
        if (slice_is(name, TITLES[i].name)) return (struct bitext){slice_cstr(TITLES[i].zh), slice_cstr(TITLES[i].en)};
    return (struct bitext){name, name};
}

static void add(struct json_builder *b, const char *claim, const struct json *fields, const char *field)
{
    struct slice v = json_string(json_get(fields, field), "value");
    if (v.n) json_set_str(b, claim, v);
}

result claims_of(struct city *c, struct arena *a, const struct actor *x, uint32_t scopes, struct json_builder *b)
{
    const struct json *p;
    if (x->kind == ACTOR_STAFF) { /* of officers their name alone */
        if (scopes & SCOPE_PROFILE) json_set_str(b, "name", x->name);
        return ok();
    }
    if (!(scopes & ~(uint32_t)SCOPE_OPENID)) return ok();
    TRY(subject_profile(c, a, x->subject, &p));
    const struct json *f = json_get(p, "fields");
    if (scopes & SCOPE_PROFILE) add(b, "name", f, "name");
    if (scopes & SCOPE_PHONE) add(b, "phone_number", f, "phone");
    if (scopes & SCOPE_EMAIL) add(b, "email", f, "email");
    if (scopes & SCOPE_IDENTITY) {
        add(b, "id_kind", f, "id_kind");
        add(b, "id_number", f, "id_number");
    }
    return ok();
}

struct slice sha256_64(struct arena *a, struct slice s, size_t bytes)
{
    uint8_t hash[CRYPTO_HASH_BYTES];
    crypto_sha256(s, hash);
    return base64url_encode(a, slice_of((const char *)hash, bytes));
}
