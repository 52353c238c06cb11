#include "engine/figures/trend.h"

#include <math.h>

enum { YEAR = 12, TESTED_LEAST = 3, BREAK_LEAST = 6 };

static const char *const NAMES[] = {"none", "last", "holt", "seasonal"};

const char *forecast_method_name(enum forecast_method m)
{
    return NAMES[m];
}

static size_t known(struct series s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += isnan(s.v[i]) ? 0 : 1;
    return n;
}

static bool last_known(struct series s, double *out)
{
    for (size_t i = s.n; i > 0; i--)
        if (!isnan(s.v[i - 1])) {
            *out = s.v[i - 1];
            return true;
        }
    return false;
}

/* Level and slope after the series. A month without cases moves the level by the slope and teaches nothing. */
static bool holt(struct series s, double *level, double *slope)
{
    size_t first = 0, second;
    while (first < s.n && isnan(s.v[first])) first++;
    for (second = first + 1; second < s.n && isnan(s.v[second]);) second++;
    if (second >= s.n) return false;
    *slope = (s.v[second] - s.v[first]) / (double)(second - first);
    *level = s.v[second];
    for (size_t i = second + 1; i < s.n; i++) {
        double ahead = *level + *slope;
        if (isnan(s.v[i])) {
            *level = ahead;
            continue;
        }
        double now = HOLT_LEVEL * s.v[i] + (1 - HOLT_LEVEL) * ahead;
        *slope = HOLT_SLOPE * (now - *level) + (1 - HOLT_SLOPE) * *slope;
        *level = now;
    }
    return true;
}

/* h months after the series, 1 the next */
static bool ahead(enum forecast_method m, struct series s, size_t h, double *out)
{
    double level, slope;
    switch (m) {
    case FORECAST_LAST: return last_known(s, out);
    case FORECAST_HOLT:
        if (!holt(s, &level, &slope)) return false;
        *out = level + (double)h * slope;
        return true;
    case FORECAST_SEASONAL:
        if (s.n < YEAR || isnan(s.v[s.n - YEAR + (h - 1) % YEAR])) return false;
        *out = s.v[s.n - YEAR + (h - 1) % YEAR];
        return true;
    case FORECAST_NONE: break;
    }
    return false;
}

bool forecast_next(enum forecast_method m, struct series s, double *out)
{
    return ahead(m, s, 1, out);
}

static double within(double v, double least, double most)
{
    if (v < least) return least; /* false for NAN */
    return v > most ? most : v;
}

/* One month at a time over the last year: only what was known before each is used. */
static size_t back_test(enum forecast_method m, struct series s, double least, double most, double *error)
{
    size_t tested = 0;
    double sum = 0;
    for (size_t i = s.n; i > 1 && tested < YEAR; i--) {
        double said;
        struct series before = {s.v, i - 1};
        if (isnan(s.v[i - 1]) || known(before) < 2 || !ahead(m, before, 1, &said)) continue;
        sum += fabs(within(said, least, most) - s.v[i - 1]);
        tested++;
    }
    if (tested) *error = sum / (double)tested;
    return tested;
}

struct forecast forecast_of(struct series s, size_t months, double least, double most)
{
    struct forecast f = {.method = FORECAST_NONE};
    if (known(s) < FORECAST_LEAST) return f;
    for (int m = FORECAST_LAST; m <= FORECAST_SEASONAL; m++) {
        double error = 0;
        if (m == FORECAST_SEASONAL && s.n < (size_t)2 * YEAR) continue;
        size_t tested = back_test((enum forecast_method)m, s, least, most, &error);
        if (tested < TESTED_LEAST || (f.method != FORECAST_NONE && error >= f.error)) continue;
        f.method = (enum forecast_method)m;
        f.error = error;
        f.tested = tested;
    }
    for (size_t h = 1; f.method != FORECAST_NONE && h <= months && h <= FORECAST_MONTHS; h++) {
        if (!ahead(f.method, s, h, &f.v[h - 1])) break;
        f.v[h - 1] = within(f.v[h - 1], least, most);
        f.n = h;
    }
    return f;
}

/* Sorts v. */
static double median(double *v, size_t n)
{
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0 && v[k] < v[k - 1]; k--) {
            double x = v[k];
            v[k] = v[k - 1];
            v[k - 1] = x;
        }
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* Values that differ by rounding alone are equal. */
static bool nothing(double x, double beside)
{
    return fabs(x) <= 1e-9 * (1 + fabs(beside));
}

struct alarm alarm_of(struct series s)
{
    struct alarm a = {.tested = false};
    double v[YEAR], mean = 0;
    size_t n = 0, at = s.n;
    while (at > 0 && isnan(s.v[at - 1])) at--;
    if (at == 0) return a;
    a.at = at - 1;
    for (size_t i = a.at; i > 0 && n < YEAR; i--)
        if (!isnan(s.v[i - 1])) v[n++] = s.v[i - 1];
    if (n < BREAK_LEAST) return a;
    a.tested = true;
    a.median = median(v, n);
    for (size_t i = 0; i < n; i++) {
        v[i] = fabs(v[i] - a.median);
        mean += v[i] / (double)n;
    }
    double off = s.v[a.at] - a.median, mad = median(v, n);
    if (nothing(off, a.median))
        a.z = 0;
    else if (!nothing(mad, a.median))
        a.z = 0.6745 * off / mad;
    else
        a.z = nothing(mean, a.median) ? copysign(INFINITY, off) : off / (1.2533 * mean);
    a.broken = fabs(a.z) > BREAK_Z;
    return a;
}
