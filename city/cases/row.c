#include "city/cases/row.h"

#include "city/cases/measure.h"

static const char *const STATE_NAMES[CASE_STATES] = {"filed",     "correction", "handling",
                                                     "delivered", "refused",    "withdrawn"};
static const char *const STEP_NAMES[STEP_STATES] = {"waiting", "running", "done", "refused", "withdrawn"};

const char *case_state_name(enum case_state s)
{
    return STATE_NAMES[s];
}
bool case_state_open(enum case_state s)
{
    return s == CASE_FILED || s == CASE_CORRECTION || s == CASE_HANDLING;
}
const char *step_state_name(enum step_state s)
{
    return STEP_NAMES[s];
}

const struct stmt CASE_SELECT = {"case_select", "SELECT " CASE_COLUMNS " FROM case_file WHERE id = ?1", NULL, true};
const struct stmt CASE_SELECT_READ = {"case_select_read", "SELECT " CASE_COLUMNS " FROM case_file WHERE id = ?1", NULL,
                                      false};

static const struct stmt CASE_INSERT = {
    "case_insert",
    "INSERT INTO case_file (" CASE_COLUMNS
    ") VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20)",
    NULL, false};
static const struct stmt CASE_UPDATE = {
    "case_update",
    "UPDATE case_file SET state=?3, outcome=?4, version=?5, engine=?6, vars_ct=?7, progress=?8, accepted_at=?9, decided_at=?10,"
    " due_at=?11, statutory_due_at=?12 WHERE id=?1 AND version=?2",
    NULL, false};

struct case_step *case_step_find(struct case_row *c, struct slice key)
{
    for (size_t i = 0; i < c->nsteps; i++)
        if (slice_eq(c->steps[i].key, key)) return &c->steps[i];
    return NULL;
}

/* ---- progress: short member names, it is written with every command ---- */

static void write_limit(struct json_builder *b, const char *key, const struct limit *l)
{
    if (l->n == 0) return;
    struct json_builder x = json_builder(b->a);
    json_add(&x, json_of_int(b->a, l->n));
    json_add(&x, json_of_int(b->a, (int64_t)l->unit));
    json_set(b, key, json_array(&x));
}

static const struct json *write_clock(struct arena *a, const struct clock *k)
{
    struct json_builder b = json_builder(a);
    write_limit(&b, "p", &k->promised);
    write_limit(&b, "l", &k->statutory);
    if (k->started) json_set_int(&b, "s", k->started);
    if (k->ended) json_set_int(&b, "e", k->ended);
    if (k->nstops) {
        struct json_builder x = json_builder(a);
        for (size_t i = 0; i < k->nstops; i++) {
            json_add(&x, json_of_int(a, k->stops[i].from));
            json_add(&x, json_of_int(a, k->stops[i].to));
            json_add(&x, json_of_int(a, (int64_t)k->stops[i].cause));
        }
        json_set(&b, "x", json_array(&x));
    }
    return json_object(&b);
}

static int64_t item_int(const struct json *v, size_t i)
{
    int64_t n = 0;
    if (v && i < v->n) (void)json_is_int(v->items[i], &n);
    return n;
}

static void read_limit(const struct json *v, struct limit *l)
{
    *l = (struct limit){item_int(v, 0), (enum limit_unit)item_int(v, 1), {NULL, 0}};
}

static void read_clock(const struct json *v, struct clock *k)
{
    memset(k, 0, sizeof *k);
    read_limit(json_get(v, "p"), &k->promised);
    read_limit(json_get(v, "l"), &k->statutory);
    k->started = json_int(v, "s", 0);
    k->ended = json_int(v, "e", 0);
    const struct json *x = json_get(v, "x");
    for (size_t i = 0; x && i + 2 < x->n && k->nstops < CLOCK_STOPS_MAX; i += 3)
        k->stops[k->nstops++] =
            (struct clock_stop){item_int(x, i), item_int(x, i + 1), (enum stop_cause)item_int(x, i + 2)};
}

struct slice case_progress_write(struct arena *a, const struct case_row *c)
{
    struct json_builder b = json_builder(a), steps = json_builder(a);
    json_set(&b, "k", write_clock(a, &c->clock));
    for (size_t i = 0; i < c->nsteps; i++) {
        const struct case_step *s = &c->steps[i];
        struct json_builder x = json_builder(a);
        json_set_str(&x, "n", s->key);
        json_set_int(&x, "t", (int64_t)s->state);
        if (s->outcome.n) json_set_str(&x, "o", s->outcome);
        if (s->officer.n) json_set_str(&x, "w", s->officer);
        json_set(&x, "k", write_clock(a, &s->clock));
        json_add(&steps, json_object(&x));
    }
    json_set(&b, "s", json_array(&steps));
    if (c->accepted_how.n) json_set_str(&b, "h", c->accepted_how);
    if (c->urged_at) json_set_int(&b, "u", c->urged_at);
    if (c->at > c->filed_at) json_set_int(&b, "t", c->at - c->filed_at);
    if (c->correction) json_set(&b, "c", c->correction);
    if (c->officers) json_set(&b, "o", c->officers);
    if (c->decisions) json_set(&b, "r", c->decisions);
    if (c->limits_of.n) json_set_str(&b, "lv", c->limits_of);
    if (c->reviewed) json_set_bool(&b, "v", true);
    if (c->decider.n) json_set_str(&b, "d", c->decider);
    if (c->deciders) json_set_bool(&b, "dd", true);
    /* what most cases have is left out */
    if (c->channel.n && !slice_is(c->channel, "online")) json_set_str(&b, "ch", c->channel);
    if (c->acts > 1) json_set_int(&b, "a", c->acts);
    if (c->papers) json_set_int(&b, "p", c->papers);
    if (c->fee_fen) json_set_int(&b, "f", c->fee_fen);
    return json_write(a, json_object(&b));
}

