/* Taking a request in: the case first, who asked and the files beside it. Lost between the two, the same command again (the same key)
 * finds the case and adds what is missing. */
#include "areas/17_government_services/hotline/hotline.h"

#include "city/drafts/drafts.h"
#include "city/identity/identity.h"
#include "city/sql.h"

struct slice hotline_phone(struct arena *a, struct slice text)
{
    struct buf b = buf_new(a, 64);
    if (slice_starts(text, S("+86")) || slice_starts(text, S("0086")))
        text = slice_sub(text, text.p[0] == '+' ? 3 : 4, SIZE_MAX);
    for (size_t i = 0; i < text.n && b.n < 40; i++) {
        char ch = text.p[i];
        if (ch >= '0' && ch <= '9')
            buf_putc(&b, ch);
        else if (ch != '-' && ch != ' ' && ch != '(' && ch != ')')
            return S("");
    }
    return b.n >= 5 && b.n <= 20 ? buf_slice(&b) : S("");
}

struct slice hotline_hash(const struct city *c, struct arena *a, const char *kind, struct slice normal)
{
    return normal.n ? vault_index(c, a, kind, normal) : (struct slice){NULL, 0};
}

/* ---- beside the case ---- */

static const struct stmt CONTACT_ADD = {
    "hotline_contact_add",
    "INSERT INTO hotline_contact (case_id, phone_hash, uscc_hash, code_hash, withheld, contact_ct, made_at)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7) ON CONFLICT (case_id) DO NOTHING",
    NULL, false};
static const struct stmt FILE_ADD = {
    "hotline_file_add",
    "INSERT INTO hotline_file (case_id, no, meta_ct, content_ct, made_at) VALUES (?1,?2,?3,?4,?5)"
    " ON CONFLICT (case_id, no) DO NOTHING",
    NULL, false};

struct beside {
    struct city *c;
    const struct hotline_request *q;
    struct id case_id;
    struct slice code_hash;
    instant now;
    bool added;
};

static result add_file(const struct beside *x, struct tx *tx, struct arena *a, const struct data_key *key, size_t i,
                       int64_t no)
{
    const struct hotline_file *f = &x->q->files[i];
    struct json_builder b = json_builder(a);
    struct slice type = attachment_sniff(f->bytes);
    json_set_str(&b, "name", attachment_name(a, f->name, type));
    json_set_str(&b, "type", type);
    json_set_int(&b, "size", (int64_t)f->bytes.n);
    return tx_exec(tx, a, &FILE_ADD,
                   BINDS(sql_id(&x->case_id), sql_int(no),
                         sql_blob(vault_seal(a, key, HOTLINE_META_PLACE, json_write(a, json_object(&b)))),
                         sql_blob(vault_seal(a, key, HOTLINE_CONTENT_PLACE, f->bytes)), sql_int(x->now)),
                   NULL);
}

static bool file_taken(const struct hotline_file *f)
{
    return f->bytes.n && f->bytes.n <= HOTLINE_FILE_MAX && attachment_sniff(f->bytes).n;
}

static result beside_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct beside *x = ctx;
    struct data_key key;
    int64_t changed;
    struct json_builder b = json_builder(a);
    struct slice uscc = x->q->uscc, phone = hotline_phone(a, x->q->phone);
    TRY(vault_load(x->c, a, tx, x->case_id, &key));
    json_set_str(&b, "name", x->q->name);
    json_set_str(&b, "phone", x->q->phone);
    json_set_str(&b, "email", x->q->email);
    json_set_str(&b, "uscc", uscc);
    TRY(tx_exec(tx, a, &CONTACT_ADD,
                BINDS(sql_id(&x->case_id), sql_blob_or_null(hotline_hash(x->c, a, "hotline.phone", phone)),
                      sql_blob_or_null(hotline_hash(x->c, a, "hotline.uscc", uscc)), sql_blob(x->code_hash),
                      sql_int(x->q->withheld),
                      sql_blob(vault_seal(a, &key, HOTLINE_CONTACT_PLACE, json_write(a, json_object(&b)))),
                      sql_int(x->now)),
                &changed));
    x->added = changed == 1;
    int64_t no = 1;
    for (size_t i = 0; x->added && i < x->q->nfiles; i++)
        if (file_taken(&x->q->files[i])) TRY(add_file(x, tx, a, &key, i, no++));
    return ok();
}

