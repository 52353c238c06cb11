/* tongban serve: the server and its workers, until SIGINT or SIGTERM. */
#include "app/tongban/cli.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "app/tongban/builtin.h"
#include "base/log.h"
#include "city/messages/messages.h"

static atomic_bool stopping;

/* ---- workers ---- */

enum work { WORK_JOBS, WORK_TIMERS, WORK_MESSAGES, WORK_SWEEP, WORK_KINDS };
struct worker {
    struct city *city;
    enum work kind;
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

static result turn(struct worker *w, struct arena *a, instant now, size_t *done)
{
    size_t more = 0;
    *done = 0;
    switch (w->kind) {
    case WORK_JOBS: return case_jobs_run(w->city, a, now, 8, done);
    case WORK_TIMERS:
        TRY(case_timers_run(w->city, a, now, 64, done));
        TRY(case_escalate_run(w->city, a, now, 64, &more));
        *done += more;
        return ok();
    case WORK_MESSAGES: return messages_run(w->city, a, now, 32, done);
    case WORK_SWEEP:
        TRY(identity_sweep(w->city, a, now));
        TRY(catalogue_refresh(w->city->catalogue, a));
        return store_run(w->city->store, a, "sweep", sweep_body, &now);
    case WORK_KINDS: break;
    }
    return ok();
}

static void pause_ms(int64_t ms)
{
    for (; ms > 0 && !stopping; ms -= 50) {
        struct timespec t = {0, 50 * 1000000};
        (void)nanosleep(&t, NULL);
    }
}

static void *work(void *arg)
{
    static const int64_t IDLE[WORK_KINDS] = {100, 500, 500, 60000};
    struct worker *w = arg;
    struct arena *a = arena_new("worker");
    while (!stopping) {
        size_t done;
        result r = turn(w, a, time_now(w->city->time), &done);
        if (failed(r)) log_problems(LEVEL_WARN, "worker.failed", r);
        arena_reset(a);
        if (done == 0) pause_ms(IDLE[w->kind]);
    }
    arena_free(a);
    return NULL;
}

/* ---- first start ---- */

static result builtin_install(struct cli *c, struct opened *o)
{
    size_t n;
    struct service_files *folders = builtin_services(c->a, &n);
    return catalogue_install(o->city.catalogue, c->a, folders, n, time_now(o->city.time));
}

static const struct json *people(struct arena *a, const struct json *list, const char *kind)
{
    struct json_builder out = json_builder(a);
    for (size_t i = 0; list && i < list->n; i++) {
        struct json_builder b = json_builder(a), k = json_builder(a);
        json_set_cstr(&k, "kind", kind);
        static const char *const KEEP[] = {"login", "name", "department", "town", "roles"};
        for (size_t j = 0; j < 5; j++)
            if (json_get(list->items[i], KEEP[j])) json_set(&b, KEEP[j], json_get(list->items[i], KEEP[j]));
        json_add(&out, json_merge(a, json_object(&k), json_object(&b)));
    }
    return json_array(&out);
}

/* Random for each installation; kept in the city's folder for its owner only. */
static result seed(struct cli *c, struct opened *o)
{
    struct slice password = arena_printf(c->a, "Tb-%.*s-7", SLICE_ARG(random_token(c->a, 9)));
    struct json_builder b = json_builder(c->a);
    size_t made;
    TRY(identity_seed(&o->city, c->a, o->data, password, time_now(o->city.time), &made));
    json_set_str(&b, "password", password);
    json_set(&b, "staff", people(c->a, o->data->staff, "staff"));
    json_set(&b, "persons", people(c->a, o->data->persons, "person"));
    json_set(&b, "enterprises", people(c->a, o->data->enterprises, "enterprise"));
    char *path = arena_cstr(c->a, arena_printf(c->a, "%s/demo-signins.json", c->data_dir));
    return file_write(c->a, path, json_write(c->a, json_object(&b)), 0600);
}

static result first_start(struct cli *c, struct opened *o)
{
    struct slice token;
    TRY(builtin_install(c, o));
    if (o->city.demo) return seed(c, o);
    static const enum role ROLES[] = {ROLE_ADMINISTRATOR, ROLE_SECURITY};
    for (size_t i = 0; i < 2; i++) {
        TRY(setup_link(&o->city, c->a, ROLES[i], time_now(o->city.time), &token));
        cli_say(c, "首次设置链接（%s，24小时内一次有效）：%.*s/setup/%.*s",
                "One-time setup link (%s, valid 24 h, once): %.*s/setup/%.*s", role_name(ROLES[i]),
                SLICE_ARG(o->city.base_url), SLICE_ARG(token));
    }
    return ok();
}

/* ---- where it may listen ---- */

static bool is_loopback(struct slice listen)
{
    return slice_starts(listen, S("127.")) || slice_starts(listen, S("[::1]")) || slice_starts(listen, S("localhost"));
}

static result may_listen(struct cli *c, struct opened *o, struct slice listen)
{
    if (is_loopback(listen)) return ok();
    if (o->city.demo) return fail(c->a, CODE_SERVE_DEMO_PUBLIC, S("listen"), "value", listen, NULL);
    if (config_text(o->config, "tls.cert").n == 0)
        return fail(c->a, CODE_SERVE_NEEDS_TLS, S("listen"), "value", listen, NULL);
    return ok();
}

static result listener(struct cli *c, struct opened *o, struct slice listen, struct http **out)
{
    struct slice cert = config_text(o->config, "tls.cert"), key = config_text(o->config, "tls.key");
    struct http_options h = {.city = &o->city,
                             .address = listen,
                             .assets = WEB_FILES,
                             .nassets = WEB_NFILES,
                             .workers = (int)config_int(o->config, "http.workers"),
                             .proxied = config_bool(o->config, "proxied"),
                             .metrics_token = config_text(o->config, "metrics.token"),
                             .rate_general = config_int(o->config, "http.rate"),
                             .rate_costly = config_int(o->config, "http.rate_costly")};
    h.secure_cookies = slice_starts(o->city.base_url, S("https://"));
    if (cert.n) TRY(file_read(c->a, arena_cstr(c->a, cert), 1 << 20, &h.tls_cert));
    if (key.n) TRY(file_read(c->a, arena_cstr(c->a, key), 1 << 20, &h.tls_key));
    return http_start(c->a, &h, out);
}

static void announce(struct cli *c, struct opened *o, struct http *h)
{
    cli_say(c, "tongban 已启动：%.*s（端口 %d）", "tongban is up: %.*s (port %d)", SLICE_ARG(o->city.base_url),
            http_port(h));
    if (o->city.test_keys)
        cli_say(c, "注意：正在使用测试密钥，签发的证照仅供试用。",
                "Note: test keys are in use; what is issued is for trial only.");
    if (o->city.demo && o->fresh)
        cli_say(c, "演示账号见 %s/demo-signins.json", "Demonstration sign-ins: %s/demo-signins.json", c->data_dir);
}

static int run_until_signal(struct cli *c, struct opened *o, struct http *h, const sigset_t *set)
{
    struct worker workers[40];
    int n = 0, signal_number;
    int64_t jobs = config_int(o->config, "job.threads");
    for (int64_t i = 0; i < jobs; i++) workers[n++] = (struct worker){.city = &o->city, .kind = WORK_JOBS};
    for (int k = WORK_TIMERS; k < WORK_KINDS; k++)
        workers[n++] = (struct worker){.city = &o->city, .kind = (enum work)k};
    for (int i = 0; i < n; i++)
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) return EXIT_WRONG;
    announce(c, o, h);
    (void)sigwait(set, &signal_number);
    cli_say(c, "正在停止……", "Stopping …");
    stopping = true;
    http_stop(h);
    for (int i = 0; i < n; i++) (void)pthread_join(workers[i].thread, NULL);
    return EXIT_GOOD;
}

