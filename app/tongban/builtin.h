/* What is inside the binary: city data, letters, calendars and the services of the areas; and the pages. */
#ifndef APP_TONGBAN_BUILTIN_H
#define APP_TONGBAN_BUILTIN_H

#include "city/catalogue/citydata.h"
#include "http/http.h"

/* Sorted by path: "areas/01_starting_a_business/services/establish_company/service.json", "data/city/towns.json" … */
extern const struct service_file BUILTIN_FILES[];
extern const size_t BUILTIN_NFILES;
extern const struct asset WEB_FILES[];
extern const size_t WEB_NFILES;

/* The built-in files below a folder, with paths relative to it. */
struct service_files builtin_below(struct arena *a, const char *folder);
/* The folders of services and of decisions, one service_files each; *n of them. */
struct service_files *builtin_services(struct arena *a, size_t *n);

#endif
