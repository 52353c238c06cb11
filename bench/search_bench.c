/* Search over many articles: how long one question takes. Articles are made by recombining the sentences of published Chinese
 * paragraphs with a fixed seed, questions are those asked about them.
 *     search_bench ARCHIVE [--articles N | --large | --filled] [--questions N] [--database URL]
 * ARCHIVE is domains/08-search.tar.xz of the shared data. By default 50 000 articles and 1000 questions, on SQLite in a
 * temporary folder; --large is 1 000 000 articles. A database given by URL must be empty; with --filled
 * it holds the articles of an earlier run. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "city/search/search.h"
#include "test/conformance/retrieval_sets.h"

struct options {
    const char *archive, *url;
    int64_t articles, questions;
    bool filled;
};
struct corpus {
    struct retrieval_set sets[RETRIEVAL_SETS];
    struct slice *sentences;
    size_t n;
    uint64_t seed;
};

static void stop(struct arena *a, result r)
{
    if (!failed(r)) return;
    fprintf(stderr, "%.*s", SLICE_ARG(result_text(a, r, LANG_EN)));
    exit(1);
}

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t next_random(uint64_t *s)
{
    *s ^= *s >> 12;
    *s ^= *s << 25;
    *s ^= *s >> 27;
    return *s * UINT64_C(2685821657736338717);
}

static void cut_sentences(struct corpus *c, struct slice text)
{
    while (text.n) {
        size_t end = slice_search(text, S("。"));
        end = end == SIZE_MAX ? text.n : end + 3;
        if (end > 12) c->sentences[c->n++] = slice_sub(text, 0, end);
        text = slice_sub(text, end, text.n);
    }
}

static void read_corpus(struct arena *a, const char *archive, struct corpus *c)
{
    stop(a, retrieval_sets_read(a, archive, c->sets));
    c->sentences = NEW_ARRAY(a, struct slice, 200000);
    c->seed = UINT64_C(20211126);
    for (int i = 0; i < RETRIEVAL_SETS; i++)
        for (size_t k = 0; k < c->sets[i].nparagraphs; k++) cut_sentences(c, c->sets[i].paragraphs[k]);
}

struct batch {
    struct corpus *c;
    int64_t from, n;
    uint64_t seed; /* of this batch: the body may run again */
    uint64_t *bytes;
};

/* An article: a short title and two to six sentences. */
static result add_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct batch *b = ctx;
    struct search_text *t = NEW_ARRAY(a, struct search_text, (size_t)b->n + 1);
    uint64_t seed = b->seed;
    for (int64_t i = 0; i < b->n; i++) {
        struct buf text = buf_new(a, 64 * 1024);
        size_t sentences = 2 + next_random(&seed) % 5;
        struct slice title = b->c->sentences[next_random(&seed) % b->c->n];
        for (size_t k = 0; k < sentences; k++) buf_put(&text, b->c->sentences[next_random(&seed) % b->c->n]);
        title = slice_sub(title, 0, 36);
        t[i] = (struct search_text){arena_printf(a, "%lld", (long long)(b->from + i)),
                                    slice_sub(title, 0, slice_utf8_end(title)), buf_slice(&text)};
        *b->bytes += text.n;
    }
    return search_add(tx, a, SEARCH_TRIAL, t, (size_t)b->n);
}

static void fill(struct store *s, struct corpus *c, int64_t articles)
{
    enum { TOGETHER = 16384 };
    struct arena *a = arena_new("fill");
    uint64_t bytes = 0;
    double began = seconds(CLOCK_MONOTONIC);
    for (int64_t at = 0; at < articles; at += TOGETHER) {
        struct batch b = {c, at, articles - at < TOGETHER ? articles - at : TOGETHER, 0, &bytes};
        b.seed = next_random(&c->seed) | 1;
        stop(a, store_run(s, a, "fill", add_body, &b));
        arena_reset(a);
    }
    arena_free(a);
    printf("articles %lld, %.0f bytes of text each, put in at %.0f a second\n", (long long)articles,
           (double)bytes / (double)articles, (double)articles / (seconds(CLOCK_MONOTONIC) - began));
}

static int by_number(const void *x, const void *y)
{
    const double *a = x, *b = y;
    return *a < *b ? -1 : *a > *b;
}

