/* The life of an electronic licence (电子证照): made by the verb licence.issue, then issued anew, annotated, suspended, resumed, revoked,
 * expired. Each is a command on the case that it was issued in: its journal is the record, the table licence a fold of it. */
#ifndef CITY_CASES_LICENCES_H
#define CITY_CASES_LICENCES_H

#include "city/cases/cases.h"

/* A row of the register. */
struct licence_row {
    struct id id, case_id, document;
    struct id subject, applicant; /* the holder; whose case it was issued in: a founder, for their company */
    struct slice type, certificate_id, number, status, token, department, town, service;
    const struct json *title;
    instant issued_at, valid_to, changed_at; /* valid_to 0: without end */
    int64_t version;
};
/* CODE_NOT_FOUND. No right is checked. */
MUST result licence_open(struct city *c, struct arena *a, struct id id, struct licence_row *out);
/* "valid", "suspended", "revoked", "replaced" or "expired", as of now. */
const char *licence_status(struct slice stored, instant valid_to, instant now);

/* What is done to a licence, by the head of the body that issued it, with a reason (1 to 500 characters). The holder is told.
 *   suspend (暂扣): of a valid one; resume: of a suspended one; revoke (撤销、吊销): of either, for ever; annotate (加注): of either, changes
 *   nothing but is shown with it, until the day given (0: as long as the licence).
 * CODE_LICENCE_STATE, CODE_FORBIDDEN, CODE_NOT_FOUND, CODE_FIELD_REQUIRED. */
struct licence_change {
    struct id licence;
    struct slice act, reason;
    instant until;
};
MUST result licence_act(struct case_command *k, const struct licence_change *x, struct case_done *out);

/* Issues it anew (换发、补发): the same identifier with the next version; the earlier one is "replaced" and says so. data: fields of the
 * template that changed, or NULL. Valid as long as the earlier one. Renders and signs before the transaction. *made: the new licence.
 * As licence_act, and what rendering and signing report. */
MUST result licence_reissue(struct case_command *k, struct id licence, struct slice reason, const struct json *data,
                            struct case_done *out, struct id *made);

/* Worker: licences whose last day has passed; at most 100 at one time. *n: how many. */
MUST result licences_expire(struct city *c, struct arena *a, instant now, size_t *n);

/* What was done to it, oldest first: [{at, act, reason, until, by}], from the journal. */
MUST result licence_history(struct city *c, struct arena *a, const struct licence_row *l, instant now,
                            const struct json **out);

#endif
