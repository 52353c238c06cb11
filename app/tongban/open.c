/* Opening a city: its folder, configuration, database, signer, catalogue. */
#include "app/tongban/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/tongban/builtin.h"
#include "app/tongban/signd_child.h"
#include "areas/00_supervision/indicators/indicators.h"
#include "areas/areas.h"
#include "base/log.h"
#include "city/log/log.h"
#include "city/migrate.h"
#include "city/oidc/relying.h"
#include "city/rights/rights.h"
#include "trust/signer.h"

extern char **environ;

static result settings(struct cli *c, struct opened *o)
{
    char *path = arena_cstr(c->a, arena_printf(c->a, "%s/tongban.conf", c->data_dir));
    bool there = access(path, R_OK) == 0;
    return config_load(c->a, CONFIG_KEYS, CONFIG_NKEYS, there ? path : NULL, (const char *const *)environ, &o->config);
}

/* "HH:MM", minutes after midnight */
static bool minutes_of(struct slice s, int *out)
{
    int64_t h, m;
    if (s.n != 5 || s.p[2] != ':' || !slice_int64(slice_sub(s, 0, 2), &h) || !slice_int64(slice_sub(s, 3, 2), &m))
        return false;
    *out = (int)(h * 60 + m);
    return h >= 0 && m >= 0 && m < 60 && *out <= 1440;
}

static bool clock_time(struct slice s, int *from, int *to)
{
    return s.n == 11 && s.p[5] == '-' && minutes_of(slice_sub(s, 0, 5), from) && minutes_of(slice_sub(s, 6, 5), to) &&
           *from <= *to;
}

/* The files of DIR/holidays replace the built-in calendars when it is there. */
static result calendar(struct cli *c, struct opened *o)
{
    struct service_files f = builtin_below(c->a, "data/holidays");
    char *own = arena_cstr(c->a, arena_printf(c->a, "%s/holidays", c->data_dir));
    if (access(own, R_OK) == 0) TRY(service_files_read(c->a, slice_cstr(own), &f));
    const struct json **years = NEW_ARRAY(c->a, const struct json *, f.n + 1);
    struct office_hours hours;
    size_t n = 0;
    for (size_t i = 0; i < f.n; i++)
        if (slice_ends(f.list[i].path, S(".json")))
            TRY(json_parse(c->a, f.list[i].bytes, 1 << 20, f.list[i].path, &years[n++]));
    static const char *const KEYS[] = {"office.morning", "office.afternoon"};
    for (int i = 0; i < 2; i++)
        if (!clock_time(config_text(o->config, KEYS[i]), &hours.from[i], &hours.to[i]))
            return fail(c->a, CODE_FIELD_TYPE, slice_cstr(KEYS[i]), "expected", S("09:00-12:00"), NULL);
    TRY(calendar_new(c->a, years, n, hours, &o->calendar));
    o->city.calendar = o->calendar;
    return ok();
}

static void papers(struct opened *o)
{
    static const char *const FACES[OFFICIAL_FACES] = {[OFFICIAL_TITLE] = "font.title",
                                                      [OFFICIAL_BODY] = "font.body",
                                                      [OFFICIAL_KAI] = "font.kai",
                                                      [OFFICIAL_HEI] = "font.hei",
                                                      [OFFICIAL_SONG] = "font.song"};
    struct city_papers *p = &o->city.papers;
    for (int i = 0; i < OFFICIAL_FACES; i++) p->fonts.families[i] = config_text(o->config, FACES[i]);
    p->briefing = config_text(o->config, "briefing.name");
    p->issuer = config_text(o->config, "briefing.issuer");
    p->report_to = config_text(o->config, "briefing.report_to");
    p->send_to = config_text(o->config, "briefing.send_to");
}

static result letters(struct cli *c, struct opened *o)
{
    struct service_files f = builtin_below(c->a, "data/letters");
    struct json_builder b = json_builder(c->a);
    for (size_t i = 0; i < f.n; i++) {
        const struct json *v;
        struct slice name = f.list[i].path;
        if (!slice_ends(name, S(".json"))) continue;
        TRY(json_parse(c->a, f.list[i].bytes, 1 << 20, name, &v));
        json_set_slice(&b, slice_sub(name, 0, name.n - 5), v);
    }
    o->city.letters = json_object(&b);
    return ok();
}

