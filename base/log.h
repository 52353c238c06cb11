/* The program's log: one line an event on standard error, JSON or text. Thread-safe.
 *
 * Never personal data: fields are chosen one by one (ids, counts, codes, durations), never a request or a name.
 * As a net below that rule, resident identity numbers and mobile numbers in a value are written as [personal]. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/id.h"

enum log_level { LEVEL_DEBUG, LEVEL_INFO, LEVEL_WARN, LEVEL_ERROR };
enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

struct log_value {
    struct slice text;
    int64_t number;
    struct id id;
    enum { LOG_VALUE_TEXT, LOG_VALUE_INT, LOG_VALUE_ID } type;
};

static inline struct log_value log_text(struct slice s)
{
    return (struct log_value){.text = s, .type = LOG_VALUE_TEXT};
}
static inline struct log_value log_cstr(const char *z) { return log_text(slice_cstr(z)); }
static inline struct log_value log_int(int64_t n) { return (struct log_value){.number = n, .type = LOG_VALUE_INT}; }
static inline struct log_value log_id(struct id v) { return (struct log_value){.id = v, .type = LOG_VALUE_ID}; }

/* Before threads start; without it: text, from INFO, file descriptor 2, the system's clock. */
void log_setup(enum log_level least, enum log_format format, int fd, struct time_source clock);
bool log_level_of(struct slice name, enum log_level *out); /* "debug", "info", "warn", "error" */

/* event: a constant name with dots ("case.accepted"). Then pairs (const char *key, struct log_value), closed by NULL:
 *   log_event(LEVEL_INFO, "case.accepted", "case", log_id(id), "ms", log_int(took), NULL); */
void log_event(enum log_level level, const char *event, ...);
/* The code and the place of each problem; not their texts, which quote values. */
void log_problems(enum log_level level, const char *event, result r);

#endif
