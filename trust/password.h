/* What people prove themselves with: passwords (argon2id, RFC 9106) and one-time codes (TOTP, RFC 6238). */
#ifndef TRUST_PASSWORD_H
#define TRUST_PASSWORD_H

#include "base/result.h"
#include "base/time.h"

/* The cost of one hash, in one place: three times the least that OWASP's Password Storage Cheat Sheet asks for (19 MiB, 2 passes), and
 * half the memory of RFC 9106's second option, because a server must stay below 200 MB with a morning's sign-ins going on. One lane:
 * the gate below already decides how many cores hashing may take. */
#define PASSWORD_MEMORY_KIB 32768
#define PASSWORD_PASSES 4
#define PASSWORD_LANES 1
#define PASSWORD_AT_ONCE 2     /* hashes computed at the same time in a process: bounds memory to 64 MiB */
#define PASSWORD_WAIT_MS 10000 /* longest wait for a turn; then CODE_UNAVAILABLE */
#define PASSWORD_MAX_BYTES 256 /* longer ones are refused (CODE_TOO_LARGE), never cut */

/* *encoded: the PHC text "$argon2id$v=19$m=…", with a random 16-byte salt. Blocks for 0.1 s or so. */
MUST result password_hash(struct arena *a, struct slice password, struct slice *encoded);
/* *good: whether it is the password. A malformed or over-costly `encoded` is simply not good. `encoded` empty (no such
 * account): does the same work and is not good, so that time does not tell whether an account exists.
 * Failure only when the gate stayed shut. */
MUST result password_verify(struct arena *a, struct slice encoded, struct slice password, bool *good);
/* Whether the text was made with other parameters than today's and should be made anew at the next sign-in. */
bool password_outdated(struct slice encoded);
/* For tests that make dozens of accounts and are not about hashing; before any thread hashes. The program never calls it. */
void password_test_cost(bool cheap);

/* ---- one-time codes ---- */
enum totp_hash { TOTP_SHA1, TOTP_SHA256, TOTP_SHA512 };
#define TOTP_SECRET_BYTES 20
#define TOTP_STEP_SECONDS 30
/* The code for one counter value (RFC 4226), digits 6..8, written to out with a NUL. */
void totp_code(struct slice secret, enum totp_hash hash, int64_t counter, int digits, char out[9]);
/* Six digits, SHA-1 (what authenticator programs do), one step of tolerance either way. A step <= last_step was used
 * before and is refused. On success *step is to be stored as the new last_step (start with 0). */
bool totp_check(struct slice secret, struct slice code, instant now, int64_t last_step, int64_t *step);
/* "otpauth://totp/…", for a QR code. issuer and account are percent-encoded here. */
struct slice totp_uri(struct arena *a, struct slice issuer, struct slice account, struct slice secret);
/* RFC 4648 base32 without padding, for typing the secret in. */
struct slice totp_secret_text(struct arena *a, struct slice secret);

#endif
