/* One command on one case, as a unit of the store. Private to city/cases (and its benchmark). */
#ifndef CITY_CASES_RUN_H
#define CITY_CASES_RUN_H

#include "city/cases/cases.h"

#define RUN_NUMBERS 8
#define RUN_ASKED 16
#define ASKED_HEADS UINT32_MAX /* in place of a token: rows that no verb asked for */
#define VERB_ROUNDS 100
/* What a run loads, each where it is needed. The lock comes first, so that what follows is read behind it. */
enum run_load {
    LOAD_CASE,
    LOAD_KEY,       /* of the case; of the applicant for a filing under a key */
    LOAD_EVENT,     /* the command carried out before, by its idempotency key */
    LOAD_IDEM,      /* filed or refused before */
    LOAD_TASK,      /* of r->token */
    LOAD_OPEN,      /* with_open: open tasks … */
    LOAD_PENDING,   /* … and timers */
    LOAD_WORK,      /* the job, timer or message still there? */
    LOAD_OWN,       /* a task: whether the case is the officer's own … */
    LOAD_OWN_TO,    /* … or that of the colleague it goes to */
    LOAD_CONFIRMED, /* how many were asked to confirm a filing, and how many have */
    LOAD_SUBJECT,   /* a filing's applicant, who cannot be erased meanwhile */
    LOAD_LICENCES,  /* with_licences: the steps that licences of the case were issued in */
    LOAD_COUNT
};

struct run {
    struct case_command *k;
    const char *kind;              /* event kind: "file", "decide" … */
    result (*body)(struct run *r); /* adds facts, advances the engine; pure */
    void *args;                    /* the command's own */
    bool is_new;                   /* filing: there is no case yet */
    struct id applicant;           /* of a filing: its row is locked */
    struct id confirmation;        /* that a filing uses up; ID_NONE: nobody had to confirm */
    int64_t token;                 /* task the command is about; 0: none */
    struct id job;                 /* job or timer row the command is about */
    struct id to;                  /* colleague a task goes to */
    const char *job_table;         /* "case_job" | "case_timer" | NULL */
    const struct stmt *there; /* what the command is about is still to be done: this gives a row, of ?1 = there_bind */
    struct sql_value there_bind;
    bool there_case;         /* … and ?2 = the case */
    bool with_open;          /* load the open tasks and pending timers of the case too: run_reclock needs them */
    bool with_licences;      /* load the steps that licences were issued in: what is granted is not withdrawn */
    const struct id *covers; /* absent colleagues whose tasks the actor may take */
    size_t ncovers;
    struct case_done *out;
    void (*finished)(struct run *r, result res); /* run_command_async's */

    struct unit unit;
    struct load loads[LOAD_COUNT];
    struct sql_value binds[24];
    struct slice idem_route; /* the route, and for whom under a delegation */
    uint8_t idem[16], body_hash[32];
    size_t nbase;       /* loads of the first round */
    int at[LOAD_COUNT]; /* their positions; -1: not loaded */
    /* kept over attempts */
    struct {
        uint32_t token;
        size_t offset, count;
    } asked[RUN_ASKED];
    size_t nasked;
    struct {
        struct slice series;
        int64_t value;
    } numbers[RUN_NUMBERS];
    size_t nnumbers;
    struct slice need_series;
    bool unfold;    /* the case is in the archive: its rows are put back first */
    result refusal; /* stored under the idempotency key instead of an event */

    /* one attempt */
    struct decision *d;
    struct arena *a;
    const struct rows *rows;
    size_t nrows;
    size_t numbers_used;
    struct case_row *c;
    struct data_key key;
    const struct service *service;
    const struct json *vars_before;
    const struct process_state *state;
    struct json_builder facts;
    struct json_builder path;
    const struct sql_value *task; /* row of TASK_SELECT or NULL */
    bool in_body;                 /* loading is over: what fails now is an answer to the command */
    bool silent;                  /* nothing happened: no event, only what was written by hand */
    bool by_timer;                /* the event in progress came from a timer */
    uint32_t nthrown;             /* messages and signals thrown so far */
    bool migrates;                /* what is new beside an open task counts from its opening */
};

