#include "base/testing.h"

#include "base/xml.h"

static struct xml_node *parsed(struct arena *a, struct slice text)
{
    struct xml_node *root = NULL;
    assert_good(a, xml_parse(a, text, 1 << 20, S("x.xml"), &root));
    return root;
}

static void trees(void **state)
{
    struct arena *a = *state;
    struct xml_node *r =
        parsed(a, S("<?xml version='1.0'?>\n<b:defs xmlns:b='urn:b' xmlns='urn:d' id='1' b:id='2' xml:lang='zh'>\n"
                    "  <task name='受理&#10;x &amp; y'>甲<![CDATA[<乙>]]>&lt;丙</task>\n"
                    "  <b:task/><!-- c --><?pi  data ?><task empty=''/></b:defs>"));
    assert_slice(r->name, "defs");
    assert_slice(r->ns, "urn:b");
    assert_slice(r->prefix, "b");
    assert_int_equal(r->nattrs, 3);
    assert_int_equal(r->nnsdecls, 2);
    assert_slice(r->nsdecls[0].name, "b");
    assert_slice(r->nsdecls[1].name, "");
    assert_slice(r->nsdecls[1].value, "urn:d");
    assert_slice(xml_attr(r, "", "id"), "1");
    assert_slice(xml_attr(r, "urn:b", "id"), "2");
    assert_slice(xml_attr(r, "http://www.w3.org/XML/1998/namespace", "lang"), "zh");
    assert_null(xml_attr(r, "", "lang").p);
    const struct xml_node *t = xml_child(r, "urn:d", "task");
    assert_slice(xml_attr(t, "", "name"), "受理\nx & y");
    assert_slice(xml_text(a, t), "甲<乙><丙");
    assert_int_equal(t->line, 3);
    const struct xml_node *n = xml_next(t, NULL, "task");
    assert_slice(n->ns, "urn:b");
    n = xml_next(t, "urn:d", "task");
    assert_true(xml_attr(n, "", "empty").p && xml_attr(n, "", "empty").n == 0); /* empty is not absent */
    assert_null(xml_next(n, NULL, "task"));
    assert_null(xml_child(t, NULL, "task"));
    assert_slice(xml_text(a, r), "\n  甲<乙><丙\n  ");
}

