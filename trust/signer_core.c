#include "trust/signer_core_parts.h"

#include "trust/canonical.h"

#include <stdio.h>
#include <unistd.h>

enum { SUBJECT_MAX = 128, LINE_MAX = 1024 };

static const struct signer_policy policies[SIGN_PURPOSES] = {
    [SIGN_LICENCE_PDF] = {SIGN_LICENCE_PDF, 2u << 20, 1200},
    [SIGN_DOCUMENT_PDF] = {SIGN_DOCUMENT_PDF, 4u << 20, 1200},
    [SIGN_LICENCE_RECORD] = {SIGN_LICENCE_RECORD, 256u << 10, 2400},
    [SIGN_BRIEFING_PDF] = {SIGN_BRIEFING_PDF, 4u << 20, 10},
    [SIGN_LOG_CHECKPOINT] = {SIGN_LOG_CHECKPOINT, 1u << 10, 1200},
    [SIGN_SEAL_MAKE] = {SIGN_SEAL_MAKE, 1u << 20, 600},
    [SIGN_SEAL_USE] = {SIGN_SEAL_USE, 256u << 10, 60000},
    [SIGN_SEAL_REVOCATIONS] = {SIGN_SEAL_REVOCATIONS, 3u << 20, 30},
    [SIGN_ID_TOKEN] = {SIGN_ID_TOKEN, 4u << 10, 6000},
    [SIGN_TRUST_LIST] = {SIGN_TRUST_LIST, 1u << 20, 30},
};
static const char *const purpose_names[SIGN_PURPOSES] = {
    "licence.pdf", "document.pdf",  "licence.record",   "briefing.pdf", SIGNER_LOG_PURPOSE,
    "seal.make",   "seal.document", "seal.revocations", "id_token",     "trust.list"};

const char *signer_purpose_name(enum signer_purpose p)
{
    return purpose_names[p];
}

bool signer_purpose_of_record(struct slice type, enum signer_purpose *out)
{
    *out = slice_is(type, "licence")    ? SIGN_LICENCE_PDF
           : slice_is(type, "briefing") ? SIGN_BRIEFING_PDF
                                        : SIGN_DOCUMENT_PDF;
    return *out != SIGN_DOCUMENT_PDF || slice_is(type, "document");
}

bool signer_purpose_scan(struct slice s, enum signer_purpose *out)
{
    for (int i = 0; i < SIGN_PURPOSES; i++) {
        if (!slice_is(s, purpose_names[i])) continue;
        *out = (enum signer_purpose)i;
        return true;
    }
    return false;
}

const struct signer_policy *signer_policy(enum signer_purpose p)
{
    return &policies[p];
}

/* ---- the record of use: one JSON line an event, each holding the hash of the line before ---- */

/* Continues the chain: hash of the last whole line of an existing record (empty file: zeros). */
static result read_chain(struct arena *a, struct signer_core *c)
{
    char tail[2 * LINE_MAX];
    off_t size = lseek(c->use_fd, 0, SEEK_END);
    if (size < 0) return fail(a, CODE_INTERNAL, S("use record"), "detail", S("not a file"), NULL);
    if (size == 0) return ok();
    off_t from = size > (off_t)sizeof tail ? size - (off_t)sizeof tail : 0;
    ssize_t n = pread(c->use_fd, tail, sizeof tail, from);
    if (n <= 0 || tail[n - 1] != '\n')
        return fail(a, CODE_INTERNAL, S("use record"), "detail", S("does not end in a whole line"), NULL);
    size_t end = (size_t)n - 1, start = end;
    while (start > 0 && tail[start - 1] != '\n') start--;
    crypto_sha256(slice_of(tail + start, end - start), c->chain);
    return ok();
}

