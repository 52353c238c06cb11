/* The stages of a change of data keys (rotate.h). */
#include "city/vault/rotate.h"

#include "city/sql.h"

enum { R_ID, R_SCOPE, R_STAGE, R_PLACE, R_AFTER, R_NO, R_QUIET, R_ASKED, R_KEYS, R_RESEALED, R_FOUND };
#define ROTATION "id, scope, stage, place, after, after_no, quiet_since, asked_at, keys, resealed, found"
static const struct stmt OPEN = {"rotation_open", "SELECT " ROTATION " FROM key_rotation WHERE ended_at = 0", NULL,
                                 false};
static const struct stmt LOCK = {"rotation_lock", "SELECT " ROTATION " FROM key_rotation WHERE ended_at = 0", NULL,
                                 true};
static const struct stmt INSERT = {
    "rotation_insert",
    "INSERT INTO key_rotation (id, scope, asked_at, asked_by, stage, place, after, after_no, quiet_since, keys, resealed, found, ended_at)"
    " VALUES (?1,?2,?3,?4,0,0,NULL,0,0,0,0,0,0)",
    NULL, false};
static const struct stmt UPDATE = {
    "rotation_update",
    "UPDATE key_rotation SET stage = ?2, place = ?3, after = ?4, after_no = ?5, quiet_since = ?6, keys = ?7, resealed = ?8,"
    " found = ?9, ended_at = ?10 WHERE id = ?1",
    NULL, false};
static const struct stmt LIST = {
    "rotation_list",
    "SELECT id, scope, asked_at, stage, place, keys, resealed, ended_at FROM key_rotation ORDER BY id DESC LIMIT 20",
    NULL, false};
/* Refusals kept by a program that did not write down whose key they are under (30 days at most): asked again, they are worked out again.
 * The heads of a box of AES under a first generation, in base64. */
static const struct stmt UNSIGNED_ANSWERS = {
    "rotation_unsigned",
    "DELETE FROM idempotency WHERE sealed IS NULL AND substr(reply, 1, 7) IN ('AQAAAAA','AQAAAAB','AQAAAAC','AQAAAAD')",
    NULL, false};

#define NEXT_KEYS "SELECT id, wrapped FROM data_key k WHERE id > ?1 AND length(wrapped) > 0"
#define FRESH NEXT_KEYS " AND other < 0 AND created_at <= ?3"
static const struct stmt NEW_ALL = {"rotation_all", FRESH " ORDER BY id LIMIT ?2", NULL, false};
static const struct stmt NEW_PERSONS = {
    "rotation_persons", FRESH " AND EXISTS (SELECT 1 FROM subject s WHERE s.id = k.id) ORDER BY id LIMIT ?2", NULL,
    false};
static const struct stmt NEW_CASES = {
    "rotation_cases", FRESH " AND EXISTS (SELECT 1 FROM case_file s WHERE s.id = k.id) ORDER BY id LIMIT ?2", NULL,
    false};
static const struct stmt TO_TURN = {
    "rotation_to_turn", NEXT_KEYS " AND other >= 0 AND other = generation + 1 ORDER BY id LIMIT ?2", NULL, false};
static const struct stmt TO_DROP = {
    "rotation_to_drop", NEXT_KEYS " AND other >= 0 AND other = generation - 1 ORDER BY id LIMIT ?2", NULL, false};
static const struct stmt KEY_SET = {
    "rotation_key", "UPDATE data_key SET wrapped = ?2, generation = ?3, other = ?4 WHERE id = ?1 AND wrapped = ?5",
    NULL, false};
static const struct stmt ERASED_ALONE = {
    "rotation_erased", "UPDATE data_key SET other = -1 WHERE other >= 0 AND length(wrapped) = 0", NULL, false};

const char *rotation_stage_name(int64_t stage)
{
    static const char *const NAMES[] = {"announce", "settle", "turn", "reseal", "rest", "prove", "drop"};
    return stage >= 0 && stage < ROTATE_STAGES ? NAMES[stage] : "none";
}

