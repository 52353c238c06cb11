#include "http/endpoints/me/readable.h"

/* Names of members, where they are known; others stand as they are. */
static const struct {
    const char *key, *zh, *en;
} NAMES[] = {
    {"at", "时间", "Time"},
    {"login", "账号", "Account"},
    {"profile", "个人资料", "Profile"},
    {"delegations", "授权委托", "Acting for others"},
    {"reads", "谁看过我的信息", "Who looked at my data"},
    {"drafts", "草稿", "Drafts"},
    {"attachments", "上传的材料", "Uploaded papers"},
    {"messages", "消息", "Messages"},
    {"licences", "电子证照", "Electronic licences"},
    {"consents", "同意", "Consents"},
    {"cases", "办件", "Cases"},
    {"seals", "电子印章", "Electronic seals"},
    {"rights", "个人信息权利申请", "Requests about my data"},
    {"name", "姓名", "Name"},
    {"id_number", "证件号码", "Identity number"},
    {"id_kind", "证件类型", "Kind of document"},
    {"phone", "电话", "Telephone"},
    {"email", "电子邮箱", "E-mail"},
    {"address", "地址", "Address"},
    {"value", "内容", "Value"},
    {"source", "来源", "Source"},
    {"as_of", "截至", "As of"},
    {"number", "编号", "Number"},
    {"service", "事项", "Service"},
    {"state", "状态", "State"},
    {"outcome", "结果", "Outcome"},
    {"department", "部门", "Department"},
    {"reader", "查看人", "Who looked"},
    {"what", "看了什么", "What"},
    {"purpose", "目的", "Purpose"},
    {"basis", "依据", "Basis"},
    {"title", "标题", "Title"},
    {"body", "内容", "Text"},
    {"text", "内容", "Text"},
    {"kind", "类别", "Kind"},
    {"case_number", "办件编号", "Case"},
    {"fields", "项目", "Items"},
    {"asked_at", "申请时间", "Asked"},
    {"answered_at", "答复时间", "Answered"},
    {"due_at", "期限", "Limit"},
    {"filed_at", "申请时间", "Filed"},
    {"answer", "答复", "Answer"},
    {"asked", "申请", "Asked for"},
};

static void escaped(struct buf *b, struct slice s)
{
    for (size_t i = 0; i < s.n; i++) switch (s.p[i]) {
        case '&': buf_puts(b, "&amp;"); break;
        case '<': buf_puts(b, "&lt;"); break;
        case '>': buf_puts(b, "&gt;"); break;
        case '"': buf_puts(b, "&quot;"); break;
        default: buf_putc(b, s.p[i]);
        }
}

static void named(struct buf *b, struct slice key, enum lang lang)
{
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (slice_is(key, NAMES[i].key)) {
            buf_puts(b, lang == LANG_EN ? NAMES[i].en : NAMES[i].zh);
            return;
        }
    escaped(b, key);
}

static bool both_languages(const struct json *v)
{
    return v->type == JSON_OBJECT && v->n == 2 && json_get(v, "zh") && json_get(v, "en");
}

static void value(struct buf *b, const struct json *v, enum lang lang)
{
    if (both_languages(v)) {
        escaped(b, json_string(v, lang == LANG_EN ? "en" : "zh"));
        return;
    }
    switch (v->type) {
    case JSON_NULL: buf_puts(b, "—"); break;
    case JSON_BOOL: buf_puts(b, lang == LANG_EN ? (v->boolean ? "yes" : "no") : (v->boolean ? "是" : "否")); break;
    case JSON_NUMBER:
    case JSON_STRING: escaped(b, v->text); break;
    case JSON_ARRAY:
        if (!v->n) buf_puts(b, "—");
        for (size_t i = 0; i < v->n; i++) {
            buf_puts(b, "<div class=item>");
            value(b, v->items[i], lang);
            buf_puts(b, "</div>");
        }
        break;
    case JSON_OBJECT:
        buf_puts(b, "<dl>");
        for (size_t i = 0; i < v->n; i++) {
            buf_puts(b, "<dt>");
            named(b, v->keys[i], lang);
            buf_puts(b, "</dt><dd>");
            value(b, v->items[i], lang);
            buf_puts(b, "</dd>");
        }
        buf_puts(b, "</dl>");
    }
}

struct slice readable_export(struct arena *a, const struct json *v, enum lang lang)
{
    struct buf b = buf_new(a, SIZE_MAX);
    struct slice title = json_string(v, lang == LANG_EN ? "what_en" : "what_zh");
    buf_printf(
        &b,
        "<!doctype html><html lang=\"%s\"><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>",
        lang == LANG_EN ? "en" : "zh-CN");
    escaped(&b, title);
    buf_puts(
        &b,
        "</title><style>body{font:16px/1.5 sans-serif;max-width:60em;margin:1em auto;padding:0 1em}h2{border-bottom:1px solid}"
        "dl{display:grid;grid-template-columns:minmax(6em,max-content) 1fr;gap:2px 1em;margin:0}dt{color:#555}"
        "dd{margin:0;overflow-wrap:anywhere}.item{border-top:1px solid #ccc;padding:4px 0}"
        "@media(max-width:560px){dl{display:block}dd{margin:0 0 4px 1em}}</style><h1>");
    escaped(&b, title);
    buf_puts(&b, "</h1>");
    for (size_t i = 0; i < v->n; i++) {
        if (slice_starts(v->keys[i], S("what_"))) continue;
        buf_puts(&b, "<section><h2>");
        named(&b, v->keys[i], lang);
        buf_puts(&b, "</h2>");
        value(&b, v->items[i], lang);
        buf_puts(&b, "</section>");
    }
    buf_puts(&b, "</html>\n");
    return buf_slice(&b);
}
