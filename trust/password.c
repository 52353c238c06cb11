#include "trust/password.h"

#include "base/id.h"
#include "trust/crypto.h"

#include <argon2.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>

enum { SALT = 16, HASH = 32, ENCODED_MAX = 256 };

/* ---- the gate: a counting semaphore with a deadline ---- */
static pthread_mutex_t gate_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_free = PTHREAD_COND_INITIALIZER;
static int gate_inside;

static bool gate_enter(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PASSWORD_WAIT_MS / 1000;
    pthread_mutex_lock(&gate_mutex);
    int rc = 0;
    while (gate_inside >= PASSWORD_AT_ONCE && rc == 0) rc = pthread_cond_timedwait(&gate_free, &gate_mutex, &until);
    bool in = gate_inside < PASSWORD_AT_ONCE;
    if (in) gate_inside++;
    pthread_mutex_unlock(&gate_mutex);
    return in;
}

static void gate_leave(void)
{
    pthread_mutex_lock(&gate_mutex);
    gate_inside--;
    pthread_cond_signal(&gate_free);
    pthread_mutex_unlock(&gate_mutex);
}

static result busy(struct arena *a)
{
    return fail(a, CODE_UNAVAILABLE, S("/password"), "detail", S("password hashing queue full"), NULL);
}

static struct {
    uint32_t memory_kib, passes;
} cost_now = {PASSWORD_MEMORY_KIB, PASSWORD_PASSES};

void password_test_cost(bool cheap)
{
    cost_now.memory_kib = cheap ? 64 : PASSWORD_MEMORY_KIB;
    cost_now.passes = cheap ? 1 : PASSWORD_PASSES;
}

result password_hash(struct arena *a, struct slice password, struct slice *encoded)
{
    if (password.n > PASSWORD_MAX_BYTES) return fail(a, CODE_TOO_LARGE, S("/password"), "limit", S("256"), NULL);
    uint8_t salt[SALT];
    char text[ENCODED_MAX];
    random_bytes(salt, sizeof salt);
    if (!gate_enter()) return busy(a);
    int rc = argon2id_hash_encoded(cost_now.passes, cost_now.memory_kib, PASSWORD_LANES, password.n ? password.p : "",
                                   password.n, salt, sizeof salt, HASH, text, sizeof text);
    gate_leave();
    if (rc != ARGON2_OK)
        return fail(a, CODE_INTERNAL, S("/password"), "detail", slice_cstr(argon2_error_message(rc)), NULL);
    *encoded = arena_copy(a, slice_cstr(text));
    return ok();
}

/* "$argon2id$v=19$m=32768,t=4,p=1$…": reads m, t, p; false when the text has not that shape. */
static bool read_cost(struct slice encoded, int64_t cost[3])
{
    static const char *const names[3] = {"m=", "t=", "p="};
    struct slice head = S("$argon2id$v=19$"), params, rest;
    if (!slice_starts(encoded, head)) return false;
    if (!slice_cut(slice_sub(encoded, head.n, encoded.n), '$', &params, &rest)) return false;
    for (int i = 0; i < 3; i++) {
        struct slice one;
        (void)slice_cut(params, ',', &one, &params);
        if (!slice_starts(one, slice_cstr(names[i])) || !slice_int64(slice_sub(one, 2, one.n), &cost[i])) return false;
    }
    return params.n == 0;
}

static bool costly(const int64_t cost[3])
{
    return cost[0] < 8 || cost[0] > 4 * PASSWORD_MEMORY_KIB || cost[1] < 1 || cost[1] > 4 * PASSWORD_PASSES ||
           cost[2] < 1 || cost[2] > 4;
}

