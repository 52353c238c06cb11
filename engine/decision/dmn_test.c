/* DMN: hit policies, requirements, boxed expressions, trace, static analysis. The standard's own suite is run by
 * test/conformance/dmn_tck.c. */
#include "engine/decision/feel.h"

#include "base/testing.h"

#define HEAD "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" namespace=\"urn:test\" name=\"t\">"
#define INPUT(name, type) \
    "<inputData id=\"i_" name "\" name=\"" name "\"><variable name=\"" name "\" typeRef=\"" type "\"/></inputData>"
#define NEEDS(name) "<informationRequirement><requiredInput href=\"#i_" name "\"/></informationRequirement>"
#define COLUMN(name, type) \
    "<input id=\"c_" name "\"><inputExpression typeRef=\"" type "\"><text>" name "</text></inputExpression></input>"
#define RULE1(a, out) RULE("r", a, out)
#define RULE(id, a, out)                                                                                 \
    "<rule id=\"" id "\"><inputEntry><text><![CDATA[" a "]]></text></inputEntry><outputEntry><text>" out \
    "</text></outputEntry></rule>"
#define RULE2(a, b, out)                                                                                  \
    "<rule id=\"r\"><inputEntry><text><![CDATA[" a "]]></text></inputEntry><inputEntry><text><![CDATA[" b \
    "]]></text></inputEntry>"                                                                             \
    "<outputEntry><text>" out "</text></outputEntry></rule>"
/* One decision "d" over the number age. */
#define TABLE(policy, output, rules)                                                                    \
    HEAD INPUT("age", "number") "<decision id=\"d\" name=\"d\"><variable name=\"d\"/>" NEEDS(           \
        "age") "<decisionTable id=\"t\" hitPolicy=\"" policy "\">" COLUMN("age", "number") output rules \
        "</decisionTable></decision></definitions>"
#define PLAIN "<output id=\"o\"/>"

static const struct feel_env env = {.now = INT64_C(1619744400000)};

static const struct dmn *compile(struct arena *a, const char *xml)
{
    const struct dmn *d;
    assert_good(a, dmn_compile(a, slice_cstr(xml), S("test.dmn"), &d));
    return d;
}

static void gives(struct arena *a, const struct dmn *d, const char *scope, const char *expected, int line)
{
    const struct json *out;
    result r = dmn_eval(a, d, S("d"), &env, test_json(a, slice_cstr(scope)), &out, NULL);
    if (failed(r)) fail_msg("line %d: %s", line, arena_cstr(a, result_text(a, r, LANG_EN)));
    struct slice got = json_write(a, out);
    if (!slice_is(got, expected)) fail_msg("line %d: %s gives %.*s, not %s", line, scope, SLICE_ARG(got), expected);
}
#define GIVES(d, scope, expected) gives(a, d, scope, expected, __LINE__)

