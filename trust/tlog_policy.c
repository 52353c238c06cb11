#include "trust/tlog_policy.h"

/* A witness or a group; both share one space of names. */
struct member {
    struct slice name;
    const struct note_key *witness; /* NULL: a group */
    unsigned need;                  /* of its members, groups only */
    const size_t *members;          /* indices into the policy's */
    size_t n;
    struct slice address; /* of a witness */
    bool grouped;         /* belongs to a group already: it counts in one way only */
};
enum { MEMBERS_MAX = TLOG_WITNESSES_MAX + TLOG_GROUPS_MAX, WORDS_MAX = MEMBERS_MAX + 3, NO_QUORUM = -1, UNSET = -2 };

struct tlog_policy {
    struct note_key logs[TLOG_LOGS_MAX];
    size_t nlogs;
    struct member members[MEMBERS_MAX];
    size_t nmembers, nwitnesses;
    int quorum; /* index of a member */
};

struct reading {
    struct arena *a;
    struct tlog_policy *p;
    unsigned line;
    struct slice words[WORDS_MAX];
    size_t n;
};

static result bad(const struct reading *r, const char *zh, const char *en)
{
    return fail(r->a, CODE_TLOG_POLICY, S(""), "line", arena_printf(r->a, "%u", r->line), "detail_zh", slice_cstr(zh),
                "detail_en", slice_cstr(en), NULL);
}

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

/* False: more words than any line may have. */
static bool split_words(struct reading *r, struct slice line)
{
    r->n = 0;
    for (size_t i = 0; i < line.n;) {
        if (blank(line.p[i])) {
            i++;
            continue;
        }
        size_t from = i;
        while (i < line.n && !blank(line.p[i])) i++;
        if (r->n == WORDS_MAX) return false;
        r->words[r->n++] = slice_sub(line, from, i - from);
    }
    return true;
}

static int find(const struct tlog_policy *p, struct slice name)
{
    for (size_t i = 0; i < p->nmembers; i++)
        if (slice_eq(p->members[i].name, name)) return (int)i;
    return UNSET;
}

static bool same_key(struct arena *a, const struct note_key *x, const struct note_key *y)
{
    return slice_eq(note_public_key(a, x->key), note_public_key(a, y->key));
}

static result read_log(struct reading *r)
{
    struct tlog_policy *p = r->p;
    struct note_key k;
    if (r->n < 2 || r->n > 3) return bad(r, "应为：log 公钥 [网址]", "write: log key [address]");
    if (p->nlogs == TLOG_LOGS_MAX) return bad(r, "日志过多", "too many logs");
    if (failed(note_key_parse(r->a, r->words[1], &k)) || k.type != NOTE_PLAIN)
        return bad(r, "日志公钥无效", "not a log's key");
    for (size_t i = 0; i < p->nlogs; i++)
        if (same_key(r->a, &p->logs[i], &k)) return bad(r, "日志公钥重复", "the same log key twice");
    p->logs[p->nlogs++] = k;
    return ok();
}

static result new_member(struct reading *r, struct slice name, struct member **out)
{
    if (slice_is(name, "none") || find(r->p, name) != UNSET)
        return bad(r, "名称重复，或为保留字 none", "the name is taken, or is \"none\"");
    if (r->p->nmembers == MEMBERS_MAX) return bad(r, "见证与分组过多", "too many witnesses and groups");
    *out = &r->p->members[r->p->nmembers];
    **out = (struct member){.name = name};
    return ok();
}

static result read_witness(struct reading *r)
{
    struct tlog_policy *p = r->p;
    struct member *m;
    struct note_key *k = NEW(r->a, struct note_key);
    if (r->n < 3 || r->n > 4) return bad(r, "应为：witness 名称 公钥 [网址]", "write: witness name key [address]");
    if (p->nwitnesses == TLOG_WITNESSES_MAX) return bad(r, "见证过多", "too many witnesses");
    TRY(new_member(r, r->words[1], &m));
    if (failed(note_key_parse(r->a, r->words[2], k)) || k->type != NOTE_COSIGNATURE)
        return bad(r, "见证公钥无效", "not a witness's key");
    for (size_t i = 0; i < p->nmembers; i++)
        if (p->members[i].witness && same_key(r->a, p->members[i].witness, k))
            return bad(r, "见证公钥重复", "the same witness key twice");
    m->witness = k;
    if (r->n == 4) m->address = r->words[3];
    p->nmembers++;
    p->nwitnesses++;
    return ok();
}

