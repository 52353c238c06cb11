/* The rights of a person over their data (个人信息保护法 ch. 4, arts. 44–50, and 15, 17, 24) as requests: each has a number, a limit, a
 * desk that answers with reasons, and a way on when it is refused. What is asked and answered is sealed under the key of who asked.
 *
 * open -> answered; what would erase (erase, relatives) first stands as "confirm" until another officer agrees: then it goes to the security
 * officer, who carries it out (city/identity/erasure.c). A complaint about an answer (art. 50) is a request of its own, answered by the
 * officer responsible for personal data (art. 52: the security officer). */
#ifndef CITY_PERSONAL_PERSONAL_H
#define CITY_PERSONAL_PERSONAL_H

#include "city/catalogue/citydata.h"
#include "city/city.h"

extern const struct migration PERSONAL_MIGRATIONS[];
extern const size_t PERSONAL_NMIGRATIONS;

#define PERSONAL_LIMIT (30 * MS_DAY) /* GB/T 35273-2020, 8.7: thirty days */
#define PERSONAL_TEXT_MAX 2000       /* characters */
#define PERSONAL_KEPT (3 * 366 * MS_DAY)

/* What can be asked for. */
struct personal_kind {
    const char *code;
    struct bitext title, about; /* what it is, and what it means to ask */
    struct bitext article;
    bool erases; /* four eyes, then the security officer */
};
const struct personal_kind *personal_kind_of(struct slice code);
/* Why something is refused or granted in part. */
struct personal_ground {
    const char *code;
    struct bitext text; /* with the article */
};
const struct personal_ground *personal_ground_of(struct slice code);
/* [{code, title, about, article, erases}], [{code, text}] */
const struct json *personal_kinds_json(struct arena *a);
const struct json *personal_grounds_json(struct arena *a);
/* [{data, purpose, basis, kept}]: what the city holds of people, for what, on which basis, how long (arts. 7, 17). */
const struct json *personal_information(struct arena *a);

struct personal_asked {
    struct slice kind, department, case_number /* empty: none */, text;
    struct slice deceased, deceased_number, relation; /* "relatives" only */
    struct slice key;                                 /* of idempotency */
};
/* By a person or enterprise, not under a delegation. With a case number the case's department answers. *out: {id, number, due_at};
 * the same key again: the same answer. CODE_FIELD_REQUIRED, CODE_NOT_FOUND. */
MUST result personal_ask(struct city *c, struct arena *a, const struct actor *x, const struct personal_asked *q,
                         instant now, const struct json **out);
/* About a request that was answered. CODE_REQUEST_SETTLED: it was not, or there is a complaint already. */
MUST result personal_complain(struct city *c, struct arena *a, const struct actor *x, struct id id, struct slice text,
                              struct slice key, instant now, const struct json **out);
/* One's own: {items}; and one of them with what was asked and answered. */
MUST result personal_mine(struct city *c, struct arena *a, const struct actor *x, instant now, const struct json **out);
MUST result personal_own(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now,
                         const struct json **out);
/* All of a subject's, for its export. */
MUST result personal_export(struct city *c, struct arena *a, struct id subject, instant now, const struct json **out);

/* ---- the desk: handlers, reviewers and heads of the department; the security officer for complaints ---- */
/* state: "open" (waiting for the desk, most urgent first) or "answered". {items, next} */
MUST result personal_desk(struct city *c, struct arena *a, const struct actor *x, struct slice state, int64_t limit,
                          struct slice cursor, instant now, const struct json **out);
/* With the text; the read is recorded before it is handed back. */
MUST result personal_desk_one(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now,
                              const struct json **out);
struct personal_answer {
    struct slice outcome; /* "granted", "partly", "refused" */
    struct slice ground;  /* of the last two */
    struct slice text;
};
/* CODE_FIELD_REQUIRED: a refusal without ground; CODE_REQUEST_SETTLED; CODE_TWO_PEOPLE: a complaint by who answered. */
MUST result personal_answer(struct city *c, struct arena *a, const struct actor *x, struct id id,
                            const struct personal_answer *answer, instant now);
/* The second pair of eyes on what would erase: agreed, it goes to the security officer; else back to the desk. CODE_TWO_PEOPLE. */
MUST result personal_confirm(struct city *c, struct arena *a, const struct actor *x, struct id id, bool agree,
                             instant now);

#endif
