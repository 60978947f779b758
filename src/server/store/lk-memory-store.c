/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-memory-store.h"

#include <string.h>
#include "lk-memory-store-private.h"

static void lk_memory_store_iface_init (LkStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LkMemoryStore,
                               lk_memory_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (LK_TYPE_STORE, lk_memory_store_iface_init))

static void
session_free (gpointer data)
{
  LkMemorySession *self = data;

  g_free (self->session.id);
  g_free (self->session.name);
  g_free (self);
}

static void
key_free (gpointer data)
{
  LkMemoryKey *self = data;

  g_free (self->bundle_sha256);
  g_free (self->picture);
  g_free (self);
}

static void
account_free (gpointer data)
{
  LkMemoryAccount *self = data;

  g_free (self->public_id);
  g_ptr_array_unref (self->identifiers);
  g_array_unref (self->macs);
  g_ptr_array_unref (self->sessions);
  lk_book_free (self->book);
  g_ptr_array_unref (self->pictures);
  g_hash_table_unref (self->keys);
  g_hash_table_unref (self->views);
  g_free (self);
}

static LkMemoryAccount *
find_by_identifier (LkMemoryStore *self, const char *identifier)
{
  for (guint i = 0; i < self->accounts->len; i++)
    {
      LkMemoryAccount *account = self->accounts->pdata[i];

      if (g_ptr_array_find_with_equal_func (account->identifiers, identifier, g_str_equal, NULL))
        return account;
    }
  return NULL;
}

static void
add_identifier (LkMemoryStore *self, LkMemoryAccount *account, const char *identifier)
{
  LkMac mac;

  lk_server_key_mac (self->key, LK_KEY_PURPOSE_IDENTIFIER, identifier, mac.bytes);
  g_array_append_val (account->macs, mac);
  g_ptr_array_add (account->identifiers, g_strdup (identifier));
}

static LkMemoryAccount *
add_account (LkMemoryStore *self, const char *identifier, GError **error)
{
  g_autoptr (GPtrArray) no_contacts = g_ptr_array_new ();
  g_autoptr (LkBook) book = lk_book_new (self->key, no_contacts, error);
  LkMemoryAccount *account;

  if (book == NULL)
    return NULL;
  account = g_new0 (LkMemoryAccount, 1);
  account->handle = ++self->last_number;
  account->public_id = lk_rng_dup_id (self->rng);
  account->created = lk_clock_get_seconds (self->clock);
  account->identifiers = g_ptr_array_new_with_free_func (g_free);
  account->macs = g_array_new (FALSE, FALSE, sizeof (LkMac));
  account->sessions = g_ptr_array_new_with_free_func (session_free);
  account->book = g_steal_pointer (&book);
  account->pictures = g_ptr_array_new_with_free_func (lk_memory_picture_free);
  account->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, key_free);
  account->views = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  add_identifier (self, account, identifier);
  g_ptr_array_add (self->accounts, account);
  return account;
}

static LkSession *
copy_session (const LkSession *session, const char *current)
{
  LkSession *copy = g_new0 (LkSession, 1);

  copy->id = g_strdup (session->id);
  copy->name = g_strdup (session->name);
  copy->created = session->created;
  copy->last_seen = session->last_seen;
  copy->current = g_strcmp0 (session->id, current) == 0;
  return copy;
}

static void
drop_oldest_session (LkMemoryAccount *account)
{
  guint oldest = 0;

  for (guint i = 1; i < account->sessions->len; i++)
    if (((LkMemorySession *)account->sessions->pdata[i])->session.last_seen
        < ((LkMemorySession *)account->sessions->pdata[oldest])->session.last_seen)
      oldest = i;
  g_ptr_array_remove_index (account->sessions, oldest);
}

static gboolean
lk_memory_store_sign_in (LkStore *store,
                         const char *identifier,
                         const char *device,
                         const guint8 *token_hash,
                         gint64 *account,
                         LkSession **session,
                         GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  LkMemoryAccount *holder = find_by_identifier (self, identifier);
  LkMemorySession *made;

  if (holder == NULL)
    holder = add_account (self, identifier, error);
  if (holder == NULL)
    return FALSE;
  if (holder->sessions->len >= LK_STORE_MAX_SESSIONS)
    drop_oldest_session (holder);
  made = g_new0 (LkMemorySession, 1);
  made->session.id = lk_rng_dup_id (self->rng);
  made->session.name = g_strdup (device);
  made->session.created = made->session.last_seen = lk_clock_get_seconds (self->clock);
  memcpy (made->token_hash, token_hash, sizeof made->token_hash);
  g_ptr_array_add (holder->sessions, made);
  *account = holder->handle;
  *session = copy_session (&made->session, made->session.id);
  return TRUE;
}

