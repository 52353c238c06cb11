/* Formats of the net: addresses, names, URIs. */
#include <unicode/uchar.h>
#include <unicode/uidna.h>

#include "base/id.h"
#include "engine/form/format.h"
#include "engine/form/uri.h"

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool alnum(char c)
{
    return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ---- IP addresses ---- */

bool format_ipv4(struct arena *a, struct slice s)
{
    (void)a;
    int parts = 0;
    for (size_t at = 0;; at++) {
        size_t from = at;
        int n = 0;
        while (at < s.n && digit(s.p[at]) && at - from < 3) n = n * 10 + (s.p[at++] - '0');
        if (at == from || n > 255 || (at - from > 1 && s.p[from] == '0')) return false;
        if (++parts == 4) return at == s.n;
        if (at >= s.n || s.p[at] != '.') return false;
    }
}

bool format_ipv6(struct arena *a, struct slice s)
{
    int groups = 0;
    bool gap = false;
    size_t at = 0;
    if (slice_starts(s, S("::"))) {
        gap = true;
        at = 2;
    }
    while (at < s.n) {
        size_t from = at;
        while (at < s.n && hex_digit(s.p[at]) >= 0) at++;
        if (at < s.n && s.p[at] == '.') { /* the last four bytes, dotted */
            if (!format_ipv4(a, slice_sub(s, from, SIZE_MAX))) return false;
            groups += 2;
            break;
        }
        if (at == from || at - from > 4) return false;
        groups++;
        if (at == s.n) break;
        if (s.p[at++] != ':' || at == s.n) return false;
        if (s.p[at] == ':') {
            if (gap) return false;
            gap = true;
            at++;
        }
    }
    return gap ? groups < 8 : groups == 8;
}

/* ---- host names ---- */

/* Letters, digits and hyphens, none of them at an end. */
static bool plain_label(struct slice s)
{
    if (s.n == 0 || s.n > 63 || s.p[0] == '-' || s.p[s.n - 1] == '-') return false;
    for (size_t i = 0; i < s.n; i++)
        if (!alnum(s.p[i]) && s.p[i] != '-') return false;
    return true;
}

/* The code point at *i of well-formed UTF-8; moves *i behind it. */
static UChar32 next_character(struct slice s, size_t *i)
{
    unsigned lead = (unsigned char)s.p[(*i)++];
    int more = lead < 0xC0 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    UChar32 c = (UChar32)(more ? lead & (0x3FU >> more) : lead);
    for (; more > 0 && *i < s.n; more--) c = (c << 6) | ((unsigned char)s.p[(*i)++] & 0x3F);
    return c;
}

/* Characters that IDNA 2008 disallows and UTS 46 lets pass: all but letters, marks and digits, with the exceptions
 * and contextual characters that RFC 5892 2.6 lists one by one. */
static bool disallowed(struct slice s)
{
    static const UChar32 no[] = {0x640, 0x7FA, 0x302E, 0x302F, 0x3031, 0x3032, 0x3033, 0x3034, 0x3035, 0x303B};
    static const UChar32 yes[] = {'-',   '.',   0xB7,   0x375,  0x5F3,  0x5F4, 0x6FD,
                                  0x6FE, 0xF0B, 0x200C, 0x200D, 0x3007, 0x30FB};
    const uint32_t letters = U_GC_LL_MASK | U_GC_LO_MASK | U_GC_LM_MASK | U_GC_MN_MASK | U_GC_MC_MASK | U_GC_ND_MASK;
    for (size_t i = 0; i < s.n;) {
        UChar32 c = next_character(s, &i);
        bool good = (U_GET_GC_MASK(c) & letters) != 0;
        for (size_t k = 0; k < sizeof yes / sizeof *yes; k++) good = good || c == yes[k];
        for (size_t k = 0; k < sizeof no / sizeof *no; k++) good = good && c != no[k];
        if (!good) return true;
    }
    return false;
}

/* Through UTS 46 with the checks of IDNA 2008. `changes`: what mapping alone makes valid is good too. */
static bool idna(struct arena *a, struct slice s, bool changes)
{
    UErrorCode error = U_ZERO_ERROR;
    UIDNA *u = uidna_openUTS46(UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_CHECK_CONTEXTO |
                                   UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE,
                               &error);
    if (U_FAILURE(error)) return false;
    UIDNAInfo ascii = UIDNA_INFO_INITIALIZER, unicode = UIDNA_INFO_INITIALIZER;
    int32_t max = 1024;
    char *out = arena_alloc(a, (size_t)max);
    uidna_nameToASCII_UTF8(u, s.p, (int32_t)s.n, out, max, &ascii, &error);
    int32_t n = uidna_nameToUnicodeUTF8(u, s.p, (int32_t)s.n, out, max, &unicode, &error);
    uidna_close(u);
    if (U_FAILURE(error) || ascii.errors || unicode.errors || n < 0) return false;
    struct slice mapped = slice_of(out, (size_t)n);
    return !disallowed(mapped) && (changes || slice_eq(mapped, s));
}

bool format_hostname(struct arena *a, struct slice s)
{
    if (s.n == 0 || s.n > 253) return false;
    struct slice rest = s, label;
    for (bool more = true; more;) {
        more = slice_cut(rest, '.', &label, &rest);
        if (!plain_label(label)) return false;
        bool reserved = label.n >= 4 && label.p[2] == '-' && label.p[3] == '-'; /* RFC 5891 4.2.3.1 */
        bool a_label = reserved && (label.p[0] | 32) == 'x' && (label.p[1] | 32) == 'n';
        if (reserved && (!a_label || !idna(a, label, true))) return false;
    }
    return true;
}

static bool wide_hostname(struct arena *a, struct slice s, bool changes)
{
    if (s.n == 0 || s.n > 1000) return false;
    /* the ideographic full stops separate labels too (RFC 3490 3.1) */
    static const char *const dots[] = {"\xE3\x80\x82", "\xEF\xBC\x8E", "\xEF\xBD\xA1"};
    char *p = arena_alloc(a, s.n);
    size_t n = 0;
    bool ascii = true;
    for (size_t i = 0; i < s.n;) {
        bool dot = false;
        for (size_t k = 0; k < 3; k++) dot = dot || slice_starts(slice_sub(s, i, 3), slice_cstr(dots[k]));
        p[n++] = dot ? '.' : s.p[i];
        ascii = ascii && (unsigned char)p[n - 1] < 0x80;
        i += dot ? 3 : 1;
    }
    if (ascii) return format_hostname(a, slice_of(p, n));
    return p[n - 1] != '.' && idna(a, slice_of(p, n), changes);
}

bool format_idn_hostname(struct arena *a, struct slice s)
{
    return wide_hostname(a, s, false);
}

/* ---- mail ---- */

static bool atom(char c, bool wide)
{
    return alnum(c) || (wide && (unsigned char)c >= 0x80) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

/* Dot-string or Quoted-string, of at most 64 bytes. */
static bool local_part(struct slice s, bool wide)
{
    if (s.n == 0 || s.n > 64) return false;
    if (s.p[0] == '"') {
        if (s.n < 2 || s.p[s.n - 1] != '"') return false;
        for (size_t i = 1; i + 1 < s.n; i++) {
            unsigned char c = (unsigned char)s.p[i];
            if (c == '\\')
                c = (unsigned char)s.p[++i];
            else if (c == '"')
                return false;
            if (i + 1 >= s.n || c < 32 || c == 127 || (c >= 128 && !wide)) return false;
        }
        return true;
    }
    for (size_t i = 0; i < s.n; i++) {
        bool dot = s.p[i] == '.' && i > 0 && i + 1 < s.n && s.p[i - 1] != '.';
        if (!dot && !atom(s.p[i], wide)) return false;
    }
    return true;
}

static bool mail(struct arena *a, struct slice s, bool wide)
{
    size_t at = s.n;
    while (at > 0 && s.p[at - 1] != '@') at--;
    if (at == 0 || s.n > 320 || !local_part(slice_sub(s, 0, at - 1), wide)) return false;
    struct slice domain = slice_sub(s, at, SIZE_MAX);
    if (domain.n > 2 && domain.p[0] == '[' && domain.p[domain.n - 1] == ']') {
        struct slice inside = slice_sub(domain, 1, domain.n - 2);
        if (slice_starts(inside, S("IPv6:"))) return format_ipv6(a, slice_sub(inside, 5, SIZE_MAX));
        return format_ipv4(a, inside);
    }
    return wide ? wide_hostname(a, domain, true) : format_hostname(a, domain);
}

bool format_email(struct arena *a, struct slice s)
{
    return mail(a, s, false);
}

bool format_idn_email(struct arena *a, struct slice s)
{
    return mail(a, s, true);
}

/* ---- URIs ---- */

/* Unreserved, percent-encoded, and the signs allowed here; `wide` adds what is beyond ASCII (RFC 3987 2.2). */
static bool made_of(struct slice s, const char *signs, bool wide)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (alnum(c) || (c && strchr("-._~", c)) || (c && strchr(signs, c)) || (wide && (unsigned char)c >= 0x80))
            continue;
        if (c != '%' || i + 2 >= s.n || hex_digit(s.p[i + 1]) < 0 || hex_digit(s.p[i + 2]) < 0) return false;
        i += 2;
    }
    return true;
}

