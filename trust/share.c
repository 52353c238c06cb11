#include "trust/share.h"

enum { DATA_CHARS = 20, PAYLOAD = 50, SUM_AT = 43 };
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static result refuse(struct arena *a, struct slice where, const char *zh, const char *en)
{
    return fail(a, CODE_SIGNER_SHARE, where, "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

struct slice share_set_text(struct arena *a, const uint8_t set[SHARE_SET_BYTES])
{
    return hex_encode(a, slice_of((const char *)set, SHARE_SET_BYTES));
}

/* ---- base 32 ---- */

static int digit(char c)
{
    if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

static void encode(const uint8_t bytes[PAYLOAD], char out[DATA_CHARS * SHARE_LINES])
{
    for (size_t i = 0; i < DATA_CHARS * SHARE_LINES; i++) {
        unsigned v = 0;
        for (size_t bit = i * 5; bit < i * 5 + 5; bit++) v = v << 1 | (bytes[bit / 8] >> (7 - bit % 8) & 1u);
        out[i] = alphabet[v];
    }
}

static void decode(const char chars[DATA_CHARS * SHARE_LINES], uint8_t out[PAYLOAD])
{
    memset(out, 0, PAYLOAD);
    for (size_t i = 0; i < DATA_CHARS * SHARE_LINES; i++)
        for (size_t bit = 0; bit < 5; bit++)
            if (digit(chars[i]) >> (4 - bit) & 1) out[(i * 5 + bit) / 8] |= (uint8_t)(0x80u >> ((i * 5 + bit) % 8));
}

/* Ten bits of a hash over the line's number and characters. */
static void check_chars(unsigned number, const char chars[DATA_CHARS], char out[2])
{
    uint8_t h[CRYPTO_HASH_BYTES];
    char n = (char)('0' + number);
    const struct slice parts[] = {S("tongban share line "), slice_of(&n, 1), slice_of(chars, DATA_CHARS)};
    crypto_sha256_parts(parts, 3, h);
    out[0] = alphabet[h[0] >> 3];
    out[1] = alphabet[(h[0] << 2 | h[1] >> 6) & 31];
}

static void checksum(const uint8_t payload[PAYLOAD], uint8_t out[PAYLOAD - SUM_AT])
{
    uint8_t h[CRYPTO_HASH_BYTES];
    const struct slice parts[] = {S("tongban share 1"), slice_of((const char *)payload, SUM_AT)};
    crypto_sha256_parts(parts, 2, h);
    memcpy(out, h, PAYLOAD - SUM_AT);
}

/* ---- writing ---- */

static void pack(const struct share *s, char chars[DATA_CHARS * SHARE_LINES])
{
    uint8_t p[PAYLOAD] = {1};
    memcpy(p + 1, s->set, SHARE_SET_BYTES);
    for (int i = 0; i < 3; i++) p[5 + i] = (uint8_t)((uint32_t)s->made >> (16 - 8 * i));
    p[8] = (uint8_t)s->need;
    p[9] = (uint8_t)s->count;
    p[10] = (uint8_t)s->number;
    memcpy(p + 11, s->value, CRYPTO_KEY_BYTES);
    checksum(p, p + SUM_AT);
    encode(p, chars);
    crypto_wipe(p, sizeof p);
}

struct slice share_write(struct arena *a, const struct share *s)
{
    char chars[DATA_CHARS * SHARE_LINES], check[2];
    struct buf b = buf_new(a, 4096);
    buf_put(&b, arena_printf(a, "city: %.*s\nset: %.*s\nmade: %.*s\nshare: %u of %u, any %u recover\nofficer: %.*s\n",
                             SLICE_ARG(s->city), SLICE_ARG(share_set_text(a, s->set)), SLICE_ARG(day_text(a, s->made)),
                             s->number, s->count, s->need, SLICE_ARG(s->officer)));
    pack(s, chars);
    for (unsigned i = 0; i < SHARE_LINES; i++) {
        const char *line = chars + i * DATA_CHARS;
        check_chars(i + 1, line, check);
        buf_put(&b, arena_printf(a, "%u  %.4s %.4s %.4s %.4s %.4s %.2s\n", i + 1, line, line + 4, line + 8, line + 12,
                                 line + 16, check));
    }
    crypto_wipe(chars, sizeof chars);
    return buf_slice(&b);
}

struct slice share_qr(struct arena *a, const struct share *s)
{
    char chars[DATA_CHARS * SHARE_LINES], check[2];
    struct buf b = buf_new(a, 256);
    pack(s, chars);
    buf_puts(&b, SHARE_QR);
    for (unsigned i = 0; i < SHARE_LINES; i++) {
        check_chars(i + 1, chars + i * DATA_CHARS, check);
        buf_put(&b, slice_of(chars + i * DATA_CHARS, DATA_CHARS));
        buf_put(&b, slice_of(check, 2));
    }
    crypto_wipe(chars, sizeof chars);
    return buf_slice(&b);
}

/* ---- reading ---- */

result share_line(struct arena *a, unsigned number, struct slice text, char out[20])
{
    char got[SHARE_LINE_CHARS], check[2];
    size_t n = 0;
    struct slice where = arena_printf(a, "line %u", number), t = slice_trim(text);
    if (t.n > 1 && t.p[0] == (char)('0' + number) && (t.p[1] == ' ' || t.p[1] == '\t')) t = slice_sub(t, 1, t.n);
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] == ' ' || t.p[i] == '-' || t.p[i] == '\t') continue;
        int d = digit(t.p[i]);
        if (d < 0)
            return refuse(a, where, "含有不用的字符（不用 U）", "holds a character that is not used (there is no U)");
        if (n == SHARE_LINE_CHARS) return refuse(a, where, "多于 22 个字符", "is longer than 22 characters");
        got[n++] = alphabet[d];
    }
    if (n < SHARE_LINE_CHARS) return refuse(a, where, "少于 22 个字符", "is shorter than 22 characters");
    check_chars(number, got, check);
    if (memcmp(check, got + DATA_CHARS, 2) != 0)
        return refuse(a, where, "校验不符：录入有误，或是另一行",
                      "its check characters do not fit: mistyped, or another line");
    memcpy(out, got, DATA_CHARS);
    return ok();
}