static LkAccount *
lk_memory_store_get_account (LkStore *store, gint64 account, GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  LkMemoryAccount *found = lk_memory_store_find_account (self, account, error);
  g_autoptr (GStrvBuilder) identifiers = g_strv_builder_new ();
  LkAccount *result;

  if (found == NULL)
    return NULL;
  result = g_new0 (LkAccount, 1);
  result->id = g_strdup (found->public_id);
  result->created = found->created;
  for (guint i = 0; i < found->identifiers->len; i++)
    g_strv_builder_add (identifiers, found->identifiers->pdata[i]);
  result->identifiers = g_strv_builder_end (identifiers);
  return result;
}

static gboolean
lk_memory_store_add_identifier (LkStore *store,
                                gint64 account,
                                const char *identifier,
                                GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  LkMemoryAccount *found = lk_memory_store_find_account (self, account, error);
  LkMemoryAccount *holder;

  if (found == NULL)
    return FALSE;
  holder = find_by_identifier (self, identifier);
  if (holder == found)
    return TRUE;
  if (holder != NULL)
    {
      g_set_error_literal (error, LK_STORE_ERROR, LK_STORE_ERROR_CONFLICT,
                           "Another account holds the identifier");
      return FALSE;
    }
  if (found->identifiers->len >= LK_STORE_MAX_IDENTIFIERS)
    {
      g_set_error (error, LK_STORE_ERROR, LK_STORE_ERROR_TOO_MANY, "%d identifiers at most",
                   LK_STORE_MAX_IDENTIFIERS);
      return FALSE;
    }
  add_identifier (self, found, identifier);
  return TRUE;
}

static gboolean
is_about_account (gpointer id, gpointer record, gpointer account)
{
  return g_ptr_array_find_with_equal_func (((LkMemoryAccount *)account)->identifiers,
                                           ((LkVerificationRecord *)record)->identifier,
                                           g_str_equal, NULL);
}

static gboolean
lk_memory_store_erase_account (LkStore *store, gint64 account, GPtrArray **orphans, GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  LkMemoryAccount *found = lk_memory_store_find_account (self, account, error);
  g_autoptr (GHashTable) blobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (found == NULL)
    return FALSE;
  for (guint i = 0; i < found->pictures->len; i++)
    lk_memory_picture_add_blobs (found->pictures->pdata[i], blobs);
  for (guint i = 0; i < self->accounts->len; i++)
    {
      LkMemoryAccount *owner = self->accounts->pdata[i];

      for (guint k = 0; k < owner->pictures->len; k++)
        g_hash_table_remove (((LkMemoryPicture *)owner->pictures->pdata[k])->deliveries, &account);
    }
  g_hash_table_foreach_remove (self->verifications, is_about_account, found);
  g_ptr_array_remove (self->accounts, found);
  *orphans = lk_memory_store_take_out_orphans (self, blobs);
  return TRUE;
}

static LkMemorySession *
find_session (LkMemoryAccount *account, const guint8 *token_hash)
{
  for (guint i = 0; i < account->sessions->len; i++)
    {
      LkMemorySession *session = account->sessions->pdata[i];

      if (memcmp (session->token_hash, token_hash, sizeof session->token_hash) == 0)
        return session;
    }
  return NULL;
}

static gboolean
lk_memory_store_find_session (LkStore *store,
                              const guint8 *token_hash,
                              gint64 *account,
                              char **session,
                              GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  gint64 now = lk_clock_get_seconds (self->clock);

  for (guint i = 0; i < self->accounts->len; i++)
    {
      LkMemoryAccount *holder = self->accounts->pdata[i];
      LkMemorySession *found = find_session (holder, token_hash);

      if (found == NULL)
        continue;
      if (now - found->session.last_seen >= LK_STORE_SEEN_GRANULARITY)
        found->session.last_seen = now;
      *account = holder->handle;
      if (session != NULL)
        *session = g_strdup (found->session.id);
      return TRUE;
    }
  lk_memory_store_not_found (error);
  return FALSE;
}

static GPtrArray *
lk_memory_store_list_sessions (LkStore *store, gint64 account, const char *current, GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  LkMemoryAccount *found = lk_memory_store_find_account (self, account, error);
  GPtrArray *sessions;

  if (found == NULL)
    return NULL;
  sessions = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_session_free);
  for (guint i = 0; i < found->sessions->len; i++)
    g_ptr_array_add (
        sessions, copy_session (&((LkMemorySession *)found->sessions->pdata[i])->session, current));
  return sessions;
}

