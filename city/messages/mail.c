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

/* A server on this machine may speak without TLS, or under a certificate that nobody signed; any other must not. */
static bool on_this_machine(struct arena *a, struct slice url)
{
    static const char *const HERE[] = {"127.0.0.1", "localhost", "[::1]"};
    CURLU *u = curl_url();
    char *host = NULL;
    bool here = false;
    if (u && curl_url_set(u, CURLUPART_URL, arena_cstr(a, url), CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
        curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK)
        for (size_t i = 0; i < sizeof HERE / sizeof *HERE; i++) here = here || !strcmp(host, HERE[i]);
    curl_free(host);
    curl_url_cleanup(u);
    return here;
}

static bool address_good(struct slice s)
{
    if (s.n < 3 || s.n > 254 || slice_find(s, '@', 1) == SIZE_MAX) return false;
    for (size_t i = 0; i < s.n; i++)
        if ((uint8_t)s.p[i] <= 0x20 || s.p[i] == 0x7f || s.p[i] == '<' || s.p[i] == '>') return false;
    return true;
}

/* Sees what is said to the server, to know how far the conversation came. */
static int overhear(CURL *h, curl_infotype type, char *text, size_t n, void *ctx)
{
    (void)h;
    if (type == CURLINFO_HEADER_OUT && slice_starts(slice_of(text, n), S("RCPT "))) *(bool *)ctx = true;
    return 0;
}

struct sending {
    CURL *h;
    struct curl_slist *to;
    struct slice mail; /* what is still to be sent */
    bool named;        /* the receiver was named to the server */
    long status;       /* the server's last reply */
};

static CURLcode transfer(struct sending *s, struct city *c, struct arena *a)
{
    char *from = arena_cstr(a, arena_printf(a, "<%.*s>", SLICE_ARG(c->mail_from)));
    bool here = on_this_machine(a, c->mail_url);
    CURL *h = s->h;
    (void)curl_easy_setopt(h, CURLOPT_URL, arena_cstr(a, c->mail_url));
    (void)curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    (void)curl_easy_setopt(h, CURLOPT_USE_SSL, here ? (long)CURLUSESSL_TRY : (long)CURLUSESSL_ALL);
    (void)curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, here ? 0L : 1L);
    (void)curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, here ? 0L : 2L);
    if (c->mail_ca.n) (void)curl_easy_setopt(h, CURLOPT_CAINFO, arena_cstr(a, c->mail_ca));
    (void)curl_easy_setopt(h, CURLOPT_MAIL_FROM, from);
    (void)curl_easy_setopt(h, CURLOPT_MAIL_RCPT, s->to);
    (void)curl_easy_setopt(h, CURLOPT_READFUNCTION, feed);
    (void)curl_easy_setopt(h, CURLOPT_READDATA, &s->mail);
    (void)curl_easy_setopt(h, CURLOPT_UPLOAD, 1L);
    (void)curl_easy_setopt(h, CURLOPT_DEBUGFUNCTION, overhear);
    (void)curl_easy_setopt(h, CURLOPT_DEBUGDATA, &s->named);
    (void)curl_easy_setopt(h, CURLOPT_VERBOSE, 1L);
    (void)curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT, 10L);
    (void)curl_easy_setopt(h, CURLOPT_TIMEOUT, 30L);
    CURLcode code = curl_easy_perform(h);
    (void)curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &s->status);
    return code;
}

/* 5yz is for good (RFC 5321, 4.2.1), but only once the receiver was named: before that it is about us (no sign-in, sender
 * not allowed, service closed), which an operator mends while the mail waits. */
static result told(struct arena *a, const struct sending *s, CURLcode code)
{
    if (code == CURLE_OK) return ok();
    if (s->named && s->status >= 500 && s->status < 600)
        return fail(a, CODE_MESSAGE_REFUSED, S("mail"), "detail", arena_printf(a, "SMTP %ld", s->status), NULL);
    return fail(a, CODE_MAIL_FAILED, S("mail"), "detail", slice_cstr(curl_easy_strerror(code)), NULL);
}

static result email_send(struct city *c, struct arena *a, const struct letter *l)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, curl_start);
    if (!address_good(l->address)) return fail(a, CODE_MESSAGE_REFUSED, S("mail"), "detail", S("address"), NULL);
    if (!address_good(c->mail_from)) return fail(a, CODE_MAIL_FAILED, S("mail"), "detail", S("mail.from"), NULL);
    struct sending s = {.h = curl_easy_init(), .mail = mail_text(c, a, l)};
    s.to = curl_slist_append(NULL, arena_cstr(a, arena_printf(a, "<%.*s>", SLICE_ARG(l->address))));
    CURLcode code = s.h && s.to ? transfer(&s, c, a) : CURLE_OUT_OF_MEMORY;
    curl_slist_free_all(s.to);
    curl_easy_cleanup(s.h);
    return told(a, &s, code);
}

const struct channel CHANNEL_EMAIL = {"email", false, email_send};
