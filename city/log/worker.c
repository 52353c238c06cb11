/* The sequencer's life in one server process: lease, rounds, signature, witnesses, publication. */
#include <time.h>

#include "base/log.h"
#include "city/log/internal.h"
#include "city/sql.h"

/* SIGN_EVERY_MS: the signer lets 1200 signatures of a kind a minute through; who has used them up in the first seconds of a burst would
 * publish nothing for the rest of the minute. */
enum { LEASE_MS = 6000, RENEW_MS = 2000, ROUNDS = 2, SIGN_EVERY_MS = 60 };

static const struct stmt LEASE_LEAVE = {"log_lease_leave", "UPDATE log_lease SET lease_until=0 WHERE lease_owner=?1",
                                        NULL, false};
static const struct stmt TROUBLE = {"log_trouble", "UPDATE log_state SET trouble=?1 WHERE id=1 AND trouble <> ?1", NULL,
                                    false};

struct log_worker {
    struct city *city;
    struct id owner;
    int64_t epoch;    /* 0: another process sequences */
    int64_t renew_at; /* monotonic ms */
    int64_t sign_at;  /* the same: not before */
    const struct tlog_policy *policy;
    struct log_witnesses witnesses;
    bool ready;    /* policy and witnesses are read */
    bool compared; /* with the signer, under this epoch */
};

static void worker_end(void *arg)
{
    struct log_worker *w = arg;
    arena_free(w->witnesses.a);
}

struct log_worker *log_worker_new(struct city *c, struct arena *a)
{
    struct log_worker *w = NEW(a, struct log_worker);
    *w = (struct log_worker){.city = c, .owner = id_new(time_now(c->time)), .witnesses.a = arena_new("cosignatures")};
    arena_cleanup(a, worker_end, w);
    return w;
}

static result leave_body(struct tx *tx, struct arena *a, void *ctx)
{
    return tx_exec(tx, a, &LEASE_LEAVE, BINDS(sql_id(ctx)), NULL);
}

void log_worker_leave(struct log_worker *w, struct arena *a)
{
    if (!w->epoch) return;
    result r = store_run(w->city->store, a, "log_lease_leave", leave_body, &w->owner);
    if (failed(r)) log_problems(LEVEL_DEBUG, "log.lease", r); /* it runs out by itself */
    w->epoch = 0;
}

/* Takes the lease or keeps it; another process that has it is left alone. */
static result lead(struct log_worker *w, struct arena *a)
{
    struct rows r;
    int64_t ms = log_monotonic_ms();
    if (w->epoch && ms < w->renew_at) return ok();
    if (w->epoch) TRY(store_run(w->city->store, a, "log_lease_renew", leave_body, &w->owner));
    TRY(store_lease(w->city->store, a, "log_lease", w->owner, LEASE_MS, 1, &r));
    w->renew_at = ms + RENEW_MS;
    if (r.n == 0)
        w->epoch = 0;
    else if (!w->epoch) {
        w->compared = false;
        TRY(log_take_over(w->city, a, &w->epoch));
    }
    return ok();
}

/* Once: the policy, which lives as long as the process. */
static result prepare(struct log_worker *w, struct arena *a)
{
    struct log_state s;
    struct slice text;
    if (w->ready) return ok();
    TRY(log_open(w->city, a, &s));
    struct arena *life = w->city->a;
    result r = log_policy(w->city, life, &text, &w->policy);
    TRY(failed(r) ? result_copy(a, r) : r);
    const struct tlog_witness *list = tlog_policy_witnesses(life, w->policy, &w->witnesses.n);
    w->witnesses.list = NEW_ARRAY(life, struct log_witness, w->witnesses.n + 1);
    for (size_t i = 0; i < w->witnesses.n; i++) w->witnesses.list[i].w = list[i];
    w->ready = true;
    return ok();
}

static result take_in(struct log_worker *w, struct arena *a, struct log_state *s, size_t *done)
{
    TRY(log_open(w->city, a, s));
    for (int i = 0; i < ROUNDS; i++) {
        size_t taken;
        bool fenced;
        TRY(log_sequence(w->city, a, w->epoch, s, &taken, &fenced));
        if (fenced) w->epoch = 0;
        *done += taken;
        if (fenced || taken < LOG_ROUND) break;
    }
    return ok();
}

