#include "app/log/client.h"

#include <curl/curl.h>
#include <pthread.h>
#include <unistd.h>

enum { TRIES = 8, CONNECT_SECONDS = 10, SECONDS = 60 };

static void curl_start(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* One connection a thread: a mirror fetches thousands of tiles. */
static pthread_key_t handle_key;
static void handle_end(void *h)
{
    curl_easy_cleanup(h);
}
static void handle_make(void)
{
    curl_start();
    (void)pthread_key_create(&handle_key, handle_end);
}

static CURL *handle(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, handle_make);
    CURL *h = pthread_getspecific(handle_key);
    if (h) {
        curl_easy_reset(h);
        return h;
    }
    h = curl_easy_init();
    (void)pthread_setspecific(handle_key, h);
    return h;
}

static size_t receive(char *from, size_t size, size_t n, void *ctx)
{
    struct buf *b = ctx;
    buf_put(b, slice_of(from, size * n));
    return b->overflow ? 0 : size * n;
}

/* Why not, or NULL. */
static const char *get(struct arena *a, const char *address, size_t max, struct buf *b, long *status, curl_off_t *wait)
{
    CURL *h = handle();
    *b = buf_new(a, max);
    *status = 0;
    if (!h) return "curl";
    (void)curl_easy_setopt(h, CURLOPT_URL, address);
    (void)curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, receive);
    (void)curl_easy_setopt(h, CURLOPT_WRITEDATA, b);
    (void)curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    (void)curl_easy_setopt(h, CURLOPT_TIMEOUT, (long)SECONDS);
    (void)curl_easy_setopt(h, CURLOPT_USERAGENT, "tongban-log/1");
    CURLcode code = curl_easy_perform(h);
    (void)curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, status);
    (void)curl_easy_getinfo(h, CURLINFO_RETRY_AFTER, wait);
    if (code == CURLE_OK || b->overflow) return NULL;
    *status = 0;
    return curl_easy_strerror(code);
}

static struct slice address_of(struct arena *a, struct slice url, struct slice path)
{
    while (url.n && url.p[url.n - 1] == '/') url.n--;
    return arena_printf(a, "%.*s/%.*s", SLICE_ARG(url), SLICE_ARG(path));
}

void log_get_any(struct arena *a, struct slice url, struct slice path, size_t max, struct slice *out, long *status)
{
    struct buf b;
    curl_off_t wait = 0;
    (void)get(a, arena_cstr(a, address_of(a, url, path)), max, &b, status, &wait);
    *out = buf_slice(&b);
}

result log_get(struct arena *a, struct slice url, struct slice path, size_t max, struct slice *out)
{
    struct slice address = address_of(a, url, path);
    char *z = arena_cstr(a, address);
    struct buf b;
    long status = 0;
    const char *why = NULL;
    for (int i = 0; i < TRIES; i++) {
        curl_off_t wait = 0;
        why = get(a, z, max, &b, &status, &wait);
        if (status != 429 && status != 503) break;
        (void)sleep(wait > 0 && wait <= 60 ? (unsigned)wait : 1);
    }
    if (b.overflow) return fail(a, CODE_TOO_LARGE, address, "limit", arena_printf(a, "%zu", max), NULL);
    *out = buf_slice(&b);
    if (!why && status == 200) return ok();
    struct slice detail = why ? slice_cstr(why) : arena_printf(a, "HTTP %ld", status);
    return fail(a, CODE_LOG_HTTP, S(""), "value", address, "detail", detail, NULL);
}

result log_remote_checkpoint(struct arena *a, struct slice url, const struct tlog_policy *policy, struct slice *note,
                             struct checkpoint *out)
{
    struct tlog_verdict v;
    TRY(log_get(a, url, S("checkpoint"), NOTE_MAX_BYTES, note));
    TRY(tlog_policy_check(a, policy, *note, &v));
    *out = v.checkpoint;
    return ok();
}

static result read_remote(void *ctx, struct arena *a, const struct tlog_tile *t, struct slice *data)
{
    const struct slice *url = ctx;
    return log_get(a, *url, tlog_tile_path(a, t), (size_t)TLOG_WIDTH * MERKLE_HASH_BYTES, data);
}

result log_remote_extends(struct arena *a, struct slice url, const struct checkpoint *now, const struct checkpoint *old)
{
    struct tlog_reader reader = {.size = now->size, .read = read_remote, .ctx = &url};
    struct merkle_source source = tlog_source(&reader);
    struct merkle_proof p = {NULL, 0};
    if (now->size < old->size)
        return fail(a, CODE_LOG_ROLLED_BACK, S(""), "detail_zh",
                    arena_printf(a, "此前有 %llu 条，现在只有 %llu 条", (unsigned long long)old->size,
                                 (unsigned long long)now->size),
                    "detail_en",
                    arena_printf(a, "it had %llu entries and has %llu now", (unsigned long long)old->size,
                                 (unsigned long long)now->size),
                    NULL);
    if (old->size == 0) return ok();
    if (old->size < now->size) TRY(merkle_prove_consistency(a, &source, old->size, now->size, &p));
    bool same = old->size == now->size ? slice_eq(old->root, now->root)
                                       : merkle_verify_consistency(old->size, now->size, p, old->root, now->root);
    if (same) return ok();
    return fail(a, CODE_LOG_FORK, S(""), "detail_zh",
                arena_printf(a, "前 %llu 条与此前不同", (unsigned long long)old->size), "detail_en",
                arena_printf(a, "its first %llu entries are other ones than before", (unsigned long long)old->size),
                NULL);
}
