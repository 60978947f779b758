/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-store.h"

#include <string.h>

G_DEFINE_QUARK (lk - store - error - quark, lk_store_error)
G_DEFINE_INTERFACE (LkStore, lk_store, G_TYPE_OBJECT)

static void
lk_store_default_init (LkStoreInterface *iface)
{
}

/**
 * lk_store_sign_in:
 * @self: the store
 * @identifier: an identifier that was just verified
 * @device: the new session's name, at most LK_DEVICE_NAME_MAX_LENGTH bytes
 * @token_hash: LK_TOKEN_HASH_LENGTH bytes, see lk_token_hash()
 * @account: (out): the account that holds @identifier, made now if there was none
 * @session: (out) (transfer full): the new session, which is the current one
 * @error: return location
 *
 * Finds or makes the account and begins a session, in one transaction. Past LK_STORE_MAX_SESSIONS
 * the session that was seen longest ago ends.
 */
gboolean
lk_store_sign_in (LkStore *self,
                  const char *identifier,
                  const char *device,
                  const guint8 *token_hash,
                  gint64 *account,
                  LkSession **session,
                  GError **error)
{
  return LK_STORE_GET_IFACE (self)->sign_in (self, identifier, device, token_hash, account, session,
                                             error);
}

/**
 * lk_store_get_account:
 *
 * Returns: (transfer full): its public id, its identifiers in the order in which they were added,
 * and when it was made
 */
LkAccount *
lk_store_get_account (LkStore *self, gint64 account, GError **error)
{
  return LK_STORE_GET_IFACE (self)->get_account (self, account, error);
}

/**
 * lk_store_add_identifier:
 * @identifier: an identifier that was just verified
 *
 * Adding one that the account has already succeeds. LK_STORE_ERROR_CONFLICT when another account
 * holds it, LK_STORE_ERROR_TOO_MANY past LK_STORE_MAX_IDENTIFIERS.
 */
gboolean
lk_store_add_identifier (LkStore *self, gint64 account, const char *identifier, GError **error)
{
  return LK_STORE_GET_IFACE (self)->add_identifier (self, account, identifier, error);
}

/**
 * lk_store_erase_account:
 * @orphans: (out) (transfer full) (element-type utf8): SHA-256s of blobs that no row names any more
 *
 * Forgets everything of the account: its rows, and what others were offered of it. Readers who had
 * been offered a picture are told once that it is gone. Call lk_publisher_erase_account().
 */
gboolean
lk_store_erase_account (LkStore *self, gint64 account, GPtrArray **orphans, GError **error)
{
  return LK_STORE_GET_IFACE (self)->erase_account (self, account, orphans, error);
}

/**
 * lk_store_find_session:
 * @token_hash: LK_TOKEN_HASH_LENGTH bytes
 * @account: (out): whose session it is
 * @session: (out) (optional) (transfer full): its id
 *
 * Notes that the session was seen, at most once in LK_STORE_SEEN_GRANULARITY.
 * LK_STORE_ERROR_NOT_FOUND for a token that is not known.
 */
gboolean
lk_store_find_session (LkStore *self,
                       const guint8 *token_hash,
                       gint64 *account,
                       char **session,
                       GError **error)
{
  return LK_STORE_GET_IFACE (self)->find_session (self, token_hash, account, session, error);
}

/**
 * lk_store_list_sessions:
 * @current: (nullable): the caller's session, which is marked
 *
 * Returns: (transfer full) (element-type LkSession): the oldest first
 */
GPtrArray *
lk_store_list_sessions (LkStore *self, gint64 account, const char *current, GError **error)
{
  return LK_STORE_GET_IFACE (self)->list_sessions (self, account, current, error);
}

/**
 * lk_store_delete_session:
 *
 * Its token is worthless from now on. LK_STORE_ERROR_NOT_FOUND when the account has no such
 * session.
 */
gboolean
lk_store_delete_session (LkStore *self, gint64 account, const char *session, GError **error)
{
  return LK_STORE_GET_IFACE (self)->delete_session (self, account, session, error);
}

/**
 * lk_store_get_contacts:
 * @count: (out): how many contacts the account shares
 * @etag: (out) (transfer full): names this content, without quotes; an empty book has one too
 */
gboolean
lk_store_get_contacts (LkStore *self, gint64 account, guint *count, char **etag, GError **error)
{
  return LK_STORE_GET_IFACE (self)->get_contacts (self, account, count, etag, error);
}

