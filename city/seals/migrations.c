#include "city/seals/internal.h"

const struct migration SEALS_MIGRATIONS[] = {
    {"city.seals", 1, "electronic seals",
     "-- retention: 30 years from the seal's end (archives law); names, the seal and its wrapped key under the holder's data key\n"
     "CREATE TABLE seal (id {BLOB} PRIMARY KEY, code {TEXT} NOT NULL, subject {BLOB} NOT NULL, kind {TEXT} NOT NULL, state {TEXT} NOT NULL,"
     " department {TEXT} NOT NULL, documents {TEXT} NOT NULL, case_id {BLOB}, applied_by {BLOB}, applied_at {INT} NOT NULL,"
     " by_authority {INT} NOT NULL, made_at {INT} NOT NULL, valid_from {INT} NOT NULL, valid_to {INT} NOT NULL, uses {INT} NOT NULL,"
     " data_ct {BLOB} NOT NULL, seal_ct {BLOB}, key_ct {BLOB}, tries {INT} NOT NULL, due_at {INT}, lease_until {INT} NOT NULL,"
     " lease_owner {BLOB});\n"
     "CREATE UNIQUE INDEX seal_code ON seal (code);\n"
     "CREATE INDEX seal_subject ON seal (subject, id);\n"
     "CREATE INDEX seal_state ON seal (state, id);\n"
     "CREATE INDEX seal_due ON seal (due_at);\n"
     "-- retention: as the seal; who may use it, for which kinds of document, how often, until when\n"
     "CREATE TABLE seal_grant (id {BLOB} PRIMARY KEY, seal_id {BLOB} NOT NULL, account {BLOB} NOT NULL, documents {TEXT} NOT NULL,"
     " uses {INT} NOT NULL, uses_max {INT} NOT NULL, until_at {INT} NOT NULL, granted_by {BLOB}, granted_at {INT} NOT NULL,"
     " ended_at {INT} NOT NULL);\n"
     "CREATE INDEX seal_grant_seal ON seal_grant (seal_id, id);\n"
     "CREATE INDEX seal_grant_account ON seal_grant (account, id);\n"
     "-- retention: as the seal; every use, what was sealed by its hash, its title under the holder's data key\n"
     "CREATE TABLE seal_use (id {BLOB} PRIMARY KEY, seal_id {BLOB} NOT NULL, grant_id {BLOB}, account {BLOB}, batch {BLOB},"
     " document {TEXT} NOT NULL, title_ct {BLOB} NOT NULL, state {TEXT} NOT NULL, sha256 {TEXT} NOT NULL, at {INT} NOT NULL);\n"
     "CREATE INDEX seal_use_seal ON seal_use (seal_id, id);\n"
     "-- retention: as the seal; its history, reasons under the holder's data key\n"
     "CREATE TABLE seal_event (id {BLOB} PRIMARY KEY, seal_id {BLOB} NOT NULL, at {INT} NOT NULL, actor {BLOB}, actor_kind {INT} NOT NULL,"
     " act {TEXT} NOT NULL, note_ct {BLOB});\n"
     "CREATE INDEX seal_event_seal ON seal_event (seal_id, id);\n"
     "-- retention: 30 days after it was done; counts only\n"
     "CREATE TABLE seal_batch (id {BLOB} PRIMARY KEY, seal_id {BLOB} NOT NULL, grant_id {BLOB}, account {BLOB} NOT NULL, document {TEXT} NOT NULL,"
     " total {INT} NOT NULL, sealed {INT} NOT NULL, failed {INT} NOT NULL, created_at {INT} NOT NULL, done_at {INT} NOT NULL, due_at {INT},"
     " lease_until {INT} NOT NULL, lease_owner {BLOB});\n"
     "CREATE INDEX seal_batch_due ON seal_batch (due_at);\n"
     "-- retention: as the batch; files as handed in and as sealed, under the holder's data key\n"
     "CREATE TABLE seal_batch_file (batch {BLOB} NOT NULL, n {INT} NOT NULL, name_ct {BLOB} NOT NULL, file_ct {BLOB}, error {TEXT} NOT NULL,"
     " done {INT} NOT NULL, PRIMARY KEY (batch, n)) {WITHOUT_ROWID};\n",
     NULL},
    {"city.seals", 2, "one living seal of a kind",
     "ALTER TABLE seal ADD COLUMN serial {TEXT} NOT NULL DEFAULT '';\n"
     "ALTER TABLE seal ADD COLUMN revoked_at {INT} NOT NULL DEFAULT 0;\n"
     "CREATE INDEX seal_revoked ON seal (revoked_at) WHERE revoked_at > 0;\n"
     "CREATE UNIQUE INDEX seal_living ON seal (subject, kind) WHERE state IN ('applied', 'making', 'active', 'suspended');\n",
     NULL},
};
const size_t SEALS_NMIGRATIONS = sizeof SEALS_MIGRATIONS / sizeof *SEALS_MIGRATIONS;
