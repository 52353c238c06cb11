/* What of the cases stands under data keys, for a change of keys (city/vault/rotate.h). */
#include "city/cases/archive_rows.h"
#include "city/cases/facts.h"
#include "city/vault/rotate.h"

#define OF(owner) "JOIN data_key k ON k.id = t." owner

static result event(const struct city *c, struct arena *a, const struct data_key *k, const struct sql_value *row,
                    int64_t seq, struct slice *out)
{
    (void)c;
    return event_move(a, k, seq, row[0].s, out);
}

static result archive(const struct city *c, struct arena *a, const struct data_key *k, const struct sql_value *row,
                      int64_t number, struct slice *out)
{
    (void)c, (void)number;
    const struct sql_value stored[] = {row[1], row[0], row[2]};
    return archive_move(a, k, stored, out);
}

#define ARCHIVED "FROM case_archive a LEFT JOIN archive_dictionary d ON d.id = a.dictionary WHERE a.case_id = ?1"

const struct sealed_place CASE_PLACES[] = {
    SEALED_PLACE_2("case_event", "case_id", "seq", "payload_ct", OF("case_id"), NULL, event),
    SEALED_PLACE("case_file", "id", "vars_ct", OF("id"), "case.vars"),
    SEALED_PLACE("case_job", "id", "input_ct", OF("case_id"), "case.job"),
    SEALED_PLACE("case_blob", "id", "content_ct", OF("case_id"), "case.blob"),
    SEALED_PLACE("case_message", "id", "payload_ct", OF("sender"), "case.message"),
    {"case_archive.content_ct",
     NULL,
     false,
     false,
     {"heads_case_archive",
      SEALED_HEADS("case_archive", "case_id", "0", "content_ct", "5", OF("case_id"),
                   "t.case_id > ?1 ORDER BY t.case_id LIMIT ?2"),
      NULL, false},
     {"get_case_archive", "SELECT a.content_ct, a.digest, COALESCE(d.words, '') " ARCHIVED,
      "SELECT a.content_ct, a.digest, COALESCE(d.words, ''::bytea) " ARCHIVED, false},
     {"set_case_archive", "UPDATE case_archive SET content_ct = ?2 WHERE case_id = ?1 AND content_ct = ?3", NULL,
      false},
     archive},
    {"idempotency.reply",
     "idempotency.reply",
     false,
     true,
     {"heads_idempotency",
      SEALED_HEADS("idempotency", "sealed", "0", "reply", "8", OF("key_owner"),
                   "t.sealed > ?1 ORDER BY t.sealed LIMIT ?2"),
      NULL, false},
     {"get_idempotency", "SELECT reply FROM idempotency WHERE sealed = ?1", NULL, false},
     {"set_idempotency", "UPDATE idempotency SET reply = ?2 WHERE sealed = ?1 AND reply = ?3", NULL, false},
     NULL},
};
const size_t CASE_NPLACES = sizeof CASE_PLACES / sizeof *CASE_PLACES;