static result prepare(struct cli *c, struct opened **o, struct http **h, bool demo, const char *listen)
{
    TRY(city_open(c, OPEN_STORE, demo, o));
    struct slice address = listen ? slice_cstr(listen) : config_text((*o)->config, "listen");
    if (listen && config_text((*o)->config, "base_url").n == 0) {
        bool tls = config_text((*o)->config, "tls.cert").n > 0;
        (*o)->city.base_url = arena_printf(c->a, "%s://%s", tls ? "https" : "http", listen);
    }
    TRY(may_listen(c, *o, address));
    if ((*o)->fresh) {
        TRY(first_start(c, *o));
        TRY(city_mark(c, *o));
    }
    return listener(c, *o, address, h);
}

static int run(struct cli *c)
{
    struct opened *o = NULL;
    struct http *h = NULL;
    sigset_t set;
    const char *listen = cli_option(c, "--listen");
    bool demo = cli_flag(c, "--demo");
    if (c->argc) return cli_usage(c, &COMMAND_SERVE);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
    result r = prepare(c, &o, &h, demo, listen);
    int status = failed(r) ? cli_fail(c, r, EXIT_WRONG) : run_until_signal(c, o, h, &set);
    if (o) city_shut(o);
    return status;
}

const struct command COMMAND_SERVE = {
    "serve", "  serve [--listen 地址:端口] [--demo]   启动服务（--demo：新建演示城市）",
    "  serve [--listen ADDR:PORT] [--demo]   serves (--demo: a new city is a demonstration city)", run};
