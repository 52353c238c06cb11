#include "areas/17_government_services/hotline/mail_text.h"

#include <iconv.h>

#include "base/id.h"

struct slice mail_lower(struct arena *a, struct slice s)
{
    struct slice out = arena_copy(a, s);
    char *p = (char *)(uintptr_t)out.p; /* its own copy */
    for (size_t i = 0; i < out.n; i++)
        if (p[i] >= 'A' && p[i] <= 'Z') p[i] = (char)(p[i] - 'A' + 'a');
    return out;
}

/* ---- transfer codings ---- */

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

struct slice mail_base64(struct arena *a, struct slice s)
{
    char *out = arena_alloc(a, s.n / 4 * 3 + 3);
    size_t n = 0;
    unsigned bits = 0;
    int have = 0;
    for (size_t i = 0; i < s.n && s.p[i] != '='; i++) {
        int v = base64_value(s.p[i]);
        if (v < 0) continue;
        bits = (bits << 6 | (unsigned)v) & 0xffffff;
        if (++have % 4 == 0) {
            out[n++] = (char)(bits >> 16 & 0xff);
            out[n++] = (char)(bits >> 8 & 0xff);
            out[n++] = (char)(bits & 0xff);
        }
    }
    if (have % 4 == 3) {
        out[n++] = (char)(bits >> 10 & 0xff);
        out[n++] = (char)(bits >> 2 & 0xff);
    }
    if (have % 4 == 2) out[n++] = (char)(bits >> 4 & 0xff);
    return slice_of(out, n);
}

static bool hex_pair(struct slice s, size_t at, char *out)
{
    if (at + 1 >= s.n || hex_digit(s.p[at]) < 0 || hex_digit(s.p[at + 1]) < 0) return false;
    *out = (char)(hex_digit(s.p[at]) * 16 + hex_digit(s.p[at + 1]));
    return true;
}

/* A line end after "=" is none. *at stands on the "=". */
static bool soft_end(struct slice s, size_t *at)
{
    size_t i = *at + 1;
    while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\r')) i++;
    if (i < s.n && s.p[i] != '\n') return false;
    *at = i;
    return true;
}

struct slice mail_quoted(struct arena *a, struct slice s, bool word)
{
    char *out = arena_alloc(a, s.n + 1), c;
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '=' && hex_pair(s, i + 1, &c)) {
            out[n++] = c;
            i += 2;
        } else if (s.p[i] == '=' && !word && soft_end(s, &i)) {
            continue;
        } else
            out[n++] = word && s.p[i] == '_' ? ' ' : s.p[i];
    }
    return slice_of(out, n);
}

/* ---- character sets ---- */

static struct slice ascii(struct arena *a, struct slice s)
{
    char *out = arena_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++) out[i] = (uint8_t)s.p[i] < 0x80 ? s.p[i] : '?';
    return slice_of(out, s.n);
}

static struct slice converted(struct arena *a, struct slice s, const char *from)
{
    iconv_t cd = iconv_open("UTF-8", from);
    if (cd == (iconv_t)-1) return ascii(a, s);
    size_t room = s.n * 4 + 16, left = s.n, free_ = room;
    char *out = arena_alloc(a, room), *to = out, *in = (char *)(uintptr_t)s.p;
    while (left > 0 && free_ > 4) {
        if (iconv(cd, &in, &left, &to, &free_) != (size_t)-1) break;
        if (left == 0 || free_ <= 4) break;
        *to++ = '?'; /* a byte that stands for nothing in this set */
        free_--;
        in++;
        left--;
    }
    (void)iconv_close(cd);
    struct slice text = slice_of(out, room - free_);
    return slice_utf8(text) ? text : ascii(a, text);
}

