/* Stand-ins for the operators' SMS gateway and for WeChat: they behave like the real ones as seen from here (take a letter
 * once by its message id, refuse a malformed address) and keep what they would have sent in a table. */
#include "city/messages/internal.h"

static const struct stmt DOUBLE_INSERT = {
    "double_insert",
    "INSERT INTO double_delivery (message, channel, at, letter_ct) VALUES (?1,?2,?3,?4) ON CONFLICT (message, channel) DO NOTHING",
    NULL, false};

struct keeping {
    struct city *c;
    const struct letter *l;
    const char *channel;
};

static result keep_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct keeping *k = ctx;
    struct json_builder b = json_builder(a);
    json_set_str(&b, "address", k->l->address);
    json_set(&b, "title", bitext_json(a, k->l->title));
    json_set(&b, "body", bitext_json(a, k->l->body));
    struct slice ct = vault_seal_city(k->c, a, "double.letter", json_write(a, json_object(&b)));
    return tx_exec(tx, a, &DOUBLE_INSERT,
                   BINDS(sql_id(&k->l->message), sql_text(slice_cstr(k->channel)), sql_int(k->l->at), sql_blob(ct)),
                   NULL);
}

static result refuse_address(struct arena *a, struct slice what)
{
    return fail(a, CODE_MESSAGE_REFUSED, S("address"), "detail", what, NULL);
}

static result sms_send(struct city *c, struct arena *a, const struct letter *l)
{
    size_t digits = 0;
    for (size_t i = 0; i < l->address.n; i++) digits += l->address.p[i] >= '0' && l->address.p[i] <= '9';
    if (digits < 5 || digits > 15) return refuse_address(a, S("not a telephone number"));
    struct keeping k = {c, l, "sms"};
    return store_run(c->store, a, "double_sms", keep_body, &k);
}

static result wechat_send(struct city *c, struct arena *a, const struct letter *l)
{
    if (l->address.n < 6) return refuse_address(a, S("not an open id"));
    struct keeping k = {c, l, "wechat"};
    return store_run(c->store, a, "double_wechat", keep_body, &k);
}

const struct channel CHANNEL_SMS = {"sms", true, sms_send};
const struct channel CHANNEL_WECHAT = {"wechat", true, wechat_send};
