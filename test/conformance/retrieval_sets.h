/* Chinese question -> paragraph sets, for the test and the benchmark of the ranking. Read from the shared data folder, never
 * kept in the source tree. */
#ifndef TEST_CONFORMANCE_RETRIEVAL_SETS_H
#define TEST_CONFORMANCE_RETRIEVAL_SETS_H

#include "base/json.h"

struct retrieval_question {
    struct slice text;
    size_t paragraph; /* the one that it was asked about */
};
struct retrieval_set {
    const char *name;
    struct slice *paragraphs;
    size_t nparagraphs;
    struct retrieval_question *questions;
    size_t nquestions;
};
enum { RETRIEVAL_CMRC, RETRIEVAL_DRCD, RETRIEVAL_XQUAD, RETRIEVAL_SETS };

/* Unpacks the archive into a temporary folder, reads the sets and removes the folder. */
MUST result retrieval_sets_read(struct arena *a, const char *archive, struct retrieval_set out[RETRIEVAL_SETS]);

#endif