/* Durable before the signature leaves: a use that cannot be recorded is refused. */
result signer_record_use(struct signer_core *c, struct arena *a, const struct signer_peer *peer, const char *purpose,
                         struct slice subject, const uint8_t sha256[CRYPTO_HASH_BYTES], const char *outcome,
                         const struct signer_log *checkpoint)
{
    if (c->use_fd < 0) return ok();
    struct json_builder b = json_builder(a);
    json_set_str(&b, "at", instant_text(a, time_now(c->time)));
    json_set_cstr(&b, "purpose", purpose);
    json_set_str(&b, "subject", subject);
    if (checkpoint) signer_log_note(&b, checkpoint);
    if (sha256) json_set_str(&b, "sha256", hex_encode(a, slice_of((const char *)sha256, CRYPTO_HASH_BYTES)));
    json_set_int(&b, "uid", peer->uid);
    json_set_int(&b, "pid", peer->pid);
    json_set_cstr(&b, "outcome", outcome);
    json_set_str(&b, "previous", hex_encode(a, slice_of((const char *)c->chain, sizeof c->chain)));
    struct slice line = json_write(a, json_object(&b));
    struct slice whole = arena_printf(a, "%.*s\n", SLICE_ARG(line));
    if (c->use_broken || line.n >= LINE_MAX || write(c->use_fd, whole.p, whole.n) != (ssize_t)whole.n ||
        fdatasync(c->use_fd) != 0) {
        c->use_broken = true;
        return fail(a, CODE_UNAVAILABLE, S(""), "detail", S("the record of use cannot be written"), NULL);
    }
    crypto_sha256(line, c->chain);
    return ok();
}

/* ---- policy ---- */

result signer_refuse(struct arena *a, const char *why)
{
    return fail(a, CODE_SIGNER_POLICY, S(""), "detail", slice_cstr(why), NULL);
}

result signer_take_turn(struct signer_core *c, struct arena *a, enum signer_purpose p)
{
    int64_t minute = time_now(c->time) / MS_MINUTE;
    if (c->window[p] != minute) {
        c->window[p] = minute;
        c->used[p] = 0;
    }
    if (c->used[p] >= policies[p].per_minute)
        return fail(a, CODE_SIGNER_RATE, S(""), "limit", arena_printf(a, "%d", policies[p].per_minute), NULL);
    c->used[p]++;
    return ok();
}

static bool subject_good(struct slice s)
{
    if (s.n == 0 || s.n > SUBJECT_MAX || !slice_utf8(s)) return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x21 || s.p[i] == 0x7f || s.p[i] == '"' || s.p[i] == '\\') return false;
    return true;
}

/* "/ByteRange [0 a b c" and spaces and "]": the three numbers. */
static bool read_byte_range(struct slice s, int64_t r[3])
{
    struct slice zero = S("/ByteRange [0 ");
    size_t at = slice_search(s, zero);
    if (at == SIZE_MAX) return false;
    s = slice_sub(s, at + zero.n, 64);
    size_t end = slice_find(s, ']', 0);
    if (end == SIZE_MAX) return false;
    s = slice_trim(slice_sub(s, 0, end));
    for (int i = 0; i < 3; i++) {
        struct slice one;
        (void)slice_cut(s, ' ', &one, &s); /* numbers are padded with spaces to a fixed width */
        s = slice_trim(s);
        if (!slice_int64(one, &r[i]) || r[i] <= 0) return false;
    }
    return s.n == 0;
}

bool signer_pdf_shape(struct slice head, struct slice tail, enum signer_purpose purpose, const char **why)
{
    int64_t r[3];
    if (!slice_starts(head, S("%PDF-1.")) || !slice_ends(tail, S("%%EOF\n"))) {
        *why = "not a PDF";
        return false;
    }
    /* the signature dictionary stands at the end of head: 400 bytes hold its entries before /Contents */
    struct slice dict = head.n > 400 ? slice_sub(head, head.n - 400, 400) : head;
    char name[64];
    int n = snprintf(name, sizeof name, "/TongbanPurpose /%s\n", purpose_names[purpose]);
    if (!slice_ends(head, S("/Contents ")) || slice_search(dict, slice_of(name, (size_t)n)) == SIZE_MAX) {
        *why = "the signature dictionary is missing or names another purpose";
        return false;
    }
    if (!read_byte_range(dict, r) || r[0] != (int64_t)head.n || r[1] <= r[0] || r[2] != (int64_t)tail.n) {
        *why = "the byte range is not that of the bytes given";
        return false;
    }
    return true;
}

