/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-watchdog.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static timer_t timer;
static struct itimerspec interval;
static int descriptor;
static const char *words;
static int exit_status;

/* Only what signal-safety(7) allows. */
static void
on_expired (int number)
{
  gsize length = strlen (words);

  /* The status tells it where the words cannot be told. */
  while (length > 0 && write (descriptor, words, length) < 0 && errno == EINTR)
    continue;

  _exit (exit_status);
}

/**
 * lk_watchdog_start:
 * @seconds: of the processor that the calling thread may take between two calls of
 * lk_watchdog_feed(); what it waits, and what other programs and threads take, does not count
 * @to: the descriptor that is written to then
 * @status: of the program when it is ended
 * @last_words: (transfer none): what is written; is not copied
 *
 * For what cannot be interrupted: a loader of drawings in the middle of a path of a million
 * crossings looks at no cancellable. For a program's main(), once, before there is a file to be
 * left behind.
 */
void
lk_watchdog_start (guint seconds, int to, int status, const char *last_words)
{
  struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGXCPU };

  descriptor = to;
  words = last_words;
  exit_status = status;
  interval.it_value.tv_sec = seconds;
  signal (SIGXCPU, on_expired);
  if (timer_create (CLOCK_THREAD_CPUTIME_ID, &event, &timer) != 0)
    g_error ("No timer: %s", g_strerror (errno));

  lk_watchdog_feed ();
}

/**
 * lk_watchdog_feed:
 *
 * Tells that there was progress: the time starts anew. On the thread that started it.
 */
void
lk_watchdog_feed (void)
{
  timer_settime (timer, 0, &interval, NULL);
}
