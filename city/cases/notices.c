/* Who hears what: messages written in the transaction that gives cause to them. */
#include "city/cases/run.h"
#include "city/messages/messages.h"

const struct stmt HEADS_OF = {
    "heads_of",
    "SELECT g.account FROM role_grant g JOIN account a ON a.id = g.account AND a.disabled_at = 0"
    " WHERE g.role = 'head' AND (g.department = ?1 OR (g.department = '*' AND a.department = ?1))"
    " AND (g.town = '*' OR g.town = ?2) ORDER BY g.account LIMIT 20",
    NULL, false};

static struct bitext with_name(struct run *r, const char *zh, const char *en)
{
    struct bitext n = service_name(r->service);
    struct bitext out = {arena_printf(r->a, "【%.*s】%s", SLICE_ARG(n.zh), zh),
                         arena_printf(r->a, "%.*s: %s", SLICE_ARG(n.en), en)};
    return out;
}

/* page: "/cases/", or "/desk/cases/" for officers */
static struct bitext body_text(struct run *r, const char *page, const char *zh, const char *en, struct bitext more)
{
    struct slice url =
        arena_printf(r->a, "%.*s%s%.*s", SLICE_ARG(r->k->city->base_url), page, SLICE_ARG(id_text(r->a, r->c->id)));
    struct bitext out;
    out.zh = arena_printf(r->a, "办件编号 %.*s：%s%.*s\n查看进度：%.*s", SLICE_ARG(r->c->number), zh,
                          SLICE_ARG(more.zh), SLICE_ARG(url));
    out.en = arena_printf(r->a, "Case %.*s: %s %.*s\nProgress: %.*s", SLICE_ARG(r->c->number), en, SLICE_ARG(more.en),
                          SLICE_ARG(url));
    return out;
}

static const struct {
    enum notice notice;
    const char *zh, *en, *body_zh, *body_en;
} TEXTS[] = {
    {NOTICE_ACCEPTED, "已受理", "accepted", "您的申请已受理，开始计算办理时限。",
     "your application is accepted; its time limit runs."},
    {NOTICE_NOT_ACCEPTED, "不予受理", "not accepted", "您的申请未予受理，理由见《不予受理决定书》。",
     "your application is not accepted; the decision states why."},
    {NOTICE_CORRECTION, "需要补正", "correction needed", "请按告知书一次性补正以下内容：",
     "please correct the following, once and in full:"},
    {NOTICE_DECIDED, "已办结", "decided", "您的申请已办结，结果文书可在办件页面下载，也请在该页评价这次服务。",
     "your case is decided; the papers are on its page, where you can rate the service too."},
    {NOTICE_STOPPED, "停止计时", "clock stopped", "依法停止计时，原因：", "the clock is stopped by law:"},
    {NOTICE_RESUMED, "恢复计时", "clock resumed", "停止计时的事由已消除，时限恢复计算。",
     "the cause is over; the time limit runs again."},
    {NOTICE_FILL, "需要您填写", "waits for you", "办理中有一项内容需要您填写：",
     "there is something for you to fill in:"},
    {NOTICE_STEP_CORRECTED, "办理步骤已更正", "a step was corrected", "办理步骤已更正，法定期限和承诺期限不变。理由：",
     "where your case stands was put right; its time limits stay as they are. Reason:"},
    {NOTICE_UNANSWERED, "补正期限已过", "not corrected in time",
     "补正期限已过，尚未收到您的补正。申请予以保留，尚未受理；您仍可补正或者撤回。",
     "the day to correct your application has passed. It is kept, not accepted; you may still correct or withdraw it."},
    {NOTICE_LAPSED, "申请视为放弃", "counts as given up",
     "补正期限已过，未收到您的补正，申请视为放弃。您可以重新申请，已填报的信息可以再用。",
     "nothing was corrected in time and the application counts as given up. You may apply again with what you filled in."},
    {NOTICE_WITHDRAWN, "已撤回", "withdrawn", "您的申请已撤回。", "your application is withdrawn."},
};

void run_notice(struct run *r, enum notice n, struct slice more)
{
    run_notice_both(r, n, (struct bitext){more, more});
}

void run_notice_both(struct run *r, enum notice n, struct bitext more)
{
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        if (TEXTS[i].notice != n) continue;
        struct message m = {
            .kind = MESSAGE_TO_SUBJECT, .to = r->c->subject, .case_id = r->c->id, .inbox_only = n == NOTICE_WITHDRAWN};
        m.title = with_name(r, TEXTS[i].zh, TEXTS[i].en);
        m.body = body_text(r, "/cases/", TEXTS[i].body_zh, TEXTS[i].body_en, more);
        message_write(r->k->city, r->d, &m, r->k->now);
    }
}

void run_notice_staff(struct run *r, struct id account, const char *zh, const char *en, struct slice more)
{
    struct message m = {.kind = MESSAGE_TO_ACCOUNT, .to = account, .case_id = r->c->id, .inbox_only = true};
    m.title = with_name(r, zh, en);
    m.body = body_text(r, "/desk/cases/", zh, en, (struct bitext){more, more});
    message_write(r->k->city, r->d, &m, r->k->now);
}

void run_notice_heads(struct run *r, const struct rows *heads, const char *zh, const char *en, struct slice more)
{
    for (size_t i = 0; i < heads->n; i++) {
        struct id head;
        if (id_from_bytes(row(heads, i)[0].s, &head)) run_notice_staff(r, head, zh, en, more);
    }
}