static result sign_pdf(struct signer_core *c, struct arena *a, const struct signer_peer *peer, enum signer_purpose p,
                       const struct signer_message *q, struct signer_message *reply)
{
    const char *why;
    struct slice cms, parts[] = {q->field[TAG_HEAD], q->field[TAG_TAIL]};
    uint8_t hash[CRYPTO_HASH_BYTES];
    if (parts[0].n + parts[1].n > policies[p].max_bytes) return signer_refuse(a, "larger than the key's policy allows");
    if (!signer_pdf_shape(parts[0], parts[1], p, &why)) return signer_refuse(a, why);
    TRY(signer_take_turn(c, a, p));
    crypto_sha256_parts(parts, 2, hash);
    TRY(signer_record_use(c, a, peer, purpose_names[p], q->field[TAG_SUBJECT], hash, "signed", NULL));
    TRY(signer_make_cms(a, c->keys, parts[0], parts[1], time_now(c->time), &cms));
    reply->type = SIGNER_SIGNED;
    signer_set(reply, TAG_CMS, cms);
    return ok();
}

/* What the type of a record must be for the purpose: no signature over one can stand for another. */
static result record_fits(struct arena *a, enum signer_purpose p, struct slice type)
{
    enum signer_purpose fits;
    bool list = slice_is(type, "trust_list");
    if (p == SIGN_TRUST_LIST) return list ? ok() : signer_refuse(a, "the record's type is not trust_list");
    if (signer_purpose_of_record(type, &fits) || slice_is(type, "step_correction")) return ok();
    return signer_refuse(a, "the record's type is none of licence, document, briefing, step_correction");
}

static result sign_record(struct signer_core *c, struct arena *a, const struct signer_peer *peer, enum signer_purpose p,
                          const struct signer_message *q, struct signer_message *reply)
{
    const struct json *v;
    struct slice record = q->field[TAG_RECORD], sm2, ed25519;
    uint8_t hash[CRYPTO_HASH_BYTES];
    if (record.n > policies[p].max_bytes) return signer_refuse(a, "larger than the key's policy allows");
    if (failed(canonical_parse(a, record, S("record"), &v)) || v->type != JSON_OBJECT)
        return signer_refuse(a, "not a canonical JSON object");
    TRY(record_fits(a, p, json_string(v, "type")));
    if (!slice_eq(json_string(v, "id"), q->field[TAG_SUBJECT]))
        return signer_refuse(a, "the record's id is not the subject");
    TRY(signer_take_turn(c, a, p));
    crypto_sha256(record, hash);
    TRY(signer_record_use(c, a, peer, purpose_names[p], q->field[TAG_SUBJECT], hash, "signed", NULL));
    TRY(crypto_sign(a, c->keys->sm2, record, &sm2));
    TRY(crypto_sign(a, c->keys->ed25519, record, &ed25519));
    reply->type = SIGNER_SIGNED;
    signer_set(reply, TAG_SM2, sm2);
    signer_set(reply, TAG_ED25519, ed25519);
    return ok();
}

