/* The endpoints of this group, for http/routes.c. */
#ifndef HTTP_ENDPOINTS_STUDIO_ENDPOINTS_H
#define HTTP_ENDPOINTS_STUDIO_ENDPOINTS_H

#include "city/api.h"

extern const struct endpoint EP_STUDIO_SERVICES;
extern const struct endpoint EP_STUDIO_FILES;
extern const struct endpoint EP_STUDIO_CHECK;
extern const struct endpoint EP_PUBLICATIONS;
extern const struct endpoint EP_PUBLICATION_REQUEST;
extern const struct endpoint EP_PUBLICATION_APPROVE;
extern const struct endpoint EP_PUBLICATION_REJECT;
extern const struct endpoint EP_DECISIONS;
extern const struct endpoint EP_DECISION;
extern const struct endpoint EP_DECISION_FILES;
extern const struct endpoint EP_DECISION_DRAFT;
extern const struct endpoint EP_DECISION_CHECK;
extern const struct endpoint EP_DECISION_TRY;
extern const struct endpoint EP_DECISION_PAST;
extern const struct endpoint EP_DECISION_DIFFERENCE;
extern const struct endpoint EP_COMPARISON_BEGIN;
extern const struct endpoint EP_COMPARISON;
extern const struct endpoint EP_DECISION_REQUEST;
extern const struct endpoint EP_DECISION_RELEASE;
extern const struct endpoint EP_DECISION_REJECT;
extern const struct endpoint EP_DESIGNS;
extern const struct endpoint EP_DESIGN;
extern const struct endpoint EP_DESIGN_OPTIONS;
extern const struct endpoint EP_DESIGN_SAVE;
extern const struct endpoint EP_DESIGN_DISCARD;
extern const struct endpoint EP_DESIGN_SUBMIT;
extern const struct endpoint EP_PUBLICATION_FILES;
extern const struct endpoint EP_SCENARIO_PLAY;
extern const struct endpoint EP_SIMULATION_KNOWN;
extern const struct endpoint EP_SIMULATION_DRAFT;
extern const struct endpoint EP_SIMULATION_BEGIN;
extern const struct endpoint EP_SIMULATION;
extern const struct endpoint EP_SIMULATIONS;
extern const struct endpoint EP_SIMULATION_CANCEL;

extern const struct endpoint EP_MIGRATIONS;
extern const struct endpoint EP_MIGRATION;
extern const struct endpoint EP_MIGRATION_CASES;
extern const struct endpoint EP_MIGRATION_NEW;
extern const struct endpoint EP_MIGRATION_RELEASE;
extern const struct endpoint EP_MIGRATION_REJECT;
extern const struct endpoint EP_MIGRATION_UNDO;
extern const struct endpoint EP_MIGRATION_UNDO_CASE;
extern const struct endpoints STUDIO_ENDPOINTS;

#endif
