/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-picture.h"
#include "lk-verification-record.h"
#include "lk-wire.h"

/* What the server remembers, but for the bytes of renditions. Every call is synchronous, atomic
 * (all of it or nothing) and durable when it returns TRUE, and may be made on any thread: a backend
 * brings its own connections and locks.
 *
 * An account is named by its handle, a number above 0 that is never used again; its public id is in
 * LkAccount. Times come from the clock that the backend was made with. Identifiers are canonical
 * (lk-identifier.h).
 *
 * Calls that cannot do what they are asked return FALSE or NULL with a LK_STORE_ERROR; out
 * parameters are then untouched. Any of them may fail with LK_STORE_ERROR_FAILED or
 * LK_STORE_ERROR_FULL, and those that change something for an account with LK_STORE_ERROR_NOT_FOUND
 * when it was erased meanwhile. */

/** The most pictures that an account may keep. */
#define LK_STORE_MAX_PICTURES 1000
/** The most identifiers that an account may have. */
#define LK_STORE_MAX_IDENTIFIERS 32
/** The most sessions that an account may have; a new one ends the one that was seen longest ago. */
#define LK_STORE_MAX_SESSIONS 64
/** What LkPicture.told counts up to. */
#define LK_STORE_TOLD_LIMIT 10000
/** How long an idempotency key is remembered, in seconds. */
#define LK_STORE_KEY_LIFETIME (30 * 24 * 3600)
/** The longest idempotency key in bytes. */
#define LK_STORE_KEY_MAX_LENGTH 128
/** How far behind a session's last_seen may be, in seconds: it is not written at each request. */
#define LK_STORE_SEEN_GRANULARITY 300

/**
 * LkStoreError:
 * @LK_STORE_ERROR_FAILED: the backend failed; the message is for the log
 * @LK_STORE_ERROR_FULL: no room on the disk
 * @LK_STORE_ERROR_NEWER: the data was written by a newer program
 * @LK_STORE_ERROR_NOT_FOUND: not there, or not for this account: a caller cannot tell the two apart
 * @LK_STORE_ERROR_CONFLICT: another account's identifier; a key that was used for another bundle
 * @LK_STORE_ERROR_PRECONDITION: the ETag has moved on
 * @LK_STORE_ERROR_INVALID: a value that no caller may pass on (a ref twice, a key too long)
 * @LK_STORE_ERROR_TOO_MANY: one of the LK_STORE_MAX_… was reached
 */
typedef enum
{
  LK_STORE_ERROR_FAILED,
  LK_STORE_ERROR_FULL,
  LK_STORE_ERROR_NEWER,
  LK_STORE_ERROR_NOT_FOUND,
  LK_STORE_ERROR_CONFLICT,
  LK_STORE_ERROR_PRECONDITION,
  LK_STORE_ERROR_INVALID,
  LK_STORE_ERROR_TOO_MANY,
} LkStoreError;

#define LK_STORE_ERROR (lk_store_error_quark ())
GQuark lk_store_error_quark (void);

/**
 * LkPictureChange: what to change of a picture; what is not set stays.
 * @audience: (nullable): who may have it
 * @alt: (nullable): the alternative text
 * @set_position: whether @position counts
 * @position: where it goes among the owner's pictures, 0 for the first; past the end is the end
 * @set_expires: whether @expires counts
 * @expires: seconds since 1970, or 0 for never
 */
typedef struct
{
  LkAudience *audience;
  const char *alt;
  gboolean set_position;
  guint position;
  gboolean set_expires;
  gint64 expires;
} LkPictureChange;

/** LkStoreCounts: how much there is, for the operator's metrics. */
typedef struct
{
  gint64 accounts;
  gint64 sessions;
  gint64 contacts;
  gint64 pictures;
  gint64 deliveries;
  gint64 verifications;
} LkStoreCounts;

/**
 * LkVerificationFunc:
 * @record: what is stored; may be changed
 * @data: the caller's
 *
 * Called once within the transaction; must not call the store.
 *
 * Returns: what becomes of the record
 */
typedef enum
{
  LK_VERIFICATION_KEEP,
  LK_VERIFICATION_WRITE,
  LK_VERIFICATION_DELETE,
} LkVerificationFate;
typedef LkVerificationFate (*LkVerificationFunc) (LkVerificationRecord *record, gpointer data);

#define LK_TYPE_STORE (lk_store_get_type ())
G_DECLARE_INTERFACE (LkStore, lk_store, LK, STORE, GObject)

struct _LkStoreInterface
{
  GTypeInterface parent_iface;

  gboolean (*sign_in) (LkStore *self,
                       const char *identifier,
                       const char *device,
                       const guint8 *token_hash,
                       gint64 *account,
                       LkSession **session,
                       GError **error);
  LkAccount *(*get_account) (LkStore *self, gint64 account, GError **error);
  gboolean (*add_identifier) (LkStore *self,
                              gint64 account,
                              const char *identifier,
                              GError **error);
  gboolean (*erase_account) (LkStore *self, gint64 account, GPtrArray **orphans, GError **error);

  gboolean (*find_session) (LkStore *self,
                            const guint8 *token_hash,
                            gint64 *account,
                            char **session,
                            GError **error);
  GPtrArray *(*list_sessions) (LkStore *self, gint64 account, const char *current, GError **error);
  gboolean (*delete_session) (LkStore *self, gint64 account, const char *session, GError **error);

