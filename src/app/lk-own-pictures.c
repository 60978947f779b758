/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-own-pictures.h"

#include "lk-async.h"
#include "lk-picture-load.h"

/* How often the deliveries of the current picture are asked for while somebody looks, in seconds.
 */
#define WATCH 5

struct _LkOwnPictures
{
  GObject parent_instance;

  LkClient *client; /* NULL while stopped */
  GPtrArray *items;
  gboolean loading;
  gboolean loaded;
  gboolean again; /* to be read once more after the answer that is awaited */
  GCancellable *cancellable;
  guint watch;
};

static void lk_own_pictures_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LkOwnPictures,
                               lk_own_pictures,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      lk_own_pictures_list_model_init))

enum
{
  PROP_0,
  PROP_CURRENT,
  PROP_LOADING,
  PROP_LOADED,
  N_PROPS,
};

enum
{
  SIGNAL_DONE,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
set_loading (LkOwnPictures *self, gboolean loading)
{
  if (self->loading == loading)
    return;
  self->loading = loading;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

static void
set_loaded (LkOwnPictures *self, gboolean loaded)
{
  if (self->loaded == loaded)
    return;
  self->loaded = loaded;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADED]);
}

static void
done (LkOwnPictures *self, const GError *error)
{
  if (!lk_error_is_cancelled (error))
    g_signal_emit (self, signals[SIGNAL_DONE], 0, error);
}

static void
on_picture_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkOwnPicture) picture = LK_OWN_PICTURE (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = lk_picture_load_finish (LK_CLIENT (source), result, &error);

  if (texture != NULL)
    {
      GdkPaintable *shown = lk_own_picture_get_paintable (picture);

      /* The thumbnail may come after the photo. */
      if (shown == NULL
          || gdk_paintable_get_intrinsic_width (shown) <= gdk_texture_get_width (texture))
        lk_own_picture_set_paintable (picture, GDK_PAINTABLE (texture));
    }
  else if (!lk_error_is_cancelled (error))
    g_message ("A picture of yours could not be shown: %s", error->message);
}

static gboolean
needs_pixels (LkOwnPicture *picture, const char *name)
{
  const LkRendition *rendition
      = lk_picture_get_rendition (lk_own_picture_get_picture (picture), name);
  GdkPaintable *shown = lk_own_picture_get_paintable (picture);

  return rendition != NULL
         && (shown == NULL || gdk_paintable_get_intrinsic_width (shown) < (int)rendition->width);
}

static void
load_pixels (LkOwnPictures *self)
{
  guint n = self->items->len;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LkOwnPicture) picture = g_object_ref (g_ptr_array_index (self->items, i));
      const char *name = i == 0 ? "photo" : "thumbnail";

      if (needs_pixels (picture, name))
        lk_picture_load_async (self->client, lk_own_picture_get_picture (picture), name,
                               self->cancellable, on_picture_loaded, g_object_ref (picture));
    }
}

static LkOwnPicture *
dup_known (LkOwnPictures *self, LkPicture *picture)
{
  guint n = self->items->len;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LkOwnPicture) known = g_object_ref (g_ptr_array_index (self->items, i));

      if (g_strcmp0 (lk_own_picture_get_id (known), picture->id) == 0)
        {
          lk_own_picture_set_picture (known, picture);
          return g_steal_pointer (&known);
        }
    }
  return lk_own_picture_new (picture);
}

static gboolean
same_order (LkOwnPictures *self, GPtrArray *pictures)
{
  if (self->items->len != pictures->len)
    return FALSE;
  for (guint i = 0; i < pictures->len; i++)
    {
      g_autoptr (LkOwnPicture) there = g_object_ref (g_ptr_array_index (self->items, i));

      if (there != g_ptr_array_index (pictures, i))
        return FALSE;
    }
  return TRUE;
}

static void
take_pictures (LkOwnPictures *self, GPtrArray *pictures)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  guint before = self->items->len;

  for (guint i = 0; i < pictures->len; i++)
    g_ptr_array_add (items, dup_known (self, g_ptr_array_index (pictures, i)));
  if (!same_order (self, items))
    {
      g_ptr_array_unref (self->items);
      self->items = g_ptr_array_ref (items);
      g_list_model_items_changed (G_LIST_MODEL (self), 0, before, items->len);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CURRENT]);
    }
  load_pixels (self);
}

static void
on_list_deliveries_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkOwnPicture) picture = LK_OWN_PICTURE (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) deliveries
      = lk_client_list_deliveries_finish (LK_CLIENT (source), result, &error);

  if (deliveries != NULL)
    lk_own_picture_set_deliveries (picture, deliveries);
  else if (!lk_error_is_cancelled (error))
    g_info ("How far the picture got is not known: %s", error->message);
}

static void
ask_deliveries (LkOwnPictures *self)
{
  LkOwnPicture *current = lk_own_pictures_get_current (self);

  if (current != NULL && self->client != NULL)
    lk_client_list_deliveries_async (self->client, lk_own_picture_get_id (current),
                                     self->cancellable, on_list_deliveries_ready,
                                     g_object_ref (current));
}

