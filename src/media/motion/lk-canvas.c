/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-canvas.h"

#include <string.h>
#include "lk-media-error.h"

struct _LkCanvas
{
  guint width;
  guint height;
  guint8 *pixels;
  guint8 *saved; /* what was below the patch; NULL until it is needed */
  gsize saved_size;

  LkPatch patch;     /* the last one; width and height are what lies on the canvas */
  gboolean opaque;   /* no px is transparent */
  gboolean was_it;   /* before the patch */
  gboolean has_hole; /* some px of the patch is not opaque */
};

static gboolean
no_memory (guint width, guint height, GError **error)
{
  g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_NO_MEMORY, "No memory for %u×%u px", width,
               height);
  return FALSE;
}

/**
 * lk_canvas_new:
 * @width: in px, at least 1
 * @height: in px, at least 1
 *
 * Returns: (transfer full) (nullable): a transparent canvas, or NULL with LK_MEDIA_ERROR_NO_MEMORY
 */
LkCanvas *
lk_canvas_new (guint width, guint height, GError **error)
{
  g_autoptr (LkCanvas) self = g_new0 (LkCanvas, 1);

  self->width = width;
  self->height = height;
  self->pixels = g_try_malloc0_n ((gsize)width * height, 4);
  if (self->pixels == NULL)
    {
      no_memory (width, height, error);
      return NULL;
    }

  return g_steal_pointer (&self);
}

void
lk_canvas_free (LkCanvas *self)
{
  g_free (self->pixels);
  g_free (self->saved);
  g_free (self);
}

/**
 * lk_canvas_clear:
 *
 * Makes it what it was when it was new.
 */
void
lk_canvas_clear (LkCanvas *self)
{
  const LkPatch none = { 0 };

  memset (self->pixels, 0, (gsize)self->width * self->height * 4);
  self->patch = none;
  self->opaque = FALSE;
}

static guint8 *
get_row (LkCanvas *self, guint row)
{
  return self->pixels + ((gsize)(self->patch.y + row) * self->width + self->patch.x) * 4;
}

static void
dispose (LkCanvas *self)
{
  gsize length = (gsize)self->patch.width * 4;

  if (self->patch.dispose == LK_DISPOSE_NONE || length == 0)
    return;

  for (guint row = 0; row < self->patch.height; row++)
    if (self->patch.dispose == LK_DISPOSE_BACKGROUND)
      memset (get_row (self, row), 0, length);
    else
      memcpy (get_row (self, row), self->saved + row * length, length);

  self->opaque = self->patch.dispose == LK_DISPOSE_PREVIOUS && self->was_it;
}

static gboolean
save (LkCanvas *self, GError **error)
{
  gsize length = (gsize)self->patch.width * 4;
  gsize size = length * self->patch.height;

  if (size > self->saved_size)
    {
      g_free (self->saved);
      self->saved = g_try_malloc (size);
      self->saved_size = self->saved != NULL ? size : 0;
      if (self->saved == NULL)
        return no_memory (self->patch.width, self->patch.height, error);
    }

  for (guint row = 0; row < self->patch.height; row++)
    memcpy (self->saved + row * length, get_row (self, row), length);

  return TRUE;
}

static void
clip (LkPatch *patch, guint width, guint height)
{
  patch->width = patch->x < width ? MIN (patch->width, width - patch->x) : 0;
  patch->height = patch->y < height ? MIN (patch->height, height - patch->y) : 0;
  if (patch->width == 0 || patch->height == 0)
    patch->width = patch->height = 0;
}

/**
 * lk_canvas_begin:
 * @patch: the next one
 *
 * Disposes of the patch before it, and keeps what lies below this one if it asks for that.
 *
 * Returns: TRUE, or FALSE with LK_MEDIA_ERROR_NO_MEMORY
 */
gboolean
lk_canvas_begin (LkCanvas *self, const LkPatch *patch, GError **error)
{
  dispose (self);
  self->patch = *patch;
  clip (&self->patch, self->width, self->height);
  self->was_it = self->opaque;
  self->has_hole = FALSE;

  if (self->patch.dispose == LK_DISPOSE_PREVIOUS && !save (self, error))
    {
      self->patch.dispose = LK_DISPOSE_NONE;
      return FALSE;
    }

  return TRUE;
}