/**
 * lk_store_replace_contacts:
 * @contacts: (element-type LkSharedContact): the whole book, at most LK_MAX_CONTACTS; only MACs of
 * the identifiers are kept
 * @if_match: (nullable): the ETag, without quotes, that the caller believes is current; NULL for
 * any
 * @etag: (out) (transfer full): the ETag of @contacts
 *
 * LK_STORE_ERROR_PRECONDITION when @if_match is not the current ETag, unless @contacts is what is
 * stored already: a repeat after a lost answer succeeds. LK_STORE_ERROR_INVALID when a ref is there
 * twice, empty or too long, and LK_STORE_ERROR_TOO_MANY past LK_MAX_CONTACTS or
 * LK_MAX_CONTACT_IDENTIFIERS.
 */
gboolean
lk_store_replace_contacts (LkStore *self,
                           gint64 account,
                           GPtrArray *contacts,
                           const char *if_match,
                           char **etag,
                           GError **error)
{
  return LK_STORE_GET_IFACE (self)->replace_contacts (self, account, contacts, if_match, etag,
                                                      error);
}

/**
 * lk_store_find_published:
 *
 * What lk_store_publish() gave for this key, so that a repeat need not write blobs.
 * LK_STORE_ERROR_NOT_FOUND when the key is new, LK_STORE_ERROR_CONFLICT when it was used for
 * another bundle or its picture was withdrawn since.
 *
 * Returns: (transfer full): the picture
 */
LkPicture *
lk_store_find_published (LkStore *self,
                         gint64 account,
                         const char *key,
                         const char *bundle_sha256,
                         GError **error)
{
  return LK_STORE_GET_IFACE (self)->find_published (self, account, key, bundle_sha256, error);
}

/**
 * lk_store_publish:
 * @picture: what to publish; id, position and told are the store's to give; a NULL audience is the
 * default, contacts
 * @key: the request's idempotency key, 1 to LK_STORE_KEY_MAX_LENGTH bytes, or
 * LK_STORE_ERROR_INVALID
 * @bundle_sha256: of the bundle's bytes, lower-case hexadecimal
 *
 * Puts a picture before the account's others. The blobs that it names are there already: call
 * lk_publisher_publish(). The same key and bundle give the same picture, another bundle
 * LK_STORE_ERROR_CONFLICT; LK_STORE_ERROR_TOO_MANY past LK_STORE_MAX_PICTURES.
 *
 * Returns: (transfer full): the picture as its owner sees it; told counts the accounts that see it
 * now, not past LK_STORE_TOLD_LIMIT
 */
LkPicture *
lk_store_publish (LkStore *self,
                  gint64 account,
                  const LkPicture *picture,
                  const char *key,
                  const char *bundle_sha256,
                  GError **error)
{
  gsize length = strlen (key);

  if (length == 0 || length > LK_STORE_KEY_MAX_LENGTH)
    {
      g_set_error (error, LK_STORE_ERROR, LK_STORE_ERROR_INVALID, "A key has 1 to %d bytes",
                   LK_STORE_KEY_MAX_LENGTH);
      return NULL;
    }
  return LK_STORE_GET_IFACE (self)->publish (self, account, picture, key, bundle_sha256, error);
}

/**
 * lk_store_list_pictures:
 *
 * Returns: (transfer full) (element-type LkPicture): the account's own, by position, those that
 * have expired too
 */
GPtrArray *
lk_store_list_pictures (LkStore *self, gint64 account, GError **error)
{
  return LK_STORE_GET_IFACE (self)->list_pictures (self, account, error);
}

/**
 * lk_store_change_picture:
 *
 * LK_STORE_ERROR_NOT_FOUND when the account has no such picture.
 *
 * Returns: (transfer full): the picture as its owner sees it now
 */
LkPicture *
lk_store_change_picture (LkStore *self,
                         gint64 account,
                         const char *picture,
                         const LkPictureChange *change,
                         GError **error)
{
  return LK_STORE_GET_IFACE (self)->change_picture (self, account, picture, change, error);
}

/**
 * lk_store_withdraw_picture:
 * @orphans: (out) (transfer full) (element-type utf8): SHA-256s of blobs that no row names any more
 *
 * Call lk_publisher_withdraw(). LK_STORE_ERROR_NOT_FOUND when the account has no such picture.
 */
gboolean
lk_store_withdraw_picture (LkStore *self,
                           gint64 account,
                           const char *picture,
                           GPtrArray **orphans,
                           GError **error)
{
  return LK_STORE_GET_IFACE (self)->withdraw_picture (self, account, picture, orphans, error);
}

/**
 * lk_store_find_rendition:
 * @viewer: who asks
 * @name: "photo", "thumbnail" or "motion"
 *
 * For the owner any of their pictures, for anyone else the one that they see now: the first of the
 * owner's that has not expired and whose audience takes them. LK_STORE_ERROR_NOT_FOUND for
 * everything else.
 *
 * Returns: (transfer full): type, size and the SHA-256 that names the blob
 */
