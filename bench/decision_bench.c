/* Decisions and FEEL in memory, one thread.
 *     decision_bench [seconds]      (2 by default, for each line)
 * Evaluations go through the public door: a JSON scope in, JSON out, an arena reset after each. The table of 10 000 rules
 * is measured with its index and, the same rules and inputs, by a scan of all; both must give the same. Times are the processor's. */
#include "engine/decision/dmn_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MANY_RULES 10000
#define SCOPES 512

static double seconds = 2;

/* Seconds of the processor, so that what else runs on the machine counts little. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void need(struct arena *a, result r)
{
    if (!failed(r)) return;
    fprintf(stderr, "%.*s", SLICE_ARG(result_text(a, r, LANG_EN)));
    exit(1);
}

static void head(struct buf *b, const char *policy)
{
    buf_printf(b,
               "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='urn:bench' name='bench'>"
               "<inputData id='i1' name='age'><variable name='age' typeRef='number'/></inputData>"
               "<inputData id='i2' name='kind'><variable name='kind' typeRef='string'/></inputData>"
               "<inputData id='i3' name='amount'><variable name='amount' typeRef='number'/></inputData>"
               "<decision id='d' name='d'><variable name='d' typeRef='string'/>"
               "<informationRequirement><requiredInput href='#i1'/></informationRequirement>"
               "<informationRequirement><requiredInput href='#i2'/></informationRequirement>"
               "<informationRequirement><requiredInput href='#i3'/></informationRequirement>"
               "<decisionTable hitPolicy='%s'>"
               "<input><inputExpression typeRef='number'><text>age</text></inputExpression></input>"
               "<input><inputExpression typeRef='string'><text>kind</text></inputExpression></input>"
               "<input><inputExpression typeRef='number'><text>amount</text></inputExpression></input>"
               "<output typeRef='string'/>",
               policy);
}

static void rule(struct buf *b, const char *age, const char *kind, const char *amount, int out)
{
    buf_printf(b,
               "<rule><inputEntry><text>%s</text></inputEntry><inputEntry><text>%s</text></inputEntry>"
               "<inputEntry><text>%s</text></inputEntry><outputEntry><text>\"o%d\"</text></outputEntry></rule>",
               age, kind, amount, out);
}

static struct slice small_table(struct arena *a)
{
    struct buf b = buf_new(a, 1 << 16);
    head(&b, "UNIQUE");
    rule(&b, "&lt; 18", "-", "-", 1);
    rule(&b, "[18..60)", "\"person\"", "&lt;= 1000", 2);
    rule(&b, "[18..60)", "\"company\",\"branch\"", "&lt;= 1000", 3);
    rule(&b, "&gt;= 60", "-", "&gt; 1000", 4);
    buf_puts(&b, "</decisionTable></decision></definitions>");
    return buf_slice(&b);
}

/* 100 brackets of age × 10 kinds × 10 brackets of amount. */
static struct slice large_table(struct arena *a, const char *policy)
{
    struct buf b = buf_new(a, 16 << 20);
    char age[64], kind[64], amount[64];
    head(&b, policy);
    for (int i = 0; i < MANY_RULES; i++) {
        snprintf(age, sizeof age, "[%d..%d)", i / 100, i / 100 + 1);
        snprintf(kind, sizeof kind, "\"k%d\"", i / 10 % 10);
        snprintf(amount, sizeof amount, "]%d..%d]", i % 10 * 100, i % 10 * 100 + 100);
        rule(&b, age, kind, amount, i);
    }
    buf_puts(&b, "</decisionTable></decision></definitions>");
    return buf_slice(&b);
}

static const struct json **scopes(struct arena *a, const char *kinds)
{
    const struct json **out = arena_alloc(a, SCOPES * sizeof(const struct json *));
    unsigned seed = 1;
    for (int i = 0; i < SCOPES; i++) {
        seed = seed * 1664525u + 1013904223u;
        struct slice kind = kinds
                                ? arena_printf(a, "k%u", seed >> 24 & 7)
                                : slice_cstr((const char *[]){"person", "company", "branch", "other"}[seed >> 24 & 3]);
        struct slice text = arena_printf(a, "{\"age\":%u,\"kind\":\"%.*s\",\"amount\":%u.5}", (seed >> 8) % 100,
                                         SLICE_ARG(kind), (seed >> 4) % 999);
        need(a, json_parse(a, text, text.n, S("scope"), &out[i]));
    }
    return out;
}

