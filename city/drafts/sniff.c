/* What a file is, by its content alone. */
#include "city/drafts/drafts.h"

static uint32_t little16(const char *p)
{
    return (uint32_t)(uint8_t)p[0] | (uint32_t)(uint8_t)p[1] << 8;
}
static uint32_t little32(const char *p)
{
    return little16(p) | little16(p + 2) << 16;
}

/* ZIP (APPNOTE 6.3): the end record, then the names of the central directory. An OFD package (GB/T 33190 clause 7) has
 * OFD.xml at its root. Looks at 4096 entries at most. */
static bool zip_has_ofd(struct slice z)
{
    enum { END = 22, ENTRY = 46 };
    if (z.n < END) return false;
    size_t lowest = z.n > 65536 + END ? z.n - 65536 - END : 0, end = SIZE_MAX;
    for (size_t i = z.n - END + 1; i-- > lowest;)
        if (!memcmp(z.p + i, "PK\5\6", 4)) {
            end = i;
            break;
        }
    if (end == SIZE_MAX) return false;
    size_t at = little32(z.p + end + 16), count = little16(z.p + end + 10);
    for (size_t i = 0; i < count && i < 4096; i++) {
        if (at > z.n || z.n - at < ENTRY || memcmp(z.p + at, "PK\1\2", 4)) return false;
        size_t name = little16(z.p + at + 28), extra = little16(z.p + at + 30), comment = little16(z.p + at + 32);
        if (z.n - at - ENTRY < name) return false;
        struct slice n = slice_of(z.p + at + ENTRY, name);
        if (slice_is(n, "OFD.xml") || slice_is(n, "/OFD.xml")) return true;
        at += ENTRY + name + extra + comment;
    }
    return false;
}

struct slice attachment_sniff(struct slice b)
{
    /* "%PDF-" may follow a few bytes of rubbish (ISO 32000 annex H); we take it at the very start only */
    if (slice_starts(b, S("%PDF-"))) return S("pdf");
    if (slice_starts(b, S("\x89PNG\r\n\x1a\n")) && b.n > 33) return S("png");
    if (b.n > 20 && !memcmp(b.p, "\xff\xd8\xff", 3)) return S("jpeg");
    if (slice_starts(b, S("PK\3\4")) && zip_has_ofd(b)) return S("ofd");
    return (struct slice){0};
}

const char *attachment_media_type(struct slice type)
{
    if (slice_is(type, "pdf")) return "application/pdf";
    if (slice_is(type, "png")) return "image/png";
    if (slice_is(type, "jpeg")) return "image/jpeg";
    if (slice_is(type, "ofd")) return "application/ofd";
    return "application/octet-stream";
}