/* Runs to the end: submits, fetches the numbers decide asked for, stores a refusal. */
MUST result run_command(struct run *r);
/* The same without waiting, for load: finished(r, result) on a store thread. After CODE_CASE_FETCH the caller calls run_fetch
 * (on a thread of its own) and starts the run again. */
void run_command_async(struct run *r, void (*finished)(struct run *r, result res));
/* Rows of that load, none when it was not asked for. */
const struct rows *run_rows(const struct run *r, enum run_load l);
/* Draws the numbers that decide asked for. */
MUST result run_fetch(struct run *r);

/* A filing answered before under the same key: *settled, with the answer in *out or as the result. */
MUST result run_settled(struct case_command *k, struct case_done *out, bool *settled);
/* A filing refused before it came to a unit: the answer is kept under the key, and is the result. */
MUST result run_refused(struct case_command *k, result refusal, struct case_done *out);

/* For bodies */
MUST result run_fact(struct run *r, const struct json *fact); /* folds it and puts it into the event */
MUST result run_fact1(struct run *r, const char *t, const char *key,
                      const struct json *value); /* {"t": t, key: value} */
MUST result run_advance(struct run *r, const struct process_event *e);
/* What follows from an outcome of the engine that is not a step's: its effects, and the local verbs they ask for. */
MUST result run_follow(struct run *r, const struct process_outcome *o);
/* What a step of the engine needs of the city: the calendar, and the decisions in force. */
struct process_step_env run_step_env(struct run *r);
/* standing.c: the service is for such an applicant (snapshot), and the read-only fields of its form are the applicant's own.
 * CODE_CASE_AUDIENCE; CODE_FIELD_READONLY for each such field. */
MUST result case_standing(struct arena *a, const struct service *s, const struct json *applicant,
                          const struct json *data);
MUST result run_paper(struct run *r, const char *kind, const struct json *extra); /* a numbered paper, as a job */
/* Tells the applicant (inbox, e-mail, SMS as they chose), or one member of staff. */
enum notice {
    NOTICE_ACCEPTED,
    NOTICE_NOT_ACCEPTED,
    NOTICE_CORRECTION,
    NOTICE_DECIDED,
    NOTICE_STOPPED,
    NOTICE_RESUMED,
    NOTICE_WITHDRAWN,
    NOTICE_FILL,
    NOTICE_STEP_CORRECTED, /* an officer put right where the case stands */
    NOTICE_UNANSWERED,     /* the day of the correction has passed; the application stays */
    NOTICE_LAPSED          /* … and the application has lapsed */
};
void run_notice(struct run *r, enum notice n, struct slice more);
void run_notice_both(struct run *r, enum notice n, struct bitext more); /* more is in words of both languages */
void run_notice_staff(struct run *r, struct id account, const char *zh, const char *en, struct slice more);
/* The accounts of the heads of department ?1 (code) in town ?2; and a message to each of those rows. */
extern const struct stmt HEADS_OF;
void run_notice_heads(struct run *r, const struct rows *heads, const char *zh, const char *en, struct slice more);
MUST result run_refuse_if_closed(struct run *r);
/* What the process waits for at that token; NULL when it does not. */
const struct process_waiting *run_waiting(struct run *r, int64_t token);
bool clock_is_stopped(const struct clock *k);
/* A task's due date under its own limit, its step's and the case's, whichever comes first, stops of the case taken
 * into account. 0: none, or nobody knows while the clock is stopped. */