static gboolean
on_watch (gpointer data)
{
  ask_deliveries (LK_OWN_PICTURES (data));
  return G_SOURCE_CONTINUE;
}

static void
on_list_pictures_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkOwnPictures) self = LK_OWN_PICTURES (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) pictures
      = lk_client_list_pictures_finish (LK_CLIENT (source), result, &error);

  /* Stopped, and perhaps started again for somebody else. */
  if (LK_CLIENT (source) != self->client)
    return;
  set_loading (self, FALSE);
  if (pictures != NULL)
    {
      take_pictures (self, pictures);
      set_loaded (self, TRUE);
      ask_deliveries (self);
    }
  done (self, error);
  if (self->again && self->client != NULL)
    lk_own_pictures_reload (self);
}

static void
on_change_picture_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = G_TASK (data);
  LkOwnPictures *self = LK_OWN_PICTURES (g_task_get_source_object (task));
  g_autoptr (GError) error = NULL;
  g_autoptr (LkPicture) picture
      = lk_client_change_picture_finish (LK_CLIENT (source), result, &error);

  done (self, error);
  if (lk_task_failed (task, g_steal_pointer (&error)))
    return;
  lk_own_pictures_reload (self);
  g_task_return_boolean (task, TRUE);
}

static void withdraw_next (GTask *task);

static void
on_withdraw_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = G_TASK (data);
  LkOwnPictures *self = LK_OWN_PICTURES (g_task_get_source_object (task));
  g_autoptr (GError) error = NULL;
  gboolean withdrawn = lk_client_withdraw_picture_finish (LK_CLIENT (source), result, &error);

  if (withdrawn || g_error_matches (error, LK_PROBLEM, LK_PROBLEM_NOT_FOUND))
    {
      withdraw_next (task);
      return;
    }
  done (self, error);
  lk_own_pictures_reload (self);
  g_task_return_error (task, g_steal_pointer (&error));
}

static void
withdraw_next (GTask *task)
{
  LkOwnPictures *self = LK_OWN_PICTURES (g_task_get_source_object (task));
  GPtrArray *ids = g_task_get_task_data (task);

  if (self->client == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Signed out");
      return;
    }
  if (ids->len == 0)
    {
      lk_own_pictures_reload (self);
      g_task_return_boolean (task, TRUE);
      return;
    }
  lk_client_withdraw_picture_async (self->client, g_ptr_array_index (ids, ids->len - 1),
                                    g_task_get_cancellable (task), on_withdraw_ready,
                                    g_object_ref (task));
  g_ptr_array_remove_index (ids, ids->len - 1);
}

static GType
lk_own_pictures_get_item_type (GListModel *model)
{
  return LK_TYPE_OWN_PICTURE;
}

static guint
lk_own_pictures_get_n_items (GListModel *model)
{
  return LK_OWN_PICTURES (model)->items->len;
}

static gpointer
lk_own_pictures_get_item (GListModel *model, guint position)
{
  LkOwnPictures *self = LK_OWN_PICTURES (model);

  if (position >= self->items->len)
    return NULL;
  return g_object_ref (g_ptr_array_index (self->items, position));
}

static void
lk_own_pictures_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = lk_own_pictures_get_item_type;
  iface->get_n_items = lk_own_pictures_get_n_items;
  iface->get_item = lk_own_pictures_get_item;
}

