/* Confirmation by the persons whom an application names (实名确认). A service lists the properties of its form that hold such
 * persons ("confirm" of service.json); every natural person among them but the applicant says from their own account, before
 * anything is filed, that they agree to exactly this application: 市场主体登记管理条例 (2021) art. 16 (registration under the
 * real name, whoever is concerned takes part), art. 40 (registration in another's name is undone). Because it lies before
 * the filing, no limit of the law runs while somebody is waited for. One confirmation serves one filing of one content. */
#ifndef CITY_DRAFTS_CONFIRM_H
#define CITY_DRAFTS_CONFIRM_H

#include "city/catalogue/catalogue.h"

#define CONFIRM_KEPT (30 * MS_DAY) /* then it has to be asked anew */
#define CONFIRM_ASKED_MAX 20       /* applications that one applicant has out for confirmation */

/* An application as it will be filed. */
struct application {
    const struct service *service;
    const struct json *data;      /* the form */
    struct id subject;            /* the applicant */
    const struct json *applicant; /* subject_snapshot of it */
};

/* Asks everybody concerned who was not asked yet, and tells how it stands: {ready, until: instant | null, people: [{name,
 * as: [text], state: "asked" | "confirmed" | "denied", reason?, at?}]}; nobody to ask: ready. The caller has the right to file.
 * Faults of the form as at filing; CODE_CONFIRM_NAME: one number under two names; CODE_CONFIRM_UNPROVEN: the applicant is
 * named, and nobody has seen their document; CODE_CONFIRM_LIMIT. */
MUST result confirm_ask(struct city *c, struct arena *a, const struct actor *x, const struct application *p,
                        instant now, const struct json **out);
/* What others ask of the actor's own person, newest first: page of {id, service, service_name, by, name, as, state, asked_at,
 * until, data}. data: the form without numbers, telephones and papers; names stay. Empty under a delegation. */
MUST result confirm_list(struct city *c, struct arena *a, const struct actor *x, int64_t limit, struct slice cursor,
                         instant now, const struct json **out);
/* The person's answer, final; the same again changes nothing. reason: of a denial, may be empty, at most 500 characters. The
 * applicant is told; audited. CODE_NOT_FOUND, CODE_CONFIRM_SETTLED, CODE_CONFIRM_UNPROVEN, CODE_CONFIRM_NAME. */
MUST result confirm_answer(struct city *c, struct arena *a, const struct actor *x, struct id id, bool agree,
                           struct slice reason, instant now);

/* ---- for filing ---- */
/* Before the unit: *id of the confirmations that this application uses up, ID_NONE when nobody has to confirm; *record: [{name,
 * at}] for the case, or NULL. p->data is clean (form_clean). CODE_CONFIRM_MISSING, CODE_CONFIRM_DENIED, and as confirm_ask. */
MUST result confirm_found(struct city *c, struct arena *a, const struct application *p, instant now, struct id *id,
                          const struct json **record);
/* Inside: (id) -> how many were asked, how many of them confirmed. Then they are used up. */
extern const struct stmt CONFIRM_COUNT;
void confirm_use(struct decision *d, struct id id);
/* A correction names nobody who was not named at filing. CODE_CONFIRM_CHANGED. Reads nothing. */
MUST result confirm_same(const struct city *c, struct arena *a, const struct service *s, const struct json *before,
                         const struct json *after);

/* For erasure and the hourly worker; called by drafts_erase and drafts_sweep. */
MUST result confirm_erase(struct tx *tx, struct arena *a, struct id subject);
MUST result confirm_sweep(struct tx *tx, struct arena *a, instant now);
#endif
