/* The fault simulator: the city's own code over SQLite, in one process, on one thread, with everything that is not code
 * made by the simulator from one seed: the threads (fibers that take turns), the disk, the clock, the randomness, what people do
 * and what goes wrong. The same seed gives the same run, to the last byte on the disk.
 *
 *   sim_fibers.c   threads, mutexes and conditions of the store, taking turns; randomness (the linker puts these in
 *                  place of the C library's: see meson.build)
 *   sim_disk.c     files in memory: what is not synced may be lost or torn at a crash; errors, a full disk
 *   sim_vfs.c      the same as a file system of SQLite
 *   sim_world.c    the city: made once, started, crashed and started again
 *   sim_service.c  a random process (engine/process/random_models.h) as a service folder, and another version of it; services beside
 *                  it that talk by messages and signals and start by themselves
 *   sim_verbs.c    doubles of verbs, which may be slow, fail, and come back when nobody waits any more
 *   sim_acts.c     what officers, applicants and workers do; the ledger of what was answered
 *   sim_draw.c     … which of it is done next; with all faults off too
 *   sim_change.c   another version, plans of migration, corrections
 *   sim_check.c    what must hold after every step
 *   sim_post.c     … of messages, signals and what they start
 *   sim_archive.c  … of what is folded into the archive
 *   sim_cover.c    which elements of BPMN were met
 *   sim_defects.c  deliberate defects, each of which must be found
 *   sim_run.c      one model: steps, faults, and the way to the end with all faults off
 *   simulate.c     many models, each in a process of its own; figures */
#ifndef TEST_FAULT_SIM_H
#define TEST_FAULT_SIM_H

#include "city/cases/archive.h"
#include "city/cases/run.h"
#include "test/city/fixture.h"

/* ---- chance ---- */
struct rng {
    uint64_t s;
};
struct rng rng_of(uint64_t seed, const char *stream);
uint64_t rng_next(struct rng *r);
/* 0 … n - 1 */
static inline uint64_t rng_below(struct rng *r, uint64_t n) { return rng_next(r) % n; }
static inline bool rng_chance(struct rng *r, unsigned percent) { return rng_below(r, 100) < percent; }

/* ---- fibers ---- */
struct fiber;
/* A client of the store (or one of its threads): runs when its turn comes. The name must outlive it. */
struct fiber *fiber_start(const char *name, void (*fn)(void *arg), void *arg);
/* All that can go on does, in an order given by the seed, until nobody can, or the machine crashes. */
void fibers_run(void);
bool fiber_over(const struct fiber *f);
/* Called by a fiber: lets others go on; stops until fiber_unpark. On the main stack nothing happens. */
void fiber_yield(void);
void fiber_park(void);
/* Who was parked goes on at the next fibers_run. False: nobody was. */
bool fiber_unpark(struct fiber *f);
size_t fibers_parked(struct fiber **out, size_t max);
/* Names those that wait for something that nobody will give: none, when all is well. */
bool fibers_stuck(char *out, size_t max);
/* The machine is off: every fiber is forgotten where it stands. */
void fibers_forget(void);
void fibers_seed(uint64_t seed);
/* Crash when this many turns were taken from now on; 0: never. */
void fibers_crash_in(uint64_t turns);
/* The end of a crash inside a fiber: control goes back to fibers_run, which returns. */
_Noreturn void sim_crash(void);
extern bool sim_crashed; /* until the machine is started again */

/* ---- disk ---- */
struct disk_stats {
    uint64_t writes, syncs, lost_sectors, kept_sectors, torn_sectors;
    uint64_t io_errors, short_writes, sync_errors, full, read_errors, locked;
};
extern struct disk_stats disk_stats;
enum disk_fault { DISK_GOOD, DISK_WRITE_FAILS, DISK_SHORT_WRITE, DISK_SYNC_FAILS, DISK_READ_FAILS, DISK_FAULTS };
void disk_seed(uint64_t seed);
/* The nth operation from now on crashes the machine; 0: none. */
void disk_crash_in(uint64_t n);
/* From the nth operation on, the next one of that kind fails. */
void disk_fail_in(uint64_t n, enum disk_fault what);
void disk_full(bool full);
/* Faults off and on; the disk of checks never fails. */
void disk_quiet(bool quiet);
/* Defects: syncs of these files do nothing. */
extern struct disk_skips_sync {
    bool wal, database;
} disk_skips_sync;
/* After a crash: what is on the disk now. Everything open is closed. */
void disk_power_off(void);
int sim_vfs_register(void);
uint64_t disk_hash(void);

