/* Records of CSV (RFC 4180), one at a time. */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/buf.h"

/* The next record's cells, trimmed, in `a`; *at moves behind it. At most `max` are kept; the count of those is returned. A quoted
 * cell may hold commas, doubled quotation marks and line ends; *line counts the latter. */
size_t csv_record(struct arena *a, struct slice text, size_t *at, size_t *line, struct slice *cell, size_t max);

#endif
