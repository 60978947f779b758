/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-draft.h"

#include "lk-async.h"
#include "lk-draft-state.h"
#include "lk-draft-store.h"
#include "lk-draft-writer.h"
#include "lk-picture.h"

struct _LkDraft
{
  GObject parent_instance;

  char *directory;
  LkDraftState *state;
  LkDraftState *discarded; /* (nullable): what lk_draft_restore() brings back */
  LkDraftState *gone;      /* (nullable): its source was not there when it was loaded */
  const char *gesture;     /* (nullable): interned; made the last step, which is still open */

  LkDraftWriter *writer;
  GCancellable *copying;     /* (nullable): the copy of the source that is under way */
  GApplication *application; /* (nullable) */
};

enum
{
  PROP_SOURCE = 1,
  PROP_SOURCE_NAME,
  PROP_RECIPE,
  PROP_CAN_UNDO,
  PROP_CAN_REDO,
  PROP_ALT,
  PROP_AUDIENCE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

enum
{
  SIGNAL_SAVE_FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_QUARK (lk - draft - error - quark, lk_draft_error)
G_DEFINE_FINAL_TYPE (LkDraft, lk_draft, G_TYPE_OBJECT)

/* What a worker thread needs to know; it owns all of it. */
typedef struct
{
  char *directory;
  GBytes *bytes;       /* (nullable): of a source to add */
  char *path;          /* (nullable): of a source to add */
  GFile *source;       /* (nullable): to be copied to path */
  LkDraftState *state; /* (nullable): what was loaded */
  gboolean gone;       /* whether its source is not there */
} Job;

static Job *
job_new (LkDraft *self)
{
  Job *job = g_new0 (Job, 1);

  job->directory = g_strdup (self->directory);
  return job;
}

static void
job_free (Job *job)
{
  g_free (job->directory);
  g_free (job->path);
  g_clear_pointer (&job->bytes, g_bytes_unref);
  g_clear_object (&job->source);
  g_clear_pointer (&job->state, lk_draft_state_free);
  g_free (job);
}

/* Takes @job over. */
static GTask *
job_task_new (LkDraft *self,
              Job *job,
              gpointer tag,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, job, (GDestroyNotify)job_free);
  return task;
}

static GBytes *
serialize (gpointer data)
{
  LkDraft *self = data;

  return self->state->source != NULL ? lk_draft_state_to_bytes (self->state) : NULL;
}

static void
on_write_failed (LkDraft *self, GError *error)
{
  g_signal_emit (self, signals[SIGNAL_SAVE_FAILED], 0, error);
}

static void
notify_all (LkDraft *self)
{
  for (guint i = 1; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

static void
notify_steps (LkDraft *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_UNDO]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_REDO]);
}

/* Takes @state over, and frees the one before. */
static void
replace_state (LkDraft *self, LkDraftState *state)
{
  g_cancellable_cancel (self->copying);
  g_clear_object (&self->copying);
  g_clear_pointer (&self->state, lk_draft_state_free);
  self->state = state;
  self->gesture = NULL;
  g_object_freeze_notify (G_OBJECT (self));
  notify_all (self);
  g_object_thaw_notify (G_OBJECT (self));
}

/* The copy of a source goes with the state that names it. */
static void
throw_away_source (LkDraft *self, LkDraftState *state)
{
  if (state != NULL && state->source != NULL
      && lk_draft_store_holds (self->directory, state->source))
    lk_draft_writer_throw_away (self->writer, state->source);
}

static void
set_recipe (LkDraft *self, LkRecipe *recipe)
{
  g_object_freeze_notify (G_OBJECT (self));
  lk_recipe_ref (recipe);
  lk_recipe_unref (self->state->recipe);
  self->state->recipe = recipe;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RECIPE]);
  notify_steps (self);
  g_object_thaw_notify (G_OBJECT (self));
  lk_draft_writer_queue (self->writer);
}