struct disk_file;
struct disk_file *disk_open(const char *name, bool create); /* NULL: there is none; name NULL: a temporary file */
void disk_close(struct disk_file *f);
/* 0 or an error code of SQLite */
int disk_read(struct disk_file *f, void *to, int n, int64_t at);
int disk_write(struct disk_file *f, const void *from, int n, int64_t at);
int disk_truncate(struct disk_file *f, int64_t size);
int disk_sync(struct disk_file *f);
int disk_delete(const char *name, bool sync_dir);
bool disk_exists(const char *name);
int64_t disk_size(const struct disk_file *f);
/* Another program holds the lock just now. */
bool disk_refuses_lock(void);
/* Memory shared by those who have the file open (the index of the WAL). */
void *disk_shared(struct disk_file *f, int region, int size, bool extend);
void disk_shared_drop(struct disk_file *f);
/* Place for locks: owned by sim_vfs.c. */
struct disk_locks {
    int shared, pending, reserved, exclusive; /* counts; pending, reserved and exclusive 0 or 1 */
    int shm_shared[8], shm_exclusive[8], shm_users;
};
struct disk_locks *disk_locks(struct disk_file *f);

/* ---- the city ---- */
enum sim_fault {
    FAULT_CRASH_DISK,  /* the machine stops in an operation on the disk */
    FAULT_CRASH_TURN,  /* … between two turns: before the commit, between commit and reply, in a worker */
    FAULT_CRASH_START, /* … while it is being started */
    FAULT_WRITE,
    FAULT_SHORT_WRITE,
    FAULT_SYNC,
    FAULT_READ,
    FAULT_FULL,
    FAULT_LOST_REPLY, /* answered, and nobody heard it: sent again under its key */
    FAULT_DUPLICATE,  /* an answered command is sent again */
    FAULT_TWICE_AT_ONCE,
    FAULT_STALE, /* a command about what was there some steps ago */
    FAULT_SLOW_WORKER /* a worker whose lease runs out, and who comes back */,
    FAULT_OUTAGE,        /* what a job needs does not answer */
    FAULT_REFUSES,       /* … or says no */
    FAULT_POST_SHUFFLED, /* messages and signals come in another order than they were sent */
    FAULT_LEASES_LOST,   /* two workers have the same message, job, timer, start or plan */
    FAULT_CLOCK_FORWARD,
    FAULT_CLOCK_BACK,
    FAULT_CLOCK_SKEW, /* the database's clock goes ahead or behind */
    FAULT_RESTART,    /* in order: connections closed, the WAL written back */
    SIM_FAULTS
};
extern const char *const SIM_FAULT_NAMES[SIM_FAULTS];

enum sim_act {
    ACT_FILE,
    ACT_DECIDE,
    ACT_BEGIN,
    ACT_CLAIM,
    ACT_RELEASE,
    ACT_TRANSFER,
    ACT_STOP,
    ACT_RESUME,
    ACT_CORRECT,
    ACT_WITHDRAW,
    ACT_WITHDRAW_STEP,
    ACT_URGE,
    ACT_RETRY,
    ACT_TIMERS,
    ACT_MESSAGES,
    ACT_JOBS,
    ACT_ESCALATE,
    ACT_LOOK, /* somebody reads a case */
    ACT_STARTS,
    ACT_LOSE,    /* what workers hold is not theirs any more, while they work */
    ACT_OUTSIDE, /* another system sends a message */
    ACT_ARCHIVE,
    ACT_PUBLISH, /* another version of the service */
    ACT_PLAN,
    ACT_PLAN_DECIDE,
    ACT_PLAN_UNDO,
    ACT_PLAN_UNDO_CASE,
    ACT_MIGRATE,
    ACT_STEP, /* an officer puts right where a case stands */
    SIM_ACTS
};
extern const char *const SIM_ACT_NAMES[SIM_ACTS];