#define SUB_DELIMS "!$&'()*+,;="

static bool scheme(struct slice s)
{
    if (s.n == 0 || !alnum(s.p[0]) || digit(s.p[0])) return false;
    for (size_t i = 1; i < s.n; i++)
        if (!alnum(s.p[i]) && s.p[i] != '+' && s.p[i] != '-' && s.p[i] != '.') return false;
    return true;
}

static bool bracketed(struct arena *a, struct slice s) /* IP-literal */
{
    if (s.n && (s.p[0] | 32) == 'v') {
        size_t dot = slice_find(s, '.', 0);
        if (dot == SIZE_MAX || dot < 2 || dot + 1 == s.n) return false;
        for (size_t i = 1; i < dot; i++)
            if (hex_digit(s.p[i]) < 0) return false;
        return made_of(slice_sub(s, dot + 1, SIZE_MAX), SUB_DELIMS ":", false) && slice_find(s, '%', 0) == SIZE_MAX;
    }
    return format_ipv6(a, s);
}

static bool authority(struct arena *a, struct slice s, bool wide)
{
    size_t at = slice_find(s, '@', 0);
    if (at != SIZE_MAX) {
        if (!made_of(slice_sub(s, 0, at), SUB_DELIMS ":", wide)) return false;
        s = slice_sub(s, at + 1, SIZE_MAX);
    }
    size_t end = s.n;
    while (end > 0 && digit(s.p[end - 1])) end--;
    if (end > 0 && s.p[end - 1] == ':') s = slice_sub(s, 0, end - 1);
    if (s.n >= 2 && s.p[0] == '[' && s.p[s.n - 1] == ']') return bracketed(a, slice_sub(s, 1, s.n - 2));
    return made_of(s, SUB_DELIMS, wide);
}

