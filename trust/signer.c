/* Client of the signer: one connection, calls queue behind a mutex. */
#include "trust/signer.h"

#include "trust/signer_core.h"
#include "trust/signer_protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <sys/un.h>
#include <unistd.h>

struct signer {
    pthread_mutex_t mutex;
    uint32_t sequence;
    /* over a socket */
    char *path;
    int fd; /* -1: not connected */
    /* in-process, tests only */
    struct signer_core *core;
    struct signer_peer peer;
};

static result unavailable(struct arena *a, const char *what)
{
    return fail(a, CODE_UNAVAILABLE, S(""), "detail", arena_printf(a, "signer: %s", what), NULL);
}

static result bad_reply(struct arena *a, const char *why)
{
    return fail(a, CODE_SIGNER_PROTOCOL, S(""), "detail", slice_cstr(why), NULL);
}

/* ---- transport ---- */

static int64_t monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool wait_for(int fd, short events, int64_t deadline)
{
    for (;;) {
        int64_t left = deadline - monotonic_ms();
        struct pollfd p = {fd, events, 0};
        int n = left > 0 ? poll(&p, 1, (int)left) : 0;
        if (n > 0) return true;
        if (n == 0 || errno != EINTR) return false;
    }
}

static void disconnect(struct signer *s)
{
    if (s->fd >= 0) close(s->fd);
    s->fd = -1;
}

/* -1: nobody is there. */
static int connection(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    if (n >= sizeof to.sun_path) return -1;
    memcpy(to.sun_path, path, n + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof to) == 0) return fd;
    close(fd);
    return -1;
}

static bool connect_now(struct signer *s)
{
    s->fd = connection(s->path);
    return s->fd >= 0;
}

bool signer_answers(const struct signer *s)
{
    if (s->core) return true;
    int fd = connection(s->path);
    if (fd >= 0) close(fd);
    return fd >= 0;
}

static bool send_all(int fd, struct slice s, int64_t deadline)
{
    while (s.n) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (n > 0)
            s = slice_of(s.p + n, s.n - (size_t)n);
        else if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            if (!wait_for(fd, POLLOUT, deadline)) return false;
        } else
            return false;
    }
    return true;
}

static bool receive_all(int fd, char *p, size_t want, int64_t deadline)
{
    while (want) {
        ssize_t n = recv(fd, p, want, 0);
        if (n > 0) {
            p += n;
            want -= (size_t)n;
        } else if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            if (!wait_for(fd, POLLIN, deadline)) return false;
        } else
            return false;
    }
    return true;
}

/* One exchange on the connection there is; false: the connection is of no more use. */
static bool exchange(struct signer *s, struct arena *a, struct slice frame, struct slice *reply)
{
    int64_t deadline = monotonic_ms() + SIGNER_TIMEOUT_MS;
    uint8_t head[SIGNER_LENGTH_BYTES];
    if (!send_all(s->fd, frame, deadline) || !receive_all(s->fd, (char *)head, sizeof head, deadline)) return false;
    size_t n = signer_frame_length(head);
    if (n == 0) return false;
    char *p = arena_alloc(a, n);
    if (!receive_all(s->fd, p, n, deadline)) return false;
    *reply = slice_of(p, n);
    return true;
}

static result call_socket(struct signer *s, struct arena *a, struct slice frame, struct slice *reply)
{
    bool fresh = s->fd < 0;
    if (fresh && !connect_now(s)) return unavailable(a, "cannot connect");
    if (exchange(s, a, frame, reply)) return ok();
    disconnect(s);
    /* A connection kept from earlier may have died with a restarted signer; signing twice harms nobody. */
    if (!fresh && connect_now(s) && exchange(s, a, frame, reply)) return ok();
    disconnect(s);
    return unavailable(a, "no answer");
}

