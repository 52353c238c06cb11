/* Shared by the files of city/catalogue only. */
#ifndef CITY_CATALOGUE_INTERNAL_H
#define CITY_CATALOGUE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "city/catalogue/catalogue.h"
#include "city/sql.h"
#include "engine/calendar/deadlines.h"
#include "trust/template.h"

/* A service that this one calls, pinned by hash: what a case does must not change when another service is published. */
struct service_call {
    struct slice code, hash;
};

/* ---- files.c ---- */
struct service_files files_sorted(struct arena *a, struct service_files f); /* deep copy into a */
enum folder_kind { FOLDER_SERVICE, FOLDER_DECISION };
MUST result files_check(struct arena *a, struct service_files sorted, enum folder_kind kind); /* paths and bounds */
struct slice files_hash(struct arena *a, struct service_files sorted, const struct service_call *calls, size_t ncalls);
struct slice folder_write(struct arena *a, struct service_files sorted, const struct service_call *calls,
                          size_t ncalls);
MUST result folder_read(struct arena *a, struct slice text, struct service_files *out, struct service_call **calls,
                        size_t *ncalls);
void json_set_str_slice(struct json_builder *b, struct slice key, struct slice value);

/* ---- a version ---- */
struct dmn_file {
    struct slice path;
    const struct dmn *dmn;
};
struct task_form {
    struct slice name;
    const struct json *json;
    const struct schema *schema;
};
struct service {
    struct arena *a; /* its own */
    atomic_int refs;
    struct slice code, hash, department, basic_code, implementation_code;
    struct bitext name;
    enum acceptance_mode acceptance;
    struct limit promised, statutory;
    const struct json *json, *form_json;
    const struct schema *form;
    const struct process_model *model;
    const struct calendar *calendar;
    struct service_files files;
    struct dmn_file *dmn;
    size_t ndmn;
    struct task_form *forms;
    size_t nforms;
    struct service_document *documents;
    const struct document_template **templates; /* of documents, in the same order */
    size_t ndocuments;
    struct service_step *steps;
    size_t nsteps;
    struct service_material *materials;
    size_t nmaterials;
    const struct service **calls; /* each held */
    size_t ncalls;
    struct service_call *pinned; /* code and hash of calls */
    struct slice *tokens;        /* sorted, for search */
    size_t ntokens;
    struct slice *name_tokens;
    size_t nname_tokens;
};
void service_hold(const struct service *s);
void service_release(const struct service *s); /* the last one frees its arena */
/* Holds until a goes. */
void service_hold_for(struct arena *a, const struct service *s);

/* How called services are found while compiling: pinned ones by hash, else what is current or being installed beside. */
struct service_lookup {
    const struct service *(*find)(void *ctx, struct slice code); /* not held for the caller */
    void *ctx;
};
/* Compiles a folder; every fault joined. thorough: all checks of publication; else what is needed to run it (a stored version
 * was checked when it was published). On success *out holds one reference. */
MUST result service_compile(const struct catalogue *c, struct arena *a, struct service_files files,
                            const struct service_lookup *look, bool thorough, struct service **out);
/* check_entry.c: service.json against schema and rules; check_flow.c: names that nothing supplies; check_folder.c: the rest. */
result check_entry(const struct catalogue *c, struct arena *a, const struct json *v);
result check_flow(struct arena *a, const struct service *s, struct slice bpmn, const struct citydata *city);
result check_limits(struct arena *a, const struct service *s);
struct slice working_days(struct arena *a, int64_t seconds);
result check_confirm(struct arena *a, const struct service *s);
result check_events(struct arena *a, const struct service *s);
result check_scenarios(const struct catalogue *c, struct arena *a, const struct service *s);
struct limit limit_read(struct arena *a, const struct json *v);
MUST result service_fault(struct arena *a, struct slice where, const char *zh, const char *en);

/* ---- search.c ---- */
void search_tokens(struct arena *a, struct slice text, struct slice **out, size_t *n); /* sorted, without repetition */
void search_index(struct service *s);

/* ---- the catalogue ---- */
struct set { /* current versions, sorted by code; immutable once made; reference-counted */
    atomic_int refs;
    struct arena *a;
    const struct service **list;
    size_t n;
};
#define CACHE_MAX 512
struct catalogue {
    struct city *city;
    const struct citydata *data;
    const struct deadlines *deadlines; /* NULL: unknown */
    struct decisions *decisions;       /* city/decisions: rules that several services use */
    struct arena *a;
    const struct schema *service_schema, *scenario_schema;
    pthread_mutex_t lock; /* set and cache */
    struct set *current;
    struct { /* versions by hash, held; the least recently used one goes */
        const struct service *s;
        uint64_t used;
    } cache[CACHE_MAX];
    size_t ncache;
    uint64_t uses;
};
const struct service *set_find(const struct set *s, struct slice code);
/* Swaps in: the current versions with these replaced or added (takes over nothing; holds its own references). */
void catalogue_swap(struct catalogue *c, const struct service *const *changed, size_t n);

extern const char SERVICE_SCHEMA[], SCENARIO_SCHEMA[], DEADLINES[];

/* ---- publish.c, drafts.c ---- */
/* Adds notes {text, message, services}: messages that start this service and another one of the catalogue, of which only one begins. */
void notes_beside(struct catalogue *c, struct arena *a, struct service_files files, struct json_builder *notes);
/* Asks for publication, whoever asks: the right is the caller's to check. */
MUST result publication_ask(struct city *c, struct arena *a, const struct actor *x, struct service_files files,
                            instant now, struct id *id, struct slice *hash);
/* The draft that has just become this version goes. */
MUST result service_draft_end(struct tx *tx, struct arena *a, const struct service *s);

/* ---- registry.c ---- */
/* Inserts the version and makes it current, in the database. */
MUST result version_publish(struct tx *tx, struct arena *a, const struct service *s, instant now);
/* Compiles a stored folder with its pinned calls; *out is held once for the caller. */
MUST result version_of_folder(struct catalogue *c, struct arena *a, struct slice folder, bool thorough,
                              struct service **out);
/* Checks and compiles against what is current; likewise. */
MUST result version_compile_current(struct catalogue *c, struct arena *a, struct service_files files,
                                    struct service **out);

#endif