result indicator_files_read(struct arena *a, const char *folder, struct slice text[2])
{
    static const char *const NAMES[] = {"indicators.json", "frontiers.json"};
    for (int i = 0; i < 2; i++) {
        char *path = arena_cstr(a, arena_printf(a, "%s/%s", folder, NAMES[i]));
        text[i] = (struct slice){NULL, 0};
        if (access(path, F_OK) == 0) TRY(file_read(a, path, DEFINITIONS_MAX, &text[i]));
    }
    return ok();
}

/* The files of DIR/indicators replace the built-in ones where they are there; a bad one is said now, not on the board. */
static result indicators(struct cli *c, struct opened *o)
{
    struct slice text[2];
    const struct definitions *d;
    TRY(indicator_files_read(c->a, arena_cstr(c->a, arena_printf(c->a, "%s/indicators", c->data_dir)), text));
    o->city.indicators = text[0];
    o->city.frontiers = text[1];
    return definitions_of(&o->city, c->a, &d);
}

/* DIR/data/ holds another city's departments, towns and halls; without it the built-in ones are used. */
static result city_data(struct cli *c, struct opened *o)
{
    struct service_files f = builtin_below(c->a, "data/city");
    struct citydata *d;
    char *own = arena_cstr(c->a, arena_printf(c->a, "%s/data", c->data_dir));
    if (access(own, R_OK) == 0) TRY(service_files_read(c->a, slice_cstr(own), &f));
    TRY(citydata_read(c->a, f, &d));
    o->data = d;
    return ok();
}

static result migrate(struct cli *c, struct opened *o)
{
    int applied;
    TRY(city_migrate(o->city.store, c->a, &AREAS));
    return store_migrate(o->city.store, c->a, MADE_MIGRATIONS, MADE_NMIGRATIONS, &applied);
}

static result database(struct cli *c, struct opened *o)
{
    struct slice url = config_text(o->config, "database");
    if (url.n == 0) url = arena_printf(c->a, "sqlite:%s/city.db", c->data_dir);
    struct store_options s = {.url = url,
                              .readers = (int)config_int(o->config, "database.readers"),
                              .batchers = (int)config_int(o->config, "database.batchers"),
                              .time = o->city.time};
    TRY(store_open(c->a, &s, &o->city.store));
    return migrate(c, o);
}

static result keys(struct cli *c, struct opened *o)
{
    struct slice path = config_text(o->config, "signer.socket");
    struct city_key key;
    struct signer_certificates certificates;
    if (path.n == 0) {
        path = arena_printf(c->a, "%s/signd.sock", c->data_dir);
        TRY(signd_child_start(c, path, &o->signd));
    }
    TRY(signer_open(c->a, arena_cstr(c->a, path), &o->city.signer));
    TRY(signer_city_key(o->city.signer, c->a, &key));
    TRY(signer_certificates(o->city.signer, c->a, &certificates));
    memcpy(o->city.key, key.key, 32);
    memcpy(o->city.index_key, key.index_key, 32);
    o->city.key_version = key.version;
    for (size_t i = 0; i < key.nold; i++) {
        o->city.old_keys[i].version = key.old[i].version;
        memcpy(o->city.old_keys[i].key, key.old[i].key, 32);
    }
    o->city.nold_keys = key.nold;
    o->city.test_keys = key.test;
    o->city.anchors = certificates.anchors;
    o->city.log_key = certificates.log_key;
    o->city.id_key = certificates.id_key;
    crypto_wipe(&key, sizeof key);
    /* for `tongban verify` here, and to give away */
    char *anchors = arena_cstr(c->a, arena_printf(c->a, "%s/anchors.pem", c->data_dir));
    struct slice there = {NULL, 0};
    if (access(anchors, R_OK) == 0) TRY(file_read(c->a, anchors, 1 << 20, &there));
    /* the signer may have got a CA since; who has put others in the file by hand keeps them */
    bool known = slice_search(there, slice_trim(certificates.anchors)) != SIZE_MAX;
    return there.n && (known || !slice_starts(certificates.anchors, slice_trim(there)))
               ? ok()
               : file_write(c->a, anchors, certificates.anchors, 0644);
}