static void documents_come_back(void **state)
{
    struct arena *a = *state;
    static const char *const rows[] = {
        "<a/>",
        "<a><b/>text<c x=\"1\" y=\"2\"/></a>",
        "<p:a xmlns:p=\"u\" p:x=\"1\"><b xmlns=\"\"/></p:a>",
        "<!--before-->\n<?pi data?>\n<a/>\n<!--behind-->\n<?pi2?>",
        "<a>\n\t\xE4\xB8\x9C &amp; &lt;&gt; &quot;&#39;&#13;</a>",
        "<a x=\"&#10;&#9;&#13;&quot;\"/>",
        "<a xmlns=\"u\"><b xmlns=\"v\"><c xmlns=\"u\"/></b></a>",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice whole = arena_printf(a, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n%s\n", rows[i]);
        struct slice back = xml_write(a, parsed(a, whole));
        if (!slice_eq(back, whole)) fail_msg("%s became %.*s", rows[i], SLICE_ARG(back));
    }
    struct buf b = buf_new(a, 1000);
    xml_escape(&b, S("a<b>&\"'\r\n\t\x01\xFF\xEF\xBF\xBF\xE4\xB8\x9C"));
    assert_slice(buf_slice(&b),
                 "a&lt;b&gt;&amp;&quot;&#39;&#13;&#10;&#9;\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xE4\xB8\x9C");
    struct xml_node c = {.kind = XML_COMMENT, .text = S("a--b-"), .ns = S("")},
                    p = {.kind = XML_PI, .name = S("t"), .text = S("x?>y?")};
    c.next = &p;
    struct xml_node root = {.kind = XML_ELEMENT, .name = S("r"), .first = &c, .last = &p};
    c.parent = p.parent = &root;
    struct xml_node *again = parsed(a, xml_write(a, &root)); /* nothing that ends them early */
    assert_slice(again->first->text, "a- -b- ");
    assert_slice(again->first->next->text, "x? >y?");
}

static void encodings(void **state)
{
    struct arena *a = *state;
    static const char utf16[] = "\xFF\xFE<\0a\0>\0\x1C\x4E<\0/\0a\0>\0";
    assert_slice(xml_text(a, parsed(a, slice_of(utf16, sizeof utf16 - 1))), "东");
    assert_slice(xml_text(a, parsed(a, S("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE9</a>"))), "é");
    assert_slice(xml_text(a, parsed(a, S("\xEF\xBB\xBF<a>é</a>"))), "é");
    struct xml_node *root;
    result r = xml_parse(a, S("<?xml version='1.0' encoding='GBK'?><a/>"), 1000, S("x.xml"), &root);
    assert_code(r, CODE_XML_SYNTAX);
    assert_slice(problem_text(a, r.problem, LANG_ZH), "XML 格式错误：第 1 行，不支持的编码，请用 UTF-8");
}

static void bad_documents(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *text;
        enum code code;
    } rows[] = {
        {"", CODE_XML_SYNTAX},
        {"text", CODE_XML_SYNTAX},
        {"<a>", CODE_XML_SYNTAX},
        {"<a></b>", CODE_XML_SYNTAX},
        {"<a/><b/>", CODE_XML_SYNTAX},
        {"<a x='1' x='2'/>", CODE_XML_SYNTAX},
        {"<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>", CODE_XML_SYNTAX},
        {"<p:a/>", CODE_XML_SYNTAX},
        {"<a>&nbsp;</a>", CODE_XML_SYNTAX},
        {"<a>&#0;</a>", CODE_XML_SYNTAX},
        {"<a>\xFF</a>", CODE_XML_SYNTAX},
        {"<a>\x01</a>", CODE_XML_SYNTAX},
        {"<a><![CDATA[</a>", CODE_XML_SYNTAX},
        {"<!DOCTYPE a><a/>", CODE_XML_DOCTYPE},
        {"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", CODE_XML_DOCTYPE},
        {"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", CODE_XML_DOCTYPE},
        {"<!DOCTYPE lolz [<!ENTITY a 'x'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;'>]><l>&b;</l>", CODE_XML_DOCTYPE},
    };
    struct xml_node *root;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        result r = xml_parse(a, slice_cstr(rows[i].text), 1000, S("x.xml"), &root);
        if (result_code(r) != rows[i].code) fail_msg("%s: %s", rows[i].text, code_name(result_code(r)));
    }
    result r = xml_parse(a, S("<a>\n<b>\n</a>"), 1000, S("x.xml"), &root);
    assert_slice(result_text(a, r, LANG_EN),
                 "x.xml: Malformed XML at line 3: mismatched tag (Export it again from the modelling tool)\n");
}

static struct slice repeated(struct arena *a, const char *head, const char *piece, size_t n, const char *tail)
{
    struct buf b = buf_new(a, SIZE_MAX);
    buf_puts(&b, head);
    for (size_t i = 0; i < n; i++) buf_puts(&b, piece);
    buf_puts(&b, tail);
    return buf_slice(&b);
}

static void limits(void **state)
{
    struct arena *a = *state;
    struct xml_node *root;
    struct slice deep = repeated(a, "", "<a>", 200, "");
    assert_good(a, xml_parse(a, repeated(a, arena_cstr(a, deep), "</a>", 200, ""), SIZE_MAX, S(""), &root));
    assert_code(xml_parse(a, repeated(a, "", "<a>", 201, ""), SIZE_MAX, S(""), &root), CODE_XML_LIMIT);
    assert_code(xml_parse(a, repeated(a, "", "<a>", 1000000, ""), SIZE_MAX, S(""), &root), CODE_XML_LIMIT);
    assert_code(xml_parse(a, repeated(a, "<r>", "<a/>", 1000001, "</r>"), SIZE_MAX, S(""), &root), CODE_XML_LIMIT);
    assert_code(xml_parse(a, S("<a></a>"), 6, S(""), &root), CODE_TOO_LARGE);
    struct buf b = buf_new(a, SIZE_MAX);
    buf_puts(&b, "<r");
    for (int i = 0; i < 100; i++) buf_printf(&b, " xmlns:p%d='u%d'", i, i);
    buf_puts(&b, "/>");
    assert_code(xml_parse(a, buf_slice(&b), SIZE_MAX, S(""), &root), CODE_XML_LIMIT);
    /* one text of 3 MB in many pieces */
    assert_int_equal(xml_text(a, parsed(a, repeated(a, "<r>", "ab\n&#10;<!-- -->", 60000, "</r>"))).n, 240000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(trees), TEST(documents_come_back), TEST(encodings), TEST(bad_documents), TEST(limits),
    };
    return cmocka_run_group_tests_name("xml", tests, NULL, NULL);
}
