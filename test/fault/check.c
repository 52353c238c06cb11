/* What must hold when the city is opened again. */
#include "test/fault/fault.h"

#include "city/cases/archive.h"

#include <stdlib.h>

struct seen { /* a row of the journal */
    struct id case_id;
    int64_t seq;
    bool file, decide, used;
};
struct journal {
    struct seen *list;
    size_t n, cap;
    int64_t files, decides, folded;
};

static const struct stmt EVENTS = {
    "fault_events",
    "SELECT e.case_id, e.seq, e.kind FROM case_event e JOIN (SELECT id FROM case_file WHERE id > ?1 ORDER BY id LIMIT 200) f"
    " ON f.id = e.case_id ORDER BY e.case_id, e.seq",
    NULL, false};

static int by_place(const void *x, const void *y)
{
    const struct seen *a = x, *b = y;
    int c = memcmp(a->case_id.b, b->case_id.b, 16);
    return c ? c : (a->seq > b->seq) - (a->seq < b->seq);
}

static void see(struct journal *j, struct id case_id, int64_t seq, struct slice kind)
{
    if (j->n == j->cap) {
        j->cap = j->cap ? j->cap * 2 : 4096;
        j->list = realloc(j->list, j->cap * sizeof *j->list);
        if (!j->list) abort();
    }
    struct seen *s = &j->list[j->n++];
    *s = (struct seen){
        .case_id = case_id, .seq = seq, .file = slice_is(kind, "file"), .decide = slice_is(kind, "decide")};
    j->files += s->file;
    j->decides += s->decide;
}

static const struct stmt FOLDED = {
    "fault_folded",
    "SELECT a.case_id, k.wrapped FROM case_archive a JOIN data_key k ON k.id = a.case_id WHERE a.case_id > ?1"
    " ORDER BY a.case_id LIMIT 200",
    NULL, false};

/* Journals in the archive; every one is opened, and its digest compared. */
static result read_folded(struct place *at, struct journal *j)
{
    struct id last = ID_NONE;
    last.b[15] = 1;
    for (;;) {
        struct rows rows;
        struct sql_value after = sql_id(&last);
        TRY(store_query(at->s, at->a, &FOLDED, &after, 1, &rows));
        if (rows.n == 0) return ok();
        for (size_t i = 0; i < rows.n; i++) {
            struct data_key key;
            struct archived old;
            (void)id_from_bytes(row(&rows, i)[0].s, &last);
            TRY(vault_unwrap(&at->t->city, at->a, last, row(&rows, i)[1].s, &key));
            TRY(archive_read(&at->t->city, at->a, last, &key, &old));
            for (size_t e = 0; e < old.events.n; e++)
                see(j, last, row(&old.events, e)[ARCHIVED_SEQ].i, row(&old.events, e)[ARCHIVED_KIND].s);
            j->folded++;
        }
    }
}

static result read_journal(struct place *at, struct journal *j)
{
    struct id last = ID_NONE;
    last.b[15] = 1;
    for (;;) {
        struct rows rows;
        struct sql_value after = sql_id(&last);
        TRY(store_query(at->s, at->a, &EVENTS, &after, 1, &rows));
        for (size_t i = 0; i < rows.n; i++) {
            const struct sql_value *v = row(&rows, i);
            (void)id_from_bytes(v[0].s, &last);
            see(j, last, v[1].i, v[2].s);
        }
        if (rows.n == 0) break;
    }
    TRY(read_folded(at, j));
    if (j->n) qsort(j->list, j->n, sizeof *j->list, by_place);
    return ok();
}

/* Every case's journal runs 1, 2, 3 … to the version of its row. */
static void check_sequence(int fd, const struct journal *j)
{
    for (size_t i = 0; i < j->n; i++) {
        bool first = i == 0 || !id_eq(j->list[i].case_id, j->list[i - 1].case_id);
        int64_t due = first ? 1 : j->list[i - 1].seq + 1;
        if (j->list[i].seq != due)
            tell_wrong(fd, "the journal of a case jumps to %lld, %lld is due", (long long)j->list[i].seq,
                       (long long)due);
        if (first && !j->list[i].file) tell_wrong(fd, "a journal does not begin with the filing");
    }
}

