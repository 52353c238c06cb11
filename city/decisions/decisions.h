/* Decisions (决策规则) that several services use: each a folder of its own
 *     decision.json    key, names, owner, source (law and article), validity, what it decides in words
 *     … .dmn           how it is decided (DMN 1.5 / FEEL)
 *     examples/ …      regression examples: input, expected output, rules that must decide
 * published like services: checked, submitted by one person, released by a second, kept under a hash. Versions have a validity, so
 * that a case is decided by the law of its own date; which version decided stands in the case's journal. */
#ifndef CITY_DECISIONS_DECISIONS_H
#define CITY_DECISIONS_DECISIONS_H

#include "city/catalogue/catalogue.h"

extern const struct migration DECISIONS_MIGRATIONS[];
extern const size_t DECISIONS_NMIGRATIONS;

#define DAY_OPEN INT32_MAX /* valid_to of a version without an end */

/* One version, immutable. */
struct decision_version {
    struct slice key, hash, decision; /* decision: id or name in the DMN of what a service gets */
    struct bitext name, decides;
    struct slice department; /* owner */
    day valid_from, valid_to;
    instant published_at;      /* 0: not published */
    struct slice published_by; /* account, 16 bytes; empty: by the command line */
    const struct json *json;   /* decision.json */
    const struct json *model;  /* tables and inputs as pages show them, see decision_model */
    const struct dmn *dmn;     /* the file that holds the decision */
    struct service_files files;
};

/* ---- a folder ---- */
/* Whether it is one (holds decision.json). */
bool decision_folder(struct service_files f);
/* Compiles into a; every fault joined. thorough: all checks of publication (static analysis, examples); else what running needs.
 * *out is set when the DMN compiles, even with faults. */
MUST result decision_compile(const struct catalogue *c, struct arena *a, struct service_files files, bool thorough,
                             struct decision_version **out);
/* What the DMN files hold, for pages, differences and explanations: {"inputs": [{name, label, type, choices}], "decisions":
 * [{id, name, title, kind: "table"|"literal"|…, file, requires, policy, aggregation, columns: [{id, label, text, type, output,
 * choices}], rules: [{id, index, text, cells}], text}]}, in the order of the files. */
const struct json *decision_model(struct arena *a, struct service_files files);
/* One example run: [{file, index, title, good, input, expected, found, hits, missing}]; CODE_DECISION_EXAMPLE for each that does
 * not hold is in the result of decision_compile. */
const struct json *decision_examples(struct arena *a, const struct decision_version *v);

/* ---- in force ---- */
struct decisions;
struct decisions *decisions_new(struct arena *a);
struct decisions *catalogue_decisions(const struct catalogue *c);
/* The version that decides on that day (the one published last, where several cover it); NULL: none. Never waits; what is found
 * lives as long as the catalogue. */
const struct decision_version *decision_on(struct decisions *d, struct slice key, day on);
const struct decision_version *decision_latest(struct decisions *d, struct slice key); /* published last; NULL */
const struct decision_version *decision_by_hash(struct decisions *d, struct slice hash);
/* All published versions, in the order of publication; the array is a's. */
size_t decisions_all(struct decisions *d, struct arena *a, const struct decision_version *const **out);
/* Loads what other processes have published. */
MUST result decisions_refresh(struct catalogue *c, struct arena *a);
/* Publishes folders at once (catalogue_install). */
MUST result decisions_install(struct catalogue *c, struct arena *a, const struct service_files *folders, size_t n,
                              instant now);

/* ---- explained (个人信息保护法 art. 24) ---- */
/* Why, in words: of the hits of one evaluation on these values. [{decision, title, rule, index, text, because: {zh, en},
 * conditions: [{label, test, value}], outputs: [{label, value}]}]. files_model: decision_model of the same files. */
const struct json *decision_because(struct arena *a, const struct json *model, const struct json *labels,
                                    const struct dmn *dmn, const struct json *hits, const struct json *values,
                                    instant at);

/* ---- the studio ---- */
MUST result decisions_list(struct city *c, struct arena *a, const struct json **out);
MUST result decision_show(struct city *c, struct arena *a, struct slice key, const struct json **out);
/* Files of a version (its hash) or of what waits under a publication; CODE_NOT_FOUND. */
MUST result decision_files(struct city *c, struct arena *a, struct slice key, struct slice hash,
                           const struct json **out);
/* {good, problems, examples, model} of a folder as it is typed. */
MUST result decision_check_json(struct city *c, struct arena *a, struct service_files files, const struct json **out);
/* Saves the draft of a key. rev: of the draft it was made from, 0: none yet; another's in between: CODE_STORE_VERSION. */
MUST result decision_draft_save(struct city *c, struct arena *a, const struct actor *x, struct slice key,
                                struct service_files files, int64_t rev, instant now, const struct json **out);
/* {result, hits, because} of the folder on these values. */
MUST result decision_try(struct city *c, struct arena *a, struct service_files files, const struct json *values,
                         instant now, const struct json **out);
/* The same on the values that a past case had (its number); the read is recorded with this purpose. */
MUST result decision_try_past(struct city *c, struct arena *a, const struct actor *x, struct slice key,
                              struct service_files files, struct slice number, struct slice purpose, instant now,
                              const struct json **out);
/* Rules and columns that differ between two folders. */
const struct json *decision_difference(struct arena *a, struct service_files from, struct service_files to);
MUST result decision_compare_json(struct city *c, struct arena *a, struct slice key, struct slice from, struct slice to,
                                  const struct json **out);

/* ---- how past cases would be decided: long work ---- */
#define COMPARISON_MOST 2000 /* cases looked at */
MUST result comparison_begin(struct city *c, struct arena *a, const struct actor *x, struct slice key,
                             struct service_files files, int64_t sample, struct slice purpose, instant now,
                             struct id *id);
MUST result comparison_show(struct city *c, struct arena *a, struct id id, const struct json **out);
/* Works on up to n of them for a while; *done: cases looked at. */
MUST result comparisons_run(struct city *c, struct arena *a, instant now, size_t n, size_t *done);

/* ---- publication by two people ---- */
/* The draft as it stands; a comparison of just this folder must be finished: CODE_DECISION_REPORT. */
MUST result decision_request(struct city *c, struct arena *a, const struct actor *x, struct slice key,
                             struct id comparison, instant now, struct id *id);
MUST result decision_release(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now);
/* Turned down, with a reason that whoever submitted it reads; or taken back by them. */
MUST result decision_reject(struct city *c, struct arena *a, const struct actor *x, struct id id, struct slice reason,
                            instant now);

#endif