static result read_group(struct reading *r)
{
    struct tlog_policy *p = r->p;
    struct member *m;
    uint64_t need = 0;
    if (r->n < 4) return bad(r, "应为：group 名称 数目|all|any 成员…", "write: group name number|all|any members…");
    TRY(new_member(r, r->words[1], &m));
    size_t n = r->n - 3, *members = NEW_ARRAY(r->a, size_t, n);
    if (slice_is(r->words[2], "all"))
        need = n;
    else if (slice_is(r->words[2], "any"))
        need = 1;
    else if (!note_number(r->words[2], &need) || need < 1 || need > n)
        return bad(r, "数目须在 1 与成员数之间", "the number must be from 1 to that of the members");
    for (size_t i = 0; i < n; i++) {
        int at = find(p, r->words[i + 3]);
        if (at < 0) return bad(r, "成员须在前面的行中定义", "a member must be defined on an earlier line");
        if (p->members[at].grouped) return bad(r, "成员已属于另一分组", "a member belongs to a group already");
        p->members[at].grouped = true;
        members[i] = (size_t)at;
    }
    m->need = (unsigned)need;
    m->members = members;
    m->n = n;
    p->nmembers++;
    return ok();
}

static result read_quorum(struct reading *r)
{
    if (r->n != 2 || r->p->quorum != UNSET) return bad(r, "须恰有一行：quorum 名称", "exactly one line: quorum name");
    r->p->quorum = slice_is(r->words[1], "none") ? NO_QUORUM : find(r->p, r->words[1]);
    return r->p->quorum == UNSET ? bad(r, "名称须在前面的行中定义", "the name must be defined on an earlier line")
                                 : ok();
}

static result read_line(struct reading *r)
{
    if (r->n == 0) return ok();
    if (slice_is(r->words[0], "log")) return read_log(r);
    if (slice_is(r->words[0], "witness")) return read_witness(r);
    if (slice_is(r->words[0], "group")) return read_group(r);
    if (slice_is(r->words[0], "quorum")) return read_quorum(r);
    return bad(r, "只有 log、witness、group、quorum 四种行", "lines are log, witness, group or quorum");
}

result tlog_policy_parse(struct arena *a, struct slice text, const struct tlog_policy **out)
{
    struct reading *r = NEW(a, struct reading);
    struct slice line, rest;
    r->a = a;
    r->p = NEW(a, struct tlog_policy);
    r->p->quorum = UNSET;
    if (text.n > TLOG_POLICY_MAX_BYTES) return fail(a, CODE_TOO_LARGE, S("policy"), "limit", S("65536"), NULL);
    rest = arena_copy(a, text);
    while (rest.n) {
        r->line++;
        if (!slice_cut(rest, '\n', &line, &rest)) return bad(r, "末行须换行", "the last line has no newline");
        for (size_t i = 0; i < line.n; i++)
            if (((unsigned char)line.p[i] < ' ' && line.p[i] != '\t') || line.p[i] == 0x7f)
                return bad(r, "含控制字符", "control characters");
        size_t hash = slice_find(line, '#', 0);
        bool comment = hash != SIZE_MAX && slice_trim(slice_sub(line, 0, hash)).n == 0;
        if (comment) continue;
        if (!split_words(r, line)) return bad(r, "过长", "too long");
        TRY(read_line(r));
    }
    r->line++;
    if (r->p->quorum == UNSET) return bad(r, "缺少 quorum 行", "the quorum line is missing");
    *out = r->p;
    return ok();
}

/* ---- asking ---- */

