/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-clock.h"
#include "lk-rng.h"
#include "lk-server-key.h"
#include "lk-store.h"

/* A store of either kind with a clock that the test sets. */

/** 2026-01-01 00:00:00 UTC, when each test begins. */
#define FIXTURE_START G_GINT64_CONSTANT (1767225600)

#define ANNA "anna@example.org"
#define ANNA_PHONE "+4915112345678"
#define BERT "bert@example.org"
#define CARL "carl@example.org"

/* A list for fixture_share() or of refs. */
#define PAIRS(...) ((const char *const[]){ __VA_ARGS__, NULL })

typedef struct
{
  char *directory;
  gint64 now; /* µs; only the test's thread sets it */
  LkClock *clock;
  LkRng *rng;
  LkServerKey *key;
  LkStore *store;
} ServerFixture;

typedef enum
{
  FIXTURE_SQLITE,
  FIXTURE_MEMORY,
} FixtureBackend;

typedef void (*ServerFixtureTest) (ServerFixture *self, gconstpointer backend);

void server_fixture_add (const char *subject, const char *name, ServerFixtureTest test);
void server_fixture_set_up (ServerFixture *self, gconstpointer backend);
void server_fixture_tear_down (ServerFixture *self, gconstpointer backend);
void server_fixture_reopen (ServerFixture *self);
void server_fixture_advance (ServerFixture *self, gint64 seconds);
gint64 server_fixture_get_now (ServerFixture *self);
char *server_fixture_dup_path (ServerFixture *self, const char *name);

gint64 fixture_sign_in (ServerFixture *self, const char *identifier);
void fixture_share (ServerFixture *self, gint64 account, const char *const *pairs);
LkPicture *fixture_make_picture (const char *alt, LkAudienceKind kind, const char *const *refs);
char *fixture_publish (ServerFixture *self,
                       gint64 account,
                       const char *alt,
                       LkAudienceKind kind,
                       const char *ref);
void fixture_withdraw (ServerFixture *self, gint64 account, const char *picture);
char *fixture_read (ServerFixture *self, gint64 account, char **cursor);
void fixture_assert_feed (ServerFixture *self, gint64 account, char **cursor, const char *expected);
gboolean fixture_sees (ServerFixture *self, gint64 viewer, const char *picture);
void fixture_remove_tree (const char *path);
