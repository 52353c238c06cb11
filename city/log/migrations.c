#include "city/log/log.h"

const struct migration LOG_MIGRATIONS[] = {
    {"city.log", 1, "log",
     "-- retention: until the sequencer takes it in. Committed, without an index\n"
     "CREATE TABLE log_leaf (id {BLOB} PRIMARY KEY, entry {BLOB} NOT NULL) {WITHOUT_ROWID};\n"
     "-- retention: for ever; no personal data. level -1: bundles of entries. first_id, last_id: of the entries of a bundle\n"
     "CREATE TABLE log_tile (level {INT} NOT NULL, idx {INT} NOT NULL, width {INT} NOT NULL, data {BLOB} NOT NULL,"
     " first_id {BLOB}, last_id {BLOB}, PRIMARY KEY (level, idx));\n"
     "CREATE INDEX log_tile_ids ON log_tile (last_id, first_id) WHERE level = -1;\n"
     "-- retention: for ever. One row; edge: the hashes at the tree's right edge, from the leaves up\n"
     "CREATE TABLE log_state (id {INT} PRIMARY KEY, origin {TEXT} NOT NULL, size {INT} NOT NULL, edge {BLOB} NOT NULL,"
     " epoch {INT} NOT NULL, began {INT} NOT NULL, trouble {TEXT} NOT NULL);\n"
     "-- retention: for ever. One row: who sequences\n"
     "CREATE TABLE log_lease (id {BLOB} PRIMARY KEY, due_at {INT}, lease_until {INT}, lease_owner {BLOB});\n"
     "-- retention: until a later one is published. cosigned: empty until the policy is met\n"
     "CREATE TABLE log_checkpoint (size {INT} PRIMARY KEY, note {TEXT} NOT NULL, cosigned {TEXT} NOT NULL, at {INT} NOT NULL);\n",
     NULL},
    {"city.log", 2, "log_key",
     "-- retention: for ever. Each key of the log, what it signs from, and why it changed; by_old: the key before said so itself\n"
     "CREATE TABLE log_key (number {INT} PRIMARY KEY, public {BLOB} NOT NULL, size {INT} NOT NULL, at {INT} NOT NULL,"
     " by_old {INT} NOT NULL, reason {TEXT} NOT NULL, statement {TEXT} NOT NULL);\n",
     NULL},
};
const size_t LOG_NMIGRATIONS = sizeof LOG_MIGRATIONS / sizeof *LOG_MIGRATIONS;
