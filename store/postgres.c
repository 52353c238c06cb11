#include "store/store_impl.h"

result pg_open(struct arena *a, const struct store_options *o, struct store **out)
{
    (void)o, (void)out;
    return fail(a, CODE_STORE_URL, S("store"), "detail", S("postgresql: being written"), NULL);
}