static result sign_checkpoint(struct signer_core *c, struct arena *a, const struct signer_peer *peer,
                              const struct signer_message *q, struct signer_message *reply)
{
    struct signer_log next;
    struct slice text, signature;
    uint8_t hash[CRYPTO_HASH_BYTES];
    TRY(signer_log_next(a, &c->log, q->field[TAG_SUBJECT], q->field[TAG_SIZE], q->field[TAG_ROOT], &next, &text));
    TRY(signer_take_turn(c, a, SIGN_LOG_CHECKPOINT));
    crypto_sha256(text, hash);
    TRY(signer_record_use(c, a, peer, purpose_names[SIGN_LOG_CHECKPOINT], q->field[TAG_SUBJECT], hash, "signed",
                          &next));
    c->log = next;
    TRY(crypto_sign(a, c->keys->log, text, &signature));
    reply->type = SIGNER_SIGNED;
    signer_set(reply, TAG_ED25519, signature);
    return ok();
}

static result sign(struct signer_core *c, struct arena *a, const struct signer_peer *peer,
                   const struct signer_message *q, struct signer_message *reply)
{
    enum signer_purpose p;
    if (!signer_purpose_scan(q->field[TAG_PURPOSE], &p)) return signer_refuse(a, "purpose not known");
    if (!subject_good(q->field[TAG_SUBJECT])) return signer_refuse(a, "subject missing or malformed");
    bool is_seal = p == SIGN_SEAL_MAKE || p == SIGN_SEAL_USE;
    if ((signer_has(q, TAG_RECORD) && signer_has(q, TAG_HEAD)) != is_seal ||
        signer_has(q, TAG_KEY) != (p == SIGN_SEAL_USE))
        return signer_refuse(a, "the thing does not fit the purpose");
    if (is_seal)
        return p == SIGN_SEAL_MAKE ? signer_seal_make(c, a, peer, q, reply) : signer_seal_use(c, a, peer, q, reply);
    if (p == SIGN_ID_TOKEN) return signer_id_token(c, a, peer, q, reply);
    if (p == SIGN_SEAL_REVOCATIONS) return signer_seal_revoke(c, a, peer, q, reply);
    bool is_record = signer_has(q, TAG_RECORD), is_checkpoint = signer_has(q, TAG_ROOT);
    if (is_record != (p == SIGN_LICENCE_RECORD || p == SIGN_TRUST_LIST) || is_checkpoint != (p == SIGN_LOG_CHECKPOINT))
        return signer_refuse(a, "the thing does not fit the purpose");
    if (is_checkpoint) return sign_checkpoint(c, a, peer, q, reply);
    return is_record ? sign_record(c, a, peer, p, q, reply) : sign_pdf(c, a, peer, p, q, reply);
}

/* ---- the city key ---- */

static bool had_key(const struct signer_core *c, const struct signer_peer *peer)
{
    if (peer->key_released) return true;
    size_t n = c->nreleased < SIGNER_RELEASES ? c->nreleased : SIGNER_RELEASES;
    for (size_t i = 0; i < n; i++)
        if (peer->started != 0 && c->released[i].pid == peer->pid && c->released[i].started == peer->started)
            return true;
    return false;
}

static struct slice old_keys(struct arena *a, const struct city_key *k)
{
    struct buf b = buf_new(a, SIGNER_OLD_KEYS * (1 + CRYPTO_KEY_BYTES));
    for (size_t i = 0; i < k->nold; i++) {
        buf_putc(&b, (char)k->old[i].version);
        buf_put(&b, slice_of((const char *)k->old[i].key, CRYPTO_KEY_BYTES));
    }
    return buf_slice(&b);
}

static result release(struct signer_core *c, struct arena *a, struct signer_peer *peer, struct signer_message *reply)
{
    const struct city_key *k = &c->keys->city;
    if (had_key(c, peer)) {
        TRY(signer_record_use(c, a, peer, "city_key", S("-"), NULL, "refused: released before", NULL));
        return signer_refuse(a, "the city key has been released to this process");
    }
    TRY(signer_record_use(c, a, peer, "city_key", S("-"), NULL, "released", NULL));
    peer->key_released = true;
    c->released[c->nreleased++ % SIGNER_RELEASES] = (struct release){peer->pid, peer->started};
    reply->type = SIGNER_CITY_KEY;
    signer_set(reply, TAG_KEY, slice_of((const char *)k->key, CRYPTO_KEY_BYTES));
    signer_set(reply, TAG_INDEX_KEY, slice_of((const char *)k->index_key, CRYPTO_KEY_BYTES));
    if (k->nold) signer_set(reply, TAG_OLD_KEYS, old_keys(a, k));
    signer_set(reply, TAG_KEY_VERSION, arena_printf(a, "%u", k->version));
    signer_set(reply, TAG_TEST, k->test ? S("1") : S("0"));
    return ok();
}