/* Acknowledged means there; two commands never share a place. */
static void check_commands(int fd, const struct journal *j, const struct ledger *l, bool settled)
{
    int64_t files = 0, decides = 0, doubt_files = 0, doubt_decides = 0, lost = 0, twice = 0;
    for (size_t i = 0; i < l->n; i++) {
        const struct command *c = &l->list[i];
        bool file = c->r.what == DO_FILE;
        if (c->state == DOUBT) {
            doubt_files += file;
            doubt_decides += !file;
        }
        if (c->state != DONE) continue;
        files += file;
        decides += !file;
        struct seen key = {.case_id = c->r.case_id, .seq = c->r.version};
        struct seen *s = j->n ? bsearch(&key, j->list, j->n, sizeof key, by_place) : NULL;
        if (!s || (file ? !s->file : !s->decide)) {
            if (lost++ == 0)
                tell_wrong(fd, "lost: acknowledged command %lld (%s)", (long long)c->r.serial,
                           file ? "file" : "decide");
            continue;
        }
        if (s->used && twice++ == 0)
            tell_wrong(fd, "two commands acknowledged as one event, %lld", (long long)c->r.serial);
        s->used = true;
    }
    if (lost > 1) tell_wrong(fd, "lost: %lld acknowledged commands in all", (long long)lost);
    if (settled && doubt_files + doubt_decides)
        tell_wrong(fd, "%lld commands are still in doubt", (long long)(doubt_files + doubt_decides));
    if (j->files < files || j->files > files + doubt_files)
        tell_wrong(fd, "%lld filings in the journal, %lld done and %lld in doubt", (long long)j->files,
                   (long long)files, (long long)doubt_files);
    if (j->decides < decides || j->decides > decides + doubt_decides)
        tell_wrong(fd, "%lld decisions in the journal, %lld done and %lld in doubt", (long long)j->decides,
                   (long long)decides, (long long)doubt_decides);
}

/* Each must give 0. */
static const struct stmt ZERO[] = {
    {"cases without journal",
     "SELECT COUNT(*) FROM case_file f WHERE NOT EXISTS (SELECT 1 FROM case_event e WHERE e.case_id = f.id)"
     " AND NOT EXISTS (SELECT 1 FROM case_archive a WHERE a.case_id = f.id)",
     NULL, false},
    {"cases half in the archive",
     "SELECT COUNT(*) FROM case_archive a JOIN case_file f ON f.id = a.case_id WHERE length(f.engine) > 0"
     " OR a.events <> f.version OR EXISTS (SELECT 1 FROM case_event e WHERE e.case_id = a.case_id)"
     " OR EXISTS (SELECT 1 FROM case_task t WHERE t.case_id = a.case_id)",
     NULL, false},
    {"journals in the archive without case",
     "SELECT COUNT(*) FROM case_archive a WHERE NOT EXISTS (SELECT 1 FROM case_file f WHERE f.id = a.case_id)", NULL,
     false},
    {"journals without case",
     "SELECT COUNT(*) FROM case_event e WHERE NOT EXISTS (SELECT 1 FROM case_file f WHERE f.id = e.case_id)", NULL,
     false},
    {"rows behind their journal",
     "SELECT COUNT(*) FROM case_file f WHERE f.version <> (SELECT MAX(e.seq) FROM case_event e WHERE e.case_id = f.id)",
     NULL, false},
    {"case numbers given twice", "SELECT COUNT(*) - COUNT(DISTINCT number) FROM case_file", NULL, false},
    {"certificate ids given twice", "SELECT COUNT(*) - COUNT(DISTINCT certificate_id) FROM licence", NULL, false},
    {"licences issued twice for a case",
     "SELECT COUNT(*) FROM (SELECT 1 FROM licence GROUP BY case_id, type HAVING COUNT(*) > 1) x", NULL, false},
    {"documents issued twice", "SELECT COUNT(*) - COUNT(DISTINCT token) FROM case_document", NULL, false},
    {"document numbers given twice", "SELECT COUNT(*) - COUNT(DISTINCT number) FROM case_document", NULL, false},
    {"papers made twice",
     "SELECT COUNT(*) FROM (SELECT 1 FROM case_document GROUP BY case_id, kind, step HAVING COUNT(*) > 1) x", NULL,
     false},
    {"content without document",
     "SELECT COUNT(*) FROM case_blob b WHERE NOT EXISTS (SELECT 1 FROM case_document d WHERE d.id = b.id OR d.original = b.id)",
     NULL, false},
    {"closed cases whose flow still waits for a job",
     "SELECT COUNT(*) FROM case_job j JOIN case_file f ON f.id = j.case_id WHERE j.token > 0 AND f.decided_at > 0",
     NULL, false},
    {"documents without content",
     "SELECT COUNT(*) FROM case_document d WHERE NOT EXISTS (SELECT 1 FROM case_blob b WHERE b.id = d.id)", NULL,
     false},
    {"originals without content",
     "SELECT COUNT(*) FROM case_document d WHERE d.original IS NOT NULL AND NOT EXISTS (SELECT 1 FROM case_blob b WHERE b.id = d.original)",
     NULL, false},
    {"companies registered twice",
     "SELECT COUNT(*) FROM (SELECT 1 FROM enterprise GROUP BY case_id HAVING COUNT(*) > 1) x", NULL, false},
    {"company names registered twice", "SELECT COUNT(*) - COUNT(DISTINCT name) FROM enterprise", NULL, false},
    {"events carried out twice under a key",
     "SELECT COUNT(*) FROM (SELECT 1 FROM case_event WHERE idem IS NOT NULL GROUP BY case_id, idem HAVING COUNT(*) > 1) x",
     NULL, false},
};

