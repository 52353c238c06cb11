/* The facts of this area's verbs, folded into its tables; the same fold live and in a rebuild. */
#include "areas/01_starting_a_business/verbs.h"

static const struct id *keep(struct arena *a, struct id id)
{
    struct id *p = NEW(a, struct id);
    *p = id;
    return p;
}

static struct sql_value text(const struct json *v, const char *key)
{
    return sql_text(json_string(v, key));
}
static struct sql_value number(const struct json *v, const char *key)
{
    return sql_int(json_int(v, key, 0));
}

static const struct stmt ENTERPRISE_INSERT = {
    "enterprise_insert",
    "INSERT INTO enterprise (uscc, name, shop_name, industry, organisation, town, capital_fen, status, case_id, registered_at)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,'registered',?8,?9)",
    NULL, false};
static const struct stmt SEAL_INSERT = {
    "seal_order_insert", "INSERT INTO seal_order (code, uscc, kind, case_id, ordered_at) VALUES (?1,?2,?3,?4,?5)", NULL,
    false};
static const struct stmt TAX_INSERT = {
    "tax_registration_insert",
    "INSERT INTO tax_registration (uscc, case_id, taxpayer, invoices, invoice_max_fen, ukey, registered_at) VALUES (?1,?2,?3,?4,?5,?6,?7)",
    NULL, false};
static const struct stmt SOCIAL_INSERT = {
    "social_insurance_insert",
    "INSERT INTO social_insurance (uscc, number, headcount, from_month, case_id, registered_at) VALUES (?1,?2,?3,?4,?5,?6)",
    NULL, false};
static const struct stmt FUND_INSERT = {
    "housing_fund_insert",
    "INSERT INTO housing_fund (uscc, account, ratio, headcount, case_id, registered_at) VALUES (?1,?2,?3,?4,?5,?6)",
    NULL, false};
static const struct stmt BANK_INSERT = {
    "bank_booking_insert",
    "INSERT INTO bank_booking (uscc, case_id, bank, number, slot, booked_at) VALUES (?1,?2,?3,?4,?5,?6)", NULL, false};

static void fold_enterprise(const struct json *v, const struct id *c, struct decision *d)
{
    decision_write(d, &ENTERPRISE_INSERT, 1, 9, text(v, "uscc"), text(v, "name"), text(v, "shop_name"),
                   text(v, "industry"), text(v, "organisation"), text(v, "town"), number(v, "capital_fen"), sql_id(c),
                   number(v, "at"));
}

static void fold_seals(const struct json *v, const struct id *c, struct decision *d)
{
    const struct json *list = json_get(v, "seals");
    for (size_t i = 0; list && i < list->n; i++)
        decision_write(d, &SEAL_INSERT, 1, 5, text(list->items[i], "code"), text(v, "uscc"),
                       text(list->items[i], "kind"), sql_id(c), number(v, "at"));
}

static void fold_tax(const struct json *v, const struct id *c, struct decision *d)
{
    decision_write(d, &TAX_INSERT, 1, 7, text(v, "uscc"), sql_id(c), text(v, "taxpayer"), number(v, "invoices"),
                   number(v, "invoice_max_fen"), text(v, "ukey"), number(v, "at"));
}

static void fold_social(const struct json *v, const struct id *c, struct decision *d)
{
    decision_write(d, &SOCIAL_INSERT, 1, 6, text(v, "uscc"), text(v, "number"), number(v, "headcount"),
                   text(v, "from_month"), sql_id(c), number(v, "at"));
}

static void fold_fund(const struct json *v, const struct id *c, struct decision *d)
{
    decision_write(d, &FUND_INSERT, 1, 6, text(v, "uscc"), text(v, "account"), number(v, "ratio"),
                   number(v, "headcount"), sql_id(c), number(v, "at"));
}

static void fold_bank(const struct json *v, const struct id *c, struct decision *d)
{
    decision_write(d, &BANK_INSERT, 1, 6, text(v, "uscc"), sql_id(c), text(v, "bank"), text(v, "number"),
                   text(v, "slot"), number(v, "at"));
}

result area_01_project(struct arena *a, const struct json *fact, struct id case_id, struct decision *d)
{
    static const struct {
        const char *verb;
        void (*fold)(const struct json *v, const struct id *c, struct decision *d);
    } FOLDS[] = {{"enterprise.register", fold_enterprise}, {"seal.order", fold_seals},   {"tax.register", fold_tax},
                 {"social.register", fold_social},         {"fund.register", fold_fund}, {"bank.book", fold_bank}};
    struct slice verb = json_string(fact, "verb");
    (void)a;
    for (size_t i = 0; i < sizeof FOLDS / sizeof *FOLDS; i++)
        if (slice_is(verb, FOLDS[i].verb)) FOLDS[i].fold(json_get(fact, "output"), keep(d->a, case_id), d);
    return ok();
}

static const struct stmt CLEAR[] = {
    {"clear_enterprise", "DELETE FROM enterprise", NULL, false},
    {"clear_seal_order", "DELETE FROM seal_order", NULL, false},
    {"clear_tax_registration", "DELETE FROM tax_registration", NULL, false},
    {"clear_social_insurance", "DELETE FROM social_insurance", NULL, false},
    {"clear_housing_fund", "DELETE FROM housing_fund", NULL, false},
    {"clear_bank_booking", "DELETE FROM bank_booking", NULL, false},
};
const struct stmt *const AREA_01_CLEAR[] = {&CLEAR[0], &CLEAR[1], &CLEAR[2], &CLEAR[3], &CLEAR[4], &CLEAR[5], NULL};
