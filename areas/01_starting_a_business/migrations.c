/* Tables of area 01: projections of the journal, none with personal data (the register's public part). */
#include "areas/01_starting_a_business/verbs.h"

const struct migration AREA_01_MIGRATIONS[AREA_01_NMIGRATIONS] = {
    {"area01", 1, "starting a business",
     "-- retention: for ever; the register of enterprises (市场主体登记管理条例 art. 35)\n"
     "CREATE TABLE enterprise (uscc {TEXT} PRIMARY KEY, name {TEXT} NOT NULL, shop_name {TEXT} NOT NULL, industry {TEXT} NOT NULL,"
     " organisation {TEXT} NOT NULL, town {TEXT} NOT NULL, capital_fen {INT} NOT NULL, status {TEXT} NOT NULL, case_id {BLOB} NOT NULL,"
     " registered_at {INT} NOT NULL);\n"
     "CREATE UNIQUE INDEX enterprise_name ON enterprise (name);\n"
     "CREATE INDEX enterprise_trade ON enterprise (shop_name, industry);\n"
     "-- retention: until the seal is destroyed or the enterprise is struck off, then 2 years\n"
     "CREATE TABLE seal_order (code {TEXT} PRIMARY KEY, uscc {TEXT} NOT NULL, kind {TEXT} NOT NULL, case_id {BLOB} NOT NULL,"
     " ordered_at {INT} NOT NULL);\n"
     "CREATE INDEX seal_order_uscc ON seal_order (uscc);\n"
     "-- retention: 10 years after the enterprise is struck off (税收征收管理法实施细则 art. 29)\n"
     "CREATE TABLE tax_registration (uscc {TEXT} NOT NULL, case_id {BLOB} NOT NULL, taxpayer {TEXT} NOT NULL, invoices {INT} NOT NULL,"
     " invoice_max_fen {INT} NOT NULL, ukey {TEXT} NOT NULL, registered_at {INT} NOT NULL, PRIMARY KEY (uscc, case_id));\n"
     "-- retention: for ever; entitlements of the insured rest on it\n"
     "CREATE TABLE social_insurance (uscc {TEXT} PRIMARY KEY, number {TEXT} NOT NULL, headcount {INT} NOT NULL, from_month {TEXT} NOT NULL,"
     " case_id {BLOB} NOT NULL, registered_at {INT} NOT NULL);\n"
     "-- retention: while the account exists, then 30 years\n"
     "CREATE TABLE housing_fund (uscc {TEXT} PRIMARY KEY, account {TEXT} NOT NULL, ratio {INT} NOT NULL, headcount {INT} NOT NULL,"
     " case_id {BLOB} NOT NULL, registered_at {INT} NOT NULL);\n"
     "-- retention: 1 year after the appointment\n"
     "CREATE TABLE bank_booking (uscc {TEXT} NOT NULL, case_id {BLOB} NOT NULL, bank {TEXT} NOT NULL, number {TEXT} NOT NULL,"
     " slot {TEXT} NOT NULL, booked_at {INT} NOT NULL, PRIMARY KEY (uscc, case_id));\n",
     NULL},
    {"area01", 2, "seals by the day they were filed", "CREATE INDEX seal_order_at ON seal_order (ordered_at);\n", NULL},
};