static gboolean
lk_memory_store_delete_session (LkStore *store, gint64 account, const char *session, GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  LkMemoryAccount *found = lk_memory_store_find_account (self, account, error);

  if (found == NULL)
    return FALSE;
  for (guint i = 0; i < found->sessions->len; i++)
    if (strcmp (((LkMemorySession *)found->sessions->pdata[i])->session.id, session) == 0)
      {
        g_ptr_array_remove_index (found->sessions, i);
        return TRUE;
      }
  lk_memory_store_not_found (error);
  return FALSE;
}

static gboolean
lk_memory_store_get_contacts (LkStore *store,
                              gint64 account,
                              guint *count,
                              char **etag,
                              GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  LkMemoryAccount *found = lk_memory_store_find_account (self, account, error);

  if (found == NULL)
    return FALSE;
  *count = found->book->entries->len;
  *etag = g_strdup (found->book->etag);
  return TRUE;
}

static gboolean
is_not_in_book (gpointer ref, gpointer view, gpointer book)
{
  GPtrArray *entries = ((LkBook *)book)->entries;

  for (guint i = 0; i < entries->len; i++)
    if (strcmp (((LkBookEntry *)entries->pdata[i])->ref, ref) == 0)
      return FALSE;
  return TRUE;
}

static gboolean
lk_memory_store_replace_contacts (LkStore *store,
                                  gint64 account,
                                  GPtrArray *contacts,
                                  const char *if_match,
                                  char **etag,
                                  GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (LkBook) book = lk_book_new (self->key, contacts, error);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  LkMemoryAccount *found;

  if (book == NULL)
    return FALSE;
  found = lk_memory_store_find_account (self, account, error);
  if (found == NULL)
    return FALSE;
  if (strcmp (book->etag, found->book->etag) != 0 && if_match != NULL
      && strcmp (if_match, found->book->etag) != 0)
    {
      g_set_error_literal (error, LK_STORE_ERROR, LK_STORE_ERROR_PRECONDITION,
                           "The shared contacts have changed");
      return FALSE;
    }
  g_hash_table_foreach_remove (found->views, is_not_in_book, book);
  lk_book_free (found->book);
  *etag = g_strdup (book->etag);
  found->book = g_steal_pointer (&book);
  return TRUE;
}

static gboolean
is_over (gpointer id, gpointer record, gpointer now)
{
  return ((LkVerificationRecord *)record)->expires <= *(gint64 *)now;
}

static gboolean
is_voided_by (gpointer id, gpointer stored, gpointer record)
{
  const LkVerificationRecord *old = stored, *new = record;

  return strcmp (old->identifier, new->identifier) == 0
         && memcmp (old->network, new->network, sizeof old->network) == 0;
}

static gboolean
lk_memory_store_add_verification (LkStore *store,
                                  const LkVerificationRecord *record,
                                  GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  gint64 now = lk_clock_get_seconds (self->clock);

  g_hash_table_foreach_remove (self->verifications, is_over, &now);
  g_hash_table_foreach_remove (self->verifications, is_voided_by, (gpointer)record);
  g_hash_table_insert (self->verifications, g_strdup (record->id),
                       lk_verification_record_copy (record));
  return TRUE;
}

static gboolean
lk_memory_store_update_verification (LkStore *store,
                                     const char *id,
                                     LkVerificationFunc func,
                                     gpointer data,
                                     GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const LkVerificationRecord *stored = g_hash_table_lookup (self->verifications, id);
  g_autoptr (LkVerificationRecord) record = NULL;

  if (stored == NULL)
    {
      lk_memory_store_not_found (error);
      return FALSE;
    }
  record = lk_verification_record_copy (stored);
  switch (func (record, data))
    {
    case LK_VERIFICATION_WRITE:
      g_hash_table_insert (self->verifications, g_strdup (id), g_steal_pointer (&record));
      break;
    case LK_VERIFICATION_DELETE:
      g_hash_table_remove (self->verifications, id);
      break;
    case LK_VERIFICATION_KEEP:
    default:
      break;
    }
  return TRUE;
}

static GHashTable *
lk_memory_store_list_blobs (LkStore *store, GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  GHashTable *blobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->accounts->len; i++)
    {
      LkMemoryAccount *account = self->accounts->pdata[i];

      for (guint k = 0; k < account->pictures->len; k++)
        lk_memory_picture_add_blobs (account->pictures->pdata[k], blobs);
    }
  return blobs;
}