static bool reference(struct arena *a, struct slice s, bool absolute, bool wide)
{
    struct uri u = uri_split(s);
    if (u.scheme.n ? !scheme(u.scheme) : absolute) return false;
    if (!u.scheme.n && !u.has_authority) { /* a relative path's first segment has no colon */
        struct slice first, rest;
        slice_cut(u.path, '/', &first, &rest);
        if (slice_find(first, ':', 0) != SIZE_MAX) return false;
    }
    return (!u.has_authority || authority(a, u.authority, wide)) && made_of(u.path, SUB_DELIMS ":@/", wide) &&
           made_of(u.query, SUB_DELIMS ":@/?", wide) && made_of(u.fragment, SUB_DELIMS ":@/?", wide);
}

bool format_uri(struct arena *a, struct slice s)
{
    return reference(a, s, true, false);
}

bool format_uri_reference(struct arena *a, struct slice s)
{
    return reference(a, s, false, false);
}

bool format_iri(struct arena *a, struct slice s)
{
    return reference(a, s, true, true);
}

bool format_iri_reference(struct arena *a, struct slice s)
{
    return reference(a, s, false, true);
}

/* ---- URI templates ---- */

static bool variable(struct slice v)
{
    if (slice_ends(v, S("*"))) {
        v = slice_sub(v, 0, v.n - 1);
    } else {
        size_t colon = slice_find(v, ':', 0);
        if (colon != SIZE_MAX) {
            int64_t n;
            struct slice length = slice_sub(v, colon + 1, SIZE_MAX);
            if (length.n > 4 || !slice_int64(length, &n) || n < 1 || length.p[0] == '0') return false;
            v = slice_sub(v, 0, colon);
        }
    }
    struct slice part, rest = v;
    for (bool more = true; more;) {
        more = slice_cut(rest, '.', &part, &rest);
        if (part.n == 0 || !made_of(part, "", false)) return false;
        for (size_t i = 0; i < part.n; i++)
            if (part.p[i] == '-' || part.p[i] == '~') return false;
    }
    return true;
}

bool format_uri_template(struct arena *a, struct slice s)
{
    (void)a;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c != '{') {
            if (c <= ' ' || c == 127 || strchr("\"<>\\^`|}", c)) return false;
            if (c == '%' && (i + 2 >= s.n || hex_digit(s.p[i + 1]) < 0 || hex_digit(s.p[i + 2]) < 0)) return false;
            continue;
        }
        size_t end = slice_find(s, '}', i);
        if (end == SIZE_MAX) return false;
        struct slice inside = slice_sub(s, i + 1, end - i - 1), v;
        if (inside.n && strchr("+#./;?&=,!@|", inside.p[0])) inside = slice_sub(inside, 1, SIZE_MAX);
        for (bool more = true; more;) {
            more = slice_cut(inside, ',', &v, &inside);
            if (!variable(v)) return false;
        }
        i = end;
    }
    return true;
}