static result unpack(struct arena *a, const char chars[DATA_CHARS * SHARE_LINES], struct share *s)
{
    uint8_t p[PAYLOAD], sum[PAYLOAD - SUM_AT];
    decode(chars, p);
    checksum(p, sum);
    if (memcmp(sum, p + SUM_AT, sizeof sum) != 0)
        return refuse(a, S(""), "四行不是同一份额", "the four lines are not of one share");
    memcpy(s->set, p + 1, SHARE_SET_BYTES);
    s->made = (day)((uint32_t)p[5] << 16 | (uint32_t)p[6] << 8 | p[7]);
    s->need = p[8];
    s->count = p[9];
    s->number = p[10];
    memcpy(s->value, p + 11, CRYPTO_KEY_BYTES);
    bool known = p[0] == 1;
    crypto_wipe(p, sizeof p);
    if (!known || s->need < 2 || s->need > s->count || s->count > 99 || s->number < 1 || s->number > s->count)
        return refuse(a, S(""), "不是本程序的份额", "not a share of this kind");
    return ok();
}

/* What the words say must be what the lines hold: two papers may have been mixed. */
static result compare(struct arena *a, const struct share *s, struct slice name, struct slice value)
{
    struct slice want;
    if (slice_is(name, "set"))
        want = share_set_text(a, s->set);
    else if (slice_is(name, "made"))
        want = day_text(a, s->made);
    else if (slice_is(name, "share"))
        want = arena_printf(a, "%u of %u, any %u recover", s->number, s->count, s->need);
    else
        return ok();
    if (slice_eq(value, want)) return ok();
    return refuse(a, name, "文字与四行代码不符", "the words and the four lines do not agree");
}

struct reading {
    char chars[DATA_CHARS * SHARE_LINES];
    unsigned have; /* a bit for each line */
};

static result take_line(struct arena *a, struct reading *r, struct slice line)
{
    struct slice code = S(SHARE_QR);
    if (slice_starts(line, code)) {
        line = slice_sub(line, code.n, line.n);
        for (unsigned i = 0; i < SHARE_LINES; i++)
            TRY(share_line(a, i + 1, slice_sub(line, i * SHARE_LINE_CHARS, SHARE_LINE_CHARS),
                           r->chars + i * DATA_CHARS));
        r->have = 15;
        return line.n == SHARE_LINES * SHARE_LINE_CHARS
                   ? ok()
                   : refuse(a, S("QR"), "多于 88 个字符", "is longer than 88 characters");
    }
    if (line.n < 2 || line.p[0] < '1' || line.p[0] > '0' + SHARE_LINES || line.p[1] != ' ') return ok();
    unsigned number = (unsigned)(line.p[0] - '0');
    if (r->have >> (number - 1) & 1)
        return refuse(a, arena_printf(a, "line %u", number), "出现两次", "stands there twice");
    r->have |= 1u << (number - 1);
    return share_line(a, number, line, r->chars + (number - 1) * DATA_CHARS);
}

static result take_words(struct arena *a, struct slice text, struct share *s)
{
    struct slice line, name, value;
    while (text.n) {
        (void)slice_cut(text, '\n', &line, &text);
        if (!slice_cut(line, ':', &name, &value)) continue;
        value = slice_trim(value);
        if (slice_is(name, "city")) s->city = value;
        if (slice_is(name, "officer")) s->officer = value;
        TRY(compare(a, s, name, value));
    }
    return ok();
}

result share_parse(struct arena *a, struct slice text, struct share *out)
{
    struct reading r = {.have = 0};
    struct slice rest = text, line;
    *out = (struct share){.number = 0};
    if (text.n > SHARE_TEXT_MAX || !slice_utf8(text))
        return refuse(a, S(""), "不是份额的文本", "not the text of a share");
    while (rest.n) {
        (void)slice_cut(rest, '\n', &line, &rest);
        TRY(take_line(a, &r, slice_trim(line)));
    }
    for (unsigned i = 0; i < SHARE_LINES; i++)
        if (!(r.have >> i & 1)) return refuse(a, arena_printf(a, "line %u", i + 1), "缺少", "is missing");
    TRY(unpack(a, r.chars, out));
    crypto_wipe(r.chars, sizeof r.chars);
    return take_words(a, text, out);
}
