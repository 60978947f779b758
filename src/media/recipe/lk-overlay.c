/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-overlay.h"

#include <cairo.h>
#include "lk-border-drawing.h"
#include "lk-text-drawing.h"

/* A gap of fewer px is not worth a span of its own. */
#define MIN_GAP 8

/* Columns of a row that are drawn on: from first up to, not including, end. */
typedef struct
{
  guint first;
  guint end;
} Span;

struct _LkOverlay
{
  gatomicrefcount ref_count;
  GBytes *pixels;
  guint size;
  gsize stride;
  GArray *spans;    /* (element-type Span): row by row */
  guint *row_spans; /* where those of each row start; size + 1 of them */
};

static void
draw (cairo_t *cairo, LkRecipe *recipe, guint size)
{
  lk_border_draw (lk_recipe_get_border (recipe), cairo, size);
  for (guint i = 0; i < lk_recipe_get_n_texts (recipe); i++)
    lk_text_layer_draw (lk_recipe_get_text (recipe, i), cairo, size);
}

static void
add_spans (LkOverlay *self, const guint32 *row)
{
  guint x = 0;

  while (TRUE)
    {
      Span span;
      guint gap = 0;

      while (x < self->size && row[x] == 0)
        x++;
      if (x == self->size)
        return;

      span.first = x;
      while (x < self->size && gap < MIN_GAP)
        gap = row[x++] == 0 ? gap + 1 : 0;
      span.end = x - gap;
      g_array_append_val (self->spans, span);
    }
}

static void
find_spans (LkOverlay *self)
{
  const guint8 *pixels = g_bytes_get_data (self->pixels, NULL);

  self->spans = g_array_new (FALSE, FALSE, sizeof (Span));
  self->row_spans = g_new (guint, (gsize)self->size + 1);
  for (guint y = 0; y < self->size; y++)
    {
      self->row_spans[y] = self->spans->len;
      add_spans (self, (const guint32 *)(const void *)(pixels + y * self->stride));
    }
  self->row_spans[self->size] = self->spans->len;
}

/**
 * lk_overlay_is_empty:
 *
 * Returns: whether @recipe draws nothing
 */
gboolean
lk_overlay_is_empty (LkRecipe *recipe)
{
  return lk_recipe_get_n_texts (recipe) == 0
         && lk_recipe_get_border (recipe)->kind == LK_BORDER_NONE;
}

/**
 * lk_overlay_new:
 * @size: px of the side, at least 1
 *
 * Blocks for some milliseconds; longer for the first on a thread, which looks for fonts. Any
 * thread.
 *
 * Returns: (transfer full) (nullable): what @recipe draws; NULL where that is nothing
 */
LkOverlay *
lk_overlay_new (LkRecipe *recipe, guint size)
{
  cairo_surface_t *surface = NULL;
  cairo_t *cairo = NULL;
  LkOverlay *self = NULL;

  g_return_val_if_fail (recipe != NULL && size > 0 && size <= LK_OVERLAY_MAX_SIZE, NULL);

  if (lk_overlay_is_empty (recipe))
    return NULL;

  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int)size, (int)size);
  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    g_error ("No memory for %u×%u px", size, size); /* as g_malloc() does */
  cairo = cairo_create (surface);
  draw (cairo, recipe, size);
  cairo_destroy (cairo);
  cairo_surface_flush (surface);

  self = g_new0 (LkOverlay, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->size = size;
  self->stride = (gsize)cairo_image_surface_get_stride (surface);
  self->pixels
      = g_bytes_new_with_free_func (cairo_image_surface_get_data (surface), self->stride * size,
                                    (GDestroyNotify)cairo_surface_destroy, surface);
  find_spans (self);

  return self;
}