static result call_core(struct signer *s, struct arena *a, struct slice frame, struct slice *reply)
{
    struct signer_message q, r;
    struct slice out;
    TRY(signer_decode(a, slice_sub(frame, SIGNER_LENGTH_BYTES, frame.n), &q));
    signer_core_handle(s->core, a, &s->peer, &q, &r);
    TRY(signer_encode(a, &r, &out));
    *reply = slice_sub(out, SIGNER_LENGTH_BYTES, out.n);
    return ok();
}

/* A refusal comes back as the problem it was there; codes that no signer sends are a broken protocol. */
static result refusal(struct arena *a, const struct signer_message *m)
{
    enum code code = code_of_name(m->field[TAG_CODE]);
    struct slice detail = m->field[TAG_DETAIL];
    switch (code) {
    case CODE_SIGNER_RATE: return fail(a, code, S(""), "limit", detail, NULL);
    case CODE_SIGNER_POLICY:
    case CODE_SIGNER_PROTOCOL:
    case CODE_SEAL_SUPPORT:
    case CODE_UNAVAILABLE:
    case CODE_CRYPTO_KEY: return fail(a, code, S(""), "detail", detail, NULL);
    default: return bad_reply(a, "error of an unknown kind");
    }
}

static result call(struct signer *s, struct arena *a, struct signer_message *q, enum signer_type want,
                   struct signer_message *out)
{
    struct slice frame, bytes = {0};
    pthread_mutex_lock(&s->mutex);
    q->sequence = ++s->sequence;
    result r = signer_encode(a, q, &frame);
    if (!failed(r)) r = s->core ? call_core(s, a, frame, &bytes) : call_socket(s, a, frame, &bytes);
    if (!failed(r)) {
        r = signer_decode(a, bytes, out);
        if (!failed(r) && out->sequence != q->sequence) r = bad_reply(a, "answer to another request");
        if (failed(r)) disconnect(s);
    }
    pthread_mutex_unlock(&s->mutex);
    TRY(r);
    if (out->type == SIGNER_ERROR) return refusal(a, out);
    return out->type == want ? ok() : bad_reply(a, "answer of another kind");
}

/* ---- opening ---- */

static void close_signer(void *p)
{
    struct signer *s = p;
    disconnect(s);
    pthread_mutex_destroy(&s->mutex);
}

static struct signer *new_signer(struct arena *a)
{
    struct signer *s = NEW(a, struct signer);
    s->fd = -1;
    pthread_mutex_init(&s->mutex, NULL);
    arena_cleanup(a, close_signer, s);
    return s;
}

result signer_open(struct arena *a, const char *socket_path, struct signer **out)
{
    struct signer *s = new_signer(a);
    struct signer_certificates c;
    s->path = arena_cstr(a, slice_cstr(socket_path));
    TRY(signer_certificates(s, a, &c)); /* it answers, and speaks our version */
    *out = s;
    return ok();
}

static void close_fd(void *p)
{
    close((int)(intptr_t)p);
}

result signer_open_test(struct arena *a, struct time_source time, const char *use_record, struct signer **out)
{
    struct signer *s = new_signer(a);
    struct signer_keys *k = NEW(a, struct signer_keys);
    struct signer_names names = {S("测试市政务服务数据管理局"), S("测试市")};
    TRY(signer_keys_make_test(a, &names, time_now(time), k));
    int fd = -1;
    if (use_record) {
        fd = open(use_record, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0) return unavailable(a, "use record cannot be opened");
        arena_cleanup(a, close_fd, (void *)(intptr_t)fd);
    }
    s->peer = (struct signer_peer){getuid(), getpid(), 1, false};
    TRY(signer_core_open(a, k, time, fd, &s->core));
    *out = s;
    return ok();
}

/* ---- calls ---- */

static bool read_old_keys(struct slice s, struct city_key *out)
{
    enum { ONE = 1 + CRYPTO_KEY_BYTES };
    out->nold = s.n / ONE;
    if (s.n % ONE != 0 || out->nold > SIGNER_OLD_KEYS) return false;
    for (size_t i = 0; i < out->nold; i++) {
        out->old[i].version = (uint8_t)s.p[i * ONE];
        memcpy(out->old[i].key, s.p + i * ONE + 1, CRYPTO_KEY_BYTES);
        if (out->old[i].version < 1 || out->old[i].version >= out->version) return false;
    }
    return true;
}

