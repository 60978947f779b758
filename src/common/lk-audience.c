/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-audience.h"

#include <string.h>

#include "lk-error.h"
#include "lk-json.h"

struct _LkAudience
{
  gatomicrefcount ref_count;
  LkAudienceKind kind;
  GStrv refs; /* sorted, without duplicates */
  gsize n_refs;
};

G_DEFINE_BOXED_TYPE (LkAudience, lk_audience, lk_audience_ref, lk_audience_unref)

static const char *const kind_names[] = { "everyone", "contacts", "except", "only" };

static int
compare_refs (const void *a, const void *b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static gboolean
kind_names_refs (LkAudienceKind kind)
{
  return kind == LK_AUDIENCE_EXCEPT || kind == LK_AUDIENCE_ONLY;
}

/**
 * lk_audience_new:
 * @kind: its kind
 * @refs: (nullable) (array zero-terminated=1): the contacts that an `except` or `only` audience
 * names; ignored for the other kinds
 *
 * Returns: (transfer full): an audience
 */
LkAudience *
lk_audience_new (LkAudienceKind kind, const char *const *refs)
{
  LkAudience *self = g_new0 (LkAudience, 1);
  gsize n = refs != NULL && kind_names_refs (kind) ? g_strv_length ((GStrv)refs) : 0;

  g_atomic_ref_count_init (&self->ref_count);
  self->kind = kind;
  self->refs = g_new0 (char *, n + 1);

  if (n > 0)
    {
      g_autofree const char **sorted = g_memdup2 (refs, n * sizeof (char *));

      qsort (sorted, n, sizeof (char *), compare_refs);
      for (gsize i = 0; i < n; i++)
        {
          if (self->n_refs == 0 || strcmp (self->refs[self->n_refs - 1], sorted[i]) != 0)
            self->refs[self->n_refs++] = g_strdup (sorted[i]);
        }
    }

  return self;
}

LkAudience *
lk_audience_ref (LkAudience *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
lk_audience_unref (LkAudience *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_strfreev (self->refs);
  g_free (self);
}

LkAudienceKind
lk_audience_get_kind (LkAudience *self)
{
  return self->kind;
}

/**
 * lk_audience_get_refs:
 * @self: an audience
 * @n_refs: (out) (optional): how many
 *
 * Returns: (transfer none) (array zero-terminated=1): the contacts that it names, sorted, each once
 */
const char *const *
lk_audience_get_refs (LkAudience *self, gsize *n_refs)
{
  if (n_refs != NULL)
    *n_refs = self->n_refs;

  return (const char *const *)self->refs;
}

gboolean
lk_audience_has_ref (LkAudience *self, const char *ref)
{
  return bsearch (&ref, self->refs, self->n_refs, sizeof (char *), compare_refs) != NULL;
}

gboolean
lk_audience_equal (LkAudience *a, LkAudience *b)
{
  return a->kind == b->kind
         && g_strv_equal ((const char *const *)a->refs, (const char *const *)b->refs);
}

const char *
lk_audience_kind_to_string (LkAudienceKind kind)
{
  g_return_val_if_fail ((gsize)kind < G_N_ELEMENTS (kind_names), NULL);

  return kind_names[kind];
}

gboolean
lk_audience_kind_from_string (const char *text, LkAudienceKind *kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kind_names); i++)
    {
      if (g_strcmp0 (text, kind_names[i]) == 0)
        {
          *kind = (LkAudienceKind)i;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * lk_audience_to_json:
 *
 * Returns: (transfer full): {"kind", "refs"}; refs only where the kind names some
 */
JsonObject *
lk_audience_to_json (LkAudience *self)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "kind", lk_audience_kind_to_string (self->kind));

  if (kind_names_refs (self->kind))
    {
      JsonArray *refs = json_array_sized_new ((guint)self->n_refs);

      for (gsize i = 0; i < self->n_refs; i++)
        json_array_add_string_element (refs, self->refs[i]);
      json_object_set_array_member (object, "refs", refs);
    }

  return object;
}

/**
 * lk_audience_from_json:
 * @object: what lk_audience_to_json() makes
 * @error: return location for a %LK_ERROR_INVALID_JSON
 *
 * Returns: (transfer full): the audience, or %NULL
 */
LkAudience *
lk_audience_from_json (JsonObject *object, GError **error)
{
  static const char *const with_refs[] = { "kind", "refs", NULL };
  static const char *const without_refs[] = { "kind", NULL };
  LkAudienceKind kind;
  const char *kind_name;
  g_auto (GStrv) refs = NULL;

  if (!lk_json_get_string (object, "kind", 16, &kind_name, error))
    return NULL;

  if (!lk_audience_kind_from_string (kind_name, &kind))
    {
      g_set_error_literal (error, LK_ERROR, LK_ERROR_INVALID_JSON, "No such kind of audience");
      return NULL;
    }

  if (!lk_json_only_members (object, kind_names_refs (kind) ? with_refs : without_refs, error))
    return NULL;

  if (kind_names_refs (kind))
    {
      JsonArray *array;

      if (!lk_json_get_array (object, "refs", LK_AUDIENCE_MAX_REFS, &array, error))
        return NULL;

      refs = lk_json_array_dup_strings (array, LK_REF_MAX_LENGTH, error);
      if (refs == NULL)
        return NULL;
    }

  return lk_audience_new (kind, (const char *const *)refs);
}

/**
 * lk_audience_takes:
 * @self: the audience of one of the owner's pictures
 * @viewer_has_owner: whether the viewer's shared address book holds one of the owner's verified
 * identifiers
 * @viewer_refs: (array zero-terminated=1): the refs of the owner's shared contacts that hold one of
 * the viewer's verified identifiers; empty where the owner does not have the viewer
 *
 * The one decision on who sees what: the server asks it before it gives out a picture, the app's
 * “View as” asks it to say what a person would get. A person whom the owner has under several
 * contacts is excepted by any one of them.
 *
 * Thread: any.
 *
 * Returns: whether the viewer may have the picture
 */
gboolean
lk_audience_takes (LkAudience *self, gboolean viewer_has_owner, const char *const *viewer_refs)
{
  gboolean is_contact = viewer_refs != NULL && viewer_refs[0] != NULL;
  gboolean is_named = FALSE;

  if (!viewer_has_owner)
    return FALSE;

  for (gsize i = 0; is_contact && viewer_refs[i] != NULL && !is_named; i++)
    is_named = lk_audience_has_ref (self, viewer_refs[i]);

  switch (self->kind)
    {
    case LK_AUDIENCE_EVERYONE:
      return TRUE;
    case LK_AUDIENCE_CONTACTS:
      return is_contact;
    case LK_AUDIENCE_EXCEPT:
      return is_contact && !is_named;
    case LK_AUDIENCE_ONLY:
      return is_named;
    default:
      g_return_val_if_reached (FALSE);
    }
}