static void hit_policies(void **state)
{
    struct arena *a = *state;
    const struct dmn *d = compile(a, TABLE("UNIQUE", PLAIN, RULE1("< 18", "\"minor\"") RULE1(">= 18", "\"adult\"")));
    GIVES(d, "{\"age\":17.5}", "\"minor\"");
    GIVES(d, "{\"age\":18}", "\"adult\"");
    GIVES(d, "{}", "null");
#define OVERLAPPING RULE1("> 1", "10") RULE1("> 2", "30") RULE1("> 3", "20")
    GIVES(compile(a, TABLE("UNIQUE", PLAIN, OVERLAPPING)), "{\"age\":3}", "null"); /* two hold */
    GIVES(compile(a, TABLE("FIRST", PLAIN, OVERLAPPING)), "{\"age\":5}", "10");
    GIVES(compile(a, TABLE("ANY", PLAIN, OVERLAPPING)), "{\"age\":5}", "null"); /* outputs differ */
    GIVES(compile(a, TABLE("ANY", PLAIN, RULE1("> 1", "7") RULE1("> 2", "7"))), "{\"age\":5}", "7");
    GIVES(compile(a, TABLE("COLLECT", PLAIN, OVERLAPPING)), "{\"age\":5}", "[10,30,20]");
    GIVES(compile(a, TABLE("COLLECT\" aggregation=\"SUM", PLAIN, OVERLAPPING)), "{\"age\":5}", "60");
    GIVES(compile(a, TABLE("COLLECT\" aggregation=\"MIN", PLAIN, OVERLAPPING)), "{\"age\":5}", "10");
    GIVES(compile(a, TABLE("COLLECT\" aggregation=\"MAX", PLAIN, OVERLAPPING)), "{\"age\":5}", "30");
    GIVES(compile(a, TABLE("COLLECT\" aggregation=\"COUNT", PLAIN, OVERLAPPING)), "{\"age\":3}", "2");
    GIVES(compile(a, TABLE("RULE ORDER", PLAIN, OVERLAPPING)), "{\"age\":5}", "[10,30,20]");
#define RANKED "<output id=\"o\"><outputValues><text>30, 20, 10</text></outputValues></output>"
    GIVES(compile(a, TABLE("PRIORITY", RANKED, OVERLAPPING)), "{\"age\":5}", "30");
    GIVES(compile(a, TABLE("OUTPUT ORDER", RANKED, OVERLAPPING)), "{\"age\":5}", "[30,20,10]");
    d = compile(a, TABLE("UNIQUE", "<output id=\"o\"><defaultOutputEntry><text>0</text></defaultOutputEntry></output>",
                         RULE1("> 2", "1")));
    GIVES(d, "{\"age\":1}", "0");
}

static void several_outputs(void **state)
{
    struct arena *a = *state;
    const struct dmn *d = compile(
        a,
        TABLE(
            "FIRST", "<output id=\"o1\" name=\"level\"/><output id=\"o2\" name=\"fee\"/>",
            "<rule id=\"r\"><inputEntry><text>-</text></inputEntry><outputEntry><text>\"A\"</text></outputEntry><outputEntry><text>age * 0.1</text></outputEntry></rule>"));
    GIVES(d, "{\"age\":3}", "{\"level\":\"A\",\"fee\":0.3}");
}

/* A decision over a decision, a knowledge model, typed input: texts become dates. */
#define GRAPH                                                                                                                                                                                                                               \
    HEAD                                                                                                                                                                                                                                    \
        "<itemDefinition name=\"tForm\"><itemComponent name=\"filed on\"><typeRef>date</typeRef></itemComponent>"                                                                                                                           \
        "<itemComponent name=\"kind\"><typeRef>string</typeRef><allowedValues><text>\"个体\",\"公司\"</text></allowedValues></itemComponent></itemDefinition>" INPUT(                                                                       \
            "form",                                                                                                                                                                                                                         \
            "tForm") "<businessKnowledgeModel id=\"k\" name=\"add days\"><variable name=\"add days\"/><encapsulatedLogic><formalParameter name=\"from\" typeRef=\"date\"/>"                                                                 \
                     "<formalParameter name=\"n\" typeRef=\"number\"/><literalExpression><text>from + duration(\"P1D\") * n</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"                                        \
                     "<decision id=\"days\" name=\"days allowed\"><variable name=\"days allowed\" typeRef=\"number\"/>" NEEDS(                                                                                                              \
                         "form") "<decisionTable id=\"t\" hitPolicy=\"UNIQUE\"><input id=\"c\"><inputExpression typeRef=\"string\"><text>form.kind</text></inputExpression></input>"                                                        \
                                 "<output id=\"o\"/>" RULE("r1", "\"个体\"", "3") RULE(                                                                                                                                                     \
                                     "r2", "\"公司\"",                                                                                                                                                                                      \
                                     "5") "</decisionTable></decision>"                                                                                                                                                                     \
                                          "<decision id=\"d\" name=\"due\"><variable name=\"due\" typeRef=\"date\"/>" NEEDS(                                                                                                                \
                                              "form") "<informationRequirement><requiredDecision href=\"#days\"/></informationRequirement><knowledgeRequirement><requiredKnowledge href=\"#k\"/></knowledgeRequirement>"                    \
                                                      "<invocation><literalExpression><text>add days</text></literalExpression>"                                                                                                            \
                                                      "<binding><parameter name=\"n\"/><literalExpression><text>days allowed</text></literalExpression></binding>"                                                                          \
                                                      "<binding><parameter name=\"from\"/><literalExpression><text>form.filed on</text></literalExpression></binding></invocation></decision>"                                              \
                                                      "<decisionService id=\"s\" name=\"service\"><variable name=\"service\"/><outputDecision href=\"#d\"/><outputDecision href=\"#days\"/><inputData href=\"#i_form\"/></decisionService>" \
                                                      "</definitions>"

