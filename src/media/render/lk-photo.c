/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-photo.h"

#include "lk-jpeg-writer.h"
#include "lk-resample.h"

static gboolean
add (LkRendered *rendered, LkFrame *frame, const char *name, gsize budget, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  int quality;

  bytes = lk_jpeg_encode (frame, budget, &quality, error);
  if (bytes == NULL)
    return FALSE;

  g_ptr_array_add (rendered->encoded,
                   lk_encoded_new (name, "image/jpeg", lk_frame_get_width (frame),
                                   lk_frame_get_height (frame), 0, bytes, quality));

  return TRUE;
}

/**
 * lk_photo_add:
 * @photo: square, opaque, up to LK_PHOTO_SIZE px
 *
 * Adds the rendition “photo”.
 *
 * Returns: TRUE, or FALSE with LK_MEDIA_ERROR_CANNOT_FIT_BUDGET or _NO_MEMORY
 */
gboolean
lk_photo_add (LkRendered *rendered, LkFrame *photo, GError **error)
{
  return add (rendered, photo, "photo", LK_PHOTO_MAX_BYTES, error);
}

/**
 * lk_photo_add_thumbnail:
 * @photo: as lk_photo_add() was given it
 *
 * Adds the rendition “thumbnail”.
 *
 * Returns: TRUE, or FALSE with LK_MEDIA_ERROR_CANNOT_FIT_BUDGET or _NO_MEMORY
 */
gboolean
lk_photo_add_thumbnail (LkRendered *rendered, LkFrame *photo, GError **error)
{
  guint side = lk_frame_get_width (photo);
  const LkSquare square = { .x = 0, .y = 0, .side = side };
  g_autoptr (LkFrame) thumbnail
      = lk_resample_square (photo, square, MIN (side, LK_THUMBNAIL_SIZE), error);

  return thumbnail != NULL && add (rendered, thumbnail, "thumbnail", LK_THUMBNAIL_MAX_BYTES, error);
}
