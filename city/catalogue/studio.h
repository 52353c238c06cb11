/* Lists and folders for the studio. */
#ifndef CITY_CATALOGUE_STUDIO_H
#define CITY_CATALOGUE_STUDIO_H

#include "city/catalogue/catalogue.h"

/* [{code, name, hash, published_at, versions: [{hash, published_at, current}]}] by code. */
MUST result studio_list(struct city *c, struct arena *a, int64_t limit, struct slice cursor, const struct json **out);
/* {"files": {path: text}} of one version; CODE_NOT_FOUND when it is none of this service. */
MUST result studio_files(struct city *c, struct arena *a, struct slice code, struct slice hash,
                         const struct json **out);
/* A request's {path: text, …} as a folder. */
MUST result studio_files_of(struct arena *a, const struct json *files, struct service_files *out);

/* ---- the designer: one draft of a service's folder at a time, saved good or not, submitted for release by a second person ---- */
/* Services, published or only drawn: {items: [{code, name, department, hash or null, published_at, draft: Draft or null, waiting:
 * Publication or null}], next: null}, by code. Draft: {rev, saved_by, saved_at, base}: base is the version that was current when the
 * draft was begun, or empty. */
MUST result designer_list(struct city *c, struct arena *a, const struct json **out);
/* One of them, with {files: {path: text} of the draft, else of the current version; versions, publications, waiting}. */
MUST result designer_show(struct city *c, struct arena *a, struct slice code, const struct json **out);
/* Saves (rev: of the draft that was changed, 0: none yet; another is CODE_STORE_VERSION) and checks: {rev, saved_at, good, problems}. */
MUST result designer_save(struct city *c, struct arena *a, const struct actor *x, struct slice code,
                          struct service_files files, int64_t rev, instant now, const struct json **out);
MUST result designer_discard(struct city *c, struct arena *a, const struct actor *x, struct slice code, int64_t rev,
                             instant now);
/* Submits the draft for release by a second person (publication_approve). */
MUST result designer_submit(struct city *c, struct arena *a, const struct actor *x, struct slice code, int64_t rev,
                            instant now, struct id *id, struct slice *hash);
/* What a definition may name: {departments: [{code, name}], verbs: [{key, name, kind: "local" or "job", input: its schema, double}],
 * decisions: [{key, name}] that several services use, services: [{code, name}]}. */
MUST result designer_options(struct city *c, struct arena *a, const struct json **out);
/* The files of a publication that waits; CODE_NOT_FOUND when it does not wait any more. */
MUST result publication_files(struct city *c, struct arena *a, struct id id, const struct json **out);

#endif