const struct tlog_witness *tlog_policy_witnesses(struct arena *a, const struct tlog_policy *p, size_t *n)
{
    struct tlog_witness *list = NEW_ARRAY(a, struct tlog_witness, p->nwitnesses + 1);
    *n = 0;
    for (size_t i = 0; i < p->nmembers; i++)
        if (p->members[i].witness)
            list[(*n)++] = (struct tlog_witness){p->members[i].name, p->members[i].witness, p->members[i].address};
    return list;
}

result tlog_policy_log_key(struct arena *a, const struct tlog_policy *p, struct slice origin, struct note_key *out)
{
    for (size_t i = 0; i < p->nlogs; i++) {
        *out = p->logs[i];
        if (slice_eq(p->logs[i].name, origin)) return ok();
    }
    return fail(a, CODE_TLOG_UNKNOWN, S(""), "value", origin, NULL);
}

size_t tlog_policy_least(const struct tlog_policy *p)
{
    size_t least[MEMBERS_MAX];
    if (p->quorum == NO_QUORUM) return 0;
    for (size_t i = 0; i < p->nmembers; i++) { /* groups come behind their members: the cheapest of them count */
        const struct member *m = &p->members[i];
        bool used[MEMBERS_MAX] = {false};
        least[i] = m->witness ? 1 : 0;
        for (unsigned k = 0; k < m->need; k++) {
            size_t best = SIZE_MAX;
            for (size_t j = 0; j < m->n; j++)
                if (!used[j] && (best == SIZE_MAX || least[m->members[j]] < least[m->members[best]])) best = j;
            if (best == SIZE_MAX) break;
            used[best] = true;
            least[i] += least[m->members[best]];
        }
    }
    return least[p->quorum];
}

/* ---- checking a checkpoint ---- */

static result bad_signature(struct arena *a, const struct note_key *k)
{
    return fail(a, CODE_NOTE_SIGNATURE, S(""), "value", k->name, NULL);
}

result tlog_policy_signed(struct arena *a, const struct tlog_policy *p, const struct note *n, struct slice origin)
{
    bool known = false;
    for (size_t i = 0; i < p->nlogs; i++) {
        if (!slice_eq(p->logs[i].name, origin)) continue;
        enum note_verdict v = note_check(a, n, &p->logs[i], NULL);
        if (v == NOTE_BAD) return bad_signature(a, &p->logs[i]);
        known = known || v == NOTE_GOOD;
    }
    return known ? ok() : fail(a, CODE_TLOG_UNKNOWN, S(""), "value", origin, NULL);
}

result tlog_policy_check(struct arena *a, const struct tlog_policy *p, struct slice text, struct tlog_verdict *out)
{
    struct note n;
    bool have[MEMBERS_MAX] = {false};
    struct tlog_witnessed *list = NEW_ARRAY(a, struct tlog_witnessed, TLOG_WITNESSES_MAX);
    *out = (struct tlog_verdict){.witnesses = list};
    TRY(note_parse(a, text, &n));
    TRY(checkpoint_parse(a, n.text, &out->checkpoint));
    TRY(tlog_policy_signed(a, p, &n, out->checkpoint.origin));
    for (size_t i = 0; i < p->nmembers; i++) { /* groups come behind their members */
        const struct member *m = &p->members[i];
        uint64_t seconds;
        if (!m->witness) {
            unsigned count = 0;
            for (size_t k = 0; k < m->n; k++) count += have[m->members[k]];
            have[i] = count >= m->need;
            continue;
        }
        enum note_verdict v = note_check(a, &n, m->witness, &seconds);
        if (v == NOTE_BAD) return bad_signature(a, m->witness);
        have[i] = v == NOTE_GOOD;
        if (have[i]) list[out->nwitnesses++] = (struct tlog_witnessed){m->name, seconds};
    }
    if (p->quorum == NO_QUORUM || have[p->quorum]) return ok();
    return fail(a, CODE_TLOG_QUORUM, S(""), "actual", arena_printf(a, "%zu", out->nwitnesses), NULL);
}