/* What happened to cases. */
enum sim_happened {
    HAPPENED_MESSAGE,
    HAPPENED_SIGNAL,
    HAPPENED_STARTED,
    HAPPENED_MOVED, /* under another version */
    HAPPENED_MOVED_BACK,
    HAPPENED_CORRECTED,
    HAPPENED_FOLDED,
    HAPPENED_UNFOLDED,
    SIM_HAPPENED
};
extern const char *const SIM_HAPPENED_NAMES[SIM_HAPPENED];

enum { COVER_KINDS = 160 };
struct sim_stats {
    uint64_t models, steps, commands, acknowledged, refused, unanswered, events, cases, ended, named_waits, boots;
    uint64_t checks, rebuilds, turns;
    uint64_t faults[SIM_FAULTS], acts[SIM_ACTS], happened[SIM_HAPPENED], cover[COVER_KINDS];
    struct disk_stats disk;
    uint64_t trace; /* hash of everything that happened */
};

/* By the seed, so that each has models of its own and with the others. */
enum sim_play {
    PLAY_FLOW = 1,    /* services that talk, and start by themselves */
    PLAY_CHANGE = 2,  /* migration and corrections */
    PLAY_ARCHIVE = 4, /* closed cases are folded after a day */
};

struct entry; /* of the ledger: sim_acts.c */
struct sim {
    uint64_t seed;
    unsigned steps;
    struct rng rng;
    instant now, skew; /* the city's clock, and how much the database's differs */
    struct arena *a;   /* of the whole run */
    struct test_city *t;
    struct arena *boot; /* since the machine was started */
    struct city *c;
    struct store *s;
    struct slice code; /* of the service */
    unsigned plays;    /* what this model has beside it: PLAY_ … */
    struct archive_at folded;
    unsigned step;
    bool calm; /* no more faults: on the way to the end */
    bool verbose;
    struct sim_stats stats;
};
extern struct sim sim;

/* The whole of one model; sim.seed and sim.steps are set. */
void sim_model(void);
/* What a model's process leaves for its parent. */
struct sim_report {
    bool wrong;
    unsigned step;
    char text[700];
    struct sim_stats stats;
};
extern int sim_report_fd;
/* What was promised does not hold: tells the parent, and ends the process. */
_Noreturn void sim_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A line of the trace: goes into its hash. */
void sim_trace(const char *format, ...) __attribute__((format(printf, 1, 2)));
void sim_fault(enum sim_fault f);
/* Runs fn as a fiber, the only one that anything is asked of, with the faults as they are set. False: the machine crashed. */
bool sim_do(const char *name, void (*fn)(void *arg), void *arg);

/* Once in a process: the disk with an empty city on it, people and departments. */
void sim_world_make(void);
/* Starts the city on what is on the disk; again, until it starts. */
void sim_boot(void);
/* The machine has crashed, or stops in order. */
void sim_power_off(void);
void sim_shut_down(void);
/* Publishes the random service of this seed; what it refers to: sim_service.c. */
void sim_publish(void);
/* another: the version after it, in which a task has another name (renamed[0] became renamed[1]; none: n 0) and a reminder, and an
 * officer has a last look. */
struct service_files sim_service(struct arena *a, uint64_t seed, bool another, struct slice *code,
                                 struct slice renamed[2]);
/* The services beside it. */
enum { SIM_BESIDE = 4 };
struct service_files sim_beside(struct arena *a, size_t i);
#define SIM_ASKER "sim_asker"       /* an applicant's case: asks, and awaits three answers and a word from outside */
#define SIM_ANSWERER "sim_answerer" /* started by what is asked */
#define SIM_ROUND "sim_round"       /* started every SIM_PERIOD, and by the signal that an asker throws at its end */
#define SIM_WHEN "sim_when"         /* started on certain days */
#define SIM_TASKS_STAY SIM_ASKER    /* its rows of case_task stay when its cases are folded */
#define SIM_OVER "sim.over"
#define SIM_PERIOD (2 * MS_DAY)
extern const struct areas SIM_AREAS;
extern const struct migration SIM_MIGRATION;

