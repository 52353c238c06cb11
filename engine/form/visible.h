/* The one place where forms meet FEEL: x-visible, and x-prefill in braces. Internal to engine/form. */
#ifndef ENGINE_FORM_VISIBLE_H
#define ENGINE_FORM_VISIBLE_H

#include "engine/decision/feel.h"

/* Problems carry `where`. Forms have no clock: an expression that asks for today() or now() is refused. */
MUST result form_feel_compile(struct arena *a, struct slice text, struct slice where, const struct feel **out);
/* False only when the expression is exactly false: what cannot be told stays visible. */
bool form_feel_visible(struct arena *a, const struct feel *f, const struct json *root, const struct json *around);
/* NULL: null, or it could not be computed. */
const struct json *form_feel_value(struct arena *a, const struct feel *f, const struct json *scope);

#endif