static gboolean
lk_memory_store_names_blob (LkStore *store, const char *sha256, gboolean *named, GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  *named = lk_memory_store_has_blob (self, sha256);
  return TRUE;
}

static gboolean
is_old_key (gpointer key, gpointer value, gpointer now)
{
  return ((LkMemoryKey *)value)->at <= *(gint64 *)now - LK_STORE_KEY_LIFETIME;
}

static gboolean
lk_memory_store_tidy (LkStore *store, GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  gint64 now = lk_clock_get_seconds (self->clock);

  g_hash_table_foreach_remove (self->verifications, is_over, &now);
  for (guint i = 0; i < self->accounts->len; i++)
    g_hash_table_foreach_remove (((LkMemoryAccount *)self->accounts->pdata[i])->keys, is_old_key,
                                 &now);
  return TRUE;
}

static gboolean
lk_memory_store_count (LkStore *store, LkStoreCounts *counts, GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  *counts = (LkStoreCounts){ .accounts = self->accounts->len,
                             .verifications = g_hash_table_size (self->verifications) };
  for (guint i = 0; i < self->accounts->len; i++)
    {
      LkMemoryAccount *account = self->accounts->pdata[i];

      counts->sessions += account->sessions->len;
      counts->contacts += account->book->entries->len;
      counts->pictures += account->pictures->len;
      for (guint k = 0; k < account->pictures->len; k++)
        counts->deliveries
            += g_hash_table_size (((LkMemoryPicture *)account->pictures->pdata[k])->deliveries);
    }
  return TRUE;
}

static void
lk_memory_store_finalize (GObject *object)
{
  LkMemoryStore *self = LK_MEMORY_STORE (object);

  g_ptr_array_unref (self->accounts);
  g_hash_table_unref (self->verifications);
  g_clear_pointer (&self->key, lk_server_key_unref);
  g_clear_pointer (&self->clock, lk_clock_unref);
  g_clear_pointer (&self->rng, lk_rng_unref);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (lk_memory_store_parent_class)->finalize (object);
}

static void
lk_memory_store_class_init (LkMemoryStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lk_memory_store_finalize;
}

static void
lk_memory_store_init (LkMemoryStore *self)
{
  g_mutex_init (&self->mutex);
  self->accounts = g_ptr_array_new_with_free_func (account_free);
  self->verifications = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                               (GDestroyNotify)lk_verification_record_free);
}

static void
lk_memory_store_iface_init (LkStoreInterface *iface)
{
  iface->sign_in = lk_memory_store_sign_in;
  iface->get_account = lk_memory_store_get_account;
  iface->add_identifier = lk_memory_store_add_identifier;
  iface->erase_account = lk_memory_store_erase_account;
  iface->find_session = lk_memory_store_find_session;
  iface->list_sessions = lk_memory_store_list_sessions;
  iface->delete_session = lk_memory_store_delete_session;
  iface->get_contacts = lk_memory_store_get_contacts;
  iface->replace_contacts = lk_memory_store_replace_contacts;
  iface->add_verification = lk_memory_store_add_verification;
  iface->update_verification = lk_memory_store_update_verification;
  iface->list_blobs = lk_memory_store_list_blobs;
  iface->names_blob = lk_memory_store_names_blob;
  iface->tidy = lk_memory_store_tidy;
  iface->count = lk_memory_store_count;
  lk_memory_store_init_pictures (iface);
  lk_memory_store_init_feed (iface);
}

/**
 * lk_memory_store_new:
 *
 * Returns: (transfer full): a store that forgets everything when it is freed
 */
LkMemoryStore *
lk_memory_store_new (LkServerKey *key, LkClock *clock, LkRng *rng)
{
  LkMemoryStore *self = g_object_new (LK_TYPE_MEMORY_STORE, NULL);

  self->key = lk_server_key_ref (key);
  self->clock = lk_clock_ref (clock);
  self->rng = lk_rng_ref (rng);
  return self;
}

LkMemoryAccount *
lk_memory_store_find_account (LkMemoryStore *self, gint64 handle, GError **error)
{
  for (guint i = 0; i < self->accounts->len; i++)
    if (((LkMemoryAccount *)self->accounts->pdata[i])->handle == handle)
      return self->accounts->pdata[i];
  lk_memory_store_not_found (error);
  return NULL;
}

void
lk_memory_store_not_found (GError **error)
{
  g_set_error_literal (error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND, "Not there");
}
