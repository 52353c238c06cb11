#include "base/log.h"

#include "base/identifier.h"
#include "base/json.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

enum { MAX_LINE = 8192, MAX_VALUE = 1000 };

static struct {
    pthread_mutex_t lock; /* lines of several threads never mix */
    _Atomic int least;
    enum log_format format;
    int fd;
    struct time_source clock; /* .now NULL: the system's */
} state = {.lock = PTHREAD_MUTEX_INITIALIZER, .least = LEVEL_INFO, .fd = STDERR_FILENO};

static const char *const level_names[] = {"debug", "info", "warn", "error"};

void log_setup(enum log_level least, enum log_format format, int fd, struct time_source clock)
{
    pthread_mutex_lock(&state.lock);
    atomic_store(&state.least, (int)least);
    state.format = format;
    state.fd = fd;
    state.clock = clock;
    pthread_mutex_unlock(&state.lock);
}

bool log_level_of(struct slice name, enum log_level *out)
{
    for (enum log_level l = LEVEL_DEBUG; l <= LEVEL_ERROR; l++) {
        if (!slice_is(name, level_names[l])) continue;
        *out = l;
        return true;
    }
    return false;
}

static bool resident(struct slice s)
{
    day birth;
    bool male;
    return s.n == 18 && resident_id_read(s, &birth, &male) && resident_id_check(slice_sub(s, 0, 17)) == s.p[17];
}

static bool mobile(struct slice s)
{
    return s.n == 11 && s.p[0] == '1' && s.p[1] >= '3';
}

/* The value with what looks like a person's number taken out, and not too long. */
static struct slice harmless(struct arena *a, struct slice s)
{
    struct buf b = buf_new(a, MAX_VALUE);
    for (size_t i = 0; i < s.n;) {
        size_t n = 0;
        while (i + n < s.n && s.p[i + n] >= '0' && s.p[i + n] <= '9') n++;
        if (n == 17 && i + n < s.n && s.p[i + n] == 'X') n++;
        struct slice run = slice_sub(s, i, n ? n : 1);
        buf_put(&b, resident(run) || (n && mobile(run)) ? S("[personal]") : run);
        i += run.n;
    }
    if (!b.overflow) return buf_slice(&b);
    return arena_printf(a, "%.*s…", (int)slice_utf8_end(buf_slice(&b)), b.p);
}

static void put_field(struct arena *a, struct buf *b, bool json, const char *key, struct log_value v)
{
    struct slice text = v.type == LOG_VALUE_ID ? id_text(a, v.id) : v.text;
    if (v.type == LOG_VALUE_TEXT) text = harmless(a, text);
    if (json) {
        buf_putc(b, ',');
        json_write_string(b, slice_cstr(key));
        buf_putc(b, ':');
    } else {
        buf_printf(b, " %s=", key);
    }
    bool bare = !json && text.n && slice_find(text, ' ', 0) == SIZE_MAX && slice_find(text, '"', 0) == SIZE_MAX &&
                slice_find(text, '\n', 0) == SIZE_MAX && slice_utf8(text);
    if (v.type == LOG_VALUE_INT)
        buf_printf(b, "%" PRId64, v.number);
    else if (bare)
        buf_put(b, text);
    else
        json_write_string(b, text);
}

static void head(struct arena *a, struct buf *b, enum log_level level, const char *event, instant now)
{
    struct slice time = instant_text(a, now);
    if (state.format == LOG_FORMAT_JSON) {
        buf_printf(b, "{\"time\":\"%.*s\",\"level\":\"%s\",\"event\":", SLICE_ARG(time), level_names[level]);
        json_write_string(b, slice_cstr(event));
    } else {
        buf_printf(b, "%.*s %-5s %s", SLICE_ARG(time), level_names[level], event);
    }
}

static void put_line(struct slice line)
{
    while (line.n) {
        ssize_t n = write(state.fd, line.p, line.n);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return; /* there is nowhere left to complain to */
        line = slice_sub(line, (size_t)n, SIZE_MAX);
    }
}

void log_event(enum log_level level, const char *event, ...)
{
    if ((int)level < atomic_load(&state.least)) return;
    int saved = errno;
    struct arena *a = arena_new("log");
    pthread_mutex_lock(&state.lock);
    bool json = state.format == LOG_FORMAT_JSON;
    struct time_source clock = state.clock.now ? state.clock : time_system();
    struct buf line = buf_new(a, MAX_LINE);
    head(a, &line, level, event, time_now(clock));
    va_list args;
    va_start(args, event);
    for (const char *key; (key = va_arg(args, const char *)) != NULL;) {
        struct log_value v = va_arg(args, struct log_value);
        struct buf before = line;
        put_field(a, &line, json, key, v);
        if (line.overflow || line.n + 2 > MAX_LINE) line = before; /* a field that does not fit is left out whole */
    }
    va_end(args);
    buf_puts(&line, json ? "}\n" : "\n");
    put_line(buf_slice(&line));
    pthread_mutex_unlock(&state.lock);
    arena_free(a);
    errno = saved;
}

void log_problems(enum log_level level, const char *event, result r)
{
    for (const struct problem *p = r.problem; p; p = p->next)
        log_event(level, event, "code", log_cstr(code_name(p->code)), "at", log_text(p->field), NULL);
}