struct slice mail_utf8(struct arena *a, struct slice s, struct slice charset)
{
    static const struct {
        const char *name, *iconv;
    } SETS[] = {{"gb2312", "GB18030"},        {"gbk", "GB18030"},         {"gb18030", "GB18030"},
                {"x-gbk", "GB18030"},         {"cp936", "GB18030"},       {"big5", "BIG5"},
                {"iso-8859-1", "ISO-8859-1"}, {"windows-1252", "CP1252"}, {"utf-16", "UTF-16"}};
    struct slice name = mail_lower(a, slice_trim(charset));
    for (size_t i = 0; i < sizeof SETS / sizeof *SETS; i++)
        if (slice_is(name, SETS[i].name)) return converted(a, s, SETS[i].iconv);
    return slice_utf8(s) ? s : converted(a, s, name.n == 0 ? "GB18030" : "ASCII");
}

/* ---- headers ---- */

/* At "=?": its text and where it ends. False: no encoded word. */
static bool one_word(struct arena *a, struct slice s, size_t *at, struct slice *out)
{
    size_t q1 = slice_find(s, '?', *at + 2);
    size_t q2 = q1 == SIZE_MAX ? SIZE_MAX : slice_find(s, '?', q1 + 1);
    size_t q3 = q2 == SIZE_MAX ? SIZE_MAX : slice_find(s, '?', q2 + 1);
    if (q3 == SIZE_MAX || q2 != q1 + 2 || q3 + 1 >= s.n || s.p[q3 + 1] != '=') return false;
    struct slice charset = slice_sub(s, *at + 2, q1 - *at - 2), text = slice_sub(s, q2 + 1, q3 - q2 - 1);
    char coding = s.p[q1 + 1];
    if (coding != 'B' && coding != 'b' && coding != 'Q' && coding != 'q') return false;
    bool base = coding == 'B' || coding == 'b';
    *out = mail_utf8(a, base ? mail_base64(a, text) : mail_quoted(a, text, true), charset);
    *at = q3 + 2;
    return true;
}

static bool only_space(struct slice s, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (s.p[i] != ' ' && s.p[i] != '\t') return false;
    return true;
}

struct slice mail_words(struct arena *a, struct slice s)
{
    struct buf b = buf_new(a, 256 * 1024);
    size_t last = SIZE_MAX; /* end of the word before: space between two words is none */
    s = slice_sub(mail_utf8(a, s, S("")), 0, 32 * 1024);
    for (size_t i = 0; i < s.n;) {
        struct slice word;
        size_t end = i;
        if (s.p[i] == '=' && i + 1 < s.n && s.p[i + 1] == '?' && one_word(a, s, &end, &word)) {
            if (b.n + word.n < 200 * 1024) buf_put(&b, word);
            last = i = end;
            continue;
        }
        size_t next = slice_search(slice_sub(s, i, SIZE_MAX), S("=?"));
        if (last == i && next != SIZE_MAX && next > 0 && only_space(s, i, i + next)) {
            i += next;
            continue;
        }
        if (b.n < 200 * 1024) buf_putc(&b, s.p[i]);
        i++;
    }
    return buf_slice(&b);
}

static struct slice percent(struct arena *a, struct slice s)
{
    struct slice rest, charset, lang, text;
    char *out = arena_alloc(a, s.n + 1), c;
    size_t n = 0;
    if (!slice_cut(s, '\'', &charset, &rest) || !slice_cut(rest, '\'', &lang, &text)) return s;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == '%' && hex_pair(text, i + 1, &c)) {
            out[n++] = c;
            i += 2;
        } else
            out[n++] = text.p[i];
    return mail_utf8(a, slice_of(out, n), charset);
}

