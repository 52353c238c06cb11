/* Putting identifiers together and taking them apart. */
#include "base/identifier_shape.h"

bool compact_date(struct slice s, day *out)
{
    int64_t v;
    if (s.n != 8 || s.p[0] == '-' || !slice_int64(s, &v)) return false;
    int year = (int)(v / 10000), month = (int)(v / 100 % 100), d = (int)(v % 100);
    if (!civil_valid(year, month, d)) return false;
    *out = day_of_civil(year, month, d);
    return year >= 1800 && year <= 2999; /* nobody registered here was born, and nothing was filed, before */
}

bool ecert_parts(struct slice value, struct slice part[5], size_t *bad)
{
    struct slice rest = slice_sub(value, sizeof ECERT_ROOT - 1, SIZE_MAX);
    for (size_t i = 0; i < 5; i++) {
        bool more = slice_cut(rest, '.', &part[i], &rest);
        int64_t version;
        static const size_t least[5] = {21, 1, 1, 3, 1}, most[5] = {21, 18, 64, 3, 1};
        *bad = i;
        if (part[i].n < least[i] || part[i].n > most[i]) return false;
        if (i == 3 && !slice_int64(part[i], &version)) return false;
        if (more != (i < 4)) return false;
    }
    return true;
}

struct slice ecert_plain(struct arena *a, const struct slice part[4])
{
    struct buf b = buf_new(a, 256);
    for (size_t i = 0; i < 4; i++) buf_put(&b, part[i]);
    return buf_slice(&b);
}

struct slice identifier_normal(struct arena *a, enum id_kind kind, struct slice value)
{
    struct buf b = buf_new(a, value.n);
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        struct slice three = slice_sub(value, i, 3);
        if (slice_eq(three, S("\xE3\x80\x80"))) { /* U+3000, the wide space */
            i += 2;
            continue;
        }
        if (three.n == 3 && c == 0xEF && slice_utf8(three)) { /* U+FF01 … U+FF5E are the wide forms of ! … ~ */
            unsigned u = 0xF000u | ((unsigned char)three.p[1] & 63u) << 6 | ((unsigned char)three.p[2] & 63u);
            if (u >= 0xFF01 && u <= 0xFF5E) {
                c = (unsigned char)(u - 0xFF01 + '!');
                i += 2;
            }
        }
        if (c == ' ' || (c >= '\t' && c <= '\r') || (c == '-' && kind != ID_KIND_ECERT)) continue;
        buf_putc(&b, (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
    }
    return buf_slice(&b);
}

/* Where a check character stands behind what has been put together so far, it is added here. A wrong part gives
 * a wrong character or none; identifier_check() then says what is wrong. */
static void add_checks(enum id_kind kind, size_t last_part, struct buf *b)
{
    struct slice s = buf_slice(b);
    char c = '\0';
    if (kind == ID_KIND_USCC && last_part == 3) {
        c = org_code_check(slice_sub(s, 8, SIZE_MAX));
        if (c) buf_putc(b, c);
        c = uscc_check(buf_slice(b));
    } else if (kind == ID_KIND_ORG_CODE) {
        c = org_code_check(s);
    } else if ((kind == ID_KIND_RESIDENT_ID || kind == ID_KIND_RESIDENCE_PERMIT) && last_part == 2) {
        c = resident_id_check(s);
    } else if (kind == ID_KIND_CONTAINER && last_part == 2) {
        c = container_check(s);
    }
    if (c) buf_putc(b, c);
}

static struct slice joined(struct arena *a, enum id_kind kind, const struct slice *parts, size_t nparts)
{
    struct buf b = buf_new(a, 512);
    for (size_t i = 0; i < nparts; i++) buf_put(&b, parts[i]);
    if (nparts) add_checks(kind, nparts - 1, &b);
    return buf_slice(&b);
}

static struct slice joined_ecert(struct arena *a, const struct slice *parts, size_t nparts)
{
    struct buf b = buf_new(a, 512);
    buf_put(&b, S(ECERT_ROOT));
    for (size_t i = 0; i < nparts; i++) {
        buf_put(&b, parts[i]);
        buf_putc(&b, '.');
    }
    char c = nparts == 4 ? mod_37_36(ecert_plain(a, parts)) : '\0';
    if (c) buf_putc(&b, c);
    return buf_slice(&b);
}

result identifier_generate(struct arena *a, enum id_kind kind, const struct slice *parts, size_t nparts,
                           struct slice field, struct slice *out)
{
    struct slice value = kind == ID_KIND_ECERT ? joined_ecert(a, parts, nparts) : joined(a, kind, parts, nparts);
    TRY(identifier_check(a, kind, value, field));
    *out = value;
    return ok();
}

size_t identifier_split(enum id_kind kind, struct slice value, struct slice parts[IDENTIFIER_PARTS])
{
    size_t at = 0, n = 0, bad;
    if (kind == ID_KIND_ECERT) {
        struct slice five[5];
        if (!ecert_parts(value, five, &bad)) return 0;
        memcpy(parts, five, 4 * sizeof *parts);
        return 4;
    }
    if (kind == ID_KIND_CASE_NO) {
        if (value.n < 12) return 0;
        parts[0] = slice_sub(value, 0, value.n - 12);
        parts[1] = slice_sub(value, value.n - 12, 8);
        parts[2] = slice_sub(value, value.n - 4, 4);
        return 3;
    }
    if ((unsigned)kind >= ID_KIND_COUNT) return 0;
    for (; n < IDENTIFIER_PARTS && ID_SHAPES[kind].parts[n] && at < value.n; n++) {
        parts[n] = slice_sub(value, at, ID_SHAPES[kind].parts[n]);
        at += parts[n].n;
    }
    return n;
}

bool resident_id_read(struct slice value, day *birth, bool *male)
{
    if (value.n != 18 || !compact_date(slice_sub(value, 6, 8), birth)) return false;
    *male = (value.p[16] - '0') % 2 != 0;
    return true;
}
