#include "city/certificates/internal.h"

const struct migration CERTIFICATES_MIGRATIONS[] = {
    {"city.certificates", 1, "trust lists, words on revocation, bound certificates",
     "-- retention: for good: which CA was recognised when decides whether a signature held; no personal data\n"
     "CREATE TABLE trust_list (id {BLOB} PRIMARY KEY, source {TEXT} NOT NULL, version {INT} NOT NULL, current {INT} NOT NULL,"
     " record {TEXT} NOT NULL, document {TEXT}, anchors {TEXT} NOT NULL, adopted_at {INT} NOT NULL);\n"
     "CREATE UNIQUE INDEX trust_list_version ON trust_list (source, version);\n"
     "CREATE INDEX trust_list_current ON trust_list (current, source) WHERE current = 1;\n"
     "-- retention: 5 years\n"
     "CREATE TABLE trust_change (id {BLOB} PRIMARY KEY, kind {TEXT} NOT NULL, content {TEXT} NOT NULL, reason {TEXT} NOT NULL,"
     " requested_by {BLOB} NOT NULL, requested_at {INT} NOT NULL, state {TEXT} NOT NULL, decided_by {BLOB},"
     " decided_at {INT} NOT NULL);\n"
     "-- retention: lists while their CA is recognised; answers 7 days\n"
     "CREATE TABLE certificate_status (id {BLOB} PRIMARY KEY, url {TEXT} NOT NULL, request {BLOB} NOT NULL, answer {BLOB} NOT NULL,"
     " fetched_at {INT} NOT NULL, due_at {INT} NOT NULL, failed_at {INT} NOT NULL, wanted {INT} NOT NULL);\n"
     "CREATE INDEX certificate_status_wanted ON certificate_status (wanted) WHERE wanted = 1;\n"
     "-- retention: 2 minutes\n"
     "CREATE TABLE certificate_challenge (nonce {BLOB} PRIMARY KEY, at {INT} NOT NULL);\n"
     "-- retention: until removed, or the account is erased or retired\n"
     "CREATE TABLE account_certificate (id {BLOB} PRIMARY KEY, identity_hash {BLOB} NOT NULL, account {BLOB} NOT NULL,"
     " enterprise {BLOB}, data_ct {BLOB} NOT NULL, not_after {INT} NOT NULL, bound_at {INT} NOT NULL, how {TEXT} NOT NULL,"
     " used_at {INT} NOT NULL);\n"
     "CREATE UNIQUE INDEX account_certificate_identity ON account_certificate (identity_hash);\n"
     "CREATE INDEX account_certificate_account ON account_certificate (account, id);\n"
     "CREATE INDEX account_certificate_enterprise ON account_certificate (enterprise) WHERE enterprise IS NOT NULL;\n",
     NULL},
};
const size_t CERTIFICATES_NMIGRATIONS = sizeof CERTIFICATES_MIGRATIONS / sizeof *CERTIFICATES_MIGRATIONS;