result signer_city_key(struct signer *s, struct arena *a, struct city_key *out)
{
    struct signer_message q = {.type = SIGNER_RELEASE_CITY_KEY}, r;
    int64_t version;
    TRY(call(s, a, &q, SIGNER_CITY_KEY, &r));
    if (r.field[TAG_KEY].n != CRYPTO_KEY_BYTES || r.field[TAG_INDEX_KEY].n != CRYPTO_KEY_BYTES ||
        !slice_int64(r.field[TAG_KEY_VERSION], &version) || version < 1 || version > 255)
        return bad_reply(a, "city key malformed");
    out->version = (uint32_t)version;
    out->test = slice_is(r.field[TAG_TEST], "1");
    memcpy(out->key, r.field[TAG_KEY].p, CRYPTO_KEY_BYTES);
    memcpy(out->index_key, r.field[TAG_INDEX_KEY].p, CRYPTO_KEY_BYTES);
    return read_old_keys(r.field[TAG_OLD_KEYS], out) ? ok() : bad_reply(a, "old city keys malformed");
}

result signer_certificates(struct signer *s, struct arena *a, struct signer_certificates *out)
{
    struct signer_message q = {.type = SIGNER_CERTIFICATES}, r;
    TRY(call(s, a, &q, SIGNER_CERTIFICATE_SET, &r));
    *out =
        (struct signer_certificates){r.field[TAG_ANCHORS],  r.field[TAG_ISSUING],      r.field[TAG_CERT_DOCUMENT],
                                     r.field[TAG_CERT_SM2], r.field[TAG_CERT_ED25519], slice_is(r.field[TAG_TEST], "1"),
                                     r.field[TAG_ID_KEY],   r.field[TAG_LOG_KEY]};
    return out->log_key.n == CRYPTO_KEY_BYTES ? ok() : bad_reply(a, "the log's key is malformed");
}

result signer_sign_pdf(struct signer *s, struct arena *a, enum signer_purpose purpose, struct slice subject,
                       struct slice head, struct slice tail, struct slice *cms)
{
    struct signer_message q = {.type = SIGNER_SIGN}, r;
    signer_set(&q, TAG_PURPOSE, slice_cstr(signer_purpose_name(purpose)));
    signer_set(&q, TAG_SUBJECT, subject);
    signer_set(&q, TAG_HEAD, head);
    signer_set(&q, TAG_TAIL, tail);
    TRY(call(s, a, &q, SIGNER_SIGNED, &r));
    if (!signer_has(&r, TAG_CMS)) return bad_reply(a, "no CMS in the answer");
    *cms = r.field[TAG_CMS];
    return ok();
}

static result sign_record(struct signer *s, struct arena *a, enum signer_purpose purpose, struct slice subject,
                          struct slice canonical, struct record_signatures *out)
{
    struct signer_message q = {.type = SIGNER_SIGN}, r;
    signer_set(&q, TAG_PURPOSE, slice_cstr(signer_purpose_name(purpose)));
    signer_set(&q, TAG_SUBJECT, subject);
    signer_set(&q, TAG_RECORD, canonical);
    TRY(call(s, a, &q, SIGNER_SIGNED, &r));
    if (!signer_has(&r, TAG_SM2)) return bad_reply(a, "no record signatures in the answer");
    *out = (struct record_signatures){r.field[TAG_SM2], r.field[TAG_ED25519]};
    return ok();
}

result signer_sign_record(struct signer *s, struct arena *a, struct slice subject, struct slice canonical,
                          struct record_signatures *out)
{
    return sign_record(s, a, SIGN_LICENCE_RECORD, subject, canonical, out);
}

result signer_sign_trust_list(struct signer *s, struct arena *a, struct slice subject, struct slice canonical,
                              struct record_signatures *out)
{
    return sign_record(s, a, SIGN_TRUST_LIST, subject, canonical, out);
}