/**
 * lk_canvas_draw_indexed:
 * @row: of the patch
 * @indices: one byte for each px of the patch, also for those that lie outside
 * @colors: 256 of the bytes R, G, B, 255; all four 0 where what is below stays
 * @has_holes: some colour is 0
 */
void
lk_canvas_draw_indexed (LkCanvas *self,
                        guint row,
                        const guint8 *indices,
                        const guint32 *colors,
                        gboolean has_holes)
{
  guint width = self->patch.width;
  guint32 *out;
  gboolean hole = FALSE;

  if (row >= self->patch.height)
    return;

  out = (guint32 *)(gpointer)get_row (self, row);
  if (!has_holes)
    {
      for (guint x = 0; x < width; x++)
        out[x] = colors[indices[x]];
      return;
    }

  for (guint x = 0; x < width; x++)
    {
      guint32 color = colors[indices[x]];

      hole |= color == 0;
      out[x] = color != 0 ? color : out[x];
    }
  self->has_hole |= hole;
}

/* One px over another, neither premultiplied (W3C Compositing and Blending, 5.1). */
static void
blend (const guint8 *above, guint8 *out)
{
  guint over = above[3] * 255u;
  guint under = out[3] * (255u - above[3]);
  guint alpha = over + under;

  for (guint c = 0; c < 3; c++)
    out[c] = (guint8)((above[c] * over + out[c] * under + alpha / 2) / alpha);
  out[3] = (guint8)((alpha + 127) / 255);
}

/**
 * lk_canvas_draw_rgba:
 * @row: of the patch
 * @pixels: R, G, B, A for each px of the patch, also for those that lie outside; laid over what is
 * there, or in its place, as the patch says
 */
void
lk_canvas_draw_rgba (LkCanvas *self, guint row, const guint8 *pixels)
{
  guint width = self->patch.width;
  guint8 *out;
  guint8 least = 255;

  if (row >= self->patch.height)
    return;

  out = get_row (self, row);
  for (guint x = 0; x < width; x++)
    least &= pixels[x * 4 + 3];
  self->has_hole |= least != 255;

  if (!self->patch.over || least == 255)
    {
      memcpy (out, pixels, (gsize)width * 4);
      return;
    }

  for (guint x = 0; x < width; x++, pixels += 4, out += 4)
    if (pixels[3] == 255 || out[3] == 0)
      memcpy (out, pixels, 4);
    else if (pixels[3] > 0)
      blend (pixels, out);
}

/**
 * lk_canvas_get_place:
 * @stride: (out): bytes from one row to the next
 *
 * For a decoder that can write into place: a patch that lies on the canvas and replaces what is
 * below, or is opaque.
 *
 * Returns: (transfer none): where the first px of the patch goes
 */
guint8 *
lk_canvas_get_place (LkCanvas *self, gsize *stride)
{
  *stride = (gsize)self->width * 4;

  return get_row (self, 0);
}

/**
 * lk_canvas_end:
 * @has_alpha: of what a decoder wrote into place: some px may not be opaque
 *
 * The patch is drawn.
 */
void
lk_canvas_end (LkCanvas *self, gboolean has_alpha)
{
  gboolean covers = self->patch.width == self->width && self->patch.height == self->height;

  self->has_hole |= has_alpha;
  if (self->has_hole)
    self->opaque = self->opaque && self->patch.over;
  else if (covers)
    self->opaque = TRUE;
}

/**
 * lk_canvas_copy:
 * @transform: (nullable): of the colours, to sRGB
 *
 * Returns: (transfer full) (nullable): what the animation looks like, or NULL with
 * LK_MEDIA_ERROR_NO_MEMORY
 */
LkFrame *
lk_canvas_copy (LkCanvas *self, LkColorTransform *transform, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  gsize stride = (gsize)self->width * 4;
  gsize size = stride * self->height;
  guint8 *pixels = g_try_malloc (size);

  if (pixels == NULL)
    {
      no_memory (self->width, self->height, error);
      return NULL;
    }

  if (transform == NULL)
    memcpy (pixels, self->pixels, size);
  else
    for (gsize at = 0; at < size; at += stride)
      lk_color_transform_row (transform, self->pixels + at, self->width, pixels + at);
  bytes = g_bytes_new_take (pixels, size);

  return lk_frame_new (bytes, self->width, self->height, stride, !self->opaque);
}
