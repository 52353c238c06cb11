/* tongban serve: the server and its workers, until SIGINT or SIGTERM. */
#include "app/tongban/cli.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "app/tongban/builtin.h"
#include "app/tongban/signd_child.h"
#include "app/tongban/tls.h"
#include "base/log.h"
#include "city/cases/licence_use.h"
#include "city/cases/archive.h"
#include "city/cases/change.h"
#include "city/certificates/certificates.h"
#include "city/decisions/decisions.h"
#include "city/drafts/drafts.h"
#include "city/log/log.h"
#include "city/messages/messages.h"
#include "city/oidc/oidc.h"
#include "city/rights/rights.h"
#include "city/seals/seals.h"
#include "city/simulation/simulation.h"
#include "city/vault/rotate.h"

static atomic_bool stopping;

/* ---- workers ---- */

enum work {
    WORK_JOBS,
    WORK_TIMERS,
    WORK_EVENTS,
    WORK_MESSAGES,
    WORK_CATALOGUE,
    WORK_SWEEP,
    WORK_REWRAP,
    WORK_ROTATE,
    WORK_AREAS,
    WORK_COMPARISONS,
    WORK_SIMULATIONS,
    WORK_ARCHIVE,
    WORK_SEALS,
    WORK_LOG,
    WORK_CERTIFICATES,
    WORK_KINDS
};
struct worker {
    struct city *city;
    enum work kind;
    struct vault_at rewrapped;
    struct archive_at archived;
    struct log_worker *log;
    struct certificates_worker certificates;
    size_t timers; /* the next round's; 0: a whole one */
    day swept;     /* the last day on which periods of years were looked at */
    pthread_t thread;
};

static const struct stmt SWEEP_IDEMPOTENCY = {"sweep_idempotency", "DELETE FROM idempotency WHERE at < ?1", NULL,
                                              false};
static const struct stmt SWEEP_SHARES = {"sweep_shares", "DELETE FROM case_share WHERE expires_at < ?1", NULL, false};

static result sweep_body(struct tx *tx, struct arena *a, void *ctx)
{
    instant now = *(instant *)ctx;
    struct sql_value month = sql_int(now - 30 * MS_DAY), present = sql_int(now);
    TRY(tx_exec(tx, a, &SWEEP_IDEMPOTENCY, &month, 1, NULL));
    return tx_exec(tx, a, &SWEEP_SHARES, &present, 1, NULL);
}

/* At the start and once a day. */
static result sweep_daily(struct worker *w, struct arena *a, instant now)
{
    int64_t gone;
    if (w->swept == day_of_instant(now)) return ok();
    TRY(retention_sweep(w->city, a, now, &gone));
    TRY(case_licences_sweep(w->city, a, now, &gone));
    TRY(licence_shows_sweep(w->city, a, now));
    for (size_t n = 1; n > 0;) TRY(licences_expire(w->city, a, now, &n));
    TRY(messages_undelivered_sweep(w->city, a, now));
    w->swept = day_of_instant(now);
    return ok();
}

static result areas_turn(struct worker *w, struct arena *a, instant now)
{
    result all = ok();
    const struct areas *areas = w->city->areas;
    for (size_t i = 0; i < areas->n; i++) {
        size_t n;
        if (areas->list[i]->work) all = result_join(a, all, areas->list[i]->work(w->city, a, now, &n));
    }
    return all;
}

static void pause_ms(int64_t ms)
{
    for (; ms > 0 && !stopping; ms -= 50) {
        struct timespec t = {0, (ms < 50 ? ms : 50) * 1000000};
        (void)nanosleep(&t, NULL);
    }
}

static int64_t monotonic_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static result timers_turn(struct worker *w, struct arena *a, instant now, size_t *done)
{
    int64_t from = monotonic_ms(), units = store_stats(w->city->store).units;
    size_t asked = w->timers ? w->timers : TIMERS_ROUND;
    TRY(case_timers_run(w->city, a, now, asked, done));
    struct timers_pace pace =
        case_timers_pace(store_stats(w->city->store).units - units, asked, *done, monotonic_ms() - from);
    w->timers = pace.next;
    pause_ms(pace.rest);
    return ok();
}

/* A message that cannot be delivered keeps no service from starting. */
static result events_turn(struct worker *w, struct arena *a, instant now, size_t *done)
{
    size_t started = 0;
    result brought = case_messages_run(w->city, a, now, 32, done);
    result r = result_join(a, brought, case_starts_run(w->city, a, now, 8, &started));
    *done += started;
    return r;
}

/* A long simulation is begun again at the next start. */
static bool while_up(void *ctx, double part)
{
    (void)ctx, (void)part;
    return !stopping;
}

