/* Atom feeds (RFC 4287) of what is released. */
#include "areas/00_supervision/publications/news.h"
#include "base/xml.h"
#include "city/sql.h"

enum { ENTRIES = 50, FEED_MAX = 1024 * 1024 };

static const struct stmt ENTRIES_OF = {
    "news_feed",
    "SELECT n.key, n.kind, n.department, n.released_at, n.changed_at, v.content FROM news n JOIN news_version v ON v.key = n.key"
    " AND v.version = n.version WHERE n.withdrawn_at = 0 AND (?1 = '' OR n.kind = ?1) ORDER BY n.changed_at DESC, n.key DESC LIMIT ?2",
    NULL, false};
/* A withdrawal changes the feed too; a correction that moves a piece to another kind changes both feeds, and this is told late. */
static const struct stmt CHANGED = {
    "news_feed_changed", "SELECT coalesce(max(changed_at), 0) FROM news WHERE ?1 = '' OR kind = ?1", NULL, false};

static const struct {
    const char *kind, *zh, *en;
} NAMES[] = {{"", "政策宣传", "Publications"},
             {"interpretation", "政策解读", "Policy interpretations"},
             {"case", "典型案例", "Cases"},
             {"notice", "通知公告", "Notices"}};

static struct bitext name_of(struct slice kind)
{
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (slice_is(kind, NAMES[i].kind)) return (struct bitext){slice_cstr(NAMES[i].zh), slice_cstr(NAMES[i].en)};
    return (struct bitext){kind, kind};
}

static void element(struct buf *b, const char *name, struct slice text)
{
    buf_printf(b, "<%s>", name);
    xml_escape(b, text);
    buf_printf(b, "</%s>\n", name);
}

/* A text construct; where there is no English, the Chinese with its language said. */
static void text(struct buf *b, const char *name, const struct json *v, enum lang lang)
{
    bool foreign = lang == LANG_EN && !json_get(v, "en");
    buf_printf(b, "<%s%s>", name, foreign ? " xml:lang=\"zh-CN\"" : "");
    xml_escape(b, json_string(v, lang == LANG_EN && !foreign ? "en" : "zh"));
    buf_printf(b, "</%s>\n", name);
}

static void link(struct buf *b, const struct city *c, const char *rel, const char *type, struct slice path)
{
    buf_printf(b, "<link rel=\"%s\" type=\"%s\" href=\"", rel, type);
    xml_escape(b, c->base_url);
    xml_escape(b, path);
    buf_puts(b, "\"/>\n");
}

/* RFC 4151: names that stay when the city's address changes. Ids must not change (RFC 4287, 4.2.6). */
static void id(struct buf *b, const struct city *c, struct slice what)
{
    buf_puts(b, "<id>tag:tongban,2021:");
    xml_escape(b, c->code);
    buf_putc(b, ':');
    xml_escape(b, what);
    buf_puts(b, "</id>\n");
}

static result entry(struct city *c, struct arena *a, struct buf *b, const struct sql_value *v, enum lang lang)
{
    const struct json *content;
    const struct department *d = citydata_department(catalogue_data(c->catalogue), v[2].s);
    TRY(json_parse(a, v[5].s, 1 << 20, S("content"), &content));
    buf_puts(b, "<entry>\n");
    id(b, c, arena_printf(a, "news/%.*s", SLICE_ARG(v[0].s)));
    text(b, "title", json_get(content, "title"), lang);
    element(b, "published", instant_text(a, v[3].i));
    element(b, "updated", instant_text(a, v[4].i));
    link(b, c, "alternate", "text/html", arena_printf(a, "/news/%.*s", SLICE_ARG(v[0].s)));
    buf_puts(b, "<author>");
    element(b, "name", d ? bitext_in(d->name, lang) : v[2].s);
    buf_puts(b, "</author>\n<category term=\"");
    xml_escape(b, v[1].s);
    buf_puts(b, "\" label=\"");
    xml_escape(b, bitext_in(name_of(v[1].s), lang));
    buf_puts(b, "\"/>\n");
    text(b, "summary", json_get(content, "summary"), lang);
    buf_puts(b, "</entry>\n");
    return ok();
}

result news_feed(struct city *c, struct arena *a, struct slice kind, enum lang lang, struct slice *xml,
                 instant *updated)
{
    struct rows r;
    struct buf b = buf_new(a, FEED_MAX);
    struct slice file = kind.n ? kind : S("all"), city = lang == LANG_EN ? c->name_en : c->name_zh;
    struct slice name = bitext_in(name_of(kind), lang);
    TRY(store_query(c->store, a, &CHANGED, BINDS(sql_text(kind)), &r));
    *updated = row(&r, 0)[0].i;
    TRY(store_query(c->store, a, &ENTRIES_OF, BINDS(sql_text(kind), sql_int(ENTRIES)), &r));
    buf_printf(
        &b,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"%s\">\n",
        lang == LANG_EN ? "en" : "zh-CN");
    id(&b, c, arena_printf(a, "feeds/%.*s", SLICE_ARG(file)));
    element(&b, "title",
            arena_printf(a, lang == LANG_EN ? "%.*s, %.*s" : "%.*s %.*s", SLICE_ARG(lang == LANG_EN ? name : city),
                         SLICE_ARG(lang == LANG_EN ? city : name)));
    element(&b, "updated", instant_text(a, *updated));
    link(&b, c, "self", "application/atom+xml",
         arena_printf(a, "/feeds/%.*s.atom%s", SLICE_ARG(file), lang == LANG_EN ? "?lang=en" : ""));
    link(&b, c, "alternate", "text/html", kind.n ? arena_printf(a, "/news?kind=%.*s", SLICE_ARG(kind)) : S("/news"));
    buf_puts(&b, "<author>");
    element(&b, "name", city);
    buf_puts(&b, "</author>\n");
    for (size_t i = 0; i < r.n; i++) TRY(entry(c, a, &b, row(&r, i), lang));
    buf_puts(&b, "</feed>\n");
    if (b.overflow) return fail(a, CODE_TOO_LARGE, S("feed"), "limit", S("1 MiB"), NULL);
    *xml = buf_slice(&b);
    return ok();
}