static void requirements_and_trace(void **state)
{
    struct arena *a = *state;
    const struct dmn *d = compile(a, GRAPH);
    assert_true(dmn_has(d, S("due")));
    assert_true(dmn_has(d, S("d")));
    assert_true(dmn_has(d, S("service")));
    assert_false(dmn_has(d, S("form")));
    GIVES(d, "{\"form\":{\"filed on\":\"2021-04-28\",\"kind\":\"公司\"}}", "\"2021-05-03\"");
    GIVES(d, "{\"form\":{\"filed on\":\"2021-04-28\",\"kind\":\"other\"}}", "null"); /* not an allowed value */
    const struct json *out;
    struct dmn_trace trace;
    const struct json *scope = test_json(a, S("{\"form\":{\"filed on\":\"2021-04-28\",\"kind\":\"个体\"}}"));
    assert_good(a, dmn_eval(a, d, S("due"), &env, scope, &out, &trace));
    assert_int_equal(trace.n, 1);
    assert_slice(trace.hits[0].decision, "days");
    assert_slice(trace.hits[0].rule, "r1");
    assert_int_equal(trace.hits[0].index, 1);
    assert_good(a, dmn_eval(a, d, S("service"), &env, scope, &out, &trace));
    assert_slice(json_write(a, out), "{\"due\":\"2021-05-01\",\"days allowed\":3}");
    assert_int_equal(trace.n, 1); /* the decision is made once */
    assert_code(dmn_eval(a, d, S("nosuch"), &env, scope, &out, NULL), CODE_DMN_UNKNOWN);
    assert_good(a, dmn_check(a, d, S("test.dmn")));
}

/* People read rules by what their designer called them. */
static void words_for_people(void **state)
{
    struct arena *a = *state;
    static const char XML[] =
        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" xmlns:tb=\"urn:tongban:bpmn:1\""
        " namespace=\"urn:test\" name=\"t\">" INPUT("age", "number") "<decision id=\"d\" name=\"D\" label=\" 年龄 \" tb:en=\"Age\">" NEEDS(
            "age") "<decisionTable hitPolicy=\"FIRST\">" COLUMN("age", "number") PLAIN
        "<rule id=\"one\" tb:en=\"a child\"><description>未成年</description><inputEntry><text><![CDATA[< 18]]></text></inputEntry>"
        "<outputEntry><text>1</text></outputEntry></rule>"
        "<rule id=\"two\"><inputEntry><text>[18..60)</text></inputEntry><outputEntry><text>2</text></outputEntry>"
        "<annotationEntry><text>成年</text></annotationEntry><annotationEntry><text/></annotationEntry>"
        "<annotationEntry><text>未退休</text></annotationEntry></rule>" RULE(
            "three", "-", "3") "</decisionTable></decision></definitions>";
    const struct dmn *d = compile(a, XML);
    struct dmn_words w;
    struct slice name;
    assert_true(dmn_decision_words(d, S("d"), &name, &w));
    assert_slice(name, "D");
    assert_slice(w.zh, "年龄");
    assert_slice(w.en, "Age");
    assert_false(dmn_decision_words(d, S("other"), &name, &w));
    assert_true(dmn_rule_words(d, S("D"), S("one"), 0, &w));
    assert_slice(w.zh, "未成年");
    assert_slice(w.en, "a child");
    assert_true(dmn_rule_words(d, S("d"), S("two"), 1, &w)); /* the id counts, not the number */
    assert_slice(w.zh, "成年；未退休");
    assert_int_equal(w.en.n, 0);
    assert_true(dmn_rule_words(d, S("d"), S(""), 3, &w));
    assert_int_equal(w.zh.n, 0);
    assert_false(dmn_rule_words(d, S("d"), S("four"), 1, &w));
    assert_false(dmn_rule_words(d, S("d"), S(""), 4, &w));
}

