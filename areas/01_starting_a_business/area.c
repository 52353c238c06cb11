#include "areas/01_starting_a_business/area.h"

#include "areas/01_starting_a_business/verbs.h"

static const struct verb *const VERBS[] = {
    &VERB_NAME_CHECK,      &VERB_ENTERPRISE_REGISTER, &VERB_ENTERPRISE_ACCOUNT, &VERB_SEAL_ORDER,
    &VERB_SOCIAL_REGISTER, &VERB_FUND_REGISTER,       &VERB_TAX_REGISTER,       &VERB_BANK_BOOK};

const struct area AREA_01 = {.number = 1,
                             .name_zh = "开办企业",
                             .name_en = "Starting a business",
                             .verbs = VERBS,
                             .nverbs = sizeof VERBS / sizeof *VERBS,
                             .migrations = AREA_01_MIGRATIONS,
                             .nmigrations = AREA_01_NMIGRATIONS,
                             .clear_projections = AREA_01_CLEAR,
                             .project = area_01_project,
                             .work = area_01_work};
