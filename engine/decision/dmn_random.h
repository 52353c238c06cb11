/* Random decision tables for tests: what an index or the static analysis says is compared with looking at every rule. */
#ifndef ENGINE_DECISION_DMN_RANDOM_H
#define ENGINE_DECISION_DMN_RANDOM_H

#include "engine/decision/dmn_model.h"

struct dice {
    uint64_t state;
};
/* 0 … n-1. */
uint32_t dice_roll(struct dice *d, uint32_t n);

enum random_type { RANDOM_NUMBER, RANDOM_STRING, RANDOM_BOOLEAN, RANDOM_DATE, RANDOM_TYPES };
struct random_table {
    struct dice dice;
    size_t ninputs, nrules;
    enum random_type types[4];
    int constants;      /* different ones of a column, about */
    bool odd;           /* also null, other types, negations of more than constants, names, null inputs */
    const char *policy; /* attributes of the table: "FIRST", "COLLECT' aggregation='SUM" */
};
/* A model with inputs in0 …, and decision "d" of one number: the rule's number modulo 4. */
struct slice random_table_xml(struct arena *a, struct random_table *t);
/* The i-th of the values that tell a column's cells apart, as JSON: its constants, what lies between and around them. */
struct slice random_probe(struct arena *a, const struct random_table *t, size_t column, int i);
int random_probes(const struct random_table *t, size_t column); /* how many */

#endif
