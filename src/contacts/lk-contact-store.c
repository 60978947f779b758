/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-contact-store.h"

#include "lk-contact-private.h"

typedef struct
{
  GSequence *contacts;
  GHashTable *by_uid; /* uid of the contact → its GSequenceIter */
  GHashTable *by_ref; /* ref of the contact → the contact */
} LkContactStorePrivate;

static void lk_contact_store_list_model_init (GListModelInterface *iface);
static void lk_contact_store_address_book_init (LkAddressBookInterface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (
    LkContactStore,
    lk_contact_store,
    G_TYPE_OBJECT,
    G_ADD_PRIVATE (LkContactStore)
        G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, lk_contact_store_list_model_init)
            G_IMPLEMENT_INTERFACE (LK_TYPE_ADDRESS_BOOK, lk_contact_store_address_book_init))

/* By name; the uid makes the order of namesakes stable. */
static int
compare_contacts (gconstpointer a, gconstpointer b, gpointer data)
{
  LkContact *first = LK_CONTACT ((gpointer)a);
  LkContact *second = LK_CONTACT ((gpointer)b);
  int order = strcmp (lk_contact_get_sort_key (first), lk_contact_get_sort_key (second));

  return order != 0 ? order : strcmp (lk_contact_get_uid (first), lk_contact_get_uid (second));
}

/* Enters a contact without telling anybody; gives its position. */
static guint
insert_contact (LkContactStore *self, LkContact *contact)
{
  LkContactStorePrivate *priv = lk_contact_store_get_instance_private (self);
  GSequenceIter *iter
      = g_sequence_insert_sorted (priv->contacts, g_object_ref (contact), compare_contacts, NULL);

  g_hash_table_insert (priv->by_uid, (gpointer)lk_contact_get_uid (contact), iter);
  g_hash_table_insert (priv->by_ref, (gpointer)lk_contact_get_ref (contact), contact);
  return (guint)g_sequence_iter_get_position (iter);
}

static void
remove_iter (LkContactStore *self, GSequenceIter *iter)
{
  LkContactStorePrivate *priv = lk_contact_store_get_instance_private (self);
  LkContact *contact = g_sequence_get (iter);
  guint position = (guint)g_sequence_iter_get_position (iter);

  g_hash_table_remove (priv->by_uid, lk_contact_get_uid (contact));
  if (g_hash_table_lookup (priv->by_ref, lk_contact_get_ref (contact)) == contact)
    g_hash_table_remove (priv->by_ref, lk_contact_get_ref (contact));
  g_sequence_remove (iter);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

/* Brings @known to what @fresh says, and to its new place where the name moved it. */
static void
update_contact (LkContactStore *self, GSequenceIter *iter, LkContact *fresh)
{
  LkContact *known = g_sequence_get (iter);
  guint before = (guint)g_sequence_iter_get_position (iter);
  guint after = 0;

  lk_contact_set_name (known, lk_contact_get_name (fresh));
  lk_contact_set_identifiers (known, lk_contact_get_identifiers (fresh));
  lk_contact_set_groups (known, lk_contact_get_groups (fresh));
  lk_contact_set_photo (known, lk_contact_peek_photo (fresh));

  g_sequence_sort_changed (iter, compare_contacts, NULL);
  after = (guint)g_sequence_iter_get_position (iter);
  if (after != before)
    {
      guint first = MIN (before, after);
      guint n_items = MAX (before, after) - first + 1;

      g_list_model_items_changed (G_LIST_MODEL (self), first, n_items, n_items);
    }
}

static GType
lk_contact_store_get_item_type (GListModel *model)
{
  return LK_TYPE_CONTACT;
}

static guint
lk_contact_store_get_n_items (GListModel *model)
{
  LkContactStorePrivate *priv = lk_contact_store_get_instance_private (LK_CONTACT_STORE (model));

  return (guint)g_sequence_get_length (priv->contacts);
}

static gpointer
lk_contact_store_get_item (GListModel *model, guint position)
{
  LkContactStorePrivate *priv = lk_contact_store_get_instance_private (LK_CONTACT_STORE (model));
  GSequenceIter *iter = NULL;

  if (position >= (guint)g_sequence_get_length (priv->contacts))
    return NULL;
  iter = g_sequence_get_iter_at_pos (priv->contacts, (int)position);
  return g_object_ref (g_sequence_get (iter));
}

static LkContact *
lk_contact_store_lookup_ref (LkAddressBook *book, const char *ref)
{
  LkContactStorePrivate *priv = lk_contact_store_get_instance_private (LK_CONTACT_STORE (book));

  return g_hash_table_lookup (priv->by_ref, ref);
}

static void
lk_contact_store_finalize (GObject *object)
{
  LkContactStorePrivate *priv = lk_contact_store_get_instance_private (LK_CONTACT_STORE (object));

  g_hash_table_unref (priv->by_uid);
  g_hash_table_unref (priv->by_ref);
  g_sequence_free (priv->contacts);

  G_OBJECT_CLASS (lk_contact_store_parent_class)->finalize (object);
}

static void
lk_contact_store_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = lk_contact_store_get_item_type;
  iface->get_n_items = lk_contact_store_get_n_items;
  iface->get_item = lk_contact_store_get_item;
}