static result turn(struct worker *w, struct arena *a, instant now, size_t *done)
{
    size_t more = 0;
    *done = 0;
    switch (w->kind) {
    case WORK_JOBS: return case_jobs_run(w->city, a, now, 8, done);
    case WORK_TIMERS:
        TRY(timers_turn(w, a, now, done));
        TRY(case_escalate_run(w->city, a, now, 64, &more));
        *done += more;
        return ok();
    case WORK_EVENTS: return events_turn(w, a, now, done);
    case WORK_MESSAGES: return messages_run(w->city, a, now, 32, done);
    case WORK_CATALOGUE: return catalogue_refresh(w->city->catalogue, a); /* published by another process */
    case WORK_SWEEP:
        TRY(identity_sweep(w->city, a, now));
        TRY(oidc_sweep(w->city, a, now));
        TRY(drafts_sweep(w->city, a, now));
        TRY(messages_sweep(w->city, a, now));
        TRY(certificates_sweep(w->city, a, now));
        TRY(sweep_daily(w, a, now));
        return store_run(w->city->store, a, "sweep", sweep_body, &now);
    case WORK_REWRAP: return vault_rewrap(w->city, a, 200, &w->rewrapped, done);
    case WORK_ROTATE: return rotation_run(w->city, a, now, 200, done);
    case WORK_AREAS: return areas_turn(w, a, now);
    case WORK_COMPARISONS:
        TRY(comparisons_run(w->city, a, now, 1, done));
        TRY(migrations_run(w->city, a, now, 500, &more));
        *done += more;
        return ok();
    case WORK_SIMULATIONS: return simulations_run(w->city, a, now, &(struct sim_watch){while_up, NULL}, done);
    case WORK_ARCHIVE: return case_archive_run(w->city, a, now, 64, &w->archived, done);
    case WORK_SEALS:
        TRY(seals_run(w->city, a, now, 16, done));
        TRY(seal_batches_run(w->city, a, now, &more));
        *done += more;
        return ok();
    case WORK_LOG:
        if (!w->log) w->log = log_worker_new(w->city, w->city->a);
        return log_work(w->log, a, now, done);
    case WORK_CERTIFICATES: return certificates_work(w->city, a, &w->certificates, now, done);
    case WORK_KINDS: break;
    }
    return ok();
}

static void *work(void *arg)
{
    static const int64_t IDLE[WORK_KINDS] = {100,  500,  200,  500,   2000, 60000, 60000, 2000,
                                             5000, 1000, 1000, 60000, 1000, 200,   200};
    struct worker *w = arg;
    struct arena *a = arena_new("worker");
    while (!stopping) {
        size_t done;
        result r = turn(w, a, time_now(w->city->time), &done);
        if (failed(r)) log_problems(LEVEL_WARN, "worker.failed", r);
        arena_reset(a);
        if (done == 0) pause_ms(IDLE[w->kind]);
    }
    if (w->log) log_worker_leave(w->log, a);
    arena_free(a);
    return NULL;
}

/* ---- where it may listen ---- */

static result may_listen(struct cli *c, struct opened *o, struct slice listen)
{
    bool loopback;
    TRY(http_address_loopback(c->a, listen, &loopback));
    if (loopback) return ok();
    if (o->city.demo) return fail(c->a, CODE_SERVE_DEMO_PUBLIC, S("listen"), "value", listen, NULL);
    if (config_text(o->config, "tls.cert").n == 0)
        return fail(c->a, CODE_SERVE_NEEDS_TLS, S("listen"), "value", listen, NULL);
    return ok();
}

/* ---- start and stop ---- */

struct serving {
    struct opened *o;
    struct http *h;
    struct http_options options;
    struct json_builder links; /* of a first start: role -> address */
};

static void options_of(struct serving *s)
{
    const struct config *g = s->o->config;
    s->options.city = &s->o->city;
    s->options.assets = WEB_FILES;
    s->options.nassets = WEB_NFILES;
    s->options.workers = (int)config_int(g, "http.workers");
    s->options.proxied = config_bool(g, "proxied");
    s->options.metrics_token = config_text(g, "metrics.token");
    s->options.per_peer = (int)config_int(g, "http.per_peer");
    s->options.rate_general = config_int(g, "http.rate");
    s->options.tls_client = config_bool(g, "tls.client");
    s->options.rate_certificate = config_int(g, "http.rate_certificate");
    s->options.rate_costly = config_int(g, "http.rate_costly");
    s->options.secure_cookies = s->options.tls_cert.n > 0 || slice_starts(s->o->city.base_url, S("https://"));
}

