/* Stand-ins for bodies that the city cannot own: the tax authority and the account bank. They behave as those do, keep to the
 * interface an adapter to the real system has (a job: may be slow, may be out of order, is retried), and say what they are. */
#include "areas/01_starting_a_business/verbs.h"

#include "city/sql.h"

static result known(struct verb_call *x, const struct stmt *q, struct slice what)
{
    struct rows r;
    TRY(store_query(x->city->store, x->a, q, BINDS(sql_text(json_string(x->input, "uscc")), sql_id(&x->case_id)), &r));
    return r.n ? fail(x->a, CODE_ENTERPRISE_DONE, S("/uscc"), "value", what, NULL) : ok();
}

/* ---- tax.register: 税务登记信息确认, invoices, tax UKey ---- */

static const struct stmt TAX_KNOWN = {
    "tax_known", "SELECT uscc FROM tax_registration WHERE uscc = ?1 AND case_id <> ?2", NULL, false};

/* First issue of invoices to a new taxpayer: at most 25 a month, 100 000 yuan each (国家税务总局公告2018年第29号: special invoices). */
enum { INVOICES_FIRST = 25 };
#define INVOICE_MAX_FEN INT64_C(10000000)

static result tax_run(struct verb_call *x, const struct json **output)
{
    struct json_builder b = json_builder(x->a);
    int64_t wanted = json_int(x->input, "invoices", 0), serial;
    TRY(known(x, &TAX_KNOWN, S("税务登记")));
    json_set(&b, "uscc", json_get(x->input, "uscc"));
    json_set_str(&b, "taxpayer", json_string(x->input, "taxpayer"));
    json_set_str(&b, "authority", S("国家税务总局东莞市税务局（替身）"));
    json_set_int(&b, "invoices", wanted > INVOICES_FIRST ? INVOICES_FIRST : wanted);
    json_set_int(&b, "invoice_max_fen", wanted ? INVOICE_MAX_FEN : 0);
    if (json_bool(x->input, "ukey", false)) {
        TRY(store_numbers(x->city->store, x->a, S("double:ukey"), 1, &serial));
        json_set_str(&b, "ukey", arena_printf(x->a, "UK%010lld", (long long)serial));
    } else {
        json_set_str(&b, "ukey", S(""));
    }
    json_set_int(&b, "at", x->now);
    *output = json_object(&b);
    return ok();
}

const struct verb VERB_TAX_REGISTER = {
    .name = "tax.register",
    .kind = VERB_JOB,
    .is_double = true,
    .summary_zh = "税务登记信息确认、发票和税务UKey（替身）",
    .summary_en = "Tax registration, invoices and tax UKey (stand-in)",
    .input_schema =
        "{\"type\":\"object\",\"required\":[\"uscc\",\"taxpayer\"],\"properties\":{\"uscc\":{\"type\":\"string\"},\"taxpayer\":{\"type\":\"string\"},"
        "\"invoices\":{\"type\":\"integer\"},\"ukey\":{\"type\":\"boolean\"}}}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"uscc\":{\"type\":\"string\"},\"taxpayer\":{\"type\":\"string\"},\"authority\":{\"type\":\"string\"},"
        "\"invoices\":{\"type\":\"integer\"},\"invoice_max_fen\":{\"type\":\"integer\"},\"ukey\":{\"type\":\"string\"}}}",
    .run = tax_run};

/* ---- bank.book: an appointment to open the basic account ---- */

static const struct stmt BANK_KNOWN = {"bank_known", "SELECT uscc FROM bank_booking WHERE uscc = ?1 AND case_id <> ?2",
                                       NULL, false};

/* The next working day but one, in the morning. */
static struct slice first_slot(const struct verb_call *x)
{
    day d = calendar_add(x->city->calendar, day_of_instant(x->now), 2, LIMIT_WORKING_DAY, false);
    return arena_printf(x->a, "%.*s 10:00", SLICE_ARG(day_text(x->a, d)));
}

static result bank_run(struct verb_call *x, const struct json **output)
{
    struct json_builder b = json_builder(x->a);
    int64_t serial;
    TRY(known(x, &BANK_KNOWN, S("银行开户预约")));
    TRY(store_numbers(x->city->store, x->a, S("double:bank"), 1, &serial));
    json_set(&b, "uscc", json_get(x->input, "uscc"));
    json_set_str(&b, "bank", json_string(x->input, "bank"));
    json_set_str(&b, "number", arena_printf(x->a, "YY%08lld", (long long)serial));
    json_set_str(&b, "slot", first_slot(x));
    json_set_int(&b, "at", x->now);
    *output = json_object(&b);
    return ok();
}

const struct verb VERB_BANK_BOOK = {
    .name = "bank.book",
    .kind = VERB_JOB,
    .is_double = true,
    .summary_zh = "银行开户预约（替身）",
    .summary_en = "Books the opening of a bank account (stand-in)",
    .input_schema =
        "{\"type\":\"object\",\"required\":[\"uscc\",\"bank\"],\"properties\":{\"uscc\":{\"type\":\"string\"},\"bank\":{\"type\":\"string\"}}}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"uscc\":{\"type\":\"string\"},\"bank\":{\"type\":\"string\"},\"number\":{\"type\":\"string\"},"
        "\"slot\":{\"type\":\"string\"}}}",
    .run = bank_run};