static result check_zero(struct place *at, int fd)
{
    for (size_t i = 0; i < sizeof ZERO / sizeof *ZERO; i++) {
        struct rows rows;
        TRY(store_query(at->s, at->a, &ZERO[i], NULL, 0, &rows));
        if (rows.n != 1 || row(&rows, 0)[0].i != 0)
            tell_wrong(fd, "%s: %lld", ZERO[i].name, rows.n ? (long long)row(&rows, 0)[0].i : -1);
    }
    return ok();
}

static const struct stmt INTEGRITY = {"fault_integrity", "PRAGMA integrity_check", NULL, false};
static const struct stmt SETTINGS = {
    "fault_settings",
    "SELECT current_setting('fsync'), current_setting('synchronous_commit'), current_setting('full_page_writes')", NULL,
    false};

static result check_database(struct place *at, int fd)
{
    struct rows rows;
    bool sqlite = store_kind(at->s) == STORE_SQLITE;
    TRY(store_query(at->s, at->a, sqlite ? &INTEGRITY : &SETTINGS, NULL, 0, &rows));
    if (sqlite && (rows.n != 1 || !slice_is(row(&rows, 0)[0].s, "ok")))
        tell_wrong(fd, "integrity_check: %.*s", SLICE_ARG(row(&rows, 0)[0].s));
    for (size_t k = 0; !sqlite && k < 3; k++)
        if (!slice_is(row(&rows, 0)[k].s, "on"))
            tell_wrong(fd, "PostgreSQL runs without %zu of fsync, synchronous_commit, full_page_writes", k);
    return ok();
}

static result check_rebuild(struct place *at, int fd)
{
    struct rebuild_report report;
    TRY(case_rebuild(&at->t->city, at->a, true, &report));
    if (report.differences)
        tell_wrong(fd, "%lld differences after a rebuild, first %.*s", (long long)report.differences,
                   SLICE_ARG(report.first_difference));
    return ok();
}

static result check_all(struct place *at, int fd, const struct ledger *l, bool settled)
{
    struct journal j = {.n = 0};
    result r = read_journal(at, &j);
    if (!failed(r)) {
        check_sequence(fd, &j);
        check_commands(fd, &j, l, settled);
        r = check_zero(at, fd);
    }
    free(j.list);
    struct record told = {.tell = TELL_FOLDED, .serial = j.folded};
    tell(fd, &told);
    TRY(r);
    TRY(check_rebuild(at, fd));
    return check_database(at, fd);
}

int check_run(const struct setup *x, int fd, const struct ledger *l, bool settled)
{
    struct arena *a = arena_new("fault check");
    struct place at;
    struct record end = {.tell = TELL_END};
    result r = place_open(a, x, false, false, &at);
    if (!failed(r)) r = check_all(&at, fd, l, settled);
    if (failed(r)) {
        struct slice text = result_text(a, r, LANG_EN);
        tell_wrong(fd, "the city cannot be checked: %.*s", (int)(text.n < 180 ? text.n : 180), text.p);
    } else {
        tell(fd, &end);
    }
    if (at.s) store_close(at.s);
    arena_free(a);
    return failed(r);
}