static void print_times(const char *what, double *took, size_t n)
{
    qsort(took, n, sizeof *took, by_number);
    printf("%s p50 %.2f ms, p95 %.2f ms, p99 %.2f ms, most %.2f ms\n", what, took[n / 2], took[n * 95 / 100],
           took[n * 99 / 100], took[n - 1]);
}

/* Elapsed time is what a citizen waits; on a machine that does other work too, the processor's time of this thread (on SQLite
 * all the work) tells what it would be alone. */
static void ask(struct store *s, struct corpus *c, int64_t questions)
{
    enum { WARM = 50 };
    struct arena *a = arena_new("ask");
    double *took = calloc((size_t)questions + 1, sizeof *took), *cpu = calloc((size_t)questions + 1, sizeof *cpu);
    size_t hits = 0;
    if (!took || !cpu) exit(1);
    for (int64_t i = -WARM; i < questions; i++) {
        const struct retrieval_set *set = &c->sets[next_random(&c->seed) % RETRIEVAL_SETS];
        struct slice q = set->questions[next_random(&c->seed) % set->nquestions].text;
        struct search_hit *h;
        size_t n;
        double began = seconds(CLOCK_MONOTONIC), cpu_began = seconds(CLOCK_THREAD_CPUTIME_ID);
        stop(a, search_find(s, a, SEARCH_TRIAL, q, 10, NULL, &h, &n));
        if (i >= 0) {
            took[i] = (seconds(CLOCK_MONOTONIC) - began) * 1e3;
            cpu[i] = (seconds(CLOCK_THREAD_CPUTIME_ID) - cpu_began) * 1e3;
        }
        hits += n;
        arena_reset(a);
    }
    printf("questions %lld, %.1f hits each\n", (long long)questions, (double)hits / (double)(questions + WARM));
    print_times("elapsed  ", took, (size_t)questions);
    print_times("processor", cpu, (size_t)questions);
    free(took);
    free(cpu);
    arena_free(a);
}

static int64_t number(const char *text)
{
    int64_t v;
    if (text && slice_int64(slice_cstr(text), &v) && v > 0 && v <= 100000000) return v;
    fprintf(stderr, "a number from 1 on, please\n");
    exit(2);
}

static struct options read_options(int argc, char **argv)
{
    struct options o = {NULL, NULL, 50000, 1000, false};
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (slice_is(S("--large"), argv[i]))
            o.articles = 1000000;
        else if (slice_is(S("--filled"), argv[i]))
            o.filled = true;
        else if (slice_is(S("--articles"), argv[i]))
            o.articles = number(value), i++;
        else if (slice_is(S("--questions"), argv[i]))
            o.questions = number(value), i++;
        else if (slice_is(S("--database"), argv[i]) && value)
            o.url = value, i++;
        else
            o.archive = argv[i];
    }
    if (o.archive) return o;
    fprintf(stderr, "search_bench ARCHIVE [--articles N | --large | --filled] [--questions N] [--database URL]\n");
    exit(2);
}

int main(int argc, char **argv)
{
    struct options o = read_options(argc, argv);
    struct arena *a = arena_new("bench");
    char dir[] = "/tmp/tongban-search-XXXXXX";
    if (!o.url && !mkdtemp(dir)) return 1;
    char *path = arena_cstr(a, arena_printf(a, "%s/search.db", dir));
    struct slice url = o.url ? slice_cstr(o.url) : arena_printf(a, "sqlite:%s", path);
    struct store_options so = {.url = url, .unsafe_no_sync = !o.url, .time = time_system()};
    struct store *s;
    struct corpus *c = NEW(a, struct corpus);
    struct rusage use;
    struct stat st;
    int applied;
    read_corpus(a, o.archive, c);
    stop(a, store_open(a, &so, &s));
    stop(a, store_migrate(s, a, SEARCH_MIGRATIONS, SEARCH_NMIGRATIONS, &applied));
    if (!o.filled) fill(s, c, o.articles);
    ask(s, c, o.questions);
    (void)getrusage(RUSAGE_SELF, &use);
    printf("memory at most %ld MB", use.ru_maxrss / 1024);
    if (!o.url && stat(path, &st) == 0) printf(", database %lld MB", (long long)st.st_size / 1000000);
    printf("\n");
    store_close(s);
    if (!o.url) {
        const char *const ends[] = {"", "-wal", "-shm"};
        for (int i = 0; i < 3; i++) (void)unlink(arena_cstr(a, arena_printf(a, "%s%s", path, ends[i])));
        (void)rmdir(dir);
    }
    arena_free(a);
    return 0;
}
