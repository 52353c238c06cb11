/* The record of reads in words, in both languages. What and why are stored as codes, "form:CODE" and "intake:CODE" with the
 * service they were for; what was stored as Chinese text before codes is still read, and said in English where it is known. */
#include "city/cases/licence_use.h"
#include "city/catalogue/catalogue.h"
#include "city/oidc/oidc.h"
#include "city/rights/rights.h"

struct words {
    const char *code, *zh, *en;
};

static bool find(const struct words *list, size_t n, struct slice code, struct bitext *out)
{
    for (size_t i = 0; i < n; i++) {
        if (!slice_is(code, list[i].code)) continue;
        *out = (struct bitext){slice_cstr(list[i].zh), slice_cstr(list[i].en)};
        return true;
    }
    return false;
}

struct bitext read_what_words(struct slice code)
{
    static const struct words WORDS[] = {
        {"profile", "个人资料", "your profile"},
        {"case", "办件全部内容", "the whole case"},
        {"case.progress", "办件进度", "the progress of a case"},
        {"case.document", "办件中的文书", "a document of a case"},
        {"document", "办件中的文书", "a document of a case"},
        {"attachment", "上传的材料", "an uploaded document"},
        {"hotline.contact", "诉求人的联系方式", "how whoever made a request can be reached"},
        {"seal", "电子印章的资料", "an electronic seal"},
        {"seals", "电子印章列表", "the list of electronic seals"},
        {"search", "按编号或证件号码检索", "search by case or identity number"},
        {"licence", "电子证照", "an electronic licence of yours"},
        {"licence.search", "名下电子证照目录", "which electronic licences you hold"},
        {"prefill", "为填表调取的已有信息", "known data, to fill in a form"},
        {"intake", "窗口收件时的身份信息", "who you are, when an application was taken in"},
        {"export", "个人信息导出", "export of personal data"},
        {"claims", "登录时提供的信息", "what was passed on when you signed in"},
        {"rights", "个人信息权利申请", "a request of yours about your data"},
        {"decision", "规则作出决定时看到的数据", "what the rules saw when they decided"},
    };
    struct bitext out = {code, code};
    (void)find(WORDS, sizeof WORDS / sizeof *WORDS, code, &out);
    return out;
}

/* By code or, in older records, by its Chinese name. */
static struct bitext service_words(struct city *c, struct arena *a, struct slice which)
{
    const struct service *const *all;
    size_t n = 0;
    if (c->catalogue) catalogue_all(c->catalogue, a, &all, &n);
    for (size_t i = 0; i < n; i++)
        if (slice_eq(service_code(all[i]), which) || slice_eq(service_name(all[i]).zh, which))
            return service_name(all[i]);
    return (struct bitext){which, which};
}

static struct bitext with_service(struct city *c, struct arena *a, const char *zh, const char *en, struct slice which)
{
    struct bitext name = service_words(c, a, which);
    return (struct bitext){arena_printf(a, "%s：%.*s", zh, SLICE_ARG(name.zh)),
                           arena_printf(a, "%s: %.*s", en, SLICE_ARG(name.en))};
}

static bool after(struct slice text, struct slice prefix, struct slice *rest)
{
    if (!slice_starts(text, prefix)) return false;
    *rest = slice_sub(text, prefix.n, text.n - prefix.n);
    return true;
}

struct bitext read_purpose_words(struct city *c, struct arena *a, struct slice stored)
{
    static const struct words WORDS[] = {
        {"task", "办理该件", "to handle the case"},
        {"agent", "受托代办", "as your agent"},
        {"export", "本人导出", "you exported it yourself"},
        {"intake", "窗口收件", "an application taken in at a window"},
        {"rights", "答复个人信息权利申请", "to answer your request about your data"},
        /* as stored before */
        {"办理该件", "办理该件", "to handle the case"},
        {"受托代办", "受托代办", "as your agent"},
        {"本人导出", "本人导出", "you exported it yourself"},
    };
    struct bitext out;
    struct slice which;
    if (find(WORDS, sizeof WORDS / sizeof *WORDS, stored, &out)) return out;
    if (after(stored, S("intake:"), &which) || after(stored, S("窗口收件："), &which))
        return with_service(c, a, "窗口收件", "taken in at a window", which);
    if (after(stored, S("oidc:"), &which)) {
        struct bitext name = oidc_client_name(c, a, which);
        return (struct bitext){arena_printf(a, "登录%.*s", SLICE_ARG(name.zh)),
                               arena_printf(a, "to sign in to %.*s", SLICE_ARG(name.en))};
    }
    if (after(stored, S("licence:"), &which)) return licence_purpose_words(c, which);
    if (after(stored, S("form:"), &which)) return with_service(c, a, "填写申请表", "to fill in a form", which);
    return service_words(c, a, stored); /* a form's service by its name, or a text of its own */
}

struct bitext read_basis_words(struct slice stored)
{
    static const struct words WORDS[] = {
        {"agent", "您的委托（第十三条第一款第一项）", "your authority (art. 13, para. 1(1))"},
        {"受托代办", "您的委托（第十三条第一款第一项）", "your authority (art. 13, para. 1(1))"},
        {"export", "您查阅、复制（第四十五条）", "your access (art. 45)"},
        {"本人导出", "您查阅、复制（第四十五条）", "your access (art. 45)"},
        {"rights", "受理您的申请（第五十条）", "handling your request (art. 50)"},
        {"consent", "您的同意（第十三条第一款第一项）", "your consent (art. 13, para. 1(1))"},
        {"licence:handling", "您的同意（第十三条第一款第一项）", "your consent (art. 13, para. 1(1))"},
        {"licence:reference", "您的同意（第十三条第一款第一项）", "your consent (art. 13, para. 1(1))"},
    };
    struct bitext out = {S("履行法定职责所必需（第十三条第一款第三项、第三十四条）"),
                         S("needed for a duty in law (art. 13, para. 1(3); art. 34)")};
    struct slice which;
    if (after(stored, S("oidc:"), &which)) stored = S("consent"); /* what the person agreed to pass on */
    (void)find(WORDS, sizeof WORDS / sizeof *WORDS, stored, &out);
    return out;
}
