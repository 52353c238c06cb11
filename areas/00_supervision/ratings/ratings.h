/* Rating of services (政务服务“好差评”, 国办发〔2019〕51号): every case and every visit is rated in its channel, in five grades; the
 * last two are bad and open a ticket, a case of the service "bad_rating". An area of its own, because it needs nothing but what every
 * area has (tables, endpoints, a verb, a worker) and is the same for the services of all areas.
 *
 * Who rated stays with the rating, because the text is theirs (it stands under their data key, and goes with it); neither the officer
 * rated nor the public sees a name. The sums by month, service, department and grade are written with each rating. A rating that was
 * found to be a mistake is not counted: that is a fact of its ticket (rating_annulled), so that a rebuild of the journal gives the
 * published figures again. */
#ifndef AREAS_00_SUPERVISION_RATINGS_RATINGS_H
#define AREAS_00_SUPERVISION_RATINGS_RATINGS_H

#include "city/cases/cases.h"

/* 5 非常满意 … 1 非常不满意 */
enum { GRADE_WORST = 1, GRADE_BAD = 2, GRADE_FAIR = 3, GRADE_GOOD = 4, GRADE_BEST = 5 };
#define RATING_TEXT_PLACE "rating.text" /* where it belongs that is sealed */
#define RATING_TEXT_MAX 500             /* characters */
#define RATING_LEAST 5                  /* fewer ratings than this give no figure */
#define RATING_CODE_VALID MS_DAY
#define RATING_KEPT (3 * 366 * MS_DAY)
#define RATING_TICKET S("bad_rating")

const char *grade_name(int64_t grade); /* "very_satisfied" …; "" when there is none */
bool grade_scan(struct slice s, int64_t *grade);
struct bitext grade_words(int64_t grade);
/* [{key, text, bad}], best first */
const struct json *grades_json(struct arena *a);

/* ---- what is rated ---- */
struct rated {
    struct id case_id;    /* ID_NONE: a visit or call without a case */
    struct id subject;    /* the applicant; ID_NONE: nobody known */
    struct id code;       /* of the counter code used, else ID_NONE */
    struct slice channel; /* online | window | phone */
    struct slice number;  /* of the case */
    struct slice service; /* code; empty: none in particular */
    struct slice department, town;
};
struct rating_given {
    int64_t grade;
    struct slice text, phone; /* phone: of a visitor who wants to be called back */
    struct slice key;         /* idempotency key */
};
/* The case as something to rate in that channel; *ended: it has. CODE_NOT_FOUND. */
MUST result rated_case(struct city *c, struct arena *a, struct id case_id, struct rated *out, bool *ended);
/* Stores it and, if bad, opens its ticket (or leaves that to the worker, when it cannot be opened now). The same key again: the same
 * answer, *replayed. CODE_RATING_GIVEN: rated in this channel already; CODE_RATING_CODE: the code was used by another. */
MUST result rating_give(struct city *c, struct arena *a, const struct rated *of, const struct rating_given *g,
                        instant now, struct id *rating, bool *replayed);
/* [{channel, grade, at, text, counted, ticket}] of a case, for its applicant. */
MUST result ratings_of_case(struct city *c, struct arena *a, struct id case_id, const struct json **out);
/* The text under its key; empty when there is none, or it was erased. v: text_ct, key_owner. */
MUST result rating_text(struct city *c, struct arena *a, const struct sql_value *v, struct slice *text,
                        struct slice *phone);

/* ---- codes that a counter or a hotline hands out ---- */
struct slice rating_code_hash(struct arena *a, struct slice code);
/* An unused code in force. CODE_RATING_CODE. */
MUST result rating_code_look(struct city *c, struct arena *a, struct slice code, instant now, struct rated *out);

/* ---- tickets ---- */
/* {id, number, state, outcome, due_at, task} of a ticket; null when it is not open yet. */
MUST result ticket_json(struct city *c, struct arena *a, struct id ticket, instant now, const struct json **out);
/* Officers who acted on the case or showed the code, as account ids. */
MUST result rated_officers(struct city *c, struct arena *a, struct id case_id, struct id code, struct rows *out);
/* Opens the tickets that are missing, and ends what has outlived its period. */
result ratings_work(struct city *c, struct arena *a, instant now, size_t *done);

/* ---- figures ---- */
/* How many sums (with what is not counted taken off) differ from a recount of the ratings. */
MUST result ratings_compare(struct city *c, struct arena *a, int64_t *differences);

/* {"code", "name"} of a service; null for none. */
const struct json *rated_service_json(struct city *c, struct arena *a, struct slice code);

extern const struct verb VERB_RATING_ANNUL;
extern const struct endpoint EP_RATING_CASE, EP_RATING_CASE_GIVE, EP_RATING_CODE_NEW, EP_RATING_CODE,
    EP_RATING_CODE_GIVE, EP_RATINGS, EP_RATINGS_DESK;

enum { RATINGS_NMIGRATIONS = 3 };
extern const struct migration RATINGS_MIGRATIONS[RATINGS_NMIGRATIONS];
extern const struct stmt *const RATINGS_CLEAR[];
MUST result ratings_project(struct arena *a, const struct json *fact, struct id case_id, struct decision *d);

#endif