/* ---- one step: what it changes, and the row of the rotation, in one transaction ---- */

struct change {
    const struct stmt *set;
    struct sql_value binds[5];
    size_t n;
};
struct step {
    struct city *c;
    instant now;
    const struct sql_value *from; /* the row as it was read */
    int64_t stage, place, after_no, quiet, keys, resealed, found;
    struct id after;
    bool ended;
    struct change *list;
    size_t n, changed;
};

static bool unmoved(const struct sql_value *x, const struct sql_value *y)
{
    static const int SAME[] = {R_STAGE, R_PLACE, R_NO, R_QUIET, R_KEYS, R_RESEALED, R_FOUND};
    for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++)
        if (x[SAME[i]].i != y[SAME[i]].i) return false;
    return slice_eq(x[R_ID].s, y[R_ID].s) && slice_eq(x[R_AFTER].s, y[R_AFTER].s);
}

static result over(struct step *s, struct tx *tx, struct arena *a)
{
    struct json_builder b = json_builder(a);
    TRY(tx_exec(tx, a, &ERASED_ALONE, NULL, 0, NULL));
    json_set_str(&b, "scope", s->from[R_SCOPE].s);
    json_set_int(&b, "keys", s->keys);
    json_set_int(&b, "values", s->resealed);
    return audit_add(tx, a, NULL, s->now, "data_keys.rotated", json_object(&b));
}

static result step_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct step *s = ctx;
    struct rows r;
    s->changed = 0;
    TRY(tx_query(tx, a, &LOCK, NULL, 0, &r));
    if (!r.n || !unmoved(row(&r, 0), s->from)) return ok(); /* another server was here */
    for (size_t i = 0; i < s->n; i++) {
        int64_t n;
        TRY(tx_exec(tx, a, s->list[i].set, s->list[i].binds, s->list[i].n, &n));
        s->changed += n > 0;
    }
    bool keys = s->from[R_STAGE].i == ROTATE_ANNOUNCE,
         values = s->from[R_STAGE].i == ROTATE_RESEAL || s->from[R_STAGE].i == ROTATE_PROVE;
    if (s->from[R_STAGE].i == ROTATE_ANNOUNCE && id_is_none(s->after))
        TRY(tx_exec(tx, a, &UNSIGNED_ANSWERS, NULL, 0, NULL));
    if (s->ended) TRY(over(s, tx, a));
    return tx_exec(tx, a, &UPDATE,
                   BINDS(s->from[R_ID], sql_int(s->stage), sql_int(s->place), sql_id(&s->after), sql_int(s->after_no),
                         sql_int(s->quiet), sql_int(s->keys + (keys ? (int64_t)s->changed : 0)),
                         sql_int(s->resealed + (values ? (int64_t)s->changed : 0)), sql_int(s->found),
                         sql_int(s->ended ? s->now : 0)),
                   NULL);
}

static result take(struct step *s, struct arena *a)
{
    return store_run(s->c->store, a, "rotation", step_body, s);
}

static void go_to(struct step *s, int64_t stage)
{
    s->stage = stage;
    s->place = s->after_no = s->found = 0;
    s->after = ID_NONE;
    s->quiet = s->now;
}

static struct sql_value after_value(const struct step *s)
{
    return sql_blob(id_bytes(&s->after)); /* ID_NONE: before all, not NULL */
}

/* ---- keys ---- */

static void turned(struct data_key *k)
{
    struct data_key was = *k;
    k->generation = was.other_generation;
    k->other_generation = was.generation;
    memcpy(k->key, was.other, sizeof k->key);
    memcpy(k->other, was.key, sizeof k->other);
    crypto_wipe(&was, sizeof was);
}