/* ---- the case ---- */

static result of_whom(struct case_command *k, const struct hotline_request *q, struct case_filing *f)
{
    f->subject = q->subject;
    if (id_is_none(f->subject))
        TRY(subject_of_department(k->city, k->a, service_department(f->service), k->now, &f->subject));
    else if (!id_is_none(k->actor->delegation))
        f->agent = k->actor->account;
    return subject_snapshot(k->city, k->a, f->subject, &f->applicant);
}

static size_t count_refused(const struct hotline_request *q)
{
    size_t n = 0;
    for (size_t i = 0; i < q->nfiles; i++) n += !file_taken(&q->files[i]);
    return n;
}

static const struct json *with_notes(struct arena *a, const struct hotline_request *q)
{
    struct json_builder b = json_builder(a);
    size_t taken = q->nfiles - count_refused(q);
    if (taken) json_set_int(&b, "files", (int64_t)taken);
    if (q->withheld) json_set_bool(&b, "contact_withheld", true);
    return json_merge(a, q->data, json_object(&b));
}

static const struct stmt NUMBER = {"hotline_number", "SELECT number FROM case_file WHERE id = ?1", NULL, false};

result hotline_take(struct case_command *k, const struct hotline_request *q, struct hotline_taken *out)
{
    struct case_done done = {.version = 0};
    struct rows r;
    struct case_filing f = {.channel = q->channel, .data = with_notes(k->a, q)};
    struct actor system = actor_system();
    struct case_command filing = *k;
    const struct citydata *data = catalogue_data(k->city->catalogue);
    *out = (struct hotline_taken){.refused_files = count_refused(q)};
    TRY(catalogue_current(k->city->catalogue, k->a, HOTLINE_SERVICE, &f.service));
    TRY(of_whom(k, q, &f));
    f.town = k->actor->town.n && !slice_is(k->actor->town, "*") ? k->actor->town : S("");
    if (!f.town.n && data->ntowns) f.town = data->towns[0].code;
    if (id_is_none(
            q->subject)) { /* for nobody known: the city opens it itself, in the name of the body that has the seat */
        system.account = f.subject;
        filing.actor = &system;
    }
    TRY(case_file(&filing, &f, &done));
    struct beside x = {.c = k->city, .q = q, .case_id = done.case_id, .now = k->now};
    struct slice code = counter_code(k->a, &x.code_hash);
    TRY(store_run(k->city->store, k->a, "hotline_beside", beside_body, &x));
    TRY(store_query(k->city->store, k->a, &NUMBER, BINDS(sql_id(&done.case_id)), &r));
    out->case_id = done.case_id;
    out->number = r.n ? row(&r, 0)[0].s : S("");
    out->code = x.added ? code : S("");
    out->replayed = !x.added;
    return ok();
}

/* ---- reading it again ---- */

static const struct stmt CONTACT = {"hotline_contact_of",
                                    "SELECT contact_ct, withheld FROM hotline_contact WHERE case_id = ?1", NULL, false};

result hotline_contact_read(struct city *c, struct arena *a, struct id case_id, struct hotline_contact *out)
{
    struct rows r;
    struct data_key key;
    struct slice plain;
    const struct json *v;
    *out = (struct hotline_contact){.known = false};
    TRY(store_query(c->store, a, &CONTACT, BINDS(sql_id(&case_id)), &r));
    if (!r.n) return ok();
    TRY(vault_load(c, a, NULL, case_id, &key));
    TRY(vault_open(a, &key, HOTLINE_CONTACT_PLACE, row(&r, 0)[0].s, &plain));
    TRY(json_parse(a, plain, 16 * 1024, S(HOTLINE_CONTACT_PLACE), &v));
    out->known = true;
    out->withheld = row(&r, 0)[1].i != 0;
    out->name = json_string(v, "name");
    out->phone = json_string(v, "phone");
    out->email = json_string(v, "email");
    out->uscc = json_string(v, "uscc");
    return ok();
}

