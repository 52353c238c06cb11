/* Shared by the files that make the board's reply: sums of the cases (spread.c), scores (score.c), words (board.c). */
#ifndef AREAS_00_INDICATORS_BOARD_H
#define AREAS_00_INDICATORS_BOARD_H

#include "areas/00_supervision/indicators/indicators.h"
#include "engine/figures/trend.h"

/* ---- sums of decided cases; internal services are left out of all of them ---- */
#define SERIES_MONTHS 36 /* what forecast and alarm look at */
struct spread {
    int64_t first;                                 /* month of the series' beginning */
    size_t n, from, to;                            /* months in it; those of the period are [from, to) */
    struct tally city, *months;                    /* of the period; [n] */
    struct tally all[INDICATORS], *of[INDICATORS]; /* the same, by position in the definitions */
    struct groups towns, departments;              /* of the period */
};
/* town or department, not both; empty: all. The cases of a town are not summed by department, nor the other way: of one of them
 * the other list is empty. Ratings are known by service and department, or by town: of one town, services have none. */
MUST result spread_of(struct city *c, struct arena *a, const struct definitions *d, struct period p,
                      const struct board_filter *f, struct spread *out);
/* The values of one measure, months [from, to) of the series; NAN where there was no case. */
double *series_of_tallies(struct arena *a, const struct tally *t, size_t from, size_t to, enum measure m);

/* ---- scores ---- */
enum { CITIES_MAX = 400 };
struct other {
    struct slice code, name;
    double value[INDICATORS][COMPONENTS_MAX], published[INDICATORS];
};
/* What one component of one indicator brings. */
struct mark {
    const struct scoring *by;
    struct frontier frontier;     /* as used; best == worst: none */
    double own, score, benchmark; /* NAN: none */
    bool scored;
    /* Were this figure the benchmark's and all else as it is; gain NAN: nothing to gain. */
    double gain, total_then, score_then;
    size_t rank_then, indicator_rank_then;
};
struct line {
    const struct indicator *i;
    struct tally t;
    struct mark marks[SCORED_MAX];
    double score;   /* NAN: none */
    double *others; /* [ncities], NAN where unknown */
    double benchmark;
    size_t scored;
    bool enough; /* as many cases as a score needs */
};
struct board {
    struct arena *a;
    const struct definitions *d;
    struct other *cities;
    size_t ncities;
    const struct other *benchmark; /* NULL: no figures of it */
    struct line lines[INDICATORS];
    double total;   /* NAN: none, or too few indicators have a score */
    double *totals; /* [ncities], over the indicators that this city has a score in; NAN when it lacks one */
    size_t scored;  /* indicators with a score */
};
void board_take_cities(struct board *b, const struct city_figures *f, struct slice benchmark);
/* lines[].i and .t are set; the rest is computed. */
void board_score(struct board *b);
/* Known values of the others; how many. */
size_t board_known(const double *v, size_t n, double *out);

/* ---- words ---- */
const struct json *forecast_json(struct arena *a, const struct component *k, struct series s, int64_t last);
const struct json *alarm_json(struct arena *a, struct series s, int64_t first);
/* What of the series is judged: the running month is not over. */
size_t series_closed(int64_t first, size_t n, instant now);

extern const struct endpoint EP_MAP;

#endif
