/* The conformance runner's adapter: values of the kit's XML, and the few Java methods that its tests call. */
#ifndef TEST_CONFORMANCE_DMN_TCK_H
#define TEST_CONFORMANCE_DMN_TCK_H

#include "engine/decision/dmn_model.h"

/* The inputNodes of a test case. */
const struct context *tck_inputs(struct arena *a, const struct xml_node *test);
/* What stands in an inputNode, expected, component or item: value, list or components. */
struct value tck_value(struct arena *a, const struct xml_node *holder);
bool tck_same(struct arena *a, struct value want, struct value got);
/* Emulates java.lang.Math.max, cos, String.format("…%s…"), X.valueOf: FEEL's external functions are not part of the engine. */
struct value tck_external(struct machine *m, const struct function *f, const struct value *args, size_t n);

#endif
