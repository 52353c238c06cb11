/* --new-log-key: the log goes on under another key, with a statement for witnesses and verifiers (trust/log_key.h, docs/log.md). */
#include "app/signd/signd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "trust/log_key.h"
#include "trust/signer_log.h"

/* The checkpoint that was signed last under any key of before. */
static result last_signed(struct arena *a, const char *dir, const struct signer_keys *keys, struct signer_log *out)
{
    char *path = arena_cstr(a, arena_printf(a, "%s/uses.log", dir));
    *out = signer_log_of(keys);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        if (errno == ENOENT) return ok();
        return fail(a, CODE_UNAVAILABLE, slice_cstr(path), "detail", slice_cstr(strerror(errno)), NULL);
    }
    result r = signer_log_read(a, fd, out);
    close(fd);
    return r;
}

result signd_write_statement(struct arena *a, const struct signd_options *o, const struct signer_keys *keys,
                             const struct crypto_key *old_key)
{
    struct log_key_statement s = {.by_old = old_key != NULL, .reason = slice_cstr(o->reason)};
    struct signer_log last;
    struct slice note;
    TRY(last_signed(a, o->act_dir, keys, &last));
    if (!last.known) return ok(); /* nobody has seen the old key */
    s.origin = slice_cstr(last.origin);
    s.size = last.size;
    if (last.size) s.root = slice_of((const char *)last.root, sizeof last.root);
    TRY(note_key_make(a, s.origin, NOTE_PLAIN, keys->log, &s.new_key));
    if (old_key)
        TRY(note_key_make(a, s.origin, NOTE_PLAIN, old_key, &s.old_key));
    else
        TRY(note_key_of_bytes(a, s.origin, NOTE_PLAIN, keys->old_log[0], &s.old_key));
    TRY(log_key_statement_write(a, &s, &note));
    char *name = arena_cstr(a, arena_printf(a, "log-key-%08x.txt", s.new_key.id));
    TRY(signd_write_new(a, o->act_dir, name, note, 0644));
    printf("声明 / statement: %s/%s\n", o->act_dir, name);
    return ok();
}

result signd_new_log_key(struct arena *a, const struct signd_options *o, const struct signer_store *store,
                         struct signer_keys *keys)
{
    const struct crypto_key *old_key = keys->log;
    TRY(signer_keys_rotate_log(a, store, keys));
    return signd_write_statement(a, o, keys, o->lost ? NULL : old_key);
}
