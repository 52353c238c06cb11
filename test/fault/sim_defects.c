/* Deliberate defects, to see that the simulator finds them. Each is put in at a seam of the linker (meson.build), so that the code
 * under test is the code that is delivered: a statement that is not carried out, a sync that does nothing, an effect that is
 * dropped. */
#include "engine/process/change.h"
#include "store/sqlite_impl.h"
#include "test/fault/sim.h"

const char *const SIM_DEFECTS[] = {"no-sync",
                                   "syncs do nothing",
                                   "no-sync-wal",
                                   "the log of SQLite is not synced",
                                   "no-sync-database",
                                   "what is written back from the log is not synced",
                                   "no-commit",
                                   "a transaction is rolled back and told as committed",
                                   "no-rollback-to",
                                   "what a refused command wrote stays",
                                   "no-event",
                                   "an event is not written to the journal",
                                   "no-timer",
                                   "a timer is not set",
                                   "timer-stays",
                                   "a timer is not taken back",
                                   "timer-early",
                                   "a timer fires when the database's clock says so",
                                   "no-job",
                                   "a job is not written",
                                   "job-twice",
                                   "the result of a job is taken a second time",
                                   "task-stays",
                                   "a task is not closed",
                                   "no-task",
                                   "a task is not opened",
                                   "key-forgotten",
                                   "a command is not found again by its key",
                                   "filing-forgotten",
                                   "a filing is not found again by its key",
                                   "refusal-forgotten",
                                   "a refusal is not kept under its key",
                                   "lost-effect",
                                   "the engine forgets to tell that a task is cancelled",
                                   "lost-token",
                                   "the engine forgets a verb it waits for",
                                   "no-blob",
                                   "a document is kept without its content",
                                   "row-behind",
                                   "the row of a case is not written with its event",
                                   "await-stays",
                                   "that something is awaited is not taken back",
                                   "message-lost",
                                   "a message thrown is not kept",
                                   "message-twice",
                                   "a message heard stays under way",
                                   "number-twice",
                                   "a block of numbers is reserved and not remembered",
                                   "start-again",
                                   "a start by the clock is not remembered",
                                   "post-order",
                                   "a message does not wait for those that were thrown before it",
                                   "signal-unheard",
                                   "nobody is found who waits for a signal",
                                   "signal-past",
                                   "a case hears a signal thrown before it waited",
                                   "signal-twice",
                                   "who has heard a signal is not remembered",
                                   "archive-lost",
                                   "the archive's row is not written",
                                   "archive-half",
                                   "a folded case keeps its state and variables",
                                   "archive-tasks",
                                   "a folded case keeps its tasks",
                                   "unfold-half",
                                   "rows are put back, and stay in the archive",
                                   "unfold-lost",
                                   "an event is not put back from the archive",
                                   "plan-row",
                                   "a plan is not told that its case has moved",
                                   "migrate-forgets",
                                   "what a new version waits for is not set",
                                   "undo-forgets",
                                   "what only the new version waited for stays",
                                   "step-forgets",
                                   "a corrected case keeps the task it was moved from",
                                   "clock-back",
                                   "a due date moves earlier when the clock runs again",
                                   NULL};
static const char *defect;

bool sim_defect_set(const char *name)
{
    for (size_t i = 0; SIM_DEFECTS[i]; i += 2)
        if (strcmp(SIM_DEFECTS[i], name) == 0) {
            defect = SIM_DEFECTS[i];
            disk_skips_sync.wal = strcmp(name, "no-sync") == 0 || strcmp(name, "no-sync-wal") == 0;
            disk_skips_sync.database = strcmp(name, "no-sync") == 0 || strcmp(name, "no-sync-database") == 0;
            return true;
        }
    return false;
}

static bool on(const char *name)
{
    return defect && strcmp(defect, name) == 0;
}

/* ---- statements ---- */

static const struct {
    const char *defect, *statement;
    bool reads; /* gives no row, in place of: changes none and says it changed one */
} LEFT_OUT[] = {
    {"no-rollback-to", "rollback_to", false},
    {"no-event", "event_insert", false},
    {"no-timer", "timer_insert", false},
    {"timer-stays", "timer_delete", false},
    {"no-job", "job_insert", false},
    {"job-twice", "job_delete", false},
    {"task-stays", "task_close", false},
    {"no-task", "task_insert", false},
    {"key-forgotten", "idem_event", true},
    {"filing-forgotten", "idem_select", true},
    {"refusal-forgotten", "idem_insert", false},
    {"no-blob", "blob_insert", false},
    {"row-behind", "case_update", false},
    {"await-stays", "await_delete", false},
    {"message-lost", "message_insert", false},
    {"message-twice", "message_taken", false},
    {"start-again", "start_next", false},
    {"post-order", "message_earlier", true},
    {"signal-unheard", "signal_listening", true},
    {"signal-past", "signal_past", false},
    {"signal-twice", "signal_at", false},
    {"archive-lost", "archive_insert", false},
    {"archive-half", "archive_bare", false},
    {"archive-tasks", "archive_tasks_go", false},
    {"unfold-half", "archive_delete", false},
    {"unfold-lost", "archive_event_back", false},
    {"plan-row", "case_plan_case_moved", false},
};

static bool left_out(const char *statement, bool *reads)
{
    for (size_t i = 0; i < sizeof LEFT_OUT / sizeof *LEFT_OUT; i++)
        if (on(LEFT_OUT[i].defect) && strcmp(LEFT_OUT[i].statement, statement) == 0) {
            *reads = LEFT_OUT[i].reads;
            return true;
        }
    return false;
}

