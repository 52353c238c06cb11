/* What repeats: loops, multi-instance activities, ad hoc sub-processes, complex gateways, quantities. */
#include "engine/process/testkit.h"

#define MULTI(attributes, content) \
    "<multiInstanceLoopCharacteristics " attributes ">" content "</multiInstanceLoopCharacteristics>"
#define TASK_OF(id, content) "userTask " id " tb:kind=\"handle\" tb:role=\"clerk\" | " content "\n"
#define TASK(id) TASK_OF(id, "")
#define SCRIPT(id, text) "scriptTask " id " scriptFormat=\"feel\" | <script>" text "</script>\n"

static struct play begin(struct arena *a, const char *notation, const char *vars)
{
    struct kit k;
    kit_init(&k, a);
    k.env.events = k.env.quantities = true;
    struct play p;
    play_begin(&p, a, kit_compile(&k, notation), vars);
    return p;
}

static const char *of_list(struct arena *a, const char *attributes, const char *more)
{
    return arena_printf(
               a,
               "startEvent s\nuserTask t tb:kind=\"handle\" tb:role=\"clerk\" tb:result=\"r\" | "
               "<multiInstanceLoopCharacteristics %s>%s</multiInstanceLoopCharacteristics>\nendEvent e\ns -> t\nt -> e\n",
               attributes, more)
        .p;
}

#define COLLECT "tb:collection=\"members\" tb:item=\"member\" tb:collect=\"answers\" tb:value=\"r.answer\""

static void parallel_instances_have_their_own_item(void **state)
{
    struct arena *a = *state;
    struct play p = begin(a, of_list(a, COLLECT, ""), "{\"members\":[\"x\",\"y\",\"z\"]}");
    assert_int_equal(play_effects(&p, EFF_TASK, "t"), 3);
    uint32_t tokens[3], n = 0;
    for (size_t i = 0; i < p.last.n; i++)
        if (p.last.effects[i].type == EFF_TASK) tokens[n++] = p.last.effects[i].token;
    const struct json *view = process_vars_at(a, p.s, p.vars, tokens[1]);
    assert_slice(json_string(view, "member"), "y");
    assert_slice(json_write(a, json_get(view, "loopCounter")), "2");
    PLAY(&p, EV_TASK_DONE, tokens[2], "{\"answer\":\"Z\"}"); /* in any order */
    PLAY(&p, EV_TASK_DONE, tokens[0], "{\"answer\":\"X\"}");
    assert_var(&p, "/answers", "absent"); /* not before all are over */
    assert_var(&p, "/r", "absent");
    PLAY(&p, EV_TASK_DONE, tokens[1], "{\"answer\":\"Y\"}");
    assert_true(p.last.ended);
    assert_var(&p, "/answers", "[\"X\",\"Y\",\"Z\"]");
    assert_var(&p, "/$calls", "absent");
}

static void sequential_instances_one_by_one(void **state)
{
    struct arena *a = *state;
    struct play p = begin(a, of_list(a, "isSequential=\"true\" " COLLECT, ""), "{\"members\":[\"x\",\"y\"]}");
    assert_int_equal(play_effects(&p, EFF_TASK, "t"), 1);
    PLAY(&p, EV_TASK_DONE, play_effect(&p, EFF_TASK, "t")->token, "{\"answer\":1}");
    uint32_t second = play_effect(&p, EFF_TASK, "t")->token;
    assert_slice(json_string(process_vars_at(a, p.s, p.vars, second), "member"), "y");
    PLAY(&p, EV_TASK_DONE, second, "{\"answer\":2}");
    assert_var(&p, "/answers", "[1,2]");
    assert_true(p.last.ended);
}

