/* What a file is, by its content alone, and that it is nothing else besides. A file that can be read in two ways (a picture
 * with an archive at its end, a package with a foreign one inside) is refused: what an officer opens must be what was
 * checked. Nothing is decoded or expanded here. */
#include "city/drafts/drafts.h"

static uint32_t little16(const char *p)
{
    return (uint32_t)(uint8_t)p[0] | (uint32_t)(uint8_t)p[1] << 8;
}
static uint32_t little32(const char *p)
{
    return little16(p) | little16(p + 2) << 16;
}
static uint32_t big16(const char *p)
{
    return (uint32_t)(uint8_t)p[0] << 8 | (uint32_t)(uint8_t)p[1];
}
static uint32_t big32(const char *p)
{
    return big16(p) << 16 | big16(p + 2);
}

/* ---- ZIP (APPNOTE 6.3) ---- */

enum { ZIP_END = 22, ZIP_ENTRY = 46, ZIP_COMMENT = 65535, ZIP_ENTRIES = 4096 };

struct zip {
    size_t directory, size, count; /* central directory: where it really is, its bytes, its entries */
    bool whole;                    /* nothing stands before it that it does not know of */
};

/* By the end record (4.3.16) whose comment ends the file: that is how readers find an archive, whatever stands before it. */
static bool zip_find(struct slice z, struct zip *out)
{
    if (z.n < ZIP_END) return false;
    size_t lowest = z.n > ZIP_COMMENT + ZIP_END ? z.n - ZIP_COMMENT - ZIP_END : 0;
    for (size_t i = z.n - ZIP_END + 1; i-- > lowest;) {
        const char *p = z.p + i;
        if (memcmp(p, "PK\5\6", 4) || i + ZIP_END + little16(p + 20) != z.n) continue;
        *out = (struct zip){.size = little32(p + 12), .count = little16(p + 10)};
        if (out->size > i) continue;
        out->directory = i - out->size;
        out->whole = little32(p + 16) == out->directory;
        return out->count == 0 || (out->size >= ZIP_ENTRY && !memcmp(z.p + out->directory, "PK\1\2", 4));
    }
    return false;
}

/* No way out of the folder that a package is unpacked into. */
static bool inside(struct slice name)
{
    if (!name.n || name.p[0] == '/' || slice_find(name, '\\', 0) != SIZE_MAX || slice_find(name, '\0', 0) != SIZE_MAX)
        return false;
    struct slice part, rest = name;
    while (rest.n) {
        (void)slice_cut(rest, '/', &part, &rest);
        if (slice_is(part, "..")) return false;
    }
    return true;
}

/* An OFD package (GB/T 33190 clause 7) has OFD.xml at its root; what office documents, Java programs and e-books have at
 * theirs it must not have. */
static bool ofd(struct slice z)
{
    static const char *const FOREIGN[] = {"[Content_Types].xml", "META-INF/MANIFEST.MF", "mimetype",
                                          "AndroidManifest.xml"};
    struct zip d;
    bool found = false;
    if (!zip_find(z, &d) || !d.whole || !d.count || d.count > ZIP_ENTRIES) return false;
    size_t at = d.directory, end = d.directory + d.size;
    for (size_t i = 0; i < d.count; i++) {
        if (end - at < ZIP_ENTRY || memcmp(z.p + at, "PK\1\2", 4)) return false;
        size_t name = little16(z.p + at + 28), more = (size_t)little16(z.p + at + 30) + little16(z.p + at + 32);
        if (end - at - ZIP_ENTRY < name + more) return false;
        struct slice n = slice_of(z.p + at + ZIP_ENTRY, name);
        if (!inside(n)) return false;
        for (size_t k = 0; k < sizeof FOREIGN / sizeof *FOREIGN; k++)
            if (slice_is(n, FOREIGN[k])) return false;
        found = found || slice_is(n, "OFD.xml");
        at += ZIP_ENTRY + name + more;
    }
    return found && at == end;
}

/* ---- PDF (ISO 32000-1, 7.5.2 and 7.5.5) ---- */

/* Rubbish before the header is tolerated by some readers (annex H); we take it at the very start only. */
static bool pdf(struct slice b)
{
    if (!slice_starts(b, S("%PDF-")) || b.n < 16) return false;
    bool version = b.p[5] >= '1' && b.p[5] <= '2' && b.p[6] == '.' && b.p[7] >= '0' && b.p[7] <= '9';
    return version && slice_search(slice_sub(b, b.n > 1024 ? b.n - 1024 : 0, b.n), S("%%EOF")) != SIZE_MAX;
}

/* ---- PNG (ISO/IEC 15948, clause 5): signature, chunks from IHDR to IEND, nothing after ---- */

static bool png(struct slice b)
{
    enum { SIGNATURE = 8, FRAME = 12, HEADER = 13 };
    if (!slice_starts(b, S("\x89PNG\r\n\x1a\n"))) return false;
    for (size_t at = SIGNATURE; b.n - at >= FRAME;) {
        size_t n = big32(b.p + at);
        const char *type = b.p + at + 4;
        if (n > b.n - at - FRAME) return false;
        if (at == SIGNATURE && (memcmp(type, "IHDR", 4) || n != HEADER || !big32(type + 4) || !big32(type + 8)))
            return false;
        at += FRAME + n;
        if (!memcmp(type, "IEND", 4)) return n == 0 && at == b.n;
    }
    return false;
}

