/* Shared by the files of area 01 only. */
#ifndef AREAS_01_VERBS_H
#define AREAS_01_VERBS_H

#include "city/cases/cases.h"

/* Ours, inside the transaction. */
extern const struct verb VERB_NAME_CHECK, VERB_ENTERPRISE_REGISTER, VERB_SEAL_ORDER, VERB_SOCIAL_REGISTER,
    VERB_FUND_REGISTER;
/* A job: the new enterprise can act for itself. */
extern const struct verb VERB_ENTERPRISE_ACCOUNT;
/* Stand-ins for the tax authority and the account bank: jobs, as the real ones would be. */
extern const struct verb VERB_TAX_REGISTER, VERB_BANK_BOOK;

enum { AREA_01_NMIGRATIONS = 2 };
extern const struct migration AREA_01_MIGRATIONS[AREA_01_NMIGRATIONS];
extern const struct stmt *const AREA_01_CLEAR[];
MUST result area_01_project(struct arena *a, const struct json *fact, struct id case_id, struct decision *d);

/* Orders the electronic seals of filings that have none. */
MUST result area_01_work(struct city *c, struct arena *a, instant now, size_t *done);

/* ---- names (企业名称登记管理规定, State Council Decree 734, in force 2021-03-01) ---- */
struct enterprise_name {
    struct slice region, shop, industry, organisation; /* 行政区划、字号、行业、组织形式 (art. 6) */
};
struct name_fault {
    struct slice zh, en;
};
#define NAME_FAULTS_MAX 16
/* The whole name, in the order of art. 6. */
struct slice name_text(struct arena *a, const struct enterprise_name *n);
/* What the rules have against it, without looking at other names; returns how many. */
size_t name_faults(struct arena *a, const struct enterprise_name *n, struct name_fault faults[NAME_FAULTS_MAX]);

/* The six digits that codes of this area begin with: of the town where the case was filed, else the given region. */
struct slice region_of(const struct verb_call *x);

#endif