result signer_sign_checkpoint(struct signer *s, struct arena *a, struct slice origin, uint64_t size, struct slice root,
                              struct slice *signature)
{
    struct signer_message q = {.type = SIGNER_SIGN}, r;
    signer_set(&q, TAG_PURPOSE, slice_cstr(signer_purpose_name(SIGN_LOG_CHECKPOINT)));
    signer_set(&q, TAG_SUBJECT, origin);
    signer_set(&q, TAG_SIZE, arena_printf(a, "%llu", (unsigned long long)size));
    signer_set(&q, TAG_ROOT, root);
    TRY(call(s, a, &q, SIGNER_SIGNED, &r));
    *signature = r.field[TAG_ED25519];
    return signature->n == 64 ? ok() : bad_reply(a, "no signature of a checkpoint in the answer");
}

result signer_sign_id_token(struct signer *s, struct arena *a, struct slice client, struct slice claims,
                            struct slice *jwt)
{
    struct signer_message q = {.type = SIGNER_SIGN}, r;
    signer_set(&q, TAG_PURPOSE, slice_cstr(signer_purpose_name(SIGN_ID_TOKEN)));
    signer_set(&q, TAG_SUBJECT, client);
    signer_set(&q, TAG_RECORD, claims);
    TRY(call(s, a, &q, SIGNER_SIGNED, &r));
    *jwt = r.field[TAG_JWT];
    return jwt->n ? ok() : bad_reply(a, "no ID token in the answer");
}

result signer_make_seal(struct signer *s, struct arena *a, struct slice id, struct slice canonical,
                        struct slice picture, struct signer_seal *out)
{
    struct signer_message q = {.type = SIGNER_SIGN}, r;
    signer_set(&q, TAG_PURPOSE, slice_cstr(signer_purpose_name(SIGN_SEAL_MAKE)));
    signer_set(&q, TAG_SUBJECT, id);
    signer_set(&q, TAG_HEAD, picture);
    signer_set(&q, TAG_RECORD, canonical);
    TRY(call(s, a, &q, SIGNER_SIGNED, &r));
    if (!signer_has(&r, TAG_SEAL) || !signer_has(&r, TAG_KEY)) return bad_reply(a, "no seal in the answer");
    *out = (struct signer_seal){r.field[TAG_SEAL], r.field[TAG_KEY]};
    return ok();
}

result signer_use_seal(struct signer *s, struct arena *a, struct slice subject, struct slice canonical,
                       struct slice signature_xml, const struct signer_seal *seal, struct slice *signature)
{
    struct signer_message q = {.type = SIGNER_SIGN}, r;
    signer_set(&q, TAG_PURPOSE, slice_cstr(signer_purpose_name(SIGN_SEAL_USE)));
    signer_set(&q, TAG_SUBJECT, subject);
    signer_set(&q, TAG_HEAD, signature_xml);
    signer_set(&q, TAG_TAIL, seal->seal);
    signer_set(&q, TAG_RECORD, canonical);
    signer_set(&q, TAG_KEY, seal->key);
    TRY(call(s, a, &q, SIGNER_SIGNED, &r));
    if (!signer_has(&r, TAG_SEAL) || signer_has(&r, TAG_KEY)) return bad_reply(a, "no signature of the seal");
    *signature = r.field[TAG_SEAL];
    return ok();
}

result signer_seal_revocations(struct signer *s, struct arena *a, struct slice canonical, struct slice *crl)
{
    struct signer_message q = {.type = SIGNER_SIGN}, r;
    signer_set(&q, TAG_PURPOSE, slice_cstr(signer_purpose_name(SIGN_SEAL_REVOCATIONS)));
    signer_set(&q, TAG_SUBJECT, S("revocations"));
    signer_set(&q, TAG_RECORD, canonical);
    TRY(call(s, a, &q, SIGNER_SIGNED, &r));
    if (!signer_has(&r, TAG_SEAL) || signer_has(&r, TAG_KEY)) return bad_reply(a, "no list of revoked seals");
    *crl = r.field[TAG_SEAL];
    return ok();
}
