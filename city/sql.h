/* Binds in place: tx_exec(tx, a, &STMT, BINDS(sql_id(&id), sql_int(now)), NULL). */
#ifndef CITY_SQL_H
#define CITY_SQL_H

#include "base/json.h"
#include "store/store.h"

#define BINDS(...) \
    (struct sql_value[]){__VA_ARGS__}, sizeof((struct sql_value[]){__VA_ARGS__}) / sizeof(struct sql_value)

/* Nullable blob columns: empty is NULL. */
static inline struct sql_value sql_blob_or_null(struct slice s) { return s.n ? sql_blob(s) : sql_null(); }

/* A list page: {"items": [...], "next": cursor | null}. rows holds up to limit + 1; the cursor is the id (column 0) of
 * the last item shown. */
const struct json *page_json(struct arena *a, struct json_builder *items, const struct rows *r, int64_t limit);
/* Reads such a cursor; an empty one is the end of all ids (lists go down by id). CODE_QUERY_BAD. */
MUST result page_cursor(struct arena *a, struct slice cursor, struct id *before);
/* Sets a member to the id's text, or null. */
void json_set_id(struct json_builder *b, const char *key, struct slice id16);
/* Sets a member to an instant's text, or null for 0. */
void json_set_instant(struct json_builder *b, const char *key, instant t);

#endif
