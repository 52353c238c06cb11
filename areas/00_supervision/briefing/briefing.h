/* The monthly briefing (简报, system 0.3): what the plan, the cases, the ratings and the indicators say as of a month's end, as an official
 * paper. Nothing is typed in but a foreword. The figures are kept with the briefing (snapshot), so that its text can be laid out again and
 * the figures compared with a recount. A draft is made by the office that supervises the plan; a second person issues it: then it is
 * numbered, signed under a purpose of its own and public.
 *
 * Rows of the table briefing, one a month, go making -> draft -> issuing -> issued; the two in the middle of a work are done by the worker
 * (layout and signature take longer than a request). What failed stands in the row with its reason and is tried again by hand. */
#ifndef AREAS_00_BRIEFING_BRIEFING_H
#define AREAS_00_BRIEFING_BRIEFING_H

#include "areas/00_supervision/indicators/indicators.h"
#include "areas/00_supervision/plan.h"
#include "trust/official.h"

#define FOREWORD_MAX 2000 /* characters */
#define BRIEF_FIGURES_MAX (2u << 20)

/* ---- figures ---- */

struct brief_month {
    int64_t month;    /* yyyymm */
    instant from, to; /* of the month, to not included */
    instant as_of;    /* the month's end, or now when that lies ahead */
};
/* CODE_BRIEFING_MONTH: the month has not begun. */
MUST result brief_month_of(struct arena *a, int64_t month, instant now, struct brief_month *out);
/* The snapshot: {format, month, as_of, complete, city, plan, indicators, cases, ratings, hotline}; see docs/operators/briefing.md. The same data
 * give the same bytes. plan is null before an import. */
MUST result brief_figures(struct city *c, struct arena *a, const struct brief_month *m, const struct json **out);
/* Its parts. */
MUST result brief_plan(struct city *c, struct arena *a, const struct brief_month *m, const struct json **out);
MUST result brief_indicators(struct city *c, struct arena *a, const struct brief_month *m, const struct json **out);
MUST result brief_cases(struct city *c, struct arena *a, const struct brief_month *m, const struct json **out);
MUST result brief_ratings(struct city *c, struct arena *a, const struct brief_month *m, const struct json **out);
MUST result brief_hotline(struct city *c, struct arena *a, const struct brief_month *m, const struct json **out);
/* A task as it stood at a moment, by its history: what is entered later with an earlier day of completion counts from that day. */
struct plan_clock brief_clock(const struct plan_task *t, const struct rows *history, instant at);
extern const struct stmt BRIEF_HISTORY; /* (from, at): rows of (task_no, at, kind, details), in order */

/* ---- the paper ---- */

struct brief_paper {
    const struct json *figures;
    struct slice foreword, number; /* number: "2021年第9期（总第9期）"; empty: a draft */
    struct slice url;              /* that verifies it */
    instant dated;                 /* of the issue, or of the draft */
};
/* Lays it out. A pure function of its arguments, the city's words (c->papers) and the fonts. *used: see official_render. */
MUST result brief_render(const struct city *c, struct arena *a, const struct brief_paper *b,
                         struct official_fonts *used, struct slice *pdf);
