/* For tests: small files that are really what they say. */
#ifndef CITY_DRAFTS_FILES_TEST_SUPPORT_H
#define CITY_DRAFTS_FILES_TEST_SUPPORT_H

#include "base/testing.h"

struct slice file_pdf(struct arena *a);
struct slice file_png(struct arena *a);
struct slice file_jpeg(struct arena *a);
/* A ZIP with empty files of these names, ended by NULL. */
struct slice file_zip(struct arena *a, ...);
/* One after the other. */
struct slice file_joined(struct arena *a, struct slice x, struct slice y);

#endif