static void completion_condition_ends_the_rest(void **state)
{
    struct arena *a = *state;
    struct play p = begin(
        a,
        of_list(a, COLLECT,
                "<completionCondition>numberOfCompletedInstances / numberOfInstances &gt;= 0.5</completionCondition>"),
        "{\"members\":[1,2,3,4]}");
    assert_int_equal(play_effects(&p, EFF_TASK, "t"), 4);
    uint32_t first = play_effect(&p, EFF_TASK, "t")->token;
    PLAY(&p, EV_TASK_DONE, first, "{\"answer\":1}");
    assert_false(p.last.ended);
    const struct process_waiting *w;
    size_t n = process_waiting(a, p.s, &w), at = 0;
    while (at < n && w[at].why != WAIT_TASK) at++;
    PLAY(&p, EV_TASK_DONE, w[at].token, "{\"answer\":2}");
    assert_int_equal(play_effects(&p, EFF_TASK_CLOSED, "t"), 2);
    assert_true(p.last.ended);
}

static void no_instances_pass_at_once(void **state)
{
    struct arena *a = *state;
    struct play p = begin(a, of_list(a, COLLECT, ""), "{\"members\":[]}");
    assert_true(p.last.ended);
    assert_var(&p, "/answers", "[]");
}

static void a_cardinality_that_is_no_number_stands_still(void **state)
{
    struct arena *a = *state;
    struct play p = begin(a, of_list(a, "", "<loopCardinality>n</loopCardinality>"), "{\"n\":\"three\"}");
    assert_int_equal(play_effects(&p, EFF_INCIDENT, "t"), 1);
    PLAY(&p, EV_RETRY, play_at(&p, "t"), "{\"n\":2}");
    assert_int_equal(play_effects(&p, EFF_TASK, "t"), 2);
    PLAY(&p, EV_CANCEL, 0, NULL);
    assert_int_equal(play_effects(&p, EFF_TASK_CLOSED, "t"), 2);
}

static void boundary_of_all_instances(void **state)
{
    struct arena *a = *state;
    struct play p =
        begin(a,
              arena_printf(a,
                           "%sboundaryEvent b attachedToRef=\"t\" | <timerEventDefinition><timeDuration>PT1H"
                           "</timeDuration></timerEventDefinition>\nendEvent late\nb -> late\n",
                           of_list(a, COLLECT, ""))
                  .p,
              "{\"members\":[1,2]}");
    assert_int_equal(play_effects(&p, EFF_TIMER, "b"), 1); /* one for all */
    PLAY(&p, EV_TIMER, play_at(&p, "b"), NULL);
    assert_int_equal(play_effects(&p, EFF_TASK_CLOSED, "t"), 2);
    assert_slice(json_string(p.ended, "outcome"), "late");
}

static void sub_process_for_each(void **state)
{
    struct arena *a = *state;
    struct play p = begin(a,
                          "startEvent s\nsubProcess q {\n" MULTI(
                              "tb:collection=\"members\" tb:item=\"m\" tb:collect=\"sums\" tb:value=\"sum\"",
                              "") "\nstartEvent qs\n" SCRIPT("c", "{sum: m * 10}")
                              TASK("t") "endEvent qe\nqs -> c\nc -> t\nt -> qe\n}\nendEvent e\ns -> q\nq -> e\n",
                          "{\"members\":[1,2]}");
    assert_int_equal(play_effects(&p, EFF_TASK, "t"), 2);
    assert_var(&p, "/sum", "absent"); /* each has its own */
    PLAY(&p, EV_TASK_DONE, play_at(&p, "t"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "t"), NULL);
    assert_var(&p, "/sums", "[10,20]");
    assert_true(p.last.ended);
}

static void an_error_in_one_instance_ends_all(void **state)
{
    struct play p = begin(
        *state,
        "startEvent s\nserviceTask v tb:verb=\"job.x\" | " MULTI(
            "",
            "<loopCardinality>3</loopCardinality>") "\n"
                                                    "boundaryEvent b attachedToRef=\"v\" tb:result=\"err\" | <errorEventDefinition/>\nendEvent e\nendEvent f\n"
                                                    "s -> v\nv -> e\nb -> f\n",
        NULL);
    PLAY(&p, EV_VERB_FAILED, play_effect(&p, EFF_VERB, "v")->token, "{\"code\":\"down\",\"message\":\"m\"}");
    assert_int_equal(play_effects(&p, EFF_VERB_CANCELLED, "v"), 3);
    assert_var(&p, "/err/code", "\"down\"");
    assert_slice(json_string(p.ended, "outcome"), "f");
}