/* Inside of it: parts are added to a list. */
struct brief_parts {
    struct arena *a;
    struct official_part *list;
    size_t n, cap;
    int tables, charts, headings, subheadings;
};
void brief_heading(struct brief_parts *p, const char *text);
void brief_subheading(struct brief_parts *p, const char *text);
void brief_text(struct brief_parts *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void brief_note(struct brief_parts *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* caption without its number, which is given here. cells: nrows * ncolumns. */
void brief_table(struct brief_parts *p, const char *caption, const struct official_column *columns, size_t ncolumns,
                 const struct slice *cells, size_t nrows);
void brief_chart(struct brief_parts *p, const char *caption, struct official_chart chart);
void brief_plan_parts(struct brief_parts *p, const struct json *figures);
void brief_service_parts(struct brief_parts *p, const struct json *figures);
void brief_indicator_parts(struct brief_parts *p, const struct json *figures);
/* Words for figures: the number or "无数据"; "23.1%"; "增加3项"; "上升0.5个百分点". */
struct slice brief_value(struct arena *a, const struct json *v, const char *key);
struct slice brief_share(struct arena *a, int64_t part, int64_t of);
struct slice brief_change(struct arena *a, int64_t now, int64_t before, const char *unit);
struct slice brief_points(struct arena *a, int64_t part, int64_t of, int64_t part_before, int64_t of_before);
struct slice brief_day(struct arena *a, struct slice date); /* "2021-09-30" -> "2021年9月30日" */
struct slice brief_names(struct arena *a, const struct json *list);
/* Labels for a chart of [{month, …}]. */
struct slice *brief_months(struct arena *a, const struct json *list);

/* ---- keeping ---- */

enum brief_state { BRIEF_MAKING, BRIEF_DRAFT, BRIEF_ISSUING, BRIEF_ISSUED };
struct briefing {
    struct id id, made_by, edited_by, issued_by;
    int64_t month, year, number, total; /* number 0: not issued */
    enum brief_state state;
    struct slice step, error; /* of the work under way; why it stands still */
    struct slice token, foreword, figures, sha256, record;
    instant made_at, issued_at;
    bool has_pdf;
};
/* By its id, or by month (id NULL). CODE_NOT_FOUND. */
MUST result brief_load(struct city *c, struct tx *tx, struct arena *a, const struct id *id, int64_t month,
                       struct briefing *out);
MUST result brief_pdf(struct city *c, struct arena *a, struct id id, struct slice *pdf);
/* "2021年第9期（总第9期）"; empty for a draft. */
struct slice brief_number(struct arena *a, const struct briefing *b);
struct slice brief_url(struct arena *a, const struct city *c, const struct briefing *b);
struct bitext brief_title(struct arena *a, int64_t month);
/* The office that supervises the plan makes; it and the plan's leaders issue; these, heads and auditors read what is not issued. */
bool brief_may_make(const struct plan *p, const struct actor *x);
bool brief_may_issue(const struct plan *p, const struct actor *x);
bool brief_may_read(const struct plan *p, const struct actor *x);
/* Makes the draft of a month, or makes an unissued one again. CODE_FORBIDDEN unless the actor supervises the plan; CODE_BRIEFING_STATE. */
MUST result brief_make(struct city *c, struct arena *a, const struct actor *x, int64_t month, instant now,
                       struct id *id);
MUST result brief_foreword(struct city *c, struct arena *a, const struct actor *x, struct id id, struct slice text,
                           instant now);
/* By another person than the one who made it and the one who wrote the foreword; of a month that is over. */
MUST result brief_issue(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now);
/* Does what waits; called by the worker. */
result brief_work(struct city *c, struct arena *a, instant now, size_t *done);
/* The figures anew beside those kept: {same, layout: "same" | "different" | null, differences: [path]}. layout: whether the kept figures
 * give the very pages that were signed (other fonts give others). */
MUST result brief_compare(struct city *c, struct arena *a, const struct briefing *b, instant now,
                          const struct json **out);
MUST result brief_area_paper(struct city *c, struct arena *a, struct slice token, struct slice id,
                             struct area_paper *out);

enum { BRIEFING_NMIGRATIONS = 1 };
extern const struct migration BRIEFING_MIGRATIONS[BRIEFING_NMIGRATIONS];
extern const struct endpoint EP_BRIEFINGS, EP_BRIEFING_MAKE, EP_BRIEFING, EP_BRIEFING_PDF, EP_BRIEFING_FOREWORD,
    EP_BRIEFING_ISSUE, EP_BRIEFING_COMPARE, EP_BRIEFINGS_PUBLIC, EP_BRIEFING_PUBLIC_PDF;
extern const struct area AREA_BRIEFING;

#endif
