/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include "lk-rng.h"

/** Length in bytes of the server's key and of every MAC made with it. */
#define LK_SERVER_KEY_LENGTH 32

/**
 * LkServerKey: the secret under which codes and other people's identifiers are kept. Immutable and
 * reference-counted; safe on any thread; its memory is cleared at the end.
 */
typedef struct _LkServerKey LkServerKey;

/**
 * LkKeyPurpose: what a MAC is for, so that one made for one purpose says nothing about another.
 */
typedef enum
{
  LK_KEY_PURPOSE_IDENTIFIER,
  LK_KEY_PURPOSE_CODE,
  LK_KEY_PURPOSE_NETWORK,
  LK_KEY_PURPOSE_BOOK,
} LkKeyPurpose;

LkServerKey *lk_server_key_new (const guint8 *bytes);
LkServerKey *lk_server_key_load_or_create (const char *path, LkRng *rng, GError **error);
LkServerKey *lk_server_key_ref (LkServerKey *self);
void lk_server_key_unref (LkServerKey *self);
void lk_server_key_mac (LkServerKey *self, LkKeyPurpose purpose, const char *text, guint8 *mac);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkServerKey, lk_server_key_unref)
