/* Prometheus text format 0.0.4. Counts and durations only: no ids, no personal data. */
#include "http/internal.h"

#include "city/vault/rotate.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int64_t resident_bytes(void)
{
    char line[128] = "";
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f) return 0;
    const char *second = fgets(line, sizeof line, f) ? strchr(line, ' ') : NULL;
    (void)fclose(f);
    return second ? strtoll(second, NULL, 10) * sysconf(_SC_PAGESIZE) : 0;
}

static void line(struct buf *b, const char *name, const char *type, const char *help, int64_t value)
{
    buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n%s %lld\n", name, help, name, type, name, (long long)value);
}

static const struct stmt OPEN_TASKS = {
    "metrics_tasks",
    "SELECT COUNT(*), COALESCE(SUM(CASE WHEN due_at > 0 AND due_at < ?1 THEN 1 ELSE 0 END),0) FROM case_task WHERE status < 3",
    NULL, false};
static const struct stmt QUEUES = {
    "metrics_queues", "SELECT (SELECT COUNT(*) FROM case_job), (SELECT COUNT(*) FROM case_timer)", NULL, false};

static void rotation_lines(struct http *h, struct arena *a, struct buf *b)
{
    int64_t stage, keys, resealed;
    if (failed(rotation_figures(h->o.city, a, &stage, &keys, &resealed))) return;
    line(b, "tongban_key_rotation", "gauge", "Stage of the change of data keys under way, from 1; 0: none",
         stage == ROTATE_STAGES ? 0 : stage + 1);
    line(b, "tongban_key_rotation_keys", "gauge", "Data keys in it", keys);
    line(b, "tongban_key_rotation_values", "gauge", "Values sealed anew in it", resealed);
}

struct slice metrics_text(struct http *h, struct arena *a)
{
    struct buf b = buf_new(a, 1024 * 1024);
    struct store_stats s = store_stats(h->o.city->store);
    struct rows rows;
    struct route *routes;
    size_t n = router_routes(h->router, &routes);
    struct sql_value now = sql_int(time_now(h->o.city->time));
    line(&b, "tongban_http_requests_total", "counter", "Requests, pages included", h->requests);
    line(&b, "tongban_http_cut_total", "counter", "Connections cut for being too slow", h->cut);
    line(&b, "tongban_http_queued", "gauge", "Requests waiting for a worker", h->queued);
    line(&b, "tongban_http_busy", "gauge", "Workers at work", h->busy);
    line(&b, "tongban_store_units_total", "counter", "Commands committed", s.units);
    line(&b, "tongban_store_batches_total", "counter", "Commits that carried them", s.batches);
    line(&b, "tongban_store_retries_total", "counter", "Commands run again after a lost race", s.retries);
    line(&b, "tongban_store_refused_total", "counter", "Commands refused", s.refused);
    line(&b, "tongban_store_queued", "gauge", "Commands waiting for a commit", s.queued);
    line(&b, "tongban_signer_up", "gauge", "Whether the signer answers", city_signer_up(h->o.city));
    line(&b, "tongban_resident_bytes", "gauge", "Memory of this process", resident_bytes());
    if (!failed(store_query(h->o.city->store, a, &OPEN_TASKS, &now, 1, &rows)) && rows.n) {
        line(&b, "tongban_tasks_open", "gauge", "Tasks open", row(&rows, 0)[0].i);
        line(&b, "tongban_tasks_late", "gauge", "Tasks past their due date", row(&rows, 0)[1].i);
    }
    if (!failed(store_query(h->o.city->store, a, &QUEUES, NULL, 0, &rows)) && rows.n) {
        line(&b, "tongban_jobs_waiting", "gauge", "Jobs not done", row(&rows, 0)[0].i);
        line(&b, "tongban_timers_pending", "gauge", "Timers not fired", row(&rows, 0)[1].i);
    }
    rotation_lines(h, a, &b);
    buf_puts(&b, "# HELP tongban_route_seconds Time of requests by route\n# TYPE tongban_route_seconds summary\n");
    for (size_t i = 0; i < n; i++) {
        if (routes[i].count == 0) continue;
        buf_printf(&b, "tongban_route_seconds_sum{route=\"%s\"} %.6f\n", routes[i].template_,
                   (double)routes[i].micros / 1e6);
        buf_printf(&b, "tongban_route_seconds_count{route=\"%s\"} %lld\n", routes[i].template_,
                   (long long)routes[i].count);
    }
    return buf_slice(&b);
}

/* Without the signer papers wait and nothing else does: the server stays in service, and says so. */
struct slice health_text(struct http *h)
{
    return city_signer_up(h->o.city) ? S("ok\n") : S("ok\nsigner: down\n");
}

bool health_good(struct http *h, struct arena *a)
{
    static const struct stmt ONE = {"health", "SELECT 1", NULL, false};
    struct rows rows;
    return !failed(store_query(h->o.city->store, a, &ONE, NULL, 0, &rows)) && rows.n == 1;
}