static result key_change(struct step *s, struct arena *a, const struct sql_value *v, struct change *out)
{
    struct id owner;
    struct data_key k;
    if (!id_from_bytes(v[0].s, &owner)) return fail(a, CODE_INTERNAL, S("data_key"), "detail", S("id"), NULL);
    TRY(vault_unwrap(s->c, a, owner, v[1].s, &k));
    switch (s->stage) {
    case ROTATE_ANNOUNCE:
        k.two = true;
        k.other_generation = k.generation + 1;
        random_bytes(k.other, sizeof k.other);
        break;
    case ROTATE_TURN: turned(&k); break;
    default: k.two = false;
    }
    *out = (struct change){&KEY_SET,
                           {v[0], sql_blob(vault_wrap(s->c, a, &k)), sql_int(k.generation),
                            sql_int(k.two ? (int64_t)k.other_generation : -1), v[1]},
                           5};
    crypto_wipe(&k, sizeof k);
    return ok();
}

static const struct stmt *keys_of(const struct step *s)
{
    if (s->stage == ROTATE_TURN) return &TO_TURN;
    if (s->stage == ROTATE_DROP) return &TO_DROP;
    struct slice scope = s->from[R_SCOPE].s;
    return slice_is(scope, "persons") ? &NEW_PERSONS : slice_is(scope, "cases") ? &NEW_CASES : &NEW_ALL;
}

/* A second pass that finds none ends the stage: a key that was being wrapped anew just then comes in it. */
static result keys(struct step *s, struct arena *a, int64_t limit)
{
    struct rows r;
    const struct sql_value binds[] = {after_value(s), sql_int(limit), s->from[R_ASKED]};
    TRY(store_query(s->c->store, a, keys_of(s), binds, s->stage == ROTATE_ANNOUNCE ? 3 : 2, &r));
    s->list = NEW_ARRAY(a, struct change, r.n + 1);
    for (s->n = 0; s->n < r.n; s->n++) TRY(key_change(s, a, row(&r, s->n), &s->list[s->n]));
    if (r.n)
        (void)id_from_bytes(row(&r, r.n - 1)[0].s, &s->after);
    else if (!id_is_none(s->after))
        s->after = ID_NONE;
    else if (s->stage == ROTATE_DROP)
        s->ended = true;
    else
        go_to(s, s->stage + 1);
    return take(s, a);
}

/* ---- values ---- */

enum { BATCH_BYTES = 8 * 1024 * 1024 };
enum { H_ID, H_NO, H_HEAD, H_OWNER, H_GENERATION, H_WRAPPED };

static size_t nplaces(const struct city *c)
{
    size_t n = VAULT_NPLACES + CASE_NPLACES;
    for (size_t i = 0; c->areas && i < c->areas->n; i++) n += c->areas->list[i]->nsealed;
    return n;
}

static const struct sealed_place *place_at(const struct city *c, size_t i)
{
    if (i < VAULT_NPLACES) return &VAULT_PLACES[i];
    i -= VAULT_NPLACES;
    if (i < CASE_NPLACES) return &CASE_PLACES[i];
    i -= CASE_NPLACES;
    for (size_t k = 0; c->areas && k < c->areas->n; k++) {
        if (i < c->areas->list[k]->nsealed) return &c->areas->list[k]->sealed[i];
        i -= c->areas->list[k]->nsealed;
    }
    return NULL;
}

static bool stale(struct arena *a, const struct sealed_place *p, const struct sql_value *head)
{
    struct slice first = head[H_HEAD].s;
    uint32_t generation;
    if (p->base64 && !base64_decode(a, first, &first)) return false; /* plain: what was filed */
    return vault_box_generation(first, &generation) && (int64_t)generation != head[H_GENERATION].i;
}