static const struct stmt BY_CODE = {"hotline_by_code", "SELECT case_id FROM hotline_contact WHERE code_hash = ?1", NULL,
                                    false};

result hotline_by_code(struct city *c, struct arena *a, struct slice code, struct id *case_id)
{
    struct rows r;
    TRY(store_query(c->store, a, &BY_CODE, BINDS(sql_blob(counter_code_hash(a, code))), &r));
    if (!r.n || !id_from_bytes(row(&r, 0)[0].s, case_id))
        return fail(a, CODE_NOT_FOUND, S("code"), "value", S("code"), NULL);
    return ok();
}

static const struct stmt FILES = {"hotline_files_of",
                                  "SELECT no, meta_ct FROM hotline_file WHERE case_id = ?1 ORDER BY no", NULL, false};

result hotline_files(struct city *c, struct arena *a, struct id case_id, const struct json **out)
{
    struct rows r;
    struct data_key key;
    struct json_builder list = json_builder(a);
    TRY(store_query(c->store, a, &FILES, BINDS(sql_id(&case_id)), &r));
    if (r.n) TRY(vault_load(c, a, NULL, case_id, &key));
    for (size_t i = 0; i < r.n; i++) {
        struct slice plain;
        const struct json *v;
        struct json_builder b = json_builder(a);
        TRY(vault_open(a, &key, HOTLINE_META_PLACE, row(&r, i)[1].s, &plain));
        TRY(json_parse(a, plain, 16 * 1024, S(HOTLINE_META_PLACE), &v));
        json_set_int(&b, "no", row(&r, i)[0].i);
        json_add(&list, json_merge(a, v, json_object(&b)));
    }
    *out = json_array(&list);
    return ok();
}

static const struct stmt FILE_ONE = {
    "hotline_file_one", "SELECT meta_ct, content_ct FROM hotline_file WHERE case_id = ?1 AND no = ?2", NULL, false};

/* GET /desk/hotline/tickets/{id}/files/{no} */
static result file(const struct request *q, struct reply *r)
{
    struct id id, subject;
    struct rows rows;
    struct data_key key;
    struct slice plain;
    const struct json *meta;
    int64_t no;
    bool seat;
    TRY(id_parse(q->a, q->params[0], S("ticket"), &id));
    TRY(hotline_may_see(q, id, &seat, &subject));
    if (!slice_int64(q->params[1], &no)) return fail(q->a, CODE_NOT_FOUND, S("file"), "value", q->params[1], NULL);
    TRY(store_query(q->city->store, q->a, &FILE_ONE, BINDS(sql_id(&id), sql_int(no)), &rows));
    if (!rows.n) return fail(q->a, CODE_NOT_FOUND, S("file"), "value", q->params[1], NULL);
    TRY(read_record(q->city, q->a, q->actor, q->now, subject, id, "attachment", S("task")));
    TRY(vault_load(q->city, q->a, NULL, id, &key));
    TRY(vault_open(q->a, &key, HOTLINE_META_PLACE, row(&rows, 0)[0].s, &plain));
    TRY(json_parse(q->a, plain, 16 * 1024, S(HOTLINE_META_PLACE), &meta));
    TRY(vault_open(q->a, &key, HOTLINE_CONTENT_PLACE, row(&rows, 0)[1].s, &r->bytes));
    r->content_type = slice_cstr(attachment_media_type(json_string(meta, "type")));
    r->filename = json_string(meta, "name");
    return ok();
}

const struct endpoint EP_HOTLINE_FILE = {.method = "GET",
                                         .path = "/desk/hotline/tickets/{id}/files/{no}",
                                         .right = {RIGHT_STAFF, 0, false},
                                         .summary_zh = "诉求所附文件",
                                         .summary_en = "A file that came with a request",
                                         .handle = file};
