/* Texts of the city that one person writes and a second one releases (articles of the knowledge base, publications). A text is
 * known by a key; what is written is a version that waits; released, it takes the place of the one before, and every version
 * stays. Whoever keeps such texts has a table (key, version, content, state, made_by, made_at, decided_by, decided_at, reason)
 * with the primary key (key, version), and names it by VERSIONS_OF. States: waiting, published, rejected, replaced. */
#ifndef CITY_VERSIONS_H
#define CITY_VERSIONS_H

#include "city/city.h"

struct versions {
    struct stmt last, load, add, decide, replace, list;
};
/* name: of the statements, as everywhere */
#define VERSIONS_OF(name, table)                                                                                      \
    {                                                                                                                 \
        .last = {name "_last", "SELECT coalesce(max(version), 0) FROM " table " WHERE key = ?1", NULL, false},        \
        .load = {name "_load", "SELECT content, state, made_by FROM " table " WHERE key = ?1 AND version = ?2", NULL, \
                 true},                                                                                               \
        .add = {name "_add",                                                                                          \
                "INSERT INTO " table " (key, version, content, state, made_by, made_at, decided_by, decided_at,"      \
                " reason) VALUES (?1,?2,?3,'waiting',?4,?5,NULL,0,'')",                                               \
                NULL, false},                                                                                         \
        .decide = {name "_decide",                                                                                    \
                   "UPDATE " table " SET state = ?3, decided_by = ?4, decided_at = ?5, reason = ?6"                   \
                   " WHERE key = ?1 AND version = ?2",                                                                \
                   NULL, false},                                                                                      \
        .replace = {name "_replace", "UPDATE " table " SET state = 'replaced' WHERE key = ?1 AND state = ?2", NULL,   \
                    false},                                                                                           \
        .list = {name "_list",                                                                                        \
                 "SELECT version, content, state, made_by, made_at, decided_by, decided_at, reason FROM " table       \
                 " WHERE key = ?1 ORDER BY version DESC LIMIT 50",                                                    \
                 NULL, false},                                                                                        \
    }

/* Who may write for this department: its handlers, windows and heads; designers and publishers for all. */
bool text_may_write(const struct actor *x, struct slice department);
/* Who may release or take off: its head; publishers for all. */
bool text_may_release(const struct actor *x, struct slice department);
#define TEXT_WRITERS \
    (1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER | 1u << ROLE_HANDLER | 1u << ROLE_HEAD | 1u << ROLE_WINDOW)
#define TEXT_RELEASERS (1u << ROLE_PUBLISHER | 1u << ROLE_HEAD)

/* A new version that waits, in place of one that waited. Rights are the caller's to check. */
MUST result version_add(struct tx *tx, struct arena *a, const struct versions *v, struct slice key,
                        const struct actor *x, const struct json *content, instant now, int64_t *version);
/* Releases or turns down a version that waits; *content is its text. Never by who wrote it (CODE_TWO_PEOPLE); CODE_NOT_FOUND,
 * CODE_REQUEST_SETTLED; a refusal needs a reason (CODE_FIELD_REQUIRED). */
MUST result version_decide(struct tx *tx, struct arena *a, const struct versions *v, struct slice key, int64_t version,
                           const struct actor *x, bool release, struct slice reason, instant now,
                           const struct json **content);
/* None is released any more. */
MUST result version_withdraw(struct tx *tx, struct arena *a, const struct versions *v, struct slice key);
/* ---- one that was submitted to a second person, in a table (id, requested_by, state, decided_by, decided_at, reason) ---- */
struct submissions {
    struct stmt load, decide;
};
#define SUBMISSIONS_OF(name, table)                                                                                \
    {                                                                                                              \
        .load = {name "_asked", "SELECT state, requested_by FROM " table " WHERE id = ?1", NULL, true},            \
        .decide = {name "_decided",                                                                                \
                   "UPDATE " table " SET state = ?2, decided_by = ?3, decided_at = ?4, reason = ?5 WHERE id = ?1", \
                   NULL, false},                                                                                   \
    }
/* A second person's word on it: `state` is what it becomes ("approved", "released" …), or "rejected", which needs a reason
 * (CODE_FIELD_REQUIRED, /reason). Never by who submitted it (CODE_TWO_PEOPLE), unless to take it back: whoever submitted it may reject
 * it; CODE_NOT_FOUND, CODE_REQUEST_SETTLED. */
MUST result submission_decide(struct tx *tx, struct arena *a, const struct submissions *s, struct id id,
                              const struct actor *x, const char *state, struct slice reason, instant now);
/* Into b: {NAME}_by and {NAME}_at of one that became `done` ("approved": approved_by), rejected_by, rejected_at and reason of one that was
 * turned down; null where it is not so. */
void submission_json(struct city *c, struct json_builder *b, const char *done, struct slice state, struct slice by,
                     instant at, struct slice reason);

/* For those who write: [{version, content, state, made_by, made_at, decided_by, decided_at, reason}], newest first, at most 50. */
MUST result versions_json(struct city *c, struct arena *a, const struct versions *v, struct slice key,
                          const struct json **out);

#endif