static result moved(struct step *s, struct arena *a, const struct sealed_place *p, const struct sql_value *head,
                    const struct sql_value *v, struct slice *out)
{
    struct id owner;
    struct data_key k;
    struct slice box = v[0].s, plain;
    if (!id_from_bytes(head[H_OWNER].s, &owner)) return fail(a, CODE_INTERNAL, slice_cstr(p->name), NULL);
    TRY(vault_unwrap(s->c, a, owner, head[H_WRAPPED].s, &k));
    if (p->base64 && !base64_decode(a, box, &box)) return fail(a, CODE_CRYPTO_BOX, slice_cstr(p->name), NULL);
    if (p->move)
        TRY(p->move(s->c, a, &k, v, head[H_NO].i, out));
    else {
        TRY(vault_open(a, &k, p->aad, box, &plain));
        *out = vault_seal(a, &k, p->aad, plain);
    }
    if (p->base64) *out = base64_encode(a, *out);
    crypto_wipe(&k, sizeof k);
    return ok();
}

static result value_change(struct step *s, struct arena *a, const struct sealed_place *p, const struct sql_value *head,
                           size_t *bytes)
{
    struct rows r;
    struct slice fresh;
    struct change *x = &s->list[s->n];
    TRY(store_query(s->c->store, a, &p->get, head, p->two ? 2 : 1, &r));
    if (!r.n) return ok(); /* gone meanwhile */
    result res = moved(s, a, p, head, row(&r, 0), &fresh);
    if (failed(res)) return result_join(a, res, fail(a, CODE_ROTATION_VALUE, slice_cstr(p->name), NULL));
    struct sql_value value = row(&r, 0)[0];
    *bytes += fresh.n;
    *x = (struct change){.set = &p->set};
    x->binds[x->n++] = head[H_ID];
    if (p->two) x->binds[x->n++] = head[H_NO];
    x->binds[x->n++] = p->base64 ? sql_text(fresh) : sql_blob(fresh);
    x->binds[x->n++] = value;
    s->n++;
    return ok();
}

static void next_place(struct step *s)
{
    s->place++;
    s->after = ID_NONE;
    s->after_no = 0;
    if ((size_t)s->place < nplaces(s->c)) return;
    go_to(s, s->stage == ROTATE_PROVE && !s->from[R_FOUND].i ? ROTATE_DROP : ROTATE_REST);
}

static result values(struct step *s, struct arena *a, int64_t limit)
{
    struct rows r;
    size_t bytes = 0;
    const struct sealed_place *p = place_at(s->c, (size_t)s->place);
    if (!p) return fail(a, CODE_INTERNAL, S("rotation"), "detail", S("place"), NULL);
    const struct sql_value two[] = {after_value(s), sql_int(s->after_no), sql_int(limit)};
    const struct sql_value one[] = {two[0], two[2]};
    TRY(store_query(s->c->store, a, &p->heads, p->two ? two : one, p->two ? 3 : 2, &r));
    s->list = NEW_ARRAY(a, struct change, r.n + 1);
    for (size_t i = 0; i < r.n && bytes < BATCH_BYTES; i++) {
        const struct sql_value *head = row(&r, i);
        if (stale(a, p, head)) TRY(value_change(s, a, p, head, &bytes));
        (void)id_from_bytes(head[H_ID].s, &s->after);
        s->after_no = head[H_NO].i;
    }
    s->found = s->from[R_FOUND].i + (int64_t)s->n;
    if (!r.n) next_place(s);
    return take(s, a);
}

/* ---- the worker ---- */

static void read_step(struct city *c, const struct sql_value *v, instant now, struct step *s)
{
    *s = (struct step){.c = c,
                       .now = now,
                       .from = v,
                       .stage = v[R_STAGE].i,
                       .place = v[R_PLACE].i,
                       .after_no = v[R_NO].i,
                       .quiet = v[R_QUIET].i,
                       .keys = v[R_KEYS].i,
                       .resealed = v[R_RESEALED].i,
                       .found = v[R_FOUND].i};
    if (v[R_AFTER].type != SQL_BLOB || !id_from_bytes(v[R_AFTER].s, &s->after)) s->after = ID_NONE;
}