result case_progress_read(struct arena *a, struct slice text, struct case_row *c)
{
    const struct json *v = NULL, *steps;
    TRY(json_parse(a, text, 256 * 1024, S("case_file.progress"), &v));
    read_clock(json_get(v, "k"), &c->clock);
    steps = json_get(v, "s");
    c->nsteps = steps ? steps->n : 0;
    c->steps = NEW_ARRAY(a, struct case_step, c->nsteps + 1);
    for (size_t i = 0; i < c->nsteps; i++) {
        const struct json *x = steps->items[i];
        struct case_step *s = &c->steps[i];
        s->key = json_string(x, "n");
        s->state = (enum step_state)json_int(x, "t", 0);
        s->outcome = json_string(x, "o");
        s->officer = json_string(x, "w");
        read_clock(json_get(x, "k"), &s->clock);
    }
    c->accepted_how = json_string(v, "h");
    c->urged_at = json_int(v, "u", 0);
    c->at = c->filed_at + json_int(v, "t", 0);
    c->correction = json_get(v, "c");
    c->officers = json_get(v, "o");
    c->decisions = json_get(v, "r");
    c->limits_of = json_string(v, "lv");
    c->reviewed = json_bool(v, "v", false);
    c->decider = json_string(v, "d");
    c->deciders = json_bool(v, "dd", false);
    c->channel = json_get(v, "ch") ? json_string(v, "ch") : S("online");
    c->acts = json_int(v, "a", 1);
    c->papers = json_int(v, "p", 0);
    c->fee_fen = json_int(v, "f", 0);
    return ok();
}

result case_row_read(struct arena *a, const struct sql_value *v, const struct data_key *key, struct case_row *c)
{
    memset(c, 0, sizeof *c);
    if (!id_from_bytes(v[0].s, &c->id) || !id_from_bytes(v[4].s, &c->subject) || !id_from_bytes(v[6].s, &c->filed_by))
        return fail(a, CODE_INTERNAL, S("case_file"), "detail", S("bad id in row"), NULL);
    if (v[5].type != SQL_NULL) (void)id_from_bytes(v[5].s, &c->agent);
    c->number = v[1].s;
    c->service = v[2].s;
    c->service_hash = v[3].s;
    c->department = v[7].s;
    c->town = v[8].s;
    c->state = (enum case_state)v[9].i;
    c->outcome = v[10].s;
    c->version = v[11].i;
    c->engine = v[12].s;
    c->filed_at = v[15].i;
    c->accepted_at = v[16].i;
    c->decided_at = v[17].i;
    TRY(case_progress_read(a, v[14].s, c));
    c->folded = v[13].s.n == 0;
    if (!key || c->folded) return ok();
    struct slice plain;
    TRY(vault_open(a, key, "case.vars", v[13].s, &plain));
    return json_parse(a, plain, 4 * 1024 * 1024, S("case_file.vars"), &c->vars);
}

void case_due(const struct calendar *cal, const struct case_row *c, instant *promised, instant *statutory)
{
    bool runs = c->clock.started != 0;
    *promised = runs && c->clock.promised.n ? clock_due(cal, &c->clock, &c->clock.promised) : 0;
    *statutory = runs && c->clock.statutory.n ? clock_due(cal, &c->clock, &c->clock.statutory) : 0;
}

struct slice case_vars_seal(struct arena *a, const struct data_key *key, const struct case_row *c)
{
    return vault_seal(a, key, "case.vars", json_write(a, c->vars));
}

void case_row_write(const struct city *city, struct decision *d, const struct data_key *key, const struct case_row *c)
{
    struct arena *a = d->a;
    instant due, statutory;
    case_due(city->calendar, c, &due, &statutory);
    struct sql_value vars = sql_blob(case_vars_seal(a, key, c));
    struct sql_value progress = sql_text(case_progress_write(a, c));
    if (c->version == 1) {
        const struct sql_value v[] = {sql_id(&c->id),
                                      sql_text(c->number),
                                      sql_text(c->service),
                                      sql_text(c->service_hash),
                                      sql_id(&c->subject),
                                      sql_id(&c->agent),
                                      sql_id(&c->filed_by),
                                      sql_text(c->department),
                                      sql_text(c->town),
                                      sql_int((int64_t)c->state),
                                      sql_text(c->outcome),
                                      sql_int(c->version),
                                      sql_blob(c->engine),
                                      vars,
                                      progress,
                                      sql_int(c->filed_at),
                                      sql_int(c->accepted_at),
                                      sql_int(c->decided_at),
                                      sql_int(due),
                                      sql_int(statutory)};
        decision_write_v(d, &CASE_INSERT, 1, v, sizeof v / sizeof *v);
        if (c->ended) measure_write(city, d, c);
        return;
    }
    const struct sql_value v[] = {sql_id(&c->id),
                                  sql_int(c->version - 1),
                                  sql_int((int64_t)c->state),
                                  sql_text(c->outcome),
                                  sql_int(c->version),
                                  sql_blob(c->engine),
                                  vars,
                                  progress,
                                  sql_int(c->accepted_at),
                                  sql_int(c->decided_at),
                                  sql_int(due),
                                  sql_int(statutory)};
    decision_write_v(d, &CASE_UPDATE, 1, v, sizeof v / sizeof *v);
    if (c->ended) measure_write(city, d, c);
}