static void boxed_expressions(void **state)
{
    struct arena *a = *state;
#define D(expr)                                                                                      \
    HEAD INPUT("x", "number") "<decision id=\"d\" name=\"d\"><variable name=\"d\"/>" NEEDS("x") expr \
        "</decision></definitions>"
#define L(text) "<literalExpression><text>" text "</text></literalExpression>"
    GIVES(compile(a, D("<context><contextEntry><variable name=\"a b\"/>" L("x + 1") "</contextEntry><contextEntry>" L(
                         "a b * 2") "</contextEntry></context>")),
          "{\"x\":1}", "4");
    GIVES(compile(a, D("<list>" L("x") L("\"y\"") "</list>")), "{\"x\":1}", "[1,\"y\"]");
    GIVES(compile(a, D("<relation><column name=\"p\"/><column name=\"q\"/><row>" L("x") L("2") "</row><row>" L("3")
                           L("4") "</row></relation>")),
          "{\"x\":1}", "[{\"p\":1,\"q\":2},{\"p\":3,\"q\":4}]");
    GIVES(compile(a, D("<conditional><if>" L("x = 1") "</if><then>" L("\"one\"") "</then><else>" L(
                         "\"more\"") "</else></conditional>")),
          "{\"x\":1}", "\"one\"");
    GIVES(compile(a, D("<for iteratorVariable=\"i\"><in>" L("[1..3]") "</in><return>" L("i * x") "</return></for>")),
          "{\"x\":2}", "[2,4,6]");
    GIVES(compile(
              a, D("<some iteratorVariable=\"i\"><in>" L("[1,2]") "</in><satisfies>" L("i = x") "</satisfies></some>")),
          "{\"x\":2}", "true");
    GIVES(compile(a, D("<filter><in>" L("[1,2,3]") "</in><match>" L("item != x") "</match></filter>")), "{\"x\":2}",
          "[1,3]");
}

static struct slice problems(struct arena *a, const char *xml)
{
    return result_text(a, dmn_check(a, compile(a, xml), S("t.dmn")), LANG_EN);
}

static void says(struct arena *a, const char *xml, const char *expected, int line)
{
    struct slice got = problems(a, xml);
    if (slice_search(got, slice_cstr(expected)) == SIZE_MAX)
        fail_msg("line %d: \"%.*s\" lacks \"%s\"", line, SLICE_ARG(got), expected);
}
#define SAYS(xml, expected) says(a, xml, expected, __LINE__)
#define SOUND(xml) assert_int_equal(problems(a, xml).n, 0)

static void gaps(void **state)
{
    struct arena *a = *state;
    SOUND(TABLE("UNIQUE", PLAIN, RULE1("< 18", "1") RULE1("[18..60)", "2") RULE1(">= 60", "3")));
    SAYS(TABLE("UNIQUE", PLAIN, RULE1("< 18", "1") RULE1("(18..60)", "2") RULE1(">= 60", "3")),
         "No rule holds for age = 18 (");
    SAYS(TABLE("UNIQUE", PLAIN, RULE1("<= 18", "1") RULE1(">= 19", "2")), "No rule holds for age = 18.5 (");
    SAYS(TABLE("UNIQUE", PLAIN, RULE1("not(18)", "1")), "No rule holds for age = 18 (");
    SOUND(TABLE("UNIQUE", PLAIN, RULE1("not(18)", "1") RULE1("18", "2")));
    SOUND(TABLE("COLLECT", PLAIN, RULE1("> 18", "1")));
    SOUND(TABLE("FIRST", "<output id=\"o\"><defaultOutputEntry><text>0</text></defaultOutputEntry></output>",
                RULE1("> 2", "1")));
    SOUND(TABLE("UNIQUE", PLAIN, RULE1("? > 3 or ? < 1", "1") RULE1("[1..3]", "2")));
    /* a cell that cannot be analysed may hold anywhere */
    SOUND(TABLE("UNIQUE", PLAIN, RULE1("modulo(?, 2) = 0", "1")));
}

