#include "http/endpoints/desk/endpoints.h"

static const struct endpoint *const LIST[] = {
    &EP_DESK_TASKS,    &EP_DESK_CASE,          &EP_DESK_SEARCH,        &EP_DESK_STATISTICS,  &EP_TASK_CLAIM,
    &EP_TASK_RELEASE,  &EP_TASK_DECIDE,        &EP_TASK_TRANSFER,      &EP_CLOCK_STOP,       &EP_CLOCK_RESUME,
    &EP_CASES_RETRY,   &EP_DESK_BATCH,         &EP_DESK_TIMELINESS,    &EP_TASK_BEGIN,       &EP_FLOW_MESSAGE,
    &EP_DESK_MESSAGES, &EP_DESK_MESSAGE_AGAIN, &EP_DESK_MESSAGE_CLOSE, &EP_STEP_CORRECTIONS, &EP_STEP_CORRECT_PREVIEW,
    &EP_STEP_CORRECT,
};

const struct endpoints DESK_ENDPOINTS = {LIST, sizeof LIST / sizeof *LIST};