/* One "; name=value" from *at on; the value unquoted. */
static bool next_parameter(struct arena *a, struct slice h, size_t *at, struct slice *name, struct slice *value)
{
    size_t semi = slice_find(h, ';', *at), eq = semi == SIZE_MAX ? SIZE_MAX : slice_find(h, '=', semi);
    if (eq == SIZE_MAX) return false;
    *name = mail_lower(a, slice_trim(slice_sub(h, semi + 1, eq - semi - 1)));
    size_t i = eq + 1;
    while (i < h.n && (h.p[i] == ' ' || h.p[i] == '\t')) i++;
    if (i >= h.n || h.p[i] != '"') {
        size_t end = slice_find(h, ';', i);
        *value = slice_trim(slice_sub(h, i, end == SIZE_MAX ? SIZE_MAX : end - i));
        *at = end == SIZE_MAX ? h.n : end;
        return true;
    }
    struct buf b = buf_new(a, h.n + 1);
    for (i++; i < h.n && h.p[i] != '"'; i++) {
        if (h.p[i] == '\\' && i + 1 < h.n) i++;
        buf_putc(&b, h.p[i]);
    }
    *value = buf_slice(&b);
    *at = i < h.n ? i : h.n;
    return true;
}

struct slice mail_parameter(struct arena *a, struct slice header, const char *name)
{
    size_t at = 0;
    struct slice key, value, star = arena_printf(a, "%s*", name);
    header = slice_sub(header, 0, 16 * 1024);
    for (int tries = 0; tries < 50 && next_parameter(a, header, &at, &key, &value); tries++) {
        if (slice_is(key, name)) return value;
        if (slice_eq(key, star)) return percent(a, value);
    }
    return S("");
}

/* ---- text ---- */

static size_t skip_element(struct slice s, size_t at, const char *end)
{
    size_t found = slice_search(slice_sub(s, at, SIZE_MAX), slice_cstr(end));
    return found == SIZE_MAX ? s.n : at + found;
}

static void put_entity(struct buf *b, struct slice s, size_t *at)
{
    static const struct {
        const char *name, *text;
    } KNOWN[] = {{"&nbsp;", " "}, {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}, {"&quot;", "\""}, {"&#39;", "'"}};
    struct slice here = slice_sub(s, *at, 8);
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (slice_starts(here, slice_cstr(KNOWN[i].name))) {
            buf_puts(b, KNOWN[i].text);
            *at += strlen(KNOWN[i].name);
            return;
        }
    buf_putc(b, '&');
    (*at)++;
}

struct slice mail_strip(struct arena *a, struct slice html)
{
    html = slice_sub(html, 0, 512 * 1024);
    struct buf b = buf_new(a, html.n + 16);
    struct slice lower = mail_lower(a, html);
    for (size_t i = 0; i < html.n;) {
        struct slice here = slice_sub(lower, i, 10);
        if (slice_starts(here, S("<script")))
            i = skip_element(lower, i, "</script");
        else if (slice_starts(here, S("<style")))
            i = skip_element(lower, i, "</style");
        if (i >= html.n) break;
        if (html.p[i] == '<') {
            bool end = slice_starts(here, S("<br")) || slice_starts(here, S("</p")) || slice_starts(here, S("</div"));
            size_t close = slice_find(html, '>', i);
            if (end) buf_putc(&b, '\n');
            i = close == SIZE_MAX ? html.n : close + 1;
        } else if (html.p[i] == '&')
            put_entity(&b, html, &i);
        else
            buf_putc(&b, html.p[i++]);
    }
    return buf_slice(&b);
}

struct slice mail_clean(struct arena *a, struct slice s, size_t max, bool lines)
{
    s = slice_sub(s, 0, max * 4 + 4096);
    s = slice_sub(s, 0, slice_utf8_end(s));
    struct buf b = buf_new(a, s.n + 1);
    size_t count = 0;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = (uint8_t)s.p[i];
        bool keep = c >= 0x20 && c != 0x7f;
        if (c == '\n' && lines) keep = true;
        if ((c & 0xc0) != 0x80 && ++count > max) break;
        if (keep)
            buf_putc(&b, s.p[i]);
        else if (c == '\t' || c == '\n')
            buf_putc(&b, ' ');
    }
    return slice_trim(buf_slice(&b));
}

bool mail_printable(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((uint8_t)s.p[i] <= 0x20 || (uint8_t)s.p[i] >= 0x7f || s.p[i] == '<' || s.p[i] == '>') return false;
    return true;
}
