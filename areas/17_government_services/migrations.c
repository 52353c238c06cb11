#include "areas/17_government_services/handover.h"

#define USES                                                                     \
    "ALTER TABLE kb_article ADD COLUMN helpful {INT} NOT NULL DEFAULT 0;\n"      \
    "ALTER TABLE kb_article ADD COLUMN unhelpful {INT} NOT NULL DEFAULT 0;\n"    \
    "CREATE INDEX kb_article_helpful ON kb_article (helpful);\n"                 \
    "-- retention: as kb_article; which services a published article is about\n" \
    "CREATE TABLE kb_service (service {TEXT} NOT NULL, key {TEXT} NOT NULL, PRIMARY KEY (service, key));\n"

const struct migration AREA_17_MIGRATIONS[AREA_17_NMIGRATIONS] = {
    {"area17", 1, "papers between towns",
     "-- retention: 10 years after the papers arrived; names of papers only, no personal data\n"
     "CREATE TABLE paper_handover (number {TEXT} PRIMARY KEY, case_id {BLOB} NOT NULL, case_number {TEXT} NOT NULL,"
     " from_town {TEXT} NOT NULL, to_town {TEXT} NOT NULL, department {TEXT} NOT NULL, papers {TEXT} NOT NULL,"
     " state {TEXT} NOT NULL, sent_at {INT} NOT NULL, received_at {INT} NOT NULL);\n"
     "CREATE INDEX paper_handover_from ON paper_handover (from_town, number);\n"
     "CREATE INDEX paper_handover_to ON paper_handover (to_town, number);\n",
     NULL},
    {"area17", 2, "knowledge base",
     "-- retention: for ever; answers of the city to everybody, without personal data\n"
     "CREATE TABLE kb_article (key {TEXT} PRIMARY KEY, owner {TEXT} NOT NULL, review_on {INT} NOT NULL,"
     " version {INT} NOT NULL, retired_at {INT} NOT NULL, created_at {INT} NOT NULL);\n"
     "CREATE INDEX kb_article_review ON kb_article (owner, review_on);\n"
     "-- retention: as kb_article; what was published when, and by whom\n"
     "CREATE TABLE kb_version (key {TEXT} NOT NULL, version {INT} NOT NULL, content {TEXT} NOT NULL,"
     " state {TEXT} NOT NULL, made_by {BLOB}, made_at {INT} NOT NULL, decided_by {BLOB}, decided_at {INT} NOT NULL,"
     " reason {TEXT} NOT NULL, PRIMARY KEY (key, version));\n"
     "CREATE INDEX kb_version_state ON kb_version (state, key);\n"
     "-- retention: 1 year after it was last asked; without numbers, and with its words only when asked twice or by staff\n"
     "CREATE TABLE kb_question (id {BLOB} PRIMARY KEY, hash {BLOB} NOT NULL UNIQUE, lang {TEXT} NOT NULL,"
     " text {TEXT} NOT NULL, department {TEXT} NOT NULL, times {INT} NOT NULL, first_at {INT} NOT NULL,"
     " last_at {INT} NOT NULL, state {TEXT} NOT NULL, article {TEXT} NOT NULL);\n"
     "CREATE INDEX kb_question_open ON kb_question (state, times);\n"
     "-- retention: for ever; which questions led to which services, by version\n"
     "CREATE TABLE kb_guide (version {INT} PRIMARY KEY, content {TEXT} NOT NULL, state {TEXT} NOT NULL, made_by {BLOB},"
     " made_at {INT} NOT NULL, decided_by {BLOB}, decided_at {INT} NOT NULL);\n",
     NULL},
    {"area17", 3, "what people make of the articles",
     USES "INSERT INTO kb_service (service, key) SELECT DISTINCT s.value, a.key FROM kb_article a JOIN kb_version v"
          " ON v.key = a.key AND v.version = a.version, json_each(v.content, '$.services') s;\n",
     USES "INSERT INTO kb_service (service, key) SELECT DISTINCT s.value, a.key FROM kb_article a JOIN kb_version v"
          " ON v.key = a.key AND v.version = a.version,"
          " jsonb_array_elements_text(coalesce(v.content::jsonb -> 'services', '[]'::jsonb)) s(value);\n"},
};