#define TWO(policy, rules)                                                                                                                        \
    HEAD                                                                                                                                          \
        "<itemDefinition name=\"tKind\"><typeRef>string</typeRef><allowedValues><text>\"a\",\"b\"</text></allowedValues></itemDefinition>" INPUT( \
            "age", "number")                                                                                                                      \
            INPUT("kind", "tKind") "<decision id=\"d\" name=\"d\"><variable name=\"d\"/>" NEEDS("age")                                            \
                NEEDS("kind") "<decisionTable id=\"t\" hitPolicy=\"" policy "\">" COLUMN("age", "number")                                         \
                    COLUMN("kind", "string") PLAIN rules "</decisionTable></decision></definitions>"

static void two_columns(void **state)
{
    struct arena *a = *state;
    SOUND(TWO("UNIQUE", RULE2("< 18", "-", "1") RULE2(">= 18", "\"a\"", "2") RULE2(">= 18", "\"b\"", "3")));
    SAYS(TWO("UNIQUE", RULE2("< 18", "-", "1") RULE2(">= 18", "\"a\"", "2")),
         "No rule holds for age = 18, kind = \"b\" (");
    SAYS(TWO("UNIQUE", RULE2("< 18", "\"a\"", "1") RULE2(">= 18", "\"a\"", "2")), "No rule holds for kind = \"b\" (");
    SAYS(TWO("UNIQUE", RULE2("< 18", "-", "1") RULE2(">= 17", "\"a\"", "2") RULE2(">= 18", "\"b\"", "3")),
         "Rules 1 and 2 both hold for age = 17, kind = \"a\", which hit policy UNIQUE");
    SAYS(TWO("ANY", RULE2("-", "-", "1") RULE2("> 3", "\"a\"", "2")), "hit policy ANY");
    SOUND(TWO("ANY", RULE2("-", "-", "1") RULE2("> 3", "\"a\"", "1")));
    SAYS(TWO("FIRST", RULE2("-", "\"a\"", "1") RULE2("-", "\"b\"", "1") RULE2("> 3", "-", "2")),
         "Rule 3 never takes effect (earlier rules cover it)");
    SOUND(TWO("FIRST", RULE2("> 3", "-", "2") RULE2("-", "\"a\"", "1") RULE2("-", "\"b\"", "1")));
    SAYS(TWO("COLLECT", RULE2("> 5, < 3", "-", "1") RULE2("? > 5 and ? < 3", "-", "1")),
         "Rule 2 never takes effect (its condition on \"age\" cannot hold)");
    SAYS(TWO("FIRST", RULE2("-", "\"c\"", "1") RULE2("-", "-", "2")),
         "column \"kind\", \"c\" does not fit \"a\",\"b\"");
    SAYS(TWO("FIRST", RULE2("\"x\"", "-", "1") RULE2("-", "-", "2")), "column \"age\", \"x\" does not fit number");
}

static void names_and_types(void **state)
{
    struct arena *a = *state;
    SAYS(D(L("x + \"a\"")), "Type error, number + string");
    SAYS(D(L("y + 1")), "The name \"y\" is not in scope");
    SAYS(D(L("if x then 1 else 2")), "Type error, number, if: boolean");
    SAYS(D(L("x = \"1\"")), "Type error, number = string");
    SAYS(D(L("string length(x) + upper case(\"a\")")), "Type error, number + string");
    SOUND(D(L("for i in 1..x return i + x")));
    SOUND(D(L("[{a: 1}][a = 1].a")));
    SAYS(HEAD "<decision id=\"d\" name=\"d\"><variable name=\"d\" typeRef=\"string\"/>" L(
             "1 + 1") "</decision></definitions>",
         "number ≠ string");
    SAYS(TABLE("FIRST", "<output id=\"o\" name=\"fee\" typeRef=\"number\"/>", RULE1("-", "\"free\"")),
         "column \"fee\", \"free\" does not fit number");
}

