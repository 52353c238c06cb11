/* What the endpoints on cases have in common: the command of a request, and the view as reply. */
#ifndef HTTP_ENDPOINTS_CASES_COMMON_H
#define HTTP_ENDPOINTS_CASES_COMMON_H

#include "city/cases/cases.h"

/* The command a request makes; params[0] is the case, except where `filing`. */
MUST result command_of(const struct request *q, bool filing, struct case_command *k);
/* Whom a filing (its service set) is for: oneself, a principal, or at a window "on_behalf_of" of the body. */
MUST result filing_applicant(const struct request *q, struct case_filing *f);
/* params[1] as a task's token. */
MUST result token_of(const struct request *q, int64_t *token);
/* The case as the actor sees it after the command. */
MUST result reply_case(const struct request *q, const struct case_done *done, int status, struct reply *r);

#endif