static void
copy_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;

  if (lk_draft_store_copy (job->directory, job->path, job->source, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_copy_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  LkDraft *self = LK_DRAFT (source);
  Job *job = g_task_get_task_data (G_TASK (result));
  GFile *current = self->state->source;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      /* Nothing is lost: the source itself is used, as long as it stays where it is. */
      if (!lk_error_is_cancelled (error))
        g_info ("The picture is edited in place: %s", error->message);
      return;
    }
  if (current != NULL && g_file_equal (current, job->source))
    {
      g_object_unref (self->state->source);
      self->state->source = g_file_new_for_path (job->path);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SOURCE]);
    }
  else
    {
      g_autoptr (GFile) copy = g_file_new_for_path (job->path);

      lk_draft_writer_throw_away (self->writer, copy);
    }
  lk_draft_writer_queue (self->writer);
}

static void
copy_source (LkDraft *self)
{
  g_autoptr (GTask) task = NULL;
  Job *job;

  if (lk_draft_store_holds (self->directory, self->state->source))
    return;
  self->copying = g_cancellable_new ();
  job = job_new (self);
  job->path = lk_draft_store_dup_new_source (self->directory);
  job->source = g_object_ref (self->state->source);
  task = job_task_new (self, job, copy_source, self->copying, on_copy_ready, NULL);
  /* A copy that ended just before it was cancelled must not be forgotten. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_run_in_thread (task, copy_thread);
}

static void
load_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  GFile *file;

  job->state = lk_draft_store_load (job->directory, &error);
  if (lk_task_failed (task, error))
    return;
  file = job->state != NULL ? job->state->source : NULL;
  job->gone = file != NULL && !g_file_query_exists (file, cancellable);
  lk_draft_store_sweep (job->directory, file);
  g_task_return_boolean (task, TRUE);
}

static void
import_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;

  if (lk_draft_store_add (job->directory, job->path, job->bytes, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_flush_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (lk_draft_writer_flush_finish (LK_DRAFT_WRITER (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
lk_draft_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LkDraft *self = LK_DRAFT (object);

  switch (id)
    {
    case PROP_SOURCE:
      g_value_set_object (value, self->state->source);
      break;
    case PROP_SOURCE_NAME:
      g_value_set_string (value, self->state->name);
      break;
    case PROP_RECIPE:
      g_value_set_boxed (value, self->state->recipe);
      break;
    case PROP_CAN_UNDO:
      g_value_set_boolean (value, lk_draft_get_can_undo (self));
      break;
    case PROP_CAN_REDO:
      g_value_set_boolean (value, lk_draft_get_can_redo (self));
      break;
    case PROP_ALT:
      g_value_set_string (value, self->state->alt);
      break;
    case PROP_AUDIENCE:
      g_value_set_boxed (value, self->state->audience);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_draft_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LkDraft *self = LK_DRAFT (object);

  switch (id)
    {
    case PROP_ALT:
      lk_draft_set_alt (self, g_value_get_string (value));
      break;
    case PROP_AUDIENCE:
      lk_draft_set_audience (self, g_value_get_boxed (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_draft_dispose (GObject *object)
{
  LkDraft *self = LK_DRAFT (object);

  if (self->writer != NULL)
    {
      lk_draft_writer_flush (self->writer);
      g_signal_handlers_disconnect_by_data (self->writer, self);
    }
  g_cancellable_cancel (self->copying);
  g_clear_object (&self->copying);
  if (self->application != NULL)
    g_signal_handlers_disconnect_by_data (self->application, self->writer);
  g_clear_object (&self->application);

  G_OBJECT_CLASS (lk_draft_parent_class)->dispose (object);
}

static void
lk_draft_finalize (GObject *object)
{
  LkDraft *self = LK_DRAFT (object);

  g_free (self->directory);
  g_clear_pointer (&self->state, lk_draft_state_free);
  g_clear_pointer (&self->discarded, lk_draft_state_free);
  g_clear_pointer (&self->gone, lk_draft_state_free);
  g_clear_object (&self->writer);

  G_OBJECT_CLASS (lk_draft_parent_class)->finalize (object);
}

static void
lk_draft_class_init (LkDraftClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags read_only = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags read_write = G_PARAM_WRITABLE | read_only;

  object_class->get_property = lk_draft_get_property;
  object_class->set_property = lk_draft_set_property;
  object_class->dispose = lk_draft_dispose;
  object_class->finalize = lk_draft_finalize;

  properties[PROP_SOURCE] = g_param_spec_object ("source", NULL, NULL, G_TYPE_FILE, read_only);
  properties[PROP_SOURCE_NAME] = g_param_spec_string ("source-name", NULL, NULL, NULL, read_only);
  properties[PROP_RECIPE] = g_param_spec_boxed ("recipe", NULL, NULL, LK_TYPE_RECIPE, read_only);
  properties[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, read_only);
  properties[PROP_CAN_REDO] = g_param_spec_boolean ("can-redo", NULL, NULL, FALSE, read_only);
  properties[PROP_ALT] = g_param_spec_string ("alt", NULL, NULL, "", read_write);
  properties[PROP_AUDIENCE]
      = g_param_spec_boxed ("audience", NULL, NULL, LK_TYPE_AUDIENCE, read_write);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_SAVE_FAILED]
      = g_signal_new ("save-failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
lk_draft_init (LkDraft *self)
{
  self->state = lk_draft_state_new ();
  g_set_object (&self->application, g_application_get_default ());
}

/**
 * lk_draft_new:
 * @directory: (nullable): the folder that is the draft's alone, made when needed; %NULL for the
 * person's own
 *
 * Nothing is read before lk_draft_load_async().
 *
 * Returns: (transfer full)
 */
LkDraft *
lk_draft_new (const char *directory)
{
  LkDraft *self = g_object_new (LK_TYPE_DRAFT, NULL);

  self->directory = directory != NULL
                        ? g_strdup (directory)
                        : g_build_filename (g_get_user_data_dir (), "likeness", "draft", NULL);
  self->writer = lk_draft_writer_new (self->directory, serialize, self);
  g_signal_connect_swapped (self->writer, "failed", G_CALLBACK (on_write_failed), self);
  /* The last chance: nothing runs the main context any more. */
  if (self->application != NULL)
    g_signal_connect_swapped (self->application, "shutdown", G_CALLBACK (lk_draft_writer_flush),
                              self->writer);
  return self;
}

/**
 * lk_draft_load_async:
 *
 * Reads the draft that was left on disk. Where a source was chosen meanwhile, that one stays.
 */
void
lk_draft_load_async (LkDraft *self,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (LK_IS_DRAFT (self));

  task = job_task_new (self, job_new (self), lk_draft_load_async, cancellable, callback, data);
  g_task_run_in_thread (task, load_thread);
}

/**
 * lk_draft_load_finish:
 *
 * Returns: %TRUE also where there was none: then "source" is %NULL. %FALSE with LK_DRAFT_ERROR, or
 * with the error of reading it; the draft is empty then, and works.
 */
gboolean
lk_draft_load_finish (LkDraft *self, GAsyncResult *result, GError **error)
{
  Job *job;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  job = g_task_get_task_data (G_TASK (result));
  if (job->state == NULL)
    return TRUE;
  if (self->state->source != NULL)
    {
      throw_away_source (self, job->state);
      return TRUE;
    }
  if (job->gone)
    {
      g_set_error (error, LK_DRAFT_ERROR, LK_DRAFT_ERROR_SOURCE_GONE, "“%s” is gone",
                   job->state->name);
      g_clear_pointer (&self->gone, lk_draft_state_free);
      self->gone = g_steal_pointer (&job->state);
      return FALSE;
    }
  replace_state (self, g_steal_pointer (&job->state));
  return TRUE;
}

/**
 * lk_draft_import_async:
 * @bytes: an image file that is nowhere on disk, such as one that was pasted
 *
 * Writes it to a file in the draft's folder. The draft itself stays as it is.
 */
void
lk_draft_import_async (LkDraft *self,
                       GBytes *bytes,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  g_autoptr (GTask) task = NULL;
  Job *job;

  g_return_if_fail (LK_IS_DRAFT (self));

  job = job_new (self);
  job->path = lk_draft_store_dup_new_source (self->directory);
  job->bytes = g_bytes_ref (bytes);
  task = job_task_new (self, job, lk_draft_import_async, cancellable, callback, data);
  g_task_run_in_thread (task, import_thread);
}

/**
 * lk_draft_import_finish:
 *
 * Returns: (transfer full): the file, for lk_draft_start(), or %NULL with the error of writing it
 */
GFile *
lk_draft_import_finish (LkDraft *self, GAsyncResult *result, GError **error)
{
  Job *job;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  job = g_task_get_task_data (G_TASK (result));
  return g_file_new_for_path (job->path);
}

/**
 * lk_draft_flush_async:
 *
 * Writes at once what has changed, and returns when nothing is left to write.
 */
void
lk_draft_flush_async (LkDraft *self,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (LK_IS_DRAFT (self));

  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, lk_draft_flush_async);
  lk_draft_writer_flush_async (self->writer, cancellable, on_flush_ready, g_steal_pointer (&task));
}