static void loop_until(void **state)
{
    struct play p = begin(
        *state,
        "startEvent s\n" TASK_OF("t", "<standardLoopCharacteristics><loopCondition>t.again = true"
                                      "</loopCondition></standardLoopCharacteristics>") "endEvent e\ns -> t\nt -> e\n",
        NULL);
    PLAY(&p, EV_TASK_DONE, play_effect(&p, EFF_TASK, "t")->token, "{\"again\":true}");
    assert_var(&p, "/t/again", "true"); /* a loop writes to what is around it */
    PLAY(&p, EV_TASK_DONE, play_effect(&p, EFF_TASK, "t")->token, "{\"again\":false}");
    assert_true(p.last.ended);
}

static void loop_maximum(void **state)
{
    struct play p =
        begin(*state,
              "startEvent s\nscriptTask c scriptFormat=\"feel\" | <standardLoopCharacteristics loopMaximum=\"4\"/>"
              "<script>{n: n + 1}</script>\nendEvent e\ns -> c\nc -> e\n",
              "{\"n\":0}");
    assert_var(&p, "/n", "4");
    assert_true(p.last.ended);
}

static void a_step_with_many_instances_is_told_once(void **state)
{
    struct play p = begin(*state,
                          "startEvent s\nuserTask t tb:kind=\"handle\" tb:role=\"clerk\" tb:step=\"vote\" | " MULTI(
                              "", "<loopCardinality>2</loopCardinality>") "\nendEvent e\ns -> t\nt -> e\n",
                          NULL);
    assert_int_equal(play_effects(&p, EFF_STEP_STARTED, NULL), 1);
    PLAY(&p, EV_TASK_DONE, play_effect(&p, EFF_TASK, "t")->token, NULL);
    assert_int_equal(play_effects(&p, EFF_STEP_ENDED, NULL), 0);
    const struct process_waiting *w;
    size_t n = process_waiting(p.a, p.s, &w), at = 0;
    while (at < n && w[at].why != WAIT_TASK) at++;
    PLAY(&p, EV_TASK_DONE, w[at].token, NULL);
    assert_int_equal(play_effects(&p, EFF_STEP_ENDED, NULL), 1);
    assert_var(&p, "/vote/outcome", "\"done\"");
}

static const char ad_hoc[] = "startEvent s\nadHocSubProcess q %s {\n%s\n" TASK("a") TASK("b")
    TASK("c") "b -> c\n}\nendEvent e\ns -> q\nq -> e\n";

static void ad_hoc_all_at_once(void **state)
{
    struct arena *a = *state;
    struct play p = begin(a, arena_printf(a, ad_hoc, "", "").p, NULL);
    assert_int_equal(play_effects(&p, EFF_TASK, NULL), 2); /* c follows b */
    PLAY(&p, EV_TASK_DONE, play_at(&p, "b"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "c"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    assert_true(p.last.ended);
}

static void ad_hoc_one_after_the_other(void **state)
{
    struct arena *a = *state;
    struct play p = begin(a, arena_printf(a, ad_hoc, "ordering=\"Sequential\"", "").p, NULL);
    assert_int_equal(play_effects(&p, EFF_TASK, NULL), 1);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "b"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "c"), NULL);
    assert_true(p.last.ended);
}