  gboolean (
      *get_contacts) (LkStore *self, gint64 account, guint *count, char **etag, GError **error);
  gboolean (*replace_contacts) (LkStore *self,
                                gint64 account,
                                GPtrArray *contacts,
                                const char *if_match,
                                char **etag,
                                GError **error);

  LkPicture *(*find_published) (LkStore *self,
                                gint64 account,
                                const char *key,
                                const char *bundle_sha256,
                                GError **error);
  LkPicture *(*publish) (LkStore *self,
                         gint64 account,
                         const LkPicture *picture,
                         const char *key,
                         const char *bundle_sha256,
                         GError **error);
  GPtrArray *(*list_pictures) (LkStore *self, gint64 account, GError **error);
  LkPicture *(*change_picture) (LkStore *self,
                                gint64 account,
                                const char *picture,
                                const LkPictureChange *change,
                                GError **error);
  gboolean (*withdraw_picture) (LkStore *self,
                                gint64 account,
                                const char *picture,
                                GPtrArray **orphans,
                                GError **error);
  LkRendition *(*find_rendition) (LkStore *self,
                                  gint64 viewer,
                                  const char *picture,
                                  const char *name,
                                  GError **error);

  LkFeed *(
      *read_feed) (LkStore *self, gint64 viewer, const char *cursor, guint limit, GError **error);
  gboolean (*put_receipt) (LkStore *self,
                           gint64 viewer,
                           const char *picture,
                           LkDeliveryState state,
                           GError **error);
  GPtrArray *(*list_deliveries) (LkStore *self,
                                 gint64 account,
                                 const char *picture,
                                 GError **error);

  gboolean (*add_verification) (LkStore *self, const LkVerificationRecord *record, GError **error);
  gboolean (*update_verification) (LkStore *self,
                                   const char *id,
                                   LkVerificationFunc func,
                                   gpointer data,
                                   GError **error);

  GHashTable *(*list_blobs) (LkStore *self, GError **error);
  gboolean (*names_blob) (LkStore *self, const char *sha256, gboolean *named, GError **error);
  gboolean (*tidy) (LkStore *self, GError **error);
  gboolean (*count) (LkStore *self, LkStoreCounts *counts, GError **error);
};

/* Accounts and sessions */
gboolean lk_store_sign_in (LkStore *self,
                           const char *identifier,
                           const char *device,
                           const guint8 *token_hash,
                           gint64 *account,
                           LkSession **session,
                           GError **error);
LkAccount *lk_store_get_account (LkStore *self, gint64 account, GError **error);
gboolean
lk_store_add_identifier (LkStore *self, gint64 account, const char *identifier, GError **error);
gboolean
lk_store_erase_account (LkStore *self, gint64 account, GPtrArray **orphans, GError **error);
gboolean lk_store_find_session (LkStore *self,
                                const guint8 *token_hash,
                                gint64 *account,
                                char **session,
                                GError **error);
GPtrArray *
lk_store_list_sessions (LkStore *self, gint64 account, const char *current, GError **error);
gboolean
lk_store_delete_session (LkStore *self, gint64 account, const char *session, GError **error);

/* The shared address book */
gboolean
lk_store_get_contacts (LkStore *self, gint64 account, guint *count, char **etag, GError **error);
gboolean lk_store_replace_contacts (LkStore *self,
                                    gint64 account,
                                    GPtrArray *contacts,
                                    const char *if_match,
                                    char **etag,
                                    GError **error);

/* The owner's pictures. Publishing, withdrawing and erasing go through LkPublisher, which keeps the
 * blobs in step. */
LkPicture *lk_store_find_published (LkStore *self,
                                    gint64 account,
                                    const char *key,
                                    const char *bundle_sha256,
                                    GError **error);
LkPicture *lk_store_publish (LkStore *self,
                             gint64 account,
                             const LkPicture *picture,
                             const char *key,
                             const char *bundle_sha256,
                             GError **error);
GPtrArray *lk_store_list_pictures (LkStore *self, gint64 account, GError **error);
LkPicture *lk_store_change_picture (LkStore *self,
                                    gint64 account,
                                    const char *picture,
                                    const LkPictureChange *change,
                                    GError **error);
gboolean lk_store_withdraw_picture (LkStore *self,
                                    gint64 account,
                                    const char *picture,
                                    GPtrArray **orphans,
                                    GError **error);

/* What readers see */
LkRendition *lk_store_find_rendition (LkStore *self,
                                      gint64 viewer,
                                      const char *picture,
                                      const char *name,
                                      GError **error);
LkFeed *
lk_store_read_feed (LkStore *self, gint64 viewer, const char *cursor, guint limit, GError **error);
gboolean lk_store_put_receipt (LkStore *self,
                               gint64 viewer,
                               const char *picture,
                               LkDeliveryState state,
                               GError **error);
GPtrArray *
lk_store_list_deliveries (LkStore *self, gint64 account, const char *picture, GError **error);

/* Verifications: only LkCodes calls these. */
gboolean
lk_store_add_verification (LkStore *self, const LkVerificationRecord *record, GError **error);
gboolean lk_store_update_verification (LkStore *self,
                                       const char *id,
                                       LkVerificationFunc func,
                                       gpointer data,
                                       GError **error);

/* Upkeep */
GHashTable *lk_store_list_blobs (LkStore *self, GError **error);
gboolean lk_store_names_blob (LkStore *self, const char *sha256, gboolean *named, GError **error);
gboolean lk_store_tidy (LkStore *self, GError **error);
gboolean lk_store_count (LkStore *self, LkStoreCounts *counts, GError **error);