gboolean
lk_draft_flush_finish (LkDraft *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * lk_draft_start:
 * @source: a picture that could be read
 *
 * Begins a new draft in place of the one before, for the same audience.
 */
void
lk_draft_start (LkDraft *self, GFile *source)
{
  LkDraftState *state;
  g_autofree char *base = NULL;

  g_return_if_fail (LK_IS_DRAFT (self));
  g_return_if_fail (G_IS_FILE (source));

  state = lk_draft_state_new ();
  state->source = g_object_ref (source);
  base = g_file_get_basename (source);
  state->name = g_filename_display_name (base);
  lk_audience_unref (state->audience);
  state->audience = lk_audience_ref (self->state->audience);
  if (self->gone != NULL && g_strcmp0 (self->gone->name, state->name) == 0)
    lk_draft_state_copy_edits (state, self->gone);
  g_clear_pointer (&self->gone, lk_draft_state_free);

  lk_draft_forget (self);
  if (self->state->source == NULL || !g_file_equal (self->state->source, source))
    throw_away_source (self, self->state);
  replace_state (self, state);
  copy_source (self);
  lk_draft_writer_queue (self->writer);
}

/**
 * lk_draft_clear:
 *
 * Ends the draft for good: it was published.
 */
void
lk_draft_clear (LkDraft *self)
{
  g_return_if_fail (LK_IS_DRAFT (self));

  lk_draft_forget (self);
  throw_away_source (self, self->state);
  replace_state (self, lk_draft_state_new ());
  lk_draft_writer_queue (self->writer);
}

/**
 * lk_draft_discard:
 *
 * Ends the draft; lk_draft_restore() brings it back until lk_draft_forget(), the next source or the
 * end of the program.
 */
void
lk_draft_discard (LkDraft *self)
{
  g_return_if_fail (LK_IS_DRAFT (self));

  if (self->state->source == NULL)
    return;
  lk_draft_forget (self);
  self->discarded = g_steal_pointer (&self->state);
  replace_state (self, lk_draft_state_new ());
  lk_draft_writer_queue (self->writer);
}

/**
 * lk_draft_restore:
 *
 * Brings back what was discarded, unless another draft was begun.
 */
void
lk_draft_restore (LkDraft *self)
{
  g_return_if_fail (LK_IS_DRAFT (self));

  if (self->discarded == NULL)
    return;
  replace_state (self, g_steal_pointer (&self->discarded));
  lk_draft_writer_queue (self->writer);
}

/**
 * lk_draft_forget:
 *
 * What was discarded cannot be brought back any more, and its copy is deleted.
 */
void
lk_draft_forget (LkDraft *self)
{
  g_return_if_fail (LK_IS_DRAFT (self));

  if (self->discarded == NULL)
    return;
  throw_away_source (self, self->discarded);
  g_clear_pointer (&self->discarded, lk_draft_state_free);
  lk_draft_writer_queue (self->writer);
}

/**
 * lk_draft_change:
 * @gesture: (nullable): what makes the change, such as "drag": changes of one gesture are one step
 * until lk_draft_seal() or a change of another
 *
 * Sets the recipe, as a step that can be undone. The same recipe again is no change.
 */
void
lk_draft_change (LkDraft *self, LkRecipe *recipe, const char *gesture)
{
  const char *interned = g_intern_string (gesture);

  g_return_if_fail (LK_IS_DRAFT (self));
  g_return_if_fail (recipe != NULL);

  if (lk_recipe_equal (self->state->recipe, recipe))
    return;
  if (interned == NULL || interned != self->gesture)
    {
      if (self->state->undo->len == LK_DRAFT_MAX_UNDO)
        g_ptr_array_remove_index (self->state->undo, 0);
      g_ptr_array_add (self->state->undo, lk_recipe_ref (self->state->recipe));
    }
  self->gesture = interned;
  g_ptr_array_set_size (self->state->redo, 0);
  set_recipe (self, recipe);
}

/**
 * lk_draft_seal:
 *
 * The gesture is over: the next change is a step of its own.
 */
void
lk_draft_seal (LkDraft *self)
{
  g_return_if_fail (LK_IS_DRAFT (self));

  self->gesture = NULL;
}

/* Moves one step from @from to @to. */
static void
step (LkDraft *self, GPtrArray *from, GPtrArray *to)
{
  g_autoptr (LkRecipe) recipe = NULL;

  self->gesture = NULL;
  if (from->len == 0)
    return;
  recipe = g_ptr_array_steal_index (from, from->len - 1);
  g_ptr_array_add (to, lk_recipe_ref (self->state->recipe));
  set_recipe (self, recipe);
}

void
lk_draft_undo (LkDraft *self)
{
  g_return_if_fail (LK_IS_DRAFT (self));

  step (self, self->state->undo, self->state->redo);
}

void
lk_draft_redo (LkDraft *self)
{
  g_return_if_fail (LK_IS_DRAFT (self));

  step (self, self->state->redo, self->state->undo);
}

GFile *
lk_draft_get_source (LkDraft *self)
{
  g_return_val_if_fail (LK_IS_DRAFT (self), NULL);

  return self->state->source;
}

const char *
lk_draft_get_source_name (LkDraft *self)
{
  g_return_val_if_fail (LK_IS_DRAFT (self), NULL);

  return self->state->name;
}

LkRecipe *
lk_draft_get_recipe (LkDraft *self)
{
  g_return_val_if_fail (LK_IS_DRAFT (self), NULL);

  return self->state->recipe;
}

gboolean
lk_draft_get_can_undo (LkDraft *self)
{
  g_return_val_if_fail (LK_IS_DRAFT (self), FALSE);

  return self->state->undo->len > 0;
}

gboolean
lk_draft_get_can_redo (LkDraft *self)
{
  g_return_val_if_fail (LK_IS_DRAFT (self), FALSE);

  return self->state->redo->len > 0;
}

const char *
lk_draft_get_alt (LkDraft *self)
{
  g_return_val_if_fail (LK_IS_DRAFT (self), NULL);

  return self->state->alt;
}

/**
 * lk_draft_set_alt:
 * @alt: (nullable): UTF-8; what is past LK_ALT_MAX_LENGTH bytes is cut off between two characters
 */
void
lk_draft_set_alt (LkDraft *self, const char *alt)
{
  g_autofree char *cut = NULL;
  gsize length;

  g_return_if_fail (LK_IS_DRAFT (self));

  alt = alt != NULL ? alt : "";
  length = strlen (alt);
  if (length > LK_ALT_MAX_LENGTH)
    length = (gsize)(g_utf8_find_prev_char (alt, alt + LK_ALT_MAX_LENGTH + 1) - alt);
  cut = g_strndup (alt, length);
  if (g_str_equal (self->state->alt, cut))
    return;
  g_free (self->state->alt);
  self->state->alt = g_steal_pointer (&cut);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ALT]);
  lk_draft_writer_queue (self->writer);
}

LkAudience *
lk_draft_get_audience (LkDraft *self)
{
  g_return_val_if_fail (LK_IS_DRAFT (self), NULL);

  return self->state->audience;
}

void
lk_draft_set_audience (LkDraft *self, LkAudience *audience)
{
  g_return_if_fail (LK_IS_DRAFT (self));
  g_return_if_fail (audience != NULL);

  if (lk_audience_equal (self->state->audience, audience))
    return;
  lk_audience_ref (audience);
  lk_audience_unref (self->state->audience);
  self->state->audience = audience;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AUDIENCE]);
  lk_draft_writer_queue (self->writer);
}
