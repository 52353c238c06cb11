/* Tables of the cases. The journal (case_event) and the blobs are the truth; case_file, case_task, case_timer,
 * case_job, case_document and licence are folds of it. */
#include "city/cases/cases.h"

const struct migration CASES_MIGRATIONS[] = {
    {"city.cases", 1, "cases",
     "-- retention: 30 years from the decision (archives law: 行政许可 case files), then archived\n"
     "CREATE TABLE case_event (case_id {BLOB} NOT NULL, seq {INT} NOT NULL, at {INT} NOT NULL, kind {TEXT} NOT NULL,"
     " actor {BLOB}, idem {BLOB}, body_hash {BLOB}, payload_ct {BLOB} NOT NULL, PRIMARY KEY (case_id, seq)) {WITHOUT_ROWID};\n"
     "-- retention: as case_event\n"
     "CREATE TABLE case_file (id {BLOB} PRIMARY KEY, number {TEXT} NOT NULL, service {TEXT} NOT NULL, service_hash {TEXT} NOT NULL,"
     " subject {BLOB} NOT NULL, agent {BLOB}, filed_by {BLOB} NOT NULL, department {TEXT} NOT NULL, town {TEXT} NOT NULL,"
     " state {INT} NOT NULL, outcome {TEXT} NOT NULL, version {INT} NOT NULL, engine {BLOB} NOT NULL, vars_ct {BLOB} NOT NULL,"
     " progress {TEXT} NOT NULL, filed_at {INT} NOT NULL, accepted_at {INT} NOT NULL, decided_at {INT} NOT NULL,"
     " due_at {INT} NOT NULL, statutory_due_at {INT} NOT NULL) {WITHOUT_ROWID};\n"
     "CREATE UNIQUE INDEX case_file_number ON case_file (number);\n"
     "CREATE INDEX case_file_subject ON case_file (subject, id);\n"
     "-- retention: as case_event\n"
     "CREATE TABLE case_task (case_id {BLOB} NOT NULL, token {INT} NOT NULL, node {TEXT} NOT NULL, step {TEXT} NOT NULL,"
     " kind {TEXT} NOT NULL, service {TEXT} NOT NULL, department {TEXT} NOT NULL, role {TEXT} NOT NULL, town {TEXT} NOT NULL,"
     " status {INT} NOT NULL, assignee {BLOB}, assignee_name {TEXT} NOT NULL, opened_at {INT} NOT NULL, due_at {INT} NOT NULL,"
     " closed_at {INT} NOT NULL, outcome {TEXT} NOT NULL, urged {INT} NOT NULL, escalated_at {INT} NOT NULL,"
     " PRIMARY KEY (case_id, token)) {WITHOUT_ROWID};\n"
     "CREATE INDEX case_task_open ON case_task (department, due_at, case_id, token) WHERE status < 3;\n"
     "CREATE INDEX case_task_mine ON case_task (assignee, due_at, case_id, token) WHERE status < 3;\n"
     "CREATE INDEX case_task_late ON case_task (due_at) WHERE status < 3 AND escalated_at = 0;\n",
     NULL},
    {"city.cases", 2, "timers, jobs, documents",
     "-- retention: until fired\n"
     "CREATE TABLE case_timer (id {BLOB} PRIMARY KEY, case_id {BLOB} NOT NULL, token {INT} NOT NULL, due_at {INT} NOT NULL,"
     " lease_until {INT} NOT NULL, lease_owner {BLOB});\n"
     "CREATE INDEX case_timer_due ON case_timer (due_at);\n"
     "CREATE INDEX case_timer_case ON case_timer (case_id, token);\n"
     "-- retention: until done\n"
     "CREATE TABLE case_job (id {BLOB} PRIMARY KEY, case_id {BLOB} NOT NULL, token {INT} NOT NULL, verb {TEXT} NOT NULL,"
     " step {TEXT} NOT NULL, input_ct {BLOB} NOT NULL, tries {INT} NOT NULL, error {TEXT} NOT NULL, due_at {INT} NOT NULL,"
     " lease_until {INT} NOT NULL, lease_owner {BLOB});\n"
     "CREATE INDEX case_job_due ON case_job (due_at);\n"
     "CREATE INDEX case_job_case ON case_job (case_id);\n"
     "-- retention: as case_event\n"
     "CREATE TABLE case_document (id {BLOB} PRIMARY KEY, case_id {BLOB} NOT NULL, kind {TEXT} NOT NULL, step {TEXT} NOT NULL,"
     " number {TEXT} NOT NULL, title {TEXT} NOT NULL, at {INT} NOT NULL, sha256 {TEXT} NOT NULL, token {TEXT} NOT NULL);\n"
     "CREATE INDEX case_document_case ON case_document (case_id, id);\n"
     "CREATE UNIQUE INDEX case_document_token ON case_document (token);\n"
     "-- retention: until 5 years after expiry or revocation\n"
     "CREATE TABLE licence (id {BLOB} PRIMARY KEY, case_id {BLOB} NOT NULL, document_id {BLOB} NOT NULL, subject {BLOB} NOT NULL,"
     " type {TEXT} NOT NULL, title {TEXT} NOT NULL, certificate_id {TEXT} NOT NULL, number {TEXT} NOT NULL, status {TEXT} NOT NULL,"
     " issued_at {INT} NOT NULL, valid_to {INT} NOT NULL, token {TEXT} NOT NULL);\n"
     "CREATE INDEX licence_subject ON licence (subject, id);\n"
     "CREATE UNIQUE INDEX licence_token ON licence (token);\n"
     "CREATE UNIQUE INDEX licence_certificate ON licence (certificate_id);\n"
     "-- retention: as the document it belongs to; content of documents, by the document's id (journalled by its hash)\n"
     "CREATE TABLE case_blob (id {BLOB} PRIMARY KEY, case_id {BLOB} NOT NULL, content_ct {BLOB} NOT NULL);\n"
     "-- retention: 30 days. Filings and refusals only: a command carried out on a case is found by its event's idem\n"
     "CREATE TABLE idempotency (actor {BLOB} NOT NULL, route {TEXT} NOT NULL, idem_key {TEXT} NOT NULL, body_hash {BLOB} NOT NULL,"
     " status {INT} NOT NULL, reply {TEXT} NOT NULL, at {INT} NOT NULL, PRIMARY KEY (actor, route, idem_key)) {WITHOUT_ROWID};\n"
     "CREATE INDEX idempotency_at ON idempotency (at);\n"
     "-- retention: until expiry\n"
     "CREATE TABLE case_share (token_hash {BLOB} PRIMARY KEY, case_id {BLOB} NOT NULL, created_by {BLOB} NOT NULL, expires_at {INT} NOT NULL)"
     " {WITHOUT_ROWID};\n",
     NULL},
    {"city.cases", 3, "when timers were set; tasks by role",
     "ALTER TABLE case_timer ADD COLUMN set_at {INT} NOT NULL DEFAULT 0;\n"
     "CREATE INDEX case_task_role ON case_task (role, due_at, case_id, token) WHERE status < 3;\n",
     NULL},
    {"city.cases", 4, "tasks by grant; what was done, for figures",
     "DROP INDEX case_task_role;\n"
     "CREATE INDEX case_task_grant ON case_task (department, role, due_at, case_id, token, town) WHERE status < 3;\n"
     "CREATE INDEX case_task_done ON case_task (department, closed_at, due_at) WHERE status = 3;\n"
     "CREATE INDEX case_task_done_by ON case_task (assignee, closed_at, due_at) WHERE status = 3;\n",
     NULL},
    {"city.cases", 5, "licences by case", "CREATE INDEX licence_case ON licence (case_id, id);\n", NULL},
    {"city.cases", 6, "licences that have ended",
     "ALTER TABLE case_document ADD COLUMN licence_ended_at {INT} NOT NULL DEFAULT 0;\n"
     "CREATE INDEX licence_valid_to ON licence (valid_to) WHERE valid_to > 0;\n",
     NULL},
    {"city.cases", 7, "what each case took, and the sums by month",
     "-- retention: as case_event\n"
     "CREATE TABLE case_measure (case_id {BLOB} PRIMARY KEY, number {TEXT} NOT NULL, service {TEXT} NOT NULL, department {TEXT} NOT NULL,"
     " town {TEXT} NOT NULL, month {INT} NOT NULL, state {INT} NOT NULL, filed_at {INT} NOT NULL, ended_at {INT} NOT NULL,"
     " workdays {INT} NOT NULL, elapsed_ms {INT} NOT NULL, counted_ms {INT} NOT NULL, steps {INT} NOT NULL, acts {INT} NOT NULL,"
     " visits {INT} NOT NULL, papers {INT} NOT NULL, fee_fen {INT} NOT NULL, online {INT} NOT NULL, late {INT} NOT NULL,"
     " rolled {INT} NOT NULL) {WITHOUT_ROWID};\n"
     "CREATE INDEX case_measure_new ON case_measure (rolled) WHERE rolled < 1;\n"
     "CREATE INDEX case_measure_service ON case_measure (service, month, case_id);\n"
     "-- retention: for ever; sums that name nobody\n"
     "CREATE TABLE case_month (month {INT} NOT NULL, service {TEXT} NOT NULL, department {TEXT} NOT NULL, town {TEXT} NOT NULL,"
     " n {INT} NOT NULL, refused {INT} NOT NULL, withdrawn {INT} NOT NULL, workdays {INT} NOT NULL, elapsed_ms {INT} NOT NULL,"
     " counted_ms {INT} NOT NULL, steps {INT} NOT NULL, acts {INT} NOT NULL, visits {INT} NOT NULL, papers {INT} NOT NULL,"
     " fee_fen {INT} NOT NULL, online {INT} NOT NULL, late {INT} NOT NULL, PRIMARY KEY (month, service, department, town))"
     " {WITHOUT_ROWID};\n"
     "CREATE VIEW case_month_now AS SELECT month, service, department, town, CAST(SUM(n) AS BIGINT) AS n,"
     " CAST(SUM(refused) AS BIGINT) AS refused, CAST(SUM(withdrawn) AS BIGINT) AS withdrawn, CAST(SUM(workdays) AS BIGINT) AS workdays,"
     " CAST(SUM(elapsed_ms) AS BIGINT) AS elapsed_ms, CAST(SUM(counted_ms) AS BIGINT) AS counted_ms, CAST(SUM(steps) AS BIGINT) AS steps,"
     " CAST(SUM(acts) AS BIGINT) AS acts, CAST(SUM(visits) AS BIGINT) AS visits, CAST(SUM(papers) AS BIGINT) AS papers,"
     " CAST(SUM(fee_fen) AS BIGINT) AS fee_fen, CAST(SUM(online) AS BIGINT) AS online, CAST(SUM(late) AS BIGINT) AS late"
     " FROM (SELECT * FROM case_month UNION ALL SELECT month, service, department, town, CASE WHEN state = 3 THEN 1 ELSE 0 END,"
     " CASE WHEN state = 4 THEN 1 ELSE 0 END, CASE WHEN state = 5 THEN 1 ELSE 0 END, CASE WHEN state = 3 THEN workdays ELSE 0 END,"
     " CASE WHEN state = 3 THEN elapsed_ms ELSE 0 END, CASE WHEN state = 3 THEN counted_ms ELSE 0 END,"
     " CASE WHEN state = 3 THEN steps ELSE 0 END, CASE WHEN state = 3 THEN acts ELSE 0 END, CASE WHEN state = 3 THEN visits ELSE 0 END,"
     " CASE WHEN state = 3 THEN papers ELSE 0 END, CASE WHEN state = 3 THEN fee_fen ELSE 0 END, CASE WHEN state = 3 THEN online ELSE 0 END,"
     " CASE WHEN state = 3 THEN late ELSE 0 END"
     " FROM case_measure WHERE rolled < 1) AS m GROUP BY month, service, department, town;\n",
     NULL},
    {"city.cases", 8, "sums and new rows side by side",
     "DROP VIEW case_month_now;\n"
     "CREATE VIEW case_month_now AS SELECT * FROM case_month UNION ALL SELECT month, service, department, town,"
     " CASE WHEN state = 3 THEN 1 ELSE 0 END, CASE WHEN state = 4 THEN 1 ELSE 0 END, CASE WHEN state = 5 THEN 1 ELSE 0 END,"
     " CASE WHEN state = 3 THEN workdays ELSE 0 END, CASE WHEN state = 3 THEN elapsed_ms ELSE 0 END, CASE WHEN state = 3 THEN counted_ms ELSE 0 END,"
     " CASE WHEN state = 3 THEN steps ELSE 0 END, CASE WHEN state = 3 THEN acts ELSE 0 END, CASE WHEN state = 3 THEN visits ELSE 0 END,"
     " CASE WHEN state = 3 THEN papers ELSE 0 END, CASE WHEN state = 3 THEN fee_fen ELSE 0 END, CASE WHEN state = 3 THEN online ELSE 0 END,"
     " CASE WHEN state = 3 THEN late ELSE 0 END"
     " FROM case_measure WHERE rolled < 1;\n",
     NULL},
    {"city.cases", 9, "sums by service", "CREATE INDEX case_month_service ON case_month (service, month);\n", NULL},
    {"city.cases", 10, "sums at the levels that are asked for",
     "-- retention: for ever; sums that name nobody. level 0: part is empty; 1: a department; 2: a town\n"
     "CREATE TABLE case_sum (level {INT} NOT NULL, month {INT} NOT NULL, service {TEXT} NOT NULL, part {TEXT} NOT NULL,"
     " n {INT} NOT NULL, refused {INT} NOT NULL, withdrawn {INT} NOT NULL, workdays {INT} NOT NULL, elapsed_ms {INT} NOT NULL,"
     " counted_ms {INT} NOT NULL, steps {INT} NOT NULL, acts {INT} NOT NULL, visits {INT} NOT NULL, papers {INT} NOT NULL,"
     " fee_fen {INT} NOT NULL, online {INT} NOT NULL, late {INT} NOT NULL, PRIMARY KEY (level, month, service, part)) {WITHOUT_ROWID};\n"
     "CREATE INDEX case_sum_service ON case_sum (service, level, month);\n"
     "INSERT INTO case_sum SELECT 0, month, service, '', SUM(n), SUM(refused), SUM(withdrawn), SUM(workdays),"
     " SUM(elapsed_ms), SUM(counted_ms), SUM(steps), SUM(acts), SUM(visits), SUM(papers), SUM(fee_fen), SUM(online),"
     " SUM(late) FROM case_month GROUP BY month, service;\n"
     "INSERT INTO case_sum SELECT 1, month, service, department, SUM(n), SUM(refused), SUM(withdrawn), SUM(workdays),"
     " SUM(elapsed_ms), SUM(counted_ms), SUM(steps), SUM(acts), SUM(visits), SUM(papers), SUM(fee_fen), SUM(online),"
     " SUM(late) FROM case_month GROUP BY month, service, department;\n"
     "INSERT INTO case_sum SELECT 2, month, service, town, SUM(n), SUM(refused), SUM(withdrawn), SUM(workdays),"
     " SUM(elapsed_ms), SUM(counted_ms), SUM(steps), SUM(acts), SUM(visits), SUM(papers), SUM(fee_fen), SUM(online),"
     " SUM(late) FROM case_month GROUP BY month, service, town;\n"
     "DROP VIEW case_month_now;\n"
     "DROP TABLE case_month;\n"
     "CREATE VIEW case_sum_now AS SELECT level, month, service, part, n, refused, withdrawn, workdays, elapsed_ms,"
     " counted_ms, steps, acts, visits, papers, fee_fen, online, late FROM case_sum UNION ALL SELECT 0, month, service, '',"
     " CASE WHEN state = 3 THEN 1 ELSE 0 END, CASE WHEN state = 4 THEN 1 ELSE 0 END, CASE WHEN state = 5 THEN 1 ELSE 0 END,"
     " CASE WHEN state = 3 THEN workdays ELSE 0 END, CASE WHEN state = 3 THEN elapsed_ms ELSE 0 END, CASE WHEN state = 3 THEN"
     " counted_ms ELSE 0 END, CASE WHEN state = 3 THEN steps ELSE 0 END, CASE WHEN state = 3 THEN acts ELSE 0 END, CASE WHEN"
     " state = 3 THEN visits ELSE 0 END, CASE WHEN state = 3 THEN papers ELSE 0 END, CASE WHEN state = 3 THEN fee_fen ELSE 0"
     " END, CASE WHEN state = 3 THEN online ELSE 0 END, CASE WHEN state = 3 THEN late ELSE 0 END FROM case_measure WHERE"
     " rolled < 1 UNION ALL SELECT 1, month, service, department, CASE WHEN state = 3 THEN 1 ELSE 0 END, CASE WHEN state = 4"
     " THEN 1 ELSE 0 END, CASE WHEN state = 5 THEN 1 ELSE 0 END, CASE WHEN state = 3 THEN workdays ELSE 0 END, CASE WHEN"
     " state = 3 THEN elapsed_ms ELSE 0 END, CASE WHEN state = 3 THEN counted_ms ELSE 0 END, CASE WHEN state = 3 THEN steps"
     " ELSE 0 END, CASE WHEN state = 3 THEN acts ELSE 0 END, CASE WHEN state = 3 THEN visits ELSE 0 END, CASE WHEN state = 3"
     " THEN papers ELSE 0 END, CASE WHEN state = 3 THEN fee_fen ELSE 0 END, CASE WHEN state = 3 THEN online ELSE 0 END, CASE"
     " WHEN state = 3 THEN late ELSE 0 END FROM case_measure WHERE rolled < 1 UNION ALL SELECT 2, month, service, town, CASE"
     " WHEN state = 3 THEN 1 ELSE 0 END, CASE WHEN state = 4 THEN 1 ELSE 0 END, CASE WHEN state = 5 THEN 1 ELSE 0 END, CASE"
     " WHEN state = 3 THEN workdays ELSE 0 END, CASE WHEN state = 3 THEN elapsed_ms ELSE 0 END, CASE WHEN state = 3 THEN"
     " counted_ms ELSE 0 END, CASE WHEN state = 3 THEN steps ELSE 0 END, CASE WHEN state = 3 THEN acts ELSE 0 END, CASE WHEN"
     " state = 3 THEN visits ELSE 0 END, CASE WHEN state = 3 THEN papers ELSE 0 END, CASE WHEN state = 3 THEN fee_fen ELSE 0"
     " END, CASE WHEN state = 3 THEN online ELSE 0 END, CASE WHEN state = 3 THEN late ELSE 0 END FROM case_measure WHERE"
     " rolled < 1;\n",
     NULL},
    {"city.cases", 11, "sums of a service side by side",
     "-- retention: for ever; sums that name nobody. level 0: part is empty; 1: a department; 2: a town\n"
     "CREATE TABLE measure_sum (level {INT} NOT NULL, service {TEXT} NOT NULL, month {INT} NOT NULL, part {TEXT} NOT NULL,"
     " n {INT} NOT NULL, refused {INT} NOT NULL, withdrawn {INT} NOT NULL, workdays {INT} NOT NULL, elapsed_ms {INT} NOT NULL,"
     " counted_ms {INT} NOT NULL, steps {INT} NOT NULL, acts {INT} NOT NULL, visits {INT} NOT NULL, papers {INT} NOT NULL,"
     " fee_fen {INT} NOT NULL, online {INT} NOT NULL, late {INT} NOT NULL, PRIMARY KEY (level, service, month, part)) {WITHOUT_ROWID};\n"
     "INSERT INTO measure_sum SELECT level, service, month, part, n, refused, withdrawn, workdays, elapsed_ms, counted_ms, steps, acts,"
     " visits, papers, fee_fen, online, late FROM case_sum;\n"
     "DROP VIEW case_sum_now;\n"
     "DROP TABLE case_sum;\n"
     "CREATE VIEW measure_sum_now AS SELECT level, month, service, part, n, refused, withdrawn, workdays, elapsed_ms,"
     " counted_ms, steps, acts, visits, papers, fee_fen, online, late FROM measure_sum UNION ALL SELECT 0, month, service, '',"
     " CASE WHEN state = 3 THEN 1 ELSE 0 END, CASE WHEN state = 4 THEN 1 ELSE 0 END, CASE WHEN state = 5 THEN 1 ELSE 0 END,"
     " CASE WHEN state = 3 THEN workdays ELSE 0 END, CASE WHEN state = 3 THEN elapsed_ms ELSE 0 END, CASE WHEN state = 3 THEN"
     " counted_ms ELSE 0 END, CASE WHEN state = 3 THEN steps ELSE 0 END, CASE WHEN state = 3 THEN acts ELSE 0 END, CASE WHEN"
     " state = 3 THEN visits ELSE 0 END, CASE WHEN state = 3 THEN papers ELSE 0 END, CASE WHEN state = 3 THEN fee_fen ELSE 0"
     " END, CASE WHEN state = 3 THEN online ELSE 0 END, CASE WHEN state = 3 THEN late ELSE 0 END FROM case_measure WHERE"
     " rolled < 1 UNION ALL SELECT 1, month, service, department, CASE WHEN state = 3 THEN 1 ELSE 0 END, CASE WHEN state = 4"
     " THEN 1 ELSE 0 END, CASE WHEN state = 5 THEN 1 ELSE 0 END, CASE WHEN state = 3 THEN workdays ELSE 0 END, CASE WHEN"
     " state = 3 THEN elapsed_ms ELSE 0 END, CASE WHEN state = 3 THEN counted_ms ELSE 0 END, CASE WHEN state = 3 THEN steps"
     " ELSE 0 END, CASE WHEN state = 3 THEN acts ELSE 0 END, CASE WHEN state = 3 THEN visits ELSE 0 END, CASE WHEN state = 3"
     " THEN papers ELSE 0 END, CASE WHEN state = 3 THEN fee_fen ELSE 0 END, CASE WHEN state = 3 THEN online ELSE 0 END, CASE"
     " WHEN state = 3 THEN late ELSE 0 END FROM case_measure WHERE rolled < 1 UNION ALL SELECT 2, month, service, town, CASE"
     " WHEN state = 3 THEN 1 ELSE 0 END, CASE WHEN state = 4 THEN 1 ELSE 0 END, CASE WHEN state = 5 THEN 1 ELSE 0 END, CASE"
     " WHEN state = 3 THEN workdays ELSE 0 END, CASE WHEN state = 3 THEN elapsed_ms ELSE 0 END, CASE WHEN state = 3 THEN"
     " counted_ms ELSE 0 END, CASE WHEN state = 3 THEN steps ELSE 0 END, CASE WHEN state = 3 THEN acts ELSE 0 END, CASE WHEN"
     " state = 3 THEN visits ELSE 0 END, CASE WHEN state = 3 THEN papers ELSE 0 END, CASE WHEN state = 3 THEN fee_fen ELSE 0"
     " END, CASE WHEN state = 3 THEN online ELSE 0 END, CASE WHEN state = 3 THEN late ELSE 0 END FROM case_measure WHERE"
     " rolled < 1;\n",
     NULL},
    /* as expressions: else all ended cases of a service are gone through by its index, to find the few that are new */
    {"city.cases", 12, "what is new is found as such",
     "DROP VIEW measure_sum_now;\n"
     "CREATE VIEW measure_sum_now AS SELECT level, month, service, part, n, refused, withdrawn, workdays, elapsed_ms,"
     " counted_ms, steps, acts, visits, papers, fee_fen, online, late FROM measure_sum UNION ALL SELECT 0, month + 0, service"
     " || '', '', CASE WHEN state = 3 THEN 1 ELSE 0 END, CASE WHEN state = 4 THEN 1 ELSE 0 END, CASE WHEN state = 5 THEN 1"
     " ELSE 0 END, CASE WHEN state = 3 THEN workdays ELSE 0 END, CASE WHEN state = 3 THEN elapsed_ms ELSE 0 END, CASE WHEN"
     " state = 3 THEN counted_ms ELSE 0 END, CASE WHEN state = 3 THEN steps ELSE 0 END, CASE WHEN state = 3 THEN acts ELSE 0"
     " END, CASE WHEN state = 3 THEN visits ELSE 0 END, CASE WHEN state = 3 THEN papers ELSE 0 END, CASE WHEN state = 3 THEN"
     " fee_fen ELSE 0 END, CASE WHEN state = 3 THEN online ELSE 0 END, CASE WHEN state = 3 THEN late ELSE 0 END FROM"
     " case_measure WHERE rolled < 1 UNION ALL SELECT 1, month + 0, service || '', department, CASE WHEN state = 3 THEN 1"
     " ELSE 0 END, CASE WHEN state = 4 THEN 1 ELSE 0 END, CASE WHEN state = 5 THEN 1 ELSE 0 END, CASE WHEN state = 3 THEN"
     " workdays ELSE 0 END, CASE WHEN state = 3 THEN elapsed_ms ELSE 0 END, CASE WHEN state = 3 THEN counted_ms ELSE 0 END,"
     " CASE WHEN state = 3 THEN steps ELSE 0 END, CASE WHEN state = 3 THEN acts ELSE 0 END, CASE WHEN state = 3 THEN visits"
     " ELSE 0 END, CASE WHEN state = 3 THEN papers ELSE 0 END, CASE WHEN state = 3 THEN fee_fen ELSE 0 END, CASE WHEN state ="
     " 3 THEN online ELSE 0 END, CASE WHEN state = 3 THEN late ELSE 0 END FROM case_measure WHERE rolled < 1 UNION ALL SELECT"
     " 2, month + 0, service || '', town, CASE WHEN state = 3 THEN 1 ELSE 0 END, CASE WHEN state = 4 THEN 1 ELSE 0 END, CASE"
     " WHEN state = 5 THEN 1 ELSE 0 END, CASE WHEN state = 3 THEN workdays ELSE 0 END, CASE WHEN state = 3 THEN elapsed_ms"
     " ELSE 0 END, CASE WHEN state = 3 THEN counted_ms ELSE 0 END, CASE WHEN state = 3 THEN steps ELSE 0 END, CASE WHEN state"
     " = 3 THEN acts ELSE 0 END, CASE WHEN state = 3 THEN visits ELSE 0 END, CASE WHEN state = 3 THEN papers ELSE 0 END, CASE"
     " WHEN state = 3 THEN fee_fen ELSE 0 END, CASE WHEN state = 3 THEN online ELSE 0 END, CASE WHEN state = 3 THEN late ELSE"
     " 0 END FROM case_measure WHERE rolled < 1;\n",
     NULL},
    /* of one type in all its parts: else PostgreSQL reads every level */
    {"city.cases", 13, "levels of one type",
     "DROP VIEW measure_sum_now;\n"
     "CREATE VIEW measure_sum_now AS SELECT level, month, service, part, n, refused, withdrawn, workdays, elapsed_ms,"
     " counted_ms, steps, acts, visits, papers, fee_fen, online, late FROM measure_sum UNION ALL SELECT CAST(0 AS BIGINT),"
     " month + 0, service || '', '', CASE WHEN state = 3 THEN 1 ELSE 0 END, CASE WHEN state = 4 THEN 1 ELSE 0 END, CASE WHEN"
     " state = 5 THEN 1 ELSE 0 END, CASE WHEN state = 3 THEN workdays ELSE 0 END, CASE WHEN state = 3 THEN elapsed_ms ELSE 0"
     " END, CASE WHEN state = 3 THEN counted_ms ELSE 0 END, CASE WHEN state = 3 THEN steps ELSE 0 END, CASE WHEN state = 3"
     " THEN acts ELSE 0 END, CASE WHEN state = 3 THEN visits ELSE 0 END, CASE WHEN state = 3 THEN papers ELSE 0 END, CASE"
     " WHEN state = 3 THEN fee_fen ELSE 0 END, CASE WHEN state = 3 THEN online ELSE 0 END, CASE WHEN state = 3 THEN late ELSE"
     " 0 END FROM case_measure WHERE rolled < 1 UNION ALL SELECT CAST(1 AS BIGINT), month + 0, service || '', department,"
     " CASE WHEN state = 3 THEN 1 ELSE 0 END, CASE WHEN state = 4 THEN 1 ELSE 0 END, CASE WHEN state = 5 THEN 1 ELSE 0 END,"
     " CASE WHEN state = 3 THEN workdays ELSE 0 END, CASE WHEN state = 3 THEN elapsed_ms ELSE 0 END, CASE WHEN state = 3 THEN"
     " counted_ms ELSE 0 END, CASE WHEN state = 3 THEN steps ELSE 0 END, CASE WHEN state = 3 THEN acts ELSE 0 END, CASE WHEN"
     " state = 3 THEN visits ELSE 0 END, CASE WHEN state = 3 THEN papers ELSE 0 END, CASE WHEN state = 3 THEN fee_fen ELSE 0"
     " END, CASE WHEN state = 3 THEN online ELSE 0 END, CASE WHEN state = 3 THEN late ELSE 0 END FROM case_measure WHERE"
     " rolled < 1 UNION ALL SELECT CAST(2 AS BIGINT), month + 0, service || '', town, CASE WHEN state = 3 THEN 1 ELSE 0 END,"
     " CASE WHEN state = 4 THEN 1 ELSE 0 END, CASE WHEN state = 5 THEN 1 ELSE 0 END, CASE WHEN state = 3 THEN workdays ELSE 0"
     " END, CASE WHEN state = 3 THEN elapsed_ms ELSE 0 END, CASE WHEN state = 3 THEN counted_ms ELSE 0 END, CASE WHEN state ="
     " 3 THEN steps ELSE 0 END, CASE WHEN state = 3 THEN acts ELSE 0 END, CASE WHEN state = 3 THEN visits ELSE 0 END, CASE"
     " WHEN state = 3 THEN papers ELSE 0 END, CASE WHEN state = 3 THEN fee_fen ELSE 0 END, CASE WHEN state = 3 THEN online"
     " ELSE 0 END, CASE WHEN state = 3 THEN late ELSE 0 END FROM case_measure WHERE rolled < 1;\n",
     NULL},
    {"city.cases", 14, "times of steps",
     "ALTER TABLE case_task ADD COLUMN claimed_at {INT} NOT NULL DEFAULT 0;\n"
     "-- retention: for ever; counts by month, no personal data\n"
     "CREATE TABLE step_sum (service {TEXT} NOT NULL, month {INT} NOT NULL, step {TEXT} NOT NULL, node {TEXT} NOT NULL,"
     " part {INT} NOT NULL, bucket {INT} NOT NULL, n {INT} NOT NULL, PRIMARY KEY (service, month, step, node, part, bucket))"
     " {WITHOUT_ROWID};\n",
     NULL},
    {"city.flow", 1, "messages and signals between cases",
     "-- retention: until it has come or is no longer awaited\n"
     "CREATE TABLE case_await (case_id {BLOB} NOT NULL, token {INT} NOT NULL, kind {INT} NOT NULL, name {TEXT} NOT NULL,"
     " key_hash {BLOB}, since {INT} NOT NULL, PRIMARY KEY (case_id, token)) {WITHOUT_ROWID};\n"
     "CREATE INDEX case_await_key ON case_await (key_hash, name, since) WHERE key_hash IS NOT NULL;\n"
     "CREATE INDEX case_await_name ON case_await (name, kind, case_id, since);\n"
     "-- retention: until delivered; what nobody received 90 days after its time was over; payload sealed under the sender's key\n"
     "CREATE TABLE case_message (id {BLOB} PRIMARY KEY, kind {INT} NOT NULL, name {TEXT} NOT NULL, key_hash {BLOB}, sender {BLOB},"
     " seq {INT} NOT NULL, service {TEXT} NOT NULL, town {TEXT} NOT NULL, payload_ct {BLOB} NOT NULL, at {INT} NOT NULL,"
     " expires_at {INT} NOT NULL, due_at {INT}, state {INT} NOT NULL, tries {INT} NOT NULL, error {TEXT} NOT NULL, cursor {BLOB} NOT NULL,"
     " lease_until {INT} NOT NULL, lease_owner {BLOB});\n"
     "CREATE INDEX case_message_due ON case_message (due_at);\n"
     "CREATE INDEX case_message_sender ON case_message (sender, seq);\n"
     "CREATE INDEX case_message_kept ON case_message (key_hash, name) WHERE state = 1;\n"
     "CREATE INDEX case_message_failed ON case_message (id) WHERE state = 2;\n"
     "-- retention: as long as the service has such a start; when services start by themselves\n"
     "CREATE TABLE case_start (id {BLOB} PRIMARY KEY, service {TEXT} NOT NULL, node {TEXT} NOT NULL, hash {TEXT} NOT NULL,"
     " in_force {INT} NOT NULL, due_at {INT}, nth {INT} NOT NULL, held {INT} NOT NULL, lease_until {INT} NOT NULL, lease_owner {BLOB});\n"
     "CREATE UNIQUE INDEX case_start_of ON case_start (service, node);\n"
     "CREATE INDEX case_start_due ON case_start (due_at);\n",
     NULL},
    /* as they are leased: in order, without sorting a million that are due, and past those that are held without reading their rows */
    {"city.flow", 2, "timers as they fall due",
     "CREATE INDEX case_timer_next ON case_timer (due_at, id, lease_until);\nDROP INDEX case_timer_due;\n", NULL},
    {"city.archive", 1, "the archive",
     "-- retention: as case_event; the journal and the tasks of a closed case, folded into one row and sealed under the case's key\n"
     "CREATE TABLE case_archive (case_id {BLOB} PRIMARY KEY, events {INT} NOT NULL, folded_at {INT} NOT NULL,"
     " dictionary {INT} NOT NULL, staff {TEXT} NOT NULL, digest {BLOB} NOT NULL, content_ct {BLOB} NOT NULL);\n"
     "-- retention: as case_archive; words of a service's definition that journals are compressed with, nothing of any case\n"
     "CREATE TABLE archive_dictionary (id {INT} PRIMARY KEY, service_hash {TEXT} NOT NULL, words {BLOB} NOT NULL,"
     " made_at {INT} NOT NULL);\n"
     "CREATE INDEX archive_dictionary_service ON archive_dictionary (service_hash, id);\n"
     "CREATE INDEX case_file_fold ON case_file (decided_at, id) WHERE decided_at > 0 AND length(engine) > 0;\n",
     NULL},
    /* who began to wait after a signal was thrown: no clock can tell, for clocks are set back */
    {"city.flow", 3, "signals that were thrown before",
     "-- retention: until the signal has gone round\n"
     "CREATE TABLE case_signal_past (signal {BLOB} NOT NULL, case_id {BLOB} NOT NULL, token {INT} NOT NULL,"
     " PRIMARY KEY (signal, case_id, token)) {WITHOUT_ROWID};\n"
     "CREATE INDEX case_message_signal ON case_message (name, id) WHERE kind = 1;\n"
     "INSERT INTO case_signal_past (signal, case_id, token) SELECT m.id, w.case_id, w.token FROM case_message m"
     " JOIN case_await w ON w.kind = 1 AND w.name = m.name AND w.since > m.at WHERE m.kind = 1;\n",
     NULL},
    /* SQLite: rows of some hundred bytes in a table without row ids make a tree of five rows a page, ten levels deep with ten million cases. By
     * row ids it is four, and lists and journals are read at the same cost however many there are. PostgreSQL has no such tables. */
    {"city.archive", 2, "cases and their journal by row",
     "ALTER TABLE case_file RENAME TO old_case_file;\n"
     "-- retention: as case_event\n"
     "CREATE TABLE case_file (id {BLOB} PRIMARY KEY, number {TEXT} NOT NULL, service {TEXT} NOT NULL, service_hash {TEXT} NOT NULL,"
     " subject {BLOB} NOT NULL, agent {BLOB}, filed_by {BLOB} NOT NULL, department {TEXT} NOT NULL, town {TEXT} NOT NULL,"
     " state {INT} NOT NULL, outcome {TEXT} NOT NULL, version {INT} NOT NULL, engine {BLOB} NOT NULL, vars_ct {BLOB} NOT NULL,"
     " progress {TEXT} NOT NULL, filed_at {INT} NOT NULL, accepted_at {INT} NOT NULL, decided_at {INT} NOT NULL,"
     " due_at {INT} NOT NULL, statutory_due_at {INT} NOT NULL);\n"
     "INSERT INTO case_file SELECT * FROM old_case_file ORDER BY id;\n"
     "DROP TABLE old_case_file;\n"
     "CREATE UNIQUE INDEX case_file_number ON case_file (number);\n"
     "CREATE INDEX case_file_subject ON case_file (subject, id);\n"
     "CREATE INDEX case_file_fold ON case_file (decided_at, id) WHERE decided_at > 0 AND length(engine) > 0;\n"
     "ALTER TABLE case_event RENAME TO old_case_event;\n"
     "-- retention: 30 years from the decision (archives law: 行政许可 case files), then archived\n"
     "CREATE TABLE case_event (case_id {BLOB} NOT NULL, seq {INT} NOT NULL, at {INT} NOT NULL, kind {TEXT} NOT NULL,"
     " actor {BLOB}, idem {BLOB}, body_hash {BLOB}, payload_ct {BLOB} NOT NULL, PRIMARY KEY (case_id, seq));\n"
     "INSERT INTO case_event SELECT * FROM old_case_event ORDER BY case_id, seq;\n"
     "DROP TABLE old_case_event;\n",
     ""},
    /* SQLite does not see that what a partial index asks for need not be read: without the column it went to the table for every task. */
    {"city.archive", 3, "figures from the indexes alone",
     "DROP INDEX case_task_open;\n"
     "DROP INDEX case_task_mine;\n"
     "DROP INDEX case_task_done;\n"
     "DROP INDEX case_task_done_by;\n"
     "CREATE INDEX case_task_open ON case_task (department, due_at, case_id, token, status) WHERE status < 3;\n"
     "CREATE INDEX case_task_mine ON case_task (assignee, due_at, case_id, token, status) WHERE status < 3;\n"
     "CREATE INDEX case_task_done ON case_task (department, closed_at, due_at, status) WHERE status = 3;\n"
     "CREATE INDEX case_task_done_by ON case_task (assignee, closed_at, due_at, status) WHERE status = 3;\n",
     ""},
    {"city.cases", 15, "originals as OFD; versions and states of licences",
     "ALTER TABLE case_document ADD COLUMN original {BLOB};\n"
     "ALTER TABLE case_document ADD COLUMN original_sha256 {TEXT} NOT NULL DEFAULT '';\n"
     "ALTER TABLE case_document ADD COLUMN sealed {INT} NOT NULL DEFAULT 0;\n"
     "CREATE INDEX case_document_original ON case_document (original) WHERE original IS NOT NULL;\n"
     "ALTER TABLE licence ADD COLUMN version {INT} NOT NULL DEFAULT 1;\n"
     "ALTER TABLE licence ADD COLUMN department {TEXT} NOT NULL DEFAULT '';\n"
     "ALTER TABLE licence ADD COLUMN replaces {BLOB};\n"
     "ALTER TABLE licence ADD COLUMN changed_at {INT} NOT NULL DEFAULT 0;\n"
     "CREATE INDEX licence_lapsing ON licence (valid_to) WHERE valid_to > 0 AND status IN ('valid', 'suspended');\n"
     "-- retention: a year after its end; whom a licence was shown to is sealed under the city key\n"
     "CREATE TABLE licence_presentation (id {BLOB} PRIMARY KEY, token_hash {BLOB} NOT NULL, licence_id {BLOB} NOT NULL,"
     " subject {BLOB} NOT NULL, to_ct {BLOB} NOT NULL, created_at {INT} NOT NULL, expires_at {INT} NOT NULL, ended_at {INT} NOT NULL,"
     " seen {INT} NOT NULL, seen_at {INT} NOT NULL);\n"
     "CREATE UNIQUE INDEX licence_presentation_token ON licence_presentation (token_hash);\n"
     "CREATE INDEX licence_presentation_licence ON licence_presentation (licence_id, id);\n"
     "CREATE INDEX licence_presentation_subject ON licence_presentation (subject);\n"
     "CREATE INDEX licence_presentation_end ON licence_presentation (expires_at);\n"
     "-- retention: 3 years after it was asked for; while it is granted, as long as that\n"
     "CREATE TABLE licence_consent (id {BLOB} PRIMARY KEY, licence_id {BLOB} NOT NULL, subject {BLOB} NOT NULL, department {TEXT} NOT NULL,"
     " purpose {TEXT} NOT NULL, why_ct {BLOB} NOT NULL, asked_by {BLOB} NOT NULL, asked_at {INT} NOT NULL, state {TEXT} NOT NULL,"
     " answered_at {INT} NOT NULL);\n"
     "CREATE UNIQUE INDEX licence_consent_current ON licence_consent (licence_id, department, purpose) WHERE state IN ('asked', 'granted');\n"
     "CREATE INDEX licence_consent_subject ON licence_consent (subject, id);\n"
     "CREATE INDEX licence_consent_asked ON licence_consent (asked_at);\n",
     NULL},
    {"city.cases.keys", 1, "whose key a kept refusal is under",
     "ALTER TABLE idempotency ADD COLUMN sealed {BLOB};\n"
     "ALTER TABLE idempotency ADD COLUMN key_owner {BLOB};\n"
     "CREATE UNIQUE INDEX idempotency_sealed ON idempotency (sealed);\n",
     NULL},
};
const size_t CASES_NMIGRATIONS = sizeof CASES_MIGRATIONS / sizeof *CASES_MIGRATIONS;
