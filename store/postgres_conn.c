/* Connections: opening, checking the server, errors. */
#include <stdlib.h>
#include <time.h>

#include "store/postgres_impl.h"

enum { OLDEST_VERSION = 150000, PAUSE_FIRST = 20, CONNECT_TRIES = 8, AWAY_MS = 5000 };

static int64_t monotonic_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void pause_ms(int64_t ms)
{
    struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};
    (void)nanosleep(&t, NULL);
}

void pg_pause(int tries)
{
    unsigned char r;
    random_bytes(&r, 1);
    pause_ms(1 + ((int64_t)r * (2 << tries) >> 8));
}

struct pg_conn *pg_conn_new(struct pg_store *s, bool read_only)
{
    struct pg_conn *c = calloc(1, sizeof *c);
    if (!c) abort();
    c->s = s;
    c->read_only = read_only;
    c->slots = calloc(PG_SLOTS, sizeof *c->slots);
    if (!c->slots) abort();
    return c;
}

static void hang_up(struct pg_conn *c)
{
    if (c->db) PQfinish(c->db);
    c->db = NULL;
    c->nsent = c->next_sent = 0;
    pg_forget(c);
    c->stale = false;
}

void pg_conn_free(struct pg_conn *c)
{
    if (!c) return;
    hang_up(c);
    free(c->slots);
    free(c->sent);
    free(c);
}

/* ---- errors ---- */

static result unavailable(struct arena *a, const char *message)
{
    struct slice detail = slice_trim(slice_cstr(message));
    return fail(a, CODE_STORE_UNAVAILABLE, S("store"), "detail", detail.n ? detail : S("connection lost"), NULL);
}

result pg_lost(struct pg_conn *c, struct arena *a)
{
    result r = unavailable(a, c->db ? PQerrorMessage(c->db) : "");
    hang_up(c);
    c->why = WHY_LOST;
    return r;
}

static struct slice constraint_name(const PGresult *r)
{
    const char *fields[] = {PQresultErrorField(r, PG_DIAG_CONSTRAINT_NAME), PQresultErrorField(r, PG_DIAG_COLUMN_NAME),
                            PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY)};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i] && *fields[i]) return slice_cstr(fields[i]);
    return S("?");
}

static bool outdated_plan(const PGresult *r, const char *state)
{
    const char *function = PQresultErrorField(r, PG_DIAG_SOURCE_FUNCTION);
    return strcmp(state, "0A000") == 0 && function && strcmp(function, "RevalidateCachedQuery") == 0;
}

static bool race(const char *state)
{
    return strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0 || strcmp(state, "55P03") == 0;
}

/* 08: connection, but 08P01 is a wrong number of values; 57P: the server ends sessions. */
static bool session_ended(const char *state)
{
    return (strncmp(state, "08", 2) == 0 && strcmp(state, "08P01") != 0) || strncmp(state, "57P", 3) == 0;
}

/* Resources, limits of the operator, system errors, a primary that has become a standby. */
static bool out_of_order(struct pg_conn *c, const char *state)
{
    return strncmp(state, "53", 2) == 0 || strncmp(state, "57", 2) == 0 || strncmp(state, "58", 2) == 0 ||
           strcmp(state, "25P03") == 0 || (strcmp(state, "25006") == 0 && !c->read_only);
}

result pg_fail(struct pg_conn *c, struct arena *a, const char *name, const PGresult *r)
{
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE),
               *message = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    if (!state) return pg_lost(c, a); /* libpq's own: the connection broke */
    if (!message) message = PQresultErrorMessage(r);
    c->why = strcmp(state, "23505") == 0 ? WHY_UNIQUE : race(state) ? WHY_RACE : WHY_OTHER;
    if (outdated_plan(r, state)) {
        c->why = WHY_RACE;
        c->stale = true;
    }
    if (session_ended(state) || strcmp(state, "25P03") == 0) {
        hang_up(c);
        c->why = WHY_LOST;
    }
    if (c->why == WHY_LOST || c->why == WHY_RACE || out_of_order(c, state)) return unavailable(a, message);
    if (strncmp(state, "23", 2) == 0)
        return fail(a, CODE_STORE_CONSTRAINT, S(""), "constraint", constraint_name(r), NULL);
    return fail(a, CODE_STORE_SQL, S("store"), "name", slice_cstr(name), "detail", slice_cstr(message), NULL);
}

/* ---- opening ---- */

/* A warning at COMMIT says that the commit is not replicated as asked for. */
static void notice(void *arg, const PGresult *r)
{
    struct pg_conn *c = arg;
    const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity && strcmp(severity, "WARNING") == 0) c->warned = true;
}

