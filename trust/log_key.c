#include "trust/log_key.h"

#define FIRST "tongban log key 1"
enum { REASON_MAX = 500 };

static result malformed(struct arena *a, const char *zh, const char *en)
{
    return fail(a, CODE_NOTE_MALFORMED, S(""), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

static bool reason_good(struct slice s)
{
    if (s.n == 0 || s.n > REASON_MAX || !slice_utf8(s)) return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f) return false;
    return true;
}

result log_key_statement_write(struct arena *a, const struct log_key_statement *s, struct slice *note)
{
    struct slice by_new, by_old = {NULL, 0};
    if (!reason_good(s->reason))
        return malformed(a, "理由须为一行，500 字节以内", "the reason is one line of at most 500 bytes");
    struct slice text =
        arena_printf(a, FIRST "\n%.*s\nold %.*s\nnew %.*s\nsize %llu\nroot %.*s\nreason %.*s\n", SLICE_ARG(s->origin),
                     SLICE_ARG(note_key_text(a, &s->old_key)), SLICE_ARG(note_key_text(a, &s->new_key)),
                     (unsigned long long)s->size, SLICE_ARG(base64_encode(a, s->root)), SLICE_ARG(s->reason));
    TRY(note_sign(a, &s->new_key, text, 0, &by_new));
    if (s->by_old) TRY(note_sign(a, &s->old_key, text, 0, &by_old));
    *note = note_write(a, text, arena_printf(a, "%.*s%.*s", SLICE_ARG(by_old), SLICE_ARG(by_new)));
    return ok();
}

static bool line(struct slice *text, struct slice name, struct slice *value)
{
    struct slice l;
    if (!slice_cut(*text, '\n', &l, text) || !slice_starts(l, name)) return false;
    *value = slice_sub(l, name.n, l.n);
    return true;
}

static bool read_text(struct arena *a, struct slice text, struct log_key_statement *s)
{
    struct slice first, old_key, new_key, size, root;
    return line(&text, S(FIRST), &first) && first.n == 0 && line(&text, S(""), &s->origin) &&
           line(&text, S("old "), &old_key) && line(&text, S("new "), &new_key) && line(&text, S("size "), &size) &&
           line(&text, S("root "), &root) && line(&text, S("reason "), &s->reason) && text.n == 0 &&
           reason_good(s->reason) && note_number(size, &s->size) && base64_decode(a, root, &s->root) &&
           s->root.n == (s->size ? CRYPTO_HASH_BYTES : 0) && !failed(note_key_parse(a, old_key, &s->old_key)) &&
           !failed(note_key_parse(a, new_key, &s->new_key)) && slice_eq(s->old_key.name, s->origin) &&
           slice_eq(s->new_key.name, s->origin) && s->old_key.type == NOTE_PLAIN && s->new_key.type == NOTE_PLAIN &&
           s->old_key.id != s->new_key.id;
}

result log_key_statement_read(struct arena *a, struct slice text, struct log_key_statement *out)
{
    struct note n;
    *out = (struct log_key_statement){.size = 0};
    TRY(note_parse(a, text, &n));
    if (!read_text(a, n.text, out))
        return malformed(a, "不是更换日志密钥的声明", "not a statement of a new key of a log");
    enum note_verdict by_old = note_check(a, &n, &out->old_key, NULL), by_new = note_check(a, &n, &out->new_key, NULL);
    if (by_new != NOTE_GOOD || by_old == NOTE_BAD)
        return fail(a, CODE_NOTE_SIGNATURE, S(""), "value", out->origin, NULL);
    out->by_old = by_old == NOTE_GOOD;
    return ok();
}
