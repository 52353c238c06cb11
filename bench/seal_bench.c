/* Electronic seals on one core: sealing a licence (OFD) and verifying it, beside the same operations of the primitives alone, in turns within one
 * process. Raw for sealing: inflating the package, SM3 over its files and over Signature.xml, one SM2 signature, deflating. Raw for verification:
 * inflating, the same SM3, four SM2 verifications (document, seal, and the certificates of signer and maker).
 * Issuing: from the template to the sealed package; raw: the same subset of the font, SM3 over the files, one SM2 signature, deflating once.
 *     seal_bench [seconds]      (3 by default, for each line) */
#include "trust/canonical.h"
#include "trust/ofd_render.h"
#include "trust/ofd_sign.h"
#include "trust/seal.h"
#include "trust/seal_draw.h"
#include "trust/verify.h"

#include "base/xml.h"

#include <hb-subset.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char LICENCE[] =
    "{\"document\":\"licence\",\"page\":{\"size\":\"A4\",\"orientation\":\"landscape\"},\"border\":\"double\","
    "\"title\":{\"zh\":\"营业执照\",\"en\":\"Business Licence\"},"
    "\"fields\":[{\"label\":{\"zh\":\"名称\",\"en\":\"Name\"},\"value\":\"东莞市鲲程电子科技有限公司\"},"
    "{\"label\":{\"zh\":\"经营范围\",\"en\":\"Scope\"},\"value\":\"电子产品销售；软件开发；信息技术咨询服务\"},"
    "{\"label\":{\"zh\":\"住所\",\"en\":\"Address\"},\"value\":\"东莞市南城街道示范路8号301室\"}],"
    "\"issuer\":\"东莞市市场监督管理局\",\"date\":\"2021年4月30日\",\"certificate_id\":\"1.2.156.3005.2.X\","
    "\"qr\":\"https://tongban.example/verify/AbCdEfGh\"}";

struct bench {
    struct arena *a;
    struct signer *signer;
    const struct trust_anchors *anchors;
    struct signer_seal seal;
    const struct document_template *template_;
    const struct json *data;
    struct slice plain, sealed;
    hb_face_t *face; /* of the licence's font, and the characters it uses */
    hb_set_t *characters;
    struct zip files; /* of the sealed package */
    struct crypto_key *key;
    struct slice message, signature;
    instant now;
};

static void stop(struct arena *a, result r)
{
    fprintf(stderr, "%.*s", SLICE_ARG(result_text(a, r, LANG_EN)));
    exit(1);
}
#define CHECK(a, r)                          \
    do {                                     \
        result check_ = (r);                 \
        if (failed(check_)) stop(a, check_); \
    } while (0)

static double clock_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static instant fixed(void *ctx)
{
    static instant calls; /* the signer counts by the minute: each call is in another */
    return *(instant *)ctx + calls++ * MS_SECOND;
}

static void make_seal(struct bench *b)
{
    struct seal_drawing d = {.shape = SEAL_ROUND, .width = 42, .height = 42, .ring = S("东莞市市场监督管理局")};
    struct json_builder j = json_builder(b->a), list = json_builder(b->a);
    struct slice png, text;
    CHECK(b->a, seal_draw(b->a, &d, &png));
    json_set_cstr(&j, "type", "seal");
    json_set_cstr(&j, "id", "4419009000001");
    json_set_str(&j, "name", d.ring);
    json_set_str(&j, "holder", d.ring);
    json_set_cstr(&j, "holder_code", "");
    json_set_int(&j, "kind", 1);
    json_set_str(&j, "from", instant_text(b->a, b->now));
    json_set_str(&j, "to", instant_text(b->a, b->now + 5 * 365 * MS_DAY));
    json_set_cstr(&j, "picture_type", "PNG");
    json_set_int(&j, "width", 42);
    json_set_int(&j, "height", 42);
    json_set_int(&j, "per_minute", 60000);
    json_add(&list, json_of_cstr(b->a, "*"));
    json_set(&j, "documents", json_array(&list));
    CHECK(b->a, canonical_json(b->a, json_object(&j), &text));
    CHECK(b->a, signer_make_seal(b->signer, b->a, S("4419009000001"), text, png, &b->seal));
}

