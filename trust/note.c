#include "trust/note.h"

#define DASH "\xe2\x80\x94 " /* em dash, space */

static result malformed(struct arena *a, const char *zh, const char *en)
{
    return fail(a, CODE_NOTE_MALFORMED, S(""), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

/* ---- names ---- */

/* White space of Unicode beyond ASCII, as UTF-8. */
static const char *const SPACES[] = {"\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81",
                                     "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
                                     "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
                                     "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};

bool note_name_valid(struct slice name)
{
    if (name.n == 0 || name.n > NOTE_NAME_MAX || !slice_utf8(name)) return false;
    for (size_t i = 0; i < name.n; i++)
        if ((unsigned char)name.p[i] <= ' ' || name.p[i] == '+') return false;
    for (size_t i = 0; i < sizeof SPACES / sizeof *SPACES; i++)
        if (slice_search(name, slice_cstr(SPACES[i])) != SIZE_MAX) return false;
    return true;
}

/* ---- reading ---- */

static uint32_t big_endian(struct slice s)
{
    uint32_t v = 0;
    for (size_t i = 0; i < 4; i++) v = v << 8 | (unsigned char)s.p[i];
    return v;
}

static bool signature_line(struct arena *a, struct slice line, struct note_signature *out)
{
    struct slice encoded, bytes;
    if (!slice_starts(line, S(DASH))) return false;
    if (!slice_cut(slice_sub(line, sizeof DASH - 1, SIZE_MAX), ' ', &out->name, &encoded)) return false;
    if (!note_name_valid(out->name) || !base64_decode(a, encoded, &bytes) || bytes.n < 5) return false;
    out->id = big_endian(bytes);
    out->bytes = slice_sub(bytes, 4, SIZE_MAX);
    return true;
}

/* Where the last empty line begins; SIZE_MAX: there is none. */
static size_t last_empty_line(struct slice s)
{
    for (size_t i = s.n; i-- > 1;)
        if (s.p[i] == '\n' && s.p[i - 1] == '\n') return i;
    return SIZE_MAX;
}

result note_parse(struct arena *a, struct slice text, struct note *out)
{
    if (text.n > NOTE_MAX_BYTES) return malformed(a, "超过 1 MiB", "more than 1 MiB");
    if (!slice_utf8(text)) return malformed(a, "不是 UTF-8 文本", "not UTF-8");
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < ' ' && text.p[i] != '\n')
            return malformed(a, "含控制字符", "control characters");
    size_t cut = last_empty_line(text);
    if (cut == SIZE_MAX || text.p[text.n - 1] != '\n')
        return malformed(a, "正文与签名之间须有空行，末尾须换行",
                         "an empty line before the signatures, and a last newline");
    struct slice line, rest = slice_sub(text, cut + 1, SIZE_MAX);
    struct note_signature *list = NEW_ARRAY(a, struct note_signature, NOTE_SIGNATURES_MAX);
    *out = (struct note){slice_sub(text, 0, cut), list, 0};
    while (rest.n) {
        (void)slice_cut(rest, '\n', &line, &rest);
        if (out->n == NOTE_SIGNATURES_MAX) return malformed(a, "签名过多", "too many signatures");
        if (!signature_line(a, line, &list[out->n++])) return malformed(a, "签名行有误", "a malformed signature line");
    }
    return out->n ? ok() : malformed(a, "没有签名", "no signatures");
}

/* ---- keys ---- */

/* SubjectPublicKeyInfo of Ed25519 (RFC 8410) before its 32 bytes. */
static const char SPKI[] = "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";

struct slice note_public_key(struct arena *a, const struct crypto_key *key)
{
    return slice_sub(crypto_key_spki(a, key), sizeof SPKI - 1, SIZE_MAX);
}

static result bad_key(struct arena *a, struct slice what)
{
    return fail(a, CODE_NOTE_KEY, S(""), "value", what, NULL);
}

result note_key_make(struct arena *a, struct slice name, enum note_type type, const struct crypto_key *key,
                     struct note_key *out)
{
    if (!note_name_valid(name) || crypto_key_kind(key) != CRYPTO_ED25519) return bad_key(a, name);
    char mark = (char)type;
    const struct slice parts[] = {name, S("\n"), {&mark, 1}, note_public_key(a, key)};
    uint8_t hash[CRYPTO_HASH_BYTES];
    crypto_sha256_parts(parts, 4, hash);
    *out = (struct note_key){arena_copy(a, name), big_endian(slice_of((const char *)hash, 4)), type, key};
    return ok();
}

result note_key_of_bytes(struct arena *a, struct slice name, enum note_type type, struct slice public_key,
                         struct note_key *out)
{
    struct crypto_key *key;
    struct buf der = buf_new(a, 64);
    buf_put(&der, slice_of(SPKI, sizeof SPKI - 1));
    buf_put(&der, public_key);
    if (public_key.n != CRYPTO_KEY_BYTES || failed(crypto_key_from_spki(a, buf_slice(&der), &key)))
        return bad_key(a, name);
    return note_key_make(a, name, type, key, out);
}

result note_key_parse(struct arena *a, struct slice vkey, struct note_key *out)
{
    struct slice name, rest, id, encoded, bytes;
    if (vkey.n > 1024 || !slice_cut(vkey, '+', &name, &rest) || !slice_cut(rest, '+', &id, &encoded) ||
        !base64_decode(a, encoded, &bytes) || bytes.n != 33 ||
        (bytes.p[0] != NOTE_PLAIN && bytes.p[0] != NOTE_COSIGNATURE))
        return bad_key(a, vkey);
    if (failed(note_key_of_bytes(a, name, (enum note_type)bytes.p[0], slice_sub(bytes, 1, SIZE_MAX), out)))
        return bad_key(a, vkey);
    return slice_eq(arena_printf(a, "%08x", out->id), id) ? ok() : bad_key(a, vkey);
}

struct slice note_key_text(struct arena *a, const struct note_key *k)
{
    struct buf b = buf_new(a, 64);
    buf_putc(&b, (char)k->type);
    buf_put(&b, note_public_key(a, k->key));
    struct slice encoded = base64_encode(a, buf_slice(&b));
    return arena_printf(a, "%.*s+%08x+%.*s", SLICE_ARG(k->name), k->id, SLICE_ARG(encoded));
}

/* ---- signing ---- */

struct slice note_message(struct arena *a, enum note_type type, uint64_t seconds, struct slice text)
{
    if (type == NOTE_PLAIN) return text;
    struct buf b = buf_new(a, NOTE_MAX_BYTES + 64);
    buf_printf(&b, "cosignature/v1\ntime %llu\n", (unsigned long long)seconds);
    buf_put(&b, text);
    return buf_slice(&b);
}

static void put_big_endian(struct buf *b, uint64_t v, int bytes)
{
    while (bytes-- > 0) buf_putc(b, (char)(v >> (8 * bytes) & 255));
}

struct slice note_line(struct arena *a, const struct note_key *k, uint64_t seconds, struct slice signature)
{
    struct buf b = buf_new(a, 128);
    put_big_endian(&b, k->id, 4);
    if (k->type == NOTE_COSIGNATURE) put_big_endian(&b, seconds, 8);
    buf_put(&b, signature);
    struct slice encoded = base64_encode(a, buf_slice(&b));
    return arena_printf(a, DASH "%.*s %.*s\n", SLICE_ARG(k->name), SLICE_ARG(encoded));
}

result note_sign(struct arena *a, const struct note_key *k, struct slice text, uint64_t seconds, struct slice *line)
{
    struct slice signature;
    if (text.n > NOTE_MAX_BYTES) return malformed(a, "超过 1 MiB", "more than 1 MiB");
    TRY(crypto_sign(a, k->key, note_message(a, k->type, seconds, text), &signature));
    *line = note_line(a, k, seconds, signature);
    return ok();
}

struct slice note_write(struct arena *a, struct slice text, struct slice lines)
{
    struct buf b = buf_new(a, NOTE_MAX_BYTES);
    buf_put(&b, text);
    buf_putc(&b, '\n');
    buf_put(&b, lines);
    return buf_slice(&b);
}

/* ---- verifying ---- */

static bool signature_good(struct arena *a, const struct note *n, const struct note_key *k,
                           const struct note_signature *s, uint64_t *seconds)
{
    struct slice bytes = s->bytes;
    *seconds = 0;
    if (k->type == NOTE_COSIGNATURE) {
        if (bytes.n != NOTE_STAMPED_BYTES) return false;
        *seconds = (uint64_t)big_endian(bytes) << 32 | big_endian(slice_sub(bytes, 4, 4));
        if (*seconds > INT64_MAX) return false;
        bytes = slice_sub(bytes, 8, SIZE_MAX);
    }
    return bytes.n == NOTE_ED25519_BYTES && crypto_verify(k->key, note_message(a, k->type, *seconds, n->text), bytes);
}

enum note_verdict note_check(struct arena *a, const struct note *n, const struct note_key *k, uint64_t *seconds)
{
    enum note_verdict verdict = NOTE_ABSENT;
    uint64_t latest = 0, at;
    for (size_t i = 0; i < n->n && verdict != NOTE_BAD; i++) {
        const struct note_signature *s = &n->signatures[i];
        if (s->id != k->id || !slice_eq(s->name, k->name)) continue;
        verdict = signature_good(a, n, k, s, &at) ? NOTE_GOOD : NOTE_BAD;
        if (at > latest) latest = at;
    }
    if (seconds) *seconds = verdict == NOTE_GOOD ? latest : 0;
    return verdict;
}

/* ---- checkpoints ---- */

bool note_number(struct slice s, uint64_t *out)
{
    if (s.n == 0 || s.n > 20 || (s.n > 1 && s.p[0] == '0')) return false;
    *out = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        uint64_t digit = (uint64_t)(s.p[i] - '0');
        if (*out > (UINT64_MAX - digit) / 10) return false;
        *out = *out * 10 + digit;
    }
    return true;
}

struct slice checkpoint_write(struct arena *a, const struct checkpoint *c)
{
    struct slice root = base64_encode(a, c->root);
    return arena_printf(a, "%.*s\n%llu\n%.*s\n%.*s", SLICE_ARG(c->origin), (unsigned long long)c->size, SLICE_ARG(root),
                        SLICE_ARG(c->extensions));
}

result checkpoint_parse(struct arena *a, struct slice text, struct checkpoint *out)
{
    struct slice size, root, rest, line;
    *out = (struct checkpoint){0};
    if (!slice_cut(text, '\n', &out->origin, &rest) || out->origin.n == 0 || !slice_cut(rest, '\n', &size, &rest) ||
        !slice_cut(rest, '\n', &root, &rest))
        return malformed(a, "检查点须有三行：日志、大小、根散列", "a checkpoint has three lines: origin, size, root");
    if (!note_number(size, &out->size)) return malformed(a, "大小不是数字", "the size is no number");
    if (!base64_decode(a, root, &out->root) || out->root.n != CRYPTO_HASH_BYTES)
        return malformed(a, "根散列不是 32 字节", "the root is not 32 bytes");
    out->extensions = rest;
    while (rest.n)
        if (!slice_cut(rest, '\n', &line, &rest) || line.n == 0)
            return malformed(a, "扩展行不得为空", "an empty extension line");
    return ok();
}