result rotation_run(struct city *c, struct arena *a, instant now, int64_t limit, size_t *done)
{
    struct rows r;
    struct step s;
    int64_t grace = (c->key_grace ? c->key_grace : KEY_GRACE) * MS_SECOND;
    *done = 0;
    TRY(store_query(c->store, a, &OPEN, NULL, 0, &r));
    if (!r.n) return ok();
    read_step(c, row(&r, 0), now, &s);
    switch (s.stage) {
    case ROTATE_SETTLE:
    case ROTATE_REST:
        if (now - s.quiet < grace) return ok();
        go_to(&s, s.stage + 1);
        TRY(take(&s, a));
        break;
    case ROTATE_RESEAL:
    case ROTATE_PROVE: TRY(values(&s, a, limit)); break;
    default: TRY(keys(&s, a, limit));
    }
    *done = 1;
    return ok();
}

/* ---- asking, telling ---- */

struct beginning {
    const struct actor *x;
    struct slice scope;
    instant now;
};

static result begin_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct beginning *k = ctx;
    struct rows r;
    struct id id = id_new(k->now), by = k->x ? k->x->account : ID_NONE;
    struct json_builder b = json_builder(a);
    TRY(tx_query(tx, a, &OPEN, NULL, 0, &r));
    if (r.n)
        return fail(a, CODE_ROTATION_RUNNING, S("scope"), "stage",
                    slice_cstr(rotation_stage_name(row(&r, 0)[R_STAGE].i)), NULL);
    TRY(tx_exec(tx, a, &INSERT, BINDS(sql_id(&id), sql_text(k->scope), sql_int(k->now), sql_id(&by)), NULL));
    json_set_str(&b, "scope", k->scope);
    return audit_add(tx, a, k->x, k->now, "data_keys.rotation_asked", json_object(&b));
}

result rotation_begin(struct city *c, struct arena *a, const struct actor *x, struct slice scope, instant now)
{
    if (!slice_is(scope, "all") && !slice_is(scope, "persons") && !slice_is(scope, "cases"))
        return fail(a, CODE_FIELD_TYPE, S("scope"), "expected", S("all, persons, cases"), NULL);
    struct beginning k = {x, scope, now};
    return store_run(c->store, a, "rotation_begin", begin_body, &k);
}

result rotation_list(struct city *c, struct arena *a, const struct json **out)
{
    struct rows r;
    struct json_builder items = json_builder(a), o = json_builder(a);
    TRY(store_query(c->store, a, &LIST, NULL, 0, &r));
    for (size_t i = 0; i < r.n; i++) {
        const struct sql_value *v = row(&r, i);
        struct json_builder b = json_builder(a);
        const struct sealed_place *p = place_at(c, (size_t)v[4].i);
        bool at_place = !v[7].i && (v[3].i == ROTATE_RESEAL || v[3].i == ROTATE_PROVE);
        json_set_id(&b, "id", v[0].s);
        json_set_str(&b, "scope", v[1].s);
        json_set_instant(&b, "asked_at", v[2].i);
        json_set_cstr(&b, "stage", v[7].i ? "ended" : rotation_stage_name(v[3].i));
        if (at_place && p) json_set_cstr(&b, "place", p->name);
        json_set_int(&b, "keys", v[5].i);
        json_set_int(&b, "resealed", v[6].i);
        json_set_instant(&b, "ended_at", v[7].i);
        json_add(&items, json_object(&b));
    }
    json_set(&o, "items", json_array(&items));
    *out = json_object(&o);
    return ok();
}

result rotation_figures(struct city *c, struct arena *a, int64_t *stage, int64_t *keys_, int64_t *resealed)
{
    struct rows r;
    *stage = ROTATE_STAGES;
    *keys_ = *resealed = 0;
    TRY(store_query(c->store, a, &OPEN, NULL, 0, &r));
    if (!r.n) return ok();
    *stage = row(&r, 0)[R_STAGE].i;
    *keys_ = row(&r, 0)[R_KEYS].i;
    *resealed = row(&r, 0)[R_RESEALED].i;
    return ok();
}
