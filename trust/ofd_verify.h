/* Inside of the verification of OFD packages. */
#ifndef TRUST_OFD_VERIFY_H
#define TRUST_OFD_VERIFY_H

#include "base/xml.h"
#include "trust/ofd.h"
#include "trust/seal.h"
#include "trust/verify_parts.h"

/* One package at work. */
struct ofd_work {
    struct arena *a;
    const struct trust_anchors *anchors;
    const struct verify_ask *ask;
    struct verify_report *out;
    struct check *checks;
    size_t cap;
    bool good;
    struct ofd ofd;
    const struct ofd_document *doc;
    const struct ofd_signature *sig;
    struct json_builder seals;
    bool *covered; /* of each entry of the package: some signature protects it */
    /* of the signature under way */
    const struct xml_node *info;   /* SignedInfo */
    const struct zip_entry *value; /* SignedValue.dat */
};

/* A line of the report; texts are put behind the id of the signature under way. */
void ofd_report(struct ofd_work *w, const char *name, enum check_state state, struct slice zh, struct slice en);
bool ofd_report_if(struct ofd_work *w, const char *name, bool good, const char *ok_zh, const char *ok_en,
                   const char *bad_zh, const char *bad_en);
/* A failed line that says the problem. */
void ofd_report_problem(struct ofd_work *w, const char *name, result r);

/* ofd_verify_seal.c: SignedValue.dat against Signature.xml, certificates, seal. */
void ofd_verify_seal(struct ofd_work *w);
void ofd_verify_bare(struct ofd_work *w);

#endif