static void certificates(const struct signer_core *c, struct signer_message *reply)
{
    const struct signer_certificates *k = &c->keys->certificates;
    reply->type = SIGNER_CERTIFICATE_SET;
    signer_set(reply, TAG_ANCHORS, k->anchors);
    signer_set(reply, TAG_ISSUING, k->issuing);
    signer_set(reply, TAG_CERT_DOCUMENT, k->document);
    signer_set(reply, TAG_CERT_SM2, k->sm2);
    signer_set(reply, TAG_CERT_ED25519, k->ed25519);
    signer_set(reply, TAG_TEST, k->test ? S("1") : S("0"));
    signer_set(reply, TAG_LOG_KEY, k->log_key);
    signer_set(reply, TAG_ID_KEY, k->id_key);
}

/* ---- doors ---- */

/* Keys of seals that were kept go with the signer. */
static void drop_kept(void *core)
{
    struct signer_core *c = core;
    for (size_t i = 0; i < SIGNER_SEAL_KEYS; i++)
        if (c->kept[i].a) arena_free(c->kept[i].a);
}

result signer_core_open(struct arena *a, const struct signer_keys *keys, struct time_source time, int use_fd,
                        struct signer_core **out)
{
    struct signer_core *c = NEW(a, struct signer_core);
    *c = (struct signer_core){.keys = keys, .time = time, .use_fd = use_fd};
    c->log = signer_log_of(keys);
    arena_cleanup(a, drop_kept, c);
    if (use_fd >= 0) {
        TRY(read_chain(a, c));
        TRY(signer_log_read(a, use_fd, &c->log));
    }
    *out = c;
    return ok();
}

/* The first argument of the problem is what the registry's text of these codes needs. */
static void error_reply(struct arena *a, result r, struct signer_message *reply)
{
    uint32_t sequence = reply->sequence;
    *reply = (struct signer_message){.type = SIGNER_ERROR, .sequence = sequence};
    const struct problem *p = r.problem;
    signer_set(reply, TAG_CODE, slice_cstr(code_name(p->code)));
    signer_set(reply, TAG_DETAIL, p->nargs ? arena_copy(a, p->args[0].value) : S(""));
}

void signer_core_handle(struct signer_core *c, struct arena *a, struct signer_peer *peer,
                        const struct signer_message *request, struct signer_message *reply)
{
    result r = ok();
    *reply = (struct signer_message){.sequence = request->sequence};
    switch (request->type) {
    case SIGNER_RELEASE_CITY_KEY: r = release(c, a, peer, reply); break;
    case SIGNER_CERTIFICATES: certificates(c, reply); break;
    case SIGNER_SIGN:
        r = sign(c, a, peer, request, reply);
        if (failed(r) && subject_good(request->field[TAG_SUBJECT])) {
            enum signer_purpose p;
            const char *name = signer_purpose_scan(request->field[TAG_PURPOSE], &p) ? purpose_names[p] : "unknown";
            result noted =
                signer_record_use(c, a, peer, name, request->field[TAG_SUBJECT], NULL, code_name(result_code(r)), NULL);
            (void)noted; /* a refusal stands whether or not it could be noted */
        }
        break;
    default: r = fail(a, CODE_SIGNER_PROTOCOL, S(""), "detail", S("not a request"), NULL);
    }
    if (failed(r)) error_reply(a, r, reply);
}
