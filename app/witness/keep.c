#include "app/witness/witness.h"

#include "trust/log_key.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_MAX = 4096, LOGS_MAX_BYTES = 256 << 10 };

static result broken(struct arena *a, const char *path)
{
    return fail(a, CODE_FILE_FAILED, slice_cstr(path), "detail", slice_cstr(strerror(errno)), NULL);
}

result witness_init(struct arena *a, const char *dir, struct slice name)
{
    struct crypto_key *key;
    struct note_key k;
    struct slice old;
    bool there;
    TRY(crypto_key_new(a, CRYPTO_ED25519, &key));
    TRY(note_key_make(a, name, NOTE_COSIGNATURE, key, &k));
    if (mkdir(dir, 0700) != 0 && errno != EEXIST) return broken(a, dir);
    TRY(log_file_get(a, dir, S("witness.key"), KEY_MAX, &old, &there));
    if (there) return fail(a, CODE_CONFLICT, S("--init"), "value", S("witness.key"), NULL);
    struct slice secret = base64_encode(a, crypto_key_pkcs8(a, key));
    return log_file_put(a, dir, S("witness.key"), arena_printf(a, "%.*s\n%.*s\n", SLICE_ARG(name), SLICE_ARG(secret)),
                        0600);
}

static result read_key(struct witness *w)
{
    struct arena *a = w->a;
    struct slice text, name, rest, encoded, der;
    struct crypto_key *key;
    struct stat st;
    bool there;
    char *path = arena_cstr(a, arena_printf(a, "%s/witness.key", w->dir));
    if (stat(path, &st) != 0) return broken(a, path);
    if (st.st_mode & 077)
        return fail(a, CODE_CRYPTO_KEY, slice_cstr(path), "detail", arena_printf(a, "%s: chmod 600", path), NULL);
    TRY(log_file_get(a, w->dir, S("witness.key"), KEY_MAX, &text, &there));
    if (!there || !slice_cut(text, '\n', &name, &rest) || !slice_cut(rest, '\n', &encoded, &rest) ||
        !base64_decode(a, encoded, &der))
        return fail(a, CODE_CRYPTO_KEY, slice_cstr(path), "detail", S("not a witness's key"), NULL);
    TRY(crypto_key_from_pkcs8(a, der, &key));
    return note_key_make(a, name, NOTE_COSIGNATURE, key, &w->key);
}

/* "log vkey [address]", as in a policy; empty lines and # are left out. */
static result read_logs(struct witness *w)
{
    struct arena *a = w->a;
    struct slice text, line;
    bool there;
    TRY(log_file_get(a, w->dir, S("logs"), LOGS_MAX_BYTES, &text, &there));
    for (unsigned n = 1; there && text.n; n++) {
        struct slice word, vkey, address = {NULL, 0};
        (void)slice_cut(text, '\n', &line, &text);
        line = slice_trim(line);
        if (!line.n || line.p[0] == '#') continue;
        struct witness_log *log = &w->logs[w->nlogs];
        (void)slice_cut(line, ' ', &word, &line);
        bool more = slice_cut(slice_trim(line), ' ', &vkey, &address);
        if (!slice_is(word, "log") || w->nlogs == WITNESS_LOGS_MAX || failed(note_key_parse(a, vkey, &log->key)) ||
            log->key.type != NOTE_PLAIN)
            return fail(a, CODE_TLOG_POLICY, S("logs"), "line", arena_printf(a, "%u", n), "detail_zh",
                        S("应为：log 公钥 [网址]"), "detail_en", S("write: log key [address]"), NULL);
        if (more) log->address = slice_trim(address);
        log->file = arena_printf(a, "seen/%.*s", SLICE_ARG(crypto_sha256_hex(a, log->key.name)));
        w->nlogs++;
    }
    return ok();
}

result witness_add_log(struct arena *a, const char *dir, struct slice vkey, struct slice address)
{
    struct witness w;
    struct note_key k;
    struct slice text = {NULL, 0};
    bool there;
    TRY(note_key_parse(a, vkey, &k));
    if (k.type != NOTE_PLAIN) return fail(a, CODE_NOTE_KEY, S(""), "value", vkey, NULL);
    TRY(witness_open(a, dir, &w));
    for (size_t i = 0; i < w.nlogs; i++)
        if (slice_eq(w.logs[i].key.name, k.name)) return fail(a, CODE_CONFLICT, S("--add-log"), "value", k.name, NULL);
    TRY(log_file_get(a, dir, S("logs"), LOGS_MAX_BYTES, &text, &there));
    return log_file_put(a, dir, S("logs"),
                        arena_printf(a, "%.*slog %.*s%s%.*s\n", SLICE_ARG(text), SLICE_ARG(vkey), address.n ? " " : "",
                                     SLICE_ARG(address)),
                        0644);
}