static struct slice rendered(struct bench *b, struct arena *a)
{
    const struct ofd_about about = {.id = S("0123456789abcdef0123456789abcdef"), .made_at = b->now};
    struct ofd_made made;
    CHECK(a, ofd_render(a, b->template_, b->data, &about, &made));
    return made.package;
}

static void make_document(struct bench *b)
{
    const struct document_template *t;
    const struct json *v, *none;
    CHECK(b->a, json_parse(b->a, slice_cstr(LICENCE), 65536, S("licence"), &v));
    CHECK(b->a, json_parse(b->a, S("{}"), 16, S("data"), &none));
    CHECK(b->a, template_parse(b->a, v, S("licence"), &t));
    b->template_ = t;
    b->data = none;
    b->plain = rendered(b, b->a);
}

static void seal_once(struct bench *b, struct arena *a, struct slice *out)
{
    static const struct ofd_place place = {.page = 1, .x = 200000, .y = 130000, .width = 42000, .height = 42000};
    struct ofd ofd;
    struct ofd_place here = place;
    CHECK(a, ofd_read(a, b->plain, &ofd));
    here.page = ofd.documents[0].pages[0]->id;
    const struct ofd_sealing in = {.package = b->plain,
                                   .opened = &ofd,
                                   .seal = &b->seal,
                                   .subject = S("bench"),
                                   .kind = S("licence"),
                                   .places = &here,
                                   .nplaces = 1,
                                   .closing = true,
                                   .at = b->now};
    CHECK(a, ofd_seal(a, b->signer, &in, out));
}

static void seal_ours(struct bench *b, struct arena *a)
{
    struct slice out;
    seal_once(b, a, &out);
}

/* A licence from its template to the sealed package. */
static void issue_ours(struct bench *b, struct arena *a)
{
    struct slice out, plain = b->plain;
    b->plain = rendered(b, a);
    seal_once(b, a, &out);
    b->plain = plain;
}

static void verify_ours(struct bench *b, struct arena *a)
{
    struct verify_report r;
    verify_ofd(a, b->sealed, b->anchors, &(struct verify_ask){.at = b->now + 400 * MS_DAY}, &r);
    if (!r.good) {
        fputs("a good file is not\n", stderr);
        exit(1);
    }
}

static const struct zip_limits MOST = {OFD_MAX_FILES, OFD_MAX_UNPACKED, 1000};

static void digest_all(struct zip *z)
{
    uint8_t h[CRYPTO_HASH_BYTES];
    for (size_t i = 0; i < z->n; i++) crypto_sm3(z->entries[i].bytes, h);
}

static void seal_raw(struct bench *b, struct arena *a)
{
    struct zip z;
    struct slice out, sig;
    CHECK(a, zip_read(a, b->sealed, &MOST, &z));
    digest_all(&z);
    CHECK(a, crypto_sign(a, b->key, b->message, &sig));
    CHECK(a, zip_write(a, z.entries, z.n, &out));
}

static void issue_raw(struct bench *b, struct arena *a)
{
    struct zip z;
    struct slice out, sig;
    hb_subset_input_t *in = hb_subset_input_create_or_fail();
    hb_set_union(hb_subset_input_unicode_set(in), b->characters);
    hb_subset_input_set_flags(in, HB_SUBSET_FLAGS_NO_HINTING);
    hb_face_t *small = hb_subset_or_fail(b->face, in);
    hb_blob_t *blob = hb_face_reference_blob(small);
    hb_blob_destroy(blob);
    hb_face_destroy(small);
    hb_subset_input_destroy(in);
    z = b->files;
    digest_all(&z);
    CHECK(a, crypto_sign(a, b->key, b->message, &sig));
    CHECK(a, zip_write(a, z.entries, z.n, &out));
}

