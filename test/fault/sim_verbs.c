/* Doubles of what verbs reach: a register that gives numbers, a body outside the city that may be slow, out of order or say no, and
 * the making of papers (the platform's own verb of that name renders and signs). What they give is told apart by job and by run, so that an effect that happens twice is seen. */
#include "test/fault/sim.h"
#include "trust/crypto.h"
#include "trust/signer.h"

static const struct stmt EFFECT_CLEAR = {"sim_effect_clear", "DELETE FROM sim_effect", NULL, false};
static const struct stmt EFFECT_INSERT = {
    "sim_effect_insert", "INSERT INTO sim_effect (case_id, verb, job, number) VALUES (?1,?2,?3,?4)", NULL, false};
const struct migration SIM_MIGRATION = {
    "sim", 1, "effects",
    "CREATE TABLE sim_effect (case_id {BLOB} NOT NULL, verb {TEXT} NOT NULL, job {TEXT} NOT NULL, number {INT} NOT NULL);\n",
    NULL};

/* In the transaction: draws a number, now and then. */
static result local_run(struct verb_call *x, const struct json **output)
{
    struct json_builder b = json_builder(x->a);
    int64_t number = x->number(x->number_ctx, S("sim"));
    if (!number) return ok();
    json_set_int(&b, "number", number);
    *output = json_object(&b);
    return ok();
}

/* Ids of what a job makes come from the job's, so that a second run makes the same. */
static struct id made_by(struct id job)
{
    uint8_t h[32];
    struct id out;
    const struct slice parts[] = {S("sim"), id_bytes(&job)};
    crypto_sha256_parts(parts, 2, h);
    memcpy(out.b, h, 16);
    return out;
}

static void make_document(struct verb_call *x, const char *kind)
{
    struct json_builder f = json_builder(x->a), list = json_builder(x->a), title = json_builder(x->a);
    struct id id = made_by(x->job);
    struct slice bytes = arena_printf(x->a, "document of %.*s", SLICE_ARG(id_text(x->a, x->job)));
    uint8_t h[32];
    crypto_sha256(bytes, h);
    json_set_cstr(&title, "zh", "文书");
    json_set_cstr(&title, "en", "Paper");
    json_set_cstr(&f, "t", "document");
    json_set_str(&f, "id", id_text(x->a, id));
    json_set_cstr(&f, "kind", kind);
    json_set_str(&f, "step", x->step);
    json_set_str(&f, "number", id_text(x->a, id));
    json_set(&f, "title", json_object(&title));
    json_set_str(&f, "sha256", hex_encode(x->a, (struct slice){(const char *)h, 32}));
    json_set_str(&f, "token", id_text(x->a, id));
    json_add(&list, json_object(&f));
    x->facts = json_array(&list);
    x->blobs[0] = (struct verb_blob){id, bytes};
    x->nblobs = 1;
}

static result outside(struct verb_call *x)
{
    if (sim.calm) return ok();
    if (rng_chance(&sim.rng, 15)) {
        sim_fault(FAULT_SLOW_WORKER);
        sim_trace("a worker is slow");
        fiber_park();
    } else if (rng_chance(&sim.rng, 30)) {
        fiber_yield();
    }
    if (rng_chance(&sim.rng, 12)) {
        sim_fault(FAULT_OUTAGE);
        return fail(x->a, CODE_UNAVAILABLE, S("/a"), "detail", S("out of order"), NULL);
    }
    if (rng_chance(&sim.rng, 6)) {
        sim_fault(FAULT_REFUSES);
        return fail(x->a, CODE_FIELD_UNKNOWN, S("/a"), NULL);
    }
    return ok();
}

static result job_run(struct verb_call *x, const struct json **output)
{
    static int64_t runs;
    struct json_builder b = json_builder(x->a);
    runs++;
    TRY(outside(x));
    json_set_str(&b, "job", id_text(x->a, x->job));
    json_set_int(&b, "number", runs);
    if (runs % 3 == 0) make_document(x, "result");
    *output = json_object(&b);
    return ok();
}

static result paper_run(struct verb_call *x, const struct json **output)
{
    struct json_builder b = json_builder(x->a);
    TRY(outside(x));
    make_document(x, arena_cstr(x->a, json_string(x->input, "paper")));
    json_set_str(&b, "job", id_text(x->a, x->job));
    *output = json_object(&b);
    return ok();
}

static result project(struct arena *a, const struct json *fact, struct id case_id, struct decision *d)
{
    const struct json *output = json_get(fact, "output");
    struct id *keep = NEW(a, struct id);
    *keep = case_id;
    decision_write(d, &EFFECT_INSERT, 1, 4, sql_id(keep), sql_text(json_string(fact, "verb")),
                   sql_text(json_string(output, "job")), sql_int(json_int(output, "number", 0)));
    return ok();
}

static const char *const SERIES[] = {"sim", NULL};
static const struct verb LOCAL = {.name = "local.x",
                                  .kind = VERB_LOCAL,
                                  .is_double = true,
                                  .summary_zh = "登记（替身）",
                                  .summary_en = "Register (stand-in)",
                                  .input_schema = "{\"type\":\"object\",\"properties\":{\"a\":{}}}",
                                  .output_schema = "{}",
                                  .series = SERIES,
                                  .run = local_run};
static const struct verb JOB = {.name = "job.x",
                                .kind = VERB_JOB,
                                .is_double = true,
                                .summary_zh = "外部机构（替身）",
                                .summary_en = "A body outside (stand-in)",
                                .input_schema = "{\"type\":\"object\",\"properties\":{\"a\":{}}}",
                                .output_schema = "{}",
                                .run = job_run};
static const struct verb PAPER = {.name = "paper.issue",
                                  .kind = VERB_JOB,
                                  .is_double = true,
                                  .summary_zh = "出具文书（替身）",
                                  .summary_en = "Issues papers (stand-in)",
                                  .input_schema = "{}",
                                  .output_schema = "{}",
                                  .run = paper_run};
static const struct verb *const VERBS[] = {&LOCAL, &JOB, &PAPER};
static const struct stmt *const CLEAR[] = {&EFFECT_CLEAR, NULL};
static const char *const TASKS_STAY[] = {SIM_TASKS_STAY, NULL};
static const struct area AREA = {.number = 1,
                                 .name_zh = "模拟",
                                 .name_en = "simulated",
                                 .verbs = VERBS,
                                 .nverbs = 3,
                                 .clear_projections = CLEAR,
                                 .tasks_stay = TASKS_STAY,
                                 .project = project};
static const struct area *const LIST[] = {&AREA};
const struct areas SIM_AREAS = {LIST, 1};

/* A double of the signature on a record: the true one is of random numbers that OpenSSL draws by itself, so that no two runs would be
 * alike. */
result __wrap_signer_sign_record(struct signer *s, struct arena *a, struct slice subject, struct slice canonical,
                                 struct record_signatures *out);
result __wrap_signer_sign_record(struct signer *s, struct arena *a, struct slice subject, struct slice canonical,
                                 struct record_signatures *out)
{
    uint8_t *h = arena_alloc(a, 32);
    (void)s, (void)subject;
    crypto_sha256(canonical, h);
    out->sm2 = out->ed25519 = (struct slice){(const char *)h, 32};
    return ok();
}