static void
lk_own_pictures_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LkOwnPictures *self = LK_OWN_PICTURES (object);

  switch (id)
    {
    case PROP_CURRENT:
      g_value_set_object (value, lk_own_pictures_get_current (self));
      break;
    case PROP_LOADING:
      g_value_set_boolean (value, self->loading);
      break;
    case PROP_LOADED:
      g_value_set_boolean (value, self->loaded);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_own_pictures_dispose (GObject *object)
{
  LkOwnPictures *self = LK_OWN_PICTURES (object);

  lk_own_pictures_stop (self);

  G_OBJECT_CLASS (lk_own_pictures_parent_class)->dispose (object);
}

static void
lk_own_pictures_finalize (GObject *object)
{
  LkOwnPictures *self = LK_OWN_PICTURES (object);

  g_clear_pointer (&self->items, g_ptr_array_unref);

  G_OBJECT_CLASS (lk_own_pictures_parent_class)->finalize (object);
}

static void
lk_own_pictures_class_init (LkOwnPicturesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = lk_own_pictures_get_property;
  object_class->dispose = lk_own_pictures_dispose;
  object_class->finalize = lk_own_pictures_finalize;

  properties[PROP_CURRENT]
      = g_param_spec_object ("current", NULL, NULL, LK_TYPE_OWN_PICTURE, flags);
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, flags);
  properties[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_DONE] = g_signal_new ("done", LK_TYPE_OWN_PICTURES, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
lk_own_pictures_init (LkOwnPictures *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

LkOwnPictures *
lk_own_pictures_new (void)
{
  return g_object_new (LK_TYPE_OWN_PICTURES, NULL);
}

/**
 * lk_own_pictures_start:
 * @client: signed in
 *
 * Reads the list for the first time.
 */
void
lk_own_pictures_start (LkOwnPictures *self, LkClient *client)
{
  g_return_if_fail (LK_IS_OWN_PICTURES (self));
  g_return_if_fail (self->client == NULL);

  self->client = g_object_ref (client);
  self->cancellable = g_cancellable_new ();
  lk_own_pictures_reload (self);
}

/**
 * lk_own_pictures_stop:
 *
 * Empties the list; what is under way is cancelled.
 */
void
lk_own_pictures_stop (LkOwnPictures *self)
{
  guint n = 0;

  g_return_if_fail (LK_IS_OWN_PICTURES (self));

  g_clear_handle_id (&self->watch, g_source_remove);
  if (self->client == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  self->again = FALSE;
  n = self->items->len;
  g_ptr_array_set_size (self->items, 0);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CURRENT]);
  set_loading (self, FALSE);
  set_loaded (self, FALSE);
}

/**
 * lk_own_pictures_get_current:
 *
 * Returns: (transfer none) (nullable): the picture at position 0
 */
LkOwnPicture *
lk_own_pictures_get_current (LkOwnPictures *self)
{
  g_return_val_if_fail (LK_IS_OWN_PICTURES (self), NULL);

  return self->items->len > 0 ? g_ptr_array_index (self->items, 0) : NULL;
}

gboolean
lk_own_pictures_get_loading (LkOwnPictures *self)
{
  g_return_val_if_fail (LK_IS_OWN_PICTURES (self), FALSE);

  return self->loading;
}

gboolean
lk_own_pictures_get_loaded (LkOwnPictures *self)
{
  g_return_val_if_fail (LK_IS_OWN_PICTURES (self), FALSE);

  return self->loaded;
}

/**
 * lk_own_pictures_reload:
 *
 * Reads the list again, and how far the current picture got. Does nothing while stopped.
 */
void
lk_own_pictures_reload (LkOwnPictures *self)
{
  g_return_if_fail (LK_IS_OWN_PICTURES (self));

  if (self->client == NULL)
    return;
  self->again = self->loading;
  if (self->loading)
    return;
  set_loading (self, TRUE);
  lk_client_list_pictures_async (self->client, self->cancellable, on_list_pictures_ready,
                                 g_object_ref (self));
}

/**
 * lk_own_pictures_set_watched:
 * @watched: whether somebody looks at how far the current picture got
 */
void
lk_own_pictures_set_watched (LkOwnPictures *self, gboolean watched)
{
  g_return_if_fail (LK_IS_OWN_PICTURES (self));

  g_clear_handle_id (&self->watch, g_source_remove);
  if (watched)
    {
      self->watch = g_timeout_add_seconds (WATCH, on_watch, self);
      ask_deliveries (self);
    }
}

/**
 * lk_own_pictures_move_async:
 * @picture: one of the list
 * @position: where it goes, 0 to be the one that is shown
 */
void
lk_own_pictures_move_async (LkOwnPictures *self,
                            LkOwnPicture *picture,
                            gint64 position,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (JsonObject) changes = json_object_new ();

  g_return_if_fail (LK_IS_OWN_PICTURES (self));
  g_return_if_fail (LK_IS_OWN_PICTURE (picture));

  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, lk_own_pictures_move_async);
  json_object_set_int_member (changes, "position", position);
  lk_client_change_picture_async (self->client, lk_own_picture_get_id (picture), changes,
                                  cancellable, on_change_picture_ready, g_object_ref (task));
}

gboolean
lk_own_pictures_move_finish (LkOwnPictures *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * lk_own_pictures_withdraw_async:
 * @picture: (nullable): the one to withdraw, NULL for all
 *
 * One that is withdrawn already is no failure. All go from the oldest to the one that is shown, so
 * that no older one comes to the front in between.
 */
void
lk_own_pictures_withdraw_async (LkOwnPictures *self,
                                LkOwnPicture *picture,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data)
{
  g_autoptr (GTask) task = NULL;
  GPtrArray *ids = NULL;

  g_return_if_fail (LK_IS_OWN_PICTURES (self));

  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, lk_own_pictures_withdraw_async);
  ids = g_ptr_array_new_with_free_func (g_free);
  g_task_set_task_data (task, ids, (GDestroyNotify)g_ptr_array_unref);
  if (picture != NULL)
    g_ptr_array_add (ids, g_strdup (lk_own_picture_get_id (picture)));
  for (guint i = 0; picture == NULL && i < self->items->len; i++)
    {
      g_autoptr (LkOwnPicture) each = g_object_ref (g_ptr_array_index (self->items, i));

      g_ptr_array_add (ids, g_strdup (lk_own_picture_get_id (each)));
    }
  withdraw_next (task);
}

gboolean
lk_own_pictures_withdraw_finish (LkOwnPictures *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
