/* Bytes from an address of a trust list: http and https only, no redirects (an address on the list is the only one there is), no proxy of the
 * environment, bounded in size and time. What comes is signed by its CA and judged by that, so plain http does. */
#include <curl/curl.h>
#include <pthread.h>

#include "city/certificates/internal.h"

#define LIST_SECONDS 20L
#define ANSWER_SECONDS 4L

static void curl_start(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static size_t take(char *from, size_t size, size_t n, void *ctx)
{
    struct buf *b = ctx;
    buf_put(b, slice_of(from, size * n));
    return b->overflow ? 0 : size * n;
}

static void ask_for(CURL *h, struct slice request)
{
    (void)curl_easy_setopt(h, CURLOPT_POST, 1L);
    (void)curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE, (long)request.n);
    (void)curl_easy_setopt(h, CURLOPT_COPYPOSTFIELDS, request.p);
}

static CURLcode transfer(CURL *h, struct arena *a, struct slice url, struct slice request, struct curl_slist *head,
                         struct buf *into)
{
    (void)curl_easy_setopt(h, CURLOPT_URL, arena_cstr(a, url));
    (void)curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(h, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(h, CURLOPT_FAILONERROR, 1L);
    (void)curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT, 3L);
    (void)curl_easy_setopt(h, CURLOPT_TIMEOUT, request.n ? ANSWER_SECONDS : LIST_SECONDS);
    (void)curl_easy_setopt(h, CURLOPT_MAXFILESIZE, (long)into->max);
    (void)curl_easy_setopt(h, CURLOPT_HTTPHEADER, head);
    (void)curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take);
    (void)curl_easy_setopt(h, CURLOPT_WRITEDATA, into);
    if (request.n) ask_for(h, request);
    return curl_easy_perform(h);
}

result status_fetch(struct arena *a, struct slice url, struct slice request, struct slice *answer)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, curl_start);
    struct buf b = buf_new(a, request.n ? X509_OCSP_MAX_BYTES : X509_CRL_MAX_BYTES);
    CURL *h = curl_easy_init();
    struct curl_slist *head = curl_slist_append(NULL, request.n ? "Content-Type: application/ocsp-request"
                                                                : "Accept: application/pkix-crl, */*");
    CURLcode code = h && head ? transfer(h, a, url, request, head, &b) : CURLE_OUT_OF_MEMORY;
    curl_slist_free_all(head);
    curl_easy_cleanup(h);
    *answer = buf_slice(&b);
    return code == CURLE_OK && answer->n ? ok() : fail(a, CODE_CERT_STATUS, url, NULL);
}