static double evaluations(struct arena *a, const struct dmn *d, const struct json **in)
{
    static const struct feel_env env = {.limits = {.steps = 10000000}};
    struct arena *attempt = arena_new("decision_bench attempt");
    size_t n = 0;
    double from = now(), took;
    do {
        for (int i = 0; i < SCOPES; i++) {
            const struct json *out;
            need(a, dmn_eval(attempt, d, S("d"), &env, in[i], &out, NULL));
            arena_reset(attempt);
            n++;
            if (i % 32 == 31 && now() - from >= seconds) break;
        }
        took = now() - from;
    } while (took < seconds);
    arena_free(attempt);
    return (double)n / took;
}

static void same_results(struct arena *a, const struct dmn *x, const struct dmn *y, const struct json **in)
{
    static const struct feel_env env = {.limits = {.steps = 10000000}};
    for (int i = 0; i < SCOPES; i++) {
        const struct json *p, *q;
        need(a, dmn_eval(a, x, S("d"), &env, in[i], &p, NULL));
        need(a, dmn_eval(a, y, S("d"), &env, in[i], &q, NULL));
        if (json_equal(p, q)) continue;
        fprintf(stderr, "the index and the scan differ\n");
        exit(1);
    }
}

static void large(const char *policy)
{
    struct arena *a = arena_new("decision_bench");
    const struct dmn *d, *plain;
    struct slice xml = large_table(a, policy);
    struct dmn_options scan = {.scan = true};
    double from = now();
    need(a, dmn_compile(a, xml, S("bench.dmn"), &d));
    double took = now() - from;
    need(a, dmn_load(a, xml, S("bench.dmn"), &scan, &plain));
    const struct json **in = scopes(a, "k");
    same_results(a, d, plain, in);
    double indexed = evaluations(a, d, in), scanned = evaluations(a, plain, in);
    printf("table of 3 inputs x %d rules, %s: %.0f evaluations/s, by a scan %.0f, ratio %.0f; compiled in %.0f ms\n",
           MANY_RULES, policy, indexed, scanned, indexed / scanned, took * 1e3);
    arena_free(a);
}

static void parsing(void)
{
    static const char *const texts[] = {
        "if applicant.age >= 18 and applicant.residence = \"本市\" then \"eligible\" else \"not eligible\"",
        "sum(for item in invoices return item.amount * (1 + item.rate)) > 10000.00",
        "some x in documents satisfies x.kind = \"licence\" and x.expires > date(\"2026-01-01\")",
        "date and time(\"2021-04-30T09:00:00+08:00\") + duration(\"P5D\") <= deadline",
        "{area: width * depth, price: if area > 144 then area * 0.03 else area * 0.015, total: price + 80}.total",
        "[1..10], [20..30), > 100",
        "count(members[share >= 0.05 and not(withdrawn)]) between 2 and 50",
        "string join(for p in partners return upper case(p.name), \", \")",
        "decimal(sum(amounts) / count(amounts), 2)",
        "matches(code, \"^[0-9A-HJ-NPQRTUWXY]{18}$\") and substring(code, 1, 1) = \"9\""};
    struct arena *a = arena_new("decision_bench");
    size_t bytes = 0;
    double from = now(), took;
    do {
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            const struct feel *f;
            struct slice text = slice_cstr(texts[i]);
            need(a, i == 5 ? feel_compile_tests(a, text, NULL, 0, S("bench"), &f)
                           : feel_compile(a, text, NULL, 0, S("bench"), &f));
            bytes += text.n;
            arena_reset(a);
        }
        took = now() - from;
    } while (took < seconds);
    printf("parsing of FEEL: %.1f MB/s\n", (double)bytes / took / 1e6);
    arena_free(a);
}

int main(int argc, char **argv)
{
    if (argc > 1) seconds = strtod(argv[1], NULL);
    struct arena *a = arena_new("decision_bench");
    const struct dmn *d;
    need(a, dmn_compile(a, small_table(a), S("bench.dmn"), &d));
    printf("table of 3 inputs x 4 rules: %.0f evaluations/s\n", evaluations(a, d, scopes(a, NULL)));
    arena_free(a);
    large("FIRST");
    large("UNIQUE");
    parsing();
    return 0;
}
