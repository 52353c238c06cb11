/* The indicators (营商环境评价, system 0.2): computed from the live cases by the formulas of data/indicators/indicators.json, scored by
 * distance to frontier, set beside imported figures of other cities. Nothing is typed in; where no case is, there is no score. */
#ifndef AREAS_00_INDICATORS_H
#define AREAS_00_INDICATORS_H

#include "city/catalogue/catalogue.h"
#include "engine/figures/score.h"

#define COMPONENTS_MAX 12
#define INDICATORS 18
#define SCORED_MAX COMPONENTS_MAX

extern const char INDICATORS_JSON[], FRONTIERS_JSON[]; /* the files of data/indicators, NUL-terminated */

/* ---- definitions ---- */
enum measure {
    MEASURE_ACTS,
    MEASURE_WORKDAYS,
    MEASURE_ELAPSED,
    MEASURE_FEE,
    MEASURE_PAPERS,
    MEASURE_VISITS,
    MEASURE_ONLINE,
    MEASURE_RATING,
    MEASURES
};
struct component {
    struct slice key;
    struct bitext name, unit, formula;
    bool more_is_better;
    enum measure measure;
};
struct scoring {
    size_t component; /* index */
    bool by_cities;   /* best and worst among the cities known; frontier is not used */
    struct frontier frontier;
    const struct json *from; /* the row of frontiers.json */
};
struct indicator {
    int64_t no;
    struct bitext name;
    struct slice tier; /* of the plan: short_board | raise | brand */
    const struct json *services;
    struct scoring scored[SCORED_MAX];
    size_t nscored;
};
struct definitions {
    struct component components[COMPONENTS_MAX];
    size_t ncomponents;
    struct indicator indicators[INDICATORS];
    int64_t rank_sought, group_sought;
    int64_t least_cases;      /* fewer decided cases give an indicator no score */
    int64_t least_indicators; /* fewer indicators with a score give no total */
    double raise_within;
    struct slice benchmark; /* code of the city, and its name */
    struct bitext benchmark_name;
    const struct json *frontiers; /* frontiers.json */
};
#define DEFINITIONS_MAX (1024 * 1024)
/* Texts of indicators.json and frontiers.json; empty: the built-in one. Every fault as CODE_INDICATORS_DEFINITION or CODE_JSON_… with
 * its place ("indicators.json#/components/2/key"). */
MUST result definitions_parse(struct arena *a, struct slice indicators, struct slice frontiers,
                              const struct definitions **out);
/* The built-in ones. */
MUST result definitions_read(struct arena *a, const struct definitions **out);
/* Those of this city: of its folder DIR/indicators where they are there (city->indicators), else the built-in ones. */
MUST result definitions_of(const struct city *c, struct arena *a, const struct definitions **out);
/* Index, or SIZE_MAX. */
size_t component_find(const struct definitions *d, struct slice key);
const struct indicator *indicator_find(const struct definitions *d, int64_t no);
/* Whether cases of this service count for the indicator: by its code, or by the area of its current version. Tickets that the city
 * opens itself (internal services) never do. */
bool indicator_counts(const struct indicator *i, struct slice service, const struct json *service_json);

extern const struct endpoint EP_WAITING; /* waiting.c */

/* ---- figures of this city ---- */
struct period {
    int64_t from, to; /* months, yyyymm, both included */
};
int64_t month_add(int64_t month, int64_t n);
int64_t months_between(struct period p);            /* how many, both included */
bool month_scan(struct slice text, int64_t *month); /* "2021-09" */
struct slice month_text(struct arena *a, int64_t month);

struct tally { /* sums over decided cases; see city/cases/measure.h */
    int64_t n, refused, withdrawn, workdays, elapsed_ms, counted_ms, steps, acts, visits, papers, fee_fen, online, late;
    int64_t rated,
        satisfied; /* ratings counted, and those of "satisfied" or better (areas/00_supervision/ratings); none by town */
};
void tally_add(struct tally *to, const struct tally *t);
#define RATED_LEAST 5 /* fewer ratings give no satisfaction */
/* NAN: no case. */
double tally_value(const struct tally *t, enum measure m);

