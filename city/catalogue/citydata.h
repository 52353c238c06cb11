/* What the city is made of: departments, towns, service halls, and the accounts of a demonstration city. Read once
 * from the folder data/city/ (files an operator may replace), immutable afterwards. Shapes of the files, each a JSON
 * array (text = {"zh": …, "en": …}):
 *   departments.json  {"code": "scjg", "uscc": 18 characters (GB 32100), "name": text, "kind": "department"|"bureau"|
 *                      "centre"|"public_service"|"court"|"other", "double"?: true (a stand-in for a body outside the city)}
 *   towns.json        {"code": "441900003" (statistical code), "name": text, "at"?: [column, row] (its cell on the map of
 *                      cells, from the north-west, 0 to 39; no two the same)}
 *   towns.geojson     the boundaries, when the operator has them: a FeatureCollection of polygons in WGS 84 with the
 *                      property "code"; not an array. Drawn in place of the cells
 *   halls.json        {"id": "h_nancheng", "town": code, "name": text, "address": text, "hours": text, "windows": n,
 *                      "phone"?: s}
 *   staff.json        {"login", "name", "department": code, "town": code|"*", "roles": [{"role", "department"?, "town"?}],
 *                      "email"?, "phone"?}  (department and town of a role: the person's own when left out)
 *   persons.json      {"login", "id_kind": "resident_id"|"passport"|…, "id_number", "name", "phone"?, "email"?,
 *                      "source"?: text, "as_of"?: date, "facts"?: {"address": …, any further field the city knows}}
 *   enterprises.json  {"login", "uscc", "name", "legal_representative": login of a person, "phone"?, "email"?,
 *                      "source"?: text, "as_of"?: date, "facts"?: {"address", "scope", "capital_fen", "established_on", …}}
 *   licence_types.json     the catalogue of electronic licences (证照目录, GB/T 36902): {"code": what a process calls it, "type_code": 21
 *                      characters (GB/T 36904: USCC of the body that defined it, serial), "name": text, "department": code of the body that
 *                      issues it, "holder": "person"|"uscc", "valid_years": n (0: without end), "template": its file in documents/, "law": text}
 *   licence_purposes.json  what licences may be used for: {"code", "name": text, "law"?: text (left out: only with the holder's consent),
 *                      "departments": [code] or ["*"]}
 *   systems.json      {"id": "1.1", "area": 1, "title": text, "works_when": text, "kind": "ours"|"double"|"tracked"|null}
 *   areas.json        {"no": 1, "name": text}
 * staff, persons and enterprises are loaded into a demonstration city only (identity_seed). */
#ifndef CITY_CATALOGUE_CITYDATA_H
#define CITY_CATALOGUE_CITYDATA_H

#include "base/json.h"

/* A file in memory. A service folder, or data/city, is an array of them; paths are relative, with '/'. */
struct service_file {
    struct slice path, bytes;
};
struct service_files {
    const struct service_file *list;
    size_t n;
};
/* The file of that path, or NULL. */
const struct service_file *service_files_find(struct service_files f, const char *path);
/* Reads a folder of the disk (regular files only, no links out, at most 500 files, 16 MiB in all; hidden ones left out). */
MUST result service_files_read(struct arena *a, struct slice dir, struct service_files *out);

struct bitext {
    struct slice zh, en;
};
struct bitext bitext_of(const struct json *v); /* from {"zh", "en"}, or a plain string for both */
const struct json *bitext_json(struct arena *a, struct bitext t);
static inline struct slice bitext_in(struct bitext t, enum lang lang) { return lang == LANG_EN ? t.en : t.zh; }

struct department {
    struct slice code, uscc, kind;
    struct bitext name;
    struct slice official; /* as papers and licences name it (规范名称); the Chinese name when left out */
    struct slice mark;     /* 机关代字, the word its papers are numbered under; the Chinese name when left out */
    bool is_double;
};
struct town {
    struct slice code;
    struct bitext name;
    bool placed;
    int64_t column, row;
};
struct hall {
    struct slice id, town, phone;
    struct bitext name, address, hours;
    int64_t windows;
};
struct licence_type {
    struct slice code, type_code, department, holder, template_;
    struct bitext name, law;
    int64_t valid_years;
};
struct licence_purpose {
    struct slice code;
    struct bitext name, law;        /* law empty: the holder's consent is needed */
    const struct json *departments; /* codes, or "*" */
};
struct citydata {
    const struct department *departments;
    const struct town *towns;
    const struct hall *halls;
    const struct licence_type *licence_types;
    const struct licence_purpose *licence_purposes;
    size_t ndepartments, ntowns, nhalls, nlicence_types, nlicence_purposes;
    const struct json *staff, *persons, *enterprises; /* arrays, checked for shape */
    const struct json *systems, *areas;
    const struct json *boundaries; /* towns.geojson, or NULL */
};
/* Every fault of the files as joined problems (CODE_CITY_DATA, field "staff.json/3/login"). Missing files count as empty. */
MUST result citydata_read(struct arena *a, struct service_files files, struct citydata **out);
const struct department *citydata_department(const struct citydata *d, struct slice code);
const struct town *citydata_town(const struct citydata *d, struct slice code);
const struct hall *citydata_hall(const struct citydata *d, struct slice id);
const struct licence_type *citydata_licence_type(const struct citydata *d, struct slice code);
const struct licence_purpose *citydata_licence_purpose(const struct citydata *d, struct slice code);
/* Whether this department may use licences for it. */
bool licence_purpose_for(const struct licence_purpose *p, struct slice department);
/* {"code", "name"} of a department or town for replies; the bare code as name when unknown. */
const struct json *citydata_department_json(struct arena *a, const struct citydata *d, struct slice code);

#endif
