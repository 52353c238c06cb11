/* Shared by the files of area 00: the action plan (攻坚行动方案) as data, who may do what to it, and its lights. A plan comes as a
 * folder in the form of docs/operators/plan.md. What the plan says of an area or a task is kept as it was read ("source"); what
 * became of it stands beside, and each change is a row of plan_history, which is only ever added to. */
#ifndef AREAS_00_PLAN_H
#define AREAS_00_PLAN_H

#include "city/catalogue/catalogue.h"
#include "city/city.h"

enum { AREA_00_NMIGRATIONS = 1 };
extern const struct migration AREA_00_MIGRATIONS[AREA_00_NMIGRATIONS];

/* ---- the folder ---- */

struct plan_files {     /* contents; empty: the file is not there */
    struct slice text;  /* action-plan.zh-CN.txt */
    struct slice areas; /* areas.json */
    struct slice tasks; /* hard-tasks.json */
    struct slice about; /* plan.json: {title, number, issued_on, offices}; what it leaves out comes from the text */
};
#define PLAN_FILE_MAX (1024 * 1024)
struct plan_input {
    struct slice title, number; /* number: 文号, may be empty */
    day issued_on;
    const struct json *offices;  /* names of the bodies that supervise (督导): first the one that is in charge */
    const struct json *areas;    /* array, as read */
    const struct json *tasks;    /* array, as read */
    const struct json *measures; /* object: number of an area -> its paragraphs of the text (工作措施) */
    struct slice hash;           /* over all files, hex */
};
/* Every fault with file and place ("hard-tasks.json#/3/due"), rule and remedy: CODE_PLAN_FILE, CODE_FIELD_…, CODE_JSON_…. */
MUST result plan_read(struct arena *a, const struct plan_files *f, struct plan_input *out);
/* The folder of the disk. */
MUST result plan_read_folder(struct arena *a, struct service_files folder, struct plan_input *out);
/* Writes it; again: nothing changes. Tasks that a later version of the plan leaves out stay, withdrawn. Audited.
 * *report: {changed, title, areas, tasks, added, altered, withdrawn, unmatched: [name]}. */
MUST result plan_import(struct city *c, struct arena *a, const struct actor *x, const struct plan_input *p, instant now,
                        const struct json **report);
/* The department of that name, written as the plan writes it: brackets of either width, with or without the city's name or 市 in
 * front. NULL when none, or more than one. */
const struct department *plan_match(struct arena *a, const struct city *c, const struct citydata *d, struct slice name);

/* ---- lights: computed from the calendar whenever they are asked for, never stored ---- */

enum plan_light { PLAN_UNDATED, PLAN_ON_TIME, PLAN_DUE_SOON, PLAN_LATE, PLAN_REGRESSED, PLAN_DONE, PLAN_LIGHTS };
const char *plan_light_name(enum plan_light l); /* "on_time" … */
#define PLAN_SOON 10                            /* working days */
struct plan_clock {
    bool dated, done, regressed; /* regressed: its condition held and holds no longer */
    day due, done_on;
};
enum plan_light plan_light(const struct calendar *c, const struct plan_clock *k, day today);

/* ---- a task ---- */

enum {
    PT_NO,
    PT_AREA,
    PT_SOURCE,
    PT_DUE,
    PT_STATUS,
    PT_OWNER,
    PT_DONE_ON,
    PT_CONDITION,
    PT_HOLDS,
    PT_HOLDS_AT,
    PT_FIGURE,
    PT_CHECKED,
    PT_COLUMNS
};
#define PLAN_TASK_COLUMNS \
    "no, area_no, source, due, status, owner, done_on, condition, holds, holds_at, figure, checked_at"
enum { HOLDS_NOT, HOLDS_NOW, HOLDS_NO_LONGER };
struct plan_task {
    int64_t no, area_no;
    const struct json *source, *condition, *figure; /* condition, figure: NULL for none */
    bool dated, withdrawn, done;                    /* done: by hand or because the condition holds */
    day due, done_on;
    int64_t holds;
    instant holds_at, checked_at;
    struct id owner;
};
MUST result plan_task_read(struct arena *a, const struct sql_value *v, struct plan_task *out);
struct plan_clock plan_task_clock(const struct plan_task *t);

