#include "areas/17_government_services/area.h"

#include "areas/17_government_services/handover.h"
#include "areas/17_government_services/knowledge.h"

static const struct verb *const VERBS[] = {&VERB_HANDOVER_SEND, &VERB_HANDOVER_RECEIVE};
static const struct endpoint *const ENDPOINTS[] = {&EP_HANDOVERS,
                                                   &EP_KNOWLEDGE_SEARCH,
                                                   &EP_KNOWLEDGE_ARTICLE,
                                                   &EP_KNOWLEDGE_FEEDBACK,
                                                   &EP_KNOWLEDGE_ASK,
                                                   &EP_KNOWLEDGE_SUGGEST,
                                                   &EP_KNOWLEDGE_LIST,
                                                   &EP_KNOWLEDGE_NEW,
                                                   &EP_KNOWLEDGE_GET,
                                                   &EP_KNOWLEDGE_VERSION,
                                                   &EP_KNOWLEDGE_APPROVE,
                                                   &EP_KNOWLEDGE_REJECT,
                                                   &EP_KNOWLEDGE_REVIEW,
                                                   &EP_KNOWLEDGE_RETIRE,
                                                   &EP_QUESTIONS,
                                                   &EP_QUESTION_SETTLE,
                                                   &EP_GUIDE,
                                                   &EP_GUIDE_VERSIONS,
                                                   &EP_GUIDE_CHECK,
                                                   &EP_GUIDE_SUBMIT,
                                                   &EP_GUIDE_APPROVE};

static const char *const TASKS_STAY[] = {"enterprise_request", NULL};

const struct area AREA_17 = {.number = 17,
                             .name_zh = "政务服务",
                             .name_en = "Government services",
                             .verbs = VERBS,
                             .nverbs = sizeof VERBS / sizeof *VERBS,
                             .migrations = AREA_17_MIGRATIONS,
                             .nmigrations = AREA_17_NMIGRATIONS,
                             .endpoints = {ENDPOINTS, sizeof ENDPOINTS / sizeof *ENDPOINTS},
                             .clear_projections = AREA_17_CLEAR,
                             .tasks_stay = TASKS_STAY,
                             .project = area_17_project};
