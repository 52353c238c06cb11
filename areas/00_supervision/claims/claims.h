/* What the city says of its services against what the cases show: the share of cases taken through the platform (系统 17.3), and each
 * service's claims of how online, how far, how fast and with how many papers it is done (系统 17.8).
 *
 * The platform's own cases alone would give 100 %. So departments tell month by month how many cases ended in systems of their own,
 * and the share is of both. Where a department has not told, its cases are in neither part of the share, and the reply names it. */
#ifndef AREAS_00_CLAIMS_H
#define AREAS_00_CLAIMS_H

#include "areas/00_supervision/indicators/indicators.h"

/* ---- what departments took in systems of their own ---- */

#define OWN_ALL \
    "*" /* as service: all that the department did not tell by service; a department without any tells 0 of these */
struct own_figure {
    int64_t month;                          /* yyyymm: the cases ended in it, as those of the platform are counted */
    struct slice department, service, name; /* name: of a service that the city does not offer here */
    int64_t n;                              /* cases */
    struct slice source;                    /* which system, which report */
    size_t line;                            /* of the file, for faults found later */
};
struct own_figures {
    struct slice file;
    struct own_figure *list;
    size_t n;
};
/* Pure. CSV (the first line names the columns) or JSON (an array, or {"figures": […]}) by its first character: month "2021-09",
 * department, service, service_name?, cases, source. Every fault with field "FILE:LINE#FIELD" (JSON: the item's number). */
MUST result own_read(struct arena *a, struct slice file, struct slice text, struct own_figures *out);
/* Departments and services looked up, months not ahead of now, rights (the head of each department; administrators and the command
 * line all); then a department's month in the file takes the place of what it told of that month before. Audited.
 * *report: {figures, months, departments}. */
MUST result own_import(struct city *c, struct arena *a, const struct actor *x, const struct own_figures *f,
                       struct slice sha256, instant now, const struct json **report);

/* ---- the share ---- */

struct platform_share {   /* over the months and departments that have told */
    int64_t counted, own; /* cases of the platform and of other systems */
    int64_t platform;     /* all of the platform's, also where the department has not told */
    size_t missing;       /* departments that have not told a month */
};
/* department, service: empty for all. */
MUST result share_sum(struct city *c, struct arena *a, struct period p, struct slice department, struct slice service,
                      struct platform_share *out);
/* The whole reply; shape in docs/api.md. */
MUST result share_reply(struct city *c, struct arena *a, struct period p, struct slice department, struct slice service,
                        const struct json **out);

/* ---- claims ---- */

enum claim { CLAIM_ONLINE, CLAIM_VISITS, CLAIM_LIMIT, CLAIM_MATERIALS, CLAIMS };
enum verdict { VERDICT_CONTRADICTED, VERDICT_FEW, VERDICT_HOLDS };
bool claim_scan(struct slice name, enum claim *out);
#define CLAIM_LEAST 5 /* fewer decided cases judge nothing */
/* How far the cases may stray from a claim before they contradict it. Online and visits: people may choose the counter, so one case
 * in five may; the office's promise of a time is broken by its own doing, so one in twenty. */
#define CLAIM_ONLINE_LEAST 0.8
#define CLAIM_MORE_MOST 0.2 /* visits or papers a case, above the number claimed */
#define CLAIM_LATE_MOST 0.05
struct claimed {
    bool made; /* the service claims something of this kind */
    int64_t n; /* visits, papers */
    double measured;
    enum verdict verdict;
};
struct claims_of {
    struct slice service;
    int64_t cases;
    struct claimed list[CLAIMS];
    enum verdict worst;
};
/* Of one service's current version. CODE_NOT_FOUND. */
MUST result claims_one(struct city *c, struct arena *a, struct slice service, struct period p, struct claims_of *out);
/* Of all current services, contradicted ones first. verdict ("contradicted" …), department: empty for all. */
MUST result claims_reply(struct city *c, struct arena *a, struct period p, struct slice verdict,
                         struct slice department, const struct json **out);
/* The cases behind, newest first; against: those alone that go against the claim. */
MUST result claims_cases(struct city *c, struct arena *a, const struct actor *x, struct slice service, enum claim claim,
                         bool against, struct period p, int64_t limit, struct slice cursor, const struct json **out);
/* For everybody: what was measured, without a verdict; nothing of fewer than five cases. */
MUST result claims_measured(struct city *c, struct arena *a, struct slice service, struct period p,
                            const struct json **out);

extern const struct area AREA_CLAIMS;

#endif
