/* The good folder docs/designers/example/job_fair_stand, changed in one place each time. */
#ifndef TEST_BROKEN_FAULTS_H
#define TEST_BROKEN_FAULTS_H

#include "base/result.h"

enum change {
    CHANGE_TEXT,  /* the first `from` of the file becomes `to` */
    CHANGE_WHOLE, /* the file is `to` altogether; a file that is not there is added */
    CHANGE_AWAY,  /* the file is missing */
    CHANGE_NAME,  /* the file is called `to` */
    CHANGE_LARGE  /* the file is padded to more than is allowed */
};
struct fault {
    const char *what; /* in one line */
    enum change change;
    const char *path, *from, *to;
    enum code code;    /* one problem has this code … */
    const char *place; /* … and exactly this place: file, line#element or #pointer */
};
extern const struct fault FAULTS[];
extern const size_t NFAULTS;

#endif
