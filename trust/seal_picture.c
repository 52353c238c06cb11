/* Pictures of seals: small, of the type they say, and nothing that could hold a picture of itself. */
#include "trust/seal.h"

#include "trust/ofd.h"

static result refuse(struct arena *a, const char *zh, const char *en)
{
    return fail(a, CODE_SEAL_PICTURE, S("/picture"), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

static bool type_is(struct slice type, const char *name)
{
    size_t n = strlen(name);
    if (type.n != n) return false;
    for (size_t i = 0; i < n; i++)
        if ((type.p[i] | 0x20) != name[i]) return false;
    return true;
}

static uint32_t big(struct slice s, size_t at, size_t n)
{
    uint32_t v = 0;
    for (size_t i = 0; i < n && at + i < s.n; i++) v = v << 8 | (uint8_t)s.p[at + i];
    return v;
}
static uint32_t little(struct slice s, size_t at, size_t n)
{
    uint32_t v = 0;
    for (size_t i = n; i-- > 0;) v = v << 8 | (at + i < s.n ? (uint8_t)s.p[at + i] : 0u);
    return v;
}

/* IHDR first, chunks one behind the other, IEND last and nothing behind it. */
static bool png(struct slice s, uint32_t side[2])
{
    if (!slice_starts(s, S("\x89PNG\r\n\x1a\n")) || s.n < 33 || big(s, 8, 4) != 13) return false;
    if (!slice_starts(slice_sub(s, 12, 4), S("IHDR"))) return false;
    side[0] = big(s, 16, 4);
    side[1] = big(s, 20, 4);
    size_t at = 8;
    while (s.n - at >= 12) {
        uint32_t n = big(s, at, 4);
        if (n > s.n - at - 12) return false;
        bool end = slice_starts(slice_sub(s, at + 4, 4), S("IEND"));
        at += 12 + n;
        if (end) return at == s.n;
    }
    return false;
}

/* The first frame header (SOF) tells the sides. */
static bool jpeg(struct slice s, uint32_t side[2])
{
    if (!slice_starts(s, S("\xff\xd8\xff"))) return false;
    size_t at = 2;
    while (at + 9 < s.n && (uint8_t)s.p[at] == 0xff) {
        uint8_t marker = (uint8_t)s.p[at + 1];
        uint32_t n = big(s, at + 2, 2);
        if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
            side[0] = big(s, at + 7, 2);
            side[1] = big(s, at + 5, 2);
            return true;
        }
        if (n < 2) return false;
        at += 2 + n;
    }
    return false;
}

static bool bmp(struct slice s, uint32_t side[2])
{
    if (!slice_starts(s, S("BM")) || s.n < 26) return false;
    int32_t height = (int32_t)little(s, 22, 4); /* negative: from the top */
    side[0] = little(s, 18, 4);
    side[1] = height < 0 ? 0u - (uint32_t)height : (uint32_t)height;
    return true;
}

static bool gif(struct slice s, uint32_t side[2])
{
    if (!slice_starts(s, S("GIF8")) || s.n < 10) return false;
    side[0] = little(s, 6, 2);
    side[1] = little(s, 8, 2);
    return true;
}

/* One package of pages and their resources. A seal, a signature or a package in it could hold a picture again, and so on. */
static result package(struct arena *a, struct slice data)
{
    struct ofd o;
    if (failed(ofd_read(a, data, &o))) return refuse(a, "不是 OFD 文件", "not an OFD");
    for (size_t i = 0; i < o.ndocuments; i++) {
        const struct ofd_document *d = &o.documents[i];
        if (d->signature_list || d->nsignatures) return refuse(a, "图像内含有签名", "it has a signature of its own");
        for (size_t k = 0; k < d->nparts; k++)
            if (d->parts[k].role == OFD_ATTACHMENT) return refuse(a, "图像内含有附件", "it has an attachment");
    }
    for (size_t i = 0; i < o.zip.n; i++)
        if (slice_starts(o.zip.entries[i].bytes, S("PK\x03\x04")) || slice_ends(o.zip.entries[i].name, S(".esl")))
            return refuse(a, "图像内又含有文件包或印章", "a package or a seal is inside it");
    return ok();
}

bool seal_picture_known(struct slice type)
{
    static const char *const TYPES[] = {"png", "jpg", "jpeg", "bmp", "gif", "ofd"};
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (type_is(type, TYPES[i])) return true;
    return false;
}

result seal_picture_check(struct arena *a, const struct seal_picture *p)
{
    static const struct {
        const char *type;
        bool (*head)(struct slice s, uint32_t side[2]);
    } KINDS[] = {{"png", png}, {"jpg", jpeg}, {"jpeg", jpeg}, {"bmp", bmp}, {"gif", gif}};
    uint32_t side[2] = {0, 0};
    if (p->data.n == 0 || p->data.n > SEAL_PICTURE_MAX) return refuse(a, "图像为空或过大", "empty or too large");
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        if (!type_is(p->type, KINDS[i].type)) continue;
        if (!KINDS[i].head(p->data, side))
            return refuse(a, "内容不是所声明的图像类型", "not of the type it says, or cut short");
        if (side[0] == 0 || side[1] == 0 || side[0] > SEAL_PICTURE_SIDE || side[1] > SEAL_PICTURE_SIDE)
            return refuse(a, "图像边长超出范围", "its sides are out of range");
        return ok();
    }
    if (type_is(p->type, "ofd")) return package(a, p->data);
    return refuse(a, "图像类型不被接受", "a type that is not accepted");
}
