/* --share, --recover and --check-share: the key ceremony (docs/operations.md). */
#include "app/signd/signd.h"

#include <errno.h>
#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trust/signer_recovery.h"

enum { QR_QUIET = 2, RECOVERY_MAX = 512 << 10, LINE_BYTES = 1024 };

static result problem(struct arena *a, const char *path)
{
    return fail(a, errno == ENOENT ? CODE_NOT_FOUND : CODE_UNAVAILABLE, slice_cstr(path), "value", slice_cstr(path),
                "detail", slice_cstr(strerror(errno)), NULL);
}

/* ---- shares on paper ---- */

static bool dark(const QRcode *qr, int row, int col)
{
    return row >= 0 && col >= 0 && row < qr->width && col < qr->width && (qr->data[row * qr->width + col] & 1);
}

/* Two rows of modules in a line of text; light is drawn, for a black terminal, so paper shows it inverted: readers take both. */
static struct slice qr_text(struct arena *a, struct slice content)
{
    QRcode *qr = QRcode_encodeString(arena_cstr(a, content), 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    struct buf b = buf_new(a, 32768);
    if (!qr) return S("");
    for (int row = -QR_QUIET; row < qr->width + QR_QUIET; row += 2) {
        for (int col = -QR_QUIET; col < qr->width + QR_QUIET; col++) {
            bool top = dark(qr, row, col), below = dark(qr, row + 1, col);
            buf_puts(&b, top ? (below ? "█" : "▀") : below ? "▄" : " ");
        }
        buf_putc(&b, '\n');
    }
    QRcode_free(qr);
    return buf_slice(&b);
}

static const char share_head[] =
    "通办 tongban：恢复密钥的份额 / a share of the recovery of the city's keys\n"
    "任何人集齐所需份数即可恢复全部密钥。打印后封存，交所列人员本人保管；电子件随即销毁。\n"
    "Whoever has enough of these has all keys. Print it, seal it, give it to the officer named; destroy the file.\n\n";

static result write_shares(struct arena *a, const char *into, const struct share *shares, size_t n)
{
    if (mkdir(into, 0700) != 0 && errno != EEXIST) return problem(a, into);
    for (size_t i = 0; i < n; i++) {
        char *name =
            arena_cstr(a, arena_printf(a, "share-%.*s-%zu.txt", SLICE_ARG(share_set_text(a, shares[i].set)), i + 1));
        struct slice text = share_write(a, &shares[i]), qr = qr_text(a, share_qr(a, &shares[i]));
        TRY(signd_write_new(a, into, name, arena_printf(a, "%s%.*s\n%.*s", share_head, SLICE_ARG(text), SLICE_ARG(qr)),
                            0600));
    }
    return ok();
}

/* "张三,李四" or with the Chinese comma. */
static size_t split_names(struct arena *a, const char *list, struct slice out[SIGNER_OFFICERS_MAX + 1])
{
    struct buf b = buf_new(a, strlen(list) + 1);
    for (const char *p = list; *p; p++) {
        if (strncmp(p, "，", 3) == 0 || strncmp(p, "、", 3) == 0) {
            buf_putc(&b, ',');
            p += 2;
        } else
            buf_putc(&b, *p);
    }
    struct slice rest = buf_slice(&b), one;
    size_t n = 0;
    while (rest.n && n <= SIGNER_OFFICERS_MAX) {
        (void)slice_cut(rest, ',', &one, &rest);
        out[n++] = slice_trim(one);
    }
    return n;
}

result signd_make_shares(struct arena *a, const struct signd_options *o, const char *dir, struct signer_keys *keys)
{
    struct slice officers[SIGNER_OFFICERS_MAX + 1];
    struct share shares[SIGNER_OFFICERS_MAX];
    size_t n = split_names(a, o->officers, officers);
    const char *into = o->into ? o->into : arena_cstr(a, arena_printf(a, "%s/shares", dir));
    instant now = time_now(time_system());
    if (keys->names.city.n == 0) keys->names = (struct signer_names){slice_cstr(o->organisation), slice_cstr(o->city)};
    TRY(signer_recovery_split(a, keys, officers, n, (unsigned)o->need, day_of_instant(now), shares));
    TRY(write_shares(a, into, shares, n));
    crypto_wipe(shares, sizeof shares);
    printf("已生成 %zu 份，任意 %lld 份可恢复：%s\n%zu shares, any %lld of which recover: %s\n", n, (long long)o->need,
           into, n, (long long)o->need, into);
    return ok();
}

result signd_write_recovery(struct arena *a, const char *dir, const struct signer_keys *keys)
{
    struct slice file;
    char *next = arena_cstr(a, arena_printf(a, "%s/recovery.json.new", dir)),
         *now = arena_cstr(a, arena_printf(a, "%s/recovery.json", dir));
    if (!keys->recovery.present) return ok();
    TRY(signer_recovery_seal(a, keys, &file));
    if (unlink(next) != 0 && errno != ENOENT) return problem(a, next);
    TRY(signd_write_new(a, dir, "recovery.json.new", file, 0600));
    return rename(next, now) == 0 ? ok() : problem(a, now);
}

/* ---- shares given ---- */

struct giving {
    struct arena *a;
    const struct recovery_file *f;
    struct share shares[SIGNER_OFFICERS_MAX];
    size_t n;
    unsigned want; /* how many shall be typed at least */
    bool ask;      /* a person types: mistakes are asked for again */
};

static void say(struct arena *a, result r)
{
    struct slice zh = result_text(a, r, LANG_ZH), en = result_text(a, r, LANG_EN);
    fprintf(stderr, "%.*s\n%.*s\n", SLICE_ARG(zh), SLICE_ARG(en));
}

static result take(struct giving *g, struct slice text)
{
    struct share s;
    TRY(share_parse(g->a, text, &s));
    TRY(recovery_share_check(g->a, g->f, &s, g->shares, g->n));
    struct slice officer = g->f->of.officers[s.number - 1];
    fprintf(stderr, "第 %u 份（%.*s）已接受 / share %u of %.*s is good\n", s.number, SLICE_ARG(officer), s.number,
            SLICE_ARG(officer));
    g->shares[g->n++] = s;
    return ok();
}

static result no_more(struct giving *g)
{
    return fail(g->a, CODE_SIGNER_SHARE, arena_printf(g->a, "%zu/%u", g->n, g->want), "detail_zh", S("份数不足"),
                "detail_en", S("too few were given"), NULL);
}

/* The four lines of one share, or the one of its QR code, from standard input. */
static result type_one(struct giving *g, struct slice *text)
{
    char line[LINE_BYTES], chars[20];
    struct buf b = buf_new(g->a, 4 * LINE_BYTES);
    fprintf(stderr, "\n请录入第 %zu 份的四行 / type the four lines of the share, %zu of %u\n", g->n + 1, g->n + 1,
            g->want);
    for (unsigned i = 1; i <= SHARE_LINES;) {
        fprintf(stderr, "%u> ", i);
        if (!fgets(line, sizeof line, stdin)) return no_more(g);
        struct slice s = slice_trim(slice_cstr(line));
        if (s.n == 0) continue;
        if (i == 1 && slice_starts(s, S(SHARE_QR))) {
            *text = arena_copy(g->a, s);
            return ok();
        }
        result r = share_line(g->a, i, s, chars);
        if (failed(r) && !g->ask) return r;
        if (failed(r)) {
            say(g->a, r);
            continue;
        }
        bool numbered = s.n > 1 && s.p[0] == (char)('0' + i) && s.p[1] == ' ';
        buf_put(&b, numbered ? arena_printf(g->a, "%.*s\n", SLICE_ARG(s))
                             : arena_printf(g->a, "%u %.*s\n", i, SLICE_ARG(s)));
        i++;
    }
    *text = buf_slice(&b);
    return ok();
}

static result give(struct giving *g, const struct signd_options *o)
{
    struct slice text;
    g->ask = isatty(0) == 1;
    for (size_t i = 0; i < o->nshares && g->n < SIGNER_OFFICERS_MAX; i++) {
        TRY(signd_read_file(g->a, o->share_files[i], SHARE_TEXT_MAX, &text));
        result r = take(g, text);
        TRY(failed(r) ? result_in_file(g->a, slice_cstr(o->share_files[i]), r) : r);
    }
    while (g->n < g->want) {
        if (o->nshares) return no_more(g);
        TRY(type_one(g, &text));
        result r = take(g, text);
        if (failed(r) && !g->ask) return r;
        if (failed(r)) say(g->a, r);
    }
    return ok();
}

static result read_recovery(struct arena *a, const struct signd_options *o, struct recovery_file *f)
{
    struct slice text;
    TRY(signd_read_file(a, o->recovery_file, RECOVERY_MAX, &text));
    TRY(recovery_file_parse(a, text, f));
    fprintf(stderr, "%.*s：套号 %.*s，%.*s，%u 份中的任意 %u 份\n%.*s: set %.*s of %.*s, any %u of %u\n",
            SLICE_ARG(f->city), SLICE_ARG(share_set_text(a, f->of.set)), SLICE_ARG(day_text(a, f->of.made)),
            f->of.count, f->of.need, SLICE_ARG(f->city), SLICE_ARG(share_set_text(a, f->of.set)),
            SLICE_ARG(day_text(a, f->of.made)), f->of.need, f->of.count);
    return ok();
}

static void what_is_new(const struct signer_renewal *renewal)
{
    if (renewal->document)
        printf(
            "原令牌中的签名密钥已不可得，已换新；旧证照凭 anchors.pem 中的旧根证书继续可验。\n"
            "The signing keys of the token are gone and were made anew; what they signed verifies by the old roots in anchors.pem.\n");
    if (renewal->log)
        printf("日志密钥已换新：请按 docs/log.md“新的日志密钥”办理。\n"
               "The log has a new key: follow \"A new key\" in docs/log.md.\n");
}

static result recover(struct arena *a, const struct signd_options *o)
{
    struct recovery_file f;
    struct signer_store store;
    struct signer_keys *keys = NEW(a, struct signer_keys);
    struct giving *g = NEW(a, struct giving);
    struct slice file;
    *g = (struct giving){.a = a, .f = &f};
    TRY(read_recovery(a, o, &f));
    g->want = f.of.need;
    TRY(give(g, o)); /* before anything is written */
    const struct signer_making making = {{slice_cstr(o->organisation), f.city}, o->document};
    struct signer_renewal renewal = {.making = &making, .now = time_now(time_system())};
    TRY(signd_new_store(a, o, o->act_dir, &store));
    TRY(recovery_open(a, &f, g->shares, g->n, &store, &renewal, keys));
    crypto_wipe(g->shares, sizeof g->shares);
    TRY(signer_keys_seal(a, keys, &store, &file));
    TRY(signd_write_new(a, o->act_dir, "keys.json", file, 0600));
    TRY(signd_write_new(a, o->act_dir, "anchors.pem", keys->certificates.anchors, 0644));
    TRY(signd_write_recovery(a, o->act_dir, keys));
    printf("密钥已恢复到 %s。目录中须有备份的 uses.log，再启动签名服务。\n"
           "The keys are in %s. See that uses.log of the backup is there, then start the signer.\n",
           o->act_dir, o->act_dir);
    what_is_new(&renewal);
    return renewal.log ? signd_write_statement(a, o, keys, NULL) : ok();
}

static result check_shares(struct arena *a, const struct signd_options *o)
{
    struct recovery_file f;
    struct giving *g = NEW(a, struct giving);
    *g = (struct giving){.a = a, .f = &f};
    TRY(read_recovery(a, o, &f));
    g->want = o->nshares ? 0 : 1;
    TRY(give(g, o));
    crypto_wipe(g->shares, sizeof g->shares);
    return ok();
}

int signd_ceremony(const struct signd_options *o)
{
    struct arena *a = arena_new("signd ceremony");
    result r = o->act == ACT_RECOVER ? recover(a, o) : check_shares(a, o);
    if (failed(r)) say(a, r);
    int status = failed(r) ? 1 : 0;
    arena_free(a);
    return status;
}