static result unsafe(struct arena *a, const char *name, const char *value)
{
    return fail(a, CODE_STORE_UNSAFE, S("store"), "value", arena_printf(a, "%s = %s", name, value), NULL);
}

static const char SETTINGS[] = "SELECT current_setting('server_version_num'), current_setting('fsync'), "
                               "current_setting('full_page_writes'), current_setting('server_encoding'), "
                               "current_setting('synchronous_commit')";

static result check_settings(struct pg_conn *c, struct arena *a, const PGresult *r)
{
    static const char *names[] = {"server_version_num", "fsync", "full_page_writes", "server_encoding",
                                  "synchronous_commit"};
    const char *v[5];
    for (int i = 0; i < 5; i++) v[i] = PQgetvalue(r, 0, i);
    int64_t version;
    if (!slice_int64(slice_cstr(v[0]), &version) || version < OLDEST_VERSION) return unsafe(a, names[0], v[0]);
    for (int i = 1; i <= 2; i++)
        if (strcmp(v[i], "on") != 0) return unsafe(a, names[i], v[i]);
    if (strcmp(v[3], "UTF8") != 0) return unsafe(a, names[3], v[3]);
    bool durable = strcmp(v[4], "on") == 0 || strncmp(v[4], "remote_", 7) == 0;
    return durable || c->s->no_sync ? ok() : unsafe(a, names[4], v[4]);
}

static result simple(struct pg_conn *c, struct arena *a, const char *sql, PGresult **out)
{
    *out = PQexec(c->db, sql);
    ExecStatusType status = PQresultStatus(*out);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return ok();
    return pg_fail(c, a, "session", *out);
}

/* What waits for ever for a lock, or holds locks for a client that is gone, stops a city. */
static const char SESSION[] =
    "SET default_transaction_isolation = 'read committed'; SET standard_conforming_strings = on; "
    "SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s'; SET jit = off";

/* A batcher finds rows by their keys. A plan made while a table was small and kept as it grew must not read all of it. */
static const char BY_KEY[] = "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_hashjoin = off; "
                             "SET enable_mergejoin = off; SET enable_material = off; "
                             "SET plan_cache_mode = force_generic_plan";

static result prepare_session(struct pg_conn *c, struct arena *a)
{
    PGresult *r = NULL;
    result bad = simple(c, a, SESSION, &r);
    PQclear(r);
    TRY(bad);
    bad = simple(
        c, a, c->read_only ? "SET default_transaction_read_only = on" : "SET default_transaction_read_only = off", &r);
    PQclear(r);
    TRY(bad);
    if (c->by_key) {
        bad = simple(c, a, BY_KEY, &r);
        PQclear(r);
        TRY(bad);
    }
    if (c->s->no_sync) {
        bad = simple(c, a, "SET synchronous_commit = off", &r);
        PQclear(r);
        TRY(bad);
    }
    bad = simple(c, a, SETTINGS, &r);
    if (!failed(bad)) bad = check_settings(c, a, r);
    PQclear(r);
    return bad;
}

/* What stands before the URL can be changed by it, what stands behind cannot. A standby shows old rows. */
result pg_connect(struct pg_conn *c, struct arena *a)
{
    const char *keys[] = {"connect_timeout",     "keepalives_idle",
                          "keepalives_interval", "keepalives_count",
                          "tcp_user_timeout",    "target_session_attrs",
                          "application_name",    "dbname",
                          "client_encoding",     NULL};
    const char *values[] = {"5", "30", "10", "3", "20000", "primary", "tongban", c->s->url, "UTF8", NULL};
    hang_up(c);
    c->db = PQconnectdbParams(keys, values, 1);
    result r;
    if (PQstatus(c->db) != CONNECTION_OK) {
        r = pg_lost(c, a);
    } else {
        (void)PQsetNoticeReceiver(c->db, notice, c);
        r = prepare_session(c, a);
        if (!failed(r) && PQenterPipelineMode(c->db) != 1) r = pg_lost(c, a);
    }
    if (failed(r)) hang_up(c);
    c->failed_at = failed(r) ? monotonic_ms() : 0;
    return r;
}

result pg_ensure(struct pg_conn *c, struct arena *a)
{
    if (c->db) return ok();
    bool away = c->failed_at && monotonic_ms() - c->failed_at < AWAY_MS;
    int64_t pause = PAUSE_FIRST;
    for (int i = 1;; i++) {
        result r = pg_connect(c, a);
        bool again =
            result_code(r) == CODE_STORE_UNAVAILABLE && !away && i < CONNECT_TRIES && !atomic_load(&c->s->closing);
        if (!again) return r;
        pause_ms(pause);
        pause *= 2;
    }
}
