/* That the city is made, and whether it is a demonstration city, for good. The database says so (several servers may share
 * one), and DIR/city.json too, so that an address can be judged before anything is opened. Written when the first start has
 * succeeded: one that failed half-way is begun again. */
#include "app/tongban/cli.h"

#include <unistd.h>

const struct migration MADE_MIGRATIONS[] = {
    {"app", 1, "city made",
     "-- retention: as long as the database\n"
     "CREATE TABLE city_made (one {INT} PRIMARY KEY, demo {INT} NOT NULL, at {INT} NOT NULL);\n",
     NULL},
};
const size_t MADE_NMIGRATIONS = sizeof MADE_MIGRATIONS / sizeof *MADE_MIGRATIONS;

static const struct stmt LOOK = {"made_look", "SELECT demo FROM city_made WHERE one = 1", NULL, false};
static const struct stmt INSERT = {
    "made_insert", "INSERT INTO city_made (one, demo, at) VALUES (1, ?1, ?2) ON CONFLICT DO NOTHING", NULL, false};

static result insert_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct opened *o = ctx;
    struct sql_value v[] = {sql_int(o->city.demo), sql_int(time_now(o->city.time))};
    return tx_exec(tx, a, &INSERT, v, 2, NULL);
}

static char *file_of(struct cli *c)
{
    return arena_cstr(c->a, arena_printf(c->a, "%s/city.json", c->data_dir));
}

static result write_file(struct cli *c, struct opened *o)
{
    struct json_builder b = json_builder(c->a);
    json_set_bool(&b, "demo", o->city.demo);
    json_set_str(&b, "made_at", instant_text(c->a, time_now(o->city.time)));
    return file_write(c->a, file_of(c), json_write(c->a, json_object(&b)), 0644);
}

result made_read(struct cli *c, struct opened *o, bool demo)
{
    struct slice text;
    const struct json *v;
    char *path = file_of(c);
    o->fresh = access(path, R_OK) != 0;
    o->city.demo = demo;
    if (o->fresh) return ok();
    TRY(file_read(c->a, path, 65536, &text));
    TRY(json_parse(c->a, text, 65536, slice_cstr(path), &v));
    o->city.demo = json_bool(v, "demo", false);
    return ok();
}

result made_look(struct cli *c, struct opened *o)
{
    struct rows rows;
    TRY(store_query(o->city.store, c->a, &LOOK, NULL, 0, &rows));
    if (rows.n) {
        o->city.demo = row(&rows, 0)[0].i != 0;
        bool fresh = o->fresh;
        o->fresh = false;
        return fresh ? write_file(c, o) : ok();
    }
    return o->fresh ? ok() : store_run(o->city.store, c->a, "city_made", insert_body, o);
}

result city_mark(struct cli *c, struct opened *o)
{
    TRY(store_run(o->city.store, c->a, "city_made", insert_body, o));
    return write_file(c, o);
}
