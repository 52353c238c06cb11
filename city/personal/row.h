/* Private to city/personal. */
#ifndef CITY_PERSONAL_ROW_H
#define CITY_PERSONAL_ROW_H

#include "city/personal/personal.h"

#define PERSONAL_CONTENT "rights.content"
#define PERSONAL_ANSWER "rights.answer"
#define PERSONAL_COLUMNS                                                                                           \
    "id, number, kind, subject, asked_by, department, case_number, state, outcome, asked_at, due_at, proposed_by," \
    " answered_by, answered_at, about, content_ct, answer_ct,"                                                     \
    " (SELECT c.number FROM rights_request c WHERE c.about = rights_request.id),"                                  \
    " (SELECT b.number FROM rights_request b WHERE b.id = rights_request.about)"
struct personal_row {
    struct id id, subject, asked_by, proposed_by, answered_by, about;
    struct slice number, kind, department, case_number, state, outcome, content_ct, answer_ct;
    struct slice complaint, about_number; /* empty: none */
    instant asked_at, due_at, answered_at;
};
void personal_row(const struct sql_value *v, struct personal_row *out);
/* By tx or (NULL) a read connection; CODE_NOT_FOUND. lock: the row is to be changed. */
MUST result personal_load(struct city *c, struct arena *a, struct tx *tx, struct id id, struct personal_row *out);
bool personal_complaint(const struct personal_row *r);
/* Whether the actor's desk it is. */
bool personal_of_desk(const struct actor *x, const struct personal_row *r);
/* Audit without personal data: number, kind, department. */
MUST result personal_note(struct tx *tx, struct arena *a, const struct actor *x, instant now, const char *action,
                          const struct personal_row *r);
/* To the person's inbox. */
MUST result personal_tell(struct city *c, struct tx *tx, struct arena *a, const struct personal_row *r, const char *zh,
                          const char *en, instant now);
MUST result personal_text_check(struct arena *a, struct slice text, const char *field);

#endif
