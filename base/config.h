/* One configuration file of "key = value" lines. A program hands in the table of its keys; a key that is not in
 * it, a value that does not fit and a key given twice are errors that name file and line.
 *
 *   # a comment stands on a line of its own
 *   listen.port = 8080
 *   city.name   = "东莞市 "        (quotes keep white space at the ends; there are no escapes)
 *
 * The environment variable TONGBAN_<KEY> (capitals, "." and "-" become "_") comes before the file. */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "base/json.h"

enum config_type {
    CONFIG_TEXT,
    CONFIG_SECRET, /* as text; never printed, wiped with the arena */
    CONFIG_INT,
    CONFIG_BOOL,     /* true/false, yes/no, on/off, 1/0 */
    CONFIG_DURATION, /* a number with ms, s, m, h or d; held in milliseconds */
    CONFIG_SIZE,     /* a number, or one with K, M or G (1024s); held in bytes */
    CONFIG_CHOICE,   /* one of `choices` */
};

struct config_key {
    const char *name; /* lower-case letters, digits, "_", "-" and "." */
    enum config_type type;
    const char *dflt;    /* as one would write it; NULL: the key must be given */
    const char *zh, *en; /* what it means */
    int64_t min, max;    /* INT, DURATION (ms), SIZE (bytes); both 0: any value from 0 */
    const char *choices; /* CHOICE: words separated by one space */
};

struct config;

/* path NULL: no file, only the environment and the defaults. environment: as `environ`, NULL for none. All problems
 * of the file are reported together. The table must outlive the configuration. */
MUST result config_load(struct arena *a, const struct config_key *table, size_t n, const char *path,
                        const char *const *environment, struct config **out);
/* The same from text; `where` names it in problems. */
MUST result config_parse(struct arena *a, const struct config_key *table, size_t n, struct slice text,
                         struct slice where, const char *const *environment, struct config **out);

/* Values. Asking for a key that is not in the table, or as another type, is a mistake of the program and ends it. */
struct slice config_text(const struct config *c, const char *name); /* TEXT, SECRET, CHOICE */
int64_t config_int(const struct config *c, const char *name);       /* INT, DURATION, SIZE */
bool config_bool(const struct config *c, const char *name);
/* The value in force as JSON, of any type; a secret that is not empty as "********". */
const struct json *config_value(struct arena *a, const struct config *c, const char *name);
/* Whether it was given in the file or the environment. */
bool config_given(const struct config *c, const char *name);

/* All keys with meaning, variable, default and (c not NULL) the value in force, in the file's own syntax: the
 * output is a configuration file. Secrets show as "********". */
void config_print(struct buf *b, const struct config_key *table, size_t n, const struct config *c, enum lang lang);
/* "TONGBAN_LISTEN_PORT" */
struct slice config_variable(struct arena *a, const char *name);

#endif
