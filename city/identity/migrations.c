/* Tables of identity. What names a person stands in *_ct columns; logins and numbers are found by keyed hash. */
#include "city/identity/internal.h"

const struct migration IDENTITY_MIGRATIONS[] = {
    {"city.identity", 1, "identity",
     "-- retention: until erasure is approved, then the row stays without key, hash and profile\n"
     "CREATE TABLE subject (id {BLOB} PRIMARY KEY, kind {INT} NOT NULL, index_hash {BLOB}, profile_ct {BLOB} NOT NULL,"
     " created_at {INT} NOT NULL, updated_at {INT} NOT NULL, erased_at {INT} NOT NULL);\n"
     "CREATE UNIQUE INDEX subject_index ON subject (index_hash);\n"
     "-- retention: as the subject; staff accounts 5 years after they were disabled (audit journal refers to them)\n"
     "CREATE TABLE account (id {BLOB} PRIMARY KEY, kind {INT} NOT NULL, login_hash {BLOB}, identity_ct {BLOB} NOT NULL,"
     " subject {BLOB}, password {TEXT} NOT NULL, must_change {INT} NOT NULL, password_at {INT} NOT NULL, failures {INT} NOT NULL,"
     " locked_until {INT} NOT NULL, totp_ct {BLOB}, totp_pending_ct {BLOB}, totp_step {INT} NOT NULL, department {TEXT} NOT NULL,"
     " town {TEXT} NOT NULL, disabled_at {INT} NOT NULL, created_at {INT} NOT NULL);\n"
     "CREATE UNIQUE INDEX account_login ON account (login_hash);\n"
     "CREATE INDEX account_subject ON account (subject);\n"
     "CREATE INDEX account_department ON account (department, id);\n"
     "-- retention: while granted\n"
     "CREATE TABLE role_grant (account {BLOB} NOT NULL, role {TEXT} NOT NULL, department {TEXT} NOT NULL, town {TEXT} NOT NULL,"
     " granted_at {INT} NOT NULL, PRIMARY KEY (account, role, department, town));\n"
     "-- retention: until its end (at most 12 hours)\n"
     "CREATE TABLE session (token_hash {BLOB} PRIMARY KEY, account {BLOB} NOT NULL, delegation {BLOB}, created_at {INT} NOT NULL,"
     " seen_at {INT} NOT NULL);\n"
     "CREATE INDEX session_account ON session (account);\n"
     "CREATE INDEX session_created ON session (created_at);\n"
     "-- retention: 5 years after its end\n"
     "CREATE TABLE delegation (id {BLOB} PRIMARY KEY, principal {BLOB} NOT NULL, agent {BLOB} NOT NULL, services {TEXT} NOT NULL,"
     " created_at {INT} NOT NULL, created_by {BLOB}, until_at {INT} NOT NULL, revoked_at {INT} NOT NULL);\n"
     "CREATE INDEX delegation_principal ON delegation (principal, id);\n"
     "CREATE INDEX delegation_agent ON delegation (agent, id);\n"
     "-- retention: 5 years\n"
     "CREATE TABLE role_change (id {BLOB} PRIMARY KEY, account {BLOB} NOT NULL, role {TEXT} NOT NULL, department {TEXT} NOT NULL,"
     " town {TEXT} NOT NULL, grant_it {INT} NOT NULL, reason {TEXT} NOT NULL, requested_by {BLOB} NOT NULL,"
     " requested_at {INT} NOT NULL, state {TEXT} NOT NULL, decided_by {BLOB}, decided_at {INT} NOT NULL);\n"
     "-- retention: until used or expired\n"
     "CREATE TABLE setup_link (token_hash {BLOB} PRIMARY KEY, role {TEXT} NOT NULL, expires_at {INT} NOT NULL);\n"
     "-- retention: 5 years\n"
     "CREATE TABLE erasure (id {BLOB} PRIMARY KEY, subject {BLOB} NOT NULL, requested_by {BLOB} NOT NULL,"
     " requested_at {INT} NOT NULL, state {TEXT} NOT NULL, decided_by {BLOB}, decided_at {INT} NOT NULL);\n"
     "CREATE INDEX erasure_subject ON erasure (subject);\n",
     NULL},
    {"city.identity", 2, "desk",
     "-- retention: until deleted by the officer\n"
     "CREATE TABLE opinion_template (id {BLOB} PRIMARY KEY, account {BLOB} NOT NULL, text {TEXT} NOT NULL, outcome {TEXT} NOT NULL,"
     " created_at {INT} NOT NULL);\n"
     "CREATE INDEX opinion_template_account ON opinion_template (account, id);\n"
     "-- retention: 3 years\n"
     "CREATE TABLE absence (id {BLOB} PRIMARY KEY, account {BLOB} NOT NULL, from_day {INT} NOT NULL, to_day {INT} NOT NULL,"
     " cover {BLOB} NOT NULL);\n"
     "CREATE INDEX absence_account ON absence (account, id);\n"
     "CREATE INDEX absence_cover ON absence (cover, to_day);\n",
     NULL},
    {"city.identity", 3, "who officers are as persons",
     "-- retention: while employed; a keyed hash of the identity number, so that nobody decides their own case\n"
     "CREATE TABLE staff_person (account {BLOB} PRIMARY KEY, index_hash {BLOB} NOT NULL);\n",
     NULL},
    {"city.identity", 4, "changes of staff accounts; codes of the counter; ends of periods",
     "-- retention: 5 years\n"
     "CREATE TABLE staff_change (id {BLOB} PRIMARY KEY, account {BLOB} NOT NULL, change {TEXT} NOT NULL, reason {TEXT} NOT NULL,"
     " requested_by {BLOB} NOT NULL, requested_at {INT} NOT NULL, state {TEXT} NOT NULL, decided_by {BLOB},"
     " decided_at {INT} NOT NULL);\n"
     "CREATE INDEX staff_change_account ON staff_change (account, id);\n"
     "-- retention: until used, replaced or expired (7 days)\n"
     "CREATE TABLE registration_code (code_hash {BLOB} PRIMARY KEY, subject {BLOB} NOT NULL, expires_at {INT} NOT NULL);\n"
     "CREATE INDEX registration_code_subject ON registration_code (subject);\n"
     "CREATE INDEX delegation_until ON delegation (until_at);\n"
     "CREATE INDEX delegation_revoked ON delegation (revoked_at) WHERE revoked_at > 0;\n"
     "CREATE INDEX absence_to_day ON absence (to_day);\n"
     "CREATE INDEX account_disabled ON account (disabled_at) WHERE disabled_at > 0;\n",
     NULL},
    {"city.identity", 5, "codes of the counter for a forgotten password",
     "ALTER TABLE registration_code ADD COLUMN purpose {INT} NOT NULL DEFAULT 0;\n", NULL},
    {"city.identity", 6, "security keys",
     "-- retention: until removed, or the account is erased or retired; public keys, names sealed under the city key\n"
     "CREATE TABLE webauthn_key (id {BLOB} PRIMARY KEY, account {BLOB} NOT NULL, credential {BLOB} NOT NULL, algorithm {INT} NOT NULL,"
     " public_key {BLOB} NOT NULL, sign_count {INT} NOT NULL, name_ct {BLOB} NOT NULL, created_at {INT} NOT NULL, used_at {INT} NOT NULL);\n"
     "CREATE UNIQUE INDEX webauthn_key_credential ON webauthn_key (credential);\n"
     "CREATE INDEX webauthn_key_account ON webauthn_key (account, id);\n"
     "-- retention: until used, at most 5 minutes; a hash\n"
     "CREATE TABLE webauthn_challenge (challenge_hash {BLOB} PRIMARY KEY, account {BLOB} NOT NULL, purpose {INT} NOT NULL,"
     " expires_at {INT} NOT NULL);\n"
     "CREATE INDEX webauthn_challenge_expires ON webauthn_challenge (expires_at);\n",
     NULL},
};
const size_t IDENTITY_NMIGRATIONS = sizeof IDENTITY_MIGRATIONS / sizeof *IDENTITY_MIGRATIONS;
