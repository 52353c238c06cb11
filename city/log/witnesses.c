/* Asking the witnesses (C2SP tlog-witness): the checkpoint and a proof that it continues what each of them has seen. */
#include "city/log/internal.h"

#include <curl/curl.h>
#include <pthread.h>
#include <time.h>

enum { ANSWER_MAX = 64 << 10, ASK_SECONDS = 3, WAIT_MAX = 60000 };

int64_t log_monotonic_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct asking {
    struct log_witness *w;
    CURL *h;
    struct slice body;
    struct buf answer;
    long status; /* 0: nobody answered */
    bool again;  /* it told what it knows: asked once more */
};

static size_t receive(char *from, size_t size, size_t n, void *ctx)
{
    struct asking *q = ctx;
    buf_put(&q->answer, slice_of(from, size * n));
    return q->answer.overflow ? 0 : size * n;
}

static void curl_start(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static result body_of(struct city *c, struct arena *a, const struct log_signed *s, uint64_t knows, struct slice *out)
{
    struct merkle_proof p = {NULL, 0};
    struct tlog_reader reader = log_reader(c, s->head.size);
    struct merkle_source source = tlog_source(&reader);
    struct buf b = buf_new(a, 2 * NOTE_MAX_BYTES);
    if (knows > 0 && knows < s->head.size) TRY(merkle_prove_consistency(a, &source, knows, s->head.size, &p));
    buf_printf(&b, "old %llu\n", (unsigned long long)knows);
    for (size_t i = 0; i < p.n; i++) {
        buf_put(&b, base64_encode(a, p.hash[i]));
        buf_putc(&b, '\n');
    }
    buf_putc(&b, '\n');
    buf_put(&b, s->note);
    *out = buf_slice(&b);
    return ok();
}

static void request(struct asking *q, struct arena *a, CURLM *m)
{
    struct slice url = q->w->w.address;
    while (url.n && url.p[url.n - 1] == '/') url.n--;
    q->answer = buf_new(a, ANSWER_MAX);
    q->status = 0;
    q->h = curl_easy_init();
    if (!q->h) return;
    (void)curl_easy_setopt(q->h, CURLOPT_URL, arena_cstr(a, arena_printf(a, "%.*s/add-checkpoint", SLICE_ARG(url))));
    (void)curl_easy_setopt(q->h, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(q->h, CURLOPT_POSTFIELDS, arena_cstr(a, q->body));
    (void)curl_easy_setopt(q->h, CURLOPT_POSTFIELDSIZE, (long)q->body.n);
    (void)curl_easy_setopt(q->h, CURLOPT_WRITEFUNCTION, receive);
    (void)curl_easy_setopt(q->h, CURLOPT_WRITEDATA, q);
    (void)curl_easy_setopt(q->h, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(q->h, CURLOPT_CONNECTTIMEOUT, (long)ASK_SECONDS);
    (void)curl_easy_setopt(q->h, CURLOPT_TIMEOUT, (long)ASK_SECONDS);
    (void)curl_multi_add_handle(m, q->h);
}

/* All requests at once; returns when the last one is answered or given up. */
static void ask_all(struct asking *list, size_t n, struct arena *a)
{
    CURLM *m = curl_multi_init();
    int running = 1;
    if (!m) return;
    for (size_t i = 0; i < n; i++)
        if (list[i].body.n) request(&list[i], a, m);
    while (running && curl_multi_perform(m, &running) == CURLM_OK && running)
        if (curl_multi_poll(m, NULL, 0, 1000, NULL) != CURLM_OK) break;
    for (size_t i = 0; i < n; i++) {
        if (!list[i].h) continue;
        (void)curl_easy_getinfo(list[i].h, CURLINFO_RESPONSE_CODE, &list[i].status);
        (void)curl_multi_remove_handle(m, list[i].h);
        curl_easy_cleanup(list[i].h);
        list[i].h = NULL;
        list[i].body.n = 0;
    }
    (void)curl_multi_cleanup(m);
}

/* The lines of the answer that are this witness's good cosignatures; others are left. */
static struct slice good_lines(struct arena *a, const struct log_signed *s, const struct note_key *key,
                               struct slice answer)
{
    struct buf b = buf_new(a, ANSWER_MAX);
    struct slice line;
    struct note own, n;
    if (failed(note_parse(a, s->note, &own))) return (struct slice){NULL, 0};
    while (slice_cut(answer, '\n', &line, &answer)) {
        struct slice whole = note_write(a, own.text, arena_printf(a, "%.*s\n", SLICE_ARG(line)));
        if (failed(note_parse(a, whole, &n)) || note_check(a, &n, key, NULL) != NOTE_GOOD) continue;
        buf_put(&b, line);
        buf_putc(&b, '\n');
    }
    return buf_slice(&b);
}

static result rolled_back(struct arena *a, const struct log_witness *w, uint64_t seen, uint64_t size)
{
    struct slice n = w->w.name;
    return fail(a, CODE_LOG_ROLLED_BACK, n, "detail_zh",
                arena_printf(a, "见证“%.*s”见过 %llu 条，数据库只有 %llu 条", SLICE_ARG(n), (unsigned long long)seen,
                             (unsigned long long)size),
                "detail_en",
                arena_printf(a, "the witness %.*s has seen %llu entries, the database has %llu", SLICE_ARG(n),
                             (unsigned long long)seen, (unsigned long long)size),
                NULL);
}

static result forked(struct arena *a, const struct log_witness *w)
{
    struct slice n = w->w.name;
    return fail(a, CODE_LOG_FORK, n, "detail_zh", arena_printf(a, "见证“%.*s”见过内容不同的日志", SLICE_ARG(n)),
                "detail_en", arena_printf(a, "the witness %.*s has seen another history", SLICE_ARG(n)), NULL);
}

static void later(struct log_witness *w)
{
    int64_t wait = (int64_t)1000 << (w->failures < 6 ? w->failures : 6);
    w->not_until = log_monotonic_ms() + (wait < WAIT_MAX ? wait : WAIT_MAX);
    w->failures++;
}

/* What one answer means. */
static result settle(struct asking *q, struct log_witnesses *x, struct arena *a, const struct log_signed *s)
{
    struct log_witness *w = q->w;
    struct slice answer = buf_slice(&q->answer);
    uint64_t seen;
    if (q->status == 200) {
        struct slice lines = good_lines(a, s, w->w.key, answer);
        if (lines.n) {
            w->line = arena_copy(x->a, lines);
            w->knows = s->head.size;
            w->failures = 0;
            return ok();
        }
    }
    if (q->status == 409 && answer.n && note_number(slice_trim(answer), &seen)) {
        if (seen > s->head.size) {
            later(w);
            return rolled_back(a, w, seen, s->head.size);
        }
        if (seen == s->head.size && w->knows == seen) {
            later(w);
            return forked(a, w);
        }
        w->knows = seen;
        q->again = true;
        return ok();
    }
    later(w);
    return q->status == 422 || q->status == 409 ? forked(a, w) : ok();
}

static result round_of(struct log_witnesses *x, struct city *c, struct arena *a, const struct log_signed *s,
                       struct asking *list, size_t n)
{
    result all = ok();
    for (size_t i = 0; i < n; i++) TRY(body_of(c, a, s, list[i].w->knows, &list[i].body));
    ask_all(list, n, a);
    for (size_t i = 0; i < n; i++) all = result_join(a, all, settle(&list[i], x, a, s));
    return all;
}

result log_witnesses_ask(struct log_witnesses *x, struct city *c, struct arena *a, const struct log_signed *s,
                         struct slice *lines)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct asking *list = NEW_ARRAY(a, struct asking, x->n + 1);
    size_t n = 0, again = 0;
    result r = ok();
    (void)pthread_once(&once, curl_start);
    if (x->size != s->head.size) {
        arena_reset(x->a);
        for (size_t i = 0; i < x->n; i++) x->list[i].line = (struct slice){NULL, 0};
        x->size = s->head.size;
    }
    for (size_t i = 0; i < x->n; i++) {
        struct log_witness *w = &x->list[i];
        if (w->knows > s->head.size) w->knows = 0;
        if (!w->line.n && w->w.address.n && w->not_until <= log_monotonic_ms()) list[n++] = (struct asking){.w = w};
    }
    if (n) r = round_of(x, c, a, s, list, n);
    for (size_t i = 0; i < n; i++)
        if (list[i].again) list[again++] = (struct asking){.w = list[i].w};
    if (again) r = result_join(a, r, round_of(x, c, a, s, list, again));
    struct buf b = buf_new(a, NOTE_MAX_BYTES);
    for (size_t i = 0; i < x->n; i++) buf_put(&b, x->list[i].line);
    *lines = buf_slice(&b);
    return r;
}