/* The plan with its people, loaded once a request. */
struct plan_area {
    int64_t no;
    const struct json *source;
    struct slice measures;
};
struct plan_body { /* a name of the plan, and whom it stands for */
    struct slice name;
    const struct json *departments; /* codes; empty: unmatched */
    bool by_hand;
};
struct plan_leader {
    struct slice name;
    struct id account;
};
struct plan {
    struct slice title, number, hash;
    day issued_on;
    instant imported_at;
    const struct json *offices;
    const struct plan_area *areas;
    const struct plan_body *bodies;
    const struct plan_leader *leaders;
    size_t nareas, nbodies, nleaders;
};
/* tx NULL: outside a transaction. CODE_PLAN_NONE. */
MUST result plan_load(struct city *c, struct tx *tx, struct arena *a, struct plan *out);
const struct plan_area *plan_area_find(const struct plan *p, int64_t no);
const struct plan_body *plan_body_find(const struct plan *p, struct slice name);
/* All tasks that are not withdrawn, by number. */
MUST result plan_tasks(struct city *c, struct tx *tx, struct arena *a, struct plan_task **out, size_t *n);
/* CODE_NOT_FOUND. */
MUST result plan_task_load(struct city *c, struct tx *tx, struct arena *a, int64_t no, struct plan_task *out);
/* Whether one of these names stands for the department. */
bool plan_names(const struct plan *p, const struct json *names, struct slice department);

/* ---- who may ---- */

enum plan_party {
    PARTY_LEAD = 1,        /* head of the lead (or acting lead) department */
    PARTY_RESPONSIBLE = 2, /* head of a responsible department */
    PARTY_LEADER = 4,      /* the leader of the area (挂帅领导) */
    PARTY_OFFICE = 8,      /* head of the office that supervises (职转办, 发展改革局) */
    PARTY_OWNER = 16,      /* the task's own officer */
    PARTY_ADMINISTRATOR = 32,
};
unsigned plan_parties(const struct plan *p, const struct plan_task *t, const struct actor *x);
/* Those who supervise the plan as a whole. */
unsigned plan_supervisors(const struct plan *p, const struct actor *x);
#define PLAN_STEER (PARTY_LEAD | PARTY_OFFICE)
#define PLAN_TAKE_PART (PARTY_LEAD | PARTY_RESPONSIBLE | PARTY_LEADER | PARTY_OFFICE | PARTY_OWNER)

/* ---- acts on a task, each with its row of history and of the audit journal ---- */

struct plan_act {
    struct city *c;
    const struct actor *x;
    instant now;
    int64_t no;
    const char *kind;           /* of history: "comment" … */
    unsigned parties;           /* who may */
    bool own;                   /* and this actor, whose sub-task it is */
    const struct json *details; /* for history; without personal data */
    const struct json *args;    /* the request's */
    struct id id;               /* of what is made, set by the write */
    result (*write)(struct tx *tx, struct arena *a, struct plan_act *act, const struct plan_task *t);
    const struct plan *plan; /* while it is written */
};
MUST result plan_do(struct arena *a, struct plan_act *act);
MUST result plan_history_add(struct tx *tx, struct arena *a, int64_t no, const struct actor *x, instant now,
                             const char *kind, const struct json *details);

/* ---- files, by their hash (evidence of tasks, attachments of publications) ---- */

#define PLAN_UPLOAD_MAX ((size_t)20 * 1024 * 1024)
struct plan_file {
    struct slice hash, name, type; /* type as attachment_sniff tells it */
    int64_t size;
    struct slice bytes;
};
/* Whether so many bytes more fit into a measure (0: any): CODE_PLAN_EVIDENCE_FULL. */
MUST result plan_file_room(struct arena *a, struct slice field, int64_t used, int64_t come, int64_t limit);
/* Keeps the bytes, as long as the city has room for them (city->evidence_city); the same again: nothing changes. CODE_ATTACHMENT_TYPE,
 * CODE_TOO_LARGE, CODE_PLAN_EVIDENCE_FULL. Audited. */