static void malformed(void **state)
{
    struct arena *a = *state;
    const struct dmn *d;
    static const struct {
        const char *xml;
        enum code code;
    } bad[] = {
        {"<a/>", CODE_DMN_NONE},
        {"<definitions", CODE_XML_SYNTAX},
        {D(L("1 +")), CODE_FEEL_SYNTAX},
        {TABLE("SOMEHOW", PLAIN, RULE1("-", "1")), CODE_DMN_TABLE},
        {TABLE("FIRST\" aggregation=\"SUM", PLAIN, RULE1("-", "1")), CODE_DMN_TABLE},
        {TABLE("FIRST", PLAIN, "<rule id=\"r\"><inputEntry><text>-</text></inputEntry></rule>"), CODE_DMN_TABLE},
        {HEAD
         "<decision id=\"d\" name=\"d\"><informationRequirement><requiredInput href=\"#nowhere\"/></informationRequirement></decision></definitions>",
         CODE_DMN_REFERENCE},
        {HEAD
         "<decision id=\"d\" name=\"d\"><informationRequirement><requiredDecision href=\"#e\"/></informationRequirement></decision>"
         "<decision id=\"e\" name=\"e\"><informationRequirement><requiredDecision href=\"#d\"/></informationRequirement></decision></definitions>",
         CODE_DMN_CYCLE},
        {HEAD INPUT("x", "tNoSuch") "</definitions>", CODE_DMN_TYPE},
        {HEAD
         "<import namespace=\"urn:other\" name=\"o\" importType=\"https://www.omg.org/spec/DMN/20230324/MODEL/\"/></definitions>",
         CODE_DMN_IMPORT},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        result r = dmn_compile(a, slice_cstr(bad[i].xml), S("bad.dmn"), &d);
        if (result_code(r) != bad[i].code) fail_msg("case %zu: %s", i, code_name(result_code(r)));
    }
}

static void imports(void **state)
{
    struct arena *a = *state;
    const struct dmn *lib, *d;
    assert_good(
        a,
        dmn_compile(
            a,
            S("<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" namespace=\"urn:lib\" name=\"lib\">"
              "<businessKnowledgeModel id=\"k\" name=\"double\"><variable name=\"double\"/><encapsulatedLogic><formalParameter name=\"n\"/>" L(
                  "n * 2") "</encapsulatedLogic></businessKnowledgeModel></definitions>"),
            S("lib.dmn"), &lib));
    assert_good(
        a,
        dmn_compile_with(
            a,
            S(HEAD
              "<import namespace=\"urn:lib\" name=\"my lib\" importType=\"https://www.omg.org/spec/DMN/20230324/MODEL/\"/>"
              "<decision id=\"d\" name=\"d\"><variable name=\"d\"/><knowledgeRequirement><requiredKnowledge href=\"urn:lib#k\"/></knowledgeRequirement>" L(
                  "my lib.double(21)") "</decision></definitions>"),
            S("main.dmn"), &lib, 1, &d));
    GIVES(d, "{}", "42");
    assert_good(a, dmn_check(a, d, S("main.dmn")));
}

static void bounded(void **state)
{
    struct arena *a = *state;
    const struct json *out;
    const struct dmn *d = compile(
        a, HEAD
        "<businessKnowledgeModel id=\"k\" name=\"k\"><variable name=\"k\"/><encapsulatedLogic><formalParameter name=\"n\"/>" L(
            "k(n + 1)") "</encapsulatedLogic><knowledgeRequirement><requiredKnowledge href=\"#k\"/></knowledgeRequirement></businessKnowledgeModel>"
                        "<decision id=\"d\" name=\"d\"><knowledgeRequirement><requiredKnowledge href=\"#k\"/></knowledgeRequirement>" L(
                            "k(1)") "</decision></definitions>");
    assert_code(dmn_eval(a, d, S("d"), &env, NULL, &out, NULL), CODE_FEEL_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(hit_policies),
                                       TEST(several_outputs),
                                       TEST(requirements_and_trace),
                                       TEST(boxed_expressions),
                                       TEST(words_for_people),
                                       TEST(boxed_expressions),
                                       TEST(gaps),
                                       TEST(two_columns),
                                       TEST(names_and_types),
                                       TEST(malformed),
                                       TEST(imports),
                                       TEST(bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
