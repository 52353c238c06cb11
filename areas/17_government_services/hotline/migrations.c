#include "areas/17_government_services/hotline/hotline.h"

const struct migration HOTLINE_MIGRATIONS[HOTLINE_NMIGRATIONS] = {
    {"hotline", 1, "enterprise seat",
     "-- retention: as case_event; kind, subject and clocks of a request, folded from its journal, without personal data\n"
     "CREATE TABLE hotline_ticket (case_id {BLOB} PRIMARY KEY, number {TEXT} NOT NULL, kind {TEXT} NOT NULL, channel {TEXT} NOT NULL,"
     " topic {TEXT} NOT NULL, area {INT} NOT NULL, department {TEXT} NOT NULL, urgent {INT} NOT NULL, officer {INT} NOT NULL,"
     " filed_at {INT} NOT NULL, assigned_at {INT} NOT NULL, replied_at {INT} NOT NULL, article {TEXT} NOT NULL,"
     " article_version {INT} NOT NULL, round {INT} NOT NULL, satisfaction {TEXT} NOT NULL, visited_at {INT} NOT NULL,"
     " level {INT} NOT NULL, returned {INT} NOT NULL);\n"
     "CREATE INDEX hotline_ticket_filed ON hotline_ticket (filed_at);\n"
     "CREATE INDEX hotline_ticket_department ON hotline_ticket (department, filed_at);\n"
     "-- retention: as case_event; which request was put before whom and when, folded from its journal\n"
     "CREATE TABLE hotline_escalation (case_id {BLOB} NOT NULL, at {INT} NOT NULL, stage {TEXT} NOT NULL, level {INT} NOT NULL,"
     " department {TEXT} NOT NULL, PRIMARY KEY (case_id, at, stage, level));\n"
     "CREATE INDEX hotline_escalation_at ON hotline_escalation (at);\n"
     "-- retention: 30 days; which of them was told already\n"
     "CREATE TABLE hotline_told (case_id {BLOB} NOT NULL, at {INT} NOT NULL, stage {TEXT} NOT NULL, level {INT} NOT NULL,"
     " PRIMARY KEY (case_id, at, stage, level));\n"
     "CREATE INDEX hotline_told_at ON hotline_told (at);\n"
     "-- retention: 2 years after the request; name, number and address sealed under the case's key, numbers as keyed hashes\n"
     "CREATE TABLE hotline_contact (case_id {BLOB} PRIMARY KEY, phone_hash {BLOB}, uscc_hash {BLOB}, code_hash {BLOB},"
     " withheld {INT} NOT NULL, contact_ct {BLOB} NOT NULL, made_at {INT} NOT NULL);\n"
     "CREATE INDEX hotline_contact_phone ON hotline_contact (phone_hash, made_at);\n"
     "CREATE INDEX hotline_contact_uscc ON hotline_contact (uscc_hash, made_at);\n"
     "CREATE UNIQUE INDEX hotline_contact_code ON hotline_contact (code_hash);\n"
     "CREATE INDEX hotline_contact_made ON hotline_contact (made_at);\n"
     "-- retention: 2 years after the request; name and content sealed under the case's key\n"
     "CREATE TABLE hotline_file (case_id {BLOB} NOT NULL, no {INT} NOT NULL, meta_ct {BLOB} NOT NULL, content_ct {BLOB} NOT NULL,"
     " made_at {INT} NOT NULL, PRIMARY KEY (case_id, no));\n"
     "CREATE INDEX hotline_file_made ON hotline_file (made_at);\n",
     NULL},
};