/* The post is brought in another order. */
void sim_post_shuffle(void);
MUST result sim_lose_leases(struct arena *a);

/* ---- acts ---- */
/* A few acts at once, drawn from the seed: what people and workers do in one step. */
void sim_act(void);
/* After the fibers have run: what was answered. */
void sim_settle(void);
/* Sends again what nobody answered; true while there is something. */
bool sim_resend(void);
/* One round with all faults off: tasks decided, work done. How many acts it was. */
size_t sim_push(void);
/* Applicants of cases that will not end by themselves take them back. */
void sim_withdraw_all(void);
size_t sim_unanswered(void); /* commands in doubt */
size_t sim_entries(const struct entry *const **out);
/* What the ledger knows of a command, for sim_check.c */
enum entry_state { ENTRY_DOUBT, ENTRY_DONE, ENTRY_REFUSED };
struct entry {
    enum sim_act act;
    const struct actor *x;
    struct slice key, body, text;
    struct id case_id;
    int64_t token, n;
    const struct actor *to;
    enum entry_state state;
    enum code code;        /* of the refusal */
    int64_t version;       /* of the answer */
    bool answered_by_rows; /* it was carried out, whatever was heard of it */
    uint8_t idem[16];
    int64_t seen; /* version of the case that the officer saw */
    struct id plan;
};
struct entry *sim_enter(enum sim_act a, const struct actor *x, struct id case_id, int64_t token, struct slice text);
struct entry *sim_work(enum sim_act a); /* no command of the ledger: nobody waits for its answer */
bool sim_is_work(enum sim_act a);
bool sim_start(struct entry *e); /* false: too many at once */
const struct actor *sim_applicant(struct id case_id);
/* Acts of sim_change.c; NULL: nothing to do. */
struct entry *sim_change(struct arena *a);
struct entry *sim_change_push(struct arena *a);
result sim_change_do(struct arena *a, const struct entry *e, struct case_command *k, struct case_done *done);

/* ---- checks ---- */
void sim_check(void);      /* after every step */
void sim_check_dear(void); /* the journal gives the tables; the database is whole */
struct sim_case {
    struct id id, subject;
    int64_t version;
    enum case_state state;
    bool stuck;         /* an incident */
    bool stopped;       /* its clock */
    int64_t token;      /* of its last task */
    bool named_wait;    /* waits for nothing that a clock, a person or a job brings */
    char waits_at[200]; /* elements, with what they wait for */
    bool started;       /* by an event */
    bool folded;        /* its journal is in the archive */
    char number[40], hash[72], service[24];
};
struct sim_case *sim_case_of(struct id id); /* NULL: not seen yet */
/* Another version's element or state: what a case is, whether folded or not. */
bool sim_read_case(struct arena *a, struct id id, struct case_row *c, struct data_key *key,
                   const struct process_state **state);
struct rows sim_query(struct arena *a, const struct stmt *q, const struct sql_value *binds, size_t n);
void sim_must(struct arena *a, const char *what, result r);
bool sim_plans_settled(struct arena *a);

/* sim_post.c: the store wrote an event (its binds); a fact of an event, at its place in the order of all. */
void post_written(const struct sql_value *binds);
uint64_t post_order(struct id case_id, int64_t seq);
void post_fact(struct id case_id, uint64_t order, instant at, const struct json *f);
void post_check(struct arena *a);

/* sim_archive.c: the journal and the tasks of a case as they stand, in rows or folded; what was seen before must be the same. */
struct rows archive_events(struct arena *a, const struct case_row *c, const struct data_key *key, int64_t after);
void archive_check(struct arena *a, size_t i, const struct case_row *c, const struct data_key *key);
void archive_check_all(struct arena *a);

size_t sim_cases(const struct sim_case **out); /* as the last check saw them */
instant sim_next_due(void);                    /* earliest timer or job; 0: none */

/* ---- coverage ---- */
void cover_passed(const struct process_model *m, struct slice element);
const char *cover_name(size_t kind); /* NULL beyond the last */

/* ---- defects ---- */
bool sim_defect_set(const char *name);
extern const char *const SIM_DEFECTS[]; /* name, what it does, …, NULL */

#endif
