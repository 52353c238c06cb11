#include "areas/17_government_services/area.h"

#include "areas/17_government_services/handover.h"

static const struct verb *const VERBS[] = {&VERB_HANDOVER_SEND, &VERB_HANDOVER_RECEIVE};
static const struct endpoint *const ENDPOINTS[] = {&EP_HANDOVERS};

const struct area AREA_17 = {.number = 17,
                             .name_zh = "政务服务",
                             .name_en = "Government services",
                             .verbs = VERBS,
                             .nverbs = sizeof VERBS / sizeof *VERBS,
                             .migrations = AREA_17_MIGRATIONS,
                             .nmigrations = AREA_17_NMIGRATIONS,
                             .endpoints = {ENDPOINTS, sizeof ENDPOINTS / sizeof *ENDPOINTS},
                             .clear_projections = AREA_17_CLEAR,
                             .project = area_17_project};
