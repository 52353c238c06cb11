/* The scores against worked examples and against the published ones of 186 economies (Doing Business 2017, carried by the Quality
 * of Government standard data set): total = mean of the ten topics. */
#include "engine/figures/score.h"

#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/testing.h"

extern char **environ;

static double score(double best, double worst, double exponent, double y)
{
    const struct frontier f = {best, worst, exponent};
    double s = -1;
    assert_true(frontier_score(&f, y, &s));
    return s;
}

static void close_to(double v, double expected, double by)
{
    if (!(fabs(v - expected) <= by)) fail_msg("%.6f is not %.6f", v, expected);
}

static void a_component_lies_between_worst_and_best(void **state)
{
    (void)state;
    close_to(score(1, 18, 1, 1), 100, 1e-9);
    close_to(score(1, 18, 1, 18), 0, 1e-9);
    close_to(score(1, 18, 1, 4), 14.0 / 17 * 100, 1e-9);
    close_to(score(0.5, 100, 1, 9), 91.0 / 99.5 * 100, 1e-9);
    /* more is better */
    close_to(score(15, 0, 1, 15), 100, 1e-9);
    close_to(score(15, 0, 1, 3), 20, 1e-9);
}

static void what_lies_outside_is_clipped(void **state)
{
    (void)state;
    close_to(score(1, 18, 1, 0), 100, 0);
    close_to(score(1, 18, 1, 40), 0, 0);
    close_to(score(15, 0, 1, -2), 0, 0);
}

static void the_tax_rate_is_not_linear(void **state)
{
    (void)state;
    close_to(score(26.1, 84, 0.8, 26.1), 100, 1e-9);
    close_to(score(26.1, 84, 0.8, 84), 0, 1e-9);
    close_to(score(26.1, 84, 0.8, 55.05), 100 * pow(0.5, 0.8), 1e-9);
    assert_true(score(26.1, 84, 0.8, 55.05) > score(26.1, 84, 1, 55.05));
}

static void no_frontier_gives_no_score(void **state)
{
    (void)state;
    double s = -1;
    const struct frontier same = {3, 3, 1}, bad = {1, 3, 0}, good = {1, 3, 1};
    assert_false(frontier_score(&same, 3, &s));
    assert_false(frontier_score(&bad, 3, &s));
    assert_false(frontier_score(&good, NAN, &s));
    assert_false(score_mean(NULL, 0, &s));
    close_to(s, -1, 0);
}

static void ranks_and_gaps(void **state)
{
    (void)state;
    const double others[] = {90, 80, 80, 70, 60};
    assert_int_equal(score_rank(95, others, 5), 1);
    assert_int_equal(score_rank(80, others, 5), 2);
    assert_int_equal(score_rank(75, others, 5), 4);
    assert_int_equal(score_rank(10, others, 5), 6);
    close_to(score_gap_to_rank(75, others, 5, 3), 5, 0);
    close_to(score_gap_to_rank(75, others, 5, 1), 15, 0);
    close_to(score_gap_to_rank(75, others, 5, 4), 0, 0);
    close_to(score_gap_to_rank(50, others, 5, 5), 10, 0);
    close_to(score_gap_to_rank(50, others, 5, 15), 0, 0);
}

static void standing_beside_a_benchmark(void **state)
{
    (void)state;
    assert_int_equal(standing_of(80, 80, 10), STANDING_BRAND);
    assert_int_equal(standing_of(79.9, 80, 10), STANDING_RAISE);
    assert_int_equal(standing_of(70, 80, 10), STANDING_RAISE);
    assert_int_equal(standing_of(69.9, 80, 10), STANDING_SHORT);
    assert_string_equal(standing_name(STANDING_SHORT), "short_board");
}

/* ---- published scores ---- */

/* One file of an archive, by tar. */
static struct slice unpacked(struct arena *a, const char *archive, const char *member)
{
    char path[] = "/tmp/tongban-scores-XXXXXX";
    char *const argv[] = {"tar", "-xJOf", (char *)(uintptr_t)archive, (char *)(uintptr_t)member, NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status, fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)unlink(path);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_adddup2(&actions, fd, 1);
    assert_int_equal(posix_spawnp(&pid, "tar", &actions, NULL, argv, environ), 0);
    (void)posix_spawn_file_actions_destroy(&actions);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    off_t n = lseek(fd, 0, SEEK_END);
    char *p = NEW_ARRAY(a, char, (size_t)n + 1);
    assert_true(pread(fd, p, (size_t)n, 0) == n);
    (void)close(fd);
    return slice_of(p, (size_t)n);
}

enum { TOPICS = 10, COLUMNS_MAX = 64 };
static const char *const PUBLISHED[TOPICS + 1] = {"eob_sab",  "eob_dcp16", "eob_ge16", "eob_rp17",
                                                  "eob_gc15", "eob_pmi15", "eob_pt17", "eob_tab16",
                                                  "eob_ec17", "eob_ri15",  "eob_eob17"};

/* A line's cells; names of economies with a comma stand in quotation marks. */
static size_t cells(struct slice line, struct slice *out)
{
    size_t n = 0, from = 0;
    bool quoted = false;
    for (size_t i = 0; i <= line.n && n < COLUMNS_MAX; i++) {
        if (i < line.n && line.p[i] == '"') quoted = !quoted;
        if (i < line.n && (line.p[i] != ',' || quoted)) continue;
        out[n++] = slice_trim(slice_sub(line, from, i - from));
        from = i + 1;
    }
    return n;
}

static bool number_of(struct slice s, double *out)
{
    char text[64], *end;
    if (s.n == 0 || s.n >= sizeof text) return false;
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    *out = strtod(text, &end);
    return *end == 0;
}

static void published_totals_are_the_means_of_their_topics(void **state)
{
    struct arena *a = *state;
    struct slice head, line, rest, cell[COLUMNS_MAX];
    size_t at[TOPICS + 1], whole = 0;
    const char *archive = test_shared_path(a, "domains/11-scoring.tar.xz");
    if (!archive) return;
    rest = unpacked(a, archive, "11-scoring/doing_business_dtf_qog_jan20.csv");
    (void)slice_cut(rest, '\n', &head, &rest);
    size_t ncells = cells(head, cell);
    for (size_t t = 0; t <= TOPICS; t++) {
        at[t] = SIZE_MAX;
        for (size_t i = 0; i < ncells; i++)
            if (slice_is(cell[i], PUBLISHED[t])) at[t] = i;
        assert_true(at[t] != SIZE_MAX);
    }
    while (rest.n) {
        double v[TOPICS + 1], mean;
        bool all = true;
        (void)slice_cut(rest, '\n', &line, &rest);
        size_t n = cells(line, cell);
        for (size_t t = 0; t <= TOPICS; t++) all = all && at[t] < n && number_of(cell[at[t]], &v[t]);
        if (!all) continue;
        assert_true(score_mean(v, TOPICS, &mean));
        if (fabs(mean - v[TOPICS]) > 0.01) fail_msg("%.*s: %.4f, published %.4f", SLICE_ARG(cell[1]), mean, v[TOPICS]);
        whole++;
    }
    assert_int_equal(whole, 186);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_component_lies_between_worst_and_best),
        TEST(what_lies_outside_is_clipped),
        TEST(the_tax_rate_is_not_linear),
        TEST(no_frontier_gives_no_score),
        TEST(ranks_and_gaps),
        TEST(standing_beside_a_benchmark),
        TEST(published_totals_are_the_means_of_their_topics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