result password_verify(struct arena *a, struct slice encoded, struct slice password, bool *good)
{
    int64_t cost[3];
    bool known =
        encoded.n < ENCODED_MAX && read_cost(encoded, cost) && !costly(cost) && password.n <= PASSWORD_MAX_BYTES;
    *good = false;
    if (!gate_enter()) return busy(a);
    if (known) {
        *good = argon2id_verify(arena_cstr(a, encoded), password.n ? password.p : "", password.n) == ARGON2_OK;
    } else {
        uint8_t out[HASH];
        (void)argon2id_hash_raw(cost_now.passes, cost_now.memory_kib, PASSWORD_LANES, "nobody", 6, "no such account!",
                                SALT, out, sizeof out);
    }
    gate_leave();
    return ok();
}

bool password_outdated(struct slice encoded)
{
    int64_t cost[3];
    return !read_cost(encoded, cost) || cost[0] != cost_now.memory_kib || cost[1] != cost_now.passes ||
           cost[2] != PASSWORD_LANES;
}

/* ---- one-time codes ---- */

void totp_code(struct slice secret, enum totp_hash hash, int64_t counter, int digits, char out[9])
{
    uint8_t message[8], mac[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    for (int i = 0; i < 8; i++) message[i] = (uint8_t)((uint64_t)counter >> (56 - 8 * i));
    const EVP_MD *md = hash == TOTP_SHA1 ? EVP_sha1() : hash == TOTP_SHA256 ? EVP_sha256() : EVP_sha512();
    out[0] = '\0';
    if (secret.n > 256 || !HMAC(md, secret.p ? secret.p : "", (int)secret.n, message, sizeof message, mac, &n)) return;
    unsigned at = mac[n - 1] & 15u; /* dynamic truncation, RFC 4226 section 5.3 */
    uint32_t v =
        ((uint32_t)(mac[at] & 127u) << 24) | (uint32_t)mac[at + 1] << 16 | (uint32_t)mac[at + 2] << 8 | mac[at + 3];
    uint32_t modulus = digits == 8 ? 100000000u : digits == 7 ? 10000000u : 1000000u;
    snprintf(out, 9, "%0*u", digits, v % modulus);
}

bool totp_check(struct slice secret, struct slice code, instant now, int64_t last_step, int64_t *step)
{
    int64_t at = now / (TOTP_STEP_SECONDS * MS_SECOND);
    bool found = false;
    if (secret.n == 0) return false;
    for (int64_t c = at - 1; c <= at + 1; c++) {
        char want[9];
        totp_code(secret, TOTP_SHA1, c, 6, want);
        if (c > last_step && !found && slice_eq_secret(code, slice_cstr(want))) {
            found = true;
            *step = c;
        }
    }
    return found;
}

struct slice totp_secret_text(struct arena *a, struct slice secret)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    struct buf b = buf_new(a, secret.n * 2 + 8);
    uint32_t bits = 0;
    int have = 0;
    for (size_t i = 0; i < secret.n; i++) {
        bits = bits << 8 | (uint8_t)secret.p[i];
        for (have += 8; have >= 5; have -= 5) buf_putc(&b, alphabet[bits >> (have - 5) & 31u]);
    }
    if (have) buf_putc(&b, alphabet[bits << (5 - have) & 31u]);
    return buf_slice(&b);
}

static void put_percent(struct buf *b, struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                     c == '.' || c == '_' || c == '~';
        if (plain)
            buf_putc(b, (char)c);
        else
            buf_printf(b, "%%%02X", c);
    }
}

struct slice totp_uri(struct arena *a, struct slice issuer, struct slice account, struct slice secret)
{
    struct buf b = buf_new(a, 4096);
    buf_puts(&b, "otpauth://totp/");
    put_percent(&b, issuer);
    buf_putc(&b, ':');
    put_percent(&b, account);
    buf_puts(&b, "?secret=");
    buf_put(&b, totp_secret_text(a, secret));
    buf_puts(&b, "&issuer=");
    put_percent(&b, issuer);
    buf_puts(&b, "&algorithm=SHA1&digits=6&period=30");
    return buf_slice(&b);
}
