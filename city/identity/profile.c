/* What a profile looks like to its person, to a case, to a form; and masked, to others. */
#include "base/identifier.h"
#include "city/identity/internal.h"

result subject_snapshot(struct city *c, struct arena *a, struct id subject, const struct json **out)
{
    const struct json *p;
    TRY(subject_profile(c, a, subject, &p));
    struct json_builder b = json_builder(a);
    json_set(&b, "kind", json_get(p, "kind"));
    const struct json *f = json_get(p, "fields");
    for (size_t i = 0; f && i < f->n; i++) json_set_slice(&b, f->keys[i], json_get(f->items[i], "value"));
    *out = json_object(&b);
    return ok();
}

const struct json *profile_prefill(struct arena *a, const struct json *profile, struct slice name,
                                   const struct json **origin)
{
    struct slice head, field;
    *origin = NULL;
    if (!slice_cut(name, '.', &head, &field)) return NULL;
    bool enterprise = slice_is(json_string(profile, "kind"), "enterprise");
    if (slice_is(head, "enterprise") ? !enterprise : !slice_is(head, "applicant")) return NULL;
    /* an enterprise's number is its uscc under either name */
    if (enterprise && slice_is(field, "uscc")) field = S("id_number");
    const struct json *f = json_get_slice(json_get(profile, "fields"), field), *v = json_get(f, "value");
    if (!v) return NULL;
    struct json_builder b = json_builder(a);
    json_set(&b, "source", json_get(f, "source"));
    json_set(&b, "as_of", json_get(f, "as_of"));
    *origin = json_object(&b);
    return v;
}

/* Bytes of the first code point. */
static size_t first_char(struct slice s)
{
    size_t n = s.n ? 1 : 0;
    while (n < s.n && ((uint8_t)s.p[n] & 0xc0) == 0x80) n++;
    return n;
}

struct slice mask_name(struct arena *a, struct slice name)
{
    if (!name.n) return name;
    size_t first = first_char(name);
    struct buf b = buf_new(a, 1024);
    buf_put(&b, slice_sub(name, 0, first));
    size_t rest = slice_codepoints(slice_sub(name, first, name.n));
    if (rest > 4) rest = 4; /* the length of a long name is nobody's business either */
    for (size_t i = 0; i < rest; i++) buf_putc(&b, '*');
    return buf_slice(&b);
}

struct slice mask_number(struct arena *a, struct slice number)
{
    struct buf b = buf_new(a, 1024);
    size_t keep_front = number.n >= 12 ? 3 : 1, keep_back = number.n >= 12 ? 4 : 1;
    for (size_t i = 0; i < number.n; i++) buf_putc(&b, i < keep_front || i + keep_back >= number.n ? number.p[i] : '*');
    return buf_slice(&b);
}

static struct bitext field_title(struct slice f)
{
    static const struct {
        const char *f, *zh, *en;
    } TITLES[] = {
        {"name", "姓名（名称）", "Name"},
        {"id_kind", "证件类型", "Kind of identity document"},
        {"id_number", "证件号码", "Identity number"},
        {"phone", "联系电话", "Telephone"},
        {"email", "电子邮箱", "E-mail"},
        {"address", "地址", "Address"},
        {"birth", "出生日期", "Date of birth"},
        {"gender", "性别", "Sex"},
        {"legal_representative", "法定代表人", "Legal representative"},
        {"scope", "经营范围", "Business scope"},
        {"capital_fen", "注册资本（分）", "Registered capital (fen)"},
        {"established_on", "成立日期", "Established on"},
        {"kind", "类型", "Kind"},
        {"nationality", "国籍（地区）", "Nationality"},
    };
    for (size_t i = 0; i < sizeof TITLES / sizeof *TITLES; i++)
        if (slice_is(f, TITLES[i].f)) return (struct bitext){slice_cstr(TITLES[i].zh), slice_cstr(TITLES[i].en)};
    return (struct bitext){f, f};
}

result profile_fields_json(struct city *c, struct arena *a, struct id subject, const struct json **out)
{
    const struct json *p;
    TRY(subject_profile(c, a, subject, &p));
    const struct json *f = json_get(p, "fields");
    struct json_builder list = json_builder(a);
    for (size_t i = 0; f && i < f->n; i++) {
        struct json_builder b = json_builder(a);
        json_set_str(&b, "pointer", arena_printf(a, "/%.*s", SLICE_ARG(f->keys[i])));
        json_set(&b, "title", bitext_json(a, field_title(f->keys[i])));
        json_set(&b, "value", json_get(f->items[i], "value"));
        json_set(&b, "source", json_get(f->items[i], "source"));
        json_set(&b, "as_of", json_get(f->items[i], "as_of"));
        json_add(&list, json_object(&b));
    }
    struct json_builder o = json_builder(a);
    json_set(&o, "fields", json_array(&list));
    *out = json_object(&o);
    return ok();
}