instant run_task_due(struct run *r, int64_t token, const struct process_node *node, struct slice step, instant opened);
/* When a timer just set falls due: as the process says, and on the acceptance task counted from the filing. */
instant run_timer_due(struct run *r, const struct effect *e);
/* A limit that began at `started`, with the stops of the case that came after it. */
instant run_own_due(const struct run *r, struct limit limit, instant started);
/* After the clock stopped or ran again: a fact for every open task and pending timer whose due date moved. */
MUST result run_reclock(struct run *r, instant stopped_since);
/* Whether the delegation that the actor acts under names the case's service. Asked before the command, for it reads. */
MUST result run_covered(struct case_command *k);
/* retention.c: a licence's row goes (?2), and its paper (?2) says when that was (?3). */
extern const struct stmt LICENCE_END, LICENCE_PAPER_END;
/* The steps in which licences of the case ?1 were issued; and whether this step, or any (empty), is among them. */
extern const struct stmt CASE_LICENCES;
bool case_licensed(const struct rows *steps, struct slice step);
/* migration.c: an open task under another version of the service: whose it is, and until when; a timer that is new beside it. */
MUST result run_task_changed(struct run *r, const struct effect *e);
instant run_timer_from_opening(struct run *r, const struct effect *e);
/* Urging (催办): once a working day. */
bool case_urged_today(const struct calendar *cal, const struct case_row *c, instant now);
/* correction.c. The timer of the applicant's answer belongs to no element of the process: its token is this. */
#define ANSWER_TIMER 0
MUST result run_ask_correction(struct run *r, const struct task_decision *t);
MUST result run_asked_too_late(struct run *r, instant last); /* CODE_CASE_CORRECTION_LATE */
MUST result run_unanswered(struct run *r);                   /* the day has passed */
/* What becomes of a correction that is not answered, in the words of the letter. */
struct bitext correction_unanswered(struct arena *a, const struct service *s, bool lapses);
/* Whether the case is the actor's; CODE_NOT_FOUND when not. */
MUST result run_own_case(struct run *r);
/* Ends the whole case as withdrawn: the fact that says so ("withdrawn"), its steps, the process, the timers. */
MUST result run_end_withdrawn(struct run *r, const struct json *fact);
/* From when the five working days of acceptance count: the filing, or the answer to a correction. */
instant acceptance_begin(const struct case_row *c);
/* 行政许可法 art. 32 (4): the last instant at which silence has not yet accepted what came in at `from`. */
instant acceptance_end(const struct calendar *cal, instant from);

/* What decide asked for under this token (of a verb, or ASKED_HEADS): *rows is NULL when nothing was. */
MUST result run_asked(struct run *r, uint32_t token, const struct rows **rows, size_t *n);
void run_remember_asked(struct run *r, uint32_t token);
/* Columns of r->task */
enum {
    TK_TOKEN,
    TK_NODE,
    TK_STEP,
    TK_KIND,
    TK_DEPARTMENT,
    TK_ROLE,
    TK_TOWN,
    TK_STATUS,
    TK_ASSIGNEE,
    TK_DUE,
    TK_ESCALATED,
    TK_COLUMNS
};

/* case_task.kind of an activity that somebody may begin (ad hoc sub-process, tb:start="manual"): its token is the offer's. */
#define TASK_KIND_OFFER "offer"
/* task.c: the actor may do r->task, and it is open. deciding: tb:separate holds too. */
MUST result run_task_right(struct run *r, bool deciding);

/* Review and signature (审核、签批) stand on a written opinion. */
bool task_needs_opinion(struct slice kind);
/* A refusal, and work sent back to who sent it, state reasons. */
bool task_needs_reasons(struct slice outcome);
/* Whether the service issues this paper (service.json "papers"; all of the law's when it says nothing). */
bool service_paper(const struct service *s, struct slice kind);
/* The element of that id in the model or what it calls, best one in that step (ids may repeat in called processes); NULL
 * when there is none. */
const struct process_node *model_node(const struct process_model *m, struct slice id, struct slice step);

/* Reads a case outside any command (decrypted; key may be NULL). CODE_NOT_FOUND. */
MUST result case_read(struct city *c, struct arena *a, struct id case_id, struct case_row *out, struct data_key *key);

/* Makes the run without starting it; shared with the benchmark. */
MUST result case_file_prepare(struct case_command *k, const struct case_filing *f, struct case_done *out,
                              struct run **run);
struct run *task_decide_prepare(struct case_command *k, const struct task_decision *t, struct case_done *out);
/* A job in its two halves: the verb's work outside any transaction (*there false: somebody else's result is stored), and
 * the command that brings its result. Everything lives in a. */
struct case_job;
MUST result case_job_do(struct city *c, struct arena *a, instant now, struct id id, struct case_job **out, bool *there);
result case_job_result(const struct case_job *j); /* of the verb: a failure may pass, and then the work is done again */
struct run *case_job_prepare(struct city *c, struct arena *a, instant now, struct case_job *j, struct case_done *out);

#endif
