/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-raw.h"

#include "lk-jpeg-reader.h"
#include "lk-media-error.h"
#include "lk-motion-still.h"
#include "lk-pixbuf-reader.h"

/**
 * lk_raw_load:
 * @header: what lk_header_read() gave for @source
 * @request: what is wanted
 *
 * Blocks.
 *
 * Returns: (transfer full) (nullable): the pixels, or NULL with LK_MEDIA_ERROR_MALFORMED,
 * _UNSUPPORTED, _TOO_MANY_PIXELS, _NO_MEMORY, _UNREADABLE or G_IO_ERROR_CANCELLED
 */
LkRaw *
lk_raw_load (LkSource *source,
             const LkHeader *header,
             const LkRequest *request,
             GCancellable *cancellable,
             GError **error)
{
  if (header->format == LK_FORMAT_VIDEO)
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNSUPPORTED,
                           "A video is no still picture");
      return NULL;
    }
  if (header->kind == LK_PICTURE_ANIMATION || header->framed)
    return lk_motion_load_first (source, header, request, cancellable, error);
  if (header->format == LK_FORMAT_JPEG)
    return lk_jpeg_load (source, header, request, cancellable, error);

  return lk_pixbuf_load (source, header, request, cancellable, error);
}

void
lk_raw_free (LkRaw *self)
{
  g_clear_pointer (&self->frame, lk_frame_unref);
  g_clear_pointer (&self->profile, g_bytes_unref);
  g_free (self);
}

/**
 * lk_raw_get_square:
 *
 * Returns: where @crop lies on the frame, or its bounding box where the picture is straightened
 */
LkSquare
lk_raw_get_square (const LkRaw *self, LkCrop crop, double straighten)
{
  LkSquare square
      = lk_square_from_crop (crop, straighten, self->width, self->height, self->orientation);

  return (LkSquare){
    .x = (square.x - self->x) * self->scale,
    .y = (square.y - self->y) * self->scale,
    .side = square.side * self->scale,
  };
}