/* What is wrong with the address or the certificate is said before anything is made. */
static result prepare(struct cli *c, struct serving *s, bool demo, bool plan_only, const char *listen)
{
    TRY(city_open(c, OPEN_CALENDAR, demo, &s->o));
    struct slice address = listen ? slice_cstr(listen) : config_text(s->o->config, "listen");
    TRY(may_listen(c, s->o, address));
    TRY(tls_read(c, s->o, &s->options.tls_cert, &s->options.tls_key));
    TRY(city_open(c, OPEN_STORE | OPEN_MAKE | OPEN_ALONE, demo, &s->o));
    s->o->plan_only = plan_only;
    TRY(may_listen(c, s->o, address)); /* a database shared with others may be a demonstration city's */
    if (config_text(s->o->config, "base_url").n == 0)
        s->o->city.base_url =
            arena_printf(c->a, "%s://%.*s", s->options.tls_cert.n ? "https" : "http", SLICE_ARG(address));
    if (s->o->fresh) TRY(first_start(c, s->o, &s->links));
    TRY(cli_note(c, s->o, "serve", NULL));
    s->options.address = address;
    options_of(s);
    return http_start(c->a, &s->options, &s->h);
}

static void announce(struct cli *c, struct serving *s)
{
    const struct opened *o = s->o;
    if (c->json) {
        struct json_builder b = json_builder(c->a);
        json_set_bool(&b, "up", true);
        json_set_str(&b, "url", o->city.base_url);
        json_set_int(&b, "port", http_port(s->h));
        json_set_bool(&b, "demo", o->city.demo);
        json_set_bool(&b, "test_keys", o->city.test_keys);
        if (s->links.n) json_set(&b, "setup", json_object(&s->links));
        cli_json(c, json_object(&b));
        (void)fflush(stdout);
        return;
    }
    cli_say(c, "tongban 已启动：%.*s（端口 %d）", "tongban is up: %.*s (port %d)", SLICE_ARG(o->city.base_url),
            http_port(s->h));
    if (o->city.test_keys)
        cli_say(c, "注意：正在使用测试密钥，签发的证照仅供试用。",
                "Note: test keys are in use; what is issued is for trial only.");
    if (o->city.demo && o->fresh)
        cli_say(c, "演示账号见 %s/demo-signins.json", "Demonstration sign-ins: %s/demo-signins.json", c->data_dir);
}

#define STOP_SECONDS 25 /* below the 30 s that most supervisors give */

/* Everything that counts is committed; what hangs then (a mail server, a signer) is begun again at the next start. */
static void give_up(int signal_number)
{
    static const char TEXT[] = "未能按时停止，强行结束 / did not stop in time, ending now\n";
    (void)signal_number;
    ssize_t n = write(STDERR_FILENO, TEXT, sizeof TEXT - 1);
    _exit(n > 0 ? EXIT_WRONG : EXIT_NO);
}

static int run_until_signal(struct cli *c, struct serving *s, const sigset_t *set)
{
    struct worker workers[40];
    int n = 0, signal_number;
    int64_t jobs = config_int(s->o->config, "job.threads");
    for (int64_t i = 0; i < jobs; i++) workers[n++] = (struct worker){.city = &s->o->city, .kind = WORK_JOBS};
    for (int k = WORK_TIMERS; k < WORK_KINDS; k++)
        workers[n++] = (struct worker){.city = &s->o->city, .kind = (enum work)k};
    for (int i = 0; i < n; i++)
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) return EXIT_WRONG;
    if (s->o->signd && failed(signd_child_watch(c, s->o->signd))) return EXIT_WRONG;
    announce(c, s);
    (void)sigwait(set, &signal_number);
    (void)signal(SIGALRM, give_up);
    (void)alarm(STOP_SECONDS);
    if (!c->json) cli_say(c, "正在停止……", "Stopping …");
    stopping = true;
    http_stop(s->h);
    for (int i = 0; i < n; i++) (void)pthread_join(workers[i].thread, NULL);
    return EXIT_GOOD;
}

static int run(struct cli *c)
{
    struct serving s = {.links = json_builder(c->a)};
    sigset_t set;
    const char *listen = cli_option(c, "--listen");
    bool plan_only = cli_flag(c, "--plan"), demo = cli_flag(c, "--demo") || plan_only;
    if (c->argc) return cli_usage(c, &COMMAND_SERVE);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
    result r = prepare(c, &s, demo, plan_only, listen);
    int status = failed(r) ? cli_fail(c, r, EXIT_WRONG) : run_until_signal(c, &s, &set);
    if (s.o) city_shut(s.o);
    return status;
}

const struct command COMMAND_SERVE = {
    "serve",
    "  serve [--listen 地址:端口] [--demo | --plan]   启动服务，至 SIGINT 或 SIGTERM 止（--demo：新建的是演示城市；--plan：只有部门、人员与行动方案的演示城市；仅限本机地址）",
    "  serve [--listen ADDR:PORT] [--demo | --plan]   serves until SIGINT or SIGTERM (--demo: a new city is a demonstration city; --plan: one with departments, staff and the action plan only; on loopback only)",
    run};