static void names(struct opened *o, struct cli *c)
{
    struct slice url = config_text(o->config, "base_url"), listen = config_text(o->config, "listen");
    bool tls = config_text(o->config, "tls.cert").n > 0;
    o->city.code = config_text(o->config, "city.code");
    o->city.name_zh = config_text(o->config, "city.name_zh");
    o->city.name_en = config_text(o->config, "city.name_en");
    o->city.base_url = url.n ? url : arena_printf(c->a, "%s://%.*s", tls ? "https" : "http", SLICE_ARG(listen));
    o->city.mail_url = config_text(o->config, "mail.url");
    o->city.mail_from = config_text(o->config, "mail.from");
    o->city.mail_ca = config_text(o->config, "mail.ca");
    o->city.data_dir = slice_cstr(c->data_dir);
    papers(o);
    o->city.suite = slice_is(config_text(o->config, "crypto.suite"), "sm4") ? CRYPTO_SM4 : CRYPTO_AES;
    o->city.key_grace = config_int(o->config, "crypto.grace");
    o->city.archive_after = config_int(o->config, "archive.after");
    o->city.evidence_task = config_int(o->config, "plan.evidence_task") * 1024 * 1024;
    o->city.evidence_city = config_int(o->config, "plan.evidence_city") * 1024 * 1024;
}

/* "signer,head": roles of staff. */
static result key_settings(struct cli *c, struct opened *o)
{
    struct slice rest = config_text(o->config, "key.roles"), one;
    o->city.key_verification = config_text(o->config, "key.verification");
    while (rest.n) {
        enum role role;
        (void)slice_cut(rest, ',', &one, &rest);
        one = slice_trim(one);
        if (!role_scan(one, &role))
            return fail(c->a, CODE_CONFIG_VALUE, S("key.roles"), "key", S("key.roles"), "value", one, "expected",
                        S("window, handler, reviewer, signer, head, designer, publisher, administrator, security,"
                          " auditor, corrector"),
                        NULL);
        o->city.key_roles |= 1u << role;
    }
    return ok();
}

/* The outside identity provider, where one is configured. Its secret stands in a file of its own, which nobody else may read. */
static result idp_settings(struct cli *c, struct opened *o)
{
    const struct config *g = o->config;
    struct slice path = config_text(g, "idp.secret_file");
    struct stat st;
    if (!config_text(g, "idp.issuer").n) return ok();
    if (!config_text(g, "idp.client_id").n || !path.n)
        return fail(c->a, CODE_CONFIG_REQUIRED, S("idp"), "key", path.n ? S("idp.client_id") : S("idp.secret_file"),
                    NULL);
    if (stat(arena_cstr(c->a, path), &st) == 0 && (st.st_mode & 077))
        return fail(c->a, CODE_CONFIG_VALUE, S("idp.secret_file"), "key", S("idp.secret_file"), "value", path,
                    "expected", S("chmod 600"), NULL);
    struct outside_idp *p = NEW(c->a, struct outside_idp);
    *p = (struct outside_idp){.issuer = config_text(g, "idp.issuer"),
                              .client_id = config_text(g, "idp.client_id"),
                              .scope = config_text(g, "idp.scope"),
                              .name = {config_text(g, "idp.name_zh"), config_text(g, "idp.name_en")},
                              .ca = config_text(g, "idp.ca"),
                              .trusted = config_bool(g, "idp.trusted"),
                              .number_claim = config_text(g, "idp.number_claim"),
                              .cache = outside_cache_new(c->a)};
    TRY(file_read(c->a, arena_cstr(c->a, path), 4096, &p->secret));
    p->secret = slice_trim(p->secret);
    o->city.idp = p;
    return ok();
}

