#include "engine/figures/score.h"

#include <math.h>

bool frontier_score(const struct frontier *f, double y, double *out)
{
    double span = f->worst - f->best;
    if (!isfinite(y) || !isfinite(span) || fabs(span) < 1e-12 || !(f->exponent > 0)) return false;
    double s = (f->worst - y) / span;
    s = s < 0 ? 0 : s > 1 ? 1 : s;
    /* pow(s, 1) need not be s to the last bit */
    *out = 100 * (fabs(f->exponent - 1) < 1e-12 ? s : pow(s, f->exponent));
    return true;
}

bool score_mean(const double *v, size_t n, double *out)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += v[i];
    if (n) *out = sum / (double)n;
    return n > 0;
}

size_t score_rank(double own, const double *others, size_t n)
{
    size_t better = 0;
    for (size_t i = 0; i < n; i++) better += others[i] > own ? 1 : 0;
    return better + 1;
}

double score_gap_to_rank(double own, const double *others, size_t n, size_t rank)
{
    if (rank == 0 || n < rank || score_rank(own, others, n) <= rank) return 0;
    /* who holds that rank now: the one with fewer than `rank` better, and at least `rank` as good */
    for (size_t i = 0; i < n; i++) {
        size_t better = 0, level = 0;
        for (size_t k = 0; k < n; k++) {
            better += others[k] > others[i] ? 1 : 0;
            level += others[k] >= others[i] ? 1 : 0;
        }
        if (better < rank && level >= rank) return others[i] - own;
    }
    return 0;
}

static const char *const NAMES[STANDINGS] = {"short_board", "raise", "brand"};

const char *standing_name(enum standing s)
{
    return NAMES[s];
}

enum standing standing_of(double own, double benchmark, double raise_within)
{
    if (own >= benchmark) return STANDING_BRAND;
    return benchmark - own <= raise_within ? STANDING_RAISE : STANDING_SHORT;
}
