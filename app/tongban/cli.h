/* The command line: `tongban [--data DIR] [--json] [--lang zh|en] COMMAND …`. Private to app/tongban.
 * With --json standard output is one JSON value (serve: one when it is up), also for failures: {"good": false, "problems": […]}.
 * Exit status: 0 good; 1 the answer is no (a check failed, a signature is bad); 2 the call or its input is wrong, or
 * something could not be done. */
#ifndef APP_TONGBAN_CLI_H
#define APP_TONGBAN_CLI_H

#include "base/config.h"
#include "city/cases/cases.h"
#include "city/identity/identity.h"

enum { EXIT_GOOD = 0, EXIT_NO = 1, EXIT_WRONG = 2 };

struct cli {
    struct arena *a;
    const char *data_dir; /* --data; TONGBAN_DATA; ./city */
    bool json;
    enum lang lang;
    int argc; /* what follows the command's name */
    char **argv;
    const char *program; /* argv[0] */
};
struct command {
    const char *name;
    const char *usage_zh, *usage_en; /* lines of help */
    int (*run)(struct cli *c);
};
extern const struct command COMMAND_SERVE, COMMAND_CHECK, COMMAND_PUBLISH, COMMAND_VERIFY, COMMAND_CALENDAR, COMMAND_ID,
    COMMAND_ADMIN, COMMAND_COVERAGE, COMMAND_PLAN, COMMAND_INDICATORS, COMMAND_PUBLICATION, COMMAND_KNOWLEDGE,
    COMMAND_YEAR, COMMAND_BRIEF, COMMAND_PLATFORM_SHARE, COMMAND_SIMULATE, COMMAND_MIGRATE, COMMAND_PLAY, COMMAND_LOG;

/* Prints the problems (or, with --json, {"problems": […]}) and gives `status`. */
int cli_fail(const struct cli *c, result r, int status);
/* One line on standard output: zh or en by --lang. */
void cli_say(const struct cli *c, const char *zh, const char *en, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));
void cli_json(const struct cli *c, const struct json *v);
/* Says what is wrong with the call, prints the command's help, gives EXIT_WRONG. */
int cli_usage(const struct cli *c, const struct command *m);
/* Takes "--name VALUE" out of the arguments; NULL when absent. */
const char *cli_option(struct cli *c, const char *name);
bool cli_flag(struct cli *c, const char *name);

/* Plays every scenario of a folder that passed service_check; adds their number to *n. Each one's first fault, joined. */
MUST result scenarios_play(struct cli *c, struct service_files folder, size_t *n);
/* One of them (its path below the folder), step by step: {path, title, good, steps: [{label, state: done | failed | open}], problem: {field,
 * zh, en, remedy_zh, remedy_en} or null}. Folders named in c->argv stand beside it. */
MUST result scenario_play(struct cli *c, struct service_files folder, struct slice path, const struct json **out);

/* Drafts played in a process of their own (city/city.h: trials). */
struct trials;
extern const struct trials TRIALS;

/* A whole file; CODE_NOT_FOUND, CODE_TOO_LARGE. */
MUST result file_read(struct arena *a, const char *path, size_t max, struct slice *out);
/* Replaces a file durably (temporary file, fsync, rename). */
MUST result file_write(struct arena *a, const char *path, struct slice bytes, unsigned mode);

/* ---- opening a city ---- */
enum open_parts {
    OPEN_CALENDAR = 1,  /* the working-day calendar only */
    OPEN_CATALOGUE = 2, /* built-in services and city data in memory; no database, no keys */
    OPEN_STORE = 4,     /* everything: database, keys, published services */
    OPEN_MAKE = 16,     /* with STORE: an empty folder becomes a city; without it CODE_SERVE_NO_CITY */
    OPEN_ALONE = 8,     /* no other process serves this folder: held until this one ends. CODE_SERVE_LOCKED */
};
struct opened {
    struct city city;
    struct config *config;
    const struct citydata *data;
    struct calendar *calendar;
    struct signd_child *signd; /* a signer started here; NULL: none */
    bool fresh;                /* the city was made just now */
    instant plan_at;           /* when a demonstration city's plan is imported; 0: now */
    result (*fill)(struct cli *c,
                   struct opened *o); /* what a first start does before its mark, or NULL; its leads have heads then */
    void *fill_ctx;
    bool plan_only; /* a demonstration city with departments, staff and the plan, and no service */
};
MUST result folder_lock(struct cli *c);
/* Into the audit journal: this command was run by this user of the machine. Whoever has the folder needs no sign-in, so what
 * is done from here must be told apart. details may be NULL. */
MUST result cli_note(struct cli *c, struct opened *o, const char *command, const struct json *details);
/* Texts of indicators.json and frontiers.json of the folder; empty where there is none. */
MUST result indicator_files_read(struct arena *a, const char *folder, struct slice text[2]);
/* `demo`: what a city that is made now shall be. */
MUST result city_open(struct cli *c, int parts, bool demo, struct opened **out);
/* The first start: installs the built-in services; seeds the demonstration people, or says the one-time links of the first
 * administrator and security officer (also into *links, role -> address); then city_mark. */
MUST result first_start(struct cli *c, struct opened *o, struct json_builder *links);
/* A demonstration city's built-in plan: its staff with those whom the plan names (the sign-ins of leaders are made up); then, with the
 * accounts made, the plan itself. */
MUST result plan_people(struct cli *c, struct opened *o, const struct json **staff);
MUST result plan_seed(struct cli *c, struct opened *o);
/* ---- the mark of a city that is made (made.c) ---- */
extern const struct migration MADE_MIGRATIONS[];
extern const size_t MADE_NMIGRATIONS;
/* From the folder: o->fresh and o->city.demo (`demo` when it is fresh). */
MUST result made_read(struct cli *c, struct opened *o, bool demo);
/* From the database, which comes before the folder's word and completes it. */
MUST result made_look(struct cli *c, struct opened *o);
/* The first start is complete: later ones find the city made. */
MUST result city_mark(struct cli *c, struct opened *o);
void city_shut(struct opened *o);

/* trust_list.c: `tongban admin trust-list …`; the arguments behind it. */
int trust_list_command(struct cli *c);

extern const struct config_key CONFIG_KEYS[];
extern const size_t CONFIG_NKEYS;

/* log_remote.c: `tongban log mirror | monitor | verify`, which need no city. False: another subcommand. */
bool log_remote(struct cli *c, struct slice what, int *status);

#endif