result __real_sq_statement(struct sq_conn *c, struct arena *a, const struct stmt *q, const struct sql_value *binds,
                           size_t n, struct rows *out, int64_t *changed);
result __wrap_sq_statement(struct sq_conn *c, struct arena *a, const struct stmt *q, const struct sql_value *binds,
                           size_t n, struct rows *out, int64_t *changed);
result __wrap_sq_statement(struct sq_conn *c, struct arena *a, const struct stmt *q, const struct sql_value *binds,
                           size_t n, struct rows *out, int64_t *changed)
{
    bool reads = false;
    if (strcmp(q->name, "event_insert") == 0) post_written(binds);
    if (!defect) return __real_sq_statement(c, a, q, binds, n, out, changed);
    if (left_out(q->name, &reads)) {
        if (out) *out = (struct rows){0};
        if (changed) *changed = 1;
        return ok();
    }
    result r = __real_sq_statement(c, a, q, binds, n, out, changed);
    struct sql_value *v = out && out->n ? (struct sql_value *)(uintptr_t)out->v : NULL;
    if (v && on("number-twice") && strcmp(q->name, "number_reserve") == 0) v[0].i = 101;
    if (v && on("timer-early") && strcmp(q->name, "timer_exists") == 0) v[1].i = 0;
    return r;
}

result __real_sq_commit(struct sq_conn *c, struct arena *a);
result __wrap_sq_commit(struct sq_conn *c, struct arena *a);
result __wrap_sq_commit(struct sq_conn *c, struct arena *a)
{
    if (!on("no-commit") || rng_chance(&sim.rng, 70)) return __real_sq_commit(c, a);
    sq_rollback(c);
    return ok();
}

/* ---- the engine ---- */

enum engine_part { IN_STEP, IN_MIGRATION, IN_CORRECTION };

static bool forgotten(const struct effect *e, enum engine_part in)
{
    if (in == IN_MIGRATION && on("migrate-forgets")) return e->type == EFF_TIMER;
    if (in == IN_MIGRATION && on("undo-forgets")) return e->type == EFF_TIMER_CANCELLED;
    if (in == IN_CORRECTION && on("step-forgets")) return e->type == EFF_TASK_CLOSED;
    if (in == IN_STEP && on("lost-effect")) return e->type == EFF_TASK_CLOSED;
    return in == IN_STEP && on("lost-token") && e->type == EFF_VERB && e->verb_kind == VERB_JOB;
}

static void forget(struct arena *a, struct process_outcome *out, enum engine_part in)
{
    struct effect *kept = NEW_ARRAY(a, struct effect, out->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < out->n; i++)
        if (!forgotten(&out->effects[i], in)) kept[n++] = out->effects[i];
    out->effects = kept;
    out->n = n;
}

result __real_process_step(struct arena *a, const struct process_model *m, const struct process_state *s,
                           const struct json *vars, const struct process_event *e, const struct process_step_env *env,
                           struct process_outcome *out);
result __wrap_process_step(struct arena *a, const struct process_model *m, const struct process_state *s,
                           const struct json *vars, const struct process_event *e, const struct process_step_env *env,
                           struct process_outcome *out);
result __wrap_process_step(struct arena *a, const struct process_model *m, const struct process_state *s,
                           const struct json *vars, const struct process_event *e, const struct process_step_env *env,
                           struct process_outcome *out)
{
    result r = __real_process_step(a, m, s, vars, e, env, out);
    if (!failed(r) && defect) forget(a, out, IN_STEP);
    return r;
}

result __real_process_migrate(struct arena *a, const struct process_state *s, const struct json *vars,
                              const struct process_model *to, const struct process_migration *plan, instant at,
                              const struct process_step_env *env, struct process_outcome *out);
result __wrap_process_migrate(struct arena *a, const struct process_state *s, const struct json *vars,
                              const struct process_model *to, const struct process_migration *plan, instant at,
                              const struct process_step_env *env, struct process_outcome *out);
result __wrap_process_migrate(struct arena *a, const struct process_state *s, const struct json *vars,
                              const struct process_model *to, const struct process_migration *plan, instant at,
                              const struct process_step_env *env, struct process_outcome *out)
{
    result r = __real_process_migrate(a, s, vars, to, plan, at, env, out);
    if (!failed(r) && defect) forget(a, out, IN_MIGRATION);
    return r;
}

result __real_process_correct(struct arena *a, const struct process_state *s, const struct json *vars,
                              const struct process_correction *c, const struct process_step_env *env,
                              struct process_outcome *out);
result __wrap_process_correct(struct arena *a, const struct process_state *s, const struct json *vars,
                              const struct process_correction *c, const struct process_step_env *env,
                              struct process_outcome *out);
result __wrap_process_correct(struct arena *a, const struct process_state *s, const struct json *vars,
                              const struct process_correction *c, const struct process_step_env *env,
                              struct process_outcome *out)
{
    result r = __real_process_correct(a, s, vars, c, env, out);
    if (!failed(r) && defect) forget(a, out, IN_CORRECTION);
    return r;
}

/* ---- clocks ---- */

instant __real_clock_due(const struct calendar *cal, const struct clock *k, const struct limit *l);
instant __wrap_clock_due(const struct calendar *cal, const struct clock *k, const struct limit *l);
instant __wrap_clock_due(const struct calendar *cal, const struct clock *k, const struct limit *l)
{
    instant due = __real_clock_due(cal, k, l);
    return on("clock-back") && k->nstops && due ? due - 4 * MS_DAY : due;
}
