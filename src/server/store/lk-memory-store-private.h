/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-book.h"
#include "lk-memory-store.h"

/* What the files of the memory store share. It is the simplest thing that keeps the contract: one
 * lock round every call, and nothing is remembered that can be worked out. */

/** What was published with a key. */
typedef struct
{
  char *bundle_sha256;
  char *picture;
  gint64 told;
  gint64 at;
} LkMemoryKey;

/** How far a picture got with a reader. */
typedef struct
{
  LkDeliveryState state;
  gint64 at;
} LkMemoryDelivery;

/** @number: in the order of publishing, never used again; @version: of what readers get. */
typedef struct
{
  gint64 number;
  gint64 version;
  LkPicture *picture;
  GHashTable *deliveries; /* reader's handle → LkMemoryDelivery */
} LkMemoryPicture;

/** What a reader sees under a ref: @number 0 for nothing any more. */
typedef struct
{
  gint64 number;
  gint64 version;
  gint64 since;
  gboolean offered;
} LkMemoryView;

typedef struct
{
  LkSession session;
  guint8 token_hash[LK_SERVER_KEY_LENGTH];
} LkMemorySession;

typedef struct
{
  gint64 handle;
  char *public_id;
  gint64 created;
  GPtrArray *identifiers; /* utf8, in the order in which they were added */
  GArray *macs;           /* LkMac, of the identifiers */
  GPtrArray *sessions;    /* LkMemorySession, the oldest first */
  LkBook *book;
  GPtrArray *pictures; /* LkMemoryPicture, by position */
  GHashTable *keys;    /* key → LkMemoryKey */
  GHashTable *views;   /* ref → LkMemoryView */
  gint64 counter;      /* numbers the views */
} LkMemoryAccount;

struct _LkMemoryStore
{
  GObject parent_instance;

  LkServerKey *key;
  LkClock *clock;
  LkRng *rng;

  GMutex mutex;
  GPtrArray *accounts;       /* LkMemoryAccount */
  GHashTable *verifications; /* id → LkVerificationRecord */
  gint64 last_number;        /* of accounts, pictures and versions */
};

LkMemoryAccount *lk_memory_store_find_account (LkMemoryStore *self, gint64 handle, GError **error);
LkMemoryPicture *lk_memory_account_find_picture (LkMemoryAccount *account,
                                                 const char *picture,
                                                 guint *position,
                                                 GError **error);
void lk_memory_store_not_found (GError **error);
void lk_memory_picture_free (gpointer data);
gboolean lk_memory_store_has_blob (LkMemoryStore *self, const char *sha256);
GPtrArray *lk_memory_store_take_out_orphans (LkMemoryStore *self, GHashTable *candidates);
void lk_memory_picture_add_blobs (const LkMemoryPicture *picture, GHashTable *blobs);

void lk_memory_store_init_pictures (LkStoreInterface *iface);
void lk_memory_store_init_feed (LkStoreInterface *iface);

GStrv lk_memory_account_dup_refs_of (LkMemoryAccount *owner, LkMemoryAccount *viewer);
gboolean lk_memory_account_has (LkMemoryAccount *viewer, LkMemoryAccount *owner);
LkMemoryPicture *
lk_memory_account_find_visible (LkMemoryAccount *owner, LkMemoryAccount *viewer, gint64 now);
