/* Rights and the two journals of who did and who read what. The contract is in city/city.h. */
#ifndef CITY_RIGHTS_RIGHTS_H
#define CITY_RIGHTS_RIGHTS_H

#include "city/city.h"

extern const struct migration RIGHTS_MIGRATIONS[];
extern const size_t RIGHTS_NMIGRATIONS;

/* Ends what has outlived its period: audit and read records, delegations, changes of roles and of staff accounts, erasures
 * (5 years), absences (3 years), and credentials of staff who left 5 years ago. In batches of bounded size, each a
 * transaction with a row in the audit journal. *gone: how many rows. */
MUST result retention_sweep(struct city *c, struct arena *a, instant now, int64_t *gone);
/* As audit_add, in a transaction of its own. */
MUST result audit_note(struct city *c, struct arena *a, const struct actor *x, instant now, const char *action,
                       const struct json *details);
/* The query of a request against what the endpoint declares: CODE_QUERY_UNKNOWN, CODE_QUERY_BAD. */
#define QUERY_PARAMETERS 16
MUST result query_check(const struct request *q, const struct query_parameter *list);
/* What was read, in words ("case": 办件全部内容, the whole case); a code that is not known is its own word. */
struct bitext read_what_words(struct slice code);
/* Why, from what read_record stored: "task", "agent", "export", "intake", "intake:SERVICE", "form:SERVICE" (the service's
 * name is today's), or a text, which is its own word. */
struct bitext read_purpose_words(struct city *c, struct arena *a, struct slice stored);
/* On which article of the 个人信息保护法 it was read, from the same. */
struct bitext read_basis_words(struct slice stored);
/* Which of a subject's reads: since <= at < until (0: no bound), of a department and of a kind of data (empty: any). */
struct read_filter {
    instant since, until;
    struct slice department, what;
};
/* {"items", "next", "departments": [{code, name}], "kinds": [{code, text}]}: what the filters can be, of all reads. */
MUST result read_list_filtered(struct city *c, struct arena *a, struct id subject, const struct read_filter *f,
                               int64_t limit, struct slice cursor, const struct json **out);
/* Lists for the auditor, newest first: {"items", "next"}. The one who acted appears by name. */
MUST result audit_list(struct city *c, struct arena *a, int64_t limit, struct slice cursor, const struct json **out);
MUST result read_list(struct city *c, struct arena *a, int64_t limit, struct slice cursor, const struct json **out);
/* Reads of one subject's data, for the subject itself. */
MUST result read_list_of(struct city *c, struct arena *a, struct id subject, int64_t limit, struct slice cursor,
                         const struct json **out);

#endif