static void ad_hoc_until_it_is_enough(void **state)
{
    struct arena *a = *state;
    struct play p = begin(
        a, arena_printf(a, ad_hoc, "", "<completionCondition>a.outcome = \"done\"</completionCondition>").p, NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    assert_int_equal(play_effects(&p, EFF_TASK_CLOSED, "b"), 1);
    assert_true(p.last.ended);
}

static void ad_hoc_by_choice(void **state)
{
    struct arena *a = *state;
    struct play p = begin(a,
                          arena_printf(a, ad_hoc, "tb:start=\"manual\"",
                                       "<completionCondition>c.outcome = \"done\"</completionCondition>")
                              .p,
                          NULL);
    assert_int_equal(play_effects(&p, EFF_OFFERED, NULL), 2);
    uint32_t offered = play_effect(&p, EFF_OFFERED, "a")->token, other = play_effect(&p, EFF_OFFERED, "b")->token;
    PLAY(&p, EV_CHOOSE, offered, NULL);
    PLAY(&p, EV_TASK_DONE, play_effect(&p, EFF_TASK, "a")->token, NULL);
    PLAY(&p, EV_CHOOSE, offered, NULL); /* again */
    assert_int_equal(play_effects(&p, EFF_TASK, "a"), 1);
    PLAY(&p, EV_CHOOSE, other, NULL);
    PLAY(&p, EV_TASK_DONE, play_effect(&p, EFF_TASK, "b")->token, NULL);
    PLAY(&p, EV_TASK_DONE, play_effect(&p, EFF_TASK, "c")->token, NULL);
    assert_int_equal(play_effects(&p, EFF_TASK_CLOSED, "a"), 1);
    assert_int_equal(play_effects(&p, EFF_OFFER_OVER, NULL), 2);
    assert_true(p.last.ended);
}

static const char two_of_three[] = "startEvent s\nparallelGateway g\n" TASK("a") TASK("b")
    TASK("c") "complexGateway j | <activationCondition>activationCount &gt;= 2</activationCondition>\n" TASK(
        "d") "endEvent e\ns -> g\ng -> a\ng -> b\ng -> c\na -> j\nb -> j\nc -> j\nj -> d\nd -> e\n";

static void complex_join_of_two_in_three(void **state)
{
    struct play p = begin(*state, two_of_three, NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "c"), NULL);
    assert_int_equal(play_at(&p, "d"), 0);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    assert_int_equal(play_effects(&p, EFF_TASK, "d"), 1);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "d"), NULL);
    assert_false(p.last.ended); /* b is still under way */
    PLAY(&p, EV_TASK_DONE, play_at(&p, "b"), NULL);
    assert_int_equal(play_effects(&p, EFF_TASK, "d"), 0); /* the third resets the gateway and goes no further */
    assert_true(p.last.ended);
}

static void many_tokens_in_and_out(void **state)
{
    struct play p =
        begin(*state,
              "startEvent s\nscriptTask a completionQuantity=\"4\" scriptFormat=\"feel\" | <script>{n: 0}</script>\n"
              "scriptTask b startQuantity=\"2\" scriptFormat=\"feel\" | <script>{n: n + 1}</script>\n"
              "endEvent e\ns -> a\na -> b\nb -> e\n",
              NULL);
    assert_var(&p, "/n", "2");
    assert_true(p.last.ended);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(parallel_instances_have_their_own_item),
        TEST(sequential_instances_one_by_one),
        TEST(completion_condition_ends_the_rest),
        TEST(no_instances_pass_at_once),
        TEST(a_cardinality_that_is_no_number_stands_still),
        TEST(boundary_of_all_instances),
        TEST(sub_process_for_each),
        TEST(an_error_in_one_instance_ends_all),
        TEST(loop_until),
        TEST(loop_maximum),
        TEST(a_step_with_many_instances_is_told_once),
        TEST(ad_hoc_all_at_once),
        TEST(ad_hoc_one_after_the_other),
        TEST(ad_hoc_until_it_is_enough),
        TEST(ad_hoc_by_choice),
        TEST(complex_join_of_two_in_three),
        TEST(many_tokens_in_and_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
