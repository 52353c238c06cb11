/* Driving random models in the tests of the engine. */
#include "engine/process/random_play.h"

const struct process_model *random_model(struct kit *k, const char *notation)
{
    const struct process_model *m = NULL;
    result r = process_compile(k->a, kit_bpmn(k->a, "", notation), S("process.bpmn"), &k->env, &m);
    for (const struct problem *p = r.problem; p; p = p->next)
        if (p->code != CODE_PROCESS_DEAD) fail_msg("%.*s\n%s", SLICE_ARG(result_text(k->a, r, LANG_EN)), notation);
    return m;
}

static const char *data_for(struct arena *a, uint64_t *seed)
{
    return arena_printf(a, "{\"n\":%u}", (unsigned)(test_random(seed) % 3)).p;
}

/* A timer, a message or the signal. */
static void occur(struct play *p, uint32_t token)
{
    result r = play_event(p, EV_TIMER, token, NULL);
    if (!failed(r)) return;
    assert_code(r, CODE_PROCESS_TOKEN);
    r = play_event(p, EV_MESSAGE, token, "{\"m\":1}");
    if (!failed(r)) return;
    assert_code(r, CODE_PROCESS_TOKEN);
    assert_good(p->a, play_named(p, EV_SIGNAL, 0, "bell", NULL));
}

void random_turn(struct play *p, uint64_t *seed, const char *notation)
{
    const struct process_waiting *w;
    size_t n = process_waiting(p->a, p->s, &w), from = (size_t)(test_random(seed) % n);
    if (test_random(seed) % 40 == 0) {
        const char *data = arena_printf(p->a, "{\"step\":\"st%u\"}", (unsigned)(test_random(seed) % 6)).p;
        result r = play_event(p, EV_CANCEL_STEP, 0, data);
        if (failed(r)) assert_code(r, CODE_PROCESS_STEP);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const struct process_waiting *k = &w[(from + i) % n];
        p->at += MS_MINUTE;
        switch (k->why) {
        case WAIT_TASK: PLAY(p, EV_TASK_DONE, k->token, data_for(p->a, seed)); return;
        case WAIT_TIMER: PLAY(p, EV_TIMER, k->token, NULL); return;
        case WAIT_BOUNDARY: occur(p, k->token); return;
        case WAIT_INCIDENT: PLAY(p, EV_RETRY, k->token, NULL); return;
        case WAIT_VERB:
            if (test_random(seed) % 5 == 0)
                PLAY(p, EV_VERB_FAILED, k->token, "{\"code\":\"down\",\"message\":\"m\"}");
            else
                PLAY(p, EV_VERB_DONE, k->token, "{\"ok\":true}");
            return;
        case WAIT_CHILD:
        case WAIT_JOIN:
        case WAIT_EVENT:
        case WAIT_CONDITION:
        case WAIT_OFFER: break; /* comes by itself when the one before it is over */
        }
    }
    for (size_t i = 0; i < n; i++) print_message("%.*s waits (%d)\n", SLICE_ARG(w[i].node->id), (int)w[i].why);
    fail_msg("tokens are lost: nothing can happen any more:\n%s", notation);
}
