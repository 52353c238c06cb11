/* What of city/ stands under data keys, but for the journals of cases (city/cases/reseal.c). */
#include "city/vault/rotate.h"

#define OF(owner) "JOIN data_key k ON k.id = t." owner
#define OF_ACCOUNT "JOIN account o ON o.id = t.account JOIN data_key k ON k.id = o.subject"
#define OF_SEAL "JOIN seal s ON s.id = t.seal_id JOIN data_key k ON k.id = s.subject"
#define OF_BATCH \
    "JOIN seal_batch b ON b.id = t.batch JOIN seal s ON s.id = b.seal_id JOIN data_key k ON k.id = s.subject"
#define OF_SET "JOIN confirmation c ON c.id = t.confirmation JOIN data_key k ON k.id = c.subject"

const struct sealed_place VAULT_PLACES[] = {
    SEALED_PLACE("subject", "id", "profile_ct", OF("id"), "subject.profile"),
    SEALED_PLACE("account", "id", "identity_ct", OF("subject"), "account.identity"),
    SEALED_PLACE("account_certificate", "id", "data_ct", OF_ACCOUNT, "certificate.data"),
    SEALED_PLACE("draft", "id", "data_ct", OF("subject"), "draft.data"),
    SEALED_PLACE("attachment", "id", "meta_ct", OF("id"), "attachment.meta"),
    SEALED_PLACE("attachment", "id", "content_ct", OF("id"), "attachment.content"),
    SEALED_PLACE("confirmation", "id", "data_ct", OF("subject"), "confirmation.data"),
    SEALED_PLACE("confirmation_person", "id", "named_ct", OF_SET, "confirmation.named"),
    SEALED_PLACE("inbox", "id", "content_ct", OF("owner"), "inbox.content"),
    SEALED_PLACE("seal", "id", "data_ct", OF("subject"), "seal.data"),
    SEALED_PLACE("seal", "id", "seal_ct", OF("subject"), "seal.seal"),
    SEALED_PLACE("seal", "id", "key_ct", OF("subject"), "seal.key"),
    SEALED_PLACE("seal_use", "id", "title_ct", OF_SEAL, "seal.use"),
    SEALED_PLACE("seal_event", "id", "note_ct", OF_SEAL, "seal.note"),
    SEALED_PLACE_2("seal_batch_file", "batch", "n", "name_ct", OF_BATCH, "seal.batch.name", NULL),
    SEALED_PLACE_2("seal_batch_file", "batch", "n", "file_ct", OF_BATCH, "seal.batch.file", NULL),
    SEALED_PLACE("rights_request", "id", "content_ct", OF("subject"), "rights.content"),
    SEALED_PLACE("rights_request", "id", "answer_ct", OF("subject"), "rights.answer"),
};
const size_t VAULT_NPLACES = sizeof VAULT_PLACES / sizeof *VAULT_PLACES;