MUST result plan_file_keep(struct city *c, struct arena *a, const struct actor *x, struct slice name,
                           struct slice bytes, instant now, struct plan_file *out);
/* Without the bytes; CODE_NOT_FOUND. */
MUST result plan_file_head(struct city *c, struct arena *a, struct slice hash, struct plan_file *out);
MUST result plan_file_load(struct city *c, struct arena *a, struct slice hash, struct plan_file *out);

/* ---- replies ---- */

/* Plan: {title, number, issued_on, imported_at, offices, areas: [file's fields + measures, lights], tasks: [PlanTask], unmatched}. */
MUST result plan_list(struct city *c, struct arena *a, instant now, const struct json **out);
/* PlanTask: the file's fields, and what became of it (docs/api.md). */
const struct json *plan_task_json(struct city *c, struct arena *a, const struct plan *p, const struct plan_task *t,
                                  instant now);
MUST result plan_task_full(struct city *c, struct arena *a, const struct actor *x, int64_t no, instant now,
                           const struct json **out);
/* Number of a task from an address; CODE_NOT_FOUND. */
MUST result plan_number(struct arena *a, struct slice s, int64_t *no);
/* {id, name} of an account, or null. */
const struct json *plan_who(struct city *c, struct arena *a, struct id account);

/* ---- conditions ---- */

/* {kind, service? (absent: the whole city, where the kind may), bound?, months?}: CODE_PLAN_CONDITION with the member's name as field. */
MUST result plan_condition_check(struct city *c, struct arena *a, const struct json *v);
/* [{kind, words: text, feel, bound: null or {least, most, unit: text}, months: bool, whole: bool}]: what can be chosen. */
const struct json *plan_condition_kinds(struct arena *a);
/* The condition in words. */
struct bitext plan_condition_words(struct city *c, struct arena *a, const struct json *v);
/* Looks at the live figures. *figures: {"service" or "platform": {…}, "bound"}: what was read. */
MUST result plan_condition_eval(struct city *c, struct arena *a, const struct json *v, instant now, bool *holds,
                                const struct json **figures);
/* Evaluates one task's condition (or all, no == 0) and writes down what changed. costly: also those that count cases. */
MUST result plan_conditions_run(struct city *c, struct arena *a, int64_t no, bool costly, instant now, size_t *changed);

/* ---- supervision ---- */

/* Reports that are missing, tasks that are late: who has to know is told, once a step. */
MUST result plan_supervise_run(struct city *c, struct arena *a, instant now, size_t *done);
MUST result plan_progress(struct city *c, struct arena *a, instant now, const struct json **out);
/* Called by the server's worker. */
MUST result area_00_work(struct city *c, struct arena *a, instant now, size_t *done);

extern const struct endpoint EP_PLAN, EP_PLAN_TASK, EP_PLAN_STATUS, EP_PLAN_OWNER, EP_PLAN_SUBTASK_ADD,
    EP_PLAN_SUBTASK_DONE, EP_PLAN_EVIDENCE_ADD, EP_PLAN_FILE_ADD, EP_PLAN_FILE, EP_PLAN_COMMENT_ADD, EP_PLAN_CONDITION,
    EP_PLAN_CONDITIONS, EP_PLAN_CONDITION_RUN, EP_PLAN_LEADER, EP_PLAN_BODY;
extern const struct endpoint EP_PLAN_CONTACTS, EP_PLAN_CONTACT, EP_PLAN_FILINGS, EP_PLAN_FILING_ADD, EP_PLAN_SPECIAL,
    EP_PLAN_PROGRESS, EP_PLAN_ASSESSMENT, EP_PLAN_CHANGES, EP_PLAN_CIRCULAR;

#endif
