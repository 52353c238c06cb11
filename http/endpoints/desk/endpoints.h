/* The endpoints of this group, for http/routes.c. */
#ifndef HTTP_ENDPOINTS_DESK_ENDPOINTS_H
#define HTTP_ENDPOINTS_DESK_ENDPOINTS_H

#include "city/api.h"

extern const struct endpoint EP_DESK_TASKS;
extern const struct endpoint EP_DESK_CASE;
extern const struct endpoint EP_DESK_SEARCH;
extern const struct endpoint EP_DESK_STATISTICS;
extern const struct endpoint EP_DESK_TIMELINESS;
extern const struct endpoint EP_TASK_CLAIM;
extern const struct endpoint EP_TASK_RELEASE;
extern const struct endpoint EP_TASK_DECIDE;
extern const struct endpoint EP_TASK_TRANSFER;
extern const struct endpoint EP_CLOCK_STOP;
extern const struct endpoint EP_CLOCK_RESUME;
extern const struct endpoint EP_CASES_RETRY;
extern const struct endpoint EP_DESK_BATCH;
extern const struct endpoint EP_TASK_BEGIN;
extern const struct endpoint EP_FLOW_MESSAGE;
extern const struct endpoint EP_DESK_MESSAGES;
extern const struct endpoint EP_DESK_MESSAGE_AGAIN;
extern const struct endpoint EP_DESK_MESSAGE_CLOSE;
extern const struct endpoint EP_STEP_CORRECTIONS;
extern const struct endpoint EP_STEP_CORRECT_PREVIEW;
extern const struct endpoint EP_STEP_CORRECT;

extern const struct endpoints DESK_ENDPOINTS;

#endif
