#include "areas/00_supervision/ratings/ratings.h"

const struct migration RATINGS_MIGRATIONS[RATINGS_NMIGRATIONS] = {
    {"ratings", 1, "ratings",
     "-- retention: 3 years; the text is unreadable before, when the rater is erased\n"
     "CREATE TABLE rating (id {BLOB} PRIMARY KEY, case_id {BLOB}, code {BLOB}, subject {BLOB}, channel {TEXT} NOT NULL,"
     " service {TEXT} NOT NULL, department {TEXT} NOT NULL, town {TEXT} NOT NULL, grade {INT} NOT NULL, month {INT} NOT NULL,"
     " at {INT} NOT NULL, idem {BLOB} NOT NULL, key_owner {BLOB}, text_ct {BLOB}, ticket {BLOB}, ticket_state {INT} NOT NULL);\n"
     "CREATE UNIQUE INDEX rating_case ON rating (case_id, channel);\n"
     "CREATE UNIQUE INDEX rating_by_code ON rating (code);\n"
     "CREATE INDEX rating_bad ON rating (department, id) WHERE grade < 3;\n"
     "CREATE INDEX rating_ticket_missing ON rating (id) WHERE ticket_state = 1;\n"
     "CREATE INDEX rating_at ON rating (at);\n"
     "-- retention: for ever; sums that name nobody\n"
     "CREATE TABLE rating_month (month {INT} NOT NULL, service {TEXT} NOT NULL, department {TEXT} NOT NULL, grade {INT} NOT NULL,"
     " n {INT} NOT NULL, PRIMARY KEY (month, service, department, grade)) {WITHOUT_ROWID};\n"
     "-- retention: as case_event; ratings found to be mistakes, folded from their tickets\n"
     "CREATE TABLE rating_annulled (rating {TEXT} PRIMARY KEY, case_id {BLOB} NOT NULL, month {INT} NOT NULL, service {TEXT} NOT NULL,"
     " department {TEXT} NOT NULL, grade {INT} NOT NULL, at {INT} NOT NULL);\n"
     "-- retention: 1 day, and as the rating that it was used for\n"
     "CREATE TABLE rating_code (hash {BLOB} PRIMARY KEY, id {BLOB} NOT NULL, case_id {BLOB}, channel {TEXT} NOT NULL, service {TEXT} NOT NULL,"
     " department {TEXT} NOT NULL, town {TEXT} NOT NULL, officer {BLOB} NOT NULL, expires_at {INT} NOT NULL, used_at {INT} NOT NULL);\n"
     "CREATE UNIQUE INDEX rating_code_id ON rating_code (id);\n"
     "CREATE INDEX rating_code_expires ON rating_code (expires_at);\n"
     "CREATE VIEW rating_counted AS SELECT month, service, department, grade, CAST(SUM(n) AS BIGINT) AS n FROM"
     " (SELECT month, service, department, grade, n FROM rating_month"
     " UNION ALL SELECT month, service, department, grade, -1 FROM rating_annulled) AS m GROUP BY month, service, department, grade;\n",
     NULL},
    {"ratings", 2, "sums and what is not counted side by side",
     "CREATE INDEX rating_month_service ON rating_month (service, month);\n"
     "CREATE INDEX rating_annulled_service ON rating_annulled (service, month);\n"
     "DROP VIEW rating_counted;\n"
     "CREATE VIEW rating_counted AS SELECT month, service, department, grade, n FROM rating_month"
     " UNION ALL SELECT month, service, department, grade, -1 FROM rating_annulled;\n",
     NULL},
    {"ratings", 3, "ratings by town",
     "-- retention: for ever; sums that name nobody\n"
     "CREATE TABLE rating_town (month {INT} NOT NULL, town {TEXT} NOT NULL, grade {INT} NOT NULL, n {INT} NOT NULL,"
     " PRIMARY KEY (month, town, grade)) {WITHOUT_ROWID};\n"
     "INSERT INTO rating_town (month, town, grade, n) SELECT month, town, grade, COUNT(*) FROM rating GROUP BY month, town, grade;\n"
     "-- the ticket of a mistaken rating is of the town that was rated\n"
     "CREATE VIEW rating_town_counted AS SELECT month, town, grade, n FROM rating_town"
     " UNION ALL SELECT a.month, m.town, a.grade, -1 FROM rating_annulled a JOIN case_measure m ON m.case_id = a.case_id;\n",
     NULL},
};
