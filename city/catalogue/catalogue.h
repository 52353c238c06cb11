/* The catalogue: services as folders, compiled into immutable versions. A version has an arena of its own (definition
 * lifetime) and is reference-counted; whoever looks one up holds it until the arena given to the look-up goes.
 * The set of current versions is swapped as a whole; cases stay on the version they began with (by hash). */
#ifndef CITY_CATALOGUE_CATALOGUE_H
#define CITY_CATALOGUE_CATALOGUE_H

#include "city/catalogue/citydata.h"
#include "city/city.h"
#include "engine/form/form.h"

struct catalogue;
struct service; /* one version, immutable */

extern const struct migration CATALOGUE_MIGRATIONS[];
extern const size_t CATALOGUE_NMIGRATIONS;

/* ---- one version ---- */
enum acceptance_mode {
    ACCEPT_OFFICER,   /* a user task of tb:kind="acceptance" decides (行政许可法 art. 32) */
    ACCEPT_AUTOMATIC, /* accepted on filing: a complete form is all it needs (秒批, 告知承诺) */
};
struct service_step { /* what the applicant sees as one step: tb:step in the process */
    struct slice key, department;
    struct bitext name;
    struct limit limit; /* n == 0: none of its own */
    bool optional;      /* can be left out (parts) or withdrawn alone */
};
struct service_document { /* documents/NAME.json: a template of what is issued */
    struct slice name;    /* NAME, as tb:input template="NAME" gives it */
    const struct json *template_;
};
struct service_material {
    struct slice code;
    struct bitext name;
    bool required;
    const struct json *json;
};

struct slice service_code(const struct service *s);
struct slice service_hash(
    const struct service *s); /* 64 hex digits: SHA-256 over the canonical folder and what it calls */
struct bitext service_name(const struct service *s);
struct slice service_department(const struct service *s); /* code of the deciding body */
struct slice service_basic_code(const struct service *s);
struct slice service_implementation_code(const struct service *s);
const struct process_model *service_model(const struct service *s);
const struct schema *service_form(const struct service *s); /* form.json; what the applicant fills in */
const struct json *service_form_json(const struct service *s);
/* A form of a task (tb:form="NAME" -> forms/NAME.json; "form" is form.json). NULL when there is none. */
const struct schema *service_task_form(const struct service *s, struct slice name);
const struct json *service_task_form_json(const struct service *s, struct slice name);
/* The version whose process this element of s's model stands in: s, or one that it calls at any depth; NULL when in none. */
const struct service *service_of_node(const struct service *s, const struct process_node *node);
/* The form that the element names, from the folder of the service that it belongs to; NULL when it names none. */
const struct schema *service_node_form(const struct service *s, const struct process_node *node);
const struct json *service_node_form_json(const struct service *s, const struct process_node *node);
const struct json *service_json(const struct service *s); /* service.json */
/* The DMN file that holds the decision (id or name); NULL when there is none. */
const struct dmn *service_decision(const struct service *s, struct slice decision);
/* It, or a service that it calls: whichever has this rule of the decision; NULL when none has. And its DMN file. */
const struct service *service_with_decision(const struct service *s, struct slice decision, struct slice rule,
                                            uint32_t index);
const struct dmn *service_decision_with(const struct service *s, struct slice decision, struct slice rule,
                                        uint32_t index);
size_t service_documents(const struct service *s, const struct service_document **out);
const struct service_document *service_document(const struct service *s, struct slice name);
size_t service_steps(const struct service *s, const struct service_step **out);
const struct service_step *service_step_find(const struct service *s, struct slice key);
size_t service_materials(const struct service *s, const struct service_material **out);
enum acceptance_mode service_acceptance(const struct service *s);
bool service_internal(const struct service *s); /* opened by the city itself: neither listed nor applied for */
bool service_rated(const struct service *s);    /* somebody asked for it, who rates it when it ends (好差评) */
/* Until when the applicant answers a correction (补正), counted from the day it was asked, and whether the application lapses
 * when that day passes. Returns {n, unit, source, then: "stays" or "lapses"}: the service's own, else the city's default. */