static void
lk_contact_store_address_book_init (LkAddressBookInterface *iface)
{
  iface->lookup_ref = lk_contact_store_lookup_ref;
}

static void
lk_contact_store_class_init (LkContactStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lk_contact_store_finalize;
}

static void
lk_contact_store_init (LkContactStore *self)
{
  LkContactStorePrivate *priv = lk_contact_store_get_instance_private (self);

  priv->contacts = g_sequence_new (g_object_unref);
  priv->by_uid = g_hash_table_new (g_str_hash, g_str_equal);
  priv->by_ref = g_hash_table_new (g_str_hash, g_str_equal);
}

LkContact *
lk_contact_store_lookup (LkContactStore *self, const char *uid)
{
  LkContactStorePrivate *priv = lk_contact_store_get_instance_private (self);
  GSequenceIter *iter = g_hash_table_lookup (priv->by_uid, uid);

  return iter != NULL ? g_sequence_get (iter) : NULL;
}

void
lk_contact_store_put (LkContactStore *self, LkContact *contact)
{
  LkContactStorePrivate *priv = lk_contact_store_get_instance_private (self);
  GSequenceIter *iter = g_hash_table_lookup (priv->by_uid, lk_contact_get_uid (contact));

  if (iter != NULL)
    update_contact (self, iter, contact);
  else
    g_list_model_items_changed (G_LIST_MODEL (self), insert_contact (self, contact), 0, 1);
}

gboolean
lk_contact_store_remove (LkContactStore *self, const char *uid)
{
  LkContactStorePrivate *priv = lk_contact_store_get_instance_private (self);
  GSequenceIter *iter = g_hash_table_lookup (priv->by_uid, uid);

  if (iter == NULL)
    return FALSE;
  remove_iter (self, iter);
  return TRUE;
}

void
lk_contact_store_remove_prefix (LkContactStore *self, const char *prefix)
{
  LkContactStorePrivate *priv = lk_contact_store_get_instance_private (self);
  GSequenceIter *iter = g_sequence_get_begin_iter (priv->contacts);

  while (!g_sequence_iter_is_end (iter))
    {
      GSequenceIter *next = g_sequence_iter_next (iter);

      if (g_str_has_prefix (lk_contact_get_uid (g_sequence_get (iter)), prefix))
        remove_iter (self, iter);
      iter = next;
    }
}

void
lk_contact_store_replace (LkContactStore *self, GPtrArray *contacts)
{
  LkContactStorePrivate *priv = lk_contact_store_get_instance_private (self);
  g_autoptr (GHashTable) kept = g_hash_table_new (g_str_hash, g_str_equal);
  GSequenceIter *iter = g_sequence_get_begin_iter (priv->contacts);
  gboolean was_empty = g_sequence_iter_is_end (iter);

  for (guint i = 0; i < contacts->len; i++)
    g_hash_table_add (kept, (gpointer)lk_contact_get_uid (contacts->pdata[i]));
  while (!g_sequence_iter_is_end (iter))
    {
      GSequenceIter *next = g_sequence_iter_next (iter);

      if (!g_hash_table_contains (kept, lk_contact_get_uid (g_sequence_get (iter))))
        remove_iter (self, iter);
      iter = next;
    }

  if (!was_empty)
    {
      for (guint i = 0; i < contacts->len; i++)
        lk_contact_store_put (self, contacts->pdata[i]);
      return;
    }

  /* The first fill is told once, not ten thousand times. */
  for (guint i = 0; i < contacts->len; i++)
    if (!g_hash_table_contains (priv->by_uid, lk_contact_get_uid (contacts->pdata[i])))
      insert_contact (self, contacts->pdata[i]);
  if (contacts->len > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, 0,
                                (guint)g_sequence_get_length (priv->contacts));
}
