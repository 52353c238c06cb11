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

#endif