LkOverlay *
lk_overlay_ref (LkOverlay *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
lk_overlay_unref (LkOverlay *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_bytes_unref (self->pixels);
  g_array_unref (self->spans);
  g_free (self->row_spans);
  g_free (self);
}

guint
lk_overlay_get_size (LkOverlay *self)
{
  return self->size;
}

gsize
lk_overlay_get_stride (LkOverlay *self)
{
  return self->stride;
}

GBytes *
lk_overlay_get_pixels (LkOverlay *self)
{
  return self->pixels;
}

/**
 * lk_overlay_get_extent:
 * @row: below the size
 * @first: (out): the first column that is drawn on
 * @end: (out): the column after the last one
 *
 * Returns: whether anything is drawn on that row; otherwise both are 0
 */
gboolean
lk_overlay_get_extent (LkOverlay *self, guint row, guint *first, guint *end)
{
  guint begin = self->row_spans[row];
  guint stop = self->row_spans[row + 1];

  *first = begin < stop ? g_array_index (self->spans, Span, begin).first : 0;
  *end = begin < stop ? g_array_index (self->spans, Span, stop - 1).end : 0;

  return begin < stop;
}

/* Rounded, and exact for all values that occur (Blinn, "Three Wrongs Make a Right", 1995). */
static inline guint
divide_by_255 (guint value)
{
  value += 128;

  return (value + (value >> 8)) >> 8;
}

static inline void
copy_opaque (guint32 over, guint8 *pixel)
{
  for (guint c = 0; c < 3; c++)
    pixel[c] = (guint8)(over >> (16 - 8 * c));
  pixel[3] = 255;
}

/* Over an opaque px: what it was, as far as it still shows, and the premultiplied colour. */
static inline void
blend_opaque (guint32 over, guint8 *pixel)
{
  guint rest = 255 - (over >> 24);

  for (guint c = 0; c < 3; c++)
    pixel[c] = (guint8)MIN ((over >> (16 - 8 * c) & 0xff) + divide_by_255 (pixel[c] * rest), 255);
}

/* As in W3C Compositing and Blending, 5.1, but for colour that is not premultiplied. */
static void
blend_transparent (guint32 over, guint8 *pixel)
{
  guint alpha = over >> 24;
  guint rest = (255 - alpha) * pixel[3];
  guint total = alpha * 255 + rest;

  if (total == 0)
    return;

  for (guint c = 0; c < 3; c++)
    pixel[c] = (guint8)MIN (
        ((over >> (16 - 8 * c) & 0xff) * 255 * 255 + pixel[c] * rest + total / 2) / total, 255);
  pixel[3] = (guint8)((total + 127) / 255);
}

static void
blend_span (const guint32 *over, guint8 *pixel, guint n)
{
  for (guint x = 0; x < n; x++, pixel += 4)
    if (over[x] >> 24 == 255)
      copy_opaque (over[x], pixel);
    else if (pixel[3] == 255)
      blend_opaque (over[x], pixel);
    else
      blend_transparent (over[x], pixel);
}

/**
 * lk_overlay_blend_row:
 * @row: below the size
 * @pixels: (inout): size px of R, G, B, A, not premultiplied; what is drawn is laid over them
 */
void
lk_overlay_blend_row (LkOverlay *self, guint row, guint8 *pixels)
{
  const guint8 *source = g_bytes_get_data (self->pixels, NULL);
  const guint32 *over = (const guint32 *)(const void *)(source + row * self->stride);

  for (guint i = self->row_spans[row]; i < self->row_spans[row + 1]; i++)
    {
      Span span = g_array_index (self->spans, Span, i);

      blend_span (over + span.first, pixels + (gsize)span.first * 4, span.end - span.first);
    }
}

/**
 * lk_overlay_blend:
 * @pixels: (inout): size × size px of R, G, B, A, not premultiplied; what is drawn is laid over
 * them
 * @stride: of @pixels in bytes
 */
void
lk_overlay_blend (LkOverlay *self, guint8 *pixels, gsize stride)
{
  for (guint y = 0; y < self->size; y++)
    lk_overlay_blend_row (self, y, pixels + y * stride);
}
