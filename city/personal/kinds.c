/* What can be asked for, and why it may be refused: with the article of the 个人信息保护法 (2021). */
#include "city/personal/personal.h"

#define T(zh, en)              \
    {                          \
        {zh, sizeof(zh) - 1},  \
        {                      \
            en, sizeof(en) - 1 \
        }                      \
    }

static const struct personal_kind KINDS[] = {
    {"information", T("询问处理情况", "Ask how my data is handled"),
     T("询问处理了您的哪些信息、目的、方式、保存期限和提供给谁。",
       "Which of your data is handled, for what, how, how long it is kept, and who was given it."),
     T("第十七、二十三、四十四、四十八条", "arts. 17, 23, 44, 48"), false},
    {"copy", T("查阅、复制", "See and copy my data"),
     T("本页可直接下载您的信息。下载中没有的，可在此申请。",
       "You can download your data on this page yourself. Ask here for what is not in it."),
     T("第四十五条第一、二款", "art. 45, paras. 1 and 2"), false},
    {"correct", T("更正、补充", "Correct or complete"),
     T("信息不准确或者不完整的，经核实后更正、补充。请写明哪一项、应为什么、有何依据。",
       "Data that is wrong or incomplete is checked, then corrected. Say which item, what it should be, and what shows it."),
     T("第四十六条", "art. 46"), false},
    {"restrict", T("限制或者拒绝处理", "Restrict or object"),
     T("要求停止或者限制对您某些信息的处理。为履行法定职责所必需的处理，依法不能停止，会说明理由。",
       "That some handling of your data stops or is restricted. What a duty in law needs cannot stop; the answer says why."),
     T("第四十四条", "art. 44"), false},
    {"withdraw", T("撤回同意", "Withdraw consent"),
     T("对基于您同意的处理，可随时撤回。撤回后不再据此处理，撤回前已进行的处理仍然有效；不影响您办理其他事项。",
       "Handling that rests on your consent ends when you withdraw it. What was done before stays valid; no service is refused for it."),
     T("第十五、十六条", "arts. 15, 16"), false},
    {"erase", T("删除", "Erase my data"),
     T("目的已实现、期限已满、已撤回同意或者违法处理的，应当删除。依法须保存的办件档案不能删除，届时会说明理由。须两名人员同意，并由安全管理员执行；在办的件须先办结。",
       "When the purpose is reached, the time is over, consent is withdrawn, or the handling was unlawful. Case files that the law keeps stay, "
       "with the reason. Two officers agree and the security officer carries it out; cases under way end first."),
     T("第四十七条", "art. 47"), true},
    {"transfer", T("转移至其他机构", "Transfer my data"),
     T("将您的信息转移至您指定的机构。请写明机构名称和联系方式；也可自行下载机器可读文件。",
       "That your data goes to a body you name. Say which and how to reach it; or download the machine-readable file yourself."),
     T("第四十五条第三款", "art. 45, para. 3"), false},
    {"explain", T("解释自动化决定、申请人工复核", "Explain an automated decision, ask for a person"),
     T("对“秒批”等由规则作出、对您有重大影响的决定，可要求说明，并有权拒绝仅由自动化方式作出的决定，由人员重新审查。",
       "Of a decision that rules alone made (as instant approval) and that matters to you: ask for reasons, refuse it, and have a person look again."),
     T("第二十四条第三款、第四十八条", "art. 24, para. 3; art. 48"), false},
    {"relatives", T("逝者近亲属的申请", "Data of a relative who has died"),
     T("近亲属为自身的合法、正当利益，可对逝者的相关信息申请查阅、复制、更正、删除；逝者生前另有安排的除外。请写明关系和要求，到窗口出示证明。",
       "Close relatives may, for lawful interests of their own, ask to see, copy, correct or erase data of somebody who has died, unless they had "
       "arranged otherwise. Say how you are related and what you ask; show the proof at a window."),
     T("第四十九条", "art. 49"), true},
    {"complaint", T("投诉", "Complaint"),
     T("对答复不服的，向个人信息保护负责人投诉。", "Against an answer, to the officer responsible for personal data."),
     T("第五十、五十二条", "arts. 50, 52"), false},
};
static const struct personal_ground GROUNDS[] = {
    {"law_keeps", T("法律、行政法规规定的保存期限未届满（第四十七条第二款）",
                    "The period for which the law keeps it is not over (art. 47, para. 2)")},
    {"duty", T("为履行法定职责或者法定义务所必需（第十三条第一款第三项、第三十四条）",
               "A duty in law needs it (art. 13, para. 1(3); art. 34)")},
    {"secret", T("法律、行政法规规定应当保密，或者告知将妨碍履行法定职责（第十八、三十五、四十五条）",
                 "The law keeps it secret, or telling would hinder a duty (arts. 18, 35, 45)")},
    {"accurate", T("经核实，信息准确、完整（第四十六条）", "Checked: it is right and complete (art. 46)")},
    {"technical", T("删除从技术上难以实现，已停止除存储和必要安全保护以外的处理（第四十七条第二款）",
                    "Erasing it is technically hard; all handling but keeping it safe has stopped (art. 47, para. 2)")},
    {"not_proven", T("未能证明身份、亲属关系或者合法、正当利益（第四十九、五十条）",
                     "Identity, kinship or a lawful interest is not shown (arts. 49, 50)")},
    {"others", T("涉及他人的合法权益", "It would harm the rights of others")},
    {"not_automated",
     T("该决定由人员作出，或者已由人员复核（第二十四条）", "A person decided, or has looked at it again (art. 24)")},
    {"not_held", T("本机关不处理该信息", "This body does not hold it")},
};

const struct personal_kind *personal_kind_of(struct slice code)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (slice_is(code, KINDS[i].code)) return &KINDS[i];
    return NULL;
}

const struct personal_ground *personal_ground_of(struct slice code)
{
    for (size_t i = 0; i < sizeof GROUNDS / sizeof *GROUNDS; i++)
        if (slice_is(code, GROUNDS[i].code)) return &GROUNDS[i];
    return NULL;
}

const struct json *personal_kinds_json(struct arena *a)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        struct json_builder b = json_builder(a);
        json_set_cstr(&b, "code", KINDS[i].code);
        json_set(&b, "title", bitext_json(a, KINDS[i].title));
        json_set(&b, "about", bitext_json(a, KINDS[i].about));
        json_set(&b, "article", bitext_json(a, KINDS[i].article));
        json_set(&b, "erases", json_of_bool(KINDS[i].erases));
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

const struct json *personal_grounds_json(struct arena *a)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < sizeof GROUNDS / sizeof *GROUNDS; i++) {
        struct json_builder b = json_builder(a);
        json_set_cstr(&b, "code", GROUNDS[i].code);
        json_set(&b, "text", bitext_json(a, GROUNDS[i].text));
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}