/* The font that the licence is set in, and the characters its pages show. */
static void open_font(struct bench *b)
{
    struct xml_node *root;
    CHECK(b->a, zip_read(b->a, b->sealed, &MOST, &b->files));
    const struct zip_entry *page = zip_find(&b->files, S("Doc_0/Pages/Page_0/Content.xml"));
    CHECK(b->a, xml_parse(b->a, page->bytes, OFD_MAX_XML, S("page"), &root));
    struct slice text = xml_text(b->a, root);
    hb_buffer_t *buffer = hb_buffer_create();
    hb_blob_t *file = hb_blob_create_from_file_or_fail("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc");
    if (!file) {
        fputs("fonts-wqy-microhei is not installed\n", stderr);
        exit(1);
    }
    b->face = hb_face_create(file, 0);
    b->characters = hb_set_create();
    hb_buffer_add_utf8(buffer, text.p, (int)text.n, 0, -1);
    unsigned n = 0;
    const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(buffer, &n);
    for (unsigned i = 0; i < n; i++) hb_set_add(b->characters, info[i].codepoint);
    hb_buffer_destroy(buffer);
    hb_blob_destroy(file);
}

static void verify_raw(struct bench *b, struct arena *a)
{
    struct zip z;
    CHECK(a, zip_read(a, b->sealed, &MOST, &z));
    digest_all(&z);
    for (int i = 0; i < 4; i++)
        if (!crypto_verify(b->key, b->message, b->signature)) exit(1);
}

/* Turns of a twentieth of a second of the processor (all is done in this thread), so that both see the same machine, whoever else uses it. */
static void line(struct bench *b, const char *name, double seconds, void (*ours)(struct bench *b, struct arena *a),
                 void (*raw)(struct bench *b, struct arena *a))
{
    double spent[2] = {0, 0};
    long n[2] = {0, 0};
    struct arena *a = arena_new("bench");
    while (spent[0] + spent[1] < 2 * seconds)
        for (int k = 0; k < 2; k++) {
            double from = clock_s(), to = from;
            while ((to = clock_s()) - from < 0.05) {
                (k ? raw : ours)(b, a);
                arena_reset(a);
                n[k]++;
            }
            spent[k] += to - from;
        }
    arena_free(a);
    double us = (double)n[0] / spent[0], them = (double)n[1] / spent[1];
    printf("%-12s %8.0f/s   raw %8.0f/s   ratio %.2f\n", name, us, them, us / them);
}

int main(int argc, char **argv)
{
    struct bench b = {.a = arena_new("seal_bench"), .now = INT64_C(1619744400000)};
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 3;
    struct signer_certificates c;
    CHECK(b.a, signer_open_test(b.a, (struct time_source){fixed, &b.now}, NULL, &b.signer));
    CHECK(b.a, signer_certificates(b.signer, b.a, &c));
    CHECK(b.a, trust_anchors_parse(b.a, c.anchors, &b.anchors));
    make_seal(&b);
    make_document(&b);
    seal_once(&b, b.a, &b.sealed);
    CHECK(b.a, crypto_key_new(b.a, CRYPTO_SM2, &b.key));
    b.message = b.seal.seal;
    CHECK(b.a, crypto_sign(b.a, b.key, b.message, &b.signature));
    printf("licence %zu bytes, sealed %zu bytes\n", b.plain.n, b.sealed.n);
    open_font(&b);
    line(&b, "issuing", seconds, issue_ours, issue_raw);
    line(&b, "sealing", seconds, seal_ours, seal_raw);
    line(&b, "verifying", seconds, verify_ours, verify_raw);
    hb_set_destroy(b.characters);
    hb_face_destroy(b.face);
    arena_free(b.a);
    return 0;
}
