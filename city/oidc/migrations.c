#include "city/oidc/oidc.h"

const struct migration OIDC_MIGRATIONS[] = {
    {"city.oidc", 1, "systems that people sign in to",
     "-- retention: 5 years after the registration ended; no personal data\n"
     "CREATE TABLE oidc_client (id {BLOB} PRIMARY KEY, name_zh {TEXT} NOT NULL, name_en {TEXT} NOT NULL, purpose_zh {TEXT} NOT NULL,"
     " purpose_en {TEXT} NOT NULL, redirects {TEXT} NOT NULL, logouts {TEXT} NOT NULL, scopes {INT} NOT NULL, sector {TEXT} NOT NULL,"
     " basis {TEXT} NOT NULL, secret_hash {BLOB}, state {TEXT} NOT NULL, requested_by {BLOB} NOT NULL, requested_at {INT} NOT NULL,"
     " decided_by {BLOB}, decided_at {INT} NOT NULL, ended_at {INT} NOT NULL);\n"
     "-- retention: 10 minutes after it was made; a hash of the code\n"
     "CREATE TABLE oidc_code (code_hash {BLOB} PRIMARY KEY, client {BLOB} NOT NULL, account {BLOB} NOT NULL, redirect {TEXT} NOT NULL,"
     " challenge {TEXT} NOT NULL, nonce {TEXT} NOT NULL, scopes {INT} NOT NULL, auth_time {INT} NOT NULL, made_at {INT} NOT NULL,"
     " used {INT} NOT NULL);\n"
     "CREATE INDEX oidc_code_made ON oidc_code (made_at);\n"
     "CREATE INDEX oidc_code_account ON oidc_code (account);\n"
     "-- retention: 10 minutes; a hash of the token\n"
     "CREATE TABLE oidc_token (token_hash {BLOB} PRIMARY KEY, code_hash {BLOB} NOT NULL, client {BLOB} NOT NULL, account {BLOB} NOT NULL,"
     " scopes {INT} NOT NULL, made_at {INT} NOT NULL);\n"
     "CREATE INDEX oidc_token_made ON oidc_token (made_at);\n"
     "CREATE INDEX oidc_token_code ON oidc_token (code_hash);\n"
     "CREATE INDEX oidc_token_client ON oidc_token (client);\n"
     "CREATE INDEX oidc_token_account ON oidc_token (account);\n"
     "-- retention: until the person ends it or is erased\n"
     "CREATE TABLE oidc_consent (account {BLOB} NOT NULL, client {BLOB} NOT NULL, scopes {INT} NOT NULL, given_at {INT} NOT NULL,"
     " PRIMARY KEY (account, client));\n",
     NULL},
    {"city.oidc", 2, "outside identities",
     "-- retention: 10 minutes; hashes\n"
     "CREATE TABLE outside_begun (state_hash {BLOB} PRIMARY KEY, binding_hash {BLOB} NOT NULL, made_at {INT} NOT NULL);\n"
     "CREATE INDEX outside_begun_made ON outside_begun (made_at);\n"
     "-- retention: 15 minutes; hashes\n"
     "CREATE TABLE outside_pending (ticket_hash {BLOB} PRIMARY KEY, identity_hash {BLOB} NOT NULL, made_at {INT} NOT NULL);\n"
     "CREATE INDEX outside_pending_made ON outside_pending (made_at);\n"
     "-- retention: until the person ends it or is erased; a keyed hash of the identity\n"
     "CREATE TABLE outside_identity (identity_hash {BLOB} PRIMARY KEY, account {BLOB} NOT NULL, bound_at {INT} NOT NULL);\n"
     "CREATE UNIQUE INDEX outside_identity_account ON outside_identity (account);\n",
     NULL},
};
const size_t OIDC_NMIGRATIONS = sizeof OIDC_MIGRATIONS / sizeof *OIDC_MIGRATIONS;
