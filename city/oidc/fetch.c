/* What is fetched from the provider: over TLS with a verified certificate (loopback alone without), bounded in time and size, without
 * redirects, so that nobody sends us anywhere else. */
#include <curl/curl.h>

#include "city/oidc/relying.h"

enum { CONNECT_MS = 3000, ALL_MS = 8000 };

static size_t keep(char *p, size_t one, size_t n, void *ctx)
{
    struct buf *b = ctx;
    buf_put(b, slice_of(p, one * n));
    return b->overflow ? 0 : one * n;
}

static result down(struct arena *a, const char *why)
{
    return fail(a, CODE_IDP_DOWN, S("idp"), "detail", slice_cstr(why), NULL);
}

static bool loopback(struct slice url)
{
    return slice_starts(url, S("http://127.0.0.1:")) || slice_starts(url, S("http://localhost:")) ||
           slice_starts(url, S("http://[::1]:"));
}

result outside_fetch(struct arena *a, const struct outside_idp *p, struct slice url, struct slice form,
                     struct slice basic, struct slice *body)
{
    if (!slice_starts(url, S("https://")) && !loopback(url)) return down(a, "https");
    CURL *h = curl_easy_init();
    if (!h) return down(a, "libcurl");
    struct buf b = buf_new(a, FETCH_MAX);
    long status = 0;
    (void)curl_easy_setopt(h, CURLOPT_URL, arena_cstr(a, url));
    (void)curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "https,http");
    (void)curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(h, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    (void)curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    (void)curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)ALL_MS);
    (void)curl_easy_setopt(h, CURLOPT_MAXFILESIZE, (long)FETCH_MAX);
    (void)curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, keep);
    (void)curl_easy_setopt(h, CURLOPT_WRITEDATA, &b);
    (void)curl_easy_setopt(h, CURLOPT_PROXY, ""); /* no variable of the environment sends secrets elsewhere */
    if (p->ca.n) (void)curl_easy_setopt(h, CURLOPT_CAINFO, arena_cstr(a, p->ca));
    if (form.n) {
        (void)curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE, (long)form.n);
        (void)curl_easy_setopt(h, CURLOPT_COPYPOSTFIELDS, form.p);
    }
    if (basic.n) (void)curl_easy_setopt(h, CURLOPT_USERPWD, arena_cstr(a, basic));
    CURLcode code = curl_easy_perform(h);
    (void)curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(h);
    if (code != CURLE_OK) return down(a, curl_easy_strerror(code));
    if (status >= 500) return fail(a, CODE_IDP_DOWN, S("idp"), "detail", arena_printf(a, "HTTP %ld", status), NULL);
    if (status != 200) return fail(a, CODE_IDP_REFUSED, S("idp"), "detail", arena_printf(a, "HTTP %ld", status), NULL);
    *body = buf_slice(&b);
    return ok();
}
