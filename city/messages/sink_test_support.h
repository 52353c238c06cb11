/* For tests: a mail server in a process of its own (test/support/smtp_sink.py). */
#ifndef CITY_MESSAGES_SINK_TEST_SUPPORT_H
#define CITY_MESSAGES_SINK_TEST_SUPPORT_H

#include <sys/types.h>

#include "city/testkit.h"

struct sink {
    pid_t pid;
    char dir[64]; /* where it keeps the mails, and its certificate (ca.pem) */
    int port;
};
/* Arguments of the program after the folder, ended by NULL. False when it did not start. */
bool sink_start(struct sink *s, ...);
/* Ends it and removes its folder: look at the mails before. */
void sink_stop(struct sink *s);
/* The n-th mail (envelope, empty line, data), or empty. */
struct slice sink_mail(struct arena *a, struct sink *s, int n);
struct slice sink_url(struct arena *a, const struct sink *s);

#endif
