/* E-mail: RFC 5322 text, handed to a mail server by SMTP (RFC 5321). */
#include <curl/curl.h>
#include <pthread.h>

#include "city/messages/internal.h"

#define LINE_BYTES 57 /* 76 characters of base64 (RFC 2045, 6.8) */

static void header(struct buf *b, const char *name, struct slice value)
{
    buf_puts(b, name);
    buf_puts(b, ": ");
    /* no line break can come in by a value */
    for (size_t i = 0; i < value.n; i++)
        if ((uint8_t)value.p[i] >= 0x20 && value.p[i] != 0x7f) buf_putc(b, value.p[i]);
    buf_puts(b, "\r\n");
}

/* Encoded words (RFC 2047) of at most 75 characters, cut between code points. */
static void encoded_header(struct buf *b, struct arena *a, const char *name, struct slice text)
{
    buf_puts(b, name);
    buf_puts(b, ":");
    for (size_t at = 0; at < text.n || at == 0;) {
        struct slice part = slice_sub(text, at, 42);
        part.n = at + part.n < text.n ? slice_utf8_end(part) : part.n;
        if (!part.n) break;
        buf_puts(b, " =?UTF-8?B?");
        buf_put(b, base64_encode(a, part));
        buf_puts(b, "?=");
        at += part.n;
        if (at < text.n) buf_puts(b, "\r\n");
    }
    buf_puts(b, "\r\n");
}

static void date_header(struct buf *b, instant at)
{
    static const char *const DAYS[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil t = civil_of_instant(at);
    buf_printf(b, "Date: %s, %02d %s %04d %02d:%02d:%02d +0800\r\n", DAYS[weekday(day_of_instant(at))], t.day,
               MONTHS[t.month - 1], t.year, t.hour, t.minute, t.second);
}

static struct slice host_of(struct slice address)
{
    size_t at = slice_find(address, '@', 0);
    return at == SIZE_MAX ? S("localhost") : slice_sub(address, at + 1, address.n);
}

struct slice mail_text(const struct city *c, struct arena *a, const struct letter *l)
{
    struct buf b = buf_new(a, 1024 * 1024), text = buf_new(a, 512 * 1024);
    struct id message = l->message;
    date_header(&b, l->at);
    encoded_header(&b, a, "Subject", arena_printf(a, "%.*s / %.*s", SLICE_ARG(l->title.zh), SLICE_ARG(l->title.en)));
    header(&b, "From", arena_printf(a, "<%.*s>", SLICE_ARG(c->mail_from)));
    header(&b, "To", arena_printf(a, "<%.*s>", SLICE_ARG(l->address)));
    header(&b, "Message-ID",
           arena_printf(a, "<%.*s@%.*s>", SLICE_ARG(id_text(a, message)), SLICE_ARG(host_of(c->mail_from))));
    header(&b, "Auto-Submitted", S("auto-generated"));
    header(&b, "MIME-Version", S("1.0"));
    header(&b, "Content-Type", S("text/plain; charset=UTF-8"));
    header(&b, "Content-Transfer-Encoding", S("base64"));
    buf_puts(&b, "\r\n");
    buf_put(&text, l->body.zh);
    buf_puts(&text, "\r\n\r\n--\r\n");
    buf_put(&text, l->body.en);
    buf_puts(&text, "\r\n");
    struct slice body = buf_slice(&text);
    for (size_t i = 0; i < body.n; i += LINE_BYTES) {
        buf_put(&b, base64_encode(a, slice_sub(body, i, LINE_BYTES)));
        buf_puts(&b, "\r\n");
    }
    return buf_slice(&b);
}

/* ---- SMTP ---- */

static size_t feed(char *to, size_t size, size_t n, void *ctx)
{
    struct slice *rest = ctx;
    size_t take = size * n < rest->n ? size * n : rest->n;
    if (take) memcpy(to, rest->p, take);
    *rest = slice_sub(*rest, take, rest->n);
    return take;
}

static void curl_start(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* A server on this machine may speak without TLS; any other must not. */
static bool on_this_machine(struct slice url)
{
    size_t at = slice_search(url, S("://"));
    struct slice rest = slice_sub(url, at == SIZE_MAX ? 0 : at + 3, url.n);
    return slice_starts(rest, S("127.0.0.1")) || slice_starts(rest, S("localhost")) || slice_starts(rest, S("[::1]"));
}

static bool address_good(struct slice s)
{
    if (s.n < 3 || s.n > 254 || slice_find(s, '@', 1) == SIZE_MAX) return false;
    for (size_t i = 0; i < s.n; i++)
        if ((uint8_t)s.p[i] <= 0x20 || s.p[i] == 0x7f || s.p[i] == '<' || s.p[i] == '>') return false;
    return true;
}

static CURLcode transfer(CURL *h, struct city *c, struct arena *a, const struct letter *l, struct curl_slist *to,
                         struct slice *mail)
{
    char *from = arena_cstr(a, arena_printf(a, "<%.*s>", SLICE_ARG(c->mail_from)));
    (void)curl_easy_setopt(h, CURLOPT_URL, arena_cstr(a, c->mail_url));
    (void)curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    (void)curl_easy_setopt(h, CURLOPT_USE_SSL,
                           on_this_machine(c->mail_url) ? (long)CURLUSESSL_TRY : (long)CURLUSESSL_ALL);
    (void)curl_easy_setopt(h, CURLOPT_MAIL_FROM, from);
    (void)curl_easy_setopt(h, CURLOPT_MAIL_RCPT, to);
    (void)curl_easy_setopt(h, CURLOPT_READFUNCTION, feed);
    (void)curl_easy_setopt(h, CURLOPT_READDATA, mail);
    (void)curl_easy_setopt(h, CURLOPT_UPLOAD, 1L);
    (void)curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT, 10L);
    (void)curl_easy_setopt(h, CURLOPT_TIMEOUT, 30L);
    *mail = mail_text(c, a, l);
    return curl_easy_perform(h);
}

static result email_send(struct city *c, struct arena *a, const struct letter *l)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, curl_start);
    if (!address_good(l->address) || !address_good(c->mail_from))
        return fail(a, CODE_MAIL_FAILED, S("mail"), "detail", S("address"), NULL);
    CURL *h = curl_easy_init();
    struct curl_slist *to = curl_slist_append(NULL, arena_cstr(a, arena_printf(a, "<%.*s>", SLICE_ARG(l->address))));
    struct slice mail;
    CURLcode code = h && to ? transfer(h, c, a, l, to, &mail) : CURLE_OUT_OF_MEMORY;
    curl_slist_free_all(to);
    curl_easy_cleanup(h);
    if (code == CURLE_OK) return ok();
    return fail(a, CODE_MAIL_FAILED, S("mail"), "detail", slice_cstr(curl_easy_strerror(code)), NULL);
}

const struct channel CHANNEL_EMAIL = {"email", false, email_send};