enum grouping { BY_NOTHING, BY_MONTH, BY_SERVICE, BY_DEPARTMENT, BY_TOWN };
struct group {
    struct slice key; /* service, department or town code */
    int64_t month;
    struct tally t;
};
struct groups {
    struct group *list;
    size_t n;
};
/* Sums of the indicator's cases ended in the period, in groups (one even when empty for BY_NOTHING), in order of their key. */
MUST result figures_of(struct city *c, struct arena *a, const struct indicator *i, struct period p, enum grouping by,
                       struct groups *out);
/* The same of all indicators at once: out[INDICATORS], by position in the definitions. */
MUST result figures_all(struct city *c, struct arena *a, const struct definitions *d, struct period p,
                        struct tally *out);

/* ---- figures of other cities ---- */
struct city_figure {
    struct slice city, name, period, source;
    int64_t indicator;
    size_t component; /* COMPONENT_SCORE: a published score of the whole */
    double value;
    struct slice text; /* of the value, as it was given */
};
#define COMPONENT_SCORE SIZE_MAX
struct city_figures {
    struct city_figure *list;
    size_t n;
};
/* Pure. CSV or JSON by its first character; every bad line as a problem with field "NAME:LINE#FIELD" (JSON: the item's number).
 * `own` is this city's code, which is refused. */
MUST result cities_read(struct arena *a, const struct definitions *d, struct slice name, struct slice text,
                        struct slice own, struct city_figures *out);
MUST result cities_import(struct city *c, struct arena *a, const struct definitions *d, const struct city_figures *f,
                          instant now);
/* The latest of each city, indicator and component. */
MUST result cities_load(struct city *c, struct arena *a, const struct definitions *d, struct city_figures *out);

/* ---- replies; shapes in docs/api.md ---- */
struct board_filter { /* empty: all; the definitions' benchmark. town or department, not both */
    struct slice benchmark, town, department;
};
MUST result indicators_board_of(struct city *c, struct arena *a, struct period p, const struct board_filter *f,
                                instant now, const struct json **out);
/* Of the whole city. benchmark empty: that of the definitions. */
MUST result indicators_board(struct city *c, struct arena *a, struct period p, struct slice benchmark, instant now,
                             const struct json **out);
/* Figures without scores and ranks, for everybody. */
MUST result indicators_public(struct city *c, struct arena *a, struct period p, instant now, const struct json **out);
/* One indicator: its months with forecast and alarm, by service, department and town. CODE_NOT_FOUND. */
MUST result indicator_page(struct city *c, struct arena *a, int64_t no, struct period p, instant now,
                           const struct json **out);
struct case_filter { /* empty: all */
    struct slice service, department, town;
    bool late;
};
/* The cases behind its figures, by service, newest first. Numbers of cases outside the actor's remit (head) are null. CODE_NOT_FOUND,
 * CODE_QUERY_BAD (cursor). */
MUST result indicator_cases(struct city *c, struct arena *a, const struct actor *x, int64_t no, struct period p,
                            const struct case_filter *f, int64_t limit, struct slice cursor, const struct json **out);
/* One case of case_measure, as lists of cases show it; its number is null outside the actor's remit (head). */
#define MEASURED_CASE \
    "case_id, number, department, town, month, filed_at, ended_at, workdays, elapsed_ms, acts, visits, papers, fee_fen, online, late"
enum { MEASURED_MONTH = 4 }; /* the column by which, with the first, lists go on */
const struct json *measured_case_json(const struct city *c, struct arena *a, const struct actor *x,
                                      struct slice service, const struct sql_value *v);

/* ---- who sees what is not published: heads, leaders of the plan, the plan's office ---- */
MUST result indicators_leads(struct city *c, struct arena *a, const struct actor *x, bool *out);
MUST result indicators_right(struct city *c, struct arena *a, const struct actor *x); /* CODE_FORBIDDEN */
/* Shared by the replies. */
const struct json *number_json(struct arena *a, double v, int places); /* null for NAN */
const struct json *component_json(struct arena *a, const struct component *k, const struct tally *t);

/* The area's second table, beside the plan's: endpoints, migrations, work. */
extern const struct area AREA_INDICATORS;

#endif
