#include "areas/00_supervision/area.h"

#include "areas/00_supervision/plan.h"

static const struct endpoint *const ENDPOINTS[] = {
    &EP_PLAN,
    &EP_PLAN_TASK,
    &EP_PLAN_STATUS,
    &EP_PLAN_OWNER,
    &EP_PLAN_SUBTASK_ADD,
    &EP_PLAN_SUBTASK_DONE,
    &EP_PLAN_EVIDENCE_ADD,
    &EP_PLAN_FILE_ADD,
    &EP_PLAN_FILE,
    &EP_PLAN_COMMENT_ADD,
    &EP_PLAN_CONDITION,
    &EP_PLAN_CONDITIONS,
    &EP_PLAN_CONDITION_RUN,
    &EP_PLAN_LEADER,
    &EP_PLAN_BODY,
    &EP_PLAN_CONTACTS,
    &EP_PLAN_CONTACT,
    &EP_PLAN_FILINGS,
    &EP_PLAN_FILING_ADD,
    &EP_PLAN_SPECIAL,
    &EP_PLAN_ASSESSMENT,
    &EP_PLAN_CHANGES,
    &EP_PLAN_CIRCULAR,
    &EP_PLAN_PROGRESS,
};

const struct area AREA_00 = {.number = 0,
                             .name_zh = "工作保障",
                             .name_en = "Supervision of the plan",
                             .migrations = AREA_00_MIGRATIONS,
                             .nmigrations = AREA_00_NMIGRATIONS,
                             .endpoints = {ENDPOINTS, sizeof ENDPOINTS / sizeof *ENDPOINTS},
                             .work = area_00_work};