/* ---- JPEG (ISO/IEC 10918-1, annex B): segments up to a scan, a frame header among them, an end ---- */

static bool frame_header(uint8_t marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* Cameras write bytes of their own after the end, so that may not be the end of the file. */
static bool jpeg(struct slice b)
{
    if (!slice_starts(b, S("\xff\xd8\xff"))) return false;
    bool frame = false;
    for (size_t at = 2; b.n - at >= 4;) {
        uint8_t marker = (uint8_t)b.p[at + 1];
        if ((uint8_t)b.p[at] != 0xff) return false;
        if (marker == 0xff) { /* fill byte, B.1.1.2 */
            at++;
            continue;
        }
        size_t n = big16(b.p + at + 2);
        if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd9) || n < 2 || n > b.n - at - 2) return false;
        frame = frame || frame_header(marker);
        at += 2 + n;
        if (marker == 0xda) return frame && slice_search(slice_sub(b, at, b.n), S("\xff\xd9")) != SIZE_MAX;
    }
    return false;
}

struct slice attachment_sniff(struct slice b)
{
    struct zip z;
    if (slice_starts(b, S("PK\3\4"))) return ofd(b) ? S("ofd") : (struct slice){0};
    if (zip_find(b, &z)) return (struct slice){0};
    if (pdf(b)) return S("pdf");
    if (png(b)) return S("png");
    return jpeg(b) ? S("jpeg") : (struct slice){0};
}

const char *attachment_media_type(struct slice type)
{
    if (slice_is(type, "pdf")) return "application/pdf";
    if (slice_is(type, "png")) return "image/png";
    if (slice_is(type, "jpeg")) return "image/jpeg";
    if (slice_is(type, "ofd")) return "application/ofd";
    return "application/octet-stream";
}

/* ---- names ---- */

/* Bytes of a character that is not seen but changes what is: marks of direction and of zero width, control characters. */
static size_t unseen(struct slice s, size_t i)
{
    const uint8_t *p = (const uint8_t *)s.p + i;
    if (*p < 0x20 || *p == 0x7f) return 1;
    if (s.n - i >= 2 && p[0] == 0xc2 && p[1] < 0xa0) return 2; /* C1 */
    if (s.n - i < 3) return 0;
    bool marks =
        p[0] == 0xe2 && ((p[1] == 0x80 && ((p[2] >= 0x8b && p[2] <= 0x8f) || (p[2] >= 0xa8 && p[2] <= 0xae))) ||
                         (p[1] == 0x81 && p[2] >= 0xa0 && p[2] <= 0xaf));
    return marks || !memcmp(p, "\xef\xbb\xbf", 3) ? 3 : 0;
}

/* How much of the name is an ending of this kind, in either case: 0, 4 or 5 bytes. */
static size_t ending(struct slice s, const char *end)
{
    struct slice e = slice_cstr(end);
    if (s.n <= e.n) return 0;
    for (size_t i = 0; i < e.n; i++) {
        char ch = s.p[s.n - e.n + i];
        if ((ch >= 'A' && ch <= 'Z' ? (char)(ch - 'A' + 'a') : ch) != e.p[i]) return 0;
    }
    return e.n;
}

/* The last part of a path, without what is not seen and what file systems do not allow. */
static struct slice plain(struct arena *a, struct slice given)
{
    struct slice base = slice_sub(given, 0, 4096);
    for (size_t i = 0; i < given.n && i < 4096; i++)
        if (given.p[i] == '/' || given.p[i] == '\\') base = slice_sub(given, i + 1, 4096);
    struct buf b = buf_new(a, 4096);
    base.n = slice_utf8_end(base);
    for (size_t i = 0; i < base.n;) {
        size_t skip = unseen(base, i);
        if (!skip) buf_putc(&b, strchr("\"<>|:*?", base.p[i]) ? '_' : base.p[i]);
        i += skip ? skip : 1;
    }
    struct slice name = slice_trim(buf_slice(&b));
    while (name.n && (name.p[0] == '.' || name.p[0] == ' ')) name = slice_sub(name, 1, name.n);
    return name;
}

struct slice attachment_name(struct arena *a, struct slice given, struct slice type)
{
    enum { STEM = 115 };
    bool photo = slice_is(type, "jpeg");
    struct slice name = plain(a, given), end = photo ? S(".jpg") : arena_printf(a, ".%.*s", SLICE_ARG(type));
    size_t n = ending(name, arena_cstr(a, end));
    if (!n && photo) n = ending(name, ".jpeg");
    if (n) end = slice_sub(name, name.n - n, name.n);
    struct slice stem = slice_sub(name, 0, name.n - n < STEM ? name.n - n : STEM);
    stem.n = slice_utf8_end(stem);
    return arena_printf(a, "%.*s%.*s", SLICE_ARG(stem.n ? stem : S("attachment")), SLICE_ARG(end));
}