LkRendition *
lk_store_find_rendition (LkStore *self,
                         gint64 viewer,
                         const char *picture,
                         const char *name,
                         GError **error)
{
  return LK_STORE_GET_IFACE (self)->find_rendition (self, viewer, picture, name, error);
}

/**
 * lk_store_read_feed:
 * @cursor: (nullable): from an earlier page, or NULL to start anew; so does one that is not this
 * account's
 * @limit: the most changes of one page, above 0
 *
 * What changed for the reader since the cursor: for each of their refs, the picture that is now to
 * be seen under it, without audience and position. A picture is NULL only when one had been offered
 * under that ref before; of an owner whose pictures the reader never could see, nothing tells that
 * they exist. Where a ref holds identifiers of several accounts, the newest published picture of
 * theirs is the one. An account is no reader of itself. Nothing is given twice to one cursor, and
 * giving a picture notes it as offered.
 *
 * Returns: (transfer full): the changes in the order in which they were noticed
 */
LkFeed *
lk_store_read_feed (LkStore *self, gint64 viewer, const char *cursor, guint limit, GError **error)
{
  return LK_STORE_GET_IFACE (self)->read_feed (self, viewer, cursor, limit, error);
}

/**
 * lk_store_put_receipt:
 *
 * Moves the reader's state of a picture on: never back to offered or fetched, while accepted and
 * declined replace each other, as people change their mind. LK_STORE_ERROR_NOT_FOUND for a picture
 * that was never offered to @viewer.
 */
gboolean
lk_store_put_receipt (LkStore *self,
                      gint64 viewer,
                      const char *picture,
                      LkDeliveryState state,
                      GError **error)
{
  return LK_STORE_GET_IFACE (self)->put_receipt (self, viewer, picture, state, error);
}

/**
 * lk_store_list_deliveries:
 *
 * How far the account's picture got, under the owner's own refs; of readers whom the owner's book
 * does not hold nothing is said. A reader under several refs is there under each.
 * LK_STORE_ERROR_NOT_FOUND when the account has no such picture.
 *
 * Returns: (transfer full) (element-type LkDelivery): by ref
 */
GPtrArray *
lk_store_list_deliveries (LkStore *self, gint64 account, const char *picture, GError **error)
{
  return LK_STORE_GET_IFACE (self)->list_deliveries (self, account, picture, error);
}

/**
 * lk_store_add_verification:
 *
 * Keeps a code, voids the others that the same network asked for to prove the same identifier, and
 * forgets those that are over.
 */
gboolean
lk_store_add_verification (LkStore *self, const LkVerificationRecord *record, GError **error)
{
  return LK_STORE_GET_IFACE (self)->add_verification (self, record, error);
}

/**
 * lk_store_update_verification:
 * @func: (scope call): decides what becomes of the record; no other call sees it meanwhile
 *
 * LK_STORE_ERROR_NOT_FOUND when there is no such verification.
 */
gboolean
lk_store_update_verification (LkStore *self,
                              const char *id,
                              LkVerificationFunc func,
                              gpointer data,
                              GError **error)
{
  return LK_STORE_GET_IFACE (self)->update_verification (self, id, func, data, error);
}

/**
 * lk_store_list_blobs:
 *
 * Returns: (transfer full) (element-type utf8 utf8): the set of SHA-256s that rows name
 */
GHashTable *
lk_store_list_blobs (LkStore *self, GError **error)
{
  return LK_STORE_GET_IFACE (self)->list_blobs (self, error);
}

/**
 * lk_store_names_blob:
 * @named: (out): whether a row names the blob
 */
gboolean
lk_store_names_blob (LkStore *self, const char *sha256, gboolean *named, GError **error)
{
  return LK_STORE_GET_IFACE (self)->names_blob (self, sha256, named, error);
}

/**
 * lk_store_tidy:
 *
 * Forgets verifications that are over and idempotency keys past LK_STORE_KEY_LIFETIME. To be called
 * every few minutes.
 */
gboolean
lk_store_tidy (LkStore *self, GError **error)
{
  return LK_STORE_GET_IFACE (self)->tidy (self, error);
}

/**
 * lk_store_count:
 * @counts: (out caller-allocates): how much there is
 *
 * Also tells whether the store works: for the health check and the metrics.
 */
gboolean
lk_store_count (LkStore *self, LkStoreCounts *counts, GError **error)
{
  return LK_STORE_GET_IFACE (self)->count (self, counts, error);
}
