/* Showing and using licences. The holder shows one by a code with an end; a body uses one for a purpose that has a basis in law, or with the
 * holder's consent, which can be withdrawn (个人信息保护法 arts. 13, 15). What was read is in the holder's record (GET /me/reads). */
#ifndef CITY_CASES_LICENCE_USE_H
#define CITY_CASES_LICENCE_USE_H

#include "city/cases/licences.h"

/* ---- by the holder ---- */
/* {licence: {…}, history, presentations, consents} of a licence that the actor's subject holds. CODE_NOT_FOUND. */
MUST result licence_mine(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now,
                         const struct json **out);
/* A code that shows it until then: hours 1 to 72; to: whom it is for (up to 100 characters, may be empty). → {id, url, expires_at}.
 * CODE_LICENCE_STATE: only a valid one is shown. */
#define PRESENT_HOURS_MAX 72
MUST result licence_present(struct city *c, struct arena *a, const struct actor *x, struct id id, int64_t hours,
                            struct slice to, instant now, const struct json **out);
MUST result licence_present_end(struct city *c, struct arena *a, const struct actor *x, struct id presentation,
                                instant now);
/* What the code shows, to anybody; counted. CODE_NOT_FOUND: unknown, over, ended by the holder. */
MUST result licence_presented(struct city *c, struct arena *a, struct slice token, instant now,
                              const struct json **out);
/* Requests for consent, newest first: {items: [{id, licence, department, purpose, why, asked_at, state, …}]}. */
MUST result licence_consents(struct city *c, struct arena *a, const struct actor *x, instant now,
                             const struct json **out);
/* answer: "grant", "refuse" (of what was asked), "withdraw" (of what was granted, at any time). CODE_LICENCE_STATE. */
MUST result licence_consent_answer(struct city *c, struct arena *a, const struct actor *x, struct id consent,
                                   struct slice answer, instant now);

/* ---- by a body ---- */
/* Purposes (data/city/licence_purposes.json) that the actor's department may use licences for; x NULL: all, with "departments":
 * [{code, name, basis: text or null}]; null: with the holder's consent only. */
const struct json *licence_purposes(struct city *c, struct arena *a, const struct actor *x);
struct bitext licence_purpose_words(struct city *c, struct slice code);
/* The licences of whoever has this identity number, recorded for the holder: {items: […]}. An unknown number gives none. */
MUST result licence_search(struct city *c, struct arena *a, const struct actor *x, struct slice id_kind,
                           struct slice number, struct slice purpose, instant now, const struct json **out);
/* Asks the holder, who is told: why 1 to 300 characters. CODE_CONFLICT: asked already, or granted. */
MUST result licence_consent_ask(struct city *c, struct arena *a, const struct actor *x, struct id id,
                                struct slice purpose, struct slice why, instant now, const struct json **out);
/* Shows all that the licence says, and records the use. CODE_LICENCE_CONSENT: the purpose has no basis in law and the holder has not
 * consented. */
MUST result licence_use(struct city *c, struct arena *a, const struct actor *x, struct id id, struct slice purpose,
                        instant now, const struct json **out);

/* For erasure, and past its retention. */
MUST result licence_shows_erase(struct tx *tx, struct arena *a, struct id subject);
#define PRESENTATION_KEPT (366 * MS_DAY)
#define CONSENT_KEPT (3 * 366 * MS_DAY)
MUST result licence_shows_sweep(struct city *c, struct arena *a, instant now);

#endif
