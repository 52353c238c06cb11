/* Making papers and licences. Private to city/cases. */
#ifndef CITY_CASES_ISSUE_H
#define CITY_CASES_ISSUE_H

#include "city/cases/run.h"
#include "trust/ofd.h"
#include "trust/signer.h"

extern const struct verb LICENCE_ISSUE;

struct issue {
    struct slice kind, number, token, certificate_id;
    const struct json *title, *template_, *data, *record;
    enum signer_purpose purpose;
    const struct ofd_custom
        *metadata; /* of a licence (GB/T 36903): its original is an OFD; NULL: there is the PDF only */
    size_t nmetadata;
};
/* The body that issues: the input's, the step's or the case's. */
struct slice issuing_department(const struct verb_call *x);
/* 2021年4月30日 */
struct slice paper_date(struct arena *a, instant t);
/* A public token that is the same at every try of the job, and that nobody can guess from the job's id. */
struct slice paper_token(const struct verb_call *x);
/* The template of that name, of the service or of the city; NULL. */
const struct json *paper_template(const struct verb_call *x, struct slice name);
/* What every template can refer to: the case, issuer, date, address of verification … */
const struct json *paper_context(const struct verb_call *x, struct slice number, struct slice token);
/* The same under the case's variables and the input's own data. */
const struct json *paper_data(const struct verb_call *x, const struct json *own);
/* Renders, signs, seals; adds the bytes to the call and the document's fact to the list. */
MUST result paper_issue(struct verb_call *x, const struct issue *i, struct json_builder *facts);

/* ---- licence_verb.c ---- */

/* What a licence that is issued anew takes over (补发、换发): its identifier but for the version, and what stands behind it. */
struct licence_before {
    struct id id;
    struct slice certificate_id;
    instant valid_to;
};
/* Makes the licence that the input of licence.issue asks for, under the call's job as its id: the facts "document" and "licence", and the
 * verb's output. before: NULL for a first one. */
MUST result licence_make(struct verb_call *x, const struct licence_before *before, struct json_builder *facts,
                         const struct json **output);

#endif
