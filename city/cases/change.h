/* Running cases under a new version of their service (迁移), and an officer's correction of where a case stands (更正办理步骤).
 *
 * The rule of clocks: neither changes when the case's time began, what stopped it or until when the law and the promise allow: the
 * limits of a case stay those of the version it was accepted under (行政许可法 arts. 42, 45: only what the law names moves them). */
#ifndef CITY_CASES_CHANGE_H
#define CITY_CASES_CHANGE_H

#include "city/cases/cases.h"
#include "engine/process/change.h"

extern const struct migration CHANGES_MIGRATIONS[];
extern const size_t CHANGES_NMIGRATIONS;

/* ---- plans: computed by a worker, shown, released by a second person, applied case by case, undone ---- */
struct plan_new {
    struct slice service, from, to, reason;
    const struct json *mapping; /* [{from, to}] of element ids, or NULL */
    const struct json *values;  /* object of variables that cases lack under the new version, or NULL */
};
/* Begins: the cases are looked at by a worker. Designer or publisher; audited. CODE_NOT_FOUND, CODE_MIGRATION_PLAN. */
MUST result migration_plan(struct city *c, struct arena *a, const struct actor *x, const struct plan_new *p,
                           instant now, struct id *id);
/* {id, service, from, to, state, …, groups, notes}: docs/api.md. CODE_NOT_FOUND. */
MUST result migration_show(struct city *c, struct arena *a, struct id id, const struct json **out);
/* Of one service (empty: all), newest first, without groups. */
MUST result migration_list(struct city *c, struct arena *a, struct slice service, int64_t limit, struct slice cursor,
                           const struct json **out);
/* [{case, number, state, text}] of a plan; state empty: any. Numbers and words only, no data of the cases. */
MUST result migration_cases(struct city *c, struct arena *a, struct id id, struct slice state, int64_t limit,
                            struct slice cursor, const struct json **out);
/* A publisher who did not make it releases it, or turns it down with a reason. CODE_TWO_PEOPLE, CODE_REQUEST_SETTLED. */
MUST result migration_decide(struct city *c, struct arena *a, const struct actor *x, struct id id, bool approve,
                             struct slice reason, instant now);
/* Takes back the whole plan (by the worker), or one case at once; what has gone on to where the old version cannot follow stays,
 * and the row says why. Publisher; a reason; audited. */
MUST result migration_undo(struct city *c, struct arena *a, const struct actor *x, struct id id, struct slice reason,
                           instant now);
MUST result migration_undo_case(struct city *c, struct arena *a, const struct actor *x, struct id id, struct id case_id,
                                struct slice reason, instant now);
/* Worker: up to n cases of the plans that are being looked at, applied or undone. */
MUST result migrations_run(struct city *c, struct arena *a, instant now, size_t n, size_t *done);

/* ---- one case ---- */
struct case_migration {
    struct id plan;
    const struct service *from, *to; /* held by the caller */
    struct process_migration how;
    const struct json *renamed; /* [{from, to}], into the journal */
};
/* The command; with the case under `to` already nothing happens. The plan's row of the case is written with it.
 * CODE_MIGRATION_VERSION, CODE_CASE_CLOSED, CODE_MIGRATION_LACKS, CODE_PROCESS_MIGRATION. */
MUST result case_migrate(struct case_command *k, const struct case_migration *m, struct case_done *out);
/* Variables that the case lacks under the new version and did not lack before: names. */
size_t migration_lacks(struct arena *a, const struct process_state *before, const struct json *vars_before,
                       const struct process_outcome *after, const struct slice **out);

/* ---- corrections ---- */
enum step_correction { STEP_MOVE, STEP_REPEAT, STEP_CANCEL };
struct step_correct {
    enum step_correction what;
    int64_t token, version; /* the case's, as the officer saw it: CODE_CASE_CHANGED when it is another by now */
    struct slice to, reason;
    struct slice password, totp;  /* the officer's, again; not asked of a preview */
    const struct json *assertion; /* of a security key, or NULL */
};
/* What would happen: {version, closes, opens, again, clock}. Nothing is written. */
MUST result step_correct_preview(struct city *c, struct arena *a, const struct actor *x, struct id case_id,
                                 const struct step_correct *s, instant now, const struct json **out);
/* Where the case stands and where it could go, for who may correct it: {version, tokens: [{token, node, title, why, places}]}.
 * The read is recorded. CODE_FORBIDDEN. */
MUST result step_corrections(struct city *c, struct arena *a, const struct actor *x, struct id case_id, instant now,
                             const struct json **out);
/* CODE_AUTH_FAILED, CODE_AUTH_TOTP_REQUIRED, CODE_FORBIDDEN, CODE_CASE_CHANGED, CODE_STEP_CORRECTION, CODE_PROCESS_CORRECTION. */
MUST result step_correct(struct case_command *k, const struct step_correct *s, struct case_done *out);

#endif
