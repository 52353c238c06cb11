/* New data keys (更换数据密钥) for persons, cases and attachments while the city works: everybody's, those of persons, or those of cases.
 * What stands under a key is sealed anew under its next generation, in bounded batches; the same brings everything to another cipher
 * suite. Stages, each kept in the row of the rotation, so that it goes on where it was after an end at any moment:
 *   announce   the next key stands beside the present one, so that everybody who reads from now on has both
 *   settle     the grace: whoever read the keys before is done
 *   turn       what is sealed goes under the next one
 *   reseal     every place is read through, and what is under the earlier key is sealed anew
 *   rest       the grace again: whoever sealed under the earlier key, or read what stood under it, is done
 *   prove      every place is read through again; when anything is found it is sealed anew, and the grace begins again
 *   drop       nothing was: the earlier key is destroyed
 * A value is replaced only while it is what was read, and a destroyed key stays destroyed. What cannot be opened stops the rotation
 * with both keys in place (the worker's log names the place); nothing is lost by waiting. */
#ifndef CITY_VAULT_ROTATE_H
#define CITY_VAULT_ROTATE_H

#include "city/vault/vault.h"

/* Seconds: no command, and no job with what it writes at its end, takes as long (a transaction that idles is cut after 60). */
#define KEY_GRACE 600

enum rotation_stage {
    ROTATE_ANNOUNCE,
    ROTATE_SETTLE,
    ROTATE_TURN,
    ROTATE_RESEAL,
    ROTATE_REST,
    ROTATE_PROVE,
    ROTATE_DROP,
    ROTATE_STAGES
};
const char *rotation_stage_name(int64_t stage);

/* A column that holds boxes under data keys. */
struct sealed_place {
    const char *name; /* "case_event.payload_ct" */
    const char *aad;  /* NULL: move does it */
    bool two;         /* a row is named by an id and a number, else by the id */
    bool base64;      /* a text column */
    struct stmt
        heads;       /* (after id, [after number,] limit) -> id, number, first bytes, owner, its generation, wrapped */
    struct stmt get; /* (id, [number]) -> value and what else move needs */
    struct stmt set; /* (id, [number,] new, old) */
    result (*move)(const struct city *c, struct arena *a, const struct data_key *k, const struct sql_value *row,
                   int64_t number, struct slice *out);
};
/* join: "JOIN data_key k ON k.id = …" with t for the table. The plus keeps SQLite on the table's own order. */
#define SEALED_HEADS(table, id, number, column, head, join, after)                                              \
    "SELECT t." id ", " number ", substr(t." column ", 1, " head "), k.id, k.generation, k.wrapped FROM " table \
    " t " join " WHERE +k.other >= 0 AND length(k.wrapped) > 0 AND length(t." column ") > 0 AND " after
#define SEALED_PLACE(table, id, column, join, aad)                                                                  \
    {                                                                                                               \
        table "." column, aad, false, false,                                                                        \
            {"heads_" table "_" column,                                                                             \
             SEALED_HEADS(table, id, "0", column, "5", join, "t." id " > ?1 ORDER BY t." id " LIMIT ?2"), NULL,     \
             false},                                                                                                \
            {"get_" table "_" column, "SELECT " column " FROM " table " WHERE " id " = ?1", NULL, false},           \
            {"set_" table "_" column, "UPDATE " table " SET " column " = ?2 WHERE " id " = ?1 AND " column " = ?3", \
             NULL, false},                                                                                          \
            NULL                                                                                                    \
    }
#define SEALED_PLACE_2(table, id, number, column, join, aad, move)                                                    \
    {                                                                                                                 \
        table "." column, aad, true, false,                                                                           \
            {"heads_" table "_" column,                                                                               \
             SEALED_HEADS(table, id, "t." number, column, "5", join,                                                  \
                          "(t." id " > ?1 OR (t." id " = ?1 AND t." number " > ?2)) ORDER BY t." id ", t." number     \
                          " LIMIT ?3"),                                                                               \
             NULL, false},                                                                                            \
            {"get_" table "_" column, "SELECT " column " FROM " table " WHERE " id " = ?1 AND " number " = ?2", NULL, \
             false},                                                                                                  \
            {"set_" table "_" column,                                                                                 \
             "UPDATE " table " SET " column " = ?3 WHERE " id " = ?1 AND " number " = ?2 AND " column " = ?4", NULL,  \
             false},                                                                                                  \
            move                                                                                                      \
    }

/* Of city/; those of the areas are in struct area. */
extern const struct sealed_place VAULT_PLACES[];
extern const size_t VAULT_NPLACES;
extern const struct sealed_place CASE_PLACES[];
extern const size_t CASE_NPLACES;

/* scope: "all", "persons", "cases". CODE_ROTATION_RUNNING: one is under way. */
MUST result rotation_begin(struct city *c, struct arena *a, const struct actor *x, struct slice scope, instant now);
/* Worker: one step with at most `limit` keys or values. *done: 0 when there is nothing to do now. */
MUST result rotation_run(struct city *c, struct arena *a, instant now, int64_t limit, size_t *done);
/* {items: [{id, scope, asked_at, stage, place?, keys, resealed, ended_at}]}, the last ones first. */
MUST result rotation_list(struct city *c, struct arena *a, const struct json **out);
/* For /metrics: the stage of the one under way (ROTATE_STAGES: none), keys in it and values sealed anew. */
MUST result rotation_figures(struct city *c, struct arena *a, int64_t *stage, int64_t *keys, int64_t *resealed);

#endif
