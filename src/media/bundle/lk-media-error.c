/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-media-error.h"

/* What a GError of the domain carries beside its message. */
typedef struct
{
  LkSpan *spans;
  guint n;
} LkMediaErrorPrivate;

static void
lk_media_error_private_init (LkMediaErrorPrivate *priv)
{
}

static void
lk_media_error_private_copy (const LkMediaErrorPrivate *source, LkMediaErrorPrivate *copy)
{
  copy->spans = g_memdup2 (source->spans, source->n * sizeof (LkSpan));
  copy->n = source->n;
}

static void
lk_media_error_private_clear (LkMediaErrorPrivate *priv)
{
  g_free (priv->spans);
}

G_DEFINE_EXTENDED_ERROR (LkMediaError, lk_media_error)

/**
 * lk_media_error_to_code:
 * @code: an error code of the domain LK_MEDIA_ERROR
 *
 * The stable text of @code, for logs, JSON and tests: never translated. Any thread.
 *
 * Returns: (transfer none): such as "too-many-pixels"
 */
const char *
lk_media_error_to_code (LkMediaError code)
{
  switch (code)
    {
    case LK_MEDIA_ERROR_UNREADABLE:
      return "unreadable";
    case LK_MEDIA_ERROR_UNSUPPORTED:
      return "unsupported";
    case LK_MEDIA_ERROR_MALFORMED:
      return "malformed";
    case LK_MEDIA_ERROR_TOO_MANY_PIXELS:
      return "too-many-pixels";
    case LK_MEDIA_ERROR_TOO_MANY_BYTES:
      return "too-many-bytes";
    case LK_MEDIA_ERROR_INVALID_RECIPE:
      return "invalid-recipe";
    case LK_MEDIA_ERROR_CANNOT_FIT_BUDGET:
      return "cannot-fit-budget";
    case LK_MEDIA_ERROR_INVALID_BUNDLE:
      return "invalid-bundle";
    case LK_MEDIA_ERROR_WRITE_FAILED:
      return "write-failed";
    case LK_MEDIA_ERROR_NO_MEMORY:
      return "no-memory";
    case LK_MEDIA_ERROR_NO_VIDEO:
      return "no-video";
    case LK_MEDIA_ERROR_HDR_UNSUPPORTED:
      return "hdr-unsupported";
    case LK_MEDIA_ERROR_CLIP_TOO_LONG:
      return "clip-too-long";
    case LK_MEDIA_ERROR_DISK_FULL:
      return "disk-full";
    case LK_MEDIA_ERROR_FLASHING:
      return "flashing";
    }

  g_return_val_if_reached ("malformed");
}

/**
 * lk_media_error_set_spans:
 * @error: of the domain LK_MEDIA_ERROR
 * @spans: (array length=n): where in the picture that is to be sent it holds
 */
void
lk_media_error_set_spans (GError *error, const LkSpan *spans, guint n)
{
  LkMediaErrorPrivate *priv = lk_media_error_get_private (error);

  g_return_if_fail (priv != NULL);

  g_free (priv->spans);
  priv->spans = g_memdup2 (spans, n * sizeof (LkSpan));
  priv->n = n;
}

/**
 * lk_media_error_get_spans:
 * @error: of any domain
 * @n: (out): how many there are
 *
 * Returns: (transfer none) (nullable): where in the picture it holds; NULL where that is not said
 */
const LkSpan *
lk_media_error_get_spans (const GError *error, guint *n)
{
  const LkMediaErrorPrivate *priv
      = error->domain == LK_MEDIA_ERROR ? lk_media_error_get_private (error) : NULL;

  *n = priv != NULL ? priv->n : 0;

  return priv != NULL ? priv->spans : NULL;
}
