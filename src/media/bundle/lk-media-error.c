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

static const char *const codes[] = {
  [LK_MEDIA_ERROR_UNREADABLE] = "unreadable",
  [LK_MEDIA_ERROR_UNSUPPORTED] = "unsupported",
  [LK_MEDIA_ERROR_MALFORMED] = "malformed",
  [LK_MEDIA_ERROR_TOO_MANY_PIXELS] = "too-many-pixels",
  [LK_MEDIA_ERROR_TOO_MANY_FRAMES] = "too-many-frames",
  [LK_MEDIA_ERROR_TOO_MANY_BYTES] = "too-many-bytes",
  [LK_MEDIA_ERROR_INVALID_RECIPE] = "invalid-recipe",
  [LK_MEDIA_ERROR_CANNOT_FIT_BUDGET] = "cannot-fit-budget",
  [LK_MEDIA_ERROR_INVALID_BUNDLE] = "invalid-bundle",
  [LK_MEDIA_ERROR_WRITE_FAILED] = "write-failed",
  [LK_MEDIA_ERROR_NO_MEMORY] = "no-memory",
  [LK_MEDIA_ERROR_NO_VIDEO] = "no-video",
  [LK_MEDIA_ERROR_HDR_UNSUPPORTED] = "hdr-unsupported",
  [LK_MEDIA_ERROR_CLIP_TOO_LONG] = "clip-too-long",
  [LK_MEDIA_ERROR_DISK_FULL] = "disk-full",
  [LK_MEDIA_ERROR_CRASHED] = "decoder-crashed",
  [LK_MEDIA_ERROR_FLASHING] = "flashing",
  [LK_MEDIA_ERROR_NO_ENCODER] = "no-encoder",
};

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
  g_return_val_if_fail (code < G_N_ELEMENTS (codes), "malformed");

  return codes[code];
}

/**
 * lk_media_error_from_code:
 * @text: what somebody says is a code
 * @code: (out): the code
 *
 * Returns: whether @text is what lk_media_error_to_code() gives for some code
 */
gboolean
lk_media_error_from_code (const char *text, LkMediaError *code)
{
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_str_equal (codes[i], text))
      {
        *code = i;
        return TRUE;
      }

  return FALSE;
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
