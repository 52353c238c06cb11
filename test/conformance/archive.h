/* Known answers in archives of the shared data folder, unpacked for the time of a test. */
#ifndef TEST_CONFORMANCE_ARCHIVE_H
#define TEST_CONFORMANCE_ARCHIVE_H

#include "base/result.h"

/* Unpacks a .tar.xz into a temporary folder that is removed when a is freed. *dir is NUL-terminated. CODE_NOT_FOUND. */
MUST result archive_unpack(struct arena *a, const char *path, const char **dir);
/* Path of domains/`name` in TONGBAN_SHARED_DATA, else in ../shared/data beside the sources. */
const char *archive_path(struct arena *a, const char *name);
/* What a program without this archive ends with, having said so: 1 under CI=true, else 77 (skipped). */
int archive_absent(const char *suite, const char *path);
/* A file, at most 32 MiB. CODE_NOT_FOUND. */
MUST result archive_file(struct arena *a, const char *path, struct slice *out);
/* Names of the files in a folder and those below it, from the folder on ("a/b.json"), sorted. At most `max`. */
size_t archive_list(struct arena *a, const char *dir, struct slice *names, size_t max);

#endif
