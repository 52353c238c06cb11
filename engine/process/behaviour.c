/* The table of node behaviours. A new kind of element is a row here, a function, and its checks. */
#include "engine/process/run.h"

static const char *const none[] = {NULL};
static const char *const on_start[] = {"clock", "result", "key", NULL};
static const char *const on_end[] = {"result", "key", NULL};
static const char *const on_user[] = {"step",     "result", "kind", "department", "role",
                                      "outcomes", "clock",  "form", "separate",   NULL};
static const char *const on_service[] = {"step", "result", "verb", "fallback", NULL};
static const char *const on_rule[] = {"step", "result", "decision", "date", NULL};
static const char *const on_activity[] = {"step", "result", NULL};
static const char *const on_sub[] = {"step", "result", "start", NULL};
static const char *const on_boundary[] = {"clock", "result", "key", NULL};
static const char *const on_catch[] = {"clock", "result", "key", NULL};
static const char *const on_throw[] = {"key", NULL};
static const char *const on_message[] = {"step", "result", "key", NULL};

const struct behaviour behaviours[NODE_KINDS] = {
    [NODE_START] = {.element = "startEvent", .attributes = on_start, .enter = enter_start},
    [NODE_END] = {.element = "endEvent", .attributes = on_end, .mappings = true, .enter = enter_end},
    [NODE_USER] =
        {.element = "userTask", .attributes = on_user, .activity = true, .timer_boundary = true, .enter = enter_user},
    [NODE_SERVICE] = {.element = "serviceTask",
                      .attributes = on_service,
                      .mappings = true,
                      .activity = true,
                      .timer_boundary = true,
                      .error_boundary = true,
                      .enter = enter_service},
    [NODE_RULE] = {.element = "businessRuleTask",
                   .attributes = on_rule,
                   .mappings = true,
                   .activity = true,
                   .error_boundary = true,
                   .enter = enter_rule},
    [NODE_SCRIPT] = {.element = "scriptTask",
                     .attributes = on_activity,
                     .activity = true,
                     .error_boundary = true,
                     .enter = enter_script},
    [NODE_EXCLUSIVE] = {.element = "exclusiveGateway", .attributes = none, .enter = enter_exclusive},
    [NODE_INCLUSIVE] = {.element = "inclusiveGateway", .attributes = none, .enter = enter_inclusive},
    [NODE_PARALLEL] = {.element = "parallelGateway", .attributes = none, .enter = enter_parallel},
    [NODE_CALL] = {.element = "callActivity",
                   .attributes = on_activity,
                   .mappings = true,
                   .outputs = true,
                   .activity = true,
                   .timer_boundary = true,
                   .error_boundary = true,
                   .enter = enter_call},
    [NODE_SUB] = {.element = "subProcess",
                  .attributes = on_sub,
                  .activity = true,
                  .timer_boundary = true,
                  .error_boundary = true,
                  .enter = enter_sub},
    [NODE_BOUNDARY] = {.element = "boundaryEvent", .attributes = on_boundary, .enter = enter_start},
    [NODE_CATCH] = {.element = "intermediateCatchEvent", .attributes = on_catch, .enter = enter_catch},
    [NODE_THROW] = {.element = "intermediateThrowEvent",
                    .attributes = on_throw,
                    .mappings = true,
                    .enter = enter_throw},
    [NODE_TASK] = {.element = "task", .attributes = on_activity, .activity = true, .enter = enter_task},
    [NODE_SEND] =
        {.element = "sendTask", .attributes = on_message, .mappings = true, .activity = true, .enter = enter_send},
    [NODE_RECEIVE] = {.element = "receiveTask",
                      .attributes = on_message,
                      .activity = true,
                      .timer_boundary = true,
                      .enter = enter_receive},
    [NODE_EVENT_GATE] = {.element = "eventBasedGateway", .attributes = none, .enter = enter_event_gate},
    [NODE_COMPLEX] = {.element = "complexGateway", .attributes = none, .enter = enter_complex},
};