/* As much of the policy as is met decides; what is missing is asked for again. */
static result publish(struct log_worker *w, struct arena *a, const struct log_signed *s, instant now, size_t *done)
{
    struct slice lines;
    struct tlog_verdict v;
    result asked = log_witnesses_ask(&w->witnesses, w->city, a, s, &lines);
    struct slice note = arena_printf(a, "%.*s%.*s", SLICE_ARG(s->note), SLICE_ARG(lines));
    bool better = note.n > s->cosigned.n; /* a further cosignature of what is published already */
    if (better && !failed(tlog_policy_check(a, w->policy, note, &v))) {
        TRY(log_publish(w->city, a, s, note, now));
        (*done)++;
    }
    return asked;
}

static result trouble_body(struct tx *tx, struct arena *a, void *ctx)
{
    return tx_exec(tx, a, &TROUBLE, BINDS(sql_text(*(const struct slice *)ctx)), NULL);
}

/* That the log went back or forked is kept for everybody to see until an operator has dealt with it. What the signer refuses also halts
 * the signing: grown past the size that it remembers, another history would be signed. A witness's word does not, for one that is out of
 * order must not be able to. */
static result tell(struct log_worker *w, struct arena *a, instant now, result r, bool halted)
{
    enum code code = result_code(r);
    struct log_state s;
    if (code != CODE_LOG_ROLLED_BACK && code != CODE_LOG_FORK && code != CODE_LOG_KEY) return r;
    TRY(log_open(w->city, a, &s));
    if (s.trouble.n && !halted) return r;
    struct json_builder b = json_builder(a);
    json_set_str(&b, "zh", problem_text(a, r.problem, LANG_ZH));
    json_set_str(&b, "en", problem_text(a, r.problem, LANG_EN));
    json_set_cstr(&b, "code", code_name(code));
    json_set_bool(&b, "halted", halted);
    json_set_str(&b, "at", instant_text(a, now));
    struct slice text = json_write(a, json_object(&b));
    TRY(store_run(w->city->store, a, "log_trouble", trouble_body, &text));
    return r;
}

result log_acknowledge(struct city *c, struct arena *a)
{
    struct slice none = S("");
    return store_run(c->store, a, "log_trouble", trouble_body, &none);
}

static bool halted(struct arena *a, const struct log_state *s)
{
    const struct json *v;
    return s->trouble.n && !failed(json_parse(a, s->trouble, 8192, S("log_state.trouble"), &v)) &&
           json_bool(v, "halted", false);
}

/* Before anything new is taken in, what the database has must be what the signer knows: a restored copy shows here. */
static result compare_with_signer(struct log_worker *w, struct arena *a, instant now)
{
    struct log_state s;
    struct log_signed last;
    if (w->compared) return ok();
    TRY(log_open(w->city, a, &s));
    if (s.head.size && !halted(a, &s)) {
        result r = log_sign(w->city, a, &s, now, &last);
        TRY(failed(r) ? tell(w, a, now, r, true) : r);
    }
    w->compared = true;
    return ok();
}

static void wait_to_sign(struct log_worker *w)
{
    int64_t early = w->sign_at - log_monotonic_ms();
    if (early > 0) (void)nanosleep(&(struct timespec){0, early * 1000000}, NULL);
    w->sign_at = log_monotonic_ms() + SIGN_EVERY_MS;
}

static result turn(struct log_worker *w, struct arena *a, instant now, size_t *done)
{
    struct log_state s;
    struct log_signed last;
    TRY(take_in(w, a, &s, done));
    if (!w->epoch || s.head.size == 0 || halted(a, &s)) return ok();
    TRY(log_signed_last(w->city, a, &last));
    if (!last.note.n || last.head.size != s.head.size) {
        wait_to_sign(w);
        result r = log_sign(w->city, a, &s, now, &last);
        TRY(failed(r) ? tell(w, a, now, r, true) : r);
        (*done)++;
    }
    result r = publish(w, a, &last, now, done);
    return failed(r) ? tell(w, a, now, r, false) : r;
}

result log_work(struct log_worker *w, struct arena *a, instant now, size_t *done)
{
    *done = 0;
    if (!w->city->signer) return ok();
    if (!w->ready) {
        result r = log_key_decided(w->city, a, now);
        TRY(failed(r) ? tell(w, a, now, r, false) : r);
    }
    TRY(prepare(w, a));
    TRY(lead(w, a));
    if (!w->epoch) return ok();
    result compared = compare_with_signer(w, a, now);
    return result_join(a, compared, turn(w, a, now, done));
}