const struct json *service_correction(struct arena *a, const struct service *s, struct limit *limit, bool *lapses);
struct limit service_promised(const struct service *s); /* n == 0: none */
struct limit service_statutory(const struct service *s);
const struct calendar *service_calendar(const struct service *s); /* the city's; limits count by it */
struct service_files service_folder(const struct service *s);     /* as published, sorted by path */
/* The verb of this name among the installed areas; NULL when there is none. */
const struct verb *city_verb(const struct areas *areas, struct slice name);

/* ---- looking up: the reference is held until `a` goes (or is reset) ---- */
/* The current version; CODE_NOT_FOUND. */
MUST result catalogue_current(struct catalogue *c, struct arena *a, struct slice code, const struct service **out);
/* Any published version, from the cache or compiled again from the database; CODE_NOT_FOUND. */
MUST result catalogue_by_hash(struct catalogue *c, struct arena *a, struct slice hash, const struct service **out);
/* All current versions, sorted by code. */
void catalogue_all(struct catalogue *c, struct arena *a, const struct service *const **out, size_t *n);

struct catalogue_filter {
    struct slice q, audience, department, town, event; /* empty: any */
    int64_t area;                                      /* -1: any */
};
/* Current versions that fit, best first when q is given (Chinese by single characters and pairs, English by words),
 * else by code. */
void catalogue_search(struct catalogue *c, struct arena *a, const struct catalogue_filter *f,
                      const struct service *const **out, size_t *n);

const struct citydata *catalogue_data(const struct catalogue *c);

/* ---- made at start by app/ ---- */
/* Empty catalogue over this city (needs city->areas, city->calendar; store may be NULL for `tongban check`, tests of
 * folders and scenarios on memory alone). Registers its end with a. */
MUST result catalogue_open(struct arena *a, struct city *c, const struct citydata *data, struct catalogue **out);
/* Loads the current versions from the database; call at start and now and then (another process may publish).
 * A version that no longer compiles keeps its predecessor and is reported. */
MUST result catalogue_refresh(struct catalogue *c, struct arena *a);
/* Publishes folders (of services, and of decisions: city/decisions) at once without two people: for an empty or demonstration city, by the command line only (actor
 * SYSTEM; audited). Folders that call each other may come in any order. All or nothing. */
MUST result catalogue_install(struct catalogue *c, struct arena *a, const struct service_files *folders, size_t n,
                              instant now);

/* ---- checking ---- */
/* Every fault of a folder (a service's or a decision's), each with its place ("service.json#/promised", "process.bpmn:12#task1") and remedy. */
MUST result service_check(struct catalogue *c, struct arena *a, struct service_files files);

/* A folder compiled against what is current, with every check of publication, and held until a goes: for trials. */
MUST result service_draft(struct catalogue *c, struct arena *a, struct service_files files, const struct service **out);

/* What other tools wrote into process.bpmn and nobody acts on: [{namespace, tool, elements, attributes, changing: [{name, count,
 * first}], text}]; `changing` would change what happens where that tool runs the process. Empty for a process of nobody else. */
const struct json *service_notes(struct catalogue *c, struct arena *a, struct service_files files);
/* The current services as the checks see them: {services: [{code, name, elements, states, complete, longest_days, promised_days,
 * statutory_days, clocks_by_data, tasks_without_clock, repeated, path, way}], complete, good}. Days are working days. */
const struct json *soundness_json(struct arena *a, struct catalogue *c);

/* Paths and bounds of a service's folder, as the studio saves one. */
MUST result service_files_check(struct arena *a, struct service_files files);
/* ---- publication by two people: a publisher asks, another publisher approves ---- */
MUST result publication_request(struct city *c, struct arena *a, const struct actor *x, struct service_files files,
                                instant now, struct id *id, struct slice *hash);
MUST result publication_approve(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now);
/* Turned down, with a reason that whoever asked reads; by a second publisher, or taken back by who asked. */
MUST result publication_reject(struct city *c, struct arena *a, const struct actor *x, struct id id,
                               struct slice reason, instant now);
/* Publications (all states), newest first, and the versions of one service; for the studio. */
MUST result publication_list(struct city *c, struct arena *a, int64_t limit, struct slice cursor,
                             const struct json **out);

/* ---- replies of the interface ---- */
const struct json *service_card_json(struct arena *a, const struct catalogue *c, const struct service *s);
const struct json *service_full_json(struct arena *a, const struct catalogue *c, const struct service *s);

#endif
