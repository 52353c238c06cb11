/* Scores of an evaluation (pure): distance to frontier, ranks, gaps, and where a city stands beside a benchmark.
 *
 * The method is that of the World Bank's Doing Business reports (2006-2020): a component is placed between the worst and the best
 * performance, s = (worst - y) / (worst - best) * 100, clipped to 0..100; a topic is the plain mean of its components, the total
 * the plain mean of the topics. One component, the total tax and contribution rate, is not linear: s = 100 * (s / 100) ^ 0.8. */
#ifndef ENGINE_FIGURES_SCORE_H
#define ENGINE_FIGURES_SCORE_H

#include <stdbool.h>
#include <stddef.h>

struct frontier {
    double best, worst; /* in the component's unit; best may be the smaller or the larger of the two */
    double exponent;    /* 1: linear */
};
/* False (and *out untouched) when y is no number, or the frontier is none: best equals worst, exponent not above 0. */
bool frontier_score(const struct frontier *f, double y, double *out);
/* Mean of n > 0 scores; false when there is none. */
bool score_mean(const double *v, size_t n, double *out);

/* 1 + how many of the others are better: equals share a rank (1, 2, 2, 4). */
size_t score_rank(double own, const double *others, size_t n);
/* Points that `own` lacks to hold this rank (1 the first) among the others; 0 when it holds it, or when there are fewer than `rank`
 * others. */
double score_gap_to_rank(double own, const double *others, size_t n, size_t rank);

/* 补短板 far behind the benchmark, 促提升 near it, 树品牌 level with it or before it. */
enum standing { STANDING_SHORT, STANDING_RAISE, STANDING_BRAND, STANDINGS };
const char *standing_name(enum standing s); /* "short_board", "raise", "brand" */
/* raise_within: how many points behind the benchmark still count as near. */
enum standing standing_of(double own, double benchmark, double raise_within);

#endif
