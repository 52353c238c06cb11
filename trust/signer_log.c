#include "trust/signer_log.h"

#include <unistd.h>

enum { BLOCK = 64 << 10, OVERLAP = 2048 /* longer than a line */ };

static uint32_t short_hash(struct slice public_key)
{
    uint8_t h[CRYPTO_HASH_BYTES];
    crypto_sha256(public_key, h);
    return (uint32_t)h[0] << 24 | (uint32_t)h[1] << 16 | (uint32_t)h[2] << 8 | h[3];
}

struct signer_log signer_log_of(const struct signer_keys *k)
{
    struct signer_log l = {.key = short_hash(k->certificates.log_key), .nbefore = k->nold_log};
    for (size_t i = 0; i < k->nold_log; i++) l.before[i] = short_hash(k->old_log[i]);
    return l;
}

static bool is_ours(struct arena *a, struct slice key, const struct signer_log *l)
{
    if (slice_eq(key, arena_printf(a, "%08x", l->key))) return true;
    for (size_t i = 0; i < l->nbefore; i++)
        if (slice_eq(key, arena_printf(a, "%08x", l->before[i]))) return true;
    return false;
}

void signer_log_note(struct json_builder *line, const struct signer_log *c)
{
    json_set_str(line, "log_key", arena_printf(line->a, "%08x", c->key));
    json_set_str(line, "size", arena_printf(line->a, "%llu", (unsigned long long)c->size));
    json_set_str(line, "root", hex_encode(line->a, slice_of((const char *)c->root, sizeof c->root)));
}

/* A line of the record that says this key signed a checkpoint. */
static bool read_line(struct arena *a, struct slice line, struct signer_log *out)
{
    const struct json *v;
    struct slice root, origin;
    if (slice_search(line, S("\"" SIGNER_LOG_PURPOSE "\"")) == SIZE_MAX) return false;
    if (failed(json_parse(a, line, OVERLAP, S("uses"), &v)) || !slice_is(json_string(v, "outcome"), "signed") ||
        !slice_is(json_string(v, "purpose"), SIGNER_LOG_PURPOSE) || !is_ours(a, json_string(v, "log_key"), out))
        return false;
    origin = json_string(v, "subject");
    if (!note_number(json_string(v, "size"), &out->size) || !hex_decode(a, json_string(v, "root"), &root) ||
        root.n != sizeof out->root || origin.n >= sizeof out->origin)
        return false;
    memcpy(out->root, root.p, root.n);
    memcpy(out->origin, origin.p, origin.n);
    out->origin[origin.n] = 0;
    out->known = true;
    return true;
}

/* Lines of the block, the last one first; the first one may be cut and is whole in the block before. */
static bool search_block(struct arena *a, struct slice block, bool first, struct signer_log *out)
{
    size_t end = block.n;
    while (end > 0) {
        size_t start = end - 1; /* end is behind a newline */
        while (start > 0 && block.p[start - 1] != '\n') start--;
        if (start == 0 && !first) return false;
        if (read_line(a, slice_sub(block, start, end - 1 - start), out)) return true;
        end = start;
    }
    return false;
}

result signer_log_read(struct arena *a, int fd, struct signer_log *out)
{
    off_t end = lseek(fd, 0, SEEK_END);
    struct arena *own = arena_new("record of use");
    char *block = arena_alloc(a, BLOCK);
    while (end > 0) {
        off_t from = end > BLOCK ? end - BLOCK : 0;
        ssize_t n = pread(fd, block, (size_t)(end - from), from);
        if (n != end - from) {
            arena_free(own);
            return fail(a, CODE_INTERNAL, S("use record"), "detail", S("cannot be read"), NULL);
        }
        arena_reset(own);
        struct slice s = slice_of(block, (size_t)n);
        while (s.n && s.p[s.n - 1] != '\n') s.n--; /* the beginning of a line that was looked at */
        if (search_block(own, s, from == 0, out) || from == 0) break;
        end = from + OVERLAP;
    }
    arena_free(own);
    return ok();
}

static result refuse(struct arena *a, const char *why)
{
    return fail(a, CODE_SIGNER_POLICY, S(""), "detail", slice_cstr(why), NULL);
}

result signer_log_next(struct arena *a, const struct signer_log *last, struct slice origin, struct slice size,
                       struct slice root, struct signer_log *next, struct slice *text)
{
    *next = (struct signer_log){.key = last->key, .nbefore = last->nbefore, .known = true};
    memcpy(next->before, last->before, sizeof next->before);
    if (!note_name_valid(origin) || origin.n >= sizeof next->origin) return refuse(a, "not a log's origin");
    if (!note_number(size, &next->size) || root.n != sizeof next->root) return refuse(a, "not a checkpoint");
    memcpy(next->origin, origin.p, origin.n);
    memcpy(next->root, root.p, root.n);
    if (last->known && !slice_is(origin, last->origin)) return refuse(a, "this key signs for another log");
    if (last->known && next->size < last->size) return refuse(a, "the log is smaller than what was signed last");
    if (last->known && next->size == last->size && memcmp(next->root, last->root, sizeof last->root) != 0)
        return refuse(a, "another root at the size signed last");
    *text = checkpoint_write(a, &(struct checkpoint){origin, next->size, root, {NULL, 0}});
    return ok();
}