static bool same_key(struct arena *a, const struct note_key *x, const struct note_key *y)
{
    return slice_eq(note_public_key(a, x->key), note_public_key(a, y->key));
}

static result check_statement(struct arena *a, const struct note_key *known, const struct note_key *new_key,
                              struct slice text, bool *by_old)
{
    struct log_key_statement s;
    TRY(log_key_statement_read(a, text, &s));
    if (!same_key(a, &s.old_key, known) || !same_key(a, &s.new_key, new_key) || !slice_eq(s.origin, known->name))
        return fail(a, CODE_NOTE_KEY, S("--statement"), "value", s.origin, NULL);
    *by_old = s.by_old;
    return ok();
}

result witness_new_key(struct arena *a, const char *dir, struct slice vkey, const struct slice *statement, bool *by_old)
{
    struct witness w;
    struct note_key k;
    struct slice text, line;
    bool there;
    const struct witness_log *log = NULL;
    *by_old = false;
    TRY(note_key_parse(a, vkey, &k));
    if (k.type != NOTE_PLAIN) return fail(a, CODE_NOTE_KEY, S("--new-key"), "value", vkey, NULL);
    TRY(witness_open(a, dir, &w));
    for (size_t i = 0; i < w.nlogs; i++)
        if (slice_eq(w.logs[i].key.name, k.name)) log = &w.logs[i];
    if (!log) return fail(a, CODE_NOT_FOUND, S("--new-key"), "value", k.name, NULL);
    if (same_key(a, &log->key, &k)) return fail(a, CODE_CONFLICT, S("--new-key"), "value", k.name, NULL);
    if (statement) TRY(check_statement(a, &log->key, &k, *statement, by_old));
    TRY(log_file_get(a, dir, S("logs"), LOGS_MAX_BYTES, &text, &there));
    struct buf b = buf_new(a, LOGS_MAX_BYTES);
    struct slice old_key = note_key_text(a, &log->key);
    while (text.n) {
        (void)slice_cut(text, '\n', &line, &text);
        bool is_it = slice_starts(line, S("log ")) && slice_search(line, old_key) != SIZE_MAX;
        if (is_it)
            buf_put(&b, arena_printf(a, "# before: %.*s\nlog %.*s%s%.*s\n", SLICE_ARG(line), SLICE_ARG(vkey),
                                     log->address.n ? " " : "", SLICE_ARG(log->address)));
        else
            buf_put(&b, arena_printf(a, "%.*s\n", SLICE_ARG(line)));
    }
    return log_file_put(a, dir, S("logs"), buf_slice(&b), 0644);
}

result witness_open(struct arena *a, const char *dir, struct witness *out)
{
    struct slice note;
    struct checkpoint seen;
    *out = (struct witness){.a = a, .dir = dir};
    TRY(read_key(out));
    TRY(read_logs(out));
    for (size_t i = 0; i < out->nlogs; i++) TRY(witness_seen(out, a, &out->logs[i], &note, &seen));
    return ok();
}

result witness_seen(const struct witness *w, struct arena *a, const struct witness_log *log, struct slice *note,
                    struct checkpoint *out)
{
    struct note n;
    bool there;
    *out = (struct checkpoint){.size = 0};
    note->n = 0;
    TRY(log_file_get(a, w->dir, log->file, NOTE_MAX_BYTES, note, &there));
    if (!there) return ok();
    TRY(note_parse(a, *note, &n));
    TRY(checkpoint_parse(a, n.text, out));
    if (!slice_eq(out->origin, log->key.name) || note_check(a, &n, &w->key, NULL) != NOTE_GOOD)
        return fail(a, CODE_NOTE_SIGNATURE, log->file, "value", w->key.name, NULL);
    return ok();
}

result witness_keep(const struct witness *w, struct arena *a, const struct witness_log *log, struct slice note)
{
    return log_file_put(a, w->dir, log->file, note, 0644);
}
