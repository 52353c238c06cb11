/* add-checkpoint: the answers are those of C2SP tlog-witness. */
#include "app/witness/witness.h"

enum { PROOF_LINES_MAX = 63 };

struct adding {
    struct arena *a;
    const struct witness *w;
    const struct witness_log *log;
    uint64_t old;
    struct merkle_proof proof;
    struct slice text; /* the note as it came */
    struct note note;
    struct checkpoint checkpoint;
    struct witness_answer *out;
};

static bool answer(struct adding *x, int status, const char *why)
{
    *x->out = (struct witness_answer){status, arena_printf(x->a, "%s\n", why), "text/plain; charset=utf-8"};
    return false;
}

static bool conflict(struct adding *x, uint64_t size)
{
    struct slice body = arena_printf(x->a, "%llu\n", (unsigned long long)size);
    *x->out = (struct witness_answer){409, body, "text/x.tlog.size"};
    return false;
}

/* "old N", hashes, an empty line, a checkpoint. */
static bool read_request(struct adding *x, struct slice body)
{
    struct slice line, rest, *hashes = NEW_ARRAY(x->a, struct slice, PROOF_LINES_MAX);
    x->proof.hash = hashes;
    if (!slice_cut(body, '\n', &line, &rest) || !slice_starts(line, S("old ")) ||
        !note_number(slice_sub(line, 4, line.n), &x->old))
        return answer(x, 400, "the first line must be: old SIZE");
    for (;;) {
        if (!slice_cut(rest, '\n', &line, &rest)) return answer(x, 400, "the checkpoint is missing");
        if (!line.n) break;
        if (x->proof.n == PROOF_LINES_MAX) return answer(x, 400, "more than 63 hashes");
        if (!base64_decode(x->a, line, &hashes[x->proof.n]) || hashes[x->proof.n++].n != MERKLE_HASH_BYTES)
            return answer(x, 400, "a hash is not 32 bytes in base64");
    }
    x->text = rest;
    if (failed(note_parse(x->a, rest, &x->note)) || failed(checkpoint_parse(x->a, x->note.text, &x->checkpoint)))
        return answer(x, 400, "not a checkpoint");
    return true;
}

static bool known_log(struct adding *x)
{
    for (size_t i = 0; i < x->w->nlogs; i++) {
        if (!slice_eq(x->w->logs[i].key.name, x->checkpoint.origin)) continue;
        x->log = &x->w->logs[i];
        if (note_check(x->a, &x->note, &x->log->key, NULL) == NOTE_GOOD) return true;
        return answer(x, 403, "not signed by the log's key");
    }
    return answer(x, 404, "the log is not known here");
}

static bool continues(struct adding *x, const struct checkpoint *seen)
{
    const struct checkpoint *c = &x->checkpoint;
    if (x->old > c->size) return answer(x, 400, "the old size is larger than the checkpoint's");
    if (x->old != seen->size) return conflict(x, seen->size);
    if (x->old == 0) return x->proof.n == 0 || answer(x, 422, "a proof from size 0 is empty");
    if (x->old == c->size) {
        if (!slice_eq(c->root, seen->root)) return conflict(x, seen->size);
        return x->proof.n == 0 || answer(x, 422, "the consistency proof does not hold");
    }
    return merkle_verify_consistency(x->old, c->size, x->proof, seen->root, c->root) ||
           answer(x, 422, "the consistency proof does not hold");
}

/* The log's own signature is kept beside ours: with another one of the same log it is the proof of a fork. */
static result cosign(struct adding *x, instant now, struct slice *line)
{
    struct buf b = buf_new(x->a, NOTE_MAX_BYTES);
    TRY(note_sign(x->a, &x->w->key, x->note.text, (uint64_t)(now / MS_SECOND), line));
    for (size_t i = 0; i < x->note.n; i++) {
        const struct note_signature *s = &x->note.signatures[i];
        if (s->id == x->log->key.id && slice_eq(s->name, x->log->key.name))
            buf_put(&b, note_line(x->a, &x->log->key, 0, s->bytes));
    }
    buf_put(&b, *line);
    return witness_keep(x->w, x->a, x->log, note_write(x->a, x->note.text, buf_slice(&b)));
}

void witness_add(const struct witness *w, struct arena *a, struct slice body, instant now, struct witness_answer *out)
{
    struct adding x = {.a = a, .w = w, .out = out};
    struct checkpoint seen;
    struct slice note, line;
    if (!read_request(&x, body) || !known_log(&x)) return;
    if (failed(witness_seen(w, a, x.log, &note, &seen))) {
        (void)answer(&x, 500, "what was seen before cannot be read");
        return;
    }
    if (!continues(&x, &seen)) return;
    if (failed(cosign(&x, now, &line))) {
        (void)answer(&x, 500, "cannot keep it");
        return;
    }
    *out = (struct witness_answer){200, line, "text/plain; charset=utf-8"};
}
