/* What is told to everybody (个人信息保护法 arts. 7, 17, 35): kinds of data, purpose, basis, how long. The periods are those of docs/retention.md. */
#include "city/personal/personal.h"

#define T(zh, en)              \
    {                          \
        {zh, sizeof(zh) - 1},  \
        {                      \
            en, sizeof(en) - 1 \
        }                      \
    }
#define DUTY                                                    \
    T("履行法定职责所必需（第十三条第一款第三项、第三十四条）", \
      "needed for a duty in law (art. 13, para. 1(3); art. 34)")
#define CONSENT T("您的同意（第十三条第一款第一项）", "your consent (art. 13, para. 1(1))")

static const struct {
    struct bitext data, purpose, basis, kept;
} TABLE[] = {
    {T("姓名、证件号码、联系方式", "Name, identity number, contact"),
     T("确认身份，受理和送达", "to know who applies, and to deliver"), DUTY,
     T("至您申请删除并获批准", "until you ask for erasure and it is approved")},
    {T("申请表、材料和办理过程", "Applications, papers and what was done"),
     T("办理您申请的事项", "to decide what you apply for"), DUTY,
     T("办结后三十年（行政许可档案）", "30 years from the decision (case files of administrative licences)")},
    {T("草稿和上传的文件", "Drafts and uploaded files"), T("您继续填写", "for you to go on with"), CONSENT,
     T("最后修改后最多 180 天，可随时删除", "at most 180 days after the last change; delete them any time")},
    {T("电子证照", "Electronic licences"), T("证明您的许可和身份，供核验", "to show and check what you hold"), DUTY,
     T("到期或者吊销后五年", "until 5 years after they end")},
    {T("您授权他人使用证照的同意", "Consents to use of licences"),
     T("由部门查看您同意的证照", "so that a department may look at what you agreed to"), CONSENT,
     T("三年；有效期间一直保存，可随时撤回", "3 years, and while granted; withdraw them any time")},
    {T("消息", "Messages"), T("通知办理进度", "to tell you how things stand"), DUTY, T("三年", "3 years")},
    {T("诉求和联系方式", "Requests to the seat, and how to reach you"), T("答复和回访", "to answer and call back"),
     DUTY, T("二年", "2 years")},
    {T("评价", "Ratings"), T("改进服务，核实整改", "to mend what was bad"), CONSENT, T("三年", "3 years")},
    {T("谁看过您的信息", "Who looked at your data"), T("供您查询，并供审计", "for you to see, and for audit"), DUTY,
     T("五年", "5 years")},
    {T("个人信息权利申请", "Requests about your data"), T("答复并留存处理记录", "to answer, and to show how"), DUTY,
     T("答复后三年", "3 years after the answer")},
    {T("登录记录", "Sessions"), T("账号安全", "safety of the account"), DUTY,
     T("至退出，最多 12 小时", "until they end, 12 hours at most")},
};

const struct json *personal_information(struct arena *a)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < sizeof TABLE / sizeof *TABLE; i++) {
        struct json_builder b = json_builder(a);
        json_set(&b, "data", bitext_json(a, TABLE[i].data));
        json_set(&b, "purpose", bitext_json(a, TABLE[i].purpose));
        json_set(&b, "basis", bitext_json(a, TABLE[i].basis));
        json_set(&b, "kept", bitext_json(a, TABLE[i].kept));
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}
