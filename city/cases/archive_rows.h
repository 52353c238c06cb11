/* Private to the archive: what its two halves share. */
#ifndef CITY_CASES_ARCHIVE_ROWS_H
#define CITY_CASES_ARCHIVE_ROWS_H

#include "city/cases/archive.h"

/* What a folded journal is bound to: its digest. */
const char *archive_place(struct arena *a, struct slice digest);
/* stored: digest, content, dictionary. */
MUST result archive_open(struct arena *a, struct id case_id, const struct data_key *key, const struct sql_value *stored,
                         struct archived *out);
/* The content under the key that seals now, its events with proven origins; nothing of the digest changes. */
MUST result archive_move(struct arena *a, const struct data_key *key, const struct sql_value *stored,
                         struct slice *out);

#endif
