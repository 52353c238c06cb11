/* What the city does with personal data (PIPL arts. 17, 30). */
#include "city/catalogue/catalogue.h"
#include "http/endpoints/catalogue/endpoints.h"

static const char TEXT_ZH[] =
    "收集什么、为什么\n\n只收集办理您所申请事项必需的信息，依据是履行法定职责（个人信息保护法第十三条第一款第三项、第三十四条）。"
    "能从政府部门取得的，不再让您填写或提交，并写明来源和日期。\n\n"
    "您对服务的评价自愿填写，用于改进服务和处理差评：经办人看不到是谁评价的，差评由部门负责人核实并回访；公开的只有统计数字。\n\n"
    "怎样保管\n\n个人信息和上传的材料加密保存，每人、每件各用一把密钥。\n\n"
    "谁能看\n\n只有手上有您办件任务的工作人员；每次查看都先留下记录，您可在“谁看过我的信息”中看到。\n\n"
    "您的权利\n\n可以查阅、复制、导出、更正；没有在办事项时可以申请删除，批准后销毁密钥，任何人不能再读取。"
    "法律要求归档的办件材料按规定期限保存（档案法）。";
static const char TEXT_EN[] =
    "What we collect and why\n\nOnly what the service you ask for needs, to carry out statutory duties (Personal Information Protection Law "
    "arts. 13 and 34). What the city can get from its own departments you are not asked for; source and date are shown.\n\n"
    "Rating a service is voluntary, and used to mend it: who handled your case does not see who rated; of a bad rating the department's head "
    "learns, to verify it and to call you back; only figures are published.\n\n"
    "How it is kept\n\nPersonal data and uploaded papers are encrypted, with a key for each person and each case.\n\n"
    "Who sees it\n\nOnly officers who have a task on your case. Each look is recorded first, and you can see the record.\n\n"
    "Your rights\n\nYou may read, copy, export and correct it. When no case is open you may ask for erasure: the key is destroyed and nobody "
    "can read the data again. Case files are kept as long as the archives law demands.";

static result handle(const struct request *q, struct reply *r)
{
    struct json_builder b = json_builder(q->a);
    json_set(&b, "text", bitext_json(q->a, (struct bitext){slice_cstr(TEXT_ZH), slice_cstr(TEXT_EN)}));
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_PRIVACY = {
    .method = "GET",
    .path = "/privacy",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "个人信息保护告知",
    .summary_en = "Privacy notice",
    .handle = handle,
};