static void log_settings(const struct opened *o)
{
    enum log_level level = LEVEL_INFO;
    (void)log_level_of(config_text(o->config, "log.level"), &level);
    bool json = slice_is(config_text(o->config, "log.format"), "json");
    log_setup(level, json ? LOG_FORMAT_JSON : LOG_FORMAT_TEXT, 2, o->city.time);
}

/* Who witnesses the log, and how many must (DIR/log-policy); a bad file is said now. */
static result log_settings_read(struct cli *c, struct opened *o)
{
    const struct tlog_policy *policy;
    struct slice url = o->city.base_url, scheme, rest;
    char *path = arena_cstr(c->a, arena_printf(c->a, "%s/log-policy", c->data_dir));
    o->city.log_origin = config_text(o->config, "log.origin");
    if (!o->city.log_origin.n && slice_cut(url, ':', &scheme, &rest) && slice_starts(rest, S("//")))
        o->city.log_origin = arena_printf(c->a, "%.*s/log", SLICE_ARG(slice_sub(rest, 2, rest.n)));
    if (!note_name_valid(o->city.log_origin))
        return fail(c->a, CODE_FIELD_TYPE, S("log.origin"), "expected", S("city.example/log"), NULL);
    if (access(path, F_OK) != 0) return ok();
    TRY(file_read(c->a, path, TLOG_POLICY_MAX_BYTES, &o->city.log_policy));
    return tlog_policy_parse(c->a, o->city.log_policy, &policy);
}

static result folder(struct cli *c)
{
    if (mkdir(c->data_dir, 0700) == 0 || errno == EEXIST) return ok();
    return fail(c->a, CODE_FILE_FAILED, slice_cstr(c->data_dir), "detail", slice_cstr(strerror(errno)), NULL);
}

result city_open(struct cli *c, int parts, bool demo, struct opened **out)
{
    struct opened *o = NEW(c->a, struct opened);
    *out = o;
    o->city.a = c->a;
    o->city.time = time_system();
    o->city.areas = &AREAS;
    o->city.trials = &TRIALS;
    TRY(settings(c, o));
    names(o, c);
    TRY(key_settings(c, o));
    TRY(idp_settings(c, o));
    log_settings(o);
    TRY(calendar(c, o));
    TRY(made_read(c, o, demo));
    if (!(parts & (OPEN_CATALOGUE | OPEN_STORE))) return ok();
    TRY(letters(c, o));
    TRY(city_data(c, o));
    TRY(indicators(c, o));
    TRY(log_settings_read(c, o));
    o->city.events = events_new(c->a);
    if (parts & OPEN_STORE) {
        bool elsewhere = config_text(o->config, "database").n > 0; /* the database may have the city */
        if (o->fresh && !elsewhere && !(parts & OPEN_MAKE))
            return fail(c->a, CODE_SERVE_NO_CITY, S("--data"), "value", slice_cstr(c->data_dir), NULL);
        TRY(folder(c));
        if (parts & OPEN_ALONE) TRY(folder_lock(c));
        TRY(keys(c, o));
        TRY(database(c, o));
        TRY(made_look(c, o));
    }
    TRY(catalogue_open(c->a, &o->city, o->data, &o->city.catalogue));
    return parts & OPEN_STORE ? catalogue_refresh(o->city.catalogue, c->a) : ok();
}

result cli_note(struct cli *c, struct opened *o, const char *command, const struct json *details)
{
    struct json_builder b = json_builder(c->a);
    struct actor system = actor_system();
    json_set_cstr(&b, "command", command);
    json_set_int(&b, "uid", (int64_t)getuid());
    const struct json *all = details ? json_merge(c->a, json_object(&b), details) : json_object(&b);
    return audit_note(&o->city, c->a, &system, time_now(o->city.time), "command_line", all);
}

void city_shut(struct opened *o)
{
    if (o->city.store) store_close(o->city.store);
    if (o->signd) signd_child_stop(o->signd);
}
