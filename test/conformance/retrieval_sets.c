#include "test/conformance/retrieval_sets.h"

#include "test/conformance/archive.h"

static const struct {
    const char *name, *file;
} FILES[RETRIEVAL_SETS] = {
    {"CMRC", "08-search/cmrc2018/squad-style-data/cmrc2018_dev.json"},
    {"DRCD", "08-search/DRCD/DRCD_test.json"},
    {"XQuAD", "08-search/xquad/xquad.zh.json"},
};

static void read_paragraph(struct arena *a, const struct json *p, struct retrieval_set *s)
{
    const struct json *qas = json_get(p, "qas");
    for (size_t i = 0; qas && i < qas->n; i++)
        s->questions[s->nquestions++] =
            (struct retrieval_question){arena_copy(a, json_string(qas->items[i], "question")), s->nparagraphs};
    s->paragraphs[s->nparagraphs++] = arena_copy(a, json_string(p, "context"));
}

static result read_set(struct arena *a, const char *path, struct retrieval_set *s)
{
    enum { PARAGRAPHS_MAX = 5000, QUESTIONS_MAX = 20000 };
    struct slice text;
    const struct json *v;
    TRY(archive_file(a, path, &text));
    TRY(json_parse(a, text, 32 << 20, slice_cstr(path), &v));
    s->paragraphs = NEW_ARRAY(a, struct slice, PARAGRAPHS_MAX);
    s->questions = NEW_ARRAY(a, struct retrieval_question, QUESTIONS_MAX);
    const struct json *data = json_get(v, "data");
    for (size_t i = 0; data && i < data->n; i++) {
        const struct json *list = json_get(data->items[i], "paragraphs");
        for (size_t k = 0; list && k < list->n && s->nparagraphs < PARAGRAPHS_MAX; k++) {
            const struct json *qas = json_get(list->items[k], "qas");
            if (s->nquestions + (qas ? qas->n : 0) > QUESTIONS_MAX) break;
            read_paragraph(a, list->items[k], s);
        }
    }
    return ok();
}

result retrieval_sets_read(struct arena *a, const char *archive, struct retrieval_set out[RETRIEVAL_SETS])
{
    struct arena *unpacked = arena_new("sets");
    const char *dir = "";
    result r = result_copy(a, archive_unpack(unpacked, archive, &dir));
    for (int i = 0; i < RETRIEVAL_SETS && !failed(r); i++) {
        out[i] = (struct retrieval_set){.name = FILES[i].name};
        r = read_set(a, arena_cstr(a, arena_printf(a, "%s/%s", dir, FILES[i].file)), &out[i]);
    }
    arena_free(unpacked);
    return r;
}
